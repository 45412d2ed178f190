//! Where effort would count: the cells of a target's whole, and the smallest set of them that would close its gap.

use std::sync::Arc;

use serde::Serialize;

use super::finding::TargetFindings;
use super::smallest_set::{Smallest, SmallestSet, reaches, smallest_set};
use super::target::Level;
use crate::error::{Error, Result};
use crate::estimation::{Estimate, Estimates, Whole};
use crate::schema::{Measure, Period};
use crate::survey::interval::Interval;

/// Where a plan wants effort to be looked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriorityOptions {
    /// Target whose gap is to be closed; none without a plan.
    pub target: Option<String>,
    /// Groupings that make the cells.
    pub by: Vec<String>,
    /// The rate that a cell would move to, as a fraction.
    pub rate: f64,
    /// The most that a cell can rise in a year, as a fraction; no limit when none.
    pub cap: Option<f64>,
    /// What makes a set small.
    pub smallest: Smallest,
    /// How many cells count as the lowest.
    pub among: usize,
}

/// One cell with what it holds and what it could give.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriorityCell {
    /// Codes of the cell, in the order of the groupings.
    pub codes: Vec<Arc<str>>,
    /// The cell in words.
    pub name: String,
    /// The rate; none where nobody works there.
    pub value: Option<f64>,
    /// Its interval, where an error is stated.
    pub interval: Option<Interval>,
    /// All workers.
    pub workers: f64,
    /// Workers not counted: neither members nor covered, as the measure says.
    pub uncovered: f64,
    /// The whole's rate minus the cell's, as a fraction; positive is below the whole.
    pub distance: f64,
    /// Workers short of the level that the target asks of this very cell; none where it asks nothing of it.
    pub short: Option<f64>,
    /// The rate it would reach: the stated one, or what the cap allows.
    pub reach: f64,
    /// Whether the cap keeps it from the stated rate.
    pub capped: bool,
    /// Workers gained on the way there.
    pub gain: f64,
    /// The same as a share of the gap; none where there is no gap.
    pub share_of_gap: Option<f64>,
    /// Whether it is in the smallest set.
    pub in_set: bool,
}

/// What keeps every set from closing the gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// The cap on the pace: at the stated rate the cells would close the gap.
    Pace,
    /// The stated rate: even without a cap the cells would not close it.
    Rate,
}

/// Whether the gap can be closed, and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Closing {
    /// No goal was given, and so there is nothing to close.
    NoGoal,
    /// There is no gap: the whole stands at or above its level.
    NoGap,
    /// This set closes it.
    Set(SmallestSet),
    /// No set does.
    Impossible {
        /// What all cells gain together.
        gained: f64,
        /// What binds.
        binding: Binding,
        /// How many cells the cap keeps from the stated rate.
        capped: usize,
    },
}

/// Priorities of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Priorities {
    /// What was asked for.
    #[serde(flatten)]
    pub options: PriorityOptions,
    /// What is measured.
    pub measure: Measure,
    /// Period of the figures; the last one of an average over several periods.
    pub period: Period,
    /// The first period of an average over several.
    pub since: Option<Period>,
    /// Region of the whole.
    pub region: Arc<str>,
    /// Sector of the whole.
    pub sector: Arc<str>,
    /// Rate of the whole.
    pub whole: f64,
    /// Level that is asked of the whole; its own rate where no goal was given.
    pub level: f64,
    /// Workers that the whole is short of its level.
    pub gap: f64,
    /// The same at the ends of the interval of the gap, where an error is stated.
    pub gap_interval: Option<Interval>,
    /// Years from the figures to the deadline; none where the target has none.
    pub years: Option<f64>,
    /// The cells, the largest gain first.
    pub cells: Vec<PriorityCell>,
    /// The smallest set.
    pub closing: Closing,
    /// How many cells it would take at the upper end of the gap's interval; none where no set closes that.
    pub cells_at_upper: Option<usize>,
}

impl Priorities {
    /// The period in words; of an average all that it is over.
    pub fn periods(&self) -> String {
        self.period.since(self.since)
    }

    /// Cells with the most workers not counted first.
    pub fn by_uncovered(&self) -> Vec<&PriorityCell> {
        self.ordered(|c| c.uncovered)
    }

