//! What leaves: SVG that can stand beside others in a page, PNG of the size asked for, words, numbers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod subjects;

use std::collections::HashSet;

use subjects::{states, union};
use undeb::{Measure, Plan};
use undeb_chart::{Chart, ChartOptions, Kind, Locale, Theme, Titles, Tones, Width, chart, report_figures};

fn density() -> ChartOptions {
    ChartOptions { measure: Some(Measure::Density), ..ChartOptions::default() }
}

/// Width and height of a PNG, from its header.
fn pixels(png: &[u8]) -> (u32, u32) {
    let at = |i: usize| u32::from_be_bytes(png[i..i + 4].try_into().unwrap());
    (at(16), at(20))
}

fn ids(svg: &str) -> Vec<String> {
    svg.split(" id=\"").skip(1).filter_map(|rest| rest.split_once('"').map(|(id, _)| id.to_owned())).collect()
}

#[test]
fn charts_in_one_page_share_no_identifier() {
    let (states, union) = (states(), union());
    let mut page: Vec<Chart> = Vec::new();
    for region in ["US", "CA", "NY"] {
        let options = ChartOptions { regions: vec![region.to_owned()], ..density() };
        page.push(chart(Kind::Trend, (&states).into(), &options).unwrap());
    }
    for kind in [Kind::Heatmap, Kind::Tiles, Kind::Interval, Kind::Slope, Kind::Scatter, Kind::Funnel, Kind::SmallMultiples] {
        page.push(chart(kind, (&states).into(), &density()).unwrap());
    }
    for theme in [Theme::Light, Theme::Dark, Theme::Print] {
        page.push(chart(Kind::Gap, (&union).into(), &ChartOptions { theme, ..ChartOptions::default() }).unwrap());
    }
    let all: Vec<String> = page.iter().flat_map(|c| ids(&c.svg())).collect();
    let unlike: HashSet<&String> = all.iter().collect();
    assert_eq!(all.len(), unlike.len());
}

#[test]
fn sizes_are_in_pixels_or_millimetres_and_a_png_has_those_of_its_scale() {
    let union = union();
    let paper = ChartOptions { width: Width::Millimetres(160.0), theme: Theme::Print, ..ChartOptions::default() };
    let made = chart(Kind::Gap, (&union).into(), &paper).unwrap();
    assert!(made.svg().contains(" width=\"160"), "{}", &made.svg()[..300]);
    assert!(made.svg().contains("mm\" height=\""));
    let png = made.png(Chart::PRINT).unwrap();
    // 160 mm at 300 to the inch are 1,889.8, and a file that says so opens as wide: 11,811 to the metre.
    assert_eq!(pixels(&png).0, 1890);
    let dense: Vec<u8> = [11_811_u32, 11_811].iter().flat_map(|n| n.to_be_bytes()).collect();
    assert!(png.windows(12).any(|w| w.starts_with(b"pHYs") && w.ends_with(&dense)));
    let screen = chart(Kind::Gap, (&union).into(), &ChartOptions::default()).unwrap();
    let (once, twice) = (pixels(&screen.png(1.0).unwrap()), pixels(&screen.png(2.0).unwrap()));
    assert_eq!((once.0, twice), (720, (1440, 2 * once.1)));
    assert_eq!(once.1, screen.picture().height as u32);
    for width in [Width::Pixels(f64::NAN), Width::Pixels(10.0), Width::Millimetres(20.0), Width::Millimetres(-1.0)] {
        let error = chart(Kind::Gap, (&union).into(), &ChartOptions { width, ..ChartOptions::default() }).unwrap_err();
        assert!(error.remedy().unwrap().contains("between"), "{error}");
    }
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let states = states();
    for kind in [Kind::Interval, Kind::Funnel, Kind::Tiles] {
        let make = || chart(kind, (&states).into(), &density()).unwrap();
        let (a, b) = (make(), make());
        assert_eq!(a.svg(), b.svg());
        assert_eq!(a.png(1.0).unwrap(), b.png(1.0).unwrap());
    }
}

#[test]
fn an_svg_says_what_it_is_and_its_words_are_text() {
    let made = chart(Kind::Tiles, (&states()).into(), &density()).unwrap();
    let svg = made.svg();
    for part in ["role=\"img\"", "<title id=", "<desc id=", ">California: 16.1%", "<text"] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(svg.contains("Not released: working figures"));
    assert!(made.describe().contains("California: 16.1%") && made.describe().starts_with(made.title()));
    let mut csv = Vec::new();
    made.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.starts_with("name,measure,period,region,sector,value,low,high,n,mark") && csv.lines().count() == 52, "{csv}");
}

#[test]
fn fifty_one_rows_stay_small() {
    let states = states();
    for kind in [Kind::Interval, Kind::Slope, Kind::Funnel, Kind::Tiles, Kind::Scatter] {
        let size = chart(kind, (&states).into(), &density()).unwrap().svg().len();
        assert!(size < 60_000, "{kind}: {size}");
    }
}

