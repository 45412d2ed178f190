//! Estimates held against one another: periods, codes, parts against their whole.

use std::sync::Arc;

use pyo3::prelude::*;
use undeb::{Adjustment, ChangeView, CompareOptions, Comparison, Contrast, Method};

use crate::convert::parsed;
use crate::frame::Frame;
use crate::work::run;

/// What is compared with what; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Against {
    periods: Option<(String, String)>,
    dimension: Option<String>,
    codes: Option<(String, String)>,
    ratio: bool,
    correlation: Option<f64>,
}

impl Against {
    fn comparison(&self) -> PyResult<Comparison> {
        Ok(match (&self.periods, &self.dimension, &self.codes) {
            (Some((from, to)), ..) => Comparison::Periods { from: parsed(from)?, to: parsed(to)? },
            (None, Some(dimension), Some((code, with))) => {
                Comparison::Codes { dimension: dimension.clone(), code: code.clone(), with: with.clone() }
            }
            (None, Some(dimension), None) => Comparison::Whole { dimension: dimension.clone() },
            (None, None, _) => Comparison::Successive,
        })
    }

    /// Compares by a table's own comparison.
    pub(crate) fn run(
        &self,
        py: Python<'_>,
        compare: impl FnOnce(&Comparison, &CompareOptions) -> undeb::Result<undeb::Changes> + Send + 'static,
    ) -> PyResult<Changes> {
        let what = self.comparison()?;
        let contrast = if self.ratio { Contrast::Ratio } else { Contrast::Difference };
        let options = CompareOptions { contrast, rho: self.correlation };
        run(py, move || compare(&what, &options)).map(|c| Changes(Arc::new(c)))
    }
}

/// Compared estimates.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Changes(Arc<undeb::Changes>);

#[pymethods]
impl Changes {
    /// One row for each pair, with interval, test and what could have been detected.
    #[pyo3(signature = (level, interval, margin, power, adjustment))]
    fn frame(
        &self,
        py: Python<'_>,
        level: f64,
        interval: &str,
        margin: Option<f64>,
        power: f64,
        adjustment: &str,
    ) -> PyResult<Frame> {
        let changes = Arc::clone(&self.0);
        let (method, adjustment) = (parsed::<Method>(interval)?, parsed::<Adjustment>(adjustment)?);
        let view = ChangeView { level, method, margin, power, adjustment };
        run(py, move || changes.to_frame(&view)).map(Frame)
    }
}
