//! Variances of the survey kernel against R `survey` on the synthetic labour survey (tests/golden/README.md).

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use undeb::survey::design::{Design, LonelyPsu};
use undeb::survey::function::Function;
use undeb::survey::totals::{OUT, Rows, Totals};
use undeb::survey::variance::variance;

fn golden(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_str(&golden(name)).unwrap()
}

fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-10 * theirs.abs().max(1e-6), "{what}: {ours} against {theirs}");
}

/// The labour survey in columns.
struct Labour {
    columns: HashMap<String, Vec<f64>>,
}

impl Labour {
    fn read(name: &str) -> Labour {
        let text = golden(name);
        let mut lines = text.lines();
        let names: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
        let mut columns: HashMap<String, Vec<f64>> = names.iter().map(|n| (n.clone(), Vec::new())).collect();
        for line in lines {
            for (name, field) in names.iter().zip(line.split(',')) {
                columns.get_mut(name).unwrap().push(field.parse().unwrap_or(f64::NAN));
            }
        }
        Labour { columns }
    }

    fn of(&self, name: &str) -> &[f64] {
        &self.columns[name]
    }

    /// PSUs nested in strata, numbered by first appearance.
    fn design(&self, lonely: LonelyPsu, fpc: bool, keep: impl Fn(usize) -> bool) -> Result<(Design, Vec<u32>), undeb::Error> {
        let (mut psus, mut strata) = (HashMap::new(), HashMap::new());
        let (mut stratum_of, mut of_row, mut population) = (Vec::new(), Vec::new(), Vec::new());
        for i in (0..self.of("psu").len()).filter(|i| keep(*i)) {
            let (h, p) = (self.of("stratum")[i].to_bits(), self.of("psu")[i].to_bits());
            let next = strata.len() as u32;
            let stratum = *strata.entry(h).or_insert(next);
            if stratum == next {
                population.push(self.of("Nh")[i]);
            }
            let next = psus.len() as u32;
            let psu = *psus.entry((h, p)).or_insert(next);
            if psu == next {
                stratum_of.push(stratum);
            }
            of_row.push(psu);
        }
        let sampled = |h: usize| stratum_of.iter().filter(|s| **s as usize == h).count() as f64;
        let fraction = (0..population.len()).map(|h| if fpc { sampled(h) / population[h] } else { 0.0 }).collect();
        Ok((Design::new(stratum_of, fraction, lonely, |h| h.to_string())?, of_row))
    }

    /// Cells by the given columns among employees for whom `domain` holds; OUT elsewhere.
    fn cells(&self, by: &[&str], domain: impl Fn(usize) -> bool) -> (Vec<u32>, Vec<Vec<f64>>) {
        let rows = self.of("psu").len();
        let key = |i: usize| by.iter().map(|c| self.of(c)[i]).collect::<Vec<f64>>();
        let mut keys: Vec<Vec<f64>> = (0..rows).filter(|i| domain(*i)).map(key).collect();
        keys.sort_by(|a, b| a.partial_cmp(b).unwrap());
        keys.dedup();
        let cell = |i: usize| {
            if domain(i) { keys.iter().position(|k| *k == key(i)).unwrap() as u32 } else { OUT }
        };
        ((0..rows).map(cell).collect(), keys)
    }

    fn totals(&self, psu: &[u32], cell: &[u32], psus: usize, cells: usize) -> Totals {
        let answer = |name: &str| self.of(name).iter().map(|v| *v as u8).collect::<Vec<u8>>();
        let (union, covered, employee) = (answer("union"), answer("covered"), answer("employee"));
        let uw: Vec<f64> = self.of("union").iter().zip(self.of("wage")).map(|(u, w)| u * w).collect();
        let rows = Rows {
            psu,
            cell,
            weight: self.of("weight"),
            answers: &[&union, &covered, &employee],
            amounts: &[self.of("wage"), &uw],
        };
        Totals::accumulate(&rows, psus, cells)
    }

