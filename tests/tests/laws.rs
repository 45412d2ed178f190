//! Laws that hold for every table: random synthetic figures of the twelve areas of the United Kingdom.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;
use undeb::survey::interval::{Interval, Term, difference};
use undeb::{Answer, Estimates, Measure, Period, Uncertainty};
use undeb_tests::{AREAS, Entry, Folder};

const MEASURES: [Measure; 3] = [Measure::Density, Measure::Coverage, Measure::CoveredNonmembers];
const SECTORS: [&str; 2] = ["public", "private"];
const YEARS: [i32; 2] = [2019, 2024];

/// Sample, employees, members and covered of one cell; members <= covered <= employees.
type Counts = [u32; 4];

fn counts() -> impl Strategy<Value = Counts> {
    (1_u32..4000, 1_u32..2_000_000, 0.0..=1.0_f64, 0.0..=1.0_f64, 0_u8..8).prop_map(|(n, employees, a, b, edge)| {
        let share = |of: u32, by: f64| (f64::from(of) * by).floor() as u32;
        // Empty and full cells are where formulas break.
        let covered = match edge {
            0 => 0,
            1 => employees,
            _ => share(employees, a),
        };
        [n, employees, if edge == 2 { covered } else { share(covered, b) }, covered]
    })
}

/// Counts of every year, sector and area, in that order.
fn table() -> impl Strategy<Value = Vec<Counts>> {
    prop::collection::vec(counts(), YEARS.len() * SECTORS.len() * AREAS.len())
}

fn keys() -> impl Iterator<Item = (i32, &'static str, &'static str)> {
    YEARS.into_iter().flat_map(|y| SECTORS.into_iter().flat_map(move |s| AREAS.into_iter().map(move |a| (y, s, a))))
}

fn lines(table: &[Counts]) -> Vec<String> {
    keys().zip(table).map(|((y, s, a), [n, e, m, c])| format!("{y},{a},{s},{n},{e},{m},{c}")).collect()
}

fn folder(lines: &[String], scale: f64) -> Folder {
    let csv = format!("period,region,sector,n,employees,members,covered\n{}\n", lines.join("\n"));
    Folder::new(&Entry { scale, ..Entry::default() }, csv.as_bytes())
}

fn estimate(lines: &[String], scale: f64, design_effect: Option<f64>) -> Estimates {
    folder(lines, scale).table().unwrap().estimate(&MEASURES, design_effect).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1e-3)
}

