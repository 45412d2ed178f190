//! Sampling theory on plain numbers: no column names, no frames, no labour market.

pub mod design;
pub mod distribution;
pub mod function;
pub mod interval;
pub mod totals;
pub mod variance;
