//! Times the drawing of charts as SVG, on synthetic figures: `bench charts`.

use std::time::Instant;

use undeb_chart::trend::{Point, Series};
use undeb_chart::{Frame, Picture, Theme, interval, small_multiples, trend};

fn series(k: usize, years: usize) -> Series {
    let point = |t: usize| {
        let value = 0.3 - 0.002 * t as f64 + 0.01 * ((t + k) as f64 * 0.9).sin() + 0.002 * (k % 17) as f64;
        Point { x: 1985.0 + t as f64, value: Some(value), interval: Some((value - 0.02, value + 0.02)) }
    };
    Series { label: format!("Area number {k}"), points: (0..years).map(point).collect(), focus: k == 0, ..Series::default() }
}

fn time(name: &str, limit: f64, draw: impl Fn() -> Picture) {
    let bytes = draw().svg().len();
    let mut runs: Vec<f64> = (0..51)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(draw().svg());
            1000.0 * start.elapsed().as_secs_f64()
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    println!("{name:<44} {bytes:>7} bytes  median {:>7.3} ms  limit {limit} ms", runs[runs.len() / 2]);
}

/// A trend, an interval chart of 51 rows and a page of 51 panels with 40 periods each.
pub(super) fn run() {
    let frame = Frame { title: "Synthetic figures".to_owned(), ..Frame::default() };
    let lines = trend::Data { series: (0..4).map(|k| series(k, 40)).collect(), ..trend::Data::default() };
    time("trend, 4 series x 40 periods", 10.0, || trend::draw("t", &frame, &lines, Theme::Light));
    let row = |k: usize| interval::Row {
        label: format!("Area number {k}"),
        value: Some(0.1 + 0.005 * k as f64),
        interval: Some((0.08 + 0.005 * k as f64, 0.12 + 0.005 * k as f64)),
        emphasised: k > 40,
        ..interval::Row::default()
    };
    let rows = interval::Data { rows: (0..51).map(row).collect(), target: Some(0.25), ..interval::Data::default() };
    time("interval, 51 rows", 10.0, || interval::draw("i", &frame, &rows, Theme::Light));
    let panel =
        |k: usize| small_multiples::Panel { series: series(k, 40), target: Some(0.3), ..small_multiples::Panel::default() };
    let page = small_multiples::Data {
        panels: (0..51).map(panel).collect(),
        whole: Some(series(7, 40)),
        ..small_multiples::Data::default()
    };
    time("small multiples, 51 panels x 40 periods", 150.0, || small_multiples::draw("m", &frame, &page, Theme::Light));
}
