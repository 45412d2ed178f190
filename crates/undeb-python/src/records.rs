//! Survey records, coded once; their columns stay in the frame of the caller.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use undeb::{Codebook, DesignOptions, MadeReplicates, Quantity, RecordOptions, ReplicateColumns, Replication, Roles};

use crate::arrow;
use crate::convert::{measures, parsed};
use crate::error::{DesignError, Raise};
use crate::estimates::Estimates;
use crate::quantities::Quantities;
use crate::work::run;

/// Records with the design they were drawn by.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Records(Arc<undeb::Records>);

/// The roles as the face gives them; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Given {
    member: Option<String>,
    covered: Option<String>,
    employee: Option<String>,
    weight: Option<String>,
    pay: Option<String>,
    strata: Option<String>,
    psu: Option<String>,
    fpc: Option<String>,
    unique_psus: bool,
    household: Option<String>,
    person: Option<String>,
    second_stage: Option<String>,
    period: Option<String>,
    region: Option<String>,
    sector: Option<String>,
    others: Vec<String>,
    members_within_covered: bool,
    title: String,
}

/// What is said of the design beside columns; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Beside {
    lonely_psu: String,
    replicates: Option<String>,
    made_replicates: Option<String>,
    known_totals: Option<String>,
    design_effect: Option<f64>,
}

/// A part of the design that the face writes as JSON, read as a plan or codebook would be.
fn part<T: DeserializeOwned>(text: Option<String>) -> PyResult<Option<T>> {
    let wrong = |e| DesignError::new_err(format!("the design cannot be read: {e}"));
    text.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()
}

impl Beside {
    fn options(self) -> PyResult<DesignOptions> {
        let columns = part::<ReplicateColumns>(self.replicates)?.map(Replication::Columns);
        let made = part::<MadeReplicates>(self.made_replicates)?.map(Replication::Made);
        Ok(DesignOptions {
            lonely_psu: parsed(&self.lonely_psu)?,
            replication: columns.or(made),
            known_totals: part(self.known_totals)?,
            design_effect: self.design_effect,
        })
    }
}

impl Given {
    fn roles(self, beside: DesignOptions) -> PyResult<Roles> {
        Ok(Roles {
            member: self.member,
            covered: self.covered,
            employee: self.employee,
            weight: self.weight,
            pay: part(self.pay)?,
            strata: self.strata,
            psu: self.psu,
            fpc: self.fpc,
            unique_psus: self.unique_psus,
            lonely_psu: beside.lonely_psu,
            household: self.household,
            person: self.person,
            second_stage: part(self.second_stage)?,
            replication: beside.replication,
            known_totals: beside.known_totals,
            design_effect: beside.design_effect,
            period: self.period,
            region: self.region,
            sector: self.sector,
            others: self.others,
            members_within_covered: self.members_within_covered,
            survey: self.title,
        })
    }
}

#[pymethods]
impl Records {
    /// Records of a frame, by the part that each column plays.
    #[staticmethod]
    fn by_roles(py: Python<'_>, frame: &Bound<'_, PyAny>, roles: Given, beside: Beside) -> PyResult<Self> {
        let (frame, roles) = (arrow::import(frame)?, roles.roles(beside.options()?)?);
        run(py, move || undeb::Records::new(&frame, &roles)).map(Records::from)
    }

