//! Coded rows: what the sums need to know of a person, however the columns are stored.

use std::ops::Range;

/// Code of a row that is in the design but outside the domain; also the cell of such a row.
pub const OUT: u32 = u32::MAX;
/// Most yes-or-no variables that rows can carry.
pub const MOST_VARIABLES: usize = 6;

/// What a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Answer {
    /// No.
    No = 0,
    /// Yes.
    Yes = 1,
    /// Asked, but no answer is known.
    Missing = 2,
    /// Not asked, by design.
    NotAsked = 3,
}

/// Rows that are coded stretch by stretch, so that nothing of their size need stand beside the columns.
///
/// The code of a row holds its cell and, in two bits a variable, its answers, the first variable in the lowest:
/// `cell << 2 * answers | answer_0 | answer_1 << 2 ...`; that of a row outside the domain is [`OUT`].
pub trait RowSource: Sync {
    /// PSU of each row.
    fn psu(&self) -> &[u32];

    /// Weight of each row.
    fn weight(&self) -> &[f64];

    /// Codes the rows of a range into a buffer of its length.
    fn code(&self, range: Range<usize>, into: &mut [u32]);

    /// Yes-or-no variables.
    fn answers(&self) -> usize;

    /// Variables that are summed, such as pay.
    fn amounts(&self) -> usize {
        0
    }

    /// The amount of a variable in a row; NaN where none is known.
    fn amount(&self, variable: usize, row: usize) -> f64 {
        let _ = (variable, row);
        f64::NAN
    }

    /// Number of rows.
    fn len(&self) -> usize {
        self.psu().len()
    }

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Rows, coded: PSU numbers from 0, cell numbers from 0 or [`OUT`], a weight each, and an [`Answer`] for each variable.
pub struct Rows<'a> {
    /// PSU of each row.
    pub psu: &'a [u32],
    /// Cell of each row.
    pub cell: &'a [u32],
    /// Weight of each row.
    pub weight: &'a [f64],
    /// Answers of each row, one slice a yes-or-no variable.
    pub answers: &'a [&'a [u8]],
    /// Amounts of each row, one slice a variable that is summed, such as pay; NaN where no amount is known.
    pub amounts: &'a [&'a [f64]],
}

impl RowSource for Rows<'_> {
    fn psu(&self) -> &[u32] {
        self.psu
    }

    fn weight(&self) -> &[f64] {
        self.weight
    }

    fn code(&self, range: Range<usize>, into: &mut [u32]) {
        let bits = 2 * self.answers.len();
        for (code, &cell) in into.iter_mut().zip(&self.cell[range.clone()]) {
            *code = if cell == OUT { OUT } else { cell << bits };
        }
        for (v, answers) in self.answers.iter().enumerate() {
            for (code, answer) in into.iter_mut().zip(&answers[range.clone()]) {
                *code |= u32::from(answer & 3) << (2 * v);
            }
        }
    }

    fn answers(&self) -> usize {
        self.answers.len()
    }

    fn amounts(&self) -> usize {
        self.amounts.len()
    }

    fn amount(&self, variable: usize, row: usize) -> f64 {
        self.amounts[variable][row]
    }
}
