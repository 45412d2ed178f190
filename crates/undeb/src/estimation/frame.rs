//! Estimates as a table: a polars frame, and from there CSV and Parquet.

use std::io::Write;

use polars::prelude::*;

use super::Estimates;
use crate::error::{Error, Result};
use crate::survey::interval::Method;

impl Estimates {
    /// The estimates as a polars frame with intervals at `level` by `method`; one row each, rates as fractions.
    ///
    /// Columns: measure, period, region, sector, further breakdowns, value, se, low, high, df, n, psus, numerator,
    /// denominator, missing_share, missing_low, missing_high, released (false: working estimates have passed no
    /// release rules). What a source does not tell is empty.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn to_frame(&self, level: f64, method: Method) -> Result<DataFrame> {
        let cells = self.cells();
        let text = |name: &str, of: &dyn Fn(&super::Estimate) -> String| {
            Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
        };
        let number = |name: &str, of: &dyn Fn(&super::Estimate) -> Option<f64>| {
            Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
        };
        let df = |e: &super::Estimate| match e.uncertainty {
            super::Uncertainty::Sampling { df, .. } => df,
            _ => None,
        };
        let mut columns = vec![
            text("measure", &|e| e.measure.id().to_owned()),
            text("period", &|e| e.period.to_string()),
            text("region", &|e| e.region.to_string()),
            text("sector", &|e| e.sector.to_string()),
        ];
        let further: Vec<&str> = cells.first().into_iter().flat_map(|e| e.breakdown.iter().map(|(d, _)| &**d)).collect();
        for (i, dimension) in further.into_iter().enumerate() {
            columns.push(text(dimension, &|e| e.breakdown.get(i).map(|(_, code)| code.to_string()).unwrap_or_default()));
        }
        columns.extend([
            number("value", &|e| e.value),
            number("se", &|e| e.se()),
            number("low", &|e| e.interval_by(level, method).map(|i| i.low)),
            number("high", &|e| e.interval_by(level, method).map(|i| i.high)),
            number("df", &df),
            number("n", &|e| e.n),
            number("psus", &|e| e.psus.map(|p| p as f64)),
            number("numerator", &|e| e.numerator),
            number("denominator", &|e| e.denominator),
            number("missing_share", &|e| e.missing.map(|m| m.share)),
            number("missing_low", &|e| e.missing.map(|m| m.low)),
            number("missing_high", &|e| e.missing.map(|m| m.high)),
            Column::new("released".into(), vec![false; cells.len()]),
        ]);
        DataFrame::new(cells.len(), columns).map_err(|e| Error::data(format!("the estimates do not make a table: {e}")))
    }

    /// Writes the frame of [`Estimates::to_frame`] as CSV.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_csv(&self, writer: impl Write, level: f64, method: Method) -> Result<()> {
        CsvWriter::new(writer)
            .finish(&mut self.to_frame(level, method)?)
            .map_err(|e| Error::io(format!("the estimates cannot be written as CSV: {e}")))
    }

    /// Writes the frame of [`Estimates::to_frame`] as Parquet.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_parquet(&self, writer: impl Write, level: f64, method: Method) -> Result<()> {
        ParquetWriter::new(writer)
            .finish(&mut self.to_frame(level, method)?)
            .map(|_| ())
            .map_err(|e| Error::io(format!("the estimates cannot be written as Parquet: {e}")))
    }
}
