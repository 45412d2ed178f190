//! Outlooks of plans on synthetic figures: sentences no stronger than their numbers, milestones, and what is withheld.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use proptest::prelude::*;
use undeb::release::format::probability;
use undeb::release::outlook_words;
use undeb::{Answer, Outlook, Period, Reason, Report, Standing, TargetFindings};
use undeb_tests::{Entry, Folder};

/// A table of `members` among 1000 asked and employed a year, from 2005 on.
fn folder(members: &[u32], released: bool) -> Folder {
    let mut table = "period,region,sector,n,employees,members,covered\n".to_owned();
    for (i, m) in members.iter().enumerate() {
        table.push_str(&format!("{},WLS,all,1000,1000,{m},{m}\n", 2005 + i));
    }
    Folder::new(&Entry { released, ..Entry::default() }, table.as_bytes())
}

fn target(more: &str) -> String {
    format!(
        "[trend]\n[projection]\npaths = 400\n[[target]]\nid = \"t\"\ntitle = \"T\"\nmeasure = \"density\"\nregion = \"WLS\"\n\
         status = \"illustrative\"\n{more}"
    )
}

fn report(folder: &Folder, targets: &str) -> Report {
    let plan = folder.plan("quality = \"ons-2025\"\nassumptions = { design_effect = 1.0 }", targets).unwrap();
    plan.assess(plan.gather().unwrap()).unwrap().release("2026-01-01".parse().unwrap()).unwrap()
}

/// What is said of a target, as of the day of the reports here.
fn sentences(t: &TargetFindings) -> Vec<String> {
    outlook_words::target(t, None, "2026-01-01".parse().unwrap())
}

fn outlook(t: &TargetFindings) -> &Outlook {
    t.findings[0].outlook.as_deref().unwrap()
}

/// What a probability in words claims: at least, at most.
fn claimed(words: &str) -> (f64, f64) {
    let number = |t: &str| t.trim_end_matches('%').parse::<f64>().unwrap() / 100.0;
    match words.strip_prefix("more than ").map(|w| (w, true)).or_else(|| words.strip_prefix("less than ").map(|w| (w, false))) {
        Some((w, true)) => (number(w), 1.0),
        Some((w, false)) => (0.0, number(w)),
        None => (number(words) - 0.005, number(words) + 0.005),
    }
}

fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    text.split_once(words).map(|(_, rest)| rest)
}

#[test]
fn chances_in_words_hold_the_probability_and_are_never_certain() {
    for p in (0..=10_000).map(|i| f64::from(i) / 10_000.0) {
        let words = probability(p);
        let (low, high) = claimed(&words);
        assert!(low - 1e-12 <= p && p <= high + 1e-12, "{p}: {words}");
        assert!(words != "0%" && words != "100%", "{p}: {words}");
    }
}

