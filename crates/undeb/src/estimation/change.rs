//! Differences between estimates: only of one definition, and never across an incomparable break.

use serde::Serialize;

use super::basis::covariances;
use super::changes::Change;
use super::comparison::CompareOptions;
use super::side::Side;
use super::{Estimate, Estimates};
use crate::error::{Error, Result};
use crate::survey::interval::Interval;

/// A difference of two estimates, in fractions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Later minus earlier, or first minus second.
    pub value: f64,
    /// Standard error, where both numbers have one.
    pub se: Option<f64>,
    /// Interval at the level asked for, where one can be had.
    pub interval: Option<Interval>,
    /// Notes of the breaks of force `caution` that lie between.
    pub cautions: Vec<String>,
}

impl Estimates {
    /// `a` of these estimates minus `b` of those, at a confidence level, with the correlation of the two taken as `rho`.
    ///
    /// Source: METHODS M4.
    ///
    /// ```
    /// use undeb::{Measure, PublishedTable, Registry};
    /// let registry = Registry::bundled()?;
    /// let survey = PublishedTable::open("uk-sectors", &registry)?.estimate(&[Measure::Coverage], None)?;
    /// let employers = PublishedTable::open("wales-pay-set", &registry)?.estimate(&[Measure::PaySet], None)?;
    /// let a = employers.get(Measure::PaySet, "2009".parse()?, "WLS", "all").unwrap();
    /// let b = survey.get(Measure::Coverage, "2009".parse()?, "UK", "all").unwrap();
    /// let refused = employers.minus(a, &survey, b, 0.95, 0.0).unwrap_err();
    /// assert!(refused.is_definition());
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// The definitions differ; an incomparable break lies between the periods; a value is missing.
    pub fn minus(&self, a: &Estimate, those: &Estimates, b: &Estimate, level: f64, rho: f64) -> Result<Difference> {
        self.definition(a.measure)?.must_equal(those.definition(b.measure)?)?;
        let mut cautions = Vec::new();
        for series_break in self.breaks(a.measure, &a.sector).chain(those.breaks(b.measure, &b.sector)) {
            series_break.must_allow(a.period, b.period)?;
            let caution = format!("{}: {}", series_break.at, series_break.note);
            if series_break.between(a.period, b.period) && !cautions.contains(&caution) {
                cautions.push(caution);
            }
        }
        let (Some(x), Some(y)) = (a.value, b.value) else {
            let missing = if a.value.is_none() { a } else { b };
            return Err(Error::data(format!(
                "there is no {} for {}, {}, {}",
                missing.measure, missing.period, missing.region, missing.sector
            )));
        };
        let change = a.less(b, rho);
        Ok(Difference { value: x - y, se: change.se, interval: change.interval(level), cautions })
    }
}

impl Estimate {
    /// This figure less another, as [`Estimates::compare`] makes it, whatever lies between the two: the error is that of
    /// the joint design where both come from the same records, else it rests on the correlation `rho`.
    ///
    /// Source: METHODS M4, M9.
    ///
    /// ```
    /// use undeb::{Measure, PublishedTable, Registry};
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let density = table.estimate(&[Measure::Density], Some(1.5))?;
    /// let at = |year: &str| density.get(Measure::Density, year.parse().unwrap(), "US", "all").unwrap();
    /// let change = at("2022").less(at("2012"), 0.0);
    /// assert!(change.value.unwrap() < 0.0 && change.interval(0.95).unwrap().high < 0.0);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn less(&self, other: &Estimate, rho: f64) -> Change {
        let options = CompareOptions { rho: Some(rho), ..CompareOptions::default() };
        Change::of(Side::of(self).into(), Side::of(other).into(), &options)
    }

    /// The correlation of the sampling errors of two figures of the same records; none where no records tell.
    ///
    /// Formula: `C(a, b) / (se(a) se(b))`, and 0 where one has no spread. Source: METHODS M9.
    pub fn correlation(&self, other: &Estimate) -> Option<f64> {
        let covariance = covariances(&[(self.formula.as_ref()?, other.formula.as_ref()?)])[0]?;
        Some(self.se().zip(other.se()).map_or(0.0, |(a, b)| (covariance / (a * b)).clamp(-1.0, 1.0)))
    }
}
