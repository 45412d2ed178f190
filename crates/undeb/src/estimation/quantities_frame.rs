//! Totals, means and pay gaps as a table: a polars frame, and from there CSV and Parquet.

use std::io::Write;

use polars::prelude::*;

use super::figure::Figure;
use super::quantities::Quantities;
use crate::error::{Error, Result};
use crate::survey::interval::Outcome;

impl Quantities {
    /// The figures as a polars frame with symmetric intervals at `level`; one row each, in the unit that the row names.
    ///
    /// Columns: measure, period, region, sector, further breakdowns, value, se, low, high, df, n, psus, cv,
    /// missing_share, flags, error_source, rolled_up, since, unit, definition, source, released. The names are those of
    /// [`Estimates::to_frame`](crate::Estimates::to_frame) where they mean the same.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn to_frame(&self, level: f64) -> Result<DataFrame> {
        let cells = self.cells();
        let text =
            |name: &str, of: &dyn Fn(&Figure) -> String| Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>());
        let words = |name: &str, of: &dyn Fn(&Figure) -> Option<String>| {
            Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>())
        };
        let number =
            |name: &str, of: &dyn Fn(&Figure) -> Option<f64>| Column::new(name.into(), cells.iter().map(of).collect::<Vec<_>>());
        let outcomes: Vec<Outcome> = cells.iter().map(|f| f.outcome(level)).collect();
        let flags = |o: &Outcome| o.flags.iter().map(|f| f.id()).collect::<Vec<_>>().join(" ");
        let mut columns = vec![
            text("measure", &|f| f.quantity.id().to_owned()),
            text("period", &|f| f.period.to_string()),
            text("region", &|f| f.region.to_string()),
            text("sector", &|f| f.sector.to_string()),
        ];
        let further: Vec<&str> = cells.first().into_iter().flat_map(|f| f.breakdown.iter().map(|(d, _)| &**d)).collect();
        for (i, dimension) in further.into_iter().enumerate() {
            columns.push(words(dimension, &|f| f.breakdown.get(i).map(|(_, code)| code.to_string())));
        }
        columns.extend([
            number("value", &|f| f.value),
            number("se", &|f| f.se()),
            Column::new("low".into(), outcomes.iter().map(|o| o.interval.map(|i| i.low)).collect::<Vec<_>>()),
            Column::new("high".into(), outcomes.iter().map(|o| o.interval.map(|i| i.high)).collect::<Vec<_>>()),
            number("df", &|f| f.df()),
            number("n", &|f| Some(f.n as f64)),
            number("psus", &|f| f.psus.map(|p| p as f64)),
            number("cv", &|f| f.cv()),
            number("missing_share", &|f| f.missing_share),
            Column::new("flags".into(), outcomes.iter().map(flags).collect::<Vec<_>>()),
            words("error_source", &|f| f.uncertainty.source()),
            Column::new("rolled_up".into(), cells.iter().map(|f| f.rolled_up).collect::<Vec<_>>()),
            words("since", &|f| f.since.map(|p| p.to_string())),
            text("unit", &|f| self.unit(f.quantity).to_owned()),
            text("definition", &|f| self.definition(f.quantity)),
            Column::new("source".into(), vec![self.source().id.as_str(); cells.len()]),
            Column::new("released".into(), vec![false; cells.len()]),
        ]);
        DataFrame::new(cells.len(), columns).map_err(|e| Error::data(format!("the figures do not make a table: {e}")))
    }

    /// Writes the frame of [`Quantities::to_frame`] as CSV.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_csv(&self, writer: impl Write, level: f64) -> Result<()> {
        CsvWriter::new(writer)
            .finish(&mut self.to_frame(level)?)
            .map_err(|e| Error::io(format!("the figures cannot be written as CSV: {e}")))
    }

    /// Writes the frame of [`Quantities::to_frame`] as Parquet.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_parquet(&self, writer: impl Write, level: f64) -> Result<()> {
        ParquetWriter::new(writer)
            .finish(&mut self.to_frame(level)?)
            .map(|_| ())
            .map_err(|e| Error::io(format!("the figures cannot be written as Parquet: {e}")))
    }
}
