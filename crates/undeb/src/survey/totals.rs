//! Weighted totals by PSU, cell and answers: the additive state that every estimate is a function of.
//!
//! Rows are partitioned by ranges of PSUs; what a PSU has in a cell is summed when it is asked for, PSU by PSU in the
//! order of the rows, so the state is the same to the last bit however many threads work on it, and needs nothing of
//! size rows x cells (METHODS M8).

use std::ops::Range;

use rayon::prelude::*;

use super::partition::{Buckets, Builder, Entry, Partition, Piece, PsuEntries, Sorted, piece};
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
struct Shape {
    cells: usize,
    answers: usize,
    amounts: usize,
}

impl Shape {
    fn bits(&self) -> u32 {
        2 * self.answers as u32
    }

    fn codes(&self) -> u64 {
        (self.cells as u64) << self.bits()
    }

    fn variables(&self) -> usize {
        self.answers + self.amounts
    }
}

/// The state: mergeable totals of rows seen so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    shape: Shape,
    psus: usize,
    partition: Partition,
    tallies: Vec<Tally>,
}

/// A state that is joined with others, and where its PSUs and cells lie in what is joined.
pub(crate) struct Share<'a> {
    pub(crate) totals: &'a Totals,
    /// New number of each PSU, rising with the old.
    pub(crate) psu: Option<&'a [u32]>,
    /// New number of each cell.
    pub(crate) cell: Option<&'a [u32]>,
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

    /// A joined state from its parts: counts by cell and variable (valid, yes, missing, not asked), where the codes and
    /// weights of each PSU start, and these. None where they do not fit each other.
    pub(crate) fn restored(
        cells: usize,
        answers: usize,
        counts: &[[u64; 4]],
        start: &[usize],
        sums: &[(u32, f64)],
    ) -> Option<Totals> {
        let shape = Shape { cells, answers, amounts: 0 };
        let sound = |(code, weight): &(u32, f64)| u64::from(*code) < shape.codes() && weight.is_finite() && *weight >= 0.0;
        if cells > MOST_CELLS || counts.len() != cells * answers || !sums.iter().all(sound) {
            return None;
        }
        let tally =
            |&[n, n_yes, n_missing, n_not_asked]: &[u64; 4]| Tally { n, n_yes, n_missing, n_not_asked, ..Tally::default() };
        let mut tallies: Vec<Tally> = counts.iter().map(tally).collect();
        let psus = start.len().saturating_sub(1);
        let mut builder = Builder::new(sums.len(), psus, shape.codes(), 0);
        let mut entries = Vec::new();
        for range in start.windows(2) {
            entries.clear();
            entries.extend(sums.get(range[0]..range[1])?.iter().map(|&(code, weight)| Entry { weight, code }));
            weigh(&mut tallies, &entries, &[], &shape);
            builder.push(&entries, &[]);
        }
        Some(Totals { shape, psus, partition: builder.finish(), tallies })
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
        let shares = [self, other].map(|totals| Share { totals, psu: None, cell: None });
        Totals::joined(&shares, self.psus.max(other.psus), self.shape.cells)
    }

    /// The sum of states, PSU by PSU with one entry a code, in the order of the codes.
    pub(crate) fn joined(shares: &[Share<'_>], psus: usize, cells: usize) -> Totals {
        let shape = shares.first().map_or(Shape { cells, answers: 0, amounts: 0 }, |s| Shape { cells, ..s.totals.shape });
        let width = 2 * shape.amounts;
        let mut tallies = vec![Tally::default(); cells * shape.variables()];
        for share in shares {
            for (at, tally) in share.totals.tallies.iter().enumerate() {
                let (cell, variable) = (at / shape.variables(), at % shape.variables());
                let cell = share.cell.map_or(cell, |to| to[cell] as usize);
                tallies[cell * shape.variables() + variable].count(tally);
            }
        }
        let mut walks: Vec<Walk<'_>> = shares.iter().map(Walk::new).collect();
        let entries = shares.iter().map(|s| s.totals.entries()).sum();
        let mut builder = Builder::new(entries, psus, shape.codes(), shape.amounts);
        let (mut order, mut merged, mut amounts): (Vec<(Entry, usize)>, Vec<Entry>, Vec<f64>) = Default::default();
        let mut values: Vec<f64> = Vec::new();
        for psu in 0..psus as u32 {
            order.clear();
            merged.clear();
            amounts.clear();
            values.clear();
            for walk in &mut walks {
                walk.take(psu, |of_psu, cell| {
                    for entry in of_psu.entries {
                        let code = cell.map_or(entry.code, |to| {
                            to[(entry.code >> shape.bits()) as usize] << shape.bits() | entry.code & ((1 << shape.bits()) - 1)
                        });
                        order.push((Entry { code, ..*entry }, order.len()));
                    }
                    values.extend_from_slice(of_psu.amounts);
                });
            }
            // Stable: equal codes are summed in the order of the states.
            order.sort_by_key(|(entry, _)| entry.code);
            for (entry, at) in &order {
                let more = &values[at * width..][..width];
                match merged.last_mut().filter(|last| last.code == entry.code) {
                    Some(last) => {
                        last.weight += entry.weight;
                        let from = amounts.len() - width;
                        amounts[from..].iter_mut().zip(more).for_each(|(to, from)| *to += from);
                    }
                    None => {
                        merged.push(*entry);
                        amounts.extend_from_slice(more);
                    }
                }
            }
            weigh(&mut tallies, &merged, &amounts, &shape);
            builder.push(&merged, &amounts);
        }
        Totals { shape, psus, partition: builder.finish(), tallies }
    }
}

