//! Sentences on why a rate moved, on findings taken together and on actions: never stronger than their numbers.

use super::format::{percent, signed_hundredths, workers};
use super::wording::{counted, listed};
use crate::estimation::{Amount, Contribution, Decomposition, EffectOf, ErrorBasis, Grouping, SplitForm};
use crate::policy::{Action, Counts, Day};
use crate::schema::{Classification, Measure};
use crate::survey::distribution::{normal_cdf, normal_quantile};
use crate::survey::interval::Interval;
use crate::survey::testing::{Adjustment, adjusted};

/// The code trees that names are taken from.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// Regions.
    pub regions: &'a Classification,
    /// Sectors.
    pub sectors: &'a Classification,
}

impl Names<'_> {
    pub(super) fn place(self, region: &str, sector: &str) -> String {
        super::wording::cell(self.regions.name(region), sector, Some(self.sectors))
    }

    /// The sector that all cells share, where it is not the whole.
    pub(super) fn one_sector<'b>(self, mut sectors: impl Iterator<Item = &'b str>) -> String {
        match sectors.next() {
            Some(first) if first != self.sectors.whole() && sectors.all(|s| s == first) => {
                format!(", {}", self.sectors.name(first).to_lowercase())
            }
            _ => String::new(),
        }
    }

    /// What one cell is called.
    pub(super) fn noun(self, by: &[String]) -> String {
        match by {
            [one] if one == "region" => {
                self.regions.each().next().map_or("region", |c| c.level.as_str()).replace("member", "member state")
            }
            [one] => one.clone(),
            _ => "cell".to_owned(),
        }
    }

    /// "state and sector", "state alone".
    fn grouping(self, by: &[String]) -> String {
        let names: Vec<String> = by.iter().map(|b| self.noun(std::slice::from_ref(b))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        listed(&names)
    }
}

pub(super) fn level_words(level: f64) -> String {
    format!("{} interval", percent(level).replace(".0%", "%"))
}

/// A signed amount with its interval, and whether that leaves zero out.
fn amount(a: &Amount) -> String {
    let value = format!("{} points", signed_hundredths(a.value));
    match a.interval {
        Some(i) if covers_zero(i) => {
            format!("{value} ({} to {}, so that it may be nothing)", signed_hundredths(i.low), signed_hundredths(i.high))
        }
        Some(i) => format!("{value} ({} to {})", signed_hundredths(i.low), signed_hundredths(i.high)),
        None => value,
    }
}

fn covers_zero(i: Interval) -> bool {
    i.low <= 0.0 && i.high >= 0.0
}

/// Those above the line of a measure.
fn those_counted(measure: Measure) -> &'static str {
    match measure {
        Measure::Density => "members",
        Measure::PaySet => "jobs with pay set by agreement",
        Measure::CoveredNonmembers => "covered workers who are not members",
        _ => "covered workers",
    }
}

/// Why a rate moved, sentence by sentence.
pub fn moved(d: &Decomposition, names: Names<'_>) -> Vec<String> {
    let mut said = vec![change(d, names), numbers(d), effects(d, names)];
    said.extend(depends(d, names));
    said.push(largest(d));
    if !d.carried.is_empty() {
        let cells: Vec<String> = d.carried.iter().map(|(name, period)| format!("{name} in {period}")).collect();
        said.push(format!("Cells without workers keep their rate of the other period: {}.", cells.join("; ")));
    }
    said.push(match d.errors {
        ErrorBasis::Joint => format!("Errors are {}s from the joint covariance of all cells and both periods.", level_words(d.level)),
        ErrorBasis::Published { correlation } => format!(
            "Errors are {}s that take the cells as independent, their numbers of workers as known, and the correlation of the two periods as {correlation}: the errors of the weights are not known, so composition has none.",
            level_words(d.level)
        ),
        ErrorBasis::None { without } => {
            format!("No errors can be given: {} no sampling error, and any part may be chance.", has(without, "rate"))
        }
    });
    said
}

pub(super) fn has(count: usize, noun: &str) -> String {
    format!("{} {}", counted(count, noun), if count == 1 { "has" } else { "have" })
}

