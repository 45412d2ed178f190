//! Sentences say what the findings say: the numbers are read back out of random ones and counted anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;

use proptest::prelude::*;
use undeb::release::wording;
use undeb::{Answer, Classification, Finding, JudgedBy, Level, PolicyForce, Reason, Status, Target, bundled};
use undeb_tests::findings::{Draw, Figure, any_target, some, target};

/// All numbers of a sentence in order, thousands and decimals joined, a minus kept.
fn numbers(text: &str) -> Vec<f64> {
    let kept: String = text.chars().map(|c| if c == '−' { '-' } else { c }).filter(|c| *c != ',').collect();
    kept.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.bytes().any(|b| b.is_ascii_digit()))
        .map(|word| word.parse().unwrap_or_else(|_| panic!("{word} in {text}")))
        .collect()
}

/// Met, not met, cannot tell: counted here.
fn tally(findings: &[Finding]) -> (f64, f64, f64) {
    let of = |answer| findings.iter().filter(|f| f.answer == answer).count() as f64;
    (of(Answer::Met), of(Answer::NotMet), of(Answer::CannotTell))
}

fn names() -> Classification {
    bundled::classification("us-states").unwrap()
}

fn name(region: &str) -> String {
    names().get(region).unwrap().name.clone()
}

/// "beyond sampling error" needs a finding judged by its interval, and all of them unless the sentence limits itself.
fn claims_no_more_than_it_may(text: &str, findings: &[Finding]) -> Result<(), TestCaseError> {
    let judged_by = |by| findings.iter().any(|f| f.judged_by == by);
    prop_assert_eq!(text.contains("beyond sampling error"), judged_by(JudgedBy::Interval), "{}", text);
    let limited = text.contains("where one is stated");
    prop_assert_eq!(limited, judged_by(JudgedBy::Interval) && judged_by(JudgedBy::Point), "{}", text);
    Ok(())
}

/// One number of a thing is singular, every other plural.
fn grammar(text: &str) -> Result<(), TestCaseError> {
    prop_assert!(text.ends_with('.') && !text.contains("..") && !text.contains("  "), "{}", text);
    for (one, many) in [("state", "states"), ("finding", "findings"), ("target", "targets"), ("cell", "cells")] {
        for (i, _) in text.match_indices(&format!(" {one}")) {
            let count = text[..i].rsplit(' ').next().unwrap();
            let plural = text[i + 1..].starts_with(many);
            if let Ok(count) = count.parse::<u32>() {
                prop_assert_eq!(plural, count != 1, "{}", text);
            }
        }
    }
    Ok(())
}

/// A text without the year that its figures are of, which it says where there is a figure that was judged.
fn dated(text: &str, findings: &[Finding]) -> Result<String, TestCaseError> {
    let when = " by figures of 2022";
    let judged = findings.iter().any(|f| f.period.is_some() && f.answer != Answer::Unset);
    prop_assert_eq!(text.contains(when), judged, "{}", text);
    Ok(text.replace(when, ""))
}

