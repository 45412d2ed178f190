//! Which figures are held against which: periods, codes, or parts against their whole.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::basis::Summed;
use super::changes::{Change, Changes, Shared};
use super::side::Side;
use super::{Estimates, Uncertainty};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Force, Period, SeriesBreak};
use crate::source::Source;
use crate::survey::expression::Expression;

/// What is compared with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Every cell in `to` against itself in `from`.
    Periods {
        /// The earlier period.
        from: Period,
        /// The later one.
        to: Period,
    },
    /// Every period of every cell against the period before it in the table.
    Successive,
    /// One code of a dimension against another, in every period and other cell.
    Codes {
        /// `region`, `sector`, or a further breakdown.
        dimension: String,
        /// The code that is compared.
        code: String,
        /// The code that it is compared with.
        with: String,
    },
    /// Every code of a dimension against the whole of it, in every period and other cell.
    Whole {
        /// `region`, `sector`, or a further breakdown.
        dimension: String,
    },
}

/// How two figures are held against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contrast {
    /// The first less the second.
    #[default]
    Difference,
    /// The first over the second; tested and bounded on the log scale.
    Ratio,
}

/// How a comparison is made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CompareOptions {
    /// Difference or ratio.
    pub contrast: Contrast,
    /// Correlation of two published figures. Where none is given they are taken as independent, and every row says so;
    /// a part and its whole are refused then. Records know the covariance, and refuse a correlation.
    pub rho: Option<f64>,
}

/// The code trees, breaks and definitions that a comparison needs beside the figures.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a Source,
    pub(crate) regions: &'a Classification,
    pub(crate) sectors: &'a Classification,
    /// For each statistic, what it counts.
    pub(crate) definitions: Vec<(&'static str, String)>,
    /// The currency and time of pay.
    pub(crate) pay_unit: Option<Arc<str>>,
}

impl Estimates {
    /// Compares figures of these estimates with one another.
    ///
    /// Records: the error of each difference is that of the joint design, so PSUs that both figures share count once
    /// (METHODS M9, M16). Published figures: the error rests on an assumed correlation, and intervals come from the
    /// limits of both sides (METHODS M4). Every pair keeps its row, with a reason where there is no number.
    ///
    /// ```
    /// use undeb::{CompareOptions, Comparison, Measure, PublishedTable, Registry};
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let density = table.estimate(&[Measure::Density], Some(1.5))?;
    /// let years = Comparison::Periods { from: "2012".parse()?, to: "2022".parse()? };
    /// let changes = density.compare(&years, &CompareOptions::default())?;
    /// let us = changes.rows().iter().find(|c| &*c.first.region == "US" && &*c.first.sector == "all").unwrap();
    /// assert!(us.value.unwrap() < 0.0 && us.interval(0.95).is_some());
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// A period, code or dimension that is not there; no pair at all; an incomparable break between the two periods
    /// asked for; a correlation outside [-1, 1], or one for records; a part against its whole without a correlation.
    pub fn compare(&self, what: &Comparison, options: &CompareOptions) -> Result<Changes> {
        let sides = self.cells.iter().map(Side::of).collect();
        let context = Context {
            source: &self.source,
            regions: &self.regions,
            sectors: &self.sectors,
            definitions: self.definitions.iter().map(|d| (d.measure.id(), d.to_string())).collect(),
            pay_unit: None,
        };
        compare(sides, what, options, &context)
    }

    /// Every cell in `to` less itself in `from`: [`Self::compare`] of two periods.
    ///
    /// # Errors
    /// See [`Self::compare`].
    pub fn change(&self, from: Period, to: Period) -> Result<Changes> {
        self.compare(&Comparison::Periods { from, to }, &CompareOptions::default())
    }
}

/// That a number is a correlation.
pub(super) fn check_correlation(rho: f64) -> Result<()> {
    match (-1.0..=1.0).contains(&rho) {
        true => Ok(()),
        false => Err(Error::data(format!("the correlation {rho} is not between -1 and 1"))),
    }
}

