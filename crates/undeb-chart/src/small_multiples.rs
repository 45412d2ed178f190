//! Small multiples: one small trend chart a group on shared axes, the whole behind each in grey.

use crate::axis::{Scale, extent, percent, rate_ticks, sound, tick_label, ticks};
use crate::backend::At;
use crate::elements::Strokes;
use crate::fonts::Weight;
use crate::frame::{Frame, Layout, widest};
use crate::key::{self, Mark};
use crate::locale::{Drawing, Locale, fill};
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::shorten_apart;
use crate::theme::{Colour, Palette, Theme, size};
use crate::trend::{Series, line};
use crate::words::or;

mod words;

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// What can be said of the change, for the text twin.
    pub remark: String,
    /// The line of the group; a series in focus has its name in bold.
    pub series: Series,
    /// The rate that the group should reach.
    pub target: Option<f64>,
}

/// In which order the panels stand, by rows from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The highest latest rate first, groups without one last.
    #[default]
    Latest,
    /// As they were given.
    Given,
}

/// Everything a page of small multiples shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups.
    pub panels: Vec<Panel>,
    /// The whole of which the groups are parts, drawn in grey behind each.
    pub whole: Option<Series>,
    /// The order of the panels.
    pub order: Order,
    /// What the band is, such as "95% interval".
    pub interval_label: String,
    /// What the dashed line is, such as "Target 2030".
    pub target_label: String,
    /// What an upright dashed line is, such as "New survey".
    pub break_label: String,
    /// A range of rates to show instead of one from zero; it is widened where data lie outside.
    pub range: Option<(f64, f64)>,
}

/// The shared axes and the grid of panels.
struct Page {
    panel: f64,
    set: Set,
    /// The lines that the longest name needs.
    lines: usize,
    first: f64,
    last: f64,
    /// The only period that there is.
    only: Option<f64>,
    marks: Vec<f64>,
}

/// How large the parts of a panel are.
#[derive(Clone, Copy)]
struct Set {
    /// Least width of a panel, and what stands between two.
    least: f64,
    gap: f64,
    plot: f64,
    /// Size and leading of names and figures.
    size: f64,
    leading: f64,
}

/// As on a screen.
const WIDE: Set = Set { least: 116.0, gap: 18.0, plot: 84.0, size: size::SMALL, leading: 15.0 };
/// Where a page would be too short: the plots are then as tall as it allows.
const CLOSE: Set = Set { least: 78.0, gap: 10.0, plot: 36.0, size: size::DENSE, leading: 12.5 };

impl Page {
    fn height(&self) -> f64 {
        self.set.height(self.lines)
    }

    fn x(&self, left: f64) -> Scale {
        Scale { low: self.first, high: self.last, start: left + 3.0, end: left + self.panel - 5.0 }
    }

    fn y(&self, top: f64) -> Scale {
        let start = top + self.lines as f64 * self.set.leading + 6.0 + self.set.plot;
        Scale { low: self.marks[0], high: self.marks[self.marks.len() - 1], start, end: start - self.set.plot }
    }

    /// The rates that have a line and a figure: two figures keep a line of text apart.
    fn grid(&self) -> impl Iterator<Item = f64> {
        let pitch = self.set.plot / (self.marks.len() - 1) as f64;
        self.marks.iter().copied().step_by((self.set.leading / pitch).ceil().max(1.0) as usize)
    }
}

impl Set {
    fn height(&self, lines: usize) -> f64 {
        lines as f64 * self.leading + 6.0 + self.plot + 14.0
    }

