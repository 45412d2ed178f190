//! Totals of records: what parts, their order, threads and a file in between must not change. Synthetic records.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use polars::prelude::*;
use rayon::ThreadPoolBuilder;
use undeb::survey::design::LonelyPsu;
use undeb::{Estimates, Meaning, Measure, RecordOptions, RecordTotals, Records, Roles};
use undeb_tests::labour;

const BY: [&str; 3] = ["period", "region", "sector"];
const BOTH: [Measure; 3] = [Measure::Density, Measure::Coverage, Measure::CoveredNonmembers];

/// A number in 0..n that follows from a row and a purpose.
fn draw(row: usize, purpose: u64, n: u64) -> u64 {
    let mut z = (row as u64 * 31 + purpose).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)) % n
}

/// Records with 10 strata of 60 PSUs, a third of the cells rare, missing answers and rows out of scope.
fn frame(rows: usize) -> DataFrame {
    let of = |purpose: u64, n: u64| (0..rows).map(move |row| draw(row, purpose, n));
    let answer = |purpose: u64| of(purpose, 20).map(|d| (d > 0).then_some(d % 3 == 0)).collect::<Vec<_>>();
    df![
        "stratum" => of(1, 600).map(|p| (p / 60) as i32).collect::<Vec<_>>(),
        "psu" => of(1, 600).map(|p| p as i32).collect::<Vec<_>>(),
        "year" => of(2, 2).map(|y| 2023 + y as i32).collect::<Vec<_>>(),
        "region" => of(3, 7).map(|r| ["Coast", "Hills", "Island", "Plain", "Coast", "Hills", "Plain"][r as usize]).collect::<Vec<_>>(),
        "sector" => of(4, 3).map(|s| ["public", "private", "private"][s as usize]).collect::<Vec<_>>(),
        "weight" => of(5, 1000).map(|w| 0.1 + w as f64 / 7.0).collect::<Vec<_>>(),
        "employee" => of(6, 8).map(|e| e > 0).collect::<Vec<_>>(),
        "union" => answer(7), "covered" => answer(8),
    ]
    .unwrap()
}

fn roles() -> Roles {
    Roles { members_within_covered: true, survey: "synthetic records".to_owned(), ..labour::roles() }
}

fn whole(frame: &DataFrame) -> Estimates {
    Records::new(frame, &roles()).unwrap().estimate(&BOTH, &BY, &RecordOptions::default()).unwrap()
}

fn totals(frame: &DataFrame) -> RecordTotals {
    // A stratum may look lonely in a part.
    let roles = Roles { lonely_psu: LonelyPsu::Remove, ..roles() };
    Records::new(frame, &roles).unwrap().accumulate(&BY).unwrap()
}

fn finished(totals: &RecordTotals) -> Estimates {
    totals.clone().with_lonely_psu(LonelyPsu::Fail).finish(&BOTH, &RecordOptions::default()).unwrap()
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        _ => a == b,
    }
}

