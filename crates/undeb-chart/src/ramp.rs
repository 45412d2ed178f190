//! Values as colours of a continuous ramp, and the legend that explains them.

use plotters::element::PathElement;

use crate::axis::{extent, rate_ticks, tick_label};
use crate::svg::{Anchor, Svg, Type};
use crate::theme::{Colour, Palette, size};

/// Colours that pass into one another between two round values.
#[derive(Debug)]
pub(crate) struct Ramp {
    ticks: Vec<f64>,
    palette: &'static Palette,
}

impl Ramp {
    /// Covers the values, from zero unless all lie far from it; none without a value.
    pub(crate) fn over(values: impl Iterator<Item = f64>, palette: &'static Palette) -> Option<Self> {
        let (low, high) = extent(values)?;
        Some(Self { ticks: rate_ticks([low, high].into_iter(), 5), palette })
    }

    fn share(&self, value: f64) -> f64 {
        let (low, high) = (self.ticks[0], self.ticks[self.ticks.len() - 1]);
        ((value - low) / (high - low).max(1e-12)).clamp(0.0, 1.0)
    }

    pub(crate) fn colour(&self, value: f64) -> Colour {
        self.palette.between(value, (self.ticks[0], self.ticks[self.ticks.len() - 1]))
    }

    /// The whole ramp with its round values below; gives its right end and the first free pixel below.
    pub(crate) fn legend(&self, svg: &mut Svg, (left, right, top): (f64, f64, f64), sign: &str) -> (f64, f64) {
        const HEIGHT: f64 = 12.0;
        let muted = Type::new(size::SMALL, self.palette.muted);
        let set = muted.anchored(Anchor::Middle);
        let step = self.ticks[1] - self.ticks[0];
        let start = left + set.width(&tick_label(self.ticks[0], step)) / 2.0;
        let length = 240.0f64.min(right - start - 40.0);
        let (low, high) = (self.ticks[0], self.ticks[self.ticks.len() - 1]);
        let stops: Vec<Colour> = (0..=12).map(|i| self.colour(low + (high - low) * f64::from(i) / 12.0)).collect();
        svg.gradient((start, top), (length, HEIGHT), &stops);
        let mut end = start + length;
        for (i, tick) in self.ticks.iter().enumerate() {
            let x = start + self.share(*tick) * length;
            let label = tick_label(*tick, step);
            svg.draw(&PathElement::new([(x, top + HEIGHT), (x, top + HEIGHT + 3.0)], self.palette.muted.line(1.0)));
            svg.text((x, top + 28.0), &label, &set);
            if i + 1 == self.ticks.len() {
                // The unit stands apart, so that the figure stays centred under its place.
                let right = x + set.width(&label) / 2.0;
                svg.text((right + 1.5, top + 28.0), sign, &muted);
                end = right + 14.0;
            }
        }
        (end, top + 40.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn the_ends_have_the_first_and_the_last_colour() {
        let palette = Theme::Light.palette();
        let ramp = Ramp::over([0.0, 0.6].into_iter(), palette).expect("there are values");
        let steps = palette.ramp;
        assert_eq!((ramp.colour(0.0), ramp.colour(0.6)), (steps[0], steps[6]));
        assert_eq!((ramp.colour(-1.0), ramp.colour(9.0)), (steps[0], steps[6]));
    }

    #[test]
    fn equal_values_have_a_ramp_too() {
        assert!(Ramp::over([0.2, 0.2].into_iter(), Theme::Dark.palette()).is_some());
        assert!(Ramp::over([f64::NAN].into_iter(), Theme::Dark.palette()).is_none());
    }
}
