//! Small multiples: one small trend chart a group on shared axes, the whole behind each in grey.

use crate::axis::{Scale, extent, percent, rate_ticks, sound, tick_label, ticks};
use crate::backend::At;
use crate::elements::Strokes;
use crate::frame::{Frame, Layout, name_lines, widest};
use crate::key::{self, Mark};
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::shorten;
use crate::theme::{Colour, Palette, Theme, size};
use crate::trend::{Series, line};
use crate::words::or;

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
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
}

impl Set {
    fn height(&self, lines: usize) -> f64 {
        lines as f64 * self.leading + 6.0 + self.plot + 14.0
    }

    /// Columns, width of a panel and lines of the longest name, with so much room across.
    fn columns(&self, content: f64, panels: &[Panel], ink: Colour) -> (usize, f64, usize) {
        let columns = (((content + self.gap) / (self.least + self.gap)).floor() as usize).clamp(1, panels.len());
        // The last row is as full as the others, or nearly.
        let columns = panels.len().div_ceil(panels.len().div_ceil(columns));
        let panel = ((content + self.gap) / columns as f64 - self.gap).min(260.0).floor();
        let title = Type::new(self.size, ink).semi_bold();
        let room = panel - beside(panels, &title);
        let lines = panels.iter().map(|p| name_lines(&p.series.label, &title, room, 2).len()).max().unwrap_or(1).max(1);
        (columns, panel, lines)
    }
}

/// Draws a page of small multiples.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let palette = layout.palette;
    let mut panels: Vec<Panel> =
        data.panels.iter().map(|p| Panel { series: line::ordered(&p.series), target: sound(p.target) }).collect();
    if data.order == Order::Latest {
        let key = |panel: &Panel| latest(&panel.series).map_or(f64::NEG_INFINITY, |(_, v)| v);
        panels.sort_by(|a, b| key(b).total_cmp(&key(a)));
    }
    let whole = data.whole.as_ref().map(line::ordered);
    let every = || panels.iter().map(|p| &p.series).chain(&whole);
    let drawn = || every().flat_map(|s| s.points.iter().filter(|p| p.value.is_some()));
    let (Some((first, last)), true) = (extent(drawn().map(|p| p.x)), panels.iter().any(|p| latest(&p.series).is_some())) else {
        return layout.no_evidence();
    };
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
    let items = items(data, &panels, palette);
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let step = marks[1] - marks[0];
    let figure = |(i, m): (usize, &f64)| format!("{}{}", tick_label(*m, step), if i + 1 == marks.len() { "%" } else { "" });
    let figures: Vec<String> = marks.iter().enumerate().map(figure).collect();
    let gutter = widest(figures.iter().map(String::as_str), size::SMALL) + 8.0;
    let content = layout.right - layout.left - gutter;
    let mut set = WIDE;
    let (mut columns, mut panel, mut lines) = set.columns(content, &panels, palette.ink);
    // What stands above and below the panels themselves.
    if let Some(room) = layout.room().map(|room| room - 40.0)
        && room < panels.len().div_ceil(columns) as f64 * set.height(lines)
    {
        set = CLOSE;
        (columns, panel, lines) = set.columns(content, &panels, palette.ink);
        let spare = room / panels.len().div_ceil(columns) as f64 - set.height(lines);
        set.plot = (set.plot + spare).clamp(CLOSE.plot, WIDE.plot);
    }
    let page = Page { panel, set, lines, first, last, marks };
    let top = layout.top + 6.0;
    let start = layout.left + gutter;
    let corner = |i: usize| {
        (
            start + ((i % columns) as f64 * (page.panel + page.set.gap)).round(),
            top + ((i / columns) as f64 * page.height()).round(),
        )
    };
    let corners: Vec<At> = (0..panels.len()).map(corner).collect();
    draw_marks(&mut layout, &page, &corners, &panels, whole.as_ref());
    draw_words(&mut layout, &page, &corners, &panels);
    let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::End);
    for corner in corners.iter().step_by(columns) {
        let y = page.y(corner.1);
        // Figures keep two lines of text apart.
        let pitch = page.set.plot / (page.marks.len() - 1) as f64;
        let every = (15.0 / pitch).ceil().max(1.0) as usize;
        for (mark, figure) in page.marks.iter().zip(&figures).rev().step_by(every) {
            layout.svg.text((corner.0 - 6.0, y.place(*mark) + 0.36 * set.size), figure, &set);
        }
    }
    for corner in &corners[panels.len().saturating_sub(columns)..] {
        years(&mut layout, &page, *corner);
    }
    let rows = panels.len().div_ceil(columns);
    let mut bottom = top + rows as f64 * page.height() + 14.0;
    if page.marks[0] > 1e-9 {
        let words = layout.axis_starts(&tick_label(page.marks[0], step));
        bottom += 16.0;
        layout.svg.text((layout.left, bottom), &words, &Type::new(size::SMALL, palette.muted));
        bottom += 4.0;
    }
    let mut says: Vec<String> = whole.iter().map(describe).collect();
    says.extend(panels.iter().map(|panel| {
        let target = panel.target.map_or(String::new(), |v| format!("; {} {}%", or(&data.target_label, "target"), percent(v)));
        format!("{}{target}", describe(&panel.series))
    }));
    layout.finish(bottom, says)
}

