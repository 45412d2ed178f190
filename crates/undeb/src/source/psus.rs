//! Strata and PSUs of records, numbered in the order of their values so that the order of the rows does not matter.

use std::hash::Hash;
use std::sync::Arc;

use polars::prelude::*;

use super::coded::{Coded, Key};
use super::codes::{Codes, NULL};
use super::coding::{code, whole};
use super::fpc::fractions;
use crate::error::{Error, Result};
use crate::survey::design::{Design, LonelyPsu};
use crate::survey::threads::{self, SMALL, TASK};

/// Between the parts of a design column that was joined from several; messages show a space instead.
pub(super) const JOINED: &str = "\u{1f}";

/// The PSU of every row, and the design that they make.
///
/// PSUs are numbered stratum by stratum, so that a pass over them meets each stratum once.
#[derive(Clone, Debug)]
pub(crate) struct Psus {
    pub(crate) of_row: Vec<u32>,
    pub(crate) design: Design,
    /// What the columns call the strata and the PSUs.
    pub(crate) strata: Vec<Key>,
    pub(crate) names: Names,
    /// A name stands for one PSU, whatever the stratum.
    pub(crate) unique: bool,
}

/// What PSUs are called, by their numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Names {
    /// Every row is its own PSU, without a name.
    None,
    Numbers(Vec<i64>),
    Texts(Vec<Arc<str>>),
}