proptest! {
    #![proptest_config(undeb_tests::search(400))]

    #[test]
    fn a_target_of_many_cells_counts_them(t in some(2..8, PolicyForce::Target)) {
        let text = wording::target(&t, Some(&names()), None);
        let (met, not_met, cannot) = tally(&t.findings);
        prop_assert_eq!(numbers(&text), vec![met, met + not_met + cannot, not_met, cannot], "{}", text);
        prop_assert!(text.starts_with("Met in"), "{}", text);
        claims_no_more_than_it_may(&text, &t.findings)?;
        grammar(&text)?;
    }

    #[test]
    fn a_trigger_counts_those_below_and_names_those_at_the_line(t in some(2..8, PolicyForce::Trigger)) {
        let text = wording::target(&t, Some(&names()), None);
        let Level::Fixed(level) = t.target.level else { unreachable!() };
        let (met, not_met, cannot) = tally(&t.findings);
        let mut expected = vec![not_met, met + not_met + cannot, (1000.0 * level).round() / 10.0, met];
        expected.extend((cannot > 0.0).then_some(cannot));
        let got = numbers(&dated(&text, &t.findings)?);
        prop_assert_eq!(got.len(), expected.len(), "{}", &text);
        prop_assert!(got.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 0.11), "{} {:?}", &text, expected);
        prop_assert_eq!((got[0], got[1], got[3]), (expected[0], expected[1], expected[3]));
        prop_assert_eq!(text.contains("cannot tell"), cannot > 0.0);
        prop_assert_eq!(text.contains("exactly at the line"), t.findings.iter().any(|f| f.at_line));
        for f in &t.findings {
            prop_assert_eq!(text.contains(&name(&f.region)), f.at_line, "{}", &text);
        }
        grammar(&text)?;
    }

    #[test]
    fn one_finding_says_its_figure_its_distance_and_its_answer(t in some(1..2, PolicyForce::Target)) {
        let text = wording::target(&t, Some(&names()), None);
        let f = &t.findings[0];
        prop_assert!(text.starts_with(&name(&f.region)));
        let Some((value, gap)) = f.value.zip(f.gap) else {
            prop_assert!(text.contains("nothing can be told") && numbers(&text).is_empty(), "{}", text);
            prop_assert_eq!(text.contains("names no source"), t.target.source.is_none(), "{}", text);
            return Ok(());
        };
        let level = f.level.unwrap();
        let got = numbers(&text);
        prop_assert!((got[0] - 100.0 * value).abs() <= 0.0501 && got[1] == 2022.0, "{}", &text);
        prop_assert!((got.last().unwrap() - 100.0 * level).abs() <= 0.0501, "{}", &text);
        prop_assert_eq!(text.contains("exactly at"), f.at_line, "{}", &text);
        prop_assert_eq!(text.contains("short of"), gap.value > 0.0, "{}", &text);
        prop_assert_eq!(text.contains("above"), gap.value < 0.0, "{}", &text);
        prop_assert!(!text.contains(" 0.0 points"), "a distance that is not nothing reads as nothing: {}", &text);
        if !f.at_line {
            prop_assert!((got[2] - 100.0 * gap.value.abs()).abs() <= 0.1001, "{}", &text);
        }
        prop_assert_eq!(text.contains("not met"), f.answer == Answer::NotMet, "{}", &text);
        prop_assert_eq!(text.contains(": met"), f.answer == Answer::Met, "{}", &text);
        prop_assert_eq!(text.contains("cannot tell"), f.answer == Answer::CannotTell, "{}", &text);
        let by_interval = f.judged_by == JudgedBy::Interval && f.answer != Answer::CannotTell;
        prop_assert_eq!(text.contains("beyond sampling error"), by_interval, "{}", &text);
        prop_assert_eq!(text.contains("by the point alone"), f.judged_by == JudgedBy::Point, "{}", &text);
        grammar(&text)?;
    }

    #[test]
    fn a_verdict_counts_findings_and_targets(targets in prop::collection::vec(any_target(), 0..5)) {
        let sentences: Vec<String> = targets.iter().map(|t| wording::target(t, Some(&names()), None)).collect();
        let text = wording::verdict(&targets, &sentences);
        let (numbered, unset): (Vec<_>, Vec<_>) = targets.iter().partition(|t| matches!(t.target.level, Level::Fixed(_)));
        grammar(&text)?;
        if targets.len() == 1 && numbered.len() == 1 {
            let illustrative = targets[0].target.status == Status::Illustrative;
            let remark = if illustrative { " The number of the target is illustrative." } else { "" };
            prop_assert_eq!(text, format!("{}{remark}", sentences[0]));
            return Ok(());
        }
        prop_assert_eq!(text.contains("no target"), targets.is_empty());
        prop_assert_eq!(text.contains("so none can be judged"), !targets.is_empty() && numbered.is_empty());
        let mut expected = Vec::new();
        if !numbered.is_empty() {
            let all: Vec<Finding> = numbered.iter().flat_map(|t| t.findings.clone()).collect();
            let (met, not_met, cannot) = tally(&all);
            // A figure that is not there is none that cannot tell.
            let without = all.iter().filter(|f| f.reason == Some(undeb::Reason::NoEvidence)).count() as f64;
            prop_assert_eq!(text.contains("there is no figure"), without > 0.0, "{}", &text);
            expected.extend([all.len() as f64, numbered.len() as f64, met, not_met]);
            expected.extend((cannot > without || without == 0.0).then_some(cannot - without));
            expected.extend((without > 0.0).then_some(without));
            let answers = all.iter().filter(|f| matches!(f.answer, Answer::Met | Answer::NotMet));
            let (by_point, answered) = answers.fold((0, 0), |(p, n), f| (p + u32::from(f.judged_by == JudgedBy::Point), n + 1));
            let every = by_point > 0 && by_point == answered;
            prop_assert_eq!(text.contains("No sampling error is stated for the figures that answer."), every, "{}", &text);
            expected.extend((by_point > 0 && !every).then_some(f64::from(by_point)));
            prop_assert!(!text.contains("so far"), "no target here has a deadline: {}", &text);
            expected.extend((!unset.is_empty()).then_some(unset.len() as f64));
        }
        let all: Vec<Finding> = numbered.iter().flat_map(|t| t.findings.clone()).collect();
        prop_assert_eq!(numbers(&dated(&text, &all)?), expected, "{}", &text);
        let made_up = !numbered.is_empty() && numbered.iter().all(|t| t.target.status == Status::Illustrative);
        prop_assert_eq!(text.contains("illustrative"), made_up, "{}", &text);
    }

    #[test]
    fn an_unset_target_is_not_judged(t in any_target()) {
        let text = wording::target(&t, Some(&names()), None);
        let unset = matches!(t.target.level, Level::Unset(_));
        prop_assert_eq!(text.starts_with("Not judged, because no number was given: More of it."), unset, "{}", &text);
    }

    #[test]
    fn a_shortfall_is_given_only_when_all_of_it_is_known(t in any_target()) {
        let short: Vec<&Finding> = t.findings.iter().filter(|f| f.gap.is_some_and(|g| g.value > 0.0)).collect();
        let total: Option<f64> = short.iter().map(|f| f.gap.unwrap().workers).sum();
        // A single cell has a sentence of its own, and what rounds to nothing is no shortfall.
        let known = total.filter(|t| *t >= 50.0).filter(|_| t.findings.len() > 1);
        let text = wording::shortfall(&t, Some(&names()), 0.95);
        prop_assert_eq!(text.is_some(), known.is_some());
        if let (Some(text), Some(total)) = (text, known) {
            let got = numbers(&text);
            prop_assert_eq!(got[0], short.len() as f64);
            let rounding = if total < 9_950.0 { 50.0 } else { 500.0 };
            prop_assert!((got[1] - total).abs() <= rounding, "{} {}", &text, total);
            prop_assert_eq!(text.contains(" workers together"), short.len() > 1);
            // What chance alone would show: the mean of the positive part of a normal error, over all cells.
            let chance: Option<f64> = t.findings.iter().map(|f| {
                let gap = f.gap?;
                let (i, workers) = (gap.interval?, gap.workers?);
                (gap.value != 0.0).then(|| workers / gap.value * (i.high - i.low) / 2.0 / 1.959_963_984_540_054 * 0.398_942_280_401_432_7)
            }).sum();
            prop_assert_eq!(text.contains("Chance alone"), chance.is_some(), "{}", &text);
            if let Some(chance) = chance {
                let rounding = if chance < 950.0 { 5.0 } else if chance < 9_950.0 { 50.0 } else { 500.0 };
                prop_assert!((got[2] - chance).abs() <= rounding + 1e-6, "{} {}", &text, chance);
            }
            grammar(&text)?;
        }
    }
}

