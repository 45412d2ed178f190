//! The shared shape of charts with one row a name: gutter, plot with a rate axis, value columns. Where the picture is
//! narrow, as on a phone, name and figures of a row stand above its marks, which then have the whole width.

use plotters::element::PathElement;
use plotters::style::ShapeStyle;

use crate::axis::{Scale, tick_label};
use crate::elements::Strokes;
use crate::frame::{Layout, fitting, name_lines, widest};
use crate::svg::{Anchor, Type};
use crate::theme::size;

/// Below this width of the content rows are stacked.
const NARROW: f64 = 480.0;
/// Between two columns.
const GAP: f64 = 18.0;
/// The strip of marks in a stacked row, and its distance from the words above.
const STRIP: f64 = 18.0;
const APART: f64 = 4.0;
/// Headers and the two lines of figures of a long axis.
const AXIS: f64 = 66.0;

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
    /// The size of the figures in columns.
    figures: f64,
    pub(crate) step: f64,
    top: f64,
    count: usize,
    gutter: f64,
    lines: usize,
    columns: Vec<Column>,
    stacked: bool,
}

impl Rows {
    /// Plans the rows below `layout.top`: generous for few, dense for many, below 18 pixels only where a page would be too
    /// short. In a narrow picture the last columns are left out where names would lose half of their room.
    pub(crate) fn plan(layout: &Layout<'_>, names: &[&str], mut columns: Vec<Column>, axis: &[f64]) -> Self {
        let content = layout.right - layout.left;
        let stacked = content < NARROW;
        let count = names.len();
        let size = if count > 60 { size::SMALL } else { size::LABEL };
        let taken = |columns: &[Column]| columns.iter().map(|c| c.width() + GAP).sum::<f64>();
        while stacked && columns.len() > 1 && taken(&columns) > 0.55 * content {
            columns.pop();
        }
        let most = if stacked { content - taken(&columns) } else { 0.34 * content };
        let gutter = widest(names.iter().copied(), size).min(most.max(60.0));
        let set = Type::new(size, layout.palette.ink).semi_bold();
        let needed = |name: &&str| name_lines(name, &set, gutter + 0.01, 3).len();
        let lines = if count <= 24 { names.iter().map(needed).max().unwrap_or(1).max(1) } else { 1 };
        let step = match (lines, count) {
            _ if stacked => lines as f64 * (size + 3.0) + APART + STRIP + if count <= 24 { 10.0 } else { 4.0 },
            (2.., _) => lines as f64 * (size + 3.0) + 6.0,
            (_, 0..=16) => 28.0,
            (_, 17..=24) => 24.0,
            (_, 25..=60) => layout.step(20.0, count, AXIS),
            _ => layout.step(18.0, count, AXIS),
        };
        let (size, figures) = (fitting(step, size), fitting(step, size::SMALL));
        let (low, high) = (axis.first().copied().unwrap_or(0.0), axis.last().copied().unwrap_or(1.0));
        let (start, end) = if stacked {
            (layout.left + 8.0, layout.right - 16.0)
        } else {
            let start = layout.left + gutter + GAP;
            (start, (layout.right - taken(&columns) - 12.0).max(start + 60.0))
        };
        // The headers of columns stand where the upper figures of the axis would.
        let head = if stacked && count > 24 { 40.0 } else { 24.0 };
        let scale = Scale { low, high, start, end };
        Self { scale, size, figures, step, top: layout.top + head, count, gutter, lines, columns, stacked }
    }

    /// The middle of the marks of a row.
    pub(crate) fn middle(&self, row: usize) -> f64 {
        let within = if self.stacked { self.lines as f64 * (self.size + 3.0) + APART + STRIP / 2.0 } else { 0.5 * self.step };
        self.top + row as f64 * self.step + within
    }

    /// The middle of the words of a row.
    fn words(&self, row: usize) -> f64 {
        let within = if self.stacked { self.lines as f64 * (self.size + 3.0) / 2.0 } else { 0.5 * self.step };
        self.top + row as f64 * self.step + within
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.count as f64 * self.step
    }

