//! The funnel chart: estimates against their sample sizes, inside the limits that chance alone would keep.

use plotters::element::PathElement;
use undeb::release::format::grouped;

use crate::axis::{decimal, extent, percent, rate_ticks, sound, tick_label, ticks};
use crate::backend::At;
use crate::elements::Dashes;
use crate::frame::{Frame, Layout};
use crate::key::{self, Mark};
use crate::locale::fill;
use crate::picture::Picture;
use crate::plane::{Axis, Plane, Spot};
use crate::theme::Theme;
use crate::words::{lower, named_below, or};

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dot {
    /// The name of the group.
    pub label: String,
    /// The sample size; more than zero.
    pub size: f64,
    /// The estimate.
    pub value: Option<f64>,
    /// Whether the dot stands out: it is named before all others.
    pub emphasised: bool,
    /// Whether the estimate lies outside the limits; its name is placed first.
    pub outside: bool,
}

/// Two curves that hold a given share of estimates if all groups had the same rate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limit {
    /// What the curves are, such as "95% limits".
    pub label: String,
    /// Sample size, lower and upper limit, in rising order of size.
    pub points: Vec<(f64, f64, f64)>,
}

/// Everything a funnel chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups.
    pub dots: Vec<Dot>,
    /// The rate of all groups together.
    pub centre: Option<f64>,
    /// What the middle line is, such as "United Kingdom".
    pub centre_label: String,
    /// The limits, inner before outer.
    pub limits: Vec<Limit>,
    /// What the level axis is, such as "Respondents".
    pub size_label: String,
    /// What the upright axis is, such as "Union density, %".
    pub value_label: String,
    /// What a coloured dot is, such as "outside the 99.8% limits".
    pub outside_label: String,
}

/// From this ratio of the largest to the smallest sample on, the level axis counts in powers of ten.
const WIDE: f64 = 8.0;
/// With at most this many dots all of them are named.
const FEW: usize = 15;

/// Sample size, lower and upper limit.
type Curve = Vec<(f64, f64, f64)>;

/// The level axis of sample sizes, plain or in powers of ten.
struct Sizes {
    powers: bool,
}

impl Sizes {
    fn at(&self, size: f64) -> f64 {
        if self.powers { size.max(1.0).log10() } else { size }
    }

    /// The sample size at a place on the axis.
    fn size(&self, at: f64) -> f64 {
        if self.powers { 10f64.powf(at) } else { at }
    }

    fn ticks(&self, low: f64, high: f64) -> Vec<(f64, String)> {
        if !self.powers {
            return ticks(0.0, high, 6).into_iter().map(|v| (v, grouped(v))).collect();
        }
        let (first, last) = (low.max(1.0).log10().floor() as i32, high.max(10.0).log10().ceil() as i32);
        let marks = (first..=last).flat_map(|p| [1.0, 2.0, 5.0].map(|f| f * 10f64.powi(p)));
        let marks: Vec<f64> = marks.collect();
        let below = marks.iter().rposition(|m| *m <= low).unwrap_or(0);
        let above = marks.iter().position(|m| *m >= high).unwrap_or(marks.len() - 1).max(below + 1);
        marks[below..=above].iter().map(|m| (m.log10(), grouped(*m))).collect()
    }
}

