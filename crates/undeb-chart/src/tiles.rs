//! The tile grid map: one tile an area, all of one size, code and figure in each.

use std::collections::HashSet;

use plotters::element::Rectangle;

use crate::axis::{percent, sound};
use crate::classes::Classes;
use crate::fonts::Weight;
use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::shorten;
use crate::theme::{MARGIN, Theme, size};

/// One area on the grid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tile {
    /// A short code, such as "WAL".
    pub code: String,
    /// The full name; it is in the text twin and under the pointer.
    pub name: String,
    /// The row on the grid.
    pub row: u16,
    /// The column on the grid.
    pub col: u16,
    /// The rate as a fraction.
    pub value: Option<f64>,
    /// A shorthand in square brackets, explained in the notes of the frame.
    pub mark: Option<String>,
    /// Whether a figure exists that may not be shown; the tile is hatched.
    pub suppressed: bool,
}

/// Everything a tile map shows. Of two tiles on one spot the second moves below the map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The tiles.
    pub tiles: Vec<Tile>,
}

const GAP: f64 = 3.0;

/// Draws a tile map.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let palette = theme.palette();
    let classes = Classes::over(data.tiles.iter().filter_map(|t| sound(t.value)), palette);
    let marked = data.tiles.iter().any(|t| t.mark.is_some());
    if classes.is_none() && !marked {
        return Layout::begin(id, frame, theme, 0.0).no_evidence();
    }
    let spots = spots(&data.tiles);
    let columns = spots.iter().map(|s| s.1).max().unwrap_or(0) + 1;
    let rows = spots.iter().map(|s| s.0).max().unwrap_or(0) + 1;
    // A figure with one decimal needs 34 pixels, a third line for a shorthand 44; the picture grows
    // rather than cut them.
    let both = data.tiles.iter().any(|t| t.mark.is_some() && sound(t.value).is_some());
    let least = if both { 44.0 } else { 34.0 } + GAP;
    let mut layout = Layout::begin(id, frame, theme, columns as f64 * least);
    if let Some(classes) = &classes {
        layout.top = classes.legend(&mut layout.svg, (layout.left, layout.right, layout.top)) + 10.0;
    }
    let content = layout.right - MARGIN;
    let pitch = (content / columns as f64).min(if columns <= 6 { 76.0 } else { 58.0 }).floor();
    let side = pitch - GAP;
    let start = layout.left + (content - columns as f64 * pitch + GAP) / 2.0;
    let top = layout.top;
    for (tile, (row, column)) in data.tiles.iter().zip(&spots) {
        let at = (start + *column as f64 * pitch, top + *row as f64 * pitch);
        draw_tile(&mut layout, tile, at, side, classes.as_ref());
    }
    let says = data.tiles.iter().map(|tile| {
        let name = if tile.name.is_empty() { &tile.code } else { &tile.name };
        format!("{name}: {}", words(tile, true))
    });
    let says = says.collect();
    layout.finish(top + rows as f64 * pitch, says)
}

fn words(tile: &Tile, unit: bool) -> String {
    let mark = tile.mark.as_deref().unwrap_or_default();
    match sound(tile.value) {
        Some(v) => format!("{}{} {mark}", percent(v), if unit { "%" } else { "" }).trim().to_owned(),
        None if mark.is_empty() && unit => "no evidence".to_owned(),
        None if mark.is_empty() => "–".to_owned(),
        None => mark.to_owned(),
    }
}

fn draw_tile(layout: &mut Layout<'_>, tile: &Tile, at: (f64, f64), side: f64, classes: Option<&Classes>) {
    let palette = layout.palette;
    let value = sound(tile.value);
    let fill = value.zip(classes).map(|(v, classes)| classes.colour(v));
    let name = if tile.name.is_empty() { &tile.code } else { &tile.name };
    layout.svg.open(&format!("{name}: {}", words(tile, true)));
    let corners = |inset: f64| [(at.0 + inset, at.1 + inset), (at.0 + side - inset, at.1 + side - inset)];
    layout.svg.draw(&Rectangle::new(corners(0.0), fill.unwrap_or(palette.empty).fill()));
    if fill.is_none() {
        layout.svg.draw(&Rectangle::new(corners(0.5), palette.rule.line(1.0)));
    }
    let ink = fill.map_or(palette.muted, |f| f.ink());
    let middle = at.0 + side / 2.0;
    let room = side - 4.0;
    let code = Type::new(size::SMALL, ink).semi_bold().anchored(Anchor::Middle);
    let code_words = shorten(&tile.code, code.size, code.weight, room);
    // Code, figure and shorthand are centred together.
    let figure = Type::new(size::SMALL, ink).anchored(Anchor::Middle);
    let mut lines = vec![(code_words, code)];
    let whole = words(tile, false);
    let mark = tile.mark.as_deref().unwrap_or_default();
    if figure.width(&whole) > room && value.is_some() && !mark.is_empty() {
        lines.push((value.map(percent).unwrap_or_default(), figure));
        lines.push((shorten(mark, size::SMALL, Weight::Regular, room), figure));
    } else {
        lines.push((shorten(&whole, size::SMALL, Weight::Regular, room), figure));
    }
    let leading = if side < 46.0 { 13.0 } else { 15.0 };
    let first = at.1 + side / 2.0 - (lines.len() - 1) as f64 * leading / 2.0 + 0.36 * size::SMALL;
    for (i, (words, set)) in lines.iter().enumerate() {
        layout.svg.text((middle, first + i as f64 * leading), words, set);
    }
    layout.svg.close();
}

/// Row and column of every tile, from zero, without two tiles on one spot.
fn spots(tiles: &[Tile]) -> Vec<(usize, usize)> {
    let place = |of: fn(&Tile) -> u16| -> Vec<usize> {
        let mut levels: Vec<u16> = tiles.iter().map(of).collect();
        levels.sort_unstable();
        levels.dedup();
        let low = levels.first().copied().unwrap_or(0);
        let wide = levels.last().copied().unwrap_or(0) - low > 60;
        let rank = |v: u16| levels.partition_point(|l| *l < v);
        // Empty rows and columns are part of the map, unless the grid would be lost in them.
        tiles.iter().map(of).map(|v| if wide { rank(v) } else { usize::from(v - low) }).collect()
    };
    let (rows, columns) = (place(|t| t.row), place(|t| t.col));
    let width = columns.iter().max().map_or(1, |c| c + 1).max(8);
    let below = rows.iter().max().map_or(0, |r| r + 1);
    let mut taken = HashSet::new();
    let mut moved = 0;
    rows.into_iter()
        .zip(columns)
        .map(|spot| {
            if taken.insert(spot) {
                return spot;
            }
            moved += 1;
            (below + (moved - 1) / width, (moved - 1) % width)
        })
        .collect()
}
