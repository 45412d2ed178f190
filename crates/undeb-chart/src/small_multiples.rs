//! Small multiples: one small trend chart a group on shared axes, the whole behind each in grey.

use plotters::element::{Circle, PathElement, Polygon};

use crate::axis::{Scale, extent, percent, rate_ticks, sound, tick_label, ticks};
use crate::backend::{At, units};
use crate::elements::{Dashes, Strokes};
use crate::frame::{Frame, Layout, name_lines, widest};
use crate::key::{self, Mark};
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::shorten;
use crate::theme::{Palette, Theme, size};
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

/// The least width of a panel, and the height of its plot.
const LEAST: f64 = 116.0;
const PLOT: f64 = 64.0;
const GAP: f64 = 18.0;
const LEADING: f64 = 15.0;

/// The shared axes and the grid of panels.
struct Page {
    columns: usize,
    panel: f64,
    gutter: f64,
    /// The lines that the longest name needs.
    lines: usize,
    first: f64,
    last: f64,
    marks: Vec<f64>,
}

impl Page {
    fn height(&self) -> f64 {
        self.lines as f64 * LEADING + 6.0 + PLOT + 14.0
    }

    fn x(&self, left: f64) -> Scale {
        Scale { low: self.first, high: self.last, start: left + 3.0, end: left + self.panel - 5.0 }
    }

    fn y(&self, top: f64) -> Scale {
        let start = top + self.lines as f64 * LEADING + 6.0 + PLOT;
        Scale { low: self.marks[0], high: self.marks[self.marks.len() - 1], start, end: start - PLOT }
    }
}

/// Draws a page of small multiples.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme, 0.0);
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
            ticks(low, high, 3)
        }
        None => rate_ticks(rates.chain([0.0]), 3),
    };
    let items = items(data, &panels, palette);
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let step = marks[1] - marks[0];
    let figure = |(i, m): (usize, &f64)| format!("{}{}", tick_label(*m, step), if i + 1 == marks.len() { "%" } else { "" });
    let figures: Vec<String> = marks.iter().enumerate().map(figure).collect();
    let gutter = widest(figures.iter().map(String::as_str), size::SMALL) + 8.0;
    let content = layout.right - layout.left - gutter;
    let columns = (((content + GAP) / (LEAST + GAP)).floor() as usize).clamp(1, panels.len());
    let panel = ((content + GAP) / columns as f64 - GAP).min(260.0);
    let title = Type::new(size::SMALL, palette.ink).semi_bold();
    let value = title.width("100.0") + 8.0;
    let lines = panels.iter().map(|p| name_lines(&p.series.label, &title, panel - value, 2).len()).max().unwrap_or(1).max(1);
    let page = Page { columns, panel, gutter, lines, first, last, marks };
    let top = layout.top + 6.0;
    for (i, panel) in panels.iter().enumerate() {
        let corner =
            (layout.left + page.gutter + (i % columns) as f64 * (page.panel + GAP), top + (i / columns) as f64 * page.height());
        let foot = i + columns >= panels.len();
        draw_panel(&mut layout, &page, corner, panel, whole.as_ref());
        if i % columns == 0 {
            let y = page.y(corner.1);
            let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::End);
            for (mark, figure) in page.marks.iter().zip(&figures) {
                layout.svg.text((corner.0 - 6.0, y.place(*mark) + 0.36 * set.size), figure, &set);
            }
        }
        if foot {
            years(&mut layout, &page, corner);
        }
    }
    let rows = panels.len().div_ceil(columns);
    let mut bottom = top + rows as f64 * page.height() + 14.0;
    if page.marks[0] > 1e-9 {
        let words = format!("Axis starts at {}%", tick_label(page.marks[0], step));
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

fn draw_panel(layout: &mut Layout<'_>, page: &Page, (left, top): At, panel: &Panel, whole: Option<&Series>) {
    let palette = layout.palette;
    let (x, y, colour) = (page.x(left), page.y(top), palette.series[0]);
    let right = left + page.panel;
    let title = Type::new(size::SMALL, palette.ink);
    let title = if panel.series.focus { title.semi_bold() } else { title };
    let room = page.panel - title.width("100.0") - 8.0;
    let names = name_lines(&panel.series.label, &title, room, page.lines);
    let base = top + page.lines as f64 * LEADING - 3.0;
    for (i, words) in names.iter().enumerate() {
        layout.svg.text((left, base - (names.len() - 1 - i) as f64 * LEADING), words, &title);
    }
    let grid: Vec<At> = page.marks.iter().flat_map(|mark| [(left, y.place(*mark)), (right, y.place(*mark))]).collect();
    layout.svg.draw(&Strokes { points: grid, style: palette.rule.line(1.0), dash: None });
    for cut in panel.series.breaks.iter().filter(|cut| **cut > page.first && **cut <= page.last) {
        let at = x.place(*cut);
        layout.svg.draw(&Dashes::new([(at, y.end), (at, y.start)], palette.muted.line(1.0), (1.5, 2.5)));
    }
    if let Some(whole) = whole {
        for piece in line::pieces(whole) {
            let line: Vec<At> = piece.iter().filter_map(|p| Some((x.place(p.x), y.place(p.value?)))).collect();
            layout.svg.draw(&PathElement::new(line, palette.neutral.line(1.25)));
        }
    }
    if let Some(target) = panel.target {
        let level = [(left, y.place(target)), (right, y.place(target))];
        layout.svg.draw(&Dashes::new(level, palette.ink.line(1.25), (3.0, 3.0)));
    }
    for piece in line::pieces(&panel.series) {
        for outline in line::bands(&piece, &x, &y).filter(|outline| outline.len() > 2) {
            layout.svg.draw(&Polygon::new(outline, colour.shade(0.18)));
        }
        let line: Vec<At> = piece.iter().filter_map(|p| Some((x.place(p.x), y.place(p.value?)))).collect();
        if let [alone] = line[..] {
            layout.svg.draw(&Circle::new(alone, units(1.5), colour.fill()));
        }
        layout.svg.draw(&PathElement::new(line, colour.line(1.75)));
    }
    let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::End);
    match latest(&panel.series) {
        Some((at, value)) => {
            layout.svg.draw(&Circle::new((x.place(at), y.place(value)), units(2.75), colour.fill()));
            layout.svg.text((right, base), &percent(value), &Type { colour: palette.ink, ..set });
        }
        None => {
            let words = shorten("No evidence", set.size, set.weight, page.panel - 8.0);
            let middle = (y.start + y.end) / 2.0;
            layout.svg.text((left + 4.0, middle + 0.36 * set.size), &words, &Type { anchor: Anchor::Start, ..set }.with_halo());
        }
    }
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
    match (known().next(), known().last()) {
        (Some((from, old)), Some((to, new))) if to > from => {
            let (from, to) = (line::period(from), line::period(to));
            format!("{}: {}% in {from}, {}% in {to}", series.label, percent(old), percent(new))
        }
        (_, Some((to, new))) => format!("{}: {}% in {}", series.label, percent(new), line::period(to)),
        _ => format!("{}: no evidence", series.label),
    }
}
