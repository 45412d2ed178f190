//! Totals, means and pay gaps: figures with a unit of their own.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::changes::{Against, Changes};
use crate::convert::{json, names};
use crate::frame::Frame;
use crate::work::run;

/// Totals, means and pay gaps of records.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Quantities(Arc<undeb::Quantities>);

#[pymethods]
impl Quantities {
    fn __len__(&self) -> usize {
        self.0.cells().len()
    }

    /// One row for each figure, in its unit, with symmetric intervals at a level.
    fn frame(&self, py: Python<'_>, level: f64) -> PyResult<Frame> {
        let quantities = Arc::clone(&self.0);
        run(py, move || quantities.to_frame(level)).map(Frame)
    }

    /// Where the figures come from, as JSON.
    fn facts(&self) -> PyResult<String> {
        json(&serde_json::json!({ "source": self.0.source() }))
    }

    /// What is to be known of the table as a whole.
    fn remarks(&self) -> Vec<String> {
        self.0.remarks().to_vec()
    }

    /// Names of region codes and of sector codes.
    fn names(&self) -> [Vec<(String, String)>; 2] {
        [self.0.regions(), self.0.sectors()].map(names)
    }

    /// Compares the figures with one another.
    fn compare(&self, py: Python<'_>, against: Against) -> PyResult<Changes> {
        let quantities = Arc::clone(&self.0);
        against.run(py, move |what, options| quantities.compare(what, options))
    }
}

impl From<undeb::Quantities> for Quantities {
    fn from(quantities: undeb::Quantities) -> Self {
        Quantities(Arc::new(quantities))
    }
}
