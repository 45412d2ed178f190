//! What estimates of records rest on: the totals and the design that every variance and covariance is made from.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Estimate, Estimates};
use crate::error::{Error, Result};
use crate::survey::errors::{Basis, Errors};
use crate::survey::expression::Expression;
use crate::survey::totals::Totals;

/// Totals of records, and what errors of functions of them are made from.
#[derive(Debug)]
pub(crate) struct Summed {
    pub(crate) totals: Arc<Totals>,
    pub(crate) basis: Basis,
}

impl Summed {
    /// Evaluates expressions, and the covariances of pairs of them.
    pub(crate) fn errors(&self, expressions: &[impl Borrow<Expression>], pairs: &[(u32, u32)]) -> Errors {
        self.basis.errors(&self.totals, expressions, pairs)
    }
}

/// How a value follows from the totals of records; what a covariance with another value is made from.
#[derive(Clone, Debug)]
pub struct Formula {
    pub(crate) summed: Arc<Summed>,
    pub(crate) expression: Arc<Expression>,
}

impl Formula {
    /// Whether both follow from the same records, so that their covariance is known.
    pub fn shares_records_with(&self, other: &Formula) -> bool {
        Arc::ptr_eq(&self.summed, &other.summed)
    }
}

/// Covariances of pairs of formulas; none where the two rest on different records.
pub(crate) fn covariances(pairs: &[(&Formula, &Formula)]) -> Vec<Option<f64>> {
    // One pass for each set of totals; nearly always there is only one.
    let mut by_totals: Vec<(&Summed, Vec<usize>)> = Vec::new();
    for (i, (a, _)) in pairs.iter().enumerate().filter(|(_, (a, b))| a.shares_records_with(b)) {
        match by_totals.iter_mut().find(|(summed, _)| std::ptr::eq(*summed, &*a.summed)) {
            Some((_, members)) => members.push(i),
            None => by_totals.push((&a.summed, vec![i])),
        }
    }
    let mut out = vec![None; pairs.len()];
    for (summed, members) in by_totals {
        let mut place = HashMap::new();
        let mut expressions: Vec<&Expression> = Vec::new();
        let mut at = |i: usize, second: bool| {
            let f = if second { pairs[i].1 } else { pairs[i].0 };
            *place.entry(Arc::as_ptr(&f.expression)).or_insert_with(|| {
                expressions.push(&f.expression);
                expressions.len() as u32 - 1
            })
        };
        let asked: Vec<(u32, u32)> = members.iter().map(|&i| (at(i, false), at(i, true))).collect();
        let found = summed.errors(&expressions, &asked).covariance;
        for (i, covariance) in members.into_iter().zip(found) {
            out[i] = covariance;
        }
    }
    out
}

impl Estimates {
    /// Covariances of all pairs of some of these estimates, row by row of the symmetric matrix.
    ///
    /// Made on request from the totals that the estimates carry: cells, measures and periods that share PSUs move
    /// together. Formula: `C(a, b) = sum_h c_h sum_i (z_ai - zbar_ah)(z_bi - zbar_bh)` (METHODS M9).
    ///
    /// # Errors
    /// An estimate is a published figure, has no value, or comes from another call of
    /// [`Records::estimate`](crate::Records::estimate) than the others.
    pub fn covariance(&self, of: &[&Estimate]) -> Result<Vec<Vec<f64>>> {
        let unknown = |e: &Estimate| {
            let what = format!("{} of {}, {}, {}", e.measure, e.period, e.region, e.sector);
            if e.value.is_none() {
                return Error::data(format!("there is no {what}"));
            }
            Error::data(format!("the covariance of {what} with the rest is not known"))
                .help("take estimates of one call on records; where published figures are compared a correlation is assumed")
        };
        let formulas: Vec<&Formula> = of
            .iter()
            .map(|e| e.formula.as_ref().filter(|_| e.value.is_some()).ok_or_else(|| unknown(e)))
            .collect::<Result<_>>()?;
        let pairs: Vec<(&Formula, &Formula)> =
            formulas.iter().enumerate().flat_map(|(i, a)| formulas[..=i].iter().map(move |b| (*a, *b))).collect();
        let mut matrix = vec![vec![0.0; of.len()]; of.len()];
        let places = (0..of.len()).flat_map(|i| (0..=i).map(move |j| (i, j)));
        for ((i, j), covariance) in places.zip(covariances(&pairs)) {
            let covariance = covariance.ok_or_else(|| unknown(of[i]))?;
            matrix[i][j] = covariance;
            matrix[j][i] = covariance;
        }
        Ok(matrix)
    }
}
