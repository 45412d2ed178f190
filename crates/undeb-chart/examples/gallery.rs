//! Draws charts of every kind in every theme at three widths, with made-up figures, into the folder given.
//!
//! `cargo run -p undeb-chart --example gallery -- folder [words in the file name]...`

use std::path::PathBuf;

use undeb_chart::{
    Frame, Picture, Theme, bounds, funnel, gap, heatmap, interval, scatter, slope, small_multiples, tiles, trend, waterfall,
};

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
            ..gap::Row::default()
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
        break_label: String::new(),
        reasons: vec![(2014.0, "new questionnaire".into())],
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
        ..heatmap::Data::default()
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
        ..tiles::Tile::default()
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
        ..tiles::Tile::default()
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
                ..interval::Row::default()
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

/// A path that ends, and what may come after it.
fn projected() -> trend::Data {
    let mut data = trends();
    data.series.truncate(2);
    let last = data.series[0].points.last().copied().unwrap_or_default();
    let value = last.value.unwrap_or(0.3);
    let point = |k: i32| {
        let (t, middle) = (f64::from(k), value - 0.004 * f64::from(k));
        let band = |width: f64| (middle - width * t.sqrt(), middle + width * t.sqrt());
        trend::FanPoint { x: last.x + t, median: Some(middle), bands: vec![band(0.006), band(0.013), band(0.021)] }
    };
    let fan = trend::Fan { label: "Projection".into(), levels: vec![0.5, 0.8, 0.95], points: (0..=6).map(point).collect() };
    trend::Data { fan: Some(fan), ..data }
}

fn panels(names: &[String], years: i32) -> small_multiples::Data {
    let line = |k: usize, label: &str, spread: f64| trend::Series {
        label: label.into(),
        points: (0..years)
            .map(|t| {
                let v = 0.16 + rate(k, 2) * 0.6 - 0.0022 * f64::from(t) + 0.008 * (f64::from(t) * 0.9 + k as f64).sin();
                let value = (t != 11 || !k.is_multiple_of(3)).then_some(v);
                trend::Point { x: f64::from(2025 - years + t), value, interval: value.map(|v| (v - spread, v + spread)) }
            })
            .collect(),
        breaks: if k % 4 == 1 { vec![f64::from(2025 - years / 3)] } else { Vec::new() },
        ..trend::Series::default()
    };
    small_multiples::Data {
        panels: names
            .iter()
            .enumerate()
            .map(|(k, name)| small_multiples::Panel {
                series: line(k, name, 0.02),
                target: Some(0.3),
                ..small_multiples::Panel::default()
            })
            .collect(),
        whole: Some(line(2, "All areas together", 0.0)),
        interval_label: "95% interval".into(),
        target_label: "Target 2030".into(),
        ..small_multiples::Data::default()
    }
}

fn slopes(names: &[String]) -> slope::Data {
    let row = |(i, name): (usize, &String)| {
        let (from, to) = (rate(i, 1) + 0.05, rate(i, 1) + 0.03 * ((i % 5) as f64 - 1.6));
        let change = match to - from {
            d if d > 0.02 => slope::Change::Rise,
            d if d < -0.02 => slope::Change::Fall,
            _ => slope::Change::Unclear,
        };
        slope::Row { label: name.clone(), from: Some(from), to: Some(to), change, ..slope::Row::default() }
    };
    slope::Data {
        rows: names.iter().enumerate().map(row).collect(),
        from_label: "2014".into(),
        to_label: "2024".into(),
        rise_label: "Rise beyond sampling error".into(),
        fall_label: "Fall beyond sampling error".into(),
        unclear_label: "Within sampling error".into(),
    }
}

fn steps() -> waterfall::Data {
    let step = |label: &str, value: f64| waterfall::Step {
        label: label.into(),
        value: Some(value),
        interval: Some((value - 0.004, value + 0.004)),
        several: false,
    };
    waterfall::Data {
        start: Some(0.301),
        start_label: "2014".into(),
        steps: vec![
            step("Shift of jobs between industries", -0.018),
            step("Public administration", 0.006),
            step("Education", -0.004),
            step("Manufacturing", -0.021),
            step("Health and social work", 0.009),
            step("Other industries", -0.003),
        ],
        end: Some(0.268),
        end_label: "2024".into(),
        rest_label: "Not explained".into(),
        interval_label: "95% interval".into(),
    }
}

fn missing(names: &[String]) -> bounds::Data {
    let row = |(i, name): (usize, &String)| {
        let (v, gone) = (rate(i, 5), 0.03 + 0.02 * (i % 6) as f64);
        bounds::Row {
            label: name.clone(),
            value: Some(v),
            interval: Some((v - 0.015, v + 0.015)),
            bounds: Some((v * (1.0 - gone), v * (1.0 - gone) + gone)),
            missing: Some(gone),
            ..bounds::Row::default()
        }
    };
    bounds::Data {
        rows: names.iter().enumerate().map(row).collect(),
        target: Some(0.3),
        target_label: "Target 2030".into(),
        interval_label: "95% interval".into(),
        ..bounds::Data::default()
    }
}

fn dots(names: &[String]) -> scatter::Data {
    let dot = |(i, name): (usize, &String)| {
        let x = rate(i, 1);
        scatter::Dot { label: name.clone(), x: Some(x), y: Some(x + 0.25 * rate(i, 4)), emphasised: i == 9 }
    };
    scatter::Data {
        dots: names.iter().enumerate().map(dot).collect(),
        x_label: "Union density, % of employees".into(),
        y_label: "Bargaining coverage, % of employees".into(),
        diagonal_label: "Coverage equals density".into(),
        emphasis_label: "Wales".into(),
    }
}

