//! Where effort would count, asked of estimates without a plan.

use std::sync::Arc;

use super::assessment::LIKE_THE_FIGURES;
use super::priorities::{Priorities, PriorityOptions, Wanted};
use super::smallest_set::Smallest;
use crate::error::{Error, Result};
use crate::estimation::Estimates;
use crate::schema::{Measure, Period};
use crate::survey::interval::Interval;

/// Where effort is looked for when there is no plan.
#[derive(Clone, Debug, PartialEq)]
pub struct EffortOptions {
    /// Groupings that make the cells; all whose parts are there when empty.
    pub by: Vec<String>,
    /// Level that the whole should stand at, as a fraction; its own rate when none, and then there is no gap.
    pub goal: Option<f64>,
    /// The rate that a cell would move to, as a fraction; the goal when none.
    pub rate: Option<f64>,
    /// The most that a cell can rise in a year, as a fraction; no limit when none.
    pub cap: Option<f64>,
    /// When the goal is to be reached; a cap needs it.
    pub deadline: Option<Period>,
    /// Period of the figures; the newest of the whole when none.
    pub period: Option<Period>,
    /// Region of the whole; the source's own when none.
    pub region: Option<String>,
    /// Sector of the whole; all sectors when none.
    pub sector: Option<String>,
    /// What makes a set small.
    pub smallest: Smallest,
    /// Confidence level of the intervals.
    pub level: f64,
}

impl Default for EffortOptions {
    fn default() -> Self {
        EffortOptions {
            by: Vec::new(),
            goal: None,
            rate: None,
            cap: None,
            deadline: None,
            period: None,
            region: None,
            sector: None,
            smallest: Smallest::Cells,
            level: 0.95,
        }
    }
}

impl EffortOptions {
    fn check(&self) -> Result<()> {
        for (name, share) in [("goal", self.goal), ("rate", self.rate), ("cap", self.cap)] {
            if let Some(share) = share.filter(|s| !(0.0..=1.0).contains(s)) {
                return Err(
                    Error::plan(format!("the {name} {share} is not a fraction between 0 and 1")).help("write 0.30 for 30 %")
                );
            }
        }
        match (self.cap, self.deadline) {
            (Some(cap), _) if cap <= 0.0 => {
                Err(Error::plan(format!("a cap of {cap} lets no cell rise")).help("write 0.005 for half a point a year"))
            }
            (Some(_), None) => Err(Error::plan("a cap on the pace needs a deadline").help("give one, or leave the cap out")),
            _ if !(self.level > 0.0 && self.level < 1.0) => {
                Err(Error::data(format!("the confidence level {} is not between 0 and 1", self.level)))
            }
            _ => Ok(()),
        }
    }
}

impl Estimates {
    /// Where effort would count: the cells of a whole, and the smallest set of them that would close its gap.
    ///
    /// The gap in workers is `G = goal N - counted`. A cell gains `g_i = N_i (max(r_i, min(rate, r_i + cap years)) - r_i)`,
    /// and the set minimises its number of cells or of workers while the gains reach `G`. Numbers of workers are those of
    /// the period. Without a goal there is no gap, and a gain is what lifting the cell to the whole's rate would add.
    ///
    /// Source: METHODS M27.
    ///
    /// ```
    /// use undeb::{EffortOptions, Measure, PublishedTable, Registry};
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let density = table.estimate(&[Measure::Density], Some(1.5))?;
    /// let options = EffortOptions { by: vec!["region".into()], goal: Some(0.11), rate: Some(0.12), ..EffortOptions::default() };
    /// let of = density.priorities(Measure::Density, &options)?;
    /// let in_set: f64 = of.cells.iter().filter(|c| c.in_set).map(|c| c.gain).sum();
    /// assert!(of.gap > 0.0 && in_set >= of.gap);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// The measure is a difference of rates; there is no figure or no number of workers for the whole; the cells do not make
    /// it up; a goal, rate or cap that is no fraction; a cap without a deadline.
    pub fn priorities(&self, measure: Measure, options: &EffortOptions) -> Result<Priorities> {
        options.check()?;
        self.definition(measure)?;
        if !measure.is_share() {
            return Err(Error::definition(format!("{measure} is a difference of rates, whose gap no cell can close"))
                .help("ask for a share, such as density or coverage"));
        }
        let region = options.region.as_deref().unwrap_or_else(|| self.regions().whole());
        let sector = options.sector.as_deref().unwrap_or_else(|| self.sectors().whole());
        let (region, sector) = (self.regions().find(region)?.id.as_str(), self.sectors().find(sector)?.id.as_str());
        let figure = match options.period {
            Some(period) => self.get(measure, period, region, sector),
            None => self.latest(measure, region, sector, None),
        };
        if let (Some(deadline), Some(figure)) = (options.deadline, figure)
            && !deadline.is_like(figure.period)
        {
            return Err(Error::plan(format!(
                "the deadline {deadline} is no period such as {}, as the figures have them",
                figure.period
            ))
            .help(LIKE_THE_FIGURES));
        }
        let Some((figure, value)) = figure.and_then(|e| Some((e, e.value?))) else {
            let when = options.period.map(|p| format!(" in {p}")).unwrap_or_default();
            return Err(Error::data(format!("there is no figure of {measure} for {region}, {sector}{when}"))
                .help("name a region, a sector and a period that the source has"));
        };
        let interval = figure.interval(options.level);
        let gap = options.goal.zip(interval).map(|(goal, i)| Interval { low: goal - i.high, high: goal - i.low });
        let wanted = Wanted {
            measure,
            period: figure.period,
            region: Arc::clone(&figure.region),
            sector: Arc::clone(&figure.sector),
            value,
            level: options.goal,
            gap,
            deadline: options.deadline,
        };
        let options_of = PriorityOptions {
            target: None,
            by: options.by.clone(),
            rate: options.rate.or(options.goal).unwrap_or(value),
            cap: options.cap,
            smallest: options.smallest,
            among: 5,
        };
        Priorities::towards(wanted, &options_of, self, |_| None, options.level)
    }
}
