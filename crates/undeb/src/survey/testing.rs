//! Tests of change: is a difference more than chance, less than a margin, or too small to be seen at all.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::distribution::{normal_quantile, t_cdf};
use crate::error::{Error, Result as Checked, choices};

/// A test statistic and the probability of one at least as far out where nothing is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Test {
    /// Standard errors between the difference and what it is tested against.
    pub statistic: f64,
    /// Degrees of freedom; the normal distribution is used where they are not known.
    pub df: Option<f64>,
    /// The p-value, in [0, 1].
    pub p_value: f64,
}

/// Why a difference cannot be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoTest {
    /// The standard error is zero: the sample says nothing of chance, as when nobody is a member in both years.
    ZeroError,
    /// The degrees of freedom are zero or not a number.
    NoDegreesOfFreedom,
    /// The difference or its standard error is not a number, or the standard error is negative.
    NoNumber,
    /// The margin is not a positive number.
    NoMargin,
}

impl fmt::Display for NoTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoTest::ZeroError => "the standard error is zero",
            NoTest::NoDegreesOfFreedom => "there are no degrees of freedom",
            NoTest::NoNumber => "the difference or its standard error is not known",
            NoTest::NoMargin => "the margin is not a positive number",
        })
    }
}

impl std::error::Error for NoTest {}

/// Standard errors below this are rounding: two equal rates leave about 1e-17.
const NO_ERROR: f64 = 1e-12;

/// Two-sided test of whether a difference is zero.
///
/// Formula: `t = d / se`, `p = 2 P(T <= -|t|)` with Student's t of `df` degrees of freedom. `se` is that of the
/// difference: `sqrt(v1 + v2 - 2 cov)`, with the covariance of the two estimates.
///
/// # Errors
/// A reason where there is no test; a standard error of zero is one.
///
/// Source: METHODS M12.
///
/// ```
/// use undeb::survey::testing::{NoTest, difference};
/// let fell = difference(-0.18977754964481552, 0.059413871869996547, Some(12.0))?;
/// assert!((fell.p_value - 0.007715680629399973).abs() < 1e-13);
/// assert_eq!(difference(0.0, 0.0, Some(12.0)), Err(NoTest::ZeroError));
/// # Ok::<(), NoTest>(())
/// ```
pub fn difference(d: f64, se: f64, df: Option<f64>) -> Result<Test, NoTest> {
    check(d, se, df)?;
    let statistic = d / se;
    let p_value = (2.0 * t_cdf(-statistic.abs(), df.unwrap_or(f64::INFINITY))).min(1.0);
    Ok(Test { statistic, df, p_value })
}

/// Two one-sided tests of whether a difference lies within `margin` of zero: a small p-value says "maintained".
///
/// Formula: `t = (|d| - margin) / se`, `p = P(T <= t)`, the larger of the two one-sided p-values. At the level 0.95 a
/// rate is maintained where `p < 0.05`, which is where the 90 % interval of the difference lies within the margin. That
/// a difference is not significant does not say that it is small; this does.
///
/// # Errors
/// A reason where there is no test.
///
/// Source: METHODS M12; Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.
///
/// ```
/// use undeb::survey::testing::equivalence;
/// let kept = equivalence(0.004, 0.005, None, 0.02)?;
/// assert!((kept.p_value - 0.000687137937915848).abs() < 1e-15);
/// # Ok::<(), undeb::survey::testing::NoTest>(())
/// ```
pub fn equivalence(d: f64, se: f64, df: Option<f64>, margin: f64) -> Result<Test, NoTest> {
    check(d, se, df)?;
    if !margin.is_finite() || margin <= 0.0 {
        return Err(NoTest::NoMargin);
    }
    let statistic = (d.abs() - margin) / se;
    Ok(Test { statistic, df, p_value: t_cdf(statistic, df.unwrap_or(f64::INFINITY)) })
}

fn check(d: f64, se: f64, df: Option<f64>) -> Result<(), NoTest> {
    match df {
        _ if !d.is_finite() || !se.is_finite() || se < 0.0 => Err(NoTest::NoNumber),
        _ if se < NO_ERROR => Err(NoTest::ZeroError),
        Some(df) if df.is_nan() || df <= 0.0 => Err(NoTest::NoDegreesOfFreedom),
        _ => Ok(()),
    }
}

