//! The waterfall chart: contributions that lead step by step from one rate to another.

use plotters::element::{PathElement, Rectangle};

use crate::axis::{decimal, extent, rate_ticks, signed_to, sound, sound_pair, ticks};
use crate::frame::{Frame, Layout};
use crate::key::{self, Mark};
use crate::locale::fill;
use crate::picture::Picture;
use crate::rows::{Column, Rows};
use crate::theme::{Palette, Theme};
use crate::words::or;

/// One contribution.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// What contributes.
    pub label: String,
    /// How much, as a fraction: −0.012 is 1.2 percentage points down.
    pub value: Option<f64>,
    /// The interval of the contribution.
    pub interval: Option<(f64, f64)>,
    /// Whether the step is of several that may have gone both ways.
    pub several: bool,
}

/// Everything a waterfall chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The rate at the start; without it the steps begin at zero.
    pub start: Option<f64>,
    /// What the start is, such as "2014".
    pub start_label: String,
    /// The contributions from top to bottom.
    pub steps: Vec<Step>,
    /// The rate, or the change, that the steps lead to. What they leave unexplained becomes a step of its own.
    pub end: Option<f64>,
    /// What the end is, such as "2024".
    pub end_label: String,
    /// What the steps leave unexplained.
    pub rest_label: String,
    /// What the thin line is, such as "95% interval".
    pub interval_label: String,
}

/// One row of the drawing: a rate, or a step from one to another.
struct Bar {
    label: String,
    from: Option<f64>,
    to: f64,
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    several: bool,
}

impl Bar {
    /// Whether the interval leaves open if the step raises or lowers.
    fn open(&self) -> bool {
        self.from.zip(self.interval).is_some_and(|(from, (low, high))| low <= from && from <= high)
    }

    /// Whether the step raises, or lowers, as its colour says.
    fn raises(&self) -> Option<bool> {
        self.from?;
        self.value.filter(|v| *v != 0.0 && !self.several && !self.open()).map(|v| v > 0.0)
    }
}

/// Decimals of points and rates: one, or two where every step is smaller than a point and would lose its digits.
pub(crate) fn places(steps: &[Step]) -> usize {
    let most = steps.iter().filter_map(|step| sound(step.value)).fold(0.0, |most: f64, v| most.max(v.abs()));
    if most < 0.01 { 2 } else { 1 }
}

fn bars(data: &Data, places: usize) -> Vec<Bar> {
    // What is smaller than half of the last digit printed is no rest.
    let rounding = 0.5 * 0.1f64.powi(places as i32 + 2);
    let total =
        |label: &str, to: f64| Bar { label: label.to_owned(), from: None, to, value: Some(to), interval: None, several: false };
    let start = sound(data.start);
    let mut at = start.unwrap_or(0.0);
    let mut bars: Vec<Bar> = start.map(|v| total(or(&data.start_label, "Start"), v)).into_iter().collect();
    for step in &data.steps {
        let (from, value) = (at, sound(step.value));
        at += value.unwrap_or(0.0);
        let interval = sound_pair(step.interval).filter(|_| value.is_some()).map(|(low, high)| (from + low, from + high));
        bars.push(Bar { label: step.label.clone(), from: Some(from), to: at, value, interval, several: step.several });
    }
    if let Some(end) = sound(data.end) {
        if (end - at).abs() >= rounding {
            let label = or(&data.rest_label, "Not explained").to_owned();
            bars.push(Bar { label, from: Some(at), to: end, value: Some(end - at), interval: None, several: true });
        }
        bars.push(total(or(&data.end_label, "End"), end));
    }
    bars
}

/// A rate as a share of 100, a step in points with its sign.
fn figure(bar: &Bar, places: usize) -> String {
    match (bar.value, bar.from) {
        (None, _) => "–".to_owned(),
        (Some(v), Some(_)) => signed_to(100.0 * v, places),
        (Some(v), None) => format!("{}%", decimal(100.0 * v, places)),
    }
}

