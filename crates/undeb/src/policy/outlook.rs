//! The outlook of a finding: trend, pace, projection, milestones, and what could be told at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::detect::{DetectOptions, Detectable};
use super::finding::{Finding, Pace, Reason, TargetFindings};
use super::log_odds::{LEAST, known_breaks};
use super::milestones::MilestoneOutlook;
use super::path::Node;
use super::plan::Plan;
use super::plan_outlook::OutlookOptions;
use super::projection::{FirstMet, Projection};
use super::projection_options::{Goal, ProjectionOptions};
use super::series::Series;
use super::target::{Level, Target};
use super::trend::Trend;
use super::trend_options::{TrendModel, TrendOptions};
use crate::dynamics::logit;
use crate::error::{Error, Result};
use crate::estimation::{Estimate, Estimates};
use crate::schema::Period;
use crate::survey::interval::Interval;
use crate::watch::Steps;

/// The pace that is needed from the latest figure to the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RequiredPace {
    /// As a fraction a year, in equal steps.
    pub per_year: f64,
    /// As log odds a year, in equal steps of those; none where figure or level is 0 or 1.
    pub log_odds_per_year: Option<f64>,
    /// Workers or jobs a year, with the employees that the projection counts with.
    pub workers_per_year: Option<f64>,
}

/// One period of the fan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FanPeriod {
    /// When.
    pub period: Period,
    /// Median of the level.
    pub median: f64,
    /// Half of the probability lies within.
    pub half: Interval,
    /// Four fifths of the probability.
    pub most: Interval,
    /// The probability of the plan's confidence level.
    pub whole: Interval,
    /// Where the figure of a survey as large as the last would lie with that probability.
    pub figure: Interval,
    /// Probability that the goal is met then.
    pub met_at: Option<f64>,
    /// Probability that it has been met by then.
    pub met_by: Option<f64>,
    /// Employees then, where they are known.
    pub employees: Option<f64>,
    /// Workers or jobs beyond those counted now.
    pub workers_needed: Option<f64>,
}

/// What the past of one cell says of its future.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outlook {
    /// Why there is no trend, or no projection.
    pub missing: Option<String>,
    /// The model of the trend.
    pub model: Option<TrendModel>,
    /// The level of the trend at the last figure.
    pub level: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// The pace of the trend at the last figure.
    pub pace: Option<Pace>,
    /// The pace of the plain straight line through the last figures.
    pub line_pace: Option<Pace>,
    /// Whether the two contradict each other.
    pub paces_disagree: bool,
    /// What is needed.
    pub required: Option<RequiredPace>,
    /// Probability that the goal is met at the deadline.
    pub met_at: Option<f64>,
    /// Probability that it has been met by the deadline.
    pub met_by: Option<f64>,
    /// When it is first met.
    pub first_met: Option<FirstMet>,
    /// Milestones and the deadline.
    pub milestones: Vec<MilestoneOutlook>,
    /// The level of the trend in the baseline period, where the target asks for a change from it: probabilities are of that
    /// change of the trend, not of a change from the figure, which has its sampling error.
    pub anchor: Option<f64>,
    /// What change from the baseline could be told.
    pub detectable: Option<Detectable>,
    /// What could be told of the rise that is needed from the latest figure to the deadline.
    pub rise: Option<Detectable>,
    /// The periods to come.
    pub fan: Vec<FanPeriod>,
    /// Why this model, and what was assumed.
    pub reasons: Vec<String>,
    #[serde(skip)]
    trend: Option<Arc<Trend>>,
    #[serde(skip)]
    projection: Option<Arc<Projection>>,
}

impl Outlook {
    /// The trend behind it.
    pub fn trend(&self) -> Option<&Trend> {
        self.trend.as_deref()
    }

    /// The projection behind it.
    pub fn projection(&self) -> Option<&Projection> {
        self.projection.as_deref()
    }
}

