//! Totals of records that outlive them: accumulated part by part, merged, kept in a file, and finished to estimates.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Estimates;
use super::basis::Summed;
use super::coder::{Coder, answers};
use super::grid::Grid;
use super::records::RecordOptions;
use crate::error::{Error, Result};
use crate::schema::{Classification, Measure, Period};
use crate::source::{Dimension, Key, Records, SampledUnits, values};
use crate::survey::design::LonelyPsu;
use crate::survey::errors::Basis;
use crate::survey::joined::Share;
use crate::survey::stages::Stages;
use crate::survey::totals::Totals;

/// Totals of records by PSU, cell and answers, with all codes by their values.
///
/// It is what estimates are finished from when the records themselves are too many to be held, or lie in several files:
/// [`Records::accumulate`] makes one of each part, [`RecordTotals::merge`] joins them, and [`RecordTotals::finish`] gives
/// what [`Records::estimate`] would have given of all records together, within rounding. PSUs, strata and codes are
/// matched by their values, so parts may know different ones; merging is associative up to the last bits of sums, and
/// the state grows with PSUs x cells that they touch, not with records. Source: METHODS M15.
///
/// ```
/// use polars::prelude::*;
/// use undeb::{Measure, RecordTotals, Records, Roles};
///
/// let roles = Roles {
///     member: Some("m".into()), weight: Some("w".into()), strata: Some("s".into()), psu: Some("p".into()),
///     sector: Some("sector".into()), ..Roles::default()
/// };
/// // Illustrative: two files, PSU 2 of stratum 1 in both, the private sector in the second alone.
/// let first = df!["m" => [true, false], "w" => [1.0, 2.0], "s" => [1, 1], "p" => [1, 2], "sector" => ["public", "public"]]?;
/// let second = df!["m" => [false, true], "w" => [1.0, 1.0], "s" => [1, 1], "p" => [2, 3], "sector" => ["public", "private"]]?;
/// let totals = |frame| Records::new(frame, &roles)?.accumulate(&["sector"]);
/// let both = totals(&first)?.merge(&totals(&second)?)?;
/// // Kept in a file of Arrow IPC, and read again.
/// let mut file = Vec::new();
/// both.write_ipc(&mut file)?;
/// let estimates = RecordTotals::read_ipc(std::io::Cursor::new(file))?.finish(&[Measure::Density], &Default::default())?;
/// let whole = Records::new(&first.vstack(&second)?, &roles)?.estimate(&[Measure::Density], &["sector"], &Default::default())?;
/// for (a, b) in estimates.cells().iter().zip(whole.cells()) {
///     assert_eq!((a.value, a.se(), a.n, a.psus), (b.value, b.se(), b.n, b.psus));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RecordTotals {
    /// What is known of the records; none of their rows.
    pub(super) about: Records,
    pub(super) units: SampledUnits,
    pub(super) by: Vec<String>,
    /// Periods with a record in the domain.
    pub(super) here: Vec<Period>,
    pub(super) totals: Arc<Totals>,
}

impl Records {
    /// The totals of these records by some breakdowns, for every measure that they have answers for.
    ///
    /// # Errors
    /// An unknown breakdown; a design whose errors need all records at once: replicate weights, calibration, several
    /// stages, a finite population, an assumed design effect, or weights divided by months.
    pub fn accumulate(&self, by: &[&str]) -> Result<RecordTotals> {
        let units = self.drawn.units()?;
        let grid = Grid::of(self, by, &RecordOptions::default())?;
        let coder = Coder {
            flags: &self.flags,
            weight: values(&self.drawn.weight)?,
            psu: &self.drawn.unit,
            axes: &grid.axes,
            answers: &answers(),
            variables: variables(self),
        };
        let totals = Totals::accumulate(&coder, self.drawn.stages.units(), grid.cells);
        let (psus, cells) = (totals.psus(), totals.cells());
        let share = Share { totals: Cow::Owned(totals), psu: None, cell: None };
        let totals = Arc::new(Totals::joined(vec![share], psus, cells));
        let by = by.iter().map(|b| (*b).to_owned()).collect();
        Ok(RecordTotals { about: self.emptied()?, units, by, here: self.periods_here(), totals })
    }
}

