//! Known totals meet records: which row counts in which total, and the weights that reproduce them all.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;

use super::coded::Coded;
use super::codes::{Codes, NULL};
use super::coding::code;
use super::columns::{column, names, no_column};
use super::known_totals::{CROSS, KnownTotal, KnownTotals};
use super::microdata::Dimension;
use crate::error::{Error, Result};
use crate::survey::auxiliary::Auxiliary;
use crate::survey::calibration::{Calibration, calibrate};

/// An auxiliary variable with columns of its own.
enum Known {
    Margin { name: String, levels: Vec<String>, level: Vec<u32>, totals: Vec<f64> },
    Amount { name: String, values: Vec<f64>, total: f64 },
}

/// Codes of every row by one variable, whatever they come from.
struct Keyed {
    keys: Vec<String>,
    of_row: Codes,
}

/// The records as known totals see them: their columns, and their breakdowns.
pub(super) struct Variables<'a> {
    pub(super) frame: &'a DataFrame,
    pub(super) dimensions: &'a BTreeMap<String, Dimension>,
}

impl KnownTotals {
    /// Weights that reproduce the totals, over all rows of the records.
    pub(super) fn calibrate(&self, variables: &Variables<'_>, weight: &[f64]) -> Result<Calibration<'static>> {
        let mut names: Vec<&str> = Vec::new();
        for t in &self.totals {
            if !names.contains(&t.variable.as_str()) {
                names.push(&t.variable);
            }
        }
        let distance = self.distance(names.len())?;
        let of = |name: &str| -> Vec<&KnownTotal> { self.totals.iter().filter(|t| t.variable == name).collect() };
        let known: Vec<Known> = names.iter().map(|name| variables.known(name, &of(name))).collect::<Result<_>>()?;
        let levels: Vec<Vec<&str>> = known
            .iter()
            .map(|k| match k {
                Known::Margin { levels, .. } => levels.iter().map(String::as_str).collect(),
                Known::Amount { .. } => Vec::new(),
            })
            .collect();
        let auxiliaries: Vec<Auxiliary<'_>> = known
            .iter()
            .zip(&levels)
            .map(|(known, levels)| match known {
                Known::Margin { name, level, totals, .. } => Auxiliary::Margin { name, levels, level, totals },
                Known::Amount { name, values, total } => Auxiliary::Amount { name, values, total: *total },
            })
            .collect();
        Ok(calibrate(weight, &auxiliaries, distance)?.into_owned())
    }
}

impl Variables<'_> {
    /// One variable with its totals.
    fn known(&self, name: &str, totals: &[&KnownTotal]) -> Result<Known> {
        let uncoded = totals.iter().filter(|t| t.code.is_none()).count();
        match totals {
            [only] if uncoded == 1 => self.amount(name, only.total),
            _ if uncoded > 0 => {
                Err(Error::design(format!("`{name}` has {} known totals, {uncoded} of them without a code", totals.len()))
                    .help("a variable has one total for each of its codes, or one sum"))
            }
            _ => self.margin(name, totals),
        }
    }

    fn margin(&self, name: &str, known: &[&KnownTotal]) -> Result<Known> {
        let levels: Vec<String> = known.iter().filter_map(|t| t.code.clone()).collect();
        if let Some(twice) = levels.iter().enumerate().find_map(|(i, l)| levels[..i].contains(l).then_some(l)) {
            return Err(Error::design(format!("the known total of {name} {twice} is there twice")));
        }
        let parts: Vec<&str> = if self.frame.column(name).is_ok() { vec![name] } else { name.split(CROSS).collect() };
        let codes: Vec<Keyed> = parts.iter().map(|part| self.codes(part)).collect::<Result<_>>()?;
        // Few combinations recur in many rows: each is looked up once and counted where it is unknown.
        let mut place: HashMap<Vec<u16>, Option<u32>> = HashMap::new();
        let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
        let mut level = Vec::with_capacity(self.frame.height());
        let text = |key: &[u16]| {
            let shown: Vec<&str> = codes.iter().zip(key).map(|(c, k)| c.keys[usize::from(*k)].as_str()).collect();
            shown.join(&CROSS.to_string())
        };
        let mut key = vec![0; codes.len()];
        for row in 0..self.frame.height() {
            key.iter_mut().zip(&codes).for_each(|(k, c)| *k = c.of_row.get(row));
            let at = match place.get(&key) {
                Some(at) => *at,
                None => {
                    let at = levels.iter().position(|l| *l == text(&key)).map(|at| at as u32);
                    place.insert(key.clone(), at);
                    at
                }
            };
            match at {
                Some(at) => level.push(at),
                None => *unknown.entry(text(&key)).or_default() += 1,
            }
        }
        if !unknown.is_empty() {
            let shown: Vec<String> = unknown.iter().map(|(code, count)| format!("{code} ({count} rows)")).collect();
            return Err(Error::design(format!("there is no known total of {name} for {}", shown.join(", ")))
                .help("everybody in the records must be in one of the known totals"));
        }
        Ok(Known::Margin { name: name.to_owned(), levels, level, totals: known.iter().map(|t| t.total).collect() })
    }

    /// A number for everybody, and its sum.
    fn amount(&self, name: &str, total: f64) -> Result<Known> {
        let column = column(self.frame, name)?;
        if !column.dtype().is_primitive_numeric() {
            return Err(Error::design(format!("`{name}` is of type {}, and has a known sum", column.dtype()))
                .help("sums are of numbers; a variable with codes has a total for each of them"));
        }
        let values = column.as_materialized_series().cast(&DataType::Float64).and_then(|s| s.f64().cloned());
        let values = values.map_err(|e| Error::design(format!("column `{name}`: {e}")))?;
        if let Some(row) = values.iter().position(|v| v.is_none()) {
            return Err(empty(name, row, values.null_count()));
        }
        Ok(Known::Amount { name: name.to_owned(), values: values.iter().flatten().collect(), total })
    }

    /// The codes of a column of the records, or else of a breakdown.
    fn codes(&self, name: &str) -> Result<Keyed> {
        let codes = if let Ok(column) = self.frame.column(name) {
            let Coded { keys, codes } = code(name, column)?;
            Keyed { keys: keys.iter().map(ToString::to_string).collect(), of_row: codes }
        } else if let Some(dimension) = self.dimensions.get(name) {
            Keyed { keys: dimension.codes.iter().map(ToString::to_string).collect(), of_row: dimension.of_row.clone() }
        } else {
            let there = names(self.frame).chain(self.dimensions.keys().map(String::as_str));
            return Err(no_column(name, there));
        };
        let empty_row = codes.of_row.iter().position(|c| c == NULL);
        match empty_row {
            Some(row) => Err(empty(name, row, codes.of_row.iter().filter(|c| *c == NULL).count())),
            None => Ok(codes),
        }
    }
}

fn empty(name: &str, row: usize, count: usize) -> Error {
    Error::design(format!("`{name}` is empty in row {} ({count} rows)", row + 1))
        .help("an auxiliary variable must be known for everybody, those outside the domain too")
}
