//! Synthetic data of every kind of chart, of any length.

use undeb_chart::{
    Frame, Picture, Theme, bounds, funnel, gap, heatmap, interval, scatter, slope, small_multiples, tiles, trend, waterfall,
};

pub(crate) fn names(count: usize, long: bool) -> Vec<String> {
    let name = |i: usize| match long {
        true => format!("Gweithgareddau proffesiynol, gwyddonol a thechnegol ŵŷ, grŵp {i:03}"),
        false => format!("Area {i}"),
    };
    (0..count).map(name).collect()
}

/// Synthetic rates that reach 0 and 1, with holes.
pub(crate) fn rate(i: usize) -> Option<f64> {
    (i % 9 != 8).then(|| ((i * 37) % 101) as f64 / 100.0)
}

pub(crate) fn frame(inside: bool) -> Frame {
    Frame {
        title: "A title that is computed from the figures and long enough to need two lines here".into(),
        subtitle: "Measure, geography and period, %".into(),
        notes: vec!["[u] low reliability; [c] confidential. ".repeat(4)],
        source: "synthetic figures".into(),
        stamp: Some("Not released".into()),
        titles_inside: inside,
        ..Frame::default()
    }
}

pub(crate) fn gaps(names: &[String]) -> gap::Data {
    use gap::Tone::{CannotTell, Met, None as Open, NotMet};
    let row = |(i, name): (usize, &String)| gap::Row {
        label: name.clone(),
        baseline: rate(i + 3),
        latest: rate(i),
        interval: rate(i).map(|v| ((v - 0.05).max(0.0), (v + 0.05).min(1.0))),
        target: rate(i + 5),
        points: rate(i).map(|v| 100.0 * (0.5 - v)),
        workers: rate(i).map(|v| 9_000_000.0 * (0.5 - v)),
        tone: [Met, NotMet, CannotTell, Open][i % 4],
        emphasised: i % 10 == 3,
    };
    gap::Data { rows: names.iter().enumerate().map(row).collect(), ..gap::Data::default() }
}

pub(crate) fn trends(names: &[String]) -> trend::Data {
    let line = |(k, name): (usize, &String)| trend::Series {
        label: name.clone(),
        focus: k == 0,
        breaks: vec![2012.0, 2013.0, 2023.0],
        points: (0..20)
            .map(|t| {
                let value = rate(k + t).map(|v| 0.2 + v / 5.0);
                let x = 2005.0 + t as f64;
                trend::Point { x, value, interval: value.map(|v| (v - 0.02, v + 0.02)) }
            })
            .collect(),
        ..trend::Series::default()
    };
    trend::Data {
        series: names.iter().enumerate().map(line).collect(),
        path: (!names.is_empty()).then(|| vec![(2024.0, 0.3), (2031.0, 0.4)]),
        deadline: Some(2031.0),
        reasons: vec![(2012.0, "new questionnaire".to_owned()), (2023.0, "reweighted".to_owned())],
        ..trend::Data::default()
    }
}

pub(crate) fn heat(names: &[String], columns: usize) -> heatmap::Data {
    let headers = ["Manufacturing", "Energy and water supply", "Retail", "Education", "Health and social work"];
    let cell = |i: usize| heatmap::Cell {
        value: rate(i),
        mark: i.is_multiple_of(7).then(|| "[u]".to_owned()),
        suppressed: rate(i).is_none() && i.is_multiple_of(2),
    };
    heatmap::Data {
        rows: names.to_vec(),
        columns: (0..columns).map(|c| headers[c % 5].to_owned()).collect(),
        cells: (0..names.len()).map(|r| (0..columns).map(|c| cell(r * 5 + c)).collect()).collect(),
        emphasised: names.iter().take(1).cloned().collect(),
    }
}

pub(crate) fn map(names: &[String]) -> tiles::Data {
    let tile = |(i, name): (usize, &String)| tiles::Tile {
        code: name[..name.len().min(if name.len() > 20 { 12 } else { 3 })].to_owned(),
        name: name.clone(),
        row: (i / 14) as u16,
        col: (i % 14) as u16,
        value: rate(i),
        mark: i.is_multiple_of(5).then(|| "[u]".to_owned()),
        suppressed: rate(i).is_none() && i.is_multiple_of(2),
        emphasised: i % 10 == 3,
    };
    tiles::Data { tiles: names.iter().enumerate().map(tile).collect() }
}

pub(crate) fn forest(names: &[String]) -> interval::Data {
    let row = |(i, name): (usize, &String)| interval::Row {
        label: name.clone(),
        value: rate(i).map(|v| v - 0.5),
        interval: rate(i).map(|v| (v - 0.55, v - 0.45)),
        target: (i % 4 == 1).then_some(0.3),
        emphasised: i.is_multiple_of(3),
    };
    interval::Data { rows: names.iter().enumerate().map(row).collect(), target: Some(0.1), ..interval::Data::default() }
}

