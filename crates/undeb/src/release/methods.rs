//! How a report was made, in sentences: only those that apply to it.

use super::quality::Grade;
use super::report::Report;
use super::wording;
use crate::estimation::{ErrorMethod, Uncertainty};
use crate::policy::{JudgedBy, Level};

impl Report {
    /// How findings were judged, in sentences.
    pub fn judged(&self) -> Vec<String> {
        let findings = || self.targets().iter().flat_map(|t| &t.findings);
        let by = |basis: JudgedBy| findings().filter(|f| f.judged_by == basis).count();
        let (by_interval, by_point) = (by(JudgedBy::Interval), by(JudgedBy::Point));
        if by_interval + by_point == 0 {
            return Vec::new();
        }
        let mut said = vec![
            "Each figure is a share of workers, held against the level of its target on unrounded values; a gap is level minus figure, so that a positive one is short.".to_owned(),
        ];
        if by_interval > 0 {
            said.push(format!(
                "A target is met when the whole {} of the figure minus the level lies at or above zero, not met when it lies wholly below, and otherwise the figures cannot tell.",
                super::explaining::level_words(self.plan().level)
            ));
        }
        if by_point > 0 {
            said.push(format!(
                "{} the point alone is judged, and a small difference may be noise.",
                if by_interval > 0 { "Where no sampling error is stated," } else { "No sampling error is stated, so" }
            ));
        }
        let moving = |t: &&crate::policy::TargetFindings| matches!(t.target.level, Level::Change(_));
        if self.targets().iter().filter(moving).flat_map(|t| &t.findings).any(|f| f.judged_by == JudgedBy::Interval) {
            said.push("A level taken from an earlier figure is itself uncertain, and that counts.".to_owned());
        }
        if by_interval > 1 {
            said.push(format!(
                "Each finding stands for itself, and with many cells some answers come out by chance{}.",
                match self.explained().together {
                    Some(_) => "; the sentence under the verdict counts those that hold among all, by the method of Benjamini and Hochberg (1995), and a finding that holds only alone says so",
                    None => "",
                }
            ));
        }
        if self.estimates().iter().any(|r| r.interval.is_some()) {
            said.push("Intervals of a share are Wilson’s on the effective sample; intervals of a difference are built from the two intervals (Newcombe 1998; Zou and Donner 2008).".to_owned());
        }
        said
    }

    /// What is assumed, approximated or withheld, in sentences.
    pub fn assumptions(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let assumed = self.estimates().iter().find_map(|r| match r.estimate.uncertainty {
            Uncertainty::Sampling { method: ErrorMethod::AssumedDesignEffect { design_effect }, .. } => Some(design_effect),
            _ => None,
        });
        if let Some(deff) = assumed {
            notes.push(format!(
                "Sampling errors are approximations made here from the unweighted sample and an assumed design effect of {deff}; the publisher states none."
            ));
            notes.push(format!(
                "Two figures of one cell in different periods are taken to have the correlation {}.",
                self.plan().assumptions.overlap_correlation
            ));
        }
        if self.estimates().iter().any(|r| r.quality.approximate) {
            notes.push(
                "The quality rule counts persons in the category; that count is approximated as the sample times the rate."
                    .to_owned(),
            );
        }
        if self.estimates().iter().any(|r| r.estimate.value.is_some() && r.quality.grade == Grade::NotAssessable) {
            let graded = |r: &super::Released| r.estimate.value.is_some() && r.quality.grade != Grade::NotAssessable;
            let which = if self.estimates().iter().any(graded) { "Some figures cannot" } else { "No figure here can" };
            notes.push(format!("{which} be graded by the quality rule: what it looks at is not published."));
        }
        if self.withheld > 0 {
            notes.push(format!(
                "{} withheld. Only these cells themselves were suppressed; whether they can be worked out from totals was not checked.",
                wording::counted(self.withheld, "figure")
            ));
        }
        if self.targets().iter().flat_map(|t| &t.findings).any(|f| f.observed_pace.is_some() && f.required_pace.is_some()) {
            notes.push(format!(
                "The observed pace is taken over at most {} years, from the first figure in that window.",
                self.plan().assumptions.pace_window
            ));
        }
        if let Some(options) = &self.plan().outlook {
            let projected = self.targets().iter().flat_map(|t| t.findings.iter().chain(&t.whole));
            if projected.filter_map(|f| f.outlook.as_ref()).any(|o| o.model.is_some() || o.detectable.is_some()) {
                notes.extend(super::outlook_words::assumptions(options, self.plan().level));
            }
        }
        notes.extend(self.explained().withheld());
        notes.extend(self.plan().assumptions.reason.clone());
        notes
    }
}
