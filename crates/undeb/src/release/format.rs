//! Numbers as readers see them: per cent, points, workers. Rounded only here, after every comparison.

/// A share as a percentage with one decimal: `0.2954` is "29.5%".
///
/// ```
/// assert_eq!(undeb::release::format::percent(0.2954), "29.5%");
/// assert_eq!(undeb::release::format::percent(-0.012), "−1.2%");
/// ```
pub fn percent(share: f64) -> String {
    format!("{}%", decimal(share * 100.0, 1))
}

/// A difference of shares in percentage points with one decimal, unsigned word form: "3.4 points".
pub fn points(difference: f64) -> String {
    let text = decimal(difference * 100.0, 1);
    let unit = if text == "1.0" { "point" } else { "points" };
    format!("{text} {unit}")
}

/// A signed difference of shares in points: "+3.4" or "−0.2".
pub fn signed_points(difference: f64) -> String {
    signed(difference * 100.0, 1)
}

/// A signed pace in points a year, with two decimals.
pub fn signed_pace(per_year: f64) -> String {
    signed_hundredths(per_year)
}

/// A signed difference of shares in points with two decimals, for parts of a change: "+0.33".
pub fn signed_hundredths(difference: f64) -> String {
    signed(difference * 100.0, 2)
}

/// A number without zeros at its end, and what it counts: "8 years", "1 year", "1.75 years".
fn counted(text: &str, one: &str) -> String {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} {one}{}", if text == "1" { "" } else { "s" })
}

/// Years, with quarters where there are any: "8 years", "1 year", "1.75 years".
pub(crate) fn years(count: f64) -> String {
    counted(&decimal(count, 2), "year")
}

/// A pace in points with the decimals that it was given, so that a reader can do the sum: "0.25 points".
pub(crate) fn pace(fraction: f64) -> String {
    counted(&format!("{:.4}", 100.0 * fraction), "point")
}

/// A probability in whole per cent, never as certain as it is not.
///
/// ```
/// assert_eq!(undeb::release::format::probability(0.9996), "more than 99%");
/// assert_eq!(undeb::release::format::probability(0.742), "74%");
/// ```
pub fn probability(p: f64) -> String {
    match p {
        p if p > 0.99 => "more than 99%".to_owned(),
        p if p < 0.01 => "less than 1%".to_owned(),
        p => format!("{}%", decimal(p * 100.0, 0)),
    }
}

/// Workers, rounded to what an estimate can carry: thousands, hundreds below ten thousand, tens below one thousand.
/// A few are not printed as none.
///
/// ```
/// assert_eq!(undeb::release::format::workers(14_280_076.0), "14,280,000");
/// assert_eq!(undeb::release::format::workers(-1_234.0), "−1,200");
/// assert_eq!(undeb::release::format::workers(3.2), "fewer than 10");
/// ```
pub fn workers(count: f64) -> String {
    let size = count.abs();
    if count > 0.0 && count < 5.0 {
        return "fewer than 10".to_owned();
    }
    let unit = match size {
        ..1_000.0 => 10.0,
        ..10_000.0 => 100.0,
        _ => 1_000.0,
    };
    grouped((count / unit).round() * unit)
}

/// A whole number with thousands separated by commas.
pub fn grouped(count: f64) -> String {
    let digits = format!("{:.0}", count.abs());
    let mut out = String::new();
    if count < 0.0 && digits != "0" {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn decimal(value: f64, places: usize) -> String {
    let text = format!("{:.places$}", value.abs());
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("−{text}") } else { text }
}

fn signed(value: f64, places: usize) -> String {
    let text = decimal(value, places);
    let zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if text.starts_with('−') || zero { text } else { format!("+{text}") }
}
