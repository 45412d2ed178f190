//! How much records tell of the way they were drawn.

use serde::{Deserialize, Serialize};

/// What the errors of records stand on, the strongest first; a weaker tier usually makes errors too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Replicate weights.
    Replicates,
    /// Strata and PSUs.
    #[serde(alias = "strata and clusters")]
    StrataAndClusters,
    /// PSUs without strata.
    Clusters,
    /// Strata, every record its own PSU.
    Strata,
    /// Households, or people who are asked more than once, stand in for PSUs.
    #[serde(alias = "household clusters")]
    HouseholdClusters,
    /// An assumed design effect.
    #[serde(alias = "assumed design effect")]
    AssumedDesignEffect,
    /// Weights alone.
    #[serde(alias = "weights only")]
    WeightsOnly,
}

impl Tier {
    /// The words used in codebooks and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Tier::Replicates => "replicate weights",
            Tier::StrataAndClusters => "strata and clusters",
            Tier::Clusters => "clusters",
            Tier::Strata => "strata",
            Tier::HouseholdClusters => "household clusters",
            Tier::AssumedDesignEffect => "assumed design effect",
            Tier::WeightsOnly => "weights only",
        }
    }

    /// What a reader must know of errors that stand on this, where there is something.
    pub const fn caution(self) -> Option<&'static str> {
        match self {
            Tier::WeightsOnly => Some("nothing is known of strata and clusters, so errors are usually too small"),
            Tier::HouseholdClusters => {
                Some("clusters above the household are not known, so errors are usually a little too small")
            }
            Tier::AssumedDesignEffect => Some("the design effect is an assumption, one number for all figures"),
            Tier::Replicates | Tier::StrataAndClusters | Tier::Clusters | Tier::Strata => None,
        }
    }
}
