//! The bounds chart: the rate among valid answers, inside what the missing answers could make of it.

use plotters::element::{Circle, PathElement, Rectangle};

use crate::axis::{percent, rate_ticks, sound, sound_pair};
use crate::backend::units;
use crate::frame::{Frame, Layout};
use crate::key::{self, Mark};
use crate::locale::{Locale, fill};
use crate::picture::Picture;
use crate::rows::{Column, Rows};
use crate::theme::Theme;
use crate::words::or;

/// One group. Rates are fractions in [0, 1].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The name of the group.
    pub label: String,
    /// The rate among valid answers.
    pub value: Option<f64>,
    /// Its sampling interval.
    pub interval: Option<(f64, f64)>,
    /// The rate if every missing answer were a no, and if every one were a yes.
    pub bounds: Option<(f64, f64)>,
    /// The share of answers that are missing.
    pub missing: Option<f64>,
    /// Whether the row stands out: its name is bold.
    pub emphasised: bool,
}

/// Everything a bounds chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
    /// One target for all rows.
    pub target: Option<f64>,
    /// What the target line is, such as "Target 2030".
    pub target_label: String,
    /// What the dot is, such as "Valid answers".
    pub value_label: String,
    /// What the line is, such as "95% interval".
    pub interval_label: String,
    /// What the wide bar is, such as "Missing answers all no to all yes".
    pub bounds_label: String,
    /// The header of the share of missing answers.
    pub missing_label: String,
}

/// Draws a bounds chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let (palette, locale) = (layout.palette, layout.locale);
    let (drawing, around) = (&locale.drawing, &locale.around);
    let rows: Vec<Row> = data.rows.iter().map(tidy).collect();
    if rows.iter().all(|row| row.value.is_none() && row.bounds.is_none()) {
        return layout.no_evidence();
    }
    let target = sound(data.target);
    let (dash, colour) = ((5.0, 4.0), palette.series[0]);
    let mut items = Vec::new();
    if rows.iter().any(|row| row.bounds.is_some()) {
        let words = or(&data.bounds_label, &around.bounds_key);
        items.push((Mark::Band(palette.join, 1.0), words.to_owned()));
    }
    if rows.iter().any(|row| row.value.is_some()) {
        items.push((Mark::Full(colour), or(&data.value_label, &around.valid_answers).to_owned()));
    }
    if rows.iter().any(|row| row.interval.is_some()) {
        items.push((Mark::Line(colour.line(2.0)), or(&data.interval_label, &drawing.interval).to_owned()));
    }
    if let Some(target) = target {
        let words = format!("{}: {}%", or(&data.target_label, &drawing.target), percent(target));
        items.push((Mark::Dashes(palette.ink.line(1.5), dash), words));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let shown = rows.iter().flat_map(|row| {
        let ((low, high), (no, yes)) = (row.interval.unzip(), row.bounds.unzip());
        [row.value, low, high, no, yes].into_iter().flatten()
    });
    let ticks = rate_ticks(shown.chain(target), 6);
    let column = |header: &str, of: &dyn Fn(&Row) -> Option<String>| {
        let values = rows.iter().map(|row| of(row).unwrap_or_else(|| "–".to_owned())).collect();
        Column { header: header.to_owned(), values }
    };
    let columns = vec![
        column(&drawing.valid_header, &|row| row.value.map(percent)),
        column(&drawing.bounds_header, &|row| row.bounds.map(|b| span(b, locale))),
        column(or(&data.missing_label, &around.missing_header), &|row| row.missing.map(percent)),
    ];
    let names: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    let plan = Rows::plan(&layout, &names, columns, &ticks);
    let bottom = plan.axis(&mut layout, &ticks);
    for (i, row) in rows.iter().enumerate() {
        plan.name(&mut layout, i, &row.label, row.emphasised);
        let (y, half) = (plan.middle(i), plan.thickness() / 2.0);
        if let Some((no, yes)) = row.bounds {
            let (from, to) = (plan.scale.place(no), plan.scale.place(yes));
            layout.svg.draw(&Rectangle::new([(from, y - half), (to.max(from + 1.0), y + half)], palette.join.fill()));
        }
        if let Some((low, high)) = row.interval {
            let line = [(plan.scale.place(low), y), (plan.scale.place(high), y)];
            layout.svg.draw(&PathElement::new(line, colour.line(2.0)));
        }
        match row.value {
            Some(v) => {
                layout.svg.draw(&Circle::new((plan.scale.place(v), y), units(plan.radius() - 1.0), colour.fill()));
            }
            None if row.bounds.is_none() => plan.no_evidence(&mut layout, i),
            None => {}
        }
    }
    if let Some(target) = target {
        layout.svg.draw(&plan.upright(target, palette.ink.line(1.5)).dashed(dash));
    }
    plan.columns(&mut layout, &[]);
    let mut says: Vec<String> =
        target.map(|v| format!("{} {}%", or(&data.target_label, &drawing.target), percent(v))).into_iter().collect();
    says.extend(rows.iter().map(|row| describe(row, locale)));
    layout.finish(bottom, says)
}

fn span((low, high): (f64, f64), locale: &Locale) -> String {
    locale.drawing.span(&percent(low), &percent(high))
}

fn tidy(row: &Row) -> Row {
    Row {
        label: row.label.clone(),
        value: sound(row.value),
        interval: sound_pair(row.interval),
        bounds: sound_pair(row.bounds).map(|(a, b)| (a.min(b), a.max(b))),
        missing: sound(row.missing),
        emphasised: row.emphasised,
    }
}

fn describe(row: &Row, locale: &Locale) -> String {
    let drawing = &locale.drawing;
    let mut parts: Vec<String> = Vec::new();
    parts.push(row.value.map_or(drawing.no_evidence.to_lowercase(), |v| fill(&drawing.of_valid, &[("value", &locale.rate(v))])));
    parts.extend(row.interval.map(|i| format!("{} {}%", drawing.interval.to_lowercase(), span(i, locale))));
    parts.extend(row.bounds.map(|b| fill(&drawing.bounds_are, &[("span", &span(b, locale))])));
    parts.extend(row.missing.map(|m| fill(&drawing.missing_is, &[("value", &locale.rate(m))])));
    format!("{}: {}", row.label, parts.join(", "))
}
