//! Errors of functions of totals, whatever is known of the design: the one way from expressions to standard errors.

use std::borrow::Borrow;
use std::sync::Arc;

use super::expression::Expression;
use super::function::Function;
use super::replication::{ReplicateTotals, Replicated};
use super::residuals::Residuals;
use super::scores::Scores;
use super::stages::Stages;
use super::totals::Totals;
use super::variance::{Variance, variance};

/// What errors are made from, ready for any number of functions of one set of totals.
#[derive(Clone, Debug)]
pub enum Basis {
    /// Scores of PSUs, over the stages of the design (METHODS M9, M10).
    Linearised(Arc<Stages>),
    /// The same with scores of residuals, for calibrated weights (METHODS M11).
    Calibrated(Arc<Stages>, Residuals),
    /// The spread of replicates (METHODS M10).
    Replicated {
        /// The totals of every replicate.
        replicates: ReplicateTotals,
        /// The design that the replicates were made from; a domain then has the degrees of freedom of its own PSUs.
        stages: Option<Arc<Stages>>,
    },
    /// A simple random sample of the same size, widened by an assumed design effect (METHODS M13).
    Assumed {
        /// The factor by which the design widens the variance.
        design_effect: f64,
        /// Totals of the same rows, each its own PSU, under the square roots of their weights.
        rooted: Totals,
    },
}

/// Values of functions of totals and their errors, in the order of the functions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors {
    /// The value; none where it does not exist.
    pub value: Vec<Option<f64>>,
    /// The variance; none where the value, or what it would be made from, does not exist.
    pub variance: Vec<Option<f64>>,
    /// Covariance of each pair asked for; none where a variance is.
    pub covariance: Vec<Option<f64>>,
    /// Degrees of freedom; none where they are not known and the normal distribution is used.
    pub df: Vec<Option<f64>>,
    /// PSUs with a valid answer in the function's cells; none where PSUs play no part.
    pub psus: Vec<Option<u64>>,
    /// Replicates in which the function has no value.
    pub missing: Vec<usize>,
    /// Whether every stratum that the function's cells touch was counted whole, so that there is nothing to be unsure of.
    pub complete: Vec<bool>,
}

impl Basis {
    /// Values, variances and degrees of freedom of functions of `totals`, and covariances of the pairs asked for.
    ///
    /// ```
    /// use undeb::survey::{design::*, errors::Basis, expression::Expression, stages::Stages, totals::*};
    ///
    /// // Illustrative: two PSUs of two people each, everybody in one cell.
    /// let rows = Rows { psu: &[0, 0, 1, 1], cell: &[0; 4], weight: &[1.0; 4], answers: &[&[1, 0, 1, 1]], amounts: &[] };
    /// let totals = Totals::accumulate(&rows, 2, 1);
    /// let stages: std::sync::Arc<_> = Stages::new(Design::new(vec![0, 0], vec![0.0], LonelyPsu::Fail, |h| h.to_string())?).into();
    /// let errors = Basis::Linearised(stages).errors(&totals, &[Expression::total(&[0], 0)], &[(0, 0)]);
    /// assert_eq!((errors.variance[0], errors.covariance[0], errors.df[0]), (Some(1.0), Some(1.0), Some(1.0)));
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn errors(&self, totals: &Totals, expressions: &[impl Borrow<Expression>], pairs: &[(u32, u32)]) -> Errors {
        if let Basis::Replicated { replicates, stages } = self {
            let spread = replicated(replicates, expressions, pairs);
            let Some(stages) = stages else { return spread };
            let Errors { df, psus, complete, .. } = Basis::Linearised(Arc::clone(stages)).errors(totals, expressions, &[]);
            return Errors { df, psus, complete, ..spread };
        }
        // Functions without a value have no gradient: the others close ranks.
        let functions: Vec<Option<Function>> = expressions.iter().map(|e| e.borrow().linearised(totals)).collect();
        let mut place = Vec::with_capacity(functions.len());
        let mut next = 0_u32;
        for function in &functions {
            place.push(function.is_some().then_some(next));
            next += u32::from(function.is_some());
        }
        let value = functions.iter().map(|f| f.as_ref().map(|f| f.value)).collect();
        let functions: Vec<Function> = functions.into_iter().flatten().collect();
        let asked: Vec<Option<(u32, u32)>> = pairs.iter().map(|&(a, b)| place[a as usize].zip(place[b as usize])).collect();
        let there: Vec<(u32, u32)> = asked.iter().flatten().copied().collect();
        let v = self.linearised(totals, &functions, &there);
        let known = !matches!(self, Basis::Assumed { .. });
        let mut covariances = v.covariance.iter();
        Errors {
            value,
            variance: place.iter().map(|p| p.map(|i| v.variance[i as usize])).collect(),
            covariance: asked.iter().map(|a| a.and_then(|_| covariances.next().copied())).collect(),
            df: place.iter().map(|p| p.filter(|_| known).map(|i| v.df[i as usize])).collect(),
            psus: place.iter().map(|p| known.then(|| p.map_or(0, |i| v.psus[i as usize]))).collect(),
            missing: vec![0; expressions.len()],
            complete: place.iter().map(|p| known && p.is_some_and(|i| v.complete[i as usize])).collect(),
        }
    }

    fn linearised(&self, totals: &Totals, functions: &[Function], pairs: &[(u32, u32)]) -> Variance {
        match self {
            Basis::Linearised(stages) => match stages.only() {
                Some(design) => variance(totals, design, functions, pairs),
                None => stages.variance(&Scores::of(totals, functions), pairs),
            },
            Basis::Calibrated(stages, residuals) => stages.variance(&residuals.scores(totals, functions), pairs),
            Basis::Assumed { design_effect, rooted } => {
                let mut v = Scores::of(rooted, &simple(totals, functions)).uncentred(pairs);
                v.variance.iter_mut().chain(&mut v.covariance).for_each(|v| *v *= design_effect);
                v
            }
            Basis::Replicated { .. } => Variance::default(),
        }
    }
}

/// Functions whose gradients carry the root of the mean weight of their own cells: a simple random sample has but one.
fn simple(totals: &Totals, functions: &[Function]) -> Vec<Function> {
    let one = |function: &Function| {
        let (mut weight, mut people) = (0.0, 0.0);
        for (t, _) in function.gradient.iter().filter(|(t, _)| !t.yes) {
            let tally = totals.tally(t.cell as usize, t.variable as usize);
            weight += tally.valid;
            people += tally.n as f64;
        }
        let root = if people > 0.0 { (weight / people).sqrt() } else { 0.0 };
        let gradient = function.gradient.iter().map(|(t, g)| (*t, g * root)).collect();
        Function { value: function.value, gradient }
    };
    functions.iter().map(one).collect()
}

fn replicated(replicates: &ReplicateTotals, expressions: &[impl Borrow<Expression>], pairs: &[(u32, u32)]) -> Errors {
    let all: Vec<Replicated> = expressions.iter().map(|e| replicates.estimate(|sums| e.borrow().value(sums))).collect();
    let covariance = pairs.iter().map(|&(a, b)| replicates.covariance(&all[a as usize], &all[b as usize])).collect();
    let df = replicates.replicates().df();
    Errors {
        value: all.iter().map(|r| r.value).collect(),
        variance: all.iter().map(|r| r.variance).collect(),
        covariance,
        df: all.iter().map(|r| r.value.map(|_| df)).collect(),
        psus: vec![None; all.len()],
        missing: all.iter().map(|r| r.missing).collect(),
        complete: vec![false; all.len()],
    }
}