/// Draws a funnel chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let (palette, locale) = (layout.palette, layout.locale);
    let drawing = &locale.drawing;
    let real = |size: f64| size.is_finite() && size > 0.0 && size < 1e12;
    let known: Vec<(&Dot, f64)> =
        data.dots.iter().filter(|dot| real(dot.size)).filter_map(|dot| Some((dot, sound(dot.value)?))).collect();
    let Some((least, most)) = extent(known.iter().map(|(dot, _)| dot.size)) else {
        return layout.no_evidence();
    };
    let centre = sound(data.centre);
    let inside = |point: &&(f64, f64, f64)| real(point.0) && sound(Some(point.1)).and(sound(Some(point.2))).is_some();
    let curves: Vec<(&Limit, Curve)> =
        data.limits.iter().map(|limit| (limit, limit.points.iter().filter(inside).copied().collect())).collect();

    let dashes = [(5.0, 4.0), (1.5, 3.5)];
    let mut items = Vec::new();
    if known.iter().any(|(dot, _)| dot.outside) {
        items.push((Mark::Full(palette.series[3]), or(&data.outside_label, &drawing.outside_limits).to_owned()));
    }
    if known.iter().any(|(dot, _)| !dot.outside) {
        items.push((Mark::Hollow(palette.neutral), drawing.within_limits.clone()));
    }
    for (i, (limit, _)) in curves.iter().enumerate() {
        let mark = Mark::Dashes(palette.ink.line(1.25), dashes[i.min(1)]);
        items.push((mark, or(&limit.label, "Limits").to_owned()));
    }
    if let Some(centre) = centre {
        let words = format!("{}: {}%", or(&data.centre_label, &drawing.all_together), percent(centre));
        items.push((Mark::Line(palette.ink.line(1.5)), words));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let sizes = Sizes { powers: most / least > WIDE };
    let name = or(&data.size_label, "Sample size");
    // A reader of round numbers at uneven distances is told why.
    let name = if sizes.powers { fill(&locale.around.log_scale, &[("axis", name)]) } else { name.to_owned() };
    let across = Axis { name: &name, ticks: sizes.ticks(least, most) };
    let (first, last) = (across.ticks[0].0, across.ticks[across.ticks.len() - 1].0);
    // Limits of tiny samples would leave no room for the dots: the axis follows the dots and what is near them.
    // What the largest sample is held against is always in sight.
    // So is what a sample of middling size is.
    let ends = data.limits.iter().flat_map(|l| {
        let near = |size: f64| l.points.iter().min_by(move |a, b| (a.0 - size).abs().total_cmp(&(b.0 - size).abs()));
        [near(most), near((least * most).sqrt())].into_iter().flatten().flat_map(|(_, low, high)| [*low, *high])
    });
    let (low, high) = extent(known.iter().map(|(_, v)| *v).chain(centre).chain(ends)).unwrap_or((0.0, 1.0));
    let reach = 0.15 * (high - low).max(0.05);
    let marks = rate_ticks([(low - reach).max(low.min(0.0)), (high + reach).min(high.max(1.0))].into_iter(), 8);
    let (floor, ceiling) = (marks[0], marks[marks.len() - 1]);
    let step = marks[1] - marks[0];
    let unit = |i: usize| if i + 1 == marks.len() { "%" } else { "" };
    let figures = marks.iter().enumerate().map(|(i, m)| (*m, format!("{}{}", tick_label(*m, step), unit(i))));
    let up = Axis { name: or(&data.value_label, "%"), ticks: figures.collect() };
    let plane = Plane::draw(&mut layout, &across, &up, false);
    let mut lines: Vec<Vec<At>> = Vec::new();
    let ends = (sizes.size(first).max(1e-3 * sizes.size(last)), sizes.size(last));
    for (i, (_, points)) in curves.iter().enumerate() {
        let points = stretched(points, centre, ends);
        for side in [|p: &(f64, f64, f64)| p.1, |p: &(f64, f64, f64)| p.2] {
            let within = |p: &&(f64, f64, f64)| (first..=last).contains(&sizes.at(p.0)) && (floor..=ceiling).contains(&side(p));
            let line: Vec<At> =
                points.iter().filter(within).map(|p| (plane.x.place(sizes.at(p.0)), plane.y.place(side(p)))).collect();
            layout.svg.draw(&Dashes::new(line.clone(), palette.ink.line(1.25), dashes[i.min(1)]));
            lines.push(line);
        }
    }
    if let Some(centre) = centre {
        let line = vec![(plane.x.start, plane.y.place(centre)), (plane.x.end, plane.y.place(centre))];
        layout.svg.draw(&PathElement::new(line.clone(), palette.ink.line(1.5)));
        lines.push(line);
    }
    let mut order: Vec<&(&Dot, f64)> = known.iter().collect();
    order.sort_by_key(|(dot, _)| (dot.emphasised, dot.outside));
    let mut spots = Vec::new();
    let picked = known.iter().any(|(dot, _)| dot.emphasised);
    for (dot, value) in order {
        let at = (plane.x.place(sizes.at(dot.size)), plane.y.place(*value));
        // Filled or hollow says it where colour is lost.
        let mark = if dot.outside { Mark::Full(palette.series[3]) } else { Mark::Hollow(palette.neutral) };
        mark.draw(&mut layout.svg, at, palette, if dot.emphasised { 6.5 } else { 4.5 });
        let named = dot.outside || dot.emphasised || known.len() <= FEW;
        spots.push(Spot { at, name: &dot.label, strong: if picked { dot.emphasised } else { dot.outside }, named });
    }
    let without = plane.name(&mut layout, &spots, &lines);
    let starts = (floor > 1e-9).then(|| layout.axis_starts(&tick_label(floor, step)));
    let unnamed: Vec<&str> = without.iter().map(|i| spots[*i].name).collect();
    let unknown = data.dots.iter().filter(|dot| !known.iter().any(|(other, _)| std::ptr::eq(*other, *dot)));
    let unknown: Vec<&str> = unknown.map(|dot| dot.label.as_str()).collect();
    let within: Vec<&str> = spots.iter().filter(|spot| !spot.named).map(|spot| spot.name).collect();
    let below = [(unnamed, &drawing.without_name), (within, &drawing.within_unnamed), (unknown, &drawing.without)];
    let below = below.iter().filter_map(|(names, pattern)| named_below(pattern, names, ""));
    let feet: Vec<String> = starts.into_iter().chain(below).collect();
    let bottom = Plane::feet(&mut layout, &feet);
    let mut says: Vec<String> =
        centre.map(|v| format!("{}: {}%", or(&data.centre_label, &drawing.all_together), percent(v))).into_iter().collect();
    says.extend(data.dots.iter().map(|dot| {
        let value = sound(dot.value).map_or(drawing.no_evidence.to_lowercase(), |v| format!("{}%", percent(v)));
        let above = sound(dot.value).zip(centre).is_none_or(|(v, centre)| v >= centre);
        let words = if above { &drawing.above_limits } else { &drawing.below_limits };
        let place = if dot.outside { words.clone() } else { lower(&drawing.within_limits) };
        let size = if real(dot.size) { grouped(dot.size) } else { decimal(0.0, 0) };
        format!("{}: {}, {place}", dot.label, fill(&drawing.sampled, &[("value", &value), ("size", &size)]))
    }));
    layout.finish(bottom, says)
}

