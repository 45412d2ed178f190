//! Calibrated weights and their variances against R `survey` on the synthetic labour survey (tests/golden/README.md).

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::borrow::Cow;
use std::fs;

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use serde_json::Value;
use undeb::Result;
use undeb::survey::auxiliary::Auxiliary;
use undeb::survey::calibration::{Calibration, Distance, calibrate};
use undeb::survey::design::{Design, LonelyPsu};
use undeb::survey::expression::Expression;
use undeb::survey::function::Function;
use undeb::survey::replicate_weights::Factors;
use undeb::survey::replication::ReplicateTotals;
use undeb::survey::residuals::Residuals;
use undeb::survey::totals::{OUT, Rows, Totals};
use undeb::survey::variance::variance;
use undeb_tests::{Rows as Table, project};

fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-11 * theirs.abs(), "{what}: {ours} against {theirs}");
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(project().join("tests/golden/calibration.json")).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The labour survey of 2024; cells are region x sector among employees.
struct Labour {
    psu: Vec<u32>,
    design: Design,
    cell: Vec<u32>,
    weight: Vec<f64>,
    answers: [Vec<u8>; 3],
    region: Vec<u32>,
    sex: Vec<u32>,
    age: Vec<u32>,
    region_sex: Vec<u32>,
    known: [Vec<f64>; 4],
}

impl Labour {
    fn read() -> Labour {
        let table = Table::read("tests/golden/labour.csv");
        let rows: Vec<usize> = (0..table.len()).filter(|&i| table.text(i, "year") == "2024").collect();
        let code = |c: &str| rows.iter().map(|&i| table.number(i, c).unwrap() as u32).collect::<Vec<u32>>();
        let (mut names, mut stratum_of) = (Vec::new(), Vec::new());
        let strata = code("stratum");
        let psu = code("psu").into_iter().zip(strata).map(|(p, h)| {
            names.iter().position(|n| *n == p).unwrap_or_else(|| {
                names.push(p);
                stratum_of.push(h - 1);
                names.len() - 1
            }) as u32
        });
        let psu = psu.collect();
        let design = Design::new(stratum_of, vec![0.0; 24], LonelyPsu::Fail, |h| h.to_string()).unwrap();
        let from_one = |c: &str| code(c).into_iter().map(|v| v - 1).collect::<Vec<u32>>();
        let (region, sex, age, sector) = (from_one("region"), from_one("sex"), from_one("age"), from_one("sector"));
        let employee = code("employee");
        let cell = (0..rows.len()).map(|i| if employee[i] == 1 { 5 * region[i] + sector[i] } else { OUT }).collect();
        let answers = ["union", "covered", "employee"].map(|c| code(c).into_iter().map(|v| v as u8).collect());
        let region_sex = region.iter().zip(&sex).map(|(r, s)| r + 4 * s).collect();
        let known = ["region", "sex", "age", "region_sex"].map(|margin| {
            expected()["population"][margin].as_array().unwrap().iter().map(|v| v["Freq"].as_f64().unwrap()).collect()
        });
        let weight = rows.iter().map(|&i| table.number(i, "weight").unwrap()).collect();
        Labour { psu, design, cell, weight, answers, region, sex, age, region_sex, known }
    }

    fn three(&self) -> [Auxiliary<'_>; 3] {
        [
            Auxiliary::Margin { name: "region", levels: &["1", "2", "3", "4"], level: &self.region, totals: &self.known[0] },
            Auxiliary::Margin { name: "sex", levels: &["1", "2"], level: &self.sex, totals: &self.known[1] },
            Auxiliary::Margin { name: "age", levels: &["1", "2", "3"], level: &self.age, totals: &self.known[2] },
        ]
    }

    fn crossed(&self) -> [Auxiliary<'_>; 1] {
        let levels = &["1 m", "2 m", "3 m", "4 m", "1 f", "2 f", "3 f", "4 f"];
        [Auxiliary::Margin { name: "region and sex", levels, level: &self.region_sex, totals: &self.known[3] }]
    }

