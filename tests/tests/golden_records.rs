//! Estimates of records against R `survey`, from a frame and roles to the table: domains, margins, finite populations,
//! certainty strata, lonely PSUs, pooled years, calibration and replicates (tests/golden/records.R).

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::HashSet;
use std::path::Path;

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{
    Estimates, KnownTotals, MadeReplicates, Measure, RecordOptions, Records, ReplicateColumns, Replication, Roles, Uncertainty,
};
use undeb_tests::{Rows as Table, project};

fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-9), "{what}: {ours} against {theirs}");
}

fn read(path: &Path) -> DataFrame {
    CsvReadOptions::default()
        .with_infer_schema_length(None)
        .try_into_reader_with_file_path(Some(path.into()))
        .unwrap()
        .finish()
        .unwrap()
}

fn labour(name: &str) -> DataFrame {
    read(&project().join(format!("tests/golden/{name}.csv")))
}

fn whole(frame: &DataFrame, name: &str) -> Vec<i64> {
    let column = frame.column(name).unwrap().as_materialized_series().cast(&DataType::Int64).unwrap();
    column.i64().unwrap().iter().map(|v| v.unwrap_or(-1)).collect()
}

fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn roles() -> Roles {
    Roles {
        member: named("union"),
        covered: named("covered"),
        employee: named("employee"),
        weight: named("weight"),
        strata: named("stratum"),
        psu: named("psu"),
        region: named("region"),
        sector: named("sector"),
        ..Roles::default()
    }
}

/// Records of one year as a domain of both.
fn of_2024(frame: &DataFrame, roles: &Roles) -> Records {
    let keep: Vec<bool> = whole(frame, "year").iter().map(|y| *y == 2024).collect();
    Records::new(frame, roles).unwrap().filter(&keep).unwrap()
}

fn df(e: &undeb::Estimate) -> Option<f64> {
    match e.uncertainty {
        Uncertainty::Sampling { df, .. } => df,
        _ => None,
    }
}

/// Compares everything that R estimated under the name of a case.
fn compare(file: &str, case: &str, records: &Records, by: &[&str], same_df: bool) {
    let table = Table::read(&format!("tests/golden/{file}.csv"));
    let measures: &[Measure] =
        if case == "plain" || case == "fpc" { &[Measure::Density, Measure::Coverage] } else { &[Measure::Density] };
    let estimates: Estimates = records.estimate(measures, by, &RecordOptions { margins: true, ..Default::default() }).unwrap();
    let period = estimates.cells()[0].period;
    let mut seen = 0;
    for row in (0..table.len()).filter(|&row| table.text(row, "case") == case) {
        let measure = if table.text(row, "measure") == "covered" { Measure::Coverage } else { Measure::Density };
        let (first, second) = (table.text(row, "first"), table.text(row, "second"));
        let what = format!("{case} {measure} {first} {second}");
        let ours = estimates.get(measure, period, first, second).unwrap_or_else(|| panic!("no {what}"));
        near(ours.value.unwrap(), table.number(row, "value").unwrap(), &what);
        let se = match ours.uncertainty {
            Uncertainty::Sampling { se, .. } => se,
            _ => panic!("{what} has no error"),
        };
        near(se, table.number(row, "variance").unwrap().sqrt(), &what);
        assert_eq!(ours.n, table.number(row, "n"), "{what}");
        if same_df {
            assert_eq!(df(ours), table.number(row, "df"), "{what}");
        }
        seen += 1;
    }
    assert!(seen > 1, "nothing of {case}");
}

const BOTH: [&str; 2] = ["region", "sector"];

#[test]
fn domains_and_margins() {
    let frame = labour("labour");
    compare("records_R", "plain", &of_2024(&frame, &roles()), &BOTH, true);
    compare("records_R", "pooled", &Records::new(&frame, &roles()).unwrap(), &BOTH, true);
    let weights = Roles { strata: None, psu: None, ..roles() };
    compare("records_R", "weights", &of_2024(&frame, &weights), &["region"], true);
    compare("records_R", "clusters", &of_2024(&frame, &Roles { strata: None, ..roles() }), &["region"], true);
}

