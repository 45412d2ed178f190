//! What may leave: quality marks, withheld cells, and the report that exists only after both.

pub mod effort;
mod explained;
pub mod explaining;
pub mod format;
mod frame;
mod methods;
pub mod outlook_words;
pub mod outlooks_of_many;
mod quality;
mod report;
pub mod wording;

pub use explained::Explained;
pub use quality::{Grade, Quality, Quantity, RuleSet, Test};
pub use report::{Mark, Released, Report, SourceView};