/// Variables that every measure can be finished from.
pub(super) fn variables(records: &Records) -> usize {
    match records.asked.as_slice() {
        [Measure::Density] => 1,
        _ if records.asked.contains(&Measure::Density) => 3,
        _ => 2,
    }
}

impl RecordTotals {
    /// PSUs, those outside the domain included.
    pub fn psus(&self) -> usize {
        self.totals.psus()
    }

    /// Sums that are held, about twelve bytes each: one for each combination of PSU, cell and answers that occurs.
    pub fn len(&self) -> usize {
        self.totals.entries()
    }

    /// Whether nobody was in the domain.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Breakdowns of the totals.
    pub fn by(&self) -> impl Iterator<Item = &str> {
        self.by.iter().map(String::as_str)
    }

    /// The same totals under another rule for lonely PSUs. A stratum may look lonely in one part of the records: read the
    /// parts under [`LonelyPsu::Remove`] and set the rule of the whole here.
    #[must_use]
    pub fn with_lonely_psu(mut self, rule: LonelyPsu) -> RecordTotals {
        self.units.lonely = rule;
        self
    }

    /// The totals of both, PSUs and codes matched by their values. Where records have no PSUs, each counts as one.
    ///
    /// # Errors
    /// Totals by other breakdowns, of other questions, from another source or under another rule for lonely PSUs; codes
    /// that are numbers here and texts there.
    pub fn merge(&self, other: &RecordTotals) -> Result<RecordTotals> {
        self.joining(other)?.of([self, other].map(|part| Cow::Borrowed(&*part.totals)))
    }

    /// The totals of both, which are given back while they are merged: never both held and their sum.
    pub(super) fn absorb(self, other: RecordTotals) -> Result<RecordTotals> {
        let joining = self.joining(&other)?;
        joining.of([self, other].map(|part| Cow::Owned(Arc::unwrap_or_clone(part.totals))))
    }

    fn joining(&self, other: &RecordTotals) -> Result<Joining> {
        self.must_match(other)?;
        let mut about = self.about.clone();
        about.periods.extend(&other.about.periods);
        about.periods.sort_unstable();
        about.periods.dedup();
        about.unknown_scope += other.about.unknown_scope;
        about.unasked.extend(other.about.unasked.iter().filter(|u| !self.about.unasked.contains(u)).cloned());
        for (name, dimension) in &mut about.dimensions {
            let more = other.about.dimensions.get(name).map_or(&[][..], |d| &d.codes);
            dimension.codes = joined_codes(&dimension.codes, more);
        }
        about.regions = joined_tree("region", &self.about, &other.about, |r| &r.regions, &about.dimensions);
        about.sectors = joined_tree("sector", &self.about, &other.about, |r| &r.sectors, &about.dimensions);
        let mut here = self.here.clone();
        here.extend(&other.here);
        here.sort_unstable();
        here.dedup();
        let (units, psus) = self.units.merge(&other.units)?;
        let cells = [self, other].map(|part| cell_places(&part.codes(), &codes_of(&about, &self.by)));
        Ok(Joining { about, units, by: self.by.clone(), here, psus, cells })
    }

    /// Estimates of the totals, as [`Records::estimate`] makes them of records.
    ///
    /// # Errors
    /// A measure without a question, or one that was not asked in a period; a stratum with one PSU where the rule is to
    /// fail.
    pub fn finish(&self, measures: &[Measure], options: &RecordOptions) -> Result<Estimates> {
        let names = self.names();
        let grid = Grid::of(&self.about, &names, options)?;
        let basis = Basis::Linearised(Arc::new(Stages::new(self.units.design()?)));
        let summed = Summed { totals: Arc::clone(&self.totals), basis };
        self.about.table(measures, &grid, summed, &self.here)
    }

    fn names(&self) -> Vec<&str> {
        self.by.iter().map(String::as_str).collect()
    }

    fn codes(&self) -> Vec<Vec<Arc<str>>> {
        codes_of(&self.about, &self.by)
    }

