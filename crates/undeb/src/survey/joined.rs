//! States joined to one, PSU by PSU: for parts that were summed apart, and for those read from a file.

use std::borrow::Cow;

use super::partition::{Builder, Entry, PsuEntries, Sorted};
use super::totals::{MOST_CELLS, Shape, Tally, Totals};

/// A state that is joined with others, and where its PSUs and cells lie in what is joined.
pub(crate) struct Share<'a> {
    /// What is owned is given back while it is read.
    pub(crate) totals: Cow<'a, Totals>,
    /// New number of each PSU, rising with the old.
    pub(crate) psu: Option<&'a [u32]>,
    /// New number of each cell.
    pub(crate) cell: Option<&'a [u32]>,
}

impl Totals {
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

    /// The sum of states, PSU by PSU with one entry a code, in the order of the codes.
    pub(crate) fn joined(shares: Vec<Share<'_>>, psus: usize, cells: usize) -> Totals {
        let shape = shares.first().map_or(Shape { cells, answers: 0, amounts: 0 }, |s| Shape { cells, ..s.totals.shape });
        let width = 2 * shape.amounts;
        let mut tallies = vec![Tally::default(); cells * shape.variables()];
        for share in &shares {
            for (at, tally) in share.totals.tallies.iter().enumerate() {
                let (cell, variable) = (at / shape.variables(), at % shape.variables());
                let cell = share.cell.map_or(cell, |to| to[cell] as usize);
                tallies[cell * shape.variables() + variable].count(tally);
            }
        }
        let entries = shares.iter().map(|s| s.totals.entries()).sum();
        let mut walks: Vec<Walk<'_>> = shares.into_iter().map(Walk::new).collect();
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
    share: Share<'a>,
    sorted: Sorted,
    bucket: usize,
    at: usize,
}

impl<'a> Walk<'a> {
    fn new(share: Share<'a>) -> Self {
        Walk { share, sorted: Sorted::default(), bucket: 0, at: 0 }
    }

    /// Gives the entries of a PSU by its new number; numbers must be asked for in their order.
    fn take(&mut self, number: u32, give: impl FnOnce(PsuEntries<'_>, Option<&[u32]>)) {
        while self.at == self.sorted.len() {
            let partition = &self.share.totals.partition;
            if self.bucket == partition.buckets() {
                return;
            }
            partition.read(self.bucket, &mut self.sorted);
            if let Cow::Owned(totals) = &mut self.share.totals {
                totals.partition.forget(self.bucket);
            }
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
