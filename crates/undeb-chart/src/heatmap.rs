//! The heat map: rows by columns, the figure in every cell.

use plotters::element::Rectangle;

use crate::axis::{percent, sound};
use crate::fonts::Weight;
use crate::frame::{Frame, Layout, fitting, name_lines, widest};
use crate::key;
use crate::picture::Picture;
use crate::ramp::Ramp;
use crate::svg::{Anchor, Type};
use crate::text::{shorten, width, wrap_to};
use crate::theme::{Theme, size};

/// One cell: a fraction, a shorthand in square brackets such as `[u]`, or both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// The rate.
    pub value: Option<f64>,
    /// The shorthand, explained in the notes of the frame.
    pub mark: Option<String>,
    /// Whether a figure exists that may not be shown; the cell is hatched.
    pub suppressed: bool,
}

impl Cell {
    fn words(&self) -> String {
        let mark = self.mark.as_deref().unwrap_or_default();
        match sound(self.value) {
            Some(v) if mark.is_empty() => percent(v),
            Some(v) => format!("{} {mark}", percent(v)),
            None if mark.is_empty() => "–".to_owned(),
            None => mark.to_owned(),
        }
    }

    fn figure(&self) -> String {
        sound(self.value).map_or(String::new(), percent)
    }
}

/// Everything a heat map shows. A cell that is missing from its row is drawn empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The rows that stand out: their names are bold.
    pub emphasised: Vec<String>,
    /// The names of the rows from top to bottom.
    pub rows: Vec<String>,
    /// The names of the columns from left to right.
    pub columns: Vec<String>,
    /// The cells, row by row.
    pub cells: Vec<Vec<Cell>>,
}

impl Data {
    fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells.get(row).and_then(|r| r.get(column)).cloned().unwrap_or_default()
    }
}

const GAP: f64 = 2.0;
/// What the headers of columns take.
const HEADERS: f64 = 44.0;
/// The widest column.
const WIDEST: f64 = 220.0;
/// From this width on many rows stand in two halves side by side, this far apart.
const WIDE: f64 = 1000.0;
const BETWEEN: f64 = 40.0;

/// The grid of cells: columns that the picture cannot hold go into further blocks below the first.
struct Grid {
    gutter: f64,
    pitch: f64,
    step: f64,
    /// The sizes of names and of figures.
    sizes: (f64, f64),
    /// Whether a shorthand stands below its figure.
    stacked: bool,
    /// How many columns a block has.
    across: usize,
    /// How many rows a block has; the others stand beside it.
    down: usize,
    /// From the left edge of a block to that of the one beside it.
    aside: f64,
    name_lines: usize,
}

impl Grid {
    fn plan(layout: &Layout<'_>, data: &Data) -> Self {
        let all = layout.right - layout.left;
        let halves = all >= WIDE && data.rows.len() > 24;
        let room = if halves { (all - BETWEEN) / 2.0 } else { all };
        let cells = || data.cells.iter().flatten();
        let whole = widest(cells().map(Cell::words).collect::<Vec<_>>().iter().map(String::as_str), size::SMALL);
        let figure = cells().map(|c| c.figure()).chain(cells().filter_map(|c| c.mark.clone())).collect::<Vec<_>>();
        let figure = widest(figure.iter().map(String::as_str), size::SMALL);
        let names = widest(data.rows.iter().map(String::as_str), size::LABEL);
        let gutter = names.min(if room < 480.0 { 0.26 * room } else { 0.30 * room });
        let columns = data.columns.len();
        let across = |least: f64| (((room - gutter - 12.0) / (least + GAP)).floor() as usize).clamp(1, columns);
        let least = figure.max(26.0) + 8.0;
        // A header is better read whole, within limits: narrow columns make few blocks.
        let words = data.columns.iter().flat_map(|c| c.split_whitespace());
        let (size, most) = if room < 480.0 { (size::SMALL - 2.0, 64.0) } else { (size::SMALL - 1.0, 84.0) };
        let longest = words.map(|w| width(w, size, Weight::SemiBold)).fold(0.0, f64::max);
        let least = least.max(longest.min(most) + 5.0);
        let blocks = columns.div_ceil(across(least));
        let across = columns.div_ceil(blocks);
        // Names take what the columns and their headers can spare.
        let gutter = names.min(room - 12.0 - across as f64 * (least.max(longest + 5.0) + GAP)).max(gutter);
        let pitch = ((room - gutter - 12.0) / across as f64).min(WIDEST).floor();
        let stacked = pitch - GAP < whole + 4.0 && figure < whole;
        let two_lines = names > gutter && data.rows.len() <= 24;
        let rows = if halves { data.rows.len().div_ceil(2) } else { data.rows.len() };
        let step = match rows {
            _ if two_lines || stacked => 36.0,
            0..=16 => 26.0,
            // Columns in several blocks are longer than a page whatever their rows.
            17..=60 if blocks == 1 => layout.step(20.0, rows, HEADERS),
            17..=60 => 20.0,
            _ if blocks == 1 => layout.step(18.0, rows, HEADERS),
            _ => 18.0,
        };
        let sizes = (fitting(step, size::LABEL), fitting(step, size::SMALL));
        let name_lines = if two_lines { 2 } else { 1 };
        let aside = gutter + 12.0 + across as f64 * pitch + BETWEEN;
        Self { gutter, pitch, step, sizes, stacked, across, down: rows, aside, name_lines }
    }
}

