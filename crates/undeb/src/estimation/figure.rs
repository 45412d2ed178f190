//! One total, mean or pay gap of records, in its unit.

use std::sync::Arc;

use super::Uncertainty;
use super::basis::Formula;
use super::side::Side;
use super::uncertainty::outcome;
use crate::schema::{Period, Quantity, Statistic};
use crate::survey::interval::{Interval, Method, Outcome};

/// One total, mean or pay gap: where, when, how much and how sure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is.
    pub quantity: Quantity,
    /// When; the last one of an average over several periods.
    pub period: Period,
    /// The first period of an average over several.
    pub since: Option<Period>,
    /// Region code.
    pub region: Arc<str>,
    /// Sector code.
    pub sector: Arc<str>,
    /// Further breakdowns: dimension and code.
    pub breakdown: Vec<(Arc<str>, Arc<str>)>,
    /// The value in its unit; none where nobody answered.
    pub value: Option<f64>,
    /// Unweighted records behind it: valid answers, or people whose pay is known. Of a gap, both groups.
    pub n: u64,
    /// How sure the value is; the standard error is in the unit of the value.
    pub uncertainty: Uncertainty,
    /// Sums several codes.
    pub rolled_up: bool,
    /// Weighted share whose answer, or whose pay, is not known among those that it would count for.
    pub missing_share: Option<f64>,
    /// PSUs behind it, where they play a part.
    pub psus: Option<u64>,
    /// How the value follows from totals of records.
    pub formula: Option<Formula>,
}

impl Figure {
    /// The period in words; of an average all that it is over: "2019 to 2024".
    pub fn periods(&self) -> String {
        self.period.since(self.since)
    }

    /// Standard error in the unit of the value; none where there is no spread.
    pub fn se(&self) -> Option<f64> {
        self.uncertainty.se()
    }

    /// Degrees of freedom, where they are known.
    pub fn df(&self) -> Option<f64> {
        self.uncertainty.df()
    }

    /// Coefficient of variation, `se / value`; none at 0 and without an error.
    pub fn cv(&self) -> Option<f64> {
        Some(self.se()? / self.value.filter(|v| *v != 0.0)?.abs())
    }

    /// The symmetric interval at a level, `value -+ t se`, or why there is none (METHODS M2).
    pub fn outcome(&self, level: f64) -> Outcome {
        outcome(false, self.value, self.uncertainty, Some(self.n as f64), level, Method::Wald)
    }

    /// The interval of [`Self::outcome`].
    pub fn interval(&self, level: f64) -> Option<Interval> {
        self.outcome(level).interval
    }

    pub(super) fn side(&self) -> Side {
        Side {
            statistic: Statistic::Quantity(self.quantity),
            period: self.period,
            since: self.since,
            region: Arc::clone(&self.region),
            sector: Arc::clone(&self.sector),
            breakdown: self.breakdown.clone(),
            value: self.value,
            n: Some(self.n as f64),
            uncertainty: self.uncertainty,
            formula: self.formula.clone(),
        }
    }
}
