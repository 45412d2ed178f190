//! A measure by sector and region in one period.

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::words::{mark, suppressed};
use super::{Data, Filled};
use crate::error::ChartError;
use crate::heatmap;
use crate::locale::fill as filled;

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let (locale, evidence) = (asked.locale, &asked.evidence);
    let (regions, sectors) = asked.sides();
    if sectors.is_empty() || regions.is_empty() {
        return Err(asked.needs("figures by sector and region", "choose a source or a measure that has them"));
    }
    let series: Vec<Vec<Vec<Shown<'_>>>> =
        regions.iter().map(|r| sectors.iter().map(|s| evidence.series(asked.measure, r, s)).collect()).collect();
    let latest = series.iter().flatten().flatten().filter(|s| s.value().is_some()).map(|s| s.period()).max();
    let Some(period) = asked.one_period()?.or(latest) else {
        return Err(asked.needs("figures, and none has a value", "choose another measure"));
    };
    let cell = |r: usize, s: usize| series[r][s].iter().find(|shown| shown.period() == period).copied();
    let mut rows = Vec::new();
    let mut names = Vec::new();
    for (r, region) in regions.iter().enumerate() {
        for (s, sector) in sectors.iter().enumerate() {
            let shown = cell(r, s);
            let place = asked.region_name(region);
            let name = filled(&locale.titles.cell, &[("region", place), ("sector", &asked.sector_name(sector).to_lowercase())]);
            // A title names no cell that is marked as unreliable.
            names.extend(shown.filter(|s| s.mark.is_none()).and_then(|s| s.value()).map(|v| (name.clone(), v)));
            rows.push((Cell { region, sector, name }, shown));
        }
    }
    let known: Vec<Shown<'_>> = rows.iter().filter_map(|(_, s)| *s).collect();
    let bold = regions.iter().filter(|r| asked.options.highlight.iter().any(|h| h == *r));
    let data = heatmap::Data {
        emphasised: bold.map(|r| asked.region_name(r).to_owned()).collect(),
        rows: regions.iter().map(|r| asked.region_name(r).to_owned()).collect(),
        columns: sectors.iter().map(|s| asked.sector_name(s).to_owned()).collect(),
        cells: rows
            .chunks(sectors.len())
            .map(|row| {
                row.iter()
                    .map(|(_, s)| heatmap::Cell {
                        value: s.and_then(|s| s.value()),
                        mark: mark(s.as_ref()),
                        suppressed: suppressed(s.as_ref()),
                    })
                    .collect()
            })
            .collect(),
    };
    let with = |of: &dyn Fn(usize) -> usize| {
        let valued = rows.iter().enumerate().filter(|(_, (_, s))| s.is_some_and(|s| s.value().is_some()));
        valued.map(|(i, _)| of(i)).collect::<std::collections::BTreeSet<_>>().len()
    };
    if with(&|i| i / sectors.len()) < 2 || with(&|i| i % sectors.len()) < 2 {
        let remedy =
            format!("in {period} there are not; a chart of kind interval or tiles shows one region or sector after the other");
        return Err(asked.needs("figures of two sectors and two regions at least", remedy));
    }
    let title = asked.range(&names, known.iter().any(|s| s.mark.is_some() && s.value().is_some()));
    let sectors_of = match asked.of_all_regions() {
        true => asked.within_whole(&locale.around.by_sector_and_region),
        false => locale.around.by_sector_and_region.clone(),
    };
    let subtitle = asked.subtitle(&sectors_of, &period.to_string());
    let mut notes: Vec<String> = asked.no_error_note(&known).into_iter().collect();
    notes.extend(asked.mark_notes(&known, known.len() < rows.len()));
    let cells: Vec<_> = rows.iter().map(|(c, s)| (c, asked.measure, *s)).collect();
    Filled::new(asked, Data::Heatmap(data), asked.frame(title, subtitle, notes), Table::of(&cells))
}