    fn employed(&self, year: f64) -> impl Fn(usize) -> bool + '_ {
        move |i| self.of("employee")[i] == 1.0 && self.of("year")[i] == year
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn rates_and_covariances_by_region_and_sector() {
    let labour = Labour::read("labour.csv");
    let expected = json("taylor.json");
    for (by, fpc, name) in [
        ("region", false, "labour_2024_region_wr"),
        ("region", true, "labour_2024_region_fpc"),
        ("sector", false, "labour_2024_sector_wr"),
    ] {
        let (design, psu) = labour.design(LonelyPsu::Fail, fpc, |_| true).unwrap();
        let (cell, keys) = labour.cells(&[by], labour.employed(2024.0));
        let totals = labour.totals(&psu, &cell, design.psus(), keys.len());
        for (variable, measure) in ["union", "covered"].into_iter().enumerate() {
            let rates: Vec<Function> =
                (0..keys.len()).map(|c| Function::rate(&totals, &[c as u32], variable as u32).unwrap()).collect();
            let k = rates.len() as u32;
            let pairs: Vec<(u32, u32)> = (0..k).flat_map(|a| (0..k).map(move |b| (a, b))).collect();
            let v = variance(&totals, &design, &rates, &pairs);
            let theirs = numbers(&expected[name][measure]);
            let cov = &expected[name][format!("cov_{measure}")];
            for a in 0..rates.len() {
                near(rates[a].value, theirs[a], name);
                near(v.variance[a], cov[a][a].as_f64().unwrap(), name);
                assert_eq!(totals.tally(a, variable).n, expected[name]["n"][a].as_u64().unwrap());
                for b in 0..rates.len() {
                    let ours = v.covariance[a * rates.len() + b];
                    let theirs = cov[a][b].as_f64().unwrap();
                    assert!((ours - theirs).abs() < 1e-10 * v.variance[a].max(v.variance[b]), "{name} {a} {b}: {ours} {theirs}");
                }
            }
            if name == "labour_2024_region_wr" {
                assert_eq!(v.df[0], expected["degf"]["dom_region1"].as_f64().unwrap());
            }
            if by == "sector" {
                assert_eq!(v.df[4], expected["degf"]["dom_sector5"].as_f64().unwrap());
            }
        }
    }
}

#[test]
fn many_cells() {
    let labour = Labour::read("labour.csv");
    let expected = &json("taylor.json")["labour_2024_region_sector_wr"];
    let (design, psu) = labour.design(LonelyPsu::Fail, false, |_| true).unwrap();
    let (cell, keys) = labour.cells(&["region", "sector"], labour.employed(2024.0));
    let totals = labour.totals(&psu, &cell, design.psus(), keys.len());
    for (variable, measure) in ["union", "covered"].into_iter().enumerate() {
        let rates: Vec<Function> =
            (0..keys.len()).map(|c| Function::rate(&totals, &[c as u32], variable as u32).unwrap()).collect();
        let v = variance(&totals, &design, &rates, &[]);
        for (i, key) in expected["keys"].as_array().unwrap().iter().enumerate() {
            let key = vec![key["region"].as_f64().unwrap(), key["sector"].as_f64().unwrap()];
            let at = keys.iter().position(|k| *k == key).unwrap();
            near(rates[at].value, expected[measure][i].as_f64().unwrap(), measure);
            near(v.variance[at].sqrt(), expected[format!("se_{measure}")][i].as_f64().unwrap(), measure);
        }
    }
}

#[test]
fn margins_ratios_totals_and_changes() {
    let labour = Labour::read("labour.csv");
    let expected = json("taylor.json");
    let (design, psu) = labour.design(LonelyPsu::Fail, false, |_| true).unwrap();
    let employee = |i: usize| labour.of("employee")[i] == 1.0;

    // Cells are region x year; years and the whole are margins, summed from cells.
    let (cell, keys) = labour.cells(&["region", "year"], employee);
    let totals = labour.totals(&psu, &cell, design.psus(), keys.len());
    let year = |y: f64| keys.iter().enumerate().filter(|(_, k)| k[1] == y).map(|(i, _)| i as u32).collect::<Vec<u32>>();
    let rates = [Function::rate(&totals, &year(2023.0), 0).unwrap(), Function::rate(&totals, &year(2024.0), 0).unwrap()];
    let change = rates[1].minus(&rates[0]);
    let functions = [rates[0].clone(), rates[1].clone(), change];
    let v = variance(&totals, &design, &functions, &[(0, 1)]);
    for (i, estimate) in numbers(&expected["year_cov"]["est"]).into_iter().enumerate() {
        near(functions[i].value, estimate, "year");
        near(v.variance[i], expected["year_cov"]["vcov"][i][i].as_f64().unwrap(), "year");
    }
    near(v.covariance[0], expected["year_cov"]["vcov"][0][1].as_f64().unwrap(), "between years");
    near(functions[2].value, expected["year_change"]["est"].as_f64().unwrap(), "change");
    near(v.variance[2].sqrt(), expected["year_change"]["se"][0][0].as_f64().unwrap(), "change");

    let cells: Vec<Function> = (0..keys.len()).map(|c| Function::rate(&totals, &[c as u32], 0).unwrap()).collect();
    let k = cells.len() as u32;
    let pairs: Vec<(u32, u32)> = (0..k).flat_map(|a| (0..k).map(move |b| (a, b))).collect();
    let v = variance(&totals, &design, &cells, &pairs);
    let matrix = &expected["region_year_cov"];
    let order: Vec<usize> = matrix["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            keys.iter().position(|k| k[0] == key["region"].as_f64().unwrap() && k[1] == key["year"].as_f64().unwrap()).unwrap()
        })
        .collect();
    for (i, &a) in order.iter().enumerate() {
        for (j, &b) in order.iter().enumerate() {
            let theirs = matrix["vcov"][i][j].as_f64().unwrap();
            assert!((v.covariance[a * cells.len() + b] - theirs).abs() < 1e-10 * v.variance[a].max(v.variance[b]), "{i} {j}");
        }
    }