    fn must_match(&self, other: &RecordTotals) -> Result<()> {
        let differs = |what: &str, a: String, b: String| {
            Err(Error::data(format!("totals with {what} `{a}` cannot be merged with those with `{b}`"))
                .help("accumulate every part with the same codebook or roles, and by the same breakdowns"))
        };
        let words = |measures: &[Measure]| measures.iter().map(|m| m.id()).collect::<Vec<_>>().join(", ");
        if self.by != other.by {
            return differs("the breakdowns", self.by.join(", "), other.by.join(", "));
        }
        if self.about.asked != other.about.asked {
            return differs("questions for", words(&self.about.asked), words(&other.about.asked));
        }
        if self.about.domain != other.about.domain {
            let words = |domain: &[Arc<str>]| if domain.is_empty() { "everybody".to_owned() } else { domain.join(" and ") };
            return differs("the domain", words(&self.about.domain), words(&other.about.domain));
        }
        let (mine, theirs) = (&self.about.source, &other.about.source);
        if (&mine.id, mine.members_within_covered) != (&theirs.id, theirs.members_within_covered) {
            return differs("the source", mine.id.clone(), theirs.id.clone());
        }
        let (mine, theirs) = (self.about.drawn.tier, other.about.drawn.tier);
        if mine != theirs {
            return differs("the design", mine.name().to_owned(), theirs.name().to_owned());
        }
        Ok(())
    }
}

/// What two parts make together, and where the PSUs and cells of each lie in it.
struct Joining {
    about: Records,
    units: SampledUnits,
    by: Vec<String>,
    here: Vec<Period>,
    psus: [Vec<u32>; 2],
    cells: [Vec<u32>; 2],
}

impl Joining {
    fn of(self, parts: [Cow<'_, Totals>; 2]) -> Result<RecordTotals> {
        let Joining { about, units, by, here, psus, cells } = self;
        let names: Vec<&str> = by.iter().map(String::as_str).collect();
        let all = Grid::of(&about, &names, &RecordOptions::default())?.cells;
        let places = psus.iter().zip(&cells);
        let shares =
            parts.into_iter().zip(places).map(|(totals, (psu, cell))| Share { totals, psu: Some(psu), cell: Some(cell) });
        let totals = Arc::new(Totals::joined(shares.collect(), units.psus(), all));
        Ok(RecordTotals { about, units, by, here, totals })
    }
}

/// The codes of each breakdown.
fn codes_of(about: &Records, by: &[String]) -> Vec<Vec<Arc<str>>> {
    let periods = || about.periods.iter().map(|p| p.to_string().into()).collect();
    by.iter().map(|b| about.dimensions.get(b).map_or_else(periods, |d| d.codes.clone())).collect()
}

/// Codes of both, numbers in their order before texts.
fn joined_codes(a: &[Arc<str>], b: &[Arc<str>]) -> Vec<Arc<str>> {
    let mut all = a.to_vec();
    all.extend(b.iter().filter(|code| !a.contains(code)).cloned());
    if all.len() > a.len() {
        all.sort_by_cached_key(|code| code.parse::<i64>().map_or_else(|_| Key::Text(Arc::clone(code)), Key::Number));
    }
    all
}

/// The tree of both; where it was made of the codes that occurred, made anew.
fn joined_tree<'a>(
    kind: &str,
    a: &'a Records,
    b: &'a Records,
    tree: impl Fn(&'a Records) -> &'a Arc<Classification>,
    dimensions: &BTreeMap<String, Dimension>,
) -> Arc<Classification> {
    let ids = |tree: &Classification| tree.codes().iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    if ids(tree(a)) == ids(tree(b)) {
        return Arc::clone(tree(a));
    }
    Arc::new(Classification::flat(kind, dimensions.get(kind).into_iter().flat_map(|d| &d.codes)))
}

/// Where each cell of a part lies among the cells of the whole.
fn cell_places(part: &[Vec<Arc<str>>], whole: &[Vec<Arc<str>>]) -> Vec<u32> {
    let mut places = vec![0_u32];
    let mut stride = 1_u32;
    for (part, whole) in part.iter().zip(whole) {
        // Not known comes last.
        let place = |code: Option<&Arc<str>>| code.and_then(|c| whole.iter().position(|w| w == c)).unwrap_or(whole.len()) as u32;
        let along: Vec<u32> = part.iter().map(Some).chain([None]).map(|code| place(code) * stride).collect();
        places = along.iter().flat_map(|a| places.iter().map(move |p| p + a)).collect();
        stride *= whole.len() as u32 + 1;
    }
    places
}
