//! Replicate weights: the same totals under many sets of weights, and the spread of what is made of them.
//!
//! `V = scale sum_r rscale_r (theta_r - c)^2`, with `c` the full-sample estimate (`mse`) or the mean of the replicates'.
//! The state is cells x (replicates + 1) and does not grow with the number of PSUs. Source: METHODS M10; Wolter (2007),
//! *Introduction to Variance Estimation*, 2nd edition, Springer.

use std::borrow::Cow;

use rayon::prelude::*;

use super::expression::Sums;
use super::replicate_weights::Factors;
use super::replicates::Replicates;
use super::rows::{OUT, RowSource};
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::watch::Steps;

/// Rows that are coded at a time.
const BLOCK: usize = 1 << 16;
/// Largest table by code.
const MOST_PLACES: usize = 1 << 22;
/// Replicates that share one reading of the PSUs.
const GROUP: usize = 16;

/// Weighted totals of the full sample and of every replicate, by cell and variable.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicateTotals {
    replicates: Replicates,
    cells: usize,
    variables: usize,
    /// Full sample first, then replicate by replicate: cell by cell, variable by variable, valid and yes.
    sums: Vec<Vec<f64>>,
}

/// Totals of the full sample, or of one replicate.
#[derive(Clone, Copy, Debug)]
pub struct ReplicateSums<'a> {
    sums: &'a [f64],
    variables: usize,
}

impl Sums for ReplicateSums<'_> {
    fn valid(&self, cell: u32, variable: u32) -> f64 {
        self.sums[2 * (cell as usize * self.variables + variable as usize)]
    }

    fn yes(&self, cell: u32, variable: u32) -> f64 {
        self.sums[2 * (cell as usize * self.variables + variable as usize) + 1]
    }
}

/// A value, what it is in every replicate, and the variance that follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Replicated {
    /// The full-sample value; none where it does not exist.
    pub value: Option<f64>,
    /// The values of the replicates; none where one does not exist.
    pub replicates: Vec<Option<f64>>,
    /// The variance; none where the value is missing, or where too few replicates have one: none at all, or fewer than
    /// two when the spread is that around their mean.
    pub variance: Option<f64>,
    /// Replicates with a positive rscale that have no value. The variance is not scaled up for them, as in R, so it is
    /// too small when there are any.
    pub missing: usize,
}

/// Rows in the domain by what they add to: one number for each code that occurs.
struct Coded {
    kind: Vec<u32>,
    /// Code of each kind; the last kind is for rows outside the domain.
    kinds: Vec<u32>,
    bits: usize,
}

