//! Strata and PSUs of records, numbered in the order of their values so that the order of the rows does not matter.

use std::collections::HashMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::coding::{Coded, NULL, code, whole};
use super::fpc::fractions;
use crate::error::{Error, Result};
use crate::survey::design::{Design, LonelyPsu};

/// Between the parts of a design column that was joined from several; messages show a space instead.
pub(super) const JOINED: &str = "\u{1f}";

/// Rows of one task.
const TASK: usize = 1 << 16;

/// The PSU of every row, and the design that they make.
#[derive(Clone, Debug)]
pub(crate) struct Psus {
    pub(crate) of_row: Vec<u32>,
    pub(crate) design: Design,
}

impl Psus {
    /// Everybody in one PSU, for designs of which replicate weights tell everything.
    pub(super) fn one(rows: usize) -> Result<Psus> {
        let design = Design::new(vec![0], vec![0.0], LonelyPsu::Remove, |h| h.to_string())?;
        Ok(Psus { of_row: vec![0; rows], design })
    }
}

/// Which columns make the design.
#[derive(Clone, Debug, Default)]
pub(crate) struct DesignColumns<'a> {
    pub(crate) strata: Option<&'a Column>,
    pub(crate) psu: Option<&'a Column>,
    /// Sampled PSUs in the population of the stratum, or the sampling fraction where below 1.
    pub(crate) fpc: Option<&'a Column>,
    /// PSU numbers repeat between strata; else a PSU in two strata is an error.
    pub(crate) nested: bool,
    pub(crate) lonely: LonelyPsu,
}

fn empty_cell(column: &Column, row: usize, count: usize) -> Error {
    Error::design(format!("column `{}` is empty in row {} ({count} empty cells)", column.name(), row + 1))
        .help("every row needs its stratum and PSU, those outside the domain too")
}

/// Numbers the PSUs of rows.
pub(crate) fn psus(rows: usize, columns: &DesignColumns<'_>) -> Result<Psus> {
    let strata = match columns.strata {
        None => Coded { keys: Vec::new(), codes: Vec::new() },
        Some(column) => {
            let coded = code(column.name(), column)?;
            if let Some(row) = coded.codes.iter().position(|c| *c == NULL) {
                return Err(empty_cell(column, row, coded.codes.iter().filter(|c| **c == NULL).count()));
            }
            coded
        }
    };
    let stratum = |row: usize| strata.codes.get(row).copied().unwrap_or(0);
    let count = strata.keys.len().max(1);
    let (of_row, stratum_of, names) = match columns.psu {
        None => {
            // Every row is its own PSU.
            let most = u32::try_from(rows).map_err(|_| Error::design(format!("{rows} rows are too many PSUs")))?;
            ((0..most).collect(), (0..rows).map(|r| u32::from(stratum(r))).collect(), Vec::new())
        }
        Some(column) => number(column, rows, count, !columns.nested, &stratum)?,
    };
    if !columns.nested
        && let (Some(psu), Some(strata_column)) = (columns.psu, columns.strata)
    {
        let mut home: HashMap<&str, u32> = HashMap::new();
        for (name, h) in names.iter().zip(&stratum_of) {
            if *home.entry(name).or_insert(*h) != *h {
                return Err(Error::design(format!(
                    "PSU {} of column `{}` lies in two strata of `{}`",
                    name.replace(JOINED, " "),
                    psu.name(),
                    strata_column.name()
                ))
                .help("say that PSUs are nested if their numbers repeat between strata"));
            }
        }
    }
    let mut sampled = vec![0_u32; count];
    for h in &stratum_of {
        sampled[*h as usize] += 1;
    }
    let name =
        |h: u32| strata.keys.get(h as usize).map_or_else(|| "(the only one)".to_owned(), |k| k.to_string().replace(JOINED, " "));
    let fraction = match columns.fpc {
        None => vec![0.0; count],
        Some(column) => fractions("PSUs", column, &sampled, |row| u32::from(stratum(row)), name)?,
    };
    Ok(Psus { of_row, design: Design::new(stratum_of, fraction, columns.lonely, name)? })
}

type Numbered = (Vec<u32>, Vec<u32>, Vec<String>);

