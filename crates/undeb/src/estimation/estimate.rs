//! Estimates: the finished numbers of one source, each with its uncertainty.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::basis::Formula;
use super::uncertainty::outcome;
use crate::error::Result;
use crate::schema::{Classification, Definition, Measure, Period, SeriesBreak};
use crate::source::{Source, Tier};
use crate::survey::interval::{Interval, Method, Outcome};
use crate::survey::replicates::Kind;

/// Where a sampling error comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub enum ErrorMethod {
    /// Published with the figure.
    Published,
    /// Approximated from the unweighted sample and an assumed design effect; said so wherever it shows.
    AssumedDesignEffect {
        /// The assumed factor by which the design widens the variance of a simple random sample.
        design_effect: f64,
    },
    /// Linearised from the records by their design.
    Linearised {
        /// What the records tell of the design.
        tier: Tier,
        /// Whether the weights were calibrated, so that residuals vary instead of answers.
        calibrated: bool,
    },
    /// From replicate weights.
    Replicated {
        /// How the replicates were made.
        kind: Kind,
        /// Their number.
        replicates: usize,
        /// Those in which the figure does not exist; with any, the error is too small.
        missing: usize,
        /// Whether every replicate was calibrated.
        calibrated: bool,
    },
}

/// What missing answers could do to a rate of valid answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MissingAnswers {
    /// Weighted share of those asked whose answer is not known.
    pub share: f64,
    /// The rate if all of them had said no.
    pub low: f64,
    /// The rate if all of them had said yes.
    pub high: f64,
}

/// How sure a number is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Uncertainty {
    /// A sampling error.
    Sampling {
        /// Standard error, as a fraction.
        se: f64,
        /// Degrees of freedom; none where they are not known and the normal distribution is used.
        df: Option<f64>,
        /// Size of the simple random sample with the same error, in persons; infinite where everybody was counted.
        effective_n: f64,
        /// Where the error comes from.
        method: ErrorMethod,
    },
    /// Only bounds are known.
    Bounds {
        /// Smallest possible value.
        low: f64,
        /// Largest possible value.
        high: f64,
    },
    /// The source states no error.
    Unstated,
}

/// One number: what, when, where, how much and how sure.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// What is measured.
    pub measure: Measure,
    /// When; the last one of an average over several periods.
    pub period: Period,
    /// The first period of an average over several.
    pub since: Option<Period>,
    /// Region code.
    pub region: Arc<str>,
    /// Sector code.
    pub sector: Arc<str>,
    /// The rate as a fraction; none where the source gives none.
    pub value: Option<f64>,
    /// Workers above the line, in persons or jobs.
    pub numerator: Option<f64>,
    /// Workers below the line, in persons or jobs.
    pub denominator: Option<f64>,
    /// Unweighted sample.
    pub n: Option<f64>,
    /// How sure the value is.
    pub uncertainty: Uncertainty,
    /// Summed here from lower regions, not published as such.
    pub rolled_up: bool,
    /// Remark printed with the figure.
    pub note: Option<Arc<str>>,
    /// What missing answers could do, where records tell.
    pub missing: Option<MissingAnswers>,
    /// PSUs with a valid answer, where records tell.
    pub psus: Option<u64>,
    /// Further breakdowns: dimension and code.
    pub breakdown: Vec<(Arc<str>, Arc<str>)>,
    /// How the value follows from totals of records; none for a published figure.
    pub formula: Option<Formula>,
}

impl Estimate {
    /// Interval at a confidence level: Wilson's on the effective sample size (METHODS M2).
    ///
    /// None where no error is stated, the effective sample is empty or there are no degrees of freedom.
    pub fn interval(&self, level: f64) -> Option<Interval> {
        self.interval_by(level, Method::Wilson)
    }

    /// Interval at a confidence level by a method of choice; a signed difference has only the symmetric one.
    pub fn interval_by(&self, level: f64, method: Method) -> Option<Interval> {
        self.outcome(level, method).interval
    }

