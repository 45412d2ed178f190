//! Sentences on where the figures of many cells are going: how many, never which way the most.

use super::format::{percent, points, probability};
use super::outlook_words::{FAR, across, overdue, single};
use super::report::Report;
use super::wording::{counted, listed, noun};
use crate::policy::{Day, Detectable, Level, Outlook, Pace, TargetFindings, Trend, TrendModel};
use crate::schema::{Classification, Period};
use crate::survey::interval::Interval;

/// From this probability on, and down to its complement, counts speak of "at least" and "at most".
const LIKELY: f64 = 0.9;

impl Report {
    /// Where all findings that have a projection are going, in one sentence; none where the plan asks for none.
    pub fn ahead(&self) -> Option<String> {
        let findings = self.targets().iter().flat_map(|t| &t.findings);
        let chances: Vec<f64> =
            findings.filter_map(|f| f.outlook.as_ref()).filter(|o| !o.fan.is_empty()).filter_map(|o| o.met_at).collect();
        let (likely, unlikely) = extremes(&chances);
        match chances.as_slice() {
            [] => None,
            [one] => Some(format!(
                "If the trend goes on, the target is met at its deadline with a probability of {}.",
                probability(*one)
            )),
            all => Some(format!(
                "If the trends go on, {} of the {} findings {} likely (90% or more) to be where the target asks at its deadline, and {} unlikely (10% or less); tests of such projections are under Methods.",
                none(likely),
                all.len(),
                if likely < 2 { "is" } else { "are" },
                match unlikely {
                    0 => "none is".to_owned(),
                    1 => "1 is".to_owned(),
                    n => format!("{n} are"),
                }
            )),
        }
    }
}

/// A count that is said as a word where it is nothing.
fn none(count: usize) -> String {
    if count == 0 { "none".to_owned() } else { count.to_string() }
}

/// How many probabilities are 90% or more, and 10% or less, as they print.
fn extremes(chances: &[f64]) -> (usize, usize) {
    const PRINTED: f64 = 0.005;
    let likely = chances.iter().filter(|p| **p >= LIKELY - PRINTED).count();
    (likely, chances.iter().filter(|p| **p <= 1.0 - LIKELY + PRINTED).count())
}

/// What the past of many cells says of their future.
pub(super) fn many(findings: &TargetFindings, regions: Option<&Classification>, as_of: Day) -> Vec<String> {
    let outlooks: Vec<&Outlook> = findings.findings.iter().filter_map(|f| f.outlook.as_deref()).collect();
    if outlooks.is_empty() {
        return Vec::new();
    }
    let noun = noun(&findings.target, regions);
    let latest = findings.findings.iter().filter_map(|f| f.period).max();
    let mut said: Vec<String> = latest.and_then(|latest| overdue(&findings.target, latest, as_of)).into_iter().collect();
    let chances: Vec<f64> = outlooks.iter().filter_map(|o| o.met_at).collect();
    let without = findings.findings.len() - chances.len();
    if let (false, Some(deadline)) = (chances.is_empty(), findings.target.deadline) {
        let (likely, unlikely) = extremes(&chances);
        let reached = match (&findings.target.level, findings.target.baseline) {
            (Level::Change(by), Some(from)) if *by == 0.0 => format!("the rate is no lower than its trend stood in {from}"),
            (Level::Change(by), Some(from)) if *by > 0.0 => {
                format!("the rate is at least {} above its trend of {from}", points(*by))
            }
            (Level::Change(by), Some(from)) => format!("the rate is no more than {} below its trend of {from}", points(-by)),
            _ => "the level is met".to_owned(),
        };
        let start = match outlooks.iter().all(|o| o.fan.is_empty()) {
            true => format!("The deadline has passed; by the trends, in {deadline} {reached}"),
            false => format!("If each trend goes on, in {deadline} {reached}"),
        };
        let between = match chances.len() - likely - unlikely {
            0 => String::new(),
            n => format!("; in the other {n} it lies between"),
        };
        // The tests say so of the private sector and of all sectors, five years ahead and more.
        let public = findings.target.sectors.iter().all(|s| s == "public");
        let far = findings.findings.iter().filter_map(|f| f.period).max().is_some_and(|p| deadline.years_since(p) >= FAR);
        let tested = if unlikely > 0 && far && !public {
            " In tests on the states of the United States probabilities that low came true more often than they say (see Methods)."
        } else {
            ""
        };
        said.push(format!(
            "{start} with a probability of 90% or more in {} of {}, and of 10% or less in {}{between}.{tested}",
            none(likely),
            counted(chances.len(), &noun),
            none(unlikely)
        ));
    }
    if without > 0 {
        let why: std::collections::BTreeSet<&str> = outlooks.iter().filter_map(|o| o.missing.as_deref()).collect();
        let why = match why.into_iter().collect::<Vec<_>>().as_slice() {
            [one] => format!(": {one}"),
            _ => String::new(),
        };
        said.push(format!("For {} nothing can be projected{why}.", counted(without, &noun)));
    }
    said.extend(many_paces(&outlooks, &noun));
    let follow = outlooks.iter().filter(|o| o.trend().is_some_and(Trend::errors_follow)).count();
    if follow > 0 {
        said.push(format!(
            "In {} of {} the errors of one-step predictions follow each other, so intervals may be too narrow; report.json has the reasons for each.",
            follow,
            counted(outlooks.len(), &noun)
        ));
    }
    said.extend(odd(&outlooks));
    said.extend(across(&outlooks));
    said.extend(many_told(&outlooks, &noun));
    said
}

