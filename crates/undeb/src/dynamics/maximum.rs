//! The variances of the moves that make the observations most likely, zeros said so.

use serde::Serialize;

use super::model::Model;
use super::structure::Variances;
use crate::error::Result;

/// Which variances are free; the others are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Free {
    /// That of the level.
    Level,
    /// That of the slope.
    Slope,
    /// Both.
    Both,
}

/// The largest likelihood and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Maximum {
    /// The variances there.
    pub variances: Variances,
    /// The diffuse log-likelihood there.
    pub log_likelihood: f64,
}

/// Standard deviations of the moves of a step on the log-odds scale that nothing may exceed: half a unit of the level
/// takes 20 % to 29 %, and a quarter of a unit of the slope does so in two steps.
pub(super) const LARGEST: [f64; 2] = [0.5, 0.25];

/// A gain of likelihood below this does not count as one.
const NOTHING: f64 = 1e-7;

impl Model<'_> {
    /// Maximises the diffuse likelihood over the free variances; a variance of exactly zero is an answer.
    ///
    /// One variance: a grid over the logarithm of its standard deviation, then Brent's parabolas. Two: the two edges
    /// where one of them is zero, and the inside by Nelder and Mead's simplex where it is better than both edges.
    ///
    /// # Errors
    /// As [`Model::given`].
    pub fn maximise(&self, free: Free) -> Result<Maximum> {
        let nothing = self.given(Variances::default())?.log_likelihood();
        let value = |v: Variances| self.given(v).map_or(f64::NEG_INFINITY, |p| p.log_likelihood());
        let edge = |which: usize| {
            let (ln_sd, best) = line_search(|x| value(single(which, x)), LARGEST[which].ln());
            let at_zero = best <= nothing + NOTHING;
            let variances = if at_zero { Variances::default() } else { single(which, ln_sd) };
            Maximum { variances, log_likelihood: if at_zero { nothing } else { best } }
        };
        match free {
            Free::Level => Ok(edge(0)),
            Free::Slope => Ok(edge(1)),
            Free::Both => self.inside(edge(0), edge(1)),
        }
    }

    /// The largest likelihood with both variances free, from the largest where one of them is zero.
    ///
    /// The inside is searched only where a little of the other variance helps at the better edge.
    fn inside(&self, level: Maximum, slope: Maximum) -> Result<Maximum> {
        let best_edge = if level.log_likelihood > slope.log_likelihood { level } else { slope };
        let value = |v: Variances| self.given(v).map_or(f64::NEG_INFINITY, |p| p.log_likelihood());
        let v = best_edge.variances;
        let helps = [0.005, 0.02, 0.1].iter().any(|share| {
            let more = Variances {
                level: v.level + if v.level > 0.0 { 0.0 } else { (share * LARGEST[0]).powi(2) },
                slope: v.slope + if v.slope > 0.0 { 0.0 } else { (share * LARGEST[1]).powi(2) },
            };
            value(more) > best_edge.log_likelihood + NOTHING
        });
        if !helps {
            return Ok(best_edge);
        }
        let inside = |x: [f64; 2]| {
            let over = x[0] > LARGEST[0].ln() || x[1] > LARGEST[1].ln();
            if over { f64::NEG_INFINITY } else { value(both(x)) }
        };
        let start = |v: f64, largest: f64| 0.5 * v.max(1e-4 * largest * largest).ln() - 0.35;
        let from = [start(level.variances.level, LARGEST[0]), start(slope.variances.slope, LARGEST[1])];
        let (at, best) = simplex(inside, from);
        if best > best_edge.log_likelihood + NOTHING {
            return Ok(Maximum { variances: both(at), log_likelihood: best });
        }
        Ok(best_edge)
    }
}

/// Variances of which one is given by the logarithm of its standard deviation.
fn single(which: usize, ln_sd: f64) -> Variances {
    let variance = (2.0 * ln_sd).exp();
    if which == 0 { Variances { level: variance, slope: 0.0 } } else { Variances { level: 0.0, slope: variance } }
}

fn both(ln_sd: [f64; 2]) -> Variances {
    Variances { level: (2.0 * ln_sd[0]).exp(), slope: (2.0 * ln_sd[1]).exp() }
}

