//! What a report says beyond met or not: sentences computed from decompositions, ranks and priorities.

use super::effort::{priorities, ranked};
use super::explaining::{Names, moved, together};
use super::quality::RuleSet;
use super::report::withholds;
use crate::estimation::RankedCell;
use crate::policy::{Answer, Counts, Day, Explanations, Findings, TargetFindings, together as counts_together};
use crate::schema::{Measure, Period};

/// Explanations as they may leave, each with its sentences.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// Why rates moved, which cells are lowest, where effort would count.
    pub explanations: Explanations,
    /// Sentences on each decomposition, in their order.
    pub moved: Vec<Vec<String>>,
    /// Sentences on the ranking.
    pub ranked: Vec<String>,
    /// Sentences on the priorities.
    pub priorities: Vec<String>,
    /// Counts of the answers that hold among all findings; none where no finding was judged by an interval.
    pub together: Option<Counts>,
    /// What they say.
    pub together_sentence: Option<String>,
    /// How many explanations rest on a figure that the rules withhold, and are left out whole.
    left_out: usize,
}

impl Explained {
    /// Explanations of findings as they may leave; `targets` are the findings after the release rules.
    pub(super) fn of(findings: &Findings, targets: &[TargetFindings], rules: &RuleSet, as_of: Day) -> Self {
        let plan = findings.plan();
        let all = findings.explanations();
        // A part tells of the whole: where one cell of a measure and period is withheld, the explanation goes with it.
        let may_leave = |source: &str, measure: Measure, periods: &[Period]| {
            findings.evidence().get(source).is_none_or(|estimates| {
                let concerned = estimates.cells().iter().filter(|e| e.measure == measure && periods.contains(&e.period));
                estimates.source().released || !concerned.into_iter().any(|e| withholds(rules, e, plan.level))
            })
        };
        let mut out = Explained::default();
        if let Some(names) = findings.evidence().get(&plan.source).map(|e| Names { regions: e.regions(), sectors: e.sectors() }) {
            for d in &all.decompositions {
                if may_leave(&plan.source, d.measure, &[d.from, d.to]) {
                    out.moved.push(moved(d, names));
                    out.explanations.decompositions.push(d.clone());
                } else {
                    out.left_out += 1;
                }
            }
        }
        if let (Some(p), Some(r)) = (&all.priorities, &all.ranking) {
            let source = plan.priorities_source();
            if !may_leave(source, p.measure, &[p.period]) {
                out.left_out += 1;
            } else if let Some(e) = findings.evidence().get(source) {
                let names = Names { regions: e.regions(), sectors: e.sectors() };
                out.priorities = priorities(p, names, Some(as_of));
                let low = |c: &RankedCell| {
                    let figure = e.get(r.measure, r.period, &c.region, &c.sector);
                    figure.is_some_and(|f| rules.grade(f, plan.level).grade.is_low())
                };
                out.ranked = ranked(r, names, &low);
                out.explanations.priorities = Some(p.clone());
                out.explanations.ranking = Some(r.clone());
            }
        }
        if targets.iter().flat_map(|t| &t.findings).any(|f| f.among_all.is_some()) {
            let counts = counts_together(targets);
            let alone = Counts::of(targets.iter().flat_map(|t| &t.findings).filter(|f| f.answer != Answer::Unset));
            out.together = Some(counts);
            out.together_sentence = together(alone, counts, plan.level);
        }
        out
    }

    /// What is left out because a figure behind it is withheld, in a sentence.
    pub fn withheld(&self) -> Option<String> {
        let it = if self.left_out == 1 { "it" } else { "them" };
        let what = super::wording::counted(self.left_out, "explanation");
        (self.left_out > 0).then(|| format!("{what} left out, because a figure behind {it} is withheld."))
    }
}