impl Plan {
    /// Adds the outlook to every finding, where the plan asks for one.
    ///
    /// # Errors
    /// Whoever watches has stopped the work.
    pub(super) fn look_ahead<'e>(
        &self,
        targets: &mut [TargetFindings],
        evidence: impl Fn(&str) -> Option<&'e Estimates>,
    ) -> Result<()> {
        let Some(options) = &self.outlook else { return Ok(()) };
        self.must_bridge_breaks(targets, &evidence)?;
        let steps = Steps::of(targets.iter().map(|t| t.findings.len() + usize::from(t.whole.is_some())).sum());
        for t in targets {
            let target = &t.target;
            let estimates = target.source.as_deref().and_then(&evidence);
            t.findings.par_iter_mut().chain(t.whole.par_iter_mut()).try_for_each(|finding| {
                finding.outlook = Some(Box::new(self.outlook_of(target, finding, estimates, options)));
                steps.step()
            })?;
        }
        Ok(())
    }

    /// A bridge where no figure of any target has a break is a slip, and not one to be found out by what is missing.
    fn must_bridge_breaks<'e>(
        &self,
        targets: &[TargetFindings],
        evidence: &impl Fn(&str) -> Option<&'e Estimates>,
    ) -> Result<()> {
        let sources = || targets.iter().filter_map(|t| evidence(t.target.source.as_deref()?));
        let breaks: BTreeSet<Period> = sources().flat_map(|e| &e.source().breaks).map(|b| b.at).collect();
        let bridges = self.outlook.iter().flat_map(|o| &o.trend.bridges);
        match bridges.map(|b| b.at).find(|at| !breaks.contains(at)) {
            Some(at) if sources().next().is_some() => {
                Err(Error::plan(format!("[trend] bridges a break at {at}, where no source of a target has one"))
                    .help(known_breaks(breaks.iter(), "the sources have none")))
            }
            _ => Ok(()),
        }
    }

    fn outlook_of(&self, target: &Target, finding: &Finding, estimates: Option<&Estimates>, options: &OutlookOptions) -> Outlook {
        let mut outlook = Outlook::default();
        let series = estimates.and_then(|e| e.track(finding.measure, &finding.region, &finding.sector).ok());
        let (Some(estimates), Some(mut series)) = (estimates, series) else {
            outlook.missing = Some("there is no figure to draw a trend from".to_owned());
            return outlook;
        };
        // Judged as of a period: what came later is not known yet.
        series.figures.retain(|f| finding.period.is_none_or(|last| f.period <= last));
        let Some(latest) = series.figures.last().cloned() else { return outlook };
        outlook.required = required(finding);
        outlook.detectable = self.detectable(target, Self::corners(target, finding, &latest), &series, options);
        outlook.rise = outlook
            .required
            .filter(|r| r.per_year > 0.0)
            .and_then(|_| self.detectable(target, Self::straight(target, finding, &latest), &series, options));
        // A bridge serves the series that have the break.
        let here = |at: Period| series.breaks().any(|b| b.at == at);
        let bridges = options.trend.bridges.iter().copied().filter(|b| here(b.at)).collect();
        let trend = match series.trend(&TrendOptions { bridges, ..options.trend.clone() }) {
            Ok(trend) => trend,
            Err(e) => {
                outlook.missing = Some(too_little(&series).unwrap_or_else(|| e.message().to_owned()));
                outlook.milestones = self.milestones(target, finding, estimates, None, options);
                return outlook;
            }
        };
        let now = trend.latest();
        let years = |from: Period, per_year: f64, interval: Option<Interval>| Pace { from, to: now.period, per_year, interval };
        outlook.model = Some(trend.model());
        outlook.level = Some(now.value());
        outlook.interval = Some(now.interval(self.level));
        outlook.pace = now.pace().map(|pace| years(trend.points()[0].period, pace, now.pace_interval(self.level)));
        outlook.line_pace = trend.line().map(|(line, from)| {
            let half = crate::survey::distribution::normal_quantile(0.5 + self.level / 2.0) * line.slope_se;
            years(from, line.slope, Some(Interval { low: line.slope - half, high: line.slope + half }))
        });
        outlook.paces_disagree = trend.disagrees_with_line(self.level);
        outlook.reasons = trend.reasons().to_vec();
        let goal = goal(target, finding, &trend);
        if let Some(Goal::Change { from, .. }) = goal {
            outlook.anchor = trend.at(from).map(super::trend::TrendPoint::value);
        }
        match (target.deadline, goal) {
            (Some(deadline), Some(goal)) => {
                let employment = options.employment(&finding.region, deadline);
                let asked = ProjectionOptions {
                    goal: Some(goal),
                    paths: options.paths,
                    seed: options.seed,
                    within: options.within,
                    employment,
                    to: deadline,
                };
                match trend.project(&asked) {
                    Ok(projection) => {
                        outlook.met_at = projection.met_at();
                        outlook.met_by = projection.met_by();
                        outlook.first_met = projection.first_met();
                        outlook.fan = self.fan(&projection);
                        let needed = projection.workers_needed().filter(|_| deadline > latest.period);
                        if let Some((required, needed)) = outlook.required.as_mut().zip(needed) {
                            required.workers_per_year = Some(needed / deadline.years_since(latest.period));
                        }
                        outlook.projection = Some(Arc::new(projection));
                    }
                    Err(e) => outlook.missing = Some(e.message().to_owned()),
                }
            }
            (None, _) => outlook.missing = Some("the target has no deadline to project to".to_owned()),
            (_, None) => outlook.missing = Some(no_goal(finding)),
        }
        outlook.milestones = self.milestones(target, finding, estimates, Some(&trend), options);
        outlook.trend = Some(Arc::new(trend));
        outlook
    }

    fn fan(&self, projection: &Projection) -> Vec<FanPeriod> {
        let period = |p: &super::projection::ProjectedPeriod| FanPeriod {
            period: p.period,
            median: p.median(),
            half: p.interval(0.5),
            most: p.interval(0.8),
            whole: p.interval(self.level),
            figure: p.figure_interval(self.level),
            met_at: p.met_at,
            met_by: p.met_by,
            employees: p.employees,
            workers_needed: p.workers_needed,
        };
        projection.periods().iter().map(period).collect()
    }

    /// The path of a target from its baseline, or from the latest figure straight to the level where it has none.
    fn corners(target: &Target, finding: &Finding, latest: &Estimate) -> Option<Vec<Node>> {
        if let Some(baseline) = finding.baseline.filter(|_| finding.reason != Some(Reason::SeriesBreak)) {
            return target.path_nodes(baseline.value);
        }
        Self::straight(target, finding, latest)
    }

    /// The path from the latest figure straight to the level at the deadline.
    fn straight(target: &Target, finding: &Finding, latest: &Estimate) -> Option<Vec<Node>> {
        let (deadline, level) = (target.deadline?, finding.level?);
        let node = |at, level, slope| Node { at, level, slope };
        (deadline > latest.period).then_some(vec![node(latest.period, latest.value?, 1.0), node(deadline, level, 0.0)])
    }

    fn detectable(
        &self,
        target: &Target,
        corners: Option<Vec<Node>>,
        series: &Series,
        options: &OutlookOptions,
    ) -> Option<Detectable> {
        let corners = corners?;
        let (from, until) = (corners.first()?.at, corners.last()?.at);
        let detect =
            DetectOptions { level: self.level, power: options.power, correlation: Some(self.assumptions.overlap_correlation) };
        series.detect(from, until, |p| target.path.at(&corners, p).map(|n| n.level), &detect).ok()
    }
}

