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
/// Replicates that share one reading of the kinds of rows.
const TOGETHER: usize = 4;

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

    /// Sums of several sets of weights by kind, in the order of the rows: the kind of a row is looked up once for all.
    /// The first of them is the set `from`, for messages.
    fn by_kind<const SETS: usize>(&self, weights: [&[f64]; SETS], from: usize) -> Result<Vec<[f64; SETS]>> {
        let name = |set: usize| match from + set {
            0 => "the full-sample weights".to_owned(),
            replicate => format!("replicate {replicate}"),
        };
        if let Some(set) = weights.iter().position(|w| w.len() != self.kind.len()) {
            let message = format!("{} has {} weights for {} rows", name(set), weights[set].len(), self.kind.len());
            return Err(Error::design(message));
        }
        let mut of_kind = vec![[0.0; SETS]; self.kinds.len()];
        // A check of every weight would cost more than its addition: signs are gathered, and what is no number stays in a sum.
        let mut signs = 0;
        let columns = weights.map(|w| &w[..self.kind.len()]);
        for (row, &kind) in self.kind.iter().enumerate() {
            let to = &mut of_kind[kind as usize];
            for set in 0..SETS {
                signs |= columns[set][row].to_bits();
                to[set] += columns[set][row];
            }
        }
        if signs >> 63 == 1 || of_kind.iter().flatten().any(|sum| !sum.is_finite()) {
            for (set, weights) in weights.iter().enumerate() {
                if let Some(row) = weights.iter().position(|w| !(0.0..=f64::MAX).contains(w)) {
                    let message = format!("{}: the weight of row {} is {}", name(set), row + 1, weights[row]);
                    return Err(Error::design(message)
                        .help("a weight is a number that is not negative; a row left out of a replicate has the weight 0"));
                }
            }
        }
        Ok(of_kind)
    }

    /// Sums of one set of weights by cell and variable, from those by kind; amounts take another pass each.
    fn sums(&self, rows: &impl RowSource, weights: &[f64], of_kind: impl Iterator<Item = f64>, cells: usize) -> Vec<f64> {
        let (answers, variables) = (rows.answers(), rows.answers() + rows.amounts());
        let mut sums = vec![0.0; cells * variables * 2];
        for (kind, weight) in of_kind.enumerate() {
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
        sums
    }

    /// [`Self::sums`] of several sets of weights, the first of which is the set `from`.
    fn all_sums(&self, rows: &impl RowSource, sets: &[Cow<'_, [f64]>], from: usize, cells: usize) -> Result<Vec<Vec<f64>>> {
        let mut out = Vec::with_capacity(sets.len());
        let (together, rest) = sets.as_chunks::<TOGETHER>();
        for sets in together {
            let of_kind = self.by_kind::<TOGETHER>(std::array::from_fn(|i| &*sets[i]), from + out.len())?;
            out.extend((0..TOGETHER).map(|i| self.sums(rows, &sets[i], of_kind.iter().map(|of| of[i]), cells)));
        }
        for weights in rest {
            let of_kind = self.by_kind([&**weights], from + out.len())?;
            out.push(self.sums(rows, weights, of_kind.iter().map(|of| of[0]), cells));
        }
        Ok(out)
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
        let set = |r: usize| match r {
            0 => Ok(Cow::Borrowed(rows.weight())),
            _ => column(r - 1).map_err(|e| e.context(format!("replicate {r}"))),
        };
        let group = |g: usize| -> Result<Vec<Vec<f64>>> {
            let mut sums = Vec::with_capacity(TOGETHER);
            let mut waiting = Vec::with_capacity(TOGETHER);
            let range = g * TOGETHER..((g + 1) * TOGETHER).min(replicates.len() + 1);
            for r in range.clone() {
                steps.step()?;
                waiting.push(set(r)?);
                // Columns that were made are given back at once; those of the data may wait for one another.
                if r + 1 == range.end || matches!(waiting.last(), Some(Cow::Owned(_))) {
                    sums.extend(coded.all_sums(rows, &waiting, r + 1 - waiting.len(), cells)?);
                    waiting.clear();
                }
            }
            Ok(sums)
        };
        // Collected before it is searched for errors, so that the first one is reported whoever finds it.
        let groups = (replicates.len() + 1).div_ceil(TOGETHER);
        let all: Vec<Result<Vec<Vec<f64>>>> = (0..groups).into_par_iter().map(group).collect();
        let sums = all.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
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
