//! Laws of decompositions, ranks, adjusted answers and smallest sets, on random synthetic figures.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;
use undeb::survey::decomposition::{Cell, Form, split};
use undeb::survey::ranking::ranks;
use undeb::survey::testing::{Adjustment, adjusted};
use undeb::{Answer, Closing, EffortOptions, Measure, Plan, Priorities, PublishedTable, Registry, Smallest, smallest_set};

fn cell() -> impl Strategy<Value = Cell> {
    let side = || prop_oneof![9 => (1_u32..5000, 0.0..=1.0_f64), 1 => Just((0, 0.0))];
    (side(), side()).prop_map(|((a, p), (b, q))| {
        let counted = |n: u32, p: f64| (f64::from(n) * p).floor();
        Cell { counted: [counted(a, p), counted(b, q)], all: [a.into(), b.into()] }
    })
}

/// Cells in groups of three.
fn cells() -> impl Strategy<Value = Vec<Cell>> {
    let filled = |cells: &Vec<Cell>| (0..2).all(|t| cells.iter().map(|c| c.all[t]).sum::<f64>() > 0.0);
    (1_usize..5).prop_flat_map(|groups| prop::collection::vec(cell(), 3 * groups)).prop_filter("nobody", filled)
}

fn levels(cells: usize) -> Vec<Vec<usize>> {
    vec![(0..cells).map(|i| i / 3).collect(), (0..cells).collect()]
}

