//! Confidence intervals for a proportion, and for a difference of two, from an effective sample size.

use serde::Serialize;

use super::distribution::{beta_quantile, t_quantile};

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
