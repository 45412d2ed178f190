//! Projections: where a trend leads, and how probable it is that a goal is met.

use std::sync::Arc;

use serde::Serialize;

use super::projection_options::{Goal, ProjectionOptions};
use super::trend::Trend;
use crate::dynamics::{Ahead, Model, Start, State, Structure, expit, first_passage, logit};
use crate::error::{Error, Result};
use crate::schema::{Measure, Period};
use crate::survey::interval::Interval;

/// One period ahead: a fan, and the goal.
#[derive(Clone, Debug)]
pub struct ProjectedPeriod {
    /// When.
    pub period: Period,
    /// The level then, as log odds.
    pub(super) ahead: Ahead,
    /// Sampling variance that a figure would have then, as log odds.
    pub(super) noise: f64,
    /// Probability that the level meets the goal in this period.
    pub met_at: Option<f64>,
    /// Probability that the level has met the goal in this period or before, from the last figure on.
    pub met_by: Option<f64>,
    /// Employees, where they are known.
    pub employees: Option<f64>,
    /// Goal times employees less those counted now.
    pub workers_needed: Option<f64>,
}

impl ProjectedPeriod {
    /// The level that is exceeded with probability one half.
    pub fn median(&self) -> f64 {
        expit(self.ahead.quantile(0.5, 0.0))
    }

    /// The expected level: the mean over the log odds, not the share at their mean.
    pub fn mean(&self) -> f64 {
        let of = |mean: f64, sd: f64| crate::dynamics::over_normal(|z| expit(mean + sd * z));
        self.ahead.0.iter().map(|n| n.weight * of(n.mean, n.variance.sqrt())).sum()
    }

    /// Interval of the level with equal tails.
    pub fn interval(&self, level: f64) -> Interval {
        self.between(level, 0.0)
    }

    /// Interval of the figure that a survey as large as the last would give: its sampling error is added.
    pub fn figure_interval(&self, level: f64) -> Interval {
        self.between(level, self.noise)
    }

    /// Probability that the level is at least `share` in this period.
    pub fn probability_of(&self, share: f64) -> f64 {
        above(&self.ahead, share)
    }

    fn between(&self, level: f64, noise: f64) -> Interval {
        let at = |q: f64| expit(self.ahead.quantile(q, noise));
        Interval { low: at(0.5 - level / 2.0), high: at(0.5 + level / 2.0) }
    }
}

/// When the goal is first met: years from simulated paths; none is "not within the years looked at".
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FirstMet {
    /// Probability that the level meets the goal at the last figure.
    pub already: f64,
    /// By this period half of the paths have met it.
    pub median: Option<Period>,
    /// By this period a tenth of the paths have.
    pub early: Option<Period>,
    /// By this period nine tenths of the paths have.
    pub late: Option<Period>,
    /// Share of paths that do not meet it within the years looked at.
    pub never: f64,
    /// Years after the last figure that were looked at.
    pub within: u32,
}

/// Where a trend leads.
///
/// ```
/// use undeb::{Goal, Measure, ProjectionOptions, PublishedTable, Registry, TrendOptions};
/// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
/// let series = table.estimate(&[Measure::Density], Some(1.5))?.track(Measure::Density, "CA", "private")?;
/// let options = ProjectionOptions { goal: Some(Goal::Level(0.10)), ..ProjectionOptions::to("2030".parse()?) };
/// let projection = series.trend(&TrendOptions::default())?.project(&options)?;
/// let (at, by) = (projection.met_at().unwrap(), projection.met_by().unwrap());
/// assert!(at <= by && by <= 1.0);
/// let deadline = projection.periods().last().unwrap();
/// assert!(deadline.interval(0.8).low < deadline.median() && deadline.figure_interval(0.8).low < deadline.interval(0.8).low);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Projection {
    measure: Measure,
    region: Arc<str>,
    sector: Arc<str>,
    from: Period,
    options: ProjectionOptions,
    periods: Vec<ProjectedPeriod>,
    met_at: Option<f64>,
    first_met: Option<FirstMet>,
}

