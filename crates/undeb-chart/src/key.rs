//! The key above a chart: what each mark means, in words.

use plotters::element::{Circle, PathElement, Rectangle};
use plotters::style::ShapeStyle;

use crate::backend::{At, units};
use crate::elements::{Dashes, HalfDot};
use crate::locale::Drawing;
use crate::svg::{Svg, Type};
use crate::text::wrap_to;
use crate::theme::{Colour, Palette, size};

const GAP: f64 = 20.0;

/// A mark that can stand in the chart and in the key alike.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mark {
    /// A filled dot.
    Full(Colour),
    /// A ring.
    Hollow(Colour),
    /// A dot of which the left half is filled.
    Half(Colour),
    /// An upright tick.
    Tick(Colour),
    /// A level line.
    Line(ShapeStyle),
    /// A level line in dashes.
    Dashes(ShapeStyle, (f64, f64)),
    /// A shaded patch.
    Band(Colour, f64),
    /// An empty frame.
    Frame(Colour),
    /// A cell without a figure.
    Empty,
    /// A cell whose figure may not be shown.
    Hatch,
    /// Words alone.
    Nothing,
}

impl Mark {
    /// Draws the mark around its middle.
    pub(crate) fn draw(self, svg: &mut Svg, at: At, palette: &Palette, radius: f64) {
        let level = [(at.0 - 9.0, at.1), (at.0 + 9.0, at.1)];
        match self {
            Self::Full(colour) => svg.draw(&Circle::new(at, units(radius), colour.fill())),
            Self::Hollow(colour) => ring(svg, at, palette, radius, colour),
            Self::Half(colour) => {
                ring(svg, at, palette, radius, colour);
                svg.draw(&HalfDot { middle: at, radius: radius - 1.0, colour });
            }
            Self::Tick(colour) => {
                let half = radius + 2.0;
                svg.draw(&PathElement::new([(at.0, at.1 - half), (at.0, at.1 + half)], colour.line(2.5)));
            }
            Self::Line(style) => svg.draw(&PathElement::new(level, style)),
            Self::Dashes(style, pattern) => svg.draw(&Dashes::new(level, style, pattern)),
            Self::Band(colour, opacity) => {
                let corners = [(at.0 - 9.0, at.1 - 5.0), (at.0 + 9.0, at.1 + 5.0)];
                svg.draw(&Rectangle::new(corners, colour.shade(opacity)));
            }
            Self::Empty => {
                let corners = [(at.0 - 9.0, at.1 - 6.0), (at.0 + 9.0, at.1 + 6.0)];
                svg.draw(&Rectangle::new(corners, palette.empty.fill()));
                svg.draw(&Rectangle::new(corners, palette.rule.line(1.0)));
            }
            Self::Hatch => svg.hatch((at.0 - 9.0, at.1 - 6.0), (18.0, 12.0)),
            Self::Frame(colour) => {
                let corners = [(at.0 - 9.0, at.1 - 5.0), (at.0 + 9.0, at.1 + 5.0)];
                svg.draw(&Rectangle::new(corners, colour.line(1.5)));
            }
            Self::Nothing => {}
        }
    }

    fn room(self) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Line(_) | Self::Dashes(..) | Self::Band(..) | Self::Frame(_) | Self::Empty | Self::Hatch => 26.0,
            Self::Tick(_) => 12.0,
            _ => 18.0,
        }
    }
}

/// The length of all items in one line.
pub(crate) fn length(items: &[(Mark, String)]) -> f64 {
    let set = |words: &str| crate::text::width(words, size::SMALL, crate::fonts::Weight::Regular);
    items.iter().map(|(mark, words)| mark.room() + set(words) + GAP).sum::<f64>() - GAP
}

/// The marks of cells that need words, each where there is such a cell.
pub(crate) fn cells(words: &Drawing, empty: bool, suppressed: bool) -> Vec<(Mark, String)> {
    let all = [(suppressed, Mark::Hatch, &words.suppressed), (empty, Mark::Empty, &words.no_figure)];
    all.into_iter().filter(|(there, ..)| *there).map(|(_, mark, words)| (mark, words.clone())).collect()
}

/// Sets the items beside a legend, which ends right and at the bottom, if there is room, and below it if not; where
/// there is no legend, in its place. Gives the first free pixel.
pub(crate) fn beside(
    svg: &mut Svg,
    palette: &Palette,
    (left, right, top): (f64, f64, f64),
    legend: Option<At>,
    items: &[(Mark, String)],
) -> f64 {
    let Some((end, bottom)) = legend else { return draw(svg, palette, (left, right, top - 5.0), items) };
    if end + 2.0 * GAP + length(items) <= right {
        draw(svg, palette, (end + GAP, right, top - 5.0), items);
        bottom
    } else {
        draw(svg, palette, (left, right, bottom), items)
    }
}

/// A ring that hides what lies under it.
fn ring(svg: &mut Svg, at: At, palette: &Palette, radius: f64, colour: Colour) {
    svg.draw(&Circle::new(at, units(radius - 1.0), palette.background.fill()));
    svg.draw(&Circle::new(at, units(radius - 1.0), colour.line(2.0)));
}

/// Sets the items in as many lines as they need, and gives the first free pixel below.
pub(crate) fn draw(svg: &mut Svg, palette: &Palette, (left, right, top): (f64, f64, f64), items: &[(Mark, String)]) -> f64 {
    const LEADING: f64 = 22.0;
    /// The second line of words that are longer than the drawing.
    const NEXT: f64 = 16.0;
    /// Lines of one item at most.
    const MOST: usize = 3;
    if items.is_empty() {
        return top;
    }
    let set = Type::new(size::SMALL, palette.muted);
    let (mut x, mut y) = (left, top + LEADING / 2.0);
    for (mark, words) in items {
        let lines = wrap_to(words, set.size, set.weight, right - left - mark.room(), MOST);
        let room = mark.room() + lines.iter().map(|line| set.width(line)).fold(0.0, f64::max);
        if x > left && x + room > right {
            (x, y) = (left, y + LEADING);
        }
        mark.draw(svg, (x + (mark.room() - 7.0).max(0.0) / 2.0, y), palette, 5.5);
        for (i, line) in lines.iter().enumerate() {
            svg.text((x + mark.room(), y + i as f64 * NEXT + 0.36 * set.size), line, &set);
        }
        y += lines.len().saturating_sub(1) as f64 * NEXT;
        x += room + GAP;
    }
    y + LEADING / 2.0 + 6.0
}