proptest! {
    #![proptest_config(undeb_tests::search(48))]

    #[test]
    fn effects_and_cells_add_up_and_swapping_periods_flips_signs(cells in cells()) {
        let levels = levels(cells.len());
        let swapped: Vec<Cell> = cells.iter().map(|c| Cell { counted: [c.counted[1], c.counted[0]], all: [c.all[1], c.all[0]] }).collect();
        for (levels, form) in [(&levels[..], Form::Averaged), (&levels[1..], Form::Averaged), (&levels[1..], Form::FromFirst)] {
            let of = split(&cells, levels, form).unwrap();
            let effects: f64 = of.effects.iter().map(|e| e.value).sum();
            prop_assert!((effects - of.change.value).abs() < 1e-13);
            let parts = of.cells.iter().map(|c| c.rate.value + c.composition.value + c.interaction.as_ref().map_or(0.0, |i| i.value));
            prop_assert!((parts.sum::<f64>() - of.change.value).abs() < 1e-13);
            let rates: f64 = of.cells.iter().map(|c| c.rate.value).sum();
            prop_assert!((rates - of.effects[levels.len()].value).abs() < 1e-13);
            if form == Form::Averaged {
                let back = split(&swapped, levels, form).unwrap();
                for (a, b) in of.effects.iter().zip(&back.effects) {
                    prop_assert!((a.value + b.value).abs() < 1e-13);
                }
            }
        }
    }

    #[test]
    fn order_and_names_of_cells_change_nothing(cells in cells(), shift in 1_usize..12) {
        let n = cells.len();
        let names = levels(n);
        let moved: Vec<usize> = (0..n).map(|i| (i + shift) % n).collect();
        let turned: Vec<Cell> = moved.iter().map(|&i| cells[i]).collect();
        // Other numbers for the same groups.
        let renamed: Vec<Vec<usize>> = names.iter().map(|l| moved.iter().map(|&i| 3 * n - l[i]).collect()).collect();
        let (a, b) = (split(&cells, &names, Form::Averaged).unwrap(), split(&turned, &renamed, Form::Averaged).unwrap());
        for (a, b) in a.effects.iter().zip(&b.effects) {
            prop_assert!((a.value - b.value).abs() < 1e-13);
        }
        for (to, &from) in moved.iter().enumerate() {
            prop_assert!((a.cells[from].composition.value - b.cells[to].composition.value).abs() < 1e-13);
        }
    }

    #[test]
    fn probabilities_of_ranks_sum_to_one_and_to_k(
        estimates in prop::collection::vec((0.0..0.5_f64, 0.002..0.06_f64), 2..14), k in 1_usize..6,
    ) {
        let (values, errors): (Vec<f64>, Vec<f64>) = estimates.into_iter().unzip();
        let of = ranks(&values, &errors, 0.95).unwrap();
        for r in &of {
            prop_assert!((r.probability.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(r.low <= r.rank && r.rank <= r.high);
        }
        let k = k.min(values.len());
        prop_assert!((of.iter().map(|r| r.among_lowest(k)).sum::<f64>() - k as f64).abs() < 1e-7);
        prop_assert!((of.iter().map(|r| r.among_highest(k)).sum::<f64>() - k as f64).abs() < 1e-7);
        // With equal errors the lower value is the likelier to be among the lowest.
        let same = ranks(&values, &vec![0.02; values.len()], 0.95).unwrap();
        for (i, j) in (0..values.len()).flat_map(|i| (0..values.len()).map(move |j| (i, j))) {
            prop_assert!(values[i] > values[j] || same[i].among_lowest(k) >= same[j].among_lowest(k) - 1e-9);
        }
    }

    #[test]
    fn a_smaller_p_never_loses_its_answer_to_a_larger_one(p in prop::collection::vec(0.0..=1.0_f64, 1..40), q in 0.01..0.2_f64) {
        let all: Vec<Option<f64>> = p.iter().copied().map(Some).collect();
        let adjusted = adjusted(&all, Adjustment::BenjaminiHochberg);
        let kept = |q: f64| adjusted.iter().map(|a| a.unwrap() <= q).collect::<Vec<bool>>();
        for (i, j) in (0..p.len()).flat_map(|i| (0..p.len()).map(move |j| (i, j))) {
            prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
        }
        prop_assert!(adjusted.iter().zip(&p).all(|(a, p)| a.unwrap() >= *p - 1e-15));
        // A stricter level keeps fewer.
        prop_assert!(kept(q / 2.0).iter().zip(kept(q)).all(|(strict, wide)| !strict || wide));
    }

    #[test]
    fn the_set_found_is_the_smallest(
        cells in prop::collection::vec((0.0..900.0_f64, 1.0..5000.0_f64), 1..11), part in 0.05..1.1_f64, by_workers in any::<bool>(),
    ) {
        let (gains, workers): (Vec<f64>, Vec<f64>) = cells.into_iter().unzip();
        let weights = if by_workers { workers } else { vec![1.0; gains.len()] };
        let needed = part * gains.iter().sum::<f64>();
        let sum = |of: &[f64], set: usize| (0..of.len()).filter(|i| set >> i & 1 == 1).map(|i| of[i]).sum::<f64>();
        let best = (0..1 << gains.len()).filter(|&s| sum(&gains, s) >= needed).map(|s| sum(&weights, s)).fold(f64::INFINITY, f64::min);
        match smallest_set(&gains, &weights, needed) {
            None => prop_assert!(best.is_infinite()),
            Some(set) => {
                prop_assert!(set.gained >= needed * (1.0 - 1e-12));
                prop_assert!((set.weight - best).abs() < 1e-6 * best, "{set:?} {best}");
                prop_assert!(set.at_least <= best * (1.0 + 1e-9));
            }
        }
    }
}

#[test]
fn what_all_cells_together_just_reach_is_reached() {
    // Synthetic: the sum of the gains is less than what is needed by rounding alone.
    let gains: Vec<f64> = (1..60).map(|i| 0.1 * f64::from(i * i)).collect();
    let needed = gains.iter().rev().sum::<f64>() * (1.0 + 4e-16);
    assert!(gains.iter().sum::<f64>() < needed);
    for weights in [vec![1.0; gains.len()], gains.clone()] {
        assert_eq!(smallest_set(&gains, &weights, needed).unwrap().cells.len(), gains.len());
    }
    assert!(smallest_set(&gains, &gains, needed * (1.0 + 1e-6)).is_none());
}

#[test]
fn a_large_problem_is_bounded_at_least() {
    // Synthetic: gains that are nearly their weights make many sets look alike.
    let weights: Vec<f64> = (0..300).map(|i| 1000.0 + f64::from(i * 7919 % 613)).collect();
    let gains: Vec<f64> = weights.iter().enumerate().map(|(i, w)| w * (0.1 + 1e-5 * (i % 17) as f64)).collect();
    let needed = 0.37 * gains.iter().sum::<f64>();
    let set = smallest_set(&gains, &weights, needed).unwrap();
    assert!(set.gained >= needed && set.at_least <= set.weight && set.weight <= set.at_least * 1.01);
}

#[test]
fn answers_together_are_never_stronger_than_alone() {
    let plan = plan("");
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    let mut lost = 0;
    for finding in findings.iter() {
        let among = finding.among_all.unwrap();
        assert!(among.adjusted >= among.p_value);
        // The p-value decides exactly as the interval does.
        assert_eq!(among.p_value <= 1.0 - plan.level, finding.answer != Answer::CannotTell, "{finding:?}");
        assert!(among.answer == finding.answer || among.answer == Answer::CannotTell);
        lost += usize::from(among.answer != finding.answer);
    }
    let (alone, together) = (findings.counts(), findings.together());
    assert_eq!(alone.judged(), together.judged());
    assert_eq!(together.cannot_tell, alone.cannot_tell + lost);
}

const PLAN: &str = include_str!("../../data/plans/us-states-2030.toml");

/// The bundled plan with other explanations, and without trends, which take longer than the rest.
fn plan(sections: &str) -> Plan {
    let (head, targets) = PLAN.split("[decomposition]").next().unwrap().split_once("[[target]]").unwrap();
    let head = head.split("[trend]").next().unwrap();
    Plan::from_toml("plan.toml", &format!("{head}[[target]]{targets}{sections}"), None).unwrap()
}

fn closing(priorities: &str) -> Closing {
    let plan = plan(&format!("[priorities]\n{priorities}"));
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    let priorities = findings.explanations().priorities.clone().unwrap();
    let shares: f64 = priorities.cells.iter().map(|c| c.uncovered).sum();
    assert!(shares > 0.0 && priorities.cells.iter().all(|c| c.gain >= 0.0 && c.reach <= 1.0));
    priorities.closing
}

#[test]
fn what_cannot_be_closed_says_which_cap_binds() {
    let base = "target = \"private-coverage\"\nby = [\"region\"]\n";
    let Closing::Set(few) = closing(&format!("{base}rate = 0.12\n")) else { unreachable!() };
    let Closing::Set(capped) = closing(&format!("{base}rate = 0.12\ncap = 0.005\n")) else { unreachable!() };
    assert!(few.is_proved() && capped.is_proved() && few.cells.len() <= capped.cells.len());
    let impossible = |more: &str| match closing(&format!("{base}{more}")) {
        Closing::Impossible { binding, .. } => serde_json::to_string(&binding).unwrap(),
        other => format!("{other:?}"),
    };
    assert_eq!(impossible("rate = 0.12\ncap = 0.00001\n"), "\"pace\"");
    assert_eq!(impossible("rate = 0.03\n"), "\"rate\"");
    let Closing::Set(workers) = closing(&format!("{base}rate = 0.12\nsmallest = \"workers\"\n")) else { unreachable!() };
    assert!(workers.gained > 0.0);
}

#[test]
fn effort_without_a_plan_is_that_of_the_plan() {
    let plan = plan(
        "[priorities]\ntarget = \"private-coverage\"\nby = [\"region\"]\nrate = 0.12\ncap = 0.005\nsmallest = \"workers\"\n",
    );
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    let of_plan = findings.explanations().priorities.clone().unwrap();
    let estimates = &findings.evidence()[&plan.source];
    let options = EffortOptions {
        by: vec!["region".into()],
        goal: Some(of_plan.level),
        rate: Some(0.12),
        cap: Some(0.005),
        deadline: plan.targets[0].deadline,
        sector: Some("private".into()),
        smallest: Smallest::Workers,
        ..EffortOptions::default()
    };
    let alone = estimates.priorities(Measure::Coverage, &options).unwrap();
    assert_eq!((alone.gap, &alone.closing, alone.years), (of_plan.gap, &of_plan.closing, of_plan.years));
    let cells = |p: &Priorities| p.cells.iter().map(|c| (c.name.clone(), c.gain, c.in_set)).collect::<Vec<_>>();
    assert_eq!(cells(&alone), cells(&of_plan));

    // Without a goal a gain is what lifting a cell to the whole's rate adds.
    let lifted =
        estimates.priorities(Measure::Coverage, &EffortOptions { goal: None, rate: None, cap: None, ..options }).unwrap();
    assert_eq!((&lifted.closing, lifted.gap, lifted.level), (&Closing::NoGoal, 0.0, lifted.whole));
    for cell in &lifted.cells {
        assert!((cell.gain - cell.workers * cell.distance.max(0.0)).abs() < 1e-6, "{}", cell.name);
    }
}

#[test]
fn years_that_have_gone_leave_the_set_of_a_nearer_deadline() {
    let plan = plan("[priorities]\ntarget = \"private-coverage\"\nby = [\"region\"]\nrate = 0.12\ncap = 0.005\n");
    let findings = plan.assess(plan.gather().unwrap()).unwrap();
    let of_plan = findings.explanations().priorities.clone().unwrap();
    let nearer = EffortOptions {
        by: vec!["region".into()],
        goal: Some(of_plan.level),
        rate: Some(0.12),
        cap: Some(0.005),
        deadline: Some("2026".parse().unwrap()),
        sector: Some("private".into()),
        ..EffortOptions::default()
    };
    let nearer = findings.evidence()[&plan.source].priorities(Measure::Coverage, &nearer).unwrap();
    let left = of_plan.within_years(4.0);
    assert_eq!((&left.closing, left.years, left.gap), (&nearer.closing, nearer.years, of_plan.gap));
    let in_set = |p: &Priorities| p.cells.iter().filter(|c| c.in_set).map(|c| c.name.clone()).collect::<Vec<_>>();
    assert!(in_set(&left) == in_set(&nearer) && in_set(&left).len() > in_set(&of_plan).len());

    // The report of a day four years after the figures names the longer set.
    let report = findings.release("2026-11-22".parse().unwrap()).unwrap();
    let names = in_set(&left);
    let (last, first) = names.split_last().unwrap();
    let longer = format!(
        "over the 4 years left takes {} states instead (8 at the upper end of the gap’s interval): {} and {last}.",
        names.len(),
        first.join(", ")
    );
    let said = report.explained().priorities.join(" ");
    assert!(said.contains(&longer), "{said}");
}

#[test]
fn effort_refuses_what_is_no_share() {
    let table = PublishedTable::open("us-states", &Registry::bundled().unwrap()).unwrap();
    let estimates = table.estimate(&[Measure::Coverage, Measure::CoveredNonmembers], Some(1.5)).unwrap();
    let refused = |options: EffortOptions| estimates.priorities(Measure::Coverage, &options).unwrap_err().to_string();
    let none = EffortOptions::default;
    assert!(refused(EffortOptions { goal: Some(30.0), ..none() }).contains("the goal 30 is not a fraction between 0 and 1"));
    assert!(refused(EffortOptions { rate: Some(f64::NAN), ..none() }).contains("the rate NaN"));
    assert!(refused(EffortOptions { cap: Some(0.005), ..none() }).contains("needs a deadline"));
    assert!(refused(EffortOptions { region: Some("XX".into()), ..none() }).contains("`XX`"));
}
