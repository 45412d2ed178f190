//! `undeb._undeb`, the compiled half of the Python package: frozen classes and conversions, no statistics.
//!
//! The face that people see is written by hand in `python/undeb`.

mod arrow;
mod error;
mod estimates;

use pyo3::prelude::*;

#[pymodule]
mod _undeb {
    #[pymodule_export]
    use crate::estimates::{Estimates, data};
}
