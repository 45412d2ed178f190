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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variance {
    /// Variance of each function.
    pub variance: Vec<f64>,
    /// Covariance of each pair asked for, in their order.
    pub covariance: Vec<f64>,
    /// Degrees of freedom: PSUs with a score in the function's cells minus their strata.
    pub df: Vec<f64>,
    /// PSUs that the function's cells touch.
    pub psus: Vec<u64>,
    /// Whether every stratum that the function's cells touch was counted whole.
    pub complete: Vec<bool>,
    /// Factor by which strata with several PSUs stand for lonely ones, under [`LonelyPsu::Average`]; else 1.
    pub(crate) raised: Vec<f64>,
}

/// Mean and spread of the scores of one function over the PSUs of one stratum that it touches, updated PSU by PSU.
#[derive(Clone, Copy, Default)]
struct Stratum {
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
    touched: u32,
    inside: u32,
}

impl Stratum {
    fn add(&mut self, z: f64, inside: bool) {
        self.touched += 1;
        self.inside += u32::from(inside);
        let d = z - self.mean;
        self.mean += d / f64::from(self.touched);
        self.squares += d * (z - self.mean);
    }

    fn sum(&self) -> f64 {
        self.mean * f64::from(self.touched)
    }

    /// Sum of squared distances from the mean over `n` PSUs, of which those not touched are zeros.
    fn spread(&self, n: f64) -> f64 {
        let k = f64::from(self.touched);
        self.squares + k * (n - k) / n * self.mean * self.mean
    }
}

/// Variances of functions of totals, and covariances of the pairs asked for.
///
/// Under [`LonelyPsu::Adjust`] a lonely PSU is measured from the mean score over all PSUs; under
/// [`LonelyPsu::Average`] the variance is scaled by strata over strata with more than one PSU, both counted among the
/// strata that the function's domain touches. Source: METHODS M9.
pub fn variance(totals: &Totals, design: &Design, functions: &[Function], pairs: &[(u32, u32)]) -> Variance {
    if !pairs.is_empty() {
        return Scores::of(totals, functions).variance(design, pairs);
    }
    // Scores are dropped as soon as they are taken in: they would be as large as the totals.
    let mut strata = Strata::new(design, functions.len());
    Scores::stream(totals, functions, |scores| strata.take(scores));
    strata.finish()
}

impl Scores {
    /// The routine itself: variances from scores, and covariances of the pairs of functions asked for.
    pub fn variance(&self, design: &Design, pairs: &[(u32, u32)]) -> Variance {
        let mut strata = Strata::new(design, self.functions());
        strata.take(self);
        let mut out = strata.finish();
        if !pairs.is_empty() {
            out.covariance = covariances(design, self, pairs, &out);
        }
        out
    }

    /// Sums of squares and products of scores as they are, around zero: every PSU counts alone.
    pub(crate) fn uncentred(&self, pairs: &[(u32, u32)]) -> Variance {
        let mut variance = vec![0.0; self.functions()];
        for &Score { function, z, .. } in self.psus().flat_map(|(_, touched)| touched) {
            variance[function as usize] += z * z;
        }
        Variance { variance, covariance: products(self, pairs, |_| 1.0), ..Variance::default() }
    }
}

/// Strata by functions.
struct Strata<'a> {
    design: &'a Design,
    functions: usize,
    cells: Vec<Stratum>,
}

impl<'a> Strata<'a> {
    fn new(design: &'a Design, functions: usize) -> Self {
        Strata { design, functions, cells: vec![Stratum::default(); functions * design.strata()] }
    }

    fn take(&mut self, scores: &Scores) {
        for (psu, touched) in scores.psus() {
            let base = self.design.stratum(psu) as usize * self.functions;
            for &Score { function, inside, z } in touched {
                self.cells[base + function as usize].add(z, inside);
            }
        }
    }

