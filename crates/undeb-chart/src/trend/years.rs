//! The axis of years below a trend chart.

use plotters::element::PathElement;

use crate::axis::{Scale, nice_step};
use crate::frame::Layout;
use crate::svg::{Anchor, Type};
use crate::theme::size;

use super::line::period;

/// Draws the years; the deadline is always among them.
pub(super) fn draw(layout: &mut Layout<'_>, x: &Scale, bottom: f64, deadline: Option<f64>) {
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
        layout.svg.draw(&PathElement::new([(at, bottom), (at, bottom + 5.0)], palette.muted.line(1.0)));
        layout.svg.text((at, bottom + 20.0), &period(year), &set);
    }
}