    /// Interval at a confidence level by a method of choice, with what is to be known about it, or why there is none.
    ///
    /// Source: METHODS M2, table of edges. A signed difference has the symmetric interval, whatever the method.
    pub fn outcome(&self, level: f64, method: Method) -> Outcome {
        outcome(self.measure.is_share(), self.value, self.uncertainty, self.n, level, method)
    }

    /// The period in words; of an average all that it is over: "2019 to 2024".
    pub fn periods(&self) -> String {
        self.period.since(self.since)
    }

    /// Degrees of freedom of the error, where they are known.
    pub fn df(&self) -> Option<f64> {
        self.uncertainty.df()
    }

    /// Size of the simple random sample with the same error, in persons; none where no error is stated or everybody was counted.
    pub fn effective_n(&self) -> Option<f64> {
        self.uncertainty.effective_n()
    }

    /// Coefficient of variation, `se / value`; none at 0 and where no error is stated.
    pub fn cv(&self) -> Option<f64> {
        Some(self.se()? / self.value.filter(|v| *v != 0.0)?.abs())
    }

    /// Standard error, where one is stated; none where the sample has no spread, which is not an error of zero.
    pub fn se(&self) -> Option<f64> {
        self.uncertainty.se()
    }

    /// Standard error for sums and ranks of many cells: where the sample has no spread, half of Wilson's 95 % interval
    /// over its critical value stands in, because nobody in a small sample is not nobody anywhere.
    pub(crate) fn spread(&self) -> Option<f64> {
        let Uncertainty::Sampling { .. } = self.uncertainty else { return None };
        self.se().or_else(|| self.interval(0.95).map(|i| i.width() / 2.0 / crate::survey::interval::critical_value(0.95, None)))
    }

    /// Where the sampling error comes from: "published", "assumed design effect 1.5", "linearised, strata and clusters".
    pub fn error_source(&self) -> Option<String> {
        self.uncertainty.source()
    }

    /// What the sampling error stands on, where records tell: replicate weights, strata and clusters, and so on down.
    pub fn tier(&self) -> Option<Tier> {
        let Uncertainty::Sampling { method, .. } = self.uncertainty else { return None };
        match method {
            ErrorMethod::Published => None,
            ErrorMethod::AssumedDesignEffect { .. } => Some(Tier::AssumedDesignEffect),
            ErrorMethod::Linearised { tier, .. } => Some(tier),
            ErrorMethod::Replicated { .. } => Some(Tier::Replicates),
        }
    }

    /// How the design widens the variance of a simple random sample of the same size, where records tell.
    ///
    /// Formula: `deff = se^2 n / (p (1 - p))`, with `n` the valid answers.
    pub fn design_effect(&self) -> Option<f64> {
        let (p, n, se) = (self.value?, self.n?, self.se()?);
        let simple = p * (1.0 - p) / n;
        (simple > 0.0).then(|| se * se / simple)
    }
}

/// The estimates of one source, with the definitions and breaks that go with them.
///
/// ```
/// use undeb::{Measure, PublishedTable, Registry};
/// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
/// let estimates = table.estimate(&[Measure::Density], None)?;
/// let us = estimates.get(Measure::Density, "2022".parse()?, "US", "all").unwrap();
/// assert!((us.value.unwrap() - 0.100778).abs() < 1e-6);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Estimates {
    pub(crate) source: Arc<Source>,
    pub(crate) regions: Arc<Classification>,
    pub(crate) sectors: Arc<Classification>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) cells: Vec<Estimate>,
    /// What is to be known of the table as a whole.
    pub(crate) remarks: Vec<String>,
    pub(crate) position: HashMap<(Measure, Arc<str>, Arc<str>), Vec<usize>>,
}

