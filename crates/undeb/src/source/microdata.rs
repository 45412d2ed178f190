//! Survey records: columns coded once by what they mean, ready to be summed.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use super::codebook::{Axis, Codebook, Rule};
use super::coding::{Coded, Key, NULL, code};
use super::psus::{DesignColumns, Psus, psus};
use super::registry::{Basis, MeasureEntry, PeriodType, RateUnit, Source};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Measure, Period};
use crate::survey::design::LonelyPsu;
use crate::survey::rows::Answer;

/// Bits of a row's flags: two for each question, one for the domain.
pub(crate) const MEMBER: u8 = 0;
pub(crate) const COVERED: u8 = 2;
pub(crate) const IN: u8 = 1 << 7;

/// A breakdown: the codes of its classification and one for every row; [`NULL`] where it is not known.
#[derive(Clone, Debug)]
pub(crate) struct Dimension {
    pub(crate) codes: Vec<Arc<str>>,
    pub(crate) of_row: Vec<u16>,
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
    pub(crate) weight: Float64Chunked,
    pub(crate) psus: Psus,
    pub(crate) periods: Vec<Period>,
    pub(crate) period_of: Vec<u16>,
    pub(crate) dimensions: BTreeMap<String, Dimension>,
    pub(crate) asked: Vec<Measure>,
    pub(crate) tier: Arc<str>,
}

/// Which columns play which part, for records without a codebook. An empty cell of `member` or `covered` is not known, never a no.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    /// True, 1 for members; false, 0 for others.
    pub member: Option<String>,
    /// True, 1 for covered employees; false, 0 for others.
    pub covered: Option<String>,
    /// True, 1 for employees in scope; all rows when none.
    pub employee: Option<String>,
    /// Weight; 1 when none.
    pub weight: Option<String>,
    /// Strata.
    pub strata: Option<String>,
    /// PSUs; every row its own when none.
    pub psu: Option<String>,
    /// PSUs in the population of the stratum, or the share of them that was sampled.
    pub fpc: Option<String>,
    /// PSU numbers are unique over strata; a PSU in two strata is then an error.
    pub unique_psus: bool,
    /// What a lonely PSU contributes.
    pub lonely_psu: LonelyPsu,
    /// Year.
    pub period: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Sector.
    pub sector: Option<String>,
    /// Further breakdowns.
    pub others: Vec<String>,
    /// Members count as covered, as in the United States.
    pub members_within_covered: bool,
    /// Name of the survey, for tables and reports.
    pub survey: String,
}

fn column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|_| {
        Error::data(format!("there is no column `{name}`")).help(choices(name, frame.get_column_names().iter().map(|n| n.as_str())))
    })
}

/// Weights: numbers, finite, not negative, not all zero.
fn weights(frame: &DataFrame, name: Option<&str>) -> Result<Float64Chunked> {
    let Some(name) = name else { return Ok(Float64Chunked::from_vec("weight".into(), vec![1.0; frame.height()])) };
    let given = column(frame, name)?;
    if !given.dtype().is_primitive_numeric() {
        return Err(Error::design(format!("the weights in column `{name}` are of type {}", given.dtype())).help("weights are numbers"));
    }
    let floats = given.as_materialized_series().cast(&DataType::Float64).and_then(|s| s.rechunk().f64().cloned());
    let floats = floats.map_err(|e| Error::design(format!("column `{name}`: {e}")))?;
    let bad = |row: usize, what: String, count: usize| {
        Error::design(format!("the weight in column `{name}`, row {} is {what} ({count} such rows)", row + 1))
            .help("every row needs a weight that is a number, zero or more; leave rows out before estimating")
    };
    if floats.null_count() > 0 {
        let row = floats.iter().position(|w| w.is_none()).unwrap_or_default();
        return Err(bad(row, "missing".to_owned(), floats.null_count()));
    }
    let values = floats.cont_slice().map_err(|e| Error::design(format!("column `{name}`: {e}")))?;
    let wrong = |w: &&f64| !(w.is_finite() && **w >= 0.0);
    let count: usize = values.par_chunks(1 << 16).map(|c| c.iter().filter(wrong).count()).sum();
    if count > 0 {
        let row = values.iter().position(|w| wrong(&w)).unwrap_or_default();
        return Err(bad(row, values[row].to_string(), count));
    }
    if !values.is_empty() && values.par_chunks(1 << 16).all(|c| c.iter().all(|w| *w == 0.0)) {
        return Err(Error::design(format!("all weights in column `{name}` are zero")));
    }
    Ok(floats)
}

