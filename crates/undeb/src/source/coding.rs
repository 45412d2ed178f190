//! Columns of any stored type become small codes, read in place and in parallel.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::*;
use polars_arrow::array::{Array, BooleanArray, Utf8ViewArray};
use rayon::prelude::*;

use crate::error::{Error, Result};

/// Code of an empty cell.
pub(crate) const NULL: u16 = u16::MAX;
/// Rows that one task codes.
const TASK: usize = 1 << 16;

/// A value of a coded column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    /// A whole number; true is 1.
    Number(i64),
    /// A text.
    Text(Arc<str>),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(number) => number.fmt(f),
            Key::Text(text) => text.fmt(f),
        }
    }
}

/// A column as codes into its sorted distinct values; [`NULL`] for an empty cell.
#[derive(Clone, Debug)]
pub(crate) struct Coded {
    pub(crate) keys: Vec<Key>,
    pub(crate) codes: Vec<u16>,
}

/// Codes of one stretch of rows, into keys in the order of their first appearance.
struct Local {
    keys: Vec<Key>,
    codes: Vec<u16>,
}

/// The stretches of a chunked column, none longer than a task.
fn stretches<A: Array + Clone>(arrays: impl Iterator<Item = A>) -> Vec<(A, Range<usize>)> {
    arrays
        .flat_map(|array| {
            let len = array.len();
            (0..len.div_ceil(TASK)).map(move |t| (array.clone(), t * TASK..((t + 1) * TASK).min(len))).collect::<Vec<_>>()
        })
        .collect()
}

/// Codes a column; `name` is for messages.
pub(crate) fn code(name: &str, column: &Column) -> Result<Coded> {
    let series = column.as_materialized_series();
    let locals: Vec<Option<Local>> = match series.dtype() {
        DataType::Boolean => return Ok(bools(series.bool().map_err(|e| wrong(name, &e))?)),
        DataType::String => {
            let ca = series.str().map_err(|e| wrong(name, &e))?;
            stretches(ca.downcast_iter().cloned()).into_par_iter().map(|(array, range)| texts(&array, range)).collect()
        }
        DataType::Float64 | DataType::Float32 => return code_floats(name, series),
        DataType::Int8 => ints(name, series.i8())?,
        DataType::Int16 => ints(name, series.i16())?,
        DataType::Int32 => ints(name, series.i32())?,
        DataType::Int64 => ints(name, series.i64())?,
        DataType::UInt8 => ints(name, series.u8())?,
        DataType::UInt16 => ints(name, series.u16())?,
        DataType::UInt32 => ints(name, series.u32())?,
        DataType::UInt64 => {
            let whole = series.cast(&DataType::Int64).map_err(|e| wrong(name, &e))?;
            if whole.null_count() > series.null_count() {
                return Err(Error::data(format!("column `{name}` holds numbers too large to be codes")));
            }
            ints(name, whole.i64())?
        }
        DataType::Categorical(..) | DataType::Enum(..) => {
            let texts = series.cast(&DataType::String).map_err(|e| wrong(name, &e))?;
            return code(name, &texts.into_column());
        }
        other => {
            return Err(Error::data(format!("column `{name}` is of type {other}"))
                .help("codes are whole numbers, texts or true and false"));
        }
    };
    merge(name, locals)
}

/// True and false need no search: 1 and 0 are both keys and codes.
fn bools(ca: &BooleanChunked) -> Coded {
    let mut codes = vec![NULL; ca.len()];
    let mut rest = codes.as_mut_slice();
    let mut jobs = Vec::new();
    for (array, range) in stretches(ca.downcast_iter().cloned()) {
        let (here, after) = rest.split_at_mut(range.len());
        rest = after;
        jobs.push((array, range, here));
    }
    jobs.into_par_iter().for_each(|(array, range, here): (BooleanArray, Range<usize>, &mut [u16])| {
        let values = array.values().iter().skip(range.start);
        match array.validity().filter(|v| v.unset_bits() > 0) {
            None => here.iter_mut().zip(values).for_each(|(code, value)| *code = u16::from(value)),
            Some(valid) => {
                let valid = valid.iter().skip(range.start);
                for (code, (value, valid)) in here.iter_mut().zip(values.zip(valid)) {
                    *code = if valid { u16::from(value) } else { NULL };
                }
            }
        }
    });
    Coded { keys: vec![Key::Number(0), Key::Number(1)], codes }
}

