//! The words inside a trend chart: ends of lines, years, breaks.

use crate::axis::{Scale, nice_step};
use crate::frame::Layout;
use crate::svg::{Anchor, Stroke, Type};
use crate::text::{shorten, wrap_to};
use crate::theme::{Colour, size};

/// A label that stands to the right of the plot, near the end of its line.
pub(super) struct EndLabel {
    /// The end of the line: first as year and rate, then in pixels.
    pub(super) at: (f64, f64),
    pub(super) words: String,
    pub(super) colour: Colour,
    pub(super) strong: bool,
    pub(super) dashed: bool,
}

/// Draws as many labels as there is room for, each as near its line as its neighbours allow, and counts
/// the lines that stay without one. Labels in focus are kept before others.
pub(super) fn end_labels(
    layout: &mut Layout<'_>,
    ends: Vec<EndLabel>,
    edge: f64,
    gutter: f64,
    (top, bottom): (f64, f64),
) -> usize {
    const LEADING: f64 = 16.0;
    let all = ends.len();
    let mut ranked: Vec<(EndLabel, Vec<String>)> = Vec::new();
    let (first, then): (Vec<_>, Vec<_>) = ends.into_iter().partition(|end| end.strong);
    let mut used = 0.0;
    for end in first.into_iter().chain(then) {
        let set = style(&end, layout);
        let lines = wrap_to(&end.words, set.size, set.weight, gutter + 0.01, 2);
        let height = lines.len() as f64 * LEADING + 3.0;
        if used + height <= bottom - top {
            used += height;
            ranked.push((end, lines));
        }
    }
    ranked.sort_by(|a, b| a.0.at.1.total_cmp(&b.0.at.1));

    // Downwards first, then back up from the floor.
    let mut middles: Vec<f64> = Vec::new();
    let half = |lines: &Vec<String>| (lines.len() as f64 * LEADING + 3.0) / 2.0;
    let mut floor = top - 10.0;
    for (end, lines) in &ranked {
        let middle = end.at.1.max(floor + half(lines));
        floor = middle + half(lines);
        middles.push(middle);
    }
    let mut ceiling = bottom + 8.0;
    for (middle, (_, lines)) in middles.iter_mut().zip(&ranked).rev() {
        *middle = middle.min(ceiling - half(lines));
        ceiling = *middle - half(lines);
    }
    for ((end, lines), middle) in ranked.iter().zip(middles) {
        let set = style(end, layout);
        let wide = lines.iter().map(|l| set.width(l)).fold(0.0, f64::max);
        // A line that ends well before the axis does is named where it ends, unless others are near.
        if !end.dashed && ranked.len() <= 2 && end.at.0 + 12.0 + wide < edge - 4.0 {
            let below = ranked.iter().all(|(other, _)| !other.dashed || other.at.1 <= end.at.1);
            let first = end.at.1 + if below { 22.0 } else { -12.0 - (lines.len() as f64 - 1.0) * LEADING };
            for (i, line) in lines.iter().enumerate() {
                layout.svg.text((end.at.0 + 4.0, first + i as f64 * LEADING), line, &set.with_halo());
            }
            continue;
        }
        let first = middle - (lines.len() as f64 - 1.0) * LEADING / 2.0;
        if end.at.0 < edge - 6.0 || (middle - end.at.1).abs() > 6.0 {
            let lead = Stroke::new(layout.palette.neutral, 1.0).dashed(0.5, 4.0);
            layout.svg.line((end.at.0 + 7.0, end.at.1), (edge + 11.0, middle), &lead);
        }
        let mut swatch = Stroke::new(end.colour, 3.0);
        if end.dashed {
            swatch = Stroke::new(end.colour, 2.0).dashed(3.0, 4.0);
        }
        layout.svg.line((edge + 15.0, middle), (edge + 25.0, middle), &swatch);
        for (i, line) in lines.iter().enumerate() {
            let y = first + i as f64 * LEADING + 0.36 * set.size;
            layout.svg.text((edge + 33.0, y), line, &set);
        }
    }
    all - ranked.len()
}

fn style(end: &EndLabel, layout: &Layout<'_>) -> Type {
    let set = Type::new(size::LABEL, layout.palette.ink);
    if end.strong && !end.dashed { set.semi_bold() } else { set }
}

/// The years below the plot; the deadline is always among them.
pub(super) fn years(layout: &mut Layout<'_>, x: &Scale, bottom: f64, deadline: Option<f64>) {
    let palette = layout.palette;
    let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::Middle);
    let room = ((x.end - x.start) / 56.0).max(2.0) as usize;
    let step = nice_step(x.high - x.low, room).max(1.0).round();
    let last = deadline.filter(|d| *d > x.low && *d <= x.high);
    let mut shown: Vec<f64> = Vec::new();
    let mut year = (x.low / step).ceil() * step;
    while year <= x.high + 1e-9 && shown.len() < 60 {
        shown.push(year);
        year += step;
    }
    if let Some(last) = last {
        shown.retain(|year| (x.place(*year) - x.place(last)).abs() > 40.0);
        shown.push(last);
    }
    for year in shown {
        let at = x.place(year);
        layout.svg.line((at, bottom), (at, bottom + 5.0), &Stroke::new(palette.muted, 1.0));
        let words = if year.fract() == 0.0 { format!("{year}") } else { format!("{year:.2}") };
        layout.svg.text((at, bottom + 20.0), &words, &set);
    }
}

/// Upright dashed lines where a series breaks, each with its year; a label is left out where it would touch the one before.
pub(super) fn breaks(layout: &mut Layout<'_>, x: &Scale, (top, bottom): (f64, f64), cuts: &[f64], label: &str) {
    let palette = layout.palette;
    let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::Middle);
    let name = if label.trim().is_empty() { "Break" } else { label };
    let mut free = f64::NEG_INFINITY;
    for cut in cuts {
        let at = x.place(*cut);
        let stroke = Stroke::new(palette.muted, 1.0).dashed(2.0, 4.0);
        layout.svg.line((at, top - 5.0), (at, bottom), &stroke);
        let words = shorten(&format!("{name} {}", cut.floor()), set.size, set.weight, (x.end - x.start) / 2.0);
        let half = set.width(&words) / 2.0;
        let middle = at.clamp(x.start + half, (x.end - half).max(x.start + half));
        if middle - half > free {
            layout.svg.text((middle, top - 13.0), &words, &set);
            free = middle + half + 8.0;
        }
    }
}