proptest! {
    #![proptest_config(undeb_tests::search(32))]

    #[test]
    fn rates_and_intervals_lie_in_the_unit_interval(table in table(), deff in prop::option::of(0.5..4.0_f64)) {
        let estimates = estimate(&lines(&table), 1.0, deff);
        prop_assert_eq!(estimates.cells().len(), MEASURES.len() * YEARS.len() * SECTORS.len() * (AREAS.len() + 2));
        for e in estimates.cells() {
            let value = e.value.unwrap();
            prop_assert!((0.0..=1.0).contains(&value));
            match e.interval(0.95) {
                Some(i) => {
                    prop_assert!(deff.is_some());
                    prop_assert!(0.0 <= i.low && i.low <= value && value <= i.high && i.high <= 1.0, "{:?} {:?}", e, i);
                    prop_assert!(i.width() > 0.0, "{:?} {:?}", e, i);
                }
                None => prop_assert!(deff.is_none() && e.uncertainty == Uncertainty::Unstated),
            }
        }
    }

    #[test]
    fn parts_add_up_to_their_margins(table in table(), deff in 0.5..4.0_f64) {
        let estimates = estimate(&lines(&table), 1.0, Some(deff));
        for (margin, parts) in [("UK", &AREAS[..]), ("ENG", &AREAS[..9])] {
            for (year, sector) in YEARS.into_iter().flat_map(|y| SECTORS.map(|s| (y, s))) {
                let cells: Vec<&Counts> =
                    keys().zip(&table).filter(|((y, s, a), _)| *y == year && *s == sector && parts.contains(a)).map(|(_, c)| c).collect();
                let sum = |of: usize| cells.iter().map(|c| f64::from(c[of])).sum::<f64>();
                let (n, employees, members, covered) = (sum(0), sum(1), sum(2), sum(3));
                let squares: f64 = cells.iter().map(|c| f64::from(c[1]).powi(2) / f64::from(c[0])).sum();
                for (measure, numerator) in MEASURES.into_iter().zip([members, covered, covered - members]) {
                    let whole = estimates.get(measure, Period::year(year), margin, sector).unwrap();
                    prop_assert!(whole.rolled_up);
                    prop_assert_eq!((whole.numerator, whole.denominator, whole.n), (Some(numerator), Some(employees), Some(n)));
                    prop_assert!(near(whole.value.unwrap(), numerator / employees));
                    let Uncertainty::Sampling { effective_n, .. } = whole.uncertainty else { unreachable!("{whole:?}") };
                    prop_assert!(near(effective_n, employees * employees / (squares * deff)));
                    // A margin never knows more than its whole sample would.
                    prop_assert!(effective_n <= n / deff * (1.0 + 1e-12));
                }
            }
        }
    }

    #[test]
    fn a_margin_without_one_of_its_parts_is_not_there(table in table(), gone in 0..AREAS.len(), unsampled in 0..AREAS.len()) {
        let mut lines = lines(&table);
        // The first twelve rows are public 2019, the next twelve private 2019.
        lines[12 + unsampled] = {
            let mut fields: Vec<&str> = lines[12 + unsampled].split(',').collect();
            fields[3] = "0";
            fields.join(",")
        };
        lines.remove(gone);
        let estimates = estimate(&lines, 1.0, Some(1.5));
        let year = Period::year(2019);
        prop_assert!(estimates.get(Measure::Density, year, "UK", "public").is_none());
        prop_assert_eq!(estimates.get(Measure::Density, year, "ENG", "public").is_none(), gone < 9);
        // Employees without anybody asked: the sum stands, its error cannot be told.
        let unsure = estimates.get(Measure::Density, year, "UK", "private").unwrap();
        prop_assert!(unsure.value.is_some() && unsure.uncertainty == Uncertainty::Unstated && unsure.interval(0.95).is_none());
    }

    #[test]
    fn the_unit_of_counts_changes_no_rate_and_no_interval(table in table(), factor in 0.001..5000.0_f64) {
        let (one, other) = (estimate(&lines(&table), 1.0, Some(1.5)), estimate(&lines(&table), factor, Some(1.5)));
        prop_assert_eq!(one.cells().len(), other.cells().len());
        for (a, b) in one.cells().iter().zip(other.cells()) {
            prop_assert!(near(a.value.unwrap(), b.value.unwrap()));
            prop_assert!(near(a.denominator.unwrap() * factor, b.denominator.unwrap()));
            prop_assert_eq!(a.n, b.n);
            let (i, j) = (a.interval(0.95).unwrap(), b.interval(0.95).unwrap());
            prop_assert!((i.low - j.low).abs() < 1e-9 && (i.high - j.high).abs() < 1e-9, "{:?} {:?}", i, j);
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing((table, order) in table().prop_flat_map(|t| {
        let order = Just((0..t.len()).collect::<Vec<_>>()).prop_shuffle();
        (Just(t), order)
    })) {
        let lines = lines(&table);
        let shuffled: Vec<String> = order.into_iter().map(|i| lines[i].clone()).collect();
        let (one, other) = (estimate(&lines, 1.0, Some(1.5)), estimate(&shuffled, 1.0, Some(1.5)));
        prop_assert_eq!(one.cells().len(), other.cells().len());
        for (a, b) in one.cells().iter().zip(other.cells()) {
            prop_assert_eq!((a.measure, a.period, &a.region, &a.sector), (b.measure, b.period, &b.region, &b.sector));
            prop_assert_eq!((a.value, a.n, a.rolled_up), (b.value, b.n, b.rolled_up));
            let (i, j) = (a.interval(0.95).unwrap(), b.interval(0.95).unwrap());
            prop_assert!((i.low - j.low).abs() < 1e-12 && (i.high - j.high).abs() < 1e-12);
        }
    }

    #[test]
    fn a_higher_confidence_level_gives_a_wider_interval(table in table(), low in 0.5..0.9_f64, more in 0.01..0.09_f64) {
        for e in estimate(&lines(&table), 1.0, Some(1.5)).cells() {
            let (narrow, wide) = (e.interval(low).unwrap(), e.interval(low + more).unwrap());
            prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high && wide.width() > narrow.width(), "{:?}", e);
        }
    }

    #[test]
    fn a_lower_level_is_never_harder_to_meet(table in table(), level in 0.0..=1.0_f64, lower in 0.0..=1.0_f64, with_error in any::<bool>()) {
        let folder = folder(&lines(&table), 1.0);
        let lower = level * lower;
        let answers = |level: f64| {
            let head = if with_error { "quality = \"ons-2025\"\nassumptions = { design_effect = 1.5 }" } else { "quality = \"ons-2025\"" };
            let target = format!(
                "[[target]]\nid = \"t\"\ntitle = \"t\"\nmeasure = \"density\"\nregion = \"each\"\nsector = [\"public\", \"private\"]\n\
                 level = {level:?}\nstatus = \"illustrative\"\n"
            );
            let plan = folder.plan(head, &target).unwrap();
            plan.assess(plan.gather().unwrap()).unwrap()
        };
        let ease = |a: Answer| match a {
            Answer::NotMet => 0,
            Answer::CannotTell => 1,
            Answer::Met => 2,
            Answer::Unset => unreachable!(),
        };
        let (hard, easy) = (answers(level), answers(lower));
        prop_assert_eq!(hard.iter().count(), AREAS.len() * SECTORS.len());
        for (h, e) in hard.iter().zip(easy.iter()) {
            prop_assert!(ease(h.answer) <= ease(e.answer), "{:?}\n{:?}", h, e);
            prop_assert!(with_error || h.answer != Answer::CannotTell);
            // Met and not met agree with the point; the gap is what it says.
            let (value, gap) = (h.value.unwrap(), h.gap.unwrap());
            prop_assert!(h.answer != Answer::Met || value >= level);
            prop_assert!(h.answer != Answer::NotMet || value < level);
            prop_assert!(near(gap.value, level - value));
            let [_, employees, members, _] =
                keys().zip(&table).find(|((y, s, a), _)| *y == 2024 && *s == &*h.sector && *a == &*h.region).unwrap().1.map(f64::from);
            prop_assert!((gap.workers.unwrap() - (level * employees - members)).abs() < 1e-6);
        }
    }

    #[test]
    fn a_difference_holds_its_value_and_turns_with_its_terms(
        a in term(), b in term(), rho in -1.0..=1.0_f64, independent in any::<bool>()
    ) {
        let rho = if independent { 0.0 } else { rho };
        let (there, back) = (difference(a, b, rho), difference(b, a, rho));
        let d = a.factor * a.value - b.factor * b.value;
        prop_assert!(there.low <= d && d <= there.high);
        prop_assert!((there.low + back.high).abs() < 1e-12 && (there.high + back.low).abs() < 1e-12);
        if independent {
            // Each end is at least as far off as the farther of its two parts, and at most as far as their sum.
            let (la, ub) = (below(a), above(b));
            prop_assert!(d - there.low >= la.max(ub) - 1e-12 && d - there.low <= la + ub + 1e-12);
            let (ua, lb) = (above(a), below(b));
            prop_assert!(there.high - d >= ua.max(lb) - 1e-12 && there.high - d <= ua + lb + 1e-12);
        }
    }
}

fn below(t: Term) -> f64 {
    t.interval.map_or(0.0, |i| t.factor * (t.value - i.low))
}

fn above(t: Term) -> f64 {
    t.interval.map_or(0.0, |i| t.factor * (i.high - t.value))
}

fn term() -> impl Strategy<Value = Term> {
    (0.0..=1.0_f64, prop::option::of((0.0..=1.0_f64, 0.0..=1.0_f64)), 0.0..2.0_f64).prop_map(|(value, sides, factor)| Term {
        value,
        interval: sides.map(|(l, u)| Interval { low: value * l, high: value + (1.0 - value) * u }),
        factor,
    })
}
