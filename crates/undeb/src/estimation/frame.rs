//! Estimates as a table: a polars frame, and from there CSV and Parquet.

use std::io::Write;

use polars::prelude::*;

use super::Estimates;
use crate::error::{Error, Result};
use crate::schema::Measure;
use crate::survey::interval::{Interval, Method, Outcome};

impl Estimates {
    /// The estimates as a polars frame with intervals at `level` by `method`; one row each, rates as fractions.
    ///
    /// Columns: measure, period, region, sector, further breakdowns, value, se, low, high, df, n, psus, effective_n,
    /// design_effect, cv, numerator, denominator, missing_share, missing_low, missing_high, flags (words of
    /// [`Flag`](crate::survey::interval::Flag), joined by spaces), error_source, rolled_up, since (the first period of an
    /// average over several), note, definition, source, released (false: working estimates have passed no release rules).
    /// What a source does not tell is empty; a cell without a figure keeps its row.
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
        let words = |name: &str, of: &dyn Fn(&super::Estimate) -> Option<String>| {
            Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
        };
        let outcomes: Vec<Outcome> = cells.iter().map(|e| e.outcome(level, method)).collect();
        let end = |name: &str, of: &dyn Fn(Interval) -> f64| {
            Column::new(name.into(), outcomes.iter().map(|o| o.interval.map(of)).collect::<Vec<_>>())
        };
        let flags = |o: &Outcome| o.flags.iter().map(|f| f.id()).collect::<Vec<_>>().join(" ");
        let definitions: Vec<(Measure, String)> = self.definitions().iter().map(|d| (d.measure, d.to_string())).collect();
        let definition = |e: &super::Estimate| definitions.iter().find(|d| d.0 == e.measure).map(|d| d.1.clone());
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
            end("low", &|i| i.low),
            end("high", &|i| i.high),
            number("df", &|e| e.df()),
            number("n", &|e| e.n),
            number("psus", &|e| e.psus.map(|p| p as f64)),
            number("effective_n", &|e| e.effective_n()),
            number("design_effect", &|e| e.design_effect()),
            number("cv", &|e| e.cv()),
            number("numerator", &|e| e.numerator),
            number("denominator", &|e| e.denominator),
            number("missing_share", &|e| e.missing.map(|m| m.share)),
            number("missing_low", &|e| e.missing.map(|m| m.low)),
            number("missing_high", &|e| e.missing.map(|m| m.high)),
            Column::new("flags".into(), outcomes.iter().map(flags).collect::<Vec<_>>()),
            words("error_source", &|e| e.error_source()),
            Column::new("rolled_up".into(), cells.iter().map(|e| e.rolled_up).collect::<Vec<_>>()),
            words("since", &|e| e.since.map(|p| p.to_string())),
            words("note", &|e| e.note.as_ref().map(ToString::to_string)),
            words("definition", &definition),
            Column::new("source".into(), vec![self.source().id.as_str(); cells.len()]),
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
