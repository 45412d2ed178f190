//! Plans of targets.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use undeb::Measure;

use crate::convert::{json, names};
use crate::estimates::Estimates;
use crate::findings::Findings;
use crate::work::run;

/// A plan, checked against what its sources offer.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Plan(pub(crate) Arc<undeb::Plan>);

#[pymethods]
impl Plan {
    /// A plan from its text; `folder` is where a registry or rule set of its own is looked for.
    #[staticmethod]
    #[pyo3(signature = (name, text, folder))]
    fn from_toml(py: Python<'_>, name: String, text: String, folder: Option<PathBuf>) -> PyResult<Self> {
        run(py, move || undeb::Plan::from_toml(&name, &text, folder.as_deref())).map(|p| Plan(Arc::new(p)))
    }

    /// Head, targets and actions, as JSON.
    fn facts(&self) -> PyResult<String> {
        let plan = &self.0;
        json(&serde_json::json!({
            "id": plan.id, "title": plan.title, "summary": plan.summary, "source": plan.source,
            "measures": plan.measures, "regions": plan.regions, "sectors": plan.sectors, "level": plan.level,
            "quality": plan.quality, "period": plan.period, "as_of": plan.as_of, "assumptions": plan.assumptions,
            "targets": plan.targets, "actions": plan.actions,
        }))
    }

    /// Names of the region and sector codes of every source that the plan asks of.
    fn names(&self, py: Python<'_>) -> PyResult<Vec<(String, String)>> {
        let plan = Arc::clone(&self.0);
        run(py, move || {
            let mut all = Vec::new();
            for source in std::iter::once(&plan.source).chain(plan.targets.iter().filter_map(|t| t.source.as_ref())) {
                let (regions, sectors) = plan.registry().classifications(source)?;
                all.extend([&regions, &sectors].into_iter().flat_map(names));
            }
            Ok(all)
        })
    }

    /// The estimates that the plan needs, from its own sources.
    fn gather(&self, py: Python<'_>) -> PyResult<Vec<Estimates>> {
        let plan = Arc::clone(&self.0);
        Ok(run(py, move || plan.gather())?.into_iter().map(Estimates::from).collect())
    }

    /// Holds evidence of several sources against the plan.
    fn assess(&self, py: Python<'_>, evidence: Vec<PyRef<'_, Estimates>>) -> PyResult<Findings> {
        let plan = Arc::clone(&self.0);
        let evidence: Vec<Arc<undeb::Estimates>> = evidence.iter().map(|e| Arc::clone(&e.0)).collect();
        run(py, move || plan.assess(evidence.iter().map(|e| undeb::Estimates::clone(e)).collect())).map(Findings::from)
    }
}

/// Names of the bundled plans.
#[pyfunction]
pub(crate) fn plan_names() -> Vec<&'static str> {
    undeb::Plan::builtin_names().collect()
}

/// The text of a bundled plan.
#[pyfunction]
pub(crate) fn plan_text(py: Python<'_>, name: String) -> PyResult<&'static str> {
    run(py, move || undeb::Plan::builtin_text(&name))
}

/// Id and name of every measure.
#[pyfunction]
pub(crate) fn measure_names() -> Vec<(&'static str, &'static str)> {
    Measure::ALL.iter().map(|m| (m.id(), m.name())).collect()
}
