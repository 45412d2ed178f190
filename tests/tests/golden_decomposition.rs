//! Decompositions against exact rational arithmetic, and the American rise of 2019 to 2020 from the bundled table.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use serde_json::Value;
use undeb::survey::decomposition::{Cell, Form, Split, split};
use undeb::{DecomposeOptions, Decomposition, EffectOf, Error, Measure, Period, PublishedTable, Registry, SplitForm};
use undeb_tests::{Entry, Folder, project};

fn golden() -> Value {
    serde_json::from_str(&fs::read_to_string(project().join("tests/golden/decomposition.json")).unwrap()).unwrap()
}

/// The cells of the golden table, sector by sector, and the sector of each.
fn cells(golden: &Value) -> (Vec<Cell>, Vec<usize>) {
    let number = |table: &str, s: usize, r: usize| golden[table][s][r].as_f64().unwrap();
    let (mut cells, mut sectors) = (Vec::new(), Vec::new());
    for (s, r) in (0..4).flat_map(|s| (0..3).map(move |r| (s, r))) {
        cells.push(Cell { counted: [number("M1", s, r), number("M2", s, r)], all: [number("N1", s, r), number("N2", s, r)] });
        sectors.push(s);
    }
    (cells, sectors)
}

fn near(found: f64, golden: &Value) {
    let golden = golden.as_f64().unwrap();
    assert!((found - golden).abs() < 1e-15, "{found} against {golden}");
}

#[test]
fn kitagawa_equals_the_rationals() {
    let golden = golden();
    let (cells, _) = cells(&golden);
    let flat = [(0..12).collect()];
    let of = split(&cells, &flat, Form::Averaged).unwrap();
    near(of.change.value, &golden["change"]);
    near(of.effects[0].value, &golden["kitagawa_2"]["composition"]);
    near(of.effects[1].value, &golden["kitagawa_2"]["rate"]);
    for (i, parts) in of.cells.iter().enumerate() {
        let cell = &golden["kitagawa_per_cell"][format!("{},{}", i / 3, i % 3)];
        near(parts.rate.value, &cell["rate"]);
        near(parts.composition.value, &cell["composition_centred"]);
    }
    let three = &golden["kitagawa_3(base=year1)"];
    let of = split(&cells, &flat, Form::FromFirst).unwrap();
    near(of.effects[0].value, &three["composition"]);
    near(of.effects[1].value, &three["rate"]);
    near(of.effects[2].value, &three["interaction"]);
}

#[test]
fn das_gupta_equals_the_rationals() {
    let golden = golden();
    let (cells, sectors) = cells(&golden);
    let of = split(&cells, &[sectors, (0..12).collect()], Form::Averaged).unwrap();
    near(of.effects[0].value, &golden["das_gupta_3"]["sector_share"]);
    near(of.effects[1].value, &golden["das_gupta_3"]["region_within_sector"]);
    near(of.effects[2].value, &golden["das_gupta_3"]["density"]);
}

/// Slopes against differences of the terms themselves.
#[test]
fn slopes_are_derivatives() {
    let golden = golden();
    let (mut cells, sectors) = cells(&golden);
    // An empty cell carries the rate of the other period.
    cells[4] = Cell { counted: [0.0, 50.0], all: [0.0, 290.0] };
    let levels = [sectors, (0..12).collect()];
    for (levels, form) in [(&levels[..], Form::Averaged), (&levels[1..], Form::Averaged), (&levels[1..], Form::FromFirst)] {
        let terms = |cells: &[Cell]| -> Vec<undeb::survey::decomposition::Term> {
            let Split { effects, cells, change, .. } = split(cells, levels, form).unwrap();
            let parts = cells.into_iter().flat_map(|c| [Some(c.rate), Some(c.composition), c.interaction]).flatten();
            effects.into_iter().chain([change]).chain(parts).collect()
        };
        let here = terms(&cells);
        for (i, t) in (0..12).flat_map(|i| [(i, 0), (i, 1)]).filter(|at| *at != (4, 0)) {
            for counted in [true, false] {
                let moved = |by: f64| {
                    let mut cells = cells.clone();
                    *(if counted { &mut cells[i].counted[t] } else { &mut cells[i].all[t] }) += by;
                    terms(&cells)
                };
                let (up, down) = (moved(1e-3), moved(-1e-3));
                for (k, term) in here.iter().enumerate() {
                    let slope = if counted { term.slopes[i].counted[t] } else { term.slopes[i].all[t] };
                    let numeric = (up[k].value - down[k].value) / 2e-3;
                    assert!((slope - numeric).abs() < 1e-10, "{form:?} term {k}, cell {i}, period {t}: {slope} {numeric}");
                }
            }
        }
    }
}