fn cells(names: &[String]) -> funnel::Data {
    let error = |n: f64| (0.24f64 * 0.76 / n).sqrt();
    let dot = |(i, name): (usize, &String)| {
        let size = 60.0 * 1.12f64.powi((i * 17 % 50) as i32);
        let value = 0.24 + error(size) * (1.3 * ((i * 29 % 13) as f64 - 6.0) / 2.4);
        funnel::Dot {
            label: name.clone(),
            size,
            value: Some(value),
            outside: (value - 0.24).abs() > 2.8 * error(size),
            ..funnel::Dot::default()
        }
    };
    let limit = |label: &str, z: f64| funnel::Limit {
        label: label.into(),
        points: (0..=80).map(|k| 40.0 * 1.07f64.powi(k)).map(|n| (n, 0.24 - z * error(n), 0.24 + z * error(n))).collect(),
    };
    funnel::Data {
        dots: names.iter().enumerate().map(dot).collect(),
        centre: Some(0.24),
        centre_label: "All areas together".into(),
        limits: vec![limit("95% limits", 1.96), limit("99.8% limits", 3.09)],
        size_label: "Respondents".into(),
        value_label: "Union density, % of employees".into(),
        outside_label: String::new(),
    }
}

/// A file name, its title and how it is drawn.
type Plate<'a> = (&'static str, &'static str, Box<dyn Fn(&str, &Frame, Theme) -> Picture + 'a>);

fn plates<'a>(regions: &'a [String], many: &'a [String], long: &'a [String]) -> Vec<Plate<'a>> {
    let mut one = trends();
    one.series.truncate(1);
    vec![
        ("gap", "How far each region is from its target", Box::new(|i, f, t| gap::draw(i, f, &gaps(regions), t))),
        ("gap51", "How far each area is from its target", Box::new(|i, f, t| gap::draw(i, f, &gaps(many), t))),
        (
            "gaplong",
            "How far each industry is from its target, under a title that is long enough to need a second line",
            Box::new(|i, f, t| {
                gap::draw(i, &Frame { stamp: Some("Not released: working figures".into()), ..f.clone() }, &gaps(long), t)
            }),
        ),
        ("trend", "A falling line against a rising path", Box::new(|i, f, t| trend::draw(i, f, &trends(), t))),
        ("trendfan", "A projection that misses its path", Box::new(|i, f, t| trend::draw(i, f, &projected(), t))),
        ("trendbare", "One line", Box::new(move |i, f, t| trend::draw(i, &Frame { titles_inside: false, ..f.clone() }, &one, t))),
        ("panels", "Twelve regions on the same axes", Box::new(|i, f, t| small_multiples::draw(i, f, &panels(regions, 10), t))),
        ("panels51", "Fifty-one areas on the same axes", Box::new(|i, f, t| small_multiples::draw(i, f, &panels(many, 40), t))),
        ("slope", "Regions in two years", Box::new(|i, f, t| slope::draw(i, f, &slopes(regions), t))),
        ("slope51", "Areas in two years", Box::new(|i, f, t| slope::draw(i, f, &slopes(many), t))),
        ("waterfall", "What made the change", Box::new(|i, f, t| waterfall::draw(i, f, &steps(), t))),
        ("bounds", "What missing answers allow", Box::new(|i, f, t| bounds::draw(i, f, &missing(regions), t))),
        ("scatter", "Coverage against density", Box::new(|i, f, t| scatter::draw(i, f, &dots(regions), t))),
        ("scatter51", "Coverage against density", Box::new(|i, f, t| scatter::draw(i, f, &dots(many), t))),
        ("funnel", "Few regions differ beyond chance", Box::new(|i, f, t| funnel::draw(i, f, &cells(regions), t))),
        ("funnel51", "Few areas differ beyond chance", Box::new(|i, f, t| funnel::draw(i, f, &cells(many), t))),
        ("heatmap", "Rates by region and industry", Box::new(|i, f, t| heatmap::draw(i, f, &heat(regions), t))),
        ("heatmap51", "Rates by area and industry", Box::new(|i, f, t| heatmap::draw(i, f, &heat(many), t))),
        ("tiles", "Rates on a map of equal tiles", Box::new(|i, f, t| tiles::draw(i, f, &map(), t))),
        ("tiles51", "Rates on a map of 51 equal tiles", Box::new(|i, f, t| tiles::draw(i, f, &states(), t))),
        ("interval", "Rates with their intervals", Box::new(|i, f, t| interval::draw(i, f, &intervals(), t))),
    ]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "charts".into()));
    let wanted: Vec<String> = arguments.collect();
    std::fs::create_dir_all(&folder)?;
    let regions: Vec<String> = REGIONS.map(String::from).to_vec();
    let many: Vec<String> = (1..=51).map(|i| format!("Area number {i}")).collect();
    let long: Vec<String> =
        (1..=10).map(|i| format!("Professional, scientific and technical activities, group {i:02}")).collect();
    for (name, title, draw) in plates(&regions, &many, &long) {
        for theme in [Theme::Light, Theme::Dark, Theme::Print] {
            for width in [390.0, 700.0, 1400.0] {
                let stem = format!("{name}_{}_{width}", format!("{theme:?}").to_lowercase());
                if !wanted.is_empty() && !wanted.iter().any(|word| stem.contains(word.as_str())) {
                    continue;
                }
                let frame = Frame { width, ..frame(title, "Trade union density of employees, made-up regions, 2024") };
                let picture = draw(&stem, &frame, theme);
                std::fs::write(folder.join(format!("{stem}.svg")), picture.svg())?;
                std::fs::write(folder.join(format!("{stem}.png")), picture.png(if width > 1000.0 { 1.0 } else { 2.0 })?)?;
            }
        }
    }
    Ok(())
}
