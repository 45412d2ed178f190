//! Quantiles and probabilities of the normal, t and beta distributions that neither hang nor lose their digits.
//!
//! General libraries stall on large degrees of freedom and on very small shapes (METHODS M3), so the incomplete
//! beta function is evaluated here by Lentz's continued fraction behind Loader's prefactor, which does not cancel for
//! large shapes, and inverted by Newton steps on the logit scale, guarded by bisection.

use std::f64::consts::TAU;

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

/// Quantile of the standard normal distribution; `p` in (0, 1).
///
/// ```
/// let z = undeb::survey::distribution::normal_quantile(0.975);
/// assert!((z - 1.959963984540054).abs() < 1e-12);
/// ```
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Quantile of Student's t with `df` degrees of freedom, `p` in (0, 1); the normal one when `df` is infinite.
///
/// Above a million degrees of freedom the Cornish-Fisher expansion around the normal quantile is exact to 1e-13.
///
/// ```
/// let t = undeb::survey::distribution::t_quantile(0.975, 48.0);
/// assert!((t - 2.010634757624232).abs() < 1e-9);
/// ```
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.5 {
        return 0.0;
    }
    if df > 1e6 {
        let z = normal_quantile(p);
        return z + (z.powi(3) + z) / (4.0 * df) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * df * df);
    }
    // P(|T| > t) = I_x(df/2, 1/2) with x = df/(df + t^2); solved on the side that keeps the digits.
    let tail = 2.0 * p.min(1.0 - p);
    let logit_x = beta_quantile_logit(tail, df / 2.0, 0.5);
    let t = (df * (-logit_x).exp()).sqrt();
    if p < 0.5 { -t } else { t }
}

/// Quantile of the beta distribution with shapes `a` and `b`; 0 at `a = 0`, 1 at `b = 0`.
///
/// ```
/// use undeb::survey::distribution::beta_quantile;
/// assert!((beta_quantile(0.025, 2.0, 8.0) - 0.028144969).abs() < 1e-8);
/// ```
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if !(p.is_finite() && a.is_finite() && b.is_finite()) || a < 0.0 || b < 0.0 {
        return f64::NAN;
    }
    if a == 0.0 || p <= 0.0 {
        return 0.0;
    }
    if b == 0.0 || p >= 1.0 {
        return 1.0;
    }
    let logit = beta_quantile_logit(p, a, b);
    if logit < 0.0 { logit.exp() / (1.0 + logit.exp()) } else { 1.0 / (1.0 + (-logit).exp()) }
}

/// Probability that a standard normal variable is at most `z`.
///
/// ```
/// let p = undeb::survey::distribution::normal_cdf(-1.959963984540054);
/// assert!((p - 0.025).abs() < 1e-15);
/// ```
pub fn normal_cdf(z: f64) -> f64 {
    let density = (-0.5 * z * z).exp() / TAU.sqrt();
    if z.abs() < 2.5 {
        let (mut term, mut sum, mut k) = (z, z, 1.0);
        while term.abs() > 1e-17 * sum.abs() {
            k += 2.0;
            term *= z * z / k;
            sum += term;
        }
        return 0.5 + density * sum;
    }
    // Laplace's continued fraction of the tail, from its far end; 60 terms are plenty from 2.5 on.
    let tail = density / (1..=60).rev().fold(z.abs(), |below, k| z.abs() + f64::from(k) / below);
    if z < 0.0 { tail } else { 1.0 - tail }
}

/// Probability that Student's t with `df` degrees of freedom is at most `t`; the normal one when `df` is infinite.
///
/// A small lower tail keeps its digits, so a two-sided p-value is best taken as `2 * t_cdf(-t.abs(), df)`. Above a
/// million degrees of freedom `t` is turned into a normal variable first, after Wallace (1959).
///
/// ```
/// let p = undeb::survey::distribution::t_cdf(-2.010634757624232, 48.0);
/// assert!((p - 0.025).abs() < 1e-14);
/// ```
pub fn t_cdf(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df > 1e6 {
        let z = (1.0 - 2.0 / (8.0 * df + 3.0)) * (df * (t * t / df).ln_1p()).sqrt();
        return normal_cdf(if df < 1e16 { z.copysign(t) } else { t });
    }
    let tail = if t == 0.0 { 0.5 } else { 0.5 * log_beta_cdf(df.ln() - 2.0 * t.abs().ln(), df / 2.0, 0.5).0.exp() };
    if t < 0.0 { tail } else { 1.0 - tail }
}

