//! The funnel chart: estimates against their sample sizes, inside the limits that chance alone would keep.

use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::theme::Theme;

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dot {
    /// The name of the group.
    pub label: String,
    /// The sample size; more than zero.
    pub size: f64,
    /// The estimate.
    pub value: Option<f64>,
    /// Whether the estimate lies outside the limits; its name is placed first.
    pub outside: bool,
}

/// Two curves that hold a given share of estimates if all groups had the same rate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Limit {
    /// What the curves are, such as "95% limits".
    pub label: String,
    /// Sample size, lower and upper limit, in rising order of size.
    pub points: Vec<(f64, f64, f64)>,
}

/// Everything a funnel chart shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups.
    pub dots: Vec<Dot>,
    /// The rate of all groups together.
    pub centre: Option<f64>,
    /// What the middle line is, such as "United Kingdom".
    pub centre_label: String,
    /// The limits, inner before outer.
    pub limits: Vec<Limit>,
    /// What the level axis is, such as "Respondents".
    pub size_label: String,
    /// What the upright axis is, such as "Union density, %".
    pub value_label: String,
    /// What a coloured dot is, such as "outside the 99.8% limits".
    pub outside_label: String,
}

/// Draws a funnel chart.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let _ = data;
    Layout::begin(id, frame, theme, 0.0).no_evidence()
}
