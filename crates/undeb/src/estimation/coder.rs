//! Records coded for the kernel: answers unpacked, cells computed from the axes, nothing kept.

use std::ops::Range;

use super::grid::Axis;
use crate::source::{COVERED, IN, MEMBER};
use crate::survey::rows::{Answer, OUT, RowSource};

/// Position of the yes-or-no variables in the totals.
pub(crate) const DENSITY: u32 = 0;
pub(crate) const COVERAGE: u32 = 1;
pub(crate) const NONMEMBERS: u32 = 2;
/// Yes for everybody in the domain, whatever they answered.
pub(crate) const EVERYBODY: u32 = 3;

/// Rows of records as the kernel takes them.
pub(crate) struct Coder<'a> {
    pub(crate) flags: &'a [u8],
    pub(crate) weight: &'a [f64],
    pub(crate) psu: &'a [u32],
    pub(crate) axes: &'a [Axis<'a>],
    /// Two bits of flags to the answers of the variables; see [`answers`].
    pub(crate) answers: &'a [u16; 128],
    /// How many of the variables are summed.
    pub(crate) variables: usize,
}

impl RowSource for Coder<'_> {
    fn psu(&self) -> &[u32] {
        self.psu
    }

    fn weight(&self) -> &[f64] {
        self.weight
    }

    fn answers(&self) -> usize {
        self.variables
    }

    fn code(&self, range: Range<usize>, into: &mut [u32]) {
        let bits = 2 * self.variables as u32;
        let mask = (1 << bits) - 1;
        for (code, flags) in into.iter_mut().zip(&self.flags[range.clone()]) {
            *code = u32::from(self.answers[usize::from(flags & !IN)]) & mask;
        }
        for axis in self.axes {
            let step = axis.stride << bits;
            axis.of_row.each(range.clone(), into, |code, of_row| *code += u32::from(of_row.min(axis.unknown)) * step);
        }
        for (code, flags) in into.iter_mut().zip(&self.flags[range]) {
            *code = if flags & IN == 0 { OUT } else { *code };
        }
    }
}

/// Answers of the variables for every pattern of flags: member, covered, covered without being a member, everybody.
pub(crate) fn answers() -> [u16; 128] {
    let mut table = [0; 128];
    for (flags, entry) in table.iter_mut().enumerate() {
        let member = (flags >> MEMBER) as u16 & 3;
        let covered = (flags >> COVERED) as u16 & 3;
        let (yes, no) = (Answer::Yes as u16, Answer::No as u16);
        // Both answers must be known. One of them can settle it alone, but only as a no: people who gave one answer would
        // then count where they say no and be left out where they say yes, and the rate would be too low.
        let nonmember = match (member, covered) {
            (m, c) if m == Answer::NotAsked as u16 || c == Answer::NotAsked as u16 => Answer::NotAsked as u16,
            (m, c) if m == Answer::Missing as u16 || c == Answer::Missing as u16 => Answer::Missing as u16,
            (m, c) if m == no && c == yes => yes,
            _ => no,
        };
        *entry = member | covered << 2 | nonmember << 4 | yes << 6;
    }
    table
}
