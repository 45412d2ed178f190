//! What may be chosen for a projection, and what cannot be carried on.

use serde::Serialize;

use super::employment::Employment;
use super::trend::Trend;
use crate::error::{Error, Result};
use crate::schema::Period;

/// Most simulated paths: probabilities are then known to a thousandth.
const MOST_PATHS: usize = 1_000_000;

/// What is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// A share.
    Level(f64),
    /// A change from the level of a period, which is itself uncertain.
    Change {
        /// Where the change starts.
        from: Period,
        /// The change, as a fraction.
        by: f64,
    },
}

/// What may be chosen for a projection.
///
/// ```
/// use undeb::{Goal, ProjectionOptions};
/// let options = ProjectionOptions { goal: Some(Goal::Level(0.1)), ..ProjectionOptions::to("2030".parse()?) };
/// assert_eq!((options.paths, options.within), (2000, 30));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectionOptions {
    /// Last period of the projection: the deadline.
    pub to: Period,
    /// What is to be reached by then, if anything.
    pub goal: Option<Goal>,
    /// Paths that are simulated for the year of first reaching it.
    pub paths: usize,
    /// Seed of the simulation; the same seed gives the same answer.
    pub seed: u64,
    /// Years after the last figure within which a first year is looked for.
    pub within: u32,
    /// Employees in the periods to come.
    pub employment: Employment,
}

impl ProjectionOptions {
    /// A projection to a period, with everything else as it is when nothing is said.
    pub fn to(to: Period) -> Self {
        ProjectionOptions { to, goal: None, paths: 2_000, seed: 1, within: 30, employment: Employment::Flat }
    }

    /// That the trend can be carried on as asked.
    pub(super) fn check(&self, trend: &Trend) -> Result<()> {
        let (series, first) = (format!("{} of {}", trend.measure().name(), trend.place()), trend.points()[0].period);
        match self.goal {
            Some(Goal::Level(level)) if !(0.0..=1.0).contains(&level) => {
                return Err(Error::plan(format!("the target {level} is outside of 0 to 100 %")).help(if level > 1.0 {
                    format!("a share is a fraction: {} for {level} per cent", level / 100.0)
                } else {
                    "a share is a fraction: 0.30 for 30 %".to_owned()
                }));
            }
            Some(Goal::Change { from, .. }) if trend.at(from).is_none() => {
                return Err(Error::data(format!("{series} has no trend in {from}, from which a change is asked for"))
                    .help(format!("the trend runs from {first} to {}", trend.latest().period)));
            }
            Some(Goal::Change { by, .. }) if !(-1.0..=1.0).contains(&by) => {
                return Err(Error::plan(format!("a change of {by} is no fraction")).help("write 0.05 for five points"));
            }
            Some(goal @ Goal::Change { from, by }) => {
                if let Some(level) = trend.goal_level(goal).filter(|level| !(-1e-9..=1.0 + 1e-9).contains(level)) {
                    return Err(Error::plan(format!(
                        "a change of {by} from {from} would lead to {level:.3}, outside of 0 to 100 %"
                    ))
                    .help("write a change as a fraction: 0.05 is five points"));
                }
            }
            _ => {}
        }
        if !self.to.is_like(first) {
            let (has, help) = match first.quarter() {
                None => ("years", format!("name a year, such as {}", self.to.calendar_year())),
                Some(_) => ("quarters", format!("name a quarter, such as {}-Q4", self.to.calendar_year())),
            };
            return Err(Error::data(format!("{series} has {has}, and cannot be carried on to {}", self.to)).help(help));
        }
        if self.to < first {
            return Err(Error::data(format!("{} lies before {series}, which starts in {first}", self.to)));
        }
        if self.within > 100 {
            return Err(
                Error::plan(format!("{} years are too many to look for a first year in", self.within)).help("give 100 at most")
            );
        }
        if self.paths > MOST_PATHS {
            return Err(Error::plan(format!("{} paths are more than are of any use", self.paths))
                .help(format!("give {MOST_PATHS} at most")));
        }
        if self.to.years_since(trend.latest().period) > 100.0 {
            return Err(Error::data(format!("a projection of {series} to {} is more than 100 years long", self.to)));
        }
        if self.paths == 0 || self.within == 0 {
            return Err(Error::plan("a projection needs at least one path and one year"));
        }
        self.employment.check()
    }
}
