//! No two texts touch, nothing leaves the canvas, and the same data give the same bytes.

mod synthetic;

use synthetic::*;
use undeb_chart::{Frame, Picture, Theme, gap, heatmap, interval, small_multiples, tiles, trend};

const COUNTS: [usize; 5] = [0, 1, 12, 51, 200];
const WIDTHS: [f64; 3] = [390.0, 720.0, 1400.0];

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
        // A dot, or a level or upright line, may cross a text with a halo only.
        if m.kind == "dot" || (m.kind == "line" && m.width.min(m.height) < 4.0) {
            for t in texts.iter().filter(|t| !t.halo) {
                let apart = t.x + t.width <= m.x + 0.5
                    || m.x + m.width <= t.x + 0.5
                    || t.y + t.height <= m.y + 1.0
                    || m.y + m.height <= t.y + 1.0;
                assert!(apart, "{what}: {m:?} crosses {t:?}");
            }
        }
    }
}

#[test]
fn texts_keep_apart_and_everything_stays_on_the_canvas() {
    for count in COUNTS {
        for long in [false, true] {
            for inside in [true, false] {
                for width in WIDTHS {
                    let frame = Frame { width, ..frame(inside) };
                    for (kind, picture) in every_kind(&names(count, long), &frame, Theme::Light) {
                        let what = format!("{kind}, {count} rows, long {long}, {width}");
                        check(&what, &picture);
                        assert!(picture.width <= width, "{what}: {} pixels wide", picture.width);
                    }
                }
            }
        }
    }
}

#[test]
fn a_chart_of_51_rows_fits_a_page_and_its_words_keep_apart() {
    // 170 by 257 millimetres: A4 with margins of 20.
    let (width, page) = (642.5, 971.3);
    for count in [12, 51, 200] {
        for long in [false, true] {
            let on_paper = Frame { width, page: Some(page), ..frame(true) };
            for (kind, picture) in every_kind(&names(count, long), &on_paper, Theme::Print) {
                check(&format!("{kind} on paper, {count} rows, long {long}"), &picture);
                // Fourteen columns take several blocks; margins of 10 millimetres hold the rest.
                if count == 51 && !long && kind != "wide heatmap" {
                    assert!(picture.height <= page + 80.0, "{kind}: {} pixels high", picture.height);
                }
            }
        }
    }
}

fn without_colours(svg: &str) -> String {
    let parts = svg.split("=\"#").enumerate();
    parts.map(|(i, part)| part.get(if i > 0 { 6 } else { 0 }..).unwrap_or(part)).collect()
}

#[test]
fn the_theme_moves_nothing() {
    let frame = frame(true);
    for names in [names(12, false), names(51, true)] {
        let [light, dark, print] = [Theme::Light, Theme::Dark, Theme::Print].map(|theme| every_kind(&names, &frame, theme));
        for ((kind, a), ((_, b), (_, c))) in light.iter().zip(dark.iter().zip(&print)) {
            assert!(a.texts() == b.texts() && b.texts() == c.texts(), "{kind}");
            assert!(a.marks() == b.marks() && b.marks() == c.marks(), "{kind}");
            assert_ne!(a.svg(), b.svg(), "{kind}");
            // The page of a report joins the two: nothing but colours may differ.
            assert_eq!(without_colours(&a.svg()), without_colours(&b.svg()), "{kind}");
        }
    }
}

#[test]
fn full_names_are_in_the_text_twin_whatever_the_drawing_cuts() {
    let frame = Frame { width: 390.0, ..frame(true) };
    let names = names(51, true);
    for (kind, picture) in every_kind(&names, &frame, Theme::Light) {
        for name in &names {
            assert!(picture.describe().contains(name.as_str()), "{kind} does not say {name}");
        }
    }
}

#[test]
fn no_identifier_stands_twice_in_a_page() {
    let pictures = every_kind(&names(12, false), &frame(true), Theme::Light);
    let page: String = pictures.iter().map(|(_, picture)| picture.svg()).collect();
    let mut seen = std::collections::HashSet::new();
    for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(seen.insert(id), "{id}");
    }
    assert!(seen.len() >= 3 * pictures.len());
}

/// A PNG has ink in every text and nowhere outside the boxes of texts and marks.
#[test]
fn png_and_svg_agree() {
    let frame = Frame { width: 700.0, ..frame(true) };
    for (kind, picture) in every_kind(&names(12, false), &frame, Theme::Light) {
        let png = picture.png(1.0).expect("a picture of this size");
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!((f64::from(pixels.width()), f64::from(pixels.height())), (picture.width, picture.height), "{kind}");
        let ink = |x: u32, y: u32| pixels.pixel(x, y).is_some_and(|p| p.red() < 250 || p.green() < 250 || p.blue() < 250);
        let mut covered = vec![false; (pixels.width() * pixels.height()) as usize];
        let texts = picture.texts().iter().map(|t| (t.x, t.y, t.width, t.height + 1.0));
        for (x, y, width, height) in texts.clone().chain(picture.marks().iter().map(|m| (m.x, m.y, m.width, m.height))) {
            for row in (y - 2.0).max(0.0) as u32..((y + height + 2.0) as u32).min(pixels.height()) {
                for column in (x - 2.0).max(0.0) as u32..((x + width + 2.0) as u32).min(pixels.width()) {
                    covered[(row * pixels.width() + column) as usize] = true;
                }
            }
        }
        for ((x, y, width, height), text) in texts.zip(picture.texts()) {
            let drawn = (y as u32..(y + height) as u32).any(|row| (x as u32..(x + width) as u32).any(|column| ink(column, row)));
            assert!(drawn, "{kind}: {} is not in the PNG", text.text);
        }
        for row in 0..pixels.height() {
            for column in 0..pixels.width() {
                let known = covered[(row * pixels.width() + column) as usize];
                assert!(known || !ink(column, row), "{kind}: ink at {column}, {row} outside every box");
            }
        }
    }
}

