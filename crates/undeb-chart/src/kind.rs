//! The kinds of chart, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Cause, ChartError};

/// A kind of chart.
///
/// ```
/// use undeb_chart::Kind;
/// assert_eq!("small-multiples".parse::<Kind>()?, Kind::SmallMultiples);
/// assert!("pie".parse::<Kind>().is_err_and(|e| e.to_string().contains("trend, small-multiples")));
/// # Ok::<(), undeb_chart::ChartError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Lines over time with their intervals, the path of a target, and breaks that no line crosses.
    Trend,
    /// One small line chart for each region or sector, the whole behind it.
    SmallMultiples,
    /// Estimates with their intervals in one period, highest first, against the level of a target where there is one.
    Interval,
    /// Baseline, latest figure and target of every cell of a target, with the gap in points and in workers.
    Gap,
    /// A measure by sector and region.
    Heatmap,
    /// A tile-grid map.
    Tiles,
    /// Two periods, joined.
    Slope,
    /// Contributions that add up to a change.
    Waterfall,
    /// The rate of valid answers between the bounds that missing answers leave.
    Bounds,
    /// Density against coverage, with the diagonal.
    Scatter,
    /// Estimates against their sample, with the limits that sampling alone would leave.
    Funnel,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 11] = [
        Kind::Trend,
        Kind::SmallMultiples,
        Kind::Interval,
        Kind::Gap,
        Kind::Heatmap,
        Kind::Tiles,
        Kind::Slope,
        Kind::Waterfall,
        Kind::Bounds,
        Kind::Scatter,
        Kind::Funnel,
    ];

    /// The name of the kind: `trend`, `small-multiples`, ...
    pub const fn id(self) -> &'static str {
        match self {
            Kind::Trend => "trend",
            Kind::SmallMultiples => "small-multiples",
            Kind::Interval => "interval",
            Kind::Gap => "gap",
            Kind::Heatmap => "heatmap",
            Kind::Tiles => "tiles",
            Kind::Slope => "slope",
            Kind::Waterfall => "waterfall",
            Kind::Bounds => "bounds",
            Kind::Scatter => "scatter",
            Kind::Funnel => "funnel",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Kind {
    type Err = ChartError;

    fn from_str(name: &str) -> Result<Self, ChartError> {
        let found = Kind::ALL.into_iter().find(|k| k.id() == name);
        found.ok_or_else(|| Cause::choice("kind of chart", name, Kind::ALL.iter().map(|k| k.id())).into())
    }
}