#[test]
fn finite_populations_and_certainty() {
    let mut frame = labour("labour");
    let with = Roles { fpc: named("Nh"), ..roles() };
    compare("records_R", "fpc", &of_2024(&frame, &with), &BOTH, true);
    // The same as shares of the PSUs of every stratum.
    let (strata, psus, known) = (whole(&frame, "stratum"), whole(&frame, "psu"), whole(&frame, "Nh"));
    let drawn: HashSet<(i64, i64)> = strata.iter().copied().zip(psus).collect();
    let sampled = |h: i64| drawn.iter().filter(|(stratum, _)| *stratum == h).count();
    let shares: Vec<f64> = strata.iter().zip(&known).map(|(h, n)| sampled(*h) as f64 / *n as f64).collect();
    frame.with_column(Series::new("share".into(), shares).into_column()).unwrap();
    compare("records_R", "fpc", &of_2024(&frame, &Roles { fpc: named("share"), ..roles() }), &BOTH, true);
    let certain: Vec<i64> = strata.iter().zip(&known).map(|(h, n)| if *h <= 6 { sampled(*h) as i64 } else { *n }).collect();
    frame.with_column(Series::new("Nh".into(), certain).into_column()).unwrap();
    compare("records_R", "certainty", &of_2024(&frame, &with), &BOTH, true);
}

#[test]
fn lonely_psus() {
    let frame = labour("labour_lonely");
    for (lonely_psu, case) in
        [(LonelyPsu::Remove, "lonely_remove"), (LonelyPsu::Adjust, "lonely_adjust"), (LonelyPsu::Average, "lonely_average")]
    {
        compare("records_R", case, &of_2024(&frame, &Roles { lonely_psu, ..roles() }), &["region"], true);
    }
}

fn known(file: &str, method: Option<&str>, bounds: Option<[f64; 2]>) -> KnownTotals {
    KnownTotals::read(&project().join(format!("tests/golden/{file}.csv")), method, bounds).unwrap()
}

#[test]
fn calibration() {
    let frame = labour("labour");
    for (case, file, method, bounds) in [
        ("linear", "known_totals", Some("linear"), None),
        ("raking", "known_totals", Some("raking"), None),
        ("logit", "known_totals", Some("logit"), Some([0.5, 2.0])),
        ("poststratified", "known_cells", None, None),
    ] {
        let calibrated = Roles { known_totals: Some(known(file, method, bounds)), ..roles() };
        compare("records_R", case, &of_2024(&frame, &calibrated), &BOTH, true);
    }
}

/// Region, sex and age of one year, whose rows are all there are.
#[test]
fn calibration_of_one_year() {
    let text = std::fs::read_to_string(project().join("tests/golden/calibration.json")).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    let all = labour("labour");
    let frame = all.filter(&whole(&all, "year").iter().map(|y| *y == 2024).collect::<BooleanChunked>()).unwrap();
    let total = |variables: &[&str], name: &str| -> String {
        let cells = golden["population"][name].as_array().unwrap().iter();
        let line = |cell: &serde_json::Value| {
            let code: Vec<String> = variables.iter().map(|v| cell[v].to_string()).collect();
            format!("{},{},{}\n", variables.join(":"), code.join(":"), cell["Freq"])
        };
        cells.map(line).collect()
    };
    let header = "variable,code,total\n";
    let three = format!("{header}{}{}{}", total(&["region"], "region"), total(&["sex"], "sex"), total(&["age"], "age"));
    let crossed = format!("{header}{}", total(&["region", "sex"], "region_sex"));
    let jkn = || Some(Replication::Made(MadeReplicates { kind: "jkn".to_owned(), ..Default::default() }));
    for (case, text, method, bounds, replication) in [
        ("poststratify_region_sex", &crossed, None, None, None),
        ("greg_linear", &three, Some("linear"), None, None),
        ("calib_raking", &three, Some("raking"), None, None),
        ("calib_logit_0.7_1.4", &three, Some("logit"), Some([0.7, 1.4]), None),
        ("jkn_poststratify", &crossed, None, None, jkn()),
        ("jkn_greg", &three, Some("linear"), None, jkn()),
        ("jkn_raking", &three, Some("raking"), None, jkn()),
    ] {
        let totals = KnownTotals::from_csv("known.csv", text, method, bounds).unwrap();
        let roles = Roles { known_totals: Some(totals), replication, ..roles() };
        let estimates = Records::new(&frame, &roles).unwrap();
        let options = RecordOptions { margins: true, ..Default::default() };
        let estimates = estimates.estimate(&[Measure::Density, Measure::Coverage], &BOTH, &options).unwrap();
        let theirs = &golden[case];
        let period = estimates.cells()[0].period;
        let check = |measure, region: &str, sector: &str, value: &serde_json::Value, se: f64| {
            let ours = estimates.get(measure, period, region, sector).unwrap();
            near(ours.value.unwrap(), value.as_f64().unwrap(), case);
            near(ours.se().unwrap(), se, case);
        };
        for (i, measure) in [Measure::Density, Measure::Coverage].into_iter().enumerate() {
            let se = theirs["mean_vcov"][i][i].as_f64().unwrap().sqrt();
            check(measure, "all", "all", &theirs["mean_employee"][i], se);
        }
        for i in 0..4 {
            let se = theirs["region_se"][i].as_f64().unwrap();
            check(Measure::Density, &(i + 1).to_string(), "all", &theirs["region"][i], se);
        }
        for i in 0..5 {
            let se = theirs["sector_se"][i].as_f64().unwrap();
            check(Measure::Density, "all", &(i + 1).to_string(), &theirs["sector"][i], se);
        }
    }
}

