//! Coded rows: what the sums need to know of a person, however the columns are stored.

use std::ops::Range;

/// Cell code of a row that is in the design but outside the domain.
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

/// A stretch of coded rows; buffers are reused from stretch to stretch.
#[derive(Debug, Default)]
pub struct Stretch {
    /// PSU of each row.
    pub psu: Vec<u32>,
    /// Cell of each row, or [`OUT`].
    pub cell: Vec<u32>,
    /// Weight of each row.
    pub weight: Vec<f64>,
    /// Answers of each row: two bits a variable, the first in the lowest.
    pub answers: Vec<u16>,
}

impl Stretch {
    /// Empties the buffers and makes room for rows.
    pub fn clear(&mut self) {
        self.psu.clear();
        self.cell.clear();
        self.weight.clear();
        self.answers.clear();
    }
}

/// Rows that can be coded stretch by stretch, so that nothing of their size need stand beside the columns.
pub trait RowSource: Sync {
    /// Number of rows.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Yes-or-no variables.
    fn answers(&self) -> usize;

    /// Variables that are summed, such as pay.
    fn amounts(&self) -> usize {
        0
    }

    /// Codes the rows of a range into an emptied buffer.
    fn fill(&self, range: Range<usize>, into: &mut Stretch);

    /// The amount of a variable in a row; NaN where none is known.
    fn amount(&self, variable: usize, row: usize) -> f64 {
        let _ = (variable, row);
        f64::NAN
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
    fn len(&self) -> usize {
        self.psu.len()
    }

    fn answers(&self) -> usize {
        self.answers.len()
    }

    fn amounts(&self) -> usize {
        self.amounts.len()
    }

    fn fill(&self, range: Range<usize>, into: &mut Stretch) {
        into.psu.extend_from_slice(&self.psu[range.clone()]);
        into.cell.extend_from_slice(&self.cell[range.clone()]);
        into.weight.extend_from_slice(&self.weight[range.clone()]);
        into.answers.resize(range.len(), 0);
        for (v, answers) in self.answers.iter().enumerate() {
            for (packed, answer) in into.answers.iter_mut().zip(&answers[range.clone()]) {
                *packed |= u16::from(answer & 3) << (2 * v);
            }
        }
    }

    fn amount(&self, variable: usize, row: usize) -> f64 {
        self.amounts[variable][row]
    }
}