    /// Totals under some weights, functions of them, and their scores of residuals.
    fn with<T>(&self, weight: &[f64], each: impl Fn(&Rows<'_>, &Totals) -> T) -> T {
        let rows = Rows {
            psu: &self.psu,
            cell: &self.cell,
            weight,
            answers: &[&self.answers[0], &self.answers[1], &self.answers[2]],
            amounts: &[],
        };
        each(&rows, &Totals::accumulate(&rows, self.design.psus(), 20))
    }
}

const ALL: [u32; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

/// What R estimated: totals, rates, rates by region and by sector, a ratio.
fn asked() -> Vec<Expression> {
    let mut all =
        vec![Expression::total(&ALL, 0), Expression::total(&ALL, 1), Expression::rate(&ALL, 0), Expression::rate(&ALL, 1)];
    all.extend((0..4).map(|r| Expression::rate(&ALL[5 * r..5 * r + 5], 0)));
    all.extend((0..5).map(|s| Expression::rate(&[s, s + 5, s + 10, s + 15], 0)));
    all.push(Expression::total(&ALL, 0).over(Expression::total(&ALL, 2)));
    all
}

/// R's estimates and variances in the order of [`asked`].
fn theirs(of: &Value) -> Vec<(f64, f64)> {
    let mut out = Vec::new();
    for (estimate, covariance) in [("total", "total_vcov"), ("mean_employee", "mean_vcov")] {
        out.extend((0..2).map(|i| (of[estimate][i].as_f64().unwrap(), of[covariance][i][i].as_f64().unwrap())));
    }
    for (estimate, se) in [("region", "region_se"), ("sector", "sector_se")] {
        out.extend(numbers(&of[estimate]).into_iter().zip(numbers(&of[se]).into_iter().map(|se| se * se)));
    }
    out.push((of["ratio"].as_f64().unwrap(), of["ratio_se"].as_f64().unwrap().powi(2)));
    out
}

fn linearised(labour: &Labour, calibration: &Calibration<'_>) -> (Vec<(f64, f64)>, f64) {
    labour.with(&calibration.weights(), |rows, totals| {
        let functions: Vec<Function> = asked().iter().map(|e| e.linearised(totals).unwrap()).collect();
        let residuals = Residuals::of(calibration, rows, labour.design.psus(), totals.cells()).unwrap();
        let v = residuals.scores(totals, &functions).variance(&labour.design, &[(0, 1)]);
        (functions.iter().map(|f| f.value).zip(v.variance).collect(), v.covariance[0])
    })
}

/// The distances, the columns of weights and the sets of estimates of R.
fn cases() -> [(Distance, &'static str, &'static str); 4] {
    let bounds = numbers(&expected()["calib_linear_bounded"]["bounds"]);
    [
        (Distance::Linear, "linear", "greg_linear"),
        (Distance::Raking, "raking", "calib_raking"),
        (Distance::Logit { low: 0.7, high: 1.4 }, "logit", "calib_logit_0.7_1.4"),
        (Distance::BoundedLinear { low: bounds[0], high: bounds[1] }, "bounded", "calib_linear_bounded"),
    ]
}

fn compare(labour: &Labour, calibration: &Calibration<'_>, column: &str, name: &str) {
    let table = Table::read("tests/golden/calibration_weights.csv");
    for (row, weight) in calibration.weights().into_iter().enumerate() {
        near(weight, table.number(row, column).unwrap(), name);
    }
    let expected = &expected()[name];
    let (ours, covariance) = linearised(labour, calibration);
    for ((value, v), (their_value, their_v)) in ours.into_iter().zip(theirs(expected)) {
        near(value, their_value, name);
        near(v, their_v, name);
    }
    near(covariance, expected["total_vcov"][0][1].as_f64().unwrap(), name);
}

#[test]
fn weights_and_variances() {
    let labour = Labour::read();
    for (distance, column, name) in cases() {
        compare(&labour, &calibrate(&labour.weight, &labour.three(), distance).unwrap(), column, name);
    }
    // For one margin every distance gives the weights of post-stratification.
    for (distance, ..) in cases().into_iter().take(3) {
        let calibration = calibrate(&labour.weight, &labour.crossed(), distance).unwrap();
        compare(&labour, &calibration, "ps", "poststratify_region_sex");
    }
    // R's `rake` makes the weights of raking; its variance is another one, the documented difference.
    let raked = calibrate(&labour.weight, &labour.three(), Distance::Raking).unwrap();
    let rake = Table::read("tests/golden/calibration_weights.csv");
    raked.weights().iter().enumerate().for_each(|(row, w)| near(*w, rake.number(row, "rake").unwrap(), "rake"));
    let theirs = theirs(&expected()["rake_region_sex_age"])[2].1;
    let share = linearised(&labour, &raked).0[2].1 / theirs;
    assert!((share - 1.0).abs() < 0.01 && (share - 1.0).abs() > 1e-6, "{share}");
}

#[test]
fn every_replicate_is_calibrated_again() {
    let labour = Labour::read();
    let factors = Factors::jkn(&labour.design).unwrap();
    for (distance, auxiliaries, name) in [
        (Distance::Linear, labour.crossed().to_vec(), "jkn_poststratify"),
        (Distance::Linear, labour.three().to_vec(), "jkn_greg"),
        (Distance::Raking, labour.three().to_vec(), "jkn_raking"),
    ] {
        let full = calibrate(&labour.weight, &auxiliaries, distance).unwrap().weights();
        let column = |r: usize| -> Result<Cow<'_, [f64]>> {
            let weight = factors.column(r, &labour.psu, &labour.weight);
            Ok(Cow::Owned(calibrate(&weight, &auxiliaries, distance)?.weights()))
        };
        let totals = labour.with(&full, |rows, _| ReplicateTotals::accumulate(rows, factors.replicates(), 20, column)).unwrap();
        for (expression, (value, v)) in asked().iter().zip(theirs(&expected()[name])) {
            let ours = totals.estimate(|sums| expression.value(sums));
            near(ours.value.unwrap(), value, name);
            near(ours.variance.unwrap(), v, name);
        }
    }
}

#[test]
fn without_calibration_nothing_changes() {
    let labour = Labour::read();
    let expected = &expected()["design"];
    let (ours, psus) = labour.with(&labour.weight, |_, totals| {
        let functions: Vec<Function> = asked().iter().map(|e| e.linearised(totals).unwrap()).collect();
        let v = variance(totals, &labour.design, &functions, &[]);
        (functions.iter().map(|f| f.value).zip(v.variance).collect::<Vec<_>>(), (v.psus, v.df))
    });
    for ((value, v), (their_value, their_v)) in ours.into_iter().zip(theirs(expected)) {
        near(value, their_value, "design");
        near(v, their_v, "design");
    }
    // Residuals reach PSUs outside a domain, but these still do not count for it.
    let calibration = calibrate(&labour.weight, &labour.three(), Distance::Linear).unwrap();
    labour.with(&calibration.weights(), |rows, totals| {
        let functions: Vec<Function> = asked().iter().map(|e| e.linearised(totals).unwrap()).collect();
        let residuals = Residuals::of(&calibration, rows, labour.design.psus(), 20).unwrap();
        let v = residuals.scores(totals, &functions).variance(&labour.design, &[]);
        assert_eq!((v.psus, v.df), psus.clone());
    });
}

#[test]
fn known_totals_are_met_or_refused() {
    let labour = Labour::read();
    let region = |totals: &'static [f64]| Auxiliary::Margin {
        name: "region",
        levels: &["N", "E", "S", "W"],
        level: &labour.region,
        totals,
    };
    let sex = |totals: &'static [f64]| Auxiliary::Margin { name: "sex", levels: &["m", "f"], level: &labour.sex, totals };
    let ones = vec![1.0; labour.weight.len()];
    let unknown: Vec<f64> = labour.weight.iter().enumerate().map(|(i, w)| if i == 7 { f64::NAN } else { *w }).collect();
    let amount = |values, total| Auxiliary::Amount { name: "people", values, total };
    let four = &[365_343.0, 588_165.0, 785_961.0, 858_984.0];
    let five: &[&str] = &["N", "E", "S", "W", "Isles"];
    let narrow = Distance::Logit { low: 0.9, high: 1.01 };
    let tight = Distance::BoundedLinear { low: 0.985, high: 1.07 };
    for (auxiliaries, distance, words) in [
        (vec![], Distance::Linear, "nothing to calibrate"),
        (
            vec![region(four), sex(&[1e6, 1e6])],
            Distance::Linear,
            "the totals of sex add up to 2000000, those of region to 2598453",
        ),
        (vec![region(four), amount(&ones, 2_598_453.0)], Distance::Linear, "people is a combination"),
        (vec![region(&[365_343.0, 588_165.0, 785_961.0])], Distance::Linear, "4 levels and 3 known totals"),
        (vec![region(&[0.0, 588_165.0, 785_961.0, 858_984.0])], Distance::Raking, "total of region N is 0"),
        (vec![region(&[-1.0, 588_165.0, 785_961.0, 858_984.0])], Distance::Raking, "region N is -1"),
        (vec![region(&[f64::NAN, 588_165.0, 785_961.0, 858_984.0])], Distance::Raking, "region N is NaN"),
        (
            vec![Auxiliary::Margin { name: "region", levels: five, level: &labour.region, totals: &[1.0, 1.0, 1.0, 1.0, 1.0] }],
            Distance::Linear,
            "nobody in the sample has region Isles",
        ),
        (
            vec![Auxiliary::Margin { name: "sex", levels: &["m"], level: &labour.sex, totals: &[1.0] }],
            Distance::Linear,
            "not one of its 1",
        ),
        (vec![amount(&unknown, 5.0)], Distance::Linear, "people of row 8 is NaN"),
        (vec![amount(&ones[1..], 5.0)], Distance::Linear, "people has 1157 rows"),
        (labour.three().to_vec(), narrow, "no weights between 0.9 and 1.01"),
        (labour.three().to_vec(), tight, "reach age 3"),
        (labour.three().to_vec(), Distance::Logit { low: 1.1, high: 1.4 }, "do not enclose 1"),
        (vec![region(four), amount(&labour.weight, -5.0)], Distance::Raking, "does not reach its totals"),
    ] {
        let error = calibrate(&labour.weight, &auxiliaries, distance).unwrap_err();
        assert!(error.is_design() && error.to_string().contains(words), "{error}");
    }
    // Each total can be reached within the bounds, but not all of them: one of the four would have to fall to 0.3.
    let square = [
        Auxiliary::Margin { name: "row", levels: &["a", "b"], level: &[0, 0, 1, 1], totals: &[2.5, 1.5] },
        Auxiliary::Margin { name: "column", levels: &["x", "y"], level: &[0, 1, 0, 1], totals: &[2.5, 1.5] },
    ];
    for distance in [Distance::Logit { low: 0.5, high: 1.3 }, Distance::BoundedLinear { low: 0.5, high: 1.3 }] {
        let error = calibrate(&[1.0; 4], &square, distance).unwrap_err();
        assert!(error.to_string().contains("does not reach its totals") && error.to_string().contains("too narrow"), "{error}");
    }
    for distance in [Distance::Linear, Distance::BoundedLinear { low: 0.4, high: 1.6 }, Distance::Logit { low: 0.2, high: 1.6 }] {
        assert!(calibrate(&[1.0; 4], &square, distance).is_ok(), "{distance:?}");
    }
    let error = calibrate(&unknown, &labour.three(), Distance::Linear).unwrap_err();
    assert!(error.to_string().contains("design weight of row 8 is NaN"), "{error}");
    // A level that neither the sample nor the population has is no obstacle.
    let totals = [four[0], four[1], four[2], four[3], 0.0];
    let with_none = Auxiliary::Margin { name: "region", levels: five, level: &labour.region, totals: &totals };
    assert!(calibrate(&labour.weight, &[with_none], Distance::Raking).is_ok());
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let labour = Labour::read();
    // Enough rows for several blocks.
    let times = 40;
    let weight = labour.weight.repeat(times);
    let (region, sex) = (labour.region.repeat(times), labour.sex.repeat(times));
    let with = |threads: usize| {
        let auxiliaries = [
            Auxiliary::Margin { name: "region", levels: &["1", "2", "3", "4"], level: &region, totals: &labour.known[0] },
            Auxiliary::Margin { name: "sex", levels: &["1", "2"], level: &sex, totals: &labour.known[1] },
        ];
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| calibrate(&weight, &auxiliaries, Distance::Raking).unwrap().weights())
    };
    assert_eq!(with(1), with(2));
}

