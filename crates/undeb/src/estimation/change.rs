//! Differences between estimates: only of one definition, and never across an incomparable break.

use serde::Serialize;

use super::{Estimate, Estimates};
use crate::error::{Error, Result};
use crate::survey::interval::{Interval, Term, difference};

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
        let interval = a.interval(level).zip(b.interval(level)).map(|(i, j)| {
            difference(Term { value: x, interval: Some(i), factor: 1.0 }, Term { value: y, interval: Some(j), factor: 1.0 }, rho)
        });
        let se = a.se().zip(b.se()).map(|(s, t)| (s * s + t * t - 2.0 * rho * s * t).max(0.0).sqrt());
        Ok(Difference { value: x - y, se, interval, cautions })
    }
}