/// Codes a column of whole numbers of any width in place.
fn ints<T>(name: &str, ca: PolarsResult<&ChunkedArray<T>>) -> Result<Vec<Option<Local>>>
where
    T: PolarsNumericType,
    T::Native: Into<i64>,
{
    let ca = ca.map_err(|e| wrong(name, &e))?;
    Ok(run(ca.downcast_iter().cloned(), |array, i| array.is_valid(i).then(|| array.value(i).into())))
}

fn wrong(name: &str, e: &PolarsError) -> Error {
    Error::data(format!("column `{name}`: {e}"))
}

/// A float that no code can be.
fn no_code(v: &f64) -> bool {
    !v.is_nan() && (v.fract() != 0.0 || v.abs() > 9e15)
}

/// Whole numbers that a file stored as floats, as happens where cells are empty, with no number as an empty cell; any
/// other column as it is.
pub(crate) fn whole(series: &Series) -> PolarsResult<Series> {
    if !matches!(series.dtype(), DataType::Float64 | DataType::Float32) {
        return Ok(series.clone());
    }
    let floats = series.cast(&DataType::Float64)?;
    let floats = floats.f64()?;
    if floats.iter().flatten().any(|v| no_code(&v)) {
        return Ok(series.clone());
    }
    let whole: Int64Chunked = floats.iter().map(|v| v.filter(|v| !v.is_nan()).map(|v| v as i64)).collect();
    Ok(whole.with_name(series.name().clone()).into_series())
}

fn code_floats(name: &str, series: &Series) -> Result<Coded> {
    let whole = whole(series).map_err(|e| wrong(name, &e))?;
    if whole.dtype() == &DataType::Int64 {
        return code(name, &whole.into_column());
    }
    let floats = series.cast(&DataType::Float64).map_err(|e| wrong(name, &e))?;
    let bad = floats.f64().map_err(|e| wrong(name, &e))?.iter().flatten().find(no_code).unwrap_or(f64::NAN);
    Err(Error::data(format!("column `{name}` holds {bad}, which is no code")).help("codes are whole numbers or texts"))
}

fn run<A: Array + Clone + Send + Sync>(
    arrays: impl Iterator<Item = A>,
    value: impl Fn(&A, usize) -> Option<i64> + Sync,
) -> Vec<Option<Local>> {
    stretches(arrays)
        .into_par_iter()
        .map(|(array, range)| {
            let mut keys = Vec::new();
            let mut position: HashMap<i64, u16> = HashMap::new();
            // Few values recur: a table by the low bits answers nearly every row.
            let mut recent = [(i64::MIN, NULL); 256];
            let mut codes = Vec::with_capacity(range.len());
            for i in range {
                let Some(v) = value(&array, i) else {
                    codes.push(NULL);
                    continue;
                };
                let slot = &mut recent[(v & 255) as usize];
                if slot.0 != v || slot.1 == NULL {
                    let next = keys.len();
                    let code = *position.entry(v).or_insert_with(|| {
                        keys.push(Key::Number(v));
                        next as u16
                    });
                    if next >= NULL as usize {
                        return None;
                    }
                    *slot = (v, code);
                }
                codes.push(slot.1);
            }
            Some(Local { keys, codes })
        })
        .collect()
}

