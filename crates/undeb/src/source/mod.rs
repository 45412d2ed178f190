//! Evidence enters: who published a figure, what it means, and the figures themselves, checked.

pub mod bundled;
mod codebook;
mod coding;
mod columns;
mod drawn;
mod frame;
mod microdata;
mod psus;
mod published;
mod registry;
mod replicate_columns;
mod roles;
mod through_codebook;
mod tier;

pub use codebook::Codebook;
pub(crate) use drawn::{Drawn, values};
pub use microdata::Records;
pub(crate) use microdata::{COVERED, IN, MEMBER};
pub use published::{Cell, PublishedTable};
pub use registry::{Basis as MeasureBasis, MeasureEntry, PeriodType, RateUnit, Registry, Source, SumDimension, SumRule};
pub use replicate_columns::ReplicateColumns;
pub use roles::Roles;
pub use tier::Tier;
