//! Smooth functions of totals: every rate, difference and margin, and how it moves with each total.

use super::totals::Totals;

/// A total of the state: valid or yes weight of a variable in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotalOf {
    /// Cell number.
    pub cell: u32,
    /// Variable number.
    pub variable: u32,
    /// The weight of yes; else the weight of valid answers.
    pub yes: bool,
}

/// A function of totals by its value and its gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// The value at the estimated totals.
    pub value: f64,
    /// Derivatives by the totals it depends on.
    pub gradient: Vec<(TotalOf, f64)>,
}

impl Function {
    /// The share of yes among valid answers, over the sum of cells; none where nobody answered.
    ///
    /// Formula: `R = Y / X`, with gradient `1 / X` by each yes total and `-R / X` by each valid total.
    pub fn rate(totals: &Totals, cells: &[u32], variable: u32) -> Option<Function> {
        let (mut x, mut y) = (0.0, 0.0);
        for &cell in cells {
            let t = totals.tally(cell as usize, variable as usize);
            x += t.valid;
            y += t.yes;
        }
        if x <= 0.0 {
            return None;
        }
        let value = y / x;
        let mut gradient = Vec::with_capacity(2 * cells.len());
        for &cell in cells.iter().filter(|c| totals.tally(**c as usize, variable as usize).valid > 0.0) {
            gradient.push((TotalOf { cell, variable, yes: true }, 1.0 / x));
            gradient.push((TotalOf { cell, variable, yes: false }, -value / x));
        }
        Some(Function { value, gradient })
    }

    /// The weighted number of yes over the sum of cells.
    pub fn total(totals: &Totals, cells: &[u32], variable: u32) -> Function {
        let value = cells.iter().map(|&c| totals.tally(c as usize, variable as usize).yes).sum();
        // The valid total moves nothing, but its PSUs are in the domain and count for the degrees of freedom.
        let gradient = cells
            .iter()
            .flat_map(|&cell| [(TotalOf { cell, variable, yes: true }, 1.0), (TotalOf { cell, variable, yes: false }, 0.0)])
            .collect();
        Function { value, gradient }
    }

    /// The weighted number of no over the sum of cells: valid answers less yes.
    pub fn no(totals: &Totals, cells: &[u32], variable: u32) -> Function {
        let tally = |&c: &u32| totals.tally(c as usize, variable as usize);
        let value = cells.iter().map(|c| tally(c).valid - tally(c).yes).sum();
        let gradient = cells
            .iter()
            .flat_map(|&cell| [(TotalOf { cell, variable, yes: true }, -1.0), (TotalOf { cell, variable, yes: false }, 1.0)])
            .collect();
        Function { value, gradient }
    }

    /// `factor self`.
    #[must_use]
    pub fn times(mut self, factor: f64) -> Function {
        self.value *= factor;
        self.gradient.iter_mut().for_each(|(_, g)| *g *= factor);
        self
    }

    /// `self - other`.
    #[must_use]
    pub fn minus(&self, other: &Function) -> Function {
        let mut gradient = self.gradient.clone();
        gradient.extend(other.gradient.iter().map(|(t, g)| (*t, -g)));
        Function { value: self.value - other.value, gradient }
    }

    /// `self / other`; none where the divisor is zero.
    pub fn over(&self, other: &Function) -> Option<Function> {
        if other.value == 0.0 {
            return None;
        }
        let value = self.value / other.value;
        let mut gradient: Vec<_> = self.gradient.iter().map(|(t, g)| (*t, g / other.value)).collect();
        gradient.extend(other.gradient.iter().map(|(t, g)| (*t, -value * g / other.value)));
        Some(Function { value, gradient })
    }
}
