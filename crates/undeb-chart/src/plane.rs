//! The shared shape of charts with a dot a name on two axes: grid, axis names, and names that touch nothing.

use plotters::element::PathElement;

use crate::area::{Area, cross};
use crate::axis::Scale;
use crate::backend::At;
use crate::fonts::Weight;
use crate::frame::{Layout, widest};
use crate::locale::{Locale, fill};
use crate::svg::{Anchor, Type};
use crate::text::{shorten, shorten_apart, wrap};
use crate::theme::{Colour, Palette, size};

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

/// The largest plot whose axes have the same pixels for the same value.
const SQUARE: f64 = 840.0;
/// Dots nearer than this have one name together.
const SAME: f64 = 6.0;

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
        let height = if square { (end - start).min(SQUARE) } else { (0.62 * (end - start)).clamp(260.0, 520.0) };
        let end = if square { start + height } else { end };
        let (top, bottom) = (layout.top + 12.0, layout.top + 12.0 + height);
        let plane = Self { x: across.scale(start, end), y: up.scale(bottom, top) };
        for (value, figure) in &up.ticks {
            let at = plane.y.place(*value);
            layout.svg.draw(&PathElement::new([(start, at), (end, at)], ground(palette, *value).line(1.0)));
            layout.svg.text((start - 8.0, at + 0.36 * plain.size), figure, &plain.anchored(Anchor::End));
        }
        let mut taken = f64::NEG_INFINITY;
        for (value, figure) in &across.ticks {
            let at = plane.x.place(*value);
            layout.svg.draw(&PathElement::new([(at, top), (at, bottom)], ground(palette, *value).line(1.0)));
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

    /// Sets what the plane leaves out below it, and gives the last line.
    pub(crate) fn feet(layout: &mut Layout<'_>, feet: &[String]) -> f64 {
        let set = Type::new(size::SMALL, layout.palette.muted);
        let mut bottom = layout.top;
        for line in feet.iter().flat_map(|words| wrap(words, set.size, set.weight, layout.right - layout.left)) {
            bottom += 18.0;
            layout.svg.text((layout.left, bottom), &line, &set);
            bottom += 2.0;
        }
        bottom
    }

    fn area(&self) -> Area {
        Area { left: self.x.start, right: self.x.end + 14.0, top: self.y.end - 8.0, bottom: self.y.start }
    }

    /// Names as many dots as can be named without touching a dot or another name, the strong ones first: beside the dot
    /// and clear of lines, or further off with a lead, or across a line. Dots that nearly coincide have one name together.
    /// Gives the dots that stay without.
    pub(crate) fn name(&self, layout: &mut Layout<'_>, spots: &[Spot<'_>], lines: &[Vec<At>]) -> Vec<usize> {
        let mut taken: Vec<Area> = spots.iter().map(|spot| Area::around(spot.at, 5.0)).collect();
        // Names keep off the leads of those before them.
        let mut leads: Vec<[At; 2]> = Vec::new();
        let mut without = Vec::new();
        let room = NAME.min(0.45 * (self.x.end - self.x.start));
        let names: Vec<&str> = spots.iter().map(|spot| spot.name).collect();
        let names = shorten_apart(&names, size::SMALL, Weight::SemiBold, room);
        let spots: Vec<Spot<'_>> = spots.iter().zip(&names).map(|(spot, name)| Spot { name, ..*spot }).collect();
        let spots = spots.as_slice();
        for group in groups(spots) {
            let at = group.at;
            let set = Type::new(size::SMALL, layout.palette.ink).with_halo();
            let set = if group.strong { set.semi_bold() } else { set };
            let (words, unsaid) = group.words(spots, layout.locale, &set, room);
            let width = set.width(&words);
            let other = |k: &usize| !group.close.contains(k);
            let alone = |area: &Area| {
                area.within(&self.area())
                    && !taken.iter().enumerate().any(|(k, taken)| other(&k) && area.meets(taken))
                    && !leads.iter().any(|lead| area.crossed_by(lead))
            };
            // A name beside its dot is nearer to no other.
            let own =
                |area: &Area| spots.iter().enumerate().all(|(k, s)| !other(&k) || area.distance(s.at) > area.distance(at) + 3.0);
            // A name with a lead stands level with no other dot, which it would seem to name.
            let apart = |area: &Area| spots.iter().enumerate().all(|(k, s)| !other(&k) || area.distance(s.at) > 11.0);
            // Level with another dot and next to it a name would be taken for that one's.
            let beside = |area: &Area, s: &Spot<'_>| {
                (area.top - 3.0..=area.bottom + 3.0).contains(&s.at.1) && (area.left - 22.0..=area.right + 22.0).contains(&s.at.0)
            };
            let own = |area: &Area| own(area) && !spots.iter().enumerate().any(|(k, s)| other(&k) && beside(area, s));
            let clear = |area: &Area| !lines.iter().any(|line| area.crossed_by(line));
            // A lead may pass nothing but the grid.
            let lead = |area: &Area| [at, area.nearest(at)];
            let led = |area: &Area| {
                let lead = lead(area);
                !taken.iter().enumerate().any(|(k, taken)| other(&k) && taken.crossed_by(&lead))
                    && !leads.iter().any(|before| cross(before, &lead))
            };
            let near = || places(at, width, group.reach).into_iter();
            let far = || [12.0, 24.0, 36.0].into_iter().flat_map(|reach| places(at, width, reach + group.reach));
            let found = near().find(|area| alone(area) && clear(area) && own(area)).map(|area| (area, false));
            let found = found.or_else(|| {
                far()
                    .find(|area| {
                        alone(area)
                            && clear(area)
                            && led(area)
                            && apart(area)
                            && !spots.iter().enumerate().any(|(k, s)| other(&k) && beside(area, s))
                    })
                    .map(|area| (area, true))
            });
            match found.or_else(|| near().find(|area| alone(area) && own(area)).map(|area| (area, false))) {
                Some((area, apart)) => {
                    if apart {
                        leads.push(lead(&area));
                        layout.svg.draw(&PathElement::new(lead(&area), layout.palette.neutral.line(1.0)));
                    }
                    layout.svg.text((area.left + 2.0, area.bottom - 3.5), &words, &set);
                    // Two names on one line must not read as one.
                    taken.push(Area { left: area.left - 6.0, right: area.right + 6.0, ..area });
                    without.extend(unsaid);
                }
                None => without.extend(group.named),
            }
        }
        without
    }
}

