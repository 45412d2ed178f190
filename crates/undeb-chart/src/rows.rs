//! The shared shape of charts with one row a name: gutter, plot with a rate axis, value columns.

use plotters::element::PathElement;

use crate::axis::{Scale, tick_label};
use crate::frame::{Layout, name_lines, widest};
use crate::svg::{Anchor, Type};
use crate::theme::size;

/// A column of figures at the right.
pub(crate) struct Column {
    pub(crate) header: String,
    pub(crate) values: Vec<String>,
}

impl Column {
    fn width(&self) -> f64 {
        widest(self.values.iter().map(String::as_str).chain([self.header.as_str()]), size::SMALL)
    }
}

/// Where rows, plot and columns stand.
pub(crate) struct Rows {
    pub(crate) scale: Scale,
    pub(crate) size: f64,
    pub(crate) step: f64,
    top: f64,
    count: usize,
    gutter: f64,
    lines: usize,
}

impl Rows {
    /// Plans the rows below `layout.top`: generous for few, dense for many, never below 18 pixels.
    pub(crate) fn plan(layout: &Layout<'_>, names: &[&str], columns: &[Column], axis: &[f64]) -> Self {
        let content = layout.right - layout.left;
        let count = names.len();
        let size = if count > 60 { size::SMALL } else { size::LABEL };
        let gutter = widest(names.iter().copied(), size).min(0.34 * content);
        let set = Type::new(size, layout.palette.ink).semi_bold();
        let needed = |name: &&str| name_lines(name, &set, gutter + 0.01, 3).len();
        let lines = if count <= 24 { names.iter().map(needed).max().unwrap_or(1).max(1) } else { 1 };
        let step = match (lines, count) {
            (2.., _) => lines as f64 * (size + 3.0) + 6.0,
            (_, 0..=16) => 28.0,
            (_, 17..=24) => 24.0,
            (_, 25..=60) => 20.0,
            _ => 18.0,
        };
        let taken: f64 = columns.iter().map(|c| c.width() + 18.0).sum();
        let (low, high) = (axis.first().copied().unwrap_or(0.0), axis.last().copied().unwrap_or(1.0));
        let start = layout.left + gutter + 18.0;
        let end = (layout.right - taken - 12.0).max(start + 60.0);
        Self { scale: Scale { low, high, start, end }, size, step, top: layout.top + 24.0, count, gutter, lines }
    }

    /// The middle of a row.
    pub(crate) fn middle(&self, row: usize) -> f64 {
        self.top + (row as f64 + 0.5) * self.step
    }

    pub(crate) fn top(&self) -> f64 {
        self.top
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.count as f64 * self.step
    }

    /// Grid and figures of the axis; gives the first free pixel below.
    pub(crate) fn axis(&self, layout: &mut Layout<'_>, ticks: &[f64]) -> f64 {
        let palette = layout.palette;
        let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::Middle);
        let step = if ticks.len() > 1 { ticks[1] - ticks[0] } else { 0.1 };
        let last = ticks.len().saturating_sub(1);
        // In a narrow plot every second figure, or fewer, keeps its room.
        let pitch = (self.scale.end - self.scale.start) / last.max(1) as f64;
        let every = (38.0 / pitch).ceil().max(1.0) as usize;
        let every = (every..=last).find(|k| last.is_multiple_of(*k)).unwrap_or(last.max(1));
        for (i, tick) in ticks.iter().enumerate() {
            let x = self.scale.place(*tick);
            let zero = tick.abs() < 1e-9 && self.scale.low < -1e-9;
            let colour = if zero { palette.muted } else { palette.rule };
            layout.svg.draw(&PathElement::new([(x, self.top), (x, self.bottom())], colour.line(1.0)));
            if !(last - i).is_multiple_of(every) {
                continue;
            }
            let unit = if i == last { "%" } else { "" };
            let label = format!("{}{unit}", tick_label(*tick, step));
            layout.svg.text((x, self.bottom() + 18.0), &label, &set);
            // In a long chart the far end of the axis is out of sight.
            if self.count > 24 {
                layout.svg.text((x, self.top - 8.0), &label, &set);
            }
        }
        let mut free = self.bottom() + 24.0;
        if self.scale.low > 1e-9 {
            let words = format!("Axis starts at {}%", tick_label(self.scale.low, step));
            layout.svg.text((self.scale.start, free + 12.0), &words, &Type::new(size::SMALL, palette.muted));
            free += 18.0;
        }
        free
    }

    pub(crate) fn name(&self, layout: &mut Layout<'_>, row: usize, name: &str, strong: bool) {
        let mut set = Type::new(self.size, layout.palette.ink).anchored(Anchor::End);
        if strong {
            set = set.semi_bold();
        }
        let lines = name_lines(name, &set, self.gutter + 0.01, self.lines);
        let leading = self.size + 3.0;
        let first = self.middle(row) - (lines.len().max(1) - 1) as f64 * leading / 2.0;
        for (i, line) in lines.iter().enumerate() {
            let y = first + i as f64 * leading + 0.36 * self.size;
            layout.svg.text((layout.left + self.gutter, y), line, &set);
        }
    }

    /// Figures at the right, aligned on their last digit.
    pub(crate) fn columns(&self, layout: &mut Layout<'_>, columns: &[Column], strong: &[bool]) {
        let palette = layout.palette;
        let mut right = layout.right;
        for column in columns.iter().rev() {
            let head = Type::new(size::SMALL, palette.muted).anchored(Anchor::End);
            layout.svg.text((right, self.top - 8.0), &column.header, &head);
            for (row, value) in column.values.iter().enumerate() {
                let mut set = Type::new(size::SMALL, palette.ink).anchored(Anchor::End);
                if strong.get(row).copied().unwrap_or(false) {
                    set = set.semi_bold();
                }
                layout.svg.text((right, self.middle(row) + 0.36 * set.size), value, &set);
            }
            right -= column.width() + 18.0;
        }
    }

    /// The size of a dot that fits the row.
    pub(crate) fn radius(&self) -> f64 {
        if self.step < 20.0 { 4.5 } else { 5.5 }
    }
}
