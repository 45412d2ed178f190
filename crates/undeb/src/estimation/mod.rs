//! Evidence becomes Estimates: a value, how sure it is, what it means and where it came from.

mod change;
mod estimate;
mod frame;
mod rate;
mod records;

pub use change::Difference;
pub use estimate::{ErrorMethod, Estimate, Estimates, MissingAnswers, Uncertainty};
pub use records::RecordOptions;
