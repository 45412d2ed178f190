//! Sampling theory on plain numbers: no column names, no frames, no labour market.

pub mod auxiliary;
pub mod calibration;
pub(crate) mod cholesky;
pub mod decomposition;
pub mod design;
pub mod distribution;
pub mod errors;
pub mod expression;
pub mod function;
mod hadamard;
pub mod interval;
mod partition;
pub(crate) mod random;
pub(crate) mod rank;
pub mod ranking;
mod record;
pub mod replicate_weights;
pub mod replicates;
pub mod replication;
pub mod residuals;
pub mod rows;
pub mod scores;
mod spread;
pub mod stages;
pub mod testing;
pub mod totals;
pub mod variance;
