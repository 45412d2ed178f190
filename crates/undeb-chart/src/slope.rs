//! The slope chart: every group in two periods, joined by a line.

use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::theme::Theme;

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

/// Draws a slope chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let _ = data;
    Layout::begin(id, frame, theme, 0.0).no_evidence()
}
