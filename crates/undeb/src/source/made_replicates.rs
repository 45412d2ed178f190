//! Replicate weights made from the strata and PSUs of the records.

use serde::Deserialize;

use crate::error::{Error, Result, choices};
use crate::survey::design::Design;
use crate::survey::replicate_weights::Factors;

/// Most factors of PSUs and replicates that are made: a gigabyte of them.
const MOST: usize = 1 << 27;

/// Replicate weights to be made from strata and PSUs (METHODS M10).
///
/// ```
/// let bootstrap = undeb::MadeReplicates { kind: "bootstrap".into(), count: Some(500), seed: Some(1), ..Default::default() };
/// assert_eq!(bootstrap.rho, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeReplicates {
    /// `jk1`, `jkn`, `brr`, `fay` or `bootstrap` (Rao and Wu's).
    pub kind: String,
    /// Fay's factor, for `fay`.
    #[serde(default)]
    pub rho: Option<f64>,
    /// Number of bootstrap samples; that of the others follows from the design.
    #[serde(default)]
    pub count: Option<usize>,
    /// Seed of the bootstrap; the same seed draws the same samples everywhere.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Whether distances are those from the full-sample figure; from the mean of the replicates when none.
    #[serde(default)]
    pub mse: Option<bool>,
}

impl MadeReplicates {
    pub(crate) fn of(&self, design: &Design) -> Result<Factors> {
        let drawn = self.kind == "bootstrap";
        if !drawn && (self.count.is_some() || self.seed.is_some()) {
            return Err(Error::design(format!("{} replicates follow from the design, without count and seed", self.kind))
                .help("count and seed belong to the bootstrap"));
        }
        if self.rho.is_some() && self.kind != "fay" {
            return Err(Error::design(format!("rho is given, but the kind is {}", self.kind)).help("rho belongs to the kind fay"));
        }
        let psus = design.psus();
        let count = match self.kind.as_str() {
            "jk1" | "jkn" => psus,
            "bootstrap" => self.count.unwrap_or_default(),
            _ => design.strata() + 1,
        };
        if psus.saturating_mul(count) > MOST {
            return Err(Error::design(format!("{count} replicates of {psus} PSUs are too many to hold"))
                .help("leave replicates out: the linearised error needs none; or draw fewer bootstrap samples"));
        }
        let factors = match (self.kind.as_str(), self.rho) {
            ("jk1", _) => Factors::jk1(design),
            ("jkn", _) => Factors::jkn(design),
            ("brr", _) => Factors::brr(design, 0.0),
            ("fay", Some(rho)) => Factors::brr(design, rho),
            ("fay", None) => Err(Error::design("Fay's half-samples need their factor rho").help("0.5 is usual; 0 is brr")),
            ("bootstrap", _) => match (self.count, self.seed) {
                (Some(count), Some(seed)) => Factors::bootstrap(design, count, seed),
                _ => Err(Error::design("a bootstrap needs its number of samples and a seed")
                    .help("500 samples give errors to about 3 %; any whole number is a seed")),
            },
            (other, _) => Err(Error::design(format!("`{other}` replicates cannot be made from a design"))
                .help(choices(other, ["jk1", "jkn", "brr", "fay", "bootstrap"]))),
        }?;
        Ok(match self.mse {
            Some(mse) => factors.with_mse(mse),
            None => factors,
        })
    }
}
