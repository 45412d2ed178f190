//! Records whose variables a codebook explains.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use super::bundled;
use super::codebook::{Axis, Codebook, Rule};
use super::coded::{Coded, Key};
use super::codes::{Codes, NULL};
use super::coding::{code, whole};
use super::columns::{column, must_have_rows, names, quarters, weights, years};
use super::design_options::DesignOptions;
use super::drawn::Drawing;
use super::microdata::{COVERED, Dimension, IN, MEMBER, Records};
use super::psus::{DesignColumns, JOINED};
use super::registry::Source;
use crate::error::{Error, Result, choices};
use crate::schema::Measure;
use crate::survey::rows::Answer;

impl Records {
    /// Reads a file of records (CSV, Parquet or Arrow IPC, by its ending) through a codebook.
    ///
    /// # Errors
    /// The file cannot be read or ends early; see [`Records::with_codebook`].
    pub fn read(path: &Path, book: &Codebook, options: impl Into<DesignOptions>) -> Result<Self> {
        let options = book.options(options.into());
        let context = |e: Error| e.context(path.display().to_string());
        // A codebook says its codes as numbers, however a file may pad them.
        let choose = |there: &[&str]| book.columns(&options, there);
        let frame = super::frame::read(path, &choose, &|_| false).map_err(context)?;
        Self::with_codebook(&frame, book, options).map_err(context)
    }

    /// Records whose columns a codebook explains.
    ///
    /// # Errors
    /// A variable that the codebook needs is missing; a row that no rule covers, with the values and how often they
    /// occur; a weight or design that does not hold.
    pub fn with_codebook(frame: &DataFrame, book: &Codebook, options: impl Into<DesignOptions>) -> Result<Self> {
        let options = book.options(options.into());
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
            let (role, questions) = book.rules(measure);
            // Questions have answers only in scope; elsewhere a survey may leave anything.
            let answers = rules(&book.id, role, questions, rows, &mut coded, |row| flags[row] & IN != 0)?;
            flags.iter_mut().zip(&answers).for_each(|(f, a)| *f |= (*a as u8) << shift);
            asked.push(measure);
        }
        let (mut periods, mut period_of) = years(&book.period.year, Coded::clone(&*coded(&book.period.year)?))?;
        if let Some(quarter) = book.period.quarter.as_deref().filter(|q| frame.column(q).is_ok()) {
            (periods, period_of) = quarters(&periods, &period_of, quarter, &*coded(quarter)?)?;
        }
        let pairs = asked.iter().flat_map(|m| periods.iter().map(move |p| (*m, *p)));
        let unasked = pairs.filter_map(|(m, p)| Some((m, p, book.not_asked(m, p)?.into()))).collect();
        let name = book.weight.variables.iter().find(|v| frame.column(v).is_ok()).ok_or_else(|| {
            Error::design(format!("none of the weights {} of `{}` is there", book.weight.variables.join(", "), book.id))
                .help(choices(&book.weight.variables[0], names(frame)))
        })?;
        let mut weight = weights(frame, Some(name))?;
        if book.weight.months {
            let month = book
                .period
                .month
                .as_deref()
                .ok_or_else(|| Error::schema(format!("`{}` divides by months but names none", book.id)))?;
            weight = per_month(&weight, &period_of, periods.len(), month, &*coded(month)?)?;
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
        let design = &book.design;
        let drawing = Drawing {
            frame,
            dimensions: &dimensions,
            weight,
            columns: DesignColumns {
                strata: strata.as_ref(),
                psu: psu.as_ref(),
                fpc: design.fpc.as_ref().map(|name| column(frame, name)).transpose()?,
                nested: design.nested,
                lonely: options.lonely_psu,
            },
            second_stage: design.second_stage.as_ref(),
            person: design.person.as_deref(),
            options: &options,
            tier: design.tier,
        };
        let drawn = drawing.drawn()?;
        Ok(Records {
            source: Arc::new(Source::of_codebook(book)),
            regions: Arc::new(bundled::classification(&book.regions)?),
            sectors: Arc::new(bundled::classification(&book.sectors)?),
            flags,
            drawn,
            periods,
            period_of,
            dimensions,
            asked,
            unasked,
            cannot: book.cannot.join(" ").into(),
            domain: Vec::new(),
            unknown_scope: 0,
            // A variable that an extract leaves out is no pay, unless pay is asked for.
            pay: match book.pay.as_ref().filter(|pay| frame.column(&pay.amount).is_ok()) {
                Some(pay) => Some(pay.read(frame)?),
                None => None,
            },
        })
    }
}

