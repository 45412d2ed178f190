//! Every kind in every theme as it is drawn, held to the files beside this test.
//!
//! `UNDEB_PICTURES=write cargo test -p undeb-chart --test pictures` writes them anew; look at them before they are kept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod subjects;

use std::path::PathBuf;

use subjects::{states, union};
use undeb::Measure;
use undeb_chart::{ChartOptions, Frame, Kind, Theme, bounds, chart};

const THEMES: [(Theme, &str); 3] = [(Theme::Light, "light"), (Theme::Dark, "dark"), (Theme::Print, "print")];

/// A committed picture is read by people: no larger than this.
const LARGEST: usize = 60_000;

/// What the picture of a kind shows: few rows, so that the file stays small.
fn asked(kind: Kind, theme: Theme) -> ChartOptions {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let years = |list: &[&str]| list.iter().map(|year| year.parse().unwrap()).collect();
    let few = words(&["CA", "HI", "MI", "NY", "SC", "WI"]);
    let options = ChartOptions { theme, measure: Some(Measure::Density), ..ChartOptions::default() };
    match kind {
        Kind::Gap => ChartOptions { measure: None, ..options },
        Kind::Trend => ChartOptions { regions: words(&["US"]), ..options },
        Kind::Heatmap => ChartOptions { regions: few, sectors: words(&["public", "private"]), ..options },
        Kind::Slope => ChartOptions { regions: few, periods: years(&["2012", "2022"]), ..options },
        Kind::Waterfall => ChartOptions { periods: years(&["2012", "2022"]), ..options },
        Kind::Scatter => ChartOptions { measure: None, regions: few, ..options },
        Kind::Interval | Kind::SmallMultiples => ChartOptions { regions: few, ..options },
        Kind::Tiles | Kind::Funnel | Kind::Bounds => options,
    }
}

/// No bundled table tells how many answers are missing: the figures of this one are synthetic.
fn missing(theme: Theme) -> String {
    let row = |(label, value, gone): (&str, f64, f64)| bounds::Row {
        label: label.into(),
        value: Some(value),
        interval: Some((value - 0.015, value + 0.015)),
        bounds: Some((value * (1.0 - gone), value * (1.0 - gone) + gone)),
        missing: Some(gone),
        ..bounds::Row::default()
    };
    let rows = [("Wales", 0.36, 0.04), ("Scotland", 0.31, 0.12), ("England", 0.25, 0.0)].map(row);
    let frame = Frame { title: "What missing answers allow".into(), source: "synthetic figures".into(), ..Frame::default() };
    let data = bounds::Data { rows: rows.to_vec(), target: Some(0.3), target_label: "Target".into(), ..bounds::Data::default() };
    bounds::draw("bounds", &frame, &data, theme).svg()
}

#[test]
fn every_kind_in_every_theme_is_drawn_as_before() {
    let (states, union) = (states(), union());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let write = std::env::var_os("UNDEB_PICTURES").is_some_and(|asked| asked == "write");
    let mut other = Vec::new();
    for kind in Kind::ALL {
        for (theme, name) in THEMES {
            let drawn = match kind {
                Kind::Bounds => missing(theme),
                Kind::Gap => chart(kind, (&union).into(), &asked(kind, theme)).unwrap().svg(),
                _ => chart(kind, (&states).into(), &asked(kind, theme)).unwrap().svg(),
            };
            // A line for each element, so that a change can be read.
            let drawn = drawn.replace("><", ">\n<") + "\n";
            assert!(drawn.len() < LARGEST, "{kind} in {name}: {} bytes", drawn.len());
            let path = folder.join(format!("{kind}-{name}.svg"));
            if write {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, drawn).unwrap();
            } else if std::fs::read_to_string(&path).is_ok_and(|kept| kept.replace('\r', "") == drawn) {
                continue;
            } else {
                other.push(format!("{kind}-{name}"));
            }
        }
    }
    assert!(other.is_empty(), "drawn otherwise than the files in {}: {}", folder.display(), other.join(", "));
}
