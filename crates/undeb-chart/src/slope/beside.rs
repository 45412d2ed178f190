//! How figures and names stand beside the lines of a slope chart.

use crate::area::spread;
use crate::axis::{Scale, decimal};
use crate::elements::Dashes;
use crate::frame::{Layout, name_lines};
use crate::svg::{Anchor, Type};

use super::{LEADING, Row};

/// One end of the lines.
pub(super) struct Side {
    pub(super) of: fn(&Row) -> Option<f64>,
    pub(super) x: f64,
    /// Minus one left of the lines, one right of them.
    pub(super) out: f64,
    /// The room for names; none where figures stand alone.
    pub(super) names: Option<f64>,
}

impl Side {
    /// The rows that have a figure here, the highest first.
    pub(super) fn known<'r>(&self, rows: impl Iterator<Item = &'r Row>) -> Vec<(&'r Row, f64)> {
        let mut known: Vec<(&Row, f64)> = rows.filter_map(|row| Some((row, (self.of)(row)?))).collect();
        known.sort_by(|a, b| b.1.total_cmp(&a.1));
        known
    }
}

/// How figures and names are set beside the lines.
pub(super) struct Beside {
    /// The width of a figure.
    pub(super) figure: f64,
    /// Decimals of a figure.
    pub(super) places: usize,
    pub(super) gap: f64,
    /// Lines of a name.
    pub(super) most: usize,
    pub(super) set: Type,
}

impl Beside {
    /// What figures take between the line and the names.
    pub(super) fn figures(&self) -> f64 {
        self.figure + self.gap + 6.0
    }

    fn name(&self, row: &Row, side: &Side) -> Vec<String> {
        side.names.map_or(Vec::new(), |room| name_lines(&row.label, &self.set.semi_bold(), room + 0.01, self.most))
    }

    pub(super) fn height(&self, row: &Row, side: &Side) -> f64 {
        let loose = self.most > 1 && side.names.is_some();
        self.name(row, side).len().max(1) as f64 * LEADING + if loose { 5.0 } else { 0.0 }
    }

    /// Sets figures and names of one end, spread so that each row has a line of its own, with a lead where it stands apart
    /// from the end of its line.
    pub(super) fn write(
        &self,
        layout: &mut Layout<'_>,
        side: &Side,
        rows: &[&Row],
        strong: &dyn Fn(&Row) -> bool,
        (y, top, bottom): (&Scale, f64, f64),
    ) {
        let leads = layout.palette.neutral.line(1.0);
        let known = side.known(rows.iter().copied());
        let wanted: Vec<(f64, f64)> = known.iter().map(|(row, value)| (y.place(*value), self.height(row, side))).collect();
        let middles = spread(&wanted, top, bottom);
        for (((row, value), middle), (at, _)) in known.into_iter().zip(middles).zip(&wanted) {
            if (middle - at).abs() > 4.0 {
                let lead = [(side.x + side.out * 5.0, *at), (side.x + side.out * (self.gap + 3.0), middle)];
                layout.svg.draw(&Dashes::new(lead, leads, (0.5, 3.0)));
            }
            let set = if (row.change.clear() || row.emphasised) && strong(row) { self.set.semi_bold() } else { self.set };
            let base = middle + 0.36 * set.size;
            let edge = if side.out > 0.0 { self.figures() } else { -self.gap - 6.0 };
            layout.svg.text((side.x + edge, base), &decimal(100.0 * value, self.places), &set.anchored(Anchor::End));
            let anchor = if side.out > 0.0 { Anchor::Start } else { Anchor::End };
            let lines = self.name(row, side);
            let first = base - (lines.len().max(1) - 1) as f64 * LEADING / 2.0;
            for (i, line) in lines.iter().enumerate() {
                let x = side.x + side.out * (self.figures() + self.gap);
                layout.svg.text((x, first + i as f64 * LEADING), line, &set.anchored(anchor));
            }
        }
    }
}