fn must_have_rows(frame: &DataFrame) -> Result<()> {
    if frame.height() == 0 {
        return Err(Error::data("there are no records").help("a frame with at least one row is needed"));
    }
    Ok(())
}

/// Writes a two-bit answer for every row, from a table by code.
fn answer(flags: &mut [u8], coded: &Coded, shift: u8, table: &[Answer], empty: Answer) {
    flags.par_chunks_mut(1 << 16).zip(coded.codes.par_chunks(1 << 16)).for_each(|(flags, codes)| {
        for (flag, code) in flags.iter_mut().zip(codes) {
            *flag |= (table.get(*code as usize).copied().unwrap_or(empty) as u8) << shift;
        }
    });
}

/// Yes and no from true and false, or 1 and 0.
fn yes_or_no(name: &str, coded: &Coded) -> Result<Vec<Answer>> {
    coded
        .keys
        .iter()
        .map(|key| match key {
            Key::Number(1) => Ok(Answer::Yes),
            Key::Number(0) => Ok(Answer::No),
            other => {
                let at = coded.keys.iter().position(|k| k == other).unwrap_or_default();
                let count = coded.codes.iter().filter(|c| **c as usize == at).count();
                Err(Error::data(format!("column `{name}` holds `{other}` in {count} rows"))
                    .help("write true and false or 1 and 0, and leave a cell empty where the answer is not known; a codebook maps other codes"))
            }
        })
        .collect()
}

impl Records {
    /// Records whose columns are named by the part they play.
    ///
    /// # Errors
    /// A column is missing or of the wrong type; a weight is missing, negative or no number; the design does not hold
    /// together; there are no rows. Messages name column, row, value and count.
    pub fn new(frame: &DataFrame, roles: &Roles) -> Result<Self> {
        must_have_rows(frame)?;
        let rows = frame.height();
        let mut flags = vec![0_u8; rows];
        let mut asked = Vec::new();
        for (role, shift, measure) in [(&roles.member, MEMBER, Measure::Density), (&roles.covered, COVERED, Measure::Coverage)] {
            let Some(name) = role else { continue };
            let coded = code(name, column(frame, name)?)?;
            answer(&mut flags, &coded, shift, &yes_or_no(name, &coded)?, Answer::Missing);
            asked.push(measure);
        }
        if asked.is_empty() {
            return Err(Error::data("no column is named for members or covered employees").help("give `member`, `covered` or both"));
        }
        match &roles.employee {
            None => flags.iter_mut().for_each(|f| *f |= IN),
            Some(name) => {
                let coded = code(name, column(frame, name)?)?;
                let table = yes_or_no(name, &coded)?;
                for (flag, code) in flags.iter_mut().zip(&coded.codes) {
                    if table.get(*code as usize) == Some(&Answer::Yes) {
                        *flag |= IN;
                    }
                }
            }
        }
        let find = |name: &Option<String>| name.as_deref().map(|n| column(frame, n)).transpose();
        let psus = psus(
            rows,
            &DesignColumns {
                strata: find(&roles.strata)?,
                psu: find(&roles.psu)?,
                fpc: find(&roles.fpc)?,
                nested: !roles.unique_psus,
                lonely: roles.lonely_psu,
            },
        )?;
        let weight = weights(frame, roles.weight.as_deref())?;
        let (periods, period_of) = match &roles.period {
            None => (Vec::new(), Vec::new()),
            Some(name) => years(name, &code(name, column(frame, name)?)?)?,
        };
        let mut dimensions = BTreeMap::new();
        let mut trees = HashMap::new();
        let named = [("region", &roles.region), ("sector", &roles.sector)];
        let others = roles.others.iter().map(|n| (n.as_str(), n));
        for (dimension, name) in named.into_iter().filter_map(|(d, n)| Some((d, n.as_ref()?))).chain(others) {
            let coded = code(name, column(frame, name)?)?;
            let codes: Vec<Arc<str>> = coded.keys.iter().map(|k| k.to_string().into()).collect();
            trees.insert(dimension, codes.clone());
            dimensions.insert(dimension.to_owned(), Dimension { codes, of_row: coded.codes });
        }
        let tier = match (&roles.psu, &roles.strata) {
            (Some(_), Some(_)) => "strata and clusters",
            (Some(_), None) => "clusters",
            (None, Some(_)) => "strata",
            (None, None) => "weights only",
        };
        let tree = |kind: &str| Classification::flat(kind, trees.get(kind).into_iter().flatten());
        let source = Source::of_records(&roles.survey, &asked, roles.members_within_covered);
        Ok(Records {
            source: Arc::new(source),
            regions: Arc::new(tree("region")),
            sectors: Arc::new(tree("sector")),
            flags,
            weight,
            psus,
            periods,
            period_of,
            dimensions,
            asked,
            tier: tier.into(),
        })
    }

