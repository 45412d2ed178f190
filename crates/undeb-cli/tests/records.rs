//! `undeb estimate` as a user meets it: designs by flags, and bad records that are named before anything is computed.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn undeb(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_undeb")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn project(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path).to_str().unwrap().to_owned()
}

/// What a command prints; it must succeed.
#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let output = undeb(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Message on standard error alone, nothing on standard output, exit code 2, and no panic of a reader beside it.
#[track_caller]
fn refused(arguments: &[&str], says: &[&str]) {
    let output = undeb(arguments);
    let message = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{arguments:?}: {message}");
    // Long lines are wrapped: compare without the breaks.
    let words = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in says {
        assert!(words(&message).contains(&words(expected)), "{arguments:?} should say `{expected}`: {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
}

/// Synthetic records: two strata of two PSUs of two people each, with four replicate weights.
const RECORDS: &str = "\
union,covered,emp,w,h,p,N,year,region,r1,r2,r3,r4
1,1,1,2,a,1,10,2023,n,4,0,2,2
0,1,1,3,a,1,10,2024,n,6,0,3,3
0,0,1,1,a,2,10,2023,s,0,2,1,1
1,1,1,2,a,2,10,2024,n,0,4,2,2
0,,1,2,b,3,20,2023,s,2,2,4,0
,0,1,1,b,3,20,2024,n,1,1,2,0
1,1,1,4,b,4,20,2023,s,4,4,0,8
0,0,0,3,b,4,20,2024,s,3,3,0,6
";

struct File {
    _folder: TempDir,
    path: PathBuf,
}

impl File {
    fn new(name: &str, bytes: impl AsRef<[u8]>) -> File {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        File { _folder: folder, path }
    }

    fn records(text: &str) -> File {
        File::new("records.csv", text)
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// The arguments of a command on this file.
    fn with<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["estimate", self.path()], arguments].concat()
    }
}

const ROLES: [&str; 8] = ["--member", "union", "--employee", "emp", "--weight", "w", "--measure", "density"];

fn roles<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ROLES[..], more].concat()
}

