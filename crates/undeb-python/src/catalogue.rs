//! What travels inside the package: sources, codebooks, plans.

use pyo3::prelude::*;
use undeb::{Codebook, Registry};

use crate::convert::json;
use crate::work::run;

/// Every bundled source as JSON.
#[pyfunction]
pub(crate) fn sources(py: Python<'_>) -> PyResult<String> {
    json(&run(py, || Ok(Registry::bundled()?.sources().map(|s| serde_json::json!(s)).collect::<Vec<_>>()))?)
}

/// Every bundled codebook as JSON: what it is, what it measures, what it cannot give.
#[pyfunction]
pub(crate) fn codebooks(py: Python<'_>) -> PyResult<String> {
    let books = run(py, || {
        Codebook::builtin_names()
            .map(|name| {
                let book = Codebook::builtin(name)?;
                Ok(serde_json::json!({
                    "id": book.id, "title": book.title, "publisher": book.publisher, "universe": book.universe,
                    "measures": book.measures(), "cannot": book.cannot, "notes": book.notes, "terms": book.terms,
                    "references": book.references,
                }))
            })
            .collect::<undeb::Result<Vec<_>>>()
    })?;
    json(&books)
}
