//! The trend chart: lines over years, the path they should take, and the breaks they must not cross.

use plotters::element::{Circle, PathElement, Polygon};

use crate::axis::{Scale, extent, percent, rate_ticks, sound_pair, tick_label, ticks};
use crate::backend::{At, units};
use crate::elements::Dashes;
use crate::fonts::Weight;
use crate::frame::{Frame, Layout, widest};
use crate::key::{self, Mark};
use crate::locale::fill;
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::{shorten_apart, width};
use crate::theme::{Colour, Theme, size};
use crate::words::or;

mod cuts;
mod ends;
mod fan;
pub(crate) mod line;
mod years;

use cuts::Cuts;
use ends::{End, Place};
use line::{ordered, period, real, year};

/// One period of a series.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// The year; a quarter is a fraction of it.
    pub x: f64,
    /// The rate as a fraction; none breaks the line.
    pub value: Option<f64>,
    /// The interval of the rate.
    pub interval: Option<(f64, f64)>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// The name that stands at the end of the line.
    pub label: String,
    /// The points, in any order.
    pub points: Vec<Point>,
    /// Years from which on the figures are not comparable with those before.
    pub breaks: Vec<f64>,
    /// Years in which the figures changed but may be compared with care; marked, and the line goes on.
    pub cautions: Vec<f64>,
    /// Whether the chart is about this series; its intervals are drawn.
    pub focus: bool,
    /// Whether the line is background: grey, whatever colours are left.
    pub muted: bool,
}

/// A dot that a plan promised.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Milestone {
    /// The year.
    pub x: f64,
    /// The promised rate.
    pub value: f64,
}

/// One period of a projection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FanPoint {
    /// The year.
    pub x: f64,
    /// The middle of what is expected.
    pub median: Option<f64>,
    /// One band a level, in the order of [`Fan::levels`].
    pub bands: Vec<(f64, f64)>,
}

/// A projection: bands that widen with the years.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fan {
    /// What the fan is, such as "Projection".
    pub label: String,
    /// The levels of the bands as fractions, such as 0.5, 0.8 and 0.95.
    pub levels: Vec<f64>,
    /// The periods in rising order; the first may be the last one observed.
    pub points: Vec<FanPoint>,
}

/// Everything a trend chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The lines; the first four and those in focus are coloured, the others grey.
    pub series: Vec<Series>,
    /// The path to the target, as years and rates.
    pub path: Option<Vec<(f64, f64)>>,
    /// What the path is, such as "Path to 40% in 2030".
    pub path_label: String,
    /// Promised values on the way.
    pub milestones: Vec<Milestone>,
    /// What the milestones are.
    pub milestone_label: String,
    /// What is expected after the last period.
    pub fan: Option<Fan>,
    /// The last year of the axis, if it lies after the data.
    pub deadline: Option<f64>,
    /// A range of rates to show instead of one from zero; it is widened where data lie outside.
    pub range: Option<(f64, f64)>,
    /// What a break is, such as "New survey".
    pub break_label: String,
    /// What changed in the years of breaks and cautions; it stands at their lines where there is room for all of it.
    pub reasons: Vec<(f64, String)>,
    /// What the band is, such as "95% interval".
    pub interval_label: String,
}

/// The height of the plot as a share of the width, and its bounds.
const SHAPE: f64 = 0.42;
const HEIGHTS: (f64, f64) = (280.0, 520.0);

/// With more lines than this the grey ones are thin.
const MANY: usize = 20;

