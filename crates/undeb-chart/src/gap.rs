//! The gap chart: for each row where it started, where it is, and where it should be.

use plotters::element::PathElement;

use crate::axis::{people, percent, rate_ticks, signed, sound, sound_pair};
use crate::frame::{Frame, Layout};
use crate::key::{self, Mark};
use crate::locale::{Locale, fill};
use crate::picture::Picture;
use crate::rows::{Column, Rows};
use crate::theme::{Colour, Palette, Theme};
use crate::words::or;

/// What can be said about a row and its target. The shape of the dot says it as well as its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// The target is met: a filled dot.
    Met,
    /// The target is not met: a ring.
    NotMet,
    /// The evidence cannot tell: a half-filled dot.
    CannotTell,
    /// There is nothing to judge: a small filled dot in grey.
    #[default]
    None,
}

impl Tone {
    fn mark(self, palette: &Palette) -> Mark {
        match self {
            Self::Met => Mark::Full(palette.met),
            Self::NotMet => Mark::Hollow(palette.not_met),
            Self::CannotTell => Mark::Half(palette.cannot_tell),
            Self::None => Mark::Full(palette.ink),
        }
    }

    fn words(self, line: Line, locale: &Locale) -> &str {
        let words = &locale.drawing;
        match (self, line) {
            (Self::Met, Line::Target) => &words.met,
            (Self::NotMet, Line::Target) => &words.not_met,
            (Self::Met, Line::Trigger) => &words.at_line,
            (Self::NotMet, Line::Trigger) => &words.below_line,
            (Self::CannotTell, _) => &words.cannot_tell,
            (Self::None, _) => "",
        }
    }
}

/// What the tick stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// A level to be reached.
    #[default]
    Target,
    /// A level below which a duty arises.
    Trigger,
}

/// One row of a gap chart. Rates are fractions in [0, 1].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The name of the group.
    pub label: String,
    /// The rate at the start.
    pub baseline: Option<f64>,
    /// The latest rate.
    pub latest: Option<f64>,
    /// The interval of the latest rate.
    pub interval: Option<(f64, f64)>,
    /// The target rate.
    pub target: Option<f64>,
    /// The gap in percentage points; positive is short of the target.
    pub points: Option<f64>,
    /// The gap in workers; positive is short of the target.
    pub workers: Option<f64>,
    /// The verdict.
    pub tone: Tone,
    /// Whether the row stands out: its name is bold.
    pub emphasised: bool,
}

/// Everything a gap chart shows. An empty key label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
    /// What the grey dot is, such as "2019".
    pub baseline_label: String,
    /// What the coloured dot is, such as "2024".
    pub latest_label: String,
    /// What the tick is, such as "Target 2030".
    pub target_label: String,
    /// What the thin line is, such as "95% interval".
    pub interval_label: String,
    /// Whether the tick is a target or a trigger.
    pub line: Line,
}

/// Draws a gap chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let rows: Vec<Row> = data.rows.iter().map(finite).collect();
    if !rows.iter().any(|r| r.latest.or(r.baseline).or(r.target).is_some()) {
        return layout.no_evidence();
    }
    let (palette, locale) = (layout.palette, layout.locale);
    let items = key_items(data, &rows, palette, locale);
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let mut columns = Vec::new();
    if rows.iter().any(|r| r.points.is_some()) {
        let values = rows.iter().map(|r| r.points.map_or("–".into(), signed)).collect();
        columns.push(Column { header: locale.drawing.gap_header.clone(), values });
    }
    if rows.iter().any(|r| r.workers.is_some()) {
        let values = rows.iter().map(|r| r.workers.map_or("–".into(), people)).collect();
        columns.push(Column { header: locale.drawing.workers_header.clone(), values });
    }
    let shown = rows.iter().flat_map(|r| {
        let (low, high) = r.interval.unzip();
        [r.baseline, r.latest, r.target, low, high].into_iter().flatten()
    });
    let ticks = rate_ticks(shown, 6);
    let names: Vec<&str> = rows.iter().map(|r| r.label.as_str()).collect();
    let plan = Rows::plan(&layout, &names, columns, &ticks);
    let bottom = plan.axis(&mut layout, &ticks);
    for (i, row) in rows.iter().enumerate() {
        plan.name(&mut layout, i, &row.label, row.emphasised);
        row_marks(&mut layout, &plan, i, row);
    }
    plan.columns(&mut layout, &[]);
    let says = rows.iter().map(|row| describe(row, data, locale)).collect();
    layout.finish(bottom, says)
}

