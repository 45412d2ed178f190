//! Scores: what each PSU contributes to each function of totals, to first order.
//!
//! The score of function `f` in PSU `i` is `z_fi = sum_t (df/dt) t_i` over the totals `t`. Only the functions that a PSU
//! touches are kept, so the state is as small as the data. Source: METHODS M9.

use rayon::prelude::*;

use super::function::{Function, TotalOf};
use super::totals::{Part, Totals};

/// Score of one function in one PSU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    pub(crate) function: u32,
    /// Whether the PSU has data in the function's cells; residuals reach PSUs that have none.
    pub(crate) inside: bool,
    pub(crate) z: f64,
}

/// Scores of a range of PSUs.
#[derive(Clone, Debug, PartialEq)]
struct ScorePart {
    first: u32,
    start: Vec<u32>,
    score: Vec<Score>,
}

impl ScorePart {
    fn of(part: &Part, weights: &Weights, variables: usize, functions: usize) -> ScorePart {
        let width = 2 * variables;
        let mut gathering = Gathering::new(functions, part.first);
        for psu in part.start.windows(2) {
            for entry in psu[0] as usize..psu[1] as usize {
                let base = part.cell[entry] as usize * width;
                for (j, &sum) in part.sums[entry * width..][..width].iter().enumerate() {
                    // The valid weight marks a PSU as touched even where its yes weight is zero.
                    if sum == 0.0 {
                        continue;
                    }
                    let range = weights.start[base + j] as usize..weights.start[base + j + 1] as usize;
                    for &(f, g) in &weights.by_total[range] {
                        gathering.add(f, true, g * sum);
                    }
                }
            }
            gathering.close();
        }
        gathering.out
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

/// Gradients by total: for each (cell, variable, kind) the functions that move with it.
struct Weights {
    start: Vec<u32>,
    by_total: Vec<(u32, f64)>,
}

/// Number of a total among those of a state with so many variables.
pub(crate) fn slot(total: &TotalOf, variables: usize) -> usize {
    (total.cell as usize * variables + total.variable as usize) * 2 + usize::from(total.yes)
}

impl Weights {
    fn of(totals: &Totals, functions: &[Function]) -> Weights {
        let slots = totals.cells() * totals.variables() * 2;
        let slot = |t: &TotalOf| slot(t, totals.variables());
        let mut start = vec![0_u32; slots + 1];
        for (t, _) in functions.iter().flat_map(|f| &f.gradient) {
            start[slot(t) + 1] += 1;
        }
        for i in 0..slots {
            start[i + 1] += start[i];
        }
        let mut next = start.clone();
        let mut by_total = vec![(0, 0.0); start[slots] as usize];
        for (f, function) in functions.iter().enumerate() {
            for (t, g) in &function.gradient {
                let at = &mut next[slot(t)];
                by_total[*at as usize] = (f as u32, *g);
                *at += 1;
            }
        }
        Weights { start, by_total }
    }
}

/// The functions that one PSU touches, gathered without clearing a row of all functions for every PSU.
struct Gathering {
    slot: Vec<u32>,
    begin: usize,
    out: ScorePart,
}

impl Gathering {
    fn new(functions: usize, first: u32) -> Gathering {
        Gathering { slot: vec![u32::MAX; functions], begin: 0, out: ScorePart { first, start: vec![0], score: Vec::new() } }
    }

    #[inline]
    fn add(&mut self, function: u32, inside: bool, z: f64) {
        let at = self.slot[function as usize] as usize;
        if at == u32::MAX as usize || at < self.begin {
            self.slot[function as usize] = self.out.score.len() as u32;
            self.out.score.push(Score { function, inside, z });
        } else {
            let score = &mut self.out.score[at];
            score.z += z;
            score.inside |= inside;
        }
    }

    fn close(&mut self) {
        self.begin = self.out.score.len();
        self.out.start.push(self.begin as u32);
    }
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
        let mut parts = Vec::with_capacity(totals.parts.len());
        Self::stream(totals, functions, |scores| parts.append(&mut scores.parts));
        Scores { functions: functions.len(), parts }
    }

    /// Scores group by group of PSUs, in order; what `take` leaves is dropped.
    pub(crate) fn stream(totals: &Totals, functions: &[Function], mut take: impl FnMut(&mut Scores)) {
        let weights = Weights::of(totals, functions);
        let variables = totals.variables();
        let one = |part: &Part| ScorePart::of(part, &weights, variables, functions.len());
        let threads = totals.psus() > 4096;
        for group in totals.parts.chunks(16) {
            let parts = if threads { group.par_iter().map(one).collect() } else { group.iter().map(one).collect() };
            take(&mut Scores { functions: functions.len(), parts });
        }
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
        let one = |part: &ScorePart| {
            let mut gathering = Gathering::new(self.functions, part.first);
            for (psu, touched) in part.psus() {
                for score in touched {
                    gathering.add(score.function, score.inside, score.z);
                }
                for function in 0..self.functions as u32 {
                    gathering.add(function, false, -fitted(psu, function));
                }
                gathering.close();
            }
            gathering.out
        };
        Scores { functions: self.functions, parts: self.parts.par_iter().map(one).collect() }
    }

    /// Scores of larger units: sums over the units that lie in each.
    pub(crate) fn raised(&self, unit_of: impl Fn(u32) -> u32, units: usize) -> Scores {
        let mut members: Vec<Vec<&[Score]>> = vec![Vec::new(); units];
        for (psu, touched) in self.psus() {
            members[unit_of(psu) as usize].push(touched);
        }
        let mut gathering = Gathering::new(self.functions, 0);
        for of_unit in members {
            for score in of_unit.into_iter().flatten() {
                gathering.add(score.function, score.inside, score.z);
            }
            gathering.close();
        }
        Scores { functions: self.functions, parts: vec![gathering.out] }
    }
}