/// Draws a trend chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let (palette, locale) = (layout.palette, layout.locale);
    let series: Vec<Series> = data.series.iter().map(ordered).collect();
    let path: Vec<(f64, f64)> = data.path.iter().flatten().copied().filter(real).collect();
    let milestones: Vec<(f64, f64)> = data.milestones.iter().map(|m| (m.x, m.value)).filter(real).collect();
    let fan = data.fan.as_ref().and_then(fan::tidy);
    let ahead = || fan.iter().flat_map(|fan| &fan.points);
    let drawn = || series.iter().flat_map(|s| s.points.iter().filter(|p| p.value.is_some()));
    let years_shown = drawn().map(|p| p.x).chain(path.iter().chain(&milestones).map(|p| p.0)).chain(ahead().map(|p| p.x));
    let Some((first, last)) = extent(years_shown) else {
        return layout.no_evidence();
    };
    let last = data.deadline.filter(|d| year(*d)).map_or(last, |d| last.max(d));
    let latest = drawn().map(|p| p.x).fold(first, f64::max);
    let kept = [first, last, latest];
    let (first, last) = if last - first < 0.5 { (first - 1.0, last + 1.0) } else { (first, last) };

    let rates = drawn().filter_map(|p| p.value).chain(path.iter().chain(&milestones).map(|p| p.1)).chain(
        series
            .iter()
            .filter(|s| s.focus)
            .flat_map(|s| s.points.iter().filter_map(|p| p.interval).flat_map(|(low, high)| [low, high])),
    );
    let rates = rates.chain(ahead().flat_map(|p| p.bands.iter().flat_map(|(low, high)| [*low, *high]).chain(p.median)));
    let marks = match sound_pair(data.range) {
        Some((low, high)) => {
            let (least, most) = extent(rates.chain([low, high])).unwrap_or((low, high));
            ticks(least, most, 6)
        }
        None => rate_ticks(rates.chain([0.0]), 6),
    };

    let colours = colours(&series, palette.series, palette.neutral);
    let band = series.iter().any(|s| s.focus && s.points.iter().any(|p| p.interval.is_some()));
    let mut items = Vec::new();
    if band {
        let words = or(&data.interval_label, &locale.drawing.interval);
        let focus = series.iter().position(|s| s.focus);
        // Of several lines only the one in focus has a band.
        let whose = focus.filter(|_| series.len() > 1).map_or(String::new(), |i| format!(", {}", series[i].label));
        items.push((Mark::Band(focus.map_or(palette.neutral, |i| colours[i]), 0.18), format!("{words}{whose}")));
    }
    if series.iter().any(|s| !line::spans(s).is_empty()) {
        let shade = if series.len() == 1 { colours[0] } else { palette.neutral };
        items.push((Mark::Dashes(shade.line(1.5), line::DOTS), locale.drawing.no_figure_between.clone()));
    }
    let hue = fan::hue(&colours, palette);
    items.extend(fan.iter().flat_map(|fan| fan::items(fan, hue, locale)));
    if !milestones.is_empty() {
        let words = or(&data.milestone_label, &locale.drawing.milestone);
        items.push((Mark::Hollow(palette.ink), words.to_owned()));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let (step, sign) = (marks[1] - marks[0], layout.sign);
    let figures: Vec<String> = marks
        .iter()
        .enumerate()
        .map(|(i, m)| format!("{}{}", tick_label(*m, step), if i + 1 == marks.len() { sign } else { "" }))
        .collect();
    let mut ends = line_ends((&series, &path, last), data, &colours, &layout);
    ends.extend(fan.iter().filter_map(|fan| fan::end(fan, hue, locale)));
    let words: Vec<String> = ends.iter().map(End::words).collect();
    let gutter = widest(words.iter().map(String::as_str), size::LABEL).min(0.30 * (layout.right - layout.left));
    let start = layout.left + widest(figures.iter().map(String::as_str), size::SMALL) + 12.0;
    let x = Scale { low: first, high: last, start, end: layout.right - gutter - 34.0 };
    let cuts = Cuts::plan(&series, (data, locale), latest, &x, layout.right, &Type::new(size::SMALL, palette.muted));
    let top = layout.top + 11.0 + cuts.room();
    let bottom = top + (SHAPE * frame.pixels()).clamp(HEIGHTS.0, HEIGHTS.1);
    let y = Scale { low: marks[0], high: marks[marks.len() - 1], start: bottom, end: top };

    for (mark, figure) in marks.iter().zip(&figures) {
        let at = y.place(*mark);
        let base = mark.abs() < 1e-9;
        let line = if base { palette.muted } else { palette.rule }.line(1.0);
        layout.svg.draw(&PathElement::new([(x.start, at), (x.end, at)], line));
        let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::End);
        layout.svg.text((x.start - 10.0, at + 0.36 * set.size), figure, &set);
    }
    years::draw(&mut layout, &x, bottom, &kept);
    cuts.draw(&mut layout, (top, bottom));

    let order = order(&series, &colours, palette.neutral);
    let mut lines: Vec<Vec<At>> = cuts.lines((top, bottom)).collect();
    let of_cuts = lines.len();
    if let Some(fan) = &fan {
        lines.extend(fan::draw(&mut layout, fan, (&x, &y), hue));
    }
    let thin = if series.len() > MANY { 0.75 } else { 1.25 };
    for i in &order {
        let width = match (series[*i].focus, colours[*i] == palette.neutral) {
            (true, _) => 2.75,
            (_, false) => 2.0,
            (_, true) => thin,
        };
        lines.extend(draw_series(&mut layout, &series[*i], (&x, &y), (colours[*i], width)));
    }
    let place = |p: &(f64, f64)| (x.place(p.0), y.place(p.1));
    let way: Vec<At> = path.iter().map(place).collect();
    layout.svg.draw(&Dashes::new(way.clone(), palette.ink.line(1.75), (5.0, 5.0)));
    lines.push(way);
    for milestone in &milestones {
        Mark::Hollow(palette.ink).draw(&mut layout.svg, place(milestone), palette, 5.0);
    }
    for end in &mut ends {
        end.at = place(&end.at);
    }
    let unlabelled = ends::draw(&mut layout, ends, &Place { start, edge: x.end, gutter, top, bottom, cuts: of_cuts }, &lines);
    let mut free = bottom + 24.0;
    if marks[0] > 1e-9 {
        let words = layout.axis_starts(&tick_label(marks[0], step));
        layout.svg.text((layout.left, free + 12.0), &words, &Type::new(size::SMALL, palette.muted));
        free += 18.0;
    }
    if unlabelled > 0 {
        let words = fill(&locale.drawing.unlabelled, &[("count", &unlabelled.to_string())]);
        let set = Type::new(size::SMALL, palette.muted);
        layout.svg.text((x.start, free + 12.0), &words, &set);
        free += 18.0;
    }
    let mut says = describe(&series, &path, &milestones, data, &layout);
    says.extend(fan.iter().map(|fan| fan::describe(fan, locale)));
    layout.finish(free, says)
}

