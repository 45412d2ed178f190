//! Rows with what people are paid: the coded rows of records, and the pay of the groups that are asked for.

use std::ops::Range;

use super::coder::Coder;
use crate::schema::Group;
use crate::source::{COVERED, MEMBER};
use crate::survey::rows::{Answer, RowSource};

/// Whether flags put a row into a group.
pub(crate) fn belongs(flags: u8, group: Group) -> bool {
    let says = |shift: u8, answer: Answer| flags >> shift & 3 == answer as u8;
    match group {
        Group::Employees => true,
        Group::Members => says(MEMBER, Answer::Yes),
        Group::Nonmembers => says(MEMBER, Answer::No),
        Group::Covered => says(COVERED, Answer::Yes),
        Group::Uncovered => says(COVERED, Answer::No),
    }
}

/// Coded rows with one amount for each group: its pay, and no number for everybody else.
pub(crate) struct Payroll<'a> {
    pub(crate) rows: Coder<'a>,
    /// Pay of each row; empty where no pay is asked for.
    pub(crate) pay: &'a [f64],
    /// Groups whose pay is summed.
    pub(crate) groups: Vec<Group>,
}

impl RowSource for Payroll<'_> {
    fn psu(&self) -> &[u32] {
        self.rows.psu()
    }

    fn weight(&self) -> &[f64] {
        self.rows.weight()
    }

    fn code(&self, range: Range<usize>, into: &mut [u32]) {
        self.rows.code(range, into);
    }

    fn answers(&self) -> usize {
        self.rows.answers()
    }

    fn amounts(&self) -> usize {
        self.groups.len()
    }

    fn amount(&self, variable: usize, row: usize) -> f64 {
        if belongs(self.rows.flags[row], self.groups[variable]) { self.pay[row] } else { f64::NAN }
    }
}