#[test]
fn welsh_words_are_welsh() {
    let locale = Locale::named("cy").unwrap();
    let made = chart(Kind::Gap, (&union()).into(), &ChartOptions { locale, ..ChartOptions::default() }).unwrap();
    let svg = made.svg();
    for word in ["Gwlad Belg", "Yr Almaen", "Heb ei ryddhau", "Ffynhonnell:", "O blith"] {
        assert!(svg.contains(word), "{word}");
    }
    for word in ["Belgium", "Not released", "Source:", "No evidence", "Workers", "below the line", "Gap,"] {
        assert!(!svg.contains(word) && !made.describe().contains(word), "{word}");
    }
}

#[test]
fn what_is_to_stand_out_does_in_every_kind_but_the_waterfall() {
    let (states, union) = (states(), union());
    let texas = |options: &ChartOptions| ChartOptions { highlight: vec!["TX".to_owned()], ..options.clone() };
    let all = ChartOptions { regions: vec!["each".to_owned()], ..density() };
    for kind in [Kind::Trend, Kind::SmallMultiples, Kind::Interval, Kind::Heatmap, Kind::Tiles, Kind::Slope, Kind::Scatter] {
        let [plain, marked] = [all.clone(), texas(&all)].map(|o| chart(kind, (&states).into(), &o).unwrap());
        assert_ne!(without_ids(&plain), without_ids(&marked), "{kind}");
        assert_eq!(plain.numbers().height(), marked.numbers().height(), "{kind}");
    }
    let germany = ChartOptions { highlight: vec!["DE".to_owned()], ..ChartOptions::default() };
    let [plain, marked] = [ChartOptions::default(), germany].map(|o| chart(Kind::Gap, (&union).into(), &o).unwrap());
    assert_ne!(without_ids(&plain), without_ids(&marked));
    // Of 51 lines Texas alone is in colour, and it has its name.
    let lines = chart(Kind::Trend, (&states).into(), &texas(&all)).unwrap();
    let colours = Theme::Light.palette().series.map(|c| format!("stroke=\"{}\"", c.hex()));
    assert!(lines.svg().contains(&colours[0]) && !colours[1..].iter().any(|c| lines.svg().contains(c)));
    assert!(lines.title().starts_with("Texas: ") && lines.picture().texts().iter().any(|t| t.text.starts_with("Texas ")));
    let split = ChartOptions { periods: vec!["2012".parse().unwrap(), "2022".parse().unwrap()], ..density() };
    let error = chart(Kind::Waterfall, (&states).into(), &texas(&split)).unwrap_err();
    assert!(error.to_string().contains("takes no highlight"), "{error}");
}

/// A drawing without its identifiers, which are made from its bytes.
fn without_ids(made: &Chart) -> String {
    made.svg().replace(&made.picture().id, "")
}

#[test]
fn what_is_asked_wrongly_is_refused_with_the_choices() {
    let (states, union) = (states(), union());
    let of = |options: ChartOptions| chart(Kind::Interval, (&states).into(), &options).unwrap_err().to_string();
    assert!(of(ChartOptions::default()).contains("choose one of density, coverage"));
    assert!(of(ChartOptions { regions: vec!["XX".into()], ..density() }).contains("XX"));
    assert!(of(ChartOptions { target: Some("t".into()), ..density() }).contains("plan"));
    assert!(of(ChartOptions { level: Some(95.0), ..density() }).contains("0.95"));
    assert!(of(ChartOptions { highlight: vec!["XX".into()], ..density() }).contains("XX"));
    let gap = chart(Kind::Gap, (&states).into(), &density()).unwrap_err();
    assert!(gap.is_need() && gap.to_string().contains("target"), "{gap}");
    let bounds = chart(Kind::Bounds, (&states).into(), &density()).unwrap_err();
    assert!(bounds.is_need() && bounds.to_string().contains("records"), "{bounds}");
    let level = ChartOptions { level: Some(0.9), ..ChartOptions::default() };
    assert!(chart(Kind::Gap, (&union).into(), &level).unwrap_err().to_string().contains("own level"));
    let two = ChartOptions { regions: vec!["DE".into(), "FR".into()], ..ChartOptions::default() };
    assert!(chart(Kind::Trend, (&union).into(), &two).unwrap_err().to_string().contains("one region of the target"));
    let target = ChartOptions { target: Some("nope".into()), ..ChartOptions::default() };
    assert!(chart(Kind::Gap, (&union).into(), &target).unwrap_err().to_string().contains("coverage-80"));
}

#[test]
fn every_figure_of_the_bundled_reports_is_one_drawing_for_light_and_dark() {
    for name in Plan::builtin_names() {
        let plan = Plan::builtin(name).unwrap();
        let report = plan.assess(plan.gather().unwrap()).unwrap().release("2026-01-01".parse().unwrap()).unwrap();
        for width in [390.0, 720.0] {
            let figures = |theme| {
                let look = ChartOptions { theme, titles: Titles::Page, width: Width::Pixels(width), ..ChartOptions::default() };
                report_figures(&report, &look).unwrap()
            };
            let (light, dark) = (figures(Theme::Light), figures(Theme::Dark));
            assert_eq!(light.len(), dark.len());
            for (l, d) in light.iter().zip(&dark) {
                assert!(l.chart.stamp().is_none());
                let joined = Tones::default().join(&l.chart.svg(), &d.chart.svg());
                assert!(joined.contains("var(--t0)"), "{name}: {} at {width}", l.name);
            }
        }
    }
}