fn items(data: &Data, panels: &[Panel], palette: &Palette) -> Vec<(Mark, String)> {
    let colour = palette.series[0];
    let mut items = Vec::new();
    if panels.iter().any(|p| p.series.points.iter().any(|p| p.interval.is_some())) {
        items.push((Mark::Band(colour, 0.18), or(&data.interval_label, "Interval").to_owned()));
    }
    if let Some(whole) = &data.whole {
        items.push((Mark::Line(palette.neutral.line(1.25)), or(&whole.label, "All together").to_owned()));
    }
    if panels.iter().any(|p| p.target.is_some()) {
        items.push((Mark::Dashes(palette.ink.line(1.25), (3.0, 3.0)), or(&data.target_label, "Target").to_owned()));
    }
    if panels.iter().any(|p| !p.series.breaks.is_empty()) {
        items.push((Mark::Dashes(palette.muted.line(1.0), (1.5, 2.5)), or(&data.break_label, "Break").to_owned()));
    }
    items
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
        svg.draw(&Strokes::new(page.marks.iter().map(|mark| level(&corners[0], *mark)), palette.rule.line(1.0)));
        let pieces = whole.iter().flat_map(|whole| line::pieces(whole)).map(|piece| line::places(&piece, &x, &y));
        svg.draw(&Strokes::new(pieces, palette.neutral.line(1.25)));
    });
    let each = || panels.iter().zip(corners);
    let targets = each().filter_map(|(panel, corner)| Some(level(corner, panel.target?)));
    layout.svg.draw(&Strokes::new(targets, palette.ink.line(1.25)).dashed((3.0, 3.0)));
    let cuts = each().flat_map(|(panel, corner)| {
        let (x, y) = (page.x(corner.0), page.y(corner.1));
        let inside = panel.series.breaks.iter().filter(|cut| **cut > page.first && **cut <= page.last);
        inside.map(move |cut| vec![(x.place(*cut), y.end), (x.place(*cut), y.start)])
    });
    layout.svg.draw(&Strokes::new(cuts, palette.muted.line(1.0)).dashed((1.5, 2.5)));
    let (mut bands, mut lines) = (Vec::new(), Vec::new());
    for (panel, corner) in each() {
        let (x, y) = (page.x(corner.0), page.y(corner.1));
        for piece in line::pieces(&panel.series) {
            // The soft edge of a band bears whole pixels, which a page of many panels can write in fewer letters.
            bands.extend(line::bands(&piece, &x, &y).map(|band| band.into_iter().map(|(x, y)| (x.round(), y)).collect()));
            lines.push(line::places(&piece, &x, &y));
        }
    }
    layout.svg.draw(&Strokes::new(bands, colour.shade(0.18)));
    let alone: Vec<At> = lines.iter().filter(|line| line.len() == 1).map(|line| line[0]).collect();
    layout.svg.draw(&Strokes::new(lines, colour.line(1.75)));
    let ends = each().filter_map(|(panel, corner)| {
        latest(&panel.series).map(|(at, value)| (page.x(corner.0).place(at), page.y(corner.1).place(value)))
    });
    // A line without length has round ends: a dot.
    for (dots, width) in [(alone, 3.0), (ends.collect(), 5.5)] {
        layout.svg.draw(&Strokes::new(dots.into_iter().map(|at| vec![at, at]), colour.line(width)));
    }
}

/// Name and latest figure above each panel.
fn draw_words(layout: &mut Layout<'_>, page: &Page, corners: &[At], panels: &[Panel]) {
    let palette = layout.palette;
    let plain = Type::new(page.set.size, palette.ink);
    let base = |corner: &At| corner.1 + page.lines as f64 * page.set.leading - 3.0;
    let room = page.panel - beside(panels, &plain.semi_bold());
    for (panel, corner) in panels.iter().zip(corners) {
        let set = if panel.series.focus { plain.semi_bold() } else { plain };
        let names = name_lines(&panel.series.label, &set, room, page.lines);
        for (i, words) in names.iter().enumerate() {
            layout.svg.text((corner.0, base(corner) - (names.len() - 1 - i) as f64 * page.set.leading), words, &set);
        }
    }
    for (panel, corner) in panels.iter().zip(corners) {
        if let Some((_, value)) = latest(&panel.series) {
            layout.svg.text((corner.0 + page.panel, base(corner)), &percent(value), &plain.anchored(Anchor::End));
        } else {
            let set = Type::new(size::SMALL, palette.muted).with_halo();
            let y = page.y(corner.1);
            let words = shorten(&layout.locale.drawing.no_evidence, set.size, set.weight, page.panel - 8.0);
            layout.svg.text((corner.0 + 4.0, (y.start + y.end) / 2.0 + 0.36 * set.size), &words, &set);
        }
    }
}

/// What the widest latest figure takes beside a name.
fn beside(panels: &[Panel], set: &Type) -> f64 {
    panels.iter().filter_map(|p| latest(&p.series)).map(|(_, value)| set.width(&percent(value))).fold(0.0, f64::max) + 8.0
}

/// The first and the last year below the lowest panel of a column.
fn years(layout: &mut Layout<'_>, page: &Page, (left, top): At) {
    let (x, base) = (page.x(left), page.y(top).start + 17.0);
    let set = Type::new(size::SMALL, layout.palette.muted);
    layout.svg.text((left, base), &line::period(x.low), &set);
    layout.svg.text((left + page.panel, base), &line::period(x.high), &set.anchored(Anchor::End));
}

fn latest(series: &Series) -> Option<(f64, f64)> {
    series.points.iter().rev().find_map(|p| p.value.map(|v| (p.x, v)))
}

fn describe(series: &Series) -> String {
    let known = || series.points.iter().filter_map(|p| p.value.map(|v| (p.x, v)));
    match (known().next(), known().next_back()) {
        (Some((from, old)), Some((to, new))) if to > from => {
            let (from, to) = (line::period(from), line::period(to));
            format!("{}: {}% in {from}, {}% in {to}", series.label, percent(old), percent(new))
        }
        (_, Some((to, new))) => format!("{}: {}% in {}", series.label, percent(new), line::period(to)),
        _ => format!("{}: no evidence", series.label),
    }
}
