//! Words of Python into values of the library; an unknown one fails and lists the choices.

use std::str::FromStr;

use pyo3::prelude::*;
use serde::Serialize;
use undeb::{Classification, Measure};

use crate::error::{Raise, UndebError};

/// A value from its name.
pub(crate) fn parsed<T: FromStr<Err = undeb::Error>>(text: &str) -> PyResult<T> {
    text.parse().or_raise()
}

/// Measures from their names.
pub(crate) fn measures(names: &[String]) -> PyResult<Vec<Measure>> {
    names.iter().map(|name| parsed(name)).collect()
}

/// A value as JSON, for the face to read.
pub(crate) fn json(value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|e| UndebError::new_err(format!("this cannot be written as JSON: {e}")))
}

/// Codes with their names.
pub(crate) fn names(tree: &Classification) -> Vec<(String, String)> {
    tree.codes().iter().map(|c| (c.id.clone(), c.name.clone())).collect()
}
