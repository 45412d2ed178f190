//! The slope chart: every group in two periods, joined by a line.

use plotters::element::{Circle, PathElement};

use crate::area::spread;
use crate::axis::{Scale, extent, percent, sound, ticks};
use crate::backend::units;
use crate::elements::Dashes;
use crate::fonts::Weight;
use crate::frame::{Frame, Layout, widest};
use crate::key::{self, Mark};
use crate::locale::Locale;
use crate::picture::Picture;
use crate::svg::{Anchor, Type};
use crate::text::{shorten, shorten_apart, width, wrap};
use crate::theme::{Colour, Palette, Theme, size};
use crate::words::{named_below, or};

mod beside;

use beside::{Beside, Side};

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
    /// The two figures may not be compared: they stand side by side, and no line joins them.
    NotComparable,
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
    /// Whether the row stands out among faint ones.
    pub emphasised: bool,
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
            Self::Unclear | Self::NotComparable => (palette.neutral, 1.25),
        }
    }

    fn clear(self) -> bool {
        matches!(self, Self::Rise | Self::Fall)
    }

    fn words<'a>(self, data: &'a Data, locale: &'a Locale) -> &'a str {
        match self {
            Self::Rise => or(&data.rise_label, ""),
            Self::Fall => or(&data.fall_label, ""),
            Self::Unclear => or(&data.unclear_label, ""),
            Self::NotComparable => &locale.drawing.not_comparable,
        }
    }

    fn mark(self, palette: &Palette) -> Mark {
        let (colour, weight) = self.pen(palette);
        match self {
            Self::NotComparable => Mark::Hollow(colour),
            Self::Unclear => Mark::Dashes(colour.line(weight), DASHES),
            _ => Mark::Line(colour.line(weight)),
        }
    }
}

const LEADING: f64 = 16.0;

/// Of a line that is no clear change: where colour is lost, its weight alone would not tell it from a faint one.
const DASHES: (f64, f64) = (5.0, 4.0);

/// What a few rows take at least, and many at most where there is no page to keep to.
const HEIGHTS: (f64, f64) = (320.0, 960.0);

/// Rows up to which names may take several lines; of more, each has one.
const LOOSE: usize = 24;

/// How full the height may be where every row is named. Beyond it leads would cross the whole drawing.
const FULL: f64 = 0.6;

/// How far a label may stand from the end of its line where there are more rows than can be named.
const NEAR: f64 = 26.0;

/// Rates that lie closer together than this are seen from zero: a small change must not climb the whole drawing.
const LEAST: f64 = 0.1;

/// So many of the lines of a crowded drawing stand out: the first of those that are named, and the ends of the range.
const STRONG: usize = 6;

/// The width that lines keep where names stand at both of their ends.
const LINES: f64 = 480.0;

