//! Many findings at once: what still holds when the number of questions is taken into account.

use serde::Serialize;

use super::finding::{Answer, Counts, Findings, TargetFindings};
use crate::survey::testing::{Adjustment, adjusted};

/// One finding seen as one of many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AmongAll {
    /// The smallest `1 - level` at which the finding's own interval decides.
    pub p_value: f64,
    /// The same adjusted for all findings of the plan, by Benjamini and Hochberg.
    pub adjusted: f64,
    /// The answer that holds among all findings: the finding's own, or cannot tell.
    pub answer: Answer,
}

impl AmongAll {
    /// A finding alone, before the others are known.
    pub(super) fn alone(p_value: f64, answer: Answer) -> Self {
        AmongAll { p_value, adjusted: p_value, answer }
    }
}

impl Findings {
    /// How many findings there are of each answer when all are looked at together.
    ///
    /// Of the answers met and not met, a share of at most `1 - level` is expected to be wrong. Findings that were judged by
    /// the point have no such claim, and count as cannot tell.
    ///
    /// Source: METHODS M25.
    ///
    /// ```
    /// let plan = undeb::Plan::builtin("us-states-2030")?;
    /// let findings = plan.assess(plan.gather()?)?;
    /// assert!(findings.together().not_met <= findings.counts().not_met);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn together(&self) -> Counts {
        together(&self.targets)
    }
}

/// Counts of the answers that hold among all.
pub(crate) fn together(targets: &[TargetFindings]) -> Counts {
    let mut counts = Counts::default();
    for finding in targets.iter().flat_map(|t| &t.findings) {
        match (finding.answer, finding.among_all.map(|a| a.answer)) {
            (Answer::Unset, _) => counts.unset += 1,
            (_, Some(Answer::Met)) => counts.met += 1,
            (_, Some(Answer::NotMet)) => counts.not_met += 1,
            _ => counts.cannot_tell += 1,
        }
    }
    counts
}

/// Adjusts the findings of all targets together. Source: METHODS M25.
pub(super) fn adjust(targets: &mut [TargetFindings], level: f64) {
    let p: Vec<Option<f64>> = targets.iter().flat_map(|t| &t.findings).map(|f| f.among_all.map(|a| a.p_value)).collect();
    let all = targets.iter_mut().flat_map(|t| &mut t.findings);
    for (finding, q) in all.zip(adjusted(&p, Adjustment::BenjaminiHochberg)) {
        if let (Some(among), Some(adjusted)) = (&mut finding.among_all, q) {
            let answer = if adjusted <= 1.0 - level { finding.answer } else { Answer::CannotTell };
            *among = AmongAll { adjusted, answer, ..*among };
        }
    }
}

/// The smallest `1 - level` at which an interval leaves zero out, to ten digits; 1e-14 stands for anything smaller.
///
/// Intervals widen with their level, so that a point in between parts those that decide from those that do not.
pub(super) fn p_value(decides: impl Fn(f64) -> bool) -> f64 {
    let (mut no, mut yes) = (SMALLEST.ln(), 0.0_f64);
    if decides(1.0 - SMALLEST) {
        return SMALLEST;
    }
    for _ in 0..48 {
        let middle = (no + yes) / 2.0;
        if decides(1.0 - middle.exp()) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    yes.exp()
}

/// Below this, one less the level is no longer told from one.
const SMALLEST: f64 = 1e-14;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::distribution::normal_cdf;
    use crate::survey::interval::critical_value;

    #[test]
    fn p_value_inverts_the_interval() {
        for z in [0.1, 1.0, 1.96, 4.0, 7.0] {
            let p = p_value(|level| critical_value(level, None) < z);
            let normal = 2.0 * normal_cdf(-z);
            assert!((p - normal).abs() < 1e-9 * normal + 1e-14, "{z}: {p} and {normal}");
        }
        assert_eq!(p_value(|_| true), SMALLEST);
        assert!((p_value(|_| false) - 1.0).abs() < 1e-9);
    }
}
