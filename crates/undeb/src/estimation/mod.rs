//! Evidence becomes Estimates: a value, how sure it is, what it means and where it came from.

mod basis;
mod change;
mod change_view;
mod changes;
mod coder;
mod comparison;
mod decomposition;
mod estimate;
mod figure;
mod frame;
mod grid;
mod linear_form;
mod parts;
mod payroll;
mod quantities;
mod quantities_frame;
mod ranking;
mod rate;
mod record_file;
mod record_totals;
mod record_totals_file;
mod records;
mod side;
mod uncertainty;

pub use basis::Formula;
pub use change::Difference;
pub use change_view::{ChangeRow, ChangeView};
pub use changes::{Change, ChangeFlag, Changes, Dependence};
pub use comparison::{CompareOptions, Comparison, Contrast};
pub use decomposition::{
    Amount, Contribution, DecomposeOptions, Decomposition, Effect, EffectOf, ErrorBasis, Grouping, SplitForm,
};
pub use estimate::{ErrorMethod, Estimate, Estimates, MissingAnswers, Uncertainty};
pub use figure::Figure;
pub(crate) use parts::Whole;
pub use quantities::Quantities;
pub use ranking::{RankCertainty, RankOptions, RankedCell, Ranking};
pub use record_file::Meaning;
pub use record_totals::RecordTotals;
pub use records::RecordOptions;
pub use side::Side;
