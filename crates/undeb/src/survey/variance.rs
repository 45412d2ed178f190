//! One routine from totals to variances and covariances, for every function of totals.
//!
//! The score of function `f` in PSU `i` is `z_fi = sum_t (df/dt) t_i` over the totals `t`; then
//! `C(f, g) = sum_h c_h sum_i (z_fi - zbar_fh)(z_gi - zbar_gh)`, with `c_h = (1 - f_h) n_h / (n_h - 1)` and the mean over
//! all `n_h` sampled PSUs of the stratum, those outside the domain counting as zeros. Source: METHODS M9; Binder (1983),
//! International Statistical Review 51, 279-292.

use super::design::{Design, LonelyPsu};
use super::function::Function;
use super::scores::{Score, Scores};
use super::totals::Totals;

/// Variance, covariances and degrees of freedom of functions of totals.
#[derive(Clone, Debug, PartialEq)]
pub struct Variance {
    /// Variance of each function.
    pub variance: Vec<f64>,
    /// Covariance of each pair asked for, in their order.
    pub covariance: Vec<f64>,
    /// Degrees of freedom: PSUs with a score in the function's cells minus their strata.
    pub df: Vec<f64>,
    /// PSUs that the function's cells touch.
    pub psus: Vec<u64>,
}

/// Sums over the PSUs of one stratum for the functions they touch.
#[derive(Clone, Copy, Default)]
struct Stratum {
    sum: f64,
    squares: f64,
    touched: u32,
    inside: u32,
}

/// Variances of functions of totals, and covariances of the pairs asked for.
///
/// Under [`LonelyPsu::Adjust`] a lonely PSU is measured from the mean score over all PSUs; under
/// [`LonelyPsu::Average`] the variance is scaled by strata over strata with more than one PSU, both counted among the
/// strata that the function's domain touches. Source: METHODS M9.
pub fn variance(totals: &Totals, design: &Design, functions: &[Function], pairs: &[(u32, u32)]) -> Variance {
    Scores::of(totals, functions).variance(design, pairs)
}

impl Scores {
    /// The routine itself: variances from scores, and covariances of the pairs of functions asked for.
    pub fn variance(&self, design: &Design, pairs: &[(u32, u32)]) -> Variance {
        let (f, h) = (self.functions(), design.strata());
        let mut cells = vec![Stratum::default(); f * h];
        for (psu, touched) in self.psus() {
            let base = design.stratum(psu) as usize * f;
            for &Score { function, inside, z } in touched {
                let cell = &mut cells[base + function as usize];
                cell.sum += z;
                cell.touched += 1;
                cell.inside += u32::from(inside);
            }
        }
        let mean = |stratum: usize, function: usize| cells[stratum * f + function].sum / design.sampled(stratum);
        let mut squares = vec![0.0; f * h];
        for (psu, touched) in self.psus() {
            let stratum = design.stratum(psu) as usize;
            for &Score { function, z, .. } in touched {
                let d = z - mean(stratum, function as usize);
                squares[stratum * f + function as usize] += d * d;
            }
        }
        for (cell, s) in cells.iter_mut().zip(squares) {
            cell.squares = s;
        }
        let mut out = Variance { variance: vec![0.0; f], covariance: Vec::new(), df: vec![0.0; f], psus: vec![0; f] };
        for function in 0..f {
            let overall: f64 = (0..h).map(|s| cells[s * f + function].sum).sum::<f64>() / design.psus() as f64;
            let (mut strata, mut several) = (0.0, 0.0);
            for stratum in 0..h {
                let cell = cells[stratum * f + function];
                let n = design.sampled(stratum);
                if cell.inside > 0 {
                    out.psus[function] += u64::from(cell.inside);
                    strata += 1.0;
                    several += f64::from(u8::from(!design.is_lonely(stratum)));
                }
                out.variance[function] += if n > 1.0 {
                    let centre = cell.sum / n;
                    let outside = (n - f64::from(cell.touched)) * centre * centre;
                    design.correction(stratum) * n / (n - 1.0) * (cell.squares + outside)
                } else if design.is_lonely(stratum) && design.lonely() == LonelyPsu::Adjust {
                    design.correction(stratum) * (cell.sum - overall) * (cell.sum - overall)
                } else {
                    0.0
                };
            }
            if design.lonely() == LonelyPsu::Average && several > 0.0 {
                out.variance[function] *= strata / several;
            }
            out.df[function] = out.psus[function] as f64 - strata;
        }
        if !pairs.is_empty() {
            out.covariance = covariances(design, self, pairs);
        }
        out
    }
}

/// Covariances of pairs of functions, PSU by PSU over those that a PSU touches.
fn covariances(design: &Design, scores: &Scores, pairs: &[(u32, u32)]) -> Vec<f64> {
    let functions = scores.functions();
    let mut of_first: Vec<Vec<(u32, u32)>> = vec![Vec::new(); functions];
    for (i, &(a, b)) in pairs.iter().enumerate() {
        of_first[a as usize].push((b, i as u32));
    }
    let h = design.strata();
    let mut sums = vec![0.0; functions * h];
    for (psu, touched) in scores.psus() {
        for &Score { function, z, .. } in touched {
            sums[design.stratum(psu) as usize * functions + function as usize] += z;
        }
    }
    let scale = |stratum: usize| {
        let n = design.sampled(stratum);
        if n > 1.0 { design.correction(stratum) * n / (n - 1.0) } else { 0.0 }
    };
    // sum_i z_a z_b over PSUs that touch both, less n zbar_a zbar_b for each stratum.
    let mut out = vec![0.0; pairs.len()];
    let mut here = vec![0.0; functions];
    for (psu, touched) in scores.psus() {
        let c = scale(design.stratum(psu) as usize);
        for &Score { function, z, .. } in touched {
            here[function as usize] = z;
        }
        for &Score { function: a, z, .. } in touched {
            for &(b, pair) in &of_first[a as usize] {
                out[pair as usize] += c * z * here[b as usize];
            }
        }
        for &Score { function, .. } in touched {
            here[function as usize] = 0.0;
        }
    }
    for stratum in 0..h {
        let n = design.sampled(stratum);
        for (i, &(a, b)) in pairs.iter().enumerate() {
            let sum = |f: u32| sums[stratum * functions + f as usize];
            out[i] -= scale(stratum) * sum(a) * sum(b) / n;
        }
    }
    out
}
