//! Measures of two questions, margins, the full grid and pooled periods.

use polars::prelude::*;
use undeb::survey::design::{Design, LonelyPsu};
use undeb::survey::function::Function;
use undeb::survey::totals::{OUT, Rows, Totals};
use undeb::survey::variance::variance;
use undeb::{Measure, Period, Records, Roles};

use super::made::{Made, made, roles};
use super::{BOTH, CELLS, MARGINS, alike, df, extract_frame, near, one, through, with};

/// The workers as the kernel takes them, by sector.
fn kernel(workers: &Made) -> (Totals, Design) {
    let code = |answers: &[Option<bool>]| answers.iter().map(|a| a.map_or(2, u8::from)).collect::<Vec<u8>>();
    let (member, covered) = (code(&workers.member), code(&workers.covered));
    let mut psus = workers.psu.clone();
    psus.sort_unstable();
    psus.dedup();
    let psu: Vec<u32> = workers.psu.iter().map(|p| psus.binary_search(p).unwrap() as u32).collect();
    let mut stratum_of = vec![0; psus.len()];
    psu.iter().zip(&workers.stratum).for_each(|(p, h)| stratum_of[*p as usize] = (h - 10) as u32);
    let strata = stratum_of.iter().max().unwrap() + 1;
    let cell = |i: usize| match workers.sector[i] {
        _ if !workers.employee[i] => OUT,
        "private" => 0,
        "public" => 1,
        _ => 2,
    };
    let cell: Vec<u32> = (0..psu.len()).map(cell).collect();
    let rows = Rows { psu: &psu, cell: &cell, weight: &workers.weight, answers: &[&member, &covered], amounts: &[] };
    let totals = Totals::accumulate(&rows, psus.len(), 3);
    (totals, Design::new(stratum_of, vec![0.0; strata as usize], LonelyPsu::Fail, |h| h.to_string()).unwrap())
}

#[test]
fn coverage_minus_density_has_the_variance_of_the_difference() {
    let workers = made(900, 8, 4);
    let measures = [Measure::Density, Measure::Coverage, Measure::CoverageMinusDensity];
    let estimates = workers.records().estimate(&measures, &["sector"], &CELLS).unwrap();
    let (totals, design) = kernel(&workers);
    for (cell, sector) in ["private", "public", "voluntary"].into_iter().enumerate() {
        let cells = [cell as u32];
        let (density, coverage) = (Function::rate(&totals, &cells, 0).unwrap(), Function::rate(&totals, &cells, 1).unwrap());
        let gap = coverage.minus(&density);
        let v = variance(&totals, &design, &[density, coverage, gap], &[(0, 1)]);
        let of = |m: Measure| estimates.cells().iter().find(|e| e.measure == m && &*e.sector == sector).unwrap();
        let (d, c, e) = (of(measures[0]), of(measures[1]), of(measures[2]));
        near(e.value.unwrap(), c.value.unwrap() - d.value.unwrap(), 1e-13, sector);
        near(e.se().unwrap(), v.variance[2].sqrt(), 1e-12, sector);
        near(e.se().unwrap().powi(2), v.variance[0] + v.variance[1] - 2.0 * v.covariance[0], 1e-11, sector);
        near(d.se().unwrap(), v.variance[0].sqrt(), 1e-12, sector);
        near(c.se().unwrap(), v.variance[1].sqrt(), 1e-12, sector);
        assert!(v.covariance[0] > 0.0, "members are covered, so the two move together");
        assert_eq!((e.numerator, e.missing), (None, None));
    }
    // A survey in which members are no part of the covered has the gap too.
    let lfs = through(&extract_frame("uk-lfs"), "uk-lfs").unwrap();
    let both = lfs.estimate(&measures, &["period"], &CELLS).unwrap();
    for year in 2022..2025 {
        let value = |m| both.get(m, Period::year(year), "UK", "all").unwrap().value.unwrap();
        near(value(measures[2]), value(measures[1]) - value(measures[0]), 1e-13, "uk-lfs");
    }
}