proptest! {
    #![proptest_config(undeb_tests::search(20))]

    #[test]
    fn sentences_say_what_the_numbers_say(members in prop::collection::vec(150u32..450, 1..14), level in 15u32..45) {
        let more = format!("level = 0.{level}\ndeadline = 2028\nbaseline = 2005\npath = \"linear\"");
        let report = report(&folder(&members, true), &target(&more));
        let findings = &report.targets()[0];
        let o = outlook(findings);
        let said = sentences(findings);
        let text = said.join(" ");
        prop_assert!(said.iter().all(|s| s.ends_with('.') && !s.contains("NaN") && !s.contains("inf")), "{text}");
        // Nothing is said of the future without a trend, and why is said.
        prop_assert_eq!(o.missing.is_some(), text.contains("Nothing can be said of where this is going"), "{}", &text);
        prop_assert_eq!(members.len() < 3, o.missing.is_some(), "{}", &text);
        if o.missing.is_some() {
            prop_assert!(!text.contains("The probability of being") && !text.contains("The trend, "), "{text}");
            return Ok(());
        }
        // A level without a slope is carried on, and moves by nothing that could be said.
        prop_assert_eq!(o.pace.is_some(), text.contains("The trend, "), "{}", &text);
        if let Some(pace) = o.pace {
            let moves = after(&text, "moves by ").unwrap().split(' ').next().unwrap().replace('−', "-");
            prop_assert!((moves.parse::<f64>().unwrap() - 100.0 * pace.per_year).abs() <= 0.005 + 1e-9, "{text}");
        }
        prop_assert_eq!(o.paces_disagree, text.contains("disagrees with the trend"), "{}", &text);
        let at = after(&text, " in 2028 is ").unwrap().split([';', '.']).next().unwrap();
        let by = after(&text, "having been there by then is ").unwrap().split('.').next().unwrap();
        for (words, p) in [(at, o.met_at.unwrap()), (by, o.met_by.unwrap())] {
            let (low, high) = claimed(words);
            prop_assert!(low - 1e-12 <= p && p <= high + 1e-12, "{p} in words: {words}");
        }
        // The first year is the middle of the paths, and "already" or "fewer than" stand only where they hold.
        let first = o.first_met.unwrap();
        let already = after(&text, "Of the simulated paths more than half are there: ");
        let met = after(&text, "Half of the simulated paths are first there: ").or(already);
        prop_assert_eq!(already.is_some(), first.median == findings.findings[0].period, "{}", &text);
        if let Some(share) = already.and_then(|t| after(t.split(". ").next()?, " for ")).and_then(|t| t.split([';', '.']).next()) {
            let (low, high) = claimed(share);
            prop_assert!(low - 1e-12 <= first.already && first.already <= high + 1e-12, "{text}");
        }
        prop_assert_eq!(met.is_some(), first.median.is_some(), "{}", &text);
        let few = text.contains("Fewer than half of the simulated paths are there by ");
        prop_assert_eq!(few, first.median.is_none() && first.early.is_some(), "{}", &text);
        prop_assert_eq!(text.contains("Fewer than a tenth of the simulated"), first.early.is_none(), "{}", &text);
        if met.is_some_and(|m| m.starts_with("already in ")) {
            prop_assert!(first.already >= 0.5, "{text}");
        }
        // A change called too small to be told is one that the figures cannot tell.
        // Where no change from the baseline is asked for, the words are of the rise from the latest figure.
        let d = o.detectable.unwrap();
        let bears = d.asked <= -5e-4;
        prop_assert_eq!(bears, text.contains("the target bears a fall of "), "{}", &text);
        let told = if d.asks_change() || bears { d.path_from } else { o.rise.and_then(|r| r.path_from) };
        prop_assert!(told.is_none() || !text.contains("too little to be told"), "{text}");
        if let Some(year) = after(&text, "could be told from ").and_then(|t| t.split(' ').next()) {
            prop_assert_eq!(year.to_owned(), told.unwrap().to_string());
        }
        // The pace from the day of the report on makes up for the years that have gone.
        let (last, required) = (findings.findings[0].period.unwrap().calendar_year(), o.required.unwrap().per_year);
        if let Some(on) = after(&text, "it takes ").and_then(|t| t.split(' ').next()) {
            let pace = on.replace('−', "-").parse::<f64>().unwrap();
            prop_assert!((pace - 100.0 * required * f64::from(2028 - last) / 2.0).abs() <= 0.005 + 1e-9, "{text}");
        } else {
            prop_assert!(required <= 0.0 || last > 2024, "{text}");
        }
    }
}

/// Standing at a milestone of 2010 that asks for `level`, where the figures are `members` until 2014.
fn milestone(members: u32, level: f64, trend: &str) -> Standing {
    let mut all = vec![300; 5];
    all.extend([members; 5]);
    let more = format!(
        "level = 0.5\nbaseline = 2005\ndeadline = 2030\npath = \"linear\"\nmilestones = [{{ period = 2010, level = {level} }}]"
    );
    let targets = target(&more).replacen("[trend]", &format!("[trend]\n{trend}"), 1);
    let report = report(&folder(&all, true), &targets);
    let milestones = &outlook(&report.targets()[0]).milestones;
    assert_eq!(milestones.len(), 2);
    assert!(milestones[0].probability.is_none() && milestones[1].probability.is_some());
    milestones[0].standing
}

#[test]
fn milestones_are_ahead_behind_or_cannot_be_told_and_on_only_where_the_plan_has_a_margin() {
    assert_eq!(milestone(400, 0.35, ""), Standing::Ahead);
    assert_eq!(milestone(300, 0.35, ""), Standing::Behind);
    assert_eq!(milestone(350, 0.35, ""), Standing::CannotTell);
    // With a sampling error of 1.5 points the whole interval lies within 5 points, and not within 1.
    assert_eq!(milestone(350, 0.35, "on_path = 0.05"), Standing::On);
    assert_eq!(milestone(350, 0.35, "on_path = 0.01"), Standing::CannotTell);
    assert_eq!(milestone(300, 0.35, "on_path = 0.01"), Standing::Behind);
}

#[test]
fn a_withheld_figure_anywhere_in_the_series_takes_its_outlook_along() {
    let more = "level = 0.2\ndeadline = 2028";
    let mut members = vec![100; 10];
    let open = report(&folder(&members, false), &target(more));
    assert!(!sentences(&open.targets()[0]).is_empty());
    assert!(outlook(&open.targets()[0]).met_at.is_some());
    // Two members, five years before the latest figure: that figure is withheld, the finding of 2014 is not.
    members[4] = 2;
    let shut = report(&folder(&members, false), &target(more));
    let finding = &shut.targets()[0].findings[0];
    assert!(finding.value.is_some() && finding.outlook.is_none(), "{finding:?}");
    assert!(sentences(&shut.targets()[0]).is_empty());
    // Of released figures nothing is withheld.
    let released = report(&folder(&members, true), &target(more));
    assert!(outlook(&released.targets()[0]).met_at.is_some());
}

