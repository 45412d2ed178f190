//! Rows partitioned by ranges of PSUs. A range is sorted by PSU only while it is read, and then lies in cache.
//!
//! Two ways lead here: blocks of rows, each in the order of its buckets, and the blocks of a state that was joined from
//! others, each of a stretch of buckets, in which every PSU has one entry a code. Both are read alike.

use std::ops::Range;

use super::record::{Broad, Narrow, Record};
use super::rows::{OUT, RowSource};

/// Rows of one bucket, about: few enough to stay in cache while they are sorted.
const BUCKET: usize = 1 << 14;
/// Most buckets, so that the multiplication that finds a row's does not overflow.
const MOST_BUCKETS: usize = 1 << 13;
/// Buckets of one block of a joined state: small enough that what has been read can be given back while it is joined.
const STRETCH: usize = 16;

/// What a PSU has under one code: the weight of its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    pub(crate) weight: f64,
    pub(crate) code: u32,
}

/// Rows of a stretch of buckets in their order; within a bucket in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq)]
struct Block<R> {
    /// The bucket that it begins with.
    first: usize,
    records: Vec<R>,
    start: Vec<u32>,
    /// Record by record, amount by amount: weight of those known, weighted sum.
    amounts: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Blocks {
    Narrow(Vec<Block<Narrow>>),
    Broad(Vec<Block<Broad>>),
}

/// How PSUs fall into buckets: by ranges of one width, which depends on the rows and PSUs alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Buckets {
    psus: usize,
    width: usize,
    count: usize,
}

impl Buckets {
    pub(super) fn of(rows: usize, psus: usize) -> Buckets {
        let psus = psus.max(1);
        // No more PSUs in a bucket than a narrow record can tell apart.
        let count = (rows / BUCKET).min(MOST_BUCKETS).max(psus.div_ceil(Narrow::MOST_PSUS)).clamp(1, psus);
        let width = psus.div_ceil(count);
        Buckets { psus, width, count: psus.div_ceil(width) }
    }

    fn range(&self, bucket: usize) -> Range<usize> {
        bucket * self.width..((bucket + 1) * self.width).min(self.psus)
    }
}

/// Entries of all PSUs, bucket by bucket.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Partition {
    buckets: Buckets,
    amounts: usize,
    blocks: Blocks,
}

/// A block of coded rows, for [`Partition::of`]: what is kept of it, whatever the width of its records.
pub(super) struct Piece(Blocks);

/// Partitions coded rows; `codes` is the number of codes, and rows without a weight are left out.
pub(super) fn piece(rows: &impl RowSource, range: Range<usize>, code: &[u32], codes: u64, buckets: &Buckets) -> Piece {
    Piece(match codes <= Narrow::MOST_CODES {
        true => Blocks::Narrow(vec![Block::of(rows, range, code, buckets)]),
        false => Blocks::Broad(vec![Block::of(rows, range, code, buckets)]),
    })
}

impl Partition {
    /// The blocks of rows in their order.
    pub(super) fn of(pieces: Vec<Piece>, codes: u64, buckets: Buckets, amounts: usize) -> Partition {
        let narrow = codes <= Narrow::MOST_CODES;
        let mut blocks = if narrow { Blocks::Narrow(Vec::new()) } else { Blocks::Broad(Vec::new()) };
        for Piece(piece) in pieces {
            match (&mut blocks, piece) {
                (Blocks::Narrow(all), Blocks::Narrow(more)) => all.extend(more),
                (Blocks::Broad(all), Blocks::Broad(more)) => all.extend(more),
                // A piece is as wide as the codes that both were made for.
                _ => {}
            }
        }
        Partition { buckets, amounts, blocks }
    }

    pub(super) fn buckets(&self) -> usize {
        self.buckets.count
    }

    /// Entries, those of one PSU and code that have not been joined counted each.
    pub(super) fn len(&self) -> usize {
        match &self.blocks {
            Blocks::Narrow(blocks) => blocks.iter().map(|b| b.records.len()).sum(),
            Blocks::Broad(blocks) => blocks.iter().map(|b| b.records.len()).sum(),
        }
    }

