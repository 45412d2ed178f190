//! State-space models with known sampling variances, against statsmodels and numpy (recipe in `golden/README.md`).

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use serde_json::Value;
use undeb::dynamics::{Ahead, Free, Mixture, Model, Observations, Start, State, Structure, Variances, first_passage, logit};
use undeb_tests::project;

fn golden(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(project().join(format!("tests/golden/{name}.json"))).unwrap()).unwrap()
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours} against {theirs}");
}

/// The series of the golden case: 24 years, two of them without a survey.
fn observations(golden: &Value) -> (Observations, usize) {
    let (y, v) = (numbers(&golden["logit"]), numbers(&golden["v"]));
    let missing: Vec<usize> = numbers(&golden["missing_index"]).iter().map(|m| *m as usize).collect();
    let at: Vec<usize> = (0..y.len()).filter(|i| !missing.contains(i)).collect();
    let pick = |of: &[f64]| at.iter().map(|&i| of[i]).collect::<Vec<_>>();
    (Observations::new(at.clone(), pick(&y), &pick(&v)).unwrap(), y.len())
}

fn start(weight: f64, posterior: &undeb::dynamics::Posterior<'_>, last: usize, anchor: usize) -> Start {
    let (mean, covariance) = posterior.joint(&[State::Level(last), State::Slope(last), State::Level(anchor)]);
    Start { weight, variances: posterior.variances(), mean: mean.try_into().unwrap(), covariance: covariance.try_into().unwrap() }
}

const SLOPE: Structure = Structure::Slope { damping: 1.0 };

