//! The cells that a whole is made of: found in two periods, matched, and checked to add up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Estimate, Estimates};
use crate::error::{Error, Result, choices};
use crate::schema::{Measure, Period};
use crate::survey::decomposition::Cell;

/// The whole whose parts are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Whole<'a> {
    pub(crate) measure: Measure,
    pub(crate) periods: [Period; 2],
    pub(crate) region: &'a str,
    pub(crate) sector: &'a str,
}

/// One cell of both periods with the errors of its rates.
pub(crate) struct Row<'a> {
    pub(crate) codes: Vec<Arc<str>>,
    pub(crate) cell: Cell,
    pub(crate) estimates: [&'a Estimate; 2],
}

impl Estimates {
    /// Cautions of the breaks between two periods.
    pub(crate) fn between(&self, measure: Measure, sector: &str, from: Period, to: Period) -> Result<Vec<String>> {
        let mut cautions = Vec::new();
        for series_break in self.breaks(measure, sector) {
            series_break.must_allow(from, to)?;
            if series_break.between(from, to) {
                cautions.push(format!("{}: {}", series_break.at, series_break.note));
            }
        }
        Ok(cautions)
    }

    /// Codes that a grouping splits the whole into.
    fn parts(&self, whole: Whole<'_>, by: &str) -> Vec<Arc<str>> {
        let Whole { measure, periods, region, sector } = whole;
        let here = self.cells.iter().filter(|e| e.measure == measure && periods.contains(&e.period) && e.denominator.is_some());
        let mut codes: Vec<Arc<str>> = here.filter_map(|e| code(e, by)).collect();
        let rank: &dyn Fn(&str) -> usize = match by {
            "region" => {
                codes.retain(|c| self.regions.each().any(|e| *e.id == **c) && (self.regions.is_below(c, region)));
                &|c| self.regions.rank(c)
            }
            "sector" => {
                codes.retain(|c| self.sectors.get(c).is_some_and(|s| s.parent.as_deref() == Some(sector)));
                &|c| self.sectors.rank(c)
            }
            _ => {
                codes.retain(|c| &**c != "all");
                &|_| 0
            }
        };
        codes.sort_by(|a, b| rank(a).cmp(&rank(b)).then(a.cmp(b)));
        codes.dedup();
        codes
    }

    /// The groupings asked for, or all that split the whole.
    ///
    /// # Errors
    /// A grouping that is not there, is there twice, or does not split the whole.
    pub(crate) fn groupings(&self, whole: Whole<'_>, asked: &[String]) -> Result<Vec<String>> {
        let Whole { measure, periods, region, sector } = whole;
        let mut known = vec!["region".to_owned(), "sector".to_owned()];
        for (dimension, _) in self.cells.iter().flat_map(|e| &e.breakdown) {
            if !known.iter().any(|k| **k == **dimension) {
                known.push(dimension.to_string());
            }
        }
        let splits = |by: &str| self.parts(whole, by).len() > 1;
        if let Some(unknown) = asked.iter().find(|b| !known.contains(b)) {
            return Err(Error::data(format!("the estimates have no grouping `{unknown}`"))
                .help(choices(unknown, known.iter().map(String::as_str))));
        }
        if let Some(twice) = asked.iter().enumerate().find_map(|(i, b)| asked[..i].contains(b).then_some(b)) {
            return Err(Error::data(format!("the grouping `{twice}` is asked for twice")));
        }
        if let Some(single) = asked.iter().find(|b| !splits(b)) {
            return Err(Error::data(format!(
                "there are no numbers of workers by {single} below {} and {} for {measure} in {} and {}",
                self.regions.name(region),
                self.sectors.name(sector),
                periods[0],
                periods[1]
            ))
            .help("a decomposition needs the counted and all workers of every part in both periods"));
        }
        // Parts that do not make up the whole are no grouping that anybody meant; asked for, they are an error.
        let makes_up = |by: &String| {
            let alone = || self.matched(whole, std::slice::from_ref(by));
            splits(by) && alone().map_or(true, |rows| self.must_add_up(whole, &rows).is_ok())
        };
        let by: Vec<String> = if asked.is_empty() { known.into_iter().filter(makes_up).collect() } else { asked.to_vec() };
        if by.is_empty() {
            return Err(Error::data(format!(
                "{measure} of {}, {} cannot be decomposed between {} and {}: no parts of it have numbers of workers",
                self.regions.name(region),
                self.sectors.name(sector),
                periods[0],
                periods[1]
            )));
        }
        Ok(by)
    }

