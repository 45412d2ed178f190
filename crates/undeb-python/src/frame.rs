//! A finished table on its way out.

use polars::prelude::DataFrame;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::arrow;

/// A table of ours; whatever reads Arrow streams reads it.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Frame(pub(crate) DataFrame);

#[pymethods]
impl Frame {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A consumer may ask for other types and has to take what comes; ours are the plain ones.
        drop(requested_schema);
        arrow::export(py, &self.0)
    }
}
