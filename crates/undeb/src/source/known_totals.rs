//! Known population totals, to which weights are calibrated: a table of variable, code and total.

use std::path::Path;

use polars::prelude::*;
use serde::Deserialize;

use super::columns::{column, names};
use crate::error::{Error, Result, choices};
use crate::survey::calibration::Distance;

/// Between the variables of a crossed margin, and between their codes.
pub(super) const CROSS: char = ':';

/// Known totals of the population and the way weights are moved to them (METHODS M11).
///
/// A variable is a column of the records, or else one of their breakdowns (`region`, `sector`, `industry`). Two of them
/// joined by a colon are one margin of all combinations: `region:sex` with codes such as `3:1`. A variable without codes
/// is a number for everybody, with its sum.
///
/// ```
/// let totals = undeb::KnownTotals::from_csv("known.csv", "variable,code,total\nsex,1,500\nsex,2,520\n", None, None)?;
/// assert_eq!(totals.totals.len(), 2);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownTotals {
    /// `linear` (GREG), `raking`, `logit` or `bounded-linear`; none is needed for a single margin, which is
    /// post-stratification whatever the method.
    #[serde(default)]
    pub method: Option<String>,
    /// Smallest and largest factor of a weight, for `logit` and `bounded-linear`.
    #[serde(default)]
    pub bounds: Option<[f64; 2]>,
    /// Where the totals come from.
    #[serde(default)]
    pub source: Option<String>,
    /// The totals, variable by variable.
    #[serde(rename = "total")]
    pub totals: Vec<KnownTotal>,
}

/// One known total.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownTotal {
    /// Column or breakdown of the records.
    pub variable: String,
    /// Code of the people who are counted; none for a variable that is summed.
    #[serde(default, deserialize_with = "text_or_number")]
    pub code: Option<String>,
    /// Their number, or the sum.
    pub total: f64,
}

/// A code as it stands in TOML: a text or a whole number.
fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Code {
        Number(i64),
        Text(String),
    }
    Ok(Some(match Code::deserialize(deserializer)? {
        Code::Number(number) => number.to_string(),
        Code::Text(text) => text,
    }))
}

impl KnownTotals {
    /// Reads a file: TOML by its ending, else CSV with the columns variable, code and total. A method and bounds that are
    /// given here win over those of the file.
    ///
    /// # Errors
    /// The file cannot be read; an unknown key or column; a total that is no number.
    pub fn read(path: &Path, method: Option<&str>, bounds: Option<[f64; 2]>) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(format!("cannot read the known totals {name}: {e}")))?;
        if path.extension().is_some_and(|e| e == "toml") {
            let mut totals = Self::from_toml(&name, &text)?;
            totals.method = method.map(str::to_owned).or(totals.method);
            totals.bounds = bounds.or(totals.bounds);
            return Ok(totals);
        }
        Self::from_csv(&name, &text, method, bounds)
    }

    /// Known totals from TOML: `method`, `bounds`, `source` and a list `[[total]]` of `variable`, `code`, `total`.
    ///
    /// # Errors
    /// Not TOML, or an unknown key.
    pub fn from_toml(name: &str, text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| {
            let wrong = Error::schema(e.message().to_owned());
            match e.span() {
                Some(span) => wrong.at(name, &text.into(), span),
                None => wrong.context(name.to_owned()),
            }
        })
    }

    /// Known totals from CSV with the columns variable, code and total; an empty code is a variable that is summed.
    ///
    /// # Errors
    /// Another column; a total that is no number.
    pub fn from_csv(name: &str, text: &str, method: Option<&str>, bounds: Option<[f64; 2]>) -> Result<Self> {
        let failed = |e: PolarsError| Error::data(format!("{name} cannot be read as CSV: {e}"));
        let frame = CsvReadOptions::default()
            .with_infer_schema_length(Some(0))
            .into_reader_with_file_handle(std::io::Cursor::new(text.as_bytes()))
            .finish()
            .map_err(failed)?;
        let wanted = ["variable", "code", "total"];
        if let Some(other) = names(&frame).find(|n| !wanted.contains(n)) {
            return Err(Error::schema(format!("{name}: the column `{other}` is not known")).help(choices(other, wanted)));
        }
        let of = |of: &str| -> Result<StringChunked> {
            column(&frame, of).map_err(|e| e.context(name))?.str().cloned().map_err(failed)
        };
        let (variables, codes, numbers) = (of("variable")?, of("code")?, of("total")?);
        let one = |row: usize| -> Result<KnownTotal> {
            let text = numbers.get(row).unwrap_or_default().trim();
            let total = text.parse().map_err(|_| Error::data(format!("{name}, line {}: `{text}` is no total", row + 2)))?;
            let variable = variables.get(row).unwrap_or_default().trim().to_owned();
            let code = codes.get(row).map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
            Ok(KnownTotal { variable, code, total })
        };
        let totals = (0..frame.height()).map(one).collect::<Result<_>>()?;
        Ok(KnownTotals { method: method.map(str::to_owned), bounds, source: None, totals })
    }

    /// The columns that are meant, of those that are there: crossed variables are several unless a column has their name.
    pub(super) fn columns<'a>(&'a self, there: &[&str]) -> Vec<&'a str> {
        let of = |t: &'a KnownTotal| match there.contains(&t.variable.as_str()) {
            true => vec![t.variable.as_str()],
            false => t.variable.split(CROSS).collect(),
        };
        self.totals.iter().flat_map(of).collect()
    }

    pub(super) fn distance(&self, variables: usize) -> Result<Distance> {
        let method = match self.method.as_deref() {
            Some(method) => method,
            None if variables == 1 => "linear",
            None => {
                return Err(Error::design(format!("{variables} variables are known, but no method of calibration is given"))
                    .help(choices("", ["linear", "raking", "logit", "bounded-linear"])));
            }
        };
        match (method, self.bounds) {
            ("linear", None) => Ok(Distance::Linear),
            ("raking", None) => Ok(Distance::Raking),
            ("linear" | "raking", Some(_)) => {
                Err(Error::design(format!("{method} knows no bounds"))
                    .help("logit and bounded-linear keep weights between bounds"))
            }
            ("logit", Some([low, high])) => Ok(Distance::Logit { low, high }),
            ("bounded-linear", Some([low, high])) => Ok(Distance::BoundedLinear { low, high }),
            ("logit" | "bounded-linear", None) => Err(Error::design(format!("{method} needs its bounds"))
                .help("0.5 and 2, say, let no weight shrink to less than half or grow to more than double")),
            (other, _) => Err(Error::design(format!("`{other}` is not a method of calibration"))
                .help(choices(other, ["linear", "raking", "logit", "bounded-linear"]))),
        }
    }
}
