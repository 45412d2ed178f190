//! Files of records to totals and estimates, part by part where a file is too large to be held.

use std::path::Path;

use polars::prelude::DataFrame;

use super::records::RecordOptions;
use super::{Estimates, RecordTotals};
use crate::error::{Error, Result};
use crate::schema::Measure;
use crate::source::{Codebook, DesignOptions, Parts, Records, Roles};
use crate::survey::design::LonelyPsu;

/// Rows of one part.
const PART: usize = 1 << 20;
/// Rows above which a Parquet file is read part by part.
const LARGE: usize = 1 << 24;

/// What the columns of a file of records mean.
#[derive(Clone, Debug)]
pub enum Meaning<'a> {
    /// A codebook explains them.
    Codebook(&'a Codebook, &'a DesignOptions),
    /// They are named by the part that they play.
    Roles(&'a Roles),
}

impl Meaning<'_> {
    /// The measures that the records have answers for.
    pub fn measures(&self) -> Vec<Measure> {
        match self {
            Meaning::Codebook(book, _) => book.measures(),
            Meaning::Roles(roles) => {
                let asked = [(&roles.member, Measure::Density), (&roles.covered, Measure::Coverage)];
                asked.into_iter().filter_map(|(column, measure)| column.is_some().then_some(measure)).collect()
            }
        }
    }

    fn columns(&self, there: &[&str]) -> Result<Vec<String>> {
        match self {
            Meaning::Codebook(book, options) => book.columns(&book.options(DesignOptions::clone(options)), there),
            Meaning::Roles(roles) => roles.columns_of(there),
        }
    }

    /// Whether weights and design can be told from a part of the rows.
    fn comes_in_parts(&self) -> bool {
        match self {
            Meaning::Codebook(book, options) => {
                book.comes_in_parts() && book.options(DesignOptions::clone(options)).come_in_parts()
            }
            Meaning::Roles(roles) => roles.come_in_parts(),
        }
    }

    fn lonely_psu(&self) -> LonelyPsu {
        match self {
            Meaning::Codebook(_, options) => options.lonely_psu,
            Meaning::Roles(roles) => roles.lonely_psu,
        }
    }

    /// Records of a part, in which a stratum may look lonely.
    fn part(&self, frame: &DataFrame) -> Result<Records> {
        let lonely_psu = LonelyPsu::Remove;
        match self {
            Meaning::Codebook(book, options) => {
                Records::with_codebook(frame, book, DesignOptions { lonely_psu, ..DesignOptions::clone(options) })
            }
            Meaning::Roles(roles) => Records::new(frame, &Roles { lonely_psu, ..Roles::clone(roles) }),
        }
    }
}

impl RecordTotals {
    /// Totals of a Parquet file, read part by part, so that only one part and the totals are held at a time.
    ///
    /// `progress` is told the rows that have been taken in and those of the whole file. Source: METHODS M15.
    ///
    /// # Errors
    /// The file is no Parquet or damaged; see [`Records::accumulate`].
    pub fn of_file(path: &Path, meaning: &Meaning<'_>, by: &[&str], progress: impl FnMut(usize, usize)) -> Result<RecordTotals> {
        let context = |e: Error| e.context(path.display().to_string());
        let parts = Parts::open(path, &|there| meaning.columns(there), PART).map_err(context)?;
        let parts = parts.ok_or_else(|| context(Error::data("only Parquet can be read part by part")))?;
        in_parts(&parts, meaning, by, progress).map_err(context)
    }
}

impl Estimates {
    /// Estimates of a file of records: CSV, Parquet or Arrow IPC, by its ending.
    ///
    /// A Parquet file of more than sixteen million rows is read part by part where its design allows it, any other file
    /// whole; the result is the same within rounding. `progress` is told the rows taken in and those of the file.
    ///
    /// # Errors
    /// Those of [`Records::with_codebook`] or [`Records::new`], and of [`Records::estimate`].
    pub fn of_file(
        path: &Path,
        meaning: &Meaning<'_>,
        measures: &[Measure],
        by: &[&str],
        options: &RecordOptions,
        progress: impl FnMut(usize, usize),
    ) -> Result<Estimates> {
        let context = |e: Error| e.context(path.display().to_string());
        if meaning.comes_in_parts() {
            let parts = Parts::open(path, &|there| meaning.columns(there), PART).map_err(context)?;
            if let Some(parts) = parts.filter(|parts| parts.rows() > LARGE) {
                return in_parts(&parts, meaning, by, progress)
                    .and_then(|totals| totals.finish(measures, options))
                    .map_err(context);
            }
        }
        let records = match meaning {
            Meaning::Codebook(book, design) => Records::read(path, book, DesignOptions::clone(design))?,
            Meaning::Roles(roles) => Records::open(path, roles)?,
        };
        records.estimate(measures, by, options)
    }
}

/// Totals of all parts. Those of like size are merged first, so that no total is carried along more often than needed.
fn in_parts(parts: &Parts, meaning: &Meaning<'_>, by: &[&str], mut progress: impl FnMut(usize, usize)) -> Result<RecordTotals> {
    let mut waiting: Vec<(u32, RecordTotals)> = Vec::new();
    let mut done = 0;
    let mut next = parts.read(0);
    for part in 0..parts.count() {
        let frame = next?;
        let sum = || {
            let rows = frame.height();
            let named = |e: Error| e.context(format!("rows {} to {}", done + 1, done + rows));
            meaning.part(&frame).and_then(|records| records.accumulate(by)).map_err(named)
        };
        // The next part is read while this one is summed.
        let (totals, following) = rayon::join(sum, || parts.read(part + 1));
        next = following;
        done += frame.height();
        drop(frame);
        let mut totals = totals?;
        let mut level = 0;
        while waiting.last().is_some_and(|(l, _)| *l == level) {
            let Some((_, before)) = waiting.pop() else { break };
            totals = before.absorb(totals)?;
            level += 1;
        }
        waiting.push((level, totals));
        progress(done, parts.rows());
    }
    let mut all = waiting.into_iter().rev().map(|(_, totals)| totals);
    let last = all.next().ok_or_else(|| Error::data("there are no records").help("a file with at least one row is needed"))?;
    Ok(all.try_fold(last, |after, before| before.absorb(after))?.with_lonely_psu(meaning.lonely_psu()))
}
