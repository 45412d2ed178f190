//! Auxiliary variables with known population totals: what calibration is to reproduce.

use std::borrow::Cow;

use crate::error::{Error, Result};

/// Margins must agree on the number of people to this share of it.
const AGREE: f64 = 1e-9;

/// An auxiliary variable and its known totals.
#[derive(Clone, Copy, Debug)]
pub enum Auxiliary<'a> {
    /// A classification of everybody, with the number of people of each level.
    ///
    /// Crossed classifications are one margin with a level for each combination.
    Margin {
        /// What the classification is called in errors.
        name: &'a str,
        /// What its levels are called.
        levels: &'a [&'a str],
        /// Level of each row, counted from 0.
        level: &'a [u32],
        /// Known number of people of each level.
        totals: &'a [f64],
    },
    /// A number for everybody, with its known total; ones for the number of people itself.
    Amount {
        /// What the variable is called in errors.
        name: &'a str,
        /// The number of each row.
        values: &'a [f64],
        /// Its known total.
        total: f64,
    },
}

/// One auxiliary variable as columns of the calibration equations.
#[derive(Clone, Debug)]
enum Term<'a> {
    /// Level of each row, and the column of each level; none for the level that follows from the others.
    Levels(Cow<'a, [u32]>, Vec<Option<u32>>),
    /// Values and their column.
    Values(Cow<'a, [f64]>, u32),
}

/// The calibration equations: sparse columns, their names and known totals.
#[derive(Clone, Debug)]
pub(crate) struct Equations<'a> {
    terms: Vec<Term<'a>>,
    pub(crate) names: Vec<String>,
    pub(crate) totals: Vec<f64>,
    /// Whether a column is never negative, so that bounds on the weights bound its total.
    pub(crate) positive: Vec<bool>,
}

impl<'a> Equations<'a> {
    /// Checks auxiliary variables against the weights and lays out their columns.
    ///
    /// The levels of the first margin are all columns; every further one leaves out a level, because margins agree on the
    /// number of people. Levels that neither sample nor population know are left out too.
    pub(crate) fn new(auxiliaries: &[Auxiliary<'a>], weights: &[f64]) -> Result<Equations<'a>> {
        let mut out = Equations { terms: Vec::new(), names: Vec::new(), totals: Vec::new(), positive: Vec::new() };
        if auxiliaries.is_empty() {
            return Err(Error::design("there is nothing to calibrate to"));
        }
        if let Some(row) = weights.iter().position(|w| !(0.0..=f64::MAX).contains(w)) {
            return Err(Error::design(format!("the design weight of row {} is {}", row + 1, weights[row])));
        }
        let mut people: Option<(&str, f64)> = None;
        for auxiliary in auxiliaries {
            match *auxiliary {
                Auxiliary::Margin { name, levels, level, totals } => {
                    same_length(name, level.len(), weights.len())?;
                    let counted = out.margin(name, levels, level, totals, weights, people.is_some())?;
                    match people {
                        Some((other, n)) if (n - counted).abs() > AGREE * n.abs() => {
                            return Err(Error::design(format!(
                                "the totals of {name} add up to {counted}, those of {other} to {n}"
                            ))
                            .help("known totals of all margins must describe the same number of people"));
                        }
                        Some(_) => {}
                        None => people = Some((name, counted)),
                    }
                }
                Auxiliary::Amount { name, values, total } => {
                    same_length(name, values.len(), weights.len())?;
                    known(name, total)?;
                    if let Some(row) = values.iter().position(|v| !v.is_finite()) {
                        return Err(Error::design(format!("{name} of row {} is {}", row + 1, values[row]))
                            .help("an auxiliary variable must be known for everybody"));
                    }
                    out.terms.push(Term::Values(Cow::Borrowed(values), out.names.len() as u32));
                    out.column(name.to_owned(), total, values.iter().all(|v| *v >= 0.0));
                }
            }
        }
        Ok(out)
    }

    fn margin(
        &mut self,
        name: &str,
        levels: &[&str],
        level: &'a [u32],
        totals: &[f64],
        weights: &[f64],
        leave_one: bool,
    ) -> Result<f64> {
        if levels.len() != totals.len() {
            return Err(Error::design(format!("{name} has {} levels and {} known totals", levels.len(), totals.len())));
        }
        let mut sampled = vec![0.0; levels.len()];
        for (row, (&code, weight)) in level.iter().zip(weights).enumerate() {
            match sampled.get_mut(code as usize) {
                Some(sum) => *sum += weight,
                None => {
                    return Err(Error::design(format!("{name} of row {} is not one of its {} levels", row + 1, levels.len()))
                        .help("an auxiliary variable must be known for everybody"));
                }
            }
        }
        for (at, &total) in totals.iter().enumerate() {
            known(&format!("{name} {}", levels[at]), total)?;
            if total < 0.0 {
                return Err(Error::design(format!("the known total of {name} {} is {total}", levels[at])));
            }
        }
        let of = |wrong: &dyn Fn(usize) -> bool| {
            let found: Vec<&str> = (0..levels.len()).filter(|&at| wrong(at)).map(|at| levels[at]).collect();
            (!found.is_empty()).then(|| found.join(", "))
        };
        if let Some(empty) = of(&|at| totals[at] > 0.0 && sampled[at] == 0.0) {
            return Err(Error::design(format!("nobody in the sample has {name} {empty}, but the population has"))
                .help("join these levels with others"));
        }
        if let Some(absent) = of(&|at| totals[at] == 0.0 && sampled[at] > 0.0) {
            return Err(Error::design(format!("the known total of {name} {absent} is 0, but the sample has such people"))
                .help("leave them out of the sample, or correct the total"));
        }
        let mut leave = leave_one;
        let mut columns = vec![None; levels.len()];
        for at in (0..levels.len()).filter(|&at| sampled[at] > 0.0) {
            if !std::mem::take(&mut leave) {
                columns[at] = Some(self.names.len() as u32);
                self.column(format!("{name} {}", levels[at]), totals[at], true);
            }
        }
        self.terms.push(Term::Levels(Cow::Borrowed(level), columns));
        Ok(totals.iter().sum())
    }

    fn column(&mut self, name: String, total: f64, positive: bool) {
        self.names.push(name);
        self.totals.push(total);
        self.positive.push(positive);
    }

    /// The same equations without borrowed columns.
    pub(crate) fn into_owned(self) -> Equations<'static> {
        let own = |term| match term {
            Term::Levels(level, columns) => Term::Levels(Cow::Owned(level.into_owned()), columns),
            Term::Values(values, column) => Term::Values(Cow::Owned(values.into_owned()), column),
        };
        let terms = self.terms.into_iter().map(own).collect();
        Equations { terms, names: self.names, totals: self.totals, positive: self.positive }
    }

    /// Number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.names.len()
    }

    /// Columns of a row that are not zero, with their values, into an emptied buffer.
    #[inline]
    pub(crate) fn row(&self, row: usize, into: &mut Vec<(u32, f64)>) {
        into.clear();
        for term in &self.terms {
            match term {
                Term::Levels(level, columns) => into.extend(columns[level[row] as usize].map(|column| (column, 1.0))),
                Term::Values(values, column) => into.push((*column, values[row])),
            }
        }
    }
}

fn same_length(name: &str, rows: usize, expected: usize) -> Result<()> {
    if rows == expected { Ok(()) } else { Err(Error::design(format!("{name} has {rows} rows, the weights have {expected}"))) }
}

fn known(name: &str, total: f64) -> Result<()> {
    if total.is_finite() { Ok(()) } else { Err(Error::design(format!("the known total of {name} is {total}"))) }
}