/// Pairs sides and computes their contrasts.
pub(crate) fn compare(sides: Vec<Side>, what: &Comparison, options: &CompareOptions, context: &Context<'_>) -> Result<Changes> {
    options.rho.map_or(Ok(()), check_correlation)?;
    let records = sides.iter().any(|s| s.formula.is_some());
    if records && options.rho.is_some() {
        return Err(Error::data("a correlation is given, but the records tell it").help("leave the correlation out"));
    }
    if !records && options.rho.is_none() && matches!(what, Comparison::Whole { .. }) {
        return Err(Error::data(
            "a part is not independent of the whole that holds it, and published figures do not tell how they vary together",
        )
        .help("give the correlation that you assume, or compare two parts"));
    }
    let sides: Vec<Arc<Side>> = sides.into_iter().map(Arc::new).collect();
    let pairs = pairs(&sides, what, context)?;
    let mut rows = Vec::with_capacity(pairs.len());
    for (first, second) in pairs {
        let (refused, cautions) = breaks(context.source, &first, &second);
        if let (Some(refused), Comparison::Periods { .. }) = (&refused, what) {
            return Err(
                Error::definition(refused.clone()).help("compare periods on one side of the break, or leave that measure out")
            );
        }
        rows.push(Change::new(first, second, options, refused, cautions));
    }
    linearise(&mut rows, options.contrast);
    Ok(Changes { rows, shared: Shared::of(context) })
}

/// The values and errors of all pairs from the same records, together for each set of totals.
pub(super) fn linearise(rows: &mut [Change], contrast: Contrast) {
    let mut by_totals: Vec<(Arc<Summed>, Vec<usize>, Vec<Expression>)> = Vec::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| row.refused.is_none()) {
        let (Some(a), Some(b)) = (&row.first.formula, &row.second.formula) else { continue };
        if !a.shares_records_with(b) {
            continue;
        }
        let (first, second) = (Expression::clone(&a.expression), Expression::clone(&b.expression));
        let expression = match contrast {
            Contrast::Difference => first.minus(second),
            Contrast::Ratio => first.over(second),
        };
        match by_totals.iter_mut().find(|(summed, ..)| Arc::ptr_eq(summed, &a.summed)) {
            Some((_, places, expressions)) => {
                places.push(i);
                expressions.push(expression);
            }
            None => by_totals.push((Arc::clone(&a.summed), vec![i], vec![expression])),
        }
    }
    for (summed, places, expressions) in by_totals {
        let errors = summed.errors(&expressions, &[]);
        for (at, row) in places.into_iter().enumerate() {
            rows[row].jointly(errors.value[at], errors.variance[at], errors.df[at], errors.complete[at]);
        }
    }
}

/// Why a break forbids the comparison, and what a break of lesser force says.
fn breaks(source: &Source, first: &Side, second: &Side) -> (Option<String>, Vec<String>) {
    let concerns = |b: &&SeriesBreak| {
        let of = |side: &Side| first.statistic.questions().iter().any(|m| b.concerns(*m, &side.sector));
        (of(first) || of(second)) && b.between(first.period, second.period)
    };
    let mut refused = None;
    let mut cautions = Vec::new();
    for b in source.breaks.iter().filter(concerns) {
        match b.force {
            Force::Incomparable => {
                refused = Some(format!(
                    "{} of {} and {} lie on both sides of the series break of {}: {} ({})",
                    first.statistic, second.period, first.period, b.at, b.note, b.reference
                ));
            }
            Force::Caution => cautions.push(format!("{}: {}", b.at, b.note)),
        }
    }
    (refused, cautions)
}

type Pair = (Arc<Side>, Arc<Side>);

