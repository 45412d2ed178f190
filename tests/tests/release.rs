//! Quality rules at their thresholds, and what a report withholds of figures that nobody has released.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::sync::Arc;

use undeb::survey::interval::korn_graubard;
use undeb::{
    Answer, ErrorMethod, Estimate, Grade, JudgedBy, Mark, Measure, Period, Reason, Released, Report, RuleSet, Uncertainty,
};
use undeb_tests::{AREAS, Entry, Folder, project};

fn estimate(value: f64, n: Option<f64>, uncertainty: Uncertainty) -> Estimate {
    Estimate {
        measure: Measure::Density,
        since: None,
        period: Period::year(2024),
        region: Arc::from("WLS"),
        sector: Arc::from("all"),
        value: Some(value),
        numerator: None,
        denominator: None,
        n,
        uncertainty,
        rolled_up: false,
        note: None,
        missing: None,
        psus: None,
        breakdown: Vec::new(),
        formula: None,
    }
}

fn sampled(se: f64, df: Option<f64>, effective_n: f64) -> Uncertainty {
    Uncertainty::Sampling { se, df, effective_n, method: ErrorMethod::Published }
}

/// Grade of a cell with `count` persons in the category, of twice as many.
fn by_count(rules: &RuleSet, count: f64) -> Grade {
    rules.grade(&estimate(0.5, Some(2.0 * count), Uncertainty::Unstated), 0.95).grade
}

#[test]
fn thresholds_on_counts() {
    let ons = RuleSet::builtin("ons-2025").unwrap();
    for (count, grade) in
        [(2.5, Grade::Withhold), (3.0, Grade::Low), (25.5, Grade::Low), (26.0, Grade::Ok), (0.0, Grade::Withhold)]
    {
        assert_eq!(by_count(&ons, count), grade, "ons-2025 {count}");
    }
    let wales = RuleSet::builtin("statswales-n").unwrap();
    for (count, grade) in [
        (9.5, Grade::Withhold),
        (10.0, Grade::Low),
        (24.5, Grade::Low),
        (25.0, Grade::Limited),
        (39.5, Grade::Limited),
        (40.0, Grade::Ok),
    ] {
        assert_eq!(by_count(&wales, count), grade, "statswales-n {count}");
    }
    for rules in [ons, wales] {
        let unknown = rules.grade(&estimate(0.5, None, Uncertainty::Unstated), 0.95);
        assert_eq!(unknown.grade, Grade::NotAssessable);
        assert!(rules.grade(&estimate(0.5, Some(100.0), Uncertainty::Unstated), 0.95).approximate);
    }
}

#[test]
fn the_count_is_of_the_category_and_not_of_the_base() {
    let ons = RuleSet::builtin("ons-2025").unwrap();
    let grade = |p: f64| ons.grade(&estimate(p, Some(1000.0), Uncertainty::Unstated), 0.95).grade;
    assert_eq!((grade(0.0025), grade(0.0255), grade(0.0265)), (Grade::Withhold, Grade::Low, Grade::Ok));
}

#[test]
fn thresholds_on_the_coefficient_of_variation() {
    let rules = RuleSet::builtin("statswales-cv").unwrap();
    let grade = |cv: f64| rules.grade(&estimate(0.5, None, sampled(cv / 2.0, None, 100.0)), 0.95).grade;
    for (cv, expected) in [
        (0.2001, Grade::Withhold),
        (0.20, Grade::Low),
        (0.10, Grade::Low),
        (0.0999, Grade::Limited),
        (0.05, Grade::Limited),
        (0.0499, Grade::Ok),
    ] {
        assert_eq!(grade(cv), expected, "{cv}");
    }
    // A rate of nothing has no finite coefficient of variation; without an error it cannot be graded.
    assert_eq!(rules.grade(&estimate(0.0, None, sampled(0.01, None, 100.0)), 0.95).grade, Grade::Withhold);
    assert_eq!(rules.grade(&estimate(0.5, None, Uncertainty::Unstated), 0.95).grade, Grade::NotAssessable);
}

/// The effective sample at which `test` turns from true to false, found by halving.
fn turning_point(test: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (30.0_f64, 1e6_f64);
    assert!(test(low) && !test(high));
    for _ in 0..200 {
        let mid = (low * high).sqrt();
        if test(mid) { low = mid } else { high = mid }
    }
    low
}

