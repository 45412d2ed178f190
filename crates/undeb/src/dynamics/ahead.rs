//! Where the level is going: its distribution at each step ahead, and when it first reaches a line.

use super::structure::{Structure, Variances};
use crate::survey::distribution::{normal_cdf, normal_quantile};
use crate::survey::random::SplitMix;

/// A normal distribution, and its share of a mixture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Share of the mixture.
    pub weight: f64,
    /// Mean.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
}

/// Where the level stands at the end of the observations, for one choice of the variances: a joint normal of the
/// level, the slope and the level at an earlier step, the anchor.
#[derive(Clone, Debug)]
pub struct Start {
    /// Share of the mixture.
    pub weight: f64,
    /// Variances of the moves.
    pub variances: Variances,
    /// Means of level, slope and anchor.
    pub mean: [f64; 3],
    /// Their covariance, row by row.
    pub covariance: [f64; 9],
}

impl Start {
    /// The level `steps` ahead, less `anchored` times the anchor.
    ///
    /// `mean = level + reach slope`, `variance = Var(level + reach slope) + steps s2_level + s2_slope sum_{q < steps} reach(q)^2`.
    pub fn ahead(&self, structure: Structure, steps: usize, anchored: f64) -> Normal {
        let reach = structure.reach(steps);
        let row = [1.0, reach[steps], -anchored];
        let mean = row.iter().zip(&self.mean).map(|(r, m)| r * m).sum();
        let mut variance: f64 =
            steps as f64 * self.variances.level + self.variances.slope * reach[..steps].iter().map(|a| a * a).sum::<f64>();
        for (i, a) in row.iter().enumerate() {
            for (j, b) in row.iter().enumerate() {
                variance += a * b * self.covariance[3 * i + j];
            }
        }
        Normal { weight: self.weight, mean, variance: variance.max(0.0) }
    }
}

/// A mixture of normals: the level at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead(pub Vec<Normal>);

impl Ahead {
    /// Probability of at most `x`; with `noise` added, that of an estimate with this sampling variance.
    ///
    /// Formula: `sum w Phi((x - m) / sqrt(P + noise))`.
    pub fn at_most(&self, x: f64, noise: f64) -> f64 {
        let below = |n: &Normal| {
            let sd = (n.variance + noise).sqrt();
            if sd > 0.0 { normal_cdf((x - n.mean) / sd) } else { f64::from(u8::from(x >= n.mean)) }
        };
        self.0.iter().map(|n| n.weight * below(n)).sum()
    }

    /// Mean and variance of the mixture.
    pub fn moments(&self) -> (f64, f64) {
        let mean: f64 = self.0.iter().map(|n| n.weight * n.mean).sum();
        let square: f64 = self.0.iter().map(|n| n.weight * (n.variance + n.mean * n.mean)).sum();
        (mean, (square - mean * mean).max(0.0))
    }

    /// The value below which the probability is `q`, to 1e-10 in probability.
    pub fn quantile(&self, q: f64, noise: f64) -> f64 {
        let (mean, variance) = self.moments();
        let sd = (variance + noise).sqrt();
        if sd == 0.0 {
            return mean;
        }
        let mut x = mean + sd * normal_quantile(q);
        let (mut low, mut high) = (mean - 40.0 * sd, mean + 40.0 * sd);
        for _ in 0..80 {
            let over = self.at_most(x, noise) - q;
            if over.abs() < 1e-10 {
                break;
            }
            if over > 0.0 {
                high = x
            } else {
                low = x
            }
            let density: f64 = self
                .0
                .iter()
                .map(|n| {
                    let v = n.variance + noise;
                    n.weight * (-0.5 * (x - n.mean).powi(2) / v).exp() / (std::f64::consts::TAU * v).sqrt()
                })
                .sum();
            let newton = x - over / density;
            x = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        }
        x
    }
}

/// Simulates the level and counts by step, 0 to `steps`, how many of the paths first reach the line there.
///
/// `line` gives the line from the anchor of a path. The paths are spread evenly over the parts of the mixture; the same
/// seed gives the same paths on every machine. What is missing from `paths` has not reached the line.
pub fn first_passage(
    starts: &[Start],
    structure: Structure,
    steps: usize,
    paths: usize,
    seed: u64,
    line: impl Fn(f64) -> f64,
) -> Vec<usize> {
    let mut first = vec![0; steps + 1];
    let mut random = SplitMix::new(seed);
    let damping = match structure {
        Structure::Level => None,
        Structure::Slope { damping } => Some(damping),
    };
    let mut pair = None;
    // Draws come in twos; where only one state moves, the second serves the next step.
    let mut normal = move |random: &mut SplitMix| match pair.take() {
        Some(second) => second,
        None => {
            let [one, two] = random.normals();
            pair = Some(two);
            one
        }
    };
    let (mut done, mut weight) = (0, 0.0);
    for start in starts {
        weight += start.weight;
        let until = ((weight * paths as f64).round() as usize).min(paths);
        let [level_sd, slope_sd] = [start.variances.level.sqrt(), start.variances.slope.sqrt()];
        let factor = triangle(&start.covariance);
        for _ in done..until {
            let ([a, b], [c, _]) = (random.normals(), random.normals());
            let mut level = start.mean[0] + factor[0] * a;
            let mut slope = start.mean[1] + factor[1] * a + factor[2] * b;
            let reached = line(start.mean[2] + factor[3] * a + factor[4] * b + factor[5] * c);
            let mut step = 0;
            while level < reached && step < steps {
                level += slope;
                if level_sd > 0.0 {
                    level += level_sd * normal(&mut random);
                }
                slope = damping.map_or(0.0, |d| d * slope);
                if slope_sd > 0.0 {
                    slope += slope_sd * normal(&mut random);
                }
                step += 1;
            }
            if level >= reached {
                first[step] += 1;
            }
        }
        done = until.max(done);
    }
    first
}

/// Lower triangle of a covariance of three that may be singular: 11, 21, 22, 31, 32, 33.
fn triangle(c: &[f64; 9]) -> [f64; 6] {
    // A trifle on the diagonal lets states without spread pass.
    let mut padded = *c;
    for i in 0..3 {
        padded[4 * i] += 1e-9 * padded[4 * i] + 1e-16;
    }
    let root = |x: f64| x.max(0.0).sqrt();
    let l11 = root(padded[0]);
    let (l21, l31) = (padded[3] / l11, padded[6] / l11);
    let l22 = root(padded[4] - l21 * l21);
    let l32 = if l22 > 0.0 { (padded[7] - l31 * l21) / l22 } else { 0.0 };
    [l11, l21, l22, l31, l32, root(padded[8] - l31 * l31 - l32 * l32)]
}

/// Expectation of a function of a standard normal variable, by the trapezoidal rule in steps of a quarter.
///
/// For a smooth function the error is far below 1e-12; for one with a step it is that of the step's place.
pub fn over_normal(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 0.25;
    let density = |z: f64| (-0.5 * z * z).exp() * STEP / std::f64::consts::TAU.sqrt();
    (-32..=32).map(|i| STEP * f64::from(i)).map(|z| density(z) * f(z)).sum()
}
