//! How scores spread within strata, PSU by PSU, and what strata add to variances and covariances.
//!
//! A run over a range of PSUs keeps the moments of the stratum that it is in and adds a stratum to the sums as soon as
//! all its PSUs have been seen; only strata that reach into another range are left open.

use super::design::Design;
use super::scores::Score;

/// Pairs of functions whose covariance is asked for, by their first function.
pub(super) struct Pairs {
    start: Vec<u32>,
    /// Second function, and position among the pairs.
    second: Vec<(u32, u32)>,
}

impl Pairs {
    pub(super) fn of(pairs: &[(u32, u32)], functions: usize) -> Pairs {
        let mut start = vec![0_u32; functions + 1];
        pairs.iter().for_each(|(first, _)| start[*first as usize + 1] += 1);
        for f in 0..functions {
            start[f + 1] += start[f];
        }
        let mut next = start.clone();
        let mut second = vec![(0, 0); pairs.len()];
        for (i, (first, other)) in pairs.iter().enumerate() {
            let at = &mut next[*first as usize];
            second[*at as usize] = (*other, i as u32);
            *at += 1;
        }
        Pairs { start, second }
    }

    pub(super) fn len(&self) -> usize {
        self.second.len()
    }

    fn of_first(&self, function: u32) -> &[(u32, u32)] {
        &self.second[self.start[function as usize] as usize..self.start[function as usize + 1] as usize]
    }
}

/// Sums of products of the scores of pairs, PSU by PSU over the functions that a PSU touches.
pub(super) struct Products<'a> {
    pairs: &'a Pairs,
    pub(super) sums: Vec<f64>,
    /// Scores of the PSU that is read, by function.
    here: Vec<f64>,
}

impl<'a> Products<'a> {
    pub(super) fn new(pairs: &'a Pairs, functions: usize) -> Self {
        let here = if pairs.len() > 0 { functions } else { 0 };
        Products { pairs, sums: vec![0.0; pairs.len()], here: vec![0.0; here] }
    }

    pub(super) fn take(&mut self, scores: &[Score]) {
        if self.pairs.len() == 0 {
            return;
        }
        scores.iter().for_each(|s| self.here[s.function as usize] = s.z);
        for &Score { function, z, .. } in scores {
            for &(second, pair) in self.pairs.of_first(function) {
                self.sums[pair as usize] += z * self.here[second as usize];
            }
        }
        scores.iter().for_each(|s| self.here[s.function as usize] = 0.0);
    }
}

/// Mean and spread of the scores of one function over the PSUs of one stratum that it touches, updated PSU by PSU.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
    touched: u32,
    inside: u32,
}

impl Moments {
    #[inline]
    fn add(&mut self, z: f64, inside: bool) {
        self.touched += 1;
        self.inside += u32::from(inside);
        let d = z - self.mean;
        self.mean += d / f64::from(self.touched);
        self.squares += d * (z - self.mean);
    }

    fn merge(&mut self, other: &Moments) {
        let (a, b) = (f64::from(self.touched), f64::from(other.touched));
        if b > 0.0 {
            let d = other.mean - self.mean;
            self.mean += d * b / (a + b);
            self.squares += other.squares + d * d * a * b / (a + b);
        }
        self.touched += other.touched;
        self.inside += other.inside;
    }

    fn sum(&self) -> f64 {
        self.mean * f64::from(self.touched)
    }

    /// Sum of squared distances from the mean over `n` PSUs, of which those not touched are zeros.
    fn spread(&self, n: f64) -> f64 {
        let k = f64::from(self.touched);
        self.squares + k * (n - k) / n * self.mean * self.mean
    }
}

/// What has been seen of one stratum.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) stratum: u32,
    seen: u32,
    /// By function, in their order where another part is to be joined or pairs are asked for.
    moments: Vec<(u32, Moments)>,
    /// Sums of products by pair, in their order.
    products: Vec<(u32, f64)>,
}

impl Part {
    pub(super) fn merge(&mut self, other: &Part) {
        self.seen += other.seen;
        join(&mut self.moments, &other.moments, Moments::merge);
        join(&mut self.products, &other.products, |a, b| *a += b);
    }

    /// Sum of the scores of a function.
    pub(super) fn sum(&self, function: u32) -> f64 {
        self.moments.binary_search_by_key(&function, |(f, _)| *f).map_or(0.0, |at| self.moments[at].1.sum())
    }
}

/// Joins two lists in the order of their keys.
fn join<T: Copy>(to: &mut Vec<(u32, T)>, from: &[(u32, T)], mut add: impl FnMut(&mut T, &T)) {
    for (key, more) in from {
        match to.binary_search_by_key(key, |(k, _)| *k) {
            Ok(at) => add(&mut to[at].1, more),
            Err(at) => to.insert(at, (*key, *more)),
        }
    }
}

/// Sums over strata.
pub(super) struct Spread {
    pub(super) variance: Vec<f64>,
    pub(super) covariance: Vec<f64>,
    /// Sum of the scores of each function.
    pub(super) sum: Vec<f64>,
    /// PSUs inside each function's domain; strata with one, those of them that are not lonely, those not counted whole.
    pub(super) psus: Vec<u64>,
    pub(super) strata: Vec<u32>,
    pub(super) several: Vec<u32>,
    pub(super) sampled: Vec<u32>,
}

