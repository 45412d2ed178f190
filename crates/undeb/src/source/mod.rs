//! Evidence enters: who published a figure, what it means, and the figures themselves, checked.

pub mod bundled;
mod calibrated;
mod codebook;
mod coding;
mod columns;
mod design_options;
mod drawn;
mod fpc;
mod frame;
mod known_totals;
mod made_replicates;
mod microdata;
mod psus;
mod published;
mod registry;
mod replicate_columns;
mod roles;
mod second_stage;
mod through_codebook;
mod tier;

pub use codebook::Codebook;
pub use design_options::{DesignOptions, Replication};
pub(crate) use drawn::{Drawn, values};
pub use known_totals::{KnownTotal, KnownTotals};
pub use made_replicates::MadeReplicates;
pub use microdata::Records;
pub(crate) use microdata::{COVERED, IN, MEMBER};
pub use published::{Cell, PublishedTable};
pub use registry::{Basis as MeasureBasis, MeasureEntry, PeriodType, RateUnit, Registry, Source, SumDimension, SumRule};
pub use replicate_columns::ReplicateColumns;
pub use roles::Roles;
pub use second_stage::SecondStage;
pub use tier::Tier;
