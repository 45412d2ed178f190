//! Sentences computed from findings: never typed, never stronger than the numbers under them.

use std::collections::BTreeSet;

use super::format::{percent, points, workers, years};
use crate::policy::{Answer, Counts, Finding, JudgedBy, Level, PolicyForce, Reason, Status, Target, TargetFindings};
use crate::schema::{Classification, Period};

/// "1 state", "51 states".
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { noun.to_owned() } else { plural(noun) };
    format!("{count} {plural}")
}

/// "2 of these 8 years have", "1 of these 3 years has".
pub(super) fn of_years(gone: f64, all: f64) -> String {
    let gone = years(gone);
    let (number, verb) = (gone.split(' ').next().unwrap_or_default(), if gone == "1 year" { "has" } else { "have" });
    format!("{number} of these {} {verb}", years(all))
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    }
}

/// "a", "a and b", "a, b and c".
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What one cell of a target is called: the level of the regions it names, or "cell" where sectors differ too.
pub fn noun(target: &Target, regions: Option<&Classification>) -> String {
    if target.sectors.len() > 1 {
        return "cell".to_owned();
    }
    let mut levels = target.regions.iter().filter_map(|r| Some(regions?.get(r)?.level.as_str()));
    let first = levels.next();
    match first {
        Some(level) if levels.all(|l| l == level) => match level {
            "member" => "member state".to_owned(),
            other => other.to_owned(),
        },
        _ => "region".to_owned(),
    }
}

/// The whole plan in one sentence, and a second one where targets have no number.
pub fn verdict(targets: &[TargetFindings], sentences: &[String]) -> String {
    let counts = Counts::of(targets.iter().flat_map(|t| &t.findings));
    let unset = targets.iter().filter(|t| matches!(t.target.level, Level::Unset(_))).count();
    let with_number = targets.len() - unset;
    let mut text = match (targets.len(), with_number) {
        (0, _) => "The plan has actions but no target.".to_owned(),
        (_, 0) => "No target of the plan has a number yet, so none can be judged.".to_owned(),
        (1, 1) => sentences[0].clone(),
        _ => format!(
            "Of {} against {}{}, {} met and {} not met{}; {}.{}",
            counted(counts.judged(), "finding"),
            counted(with_number, "target"),
            figures_of(targets).map(|when| format!(", by figures of {when}")).unwrap_or_default(),
            is_are(counts.met),
            is_are(counts.not_met),
            if is_early(targets) { " so far" } else { "" },
            untold(counts, targets),
            without_error(targets)
        ),
    };
    if unset > 0 && with_number > 0 {
        text.push_str(&format!(
            " {} {} no number yet and {} not judged.",
            counted(unset, "further target"),
            if unset == 1 { "has" } else { "have" },
            if unset == 1 { "is" } else { "are" }
        ));
    }
    let mut numbered = targets.iter().filter(|t| !matches!(t.target.level, Level::Unset(_)));
    if with_number > 0 && numbered.all(|t| t.target.status == Status::Illustrative) {
        text.push_str(if with_number == 1 {
            " The number of the target is illustrative."
        } else {
            " The numbers of the targets are illustrative."
        });
    }
    text
}

/// The periods of the figures that targets are judged by: "2014 to 2018".
fn figures_of(targets: &[TargetFindings]) -> Option<String> {
    let of = |f: &Finding| f.period.filter(|_| f.answer != Answer::Unset);
    let periods: BTreeSet<Period> = targets.iter().flat_map(|t| &t.findings).filter_map(of).collect();
    match periods.len() {
        2 => Some(format!("{} and {}", periods.first()?, periods.last()?)),
        _ => span(&periods),
    }
}

/// From the first period to the last: "2014 to 2018".
fn span(periods: &BTreeSet<Period>) -> Option<String> {
    let (first, last) = (periods.first()?, periods.last()?);
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}

