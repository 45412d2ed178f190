//! Trends of the American private sector, 1973 to 2022 without 1982, against statsmodels (recipe in `golden/README.md`).

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use serde_json::Value;
use undeb::dynamics::{Ahead, Model, Observations, Start, State, Structure, Variances, logit};
use undeb::{Measure, PublishedTable, Registry, Series, TrendModel, TrendOptions};
use undeb_tests::project;

const FIRST: i32 = 1973;
const LAST: i32 = 2022;

fn private() -> Series {
    let table = PublishedTable::open("us-national", &Registry::bundled().unwrap()).unwrap();
    table.estimate(&[Measure::Density], Some(1.5)).unwrap().track(Measure::Density, "US", "private").unwrap()
}

fn golden() -> Value {
    serde_json::from_str(&fs::read_to_string(project().join("tests/golden/trend_us.json")).unwrap()).unwrap()
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1.0), "{what}: {ours} against {theirs}");
}

fn variances(fit: &Value) -> Variances {
    let q = numbers(&fit["variances"]);
    Variances { level: q[0], slope: q.get(1).copied().unwrap_or(0.0) }
}

/// The figures of the series on the log-odds scale, with the delta method by hand.
fn observations(series: &Series) -> Observations {
    let (mut at, mut y, mut v) = (Vec::new(), Vec::new(), Vec::new());
    for figure in series.figures() {
        let (p, se) = (figure.value.unwrap(), figure.se().unwrap());
        at.push((figure.period.calendar_year() - FIRST) as usize);
        y.push(logit(p));
        v.push((se / (p * (1.0 - p))).powi(2));
    }
    Observations::new(at, y, &v).unwrap()
}

#[test]
fn states_forecasts_and_probabilities_of_every_model() {
    let golden = golden();
    let series = private();
    assert_eq!(series.gaps(), ["1982".parse().unwrap()]);
    let observations = observations(&series);
    let line = logit(golden["line"].as_f64().unwrap());
    let last = (LAST - FIRST) as usize;
    for (name, fit) in golden["fits"].as_object().unwrap() {
        let structure = match name.as_str() {
            "local_level" => Structure::Level,
            "damped_trend" => Structure::Slope { damping: 0.9 },
            _ => Structure::Slope { damping: 1.0 },
        };
        let model = Model::new(structure, &observations).unwrap();
        let posterior = model.given(variances(fit)).unwrap();
        near(posterior.log_likelihood(), fit["log_likelihood"].as_f64().unwrap(), 1e-8, name);
        let (mean, covariance) = posterior.joint(&[State::Level(last), State::Slope(last), State::Level(0)]);
        let start = Start {
            weight: 1.0,
            variances: posterior.variances(),
            mean: mean.try_into().unwrap(),
            covariance: covariance.try_into().unwrap(),
        };
        let (level, variance, below) = (numbers(&fit["level"]), numbers(&fit["variance"]), numbers(&fit["below"]));
        for (i, period) in numbers(&fit["period"]).into_iter().enumerate() {
            let t = period as usize - FIRST as usize;
            if t <= last {
                let (m, v) = posterior.state(State::Level(t));
                near(m, level[i], 1e-8, name);
                near(v, variance[i], 1e-8, name);
            } else {
                let ahead = start.ahead(structure, t - last, 0.0);
                near(ahead.mean, level[i], 1e-8, name);
                near(ahead.variance, variance[i], 1e-8, name);
                near(Ahead(vec![ahead]).at_most(line, 0.0), below[i], 1e-7, name);
            }
        }
    }
}

#[test]
fn trends_of_the_series_find_the_same_variances_and_likelihoods() {
    let golden = golden();
    let series = private();
    for model in TrendModel::ALL {
        let theirs = &golden["fits"][model.id()];
        let trend = series.trend(&TrendOptions { model: Some(model), ..TrendOptions::default() }).unwrap();
        let expected = variances(theirs);
        near(trend.variances().level, expected.level, 1e-7, model.id());
        near(trend.variances().slope, expected.slope, 1e-7, model.id());
        let candidate = trend.candidates().iter().find(|c| c.model == model).unwrap();
        near(candidate.log_likelihood, theirs["log_likelihood"].as_f64().unwrap(), 1e-7, model.id());
    }
}
