//! Compared figures: the contrast, its error, its test and what is to be known about it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::comparison::{CompareOptions, Context, Contrast, linearise};
use super::side::Side;
use crate::schema::Unit;
use crate::survey::interval::{Flag, Interval, Method, Term, critical_value, difference};
use crate::survey::testing::{self, Adjustment, NoTest, Test, adjusted, smallest_detectable};

/// What the error of a contrast rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dependence {
    /// Both figures come from the same records, and the covariance of the PSUs that they share is in the error.
    Records,
    /// Published figures, taken to be correlated as the caller says.
    Correlation(f64),
    /// Published figures, taken as independent because nobody said otherwise.
    Independent,
}

/// What is to be known about a compared pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeFlag {
    /// A figure is missing on one side, or on both.
    NoFigure,
    /// An incomparable break lies between the two.
    IncomparableBreak,
    /// A caution about a break lies between the two.
    Caution,
    /// No error is stated for one side.
    NoErrorStated,
    /// One side has no spread in its sample, so the error is that of the other alone; the interval comes from the limits of both.
    OneSideWithoutSpread,
    /// Neither side has any spread in its sample: there is no test, and the interval comes from the limits of both.
    NoSpread,
    /// There are no degrees of freedom.
    NoDegreesOfFreedom,
    /// Everybody was counted: the difference is what it is.
    CompleteEnumeration,
    /// A ratio needs two positive figures.
    NoRatio,
    /// The level is not between 0.01 and 0.999999.
    NoLevel,
}

impl ChangeFlag {
    /// The word for it in tables: `no-figure`, `incomparable-break`, ...
    pub const fn id(self) -> &'static str {
        match self {
            ChangeFlag::NoFigure => "no-figure",
            ChangeFlag::IncomparableBreak => "incomparable-break",
            ChangeFlag::Caution => "caution",
            ChangeFlag::NoErrorStated => "no-error-stated",
            ChangeFlag::OneSideWithoutSpread => "one-side-without-spread",
            ChangeFlag::NoSpread => "no-spread",
            ChangeFlag::NoDegreesOfFreedom => "no-degrees-of-freedom",
            ChangeFlag::CompleteEnumeration => "complete-enumeration",
            ChangeFlag::NoRatio => "no-ratio",
            ChangeFlag::NoLevel => "no-level",
        }
    }
}

impl fmt::Display for ChangeFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// One compared pair.
#[derive(Clone, Debug)]
pub struct Change {
    /// The figure that is compared.
    pub first: Arc<Side>,
    /// The figure that it is compared with.
    pub second: Arc<Side>,
    /// Difference or ratio.
    pub contrast: Contrast,
    /// First less second, or first over second; none where a figure is missing or a break forbids it.
    pub value: Option<f64>,
    /// Standard error of the value; none where there is none, or no spread to make one from.
    pub se: Option<f64>,
    /// Degrees of freedom; none where they are not known and the normal distribution is used.
    pub df: Option<f64>,
    /// What the error rests on.
    pub dependence: Dependence,
    /// The words of an incomparable break between the two.
    pub refused: Option<String>,
    /// Notes of breaks of force `caution` between the two.
    pub cautions: Vec<String>,
    complete: bool,
}

impl Change {
    /// A pair by itself, with the error of the records where both sides share them.
    pub(crate) fn of(first: Arc<Side>, second: Arc<Side>, options: &CompareOptions) -> Change {
        let mut change = [Change::new(first, second, options, None, Vec::new())];
        linearise(&mut change, options.contrast);
        let [change] = change;
        change
    }

    /// A pair with the value and error of published figures; those from records follow by [`Self::jointly`].
    pub(crate) fn new(
        first: Arc<Side>,
        second: Arc<Side>,
        options: &CompareOptions,
        refused: Option<String>,
        cautions: Vec<String>,
    ) -> Change {
        let contrast = options.contrast;
        let both = first.value.zip(second.value).filter(|_| refused.is_none());
        let value = both.and_then(|(a, b)| match contrast {
            Contrast::Difference => Some(a - b),
            Contrast::Ratio => (a > 0.0 && b > 0.0).then(|| a / b),
        });
        let rho = options.rho.unwrap_or(0.0);
        let spread = |a: f64, b: f64| (a * a + b * b - 2.0 * rho * a * b).max(0.0).sqrt();
        let se = value.zip(both).and_then(|(value, (a, b))| {
            let (s, t) = (first.se()?, second.se()?);
            Some(match contrast {
                Contrast::Difference => spread(s, t),
                Contrast::Ratio => value * spread(s / a, t / b),
            })
        });
        let dependence = options.rho.map_or(Dependence::Independent, Dependence::Correlation);
        Change { first, second, contrast, value, se, df: None, dependence, refused, cautions, complete: false }
    }

