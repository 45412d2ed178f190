//! Compared figures as a reader sees them: level, method, margin, power and adjustment chosen; a frame, CSV and Parquet.

use std::io::Write;

use polars::prelude::*;
use serde::Serialize;

use super::changes::{Change, Changes};
use super::comparison::Contrast;
use crate::error::{Error, Result};
use crate::schema::Unit;
use crate::survey::interval::Method;
use crate::survey::testing::Adjustment;

/// How compared figures are viewed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangeView {
    /// Confidence level of intervals, and of what could have been detected.
    pub level: f64,
    /// How the intervals of single figures are made, where the interval of a contrast comes from those.
    pub method: Method,
    /// A difference within this margin counts as maintained; in the unit of the difference. For a ratio, `0.02` is 2 %.
    pub margin: Option<f64>,
    /// Probability with which the smallest detectable change is found.
    pub power: f64,
    /// How p-values are adjusted for the number of tests in the table.
    pub adjustment: Adjustment,
}

impl Default for ChangeView {
    /// 95 %, Wilson, no margin, power 0.8, Benjamini-Hochberg.
    fn default() -> Self {
        ChangeView { level: 0.95, method: Method::Wilson, margin: None, power: 0.8, adjustment: Adjustment::BenjaminiHochberg }
    }
}

impl ChangeView {
    /// Refuses what cannot be viewed.
    fn check(&self) -> Result<()> {
        if !(0.01..=0.999_999).contains(&self.level) {
            return Err(
                Error::data(format!("the level {} is not between 0.01 and 0.999999", self.level)).help("write 0.95 for 95 %")
            );
        }
        if !(self.power > 0.0 && self.power < 1.0) {
            return Err(Error::data(format!("the power {} is not between 0 and 1", self.power)).help("write 0.8 for 80 %"));
        }
        if let Some(margin) = self.margin.filter(|m| !(m.is_finite() && *m > 0.0)) {
            return Err(Error::data(format!("the margin {margin} is not a positive number"))
                .help("0.01 is one point of a rate; a ratio is maintained within 1 %"));
        }
        Ok(())
    }
}

/// One row as it is written.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeRow {
    /// Measure or quantity.
    pub measure: &'static str,
    /// When, of the first figure.
    pub period: String,
    /// Region of the first figure.
    pub region: String,
    /// Sector of the first figure.
    pub sector: String,
    /// Further breakdowns of the first figure.
    pub breakdown: Vec<(String, String)>,
    /// When, of the second.
    pub against_period: String,
    /// Region of the second.
    pub against_region: String,
    /// Sector of the second.
    pub against_sector: String,
    /// Further breakdowns of the second.
    pub against_breakdown: Vec<(String, String)>,
    /// `difference` or `ratio`.
    pub contrast: &'static str,
    /// The contrast.
    pub value: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Test statistic.
    pub t: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// p-value of the test of no difference.
    pub p: Option<f64>,
    /// The same, adjusted for the number of tests in the table.
    pub p_adjusted: Option<f64>,
    /// p-value of the test of "maintained", where a margin is given.
    pub p_maintained: Option<f64>,
    /// Whether that test finds it maintained at the level.
    pub maintained: Option<bool>,
    /// Smallest detectable change at the level and power.
    pub detectable: Option<f64>,
    /// The first figure.
    pub first: Option<f64>,
    /// Its standard error.
    pub first_se: Option<f64>,
    /// The second figure.
    pub second: Option<f64>,
    /// Its standard error.
    pub second_se: Option<f64>,
    /// Unit of the two figures: "fraction", "points", "ratio", or what is counted or paid, as "person" or "GBP an hour".
    pub first_unit: String,
    /// Unit of the contrast.
    pub unit: String,
    /// What is to be known about the row, joined by spaces.
    pub flags: String,
    /// Where the error comes from.
    pub error_source: Option<String>,
    /// Notes of breaks that lie between, and of those that forbid the comparison.
    pub cautions: Option<String>,
    /// What is counted.
    pub definition: Option<String>,
    /// Where the figures come from.
    pub source: String,
    /// Always false: working figures have passed no release rules.
    pub released: bool,
}

impl Changes {
    /// The rows as a reader sees them.
    ///
    /// # Errors
    /// A level, power or margin that is none.
    pub fn view(&self, view: &ChangeView) -> Result<Vec<ChangeRow>> {
        view.check()?;
        let adjusted = self.adjusted(view.adjustment);
        Ok(self.rows.iter().zip(adjusted).map(|(change, adjusted)| self.row(change, adjusted, view)).collect())
    }

