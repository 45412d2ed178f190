//! Sampling theory on plain numbers: no column names, no frames, no labour market.

pub mod distribution;
pub mod interval;