/// Focus first, then the caller's order, until the four colours are used up; what is muted has none.
fn colours(series: &[Series], palette: [Colour; 4], neutral: Colour) -> Vec<Colour> {
    let mut order: Vec<usize> = (0..series.len()).filter(|i| !series[*i].muted).collect();
    order.sort_by_key(|i| !series[*i].focus);
    let mut colours = vec![neutral; series.len()];
    for (i, colour) in order.into_iter().zip(palette) {
        colours[i] = colour;
    }
    colours
}

/// Colours are drawn over everything grey, and the focus over all.
fn order(series: &[Series], colours: &[Colour], grey: Colour) -> Vec<usize> {
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by_key(|i| (colours[*i] != grey, series[*i].focus));
    order
}

/// Draws the bands, then the pieces of the line, and gives the pieces in pixels.
fn draw_series(
    layout: &mut Layout<'_>,
    series: &Series,
    (x, y): (&Scale, &Scale),
    (colour, width): (Colour, f64),
) -> Vec<Vec<At>> {
    let mut lines: Vec<Vec<At>> = line::spans(series).iter().map(|span| line::places(span, x, y)).collect();
    for span in &lines {
        layout.svg.draw(&Dashes::new(span.clone(), colour.line(width.min(1.5)), line::DOTS));
    }
    for piece in line::pieces(series) {
        // Bands of several series would turn muddy: the focus alone has one.
        for outline in line::bands(&piece, x, y).filter(|_| series.focus) {
            if outline.len() == 2 {
                layout.svg.draw(&PathElement::new(outline, colour.line(1.5)));
            } else {
                layout.svg.draw(&Polygon::new(outline, colour.shade(0.18)));
            }
        }
        let line = line::places(&piece, x, y);
        if let [alone] = line[..] {
            layout.svg.draw(&Circle::new(alone, units(width + 0.5), colour.fill()));
        }
        layout.svg.draw(&PathElement::new(line.clone(), colour.line(width)));
        lines.push(line);
    }
    // Of many grey lines the ends would be a column of dots.
    let plain = width < 1.0;
    if let Some(end) = lines.last().and_then(|line| line.last()).filter(|_| !plain) {
        layout.svg.draw(&Circle::new(*end, units(width + 1.5), colour.fill()));
    }
    lines
}