/// A side with the place of another and no figure, for cells that one side of the table lacks.
fn absent(like: &Side, dimension: &str, code: &Arc<str>) -> Result<Arc<Side>> {
    let mut side = Side { value: None, n: None, uncertainty: Uncertainty::Unstated, formula: None, ..like.clone() };
    match dimension {
        "period" => side.period = code.parse()?,
        "region" => side.region = Arc::clone(code),
        "sector" => side.sector = Arc::clone(code),
        other => side.breakdown.iter_mut().filter(|(d, _)| **d == *other).for_each(|(_, c)| *c = Arc::clone(code)),
    }
    Ok(Arc::new(side))
}

/// Codes of a dimension in the order of the table.
fn codes(sides: &[Arc<Side>], dimension: &str) -> Result<Vec<Arc<str>>> {
    let further = sides.first().into_iter().flat_map(|s| s.breakdown.iter().map(|(d, _)| &**d));
    let known: Vec<&str> = ["region", "sector"].into_iter().chain(further).collect();
    if dimension != "period" && !known.contains(&dimension) {
        return Err(Error::data(format!("the figures have no dimension `{dimension}`")).help(choices(dimension, known)));
    }
    let mut codes: Vec<Arc<str>> = Vec::new();
    for side in sides {
        codes.extend(side.code(dimension).filter(|c| !codes.contains(c)));
    }
    Ok(codes)
}

fn must_be_there(code: &str, dimension: &str, codes: &[Arc<str>]) -> Result<()> {
    if codes.iter().any(|c| **c == *code) {
        return Ok(());
    }
    Err(Error::data(format!("there is no figure of {dimension} {code}")).help(choices(code, codes.iter().map(|c| &**c))))
}

/// The pairs that a comparison asks for, first and second, in the order of the table.
fn pairs(sides: &[Arc<Side>], what: &Comparison, context: &Context<'_>) -> Result<Vec<Pair>> {
    match what {
        Comparison::Periods { from, to } => {
            if from == to {
                return Err(Error::data(format!("{from} is compared with itself")).help("give two periods"));
            }
            code_pairs(sides, "period", &to.to_string(), &from.to_string())
        }
        Comparison::Successive => successive(sides),
        Comparison::Codes { dimension, code, with } => {
            if dimension == "period" {
                return Err(Error::data("periods are compared by `from` and `to`"));
            }
            if code == with {
                return Err(Error::data(format!("{dimension} {code} is compared with itself")).help("give two codes"));
            }
            code_pairs(sides, dimension, code, with)
        }
        Comparison::Whole { dimension } => whole_pairs(sides, dimension, context),
    }
}

fn by_place<'a>(sides: &'a [Arc<Side>], dimension: &str) -> HashMap<Vec<Arc<str>>, Vec<&'a Arc<Side>>> {
    let mut places: HashMap<_, Vec<_>> = HashMap::new();
    for side in sides {
        places.entry(side.place_but(dimension)).or_default().push(side);
    }
    places
}

fn code_pairs(sides: &[Arc<Side>], dimension: &str, code: &str, with: &str) -> Result<Vec<Pair>> {
    let there = codes(sides, dimension)?;
    must_be_there(code, dimension, &there)?;
    must_be_there(with, dimension, &there)?;
    let (code, with): (Arc<str>, Arc<str>) = (code.into(), with.into());
    let places = by_place(sides, dimension);
    let mut out = Vec::new();
    for side in sides {
        let is = side.code(dimension);
        let other = |wanted: &Arc<str>| {
            let here = places.get(&side.place_but(dimension)).into_iter().flatten();
            here.copied().find(|s| s.code(dimension).as_ref() == Some(wanted)).cloned()
        };
        if is.as_ref() == Some(&code) {
            out.push((Arc::clone(side), other(&with).map_or_else(|| absent(side, dimension, &with), Ok)?));
        } else if is.as_ref() == Some(&with) && other(&code).is_none() {
            out.push((absent(side, dimension, &code)?, Arc::clone(side)));
        }
    }
    Ok(out)
}

