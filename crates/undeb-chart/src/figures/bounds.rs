//! The rate of valid answers between the bounds that missing answers leave.

use undeb::MissingAnswers;

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::when::periods;
use super::{Data, Filled, titles};
use crate::bounds;
use crate::error::ChartError;
use crate::locale::fill as filled;

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let mut rows: Vec<(Cell<'_>, Option<Shown<'_>>)> = Vec::new();
    for cell in asked.cells()? {
        // Without a valid answer there is no figure, and there are bounds all the same.
        let known = |s: &Shown<'_>| s.estimate.missing.is_some() || s.value().is_some();
        let shown = match asked.one_period()? {
            Some(_) => asked.latest(&cell)?,
            None => asked.evidence.series(asked.measure, cell.region, cell.sector).into_iter().rev().find(known),
        };
        rows.push((cell, shown));
    }
    let missing = |s: &Option<Shown<'_>>| -> Option<MissingAnswers> { s.as_ref().and_then(|s| s.estimate.missing) };
    let width = |s: &Option<Shown<'_>>| missing(s).map_or(f64::NEG_INFINITY, |m| m.high - m.low);
    rows.sort_by(|a, b| width(&b.1).total_cmp(&width(&a.1)));
    let Some((widest, bounds)) = rows.first().and_then(|(c, s)| Some((c, missing(s)?))) else {
        return Err(asked.needs("bounds of missing answers", "estimate from records: published tables do not tell them"));
    };
    let around = &asked.locale.around;
    let known: Vec<Shown<'_>> = rows.iter().filter_map(|(_, s)| *s).collect();
    let one_period = known.windows(2).all(|p| p[0].period() == p[1].period());
    let data = bounds::Data {
        rows: rows
            .iter()
            .map(|(c, s)| bounds::Row {
                label: asked.row_name(c, s.as_ref(), one_period),
                emphasised: asked.highlighted(c),
                value: s.and_then(|s| s.value()),
                interval: s.and_then(|s| s.limits()),
                bounds: missing(s).map(|m| (m.low, m.high)),
                missing: missing(s).map(|m| m.share),
            })
            .collect(),
        value_label: around.valid_answers.clone(),
        interval_label: asked.interval_label(&known),
        bounds_label: around.bounds_key.clone(),
        missing_label: around.missing_header.clone(),
        ..bounds::Data::default()
    };
    let words = &asked.locale.titles;
    let spans: Vec<(String, f64)> =
        rows.iter().filter_map(|(c, s)| Some((asked.in_title(c), missing(s)?.high - missing(s)?.low))).collect();
    let written = |span: f64| titles::points(asked.locale, span);
    let open = written(bounds.high - bounds.low);
    // Widths that read alike are none the widest.
    let alike = spans.iter().filter(|s| written(s.1) == open).count();
    let pattern = match (rows.len(), alike) {
        _ if bounds.high <= bounds.low => &words.bounds_none,
        (1, _) => &words.bounds_one,
        (_, 1) => &words.bounds_widest,
        (_, n) if n == spans.len() => &words.bounds_each,
        _ => &words.bounds_most,
    };
    let (low, high) = (asked.figure(bounds.low), asked.figure(bounds.high));
    let place = if alike == 1 { asked.in_title(widest) } else { asked.alike(&spans, &spans[0], written) };
    let cells = asked.locale.counted(spans.len(), asked.noun(&rows));
    let title = filled(pattern, &[("place", &place), ("low", &low), ("high", &high), ("points", &open), ("cells", &cells)]);
    let title = asked.dated(title, one_period);
    let subtitle =
        asked.subtitle(&asked.sectors_of(rows.iter().map(|(c, _)| c)), &periods(known.iter().map(|s| s.period()), asked.locale));
    let mut notes = asked.interval_notes(&known);
    notes.push(around.note_bounds.clone());
    notes.extend(asked.mark_notes(&known, false));
    let cells: Vec<_> = rows.iter().map(|(c, s)| (c, asked.measure, *s)).collect();
    let mut table = Table::of(&cells);
    table.number("missing_share", rows.iter().map(|(_, s)| missing(s).map(|m| m.share)));
    table.number("missing_low", rows.iter().map(|(_, s)| missing(s).map(|m| m.low)));
    table.number("missing_high", rows.iter().map(|(_, s)| missing(s).map(|m| m.high)));
    Filled::new(asked, Data::Bounds(data), asked.frame(title, subtitle, notes), table)
}