fn line_ends(
    (series, path, axis): (&[Series], &[(f64, f64)], f64),
    data: &Data,
    colours: &[Colour],
    layout: &Layout<'_>,
) -> Vec<End> {
    let mut ends = Vec::new();
    let last = |series: &Series| series.points.iter().rev().find_map(|p| p.value.map(|v| (p.x, v)));
    let newest = series.iter().filter_map(last).map(|at| at.0).fold(f64::NEG_INFINITY, f64::max);
    let labels: Vec<&str> = series.iter().map(|s| s.label.as_str()).collect();
    // Two lines of the strip, less the longest figure.
    let figure = format!("{}{}", percent(0.888), layout.sign);
    let figure = fill(&layout.locale.drawing.at_period, &[("value", &figure), ("period", "2000")]);
    let room = 0.9 * (0.6 * (layout.right - layout.left) - width(&figure, size::LABEL, Weight::SemiBold));
    let names = shorten_apart(&labels, size::LABEL, Weight::SemiBold, room);
    for ((series, colour), name) in series.iter().zip(colours).zip(names) {
        if let Some(at) = last(series) {
            let value = format!("{}{}", percent(at.1), layout.sign);
            // A line that ends before the others, or before the axis, says when.
            let early = at.0 < newest;
            let parts = [("value", value.as_str()), ("period", &line::period(at.0))];
            let figure = if early || at.0 < axis { fill(&layout.locale.drawing.at_period, &parts) } else { value };
            ends.push(End { at, name, figure, colour: *colour, strong: series.focus, dashed: false, early });
        }
    }
    if let Some(at) = path.last() {
        let name = or(&data.path_label, &layout.locale.drawing.path).to_owned();
        // The path is kept with the focus: the chart is about the distance of the two.
        ends.push(End {
            at: *at,
            name,
            figure: String::new(),
            colour: layout.palette.ink,
            strong: true,
            dashed: true,
            early: false,
        });
    }
    ends
}

fn describe(series: &[Series], path: &[(f64, f64)], milestones: &[(f64, f64)], data: &Data, layout: &Layout<'_>) -> Vec<String> {
    let drawing = &layout.locale.drawing;
    let pairs = |points: &[(f64, f64)]| {
        let words: Vec<String> = points.iter().map(|(x, v)| format!("{} {}{}", period(*x), percent(*v), layout.sign)).collect();
        words.join(", ")
    };
    let mut says = Vec::new();
    for s in series {
        let known: Vec<(f64, f64)> = s.points.iter().filter_map(|p| p.value.map(|v| (p.x, v))).collect();
        if known.is_empty() {
            says.push(format!("{}: {}", s.label, layout.nothing()));
            continue;
        }
        let mut words = format!("{}: {}", s.label, pairs(&known));
        // The interval of the last figure: those of all would be a table.
        if let Some((low, high)) = s.points.iter().rev().find(|p| p.value.is_some()).and_then(|p| p.interval) {
            let label = or(&data.interval_label, &drawing.interval);
            words.push_str(&format!(" ({label} {}{})", drawing.span(&percent(low), &percent(high)), layout.sign));
        }
        let cuts = [(&drawing.break_at, &s.breaks), (&drawing.caution_at, &s.cautions)];
        for (pattern, year) in cuts.into_iter().flat_map(|(pattern, years)| years.iter().map(move |year| (pattern, year))) {
            if year.is_finite() {
                words.push_str(&format!("; {}", fill(pattern, &[("period", &period(*year))])));
            }
        }
        says.push(words);
    }
    if !path.is_empty() {
        let label = or(&data.path_label, &layout.locale.drawing.path);
        says.push(format!("{label}: {}", pairs(path)));
    }
    if !milestones.is_empty() {
        says.push(fill(&drawing.milestones, &[("values", &pairs(milestones))]));
    }
    says
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_lies_below_colours_and_the_focus_on_top() {
        let palette = Theme::Light.palette();
        let series: Vec<Series> = (0..6).map(|i| Series { focus: i == 5, ..Series::default() }).collect();
        let colours = colours(&series, palette.series, palette.neutral);
        assert_eq!(order(&series, &colours, palette.neutral), [3, 4, 0, 1, 2, 5]);
    }

    #[test]
    fn a_wide_trend_is_taller() {
        let points =
            vec![Point { x: 2000.0, value: Some(0.2), interval: None }, Point { x: 2020.0, value: Some(0.3), interval: None }];
        let data = Data { series: vec![Series { points, ..Series::default() }], ..Data::default() };
        let height = |width| draw("t", &Frame { width, ..Frame::default() }, &data, Theme::Light).height;
        assert!((height(1400.0) - height(400.0) - 240.0).abs() < 1.0);
    }
}
