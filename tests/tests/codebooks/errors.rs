//! What the errors of records stand on: tiers, replicates, assumed design effects, households, people who return.

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{
    Codebook, DesignOptions, Error, ErrorMethod, MadeReplicates, Measure, Records, ReplicateColumns, Replication, Roles,
    SecondStage, Tier, Uncertainty,
};

use super::made::{Made, made, roles};
use super::{BOTH, CELLS, alike, df, extract_frame, near, one, says, with};

const DENSITY: [Measure; 1] = [Measure::Density];

fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn columns(kind: &str) -> ReplicateColumns {
    ReplicateColumns { columns: vec!["rep*".to_owned()], kind: kind.to_owned(), ..Default::default() }
}

/// The workers with columns of JKn weights of their PSUs, and the rscales of those.
fn jackknifed(workers: &Made, psus: f64) -> (DataFrame, Vec<f64>) {
    let mut frame = workers.frame();
    let mut all: Vec<(i64, i64)> = workers.psu.iter().copied().zip(workers.stratum.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    for (r, (psu, stratum)) in all.iter().enumerate() {
        let factor = |i: usize| match workers.psu[i] {
            p if p == *psu => 0.0,
            _ if workers.stratum[i] == *stratum => psus / (psus - 1.0),
            _ => 1.0,
        };
        let weights: Vec<f64> = workers.weight.iter().enumerate().map(|(i, w)| w * factor(i)).collect();
        frame.with_column(Series::new(format!("rep{}", r + 1).into(), weights).into_column()).unwrap();
    }
    (frame, vec![(psus - 1.0) / psus; all.len()])
}

fn replicated(frame: &DataFrame, given: ReplicateColumns) -> Result<Records, Error> {
    Records::new(frame, &Roles { replication: Some(Replication::Columns(given)), ..roles() })
}

#[test]
fn replicates_given_are_those_that_would_be_made() {
    let workers = made(600, 5, 3);
    let (frame, rscales) = jackknifed(&workers, 3.0);
    let given = replicated(&frame, ReplicateColumns { rscales: Some(rscales), df: Some(10.0), ..columns("jkn") }).unwrap();
    let jkn = Replication::Made(MadeReplicates { kind: "jkn".to_owned(), ..Default::default() });
    let made = Records::new(&frame, &Roles { replication: Some(jkn), ..roles() }).unwrap();
    let (given, made) = (given.estimate(&DENSITY, &[], &CELLS).unwrap(), made.estimate(&DENSITY, &[], &CELLS).unwrap());
    alike(&given, &made, 1e-12);
    let Uncertainty::Sampling { method, .. } = one(&given).uncertainty else { panic!("no error") };
    assert!(matches!(method, ErrorMethod::Replicated { replicates: 15, missing: 0, calibrated: false, .. }));
    assert_eq!(one(&given).error_source().unwrap(), "15 replicate weights, JKn");
}

#[test]
fn the_degrees_of_freedom_are_the_rank_less_one() {
    let workers = made(600, 5, 3);
    let (frame, rscales) = jackknifed(&workers, 3.0);
    let given = ReplicateColumns { rscales: Some(rscales), ..columns("jkn") };
    let records = replicated(&frame, given.clone()).unwrap();
    // Fifteen PSUs in five strata.
    assert_eq!(df(one(&records.estimate(&DENSITY, &[], &CELLS).unwrap())), Some(10.0));
    // Columns that repeat say nothing new.
    let twice = ReplicateColumns { columns: (1..=3).map(|r| format!("rep{r}")).collect(), ..columns("bootstrap") };
    let records = replicated(&frame, twice).unwrap();
    assert_eq!(df(one(&records.estimate(&DENSITY, &[], &CELLS).unwrap())), Some(2.0));
}

#[test]
fn replicates_that_are_none() {
    let workers = made(200, 3, 2);
    let (frame, _) = jackknifed(&workers, 2.0);
    let with_cells = |values: Vec<Option<f64>>| replicated(&with(&frame, Series::new("rep2".into(), values)), columns("brr"));
    for (bad, shown) in [(None, "missing"), (Some(f64::NAN), "NaN"), (Some(-1.0), "-1"), (Some(f64::INFINITY), "inf")] {
        let mut values = vec![Some(1.0); 200];
        (values[4], values[9]) = (bad, bad);
        let e = says(with_cells(values), &["replicate weight in column `rep2`", "row 5", &format!("is {shown} (2 such rows)")]);
        assert!(e.is_design());
    }
    says(replicated(&with(&frame, Series::new("rep2".into(), vec!["1"; 200])), columns("brr")), &["rep2", "type str"]);
    says(replicated(&frame.drop("rep3").unwrap(), columns("brr")), &["number 3 is not there"]);
    says(replicated(&frame, ReplicateColumns { count: Some(80), ..columns("brr") }), &["6 columns", "not 80"]);
    says(replicated(&frame, columns("jkn")), &["needs an rscale"]);
    says(replicated(&frame, ReplicateColumns { rscales: Some(vec![0.5; 5]), ..columns("jkn") }), &["5 rscales for 6"]);
    says(replicated(&frame, ReplicateColumns { rho: Some(1.0), ..columns("fay") }), &["Fay's factor is 1"]);
    says(replicated(&frame, ReplicateColumns { columns: vec!["repp*".to_owned()], ..columns("brr") }), &["no column `repp*`"]);
    let doubled = ReplicateColumns { columns: vec!["rep*".to_owned(), "rep1".to_owned()], ..columns("brr") };
    says(replicated(&frame, doubled), &["`rep1` is named twice"]);
    let deff = Roles { replication: Some(Replication::Columns(columns("brr"))), design_effect: Some(2.0), ..roles() };
    says(Records::new(&frame, &deff), &["a design effect is assumed, but the records have replicate weights"]);
}

#[test]
fn every_tier_is_said() {
    let workers = made(300, 4, 3);
    let frame = workers.frame();
    let tier = |roles: Roles| {
        let estimates = Records::new(&frame, &roles).unwrap().estimate(&DENSITY, &[], &CELLS).unwrap();
        (one(&estimates).tier().unwrap(), one(&estimates).error_source().unwrap())
    };
    let bare = || Roles { strata: None, psu: None, ..roles() };
    let jkn = Replication::Made(MadeReplicates { kind: "jkn".to_owned(), ..Default::default() });
    let all = [
        (Roles { replication: Some(jkn), ..roles() }, Tier::Replicates, "12 replicate weights, JKn"),
        (roles(), Tier::StrataAndClusters, "linearised, strata and clusters"),
        (Roles { strata: None, ..roles() }, Tier::Clusters, "linearised, clusters"),
        (Roles { psu: None, ..roles() }, Tier::Strata, "linearised, strata"),
        (Roles { household: named("psu"), ..bare() }, Tier::HouseholdClusters, "linearised, household clusters"),
        (Roles { person: named("psu"), ..bare() }, Tier::HouseholdClusters, "linearised, household clusters"),
        (Roles { design_effect: Some(1.5), ..bare() }, Tier::AssumedDesignEffect, "assumed design effect 1.5"),
        (bare(), Tier::WeightsOnly, "linearised, weights only"),
    ];
    let mut before = None;
    for (roles, expected, words) in all {
        assert_eq!(tier(roles), (expected, words.to_owned()));
        assert!(before.is_none_or(|b| b <= expected), "tiers are in their order");
        before = Some(expected);
    }
}

#[test]
fn an_assumed_design_effect_widens_a_simple_random_sample() {
    let workers = made(500, 4, 3);
    let bare = |deff: f64| Roles { strata: None, psu: None, design_effect: Some(deff), ..roles() };
    let of = |deff: f64| {
        let measures = [Measure::Density, Measure::Coverage, Measure::CoverageMinusDensity];
        Records::new(&workers.frame(), &bare(deff)).unwrap().estimate(&measures, &["sector"], &CELLS).unwrap()
    };
    for (single, double) in of(1.0).cells().iter().zip(of(2.0).cells()) {
        near(double.se().unwrap(), single.se().unwrap() * 2.0_f64.sqrt(), 1e-12, "twice the variance");
        assert_eq!(df(double), None);
        if single.measure.is_share() {
            let p = single.value.unwrap();
            near(single.se().unwrap(), (p * (1.0 - p) / single.n.unwrap()).sqrt(), 1e-12, "a simple random sample");
        }
    }
    for bad in [0.0, -1.0, f64::NAN] {
        says(Records::new(&workers.frame(), &bare(bad)), &["the assumed design effect is"]);
    }
}

#[test]
fn people_who_return_are_found_at_home() {
    let mut workers = made(400, 4, 3);
    let person: Vec<i64> = (0..400).map(|i| i / 2).collect();
    let frame = |workers: &Made| with(&workers.frame(), Series::new("person".into(), &person));
    says(Records::new(&frame(&workers), &Roles { person: named("person"), ..roles() }), &["`person` lies in two PSUs"]);
    for i in (1..400).step_by(2) {
        (workers.psu[i], workers.stratum[i]) = (workers.psu[i - 1], workers.stratum[i - 1]);
    }
    Records::new(&frame(&workers), &Roles { person: named("person"), ..roles() }).unwrap();
    // Without PSUs people stand in for them: those who are there twice count once.
    let alone = Roles { person: named("person"), strata: None, psu: None, ..roles() };
    let twice = Records::new(&frame(&workers), &alone).unwrap().estimate(&DENSITY, &[], &CELLS).unwrap();
    assert!(one(&twice).psus.unwrap() <= 200);
}

#[test]
fn units_within_psus() {
    let workers = made(400, 4, 3);
    let frame = with(&workers.frame(), Series::new("home".into(), (0..400).map(|i| i % 40).collect::<Vec<i64>>()));
    let frame = with(&frame, Series::new("N".into(), vec![6.0; 400]));
    let frame = with(&frame, Series::new("M".into(), vec![100.0; 400]));
    let stage = |fpc: Option<&str>| SecondStage { unit: "home".to_owned(), fpc: fpc.map(str::to_owned), ..Default::default() };
    let se = |fpc: Option<String>, second_stage: Option<SecondStage>| {
        let records = Records::new(&frame, &Roles { fpc, second_stage, ..roles() }).unwrap();
        one(&records.estimate(&DENSITY, &[], &CELLS).unwrap()).se().unwrap()
    };
    // Without sampling fractions the first stage tells everything.
    near(se(None, Some(stage(Some("M")))), se(None, None), 1e-12, "drawn with replacement");
    assert!(se(named("N"), Some(stage(Some("M")))) > se(named("N"), None));
    let small = with(&frame, Series::new("M".into(), vec![1.5; 400]));
    let roles = |second_stage| Roles { fpc: named("N"), second_stage: Some(second_stage), ..roles() };
    says(Records::new(&small, &roles(stage(Some("M")))), &["sampled units but a population of 1.5"]);
    says(Records::new(&frame, &roles(stage(Some("region")))), &["`region` is of type str"]);
    let mut holed: Vec<Option<i64>> = (0..400).map(|i| Some(i % 40)).collect();
    holed[3] = None;
    let holed = with(&frame, Series::new("home".into(), holed));
    says(Records::new(&holed, &roles(stage(None))), &["`home` is empty in row 4 (1 empty cells)"]);
}

#[test]
fn a_codebook_may_name_the_whole_design() {
    let text = std::fs::read_to_string(undeb_tests::project().join("data/codebooks/gss.toml")).unwrap();
    let with_key =
        |words: &str| Codebook::from_toml("own", &text.replace("nested = true\n", &format!("nested = true\n{words}\n")));
    let rows = extract_frame("gss").height();
    let frame = with(&extract_frame("gss"), Series::new("N".into(), vec![50.0; rows]));
    let frame = with(&frame, Series::new("w1".into(), vec![1.0; rows]));
    let frame = with(&frame, Series::new("w2".into(), (0..rows).map(|i| (i % 3) as f64).collect::<Vec<_>>()));
    let se = |book: &Codebook| {
        let records = Records::with_codebook(&frame, book, LonelyPsu::Remove).unwrap();
        let estimates = records.estimate(&DENSITY, &[], &CELLS).unwrap();
        (one(&estimates).se().unwrap(), one(&estimates).error_source().unwrap())
    };
    let (open, _) = se(&with_key("").unwrap());
    assert!(se(&with_key("fpc = \"N\"").unwrap()).0 < open);
    let replicates = "[design.replicates]\ncolumns = [\"w*\"]\nkind = \"bootstrap\"\ncount = 2";
    let text = text.replace("[[scope]]\nwhen = { wrkstat = [4", &format!("{replicates}\n\n[[scope]]\nwhen = {{ wrkstat = [4"));
    let book = Codebook::from_toml("own", &text).unwrap();
    assert_eq!(se(&book).1, "2 replicate weights, bootstrap");
    says(with_key("fcp = \"N\""), &["unknown field `fcp`"]);
    let weaker = text.replace("strata = [\"vstrat\"]", "strata = []");
    says(Codebook::from_toml("own", &weaker), &["the tier is `strata and clusters`"]);
    // What a user says wins over the codebook.
    let made = Replication::Made(MadeReplicates { kind: "jkn".to_owned(), ..Default::default() });
    let options = DesignOptions { lonely_psu: LonelyPsu::Remove, replication: Some(made), ..Default::default() };
    let records = Records::with_codebook(&frame, &book, options).unwrap();
    let source = one(&records.estimate(&BOTH[..1], &[], &CELLS).unwrap()).error_source().unwrap();
    assert!(source.contains("JKn"), "{source}");
}