fn successive(sides: &[Arc<Side>]) -> Result<Vec<Pair>> {
    let mut periods: Vec<Period> = sides.iter().map(|s| s.period).collect();
    periods.sort_unstable();
    periods.dedup();
    if periods.len() < 2 {
        let only = periods.first().map_or("none".to_owned(), ToString::to_string);
        return Err(Error::data(format!("there is only one period ({only}), so nothing to compare it with"))
            .help("estimate by period, from records or a table of several"));
    }
    let places = by_place(sides, "period");
    let mut out = Vec::new();
    for side in sides {
        let Some(before) = periods.iter().rev().find(|p| **p < side.period) else { continue };
        let here = places.get(&side.place_but("period")).into_iter().flatten();
        let second = here.copied().find(|s| s.period == *before).cloned();
        out.push((Arc::clone(side), second.map_or_else(|| absent(side, "period", &before.to_string().into()), Ok)?));
    }
    Ok(out)
}

fn whole_pairs(sides: &[Arc<Side>], dimension: &str, context: &Context<'_>) -> Result<Vec<Pair>> {
    let there = codes(sides, dimension)?;
    let whole = match dimension {
        "region" => context.regions.whole(),
        "sector" => context.sectors.whole(),
        "period" => return Err(Error::data("periods have no whole").help("compare two periods, or each with the one before")),
        _ => "all",
    };
    let whole: Arc<str> = whole.into();
    if !there.contains(&whole) {
        return Err(Error::data(format!("there is no figure of {dimension} {whole}, the whole"))
            .help("estimate with margins, so that the whole is in the table"));
    }
    if there.len() < 2 {
        return Err(
            Error::data(format!("there is nothing but the whole of {dimension}")).help(format!("estimate by {dimension}"))
        );
    }
    let places = by_place(sides, dimension);
    let mut out = Vec::new();
    for side in sides.iter().filter(|s| s.code(dimension).as_ref() != Some(&whole)) {
        let here = places.get(&side.place_but(dimension)).into_iter().flatten();
        let second = here.copied().find(|s| s.code(dimension).as_ref() == Some(&whole)).cloned();
        out.push((Arc::clone(side), second.map_or_else(|| absent(side, dimension, &whole), Ok)?));
    }
    Ok(out)
}

impl Changes {
    /// The rows of which the compared figure has one of some codes along a dimension: period, region, sector or a further
    /// breakdown. Tests are then adjusted for the rows that are left.
    ///
    /// ```
    /// use undeb::{CompareOptions, Comparison, Measure, PublishedTable, Registry};
    ///
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let (from, to) = ("2012".parse()?, "2022".parse()?);
    /// let changes = table.estimate(&[Measure::Density], Some(1.5))?.compare(&Comparison::Periods { from, to }, &CompareOptions::default())?;
    /// assert_eq!(changes.only("region", &["US", "CA"])?.only("sector", &["all"])?.rows().len(), 2);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// A dimension that the figures have not, or a code that no compared figure has.
    pub fn only(&self, dimension: &str, codes: &[&str]) -> Result<Changes> {
        let has = |row: &Change| row.first.code(dimension);
        let known: BTreeSet<Arc<str>> = self.rows.iter().filter_map(has).collect();
        if known.is_empty() && !self.rows.is_empty() {
            return Err(Error::schema(format!("the compared figures have no dimension `{dimension}`"))
                .help("take period, region, sector, or a breakdown that was asked for"));
        }
        if let Some(code) = codes.iter().find(|code| !known.contains(**code)) {
            return Err(Error::schema(format!("no compared figure has the {dimension} `{code}`"))
                .help(choices(code, known.iter().map(|k| &**k))));
        }
        let kept = self.rows.iter().filter(|row| has(row).is_some_and(|code| codes.contains(&&*code)));
        Ok(Changes { rows: kept.cloned().collect(), shared: self.shared.clone() })
    }
}