/// Draws a waterfall chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let mut layout = Layout::begin(id, frame, theme);
    let (palette, locale) = (layout.palette, layout.locale);
    let drawing = &locale.drawing;
    let places = places(&data.steps);
    let bars = bars(data, places);
    if bars.iter().all(|bar| bar.value.is_none()) {
        return layout.no_evidence();
    }
    let mut items = Vec::new();
    for (colour, words, up) in [(palette.series[0], &drawing.raises, true), (palette.series[3], &drawing.lowers, false)] {
        if bars.iter().any(|bar| bar.raises() == Some(up)) {
            items.push((Mark::Band(colour, 1.0), words.to_owned()));
        }
    }
    if bars.iter().any(Bar::open) {
        items.push((Mark::Frame(palette.neutral), drawing.open_step.clone()));
    }
    if bars.iter().any(|bar| bar.several && bar.value.is_some()) {
        items.push((Mark::Band(palette.neutral, 1.0), locale.around.several_together.clone()));
    }
    if bars.iter().any(|bar| bar.interval.is_some()) {
        items.push((Mark::Line(palette.ink.line(1.5)), or(&data.interval_label, &drawing.interval).to_owned()));
    }
    layout.top = key::draw(&mut layout.svg, palette, (layout.left, layout.right, layout.top), &items);

    let shown = || bars.iter().flat_map(|bar| [Some(bar.to), bar.from].into_iter().flatten().chain(ends(bar)));
    // A change by itself is measured from zero; between two rates the steps would be too small to see from there.
    let ticks = match (sound(data.start), extent(shown())) {
        (Some(_), Some((low, high))) => ticks(low, high, 6),
        _ => rate_ticks(shown().chain([0.0]), 6),
    };
    let values = bars.iter().map(|bar| figure(bar, places)).collect();
    let columns = vec![Column { header: locale.around.points_header.clone(), values }];
    let names: Vec<&str> = bars.iter().map(|bar| bar.label.as_str()).collect();
    let plan = Rows::plan(&layout, &names, columns, &ticks);
    let bottom = plan.axis(&mut layout, &ticks);
    for (i, bar) in bars.iter().enumerate() {
        plan.name(&mut layout, i, &bar.label, bar.from.is_none());
        if i + 1 < bars.len() {
            let x = plan.scale.place(bar.to);
            layout.svg.draw(&plan.joint(x, i, palette.neutral.line(1.0)));
        }
        draw_bar(&mut layout, &plan, i, bar, palette);
    }
    let strong: Vec<bool> = bars.iter().map(|bar| bar.from.is_none()).collect();
    plan.columns(&mut layout, &strong);
    let says = bars.iter().map(|bar| match (bar.value, bar.from) {
        (None, _) => format!("{}: {}", bar.label, drawing.no_evidence.to_lowercase()),
        (Some(_), None) => format!("{}: {}", bar.label, figure(bar, places)),
        (Some(_), Some(from)) => {
            let span = bar.interval.map_or(String::new(), |(low, high)| {
                format!(
                    " ({})",
                    drawing.span(&signed_to(100.0 * (low - from), places), &signed_to(100.0 * (high - from), places))
                )
            });
            let value = format!("{}{span}", figure(bar, places));
            let end = format!("{}%", decimal(100.0 * bar.to, places));
            format!("{}: {}", bar.label, fill(&drawing.step_points, &[("value", &value), ("end", &end)]))
        }
    });
    let says = says.collect();
    layout.finish(bottom, says)
}

fn ends(bar: &Bar) -> impl Iterator<Item = f64> {
    let (low, high) = bar.interval.unzip();
    [low, high].into_iter().flatten()
}

fn draw_bar(layout: &mut Layout<'_>, plan: &Rows, i: usize, bar: &Bar, palette: &'static Palette) {
    let (y, half) = (plan.middle(i), plan.thickness() / 2.0);
    let to = plan.scale.place(bar.to);
    let Some(from) = bar.from.map(|v| plan.scale.place(v)) else {
        Mark::Full(palette.ink).draw(&mut layout.svg, (to, y), palette, plan.radius());
        return;
    };
    if bar.value.is_none() {
        plan.no_evidence(layout, i);
        return;
    }
    let colour = match bar.raises() {
        Some(true) => palette.series[0],
        Some(false) => palette.series[3],
        None => palette.neutral,
    };
    let corners = |inset: f64| [(from.min(to) + inset, y - half + inset), (from.max(to) - inset, y + half - inset)];
    if (to - from).abs() < 1.5 {
        layout.svg.draw(&PathElement::new([(to, y - half), (to, y + half)], colour.line(2.0)));
    } else if bar.open() {
        layout.svg.draw(&Rectangle::new(corners(0.0), palette.background.fill()));
        layout.svg.draw(&Rectangle::new(corners(0.75), colour.line(1.5)));
    } else {
        layout.svg.draw(&Rectangle::new(corners(0.0), colour.fill()));
    }
    if let Some((low, high)) = bar.interval {
        plan.rim(layout, i, (low, high));
        plan.whiskers(layout, i, (low, high), palette.ink.line(1.5));
    }
}
