//! Weighted totals by PSU, cell and answers: the additive state that every estimate is a function of.
//!
//! Rows are partitioned by ranges of PSUs; what a PSU has in a cell is summed when it is asked for, PSU by PSU in the
//! order of the rows, so the state is the same to the last bit however many threads work on it, and needs nothing of
//! size rows x cells (METHODS M8).

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::joined::Share;
use super::partition::{Buckets, Entry, Partition, Piece, PsuEntries, Sorted, piece};
use super::rows::RowSource;
pub use super::rows::{Answer, MOST_VARIABLES, OUT, Rows};
use super::threads::SMALL;

/// Rows of one block.
const BLOCK: usize = 1 << 15;
/// Most cells that one state can hold.
pub const MOST_CELLS: usize = (1 << 20) - 1;

/// Unweighted counts and weighted sums of one cell and variable.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Rows with a valid answer.
    pub n: u64,
    /// Rows that said yes; none for an amount.
    pub n_yes: u64,
    /// Rows asked without a known answer.
    pub n_missing: u64,
    /// Rows not asked.
    pub n_not_asked: u64,
    /// Weight of valid answers.
    pub valid: f64,
    /// Weight of yes; for an amount the weighted sum.
    pub yes: f64,
    /// Weight of missing answers.
    pub missing: f64,
}

/// What the codes of a state mean: cells, and variables by their kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) cells: usize,
    pub(super) answers: usize,
    pub(super) amounts: usize,
}

impl Shape {
    pub(super) fn bits(&self) -> u32 {
        2 * self.answers as u32
    }

    pub(super) fn codes(&self) -> u64 {
        (self.cells as u64) << self.bits()
    }

    pub(super) fn variables(&self) -> usize {
        self.answers + self.amounts
    }
}

/// The state: mergeable totals of rows seen so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    pub(super) shape: Shape,
    pub(super) psus: usize,
    pub(super) partition: Partition,
    pub(super) tallies: Vec<Tally>,
}

impl Totals {
    /// Sums rows that belong to `psus` PSUs and fall into `cells` cells.
    ///
    /// The slices must have one length, PSUs and cells must lie in their ranges; callers in this crate code them so.
    pub fn accumulate(rows: &impl RowSource, psus: usize, cells: usize) -> Totals {
        let shape = Shape { cells, answers: rows.answers(), amounts: rows.amounts() };
        debug_assert!(cells <= MOST_CELLS && rows.answers() <= MOST_VARIABLES);
        let buckets = Buckets::of(rows.len(), psus);
        // The tallies of a block are much smaller than its rows.
        let block = BLOCK.max(16 * cells * shape.variables());
        let one = |code: &mut Vec<u32>, b: usize| {
            let range = b * block..((b + 1) * block).min(rows.len());
            code.resize(range.len(), OUT);
            rows.code(range.clone(), code);
            (piece(rows, range.clone(), code, shape.codes(), &buckets), tallies(rows, range, code, &shape))
        };
        let count = rows.len().div_ceil(block);
        let done: Vec<(Piece, Vec<Tally>)> = if rows.len() >= SMALL {
            (0..count).into_par_iter().map_init(Vec::new, one).collect()
        } else {
            let mut code = Vec::new();
            (0..count).map(|b| one(&mut code, b)).collect()
        };
        let mut sums = vec![Tally::default(); cells * shape.variables()];
        let mut pieces = Vec::with_capacity(count);
        for (piece, of_block) in done {
            sums.iter_mut().zip(&of_block).for_each(|(sum, t)| sum.add(t));
            pieces.push(piece);
        }
        let partition = Partition::of(pieces, shape.codes(), buckets, shape.amounts);
        Totals { shape, psus, partition, tallies: sums }
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.shape.cells
    }

    /// Number of variables.
    pub fn variables(&self) -> usize {
        self.shape.variables()
    }

    /// Yes-or-no variables; the others are amounts.
    pub(crate) fn answers(&self) -> usize {
        self.shape.answers
    }

    /// Number of PSUs, those without a row in the domain included.
    pub fn psus(&self) -> usize {
        self.psus
    }

    /// Entries that the state holds, about twelve bytes each.
    pub(crate) fn entries(&self) -> usize {
        self.partition.len()
    }

    /// Counts and sums of a cell and variable.
    pub fn tally(&self, cell: usize, variable: usize) -> &Tally {
        &self.tallies[cell * self.variables() + variable]
    }

    /// Groups of PSU ranges that may be read side by side: they depend on the state alone, not on the threads.
    pub(crate) fn groups(&self, most: usize) -> Vec<Range<usize>> {
        let buckets = self.partition.buckets();
        let size = buckets.div_ceil(most.max(1));
        (0..buckets.div_ceil(size)).map(|g| g * size..((g + 1) * size).min(buckets)).collect()
    }

