//! Ticks at 1, 2 or 5, scales, and how figures are written.

use undeb::release::format::workers;

/// Places values between two pixel positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Scale {
    pub(crate) fn place(&self, value: f64) -> f64 {
        let extent = self.high - self.low;
        let share = if extent.abs() > 1e-12 { (value - self.low) / extent } else { 0.5 };
        self.start + share * (self.end - self.start)
    }

    /// The value at a position.
    pub(crate) fn value(&self, position: f64) -> f64 {
        self.low + (position - self.start) / (self.end - self.start) * (self.high - self.low)
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that needs at most `most` steps.
pub(crate) fn nice_step(extent: f64, most: usize) -> f64 {
    let rough = extent / most.max(1) as f64;
    if !(rough.is_finite() && rough > 1e-9) {
        return 1e-2;
    }
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0].iter().map(|factor| factor * power).find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// Multiples of a nice step from the one at or below `low` to the one at or above `high`.
pub(crate) fn ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    if !(low.is_finite() && high.is_finite()) || high < low {
        return vec![0.0, 1.0];
    }
    let (low, high) = if high - low < 1e-6 { (low - 0.01, high + 0.01) } else { (low, high) };
    // Rounding outwards can add a step, hence one less.
    let step = nice_step(high - low, most.saturating_sub(1).max(1));
    let first = (low / step + 1e-6).floor() as i64;
    let last = (high / step - 1e-6).ceil() as i64;
    (first..=last.max(first + 1)).map(|i| tidy(i as f64 * step)).collect()
}

/// An axis of rates that does not begin at zero shows as much at least: four percentage points.
const LEAST: f64 = 0.04;

/// The axis of rates: from zero, unless all values lie far from it and apart from each other.
pub(crate) fn rate_ticks(values: impl Iterator<Item = f64>, most: usize) -> Vec<f64> {
    let (low, high) = extent(values).unwrap_or((0.0, 1.0));
    let low = if (low > 0.5 * high && high - low > 1e-6) || low < 0.0 { low } else { 0.0 };
    // A part of the scale so small would make mountains of sampling error.
    let wider = ((LEAST - (high - low)) / 2.0).max(0.0);
    let (low, high) = if low > 0.0 { ((low - wider).max(0.0), (high + wider).min(high.max(1.0))) } else { (low, high) };
    let mut marks = ticks(low.min(high), high.max(0.02), most);
    // A rate cannot pass 100 %: no axis should suggest it.
    if high <= 1.0 && marks.len() > 2 {
        marks.retain(|tick| *tick <= 1.0 + 1e-9);
    }
    if low >= 0.0 && marks.len() > 2 {
        marks.retain(|tick| *tick >= -1e-9);
    }
    match marks.last() {
        Some(last) if *last + 1e-9 < high => marks.push(high),
        _ => {}
    }
    marks
}

/// The least and the greatest finite value.
pub(crate) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// A value that is not a number, or that no rate or change could reach, is no value.
pub(crate) fn sound(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.abs() <= 1000.0)
}

/// An interval or a point with two sound ends.
pub(crate) fn sound_pair(pair: Option<(f64, f64)>) -> Option<(f64, f64)> {
    pair.filter(|(low, high)| sound(Some(*low)).is_some() && sound(Some(*high)).is_some())
}

