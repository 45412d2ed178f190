//! Values in four to six classes with one colour each, and the legend that explains them.

use plotters::element::Rectangle;

use crate::axis::{decimal, extent, percent};
use crate::locale::Drawing;
use crate::svg::{Anchor, Svg, Type};
use crate::theme::{Colour, Palette, size};

/// Classes between round bounds.
#[derive(Debug)]
pub(crate) struct Classes {
    bounds: Vec<f64>,
    /// The one value that there is.
    only: Option<f64>,
    palette: &'static Palette,
}

impl Classes {
    /// Covers the values; none without a value.
    pub(crate) fn over(values: impl Iterator<Item = f64>, palette: &'static Palette) -> Option<Self> {
        let (low, high) = extent(values)?;
        Some(Self { bounds: bounds(low, high), only: (percent(low) == percent(high)).then_some(low), palette })
    }

    fn count(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The colours divide the ramp evenly; on both sides of zero the middle of a class counts.
    fn step(&self, class: usize) -> Colour {
        let (first, last) = (self.bounds[0], self.bounds[self.count()]);
        if first < -1e-9 && last > 1e-9 {
            return self.palette.between((self.bounds[class] + self.bounds[class + 1]) / 2.0, (first, last));
        }
        self.palette.between(class as f64, (0.0, (self.count() - 1).max(1) as f64))
    }

    pub(crate) fn colour(&self, value: f64) -> Colour {
        let inner = &self.bounds[1..self.count()];
        // A sum that should be 0.4 may lie a hair below it.
        self.step(inner.iter().filter(|bound| value + 1e-9 >= **bound).count())
    }

    /// One patch a class with its bounds, of which the upper one belongs to the next class; gives the right end and the first free pixel below.
    pub(crate) fn legend(&self, svg: &mut Svg, (left, right, top): (f64, f64, f64), sign: &str, words: &Drawing) -> (f64, f64) {
        let set = Type::new(size::SMALL, self.palette.muted).anchored(Anchor::Middle);
        if let Some(value) = self.only {
            let words = format!("{}{sign}", percent(value));
            svg.draw(&Rectangle::new([(left, top), (left + 58.0, top + 12.0)], self.colour(value).fill()));
            svg.text((left + 29.0, top + 26.0), &words, &set);
            return (left + 58.0, top + 38.0);
        }
        let bounds: Vec<String> = self.bounds.iter().map(|bound| label(*bound)).collect();
        let mut labels: Vec<String> = bounds.windows(2).map(|pair| words.below(&pair[0], &pair[1])).collect();
        if let (Some(last), [.., low, high]) = (labels.last_mut(), &bounds[..]) {
            *last = format!("{}{sign}", words.span(low, high));
        }
        let wanted = labels.iter().map(|words| set.width(words)).fold(40.0, f64::max) + 18.0;
        let cell = wanted.min((right - left - 30.0) / self.count() as f64);
        // Where the ranges would touch, the bounds alone stand under the joints.
        let narrow = cell < wanted;
        let start = if narrow { left + set.width(&bounds[0]) / 2.0 } else { left };
        for (class, words) in labels.iter().enumerate() {
            let x = start + class as f64 * cell;
            let inner = if narrow { cell } else { cell - 3.0 };
            svg.draw(&Rectangle::new([(x, top), (x + inner, top + 12.0)], self.step(class).fill()));
            if !narrow {
                svg.text((x + inner / 2.0, top + 26.0), words, &set);
            }
        }
        if narrow {
            for (i, words) in bounds.iter().enumerate() {
                svg.text((start + i as f64 * cell, top + 26.0), words, &set);
            }
            let end = start + self.count() as f64 * cell + set.width(&bounds[self.count()]) / 2.0;
            svg.text((end + 1.5, top + 26.0), sign, &Type::new(size::SMALL, self.palette.muted));
        }
        (start + self.count() as f64 * cell + if narrow { 24.0 } else { 0.0 }, top + 38.0)
    }
}

/// The finest round bounds with at most six classes. A coarser round step is at most twice as wide, hence never fewer
/// than four.
fn bounds(low: f64, high: f64) -> Vec<f64> {
    let (low, high) = match high - low < 1e-3 {
        true if (0.0..=1.0).contains(&low) => ((low - 0.01).max(0.0), (high + 0.01).min(1.0)),
        true => (low - 0.01, high + 0.01),
        false => (low, high),
    };
    let power = 10f64.powf(((high - low) / 6.0).log10().floor());
    let range = |step: f64| ((low / step + 1e-6).floor() as i64, (high / step - 1e-6).ceil() as i64);
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0].map(|factor| factor * power);
    let few = |step: &f64| range(*step).1 - range(*step).0 <= 6;
    let step = steps.into_iter().find(few).unwrap_or(25.0 * power);
    let (first, last) = range(step);
    (first..=last).map(|i| (i as f64 * step * 1e9).round() / 1e9).collect()
}

/// A bound in per cent with no more decimals than it needs.
fn label(bound: f64) -> String {
    let digits = decimal(bound * 100.0, 2);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_round() {
        assert_eq!(bounds(0.016, 0.143), [0.0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15]);
        assert_eq!(bounds(0.1, 0.7), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
        assert_eq!(bounds(0.0, 1.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!([0.0, 0.025, 0.1, -0.05].map(label), ["0", "2.5", "10", "−5"]);
    }

    #[test]
    fn low_values_take_the_first_colour_and_high_ones_the_last() {
        let palette = Theme::Light.palette();
        let classes = Classes::over([0.0, 0.3, 0.6].into_iter(), palette).expect("there are values");
        assert_eq!((classes.colour(0.0), classes.colour(0.6)), (palette.ramp[0], palette.ramp[6]));
    }

    #[test]
    fn a_value_on_a_bound_belongs_above_it_whatever_its_last_bit() {
        let classes = Classes::over([0.1, 0.7].into_iter(), Theme::Light.palette()).expect("there are values");
        assert!(classes.colour(0.4 - f64::EPSILON) == classes.colour(0.4));
    }

    #[test]
    fn a_bound_is_named_by_the_class_that_it_belongs_to() {
        let palette = Theme::Light.palette();
        let classes = Classes::over([0.0, 0.3, 0.8].into_iter(), palette).expect("there are values");
        let mut svg = Svg::new("c".into(), palette);
        classes.legend(&mut svg, (0.0, 700.0, 0.0), "%", &crate::Locale::english().drawing);
        let words: Vec<&str> = svg.texts.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(words, ["0 to under 20", "20 to under 40", "40 to under 60", "60 to 80%"]);
    }

    proptest! {
        #[test]
        fn four_to_six_classes_hold_the_data(a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
            let marks = bounds(a.min(b), a.max(b));
            prop_assert!((5..=7).contains(&marks.len()), "{marks:?}");
            prop_assert!(marks[0] >= 0.0 && marks[0] <= a.min(b) + 1e-6);
            prop_assert!(marks[marks.len() - 1] <= 1.0 + 1e-9 && marks[marks.len() - 1] >= a.max(b) - 1e-6);
        }
    }
}