#[test]
fn replicates_made_from_the_design() {
    let frame = labour("labour");
    let jkn = || Some(Replication::Made(MadeReplicates { kind: "jkn".to_owned(), ..Default::default() }));
    compare("records_R", "jkn", &of_2024(&frame, &Roles { replication: jkn(), ..roles() }), &BOTH, false);
    let raked = Roles { replication: jkn(), known_totals: Some(known("known_totals", Some("raking"), None)), ..roles() };
    compare("records_R", "jkn_raking", &of_2024(&frame, &raked), &BOTH, false);
}

/// The labour survey with columns of replicate weights from a file of factors, and the factors alone.
fn with_factors(name: &str, file: &str, each: impl Fn(f64) -> f64) -> (DataFrame, usize) {
    let mut frame = labour(name);
    let factors = read(&project().join(format!("tests/golden/factors_{file}.csv")));
    let psus = whole(&factors, "psu");
    let place: Vec<usize> = whole(&frame, "psu").iter().map(|p| psus.iter().position(|q| q == p).unwrap()).collect();
    let weight = frame.column("weight").unwrap().f64().unwrap().clone();
    let count = factors.width() - 1;
    for r in 0..count {
        let factor = factors.columns()[r + 1].as_materialized_series().cast(&DataType::Float64).unwrap();
        let factor: Vec<f64> = factor.f64().unwrap().iter().map(|f| each(f.unwrap())).collect();
        let factor: Vec<f64> = place.iter().map(|p| factor[*p]).collect();
        let weights: Vec<f64> = factor.iter().zip(weight.iter()).map(|(f, w)| f * w.unwrap()).collect();
        frame.with_column(Series::new(format!("rep{}", r + 1).into(), weights).into_column()).unwrap();
        frame.with_column(Series::new(format!("factor{}", r + 1).into(), factor).into_column()).unwrap();
    }
    (frame, count)
}

