//! The heat map: rows by columns, the figure in every cell.

use plotters::element::Rectangle;

use crate::axis::{percent, sound};
use crate::fonts::Weight;
use crate::frame::{Frame, Layout, name_lines, widest};
use crate::picture::Picture;
use crate::ramp::Ramp;
use crate::svg::{Anchor, Type};
use crate::text::{shorten, width, wrap_to};
use crate::theme::{MARGIN, Theme, size};

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
}

/// Everything a heat map shows. A cell that is missing from its row is drawn empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
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

/// Draws a heat map. The picture grows wider than its frame when the columns could not be read.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let columns = data.columns.len();
    let filled = data.cells.iter().flatten().filter_map(|c| sound(c.value));
    let ramp = Ramp::over(filled, theme.palette());
    let marked = data.cells.iter().flatten().any(|c| c.mark.is_some());
    if columns == 0 || data.rows.is_empty() || (ramp.is_none() && !marked) {
        return Layout::begin(id, frame, theme, 0.0).no_evidence();
    }
    let words: Vec<Vec<String>> = (0..data.rows.len()).map(|r| (0..columns).map(|c| data.cell(r, c).words()).collect()).collect();
    let text_size = size::SMALL;
    let least = widest(words.iter().flatten().map(String::as_str), text_size).max(26.0) + 8.0;
    let names = widest(data.rows.iter().map(String::as_str), size::LABEL);
    let room = frame.width.clamp(400.0, 1600.0) - 2.0 * MARGIN;
    let gutter = names.min(0.30 * room);
    let mut layout = Layout::begin(id, frame, theme, gutter + 12.0 + columns as f64 * (least + GAP));
    let palette = layout.palette;
    if let Some(ramp) = &ramp {
        let empty = words.iter().enumerate().any(|(r, row)| (0..row.len()).any(|c| sound(data.cell(r, c).value).is_none()));
        layout.top = ramp.legend(&mut layout.svg, (layout.left, layout.top), empty) + 6.0;
    }
    let start = layout.left + gutter + 12.0;
    let pitch = ((layout.right - start) / columns as f64).min(150.0);

    let step = match data.rows.len() {
        0..=16 => 26.0,
        17..=60 => 20.0,
        _ => 18.0,
    };
    let two_lines = names > gutter && data.rows.len() <= 24;
    let step: f64 = if two_lines { 36.0 } else { step };
    let top = headers(&mut layout, data, start, pitch);
    for (r, name) in data.rows.iter().enumerate() {
        let y = top + r as f64 * step;
        let middle = y + (step - GAP) / 2.0;
        let set = Type::new(size::LABEL, palette.ink).anchored(Anchor::End);
        let lines = name_lines(name, &set, gutter + 0.01, if two_lines { 2 } else { 1 });
        let first = middle - (lines.len().max(1) - 1) as f64 * 8.0;
        for (i, line) in lines.iter().enumerate() {
            let at = (layout.left + gutter, first + 16.0 * i as f64 + 0.36 * set.size);
            layout.svg.text(at, line, &set);
        }
        for (c, words) in words[r].iter().enumerate() {
            let x = start + c as f64 * pitch;
            let value = sound(data.cell(r, c).value);
            let fill = value.zip(ramp.as_ref()).map(|(v, ramp)| ramp.colour(v));
            let corners = [(x, y), (x + pitch - GAP, y + step - GAP)];
            layout.svg.draw(&Rectangle::new(corners, fill.unwrap_or(palette.empty).fill()));
            let ink = fill.map_or(palette.muted, |f| f.ink());
            let set = Type::new(text_size, ink).anchored(Anchor::Middle);
            let words = shorten(words, text_size, Weight::Regular, pitch - GAP - 2.0);
            layout.svg.text((x + (pitch - GAP) / 2.0, middle + 0.36 * text_size), &words, &set);
        }
    }
    let says = data
        .rows
        .iter()
        .zip(&words)
        .map(|(name, words)| {
            let cells = data.columns.iter().zip(words).map(|(c, w)| format!("{c} {w}"));
            format!("{name}, %: {}", cells.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let bottom = top + data.rows.len() as f64 * step;
    layout.finish(bottom, says)
}

/// Wrapped headers that stand on the cells and keep 4 pixels from their neighbours.
fn headers(layout: &mut Layout<'_>, data: &Data, start: f64, pitch: f64) -> f64 {
    const LEADING: f64 = 15.0;
    let room = pitch - GAP - 4.0;
    // A smaller size is tried before a word is parted.
    let long = data.columns.iter().flat_map(|c| c.split_whitespace());
    let longest = long.map(|w| width(w, size::SMALL, Weight::SemiBold)).fold(0.0, f64::max);
    let size = if longest > room { size::SMALL - 1.0 } else { size::SMALL };
    let set = Type::new(size, layout.palette.ink).semi_bold().anchored(Anchor::Middle);
    let headers: Vec<Vec<String>> = data.columns.iter().map(|c| wrap_to(c, size, set.weight, room, 4)).collect();
    let most = headers.iter().map(Vec::len).max().unwrap_or(0);
    let base = layout.top + most as f64 * LEADING;
    for (c, lines) in headers.iter().enumerate() {
        let x = start + c as f64 * pitch + (pitch - GAP) / 2.0;
        for (i, line) in lines.iter().enumerate() {
            let y = base - (lines.len() - 1 - i) as f64 * LEADING - 4.0;
            layout.svg.text((x, y), line, &set);
        }
    }
    base + 4.0
}
