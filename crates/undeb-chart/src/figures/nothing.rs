//! A chart of nothing but missing figures: it says that there is no evidence, and its table has every one of them.

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::when::periods;
use super::{Data, Filled};
use crate::error::ChartError;
use crate::kind::Kind;
use crate::locale::fill as filled;

/// The chart where what was asked for has rows and no figure in any; none otherwise.
pub(super) fn fill(asked: &Asked<'_>) -> Result<Option<Filled>, ChartError> {
    // A target is judged without a figure too: its charts say what of.
    if asked.evidence.target.is_some() && matches!(asked.kind, Kind::Gap | Kind::Trend) {
        return Ok(None);
    }
    // Without a valid answer bounds are as wide as they can be, and are known.
    if asked.kind == Kind::Bounds && asked.there().iter().flat_map(|c| asked.within(c)).any(|s| s.estimate.missing.is_some()) {
        return Ok(None);
    }
    let over_time = matches!(asked.kind, Kind::Trend | Kind::SmallMultiples);
    let series = |c: &Cell<'_>| if over_time { asked.series(c) } else { asked.within(c) };
    let cells: Vec<(Cell<'_>, Vec<Shown<'_>>)> = asked.there().into_iter().map(|c| (c.clone(), series(&c))).collect();
    let shown = || cells.iter().flat_map(|(_, s)| s).copied();
    if shown().next().is_none() || shown().any(|s| s.value().is_some()) {
        return Ok(None);
    }
    let words = &asked.locale.titles;
    let title = match cells.as_slice() {
        [(cell, _)] => filled(&words.no_figure, &[("place", &asked.place(cell.region, cell.sector))]),
        _ => words.no_figures.clone(),
    };
    let span = periods(shown().map(|s| s.period()), asked.locale);
    let subtitle = asked.subtitle(&asked.sectors_of(cells.iter().map(|(c, _)| c)), &span);
    let notes = asked.mark_notes(&shown().collect::<Vec<_>>(), false);
    let rows: Vec<_> = cells.iter().flat_map(|(c, s)| s.iter().map(move |s| (c, asked.measure, Some(*s)))).collect();
    Ok(Some(Filled::new(asked, empty(asked.kind), asked.frame(title, subtitle, notes), Table::of(&rows))?))
}

/// The data of a kind without any figure.
fn empty(kind: Kind) -> Data {
    match kind {
        Kind::Trend => Data::Trend(Default::default()),
        Kind::Interval => Data::Interval(Default::default()),
        Kind::Gap => Data::Gap(Default::default()),
        Kind::Heatmap => Data::Heatmap(Default::default()),
        Kind::SmallMultiples => Data::SmallMultiples(Default::default()),
        Kind::Slope => Data::Slope(Default::default()),
        Kind::Bounds => Data::Bounds(Default::default()),
        Kind::Scatter => Data::Scatter(Default::default()),
        Kind::Funnel => Data::Funnel(Default::default()),
        Kind::Tiles => Data::Tiles(Default::default()),
        Kind::Waterfall => Data::Waterfall(Default::default()),
    }
}
