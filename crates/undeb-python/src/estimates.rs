//! Estimates: rates with their uncertainty, and what they are held against.

use std::sync::Arc;

use pyo3::prelude::*;
use undeb::{DetectOptions, PublishedTable, Registry, RuleSet};

use crate::arrow;
use crate::changes::{Against, Changes};
use crate::chart::{Asked, Chart, draw};
use crate::convert::{json, measures, names, parsed};
use crate::decomposition::{Effort, Split, decompose, priorities, rank};
use crate::error::DataError;
use crate::frame::Frame;
use crate::trend::{Choices, Trends, smallest_changes, trends};
use crate::work::run;

/// Estimates of one source.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Estimates(pub(crate) Arc<undeb::Estimates>);

#[pymethods]
impl Estimates {
    fn __len__(&self) -> usize {
        self.0.cells().len()
    }

    /// One row for each estimate, with intervals at a level by a method.
    fn frame(&self, py: Python<'_>, level: f64, interval: &str) -> PyResult<Frame> {
        let (estimates, method) = (Arc::clone(&self.0), parsed::<undeb::Method>(interval)?);
        run(py, move || estimates.to_frame(level, method)).map(Frame)
    }

    /// The grade of each estimate under a rule set.
    fn grades(&self, py: Python<'_>, rules: &str, level: f64) -> PyResult<Vec<&'static str>> {
        let (estimates, rules) = (Arc::clone(&self.0), rules.to_owned());
        run(py, move || {
            let rules = RuleSet::builtin(&rules)?;
            Ok(estimates.cells().iter().map(|e| rules.grade(e, level).grade.id()).collect())
        })
    }

    /// Source and definitions, as JSON.
    fn facts(&self) -> PyResult<String> {
        // A filter may leave measures out.
        let here = |d: &&undeb::Definition| self.0.cells().iter().any(|e| e.measure == d.measure);
        let definitions: Vec<_> = self.0.definitions().iter().filter(here).collect();
        json(&serde_json::json!({ "source": self.0.source(), "definitions": definitions }))
    }

    /// What is to be known of the table as a whole.
    fn remarks(&self) -> Vec<String> {
        self.0.remarks().to_vec()
    }

    /// Names of region codes and of sector codes.
    fn names(&self) -> [Vec<(String, String)>; 2] {
        [self.0.regions(), self.0.sectors()].map(names)
    }

    /// The estimates for which the only column of a frame is true.
    fn take(&self, py: Python<'_>, mask: &Bound<'_, PyAny>) -> PyResult<Self> {
        let keep = arrow::mask(mask)?;
        if keep.len() != self.0.cells().len() {
            return Err(DataError::new_err(format!(
                "the filter has {} rows, the estimates {}",
                keep.len(),
                self.0.cells().len()
            )));
        }
        let estimates = Arc::clone(&self.0);
        run(py, move || {
            let mut keep = keep.into_iter();
            Ok(undeb::Estimates::clone(&estimates).filter(|_| keep.next() == Some(true)))
        })
        .map(Self::from)
    }

    /// A chart of the kind.
    fn chart(&self, py: Python<'_>, kind: &str, asked: Asked) -> PyResult<Chart> {
        draw(py, kind, Arc::clone(&self.0), asked)
    }

    /// Compares the estimates with one another.
    fn compare(&self, py: Python<'_>, against: Against) -> PyResult<Changes> {
        let estimates = Arc::clone(&self.0);
        against.run(py, move |what, options| estimates.compare(what, options))
    }

    /// The trend of every series, and the words on those that have none.
    fn trend(&self, py: Python<'_>, choices: Choices) -> PyResult<(Trends, Vec<String>)> {
        trends(py, Arc::clone(&self.0), &choices)
    }

    /// The change of a measure between two periods, split into effects and cells, as JSON.
    fn decompose(&self, py: Python<'_>, measure: &str, from: &str, to: &str, split: Split) -> PyResult<String> {
        decompose(py, Arc::clone(&self.0), measure, from, to, split)
    }

    /// Cells in the order of their rates, as JSON.
    #[pyo3(signature = (measure, period, sectors, among, level))]
    fn rank(
        &self,
        py: Python<'_>,
        measure: &str,
        period: Option<&str>,
        sectors: Vec<String>,
        among: usize,
        level: f64,
    ) -> PyResult<String> {
        rank(py, Arc::clone(&self.0), measure, period, sectors, among, level)
    }

    /// Where effort would count, as JSON.
    fn priorities(&self, py: Python<'_>, measure: &str, effort: Effort) -> PyResult<String> {
        priorities(py, Arc::clone(&self.0), measure, effort)
    }

    /// The smallest change between two periods that each series could tell, or when the way to a goal could be told.
    #[pyo3(signature = (ends, goal, level, power, correlation))]
    fn smallest_changes(
        &self,
        py: Python<'_>,
        ends: (Option<String>, Option<String>),
        goal: Option<(f64, String)>,
        level: f64,
        power: f64,
        correlation: Option<f64>,
    ) -> PyResult<Frame> {
        let options = DetectOptions { level, power, correlation };
        smallest_changes(py, Arc::clone(&self.0), [ends.0.as_deref(), ends.1.as_deref()], goal, options)
    }
}

impl From<undeb::Estimates> for Estimates {
    fn from(estimates: undeb::Estimates) -> Self {
        Estimates(Arc::new(estimates))
    }
}

/// The estimates of a published table: every measure that it has, or those asked for.
#[pyfunction]
#[pyo3(signature = (source, wanted, registry, design_effect))]
pub(crate) fn published(
    py: Python<'_>,
    source: String,
    wanted: Option<Vec<String>>,
    registry: Option<std::path::PathBuf>,
    design_effect: Option<f64>,
) -> PyResult<Estimates> {
    let wanted = wanted.map(|w| measures(&w)).transpose()?;
    run(py, move || {
        let registry = registry.map_or_else(Registry::bundled, |file| Registry::with_file(&file))?;
        let table = PublishedTable::open(&source, &registry)?;
        let wanted = wanted.unwrap_or_else(|| table.source().measures.iter().map(|m| m.id).collect());
        table.estimate(&wanted, design_effect)
    })
    .map(Estimates::from)
}
