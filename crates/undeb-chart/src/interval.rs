//! The interval chart: estimates with their intervals, in the caller's order.

use plotters::element::{Circle, PathElement};

use crate::axis::{percent, rate_ticks, sound, sound_pair};
use crate::backend::units;
use crate::frame::{Frame, Layout};
use crate::key::{self, Mark};
use crate::locale::Locale;
use crate::picture::Picture;
use crate::rows::{Column, Rows};
use crate::theme::Theme;
use crate::words::{lower, or};

/// One estimate. Rates and changes are fractions; a change may be negative.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The name of the group.
    pub label: String,
    /// The estimate.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// A target of its own.
    pub target: Option<f64>,
    /// Whether the row stands out.
    pub emphasised: bool,
}

/// Everything an interval chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
    /// One target for all rows.
    pub target: Option<f64>,
    /// What the target line is, such as "Target 2030".
    pub target_label: String,
    /// The header of the column of figures, such as "% (95% interval)".
    pub value_label: String,
    /// What the lines are, such as "95% interval".
    pub interval_label: String,
    /// What makes a row stand out, such as "interval wholly above target".
    pub emphasis_label: String,
}

fn figures(row: &Row, locale: &Locale) -> String {
    match (row.value, row.interval) {
        (None, _) => "–".to_owned(),
        (Some(v), None) => percent(v),
        (Some(v), Some((low, high))) => {
            format!("{} ({})", percent(v), locale.drawing.span(&percent(low), &percent(high)))
        }
    }
}

/// Draws an interval chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let palette = layout.palette;
    let real =
        |row: &Row| Row { value: sound(row.value), interval: sound_pair(row.interval), target: sound(row.target), ..row.clone() };
    let rows: Vec<Row> = data.rows.iter().map(real).collect();
    if rows.iter().all(|row| row.value.is_none()) {
        return layout.no_evidence();
    }
    let target = sound(data.target);
    let locale = layout.locale;
    let target_label = or(&data.target_label, &locale.drawing.target);
    let (target_line, target_dash) = (palette.ink.line(1.5), (5.0, 4.0));

    let mut items = Vec::new();
    if rows.iter().any(|row| row.emphasised) && !data.emphasis_label.is_empty() {
        items.push((Mark::Full(palette.series[0]), data.emphasis_label.clone()));
    }
    if rows.iter().any(|row| row.interval.is_some()) {
        let words = or(&data.interval_label, &locale.drawing.interval);
        items.push((Mark::Line(palette.neutral.line(2.5)), words.to_owned()));
    }
    if let Some(target) = target {
        let words = format!("{target_label}: {}", if layout.sign.is_empty() { percent(target) } else { locale.level(target) });
        items.push((Mark::Dashes(target_line, target_dash), words));
    }
    if rows.iter().any(|row| row.target.is_some()) {
        items.push((Mark::Tick(palette.ink), target_label.to_owned()));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let shown = rows.iter().flat_map(|row| {
        let (low, high) = row.interval.unzip();
        [row.value, row.target, low, high].into_iter().flatten()
    });
    let ticks = rate_ticks(shown.chain(target), 6);
    let header = or(&data.value_label, "%");
    let columns = vec![Column { header: header.to_owned(), values: rows.iter().map(|row| figures(row, frame.locale)).collect() }];
    let names: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    let plan = Rows::plan(&layout, &names, columns, &ticks);
    let bottom = plan.axis(&mut layout, &ticks);
    if let Some(target) = target {
        layout.svg.draw(&plan.upright(target, target_line).dashed(target_dash));
    }
    for (i, row) in rows.iter().enumerate() {
        plan.name(&mut layout, i, &row.label, row.emphasised);
        let y = plan.middle(i);
        let colour = if row.emphasised { palette.series[0] } else { palette.neutral };
        if let (Some((low, high)), Some(_)) = (row.interval, row.value) {
            let (from, to) = (plan.scale.place(low), plan.scale.place(high));
            layout.svg.draw(&PathElement::new([(from, y), (to, y)], colour.line(2.5)));
        }
        if let Some(own) = row.target {
            Mark::Tick(palette.ink).draw(&mut layout.svg, (plan.scale.place(own), y), palette, plan.radius());
        }
        match row.value {
            Some(value) => {
                layout.svg.draw(&Circle::new((plan.scale.place(value), y), units(plan.radius()), colour.fill()));
            }
            None if row.target.is_none() => plan.no_evidence(&mut layout, i),
            None => {}
        }
    }
    let strong: Vec<bool> = rows.iter().map(|row| row.emphasised).collect();
    plan.columns(&mut layout, &strong);

    let (sign, nothing) = (layout.sign, layout.nothing());
    let mut says: Vec<String> = target.map(|v| format!("{target_label} {}{sign}", percent(v))).into_iter().collect();
    let own = |row: &Row| match row.target {
        Some(v) if target_label.ends_with(&locale.level(v)) => format!("; {target_label}"),
        Some(v) => format!("; {target_label} {}{sign}", percent(v)),
        None => String::new(),
    };
    let differs = |row: &Row| match row.emphasised && !data.emphasis_label.is_empty() {
        true => format!("; {}", lower(&data.emphasis_label)),
        false => String::new(),
    };
    says.extend(rows.iter().map(|row| match row.value {
        Some(_) => format!("{}: {}{sign}{}{}", row.label, figures(row, frame.locale), own(row), differs(row)),
        None => format!("{}: {nothing}{}", row.label, own(row)),
    }));
    layout.finish(bottom, says)
}