fn change(d: &Decomposition, names: Names<'_>) -> String {
    let place = names.place(&d.region, &d.sector);
    let start = format!(
        "{place}: {} was {} in {} and {} in {}",
        d.measure.name(),
        percent(d.whole[0]),
        d.from,
        percent(d.whole[1]),
        d.to
    );
    format!("{start}, a change of {}.", amount(&d.change))
}

/// Members fell, the rate rose: what the numbers themselves did.
fn numbers(d: &Decomposition) -> String {
    let side = |name: &str, of: [f64; 2]| {
        let by = of[1] - of[0];
        if workers(by) == "0" {
            return format!("{name} hardly changed in number");
        }
        let verb = if by < 0.0 { "fell" } else { "rose" };
        format!("{name} {verb} by {} ({})", workers(by.abs()), percent((by / of[0]).abs()))
    };
    let base = if d.measure == Measure::PaySet { "jobs" } else { "employees" };
    let (top, bottom) = (side(those_counted(d.measure), d.counted), side(base, d.workers));
    let (up, down) = (d.counted[1] > d.counted[0], d.workers[1] < d.workers[0]);
    // What may be nothing has no cause.
    let told = d.change.interval.is_none_or(|i| !covers_zero(i));
    let faster = match (up, down, d.change.value > 0.0) {
        _ if !told => String::new(),
        (false, true, true) => format!("; the rate rose because {base} fell faster"),
        (true, false, false) => format!("; the rate fell because {base} rose faster"),
        _ => String::new(),
    };
    let mut text = format!("{top}, {bottom}{faster}.");
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn effect_name(of: &EffectOf, cells: &str, names: Names<'_>) -> String {
    let one = |by: &String| names.noun(std::slice::from_ref(by));
    match of {
        EffectOf::Rate => format!("the rates inside the {cells} gave"),
        EffectOf::Composition => format!("the mix of employment over the {cells}, the composition, gave"),
        EffectOf::Interaction => "both moving at once gave".to_owned(),
        EffectOf::Share { of, within } if within.is_empty() => format!("the weights by {} gave", one(of)),
        EffectOf::Share { of, within } => {
            let within: Vec<String> = within.iter().map(one).collect();
            format!("the weights by {} within {} gave", one(of), within.join(" and "))
        }
    }
}

fn effects(d: &Decomposition, names: Names<'_>) -> String {
    let cells = counted(d.cells.len(), &names.noun(&d.by));
    // The rate first: it is what readers take the whole change for.
    let mut order: Vec<usize> = (0..d.effects.len()).collect();
    order.sort_by_key(|&i| d.effects[i].of != EffectOf::Rate);
    let parts: Vec<String> = order
        .iter()
        .map(|&i| {
            format!(
                "{} {}",
                effect_name(&d.effects[i].of, if i == order[0] { &cells } else { "cells" }, names),
                amount(&d.effects[i].amount)
            )
        })
        .collect();
    let from = if d.form == SplitForm::Interaction { ", each moving alone from the first period" } else { "" };
    format!("Split by {}{from}: {}.", names.grouping(&d.by), parts.join("; "))
}

/// The split under coarser groupings; none where there is only one.
fn depends(d: &Decomposition, names: Names<'_>) -> Option<String> {
    let (own, coarser) = d.groupings.split_first()?;
    if coarser.is_empty() {
        return None;
    }
    let each: Vec<String> = coarser
        .iter()
        .map(|g| {
            format!(
                "by {} alone it is {} of rate and {} of composition",
                names.grouping(&g.by),
                signed_hundredths(g.rate),
                signed_hundredths(g.composition)
            )
        })
        .collect();
    // A sign turns for a reader where both amounts print as other than nothing.
    let opposed = |a: f64, b: f64| a * b < 0.0 && a.abs().min(b.abs()) >= 5e-5;
    let turns = |g: &Grouping| opposed(g.composition, own.composition) || opposed(g.rate, own.rate);
    let turned = if coarser.iter().any(turns) { ", and a sign turns" } else { "" };
    Some(format!("The split depends on the grouping{turned}: {}.", each.join("; ")))
}

fn largest(d: &Decomposition) -> String {
    let told = |c: &&Contribution| c.total.interval.is_some_and(|i| !covers_zero(i));
    let top: Vec<String> =
        d.cells.iter().take(3).map(|c| format!("{} ({} points)", c.name, signed_hundredths(c.total.value))).collect();
    let top: Vec<&str> = top.iter().map(String::as_str).collect();
    let mut text = format!("The largest contributions are those of {}", listed(&top));
    if d.change.interval.is_some() {
        let sure = d.cells.iter().filter(told).count();
        text.push_str(&format!("; {sure} of {} differ from zero beyond their intervals, each looked at alone", d.cells.len()));
        if let Some(together) = together_of(d) {
            text.push_str(&format!(", and {together} looked at together (Benjamini and Hochberg)"));
        }
    }
    text.push('.');
    text
}

/// How many contributions differ from zero when all are looked at together; none where the intervals are not normal ones.
fn together_of(d: &Decomposition) -> Option<usize> {
    let z = normal_quantile(0.5 + d.level / 2.0);
    let p_value = |c: &Contribution| {
        let i = c.total.interval?;
        let se = (i.high - i.low) / (2.0 * z);
        (se > 0.0).then(|| 2.0 * normal_cdf(-(c.total.value / se).abs()))
    };
    matches!(d.errors, ErrorBasis::Published { .. }).then(|| {
        let p: Vec<Option<f64>> = d.cells.iter().map(p_value).collect();
        adjusted(&p, Adjustment::BenjaminiHochberg).into_iter().flatten().filter(|p| *p <= 1.0 - d.level).count()
    })
}

/// How many actions are past their due date, in a sentence; none where none is.
pub fn overdue(actions: &[Action], on: Day) -> Option<String> {
    let late = actions.iter().filter(|a| a.is_overdue(on)).count();
    let of = counted(actions.len(), "action");
    (late > 0).then(|| format!("{late} of {of} {} past the due date.", if late == 1 { "is" } else { "are" }))
}

/// What holds when all findings are looked at together; none where no interval decided anything.
pub fn together(alone: Counts, together: Counts, level: f64) -> Option<String> {
    let decided = alone.met + alone.not_met;
    if decided == 0 || together.met + together.not_met == 0 && alone.cannot_tell == 0 {
        return None;
    }
    Some(format!(
        "Looked at one by one, {} {} met and {} not met. Looked at together, so that of the answers given no more than {} are expected to be wrong, {} {} met and {} not met; for {} the figures cannot tell.",
        counted(alone.met, "finding"),
        if alone.met == 1 { "is" } else { "are" },
        alone.not_met,
        percent(1.0 - level).replace(".0%", "%"),
        together.met,
        if together.met == 1 { "is" } else { "are" },
        together.not_met,
        together.cannot_tell
    ))
}

/// Which actions serve a target, and which of them are late; none where the plan has no actions.
pub fn served(target: &str, actions: &[Action], on: Day) -> Option<String> {
    if actions.is_empty() {
        return None;
    }
    let serving: Vec<&Action> = actions.iter().filter(|a| a.targets.iter().any(|t| t == target)).collect();
    if serving.is_empty() {
        return Some("No action of the plan is tied to this target.".to_owned());
    }
    let late: Vec<&Action> = serving.iter().copied().filter(|a| a.is_overdue(on)).collect();
    let undated = serving.iter().filter(|a| a.due.is_none()).count();
    let name = |a: &Action| {
        let due = a.due_text.clone().or_else(|| a.due.map(|d| d.to_string()));
        let due = due.map(|d| format!(", due {d}")).unwrap_or_default();
        format!("{} ({}{due})", a.action, a.state)
    };
    let is = |n: usize| if n == 1 { "is" } else { "are" };
    let all = |of: &[&Action]| join(of.iter().map(|a| name(a)));
    let tied = format!("{} {} tied to this target: {}.", counted(serving.len(), "action"), is(serving.len()), all(&serving));
    let overdue = match late.len() {
        0 => String::new(),
        n => format!(" {n} {} past the due date: {}.", is(n), all(&late)),
    };
    let without = match undated {
        0 => String::new(),
        1 if serving.len() == 1 => " It has no date to be held to.".to_owned(),
        n if n == serving.len() => " None of them has a date to be held to.".to_owned(),
        n => format!(" {n} {} no date to be held to.", if n == 1 { "has" } else { "have" }),
    };
    Some(format!("{tied}{overdue}{without}"))
}

/// "a, b and c" of items made on the way.
pub(super) fn join(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    listed(&items.iter().map(String::as_str).collect::<Vec<_>>())
}
