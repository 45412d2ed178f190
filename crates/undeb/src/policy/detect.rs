//! What change could be told at all, and when.

use serde::Serialize;

use super::series::Series;
use crate::error::{Error, Result};
use crate::estimation::Estimate;
use crate::schema::Period;
use crate::survey::testing::smallest_detectable;

/// How sure a change has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DetectOptions {
    /// Level of the test.
    pub level: f64,
    /// Probability with which the change is to be found.
    pub power: f64,
    /// Correlation of the sampling errors of two published figures of the cell; independent without one.
    pub correlation: Option<f64>,
}

impl Default for DetectOptions {
    fn default() -> Self {
        DetectOptions { level: 0.95, power: 0.8, correlation: None }
    }
}

/// The smallest change that could be told, and the first period in which the change that is asked for is no smaller.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Detectable {
    /// Where the change starts.
    pub from: Period,
    /// The smallest change from there to a figure as precise as the last, as a fraction.
    pub smallest: f64,
    /// Change that is asked for in all, as a fraction.
    pub asked: f64,
    /// First period in which being on the path could be told from standing still.
    pub path_from: Option<Period>,
    /// Whether the whole change could be told from standing still.
    pub whole: bool,
    /// Level of the test.
    pub level: f64,
    /// Probability with which the change is found.
    pub power: f64,
}

/// A change of less does not print.
const PRINTED: f64 = 5e-4;

impl Detectable {
    /// Whether a rise is asked for that a page would print; a level below the start asks for none.
    pub fn asks_change(&self) -> bool {
        self.asked >= PRINTED
    }

    /// Whether the level lies so far below the start that a page would print the fall it bears.
    pub fn bears_fall(&self) -> bool {
        self.asked <= -PRINTED
    }
}

impl Series {
    /// The smallest true change between two figures that a test at `level` finds with probability `power`.
    ///
    /// Formula: `(z_{1-a/2} + z_power) sqrt(v_1 + v_2 - 2 rho s_1 s_2)`, with `rho` as the records tell it, else as the
    /// options say. Source: METHODS M22 and M12.
    ///
    /// ```
    /// use undeb::{DetectOptions, Measure, PublishedTable, Registry};
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let series = table.estimate(&[Measure::Density], Some(1.5))?.track(Measure::Density, "WY", "all")?;
    /// let points = series.smallest_change("2012".parse()?, "2022".parse()?, &DetectOptions::default())?;
    /// assert!(points > 0.02 && points < 0.05);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// The periods are the same; there is no figure, or none with a stated error; an incomparable break lies between; level
    /// or power are no probabilities; a correlation for figures whose records tell it.
    pub fn smallest_change(&self, a: Period, b: Period, options: &DetectOptions) -> Result<f64> {
        if a == b {
            return Err(Error::data(format!("a change from {a} to {b} is no change")).help("name two periods"));
        }
        let place = |p: Period| self.figures.iter().position(|f| f.period == p);
        let known = place(a).zip(place(b)).and_then(|(i, j)| self.correlation(i, j));
        if known.is_some() && options.correlation.is_some() {
            return Err(Error::data("a correlation is given, but the records tell it").help("leave the correlation out"));
        }
        self.smallest_as_precise(a, b, &DetectOptions { correlation: known.or(options.correlation), ..*options })
    }

    /// The two figures that a change goes between: as named, or the newest one and the one before.
    ///
    /// # Errors
    /// There is no figure before the end.
    pub fn ends(&self, start: Option<Period>, end: Option<Period>) -> Result<(Period, Period)> {
        let newest_first = || self.figures.iter().rev().map(|f| f.period);
        let end = end.or_else(|| newest_first().next());
        let start = start.or_else(|| newest_first().find(|p| end.is_some_and(|end| *p < end)));
        start.zip(end).ok_or_else(|| {
            Error::data(format!("{} has no figure before the one that a change would end with", self.place))
                .help("a change needs two figures")
        })
    }

    /// The smallest change between two figures as precise as those of the two periods, which may be one and the same.
    fn smallest_as_precise(&self, a: Period, b: Period, options: &DetectOptions) -> Result<f64> {
        if self.broken(a, b) {
            return Err(Error::definition(format!("{a} and {b} lie on both sides of an incomparable series break"))
                .help("compare periods on one side of the break"));
        }
        let se = |p: Period| {
            self.figures.iter().find(|f| f.period == p).and_then(Estimate::se).ok_or_else(|| {
                match self.figures.iter().any(|f| f.se().is_some()) {
                    true => Error::data(format!("{} has no figure with a sampling error in {p}", self.place))
                        .help("name a period that has one"),
                    false => Error::data(format!("no figure of {} has a sampling error", self.place))
                        .help("assume a design effect, where the source has sample sizes; without errors nothing can be said of what could be told"),
                }
            })
        };
        smallest(se(a)?, se(b)?, options)
    }

