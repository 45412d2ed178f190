//! The second stage of a sample: units within PSUs, their strata and sampling fractions.

use std::collections::HashMap;

use polars::prelude::*;
use serde::Deserialize;

use super::coding::whole;
use super::columns::column;
use super::fpc::fractions;
use crate::error::{Error, Result};
use crate::survey::design::{Design, LonelyPsu};

/// Units that were drawn within PSUs, such as households; they add to the error where the first stage has sampling fractions.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondStage {
    /// Column of the units; their numbers may repeat between PSUs.
    pub unit: String,
    /// Column of the strata within PSUs, where units were stratified.
    #[serde(default)]
    pub strata: Option<String>,
    /// Column of units in the population of the PSU (or of the stratum in it), or of the share of them that was sampled.
    #[serde(default)]
    pub fpc: Option<String>,
    /// A single unit in a PSU adds nothing, instead of being an error.
    #[serde(default)]
    pub remove_lonely: bool,
}

/// Units in the order of their PSUs and names, the design that they make, and the PSU of each of its strata.
pub(crate) struct Units {
    pub(crate) of_row: Vec<u32>,
    pub(crate) design: Design,
    pub(crate) within: Vec<u32>,
}

/// Units are named by numbers and texts; spans of time, and times of a zone, are no names.
pub(super) fn must_name(column: &str, dtype: &DataType) -> Result<()> {
    match dtype {
        DataType::Duration(_) | DataType::Time | DataType::Datetime(_, Some(_)) => {
            Err(Error::design(format!("column `{column}` is of type {dtype}"))
                .help("sampling units are named by whole numbers or texts; make a text of it first"))
        }
        _ => Ok(()),
    }
}

/// A column as texts, whole numbers without their point.
pub(super) fn texts(frame: &DataFrame, name: &str) -> Result<StringChunked> {
    let wrong = |e: PolarsError| Error::design(format!("column `{name}`: {e}"));
    let series = whole(column(frame, name)?.as_materialized_series()).map_err(wrong)?;
    must_name(name, series.dtype())?;
    let series = series.cast(&DataType::String).map_err(wrong)?;
    if let Some(row) = series.is_null().iter().position(|n| n == Some(true)) {
        let count = series.null_count();
        return Err(Error::design(format!("column `{name}` is empty in row {} ({count} empty cells)", row + 1))
            .help("every row needs its units of both stages, those outside the domain too"));
    }
    series.str().cloned().map_err(wrong)
}

/// Numbers keys in their order: the number of each row, and the keys.
fn numbered<'a>(keys: impl Iterator<Item = (u32, &'a str)>) -> (Vec<u32>, Vec<(u32, &'a str)>) {
    let mut position = HashMap::new();
    let first: Vec<u32> = keys
        .map(|key| {
            let next = position.len() as u32;
            *position.entry(key).or_insert(next)
        })
        .collect();
    let mut order: Vec<_> = position.into_iter().collect();
    order.sort_unstable();
    let mut place = vec![0; order.len()];
    for (new, (_, old)) in order.iter().enumerate() {
        place[*old as usize] = new as u32;
    }
    (first.into_iter().map(|old| place[old as usize]).collect(), order.into_iter().map(|(key, _)| key).collect())
}

impl SecondStage {
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        [Some(&self.unit), self.strata.as_ref(), self.fpc.as_ref()].into_iter().flatten().map(String::as_str)
    }

    pub(crate) fn read(&self, frame: &DataFrame, psu_of_row: &[u32]) -> Result<Units> {
        let strata = self.strata.as_ref().map(|name| texts(frame, name)).transpose()?;
        let stratum = |row: usize| strata.as_ref().and_then(|s| s.get(row)).unwrap_or_default();
        let (stratum_of_row, strata_keys) = numbered(psu_of_row.iter().enumerate().map(|(row, psu)| (*psu, stratum(row))));
        let names = texts(frame, &self.unit)?;
        let unit = |row: usize| names.get(row).unwrap_or_default();
        let (of_row, units) = numbered(stratum_of_row.iter().enumerate().map(|(row, h)| (*h, unit(row))));
        let stratum_of: Vec<u32> = units.iter().map(|(h, _)| *h).collect();
        let within: Vec<u32> = strata_keys.iter().map(|(psu, _)| *psu).collect();
        let name = |h: u32| {
            let (psu, stratum) = strata_keys.get(h as usize).copied().unwrap_or_default();
            let of = if stratum.is_empty() { String::new() } else { format!(", stratum {stratum}") };
            let row = psu_of_row.iter().position(|p| *p == psu).unwrap_or_default();
            format!("the PSU of row {}{of}", row + 1)
        };
        let mut sampled = vec![0; within.len()];
        stratum_of.iter().for_each(|h| sampled[*h as usize] += 1);
        let fraction = match &self.fpc {
            None => vec![0.0; within.len()],
            Some(fpc) => fractions("units", column(frame, fpc)?, &sampled, |row| stratum_of_row[row], name)?,
        };
        let lonely = if self.remove_lonely { LonelyPsu::Remove } else { LonelyPsu::Fail };
        let design = Design::new(stratum_of, fraction, lonely, name).map_err(|e| e.context("second stage"))?;
        Ok(Units { of_row, design, within })
    }
}
