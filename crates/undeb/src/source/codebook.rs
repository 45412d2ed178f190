//! Codebooks: what the variables of a survey mean, as data.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bundled;
use super::coded::Key;
use super::design_options::{DesignOptions, Replication};
use super::pay::PayColumn;
use super::replicate_columns::ReplicateColumns;
use super::second_stage::SecondStage;
use super::tier::Tier;
use crate::error::{Error, Result, choices};
use crate::schema::{Measure, Period, SeriesBreak};

/// A value in a rule: a number, a text, a range such as "1-5", or "null" for an empty cell.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Value {
    Number(i64),
    Text(String),
}

impl Value {
    /// Whether a cell has this value; `None` is an empty cell.
    fn holds(&self, cell: Option<&Key>) -> bool {
        match (self, cell) {
            (Value::Text(text), None) => text == "null",
            (Value::Number(_), None) => false,
            (Value::Number(number), Some(Key::Number(n))) => number == n,
            (Value::Number(number), Some(Key::Text(t))) => t.parse() == Ok(*number),
            (Value::Text(text), Some(key)) => {
                let own = key.to_string();
                *text == own || range(text).zip(own.parse::<i64>().ok()).is_some_and(|((a, b), n)| a <= n && n <= b)
            }
        }
    }
}

/// "1-5" as its ends; a minus sign in front is no range.
fn range(text: &str) -> Option<(i64, i64)> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '-')?.0;
    Some((text[..at].trim().parse().ok()?, text[at + 1..].trim().parse().ok()?))
}

/// A rule: when every variable has one of its values, the answer is `is`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    when: BTreeMap<String, Vec<Value>>,
    pub(crate) is: String,
}

impl Rule {
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.when.keys().map(String::as_str)
    }

    /// Whether the rule applies to cells that are found by variable.
    pub(crate) fn applies<'a>(&self, cell: impl Fn(&str) -> Option<&'a Key>) -> bool {
        self.when.iter().all(|(variable, values)| {
            let cell = cell(variable);
            values.iter().any(|v| v.holds(cell))
        })
    }
}

/// A variable whose values stand for codes of a classification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Axis {
    pub(crate) variable: String,
    codes: BTreeMap<String, String>,
    #[serde(default)]
    missing: Vec<Value>,
}