/// Whether no deadline of what was judged has come with the figures.
fn is_early(targets: &[TargetFindings]) -> bool {
    let judged = |t: &TargetFindings| t.findings.iter().filter_map(|f| f.period).collect::<BTreeSet<_>>();
    let mut last = targets.iter().filter_map(|t| Some((t.target.deadline, *judged(t).last()?))).peekable();
    last.peek().is_some() && last.all(|(deadline, period)| deadline.is_some_and(|d| d > period))
}

/// That answers rest on figures without a sampling error.
fn without_error(targets: &[TargetFindings]) -> String {
    let answered = || targets.iter().flat_map(|t| &t.findings).filter(|f| matches!(f.answer, Answer::Met | Answer::NotMet));
    let by_point = answered().filter(|f| f.judged_by == JudgedBy::Point).count();
    match (by_point, answered().count()) {
        (0, _) => String::new(),
        (n, all) if n == all => " No sampling error is stated for the figures that answer.".to_owned(),
        (n, _) => format!(
            " {} of the answers {} on a figure without a stated sampling error.",
            n,
            if n == 1 { "rests" } else { "rest" }
        ),
    }
}

/// Findings without an answer: a missing figure is no figure that cannot tell.
fn untold(counts: Counts, targets: &[TargetFindings]) -> String {
    let findings = || targets.iter().flat_map(|t| &t.findings).filter(|f| f.answer == Answer::CannotTell);
    let without = findings().filter(|f| f.reason == Some(Reason::NoEvidence)).count();
    let told = counts.cannot_tell - without;
    match (told, without) {
        (_, 0) => format!("for {told} the figures cannot tell"),
        (0, _) => format!("for {without} there is no figure"),
        _ => format!("for {told} the figures cannot tell and for {without} there is no figure"),
    }
}

fn is_are(count: usize) -> String {
    format!("{count} {}", if count == 1 { "is" } else { "are" })
}

/// One target in one sentence.
pub fn target(findings: &TargetFindings, regions: Option<&Classification>, sectors: Option<&Classification>) -> String {
    match (&findings.target.level, findings.findings.as_slice()) {
        (Level::Unset(words), _) => format!("Not judged, because no number was given: {}.", words.trim_end_matches('.')),
        (_, [one]) => single(&findings.target, one, regions, sectors),
        _ if findings.target.force == PolicyForce::Trigger => trigger(findings, regions),
        _ => many(findings, regions),
    }
}

/// The cell of a finding in words: "Wales, private sector"; the region alone where it is of all sectors.
pub fn place(finding: &Finding, regions: Option<&Classification>, sectors: Option<&Classification>) -> String {
    cell(regions.map_or(&*finding.region, |r| r.name(&finding.region)), &finding.sector, sectors)
}

/// A region by its name and a sector by its code, in words.
pub(super) fn cell(region: &str, sector: &str, sectors: Option<&Classification>) -> String {
    match sectors {
        Some(tree) if sector == tree.whole() => region.to_owned(),
        Some(tree) => format!("{region}, {}", tree.name(sector).to_lowercase()),
        None => format!("{region}, {sector}"),
    }
}

