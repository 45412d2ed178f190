//! Values as stepped colours, and the legends that explain them.

use crate::axis::{extent, tick_label, ticks};
use crate::svg::{Anchor, Svg, Type};
use crate::theme::{Colour, Palette, size};

/// Classes between round bounds, each with one colour.
#[derive(Debug)]
pub(crate) struct Ramp {
    bounds: Vec<f64>,
    palette: &'static Palette,
}

impl Ramp {
    /// Covers the values with at most seven classes; none without a value.
    pub(crate) fn over(values: impl Iterator<Item = f64>, palette: &'static Palette) -> Option<Self> {
        let (low, high) = extent(values)?;
        let mut bounds = ticks(low, high, 7);
        // Three classes hide what a map should show: quarters and halves of a step are round enough.
        while bounds.len() < 5 {
            let step = (bounds[1] - bounds[0]) / 2.0;
            let first = (low / step + 1e-6).floor() as i64;
            let last = ((high / step - 1e-6).ceil() as i64).max(first + 1);
            bounds = (first..=last).map(|i| i as f64 * step).collect();
        }
        Some(Self { bounds, palette })
    }

    fn classes(&self) -> usize {
        self.bounds.len() - 1
    }

    fn step(&self, class: usize) -> Colour {
        let ramp = &self.palette.ramp;
        let last = ramp.len() - 1;
        match self.classes() {
            0 | 1 => ramp[last / 2],
            classes => ramp[(class * last + (classes - 1) / 2) / (classes - 1)],
        }
    }

    pub(crate) fn colour(&self, value: f64) -> Colour {
        let inner = &self.bounds[1..self.classes()];
        // A sum that should be 0.4 may lie a hair below it.
        self.step(inner.iter().filter(|bound| value + 1e-9 >= **bound).count())
    }

    fn label(&self, i: usize) -> String {
        // Half points need their decimal: 2.5 must not read as 2.
        let points = 100.0 * (self.bounds[1] - self.bounds[0]);
        if (points - points.round()).abs() < 1e-6 {
            tick_label(self.bounds[i], self.bounds[1] - self.bounds[0])
        } else {
            tick_label(self.bounds[i], 0.001)
        }
    }

    /// A continuous bar with its bounds below; gives the first free pixel.
    pub(crate) fn bar(&self, svg: &mut Svg, (left, right, top): (f64, f64, f64)) -> f64 {
        let set = Type::new(size::SMALL, self.palette.muted).anchored(Anchor::Middle);
        let classes = self.classes();
        let cell = ((right - left - 30.0) / classes as f64).min(46.0);
        let widest = set.width(&self.label(classes)).max(set.width(&self.label(0)));
        let every = if widest + 6.0 > cell { 2 } else { 1 };
        let start = left + widest / 2.0;
        for class in 0..classes {
            let x = start + class as f64 * cell;
            svg.rect((x, top), (cell, 12.0), self.step(class));
        }
        for i in (0..=classes).filter(|i| i % every == 0) {
            svg.text((start + i as f64 * cell, top + 26.0), &self.label(i), &set);
        }
        // The unit stands apart, so that the figures stay centred under their bounds.
        let end = start + classes as f64 * cell + widest / 2.0;
        svg.text((end + 1.5, top + 26.0), "%", &Type::new(size::SMALL, self.palette.muted));
        top + 38.0
    }

    /// Separate steps, each with its range; gives the first free pixel.
    pub(crate) fn steps(&self, svg: &mut Svg, (left, right, top): (f64, f64, f64)) -> f64 {
        let set = Type::new(size::SMALL, self.palette.muted).anchored(Anchor::Middle);
        let joint = if self.bounds[0] < 0.0 { " to " } else { "–" };
        let labels: Vec<String> = (0..self.classes())
            .map(|i| {
                let unit = if i + 1 == self.classes() { "%" } else { "" };
                format!("{}{joint}{}{unit}", self.label(i), self.label(i + 1))
            })
            .collect();
        let cell = labels.iter().map(|l| set.width(l)).fold(40.0, f64::max) + 10.0;
        if cell * labels.len() as f64 > right - left {
            return self.bar(svg, (left, right, top));
        }
        for (class, label) in labels.iter().enumerate() {
            let x = left + class as f64 * cell;
            svg.rect((x, top), (cell - 3.0, 12.0), self.step(class));
            svg.text((x + (cell - 3.0) / 2.0, top + 26.0), label, &set);
        }
        top + 38.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn low_values_take_the_first_colour_and_high_ones_the_last() {
        let palette = Theme::Light.palette();
        let ramp = Ramp::over([0.0, 0.3, 0.6].into_iter(), palette);
        let ends = ramp.map(|r| (r.colour(0.0), r.colour(0.6)));
        assert_eq!(ends, Some((palette.ramp[0], palette.ramp[6])));
    }

    #[test]
    fn a_value_on_a_bound_belongs_above_it_whatever_its_last_bit() {
        let ramp = Ramp::over([0.1, 0.7].into_iter(), Theme::Light.palette());
        let just_below = 0.4 - f64::EPSILON;
        assert!(ramp.is_some_and(|r| r.colour(just_below) == r.colour(0.4)));
    }

    #[test]
    fn equal_values_have_a_ramp_too() {
        assert!(Ramp::over([0.2, 0.2].into_iter(), Theme::Dark.palette()).is_some());
        assert!(Ramp::over([f64::NAN].into_iter(), Theme::Dark.palette()).is_none());
    }
}
