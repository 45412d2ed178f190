//! Sentences on where the figures are going: computed, and never stronger than the probabilities under them.

use super::format::{percent, points, probability, signed_pace, workers};
use super::wording::{listed, of_years};
use crate::policy::{
    Day, Employment, Finding, Level, Outlook, OutlookOptions, Pace, Standing, Target, TargetFindings, TrendModel,
};
use crate::schema::{Classification, Force, Period};
use crate::survey::interval::Interval;

/// Years ahead from which projections were less sure than they say (docs/BACKTEST.md).
pub(super) const FAR: f64 = 5.0;

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
        // More than half are there from the start: how many, and how late the rest are.
        _ if early == median => {
            let most = match first.late {
                Some(late) => format!("nine tenths by {late}"),
                None => format!("nine tenths after {until} or never"),
            };
            match first.median == Some(last) {
                true => format!("{median} for {}; {most}", probability(first.already)),
                false => format!("{median} ({most})"),
            }
        }
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
        [one] => one.outlook.as_ref().map_or_else(Vec::new, |outlook| {
            let mut said = single(&findings.target, one, outlook, as_of);
            said.extend(across(&[outlook]));
            said
        }),
        _ => super::outlooks_of_many::many(findings, regions, as_of),
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
    let mut said: Vec<String> = finding.period.and_then(|period| overdue(target, period, as_of)).into_iter().collect();
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
            "If the trend goes on, the rate would be about {} in {}, with four chances in five between {}{}.",
            percent(last.median),
            last.period,
            between(last.most).replace(" to ", " and "),
            // A year or two ahead such ranges held what they claim.
            if finding.period.is_some_and(|p| last.period.years_since(p) >= FAR) {
                "; in tests on the states of the United States such ranges held fewer figures than they claim (see Methods)"
            } else {
                ""
            }
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
    said.extend(told(outlook, finding.period));
    said
}

/// A deadline that has passed, with no figure of it yet.
pub(super) fn overdue(target: &Target, latest: Period, as_of: Day) -> Option<String> {
    let deadline = target.deadline.filter(|d| *d > latest && as_of.period_like(*d) > *d)?;
    Some(format!(
        "The deadline of {deadline} has passed, and there is no figure of it yet: what follows is counted from {latest}."
    ))
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
        (_, Some(median)) if median == last => {
            format!("Of the simulated paths more than half are there: {}.", first_met_with(outlook, " in four paths of five")?)
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
    let now = as_of.period_like(period);
    let (years, gone) = (deadline.years_since(period), now.years_since(period));
    let late = if gone >= 1.0 && years > gone {
        format!(
            "; {} gone, and if the rate is still that of {period} it takes {} points a year from {now} on",
            of_years(gone, years),
            signed_pace(required.per_year * years / (years - gone)),
        )
    } else {
        String::new()
    };
    Some(format!("From {period} to {deadline}, {} points a year are needed{more}{late}.", signed_pace(required.per_year)))
}

/// What change could be told at all, with figures until `latest`.
fn told(outlook: &Outlook, latest: Option<Period>) -> Option<String> {
    let d = outlook.detectable?;
    let missed = percent(1.0 - d.power).replace(".0%", "%");
    let smallest = format!(
        "A true change since {} of less than {} would be missed with a probability above {missed}",
        d.from,
        points(d.smallest)
    );
    if d.bears_fall() {
        // A level below the start: nothing is asked for, and a fall may be borne.
        let borne = points(-d.asked);
        return Some(match d.path_from {
            Some(first) => {
                format!("{smallest}; the target bears a fall of {borne}, which could be told from {first} on if it came evenly.")
            }
            None => {
                format!("{smallest}; the target bears a fall of {borne}, too little to be told with figures as precise as these.")
            }
        });
    }
    if d.asks_change() {
        let asked = points(d.asked);
        return Some(match d.path_from {
            Some(first) if latest.is_some_and(|latest| first <= latest) => {
                format!("{smallest}; the target asks for {asked}, and its path for as much as can be told since {first}.")
            }
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
    let nothing = if d.asked == 0.0 { "no change".to_owned() } else { "less than 0.1 points".to_owned() };
    Some(format!("{smallest}; the target asks for {nothing}, so a smaller shortfall may go unseen.{}", rise.unwrap_or_default()))
}

/// Breaks that are cautions only, and that trends run across.
pub(super) fn across(outlooks: &[&Outlook]) -> Option<String> {
    let breaks = outlooks.iter().filter_map(|o| o.trend()).flat_map(|t| {
        let (first, last) = (t.points()[0].period, t.latest().period);
        t.breaks().iter().filter(move |b| b.force == Force::Caution && b.between(first, last)).map(|b| b.at)
    });
    let at: std::collections::BTreeSet<String> = breaks.map(|p| p.to_string()).collect();
    let at: Vec<&str> = at.iter().map(String::as_str).collect();
    let runs = if outlooks.len() == 1 { "The trend runs" } else { "Trends run" };
    let (breaks, are) = if at.len() == 1 { ("break", "is a caution") } else { ("breaks", "are cautions") };
    (!at.is_empty())
        .then(|| format!("{runs} across the {breaks} of {}, which {are} (see Definitions, breaks and sources).", listed(&at)))
}

/// What trends and projections assume.
pub fn assumptions(options: &OutlookOptions, level: f64) -> Vec<String> {
    let supplied = if options.employees.is_empty() { "" } else { ", and as the plan supplies them where it does" };
    let mut said = vec![
        "A projection carries on how the figures have moved; it knows nothing of laws, budgets or actions to come.".to_owned(),
        "Ranges of a projection are of the trend; the figure of a survey varies more.".to_owned(),
        "Such projections were tested on the states of the United States (see the backtest in the documentation of undeb). Ten years ahead, intervals that were to hold 80% of the figures held 72% over five sectors, and 67% of density over all sectors. In the private sector they held 60% (density) and 55% (coverage), with most of the others above: low probabilities were too low there, and to suppose no change was nearer than the trend. In the public sector more of the others were below, so that high probabilities were too high.".to_owned(),
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
    if let Some(model) = options.trend.model {
        said.push(format!("Every trend was asked to be {}.", model.words()));
    }
    for bridge in &options.trend.bridges {
        said.push(match bridge.sd {
            Some(sd) => format!("Trends bridge the break of {}: figures before it may lie off by an amount with an assumed standard deviation of {sd} in log odds.", bridge.at),
            None => format!("Trends bridge the break of {}: by how much figures before it lie off is worked out from the series itself.", bridge.at),
        });
    }
    if let Some(rho) = options.trend.correlation.first() {
        said.push(format!("Trends take the sampling errors of figures one step apart to have a correlation of {rho}."));
    }
    if let Some(se) = options.trend.assumed_se {
        said.push(format!("Where no error is stated, trends assume a standard error of {}.", points(se)));
    }
    if options.employment == Employment::Trend {
        said.push("Employment is carried on by least squares through the logarithms of the last ten figures.".to_owned());
    }
    said
}
