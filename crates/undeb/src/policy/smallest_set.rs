//! The smallest set of cells whose moves together close a gap.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolutionStatus, SolveOptions, Variable};
use serde::Serialize;

/// What makes a set small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Smallest {
    /// As few cells as possible.
    #[default]
    Cells,
    /// Cells with as few workers as possible.
    Workers,
}

/// A set that closes the gap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SmallestSet {
    /// Positions of the cells, the largest gain first.
    pub cells: Vec<usize>,
    /// What they gain together.
    pub gained: f64,
    /// What they weigh: their number, or their workers.
    pub weight: f64,
    /// No set that closes the gap weighs less than this; equal to the weight where the set is proved to be smallest.
    pub at_least: f64,
}

impl SmallestSet {
    /// Whether no smaller set exists.
    pub fn is_proved(&self) -> bool {
        self.at_least >= self.weight * (1.0 - 1e-9)
    }
}

/// Branches that are looked into before the best set so far and its bound are given instead of a proof.
const MOST_BRANCHES: u64 = 20_000;

/// Whether a gain is all that is needed, but for the rounding of sums.
pub(super) fn reaches(gained: f64, needed: f64) -> bool {
    gained >= needed * (1.0 - 1e-9)
}

/// Cells of least weight whose gains reach `needed`; none where all of them together do not.
///
/// Formula: minimise `sum_i w_i x_i` subject to `sum_i g_i x_i >= needed` and `x_i` 0 or 1. Where every weight is the same
/// the largest gains come first, and that is exact. Else branch and bound, exact while it ends within its limit; after that
/// the best set found, and as a bound the least weight when parts of cells may be taken.
///
/// Source: METHODS M27.
pub fn smallest_set(gains: &[f64], weights: &[f64], needed: f64) -> Option<SmallestSet> {
    let mut order: Vec<usize> = (0..gains.len()).filter(|&i| gains[i] > 0.0).collect();
    let all = order.iter().map(|&i| gains[i]).sum::<f64>();
    if !reaches(all, needed) {
        return None;
    }
    // Everything together may fall short by the rounding of the sum.
    let needed = needed.min(all);
    #[allow(clippy::float_cmp)]
    let equal = order.iter().all(|&i| weights[i] == weights[order[0]]);
    if equal {
        order.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]));
        let cells = reach(order, gains, needed);
        let weight = cells.iter().map(|&i| weights[i]).sum();
        return Some(of(cells, gains, weights, weight));
    }
    // The cheapest gains first, and then without those that the later ones made needless.
    order.sort_by(|&a, &b| (weights[a] / gains[a]).total_cmp(&(weights[b] / gains[b])));
    let bound = fraction(&order, gains, weights, needed);
    let start = trimmed(reach(order.clone(), gains, needed), gains, weights, needed);
    match branch_and_bound(&order, &start, gains, weights, needed) {
        Some((cells, true)) => {
            let weight = cells.iter().map(|&i| weights[i]).sum();
            Some(of(cells, gains, weights, weight))
        }
        Some((cells, false)) => Some(of(cells, gains, weights, bound)),
        None => Some(of(start, gains, weights, bound)),
    }
}

/// The first cells of an order that reach what is needed.
fn reach(order: Vec<usize>, gains: &[f64], needed: f64) -> Vec<usize> {
    let mut so_far = 0.0;
    order
        .into_iter()
        .take_while(|&i| {
            let short = so_far < needed;
            so_far += gains[i];
            short
        })
        .collect()
}

/// A set without the heaviest cells that it can do without.
fn trimmed(mut cells: Vec<usize>, gains: &[f64], weights: &[f64], needed: f64) -> Vec<usize> {
    let mut heaviest = cells.clone();
    heaviest.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    for cell in heaviest {
        let without: f64 = cells.iter().filter(|&&c| c != cell).map(|&c| gains[c]).sum();
        if without >= needed {
            cells.retain(|&c| c != cell);
        }
    }
    cells
}

/// Least weight when the last cell may be taken in part: no whole set weighs less.
fn fraction(order: &[usize], gains: &[f64], weights: &[f64], needed: f64) -> f64 {
    let (mut left, mut weight) = (needed, 0.0);
    for &i in order {
        let part = (left / gains[i]).clamp(0.0, 1.0);
        weight += part * weights[i];
        left -= part * gains[i];
    }
    weight
}

/// The best set that branch and bound finds, and whether it is proved; none where it finds nothing better to offer.
fn branch_and_bound(order: &[usize], start: &[usize], gains: &[f64], weights: &[f64], needed: f64) -> Option<(Vec<usize>, bool)> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    // Gains and weights as shares of the largest keep the numbers of the solver near one.
    let largest = |of: &[f64]| order.iter().map(|&i| of[i]).fold(0.0, f64::max);
    let (gain, weight) = (largest(gains), largest(weights));
    let variables: Vec<Variable> = order.iter().map(|&i| problem.add_binary_var(weights[i] / weight)).collect();
    let row: Vec<(Variable, f64)> = variables.iter().zip(order).map(|(&v, &i)| (v, gains[i] / gain)).collect();
    problem.add_constraint(&row, ComparisonOp::Ge, needed / gain);
    let hint = variables.iter().zip(order).map(|(&v, i)| (v, f64::from(u8::from(start.contains(i))))).collect();
    let mut options = SolveOptions::default();
    options.node_limit = Some(MOST_BRANCHES);
    options.warm_start = Some(hint);
    let solution = problem.solve_with(options).ok()?.into_solution().ok()?;
    let cells: Vec<usize> = variables.iter().zip(order).filter(|(v, _)| solution.var_value(**v) > 0.5).map(|(_, &i)| i).collect();
    // The solver's tolerance may leave a set a hair short of what is needed; such a set is not taken.
    let gained: f64 = cells.iter().map(|&i| gains[i]).sum();
    (gained >= needed).then(|| (cells, solution.status() == SolutionStatus::Optimal))
}

fn of(mut cells: Vec<usize>, gains: &[f64], weights: &[f64], at_least: f64) -> SmallestSet {
    cells.sort_by(|&a, &b| gains[b].total_cmp(&gains[a]));
    let sum = |of: &[f64]| cells.iter().map(|&i| of[i]).sum();
    SmallestSet { gained: sum(gains), weight: sum(weights), at_least, cells }
}
