//! No two texts touch, nothing leaves the canvas, and the same data give the same bytes.

use undeb_chart::{Frame, Picture, Theme, gap, heatmap, interval, tiles, trend};

const COUNTS: [usize; 5] = [0, 1, 12, 51, 200];

fn names(count: usize, long: bool) -> Vec<String> {
    let name = |i: usize| match long {
        true => format!("Gweithgareddau proffesiynol, gwyddonol a thechnegol ŵŷ, grŵp {i:03}"),
        false => format!("Area {i}"),
    };
    (0..count).map(name).collect()
}

/// Synthetic rates that reach 0 and 1, with holes.
fn rate(i: usize) -> Option<f64> {
    (i % 9 != 8).then(|| ((i * 37) % 101) as f64 / 100.0)
}

fn frame(inside: bool) -> Frame {
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

fn gaps(names: &[String]) -> gap::Data {
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
    };
    gap::Data { rows: names.iter().enumerate().map(row).collect(), ..gap::Data::default() }
}

fn trends(names: &[String]) -> trend::Data {
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
        ..trend::Data::default()
    }
}

fn heat(names: &[String], columns: usize) -> heatmap::Data {
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
    }
}

fn map(names: &[String]) -> tiles::Data {
    let tile = |(i, name): (usize, &String)| tiles::Tile {
        code: name[..name.len().min(if name.len() > 20 { 12 } else { 3 })].to_owned(),
        name: name.clone(),
        row: (i / 14) as u16,
        col: (i % 14) as u16,
        value: rate(i),
        mark: i.is_multiple_of(5).then(|| "[u]".to_owned()),
        suppressed: rate(i).is_none() && i.is_multiple_of(2),
    };
    tiles::Data { tiles: names.iter().enumerate().map(tile).collect() }
}

fn forest(names: &[String]) -> interval::Data {
    let row = |(i, name): (usize, &String)| interval::Row {
        label: name.clone(),
        value: rate(i).map(|v| v - 0.5),
        interval: rate(i).map(|v| (v - 0.55, v - 0.45)),
        emphasised: i.is_multiple_of(3),
    };
    interval::Data { rows: names.iter().enumerate().map(row).collect(), target: Some(0.1), ..interval::Data::default() }
}

fn every_kind(names: &[String], frame: &Frame, theme: Theme) -> Vec<(&'static str, Picture)> {
    vec![
        ("gap", gap::draw("g", frame, &gaps(names), theme)),
        ("trend", trend::draw("t", frame, &trends(names), theme)),
        ("heatmap", heatmap::draw("h", frame, &heat(names, 5), theme)),
        ("wide heatmap", heatmap::draw("w", frame, &heat(names, 14), theme)),
        ("tiles", tiles::draw("m", frame, &map(names), theme)),
        ("interval", interval::draw("i", frame, &forest(names), theme)),
    ]
}

fn check(what: &str, picture: &Picture) {
    let texts = picture.texts();
    assert!(!texts.is_empty(), "{what} has no words");
    for (i, a) in texts.iter().enumerate() {
        let inside = a.x >= 0.0 && a.y >= 0.0 && a.x + a.width <= picture.width && a.y + a.height <= picture.height;
        assert!(inside, "{what}: {a:?} leaves {} x {}", picture.width, picture.height);
        for b in &texts[i + 1..] {
            let apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            assert!(apart, "{what}: {a:?} touches {b:?}");
        }
    }
    for m in picture.marks() {
        let inside = m.x >= 0.0 && m.y >= 0.0 && m.x + m.width <= picture.width && m.y + m.height <= picture.height;
        assert!(inside, "{what}: {m:?} leaves {} x {}", picture.width, picture.height);
    }
}

