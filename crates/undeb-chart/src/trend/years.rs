//! The axis of years below a trend chart.

use plotters::element::PathElement;

use crate::axis::Scale;
use crate::frame::Layout;
use crate::svg::{Anchor, Type};
use crate::theme::size;

use super::line::period;

/// Distances of years that a reader can count in.
const STEPS: [f64; 9] = [1.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1_000.0, 10_000.0, 100_000.0];

/// The least distance of two years in pixels.
const APART: f64 = 40.0;

/// Draws the years: those of `kept` that do not touch one before them in the list, and round ones between them.
pub(super) fn draw(layout: &mut Layout<'_>, x: &Scale, bottom: f64, kept: &[f64]) {
    let palette = layout.palette;
    let set = Type::new(size::SMALL, palette.muted).anchored(Anchor::Middle);
    for year in shown(x, kept, |words| set.width(words)) {
        let at = x.place(year);
        layout.svg.draw(&PathElement::new([(at, bottom), (at, bottom + 5.0)], palette.muted.line(1.0)));
        layout.svg.text((at, bottom + 20.0), &period(year), &set);
    }
}

fn shown(x: &Scale, kept: &[f64], width: impl Fn(&str) -> f64) -> Vec<f64> {
    let pixels = |step: f64| step * (x.end - x.start) / (x.high - x.low);
    let step = STEPS.into_iter().find(|step| pixels(*step) >= APART).unwrap_or(100_000.0);
    let (first, last) =
        kept.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), year| (low.min(*year), high.max(*year)));
    let round = (0..).map(|i| ((first / step).ceil() + f64::from(i)) * step).take_while(|year| *year <= last).take(100);
    let mut shown: Vec<f64> = Vec::new();
    for year in kept.iter().copied().chain(round) {
        let touches = |other: &f64| {
            let room = (width(&period(year)) + width(&period(*other))) / 2.0 + 8.0;
            (x.place(year) - x.place(*other)).abs() < room.max(APART)
        };
        if !shown.iter().any(touches) {
            shown.push(year);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_named_and_round_years_between_them() {
        let x = Scale { low: 1983.0, high: 2030.0, start: 0.0, end: 470.0 };
        let years = |kept: &[f64]| {
            let mut years = shown(&x, kept, |_| 28.0);
            years.sort_by(f64::total_cmp);
            years
        };
        // 1985 would touch 1983, and 2025 the last figure.
        let ten = [1983.0, 1990.0, 1995.0, 2000.0, 2005.0, 2010.0, 2015.0, 2020.0, 2024.0, 2030.0];
        assert_eq!(years(&[1983.0, 2030.0, 2024.0]), ten);
        assert_eq!(years(&[2000.0]), [2000.0]);
    }
}