/// The smallest true difference that a two-sided test at `level` finds with probability `power`.
///
/// Formula: `(z_{1-a/2} + z_power) se` with `a = 1 - level` and `se` that of the difference. None where level or power
/// is not between 0 and 1, where the power is no more than what chance gives (`a / 2`), and without a positive `se`.
///
/// Source: METHODS M12.
///
/// ```
/// let points = undeb::survey::testing::smallest_detectable(0.01, 0.95, 0.8).unwrap();
/// assert!((points - 0.02801585218112969).abs() < 1e-14);
/// ```
pub fn smallest_detectable(se: f64, level: f64, power: f64) -> Option<f64> {
    let inside = |share: f64| share > 0.0 && share < 1.0;
    if !(inside(level) && inside(power) && se.is_finite() && se > 0.0) {
        return None;
    }
    let errors = normal_quantile(0.5 + level / 2.0) + normal_quantile(power);
    (errors > 0.0 && errors.is_finite()).then_some(errors * se)
}

/// How p-values of many tests are adjusted, so that a handful of small ones among many are not taken for findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adjustment {
    /// The share of false findings among the findings; for tests that are independent or positively dependent.
    #[default]
    BenjaminiHochberg,
    /// The share of false findings, whatever the dependence: for differences between the same areas.
    BenjaminiYekutieli,
    /// The probability of any false finding, whatever the dependence.
    Holm,
}

const ADJUSTMENTS: [(&str, Adjustment); 3] = [
    ("benjamini-hochberg", Adjustment::BenjaminiHochberg),
    ("benjamini-yekutieli", Adjustment::BenjaminiYekutieli),
    ("holm", Adjustment::Holm),
];

impl FromStr for Adjustment {
    type Err = Error;

    fn from_str(text: &str) -> Checked<Self> {
        ADJUSTMENTS.iter().find(|(name, _)| *name == text).map(|(_, a)| *a).ok_or_else(|| {
            Error::schema(format!("`{text}` is not an adjustment of p-values"))
                .help(choices(text, ADJUSTMENTS.map(|(name, _)| name)))
        })
    }
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ADJUSTMENTS.iter().find(|(_, a)| a == self).map_or("", |(name, _)| name))
    }
}

/// Adjusted p-values in the order given; a missing one, or what is no probability, stays missing and does not count.
///
/// Formula: with `m` p-values in ascending order, `p_(j)` the `j`-th, and each result at most 1,
///
/// - Benjamini-Hochberg: `min_{j >= i} (m / j) p_(j)`;
/// - Benjamini-Yekutieli: that times `sum_{k=1}^{m} 1 / k`, before the bound at 1;
/// - Holm: `max_{j <= i} (m - j + 1) p_(j)`.
///
/// Source: METHODS M12; Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; Benjamini and Yekutieli (2001),
/// Annals of Statistics 29, 1165-1188; Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
///
/// ```
/// use undeb::survey::testing::{Adjustment, adjusted};
/// let q = adjusted(&[Some(0.01), None, Some(0.03), Some(0.02)], Adjustment::BenjaminiHochberg);
/// assert!(q[1].is_none() && (q[0].unwrap() - 0.03).abs() < 1e-15);
/// ```
pub fn adjusted(p: &[Option<f64>], by: Adjustment) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> =
        p.iter().enumerate().filter_map(|(i, p)| p.filter(|p| (0.0..=1.0).contains(p)).map(|p| (i, p))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let m = order.len();
    let harmonic: f64 = (1..=m).map(|k| 1.0 / k as f64).sum();
    let factor = |rank: usize| match by {
        Adjustment::BenjaminiHochberg => m as f64 / rank as f64,
        Adjustment::BenjaminiYekutieli => harmonic * m as f64 / rank as f64,
        Adjustment::Holm => (m + 1 - rank) as f64,
    };
    let mut result = vec![None; p.len()];
    let ranked = order.iter().enumerate().map(|(j, &(i, p))| (i, factor(j + 1) * p));
    if by == Adjustment::Holm {
        // From the smallest up, never falling.
        ranked.fold(0.0, |so_far: f64, (i, q)| *result[i].insert(so_far.max(q.min(1.0))));
    } else {
        // From the largest down, never rising.
        ranked.rev().fold(1.0, |so_far: f64, (i, q)| *result[i].insert(so_far.min(q)));
    }
    result
}