proptest! {
    #![proptest_config(undeb_tests::search(24))]

    #[test]
    fn totals_are_reproduced(scale in 1e-3..1e3f64, shift in prop::collection::vec(0.9..1.1f64, 9), pay in 0.95..1.05f64) {
        let labour = Labour::read();
        // Totals of weights that exist: the design weights, moved level by level and scaled.
        let moved = |i: usize| labour.weight[i] * shift[labour.region[i] as usize] * shift[4 + labour.sex[i] as usize] * shift[6 + labour.age[i] as usize];
        let wage: Vec<f64> = (0..labour.weight.len()).map(|i| 10.0 + (i % 17) as f64).collect();
        let of = |level: &[u32], levels: usize| {
            let mut totals = vec![0.0; levels];
            (0..level.len()).for_each(|i| totals[level[i] as usize] += scale * moved(i));
            totals
        };
        let (region, sex) = (of(&labour.region, 4), of(&labour.sex, 2));
        let wages = pay * scale * (0..wage.len()).map(|i| moved(i) * wage[i]).sum::<f64>();
        let auxiliaries = [
            Auxiliary::Amount { name: "wages", values: &wage, total: wages },
            Auxiliary::Margin { name: "region", levels: &["1", "2", "3", "4"], level: &labour.region, totals: &region },
            Auxiliary::Margin { name: "sex", levels: &["1", "2"], level: &labour.sex, totals: &sex },
        ];
        for distance in [Distance::Linear, Distance::Raking, Distance::Logit { low: 0.0, high: 2000.0 }] {
            let calibration = match calibrate(&labour.weight, &auxiliaries, distance) {
                Ok(calibration) => calibration,
                // Far from where the weights stand the bounded logit may not get there; it must then say so.
                Err(e) if matches!(distance, Distance::Logit { .. }) && !(0.1..=10.0).contains(&scale) => {
                    prop_assert!(e.is_design() && e.to_string().contains("does not reach its totals"), "{e}");
                    continue;
                }
                Err(e) => return Err(TestCaseError::fail(e.to_string())),
            };
            let weights = calibration.weights();
            for (level, known) in [(&labour.region, &region), (&labour.sex, &sex)] {
                let mut reached = vec![0.0; known.len()];
                level.iter().zip(&weights).for_each(|(l, w)| reached[*l as usize] += w);
                for (ours, theirs) in reached.iter().zip(known) {
                    prop_assert!((ours / theirs - 1.0).abs() < 1e-10, "{distance:?}: {ours} {theirs}");
                }
            }
            let reached: f64 = weights.iter().zip(&wage).map(|(w, x)| w * x).sum();
            prop_assert!((reached / wages - 1.0).abs() < 1e-10);
            // Calibrated weights need no further calibration.
            let again = calibrate(&weights, &auxiliaries, distance).unwrap();
            prop_assert!(again.g().iter().all(|g| (g - 1.0).abs() < 1e-8));
        }
        // The scale of design weights is of no consequence where the number of people is known.
        let rescaled: Vec<f64> = labour.weight.iter().map(|w| w * scale).collect();
        for distance in [Distance::Linear, Distance::Raking] {
            let (a, b) = (calibrate(&labour.weight, &auxiliaries, distance).unwrap(), calibrate(&rescaled, &auxiliaries, distance).unwrap());
            prop_assert!(a.weights().iter().zip(b.weights()).all(|(a, b)| (a / b - 1.0).abs() < 1e-8));
            for (a, b) in linearised(&labour, &a).0.into_iter().zip(linearised(&labour, &b).0) {
                prop_assert!((a.0 / b.0 - 1.0).abs() < 1e-8 && (a.1 / b.1 - 1.0).abs() < 1e-7);
            }
        }
    }
}