/// A value that is not a number is no value.
fn finite(row: &Row) -> Row {
    let real = |v: Option<f64>| v.filter(|v| v.is_finite());
    Row {
        label: row.label.clone(),
        baseline: sound(row.baseline),
        latest: sound(row.latest),
        interval: sound_pair(row.interval),
        target: sound(row.target),
        points: real(row.points),
        workers: real(row.workers),
        tone: row.tone,
        emphasised: row.emphasised,
    }
}

fn row_marks(layout: &mut Layout<'_>, plan: &Rows, i: usize, row: &Row) {
    let (palette, y, radius) = (layout.palette, plan.middle(i), plan.radius());
    let place = |v: f64| plan.scale.place(v);
    // Without a start the bar is the gap itself.
    if let (Some(from), Some(to)) = (row.baseline.or(row.target), row.latest) {
        layout.svg.draw(&PathElement::new([(place(from), y), (place(to), y)], palette.join.line(4.0)));
    }
    let mark = row.tone.mark(palette);
    if let Some((low, high)) = row.interval {
        // On close rows a thin interval leaves the mark to be told.
        let weight = if radius < 4.5 { 1.0 } else { 1.5 };
        plan.whiskers(layout, i, (low, high), colour(mark, palette).line(weight));
    }
    if let Some(baseline) = row.baseline {
        Mark::Full(palette.neutral).draw(&mut layout.svg, (place(baseline), y), palette, radius - 1.0);
    }
    if let Some(target) = row.target {
        Mark::Tick(palette.ink).draw(&mut layout.svg, (place(target), y), palette, radius);
    }
    match row.latest {
        Some(latest) => mark.draw(&mut layout.svg, (place(latest), y), palette, radius),
        None if row.baseline.is_none() => plan.no_evidence(layout, i),
        None => {}
    }
}

fn colour(mark: Mark, palette: &Palette) -> Colour {
    match mark {
        Mark::Full(c) | Mark::Hollow(c) | Mark::Half(c) => c,
        _ => palette.ink,
    }
}

fn key_items(data: &Data, rows: &[Row], palette: &Palette, locale: &Locale) -> Vec<(Mark, String)> {
    let drawing = &locale.drawing;
    let mut items = Vec::new();
    if rows.iter().any(|r| r.baseline.is_some()) {
        items.push((Mark::Full(palette.neutral), or(&data.baseline_label, &drawing.baseline).to_owned()));
    }
    let latest = or(&data.latest_label, &drawing.latest);
    for tone in [Tone::Met, Tone::NotMet, Tone::CannotTell, Tone::None] {
        if rows.iter().any(|r| r.tone == tone && r.latest.is_some()) {
            let words = match tone {
                Tone::None => latest.to_owned(),
                _ => format!("{latest}, {}", tone.words(data.line, locale)),
            };
            items.push((tone.mark(palette), words));
        }
    }
    if rows.iter().any(|r| r.interval.is_some()) {
        let words = or(&data.interval_label, &drawing.interval).to_owned();
        items.push((Mark::Line(palette.ink.line(1.5)), words));
    }
    if rows.iter().any(|r| r.target.is_some()) {
        items.push((Mark::Tick(palette.ink), or(&data.target_label, &drawing.target).to_owned()));
    }
    if rows.iter().any(|r| r.points.is_some() || r.workers.is_some()) {
        let words = if data.line == Line::Trigger { &drawing.gap_of_line } else { &drawing.gap_of_target };
        items.push((Mark::Nothing, words.clone()));
    }
    items
}

fn describe(row: &Row, data: &Data, locale: &Locale) -> String {
    let drawing = &locale.drawing;
    let lower = |words: &str| words.to_lowercase();
    let mut parts = Vec::new();
    let rate = |label: &str, v: f64| format!("{label} {}%", percent(v));
    parts.extend(row.baseline.map(|v| rate(or(&data.baseline_label, &lower(&drawing.baseline)), v)));
    parts.push(match row.latest {
        Some(v) => rate(or(&data.latest_label, &lower(&drawing.latest)), v),
        None => lower(&drawing.no_evidence),
    });
    parts.extend(row.interval.map(|(low, high)| {
        format!("{} {}%", or(&data.interval_label, &lower(&drawing.interval)), drawing.span(&percent(low), &percent(high)))
    }));
    // A label of one level for all says it already.
    parts.extend(row.target.map(|v| match data.target_label.ends_with(&locale.level(v)) {
        true => data.target_label.clone(),
        false => rate(or(&data.target_label, &lower(&drawing.target)), v),
    }));
    parts.extend(row.points.map(|v| fill(&drawing.gap_points, &[("points", &signed(v))])));
    parts.extend(row.workers.map(|v| fill(&drawing.workers, &[("count", &people(v))])));
    if row.tone != Tone::None {
        parts.push(row.tone.words(data.line, locale).to_owned());
    }
    format!("{}: {}", row.label, parts.join(", "))
}
