//! Records all the way to intervals and tests of change, against R (recipe in `golden/README.md`).

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use serde_json::Value;
use undeb::survey::testing::NoTest;
use undeb::{
    Adjustment, ChangeView, CompareOptions, Comparison, Contrast, DetectOptions, Estimate, Estimates, Measure, Method, Period,
    RecordOptions, Records,
};
use undeb_chart::{ChartOptions, Kind, Subject, chart};
use undeb_tests::{Rows, labour, project};

fn rates(margins: bool) -> Estimates {
    let records = Records::new(&labour::frame(), &labour::roles()).unwrap();
    let measures = [Measure::Density, Measure::Coverage];
    records.estimate(&measures, &["period", "region", "sector"], &RecordOptions { margins, ..RecordOptions::default() }).unwrap()
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1e-3), "{what}: {ours} against {theirs}");
}

#[test]
fn every_interval_of_every_domain() {
    let estimates = rates(true);
    let golden = Rows::read("tests/golden/intervals_all.csv");
    let methods = [
        ("wald", Method::Wald),
        ("logit", Method::Logit),
        ("wilson", Method::Wilson),
        ("agresti_coull", Method::AgrestiCoull),
        ("korn_graubard", Method::KornGraubard { truncate: false }),
        ("korn_graubard_nchs", Method::KornGraubard { truncate: true }),
    ];
    for row in 0..golden.len() {
        let case = golden.text(row, "case");
        let words: Vec<&str> = case.split(' ').collect();
        let period: Period = words[1].parse().unwrap();
        let measure = if case.ends_with("covered") { Measure::Coverage } else { Measure::Density };
        let (sector, region) = if words[2] == "all" { ("all", "all") } else { (words[3], words[5]) };
        let e = estimates.get(measure, period, region, sector).unwrap();
        let g = |column: &str| golden.number(row, column);
        near(e.value.unwrap(), g("p").unwrap(), 1e-9, case);
        near(e.se().unwrap_or(0.0).powi(2), g("variance").unwrap(), 1e-9, case);
        assert_eq!((e.n, e.df()), (g("n"), g("df")), "{case}");
        for (name, method) in methods {
            let interval = e.outcome(g("level").unwrap(), method).interval;
            let ends = (g(&format!("{name}_low")), g(&format!("{name}_high")));
            assert_eq!(interval.is_some(), ends.0.is_some(), "{case} {name}");
            if let (Some(i), (Some(low), Some(high))) = (interval, ends) {
                assert!((i.low - low).abs() < 1e-8 && (i.high - high).abs() < 1e-8, "{case} {name}: {i:?} {low} {high}");
            }
        }
    }
}

#[test]
fn changes_with_the_covariance_of_shared_psus() {
    let golden: Value = serde_json::from_str(&fs::read_to_string(project().join("tests/golden/change.json")).unwrap()).unwrap();
    let cells = golden["cells"].as_array().unwrap();
    let estimates = rates(false).filter(|e| e.measure == Measure::Density);
    let changes = estimates.change(Period::year(2023), Period::year(2024)).unwrap();
    assert_eq!(changes.rows().len(), cells.len());
    let adjustments = [
        ("BH", changes.adjusted(Adjustment::BenjaminiHochberg)),
        ("BY", changes.adjusted(Adjustment::BenjaminiYekutieli)),
        ("holm", changes.adjusted(Adjustment::Holm)),
    ];
    for cell in cells {
        let code = |name: &str| cell[name].as_i64().unwrap().to_string();
        let (region, sector) = (code("region"), code("sector"));
        let at = changes.rows().iter().position(|c| *c.first.region == *region && *c.first.sector == *sector).unwrap();
        let change = &changes.rows()[at];
        let what = format!("sector {sector} region {region}");
        let g = |name: &str| cell[name].as_f64();
        near(change.value.unwrap(), g("diff").unwrap(), 1e-9, &what);
        near(change.se.unwrap_or(0.0), g("se").unwrap(), 1e-9, &what);
        assert_eq!(change.df, g("df"), "{what}");
        let (a, b) = (get(&estimates, 2023, &region, &sector), get(&estimates, 2024, &region, &sector));
        let matrix = estimates.covariance(&[a, b]).unwrap();
        near(matrix[0][1], g("cov").unwrap(), 1e-9, &what);
        near(matrix[0][0] + matrix[1][1], g("se_indep").unwrap().powi(2), 1e-9, &what);
        match g("p") {
            Some(p) => {
                let test = change.test().unwrap();
                near(test.statistic, g("t").unwrap(), 1e-9, &what);
                near(test.p_value, p, 1e-9, &what);
            }
            None => assert_eq!(change.test().unwrap_err(), NoTest::ZeroError, "{what}"),
        }
        for (name, adjusted) in &adjustments {
            assert_eq!(adjusted[at].is_some(), g(name).is_some(), "{what} {name}");
            near(adjusted[at].unwrap_or(0.0), g(name).unwrap_or(0.0), 1e-9, &what);
        }
        // There is always an interval with some width, also where nobody is a member in either year.
        let (interval, _) = change.outcome(0.95, Method::Wilson);
        assert!(interval.is_some_and(|i| i.width() > 0.0 && i.low <= change.value.unwrap() && change.value.unwrap() <= i.high));
    }
}

fn get<'a>(estimates: &'a Estimates, year: i32, region: &str, sector: &str) -> &'a Estimate {
    estimates.get(Measure::Density, Period::year(year), region, sector).unwrap()
}