proptest! {
    #![proptest_config(undeb_tests::search(256))]

    #[test]
    fn a_basis_is_given_for_points_and_names_their_periods(t in any_target()) {
        let text = wording::basis(&t);
        let by_point = t.findings.iter().any(|f| f.judged_by == JudgedBy::Point);
        let periods: Vec<_> = t.findings.iter().filter_map(|f| f.period).collect();
        prop_assert_eq!(text.is_some(), by_point && !periods.is_empty() && t.findings.len() > 1);
        if let Some(text) = text {
            let years: Vec<f64> = periods.iter().map(|p| p.start().floor()).collect();
            let low = years.iter().copied().fold(f64::INFINITY, f64::min);
            let high = years.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // The sentence of a trigger has the periods.
            let ends = (t.target.force == PolicyForce::Target).then_some((low, high));
            let named = numbers(&text);
            prop_assert_eq!(named.first().copied().zip(named.last().copied()), ends, "{}", &text);
            grammar(&text)?;
        }
    }
}

#[test]
fn a_withheld_finding_says_so() {
    let mut t = target(
        &[Draw { figure: Figure::Missing, employees: None, path: None }],
        Level::Fixed(0.3),
        PolicyForce::Target,
        Status::Adopted,
    );
    for (reason, says) in [
        (Reason::Withheld, "withheld by the release rules"),
        (Reason::NoBaseline, "no figure for the baseline"),
        (Reason::SeriesBreak, "series break"),
        (Reason::NoEvidence, "for union density here, so nothing can be told"),
    ] {
        t.findings[0].reason = Some(reason);
        let text = wording::target(&t, Some(&names()), None);
        assert!(text.starts_with("California") && text.contains(says), "{text}");
    }
}