/// Limits to both ends of the axis: beyond the points that are known they narrow with the root of the sample.
fn stretched(points: &[(f64, f64, f64)], centre: Option<f64>, (from, to): (f64, f64)) -> Curve {
    const STEPS: i32 = 60;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let beyond = |known: &(f64, f64, f64), start: f64, end: f64| {
        let middle = centre.unwrap_or((known.1 + known.2) / 2.0);
        // A limit that is cut at zero or at one tells less than the other.
        let half = (known.2 - middle).max(middle - known.1) * known.0.sqrt();
        let sizes = (0..=STEPS).map(move |i| start * (end / start).powf(f64::from(i) / f64::from(STEPS)));
        sizes.map(move |n| (n, (middle - half / n.sqrt()).max(0.0), (middle + half / n.sqrt()).min(1.0))).collect::<Vec<_>>()
    };
    let before = if from < first.0 { beyond(first, from, first.0) } else { Vec::new() };
    let after = if to > last.0 { beyond(last, last.0, to) } else { Vec::new() };
    [before, points.to_vec(), after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_reach_both_ends_of_the_axis() {
        let limit = |n: f64| (n, 0.3 - 1.0 / n.sqrt(), 0.3 + 1.0 / n.sqrt());
        for points in [vec![limit(400.0)], vec![limit(100.0), limit(400.0)]] {
            let curve = stretched(&points, Some(0.3), (10.0, 900.0));
            let (first, last) = (curve[0], curve[curve.len() - 1]);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
            assert!(near(first.0, 10.0) && near(first.1, 0.0) && near(first.2, limit(10.0).2), "{first:?}");
            assert!(near(last.0, 900.0) && near(last.1, limit(900.0).1) && near(last.2, limit(900.0).2), "{last:?}");
            assert!(curve.windows(2).all(|pair| pair[0].0 <= pair[1].0 + 1e-9));
        }
        assert!(stretched(&[], None, (1.0, 2.0)).is_empty());
    }
}