/// Draws a heat map. Columns that could not be read side by side are stacked in blocks.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let palette = layout.palette;
    let all = || (0..data.rows.len()).flat_map(|r| (0..data.columns.len()).map(move |c| data.cell(r, c)));
    let ramp = Ramp::over(all().filter_map(|c| sound(c.value)), palette);
    if ramp.is_none() && all().all(|c| c.mark.is_none() && !c.suppressed) {
        return layout.no_evidence();
    }
    let empty = all().any(|c| sound(c.value).is_none() && !c.suppressed);
    let items = key::cells(&layout.locale.drawing, empty, all().any(|c| c.suppressed));
    let place = (layout.left, layout.right, layout.top + 2.0);
    let legend = ramp.as_ref().map(|ramp| ramp.legend(&mut layout.svg, place, layout.sign));
    layout.top = key::beside(&mut layout.svg, palette, place, legend, &items) + 6.0;

    let grid = Grid::plan(&layout, data);
    let columns: Vec<usize> = (0..data.columns.len()).collect();
    for (i, block) in columns.chunks(grid.across).enumerate() {
        layout.top += if i > 0 { 16.0 } else { 0.0 };
        let left = |r: usize| layout.left + (r / grid.down) as f64 * grid.aside;
        let lefts: Vec<f64> = (0..data.rows.len()).map(left).collect();
        let mut top = layout.top;
        for left in lefts.iter().step_by(grid.down) {
            top = headers(&mut layout, data, block, left + grid.gutter + 12.0, grid.pitch);
        }
        let y = |r: usize| top + (r % grid.down) as f64 * grid.step;
        let corner = |r: usize, k: usize| (lefts[r] + grid.gutter + 12.0 + k as f64 * grid.pitch, y(r));
        for (r, name) in data.rows.iter().enumerate() {
            row_name(
                &mut layout,
                &grid,
                (name, data.emphasised.contains(name)),
                (lefts[r] + grid.gutter, y(r) + (grid.step - GAP) / 2.0),
            );
            for (k, c) in block.iter().enumerate() {
                surface(&mut layout, &grid, &data.cell(r, *c), corner(r, k), ramp.as_ref());
            }
        }
        for r in 0..data.rows.len() {
            for (k, c) in block.iter().enumerate() {
                figures(&mut layout, &grid, &data.cell(r, *c), corner(r, k), ramp.as_ref());
            }
        }
        layout.top = top + grid.down as f64 * grid.step;
    }
    let (locale, unit) = (layout.locale, if layout.sign.is_empty() { "" } else { ", %" });
    let says = data.rows.iter().enumerate().map(|(r, name)| {
        let cell = |(c, column): (usize, &String)| {
            let cell = data.cell(r, c);
            let hidden = if cell.suppressed && sound(cell.value).is_none() {
                format!(" {}", locale.drawing.suppressed.to_lowercase())
            } else {
                String::new()
            };
            format!("{column} {}{hidden}", cell.words())
        };
        format!("{name}{unit}: {}", data.columns.iter().enumerate().map(cell).collect::<Vec<_>>().join(", "))
    });
    let says = says.collect();
    let bottom = layout.top;
    layout.finish(bottom, says)
}

