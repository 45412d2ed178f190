//! Sentences on where the figures are going: computed, and never stronger than the probabilities under them.

use super::format::{percent, points, probability, signed_pace, workers};
use super::wording::{counted, listed, noun};
use crate::policy::{Action, Employment, Finding, Level, Outlook, OutlookOptions, Standing, Target, TargetFindings};
use crate::schema::{Classification, Period};
use crate::survey::interval::Interval;

/// From this probability on, and down to its complement, counts speak of "at least" and "at most".
const LIKELY: f64 = 0.9;

/// An interval of shares: "4.1% to 6.0%".
pub fn between(i: Interval) -> String {
    format!("{} to {}", percent(i.low), percent(i.high))
}

/// The first period in which the level is met: "2034 (2028 to after 2052)", "not within 30 years", "already now".
pub fn first_met(outlook: &Outlook) -> Option<String> {
    first_met_with(outlook, "")
}

/// The same, with words that say what the range is.
fn first_met_with(outlook: &Outlook, range: &str) -> Option<String> {
    let first = outlook.first_met?;
    let last = outlook.projection()?.from();
    let year = |p: Option<Period>| match p {
        Some(p) if p == last => "already now".to_owned(),
        Some(p) => p.to_string(),
        None => format!("after {}", last.calendar_year() + first.within as i32),
    };
    let (early, median, late) = (year(first.early), year(first.median), year(first.late));
    Some(match first.early {
        None => format!("not within {} years", first.within),
        _ if early == late => median,
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

/// What the past says of a target's future, in sentences; empty where the plan asks for no outlook.
pub fn target(findings: &TargetFindings, regions: Option<&Classification>) -> Vec<String> {
    if let Level::Unset(_) = findings.target.level {
        let asked = findings.findings.iter().any(|f| f.outlook.is_some());
        return if asked {
            vec!["No number was given, so there is nothing to hold a projection against.".to_owned()]
        } else {
            Vec::new()
        };
    }
    match findings.findings.as_slice() {
        [one] => one.outlook.as_ref().map(|outlook| single(&findings.target, one, outlook)).unwrap_or_default(),
        _ => many(findings, regions),
    }
}

/// What the past of one cell says of its future.
pub fn single(target: &Target, finding: &Finding, outlook: &Outlook) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(missing) = &outlook.missing {
        said.push(format!("Nothing can be said of where this is going: {missing}."));
    }
    if let (None, Some(required), Some(deadline)) = (outlook.pace, outlook.required.filter(|r| r.per_year > 0.0), target.deadline)
    {
        let figure = finding.period.map(|p| format!(", of {p},")).unwrap_or_default();
        let pace = signed_pace(required.per_year);
        said.push(format!("From the latest figure{figure} to {deadline}, {pace} points a year are needed."));
    }
    if let Some(pace) = outlook.pace {
        let range = pace.interval.map(|i| format!(" ({} to {})", signed_pace(i.low), signed_pace(i.high))).unwrap_or_default();
        let needed = match outlook.required {
            Some(r) if r.per_year > 0.0 => {
                let more = r.workers_per_year.filter(|w| *w >= 50.0);
                let more = more.map(|w| format!(", or {} more {} a year", workers(w), target.measure.counted()));
                format!("; {} points a year are needed{}", signed_pace(r.per_year), more.unwrap_or_default())
            }
            _ => String::new(),
        };
        said.push(format!("The trend moves by {} points a year{range}{needed}.", signed_pace(pace.per_year)));
    }
    if let (true, Some(line)) = (outlook.paces_disagree, outlook.line_pace) {
        said.push(format!(
            "The straight line through the figures since {} says otherwise: {} points a year.",
            line.from,
            signed_pace(line.per_year)
        ));
    }
    let level = finding.level.map(percent).unwrap_or_default();
    if let (Some(last), Some(at), Some(by)) = (outlook.fan.last(), outlook.met_at, outlook.met_by) {
        said.push(format!(
            "If the trend goes on, the rate would be about {} in {}, with four chances in five between {}.",
            percent(last.median),
            last.period,
            between(last.most).replace(" to ", " and ")
        ));
        said.push(format!(
            "The probability of being at or above {level} in {} is {}; that of having been there by then is {}.",
            last.period,
            probability(at),
            probability(by)
        ));
    } else if let (Some(at), Some(deadline)) = (outlook.met_at, target.deadline) {
        said.push(format!(
            "The deadline of {deadline} has passed; by the trend the level was met then with a probability of {}.",
            probability(at)
        ));
    }
    if let Some(first) = first_met_with(outlook, " in four paths of five") {
        said.push(format!("In the middle of the simulated paths the level is first met: {first}."));
    }
    if let Some(needed) = outlook.fan.last().and_then(|f| Some((f.period, f.workers_needed?))).filter(|(_, w)| *w >= 50.0) {
        said.push(format!(
            "Meeting the level in {} takes {} more {} than now.",
            needed.0,
            workers(needed.1),
            target.measure.counted()
        ));
    }
    said.extend(told(outlook));
    said
}

/// What change could be told at all.
pub fn told(outlook: &Outlook) -> Option<String> {
    let d = outlook.detectable?;
    let smallest = format!("A change since {} of less than {} could not be told from chance", d.from, points(d.smallest));
    Some(if d.asked.abs() < 5e-4 {
        format!("{smallest}; the target asks for no change, so it is a shortfall of that size that could be told.")
    } else {
        let asked = points(d.asked.abs());
        match d.path_from {
            Some(first) => {
                format!("{smallest}; the target asks for {asked}, so being on the path could be told from {first} on.")
            }
            None => {
                format!("{smallest}; the target asks for {asked} in all, too little to be told with figures as precise as these.")
            }
        }
    })
}

fn many(findings: &TargetFindings, regions: Option<&Classification>) -> Vec<String> {
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
        said.push(format!(
            "If each trend goes on, the level is met in {deadline} with a probability of 90% or more in {likely} of {}, and of 10% or less in {unlikely}; in the other {} it lies between.",
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
    let paces: Vec<Interval> = outlooks.iter().filter_map(|o| o.pace?.interval).collect();
    if !paces.is_empty() {
        let up = paces.iter().filter(|i| i.low > 0.0).count();
        let down = paces.iter().filter(|i| i.high < 0.0).count();
        said.push(format!(
            "The trend rises in {up} and falls in {down} of {} beyond its interval; in the other {} its direction cannot be told.",
            counted(paces.len(), &noun),
            paces.len() - up - down
        ));
    }
    let disagree: Vec<&str> = findings
        .findings
        .iter()
        .filter(|f| f.outlook.as_ref().is_some_and(|o| o.paces_disagree))
        .map(|f| regions.map_or(&*f.region, |r| r.name(&f.region)))
        .collect();
    if !disagree.is_empty() {
        let names = if disagree.len() > 6 { counted(disagree.len(), &noun) } else { listed(&disagree) };
        said.push(format!("In {names} the straight line through the last figures says another pace than the trend."));
    }
    said.extend(many_told(&outlooks, &noun));
    if let Some((whole, outlook)) = findings.whole.as_ref().and_then(|w| Some((w, w.outlook.as_ref()?))) {
        let mut whole = single(&findings.target, whole, outlook).join(" ");
        // After the colon the sentence goes on.
        whole.get_mut(..1).map(str::make_ascii_lowercase);
        said.push(format!("All together, though not itself a target: {whole}"));
    }
    said
}

fn many_told(outlooks: &[&Outlook], noun: &str) -> Option<String> {
    let mut smallest: Vec<f64> = outlooks.iter().filter_map(|o| Some(o.detectable?.smallest)).collect();
    smallest.sort_by(f64::total_cmp);
    let from = outlooks.iter().find_map(|o| Some(o.detectable?.from))?;
    let asks = outlooks.iter().any(|o| o.detectable.is_some_and(|d| d.asked.abs() >= 5e-4));
    let (least, middle, most) = (smallest.first()?, smallest[smallest.len() / 2], smallest.last()?);
    Some(
        format!(
            "In the middle {noun} a change since {from} of less than {} could not be told from chance; the limit runs from {} to {}.",
            points(middle),
            points(*least),
            points(*most)
        ) + if asks { "" } else { " The target asks for no change, so it is a shortfall of that size that could be told." },
    )
}

/// Actions that serve a target and are late, in one sentence.
pub fn late(actions: &[&Action], served: usize) -> Option<String> {
    let names: Vec<&str> = actions.iter().map(|a| a.action.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{} of {} that serve this target {} past the due date: {}.",
            names.len(),
            counted(served, "action"),
            if names.len() == 1 { "is" } else { "are" },
            names.join("; ")
        )
    })
}

/// What trends and projections assume.
pub fn assumptions(options: &OutlookOptions, level: f64) -> Vec<String> {
    let supplied = if options.employees.is_empty() { "" } else { ", and as the plan supplies them where it does" };
    let mut said = vec![
        "A projection carries on how the figures have moved; it knows nothing of laws, budgets or actions to come.".to_owned(),
        "Such projections are less sure than they say: of figures of the states of the United States ten years ahead, intervals that were to hold 80 % held 72 %, and 55 to 60 % in the private sector (docs/BACKTEST.md).".to_owned(),
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