/// Probability that a beta variable with shapes `a` and `b` is at most `x`; all its mass lies at 0 for `a = 0`, at 1 for `b = 0`.
///
/// ```
/// use undeb::survey::distribution::beta_cdf;
/// assert!((beta_cdf(0.1, 2.0, 8.0) - 0.225159022).abs() < 1e-14);
/// ```
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if !(x.is_finite() && a.is_finite() && b.is_finite()) || a < 0.0 || b < 0.0 {
        return f64::NAN;
    }
    if x >= 1.0 || (a == 0.0 && x >= 0.0) {
        return 1.0;
    }
    if x <= 0.0 || b == 0.0 {
        return 0.0;
    }
    log_beta_cdf(x.ln() - (-x).ln_1p(), a, b).0.exp()
}

/// Solves `I_x(a, b) = p` for `logit x`: monotone there, and both ends of (0, 1) keep their digits.
fn beta_quantile_logit(p: f64, a: f64, b: f64) -> f64 {
    let target = p.ln();
    let (mut low, mut high) = (-800.0_f64, 800.0_f64);
    let mut at = (a / b).ln().clamp(-30.0, 30.0);
    for _ in 0..200 {
        let (log_cdf, log_density) = log_beta_cdf(at, a, b);
        let error = log_cdf - target;
        (low, high) = if error > 0.0 { (low, at) } else { (at, high) };
        // d log I / d logit x = density * x (1 - x) / I
        let step = error / (log_density - log_cdf).exp();
        let next = at - step;
        let next = if next > low && next < high { next } else { (low + high) / 2.0 };
        // The steps shrink quadratically, so the error left is far below the last of them.
        if (next - at).abs() <= 1e-14 * at.abs().max(1.0) {
            return next;
        }
        at = next;
    }
    at
}

/// Log of the regularised incomplete beta function at `logit x`, and log of its density times x (1 - x).
fn log_beta_cdf(logit: f64, a: f64, b: f64) -> (f64, f64) {
    let (ln_x, ln_y) = (-softplus(-logit), -softplus(logit));
    let (x, y) = (ln_x.exp(), ln_y.exp());
    let front = log_prefactor(a, b, (x, ln_x), (y, ln_y));
    let log_cdf = if x <= (a + 1.0) / (a + b + 2.0) {
        front + (b * continued_fraction(x, a, b)).ln()
    } else {
        let upper = front + (a * continued_fraction(y, b, a)).ln();
        (-upper.exp().min(1.0)).ln_1p()
    };
    (log_cdf, front + a.ln() + b.ln())
}

/// Log of `x^a y^b G(a+b) / (G(a+1) G(b+1))` as a binomial probability written with deviances, after Loader (2000),
/// Fast and accurate computation of binomial probabilities; each variable comes with its log.
fn log_prefactor(a: f64, b: f64, x: (f64, f64), y: (f64, f64)) -> f64 {
    let n = a + b;
    let part = |k, of| stirling_error(k) + deviance(k, n, of);
    stirling_error(n) - part(a, x) - part(b, y) - 0.5 * (TAU * a * (b * n)).ln()
}

/// `ln G(z+1)` less Stirling's `(z + 1/2) ln z - z + ln sqrt(2 pi)`.
fn stirling_error(z: f64) -> f64 {
    if z < 15.0 {
        return ln_gamma(z + 1.0) - (z + 0.5) * z.ln() + z - 0.5 * TAU.ln();
    }
    let w = 1.0 / (z * z);
    (1.0 / 12.0 - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - w / 1188.0)))) / z
}

/// `k ln(k / np) + np - k`, in a form that does not cancel where `k` is near `np`.
fn deviance(k: f64, n: f64, (p, ln_p): (f64, f64)) -> f64 {
    let u = n * p / k - 1.0;
    if u.abs() < 0.5 { k * (u - u.ln_1p()) } else { k * ((k / n).ln() - ln_p) + n * p - k }
}

fn softplus(v: f64) -> f64 {
    if v > 0.0 { v + (-v).exp().ln_1p() } else { v.exp().ln_1p() }
}

/// Lentz's evaluation of the continued fraction of the incomplete beta function.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / keep(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    // The fraction needs of the order of sqrt(max(a, b)) terms.
    let terms = 200 + 8 * (a.max(b).sqrt() as usize).min(100_000);
    for m in 1..terms {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / keep(1.0 + even * d);
        c = keep(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / keep(1.0 + odd * d);
        c = keep(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}