#[test]
fn thresholds_of_the_standard_for_proportions() {
    let rules = RuleSet::builtin("nchs-2017").unwrap();
    let grade = |p: f64, n: f64, df: Option<f64>, effective: f64| {
        rules.grade(&estimate(p, Some(n), sampled(0.01, df, effective)), 0.95).grade
    };
    assert_eq!((grade(0.5, 29.5, None, 1e4), grade(0.5, 30.0, None, 1e4)), (Grade::Withhold, Grade::Ok));
    // Both counts are judged apart: 29.9 effective persons are too few even where the interval is short.
    let short = |effective| grade(0.0, 1e4, None, effective);
    assert_eq!(short(29.9), Grade::Withhold);
    let width = |p: f64, n: f64| korn_graubard(p, n, 0.95).width();
    // Absolute width of 30 points, at p = 0.5.
    let n = turning_point(|n| width(0.5, n) >= 0.30);
    assert!(n > 40.0 && n < 60.0, "{n}");
    let grades = (grade(0.5, 1e6, None, n * 0.9999), grade(0.5, 1e6, None, n * 1.0001));
    assert_eq!(grades, (Grade::Withhold, Grade::Ok));
    // Relative width of 130 per cent, at p = 0.045, where the interval is still wider than 5 points.
    let n = turning_point(|n| width(0.045, n) / 0.045 > 1.30);
    assert!(width(0.045, n) > 0.05);
    let grades = (grade(0.045, 1e6, None, n * 0.9999), grade(0.045, 1e6, None, n * 1.0001));
    assert_eq!(grades, (Grade::Withhold, Grade::Ok));
    // An interval of 5 points or less is kept however wide it is against the rate, at p = 0.02.
    let n = turning_point(|n| width(0.02, n) > 0.05);
    assert!(width(0.02, n) / 0.02 > 1.30);
    let grades = (grade(0.02, 1e6, None, n * 0.9999), grade(0.02, 1e6, None, n * 1.0001));
    assert_eq!(grades, (Grade::Withhold, Grade::Ok));
    assert_eq!((grade(0.5, 1e4, Some(7.9), 1e4), grade(0.5, 1e4, Some(8.0), 1e4)), (Grade::Review, Grade::Ok));
    // Few degrees of freedom do not rescue a figure that is suppressed; what is not known is not graded.
    assert_eq!(grade(0.5, 20.0, Some(7.0), 1e4), Grade::Withhold);
    assert_eq!(rules.grade(&estimate(0.5, Some(1e4), Uncertainty::Unstated), 0.95).grade, Grade::NotAssessable);
}

#[test]
fn a_category_or_its_complement_of_fewer_than_three_is_confidential() {
    let rules = RuleSet::builtin("ons-2025").unwrap();
    let confidential = |p: f64, n: Option<f64>| rules.grade(&estimate(p, n, Uncertainty::Unstated), 0.95).confidential;
    for (p, expected) in [(0.0, true), (2.0, true), (3.0, false), (50.0, false), (97.0, false), (98.0, true), (100.0, true)] {
        assert_eq!(confidential(p / 100.0, Some(100.0)), expected, "{p} of 100");
    }
    assert!(confidential(0.5, None), "what cannot be counted cannot be shown to be safe");
    let none = RuleSet::builtin("statswales-cv").unwrap();
    assert!(!none.grade(&estimate(0.0, Some(5.0), Uncertainty::Unstated), 0.95).confidential);
}

#[test]
fn a_rule_set_that_is_wrong_is_refused() {
    let head = "id = \"x\"\ntitle = \"x\"\npublisher = \"x\"\ncitation = \"x\"\napplies_to = \"x\"\n";
    let test = "[[test]]\nquantity = \"cv\"\ngrade = \"low\"\nmeaning = \"x\"\n";
    for (text, part) in [
        (format!("{head}{test}"), "exactly one of below"),
        (format!("{head}{test}below = 1\nabove = 2\n"), "exactly one of below"),
        (format!("{head}{test}below = 1\nand = {{ quantity = \"width\" }}\n"), "exactly one of below"),
        (format!("{head}interval = \"wald\"\n{test}below = 1\n"), "korn-graubard"),
        (format!("{head}strict = true\n{test}below = 1\n"), "strict"),
    ] {
        let error = RuleSet::from_toml("mine", &text).unwrap_err().to_string();
        assert!(error.contains("mine") && error.contains(part), "{error}");
    }
    assert!(RuleSet::from_toml("mine", &format!("{head}{test}below = 1\n")).is_ok());
}

