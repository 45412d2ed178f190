//! Ranks with their uncertainty: an order of estimates is itself an estimate.

use super::distribution::normal_cdf;
use super::testing::{Adjustment, adjusted, difference};

/// The rank of one estimate among others, 1 the lowest.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    /// Rank of the value; ties have the lowest of theirs.
    pub rank: usize,
    /// Lowest rank that the figures do not exclude.
    pub low: usize,
    /// Highest rank that the figures do not exclude.
    pub high: usize,
    /// Probability of each rank, the lowest first.
    pub probability: Vec<f64>,
}

impl Rank {
    /// Probability of being among the `k` lowest.
    pub fn among_lowest(&self, k: usize) -> f64 {
        self.probability.iter().take(k).sum::<f64>().clamp(0.0, 1.0)
    }

    /// Probability of being among the `k` highest.
    pub fn among_highest(&self, k: usize) -> f64 {
        self.probability.iter().rev().take(k).sum::<f64>().clamp(0.0, 1.0)
    }
}

/// Ranks of independent estimates with normal errors.
///
/// Formula: with `X_i ~ N(value_i, se_i^2)`, `P(rank_i = r) = E[P(r - 1 of the others lie below X_i | X_i)]`; given
/// `X_i = x` that number is a sum of independent trials with probabilities `Phi((x - value_j) / se_j)`, and the
/// expectation over `x` is a sum over equal steps, whose error is below 1e-9. Nothing is drawn at random.
///
/// The rank interval comes from pairwise tests: of the others, those that differ from the estimate by a two-sided test at
/// `level`, adjusted by Holm over all pairs that it is in, are surely below or above it. It covers the true rank with
/// probability `level` at least.
///
/// None unless there are two or more values, all errors are positive numbers and `level` lies between 0 and 1.
///
/// Source: METHODS M26; Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91, 476-518.
///
/// ```
/// use undeb::survey::ranking::ranks;
/// let of = ranks(&[0.10, 0.11, 0.30], &[0.02, 0.02, 0.02], 0.95).unwrap();
/// assert_eq!((of[2].low, of[2].high), (3, 3));
/// assert_eq!((of[0].low, of[0].high), (1, 2));
/// // Phi(0.01 / (0.02 sqrt 2)): one of two lies below the other.
/// assert!((of[0].among_lowest(1) - 0.6381631950841185).abs() < 1e-8);
/// ```
pub fn ranks(values: &[f64], errors: &[f64], level: f64) -> Option<Vec<Rank>> {
    let usable = |se: &f64| se.is_finite() && *se > 0.0;
    let fine = values.len() > 1 && values.len() == errors.len() && values.iter().all(|v| v.is_finite());
    if !(fine && errors.iter().all(usable) && level > 0.0 && level < 1.0) {
        return None;
    }
    let smallest = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let rank = |i: usize| {
        let below = |j: &usize| values[*j] < values[i];
        let p: Vec<Option<f64>> = (0..values.len())
            .map(|j| {
                let se = errors[i].hypot(errors[j]);
                difference(values[j] - values[i], se, None).ok().map(|t| t.p_value).filter(|_| j != i)
            })
            .collect();
        let differs = adjusted(&p, Adjustment::Holm);
        let apart: Vec<usize> = (0..values.len()).filter(|&j| differs[j].is_some_and(|p| p < 1.0 - level)).collect();
        Rank {
            rank: 1 + (0..values.len()).filter(below).count(),
            low: 1 + apart.iter().filter(|j| below(j)).count(),
            high: values.len() - apart.iter().filter(|j| !below(j)).count(),
            probability: distribution(i, values, errors, smallest),
        }
    };
    Some((0..values.len()).map(rank).collect())
}

/// Standard errors on either side of a value that are summed over; what lies beyond is below 1e-14.
const REACH: f64 = 8.0;

/// Probability of each rank of one estimate.
fn distribution(i: usize, values: &[f64], errors: &[f64], smallest: f64) -> Vec<f64> {
    let m = values.len();
    // Steps that resolve the sharpest of the others; equal steps converge faster than any power on smooth decaying functions.
    let step = (0.5 * smallest / errors[i]).clamp(0.005, 0.1);
    let steps = (REACH / step).ceil() as i32;
    let mut total = vec![0.0; m];
    let (mut weights, mut below) = (0.0, vec![0.0; m]);
    for s in -steps..=steps {
        let z = f64::from(s) * step;
        let x = values[i] + errors[i] * z;
        let weight = (-0.5 * z * z).exp();
        // Probabilities of 0, 1, 2, ... of the others below x, taken in one by one.
        below.iter_mut().for_each(|b| *b = 0.0);
        below[0] = 1.0;
        let others = (0..m).filter(|j| *j != i);
        for (so_far, j) in others.enumerate() {
            let p = normal_cdf((x - values[j]) / errors[j]);
            for r in (0..=so_far).rev() {
                below[r + 1] += below[r] * p;
                below[r] *= 1.0 - p;
            }
        }
        weights += weight;
        total.iter_mut().zip(&below).for_each(|(t, b)| *t += weight * b);
    }
    total.iter_mut().for_each(|t| *t /= weights);
    total
}