    /// The value and error from the records of both figures.
    pub(crate) fn jointly(&mut self, value: Option<f64>, variance: Option<f64>, df: Option<f64>, complete: bool) {
        self.dependence = Dependence::Records;
        self.value = value.filter(|_| self.value.is_some());
        self.se = variance.map(|v| v.max(0.0).sqrt()).filter(|se| *se > ROUNDING * self.scale());
        (self.df, self.complete) = (df, complete);
    }

    /// The size of the figures, against which an error may be no more than rounding.
    fn scale(&self) -> f64 {
        match self.contrast {
            Contrast::Ratio => self.value.unwrap_or(1.0),
            Contrast::Difference => [&self.first, &self.second].iter().filter_map(|s| s.value).fold(1e-3, |m, v| v.abs().max(m)),
        }
    }

    /// Value and error where chance is measured: as they are, or the logarithm of a ratio.
    fn tested(&self) -> Result<(f64, f64), NoTest> {
        let value = self.value.ok_or(NoTest::NoNumber)?;
        let known = !self.flags().contains(&ChangeFlag::NoErrorStated);
        let se = self.se.ok_or(if known { NoTest::ZeroError } else { NoTest::NoNumber })?;
        Ok(match self.contrast {
            Contrast::Difference => (value / self.scale(), se / self.scale()),
            Contrast::Ratio => (value.ln(), se / value),
        })
    }

    /// Two-sided test of whether the difference is 0, or the ratio 1.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn test(&self) -> Result<Test, NoTest> {
        let (d, se) = self.tested()?;
        testing::difference(d, se, self.df)
    }

    /// Test of "maintained": whether the difference lies within `margin` of 0, or the ratio within a factor `1 + margin` of 1.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn maintained(&self, margin: f64) -> Result<Test, NoTest> {
        let (d, se) = self.tested()?;
        let margin = match self.contrast {
            Contrast::Difference => margin / self.scale(),
            Contrast::Ratio => margin.ln_1p(),
        };
        testing::equivalence(d, se, self.df, margin)
    }

    /// The smallest true difference (for a ratio: the smallest ratio above 1) that the test finds with probability `power`.
    pub fn detectable(&self, level: f64, power: f64) -> Option<f64> {
        match self.contrast {
            Contrast::Difference => smallest_detectable(self.se?, level, power),
            Contrast::Ratio => Some(smallest_detectable(self.se? / self.value?, level, power)?.exp()),
        }
    }

    /// The interval at a level: see [`Self::outcome`].
    pub fn interval(&self, level: f64) -> Option<Interval> {
        self.outcome(level, Method::Wilson).0
    }

    /// The interval at a level, and what is to be known about the pair.
    ///
    /// From records with spread on both sides: `d -+ t se`, or `r exp(-+ t se / r)` for a ratio. Otherwise from the
    /// limits of both sides, which `method` makes (METHODS M4, M16).
    pub fn outcome(&self, level: f64, method: Method) -> (Option<Interval>, Vec<ChangeFlag>) {
        let mut flags = self.flags();
        if !(0.01..=0.999_999).contains(&level) {
            flags.push(ChangeFlag::NoLevel);
            return (None, flags);
        }
        let Some(value) = self.value else { return (None, flags) };
        if self.complete && self.se.is_none() {
            return (Some(Interval { low: value, high: value }), flags);
        }
        let spread = !flags.contains(&ChangeFlag::OneSideWithoutSpread);
        if let (Dependence::Records, Some(se), true) = (self.dependence, self.se, spread) {
            let t = if self.df.is_some_and(|df| df <= 0.0) { f64::NAN } else { critical_value(level, self.df) };
            if t.is_nan() || t > 1e100 {
                return (None, flags);
            }
            return (
                Some(match self.contrast {
                    Contrast::Difference => Interval { low: value - t * se, high: value + t * se },
                    Contrast::Ratio => {
                        let factor = (t * se / value).exp();
                        Interval { low: value / factor, high: value * factor }
                    }
                }),
                flags,
            );
        }
        (self.by_limits(level, method), flags)
    }

    /// The interval from the limits of both sides.
    fn by_limits(&self, level: f64, method: Method) -> Option<Interval> {
        let rho = if let Dependence::Correlation(rho) = self.dependence { rho } else { 0.0 };
        let term = |side: &Side| {
            let interval = side.outcome(level, method).interval.or_else(|| side.outcome(level, Method::Wilson).interval)?;
            let value = side.value?;
            match self.contrast {
                Contrast::Difference => Some(Term { value, interval: Some(interval), factor: 1.0 }),
                Contrast::Ratio if interval.low > 0.0 => {
                    let interval = Interval { low: interval.low.ln(), high: interval.high.ln() };
                    Some(Term { value: value.ln(), interval: Some(interval), factor: 1.0 })
                }
                Contrast::Ratio => None,
            }
        };
        let found = difference(term(&self.first)?, term(&self.second)?, rho);
        let there = match self.contrast {
            Contrast::Difference => found,
            Contrast::Ratio => Interval { low: found.low.exp(), high: found.high.exp() },
        };
        (there.low.is_finite() && there.high.is_finite() && there.width() > 0.0).then_some(there)
    }

    /// What is to be known about the pair, whatever the level.
    pub fn flags(&self) -> Vec<ChangeFlag> {
        let mut flags = Vec::new();
        let sides = [&self.first, &self.second];
        let missing = sides.iter().any(|s| s.value.is_none());
        let unstated = |s: &&&Arc<Side>| s.outcome(0.95, Method::Wilson).flags.contains(&Flag::NoErrorStated);
        let still = |s: &&&Arc<Side>| s.value.is_some() && s.se().is_none() && !unstated(s);
        let all = [
            (missing, ChangeFlag::NoFigure),
            (self.refused.is_some(), ChangeFlag::IncomparableBreak),
            (!self.cautions.is_empty(), ChangeFlag::Caution),
            (sides.iter().any(|s| unstated(&s)), ChangeFlag::NoErrorStated),
            (self.complete && self.se.is_none(), ChangeFlag::CompleteEnumeration),
            (!missing && self.refused.is_none() && self.value.is_none(), ChangeFlag::NoRatio),
            (self.value.is_some() && self.df.is_some_and(|df| df <= 0.0), ChangeFlag::NoDegreesOfFreedom),
        ];
        flags.extend(all.into_iter().filter(|(is, _)| *is).map(|(_, flag)| flag));
        if self.value.is_some() && !flags.contains(&ChangeFlag::CompleteEnumeration) {
            match sides.iter().filter(still).count() {
                1 => flags.push(ChangeFlag::OneSideWithoutSpread),
                2 => flags.push(ChangeFlag::NoSpread),
                _ => {}
            }
        }
        flags
    }

    /// Where the error comes from, and how the two figures are taken to hang together.
    pub fn error_source(&self) -> Option<String> {
        let one = self.first.uncertainty.source()?;
        let other = self.second.uncertainty.source().filter(|other| *other != one);
        let both = other.map_or_else(|| one.clone(), |other| format!("{one}; {other}"));
        Some(match self.dependence {
            Dependence::Records => format!("{both}; with the covariance of shared PSUs"),
            Dependence::Correlation(rho) => format!("{both}; correlation {rho} assumed"),
            Dependence::Independent => format!("{both}; taken as independent"),
        })
    }
}