#[test]
fn covered_nonmembers_are_counted_person_by_person() {
    let workers = made(900, 8, 4);
    let estimates = workers.records().estimate(&[Measure::CoveredNonmembers], &["sector"], &CELLS).unwrap();
    let both: Vec<Option<bool>> = workers
        .member
        .iter()
        .zip(&workers.covered)
        .map(|(m, c)| match (m, c) {
            // Both must be known: one answer alone can only say no.
            (Some(m), Some(c)) => Some(*c && !m),
            _ => None,
        })
        .collect();
    let direct = with(&workers.frame(), Series::new("covered".into(), both));
    // Another question in the place of coverage: members are no part of it.
    let roles = Roles { member: None, ..roles() };
    let direct = Records::new(&direct, &roles).unwrap().estimate(&[Measure::Coverage], &["sector"], &CELLS).unwrap();
    for (a, b) in estimates.cells().iter().zip(direct.cells()) {
        assert_eq!(a.sector, b.sector);
        assert_eq!((a.value, a.se(), df(a), a.n, a.missing), (b.value, b.se(), df(b), b.n, b.missing));
    }
    // Without unknown answers the share is the gap between coverage and density.
    let answered = Made {
        member: workers.member.iter().map(|m| Some(*m == Some(true))).collect(),
        covered: workers.covered.iter().map(|c| Some(*c == Some(true))).collect(),
        ..workers
    };
    let measures = [Measure::CoveredNonmembers, Measure::CoverageMinusDensity];
    let pair = answered.records().estimate(&measures, &["sector", "region"], &CELLS).unwrap();
    let (shares, gaps): (Vec<_>, Vec<_>) = pair.cells().iter().partition(|e| e.measure == measures[0]);
    assert_eq!((shares.len(), gaps.len()), (12, 12));
    for (a, b) in shares.iter().zip(&gaps) {
        near(a.value.unwrap(), b.value.unwrap(), 1e-12, "share and gap");
        near(a.se().unwrap(), b.se().unwrap(), 1e-10, "their errors");
    }
}

#[test]
fn margins_add_and_equal_direct_estimation() {
    for name in ["us-cps-org", "uk-lfs", "gss", "ess", "eurostat-ses"] {
        let records = through(&extract_frame(name), name).unwrap();
        let measures = undeb::Codebook::builtin(name).unwrap().measures();
        let all = records.estimate(&measures, &["period", "region", "sector"], &MARGINS).unwrap();
        let (region, sector) = (all.regions().whole().to_owned(), all.sectors().whole().to_owned());
        assert!(
            all.cells()
                .iter()
                .all(|e| e.rolled_up == (*e.region == *region || *e.sector == *sector || is_above(&all, &e.region)))
        );
        for (by, fixed_region, fixed_sector) in
            [(&["period"][..], true, true), (&["period", "region"], false, true), (&["period", "sector"], true, false)]
        {
            let direct = records.estimate(&measures, by, &MARGINS).unwrap();
            let part = all.clone().filter(|e| (!fixed_region || *e.region == *region) && (!fixed_sector || *e.sector == *sector));
            alike(&part, &direct, 1e-12);
        }
        // Sectors that are known never add to more than the whole, and regions do so too.
        for whole in all.cells().iter().filter(|e| *e.sector == *sector) {
            let parts = all.cells().iter().filter(|e| {
                (e.measure, e.period, &e.region) == (whole.measure, whole.period, &whole.region) && *e.sector != *sector
            });
            let (sum, n) = parts.fold((0.0, 0.0), |(s, n), e| (s + e.numerator.unwrap(), n + e.n.unwrap()));
            assert!(sum <= whole.numerator.unwrap() * (1.0 + 1e-12) && n <= whole.n.unwrap());
        }
    }
    // Every sector is known here, so the parts add.
    let workers = made(900, 8, 4);
    let all = workers.records().estimate(&BOTH, &["region", "sector"], &MARGINS).unwrap();
    for whole in all.cells().iter().filter(|e| &*e.sector == "all") {
        let parts = all.cells().iter().filter(|e| e.measure == whole.measure && e.region == whole.region && &*e.sector != "all");
        near(parts.map(|e| e.numerator.unwrap()).sum(), whole.numerator.unwrap(), 1e-12, "sectors add");
    }
    assert_eq!(all.cells().len(), 2 * 5 * 4);
}

