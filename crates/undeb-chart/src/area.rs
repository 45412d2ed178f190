//! Rectangles that texts may not share, and how labels that would are spread.

use crate::backend::At;

/// A piece of the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

impl Area {
    pub(crate) fn around((x, y): At, reach: f64) -> Self {
        Self { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    pub(crate) fn within(&self, other: &Self) -> bool {
        self.left >= other.left && self.right <= other.right && self.top >= other.top && self.bottom <= other.bottom
    }

    /// The point of the rectangle that is nearest to another.
    pub(crate) fn nearest(&self, (x, y): At) -> At {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    /// How far a point is from the rectangle.
    pub(crate) fn distance(&self, point: At) -> f64 {
        let near = self.nearest(point);
        (near.0 - point.0).hypot(near.1 - point.1)
    }

    pub(crate) fn crossed_by(&self, line: &[At]) -> bool {
        line.windows(2).any(|step| self.holds_part_of(step[0], step[1]))
    }

    /// Cuts the segment at each of the four sides in turn and looks whether any of it is left.
    fn holds_part_of(&self, from: At, to: At) -> bool {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut start, mut end) = (0.0f64, 1.0f64);
        let sides = [(-dx, from.0 - self.left), (dx, self.right - from.0), (-dy, from.1 - self.top), (dy, self.bottom - from.1)];
        for (slope, room) in sides {
            if slope == 0.0 {
                if room < 0.0 {
                    return false;
                }
            } else if slope < 0.0 {
                start = start.max(room / slope);
            } else {
                end = end.min(room / slope);
            }
        }
        start <= end
    }
}

/// Whether two pieces of line cross.
pub(crate) fn cross(a: &[At; 2], b: &[At; 2]) -> bool {
    let turn = |p: At, q: At, r: At| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    let parts = |line: &[At; 2], other: &[At; 2]| turn(line[0], line[1], other[0]) * turn(line[0], line[1], other[1]) < 0.0;
    parts(a, b) && parts(b, a)
}

/// Middles of labels with the given heights, as near to where they are wanted as their neighbours allow: labels that
/// would collide form a block that stands at the mean of their wishes. `wanted` is in rising order; where the range
/// cannot hold all, they run over its far end.
pub(crate) fn spread(wanted: &[(f64, f64)], low: f64, high: f64) -> Vec<f64> {
    struct Block {
        count: usize,
        height: f64,
        /// The mean of the tops that the labels would have, each less the heights above it in its block.
        top: f64,
    }
    let room = |block: &Block| block.top.min(high - block.height).max(low);
    let mut blocks: Vec<Block> = Vec::new();
    for (middle, height) in wanted {
        let mut block = Block { count: 1, height: *height, top: middle - height / 2.0 };
        while let Some(above) = blocks.last()
            && room(above) + above.height > room(&block)
            && let Some(above) = blocks.pop()
        {
            let (a, b) = (above.count as f64, block.count as f64);
            let top = (a * above.top + b * (block.top - above.height)) / (a + b);
            block = Block { count: above.count + block.count, height: above.height + block.height, top };
        }
        blocks.push(block);
    }
    let mut middles = Vec::with_capacity(wanted.len());
    for block in &blocks {
        let mut top = room(block);
        for (_, height) in &wanted[middles.len()..middles.len() + block.count] {
            middles.push(top + height / 2.0);
            top += height;
        }
    }
    middles
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pieces_that_part_each_other_cross() {
        let across = [(0.0, 0.0), (10.0, 10.0)];
        assert!(cross(&across, &[(0.0, 10.0), (10.0, 0.0)]));
        assert!(!cross(&across, &[(0.0, 10.0), (4.0, 6.0)]) && !cross(&across, &[(20.0, 0.0), (20.0, 30.0)]));
    }

    #[test]
    fn an_area_knows_what_crosses_it() {
        let area = Area { left: 10.0, right: 20.0, top: 10.0, bottom: 20.0 };
        assert!(area.crossed_by(&[(0.0, 0.0), (30.0, 30.0)]));
        assert!(area.crossed_by(&[(15.0, 0.0), (15.0, 90.0)]));
        assert!(area.crossed_by(&[(12.0, 12.0), (13.0, 13.0)]));
        assert!(!area.crossed_by(&[(0.0, 0.0), (9.0, 30.0)]));
        assert!(!area.crossed_by(&[(0.0, 25.0), (30.0, 25.0)]));
        assert!(!area.crossed_by(&[(0.0, 18.0), (18.0, 0.0), (0.0, 0.0)]));
    }

    #[test]
    fn labels_that_collide_are_spread_around_their_middle() {
        assert_eq!(spread(&[(50.0, 10.0), (50.0, 10.0), (90.0, 10.0)], 0.0, 100.0), [45.0, 55.0, 90.0]);
        assert_eq!(spread(&[(1.0, 10.0), (99.0, 10.0)], 0.0, 100.0), [5.0, 95.0]);
    }

    proptest! {
        #[test]
        fn spread_labels_keep_apart_and_inside(mut wanted in proptest::collection::vec((-20.0..220.0f64, 5.0..15.0f64), 0..12)) {
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
            let middles = spread(&wanted, 0.0, 200.0);
            let edges: Vec<(f64, f64)> = middles.iter().zip(&wanted).map(|(m, (_, h))| (m - h / 2.0, m + h / 2.0)).collect();
            prop_assert!(edges.windows(2).all(|pair| pair[0].1 <= pair[1].0 + 1e-9), "{edges:?}");
            prop_assert!(edges.iter().all(|(top, bottom)| *top >= -1e-9 && *bottom <= 200.0 + 1e-9), "{edges:?}");
        }
    }
}