/// Takes away what binary fractions add at the far end, so that a tick of 0.3 is 0.3.
fn tidy(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// A number with a real minus sign and no minus zero.
pub(crate) fn decimal(value: f64, places: usize) -> String {
    let digits = format!("{:.places$}", value.abs());
    let zero = digits.chars().all(|c| matches!(c, '0' | '.'));
    if value < 0.0 && !zero { format!("−{digits}") } else { digits }
}

/// A fraction in per cent without the sign: 0.306 is `30.6`.
pub(crate) fn percent(value: f64) -> String {
    decimal(value * 100.0, 1)
}

/// A tick in per cent, with decimals only where the steps need them.
pub(crate) fn tick_label(tick: f64, step: f64) -> String {
    let step = step.abs() * 100.0;
    let places = (0..6).find(|places| step * 10f64.powi(*places) >= 1.0 - 1e-9).unwrap_or(6);
    decimal(tick * 100.0, places as usize)
}

/// Percentage points with their sign: positive is short of the target.
pub(crate) fn signed(points: f64) -> String {
    signed_to(points, 1)
}

/// Percentage points with their sign and so many decimals; zero has none.
pub(crate) fn signed_to(points: f64, places: usize) -> String {
    let digits = decimal(points, places);
    let zero = digits.chars().all(|c| matches!(c, '0' | '.'));
    if points > 0.0 && !zero { format!("+{digits}") } else { digits }
}

/// People, rounded as sentences round them.
pub(crate) fn people(count: f64) -> String {
    match count {
        _ if !count.is_finite() => "–".to_owned(),
        _ if count > 0.0 && count < 5.0 => "<10".to_owned(),
        _ => workers(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 0.38, 5), [0.0, 0.1, 0.2, 0.3, 0.4]);
        assert_eq!(ticks(-0.03, 0.04, 5), [-0.04, -0.02, 0.0, 0.02, 0.04]);
        assert_eq!(rate_ticks([0.0, 1.0].into_iter(), 6), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(rate_ticks(std::iter::empty(), 6).first(), Some(&0.0));
    }

    #[test]
    fn no_two_ticks_of_an_axis_read_alike() {
        for high in [0.5, 0.07, 0.004, 0.000_3, 0.000_02] {
            let marks = ticks(0.0, high, 6);
            let labels: std::collections::HashSet<String> = marks.iter().map(|m| tick_label(*m, marks[1] - marks[0])).collect();
            assert_eq!(labels.len(), marks.len(), "{labels:?}");
        }
    }

    #[test]
    fn signs_are_real_and_zero_has_none() {
        assert_eq!(signed(9.94), "+9.9");
        assert_eq!(signed(-4.1), "−4.1");
        assert_eq!(signed(-0.01), "0.0");
        assert_eq!(signed(0.04), "0.0");
        assert_eq!([signed_to(0.144, 2), signed_to(-0.144, 2), signed_to(0.004, 2)], ["+0.14", "−0.14", "0.00"]);
        assert_eq!(percent(0.306), "30.6");
    }

    #[test]
    fn people_are_rounded_and_grouped() {
        assert_eq!(people(9_949.0), "9,900");
        assert_eq!(people(10_501.0), "11,000");
        assert_eq!(people(1_234_567.0), "1,235,000");
        assert_eq!(people(432.0), "430");
        assert_eq!(people(3.0), "<10");
        assert_eq!(people(-30.0), "−30");
        assert_eq!(people(0.0), "0");
        assert_eq!(people(f64::INFINITY), "–");
    }

    proptest! {
        #[test]
        fn ticks_hold_the_data_and_stay_few(a in -1.0..1.0f64, b in -1.0..1.0f64, most in 3usize..10) {
            let (low, high) = (a.min(b), a.max(b));
            let marks = ticks(low, high, most);
            prop_assert!(marks[0] <= low + 1e-5 && marks[marks.len() - 1] >= high - 1e-5);
            prop_assert!(marks.len() >= 2 && marks.len() <= most + 2);
        }

        #[test]
        fn a_rate_axis_holds_its_data(values in proptest::collection::vec(0.0..=1.0f64, 0..9)) {
            let marks = rate_ticks(values.iter().copied(), 6);
            let (low, high) = (marks[0], marks[marks.len() - 1]);
            prop_assert!(values.iter().all(|v| *v >= low - 1e-5 && *v <= high + 1e-5));
            prop_assert!(low >= 0.0 && high <= 1.0 + 1e-9);
        }
    }
}
