//! Confidence intervals for a proportion, and for a difference of two, from an effective sample size.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::distribution::{beta_quantile, t_quantile};
use crate::error::{Error, Result, choices};

/// A closed interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Width of the interval.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// The same interval moved by `by`.
    #[must_use]
    pub fn shifted(self, by: f64) -> Self {
        Interval { low: self.low + by, high: self.high + by }
    }
}

/// The t quantile for a two-sided interval at `level`; the normal one without degrees of freedom.
pub fn critical_value(level: f64, df: Option<f64>) -> f64 {
    t_quantile(0.5 + level / 2.0, df.unwrap_or(f64::INFINITY))
}

/// Wilson's score interval on the effective sample size.
///
/// Formula: `(p + t^2/2n -+ t sqrt(p(1-p)/n + t^2/4n^2)) / (1 + t^2/n)`, with `p` the proportion, `n` the effective
/// sample size (persons) and `t` the critical value. It stays inside [0, 1] and has width at 0 and 1.
///
/// Source: METHODS M2; Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
///
/// ```
/// use undeb::survey::interval::wilson;
/// let at_zero = wilson(0.0, 21.0, 2.570581835636314);
/// assert_eq!(at_zero.low, 0.0);
/// assert!((at_zero.high - 0.23934790890029978).abs() < 1e-12);
/// ```
pub fn wilson(p: f64, n: f64, t: f64) -> Interval {
    let t2 = t * t / n;
    let centre = (p + t2 / 2.0) / (1.0 + t2);
    let half = t * (p * (1.0 - p) / n + t2 / (4.0 * n)).sqrt() / (1.0 + t2);
    // At 0 and 1 the end is exact by algebra; rounding must not push it off.
    let low = if p <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let high = if p >= 1.0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
    Interval { low, high }
}

/// Korn and Graubard's interval: Clopper-Pearson on an effective sample size.
///
/// `n` is the effective sample size in persons, already adjusted for degrees of freedom where they are known.
///
/// Source: METHODS M2; Korn and Graubard (1998), Survey Methodology 24, 193-201.
///
/// ```
/// use undeb::survey::interval::korn_graubard;
/// let i = korn_graubard(0.0, 13.828332509351894, 0.95);
/// assert!((i.high - 0.23414499883375584).abs() < 1e-9);
/// ```
pub fn korn_graubard(p: f64, n: f64, level: f64) -> Interval {
    let x = p * n;
    let alpha = 1.0 - level;
    Interval {
        low: if p <= 0.0 { 0.0 } else { beta_quantile(alpha / 2.0, x, n - x + 1.0) },
        high: if p >= 1.0 { 1.0 } else { beta_quantile(1.0 - alpha / 2.0, x + 1.0, n - x) },
    }
}

/// How the interval of a proportion is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// `p -+ t se`: not cut off at 0 and 1, flagged where it reaches beyond; none at 0 and 1. R: `svyciprop`, `mean`.
    Wald,
    /// `p -+ t se` on the log-odds scale, turned back; none at 0 and 1. R: `svyciprop`, `xlogit`.
    Logit,
    /// Wilson's score interval on the effective sample. R: `svyciprop`, `wilson`.
    #[default]
    Wilson,
    /// Wald's interval around Wilson's centre, cut off at 0 and 1; never inside Wilson's.
    AgrestiCoull,
    /// Clopper and Pearson's interval on the effective sample, adjusted for degrees of freedom. R: `svyciprop`, `beta`.
    KornGraubard {
        /// The effective sample never counts for more than the records there are, as the rules of NCHS have it.
        truncate: bool,
    },
}

const METHODS: [(&str, Method); 6] = [
    ("wald", Method::Wald),
    ("logit", Method::Logit),
    ("wilson", Method::Wilson),
    ("agresti-coull", Method::AgrestiCoull),
    ("korn-graubard", Method::KornGraubard { truncate: false }),
    ("korn-graubard-nchs", Method::KornGraubard { truncate: true }),
];

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        METHODS.iter().find(|(name, _)| *name == text).map(|(_, method)| *method).ok_or_else(|| {
            Error::schema(format!("`{text}` is not a method for intervals")).help(choices(text, METHODS.map(|(name, _)| name)))
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(METHODS.iter().find(|(_, method)| method == self).map_or("", |(name, _)| name))
    }
}

