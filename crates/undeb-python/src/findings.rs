//! Findings: what the figures answer to a plan, and the report that may leave.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use undeb::release::effort;
use undeb::release::explaining::Names;
use undeb::{Day, RuleSet};
use undeb_report::Overwrite;

use crate::chart::{Asked, Chart, draw};
use crate::convert::{json, parsed};
use crate::error::Raise;
use crate::frame::Frame;
use crate::work::run;

/// The findings of a plan.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Findings(pub(crate) Arc<undeb::Findings>);

#[pymethods]
impl Findings {
    /// Every finding with its target, as JSON.
    fn facts(&self) -> PyResult<String> {
        json(&serde_json::json!({
            "targets": self.0.targets(), "counts": self.0.counts(), "explanations": self.0.explanations(),
        }))
    }

    /// What is said of the priorities, in sentences.
    fn effort(&self) -> Vec<String> {
        let evidence = self.0.evidence().get(self.0.plan().priorities_source());
        let (Some(found), Some(e)) = (&self.0.explanations().priorities, evidence) else { return Vec::new() };
        effort::priorities(found, Names { regions: e.regions(), sectors: e.sectors() }, None)
    }

    /// A chart of the kind.
    fn chart(&self, py: Python<'_>, kind: &str, asked: Asked) -> PyResult<Chart> {
        draw(py, kind, Arc::clone(&self.0), asked)
    }

    /// Applies a rule set, that of the plan when none is given, as of a day, that of the plan or today when none is given.
    fn release(&self, py: Python<'_>, quality: Option<String>, as_of: Option<&str>) -> PyResult<Report> {
        let findings = Arc::clone(&self.0);
        let day = as_of.map(parsed::<Day>).transpose()?;
        run(py, move || {
            let day = day.or(findings.plan().as_of).unwrap_or_else(Day::today);
            match quality.filter(|q| *q != findings.plan().quality) {
                None => findings.release(day),
                // The rules are the plan's: the same evidence is held against the plan with other rules.
                Some(quality) => {
                    RuleSet::builtin(&quality)?;
                    let mut plan = findings.plan().clone();
                    plan.quality = quality;
                    plan.assess(findings.evidence().values().cloned().collect())?.release(day)
                }
            }
        })
        .map(|r| Report(Arc::new(r)))
    }
}

impl From<undeb::Findings> for Findings {
    fn from(findings: undeb::Findings) -> Self {
        Findings(Arc::new(findings))
    }
}

/// What may be published.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Report(pub(crate) Arc<undeb::Report>);

#[pymethods]
impl Report {
    fn __len__(&self) -> usize {
        self.0.estimates().len()
    }

    /// A chart of the kind.
    fn chart(&self, py: Python<'_>, kind: &str, asked: Asked) -> PyResult<Chart> {
        draw(py, kind, Arc::clone(&self.0), asked)
    }

    /// One row for each released estimate.
    fn frame(&self) -> PyResult<Frame> {
        self.0.to_frame().or_raise().map(Frame)
    }

    /// The whole report as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        let report = Arc::clone(&self.0);
        run(py, move || undeb_report::json(&report))
    }

    /// The report as one HTML page.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        let report = Arc::clone(&self.0);
        run(py, move || undeb_report::html(&report))
    }

    /// The report as Markdown.
    fn markdown(&self, py: Python<'_>) -> PyResult<String> {
        let report = Arc::clone(&self.0);
        run(py, move || undeb_report::markdown(&report))
    }

    /// Writes page, Markdown, JSON, CSV and charts into a folder.
    fn write(&self, py: Python<'_>, folder: PathBuf, overwrite: bool) -> PyResult<Vec<PathBuf>> {
        let report = Arc::clone(&self.0);
        let overwrite = if overwrite { Overwrite::Replace } else { Overwrite::Refuse };
        run(py, move || undeb_report::write(&report, &folder, overwrite))
    }

    /// Each target: title, status, how many cells are met, not met and cannot be told, and the sentence.
    fn targets(&self) -> Vec<(&str, String, [usize; 3], &str)> {
        let counted = |t: &undeb::TargetFindings| {
            let counts = t.counts();
            [counts.met, counts.not_met, counts.cannot_tell]
        };
        self.0.summaries().map(|(t, said)| (&*t.target.title, t.target.status.to_string(), counted(t), said)).collect()
    }

    /// Title of the plan.
    fn title(&self) -> &str {
        &self.0.plan().title
    }

    /// The verdict in one sentence.
    fn verdict(&self) -> &str {
        self.0.verdict()
    }

    /// What is assumed, approximated or withheld.
    fn assumptions(&self) -> Vec<String> {
        self.0.assumptions()
    }
}
