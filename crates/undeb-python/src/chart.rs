//! Charts of what there is: one entry for every kind and subject.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use undeb::{Period, Result};
use undeb_chart::{ChartOptions, Kind, Locale, Subject, Theme, Titles, Width};

use crate::convert::parsed;
use crate::error::Raise;
use crate::frame::Frame;
use crate::work::run;

/// What may be asked of a chart; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    target: Option<String>,
    measure: Option<String>,
    regions: Vec<String>,
    sectors: Vec<String>,
    periods: Vec<String>,
    highlight: Vec<String>,
    level: Option<f64>,
    interval: String,
    quality: Option<String>,
    title: Option<String>,
    titles: String,
    theme: String,
    locale: String,
    width: f64,
    mm: Option<f64>,
}

impl Asked {
    fn options(self) -> PyResult<ChartOptions> {
        let period = |p: &String| parsed::<Period>(p);
        Ok(ChartOptions {
            target: self.target,
            measure: self.measure.as_deref().map(parsed).transpose()?,
            regions: self.regions,
            sectors: self.sectors,
            periods: self.periods.iter().map(period).collect::<PyResult<_>>()?,
            highlight: self.highlight,
            level: self.level,
            method: parsed(&self.interval)?,
            quality: self.quality,
            title: self.title,
            titles: self.titles.parse::<Titles>().map_err(undeb::Error::from).or_raise()?,
            theme: self.theme.parse::<Theme>().map_err(undeb::Error::from).or_raise()?,
            locale: Locale::named(&self.locale).map_err(undeb::Error::from).or_raise()?,
            width: self.mm.map_or(Width::Pixels(self.width), Width::Millimetres),
            ..ChartOptions::default()
        })
    }
}

/// A finished chart.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Chart(Arc<undeb_chart::Chart>);

/// Draws a chart of a subject that is kept alive by `of`.
pub(crate) fn draw<T: Send + Sync + 'static>(py: Python<'_>, kind: &str, of: Arc<T>, asked: Asked) -> PyResult<Chart>
where
    for<'a> Subject<'a>: From<&'a T>,
{
    let kind: Kind = kind.parse().map_err(undeb::Error::from).or_raise()?;
    let options = asked.options()?;
    run(py, move || Ok(undeb_chart::chart(kind, Subject::from(&*of), &options)?)).map(|c| Chart(Arc::new(c)))
}

#[pymethods]
impl Chart {
    /// Title, subtitle and source.
    fn words(&self) -> (&str, &str, &str) {
        (self.0.title(), self.0.subtitle(), self.0.source())
    }

    /// Everything the chart shows, in words.
    fn describe(&self) -> String {
        self.0.describe()
    }

    /// The drawing as SVG.
    fn svg(&self) -> String {
        self.0.svg()
    }

    /// The drawing as PNG, so many device pixels to a pixel.
    fn png<'py>(&self, py: Python<'py>, scale: f32) -> PyResult<Bound<'py, PyBytes>> {
        let chart = Arc::clone(&self.0);
        let bytes = run(py, move || -> Result<Vec<u8>> { Ok(chart.png(scale)?) })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The numbers behind the picture.
    fn numbers(&self) -> Frame {
        Frame(self.0.numbers().clone())
    }
}

/// Names of the kinds of chart.
#[pyfunction]
pub(crate) fn chart_kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|k| k.id()).collect()
}