    /// Cells farthest below the whole first.
    pub fn by_distance(&self) -> Vec<&PriorityCell> {
        self.ordered(|c| c.distance)
    }

    fn ordered(&self, by: impl Fn(&PriorityCell) -> f64) -> Vec<&PriorityCell> {
        let mut cells: Vec<&PriorityCell> = self.cells.iter().filter(|c| c.value.is_some()).collect();
        cells.sort_by(|a, b| by(b).total_cmp(&by(a)));
        cells
    }

    /// Priorities for the whole of a target, from the findings and the estimates behind them.
    ///
    /// # Errors
    /// The target has no figure, no level or no numbers of workers for its whole, or the cells do not make it up.
    pub(super) fn of(options: &PriorityOptions, findings: &TargetFindings, estimates: &Estimates, level_of: f64) -> Result<Self> {
        let target = &findings.target;
        let whole = match (findings.findings.as_slice(), &findings.whole) {
            ([one], _) | (_, Some(one)) => one,
            _ => {
                return Err(Error::data(format!(
                    "the cells of the target `{}` have no whole whose gap could be closed",
                    target.id
                ))
                .help("name a target for one region and sector, or for all regions of one sector"));
            }
        };
        let (Some(value), Some(level), Some(period)) = (whole.value, whole.level, whole.period) else {
            return Err(Error::data(format!("there is no figure and level for the whole of the target `{}`", target.id)));
        };
        let wanted = Wanted {
            measure: target.measure,
            period,
            region: Arc::clone(&whole.region),
            sector: Arc::clone(&whole.sector),
            value,
            level: Some(level),
            gap: whole.gap.and_then(|g| g.interval),
            deadline: target.deadline,
        };
        // What the target asks of the very cell, where it asks the same of each.
        let own = |e: &Estimate| {
            let found = findings.findings.iter().find(|f| f.region == e.region && f.sector == e.sector);
            found.filter(|_| matches!(target.level, Level::Fixed(_) | Level::Change(_))).and_then(|f| f.gap?.workers)
        };
        Priorities::towards(wanted, options, estimates, own, level_of)
    }

    /// Cells with what each gains, and the smallest set of them that gives what is wanted.
    ///
    /// The gap in workers is `G = level N - counted`. A cell gains `g_i = N_i (max(r_i, min(rate, r_i + cap years)) - r_i)`,
    /// and the set minimises its number of cells or of workers while the gains reach `G`. Numbers of workers are those of
    /// the period.
    ///
    /// Source: METHODS M27.
    pub(super) fn towards(
        wanted: Wanted,
        options: &PriorityOptions,
        estimates: &Estimates,
        own: impl Fn(&Estimate) -> Option<f64>,
        level_of: f64,
    ) -> Result<Self> {
        let Wanted { measure, period, region, sector, value, level, gap: around, deadline } = wanted;
        let counted = |e: &Estimate| Some((e.numerator?, e.denominator?));
        let of = estimates.get(measure, period, &region, &sector);
        let since = of.and_then(|e| e.since);
        let of = of.and_then(counted);
        let Some((covered, employees)) = of else {
            return Err(Error::data(format!("the numbers of workers behind {measure} in {period} are not known"))
                .help("priorities need a source with counts"));
        };
        let parts = Whole { measure, periods: [period; 2], region: &region, sector: &sector };
        let by = estimates.groupings(parts, &options.by)?;
        let rows = estimates.rows(parts, &by)?;
        let years = deadline.map(|d| d.years_since(period).max(0.0));
        let gap = level.map_or(0.0, |level| level * employees - covered);
        let cells = rows
            .iter()
            .map(|row| {
                let (counted, workers) = (row.cell.counted[0], row.cell.all[0]);
                let rate = (workers > 0.0).then(|| counted / workers);
                let e = row.estimates[0];
                PriorityCell {
                    codes: row.codes.clone(),
                    name: estimates.cell_name(&by, &row.codes),
                    value: rate,
                    interval: e.interval(level_of),
                    workers,
                    uncovered: workers - counted,
                    distance: value - rate.unwrap_or_default(),
                    short: own(e),
                    reach: 0.0,
                    capped: false,
                    gain: 0.0,
                    share_of_gap: None,
                    in_set: false,
                }
            })
            .collect();
        let priorities = Priorities {
            options: PriorityOptions { by, ..options.clone() },
            measure,
            period,
            since,
            region,
            sector,
            whole: value,
            level: level.unwrap_or(value),
            gap,
            gap_interval: around.map(|i| Interval { low: i.low * employees, high: i.high * employees }),
            years,
            cells,
            closing: if level.is_none() { Closing::NoGoal } else { Closing::NoGap },
            cells_at_upper: None,
        };
        Ok(priorities.settled())
    }

