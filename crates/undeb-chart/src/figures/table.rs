//! The numbers behind a picture, as a table.

use polars::prelude::{Column, DataFrame, NamedFrom, Series};
use undeb::{Answer, Measure};

use super::asked::Cell;
use super::evidence::Shown;
use crate::error::{Cause, ChartError};

/// Columns of one length, in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Table {
    height: usize,
    columns: Vec<Column>,
}

impl Table {
    /// Starts with the columns that every picture has: name, measure, period, region, sector, value, low, high, n, mark.
    pub(crate) fn of(rows: &[(&Cell<'_>, Measure, Option<Shown<'_>>)]) -> Self {
        let mut table = Self { height: rows.len(), columns: Vec::new() };
        let shown =
            |of: &dyn Fn(&Shown<'_>) -> Option<f64>| rows.iter().map(|(_, _, s)| s.as_ref().and_then(of)).collect::<Vec<_>>();
        table.text("name", rows.iter().map(|(c, ..)| Some(c.name.clone())));
        table.text("measure", rows.iter().map(|(_, m, _)| Some(m.id().to_owned())));
        table.text("period", rows.iter().map(|(_, _, s)| s.as_ref().map(|s| s.period().to_string())));
        table.text("region", rows.iter().map(|(c, ..)| Some(c.region.to_owned())));
        table.text("sector", rows.iter().map(|(c, ..)| Some(c.sector.to_owned())));
        table.number("value", shown(&|s| s.value()));
        table.number("low", shown(&|s| s.limits().map(|l| l.0)));
        table.number("high", shown(&|s| s.limits().map(|l| l.1)));
        table.number("n", shown(&|s| s.estimate.n));
        table.text("mark", rows.iter().map(|(_, _, s)| s.as_ref().and_then(|s| s.mark).map(|m| m.shorthand().to_owned())));
        table
    }

    /// A table with nothing but its own columns.
    pub(crate) fn bare(height: usize) -> Self {
        Self { height, columns: Vec::new() }
    }

    pub(crate) fn text(&mut self, name: &str, values: impl IntoIterator<Item = Option<String>>) {
        let values: Vec<Option<String>> = values.into_iter().collect();
        self.columns.push(Series::new(name.into(), values).into());
    }

    pub(crate) fn number(&mut self, name: &str, values: impl IntoIterator<Item = Option<f64>>) {
        let values: Vec<Option<f64>> = values.into_iter().collect();
        self.columns.push(Series::new(name.into(), values).into());
    }

    pub(crate) fn frame(self, released: bool) -> Result<DataFrame, ChartError> {
        let mut columns = self.columns;
        columns.push(Series::new("released".into(), vec![released; self.height]).into());
        DataFrame::new(self.height, columns)
            .map_err(|e| Cause::needs(format!("the numbers do not make a table: {e}"), "report this as a mistake").into())
    }
}

/// The code of an answer in a table.
pub(crate) fn answer(answer: Answer) -> String {
    match answer {
        Answer::Met => "met",
        Answer::NotMet => "not_met",
        Answer::CannotTell => "cannot_tell",
        Answer::Unset => "unset",
    }
    .to_owned()
}