fn row_name(layout: &mut Layout<'_>, grid: &Grid, (name, strong): (&str, bool), (right, middle): (f64, f64)) {
    // A name that is a little too long is better set smaller than cut.
    let fits = |size: &f64| width(name, *size, Weight::Regular) <= grid.gutter * grid.name_lines as f64;
    let least = (size::SMALL - 2.0).min(grid.sizes.0);
    let size = [grid.sizes.0, size::SMALL - 1.0].into_iter().find(fits).unwrap_or(least).min(grid.sizes.0);
    let set = Type::new(size, layout.palette.ink).anchored(Anchor::End);
    let set = if strong { set.semi_bold() } else { set };
    let lines = name_lines(name, &set, grid.gutter + 0.01, grid.name_lines);
    let first = middle - (lines.len().max(1) - 1) as f64 * 8.0;
    for (i, line) in lines.iter().enumerate() {
        layout.svg.text((right, first + 16.0 * i as f64 + 0.36 * set.size), line, &set);
    }
}

fn surface(layout: &mut Layout<'_>, grid: &Grid, cell: &Cell, (x, y): (f64, f64), ramp: Option<&Ramp>) {
    let palette = layout.palette;
    let (width, height) = (grid.pitch - GAP, grid.step - GAP);
    let fill = sound(cell.value).zip(ramp).map(|(v, ramp)| ramp.colour(v));
    if fill.is_none() && cell.suppressed {
        layout.svg.hatch((x, y), (width, height));
    } else {
        layout.svg.draw(&Rectangle::new([(x, y), (x + width, y + height)], fill.unwrap_or(palette.empty).fill()));
    }
}

fn figures(layout: &mut Layout<'_>, grid: &Grid, cell: &Cell, (x, y): (f64, f64), ramp: Option<&Ramp>) {
    let value = sound(cell.value);
    let fill = value.zip(ramp).map(|(v, ramp)| ramp.colour(v));
    let set = Type::new(grid.sizes.1, fill.map_or(layout.palette.muted, |f| f.ink())).anchored(Anchor::Middle);
    let set = if fill.is_none() && cell.suppressed { set.with_halo() } else { set };
    let mark = cell.mark.as_deref().unwrap_or_default();
    let lines = if grid.stacked && value.is_some() && !mark.is_empty() {
        vec![cell.figure(), mark.to_owned()]
    } else {
        vec![cell.words()]
    };
    let (width, height) = (grid.pitch - GAP, grid.step - GAP);
    let first = y + height / 2.0 - (lines.len() - 1) as f64 * 7.0 + 0.36 * set.size;
    for (i, words) in lines.iter().enumerate() {
        let words = shorten(words, set.size, Weight::Regular, width - 2.0);
        layout.svg.text((x + width / 2.0, first + 14.0 * i as f64), &words, &set);
    }
}

/// Wrapped headers that stand on the cells and keep 4 pixels from their neighbours.
fn headers(layout: &mut Layout<'_>, data: &Data, block: &[usize], start: f64, pitch: f64) -> f64 {
    const LEADING: f64 = 15.0;
    let room = pitch - GAP - 4.0;
    // Smaller sizes are tried before a word is parted.
    let longest = |size: f64| {
        let words = data.columns.iter().flat_map(|c| c.split_whitespace());
        words.map(|w| width(w, size, Weight::SemiBold)).fold(0.0, f64::max)
    };
    let sizes = [size::SMALL, size::SMALL - 1.0];
    let size = sizes.into_iter().find(|size| longest(*size) <= room).unwrap_or(size::SMALL - 2.0);
    let set = Type::new(size, layout.palette.ink).semi_bold().anchored(Anchor::Middle);
    let headers: Vec<Vec<String>> = block.iter().map(|c| wrap_to(&data.columns[*c], size, set.weight, room, 4)).collect();
    let most = headers.iter().map(Vec::len).max().unwrap_or(0);
    let base = layout.top + most as f64 * LEADING;
    for (k, lines) in headers.iter().enumerate() {
        let x = start + k as f64 * pitch + (pitch - GAP) / 2.0;
        for (i, line) in lines.iter().enumerate() {
            let y = base - (lines.len() - 1 - i) as f64 * LEADING - 4.0;
            layout.svg.text((x, y), line, &set);
        }
    }
    base + 4.0
}
