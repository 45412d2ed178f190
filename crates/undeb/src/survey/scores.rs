//! Scores: what each PSU contributes to each function of totals, to first order.
//!
//! The score of function `f` in PSU `i` is `z_fi = sum_t (df/dt) t_i` over the totals `t`. Only the functions that a PSU
//! touches are kept, so scores are as small as the data; where they are needed once they are not kept at all.
//! Source: METHODS M9.

use rayon::prelude::*;

use super::function::{Function, TotalOf};
use super::gathering::{Effects, Gathering};
use super::totals::Totals;

/// Groups of PSUs that are worked on side by side, at most.
const GROUPS: usize = 64;

/// Score of one function in one PSU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    pub(crate) function: u32,
    /// Whether the PSU has data in the function's cells; residuals reach PSUs that have none.
    pub(crate) inside: bool,
    pub(crate) z: f64,
}

/// Scores of a range of PSUs.
#[derive(Clone, Debug, Default, PartialEq)]
struct ScorePart {
    first: u32,
    start: Vec<u32>,
    score: Vec<Score>,
}

impl ScorePart {
    fn push(&mut self, psu: u32, scores: &[Score]) {
        if self.start.is_empty() {
            self.first = psu;
            self.start.push(0);
        }
        self.score.extend_from_slice(scores);
        self.start.push(self.score.len() as u32);
    }

    fn psus(&self) -> impl Iterator<Item = (u32, &[Score])> {
        self.start.windows(2).enumerate().map(|(i, w)| (self.first + i as u32, &self.score[w[0] as usize..w[1] as usize]))
    }
}

/// Scores of functions in PSUs; variances are made from nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    functions: usize,
    parts: Vec<ScorePart>,
}

/// Number of a total among those of a state with so many variables.
pub(crate) fn slot(total: &TotalOf, variables: usize) -> usize {
    (total.cell as usize * variables + total.variable as usize) * 2 + usize::from(total.yes)
}

impl Scores {
    /// Scores of functions of totals.
    ///
    /// Formula: `z_fi = sum_t (df/dt) t_i`, with `t_i` the total of PSU `i`.
    ///
    /// ```
    /// use undeb::survey::{design::*, function::Function, scores::Scores, totals::*};
    ///
    /// // Illustrative: two PSUs of two people each, everybody in one cell.
    /// let rows = Rows { psu: &[0, 0, 1, 1], cell: &[0; 4], weight: &[1.0; 4], answers: &[&[1, 0, 1, 1]], amounts: &[] };
    /// let totals = Totals::accumulate(&rows, 2, 1);
    /// let scores = Scores::of(&totals, &[Function::total(&totals, &[0], 0)]);
    /// let design = Design::new(vec![0, 0], vec![0.0], LonelyPsu::Fail, |h| h.to_string())?;
    /// assert_eq!(scores.variance(&design, &[]).variance, [1.0]);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn of(totals: &Totals, functions: &[Function]) -> Scores {
        let parts = Self::stream(totals, functions, ScorePart::default, |part, psu, scores| part.push(psu, scores));
        Scores { functions: functions.len(), parts }
    }

    /// Scores of each PSU, handed on and then forgotten; what is made of a group of PSUs comes back in their order.
    ///
    /// Groups depend on the state alone, so the result is the same at any number of threads.
    pub(crate) fn stream<T: Send>(
        totals: &Totals,
        functions: &[Function],
        make: impl Fn() -> T + Sync,
        take: impl Fn(&mut T, u32, &[Score]) + Sync,
    ) -> Vec<T> {
        let effects = Effects::of(totals, functions);
        // What is kept of a group grows with the functions.
        let groups = totals.groups(GROUPS.min((1 << 20) / functions.len().max(1)));
        let one = |group| {
            let (mut out, mut gathering) = (make(), effects.gathering());
            totals.read(group, |of_psu| take(&mut out, of_psu.psu, gathering.psu(&of_psu)));
            out
        };
        if totals.is_large() { groups.into_par_iter().map(one).collect() } else { groups.into_iter().map(one).collect() }
    }

    /// Number of functions.
    pub fn functions(&self) -> usize {
        self.functions
    }

    /// Scores PSU by PSU.
    pub(crate) fn psus(&self) -> impl Iterator<Item = (u32, &[Score])> {
        self.parts.iter().flat_map(ScorePart::psus)
    }

    /// Scores less `fitted(psu, function)`, which may be anything but zero in PSUs that a function does not touch.
    pub(crate) fn less(&self, fitted: impl Fn(u32, u32) -> f64 + Sync) -> Scores {
        let functions = self.functions as u32;
        let one = |part: &ScorePart| {
            let (mut gathering, mut out) = (Gathering::new(self.functions), ScorePart::default());
            for (psu, touched) in part.psus() {
                let fit = (0..functions).map(|function| Score { function, inside: false, z: -fitted(psu, function) });
                out.push(psu, gathering.sum(touched.iter().copied().chain(fit)));
            }
            out
        };
        Scores { functions: self.functions, parts: self.parts.par_iter().map(one).collect() }
    }

    /// Scores of larger units: sums over the units that lie in each.
    pub(crate) fn raised(&self, unit_of: impl Fn(u32) -> u32, units: usize) -> Scores {
        let mut members: Vec<Vec<&[Score]>> = vec![Vec::new(); units];
        for (psu, touched) in self.psus() {
            members[unit_of(psu) as usize].push(touched);
        }
        let (mut gathering, mut out) = (Gathering::new(self.functions), ScorePart::default());
        for (unit, of_unit) in members.into_iter().enumerate() {
            out.push(unit as u32, gathering.sum(of_unit.into_iter().flatten().copied()));
        }
        Scores { functions: self.functions, parts: vec![out] }
    }
}
