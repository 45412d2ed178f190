//! Sentences on how sure an order of cells is, and on where effort would count.

use super::explaining::{Names, has, join, level_words};
use super::format::{pace, percent, points, probability, workers, years as years_words};
use super::wording::{counted, listed, of_years};
use crate::estimation::{RankedCell, Ranking};
use crate::policy::{Binding, Closing, Day, Priorities, PriorityCell, Smallest};
use crate::schema::Measure;

/// Above this a place among the lowest is called sure enough to name.
const LIKELY: f64 = 0.9;

/// How sure an order of cells is; `unreliable` says which cells a quality rule marks.
pub fn ranked(r: &Ranking, names: Names<'_>, unreliable: &dyn Fn(&RankedCell) -> bool) -> Vec<String> {
    let value = |c: &RankedCell| match unreliable(c) {
        true => format!("{}, of low reliability", percent(c.value)),
        false => percent(c.value),
    };
    let (Some(lowest), Some(highest)) = (r.cells.first(), r.cells.last()) else { return Vec::new() };
    let mut said = vec![format!(
        "Of {} cells in {}{}, {} has the lowest {} ({}) and {} the highest ({}).",
        r.cells.len(),
        r.periods(),
        names.one_sector(r.cells.iter().map(|c| &*c.sector)),
        lowest.name,
        r.measure.name(),
        value(lowest),
        highest.name,
        value(highest)
    )];
    let Some(sure) = lowest.certainty else {
        said.push(format!("How sure that order is cannot be told: {} no sampling error.", has(r.without_error, "cell")));
        return said;
    };
    said.push(format!(
        "An order of estimates is an estimate: the rank of {} may be anything from {} to {} ({}), and it is among the {} lowest with a probability of {}.",
        lowest.name,
        sure.low,
        sure.high,
        level_words(r.level),
        r.among,
        probability(sure.among_lowest)
    ));
    let likely: Vec<&str> = r
        .cells
        .iter()
        .filter(|c| c.certainty.is_some_and(|s| s.among_lowest >= LIKELY))
        .map(|c: &RankedCell| c.name.as_str())
        .collect();
    said.push(if likely.is_empty() {
        format!(
            "No cell is among the {} lowest with a probability of {} or more: a league table would say more than the figures do.",
            r.among,
            probability(LIKELY)
        )
    } else {
        format!("Among the {} lowest with a probability of {} or more: {}.", r.among, probability(LIKELY), listed(&likely))
    });
    if !r.left_out.is_empty() {
        said.push(format!(
            "{} no figure in {} and {} left out.",
            has(r.left_out.len(), "cell"),
            r.periods(),
            if r.left_out.len() == 1 { "is" } else { "are" }
        ));
    }
    said
}

/// Where effort would count, sentence by sentence.
///
/// `as_of` is the day of a report: years of the pace that have gone by then are said to have gone.
pub fn priorities(p: &Priorities, names: Names<'_>, as_of: Option<Day>) -> Vec<String> {
    let noun = names.noun(&p.options.by);
    let people = p.measure.counted();
    let place = names.place(&p.region, &p.sector);
    let mut said = Vec::new();
    if matches!(p.closing, Closing::NoGoal) {
        said.push(format!("{place} stood at {} in {}; no goal is given.", percent(p.whole), p.periods()));
    } else if matches!(p.closing, Closing::NoGap) {
        said.push(format!(
            "{place} stands at {} in {}, at or above its level of {}: there is no gap to close.",
            percent(p.whole),
            p.periods(),
            percent(p.level)
        ));
    } else {
        let interval = p.gap_interval.map(|i| format!(" (interval {} to {})", workers(i.low), workers(i.high)));
        said.push(format!(
            "{place} stood at {} in {}, {} or {} {people}{} short of {}.",
            percent(p.whole),
            p.periods(),
            points(p.level - p.whole),
            workers(p.gap),
            interval.unwrap_or_default(),
            percent(p.level)
        ));
    }
    let not = if p.measure == Measure::Density { "not members" } else { "not covered" };
    let all: f64 = p.cells.iter().map(|c| c.uncovered).sum();
    let most: Vec<&PriorityCell> = p.by_uncovered().into_iter().take(3).collect();
    let share: f64 = most.iter().map(|c| c.uncovered).sum::<f64>() / all;
    let with = |c: &&PriorityCell, of: String| format!("{} ({of})", c.name);
    said.push(format!(
        "The {noun}s with the most {people} who are {not} are {}, together {} of them; that follows their size.",
        join(most.iter().map(|c| with(c, workers(c.uncovered)))),
        percent(share)
    ));
    let far: Vec<&PriorityCell> = p.by_distance().into_iter().filter(|c| c.distance > 0.0).take(3).collect();
    if !far.is_empty() {
        said.push(format!(
            "Farthest below the whole’s {} {} {}; small samples often lead such a list.",
            percent(p.whole),
            if far.len() == 1 { "is" } else { "are" },
            join(far.iter().map(|c| with(c, points(c.distance))))
        ));
    }
    said.push(closing(p, &noun, people));
    said.extend(as_of.and_then(|day| gone(p, &noun, people, day)));
    if let (Closing::Set(_), Some(interval)) = (&p.closing, p.gap_interval) {
        said.push(match p.cells_at_upper {
            Some(n) => format!(
                "Were the gap at the upper end of its interval ({} {people}), it would take {}.",
                workers(interval.high),
                counted(n, &noun)
            ),
            None => format!(
                "Were the gap at the upper end of its interval ({} {people}), no set would close it.",
                workers(interval.high)
            ),
        });
    }
    if !matches!(p.closing, Closing::NoGap) {
        said.push(format!(
            "{} supposed: this is arithmetic on the employees and on all other rates of {} taken as they are, not a forecast of what any action does; whether a {noun} can rise so fast is not judged.",
            match p.options.cap {
                Some(cap) => format!("The {} and the {} a year are", percent(p.options.rate), pace(cap)),
                None => format!("The {} is", percent(p.options.rate)),
            },
            p.periods()
        ));
        if let Closing::Set(set) = &p.closing
            && set.cells.len() < p.cells.len()
        {
            said.push(format!(
                "The set closes the gap of the whole; every other {noun} that is short of its own level stays short of it."
            ));
        }
    }
    said
}

