//! A projection as a fan: one band a level, the narrow ones over the wide ones, and the middle as a line.

use plotters::element::Polygon;

use crate::axis::{Scale, percent, sound, sound_pair};
use crate::backend::At;
use crate::elements::Dashes;
use crate::frame::Layout;
use crate::key::Mark;
use crate::locale::{Locale, fill};
use crate::theme::{Colour, Palette};
use crate::words::or;

use super::ends::End;
use super::line::{period, year};
use super::{Fan, FanPoint};

/// Each band is laid over the wider ones, so that the middle is the darkest.
const SHADE: f64 = 0.16;

/// The fan with what can be drawn; none without a point.
pub(super) fn tidy(fan: &Fan) -> Option<Fan> {
    let mut points: Vec<FanPoint> = fan
        .points
        .iter()
        .filter(|p| year(p.x))
        .map(|p| FanPoint {
            x: p.x,
            median: sound(p.median),
            bands: p.bands.iter().filter_map(|band| sound_pair(Some(*band))).collect(),
        })
        .filter(|p| p.median.is_some() || !p.bands.is_empty())
        .collect();
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    (!points.is_empty()).then(|| Fan { points, ..fan.clone() })
}

/// A hue that no series has, so that its bands are not taken for the interval of the figures.
pub(super) fn hue(taken: &[Colour], palette: &Palette) -> Colour {
    let free = [2, 3, 1].map(|i| palette.series[i]).into_iter().find(|colour| !taken.contains(colour));
    free.unwrap_or(palette.neutral)
}

/// The levels from the widest to the narrowest, by their places in the bands.
fn widest_first(fan: &Fan) -> Vec<usize> {
    let count = fan.points.iter().map(|p| p.bands.len()).max().unwrap_or(0);
    let reach = |level: &usize| fan.points.iter().filter_map(|p| p.bands.get(*level)).map(|b| b.1 - b.0).fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
    order
}

pub(super) fn items(fan: &Fan, colour: Colour, locale: &Locale) -> Vec<(Mark, String)> {
    let label = or(&fan.label, &locale.around.projection);
    let mut items = Vec::new();
    if fan.points.iter().any(|p| p.median.is_some()) {
        items.push((Mark::Dashes(colour.line(2.0), (2.0, 4.0)), format!("{label}, {}", locale.drawing.middle)));
    }
    for (depth, level) in widest_first(fan).into_iter().enumerate() {
        let shade = 1.0 - (1.0 - SHADE).powi(depth as i32 + 1);
        let words = fan.levels.get(level).map_or(label.to_owned(), |l| format!("{:.0}%", 100.0 * l));
        items.push((
            Mark::Band(colour, shade),
            if depth == 0 { fill(&locale.drawing.of_outcomes, &[("label", label), ("level", &words)]) } else { words },
        ));
    }
    items
}

/// Draws the bands and the middle, and gives what no name may lie on: the middle, and the bands from end to end.
pub(super) fn draw(layout: &mut Layout<'_>, fan: &Fan, (x, y): (&Scale, &Scale), colour: Colour) -> Vec<Vec<At>> {
    for level in widest_first(fan) {
        let known: Vec<(f64, (f64, f64))> =
            fan.points.iter().filter_map(|p| p.bands.get(level).map(|band| (p.x, *band))).collect();
        let high = known.iter().map(|(at, band)| (x.place(*at), y.place(band.1)));
        let low = known.iter().rev().map(|(at, band)| (x.place(*at), y.place(band.0)));
        layout.svg.draw(&Polygon::new(high.chain(low).collect::<Vec<At>>(), colour.shade(SHADE)));
    }
    let middle: Vec<At> = fan.points.iter().filter_map(|p| Some((x.place(p.x), y.place(p.median?)))).collect();
    layout.svg.draw(&Dashes::new(middle.clone(), colour.line(2.0), (2.0, 4.0)));
    let across = fan.points.iter().flat_map(|p| p.bands.iter().map(move |band| (p.x, *band)));
    let across = across.map(|(at, band)| vec![(x.place(at), y.place(band.0)), (x.place(at), y.place(band.1))]);
    [middle].into_iter().chain(across).collect()
}

/// The name of the middle where it ends.
pub(super) fn end(fan: &Fan, colour: Colour, locale: &Locale) -> Option<End> {
    let at = fan.points.iter().rev().find_map(|p| Some((p.x, p.median?)))?;
    let name = or(&fan.label, &locale.around.projection).to_owned();
    Some(End { at, name, figure: format!("{}%", percent(at.1)), colour, strong: false, dashed: true, early: false })
}

pub(super) fn describe(fan: &Fan, locale: &Locale) -> String {
    let point = |p: &FanPoint| {
        let mut parts: Vec<String> =
            p.median.map(|m| format!("{} {}", locale.drawing.middle, locale.rate(m))).into_iter().collect();
        parts.extend(p.bands.iter().enumerate().map(|(i, (low, high))| {
            let level = fan.levels.get(i).map_or(String::new(), |l| locale.level(*l));
            format!("{level} {}%", locale.drawing.span(&percent(*low), &percent(*high)))
        }));
        format!("{} {}", period(p.x), parts.join(", "))
    };
    // Where the fan starts everything is known.
    let ahead = fan.points.iter().filter(|p| p.bands.is_empty() || p.bands.iter().any(|(low, high)| low < high));
    format!("{}: {}", or(&fan.label, &locale.around.projection), ahead.map(point).collect::<Vec<_>>().join("; "))
}
