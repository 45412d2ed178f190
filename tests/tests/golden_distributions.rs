//! Quantiles and intervals against values that R computed (recipes in `golden/README.md`), and that no call hangs.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::{Duration, Instant};

use undeb::survey::distribution::{beta_cdf, beta_quantile, normal_cdf, normal_quantile, t_cdf, t_quantile};
use undeb::survey::interval::{critical_value, korn_graubard, wilson};
use undeb_tests::Rows;

/// No single call may take longer, even unoptimised on a busy computer.
const PATIENCE: Duration = Duration::from_millis(50);

fn relative(ours: f64, theirs: f64) -> f64 {
    if ours == theirs { 0.0 } else { (ours - theirs).abs() / theirs.abs() }
}

#[test]
fn quantiles_agree_with_r() {
    let golden = Rows::read("tests/golden/quantiles_R.csv");
    let mut wrong = Vec::new();
    let mut seen = [0; 3];
    let mut worst = [0.0_f64; 3];
    for row in 0..golden.len() {
        let [a, b, p, r] = ["a", "b", "p", "r"].map(|c| golden.number(row, c).unwrap());
        let begun = Instant::now();
        let (kind, ours) = match golden.text(row, "fn") {
            "qnorm" => (0, normal_quantile(p)),
            "qt" => (1, t_quantile(p, a)),
            _ => (2, beta_quantile(p, a, b)),
        };
        let took = begun.elapsed();
        seen[kind] += 1;
        // Where R writes 0 or its smallest number, ours has to be as small.
        let error = if r.abs() < 1e-300 { if ours.abs() < 1e-300 { 0.0 } else { f64::INFINITY } } else { relative(ours, r) };
        // The log of the root moves by 1/a for a unit of log p, so a shape near 0 costs digits by nature.
        let tolerance = if kind == 2 { (1e-13 / a).max(1e-9) } else { 1e-9 };
        worst[kind] = worst[kind].max(error * 1e-9 / tolerance);
        if !(error <= tolerance && took < PATIENCE) {
            wrong.push(format!("{}({p}, {a}, {b}) = {ours}, R {r}: {error:e} in {took:?}", golden.text(row, "fn")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(seen[0] >= 13 && seen[1] >= 60 && seen[2] >= 170, "{seen:?}");
    // What is really reached: the normal to the last digits, the others far below the promise.
    assert!(worst[0] < 1e-14 && worst[1] < 1e-10 && worst[2] < 1e-9, "{worst:?}");
}

#[test]
fn probabilities_agree_with_r() {
    let golden = Rows::read("tests/golden/cdf_R.csv");
    assert_eq!(golden.len(), 209);
    let mut worst = [0.0_f64; 4];
    for row in 0..golden.len() {
        let g = |c| golden.number(row, c).unwrap();
        let begun = Instant::now();
        let (kind, ours) = match golden.text(row, "fn") {
            "pnorm" => (0, normal_cdf(g("x"))),
            "pt" => (1, t_cdf(g("x"), golden.text(row, "a").replace("Inf", "inf").parse().unwrap())),
            // With shapes 3 and 1e8 the fraction starts with a difference of nearly equal numbers.
            _ => (if g("b") > 1e7 { 3 } else { 2 }, beta_cdf(g("x"), g("a"), g("b"))),
        };
        assert!(begun.elapsed() < PATIENCE, "row {row}");
        let error = relative(ours, g("r"));
        worst[kind] = worst[kind].max(error);
        let tolerance = if kind == 3 { 1e-8 } else { 1e-10 };
        assert!(error < tolerance, "row {row}: {ours}, R {}: {error:e}", g("r"));
    }
    // What is really reached: the normal to the last digits, the others below the promise.
    assert!(worst[0] < 1e-14 && worst[1] < 5e-11 && worst[2] < 1e-12, "{worst:?}");
}

#[test]
fn probabilities_turn_quantiles_back() {
    for p in [1e-12, 1e-4, 0.025, 0.3, 0.5, 0.8, 0.975] {
        for df in [0.5, 1.0, 7.0, 48.0, 1e4, 1e6, 2e6, 1e9, f64::INFINITY] {
            assert!(relative(t_cdf(t_quantile(p, df), df), p) < 1e-10, "t({p}, {df})");
        }
        for (a, b) in [(0.5, 0.5), (2.0, 8.0), (150.0, 3.0), (1e6, 1e6)] {
            assert!(relative(beta_cdf(beta_quantile(p, a, b), a, b), p) < 1e-10, "beta({p}, {a}, {b})");
        }
    }
    assert!(t_cdf(1.0, 0.0).is_nan() && t_cdf(f64::NAN, 3.0).is_nan() && beta_cdf(0.5, -1.0, 2.0).is_nan());
    assert_eq!([-0.1, 0.0, 1.0, 1.1].map(|x| beta_cdf(x, 2.0, 3.0)), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!([f64::NEG_INFINITY, f64::INFINITY].map(|t| t_cdf(t, 3.0)), [0.0, 1.0]);
}

#[test]
fn half_of_a_symmetric_beta_lies_below_one_half() {
    for shape in [0.01, 0.5, 1.0, 30.0, 1e4, 1e6, 1e8, 1e9] {
        let median = beta_quantile(0.5, shape, shape);
        assert!((median - 0.5).abs() < 1e-12, "{shape}: {median}");
    }
}

#[test]
fn a_beta_quantile_and_its_mirror_add_to_one() {
    for (a, b) in [(0.3, 4.0), (2.0, 8.0), (150.0, 3.0), (1e5, 2e7), (1e8, 1e8), (1.0, 1e8)] {
        for p in [0.005, 0.025, 0.3, 0.7, 0.975] {
            let sum = beta_quantile(p, a, b) + beta_quantile(1.0 - p, b, a);
            assert!((sum - 1.0).abs() < 1e-9, "({p}, {a}, {b}): {sum}");
        }
    }
}

#[test]
fn calls_that_hang_elsewhere_return_at_once() {
    let begun = Instant::now();
    let mut calls = 0;
    for p in [1e-12, 1e-6, 0.025, 0.5, 0.975, 1.0 - 1e-9] {
        for df in [0.1, 0.5, 1e6, 1.000001e6, 1e8, 1e12, f64::INFINITY] {
            assert!(t_quantile(p, df).is_finite(), "t({p}, {df})");
            calls += 1;
        }
        for a in [1e-12, 1e-6, 0.01, 0.5, 1.0, 1e3, 1e6, 1e8, 1e10] {
            for b in [1e-6, 0.5, 1.0, 2.5, 1e4, 1e8, 1e10] {
                let q = beta_quantile(p, a, b);
                assert!((0.0..=1.0).contains(&q), "beta({p}, {a}, {b}) = {q}");
                calls += 1;
            }
        }
    }
    let took = begun.elapsed();
    assert!(took < PATIENCE * calls, "{calls} calls took {took:?}");
}

#[test]
fn what_is_no_probability_or_shape_gives_no_number() {
    for bad in [f64::NAN, -1.0, 0.0] {
        assert!(t_quantile(0.9, bad).is_nan());
    }
    assert!(
        t_quantile(1.5, 3.0).is_nan() && beta_quantile(0.5, -1.0, 2.0).is_nan() && beta_quantile(f64::NAN, 1.0, 2.0).is_nan()
    );
    assert_eq!((beta_quantile(0.3, 0.0, 5.0), beta_quantile(0.3, 5.0, 0.0)), (0.0, 1.0));
}

#[test]
fn intervals_agree_with_r() {
    let golden = Rows::read("tests/golden/intervals.csv");
    assert_eq!(golden.len(), 88);
    for row in 0..golden.len() {
        let g = |c| golden.number(row, c).unwrap();
        let (case, level, p, t) = (golden.text(row, "case"), g("level"), g("p"), critical_value(g("level"), Some(g("df"))));
        let adjusted = g("n_eff") * (critical_value(level, Some(g("n") - 1.0)) / t).powi(2);
        assert!(relative(adjusted, g("n_eff_df")) < 1e-9, "{case}: {adjusted}");
        let w = wilson(p, g("n_eff"), t);
        let kg = korn_graubard(p, g("n_eff_df"), level);
        let ours = [w.low, w.high, kg.low, kg.high];
        for (ours, column) in ours.into_iter().zip(["wilson_low", "wilson_high", "kg_low", "kg_high"]) {
            // Ends at 0 carry rounding of 1e-17 in R and are exact here.
            let error = if g(column).abs() < 1e-15 { ours.abs() } else { relative(ours, g(column)) };
            assert!(error < 1e-9, "{case} at {level}, {column}: {ours} against {}", g(column));
        }
    }
}
