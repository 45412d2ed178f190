//! What may be chosen for a trend, and what is chosen where nothing is said.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dynamics::{Free, Structure};
use crate::error::{Error, Result, choices};
use crate::schema::Period;

/// How the level of a series moves, on the log-odds scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendModel {
    /// A level that wanders, without a slope: the best guess is that it stays.
    LocalLevel,
    /// A level that wanders around a slope that never changes.
    Drift,
    /// A slope that wanders, and a level that follows it smoothly.
    SmoothTrend,
    /// Level and slope both wander.
    LocalLinearTrend,
    /// A slope that wanders and dies away.
    DampedTrend,
}

impl TrendModel {
    /// All of them, simplest first.
    pub const ALL: [TrendModel; 5] = [
        TrendModel::LocalLevel,
        TrendModel::Drift,
        TrendModel::SmoothTrend,
        TrendModel::LocalLinearTrend,
        TrendModel::DampedTrend,
    ];

    /// The word used in files.
    pub const fn id(self) -> &'static str {
        match self {
            TrendModel::LocalLevel => "local_level",
            TrendModel::Drift => "drift",
            TrendModel::SmoothTrend => "smooth_trend",
            TrendModel::LocalLinearTrend => "local_linear_trend",
            TrendModel::DampedTrend => "damped_trend",
        }
    }

    /// What it supposes, for a reader.
    pub const fn words(self) -> &'static str {
        match self {
            TrendModel::LocalLevel => "a level that wanders without a direction",
            TrendModel::Drift => "a level that wanders around a steady slope",
            TrendModel::SmoothTrend => "a slope that changes gradually",
            TrendModel::LocalLinearTrend => "a level and a slope that both change",
            TrendModel::DampedTrend => "a slope that changes and dies away",
        }
    }

    pub(super) const fn structure(self, damping: f64) -> Structure {
        match self {
            TrendModel::LocalLevel => Structure::Level,
            TrendModel::DampedTrend => Structure::Slope { damping },
            _ => Structure::Slope { damping: 1.0 },
        }
    }

    pub(super) const fn free(self) -> Free {
        match self {
            TrendModel::LocalLevel | TrendModel::Drift => Free::Level,
            TrendModel::SmoothTrend | TrendModel::DampedTrend => Free::Slope,
            TrendModel::LocalLinearTrend => Free::Both,
        }
    }

    /// How many variances are estimated.
    pub(super) const fn variances(self) -> usize {
        if matches!(self, TrendModel::LocalLinearTrend) { 2 } else { 1 }
    }
}

impl fmt::Display for TrendModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for TrendModel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        TrendModel::ALL.into_iter().find(|m| m.id() == text).ok_or_else(|| {
            Error::schema(format!("`{text}` is not a model of a trend")).help(choices(text, TrendModel::ALL.map(TrendModel::id)))
        })
    }
}

/// A bridge across a series break: what lies before it may differ from what follows by one amount on the log-odds scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bridge {
    /// The break.
    pub at: Period,
    /// Standard deviation of the amount before anything is seen; none where nothing is assumed of it.
    pub sd: Option<f64>,
}

/// What may be chosen for a trend.
///
/// ```
/// let options = undeb::TrendOptions { assumed_se: Some(0.01), ..Default::default() };
/// assert_eq!((options.damping, options.line_figures), (0.9, 10));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrendOptions {
    /// The model; chosen by one-step predictions when none is named.
    pub model: Option<TrendModel>,
    /// Share of the slope of a damped trend that is left a year later. Not estimated.
    pub damping: f64,
    /// Correlation of the sampling errors of figures one, two, ... steps apart; none when empty.
    pub correlation: Vec<f64>,
    /// Breaks that are bridged. An incomparable break that is not bridged ends the series.
    pub bridges: Vec<Bridge>,
    /// Standard error of figures without a stated one, as a fraction; those figures are left out when none is assumed.
    pub assumed_se: Option<f64>,
    /// First period that counts.
    pub from: Option<Period>,
    /// Figures that the plain straight line goes through, counted from the last.
    pub line_figures: usize,
}

impl Default for TrendOptions {
    fn default() -> Self {
        TrendOptions {
            model: None,
            damping: 0.9,
            correlation: Vec::new(),
            bridges: Vec::new(),
            assumed_se: None,
            from: None,
            line_figures: 10,
        }
    }
}

impl TrendOptions {
    pub(super) fn correlation_at(&self, lag: usize) -> f64 {
        if lag == 0 { 1.0 } else { self.correlation.get(lag - 1).copied().unwrap_or(0.0) }
    }

    /// # Errors
    /// A number that is none, or outside of what it may be.
    pub(super) fn check(&self) -> Result<()> {
        let wrong = |what: &str, value: f64, help: &str| Err(Error::plan(format!("{what} is {value}")).help(help));
        if let Some(se) = self.assumed_se.filter(|se| !(*se > 0.0 && *se < 0.5)) {
            return wrong("the assumed standard error", se, "write 0.01 for one point");
        }
        if let Some(rho) = self.correlation.iter().find(|rho| !(-1.0 < **rho && **rho < 1.0)) {
            return wrong("a correlation of sampling errors", *rho, "it lies between -1 and 1");
        }
        if !(self.damping > 0.0 && self.damping < 1.0) {
            return wrong("the damping", self.damping, "it lies between 0 and 1; 1 would be a smooth trend");
        }
        if let Some(sd) = self.bridges.iter().filter_map(|b| b.sd).find(|sd| !(sd.is_finite() && *sd > 0.0)) {
            return wrong("the standard deviation of a bridge", sd, "give a positive number on the log-odds scale");
        }
        if self.line_figures < 3 {
            return wrong("the number of figures of the straight line", self.line_figures as f64, "give at least 3");
        }
        Ok(())
    }
}
