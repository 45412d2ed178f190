//! Finite populations: the sampled share of every stratum, from a column of counts or of shares.

use polars::prelude::*;

use crate::error::{Error, Result};

/// The sampled share of each stratum from a column that is constant in it.
///
/// A column with a value below 1 holds shares, and then nothing above 1; any other holds numbers of units. A share of 1,
/// or as many units as were sampled, is a stratum taken with certainty: it adds nothing to a variance. `units` is the word
/// for what was sampled.
pub(super) fn fractions(
    units: &str,
    column: &Column,
    sampled: &[u32],
    stratum: impl Fn(usize) -> u32,
    name: impl Fn(u32) -> String,
) -> Result<Vec<f64>> {
    let of = column.name();
    if !column.dtype().is_primitive_numeric() {
        return Err(Error::design(format!("the population in column `{of}` is of type {}", column.dtype()))
            .help("give the number of units in the stratum, or the sampled share of them"));
    }
    let wrong = |e: PolarsError| Error::design(format!("column `{of}`: {e}"));
    let values = column.as_materialized_series().cast(&DataType::Float64).map_err(wrong)?;
    let mut population = vec![f64::NAN; sampled.len()];
    for (row, value) in values.f64().map_err(wrong)?.iter().enumerate() {
        let h = stratum(row);
        let good = value.filter(|v| v.is_finite() && *v > 0.0);
        let value = good.ok_or_else(|| {
            let shown = value.map_or_else(|| "missing".to_owned(), |v| v.to_string());
            Error::design(format!("the population in column `{of}`, row {} is {shown}", row + 1))
                .help("give the number of units in the stratum, or the sampled share of them")
        })?;
        let known = &mut population[h as usize];
        if known.is_nan() {
            *known = value;
        } else if *known != value {
            return Err(Error::design(format!("stratum {} has the populations {known} and {value} in column `{of}`", name(h)))
                .help("the population is one number a stratum, repeated in every row of it"));
        }
    }
    let shares = population.iter().any(|p| *p < 1.0);
    let one = |(h, (&population, &n)): (usize, (&f64, &u32))| match population {
        p if shares && p > 1.0 => Err(Error::design(format!(
            "column `{of}` mixes shares and counts: stratum {} has {p}, others less than 1",
            name(h as u32)
        ))
        .help("give the number of units in every stratum, or the sampled share in every one")),
        p if shares => Ok(p),
        p if p < f64::from(n) => Err(Error::design(format!(
            "stratum {} has {n} sampled {units} but a population of {p} in column `{of}`",
            name(h as u32)
        ))
        .help("the population of a stratum cannot be smaller than its sample")),
        p => Ok(f64::from(n) / p),
    };
    population.iter().zip(sampled).enumerate().map(one).collect()
}
