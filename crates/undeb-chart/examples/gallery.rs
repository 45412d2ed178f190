//! Draws one chart of every kind in every theme, with made-up figures, into the folder given.
//!
//! `cargo run -p undeb-chart --example gallery -- folder`

use std::path::PathBuf;

use undeb_chart::{Frame, Picture, Theme, gap, heatmap, interval, tiles, trend};

const REGIONS: [&str; 12] = [
    "North East",
    "North West",
    "Yorkshire and The Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "London",
    "South East",
    "South West",
    "Wales",
    "Scotland",
    "Northern Ireland",
];

/// A made-up rate that is the same on every run.
fn rate(i: usize, j: usize) -> f64 {
    0.12 + ((i * 37 + j * 53 + i * j * 11) % 41) as f64 / 150.0
}

fn frame(title: &str, subtitle: &str) -> Frame {
    Frame {
        title: title.into(),
        subtitle: subtitle.into(),
        notes: vec!["Figures are made up to show the drawing.".into()],
        source: "synthetic figures, not estimates".into(),
        ..Frame::default()
    }
}

fn gaps(names: &[String]) -> gap::Data {
    let rows = names.iter().enumerate().map(|(i, name)| {
        let latest = rate(i, 1);
        let target = 0.24 + 0.02 * (i % 4) as f64;
        let short = target - latest;
        let tone = match short {
            s if s > 0.02 => gap::Tone::NotMet,
            s if s < -0.02 => gap::Tone::Met,
            _ => gap::Tone::CannotTell,
        };
        gap::Row {
            label: name.clone(),
            baseline: Some(latest + 0.03 + 0.01 * (i % 5) as f64),
            latest: Some(latest),
            interval: Some((latest - 0.02, latest + 0.02)),
            target: Some(target),
            points: Some(100.0 * short),
            workers: Some(short * 1_400_000.0),
            tone,
        }
    });
    gap::Data {
        line: gap::Line::Target,
        rows: rows.collect(),
        baseline_label: "2010".into(),
        latest_label: "2024".into(),
        target_label: "Target 2030".into(),
        interval_label: "95% interval".into(),
    }
}

fn trends() -> trend::Data {
    let series = ["Wales", "Scotland", "United Kingdom", "London"];
    let line = |k: usize, name: &str| trend::Series {
        label: name.into(),
        focus: k == 0,
        breaks: if k == 0 { vec![2014.0] } else { Vec::new() },
        points: (2005..=2024)
            .map(|year| {
                let t = f64::from(year - 2005);
                let v = 0.36 - 0.03 * k as f64 - 0.003 * t + 0.006 * (t * 1.7 + k as f64).sin();
                trend::Point { x: f64::from(year), value: (year != 2020).then_some(v), interval: Some((v - 0.02, v + 0.02)) }
            })
            .collect(),
        ..trend::Series::default()
    };
    trend::Data {
        series: series.iter().enumerate().map(|(k, name)| line(k, name)).collect(),
        path: Some(vec![(2024.0, 0.31), (2030.0, 0.4)]),
        path_label: "Path to 40% in 2030".into(),
        milestones: vec![trend::Milestone { x: 2027.0, value: 0.355 }],
        milestone_label: "Milestone".into(),
        deadline: Some(2030.0),
        range: None,
        fan: None,
        break_label: "New questionnaire".into(),
        interval_label: "95% interval".into(),
    }
}

fn heat(rows: &[String]) -> heatmap::Data {
    let columns = ["Manufacturing", "Energy and water", "Construction", "Public administration", "Education"];
    let cell = |r: usize, c: usize| match (r * 7 + c) % 17 {
        3 => heatmap::Cell { value: None, mark: Some("[c]".into()), suppressed: true },
        9 => heatmap::Cell { value: Some(rate(r, c)), mark: Some("[u]".into()), suppressed: false },
        _ => heatmap::Cell { value: Some(rate(r, c) + 0.06 * c as f64), ..heatmap::Cell::default() },
    };
    heatmap::Data {
        rows: rows.to_vec(),
        columns: columns.map(String::from).to_vec(),
        cells: (0..rows.len()).map(|r| (0..5).map(|c| cell(r, c)).collect()).collect(),
    }
}

