//! Decompositions of records with the joint covariance of all cells and periods, against R (recipe in `golden/README.md`).

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use undeb::{
    Amount, DecomposeOptions, Decomposition, EffectOf, ErrorBasis, Estimates, Measure, Period, RecordOptions, Records, SplitForm,
};
use undeb_tests::{Rows, labour};

fn densities() -> Estimates {
    let options = RecordOptions { margins: true, ..RecordOptions::default() };
    let records = Records::new(&labour::frame(), &labour::roles()).unwrap();
    records.estimate(&[Measure::Density], &["period", "region", "sector"], &options).unwrap()
}

fn split(estimates: &Estimates, by: &[&str], form: SplitForm) -> Decomposition {
    let options = DecomposeOptions { by: by.iter().map(|b| (*b).to_owned()).collect(), form, ..DecomposeOptions::default() };
    estimates.decompose(Measure::Density, Period::year(2023), Period::year(2024), &options).unwrap()
}

fn amount(d: &Decomposition, effect: &str) -> Amount {
    let share = |of: &str, within: &[&str]| EffectOf::Share {
        of: of.to_owned(),
        within: within.iter().map(|w| (*w).to_owned()).collect(),
    };
    let of = match effect {
        "change" => return d.change,
        "rate" => EffectOf::Rate,
        "composition" => EffectOf::Composition,
        "sector" => share("sector", &[]),
        _ => share("region", &["sector"]),
    };
    d.effects.iter().find(|e| e.of == of).unwrap().amount
}

#[test]
fn effects_of_records_and_their_errors_equal_those_of_r() {
    let estimates = densities();
    let cases = [
        ("sector", split(&estimates, &["sector"], SplitForm::TwoFactors)),
        ("region", split(&estimates, &["region"], SplitForm::TwoFactors)),
        ("both", split(&estimates, &["region", "sector"], SplitForm::TwoFactors)),
        ("nested", split(&estimates, &["sector", "region"], SplitForm::Nested)),
    ];
    let golden = Rows::read("tests/golden/decomposition_R.csv");
    assert_eq!(golden.len(), 13);
    for row in 0..golden.len() {
        let (case, effect) = (golden.text(row, "case"), golden.text(row, "effect"));
        let decomposition = &cases.iter().find(|c| c.0 == case).unwrap().1;
        assert_eq!(decomposition.errors, ErrorBasis::Joint);
        let ours = amount(decomposition, effect);
        let (value, se) = (golden.number(row, "value").unwrap(), golden.number(row, "se").unwrap());
        assert!((ours.value - value).abs() < 1e-12, "{case} {effect}: {} against {value}", ours.value);
        assert!((ours.se.unwrap() / se - 1.0).abs() < 1e-9, "{case} {effect}: {:?} against {se}", ours.se);
        let interval = ours.interval.unwrap();
        assert!(interval.low < ours.value && ours.value < interval.high && ours.df.unwrap() > 1.0);
    }
}
