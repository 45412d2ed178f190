//! Survey records: columns coded once by what they mean, ready to be summed.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{Column, DataType};

use super::codebook::Codebook;
use super::coded::Key;
use super::codes::Codes;
use super::coding::code;
use super::columns::years;
use super::drawn::{Drawn, ReplicateWeights};
use super::pay::Pay;
use super::registry::{Basis, MeasureEntry, PeriodType, RateUnit, Source};
use super::tier::Tier;
use crate::error::{Error, Result};
use crate::schema::{Classification, Measure, Period};
use crate::survey::design::Design;
use crate::survey::replicates::Replicates;

/// Bits of a row's flags: two for each question, one for the domain.
pub(crate) const MEMBER: u8 = 0;
pub(crate) const COVERED: u8 = 2;
pub(crate) const IN: u8 = 1 << 7;

/// A breakdown: the codes of its classification and one for every row; [`NULL`] where it is not known.
#[derive(Clone, Debug)]
pub(crate) struct Dimension {
    pub(crate) codes: Vec<Arc<str>>,
    pub(crate) of_row: Codes,
}

/// Survey records with their meaning: who is in scope, what they answered, where they belong, how they were drawn.
///
/// ```
/// use polars::prelude::*;
/// use undeb::{Measure, Records, Roles};
/// let frame = df![
///     "m" => [Some(true), Some(false), None, Some(false)], "w" => [1.0, 2.0, 1.0, 1.0],
///     "s" => [1, 1, 2, 2], "p" => [1, 2, 1, 2],
/// ]?;
/// let roles = Roles { member: Some("m".into()), weight: Some("w".into()), strata: Some("s".into()), psu: Some("p".into()), ..Roles::default() };
/// let records = Records::new(&frame, &roles)?;
/// let estimates = records.estimate(&[Measure::Density], &[], &Default::default())?;
/// assert_eq!(estimates.cells()[0].value, Some(0.25));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Records {
    pub(crate) source: Arc<Source>,
    pub(crate) regions: Arc<Classification>,
    pub(crate) sectors: Arc<Classification>,
    pub(crate) flags: Vec<u8>,
    pub(crate) drawn: Drawn,
    pub(crate) periods: Vec<Period>,
    pub(crate) period_of: Codes,
    pub(crate) dimensions: BTreeMap<String, Dimension>,
    pub(crate) asked: Vec<Measure>,
    /// Measures whose question was not put in a period, and the words that refuse them.
    pub(crate) unasked: Vec<(Measure, Period, Arc<str>)>,
    /// What the survey cannot give, in its codebook's words.
    pub(crate) cannot: Arc<str>,
    /// The filters that make the domain, each in words.
    pub(crate) domain: Vec<Arc<str>>,
    /// Records of which it is not known whether they are in scope; they are left out.
    pub(crate) unknown_scope: u64,
    /// What people are paid, where the records tell.
    pub(crate) pay: Option<Pay>,
}

impl Records {
    /// Number of records, those outside the scope included.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether there are none; never true of records that were made.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// Where the records come from and what they mean.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Strata and PSUs of the first stage, those of rows outside the domain included.
    pub fn design(&self) -> &Design {
        self.drawn.stages.first()
    }

    /// What the records tell of the design.
    pub fn tier(&self) -> Tier {
        self.drawn.tier
    }

    /// Replicate weights, where errors come from them.
    pub fn replicates(&self) -> Option<&Replicates> {
        self.drawn.replicates.as_ref().map(ReplicateWeights::replicates)
    }

    /// Number of records in the domain.
    pub fn in_domain(&self) -> usize {
        self.flags.iter().filter(|f| **f & IN != 0).count()
    }

    /// The measures that the records have answers for.
    pub fn measures(&self) -> impl Iterator<Item = Measure> {
        self.asked.iter().copied()
    }

