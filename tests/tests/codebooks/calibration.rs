//! Known totals meet records: what they reproduce, and what is refused.

use polars::prelude::*;
use undeb::{DesignOptions, Error, KnownTotals, Measure, Records, Roles};

use super::made::{made, roles};
use super::{CELLS, alike, extract_frame, near, one, says, with};

fn known(rows: &[(&str, &str, f64)], method: Option<&str>, bounds: Option<[f64; 2]>) -> KnownTotals {
    let text: String = rows.iter().map(|(variable, code, total)| format!("{variable},{code},{total}\n")).collect();
    KnownTotals::from_csv("known.csv", &format!("variable,code,total\n{text}"), method, bounds).unwrap()
}

fn records(rows: &[(&str, &str, f64)], method: Option<&str>, bounds: Option<[f64; 2]>) -> Result<Records, Error> {
    Records::new(&made(400, 4, 3).frame(), &Roles { known_totals: Some(known(rows, method, bounds)), ..roles() })
}

const REGIONS: [(&str, &str, f64); 4] =
    [("region", "east", 300.0), ("region", "north", 310.0), ("region", "south", 290.0), ("region", "west", 300.0)];

#[test]
fn known_totals_are_reproduced() {
    let everybody = Roles { employee: None, ..roles() };
    let totals = known(&REGIONS, None, None);
    let calibrated = Records::new(&made(400, 4, 3).frame(), &Roles { known_totals: Some(totals), ..everybody }).unwrap();
    let estimates = calibrated.estimate(&[Measure::Density], &["region"], &CELLS).unwrap();
    for (e, (_, region, total)) in estimates.cells().iter().zip(REGIONS) {
        let share = 1.0 - e.missing.unwrap().share;
        assert_eq!(&*e.region, region);
        // Pooled over three years: the average number of people a year.
        near(e.denominator.unwrap() * 3.0 / share, total, 1e-10, region);
    }
    // Post-stratification is the same whatever the method.
    let by =
        |method, bounds| records(&REGIONS, method, bounds).unwrap().estimate(&[Measure::Density], &["sector"], &CELLS).unwrap();
    for (method, bounds) in [(Some("linear"), None), (Some("raking"), None), (Some("logit"), Some([0.1, 9.0]))] {
        alike(&by(None, None), &by(method, bounds), 1e-10);
    }
}

#[test]
fn toml_says_more() {
    let text = "method = \"logit\"\nbounds = [0.1, 9.0]\nsource = \"made up\"\n\
                [[total]]\nvariable = \"region\"\ncode = \"east\"\ntotal = 10.0\n[[total]]\nvariable = \"year\"\ncode = 2022\ntotal = 5.0\n\
                [[total]]\nvariable = \"pay\"\ntotal = 1.5\n";
    let totals = KnownTotals::from_toml("known.toml", text).unwrap();
    assert_eq!((totals.bounds, totals.totals.len()), (Some([0.1, 9.0]), 3));
    assert_eq!((totals.totals[1].code.as_deref(), totals.totals[2].code.as_deref()), (Some("2022"), None));
    says(KnownTotals::from_toml("known.toml", &text.replace("bounds", "bonds")), &["known.toml:2:1", "unknown field `bonds`"]);
    says(KnownTotals::from_csv("known.csv", "variable,code,totals\n", None, None), &["the column `totals` is not known"]);
    says(KnownTotals::from_csv("known.csv", "variable,total\n", None, None), &["known.csv", "no column `code`"]);
}

#[test]
fn totals_that_do_not_fit_the_records() {
    let more = |extra: &[(&'static str, &'static str, f64)]| [&REGIONS[..], extra].concat();
    let refused = |rows: &[(&str, &str, f64)], method, bounds, words: &[&str]| {
        assert!(says(records(rows, method, bounds), words).is_design());
    };
    refused(&more(&[("region", "centre", 5.0)]), None, None, &["nobody in the sample has region centre"]);
    refused(&REGIONS[..3], None, None, &["no known total of region for west ("]);
    refused(&more(&[("region", "east", 5.0)]), None, None, &["known total of region east is there twice"]);
    let years = [("year", "2022", 400.0), ("year", "2023", 400.0), ("year", "2024", 401.0)];
    refused(&more(&years), Some("raking"), None, &["the totals of year add up to 1201, those of region to 1200"]);
    refused(&more(&years), None, None, &["2 variables are known, but no method"]);
    refused(&more(&years), Some("rake"), None, &["did you mean `raking`"]);
    refused(&REGIONS, Some("logit"), Some([0.9999, 1.0001]), &["no weights between 0.9999 and 1.0001", "region"]);
    refused(&REGIONS, Some("linear"), Some([0.5, 2.0]), &["linear knows no bounds"]);
    // Every number of the margin again: a combination of those before.
    let sex = [("east", "east", 300.0)];
    let frame = made(400, 4, 3);
    let east: Vec<f64> = frame.region.iter().map(|r| f64::from(u8::from(*r == "east"))).collect();
    let doubled = with(&frame.frame(), Series::new("east".into(), east));
    let rows = more(&sex.map(|(variable, _, total)| (variable, "", total)));
    let both = Roles { known_totals: Some(known(&rows, Some("linear"), None)), ..roles() };
    says(Records::new(&doubled, &both), &["east is a combination of the auxiliary variables before it"]);
    let mut holed: Vec<Option<&str>> = frame.region.iter().map(|r| Some(*r)).collect();
    holed[7] = None;
    let holed = with(&frame.frame(), Series::new("region".into(), holed));
    let one_margin = Roles { known_totals: Some(known(&REGIONS, None, None)), region: None, ..roles() };
    says(Records::new(&holed, &one_margin), &["`region` is empty in row 8 (1 rows)"]);
    let text = Roles { known_totals: Some(known(&[("sector", "", 10.0)], None, None)), ..roles() };
    says(Records::new(&frame.frame(), &text), &["`sector` is of type str, and has a known sum"]);
}

#[test]
fn breakdowns_of_a_codebook_may_be_known() {
    let frame = extract_frame("uk-lfs");
    let weight = frame.column("PWT22").unwrap().as_materialized_series().cast(&DataType::Float64).unwrap();
    let sum: f64 = weight.f64().unwrap().iter().flatten().sum();
    let totals = known(&[("SEX", "1", sum / 2.0), ("SEX", "2", sum / 2.0)], None, None);
    let sex: Vec<i64> = (0..frame.height()).map(|i| 1 + (i % 2) as i64).collect();
    let frame = with(&frame, Series::new("SEX".into(), sex));
    let book = undeb::Codebook::builtin("uk-lfs").unwrap();
    let options = DesignOptions { known_totals: Some(totals), ..Default::default() };
    let estimates = Records::with_codebook(&frame, &book, options).unwrap();
    let estimates = estimates.estimate(&[Measure::Density], &[], &CELLS).unwrap();
    assert_eq!(one(&estimates).error_source().unwrap(), "linearised, household clusters, calibrated");
    let unknown = DesignOptions { known_totals: Some(known(&[("SEXX", "1", 5.0)], None, None)), ..Default::default() };
    says(Records::with_codebook(&frame, &book, unknown), &["no column `SEXX`", "did you mean `SEX`"]);
}
