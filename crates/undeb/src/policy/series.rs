//! Series: the figures of one definition in time, with their breaks and gaps.

use std::sync::Arc;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::estimation::{Estimate, Estimates};
use crate::schema::{Definition, Force, Measure, Period, SeriesBreak};

/// The figures of one measure in one region and sector, oldest first: one definition, breaks marked, gaps left open.
///
/// ```
/// use undeb::{Measure, PublishedTable, Registry};
/// let table = PublishedTable::open("us-national", &Registry::bundled()?)?;
/// let series = table.estimate(&[Measure::Density], Some(1.5))?.track(Measure::Density, "US", "private")?;
/// assert_eq!(series.gaps(), ["1982".parse()?]);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Series {
    pub(super) definition: Definition,
    pub(super) region: Arc<str>,
    pub(super) sector: Arc<str>,
    /// Region and sector in words.
    pub(super) place: String,
    pub(super) figures: Vec<Estimate>,
    pub(super) breaks: Vec<SeriesBreak>,
    pub(super) covariance: Option<Vec<f64>>,
}

impl Estimates {
    /// The series of one measure, region and sector; figures of the same records bring the covariance of their errors.
    ///
    /// # Errors
    /// The measure was not estimated; a region or sector that is not known; no figure at all; a period twice; years
    /// and quarters mixed.
    pub fn track(&self, measure: Measure, region: &str, sector: &str) -> Result<Series> {
        let definition = self.definition(measure)?.clone();
        let (region, sector) = (self.regions().find(region)?, self.sectors().find(sector)?);
        let place = if sector.id == self.sectors().whole() {
            region.name.clone()
        } else {
            format!("{}, {}", region.name, sector.name.to_lowercase())
        };
        let figures: Vec<Estimate> =
            self.series(measure, &region.id, &sector.id).filter(|e| e.value.is_some()).cloned().collect();
        let named = || format!("{} of {place}", measure.name());
        if figures.is_empty() {
            return Err(Error::data(format!("there is no figure of {}", named()))
                .help(format!("see `undeb data show {}` for what the source has", self.source().id)));
        }
        for pair in figures.windows(2) {
            if pair[0].period == pair[1].period {
                return Err(Error::data(format!("{} has two figures in {}", named(), pair[0].period))
                    .help("a series has one figure a period: keep one breakdown, or one of the two"));
            }
            if !pair[0].period.is_like(pair[1].period) {
                return Err(Error::data(format!(
                    "{} has years and quarters: {} and {}",
                    named(),
                    pair[0].period,
                    pair[1].period
                ))
                .help("keep one kind of period"));
            }
        }
        // None where a figure is published, or comes from other records than the rest.
        let covariance = self.covariance(&figures.iter().collect::<Vec<_>>()).ok().map(|rows| rows.concat());
        Ok(Series {
            definition,
            region: region.id.as_str().into(),
            sector: sector.id.as_str().into(),
            place,
            breaks: self.breaks(measure, &sector.id).cloned().collect(),
            figures,
            covariance,
        })
    }
}

/// Figures on one side of an incomparable break: nothing is joined across it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// First period.
    pub from: Period,
    /// Last period.
    pub to: Period,
    /// How many figures.
    pub figures: usize,
}

impl Series {
    /// What the figures measure.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The measure.
    pub fn measure(&self) -> Measure {
        self.definition.measure
    }

    /// Region code.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Sector code.
    pub fn sector(&self) -> &str {
        &self.sector
    }

    /// Region and sector in words.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The figures, oldest first; each has a value.
    pub fn figures(&self) -> &[Estimate] {
        &self.figures
    }

    /// The breaks that lie inside the series, oldest first.
    pub fn breaks(&self) -> impl Iterator<Item = &SeriesBreak> {
        let ends = self.figures.first().zip(self.figures.last());
        self.breaks.iter().filter(move |b| ends.is_some_and(|(first, last)| b.between(first.period, last.period)))
    }

    /// The stretches between incomparable breaks, oldest first.
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        for figure in &self.figures {
            match stretches.last_mut() {
                Some(last) if !self.broken(last.to, figure.period) => {
                    last.to = figure.period;
                    last.figures += 1;
                }
                _ => stretches.push(Stretch { from: figure.period, to: figure.period, figures: 1 }),
            }
        }
        stretches
    }

    /// The correlation of the errors of two figures by their places in the series, where a covariance is known; that of
    /// a figure without spread with another is 0.
    pub(super) fn correlation(&self, i: usize, j: usize) -> Option<f64> {
        let (covariance, n) = (self.covariance.as_ref()?, self.figures.len());
        let both = (covariance[i * n + i] * covariance[j * n + j]).sqrt();
        Some(if i == j {
            1.0
        } else if both > 0.0 {
            (covariance[i * n + j] / both).clamp(-1.0, 1.0)
        } else {
            0.0
        })
    }

    /// Whether an incomparable break lies between two periods.
    pub(super) fn broken(&self, a: Period, b: Period) -> bool {
        self.breaks.iter().any(|x| x.force == Force::Incomparable && x.between(a, b))
    }

    /// Periods between the first and the last figure that have none.
    pub fn gaps(&self) -> Vec<Period> {
        let Some(first) = self.figures.first().map(|f| f.period) else { return Vec::new() };
        let last = self.figures.last().map_or(0, |f| self.step(f.period).unwrap_or(0));
        (0..=last).map(|t| first.later(t)).filter(|p| !self.figures.iter().any(|f| f.period == *p)).collect()
    }

    /// Steps of a period from the first figure; none for a period before it.
    pub(super) fn step(&self, period: Period) -> Option<usize> {
        let first = self.figures.first()?.period;
        let steps = (period.years_since(first) / first.length()).round();
        (steps >= 0.0).then_some(steps as usize)
    }

    /// The same series with the whole covariance of its sampling errors, row by row in the order of the figures, as
    /// fractions: years that share respondents are not independent.
    ///
    /// # Errors
    /// The matrix has another size, is not symmetric, or its diagonal is not the square of the standard errors (to 1 %).
    pub fn with_covariance(mut self, covariance: Vec<f64>) -> Result<Self> {
        let n = self.figures.len();
        if covariance.len() != n * n {
            return Err(Error::data(format!("the covariance has {} numbers, and {n} figures have {}", covariance.len(), n * n)));
        }
        for (i, figure) in self.figures.iter().enumerate() {
            let variance = covariance[i * n + i];
            if let Some(se) = figure.se()
                && (variance.sqrt() / se - 1.0).abs() > 0.01
            {
                return Err(Error::data(format!(
                    "the covariance says a standard error of {:.5} in {}, the figure one of {se:.5}",
                    variance.sqrt(),
                    figure.period
                ))
                .help("give the covariance of these estimates, as fractions"));
            }
            if let Some(j) = (0..i).find(|&j| (covariance[i * n + j] - covariance[j * n + i]).abs() > 1e-12 + 1e-9 * variance) {
                return Err(Error::data(format!(
                    "the covariance of {} and {} is not the same both ways round",
                    figure.period, self.figures[j].period
                )));
            }
        }
        self.covariance = Some(covariance);
        Ok(self)
    }
}