/// PSU of each row, stratum of each PSU, and where `named` the name of each PSU.
fn number(
    column: &Column,
    rows: usize,
    strata: usize,
    named: bool,
    stratum: &(impl Fn(usize) -> u16 + Sync),
) -> Result<Numbered> {
    let wrong = |e: PolarsError| Error::design(format!("column `{}`: {e}", column.name()));
    let series = &whole(column.as_materialized_series()).map_err(wrong)?;
    if let Some(row) = (series.null_count() > 0).then(|| series.is_null().iter().position(|n| n == Some(true))).flatten() {
        return Err(empty_cell(column, row, series.null_count()));
    }
    // Numbers beyond the range are told apart as texts.
    let whole = match series.dtype() {
        dtype if dtype.is_integer() => Some(series.cast(&DataType::Int64).map_err(wrong)?).filter(|w| w.null_count() == 0),
        _ => None,
    };
    let Some(whole) = whole else {
        return number_texts(series, stratum, rows).map_err(wrong);
    };
    let whole = whole.rechunk();
    let values = whole.i64().map_err(wrong)?;
    let values = values.cont_slice().map_err(wrong)?;
    let (low, high) = values
        .par_chunks(TASK)
        .map(|c| c.iter().fold((i64::MAX, i64::MIN), |(a, b), v| (a.min(*v), b.max(*v))))
        .reduce(|| (i64::MAX, i64::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    let width = i128::from(high) - i128::from(low) + 1;
    let room = (4 * rows as i128).max(1 << 22);
    let offset = |row: usize| (values[row] - low) as usize;
    if width <= room
        && let Some(homes) = homes(width as usize, rows, &offset, stratum)
    {
        // Every number lies in one stratum: a table by number, no hashing, and PSUs come out in order.
        let slots = homes.iter().map(|h| *h != u32::MAX);
        return Ok(by_table(slots, rows, offset, |slot| (homes[slot], low + slot as i64), named));
    }
    let span = width * strata as i128;
    if span > room {
        let texts = whole.cast(&DataType::String).map_err(wrong)?;
        return number_texts(&texts, stratum, rows).map_err(wrong);
    }
    let width = width as usize;
    let slot = |row: usize| stratum(row) as usize * width + offset(row);
    let mut used = vec![false; span as usize];
    for row in 0..rows {
        used[slot(row)] = true;
    }
    let owner = |slot: usize| ((slot / width) as u32, low + (slot % width) as i64);
    Ok(by_table(used.into_iter(), rows, slot, owner, named))
}

/// The stratum of every PSU number, or nothing where a number lies in two.
fn homes(width: usize, rows: usize, offset: &impl Fn(usize) -> usize, stratum: &impl Fn(usize) -> u16) -> Option<Vec<u32>> {
    let mut homes = vec![u32::MAX; width];
    for row in 0..rows {
        let (home, h) = (&mut homes[offset(row)], u32::from(stratum(row)));
        if *home == u32::MAX {
            *home = h;
        } else if *home != h {
            return None;
        }
    }
    Some(homes)
}

/// Numbers used slots in their order and looks every row up.
fn by_table(
    used: impl Iterator<Item = bool>,
    rows: usize,
    slot: impl Fn(usize) -> usize + Sync,
    owner: impl Fn(usize) -> (u32, i64),
    named: bool,
) -> Numbered {
    let (mut stratum_of, mut names) = (Vec::new(), Vec::new());
    let numbers: Vec<u32> = used
        .enumerate()
        .map(|(at, used)| {
            if !used {
                return u32::MAX;
            }
            let (stratum, name) = owner(at);
            stratum_of.push(stratum);
            if named {
                names.push(name.to_string());
            }
            stratum_of.len() as u32 - 1
        })
        .collect();
    let mut of_row = vec![0_u32; rows];
    of_row.par_chunks_mut(TASK).enumerate().for_each(|(task, out)| {
        for (i, psu) in out.iter_mut().enumerate() {
            *psu = numbers[slot(task * TASK + i)];
        }
    });
    (of_row, stratum_of, names)
}

/// PSUs with texts for names, or with numbers far apart.
fn number_texts(series: &Series, stratum: &impl Fn(usize) -> u16, rows: usize) -> PolarsResult<Numbered> {
    let texts = series.cast(&DataType::String)?;
    let texts = texts.str()?;
    let mut position: HashMap<(u16, &str), u32> = HashMap::new();
    let mut first = Vec::with_capacity(rows);
    for (row, text) in texts.iter().enumerate() {
        let next = position.len() as u32;
        first.push(*position.entry((stratum(row), text.unwrap_or_default())).or_insert(next));
    }
    let mut order: Vec<((u16, &str), u32)> = position.into_iter().collect();
    order.sort();
    let mut renumbered = vec![0; order.len()];
    for (new, (_, old)) in order.iter().enumerate() {
        renumbered[*old as usize] = new as u32;
    }
    let of_row = first.into_iter().map(|old| renumbered[old as usize]).collect();
    let stratum_of = order.iter().map(|((h, _), _)| u32::from(*h)).collect();
    Ok((of_row, stratum_of, order.into_iter().map(|((_, name), _)| name.to_owned()).collect()))
}