/// One finding in one sentence.
pub fn single(target: &Target, finding: &Finding, regions: Option<&Classification>, sectors: Option<&Classification>) -> String {
    let place = place(finding, regions, sectors);
    let measure = target.measure.name();
    let (Some(value), Some(period), Some(level), Some(gap)) = (finding.value, finding.period, finding.level, finding.gap) else {
        return match finding.reason {
            Some(Reason::NoBaseline) => format!("{place}: there is no figure for the baseline, so the figures cannot tell."),
            Some(Reason::SeriesBreak) => {
                format!(
                    "{place}: an incomparable series break lies between baseline and latest figure, so the figures cannot tell."
                )
            }
            Some(Reason::Withheld) => format!("{place}: the figure is withheld by the release rules."),
            _ if target.source.is_none() => {
                format!("{place}: the plan names no source of figures for {measure} here, so nothing can be told.")
            }
            _ => format!("{place}: the source has no figure of {measure} here, so nothing can be told; others may exist."),
        };
    };
    let answer = match (finding.answer, finding.judged_by) {
        (Answer::CannotTell, _) => "within sampling error of it, so the figures cannot tell".to_owned(),
        (answer, judged_by) => {
            let beyond = match judged_by {
                JudgedBy::Interval => "beyond sampling error",
                _ => "judged by the point alone, as no sampling error is stated",
            };
            let words = match (answer, target.force) {
                (Answer::Met, PolicyForce::Target) => "met",
                (_, PolicyForce::Target) => "not met",
                (Answer::Met, PolicyForce::Trigger) => "the duty does not arise",
                (_, PolicyForce::Trigger) => "the duty arises",
            };
            format!("{words}, {beyond}")
        }
    };
    let distance = if finding.at_line {
        format!("exactly at the level of {}", percent(level))
    } else if gap.value > 0.0 {
        format!("{} short of {}", distance(gap.value), percent(level))
    } else {
        format!("{} above {}", distance(-gap.value), percent(level))
    };
    format!("{place}: {measure} was {} in {period}, {distance}: {answer}.", percent(value))
}

/// A distance that is not nothing never reads as nothing.
fn distance(difference: f64) -> String {
    match points(difference) {
        text if text == "0.0 points" => "less than 0.1 points".to_owned(),
        text => text,
    }
}

/// What answers may claim: sampling error only where they were judged by it.
fn beyond(findings: &TargetFindings) -> &'static str {
    let judged_by = |by| findings.findings.iter().any(|f| f.judged_by == by);
    match (judged_by(JudgedBy::Interval), judged_by(JudgedBy::Point)) {
        (true, false) => " beyond sampling error",
        (true, true) => " beyond sampling error where one is stated",
        (false, _) => "",
    }
}

fn many(findings: &TargetFindings, regions: Option<&Classification>) -> String {
    let counts = findings.counts();
    let noun = noun(&findings.target, regions);
    let beyond = beyond(findings);
    let text = format!(
        "Met in {} of {} and not met in {}{beyond}; in {} the figures cannot tell.",
        counts.met,
        counted(counts.judged(), &noun),
        counts.not_met,
        counts.cannot_tell
    );
    format!("{text}{}", hold_among_all(findings, regions))
}

/// Most names of a list in a sentence.
const NAMES: usize = 8;

/// The cells whose answer holds among all findings of the plan, by name.
fn hold_among_all(findings: &TargetFindings, regions: Option<&Classification>) -> String {
    let named = |answer: Answer| -> Vec<&str> {
        let holds = findings.findings.iter().filter(|f| f.among_all.is_some_and(|a| a.answer == answer));
        holds.map(|f| regions.map_or(&*f.region, |r| r.name(&f.region))).collect()
    };
    let said: Vec<String> = [("met", named(Answer::Met)), ("not met", named(Answer::NotMet))]
        .into_iter()
        .filter(|(_, names)| !names.is_empty() && names.len() <= NAMES)
        .map(|(word, names)| format!("{word} in {}", listed(&names)))
        .collect();
    // Where sectors differ too, the name of a region does not name a cell.
    match said.is_empty() || findings.target.sectors.len() > 1 {
        true => String::new(),
        false => format!(" What holds among all findings together: {}.", said.join("; ")),
    }
}