    /// Gives back what lies before a bucket.
    pub(super) fn forget(&mut self, bucket: usize) {
        fn clear<R: Record>(blocks: &mut [Block<R>], bucket: usize) {
            let past = blocks.iter_mut().filter(|b| !b.start.is_empty() && b.end() <= bucket);
            past.for_each(|b| *b = Block::default());
        }
        match &mut self.blocks {
            Blocks::Narrow(blocks) => clear(blocks, bucket),
            Blocks::Broad(blocks) => clear(blocks, bucket),
        }
    }

    /// Sorts a bucket into a buffer.
    pub(super) fn read(&self, bucket: usize, into: &mut Sorted) {
        let psus = self.buckets.range(bucket);
        into.first = psus.start as u32;
        into.width = 2 * self.amounts;
        match &self.blocks {
            Blocks::Narrow(blocks) => into.sort(blocks, bucket, psus.len()),
            Blocks::Broad(blocks) => into.sort(blocks, bucket, psus.len()),
        }
    }
}

impl<R: Record> Block<R> {
    fn of(rows: &impl RowSource, range: Range<usize>, code: &[u32], buckets: &Buckets) -> Self {
        let (psu, weight) = (&rows.psu()[range.clone()], &rows.weight()[range.clone()]);
        // PSU ranges as a multiplication: a division a row would cost more than the sums.
        let scale = (1_u64 << 50).div_ceil(buckets.width as u64);
        let last = buckets.count;
        // Rows that add nothing go into a bucket behind the others that is cut off: no branch to be guessed.
        let bucket = |p: u32, c: u32, w: f64| {
            let inside = ((u64::from(p) * scale) >> 50) as usize;
            if c == OUT || w == 0.0 { last } else { inside.min(last - 1) }
        };
        let mut start = vec![0_u32; last + 2];
        for ((&p, &c), &w) in psu.iter().zip(code).zip(weight) {
            start[bucket(p, c, w) + 1] += 1;
        }
        for b in 0..=last {
            start[b + 1] += start[b];
        }
        let kept = start[last] as usize;
        let mut next = start.clone();
        let mut records = vec![R::default(); kept + 1];
        for ((&p, &c), &w) in psu.iter().zip(code).zip(weight) {
            let bucket = bucket(p, c, w);
            let slot = &mut next[bucket];
            records[(*slot as usize).min(kept)] = R::new(w, p.wrapping_sub((bucket * buckets.width) as u32), c);
            *slot += 1;
        }
        let mut amounts = Vec::new();
        if rows.amounts() > 0 {
            amounts = vec![0.0; kept * 2 * rows.amounts()];
            let mut next = start.clone();
            for (i, ((&p, &c), &w)) in psu.iter().zip(code).zip(weight).enumerate() {
                let slot = &mut next[bucket(p, c, w)];
                if (*slot as usize) < kept {
                    let pairs = &mut amounts[*slot as usize * 2 * rows.amounts()..][..2 * rows.amounts()];
                    for (v, pair) in pairs.chunks_exact_mut(2).enumerate() {
                        let amount = rows.amount(v, range.start + i);
                        if !amount.is_nan() {
                            (pair[0], pair[1]) = (w, w * amount);
                        }
                    }
                }
                *slot += 1;
            }
        }
        records.truncate(kept);
        start.truncate(last + 1);
        Block { first: 0, records, start, amounts }
    }

    /// The bucket behind the last.
    fn end(&self) -> usize {
        self.first + self.start.len().saturating_sub(1)
    }

    /// Where the records of a bucket lie.
    fn range(&self, bucket: usize) -> Range<usize> {
        match bucket.checked_sub(self.first) {
            Some(at) if bucket < self.end() => self.start[at] as usize..self.start[at + 1] as usize,
            _ => 0..0,
        }
    }
}

/// Entries of a range of PSUs, PSU by PSU.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sorted {
    first: u32,
    start: Vec<u32>,
    entries: Vec<Entry>,
    /// Numbers of amounts that go with an entry.
    width: usize,
    amounts: Vec<f64>,
}

/// The entries of one PSU, and the amounts of each.
pub(crate) struct PsuEntries<'a> {
    pub(crate) psu: u32,
    pub(crate) entries: &'a [Entry],
    pub(crate) amounts: &'a [f64],
}

