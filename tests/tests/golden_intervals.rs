//! Every method of interval against R (recipe in `golden/README.md`), what happens at the edges, and laws that hold everywhere.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use undeb::survey::interval::{Flag, Interval, Method, Outcome, proportion};
use undeb_tests::Rows;

const NAMES: [&str; 6] = ["wald", "logit", "wilson", "agresti-coull", "korn-graubard", "korn-graubard-nchs"];

fn methods() -> [Method; 6] {
    NAMES.map(|name| name.parse().unwrap())
}

/// Finite, never empty of width, and inside [0, 1] unless flagged.
fn sane(outcome: &Outcome) -> bool {
    outcome.interval.is_none_or(|Interval { low, high }| {
        let inside = (0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high);
        low.is_finite() && high.is_finite() && low < high && inside != outcome.flags.contains(&Flag::BeyondUnit)
    })
}

#[test]
fn every_method_agrees_with_r() {
    let golden = Rows::read("tests/golden/intervals_all.csv");
    assert_eq!(golden.len(), 88);
    let (mut compared, mut worst) = (0, 0.0_f64);
    for row in 0..golden.len() {
        let g = |c: &str| golden.number(row, c);
        let [p, variance, n, df, level] = ["p", "variance", "n", "df", "level"].map(|c| g(c).unwrap());
        let what = format!("{} at {level}", golden.text(row, "case"));
        for (name, method) in NAMES.into_iter().zip(methods()) {
            let ours = proportion(p, variance, n, Some(df), level, method);
            let column = name.replace('-', "_");
            let theirs = (g(&format!("{column}_low")), g(&format!("{column}_high")));
            assert_eq!(ours.interval.is_some(), theirs.0.is_some(), "{what}, {name}");
            assert_eq!(ours.flags.contains(&Flag::AtBoundary), p == 0.0, "{what}, {name}");
            assert!(sane(&ours), "{what}, {name}: {ours:?}");
            let rests_on = match method {
                Method::KornGraubard { truncate: false } => g("n_eff_df").unwrap(),
                Method::KornGraubard { truncate: true } => g("n_eff_df").unwrap().min(n),
                _ => g("n_eff").unwrap(),
            };
            assert!((ours.effective_n.unwrap() / rests_on - 1.0).abs() < 1e-10, "{what}, {name}: {ours:?}");
            if let (Some(ours), (Some(low), Some(high))) = (ours.interval, theirs) {
                for (ours, theirs) in [(ours.low, low), (ours.high, high)] {
                    worst = worst.max((ours - theirs).abs());
                    assert!((ours - theirs).abs() < 1e-8, "{what}, {name}: {ours} against {theirs}");
                    compared += 1;
                }
            }
        }
    }
    // 12 ends in each of 88 rows; the 6 cells without members have no Wald and no logit.
    assert_eq!(compared, 88 * 12 - 12 * 4);
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn methods_are_known_by_name() {
    for (name, method) in NAMES.into_iter().zip(methods()) {
        assert_eq!(method.to_string(), name);
    }
    let unknown = "wilsn".parse::<Method>().unwrap_err();
    assert!(unknown.is_schema() && unknown.to_string().contains("did you mean `wilson`?"), "{unknown}");
    for name in NAMES {
        assert!(unknown.to_string().contains(name), "{unknown}");
    }
    assert_eq!(Method::default(), Method::Wilson);
}

#[test]
fn at_zero_and_one_the_records_speak() {
    for method in methods() {
        let zero = proportion(0.0, 0.0, 40.0, Some(9.0), 0.95, method);
        let one = proportion(1.0, 0.0, 40.0, Some(9.0), 0.95, method);
        assert_eq!((&zero.flags, &one.flags), (&vec![Flag::AtBoundary], &vec![Flag::AtBoundary]));
        // Rounding on either side of the edge changes nothing.
        for (p, v) in [(-1e-17, 0.0), (-1e-17, -1e-20), (1e-15, 1e-30), (0.0, 0.3)] {
            assert_eq!(proportion(p, v, 40.0, Some(9.0), 0.95, method), zero, "{method} {p} {v}");
        }
        assert_eq!(proportion(1.0 + 2e-16, 0.0, 40.0, Some(9.0), 0.95, method), one);
        if let (Some(zero), Some(one)) = (zero.interval, one.interval) {
            assert_eq!((zero.low, one.high), (0.0, 1.0), "{method}");
            assert!((zero.high + one.low - 1.0).abs() < 1e-9 && zero.high > 0.05, "{method}: {zero:?} {one:?}");
        } else {
            assert!(matches!(method, Method::Wald | Method::Logit) && zero.interval.is_none() && one.interval.is_none());
        }
    }
}

#[test]
fn without_spread_the_records_count_as_a_simple_sample() {
    for method in methods() {
        let still = proportion(0.3, 0.0, 50.0, Some(12.0), 0.95, method);
        let simple = proportion(0.3, 0.3 * 0.7 / 50.0, 50.0, Some(12.0), 0.95, method);
        assert_eq!(still.flags, [Flag::ZeroVariance]);
        let (a, b) = (still.interval.unwrap(), simple.interval.unwrap());
        assert!((a.low - b.low).abs() < 1e-12 && (a.high - b.high).abs() < 1e-12, "{method}: {a:?} {b:?}");
        // Degrees of freedom of the whole design do not make 3 records count for more than 3.
        let few = proportion(0.5, 0.0, 3.0, Some(48.0), 0.95, method);
        assert!(few.effective_n.unwrap() <= 3.0 && few.interval.unwrap().width() > 0.4, "{method}: {few:?}");
    }
}

#[test]
fn one_record_or_everybody() {
    for method in methods() {
        let one = proportion(1.0, 0.0, 1.0, Some(3.0), 0.95, method);
        assert_eq!(one.flags, [Flag::AtBoundary, Flag::OneRecord]);
        assert!(sane(&one) && one.interval.is_none_or(|i| i.width() > 0.5), "{method}: {one:?}");
        for p in [0.0, 0.4, 1.0] {
            let all = proportion(p, 0.0, f64::INFINITY, Some(0.0), 0.95, method);
            assert_eq!(all.interval, Some(Interval { low: p, high: p }));
            assert_eq!((all.flags, all.effective_n), (vec![Flag::CompleteEnumeration], None));
        }
        // Not everybody, after all: the variance speaks.
        let some = proportion(0.4, 0.001, f64::INFINITY, None, 0.95, method);
        assert!(some.interval.unwrap().width() > 0.05 && some.flags.is_empty(), "{method}: {some:?}");
    }
}

#[test]
fn no_interval_comes_with_its_reason() {
    for method in methods() {
        for (p, v, n, df, level, flag) in [
            (0.3, 0.001, 50.0, Some(0.0), 0.95, Flag::NoDegreesOfFreedom),
            (0.3, 0.001, 50.0, Some(-2.0), 0.95, Flag::NoDegreesOfFreedom),
            (0.3, 0.001, 50.0, Some(f64::NAN), 0.95, Flag::NoDegreesOfFreedom),
            (0.3, 0.001, 50.0, Some(1e-4), 0.95, Flag::NoDegreesOfFreedom),
            (-0.01, 0.001, 50.0, None, 0.95, Flag::NotAProportion),
            (1.01, 0.001, 50.0, None, 0.95, Flag::NotAProportion),
            (f64::NAN, 0.001, 50.0, None, 0.95, Flag::NotAProportion),
            (0.3, -0.001, 50.0, None, 0.95, Flag::NoVariance),
            (0.3, f64::NAN, 50.0, None, 0.95, Flag::NoVariance),
            (0.3, f64::INFINITY, 50.0, None, 0.95, Flag::NoVariance),
            (0.3, 0.001, 0.0, None, 0.95, Flag::NoSample),
            (0.3, 0.001, f64::NAN, None, 0.95, Flag::NoSample),
            (0.3, 0.001, 50.0, None, 1.0, Flag::NoLevel),
            (0.3, 0.001, 50.0, None, 0.0, Flag::NoLevel),
            (0.3, 0.001, 50.0, None, f64::NAN, Flag::NoLevel),
        ] {
            let outcome = proportion(p, v, n, df, level, method);
            assert_eq!((outcome.interval, outcome.flags), (None, vec![flag]), "{method} {p} {v} {n} {df:?} {level}");
        }
        let both = proportion(0.0, 0.0, 50.0, Some(0.0), 0.95, method);
        assert_eq!((both.interval, both.flags), (None, vec![Flag::AtBoundary, Flag::NoDegreesOfFreedom]));
    }
}

#[test]
fn wald_says_where_it_leaves_the_unit_interval() {
    let beyond = proportion(0.02, 0.0004, 50.0, Some(10.0), 0.95, Method::Wald);
    assert!(beyond.interval.unwrap().low < 0.0);
    assert_eq!(beyond.flags, [Flag::BeyondUnit]);
    assert!(proportion(0.5, 0.0004, 50.0, Some(10.0), 0.95, Method::Wald).flags.is_empty());
}

#[test]
fn nothing_hangs_and_everything_is_sane_at_any_size() {
    let begun = Instant::now();
    let mut calls = 0;
    for method in methods() {
        for p in [0.0, 1e-12, 1e-10, 1e-3, 0.5, 0.999, 1.0 - 1e-12, 1.0] {
            for n in [1.0, 2.0, 30.0, 1e6, 1e10, 1e15] {
                for deff in [0.0, 1e-9, 0.5, 1.0, 50.0, 1e6] {
                    for df in [None, Some(0.3), Some(1.0), Some(1e3), Some(1e9), Some(f64::INFINITY)] {
                        for level in [0.01, 0.95, 0.999_999] {
                            let outcome = proportion(p, deff * p * (1.0 - p) / n, n, df, level, method);
                            assert!(sane(&outcome), "{method} {p} {n} {deff} {df:?} {level}: {outcome:?}");
                            calls += 1;
                        }
                    }
                }
            }
        }
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(5) * calls, "{calls} calls took {took:?}");
}

proptest! {
    #![proptest_config(undeb_tests::search(400))]

    /// For 0 < p < 1 every interval contains `p`; all but Wald's lie in [0, 1], and Wald's says where it does not; a
    /// higher level gives an interval that contains the lower one's, where `df` is at most `n - 1`, as it is in a design.
    #[test]
    fn intervals_contain_the_proportion_and_grow_with_the_level(
        p in 0.0005..0.9995_f64, n in 3_u32..3000, deff in 0.3..8.0_f64, share in 0.0..=1.0_f64, known in any::<bool>(),
        a in 0.5..0.999_f64, b in 0.5..0.999_f64,
    ) {
        let n = f64::from(n);
        let df = known.then(|| (1.0 + share * (n - 2.0)).floor());
        let variance = deff * p * (1.0 - p) / n;
        for method in methods() {
            let at = |level: f64| proportion(p, variance, n, df, level, method);
            let (narrow, wide) = (at(a.min(b)), at(a.max(b)));
            prop_assert!(sane(&narrow) && sane(&wide), "{method}: {narrow:?} {wide:?}");
            prop_assert!(method == Method::Wald || narrow.flags.is_empty());
            let (narrow, wide) = (narrow.interval.unwrap(), wide.interval.unwrap());
            prop_assert!(narrow.low <= p && p <= narrow.high, "{method}: {p} in {narrow:?}");
            prop_assert!(wide.low <= narrow.low + 1e-12 && narrow.high <= wide.high + 1e-12, "{method}: {narrow:?} {wide:?}");
        }
    }

    /// The interval of the complement is the mirror.
    #[test]
    fn the_complement_has_the_mirrored_interval(p in 0.001..0.999_f64, n in 3_u32..3000, deff in 0.3..8.0_f64) {
        let n = f64::from(n);
        let variance = deff * p * (1.0 - p) / n;
        for method in methods() {
            let [a, b] = [p, 1.0 - p].map(|p| proportion(p, variance, n, Some(12.0), 0.95, method).interval.unwrap());
            prop_assert!((a.low + b.high - 1.0).abs() < 1e-9 && (a.high + b.low - 1.0).abs() < 1e-9, "{method}: {a:?} {b:?}");
        }
    }

    /// Agresti and Coull's interval is never inside Wilson's; NCHS's never inside Korn and Graubard's.
    #[test]
    fn cautious_methods_are_wider(p in 0.001..0.999_f64, n in 3_u32..3000, deff in 0.3..8.0_f64) {
        let n = f64::from(n);
        let at = |m: &str| proportion(p, deff * p * (1.0 - p) / n, n, Some(12.0), 0.95, m.parse().unwrap()).interval.unwrap();
        for (wide, narrow) in [("agresti-coull", "wilson"), ("korn-graubard-nchs", "korn-graubard")] {
            let (w, i) = (at(wide), at(narrow));
            prop_assert!(w.low <= i.low + 1e-12 && i.high <= w.high + 1e-12, "{wide} {w:?} {narrow} {i:?}");
        }
    }
}