    /// Reads a file of records (CSV, Parquet or Arrow IPC, by its ending) through a codebook.
    ///
    /// # Errors
    /// The file cannot be read or ends early; see [`Records::with_codebook`].
    pub fn read(path: &Path, book: &Codebook, lonely_psu: LonelyPsu) -> Result<Self> {
        let frame = super::frame::read(path, &book.variables()).map_err(|e| e.context(path.display().to_string()))?;
        Self::with_codebook(&frame, book, lonely_psu).map_err(|e| e.context(path.display().to_string()))
    }

    /// Records whose columns a codebook explains.
    ///
    /// # Errors
    /// A variable that the codebook needs is missing; a row that no rule covers, with the values and how often they
    /// occur; a weight or design that does not hold; a question that was not asked in a period of the records.
    pub fn with_codebook(frame: &DataFrame, book: &Codebook, lonely_psu: LonelyPsu) -> Result<Self> {
        must_have_rows(frame)?;
        let rows = frame.height();
        let mut cache = HashMap::new();
        let mut coded = |name: &str| -> Result<Arc<Coded>> {
            if let Some(known) = cache.get(name) {
                return Ok(Arc::clone(known));
            }
            let one = Arc::new(code(name, column(frame, name)?)?);
            cache.insert(name.to_owned(), Arc::clone(&one));
            Ok(one)
        };
        let mut flags = vec![0_u8; rows];
        let scope = rules(&book.id, "scope", &book.scope, rows, &mut coded, |_| true)?;
        flags.iter_mut().zip(&scope).for_each(|(f, is)| *f |= if *is == Answer::Yes { IN } else { 0 });
        let mut asked = Vec::new();
        for (measure, shift) in [(Measure::Density, MEMBER), (Measure::Coverage, COVERED)] {
            if !book.measures().contains(&measure) {
                continue;
            }
            let role = if measure == Measure::Density { "member" } else { "covered" };
            // Questions have answers only in scope; elsewhere a survey may leave anything.
            let answers = rules(&book.id, role, book.rules(measure)?, rows, &mut coded, |row| flags[row] & IN != 0)?;
            flags.iter_mut().zip(&answers).for_each(|(f, a)| *f |= (*a as u8) << shift);
            asked.push(measure);
        }
        let (mut periods, mut period_of) = years(&book.period.year, &*coded(&book.period.year)?)?;
        if let Some(quarter) = book.period.quarter.as_deref().filter(|q| frame.column(q).is_ok()) {
            (periods, period_of) = quarters(&periods, &period_of, quarter, &*coded(quarter)?)?;
        }
        for period in &periods {
            for measure in &asked {
                book.must_be_asked(*measure, period.calendar_year(), period.quarter())?;
            }
        }
        let name = book.weight.variables.iter().find(|v| frame.column(v).is_ok()).ok_or_else(|| {
            Error::design(format!("none of the weights {} of `{}` is there", book.weight.variables.join(", "), book.id))
                .help(choices(&book.weight.variables[0], frame.get_column_names().iter().map(|n| n.as_str())))
        })?;
        let mut weight = weights(frame, Some(name))?;
        if book.weight.months {
            let month = book.period.month.as_deref().ok_or_else(|| Error::schema(format!("`{}` divides by months but names none", book.id)))?;
            weight = per_month(&weight, &period_of, periods.len(), &*coded(month)?);
        }
        let mut dimensions = BTreeMap::new();
        for (dimension, axis) in [("region", &book.region), ("sector", &book.sector), ("industry", &book.industry)] {
            // A variable that an extract leaves out is no breakdown, unless it is asked for.
            if let Some(axis) = axis.as_ref().filter(|a| frame.column(&a.variable).is_ok()) {
                dimensions.insert(dimension.to_owned(), classified(&book.id, axis, &*coded(&axis.variable)?, &flags)?);
            }
        }
        let joined = |names: &[String]| -> Result<Option<Column>> { join(frame, names) };
        let (strata, psu) = (joined(&book.design.strata)?, joined(&book.design.psu)?);
        let columns = DesignColumns { strata: strata.as_ref(), psu: psu.as_ref(), fpc: None, nested: book.design.nested, lonely: lonely_psu };
        let psus = psus(rows, &columns)?;
        Ok(Records {
            source: Arc::new(Source::of_codebook(book)),
            regions: Arc::new(bundled_tree(&book.regions)?),
            sectors: Arc::new(bundled_tree(&book.sectors)?),
            flags,
            weight,
            psus,
            periods,
            period_of,
            dimensions,
            asked,
            tier: book.design.tier.as_str().into(),
        })
    }