    /// The same where the cap has only these years to work in: other gains, and another smallest set.
    ///
    /// A gain is `g_i = N_i (max(r_i, min(rate, r_i + cap years)) - r_i)`, with the rates `r_i` and the workers `N_i` of the
    /// figures. Without a cap the years change nothing. Source: METHODS M27.
    ///
    /// ```
    /// use undeb::{EffortOptions, Measure, PublishedTable, Registry};
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let options = EffortOptions {
    ///     by: vec!["region".into()],
    ///     goal: Some(0.11),
    ///     rate: Some(0.12),
    ///     cap: Some(0.005),
    ///     deadline: Some("2030".parse()?),
    ///     ..EffortOptions::default()
    /// };
    /// let of_eight = table.estimate(&[Measure::Density], None)?.priorities(Measure::Density, &options)?;
    /// let gained = |p: &undeb::Priorities| p.cells.iter().map(|c| c.gain).sum::<f64>();
    /// assert!(gained(&of_eight.within_years(4.0)) < gained(&of_eight));
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn within_years(&self, years: f64) -> Priorities {
        Priorities { years: Some(years), ..self.clone() }.settled()
    }

    /// What each cell gains, the largest first, and the smallest set of them that gives what is wanted.
    fn settled(mut self) -> Self {
        let PriorityOptions { rate, cap, smallest, .. } = self.options;
        let rise = cap.map(|cap| cap * self.years.unwrap_or_default());
        for cell in &mut self.cells {
            let now = cell.value.unwrap_or_default();
            let allowed = rise.map_or(rate, |rise| rate.min(now + rise));
            cell.reach = allowed.max(now);
            cell.capped = allowed < rate && now < rate;
            cell.gain = cell.workers * (allowed - now).max(0.0);
            cell.share_of_gap = (self.gap > 0.0).then(|| cell.gain / self.gap);
            cell.in_set = false;
        }
        self.cells.sort_by(|a, b| b.gain.total_cmp(&a.gain));
        let gains: Vec<f64> = self.cells.iter().map(|c| c.gain).collect();
        let weights: Vec<f64> = match smallest {
            Smallest::Cells => vec![1.0; gains.len()],
            Smallest::Workers => self.cells.iter().map(|c| c.workers).collect(),
        };
        if self.gap > 0.0 {
            self.closing = smallest_set(&gains, &weights, self.gap).map_or_else(|| self.impossible(), Closing::Set);
        }
        if let Closing::Set(set) = &self.closing {
            set.cells.iter().for_each(|&i| self.cells[i].in_set = true);
        }
        let upper = self.gap_interval.filter(|i| i.high > 0.0).and_then(|i| smallest_set(&gains, &weights, i.high));
        self.cells_at_upper = upper.map(|s| s.cells.len());
        self
    }

    /// Why all cells together do not close the gap.
    fn impossible(&self) -> Closing {
        let rate = self.options.rate;
        let free: f64 = self.cells.iter().map(|c| c.workers * (rate - c.value.unwrap_or(rate)).max(0.0)).sum();
        Closing::Impossible {
            gained: self.cells.iter().map(|c| c.gain).sum(),
            binding: if reaches(free, self.gap) { Binding::Pace } else { Binding::Rate },
            capped: self.cells.iter().filter(|c| c.capped).count(),
        }
    }
}

/// The whole whose gap is to be closed: its figure, the level it should stand at, the interval of the gap as fractions.
pub(super) struct Wanted {
    pub(super) measure: Measure,
    pub(super) period: Period,
    pub(super) region: Arc<str>,
    pub(super) sector: Arc<str>,
    pub(super) value: f64,
    pub(super) level: Option<f64>,
    pub(super) gap: Option<Interval>,
    pub(super) deadline: Option<Period>,
}
