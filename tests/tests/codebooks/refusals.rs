//! What records are refused for, and the words of the refusal.

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{Codebook, Error, Measure, Records, Roles};

use super::made::{made, roles};
use super::{BOTH, CELLS, book_with, extract_frame, says, through, whole_numbers, with, with_cell};

#[test]
fn an_unknown_value_is_named_and_counted() {
    let frame = extract_frame("gss");
    let union = whole_numbers(&frame, "union");
    let (scope, own) = (whole_numbers(&frame, "wrkstat"), whole_numbers(&frame, "wrkslf"));
    let full_time: Vec<bool> = scope.iter().zip(&own).map(|(s, o)| *s == Some(1) && *o == Some(2)).collect();
    let three: Vec<usize> = (0..union.len()).filter(|i| full_time[*i]).take(3).collect();
    let mut wrong = union;
    three.iter().for_each(|i| wrong[*i] = Some(5));
    let e = says(through(&with(&frame, Series::new("union".into(), wrong)), "gss"), &["`member`", "union = 5 (3 rows)"]);
    assert!(e.is_data());
    let e = says(through(&with_cell(&frame, "region", three[0], Some(12)), "gss"), &["`region`", "12 (1 rows)"]);
    assert!(e.is_data());
    // Outside the scope a survey may leave anything.
    let outside = (0..full_time.len()).find(|i| scope[*i] == Some(7)).unwrap();
    through(&with_cell(&frame, "union", outside, Some(5)), "gss").unwrap();
    through(&with_cell(&frame, "region", outside, Some(12)), "gss").unwrap();
    says(through(&with_cell(&frame, "wrkstat", 0, Some(11)), "gss"), &["`scope`", "wrkstat = 11"]);
}

