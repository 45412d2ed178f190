//! Totals, means and raw pay gaps of records against R (recipe in `golden/README.md`), and the laws that hold between them.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use polars::prelude::*;
use proptest::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{
    CompareOptions, Comparison, Contrast, Figure, Measure, PayColumn, Period, Quantities, Quantity, RecordOptions, Records, Roles,
};
use undeb_tests::{Rows, labour};

fn roles() -> Roles {
    Roles {
        pay: Some(PayColumn { amount: "wage".into(), unit: "GBP an hour".into(), ..PayColumn::default() }),
        ..labour::roles()
    }
}

fn all(records: &Records, by: &[&str]) -> Quantities {
    records.quantities(&Quantity::ALL, by, &RecordOptions { margins: true, ..RecordOptions::default() }).unwrap()
}

fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-6), "{what}: {ours} against {theirs}");
}

#[test]
fn totals_means_and_gaps_by_year_and_region() {
    let quantities = all(&Records::new(&labour::frame(), &roles()).unwrap(), &["period", "region"]);
    let golden = Rows::read("tests/golden/quantities_R.csv");
    let mut checked = 0;
    for row in 0..golden.len() {
        let Ok(quantity) = golden.text(row, "quantity").parse::<Quantity>() else { continue };
        let period: Period = golden.text(row, "year").parse().unwrap();
        let figure = quantities.get(quantity, period, golden.text(row, "region"), "all").unwrap();
        let what = format!("{quantity} {period} {}", golden.text(row, "region"));
        let g = |column: &str| golden.number(row, column).unwrap();
        near(figure.value.unwrap(), g("value"), &what);
        near(figure.se().unwrap(), g("se"), &what);
        assert_eq!(figure.n as f64, g("n"), "{what}");
        if matches!(quantity, Quantity::Total(_) | Quantity::MeanPay(_)) {
            assert_eq!(figure.df(), Some(g("df")), "{what}");
        }
        let interval = figure.interval(0.95).unwrap();
        assert!(interval.width() > 0.0 && interval.low < g("value") && g("value") < interval.high, "{what}");
        checked += 1;
    }
    assert_eq!(checked, 140);
}

#[test]
fn changes_of_quantities_and_contrasts_of_cells() {
    let records = Records::new(&labour::frame(), &roles()).unwrap();
    let golden = Rows::read("tests/golden/quantities_R.csv");
    let of = |name: &str| {
        let row = (0..golden.len()).find(|row| golden.text(*row, "quantity") == name).unwrap();
        (golden.number(row, "value").unwrap(), golden.number(row, "se").unwrap())
    };
    let changes = all(&records, &["period"]);
    let years = Comparison::Periods { from: Period::year(2023), to: Period::year(2024) };
    let changes = changes.compare(&years, &CompareOptions::default()).unwrap();
    assert_eq!(changes.rows().len(), Quantity::ALL.len());
    for change in changes.rows() {
        let name = match change.first.statistic.id() {
            "pay" => "change_pay_employees".to_owned(),
            id if id.starts_with("pay_ratio") => continue,
            id => format!("change_{}", id.replace("pay_gap", "gap")),
        };
        let (value, se) = of(&name);
        near(change.value.unwrap(), value, &name);
        near(change.se.unwrap(), se, &name);
    }
    let fpc = Records::new(&labour::frame(), &Roles { fpc: Some("Nh".into()), ..roles() }).unwrap();
    let members = all(&fpc, &["period"]);
    let figure = members.get("members".parse().unwrap(), Period::year(2024), "all", "all").unwrap();
    near(figure.se().unwrap(), of("fpc_members").1, "fpc");
    let rates = records.estimate(&[Measure::Density], &["period", "sector"], &RecordOptions::default()).unwrap();
    let sectors = Comparison::Codes { dimension: "sector".into(), code: "1".into(), with: "2".into() };
    for (contrast, name) in [(Contrast::Difference, "sector_difference"), (Contrast::Ratio, "sector_ratio")] {
        let compared = rates.compare(&sectors, &CompareOptions { contrast, ..CompareOptions::default() }).unwrap();
        let change = compared.rows().iter().find(|c| c.first.period == Period::year(2024)).unwrap();
        near(change.value.unwrap(), of(name).0, name);
        near(change.se.unwrap(), of(name).1, name);
    }
}

