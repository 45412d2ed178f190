//! What a user says of the design beside the columns of a codebook or of roles.

use super::columns::no_column;
use super::known_totals::KnownTotals;
use super::made_replicates::MadeReplicates;
use super::replicate_columns::ReplicateColumns;
use crate::error::Result;
use crate::survey::design::LonelyPsu;

/// Breakdowns that records may have beside their columns.
const BREAKDOWNS: [&str; 3] = ["region", "sector", "industry"];

/// Replicate weights: those that the records bring along, or such as are made from their design.
#[derive(Clone, Debug, PartialEq)]
pub enum Replication {
    /// In columns of the records.
    Columns(ReplicateColumns),
    /// Made from strata and PSUs.
    Made(MadeReplicates),
}

/// How the errors of records are made, beside what their columns say.
///
/// ```
/// use undeb::{DesignOptions, survey::design::LonelyPsu};
/// let options = DesignOptions { lonely_psu: LonelyPsu::Adjust, ..Default::default() };
/// assert!(options.replication.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignOptions {
    /// What a lonely PSU contributes.
    pub lonely_psu: LonelyPsu,
    /// Replicate weights; errors then come from them alone.
    pub replication: Option<Replication>,
    /// Known totals that the weights are calibrated to.
    pub known_totals: Option<KnownTotals>,
    /// An assumed design effect, where the records tell nothing of the design.
    pub design_effect: Option<f64>,
}

impl From<LonelyPsu> for DesignOptions {
    fn from(lonely_psu: LonelyPsu) -> Self {
        DesignOptions { lonely_psu, ..DesignOptions::default() }
    }
}

impl DesignOptions {
    /// Whether errors can be made from totals of parts of the records.
    pub(crate) fn come_in_parts(&self) -> bool {
        self.replication.is_none() && self.known_totals.is_none() && self.design_effect.is_none()
    }

    /// The columns of a file that are read: the required ones, such of the others as are there, and those of these options.
    pub(super) fn with_columns<'a>(
        &'a self,
        required: impl Iterator<Item = &'a str>,
        others: &[&str],
        there: &[&str],
    ) -> Result<Vec<String>> {
        let mut wanted: Vec<String> = Vec::new();
        for name in required {
            // Said here, while the other columns are still in sight: one of them may be the misspelt one.
            if !there.contains(&name) {
                return Err(no_column(name, there.iter().copied()));
            }
            wanted.push(name.to_owned());
        }
        if let Some(Replication::Columns(columns)) = &self.replication {
            wanted.extend(columns.names(there)?);
        }
        let known: Vec<&str> = self.known_totals.iter().flat_map(|known| known.columns(there)).collect();
        if let Some(absent) = known.iter().find(|n| !there.contains(n) && !BREAKDOWNS.contains(n)) {
            return Err(no_column(absent, there.iter().copied().chain(BREAKDOWNS)));
        }
        wanted.extend(known.into_iter().chain(others.iter().copied()).filter(|n| there.contains(n)).map(str::to_owned));
        Ok(there.iter().filter(|n| wanted.iter().any(|w| w == **n)).map(|n| (*n).to_owned()).collect())
    }
}