fn texts(array: &Utf8ViewArray, range: Range<usize>) -> Option<Local> {
    let mut keys = Vec::new();
    let mut position: HashMap<&str, u16> = HashMap::new();
    let views = array.views();
    // Texts of at most twelve bytes stand whole in their view, so equal views are equal texts.
    let mut recent = [(0_u128, NULL); 256];
    let mut codes = Vec::with_capacity(range.len());
    for i in range {
        if array.is_null(i) {
            codes.push(NULL);
            continue;
        }
        let view = views[i];
        let whole = view.as_u128();
        let slot = &mut recent[((whole ^ (whole >> 29) ^ (whole >> 61) ^ (whole >> 95)) & 255) as usize];
        if slot.0 != whole || slot.1 == NULL || view.length > 12 {
            let text = array.value(i);
            let next = keys.len();
            let code = *position.entry(text).or_insert_with(|| {
                keys.push(Key::Text(text.into()));
                next as u16
            });
            if next >= NULL as usize {
                return None;
            }
            *slot = (whole, code);
        }
        codes.push(slot.1);
    }
    Some(Local { keys, codes })
}

/// Joins the stretches: keys sorted, codes rewritten to them.
fn merge(name: &str, locals: Vec<Option<Local>>) -> Result<Coded> {
    let many = || {
        Error::data(format!("column `{name}` has more than {} different values", NULL - 1))
            .help("group them before estimating by this column")
    };
    let locals: Vec<Local> = locals.into_iter().map(|l| l.ok_or_else(many)).collect::<Result<_>>()?;
    let mut keys: Vec<Key> = locals.iter().flat_map(|l| l.keys.iter().cloned()).collect();
    keys.sort();
    keys.dedup();
    if keys.len() >= NULL as usize {
        return Err(many());
    }
    let rows = locals.iter().map(|l| l.codes.len()).sum();
    let mut codes = vec![NULL; rows];
    let mut rest = codes.as_mut_slice();
    let mut jobs = Vec::with_capacity(locals.len());
    for local in &locals {
        let (here, after) = rest.split_at_mut(local.codes.len());
        rest = after;
        jobs.push((local, here));
    }
    jobs.into_par_iter().for_each(|(local, here)| {
        let place: Vec<u16> = local.keys.iter().map(|k| keys.binary_search(k).map_or(NULL, |i| i as u16)).collect();
        for (to, &from) in here.iter_mut().zip(&local.codes) {
            *to = place.get(from as usize).copied().unwrap_or(NULL);
        }
    });
    Ok(Coded { keys, codes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: Series) -> Column {
        values.into_column()
    }

    #[test]
    fn every_type_is_coded_alike() {
        let long = "a text of more than twelve bytes";
        let texts = column(Series::new("t".into(), [Some("b"), None, Some(long), Some("b"), Some("")]));
        let coded = code("t", &texts).unwrap();
        assert_eq!(coded.keys, [Key::Text("".into()), Key::Text(long.into()), Key::Text("b".into())]);
        assert_eq!(coded.codes, [2, NULL, 1, 2, 0]);
        for numbers in [
            Series::new("n".into(), [Some(7_i32), None, Some(-1)]),
            Series::new("n".into(), [Some(7_i64), None, Some(-1)]),
            Series::new("n".into(), [Some(7.0), None, Some(-1.0)]),
        ] {
            let coded = code("n", &column(numbers)).unwrap();
            assert_eq!((coded.keys, coded.codes), (vec![Key::Number(-1), Key::Number(7)], vec![1, NULL, 0]));
        }
        assert_eq!(code("b", &column(Series::new("b".into(), [true, false]))).unwrap().codes, [1, 0]);
        assert!(code("x", &column(Series::new("x".into(), [0.5]))).unwrap_err().to_string().contains("0.5"));
    }

    #[test]
    fn many_rows_are_coded_as_few_are() {
        let values: Vec<i64> = (0..200_000).map(|i| (i * 7919) % 1000 - 500).collect();
        let coded = code("v", &column(Series::new("v".into(), &values))).unwrap();
        assert_eq!(coded.keys.len(), 1000);
        assert!(values.iter().zip(&coded.codes).all(|(v, c)| coded.keys[*c as usize] == Key::Number(*v)));
    }
}
