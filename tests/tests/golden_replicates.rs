//! Replicate variances against R `survey` on the synthetic labour survey (tests/golden/README.md), and what must hold of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use serde_json::Value;
use undeb::survey::design::{Design, LonelyPsu};
use undeb::survey::expression::Expression;
use undeb::survey::function::Function;
use undeb::survey::replicate_weights::Factors;
use undeb::survey::replicates::{Kind, Replicates};
use undeb::survey::replication::{ReplicateTotals, Replicated};
use undeb::survey::totals::{OUT, Rows, Totals};
use undeb::survey::variance::variance;
use undeb_tests::{Rows as Table, project};

fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs().max(1e-6), "{what}: {ours} against {theirs}");
}

/// The labour survey in columns; cells are region x year among employees.
struct Labour {
    psu: Vec<u32>,
    names: Vec<String>,
    stratum_of: Vec<u32>,
    population: Vec<f64>,
    cell: Vec<u32>,
    weight: Vec<f64>,
    answers: [Vec<u8>; 3],
    wage: Vec<f64>,
}

impl Labour {
    fn read(name: &str) -> Labour {
        let table = Table::read(&format!("tests/golden/{name}.csv"));
        let column = |c: &str| (0..table.len()).map(|i| table.number(i, c).unwrap()).collect::<Vec<f64>>();
        let (mut names, mut strata) = (Vec::new(), Vec::new());
        let (mut psu, mut stratum_of, mut population) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..table.len() {
            let (p, h) = (table.text(i, "psu").to_owned(), table.text(i, "stratum").to_owned());
            let stratum = strata.iter().position(|s| *s == h).unwrap_or_else(|| {
                strata.push(h);
                population.push(table.number(i, "Nh").unwrap());
                strata.len() - 1
            });
            psu.push(names.iter().position(|n| *n == p).unwrap_or_else(|| {
                names.push(p);
                stratum_of.push(stratum as u32);
                names.len() - 1
            }) as u32);
        }
        let (region, year, employee) = (column("region"), column("year"), column("employee"));
        let cell = (0..table.len())
            .map(|i| if employee[i] == 1.0 { (region[i] - 1.0 + 4.0 * (year[i] - 2023.0)) as u32 } else { OUT })
            .collect();
        let answers = ["union", "covered", "employee"].map(|c| column(c).into_iter().map(|v| v as u8).collect());
        Labour { psu, names, stratum_of, population, cell, weight: column("weight"), answers, wage: column("wage") }
    }

    fn answers(&self) -> [&[u8]; 3] {
        [&self.answers[0], &self.answers[1], &self.answers[2]]
    }

    fn totals(&self, cell: &[u32]) -> Totals {
        let rows = Rows { psu: &self.psu, cell, weight: &self.weight, answers: &self.answers(), amounts: &[&self.wage] };
        Totals::accumulate(&rows, self.names.len(), 8)
    }

    fn design(&self, fpc: bool) -> Design {
        let sampled = |h: usize| self.stratum_of.iter().filter(|s| **s as usize == h).count() as f64;
        let fraction = (0..self.population.len()).map(|h| if fpc { sampled(h) / self.population[h] } else { 0.0 }).collect();
        Design::new(self.stratum_of.clone(), fraction, LonelyPsu::Fail, |h| h.to_string()).unwrap()
    }

    fn unstratified(&self) -> Design {
        Design::new(vec![0; self.names.len()], vec![0.0], LonelyPsu::Fail, |h| h.to_string()).unwrap()
    }

    /// Factors of a file, PSU by PSU in the file, replicate by replicate here.
    fn factors(&self, name: &str) -> (usize, Vec<f64>) {
        let text = fs::read_to_string(project().join(format!("tests/golden/factors_{name}.csv"))).unwrap();
        let of_psu: HashMap<&str, Vec<f64>> = text
            .lines()
            .skip(1)
            .map(|line| {
                let mut fields = line.split(',');
                (fields.next().unwrap(), fields.map(|f| f.parse().unwrap()).collect())
            })
            .collect();
        let replicates = of_psu.values().next().unwrap().len();
        let factor =
            (0..replicates).flat_map(|r| self.names.iter().map(move |psu| (r, psu))).map(|(r, psu)| of_psu[psu.as_str()][r]);
        (replicates, factor.collect())
    }

