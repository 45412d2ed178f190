//! Actions of a plan: who does what until when.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::schema::Period;

/// A day, written as 2008-10-31.
///
/// ```
/// let day: undeb::Day = "2008-10-31".parse()?;
/// assert!(day < "2026-01-01".parse()?);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Day(NaiveDate);

impl Day {
    /// The day that the clock of the machine shows, in universal time.
    pub fn today() -> Self {
        let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let days = i32::try_from(seconds / 86_400).unwrap_or(0);
        Day(NaiveDate::from_epoch_days(days).unwrap_or_default())
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        chrono::Datelike::year(&self.0)
    }

    /// The year or the quarter that the day lies in, whichever a period is.
    pub(crate) fn period_like(self, period: Period) -> Period {
        let months = chrono::Datelike::month0(&self.0) as usize;
        match period.quarter() {
            Some(_) => Period::first_quarter(self.year()).later(months / 3),
            None => Period::year(self.year()),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        text.parse().map(Day).map_err(|_| Error::plan(format!("`{text}` is not a day")).help("write a day as 2008-10-31"))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct TextOrDate;
        impl<'de> Visitor<'de> for TextOrDate {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day such as 2008-10-31")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Day, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> std::result::Result<Day, A::Error> {
                // A bare date in TOML arrives as a map of the parser's own.
                let date = toml::value::Datetime::deserialize(de::value::MapAccessDeserializer::new(map))?;
                date.to_string().parse().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(TextOrDate)
    }
}

impl schemars::JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"description": "A day such as 2008-10-31.", "type": "string", "format": "date"})
    }
}

/// How far an action has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum ActionState {
    /// Promised, not yet begun.
    #[serde(rename = "pledged")]
    Pledged,
    /// Has a date and an owner.
    #[serde(rename = "planned")]
    Planned,
    /// Begun.
    #[serde(rename = "under way")]
    UnderWay,
    /// Completed.
    #[serde(rename = "done")]
    Done,
    /// Given up.
    #[serde(rename = "dropped")]
    Dropped,
    /// Nobody has said.
    #[default]
    #[serde(rename = "not known")]
    NotKnown,
}

impl fmt::Display for ActionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ActionState::Pledged => "pledged",
            ActionState::Planned => "planned",
            ActionState::UnderWay => "under way",
            ActionState::Done => "done",
            ActionState::Dropped => "dropped",
            ActionState::NotKnown => "not known",
        })
    }
}

/// One action of a plan. Ids are labels as printed, not keys and not an order.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Label as printed, if any.
    #[serde(default)]
    pub id: Option<String>,
    /// What is to be done.
    pub action: String,
    /// Who is to do it.
    #[serde(default)]
    pub owner: Option<String>,
    /// The last day, where one is set.
    #[serde(default)]
    pub due: Option<Day>,
    /// The date as printed.
    #[serde(default)]
    pub due_text: Option<String>,
    /// How far it has come.
    #[serde(default)]
    pub state: ActionState,
    /// What shows it.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Ids of the targets it serves.
    #[serde(default)]
    pub targets: Vec<String>,
}

impl Action {
    /// Whether the action is late on a day: due before it and neither done nor dropped.
    ///
    /// An action whose state is not known counts as late; the report prints the state beside it.
    pub fn is_overdue(&self, on: Day) -> bool {
        self.due.is_some_and(|due| due < on) && !matches!(self.state, ActionState::Done | ActionState::Dropped)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_day_lies_in_its_year_or_quarter() {
        let day: Day = "2027-01-02".parse().unwrap();
        let (year, quarter): (Period, Period) = ("2025".parse().unwrap(), "2025-Q4".parse().unwrap());
        assert_eq!(day.period_like(year).years_since(year), 2.0);
        assert_eq!(day.period_like(quarter).years_since(quarter), 1.25);
        assert_eq!("2026-12-31".parse::<Day>().unwrap().period_like(quarter).to_string(), "2026-Q4");
    }
}