/// Draws a slope chart. The drawing grows until every row has a name; of more rows than its height can name, those are named
/// that have room where their lines end, the clear changes first.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let (palette, locale) = (layout.palette, layout.locale);
    let all: Vec<Row> = data.rows.iter().map(|row| Row { from: sound(row.from), to: sound(row.to), ..row.clone() }).collect();
    // The end of a row has its name: without it a dot would say nothing.
    let mut rows: Vec<Row> = all.iter().filter(|row| row.to.is_some()).cloned().collect();
    let Some((low, high)) = extent(rows.iter().flat_map(|row| [row.from, row.to]).flatten()) else {
        return layout.no_evidence();
    };
    // The foot says where the axis starts: at zero, or at a round rate where that would press the lines together.
    let far = low > 0.5 * high && high - low >= LEAST;
    let low = if low >= 0.0 && !far { 0.0 } else { ticks(low, high, 6)[0] };
    let kinds = [Change::Rise, Change::Fall, Change::Unclear, Change::NotComparable].into_iter();
    let there = |change: &Change| rows.iter().any(|row| row.change == *change && row.from.is_some());
    let mut items: Vec<_> = kinds.filter(there).map(|c| (c.mark(palette), c.words(data, locale).to_owned())).collect();
    if rows.iter().any(|row| row.from.is_none()) {
        items.push((Mark::Full(palette.neutral), locale.around.one_period_only.clone()));
    }
    let picked = rows.iter().any(|row| row.emphasised);
    let page = layout.room().map_or(HEIGHTS.1, |room| (room - 104.0).clamp(400.0, HEIGHTS.1));
    let dense = rows.len() > LOOSE;
    let crowded = dense && rows.len() as f64 * LEADING > FULL * page;
    if crowded && !picked {
        items.push((Mark::Nothing, locale.around.strong_rows.clone()));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let set = Type::new(if rows.len() > 60 { size::SMALL } else { size::LABEL }, palette.ink);
    let content = layout.right - layout.left;
    let figure = width("100.0", set.size, Weight::SemiBold);
    // Rates under one per cent would read alike at different heights.
    let places = if low.abs().max(high) < 0.01 { 2 } else { 1 };
    let beside = Beside { figure, places, gap: if dense { 16.0 } else { 10.0 }, most: if dense { 1 } else { 3 }, set };
    let widest = widest(rows.iter().map(|row| row.label.as_str()), set.size);
    let both = content - 2.0 * (beside.figures() + beside.gap + widest) >= LINES;
    // Names stand at the right, where a reader arrives, and at the left too where there is room for them.
    let names = if both { widest } else { widest.min(if dense { 0.45 } else { 0.36 } * content) };
    let labels: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    // Wrapped lines are not full.
    let cut = shorten_apart(&labels, set.size, Weight::SemiBold, names * if dense { 1.0 } else { 2.4 });
    rows.iter_mut().zip(cut).for_each(|(row, label)| row.label = label);
    let start = layout.left + beside.figures() + if both { beside.gap + names } else { 0.0 };
    let end = layout.right - names - beside.gap - beside.figures();
    let names = layout.right - end - beside.gap - beside.figures();
    let left = Side { of: |row| row.from, x: start, out: -1.0, names: both.then_some(names) };
    let right = Side { of: |row| row.to, x: end, out: 1.0, names: Some(names) };

    let top = layout.top + 34.0;
    let needed = |side: &Side| side.known(rows.iter()).iter().map(|(row, _)| beside.height(row, side)).sum::<f64>();
    let needed = needed(&left).max(needed(&right));
    // Names that have no room are left out, so that a crowded drawing may be as short as a page asks.
    let height = (1.8 * needed).min(page).max(if crowded { 0.0 } else { needed }).max(HEIGHTS.0);
    let bottom = top + height;
    let y = Scale { low, high, start: bottom - LEADING / 2.0, end: top + LEADING / 2.0 };
    let named: Vec<&Row> = if crowded { with_room(&rows, &y, (top, bottom)) } else { rows.iter().collect() };
    let strong = strong(&rows, &named, crowded);
    let is_strong = |row: &Row| strong.iter().any(|other| std::ptr::eq(*other, row));
    let head = Type::new(size::LABEL, palette.ink).semi_bold().anchored(Anchor::Middle);
    for (x, label, default) in [(start, &data.from_label, &locale.drawing.before), (end, &data.to_label, &locale.drawing.after)] {
        layout.svg.draw(&PathElement::new([(x, top), (x, bottom)], palette.rule.line(1.0)));
        let words = shorten(or(label, default), head.size, head.weight, (end - start - 12.0).max(40.0));
        let room = head.width(&words) / 2.0;
        // Where the two would meet each gives way to its own side.
        let aside = (room - (end - start) / 2.0 + 6.0).max(0.0);
        let middle = if x > start { x + aside } else { x - aside };
        let middle = middle.max(layout.left + room).min(layout.right - room);
        layout.svg.text((middle, top - 12.0), &words, &head);
    }

    let mut order: Vec<&Row> = rows.iter().collect();
    // What is clear is drawn over what is not.
    order.sort_by_key(|row| (is_strong(row), row.change.clear()));
    for row in order {
        let (colour, weight) = row.change.pen(palette);
        let faint = !is_strong(row);
        let (style, dot) = if faint { (colour.faint(1.0, 0.4), 2.5) } else { (colour.line(weight), 3.5) };
        let places = (row.from.map(|v| (start, y.place(v))), row.to.map(|v| (end, y.place(v))));
        let apart = row.change == Change::NotComparable;
        if let ((Some(from), Some(to)), false) = (places, apart) {
            match row.change {
                Change::Unclear => layout.svg.draw(&Dashes::new([from, to], style, DASHES)),
                _ => layout.svg.draw(&PathElement::new([from, to], style)),
            }
        }
        for at in [places.0, places.1].into_iter().flatten() {
            if apart {
                Mark::Hollow(colour).draw(&mut layout.svg, at, palette, 4.5);
            } else {
                layout.svg.draw(&Circle::new(at, units(dot), colour.fill()));
            }
        }
    }
    for side in [&left, &right] {
        beside.write(&mut layout, side, &named, &is_strong, (&y, top, bottom));
    }

    let (before, after) = (or(&data.from_label, &locale.drawing.before), or(&data.to_label, &locale.drawing.after));
    let mut says: Vec<String> = all.iter().map(|row| describe(row, (before, after), data, &layout)).collect();
    let mut feet: Vec<String> = Vec::new();
    if low > 1e-9 {
        feet.push(layout.axis_starts(&percent(low)));
    }
    let mut listed = |pattern: &str, without: Vec<&str>, period: &str| {
        feet.extend(named_below(pattern, &without, period));
    };
    for (of, period) in [((|row| row.from) as fn(&Row) -> Option<f64>, before), (|row| row.to, after)] {
        let without = all.iter().filter(|row| of(row).is_none()).map(|row| row.label.as_str());
        listed(&locale.drawing.without_figure, without.collect(), period);
    }
    let is_named = |row: &Row| named.iter().any(|other| std::ptr::eq(*other, row));
    let unnamed = all.iter().filter(|row| row.to.is_some()).zip(&rows).filter(|(_, row)| !is_named(row));
    listed(&locale.drawing.without_name, unnamed.map(|(row, _)| row.label.as_str()).collect(), "");
    let mut free = bottom + 12.0;
    for words in feet {
        let set = Type::new(size::SMALL, palette.muted);
        for line in wrap(&words, set.size, set.weight, content) {
            layout.svg.text((layout.left, free + 12.0), &line, &set);
            free += 18.0;
        }
        says.push(words);
    }
    layout.finish(free, says)
}

