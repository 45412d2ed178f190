//! Why estimates moved, how sure their order is, and where effort would count.

use std::sync::Arc;

use pyo3::prelude::*;
use undeb::release::effort;
use undeb::release::explaining::Names;
use undeb::{DecomposeOptions, EffortOptions, Error, Estimates, Measure, Period, RankOptions, Smallest, SplitForm};

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

/// Where effort is looked for; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Effort {
    goal: Option<f64>,
    rate: Option<f64>,
    cap: Option<f64>,
    deadline: Option<String>,
    period: Option<String>,
    by: Vec<String>,
    region: Option<String>,
    sector: Option<String>,
    smallest: String,
    level: f64,
}

/// Where effort would count, and what is said of it, as JSON.
pub(crate) fn priorities(py: Python<'_>, estimates: Arc<Estimates>, measure: &str, effort: Effort) -> PyResult<String> {
    let measure = parsed::<Measure>(measure)?;
    let period = |given: Option<String>| given.as_deref().map(parsed::<Period>).transpose();
    let Effort { goal, rate, cap, by, region, sector, level, .. } = effort;
    let smallest = if effort.smallest == "workers" { Smallest::Workers } else { Smallest::Cells };
    let (deadline, period) = (period(effort.deadline)?, period(effort.period)?);
    let options = EffortOptions { by, goal, rate, cap, deadline, period, region, sector, smallest, level };
    let (found, sentences) = run(py, move || {
        let found = estimates.priorities(measure, &options)?;
        let names = Names { regions: estimates.regions(), sectors: estimates.sectors() };
        let sentences = effort::priorities(&found, names, None);
        Ok((found, sentences))
    })?;
    json(&serde_json::json!({ "priorities": found, "sentences": sentences }))
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
