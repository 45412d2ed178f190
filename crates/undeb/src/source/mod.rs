//! Evidence enters: who published a figure, what it means, and the figures themselves, checked.

pub mod bundled;
mod published;
mod registry;

pub use published::{Cell, PublishedTable};
pub use registry::{Basis as MeasureBasis, MeasureEntry, PeriodType, RateUnit, Registry, Source, SumDimension, SumRule};