    // A ratio of two sums: the union share of the wage bill, and union members among employees.
    let (cell, _) = labour.cells(&[], employee);
    let totals = labour.totals(&psu, &cell, design.psus(), 1);
    let (wage, uw, union) =
        (Function::total(&totals, &[0], 3), Function::total(&totals, &[0], 4), Function::total(&totals, &[0], 0));
    let ratios = [uw.over(&wage).unwrap(), union.over(&Function::total(&totals, &[0], 2)).unwrap()];
    let v = variance(&totals, &design, &ratios, &[]);
    let multi = &expected["svyratio_multi"];
    near(ratios[0].value, multi["ratio"][0][0].as_f64().unwrap(), "wage bill");
    near(v.variance[0], multi["var"][0][0].as_f64().unwrap(), "wage bill");
    near(ratios[1].value, multi["ratio"][1][1].as_f64().unwrap(), "union");
    near(v.variance[1], multi["var"][1][1].as_f64().unwrap(), "union");

    let (cell, _) = labour.cells(&[], |i| labour.of("year")[i] == 2024.0);
    let totals = labour.totals(&psu, &cell, design.psus(), 1);
    let sums: Vec<Function> = (0..3).map(|variable| Function::total(&totals, &[0], variable)).collect();
    let v = variance(&totals, &design, &sums, &[(0, 1), (0, 2), (1, 2)]);
    for (i, estimate) in numbers(&expected["totals_2024"]["est"]).into_iter().enumerate() {
        near(sums[i].value, estimate, "total");
        near(v.variance[i], expected["totals_2024"]["vcov"][i][i].as_f64().unwrap(), "total");
    }
    near(v.covariance[2], expected["totals_2024"]["vcov"][1][2].as_f64().unwrap(), "covered and employees");
}

#[test]
fn lonely_psus_under_every_rule() {
    let labour = Labour::read("labour_lonely.csv");
    let expected = &json("taylor.json")["lonely"];
    let refused = labour.design(LonelyPsu::Fail, false, |_| true).unwrap_err();
    assert!(refused.is_design() && refused.to_string().contains("only one PSU"), "{refused}");
    for (name, rule) in [
        ("remove", LonelyPsu::Remove),
        ("certainty", "certainty".parse().unwrap()),
        ("adjust", LonelyPsu::Adjust),
        ("average", LonelyPsu::Average),
    ] {
        let (design, psu) = labour.design(rule, false, |_| true).unwrap();
        let (cell, keys) = labour.cells(&["region"], labour.employed(2024.0));
        let totals = labour.totals(&psu, &cell, design.psus(), keys.len());
        let mut rates: Vec<Function> = (0..keys.len()).map(|c| Function::rate(&totals, &[c as u32], 0).unwrap()).collect();
        rates.push(Function::rate(&totals, &[0, 1, 2, 3], 0).unwrap());
        let v = variance(&totals, &design, &rates, &[]);
        near(rates[4].value, expected[name]["overall"]["est"].as_f64().unwrap(), name);
        near(v.variance[4].sqrt(), expected[name]["overall"]["se"].as_f64().unwrap(), name);
        for r in 0..4 {
            near(rates[r].value, expected[name]["region"]["est"][r].as_f64().unwrap(), name);
            near(v.variance[r].sqrt(), expected[name]["region"]["se"][r].as_f64().unwrap(), &format!("{name} region {r}"));
        }
    }
}