    fn row(&self, change: &Change, p_adjusted: Option<f64>, view: &ChangeView) -> ChangeRow {
        let (first, second) = (&change.first, &change.second);
        let (interval, flags) = change.outcome(view.level, view.method);
        let test = change.test().ok();
        let kept = view.margin.and_then(|m| change.maintained(m).ok());
        let pairs = |of: &[(Arc<str>, Arc<str>)]| of.iter().map(|(d, c)| (d.to_string(), c.to_string())).collect();
        let notes: Vec<&str> = change.refused.iter().chain(&change.cautions).map(String::as_str).collect();
        let definition = self.shared.definitions.iter().find(|(id, _)| *id == first.statistic.id());
        ChangeRow {
            measure: first.statistic.id(),
            period: first.periods(),
            region: first.region.to_string(),
            sector: first.sector.to_string(),
            breakdown: pairs(&first.breakdown),
            against_period: second.periods(),
            against_region: second.region.to_string(),
            against_sector: second.sector.to_string(),
            against_breakdown: pairs(&second.breakdown),
            contrast: if change.contrast == Contrast::Ratio { "ratio" } else { "difference" },
            value: change.value,
            se: change.se,
            low: interval.map(|i| i.low),
            high: interval.map(|i| i.high),
            t: test.map(|t| t.statistic),
            df: change.df,
            p: test.map(|t| t.p_value),
            p_adjusted,
            p_maintained: kept.map(|t| t.p_value),
            maintained: kept.map(|t| t.p_value < 1.0 - view.level),
            detectable: change.detectable(view.level, view.power),
            first: first.value,
            first_se: first.se(),
            second: second.value,
            second_se: second.se(),
            first_unit: self.shared.unit(first.statistic.unit()),
            unit: self.shared.unit(match change.contrast {
                Contrast::Difference => first.statistic.unit_of_difference(),
                Contrast::Ratio => Unit::Ratio,
            }),
            flags: flags.iter().map(|f| f.id()).collect::<Vec<_>>().join(" "),
            error_source: change.error_source(),
            cautions: (!notes.is_empty()).then(|| notes.join("; ")),
            definition: definition.map(|d| d.1.clone()),
            source: self.shared.source.clone(),
            released: false,
        }
    }

    /// The rows as a polars frame: one column for each field of [`ChangeRow`], breakdowns in columns of their own names.
    ///
    /// # Errors
    /// A level, power or margin that is none.
    pub fn to_frame(&self, view: &ChangeView) -> Result<DataFrame> {
        let rows = self.view(view)?;
        let text =
            |name: &str, of: &dyn Fn(&ChangeRow) -> &str| Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>());
        let words = |name: &str, of: &dyn Fn(&ChangeRow) -> Option<String>| {
            Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
        };
        let number = |name: &str, of: &dyn Fn(&ChangeRow) -> Option<f64>| {
            Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
        };
        let further: Vec<String> = rows.first().into_iter().flat_map(|r| r.breakdown.iter().map(|(d, _)| d.clone())).collect();
        let mut columns = vec![
            text("measure", &|r| r.measure),
            text("period", &|r| &r.period),
            text("region", &|r| &r.region),
            text("sector", &|r| &r.sector),
        ];
        let code = |of: &[(String, String)], i: usize| of.get(i).map(|(_, code)| code.clone());
        columns.extend(further.iter().enumerate().map(|(i, d)| words(d, &|r| code(&r.breakdown, i))));
        columns.extend([
            text("against_period", &|r| &r.against_period),
            text("against_region", &|r| &r.against_region),
            text("against_sector", &|r| &r.against_sector),
        ]);
        let against = |(i, d): (usize, &String)| words(&format!("against_{d}"), &|r| code(&r.against_breakdown, i));
        columns.extend(further.iter().enumerate().map(against));
        columns.extend([
            text("contrast", &|r| r.contrast),
            number("value", &|r| r.value),
            number("se", &|r| r.se),
            number("low", &|r| r.low),
            number("high", &|r| r.high),
            number("t", &|r| r.t),
            number("df", &|r| r.df),
            number("p", &|r| r.p),
            number("p_adjusted", &|r| r.p_adjusted),
            number("p_maintained", &|r| r.p_maintained),
            Column::new("maintained".into(), rows.iter().map(|r| r.maintained).collect::<Vec<_>>()),
            number("detectable", &|r| r.detectable),
            number("first", &|r| r.first),
            number("first_se", &|r| r.first_se),
            number("second", &|r| r.second),
            number("second_se", &|r| r.second_se),
            text("first_unit", &|r| &r.first_unit),
            text("unit", &|r| &r.unit),
            text("flags", &|r| &r.flags),
            words("error_source", &|r| r.error_source.clone()),
            words("cautions", &|r| r.cautions.clone()),
            words("definition", &|r| r.definition.clone()),
            text("source", &|r| &r.source),
            Column::new("released".into(), vec![false; rows.len()]),
        ]);
        DataFrame::new(rows.len(), columns).map_err(|e| Error::data(format!("the comparisons do not make a table: {e}")))
    }

    /// Writes the frame of [`Changes::to_frame`] as CSV.
    ///
    /// # Errors
    /// See [`Changes::to_frame`]; the writer fails.
    pub fn write_csv(&self, writer: impl Write, view: &ChangeView) -> Result<()> {
        CsvWriter::new(writer)
            .finish(&mut self.to_frame(view)?)
            .map_err(|e| Error::io(format!("the comparisons cannot be written as CSV: {e}")))
    }

    /// Writes the frame of [`Changes::to_frame`] as Parquet.
    ///
    /// # Errors
    /// See [`Changes::to_frame`]; the writer fails.
    pub fn write_parquet(&self, writer: impl Write, view: &ChangeView) -> Result<()> {
        ParquetWriter::new(writer)
            .finish(&mut self.to_frame(view)?)
            .map(|_| ())
            .map_err(|e| Error::io(format!("the comparisons cannot be written as Parquet: {e}")))
    }
}