#[test]
fn a_target_is_judged_by_its_deadline() {
    // Above the level until 2010, below it from then on.
    let members = [320, 320, 320, 320, 320, 400, 200, 200, 200, 200];
    let table = folder(&members, true);
    let judged = |more: &str| report(&table, &target(more)).targets()[0].findings[0].clone();
    let at = judged("level = 0.3\ndeadline = 2010");
    assert_eq!((at.period, at.value, at.answer), (Some(Period::year(2010)), Some(0.4), Answer::Met));
    assert!(at.cautions.iter().any(|c| c == "judged by the figure of 2010: the deadline 2010 has passed"), "{:?}", at.cautions);
    assert_eq!(at.required_pace, None);
    let later = judged("level = 0.3\ndeadline = 2030");
    assert_eq!((later.period, later.answer, later.cautions.len()), (Some(Period::year(2014)), Answer::NotMet, 0));
    // A figure that comes after the deadline says nothing of it.
    let none = judged("level = 0.3\ndeadline = 2004");
    assert_eq!((none.value, none.reason), (None, Some(Reason::NoEvidence)));
    assert!(none.cautions.iter().any(|c| c == "no figure by the deadline 2004; the newest is of 2014"), "{:?}", none.cautions);
}

/// Two sectors in two years; `few` members in the smaller one in 2020.
fn sectors(few: u32, released: bool) -> Report {
    let mut table = "period,region,sector,n,employees,members,covered\n".to_owned();
    for (year, members) in [(2019, 30), (2020, few)] {
        table.push_str(&format!(
            "{year},WLS,public,100,1000,{},{}\n{year},WLS,private,100,1000,300,300\n",
            members * 10,
            members * 10
        ));
        table.push_str(&format!("{year},WLS,all,200,2000,{0},{0}\n", members * 10 + 300));
    }
    let folder = Folder::new(&Entry { released, ..Entry::default() }, table.as_bytes());
    let explained =
        "\n[decomposition]\nmeasure = \"density\"\nby = [\"sector\"]\nregion = \"WLS\"\nchanges = [{ from = 2019, to = 2020 }]\n";
    report(&folder, &(target("level = 0.2\ndeadline = 2028") + explained))
}

#[test]
fn an_explanation_goes_with_any_withheld_cell_and_the_report_says_so() {
    let open = sectors(20, false);
    assert_eq!((open.explained().explanations.decompositions.len(), open.explained().withheld()), (1, None));
    let shut = sectors(2, false);
    assert!(shut.explained().explanations.decompositions.is_empty());
    assert!(shut.explained().withheld().unwrap().contains("left out, because a figure behind it is withheld"));
    assert!(shut.assumptions().join("\n").contains("left out"));
    assert_eq!(sectors(2, true).explained().explanations.decompositions.len(), 1);
}

#[test]
fn a_level_below_the_start_is_borne_and_not_asked_for() {
    let members: Vec<u32> = (0..10).map(|i| 400 - 4 * (i % 3)).collect();
    let said = |more: &str| sentences(&report(&folder(&members, true), &target(more)).targets()[0]).join(" ");
    for more in ["level = 0.2\ndeadline = 2030", "change = -0.1\nbaseline = 2005\ndeadline = 2030"] {
        let text = said(more);
        assert!(text.contains("the target bears a fall of ") && !text.contains("the target asks for "), "{text}");
    }
    let text = said("change = 0.1\nbaseline = 2005\ndeadline = 2030");
    assert!(text.contains("the target asks for 10.0 points"), "{text}");
}

#[test]
fn a_bridge_where_no_source_has_a_break_is_refused_and_other_reasons_are_the_real_ones() {
    let folder = folder(&[300, 310, 320, 330, 340], true);
    let with = |trend: &str| {
        let targets = target("level = 0.4\ndeadline = 2030").replacen("[trend]", &format!("[trend]\n{trend}"), 1);
        let plan = folder.plan("quality = \"ons-2025\"\nassumptions = { design_effect = 1.0 }", &targets)?;
        plan.assess(plan.gather()?)
    };
    let wrong = with("bridges = [{ at = 2007 }]").unwrap_err().to_string();
    assert!(wrong.contains("[trend] bridges a break at 2007, where no source of a target has one"), "{wrong}");
    let twice = with("bridges = [{ at = 2007 }, { at = 2007, sd = 0.1 }]").unwrap_err().to_string();
    assert!(twice.contains("bridges the break of 2007 twice"), "{twice}");
    // Five figures are enough: what is missing is a covariance, and that is said.
    let findings = with("correlation = [0.9, 0.0]").unwrap();
    let missing = findings.targets()[0].findings[0].outlook.as_ref().unwrap().missing.clone().unwrap();
    assert!(missing.contains("do not make a covariance"), "{missing}");
}
