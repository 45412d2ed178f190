//! Evidence enters: who published a figure, what it means, and the figures themselves, checked.

pub mod bundled;
mod codebook;
mod coding;
mod columns;
mod frame;
mod microdata;
mod psus;
mod published;
mod registry;
mod roles;
mod through_codebook;

pub use codebook::Codebook;
pub use microdata::Records;
pub(crate) use microdata::{COVERED, IN, MEMBER};
pub use published::{Cell, PublishedTable};
pub use registry::{Basis as MeasureBasis, MeasureEntry, PeriodType, RateUnit, Registry, Source, SumDimension, SumRule};
pub use roles::Roles;
