//! A straight line through the last figures, weighed by their errors.

use serde::Serialize;

/// The line `value + slope t`, `t` in years from the last figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The line at the last figure.
    pub value: f64,
    /// Standard error of that.
    pub value_se: f64,
    /// Gain a year.
    pub slope: f64,
    /// Standard error of that.
    pub slope_se: f64,
    /// Covariance of the two.
    pub covariance: f64,
    /// How many figures it goes through.
    pub figures: usize,
    /// Squared distances from the line over their variances, a degree of freedom; standard errors are widened by its root
    /// where it is above 1.
    pub spread: f64,
}

impl Line {
    /// Weighted least squares through `y` at the times `t` in years from the last, with the variances `v`.
    ///
    /// Formula: weights `1 / v`; `Cov(b) = (X' V^-1 X)^-1 max(1, spread)`. None for fewer than three figures.
    pub fn through(t: &[f64], y: &[f64], v: &[f64]) -> Option<Line> {
        let n = t.len();
        if n < 3 || y.len() != n || v.len() != n {
            return None;
        }
        let sum = |f: &dyn Fn(usize) -> f64| (0..n).map(|i| f(i) / v[i]).sum::<f64>();
        let (w, wt, wtt) = (sum(&|_| 1.0), sum(&|i| t[i]), sum(&|i| t[i] * t[i]));
        let (wy, wty) = (sum(&|i| y[i]), sum(&|i| t[i] * y[i]));
        let determinant = w * wtt - wt * wt;
        if !(determinant.is_finite() && determinant > 0.0) {
            return None;
        }
        let slope = (w * wty - wt * wy) / determinant;
        let value = (wtt * wy - wt * wty) / determinant;
        let spread = sum(&|i| (y[i] - value - slope * t[i]).powi(2)) / (n - 2) as f64;
        let wider = spread.max(1.0);
        Some(Line {
            value,
            value_se: (wtt / determinant * wider).sqrt(),
            slope,
            slope_se: (w / determinant * wider).sqrt(),
            covariance: -wt / determinant * wider,
            figures: n,
            spread,
        })
    }

    /// The line some years after the last figure, and its standard error.
    pub fn at(&self, years: f64) -> (f64, f64) {
        let variance = self.value_se.powi(2) + 2.0 * years * self.covariance + (years * self.slope_se).powi(2);
        (self.value + years * self.slope, variance.max(0.0).sqrt())
    }
}
