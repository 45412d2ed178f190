//! How projections would have done: from every origin with the figures known then, against the figures that came.

use std::error::Error;

use rayon::prelude::*;
use undeb::{
    Estimate, Estimates, Interval, Measure, Period, ProjectedPeriod, ProjectionOptions, PublishedTable, Registry, Trend,
    TrendModel, TrendOptions,
};

/// Years ahead that are judged.
const HORIZONS: [usize; 3] = [1, 5, 10];
/// Levels of the intervals whose coverage is counted.
const LEVELS: [f64; 2] = [0.8, 0.95];
/// The design effect that is assumed for the sampling errors, as in the bundled plan.
const DESIGN_EFFECT: f64 = 1.5;

/// Ways of looking ahead, in the order of the columns: the model, the last figure, the straight line.
const WAYS: [&str; 3] = ["trend", "last value", "straight line"];

/// What one way said of one figure: how far above its point the figure came out, and for each level the interval about it.
#[derive(Clone, Copy)]
struct Said {
    above_point: f64,
    above: [bool; LEVELS.len()],
    below: [bool; LEVELS.len()],
    width: [f64; LEVELS.len()],
}

/// One figure to come, and what each way said of it.
struct Case {
    sector: String,
    measure: Measure,
    origin: i32,
    horizon: usize,
    said: [Said; WAYS.len()],
}

fn said(figure: f64, point: f64, interval: impl Fn(f64) -> Interval) -> Said {
    let intervals = LEVELS.map(interval);
    Said {
        above_point: figure - point,
        above: intervals.map(|i| figure > i.high),
        below: intervals.map(|i| figure < i.low),
        width: intervals.map(|i| i.high - i.low),
    }
}

/// Interval of a symmetric error, as a normal distribution has it.
fn around(point: f64, variance: f64) -> impl Fn(f64) -> Interval {
    move |level| {
        let half = undeb::survey::distribution::normal_quantile(0.5 + level / 2.0) * variance.max(0.0).sqrt();
        Interval { low: point - half, high: point + half }
    }
}

/// Standard error of a figure of size `p` on the sample of another; never nothing.
fn noise(sample: &Estimate, p: f64) -> f64 {
    let undeb::Uncertainty::Sampling { effective_n, .. } = sample.uncertainty else { return 0.0 };
    let p = p.clamp(0.5 / effective_n, 1.0 - 0.5 / effective_n);
    (p * (1.0 - p) / effective_n).sqrt()
}

fn judge(ahead: &ProjectedPeriod, trend: &Trend, last: &Estimate, figure: &Estimate) -> Option<[Said; WAYS.len()]> {
    let (now, came) = (last.value?, figure.value?);
    let of_trend = said(came, ahead.median(), |level| ahead.figure_interval(level));
    // Naive: it stays as it is, and both figures have their sampling errors.
    let of_last = said(came, now, around(now, 2.0 * noise(last, now).powi(2)));
    let (line, _) = trend.line()?;
    let (point, se) = line.at(figure.period.years_since(last.period));
    let of_line = said(came, point, around(point, se * se + noise(last, point).powi(2)));
    Some([of_trend, of_last, of_line])
}

/// Every figure to come of one series from one origin.
fn cases(
    estimates: &Estimates,
    measure: Measure,
    region: &str,
    sector: &str,
    origin: i32,
    options: &TrendOptions,
) -> undeb::Result<Vec<Case>> {
    let until = Period::year(origin);
    let known =
        estimates.clone().filter(|e| e.measure == measure && &*e.region == region && &*e.sector == sector && e.period <= until);
    let series = known.track(measure, region, sector)?;
    let trend = series.trend(options)?;
    let longest = HORIZONS[HORIZONS.len() - 1];
    let projection = trend.project(&ProjectionOptions::to(until.later(longest)))?;
    let Some(last) = series.figures().last() else { return Ok(Vec::new()) };
    let case = |horizon: usize| {
        let ahead = projection.periods().get(horizon - 1)?;
        let figure = estimates.get(measure, ahead.period, region, sector)?;
        let said = judge(ahead, &trend, last, figure)?;
        Some(Case { sector: sector.to_owned(), measure, origin, horizon, said })
    };
    Ok(HORIZONS.into_iter().filter_map(case).collect())
}