#[test]
fn a_ratio_says_what_the_difference_says_and_a_part_moves_with_its_whole() {
    let estimates = rates(true).filter(|e| e.measure == Measure::Density && &*e.sector == "all");
    let ratio = CompareOptions { contrast: Contrast::Ratio, ..CompareOptions::default() };
    let whole = Comparison::Whole { dimension: "region".into() };
    let differences = estimates.compare(&whole, &CompareOptions::default()).unwrap();
    let ratios = estimates.compare(&whole, &ratio).unwrap();
    assert_eq!((differences.rows().len(), ratios.rows().len()), (8, 8));
    for (d, r) in differences.rows().iter().zip(ratios.rows()) {
        let (part, all) = (get(&estimates, year(d), &d.first.region, "all"), get(&estimates, year(d), "all", "all"));
        let v = estimates.covariance(&[part, all]).unwrap();
        near(d.se.unwrap().powi(2), v[0][0] + v[1][1] - 2.0 * v[0][1], 1e-9, "difference");
        // The delta method, from the same covariance matrix.
        let (p, w) = (part.value.unwrap(), all.value.unwrap());
        let log = v[0][0] / (p * p) + v[1][1] / (w * w) - 2.0 * v[0][1] / (p * w);
        near(r.se.unwrap() / r.value.unwrap(), log.sqrt(), 1e-9, "ratio");
        assert_eq!(d.value.unwrap() > 0.0, r.value.unwrap() > 1.0);
        assert!(
            r.interval(0.95).unwrap().low > 0.0 && r.test().unwrap().statistic.signum() == d.test().unwrap().statistic.signum()
        );
    }
}

fn year(change: &undeb::Change) -> i32 {
    change.first.period.calendar_year()
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_choices() {
    let estimates = rates(true);
    let compare = |what: Comparison| estimates.compare(&what, &CompareOptions::default()).unwrap_err().to_string();
    let (from, to) = (Period::year(2021), Period::year(2024));
    let absent = compare(Comparison::Periods { from, to });
    assert!(absent.contains("2021") && absent.contains("2023, 2024"), "{absent}");
    assert!(compare(Comparison::Periods { from: to, to }).contains("itself"));
    let codes = |dimension: &str, code: &str, with: &str| Comparison::Codes {
        dimension: dimension.into(),
        code: code.into(),
        with: with.into(),
    };
    assert!(compare(codes("sectr", "1", "2")).contains("did you mean `sector`"));
    assert!(compare(codes("sector", "9", "2")).contains("choose one of"));
    let with_rho = CompareOptions { rho: Some(0.5), ..CompareOptions::default() };
    let refused = estimates.compare(&Comparison::Successive, &with_rho).unwrap_err().to_string();
    assert!(refused.contains("the records tell it"), "{refused}");
    let changes = estimates.change(Period::year(2023), to).unwrap();
    for view in [
        ChangeView { level: 1.0, ..ChangeView::default() },
        ChangeView { power: 0.0, ..ChangeView::default() },
        ChangeView { margin: Some(f64::NAN), ..ChangeView::default() },
    ] {
        assert!(changes.view(&view).is_err(), "{view:?}");
    }
    let frame = changes.to_frame(&ChangeView { margin: Some(0.05), ..ChangeView::default() }).unwrap();
    assert_eq!(frame.height(), changes.rows().len());
    let maintained = frame.column("p_maintained").unwrap().f64().unwrap();
    assert!(maintained.iter().flatten().all(|p| (0.0..=1.0).contains(&p)));
}

#[test]
fn series_and_charts_judge_changes_as_comparisons_do() {
    let estimates = rates(false);
    let (from, to) = (Period::year(2023), Period::year(2024));
    let changes = estimates.change(from, to).unwrap();
    let mut unlike_independent = 0;
    for change in changes.rows() {
        let (region, sector) = (&*change.first.region, &*change.first.sector);
        let undeb::Statistic::Rate(measure) = change.first.statistic else { panic!("a rate was asked for") };
        let figure = |period| estimates.get(measure, period, region, sector).unwrap();
        let (a, b) = (figure(to), figure(from));
        let rho = a.correlation(b).unwrap();
        let (Some(s), Some(t)) = (a.se(), b.se()) else { continue };
        near((s * s + t * t - 2.0 * rho * s * t).sqrt(), change.se.unwrap(), 1e-9, region);
        unlike_independent += usize::from(rho.abs() > 0.01);
        let series = estimates.track(measure, region, sector).unwrap();
        let told = series.smallest_change(from, to, &DetectOptions::default()).unwrap();
        near(told, change.detectable(0.95, 0.8).unwrap(), 1e-9, region);
        let given = DetectOptions { correlation: Some(0.5), ..DetectOptions::default() };
        let refused = series.smallest_change(from, to, &given).unwrap_err().to_string();
        assert!(refused.contains("the records tell it"), "{refused}");
    }
    assert!(unlike_independent > changes.rows().len() / 2, "PSUs are shared");

    let options = ChartOptions { measure: Some(Measure::Density), sectors: vec!["1".to_owned()], ..ChartOptions::default() };
    let slope = chart(Kind::Slope, Subject::from(&estimates), &options).unwrap();
    let drawn = slope.numbers();
    let column = |name: &str, row: usize| drawn.column(name).unwrap().f64().unwrap().get(row).unwrap();
    for row in 0..drawn.height() {
        let region = drawn.column("region").unwrap().str().unwrap().get(row).unwrap();
        let same =
            |c: &&undeb::Change| &*c.first.region == region && &*c.first.sector == "1" && c.first.statistic.id() == "density";
        let interval = changes.rows().iter().find(same).unwrap().interval(0.95).unwrap();
        near(column("change_low", row), interval.low, 1e-12, region);
        near(column("change_high", row), interval.high, 1e-12, region);
    }
    assert!(slope.describe().contains("covariance that the records tell"), "{}", slope.describe());
}
