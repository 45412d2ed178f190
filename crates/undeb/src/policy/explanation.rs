//! What a plan asks beyond met or not: why a rate moved, which cells are lowest, and where effort would count.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::finding::TargetFindings;
use super::plan_check::{Text, fraction, resolve};
use super::plan_file::OneOrMany;
use super::priorities::{Priorities, PriorityOptions};
use super::smallest_set::Smallest;
use super::target::{Level, Target};
use crate::error::{Error, Result, choices};
use crate::estimation::{DecomposeOptions, Decomposition, Estimates, RankOptions, Ranking, SplitForm};
use crate::schema::{Classification, Measure, Period};

/// Why a rate moved: a change split into the rates and the weights of its cells.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecompositionEntry {
    /// density, coverage, pay_set or covered_nonmembers.
    #[schemars(with = "String")]
    measure: Spanned<String>,
    /// Changes to split.
    #[schemars(with = "Vec<ChangeEntry>")]
    changes: Spanned<Vec<Spanned<ChangeEntry>>>,
    /// Groupings that make the cells: "region", "sector".
    #[schemars(with = "Vec<String>")]
    by: Spanned<Vec<String>>,
    /// two-factors, interaction or nested; two-factors when left out.
    #[serde(default)]
    form: SplitForm,
    /// Region whose change it is; the whole when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<Spanned<OneOrMany>>,
    /// Sector whose change it is; the whole when left out.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    sector: Option<Spanned<OneOrMany>>,
}

/// One change.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeEntry {
    /// First period.
    from: Period,
    /// Second period.
    to: Period,
}

/// Where effort would count for one target.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PrioritiesEntry {
    /// Id of the target whose gap is to be closed.
    #[schemars(with = "String")]
    target: Spanned<String>,
    /// Groupings that make the cells: "region", "sector".
    #[schemars(with = "Vec<String>")]
    by: Spanned<Vec<String>>,
    /// The rate that a cell would move to, as a fraction: 0.10 is 10 %.
    #[schemars(with = "f64")]
    rate: Spanned<f64>,
    /// The most that a cell can rise in a year, as a fraction: 0.005 is half a point. No limit when left out.
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    cap: Option<Spanned<f64>>,
    /// What makes a set of cells small: "cells" or "workers"; cells when left out.
    #[serde(default)]
    smallest: Smallest,
    /// How many cells count as the lowest and highest; 5 when left out.
    #[serde(default)]
    #[schemars(with = "Option<usize>")]
    among: Option<Spanned<usize>>,
}

/// A change that a plan wants to be explained.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeToExplain {
    /// What is measured.
    pub measure: Measure,
    /// The changes.
    pub changes: Vec<(Period, Period)>,
    /// How to split them.
    pub options: DecomposeOptions,
}

impl ChangeToExplain {
    pub(super) fn new(
        place: &Text<'_>,
        entry: DecompositionEntry,
        measure: impl Fn(&str) -> Result<Measure>,
        (regions, sectors): (&Classification, &Classification),
        (level, correlation): (f64, f64),
    ) -> Result<Self> {
        let measure = measure(entry.measure.get_ref()).map_err(place.point(entry.measure.span()))?;
        if !measure.is_share() {
            return Err(place
                .wrong(entry.measure.span(), format!("{measure} is a difference of rates and cannot be decomposed"))
                .help("decompose each of the two rates"));
        }
        let by = groupings(place, &entry.by)?;
        if entry.form == SplitForm::Nested && by.len() < 2 {
            return Err(place
                .wrong(entry.by.span(), "a nested decomposition by one grouping is the one by two factors")
                .help("give two groupings, the outer first, or leave `form` out"));
        }
        let mut changes = Vec::new();
        for change in entry.changes.get_ref() {
            let ChangeEntry { from, to } = *change.get_ref();
            if from >= to {
                return Err(place
                    .wrong(change.span(), format!("the change from {from} to {to} does not go forward"))
                    .help("put the earlier period first"));
            }
            changes.push((from, to));
        }
        if changes.is_empty() {
            return Err(place
                .wrong(entry.changes.span(), "there is no change to decompose")
                .help("write changes = [{ from = 2019, to = 2020 }]"));
        }
        let one = |given: Option<&Spanned<OneOrMany>>, tree: &Classification| -> Result<Option<String>> {
            let Some(given) = given else { return Ok(None) };
            match resolve(place, given, tree)?.as_slice() {
                [code] => Ok(Some(code.clone())),
                _ => Err(place.wrong(given.span(), format!("one {} is decomposed at a time", tree.kind())).help("name one code")),
            }
        };
        let region = one(entry.region.as_ref(), regions)?;
        let sector = one(entry.sector.as_ref(), sectors)?;
        Ok(ChangeToExplain {
            measure,
            changes,
            options: DecomposeOptions { by, form: entry.form, region, sector, level, correlation },
        })
    }