fn all(origins: std::ops::RangeInclusive<i32>, options: &TrendOptions) -> Result<Vec<Case>, Box<dyn Error>> {
    let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    let estimates = table.estimate(&[Measure::Density, Measure::Coverage], Some(DESIGN_EFFECT))?;
    let mut keys: Vec<(Measure, String, String)> = estimates
        .cells()
        .iter()
        .filter(|e| !e.rolled_up)
        .map(|e| (e.measure, e.region.to_string(), e.sector.to_string()))
        .collect();
    keys.sort();
    keys.dedup();
    let done: undeb::Result<Vec<Vec<Case>>> = keys
        .par_iter()
        .flat_map_iter(|key| origins.clone().map(move |origin| (key, origin)))
        .map(|((measure, region, sector), origin)| {
            let one = estimates.clone().filter(|e| e.measure == *measure && *e.region == **region && *e.sector == **sector);
            cases(&one, *measure, region, sector, origin, options)
        })
        .collect();
    Ok(done?.into_iter().flatten().collect())
}

/// One row of a table, the way's name first.
fn score(cases: &[&Case], way: usize) -> String {
    let n = cases.len().max(1) as f64;
    let mean = |of: &dyn Fn(&Said) -> f64| 100.0 * cases.iter().map(|c| of(&c.said[way])).sum::<f64>() / n;
    let share = |of: &dyn Fn(&Said) -> bool| mean(&|s| f64::from(u8::from(of(s))));
    let held = |level: usize| share(&|s| !s.above[level] && !s.below[level]);
    let row = format!(
        "{:.2} | {:+.2} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1}",
        mean(&|s| s.above_point.abs()),
        mean(&|s| s.above_point),
        held(0),
        share(&|s| s.above[0]),
        share(&|s| s.below[0]),
        mean(&|s| s.width[0]),
        held(1),
        mean(&|s| s.width[1]),
    );
    format!("{} | {}", WAYS[way], row.replace('-', "\u{2212}"))
}

fn rows(cases: &[Case], title: &str, of: &dyn Fn(&Case) -> bool) -> String {
    let mut text = String::new();
    for horizon in HORIZONS {
        let chosen: Vec<&Case> = cases.iter().filter(|c| c.horizon == horizon && of(c)).collect();
        for way in 0..WAYS.len() {
            text.push_str(&format!("| {title} | {horizon} | {} | {} |\n", chosen.len(), score(&chosen, way)));
        }
    }
    text
}

const HEADER: &str = "| figures | years ahead | cases | way | mean absolute error, points | figure less point, mean | in the 80 % interval, % | above it, % | below it, % | its width, points | in the 95 % interval, % | its width, points |\n| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";

/// `bench backtest rule`: the early origins alone, each model by itself, to choose the rule by.
pub(crate) fn rule() -> Result<(), Box<dyn Error>> {
    println!("{HEADER}");
    let choices = [None].into_iter().chain(TrendModel::ALL.map(Some));
    for model in choices {
        let cases = all(1995..=2004, &TrendOptions { model, ..TrendOptions::default() })?;
        print!("{}", rows(&cases, model.map_or("chosen", TrendModel::id), &|_| true));
    }
    Ok(())
}

/// `bench backtest`: the tables of docs/BACKTEST.md.
pub(crate) fn tables() -> Result<(), Box<dyn Error>> {
    let cases = all(1995..=2017, &TrendOptions::default())?;
    println!("## Origins 2005 to 2017\n\nThese did not serve to choose the rule.\n");
    let late = |c: &Case| c.origin >= 2005;
    print!("{HEADER}{}", rows(&cases, "all", &late));
    println!("\n## Origins 1995 to 2004\n\nThese served to choose the rule.\n");
    print!("{HEADER}{}", rows(&cases, "all", &|c| c.origin < 2005));
    println!("\n## Origins 2005 to 2017 by sector and measure\n");
    print!("{HEADER}");
    for measure in [Measure::Density, Measure::Coverage] {
        for sector in ["all", "public", "private", "private_construction", "private_manufacturing"] {
            let title = format!("{}, {sector}", measure.id());
            print!("{}", rows(&cases, &title, &|c| late(c) && c.measure == measure && c.sector == sector));
        }
    }
    Ok(())
}
