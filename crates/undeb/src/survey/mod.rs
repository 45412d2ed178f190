//! Sampling theory on plain numbers: no column names, no frames, no labour market.

pub mod design;
pub mod distribution;
pub mod function;
pub mod interval;
mod record;
pub mod rows;
pub mod totals;
pub mod variance;