    /// The cells of a whole in both periods.
    ///
    /// # Errors
    /// A period without figures. Cells of one period without a partner in the other; they are listed. Cells that do not add up to the whole.
    pub(crate) fn rows(&self, whole: Whole<'_>, by: &[String]) -> Result<Vec<Row<'_>>> {
        let rows = self.matched(whole, by)?;
        self.must_add_up(whole, &rows)?;
        Ok(rows)
    }

    /// The cells of both periods, whether or not they make up the whole.
    fn matched(&self, whole: Whole<'_>, by: &[String]) -> Result<Vec<Row<'_>>> {
        let Whole { measure, periods, region, sector } = whole;
        self.must_have_periods(measure, periods)?;
        let parts: Vec<Vec<Arc<str>>> = by.iter().map(|dimension| self.parts(whole, dimension)).collect();
        let asked = |dimension: &str| by.iter().position(|b| b == dimension);
        let mut found: BTreeMap<Vec<usize>, [Option<&Estimate>; 2]> = BTreeMap::new();
        for e in self.cells.iter().filter(|e| e.measure == measure && periods.contains(&e.period)) {
            let here = (asked("region").is_some() || &*e.region == region)
                && (asked("sector").is_some() || &*e.sector == sector)
                && e.breakdown.iter().all(|(d, c)| asked(d).is_some() || &**c == "all");
            let place: Option<Vec<usize>> =
                by.iter().zip(&parts).map(|(b, codes)| code(e, b).and_then(|c| codes.iter().position(|k| *k == c))).collect();
            if let (true, Some(place)) = (here, place) {
                let both = (0..2).filter(|&t| periods[t] == e.period);
                both.for_each(|t| found.entry(place.clone()).or_default()[t] = Some(e));
            }
        }
        let (mut rows, mut alone) = (Vec::new(), Vec::new());
        for (place, [first, second]) in found {
            let codes: Vec<Arc<str>> = place.iter().zip(&parts).map(|(&i, codes)| Arc::clone(&codes[i])).collect();
            let counts = |e: Option<&Estimate>| e.and_then(|e| e.numerator.zip(e.denominator));
            match (first, second, counts(first), counts(second)) {
                (Some(a), Some(b), Some(x), Some(y)) => {
                    let cell = Cell { counted: [x.0, y.0], all: [x.1, y.1] };
                    rows.push(Row { codes, cell, estimates: [a, b] });
                }
                (_, _, x, y) => {
                    for (counts, period) in [(x, periods[0]), (y, periods[1])] {
                        if counts.is_none() {
                            alone.push(format!("{} in {period}", self.cell_name(by, &codes)));
                        }
                    }
                }
            }
        }
        if !alone.is_empty() {
            return Err(Error::data(format!(
                "the cells of {} and {} do not match; there are no numbers of workers for {}",
                periods[0],
                periods[1],
                alone.join("; ")
            ))
            .help("choose periods that have all cells, or a coarser grouping; an empty cell has 0 workers, not none"));
        }
        Ok(rows)
    }

    /// A period without any figure would else be told by every cell that it lacks.
    fn must_have_periods(&self, measure: Measure, periods: [Period; 2]) -> Result<()> {
        let known: BTreeSet<Period> = self.cells.iter().filter(|e| e.measure == measure).map(|e| e.period).collect();
        match periods.iter().find(|p| !known.contains(p)) {
            None => Ok(()),
            Some(p) => {
                let known: Vec<String> = known.iter().map(Period::to_string).collect();
                Err(Error::data(format!("there is no figure of {measure} in {p}"))
                    .help(choices(&p.to_string(), known.iter().map(String::as_str))))
            }
        }
    }

    /// Cells are a whole only if their workers are: a part that is missing in both periods would go unseen.
    fn must_add_up(&self, of: Whole<'_>, rows: &[Row<'_>]) -> Result<()> {
        let Whole { measure, periods, region, sector } = of;
        for (t, period) in periods.into_iter().enumerate() {
            let whole =
                self.series(measure, region, sector).find(|e| e.period == period && e.breakdown.iter().all(|b| &*b.1 == "all"));
            let Some(whole) = whole.and_then(|e| e.denominator) else { continue };
            let sum: f64 = rows.iter().map(|r| r.cell.all[t]).sum();
            if (sum - whole).abs() > ROUNDING * whole {
                return Err(Error::data(format!(
                    "the {} cells hold {sum:.0} workers in {period}, but {}, {} has {whole:.0}",
                    rows.len(),
                    self.regions.name(region),
                    self.sectors.name(sector)
                ))
                .help("choose a grouping whose parts make up the whole"));
            }
        }
        Ok(())
    }

    /// A cell in words.
    pub(crate) fn cell_name(&self, by: &[String], codes: &[Arc<str>]) -> String {
        let name = |(dimension, code): (&String, &Arc<str>)| match dimension.as_str() {
            "region" => self.regions.name(code).to_owned(),
            "sector" => self.sectors.name(code).to_lowercase(),
            _ => code.to_string(),
        };
        by.iter().zip(codes).map(name).collect::<Vec<_>>().join(", ")
    }
}

/// Relative difference between a whole and its parts that rounding of published counts explains.
const ROUNDING: f64 = 1e-3;

fn code(e: &Estimate, dimension: &str) -> Option<Arc<str>> {
    match dimension {
        "region" => Some(Arc::clone(&e.region)),
        "sector" => Some(Arc::clone(&e.sector)),
        _ => e.breakdown.iter().find(|(d, _)| **d == *dimension).map(|(_, c)| Arc::clone(c)),
    }
}