impl Trend {
    /// Carries the trend on to a period, with what is not known of the variances counted in.
    ///
    /// A deadline that has passed is answered by the trend at that period. Source: METHODS M21.
    ///
    /// # Errors
    /// A goal outside 0 to 100 %; a deadline in years for a series of quarters, or the other way round; a change from a period outside the series; a deadline before the series or more than
    /// 100 years after it; no paths; employees that are not a positive number.
    pub fn project(&self, options: &ProjectionOptions) -> Result<Projection> {
        options.check(self)?;
        let model = Model::new(self.structure, &self.observations)?;
        let last = self.observations.last();
        let from = self.first.later(last);
        let step = |p: Period| (p.years_since(self.first) / self.first.length()).round();
        let deadline = step(options.to);
        let anchor = match options.goal {
            Some(Goal::Change { from, .. }) => step(from) as usize,
            _ => 0,
        };
        let starts = |at: usize| -> Result<Vec<Start>> {
            let part = |(weight, variances): &(f64, _)| {
                let (mean, covariance) =
                    model.given(*variances)?.joint(&[State::Level(at), State::Slope(at), State::Level(anchor)]);
                let unlike = |_| Error::data("three states have no covariance of three");
                Ok(Start {
                    weight: *weight,
                    variances: *variances,
                    mean: <[f64; 3]>::try_from(mean).map_err(unlike)?,
                    covariance: <[f64; 9]>::try_from(covariance).map_err(unlike)?,
                })
            };
            self.grid.iter().map(part).collect()
        };
        let mut projection = Projection {
            measure: self.measure,
            region: Arc::clone(&self.region),
            sector: Arc::clone(&self.sector),
            from,
            options: options.clone(),
            periods: Vec::new(),
            met_at: None,
            first_met: None,
        };
        let met = |starts: &[Start], h: usize| options.goal.map(|goal| met_at(starts, self.structure, h, goal));
        if deadline <= last as f64 {
            projection.met_at = met(&starts(deadline as usize)?, 0);
            return Ok(projection);
        }
        let starts = starts(last)?;
        let steps = deadline as usize - last;
        let most = (f64::from(options.within) / self.first.length()) as usize;
        let line = |anchor: f64| match options.goal {
            Some(Goal::Level(level)) => logit(level),
            Some(Goal::Change { by, .. }) => logit((expit(anchor) + by).clamp(0.0, 1.0)),
            None => f64::INFINITY,
        };
        let mut first = options.goal.map(|_| {
            let first = first_passage(&starts, self.structure, most.max(steps), options.paths, options.seed, line);
            let mut so_far = 0;
            let by: Vec<f64> = first
                .iter()
                .map(|count| {
                    so_far += count;
                    so_far as f64 / options.paths as f64
                })
                .collect();
            by
        });
        // The simulation knows a probability to a hundredth only. Having met the goal by a period is no less probable than
        // meeting it then, or than having met it before; where those are computed, they stand.
        let already = met(&starts, 0);
        if let Some((by, already)) = first.as_mut().zip(already) {
            by[0] = already;
        }
        for h in 1..=steps {
            let period = from.later(h);
            let ahead = Ahead(starts.iter().map(|s| s.ahead(self.structure, h, 0.0)).collect());
            let p = expit(ahead.moments().0);
            let met_at = met(&starts, h);
            let met_by = first.as_mut().zip(met_at).map(|(by, at)| {
                by[h] = by[h].max(at).max(by[h - 1]);
                by[h]
            });
            let employees = options.employment.at(&self.figures, period);
            projection.periods.push(ProjectedPeriod {
                period,
                ahead,
                noise: 1.0 / (self.effective_n * p * (1.0 - p)),
                met_at,
                met_by,
                employees,
                workers_needed: self.needed(options, employees),
            });
        }
        projection.met_at = projection.periods.last().and_then(|p| p.met_at);
        projection.first_met = first.zip(already).map(|(mut by, already)| {
            for h in steps + 1..by.len() {
                by[h] = by[h].max(by[h - 1]);
            }
            let within = |share: f64| {
                let h = by.iter().take(most + 1).position(|b| *b >= share);
                h.map(|h| from.later(h))
            };
            FirstMet {
                already,
                median: within(0.5),
                early: within(0.1),
                late: within(0.9),
                never: 1.0 - by[most.min(by.len() - 1)],
                within: options.within,
            }
        });
        Ok(projection)
    }