#[test]
fn a_design_by_flags() {
    let labour = project("tests/golden/labour.csv");
    let base = ["estimate", &labour, "--member", "union", "--employee", "employee", "--weight", "weight", "--period", "year"];
    let design = ["--strata", "stratum", "--psu", "psu", "--by", "period", "--format", "json"];
    let of =
        |more: &[&str]| -> serde_json::Value { serde_json::from_str(&printed(&[&base[..], &design, more].concat())).unwrap() };
    // tests/golden/taylor.json: rate and error of 2024, without and with the population of PSUs.
    let plain = of(&[]);
    assert_eq!(plain[1]["period"], "2024");
    let near = |value: &serde_json::Value, expected: f64| (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-9;
    assert!(near(&plain[1]["value"], 0.211_481_999_002_131_63));
    assert!(near(&plain[1]["se"], 0.000_159_961_350_507_885_03_f64.sqrt()));
    assert_eq!(plain[1]["error_source"], "linearised, strata and clusters");
    assert!(of(&["--fpc", "Nh"])[1]["se"].as_f64() < plain[1]["se"].as_f64());
    let known = project("tests/golden/known_totals.csv");
    let raked = of(&["--calibrate", &known, "--calibrate-by", "raking"]);
    assert_eq!(raked[1]["error_source"], "linearised, strata and clusters, calibrated");
    let jackknife = of(&["--make-replicates", "jkn"]);
    assert!(near(&jackknife[1]["se"], 0.012_649_910_352_010_8));
    assert_eq!(jackknife[1]["error_source"], "72 replicate weights, JKn");
    let drawn = ["--make-replicates", "bootstrap", "--samples", "50", "--seed", "7"];
    assert_eq!(of(&drawn), of(&drawn));
    let assumed = ["--weight", "weight", "--design-effect", "2", "--by", "period", "--format", "json"];
    let assumed: serde_json::Value = serde_json::from_str(&printed(&[&base[..6], &assumed, &base[8..]].concat())).unwrap();
    assert_eq!(assumed[1]["error_source"], "assumed design effect 2");
    let p = assumed[1]["value"].as_f64().unwrap();
    assert!(near(&assumed[1]["se"], (2.0 * p * (1.0 - p) / assumed[1]["n"].as_f64().unwrap()).sqrt()));
}

#[test]
fn supplied_replicates_and_the_forms_of_the_output() {
    let file = File::records(RECORDS);
    let replicates = ["--replicates", "r*", "--replicate-kind", "jk1", "--replicate-count", "4", "--by", "region"];
    let table = printed(&file.with(&roles(&replicates)));
    assert!(table.contains("Sampling errors: 4 replicate weights, JK1") && !table.contains("Caution"), "{table}");
    let bare = printed(&file.with(&ROLES));
    assert!(bare.contains("linearised, weights only") && bare.contains("Caution: nothing is known of strata"), "{bare}");
    let csv = printed(&file.with(&roles(&[&replicates[..], &["--format", "csv"]].concat())));
    assert!(csv.starts_with("measure,period,region"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("rates.parquet");
    printed(&file.with(&roles(&[&replicates[..], &["--format", "parquet", "--out", out.to_str().unwrap()]].concat())));
    assert_eq!(&fs::read(&out).unwrap()[..4], b"PAR1");
}

#[test]
fn pooled_periods() {
    let file = File::records(RECORDS);
    let rates = |more: &[&'static str]| -> Vec<serde_json::Value> {
        let flags = ["--period", "year", "--psu", "p", "--format", "json"];
        serde_json::from_str(&printed(&file.with(&roles(&[&flags[..], more].concat())))).unwrap()
    };
    // Both years as one: the rate of all answers and its error, whichever way it is asked for.
    let (two, one) = (rates(&["--by", "period", "--pool", "2"]), rates(&[]));
    assert_eq!((two.len(), one.len()), (1, 1));
    for field in ["value", "se", "n", "denominator", "numerator"] {
        assert_eq!(two[0][field], one[0][field], "{field}");
    }
    assert_eq!(two[0]["period"], "2024");
    refused(&file.with(&roles(&["--period", "year", "--by", "period", "--pool", "3"])), &["3 periods cannot be made of 2"]);
    refused(&file.with(&roles(&["--period", "year", "--pool", "2"])), &["`period` is no breakdown"]);
    // A person who is found in two PSUs would count as two.
    refused(&file.with(&roles(&["--psu", "p", "--person", "region"])), &["lies in two PSUs"]);
    printed(&file.with(&roles(&["--person", "p"])));
}

#[test]
fn weights_that_are_no_weights() {
    for (weight, says) in [
        ("", "row 3 is missing (1 such rows)"),
        ("NaN", "row 3 is NaN (1 such rows)"),
        ("inf", "row 3 is inf (1 such rows)"),
        ("-1", "row 3 is -1 (1 such rows)"),
        ("heavy", "are of type str: row 3 is `heavy`"),
        ("1e308", "row 3 is 1e308 (1 such rows)"),
    ] {
        let file = File::records(&RECORDS.replace("0,0,1,1,a,2", &format!("0,0,1,{weight},a,2")));
        refused(&file.with(&ROLES), &["column `w`", says]);
    }
    let zero: String =
        RECORDS.lines().enumerate().map(|(i, l)| if i == 0 { format!("{l},z\n") } else { format!("{l},0\n") }).collect();
    let file = File::records(&zero);
    refused(&file.with(&["--member", "union", "--weight", "z"]), &["all weights in column `z` are zero"]);
}

#[test]
fn columns_that_are_missing_doubled_or_of_another_kind() {
    let file = File::records(RECORDS);
    refused(&file.with(&["--member", "unoin"]), &["no column `unoin`", "did you mean `union`"]);
    refused(&file.with(&["--member", "union", "--weight", "ww"]), &["no column `ww`", "did you mean `w`"]);
    refused(&file.with(&["--member", "w"]), &["`w` holds `2` in 3 rows"]);
    refused(&file.with(&roles(&["--by", "sectr"])), &["no column `sectr`"]);
    refused(&file.with(&[]), &["nothing says what the columns are", "--codebook"]);
    refused(&file.with(&["--codebook", "gss", "--member", "union"]), &["both the codebook gss and --member"]);
    refused(&file.with(&["--weight", "w"]), &["no column is named for members"]);
    refused(&file.with(&["--codebook", "gss"]), &["no column `vstrat`"]);
    let doubled = File::records(&RECORDS.replacen("union,covered", "union,union", 1));
    refused(&doubled.with(&ROLES), &["the column `union` is there twice"]);
    let dated = File::records(&RECORDS.replace("\n1,", "\n2020-01-01,"));
    refused(&dated.with(&ROLES), &["`union` holds `2020-01-01`"]);
}

#[test]
fn files_without_rows_or_cut_off() {
    let header = File::records(RECORDS.lines().next().unwrap());
    refused(&header.with(&ROLES), &["there are no records"]);
    let cut = File::records(&RECORDS[..RECORDS.len() - 12]);
    refused(&cut.with(&ROLES), &["fields, the header", "cut off"]);
    // A short line in the middle is no missing answer, and a stray quote does not end the file.
    let lines: Vec<&str> = RECORDS.lines().collect();
    let short = lines[3].rsplit_once(',').unwrap().0;
    let middle = RECORDS.replacen(lines[3], short, 1);
    refused(&File::records(&middle).with(&ROLES), &["line 4 has 12 fields, the header 13"]);
    let stray = RECORDS.replacen(lines[3], &format!("{short},19\" rack"), 1);
    refused(&File::records(&stray).with(&ROLES), &["line 4 has a quote within a field"]);
    // Any Parquet file is a file of records if its columns are: here a table of rates, with a column that is false throughout.
    let folder = tempfile::tempdir().unwrap();
    let rates = folder.path().join("rates.parquet");
    printed(&["estimates", "us-states", "--format", "parquet", "--out", rates.to_str().unwrap()]);
    let whole = fs::read(&rates).unwrap();
    let read = |bytes: &[u8]| {
        let file = File::new("records.parquet", bytes);
        let output = undeb(&file.with(&["--member", "released"]));
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(read(&whole).0, Some(0));
    for left in [0, 3, whole.len() / 2, whole.len() - 1] {
        let (code, message) = read(&whole[..left]);
        assert!(code == Some(2) && message.contains("records.parquet") && !message.contains("panicked"), "{left}: {message}");
    }
    // The footer is there but the middle is not: the reader panics, and what is printed is the error alone.
    let mut holed = whole[..whole.len() / 4].to_vec();
    holed.extend(&whole[whole.len() / 2..]);
    let (code, message) = read(&holed);
    assert_eq!(code, Some(2), "{message}");
    assert!(!message.contains("panicked") && !message.contains("RUST_BACKTRACE"), "{message}");
}

#[test]
fn a_domain_without_anybody_is_an_answer() {
    let mut lines = RECORDS.lines();
    let header = lines.next().unwrap().to_owned();
    let emptied: String = std::iter::once(header)
        .chain(lines.map(|row| {
            let mut fields: Vec<&str> = row.split(',').collect();
            fields[2] = "0";
            fields.join(",")
        }))
        .map(|l| l + "\n")
        .collect();
    let file = File::records(&emptied);
    let table = printed(&file.with(&ROLES));
    assert!(table.contains("[x]"), "{table}");
}

#[test]
fn designs_that_do_not_hold() {
    let file = File::records(RECORDS);
    let design = ["--strata", "h", "--psu", "p"];
    let with = |more: &[&'static str]| roles(&[&design[..], more].concat());
    printed(&file.with(&with(&[])));
    let lonely = File::records(&RECORDS.replace(",b,3,", ",b,4,"));
    refused(&lonely.with(&with(&[])), &["1 stratum has only one PSU: b", "remove, adjust or average"]);
    for rule in ["remove", "adjust", "average"] {
        printed(&lonely.with(&with(&["--lonely-psu", rule])));
    }
    refused(&lonely.with(&with(&["--lonely-psu", "ajust"])), &["did you mean `adjust`"]);
    let shared = File::records(&RECORDS.replace(",b,3,", ",b,1,"));
    printed(&shared.with(&with(&[])));
    refused(&shared.with(&with(&["--unique-psus"])), &["PSU 1 of column `p` lies in two strata of `h`"]);
    let few = File::records(&RECORDS.replace(",10,", ",1,"));
    refused(&few.with(&with(&["--fpc", "N"])), &["stratum a has 2 sampled", "a population of 1"]);
    let mixed = File::records(&RECORDS.replace(",10,", ",0.5,"));
    refused(&mixed.with(&with(&["--fpc", "N"])), &["mixes shares and counts"]);
    refused(&file.with(&with(&["--fpc", "region"])), &["`region` is of type str"]);
    refused(
        &file.with(&with(&["--design-effect", "2"])),
        &["a design effect is assumed, but the records have strata and clusters"],
    );
    refused(&file.with(&roles(&["--design-effect", "-2"])), &["the assumed design effect is -2"]);
    refused(&file.with(&with(&["--second-unit", "region", "--second-fpc", "N"])), &["second stage", "only one"]);
    refused(&file.with(&with(&["--make-replicates", "bootstrap"])), &["needs its number of samples and a seed"]);
    refused(&file.with(&with(&["--make-replicates", "jkn", "--seed", "1"])), &["count and seed belong to the bootstrap"]);
    refused(&file.with(&with(&["--make-replicates", "jk1"])), &["unstratified jackknife of 2 strata"]);
    refused(&file.with(&with(&["--mse", "true"])), &["--rho and --mse belong to replicates"]);
}

#[test]
fn replicate_weights_that_are_none() {
    let with = |kind: &'static str, more: &[&'static str]| {
        roles(&[&["--replicates", "r*", "--replicate-kind", kind][..], more].concat())
    };
    let file = File::records(RECORDS);
    printed(&file.with(&with("brr", &[])));
    for (cell, says) in [("", "missing"), ("NaN", "NaN"), ("-4", "-4"), ("inf", "inf")] {
        let file = File::records(&RECORDS.replace("n,4,0,2,2", &format!("n,{cell},0,2,2")));
        refused(&file.with(&with("brr", &[])), &["the replicate weight in column `r1`", &format!("row 1 is {says}")]);
    }
    let hole = File::records(&RECORDS.replacen(",r2,", ",x2,", 1));
    refused(&hole.with(&with("brr", &[])), &["number 2 is not there"]);
    refused(&file.with(&with("brr", &["--replicate-count", "10"])), &["4 columns of replicate weights, not 10"]);
    refused(&file.with(&with("jkn", &[])), &["needs an rscale for each replicate"]);
    refused(&file.with(&with("jkn", &["--rscales", "0.5,0.5"])), &["2 rscales for 4 replicate weights"]);
    refused(&file.with(&with("fay", &[])), &["need their factor rho"]);
    refused(&file.with(&with("brr", &["--rho", "0.5"])), &["rho belongs to the kind fay"]);
    refused(&file.with(&with("bootstraps", &[])), &["did you mean `bootstrap`"]);
    refused(&file.with(&roles(&["--replicates", "v*", "--replicate-kind", "brr"])), &["no column `v*`"]);
}

#[test]
fn totals_that_cannot_be_reached() {
    let file = File::records(RECORDS);
    let with = |totals: &str, method: &[&str], says: &[&str]| {
        let known = File::new("known.csv", format!("variable,code,total\n{totals}"));
        let calibrate = [&["--calibrate", known.path()][..], method].concat();
        if says.is_empty() {
            printed(&file.with(&[&ROLES[..], &calibrate].concat()));
        } else {
            refused(&file.with(&[&ROLES[..], &calibrate].concat()), says);
        }
    };
    with("region,n,10\nregion,s,10\n", &[], &[]);
    with("region,n,10\nregion,s,10\nh,a,9\nh,b,11\n", &["--calibrate-by", "raking"], &[]);
    with("region,n,10\nregion,s,10\nh,a,9\nh,b,11\n", &[], &["no method of calibration", "raking"]);
    with("region,n,10\nregion,s,10\nregion,w,5\n", &[], &["nobody in the sample has region w"]);
    with("region,n,10\n", &[], &["no known total of region for s (4 rows)"]);
    with(
        "region,n,10\nregion,s,10\nh,a,9\nh,b,12\n",
        &["--calibrate-by", "raking"],
        &["the totals of h add up to 21, those of region to 20"],
    );
    with(
        "region,n,10\nregion,s,90\n",
        &["--calibrate-by", "logit", "--bounds", "0.5,2"],
        &["no weights between 0.5 and 2", "widen the bounds"],
    );
    with("h,a,10\nh,b,10\np,1,5\np,2,5\np,3,4\np,4,6\n", &["--calibrate-by", "linear"], &["is a combination of"]);
    with("region,n,10\nregion,s,ten\n", &[], &["line 3: `ten` is no total"]);
    with("regoin,n,10\n", &[], &["no column `regoin`", "did you mean `region`"]);
    with("union,1,10\nunion,0,10\n", &[], &["`union` is empty in row 6 (1 rows)"]);
    with("region,n,10\nregion,s,10\n", &["--calibrate-by", "logit"], &["logit needs its bounds"]);
    refused(&file.with(&roles(&["--calibrate", "none.csv"])), &["cannot read the known totals none.csv"]);
}

#[test]
fn an_unknown_code_is_counted() {
    let path = project("tests/codebooks/gss.csv");
    let whole = fs::read_to_string(path).unwrap();
    let file = File::records(&whole);
    printed(&file.with(&["--codebook", "gss", "--lonely-psu", "remove", "--by", "region"]));
    let at = whole.lines().next().unwrap().split(',').position(|n| n == "wrkstat").unwrap();
    let wrong: String = whole
        .lines()
        .enumerate()
        .map(|(i, l)| {
            let mut fields: Vec<&str> = l.split(',').collect();
            if i == 1 || i == 2 {
                fields[at] = "12";
            }
            fields.join(",") + "\n"
        })
        .collect();
    refused(&File::records(&wrong).with(&["--codebook", "gss", "--lonely-psu", "remove"]), &["`scope`", "wrkstat = 12", "rows)"]);
}

#[test]
fn rates_of_records_are_drawn() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("bounds.svg").to_str().unwrap().to_owned();
    let records = project("python/undeb/synthetic_records.csv");
    let design = ["--member", "member", "--covered", "covered", "--weight", "weight", "--strata", "stratum", "--psu", "psu"];
    let asked = |more: &[&str]| {
        let mut all = vec!["estimate", &records];
        all.extend(design);
        all.extend(["--region", "region", "--by", "region"]);
        all.extend(more);
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let words = |of: &[String]| of.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let bounds = asked(&["--measure", "coverage", "--chart", "bounds", "--theme", "dark", "--out", &out]);
    assert_eq!(printed(&bounds.iter().map(String::as_str).collect::<Vec<_>>()), "", "{}", words(&bounds));
    let drawn = fs::read_to_string(&out).unwrap();
    assert!(drawn.contains("Bargaining coverage") && drawn.contains("Missing answers leave most open in"), "{drawn}");
    let refuse = |more: &[&str], says: &str| refused(&asked(more).iter().map(String::as_str).collect::<Vec<_>>(), &[says]);
    refuse(&["--chart", "bounds", "--out", &out], "bounds.svg is there already");
    refuse(&["--chart", "bounds", "--out", "bounds.pdf"], "let the name end in .svg or .png");
    refuse(&["--chart", "pie", "--out", "pie.svg"], "pie");
    refuse(&["--chart", "gap", "--out", &folder.path().join("gap.svg").display().to_string()], "gap");
}

#[test]
fn an_empty_domain_and_an_absent_folder_are_said() {
    let nobody: String =
        RECORDS.lines().enumerate().map(|(i, l)| if i == 0 { format!("{l},e\n") } else { format!("{l},0\n") }).collect();
    let file = File::records(&nobody);
    let asked = ["--member", "union", "--weight", "w", "--employee", "e", "--format", "csv"];
    let output = printed(&file.with(&asked));
    assert!(output.contains("no-figure"), "{output}");
    let table = printed(&file.with(&asked[..6]));
    assert!(table.contains("Remarks: no record is in the domain, so there is no figure."), "{table}");
    refused(&file.with(&["--member", "union", "--out", "absent/x.csv", "--format", "csv"]), &["there is no folder absent"]);
}
