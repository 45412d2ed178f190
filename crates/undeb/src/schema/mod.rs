//! Names and meanings: what a number measures, of whom, when and where.
//!
//! Nothing here knows a file, a survey design or a target.

mod breaks;
mod classification;
mod measure;
mod period;
mod quantity;

pub use breaks::{Force, SeriesBreak};
pub use classification::{Classification, Code};
pub use measure::{Definition, Measure};
pub use period::Period;
pub use quantity::{Group, Quantity, Split, Statistic, Unit};