    /// The goal as a share: that of a change from the figure of its period, or from the trend where there is none.
    pub(super) fn goal_level(&self, goal: Goal) -> Option<f64> {
        match goal {
            Goal::Level(level) => Some(level),
            // Across a bridged break only the trend is on one scale.
            Goal::Change { from, by } if self.options.bridges.iter().any(|b| b.at > from) => {
                self.at(from).map(|p| p.value() + by)
            }
            Goal::Change { from, by } => {
                let figure = self.figures.iter().find(|f| f.period == from).and_then(|f| f.value);
                figure.or_else(|| self.at(from).map(|p| p.value())).map(|v| v + by)
            }
        }
    }

    fn needed(&self, options: &ProjectionOptions, employees: Option<f64>) -> Option<f64> {
        let covered = self.figures.last()?.numerator?;
        Some(self.goal_level(options.goal?)? * employees? - covered)
    }
}

/// Probability of at least a share; 0 % is always met and 100 % never.
fn above(ahead: &Ahead, share: f64) -> f64 {
    match share {
        s if s <= 0.0 => 1.0,
        s if s >= 1.0 => 0.0,
        s => 1.0 - ahead.at_most(logit(s), 0.0),
    }
}

/// Probability that the goal is met `h` steps after the start.
///
/// A share: `1 - sum w Phi((logit l - m) / sqrt P)`. No change: that of `level - anchor` being at least nothing. Another
/// change: over the anchor, given which the level is normal.
fn met_at(starts: &[Start], structure: Structure, h: usize, goal: Goal) -> f64 {
    match goal {
        Goal::Level(share) => above(&Ahead(starts.iter().map(|s| s.ahead(structure, h, 0.0)).collect()), share),
        Goal::Change { by: 0.0, .. } => {
            1.0 - Ahead(starts.iter().map(|s| s.ahead(structure, h, 1.0)).collect()).at_most(0.0, 0.0)
        }
        Goal::Change { by, .. } => starts
            .iter()
            .map(|s| {
                let (level, difference) = (s.ahead(structure, h, 0.0), s.ahead(structure, h, 1.0));
                let (anchor, spread) = (s.mean[2], s.covariance[8].max(0.0));
                // Var(a - b) = Var a + Var b - 2 Cov.
                let covariance = 0.5 * (level.variance + spread - difference.variance);
                let gradient = if spread > 0.0 { covariance / spread } else { 0.0 };
                let left = (level.variance - gradient * covariance).max(0.0);
                let given = |z: f64| {
                    let b = spread.sqrt() * z;
                    let normal = crate::dynamics::Normal { weight: 1.0, mean: level.mean + gradient * b, variance: left };
                    above(&Ahead(vec![normal]), expit(anchor + b) + by)
                };
                s.weight * crate::dynamics::over_normal(given)
            })
            .sum(),
    }
}

impl Projection {
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

    /// Period of the last figure.
    pub fn from(&self) -> Period {
        self.from
    }

    /// What was chosen.
    pub fn options(&self) -> &ProjectionOptions {
        &self.options
    }

    /// The periods ahead, to the deadline; none where it has passed.
    pub fn periods(&self) -> &[ProjectedPeriod] {
        &self.periods
    }

    /// Probability that the goal is met at the deadline; of a deadline that has passed, by the trend then.
    pub fn met_at(&self) -> Option<f64> {
        self.met_at
    }

    /// Probability that the goal has been met by the deadline; none where it has passed.
    pub fn met_by(&self) -> Option<f64> {
        self.periods.last().and_then(|p| p.met_by)
    }

    /// When the goal is first met; none without a goal and where the deadline has passed.
    pub fn first_met(&self) -> Option<FirstMet> {
        self.first_met
    }

    /// Workers or jobs that the goal asks for at the deadline beyond those counted now.
    pub fn workers_needed(&self) -> Option<f64> {
        self.periods.last().and_then(|p| p.workers_needed)
    }
}
