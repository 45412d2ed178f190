//! Totals, means and pay gaps: statistics with a unit of their own, which are never shares and never measures.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::Measure;
use crate::error::{Error, Result, choices};

/// Whom a total counts, or whose pay a mean is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Everybody in scope, whatever they answered.
    Employees,
    /// Union members.
    Members,
    /// Those who said that they are not members.
    Nonmembers,
    /// Employees covered by a collective agreement.
    Covered,
    /// Those who said that they are not covered.
    Uncovered,
}

impl Group {
    /// The words for it in a definition.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Employees => "employees in scope",
            Group::Members => "union members",
            Group::Nonmembers => "employees who are not members",
            Group::Covered => "covered employees",
            Group::Uncovered => "employees who are not covered",
        }
    }
}

/// The question that divides two groups whose pay is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Split {
    /// Members against non-members.
    Membership,
    /// Covered against not covered.
    Coverage,
}

impl Split {
    /// The group that is compared and the one it is compared with.
    pub const fn groups(self) -> (Group, Group) {
        match self {
            Split::Membership => (Group::Members, Group::Nonmembers),
            Split::Coverage => (Group::Covered, Group::Uncovered),
        }
    }
}

/// A total, a mean or a raw pay gap. Raw: nothing but the answer tells the two groups apart, so it is no effect of unions.
///
/// ```
/// use undeb::{Quantity, Split};
/// let gap: Quantity = "pay_gap_membership".parse()?;
/// assert_eq!(gap, Quantity::PayGap(Split::Membership));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// Number of people (or jobs) in a group.
    Total(Group),
    /// Mean pay of a group.
    MeanPay(Group),
    /// Mean pay of members less that of non-members, or of covered less that of uncovered employees.
    PayGap(Split),
    /// Mean pay of members over that of non-members, or of covered over that of uncovered employees.
    PayRatio(Split),
}

/// What a number is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share of a whole, in [0, 1].
    Fraction,
    /// A difference of shares.
    Points,
    /// People or jobs, as the source counts.
    Count,
    /// Pay, in the currency and for the time that the survey says.
    Pay,
    /// A ratio of two numbers of one unit.
    Ratio,
}

impl Unit {
    /// The words for it where `counted` are counted and `pay` is the currency and time of pay: "person", "GBP an hour".
    pub(crate) fn words<'a>(self, counted: &'a str, pay: Option<&'a str>) -> &'a str {
        match (self, pay) {
            (Unit::Count, _) => counted,
            (Unit::Pay, Some(pay)) => pay,
            (other, _) => other.id(),
        }
    }

    /// The word used in tables.
    pub const fn id(self) -> &'static str {
        match self {
            Unit::Fraction => "fraction",
            Unit::Points => "points",
            Unit::Count => "count",
            Unit::Pay => "pay",
            Unit::Ratio => "ratio",
        }
    }
}

impl Quantity {
    /// All quantities, in the order of tables.
    pub const ALL: [Quantity; 14] = [
        Quantity::Total(Group::Employees),
        Quantity::Total(Group::Members),
        Quantity::Total(Group::Nonmembers),
        Quantity::Total(Group::Covered),
        Quantity::Total(Group::Uncovered),
        Quantity::MeanPay(Group::Employees),
        Quantity::MeanPay(Group::Members),
        Quantity::MeanPay(Group::Nonmembers),
        Quantity::MeanPay(Group::Covered),
        Quantity::MeanPay(Group::Uncovered),
        Quantity::PayGap(Split::Membership),
        Quantity::PayGap(Split::Coverage),
        Quantity::PayRatio(Split::Membership),
        Quantity::PayRatio(Split::Coverage),
    ];

    /// The code used in files: `members`, `pay_members`, `pay_gap_membership`, ...
    pub const fn id(self) -> &'static str {
        match self {
            Quantity::Total(Group::Employees) => "employees",
            Quantity::Total(Group::Members) => "members",
            Quantity::Total(Group::Nonmembers) => "nonmembers",
            Quantity::Total(Group::Covered) => "covered",
            Quantity::Total(Group::Uncovered) => "uncovered",
            Quantity::MeanPay(Group::Employees) => "pay",
            Quantity::MeanPay(Group::Members) => "pay_members",
            Quantity::MeanPay(Group::Nonmembers) => "pay_nonmembers",
            Quantity::MeanPay(Group::Covered) => "pay_covered",
            Quantity::MeanPay(Group::Uncovered) => "pay_uncovered",
            Quantity::PayGap(Split::Membership) => "pay_gap_membership",
            Quantity::PayGap(Split::Coverage) => "pay_gap_coverage",
            Quantity::PayRatio(Split::Membership) => "pay_ratio_membership",
            Quantity::PayRatio(Split::Coverage) => "pay_ratio_coverage",
        }
    }

    /// What it is counted in.
    pub const fn unit(self) -> Unit {
        match self {
            Quantity::Total(_) => Unit::Count,
            Quantity::MeanPay(_) | Quantity::PayGap(_) => Unit::Pay,
            Quantity::PayRatio(_) => Unit::Ratio,
        }
    }

    /// The question that it needs an answer to; none where everybody in scope counts.
    pub const fn question(self) -> Option<Measure> {
        match self {
            Quantity::Total(group) | Quantity::MeanPay(group) => match group {
                Group::Employees => None,
                Group::Members | Group::Nonmembers => Some(Measure::Density),
                Group::Covered | Group::Uncovered => Some(Measure::Coverage),
            },
            Quantity::PayGap(Split::Membership) | Quantity::PayRatio(Split::Membership) => Some(Measure::Density),
            Quantity::PayGap(Split::Coverage) | Quantity::PayRatio(Split::Coverage) => Some(Measure::Coverage),
        }
    }

    /// Whether it needs the amounts that people are paid.
    pub const fn needs_pay(self) -> bool {
        !matches!(self, Quantity::Total(_))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Quantity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Quantity::ALL.into_iter().find(|q| q.id() == text).ok_or_else(|| {
            Error::schema(format!("`{text}` is not a quantity")).help(choices(text, Quantity::ALL.map(Quantity::id)))
        })
    }
}

/// What a compared figure is: a rate, or a quantity with a unit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// A rate of the closed list of measures.
    Rate(Measure),
    /// A total, a mean or a pay gap.
    Quantity(Quantity),
}

impl Statistic {
    /// The code of the measure or quantity.
    pub const fn id(self) -> &'static str {
        match self {
            Statistic::Rate(measure) => measure.id(),
            Statistic::Quantity(quantity) => quantity.id(),
        }
    }

    /// Whether a value is a share of a whole, and so lies in [0, 1].
    pub const fn is_share(self) -> bool {
        matches!(self, Statistic::Rate(measure) if measure.is_share())
    }

    /// What a value is counted in.
    pub const fn unit(self) -> Unit {
        match self {
            Statistic::Rate(measure) if measure.is_share() => Unit::Fraction,
            Statistic::Rate(_) => Unit::Points,
            Statistic::Quantity(quantity) => quantity.unit(),
        }
    }

    /// The unit of a difference of two values.
    pub const fn unit_of_difference(self) -> Unit {
        match self.unit() {
            Unit::Fraction => Unit::Points,
            unit => unit,
        }
    }

    /// The measures whose series breaks concern it.
    pub(crate) fn questions(self) -> Vec<Measure> {
        match self {
            Statistic::Rate(measure) => vec![measure],
            Statistic::Quantity(quantity) => {
                quantity.question().map_or_else(|| vec![Measure::Density, Measure::Coverage], |m| vec![m])
            }
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