pub(crate) fn panels(names: &[String]) -> small_multiples::Data {
    let data = trends(names);
    let panel = |series: &trend::Series| small_multiples::Panel {
        series: series.clone(),
        target: rate(series.label.len()),
        ..small_multiples::Panel::default()
    };
    small_multiples::Data {
        panels: data.series.iter().map(panel).collect(),
        whole: data.series.first().cloned(),
        ..small_multiples::Data::default()
    }
}

pub(crate) fn slopes(names: &[String]) -> slope::Data {
    use slope::Change::{Fall, NotComparable, Rise, Unclear};
    let row = |(i, name): (usize, &String)| slope::Row {
        label: name.clone(),
        from: rate(i),
        to: rate(i + 4),
        change: [Rise, Fall, Unclear, NotComparable][i % 4],
        emphasised: names.len() == 12 && i % 10 == 3,
    };
    slope::Data { rows: names.iter().enumerate().map(row).collect(), ..slope::Data::default() }
}

pub(crate) fn steps(names: &[String]) -> waterfall::Data {
    let step = |(i, name): (usize, &String)| {
        let value = rate(i).map(|v| (v - 0.5) / 50.0);
        waterfall::Step { label: name.clone(), value, interval: value.map(|v| (v - 0.004, v + 0.004)), several: i % 7 == 6 }
    };
    waterfall::Data {
        steps: names.iter().enumerate().map(step).collect(),
        start: (!names.is_empty()).then_some(0.3),
        end: (!names.is_empty()).then_some(0.28),
        ..waterfall::Data::default()
    }
}

pub(crate) fn missing(names: &[String]) -> bounds::Data {
    let row = |(i, name): (usize, &String)| bounds::Row {
        label: name.clone(),
        value: rate(i),
        interval: rate(i).map(|v| ((v - 0.05).max(0.0), (v + 0.05).min(1.0))),
        bounds: rate(i).map(|v| (v * 0.8, v * 0.8 + 0.2)),
        missing: rate(i).map(|_| 0.2),
        emphasised: i % 10 == 3,
    };
    bounds::Data { rows: names.iter().enumerate().map(row).collect(), target: Some(0.3), ..bounds::Data::default() }
}

pub(crate) fn dots(names: &[String]) -> scatter::Data {
    let dot = |(i, name): (usize, &String)| scatter::Dot {
        label: name.clone(),
        x: rate(i),
        y: rate(i + 1),
        emphasised: i.is_multiple_of(9),
    };
    scatter::Data { dots: names.iter().enumerate().map(dot).collect(), ..scatter::Data::default() }
}

pub(crate) fn cells(names: &[String]) -> funnel::Data {
    let dot = |(i, name): (usize, &String)| funnel::Dot {
        label: name.clone(),
        size: 20.0 * 1.2f64.powi((i * 7 % 40) as i32),
        value: rate(i),
        outside: i.is_multiple_of(5),
        emphasised: i % 10 == 3,
    };
    let limit = |z: f64| funnel::Limit {
        label: String::new(),
        points: (0..60).map(|k| 10.0 * 1.2f64.powi(k)).map(|n| (n, 0.5 - z / n.sqrt(), 0.5 + z / n.sqrt())).collect(),
    };
    funnel::Data {
        dots: names.iter().enumerate().map(dot).collect(),
        centre: Some(0.5),
        limits: vec![limit(1.0), limit(1.5)],
        ..funnel::Data::default()
    }
}

pub(crate) fn every_kind(names: &[String], frame: &Frame, theme: Theme) -> Vec<(&'static str, Picture)> {
    vec![
        ("gap", gap::draw("g", frame, &gaps(names), theme)),
        ("trend", trend::draw("t", frame, &trends(names), theme)),
        ("small multiples", small_multiples::draw("p", frame, &panels(names), theme)),
        ("heatmap", heatmap::draw("h", frame, &heat(names, 5), theme)),
        ("wide heatmap", heatmap::draw("w", frame, &heat(names, 14), theme)),
        ("tiles", tiles::draw("m", frame, &map(names), theme)),
        ("interval", interval::draw("i", frame, &forest(names), theme)),
        ("slope", slope::draw("s", frame, &slopes(names), theme)),
        ("waterfall", waterfall::draw("f", frame, &steps(names), theme)),
        ("bounds", bounds::draw("b", frame, &missing(names), theme)),
        ("scatter", scatter::draw("c", frame, &dots(names), theme)),
        ("funnel", funnel::draw("u", frame, &cells(names), theme)),
    ]
}

