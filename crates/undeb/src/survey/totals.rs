//! Weighted totals per PSU, cell and variable: the additive state that every estimate is a function of.
//!
//! Rows are partitioned by ranges of PSUs and summed PSU by PSU in the order of the rows, so the state is the same to
//! the last bit however many threads work on it, and needs nothing of size rows x cells (METHODS M8).

use rayon::prelude::*;

use super::record::{Record, Slim, Wide};
pub use super::rows::{Answer, MOST_VARIABLES, OUT, Rows};
use super::rows::{RowSource, Stretch};

/// Rows of one block; part of the result only through the order of nothing, so it may be changed freely.
const BLOCK: usize = 1 << 16;
/// Rows below which threads cost more than they save.
const SMALL: usize = 1 << 17;
const CELL_BITS: u32 = 20;
/// Most cells that one state can hold.
pub const MOST_CELLS: usize = (1 << CELL_BITS) - 1;
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
    /// PSUs with a valid answer.
    pub psus: u64,
}

/// Totals of a range of PSUs: for each PSU the cells it touches, for each of those valid and yes by variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Part {
    pub(crate) first: u32,
    pub(crate) start: Vec<u32>,
    pub(crate) cell: Vec<u32>,
    /// Entry by entry, variable by variable: valid, yes.
    pub(crate) sums: Vec<f64>,
    tallies: Vec<(u32, Vec<Tally>)>,
}

/// The state: mergeable totals of rows seen so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    cells: usize,
    variables: usize,
    psus: usize,
    pub(crate) parts: Vec<Part>,
    tallies: Vec<Tally>,
}

impl Totals {
    /// Sums rows that belong to `psus` PSUs and fall into `cells` cells.
    ///
    /// The slices must have one length, PSUs and cells must lie in their ranges; callers in this crate code them so.
    pub fn accumulate(rows: &impl RowSource, psus: usize, cells: usize) -> Totals {
        if rows.amounts() == 0 { Self::sum::<Slim>(rows, psus, cells) } else { Self::sum::<Wide>(rows, psus, cells) }
    }

    fn sum<R: Record>(rows: &impl RowSource, psus: usize, cells: usize) -> Totals {
        let variables = rows.answers() + rows.amounts();
        debug_assert!(cells <= MOST_CELLS && rows.answers() <= MOST_VARIABLES);
        let threads = rows.len() >= SMALL;
        // About 16 thousand rows a bucket, so that one stays in cache.
        let buckets = (rows.len() / 16_384).clamp(1, 4096).min(psus.max(1));
        let width = psus.max(1).div_ceil(buckets);
        let buckets = psus.max(1).div_ceil(width);
        let block = |stretch: &mut Stretch, b: usize| Block::of(rows, stretch, b, buckets, width);
        let count = rows.len().div_ceil(BLOCK);
        let blocks: Vec<Block<R>> = if threads {
            (0..count).into_par_iter().map_init(Stretch::default, block).collect()
        } else {
            let mut stretch = Stretch::default();
            (0..count).map(|b| block(&mut stretch, b)).collect()
        };
        let part = |bucket: usize| {
            let first = bucket * width;
            let last = ((bucket + 1) * width).min(psus.max(1));
            Part::of(rows, &blocks, bucket, first as u32, last - first, cells)
        };
        let parts: Vec<Part> =
            if threads { (0..buckets).into_par_iter().map(part).collect() } else { (0..buckets).map(part).collect() };
        Totals::assembled(parts, psus, cells, variables)
    }

