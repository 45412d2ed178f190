//! The plan file as it is written: TOML keys with their places, before anything is known to be right.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::action::{Action, Day};
use super::explanation::{DecompositionEntry, PrioritiesEntry};
use super::path::PathShape;
use super::plan_outlook::{ProjectionSection, TrendSection};
use super::target::{PolicyForce, Reference, Status};
use crate::schema::Period;

/// A plan of targets for union density and bargaining coverage.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "undeb plan")]
pub(super) struct PlanFile {
    /// What the plan is and which figures it is held against.
    pub(super) plan: Head,
    /// How the level behind the figures is taken to move.
    #[serde(default)]
    pub(super) trend: Option<TrendSection>,
    /// How the trend is carried on to the deadlines.
    #[serde(default)]
    pub(super) projection: Option<ProjectionSection>,
    /// The targets.
    #[serde(default, rename = "target")]
    pub(super) targets: Vec<TargetEntry>,
    /// The actions.
    #[serde(default, rename = "action")]
    pub(super) actions: Vec<Action>,
    /// Why a rate moved.
    #[serde(default)]
    pub(super) decomposition: Option<DecompositionEntry>,
    /// Where effort would count.
    #[serde(default)]
    pub(super) priorities: Option<PrioritiesEntry>,
}

/// What the plan is and which figures it is held against.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// Short name, used in file names.
    pub(super) id: String,
    /// Title of the report.
    pub(super) title: String,
    /// Two or three sentences that say what the plan is.
    #[serde(default)]
    pub(super) summary: Option<String>,
    /// Source of the figures, a name of the registry.
    #[schemars(with = "String")]
    pub(super) source: Spanned<String>,
    /// Registry file beside the plan, for sources of your own.
    #[serde(default)]
    pub(super) registry: Option<String>,
    /// Measures that the report carries.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) measures: Vec<Spanned<String>>,
    /// Regions that the report carries; all when left out.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub(super) regions: Option<Spanned<OneOrMany>>,
    /// Sectors that the report carries; all when left out.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub(super) sectors: Option<Spanned<OneOrMany>>,
    /// Confidence level, 0.95 when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub(super) level: Option<Spanned<f64>>,
    /// Quality rule set.
    #[schemars(with = "String")]
    pub(super) quality: Spanned<String>,
    /// Period to judge; the latest of each cell when left out.
    #[serde(default)]
    pub(super) period: Option<Period>,
    /// Day on which actions are late or not; today when left out.
    #[serde(default)]
    pub(super) as_of: Option<Day>,
    /// What is assumed where the source states nothing.
    #[serde(default)]
    pub(super) assumptions: AssumptionEntry,
}

/// What is assumed where the source states nothing.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssumptionEntry {
    /// Design effect for an approximate sampling error from the unweighted sample.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub(super) design_effect: Option<Spanned<f64>>,
    /// Correlation of two estimates of one cell in different periods, through people who answered in both; 0 when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub(super) overlap_correlation: Option<Spanned<f64>>,
    /// Years over which the observed pace is measured; 5 when left out.
    #[serde(default)]
    #[schemars(with = "Option<u32>")]
    pub(super) pace_window: Option<Spanned<u32>>,
    /// Why these values.
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// One target. Exactly one of `level`, `change` and `unset` is given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetEntry {
    /// Name within the plan.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// Title in full.
    pub(super) title: String,
    /// density, coverage, adjusted_coverage, pay_set, covered_nonmembers or coverage_minus_density.
    #[schemars(with = "String")]
    pub(super) measure: Spanned<String>,
    /// A region code, a list of them, or "each".
    #[schemars(with = "OneOrMany")]
    pub(super) region: Spanned<OneOrMany>,
    /// A sector code, a list of them, or "each"; "all" when left out.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub(super) sector: Option<Spanned<OneOrMany>>,
    /// The rate to be reached, as a fraction: 0.30 is 30 %.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub(super) level: Option<Spanned<f64>>,
    /// The change from the baseline to be reached, as a fraction: 0.05 is five points.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub(super) change: Option<Spanned<f64>>,
    /// What was said instead of a number.
    #[serde(default)]
    pub(super) unset: Option<String>,
    /// Period that changes and paths start from.
    #[serde(default)]
    #[schemars(with = "Option<Period>")]
    pub(super) baseline: Option<Spanned<Period>>,
    /// When the level is to be reached.
    #[serde(default)]
    #[schemars(with = "Option<Period>")]
    pub(super) deadline: Option<Spanned<Period>>,
    /// Shape of the path; linear when left out.
    #[serde(default)]
    pub(super) path: PathShape,
    /// Levels on the way.
    #[serde(default)]
    #[schemars(with = "Vec<MilestoneEntry>")]
    pub(super) milestones: Vec<Spanned<MilestoneEntry>>,
    /// How firm the target is.
    pub(super) status: Status,
    /// Whether the level is a target or triggers a duty.
    #[serde(default)]
    pub(super) force: PolicyForce,
    /// Who said it.
    #[serde(default)]
    pub(super) proposer: Option<String>,
    /// Where it is written.
    #[serde(default)]
    pub(super) reference: Option<Reference>,
    /// Source of the evidence if it is not the plan's; "none" where no source is known.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) source: Option<Spanned<String>>,
    /// What a reader must know.
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// A level on the way. Exactly one of `level` and `change` is given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MilestoneEntry {
    /// When.
    pub(super) period: Period,
    /// A rate, as a fraction.
    #[serde(default)]
    pub(super) level: Option<f64>,
    /// A change from the baseline, as a fraction.
    #[serde(default)]
    pub(super) change: Option<f64>,
}

/// One text or a list of them.
pub(super) struct OneOrMany(pub(super) Vec<String>);

impl JsonSchema for OneOrMany {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A code, a list of codes, or \"each\".",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
        })
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrList;
        impl<'de> Visitor<'de> for TextOrList {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a code or a list of codes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut codes = Vec::new();
                while let Some(code) = seq.next_element()? {
                    codes.push(code);
                }
                Ok(OneOrMany(codes))
            }
        }
        deserializer.deserialize_any(TextOrList)
    }
}
