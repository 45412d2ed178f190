//! Two periods, joined: what changed beyond sampling error.

use std::collections::BTreeSet;

use undeb::{Force, Period};

use super::asked::{Asked, Cell, periods};
use super::evidence::Shown;
use super::table::Table;
use super::titles::Change;
use super::{Data, Filled};
use crate::error::{Cause, ChartError};
use crate::slope;

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let cells = asked.cells()?;
    let (from, to) = pair(asked, &cells)?;
    let words = &asked.locale.around;
    let mut rows: Vec<(Cell<'_>, [Option<Shown<'_>>; 2], Option<Change>)> = Vec::new();
    for cell in cells {
        let series = asked.evidence.series(asked.measure, cell.region, cell.sector);
        let at = |period: Period| series.iter().find(|s| s.period() == period).copied();
        let (a, b) = (at(from), at(to));
        let change = a.zip(b).and_then(|(a, b)| asked.change(asked.measure, cell.sector, &a, &b));
        rows.push((cell, [a, b], change));
    }
    let shown: Vec<Shown<'_>> = rows.iter().flat_map(|r| r.1.iter().flatten()).copied().collect();
    let judged = rows.iter().any(|r| r.2.is_some_and(|c| c.interval.is_some()));
    let label = |beyond: &str, plain: &str| if judged { beyond.to_owned() } else { plain.to_owned() };
    let data = slope::Data {
        rows: rows
            .iter()
            .map(|(cell, [a, b], change)| slope::Row {
                label: cell.name.clone(),
                from: a.and_then(|s| s.value()),
                to: b.and_then(|s| s.value()),
                change: match change.map(Change::sign) {
                    Some(1) => slope::Change::Rise,
                    Some(-1) => slope::Change::Fall,
                    _ => slope::Change::Unclear,
                },
            })
            .collect(),
        from_label: from.to_string(),
        to_label: to.to_string(),
        rise_label: label(&words.rise_beyond, &words.rise),
        fall_label: label(&words.fall_beyond, &words.fall),
        unclear_label: label(&words.unclear, &words.same),
    };
    let changes: Vec<(Period, Change)> = rows.iter().filter_map(|r| Some((from, r.2?))).collect();
    let noun_rows: Vec<_> = rows.iter().map(|(c, [_, b], _)| (c.clone(), *b)).collect();
    let title = asked.changes_title(&changes, asked.noun(&noun_rows));
    let subtitle =
        asked.subtitle(&asked.sectors_of(rows.iter().map(|r| r.0.sector)), &periods([from, to].into_iter(), asked.locale));
    let mut notes = asked.interval_notes(&shown);
    notes.extend(asked.correlation_note(judged));
    notes.extend(asked.break_notes(rows.first().map_or("", |r| r.0.sector), &pair_of(&rows)));
    let latest: Vec<_> = rows.iter().map(|(c, [_, b], _)| (c, asked.measure, *b)).collect();
    let mut table = Table::of(&latest);
    table.text("from_period", rows.iter().map(|_| Some(from.to_string())));
    table.number("from_value", rows.iter().map(|r| r.1[0].and_then(|s| s.value())));
    add_changes(&mut table, rows.iter().map(|r| r.2));
    Filled::new(asked, Data::Slope(data), asked.frame(title, subtitle, notes), table)
}

fn pair_of<'a>(rows: &[(Cell<'a>, [Option<Shown<'a>>; 2], Option<Change>)]) -> Vec<Shown<'a>> {
    rows.iter().find_map(|r| Some(vec![r.1[0]?, r.1[1]?])).unwrap_or_default()
}

/// The two periods asked for; else the latest, and the first that no incomparable break parts from it.
fn pair(asked: &Asked<'_>, cells: &[Cell<'_>]) -> Result<(Period, Period), ChartError> {
    match asked.options.periods.as_slice() {
        [] => {}
        [a, b] if a != b => return Ok((*a.min(b), *a.max(b))),
        _ => return Err(Cause::option("a chart of kind slope shows two periods", "give two periods, or none").into()),
    }
    let mut known: BTreeSet<Period> = BTreeSet::new();
    for cell in cells {
        let series = asked.evidence.series(asked.measure, cell.region, cell.sector);
        known.extend(series.iter().filter(|s| s.value().is_some()).map(|s| s.period()));
    }
    let last = known.last().copied();
    let barred = |from: Period, to: Period| {
        cells.iter().any(|c| {
            asked.evidence.breaks(asked.measure, c.sector).any(|b| b.force == Force::Incomparable && b.between(from, to))
        })
    };
    last.and_then(|to| known.iter().copied().find(|from| *from < to && !barred(*from, to)).map(|from| (from, to)))
        .ok_or_else(|| asked.needs("two periods that may be compared", "choose another measure or region"))
}

/// The columns of a change: its size, its interval, and what can be said of it.
pub(super) fn add_changes(table: &mut Table, changes: impl Iterator<Item = Option<Change>> + Clone) {
    table.number("change", changes.clone().map(|c| c.map(|c| c.value)));
    table.number("change_low", changes.clone().map(|c| c.and_then(|c| c.interval).map(|i| i.low)));
    table.number("change_high", changes.clone().map(|c| c.and_then(|c| c.interval).map(|i| i.high)));
    let word = |c: Change| match c.sign() {
        1 => "rise",
        -1 => "fall",
        _ => "unclear",
    };
    table.text("answer", changes.map(|c| Some(c.map_or("not_comparable", word).to_owned())));
}
