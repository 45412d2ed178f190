//! What people are paid, where records say so: amounts, their own weight, and the words for their unit.

use std::sync::Arc;

use polars::prelude::*;
use serde::Deserialize;

use super::columns::{as_weights, column};
use crate::error::{Error, Result};

/// The column of pay, and how to read it.
///
/// ```
/// let hourly = undeb::PayColumn { amount: "wage".into(), unit: "GBP an hour".into(), ..Default::default() };
/// assert!(hourly.weight.is_empty() && hourly.missing.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayColumn {
    /// The amount. An empty cell is not known.
    pub amount: String,
    /// Currency and time: `GBP an hour`.
    pub unit: String,
    /// Values that stand for an answer that is not known, such as -9.
    #[serde(default)]
    pub missing: Vec<f64>,
    /// Weights for pay, the first that is there; those of everything else when none is named.
    #[serde(default)]
    pub weight: Vec<String>,
    /// What else is to be known of these columns.
    #[serde(default)]
    pub note: Option<String>,
}

/// Amounts of records.
#[derive(Clone, Debug)]
pub(crate) struct Pay {
    /// Of each row; NaN where it is not known.
    pub(crate) amount: Vec<f64>,
    /// Weights of their own, where the survey has such.
    pub(crate) weight: Option<Float64Chunked>,
    pub(crate) unit: Arc<str>,
}

impl PayColumn {
    /// Every column that may be read.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.amount.as_str()).chain(self.weight.iter().map(String::as_str))
    }

    /// The amounts, checked: numbers, not negative, not infinite.
    pub(super) fn read(&self, frame: &DataFrame) -> Result<Pay> {
        if self.unit.is_empty() {
            return Err(Error::data(format!("the unit of pay in column `{}` is not said", self.amount))
                .help("say currency and time, such as `GBP an hour`"));
        }
        let name = &self.amount;
        let given = column(frame, name)?;
        if !given.dtype().is_primitive_numeric() && given.dtype() != &DataType::Null {
            return Err(Error::data(format!("pay in column `{name}` is of type {}", given.dtype())).help("pay is a number"));
        }
        let wrong = |e: PolarsError| Error::data(format!("column `{name}`: {e}"));
        let floats = given.as_materialized_series().cast(&DataType::Float64).map_err(wrong)?;
        let amount: Vec<f64> =
            floats.f64().map_err(wrong)?.iter().map(|v| v.filter(|v| !self.missing.contains(v)).unwrap_or(f64::NAN)).collect();
        let bad = |v: &f64| *v < 0.0 || v.is_infinite();
        if let Some(row) = amount.iter().position(bad) {
            let count = amount.iter().filter(|v| bad(v)).count();
            return Err(Error::data(format!("pay in column `{name}`, row {} is {} ({count} such rows)", row + 1, amount[row]))
                .help("pay is a number, zero or more; name the values that stand for a missing answer as `missing`"));
        }
        let weight = match self.weight.iter().find(|w| frame.column(w).is_ok()) {
            Some(name) => Some(as_weights("weight of pay", name, column(frame, name)?)?),
            None if self.weight.is_empty() => None,
            None => {
                return Err(Error::design(format!("none of the weights of pay {} is there", self.weight.join(", ")))
                    .help("pay is not estimated with the weights of something else"));
            }
        };
        Ok(Pay { amount, weight, unit: self.unit.as_str().into() })
    }
}