#[test]
fn a_sector_is_named_once() {
    let sectors = bundled::classification("sector").unwrap();
    let mut t = target(
        &[Draw { figure: Figure::Point { value: 0.25 }, employees: None, path: None }],
        Level::Fixed(0.3),
        PolicyForce::Target,
        Status::Adopted,
    );
    for (sector, says) in [
        ("all", "California: union density was 25.0% in 2022, 5.0 points short of 30.0%"),
        ("public", "California, public sector: union density"),
        ("private_construction", "California, private construction: union density"),
    ] {
        t.findings[0].sector = Arc::from(sector);
        let text = wording::target(&t, Some(&names()), Some(&sectors));
        assert!(text.starts_with(says), "{text}");
    }
}

#[test]
fn a_distance_too_small_to_print_is_still_a_distance() {
    let near = |value| {
        let draw = Draw { figure: Figure::Point { value }, employees: None, path: None };
        wording::target(&target(&[draw], Level::Fixed(0.3), PolicyForce::Target, Status::Adopted), None, None)
    };
    assert!(near(0.299_99).contains("less than 0.1 points short of 30.0%: not met"), "{}", near(0.299_99));
    assert!(near(0.300_01).contains("less than 0.1 points above 30.0%: met"), "{}", near(0.300_01));
}

#[test]
fn words_are_counted_and_listed() {
    assert_eq!(wording::counted(1, "member state"), "1 member state");
    assert_eq!(wording::counted(0, "cell"), "0 cells");
    assert_eq!(wording::counted(27, "country"), "27 countries");
    assert_eq!([wording::listed(&[]), wording::listed(&["a"])], ["", "a"]);
    assert_eq!([wording::listed(&["a", "b"]), wording::listed(&["a", "b", "c"])], ["a and b", "a, b and c"]);
}

#[test]
fn cells_are_called_what_they_are() {
    let eu = bundled::classification("eu27").unwrap();
    let mut t = target(&[], Level::Fixed(0.8), PolicyForce::Trigger, Status::Statutory).target;
    for (regions, sectors, noun) in [
        (["IT", "FR"], vec!["all"], "member state"),
        (["IT", "EU27"], vec!["all"], "region"),
        (["IT", "FR"], vec!["public", "private"], "cell"),
    ] {
        t.regions = regions.map(str::to_owned).to_vec();
        t.sectors = sectors.into_iter().map(str::to_owned).collect();
        assert_eq!(wording::noun(&t, Some(&eu)), noun);
    }
    assert_eq!(wording::noun(&Target { sectors: vec!["all".to_owned()], ..t }, None), "region");
}
