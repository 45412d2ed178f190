//! The slope chart: every group in two periods, joined by a line.

use plotters::element::{Circle, PathElement};

use crate::area::spread;
use crate::axis::{Scale, extent, percent, sound};
use crate::backend::units;
use crate::elements::Dashes;
use crate::frame::{Frame, Layout, name_lines};
use crate::key::{self, Mark};
use crate::locale::fill;
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::{shorten, width};
use crate::theme::{Colour, Palette, Theme, size};
use crate::words::or;

/// What can be said about the change of a row. The weight and the dash of the line say it as well as its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change {
    /// A rise beyond sampling error.
    Rise,
    /// A fall beyond sampling error.
    Fall,
    /// The evidence cannot tell, or was not asked.
    #[default]
    Unclear,
}

/// One group. Rates are fractions in [0, 1].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The name of the group.
    pub label: String,
    /// The rate in the first period.
    pub from: Option<f64>,
    /// The rate in the second period.
    pub to: Option<f64>,
    /// What can be said about the change.
    pub change: Change,
}

/// Everything a slope chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups, in any order.
    pub rows: Vec<Row>,
    /// The first period, such as "2014".
    pub from_label: String,
    /// The second period, such as "2024".
    pub to_label: String,
    /// What a rise is, such as "rise beyond sampling error".
    pub rise_label: String,
    /// What a fall is.
    pub fall_label: String,
    /// What the rest is.
    pub unclear_label: String,
}

impl Change {
    /// Colour and weight of the line.
    fn pen(self, palette: &Palette) -> (Colour, f64) {
        match self {
            Self::Rise => (palette.series[0], 2.25),
            Self::Fall => (palette.series[3], 2.25),
            Self::Unclear => (palette.neutral, 1.25),
        }
    }

    fn words(self, data: &Data) -> &str {
        match self {
            Self::Rise => or(&data.rise_label, ""),
            Self::Fall => or(&data.fall_label, ""),
            Self::Unclear => or(&data.unclear_label, ""),
        }
    }
}

const LEADING: f64 = 16.0;

/// Rows up to which every one is named; of more, those that have room beside their lines.
const ALL_NAMED: usize = 24;

/// How far a label may stand from the end of its line where there are more rows than can be named.
const NEAR: f64 = 10.0;

