//! One routine from totals to variances and covariances, for every function of totals.
//!
//! The score of function `f` in PSU `i` is `z_fi = sum_t (df/dt) t_i` over the totals `t`; then
//! `C(f, g) = sum_h c_h sum_i (z_fi - zbar_fh)(z_gi - zbar_gh)`, with `c_h = (1 - f_h) n_h / (n_h - 1)` and the mean over
//! all `n_h` sampled PSUs of the stratum, those outside the domain counting as zeros. Source: METHODS M9; Binder (1983),
//! International Statistical Review 51, 279-292.

use super::design::{Design, LonelyPsu};
use super::function::Function;
use super::scores::{Score, Scores};
use super::spread::{Pairs, Products, Run, Spread};
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
}

/// Variances of functions of totals, and covariances of the pairs asked for.
///
/// Under [`LonelyPsu::Adjust`] a lonely PSU is measured from the mean score over all PSUs; under
/// [`LonelyPsu::Average`] the variance is scaled by strata over strata with more than one PSU, both counted among the
/// strata that the function's domain touches; residuals of calibrated weights touch them all. Covariances follow the same
/// rules, so that the covariance of a function with itself is its variance: under `adjust` the product of the distances
/// from the overall means, under `average` the root of the product of the two factors. Source: METHODS M9.
pub fn variance(totals: &Totals, design: &Design, functions: &[Function], pairs: &[(u32, u32)]) -> Variance {
    let asked = Pairs::of(pairs, functions.len());
    let runs = Scores::stream(totals, functions, || Run::new(design, &asked), Run::take);
    finish(runs, design, (functions.len(), false), pairs, &asked)
}

impl Scores {
    /// The routine itself: variances from scores, and covariances of the pairs of functions asked for.
    pub fn variance(&self, design: &Design, pairs: &[(u32, u32)]) -> Variance {
        let asked = Pairs::of(pairs, self.functions());
        let mut run = Run::new(design, &asked);
        self.psus().for_each(|(psu, scores): (u32, &[Score])| run.take(psu, scores));
        finish(vec![run], design, (self.functions(), self.are_everywhere()), pairs, &asked)
    }

    /// Sums of squares and products of scores as they are, around zero: every PSU counts alone.
    pub(crate) fn uncentred(&self, pairs: &[(u32, u32)]) -> Variance {
        let asked = Pairs::of(pairs, self.functions());
        let mut variance = vec![0.0; self.functions()];
        let mut products = Products::new(&asked, self.functions());
        for (_, scores) in self.psus() {
            scores.iter().for_each(|s| variance[s.function as usize] += s.z * s.z);
            products.take(scores);
        }
        Variance { variance, covariance: products.sums, ..Variance::default() }
    }
}

/// Adds up what runs over ranges of PSUs have left, in their order; beside the number of functions, whether every PSU has a
/// score of each.
fn finish(
    runs: Vec<Run<'_>>,
    design: &Design,
    (functions, everywhere): (usize, bool),
    pairs: &[(u32, u32)],
    asked: &Pairs,
) -> Variance {
    let mut whole = Spread::new(functions, pairs.len());
    let mut open = Vec::new();
    for run in runs {
        let (spread, left) = run.finish();
        whole.add(&spread);
        open.extend(left);
    }
    // Strata that lie in several ranges, and lonely ones under a rule that looks at the others.
    open.sort_by_key(|part| part.stratum);
    let mut lonely = Vec::new();
    for parts in open.chunk_by(|a, b| a.stratum == b.stratum) {
        let mut joined = parts[0].clone();
        parts[1..].iter().for_each(|part| joined.merge(part));
        whole.count(design, &joined);
        if design.is_lonely(joined.stratum as usize) { lonely.push(joined) } else { whole.close(design, &joined, asked) }
    }
    let of_pairs = |f: &dyn Fn(usize) -> f64| pairs.iter().map(|&(a, b)| f(a as usize) * f(b as usize)).collect::<Vec<f64>>();
    match design.lonely() {
        LonelyPsu::Adjust => {
            for h in (0..design.strata()).filter(|h| design.is_lonely(*h)) {
                let part = lonely.iter().find(|part| part.stratum as usize == h);
                let z = |f: usize| part.map_or(0.0, |part| part.sum(f as u32)) - whole.sum[f] / design.psus() as f64;
                let c = design.correction(h);
                whole.variance.iter_mut().enumerate().for_each(|(f, v)| *v += c * z(f) * z(f));
                whole.covariance.iter_mut().zip(of_pairs(&z)).for_each(|(v, zz)| *v += c * zz);
            }
        }
        LonelyPsu::Average => {
            let of_all = (design.strata() as u32, (0..design.strata()).filter(|h| !design.is_lonely(*h)).count() as u32);
            let factor = |f: usize| match if everywhere { of_all } else { (whole.strata[f], whole.several[f]) } {
                (_, 0) => 1.0,
                (strata, several) => f64::from(strata) / f64::from(several),
            };
            whole.variance.iter_mut().enumerate().for_each(|(f, v)| *v *= factor(f));
            whole.covariance.iter_mut().zip(of_pairs(&|f| factor(f).sqrt())).for_each(|(v, root)| *v *= root);
        }
        LonelyPsu::Fail | LonelyPsu::Remove => {}
    }
    let strata = whole.strata.iter().copied().map(f64::from);
    Variance {
        df: whole.psus.iter().zip(strata).map(|(psus, strata)| *psus as f64 - strata).collect(),
        complete: whole.sampled.iter().zip(&whole.strata).map(|(sampled, strata)| *sampled == 0 && *strata > 0).collect(),
        variance: whole.variance,
        covariance: whole.covariance,
        psus: whole.psus,
    }
}