/// What the past of the whole says of its future, where a target asks the same of many cells; empty without one.
pub fn whole(findings: &TargetFindings, as_of: Day) -> Vec<String> {
    let Some((whole, outlook)) = findings.whole.as_ref().and_then(|w| Some((w, w.outlook.as_ref()?))) else { return Vec::new() };
    let mut said = single(&findings.target, whole, outlook, as_of);
    said.extend(odd(&[outlook]));
    said
}

/// Figures and jumps that do not fit the trends, by place.
fn odd(outlooks: &[&Outlook]) -> Option<String> {
    const NAMED: usize = 6;
    let trends = || outlooks.iter().filter_map(|o| o.trend());
    let jumps = trends().flat_map(|t| t.jumps().iter().map(|o| format!("a jump of {} in {}", t.place(), o.period)));
    let apart = trends().flat_map(|t| t.outliers().iter().map(|o| format!("the figure of {} in {}", t.place(), o.period)));
    let all: Vec<String> = jumps.chain(apart).collect();
    let (named, more) = all.split_at(all.len().min(NAMED));
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    match more.len() {
        _ if all.is_empty() => None,
        0 => Some(format!("What does not fit the trends: {}.", listed(&named))),
        n => Some(format!("What does not fit the trends: {}, and {n} more; report.json has them.", named.join(", "))),
    }
}

/// Which way the trends and the straight lines of the last figures point.
fn many_paces(outlooks: &[&Outlook], noun: &str) -> Option<String> {
    let directions = |of: &dyn Fn(&Outlook) -> Option<Pace>| {
        let intervals: Vec<Interval> = outlooks.iter().filter_map(|o| of(o)?.interval).collect();
        let (up, down) = (intervals.iter().filter(|i| i.low > 0.0).count(), intervals.iter().filter(|i| i.high < 0.0).count());
        (up, down, intervals.len())
    };
    let (up, down, all) = directions(&|o| o.pace);
    if all == 0 {
        return None;
    }
    let steady: Vec<Period> =
        outlooks.iter().filter(|o| o.model == Some(TrendModel::Drift)).filter_map(|o| Some(o.pace?.from)).collect();
    let steady = match steady.first() {
        Some(first) if steady.iter().all(|p| p == first) => {
            format!(" (in {} steady in log odds since {first})", steady.len())
        }
        _ => String::new(),
    };
    let mut text = match (down, up) {
        (0, 0) => format!("In none of {} can the direction of the trend{steady} be told.", counted(all, noun)),
        _ => format!(
            "In {down} of {} the whole interval of the trend’s slope{steady} lies below zero, in {up} above.",
            counted(all, noun)
        ),
    };
    let (up, down, lines) = directions(&|o| o.line_pace);
    if lines > 0 {
        let disagree = outlooks.iter().filter(|o| o.paces_disagree);
        let (all, higher) = disagree.fold((0, 0), |(all, higher), o| {
            let up = o.line_pace.zip(o.pace).is_some_and(|(line, trend)| line.per_year > trend.per_year);
            (all + 1, higher + usize::from(up))
        });
        text.push_str(&match (down, up) {
            (0, 0) => " Nor can the direction of the straight line through the last figures alone be told in any.".to_owned(),
            _ => {
                format!(" That of the straight line through the last figures alone lies below zero in {down} and above in {up}.")
            }
        });
        if all > 0 {
            let higher = if higher == all { "all of them".to_owned() } else { higher.to_string() };
            text.push_str(&format!(" In {all} the line disagrees with the trend, and is the higher of the two in {higher}."));
        }
    }
    Some(text)
}

fn many_told(outlooks: &[&Outlook], noun: &str) -> Option<String> {
    let mut smallest: Vec<f64> = outlooks.iter().filter_map(|o| Some(o.detectable?.smallest)).collect();
    smallest.sort_by(f64::total_cmp);
    let d = outlooks.iter().find_map(|o| o.detectable)?;
    let asks = outlooks.iter().any(|o| o.detectable.is_some_and(|d| d.asks_change()));
    let (least, middle, most) = (smallest.first()?, smallest[smallest.len() / 2], smallest.last()?);
    let mut text = format!(
        "In the median {noun} a true change since {} of less than {} would be missed with a probability above {}; that limit runs from {} to {}.",
        d.from,
        points(middle),
        percent(1.0 - d.power).replace(".0%", "%"),
        points(*least),
        points(*most)
    );
    if !asks {
        // A level below the start asks for nothing, and bears a fall.
        let bears = outlooks.iter().any(|o| o.detectable.is_some_and(|d| d.bears_fall()));
        let nothing = if bears { "no rise" } else { "no change" };
        text.push_str(&format!(" The target asks for {nothing}, so a smaller shortfall may go unseen."));
        let rises: Vec<Detectable> = outlooks.iter().filter_map(|o| o.rise).filter(|r| r.asks_change()).collect();
        let told = rises.iter().filter(|r| r.path_from.is_some()).count();
        if !rises.is_empty() {
            text.push_str(&format!(
                " Of {} that need a rise from the latest figure, that rise could be told by the deadline in {}.",
                counted(rises.len(), noun),
                none(told)
            ));
        }
    }
    Some(text)
}