impl Sorted {
    /// Counting sort by PSU, stable, so that sums follow the order of the rows.
    fn sort<R: Record>(&mut self, blocks: &[Block<R>], bucket: usize, psus: usize) {
        let slices = || blocks.iter().map(|b| &b.records[b.range(bucket)]);
        // Counted one place late, so that the places move to where they belong while they are used.
        self.start.clear();
        self.start.resize(psus + 2, 0);
        for record in slices().flatten() {
            self.start[record.psu() + 2] += 1;
        }
        for i in 1..=psus {
            self.start[i + 1] += self.start[i];
        }
        let count = self.start[psus + 1] as usize;
        if self.entries.len() < count {
            self.entries.resize(count, Entry::default());
        }
        if self.width == 0 {
            for record in slices().flatten() {
                let slot = &mut self.start[record.psu() + 1];
                self.entries[*slot as usize] = Entry { weight: record.weight(), code: record.code() };
                *slot += 1;
            }
        } else {
            self.amounts.resize((count * self.width).max(self.amounts.len()), 0.0);
            for block in blocks {
                for at in block.range(bucket) {
                    let record = block.records[at];
                    let slot = &mut self.start[record.psu() + 1];
                    self.entries[*slot as usize] = Entry { weight: record.weight(), code: record.code() };
                    self.amounts[*slot as usize * self.width..][..self.width]
                        .copy_from_slice(&block.amounts[at * self.width..][..self.width]);
                    *slot += 1;
                }
            }
        }
        self.start.truncate(psus + 1);
    }

    /// PSU by PSU, those without an entry too.
    pub(crate) fn psus(&self) -> impl Iterator<Item = PsuEntries<'_>> {
        (0..self.start.len().saturating_sub(1)).map(|i| self.psu(i))
    }

    pub(super) fn len(&self) -> usize {
        self.start.len().saturating_sub(1)
    }

    pub(super) fn psu(&self, i: usize) -> PsuEntries<'_> {
        let range = self.start[i] as usize..self.start[i + 1] as usize;
        PsuEntries {
            psu: self.first + i as u32,
            entries: &self.entries[range.clone()],
            amounts: &self.amounts[range.start * self.width..range.end * self.width],
        }
    }
}

/// Builds the blocks of a joined state, PSU by PSU in their order.
pub(super) struct Builder {
    partition: Partition,
    psu: usize,
}

impl Builder {
    pub(super) fn new(entries: usize, psus: usize, codes: u64, amounts: usize) -> Builder {
        let blocks = if codes <= Narrow::MOST_CODES { Blocks::Narrow(Vec::new()) } else { Blocks::Broad(Vec::new()) };
        Builder { partition: Partition { buckets: Buckets::of(entries, psus), amounts, blocks }, psu: 0 }
    }

    /// Adds the next PSU.
    pub(super) fn push(&mut self, entries: &[Entry], amounts: &[f64]) {
        fn add<R: Record>(blocks: &mut Vec<Block<R>>, place: (usize, usize), entries: &[Entry], amounts: &[f64]) {
            let (bucket, within) = place;
            if within == 0 && bucket.is_multiple_of(STRETCH) {
                blocks.last_mut().into_iter().for_each(Block::close);
                blocks.push(Block { first: bucket, ..Block::default() });
            }
            let Some(block) = blocks.last_mut() else { return };
            if within == 0 {
                block.start.push(block.records.len() as u32);
            }
            block.records.extend(entries.iter().map(|e| R::new(e.weight, within as u32, e.code)));
            block.amounts.extend_from_slice(amounts);
        }
        let width = self.partition.buckets.width;
        let place = (self.psu / width, self.psu % width);
        match &mut self.partition.blocks {
            Blocks::Narrow(blocks) => add(blocks, place, entries, amounts),
            Blocks::Broad(blocks) => add(blocks, place, entries, amounts),
        }
        self.psu += 1;
    }

    /// The partition, once every PSU has been added.
    pub(super) fn finish(mut self) -> Partition {
        match &mut self.partition.blocks {
            Blocks::Narrow(blocks) => blocks.last_mut().into_iter().for_each(Block::close),
            Blocks::Broad(blocks) => blocks.last_mut().into_iter().for_each(Block::close),
        }
        self.partition
    }
}

impl<R: Record> Block<R> {
    /// Ends a block that was built PSU by PSU.
    fn close(&mut self) {
        self.start.push(self.records.len() as u32);
        self.records.shrink_to_fit();
        self.amounts.shrink_to_fit();
    }
}
