//! Cells in order of their rates, with how sure that order is.

use std::sync::Arc;

use serde::Serialize;

use super::{Estimate, Estimates};
use crate::error::{Error, Result};
use crate::schema::{Measure, Period};
use crate::survey::interval::Interval;
use crate::survey::ranking::ranks;

/// Which cells to rank.
#[derive(Clone, Debug, PartialEq)]
pub struct RankOptions {
    /// Regions; each of the lowest level when empty.
    pub regions: Vec<String>,
    /// Sectors; the whole when empty.
    pub sectors: Vec<String>,
    /// Period; the newest that any of the cells has when none.
    pub period: Option<Period>,
    /// How many count as the lowest and as the highest.
    pub among: usize,
    /// Confidence level of the intervals.
    pub level: f64,
}

impl Default for RankOptions {
    fn default() -> Self {
        RankOptions { regions: Vec::new(), sectors: Vec::new(), period: None, among: 5, level: 0.95 }
    }
}

/// How sure a rank is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RankCertainty {
    /// Lowest rank that the figures do not exclude.
    pub low: usize,
    /// Highest rank that the figures do not exclude.
    pub high: usize,
    /// Probability of being among the lowest.
    pub among_lowest: f64,
    /// Probability of being among the highest.
    pub among_highest: f64,
}

/// One cell in its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedCell {
    /// Region code.
    pub region: Arc<str>,
    /// Sector code.
    pub sector: Arc<str>,
    /// The cell in words.
    pub name: String,
    /// The rate, as a fraction.
    pub value: f64,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
    /// Rank of the value, 1 the lowest; ties have the lowest of theirs.
    pub rank: usize,
    /// How sure the rank is; none unless every cell has an error.
    pub certainty: Option<RankCertainty>,
}

/// Cells from the lowest rate to the highest.
///
/// ```
/// use undeb::{Measure, PublishedTable, RankOptions, Registry};
/// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
/// let ranking = table.estimate(&[Measure::Density], Some(1.5))?.rank(Measure::Density, &RankOptions::default())?;
/// assert_eq!((ranking.cells.len(), &*ranking.cells[50].region), (51, "HI"));
/// // The probabilities of being among the five lowest are shared out among all cells.
/// let sum: f64 = ranking.cells.iter().filter_map(|c| c.certainty).map(|c| c.among_lowest).sum();
/// assert!((sum - 5.0).abs() < 1e-8);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// What is measured.
    pub measure: Measure,
    /// When; the last one of an average over several periods.
    pub period: Period,
    /// The first period of an average over several.
    pub since: Option<Period>,
    /// How many count as the lowest and as the highest.
    pub among: usize,
    /// Confidence level of the intervals.
    pub level: f64,
    /// The cells, the lowest first.
    pub cells: Vec<RankedCell>,
    /// Cells without a figure, which are left out.
    pub left_out: Vec<String>,
    /// Cells without an error; with any of them no rank has a certainty.
    pub without_error: usize,
}

impl Ranking {
    /// The period in words; of an average all that it is over.
    pub fn periods(&self) -> String {
        self.period.since(self.since)
    }
}

impl Estimates {
    /// Ranks cells by their rates in one period, with rank intervals and probabilities of being among the lowest or highest.
    ///
    /// Formula: METHODS M26. Cells are taken as independent, which holds for tables of areas that share no households;
    /// records whose PSUs cross cells make ranks a little surer or less sure than this says.
    ///
    /// # Errors
    /// The measure was not estimated; an unknown code; fewer than two cells with a figure; `among` is not below their number.
    pub fn rank(&self, measure: Measure, options: &RankOptions) -> Result<Ranking> {
        self.definition(measure)?;
        let regions: Vec<&str> = match options.regions.as_slice() {
            [] => self.regions.each().map(|c| c.id.as_str()).collect(),
            given => given.iter().map(|r| self.regions.find(r).map(|c| c.id.as_str())).collect::<Result<_>>()?,
        };
        let sectors: Vec<&str> = match options.sectors.as_slice() {
            [] => vec![self.sectors.whole()],
            given => given.iter().map(|s| self.sectors.find(s).map(|c| c.id.as_str())).collect::<Result<_>>()?,
        };
        let keys: Vec<(&str, &str)> = sectors.iter().flat_map(|&s| regions.iter().map(move |&r| (r, s))).collect();
        let newest = || keys.iter().filter_map(|(r, s)| Some(self.latest(measure, r, s, None)?.period)).max();
        let period = options.period.or_else(newest).ok_or_else(|| self.nothing(measure, None, 0))?;
        let name = |(region, sector): (&str, &str)| {
            let sector_name = (sectors.len() > 1).then(|| format!(", {}", self.sectors.name(sector).to_lowercase()));
            format!("{}{}", self.regions.name(region), sector_name.unwrap_or_default())
        };
        let (mut found, mut left_out): (Vec<(&Estimate, f64)>, Vec<String>) = (Vec::new(), Vec::new());
        for &(region, sector) in &keys {
            match self.get(measure, period, region, sector).and_then(|e| Some((e, e.value?))) {
                Some(one) => found.push(one),
                None => left_out.push(name((region, sector))),
            }
        }
        if found.len() < 2 {
            return Err(self.nothing(measure, Some(period), found.len()));
        }
        if options.among == 0 || options.among >= found.len() {
            return Err(Error::data(format!("{} of {} cells are no selection", options.among, found.len()))
                .help(format!("ask for 1 to {}", found.len() - 1)));
        }
        let values: Vec<f64> = found.iter().map(|f| f.1).collect();
        let errors: Vec<Option<f64>> = found.iter().map(|f| f.0.spread().filter(|se| *se > 0.0)).collect();
        let without_error = errors.iter().filter(|e| e.is_none()).count();
        let sure = errors.into_iter().collect::<Option<Vec<f64>>>().and_then(|e| ranks(&values, &e, options.level));
        let mut cells: Vec<RankedCell> = found
            .iter()
            .enumerate()
            .map(|(i, (e, value))| RankedCell {
                region: Arc::clone(&e.region),
                sector: Arc::clone(&e.sector),
                name: name((&e.region, &e.sector)),
                value: *value,
                interval: e.interval(options.level),
                rank: 1 + values.iter().filter(|v| *v < value).count(),
                certainty: sure.as_ref().map(|s| RankCertainty {
                    low: s[i].low,
                    high: s[i].high,
                    among_lowest: s[i].among_lowest(options.among),
                    among_highest: s[i].among_highest(options.among),
                }),
            })
            .collect();
        cells.sort_by(|a, b| a.value.total_cmp(&b.value));
        let since = found.iter().find_map(|(e, _)| e.since);
        Ok(Ranking { measure, period, since, among: options.among, level: options.level, cells, left_out, without_error })
    }

    fn nothing(&self, measure: Measure, period: Option<Period>, found: usize) -> Error {
        let when = period.map(|p| format!(" in {p}")).unwrap_or_default();
        let periods = || self.cells.iter().filter(|e| e.measure == measure && e.value.is_some()).map(|e| e.period);
        let there = match (periods().min(), periods().max()) {
            (Some(first), Some(last)) => {
                format!("choose regions, sectors and a period; there are figures from {first} to {last}")
            }
            _ => "the source has no figure of it".to_owned(),
        };
        Error::data(format!("{found} cells have a figure for {measure}{when}, and a ranking needs two")).help(there)
    }
}
