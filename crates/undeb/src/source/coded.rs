//! A column as codes: its distinct values, and which of them stands in each row.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::codes::{Codes, NULL};

/// A value of a coded column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key {
    /// A whole number; true is 1.
    Number(i64),
    /// A text.
    Text(Arc<str>),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(number) => number.fmt(f),
            Key::Text(text) => text.fmt(f),
        }
    }
}

/// A column as codes into its sorted distinct values; [`NULL`] for an empty cell.
#[derive(Clone, Debug)]
pub(crate) struct Coded {
    pub(crate) keys: Vec<Key>,
    pub(crate) codes: Codes,
}

impl Coded {
    /// The same with the keys in another order.
    pub(super) fn ordered<O: Ord>(self, place: impl Fn(&Key) -> O) -> Coded {
        let mut from: Vec<usize> = (0..self.keys.len()).collect();
        from.sort_by_key(|&at| place(&self.keys[at]));
        let mut to = vec![NULL; from.len()];
        from.iter().zip(0..).for_each(|(&at, new)| to[at] = new);
        let codes = self.codes.iter().map(|code| to.get(usize::from(code)).copied().unwrap_or(NULL));
        let codes = Codes::of(codes, self.keys.len());
        Coded { keys: from.into_iter().map(|at| self.keys[at].clone()).collect(), codes }
    }
}
