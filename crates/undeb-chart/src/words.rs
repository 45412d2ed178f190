//! Words that a caller left out, and what a drawing leaves out.

use crate::locale::fill;

/// The label, or a plain default where it is empty.
pub(crate) fn or<'a>(label: &'a str, default: &'a str) -> &'a str {
    if label.trim().is_empty() { default } else { label }
}

/// Up to so many names are listed below a drawing.
const LISTED: usize = 60;

/// What the drawing leaves out: how many, and their names where they are not too many; none where there are none.
pub(crate) fn named_below(pattern: &str, names: &[&str], period: &str) -> Option<String> {
    let words = fill(pattern, &[("count", &names.len().to_string()), ("period", period)]);
    let mut names = names.to_vec();
    names.sort_unstable();
    match names.len() {
        0 => None,
        1..=LISTED => Some(format!("{words}: {}", names.join(", "))),
        _ => Some(words),
    }
}

/// Words as they stand within a sentence: names in them keep their capitals.
pub(crate) fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}