/// A row in words: both figures, and what can be said of the change between them.
fn describe(row: &Row, (before, after): (&str, &str), data: &Data, layout: &Layout<'_>) -> String {
    let rate = |v: Option<f64>| v.map_or(layout.nothing(), |v| format!("{}{}", percent(v), layout.sign));
    let figures = format!("{}: {before} {}, {after} {}", row.label, rate(row.from), rate(row.to));
    match row.from.and(row.to) {
        Some(_) => format!("{figures}; {}", row.change.words(data, layout.locale).to_lowercase()),
        None => figures,
    }
}

/// The rows that stand out: those that were asked for, else all, but in a crowded drawing those that are looked for first,
/// and the highest and the lowest.
fn strong<'r>(rows: &'r [Row], named: &[&'r Row], crowded: bool) -> Vec<&'r Row> {
    let picked: Vec<&Row> = rows.iter().filter(|row| row.emphasised).collect();
    if !picked.is_empty() {
        return picked;
    }
    if !crowded {
        return rows.iter().collect();
    }
    let by = |a: &&&Row, b: &&&Row| a.to.unwrap_or_default().total_cmp(&b.to.unwrap_or_default());
    let ends = [named.iter().max_by(by), named.iter().min_by(by)];
    named.iter().take(STRONG).chain(ends.into_iter().flatten()).copied().collect()
}

/// The rows that can be named at both ends near their lines: clear changes before others, larger before smaller, and of
/// the two clear directions the rarer one first, which a reader looks for; where both are as many they take turns.
fn with_room<'r>(rows: &'r [Row], y: &Scale, (top, bottom): (f64, f64)) -> Vec<&'r Row> {
    let size = |row: &Row| row.from.zip(row.to).map_or(0.0, |(from, to)| (to - from).abs());
    let rank = |row: &Row| {
        let alike = || rows.iter().filter(|other| other.change == row.change);
        let larger = alike().filter(|other| size(other) > size(row)).count();
        match row.change.clear() {
            _ if row.emphasised => 0,
            true => larger * alike().count(),
            // What a title leaves over is looked for, where it is little.
            false if 8 * alike().count() < rows.len() => larger,
            false => usize::MAX,
        }
    };
    let mut order: Vec<&Row> = rows.iter().collect();
    order.sort_by(|a, b| size(b).total_cmp(&size(a)));
    order.sort_by_cached_key(|row| rank(row));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: Vec<Row>) -> Picture {
        draw("s", &Frame::default(), &Data { rows, rise_label: "rise".into(), ..Data::default() }, Theme::Light)
    }

    fn row(label: &str, from: f64, to: f64, change: Change) -> Row {
        Row { label: label.into(), from: Some(from), to: Some(to), change, ..Row::default() }
    }

    #[test]
    fn no_line_joins_what_may_not_be_compared() {
        let lines = |change| drawn(vec![row("Wales", 0.6, 0.5, change)]).marks().iter().filter(|m| m.kind == "line").count();
        let apart = drawn(vec![row("Wales", 0.6, 0.5, Change::NotComparable)]);
        // The line itself and its piece of the key.
        assert_eq!(lines(Change::NotComparable) + 2, lines(Change::Unclear));
        assert!(apart.texts().iter().any(|t| t.text == "not comparable"));
        assert!(apart.describe().contains("After 50.0%; not comparable"));
    }

    #[test]
    fn the_rarer_direction_keeps_its_names() {
        let mut rows: Vec<Row> =
            (0..60).map(|i| row(&format!("Falling {i}"), 0.5, 0.3 + 0.0001 * f64::from(i), Change::Fall)).collect();
        rows.push(row("Rising", 0.3, 0.301, Change::Rise));
        let names: Vec<_> = drawn(rows).texts().iter().map(|t| t.text.clone()).collect();
        assert!(names.iter().any(|name| name == "Rising"), "{names:?}");
        assert!(names.iter().any(|name| name.contains("without room for a name")));
    }

    #[test]
    fn figures_below_one_per_cent_have_one_more_decimal() {
        let picture = drawn(vec![row("Wales", 0.002, 0.0024, Change::Rise), row("Scotland", 0.002, 0.0021, Change::Rise)]);
        assert!(["0.24", "0.21"].iter().all(|figure| picture.texts().iter().any(|t| t.text == *figure)));
    }

    #[test]
    fn a_row_without_its_second_figure_is_counted_and_said() {
        let lone = Row { to: None, ..row("Malta", 0.4, 0.4, Change::Unclear) };
        let picture = drawn(vec![lone, row("Wales", 0.4, 0.5, Change::Rise)]);
        assert!(!picture.texts().iter().any(|t| t.text == "Malta" || t.text == "40.0%"));
        assert!(picture.describe().contains("Malta: Before 40.0%, After no evidence."), "{}", picture.describe());
        assert!(picture.texts().iter().any(|t| t.text == "1 without a figure in After: Malta"));
    }
}
