//! Employees in periods to come: as many as now, by trend, or as told.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::estimation::Estimate;
use crate::schema::Period;

/// How many employees a projection counts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Employment {
    /// As many as at the last figure.
    #[default]
    Flat,
    /// Growing as over the last ten figures: least squares through their logarithms, carried on from the last.
    Trend,
    /// A number for the last period of the projection, reached in equal steps a year.
    Supplied {
        /// Employees then.
        employees: f64,
        /// When.
        at: Period,
    },
}

/// Figures that the growth of employment is taken from.
const FIGURES: usize = 10;

impl Employment {
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Employment::Supplied { employees, .. } if !(employees.is_finite() && *employees > 0.0) => {
                Err(Error::plan(format!("{employees} employees are no positive number")))
            }
            _ => Ok(()),
        }
    }

    /// Employees in a period; none where those of the last figure are not known.
    pub(super) fn at(&self, figures: &[Estimate], period: Period) -> Option<f64> {
        let last = figures.last()?;
        let now = last.denominator?;
        let years = period.years_since(last.period);
        match self {
            Employment::Flat => Some(now),
            Employment::Supplied { employees, at } => {
                let whole = at.years_since(last.period);
                Some(if whole > 0.0 && years < whole { now + (employees - now) * years / whole } else { *employees })
            }
            Employment::Trend => {
                let known: Vec<(f64, f64)> = figures[figures.len().saturating_sub(FIGURES)..]
                    .iter()
                    .filter_map(|f| Some((f.period.years_since(last.period), f.denominator.filter(|d| *d > 0.0)?.ln())))
                    .collect();
                let n = known.len() as f64;
                let (t, y) = known.iter().fold((0.0, 0.0), |sum, k| (sum.0 + k.0 / n, sum.1 + k.1 / n));
                let square: f64 = known.iter().map(|k| (k.0 - t).powi(2)).sum();
                let product: f64 = known.iter().map(|k| (k.0 - t) * (k.1 - y)).sum();
                (square > 0.0).then(|| now * (product / square * years).exp())
            }
        }
    }

    /// The words of a report.
    pub const fn words(self) -> &'static str {
        match self {
            Employment::Flat => "as many employees as at the last figure",
            Employment::Trend => "employees growing as over the last ten figures",
            Employment::Supplied { .. } => "employees as the plan supplies them",
        }
    }
}