/// What is to be known about an interval, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// The proportion is 0 or 1: the records are taken as a simple random sample, and Wald and logit give no interval.
    AtBoundary,
    /// The variance is zero between 0 and 1: the records are taken as a simple random sample.
    ZeroVariance,
    /// There is one record only, and it is taken as it is, without adjustment for degrees of freedom.
    OneRecord,
    /// Everybody was counted: the interval is the proportion itself.
    CompleteEnumeration,
    /// The interval reaches below 0 or above 1.
    BeyondUnit,
    /// No interval: the degrees of freedom are zero, or too near to it for a critical value.
    NoDegreesOfFreedom,
    /// No interval: the proportion is not between 0 and 1.
    NotAProportion,
    /// No interval: the variance is negative or not a number.
    NoVariance,
    /// No interval: there are no records.
    NoSample,
    /// No interval: the level is not between 0.01 and 0.999999.
    NoLevel,
    /// No interval: there is no figure.
    NoFigure,
    /// No interval: no sampling error is stated.
    NoErrorStated,
}

impl Flag {
    /// The word for it in tables: `at-boundary`, `no-figure`, ...
    pub const fn id(self) -> &'static str {
        match self {
            Flag::AtBoundary => "at-boundary",
            Flag::ZeroVariance => "zero-variance",
            Flag::OneRecord => "one-record",
            Flag::CompleteEnumeration => "complete-enumeration",
            Flag::BeyondUnit => "beyond-unit",
            Flag::NoDegreesOfFreedom => "no-degrees-of-freedom",
            Flag::NotAProportion => "not-a-proportion",
            Flag::NoVariance => "no-variance",
            Flag::NoSample => "no-sample",
            Flag::NoLevel => "no-level",
            Flag::NoFigure => "no-figure",
            Flag::NoErrorStated => "no-error-stated",
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// An interval, what it rests on, and what is to be known about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// The interval; where there is none, a flag says why.
    pub interval: Option<Interval>,
    /// Effective sample that the interval rests on, in persons; adjusted and cut off where the method does so.
    pub effective_n: Option<f64>,
    /// In no order of weight; empty in the ordinary case.
    pub flags: Vec<Flag>,
}

impl Outcome {
    /// No interval, and why.
    pub(crate) fn none(why: Flag) -> Self {
        Outcome { interval: None, effective_n: None, flags: vec![why] }
    }
}

/// The interval `value -+ t se` of a number that is no proportion: a signed difference, a total, a mean.
///
/// `complete` says that everybody was counted: only then does a zero error give an interval without width. Otherwise a
/// zero error gives none, because there is no proportion whose records could stand in for it.
///
/// Source: METHODS M2.
///
/// ```
/// use undeb::survey::interval::{Flag, symmetric};
/// let points = symmetric(0.02, 0.01, None, false, 0.95).interval.unwrap();
/// assert!((points.high - 0.0395996398454005).abs() < 1e-12);
/// assert_eq!(symmetric(0.02, 0.0, None, false, 0.95).flags, [Flag::ZeroVariance]);
/// ```
pub fn symmetric(value: f64, se: f64, df: Option<f64>, complete: bool, level: f64) -> Outcome {
    if !(0.01..=0.999_999).contains(&level) {
        return Outcome::none(Flag::NoLevel);
    }
    if !value.is_finite() || !se.is_finite() || se < 0.0 {
        return Outcome::none(Flag::NoVariance);
    }
    // Errors far below the size of the number are rounding, not sampling.
    if se <= 1e-12 * value.abs().max(f64::MIN_POSITIVE) {
        if complete {
            let exactly = Interval { low: value, high: value };
            return Outcome { interval: Some(exactly), effective_n: None, flags: vec![Flag::CompleteEnumeration] };
        }
        return Outcome::none(Flag::ZeroVariance);
    }
    let t = if df.is_some_and(|df| df <= 0.0) { f64::NAN } else { critical_value(level, df) };
    if t.is_nan() || t > 1e100 {
        return Outcome::none(Flag::NoDegreesOfFreedom);
    }
    Outcome { interval: Some(Interval { low: value - t * se, high: value + t * se }), ..Outcome::default() }
}

/// A proportion this near to 0 or 1, on either side, is there but for rounding.
const EDGE: f64 = 1e-13;
/// A variance below this (a standard error below 1e-12) is rounding, not sampling.
const NO_VARIANCE: f64 = 1e-24;
/// Larger effective samples are taken as this where the records stand in, so that rounding leaves a width, and in the
/// beta quantile, which would need ever more terms.
const LARGEST: f64 = 1e10;

/// The interval of a proportion `p` with its `variance` under the design, from `n` records and `df` degrees of freedom.
///
/// Formula: by method, with the effective sample `p (1 - p) / variance` and the t quantile of `df`, the normal one where
/// they are not known. Korn-Graubard multiplies the effective sample by `(t_{n-1} / t_df)^2` where `df` is known. At 0
/// and 1, and where the variance is zero, the effective sample is `n`, and no adjustment raises it. An infinite `n`
/// says that everybody was counted: only then does a zero variance give an interval without width.
///
/// Source: METHODS M2.
///
/// ```
/// use undeb::survey::interval::{Flag, Method, proportion};
/// let nobody = proportion(0.0, 0.0, 21.0, Some(5.0), 0.95, Method::KornGraubard { truncate: false });
/// assert!((nobody.interval.unwrap().high - 0.23414499883375584).abs() < 1e-9);
/// assert_eq!(nobody.flags, [Flag::AtBoundary]);
/// ```
pub fn proportion(p: f64, variance: f64, n: f64, df: Option<f64>, level: f64, method: Method) -> Outcome {
    let mut flags = Vec::new();
    let none = |effective_n, flags| Outcome { interval: None, effective_n, flags };
    let refused = [
        (!(-EDGE..=1.0 + EDGE).contains(&p), Flag::NotAProportion),
        (!variance.is_finite() || variance < -1e-15, Flag::NoVariance),
        (n.is_nan() || n <= 0.0, Flag::NoSample),
        (!(0.01..=0.999_999).contains(&level), Flag::NoLevel),
    ];
    flags.extend(refused.iter().filter(|(is, _)| *is).map(|(_, flag)| *flag));
    if !flags.is_empty() {
        return none(None, flags);
    }

    let p = if p < EDGE {
        0.0
    } else if p > 1.0 - EDGE {
        1.0
    } else {
        p
    };
    let at_boundary = p == 0.0 || p == 1.0;
    let no_spread = at_boundary || variance < NO_VARIANCE;
    if no_spread && n.is_infinite() {
        let exactly = Interval { low: p, high: p };
        return Outcome { interval: Some(exactly), effective_n: None, flags: vec![Flag::CompleteEnumeration] };
    }
    if no_spread {
        flags.push(if at_boundary { Flag::AtBoundary } else { Flag::ZeroVariance });
    }
    if n < 2.0 {
        flags.push(Flag::OneRecord);
    }
    let plain = if no_spread { n.min(LARGEST) } else { p * (1.0 - p) / variance };
    let t = if df.is_some_and(|df| df <= 0.0) { f64::NAN } else { critical_value(level, df) };
    // A fraction of a degree of freedom can put the quantile beyond all numbers.
    if t.is_nan() || t > 1e100 {
        flags.push(Flag::NoDegreesOfFreedom);
        return none(Some(plain), flags);
    }
    let effective_n = match method {
        Method::KornGraubard { truncate } => {
            let adjust = if df.is_some() && n >= 2.0 { (critical_value(level, Some(n - 1.0)) / t).powi(2) } else { 1.0 };
            let most = if truncate || no_spread { n } else { LARGEST };
            (plain * adjust).min(most).min(LARGEST)
        }
        _ => plain,
    };
    let se = (p * (1.0 - p) / plain).sqrt();
    let interval = match method {
        Method::Wald | Method::Logit if at_boundary => return none(Some(effective_n), flags),
        Method::Wald => Interval { low: p - t * se, high: p + t * se },
        Method::Logit => logit(p, se, t),
        Method::Wilson => wilson(p, effective_n, t),
        Method::AgrestiCoull => agresti_coull(p, effective_n, t),
        Method::KornGraubard { .. } => korn_graubard(p, effective_n, level),
    };
    if interval.low < 0.0 || interval.high > 1.0 {
        flags.push(Flag::BeyondUnit);
    }
    Outcome { interval: Some(interval), effective_n: Some(effective_n), flags }
}

/// `expit(logit p -+ t se / (p (1 - p)))`; `p` lies between 0 and 1.
fn logit(p: f64, se: f64, t: f64) -> Interval {
    let centre = p.ln() - (-p).ln_1p();
    let half = t * se / (p * (1.0 - p));
    let expit = |v: f64| 1.0 / (1.0 + (-v).exp());
    Interval { low: expit(centre - half), high: expit(centre + half) }
}

/// `c -+ t sqrt(c (1 - c) / m)` with `m = n + t^2` and `c = (p n + t^2 / 2) / m`, cut off at 0 and 1.
///
/// Source: METHODS M2; Agresti and Coull (1998), The American Statistician 52, 119-126.
fn agresti_coull(p: f64, n: f64, t: f64) -> Interval {
    let m = n + t * t;
    let centre = (p * n + t * t / 2.0) / m;
    let half = t * (centre * (1.0 - centre) / m).sqrt();
    Interval { low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

/// A number with its interval, as a term of a difference; without one it is taken as fixed.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The number.
    pub value: f64,
    /// Its interval at the wanted level.
    pub interval: Option<Interval>,
    /// Factor it enters with, not negative.
    pub factor: f64,
}

impl Term {
    fn below(self) -> f64 {
        self.interval.map_or(0.0, |i| self.factor * (self.value - i.low))
    }

    fn above(self) -> f64 {
        self.interval.map_or(0.0, |i| self.factor * (i.high - self.value))
    }
}

/// Interval of `a.factor a - b.factor b` from the two intervals (variance recovered from the limits).
///
/// Formula: with `d` the difference, `l` and `u` the distances from each value down and up to its limits, and `rho`
/// the correlation of the two estimates,
/// `low = d - sqrt(l_a^2 + u_b^2 - 2 rho l_a u_b)`, `high = d + sqrt(u_a^2 + l_b^2 - 2 rho u_a l_b)`.
/// With symmetric intervals this is the usual interval from the variance of a difference; with a fixed `b` it is the
/// interval of `a`, moved.
///
/// Source: METHODS M4; Newcombe (1998), Statistics in Medicine 17, 873-890; Zou and Donner (2008), ibid. 27, 1693-1702.
///
/// ```
/// use undeb::survey::interval::{Interval, Term, difference};
/// let a = Term { value: 0.3, interval: Some(Interval { low: 0.27, high: 0.33 }), factor: 1.0 };
/// let b = Term { value: 0.2, interval: Some(Interval { low: 0.16, high: 0.24 }), factor: 1.0 };
/// let d = difference(a, b, 0.0);
/// assert!((d.low - 0.05).abs() < 1e-12 && (d.high - 0.15).abs() < 1e-12);
/// ```
pub fn difference(a: Term, b: Term, rho: f64) -> Interval {
    let d = a.factor * a.value - b.factor * b.value;
    let spread = |x: f64, y: f64| (x * x + y * y - 2.0 * rho * x * y).max(0.0).sqrt();
    Interval { low: d - spread(a.below(), b.above()), high: d + spread(a.above(), b.below()) }
}
