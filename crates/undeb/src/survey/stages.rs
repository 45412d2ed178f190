//! Designs of several stages, each with its own strata and sampling fractions.

use super::design::{Design, LonelyPsu};
use super::scores::Scores;
use super::variance::Variance;
use crate::error::{Error, Result};

/// A first stage, and any number of stages within the units that it drew.
///
/// Scores are those of the units of the last stage: code these as the PSUs of the totals.
#[derive(Clone, Debug)]
pub struct Stages {
    stages: Vec<Design>,
    /// For each stage after the first, the unit of the stage before in which each of its strata lies.
    within: Vec<Vec<u32>>,
}

impl Stages {
    /// A design of one stage, to be continued by [`Self::then`].
    pub fn new(first: Design) -> Stages {
        Stages { stages: vec![first], within: Vec::new() }
    }

    /// The design, where it has one stage only.
    pub fn only(&self) -> Option<&Design> {
        self.within.is_empty().then_some(&self.stages[0])
    }

    /// The first stage.
    pub fn first(&self) -> &Design {
        &self.stages[0]
    }

    /// Number of units of the last stage: the PSUs of the totals.
    pub fn units(&self) -> usize {
        self.stages[self.stages.len() - 1].psus()
    }

    /// Adds a stage: `within` says for each of its strata in which unit of the stage before it lies.
    ///
    /// A PSU that is not stratified any further is one stratum of the second stage.
    ///
    /// # Errors
    /// A stratum that lies in no unit; lonely units under a rule that compares them with units of other strata, because
    /// those lie in other PSUs.
    pub fn then(mut self, next: Design, within: Vec<u32>) -> Result<Stages> {
        let last = &self.stages[self.stages.len() - 1];
        if within.len() != next.strata() || within.iter().any(|&unit| unit as usize >= last.psus()) {
            return Err(Error::design(format!(
                "stage {} has {} strata, {} of which lie in a unit of the stage before",
                self.stages.len() + 1,
                next.strata(),
                within.iter().filter(|&&unit| (unit as usize) < last.psus()).count()
            )));
        }
        let share: Vec<f64> = within.iter().map(|&unit| last.passed_on(last.stratum(unit))).collect();
        let next = next.with_share(share);
        let compares = matches!(next.lonely(), LonelyPsu::Adjust | LonelyPsu::Average);
        if compares && (0..next.strata()).any(|h| next.is_lonely(h)) {
            return Err(Error::design(format!("stage {} has strata with a single unit", self.stages.len() + 1))
                .help("after the first stage the rules for a lonely unit are fail and remove"));
        }
        self.stages.push(next);
        self.within.push(within);
        Ok(self)
    }

    /// Variances and covariances over all stages; degrees of freedom and PSUs are those of the first.
    ///
    /// Formula: `V = V_1 + sum_h f_h sum_i V_2i` with `V_1` the variance between the PSUs' scores, `f_h` the sampling
    /// fraction of stratum `h` and `V_2i` the variance between the second-stage units of PSU `i`, by the same formula;
    /// and so on within those. Source: METHODS M10; Särndal, Swensson and Wretman (1992), *Model Assisted Survey
    /// Sampling*, Springer, chapter 4.
    ///
    /// ```
    /// use undeb::survey::{design::*, function::Function, scores::Scores, stages::Stages, totals::*};
    ///
    /// // Illustrative: 2 of 4 PSUs, in each 2 of 4 households.
    /// let rows = Rows { psu: &[0, 1, 2, 3], cell: &[0; 4], weight: &[4.0; 4], answers: &[&[0, 1, 1, 1]], amounts: &[] };
    /// let totals = Totals::accumulate(&rows, 4, 1);
    /// let fails = LonelyPsu::Fail;
    /// let psus = Design::new(vec![0, 0], vec![0.5], fails, |h| h.to_string())?;
    /// let households = Design::new(vec![0, 0, 1, 1], vec![0.5, 0.5], fails, |h| h.to_string())?;
    /// let stages = Stages::new(psus).then(households, vec![0, 1])?;
    /// let variance = stages.variance(&Scores::of(&totals, &[Function::total(&totals, &[0], 0)]), &[]);
    /// assert_eq!(variance.variance, [8.0 + 0.5 * 8.0]);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn variance(&self, scores: &Scores, pairs: &[(u32, u32)]) -> Variance {
        let mut scores = scores.clone();
        let (mut variance, mut covariance) = (vec![0.0; scores.functions()], vec![0.0; pairs.len()]);
        let mut complete = vec![true; scores.functions()];
        for (i, within) in self.within.iter().enumerate().rev() {
            let design = &self.stages[i + 1];
            let of_stage = scores.variance(design, pairs);
            variance.iter_mut().zip(of_stage.variance).for_each(|(sum, v)| *sum += v);
            covariance.iter_mut().zip(of_stage.covariance).for_each(|(sum, c)| *sum += c);
            complete.iter_mut().zip(of_stage.complete).for_each(|(all, c)| *all &= c);
            scores = scores.raised(|unit| within[design.stratum(unit) as usize], self.stages[i].psus());
        }
        let mut out = scores.variance(&self.stages[0], pairs);
        out.variance.iter_mut().zip(variance).for_each(|(sum, v)| *sum += v);
        out.covariance.iter_mut().zip(covariance).for_each(|(sum, c)| *sum += c);
        out.complete.iter_mut().zip(complete).for_each(|(all, c)| *all &= c);
        out
    }
}