impl Coded {
    fn of(rows: &impl RowSource) -> Coded {
        let mut kind = vec![OUT; rows.len()];
        kind.par_chunks_mut(BLOCK).enumerate().for_each(|(b, into)| rows.code(b * BLOCK..b * BLOCK + into.len(), into));
        let distinct = |codes: &[u32]| {
            let mut codes = codes.to_vec();
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        let mut kinds = distinct(&kind.par_chunks(BLOCK).flat_map_iter(distinct).collect::<Vec<_>>());
        kinds.pop_if(|last| *last == OUT);
        // Codes are looked up in a table where it is small.
        let mut table = vec![0; kinds.last().map_or(0, |last| *last as usize + 1).min(MOST_PLACES)];
        let small = table.len() < MOST_PLACES;
        kinds.iter().enumerate().filter(|_| small).for_each(|(at, code)| table[*code as usize] = at as u32);
        let outside = kinds.len() as u32;
        let place = |code: u32| match code {
            OUT => outside,
            _ if small => table[code as usize],
            _ => kinds.binary_search(&code).map_or(outside, |at| at as u32),
        };
        kind.par_chunks_mut(BLOCK).for_each(|block| block.iter_mut().for_each(|k| *k = place(*k)));
        kinds.push(OUT);
        Coded { kind, kinds, bits: 2 * rows.answers() }
    }

    /// Cell and packed answers of a kind; none for rows outside the domain.
    fn meaning(&self, kind: u32) -> Option<(usize, u32)> {
        let code = self.kinds[kind as usize];
        (code != OUT).then_some(((code >> self.bits) as usize, code & ((1 << self.bits) - 1)))
    }

    /// Sums of one set of weights: one addition a row, then one a kind; amounts take another pass each.
    fn sums(&self, rows: &impl RowSource, weights: &[f64], which: usize, cells: usize) -> Result<Vec<f64>> {
        let name = || if which == 0 { "the full-sample weights".to_owned() } else { format!("replicate {which}") };
        if weights.len() != self.kind.len() {
            return Err(Error::design(format!("{} has {} weights for {} rows", name(), weights.len(), self.kind.len())));
        }
        let mut of_kind = vec![0.0; self.kinds.len()];
        let mut sound = true;
        for (&kind, &weight) in self.kind.iter().zip(weights) {
            sound &= (0.0..=f64::MAX).contains(&weight);
            of_kind[kind as usize] += weight;
        }
        if let (false, Some(row)) = (sound, weights.iter().position(|w| !(0.0..=f64::MAX).contains(w))) {
            return Err(Error::design(format!("{}: the weight of row {} is {}", name(), row + 1, weights[row]))
                .help("a weight is a number that is not negative; a row left out of a replicate has the weight 0"));
        }
        let (answers, variables) = (rows.answers(), rows.answers() + rows.amounts());
        let mut sums = vec![0.0; cells * variables * 2];
        for (kind, weight) in of_kind.into_iter().enumerate() {
            let Some((cell, packed)) = self.meaning(kind as u32) else { continue };
            for v in 0..answers {
                let answer = packed >> (2 * v) & 3;
                let at = 2 * (cell * variables + v);
                sums[at] += if answer <= 1 { weight } else { 0.0 };
                sums[at + 1] += if answer == 1 { weight } else { 0.0 };
            }
        }
        for amount in 0..rows.amounts() {
            for (row, (&kind, &weight)) in self.kind.iter().zip(weights).enumerate() {
                let Some((cell, _)) = self.meaning(kind) else { continue };
                let value = rows.amount(amount, row);
                if !value.is_nan() {
                    let at = 2 * (cell * variables + answers + amount);
                    sums[at] += weight;
                    sums[at + 1] += weight * value;
                }
            }
        }
        Ok(sums)
    }
}

impl ReplicateTotals {
    /// Sums rows under their own weights and under those of each replicate, `column(r)` for `r` from 0.
    ///
    /// Columns are borrowed where the replicate weights are columns of the data, and made on the way where they are
    /// computed, so that no matrix of rows x replicates is needed. A replicate is summed in the order of the rows: the
    /// state is the same to the last bit at any number of threads.
    ///
    /// # Errors
    /// A column of another length; a weight that is negative, infinite or not a number; what `column` returns.
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use undeb::survey::{expression::Expression, replicates::*, replication::*, totals::*};
    ///
    /// // Illustrative: four people, each left out once.
    /// let answers: &[u8] = &[0, 1, 1, 1];
    /// let rows = Rows { psu: &[0, 1, 2, 3], cell: &[0; 4], weight: &[3.0; 4], answers: &[answers], amounts: &[] };
    /// let columns: Vec<Vec<f64>> = (0..4).map(|r| (0..4).map(|i| if i == r { 0.0 } else { 4.0 }).collect()).collect();
    /// let jackknife = Replicates::new(Kind::Jk1, 4)?;
    /// let totals = ReplicateTotals::accumulate(&rows, &jackknife, 1, |r| Ok(Cow::Borrowed(&columns[r])))?;
    /// let rate = Expression::rate(&[0], 0);
    /// let estimate = totals.estimate(|sums| rate.value(sums));
    /// // The variance of the mean of a simple random sample, s^2 / n.
    /// assert!((estimate.variance.unwrap() - 0.25 / 4.0).abs() < 1e-15);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn accumulate<'c>(
        rows: &impl RowSource,
        replicates: &Replicates,
        cells: usize,
        column: impl Fn(usize) -> Result<Cow<'c, [f64]>> + Sync,
    ) -> Result<ReplicateTotals> {
        let coded = Coded::of(rows);
        let steps = Steps::of(replicates.len() + 1);
        let one = |r: usize| {
            steps.step()?;
            match r {
                0 => coded.sums(rows, rows.weight(), 0, cells),
                _ => coded.sums(rows, &column(r - 1).map_err(|e| e.context(format!("replicate {r}")))?, r, cells),
            }
        };
        // Collected before it is searched for errors, so that the first one is reported whoever finds it.
        let all: Vec<Result<Vec<f64>>> = (0..=replicates.len()).into_par_iter().map(one).collect();
        let sums = all.into_iter().collect::<Result<_>>()?;
        Ok(ReplicateTotals { replicates: replicates.clone(), cells, variables: rows.answers() + rows.amounts(), sums })
    }

