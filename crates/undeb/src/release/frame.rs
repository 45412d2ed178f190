//! Released estimates as a table.

use std::io::Write;

use polars::prelude::*;

use super::report::{Released, Report};
use crate::error::{Error, Result};

impl Report {
    /// The released estimates as a polars frame, rates as fractions, numbers and marks in columns of their own.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn to_frame(&self) -> Result<DataFrame> {
        let rows = self.estimates();
        let text = |name: &str, of: &dyn Fn(&Released) -> Option<String>| {
            Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
        };
        let number =
            |name: &str, of: &dyn Fn(&Released) -> Option<f64>| Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>());
        DataFrame::new(
            rows.len(),
            vec![
                text("measure", &|r| Some(r.estimate.measure.id().to_owned())),
                text("period", &|r| Some(r.estimate.period.to_string())),
                text("region", &|r| Some(r.estimate.region.to_string())),
                text("sector", &|r| Some(r.estimate.sector.to_string())),
                number("value", &|r| r.estimate.value),
                number("se", &|r| r.estimate.se()),
                number("low", &|r| r.interval.map(|i| i.low)),
                number("high", &|r| r.interval.map(|i| i.high)),
                number("n", &|r| r.estimate.n),
                number("numerator", &|r| r.estimate.numerator),
                number("denominator", &|r| r.estimate.denominator),
                text("error_source", &|r| r.estimate.error_source()),
                text("quality", &|r| Some(r.quality.grade.id().to_owned())),
                text("mark", &|r| r.mark.map(|m| m.shorthand().to_owned())),
                text("source", &|r| Some(r.source.to_string())),
                Column::new("rolled_up".into(), rows.iter().map(|r| r.estimate.rolled_up).collect::<Vec<_>>()),
                text("since", &|r| r.estimate.since.map(|p| p.to_string())),
                text("note", &|r| r.estimate.note.as_ref().map(ToString::to_string)),
            ],
        )
        .map_err(|e| Error::data(format!("the released estimates do not make a table: {e}")))
    }

    /// Writes the frame of [`Report::to_frame`] as CSV.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_csv(&self, writer: impl Write) -> Result<()> {
        CsvWriter::new(writer)
            .finish(&mut self.to_frame()?)
            .map_err(|e| Error::io(format!("the estimates cannot be written as CSV: {e}")))
    }
}