#[test]
fn pay_of_its_own_weight_and_answers_that_are_missing() {
    let made = df![
        "m" => [Some(1), Some(1), Some(0), Some(0), None, Some(1)],
        "pay" => [10.0, 20.0, 10.0, -9.0, 12.0, f64::NAN],
        "w" => [1.0; 6], "pw" => [3.0, 1.0, 1.0, 1.0, 1.0, 1.0], "p" => [1, 2, 3, 1, 2, 3],
    ]
    .unwrap();
    let pay = PayColumn {
        amount: "pay".into(),
        unit: "GBP an hour".into(),
        missing: vec![-9.0],
        weight: vec!["pw".into()],
        note: None,
    };
    let roles = Roles { member: Some("m".into()), weight: Some("w".into()), psu: Some("p".into()), ..Roles::default() };
    let with = |pay: PayColumn| Records::new(&made, &Roles { pay: Some(pay), ..roles.clone() });
    let quantity = |id: &str, of: &Records| -> Figure {
        of.quantities(&[id.parse().unwrap()], &[], &RecordOptions::default()).unwrap().cells()[0].clone()
    };
    let records = with(pay.clone()).unwrap();
    assert_eq!(quantity("pay_members", &records).value, Some(12.5));
    assert!((quantity("pay_members", &records).missing_share.unwrap() - 0.2).abs() < 1e-15);
    assert_eq!((quantity("members", &records).value, quantity("nonmembers", &records).value), (Some(3.0), Some(2.0)));
    assert!((quantity("members", &records).missing_share.unwrap() - 1.0 / 6.0).abs() < 1e-15);
    assert_eq!(quantity("employees", &records).value, Some(6.0));
    // One non-member with known pay: a value, and no error that could be believed.
    let one = quantity("pay_nonmembers", &records);
    assert_eq!((one.value, one.n, one.interval(0.95)), (Some(10.0), 1, None));
    assert!(!one.outcome(0.95).flags.is_empty());
    let refused = |pay: PayColumn| with(pay).unwrap_err().to_string();
    assert!(refused(PayColumn { missing: Vec::new(), ..pay.clone() }).contains("-9"));
    assert!(refused(PayColumn { unit: String::new(), ..pay.clone() }).contains("unit of pay"));
    assert!(refused(PayColumn { weight: vec!["piwt".into()], ..pay.clone() }).contains("none of the weights of pay"));
    assert!(refused(PayColumn { amount: "pey".into(), ..pay.clone() }).contains("did you mean `pay`"));
    let none = Records::new(&made, &roles).unwrap();
    let error = none.quantities(&["pay_gap_membership".parse().unwrap()], &[], &RecordOptions::default()).unwrap_err();
    assert!(error.is_definition() && error.to_string().contains("have no pay"), "{error}");
    assert!(none.quantities(&["covered".parse().unwrap()], &[], &RecordOptions::default()).unwrap_err().is_definition());
    let frame = records.quantities(&Quantity::ALL[..3], &[], &RecordOptions::default()).unwrap().to_frame(0.95).unwrap();
    assert_eq!((frame.height(), frame.column("unit").unwrap().str().unwrap().get(0)), (3, Some("person")));
}

proptest! {
    #![proptest_config(undeb_tests::search(40))]

    /// Parts add up, members and non-members make the employees, and a factor of all weights moves totals alone.
    #[test]
    fn totals_add_and_means_know_no_scale(
        rows in prop::collection::vec((0..2_i32, 0..3_i32, 0..6_i32, 1.0..9.0_f64, 5.0..40.0_f64), 12..60),
        factor in 0.01..1e4_f64,
    ) {
        let of = |by: f64| {
            let column = |f: fn(&(i32, i32, i32, f64, f64)) -> i32| rows.iter().map(f).collect::<Vec<_>>();
            let made = df![
                "m" => column(|r| r.0), "r" => column(|r| r.1), "p" => column(|r| r.2),
                "w" => rows.iter().map(|r| r.3 * by).collect::<Vec<_>>(), "pay" => rows.iter().map(|r| r.4).collect::<Vec<_>>(),
            ].unwrap();
            let roles = Roles {
                member: Some("m".into()), weight: Some("w".into()), psu: Some("p".into()), region: Some("r".into()),
                lonely_psu: LonelyPsu::Remove, pay: Some(PayColumn { amount: "pay".into(), unit: "EUR".into(), ..PayColumn::default() }),
                ..Roles::default()
            };
            let asked = ["employees", "members", "nonmembers", "pay", "pay_members"].map(|q| q.parse::<Quantity>().unwrap());
            Records::new(&made, &roles).unwrap()
                .quantities(&asked, &["region"], &RecordOptions { margins: true, ..RecordOptions::default() }).unwrap()
        };
        let (plain, scaled) = (of(1.0), of(factor));
        let value = |q: &Quantities, id: &str, region: &str| {
            q.cells().iter().find(|f| f.quantity.id() == id && *f.region == *region).and_then(|f| f.value)
        };
        for id in ["employees", "members", "nonmembers"] {
            let parts: f64 = ["0", "1", "2"].iter().filter_map(|r| value(&plain, id, r)).sum();
            prop_assert!((parts - value(&plain, id, "all").unwrap_or(0.0)).abs() < 1e-9 * parts.max(1.0));
        }
        let both = value(&plain, "members", "all").unwrap() + value(&plain, "nonmembers", "all").unwrap();
        prop_assert!((both - value(&plain, "employees", "all").unwrap()).abs() < 1e-9 * both);
        for (a, b) in plain.cells().iter().zip(scaled.cells()) {
            let by = if a.quantity.needs_pay() { 1.0 } else { factor };
            prop_assert_eq!(a.value.is_some(), b.value.is_some());
            let close = |x: f64, y: f64| (x * by - y).abs() <= 1e-9 * y.abs().max(1e-9 * by);
            prop_assert!(close(a.value.unwrap_or(0.0), b.value.unwrap_or(0.0)));
            prop_assert!((a.se().unwrap_or(0.0) * by - b.se().unwrap_or(0.0)).abs() <= 1e-8 * by * a.value.unwrap_or(1.0).abs().max(1.0));
        }
    }
}