    fn assembled(mut parts: Vec<Part>, psus: usize, cells: usize, variables: usize) -> Totals {
        let mut tallies = vec![Tally::default(); cells * variables];
        for part in &mut parts {
            for (cell, of_part) in part.tallies.drain(..) {
                for (v, t) in of_part.iter().enumerate() {
                    tallies[cell as usize * variables + v].add(t);
                }
            }
        }
        Totals { cells, variables, psus, parts, tallies }
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Number of variables.
    pub fn variables(&self) -> usize {
        self.variables
    }

    /// Number of PSUs, those without a row in the domain included.
    pub fn psus(&self) -> usize {
        self.psus
    }

    /// Counts and sums of a cell and variable.
    pub fn tally(&self, cell: usize, variable: usize) -> &Tally {
        &self.tallies[cell * self.variables + variable]
    }

    /// The sum of two states over the same cells and variables whose PSUs are numbered alike.
    ///
    /// Associative and commutative up to the last bits of sums of shared PSUs.
    #[must_use]
    pub fn merge(&self, other: &Totals) -> Totals {
        debug_assert!(self.cells == other.cells && self.variables == other.variables);
        let psus = self.psus.max(other.psus);
        let width = 2 * self.variables;
        let mut merged = Part { start: vec![0], ..Part::default() };
        let mut slot = vec![u32::MAX; self.cells];
        for psu in 0..psus {
            let begin = merged.cell.len();
            for state in [self, other] {
                state.entries(psu as u32, |cell, sums| {
                    let at = slot[cell as usize];
                    if at != u32::MAX && at as usize >= begin {
                        for (to, from) in merged.sums[at as usize * width..][..width].iter_mut().zip(sums) {
                            *to += from;
                        }
                    } else {
                        slot[cell as usize] = merged.cell.len() as u32;
                        merged.cell.push(cell);
                        merged.sums.extend_from_slice(sums);
                    }
                });
            }
            merged.start.push(merged.cell.len() as u32);
        }
        let mut tallies = self.tallies.clone();
        for (to, from) in tallies.iter_mut().zip(&other.tallies) {
            to.add(from);
        }
        // A PSU in both counted twice: count the PSUs again.
        for t in &mut tallies {
            t.psus = 0;
        }
        for (cell, sums) in merged.cell.iter().zip(merged.sums.chunks_exact(width.max(1))) {
            for v in 0..self.variables {
                tallies[*cell as usize * self.variables + v].psus += u64::from(sums[2 * v] > 0.0);
            }
        }
        Totals { cells: self.cells, variables: self.variables, psus, parts: vec![merged], tallies }
    }

    fn entries(&self, psu: u32, mut each: impl FnMut(u32, &[f64])) {
        let at = self.parts.partition_point(|p| p.first <= psu);
        let Some(part) = at.checked_sub(1).map(|i| &self.parts[i]) else { return };
        let i = (psu - part.first) as usize;
        if i + 1 >= part.start.len() {
            return;
        }
        let width = 2 * self.variables;
        for entry in part.start[i] as usize..part.start[i + 1] as usize {
            each(part.cell[entry], &part.sums[entry * width..][..width]);
        }
    }
}

impl Tally {
    /// Adds the counts and sums of another tally; margins are sums.
    pub fn add(&mut self, other: &Tally) {
        self.n += other.n;
        self.n_yes += other.n_yes;
        self.n_missing += other.n_missing;
        self.n_not_asked += other.n_not_asked;
        self.valid += other.valid;
        self.yes += other.yes;
        self.missing += other.missing;
        self.psus += other.psus;
    }
}

/// Rows of one block in the order of their buckets; within a bucket in the order of the rows.
struct Block<R> {
    records: Vec<R>,
    start: Vec<u32>,
}

impl<R: Record> Block<R> {
    fn of(rows: &impl RowSource, stretch: &mut Stretch, block: usize, buckets: usize, width: usize) -> Self {
        let from = block * BLOCK;
        stretch.clear();
        rows.fill(from..(from + BLOCK).min(rows.len()), stretch);
        // PSU ranges as a multiplication: a division a row would cost more than the sums.
        let scale = (1_u64 << 50).div_ceil(width as u64);
        let bucket = |p: u32| ((u64::from(p) * scale) >> 50).min(buckets as u64 - 1) as usize;
        let mut start = vec![0_u32; buckets + 1];
        for (&p, &c) in stretch.psu.iter().zip(&stretch.cell) {
            start[bucket(p) + 1] += u32::from(c != OUT);
        }
        for b in 0..buckets {
            start[b + 1] += start[b];
        }
        let mut next = start.clone();
        let mut records = vec![R::default(); start[buckets] as usize];
        let coded = stretch.psu.iter().zip(&stretch.cell).zip(stretch.weight.iter().zip(&stretch.answers));
        for (i, ((&p, &c), (&w, &answers))) in coded.enumerate() {
            if c == OUT {
                continue;
            }
            let code = c | u32::from(answers) << CELL_BITS;
            let slot = &mut next[bucket(p)];
            records[*slot as usize] = R::new(w, p, code, from + i);
            *slot += 1;
        }
        Block { records, start }
    }
}

impl Part {
    fn of<R: Record>(rows: &impl RowSource, blocks: &[Block<R>], bucket: usize, first: u32, psus: usize, cells: usize) -> Part {
        let slices = || blocks.iter().map(|b| &b.records[b.start[bucket] as usize..b.start[bucket + 1] as usize]);
        let variables = rows.answers() + rows.amounts();
        let width = 2 * variables;
        // Counting sort by PSU, stable, so that sums follow the order of the rows.
        let mut start = vec![0_u32; psus + 1];
        for r in slices().flatten() {
            start[(r.psu() - first) as usize + 1] += 1;
        }
        for i in 0..psus {
            start[i + 1] += start[i];
        }
        let mut sorted = vec![R::default(); start[psus] as usize];
        let mut next = start.clone();
        for r in slices().flatten() {
            let slot = &mut next[(r.psu() - first) as usize];
            sorted[*slot as usize] = *r;
            *slot += 1;
        }
        let mut part = Part { first, start: Vec::with_capacity(psus + 1), ..Part::default() };
        part.start.push(0);
        let mut slot = vec![u32::MAX; cells];
        let mut tallies: Vec<(u32, Vec<Tally>)> = Vec::new();
        let mut of_cell = vec![u32::MAX; cells];
        for psu in 0..psus {
            let begin = part.cell.len();
            for record in &sorted[start[psu] as usize..start[psu + 1] as usize] {
                let (weight, code) = (record.weight(), record.code());
                let cell = code & MOST_CELLS as u32;
                let mut entry = slot[cell as usize] as usize;
                if entry == u32::MAX as usize || entry < begin {
                    entry = part.cell.len();
                    slot[cell as usize] = entry as u32;
                    part.cell.push(cell);
                    part.sums.resize(part.sums.len() + width, 0.0);
                }
                let mut tally = of_cell[cell as usize] as usize;
                if tally == u32::MAX as usize {
                    tally = tallies.len();
                    of_cell[cell as usize] = tally as u32;
                    tallies.push((cell, vec![Tally::default(); variables]));
                }
                let sums = &mut part.sums[entry * width..][..width];
                let of_row = &mut tallies[tally].1;
                for (v, (pair, t)) in sums.chunks_exact_mut(2).zip(of_row.iter_mut()).enumerate() {
                    match rows.answers().checked_sub(v + 1) {
                        Some(_) => t.answer(pair, weight, code >> (CELL_BITS + 2 * v as u32) & 3),
                        None => t.amount(pair, weight, rows.amount(v - rows.answers(), record.row())),
                    }
                }
            }
            part.start.push(part.cell.len() as u32);
        }
        for (entry, &cell) in part.cell.iter().enumerate() {
            let tally = &mut tallies[of_cell[cell as usize] as usize].1;
            for (pair, t) in part.sums[entry * width..][..width].chunks_exact(2).zip(tally.iter_mut()) {
                t.valid += pair[0];
                t.yes += pair[1];
                t.psus += u64::from(pair[0] > 0.0);
            }
        }
        tallies.sort_by_key(|(cell, _)| *cell);
        part.tallies = tallies;
        // What growing left over would double the state.
        part.cell.shrink_to_fit();
        part.sums.shrink_to_fit();
        part
    }
}

impl Tally {
    /// Counts an answer and adds its weight to the PSU's pair; the sums of the cell follow from the pairs.
    #[inline]
    fn answer(&mut self, pair: &mut [f64], weight: f64, answer: u32) {
        match answer {
            0 => {
                pair[0] += weight;
                self.n += 1;
            }
            1 => {
                pair[0] += weight;
                pair[1] += weight;
                self.n += 1;
                self.n_yes += 1;
            }
            2 => {
                self.missing += weight;
                self.n_missing += 1;
            }
            _ => self.n_not_asked += 1,
        }
    }

    #[inline]
    fn amount(&mut self, pair: &mut [f64], weight: f64, amount: f64) {
        if amount.is_nan() {
            self.missing += weight;
            self.n_missing += 1;
        } else {
            pair[0] += weight;
            pair[1] += weight * amount;
            self.n += 1;
        }
    }
}
