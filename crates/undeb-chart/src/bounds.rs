//! The bounds chart: the rate among valid answers, inside what the missing answers could make of it.

use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::theme::Theme;

/// One group. Rates are fractions in [0, 1].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The name of the group.
    pub label: String,
    /// The rate among valid answers.
    pub value: Option<f64>,
    /// Its sampling interval.
    pub interval: Option<(f64, f64)>,
    /// The rate if every missing answer were a no, and if every one were a yes.
    pub bounds: Option<(f64, f64)>,
    /// The share of answers that are missing.
    pub missing: Option<f64>,
}

/// Everything a bounds chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
    /// One target for all rows.
    pub target: Option<f64>,
    /// What the target line is, such as "Target 2030".
    pub target_label: String,
    /// What the dot is, such as "Valid answers".
    pub value_label: String,
    /// What the line is, such as "95% interval".
    pub interval_label: String,
    /// What the wide bar is, such as "Missing answers all no to all yes".
    pub bounds_label: String,
    /// The header of the share of missing answers.
    pub missing_label: String,
}

/// Draws a bounds chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let _ = data;
    Layout::begin(id, frame, theme, 0.0).no_evidence()
}
