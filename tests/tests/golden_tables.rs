//! The bundled tables against facts that are known without this library: printed totals, sums, a second publisher.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use undeb::{Estimates, Measure, Period, PublishedTable, Registry};
use undeb_tests::{Entry, Folder, Rows};

fn estimates(source: &str, measures: &[Measure]) -> Estimates {
    PublishedTable::open(source, &Registry::bundled().unwrap()).unwrap().estimate(measures, None).unwrap()
}

fn value(of: &Estimates, measure: Measure, year: i32, region: &str, sector: &str) -> Option<f64> {
    of.get(measure, Period::year(year), region, sector)?.value
}

#[test]
fn the_states_add_up_to_the_published_national_density() {
    let (states, nation) = (estimates("us-states", &[Measure::Density]), estimates("us-national", &[Measure::Density]));
    let rolled = states.get(Measure::Density, Period::year(2022), "US", "all").unwrap();
    let printed = nation.get(Measure::Density, Period::year(2022), "US", "all").unwrap();
    assert!(rolled.rolled_up && !printed.rolled_up);
    // The publisher rounds each state to persons, so its states come to 2 members and 1 employee less than its nation.
    assert_eq!((rolled.numerator, rolled.denominator), (Some(14_280_074.0), Some(141_698_496.0)));
    assert_eq!(
        (printed.numerator.map(f64::round), printed.denominator.map(f64::round)),
        (Some(14_280_076.0), Some(141_698_497.0))
    );
    for us in [rolled, printed] {
        assert!((us.value.unwrap() - 0.100778).abs() < 1e-6, "{:?}", us.value);
    }
}

#[test]
fn national_density_is_what_everybody_prints() {
    let nation = estimates("us-national", &[Measure::Density]);
    for (year, printed) in [(1983, "20.1"), (2014, "11.1"), (2022, "10.1")] {
        let ours = value(&nation, Measure::Density, year, "US", "all").unwrap();
        assert_eq!(format!("{:.1}", 100.0 * ours), printed, "{year}");
    }
}

#[test]
fn every_rate_is_the_ratio_of_the_counts_in_its_row() {
    for (source, rows) in [("us-states", 10_200), ("us-national", 245)] {
        let (table, ours) =
            (Rows::read(&format!("data/tables/{source}.csv")), estimates(source, &[Measure::Density, Measure::Coverage]));
        assert_eq!(table.len(), rows);
        let mut compared = 0;
        for row in 0..table.len() {
            let year = table.text(row, "period").parse().unwrap();
            for (measure, column) in [(Measure::Density, "members"), (Measure::Coverage, "covered")] {
                let expected = table.number(row, column).map(|c| c / table.number(row, "employees").unwrap());
                let got = value(&ours, measure, year, table.text(row, "region"), table.text(row, "sector"));
                match (got, expected) {
                    (Some(got), Some(expected)) => {
                        assert!((got - expected).abs() < 1e-14, "{source}, row {row}, {measure}: {got} {expected}");
                        compared += 1;
                    }
                    // The coverage question was first asked in 1977.
                    (None, None) => assert!(measure == Measure::Coverage && year < 1977, "{source}, row {row}"),
                    _ => unreachable!("{source}, row {row}: {got:?} {expected:?}"),
                }
            }
        }
        assert!(compared >= 2 * rows - 20, "{compared}");
    }
}

#[test]
fn the_states_sum_to_the_nation_in_every_year_and_sector() {
    // Eight persons is what rounding of 51 states comes to; samples are exact.
    let (states, nation) = (Rows::read("data/tables/us-states.csv"), Rows::read("data/tables/us-national.csv"));
    let mut sums: BTreeMap<(String, String, &str), (f64, u32)> = BTreeMap::new();
    for row in 0..states.len() {
        for column in ["n", "employees", "members", "covered"] {
            let key = (states.text(row, "period").to_owned(), states.text(row, "sector").to_owned(), column);
            let sum = sums.entry(key).or_default();
            sum.0 += states.number(row, column).unwrap();
            sum.1 += 1;
        }
    }
    let mut compared = 0;
    for row in 0..nation.len() {
        for (column, scale, tolerance) in
            [("n", 1.0, 0.0), ("employees", 1000.0, 8.0), ("members", 1000.0, 8.0), ("covered", 1000.0, 8.0)]
        {
            let key = (nation.text(row, "period").to_owned(), nation.text(row, "sector").to_owned(), column);
            let Some((sum, parts)) = sums.get(&key) else { continue };
            let whole = nation.number(row, column).unwrap() * scale;
            assert_eq!(*parts, 51, "{key:?}");
            assert!((whole - sum).abs() <= tolerance, "{key:?}: {whole} against {sum}");
            compared += 1;
        }
    }
    assert_eq!(compared, 40 * 5 * 4);
}

