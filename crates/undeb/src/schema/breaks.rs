//! Series breaks: where a series changed its meaning, and how much that matters.

use serde::{Deserialize, Serialize};

use super::{Measure, Period};
use crate::error::{Error, Result};

/// How much a break matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// Numbers on both sides may not be joined or subtracted.
    Incomparable,
    /// Numbers may be compared with care; the break is drawn and noted.
    Caution,
}

/// A change in a series: numbers from `at` on are of the new kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesBreak {
    /// First period of the new kind.
    pub at: Period,
    /// Measures concerned.
    pub measures: Vec<Measure>,
    /// What the break forbids.
    pub force: Force,
    /// What changed, in a few words for a note under a chart: "survey redesigned".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    /// What changed.
    pub note: String,
    /// Where that is written.
    pub reference: String,
    /// Sectors concerned; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
}

impl SeriesBreak {
    /// Whether the break concerns a measure in a sector.
    pub fn concerns(&self, measure: Measure, sector: &str) -> bool {
        let named = match measure {
            // Derived from both, so broken where either is.
            Measure::CoveredNonmembers | Measure::CoverageMinusDensity => {
                self.measures.contains(&measure)
                    || self.measures.contains(&Measure::Density)
                    || self.measures.contains(&Measure::Coverage)
            }
            _ => self.measures.contains(&measure),
        };
        named && (self.sectors.is_empty() || self.sectors.iter().any(|s| s == sector))
    }

    /// Whether the break lies between two periods, whichever comes first.
    pub fn between(&self, a: Period, b: Period) -> bool {
        let (first, last) = (a.min(b), a.max(b));
        first < self.at && self.at <= last
    }

    /// Whether figures of two periods may not be compared because of this break.
    pub fn bars(&self, a: Period, b: Period) -> bool {
        self.force == Force::Incomparable && self.between(a, b)
    }

    /// Refuses to cross this break when it is incomparable.
    pub(crate) fn must_allow(&self, a: Period, b: Period) -> Result<()> {
        if self.bars(a, b) {
            return Err(Error::definition(format!(
                "{a} and {b} lie on both sides of the series break of {}: {} ({})",
                self.at, self.note, self.reference
            ))
            .help("compare periods on one side of the break"));
        }
        Ok(())
    }
}