#[test]
fn a_missing_variable_names_the_nearest() {
    for (name, old, new) in [("uk-lfs", "UNION", "UNOIN"), ("ess", "mbtru", "mbtur"), ("us-cps-org", "HRMONTH", "hrmonth")] {
        let mut frame = extract_frame(name);
        frame.rename(old, new.into()).unwrap();
        let (absent, near) = (format!("no column `{old}`"), format!("did you mean `{new}`"));
        says(through(&frame, name), &[&absent, &near]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.parquet");
        ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
        let read = Records::read(&path, &Codebook::builtin(name).unwrap(), LonelyPsu::Remove);
        says(read, &["records.parquet", &absent, &near]);
    }
    let e = says(through(&extract_frame("uk-lfs").drop("PWT22").unwrap(), "uk-lfs"), &["none of the weights PWT24, PWT22"]);
    assert!(e.is_design());
    let roles = Roles { region: Some("regoin".to_owned()), ..roles() };
    says(Records::new(&made(50, 2, 2).frame(), &roles), &["no column `regoin`", "did you mean `region`"]);
    says(made(50, 2, 2).records().estimate(&BOTH, &["secter"], &CELLS), &["no breakdown `secter`", "did you mean `sector`"]);
    says(made(50, 2, 2).records().estimate(&BOTH, &["sector", "sector"], &CELLS), &["`sector` is asked for twice"]);
}

#[test]
fn a_question_is_refused_only_where_it_was_not_asked() {
    // The years 1997 to 1999: membership was asked in all of them, coverage in the last only.
    let frame = extract_frame("uk-lfs");
    let years: Vec<Option<i64>> = whole_numbers(&frame, "REFWKY").into_iter().map(|y| y.map(|y| y - 25)).collect();
    let frame = with(&frame, Series::new("REFWKY".into(), &years));
    let records = through(&frame, "uk-lfs").unwrap();
    records.estimate(&[Measure::Density], &["period"], &CELLS).unwrap();
    for measure in [Measure::Coverage, Measure::CoverageMinusDensity] {
        for by in [&["period"][..], &[]] {
            let e = says(records.estimate(&[measure], by, &CELLS), &["did not ask for coverage in 1997", "recognised union"]);
            assert!(e.is_definition());
        }
    }
    let keep: Vec<bool> = years.iter().map(|y| *y == Some(1999)).collect();
    let left = records.filter(&keep).unwrap();
    assert!(left.estimate(&BOTH, &["period"], &CELLS).is_ok());
    // Quarters, in a codebook whose survey dates by them.
    let book = book_with("uk-lfs", "month = \"REFWKM\"", "quarter = \"quarter\"");
    for (quarter, answered) in [(4, true), (2, false)] {
        let dated = with(&extract_frame("uk-lfs"), Series::new("quarter".into(), vec![quarter; years.len()]));
        let records = Records::with_codebook(&dated, &book, LonelyPsu::Remove).unwrap();
        let estimates = records.estimate(&[Measure::Density], &["period"], &CELLS);
        if answered {
            assert_eq!(estimates.unwrap().cells()[0].period.to_string(), "2022-Q4");
        } else {
            assert!(says(estimates, &["did not ask for density in 2022-Q2", "October to December"]).is_definition());
        }
    }
}

#[test]
fn a_measure_without_a_question_is_refused_in_the_words_of_the_codebook() {
    for (name, measure, words) in [
        ("gss", Measure::Coverage, "Bargaining coverage: the survey has no question for it."),
        ("ess", Measure::CoverageMinusDensity, "Bargaining coverage: the survey has no question for it."),
        ("eurostat-ses", Measure::Density, "Union membership: employers are not asked for it."),
        ("uk-lfs", Measure::AdjustedCoverage, "Voluntary employers"),
    ] {
        let records = through(&extract_frame(name), name).unwrap();
        assert!(says(records.estimate(&[measure], &[], &CELLS), &["no answers for", words]).is_definition());
    }
    let lfs = through(&extract_frame("uk-lfs"), "uk-lfs").unwrap();
    let e = says(lfs.estimate(&[Measure::CoveredNonmembers], &[], &CELLS), &["coverage_minus_density"]);
    assert!(e.is_definition());
}

#[test]
fn weights_that_are_no_weights() {
    let workers = made(50, 2, 2);
    let refused = |weight: Series| -> Error {
        let frame = with(&workers.frame(), weight.with_name("weight".into()));
        let e = says(Records::new(&frame, &roles()), &["`weight`"]);
        assert!(e.is_design(), "{e}");
        e
    };
    for (bad, shown) in [(None, "missing"), (Some(f64::NAN), "NaN"), (Some(-1.0), "-1"), (Some(f64::INFINITY), "inf")] {
        let mut weight: Vec<Option<f64>> = workers.weight.iter().copied().map(Some).collect();
        (weight[3], weight[8]) = (bad, bad);
        let e = refused(Series::new("weight".into(), weight));
        assert!(e.to_string().contains("row 4") && e.to_string().contains(&format!("is {shown} (2 such rows)")), "{e}");
    }
    assert!(refused(Series::new("weight".into(), vec![0.0; 50])).to_string().contains("all weights"));
    assert!(refused(Series::new("weight".into(), vec!["1.5"; 50])).to_string().contains("type str"));
    assert!(refused(Series::new("weight".into(), vec![true; 50])).to_string().contains("type bool"));
    // A weight of zero here and there is a weight.
    let mut weight = workers.weight.clone();
    weight[0] = 0.0;
    Records::new(&with(&workers.frame(), Series::new("weight".into(), weight)), &roles()).unwrap();
    // Whole numbers are weights.
    Records::new(&with(&workers.frame(), Series::new("weight".into(), vec![2_u8; 50])), &roles()).unwrap();
}

#[test]
fn frames_without_rows_and_filters_of_another_length() {
    let workers = made(50, 2, 2);
    assert!(says(Records::new(&workers.frame().head(Some(0)), &roles()), &["there are no records"]).is_data());
    assert!(says(through(&extract_frame("gss").head(Some(0)), "gss"), &["there are no records"]).is_data());
    says(workers.records().filter(&[true; 49]), &["49 rows", "50"]);
}

#[test]
fn answers_and_periods_that_cannot_be_read() {
    let frame = made(50, 2, 2).frame();
    let with_column = |name: &str, values: Series| Records::new(&with(&frame, values.with_name(name.into())), &roles());
    says(with_column("member", Series::new("".into(), vec![2; 50])), &["`member` holds `2` in 50 rows"]);
    says(with_column("member", Series::new("".into(), vec![0.5; 50])), &["`member` holds 0.5"]);
    says(with_column("year", Series::new("".into(), vec![None::<i32>; 50])), &["`year`, row 1 is empty"]);
    says(with_column("year", Series::new("".into(), vec![24; 50])), &["`year`", "`24` is not a period"]);
    let none = Roles { member: None, covered: None, ..roles() };
    says(Records::new(&frame, &none), &["no column is named for members"]);
    let cps = extract_frame("us-cps-org");
    says(through(&with_cell(&cps, "HRMONTH", 4, None), "us-cps-org"), &["`HRMONTH`, row 5 is empty"]);
}
