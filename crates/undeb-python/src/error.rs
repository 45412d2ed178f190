//! Errors of the library as exceptions of the package, message and kind kept.

use pyo3::import_exception;
use pyo3::prelude::*;

import_exception!(undeb.errors, UndebError);
import_exception!(undeb.errors, PlanError);
import_exception!(undeb.errors, SchemaError);
import_exception!(undeb.errors, DesignError);
import_exception!(undeb.errors, DataError);
import_exception!(undeb.errors, DefinitionError);
import_exception!(undeb.errors, DisclosureError);

/// The exception that says what an error says.
pub(crate) fn raise(error: undeb::Error) -> PyErr {
    let words = error.to_string();
    match error {
        e if e.is_plan() => PlanError::new_err(words),
        e if e.is_schema() => SchemaError::new_err(words),
        e if e.is_design() => DesignError::new_err(words),
        e if e.is_data() => DataError::new_err(words),
        e if e.is_definition() => DefinitionError::new_err(words),
        e if e.is_disclosure() => DisclosureError::new_err(words),
        _ => UndebError::new_err(words),
    }
}

/// Turns a result of the library into one of Python.
pub(crate) trait Raise<T> {
    fn or_raise(self) -> PyResult<T>;
}

impl<T> Raise<T> for undeb::Result<T> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(raise)
    }
}
