//! The words of a plan file checked one by one, each error pointing at its place.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::plan_file::{OneOrMany, TargetEntry};
use super::target::{Level, Milestone, Target};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Measure};

/// The file that a message points into.
pub(super) struct Text<'a> {
    pub(super) name: &'a str,
    pub(super) text: Arc<str>,
}

impl Text<'_> {
    pub(super) fn wrong(&self, range: Range<usize>, message: impl Into<String>) -> Error {
        Error::plan(message).at(self.name, &self.text, range)
    }

    pub(super) fn point(&self, range: Range<usize>) -> impl Fn(Error) -> Error + '_ {
        move |e| {
            let wrong = self.wrong(range.clone(), e.message());
            match e.remedy() {
                Some(help) => wrong.help(help),
                None => wrong,
            }
        }
    }
}

pub(super) fn positive(place: &Text<'_>, given: Option<&Spanned<f64>>) -> Result<Option<f64>> {
    match given {
        Some(v) if !(v.get_ref().is_finite() && *v.get_ref() > 0.0) => {
            Err(place.wrong(v.span(), format!("the design effect {} is not a positive number", v.get_ref())))
        }
        other => Ok(other.map(|v| *v.get_ref())),
    }
}

/// Codes of a list with "each" spelled out.
pub(super) fn resolve(place: &Text<'_>, given: &Spanned<OneOrMany>, tree: &Classification) -> Result<Vec<String>> {
    let mut codes = Vec::new();
    for code in &given.get_ref().0 {
        if code == "each" {
            codes.extend(tree.each().map(|c| c.id.clone()));
        } else {
            codes.push(tree.find(code).map_err(place.point(given.span()))?.id.clone());
        }
    }
    if let Some(twice) = codes.iter().enumerate().find_map(|(i, c)| codes[..i].contains(c).then_some(c)) {
        return Err(place.wrong(given.span(), format!("`{twice}` is there twice")).help("name every code once"));
    }
    if codes.is_empty() {
        return Err(place.wrong(given.span(), format!("the list of {}s is empty", tree.kind())).help("name codes, or \"each\""));
    }
    Ok(codes)
}

/// A rate or change must be a fraction; 30 for 30 % is the usual slip.
pub(super) fn fraction(place: &Text<'_>, key: &str, given: &Spanned<f64>, lowest: f64) -> Result<f64> {
    let value = *given.get_ref();
    if value.is_finite() && (lowest..=1.0).contains(&value) {
        return Ok(value);
    }
    let wrong = place.wrong(given.span(), format!("`{key} = {value}` is not a fraction between {lowest} and 1"));
    Err(if value.abs() > 1.0 && value.abs() <= 100.0 {
        wrong.help(format!("did you mean {} ({value} per cent)?", value / 100.0))
    } else {
        wrong.help("write 0.30 for 30 %")
    })
}

pub(super) fn target(
    place: &Text<'_>,
    entry: TargetEntry,
    measure: Measure,
    source: Option<String>,
    regions: &Classification,
    sectors: &Classification,
) -> Result<Target> {
    let id = entry.id.get_ref().clone();
    let at = entry.id.span();
    let level = match (&entry.level, &entry.change, entry.unset) {
        (Some(level), None, None) => Level::Fixed(fraction(place, "level", level, if measure.is_share() { 0.0 } else { -1.0 })?),
        (None, Some(change), None) => Level::Change(fraction(place, "change", change, -1.0)?),
        (None, None, Some(words)) => Level::Unset(words),
        (None, None, None) => {
            return Err(place
                .wrong(at, format!("the target `{id}` has no number"))
                .help("give `level` or `change`, or say in `unset` what was said instead of a number"));
        }
        _ => {
            return Err(place
                .wrong(at, format!("the target `{id}` has more than one of `level`, `change` and `unset`"))
                .help("keep one"));
        }
    };
    let baseline = entry.baseline.as_ref().map(|b| *b.get_ref());
    let deadline = entry.deadline.as_ref().map(|d| *d.get_ref());
    if matches!(level, Level::Change(_)) && baseline.is_none() {
        return Err(place
            .wrong(at, format!("the target `{id}` asks for a change but has no baseline"))
            .help("add `baseline = 2012`"));
    }
    if let (Some(baseline), Some(deadline)) = (&entry.baseline, &entry.deadline)
        && deadline.get_ref() <= baseline.get_ref()
    {
        return Err(place.wrong(
            deadline.span(),
            format!("the deadline {} does not come after the baseline {}", deadline.get_ref(), baseline.get_ref()),
        ));
    }
    let mut milestones = Vec::new();
    for entry in &entry.milestones {
        let m = entry.get_ref();
        let inside = baseline.is_none_or(|b| b < m.period) && deadline.is_none_or(|d| m.period < d);
        let wrong = |message: String| place.wrong(entry.span(), message);
        if !inside {
            return Err(wrong(format!("the milestone {} does not lie between baseline and deadline", m.period)));
        }
        if m.level.is_some() == m.change.is_some() {
            return Err(wrong(format!("the milestone {} needs one of `level` and `change`", m.period)));
        }
        if m.change.is_some() && baseline.is_none() {
            return Err(wrong(format!("the milestone {} is a change but the target has no baseline", m.period)));
        }
        let value = m.level.or(m.change).unwrap_or_default();
        if !(value.is_finite() && value.abs() <= 1.0) {
            return Err(wrong(format!("the milestone {} is {value}, not a fraction", m.period)).help("write 0.30 for 30 %"));
        }
        milestones.push(Milestone { period: m.period, level: m.level, change: m.change });
    }
    if !milestones.is_empty() && (baseline.is_none() || deadline.is_none()) {
        return Err(place
            .wrong(at, format!("the target `{id}` has milestones but no path to put them on"))
            .help("give both `baseline` and `deadline`"));
    }
    milestones.sort_by_key(|m| m.period);
    if let Some(twice) = milestones.windows(2).find(|w| w[0].period == w[1].period) {
        return Err(place.wrong(at, format!("the target `{id}` has two milestones in {}", twice[0].period)));
    }
    Ok(Target {
        regions: resolve(place, &entry.region, regions)?,
        sectors: match &entry.sector {
            Some(given) => resolve(place, given, sectors)?,
            None => vec![sectors.whole().to_owned()],
        },
        id,
        title: entry.title,
        measure,
        level,
        baseline,
        deadline,
        path: entry.path,
        milestones,
        status: entry.status,
        force: entry.force,
        proposer: entry.proposer,
        reference: entry.reference,
        source,
        note: entry.note,
    })
}

/// From "unknown field `x`, expected one of `a`, `b`": the nearest of the expected.
pub(super) fn nearest_key(message: &str) -> Option<String> {
    let (given, expected) = message.strip_prefix("unknown field `")?.split_once('`')?;
    // The message has them all already.
    let said = choices(given, expected.split('`').skip(1).step_by(2));
    Some(said.split_once(" Choose one of ")?.0.to_owned())
}