/// A standard error below this share of the figures is rounding, not sampling.
const ROUNDING: f64 = 1e-12;

/// What all rows of a comparison share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) source: String,
    pub(crate) citation: String,
    pub(crate) definitions: Vec<(&'static str, String)>,
    /// What is counted.
    counted: String,
    /// The currency and time of pay.
    pay_unit: Option<Arc<str>>,
}

impl Shared {
    /// The words for a unit.
    pub(crate) fn unit(&self, unit: Unit) -> String {
        unit.words(&self.counted, self.pay_unit.as_deref()).to_owned()
    }

    pub(crate) fn of(context: &Context<'_>) -> Shared {
        Shared {
            counted: context.source.unit.clone(),
            pay_unit: context.pay_unit.clone(),
            source: context.source.id.clone(),
            citation: context.source.citation.clone(),
            definitions: context.definitions.clone(),
        }
    }
}

/// A table of compared figures.
///
/// Level, method of intervals, margin, power and adjustment are chosen on viewing: see [`ChangeView`](crate::ChangeView).
#[derive(Clone, Debug)]
pub struct Changes {
    pub(crate) rows: Vec<Change>,
    pub(crate) shared: Shared,
}

impl Changes {
    /// The pairs, in the order of the table that they come from.
    pub fn rows(&self) -> &[Change] {
        &self.rows
    }

    /// How to cite the source of the figures.
    pub fn citation(&self) -> &str {
        &self.shared.citation
    }

    /// The p-values of all tests of this table, adjusted for their number; none where a row has no test.
    ///
    /// Source: METHODS M12.
    pub fn adjusted(&self, by: Adjustment) -> Vec<Option<f64>> {
        let p: Vec<Option<f64>> = self.rows.iter().map(|row| row.test().ok().map(|t| t.p_value)).collect();
        adjusted(&p, by)
    }
}