/// The rate of a row by its number.
pub(crate) type Rates = fn(usize) -> Option<f64>;

/// Every kind with the same question asked of all rows: their rates by number, over one period only.
pub(crate) fn every_kind_of(names: &[String], of: Rates, frame: &Frame) -> Vec<(&'static str, Picture)> {
    let theme = Theme::Light;
    let gap_rows = gaps(names).rows.into_iter().enumerate().map(|(i, row)| {
        let latest = of(i);
        // Above its target: a negative gap.
        let points = latest.map(|v| 100.0 * (0.5 * v - v));
        gap::Row {
            baseline: latest,
            latest,
            interval: latest.zip(latest),
            target: latest.map(|v| 0.5 * v),
            points,
            workers: points,
            ..row
        }
    });
    let series = |(k, name): (usize, &String)| trend::Series {
        label: name.clone(),
        focus: k == 0,
        points: vec![trend::Point { x: 2024.0, value: of(k), interval: of(k).zip(of(k)) }],
        ..trend::Series::default()
    };
    let lines: Vec<trend::Series> = names.iter().enumerate().map(series).collect();
    let panel = |series: &trend::Series| small_multiples::Panel {
        series: series.clone(),
        target: None,
        ..small_multiples::Panel::default()
    };
    let cells = heat(names, 5).cells.into_iter().enumerate();
    let cells = cells.map(|(r, row)| row.into_iter().map(|cell| heatmap::Cell { value: of(r), ..cell }).collect()).collect();
    let tile_of = |(i, tile): (usize, tiles::Tile)| tiles::Tile { value: of(i), ..tile };
    let interval_of = |(i, row): (usize, interval::Row)| interval::Row { value: of(i), interval: of(i).zip(of(i)), ..row };
    let slope_of = |(i, row): (usize, slope::Row)| slope::Row { from: of(i), to: of(i + 1), ..row };
    let bounds_of = |(i, row): (usize, bounds::Row)| {
        let value = of(i);
        bounds::Row { value, interval: value.zip(value), bounds: value.zip(value), missing: value.map(|_| 0.0), ..row }
    };
    let dot_of = |(i, dot): (usize, scatter::Dot)| scatter::Dot { x: of(i), y: of(i), ..dot };
    let cell_of = |(i, dot): (usize, funnel::Dot)| funnel::Dot { value: of(i), ..dot };
    let step = |(i, name): (usize, &String)| waterfall::Step {
        label: name.clone(),
        value: of(i),
        interval: of(i).zip(of(i)),
        several: false,
    };
    let [gap, trend] = [
        gap::draw("g", frame, &gap::Data { rows: gap_rows.collect(), ..gaps(names) }, theme),
        trend::draw("t", frame, &trend::Data { series: lines.clone(), ..trend::Data::default() }, theme),
    ];
    vec![
        ("gap", gap),
        ("trend", trend),
        ("small multiples", {
            let data = small_multiples::Data { panels: lines.iter().map(panel).collect(), ..small_multiples::Data::default() };
            small_multiples::draw("p", frame, &data, theme)
        }),
        ("heatmap", heatmap::draw("h", frame, &heatmap::Data { cells, ..heat(names, 5) }, theme)),
        ("tiles", {
            let tiles = map(names).tiles.into_iter().enumerate().map(tile_of).collect();
            tiles::draw("m", frame, &tiles::Data { tiles }, theme)
        }),
        ("interval", {
            let rows = forest(names).rows.into_iter().enumerate().map(interval_of).collect();
            interval::draw("i", frame, &interval::Data { rows, target: None, ..forest(names) }, theme)
        }),
        ("slope", {
            let rows = slopes(names).rows.into_iter().enumerate().map(slope_of).collect();
            slope::draw("s", frame, &slope::Data { rows, ..slopes(names) }, theme)
        }),
        ("waterfall", {
            let steps = names.iter().enumerate().map(step).collect();
            waterfall::draw("f", frame, &waterfall::Data { steps, ..waterfall::Data::default() }, theme)
        }),
        ("bounds", {
            let rows = missing(names).rows.into_iter().enumerate().map(bounds_of).collect();
            bounds::draw("b", frame, &bounds::Data { rows, target: None, ..missing(names) }, theme)
        }),
        ("scatter", {
            let dots = dots(names).dots.into_iter().enumerate().map(dot_of).collect();
            scatter::draw("c", frame, &scatter::Data { dots, ..scatter::Data::default() }, theme)
        }),
        ("funnel", {
            let dots = self::cells(names).dots.into_iter().enumerate().map(cell_of).collect();
            funnel::draw("u", frame, &funnel::Data { dots, ..self::cells(names) }, theme)
        }),
    ]
}
