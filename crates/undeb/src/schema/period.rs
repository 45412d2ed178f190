//! Periods: a year, or a quarter of one.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// A year (`2022`) or a quarter (`2022-Q4`).
///
/// Periods sort by time; a year sorts before its own quarters.
///
/// ```
/// use undeb::Period;
/// let q4: Period = "2024-Q4".parse()?;
/// assert_eq!(q4.to_string(), "2024-Q4");
/// assert!(Period::year(2024) < q4);
/// assert_eq!(q4.years_since(Period::year(2020)), 4.75);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i32,
    quarter: u8,
}

impl Period {
    /// The whole year.
    pub const fn year(year: i32) -> Self {
        Period { year, quarter: 0 }
    }

    /// The first quarter of a year.
    pub(crate) const fn first_quarter(year: i32) -> Self {
        Period { year, quarter: 1 }
    }

    /// Records that name no period.
    pub const UNDATED: Period = Period { year: i32::MIN, quarter: 0 };

    /// The calendar year of the period.
    pub const fn calendar_year(self) -> i32 {
        self.year
    }

    /// The quarter, 1 to 4; none for a whole year.
    pub fn quarter(self) -> Option<u8> {
        (self.quarter > 0).then_some(self.quarter)
    }

    /// Whether both are years, or both quarters.
    pub(crate) fn is_like(self, other: Period) -> bool {
        self.quarter().is_some() == other.quarter().is_some()
    }

    /// Start of the period in years: 2022 is 2022.0 and 2022-Q4 is 2022.75.
    pub fn start(self) -> f64 {
        f64::from(self.year) + f64::from(self.quarter.saturating_sub(1)) / 4.0
    }

    /// The period that many years or quarters later, whichever this one is.
    ///
    /// ```
    /// let q3: undeb::Period = "2023-Q3".parse()?;
    /// assert_eq!(q3.later(2).to_string(), "2024-Q1");
    /// # Ok::<(), undeb::Error>(())
    /// ```
    #[must_use]
    pub fn later(self, steps: usize) -> Self {
        let steps = i32::try_from(steps).unwrap_or(i32::MAX);
        if self.quarter == 0 {
            return Period::year(self.year.saturating_add(steps));
        }
        let quarters = i32::from(self.quarter) - 1 + steps % 4;
        let quarter = u8::try_from(quarters % 4 + 1).unwrap_or(1);
        Period { year: self.year.saturating_add(steps / 4 + quarters / 4), quarter }
    }

    /// End of the period in years: 2022 is 2023.0 and 2022-Q4 too.
    pub(crate) fn end(self) -> f64 {
        self.start() + self.length()
    }

    /// Length in years: 1, or a quarter.
    pub fn length(self) -> f64 {
        if self.quarter == 0 { 1.0 } else { 0.25 }
    }

    /// The period in words, with the first one where it ends an average over several.
    pub(crate) fn since(self, first: Option<Period>) -> String {
        first.map_or_else(|| self.to_string(), |first| format!("{first} to {self}"))
    }

    /// Years from `earlier` to this period; negative when this one comes first.
    pub fn years_since(self, earlier: Period) -> f64 {
        self.start() - earlier.start()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quarter {
            _ if *self == Period::UNDATED => f.write_str("undated"),
            0 => write!(f, "{}", self.year),
            q => write!(f, "{}-Q{q}", self.year),
        }
    }
}

impl FromStr for Period {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::schema(format!("`{text}` is not a period")).help("write a year as 2022 or a quarter as 2022-Q4");
        let (year, quarter) = match text.split_once(['-', 'Q', 'q']) {
            None => (text, 0),
            Some((year, rest)) => match rest.trim_start_matches(['Q', 'q']) {
                "1" => (year, 1),
                "2" => (year, 2),
                "3" => (year, 3),
                "4" => (year, 4),
                _ => return Err(wrong()),
            },
        };
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        Ok(Period { year: year.parse().map_err(|_| wrong())?, quarter })
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct YearOrText;
        impl Visitor<'_> for YearOrText {
            type Value = Period;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a year such as 2022 or a quarter such as \"2022-Q4\"")
            }

            fn visit_i64<E: de::Error>(self, year: i64) -> std::result::Result<Period, E> {
                year.to_string().parse().map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, year: u64) -> std::result::Result<Period, E> {
                year.to_string().parse().map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Period, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(YearOrText)
    }
}

impl schemars::JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A year as a number (2022) or a quarter as text (\"2022-Q4\").",
            "anyOf": [{"type": "integer", "minimum": 1000, "maximum": 9999}, {"type": "string", "pattern": "^[0-9]{4}(-?Q[1-4])?$"}]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        for text in ["1983", "2024-Q1", "2024-Q4"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("2024Q4".parse::<Period>().unwrap().to_string(), "2024-Q4");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["", "22", "2024-Q5", "2024-12", "year", "20244", "-2024", "2024-Q"] {
            assert!(text.parse::<Period>().unwrap_err().is_schema(), "{text}");
        }
    }
}