/// Weights that sum to the population each month, divided by the months that each period has.
fn per_month(weight: &Float64Chunked, period_of: &Codes, periods: usize, name: &str, month: &Coded) -> Result<Float64Chunked> {
    if let Some(row) = month.codes.iter().position(|m| m == NULL) {
        return Err(Error::data(format!("the month in column `{name}`, row {} is empty", row + 1))
            .help("weights are divided by the months of a year, so every row needs its month"));
    }
    let mut seen = vec![HashSet::new(); periods];
    for (p, m) in period_of.iter().zip(month.codes.iter()) {
        seen[usize::from(p)].insert(m);
    }
    let divided: Vec<f64> = weight
        .iter()
        .zip(period_of.iter())
        .map(|(w, p)| w.unwrap_or_default() / seen[usize::from(p)].len().max(1) as f64)
        .collect();
    Ok(Float64Chunked::from_vec("weight".into(), divided))
}

/// Several columns as one text, for designs that name more than one.
fn join(frame: &DataFrame, names: &[String]) -> Result<Option<Column>> {
    let columns: Vec<&Column> = names.iter().map(|n| column(frame, n)).collect::<Result<_>>()?;
    let Some((first, rest)) = columns.split_first() else { return Ok(None) };
    if rest.is_empty() {
        return Ok(Some((*first).clone()));
    }
    let wrong = |e: PolarsError| Error::design(format!("columns {}: {e}", names.join(", ")));
    let texts: Vec<Series> = columns
        .iter()
        .map(|c| whole(c.as_materialized_series())?.cast(&DataType::String))
        .collect::<PolarsResult<_>>()
        .map_err(wrong)?;
    let texts: Vec<&StringChunked> = texts.iter().map(|s| s.str()).collect::<PolarsResult<_>>().map_err(wrong)?;
    let joined: StringChunked = (0..frame.height())
        .map(|row| texts.iter().map(|t| t.get(row)).collect::<Option<Vec<_>>>().map(|parts| parts.join(JOINED)))
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
            *cell = column.codes.get(row);
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
                .map(|((v, c), code)| {
                    format!("{v} = {}", c.keys.get(*code as usize).map_or("empty".to_owned(), ToString::to_string))
                })
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
    // Numbers in their order even where they are stored as texts, so that the type of a column changes no sum.
    let mut keys: Vec<&Key> = coded.keys.iter().collect();
    keys.sort_by_cached_key(|k| k.to_string().parse::<i64>().ok());
    let mut codes: Vec<Arc<str>> = Vec::new();
    for code in keys.into_iter().filter_map(|k| axis.code(Some(k)).ok()?) {
        if !codes.iter().any(|c| &**c == code) {
            codes.push(code.into());
        }
    }
    let mut unknown = Vec::new();
    let mut table = Vec::with_capacity(coded.keys.len());
    for (i, key) in coded.keys.iter().enumerate() {
        table.push(match axis.code(Some(key)) {
            Ok(None) => NULL,
            Ok(Some(code)) => codes.iter().position(|c| &**c == code).map_or(NULL, |at| at as u16),
            Err(()) => {
                let count = coded.codes.iter().zip(flags).filter(|(c, f)| usize::from(*c) == i && **f & IN != 0).count();
                if count > 0 {
                    unknown.push(format!("{key} ({count} rows)"));
                }
                NULL
            }
        });
    }
    if !unknown.is_empty() {
        return Err(Error::data(format!(
            "the codebook `{book}` does not know these values of `{}`: {}",
            axis.variable,
            unknown.join(", ")
        ))
        .help("add them to a copy of the codebook, as codes or as missing"));
    }
    let of_row = Codes::of(coded.codes.iter().map(|c| table.get(usize::from(c)).copied().unwrap_or(NULL)), codes.len());
    Ok(Dimension { codes, of_row })
}