#[test]
fn supplied_replicates() {
    let text = std::fs::read_to_string(project().join("tests/golden/replicates.json")).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    let scale = golden["bootstrap_canty_davison"]["scale"].as_f64();
    let half = |rho: f64| move |f: f64| 1.0 + (1.0 - rho) * (f - 1.0);
    type Case<'a> = (&'a str, &'a str, f64, &'a str, Option<f64>, Option<f64>, &'a str);
    let cases: [Case<'_>; 6] = [
        ("labour_2psu", "brr", 0.0, "brr", None, None, "brr"),
        ("labour_2psu", "brr", 0.5, "fay", Some(0.5), None, "fay05"),
        ("labour_2psu", "brr", 0.3, "fay", Some(0.3), None, "fay03"),
        ("labour", "subboot", 0.0, "bootstrap", None, None, "subbootstrap_rao_wu"),
        ("labour", "boot", 0.0, "bootstrap", None, scale, "bootstrap_canty_davison"),
        ("labour", "sdr80", 0.0, "sdr", None, None, "acs80"),
    ];
    for (name, file, shrink, kind, rho, scale, case) in cases {
        let (frame, count) = with_factors(name, file, half(shrink));
        for (mse, key) in [(false, case.to_owned()), (true, format!("{case}_mse"))] {
            for (columns, factors) in [("rep*", false), ("factor*", true)] {
                let given = ReplicateColumns {
                    columns: vec![columns.to_owned()],
                    kind: kind.to_owned(),
                    rho,
                    scale,
                    mse: Some(mse),
                    count: Some(count),
                    factors,
                    ..Default::default()
                };
                // Neither strata nor PSUs are told: the replicates are all there is.
                let alone = Roles { replication: Some(Replication::Columns(given)), strata: None, psu: None, ..roles() };
                let estimates = of_2024(&frame, &alone)
                    .estimate(
                        &[Measure::Density, Measure::Coverage],
                        &["region"],
                        &RecordOptions { margins: true, ..Default::default() },
                    )
                    .unwrap();
                let theirs = &golden[&key];
                let period = estimates.cells()[0].period;
                let check = |measure: Measure, region: &str, value: f64, variance: f64| {
                    let ours = estimates.get(measure, period, region, "all").unwrap();
                    near(ours.value.unwrap(), value, &key);
                    near(ours.se().unwrap(), variance.sqrt(), &key);
                    assert_eq!(df(ours), theirs["degf"].as_f64(), "{key}");
                };
                let number = |v: &serde_json::Value| v.as_f64().unwrap();
                check(Measure::Density, "all", number(&theirs["mean"][0]), number(&theirs["vcov"][0][0]));
                check(Measure::Coverage, "all", number(&theirs["mean"][1]), number(&theirs["vcov"][1][1]));
                for (i, region) in ["1", "2", "3", "4"].into_iter().enumerate() {
                    check(Measure::Density, region, number(&theirs["region"][i]), number(&theirs["region_vcov"][i][i]));
                }
            }
        }
    }
}

#[test]
fn two_stages() {
    let mut frame = labour("two_stage");
    let table = Table::read("tests/golden/two_stage_R.csv");
    frame.rename("union", "member".into()).unwrap();
    let stage =
        |fpc: bool| undeb::SecondStage { unit: "household".to_owned(), fpc: fpc.then(|| "M".to_owned()), ..Default::default() };
    for (design, first, second) in [("both", true, Some(stage(true))), ("none", false, Some(stage(false))), ("first", true, None)]
    {
        let roles = Roles {
            member: named("member"),
            weight: named("weight"),
            strata: named("stratum"),
            psu: named("psu"),
            fpc: first.then(|| "N".to_owned()),
            second_stage: second,
            region: named("region"),
            ..Roles::default()
        };
        let records = Records::new(&frame, &roles).unwrap();
        let estimates =
            records.estimate(&[Measure::Density], &["region"], &RecordOptions { margins: true, ..Default::default() }).unwrap();
        let period = estimates.cells()[0].period;
        for (region, set, i) in [("all", "mean", 1.0), ("1", "region", 1.0), ("2", "region", 2.0)] {
            let ours = estimates.get(Measure::Density, period, region, "all").unwrap();
            let row = (0..table.len())
                .find(|&r| {
                    table.text(r, "design") == format!("{design}_{set}")
                        && table.number(r, "i") == Some(i)
                        && table.number(r, "j") == Some(i)
                })
                .unwrap();
            near(ours.value.unwrap(), table.number(row, "estimate").unwrap(), design);
            near(ours.se().unwrap(), table.number(row, "covariance").unwrap().sqrt(), design);
        }
    }
}

