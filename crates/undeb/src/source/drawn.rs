//! How records were drawn and weighted, and so what their errors are made from.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::*;

use super::psus::Psus;
use super::tier::Tier;
use crate::error::{Error, Result};
use crate::survey::calibration::Calibration;
use crate::survey::errors::Basis;
use crate::survey::replicates::Replicates;
use crate::survey::replication::ReplicateTotals;
use crate::survey::residuals::Residuals;
use crate::survey::rows::{RowSource, Stretch};
use crate::survey::stages::Stages;
use crate::survey::totals::Totals;

/// Replicate weights: columns of the records, left where they are, or factors of PSUs.
#[derive(Clone, Debug)]
pub(crate) enum ReplicateWeights {
    Columns(Replicates, Vec<Float64Chunked>),
}

impl ReplicateWeights {
    pub(crate) fn replicates(&self) -> &Replicates {
        match self {
            ReplicateWeights::Columns(replicates, _) => replicates,
        }
    }
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
}

/// The values of a column that lies in one piece.
pub(crate) fn values(column: &Float64Chunked) -> Result<&[f64]> {
    column.cont_slice().map_err(|e| Error::data(format!("column `{}` is not contiguous: {e}", column.name())))
}

impl Drawn {
    /// A sample of one stage under its own weights.
    pub(crate) fn new(weight: Float64Chunked, psus: Psus, tier: Tier) -> Drawn {
        let Psus { of_row: unit, design } = psus;
        Drawn {
            weight,
            unit,
            stages: Arc::new(Stages::new(design)),
            calibration: None,
            replicates: None,
            design_effect: None,
            tier,
        }
    }

    /// The same with an assumed design effect, which must be a number above 0 and stand alone.
    pub(crate) fn assuming(mut self, design_effect: Option<f64>) -> Result<Drawn> {
        if let Some(deff) = design_effect.filter(|d| !(d.is_finite() && *d > 0.0)) {
            return Err(Error::design(format!("the assumed design effect is {deff}")).help("1.5 widens variances by a half"));
        }
        if design_effect.is_some() && self.tier < Tier::AssumedDesignEffect {
            return Err(Error::design(format!("a design effect is assumed, but the records have {}", self.tier.name()))
                .help("leave out the one or the other: what the records tell is better than an assumption"));
        }
        self.design_effect = design_effect;
        Ok(self)
    }

    /// What errors of functions of `totals` are made from; `rows` are those that were summed.
    pub(crate) fn basis(&self, rows: &impl RowSource, totals: &Totals) -> Result<Basis> {
        if let Some(design_effect) = self.design_effect {
            let rooted = Rooted { rows };
            return Ok(Basis::Assumed { design_effect, rooted: Totals::accumulate(&rooted, rows.len(), totals.cells()) });
        }
        Ok(match (&self.replicates, &self.calibration) {
            (Some(replicates), _) => Basis::Replicated(self.replicated(replicates, rows, totals)?),
            (None, Some(calibration)) => {
                let residuals = Residuals::of(calibration, rows, self.stages.units(), totals.cells())?;
                Basis::Calibrated(Arc::clone(&self.stages), residuals)
            }
            (None, None) => Basis::Linearised(Arc::clone(&self.stages)),
        })
    }

    fn replicated(&self, weights: &ReplicateWeights, rows: &impl RowSource, totals: &Totals) -> Result<ReplicateTotals> {
        match weights {
            ReplicateWeights::Columns(replicates, columns) => {
                ReplicateTotals::accumulate(rows, replicates, totals.cells(), |r| Ok(Cow::Borrowed(values(&columns[r])?)))
            }
        }
    }
}

/// Rows under the square roots of their weights, each its own PSU.
struct Rooted<'a, R> {
    rows: &'a R,
}

impl<R: RowSource> RowSource for Rooted<'_, R> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn answers(&self) -> usize {
        self.rows.answers()
    }

    fn amounts(&self) -> usize {
        self.rows.amounts()
    }

    fn fill(&self, range: Range<usize>, into: &mut Stretch) {
        self.rows.fill(range.clone(), into);
        into.weight.iter_mut().for_each(|w| *w = w.sqrt());
        into.psu.clear();
        into.psu.extend(range.map(|row| row as u32));
    }

    fn amount(&self, variable: usize, row: usize) -> f64 {
        self.rows.amount(variable, row)
    }
}
