//! Strata, PSUs and population counts: what is refused, and that a filter is a domain.

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{Codebook, Measure, Records, Roles};

use super::made::{Made, made, roles};
use super::{BOTH, CELLS, bits, df, extract_frame, near, one, says, with};

const DENSITY: [Measure; 1] = [Measure::Density];

#[test]
fn a_lonely_psu_is_refused_with_its_stratum() {
    let mut workers = made(400, 6, 3);
    let alone: Vec<i64> = workers.psu.iter().zip(&workers.stratum).filter(|(_, h)| **h == 12).map(|(p, _)| *p).collect();
    for (psu, h) in workers.psu.iter_mut().zip(&workers.stratum) {
        if *h == 12 {
            *psu = alone[0];
        }
    }
    let e = says(Records::new(&workers.frame(), &roles()), &["1 stratum has only one PSU: 12"]);
    assert!(e.is_design());
    for lonely_psu in [LonelyPsu::Remove, LonelyPsu::Adjust, LonelyPsu::Average] {
        let records = Records::new(&workers.frame(), &Roles { lonely_psu, ..roles() }).unwrap();
        assert!(one(&records.estimate(&DENSITY, &[], &CELLS).unwrap()).se().unwrap() > 0.0);
    }
    // A stratum made of several variables is named by all of them.
    let ess = extract_frame("ess").head(Some(1));
    let refused = Records::with_codebook(&ess, &Codebook::builtin("ess").unwrap(), LonelyPsu::Fail);
    says(refused, &["1 stratum has only one PSU: 8 AT 0"]);
}

#[test]
fn psu_numbers_that_repeat_between_strata() {
    let mut workers = made(400, 4, 3);
    let apart = workers.records().estimate(&BOTH, &["sector"], &CELLS).unwrap();
    let unique = Roles { unique_psus: true, ..roles() };
    let same = Records::new(&workers.frame(), &unique).unwrap().estimate(&BOTH, &["sector"], &CELLS).unwrap();
    assert_eq!(bits(&apart), bits(&same));
    workers.psu.iter_mut().for_each(|p| *p = (*p - 10_000) % 3);
    // Nested, the numbers 0 to 2 of every stratum are other PSUs.
    assert_eq!(bits(&apart), bits(&workers.records().estimate(&BOTH, &["sector"], &CELLS).unwrap()));
    let e = says(Records::new(&workers.frame(), &unique), &["PSU 0 of column `psu` lies in two strata of `stratum`"]);
    assert!(e.is_design());
    let texts =
        with(&workers.frame(), Series::new("psu".into(), workers.psu.iter().map(|p| format!("p{p}")).collect::<Vec<_>>()));
    says(Records::new(&texts, &unique), &["PSU p0 of column `psu`"]);
}

#[test]
fn empty_cells_of_the_design() {
    let workers = made(50, 2, 2);
    for name in ["stratum", "psu"] {
        let whole = super::whole_numbers(&workers.frame(), name);
        let mut holes = whole.clone();
        (holes[1], holes[5]) = (None, None);
        let nan: Vec<f64> = holes.iter().map(|v| v.map_or(f64::NAN, |v| v as f64)).collect();
        let texts: Vec<Option<String>> = holes.iter().map(|v| v.map(|v| v.to_string())).collect();
        for holed in [Series::new(name.into(), holes), Series::new(name.into(), nan), Series::new(name.into(), texts)] {
            let refused = Records::new(&with(&workers.frame(), holed), &roles());
            assert!(says(refused, &[&format!("`{name}` is empty in row 2 (2 empty cells)")]).is_design());
        }
    }
    let cps = extract_frame("epi-cps");
    let mut households: Vec<f64> = super::whole_numbers(&cps, "hhid").iter().map(|v| v.unwrap() as f64).collect();
    let floats = with(&cps, Series::new("hhid".into(), &households));
    super::through(&floats, "epi-cps").unwrap();
    households[2] = f64::NAN;
    let holed = with(&cps, Series::new("hhid".into(), &households));
    says(super::through(&holed, "epi-cps"), &["empty in row 3 (1 empty cells)"]);
}

