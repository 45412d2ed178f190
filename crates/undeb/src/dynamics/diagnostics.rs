//! What does not fit: figures that stand apart, jumps of the level, errors that follow each other.

use serde::Serialize;

use super::posterior::Posterior;
use crate::survey::distribution::{normal_cdf, normal_quantile};

/// A departure from the model at one step: its size and the test of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Departure {
    /// Step of the observation, or first step after the jump.
    pub at: usize,
    /// Estimated size, on the scale of the observations.
    pub size: f64,
    /// Size over its standard error: standard normal where there is no departure.
    pub z: f64,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostics {
    /// Each observation against what all others say of it.
    pub figures: Vec<Departure>,
    /// For each step but the first, a jump of everything from there on.
    pub jumps: Vec<Departure>,
    /// The `|z|` that one of that many exceeds by chance in 5 % of the series.
    pub limit: f64,
    /// Correlation of each one-step prediction error with the one before it; none for fewer than eight.
    pub follow: Option<f64>,
    /// Mean square of the one-step prediction errors over their variances; 1 where the model is right.
    pub spread: f64,
}

impl Posterior<'_> {
    /// Tests of single departures, each as if it were the only one.
    ///
    /// A regressor `d` (one observation, or all from a step on) with the projector `P` of the model has the size
    /// `d'P y / d'P d` and `z = d'P y / sqrt(d'P d)` (de Jong and Penzer 1998). The limit is Bonferroni's.
    pub fn diagnostics(&self) -> Diagnostics {
        let (p, py) = self.projector();
        let n = py.len();
        let at = self.steps();
        let departure = |at: usize, product: f64, square: f64| {
            // Nothing is left of a regressor that the initial states account for.
            (square > 1e-9 * p[0].abs().max(1e-300)).then(|| Departure { at, size: product / square, z: product / square.sqrt() })
        };
        let figures = (0..n).filter_map(|i| departure(at[i], py[i], p[i * n + i])).collect();
        let mut jumps = Vec::new();
        let (mut product, mut square) = (0.0, 0.0);
        for i in (1..n).rev() {
            product += py[i];
            square += p[i * n + i] + 2.0 * p[i * n + i + 1..(i + 1) * n].iter().sum::<f64>();
            jumps.extend(departure(at[i], product, square));
        }
        jumps.reverse();
        let errors: Vec<f64> = self.innovations().into_iter().map(|(_, e)| e).collect();
        let squares: f64 = errors.iter().map(|e| e * e).sum();
        let follow = (errors.len() >= 8 && squares > 0.0).then(|| errors.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / squares);
        Diagnostics {
            figures,
            jumps,
            limit: normal_quantile(1.0 - 0.025 / n as f64),
            follow,
            spread: squares / errors.len().max(1) as f64,
        }
    }
}

impl Departure {
    /// Probability of at least this by chance, at this step alone.
    pub fn p_value(&self) -> f64 {
        2.0 * normal_cdf(-self.z.abs())
    }
}