#[test]
fn rates_agree_with_the_bureau_of_labor_statistics() {
    let both = [Measure::Density, Measure::Coverage];
    let (nation, bls) = (estimates("us-national", &both), estimates("us-bls", &both));
    // Largest differences in points, in 2001 and elsewhere; the bureau prints one decimal, so 0.05 of each is its rounding.
    for (measure, largest, elsewhere) in [(Measure::Density, 0.195, 0.061), (Measure::Coverage, 0.1115, 0.0875)] {
        let mut years = 0;
        for year in 1983..=2022 {
            let pair = value(&nation, measure, year, "US", "all").zip(value(&bls, measure, year, "US", "all"));
            let Some((ours, printed)) = pair else { continue };
            let points = 100.0 * (ours - printed).abs();
            let tolerance = if year == 2001 { largest } else { elsewhere };
            assert!(points <= tolerance, "{measure} {year}: {points}");
            years += 1;
        }
        assert_eq!(years, 40, "{measure}");
    }
}

#[test]
fn twenty_member_states_were_below_eighty_per_cent_and_italy_at_it() {
    let eu = estimates("eu27", &[Measure::AdjustedCoverage]);
    let latest: BTreeMap<&str, f64> = eu
        .regions()
        .each()
        .map(|c| (c.id.as_str(), eu.latest(Measure::AdjustedCoverage, &c.id, "all", None).unwrap().value.unwrap()))
        .collect();
    assert_eq!(latest.len(), 27);
    let at_or_above: Vec<_> = latest.iter().filter(|(_, v)| **v >= 0.80).map(|(c, _)| *c).collect();
    assert_eq!(at_or_above, ["AT", "BE", "DK", "FI", "FR", "IT", "SE"]);
    assert_eq!(latest.values().filter(|v| **v < 0.80).count(), 20);
    // The comparison is exact on purpose: 80 per cent in the file must be 0.8 here, to the last bit.
    assert_eq!(latest["IT"].to_bits(), 0.8_f64.to_bits());
}

#[test]
fn coverage_of_the_united_kingdom_is_the_adjusted_rate_and_lies_between_its_sectors() {
    // Adjusted coverage of ICTWSS 6.1 from 1996, which the table carries under `coverage` because the two are equal.
    const ADJUSTED: [f64; 23] = [
        37.0, 36.0, 35.4, 36.1, 36.4, 35.5, 35.2, 35.5, 34.7, 34.9, 33.3, 34.6, 33.6, 32.7, 30.9, 31.2, 29.3, 29.5, 27.5, 27.9,
        26.3, 26.0, 26.0,
    ];
    let uk = estimates("uk-sectors", &[Measure::Coverage]);
    for (year, adjusted) in (1996..).zip(ADJUSTED) {
        let rate = |sector| value(&uk, Measure::Coverage, year, "UK", sector).unwrap();
        assert!((rate("all") - adjusted / 100.0).abs() < 1e-12, "{year}");
        // All is a mean of public and private, so it implies a share of public employees; 20 to 34 % is what is possible.
        let share = (rate("all") - rate("private")) / (rate("public") - rate("private"));
        assert!((0.20..0.34).contains(&share), "{year}: {share}");
    }
    // Before 1996 the two differ, and the table holds the unadjusted rate.
    assert_eq!(value(&uk, Measure::Coverage, 1990, "UK", "all").map(|v| (v * 100.0).round()), Some(47.0));
}

/// A percentage with one decimal is the very fraction that a plan would write, so that "exactly at the line" is exact.
#[test]
fn every_percentage_is_the_fraction_of_a_plan() {
    let mut rows = String::from("period,region,sector,density\n");
    for i in 0..=1000 {
        rows.push_str(&format!("{},WLS,all,{}.{}\n", 1000 + i, i / 10, i % 10));
    }
    let entry = Entry { measures: vec!["density"], basis: "rate", ..Entry::default() };
    let estimates = Folder::new(&entry, rows.as_bytes()).table().unwrap().estimate(&[Measure::Density], None).unwrap();
    assert_eq!(estimates.cells().len(), 1001);
    for (i, e) in estimates.cells().iter().enumerate() {
        let written: f64 = if i == 1000 { 1.0 } else { format!("0.{i:03}").parse().unwrap() };
        assert_eq!(e.value, Some(written), "{i}");
    }
}
