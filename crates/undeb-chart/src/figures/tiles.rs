//! Values on a tile-grid map.

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::when::periods;
use super::words::{mark, suppressed};
use super::{Data, Filled};
use crate::error::ChartError;
use crate::tiles;

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let regions = asked.evidence.regions;
    let mut rows = Vec::new();
    let mut drawn = Vec::new();
    let mut values = Vec::new();
    let mut without = false;
    let mut cells = asked.cells()?;
    cells.extend(asked.absent(&cells.iter().collect::<Vec<_>>()));
    for cell in cells {
        let Some((code, (row, col))) = regions.get(cell.region).and_then(|c| Some((c, c.tile?))) else { continue };
        if rows.iter().any(|(c, _): &(Cell<'_>, _)| c.region == cell.region) {
            return Err(asked.needs("one sector", "a map shows one figure for each region: choose one sector"));
        }
        let shown = asked.latest(&cell)?;
        // A note has the figures that are too old, so that they do not pass for missing ones.
        let old = shown.is_none() && asked.old_note(std::iter::once(&cell)).is_some();
        let mark = mark(shown.as_ref()).filter(|_| !old);
        without |= shown.is_none() && !old;
        // A title names no cell that is marked as unreliable.
        let value = shown.and_then(|s| s.value());
        values.extend(value.filter(|_| mark.is_none()).map(|v| (asked.in_title(&cell), v)));
        drawn.push(tiles::Tile {
            code: code.id.clone(),
            name: cell.name.clone(),
            row: u16::try_from(row).unwrap_or(0),
            col: u16::try_from(col).unwrap_or(0),
            value,
            mark,
            suppressed: suppressed(shown.as_ref()),
            emphasised: asked.highlighted(&cell),
        });
        rows.push((cell, shown));
    }
    if rows.is_empty() {
        let remedy = format!("the codes of `{}` have no place on a grid: choose another kind", regions.id());
        return Err(asked.needs("a tile grid", remedy));
    }
    let known: Vec<Shown<'_>> = rows.iter().filter_map(|(_, s)| *s).collect();
    let left_out = known.iter().any(|s| s.mark.is_some() && s.value().is_some());
    let mut notes = vec![asked.locale.around.note_tiles.clone()];
    notes.extend(asked.no_error_note(&known));
    notes.extend(asked.mark_notes(&known, without));
    let valued = rows.iter().filter_map(|(c, s)| Some((c.name.as_str(), s.filter(|s| s.value().is_some())?.period())));
    let periods_note = asked.period_note(valued);
    let title = asked.dated(asked.range(&values, left_out), periods_note.is_none());
    notes.extend(periods_note);
    // The stroke is what such a tile shows.
    notes.extend(asked.old_note(rows.iter().map(|(c, _)| c)).map(|note| format!("– {note}")));
    let span = periods(known.iter().filter(|s| s.value().is_some()).map(|s| s.period()), asked.locale);
    let subtitle = asked.subtitle(&asked.sectors_of(rows.iter().map(|(c, _)| c)), &span);
    let cells: Vec<_> = rows.iter().map(|(c, s)| (c, asked.measure, *s)).collect();
    let table = Table::of(&cells);
    Filled::new(asked, Data::Tiles(tiles::Data { tiles: drawn }), asked.frame(title, subtitle, notes), table)
}
