//! Trends, projections, decompositions, ranks, priorities, comparisons and charts as a user meets them in the shell.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::process::{Command, Output};

fn undeb(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_undeb")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command prints, folded to single blanks; it must succeed.
#[track_caller]
fn printed(command: &str) -> String {
    let output = undeb(&command.split(' ').collect::<Vec<_>>());
    assert!(output.status.success(), "{command}: {}", text(&output.stderr));
    text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(command: &str, all: &[&str]) {
    let shown = printed(command);
    for expected in all {
        assert!(shown.contains(expected), "{command} should say `{expected}`: {shown}");
    }
}

/// Message on standard error alone, nothing on standard output, exit code 2.
#[track_caller]
fn refused(command: &str, all: &[&str]) {
    let output = undeb(&command.split(' ').collect::<Vec<_>>());
    let message = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{command}: {message}");
    for expected in all {
        assert!(message.contains(expected), "{command} should say `{expected}`: {message}");
    }
}

#[test]
fn a_trend_shows_every_period_and_its_reasons() {
    says(
        "trend us-states --region CA --sector private --measure density --design-effect 1.5",
        &["union density, California, private sector", " 1983 17.7%", "predicts the next figure best", "Not released"],
    );
    refused("trend us-states --region ZZ", &["`ZZ` is no region code of `us-states`", "did you mean `AZ`"]);
    refused(
        "trend eu27 --region DE",
        &["no figure with a sampling error for a trend, and 3 are needed", "no stated sampling error"],
    );
}

#[test]
fn a_projection_keeps_at_and_by_apart() {
    says(
        "project us-states --region CA --sector private --measure density --design-effect 1.5 --to 2030 --target 0.1",
        &["Met then", "Met by then", "Workers needed", " 2030 ", "First met:"],
    );
    refused(
        "project us-states --region CA --sector private --measure density --design-effect 1.5 --to 2030 --target 10",
        &["the target 10 is outside of 0 to 100 %", "0.1 for 10 per cent"],
    );
}

#[test]
fn a_decomposition_says_that_it_depends_on_the_grouping() {
    says(
        "decompose us-states --from 2019 --to 2020 --by region,sector --design-effect 1.5",
        &[
            "a change of +0.50 points",
            "the rates inside the 102 cells gave +0.33 points",
            "the composition, gave +0.17 points",
            "a sign turns: by state alone it is +0.56 of rate and −0.06 of composition",
        ],
    );
    refused(
        "decompose us-states --from 2019 --to 2031 --by region,sector",
        &["there is no figure of density in 2031", "Choose one of"],
    );
}

#[test]
fn ranks_and_priorities_are_said_with_their_limits() {
    says(
        "rank us-states --measure coverage --sector private --design-effect 1.5 --among 5",
        &["An order of estimates is an estimate", "South Carolina may be anything from 1 to 4"],
    );
    says("priorities us-states-2030", &["Texas (from 2.9% to", "not a forecast of what any action does"]);
    refused("rank us-state", &["`us-state` is not a known source", "did you mean `us-states`"]);
    refused("priorities eu-80", &["the plan `eu-80` has no section [priorities]"]);
}

#[test]
fn a_comparison_adjusts_for_many() {
    says(
        "compare us-states --from 2012 --to 2022 --measure density --design-effect 1.5",
        &["United States All sectors 2012 2022 11.2% 10.1% −1.2 −1.5 to −0.9", "Adjusted p", "over the 323 tests"],
    );
    says(
        "compare us-states --from 2012 --to 2022 --measure density --only region=CA,TX --only sector=private",
        &["California Private sector 2012 2022", "Texas Private sector 2012 2022"],
    );
    refused(
        "compare us-states --from 2012 --to 2022 --only region=C",
        &["no compared figure has the region `C`", "Choose one of AK, AL"],
    );
    refused("compare us-states --from 2012 --to 2022 --only CA", &["region=US,CA"]);
    refused("compare us-states --from 1900 --to 2022", &["there is no figure of period 1900", "did you mean `1990`"]);
}

#[test]
fn what_could_be_told_and_when() {
    says(
        "detect us-states --region CA,WY --sector all --measure density --from 2012 --to 2022 --design-effect 1.5",
        &["California All sectors 2012 2022 1.6 points", "Wyoming All sectors 2012 2022 2.6 points"],
    );
    says(
        "detect us-states --region CA --sector all --measure density --design-effect 1.5 --target 0.2 --by 2030",
        &["Told from", "California All sectors 2022 2030 1.7 points 3.9 points 2026"],
    );
    refused("detect us-states --target 0.2 --by 2030", &["no figure of United States has a sampling error", "design effect"]);
    refused("detect us-states --design-effect 1.5 --target 2 --by 2030", &["the target 2 is outside of 0 to 100 %"]);
    refused("detect us-states --design-effect 1.5 --target 0.2 --by 2010", &["is not after the newest figure of", "2022"]);
}

#[test]
fn a_projection_counts_employees_as_it_is_told() {
    let needed = |employment: &str| {
        let text = printed(&format!(
            "project us-states --region CA --sector all --measure density --design-effect 1.5 --to 2024 --target 0.2 --employment {employment} --format json"
        ));
        let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
        rows[1]["workers_needed"].as_f64().unwrap()
    };
    // 20 % of twice as many employees is that much more.
    assert!((needed("20000000") - needed("10000000") - 2_000_000.0).abs() < 1e-6);
    assert!(needed("trend") > needed("flat"));
    refused("project us-states --to 2024 --design-effect 1.5 --employment many", &["`many` is no way to count employees"]);
}

#[test]
fn a_chart_is_written_once_and_described() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gap.svg");
    let command = format!("chart gap eu-80 --out {}", file.display());
    printed(&command);
    let drawn = fs::read_to_string(&file).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.contains("7 of 27 member states are at or above the 80% line, 20 below it"));
    refused(&command, &["--force"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), drawn);
    says("chart gap eu-80 --describe", &["7 of 27 member states are at or above the 80% line, 20 below it", "Not released"]);
    refused("chart pie eu-80 --describe", &["`pie` is not a kind of chart", "small-multiples"]);
}