impl Axis {
    /// The code of a cell: some code, nothing known, or an error that the caller words.
    pub(crate) fn code(&self, cell: Option<&Key>) -> std::result::Result<Option<&str>, ()> {
        if self.missing.iter().any(|v| v.holds(cell)) || cell.is_none() {
            return Ok(None);
        }
        self.codes
            .iter()
            .find(|(value, _)| Value::Text((*value).clone()).holds(cell))
            .map(|(_, code)| Some(code.as_str()))
            .ok_or(())
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodColumns {
    pub(crate) year: String,
    #[serde(default)]
    pub(crate) quarter: Option<String>,
    #[serde(default)]
    pub(crate) month: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeightColumns {
    pub(crate) variables: Vec<String>,
    #[serde(default)]
    pub(crate) months: bool,
    #[serde(default)]
    #[allow(dead_code)]
    note: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DesignNames {
    #[serde(default)]
    pub(crate) strata: Vec<String>,
    #[serde(default)]
    pub(crate) psu: Vec<String>,
    #[serde(default = "yes")]
    pub(crate) nested: bool,
    #[serde(default)]
    pub(crate) person: Option<String>,
    #[serde(default)]
    pub(crate) fpc: Option<String>,
    #[serde(default)]
    pub(crate) second_stage: Option<SecondStage>,
    #[serde(default)]
    replicates: Option<ReplicateColumns>,
    pub(crate) tier: Tier,
    #[serde(default)]
    #[allow(dead_code)]
    note: Option<String>,
}

fn yes() -> bool {
    true
}

/// When a question was asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Availability {
    role: String,
    #[serde(default)]
    from: Option<i32>,
    #[serde(default)]
    until: Option<i32>,
    #[serde(default)]
    quarters: Vec<u8>,
    #[serde(default)]
    note: String,
}

/// What the variables of a survey mean: membership, coverage, scope, sector, region, weight, design, period.
///
/// ```
/// let book = undeb::Codebook::builtin("gss")?;
/// assert_eq!(book.survey, "General Social Survey");
/// assert!(undeb::Codebook::builtin("gsss").unwrap_err().to_string().contains("did you mean `gss`"));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codebook {
    /// Name.
    pub id: String,
    /// Title in full.
    pub title: String,
    /// Name of the survey.
    pub survey: String,
    /// Who runs it.
    pub publisher: String,
    /// How to cite it.
    pub citation: String,
    /// Address, where there is one.
    #[serde(default)]
    pub url: Option<String>,
    /// Terms of use.
    pub terms: String,
    /// What is counted: `person` or `job`.
    pub unit: String,
    /// Population.
    pub universe: String,
    /// Who answers.
    pub respondent: String,
    /// Residence or workplace.
    pub place: String,
    /// How missing answers are coded and treated.
    pub missing: String,
    /// Whether the questions make every member a covered worker.
    #[serde(default)]
    pub members_within_covered: bool,
    /// What the survey cannot give.
    #[serde(default)]
    pub cannot: Vec<String>,
    /// Where the codes are written down.
    #[serde(default)]
    pub references: Vec<String>,
    /// What else a reader must know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Classification of regions.
    pub regions: String,
    /// Classification of sectors.
    pub sectors: String,
    /// Classification of industries, where there is one.
    #[serde(default)]
    pub industries: Option<String>,
    pub(crate) period: PeriodColumns,
    pub(crate) weight: WeightColumns,
    pub(crate) design: DesignNames,
    pub(crate) scope: Vec<Rule>,
    #[serde(default)]
    pub(crate) member: Vec<Rule>,
    #[serde(default)]
    pub(crate) covered: Vec<Rule>,
    #[serde(default)]
    pub(crate) sector: Option<Axis>,
    #[serde(default)]
    pub(crate) region: Option<Axis>,
    #[serde(default)]
    pub(crate) industry: Option<Axis>,
    /// What people are paid, where the survey asks; an extract may leave it out.
    #[serde(default)]
    pub pay: Option<PayColumn>,
    #[serde(default)]
    available: Vec<Availability>,
    /// Series breaks.
    #[serde(default, rename = "break")]
    pub breaks: Vec<SeriesBreak>,
}

impl Codebook {
    /// A bundled codebook.
    ///
    /// # Errors
    /// The name is not known; the message lists the choices.
    pub fn builtin(name: &str) -> Result<Self> {
        Self::from_toml(name, bundled::text("codebooks", "codebook", name)?)
    }

    /// Names of the bundled codebooks.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        bundled::names("codebooks")
    }

    /// Reads a codebook.
    ///
    /// # Errors
    /// Not TOML, an unknown key, or an answer that is not one of its role's.
    pub fn from_toml(name: &str, text: &str) -> Result<Self> {
        let book: Codebook = toml::from_str(text).map_err(|e| {
            let wrong = Error::schema(e.message().to_owned());
            match e.span() {
                Some(span) => wrong.at(name, &text.into(), span),
                None => wrong.context(name.to_owned()),
            }
        })?;
        for (role, rules, allowed) in [
            ("scope", &book.scope, &["in", "out", "missing"][..]),
            ("member", &book.member, &["yes", "no", "missing", "not_asked"]),
            ("covered", &book.covered, &["yes", "no", "missing", "not_asked"]),
        ] {
            if let Some(rule) = rules.iter().find(|r| !allowed.contains(&r.is.as_str())) {
                return Err(Error::schema(format!("{name}: a rule of `{role}` answers `{}`", rule.is))
                    .help(choices(&rule.is, allowed.iter().copied())));
            }
        }
        let (strata, psu) = (!book.design.strata.is_empty(), !book.design.psu.is_empty());
        let tells = match book.design.tier {
            Tier::StrataAndClusters => strata && psu,
            Tier::Clusters => psu && !strata,
            Tier::HouseholdClusters => psu,
            Tier::Strata => strata && !psu,
            Tier::AssumedDesignEffect | Tier::WeightsOnly => !strata && !psu,
            Tier::Replicates => book.design.replicates.is_some(),
        };
        if !tells {
            return Err(Error::schema(format!(
                "{name}: the tier is `{}`, which strata, psu and replicates do not bear out",
                book.design.tier.name()
            ))
            .help("name the variables of the design, or a weaker tier"));
        }
        Ok(book)
    }

    /// The measures that the survey has questions for.
    pub fn measures(&self) -> Vec<Measure> {
        let mut measures = Vec::new();
        if !self.member.is_empty() {
            measures.push(Measure::Density);
        }
        if !self.covered.is_empty() {
            measures.push(Measure::Coverage);
        }
        measures
    }

    /// The role of a measure and the rules that answer it; none where the survey has no such question.
    pub(crate) fn rules(&self, measure: Measure) -> (&'static str, &[Rule]) {
        match measure {
            Measure::Density => ("member", &self.member),
            Measure::Coverage => ("covered", &self.covered),
            _ => ("that", &[]),
        }
    }

    /// Why a measure has no answers in a period, where its question was not asked then.
    pub(crate) fn not_asked(&self, measure: Measure, period: Period) -> Option<String> {
        let (year, quarter) = (period.calendar_year(), period.quarter());
        let outside = |a: &&Availability| {
            a.from.is_some_and(|f| year < f)
                || a.until.is_some_and(|u| year > u)
                || quarter.is_some_and(|q| !a.quarters.is_empty() && !a.quarters.contains(&q))
        };
        let role = self.rules(measure).0;
        let a = self.available.iter().filter(|a| a.role == role).find(outside)?;
        Some(format!("`{}` did not ask for {measure} in {period}: {}", self.id, a.note))
    }

    /// When each question was asked, in words: "member: from 1995, quarters 4; the note".
    pub fn asked(&self) -> impl Iterator<Item = String> {
        self.available.iter().map(|a| {
            let quarters = a.quarters.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
            let when = [
                a.from.map(|year| format!("from {year}")),
                a.until.map(|year| format!("until {year}")),
                (!quarters.is_empty()).then(|| format!("quarters {quarters}")),
            ];
            format!("{}: {}; {}", a.role, when.into_iter().flatten().collect::<Vec<_>>().join(", "), a.note)
        })
    }

    /// What errors of the survey stand on, where its user says no more.
    pub fn tier(&self) -> Tier {
        if self.design.replicates.is_some() { Tier::Replicates } else { self.design.tier }
    }

    /// The options of a user, with the replicate weights of the survey where the user names none.
    pub(crate) fn options(&self, given: DesignOptions) -> DesignOptions {
        let own = || self.design.replicates.clone().map(Replication::Columns);
        DesignOptions { replication: given.replication.or_else(own), ..given }
    }

    /// The columns of a file that are read.
    pub(crate) fn columns(&self, options: &DesignOptions, there: &[&str]) -> Result<Vec<String>> {
        options.with_columns(self.required().into_iter(), &self.variables(), there)
    }

    /// Whether weights and design can be told from a part of the records.
    pub(crate) fn comes_in_parts(&self) -> bool {
        let design = &self.design;
        !self.weight.months && design.person.is_none() && design.fpc.is_none() && design.second_stage.is_none()
    }

    /// Variables without which records cannot be read; weights have substitutes, and breakdowns may be left out.
    pub fn required(&self) -> Vec<&str> {
        let rules = self.scope.iter().chain(&self.member).chain(&self.covered).flat_map(Rule::variables);
        let month = self.period.month.as_deref().filter(|_| self.weight.months);
        let second = self.design.second_stage.iter().flat_map(SecondStage::columns);
        let named = self.design.person.iter().chain(&self.design.fpc);
        let design = self.design.strata.iter().chain(&self.design.psu).chain(named).map(String::as_str).chain(second);
        std::iter::once(self.period.year.as_str()).chain(month).chain(design).chain(rules).collect()
    }

    /// Every variable that the codebook reads, those that a file may lack included.
    pub fn variables(&self) -> Vec<&str> {
        let mut all = self.required();
        all.extend(self.period.quarter.iter().chain(&self.period.month).map(String::as_str));
        all.extend(self.weight.variables.iter().map(String::as_str));
        all.extend([&self.sector, &self.region, &self.industry].into_iter().flatten().map(|a| a.variable.as_str()));
        all.extend(self.pay.iter().flat_map(PayColumn::columns));
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_hold_for_numbers_texts_ranges_and_empty_cells() {
        let text = |t: &str| Value::Text(t.to_owned());
        let key = |t: &str| Key::Text(t.into());
        assert!(Value::Number(1).holds(Some(&Key::Number(1))) && Value::Number(1).holds(Some(&key("1"))));
        assert!(text("1-5").holds(Some(&Key::Number(5))) && !text("1-5").holds(Some(&Key::Number(6))));
        assert!(text("-9").holds(Some(&Key::Number(-9))) && text("-9--7").holds(Some(&Key::Number(-8))));
        assert!(text("null").holds(None) && !text("null").holds(Some(&Key::Number(0))) && !Value::Number(0).holds(None));
        assert!(text("A").holds(Some(&key("A"))));
    }
}
