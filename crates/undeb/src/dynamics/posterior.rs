//! The states, given the observations and the variances of the moves.

use std::f64::consts::TAU;

use super::model::Model;
use super::structure::{State, Variances};
use crate::error::{Error, Result};
use crate::survey::cholesky::{Cholesky, dot};

/// States given the observations; initial states and shifts of which nothing is assumed have a flat prior.
///
/// With `W = C + V = L L'` the covariance of the observations around `X b`, `b` the initial states and shifts:
/// `b = (X' W^-1 X)^-1 X' W^-1 y`, `r = y - X b`, and a state `f` with the row `x` and the prior covariances `c` with the
/// observations and `k` with itself has the mean `x b + c W^-1 r` and the variance `k - c W^-1 c' + u (X' W^-1 X)^-1 u'`
/// with `u = x - c W^-1 X`. Source: METHODS M20.
#[derive(Clone, Debug)]
pub struct Posterior<'a> {
    model: &'a Model<'a>,
    variances: Variances,
    factor: Cholesky,
    /// Columns of `L^-1 X`.
    z: Vec<Vec<f64>>,
    /// `L^-1 y`.
    white: Vec<f64>,
    /// `L^-1 r`.
    residual: Vec<f64>,
    beta: Vec<f64>,
    information: Cholesky,
    log_likelihood: f64,
}

/// A state half way to its posterior: `x b`'s row, `L^-1 c` and `u`.
struct Half {
    mean: f64,
    k: Vec<f64>,
    u: Vec<f64>,
}

impl<'a> Posterior<'a> {
    pub(super) fn new(model: &'a Model<'a>, variances: Variances) -> Result<Self> {
        let o = model.observations;
        let n = o.len();
        let [level, slope] = &model.units;
        let w: Vec<f64> =
            o.noise.iter().zip(level).zip(slope).map(|((v, l), s)| v + variances.level * l + variances.slope * s).collect();
        let factor = Cholesky::of(&w, n).map_err(|i| {
            Error::data(format!("the errors of step {} and of earlier steps do not make a covariance", o.at[i]))
                .help("look at the correlations of the sampling errors")
        })?;
        let mut z: Vec<Vec<f64>> = (0..model.kernel.structure().states())
            .map(|state| o.at.iter().map(|&t| model.kernel.row(State::Level(t))[state]).collect())
            .chain(o.shifts.iter().cloned())
            .collect();
        let mut white = o.y.clone();
        factor.half_solve(&mut white);
        z.iter_mut().for_each(|column| factor.half_solve(column));
        let (information, beta) = regress(&z, &white, n).map_err(|_| {
            Error::data("a break cannot be told from where the level started")
                .help("a break needs figures on both sides of it, more of them than the slope has use for")
        })?;
        let residual: Vec<f64> =
            (0..n).map(|i| white[i] - z.iter().zip(&beta).map(|(column, b)| column[i] * b).sum::<f64>()).collect();
        let mut posterior = Posterior { model, variances, factor, z, white, residual, beta, information, log_likelihood: 0.0 };
        posterior.log_likelihood = posterior.log_likelihood_of_first(n).unwrap_or(f64::NEG_INFINITY);
        Ok(posterior)
    }

    /// The variances of the moves.
    pub const fn variances(&self) -> Variances {
        self.variances
    }

    /// Diffuse log-likelihood: `-(n ln 2 pi + ln |W| + ln |X' W^-1 X| + r' W^-1 r) / 2`.
    pub const fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// That of the first `k` observations alone; none where they are too few for the initial states and shifts.
    ///
    /// What comes after them is comparable between structures: `ll(n) - ll(k)` is the sum of the logarithms of the
    /// one-step predictive densities.
    pub fn log_likelihood_of_first(&self, k: usize) -> Option<f64> {
        let (information, beta) = if k == self.white.len() {
            (self.information.clone(), self.beta.clone())
        } else {
            regress(&self.z, &self.white, k).ok()?
        };
        let squares: f64 = (0..k)
            .map(|i| {
                let fitted: f64 = self.z.iter().zip(&beta).map(|(column, b)| column[i] * b).sum();
                (self.white[i] - fitted).powi(2)
            })
            .sum();
        let determinants = self.factor.log_determinant(k) + information.log_determinant(self.z.len());
        Some(-0.5 * (k as f64 * TAU.ln() + determinants + squares))
    }

