//! Sentences on where the figures are going: computed, and never stronger than the probabilities under them.

use super::format::{percent, points, probability, signed_pace, workers};
use super::wording::{counted, noun};
use crate::policy::{
    Day, Detectable, Employment, Finding, Level, Outlook, OutlookOptions, Pace, Standing, Target, TargetFindings, Trend,
    TrendModel,
};
use crate::schema::{Classification, Period};
use crate::survey::interval::Interval;

/// From this probability on, and down to its complement, counts speak of "at least" and "at most".
const LIKELY: f64 = 0.9;

/// An interval of shares: "4.1% to 6.0%".
pub fn between(i: Interval) -> String {
    format!("{} to {}", percent(i.low), percent(i.high))
}

/// The first period in which the level is met: "2034 (2028 to after 2052)", "not by 2052", "already in 2022".
pub fn first_met(outlook: &Outlook) -> Option<String> {
    first_met_with(outlook, "")
}

/// The year of the last figure, and the last one of the simulated paths.
fn simulated(outlook: &Outlook) -> Option<(Period, i32)> {
    let last = outlook.projection()?.from();
    Some((last, last.calendar_year() + outlook.first_met?.within as i32))
}

/// The same, with words that say what the range is.
fn first_met_with(outlook: &Outlook, range: &str) -> Option<String> {
    let (first, (last, until)) = (outlook.first_met?, simulated(outlook)?);
    let year = |p: Option<Period>| match p {
        Some(p) if p == last => format!("already in {p}"),
        Some(p) => p.to_string(),
        None => format!("after {until}"),
    };
    let (early, median, late) = (year(first.early), year(first.median), year(first.late));
    // What no path shows is no year: half of them are not there by the end of the simulation.
    let never = format!("not by {until}");
    Some(match (first.early, first.median) {
        (None, _) => never,
        (Some(_), None) => format!("{never} (a tenth {}{early})", if early.starts_with("already") { "" } else { "by " }),
        _ if early == late => median,
        // The middle is as early as the tenth: what is left to say is how late the rest are.
        _ if early == median => match first.late {
            Some(late) => format!("{median} (nine tenths by {late})"),
            None => format!("{median} (nine tenths {never})"),
        },
        _ => format!("{median} ({early} to {late}{range})"),
    })
}

/// How a milestone stands, in a word or two.
pub const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Ahead => "at or above",
        Standing::On => "on the path",
        Standing::Behind => "behind",
        Standing::CannotTell => "cannot tell",
    }
}

/// What the past says of a target's future, in sentences; empty where the plan asks for no outlook or the target has no
/// number.
pub fn target(findings: &TargetFindings, regions: Option<&Classification>, as_of: Day) -> Vec<String> {
    if let Level::Unset(_) = findings.target.level {
        return Vec::new();
    }
    match findings.findings.as_slice() {
        [one] => one.outlook.as_ref().map(|outlook| single(&findings.target, one, outlook, as_of)).unwrap_or_default(),
        _ => many(findings, regions, as_of),
    }
}

/// A pace with its interval: "−0.10 points a year (−0.26 to +0.06)".
fn pace_words(pace: Pace) -> String {
    let range = pace.interval.map(|i| format!(" ({} to {})", signed_pace(i.low), signed_pace(i.high))).unwrap_or_default();
    format!("{} points a year{range}", signed_pace(pace.per_year))
}

/// What a probability is of: "at or above 15.0%", "no lower than the trend stood in 2012 (7.5%)".
fn goal_words(target: &Target, finding: &Finding, outlook: &Outlook) -> String {
    match (&target.level, outlook.anchor.zip(target.baseline)) {
        (Level::Change(by), Some((anchor, from))) if *by == 0.0 => {
            format!("no lower than the trend stood in {from} ({})", percent(anchor))
        }
        (Level::Change(by), Some((anchor, from))) => {
            let side = if *by > 0.0 { "above" } else { "below" };
            let most = if *by > 0.0 { "at least" } else { "no more than" };
            format!("{most} {} {side} the trend of {from} ({})", points(by.abs()), percent(anchor))
        }
        _ => format!("at or above {}", finding.level.map(percent).unwrap_or_default()),
    }
}