impl Psus {
    /// Everybody in one PSU, for designs of which replicate weights tell everything.
    pub(super) fn one(rows: usize) -> Result<Psus> {
        let design = Design::new(vec![0], vec![0.0], LonelyPsu::Remove, |h| h.to_string())?;
        Ok(Psus { of_row: vec![0; rows], design, strata: Vec::new(), names: Names::None, unique: false })
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
    let Some(column) = columns.strata else {
        return numbered(rows, columns, Vec::new(), &|_| 0);
    };
    let Coded { keys, codes } = code(column.name(), column)?;
    if let Some(row) = codes.first_null() {
        return Err(empty_cell(column, row, codes.iter().filter(|c| *c == NULL).count()));
    }
    match &codes {
        Codes::Narrow(codes) => numbered(rows, columns, keys, &|row| u16::from(codes[row])),
        Codes::Wide(codes) => numbered(rows, columns, keys, &|row| codes[row]),
    }
}

fn numbered(
    rows: usize,
    columns: &DesignColumns<'_>,
    strata: Vec<Key>,
    stratum: &(impl Fn(usize) -> u16 + Sync),
) -> Result<Psus> {
    let count = strata.len().max(1);
    let name =
        |h: u32| strata.get(h as usize).map_or_else(|| "(the only one)".to_owned(), |k| k.to_string().replace(JOINED, " "));
    let Numbered { of_row, stratum_of, names } = match columns.psu {
        None => rows_as_psus(rows, count, stratum)?,
        Some(column) => number(column, rows, count, stratum)?,
    };
    if !columns.nested
        && let (Some(psu), Some(strata_column)) = (columns.psu, columns.strata)
        && let Some(twice) = names.twice()
    {
        return Err(Error::design(format!(
            "PSU {} of column `{}` lies in two strata of `{}`",
            twice.replace(JOINED, " "),
            psu.name(),
            strata_column.name()
        ))
        .help("where numbers repeat between strata, leave out `unique_psus`, or say `nested = true` in the codebook"));
    }
    let mut sampled = vec![0_u32; count];
    for h in &stratum_of {
        sampled[*h as usize] += 1;
    }
    let fraction = match columns.fpc {
        None => vec![0.0; count],
        Some(column) => fractions("PSUs", column, &sampled, |row| u32::from(stratum(row)), name)?,
    };
    let design = Design::new(stratum_of, fraction, columns.lonely, name)?;
    Ok(Psus { of_row, design, strata, names, unique: !columns.nested && columns.psu.is_some() })
}

/// PSU of each row, stratum of each PSU, and its name.
struct Numbered {
    of_row: Vec<u32>,
    stratum_of: Vec<u32>,
    names: Names,
}

impl Names {
    /// A name that is there twice: that of a PSU in two strata.
    pub(super) fn twice(&self) -> Option<String> {
        fn first<T: Ord + Clone>(names: &[T]) -> Option<T> {
            let mut sorted = names.to_vec();
            sorted.sort_unstable();
            sorted.windows(2).find(|w| w[0] == w[1]).map(|w| w[0].clone())
        }
        match self {
            Names::None => None,
            Names::Numbers(names) => first(names).map(|n| n.to_string()),
            Names::Texts(names) => first(names).map(|n| n.to_string()),
        }
    }
}

/// Every row its own PSU, stratum by stratum in the order of the rows.
fn rows_as_psus(rows: usize, strata: usize, stratum: &impl Fn(usize) -> u16) -> Result<Numbered> {
    u32::try_from(rows).map_err(|_| Error::design(format!("{rows} rows are too many PSUs")))?;
    let mut next = vec![0_u32; strata + 1];
    (0..rows).for_each(|row| next[usize::from(stratum(row)) + 1] += 1);
    for h in 0..strata {
        next[h + 1] += next[h];
    }
    let stratum_of = (0..strata).flat_map(|h| std::iter::repeat_n(h as u32, (next[h + 1] - next[h]) as usize)).collect();
    let number = |row: usize| {
        let next = &mut next[usize::from(stratum(row))];
        *next += 1;
        *next - 1
    };
    Ok(Numbered { of_row: (0..rows).map(number).collect(), stratum_of, names: Names::None })
}

fn number(column: &Column, rows: usize, strata: usize, stratum: &(impl Fn(usize) -> u16 + Sync)) -> Result<Numbered> {
    let wrong = |e: PolarsError| Error::design(format!("column `{}`: {e}", column.name()));
    let series = &whole(column.as_materialized_series()).map_err(wrong)?.rechunk();
    if let Some(row) = (series.null_count() > 0).then(|| series.is_null().iter().position(|n| n == Some(true))).flatten() {
        return Err(empty_cell(column, row, series.null_count()));
    }
    let numbers = match series.dtype() {
        DataType::Int32 => by_table(series.i32().and_then(ChunkedArray::cont_slice).map_err(wrong)?, strata, stratum),
        DataType::UInt32 => by_table(series.u32().and_then(ChunkedArray::cont_slice).map_err(wrong)?, strata, stratum),
        dtype if dtype.is_integer() => {
            let numbers = series.cast(&DataType::Int64).map_err(wrong)?;
            match numbers.null_count() {
                0 => by_table(numbers.i64().and_then(ChunkedArray::cont_slice).map_err(wrong)?, strata, stratum),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(numbers) = numbers {
        return Ok(numbers);
    }
    // Numbers stay numbers, so that parts of a file have names of one kind.
    let whole = series.dtype().is_integer().then(|| series.cast(&DataType::Int64).ok()).flatten();
    let far = whole.filter(|s| s.null_count() == 0);
    if let Some(far) = far {
        let values = far.i64().map_err(wrong)?.into_no_null_iter();
        return Ok(by_search(values, stratum, rows, |names| Names::Numbers(names.collect())));
    }
    super::second_stage::must_name(column.name(), series.dtype())?;
    let texts = series.cast(&DataType::String).map_err(wrong)?;
    let values = texts.str().map_err(wrong)?.iter().map(Option::unwrap_or_default);
    Ok(by_search(values, stratum, rows, |names| Names::Texts(names.map(Arc::from).collect())))
}

/// No stratum yet.
const NONE: u32 = u32::MAX;

/// PSUs with numbers that lie near each other: a table by number, no search. None where they lie far apart.
fn by_table<T: Copy + Into<i64> + Sync>(
    values: &[T],
    strata: usize,
    stratum: &(impl Fn(usize) -> u16 + Sync),
) -> Option<Numbered> {
    let ends =
        |chunk: &[T]| chunk.iter().fold((i64::MAX, i64::MIN), |(low, high), v| (low.min((*v).into()), high.max((*v).into())));
    let ends = threads::map(values.chunks(TASK).collect(), values.len(), ends);
    let (low, high) = ends.into_iter().fold((i64::MAX, i64::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    let width = i128::from(high) - i128::from(low) + 1;
    let room = (8 * values.len() as i128).max(1 << 22);
    if width > room {
        return None;
    }
    let width = width as usize;
    let offset = |row: usize| (values[row].into() - low) as usize;
    let name = |at: usize| low + (at % width) as i64;
    if let Some(homes) = homes(width, values.len(), &offset, stratum) {
        // Every number lies in one stratum.
        let mut next = vec![0_u32; strata + 1];
        homes.iter().filter(|h| **h != NONE).for_each(|h| next[*h as usize + 1] += 1);
        for h in 0..strata {
            next[h + 1] += next[h];
        }
        let psus = next[strata] as usize;
        let (mut stratum_of, mut names, mut numbers) = (vec![0; psus], vec![0; psus], homes);
        for (at, number) in numbers.iter_mut().enumerate().filter(|(_, h)| **h != NONE) {
            let (h, next) = (*number, &mut next[*number as usize]);
            (stratum_of[*next as usize], names[*next as usize]) = (h, name(at));
            *number = *next;
            *next += 1;
        }
        return Some(looked_up(values.len(), &numbers, offset, stratum_of, names));
    }
    if width as i128 * strata as i128 > room {
        return None;
    }
    let slot = |row: usize| usize::from(stratum(row)) * width + offset(row);
    let mut numbers = vec![NONE; width * strata];
    (0..values.len()).for_each(|row| numbers[slot(row)] = 0);
    let (mut stratum_of, mut names) = (Vec::new(), Vec::new());
    for (at, number) in numbers.iter_mut().enumerate().filter(|(_, n)| **n != NONE) {
        *number = names.len() as u32;
        stratum_of.push((at / width) as u32);
        names.push(name(at));
    }
    Some(looked_up(values.len(), &numbers, slot, stratum_of, names))
}

fn looked_up(
    rows: usize,
    numbers: &[u32],
    slot: impl Fn(usize) -> usize + Sync,
    stratum_of: Vec<u32>,
    names: Vec<i64>,
) -> Numbered {
    let mut of_row = vec![0_u32; rows];
    threads::stretches(&mut of_row, |from, out| {
        for (row, psu) in (from..).zip(out) {
            *psu = numbers[slot(row)];
        }
    });
    Numbered { of_row, stratum_of, names: Names::Numbers(names) }
}

/// The stratum of every PSU number, or nothing where a number lies in two.
fn homes(
    width: usize,
    rows: usize,
    offset: &(impl Fn(usize) -> usize + Sync),
    stratum: &(impl Fn(usize) -> u16 + Sync),
) -> Option<Vec<u32>> {
    let of = |range: std::ops::Range<usize>| {
        let (mut homes, mut sound) = (vec![NONE; width], true);
        for row in range {
            let (home, h) = (&mut homes[offset(row)], u32::from(stratum(row)));
            sound &= *home == NONE || *home == h;
            *home = h;
        }
        sound.then_some(homes)
    };
    if rows < SMALL || rows < 4 * width {
        return of(0..rows);
    }
    let (one, other) = rayon::join(|| of(0..rows / 2), || of(rows / 2..rows));
    let (mut homes, other) = (one?, other?);
    for (home, h) in homes.iter_mut().zip(other) {
        if *home == NONE {
            *home = h;
        } else if h != NONE && h != *home {
            return None;
        }
    }
    Some(homes)
}

/// PSUs with texts for names, or with numbers far apart.
fn by_search<V: Copy + Ord + Hash>(
    values: impl Iterator<Item = V>,
    stratum: &impl Fn(usize) -> u16,
    rows: usize,
    names: impl FnOnce(&mut dyn Iterator<Item = V>) -> Names,
) -> Numbered {
    let mut position: PlHashMap<(u16, V), u32> = PlHashMap::new();
    let mut of_row = Vec::with_capacity(rows);
    for (row, value) in values.enumerate() {
        let next = position.len() as u32;
        of_row.push(*position.entry((stratum(row), value)).or_insert(next));
    }
    let mut order: Vec<((u16, V), u32)> = position.into_iter().collect();
    order.sort_unstable();
    let mut renumbered = vec![0; order.len()];
    for (new, (_, old)) in order.iter().enumerate() {
        renumbered[*old as usize] = new as u32;
    }
    of_row.iter_mut().for_each(|psu| *psu = renumbered[*psu as usize]);
    let stratum_of = order.iter().map(|((h, _), _)| u32::from(*h)).collect();
    Numbered { of_row, stratum_of, names: names(&mut order.iter().map(|((_, name), _)| *name)) }
}
