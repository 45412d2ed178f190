//! Words that a caller left out.

/// The label, or a plain default where it is empty.
pub(crate) fn or<'a>(label: &'a str, default: &'a str) -> &'a str {
    if label.trim().is_empty() { default } else { label }
}