    /// Whether threads are worth their while.
    pub(crate) fn is_large(&self) -> bool {
        self.partition.len() >= SMALL / 2
    }

    /// Reads a group PSU by PSU, those without an entry too.
    pub(crate) fn read(&self, group: Range<usize>, mut each: impl FnMut(PsuEntries<'_>)) {
        let mut sorted = Sorted::default();
        for bucket in group {
            self.partition.read(bucket, &mut sorted);
            sorted.psus().filter(|p| (p.psu as usize) < self.psus).for_each(&mut each);
        }
    }

    /// Reads all PSUs in their order.
    pub(crate) fn read_all(&self, each: impl FnMut(PsuEntries<'_>)) {
        self.read(0..self.partition.buckets(), each);
    }

    /// The cell of an entry and, variable by variable, what it adds to the weight of valid answers and of yes.
    pub(crate) fn pairs(&self, of_psu: &PsuEntries<'_>, entry: usize, into: &mut [f64]) -> usize {
        let Entry { weight, code } = of_psu.entries[entry];
        let (answers, amounts) = into.split_at_mut(2 * self.shape.answers);
        for (v, pair) in answers.chunks_exact_mut(2).enumerate() {
            let answer = code >> (2 * v) & 3;
            pair[0] = if answer <= 1 { weight } else { 0.0 };
            pair[1] = if answer == 1 { weight } else { 0.0 };
        }
        amounts.copy_from_slice(&of_psu.amounts[entry * amounts.len()..][..amounts.len()]);
        (code >> self.shape.bits()) as usize
    }

    /// The sum of two states over the same cells and variables whose PSUs are numbered alike.
    ///
    /// Associative and commutative up to the last bits of sums of shared PSUs.
    #[must_use]
    pub fn merge(&self, other: &Totals) -> Totals {
        debug_assert!(self.shape == other.shape);
        let shares = [self, other].map(|totals| Share { totals: Cow::Borrowed(totals), psu: None, cell: None });
        Totals::joined(shares.into(), self.psus.max(other.psus), self.shape.cells)
    }
}

/// Counts and weights of one variable by answer.
#[derive(Clone, Copy, Default)]
struct ByAnswer {
    n: [u32; 4],
    weight: [f64; 4],
}

/// The tallies of a stretch of coded rows.
fn tallies(rows: &impl RowSource, range: Range<usize>, code: &[u32], shape: &Shape) -> Vec<Tally> {
    let (answers, variables) = (shape.answers, shape.variables());
    // Rows outside the domain are counted too, in a cell of their own: no branch to be guessed.
    let mut sums = vec![ByAnswer::default(); (shape.cells + 1) * answers];
    let cell = |code: u32| ((code >> shape.bits()) as usize).min(shape.cells);
    for (&code, &weight) in code.iter().zip(&rows.weight()[range.clone()]) {
        for (v, sum) in sums[cell(code) * answers..][..answers].iter_mut().enumerate() {
            let answer = (code >> (2 * v) & 3) as usize;
            sum.n[answer] += 1;
            sum.weight[answer] += weight;
        }
    }
    let mut out = vec![Tally::default(); shape.cells * variables];
    for (tallies, sums) in out.chunks_exact_mut(variables.max(1)).zip(sums.chunks_exact(answers.max(1))) {
        for (tally, ByAnswer { n, weight }) in tallies.iter_mut().zip(sums).take(answers) {
            *tally = Tally {
                n: u64::from(n[0] + n[1]),
                n_yes: u64::from(n[1]),
                n_missing: u64::from(n[2]),
                n_not_asked: u64::from(n[3]),
                valid: weight[0] + weight[1],
                yes: weight[1],
                missing: weight[2],
            };
        }
    }
    if shape.amounts > 0 {
        for (i, (&code, &weight)) in code.iter().zip(&rows.weight()[range.clone()]).enumerate().filter(|(_, (c, _))| **c != OUT) {
            for v in 0..shape.amounts {
                out[cell(code) * variables + answers + v].amount(weight, rows.amount(v, range.start + i));
            }
        }
    }
    out
}

impl Tally {
    /// Adds the counts and sums of another tally; margins are sums.
    pub fn add(&mut self, other: &Tally) {
        self.count(other);
        self.valid += other.valid;
        self.yes += other.yes;
        self.missing += other.missing;
    }

    /// Adds the counts of another tally, but no weight.
    pub(super) fn count(&mut self, other: &Tally) {
        self.n += other.n;
        self.n_yes += other.n_yes;
        self.n_missing += other.n_missing;
        self.n_not_asked += other.n_not_asked;
    }

    fn amount(&mut self, weight: f64, amount: f64) {
        if amount.is_nan() {
            self.missing += weight;
            self.n_missing += 1;
        } else {
            self.valid += weight;
            self.yes += weight * amount;
            self.n += 1;
        }
    }
}
