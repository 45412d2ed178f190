//! Columns that every set of records needs: weights and periods, checked.

use std::collections::HashMap;

use polars::prelude::*;

use super::coded::Coded;
use super::codes::{Codes, NULL};
use crate::error::{Error, Result, choices};
use crate::schema::Period;
use crate::survey::threads::{self, TASK};

/// Names of the columns of a frame.
pub(super) fn names(frame: &DataFrame) -> impl Iterator<Item = &str> {
    frame.columns().iter().map(|c| c.name().as_str())
}

pub(super) fn column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|_| no_column(name, names(frame)))
}

pub(super) fn no_column<'a>(name: &str, there: impl IntoIterator<Item = &'a str>) -> Error {
    Error::data(format!("there is no column `{name}`")).help(choices(name, there))
}

/// Weights: numbers, finite, not negative, not all zero; each 1 where no column is named.
pub(super) fn weights(frame: &DataFrame, name: Option<&str>) -> Result<Float64Chunked> {
    match name {
        None => Ok(Float64Chunked::from_vec("weight".into(), vec![1.0; frame.height()])),
        Some(name) => as_weights("weight", name, column(frame, name)?),
    }
}

/// A column as weights of a kind; `what` is for messages.
pub(super) fn as_weights(what: &str, name: &str, given: &Column) -> Result<Float64Chunked> {
    if !given.dtype().is_primitive_numeric() {
        let texts = given.as_materialized_series().str().ok();
        let is_none = |text: &Option<&str>| text.is_some_and(|t| t.parse::<f64>().is_err());
        let first = texts.and_then(|texts| texts.iter().enumerate().find(|(_, text)| is_none(text)));
        let first = first.map(|(row, text)| format!(": row {} is `{}`", row + 1, text.unwrap_or_default())).unwrap_or_default();
        return Err(Error::design(format!("the {what}s in column `{name}` are of type {}{first}", given.dtype()))
            .help("weights are numbers"));
    }
    let floats = given.as_materialized_series().cast(&DataType::Float64).and_then(|s| s.rechunk().f64().cloned());
    let floats = floats.map_err(|e| Error::design(format!("column `{name}`: {e}")))?;
    let bad = |row: usize, found: String, count: usize| {
        Error::design(format!("the {what} in column `{name}`, row {} is {found} ({count} such rows)", row + 1))
            .help("every row needs a weight that is a number, zero or more and below 1e100; leave rows out before estimating")
    };
    if floats.null_count() > 0 {
        let row = floats.iter().position(|w| w.is_none()).unwrap_or_default();
        return Err(bad(row, "missing".to_owned(), floats.null_count()));
    }
    let values = floats.cont_slice().map_err(|e| Error::design(format!("column `{name}`: {e}")))?;
    // Sums of the squares of larger ones are no numbers any more.
    let wrong = |w: &&f64| !(**w >= 0.0 && **w < 1e100);
    let seen = threads::map(values.chunks(TASK).collect(), values.len(), signs_and_sum);
    let (signs, sum) = seen.into_iter().fold((0, 0.0), |(signs, sum), (s, w)| (signs | s, sum + w));
    // Without a sign, and with a sum that small, no weight can be wrong.
    if (signs >> 63 == 1 || sum.is_nan() || sum >= 1e100)
        && let Some(row) = values.iter().position(|w| wrong(&w))
    {
        let shown = if values[row].abs() < 1e15 { values[row].to_string() } else { format!("{:e}", values[row]) };
        return Err(bad(row, shown, values.iter().filter(wrong).count()));
    }
    // The squares of smaller ones are nothing any more.
    if sum > 0.0 && sum < 1e-100 {
        return Err(Error::design(format!("all {what}s in column `{name}` together are {sum:e}"))
            .help("multiply them by one number, so that they are of the size of people or of one"));
    }
    if !values.is_empty() && sum == 0.0 {
        return Err(Error::design(format!("all {what}s in column `{name}` are zero")));
    }
    Ok(floats)
}

/// The bits of all numbers laid over one another, and their sum, in eight parts so that no addition waits for another.
fn signs_and_sum(values: &[f64]) -> (u64, f64) {
    let (eights, rest) = values.as_chunks::<8>();
    let (mut signs, mut sums) = ([0_u64; 8], [0.0; 8]);
    for eight in eights {
        for (i, value) in eight.iter().enumerate() {
            signs[i] |= value.to_bits();
            sums[i] += value;
        }
    }
    let last = rest.iter().fold((0, 0.0), |(signs, sum), value| (signs | value.to_bits(), sum + value));
    (signs.iter().fold(last.0, |all, s| all | s), sums.iter().sum::<f64>() + last.1)
}

pub(super) fn must_have_rows(frame: &DataFrame) -> Result<()> {
    if frame.height() == 0 {
        return Err(Error::data("there are no records").help("a frame with at least one row is needed"));
    }
    Ok(())
}

/// Years of a coded column, sorted, and the year of each row.
pub(super) fn years(name: &str, coded: Coded) -> Result<(Vec<Period>, Codes)> {
    if let Some(row) = coded.codes.first_null() {
        return Err(Error::data(format!("the period in column `{name}`, row {} is empty", row + 1)));
    }
    let periods = coded
        .keys
        .iter()
        .map(|k| k.to_string().parse().map_err(|e: Error| e.context(format!("column `{name}`"))))
        .collect::<Result<_>>()?;
    Ok((periods, coded.codes))
}

pub(super) fn quarters(years: &[Period], year_of: &Codes, name: &str, coded: &Coded) -> Result<(Vec<Period>, Codes)> {
    let mut all: Vec<Period> = Vec::new();
    let mut of_row = Vec::with_capacity(year_of.len());
    let mut known: HashMap<(u16, u16), Period> = HashMap::new();
    for (row, (y, q)) in year_of.iter().zip(coded.codes.iter()).enumerate() {
        let period = match known.get(&(y, q)) {
            Some(p) => *p,
            None => {
                let quarter = coded.keys.get(q as usize).map(ToString::to_string).unwrap_or_default();
                let p: Period = format!("{}-Q{quarter}", years[y as usize])
                    .parse()
                    .map_err(|e: Error| e.context(format!("column `{name}`, row {}", row + 1)))?;
                known.insert((y, q), p);
                all.push(p);
                p
            }
        };
        of_row.push(period);
    }
    all.sort_unstable();
    let codes = Codes::of(of_row.iter().map(|p| all.binary_search(p).map_or(NULL, |i| i as u16)), all.len());
    Ok((all, codes))
}
