//! Quality rule sets: thresholds of statistical offices, as data.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, choices};
use crate::estimation::{Estimate, Uncertainty};
use crate::policy::Plan;
use crate::source::bundled;
use crate::survey::interval::korn_graubard;

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Unweighted persons in the category (members, covered); approximated as n p where only the base is known.
    CategoryCount,
    /// Unweighted persons in the base.
    BaseCount,
    /// Effective sample size of the base.
    EffectiveCount,
    /// Standard error over value.
    Cv,
    /// Width of the confidence interval.
    Width,
    /// Width of the confidence interval over value.
    RelativeWidth,
    /// Degrees of freedom.
    Df,
}

/// What a rule says of an estimate, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// No test of the set applies.
    Ok,
    /// Usable with some care.
    Limited,
    /// To be looked at by a statistician before use.
    Review,
    /// Low reliability.
    Low,
    /// The rule would not publish it.
    Withhold,
    /// A quantity that the rule needs is not known.
    NotAssessable,
}

impl Grade {
    /// The code used in files.
    pub const fn id(self) -> &'static str {
        match self {
            Grade::Ok => "ok",
            Grade::Limited => "limited",
            Grade::Review => "review",
            Grade::Low => "low",
            Grade::Withhold => "withhold",
            Grade::NotAssessable => "not_assessable",
        }
    }

    /// Whether a figure of this grade is marked as of low reliability.
    pub const fn is_low(self) -> bool {
        matches!(self, Grade::Low | Grade::Withhold)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    quantity: Quantity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_most: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    above: Option<f64>,
}

impl Condition {
    fn holds(&self, value: f64) -> bool {
        self.below.is_some_and(|t| value < t)
            || self.at_most.is_some_and(|t| value <= t)
            || self.at_least.is_some_and(|t| value >= t)
            || self.above.is_some_and(|t| value > t)
    }
}

/// One threshold of a rule set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Test {
    #[serde(flatten)]
    when: Condition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    and: Option<Condition>,
    /// The grade when the test applies.
    pub grade: Grade,
    /// What it means, in words.
    pub meaning: String,
}

/// A rule set: tests in order, the first that applies decides.
///
/// ```
/// let rules = undeb::RuleSet::builtin("ons-2025")?;
/// assert_eq!(rules.id, "ons-2025");
/// assert!(undeb::RuleSet::builtin("ons-2024").unwrap_err().to_string().contains("ons-2025"));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Name.
    pub id: String,
    /// Title in full.
    pub title: String,
    /// Who publishes the rule.
    pub publisher: String,
    /// Where it is written.
    pub citation: String,
    /// Address.
    #[serde(default)]
    pub url: Option<String>,
    /// What the rule was made for.
    pub applies_to: String,
    /// Kind of interval whose width is judged; Wilson's unless `korn-graubard`.
    #[serde(default)]
    pub interval: Option<String>,
    /// Unweighted count of the category under which nothing may be published, for figures not yet released.
    #[serde(default)]
    pub confidential_below: Option<f64>,
    /// The tests.
    #[serde(rename = "test")]
    pub tests: Vec<Test>,
}

/// What a rule set says of one estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// The grade.
    pub grade: Grade,
    /// The quantity judged was approximated: n p for a count of the category.
    pub approximate: bool,
    /// The figure may identify respondents.
    pub confidential: bool,
}

impl RuleSet {
    /// The bundled rule set that figures without a plan are graded by: the ONS rule for survey estimates of 2025.
    pub const DEFAULT: &str = "ons-2025";

    /// A bundled rule set.
    ///
    /// # Errors
    /// The name is not known; the message lists the choices.
    pub fn builtin(name: &str) -> Result<Self> {
        Self::from_toml(name, bundled::text("quality", "rule set", name)?)
    }

