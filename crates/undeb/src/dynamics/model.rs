//! Observations of a level, and a structure for them.

use super::posterior::Posterior;
use super::structure::{Kernel, State, Structure, Variances};
use crate::error::{Error, Result};

/// A jump of the observations that is no move of the level: before it everything is higher or lower by one amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// First step on the later scale, which is the scale of the level.
    pub at: usize,
    /// Standard deviation of the amount before anything is seen; none where nothing is assumed of it.
    pub sd: Option<f64>,
}

/// What was seen of a level, with the covariance of its sampling errors.
#[derive(Clone, Debug)]
pub struct Observations {
    pub(super) at: Vec<usize>,
    pub(super) y: Vec<f64>,
    /// Sampling covariance, with that of shifts that have a prior.
    pub(super) noise: Vec<f64>,
    /// Columns of shifts of which nothing is assumed.
    pub(super) shifts: Vec<Vec<f64>>,
}

impl Observations {
    /// Values `y` at the steps `at`, ascending and starting at 0, with the sampling variances `v`.
    ///
    /// # Errors
    /// Lengths differ, steps do not ascend from 0, a value is not finite, or a variance is not positive.
    pub fn new(at: Vec<usize>, y: Vec<f64>, v: &[f64]) -> Result<Self> {
        let n = y.len();
        let mut covariance = vec![0.0; n * n];
        if v.len() == n {
            v.iter().enumerate().for_each(|(i, v)| covariance[i * n + i] = *v);
        }
        Self::correlated(at, y, covariance)
    }

    /// As [`Observations::new`], with the whole covariance of the sampling errors, row by row.
    ///
    /// # Errors
    /// As there; that the matrix is no covariance shows when it is factorised.
    pub fn correlated(at: Vec<usize>, y: Vec<f64>, covariance: Vec<f64>) -> Result<Self> {
        let n = y.len();
        if at.len() != n || covariance.len() != n * n || at.first() != Some(&0) || at.windows(2).any(|w| w[0] >= w[1]) {
            return Err(Error::data("the steps of a series are to ascend from 0, one for each value and variance"));
        }
        let wrong = (0..n).find(|&i| {
            let v = covariance[i * n + i];
            !(y[i].is_finite() && v.is_finite() && v > 0.0)
        });
        if let Some(i) = wrong {
            let v = covariance[i * n + i];
            return Err(Error::data(format!("step {} has the value {} and the sampling variance {v}", at[i], y[i]))
                .help("both are to be numbers, and the variance positive"));
        }
        Ok(Observations { at, y, noise: covariance, shifts: Vec::new() })
    }

    /// Lets the observations before a step differ from the level by an unknown amount.
    ///
    /// # Errors
    /// There is nothing on one side of the step; the standard deviation is not positive.
    pub fn shifted(mut self, shift: Shift) -> Result<Self> {
        let before: Vec<bool> = self.at.iter().map(|&t| t < shift.at).collect();
        if !before.contains(&true) || !before.contains(&false) {
            return Err(Error::data(format!("a shift at step {} has observations on one side only", shift.at)));
        }
        match shift.sd {
            None => self.shifts.push(before.iter().map(|b| f64::from(u8::from(*b))).collect()),
            Some(sd) if sd.is_finite() && sd > 0.0 => {
                let n = self.y.len();
                for i in 0..n {
                    (0..n).filter(|&j| before[i] && before[j]).for_each(|j| self.noise[i * n + j] += sd * sd);
                }
            }
            Some(sd) => {
                return Err(Error::data(format!("the standard deviation of a shift is {sd}")).help("give a positive number"));
            }
        }
        Ok(self)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Step of the last observation.
    pub fn last(&self) -> usize {
        self.at.last().copied().unwrap_or(0)
    }
}

/// A structure held against observations; the variances of the moves are still open.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    pub(super) kernel: Kernel,
    pub(super) observations: &'a Observations,
    /// Covariance of the observed levels for unit variances of the level and of the slope.
    pub(super) units: [Vec<f64>; 2],
}

impl<'a> Model<'a> {
    /// Prepares the structure for these observations.
    ///
    /// # Errors
    /// Fewer observations than the structure and the shifts need: one more than start from anywhere; a damping outside
    /// (0, 1]; more than 2,000 steps.
    pub fn new(structure: Structure, observations: &'a Observations) -> Result<Self> {
        if let Structure::Slope { damping } = structure
            && !(damping > 0.0 && damping <= 1.0)
        {
            return Err(
                Error::data(format!("the damping {damping} is not in (0, 1]")).help("0.9 leaves nine tenths a step later")
            );
        }
        let needed = structure.states() + observations.shifts.len() + 1;
        if observations.len() < needed {
            return Err(Error::data(format!("there are {} observations and {needed} are needed", observations.len())));
        }
        if observations.last() > 2_000 {
            return Err(Error::data(format!("the series has {} steps, and 2,000 are the most", observations.last())));
        }
        let kernel = Kernel::new(structure, observations.last());
        let n = observations.len();
        let mut units = [vec![0.0; n * n], vec![0.0; n * n]];
        for i in 0..n {
            for j in 0..=i {
                let parts = kernel.parts(State::Level(observations.at[i]), State::Level(observations.at[j]));
                units[0][i * n + j] = parts[0];
                units[1][i * n + j] = parts[1];
            }
        }
        Ok(Model { kernel, observations, units })
    }

    /// States and likelihood for given variances.
    ///
    /// # Errors
    /// The covariance of the observations is none: sampling errors that are too strongly correlated, or a shift that
    /// cannot be told from the initial states.
    pub fn given(&self, variances: Variances) -> Result<Posterior<'_>> {
        Posterior::new(self, variances)
    }

    /// The structure.
    pub fn structure(&self) -> Structure {
        self.kernel.structure()
    }
}
