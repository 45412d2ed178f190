//! Variances of two stages against R `survey` on a small synthetic sample (tests/golden/two_stage.R).

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use undeb::survey::auxiliary::Auxiliary;
use undeb::survey::calibration::{Distance, calibrate};
use undeb::survey::design::{Design, LonelyPsu};
use undeb::survey::function::Function;
use undeb::survey::residuals::Residuals;
use undeb::survey::scores::Scores;
use undeb::survey::stages::Stages;
use undeb::survey::totals::{Rows, Totals};
use undeb_tests::Rows as Table;

fn near(ours: f64, theirs: f64, size: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-12 * size, "{what}: {ours} against {theirs}");
}

struct Sample {
    household: Vec<u32>,
    region: Vec<u32>,
    union: Vec<u8>,
    wage: Vec<f64>,
    weight: Vec<f64>,
    totals: Totals,
    stratum_of: Vec<u32>,
    psu_of: Vec<u32>,
    /// Sampling fractions of the strata and within the PSUs.
    fractions: [Vec<f64>; 2],
}

fn sample() -> Sample {
    let table = Table::read("tests/golden/two_stage.csv");
    let number = |column: &str| (0..table.len()).map(|i| table.number(i, column).unwrap()).collect::<Vec<f64>>();
    let (stratum, psu, household, population, size) =
        (number("stratum"), number("psu"), number("household"), number("N"), number("M"));
    let (mut psus, mut households): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let (mut stratum_of, mut psu_of, mut of_row) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..table.len() {
        let p = psus.iter().position(|p| *p == psu[i]).unwrap_or_else(|| {
            psus.push(psu[i]);
            stratum_of.push(stratum[i] as u32 - 1);
            psus.len() - 1
        });
        of_row.push(households.iter().position(|h| *h == household[i]).unwrap_or_else(|| {
            households.push(household[i]);
            psu_of.push(p as u32);
            households.len() - 1
        }) as u32);
    }
    let among = |units: &[u32], which: usize| units.iter().filter(|u| **u as usize == which).count() as f64;
    let first = (0..3).map(|h| among(&stratum_of, h) / population[stratum.iter().position(|s| *s as usize == h + 1).unwrap()]);
    let second = (0..psus.len()).map(|p| among(&psu_of, p) / size[psu.iter().position(|x| *x == psus[p]).unwrap()]);
    let fractions = [first.collect(), second.collect()];
    let cell: Vec<u32> = number("region").iter().map(|r| *r as u32 - 1).collect();
    let union: Vec<u8> = number("union").iter().map(|u| *u as u8).collect();
    let (weight, wage) = (number("weight"), number("wage"));
    let rows = Rows { psu: &of_row, cell: &cell, weight: &weight, answers: &[&union], amounts: &[&wage] };
    let totals = Totals::accumulate(&rows, households.len(), 2);
    Sample { totals, household: of_row, region: cell, union, wage, weight, stratum_of, psu_of, fractions }
}

fn design(units: &[u32], fraction: &[f64]) -> Design {
    Design::new(units.to_vec(), fraction.to_vec(), LonelyPsu::Fail, |h| h.to_string()).unwrap()
}

#[test]
fn sampling_fractions_at_both_stages() {
    let sample = sample();
    let table = Table::read("tests/golden/two_stage_R.csv");
    let [first, second] = &sample.fractions;
    let (none, open) = (vec![0.0; 3], vec![0.0; 8]);
    // Without sampling fractions at the first stage the second adds nothing, whatever its own are.
    for (name, first, second) in [("both", first, second), ("none", &none, &open), ("none", &none, second)] {
        let within = (0..8).collect();
        let stages = Stages::new(design(&sample.stratum_of, first)).then(design(&sample.psu_of, second), within).unwrap();
        let all = [0, 1];
        let totals = &sample.totals;
        // The mean of an amount is its total by the people who have one.
        let mean = Function::rate(totals, &all, 1).unwrap();
        for (what, functions) in [
            ("total", [Function::total(totals, &all, 0), Function::total(totals, &all, 1)]),
            ("mean", [Function::rate(totals, &all, 0).unwrap(), mean]),
            ("region", [Function::rate(totals, &[0], 0).unwrap(), Function::rate(totals, &[1], 0).unwrap()]),
        ] {
            let pairs = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let ours = stages.variance(&Scores::of(totals, &functions), &pairs);
            if what == "mean" {
                assert_eq!(ours.df, [5.0, 5.0], "eight PSUs in three strata");
            }
            let mut seen = 0;
            for row in (0..table.len()).filter(|&r| table.text(r, "design") == format!("{name}_{what}")) {
                let (i, j) = (table.number(row, "i").unwrap() as usize - 1, table.number(row, "j").unwrap() as usize - 1);
                let theirs = table.number(row, "covariance").unwrap();
                let size = (ours.variance[i] * ours.variance[j]).sqrt();
                near(functions[i].value, table.number(row, "estimate").unwrap(), functions[i].value, what);
                near(ours.covariance[pairs.iter().position(|p| *p == (i as u32, j as u32)).unwrap()], theirs, size, what);
                if i == j {
                    near(ours.variance[i], theirs, size, what);
                }
                seen += 1;
            }
            assert_eq!(seen, 4);
        }
    }
}

