//! Survey records: the bundled codebooks on their synthetic extracts, what is refused, and laws that every estimate keeps.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod calibration;
mod design;
mod errors;
mod extracts;
mod files;
mod invariance;
mod made;
mod measures;
mod refusals;

use std::fs;
use std::path::PathBuf;

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{Codebook, Error, Estimate, Estimates, Measure, RecordOptions, Records, Uncertainty};

const BOTH: [Measure; 2] = [Measure::Density, Measure::Coverage];
const MARGINS: RecordOptions = RecordOptions { margins: true, pool: None };
const CELLS: RecordOptions = RecordOptions { margins: false, pool: None };

/// The synthetic extract of a codebook.
fn extract(name: &str) -> PathBuf {
    undeb_tests::project().join(format!("tests/codebooks/{name}.csv"))
}

fn extract_frame(name: &str) -> DataFrame {
    CsvReadOptions::default()
        .with_infer_schema_length(None)
        .try_into_reader_with_file_path(Some(extract(name)))
        .unwrap()
        .finish()
        .unwrap()
}

/// A bundled codebook with some of its words changed.
fn book_with(name: &str, words: &str, other: &str) -> Codebook {
    let text = fs::read_to_string(undeb_tests::project().join(format!("data/codebooks/{name}.toml"))).unwrap();
    assert!(text.contains(words), "{name} has no {words}");
    Codebook::from_toml(name, &text.replace(words, other)).unwrap()
}

fn through(frame: &DataFrame, book: &str) -> Result<Records, Error> {
    Records::with_codebook(frame, &Codebook::builtin(book).unwrap(), LonelyPsu::Remove)
}

/// The frame with one column replaced or added.
fn with(frame: &DataFrame, column: impl IntoColumn) -> DataFrame {
    let mut frame = frame.clone();
    frame.with_column(column.into_column()).unwrap();
    frame
}

/// The frame with one cell of a column of whole numbers changed.
fn with_cell(frame: &DataFrame, name: &str, row: usize, value: Option<i64>) -> DataFrame {
    let mut values: Vec<Option<i64>> = whole_numbers(frame, name);
    values[row] = value;
    with(frame, Series::new(name.into(), values))
}

fn whole_numbers(frame: &DataFrame, name: &str) -> Vec<Option<i64>> {
    let column = frame.column(name).unwrap().as_materialized_series().cast(&DataType::Int64).unwrap();
    column.i64().unwrap().iter().collect()
}

fn one(estimates: &Estimates) -> &Estimate {
    assert_eq!(estimates.cells().len(), 1);
    &estimates.cells()[0]
}

fn df(e: &Estimate) -> Option<f64> {
    match e.uncertainty {
        Uncertainty::Sampling { df, .. } => df,
        _ => None,
    }
}

/// Every number of every estimate to the last bit, with its labels.
fn bits(estimates: &Estimates) -> Vec<(String, Vec<Option<u64>>)> {
    let of = |e: &Estimate| {
        let missing = e.missing.map_or([None; 3], |m| [Some(m.share), Some(m.low), Some(m.high)]);
        [e.value, e.se(), df(e), e.numerator, e.denominator, e.n]
            .into_iter()
            .chain(missing)
            .map(|v| v.map(f64::to_bits))
            .collect()
    };
    let label = |e: &Estimate| format!("{} {} {} {} {:?}", e.measure, e.period, e.region, e.sector, e.breakdown);
    estimates.cells().iter().map(|e| (label(e), of(e))).collect()
}

#[track_caller]
fn near(a: f64, b: f64, tolerance: f64, what: &str) {
    assert!((a - b).abs() <= tolerance * b.abs().max(1e-3), "{what}: {a} against {b}");
}

/// The same estimates up to a relative difference.
#[track_caller]
fn alike(a: &Estimates, b: &Estimates, tolerance: f64) {
    let (a, b) = (bits(a), bits(b));
    assert_eq!(a.len(), b.len());
    for ((label, x), (other, y)) in a.iter().zip(&b) {
        assert_eq!(label, other);
        for (x, y) in x.iter().zip(y) {
            assert_eq!(x.is_some(), y.is_some(), "{label}");
            if let (Some(x), Some(y)) = (x, y) {
                near(f64::from_bits(*x), f64::from_bits(*y), tolerance, label);
            }
        }
    }
}

/// The message of a refusal, which must hold all of the words.
#[track_caller]
fn says<T>(refused: Result<T, Error>, words: &[&str]) -> Error {
    let Err(error) = refused else { panic!("not refused; expected {words:?}") };
    let text = error.to_string();
    assert!(words.iter().all(|w| text.contains(w)), "{text}\nlacks one of {words:?}");
    assert!(!text.contains("Some(") && text.chars().all(|c| !c.is_control()), "{text:?}");
    error
}
