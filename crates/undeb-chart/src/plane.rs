//! The shared shape of charts with a dot a name on two axes: grid, axis names, and names that touch nothing.

use plotters::element::PathElement;

use crate::area::Area;
use crate::axis::Scale;
use crate::backend::At;
use crate::frame::{Layout, widest};
use crate::svg::{Anchor, Type};
use crate::text::{shorten, wrap};
use crate::theme::size;

/// The longest name that stands beside a dot.
const NAME: f64 = 170.0;
const HEIGHT: f64 = 15.0;

/// One axis: round values in rising order and how they are written.
pub(crate) struct Axis<'a> {
    pub(crate) name: &'a str,
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Axis<'_> {
    fn scale(&self, start: f64, end: f64) -> Scale {
        let (low, high) = (self.ticks.first().map_or(0.0, |t| t.0), self.ticks.last().map_or(1.0, |t| t.0));
        Scale { low, high, start, end }
    }
}

/// Where the two axes stand.
pub(crate) struct Plane {
    pub(crate) x: Scale,
    pub(crate) y: Scale,
}

/// A dot whose name is to be placed.
pub(crate) struct Spot<'a> {
    pub(crate) at: At,
    pub(crate) name: &'a str,
    pub(crate) strong: bool,
    /// Whether it has a name at all; a dot without one keeps its room all the same.
    pub(crate) named: bool,
}

impl Plane {
    /// Grid, figures and names of both axes. `square` gives both axes the same pixels for the same value.
    pub(crate) fn draw(layout: &mut Layout<'_>, across: &Axis<'_>, up: &Axis<'_>, square: bool) -> Self {
        let palette = layout.palette;
        let (plain, content) = (Type::new(size::SMALL, palette.muted), layout.right - layout.left);
        // The name of the upright axis stands level above it: no reader turns the head.
        for line in wrap(up.name, plain.size, plain.weight, content) {
            layout.top += 16.0;
            layout.svg.text((layout.left, layout.top - 4.0), &line, &plain);
        }
        let gutter = widest(up.ticks.iter().map(|t| t.1.as_str()), size::SMALL) + 12.0;
        let (start, end) = (layout.left + gutter, layout.right - 18.0);
        let height = if square { (end - start).min(520.0) } else { (0.62 * (end - start)).clamp(260.0, 420.0) };
        let end = if square { start + (end - start).min(1.6 * height) } else { end };
        let (top, bottom) = (layout.top + 12.0, layout.top + 12.0 + height);
        let plane = Self { x: across.scale(start, end), y: up.scale(bottom, top) };
        for (value, figure) in &up.ticks {
            let at = plane.y.place(*value);
            layout.svg.draw(&PathElement::new([(start, at), (end, at)], palette.rule.line(1.0)));
            layout.svg.text((start - 8.0, at + 0.36 * plain.size), figure, &plain.anchored(Anchor::End));
        }
        let mut taken = f64::NEG_INFINITY;
        for (value, figure) in &across.ticks {
            let at = plane.x.place(*value);
            layout.svg.draw(&PathElement::new([(at, top), (at, bottom)], palette.rule.line(1.0)));
            let half = plain.width(figure) / 2.0;
            if at - half > taken + 6.0 {
                layout.svg.text((at, bottom + 18.0), figure, &plain.anchored(Anchor::Middle));
                taken = at + half;
            }
        }
        layout.top = bottom + 24.0;
        for line in wrap(across.name, plain.size, plain.weight, content) {
            layout.top += 16.0;
            layout.svg.text(
                (layout.left.max(start), layout.top - 2.0),
                &shorten(&line, plain.size, plain.weight, layout.right - start),
                &plain,
            );
        }
        plane
    }

    fn area(&self) -> Area {
        Area { left: self.x.start, right: self.x.end + 14.0, top: self.y.end - 6.0, bottom: self.y.start }
    }

    /// Names as many dots as can be named without touching a dot or another name, the strong ones first: beside the dot
    /// and clear of lines, or further off with a lead, or across a line. Counts the dots that stay without.
    pub(crate) fn name(&self, layout: &mut Layout<'_>, spots: &[Spot<'_>], lines: &[Vec<At>]) -> usize {
        let mut taken: Vec<Area> = spots.iter().map(|spot| Area::around(spot.at, 5.0)).collect();
        let mut order: Vec<usize> = (0..spots.len()).filter(|i| spots[*i].named).collect();
        order.sort_by_key(|i| !spots[*i].strong);
        // Names keep off the leads of those before them.
        let mut leads: Vec<[At; 2]> = Vec::new();
        let mut without = 0;
        for i in order {
            let spot = &spots[i];
            let set = Type::new(size::SMALL, layout.palette.ink).with_halo();
            let set = if spot.strong { set.semi_bold() } else { set };
            let words = shorten(spot.name, set.size, set.weight, NAME.min(0.45 * (self.x.end - self.x.start)));
            let width = set.width(&words);
            let alone = |area: &Area| {
                area.within(&self.area())
                    && !taken.iter().enumerate().any(|(k, other)| k != i && area.meets(other))
                    && !leads.iter().any(|lead| area.crossed_by(lead))
            };
            // A name beside its dot is nearer to no other.
            let own =
                |area: &Area| spots.iter().enumerate().all(|(k, s)| k == i || area.distance(s.at) > area.distance(spot.at) + 3.0);
            let clear = |area: &Area| !lines.iter().any(|line| area.crossed_by(line));
            // A lead may pass nothing but the grid.
            let lead = |area: &Area| [spot.at, area.nearest(spot.at)];
            let led = |area: &Area| {
                let lead = lead(area);
                !taken.iter().enumerate().any(|(k, other)| k != i && other.crossed_by(&lead))
            };
            let near = || places(spot.at, width, 0.0).into_iter();
            let far = || [12.0, 24.0, 36.0].into_iter().flat_map(|reach| places(spot.at, width, reach));
            let found = near().find(|area| alone(area) && clear(area) && own(area)).map(|area| (area, false));
            let found = found.or_else(|| far().find(|area| alone(area) && clear(area) && led(area)).map(|area| (area, true)));
            match found.or_else(|| near().find(|area| alone(area) && own(area)).map(|area| (area, false))) {
                Some((area, apart)) => {
                    if apart {
                        leads.push(lead(&area));
                        layout.svg.draw(&PathElement::new(lead(&area), layout.palette.neutral.line(1.0)));
                    }
                    layout.svg.text((area.left + 1.0, area.bottom - 3.5), &words, &set);
                    taken.push(area);
                }
                None => without += 1,
            }
        }
        without
    }
}

/// The places of a name around its dot, best first: right, left, above, below, then the corners; `reach` is the
/// distance beyond the least.
fn places((x, y): At, width: f64, reach: f64) -> Vec<Area> {
    let area = |left: f64, top: f64| Area { left: left - 1.0, right: left + width + 1.0, top, bottom: top + HEIGHT };
    let (right, left, level) = (x + 8.0 + reach, x - 8.0 - width - reach, y - HEIGHT / 2.0);
    let (above, below, middle) = (y - 7.0 - HEIGHT - reach, y + 6.0 + reach, x - width / 2.0);
    let aside = 4.0 + 0.7 * reach;
    let corners =
        [(x + aside, above + 3.0), (x - aside - width, above + 3.0), (x + aside, below - 3.0), (x - aside - width, below - 3.0)];
    let sides = [(right, level), (left, level), (middle, above), (middle, below)];
    sides.into_iter().chain(corners).map(|(left, top)| area(left, top)).collect()
}