/// Real records, which are not kept here: `UNDEB_GSS` names the file where they are at hand.
#[test]
fn general_social_survey() {
    let Some(path) = std::env::var_os("UNDEB_GSS") else { return };
    let mut frame = read(Path::new(&path));
    let (union, own, work) = (whole(&frame, "union"), whole(&frame, "wrkslf"), whole(&frame, "wrkstat"));
    let member: Vec<Option<bool>> = union.iter().map(|u| (*u > 0).then_some(*u == 1 || *u == 3)).collect();
    let keep: Vec<bool> = (0..union.len()).map(|i| union[i] > 0 && own[i] == 2 && (1..=3).contains(&work[i])).collect();
    frame.with_column(Series::new("member".into(), member).into_column()).unwrap();
    let roles = Roles {
        member: named("member"),
        weight: named("wtssall"),
        strata: named("vstrat"),
        psu: named("vpsu"),
        region: named("region"),
        lonely_psu: LonelyPsu::Adjust,
        ..Roles::default()
    };
    let of = |roles: &Roles| Records::new(&frame, roles).unwrap().filter(&keep).unwrap();
    compare("gss_R", "gss", &of(&roles), &["region"], true);
    compare("gss_R", "gss_year", &of(&Roles { region: named("year"), ..roles.clone() }), &["region"], true);
    let known = "variable,code,total\nsex,1,2400\nsex,2,2600\nrace,1,3600\nrace,2,800\nrace,3,600\n";
    let known = KnownTotals::from_csv("known.csv", known, Some("raking"), None).unwrap();
    compare("gss_R", "gss_raked", &of(&Roles { known_totals: Some(known), ..roles.clone() }), &["region"], true);
    let jkn = Replication::Made(MadeReplicates { kind: "jkn".to_owned(), ..Default::default() });
    let jkn = Roles { replication: Some(jkn), lonely_psu: LonelyPsu::Remove, ..roles };
    compare("gss_R", "gss_jkn", &of(&jkn), &["region"], false);
}

/// R 4.2.2, survey 4.1.1, `options(survey.lonely.psu = "average")` on the records below: `svydesign(~psu, strata = ~stratum,
/// weights = ~w, nest = TRUE)`, `postStratify(~sex, c(f = 9, m = 8))`, `svymean(~member, subset(, area == "N"))` and of S.
/// Calibrated scores are in every stratum, so that all three count, the lonely one as well; otherwise those of the domain.
const AVERAGE: [(f64, f64); 2] = [(0.4, 0.344_093_010_681_705_1), (0.4, 0.263_818_119_165_458_4)];
const AVERAGE_CALIBRATED: [(f64, f64); 2] =
    [(0.411_764_705_882_352_9, 0.408_531_694_457_862_1), (0.411_764_705_882_352_9, 0.269_363_328_111_122_1)];

#[test]
fn the_average_rule_counts_every_stratum_of_calibrated_records() {
    let frame = df![
        "stratum" => [1, 1, 1, 1, 2, 2, 2, 3, 3], "psu" => [1, 1, 2, 2, 1, 2, 2, 1, 1],
        "area" => ["N", "S", "N", "S", "N", "N", "S", "S", "S"], "sex" => ["f", "m", "m", "f", "f", "m", "f", "m", "f"],
        "w" => [1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0], "member" => [1, 0, 0, 1, 0, 1, 0, 1, 0],
    ]
    .unwrap();
    let name = |n: &str| Some(n.to_owned());
    let known = KnownTotals::from_csv("known.csv", "variable,code,total\nsex,f,9\nsex,m,8\n", None, None).unwrap();
    for (known_totals, expected) in [(None, AVERAGE), (Some(known), AVERAGE_CALIBRATED)] {
        let roles = Roles {
            member: name("member"),
            weight: name("w"),
            strata: name("stratum"),
            psu: name("psu"),
            region: name("area"),
            others: vec!["sex".to_owned()],
            lonely_psu: LonelyPsu::Average,
            known_totals,
            ..Roles::default()
        };
        let records = Records::new(&frame, &roles).unwrap();
        let estimates = records.estimate(&[Measure::Density], &["region"], &RecordOptions::default()).unwrap();
        for (e, (value, se)) in estimates.cells().iter().zip(expected) {
            assert!((e.value.unwrap() - value).abs() < 1e-12 && (e.se().unwrap() / se - 1.0).abs() < 1e-9, "{e:?}");
        }
    }
}
