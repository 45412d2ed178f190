//! The command as a user meets it: exit codes, what goes where, and bad input that loses nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn undeb(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_undeb")).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Message on standard error, nothing on standard output, exit code 2.
fn refused(arguments: &[&str], says: &[&str]) {
    let output = undeb(arguments);
    assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{arguments:?}");
    for words in says {
        assert!(err(&output).contains(words), "{arguments:?} should say `{words}`: {}", err(&output));
    }
    assert!(!err(&output).contains("panicked"));
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_exit_code_is_the_answer() {
    for (plan, expected) in [("us-states-2030", 1), ("eu-80", 1), ("wales-2030", 1), ("gov-skills-2008", 0)] {
        let output = undeb(&["report", plan, "--check"]);
        assert_eq!((code(&output), out(&output), err(&output)), (expected, String::new(), String::new()), "{plan}");
    }
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    let eu = out(&undeb(&["plan", "show", "eu-80"]));
    // Italy, exactly at the line, meets it; a region without a figure cannot be told.
    for (level, region, expected) in [("0.80", "IT", 0), ("0.81", "IT", 1), ("0.80", "EU27", 3)] {
        let text = eu
            .replace("level = 0.80", &format!("level = {level}"))
            .replace("region = \"each\"", &format!("region = \"{region}\""));
        fs::write(&plan, text).unwrap();
        assert_eq!(code(&undeb(&["report", plan.to_str().unwrap(), "--check"])), expected, "{level} {region}");
    }
}

#[test]
fn the_verdict_reads_well() {
    for plan in ["eu-80", "wales-2030", "us-states-2030", "gov-skills-2008"] {
        insta::assert_snapshot!(format!("verdict-{plan}"), out(&undeb(&["report", plan, "--as-of", "2026-11-22"])));
    }
}

#[test]
fn a_report_holds_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("deep/report");
    let output = undeb(&["report", "us-states-2030", "--out", to.to_str().unwrap(), "--as-of", "2026-11-22"]);
    assert_eq!((code(&output), err(&output).as_str()), (1, ""));
    assert_eq!(names(&to), ["charts", "estimates.csv", "report.html", "report.json", "report.md"]);
    assert_eq!(names(to.parent().unwrap()), ["report"], "nothing is left beside the report");
    let charts = names(&to.join("charts"));
    assert!(charts.len() >= 16 && charts.iter().all(|c| c.ends_with(".svg") || c.ends_with(".png")), "{charts:?}");

    let report: serde_json::Value = serde_json::from_slice(&fs::read(to.join("report.json")).unwrap()).unwrap();
    let us = report["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["measure"] == "density" && e["period"] == "2022" && e["region"] == "US" && e["sector"] == "all")
        .unwrap();
    assert!((us["value"].as_f64().unwrap() - 14_280_076.0 / 141_698_497.0).abs() < 1e-7);
    assert_eq!(report["findings"].as_array().unwrap().len(), 102);
    for finding in report["findings"].as_array().unwrap() {
        let points = finding["gap_points"].as_f64().unwrap();
        let expected = 100.0 * (finding["level"].as_f64().unwrap() - finding["value"].as_f64().unwrap());
        assert!((points - expected).abs() < 1e-9);
        assert_eq!(finding["basis"], "interval");
    }
    let rows = fs::read_to_string(to.join("estimates.csv")).unwrap().lines().count();
    assert_eq!(rows, report["estimates"].as_array().unwrap().len() + 1);
    let page = fs::read_to_string(to.join("report.html")).unwrap();
    assert!(page.contains(report["verdict"]["sentence"].as_str().unwrap()));
    for outside in ["src=\"http", "<script", "@import", "url(http"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn an_earlier_report_is_replaced_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("report");
    let path = to.to_str().unwrap();
    assert_eq!(code(&undeb(&["report", "us-states-2030", "--out", path])), 1);
    let before = fs::read(to.join("report.json")).unwrap();
    refused(&["report", "eu-80", "--out", path], &["holds an earlier report", "--force"]);
    assert_eq!(fs::read(to.join("report.json")).unwrap(), before);
    assert_eq!(code(&undeb(&["report", "eu-80", "--out", path, "--force"])), 1);
    assert!(!to.join("charts/sectors-density.svg").exists(), "charts of the earlier report are gone");
    fs::write(to.join("mine.txt"), "x").unwrap();
    refused(&["report", "eu-80", "--out", path, "--force"], &["mine.txt", "not part of a report"]);
    assert!(to.join("mine.txt").exists() && to.join("report.html").exists());
    fs::rename(to.join("mine.txt"), to.join("charts/mine.png")).unwrap();
    refused(&["report", "eu-80", "--out", path, "--force"], &["charts/mine.png", "not part of a report"]);
    assert!(to.join("charts/mine.png").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    refused(&["report", "eu-80", "--out", file.to_str().unwrap()], &["is a file"]);
    refused(&["report", "eu-80", "--out", file.join("report").to_str().unwrap()], &["cannot", "file", "nothing was changed"]);
    refused(&["report", "eu-80", "--out", "/proc/report"], &["/proc"]);
}

/// A limit on the size of a file stands in for a full disk: the write fails in the same place.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("report");
    let path = to.to_str().unwrap();
    assert_eq!(code(&undeb(&["report", "eu-80", "--out", path])), 1);
    let before = fs::read(to.join("report.json")).unwrap();
    let command =
        format!("trap '' XFSZ; ulimit -f 100; exec {} report us-states-2030 --out {path} --force", env!("CARGO_BIN_EXE_undeb"));
    let output = Command::new("sh").args(["-c", &command]).output().unwrap();
    assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{}", err(&output));
    assert!(err(&output).contains("cannot write") && err(&output).contains("nothing was changed"), "{}", err(&output));
    assert_eq!(fs::read(to.join("report.json")).unwrap(), before);
    assert_eq!(names(folder.path()), ["report"], "nothing is left beside the report");
}

#[test]
fn bad_plans_are_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    let path = plan.to_str().unwrap();
    refused(&["report", "no-such.toml"], &["cannot read the plan no-such.toml", "us-states-2030"]);
    refused(&["report", "eu80"], &["`eu80` is not a known plan", "did you mean `eu-80`"]);
    let eu = out(&undeb(&["plan", "show", "eu-80"]));
    fs::write(&plan, eu.replace("level = 0.80", "level = 80")).unwrap();
    refused(&["plan", "check", path], &["plan.toml:18:9", "level = 80", "did you mean 0.8 (80 per cent)?"]);
    fs::write(&plan, b"\xff\xfe").unwrap();
    refused(&["plan", "check", path], &["not UTF-8"]);
    fs::write(&plan, "[plan").unwrap();
    refused(&["plan", "check", path], &["plan.toml:1:"]);
    assert_eq!(out(&undeb(&["plan", "check", "eu-80"])), "eu-80: a valid plan with 1 target and 0 actions\n");
}

#[test]
fn the_schema_knows_every_key_of_the_bundled_plans() {
    let schema: serde_json::Value = serde_json::from_str(&out(&undeb(&["plan", "schema"]))).unwrap();
    let keys = |name: &str| -> Vec<String> { schema["$defs"][name]["properties"].as_object().unwrap().keys().cloned().collect() };
    for plan in ["us-states-2030", "eu-80", "wales-2030", "gov-skills-2008"] {
        let table: toml::Table = out(&undeb(&["plan", "show", plan])).parse().unwrap();
        for (key, name) in [("target", "TargetEntry"), ("action", "Action")] {
            for entry in table.get(key).and_then(|e| e.as_array()).into_iter().flatten() {
                for used in entry.as_table().unwrap().keys() {
                    assert!(keys(name).contains(used), "{plan}: {used}");
                }
            }
        }
    }
}

#[test]
fn data_is_listed_and_shown_far_from_a_checkout() {
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_undeb")).args(arguments).current_dir(elsewhere.path()).output().unwrap()
    };
    let list = out(&run(&["data", "list"]));
    for source in ["us-states", "us-national", "us-bls", "eu27", "uk-sectors", "uk-nations", "wales-pay-set"] {
        assert!(list.contains(source), "{source}");
        assert!(out(&run(&["data", "show", source])).contains("Citation"));
    }
    assert_eq!(out(&run(&["data", "show", "us-states", "--csv"])).lines().count(), 10_201);
    refused(&["data", "show", "us-state"], &["did you mean `us-states`"]);
}