    /// Totals of PSUs multiplied by the factors of each replicate: no pass over the rows at all.
    ///
    /// # Errors
    /// Factors for another number of PSUs.
    pub fn of(totals: &Totals, factors: &Factors) -> Result<ReplicateTotals> {
        if factors.psus() != totals.psus() {
            return Err(Error::design(format!("there are factors for {} PSUs, not {}", factors.psus(), totals.psus())));
        }
        let width = 2 * totals.variables();
        let replicates = factors.replicates().clone();
        let group = |of: usize| {
            let range = of * GROUP..((of + 1) * GROUP).min(replicates.len() + 1);
            let mut sums = vec![vec![0.0; totals.cells() * width]; range.len()];
            let (mut factor, mut pairs) = (vec![1.0; range.len()], vec![0.0; width]);
            totals.read_all(|of_psu| {
                for (to, r) in factor.iter_mut().zip(range.clone()).filter(|(_, r)| *r > 0) {
                    *to = factors.factor(of_psu.psu, r - 1);
                }
                for i in 0..of_psu.entries.len() {
                    let cell = totals.pairs(&of_psu, i, &mut pairs);
                    for (sums, factor) in sums.iter_mut().zip(&factor) {
                        let to = &mut sums[cell * width..][..width];
                        to.iter_mut().zip(&pairs).for_each(|(to, from)| *to += factor * from);
                    }
                }
            });
            sums
        };
        let sums = (0..(replicates.len() + 1).div_ceil(GROUP)).into_par_iter().flat_map_iter(group).collect();
        Ok(ReplicateTotals { replicates, cells: totals.cells(), variables: totals.variables(), sums })
    }

    /// The sum of two states over other rows, with the same cells, variables and replicates.
    ///
    /// # Errors
    /// States that differ in one of these.
    pub fn merge(&self, other: &ReplicateTotals) -> Result<ReplicateTotals> {
        if (&self.replicates, self.cells, self.variables) != (&other.replicates, other.cells, other.variables) {
            return Err(Error::design("the two sets of totals differ in their replicates, cells or variables"));
        }
        let mut merged = self.clone();
        for (to, from) in merged.sums.iter_mut().flatten().zip(other.sums.iter().flatten()) {
            *to += from;
        }
        Ok(merged)
    }

    /// How the replicates were made.
    pub fn replicates(&self) -> &Replicates {
        &self.replicates
    }

    /// A function of totals in the full sample and in every replicate, with its variance.
    ///
    /// `function` is [`Expression::value`](super::expression::Expression::value) or anything else made of sums.
    pub fn estimate(&self, function: impl Fn(&ReplicateSums<'_>) -> Option<f64>) -> Replicated {
        let mut values = self.sums.iter().map(|sums| function(&ReplicateSums { sums, variables: self.variables }));
        let value = values.next().flatten();
        let replicates: Vec<Option<f64>> = values.collect();
        let missing = replicates.iter().zip(self.replicates.rscales()).filter(|(v, s)| v.is_none() && **s > 0.0).count();
        let mut out = Replicated { value, replicates, variance: None, missing };
        out.variance = self.covariance(&out, &out);
        out
    }

    /// The covariance of two estimates from these totals, over the replicates in which both exist.
    ///
    /// None where a value is missing, where there are not replicates enough, or where an estimate is not from as many
    /// replicates as these totals have.
    pub fn covariance(&self, a: &Replicated, b: &Replicated) -> Option<f64> {
        let (rscales, count) = (self.replicates.rscales(), self.replicates.len());
        let (full_a, full_b) = (a.value?, b.value?);
        if a.replicates.len() != count || b.replicates.len() != count {
            return None;
        }
        let both: Vec<(f64, f64, f64)> = (0..count)
            .filter(|&r| rscales[r] > 0.0)
            .filter_map(|r| Some((rscales[r], a.replicates[r]?, b.replicates[r]?)))
            .collect();
        let n = both.len() as f64;
        let (centre_a, centre_b) = match self.replicates.is_mse() {
            true if n >= 1.0 => (full_a, full_b),
            false if n >= 2.0 => (both.iter().map(|t| t.1).sum::<f64>() / n, both.iter().map(|t| t.2).sum::<f64>() / n),
            _ => return None,
        };
        Some(self.replicates.scale() * both.iter().map(|(s, a, b)| s * (a - centre_a) * (b - centre_b)).sum::<f64>())
    }
}
