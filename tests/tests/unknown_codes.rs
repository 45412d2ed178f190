//! What is not known of a record is neither guessed nor passed over in silence.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use polars::prelude::*;
use undeb::survey::interval::{Flag, Method};
use undeb::{Measure, RecordOptions, Records, Roles};

const PLAIN: RecordOptions = RecordOptions { margins: false, pool: None };
const MARGINS: RecordOptions = RecordOptions { margins: true, pool: None };

fn named(column: &str) -> Option<String> {
    Some(column.to_owned())
}

#[test]
fn records_without_a_code_are_counted() {
    // Synthetic: two of six records have no sector; one of them is out of scope.
    let frame = df![
        "m" => [1, 0, 1, 1, 0, 1], "w" => [1.0, 1.0, 1.0, 2.0, 1.0, 4.0], "e" => [1, 1, 1, 1, 1, 0],
        "s" => [Some("a"), Some("a"), Some("b"), None, Some("b"), None],
    ]
    .unwrap();
    let roles = Roles { member: named("m"), weight: named("w"), employee: named("e"), sector: named("s"), ..Roles::default() };
    let records = Records::new(&frame, &roles).unwrap();
    let estimates = records.estimate(&[Measure::Density], &["sector"], &MARGINS).unwrap();
    let said =
        "1 of 5 records have no code of `sector` (33.3 % of the weight): they are in no row of one, only in totals over all";
    assert_eq!(estimates.remarks(), [said]);
    // The whole has them; so do totals accumulated and finished.
    assert_eq!(estimates.cells().iter().map(|e| e.n).collect::<Vec<_>>(), [Some(5.0), Some(2.0), Some(2.0)]);
    let totals = records.accumulate(&["sector"]).unwrap().finish(&[Measure::Density], &PLAIN).unwrap();
    assert_eq!(totals.remarks(), [said]);
    assert_eq!(totals.filter(|e| &*e.sector == "a").remarks(), [said]);
    let members = records.quantities(&["members".parse().unwrap()], &["sector"], &PLAIN).unwrap();
    assert_eq!(members.remarks(), [said]);
    assert!(records.estimate(&[Measure::Density], &[], &PLAIN).unwrap().remarks().is_empty());
    let nobody = records.filter(&[false; 6]).unwrap().estimate(&[Measure::Density], &["sector"], &PLAIN).unwrap();
    let domain = "only a domain of the records, those for which a filter holds";
    assert_eq!(nobody.remarks(), [domain, "no record is in the domain, so there is no figure"]);
    assert!(nobody.cells().iter().all(|e| e.value.is_none()));
}

#[test]
fn a_code_written_in_digits_keeps_its_zeros() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.csv");
    // Synthetic: the areas 01 and 1 are two; weights and answers are numbers however they are written.
    std::fs::write(&path, "m,w,area,stratum,psu\n1,01,01,1,1\n0,02,01,1,01\n01,1,1,2,1\n0,1,1,2,2\n").unwrap();
    let roles = Roles {
        member: named("m"),
        weight: named("w"),
        region: named("area"),
        strata: named("stratum"),
        psu: named("psu"),
        ..Roles::default()
    };
    let records = Records::open(&path, &roles).unwrap();
    assert_eq!(records.design().psus(), 4);
    let estimates = records.estimate(&[Measure::Density], &["region"], &PLAIN).unwrap();
    let found: Vec<_> = estimates.cells().iter().map(|e| (&*e.region, e.value, e.psus)).collect();
    assert_eq!(found, [("01", Some(1.0 / 3.0), Some(2)), ("1", Some(0.5), Some(2))]);
}

#[test]
fn covered_workers_who_are_no_members_are_told_among_those_who_answered_both() {
    // Synthetic: of eight covered and eight uncovered people half are members; membership is unknown for half of each kind.
    let answer = |known: bool, yes: bool| known.then_some(yes);
    let (mut member, mut covered) = (Vec::new(), Vec::new());
    for i in 0..16 {
        covered.push(i % 2 == 0);
        member.push(answer(i % 4 < 2, i % 8 < 4));
    }
    let frame = df!["m" => member, "c" => covered].unwrap();
    let within = Roles { member: named("m"), covered: named("c"), members_within_covered: true, ..Roles::default() };
    let records = Records::new(&frame, &within).unwrap();
    let one = &records.estimate(&[Measure::CoveredNonmembers], &[], &PLAIN).unwrap();
    let one = &one.cells()[0];
    // Four members and four others are known; of the others two are covered.
    assert_eq!((one.value, one.n), (Some(0.25), Some(8.0)));
    let missing = one.missing.unwrap();
    assert_eq!((missing.share, missing.low, missing.high), (0.5, 0.125, 0.625));
}

#[test]
fn a_sample_without_spread_says_so() {
    // Synthetic: in both PSUs one of two is a member, so that nothing differs between them.
    let frame = df!["m" => [1, 0, 1, 0], "p" => [1, 1, 2, 2]].unwrap();
    let roles = Roles { member: named("m"), psu: named("p"), ..Roles::default() };
    let estimates = Records::new(&frame, &roles).unwrap().estimate(&[Measure::Density], &[], &PLAIN).unwrap();
    let one = &estimates.cells()[0];
    let outcome = one.outcome(0.95, Method::Wilson);
    assert_eq!((one.value, one.se(), outcome.flags), (Some(0.5), None, vec![Flag::ZeroVariance]));
    assert!(outcome.interval.unwrap().width() > 0.5);
}
