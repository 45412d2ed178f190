//! Expressions in totals, said once and evaluated by linearisation and in every replicate alike.

use super::function::{Function, TotalOf};
use super::totals::Totals;

/// Anything that knows the weighted sums of cells: totals of the sample, or of one replicate.
pub trait Sums {
    /// Weight of valid answers of a variable in a cell.
    fn valid(&self, cell: u32, variable: u32) -> f64;
    /// Weight of yes; for an amount the weighted sum.
    fn yes(&self, cell: u32, variable: u32) -> f64;
}

impl Sums for Totals {
    fn valid(&self, cell: u32, variable: u32) -> f64 {
        self.tally(cell as usize, variable as usize).valid
    }

    fn yes(&self, cell: u32, variable: u32) -> f64 {
        self.tally(cell as usize, variable as usize).yes
    }
}

/// A smooth function of totals in words, before any totals are known.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Share of yes among valid answers of a variable, over the sum of cells.
    Rate {
        /// Cells that are summed.
        cells: Vec<u32>,
        /// The variable.
        variable: u32,
    },
    /// Weighted number of yes, or weighted sum of an amount, over the sum of cells.
    Total {
        /// Cells that are summed.
        cells: Vec<u32>,
        /// The variable.
        variable: u32,
    },
    /// A fixed combination of totals: the gradient of a function that is no short formula, such as a part of a change.
    Linear {
        /// Totals, each with its factor.
        terms: Vec<(TotalOf, f64)>,
    },
    /// Weighted number of no among valid answers, over the sum of cells.
    No {
        /// Cells that are summed.
        cells: Vec<u32>,
        /// The variable.
        variable: u32,
    },
    /// A multiple.
    Times(f64, Box<Expression>),
    /// The first less the second.
    Minus(Box<Expression>, Box<Expression>),
    /// The first divided by the second.
    Over(Box<Expression>, Box<Expression>),
}

impl Expression {
    /// The share of yes among valid answers, over the sum of cells.
    pub fn rate(cells: &[u32], variable: u32) -> Expression {
        Expression::Rate { cells: cells.to_vec(), variable }
    }

    /// The weighted number of yes over the sum of cells.
    pub fn total(cells: &[u32], variable: u32) -> Expression {
        Expression::Total { cells: cells.to_vec(), variable }
    }

    /// The weighted number of no over the sum of cells.
    pub fn no(cells: &[u32], variable: u32) -> Expression {
        Expression::No { cells: cells.to_vec(), variable }
    }

    /// `factor self`.
    #[must_use]
    pub fn times(self, factor: f64) -> Expression {
        Expression::Times(factor, Box::new(self))
    }

    /// `self - other`.
    #[must_use]
    pub fn minus(self, other: Expression) -> Expression {
        Expression::Minus(Box::new(self), Box::new(other))
    }

    /// `self / other`.
    #[must_use]
    pub fn over(self, other: Expression) -> Expression {
        Expression::Over(Box::new(self), Box::new(other))
    }

    /// Value and gradient at the estimated totals; none where a rate has no valid answer or a divisor is zero.
    ///
    /// ```
    /// use undeb::survey::{expression::Expression, totals::*};
    ///
    /// // Illustrative: three people in two cells.
    /// let rows = Rows { psu: &[0, 0, 1], cell: &[0, 1, 1], weight: &[1.0; 3], answers: &[&[0, 1, 0]], amounts: &[] };
    /// let totals = Totals::accumulate(&rows, 2, 2);
    /// let gap = Expression::rate(&[1], 0).minus(Expression::rate(&[0], 0));
    /// assert_eq!(gap.value(&totals), Some(0.5));
    /// assert_eq!(gap.linearised(&totals).unwrap().value, 0.5);
    /// ```
    pub fn linearised(&self, totals: &Totals) -> Option<Function> {
        match self {
            Expression::Rate { cells, variable } => Function::rate(totals, cells, *variable),
            Expression::Total { cells, variable } => Some(Function::total(totals, cells, *variable)),
            Expression::Linear { terms } => Some(Function { value: self.value(totals)?, gradient: terms.clone() }),
            Expression::No { cells, variable } => Some(Function::no(totals, cells, *variable)),
            Expression::Times(factor, a) => Some(a.linearised(totals)?.times(*factor)),
            Expression::Minus(a, b) => Some(a.linearised(totals)?.minus(&b.linearised(totals)?)),
            Expression::Over(a, b) => a.linearised(totals)?.over(&b.linearised(totals)?),
        }
    }

    /// Value alone, at any sums; none where [`Self::linearised`] has none.
    pub fn value(&self, sums: &impl Sums) -> Option<f64> {
        match self {
            Expression::Rate { cells, variable } => {
                let valid: f64 = cells.iter().map(|&c| sums.valid(c, *variable)).sum();
                let yes: f64 = cells.iter().map(|&c| sums.yes(c, *variable)).sum();
                (valid > 0.0).then(|| yes / valid)
            }
            Expression::Total { cells, variable } => Some(cells.iter().map(|&c| sums.yes(c, *variable)).sum()),
            Expression::Linear { terms } => {
                let sum = |t: &TotalOf| if t.yes { sums.yes(t.cell, t.variable) } else { sums.valid(t.cell, t.variable) };
                Some(terms.iter().map(|(t, factor)| factor * sum(t)).sum())
            }
            Expression::No { cells, variable } => {
                Some(cells.iter().map(|&c| sums.valid(c, *variable) - sums.yes(c, *variable)).sum())
            }
            Expression::Times(factor, a) => Some(factor * a.value(sums)?),
            Expression::Minus(a, b) => Some(a.value(sums)? - b.value(sums)?),
            Expression::Over(a, b) => {
                let (a, b) = (a.value(sums)?, b.value(sums)?);
                (b != 0.0).then(|| a / b)
            }
        }
    }
}
