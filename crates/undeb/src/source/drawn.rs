//! How records were drawn and weighted, and so what their errors are made from.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::*;

use super::calibrated::Variables;
use super::coded::Key;
use super::design_options::{DesignOptions, Replication};
use super::microdata::Dimension;
use super::psus::{DesignColumns, Names, Psus, psus};
use super::sampled_units::SampledUnits;
use super::second_stage::{SecondStage, texts};
use super::tier::Tier;
use crate::error::{Error, Result};
use crate::survey::calibration::Calibration;
use crate::survey::design::{Design, LonelyPsu};
use crate::survey::errors::Basis;
use crate::survey::replicate_weights::Factors;
use crate::survey::replicates::Replicates;
use crate::survey::replication::ReplicateTotals;
use crate::survey::residuals::Residuals;
use crate::survey::rows::RowSource;
use crate::survey::stages::Stages;
use crate::survey::totals::Totals;

/// Replicate weights: columns of the records, left where they are, or factors of PSUs.
#[derive(Clone, Debug)]
pub(crate) enum ReplicateWeights {
    Columns(Replicates, Vec<Float64Chunked>),
    Factors(Factors),
}

impl ReplicateWeights {
    pub(crate) fn replicates(&self) -> &Replicates {
        match self {
            ReplicateWeights::Columns(replicates, _) => replicates,
            ReplicateWeights::Factors(factors) => factors.replicates(),
        }
    }
}

/// What is known of the way records were drawn: their columns, and what a user says beside them.
pub(super) struct Drawing<'a> {
    pub(super) frame: &'a DataFrame,
    pub(super) dimensions: &'a BTreeMap<String, Dimension>,
    pub(super) weight: Float64Chunked,
    pub(super) columns: DesignColumns<'a>,
    pub(super) second_stage: Option<&'a SecondStage>,
    /// People who may be asked in several periods.
    pub(super) person: Option<&'a str>,
    pub(super) options: &'a DesignOptions,
    pub(super) tier: Tier,
}

/// Weights, units and stages of the sample, and replicate weights or an assumed design effect where there are any.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    /// Weights of estimates: calibrated where calibration was asked for.
    pub(crate) weight: Float64Chunked,
    /// The unit of the last stage that each row belongs to.
    pub(crate) unit: Vec<u32>,
    pub(crate) stages: Arc<Stages>,
    pub(crate) calibration: Option<Arc<Calibration<'static>>>,
    pub(crate) replicates: Option<ReplicateWeights>,
    pub(crate) design_effect: Option<f64>,
    pub(crate) tier: Tier,
    /// Names of strata and PSUs.
    strata: Vec<Key>,
    names: Names,
    /// A PSU name stands for one PSU, whatever the stratum.
    unique: bool,
}

/// The values of a column that lies in one piece.
pub(crate) fn values(column: &Float64Chunked) -> Result<&[f64]> {
    column.cont_slice().map_err(|e| Error::data(format!("column `{}` is not contiguous: {e}", column.name())))
}

