//! What the cells of a whole add to its change.

use std::borrow::Cow;

use undeb::{DecomposeOptions, Decomposition, EffectOf};

use super::asked::Asked;
use super::table::Table;
use super::titles::{self, Change};
use super::when::periods;
use super::words::capital;
use super::{Data, Filled};
use crate::error::{Cause, ChartError};
use crate::locale::fill as filled;
use crate::waterfall;

/// Steps before the rest is taken together: more could not be read.
const MOST: usize = 12;

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    if !asked.options.highlight.is_empty() {
        return Err(
            Cause::option("a chart of kind waterfall takes no highlight", "leave it out: its colours say what raises").into()
        );
    }
    let split = split(asked)?;
    let locale = asked.locale;
    let words = &locale.titles;
    let place = match (asked.evidence.regions.get(&split.region), asked.evidence.sectors.get(&split.sector)) {
        (Some(region), Some(sector)) => asked.place(&region.id, &sector.id),
        _ => split.region.to_string(),
    };
    let names: Vec<String> = split.cells.iter().map(|c| name(asked, &split, &c.codes, &c.name)).collect();
    let shown = if split.cells.len() > MOST + 1 { MOST } else { split.cells.len() };
    let step = |label: String, value: f64, interval: Option<undeb::Interval>| waterfall::Step {
        label,
        value: Some(value),
        interval: interval.map(|i| (i.low, i.high)),
        several: false,
    };
    let mut steps: Vec<waterfall::Step> =
        split.cells.iter().zip(&names).take(shown).map(|(c, n)| step(n.clone(), c.total.value, c.total.interval)).collect();
    let others = &split.cells[shown..];
    if !others.is_empty() {
        let label = filled(&locale.around.others, &[("count", &others.len().to_string())]);
        let sum = others.iter().map(|c| c.total.value).sum();
        steps.push(waterfall::Step { several: true, ..step(label, sum, None) });
    }
    let places = waterfall::places(&steps);
    let data = waterfall::Data {
        start: Some(split.whole[0]),
        start_label: split.from.to_string(),
        steps,
        end: Some(split.whole[1]),
        end_label: split.to.to_string(),
        rest_label: String::new(),
        interval_label: match split.change.interval {
            Some(_) => filled(&locale.around.interval_level, &[("level", &locale.level(split.level))]),
            None => String::new(),
        },
    };
    let ends: Vec<_> = asked
        .evidence
        .series(split.measure, &split.region, &split.sector)
        .into_iter()
        .filter(|s| [split.from, split.to].contains(&s.period()))
        .collect();
    // The whole is judged as every other chart judges it: the interval of a decomposition takes the weights as known.
    let whole = match ends.as_slice() {
        [a, b] => asked.change(split.measure, &split.sector, a, b),
        _ => None,
    };
    let change = whole.unwrap_or(Change { value: split.change.value, interval: split.change.interval });
    let (pattern, judged) = match (change.sign(), change.interval.is_some()) {
        (1, judged) => (&words.waterfall_up, judged),
        (-1, judged) => (&words.waterfall_down, judged),
        (_, true) => (&words.waterfall_flat, false),
        (_, false) => (&words.waterfall_same, false),
    };
    let parts = [
        ("place", place.clone()),
        ("points", titles::points(locale, change.value)),
        ("from", split.from.to_string()),
        ("to", split.to.to_string()),
        ("beyond", if judged { words.beyond.clone() } else { String::new() }),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, w)| (*n, w.as_str())).collect();
    let mut title = filled(pattern, &parts);
    // The cell that moved the whole most in the direction it went, where the digits printed show it.
    let least = if places == 1 { 0.0005 } else { 0.00005 };
    let along = |c: &&undeb::Contribution| f64::from(change.sign()) * c.total.value >= least;
    if let Some(most) = split.cells.iter().find(along) {
        let printed = |c: &undeb::Contribution| locale.signed_to(100.0 * c.total.value, places);
        let in_title = |c: &undeb::Contribution, name: &String| match (&*split.by, asked.evidence.sectors.get(&c.codes[0])) {
            ([only], Some(sector)) if only == "sector" => asked.sector_in_title(&sector.id),
            _ => name.clone(),
        };
        let alike: Vec<_> = split.cells.iter().zip(&names).filter(|(c, _)| printed(c) == printed(most)).collect();
        let clear = alike.iter().all(|(c, _)| c.total.interval.is_none_or(|i| i.low > 0.0 || i.high < 0.0));
        let alike: Vec<String> = alike.into_iter().map(|(c, n)| in_title(c, n)).collect();
        let pattern = if alike.len() == 1 { &words.waterfall_most } else { &words.waterfall_most_each };
        // Of many that read alike none is the most, and of one within sampling error nothing is said.
        if clear && alike.len() <= 3 {
            let parts = [("title", title.as_str()), ("name", &locale.listed(&alike)), ("signed", &printed(most))];
            title = filled(pattern, &parts);
        }
    }
    let span = periods([split.from, split.to].into_iter(), locale);
    let of = if &*split.sector == asked.evidence.sectors.whole() {
        &locale.around.percent_of
    } else {
        &locale.around.percent_of_in_sector
    };
    let parts = [("measure", capital(locale.measure(split.measure))), ("unit", asked.among(of)), ("periods", span)];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, w)| (*n, w.as_str())).collect();
    let subtitle = filled(&locale.around.waterfall_subtitle, &parts);
    let mut notes: Vec<String> = split
        .effects
        .iter()
        .filter_map(|e| {
            let pattern = match e.of {
                EffectOf::Rate => &locale.around.through_rates,
                EffectOf::Composition => &locale.around.through_composition,
                _ => return None,
            };
            Some(filled(pattern, &[("signed", &locale.signed_to(100.0 * e.amount.value, places))]))
        })
        .collect();
    match split.change.interval {
        Some(_) => notes.extend(asked.interval_notes(&ends)),
        None => notes.push(locale.around.note_no_error.clone()),
    }
    notes.extend(asked.break_notes(&split.sector, &ends));
    let mut table = Table::bare(split.cells.len());
    table.text("name", names.iter().map(|n| Some(n.clone())));
    table.text("measure", split.cells.iter().map(|_| Some(split.measure.id().to_owned())));
    for (i, by) in split.by.iter().enumerate() {
        table.text(by, split.cells.iter().map(|c| c.codes.get(i).map(|c| c.to_string())));
    }
    for (column, t) in [("share_from", 0), ("share_to", 1)] {
        table.number(column, split.cells.iter().map(|c| Some(c.share[t])));
    }
    for (column, t) in [("rate_from", 0), ("rate_to", 1)] {
        table.number(column, split.cells.iter().map(|c| c.rate[t]));
    }
    table.number("contribution", split.cells.iter().map(|c| Some(c.total.value)));
    table.number("low", split.cells.iter().map(|c| c.total.interval.map(|i| i.low)));
    table.number("high", split.cells.iter().map(|c| c.total.interval.map(|i| i.high)));
    table.number("through_rate", split.cells.iter().map(|c| Some(c.rate_effect.value)));
    table.number("through_composition", split.cells.iter().map(|c| Some(c.composition.value)));
    Filled::new(asked, Data::Waterfall(data), asked.frame(title, subtitle, notes), table)
}

