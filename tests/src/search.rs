//! How far the laws are searched for a case that breaks them.

#![allow(clippy::expect_used, reason = "a setting of the tests that cannot be read is a failed test")]

use proptest::test_runner::Config;

/// So many cases of a law, times `UNDEB_SEARCH` where that is set; the seed is that of `.cargo/config.toml`.
#[must_use]
pub fn search(cases: u32) -> Config {
    let further = std::env::var("UNDEB_SEARCH").map_or(1, |times| times.parse().expect("UNDEB_SEARCH is a whole number"));
    Config { cases: cases * further, failure_persistence: None, ..Config::default() }
}