impl Drawing<'_> {
    /// The sample, with everything checked.
    pub(super) fn drawn(self) -> Result<Drawn> {
        let design_effect = self.assumed()?;
        let Drawing { frame, options, .. } = self;
        // Where replicate weights are all there is, PSUs play no part and one will do.
        let told = self.columns.strata.is_some() || self.columns.psu.is_some();
        let psus = match &options.replication {
            Some(Replication::Columns(_)) if !told => Psus::one(frame.height())?,
            _ => psus(frame.height(), &self.columns)?,
        };
        if let Some(person) = self.person {
            at_home(frame, person, &psus.of_row)?;
        }
        let replicates = match &options.replication {
            None => None,
            Some(Replication::Columns(given)) => {
                let (replicates, columns) = given.read(frame, &self.weight)?;
                Some(ReplicateWeights::Columns(replicates, columns))
            }
            Some(Replication::Made(_)) if self.second_stage.is_some() => {
                return Err(Error::design("replicates are made from PSUs, and know nothing of a second stage")
                    .help("leave out the one or the other"));
            }
            Some(Replication::Made(made)) => Some(ReplicateWeights::Factors(made.of(&psus.design)?)),
        };
        let Psus { of_row, design, strata, names, unique } = psus;
        let (unit, stages) = match self.second_stage {
            None => (of_row, Stages::new(design)),
            Some(second) => {
                let units = second.read(frame, &of_row)?;
                (units.of_row, Stages::new(design).then(units.design, units.within)?)
            }
        };
        let variables = Variables { frame, dimensions: self.dimensions };
        let calibrate = |known: &super::KnownTotals| known.calibrate(&variables, values(&self.weight)?);
        let calibration = options.known_totals.as_ref().map(calibrate).transpose()?.map(Arc::new);
        let weight = match &calibration {
            Some(calibration) => calibrated_weights(calibration)?,
            None => self.weight,
        };
        Ok(Drawn {
            weight,
            unit,
            stages: Arc::new(stages),
            calibration,
            replicates,
            design_effect,
            tier: self.tier,
            strata,
            names,
            unique,
        })
    }

    /// The assumed design effect, which must be a number above 0 and stand alone.
    fn assumed(&self) -> Result<Option<f64>> {
        let Some(deff) = self.options.design_effect else { return Ok(None) };
        if !(deff.is_finite() && deff > 0.0) {
            return Err(Error::design(format!("the assumed design effect is {deff}")).help("1.5 widens variances by a half"));
        }
        let better = match self.options.replication {
            Some(_) => Some(Tier::Replicates),
            None => Some(self.tier).filter(|t| *t < Tier::AssumedDesignEffect),
        };
        match better {
            Some(tier) => Err(Error::design(format!("a design effect is assumed, but the records have {}", tier.name()))
                .help("leave out the one or the other: what records tell is better than an assumption")),
            None => Ok(Some(deff)),
        }
    }
}

/// Calibrated weights as weights; those of the linear method may be negative, which no rate can be made from.
fn calibrated_weights(calibration: &Calibration<'_>) -> Result<Float64Chunked> {
    let weights = calibration.weights();
    let negative = weights.iter().filter(|w| **w < 0.0).count();
    if negative > 0 {
        return Err(Error::design(format!(
            "calibration makes {negative} weights negative; the smallest factor is {}",
            calibration.range().0
        ))
        .help("calibrate by raking, or by logit or bounded-linear with bounds"));
    }
    Ok(Float64Chunked::from_vec("weight".into(), weights))
}

/// People who return must be found in one PSU, or their answers would count as independent.
fn at_home(frame: &DataFrame, person: &str, psu: &[u32]) -> Result<()> {
    let people = texts(frame, person)?;
    let mut home = HashMap::new();
    for (row, (name, &psu)) in people.iter().zip(psu).enumerate() {
        let name = name.unwrap_or_default();
        if *home.entry(name).or_insert(psu) != psu {
            return Err(Error::design(format!("{name} of column `{person}` lies in two PSUs, the second in row {}", row + 1))
                .help("give PSUs the same number in every period, or let people stand in for them: leave PSU and strata out"));
        }
    }
    Ok(())
}

impl Drawn {
    /// Strata and PSUs by their names, for totals that are merged with those of other records.
    ///
    /// # Errors
    /// A design whose errors need all records at once.
    pub(crate) fn units(&self) -> Result<SampledUnits> {
        let whole = |what: &str| {
            Err(Error::design(format!("{what} need all records at once, not their totals"))
                .help("estimate from the records themselves, or leave this out of the design"))
        };
        if self.design_effect.is_some() {
            return whole("errors from an assumed design effect");
        }
        if self.replicates.is_some() {
            return whole("replicate weights");
        }
        if self.calibration.is_some() {
            return whole("calibrated weights");
        }
        match self.stages.only() {
            None => whole("designs of several stages"),
            Some(design) if design.is_finite() => whole("finite populations"),
            Some(design) => Ok(SampledUnits {
                strata: self.strata.clone(),
                stratum_of: design.strata_of_psus().to_vec(),
                names: self.names.clone(),
                lonely: design.lonely(),
                unique: self.unique,
            }),
        }
    }