/// A letter that the embedded typeface lacks looks the same whatever it is: no installed font is asked for it.
#[test]
fn no_font_of_the_machine_is_read() {
    let png = |letter: char| {
        let title = format!("Rates {letter}");
        gap::draw("g", &Frame { title, ..frame(true) }, &gaps(&names(3, false)), Theme::Light).png(1.0).expect("a picture")
    };
    assert_eq!(png('漢'), png('語'));
    assert_ne!(png('a'), png('b'));
}

/// The same picture in a process that cannot find a font: run again by the test below.
#[test]
fn picture_without_fonts() {
    if let Ok(path) = std::env::var("UNDEB_CHART_PNG") {
        let picture = gap::draw("g", &frame(true), &gaps(&names(12, false)), Theme::Light);
        std::fs::write(path, picture.png(1.0).expect("a picture")).expect("a file");
    }
}

#[test]
fn hidden_fonts_change_no_byte() {
    let path = std::env::temp_dir().join(format!("undeb-chart-{}.png", std::process::id()));
    let status = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["picture_without_fonts", "--exact", "--test-threads=1"])
        .env_clear()
        .env("UNDEB_CHART_PNG", &path)
        .envs([("FONTCONFIG_FILE", "/nonexistent"), ("HOME", "/nonexistent"), ("XDG_DATA_HOME", "/nonexistent")])
        .stdout(std::process::Stdio::null())
        .status()
        .expect("a process");
    assert!(status.success());
    let hidden = std::fs::read(&path).expect("the picture");
    let _ = std::fs::remove_file(&path);
    assert_eq!(hidden, gap::draw("g", &frame(true), &gaps(&names(12, false)), Theme::Light).png(1.0).expect("a picture"));
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
fn a_chart_of_51_rows_stays_below_60_kilobytes() {
    for (kind, picture) in every_kind(&names(51, false), &frame(true), Theme::Light) {
        // Fourteen columns of 51 cells are 714 figures.
        if kind != "wide heatmap" {
            assert!(picture.svg().len() < 60_000, "{kind}: {} bytes", picture.svg().len());
        }
    }
}

#[test]
fn a_page_of_51_panels_with_40_periods_stays_below_60_kilobytes() {
    let line = |k: usize| trend::Series {
        label: format!("Area number {k}"),
        points: (0..40)
            .map(|t| {
                let value = 0.2 + 0.002 * k as f64 - 0.001 * t as f64 + 0.01 * ((t + k) as f64).sin();
                trend::Point { x: 1985.0 + t as f64, value: Some(value), interval: Some((value - 0.02, value + 0.02)) }
            })
            .collect(),
        ..trend::Series::default()
    };
    let panels = (0..51)
        .map(|k| small_multiples::Panel { series: line(k), target: Some(0.3), ..small_multiples::Panel::default() })
        .collect();
    let data = small_multiples::Data { panels, whole: Some(line(25)), ..small_multiples::Data::default() };
    let size = small_multiples::draw("p", &frame(true), &data, Theme::Light).svg().len();
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

/// One period, values that are all equal or all missing, rates of 0 and 1, negative gaps, a title of many lines.
#[test]
fn odd_subjects_are_laid_out_too() {
    let names = names(12, false);
    let values: [(&str, synthetic::Rates); 5] = [
        ("equal", |_| Some(0.3)),
        ("missing", |_| None),
        ("zero", |_| Some(0.0)),
        ("one", |_| Some(1.0)),
        ("ends", |i| Some((i % 2) as f64)),
    ];
    let long = "A title that goes on and on about every region there is, ".repeat(8);
    for width in WIDTHS {
        for (odd, of) in values {
            let frame = Frame { width, title: long.clone(), ..frame(true) };
            for (kind, picture) in every_kind_of(&names, of, &frame) {
                check(&format!("{kind}, {odd}, {width}"), &picture);
                assert!(odd == "missing" || !picture.describe().contains("No evidence"), "{kind}, {odd}");
            }
        }
    }
}

#[test]
fn wide_pictures_begin_at_the_left_and_use_their_width() {
    let frame = Frame { width: 1400.0, ..frame(true) };
    let of =
        |kind: &str| every_kind(&names(51, false), &frame, Theme::Light).into_iter().find(|(k, _)| *k == kind).map(|(_, p)| p);
    for kind in ["heatmap", "tiles", "slope", "trend", "small multiples", "funnel"] {
        let picture = of(kind).expect("the kind");
        let texts = || picture.texts().iter().filter(|t| t.y > 120.0 && t.y + t.height < picture.height - 60.0);
        let left = texts().map(|t| t.x).chain(picture.marks().iter().map(|m| m.x)).fold(f64::INFINITY, f64::min);
        let right = picture.marks().iter().map(|m| m.x + m.width).chain(texts().map(|t| t.x + t.width)).fold(0.0, f64::max);
        assert!(left < 40.0 && right > 1_200.0, "{kind}: {left} to {right}");
    }
    // The same value has the same pixels on both axes: the diagonal is one.
    let scatter = of("scatter").expect("the kind");
    let diagonal = scatter.marks().iter().filter(|m| m.kind == "line" && m.width > 300.0 && m.height > 300.0).collect::<Vec<_>>();
    assert!(diagonal.len() == 1 && (diagonal[0].width - diagonal[0].height).abs() < 0.5, "{diagonal:?}");
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
    assert!(svg.contains("role=\"img\" aria-labelledby=\"p1-title\" aria-describedby=\"p1-desc\""));
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