    /// Records of a file, through a codebook.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf, codebook: String, beside: Beside) -> PyResult<Self> {
        let options = beside.options()?;
        run(py, move || undeb::Records::read(&path, &open(&codebook)?, options)).map(Records::from)
    }

    /// Records of a frame, through a codebook.
    #[staticmethod]
    fn by_codebook(py: Python<'_>, frame: &Bound<'_, PyAny>, codebook: String, beside: Beside) -> PyResult<Self> {
        let (frame, options) = (arrow::import(frame)?, beside.options()?);
        run(py, move || undeb::Records::with_codebook(&frame, &open(&codebook)?, options)).map(Records::from)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Breakdowns on offer.
    fn dimensions(&self) -> Vec<String> {
        self.0.dimensions().map(str::to_owned).collect()
    }

    /// What the records are and how they were drawn, as names and words.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let (records, design) = (&self.0, self.0.design());
        let mut facts = vec![
            ("Survey", records.source().title.clone()),
            ("In scope and domain", format!("{} of {} records", records.in_domain(), records.len())),
        ];
        match records.replicates() {
            Some(r) => facts.push(("Errors", format!("{} replicate weights, {}", r.len(), r.kind().name()))),
            None => {
                facts.push(("Errors", records.tier().name().to_owned()));
                facts.push(("Design", format!("{} strata, {} PSUs", design.strata(), design.psus())));
            }
        }
        facts.push(("Measures", records.source().measures.iter().map(|m| m.id.id()).collect::<Vec<_>>().join(", ")));
        facts
    }

    /// The same records with one more breakdown, the only column of a frame.
    fn with_breakdown(&self, py: Python<'_>, frame: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (records, frame) = (Arc::clone(&self.0), arrow::import(frame)?);
        run(py, move || {
            let Some(column) = frame.columns().first() else { return Ok(undeb::Records::clone(&records)) };
            undeb::Records::clone(&records).with_breakdown(column.name(), column)
        })
        .map(Records::from)
    }

    /// The same records with the domain where the only column of a frame is true; the condition in words.
    fn filter(&self, py: Python<'_>, mask: &Bound<'_, PyAny>, condition: String) -> PyResult<Self> {
        let (records, keep) = (Arc::clone(&self.0), arrow::mask(mask)?);
        run(py, move || undeb::Records::clone(&records).filter_by(&keep, &condition)).map(Records::from)
    }

    /// Rates by breakdowns, with the errors that the design makes.
    fn estimate(
        &self,
        py: Python<'_>,
        wanted: Vec<String>,
        by: Vec<String>,
        margins: bool,
        pool: Option<usize>,
    ) -> PyResult<Estimates> {
        let (records, wanted) = (Arc::clone(&self.0), measures(&wanted)?);
        run(py, move || {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            records.estimate(&wanted, &by, &RecordOptions { margins, pool })
        })
        .map(Estimates::from)
    }

    /// Totals, means and pay gaps by breakdowns, with the errors that the design makes.
    fn quantities(
        &self,
        py: Python<'_>,
        wanted: Vec<String>,
        by: Vec<String>,
        margins: bool,
        pool: Option<usize>,
    ) -> PyResult<Quantities> {
        let records = Arc::clone(&self.0);
        let wanted = wanted.iter().map(|name| parsed(name)).collect::<PyResult<Vec<Quantity>>>()?;
        run(py, move || {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            records.quantities(&wanted, &by, &RecordOptions { margins, pool })
        })
        .map(Quantities::from)
    }
}

impl From<undeb::Records> for Records {
    fn from(records: undeb::Records) -> Self {
        Records(Arc::new(records))
    }
}

/// A codebook by its name, or from a file of one's own.
fn open(name: &str) -> undeb::Result<Codebook> {
    if !name.ends_with(".toml") {
        return Codebook::builtin(name);
    }
    let text = std::fs::read_to_string(PathBuf::from(name))
        .map_err(|e| undeb::Error::io(format!("cannot read the codebook {name}: {e}")))?;
    Codebook::from_toml(name, &text)
}

/// The variables that a codebook reads; those without which it cannot do come first, with how many they are.
#[pyfunction]
pub(crate) fn codebook_variables(name: &str) -> PyResult<(Vec<String>, usize)> {
    let book = open(name).or_raise()?;
    let required = book.required();
    let others = book.variables().into_iter().filter(|v| !required.contains(v));
    let count = required.len();
    Ok((required.iter().copied().chain(others).map(str::to_owned).collect(), count))
}