fn rise(by: &[&str], form: SplitForm) -> Decomposition {
    let table = PublishedTable::open("us-states", &Registry::bundled().unwrap()).unwrap();
    let options = DecomposeOptions { by: by.iter().map(|b| (*b).to_owned()).collect(), form, ..DecomposeOptions::default() };
    let estimates = table.estimate(&[Measure::Density], Some(1.5)).unwrap();
    estimates.decompose(Measure::Density, Period::year(2019), Period::year(2020), &options).unwrap()
}

#[test]
fn the_rise_of_2020_depends_on_the_grouping() {
    let both = rise(&["region", "sector"], SplitForm::TwoFactors);
    // Members fell, the rate rose.
    assert!(both.counted[1] < both.counted[0] && both.change.value > 0.0);
    let points = |d: &Decomposition| d.effects.iter().map(|e| 100.0 * e.amount.value).collect::<Vec<f64>>();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    // From the table, by a short program of its own.
    near(points(&both)[0], 0.1740742214587536);
    near(points(&both)[1], 0.3296886187013992);
    let state = rise(&["region"], SplitForm::TwoFactors);
    near(points(&state)[0], -0.0607368251988199);
    near(points(&state)[1], 0.5644982841984417);
    // The decomposition itself says so.
    assert_eq!(both.groupings.len(), 3);
    assert_eq!(both.groupings[1].by, ["region"]);
    assert!((both.groupings[1].composition - state.groupings[0].composition).abs() < 1e-7);
    let nested = rise(&["sector", "region"], SplitForm::Nested);
    assert_eq!(nested.effects.len(), 3);
    assert_eq!(nested.effects[1].of, EffectOf::Share { of: "region".into(), within: vec!["sector".into()] });
    for d in [both, state, nested, rise(&["region", "sector"], SplitForm::Interaction)] {
        let effects: f64 = d.effects.iter().map(|e| e.amount.value).sum();
        let cells: f64 = d.cells.iter().map(|c| c.total.value).sum();
        assert!((effects - d.change.value).abs() < 1e-15 && (cells - d.change.value).abs() < 1e-15);
        // The error of weights is not published.
        assert!(d.change.se.unwrap() > 0.0);
        assert!(d.effects.iter().all(|e| e.amount.interval.is_some() == (e.of == EffectOf::Rate)));
        assert!(d.cells.iter().all(|c| c.rate_effect.se.is_some() && c.composition.se.is_none()));
    }
}

fn mine(rows: &str) -> Folder {
    Folder::new(&Entry::default(), format!("period,region,sector,n,employees,members,covered\n{rows}").as_bytes())
}

fn decompose(folder: &Folder, by: &[&str]) -> Result<Decomposition, Error> {
    let options = DecomposeOptions { by: by.iter().map(|b| (*b).to_owned()).collect(), ..DecomposeOptions::default() };
    let estimates = folder.table().unwrap().estimate(&[Measure::Density], Some(1.0)).unwrap();
    estimates.decompose(Measure::Density, Period::year(2019), Period::year(2020), &options)
}

const PAIR: &str = "2019,UK,public,100,500,250,300\n2020,UK,public,100,600,240,250\n";

#[test]
fn an_empty_cell_carries_the_rate_of_the_other_period() {
    let rows = format!("{PAIR}2019,UK,private,0,0,0,0\n2020,UK,private,50,400,40,60\n");
    let of = decompose(&mine(&rows), &["sector"]).unwrap();
    assert_eq!(of.carried, [("private sector".to_owned(), Period::year(2019))]);
    let private = of.cells.iter().find(|c| &*c.codes[0] == "private").unwrap();
    assert_eq!((private.rate[0], private.rate_effect.value), (None, 0.0));
    assert!((of.change.value - (280.0 / 1000.0 - 0.5)).abs() < 1e-15);
    assert!(of.change.se.is_some());
}

#[test]
fn cells_that_do_not_match_are_listed() {
    let rows = format!("{PAIR}2019,UK,private,50,400,40,60\n");
    let error = decompose(&mine(&rows), &["sector"]).unwrap_err();
    assert!(error.is_data() && error.message().contains("private sector in 2020"), "{error}");
}

#[test]
fn cells_that_are_not_the_whole_are_refused() {
    let whole = "2019,UK,all,200,1000,300,400\n2020,UK,all,200,1000,300,400\n";
    let rows = format!("{whole}{PAIR}2019,UK,private,50,100,40,60\n2020,UK,private,50,400,40,60\n");
    let error = decompose(&mine(&rows), &["sector"]).unwrap_err();
    assert!(error.message().contains("the 2 cells hold 600 workers in 2019"), "{error}");
    let error = decompose(&mine(&rows), &["secter"]).unwrap_err();
    assert!(error.to_string().contains("did you mean `sector`"), "{error}");
    let error = decompose(&mine(&rows), &["region"]).unwrap_err();
    assert!(error.message().contains("no numbers of workers by region"), "{error}");
}
