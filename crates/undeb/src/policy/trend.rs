//! Trends: the level and the slope behind a series of noisy figures.

use std::sync::Arc;

use serde::Serialize;

use super::log_odds::{LogOdds, Treatment};
use super::series::Series;
use super::trend_choice::{Candidate, choose};
use super::trend_options::{TrendModel, TrendOptions};
use crate::dynamics::{Diagnostics, Line, Model, Observations, State, Structure, Variances, expit};
use crate::error::Result;
use crate::estimation::Estimate;
use crate::schema::{Measure, Period, SeriesBreak};
use crate::survey::distribution::normal_quantile;
use crate::survey::interval::Interval;

/// The smoothed level and slope of one period, on the log-odds scale, with what is not known of the variances counted in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TrendPoint {
    /// When.
    pub period: Period,
    /// The figure, where there is one.
    pub figure: Option<f64>,
    /// What was done to the figure.
    pub treatment: Option<Treatment>,
    /// Level, as log odds.
    pub log_odds: f64,
    /// Its standard error.
    pub log_odds_se: f64,
    /// Slope, as log odds a year.
    pub slope: f64,
    /// Its standard error; 0 where the model has no slope.
    pub slope_se: f64,
}

impl TrendPoint {
    /// The level as a share.
    pub fn value(&self) -> f64 {
        expit(self.log_odds)
    }

    /// Interval of the level: that of the log odds, carried back.
    pub fn interval(&self, level: f64) -> Interval {
        let half = normal_quantile(0.5 + level / 2.0) * self.log_odds_se;
        Interval { low: expit(self.log_odds - half), high: expit(self.log_odds + half) }
    }

    /// Pace in fractions a year: `p (1 - p) slope`. None where the model has no slope.
    pub fn pace(&self) -> Option<f64> {
        let p = self.value();
        (self.slope_se > 0.0).then_some(p * (1.0 - p) * self.slope)
    }

    /// Interval of the pace, the level taken as it is.
    pub fn pace_interval(&self, level: f64) -> Option<Interval> {
        let p = self.value();
        let half = normal_quantile(0.5 + level / 2.0) * self.slope_se;
        let at = |slope: f64| p * (1.0 - p) * slope;
        (self.slope_se > 0.0).then(|| Interval { low: at(self.slope - half), high: at(self.slope + half) })
    }
}

/// A departure from the trend that is larger than chance makes in 5 % of series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Oddity {
    /// When.
    pub period: Period,
    /// Size as log odds.
    pub size: f64,
    /// Size over its standard error.
    pub z: f64,
}

/// The level and slope behind a series, the model chosen and why, and what does not fit.
///
/// ```
/// use undeb::{Measure, PublishedTable, Registry, TrendOptions};
/// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
/// let series = table.estimate(&[Measure::Density], Some(1.5))?.track(Measure::Density, "US", "private")?;
/// let trend = series.trend(&TrendOptions::default())?;
/// let now = trend.latest();
/// assert!(now.value() < 0.07 && now.pace_interval(0.95).is_none_or(|i| i.low < 0.0));
/// assert!(trend.reasons()[0].contains(trend.model().id()));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trend {
    pub(super) measure: Measure,
    pub(super) region: Arc<str>,
    pub(super) sector: Arc<str>,
    pub(super) place: String,
    pub(super) options: TrendOptions,
    pub(super) structure: Structure,
    pub(super) observations: Observations,
    pub(super) first: Period,
    /// The grid of variances, each with its share.
    pub(super) grid: Vec<(f64, Variances)>,
    pub(super) effective_n: f64,
    pub(super) figures: Vec<Estimate>,
    model: TrendModel,
    variances: Variances,
    candidates: Vec<Candidate>,
    points: Vec<TrendPoint>,
    reasons: Vec<String>,
    line: Option<Line>,
    line_from: Option<Period>,
    outliers: Vec<Oddity>,
    jumps: Vec<Oddity>,
    diagnostics: Diagnostics,
    breaks: Vec<SeriesBreak>,
    shifts: Vec<(Period, f64, f64)>,
    left_out: Vec<Period>,
}

