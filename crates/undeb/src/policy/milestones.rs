//! Milestones: what a path asks for on the way, and how the figures stand there.

use serde::Serialize;

use super::finding::{Finding, PathAnswer, Reason};
use super::path::Node;
use super::plan::Plan;
use super::plan_outlook::OutlookOptions;
use super::projection_options::{Goal, ProjectionOptions};
use super::target::Target;
use super::trend::Trend;
use crate::estimation::Estimates;
use crate::schema::Period;
use crate::survey::interval::Interval;

/// Where a level stands against the path at a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// At or above the path.
    Ahead,
    /// Within the plan's margin around the path.
    On,
    /// Below the path.
    Behind,
    /// The figures cannot tell.
    CannotTell,
}

/// A milestone, or the deadline: what is asked for then, and the answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MilestoneOutlook {
    /// When.
    pub period: Period,
    /// The level asked for, as a fraction.
    pub level: f64,
    /// The answer: by the figure of a period that has passed, by the projection of one to come.
    pub standing: Standing,
    /// Probability that the level is met then, for a period to come.
    pub probability: Option<f64>,
}

impl Plan {
    /// The milestones of a target and its deadline.
    pub(super) fn milestones(
        &self,
        target: &Target,
        finding: &Finding,
        estimates: &Estimates,
        trend: Option<&Trend>,
        options: &OutlookOptions,
    ) -> Vec<MilestoneOutlook> {
        let Some(baseline) = finding.baseline.filter(|_| finding.reason != Some(Reason::SeriesBreak)) else { return Vec::new() };
        let Some(corners) = target.path_nodes(baseline.value) else { return Vec::new() };
        let judge = |node: &Node| {
            let figure = estimates.get(finding.measure, node.at, &finding.region, &finding.sector);
            let figure = figure.filter(|f| f.value.is_some() && finding.period.is_none_or(|last| f.period <= last));
            match figure {
                Some(figure) => {
                    let start = estimates.get(finding.measure, baseline.period, &finding.region, &finding.sector);
                    let Some(path) = start.and_then(|start| self.path(target, figure, start)) else {
                        return (Standing::CannotTell, None);
                    };
                    let inside = |margin: f64| {
                        let known = path.interval.unwrap_or(Interval { low: path.lead, high: path.lead });
                        known.low >= -margin && known.high <= margin
                    };
                    let standing = match path.answer {
                        _ if options.on_path.is_some_and(inside) => Standing::On,
                        PathAnswer::Ahead => Standing::Ahead,
                        PathAnswer::Behind => Standing::Behind,
                        PathAnswer::CannotTell => Standing::CannotTell,
                    };
                    (standing, None)
                }
                None => {
                    // A corner that moves with the baseline asks for a change from it.
                    let goal = if node.slope > 0.0 {
                        Goal::Change { from: baseline.period, by: node.level - baseline.value }
                    } else {
                        Goal::Level(node.level)
                    };
                    let asked = ProjectionOptions { goal: Some(goal), paths: 1, ..ProjectionOptions::to(node.at) };
                    let probability = trend.and_then(|t| t.project(&asked).ok()).and_then(|p| p.met_at());
                    let standing = match probability {
                        Some(p) if p >= 0.5 + self.level / 2.0 => Standing::Ahead,
                        Some(p) if p <= 0.5 - self.level / 2.0 => Standing::Behind,
                        _ => Standing::CannotTell,
                    };
                    (standing, probability)
                }
            }
        };
        corners
            .iter()
            .skip(1)
            .map(|node| {
                let (standing, probability) = judge(node);
                MilestoneOutlook { period: node.at, level: node.level, standing, probability }
            })
            .collect()
    }
}
