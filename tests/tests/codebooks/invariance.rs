//! What must not change an estimate: threads, the order of rows, the scale of weights, the type of a column.

use polars::prelude::*;
use undeb::{Measure, Records};

use super::made::{Draw, Made, made, roles};
use super::{BOTH, MARGINS, alike, bits, extract_frame, through, with};

const ALL: [Measure; 4] = [Measure::Density, Measure::Coverage, Measure::CoveredNonmembers, Measure::CoverageMinusDensity];
const BY: [&str; 3] = ["period", "region", "sector"];

#[test]
fn threads_change_nothing() {
    // Enough rows and PSUs that every part of the sums is shared out.
    let frame = made(200_000, 50, 120).frame();
    let under = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bits(&Records::new(&frame, &roles()).unwrap().estimate(&ALL, &BY, &MARGINS).unwrap()))
    };
    let single = under(1);
    assert!(single.len() > 200);
    for threads in [2, 3, 2] {
        assert!(under(threads) == single, "{threads} threads");
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let workers = made(3000, 20, 5);
    let mut order: Vec<usize> = (0..3000).collect();
    let mut draw = Draw(99);
    for i in (1..order.len()).rev() {
        order.swap(i, draw.below(i as u64 + 1) as usize);
    }
    let rows = IdxCa::from_vec("row".into(), order.iter().map(|i| *i as IdxSize).collect());
    let shuffled = workers.frame().take(&rows).unwrap();
    let shuffled = Records::new(&shuffled, &roles()).unwrap().estimate(&ALL, &BY, &MARGINS).unwrap();
    alike(&workers.records().estimate(&ALL, &BY, &MARGINS).unwrap(), &shuffled, 1e-12);
}

#[test]
fn the_scale_of_weights_changes_no_rate_and_no_error() {
    let workers = made(900, 8, 4);
    let plain = workers.records().estimate(&ALL, &BY, &MARGINS).unwrap();
    for factor in [0.25, 3.7, 1e-6, 1e6] {
        let weight = workers.weight.iter().map(|w| w * factor).collect();
        let scaled = Made { weight, ..workers.clone() }.records().estimate(&ALL, &BY, &MARGINS).unwrap();
        for (a, b) in plain.cells().iter().zip(scaled.cells()) {
            let same = |x: Option<f64>, y: Option<f64>| match (x, y) {
                (Some(x), Some(y)) => super::near(y, x, 1e-12, "scaled"),
                _ => assert_eq!(x, y),
            };
            same(a.value, b.value);
            same(a.se(), b.se());
            same(a.missing.map(|m| m.share), b.missing.map(|m| m.share));
            same(a.numerator.map(|n| n * factor), b.numerator);
            assert_eq!((a.n, a.psus, super::df(a)), (b.n, b.psus, super::df(b)));
        }
    }
}

/// Casts by way of the values themselves; a categorical is made from their texts.
fn cast(frame: &DataFrame, name: &str, to: &DataType) -> Series {
    let series = frame.column(name).unwrap().as_materialized_series().clone();
    if matches!(to, DataType::Categorical(..)) {
        return series.cast(&DataType::String).unwrap().cast(to).unwrap();
    }
    series.strict_cast(to).unwrap()
}

fn types() -> Vec<DataType> {
    let mut all = vec![DataType::Int8, DataType::Int16, DataType::Int32, DataType::UInt8, DataType::UInt16, DataType::UInt32];
    all.extend([DataType::UInt64, DataType::Float32, DataType::Float64, DataType::String]);
    all.push(DataType::from_categories(Categories::global()));
    all
}

#[test]
fn the_type_of_a_coded_variable_changes_nothing() {
    for (book, columns) in [
        ("gss", &["wrkstat", "wrkslf", "wrkgovt", "union", "region", "vpsu", "year", "vstrat", "indus10"][..]),
        ("uk-lfs", &["STATR", "UNION", "TUCOV", "PUBLICR", "GOVTOF2", "REFWKY", "HSERIALP"]),
        ("epi-cps", &["emp", "unmem", "union", "cow1", "statefips", "month", "year", "hhid"]),
        ("ess", &["pdwrk", "emplrel", "mbtru", "tporgwk", "stratum", "psu", "essround"]),
    ] {
        let frame = extract_frame(book);
        let measures = undeb::Codebook::builtin(book).unwrap().measures();
        let estimate = |frame: &DataFrame| bits(&through(frame, book).unwrap().estimate(&measures, &BY, &MARGINS).unwrap());
        let plain = estimate(&frame);
        let mut tried = 0;
        for column in columns {
            let values = super::whole_numbers(&frame, column);
            let (low, high) = (values.iter().flatten().min().unwrap(), values.iter().flatten().max().unwrap());
            for to in types() {
                let fits = match to {
                    DataType::Int8 => *low >= -128 && *high <= 127,
                    DataType::Int16 => *high <= 32_767,
                    DataType::UInt8 => *low >= 0 && *high <= 255,
                    DataType::UInt16 => *low >= 0 && *high <= 65_535,
                    DataType::UInt32 | DataType::UInt64 => *low >= 0,
                    _ => true,
                };
                if fits {
                    assert!(estimate(&with(&frame, cast(&frame, column, &to))) == plain, "{book}: {column} as {to}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 40, "{book}: {tried}");
    }
    // Zero and one are also false and true.
    let frame = extract_frame("epi-cps");
    let estimate = |frame: &DataFrame| bits(&through(frame, "epi-cps").unwrap().estimate(&BOTH, &BY, &MARGINS).unwrap());
    for column in ["emp", "unmem", "union"] {
        let values = super::whole_numbers(&frame, column).into_iter().map(|v| v.map(|v| v == 1));
        let flags: BooleanChunked = values.collect();
        let other = with(&frame, flags.with_name(column.into()).into_series());
        assert!(estimate(&other) == estimate(&frame), "{column} as bool");
    }
}

#[test]
fn the_type_of_a_column_with_a_role_changes_nothing() {
    let frame = made(900, 8, 4).frame();
    let estimate = |frame: &DataFrame| bits(&Records::new(frame, &roles()).unwrap().estimate(&ALL, &BY, &MARGINS).unwrap());
    let plain = estimate(&frame);
    for column in ["member", "covered", "employee"] {
        for to in [DataType::Int8, DataType::UInt8, DataType::Int16, DataType::UInt32, DataType::Int64, DataType::Float64] {
            assert!(estimate(&with(&frame, cast(&frame, column, &to))) == plain, "{column} as {to}");
        }
    }
    for column in ["stratum", "psu", "year"] {
        for to in [
            DataType::Int16,
            DataType::UInt32,
            DataType::Float64,
            DataType::String,
            DataType::from_categories(Categories::global()),
        ] {
            assert!(estimate(&with(&frame, cast(&frame, column, &to))) == plain, "{column} as {to}");
        }
    }
    for column in ["region", "sector"] {
        let to = DataType::from_categories(Categories::global());
        assert!(estimate(&with(&frame, cast(&frame, column, &to))) == plain, "{column} as {to}");
    }
}
