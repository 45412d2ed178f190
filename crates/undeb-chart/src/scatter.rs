//! The scatter chart: coverage against density, with the line on which both are equal.

use plotters::element::Circle;

use crate::axis::{extent, percent, rate_ticks, sound, tick_label};
use crate::backend::{At, units};
use crate::elements::Dashes;
use crate::frame::{Frame, Layout};
use crate::key::{self, Mark};
use crate::locale::fill;
use crate::picture::Picture;
use crate::plane::{Axis, Plane, Spot};
use crate::svg::Type;
use crate::text::{shorten, wrap};
use crate::theme::{Theme, size};
use crate::words::{named_below, or};

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dot {
    /// The name of the group.
    pub label: String,
    /// The rate on the level axis, such as density.
    pub x: Option<f64>,
    /// The rate on the upright axis, such as coverage.
    pub y: Option<f64>,
    /// Whether the dot stands out; its name is placed first.
    pub emphasised: bool,
}

/// Everything a scatter chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups.
    pub dots: Vec<Dot>,
    /// What the level axis is, such as "Union density, %".
    pub x_label: String,
    /// What the upright axis is, such as "Bargaining coverage, %".
    pub y_label: String,
    /// What the diagonal is, such as "Coverage equals density".
    pub diagonal_label: String,
    /// What makes a dot stand out.
    pub emphasis_label: String,
}

/// So many dots without room for a name have their figures below the square.
const FEW: usize = 6;

/// The width of a column of names beside the square.
const COLUMN: f64 = 210.0;

/// Draws a scatter chart: both axes begin at zero and count in the same steps, so that the diagonal is one.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let palette = layout.palette;
    let known: Vec<(&Dot, f64, f64)> = data.dots.iter().filter_map(|dot| Some((dot, sound(dot.x)?, sound(dot.y)?))).collect();
    let Some((low, high)) = extent(known.iter().flat_map(|(_, x, y)| [*x, *y])) else {
        return layout.no_evidence();
    };
    // On paper the darker one stands out.
    let (plain, strong) = match theme {
        Theme::Print => (palette.neutral, palette.ink),
        _ => (palette.series[0], palette.series[3]),
    };
    let mut items = vec![(Mark::Dashes(palette.muted.line(1.5), (4.0, 4.0)), or(&data.diagonal_label, "Equal").to_owned())];
    if known.iter().any(|(dot, ..)| dot.emphasised) && !data.emphasis_label.trim().is_empty() {
        items.push((Mark::Full(strong), data.emphasis_label.clone()));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);
    let axis = |name| {
        let marks = rate_ticks([low.min(0.0), high].into_iter(), 6);
        let step = marks[1] - marks[0];
        let last = marks.len() - 1;
        let figure =
            |(i, mark): (usize, &f64)| (*mark, format!("{}{}", tick_label(*mark, step), if i == last { "%" } else { "" }));
        Axis { name, ticks: marks.iter().enumerate().map(figure).collect() }
    };
    let (x, y) = (or(&data.x_label, "Density, %"), or(&data.y_label, "Coverage, %"));
    let (across, up) = (axis(x), axis(y));
    let plane = Plane::draw(&mut layout, &across, &up, true);
    let diagonal: Vec<At> = vec![(plane.x.start, plane.y.start), (plane.x.end, plane.y.end)];
    layout.svg.draw(&Dashes::new(diagonal.clone(), palette.muted.line(1.5), (4.0, 4.0)));
    let mut order: Vec<&(&Dot, f64, f64)> = known.iter().collect();
    order.sort_by_key(|(dot, ..)| dot.emphasised);
    let mut spots = Vec::new();
    for (dot, x, y) in order {
        let at = (plane.x.place(*x), plane.y.place(*y));
        let colour = if dot.emphasised { strong } else { plain };
        // Where colour is lost the size tells them apart.
        let radius = if dot.emphasised { 5.5 } else { 4.0 };
        layout.svg.draw(&Circle::new(at, units(radius + 0.5), palette.background.fill()));
        layout.svg.draw(&Circle::new(at, units(radius), colour.shade(0.85)));
        spots.push(Spot { at, name: &dot.label, strong: dot.emphasised, named: true });
    }
    let without = plane.name(&mut layout, &spots, &[diagonal]);
    let names: Vec<String> = without.iter().map(|i| unnamed(&spots[*i], &plane)).collect();
    let listed = list(&mut layout, &names, &format!("{x}; {y}"), &plane);
    let drawing = &layout.locale.drawing;
    let counted = |pattern: &str, count: usize| fill(pattern, &[("count", &count.to_string())]);
    let mut feet: Vec<String> = Vec::new();
    if !listed && !names.is_empty() {
        let figures = format!("{} ({x}; {y}): {}", counted(&drawing.without_name, names.len()), names.join(", "));
        let unnamed: Vec<&str> = without.iter().map(|i| spots[*i].name).collect();
        feet.extend(if names.len() <= FEW { Some(figures) } else { named_below(&drawing.without_name, &unnamed, "") });
    }
    let missing = data.dots.len() - known.len();
    if missing > 0 {
        feet.push(counted(&drawing.without_both, missing));
    }
    let bottom = Plane::feet(&mut layout, &feet);
    let mut says: Vec<String> = Vec::new();
    let rate = |v: Option<f64>| v.map_or(drawing.no_evidence.to_lowercase(), percent);
    says.extend(data.dots.iter().map(|dot| format!("{}: {x} {}, {y} {}", dot.label, rate(sound(dot.x)), rate(sound(dot.y)))));
    layout.finish(bottom, says)
}

/// A dot that has no room for a name: what it is and where it stands.
fn unnamed(spot: &Spot<'_>, plane: &Plane) -> String {
    format!("{} ({}; {})", spot.name, percent(plane.x.value(spot.at.0)), percent(plane.y.value(spot.at.1)))
}

/// Lists the dots without a name, below what their two figures are, in the strip that a wide picture leaves beside the
/// square; not where it cannot hold all.
fn list(layout: &mut Layout<'_>, names: &[String], figures: &str, plane: &Plane) -> bool {
    const LEADING: f64 = 17.0;
    let left = plane.x.end + 44.0;
    let rows = ((plane.y.start - plane.y.end - 8.0) / LEADING).floor() as usize;
    let columns = ((layout.right - left) / COLUMN).floor() as usize;
    let set = Type::new(size::SMALL, layout.palette.muted);
    let head = fill(&layout.locale.drawing.without_name, &[("count", &names.len().to_string())]);
    let one = COLUMN - 16.0;
    let mut lines: Vec<String> = [head.as_str(), figures].iter().flat_map(|l| wrap(l, set.size, set.weight, one)).collect();
    lines.extend(names.iter().cloned());
    if names.is_empty() || lines.len() > rows * columns {
        return false;
    }
    let room = if lines.len() > rows { one } else { layout.right - left };
    for (i, words) in lines.iter().enumerate() {
        let at = (left + (i / rows) as f64 * COLUMN, plane.y.end + 8.0 + (i % rows) as f64 * LEADING);
        layout.svg.text(at, &shorten(words, set.size, set.weight, room), &set);
    }
    true
}
