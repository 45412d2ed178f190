//! The tile grid map: one tile an area, all of one size, code and figure in each.

use std::collections::HashSet;

use plotters::element::Rectangle;

use crate::axis::{percent, sound};
use crate::classes::Classes;
use crate::fonts::Weight;
use crate::frame::{Frame, Layout, widest};
use crate::key;
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::{shorten, wrap, wrap_to};
use crate::theme::{Theme, size};

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
    /// Whether the tile stands out: it has a frame.
    pub emphasised: bool,
}

/// Everything a tile map shows. Of two tiles on one spot the second moves below the map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The tiles.
    pub tiles: Vec<Tile>,
}

const GAP: f64 = 3.0;

/// How all tiles are set.
struct Grid {
    /// The width and the height of a tile, without the gap.
    side: (f64, f64),
    /// Whether the full name stands in the tile, in this many lines at most; the code if none.
    name_lines: Option<usize>,
    size: f64,
}

impl Grid {
    /// The room for words inside a tile.
    fn room(&self) -> f64 {
        self.side.0 - if self.name_lines.is_some() { 4.0 } else { 2.0 }
    }

    /// Figures that all fit their tiles: to a tenth, or where one would be cut all of them to whole points.
    fn figure(&self, tiles: &[Tile]) -> fn(f64) -> String {
        let width = |v: f64| widest([percent(v).as_str()].into_iter(), self.size);
        let fits = tiles.iter().filter_map(|t| sound(t.value)).all(|v| width(v) <= self.room());
        if fits { percent } else { |v| format!("{:.0}", 100.0 * v) }
    }

    /// Full names where every tile has room for its own, codes if not.
    fn plan(tiles: &[Tile], columns: usize, content: f64) -> Self {
        // A wide picture has larger tiles, and names in a larger size.
        let pitch = (content / columns as f64).min((0.125 * content).clamp(124.0, 170.0)).floor();
        let size = if pitch >= 140.0 { size::LABEL } else { size::SMALL - 1.0 };
        let names: Vec<Vec<String>> =
            tiles.iter().map(|t| wrap(full_name(t), size, Weight::SemiBold, pitch - GAP - 6.0)).collect();
        let most = names.iter().map(Vec::len).max().unwrap_or(1);
        let parted = names.iter().flatten().any(|line| line.ends_with('-'));
        let marked = tiles.iter().any(|t| t.mark.is_some() && sound(t.value).is_some());
        if most <= 3 && !parted && pitch >= 64.0 {
            let height = (most as f64 * (size + 2.0) + size + 16.0).max(0.62 * pitch);
            return Self { side: (pitch - GAP, height), name_lines: Some(most), size };
        }
        let most = if columns <= 6 { (0.1 * content).clamp(76.0, 110.0) } else { (0.06 * content).clamp(58.0, 84.0) };
        let pitch = pitch.min(most.floor());
        let size = if pitch < 40.0 { 10.0 } else { size::SMALL };
        let tall = if marked && pitch < 62.0 { 3.0 * (size + 2.0) + 5.0 } else { 2.0 * (size + 2.0) + 4.0 };
        Self { side: (pitch - GAP, (pitch - GAP).max(tall)), name_lines: None, size }
    }
}

/// Draws a tile map.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let palette = theme.palette();
    let classes = Classes::over(data.tiles.iter().filter_map(|t| sound(t.value)), palette);
    let marked = data.tiles.iter().any(|t| t.mark.is_some() || t.suppressed);
    let mut layout = Layout::begin(id, frame, theme);
    if classes.is_none() && !marked {
        return layout.no_evidence();
    }
    let empty = data.tiles.iter().any(|t| sound(t.value).is_none() && !t.suppressed);
    let hidden = data.tiles.iter().any(|t| sound(t.value).is_none() && t.suppressed);
    let items = key::cells(&layout.locale.drawing, empty, hidden);
    let place = (layout.left, layout.right, layout.top + 2.0);
    let legend = classes.as_ref().map(|classes| classes.legend(&mut layout.svg, place, layout.sign, &layout.locale.drawing));
    layout.top = key::beside(&mut layout.svg, palette, place, legend, &items) + 10.0;

    let content = layout.right - layout.left;
    let spots = spots(&data.tiles);
    let columns = spots.iter().map(|s| s.1).max().unwrap_or(0) + 1;
    let rows = spots.iter().map(|s| s.0).max().unwrap_or(0) + 1;
    let grid = Grid::plan(&data.tiles, columns, content);
    let figure = grid.figure(&data.tiles);
    let (across, down) = (grid.side.0 + GAP, grid.side.1 + GAP);
    let start = layout.left;
    let top = layout.top;
    for (tile, (row, column)) in data.tiles.iter().zip(&spots) {
        let at = (start + *column as f64 * across, top + *row as f64 * down);
        draw_tile(&mut layout, &grid, figure, tile, at, classes.as_ref());
    }
    layout.top = top + rows as f64 * down;
    if grid.name_lines.is_none() {
        names(&mut layout, &data.tiles);
    }
    let says = data.tiles.iter().map(|tile| format!("{}: {}", full_name(tile), words(tile, Some(&layout))));
    let (says, bottom): (Vec<String>, f64) = (says.collect(), layout.top);
    layout.finish(bottom, says)
}