    /// The same totals by the two ways in: factors on PSU totals, and columns of weights on rows.
    fn both_ways(&self, factors: &Factors) -> [ReplicateTotals; 2] {
        let rows =
            Rows { psu: &self.psu, cell: &self.cell, weight: &self.weight, answers: &self.answers(), amounts: &[&self.wage] };
        let columns: Vec<Vec<f64>> =
            (0..factors.replicates().len()).map(|r| factors.column(r, &self.psu, &self.weight)).collect();
        [
            ReplicateTotals::of(&self.totals(&self.cell), factors).unwrap(),
            ReplicateTotals::accumulate(&rows, factors.replicates(), 8, |r| Ok(Cow::Borrowed(&columns[r]))).unwrap(),
        ]
    }
}

fn estimates(totals: &ReplicateTotals, expressions: &[Expression]) -> Vec<Replicated> {
    expressions.iter().map(|e| totals.estimate(|sums| e.value(sums))).collect()
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(project().join("tests/golden/replicates.json")).unwrap()).unwrap()
}

fn compare(totals: &ReplicateTotals, expressions: &[Expression], theirs: &Value, covariance: &Value, name: &str) {
    let ours = estimates(totals, expressions);
    let number = |v: &Value| v.as_f64().unwrap();
    for (i, a) in ours.iter().enumerate() {
        near(a.value.unwrap(), number(&theirs[i]), name);
        near(a.variance.unwrap(), number(&covariance[i][i]), name);
        assert_eq!(a.missing, 0);
        for (j, b) in ours.iter().enumerate() {
            let (ours, theirs) = (totals.covariance(a, b).unwrap(), number(&covariance[i][j]));
            let size = (a.variance.unwrap() * b.variance.unwrap()).sqrt();
            assert!((ours - theirs).abs() <= 1e-12 * size, "{name} {i} {j}: {ours} against {theirs}");
        }
    }
}

fn compare_all(totals: &ReplicateTotals, theirs: &Value, name: &str) {
    let (first, last) = ([0, 1, 2, 3], [4, 5, 6, 7]);
    let rates = [Expression::rate(&last, 0), Expression::rate(&last, 1)];
    compare(totals, &rates, &theirs["mean"], &theirs["vcov"], name);
    let regions: Vec<Expression> = last.iter().map(|&c| Expression::rate(&[c], 0)).collect();
    compare(totals, &regions, &theirs["region"], &theirs["region_vcov"], name);
    let years = [Expression::rate(&first, 0), Expression::rate(&last, 0)];
    compare(totals, &years, &theirs["year"], &theirs["year_vcov"], name);
    let ratio = Expression::total(&last, 0).over(Expression::total(&last, 2));
    let ratio = totals.estimate(|sums| ratio.value(sums));
    near(ratio.value.unwrap(), theirs["ratio"].as_f64().unwrap(), name);
    near(ratio.variance.unwrap().sqrt(), theirs["ratio_se"].as_f64().unwrap(), name);
}

/// Both centres, both ways in.
fn golden(labour: &Labour, factor: &[f64], replicates: &Replicates, name: &str) {
    let expected = expected();
    for (mse, key) in [(false, name.to_owned()), (true, format!("{name}_mse"))] {
        let factors = Factors::given(replicates.clone().with_mse(mse), labour.names.len(), factor.to_vec()).unwrap();
        assert!((replicates.scale() - expected[&key]["scale"].as_f64().unwrap()).abs() < 1e-15, "{key}");
        for totals in labour.both_ways(&factors) {
            compare_all(&totals, &expected[&key], &key);
        }
    }
}

#[test]
fn half_samples() {
    let labour = Labour::read("labour_2psu");
    let (count, brr) = labour.factors("brr");
    golden(&labour, &brr, &Replicates::new(Kind::Brr, count).unwrap(), "brr");
    for (rho, name) in [(0.5, "fay05"), (0.3, "fay03")] {
        let fay: Vec<f64> = brr.iter().map(|f| 1.0 + (1.0 - rho) * (f - 1.0)).collect();
        golden(&labour, &fay, &Replicates::new(Kind::Fay(rho), count).unwrap(), name);
    }
}

