//! Calibration: weights as near as may be to the design weights that reproduce known totals.
//!
//! `w_k = d_k g_k` with `g_k = F(x_k' lambda)`, and `lambda` such that `sum_k w_k x_k = T`. Post-stratification is a single
//! margin, raking several margins under [`Distance::Raking`], the regression estimator [`Distance::Linear`].
//! Source: METHODS M11; Deville and Särndal (1992), *Journal of the American Statistical Association* 87, 376-382.

use std::borrow::Cow;

use rayon::prelude::*;

use super::auxiliary::{Auxiliary, Equations};
use super::cholesky::Cholesky;
use crate::error::{Error, Result};

/// Rows that are summed together; sums are joined in the order of the rows, whoever makes them.
const BLOCK: usize = 1 << 14;
/// Totals are reached when they are met to this share of themselves.
const REACHED: f64 = 1e-12;
/// Newton steps before calibration gives up.
const STEPS: usize = 200;

/// How a weight moves: `F` with `F(0) = 1` and slope 1 there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distance {
    /// `F(u) = 1 + u`: the generalised regression estimator. Weights may become negative.
    Linear,
    /// `F(u) = exp(u)`: raking. Weights stay positive.
    Raking,
    /// `F(u) = (L(U-1) + U(1-L) e^{Au}) / ((U-1) + (1-L) e^{Au})`, `A = (U-L) / ((1-L)(U-1))`: between bounds, smoothly.
    Logit {
        /// `L`, below 1.
        low: f64,
        /// `U`, above 1.
        high: f64,
    },
    /// `F(u) = min(max(1 + u, L), U)`: linear, cut off at bounds.
    BoundedLinear {
        /// `L`, below 1.
        low: f64,
        /// `U`, above 1.
        high: f64,
    },
}

impl Distance {
    fn bounds(self) -> Option<(f64, f64)> {
        match self {
            Distance::Linear | Distance::Raking => None,
            Distance::Logit { low, high } | Distance::BoundedLinear { low, high } => Some((low, high)),
        }
    }

    /// `F` and its slope.
    fn at(self, u: f64) -> (f64, f64) {
        match self {
            Distance::Linear => (1.0 + u, 1.0),
            Distance::Raking => (u.exp(), u.exp()),
            Distance::Logit { low, high } => {
                let a = (high - low) / ((1.0 - low) * (high - 1.0));
                // Written so that neither tail overflows.
                let share = 1.0 / (1.0 + (high - 1.0) / (1.0 - low) * (-a * u).exp());
                (low + (high - low) * share, (high - low) * a * share * (1.0 - share))
            }
            Distance::BoundedLinear { low, high } => {
                let inside = low < 1.0 + u && 1.0 + u < high;
                ((1.0 + u).clamp(low, high), f64::from(u8::from(inside)))
            }
        }
    }
}

/// Calibrated weights, and what is needed for their variance.
#[derive(Clone, Debug)]
pub struct Calibration<'a> {
    design: Cow<'a, [f64]>,
    g: Vec<f64>,
    pub(crate) equations: Equations<'a>,
    /// `sum_k d_k x_k x_k'`, factorised.
    pub(crate) gram: Cholesky,
    steps: usize,
    distance: Distance,
}

/// Weighted totals of the auxiliary variables at one `lambda`, and how they move with it.
struct Sums {
    totals: Vec<f64>,
    slope: Vec<f64>,
}

impl Calibration<'_> {
    /// Other weights of the same rows, such as those of a replicate, moved to the same totals in the same way.
    ///
    /// # Errors
    /// As [`calibrate`]; and a level of which these weights leave nobody.
    pub fn again(&self, weights: &[f64]) -> Result<Vec<f64>> {
        let solution = solve(weights, &self.equations, self.distance)?;
        Ok(weights.iter().zip(solution.g).map(|(w, g)| w * g).collect())
    }

    /// The factor of each design weight.
    pub fn g(&self) -> &[f64] {
        &self.g
    }

    /// The calibrated weights.
    pub fn weights(&self) -> Vec<f64> {
        self.design.iter().zip(&self.g).map(|(d, g)| d * g).collect()
    }

    /// The design weights that were calibrated.
    pub fn design_weights(&self) -> &[f64] {
        &self.design
    }

    /// The same calibration without borrowed columns.
    pub fn into_owned(self) -> Calibration<'static> {
        Calibration { design: Cow::Owned(self.design.into_owned()), equations: self.equations.into_owned(), ..self }
    }

    /// Smallest and largest factor; below zero only with [`Distance::Linear`] (or a negative lower bound).
    pub fn range(&self) -> (f64, f64) {
        self.g.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), g| (low.min(*g), high.max(*g)))
    }

    /// Newton steps that were needed.
    pub fn steps(&self) -> usize {
        self.steps
    }
}