impl Estimates {
    pub(crate) fn new(
        source: Arc<Source>,
        regions: Arc<Classification>,
        sectors: Arc<Classification>,
        definitions: Vec<Definition>,
        mut cells: Vec<Estimate>,
    ) -> Self {
        cells.sort_by_cached_key(|e| (e.measure, e.period, regions.rank(&e.region), sectors.rank(&e.sector)));
        let mut position: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, e) in cells.iter().enumerate() {
            position.entry((e.measure, Arc::clone(&e.region), Arc::clone(&e.sector))).or_default().push(i);
        }
        Estimates { source, regions, sectors, definitions, cells, remarks: Vec::new(), position }
    }

    pub(crate) fn with_remarks(self, remarks: Vec<String>) -> Self {
        Estimates { remarks, ..self }
    }

    /// The estimates for which `keep` holds; nothing is recomputed.
    #[must_use]
    pub fn filter(self, mut keep: impl FnMut(&Estimate) -> bool) -> Self {
        let cells = self.cells.into_iter().filter(|e| keep(e)).collect();
        Estimates::new(self.source, self.regions, self.sectors, self.definitions, cells).with_remarks(self.remarks)
    }

    /// Measure, region and sector of every series, in the order of the cells.
    ///
    /// ```
    /// use undeb::{Measure, PublishedTable, Registry};
    /// let wales = PublishedTable::open("wales-pay-set", &Registry::bundled()?)?.estimate(&[Measure::PaySet], None)?;
    /// assert!(wales.series_keys().iter().all(|(measure, ..)| *measure == Measure::PaySet));
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn series_keys(&self) -> Vec<(Measure, Arc<str>, Arc<str>)> {
        let mut keys = Vec::new();
        for e in &self.cells {
            let key = (e.measure, Arc::clone(&e.region), Arc::clone(&e.sector));
            if keys.last() != Some(&key) && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// What the numbers mean, without the numbers: source, code trees and definitions.
    pub(crate) fn meaning(&self) -> Self {
        Estimates::new(
            Arc::clone(&self.source),
            Arc::clone(&self.regions),
            Arc::clone(&self.sectors),
            self.definitions.clone(),
            Vec::new(),
        )
    }

    /// Where the numbers come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Tree of region codes.
    pub fn regions(&self) -> &Classification {
        &self.regions
    }

    /// Tree of sector codes.
    pub fn sectors(&self) -> &Classification {
        &self.sectors
    }

    /// The definition of each measure that is here.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// What is to be known of the table as a whole: that the domain is empty, or how many records are in no cell because
    /// their code of a breakdown is not known.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// All estimates, by measure, period, region and sector.
    pub fn cells(&self) -> &[Estimate] {
        &self.cells
    }

    /// Breaks that concern a series, oldest first.
    pub fn breaks<'a>(&'a self, measure: Measure, sector: &'a str) -> impl Iterator<Item = &'a SeriesBreak> {
        self.source.breaks.iter().filter(move |b| b.concerns(measure, sector))
    }

    /// The series of one measure, region and sector, oldest first.
    pub fn series(&self, measure: Measure, region: &str, sector: &str) -> impl DoubleEndedIterator<Item = &Estimate> {
        let key = (measure, Arc::from(region), Arc::from(sector));
        self.position.get(&key).into_iter().flatten().map(|&i| &self.cells[i])
    }

    /// One estimate.
    pub fn get(&self, measure: Measure, period: Period, region: &str, sector: &str) -> Option<&Estimate> {
        self.series(measure, region, sector).find(|e| e.period == period)
    }

    /// The newest estimate with a value, in `period` where one is asked for.
    pub fn latest(&self, measure: Measure, region: &str, sector: &str, period: Option<Period>) -> Option<&Estimate> {
        self.series(measure, region, sector).rev().find(|e| e.value.is_some() && period.is_none_or(|p| p == e.period))
    }

    /// The definition of a measure that is here.
    ///
    /// # Errors
    /// The measure was not estimated.
    pub fn definition(&self, measure: Measure) -> Result<&Definition> {
        self.definitions
            .iter()
            .find(|d| d.measure == measure)
            .ok_or_else(|| crate::error::Error::definition(format!("{measure} was not estimated from `{}`", self.source.id)))
    }
}