fn map() -> tiles::Data {
    let spots: [(&str, u16, u16); 12] = [
        ("NE", 1, 2),
        ("NW", 2, 1),
        ("Y&H", 2, 2),
        ("EM", 3, 2),
        ("WM", 3, 1),
        ("EE", 3, 3),
        ("LON", 4, 3),
        ("SE", 4, 2),
        ("SW", 4, 1),
        ("WAL", 3, 0),
        ("SCO", 0, 1),
        ("NI", 1, 0),
    ];
    let tile = |(i, (code, row, col)): (usize, &(&str, u16, u16))| tiles::Tile {
        code: (*code).into(),
        name: REGIONS[i].into(),
        row: *row,
        col: *col,
        value: (i != 6).then_some(rate(i, 3)),
        mark: (i == 6).then(|| "[c]".into()).or((i == 2).then(|| "[u]".into())),
        suppressed: i == 6,
    };
    tiles::Data { tiles: spots.iter().enumerate().map(tile).collect() }
}

fn states() -> tiles::Data {
    let tiles = (0..51usize).map(|i| tiles::Tile {
        code: format!("{}{}", (b'A' + (i % 26) as u8) as char, (b'A' + (i * 7 % 26) as u8) as char),
        name: format!("State {i}"),
        row: (i / 11) as u16,
        col: (i % 11) as u16,
        value: Some(rate(i, 2)),
        mark: (i % 13 == 4).then(|| "[u]".into()),
        suppressed: false,
    });
    tiles::Data { tiles: tiles.collect() }
}

fn intervals() -> interval::Data {
    let mut rows: Vec<interval::Row> = REGIONS
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let v = rate(i, 4);
            interval::Row {
                label: (*name).into(),
                value: Some(v),
                interval: Some((v - 0.02, v + 0.025)),
                emphasised: v - 0.02 > 0.25,
            }
        })
        .collect();
    rows.sort_by(|a, b| b.value.partial_cmp(&a.value).unwrap_or(std::cmp::Ordering::Equal));
    interval::Data {
        rows,
        target: Some(0.25),
        target_label: "Target 2030".into(),
        value_label: "% (95% interval)".into(),
        interval_label: "95% interval".into(),
        emphasis_label: "Interval wholly above target".into(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "charts".into()));
    std::fs::create_dir_all(&folder)?;
    let regions: Vec<String> = REGIONS.map(String::from).to_vec();
    let many: Vec<String> = (1..=51).map(|i| format!("Area number {i}")).collect();
    let long: Vec<String> =
        (1..=10).map(|i| format!("Professional, scientific and technical activities, group {i:02}")).collect();
    for theme in [Theme::Light, Theme::Dark, Theme::Print] {
        let rates = "Trade union density of employees, made-up regions, 2024";
        let mut unfinished = trends();
        unfinished.series.truncate(1);
        let pictures: Vec<(&str, Picture)> = vec![
            ("gap", gap::draw("gap", &frame("How far each region is from its target", rates), &gaps(&regions), theme)),
            ("gap51", gap::draw("gap51", &frame("How far each area is from its target", rates), &gaps(&many), theme)),
            (
                "gaplong",
                gap::draw(
                    "gaplong",
                    &Frame {
                        stamp: Some("Not released: working figures".into()),
                        ..frame(
                            "How far each industry is from its target, under a title that is long enough to need a second line",
                            rates,
                        )
                    },
                    &gaps(&long),
                    theme,
                ),
            ),
            ("gapnone", gap::draw("gapnone", &frame("There is nothing to show", rates), &gap::Data::default(), theme)),
            ("trend", trend::draw("trend", &frame("A falling line against a rising path", rates), &trends(), theme)),
            (
                "trendbare",
                trend::draw("trendbare", &Frame { titles_inside: false, ..frame("One line", rates) }, &unfinished, theme),
            ),
            ("heatmap", heatmap::draw("heatmap", &frame("Rates by region and industry", rates), &heat(&regions), theme)),
            ("heatmap51", heatmap::draw("heatmap51", &frame("Rates by area and industry", rates), &heat(&many), theme)),
            ("tiles", tiles::draw("tiles", &frame("Rates on a map of equal tiles", rates), &map(), theme)),
            ("tiles51", tiles::draw("tiles51", &frame("Rates on a map of 51 equal tiles", rates), &states(), theme)),
            ("interval", interval::draw("interval", &frame("Rates with their intervals", rates), &intervals(), theme)),
        ];
        for (name, picture) in pictures {
            let stem = format!("{name}_{}", format!("{theme:?}").to_lowercase());
            std::fs::write(folder.join(format!("{stem}.svg")), picture.svg())?;
            std::fs::write(folder.join(format!("{stem}.png")), picture.png(2.0)?)?;
        }
    }
    Ok(())
}
