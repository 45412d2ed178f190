//! Two periods, joined: what changed beyond sampling error.

use std::collections::BTreeSet;

use undeb::Period;

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::titles::Change;
use super::when::periods;
use super::{Data, Filled};
use crate::error::{Cause, ChartError};
use crate::slope;

/// A cell in the two periods.
struct Row<'a> {
    cell: Cell<'a>,
    from: Option<Shown<'a>>,
    to: Option<Shown<'a>>,
    change: Option<Change>,
}

impl<'a> Row<'a> {
    /// The figure whose mark the name carries.
    fn less_reliable(&self) -> Option<Shown<'a>> {
        [self.to, self.from].into_iter().flatten().find(|s| s.mark.is_some_and(|m| m != undeb::Mark::NotAvailable)).or(self.to)
    }

    /// Whether one of the figures is of low reliability.
    fn marked(&self) -> bool {
        [&self.from, &self.to].iter().any(|shown| shown.is_some_and(|s| s.mark.is_some()))
    }

    /// Whether there is a figure in each period.
    fn both(&self) -> bool {
        [&self.from, &self.to].iter().all(|shown| shown.and_then(|s| s.value()).is_some())
    }
}

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let cells = asked.cells()?;
    let (from, to) = pair(asked, &cells)?;
    let words = &asked.locale.around;
    let rows: Vec<Row<'_>> = cells
        .into_iter()
        .map(|cell| {
            let series = asked.evidence.series(asked.measure, cell.region, cell.sector);
            let at = |period: Period| series.iter().find(|s| s.period() == period).copied();
            let (a, b) = (at(from), at(to));
            let change = a.zip(b).and_then(|(a, b)| asked.change(asked.measure, cell.sector, &a, &b));
            Row { cell, from: a, to: b, change }
        })
        .collect();
    let shown: Vec<Shown<'_>> = rows.iter().flat_map(|r| r.from.into_iter().chain(r.to)).collect();
    let judged = rows.iter().any(|r| r.change.is_some_and(|c| c.interval.is_some()));
    let label = |beyond: &str, plain: &str| if judged { beyond.to_owned() } else { plain.to_owned() };
    let data = slope::Data {
        rows: rows
            .iter()
            .map(|r| slope::Row {
                label: asked.marked_name(&r.cell.name, r.less_reliable().as_ref()),
                from: r.from.and_then(|s| s.value()),
                to: r.to.and_then(|s| s.value()),
                change: match r.change.map(Change::sign) {
                    Some(1) => slope::Change::Rise,
                    Some(-1) => slope::Change::Fall,
                    None if r.both() => slope::Change::NotComparable,
                    _ => slope::Change::Unclear,
                },
                emphasised: asked.highlighted(&r.cell),
            })
            .collect(),
        from_label: from.to_string(),
        to_label: to.to_string(),
        rise_label: label(&words.rise_beyond, &words.rise),
        fall_label: label(&words.fall_beyond, &words.fall),
        unclear_label: label(&words.unclear, &words.same),
    };
    let among: Vec<&Cell<'_>> = rows.iter().map(|r| &r.cell).collect();
    let counted: Vec<&Row<'_>> = rows.iter().filter(|r| asked.counts(&r.cell, &among)).collect();
    let (clear, marked): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        counted.iter().copied().filter(|r| r.change.is_some()).partition(|r| !r.marked());
    let changes: Vec<(Period, Change)> = clear.iter().filter_map(|r| Some((from, r.change?))).collect();
    let noun_rows: Vec<_> = counted.iter().map(|r| (r.cell.clone(), r.to)).collect();
    let only = clear.first().map_or("", |r| &r.cell.name);
    let title = asked.changes_title(&changes, Some(to), (asked.noun(&noun_rows), only), !marked.is_empty());
    let subtitle =
        asked.subtitle(&asked.sectors_of(rows.iter().map(|r| &r.cell)), &periods([from, to].into_iter(), asked.locale));
    let mut notes = asked.interval_notes(&shown);
    notes.extend(asked.label_mark_notes(rows.iter().filter_map(|r| r.less_reliable())));
    notes.extend(asked.correlation_note(judged));
    notes.extend(asked.none_note(asked.absent(&among).into_iter().map(|c| c.name)));
    let both: Vec<Shown<'_>> = rows.iter().find_map(|r| Some(vec![r.from?, r.to?])).unwrap_or_default();
    notes.extend(asked.break_notes(rows.first().map_or("", |r| r.cell.sector), &both));
    let latest: Vec<_> = rows.iter().map(|r| (&r.cell, asked.measure, r.to)).collect();
    let mut table = Table::of(&latest);
    table.text("from_period", rows.iter().map(|_| Some(from.to_string())));
    table.number("from_value", rows.iter().map(|r| r.from.and_then(|s| s.value())));
    table.text("from_mark", rows.iter().map(|r| r.from.and_then(|s| s.mark).map(|m| m.shorthand().to_owned())));
    add_changes(&mut table, rows.iter().map(|r| r.change));
    Filled::new(asked, Data::Slope(data), asked.frame(title, subtitle, notes), table)
}

/// The two periods asked for; else the latest of those with most figures, and the earliest of those in which most of
/// its cells have a figure that no incomparable break parts from it.
fn pair(asked: &Asked<'_>, cells: &[Cell<'_>]) -> Result<(Period, Period), ChartError> {
    match asked.options.periods.as_slice() {
        [] => {}
        [a, b] if a != b => return Ok((*a.min(b), *a.max(b))),
        _ => return Err(Cause::option("a chart of kind slope shows two periods", "give two periods, or none").into()),
    }
    let known: Vec<BTreeSet<Period>> = cells
        .iter()
        .map(|cell| {
            let series = asked.evidence.series(asked.measure, cell.region, cell.sector);
            series.iter().filter(|s| s.value().is_some()).map(|s| s.period()).collect()
        })
        .collect();
    let all: BTreeSet<Period> = known.iter().flatten().copied().collect();
    let figures = |to: &Period| known.iter().filter(|k| k.contains(to)).count();
    let to = all.iter().copied().max_by_key(|p| (figures(p), *p));
    let pairs = |from: Period, to: Period| {
        let both = cells.iter().zip(&known).filter(|(_, k)| k.contains(&from) && k.contains(&to));
        both.filter(|(c, _)| !asked.evidence.barred(asked.measure, c.sector, from, to)).count()
    };
    to.and_then(|to| {
        let earlier = all.iter().copied().filter(|from| *from < to).map(|from| (pairs(from, to), from));
        let (most, from) = earlier.max_by_key(|(count, from)| (*count, std::cmp::Reverse(*from)))?;
        (most > 0).then_some((from, to))
    })
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
