//! Measures, and the definition that travels with every number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, choices};

/// What a rate measures. Density, coverage, adjusted coverage and pay setting are different measures, never a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Union members among employees.
    Density,
    /// Employees whose pay or conditions are set by a collective agreement, among all employees.
    Coverage,
    /// Covered employees among those with the right to bargain.
    AdjustedCoverage,
    /// Employees whose pay is set with reference to a collective agreement, as employers report it.
    PaySet,
    /// Covered employees who are not members, among all employees; exists only where members are a part of the covered.
    CoveredNonmembers,
    /// Coverage minus density, signed; the answer where members are not a part of the covered.
    CoverageMinusDensity,
}

impl Measure {
    /// All measures, in the order of tables.
    pub const ALL: [Measure; 6] = [
        Measure::Density,
        Measure::Coverage,
        Measure::AdjustedCoverage,
        Measure::PaySet,
        Measure::CoveredNonmembers,
        Measure::CoverageMinusDensity,
    ];

    /// The code used in files: `density`, `coverage`, ...
    pub const fn id(self) -> &'static str {
        match self {
            Measure::Density => "density",
            Measure::Coverage => "coverage",
            Measure::AdjustedCoverage => "adjusted_coverage",
            Measure::PaySet => "pay_set",
            Measure::CoveredNonmembers => "covered_nonmembers",
            Measure::CoverageMinusDensity => "coverage_minus_density",
        }
    }

    /// The name in a heading: "union density".
    pub const fn name(self) -> &'static str {
        match self {
            Measure::Density => "union density",
            Measure::Coverage => "bargaining coverage",
            Measure::AdjustedCoverage => "adjusted bargaining coverage",
            Measure::PaySet => "pay set by collective bargaining",
            Measure::CoveredNonmembers => "covered but not a member",
            Measure::CoverageMinusDensity => "coverage minus density",
        }
    }

    /// What is counted: pay setting is a matter of jobs, everything else of workers.
    pub const fn counted(self) -> &'static str {
        match self {
            Measure::PaySet => "jobs",
            _ => "workers",
        }
    }

    /// Whether a value is a share of a whole, and so lies in [0, 1].
    pub const fn is_share(self) -> bool {
        !matches!(self, Measure::CoverageMinusDensity)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Measure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Measure::ALL
            .into_iter()
            .find(|m| m.id() == text)
            .ok_or_else(|| Error::schema(format!("`{text}` is not a measure")).help(choices(text, Measure::ALL.map(Measure::id))))
    }
}

/// What a number counts: two numbers may be subtracted only when all of this agrees but the words on missing answers.
///
/// ```
/// use undeb::{Definition, Measure};
/// let survey = Definition {
///     measure: Measure::Coverage,
///     numerator: "employees covered".into(),
///     denominator: "employees".into(),
///     universe: "employees aged 16 and over".into(),
///     respondent: "worker or proxy".into(),
///     unit: "person".into(),
///     place: "residence".into(),
///     source: "household survey".into(),
///     missing: "not stated".into(),
/// };
/// let mut employers = survey.clone();
/// employers.respondent = "employer".into();
/// let error = survey.must_equal(&employers).unwrap_err();
/// assert!(error.is_definition() && error.to_string().contains("respondent"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The measure.
    pub measure: Measure,
    /// Who is counted above the line.
    pub numerator: String,
    /// Who is counted below the line.
    pub denominator: String,
    /// Population that the source speaks of.
    pub universe: String,
    /// Who answered: worker, proxy, employer.
    pub respondent: String,
    /// What is counted: persons or jobs.
    pub unit: String,
    /// Where a worker is counted: residence or workplace.
    pub place: String,
    /// Survey or register behind the number.
    pub source: String,
    /// How missing answers were treated.
    pub missing: String,
}

impl fmt::Display for Definition {
    /// Numerator over denominator, who answered, where and from where: one line for tables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}; {}; {}; by {}", self.numerator, self.denominator, self.universe, self.unit, self.place)?;
        write!(f, "; told by {}; {}", self.respondent, self.source)
    }
}

impl Definition {
    fn fields<'a>(&'a self, other: &'a Definition) -> [(&'static str, &'a str, &'a str); 8] {
        [
            ("measure", self.measure.id(), other.measure.id()),
            ("numerator", &self.numerator, &other.numerator),
            ("denominator", &self.denominator, &other.denominator),
            ("universe", &self.universe, &other.universe),
            ("respondent", &self.respondent, &other.respondent),
            ("unit", &self.unit, &other.unit),
            ("place", &self.place, &other.place),
            ("source", &self.source, &other.source),
        ]
    }

    /// Succeeds when numbers of the two definitions may be compared.
    ///
    /// # Errors
    /// Names every field that differs, with both readings ([`Error::is_definition`]).
    pub fn must_equal(&self, other: &Definition) -> Result<()> {
        let differing: Vec<String> = self
            .fields(other)
            .into_iter()
            .filter(|(_, mine, theirs)| mine != theirs)
            .map(|(field, mine, theirs)| format!("{field} (`{mine}` against `{theirs}`)"))
            .collect();
        if differing.is_empty() {
            return Ok(());
        }
        Err(Error::definition(format!(
            "{} of {} and {} of {} measure different things: {}",
            self.measure.name(),
            self.source,
            other.measure.name(),
            other.source,
            differing.join(", ")
        ))
        .help("compare numbers of one definition, or show them side by side without subtracting"))
    }
}