    /// Number of records, those outside the scope included.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether there are none; never true of records that were made.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// Breakdowns on offer.
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        let period = (!self.periods.is_empty()).then_some("period");
        period.into_iter().chain(self.dimensions.keys().map(String::as_str))
    }

    /// The same records with a smaller domain: rows where `keep` is false stay in the design but leave every estimate.
    ///
    /// # Errors
    /// The mask has another length.
    pub fn filter(mut self, keep: &[bool]) -> Result<Self> {
        if keep.len() != self.flags.len() {
            return Err(Error::data(format!("the filter has {} rows, the records {}", keep.len(), self.flags.len())));
        }
        for (flag, keep) in self.flags.iter_mut().zip(keep) {
            if !keep {
                *flag &= !IN;
            }
        }
        Ok(self)
    }
}

fn bundled_tree(name: &str) -> Result<Classification> {
    super::bundled::classification(name)
}

/// Years of a coded column, sorted, and the year of each row.
fn years(name: &str, coded: &Coded) -> Result<(Vec<Period>, Vec<u16>)> {
    if let Some(row) = coded.codes.iter().position(|c| *c == NULL) {
        return Err(Error::data(format!("the period in column `{name}`, row {} is empty", row + 1)));
    }
    let periods = coded.keys.iter().map(|k| k.to_string().parse().map_err(|e: Error| e.context(format!("column `{name}`")))).collect::<Result<_>>()?;
    Ok((periods, coded.codes.clone()))
}

fn quarters(years: &[Period], year_of: &[u16], name: &str, coded: &Coded) -> Result<(Vec<Period>, Vec<u16>)> {
    let mut all: Vec<Period> = Vec::new();
    let mut of_row = Vec::with_capacity(year_of.len());
    let mut known: HashMap<(u16, u16), Period> = HashMap::new();
    for (row, (&y, &q)) in year_of.iter().zip(&coded.codes).enumerate() {
        let period = match known.get(&(y, q)) {
            Some(p) => *p,
            None => {
                let quarter = coded.keys.get(q as usize).map(ToString::to_string).unwrap_or_default();
                let p: Period = format!("{}-Q{quarter}", years[y as usize])
                    .parse()
                    .map_err(|e: Error| e.context(format!("column `{name}`, row {}", row + 1)))?;
                known.insert((y, q), p);
                all.push(p);
                p
            }
        };
        of_row.push(period);
    }
    all.sort_unstable();
    let codes = of_row.iter().map(|p| all.binary_search(p).map_or(NULL, |i| i as u16)).collect();
    Ok((all, codes))
}

/// Weights that sum to the population each month, divided by the months that each period has.
fn per_month(weight: &Float64Chunked, period_of: &[u16], periods: usize, month: &Coded) -> Float64Chunked {
    let mut seen = vec![std::collections::HashSet::new(); periods];
    for (p, m) in period_of.iter().zip(&month.codes) {
        seen[*p as usize].insert(*m);
    }
    let divided: Vec<f64> = weight.iter().zip(period_of).map(|(w, p)| w.unwrap_or_default() / seen[*p as usize].len().max(1) as f64).collect();
    Float64Chunked::from_vec("weight".into(), divided)
}

/// Several columns as one text, for designs that name more than one.
fn join(frame: &DataFrame, names: &[String]) -> Result<Option<Column>> {
    let columns: Vec<&Column> = names.iter().map(|n| column(frame, n)).collect::<Result<_>>()?;
    let Some((first, rest)) = columns.split_first() else { return Ok(None) };
    if rest.is_empty() {
        return Ok(Some((*first).clone()));
    }
    let wrong = |e: PolarsError| Error::design(format!("columns {}: {e}", names.join(", ")));
    let texts: Vec<Series> =
        columns.iter().map(|c| c.as_materialized_series().cast(&DataType::String)).collect::<PolarsResult<_>>().map_err(wrong)?;
    let texts: Vec<&StringChunked> = texts.iter().map(|s| s.str()).collect::<PolarsResult<_>>().map_err(wrong)?;
    let joined: StringChunked = (0..frame.height())
        .map(|row| texts.iter().map(|t| t.get(row)).collect::<Option<Vec<_>>>().map(|parts| parts.join("\u{1f}")))
        .collect();
    Ok(Some(joined.with_name(names.join(" and ").into()).into_series().into_column()))
}

