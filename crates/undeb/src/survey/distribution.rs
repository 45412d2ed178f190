//! Quantiles of the normal, t and beta distributions that neither hang nor lose their digits.
//!
//! General libraries stall on large degrees of freedom and on very small shapes (METHODS M3), so the incomplete
//! beta function is evaluated here by Lentz's continued fraction and inverted by bisection guarded Newton steps on
//! the logit scale.

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

/// Solves `I_x(a, b) = p` for `logit x`: monotone there, and both ends of (0, 1) keep their digits.
fn beta_quantile_logit(p: f64, a: f64, b: f64) -> f64 {
    let target = p.ln();
    let (mut low, mut high) = (-800.0_f64, 800.0_f64);
    let mut at = (a / b).ln().clamp(-30.0, 30.0);
    for _ in 0..200 {
        let (log_cdf, log_density) = log_beta_cdf(at, a, b);
        let error = log_cdf - target;
        if error > 0.0 {
            high = at
        } else {
            low = at
        }
        // d log I / d logit x = density * x (1 - x) / I
        let step = error / (log_density - log_cdf).exp();
        let next = at - step;
        let next = if next > low && next < high { next } else { (low + high) / 2.0 };
        if (next - at).abs() <= 1e-15 * at.abs().max(1.0) || high - low < 1e-15 {
            return next;
        }
        at = next;
    }
    at
}

/// Log of the regularised incomplete beta function at `logit x`, and log of its density times x (1 - x).
fn log_beta_cdf(logit: f64, a: f64, b: f64) -> (f64, f64) {
    let ln_x = -softplus(-logit);
    let ln_y = -softplus(logit);
    let front = a * ln_x + b * ln_y + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    let x = ln_x.exp();
    let y = ln_y.exp();
    let log_cdf = if x <= (a + 1.0) / (a + b + 2.0) {
        front + (continued_fraction(x, a, b) / a).ln()
    } else {
        let upper = front + (continued_fraction(y, b, a) / b).ln();
        (-upper.exp().min(1.0)).ln_1p()
    };
    (log_cdf, front)
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
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}
