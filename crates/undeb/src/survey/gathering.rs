//! How the scores of one PSU are gathered from its entries.

use super::function::Function;
use super::partition::PsuEntries;
use super::scores::Score;
use super::totals::Totals;

/// Most units of functions that lie in one cell each; the table stays in cache.
const MOST_UNITS: usize = 1 << 15;

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
pub(super) struct Effects {
    functions: usize,
    start: Vec<u32>,
    effects: Vec<Effect>,
    answers: u32,
    alone: Option<Alone>,
}

impl Effects {
    pub(super) fn of(totals: &Totals, functions: &[Function]) -> Effects {
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
        let mut of =
            Effects { functions: functions.len(), start: packed, effects, answers: totals.answers() as u32, alone: None };
        of.alone = Alone::of(&of);
        of
    }

    fn of_cell(&self, cell: u32) -> &[Effect] {
        &self.effects[self.start[cell as usize] as usize..self.start[cell as usize + 1] as usize]
    }

    fn cells(&self) -> usize {
        self.start.len() - 1
    }

    /// A new gathering of scores.
    pub(super) fn gathering(&self) -> OfPsus<'_> {
        match &self.alone {
            None => OfPsus::Any(Gathering::new(self.functions), self),
            Some(Alone::One(cells)) => OfPsus::One(CellGathering::new(cells)),
            Some(Alone::Two(cells)) => OfPsus::Two(CellGathering::new(cells)),
            Some(Alone::Three(cells)) => OfPsus::Three(CellGathering::new(cells)),
            Some(Alone::Four(cells)) => OfPsus::Four(CellGathering::new(cells)),
        }
    }
}

/// Gathers the scores of PSU after PSU.
pub(super) enum OfPsus<'a> {
    Any(Gathering, &'a Effects),
    One(CellGathering<'a, 1>),
    Two(CellGathering<'a, 2>),
    Three(CellGathering<'a, 3>),
    Four(CellGathering<'a, 4>),
}

impl OfPsus<'_> {
    /// Scores of one PSU.
    pub(super) fn psu(&mut self, of_psu: &PsuEntries<'_>) -> &[Score] {
        match self {
            OfPsus::Any(gathering, effects) => gathering.psu(of_psu, effects),
            OfPsus::One(gathering) => gathering.psu(of_psu),
            OfPsus::Two(gathering) => gathering.psu(of_psu),
            OfPsus::Three(gathering) => gathering.psu(of_psu),
            OfPsus::Four(gathering) => gathering.psu(of_psu),
        }
    }
}

/// Functions of answers that lie in one cell each, as many in every cell that has any: rates without margins.
enum Alone {
    One(CellEffects<1>),
    Two(CellEffects<2>),
    Three(CellEffects<3>),
    Four(CellEffects<4>),
}

impl Alone {
    fn of(effects: &Effects) -> Option<Alone> {
        let most = (0..effects.cells() as u32).map(|cell| effects.of_cell(cell).len()).max()?;
        match most {
            1 => CellEffects::of(effects).map(Alone::One),
            2 => CellEffects::of(effects).map(Alone::Two),
            3 => CellEffects::of(effects).map(Alone::Three),
            4 => CellEffects::of(effects).map(Alone::Four),
            _ => None,
        }
    }
}

/// What a unit of weight adds to the functions of a cell, by the answers to all variables at once.
#[derive(Clone, Copy)]
struct Unit<const K: usize> {
    by: [f64; K],
    /// Functions whose domain the PSU is inside of, a bit each.
    inside: u8,
}

/// Units by code, that is by cell and answers.
struct CellEffects<const K: usize> {
    units: Vec<Unit<K>>,
    functions: Vec<Option<[u32; K]>>,
    bits: u32,
}

impl<const K: usize> CellEffects<K> {
    fn of(effects: &Effects) -> Option<CellEffects<K>> {
        let bits = 2 * effects.answers;
        if effects.cells() << bits > MOST_UNITS {
            return None;
        }
        let mut cells_of = vec![0_u32; effects.functions];
        let (mut units, mut functions) = (Vec::with_capacity(effects.cells() << bits), Vec::with_capacity(effects.cells()));
        for cell in 0..effects.cells() as u32 {
            let here = effects.of_cell(cell);
            here.iter().for_each(|e| cells_of[e.function as usize] += 1);
            if !(here.is_empty() || here.len() == K) || here.iter().any(|e| e.variable >= effects.answers) {
                return None;
            }
            functions.push(here.iter().map(|e| e.function).collect::<Vec<_>>().try_into().ok());
            for answers in 0..1_u32 << bits {
                let mut unit = Unit { by: [0.0; K], inside: 0 };
                for (k, effect) in here.iter().enumerate() {
                    let answer = (answers >> (2 * effect.variable) & 3) as usize;
                    unit.by[k] = effect.by[answer];
                    unit.inside |= (effect.inside >> answer & 1) << k;
                }
                units.push(unit);
            }
        }
        cells_of.iter().all(|cells| *cells <= 1).then_some(CellEffects { units, functions, bits })
    }
}

/// The scores of a cell's functions in the PSU that is read.
#[derive(Clone, Copy)]
struct CellSlot<const K: usize> {
    z: [f64; K],
    /// The PSU that they belong to, counted from 1.
    turn: u32,
    inside: u8,
}

/// The cells that one PSU touches: one look-up an entry in place of one for each function.
pub(super) struct CellGathering<'a, const K: usize> {
    of: &'a CellEffects<K>,
    slots: Vec<CellSlot<K>>,
    touched: Vec<u32>,
    turn: u32,
    scores: Vec<Score>,
}

impl<'a, const K: usize> CellGathering<'a, K> {
    fn new(of: &'a CellEffects<K>) -> Self {
        let cells = of.functions.len();
        let slots = vec![CellSlot { z: [0.0; K], turn: 0, inside: 0 }; cells];
        CellGathering { of, slots, touched: vec![0; cells + 1], turn: 0, scores: Vec::new() }
    }

    /// Scores of one PSU, the same as those gathered function by function.
    fn psu(&mut self, of_psu: &PsuEntries<'_>) -> &[Score] {
        self.turn += 1;
        let mut count = 0;
        for entry in of_psu.entries {
            let cell = entry.code >> self.of.bits;
            let (unit, slot) = (&self.of.units[entry.code as usize], &mut self.slots[cell as usize]);
            let fresh = slot.turn != self.turn;
            self.touched[count] = cell;
            for (z, by) in slot.z.iter_mut().zip(&unit.by) {
                *z = if fresh { 0.0 } else { *z } + entry.weight * by;
            }
            slot.inside = if fresh { 0 } else { slot.inside } | unit.inside;
            slot.turn = self.turn;
            count += usize::from(fresh);
        }
        self.scores.clear();
        for &cell in &self.touched[..count] {
            let Some(functions) = &self.of.functions[cell as usize] else { continue };
            let slot = &self.slots[cell as usize];
            for (k, (&function, &z)) in functions.iter().zip(&slot.z).enumerate() {
                self.scores.push(Score { function, inside: slot.inside >> k & 1 == 1, z });
            }
        }
        &self.scores
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
pub(super) struct Gathering {
    slots: Vec<Slot>,
    touched: Vec<u32>,
    turn: u32,
    scores: Vec<Score>,
}

impl Gathering {
    pub(super) fn new(functions: usize) -> Gathering {
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
    pub(super) fn sum(&mut self, parts: impl Iterator<Item = Score>) -> &[Score] {
        self.turn += 1;
        let mut count = 0;
        for Score { function, inside, z } in parts {
            count = self.add(count, function, z, inside);
        }
        self.close(count)
    }
}
