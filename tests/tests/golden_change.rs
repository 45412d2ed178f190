//! Changes between years through the kernel, their tests and adjusted p-values, against R (recipe in `golden/README.md`).

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::fs;

use proptest::prelude::*;
use serde_json::Value;
use undeb::survey::design::{Design, LonelyPsu};
use undeb::survey::function::Function;
use undeb::survey::rows::{OUT, Rows as Coded};
use undeb::survey::testing::{Adjustment, NoTest, Test, adjusted, difference, equivalence, smallest_detectable};
use undeb::survey::totals::Totals;
use undeb::survey::variance::variance;
use undeb_tests::{Rows, project};

fn golden() -> Value {
    serde_json::from_str(&fs::read_to_string(project().join("tests/golden/change.json")).unwrap()).unwrap()
}

fn numbers(values: &Value) -> Vec<Option<f64>> {
    values.as_array().unwrap().iter().map(Value::as_f64).collect()
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1e-3), "{what}: {ours} against {theirs}");
}

fn same(ours: &[Option<f64>], theirs: &[Option<f64>], what: &str) {
    assert_eq!(ours.len(), theirs.len());
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours.is_some(), theirs.is_some(), "{what} {i}");
        assert!((ours.unwrap_or(0.0) - theirs.unwrap_or(0.0)).abs() < 1e-12, "{what} {i}: {ours:?} against {theirs:?}");
    }
}

/// Union rates of employees by sector and region in 2023 and 2024, with the design of the labour survey.
struct Rates {
    design: Design,
    totals: Totals,
    cell: HashMap<[i64; 3], u32>,
}

impl Rates {
    fn of_labour_survey() -> Rates {
        let labour = Rows::read("tests/golden/labour.csv");
        let (mut strata, mut psus, mut cells) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (mut stratum_of, mut psu, mut cell, mut weight, mut union) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in 0..labour.len() {
            let g = |column: &str| labour.number(row, column).unwrap() as i64;
            let next = strata.len() as u32;
            let stratum = *strata.entry(g("stratum")).or_insert(next);
            let next = psus.len() as u32;
            psu.push(*psus.entry((stratum, g("psu"))).or_insert(next));
            if psus.len() > stratum_of.len() {
                stratum_of.push(stratum);
            }
            let next = cells.len() as u32;
            let employee = g("employee") == 1;
            cell.push(if employee { *cells.entry(["sector", "region", "year"].map(g)).or_insert(next) } else { OUT });
            weight.push(labour.number(row, "weight").unwrap());
            // Who is not employed has no answer, and is out of every cell.
            union.push(if employee { g("union") as u8 } else { 0 });
        }
        let design = Design::new(stratum_of, vec![0.0; strata.len()], LonelyPsu::Fail, |h| h.to_string()).unwrap();
        let rows = Coded { psu: &psu, cell: &cell, weight: &weight, answers: &[&union], amounts: &[] };
        let totals = Totals::accumulate(&rows, design.psus(), cells.len());
        Rates { design, totals, cell: cells }
    }

    fn rate(&self, key: [i64; 3]) -> Function {
        Function::rate(&self.totals, &[self.cell[&key]], 0).unwrap()
    }
}

#[test]
fn changes_and_their_tests() {
    let rates = Rates::of_labour_survey();
    let golden = golden();
    let cells = golden["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 20);
    let mut functions = Vec::new();
    for cell in cells {
        let key = |year: i64| [cell["sector"].as_i64().unwrap(), cell["region"].as_i64().unwrap(), year];
        let (before, after) = (rates.rate(key(2023)), rates.rate(key(2024)));
        functions.extend([after.minus(&before), before, after]);
    }
    let pairs: Vec<(u32, u32)> = (0..cells.len() as u32).map(|i| (3 * i + 1, 3 * i + 2)).collect();
    let v = variance(&rates.totals, &rates.design, &functions, &pairs);
    let mut p_values = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        let g = |name: &str| cell[name].as_f64().unwrap();
        let what = format!("sector {} region {}", cell["sector"], cell["region"]);
        near(functions[3 * i + 1].value, g("p1"), 1e-12, &what);
        near(functions[3 * i + 2].value, g("p2"), 1e-12, &what);
        near(functions[3 * i].value, g("diff"), 1e-12, &what);
        near(v.covariance[i], g("cov"), 1e-11, &what);
        let se = v.variance[3 * i].sqrt();
        near(se, g("se"), 1e-11, &what);
        near((v.variance[3 * i + 1] + v.variance[3 * i + 2]).sqrt(), g("se_indep"), 1e-11, &what);
        assert_eq!(v.df[3 * i], g("df"), "{what}");
        let test = difference(functions[3 * i].value, se, Some(v.df[3 * i]));
        match cell["p"].as_f64() {
            Some(p) => {
                let test = test.unwrap();
                near(test.statistic, g("t"), 1e-10, &what);
                near(test.p_value, p, 1e-11, &what);
                p_values.push(Some(test.p_value));
            }
            None => {
                assert_eq!(test, Err(NoTest::ZeroError), "{what}");
                p_values.push(None);
            }
        }
    }
    for (name, by) in METHODS {
        let theirs: Vec<_> = cells.iter().map(|cell| cell[name].as_f64()).collect();
        same(&adjusted(&p_values, by), &theirs, name);
    }
}

const METHODS: [(&str, Adjustment); 3] =
    [("BH", Adjustment::BenjaminiHochberg), ("BY", Adjustment::BenjaminiYekutieli), ("holm", Adjustment::Holm)];

