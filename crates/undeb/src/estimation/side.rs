//! A figure as comparisons see it: a rate or a quantity, where it stands and how sure it is.

use std::sync::Arc;

use super::basis::Formula;
use super::uncertainty::outcome;
use super::{Estimate, Uncertainty};
use crate::schema::{Period, Statistic};
use crate::survey::interval::{Method, Outcome};

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// Rate or quantity.
    pub statistic: Statistic,
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
    /// The value; none where there is no figure.
    pub value: Option<f64>,
    /// Unweighted sample.
    pub n: Option<f64>,
    /// How sure the value is.
    pub uncertainty: Uncertainty,
    /// How the value follows from totals of records.
    pub(crate) formula: Option<Formula>,
}

impl Side {
    pub(crate) fn of(estimate: &Estimate) -> Side {
        Side {
            statistic: Statistic::Rate(estimate.measure),
            period: estimate.period,
            since: estimate.since,
            region: Arc::clone(&estimate.region),
            sector: Arc::clone(&estimate.sector),
            breakdown: estimate.breakdown.clone(),
            value: estimate.value,
            n: estimate.n,
            uncertainty: estimate.uncertainty,
            formula: estimate.formula.clone(),
        }
    }

    /// The period in words; of an average all that it is of.
    pub fn periods(&self) -> String {
        self.period.since(self.since)
    }

    /// Standard error, where one is stated; none where the sample has no spread.
    pub fn se(&self) -> Option<f64> {
        self.uncertainty.se()
    }

    /// The interval of this side alone.
    pub fn outcome(&self, level: f64, method: Method) -> Outcome {
        outcome(self.statistic.is_share(), self.value, self.uncertainty, self.n, level, method)
    }

    /// The code along a dimension: period, region, sector or a further breakdown.
    pub(crate) fn code(&self, dimension: &str) -> Option<Arc<str>> {
        match dimension {
            "period" => Some(self.period.to_string().into()),
            "region" => Some(Arc::clone(&self.region)),
            "sector" => Some(Arc::clone(&self.sector)),
            other => self.breakdown.iter().find(|(d, _)| **d == *other).map(|(_, code)| Arc::clone(code)),
        }
    }

    /// Everything that two sides must share when they differ along `dimension` only.
    pub(crate) fn place_but(&self, dimension: &str) -> Vec<Arc<str>> {
        let dimensions = ["period", "region", "sector"].into_iter().chain(self.breakdown.iter().map(|(d, _)| &**d));
        let mut place = vec![Arc::from(self.statistic.id())];
        place.extend(dimensions.filter(|d| *d != dimension).filter_map(|d| self.code(d)));
        place
    }
}