/// The highest point of a function over the last seven units below `top`.
fn line_search(f: impl Fn(f64) -> f64, top: f64) -> (f64, f64) {
    const POINTS: usize = 8;
    const DEPTH: f64 = 7.2;
    let step = DEPTH / POINTS as f64;
    let grid: Vec<(f64, f64)> = (0..=POINTS).map(|i| top - step * i as f64).map(|x| (x, f(x))).collect();
    let Some(best) = grid.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)) else { return (top, f(top)) };
    brent(&f, best, (best.0 - step).max(top - DEPTH), (best.0 + step).min(top))
}

/// Brent's search for a maximum between two ends, from a point between them.
fn brent(f: &impl Fn(f64) -> f64, start: (f64, f64), mut low: f64, mut high: f64) -> (f64, f64) {
    const GOLDEN: f64 = 0.381_966_011_250_105_1;
    let (mut best, mut second, mut third) = (start, start, start);
    let (mut step, mut before): (f64, f64) = (0.0, 0.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let tolerance = 1e-6 * (1.0 + best.0.abs());
        if (best.0 - middle).abs() <= 2.0 * tolerance - 0.5 * (high - low) {
            break;
        }
        // The top of the parabola through the three best points, where it lies inside and the steps keep halving.
        let (p, q) = {
            let r = (best.0 - second.0) * (best.1 - third.1);
            let s = (best.0 - third.0) * (best.1 - second.1);
            ((best.0 - third.0) * s - (best.0 - second.0) * r, 2.0 * (s - r))
        };
        let parabola = if q == 0.0 { f64::NAN } else { -p / q };
        let inside = parabola.is_finite() && (low..=high).contains(&(best.0 + parabola)) && parabola.abs() < 0.5 * before.abs();
        before = step;
        step = if inside {
            parabola
        } else {
            before = if best.0 < middle { high - best.0 } else { low - best.0 };
            GOLDEN * before
        };
        let x = best.0 + if step.abs() < tolerance { tolerance.copysign(step) } else { step };
        let here = (x, f(x));
        if here.1 >= best.1 {
            if x < best.0 {
                high = best.0
            } else {
                low = best.0
            }
            (third, second, best) = (second, best, here);
        } else {
            if x < best.0 {
                low = x
            } else {
                high = x
            }
            if here.1 >= second.1 || second.0 == best.0 {
                (third, second) = (second, here);
            } else if here.1 >= third.1 || third.0 == best.0 || third.0 == second.0 {
                third = here;
            }
        }
    }
    best
}

/// Nelder and Mead's search for a maximum in two dimensions.
fn simplex(f: impl Fn([f64; 2]) -> f64, start: [f64; 2]) -> ([f64; 2], f64) {
    let corner = |x: [f64; 2]| (x, f(x));
    let mut corners = [corner(start), corner([start[0] - 1.0, start[1]]), corner([start[0], start[1] - 1.0])];
    for _ in 0..120 {
        corners.sort_by(|a, b| b.1.total_cmp(&a.1));
        if corners[0].1 - corners[2].1 < 1e-9 {
            break;
        }
        let away = |by: f64| {
            let along = |i: usize| {
                let middle = 0.5 * (corners[0].0[i] + corners[1].0[i]);
                middle + by * (middle - corners[2].0[i])
            };
            corner([along(0), along(1)])
        };
        let reflected = away(1.0);
        if reflected.1 > corners[0].1 {
            let expanded = away(2.0);
            corners[2] = if expanded.1 > reflected.1 { expanded } else { reflected };
        } else if reflected.1 > corners[1].1 {
            corners[2] = reflected;
        } else {
            let contracted = if reflected.1 > corners[2].1 { away(0.5) } else { away(-0.5) };
            if contracted.1 > corners[2].1 {
                corners[2] = contracted;
            } else {
                let best = corners[0].0;
                for other in &mut corners[1..] {
                    *other = corner([0.5 * (best[0] + other.0[0]), 0.5 * (best[1] + other.0[1])]);
                }
            }
        }
    }
    corners.sort_by(|a, b| b.1.total_cmp(&a.1));
    corners[0]
}
