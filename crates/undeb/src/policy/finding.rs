//! Findings: what the figures answer to a target.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::among_all::AmongAll;
use super::explanation::Explanations;
use super::outlook::Outlook;
use super::plan::Plan;
use super::target::Target;
use crate::estimation::Estimates;
use crate::schema::{Measure, Period};
use crate::survey::interval::Interval;

/// The answer to "is it met?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// At or above the level, beyond sampling error where one is stated.
    Met,
    /// Below the level, beyond sampling error where one is stated.
    NotMet,
    /// The figures cannot tell.
    CannotTell,
    /// The target has no number.
    Unset,
}

/// Why the figures cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The interval of value minus level contains zero.
    WithinSamplingError,
    /// There is no figure for the cell.
    NoEvidence,
    /// There is no figure for the baseline.
    NoBaseline,
    /// An incomparable series break lies between the baseline and the latest figure.
    SeriesBreak,
    /// The figure is withheld by the release rules.
    Withheld,
}

/// What the answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgedBy {
    /// The interval of value minus level.
    Interval,
    /// The point alone: the source states no error.
    Point,
    /// Nothing: there is no figure or no number.
    Nothing,
}

/// The distance to the level; positive is short of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Level minus value, as a fraction.
    pub value: f64,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
    /// Level times employees minus those counted; none where employees are not known.
    pub workers: Option<f64>,
}

/// The figure that a change or a path starts from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// When.
    pub period: Period,
    /// The rate then.
    pub value: f64,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
}

/// How fast a rate has moved, as fractions a year.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pace {
    /// First period of the window.
    pub from: Period,
    /// Last period of the window.
    pub to: Period,
    /// Change a year.
    pub per_year: f64,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
}

/// Where a rate stands against its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PathAnswer {
    /// At or above the path.
    Ahead,
    /// Below the path.
    Behind,
    /// The figures cannot tell.
    CannotTell,
}

/// The path at the latest period, and the answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PathFinding {
    /// Level of the path, as a fraction.
    pub level: f64,
    /// Value minus path, as a fraction.
    pub lead: f64,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
    /// The answer.
    pub answer: PathAnswer,
}

/// What the figures answer to one target in one region and sector.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Target id.
    pub target: String,
    /// What is measured.
    pub measure: Measure,
    /// Region code.
    pub region: Arc<str>,
    /// Sector code.
    pub sector: Arc<str>,
    /// The answer.
    pub answer: Answer,
    /// Why not, where the figures cannot tell.
    pub reason: Option<Reason>,
    /// What the answer rests on.
    pub judged_by: JudgedBy,
    /// The value is the level, to the last digit.
    pub at_line: bool,
    /// Period of the figure.
    pub period: Option<Period>,
    /// The figure, as a fraction.
    pub value: Option<f64>,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
    /// The level asked for, as a fraction.
    pub level: Option<f64>,
    /// The baseline, where the target has one and a figure exists.
    pub baseline: Option<Baseline>,
    /// The distance to the level.
    pub gap: Option<Gap>,
    /// Points a year needed from the latest figure to the deadline, as a fraction; not positive when the level is reached.
    pub required_pace: Option<f64>,
    /// Observed pace over the plan's window.
    pub observed_pace: Option<Pace>,
    /// Where the figure stands against the path.
    pub path: Option<PathFinding>,
    /// The finding as one of all findings of the plan; none unless an interval decided.
    pub among_all: Option<AmongAll>,
    /// Trend and projection, where the plan asks for them.
    pub outlook: Option<Box<Outlook>>,
    /// Series breaks and other cautions that touch the answer.
    pub cautions: Vec<String>,
}

/// How many findings there are of each answer.
///
/// ```
/// let counts = undeb::Counts { met: 3, not_met: 0, cannot_tell: 1, unset: 2 };
/// assert_eq!(counts.exit_code(), 3);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Met.
    pub met: usize,
    /// Not met.
    pub not_met: usize,
    /// The figures cannot tell.
    pub cannot_tell: usize,
    /// The target has no number.
    pub unset: usize,
}

impl Counts {
    /// Counts the answers of findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut counts = Counts::default();
        for finding in findings {
            match finding.answer {
                Answer::Met => counts.met += 1,
                Answer::NotMet => counts.not_met += 1,
                Answer::CannotTell => counts.cannot_tell += 1,
                Answer::Unset => counts.unset += 1,
            }
        }
        counts
    }

    /// Findings of targets that have a number.
    pub fn judged(self) -> usize {
        self.met + self.not_met + self.cannot_tell
    }

    /// 0 when every target is met, 1 when some are not, 3 when some cannot be told and none is missed. Unset targets do not count.
    pub fn exit_code(self) -> u8 {
        match self {
            Counts { not_met: 1.., .. } => 1,
            Counts { cannot_tell: 1.., .. } => 3,
            _ => 0,
        }
    }
}

/// A target with its findings.
#[derive(Clone, Debug, Serialize)]
pub struct TargetFindings {
    /// The target.
    pub target: Target,
    /// One finding for each region and sector it names.
    pub findings: Vec<Finding>,
    /// The whole held against the same rule, as background; not a finding of the plan.
    pub whole: Option<Finding>,
}

impl TargetFindings {
    /// How many findings there are of each answer.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.findings)
    }
}

/// All findings of a plan, with the evidence they rest on. Working results: they leave only as a report.
#[derive(Clone, Debug)]
pub struct Findings {
    pub(crate) plan: Plan,
    pub(crate) evidence: BTreeMap<String, Estimates>,
    pub(crate) targets: Vec<TargetFindings>,
    pub(crate) explanations: Explanations,
}

impl Findings {
    /// The plan that was assessed.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The estimates behind the findings, by source.
    pub fn evidence(&self) -> &BTreeMap<String, Estimates> {
        &self.evidence
    }

    /// Targets with their findings, in the order of the plan.
    pub fn targets(&self) -> &[TargetFindings] {
        &self.targets
    }

    /// Why rates moved, which cells are lowest, and where effort would count, as far as the plan asks.
    pub fn explanations(&self) -> &Explanations {
        &self.explanations
    }

    /// All findings.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.targets.iter().flat_map(|t| &t.findings)
    }

    /// How many findings there are of each answer.
    pub fn counts(&self) -> Counts {
        Counts::of(self.iter())
    }
}