/// What is asked for, as a goal; a change is one of the trend, which may reach across a bridged break where figures do not.
fn goal(target: &Target, finding: &Finding, trend: &Trend) -> Option<Goal> {
    match target.level {
        Level::Fixed(level) => Some(Goal::Level(level)),
        Level::Change(by) => {
            let from = finding.baseline?.period;
            trend.at(from).map(|_| Goal::Change { from, by })
        }
        Level::Unset(_) => None,
    }
}

/// Why there is nothing to project to.
fn no_goal(finding: &Finding) -> String {
    match finding.baseline {
        Some(b) => format!("the baseline of {} lies outside of the trend", b.period),
        None => "there is no figure of the baseline".to_owned(),
    }
}

fn required(finding: &Finding) -> Option<RequiredPace> {
    let (per_year, gap) = (finding.required_pace?, finding.gap?);
    let (value, level) = (finding.value?, finding.level?);
    let inside = |p: f64| p > 0.0 && p < 1.0;
    // The pace is the gap over the years that are left.
    let years = if per_year == 0.0 { None } else { Some(gap.value / per_year) };
    Some(RequiredPace {
        per_year,
        log_odds_per_year: years.filter(|_| inside(value) && inside(level)).map(|y| (logit(level) - logit(value)) / y),
        workers_per_year: gap.workers.zip(years).map(|(w, y)| w / y),
    })
}

/// Why a series is too short for a trend, in words of a reader; none where it is long enough.
fn too_little(series: &Series) -> Option<String> {
    let last = series.stretches().last().map_or(0, |s| s.figures);
    let skip = series.figures.len() - last;
    let with_error = series.figures[skip..].iter().filter(|f| f.se().is_some()).count();
    let figures = count(last, "figure");
    let since = match series.figures.get(skip).filter(|_| skip > 0) {
        Some(first) => format!(" since the break before {}", first.period),
        None => String::new(),
    };
    Some(match with_error {
        _ if with_error >= LEAST => return None,
        0 => format!(
            "the source has {figures} here{since}, {} a sampling error; a trend needs three figures with their errors",
            if last == 1 { "without" } else { "none with" }
        ),
        n if n < last => format!(
            "of {figures}{since} only {n} {} a sampling error; a trend needs three figures with their errors",
            if n == 1 { "has" } else { "have" }
        ),
        _ => format!("the source has {figures} here{since}; a trend needs three that may be joined"),
    })
}

fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
