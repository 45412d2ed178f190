//! Estimates.

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use undeb::{Measure, PublishedTable, Registry};

use crate::arrow;
use crate::error::Raise;

/// Estimates with their uncertainty.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Estimates(undeb::Estimates);

#[pymethods]
impl Estimates {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Every schema that could be asked for holds the same figures; ours is always given.
        drop(requested_schema);
        arrow::export(py, &self.0.to_frame(0.95, undeb::Method::Logit).or_raise()?)
    }
}

/// The estimates of a bundled table.
#[pyfunction]
pub(crate) fn data(py: Python<'_>, id: &str) -> PyResult<Estimates> {
    py.detach(|| {
        let table = PublishedTable::open(id, &Registry::bundled()?)?;
        table.estimate(&[Measure::Density], None)
    })
    .or_raise()
    .map(Estimates)
}
