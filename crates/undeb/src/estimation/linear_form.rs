//! Errors of the parts of a change: the variance of their linear forms in what is known of the cells.

use super::basis::Summed;
use super::decomposition::{Amount, ErrorBasis};
use super::parts::Row;
use crate::survey::decomposition::{Cell, Slope, Term};
use crate::survey::expression::Expression;
use crate::survey::function::TotalOf;
use crate::survey::interval::{Interval, critical_value};

/// What the errors of terms are made from.
pub(super) enum Errors<'a> {
    /// Totals of records, and for each cell and period the sums it is made of.
    Joint(&'a Summed, Vec<[(&'a [u32], u32); 2]>),
    /// Errors of the rates, with the workers of each cell.
    Published { cells: Vec<Cell>, errors: Vec<[f64; 2]>, correlation: f64 },
    /// So many rates have none.
    None(usize),
}

impl<'a> Errors<'a> {
    pub(super) fn of(rows: &[Row<'a>], correlation: f64) -> Self {
        if let Some(joint) = Self::joint(rows) {
            return joint;
        }
        // The rate of an empty cell weighs nothing.
        let error = |r: &Row<'_>, t: usize| r.estimates[t].spread().or((r.cell.all[t] <= 0.0).then_some(0.0));
        let errors: Vec<[Option<f64>; 2]> = rows.iter().map(|r| [error(r, 0), error(r, 1)]).collect();
        match errors.iter().flatten().filter(|e| e.is_none()).count() {
            0 => Errors::Published {
                cells: rows.iter().map(|r| r.cell).collect(),
                errors: errors.into_iter().map(|e| e.map(Option::unwrap_or_default)).collect(),
                correlation,
            },
            without => Errors::None(without),
        }
    }

    fn joint(rows: &[Row<'a>]) -> Option<Self> {
        let first = rows.iter().flat_map(|r| r.estimates).find_map(|e| e.formula.as_ref())?;
        let mut sums = Vec::with_capacity(rows.len());
        for row in rows {
            let mut both: [(&[u32], u32); 2] = [(&[], 0); 2];
            // An empty cell has no totals to move with.
            let filled = row.estimates.into_iter().enumerate().filter(|(t, _)| row.cell.all[*t] > 0.0);
            for (t, e) in filled {
                let formula = e.formula.as_ref().filter(|f| f.shares_records_with(first))?;
                let Expression::Rate { cells, variable } = &*formula.expression else { return None };
                both[t] = (cells, *variable);
            }
            sums.push(both);
        }
        Some(Errors::Joint(&first.summed, sums))
    }

    pub(super) fn basis(&self) -> ErrorBasis {
        match self {
            Errors::Joint(..) => ErrorBasis::Joint,
            Errors::Published { correlation, .. } => ErrorBasis::Published { correlation: *correlation },
            Errors::None(without) => ErrorBasis::None { without: *without },
        }
    }

    /// Standard errors and degrees of freedom of terms.
    pub(super) fn amounts(&self, terms: &[Term], level: f64) -> Vec<Amount> {
        let errors: Vec<(Option<f64>, Option<f64>)> = match self {
            Errors::Joint(summed, sums) => {
                let forms: Vec<Expression> = terms.iter().map(|t| linear(t, sums)).collect();
                let errors = summed.errors(&forms, &[]);
                errors.variance.iter().zip(errors.df).map(|(v, df)| (v.map(|v| v.max(0.0).sqrt()), df)).collect()
            }
            Errors::Published { cells, errors, correlation } => {
                terms.iter().map(|t| (Some(independent(t, cells, errors, *correlation)), None)).collect()
            }
            Errors::None(_) => vec![(None, None); terms.len()],
        };
        terms
            .iter()
            .zip(errors)
            .map(|(term, (se, df))| {
                let half = se.filter(|_| df.is_none_or(|df| df > 0.0)).map(|se| critical_value(level, df) * se);
                let interval = half.map(|h| Interval { low: term.value - h, high: term.value + h });
                Amount { value: term.value, se, df, interval }
            })
            .collect()
    }
}

/// The gradient of a term as a combination of the totals of records.
fn linear(term: &Term, sums: &[[(&[u32], u32); 2]]) -> Expression {
    let mut terms = Vec::new();
    for (slope, sums) in term.slopes.iter().zip(sums) {
        for (t, (cells, variable)) in sums.iter().enumerate() {
            let total = |yes: bool| move |&cell: &u32| TotalOf { cell, variable: *variable, yes };
            terms.extend(cells.iter().map(total(true)).map(|of| (of, slope.counted[t])));
            terms.extend(cells.iter().map(total(false)).map(|of| (of, slope.all[t])));
        }
    }
    Expression::Linear { terms }
}

/// Standard error from the errors of the rates, cells independent and workers known.
fn independent(term: &Term, cells: &[Cell], errors: &[[f64; 2]], correlation: f64) -> f64 {
    let each = |((slope, cell), e): ((&Slope, &Cell), &[f64; 2])| {
        let [a, b] = [0, 1].map(|t| slope.counted[t] * cell.all[t] * e[t]);
        a * a + b * b + 2.0 * correlation * a * b
    };
    term.slopes.iter().zip(cells).zip(errors).map(each).sum::<f64>().max(0.0).sqrt()
}
