//! A change split into what rates did and what the composition did; cells in the order of their rates.

use std::sync::Arc;

use pyo3::prelude::*;
use undeb::{DecomposeOptions, Error, Estimates, Measure, Period, RankOptions, SplitForm};

use crate::convert::{json, parsed};
use crate::work::run;

/// How to split; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Split {
    by: Vec<String>,
    form: String,
    region: Option<String>,
    sector: Option<String>,
    level: f64,
    correlation: f64,
}

/// Cells in the order of their rates, with how sure the ranks are, as JSON.
pub(crate) fn rank(
    py: Python<'_>,
    estimates: Arc<Estimates>,
    measure: &str,
    period: Option<&str>,
    sectors: Vec<String>,
    among: usize,
    level: f64,
) -> PyResult<String> {
    let (measure, period) = (parsed::<Measure>(measure)?, period.map(parsed::<Period>).transpose()?);
    let options = RankOptions { regions: Vec::new(), sectors, period, among, level };
    json(&run(py, move || estimates.rank(measure, &options))?)
}

/// The decomposition of a change, as JSON.
pub(crate) fn decompose(
    py: Python<'_>,
    estimates: Arc<Estimates>,
    measure: &str,
    from: &str,
    to: &str,
    split: Split,
) -> PyResult<String> {
    let (measure, from, to) = (parsed::<Measure>(measure)?, parsed::<Period>(from)?, parsed::<Period>(to)?);
    let decomposition = run(py, move || {
        let form = serde_json::from_value::<SplitForm>(split.form.as_str().into())
            .map_err(|_| Error::io(format!("`{}` is not a form of decomposition", split.form)))?;
        let Split { by, region, sector, level, correlation, .. } = split;
        estimates.decompose(measure, from, to, &DecomposeOptions { by, form, region, sector, level, correlation })
    })?;
    json(&decomposition)
}