fn is_above(estimates: &undeb::Estimates, region: &str) -> bool {
    estimates.cells().iter().any(|e| estimates.regions().is_below(&e.region, region))
}

#[test]
fn the_full_grid_is_kept() {
    let mut workers = made(600, 8, 4);
    // No voluntary employers in the east, and nobody there answered in private.
    for i in 0..600 {
        match (workers.region[i], workers.sector[i]) {
            ("east", "voluntary") => workers.sector[i] = "public",
            ("east", "private") => workers.member[i] = None,
            _ => {}
        }
    }
    let estimates = workers.records().estimate(&BOTH, &["region", "sector"], &CELLS).unwrap();
    assert_eq!(estimates.cells().len(), 2 * 4 * 3);
    let at = |sector: &str| estimates.get(Measure::Density, Period::year(2024), "east", sector).unwrap();
    let empty = at("voluntary");
    assert_eq!((empty.value, empty.n, empty.se(), empty.missing, empty.psus), (None, Some(0.0), None, None, Some(0)));
    let unanswered = at("private");
    assert_eq!((unanswered.value, unanswered.n, unanswered.numerator), (None, Some(0.0), Some(0.0)));
    let m = unanswered.missing.unwrap();
    assert_eq!((m.share, m.low, m.high), (1.0, 0.0, 1.0));
    assert!(at("public").value.is_some());
}

#[test]
fn missing_bounds_hold_the_rate() {
    let estimates = made(900, 8, 4).records().estimate(&BOTH, &["period", "region", "sector"], &MARGINS).unwrap();
    for e in estimates.cells() {
        let (m, value) = (e.missing.unwrap(), e.value.unwrap());
        assert!(0.0 <= m.low && m.low <= value && value <= m.high && m.high <= 1.0, "{e:?}");
        near(value * (1.0 - m.share), m.low, 1e-12, "the rate among all who were asked");
    }
}

#[test]
fn pooled_periods_are_averages_of_those_in_the_domain() {
    let workers = made(900, 8, 4);
    let records = workers.records();
    let years = records.estimate(&BOTH, &["period"], &CELLS).unwrap();
    let pooled = records.estimate(&BOTH, &[], &CELLS).unwrap();
    for e in pooled.cells() {
        let of_years: Vec<_> = years.cells().iter().filter(|y| y.measure == e.measure).collect();
        let sum = |f: &dyn Fn(&undeb::Estimate) -> f64| of_years.iter().map(|y| f(y)).sum::<f64>();
        assert_eq!(e.periods(), "2022 to 2024");
        assert_eq!((e.period, e.n), (Period::year(2024), Some(sum(&|y| y.n.unwrap()))));
        near(e.numerator.unwrap(), sum(&|y| y.numerator.unwrap()) / 3.0, 1e-12, "average of members");
        near(e.denominator.unwrap(), sum(&|y| y.denominator.unwrap()) / 3.0, 1e-12, "average of employees");
        near(e.value.unwrap(), sum(&|y| y.numerator.unwrap()) / sum(&|y| y.denominator.unwrap()), 1e-12, "pooled rate");
    }
    // One year left by a filter is that year, not a third of three.
    let keep: Vec<bool> = workers.year.iter().map(|y| *y == 2022).collect();
    let single = records.filter(&keep).unwrap().estimate(&BOTH, &[], &CELLS).unwrap();
    for e in single.cells() {
        let year = years.get(e.measure, Period::year(2022), "all", "all").unwrap();
        assert_eq!((e.period, e.note.as_deref()), (Period::year(2022), None));
        assert_eq!((e.value, e.numerator, e.denominator, e.n), (year.value, year.numerator, year.denominator, year.n));
        near(e.se().unwrap(), year.se().unwrap(), 1e-14, "error of one year");
    }
    // Records without a period.
    let undated = super::Records::new(&workers.frame(), &undeb::Roles { period: None, ..roles() }).unwrap();
    let undated = undated.estimate(&[Measure::Density], &[], &CELLS).unwrap();
    assert_eq!((one(&undated).period, one(&undated).note.as_deref()), (Period::UNDATED, None));
}