/// What the past of one cell says of its future.
pub fn single(target: &Target, finding: &Finding, outlook: &Outlook, as_of: Day) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(missing) = &outlook.missing {
        said.push(format!("Nothing can be said of where this is going: {missing}."));
    }
    let line = outlook.line_pace.map(|line| {
        let otherwise = if outlook.paces_disagree { ", which disagrees with the trend" } else { "" };
        format!("the straight line through the figures since {} moves by {}{otherwise}", line.from, pace_words(line))
    });
    if let Some(pace) = outlook.pace {
        let slope = match outlook.model {
            Some(TrendModel::Drift) => format!("The trend, steady in log odds since {}, in {}", pace.from, pace.to),
            _ => format!("The trend, whose slope changes, in {}", pace.to),
        };
        let line = line.map(|line| format!("; {line}")).unwrap_or_default();
        said.push(format!("{slope} moves by {}{line}.", pace_words(pace)));
    } else if let (Some(_), Some(line)) = (outlook.model, line) {
        said.push(format!("The trend has no slope; {line}."));
    }
    said.extend(needed(target, finding, outlook, as_of));
    let goal = goal_words(target, finding, outlook);
    if let (Some(last), Some(at), Some(by)) = (outlook.fan.last(), outlook.met_at, outlook.met_by) {
        said.push(format!(
            "If the trend goes on, the rate would be about {} in {}, with four chances in five between {}; such ranges have held fewer figures than they claim (see Methods).",
            percent(last.median),
            last.period,
            between(last.most).replace(" to ", " and ")
        ));
        said.push(format!(
            "The probability of being {goal} in {} is {}; that of having been there by then is {}.",
            last.period,
            probability(at),
            probability(by)
        ));
    } else if let (Some(at), Some(deadline)) = (outlook.met_at, target.deadline) {
        said.push(format!(
            "The deadline of {deadline} has passed; by the trend the rate was then {goal} with a probability of {}.",
            probability(at)
        ));
    }
    said.extend(half_way(outlook));
    let needed = outlook.fan.last().and_then(|f| Some((f.period, f.workers_needed?))).filter(|(_, w)| *w >= 50.0);
    if let Some(((until, more), from)) = needed.zip(finding.period) {
        let employment = outlook.projection().map(|p| format!(", with {}", p.options().employment.words()));
        said.push(format!(
            "Meeting the level in {until} takes {} more {} than in {from}{}.",
            workers(more),
            target.measure.counted(),
            employment.unwrap_or_default()
        ));
    }
    said.extend(told(outlook));
    said
}

/// By when half of the simulated paths have been there, or how few ever are.
fn half_way(outlook: &Outlook) -> Option<String> {
    let (first, (last, until)) = (outlook.first_met?, simulated(outlook)?);
    Some(match (first.early, first.median) {
        (None, _) => format!("Fewer than a tenth of the simulated paths are there by {until}."),
        (Some(early), None) => {
            let tenth = if early == last { "were already in" } else { "are by" };
            format!("Fewer than half of the simulated paths are there by {until}; a tenth {tenth} {early}.")
        }
        _ => format!("Half of the simulated paths are first there: {}.", first_met_with(outlook, " in four paths of five")?),
    })
}

/// The pace that is needed from the latest figure on, and from the day of the report where years have gone since.
fn needed(target: &Target, finding: &Finding, outlook: &Outlook, as_of: Day) -> Option<String> {
    let required = outlook.required.filter(|r| r.per_year > 0.0)?;
    let (deadline, period) = (target.deadline?, finding.period?);
    let more = required.workers_per_year.filter(|w| *w >= 50.0);
    let more = more.map(|w| format!(", or {} more {} a year", workers(w), target.measure.counted())).unwrap_or_default();
    let (years, gone) = (deadline.years_since(period), f64::from(as_of.year() - period.calendar_year()));
    let late = if gone >= 2.0 && years > gone {
        format!(
            "; {gone:.0} of these {years:.0} years have gone, and if the rate is still that of {period} it takes {} points a year from {} on",
            signed_pace(required.per_year * years / (years - gone)),
            as_of.year()
        )
    } else {
        String::new()
    };
    Some(format!("From {period} to {deadline}, {} points a year are needed{more}{late}.", signed_pace(required.per_year)))
}

/// What change could be told at all.
pub fn told(outlook: &Outlook) -> Option<String> {
    let d = outlook.detectable?;
    let missed = percent(1.0 - d.power).replace(".0%", "%");
    let smallest = format!(
        "A true change since {} of less than {} would be missed with a probability above {missed}",
        d.from,
        points(d.smallest)
    );
    if d.asks_change() {
        let asked = points(d.asked.abs());
        return Some(match d.path_from {
            Some(first) => {
                format!("{smallest}; the target asks for {asked}, so being on the path could be told from {first} on.")
            }
            None => {
                format!("{smallest}; the target asks for {asked} in all, too little to be told with figures as precise as these.")
            }
        });
    }
    let rise = outlook.rise.filter(|r| r.asks_change()).map(|r| {
        let asked = points(r.asked);
        match r.path_from {
            Some(first) => {
                format!(" On the straight way from {} to the level the rise of {asked} could be told from {first} on.", r.from)
            }
            None => format!(
                " On the straight way from {} to the level the rise of {asked} is too little to be told with figures as precise as these.",
                r.from
            ),
        }
    });
    Some(format!("{smallest}; the target asks for no change, so a smaller shortfall may go unseen.{}", rise.unwrap_or_default()))
}