    /// Columns, width of a panel and lines of the longest name, with so much room across.
    fn columns(&self, content: f64, panels: &[Panel], ink: Colour, locale: &Locale) -> (usize, f64, usize) {
        let columns = (((content + self.gap) / (self.least + self.gap)).floor() as usize).clamp(1, panels.len());
        // The last row is as full as the others, or nearly.
        let columns = panels.len().div_ceil(panels.len().div_ceil(columns));
        let panel = |columns: usize| ((content + self.gap) / columns as f64 - self.gap).min(260.0).floor();
        // Fewer columns are better than a name that is parted, if that helps.
        let longest = widest(panels.iter().flat_map(|p| p.series.label.split_whitespace()), self.size);
        let whole = (columns.div_ceil(2)..=columns).rev().find(|columns| longest <= panel(*columns));
        let columns = whole.unwrap_or(columns);
        let panel = panel(columns);
        let lines = words::lines(panels, &Type::new(self.size, ink).semi_bold(), panel, locale);
        (columns, panel, lines)
    }
}

/// Draws a page of small multiples.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let palette = layout.palette;
    let mut panels: Vec<Panel> = data
        .panels
        .iter()
        .map(|p| Panel { series: line::ordered(&p.series), target: sound(p.target), remark: p.remark.clone() })
        .collect();
    if data.order == Order::Latest {
        let key = |panel: &Panel| latest(&panel.series).map_or(f64::NEG_INFINITY, |(_, v)| v);
        panels.sort_by(|a, b| key(b).total_cmp(&key(a)));
    }
    let known = |series: &Series| series.points.iter().filter(|p| p.value.is_some()).copied().collect::<Vec<_>>();
    let Some((first, last)) = extent(panels.iter().flat_map(|p| known(&p.series)).map(|p| p.x)) else {
        return layout.no_evidence();
    };
    // The whole may reach further than its parts: the panels show their own years.
    let whole = data.whole.as_ref().map(line::ordered).map(|mut whole| {
        whole.points.retain(|p| p.x >= first && p.x <= last);
        whole
    });
    let drawn = || panels.iter().map(|p| &p.series).chain(&whole).flat_map(known);
    let only = (first == last).then_some(first);
    let (first, last) = if last - first < 0.5 { (first - 1.0, last + 1.0) } else { (first, last) };
    let bands = panels.iter().flat_map(|p| p.series.points.iter().filter_map(|p| p.interval)).flat_map(|(a, b)| [a, b]);
    let rates = drawn().filter_map(|p| p.value).chain(bands).chain(panels.iter().filter_map(|p| p.target));
    let marks = match crate::axis::sound_pair(data.range) {
        Some((low, high)) => {
            let (low, high) = extent(rates.chain([low, high])).unwrap_or((low, high));
            ticks(low, high, 6)
        }
        None => rate_ticks(rates.chain([0.0]), 6),
    };
    let items = items((data, layout.locale), &panels, whole.as_ref(), (first, last), palette);
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let step = marks[1] - marks[0];
    let figures: Vec<String> = marks.iter().map(|mark| format!("{}{}", tick_label(*mark, step), layout.sign)).collect();
    let gutter = |set: Set| widest(figures.iter().map(String::as_str), set.size) + 8.0;
    let content = |set: Set| layout.right - layout.left - gutter(set);
    let mut set = WIDE;
    let (mut columns, mut panel, mut lines) = set.columns(content(set), &panels, palette.ink, layout.locale);
    // What stands above and below the panels themselves.
    if let Some(room) = layout.room().map(|room| room - 40.0)
        && room < panels.len().div_ceil(columns) as f64 * set.height(lines)
    {
        set = CLOSE;
        (columns, panel, lines) = set.columns(content(set), &panels, palette.ink, layout.locale);
        let spare = room / panels.len().div_ceil(columns) as f64 - set.height(lines);
        set.plot = (set.plot + spare).clamp(CLOSE.plot, WIDE.plot);
    }
    // Names that differ do so in two lines as well.
    let names: Vec<&str> = panels.iter().map(|p| p.series.label.as_str()).collect();
    let names = shorten_apart(&names, set.size, Weight::SemiBold, 1.5 * panel);
    let renamed = |(p, label): (&Panel, String)| Panel { series: Series { label, ..p.series.clone() }, ..p.clone() };
    let named: Vec<Panel> = panels.iter().zip(names).map(renamed).collect();
    let page = Page { panel, set, lines, first, last, only, marks };
    let top = layout.top + 6.0;
    let start = layout.left + gutter(set);
    let corner = |i: usize| {
        (
            start + ((i % columns) as f64 * (page.panel + page.set.gap)).round(),
            top + ((i / columns) as f64 * page.height()).round(),
        )
    };
    let corners: Vec<At> = (0..panels.len()).map(corner).collect();
    draw_marks(&mut layout, &page, &corners, &panels, whole.as_ref());
    words::draw(&mut layout, &page, &corners, &named);
    let set = Type::new(page.set.size, palette.muted).anchored(Anchor::End);
    let highest = page.grid().last();
    for corner in corners.iter().step_by(columns) {
        let y = page.y(corner.1);
        for mark in page.grid() {
            let sign = if Some(mark) == highest { layout.sign } else { "" };
            let figure = format!("{}{sign}", tick_label(mark, step));
            layout.svg.text((corner.0 - 6.0, y.place(mark) + 0.36 * set.size), &figure, &set);
        }
    }
    let below = corners[panels.len().saturating_sub(columns)..].iter().map(|at| words::years(&mut layout, &page, *at));
    let below = below.fold(0.0, f64::max);
    let rows = panels.len().div_ceil(columns);
    let mut bottom = top + rows as f64 * page.height() + below;
    if page.marks[0] > 1e-9 {
        let words = layout.axis_starts(&tick_label(page.marks[0], step));
        bottom += 16.0;
        layout.svg.text((layout.left, bottom), &words, &Type::new(size::SMALL, palette.muted));
        bottom += 4.0;
    }
    let words = &layout.locale.drawing;
    let mut says: Vec<String> = whole.iter().map(|whole| describe(whole, words)).collect();
    says.extend(panels.iter().map(|panel| {
        let target =
            panel.target.map_or(String::new(), |v| format!("; {} {}%", or(&data.target_label, &words.target), percent(v)));
        let remark = if panel.remark.is_empty() { String::new() } else { format!("; {}", panel.remark) };
        format!("{}{remark}{target}", describe(&panel.series, words))
    }));
    layout.finish(bottom, says)
}

