//! Which way things flow: the `use` lines of the core and the dependencies of the crates against a table of allowed arrows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use undeb_tests::project;

/// What each floor of the core may name, itself aside.
const FLOORS: [(&str, &[&str]); 9] = [
    ("error", &[]),
    ("watch", &["error"]),
    ("schema", &["error"]),
    // Sampling theory knows no labour market.
    ("survey", &["watch", "error"]),
    // How a level moves knows no labour market either; it borrows equations, quantiles and random numbers.
    ("dynamics", &["survey", "error"]),
    // Records carry the design they were drawn by.
    ("source", &["survey", "schema", "error"]),
    ("estimation", &["source", "survey", "schema", "watch", "error"]),
    ("policy", &["dynamics", "estimation", "source", "survey", "schema", "watch", "error"]),
    ("release", &["policy", "dynamics", "estimation", "source", "survey", "schema", "error"]),
];

/// Arrows against the flow, each with its reason.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// Which crates of the project a crate may depend on.
const CRATES: [(&str, &[&str]); 6] = [
    ("undeb", &[]),
    ("undeb-chart", &["undeb"]),
    ("undeb-report", &["undeb", "undeb-chart"]),
    ("undeb-cli", &["undeb", "undeb-chart", "undeb-report"]),
    ("undeb-python", &["undeb", "undeb-chart", "undeb-report"]),
    ("xtask", &["undeb", "undeb-chart", "undeb-report", "undeb-cli"]),
];

/// What the core never sees: drawing, terminals, templates, other languages.
const NOT_IN_THE_CORE: [&str; 9] =
    ["plotters", "resvg", "ttf-parser", "clap", "miette", "comfy-table", "indicatif", "minijinja", "pyo3"];

/// Files that may be longer than 400 lines, each with its reason.
const LONG: [(&str, &str); 0] = [];

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Path below a folder, with forward slashes.
fn below(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap().components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Modules that a line names after `crate::`, braces opened.
fn named(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        // `$crate::` of a macro and words that end in crate are something else.
        if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &line[at + "crate::".len()..];
        let word = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            None => names.push(word(rest)),
            Some(group) => {
                let mut depth = 0;
                for part in group.split_inclusive(['{', '}', ',']) {
                    if depth == 0 && !word(part).is_empty() {
                        names.push(word(part));
                    }
                    depth += part.matches('{').count() as i32 - part.matches('}').count() as i32;
                    if depth < 0 {
                        break;
                    }
                }
            }
        }
    }
    names
}

#[test]
fn names_are_found_in_lines() {
    assert_eq!(named("use crate::error::{Error, Result};"), ["error"]);
    assert_eq!(named("    fn a() -> crate::schema::Code { crate::source::b() }"), ["schema", "source"]);
    assert_eq!(named("use crate::{error::{Error, Result}, schema::Period, policy};"), ["error", "schema", "policy"]);
    assert_eq!(named("use supercrate::x; $crate::y"), Vec::<String>::new());
}

#[test]
fn floors_of_the_core_name_only_what_lies_below() {
    let source = project().join("crates/undeb/src");
    let allowed: BTreeMap<&str, &[&str]> = FLOORS.into_iter().collect();
    let (mut use_lines, mut found, mut excused) = (0, BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for path in files(&source, ".rs") {
        let name = below(&path, &source);
        let floor = name.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        // The front door names everything.
        if floor == "lib" {
            continue;
        }
        let may = allowed.get(floor.as_str()).unwrap_or_else(|| panic!("{name} stands on no floor of the table"));
        found.insert(floor.clone());
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap();
            if code.contains("super::super") {
                wrong.push(format!("{name}:{}: climbs two floors with super::super", number + 1));
            }
            use_lines += usize::from(code.trim_start().starts_with("use crate::"));
            // In a `mod.rs`, super is the root of the crate.
            let rooted = if name.ends_with("mod.rs") { code.replace("super::", "crate::") } else { code.to_owned() };
            for module in named(&rooted) {
                if module == floor || may.contains(&module.as_str()) {
                    continue;
                }
                match EXCEPTIONS.iter().find(|(file, to, _)| *file == name && *to == module) {
                    Some((file, _, _)) => drop(excused.insert(*file)),
                    None => wrong.push(format!("{name}:{}: {floor} may not name {module}", number + 1)),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found, FLOORS.iter().map(|(floor, _)| (*floor).to_owned()).collect());
    assert!(use_lines >= 40, "only {use_lines} use lines were found");
    assert_eq!(excused, EXCEPTIONS.iter().map(|(file, _, _)| *file).collect(), "an exception is no longer needed");
}

#[test]
fn crates_point_one_way() {
    let folder = project().join("crates");
    let mut seen = BTreeSet::new();
    for path in files(&folder, "Cargo.toml") {
        let manifest: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let may = CRATES.iter().find(|(c, _)| *c == name).unwrap_or_else(|| panic!("{name} is not in the table")).1;
        let own: Vec<&str> = CRATES.iter().map(|(c, _)| *c).collect();
        for table in ["dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else { continue };
            for dependency in dependencies.keys().map(String::as_str) {
                assert!(!own.contains(&dependency) || may.contains(&dependency), "{name} may not depend on {dependency}");
                assert!(name != "undeb" || !NOT_IN_THE_CORE.contains(&dependency), "the core may not depend on {dependency}");
            }
        }
        seen.insert(name);
    }
    assert_eq!(seen, CRATES.iter().map(|(c, _)| (*c).to_owned()).collect());
}

#[test]
fn every_file_of_data_travels_inside_the_library() {
    let data = project().join("data");
    let list = fs::read_to_string(project().join("crates/undeb/src/source/bundled.rs")).unwrap();
    let all: Vec<String> = files(&data, "").iter().map(|p| below(p, &data)).filter(|p| p != "README.md").collect();
    assert!(all.len() >= 20, "{all:?}");
    for file in &all {
        assert!(list.contains(&format!("\"{file}\"")), "data/{file} is not bundled");
    }
}

#[test]
fn files_are_short() {
    let root = project();
    let sources = files(&root.join("crates"), ".rs");
    assert!(sources.len() >= 30);
    for path in sources {
        let name = below(&path, &root);
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 400 || LONG.iter().any(|(file, _)| *file == name), "{name} has {lines} lines");
    }
    assert!(LONG.iter().all(|(file, _)| root.join(file).exists()));
}

#[test]
fn no_module_is_called_nothing_in_particular() {
    let root = project();
    for path in files(&root.join("crates"), ".rs") {
        let name = below(&path, &root);
        let parts = name.trim_end_matches(".rs").split('/');
        for part in parts {
            assert!(!["utils", "util", "helpers", "helper", "common", "misc"].contains(&part), "{name}");
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            for word in ["utils", "helpers", "common"] {
                assert!(!line.trim().trim_start_matches("pub ").starts_with(&format!("mod {word}")), "{name}: {line}");
            }
        }
    }
}
