//! Columns of any stored type become small codes, read in place and in parallel.

use std::hash::Hash;
use std::ops::Range;

use polars::prelude::*;
use polars_arrow::array::{Array, PrimitiveArray, Utf8ViewArray, View};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::types::NativeType;

use super::coded::{Coded, Key};
use super::codes::{Code, Codes, NULL};
use crate::error::{Error, Result};
use crate::survey::threads::{self, TASK};

/// Places of a table of values seen a moment ago.
const RECENT: usize = 256;

/// A stored column as the search for codes sees it.
trait Values: Sync {
    /// A value, cheap to compare.
    type Value<'a>: Copy + Eq + Hash
    where
        Self: 'a;
    /// What is stored for a row; equal tokens are equal values.
    type Token: Copy;

    fn validity(&self) -> Option<&Bitmap>;
    fn tokens(&self) -> &[Self::Token];
    fn equal(a: Self::Token, b: Self::Token) -> bool;
    /// Where a table of recent values keeps this one, below [`RECENT`].
    fn place(token: Self::Token) -> usize;
    fn value(&self, row: usize) -> Self::Value<'_>;
    /// Whether two rows with different tokens have one value all the same.
    fn same(&self, row: usize, other: usize) -> bool;
    fn key(value: Self::Value<'_>) -> Key;
    /// A value of this column that is equal to a key, where the key is of its kind.
    fn of_key(key: &Key) -> Option<Self::Value<'_>>;
}

impl<T: NativeType + Into<i64>> Values for PrimitiveArray<T> {
    type Value<'a> = i64;
    type Token = T;

    fn validity(&self) -> Option<&Bitmap> {
        Array::validity(self)
    }
    fn tokens(&self) -> &[T] {
        self.values()
    }
    #[inline]
    fn equal(a: T, b: T) -> bool {
        a == b
    }
    #[inline]
    fn place(token: T) -> usize {
        let value: i64 = token.into();
        value as usize % RECENT
    }
    fn value(&self, row: usize) -> i64 {
        self.values()[row].into()
    }
    fn same(&self, _: usize, _: usize) -> bool {
        false
    }
    fn key(value: i64) -> Key {
        Key::Number(value)
    }
    fn of_key(key: &Key) -> Option<i64> {
        if let Key::Number(number) = key { Some(*number) } else { None }
    }
}

impl Values for Utf8ViewArray {
    type Value<'a> = &'a str;
    type Token = View;