#[test]
fn residuals_at_both_stages() {
    let sample = sample();
    let table = Table::read("tests/golden/two_stage_R.csv");
    let region = Auxiliary::Margin { name: "region", levels: &["1", "2"], level: &sample.region, totals: &[180.0, 170.0] };
    let calibration = calibrate(&sample.weight, &[region], Distance::Raking).unwrap();
    let (weight, households) = (calibration.weights(), sample.psu_of.len());
    let (answers, amounts): (&[&[u8]], &[&[f64]]) = (&[&sample.union], &[&sample.wage]);
    let rows = Rows { psu: &sample.household, cell: &sample.region, weight: &weight, answers, amounts };
    let totals = Totals::accumulate(&rows, households, 2);
    let residuals = Residuals::of(&calibration, &rows, households, 2).unwrap();
    let [first, second] = &sample.fractions;
    let stages = Stages::new(design(&sample.stratum_of, first)).then(design(&sample.psu_of, second), (0..8).collect()).unwrap();
    let functions = [
        Function::total(&totals, &[0, 1], 0),
        Function::total(&totals, &[0, 1], 1),
        Function::rate(&totals, &[0, 1], 0).unwrap(),
        Function::rate(&totals, &[0, 1], 1).unwrap(),
    ];
    let ours = stages.variance(&residuals.scores(&totals, &functions), &[(0, 1), (2, 3)]);
    for (k, what) in ["total", "mean"].into_iter().enumerate() {
        let rows: Vec<usize> = (0..table.len()).filter(|&r| table.text(r, "design") == format!("calibrated_{what}")).collect();
        let of = |row: usize, column| table.number(rows[row], column).unwrap();
        for i in 0..2 {
            near(functions[2 * k + i].value, of(3 * i, "estimate"), functions[2 * k + i].value, what);
            near(ours.variance[2 * k + i], of(3 * i, "covariance"), ours.variance[2 * k + i], what);
        }
        near(ours.covariance[k], of(1, "covariance"), (ours.variance[2 * k] * ours.variance[2 * k + 1]).sqrt(), what);
    }
}

#[test]
fn the_first_stage_alone() {
    let sample = sample();
    let table = Table::read("tests/golden/two_stage_R.csv");
    // Households all drawn: a second stage that is complete adds nothing.
    let complete = design(&sample.psu_of, &[1.0; 8]);
    let stages = Stages::new(design(&sample.stratum_of, &sample.fractions[0])).then(complete, (0..8).collect()).unwrap();
    let union = Function::total(&sample.totals, &[0, 1], 0);
    let ours = stages.variance(&Scores::of(&sample.totals, &[union]), &[]).variance[0];
    let row = (0..table.len()).find(|&r| table.text(r, "design") == "first_total").unwrap();
    near(ours, table.number(row, "covariance").unwrap(), ours, "first stage");
}

#[test]
fn stages_that_do_not_fit_are_refused() {
    let first = || Stages::new(design(&[0, 0], &[0.5]));
    let second = || design(&[0, 0, 1, 1], &[0.5, 0.5]);
    for within in [vec![0], vec![0, 2]] {
        let error = first().then(second(), within).unwrap_err();
        assert!(error.is_design() && error.to_string().contains("stage 2 has 2 strata"), "{error}");
    }
    let adjust = Design::new(vec![0, 0, 1], vec![0.5, 0.5], LonelyPsu::Adjust, |h| h.to_string()).unwrap();
    let error = first().then(adjust, vec![0, 1]).unwrap_err();
    assert!(error.to_string().contains("single unit"), "{error}");
}