/// What the years that have gone since the figures make of the pace, and what the years left give at the pace asked for.
fn gone(p: &Priorities, noun: &str, people: &str, day: Day) -> Option<String> {
    let (cap, years) = (p.options.cap?, p.years?);
    let now = day.period_like(p.period);
    let gone = now.years_since(p.period);
    let left = years - gone;
    if gone < 1.0 || !matches!(p.closing, Closing::Set(_)) {
        return None;
    }
    if left <= 0.0 {
        return Some(format!(
            "The {} have gone by: what follows from the figures of {} can no longer be done.",
            years_words(years),
            p.periods()
        ));
    }
    let same_pace = match p.within_years(left) {
        Priorities { closing: Closing::Set(set), cells, cells_at_upper, .. } => {
            let names = set.cells.iter().map(|&i| cells[i].name.clone());
            let upper = cells_at_upper.map(|n| format!(" ({n} at the upper end of the gap’s interval)")).unwrap_or_default();
            format!("takes {} instead{upper}: {}", counted(set.cells.len(), noun), join(names))
        }
        of => format!("gains no more than {} {people}, which does not close it", workers(of.cells.iter().map(|c| c.gain).sum())),
    };
    Some(format!(
        "{} gone: if the rates are still those of {}, the same takes {} a year from {now} on; keeping to {} a year over the {} left {same_pace}.",
        of_years(gone, years),
        p.periods(),
        pace(cap * years / left),
        pace(cap),
        years_words(left),
    ))
}

fn closing(p: &Priorities, noun: &str, people: &str) -> String {
    if let (Some(0.0), false) = (p.years, matches!(p.closing, Closing::NoGap)) {
        return format!("The deadline is no later than the figures of {}: no {noun} has time left to rise.", p.periods());
    }
    let stated = percent(p.options.rate);
    // With a cap the stated rate is a direction; most cells stop on the way.
    let (moved, moving) = match (p.options.cap, p.years) {
        (Some(cap), Some(years)) => {
            let risen =
                format!("towards {stated} by no more than {} a year for {} from {}", pace(cap), years_words(years), p.periods());
            (format!("rose {risen}"), format!("rising {risen}"))
        }
        _ => (format!("moved to {stated}"), format!("moving to {stated}")),
    };
    match &p.closing {
        Closing::NoGoal => {
            let below = p.cells.iter().filter(|c| c.gain > 0.0);
            let gained: f64 = below.clone().map(|c| c.gain).sum();
            format!("If {} {moved}, that would gain {} {people}.", counted(below.count(), noun), workers(gained))
        }
        Closing::NoGap => format!("No {noun} has to move."),
        Closing::Set(set) => {
            // Where the cap binds, a cell stops on the way, and a reader should see where.
            let reached = |c: &PriorityCell| {
                let rate = c.value? + c.gain / (c.uncovered / (1.0 - c.value?));
                p.options.cap.map(|_| format!("{} (from {} to {})", c.name, percent(c.value.unwrap_or_default()), percent(rate)))
            };
            let names = set.cells.iter().map(|&i| &p.cells[i]).map(|c| reached(c).unwrap_or_else(|| c.name.clone()));
            let proof = match (p.options.smallest, set.is_proved()) {
                (Smallest::Cells, true) => format!("no fewer {noun}s would do"),
                (Smallest::Workers, true) => format!("no set with fewer {people} would do"),
                (_, false) => {
                    // Not proved to be smallest, so never "100.0%".
                    let bound = (set.at_least / set.weight).min(0.999);
                    format!("the best set found; none weighs less than {} of it", percent(bound))
                }
            };
            format!(
                "If {} {moved}, that would gain {} {people} and close the gap; {proof}: {}.",
                counted(set.cells.len(), noun),
                workers(set.gained),
                join(names)
            )
        }
        Closing::Impossible { gained, binding, capped } => {
            let start = format!(
                "No set of {noun}s closes the gap: all of them {moving} would gain {} of the {} {people} needed.",
                workers(*gained),
                workers(p.gap)
            );
            match binding {
                Binding::Pace => format!(
                    "{start} The cap on the pace binds, in {}; without it the gap could be closed.",
                    counted(*capped, noun)
                ),
                Binding::Rate => format!("{start} The stated rate binds: even without a cap on the pace it is too low."),
            }
        }
    }
}