#[test]
fn estimates_come_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let base = ["estimates", "us-states", "--region", "US,CA", "--sector", "all", "--period", "2022", "--measure", "density"];
    let with = |more: &[&str]| undeb(&[&base[..], more].concat());
    let table = out(&with(&["--design-effect", "1.5"]));
    assert!(table.contains("10.1%") && table.contains("Not released"));
    assert_eq!(out(&with(&["--format", "csv"])).lines().count(), 3);
    let json: serde_json::Value = serde_json::from_str(&out(&with(&["--format", "json"]))).unwrap();
    assert_eq!((json[0]["region"].as_str(), json[0]["released"].as_bool()), (Some("US"), Some(false)));
    let parquet = folder.path().join("us.parquet");
    assert_eq!(code(&with(&["--format", "parquet", "--out", parquet.to_str().unwrap()])), 0);
    assert_eq!(&fs::read(&parquet).unwrap()[..4], b"PAR1");
    let again = with(&["--format", "parquet", "--out", parquet.to_str().unwrap()]);
    assert!(code(&again) == 2 && err(&again).contains("--force"));
    refused(&["estimates", "us-states", "--format", "parquet"], &["--out"]);
    refused(&["estimates", "us-states", "--region", "XX"], &["`XX` is no region code"]);
    refused(&["estimates", "us-states", "--period", "1901"], &["no figure fits"]);
    refused(&["estimates", "us-states", "--level", "95"], &["0.95"]);
    refused(&["estimates", "uk-sectors", "--measure", "covered_nonmembers"], &["coverage_minus_density"]);
}

#[test]
fn no_colour_reaches_a_pipe() {
    let output = undeb(&["report", "eu80"]);
    assert!(!err(&output).contains('\u{1b}'));
    assert!(out(&undeb(&["completions", "bash"])).contains("undeb"));
    let help = out(&undeb(&["report", "--help"]));
    assert!(help.contains("Examples:"));
}

#[test]
fn a_folder_called_as_a_plan_is_not_taken_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let there = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_undeb")).current_dir(folder.path()).args(arguments).output().unwrap()
    };
    // The folder of a report that was written before.
    for code_of in [1, 1] {
        let output = there(&["report", "eu-80", "--as-of", "2026-11-22", "--out", "eu-80", "--force"]);
        assert_eq!(code(&output), code_of, "{}", err(&output));
    }
    assert_eq!(names(folder.path()), ["eu-80"]);
}