    /// The rule set of a plan: its own file (`quality/NAME.toml` beside it), else a bundled one.
    ///
    /// # Errors
    /// The file cannot be read or is not a rule set.
    pub fn of(plan: &Plan) -> Result<Self> {
        match plan.own_rules() {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|e| Error::io(format!("cannot read the rule set {}: {e}", path.display())))?;
                Self::from_toml(&path.display().to_string(), &text)
            }
            None => Self::builtin(&plan.quality),
        }
    }

    /// Reads a rule set.
    ///
    /// # Errors
    /// Not TOML, an unknown key, or a test without exactly one threshold.
    pub fn from_toml(name: &str, text: &str) -> Result<Self> {
        let rules: RuleSet = toml::from_str(text).map_err(|e| Error::schema(format!("{name}: {}", e.message())))?;
        for test in &rules.tests {
            for condition in std::iter::once(&test.when).chain(&test.and) {
                let given = [condition.below, condition.at_most, condition.at_least, condition.above];
                if given.iter().flatten().count() != 1 {
                    return Err(Error::schema(format!(
                        "{name}: a test on {:?} needs exactly one of below, at_most, at_least, above",
                        condition.quantity
                    )));
                }
            }
        }
        if let Some(kind) = rules.interval.as_deref().filter(|k| *k != "korn-graubard") {
            return Err(Error::schema(format!("{name}: unknown interval `{kind}`")).help(choices(kind, ["korn-graubard"])));
        }
        Ok(rules)
    }

    /// Grades an estimate; the tests in order, the first that applies decides.
    ///
    /// A quantity that is not known makes the estimate not assessable, except degrees of freedom, which published
    /// tables never state: that test is passed over.
    pub fn grade(&self, estimate: &Estimate, level: f64) -> Quality {
        let mut quality =
            Quality { grade: Grade::NotAssessable, approximate: false, confidential: self.is_confidential(estimate) };
        if estimate.value.is_none() {
            return quality;
        }
        for test in &self.tests {
            let mut applies = true;
            for condition in std::iter::once(&test.when).chain(&test.and) {
                match self.quantity(condition.quantity, estimate, level) {
                    Some(value) => applies &= condition.holds(value),
                    None if condition.quantity == Quantity::Df => applies = false,
                    None => return quality,
                }
                quality.approximate |= condition.quantity == Quantity::CategoryCount;
            }
            if applies {
                quality.grade = test.grade;
                return quality;
            }
        }
        quality.grade = Grade::Ok;
        quality
    }

    fn is_confidential(&self, estimate: &Estimate) -> bool {
        let counts = self.quantity(Quantity::CategoryCount, estimate, 0.95).zip(estimate.n);
        match (self.confidential_below, counts) {
            // The complement discloses as much as the category.
            (Some(threshold), Some((category, n))) => category < threshold || n - category < threshold,
            // What cannot be counted cannot be shown to be safe.
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    fn quantity(&self, quantity: Quantity, estimate: &Estimate, level: f64) -> Option<f64> {
        let p = estimate.value?;
        let width = || match (self.interval.as_deref(), estimate.uncertainty) {
            (Some(_), Uncertainty::Sampling { effective_n, .. }) => Some(korn_graubard(p, effective_n, level).width()),
            (Some(_), _) => None,
            (None, _) => estimate.interval(level).map(|i| i.width()),
        };
        match quantity {
            // A whole number of persons that division and multiplication left a hair below itself is that number.
            Quantity::CategoryCount => {
                estimate.n.map(|n| n * p).map(|c| if (c - c.round()).abs() < 1e-9 * c.max(1.0) { c.round() } else { c })
            }
            Quantity::BaseCount => estimate.n,
            Quantity::EffectiveCount => match estimate.uncertainty {
                Uncertainty::Sampling { effective_n, .. } => Some(effective_n),
                _ => None,
            },
            Quantity::Cv => estimate.se().map(|se| if p > 0.0 { se / p } else { f64::INFINITY }),
            Quantity::Width => width(),
            Quantity::RelativeWidth => width().map(|w| if p > 0.0 { w / p } else { f64::INFINITY }),
            Quantity::Df => match estimate.uncertainty {
                Uncertainty::Sampling { df, .. } => df,
                _ => None,
            },
        }
    }
}
