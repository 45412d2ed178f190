//! The words around a figure: measure, sector, periods, marks.

use std::collections::BTreeSet;

use undeb::{Finding, Measure, Period, Released, SourceView, Target};

pub(super) fn mark(released: Option<&Released>) -> Option<String> {
    match released {
        Some(r) => r.mark.map(|m| m.shorthand().to_owned()),
        None => Some(undeb::Mark::NotAvailable.shorthand().to_owned()),
    }
}

pub(super) fn suppressed(released: Option<&Released>) -> bool {
    released.is_some_and(|r| r.mark == Some(undeb::Mark::Confidential))
}

/// The lowest and the highest of the unmarked values, and whether marked ones were left out.
pub(super) fn range(values: &[(&str, f64)], left_out: bool) -> String {
    let title = undeb::release::wording::range_title(values);
    if left_out { format!("{title}, leaving out marked figures") } else { title }
}

pub(super) fn cell_name(finding: &Finding, target: &Target, source: SourceView<'_>) -> String {
    let region = source.regions().name(&finding.region);
    if target.sectors.len() > 1 { format!("{region}, {}", source.sectors().name(&finding.sector)) } else { region.to_owned() }
}

pub(super) fn sector_name(source: SourceView<'_>, sector: &str) -> String {
    if sector == source.sectors().whole() { "all sectors".to_owned() } else { source.sectors().name(sector).to_lowercase() }
}

pub(super) fn sector_names(target: &Target, source: SourceView<'_>) -> String {
    match target.sectors.as_slice() {
        [one] => sector_name(source, one),
        _ => "several sectors".to_owned(),
    }
}

pub(super) fn subtitle(source: SourceView<'_>, measure: Measure, sector: &str, periods: &str) -> String {
    let among = source.definitions().iter().find(|d| d.measure == measure).map_or("employees", |d| &d.denominator);
    let name = measure.name();
    let mut letters = name.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let within = match sector {
        "all sectors" => "",
        "by sector and region" => " in each sector",
        _ => " in the sector",
    };
    format!("{capital}, {sector}, % of {among}{within}, {periods}")
}

/// "2022", or "2014 to 2018".
pub(super) fn periods(of: impl Iterator<Item = Period>) -> String {
    let all: BTreeSet<Period> = of.collect();
    match (all.first(), all.last()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    }
}
