//! Bad plans: a bundled plan with one thing broken, the words of the message, and the line and column it points at.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;

use undeb::Plan;
use undeb_tests::project;

/// One thing to break: what stands in the plan, what to write instead, the words that the message points at (their
/// first place in the broken text), and what the message has to say.
struct Bad {
    plan: &'static str,
    old: &'static str,
    new: &'static str,
    points_at: &'static str,
    says: &'static [&'static str],
}

const EU: &str = "eu-80";
const US: &str = "us-states-2030";

#[rustfmt::skip]
const BAD: &[Bad] = &[
    Bad { plan: EU, old: "source = \"eu27\"", new: "source = = \"eu27\"", points_at: "= \"eu27\"", says: &["extra `=`"] },
    Bad { plan: EU, old: "proposer =", new: "propposer =", points_at: "propposer", says: &["unknown field `propposer`", "did you mean `proposer`?", "deadline"] },
    Bad { plan: EU, old: "[plan]", new: "[plan]\nqualty = \"x\"", points_at: "qualty", says: &["unknown field `qualty`", "did you mean `quality`?"] },
    Bad { plan: EU, old: "measure = \"adjusted_coverage\"", new: "measure = \"adjusted_coverge\"", points_at: "\"adjusted_coverge\"", says: &["`adjusted_coverge` is not a measure", "did you mean `adjusted_coverage`?", "density, coverage"] },
    Bad { plan: EU, old: "measures = [\"adjusted_coverage\"]", new: "measures = [\"densty\"]", points_at: "\"densty\"", says: &["`densty` is not a measure", "did you mean `density`?"] },
    Bad { plan: EU, old: "measures = [\"adjusted_coverage\"]", new: "measures = [\"pay_set\"]", points_at: "\"pay_set\"", says: &["`eu27` does not offer pay_set", "choose one of adjusted_coverage, coverage, density"] },
    Bad { plan: EU, old: "measures = [\"adjusted_coverage\"]", new: "measures = [\"covered_nonmembers\"]", points_at: "\"covered_nonmembers\"", says: &["definitions that make members a part of the covered", "coverage_minus_density"] },
    Bad { plan: EU, old: "region = \"each\"", new: "region = \"ITT\"", points_at: "\"ITT\"", says: &["`ITT` is no region code of `eu27`", "did you mean `IT`?", "(28 in all)"] },
    Bad { plan: EU, old: "region = \"each\"", new: "region = [\"FR\", \"XX\"]", points_at: "[\"FR\", \"XX\"]", says: &["`XX` is no region code", "BE, BG"] },
    Bad { plan: EU, old: "regions = [\"each\"]", new: "regions = [\"CA\"]", points_at: "[\"CA\"]", says: &["`CA` is no region code of `eu27`"] },
    Bad { plan: EU, old: "region = \"each\"", new: "region = []", points_at: "[]", says: &["the list of regions is empty", "name codes, or \"each\""] },
    Bad { plan: EU, old: "regions = [\"each\"]", new: "regions = []", points_at: "[]", says: &["the list of regions is empty"] },
    Bad { plan: EU, old: "sector = \"all\"", new: "sector = \"privat\"", points_at: "\"privat\"", says: &["`privat` is no sector code", "did you mean `private`?", "all, public, private, voluntary"] },
    Bad { plan: EU, old: "quality = \"ons-2025\"", new: "quality = \"ons-2024\"", points_at: "\"ons-2024\"", says: &["`ons-2024` is not a known rule set", "did you mean `ons-2025`?", "statswales-cv", "nchs-2017"] },
    Bad { plan: EU, old: "source = \"eu27\"", new: "source = \"eu28\"", points_at: "\"eu28\"", says: &["`eu28` is not a known source", "did you mean `eu27`?", "uk-nations", "us-bls"] },
    Bad { plan: EU, old: "status = \"statutory\"", new: "source = \"eurostat\"\nstatus = \"statutory\"", points_at: "\"eurostat\"", says: &["`eurostat` is not a known source", "eu27"] },
    Bad { plan: EU, old: "status = \"statutory\"", new: "status = \"legal\"", points_at: "\"legal\"", says: &["unknown variant `legal`", "statutory"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = 30", points_at: "30\n", says: &["`level = 30` is not a fraction between 0 and 1", "did you mean 0.3 (30 per cent)?"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = nan", points_at: "nan\n", says: &["`level = NaN` is not a fraction", "write 0.30 for 30 %"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = 8000", points_at: "8000", says: &["`level = 8000` is not a fraction", "write 0.30 for 30 %"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = -0.1", points_at: "-0.1", says: &["`level = -0.1` is not a fraction between 0 and 1"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = \"80 %\"", points_at: "\"80 %\"", says: &["invalid type", "80 %"] },
    Bad { plan: EU, old: "level = 0.80\n", new: "", points_at: "\"coverage-80\"", says: &["the target `coverage-80` has no number", "`level` or `change`", "`unset`"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = 0.80\nchange = 0.05", points_at: "\"coverage-80\"", says: &["more than one of `level`, `change` and `unset`", "keep one"] },
    Bad { plan: EU, old: "level = 0.80", new: "change = 0.05", points_at: "\"coverage-80\"", says: &["asks for a change but has no baseline", "add `baseline"] },
    Bad { plan: EU, old: "[[target]]\n", new: "[[target]]\nid = \"seven\"\ntitle = \"Seven tenths\"\nmeasure = \"adjusted_coverage\"\nregion = [\"FR\", \"DE\"]\nlevel = 0.7\nstatus = \"statutory\"\nforce = \"trigger\"\nsource = \"eu27\"\n[[target]]\n", points_at: "\"coverage-80\"", says: &["the targets `seven` and `coverage-80` ask for different levels of adjusted_coverage in DE, FR at once", "keep one, or give them deadlines of their own"] },
    Bad { plan: EU, old: "level = 0.95", new: "level = 95", points_at: "95", says: &["the confidence level 95 is not between 0 and 1", "write 0.95 for 95 %"] },
    Bad { plan: EU, old: "title = \"The threshold: adjusted coverage of 80 per cent\"\n", new: "", points_at: "[[target]]", says: &["missing field `title`"] },
    Bad { plan: US, old: "deadline = 2030", new: "deadline = 2010", points_at: "2010", says: &["the deadline 2010 does not come after the baseline 2012"] },
    Bad { plan: US, old: "deadline = 2030", new: "deadline = \"2030-Q7\"", points_at: "\"2030-Q7\"", says: &["`2030-Q7` is not a period", "2022-Q4"] },
    Bad { plan: US, old: "id = \"total-density\"", new: "id = \"private-coverage\"", points_at: "\"private-coverage\"\ntitle = \"Density", says: &["the target id `private-coverage` is there twice"] },
    Bad { plan: US, old: "path = \"linear\"", new: "path = \"linear\"\nmilestones = [{ period = 2035, change = 0.0 }]", points_at: "{ period = 2035", says: &["the milestone 2035 does not lie between baseline and deadline"] },
    Bad { plan: US, old: "path = \"linear\"", new: "path = \"linear\"\nmilestones = [{ period = 2020 }]", points_at: "{ period = 2020", says: &["the milestone 2020 needs one of `level` and `change`"] },
    Bad { plan: US, old: "path = \"linear\"", new: "path = \"linear\"\nmilestones = [{ period = 2020, level = 30.0 }]", points_at: "{ period = 2020", says: &["the milestone 2020 is 30, not a fraction", "write 0.30 for 30 %"] },
    Bad { plan: EU, old: "level = 0.80", new: "level = 0.80\nmilestones = [{ period = 2020, level = 0.7 }]", points_at: "\"coverage-80\"", says: &["milestones but no path", "both `baseline` and `deadline`"] },
    Bad { plan: US, old: "path = \"linear\"", new: "path = \"liner\"", points_at: "\"liner\"", says: &["unknown variant `liner`", "linear", "logit"] },
    Bad { plan: US, old: "design_effect = 1.5", new: "design_effect = -1.5", points_at: "-1.5", says: &["the design effect -1.5 is not a positive number"] },
    Bad { plan: US, old: "overlap_correlation = 0.0", new: "overlap_correlation = 2.0", points_at: "2.0", says: &["the correlation 2 is not between -1 and 1"] },
    Bad { plan: US, old: "pace_window = 5", new: "pace_window = 0", points_at: "0\nreason", says: &["the pace window is 0 years", "at least 1 year"] },
    Bad { plan: US, old: "damping = 0.9", new: "dampng = 0.9", points_at: "dampng", says: &["unknown field `dampng`", "did you mean `damping`?"] },
    Bad { plan: US, old: "damping = 0.9", new: "damping = 1.0", points_at: "1.0\nline_figures", says: &["`damping = 1` is not between 0 and 1", "0.9 leaves nine tenths"] },
    Bad { plan: US, old: "damping = 0.9", new: "damping = \"0.9\"", points_at: "\"0.9\"", says: &["invalid type", "0.9"] },
    Bad { plan: US, old: "damping = 0.9", new: "damping = nan", points_at: "nan\nline", says: &["`damping = NaN` is not between 0 and 1"] },
    Bad { plan: US, old: "line_figures = 10", new: "line_figures = 2", points_at: "2\n\n[projection]", says: &["`line_figures = 2` is not between 3 and 1000"] },
    Bad { plan: US, old: "line_figures = 10", new: "line_figures = -3", points_at: "-3\n\n[projection]", says: &["-3"] },
    Bad { plan: US, old: "line_figures = 10", new: "model = \"local_trend\"", points_at: "\"local_trend\"", says: &["`local_trend` is not a model of a trend", "did you mean `local_linear_trend`?", "damped_trend"] },
    Bad { plan: US, old: "line_figures = 10", new: "model = 3", points_at: "3\n\n[projection]", says: &["invalid type"] },
    Bad { plan: US, old: "line_figures = 10", new: "correlation = [0.5, 1.5]", points_at: "1.5]", says: &["`correlation = 1.5` is not between -1 and 1"] },
    Bad { plan: US, old: "line_figures = 10", new: "assumed_se = 1.0", points_at: "1.0\n\n[projection]", says: &["`assumed_se = 1` is not between 0 and 0.5", "0.01 for a standard error of one point"] },
    Bad { plan: US, old: "line_figures = 10", new: "on_path = 1.5", points_at: "1.5\n\n[projection]", says: &["`on_path = 1.5` is not between 0 and 1", "0.005 for half a point"] },
    Bad { plan: US, old: "line_figures = 10", new: "bridges = [{ at = 1994, sd = -0.1 }]", points_at: "-0.1 }", says: &["`sd = -0.1` is not between 0 and 10", "log-odds scale"] },
    Bad { plan: US, old: "line_figures = 10", new: "bridges = [{ on = 1994 }]", points_at: "on = 1994", says: &["unknown field `on`", "at"] },
    Bad { plan: US, old: "employment = \"flat\"", new: "employment = \"flatt\"", points_at: "\"flatt\"", says: &["`flatt` is no way to project employment", "did you mean `flat`?", "trend"] },
    Bad { plan: US, old: "employment = \"flat\"", new: "employment = true", points_at: "true", says: &["invalid type"] },
    Bad { plan: US, old: "within = 30", new: "witin = 30", points_at: "witin", says: &["unknown field `witin`", "did you mean `within`?"] },
    Bad { plan: US, old: "within = 30", new: "within = 101", points_at: "101", says: &["`within = 101` is not between 1 and 100"] },
    Bad { plan: US, old: "within = 30", new: "paths = 10", points_at: "10\npower", says: &["`paths = 10` is not between 100 and 1000000"] },
    Bad { plan: US, old: "power = 0.8", new: "power = 80", points_at: "80\n", says: &["`power = 80` is not between 0 and 1", "0.8 for 80 %"] },
    Bad { plan: US, old: "power = 0.8", new: "employees = { CAA = 1000.0 }", points_at: "CAA", says: &["`CAA` is no region code", "did you mean `CA`?"] },
    Bad { plan: US, old: "power = 0.8", new: "employees = { CA = 0.0 }", points_at: "0.0 }", says: &["0 employees are no positive number"] },
];

fn text(plan: &str) -> String {
    fs::read_to_string(project().join(format!("data/plans/{plan}.toml"))).unwrap()
}

#[test]
fn the_plans_are_right_before_they_are_broken() {
    for plan in [EU, US] {
        Plan::from_toml("plan.toml", &text(plan), None).unwrap();
    }
}

#[test]
fn every_bad_plan_is_refused_in_words_at_its_place() {
    let mut wrong = Vec::new();
    for bad in BAD {
        let whole = text(bad.plan);
        // The confidence level stands first; a target's level is the last of its kind.
        let at = if bad.old.starts_with("level = 0.95") { whole.find(bad.old) } else { whole.rfind(bad.old) };
        let at = at.unwrap_or_else(|| panic!("`{}` is not in {}", bad.old, bad.plan));
        let broken = format!("{}{}{}", &whole[..at], bad.new, &whole[at + bad.old.len()..]);
        let error = match Plan::from_toml("plan.toml", &broken, None) {
            Ok(_) => {
                wrong.push(format!("`{}` was accepted", bad.new));
                continue;
            }
            Err(error) => error,
        };
        let message = error.to_string();
        let start = broken.find(bad.points_at).unwrap();
        let line = broken[..start].matches('\n').count() + 1;
        let column = start - broken[..start].rfind('\n').map_or(0, |n| n + 1) + 1;
        let place = format!("plan.toml:{line}:{column}: ");
        if !message.starts_with(&place) {
            wrong.push(format!("`{}`: expected {place} in: {message}", bad.new));
        }
        for part in bad.says {
            if !message.contains(part) {
                wrong.push(format!("`{}`: expected `{part}` in: {message}", bad.new));
            }
        }
        if !error.is_plan() {
            wrong.push(format!("`{}`: no plan error: {message}", bad.new));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(BAD.len() >= 30);
}

#[test]
fn columns_are_counted_in_letters_and_the_place_holds_the_words() {
    let broken = text(EU).replace("title = \"The 80", "title = \"Ÿ€ The 80").replace("quality = \"ons-2025\"", "quality = \"ŵ\"");
    let error = Plan::from_toml("plan.toml", &broken, None).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!(&place.text()[place.range()], "\"ŵ\"");
    assert_eq!((place.name(), place.line_column().1), ("plan.toml", 11));
}

#[test]
fn an_action_that_serves_nothing_is_refused() {
    let broken = format!("{}\n[[action]]\naction = \"Talk\"\ntargets = [\"coverage-8\"]\n", text(EU));
    let message = Plan::from_toml("plan.toml", &broken, None).unwrap_err().to_string();
    for part in ["plan.toml", "`Talk`", "`coverage-8`, which is not in the plan", "did you mean `coverage-80`?"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn a_plan_that_is_not_there_or_not_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere.toml");
    let missing = Plan::read(&path).unwrap_err();
    assert!(
        missing.is_io() && missing.to_string().contains("nowhere.toml") && missing.to_string().contains("eu-80"),
        "{missing}"
    );
    fs::write(&path, b"[plan]\nid = \"\xff\"\n").unwrap();
    let binary = Plan::read(&path).unwrap_err();
    assert!(binary.is_plan() && binary.to_string().contains("not UTF-8"), "{binary}");
}

/// The bundled American plan up to its explanations, with other ones.
fn explaining(sections: &str) -> undeb::Error {
    let whole = undeb::Plan::builtin_text("us-states-2030").unwrap();
    let head = whole.split("[decomposition]").next().unwrap();
    undeb::Plan::from_toml("plan.toml", &format!("{head}{sections}"), None).unwrap_err()
}

#[test]
fn explanations_point_at_what_is_wrong() {
    let decomposition = |by: &str, changes: &str, more: &str| {
        format!("[decomposition]\nmeasure = \"density\"\nby = {by}\nchanges = {changes}\n{more}")
    };
    let change = "[{ from = 2019, to = 2020 }]";
    let priorities = |target: &str, rate: &str, more: &str| {
        format!("[priorities]\ntarget = \"{target}\"\nby = [\"region\"]\nrate = {rate}\n{more}")
    };
    for (sections, words, pointed) in [
        (decomposition("[\"regoin\"]", change, ""), "did you mean `region`", "[\"regoin\"]"),
        (decomposition("[\"region\", \"region\"]", change, ""), "name one twice", "[\"region\", \"region\"]"),
        (decomposition("[\"region\"]", "[{ from = 2020, to = 2019 }]", ""), "does not go forward", "{ from = 2020, to = 2019 }"),
        (decomposition("[\"region\"]", "[]", ""), "no change to decompose", "[]"),
        (decomposition("[\"region\"]", change, "form = \"nested\"\n"), "nested decomposition by one grouping", "[\"region\"]"),
        (decomposition("[\"region\"]", change, "region = \"Calfornia\"\n"), "is no region code", "\"Calfornia\""),
        (decomposition("[\"region\"]", change, "form = \"kitagawa\"\n"), "two-factors", "\"kitagawa\""),
        (priorities("private-coverge", "0.12", ""), "did you mean `private-coverage`", "\"private-coverge\""),
        (priorities("private-coverage", "12", ""), "did you mean 0.12", "12"),
        (priorities("private-coverage", "0.12", "cap = 0\n"), "lets no cell rise", "0"),
        (priorities("private-coverage", "0.12", "among = 0\n"), "no selection", "0"),
        (priorities("private-coverage", "0.12", "smallest = \"states\"\n"), "workers", "\"states\""),
        (decomposition("[\"region\"]", change, "regoin = \"CA\"\n"), "did you mean `region`", "regoin"),
        (decomposition("\"region\"", change, ""), "invalid type", "\"region\""),
        (priorities("private-coverage", "0.12", "amnog = 3\n"), "did you mean `among`", "amnog"),
        (priorities("private-coverage", "\"0.12\"", ""), "invalid type", "\"0.12\""),
        (priorities("private-coverage", "0.12", "cap = 5\n"), "did you mean 0.05", "5"),
    ] {
        let error = explaining(&sections);
        assert!(error.is_plan() && error.to_string().contains(words), "{sections}\n{error}");
        let place = error.place().unwrap_or_else(|| panic!("{error} points nowhere"));
        assert_eq!(&place.text()[place.range()], pointed, "{error}");
    }
}

#[test]
fn priorities_of_a_target_without_figures_or_without_a_number_are_refused() {
    let wales = undeb::Plan::builtin_text("wales-2030").unwrap();
    for (target, why) in
        [("private-coverage-illustrative", "has no source of figures"), ("private-coverage", "has no number, and so no gap")]
    {
        let broken = format!("{wales}\n[priorities]\ntarget = \"{target}\"\nby = [\"sector\"]\nrate = 0.3\n");
        let error = undeb::Plan::from_toml("plan.toml", &broken, None).unwrap_err();
        assert!(error.is_plan() && error.to_string().contains(&format!("the target `{target}` {why}")), "{error}");
        let place = error.place().unwrap();
        assert_eq!(&place.text()[place.range()], format!("\"{target}\""), "{error}");
    }
}