/// Calibrates design weights to known totals by Newton's method with halved steps.
///
/// Known totals are met to 1e-12 of themselves. The result is the same to the last bit at any number of threads.
///
/// ```
/// use undeb::survey::{auxiliary::Auxiliary, calibration::*};
///
/// // Illustrative: post-stratification of four people to 30 women and 50 men.
/// let sex = Auxiliary::Margin { name: "sex", levels: &["f", "m"], level: &[0, 0, 0, 1], totals: &[30.0, 50.0] };
/// let calibration = calibrate(&[10.0, 10.0, 20.0, 25.0], &[sex], Distance::Linear)?;
/// let expected = [7.5, 7.5, 15.0, 50.0];
/// assert!(calibration.weights().iter().zip(expected).all(|(w, e)| (w - e).abs() < 1e-12));
/// # Ok::<(), undeb::Error>(())
/// ```
///
/// # Errors
/// Design weights that are negative or no number; auxiliary variables that are not known for everybody; margins that do
/// not agree on the number of people; levels without people in the sample, by name; columns that are combinations of
/// others; bounds that do not enclose 1, or that cannot be met; totals that are not reached. A set of weights that does
/// not reproduce the totals is never returned.
pub fn calibrate<'a>(weights: &'a [f64], auxiliaries: &[Auxiliary<'a>], distance: Distance) -> Result<Calibration<'a>> {
    if let Some((low, high)) = distance.bounds().filter(|(low, high)| !(*low < 1.0 && *high > 1.0 && high.is_finite())) {
        return Err(Error::design(format!("the bounds {low} and {high} do not enclose 1")));
    }
    let equations = Equations::new(auxiliaries, weights)?;
    let Solution { g, gram, steps } = solve(weights, &equations, distance)?;
    Ok(Calibration { design: Cow::Borrowed(weights), g, equations, gram, steps, distance })
}

/// Factors that reach the totals, `sum_k d_k x_k x_k'`, and the steps that were needed.
struct Solution {
    g: Vec<f64>,
    gram: Cholesky,
    steps: usize,
}

/// Newton's method with halved steps.
fn solve(weights: &[f64], equations: &Equations<'_>, distance: Distance) -> Result<Solution> {
    let p = equations.columns();
    let mut lambda = vec![0.0; p];
    let mut sums = sums(equations, weights, distance, &lambda);
    if let Some(j) = (0..p).find(|&j| equations.positive[j] && sums.totals[j] == 0.0 && equations.totals[j] > 0.0) {
        return Err(Error::design(format!("nobody in the sample has {}, but the population has", equations.names[j]))
            .help("join this level with others"));
    }
    // What an error in a total is measured by; a total of 0 is measured by what the sample has.
    let size: Vec<f64> = sums.totals.iter().zip(&equations.totals).map(|(s, t)| s.abs().max(t.abs())).collect();
    let gram = Cholesky::of(&sums.slope, p).map_err(|column| {
        Error::design(format!("{} is a combination of the auxiliary variables before it", equations.names[column]))
            .help("leave it out")
    })?;
    if let Some((low, high)) = distance.bounds() {
        feasible(equations, &sums.totals, low, high)?;
    }
    let start = sums.slope.clone();
    let mut error = furthest(equations, &sums, &size);
    let mut steps = 0;
    while error.1 > REACHED {
        steps += 1;
        let mut step: Vec<f64> = equations.totals.iter().zip(&sums.totals).map(|(t, s)| t - s).collect();
        match Cholesky::of(&sums.slope, p) {
            Ok(slope) => slope.solve(&mut step),
            // So many weights lie at their bounds that the others do not determine a step: look from the start.
            Err(_) => {
                let mixed: Vec<f64> = sums.slope.iter().zip(&start).map(|(now, then)| now + 0.01 * then).collect();
                Cholesky::of(&mixed, p).unwrap_or_else(|_| gram.clone()).solve(&mut step);
            }
        }
        let mut length = 1.0;
        let (next, better) = loop {
            let trial: Vec<f64> = lambda.iter().zip(&step).map(|(l, s)| l + length * s).collect();
            let next = self::sums(equations, weights, distance, &trial);
            let reached = furthest(equations, &next, &size);
            // Rounding may keep the last step from being a better one.
            if reached.1 < error.1 || reached.1 <= REACHED {
                lambda = trial;
                break (Some(next), reached);
            }
            length /= 2.0;
            if length < 1e-9 {
                break (None, error);
            }
        };
        match next {
            Some(next) if steps < STEPS => (sums, error) = (next, better),
            _ => return Err(not_reached(equations, &sums, error.0, steps, distance)),
        }
    }
    let g = factors(equations, weights.len(), distance, &lambda);
    Ok(Solution { g, gram, steps })
}

/// Bounds that one known total by itself cannot be reached within.
fn feasible(equations: &Equations<'_>, sample: &[f64], low: f64, high: f64) -> Result<()> {
    let out = |j: &usize| {
        let (a, b) = (low * sample[*j], high * sample[*j]);
        equations.positive[*j] && !(a..=b).contains(&equations.totals[*j])
    };
    match (0..equations.columns()).find(out) {
        Some(j) => Err(Error::design(format!(
            "no weights between {low} and {high} times the design weights reach {}: the sample has {}, the population {}",
            equations.names[j], sample[j], equations.totals[j]
        ))
        .help("widen the bounds")),
        None => Ok(()),
    }
}

/// The total that is furthest from its known value, and by which share of its size.
fn furthest(equations: &Equations<'_>, sums: &Sums, size: &[f64]) -> (usize, f64) {
    let share = |j: usize| {
        let gap = (sums.totals[j] - equations.totals[j]).abs() / size[j];
        // Neither an overflow nor a difference of overflows is ever near.
        if gap.is_nan() { f64::INFINITY } else { gap }
    };
    (0..size.len()).map(|j| (j, share(j))).fold((0, 0.0), |worst, this| if this.1 > worst.1 { this } else { worst })
}

fn not_reached(equations: &Equations<'_>, sums: &Sums, at: usize, steps: usize, distance: Distance) -> Error {
    let error = Error::design(format!(
        "calibration does not reach its totals: {} is {} instead of {} after {steps} steps",
        equations.names[at], sums.totals[at], equations.totals[at]
    ));
    error.help(match distance.bounds() {
        Some(_) => "the bounds are too narrow for all totals at once: widen them, or use fewer totals",
        None => "the totals contradict each other or the sample: use fewer of them, or join levels",
    })
}

/// `u_k` of each row of a block.
fn each(equations: &Equations<'_>, block: usize, rows: usize, lambda: &[f64], mut take: impl FnMut(usize, f64, &[(u32, f64)])) {
    let mut x = Vec::new();
    for row in block * BLOCK..((block + 1) * BLOCK).min(rows) {
        equations.row(row, &mut x);
        let u = x.iter().map(|&(j, x)| x * lambda[j as usize]).sum();
        take(row, u, &x);
    }
}

fn sums(equations: &Equations<'_>, weights: &[f64], distance: Distance, lambda: &[f64]) -> Sums {
    let p = equations.columns();
    let one = |block: usize| {
        let mut sums = Sums { totals: vec![0.0; p], slope: vec![0.0; p * p] };
        each(equations, block, weights.len(), lambda, |row, u, x| {
            let (g, slope) = distance.at(u);
            for &(i, a) in x {
                sums.totals[i as usize] += weights[row] * g * a;
                // The columns of a row are in order, so this is the lower triangle.
                for &(j, b) in x.iter().take_while(|(j, _)| *j <= i) {
                    sums.slope[i as usize * p + j as usize] += weights[row] * slope * a * b;
                }
            }
        });
        sums
    };
    let blocks: Vec<Sums> = (0..weights.len().div_ceil(BLOCK)).into_par_iter().map(one).collect();
    let mut all = Sums { totals: vec![0.0; p], slope: vec![0.0; p * p] };
    for block in blocks {
        all.totals.iter_mut().zip(block.totals).for_each(|(to, from)| *to += from);
        all.slope.iter_mut().zip(block.slope).for_each(|(to, from)| *to += from);
    }
    all
}

fn factors(equations: &Equations<'_>, rows: usize, distance: Distance, lambda: &[f64]) -> Vec<f64> {
    let one = |block: usize| {
        let mut g = Vec::with_capacity(BLOCK);
        each(equations, block, rows, lambda, |_, u, _| g.push(distance.at(u).0));
        g
    };
    (0..rows.div_ceil(BLOCK)).into_par_iter().map(one).collect::<Vec<_>>().concat()
}
