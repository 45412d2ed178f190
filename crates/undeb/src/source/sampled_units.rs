//! The PSUs of a sample by their names, so that parts of it that were numbered apart can be joined.

use std::cmp::Ordering;
use std::sync::Arc;

use super::coded::Key;
use super::psus::{JOINED, Names};
use crate::error::{Error, Result};
use crate::survey::design::{Design, LonelyPsu};

/// Strata and PSUs by name, PSUs in the order of their strata and names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampledUnits {
    /// Names of the strata; none where the sample is not stratified.
    pub(crate) strata: Vec<Key>,
    pub(crate) stratum_of: Vec<u32>,
    pub(crate) names: Names,
    pub(crate) lonely: LonelyPsu,
    /// A name stands for one PSU, whatever the stratum.
    pub(crate) unique: bool,
}

impl SampledUnits {
    pub(crate) fn psus(&self) -> usize {
        self.stratum_of.len()
    }

    /// The design that they make, drawn with replacement.
    ///
    /// # Errors
    /// A stratum with one PSU where the rule is to fail; a PSU in two strata where names are said to be unique.
    pub(crate) fn design(&self) -> Result<Design> {
        let name =
            |h: u32| self.strata.get(h as usize).map_or("(the only one)".to_owned(), |k| k.to_string().replace(JOINED, " "));
        if let Some(twice) = self.names.twice().filter(|_| self.unique) {
            return Err(Error::design(format!("PSU {} lies in two strata", twice.replace(JOINED, " ")))
                .help("where numbers repeat between strata, leave out `unique_psus`, or say `nested = true` in the codebook"));
        }
        Design::new(self.stratum_of.clone(), vec![0.0; self.strata.len().max(1)], self.lonely, name)
    }

    /// The units of both, and the new number of each old one, in either part.
    ///
    /// # Errors
    /// Names that are numbers here and texts there, or are missing in one part.
    pub(crate) fn merge(&self, other: &SampledUnits) -> Result<(SampledUnits, [Vec<u32>; 2])> {
        let numbers = |strata: &[Key]| strata.iter().all(|k| matches!(k, Key::Number(_)));
        let alike = std::mem::discriminant(&self.names) == std::mem::discriminant(&other.names);
        if !alike || self.strata.is_empty() != other.strata.is_empty() || numbers(&self.strata) != numbers(&other.strata) {
            return Err(Error::design("strata or PSUs have numbers for names in one part and texts, or none, in the other")
                .help("give the columns the same type in every part"));
        }
        if self.lonely != other.lonely {
            return Err(Error::design("the parts have different rules for lonely PSUs"));
        }
        let mut strata: Vec<Key> = self.strata.iter().chain(&other.strata).cloned().collect();
        strata.sort_unstable();
        strata.dedup();
        let place = |of: &SampledUnits| -> Vec<u32> {
            of.strata.iter().map(|k| strata.binary_search(k).map_or(u32::MAX, |at| at as u32)).collect()
        };
        let places = [place(self), place(other)];
        let stratum = |part: usize, of: &SampledUnits, i: usize| {
            let h = of.stratum_of[i];
            places[part].get(h as usize).copied().unwrap_or(h)
        };
        let (mut i, mut j) = (0, 0);
        let mut numbers = [Vec::with_capacity(self.psus()), Vec::with_capacity(other.psus())];
        let mut merged = SampledUnits {
            strata: Vec::new(),
            stratum_of: Vec::new(),
            names: self.names.emptied(),
            lonely: self.lonely,
            unique: self.unique,
        };
        while i < self.psus() || j < other.psus() {
            let order = if i == self.psus() {
                Ordering::Greater
            } else if j == other.psus() {
                Ordering::Less
            } else {
                stratum(0, self, i).cmp(&stratum(1, other, j)).then_with(|| self.names.compare(i, &other.names, j))
            };
            let number = merged.psus() as u32;
            let first = order != Ordering::Greater;
            let (part, of, at) = if first { (0, self, i) } else { (1, other, j) };
            merged.stratum_of.push(stratum(part, of, at));
            merged.names.push(&of.names, at);
            if first {
                numbers[0].push(number);
                i += 1;
            }
            if order != Ordering::Less {
                numbers[1].push(number);
                j += 1;
            }
        }
        merged.strata = strata;
        Ok((merged, numbers))
    }
}

impl Names {
    fn emptied(&self) -> Names {
        match self {
            Names::None => Names::None,
            Names::Numbers(_) => Names::Numbers(Vec::new()),
            Names::Texts(_) => Names::Texts(Vec::new()),
        }
    }

    /// Order of two names of one kind; PSUs without a name are never the same.
    fn compare(&self, at: usize, other: &Names, with: usize) -> Ordering {
        match (self, other) {
            (Names::Numbers(a), Names::Numbers(b)) => a[at].cmp(&b[with]),
            (Names::Texts(a), Names::Texts(b)) => a[at].cmp(&b[with]),
            _ => Ordering::Less,
        }
    }

    fn push(&mut self, from: &Names, at: usize) {
        match (self, from) {
            (Names::Numbers(to), Names::Numbers(from)) => to.push(from[at]),
            (Names::Texts(to), Names::Texts(from)) => to.push(Arc::clone(&from[at])),
            _ => {}
        }
    }
}