    /// An upright line through the marks of every row: whole, or in pieces that keep clear of stacked words.
    pub(crate) fn upright(&self, value: f64, style: ShapeStyle) -> Strokes {
        let x = self.scale.place(value);
        let piece = |row: usize| vec![(x, self.middle(row) - STRIP / 2.0), (x, self.middle(row) + STRIP / 2.0)];
        if self.stacked {
            Strokes::new((0..self.count).map(piece), style)
        } else {
            Strokes::new([vec![(x, self.top), (x, self.bottom())]], style)
        }
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
            let colour = if tick.abs() < 1e-9 { palette.muted } else { palette.rule };
            layout.svg.draw(&self.upright(*tick, colour.line(1.0)));
            if !(last - i).is_multiple_of(every) {
                continue;
            }
            let unit = if i == last { layout.sign } else { "" };
            let label = format!("{}{unit}", tick_label(*tick, step));
            layout.svg.text((x, self.bottom() + 18.0), &label, &set);
            // In a long chart the far end of the axis is out of sight.
            if self.count > 24 {
                layout.svg.text((x, self.top - 8.0), &label, &set);
            }
        }
        // Dots lead the eye from a name to its marks, and on to its figures.
        if !self.stacked {
            let guide = |row: usize| vec![(self.scale.start, self.middle(row)), (self.scale.end, self.middle(row))];
            let style = palette.rule.line(1.0);
            layout.svg.draw(&Strokes::new((0..self.count).map(guide), style).dashed((1.0, 3.0)));
        }
        let mut free = self.bottom() + 24.0;
        if self.scale.low > 1e-9 {
            let words = layout.axis_starts(&tick_label(self.scale.low, step));
            layout.svg.text((self.scale.start, free + 12.0), &words, &Type::new(size::SMALL, palette.muted));
            free += 18.0;
        }
        free
    }

    pub(crate) fn name(&self, layout: &mut Layout<'_>, row: usize, name: &str, strong: bool) {
        let mut set = Type::new(self.size, layout.palette.ink);
        if strong {
            set = set.semi_bold();
        }
        let lines = name_lines(name, &set, self.gutter + 0.01, self.lines);
        let leading = self.size + 3.0;
        let x = if self.stacked { layout.left } else { layout.left + self.gutter };
        if !self.stacked {
            set = set.anchored(Anchor::End);
        }
        let first = self.words(row) - (lines.len().max(1) - 1) as f64 * leading / 2.0;
        for (i, line) in lines.iter().enumerate() {
            layout.svg.text((x, first + i as f64 * leading + 0.36 * self.size), line, &set);
        }
    }

    /// Figures at the right, aligned on their last digit.
    pub(crate) fn columns(&self, layout: &mut Layout<'_>, strong: &[bool]) {
        let palette = layout.palette;
        let mut right = layout.right;
        let head = if self.stacked && self.count > 24 { 24.0 } else { 8.0 };
        for column in self.columns.iter().rev() {
            let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::End);
            layout.svg.text((right, self.top - head), &column.header, &set);
            for (row, value) in column.values.iter().enumerate() {
                let mut set = Type::new(self.figures, palette.ink).anchored(Anchor::End);
                if strong.get(row).copied().unwrap_or(false) {
                    set = set.semi_bold();
                }
                layout.svg.text((right, self.words(row) + 0.36 * set.size), value, &set);
            }
            right -= column.width() + GAP;
        }
    }

    /// A line from the marks of a row to those of the next.
    pub(crate) fn joint(&self, x: f64, row: usize, style: ShapeStyle) -> Strokes {
        let (from, to) = (self.middle(row), self.middle(row + 1));
        // Stacked words between the two are not crossed.
        let lines = if self.stacked {
            vec![vec![(x, from), (x, from + STRIP / 2.0)], vec![(x, to - STRIP / 2.0), (x, to)]]
        } else {
            vec![vec![(x, from), (x, to)]]
        };
        Strokes::new(lines, style)
    }

    /// A level line with a cap at both ends, in one stroke.
    pub(crate) fn whiskers(&self, layout: &mut Layout<'_>, row: usize, (low, high): (f64, f64), style: ShapeStyle) {
        let (low, high, y) = (self.scale.place(low), self.scale.place(high), self.middle(row));
        let (above, below) = (y - 3.5, y + 3.5);
        let line = [(low, above), (low, below), (low, y), (high, y), (high, above), (high, below)];
        layout.svg.draw(&PathElement::new(line, style));
    }

    /// A rim of the background, so that a line over a bar is seen.
    pub(crate) fn rim(&self, layout: &mut Layout<'_>, row: usize, (low, high): (f64, f64)) {
        let (y, style) = (self.middle(row), layout.palette.background.line(3.0));
        layout.svg.draw(&PathElement::new([(self.scale.place(low), y), (self.scale.place(high), y)], style));
    }

    /// The words of a row without a figure, where its marks would be.
    pub(crate) fn no_evidence(&self, layout: &mut Layout<'_>, row: usize) {
        let set = Type::new(size::SMALL, layout.palette.muted).with_halo();
        layout.svg.text((self.scale.start + 6.0, self.middle(row) + 0.36 * set.size), &layout.locale.drawing.no_evidence, &set);
    }

    /// The height of a bar that fits the row.
    pub(crate) fn thickness(&self) -> f64 {
        if self.step < 16.0 {
            7.0
        } else if self.step < 22.0 {
            10.0
        } else {
            14.0
        }
    }

    /// The size of a dot that fits the row.
    pub(crate) fn radius(&self) -> f64 {
        if self.step < 16.0 {
            3.5
        } else if self.step < 20.0 {
            4.5
        } else {
            5.5
        }
    }
}
