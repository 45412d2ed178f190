//! Every bundled codebook on its synthetic extract, against counts of the truths behind the records.

use std::fs;

use polars::prelude::*;
use serde_json::Value;
use undeb::survey::design::LonelyPsu;
use undeb::{Codebook, Estimate, Estimates, Measure, Period, Records};

use super::{CELLS, MARGINS, book_with, extract, extract_frame, near, with};

const WEIGHTS: [(&str, &str); 7] = [
    ("uk-lfs", "PWT22"),
    ("us-cps-org", "PWORWGT"),
    ("ipums-cps", "EARNWT"),
    ("epi-cps", "orgwgt"),
    ("eurostat-ses", "weights"),
    ("ess", "anweight"),
    ("gss", "wtssall"),
];

fn expected(book: &str) -> Value {
    let text = fs::read_to_string(undeb_tests::project().join("tests/codebooks/expected.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[book].clone()
}

/// What the truths say of a role, summed over the cells that `keep` takes.
#[derive(Debug, Default)]
struct Truth {
    in_scope: f64,
    yes: f64,
    no: f64,
    missing: f64,
    not_asked: f64,
    weighted_yes: f64,
    weighted_valid: f64,
}

fn truth(cells: &Value, role: &str, keep: impl Fn(&Value) -> bool) -> Truth {
    let mut sum = Truth::default();
    for cell in cells.as_array().unwrap().iter().filter(|c| keep(c)) {
        let of = |name: &str| cell[role][name].as_f64().unwrap();
        sum.in_scope += cell["n"].as_f64().unwrap();
        sum.yes += of("yes");
        sum.no += of("no");
        sum.missing += of("missing");
        sum.not_asked += of("not_asked");
        sum.weighted_yes += of("weighted_yes");
        sum.weighted_valid += of("weighted_valid");
    }
    sum
}

fn role(measure: Measure) -> &'static str {
    if measure == Measure::Density { "member" } else { "covered" }
}

/// The truths of the cell that an estimate speaks of; the whole takes in those whose code is not known.
fn behind(cells: &Value, estimates: &Estimates, e: &Estimate) -> Truth {
    let (regions, sectors) = (estimates.regions(), estimates.sectors());
    truth(cells, role(e.measure), |cell| {
        let lies = |tree: &undeb::Classification, code: &Value, at: &str| {
            at == tree.whole() || code.as_str().is_some_and(|c| c == at || tree.is_below(c, at))
        };
        cell["year"] == e.period.calendar_year()
            && lies(regions, &cell["region"], &e.region)
            && lies(sectors, &cell["sector"], &e.sector)
    })
}

fn by_cell(records: &Records, measures: &[Measure]) -> Estimates {
    records.estimate(measures, &["period", "region", "sector"], &MARGINS).unwrap()
}

#[test]
fn every_codebook_says_when_it_asked_what_it_cannot_give_and_where_its_codes_are_written_down() {
    for name in Codebook::builtin_names() {
        let book = Codebook::builtin(name).unwrap();
        assert!(!book.cannot.is_empty() && !book.references.is_empty(), "{name}");
        let asked: Vec<String> = book.asked().collect();
        for measure in book.measures() {
            let dated = |a: &String| a.starts_with(&format!("{}: from ", role(measure))) && !a.ends_with("; ");
            assert!(asked.iter().any(dated), "{name} does not say when it asked for {measure}");
        }
    }
}

#[test]
fn every_codebook_has_an_extract() {
    let mut books: Vec<&str> = Codebook::builtin_names().collect();
    let mut tested: Vec<&str> = WEIGHTS.iter().map(|(book, _)| *book).collect();
    books.sort_unstable();
    tested.sort_unstable();
    assert_eq!(books, tested);
}

#[test]
fn weighted_answers_are_those_of_the_truths() {
    for (name, _) in WEIGHTS {
        let book = Codebook::builtin(name).unwrap();
        let records = Records::read(&extract(name), &book, LonelyPsu::Remove).unwrap();
        let estimates = by_cell(&records, &book.measures());
        let wanted = expected(name);
        let mut with_a_value = 0;
        for e in estimates.cells() {
            let what = format!("{name}: {} {} {} {}", e.measure, e.period, e.region, e.sector);
            let t = behind(&wanted["cells"], &estimates, e);
            assert_eq!(e.n, Some(t.yes + t.no), "{what}");
            near(e.numerator.unwrap(), t.weighted_yes, 1e-9, &what);
            near(e.denominator.unwrap(), t.weighted_valid, 1e-9, &what);
            assert_eq!(e.value.is_some(), t.yes + t.no > 0.0, "{what}");
            if let Some(value) = e.value {
                with_a_value += 1;
                near(value, t.weighted_yes / t.weighted_valid, 1e-9, &what);
                let m = e.missing.unwrap();
                assert_eq!(m.share > 0.0, t.missing > 0.0, "{what}");
                assert!(m.low <= value && value <= m.high, "{what}: {m:?}");
                near(m.high - m.low, m.share, 1e-9, &what);
            }
        }
        assert!(with_a_value > 5, "{name}");
    }
}

/// Weights of one each make shares and bounds count people.
#[test]
fn unweighted_answers_are_those_of_the_truths() {
    for (name, weight) in WEIGHTS {
        let book = Codebook::builtin(name).unwrap();
        let frame = extract_frame(name);
        let rows = frame.height();
        let frame = with(&frame, Series::new(weight.into(), vec![1.0; rows]));
        let wanted = expected(name);
        let years = wanted["years"].as_array().unwrap();
        let all: u64 = ["in", "out", "missing"].iter().flat_map(|s| years.iter().map(|y| y[*s].as_u64().unwrap())).sum();
        assert_eq!(rows as u64, all, "{name}");
        let records = Records::with_codebook(&frame, &book, LonelyPsu::Remove).unwrap();
        assert_eq!(records.len(), rows);
        let estimates = by_cell(&records, &book.measures());
        for e in estimates.cells().iter().filter(|e| e.missing.is_some()) {
            let what = format!("{name}: {} {} {} {}", e.measure, e.period, e.region, e.sector);
            let t = behind(&wanted["cells"], &estimates, e);
            let (m, asked) = (e.missing.unwrap(), t.yes + t.no + t.missing);
            near(m.share, t.missing / asked, 1e-12, &what);
            near(m.low, t.yes / asked, 1e-12, &what);
            near(m.high, (t.yes + t.missing) / asked, 1e-12, &what);
            assert_eq!(t.in_scope, asked + t.not_asked, "{what}");
        }
        for year in years {
            let period = Period::year(year["year"].as_i64().unwrap() as i32);
            let in_scope = truth(&wanted["cells"], role(book.measures()[0]), |c| c["year"] == year["year"]).in_scope;
            assert_eq!(Some(in_scope as u64), year["in"].as_u64(), "{name}");
            let (region, sector) = (estimates.regions().whole(), estimates.sectors().whole());
            let whole = estimates.get(book.measures()[0], period, region, sector).unwrap();
            assert_eq!(whole.value.is_some(), in_scope > 0.0);
        }
    }
}

/// With "not asked" read as "missing" the bounds take in everybody in scope, so they count those who were not asked.
#[test]
fn not_asked_stays_outside_the_bounds() {
    for (name, weight, measures) in [("uk-lfs", "PWT22", 2), ("gss", "wtssall", 1)] {
        let book = book_with(name, "\"not_asked\"", "\"missing\"");
        assert_eq!(book.measures().len(), measures);
        let frame = extract_frame(name);
        let frame = with(&frame, Series::new(weight.into(), vec![1.0; frame.height()]));
        let records = Records::with_codebook(&frame, &book, LonelyPsu::Remove).unwrap();
        let estimates = by_cell(&records, &book.measures());
        let wanted = expected(name);
        let mut not_asked = 0.0;
        for e in estimates.cells().iter().filter(|e| e.missing.is_some()) {
            let t = behind(&wanted["cells"], &estimates, e);
            near(e.missing.unwrap().share, (t.missing + t.not_asked) / t.in_scope, 1e-12, name);
            near(e.n.unwrap() / (1.0 - e.missing.unwrap().share), t.in_scope, 1e-9, name);
            not_asked += t.not_asked;
        }
        assert!(not_asked > 0.0);
    }
}

#[test]
fn a_year_is_divided_by_the_months_it_has() {
    for (name, weight) in WEIGHTS.iter().filter(|(n, _)| n.contains("cps")) {
        let book = Codebook::builtin(name).unwrap();
        let frame = extract_frame(name);
        let frame = with(&frame, Series::new((*weight).into(), vec![1.0; frame.height()]));
        let records = Records::with_codebook(&frame, &book, LonelyPsu::Remove).unwrap();
        let estimates = records.estimate(&[Measure::Density], &["period"], &CELLS).unwrap();
        let wanted = expected(name);
        let months: Vec<f64> = wanted["years"].as_array().unwrap().iter().map(|y| y["months"].as_f64().unwrap()).collect();
        assert_eq!(months, [12.0, 12.0, 11.0]);
        for (e, months) in estimates.cells().iter().zip(months) {
            near(e.denominator.unwrap() * months, e.n.unwrap(), 1e-12, name);
        }
    }
}

#[test]
fn a_file_and_its_frame_give_the_same_bits() {
    for (name, _) in WEIGHTS {
        let book = Codebook::builtin(name).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut frame = extract_frame(name);
        let direct = Records::with_codebook(&frame, &book, LonelyPsu::Remove).unwrap();
        let direct = super::bits(&by_cell(&direct, &book.measures()));
        let (parquet, arrow) = (folder.path().join("records.parquet"), folder.path().join("records.arrow"));
        ParquetWriter::new(fs::File::create(&parquet).unwrap()).finish(&mut frame).unwrap();
        IpcWriter::new(fs::File::create(&arrow).unwrap()).finish(&mut frame).unwrap();
        for path in [extract(name), parquet, arrow] {
            let read = Records::read(&path, &book, LonelyPsu::Remove).unwrap();
            assert_eq!(super::bits(&by_cell(&read, &book.measures())), direct, "{}", path.display());
        }
    }
}