/// Name in the file, structure, free variances, and how the file's parameters are read.
type Case = (&'static str, Structure, Free, fn(&[f64]) -> Variances);

fn cases() -> [Case; 4] {
    [
        ("level", Structure::Level, Free::Level, |p| Variances { level: p[0], slope: 0.0 }),
        ("rwdrift", SLOPE, Free::Level, |p| Variances { level: p[0], slope: 0.0 }),
        ("irw", SLOPE, Free::Slope, |p| Variances { level: 0.0, slope: p[0] }),
        ("llt", SLOPE, Free::Both, |p| Variances { level: p[0], slope: p[1] }),
    ]
}

#[test]
fn likelihood_states_forecasts_and_probabilities_agree_with_statsmodels() {
    let golden = golden("trend");
    let (observations, n) = observations(&golden);
    let line = logit(golden["target"].as_f64().unwrap());
    for (name, structure, _, variances) in cases() {
        let model = Model::new(structure, &observations).unwrap();
        for kind in ["fixed", "ml"] {
            let theirs = &golden["fits"][name][kind];
            let posterior = model.given(variances(&numbers(&theirs["params"]))).unwrap();
            near(posterior.log_likelihood(), theirs["loglik"].as_f64().unwrap(), 1e-9, name);
            let (mean, variance) = (numbers(&theirs["smoothed_level"]), numbers(&theirs["smoothed_var"]));
            for t in 0..n {
                let (m, v) = posterior.state(State::Level(t));
                near(m, mean[t], 1e-10, name);
                near(v, variance[t], 1e-12, name);
            }
            let start = start(1.0, &posterior, n - 1, 0);
            let (mean, variance) = (numbers(&theirs["forecast_mean"]), numbers(&theirs["forecast_var"]));
            let below = numbers(&theirs["prob_below_target"]);
            for h in 1..=mean.len() {
                let normal = start.ahead(structure, h, 0.0);
                near(normal.mean, mean[h - 1], 1e-10, name);
                near(normal.variance, variance[h - 1], 1e-11, name);
                near(Ahead(vec![normal]).at_most(line, 0.0), below[h - 1], 1e-9, name);
            }
        }
    }
}

#[test]
fn the_largest_likelihood_is_found_also_at_the_edge() {
    let golden = golden("trend");
    let (observations, _) = observations(&golden);
    for (name, structure, free, variances) in cases() {
        let theirs = &golden["fits"][name]["ml"];
        let ours = Model::new(structure, &observations).unwrap().maximise(free).unwrap();
        near(ours.log_likelihood, theirs["loglik"].as_f64().unwrap(), 1e-7, name);
        let params = variances(&numbers(&theirs["params"]));
        near(ours.variances.level, params.level, 1e-8, name);
        near(ours.variances.slope, params.slope, 1e-9, name);
    }
    // The level of the trend with both moves stands still, and it says so.
    let both = Model::new(SLOPE, &observations).unwrap().maximise(Free::Both).unwrap();
    assert_eq!(both.variances.level, 0.0);
}

#[test]
fn correlated_sampling_errors_agree_with_numpy() {
    let (golden, dense) = (golden("trend"), golden("trend_dense"));
    let (y, v) = (numbers(&golden["logit"]), numbers(&golden["v"]));
    let missing: Vec<usize> = numbers(&golden["missing_index"]).iter().map(|m| *m as usize).collect();
    let at: Vec<usize> = (0..y.len()).filter(|i| !missing.contains(i)).collect();
    let mut covariance = Vec::new();
    for i in &at {
        for j in &at {
            let correlation = [1.0, 0.35].get(i.abs_diff(*j)).copied().unwrap_or(0.0);
            covariance.push(correlation * (v[*i] * v[*j]).sqrt());
        }
    }
    let observations = Observations::correlated(at.clone(), at.iter().map(|&i| y[i]).collect(), covariance).unwrap();
    let model = Model::new(SLOPE, &observations).unwrap();
    let posterior = model.given(Variances { level: 4e-4, slope: 1.6e-5 }).unwrap();
    let theirs = &dense["lag1_corr_0.35_llt"];
    let correction = std::f64::consts::TAU.ln();
    near(posterior.log_likelihood(), theirs["restricted_loglik"].as_f64().unwrap() - correction, 1e-9, "likelihood");
    let (mean, variance) = (numbers(&theirs["mu"]), numbers(&theirs["var"]));
    let start = start(1.0, &posterior, y.len() - 1, 0);
    for t in 0..mean.len() {
        let (m, v) = if t < y.len() {
            posterior.state(State::Level(t))
        } else {
            let ahead = start.ahead(SLOPE, t + 1 - y.len(), 0.0);
            (ahead.mean, ahead.variance)
        };
        near(m, mean[t], 1e-10, "mean");
        near(v, variance[t], 1e-11, "variance");
    }
}

fn mixture_ahead(mixture: &Mixture<'_>, last: usize, h: usize) -> Ahead {
    Ahead(mixture.parts().iter().map(|p| start(p.weight, &p.posterior, last, 0).ahead(SLOPE, h, 0.0)).collect())
}

#[test]
fn not_knowing_the_variances_costs_certainty() {
    let (golden, dense) = (golden("trend"), golden("trend_dense"));
    let (observations, n) = observations(&golden);
    let model = Model::new(SLOPE, &observations).unwrap();
    let theirs = numbers(&dense["irw_mixture"]["prob_below_target"]);
    let grid: Vec<(f64, Variances)> = (0..200)
        .map(|i| 0.0002 + (0.04 - 0.0002) * f64::from(i) / 199.0)
        .map(|sd| (1.0, Variances { level: 0.0, slope: sd * sd }))
        .collect();
    let line = logit(golden["target"].as_f64().unwrap());
    let mixture = model.mixture(&grid).unwrap();
    for h in 1..=theirs.len() {
        near(mixture_ahead(&mixture, n - 1, h).at_most(line, 0.0), theirs[h - 1], 1e-8, "mixture");
    }
    // The grid that is chosen when none is given comes to the same, and the most likely variances alone do not.
    let maximum = model.maximise(Free::Slope).unwrap();
    let own = model.mixture(&model.grid(Free::Slope, &maximum)).unwrap();
    let ours = mixture_ahead(&own, n - 1, 11).at_most(line, 0.0);
    near(ours, theirs[10], 2e-3, "own grid");
    assert!(ours < numbers(&dense["irw_mixture"]["plug_in_ml"])[10] - 0.01);
}

#[test]
fn a_dozen_points_are_as_good_as_thousands_where_a_variance_may_be_zero() {
    // Synthetic: a straight line in log odds with errors so small that a slope which wanders is nearly ruled out.
    let wiggle = [0.3, -0.4, 0.1, 0.5, -0.2, -0.5, 0.4, 0.2, -0.3, 0.1, -0.1, 0.3, -0.4, 0.2];
    let y: Vec<f64> = wiggle.iter().enumerate().map(|(i, w)| -1.2 - 0.03 * i as f64 + 0.06 * w).collect();
    let observations = Observations::new((0..y.len()).collect(), y.clone(), &vec![0.0036; y.len()]).unwrap();
    let model = Model::new(SLOPE, &observations).unwrap();
    let of = |grid: &[(f64, Variances)]| {
        let mixture = model.mixture(grid).unwrap();
        (mixture_ahead(&mixture, y.len() - 1, 8).at_most(-1.75, 0.0), mixture.state(State::Level(y.len() - 1)).1.sqrt())
    };
    for free in [Free::Slope, Free::Level] {
        let maximum = model.maximise(free).unwrap();
        let largest = if free == Free::Slope { 0.25 } else { 0.5 };
        let dense: Vec<(f64, Variances)> = (0..4000)
            .map(|i| largest * (f64::from(i) + 0.5) / 4000.0)
            .map(|sd| {
                if free == Free::Slope {
                    (1.0, Variances { level: 0.0, slope: sd * sd })
                } else {
                    (1.0, Variances { level: sd * sd, slope: 0.0 })
                }
            })
            .collect();
        let (ours, theirs) = (of(&model.grid(free, &maximum)), of(&dense));
        near(ours.0, theirs.0, 2e-3, "probability");
        near(ours.1 / theirs.1, 1.0, 2e-3, "error of the level");
    }
}

#[test]
fn simulated_paths_agree_with_the_distribution_of_each_step() {
    let golden = golden("trend");
    let (observations, n) = observations(&golden);
    let model = Model::new(SLOPE, &observations).unwrap();
    let posterior = model.given(Variances { level: 4e-4, slope: 1.6e-5 }).unwrap();
    let start = start(1.0, &posterior, n - 1, 0);
    // Upwards: the chance of having been above a line by a step is no less than that of being above it there.
    let paths = 40_000;
    for line in [-2.0, -1.9, -1.7] {
        let first = first_passage(std::slice::from_ref(&start), SLOPE, 10, paths, 1, |_| line);
        let by = first.iter().sum::<usize>() as f64 / paths as f64;
        let at = 1.0 - Ahead(vec![start.ahead(SLOPE, 10, 0.0)]).at_most(line, 0.0);
        assert!(by >= at - 0.01, "{line}: {by} against {at}");
        let now = 1.0 - Ahead(vec![start.ahead(SLOPE, 0, 0.0)]).at_most(line, 0.0);
        near(first[0] as f64 / paths as f64, now, 0.01, "at once");
        assert_eq!(first, first_passage(std::slice::from_ref(&start), SLOPE, 10, paths, 1, |_| line));
    }
}