/// Members of 100 asked: two members in TLC, two who are none in TLD, three in TLE, thirty elsewhere; two in SCT in 2020.
fn folder(released: bool) -> Folder {
    let mut csv = "period,region,sector,n,employees,members,covered\n".to_owned();
    for year in [2020, 2024] {
        for area in AREAS {
            let members = match (area, year) {
                ("TLC", 2024) | ("SCT", 2020) => 2,
                ("TLD", 2024) => 98,
                ("TLE", 2024) => 3,
                _ => 30,
            };
            csv.push_str(&format!("{year},{area},all,100,1000,{},1000\n", members * 10));
        }
    }
    Folder::new(&Entry { released, ..Entry::default() }, csv.as_bytes())
}

const TARGETS: &str = r#"
[[target]]
id = "fixed"
title = "Fixed"
measure = "density"
region = "each"
level = 0.2
status = "illustrative"

[[target]]
id = "change"
title = "Change"
measure = "density"
region = "each"
change = 0.0
baseline = 2020
deadline = 2030
status = "illustrative"
"#;

fn report(released: bool, quality: &str) -> Report {
    let folder = folder(released);
    let plan = folder.plan(&format!("quality = \"{quality}\"\nassumptions = {{ design_effect = 1.5 }}"), TARGETS).unwrap();
    plan.assess(plan.gather().unwrap()).unwrap().release("2026-01-01".parse().unwrap()).unwrap()
}

fn density<'a>(report: &'a Report, year: i32, region: &str) -> &'a Released {
    report.series("mine", Measure::Density, region, "all").find(|r| r.estimate.period == Period::year(year)).unwrap()
}

#[test]
fn small_cells_of_an_unreleased_table_carry_nothing() {
    let report = report(false, "ons-2025");
    for (year, region) in [(2024, "TLC"), (2024, "TLD"), (2020, "SCT")] {
        let cell = density(&report, year, region);
        let e = &cell.estimate;
        assert!(e.value.is_none() && e.numerator.is_none() && e.n.is_none() && cell.interval.is_none(), "{cell:?}");
        assert!(e.se().is_none() && e.uncertainty == Uncertainty::Unstated, "{cell:?}");
        assert_eq!((cell.mark, cell.quality.confidential), (Some(Mark::Confidential), true));
    }
    for (year, region) in [(2024, "TLE"), (2024, "WLS"), (2020, "TLC"), (2024, "UK")] {
        assert!(density(&report, year, region).estimate.value.is_some(), "{year} {region}");
    }
    // Everybody is covered in every cell, so nobody is not: the complement is empty and every cell is withheld.
    let coverage: Vec<_> = report.estimates().iter().filter(|r| r.estimate.measure == Measure::Coverage).collect();
    assert!(!coverage.is_empty() && coverage.iter().all(|r| r.estimate.value.is_none()));
    let withheld = report.estimates().iter().filter(|r| r.estimate.value.is_none()).count();
    assert_eq!(withheld, 3 + coverage.len());
    let notes = report.assumptions().join("\n");
    assert!(
        notes.contains(&format!("{withheld} figures withheld")) && notes.contains("worked out from totals was not checked"),
        "{notes}"
    );
}

#[test]
fn findings_that_rest_on_a_withheld_figure_are_emptied() {
    let report = report(false, "ons-2025");
    let mut emptied = Vec::new();
    for target in report.targets() {
        for f in target.findings.iter().chain(&target.whole) {
            if f.reason != Some(Reason::Withheld) {
                assert!(f.value.is_some() && f.gap.is_some(), "{f:?}");
                continue;
            }
            emptied.push((f.target.clone(), f.region.to_string()));
            assert_eq!((f.answer, f.judged_by, f.at_line), (Answer::CannotTell, JudgedBy::Nothing, false));
            assert!(f.value.is_none() && f.interval.is_none() && f.level.is_none() && f.baseline.is_none(), "{f:?}");
            assert!(f.gap.is_none() && f.required_pace.is_none() && f.observed_pace.is_none() && f.path.is_none(), "{f:?}");
        }
    }
    let expected = [("fixed", "TLC"), ("fixed", "TLD"), ("change", "TLC"), ("change", "TLD"), ("change", "SCT")];
    assert_eq!(emptied, expected.map(|(t, r)| (t.to_owned(), r.to_owned())));
    // Scotland's figure of 2024 may be shown, but not the pace that starts from the hidden one.
    let scotland = report.targets()[0].findings.iter().find(|f| &*f.region == "SCT").unwrap();
    assert!(scotland.value == Some(0.3) && scotland.observed_pace.is_none(), "{scotland:?}");
    let wales = report.targets()[0].findings.iter().find(|f| &*f.region == "WLS").unwrap();
    assert!(wales.observed_pace.is_some());
    // Sentences and verdict are made from what is left.
    let counts = report.targets()[0].counts();
    assert_eq!((counts.met, counts.not_met, counts.cannot_tell), (9, 1, 2));
    assert!(report.summaries().all(|(t, s)| s.contains(&format!("Met in {} of 12", t.counts().met))));
}