    /// When a change that is asked for could be told: `path` gives the level asked for in a period, `until` its last.
    ///
    /// Figures to come are taken to be as precise as the last one, and as correlated with the first as the options say.
    /// The first period of the path is the one in which the change since `from` is no smaller than the smallest that
    /// could be told. Source: METHODS M22.
    ///
    /// # Errors
    /// As [`Series::smallest_change`], but for a path that starts at the last figure.
    pub fn detect(
        &self,
        from: Period,
        until: Period,
        path: impl Fn(Period) -> Option<f64>,
        options: &DetectOptions,
    ) -> Result<Detectable> {
        if !until.is_like(from) {
            let (has, name) = if from.quarter().is_none() { ("years", "a year") } else { ("quarters", "a quarter") };
            return Err(
                Error::plan(format!("{} has {has}, and {until} is none of them", self.place)).help(format!("name {name}"))
            );
        }
        let last = self.figures.last().map_or(from, |f| f.period);
        let smallest = self.smallest_as_precise(from, last, options)?;
        let start = path(from).ok_or_else(|| Error::data(format!("there is no path in {from}")))?;
        let asked = path(until).map_or(0.0, |l| l - start);
        let steps = (until.years_since(from) / from.length()).round().max(0.0) as usize;
        // A trifle for the rounding of the path's own arithmetic; a path that goes the other way first asks for nothing yet.
        let told = |change: f64| change * asked.signum() >= smallest * (1.0 - 1e-12);
        let path_from = (1..=steps).map(|h| from.later(h)).find(|p| path(*p).is_some_and(|l| told(l - start)));
        Ok(Detectable { from, smallest, asked, path_from, whole: told(asked), level: options.level, power: options.power })
    }
}

impl Series {
    /// When the way from the newest figure straight to a level at a deadline could be told from standing still.
    ///
    /// Source: METHODS M22.
    ///
    /// ```
    /// use undeb::{DetectOptions, Measure, PublishedTable, Registry};
    /// let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    /// let series = table.estimate(&[Measure::Density], Some(1.5))?.track(Measure::Density, "WY", "all")?;
    /// let told = series.detect_goal(0.10, "2030".parse()?, &DetectOptions::default())?;
    /// assert!(told.asked > told.smallest && told.path_from > Some("2022".parse()?));
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// There is no figure; the level is no share; the deadline is not after the newest figure; else as [`Series::detect`].
    pub fn detect_goal(&self, level: f64, deadline: Period, options: &DetectOptions) -> Result<Detectable> {
        let newest = self.figures.iter().rev().find_map(|f| Some((f.period, f.value?)));
        let (from, value) = newest.ok_or_else(|| Error::data(format!("{} has no figure", self.place)))?;
        if !(0.0..=1.0).contains(&level) {
            return Err(Error::plan(format!("the target {level} is outside of 0 to 100 %")).help("write 0.30 for 30 %"));
        }
        if deadline <= from {
            return Err(Error::plan(format!("the deadline {deadline} is not after the newest figure of {}, {from}", self.place))
                .help("give a later one; what the figures say of the level is known already"));
        }
        let whole = deadline.years_since(from);
        self.detect(from, deadline, |p| Some(value + (level - value) * p.years_since(from) / whole), options)
    }
}

fn smallest(a: f64, b: f64, options: &DetectOptions) -> Result<f64> {
    let rho = options.correlation.unwrap_or(0.0);
    if !(-1.0..=1.0).contains(&rho) {
        return Err(Error::data(format!("the correlation {rho} is not between -1 and 1"))
            .help("give the correlation of the sampling errors of two figures of the cell, or leave it out"));
    }
    let se = (a * a + b * b - 2.0 * rho * a * b).max(0.0).sqrt();
    smallest_detectable(se, options.level, options.power).ok_or_else(|| {
        Error::data(format!(
            "no change can be told at level {} with power {} and correlation {}",
            options.level, options.power, rho
        ))
        .help("level and power lie between 0 and 1, the power above one half of 1 - level, the correlation between -1 and 1")
    })
}