fn must_agree(a: &Estimates, b: &Estimates) {
    assert_eq!(a.cells().len(), b.cells().len());
    for (a, b) in a.cells().iter().zip(b.cells()) {
        assert_eq!(
            (a.measure, a.period, &a.region, &a.sector, a.n, a.psus),
            (b.measure, b.period, &b.region, &b.sector, b.n, b.psus)
        );
        assert!(near(a.value, b.value) && near(a.se(), b.se()), "{a:?}\n{b:?}");
        assert!(near(a.denominator, b.denominator) && near(a.missing.map(|m| m.share), b.missing.map(|m| m.share)));
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let frame = frame(150_000);
    let with = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let estimates = pool.install(|| whole(&frame));
        estimates.cells().iter().map(|e| (e.value, e.se(), e.denominator, e.psus)).collect::<Vec<_>>()
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn any_order_and_any_parts_give_the_same_within_rounding() {
    let frame = frame(6_000);
    let expected = whole(&frame);
    must_agree(&expected, &whole(&frame.reverse()));
    must_agree(&expected, &finished(&totals(&frame)));
    // Parts of unequal size; the last one knows one region only.
    let island: BooleanChunked =
        frame.column("region").unwrap().str().unwrap().iter().map(|r| Some(r == Some("Island"))).collect();
    let (rare, rest) = (frame.filter(&island).unwrap(), frame.filter(&!island).unwrap());
    let parts = [rest.slice(0, 17), rest.slice(17, 2_000), rest.slice(2_017, 9_000), rare].map(|part| totals(&part));
    let [a, b, c, d] = &parts;
    let left = a.merge(b).unwrap().merge(c).unwrap().merge(d).unwrap();
    let right = d.merge(&c.merge(&b.merge(a).unwrap()).unwrap()).unwrap();
    must_agree(&expected, &finished(&left));
    must_agree(&expected, &finished(&right));
    assert_eq!(left.len(), right.len());
}

#[test]
fn a_file_in_between_changes_no_bit() {
    let totals = totals(&frame(6_000));
    let mut bytes = Vec::new();
    totals.write_ipc(&mut bytes).unwrap();
    let again = RecordTotals::read_ipc(Cursor::new(bytes.clone())).unwrap();
    let figures = |t: &RecordTotals| finished(t).cells().iter().map(|e| (e.value, e.se(), e.n, e.psus)).collect::<Vec<_>>();
    assert_eq!(figures(&totals), figures(&again));
    let mut other = Vec::new();
    IpcWriter::new(&mut other).finish(&mut frame(3)).unwrap();
    assert!(RecordTotals::read_ipc(Cursor::new(other)).unwrap_err().to_string().contains("no file of totals"));
    assert!(RecordTotals::read_ipc(Cursor::new(bytes[..bytes.len() / 2].to_vec())).unwrap_err().is_data());
}

#[test]
fn a_parquet_file_is_summed_part_by_part() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.parquet");
    let mut frame = frame(6_000);
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).with_row_group_size(Some(700)).finish(&mut frame).unwrap();
    let (roles, mut seen) = (roles(), Vec::new());
    let totals = RecordTotals::of_file(&path, &Meaning::Roles(&roles), &BY, |done, all| seen.push((done, all))).unwrap();
    must_agree(&whole(&frame), &totals.finish(&BOTH, &RecordOptions::default()).unwrap());
    assert_eq!(seen.last(), Some(&(6_000, 6_000)));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
    assert!(RecordTotals::of_file(&path, &Meaning::Roles(&roles), &BY, |_, _| {}).unwrap_err().is_data());
}

#[test]
fn psus_with_numbers_far_apart_are_matched_by_number() {
    // One part has numbers near each other, the other far apart: the same names all the same, in the order of numbers.
    let part = |psus: [i64; 4]| df!["m" => [1, 0, 1, 1], "w" => [1.0, 2.0, 3.0, 1.5], "p" => psus].unwrap();
    let (near, far) = (part([9, 10, 11, 10]), part([10, 8_000_000_000, 9, 11]));
    let roles = Roles {
        member: Some("m".into()),
        weight: Some("w".into()),
        psu: Some("p".into()),
        lonely_psu: LonelyPsu::Remove,
        ..Roles::default()
    };
    let totals = |frame: &DataFrame| Records::new(frame, &roles).unwrap().accumulate(&[]).unwrap();
    let both = totals(&near).merge(&totals(&far)).unwrap();
    assert_eq!(both.psus(), 4);
    let density = [Measure::Density];
    let parts = both.finish(&density, &RecordOptions::default()).unwrap();
    let all = near.vstack(&far).unwrap();
    let whole = Records::new(&all, &roles).unwrap().estimate(&density, &[], &RecordOptions::default()).unwrap();
    must_agree(&parts, &whole);
}

#[test]
fn what_totals_cannot_carry_is_refused() {
    let frame = frame(600);
    let refused = |roles: &Roles| Records::new(&frame, roles).unwrap().accumulate(&BY).unwrap_err().to_string();
    let fpc = Roles { fpc: Some("weight".into()), ..roles() };
    assert!(Records::new(&frame, &fpc).is_err());
    let assumed = Roles { strata: None, psu: None, design_effect: Some(1.5), ..roles() };
    assert!(refused(&assumed).contains("design effect"));
    let by_region =
        Records::new(&frame, &Roles { lonely_psu: LonelyPsu::Remove, ..roles() }).unwrap().accumulate(&["region"]).unwrap();
    assert!(totals(&frame).merge(&by_region).unwrap_err().to_string().contains("breakdowns"));
    let mut texts = frame.clone();
    texts.with_column(frame.column("psu").unwrap().cast(&DataType::String).unwrap()).unwrap();
    assert!(totals(&frame).merge(&totals(&texts)).unwrap_err().is_design());
}
