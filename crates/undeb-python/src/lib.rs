//! `undeb._undeb`, the compiled half of the Python package: frozen classes and conversions, no statistics.
//!
//! The face that people see is written by hand in `python/undeb`; what stands here is private to it.

mod arrow;
mod catalogue;
mod changes;
mod chart;
mod convert;
mod decomposition;
mod error;
mod estimates;
mod findings;
mod frame;
mod plan;
mod quantities;
mod records;
mod trend;
mod work;

#[pyo3::pymodule]
mod _undeb {
    #[pymodule_export]
    use crate::catalogue::{codebooks, sources};
    #[pymodule_export]
    use crate::changes::Changes;
    #[pymodule_export]
    use crate::chart::{Chart, chart_kinds};
    #[pymodule_export]
    use crate::estimates::{Estimates, published};
    #[pymodule_export]
    use crate::findings::{Findings, Report};
    #[pymodule_export]
    use crate::frame::Frame;
    #[pymodule_export]
    use crate::plan::{Plan, measure_names, plan_names, plan_text};
    #[pymodule_export]
    use crate::quantities::Quantities;
    #[pymodule_export]
    use crate::records::{Records, codebook_variables};
    #[pymodule_export]
    use crate::trend::{Projections, Trends};
    #[pymodule_export]
    use crate::work::{_panic, _sleep};
}