    fn finish(self) -> Variance {
        let (design, f, h) = (self.design, self.functions, self.design.strata());
        let mut out = Variance {
            variance: vec![0.0; f],
            covariance: Vec::new(),
            df: vec![0.0; f],
            psus: vec![0; f],
            complete: vec![true; f],
            raised: vec![1.0; f],
        };
        for function in 0..f {
            let cell = |stratum: usize| &self.cells[stratum * f + function];
            let overall: f64 = (0..h).map(|s| cell(s).sum()).sum::<f64>() / design.psus() as f64;
            let (mut strata, mut several) = (0.0, 0.0);
            for stratum in 0..h {
                let cell = cell(stratum);
                let n = design.sampled(stratum);
                if cell.inside > 0 {
                    out.psus[function] += u64::from(cell.inside);
                    strata += 1.0;
                    out.complete[function] &= design.correction(stratum) == 0.0;
                    several += f64::from(u8::from(!design.is_lonely(stratum)));
                }
                out.variance[function] += if n > 1.0 {
                    design.correction(stratum) * n / (n - 1.0) * cell.spread(n)
                } else if design.is_lonely(stratum) && design.lonely() == LonelyPsu::Adjust {
                    design.correction(stratum) * (cell.sum() - overall) * (cell.sum() - overall)
                } else {
                    0.0
                };
            }
            if design.lonely() == LonelyPsu::Average && several > 0.0 {
                out.raised[function] = strata / several;
                out.variance[function] *= out.raised[function];
            }
            out.df[function] = out.psus[function] as f64 - strata;
            out.complete[function] &= strata > 0.0;
        }
        out
    }
}

/// `sum_i c_i z_ai z_bi` for pairs of functions, over the PSUs that touch both.
fn products(scores: &Scores, pairs: &[(u32, u32)], c: impl Fn(u32) -> f64) -> Vec<f64> {
    let functions = scores.functions();
    let mut of_first: Vec<Vec<(u32, u32)>> = vec![Vec::new(); functions];
    for (i, &(a, b)) in pairs.iter().enumerate() {
        of_first[a as usize].push((b, i as u32));
    }
    let mut out = vec![0.0; pairs.len()];
    let mut here = vec![0.0; functions];
    for (psu, touched) in scores.psus() {
        let c = c(psu);
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
    out
}

/// Covariances of pairs of functions, PSU by PSU over those that a PSU touches.
///
/// Lonely PSUs count as in the variances: under `adjust` by the product of their distances from the overall means, under
/// `average` by the root of the product of the two factors, so that the covariance of a function with itself is its variance.
fn covariances(design: &Design, scores: &Scores, pairs: &[(u32, u32)], of: &Variance) -> Vec<f64> {
    let functions = scores.functions();
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
    let adjust = design.lonely() == LonelyPsu::Adjust;
    let mean = |f: u32| (0..h).map(|s| sums[s * functions + f as usize]).sum::<f64>() / design.psus() as f64;
    let overall: Vec<f64> = if adjust { (0..functions as u32).map(mean).collect() } else { Vec::new() };
    // sum_i z_a z_b over PSUs that touch both, less n zbar_a zbar_b for each stratum.
    let mut out = products(scores, pairs, |psu| scale(design.stratum(psu) as usize));
    for stratum in 0..h {
        let n = design.sampled(stratum);
        let sum = |f: u32| sums[stratum * functions + f as usize];
        if n > 1.0 {
            for (c, &(a, b)) in out.iter_mut().zip(pairs) {
                *c -= scale(stratum) * sum(a) * sum(b) / n;
            }
        } else if adjust && design.is_lonely(stratum) {
            let away = |f: u32| sum(f) - overall[f as usize];
            for (c, &(a, b)) in out.iter_mut().zip(pairs) {
                *c += design.correction(stratum) * away(a) * away(b);
            }
        }
    }
    if design.lonely() == LonelyPsu::Average {
        for (c, &(a, b)) in out.iter_mut().zip(pairs) {
            *c *= (of.raised[a as usize] * of.raised[b as usize]).sqrt();
        }
    }
    out
}