fn trigger(findings: &TargetFindings, regions: Option<&Classification>) -> String {
    let counts = findings.counts();
    let level = match findings.target.level {
        Level::Fixed(level) => percent_short(level),
        _ => "the line".to_owned(),
    };
    let noun = noun(&findings.target, regions);
    let mut text = format!(
        "{} of {} stood below {level}{}, where the duty arises; {} did not",
        counts.not_met,
        counted(counts.judged(), &noun),
        figures_of(std::slice::from_ref(findings)).map(|when| format!(" by figures of {when}")).unwrap_or_default(),
        counts.met,
    );
    let at_line = |met: bool| -> Vec<&str> {
        let there = findings.findings.iter().filter(|f| f.at_line && (f.answer == Answer::Met) == met);
        there.map(|f| regions.map_or(&*f.region, |r| r.name(&f.region))).collect()
    };
    if !at_line(true).is_empty() {
        text.push_str(&format!(", among them {}, exactly at the line", listed(&at_line(true))));
    }
    if counts.cannot_tell > 0 {
        text.push_str(&format!("; for {} the figures cannot tell", counts.cannot_tell));
        if !at_line(false).is_empty() {
            text.push_str(&format!(", among them {}, exactly at the line", listed(&at_line(false))));
        }
    }
    text.push('.');
    text
}

/// When the figures of a target are from and what they are judged by, where a reader would not guess it.
pub fn basis(findings: &TargetFindings) -> Option<String> {
    // The sentence of a single finding has both.
    if findings.findings.len() == 1 {
        return None;
    }
    let point = findings.findings.iter().any(|f| f.judged_by == JudgedBy::Point);
    let when = span(&findings.findings.iter().filter_map(|f| f.period).collect())?;
    point.then(|| match findings.target.force {
        // The sentence of a trigger has the periods.
        PolicyForce::Trigger => "No sampling error is stated, so the figure alone decides.".to_owned(),
        PolicyForce::Target => {
            format!("The figures are of {when}; no sampling error is stated, so the figure alone decides.")
        }
    })
}

/// A level without needless decimals: "80%", "32.9%".
fn percent_short(level: f64) -> String {
    percent(level).replace(".0%", "%")
}

/// What the shortfall amounts to in workers, and what chance alone would show at the level of the intervals; none where it
/// is not known for every cell that is short.
pub fn shortfall(findings: &TargetFindings, regions: Option<&Classification>, level: f64) -> Option<String> {
    let short: Vec<&Finding> = findings.findings.iter().filter(|f| f.gap.is_some_and(|g| g.value > 0.0)).collect();
    let total: Option<f64> = short.iter().map(|f| f.gap.and_then(|g| g.workers)).sum();
    // A single cell has its own sentence.
    let total = total.filter(|t| *t >= 50.0 && findings.findings.len() > 1)?;
    let workers_or_jobs = findings.target.measure.counted();
    let one = short.len() == 1;
    let text = format!(
        "Taking the figures as they stand, {} {} below the level and {} short of it by {} {workers_or_jobs}{}.",
        counted(short.len(), &noun(&findings.target, regions)),
        if one { "lies" } else { "lie" },
        if one { "is" } else { "are" },
        workers(total),
        if one { "" } else { " together" }
    );
    Some(text + &by_chance(findings, regions, workers_or_jobs, level).unwrap_or_default())
}

/// What chance alone would show as a shortfall, were every cell exactly at its level: positive parts of errors add up.
///
/// Formula: `sum N s / sqrt(2 pi)`, with `s` the standard error of a gap and `N` the employees of its cell.
fn by_chance(findings: &TargetFindings, regions: Option<&Classification>, people: &str, level: f64) -> Option<String> {
    let each = findings.findings.iter().map(|f| {
        let gap = f.gap?;
        let interval = gap.interval?;
        let z = 2.0 * crate::survey::distribution::normal_quantile(0.5 + level / 2.0);
        let employees = (gap.value != 0.0).then(|| gap.workers.map(|w| w / gap.value))??;
        Some(employees * (interval.high - interval.low) / z / (2.0 * std::f64::consts::PI).sqrt())
    });
    let all: Option<f64> = each.sum();
    let noun = noun(&findings.target, regions);
    Some(format!(
        " Chance alone would show about {} {people}, were every {noun} exactly at its level: only shortfalls are added up.",
        workers(all?)
    ))
}