    /// Breakdowns on offer.
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        let period = (!self.periods.is_empty()).then_some("period");
        period.into_iter().chain(self.dimensions.keys().map(String::as_str))
    }

    /// The same records with one more breakdown, from a column of as many rows; its codes are the values of the column.
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use undeb::{Measure, Records, Roles};
    /// let frame = df!["m" => [1, 0, 1, 0], "s" => ["f", "f", "m", "m"]]?;
    /// let records = Records::new(&frame, &Roles { member: Some("m".into()), ..Roles::default() })?;
    /// let by_sex = records.with_breakdown("sex", frame.column("s")?)?.estimate(&[Measure::Density], &["sex"], &Default::default())?;
    /// assert_eq!(by_sex.cells().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// There is such a breakdown already; the column has another length or values that are no codes.
    pub fn with_breakdown(mut self, name: &str, column: &Column) -> Result<Self> {
        if self.dimensions().any(|known| known == name) {
            return Err(Error::data(format!("there is a breakdown `{name}` already")).help("give the new one another name"));
        }
        if column.len() != self.flags.len() {
            return Err(Error::data(format!("the breakdown has {} rows, the records {}", column.len(), self.flags.len())));
        }
        let coded = code(name, column)?;
        if name == "period" {
            (self.periods, self.period_of) = years(name, coded)?;
            return Ok(self);
        }
        let word = |key: &Key| match (column.dtype(), key) {
            // A reader knows true and false better than the numbers that stand for them.
            (DataType::Boolean, Key::Number(n)) => if *n == 0 { "false" } else { "true" }.into(),
            _ => key.to_string().into(),
        };
        let codes: Vec<Arc<str>> = coded.keys.iter().map(word).collect();
        let tree = || Arc::new(Classification::flat(name, &codes));
        match name {
            "region" => self.regions = tree(),
            "sector" => self.sectors = tree(),
            _ => {}
        }
        self.dimensions.insert(name.to_owned(), Dimension { codes, of_row: coded.codes });
        Ok(self)
    }

    /// What is known of the records without their rows.
    pub(crate) fn emptied(&self) -> Result<Records> {
        let none = || Codes::Narrow(Vec::new());
        let dimension = |d: &Dimension| Dimension { codes: d.codes.clone(), of_row: none() };
        Ok(Records {
            source: Arc::clone(&self.source),
            regions: Arc::clone(&self.regions),
            sectors: Arc::clone(&self.sectors),
            flags: Vec::new(),
            drawn: Drawn::of_tier(self.drawn.tier)?,
            periods: self.periods.clone(),
            period_of: none(),
            dimensions: self.dimensions.iter().map(|(name, d)| (name.clone(), dimension(d))).collect(),
            asked: self.asked.clone(),
            unasked: self.unasked.clone(),
            cannot: Arc::clone(&self.cannot),
            domain: self.domain.clone(),
            unknown_scope: self.unknown_scope,
            pay: None,
        })
    }

    /// Periods with a row in the domain, oldest first.
    pub(crate) fn periods_here(&self) -> Vec<Period> {
        let mut here = vec![false; self.periods.len()];
        let mut left = here.len();
        for (flag, period) in self.flags.iter().zip(self.period_of.iter()) {
            let seen = &mut here[usize::from(period)];
            if flag & IN != 0 && !*seen {
                *seen = true;
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        self.periods.iter().zip(here).filter_map(|(p, here)| here.then_some(*p)).collect()
    }

    /// The same records with a smaller domain: rows where `keep` is false stay in the design but leave every estimate.
    /// Estimates say that they are of a domain; [`Records::filter_by`] lets them say of which.
    ///
    /// # Errors
    /// The mask has another length.
    pub fn filter(self, keep: &[bool]) -> Result<Self> {
        self.filter_by(keep, "a filter holds")
    }

    /// The same as [`Records::filter`], with the condition in words, as they end "those for which".
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use undeb::{Measure, Records, Roles};
    /// let frame = df!["m" => [1, 0, 1, 0], "age" => [20, 30, 40, 50]]?;
    /// let records = Records::new(&frame, &Roles { member: Some("m".into()), ..Roles::default() })?;
    /// let old = records.filter_by(&[false, true, true, true], "age is over 25")?;
    /// let estimates = old.estimate(&[Measure::Density], &[], &Default::default())?;
    /// assert_eq!(estimates.remarks(), ["only a domain of the records, those for which age is over 25"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The mask has another length.
    pub fn filter_by(mut self, keep: &[bool], condition: &str) -> Result<Self> {
        if keep.len() != self.flags.len() {
            return Err(Error::data(format!("the filter has {} rows, the records {}", keep.len(), self.flags.len())));
        }
        for (flag, keep) in self.flags.iter_mut().zip(keep) {
            if !keep {
                *flag &= !IN;
            }
        }
        self.domain.push(condition.into());
        Ok(self)
    }
}

impl Source {
    pub(super) fn of_records(survey: &str, asked: &[Measure], members_within_covered: bool) -> Source {
        let survey = if survey.is_empty() { "survey records" } else { survey };
        let not_stated = || "not stated".to_owned();
        Source {
            id: survey.to_owned(),
            title: survey.to_owned(),
            publisher: survey.to_owned(),
            brief: None,
            citation: survey.to_owned(),
            terms: not_stated(),
            url: None,
            file: String::new(),
            sha256: String::new(),
            regions: "region".to_owned(),
            sectors: "sector".to_owned(),
            period_type: PeriodType::Year,
            scale: 1.0,
            rates_in: RateUnit::Fraction,
            unit: "person".to_owned(),
            universe: not_stated(),
            respondent: not_stated(),
            place: not_stated(),
            released: false,
            members_within_covered,
            voluntary: not_stated(),
            missing: "rates are of valid answers; bounds show what missing answers could do".to_owned(),
            notes: Vec::new(),
            design_effect: None,
            measures: asked.iter().map(|m| asked_entry(*m)).collect(),
            sums: Vec::new(),
            breaks: Vec::new(),
        }
    }

    pub(super) fn of_codebook(book: &Codebook) -> Source {
        Source {
            title: book.title.clone(),
            publisher: book.publisher.clone(),
            citation: book.citation.clone(),
            terms: book.terms.clone(),
            url: book.url.clone(),
            regions: book.regions.clone(),
            sectors: book.sectors.clone(),
            unit: book.unit.clone(),
            universe: book.universe.clone(),
            respondent: book.respondent.clone(),
            place: book.place.clone(),
            missing: book.missing.clone(),
            notes: book.notes.iter().chain(&book.cannot).cloned().collect(),
            breaks: book.breaks.clone(),
            ..Source::of_records(&book.survey, &book.measures(), book.members_within_covered)
        }
    }
}

fn asked_entry(measure: Measure) -> MeasureEntry {
    let numerator = if measure == Measure::Density { "union members" } else { "covered employees" };
    MeasureEntry {
        id: measure,
        numerator: numerator.to_owned(),
        denominator: "employees in scope with a valid answer".to_owned(),
        basis: Basis::Counts,
        note: None,
    }
}
