//! The path from the baseline to the target, through milestones.

use serde::{Deserialize, Serialize};

use super::target::{Level, Target};
use crate::dynamics::{expit, logit};
use crate::schema::Period;

/// Shape of a path between two levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathShape {
    /// Equal steps in points.
    #[default]
    Linear,
    /// Equal steps on the logit scale, which cannot leave 0 to 100 %.
    Logit,
}

/// A point of a path: its level, and how it moves with the baseline estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Node {
    /// When.
    pub at: Period,
    /// Level as a fraction.
    pub level: f64,
    /// Derivative of the level by the baseline value: 1 for a change from it, 0 for a fixed rate.
    pub slope: f64,
}

impl Target {
    /// Corners of the path that starts at a baseline value: baseline, milestones, deadline.
    ///
    /// None where the target has no baseline, no deadline or no number.
    pub fn path_nodes(&self, baseline: f64) -> Option<Vec<Node>> {
        let (start, deadline) = (self.baseline?, self.deadline?);
        let node = |at, level: Option<f64>, change: Option<f64>| {
            Some(match (level, change) {
                (Some(level), _) => Node { at, level, slope: 0.0 },
                (None, Some(change)) => Node { at, level: baseline + change, slope: 1.0 },
                (None, None) => return None,
            })
        };
        let last = match self.level {
            Level::Fixed(level) => node(deadline, Some(level), None)?,
            Level::Change(change) => node(deadline, None, Some(change))?,
            Level::Unset(_) => return None,
        };
        let mut nodes = vec![Node { at: start, level: baseline, slope: 1.0 }];
        nodes.extend(self.milestones.iter().filter_map(|m| node(m.period, m.level, m.change)));
        nodes.push(last);
        Some(nodes)
    }
}

impl PathShape {
    /// The path at a period: interpolated between corners, flat after the last one; none before the first.
    ///
    /// Formula, with `g` the share of the way from corner `i` to `j`: linear `(1-g) l_i + g l_j`; logit
    /// `expit((1-g) logit l_i + g logit l_j)`, which falls back to linear where a corner is 0 or 1. Source: METHODS M5.
    pub fn at(self, nodes: &[Node], period: Period) -> Option<Node> {
        let (first, last) = (nodes.first()?, nodes.last()?);
        if period < first.at {
            return None;
        }
        if period >= last.at {
            return Some(Node { at: period, ..*last });
        }
        let j = nodes.iter().position(|n| n.at > period)?;
        let (a, b) = (nodes.get(j.checked_sub(1)?)?, nodes[j]);
        let g = period.years_since(a.at) / b.at.years_since(a.at);
        let inside = |p: f64| p > 0.0 && p < 1.0;
        if self == PathShape::Logit && inside(a.level) && inside(b.level) {
            let level = expit((1.0 - g) * logit(a.level) + g * logit(b.level));
            let spread = |p: f64| p * (1.0 - p);
            let slope = spread(level) * ((1.0 - g) * a.slope / spread(a.level) + g * b.slope / spread(b.level));
            return Some(Node { at: period, level, slope });
        }
        Some(Node { at: period, level: (1.0 - g) * a.level + g * b.level, slope: (1.0 - g) * a.slope + g * b.slope })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corner(year: i32, level: f64, slope: f64) -> Node {
        Node { at: Period::year(year), level, slope }
    }

    #[test]
    fn a_path_passes_through_its_corners() {
        let nodes = [corner(2010, 0.2, 1.0), corner(2020, 0.5, 0.0), corner(2030, 0.6, 0.0)];
        for shape in [PathShape::Linear, PathShape::Logit] {
            for n in nodes {
                assert!((shape.at(&nodes, n.at).unwrap().level - n.level).abs() < 1e-12);
            }
            assert_eq!(shape.at(&nodes, Period::year(2040)).unwrap().level, 0.6);
            assert!(shape.at(&nodes, Period::year(2009)).is_none());
        }
        assert!((PathShape::Linear.at(&nodes, Period::year(2015)).unwrap().level - 0.35).abs() < 1e-12);
    }

    #[test]
    fn the_slope_is_the_derivative_by_the_baseline() {
        for shape in [PathShape::Linear, PathShape::Logit] {
            let at = |b: f64| shape.at(&[corner(2010, b, 1.0), corner(2030, 0.6, 0.0)], Period::year(2016)).unwrap();
            let numeric = (at(0.2 + 1e-6).level - at(0.2 - 1e-6).level) / 2e-6;
            assert!((numeric - at(0.2).slope).abs() < 1e-7, "{shape:?}");
        }
    }
}
