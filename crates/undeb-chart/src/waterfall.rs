//! The waterfall chart: contributions that lead step by step from one rate to another.

use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::theme::Theme;

/// One contribution.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// What contributes.
    pub label: String,
    /// How much, as a fraction: −0.012 is 1.2 percentage points down.
    pub value: Option<f64>,
    /// The interval of the contribution.
    pub interval: Option<(f64, f64)>,
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

/// Draws a waterfall chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let _ = data;
    Layout::begin(id, frame, theme, 0.0).no_evidence()
}
