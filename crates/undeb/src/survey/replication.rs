//! Replicate weights: the same totals under many sets of weights, and the spread of what is made of them.
//!
//! `V = scale sum_r rscale_r (theta_r - c)^2`, with `c` the full-sample estimate (`mse`) or the mean of the replicates'.
//! The state is cells x (replicates + 1) and does not grow with the number of PSUs. Source: METHODS M10; Wolter (2007),
//! *Introduction to Variance Estimation*, 2nd edition, Springer.

use std::borrow::Cow;
use std::collections::HashMap;

use rayon::prelude::*;

use super::expression::Sums;
use super::replicate_weights::Factors;
use super::replicates::Replicates;
use super::rows::{OUT, RowSource, Stretch};
use super::totals::Totals;
use crate::error::{Error, Result};

/// Rows that are coded at a time.
const BLOCK: usize = 1 << 16;

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

/// Rows in the domain by what they add to: one number for each combination of cell and answers that occurs.
struct Coded {
    kind: Vec<u32>,
    /// Cell and packed answers of each kind; the last kind is for rows outside the domain.
    kinds: Vec<(u32, u16)>,
}

impl Coded {
    /// The coded rows and their weights.
    fn of(rows: &impl RowSource) -> (Coded, Vec<f64>) {
        let (mut numbers, mut kinds) = (HashMap::new(), Vec::new());
        let (mut kind, mut weight) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let mut stretch = Stretch::default();
        for from in (0..rows.len()).step_by(BLOCK) {
            stretch.clear();
            rows.fill(from..(from + BLOCK).min(rows.len()), &mut stretch);
            weight.extend_from_slice(&stretch.weight);
            kind.extend(stretch.cell.iter().zip(&stretch.answers).map(|(&cell, &answers)| match cell {
                OUT => u32::MAX,
                _ => *numbers.entry((cell, answers)).or_insert_with(|| {
                    kinds.push((cell, answers));
                    kinds.len() as u32 - 1
                }),
            }));
        }
        kind.iter_mut().for_each(|k| *k = (*k).min(kinds.len() as u32));
        kinds.push((OUT, 0));
        (Coded { kind, kinds }, weight)
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
        for (&(cell, packed), weight) in self.kinds.iter().zip(of_kind).filter(|((cell, _), _)| *cell != OUT) {
            for v in 0..answers {
                let answer = packed >> (2 * v) & 3;
                let at = 2 * (cell as usize * variables + v);
                sums[at] += if answer <= 1 { weight } else { 0.0 };
                sums[at + 1] += if answer == 1 { weight } else { 0.0 };
            }
        }
        for amount in 0..rows.amounts() {
            for (row, (&kind, &weight)) in self.kind.iter().zip(weights).enumerate() {
                let (cell, _) = self.kinds[kind as usize];
                let value = if cell == OUT { f64::NAN } else { rows.amount(amount, row) };
                if !value.is_nan() {
                    let at = 2 * (cell as usize * variables + answers + amount);
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
        let (coded, weight) = Coded::of(rows);
        let one = |r: usize| match r {
            0 => coded.sums(rows, &weight, 0, cells),
            _ => coded.sums(rows, &column(r - 1).map_err(|e| e.context(format!("replicate {r}")))?, r, cells),
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
        let one = |r: usize| {
            let mut sums = vec![0.0; totals.cells() * width];
            for part in &totals.parts {
                for (i, psu) in part.start.windows(2).enumerate() {
                    let factor = r.checked_sub(1).map_or(1.0, |r| factors.factor(part.first + i as u32, r));
                    for entry in psu[0] as usize..psu[1] as usize {
                        let to = &mut sums[part.cell[entry] as usize * width..][..width];
                        to.iter_mut().zip(&part.sums[entry * width..]).for_each(|(to, from)| *to += factor * from);
                    }
                }
            }
            sums
        };
        let replicates = factors.replicates().clone();
        let sums = (0..=replicates.len()).into_par_iter().map(one).collect();
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
