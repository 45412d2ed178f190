//! How a level moves in time, on plain numbers: no measures, no targets, no files.
//!
//! Series are short, so everything is dense: one factorisation of the covariance of the observations answers for the
//! likelihood, the smoothed states, missing steps and correlated sampling errors alike (METHODS M20).

mod ahead;
mod diagnostics;
mod line;
mod maximum;
mod mixture;
mod model;
mod posterior;
mod structure;

pub use ahead::{Ahead, Normal, Start, first_passage, over_normal};
pub use diagnostics::{Departure, Diagnostics};
pub use line::Line;
pub use maximum::{Free, Maximum};
pub use mixture::{Mixture, Part};
pub use model::{Model, Observations, Shift};
pub use posterior::Posterior;
pub use structure::{State, Structure, Variances};

/// Logarithm of the odds of a share in (0, 1).
///
/// ```
/// assert_eq!(undeb::dynamics::logit(0.5), 0.0);
/// ```
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The share whose log odds are `x`.
///
/// ```
/// use undeb::dynamics::{expit, logit};
/// assert!((expit(logit(0.14)) - 0.14).abs() < 1e-15);
/// ```
pub fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