/// The marks that are drawn, in words.
fn items(
    (data, locale): (&Data, &Locale),
    panels: &[Panel],
    whole: Option<&Series>,
    years: (f64, f64),
    palette: &Palette,
) -> Vec<(Mark, String)> {
    let (colour, words, around) = (palette.series[0], &locale.drawing, &locale.around);
    let mut items = Vec::new();
    if panels.iter().any(|p| p.series.points.iter().any(|p| p.value.is_some() && p.interval.is_some())) {
        let mark = if panels.iter().all(|p| lone(&p.series)) { Mark::Tick(colour) } else { Mark::Band(colour, 0.18) };
        items.push((mark, or(&data.interval_label, "Interval").to_owned()));
    }
    items.push((Mark::Nothing, around.latest_number.clone()));
    if let Some(whole) = whole.filter(|whole| latest(whole).is_some()) {
        let mark = if lone(whole) { Mark::Full(palette.neutral) } else { Mark::Line(palette.neutral.line(1.25)) };
        items.push((mark, or(&whole.label, "All together").to_owned()));
    }
    if panels.iter().any(|p| p.target.is_some()) {
        items.push((Mark::Dashes(palette.ink.line(1.25), (3.0, 3.0)), or(&data.target_label, "Target").to_owned()));
    }
    if panels.iter().any(|p| cuts(&p.series, years).next().is_some()) {
        items.push((Mark::Dashes(palette.muted.line(1.0), (1.5, 2.5)), or(&data.break_label, "Break").to_owned()));
    }
    if panels.iter().any(|p| !line::spans(&p.series).is_empty()) {
        items.push((Mark::Dashes(colour.line(1.25), line::DOTS), words.no_figure_between.clone()));
    }
    items
}