impl Series {
    /// The trend of the series by a state-space model on the log-odds scale, with the sampling error of each figure known.
    ///
    /// Variances of the moves are integrated over, not plugged in. Source: METHODS M20.
    ///
    /// # Errors
    /// Fewer than three figures with a known or assumed error since the last incomparable break; a measure that is a
    /// signed difference; options outside their range; a bridge where there is no break.
    pub fn trend(&self, options: &TrendOptions) -> Result<Trend> {
        options.check()?;
        let context = |e: crate::error::Error| e.context(format!("the trend of {} of {}", self.measure().name(), self.place));
        let scaled = LogOdds::of(self, options)?;
        let years = scaled.first.length();
        let damping = options.damping.powf(years);
        let choice = choose(&scaled.observations, options.model, damping).map_err(context)?;
        let structure = choice.model.structure(damping);
        let model = Model::new(structure, &scaled.observations).map_err(context)?;
        let grid = model.grid(choice.model.free(), &choice.maximum);
        let mixture = model.mixture(&grid).map_err(context)?;
        let likeliest = model.given(choice.maximum.variances).map_err(context)?;
        let last = scaled.observations.last();
        let points: Vec<TrendPoint> = (0..=last)
            .map(|t| {
                let period = scaled.first.later(t);
                let seen = scaled.treatments.iter().find(|(p, ..)| *p == period);
                let (log_odds, variance) = mixture.state(State::Level(t));
                let (slope, slope_variance) = mixture.state(State::Slope(t));
                TrendPoint {
                    period,
                    figure: seen.map(|s| s.1),
                    treatment: seen.and_then(|s| s.2),
                    log_odds,
                    log_odds_se: variance.sqrt(),
                    slope: slope / years,
                    slope_se: slope_variance.sqrt() / years,
                }
            })
            .collect();
        let diagnostics = likeliest.diagnostics();
        let odd = |of: &[crate::dynamics::Departure]| -> Vec<Oddity> {
            of.iter()
                .filter(|d| d.z.abs() > diagnostics.limit)
                .map(|d| Oddity { period: scaled.first.later(d.at), size: d.size, z: d.z })
                .collect()
        };
        let skip = scaled.used.len().saturating_sub(options.line_figures);
        let recent: Vec<_> = scaled.used[skip..].iter().filter(|(p, ..)| !options.bridges.iter().any(|b| *p < b.at)).collect();
        let end = scaled.used.last().map_or(scaled.first, |u| u.0);
        let line = Line::through(
            &recent.iter().map(|r| r.0.years_since(end)).collect::<Vec<_>>(),
            &recent.iter().map(|r| r.1).collect::<Vec<_>>(),
            &recent.iter().map(|r| r.2).collect::<Vec<_>>(),
        );
        let shifts = options.bridges.iter().filter(|b| b.sd.is_none()).zip(likeliest.shifts());
        let mut trend = Trend {
            measure: self.measure(),
            region: Arc::clone(&self.region),
            sector: Arc::clone(&self.sector),
            place: self.place.clone(),
            options: options.clone(),
            structure,
            first: scaled.first,
            grid: mixture.parts().iter().map(|p| (p.weight, p.posterior.variances())).collect(),
            effective_n: scaled.effective_n,
            figures: self.figures.clone(),
            model: choice.model,
            variances: choice.maximum.variances,
            candidates: choice.candidates,
            points,
            reasons: Vec::new(),
            line,
            line_from: recent.first().map(|r| r.0),
            outliers: odd(&diagnostics.figures),
            jumps: odd(&diagnostics.jumps),
            breaks: self.breaks().cloned().collect(),
            shifts: shifts.map(|(b, (size, se))| (b.at, size, se)).collect(),
            left_out: scaled.treatments.iter().filter(|t| t.2 == Some(Treatment::LeftOut)).map(|t| t.0).collect(),
            diagnostics,
            observations: scaled.observations.clone(),
        };
        trend.reasons = trend.say();
        Ok(trend)
    }
}

impl Trend {
    /// The measure.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// Region code.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Sector code.
    pub fn sector(&self) -> &str {
        &self.sector
    }

    /// Region and sector in words.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What was chosen.
    pub fn options(&self) -> &TrendOptions {
        &self.options
    }

    /// The model of the trend.
    pub fn model(&self) -> TrendModel {
        self.model
    }

    /// The most likely variances of the moves of a step; a zero says that the figures show no such move.
    pub fn variances(&self) -> Variances {
        self.variances
    }

    /// The models that were compared, best first.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Level and slope of every period from the first to the last figure, gaps too.
    pub fn points(&self) -> &[TrendPoint] {
        &self.points
    }

    /// Level and slope of the last figure.
    pub fn latest(&self) -> TrendPoint {
        // A trend has at least three points.
        self.points[self.points.len() - 1]
    }

    /// The trend at a period inside the series.
    pub fn at(&self, period: Period) -> Option<&TrendPoint> {
        self.points.iter().find(|p| p.period == period)
    }

    /// Why this model, and what was assumed or left out, in sentences.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// The plain straight line through the last figures, as fractions, and its first figure.
    pub fn line(&self) -> Option<(Line, Period)> {
        self.line.zip(self.line_from)
    }

    /// Whether trend and straight line say different things of the pace: each lies outside the other's interval.
    pub fn disagrees_with_line(&self, level: f64) -> bool {
        let now = self.latest();
        let Some(line) = self.line else { return false };
        let z = normal_quantile(0.5 + level / 2.0);
        let of_trend = now.pace().unwrap_or(0.0);
        let outside_line = (of_trend - line.slope).abs() > z * line.slope_se;
        outside_line && now.pace_interval(level).is_none_or(|i| line.slope < i.low || line.slope > i.high)
    }

    /// Figures that stand apart from all others.
    pub fn outliers(&self) -> &[Oddity] {
        &self.outliers
    }

    /// Jumps of the level that the model does not expect.
    pub fn jumps(&self) -> &[Oddity] {
        &self.jumps
    }

    /// Every test of a departure, and of the one-step prediction errors.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Whether the errors of one-step predictions follow each other, so that intervals may be too narrow.
    pub fn errors_follow(&self) -> bool {
        self.diagnostics().follow.is_some_and(|r| r.abs() > 2.0 / (self.points().len() as f64).sqrt())
    }

    /// Bridged breaks of which nothing was assumed: period, amount before it as log odds, its standard error.
    pub fn bridged(&self) -> &[(Period, f64, f64)] {
        &self.shifts
    }

    /// Figures that were left out, because no error is stated for them.
    pub fn left_out(&self) -> &[Period] {
        &self.left_out
    }

    /// Breaks inside the series.
    pub fn breaks(&self) -> &[SeriesBreak] {
        &self.breaks
    }
}