    /// One-step prediction errors over their standard errors, for each observation that the earlier ones can predict.
    pub fn innovations(&self) -> Vec<(usize, f64)> {
        let predict = |k: usize| {
            let (information, beta) = regress(&self.z, &self.white, k).ok()?;
            let row: Vec<f64> = self.z.iter().map(|column| column[k]).collect();
            let mut half = row.clone();
            information.half_solve(&mut half);
            Some((self.model.observations.at[k], (self.white[k] - dot(&row, &beta)) / (1.0 + dot(&half, &half)).sqrt()))
        };
        (self.z.len()..self.white.len()).filter_map(predict).collect()
    }

    pub(super) fn steps(&self) -> &[usize] {
        &self.model.observations.at
    }

    /// Amounts of the shifts of which nothing was assumed, each with its standard error.
    pub fn shifts(&self) -> Vec<(f64, f64)> {
        let states = self.model.structure().states();
        (states..self.beta.len())
            .map(|i| {
                let mut unit = vec![0.0; self.beta.len()];
                unit[i] = 1.0;
                self.information.solve(&mut unit);
                (self.beta[i], unit[i].max(0.0).sqrt())
            })
            .collect()
    }

    /// Mean and variance of a state.
    pub fn state(&self, state: State) -> (f64, f64) {
        let half = self.half(state);
        let variance = self.covariance(state, &half, state, &half);
        (half.mean, variance.max(0.0))
    }

    /// Means and covariance, row by row, of several states.
    pub fn joint(&self, states: &[State]) -> (Vec<f64>, Vec<f64>) {
        let halves: Vec<Half> = states.iter().map(|s| self.half(*s)).collect();
        let mut covariance = Vec::with_capacity(states.len() * states.len());
        for (a, half_a) in states.iter().zip(&halves) {
            for (b, half_b) in states.iter().zip(&halves) {
                covariance.push(self.covariance(*a, half_a, *b, half_b));
            }
        }
        (halves.iter().map(|h| h.mean).collect(), covariance)
    }

    fn weigh(&self, [level, slope]: [f64; 2]) -> f64 {
        self.variances.level * level + self.variances.slope * slope
    }

    fn half(&self, state: State) -> Half {
        let kernel = &self.model.kernel;
        let mut k: Vec<f64> =
            self.model.observations.at.iter().map(|&t| self.weigh(kernel.parts(state, State::Level(t)))).collect();
        self.factor.half_solve(&mut k);
        let row = kernel.row(state);
        let x = |i: usize| if i < self.model.structure().states() { row[i] } else { 0.0 };
        let mean = dot(&k, &self.residual) + self.beta.iter().enumerate().map(|(i, b)| x(i) * b).sum::<f64>();
        let mut u: Vec<f64> = self.z.iter().enumerate().map(|(i, column)| x(i) - dot(column, &k)).collect();
        self.information.half_solve(&mut u);
        Half { mean, k, u }
    }

    fn covariance(&self, a: State, half_a: &Half, b: State, half_b: &Half) -> f64 {
        self.weigh(self.model.kernel.parts(a, b)) - dot(&half_a.k, &half_b.k) + dot(&half_a.u, &half_b.u)
    }

    /// `W^-1 - W^-1 X (X' W^-1 X)^-1 X' W^-1`, row by row, and its product with `y`: what tests of departures need.
    pub(super) fn projector(&self) -> (Vec<f64>, Vec<f64>) {
        let n = self.white.len();
        let columns: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let mut unit = vec![0.0; n];
                unit[i] = 1.0;
                self.factor.half_solve(&mut unit);
                unit
            })
            .collect();
        let tails: Vec<Vec<f64>> = columns
            .iter()
            .map(|column| {
                let mut u: Vec<f64> = self.z.iter().map(|z| dot(z, column)).collect();
                self.information.half_solve(&mut u);
                u
            })
            .collect();
        let mut matrix = Vec::with_capacity(n * n);
        for i in 0..n {
            matrix.extend((0..n).map(|j| dot(&columns[i], &columns[j]) - dot(&tails[i], &tails[j])));
        }
        (matrix, columns.iter().map(|column| dot(column, &self.residual)).collect())
    }
}

/// Least squares on the first `k` rows: the factor of `Z'Z`, and the coefficients.
fn regress(z: &[Vec<f64>], y: &[f64], k: usize) -> std::result::Result<(Cholesky, Vec<f64>), usize> {
    let d = z.len();
    if k < d {
        return Err(k);
    }
    let mut products = vec![0.0; d * d];
    for i in 0..d {
        (0..=i).for_each(|j| products[i * d + j] = dot(&z[i][..k], &z[j][..k]));
    }
    let information = Cholesky::of(&products, d)?;
    let mut beta: Vec<f64> = z.iter().map(|column| dot(&column[..k], &y[..k])).collect();
    information.solve(&mut beta);
    Ok((information, beta))
}