#[test]
fn adjusted_p_values() {
    let golden = golden();
    let p = numbers(&golden["bh95"]["p"]);
    for (name, by) in METHODS {
        same(&adjusted(&p, by), &numbers(&golden["bh95"][name]), name);
        // The order of the tests does not matter.
        let mut turned = p.clone();
        turned.reverse();
        let mut back = adjusted(&turned, by);
        back.reverse();
        same(&back, &numbers(&golden["bh95"][name]), name);
    }
    let missing = &golden["na_case"];
    same(&adjusted(&numbers(&missing["p"]), Adjustment::BenjaminiHochberg), &numbers(&missing["BH"]), "missing");
    assert_eq!(adjusted(&[], Adjustment::Holm), []);
    assert_eq!(adjusted(&[None, Some(f64::NAN), Some(1.5), Some(0.2)], Adjustment::Holm), [None, None, None, Some(0.2)]);
    for name in ["benjamini-hochberg", "benjamini-yekutieli", "holm"] {
        assert!(name.parse::<Adjustment>().is_ok());
        assert!("bonferoni".parse::<Adjustment>().unwrap_err().to_string().contains(name));
    }
}

#[test]
fn no_test_comes_with_its_reason() {
    for (d, se, df, reason) in [
        (0.0, 0.0, Some(12.0), NoTest::ZeroError),
        (0.1, 0.0, None, NoTest::ZeroError),
        (0.1, 1e-17, Some(12.0), NoTest::ZeroError),
        (0.1, 0.02, Some(0.0), NoTest::NoDegreesOfFreedom),
        (0.1, 0.02, Some(f64::NAN), NoTest::NoDegreesOfFreedom),
        (f64::NAN, 0.02, None, NoTest::NoNumber),
        (0.1, f64::NAN, None, NoTest::NoNumber),
        (0.1, -0.02, None, NoTest::NoNumber),
    ] {
        assert_eq!(difference(d, se, df), Err(reason), "{d} {se} {df:?}");
        assert_eq!(equivalence(d, se, df, 0.02), Err(reason), "{d} {se} {df:?}");
    }
    for margin in [0.0, -0.02, f64::NAN, f64::INFINITY] {
        assert_eq!(equivalence(0.1, 0.02, None, margin), Err(NoTest::NoMargin));
    }
    assert_eq!(difference(0.0, 0.02, None), Ok(Test { statistic: 0.0, df: None, p_value: 1.0 }));
}

#[test]
fn a_change_must_be_large_enough_to_be_seen() {
    for (se, level, power) in [(0.0, 0.95, 0.8), (f64::NAN, 0.95, 0.8), (0.01, 1.0, 0.8), (0.01, 0.95, 0.0), (0.01, 0.95, 0.02)] {
        assert_eq!(smallest_detectable(se, level, power), None, "{se} {level} {power}");
    }
    // A change at the edge of significance is found half the time.
    let half = smallest_detectable(0.01, 0.95, 0.5).unwrap();
    assert!((difference(half, 0.01, None).unwrap().p_value - 0.05).abs() < 1e-12);
    assert!(smallest_detectable(0.01, 0.95, 0.9) > smallest_detectable(0.01, 0.95, 0.8));
    assert!(smallest_detectable(0.01, 0.99, 0.8) > smallest_detectable(0.01, 0.95, 0.8));
}

proptest! {
    #![proptest_config(undeb_tests::search(300))]

    /// No adjustment lowers a p-value, leaves [0, 1], turns the order round or sees the missing; BH is the mildest.
    #[test]
    fn adjusted_p_values_stay_in_order(p in prop::collection::vec(prop::option::weighted(0.8, 0.0..=1.0_f64), 0..60)) {
        let all = METHODS.map(|(_, by)| adjusted(&p, by));
        let known: Vec<Option<f64>> = p.iter().copied().filter(Option::is_some).collect();
        for ((name, by), q) in METHODS.into_iter().zip(&all) {
            prop_assert_eq!(q.len(), p.len());
            let without: Vec<Option<f64>> = q.iter().copied().filter(Option::is_some).collect();
            prop_assert_eq!(&without, &adjusted(&known, by), "{}", name);
            for i in 0..p.len() {
                prop_assert_eq!(p[i].is_some(), q[i].is_some());
                let (Some(pi), Some(qi)) = (p[i], q[i]) else { continue };
                prop_assert!(qi >= pi - 1e-15 && (0.0..=1.0).contains(&qi), "{name}: {pi} {qi}");
                prop_assert!(qi >= all[0][i].unwrap() - 1e-15, "{name} is milder than BH");
                for j in 0..p.len() {
                    if let (Some(pj), Some(qj)) = (p[j], q[j]) {
                        prop_assert!(pi > pj || qi <= qj, "{name}: {pi} {pj} {qi} {qj}");
                    }
                }
            }
        }
    }

    /// Signs do not matter, a larger difference has a smaller p-value, and "maintained" is judged by the 90 % interval.
    #[test]
    fn tests_of_change_hang_together(d in -0.3..0.3_f64, se in 1e-4..0.1_f64, df in 1_u32..200, margin in 1e-3..0.2_f64) {
        let df = Some(f64::from(df));
        let p = |d: f64| difference(d, se, df).unwrap().p_value;
        prop_assert!((0.0..=1.0).contains(&p(d)) && p(d) == p(-d) && p(1.1 * d) <= p(d));
        let kept = equivalence(d, se, df, margin).unwrap();
        prop_assert_eq!(kept.p_value, equivalence(-d, se, df, margin).unwrap().p_value);
        prop_assert!(equivalence(d, se, df, 1.1 * margin).unwrap().p_value <= kept.p_value);
        let reach = d.abs() + undeb::survey::interval::critical_value(0.90, df) * se;
        if (reach - margin).abs() > 1e-9 {
            prop_assert_eq!(kept.p_value < 0.05, reach < margin, "{} {} {}", kept.p_value, reach, margin);
        }
    }
}