impl Spread {
    pub(super) fn new(functions: usize, pairs: usize) -> Spread {
        Spread {
            variance: vec![0.0; functions],
            covariance: vec![0.0; pairs],
            sum: vec![0.0; functions],
            psus: vec![0; functions],
            strata: vec![0; functions],
            several: vec![0; functions],
            sampled: vec![0; functions],
        }
    }

    pub(super) fn add(&mut self, other: &Spread) {
        fn add<T: Copy + std::ops::AddAssign>(to: &mut [T], from: &[T]) {
            to.iter_mut().zip(from).for_each(|(a, b)| *a += *b);
        }
        add(&mut self.variance, &other.variance);
        add(&mut self.covariance, &other.covariance);
        add(&mut self.sum, &other.sum);
        add(&mut self.psus, &other.psus);
        add(&mut self.strata, &other.strata);
        add(&mut self.several, &other.several);
        add(&mut self.sampled, &other.sampled);
    }

    /// Counts a stratum of which every PSU with a score has been seen.
    pub(super) fn count(&mut self, design: &Design, part: &Part) {
        let stratum = part.stratum as usize;
        let (several, sampled) = (u32::from(!design.is_lonely(stratum)), u32::from(design.correction(stratum) != 0.0));
        for (function, moments) in &part.moments {
            let f = *function as usize;
            self.sum[f] += moments.sum();
            self.psus[f] += u64::from(moments.inside);
            if moments.inside > 0 {
                self.strata[f] += 1;
                self.several[f] += several;
                self.sampled[f] += sampled;
            }
        }
    }

    /// Adds what such a stratum adds to variances and covariances; a lonely one is for its rule to say.
    pub(super) fn close(&mut self, design: &Design, part: &Part, pairs: &Pairs) {
        let stratum = part.stratum as usize;
        let n = design.sampled(stratum);
        if n <= 1.0 {
            return;
        }
        let scale = design.correction(stratum) * n / (n - 1.0);
        for (function, moments) in &part.moments {
            self.variance[*function as usize] += scale * moments.spread(n);
        }
        for (pair, product) in &part.products {
            self.covariance[*pair as usize] += scale * product;
        }
        // The product of the means is there even where no PSU touches both.
        if pairs.len() > 0 {
            for (first, moments) in &part.moments {
                for (second, pair) in pairs.of_first(*first) {
                    self.covariance[*pair as usize] -= scale * moments.sum() * part.sum(*second) / n;
                }
            }
        }
    }
}

/// A pass over a range of PSUs in their order.
pub(super) struct Run<'a> {
    design: &'a Design,
    pairs: &'a Pairs,
    whole: Spread,
    open: Vec<Part>,
    stratum: u32,
    seen: u32,
    moments: Vec<Moments>,
    touched: Vec<u32>,
    products: Products<'a>,
}

impl<'a> Run<'a> {
    pub(super) fn new(design: &'a Design, pairs: &'a Pairs) -> Self {
        let functions = pairs.start.len() - 1;
        Run {
            design,
            pairs,
            whole: Spread::new(functions, pairs.len()),
            open: Vec::new(),
            stratum: u32::MAX,
            seen: 0,
            moments: vec![Moments::default(); functions],
            touched: Vec::new(),
            products: Products::new(pairs, functions),
        }
    }

    pub(super) fn take(&mut self, psu: u32, scores: &[Score]) {
        let stratum = self.design.stratum(psu);
        if stratum != self.stratum {
            self.close();
            self.stratum = stratum;
        }
        self.seen += 1;
        for &Score { function, inside, z } in scores {
            let moments = &mut self.moments[function as usize];
            if moments.touched == 0 {
                self.touched.push(function);
            }
            moments.add(z, inside);
        }
        self.products.take(scores);
    }

    /// Ends the stratum that the run is in.
    fn close(&mut self) {
        if self.seen == 0 {
            return;
        }
        let stratum = self.stratum as usize;
        let whole = self.design.sampled(stratum) == f64::from(self.seen) && !self.design.is_lonely(stratum);
        // A stratum that was seen whole is added up function by function, in whatever order.
        if !whole || self.pairs.len() > 0 {
            self.touched.sort_unstable();
        }
        let take = |f: u32| (f, std::mem::take(&mut self.moments[f as usize]));
        let moments = self.touched.drain(..).map(take).collect();
        let products = self.products.sums.iter_mut().enumerate().filter(|(_, p)| **p != 0.0);
        let products = products.map(|(i, p)| (i as u32, std::mem::take(p))).collect();
        let part = Part { stratum: self.stratum, seen: self.seen, moments, products };
        if whole {
            self.whole.count(self.design, &part);
            self.whole.close(self.design, &part, self.pairs);
        } else {
            self.open.push(part);
        }
        self.seen = 0;
    }

    /// Sums over the strata that were seen whole, and what was seen of the others.
    pub(super) fn finish(mut self) -> (Spread, Vec<Part>) {
        self.close();
        (self.whole, self.open)
    }
}