#[test]
fn bootstraps() {
    let labour = Labour::read("labour");
    let (count, factor) = labour.factors("subboot");
    golden(&labour, &factor, &Replicates::new(Kind::Bootstrap, count).unwrap(), "subbootstrap_rao_wu");
    let (count, factor) = labour.factors("boot");
    let scale = expected()["bootstrap_canty_davison"]["scale"].as_f64().unwrap();
    golden(&labour, &factor, &Replicates::custom(scale, vec![1.0; count]).unwrap(), "bootstrap_canty_davison");
}

#[test]
fn successive_differences() {
    let labour = Labour::read("labour");
    let (count, factor) = labour.factors("sdr80");
    golden(&labour, &factor, &Replicates::new(Kind::Sdr, count).unwrap(), "acs80");
    golden(&labour, &[&factor[..], &factor[..]].concat(), &Replicates::new(Kind::Sdr, 2 * count).unwrap(), "sdr160");
}

#[test]
fn jackknives_from_the_design() {
    let labour = Labour::read("labour");
    let expected = expected();
    for (factors, name) in [
        (Factors::jkn(&labour.design(false)).unwrap(), "jkn"),
        (Factors::jkn(&labour.design(true)).unwrap(), "jkn_fpc"),
        (Factors::jk1(&labour.unstratified()).unwrap(), "jk1"),
    ] {
        assert_eq!(factors.replicates().df(), expected[name]["degf"].as_f64().unwrap());
        let factor: Vec<f64> = (0..factors.replicates().len())
            .flat_map(|r| (0..labour.names.len() as u32).map(move |psu| (psu, r)))
            .map(|(psu, r)| factors.factor(psu, r))
            .collect();
        golden(&labour, &factor, factors.replicates(), name);
    }
}

#[test]
fn replicates_without_a_value_are_counted() {
    let labour = Labour::read("labour");
    // The domain is two PSUs; four bootstrap samples drew neither.
    let domain = |psu: u32| ["101", "102"].contains(&labour.names[psu as usize].as_str());
    let cell: Vec<u32> =
        labour.cell.iter().zip(&labour.psu).map(|(c, p)| if *c != OUT && domain(*p) { 0 } else { OUT }).collect();
    let (count, factor) = labour.factors("subboot");
    for (mse, se) in [(false, 0.063_179_091_057_928_32), (true, 0.063_875_205_491_662_95)] {
        let replicates = Replicates::new(Kind::Bootstrap, count).unwrap().with_mse(mse);
        let factors = Factors::given(replicates, labour.names.len(), factor.clone()).unwrap();
        let totals = ReplicateTotals::of(&labour.totals(&cell), &factors).unwrap();
        let rate = totals.estimate(|sums| Expression::rate(&[0], 0).value(sums));
        near(rate.value.unwrap(), 0.102_373_464_569_254_24, "rate");
        near(rate.variance.unwrap().sqrt(), se, "standard error");
        assert_eq!((rate.missing, rate.replicates.iter().flatten().count()), (4, 56));
        let nobody = totals.estimate(|sums| Expression::rate(&[1], 0).value(sums));
        assert_eq!((nobody.value, nobody.variance, nobody.missing), (None, None, 60));
    }
}

/// Totals of union, covered and pay, by linearisation and by replicates.
fn both(labour: &Labour, design: &Design, factors: &Factors) -> Vec<(f64, f64)> {
    let totals = labour.totals(&labour.cell);
    let expressions = [0, 1, 3].map(|v| Expression::total(&[4, 5, 6, 7], v));
    let functions: Vec<Function> = expressions.iter().map(|e| e.linearised(&totals).unwrap()).collect();
    let linearised = variance(&totals, design, &functions, &[]).variance;
    let replicated = estimates(&ReplicateTotals::of(&totals, factors).unwrap(), &expressions);
    linearised.into_iter().zip(replicated).map(|(l, r)| (l, r.variance.unwrap())).collect()
}