fn many(findings: &TargetFindings, regions: Option<&Classification>, as_of: Day) -> Vec<String> {
    let outlooks: Vec<&Outlook> = findings.findings.iter().filter_map(|f| f.outlook.as_deref()).collect();
    if outlooks.is_empty() {
        return Vec::new();
    }
    let noun = noun(&findings.target, regions);
    let mut said = Vec::new();
    let chances: Vec<f64> = outlooks.iter().filter_map(|o| o.met_at).collect();
    let without = findings.findings.len() - chances.len();
    if let (false, Some(deadline)) = (chances.is_empty(), findings.target.deadline) {
        let likely = chances.iter().filter(|p| **p >= LIKELY).count();
        let unlikely = chances.iter().filter(|p| **p <= 1.0 - LIKELY).count();
        let reached = match (&findings.target.level, findings.target.baseline) {
            (Level::Change(by), Some(from)) if *by == 0.0 => format!("the rate is no lower than its trend stood in {from}"),
            _ => "the level is met".to_owned(),
        };
        let start = match outlooks.iter().all(|o| o.fan.is_empty()) {
            true => format!("The deadline has passed; by the trends, in {deadline} {reached}"),
            false => format!("If each trend goes on, in {deadline} {reached}"),
        };
        said.push(format!(
            "{start} with a probability of 90% or more in {likely} of {}, and of 10% or less in {unlikely}; in the other {} it lies between.",
            counted(chances.len(), &noun),
            chances.len() - likely - unlikely
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
    said.extend(many_told(&outlooks, &noun));
    if let Some((whole, outlook)) = findings.whole.as_ref().and_then(|w| Some((w, w.outlook.as_ref()?))) {
        said.push("All together, though not itself a target:".to_owned());
        said.extend(single(&findings.target, whole, outlook, as_of));
    }
    said
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
    let mut text = format!(
        "In {down} of {} the whole interval of the trend’s slope{steady} lies below zero, in {up} above.",
        counted(all, noun)
    );
    let (up, down, lines) = directions(&|o| o.line_pace);
    if lines > 0 {
        let disagree = outlooks.iter().filter(|o| o.paces_disagree);
        let (all, higher) = disagree.fold((0, 0), |(all, higher), o| {
            let up = o.line_pace.zip(o.pace).is_some_and(|(line, trend)| line.per_year > trend.per_year);
            (all + 1, higher + usize::from(up))
        });
        text.push_str(&format!(
            " That of the straight line through the last figures alone lies below zero in {down} and above in {up}."
        ));
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
        text.push_str(" The target asks for no change, so a smaller shortfall may go unseen.");
        let rises: Vec<Detectable> = outlooks.iter().filter_map(|o| o.rise).filter(|r| r.asks_change()).collect();
        let told = rises.iter().filter(|r| r.path_from.is_some()).count();
        if !rises.is_empty() {
            text.push_str(&format!(
                " Of {} that need a rise from the latest figure, that rise could be told by the deadline in {told}.",
                counted(rises.len(), noun)
            ));
        }
    }
    Some(text)
}

/// What trends and projections assume.
pub fn assumptions(options: &OutlookOptions, level: f64) -> Vec<String> {
    let supplied = if options.employees.is_empty() { "" } else { ", and as the plan supplies them where it does" };
    let mut said = vec![
        "A projection carries on how the figures have moved; it knows nothing of laws, budgets or actions to come.".to_owned(),
        "Ranges of a projection are of the trend; the figure of a survey varies more.".to_owned(),
        "Such projections are less sure than they say, and err to one side: of figures of the states of the United States ten years ahead, intervals that were to hold 80 % held 72 % over five sectors, with 20 % of the figures above them and 8 % below, and 67 % of density over all sectors; in the private sector they held 60 % of density and 55 % of coverage, with 38 and 44 % above. Low probabilities there have been too low, and the last figure was nearer than the trend (see the backtest in the documentation of undeb).".to_owned(),
        format!(
            "Probabilities count in sampling error, the moves of the trend and that the size of those moves is not known. Workers needed are counted with {}{supplied}.",
            options.employment.words()
        ),
        format!(
            "A change is called one that could be told where a test at {} finds it with a probability of {}, with figures to come as precise as the latest.",
            percent(level).replace(".0%", "%"),
            percent(options.power).replace(".0%", "%")
        ),
    ];
    if let Some(se) = options.trend.assumed_se {
        said.push(format!("Where no error is stated, trends assume a standard error of {}.", points(se)));
    }
    if options.employment == Employment::Trend {
        said.push("Employment is carried on by least squares through the logarithms of the last ten figures.".to_owned());
    }
    said
}
