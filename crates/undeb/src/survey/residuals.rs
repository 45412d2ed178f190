//! Variance under calibrated weights: scores of residuals instead of scores.
//!
//! A calibrated sample does not vary in what its auxiliary variables explain. With `u_k` the linearised variable of a
//! function at the calibrated totals, `B = (sum d x x')^-1 sum d x u` and `e_k = u_k - x_k' B`, the score of PSU `i` is
//! `sum_k d_k g_k e_k = z_i - X_i' B`. Everything in it is a total: `X_i`, the calibrated auxiliary totals of the PSU,
//! and `sum d x t` for each total `t`; so one pass over the rows serves all functions. Source: METHODS M11.

use super::calibration::Calibration;
use super::cholesky::Cholesky;
use super::function::Function;
use super::rows::{OUT, RowSource};
use super::scores::{Scores, slot};
use super::totals::Totals;
use crate::error::{Error, Result};

/// Rows that are coded at a time.
const BLOCK: usize = 1 << 16;

/// What turns scores into scores of residuals.
#[derive(Clone, Debug)]
pub struct Residuals {
    columns: usize,
    gram: Cholesky,
    /// `sum d x t`, total by total.
    cross: Vec<f64>,
    /// `sum d g x`, PSU by PSU.
    auxiliary: Vec<f64>,
}

impl Residuals {
    /// Sums what residuals need over the rows that were calibrated, all of them, those outside the domain included.
    ///
    /// The weights of `rows` are not used: the design weights and the factors are those of the calibration.
    ///
    /// # Errors
    /// Another number of rows than were calibrated.
    pub fn of(calibration: &Calibration<'_>, rows: &impl RowSource, psus: usize, cells: usize) -> Result<Residuals> {
        let (design, g) = (calibration.design_weights(), calibration.g());
        if rows.len() != design.len() {
            return Err(Error::design(format!("{} weights were calibrated, but there are {} rows", design.len(), rows.len())));
        }
        let (p, answers, variables) = (calibration.equations.columns(), rows.answers(), rows.answers() + rows.amounts());
        let mut cross = vec![0.0; cells * variables * 2 * p];
        let mut auxiliary = vec![0.0; psus * p];
        let (mut codes, mut x) = (Vec::new(), Vec::new());
        for from in (0..rows.len()).step_by(BLOCK) {
            codes.resize(BLOCK.min(rows.len() - from), OUT);
            rows.code(from..from + codes.len(), &mut codes);
            for ((row, &psu), &code) in (from..).zip(&rows.psu()[from..]).zip(&codes) {
                calibration.equations.row(row, &mut x);
                for &(j, x) in &x {
                    auxiliary[psu as usize * p + j as usize] += design[row] * g[row] * x;
                }
                if code == OUT {
                    continue;
                }
                let cell = code >> (2 * answers);
                let mut add = |variable: usize, yes: usize, t: f64| {
                    let at = ((cell as usize * variables + variable) * 2 + yes) * p;
                    x.iter().for_each(|&(j, x)| cross[at + j as usize] += design[row] * x * t);
                };
                for v in 0..answers {
                    let answer = code >> (2 * v) & 3;
                    if answer <= 1 {
                        add(v, 0, 1.0);
                        add(v, 1, f64::from(answer));
                    }
                }
                for v in 0..rows.amounts() {
                    let amount = rows.amount(v, row);
                    if !amount.is_nan() {
                        add(answers + v, 0, 1.0);
                        add(answers + v, 1, amount);
                    }
                }
            }
        }
        Ok(Residuals { columns: p, gram: calibration.gram.clone(), cross, auxiliary })
    }

    /// Scores of residuals of functions of the calibrated totals, ready for [`Scores::variance`] and
    /// [`Stages::variance`](super::stages::Stages::variance).
    ///
    /// ```
    /// use undeb::survey::{auxiliary::Auxiliary, calibration::*, design::*, function::Function, residuals::Residuals, totals::*};
    ///
    /// // Illustrative: the number of people is known, so its estimate has no variance left.
    /// let sex = Auxiliary::Margin { name: "sex", levels: &["f", "m"], level: &[0, 1, 0, 1], totals: &[9.0, 7.0] };
    /// let calibration = calibrate(&[2.0, 1.0, 4.0, 3.0], &[sex], Distance::Raking)?;
    /// let weight = calibration.weights();
    /// let rows = Rows { psu: &[0, 0, 1, 1], cell: &[0; 4], weight: &weight, answers: &[&[1; 4]], amounts: &[] };
    /// let totals = Totals::accumulate(&rows, 2, 1);
    /// let residuals = Residuals::of(&calibration, &rows, 2, 1)?;
    /// let design = Design::new(vec![0, 0], vec![0.0], LonelyPsu::Fail, |h| h.to_string())?;
    /// let people = Function::total(&totals, &[0], 0);
    /// assert!((people.value - 16.0).abs() < 1e-12);
    /// assert!(residuals.scores(&totals, &[people]).variance(&design, &[]).variance[0] < 1e-24);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn scores(&self, totals: &Totals, functions: &[Function]) -> Scores {
        let p = self.columns;
        let mut slopes = Vec::with_capacity(functions.len() * p);
        for function in functions {
            let mut b = vec![0.0; p];
            for (total, gradient) in &function.gradient {
                let cross = &self.cross[slot(total, totals.variables()) * p..][..p];
                b.iter_mut().zip(cross).for_each(|(b, c)| *b += gradient * c);
            }
            self.gram.solve(&mut b);
            slopes.extend(b);
        }
        Scores::of(totals, functions).less(|psu, function| {
            let (x, b) = (&self.auxiliary[psu as usize * p..][..p], &slopes[function as usize * p..][..p]);
            x.iter().zip(b).map(|(x, b)| x * b).sum()
        })
    }
}