#[test]
fn totals_have_the_linearised_variance() {
    let (labour, pairs) = (Labour::read("labour"), Labour::read("labour_2psu"));
    for (labour, design, factors) in [
        (&labour, labour.design(false), Factors::jkn(&labour.design(false)).unwrap()),
        (&labour, labour.design(true), Factors::jkn(&labour.design(true)).unwrap()),
        (&labour, labour.unstratified(), Factors::jk1(&labour.unstratified()).unwrap()),
        (&pairs, pairs.design(false), Factors::brr(&pairs.design(false), 0.0).unwrap()),
        (&pairs, pairs.design(false), Factors::brr(&pairs.design(false), 0.3).unwrap()),
    ] {
        for (linearised, replicated) in both(labour, &design, &factors) {
            near(replicated, linearised, "total");
        }
    }
    // A bootstrap only tends to it: with 4,000 samples its variance has a relative standard error of about 2 %.
    for fpc in [false, true] {
        let design = labour.design(fpc);
        for (linearised, replicated) in both(&labour, &design, &Factors::bootstrap(&design, 4000, 7).unwrap()) {
            assert!((replicated / linearised - 1.0).abs() < 0.1, "{replicated} against {linearised}");
        }
    }
}

#[test]
fn bootstrap_samples_are_the_same_everywhere() {
    let design = Labour::read("labour").design(false);
    let (few, many) = (Factors::bootstrap(&design, 5, 1).unwrap(), Factors::bootstrap(&design, 9, 1).unwrap());
    let sum = |f: &Factors, r: usize| (0..72).map(|psu| f.factor(psu, r)).sum::<f64>();
    for r in 0..5 {
        // Every stratum keeps its number of PSUs.
        assert!((sum(&few, r) - 72.0).abs() < 1e-12);
        assert!((0..72).all(|psu| few.factor(psu, r) == many.factor(psu, r)));
    }
    let first: Vec<f64> = (0..12).map(|psu| few.factor(psu, 0)).collect();
    assert_eq!(first, FIRST, "the seed no longer gives these samples");
    assert_eq!(few.replicates().df(), 48.0);
    assert_ne!(few, Factors::bootstrap(&design, 5, 2).unwrap());
}

/// The first sample of seed 1, so that a change of the generator is seen.
const FIRST: [f64; 12] = [1.5, 0.0, 1.5, 4.0 / 3.0, 8.0 / 3.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.5, 1.5];

#[test]
fn the_number_of_threads_changes_no_bit() {
    let labour = Labour::read("labour");
    let factors = Factors::bootstrap(&labour.design(false), 40, 3).unwrap();
    let with =
        |threads: usize| ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| labour.both_ways(&factors));
    let one = with(1);
    for threads in [2, 3] {
        assert_eq!(one, with(threads));
    }
}

#[test]
fn parts_of_the_rows_add_up() {
    let labour = Labour::read("labour");
    let factors = Factors::jkn(&labour.design(false)).unwrap();
    let [whole, _] = labour.both_ways(&factors);
    let rate = Expression::rate(&[4, 5, 6, 7], 0);
    let part = |range: std::ops::Range<usize>| {
        let answers: Vec<&[u8]> = labour.answers().iter().map(|a| &a[range.clone()]).collect();
        let (psu, weight) = (&labour.psu[range.clone()], &labour.weight[range.clone()]);
        let rows =
            Rows { psu, cell: &labour.cell[range.clone()], weight, answers: &answers, amounts: &[&labour.wage[range.clone()]] };
        ReplicateTotals::accumulate(&rows, factors.replicates(), 8, |r| Ok(Cow::Owned(factors.column(r, psu, weight)))).unwrap()
    };
    let merged = part(0..1000).merge(&part(1000..labour.psu.len())).unwrap();
    let of = |totals: &ReplicateTotals| totals.estimate(|sums| rate.value(sums)).variance.unwrap();
    near(of(&merged), of(&whole), "merged");
    let other = Factors::jk1(&labour.unstratified()).unwrap();
    assert!(merged.merge(&labour.both_ways(&other)[0]).unwrap_err().is_design());
}