    fn validity(&self) -> Option<&Bitmap> {
        Array::validity(self)
    }
    fn tokens(&self) -> &[View] {
        self.views()
    }
    #[inline]
    fn equal(a: View, b: View) -> bool {
        a.as_u128() == b.as_u128()
    }
    /// By the length and the first letters, and the rest too where the view holds it.
    #[inline]
    fn place(token: View) -> usize {
        let view = token.as_u128();
        let (head, rest) = (view as u64, if token.length > 12 { 0 } else { (view >> 64) as u64 });
        ((head ^ rest.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
    }
    fn value(&self, row: usize) -> &str {
        Utf8ViewArray::value(self, row)
    }
    /// A long text may lie in several places.
    fn same(&self, row: usize, other: usize) -> bool {
        let (view, with) = (self.views()[row], self.views()[other]);
        view.length > 12 && view.length == with.length && self.value(row) == self.value(other)
    }
    fn key(value: &str) -> Key {
        Key::Text(value.into())
    }
    fn of_key(key: &Key) -> Option<&str> {
        if let Key::Text(text) = key { Some(text) } else { None }
    }
}

/// Codes a column; `name` is for messages.
pub(crate) fn code(name: &str, column: &Column) -> Result<Coded> {
    let series = column.as_materialized_series();
    let wrong = |e: PolarsError| wrong(name, &e);
    match series.dtype() {
        DataType::Boolean => Ok(bools(series.bool().map_err(wrong)?)),
        DataType::String => search(name, series.str().map_err(wrong)?.downcast_iter()),
        DataType::Float64 | DataType::Float32 => code_floats(name, series),
        DataType::Int8 => search(name, series.i8().map_err(wrong)?.downcast_iter()),
        DataType::Int16 => search(name, series.i16().map_err(wrong)?.downcast_iter()),
        DataType::Int32 => search(name, series.i32().map_err(wrong)?.downcast_iter()),
        DataType::Int64 => search(name, series.i64().map_err(wrong)?.downcast_iter()),
        DataType::UInt8 => search(name, series.u8().map_err(wrong)?.downcast_iter()),
        DataType::UInt16 => search(name, series.u16().map_err(wrong)?.downcast_iter()),
        DataType::UInt32 => search(name, series.u32().map_err(wrong)?.downcast_iter()),
        DataType::UInt64 => {
            let whole = series.cast(&DataType::Int64).map_err(wrong)?;
            if whole.null_count() > series.null_count() {
                return Err(Error::data(format!("column `{name}` holds numbers too large to be codes")));
            }
            code(name, &whole.into_column())
        }
        DataType::Categorical(..) => {
            let texts = series.cast(&DataType::String).map_err(wrong)?;
            code(name, &texts.into_column())
        }
        DataType::Enum(categories, _) => {
            let texts = series.cast(&DataType::String).map_err(wrong)?;
            let order: PlHashMap<&str, usize> = categories.categories().values_iter().zip(0..).collect();
            Ok(code(name, &texts.into_column())?.ordered(|key| order.get(key.to_string().as_str()).copied()))
        }
        other => Err(Error::data(format!("column `{name}` is of type {other}")).help(match other {
            DataType::Date | DataType::Datetime(..) => {
                "codes are whole numbers, texts or true and false; of a day a period takes the year or the quarter"
            }
            _ => "codes are whole numbers, texts or true and false",
        })),
    }
}

/// True and false need no search: 1 and 0 are both keys and codes.
fn bools(ca: &BooleanChunked) -> Coded {
    let mut codes = vec![u8::NULL; ca.len()];
    bits(ca, &mut codes, |code, value, valid| *code = if valid { u8::from(value) } else { u8::NULL });
    Coded { keys: vec![Key::Number(0), Key::Number(1)], codes: Codes::Narrow(codes) }
}

/// Hands every row of a column of true and false on, with whether it has a value; bits are read word by word.
pub(crate) fn bits(ca: &BooleanChunked, rows: &mut [u8], put: impl Fn(&mut u8, bool, bool) + Sync) {
    let words = |bits: &Bitmap, from: usize, len: usize| -> Vec<u64> {
        let bits = bits.clone().sliced(from, len);
        let whole = bits.chunks::<u64>();
        let last = whole.remainder();
        whole.chain(std::iter::once(last)).collect()
    };
    let mut rest = rows;
    for array in ca.downcast_iter() {
        let (here, after) = std::mem::take(&mut rest).split_at_mut(array.len());
        rest = after;
        let validity = array.validity().filter(|v| v.unset_bits() > 0);
        threads::stretches(here, |from, rows| {
            let values = words(array.values(), from, rows.len());
            let valid = validity.map(|valid| words(valid, from, rows.len()));
            for (i, (rows, word)) in rows.chunks_mut(64).zip(values).enumerate() {
                let valid = valid.as_ref().map_or(u64::MAX, |words| words[i]);
                for (bit, row) in rows.iter_mut().enumerate() {
                    put(row, word >> bit & 1 == 1, valid >> bit & 1 == 1);
                }
            }
        });
    }
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

/// Searches a column in the narrowest codes that hold its values.
fn search<'a, A: Values + Array + 'a>(name: &str, arrays: impl Iterator<Item = &'a A>) -> Result<Coded> {
    let arrays: Vec<&A> = arrays.collect();
    let narrow = search_as::<u8, A>(&arrays).map(|(keys, codes)| Coded { keys, codes: Codes::Narrow(codes) });
    let coded = narrow.or_else(|| search_as::<u16, A>(&arrays).map(|(keys, codes)| Coded { keys, codes: Codes::Wide(codes) }));
    coded.ok_or_else(|| {
        Error::data(format!("column `{name}` has more than {} different values", NULL - 1))
            .help("group them before estimating by this column")
    })
}

/// Keys in their order and the code of every row; nothing where there are more keys than codes.
///
/// The first stretch is searched alone: what it finds is what the others nearly always need, so that their codes are
/// final as they are written.
fn search_as<C: Code, A: Values + Array>(arrays: &[&A]) -> Option<(Vec<Key>, Vec<C>)> {
    let mut codes = vec![C::NULL; arrays.iter().map(|a| a.len()).sum()];
    let mut known: Vec<Key> = match arrays.iter().find(|a| a.len() > 0) {
        Some(first) => stretch(*first, 0..first.len().min(TASK), &[], &mut codes)?,
        None => Vec::new(),
    };
    known.sort_unstable();
    let mut jobs = Vec::new();
    let mut rest = codes.as_mut_slice();
    for array in arrays {
        for from in (0..array.len()).step_by(TASK) {
            let range = from..(from + TASK).min(array.len());
            let (here, after) = rest.split_at_mut(range.len());
            rest = after;
            jobs.push((*array, range, here));
        }
    }
    let rows = jobs.iter().map(|(_, range, _)| range.len()).sum();
    let search = |(array, range, here): &mut (&A, Range<usize>, &mut [C])| stretch(*array, range.clone(), &known, here);
    let found: Vec<Option<Vec<Key>>> = threads::map(jobs.iter_mut().collect(), rows, search);
    let found: Vec<Vec<Key>> = found.into_iter().collect::<Option<_>>()?;
    let mut keys: Vec<Key> = known.iter().chain(found.iter().flatten()).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.len() >= C::NULL.wide() as usize {
        return None;
    }
    if keys.len() > known.len() {
        threads::map(jobs.into_iter().zip(&found).collect(), rows, |((_, _, here), new)| {
            let place = |key| keys.binary_search(key).ok().and_then(C::of).unwrap_or(C::NULL);
            let places: Vec<C> = known.iter().chain(new).map(place).collect();
            here.iter_mut().for_each(|code| *code = places.get(code.wide() as usize).copied().unwrap_or(C::NULL));
        });
    }
    Some((keys, codes))
}

/// Values seen a moment ago, with the rows that they were seen in and their codes; an empty place has no code.
struct Recent<T, C> {
    tokens: [T; RECENT],
    rows: [usize; RECENT],
    codes: [C; RECENT],
}

impl<T: Copy, C: Code> Recent<T, C> {
    /// The code of a row whose value is not what stands at its place by the same token: the place beside it may have it,
    /// or either have it under another token.
    fn elsewhere<A: Values<Token = T>>(&self, array: &A, row: usize, place: usize) -> Option<C> {
        let token = array.tokens()[row];
        let is = |at: usize| A::equal(self.tokens[at], token) || array.same(row, self.rows[at]);
        [place, place ^ 1].into_iter().find(|&at| self.codes[at].wide() != NULL && is(at)).map(|at| self.codes[at])
    }

    /// Two values that share a place would turn each other out for ever; the second goes to the place beside it.
    fn put(&mut self, place: usize, token: T, row: usize, code: C) {
        let empty = |at: usize| self.codes[at].wide() == NULL;
        let at = if !empty(place) && empty(place ^ 1) { place ^ 1 } else { place };
        (self.tokens[at], self.rows[at], self.codes[at]) = (token, row, code);
    }
}

/// Codes a stretch of rows, first by the known keys and then by new ones in the order of their appearance, which it
/// returns; nothing where there are more than codes.
fn stretch<'a, C: Code, A: Values>(array: &'a A, range: Range<usize>, known: &'a [Key], into: &mut [C]) -> Option<Vec<Key>> {
    let mut position: PlHashMap<A::Value<'a>, C> = PlHashMap::new();
    for (at, key) in known.iter().enumerate() {
        position.insert(A::of_key(key)?, C::of(at)?);
    }
    let mut new = Vec::new();
    let mut find = |value: A::Value<'a>| -> Option<C> {
        if let Some(code) = position.get(&value) {
            return Some(*code);
        }
        let code = C::of(known.len() + new.len())?;
        new.push(A::key(value));
        position.insert(value, code);
        Some(code)
    };
    // Few values recur: a small table of those seen a moment ago answers nearly every row.
    let Some(&any) = array.tokens().get(range.start) else { return Some(new) };
    let mut recent = Recent { tokens: [any; RECENT], rows: [0; RECENT], codes: [C::NULL; RECENT] };
    let validity = array.validity().filter(|v| v.unset_bits() > 0);
    for ((row, &token), to) in range.clone().zip(&array.tokens()[range]).zip(into) {
        if validity.is_some_and(|v| !v.get_bit(row)) {
            *to = C::NULL;
            continue;
        }
        let place = A::place(token);
        let first = recent.codes[place];
        *to = if A::equal(recent.tokens[place], token) && first.wide() != NULL {
            first
        } else {
            match recent.elsewhere(array, row, place) {
                Some(code) => code,
                None => {
                    let code = find(array.value(row))?;
                    recent.put(place, token, row, code);
                    code
                }
            }
        };
    }
    Some(new)
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
        assert_eq!(coded.codes.iter().collect::<Vec<_>>(), [2, NULL, 1, 2, 0]);
        for numbers in [
            Series::new("n".into(), [Some(7_i32), None, Some(-1)]),
            Series::new("n".into(), [Some(7_i64), None, Some(-1)]),
            Series::new("n".into(), [Some(7.0), None, Some(-1.0)]),
        ] {
            let coded = code("n", &column(numbers)).unwrap();
            assert_eq!((coded.keys, coded.codes.iter().collect()), (vec![Key::Number(-1), Key::Number(7)], vec![1, NULL, 0]));
        }
        assert_eq!(code("b", &column(Series::new("b".into(), [true, false]))).unwrap().codes, Codes::Narrow(vec![1, 0]));
        let bands = FrozenCategories::new(["young", "middle", "old"]).unwrap();
        let of_age = Series::new("a".into(), ["old", "young", "old"]).cast(&DataType::from_frozen_categories(bands)).unwrap();
        let coded = code("a", &column(of_age)).unwrap();
        assert_eq!(
            (coded.keys, coded.codes),
            (vec![Key::Text("young".into()), Key::Text("old".into())], Codes::Narrow(vec![1, 0, 1]))
        );
        assert!(code("x", &column(Series::new("x".into(), [0.5]))).unwrap_err().to_string().contains("0.5"));
    }

    #[test]
    fn many_rows_are_coded_as_few_are() {
        let values: Vec<i64> = (0..200_000).map(|i| (i * 7919) % 1000 - 500).collect();
        let coded = code("v", &column(Series::new("v".into(), &values))).unwrap();
        assert_eq!(coded.keys.len(), 1000);
        assert!(values.iter().zip(coded.codes.iter()).all(|(v, c)| coded.keys[c as usize] == Key::Number(*v)));
    }
}