#[test]
fn texts_keep_apart_and_everything_stays_on_the_canvas() {
    for count in COUNTS {
        for long in [false, true] {
            for inside in [true, false] {
                for width in [720.0, 420.0, 1100.0] {
                    let frame = Frame { width, ..frame(inside) };
                    for (kind, picture) in every_kind(&names(count, long), &frame, Theme::Light) {
                        check(&format!("{kind}, {count} rows, long {long}, {width}"), &picture);
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    for (kind, a) in every_kind(&names(12, false), &frame(true), Theme::Dark) {
        let again = every_kind(&names(12, false), &frame(true), Theme::Dark);
        let b = again.into_iter().find(|(k, _)| *k == kind).map(|(_, p)| p.svg());
        assert_eq!(Some(a.svg()), b, "{kind}");
    }
}

#[test]
fn a_gap_chart_of_51_rows_stays_below_60_kilobytes() {
    let size = gap::draw("g", &frame(true), &gaps(&names(51, false)), Theme::Light).svg().len();
    assert!(size < 60_000, "{size} bytes");
}

#[test]
fn odd_values_are_drawn_without_complaint() {
    let f = frame(true);
    let one =
        |v: Option<f64>| gap::Row { label: "<A & B>\u{0}".into(), latest: v, baseline: v, target: v, ..gap::Row::default() };
    for v in [0.0, 1.0, -0.2, 1.4, 1e300, -1e300, f64::NAN, f64::INFINITY] {
        let rows = vec![one(Some(v)), one(Some(v)), one(None)];
        let picture = gap::draw("odd id!", &f, &gap::Data { rows, ..gap::Data::default() }, Theme::Light);
        assert!(picture.png(1.0).is_ok(), "{v}");
        let point = |x: f64| trend::Point { x, value: Some(v), interval: Some((v, v)) };
        let series = vec![trend::Series { points: vec![point(2020.0), point(v)], focus: true, ..trend::Series::default() }];
        let data = trend::Data { series, ..trend::Data::default() };
        assert!(trend::draw("t", &f, &data, Theme::Light).png(1.0).is_ok(), "{v}");
        let row = interval::Row { value: Some(v), interval: Some((v, v)), ..interval::Row::default() };
        let data = interval::Data { rows: vec![row], target: Some(v), ..interval::Data::default() };
        assert!(interval::draw("i", &f, &data, Theme::Light).png(1.0).is_ok(), "{v}");
        let tile = tiles::Tile { value: Some(v), row: 65_535, ..tiles::Tile::default() };
        let data = tiles::Data { tiles: vec![tile, tiles::Tile::default()] };
        assert!(tiles::draw("m", &f, &data, Theme::Light).png(1.0).is_ok(), "{v}");
    }
}

#[test]
fn nothing_to_show_says_so() {
    for (kind, picture) in every_kind(&[], &frame(false), Theme::Print) {
        assert!(picture.texts().iter().any(|t| t.text == "No evidence"), "{kind}");
        assert!(picture.describe().contains("No evidence"), "{kind}");
    }
}

#[test]
fn the_svg_names_itself_and_carries_no_bare_markup() {
    let mut f = frame(true);
    f.title = "R&D <b>\"rates\"</b>".into();
    let svg = gap::draw("p1", &f, &gaps(&names(3, false)), Theme::Light).svg();
    assert!(svg.contains("role=\"img\" aria-labelledby=\"p1-title p1-desc\""));
    assert!(svg.contains("<title id=\"p1-title\">R&amp;D &lt;b&gt;"));
    assert!(!svg.contains("<b>"));
}

#[test]
fn a_png_needs_no_installed_fonts() {
    let picture = gap::draw("g", &frame(true), &gaps(&names(12, false)), Theme::Light);
    let whole = picture.png(1.0).unwrap_or_default();
    let blank = gap::draw("g", &Frame { titles_inside: false, ..frame(true) }, &gap::Data::default(), Theme::Light);
    assert!(whole.starts_with(b"\x89PNG") && whole.len() > 10_000, "{} bytes", whole.len());
    assert!(blank.png(1.0).is_ok_and(|png| png.len() > 500));
    assert!(picture.png(0.0).is_err() && picture.png(f32::NAN).is_err());
}

#[test]
fn no_shorthand_is_cut() {
    for width in [420.0, 720.0] {
        let frame = Frame { width, titles_inside: false, stamp: None, ..frame(true) };
        for count in [12, 51, 200] {
            let names = names(count, true);
            let (map, heat) = (map(&names), heat(&names, 14));
            let marks = map.tiles.iter().filter(|t| t.mark.is_some()).count();
            let cells = heat.cells.iter().flatten().filter(|c| c.mark.is_some()).count();
            let shown = |p: &Picture| p.texts().iter().filter(|t| t.text.contains("[u]")).count();
            assert_eq!(shown(&tiles::draw("m", &frame, &map, Theme::Light)), marks);
            assert_eq!(shown(&heatmap::draw("h", &frame, &heat, Theme::Light)), cells);
        }
    }
}