/// The split that was given, or that of the working estimates between the two periods asked for.
fn split<'a>(asked: &'a Asked<'_>) -> Result<Cow<'a, Decomposition>, ChartError> {
    if let Some(given) = &asked.options.decomposition {
        if given.measure != asked.measure {
            let what = format!("the decomposition is one of {}, not of {}", given.measure, asked.measure);
            return Err(Cause::option(what, "ask for its measure").into());
        }
        return Ok(Cow::Borrowed(given));
    }
    let Some(estimates) = asked.evidence.working() else {
        return Err(asked.needs("a decomposition", "give one, or chart the findings"));
    };
    let (from, to) = match asked.options.periods.as_slice() {
        [a, b] if a != b => (*a.min(b), *a.max(b)),
        _ => return Err(asked.needs("two periods", "give the first and the last")),
    };
    let one = |codes: &[String], what: &str| match codes {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        _ => Err(asked.needs(&format!("one {what}"), format!("choose one {what}, or none for the whole"))),
    };
    let options = DecomposeOptions {
        region: one(&asked.options.regions, "region")?,
        sector: one(&asked.options.sectors, "sector")?,
        level: asked.evidence.level,
        correlation: asked.evidence.correlation(),
        ..DecomposeOptions::default()
    };
    let split = estimates.decompose(asked.measure, from, to, &options);
    let refused =
        |e: undeb::Error| Cause::needs(e.without_remedy(), e.remedy().unwrap_or("choose another measure or other periods"));
    Ok(Cow::Owned(split.map_err(refused)?))
}

/// A cell in the words of the locale.
fn name(asked: &Asked<'_>, split: &Decomposition, codes: &[std::sync::Arc<str>], name: &str) -> String {
    let part = |by: &str, code: &str| match by {
        "region" => asked.evidence.regions.get(code).map(|c| asked.region_name(&c.id).to_owned()),
        // Beside a place a sector stands within its name.
        "sector" if split.by.len() > 1 => asked.evidence.sectors.get(code).map(|c| asked.in_sector(&c.id)),
        "sector" => asked.evidence.sectors.get(code).map(|c| asked.sector_name(&c.id).to_owned()),
        _ => None,
    };
    let parts: Option<Vec<String>> = split.by.iter().zip(codes).map(|(by, code)| part(by, code)).collect();
    match parts.as_deref() {
        Some([one]) => one.clone(),
        Some([place, sector]) => filled(&asked.locale.around.place_and_sector, &[("place", place), ("sector", sector)]),
        _ => name.to_owned(),
    }
}
