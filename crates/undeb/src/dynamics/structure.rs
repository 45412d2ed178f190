//! What moves: a level alone, or a level with a slope that may die away.

use serde::Serialize;

/// How the level gets from one step to the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Structure {
    /// `level' = level + N(0, s2_level)`.
    Level,
    /// `level' = level + slope + N(0, s2_level)`, `slope' = damping * slope + N(0, s2_slope)`.
    Slope {
        /// Share of the slope that is left a step later, in (0, 1]; 1 for a slope that does not die away.
        damping: f64,
    },
}

/// Variances of the moves of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Variances {
    /// Of the level.
    pub level: f64,
    /// Of the slope.
    pub slope: f64,
}

/// A state at a step, counted from the first observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The level.
    Level(usize),
    /// The slope: what the level gains over the next step.
    Slope(usize),
}

impl Structure {
    /// How many states start from anywhere.
    pub const fn states(self) -> usize {
        match self {
            Structure::Level => 1,
            Structure::Slope { .. } => 2,
        }
    }

    const fn damping(self) -> f64 {
        match self {
            Structure::Level => 1.0,
            Structure::Slope { damping } => damping,
        }
    }

    /// How far a slope of 1 carries the level in `0..=steps` steps: `sum_{q < n} damping^q`; nothing where there is no slope.
    pub fn reach(self, steps: usize) -> Vec<f64> {
        let Structure::Slope { damping } = self else { return vec![0.0; steps + 1] };
        let mut reach = vec![0.0];
        let mut left = 1.0;
        for n in 0..steps {
            reach.push(reach[n] + left);
            left *= damping;
        }
        reach
    }
}

/// Covariances of states on a grid of steps that starts from nothing at step 0, for unit variances of the moves.
///
/// A slope move at step `r` carries the level at `i` by `reach(i - r)`, so that
/// `slope part of Cov(level_i, level_j) = sum_{r=1}^{min(i,j)} reach(i-r) reach(j-r)`, filled along its diagonals.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    structure: Structure,
    side: usize,
    reach: Vec<f64>,
    powers: Vec<f64>,
    levels: Vec<f64>,
    slope_level: Vec<f64>,
    slopes: Vec<f64>,
}

impl Kernel {
    pub(super) fn new(structure: Structure, last: usize) -> Self {
        let side = last + 1;
        let reach = structure.reach(last);
        let damping = structure.damping();
        let powers: Vec<f64> = std::iter::successors(Some(1.0), |p| Some(p * damping)).take(side).collect();
        let (mut levels, mut slope_level, mut slopes) = (vec![0.0; side * side], vec![0.0; side * side], vec![0.0; side]);
        if structure != Structure::Level {
            for i in 1..side {
                for j in 1..side {
                    let (here, before) = (i * side + j, (i - 1) * side + j - 1);
                    levels[here] = levels[before] + reach[i - 1] * reach[j - 1];
                    slope_level[here] = slope_level[before] + powers[i - 1] * reach[j - 1];
                }
                slopes[i] = slopes[i - 1] + powers[i - 1] * powers[i - 1];
            }
        }
        Kernel { structure, side, reach, powers, levels, slope_level, slopes }
    }

    /// How a state hangs on the initial level and slope.
    pub(super) fn row(&self, state: State) -> [f64; 2] {
        match (state, self.structure) {
            (State::Level(t), _) => [1.0, self.reach[t]],
            (State::Slope(_), Structure::Level) => [0.0, 0.0],
            (State::Slope(t), _) => [0.0, self.powers[t]],
        }
    }

    /// Parts of the covariance of two states that go with the variance of the level and of the slope.
    pub(super) fn parts(&self, a: State, b: State) -> [f64; 2] {
        match (a, b) {
            (State::Level(i), State::Level(j)) => [i.min(j) as f64, self.levels[i * self.side + j]],
            (State::Slope(t), State::Level(i)) | (State::Level(i), State::Slope(t)) => [0.0, self.slope_level[t * self.side + i]],
            (State::Slope(t), State::Slope(u)) => [0.0, self.powers[t.abs_diff(u)] * self.slopes[t.min(u)]],
        }
    }

    pub(super) const fn structure(&self) -> Structure {
        self.structure
    }
}