#[test]
fn no_record_of_the_report_holds_a_withheld_figure() {
    let report = report(false, "ons-2025");
    let hidden: Vec<&Released> = report.estimates().iter().filter(|r| r.mark == Some(Mark::Confidential)).collect();
    assert!(hidden.len() > 3);
    for record in hidden {
        // Whatever a writer prints of it: only employees are left, which the rule does not protect.
        let text = format!("{record:?}");
        for figure in ["0.02,", "0.98", "Some(20.0)", "Some(980.0)", "Some(100.0)", "Sampling"] {
            assert!(!text.contains(figure), "{figure} in {text}");
        }
    }
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let column = |title: &str| csv.lines().next().unwrap().split(',').position(|c| c == title).unwrap();
    let confidential: Vec<Vec<&str>> =
        csv.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()).filter(|r| r[column("mark")] == "[c]").collect();
    assert!(confidential.len() > 3);
    for row in confidential {
        for title in ["value", "se", "low", "high", "n", "numerator", "error_source"] {
            assert_eq!(row[column(title)], "", "{title}: {row:?}");
        }
    }
    let findings = serde_json::to_string(&report.targets().iter().map(|t| &t.findings).collect::<Vec<_>>()).unwrap();
    assert!(findings.contains("\"value\":0.03") && !findings.contains("\"value\":0.02") && !findings.contains("\"value\":0.98"));
}

#[test]
fn unreleased_figures_need_a_rule_set_that_guards_confidentiality() {
    let folder = folder(false);
    let plan = folder.plan("quality = \"statswales-n\"", TARGETS).unwrap();
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    let error = findings.release("2026-01-01".parse().unwrap()).unwrap_err();
    let message = error.to_string();
    assert!(error.is_disclosure() && message.contains("`mine`") && message.contains("`statswales-n`"), "{message}");
    assert!(message.contains("confidential_below") && message.contains("ons-2025"), "{message}");
}

#[test]
fn a_grade_withholds_too_and_not_as_confidential() {
    let folder = folder(false);
    let own = fs::read_to_string(project().join("data/quality/statswales-n.toml")).unwrap();
    fs::create_dir(folder.path().join("quality")).unwrap();
    fs::write(folder.path().join("quality/own.toml"), format!("confidential_below = 3\n{own}")).unwrap();
    let plan = folder.plan("quality = \"own\"", TARGETS).unwrap();
    let report = plan.assess(plan.gather().unwrap()).unwrap().release("2026-01-01".parse().unwrap()).unwrap();
    assert_eq!(density(&report, 2024, "TLC").mark, Some(Mark::Confidential));
    let cell = density(&report, 2024, "TLE");
    assert!(cell.estimate.value.is_none() && cell.mark == Some(Mark::LowReliability) && !cell.quality.confidential);
    assert!(density(&report, 2024, "WLS").estimate.value.is_some());
}

#[test]
fn figures_already_released_get_marks_only() {
    let report = report(true, "ons-2025");
    assert!(report.estimates().iter().all(|r| r.estimate.value.is_some() && r.interval.is_some()));
    assert!(report.targets().iter().flat_map(|t| &t.findings).all(|f| f.reason != Some(Reason::Withheld) && f.value.is_some()));
    let mark = |year, region| density(&report, year, region).mark;
    assert_eq!(
        [mark(2024, "TLC"), mark(2024, "TLE"), mark(2024, "TLD"), mark(2024, "WLS")],
        [Some(Mark::LowReliability), Some(Mark::LowReliability), None, None]
    );
    assert!(report.estimates().iter().all(|r| r.mark != Some(Mark::Confidential)));
    assert!(!report.assumptions().join("\n").contains("withheld"));
}
