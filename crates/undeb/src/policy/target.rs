//! Targets: what is promised, by whom, with what force, until when.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::path::PathShape;
use crate::schema::{Measure, Period};

/// How firm a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Set by law.
    Statutory,
    /// Adopted by the body that has to meet it.
    Adopted,
    /// Promised.
    Pledged,
    /// Suggested.
    Proposed,
    /// Made up to show what an answer would look like.
    Illustrative,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Statutory => "statutory",
            Status::Adopted => "adopted",
            Status::Pledged => "pledged",
            Status::Proposed => "proposed",
            Status::Illustrative => "illustrative",
        })
    }
}

/// What follows from the level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyForce {
    /// The level is to be reached.
    #[default]
    Target,
    /// Below the level a duty arises; reaching it is not itself demanded.
    Trigger,
}

/// The level a target asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A rate, as a fraction.
    Fixed(f64),
    /// A change from the baseline, as a fraction: 0.05 is five points up, 0 is "not below".
    Change(f64),
    /// No number was given; these words were.
    Unset(String),
}

/// A level on the way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Milestone {
    /// When.
    pub period: Period,
    /// A rate, where it is one.
    pub level: Option<f64>,
    /// A change from the baseline, where it is that.
    pub change: Option<f64>,
}

/// Where a target is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Title of the document, with article or page.
    pub title: String,
    /// Address.
    #[serde(default)]
    pub url: Option<String>,
}

/// One target, for one or many cells.
#[derive(Clone, Debug, Serialize)]
pub struct Target {
    /// Name within the plan.
    pub id: String,
    /// Title in full.
    pub title: String,
    /// What is measured.
    pub measure: Measure,
    /// Region codes, "each" resolved.
    pub regions: Vec<String>,
    /// Sector codes, "each" resolved.
    pub sectors: Vec<String>,
    /// The level asked for.
    pub level: Level,
    /// Period that changes and paths start from.
    pub baseline: Option<Period>,
    /// When it is to be reached.
    pub deadline: Option<Period>,
    /// Shape of the path between baseline and deadline.
    pub path: PathShape,
    /// Levels on the way, by time.
    pub milestones: Vec<Milestone>,
    /// How firm it is.
    pub status: Status,
    /// What follows from it.
    pub force: PolicyForce,
    /// Who said it.
    pub proposer: Option<String>,
    /// Where it is written.
    pub reference: Option<Reference>,
    /// Source of the evidence; none where no source is known.
    pub source: Option<String>,
    /// What a reader must know.
    pub note: Option<String>,
}

impl Target {
    /// Regions in which both targets ask, as firmly and at the same time, for different numbers.
    pub(super) fn contradicts(&self, other: &Target) -> Option<Vec<&str>> {
        let asks = |t: &Target| (t.measure, t.status, t.force, t.baseline, t.deadline, t.source.clone());
        let numbers = !matches!((&self.level, &other.level), (Level::Unset(_), _) | (_, Level::Unset(_)));
        let both = |mine: &[String], theirs: &[String]| mine.iter().any(|code| theirs.contains(code));
        if !numbers || self.level == other.level || asks(self) != asks(other) || !both(&self.sectors, &other.sectors) {
            return None;
        }
        let cells: Vec<&str> = self.regions.iter().filter(|r| other.regions.contains(r)).map(String::as_str).collect();
        (!cells.is_empty()).then_some(cells)
    }
}