/// A state read PSU by PSU while others are read beside it.
struct Walk<'a> {
    share: &'a Share<'a>,
    sorted: Sorted,
    bucket: usize,
    at: usize,
}

impl<'a> Walk<'a> {
    fn new(share: &'a Share<'a>) -> Self {
        Walk { share, sorted: Sorted::default(), bucket: 0, at: 0 }
    }

    /// Gives the entries of a PSU by its new number; numbers must be asked for in their order.
    fn take(&mut self, number: u32, give: impl FnOnce(PsuEntries<'_>, Option<&[u32]>)) {
        let partition = &self.share.totals.partition;
        while self.at == self.sorted.len() {
            if self.bucket == partition.buckets() {
                return;
            }
            partition.read(self.bucket, &mut self.sorted);
            (self.bucket, self.at) = (self.bucket + 1, 0);
        }
        let of_psu = self.sorted.psu(self.at);
        let known = |psu: &[u32]| psu.get(of_psu.psu as usize).copied().unwrap_or(u32::MAX);
        if self.share.psu.map_or(of_psu.psu, known) == number {
            give(of_psu, self.share.cell);
            self.at += 1;
        }
    }
}

/// Adds the weights of a PSU's entries to the tallies of their cells.
fn weigh(tallies: &mut [Tally], entries: &[Entry], amounts: &[f64], shape: &Shape) {
    for (i, entry) in entries.iter().enumerate() {
        let of_cell = &mut tallies[(entry.code >> shape.bits()) as usize * shape.variables()..][..shape.variables()];
        for (v, t) in of_cell.iter_mut().enumerate() {
            if v < shape.answers {
                match entry.code >> (2 * v) & 3 {
                    0 => t.valid += entry.weight,
                    1 => {
                        t.valid += entry.weight;
                        t.yes += entry.weight;
                    }
                    2 => t.missing += entry.weight,
                    _ => {}
                }
            } else {
                let pair = &amounts[2 * (i * shape.amounts + v - shape.answers)..][..2];
                t.valid += pair[0];
                t.yes += pair[1];
                t.missing += entry.weight - pair[0];
            }
        }
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
    fn count(&mut self, other: &Tally) {
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