/// Whether nothing in a series may be joined.
fn lone(series: &Series) -> bool {
    line::pieces(series).iter().all(|piece| piece.len() == 1)
}

/// The breaks inside the years that are shown.
fn cuts(series: &Series, (first, last): (f64, f64)) -> impl Iterator<Item = f64> {
    series.breaks.iter().copied().filter(move |cut| *cut > first && *cut <= last)
}

/// Every layer of all panels in turn, so that marks of one style share a path: grid and whole, targets and breaks, bands,
/// lines, ends.
fn draw_marks(layout: &mut Layout<'_>, page: &Page, corners: &[At], panels: &[Panel], whole: Option<&Series>) {
    let (palette, colour) = (layout.palette, layout.palette.series[0]);
    let (x, y) = (page.x(corners[0].0), page.y(corners[0].1));
    let level = |corner: &At, rate: f64| {
        let at = page.y(corner.1).place(rate);
        vec![(corner.0, at), (corner.0 + page.panel, at)]
    };
    let away = |corner: &At| (corner.0 - corners[0].0, corner.1 - corners[0].1);
    let distances: Vec<At> = corners[1..].iter().map(away).collect();
    layout.svg.repeat("ground", &distances, |svg| {
        let (zero, marks): (Vec<f64>, Vec<f64>) = page.grid().partition(|mark| mark.abs() < 1e-9);
        for (marks, colour) in [(marks, palette.rule), (zero, palette.muted)] {
            svg.draw(&Strokes::new(marks.into_iter().map(|mark| level(&corners[0], mark)), colour.line(1.0)));
        }
        let pieces = whole.iter().flat_map(|whole| line::pieces(whole)).map(|piece| line::places(&piece, &x, &y));
        let (alone, pieces): (Vec<_>, Vec<_>) = pieces.partition(|piece: &Vec<At>| piece.len() == 1);
        svg.draw(&Strokes::new(pieces, palette.neutral.line(1.25)));
        svg.draw(&Strokes::new(alone.into_iter().map(|at| vec![at[0], at[0]]), palette.neutral.line(4.0)));
    });
    let each = || panels.iter().zip(corners);
    let targets = each().filter_map(|(panel, corner)| Some(level(corner, panel.target?)));
    layout.svg.draw(&Strokes::new(targets, palette.ink.line(1.25)).dashed((3.0, 3.0)));
    let cuts = each().flat_map(|(panel, corner)| {
        let (x, y) = (page.x(corner.0), page.y(corner.1));
        cuts(&panel.series, (page.first, page.last)).map(move |cut| vec![(x.place(cut), y.end), (x.place(cut), y.start)])
    });
    layout.svg.draw(&Strokes::new(cuts, palette.muted.line(1.0)).dashed((1.5, 2.5)));
    let (mut bands, mut lines, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for (panel, corner) in each() {
        let (x, y) = (page.x(corner.0), page.y(corner.1));
        spans.extend(line::spans(&panel.series).iter().map(|span| line::places(span, &x, &y)));
        for piece in line::pieces(&panel.series) {
            // Periods stand on whole pixels, and the edges of bands on halves, which a page of many panels can write in fewer
            // letters.
            let whole = |line: Vec<At>, step: f64| {
                line.into_iter().map(|(x, y)| (x.round(), (y / step).round() * step)).collect::<Vec<At>>()
            };
            bands.extend(line::bands(&piece, &x, &y).map(|band| whole(band, 0.5)));
            lines.push(whole(line::places(&piece, &x, &y), 1.0 / 32.0));
        }
    }
    // The interval of one period alone is an upright line.
    let (upright, bands): (Vec<_>, Vec<_>) = bands.into_iter().partition(|band: &Vec<At>| band.len() == 2);
    layout.svg.draw(&Strokes::new(bands, colour.shade(0.18)));
    layout.svg.draw(&Strokes::new(upright, colour.line(1.25)));
    let alone: Vec<At> = lines.iter().filter(|line| line.len() == 1).map(|line| line[0]).collect();
    layout.svg.draw(&Strokes::new(spans, colour.line(1.25)).dashed(line::DOTS));
    layout.svg.draw(&Strokes::new(lines, colour.line(1.75)));
    let ends = each().filter_map(|(panel, corner)| {
        latest(&panel.series).map(|(at, value)| (page.x(corner.0).place(at).round(), page.y(corner.1).place(value)))
    });
    // A line without length has round ends: a dot.
    for (dots, width) in [(alone, 4.0), (ends.collect(), 5.5)] {
        layout.svg.draw(&Strokes::new(dots.into_iter().map(|at| vec![at, at]), colour.line(width)));
    }
}

fn latest(series: &Series) -> Option<(f64, f64)> {
    series.points.iter().rev().find_map(|p| p.value.map(|v| (p.x, v)))
}

fn describe(series: &Series, words: &Drawing) -> String {
    let at = |(x, value): (f64, f64)| {
        fill(&words.at_period, &[("value", &format!("{}%", percent(value))), ("period", &line::period(x))])
    };
    let mut known = series.points.iter().filter_map(|p| p.value.map(|v| (p.x, v)));
    match (known.next(), known.next_back()) {
        (Some(old), Some(new)) => format!("{}: {}, {}", series.label, at(old), at(new)),
        (Some(only), None) => format!("{}: {}", series.label, at(only)),
        _ => format!("{}: {}", series.label, words.no_evidence.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trend::Point;

    fn series(label: &str, years: std::ops::RangeInclusive<u32>) -> Series {
        let point = |year: u32| Point { x: f64::from(year), value: Some(0.3), interval: Some((0.2, 0.4)) };
        Series { label: label.into(), points: years.map(point).collect(), ..Series::default() }
    }

    fn drawn(panels: &[Series], whole: Series) -> Picture {
        let panels = panels.iter().map(|series| Panel { series: series.clone(), target: None, ..Panel::default() }).collect();
        draw("p", &Frame::default(), &Data { panels, whole: Some(whole), ..Data::default() }, Theme::Light)
    }

    fn says(picture: &Picture, words: &str) -> bool {
        picture.texts().iter().any(|t| t.text == words)
    }

    #[test]
    fn the_years_are_those_of_the_panels_and_the_key_names_what_is_drawn() {
        let picture = drawn(&[series("Wales", 2010..=2020)], series("All", 1990..=2020));
        assert!(says(&picture, "2010") && says(&picture, "2020") && !says(&picture, "1990") && says(&picture, "All"));
        let apart = drawn(&[series("Wales", 2010..=2020)], series("All", 1990..=2000));
        assert!(!says(&apart, "All"));
        let cut = Series { breaks: vec![1995.0], ..series("Wales", 2010..=2020) };
        assert!(!says(&drawn(&[cut], series("All", 2010..=2020)), "Break"));
    }

    #[test]
    fn one_period_is_named_once_and_its_interval_is_a_line() {
        let picture = drawn(&[series("Wales", 2020..=2020)], series("All", 2020..=2020));
        assert!(says(&picture, "2020") && !says(&picture, "2019") && !says(&picture, "2021"));
        assert!(picture.svg().contains("stroke-width=\"1.25\""));
    }

    #[test]
    fn a_name_is_whole_where_fewer_columns_allow_it() {
        let panels: Vec<Series> = (0..24).map(|i| series(if i == 3 { "Massachusetts" } else { "Ohio" }, 2010..=2020)).collect();
        let picture = draw(
            "p",
            &Frame { width: 642.5, page: Some(400.0), ..Frame::default() },
            &Data {
                panels: panels.into_iter().map(|series| Panel { series, target: None, ..Panel::default() }).collect(),
                ..Data::default()
            },
            Theme::Print,
        );
        assert!(says(&picture, "Massachusetts"));
    }
}