/// Draws a slope chart. A few rows all have a name and the drawing grows with them; of many, those are named that have room
/// where their lines end, the clear changes first.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let palette = layout.palette;
    let rows: Vec<Row> = data.rows.iter().map(|row| Row { from: sound(row.from), to: sound(row.to), ..row.clone() }).collect();
    let Some((low, high)) = extent(rows.iter().flat_map(|row| [row.from, row.to]).flatten()) else {
        return layout.no_evidence();
    };
    let mut items = Vec::new();
    for change in [Change::Rise, Change::Fall, Change::Unclear] {
        if rows.iter().any(|row| row.change == change && row.from.is_some() && row.to.is_some()) {
            let (colour, weight) = change.pen(palette);
            items.push((Mark::Line(colour.line(weight)), change.words(data).to_owned()));
        }
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let set = Type::new(if rows.len() > 60 { size::SMALL } else { size::LABEL }, palette.ink);
    let figure = width("100.0", set.size, crate::fonts::Weight::SemiBold);
    let content = layout.right - layout.left;
    let widest = crate::frame::widest(rows.iter().map(|row| row.label.as_str()), set.size);
    // Names stand at the right, where a reader arrives; figures stand at both ends.
    let names = widest.min(0.45 * content);
    let gap = 10.0;
    let start = layout.left + figure + gap + 6.0;
    let end = layout.right - names - figure - 2.0 * gap - 6.0;
    // A flat line says less than its change: of a wide chart the lines take no more than they need to be told apart.
    let end = end.min(start + (0.6 * content).max(420.0));

    let room = layout.right - end - 2.0 * gap - 6.0 - figure;
    let crowded = rows.len() > ALL_NAMED;
    let most = if crowded { 1 } else { 3 };
    let name = |row: &Row| name_lines(&row.label, &set.semi_bold(), room + 0.01, most);
    let tall = |row: &Row| name(row).len().max(1) as f64 * LEADING + if most > 1 { 5.0 } else { 0.0 };
    let needed = |of: fn(&Row) -> Option<f64>, tall: &dyn Fn(&Row) -> f64| {
        rows.iter().filter(|row| of(row).is_some()).map(tall).sum::<f64>()
    };
    let top = layout.top + 34.0;
    let all = needed(|row| row.from, &|_| LEADING).max(needed(|row| row.to, &tall)).max(320.0);
    // Names that have no room are left out, so that a crowded drawing may be as short as a page asks.
    let page = layout.room().map_or(800.0, |room| (room - 86.0).clamp(400.0, 800.0));
    let bottom = top + if crowded { all.min(page) } else { all };
    let y = Scale { low, high, start: bottom - LEADING / 2.0, end: top + LEADING / 2.0 };
    let named: Vec<&Row> = if crowded { with_room(&rows, &y, (top, bottom)) } else { rows.iter().collect() };
    let head = Type::new(size::LABEL, palette.ink).semi_bold();
    for (x, label, default, anchor) in
        [(start, &data.from_label, "Before", Anchor::Middle), (end, &data.to_label, "After", Anchor::Middle)]
    {
        layout.svg.draw(&PathElement::new([(x, top), (x, bottom)], palette.rule.line(1.0)));
        let words = shorten(or(label, default), head.size, head.weight, (end - start - 12.0).max(40.0));
        let room = head.width(&words) / 2.0;
        let middle = x.max(layout.left + room).min(layout.right - room);
        layout.svg.text((middle, top - 12.0), &words, &head.anchored(anchor));
    }

    let mut order: Vec<&Row> = rows.iter().collect();
    // What is clear is drawn over what is not.
    order.sort_by_key(|row| row.change != Change::Unclear);
    for row in order {
        let (colour, weight) = row.change.pen(palette);
        let places = (row.from.map(|v| (start, y.place(v))), row.to.map(|v| (end, y.place(v))));
        if let (Some(from), Some(to)) = places {
            layout.svg.draw(&PathElement::new([from, to], colour.line(weight)));
        }
        for at in [places.0, places.1].into_iter().flatten() {
            layout.svg.draw(&Circle::new(at, units(3.5), colour.fill()));
        }
    }
    let leads = palette.neutral.line(1.0);
    side(
        &mut layout,
        &named,
        |row| row.from,
        &|_| LEADING,
        &y,
        (top, bottom),
        |layout, row, value, middle, at| {
            if (middle - at).abs() > 4.0 {
                layout.svg.draw(&Dashes::new([(start - 5.0, at), (start - gap - 3.0, middle)], leads, (0.5, 3.0)));
            }
            let set = if row.change == Change::Unclear { set } else { set.semi_bold() };
            layout.svg.text((start - gap - 6.0, middle + 0.36 * set.size), &percent(value), &set.anchored(Anchor::End));
        },
    );
    side(
        &mut layout,
        &named,
        |row| row.to,
        &tall,
        &y,
        (top, bottom),
        |layout, row, value, middle, at| {
            if (middle - at).abs() > 4.0 {
                layout.svg.draw(&Dashes::new([(end + 5.0, at), (end + gap + 3.0, middle)], leads, (0.5, 3.0)));
            }
            let set = if row.change == Change::Unclear { set } else { set.semi_bold() };
            let base = middle + 0.36 * set.size;
            layout.svg.text((end + gap + 6.0 + figure, base), &percent(value), &set.anchored(Anchor::End));
            let x = end + 2.0 * gap + 6.0 + figure;
            let lines = name(row);
            let first = base - (lines.len().max(1) - 1) as f64 * LEADING / 2.0;
            for (i, line) in lines.iter().enumerate() {
                layout.svg.text((x, first + i as f64 * LEADING), line, &set);
            }
        },
    );
    let locale = layout.locale;
    let nothing = layout.nothing();
    let (before, after) = (or(&data.from_label, &locale.drawing.before), or(&data.to_label, &locale.drawing.after));
    let says = rows.iter().map(|row| {
        let rate = |v: Option<f64>| v.map_or(nothing.clone(), |v| format!("{}%", percent(v)));
        let change = row.change.words(data).to_lowercase();
        format!("{}: {before} {}, {after} {}; {change}", row.label, rate(row.from), rate(row.to))
    });
    let mut says: Vec<String> = says.collect();
    let mut free = bottom + 12.0;
    let without = rows.iter().filter(|row| row.to.is_none()).count();
    let without = (without, fill(&locale.drawing.without_figure, &[("count", &without.to_string()), ("period", after)]));
    let unnamed = rows.len() - named.len();
    let unnamed = (unnamed, fill(&locale.drawing.without_name, &[("count", &unnamed.to_string())]));
    for (_, words) in [without, unnamed].iter().filter(|(count, _)| *count > 0) {
        says.push(words.clone());
        let set = Type::new(size::SMALL, palette.muted);
        layout.svg.text((layout.left, free + 12.0), &shorten(words, set.size, set.weight, content), &set);
        free += 18.0;
    }
    layout.finish(free, says)
}

/// The rows that can be named at both ends near their lines: clear changes before others, larger ones before smaller.
fn with_room<'r>(rows: &'r [Row], y: &Scale, (top, bottom): (f64, f64)) -> Vec<&'r Row> {
    let size = |row: &Row| row.from.zip(row.to).map_or(0.0, |(from, to)| (to - from).abs());
    let mut order: Vec<&Row> = rows.iter().collect();
    order.sort_by(|a, b| (a.change == Change::Unclear).cmp(&(b.change == Change::Unclear)).then(size(b).total_cmp(&size(a))));
    let mut named: Vec<&Row> = Vec::new();
    for row in order {
        named.push(row);
        let near = |of: fn(&Row) -> Option<f64>| {
            let mut wanted: Vec<(f64, f64)> = named.iter().filter_map(|row| Some((y.place(of(row)?), LEADING))).collect();
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
            spread(&wanted, top, bottom).iter().zip(&wanted).all(|(middle, (at, _))| (middle - at).abs() <= NEAR)
        };
        if !near(|row| row.from) || !near(|row| row.to) {
            named.pop();
        }
    }
    named
}

/// Sets the labels of one end, spread so that each has a line of its own: the row, its value, where the label stands,
/// and where the line ends.
fn side(
    layout: &mut Layout<'_>,
    rows: &[&Row],
    of: fn(&Row) -> Option<f64>,
    height: &dyn Fn(&Row) -> f64,
    y: &Scale,
    (top, bottom): (f64, f64),
    mut set: impl FnMut(&mut Layout<'_>, &Row, f64, f64, f64),
) {
    let mut known: Vec<(&Row, f64)> = rows.iter().filter_map(|row| Some((*row, of(row)?))).collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let wanted: Vec<(f64, f64)> = known.iter().map(|(row, value)| (y.place(*value), height(row))).collect();
    for ((row, value), (middle, (at, _))) in known.into_iter().zip(spread(&wanted, top, bottom).into_iter().zip(&wanted)) {
        set(layout, row, value, middle, *at);
    }
}