fn full_name(tile: &Tile) -> &str {
    if tile.name.trim().is_empty() { &tile.code } else { &tile.name }
}

/// What a tile says: its figure with the unit, or the figure alone where the tile itself shows it.
fn words(tile: &Tile, said: Option<&Layout<'_>>) -> String {
    let mark = tile.mark.as_deref().unwrap_or_default();
    match sound(tile.value) {
        Some(v) => format!("{}{} {mark}", percent(v), said.map_or("", |l| l.sign)).trim().to_owned(),
        None => match said {
            Some(l) if tile.suppressed => format!("{} {mark}", l.locale.drawing.suppressed.to_lowercase()).trim().to_owned(),
            Some(l) if mark.is_empty() => l.nothing(),
            _ if mark.is_empty() => "–".to_owned(),
            _ => mark.to_owned(),
        },
    }
}

fn draw_tile(
    layout: &mut Layout<'_>,
    grid: &Grid,
    figure: fn(f64) -> String,
    tile: &Tile,
    at: (f64, f64),
    classes: Option<&Classes>,
) {
    let palette = layout.palette;
    let value = sound(tile.value);
    let fill = value.zip(classes).map(|(v, classes)| classes.colour(v));
    layout.svg.open(&format!("{}: {}", full_name(tile), words(tile, Some(layout))));
    let (width, height) = grid.side;
    let corners = |inset: f64| [(at.0 + inset, at.1 + inset), (at.0 + width - inset, at.1 + height - inset)];
    let hidden = fill.is_none() && tile.suppressed;
    if hidden {
        layout.svg.hatch(at, grid.side);
    } else {
        layout.svg.draw(&Rectangle::new(corners(0.0), fill.unwrap_or(palette.empty).fill()));
        if fill.is_none() {
            layout.svg.draw(&Rectangle::new(corners(0.5), palette.rule.line(1.0)));
        }
    }
    if tile.emphasised {
        layout.svg.draw(&Rectangle::new(corners(1.5), palette.ink.line(3.0)));
    }
    let ink = fill.map_or(palette.muted, |f| f.ink());
    let room = grid.room();
    let plain = Type::new(size::SMALL.min(grid.size + 1.0), ink).anchored(Anchor::Middle);
    let plain = if hidden { plain.with_halo() } else { plain };
    let strong = Type { size: grid.size, ..plain }.semi_bold();
    // Name, figure and shorthand are centred together.
    let mut lines: Vec<(String, Type)> = match grid.name_lines {
        Some(most) => wrap_to(full_name(tile), grid.size, strong.weight, room, most).into_iter().map(|l| (l, strong)).collect(),
        None => vec![(shorten(&tile.code, strong.size, strong.weight, room), strong)],
    };
    let names = lines.len();
    let mark = tile.mark.as_deref().unwrap_or_default();
    let whole = value.map_or_else(|| words(tile, None), |v| format!("{} {mark}", figure(v)).trim().to_owned());
    let parts = match value {
        Some(v) if !mark.is_empty() && plain.width(&whole) > room => vec![figure(v), mark.to_owned()],
        _ => vec![whole],
    };
    let small = Type { size: plain.size.min(grid.size), ..plain };
    lines.extend(parts.into_iter().map(|part| {
        let set = if plain.width(&part) <= room { plain } else { small };
        (shorten(&part, set.size, set.weight, room), set)
    }));
    let leading = if height < 46.0 || lines.len() > 2 { grid.size + 2.0 } else { 15.0 };
    // Below a name of several lines the figure stands apart.
    let apart = if grid.name_lines.is_some() && lines.len() > 2 { 3.0 } else { 0.0 };
    let first = at.1 + (height - apart) / 2.0 - (lines.len() - 1) as f64 * leading / 2.0 + 0.36 * grid.size;
    for (i, (words, set)) in lines.iter().enumerate() {
        let down = i as f64 * leading + if i >= names { apart } else { 0.0 };
        layout.svg.text((at.0 + width / 2.0, first + down), words, set);
    }
    layout.svg.close();
}

/// What the codes stand for, in lines that part between names only.
fn names(layout: &mut Layout<'_>, tiles: &[Tile]) {
    let set = Type::new(size::SMALL, layout.palette.muted);
    let room = layout.right - layout.left;
    let coded = tiles.iter().filter(|t| !t.name.trim().is_empty() && t.name != t.code);
    let mut lines: Vec<String> = Vec::new();
    for item in coded.map(|t| shorten(&format!("{} {}", t.code, t.name), set.size, set.weight, room - 20.0)) {
        match lines.last_mut() {
            Some(line) if set.width(&format!("{line} · {item} ·")) <= room => *line = format!("{line} · {item}"),
            _ => lines.push(item),
        }
    }
    if !lines.is_empty() {
        layout.top += 8.0;
    }
    for line in lines {
        layout.top += 16.0;
        layout.svg.text((layout.left, layout.top - 3.0), &line, &set);
    }
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
