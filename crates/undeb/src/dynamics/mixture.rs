//! States when the variances of the moves are not known: posteriors weighed by their likelihood.

use super::maximum::{Free, LARGEST, Maximum};
use super::model::Model;
use super::posterior::Posterior;
use super::structure::{State, Variances};
use crate::error::Result;

/// One choice of the variances, and how much the observations speak for it.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Share of the probability; the parts of a mixture add up to 1.
    pub weight: f64,
    /// The states with these variances.
    pub posterior: Posterior<'a>,
}

/// Posteriors over a grid of variances. Plugging in the most likely variances instead would claim to know them.
#[derive(Clone, Debug)]
pub struct Mixture<'a> {
    parts: Vec<Part<'a>>,
}

/// How far below the largest log-likelihood a grid goes, and where the weight of a part stops to matter.
const REACH: f64 = 9.0;
const NOTHING: f64 = 1e-6;

impl Model<'_> {
    /// Variances on a grid over all that the observations do not rule out, each with its share of the prior.
    ///
    /// The prior is uniform in the standard deviations, up to 0.5 for the level and 0.25 for the slope a step. A dozen
    /// points for each variance are plenty: inside, the error falls exponentially with their number. Where a zero is not
    /// ruled out the likelihood may be steep there, and the points stand at `top u^3` with the weights `3 u^2`.
    pub fn grid(&self, free: Free, maximum: &Maximum) -> Vec<(f64, Variances)> {
        let value = |v: Variances| self.given(v).map_or(f64::NEG_INFINITY, |p| p.log_likelihood());
        let lowest = maximum.log_likelihood - REACH;
        let range = |which: usize| {
            let with = |sd: f64| {
                let mut v = maximum.variances;
                *(if which == 0 { &mut v.level } else { &mut v.slope }) = sd * sd;
                v
            };
            let best = if which == 0 { maximum.variances.level } else { maximum.variances.slope }.sqrt();
            let bound = |inside: f64, outside: f64| {
                if value(with(outside)) > lowest {
                    return outside;
                }
                let (mut inside, mut outside) = (inside, outside);
                for _ in 0..4 {
                    let middle = 0.5 * (inside + outside);
                    if value(with(middle)) > lowest { inside = middle } else { outside = middle }
                }
                outside
            };
            // Start near the best value, so that few halvings are precise.
            let mut top = (2.0 * best).max(0.02 * LARGEST[which]);
            while top < LARGEST[which] && value(with(top)) > lowest {
                top = (2.0 * top).min(LARGEST[which]);
            }
            (bound(best, 0.0), bound(best, top))
        };
        let spread = |(low, high): (f64, f64), points: usize| -> Vec<(f64, f64)> {
            let at = |u: f64| if low > 0.0 { (1.0, low + (high - low) * u) } else { (3.0 * u * u, high * u * u * u) };
            (0..points).map(|i| at((i as f64 + 0.5) / points as f64)).map(|(weight, sd)| (weight, sd * sd)).collect()
        };
        match free {
            Free::Level => spread(range(0), 12).into_iter().map(|(w, level)| (w, Variances { level, slope: 0.0 })).collect(),
            Free::Slope => spread(range(1), 12).into_iter().map(|(w, slope)| (w, Variances { level: 0.0, slope })).collect(),
            Free::Both => {
                let (levels, slopes) = (spread(range(0), 10), spread(range(1), 10));
                let pairs = levels.iter().flat_map(|l| slopes.iter().map(move |s| (l, s)));
                pairs.map(|(l, s)| (l.0 * s.0, Variances { level: l.1, slope: s.1 })).collect()
            }
        }
    }

    /// The posteriors on a grid of variances, each weighed by its likelihood and its share of the prior.
    ///
    /// # Errors
    /// No point of the grid makes a covariance.
    pub fn mixture(&self, grid: &[(f64, Variances)]) -> Result<Mixture<'_>> {
        let mut parts = Vec::with_capacity(grid.len());
        let mut failure = None;
        for &(weight, variances) in grid {
            match self.given(variances) {
                Ok(posterior) => parts.push(Part { weight, posterior }),
                Err(e) => failure = Some(e),
            }
        }
        match failure {
            Some(e) if parts.is_empty() => return Err(e),
            _ => {}
        }
        let best = parts.iter().map(|p| p.posterior.log_likelihood()).fold(f64::NEG_INFINITY, f64::max);
        parts.iter_mut().for_each(|p| p.weight *= (p.posterior.log_likelihood() - best).exp());
        parts.retain(|p| p.weight > NOTHING);
        let whole: f64 = parts.iter().map(|p| p.weight).sum();
        parts.iter_mut().for_each(|p| p.weight /= whole);
        Ok(Mixture { parts })
    }
}

impl<'a> Mixture<'a> {
    /// The parts that matter.
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    /// Mean and variance of a state: the variance within the parts and that between them.
    pub fn state(&self, state: State) -> (f64, f64) {
        let (mut mean, mut square) = (0.0, 0.0);
        for part in &self.parts {
            let (m, v) = part.posterior.state(state);
            mean += part.weight * m;
            square += part.weight * (v + m * m);
        }
        (mean, (square - mean * mean).max(0.0))
    }
}