/// The colour of a grid line: that of zero is darker.
fn ground(palette: &Palette, value: f64) -> Colour {
    if value.abs() < 1e-9 { palette.muted } else { palette.rule }
}

/// Dots that nearly coincide.
struct Group {
    at: At,
    /// How far its dots are from its middle.
    reach: f64,
    strong: bool,
    /// The dots that the name is of, and all that stand there.
    named: Vec<usize>,
    close: Vec<usize>,
}

impl Group {
    /// All names; where they are too many one that fits and the number of the others; where none does, or two are too long,
    /// the first alone. With the dots that it does not name.
    fn words(&self, spots: &[Spot<'_>], locale: &Locale, set: &Type, room: f64) -> (String, Vec<usize>) {
        let names: Vec<&str> = self.named.iter().map(|i| spots[*i].name).collect();
        let all = names.join(", ");
        let count = names.len();
        if set.width(&all) <= room {
            return (all, Vec::new());
        }
        let but = |i: usize| self.named.iter().enumerate().filter(|(k, _)| *k != i).map(|(_, dot)| *dot).collect();
        let others = fill(&locale.around.others, &[("count", &(count - 1).to_string())]);
        let mut together = names.iter().map(|name| format!("{name}{}{others}", locale.around.and)).enumerate();
        match together.find(|(_, words)| count > 2 && set.width(words) <= room) {
            Some((i, words)) => (words, but(i)),
            // Of names that are all too long one is cut, and the number never.
            None if count > 2 && names.iter().all(|name| set.width(name) > 0.8 * room) => {
                let tail = format!("{}{others}", locale.around.and);
                (format!("{}{tail}", shorten(names[0], set.size, set.weight, room - set.width(&tail))), but(0))
            }
            None => (shorten(names[0], set.size, set.weight, room), but(0)),
        }
    }
}

/// The dots that are to be named, each with those that its own name could not be told from; strong ones first.
fn groups(spots: &[Spot<'_>]) -> Vec<Group> {
    let mut order: Vec<usize> = (0..spots.len()).filter(|i| spots[*i].named).collect();
    order.sort_by_key(|i| !spots[*i].strong);
    let apart = |a: At, b: At| (a.0 - b.0).hypot(a.1 - b.1);
    let mut groups: Vec<Group> = Vec::new();
    for i in &order {
        if groups.iter().any(|group| group.named.contains(i)) {
            continue;
        }
        let close: Vec<usize> = (0..spots.len()).filter(|k| apart(spots[*k].at, spots[*i].at) < SAME).collect();
        let free = |k: &&usize| close.contains(k) && !groups.iter().any(|group| group.named.contains(k));
        let named: Vec<usize> = order.iter().filter(free).copied().collect();
        let count = named.len() as f64;
        let sum = named.iter().fold((0.0, 0.0), |sum, k| (sum.0 + spots[*k].at.0, sum.1 + spots[*k].at.1));
        let at = (sum.0 / count, sum.1 / count);
        let reach = named.iter().map(|k| apart(spots[*k].at, at)).fold(0.0, f64::max);
        groups.push(Group { at, reach, strong: spots[*i].strong, named, close });
    }
    groups
}

/// The places of a name around its dot, best first: right, left, above, below, then the corners; `reach` is the
/// distance beyond the least.
fn places((x, y): At, width: f64, reach: f64) -> Vec<Area> {
    let area = |left: f64, top: f64| Area { left: left - 2.0, right: left + width + 2.0, top, bottom: top + HEIGHT };
    let (right, left, level) = (x + 8.0 + reach, x - 8.0 - width - reach, y - HEIGHT / 2.0);
    let (above, below, middle) = (y - 7.0 - HEIGHT - reach, y + 6.0 + reach, x - width / 2.0);
    let aside = 4.0 + 0.7 * reach;
    let corners =
        [(x + aside, above + 3.0), (x - aside - width, above + 3.0), (x + aside, below - 3.0), (x - aside - width, below - 3.0)];
    let sides = [(right, level), (left, level), (middle, above), (middle, below)];
    sides.into_iter().chain(corners).map(|(left, top)| area(left, top)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_that_coincide_share_a_name() {
        let spot = |x: f64, name: &'static str| Spot { at: (x, 50.0), name, strong: false, named: true };
        let spots = [
            spot(10.0, "Czechia"),
            spot(90.0, "Massachusetts"),
            spot(12.0, "Slovakia"),
            spot(91.0, "Italy"),
            spot(92.0, "Spain"),
        ];
        let groups = groups(&spots);
        let set = Type::new(size::SMALL, crate::theme::Colour(0, 0, 0));
        let words = |i: usize, room: f64| groups[i].words(&spots, Locale::english(), &set, room);
        assert_eq!((groups.len(), groups[0].at), (2, (11.0, 50.0)));
        let but = |words: &str, unsaid: &[usize]| (words.to_owned(), unsaid.to_vec());
        assert_eq!([words(0, 110.0), words(1, 220.0)], [but("Czechia, Slovakia", &[]), but("Massachusetts, Italy, Spain", &[])]);
        assert_eq!(words(0, 80.0), but("Czechia", &[2]));
        assert_eq!(words(1, 120.0), but("Italy and 2 others", &[1, 4]));
        let (cut, unsaid) = words(1, 60.0);
        assert!(cut.starts_with("Mas") && cut.ends_with('…') && unsaid == [3, 4] && set.width(&cut) <= 60.0, "{cut}");
    }
}