#[test]
fn population_counts() {
    let workers = made(400, 4, 3);
    let rows = workers.psu.len();
    let with_fpc = |values: Vec<Option<f64>>| {
        let frame = with(&workers.frame(), Series::new("N".into(), values));
        Records::new(&frame, &Roles { fpc: Some("N".to_owned()), ..roles() })
    };
    let se = |records: &Records| one(&records.estimate(&DENSITY, &[], &CELLS).unwrap()).se().unwrap();
    let open = se(&workers.records());
    near(se(&with_fpc(vec![Some(12.0); rows]).unwrap()), open * 0.75_f64.sqrt(), 1e-12, "3 of 12 PSUs");
    near(se(&with_fpc(vec![Some(0.25); rows]).unwrap()), open * 0.75_f64.sqrt(), 1e-12, "a quarter of the PSUs");
    // A complete sample has no sampling error left.
    let complete = with_fpc(vec![Some(3.0); rows]).unwrap().estimate(&DENSITY, &[], &CELLS).unwrap();
    assert!(one(&complete).value.is_some() && one(&complete).se().is_none_or(|se| se == 0.0));
    let e = says(with_fpc(vec![Some(2.0); rows]), &["stratum 10 has 3 sampled PSUs but a population of 2"]);
    assert!(e.is_design());
    for (value, shown) in [(None, "missing"), (Some(-5.0), "-5"), (Some(0.0), "0"), (Some(f64::NAN), "NaN")] {
        let mut values = vec![Some(12.0); rows];
        values[6] = value;
        says(with_fpc(values), &[&format!("`N`, row 7 is {shown}")]);
    }
    let mut uneven = vec![Some(12.0); rows];
    uneven[0] = Some(13.0);
    says(with_fpc(uneven), &["has the populations"]);
}

fn rows_of(workers: &Made, keep: &[bool]) -> Made {
    fn left<T: Clone>(all: &[T], keep: &[bool]) -> Vec<T> {
        all.iter().zip(keep).filter(|(_, k)| **k).map(|(v, _)| v.clone()).collect()
    }
    Made {
        member: left(&workers.member, keep),
        covered: left(&workers.covered, keep),
        employee: left(&workers.employee, keep),
        weight: left(&workers.weight, keep),
        stratum: left(&workers.stratum, keep),
        psu: left(&workers.psu, keep),
        year: left(&workers.year, keep),
        region: left(&workers.region, keep),
        sector: left(&workers.sector, keep),
    }
}

#[test]
fn a_filter_keeps_the_design() {
    let workers = made(600, 8, 4);
    // A domain that leaves the first PSU of every stratum empty.
    let keep: Vec<bool> = workers.psu.iter().zip(&workers.sector).map(|(p, s)| p % 4 != 0 && *s == "public").collect();
    let filtered = workers.records().filter(&keep).unwrap();
    assert_eq!(filtered.len(), 600);
    let filtered = filtered.estimate(&DENSITY, &[], &CELLS).unwrap();
    let dropped = rows_of(&workers, &keep).records().estimate(&DENSITY, &[], &CELLS).unwrap();
    let (inside, alone) = (one(&filtered), one(&dropped));
    near(inside.value.unwrap(), alone.value.unwrap(), 1e-14, "the rate does not know the design");
    assert_eq!(inside.n, alone.n);
    // Degrees of freedom are those of the PSUs in the domain, as in R survey, so both have the same.
    assert_eq!((df(inside), df(alone)), (Some(16.0), Some(16.0)));
    let apart = inside.se().unwrap() / alone.se().unwrap() - 1.0;
    assert!(apart.abs() > 1e-4, "rows that are dropped take empty PSUs along: {apart}");
    // The same domain by another way: only those are employees.
    let employee: Vec<bool> = keep.iter().zip(&workers.employee).map(|(k, e)| *k && *e).collect();
    let other = Made { employee, ..workers }.records().estimate(&DENSITY, &[], &CELLS).unwrap();
    assert_eq!(bits(&filtered), bits(&other));
}

#[test]
fn a_filter_is_the_cell_of_a_breakdown() {
    let workers = made(600, 8, 4);
    let cells = workers.records().estimate(&BOTH, &["sector"], &CELLS).unwrap();
    for sector in ["private", "public", "voluntary"] {
        let keep: Vec<bool> = workers.sector.iter().map(|s| *s == sector).collect();
        let domain = workers.records().filter(&keep).unwrap().estimate(&BOTH, &[], &CELLS).unwrap();
        let cell: Vec<_> = cells.cells().iter().filter(|e| &*e.sector == sector).collect();
        assert_eq!((cell.len(), domain.cells().len()), (2, 2));
        for (a, b) in cell.iter().zip(domain.cells()) {
            assert_eq!((a.value, a.numerator, a.n, a.psus, df(a)), (b.value, b.numerator, b.n, b.psus, df(b)));
            near(a.se().unwrap(), b.se().unwrap(), 1e-14, sector);
        }
    }
    let nobody = workers.records().filter(&[false; 600]).unwrap().estimate(&BOTH, &["sector"], &CELLS).unwrap();
    assert_eq!(nobody.cells().len(), 6);
    assert!(nobody.cells().iter().all(|e| e.value.is_none() && e.se().is_none() && e.n == Some(0.0) && e.missing.is_none()));
}
