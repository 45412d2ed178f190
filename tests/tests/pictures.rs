//! What every kind of chart draws of bundled data, in every theme, held against `tests/snapshots/pictures.txt`.
//!
//! `UNDEB_BLESS=1 cargo test -p undeb-tests --test pictures` writes the file anew; its change is then read before it is kept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use undeb::{Estimates, Findings, Measure, Period, Plan, PublishedTable, Registry};
use undeb_chart::{Chart, ChartOptions, Kind, Subject, Theme, chart};
use undeb_tests::project;

fn source(id: &str, measures: &[Measure]) -> Estimates {
    PublishedTable::open(id, &Registry::bundled().unwrap()).unwrap().estimate(measures, Some(1.5)).unwrap()
}

fn findings(plan: &str) -> Findings {
    let plan = Plan::builtin(plan).unwrap();
    plan.assess(plan.gather().unwrap()).unwrap()
}

/// A few states keep a picture small enough to be read as text.
fn few() -> ChartOptions {
    ChartOptions {
        measure: Some(Measure::Density),
        regions: ["CA", "NY", "HI", "SC", "TX", "DC"].map(String::from).to_vec(),
        ..ChartOptions::default()
    }
}

/// Size, words, and how many marks of each shape and which colours there are.
fn drawn(what: &str, made: &Chart) -> String {
    let picture = made.picture();
    let mut text = format!("# {what}\n{} x {}\n", picture.width, picture.height);
    let mut shapes: Vec<&str> = picture.marks().iter().map(|m| m.kind).collect();
    shapes.sort_unstable();
    for run in shapes.chunk_by(|a, b| a == b) {
        let _ = writeln!(text, "{} {}", run.len(), run[0]);
    }
    let svg = made.svg();
    let colours: BTreeSet<&str> = svg.match_indices("\"#").filter_map(|(at, _)| svg.get(at + 1..at + 8)).collect();
    let _ = writeln!(text, "{}", colours.into_iter().collect::<Vec<_>>().join(" "));
    for t in picture.texts() {
        let _ = writeln!(text, "{:.0} {:.0} {}", t.x, t.y, t.text);
    }
    text
}

#[test]
fn pictures_are_those_that_were_looked_at() {
    let states = source("us-states", &[Measure::Density, Measure::Coverage]);
    let (union, wales) = (findings("eu-80"), findings("us-states-2030"));
    let year = |y| vec![Period::year(y)];
    let pair = vec![Period::year(2012), Period::year(2022)];
    let one = ChartOptions { regions: vec!["CA".to_owned(), "US".to_owned()], ..few() };
    let members = ChartOptions { regions: ["BE", "IT", "IE", "PL"].map(String::from).to_vec(), ..ChartOptions::default() };
    let asked: Vec<(Kind, Subject<'_>, ChartOptions)> = vec![
        (Kind::Trend, (&states).into(), one),
        (Kind::SmallMultiples, (&states).into(), ChartOptions { periods: vec![Period::year(2012), Period::year(2022)], ..few() }),
        (Kind::Interval, (&states).into(), ChartOptions { periods: year(2022), ..few() }),
        (Kind::Gap, (&union).into(), members),
        (Kind::Heatmap, (&states).into(), few()),
        (Kind::Tiles, (&states).into(), ChartOptions { regions: Vec::new(), sectors: vec!["public".to_owned()], ..few() }),
        (Kind::Slope, (&states).into(), ChartOptions { periods: pair.clone(), ..few() }),
        (
            Kind::Waterfall,
            (&wales).into(),
            ChartOptions { periods: pair, measure: Some(Measure::Density), ..ChartOptions::default() },
        ),
        (Kind::Scatter, (&states).into(), few()),
        (Kind::Funnel, (&states).into(), few()),
    ];
    let mut all = String::new();
    for (kind, subject, options) in asked {
        for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark), ("print", Theme::Print)] {
            let made = chart(kind, subject, &ChartOptions { theme, ..options.clone() }).unwrap_or_else(|e| panic!("{kind}: {e}"));
            let text = drawn(&format!("{kind}, {name}"), &made);
            // The words stand alike in every theme.
            let end =
                if theme == Theme::Light { text.len() } else { text.match_indices('\n').nth(1).map_or(0, |(at, _)| at + 1) };
            let colours = text.lines().find(|l| l.starts_with('#') && l.matches('#').count() > 1).unwrap_or_default();
            all.push_str(&text[..end]);
            if theme != Theme::Light {
                let _ = writeln!(all, "{colours}");
            }
        }
    }
    let path = project().join("tests/snapshots/pictures.txt");
    if std::env::var_os("UNDEB_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &all).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    for (i, (a, b)) in kept.lines().zip(all.lines()).enumerate() {
        assert_eq!(a, b, "line {} of {}", i + 1, path.display());
    }
    assert_eq!(kept.lines().count(), all.lines().count());
}