/// Answers of rules: the first that applies decides; rows in need of an answer that no rule covers are an error.
fn rules(
    book: &str,
    role: &str,
    rules: &[Rule],
    rows: usize,
    coded: &mut impl FnMut(&str) -> Result<Arc<Coded>>,
    needed: impl Fn(usize) -> bool,
) -> Result<Vec<Answer>> {
    let mut variables: Vec<&str> = rules.iter().flat_map(Rule::variables).collect();
    variables.sort_unstable();
    variables.dedup();
    let columns: Vec<Arc<Coded>> = variables.iter().map(|v| coded(v)).collect::<Result<_>>()?;
    let mut known: HashMap<Vec<u16>, Option<Answer>> = HashMap::new();
    let mut uncovered: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = Vec::with_capacity(rows);
    let mut cells = vec![NULL; columns.len()];
    for row in 0..rows {
        for (cell, column) in cells.iter_mut().zip(&columns) {
            *cell = column.codes[row];
        }
        let answer = match known.get(&cells) {
            Some(answer) => *answer,
            None => {
                let find = |variable: &str| {
                    let at = variables.binary_search(&variable).ok()?;
                    columns[at].keys.get(cells[at] as usize)
                };
                let answer = rules.iter().find(|r| r.applies(find)).map(|r| match r.is.as_str() {
                    "yes" | "in" => Answer::Yes,
                    "no" | "out" => Answer::No,
                    "not_asked" => Answer::NotAsked,
                    _ => Answer::Missing,
                });
                known.insert(cells.clone(), answer);
                answer
            }
        };
        if answer.is_none() && needed(row) {
            let shown: Vec<String> = variables
                .iter()
                .zip(&columns)
                .zip(&cells)
                .map(|((v, c), code)| format!("{v} = {}", c.keys.get(*code as usize).map_or("empty".to_owned(), ToString::to_string)))
                .collect();
            *uncovered.entry(shown.join(", ")).or_default() += 1;
        }
        out.push(answer.unwrap_or(Answer::Missing));
    }
    if uncovered.is_empty() {
        return Ok(out);
    }
    let listed: Vec<String> = uncovered.iter().take(6).map(|(values, n)| format!("{values} ({n} rows)")).collect();
    let more = if uncovered.len() > 6 { format!(" and {} more", uncovered.len() - 6) } else { String::new() };
    Err(Error::data(format!("no rule of `{role}` in the codebook `{book}` covers {}{more}", listed.join("; ")))
        .help("add a rule to a copy of the codebook, or correct the records"))
}

/// A coded variable as a breakdown; unknown codes among rows in scope are an error with counts.
fn classified(book: &str, axis: &Axis, coded: &Coded, flags: &[u8]) -> Result<Dimension> {
    let mut codes: Vec<Arc<str>> = Vec::new();
    let mut unknown = Vec::new();
    let mut table = Vec::with_capacity(coded.keys.len());
    for (i, key) in coded.keys.iter().enumerate() {
        table.push(match axis.code(Some(key)) {
            Ok(None) => NULL,
            Ok(Some(code)) => match codes.iter().position(|c| &**c == code) {
                Some(at) => at as u16,
                None => {
                    codes.push(code.into());
                    (codes.len() - 1) as u16
                }
            },
            Err(()) => {
                let count = coded.codes.iter().zip(flags).filter(|(c, f)| **c as usize == i && **f & IN != 0).count();
                if count > 0 {
                    unknown.push(format!("{key} ({count} rows)"));
                }
                NULL
            }
        });
    }
    if !unknown.is_empty() {
        return Err(Error::data(format!("the codebook `{book}` does not know these values of `{}`: {}", axis.variable, unknown.join(", ")))
            .help("add them to a copy of the codebook, as codes or as missing"));
    }
    let of_row = coded.codes.iter().map(|c| table.get(*c as usize).copied().unwrap_or(NULL)).collect();
    Ok(Dimension { codes, of_row })
}

impl Source {
    fn of_records(survey: &str, asked: &[Measure], members_within_covered: bool) -> Source {
        let survey = if survey.is_empty() { "survey records" } else { survey };
        let not_stated = || "not stated".to_owned();
        Source {
            id: survey.to_owned(),
            title: survey.to_owned(),
            publisher: survey.to_owned(),
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

    fn of_codebook(book: &Codebook) -> Source {
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
    MeasureEntry { id: measure, numerator: numerator.to_owned(), denominator: "employees in scope with a valid answer".to_owned(), basis: Basis::Counts, note: None }
}