    pub(super) fn explain(&self, estimates: &Estimates) -> Result<Vec<Decomposition>> {
        let one = |(from, to): &(Period, Period)| estimates.decompose(self.measure, *from, *to, &self.options);
        self.changes.iter().map(|change| one(change).map_err(|e| e.context("[decomposition]"))).collect()
    }
}

/// Groupings as a plan may name them.
fn groupings(place: &Text<'_>, given: &Spanned<Vec<String>>) -> Result<Vec<String>> {
    let by = given.get_ref();
    if let Some(unknown) = by.iter().find(|b| !["region", "sector"].contains(&b.as_str())) {
        return Err(place
            .wrong(given.span(), format!("`{unknown}` is not a grouping of published figures"))
            .help(choices(unknown, ["region", "sector"])));
    }
    if by.is_empty() || by.iter().enumerate().any(|(i, b)| by[..i].contains(b)) {
        return Err(place
            .wrong(given.span(), "the groupings are empty or name one twice")
            .help("write by = [\"region\", \"sector\"]"));
    }
    Ok(by.clone())
}

impl PriorityOptions {
    pub(super) fn new(place: &Text<'_>, entry: PrioritiesEntry, targets: &[Target]) -> Result<Self> {
        let Some(target) = targets.iter().find(|t| t.id == *entry.target.get_ref()) else {
            return Err(place
                .wrong(
                    entry.target.span(),
                    format!("the priorities are for the target `{}`, which is not in the plan", entry.target.get_ref()),
                )
                .help(choices(entry.target.get_ref(), targets.iter().map(|t| t.id.as_str()))));
        };
        let why = match (&target.level, &target.source) {
            (Level::Unset(_), _) => Some("has no number, and so no gap"),
            (_, None) => Some("has no source of figures"),
            _ if !target.measure.is_share() => Some("is for a difference of rates"),
            _ => None,
        };
        if let Some(why) = why {
            return Err(place
                .wrong(entry.target.span(), format!("the target `{}` {why}", target.id))
                .help("name a target with a level and figures"));
        }
        let rate = fraction(place, "rate", &entry.rate, 0.0)?;
        let cap = match &entry.cap {
            None => None,
            Some(cap) if *cap.get_ref() <= 0.0 => {
                return Err(place
                    .wrong(cap.span(), format!("`cap = {}` lets no cell rise", cap.get_ref()))
                    .help("write 0.005 for half a point a year, or leave it out"));
            }
            Some(cap) if target.deadline.is_none() => {
                return Err(place
                    .wrong(cap.span(), format!("a cap on the pace needs a deadline, and the target `{}` has none", target.id))
                    .help("give the target a deadline, or leave the cap out"));
            }
            Some(cap) => Some(fraction(place, "cap", cap, 0.0)?),
        };
        let among = match &entry.among {
            Some(k) if *k.get_ref() == 0 => {
                return Err(place.wrong(k.span(), "`among = 0` is no selection").help("give 1 or more"));
            }
            Some(k) => *k.get_ref(),
            None => 5,
        };
        let by = groupings(place, &entry.by)?;
        Ok(PriorityOptions { target: Some(target.id.clone()), by, rate, cap, smallest: entry.smallest, among })
    }

    /// Whether this is the target whose gap is to be closed.
    pub fn is_for(&self, target: &Target) -> bool {
        self.target.as_ref() == Some(&target.id)
    }

    pub(super) fn explain(&self, targets: &[TargetFindings], estimates: &Estimates, level: f64) -> Result<(Priorities, Ranking)> {
        let findings = targets.iter().find(|t| self.is_for(&t.target)).ok_or_else(|| {
            let named = self.target.as_deref().unwrap_or_default();
            Error::plan(format!("the priorities are for the target `{named}`, which is not in the plan"))
        })?;
        let priorities = Priorities::of(self, findings, estimates, level)?;
        let codes = |dimension: &str, otherwise: &str| match self.by.iter().position(|b| b == dimension) {
            None => vec![otherwise.to_owned()],
            Some(i) => {
                let mut codes: Vec<String> = Vec::new();
                for cell in &priorities.cells {
                    if !codes.iter().any(|c| **c == *cell.codes[i]) {
                        codes.push(cell.codes[i].to_string());
                    }
                }
                codes
            }
        };
        let options = RankOptions {
            regions: codes("region", &priorities.region),
            sectors: codes("sector", &priorities.sector),
            period: Some(priorities.period),
            among: self.among.min(priorities.cells.len().saturating_sub(1)),
            level,
        };
        let ranking = estimates.rank(priorities.measure, &options)?;
        Ok((priorities, ranking))
    }
}

/// What was found beyond met or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Explanations {
    /// Why rates moved.
    pub decompositions: Vec<Decomposition>,
    /// Where effort would count.
    pub priorities: Option<Priorities>,
    /// The cells of the priorities in order of their rates.
    pub ranking: Option<Ranking>,
}