#[test]
fn unsound_weights_are_refused() {
    let rows = Rows { psu: &[0, 1, 2], cell: &[0, OUT, 0], weight: &[1.0; 3], answers: &[&[0, 1, 1]], amounts: &[] };
    let replicates = Replicates::new(Kind::Jk1, 2).unwrap();
    let with = |second: &[f64]| {
        let second = second.to_vec();
        ReplicateTotals::accumulate(&rows, &replicates, 1, |r| Ok(Cow::Owned(if r == 0 { vec![1.0; 3] } else { second.clone() })))
    };
    assert!(with(&[0.0, 1.5, 1.5]).is_ok());
    for (bad, words) in [
        (vec![1.0, f64::NAN, 1.0], "replicate 2: the weight of row 2 is NaN"),
        (vec![1.0, 1.0, -0.5], "replicate 2: the weight of row 3 is -0.5"),
        (vec![f64::INFINITY, 1.0, 1.0], "replicate 2: the weight of row 1 is inf"),
        (vec![1.0; 2], "replicate 2 has 2 weights for 3 rows"),
    ] {
        let error = with(&bad).unwrap_err();
        assert!(error.is_design() && error.to_string().contains(words), "{error}");
    }
    let negative = Rows { weight: &[1.0, -1.0, 1.0], ..rows };
    let error = ReplicateTotals::accumulate(&negative, &replicates, 1, |_| Ok(Cow::Owned(vec![1.0; 3]))).unwrap_err();
    assert!(error.to_string().contains("full-sample weights"), "{error}");
}

#[test]
fn designs_that_a_method_cannot_serve_are_refused() {
    let labour = Labour::read("labour");
    let (plain, corrected) = (labour.design(false), Labour::read("labour_2psu").design(true));
    for (error, words) in [
        (Factors::jk1(&plain).unwrap_err(), "24 strata"),
        (Factors::brr(&plain, 0.0).unwrap_err(), "two PSUs"),
        (Factors::brr(&corrected, 0.0).unwrap_err(), "sampling fractions"),
        (Factors::brr(&Labour::read("labour_2psu").design(false), 1.0).unwrap_err(), "Fay"),
        (Factors::bootstrap(&plain, 1, 0).unwrap_err(), "no spread"),
        (Replicates::new(Kind::Jkn, 8).unwrap_err(), "rscale"),
        (Replicates::jkn(vec![0.5, 1.5]).unwrap_err(), "1.5"),
        (Replicates::custom(f64::NAN, vec![1.0; 4]).unwrap_err(), "NaN"),
        (
            Factors::given(Replicates::new(Kind::Jk2, 2).unwrap(), 2, vec![1.0, 0.0, -1.0, 2.0]).unwrap_err(),
            "PSU 1 in replicate 2 is -1",
        ),
    ] {
        assert!(error.is_design() && error.to_string().contains(words), "{error}");
    }
    let adjust = Design::new(vec![0, 1, 1], vec![0.0; 2], LonelyPsu::Adjust, |h| h.to_string()).unwrap();
    assert!(Factors::jkn(&adjust).unwrap_err().to_string().contains("stratum 1 has only one PSU"));
    let remove = Design::new(vec![0, 1, 1], vec![0.0; 2], LonelyPsu::Remove, |h| h.to_string()).unwrap();
    let factors = Factors::jkn(&remove).unwrap();
    assert_eq!((factors.replicates().len(), factors.replicates().df(), factors.factor(0, 0)), (2, 1.0, 1.0));
}

proptest! {
    #![proptest_config(undeb_tests::search(24))]

    #[test]
    fn rescaled_weights_change_no_rate(scale in 1e-3..1e3f64, seed in any::<u64>()) {
        let mut labour = Labour::read("labour");
        let factors = Factors::bootstrap(&labour.design(false), 12, seed).unwrap();
        let rates = [Expression::rate(&[4, 5, 6, 7], 0), Expression::rate(&[4], 1).minus(Expression::rate(&[0], 1))];
        let before = labour.both_ways(&factors).map(|t| estimates(&t, &rates));
        labour.weight.iter_mut().for_each(|w| *w *= scale);
        let after = labour.both_ways(&factors).map(|t| estimates(&t, &rates));
        for (a, b) in before.iter().flatten().zip(after.iter().flatten()) {
            prop_assert!((a.value.unwrap() - b.value.unwrap()).abs() < 1e-12);
            prop_assert!((a.variance.unwrap() / b.variance.unwrap() - 1.0).abs() < 1e-10);
        }
    }
}
