//! The same course for every region or sector, on shared axes.

use undeb::{Level, Period};

use super::asked::{Asked, Cell};
use super::evidence::{Shown, last_known};
use super::slope::add_changes;
use super::table::Table;
use super::titles::Change;
use super::when::periods;
use super::{Data, Filled};
use crate::error::ChartError;
use crate::small_multiples::{Data as Panels, Order, Panel};

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let cells: Vec<(Cell<'_>, Vec<Shown<'_>>)> = asked
        .cells()?
        .into_iter()
        .map(|c| {
            let s = asked.series(&c);
            (c, s)
        })
        .collect();
    let target = asked.evidence.target.filter(|t| !matches!(t.target.level, Level::Unset(_)));
    let level = |c: &Cell<'_>| asked.evidence.finding(c.region, c.sector).filter(|_| target.is_some()).and_then(|f| f.level);
    let whole = whole(asked, &cells);
    let shown: Vec<Shown<'_>> = cells.iter().flat_map(|(_, s)| s).copied().collect();
    let changes: Vec<Option<(Period, Change)>> = cells.iter().map(|(c, s)| asked.since_start(c.sector, s)).collect();
    let data = Panels {
        panels: cells
            .iter()
            .zip(&changes)
            .map(|((c, s), change)| Panel {
                series: asked.line(c, s, asked.highlighted(c)),
                target: level(c),
                remark: change.zip(last_known(s)).map_or(String::new(), |((from, change), last)| {
                    let span = periods([from, last.period()].into_iter(), asked.locale);
                    format!("{}, {span}", asked.sign_words(change))
                }),
            })
            .collect(),
        whole: whole.as_ref().map(|(c, s)| asked.line(c, s, false)),
        order: Order::Latest,
        interval_label: asked.interval_label(&shown),
        target_label: target.map(|t| asked.line_with_deadline(&t.target)).unwrap_or_default(),
        break_label: asked.locale.drawing.break_word.clone(),
        range: None,
    };
    let among: Vec<&Cell<'_>> = cells.iter().map(|(c, _)| c).collect();
    let counts = |c: &Cell<'_>| asked.counts(c, &among);
    let counted = cells.iter().zip(&changes).filter(|((c, _), _)| counts(c));
    let start_mark = |s: &[Shown<'_>], from: Period| s.iter().find(|s| s.period() == from).and_then(|s| s.mark);
    // A change is as reliable as the less reliable of its two figures.
    let marked = |s: &[Shown<'_>], from: Period| start_mark(s, from).or(last_known(s).and_then(|s| s.mark)).is_some();
    let judged =
        || counted.clone().filter_map(|((c, s), change)| change.map(|(from, change)| (c, from, change, marked(s, from))));
    let clear = || judged().filter(|(.., marked)| !marked);
    let left_out = judged().any(|(.., marked)| marked);
    let known: Vec<(Period, Change)> = clear().map(|(_, from, change, _)| (from, change)).collect();
    let rows: Vec<_> = cells.iter().filter(|(c, _)| counts(c)).map(|(c, s)| (c.clone(), s.last().copied())).collect();
    let only = clear().next().map_or("", |(c, ..)| &c.name);
    // Where there are no two figures of any cell there is no change to speak of.
    let ends = || cells.iter().filter_map(|(c, s)| Some((c, last_known(s)?)));
    let single = cells.iter().all(|(_, s)| s.iter().filter(|s| s.value().is_some()).count() < 2);
    // A title on a few cells of many would pass for one on all.
    let few = judged().next().is_some() && 2 * judged().count() < ends().count();
    let to = ends().next().map(|(_, s)| s.period()).filter(|to| ends().all(|(_, s)| s.period() == *to));
    let title = if single || few {
        asked.lasts_title(asked.recent(ends()).into_iter())
    } else {
        asked.changes_title(&known, to, (asked.noun(&rows), only), left_out)
    };
    let valued = shown.iter().filter(|s| s.value().is_some());
    let subtitle =
        asked.subtitle(&asked.sectors_of(cells.iter().map(|(c, _)| c)), &periods(valued.map(|s| s.period()), asked.locale));
    let mut notes = asked.interval_notes(&shown);
    notes.extend(asked.end_mark_notes(&cells));
    notes.extend(asked.none_note(asked.absent(&among).into_iter().map(|c| c.name)));
    notes.extend(asked.correlation_note(known.iter().any(|(_, c)| c.interval.is_some())));
    let longest = cells.iter().max_by_key(|(_, s)| s.len());
    notes.extend(longest.map(|(c, s)| asked.break_notes(c.sector, s)).unwrap_or_default());
    let lines = || cells.iter().zip(&changes).flat_map(|((c, s), change)| s.iter().map(move |s| (c, s, change)));
    let rows: Vec<_> = lines().map(|(c, s, _)| (c, asked.measure, Some(*s))).collect();
    let mut table = Table::of(&rows);
    table.number("target", lines().map(|(c, ..)| level(c)));
    // The change stands with the figure that it leads to.
    let series = |c: &Cell<'_>| cells.iter().find(|(cell, _)| cell.region == c.region && cell.sector == c.sector).map(|(_, s)| s);
    let last = |c: &Cell<'_>, s: &Shown<'_>| series(c).and_then(|all| last_known(all)).is_some_and(|x| x.period() == s.period());
    let leads = || lines().map(move |(c, s, change)| change.filter(|_| last(c, s)));
    table.text("from_period", leads().map(|c| c.map(|(from, _)| from.to_string())));
    let mark = |c: &Cell<'_>, from: Period| Some(start_mark(series(c)?, from)?.shorthand().to_owned());
    table.text("from_mark", lines().zip(leads()).map(|((c, ..), led)| mark(c, led?.0)));
    let led: Vec<Option<Change>> = leads().map(|c| c.map(|(_, change)| change)).collect();
    add_changes(&mut table, led.into_iter());
    Filled::new(asked, Data::SmallMultiples(data), asked.frame(title, subtitle, notes), table)
}

/// The whole of which the cells are parts, in the sector that they share; none where a cell is the whole itself.
fn whole<'a>(asked: &Asked<'a>, cells: &[(Cell<'a>, Vec<Shown<'a>>)]) -> Option<(Cell<'a>, Vec<Shown<'a>>)> {
    let first = &cells.first()?.0;
    let shared = cells.iter().all(|(c, _)| c.sector == first.sector);
    // Sectors of one region are parts of that region; cells that share neither are parts of nothing that could be drawn.
    let (region, sector) = match (shared, cells.iter().all(|(c, _)| c.region == first.region)) {
        (true, _) => (asked.evidence.regions.whole(), first.sector),
        (false, true) => (first.region, asked.evidence.sectors.whole()),
        (false, false) => return None,
    };
    if cells.iter().any(|(c, _)| c.region == region && c.sector == sector) {
        return None;
    }
    let name = if shared { asked.region_name(region) } else { asked.sector_name(sector) };
    let cell = Cell { region, sector, name: name.to_owned() };
    let series = asked.series(&cell);
    series.iter().any(|s| s.value().is_some()).then_some((cell, series))
}
