//! Scores: what each PSU contributes to each function of totals, to first order.
//!
//! The score of function `f` in PSU `i` is `z_fi = sum_t (df/dt) t_i` over the totals `t`. Only the functions that a PSU
//! touches are kept, so scores are as small as the data; where they are needed once they are not kept at all.
//! Source: METHODS M9.

use rayon::prelude::*;

use super::function::{Function, TotalOf};
use super::partition::PsuEntries;
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
    /// Whether every PSU has a score, as residuals do, even outside the cells of a function.
    everywhere: bool,
    parts: Vec<ScorePart>,
}

/// Number of a total among those of a state with so many variables.
pub(crate) fn slot(total: &TotalOf, variables: usize) -> usize {
    (total.cell as usize * variables + total.variable as usize) * 2 + usize::from(total.yes)
}

/// What a unit of weight in a cell adds to a function, by the answer to one variable.
#[derive(Clone, Copy, Default)]
struct Effect {
    function: u32,
    variable: u32,
    by: [f64; 4],
    /// Answers that put the PSU inside the function's domain, a bit each.
    inside: u8,
}

/// Effects cell by cell.
struct Effects {
    start: Vec<u32>,
    effects: Vec<Effect>,
    answers: u32,
}

impl Effects {
    fn of(totals: &Totals, functions: &[Function]) -> Effects {
        let mut start = vec![0_u32; totals.cells() + 1];
        for (t, _) in functions.iter().flat_map(|f| &f.gradient) {
            start[t.cell as usize + 1] += 1;
        }
        for cell in 0..totals.cells() {
            start[cell + 1] += start[cell];
        }
        // Room for an effect of its own for each total; those of one function and variable are then joined.
        let mut all = vec![Effect::default(); start[totals.cells()] as usize];
        let mut next = start.clone();
        for (f, function) in functions.iter().enumerate() {
            for (t, g) in &function.gradient {
                let (from, to) = (start[t.cell as usize] as usize, next[t.cell as usize] as usize);
                let (function, variable) = (f as u32, t.variable);
                // Those of this function are the last.
                let known = all[from..to].iter().rposition(|e| e.function != function).map_or(from, |at| from + at + 1);
                let at = all[known..to].iter().position(|e| e.variable == variable).map_or(to, |at| known + at);
                if at == to {
                    all[at] = Effect { function, variable, ..Effect::default() };
                    next[t.cell as usize] += 1;
                }
                let effect = &mut all[at];
                effect.by[1] += g;
                effect.inside |= 1 << 1;
                if !t.yes {
                    effect.by[0] += g;
                    effect.inside |= 1;
                }
            }
        }
        let mut effects = Vec::with_capacity(all.len() / 2);
        let mut packed = vec![0_u32];
        for cell in 0..totals.cells() {
            effects.extend_from_slice(&all[start[cell] as usize..next[cell] as usize]);
            packed.push(effects.len() as u32);
        }
        Effects { start: packed, effects, answers: totals.answers() as u32 }
    }

    fn of_cell(&self, cell: u32) -> &[Effect] {
        &self.effects[self.start[cell as usize] as usize..self.start[cell as usize + 1] as usize]
    }
}

/// The score of a function in the PSU that is read.
#[derive(Clone, Copy, Default)]
struct Slot {
    z: f64,
    /// The PSU that it belongs to, counted from 1; the scores of another are void.
    turn: u32,
    inside: bool,
}

/// The functions that one PSU touches, gathered without clearing a row of all functions for every PSU.
struct Gathering {
    slots: Vec<Slot>,
    touched: Vec<u32>,
    turn: u32,
    scores: Vec<Score>,
}

impl Gathering {
    fn new(functions: usize) -> Gathering {
        Gathering { slots: vec![Slot::default(); functions], touched: vec![0; functions + 1], turn: 0, scores: Vec::new() }
    }

    /// Scores of one PSU.
    fn psu(&mut self, of_psu: &PsuEntries<'_>, effects: &Effects) -> &[Score] {
        self.turn += 1;
        let mut count = 0;
        let amounts = match of_psu.entries.len() {
            0 => 0,
            n => of_psu.amounts.len() / n,
        };
        for (i, entry) in of_psu.entries.iter().enumerate() {
            let cell = entry.code >> (2 * effects.answers);
            for effect in effects.of_cell(cell) {
                let (z, inside) = if effect.variable < effects.answers {
                    let answer = (entry.code >> (2 * effect.variable) & 3) as usize;
                    (entry.weight * effect.by[answer], effect.inside >> answer & 1 == 1)
                } else {
                    let pair = &of_psu.amounts[i * amounts + 2 * (effect.variable - effects.answers) as usize..][..2];
                    (pair[0] * effect.by[0] + pair[1] * (effect.by[1] - effect.by[0]), pair[0] != 0.0)
                };
                count = self.add(count, effect.function, z, inside);
            }
        }
        self.close(count)
    }

    /// Adds to the score of a function; `count` of them are touched so far. No branch to be guessed.
    #[inline]
    fn add(&mut self, count: usize, function: u32, z: f64, inside: bool) -> usize {
        let slot = &mut self.slots[function as usize];
        let fresh = slot.turn != self.turn;
        self.touched[count] = function;
        *slot = Slot { z: if fresh { 0.0 } else { slot.z } + z, turn: self.turn, inside: (!fresh & slot.inside) | inside };
        count + usize::from(fresh)
    }

    fn close(&mut self, count: usize) -> &[Score] {
        let slots = &self.slots;
        self.scores.clear();
        self.scores.extend(self.touched[..count].iter().map(|&function| {
            let Slot { z, inside, .. } = slots[function as usize];
            Score { function, inside, z }
        }));
        &self.scores
    }

    /// Scores of one PSU from scores of parts of it.
    fn sum(&mut self, parts: impl Iterator<Item = Score>) -> &[Score] {
        self.turn += 1;
        let mut count = 0;
        for Score { function, inside, z } in parts {
            count = self.add(count, function, z, inside);
        }
        self.close(count)
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
        let parts = Self::stream(totals, functions, ScorePart::default, |part, psu, scores| part.push(psu, scores));
        Scores { functions: functions.len(), everywhere: false, parts }
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
            let (mut out, mut gathering) = (make(), Gathering::new(functions.len()));
            totals.read(group, |of_psu| take(&mut out, of_psu.psu, gathering.psu(&of_psu, &effects)));
            out
        };
        if totals.is_large() { groups.into_par_iter().map(one).collect() } else { groups.into_iter().map(one).collect() }
    }

    /// Whether every PSU has a score.
    pub(super) fn are_everywhere(&self) -> bool {
        self.everywhere
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
        Scores { functions: self.functions, everywhere: true, parts: self.parts.par_iter().map(one).collect() }
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
        Scores { functions: self.functions, everywhere: self.everywhere, parts: vec![out] }
    }
}