    /// What is known of the sample without its rows.
    pub(crate) fn of_tier(tier: Tier) -> Result<Drawn> {
        let nobody = Design::new(Vec::new(), Vec::new(), LonelyPsu::Remove, |h| h.to_string())?;
        Ok(Drawn {
            weight: Float64Chunked::from_vec("weight".into(), Vec::new()),
            unit: Vec::new(),
            stages: Arc::new(Stages::new(nobody)),
            calibration: None,
            replicates: None,
            design_effect: None,
            tier,
            strata: Vec::new(),
            names: Names::None,
            unique: false,
        })
    }

    /// What errors of functions of `totals` are made from; `rows` are those that were summed.
    pub(crate) fn basis(&self, rows: &impl RowSource, totals: &Totals) -> Result<Basis> {
        if let Some(design_effect) = self.design_effect {
            let rooted = Rooted::of(rows);
            return Ok(Basis::Assumed { design_effect, rooted: Totals::accumulate(&rooted, rows.len(), totals.cells()) });
        }
        if let Some(weights) = &self.replicates {
            let replicates = self.replicated(weights, rows, totals)?;
            let made = matches!(weights, ReplicateWeights::Factors(_));
            return Ok(Basis::Replicated { replicates, stages: made.then(|| Arc::clone(&self.stages)) });
        }
        Ok(match &self.calibration {
            Some(calibration) => {
                let residuals = Residuals::of(calibration, rows, self.stages.units(), totals.cells())?;
                Basis::Calibrated(Arc::clone(&self.stages), residuals)
            }
            None => Basis::Linearised(Arc::clone(&self.stages)),
        })
    }

    /// Totals under every set of replicate weights, each calibrated where the weights are.
    fn replicated(&self, weights: &ReplicateWeights, rows: &impl RowSource, totals: &Totals) -> Result<ReplicateTotals> {
        let cells = totals.cells();
        match (weights, &self.calibration) {
            (ReplicateWeights::Factors(factors), None) => ReplicateTotals::of(totals, factors),
            (ReplicateWeights::Factors(factors), Some(calibration)) => {
                let of = |r| calibration.again(&factors.column(r, &self.unit, calibration.design_weights()));
                ReplicateTotals::accumulate(rows, factors.replicates(), cells, |r| Ok(Cow::Owned(of(r)?)))
            }
            (ReplicateWeights::Columns(replicates, columns), None) => {
                ReplicateTotals::accumulate(rows, replicates, cells, |r| Ok(Cow::Borrowed(values(&columns[r])?)))
            }
            (ReplicateWeights::Columns(replicates, columns), Some(calibration)) => {
                let of = |r: usize| calibration.again(values(&columns[r])?);
                ReplicateTotals::accumulate(rows, replicates, cells, |r| Ok(Cow::Owned(of(r)?)))
            }
        }
    }
}

/// Rows under the square roots of their weights, each its own PSU.
struct Rooted<'a, R> {
    rows: &'a R,
    psu: Vec<u32>,
    weight: Vec<f64>,
}

impl<'a, R: RowSource> Rooted<'a, R> {
    fn of(rows: &'a R) -> Self {
        let weight = rows.weight().iter().map(|w| w.sqrt()).collect();
        Rooted { rows, psu: (0..rows.len() as u32).collect(), weight }
    }
}

impl<R: RowSource> RowSource for Rooted<'_, R> {
    fn psu(&self) -> &[u32] {
        &self.psu
    }

    fn weight(&self) -> &[f64] {
        &self.weight
    }

    fn code(&self, range: Range<usize>, into: &mut [u32]) {
        self.rows.code(range, into);
    }

    fn answers(&self) -> usize {
        self.rows.answers()
    }

    fn amounts(&self) -> usize {
        self.rows.amounts()
    }

    fn amount(&self, variable: usize, row: usize) -> f64 {
        self.rows.amount(variable, row)
    }
}
