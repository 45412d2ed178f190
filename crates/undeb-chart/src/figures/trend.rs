//! The course of a series against the path of its target, or alone.

use std::collections::BTreeSet;

use undeb::release::format::percent;
use undeb::release::wording;
use undeb::{Classification, Force, Measure, Period, Released, SourceView, Target, TargetFindings};

use super::words::{periods, sector_name, subtitle};
use super::{Context, Figure};
use crate::frame::Frame;
use crate::trend;

impl Context<'_> {
    pub(super) fn trend_of(&self, t: &TargetFindings, source: SourceView<'_>) -> Option<Figure> {
        let finding = match (&t.whole, t.findings.as_slice()) {
            (Some(whole), _) => whole,
            (None, [one]) => one,
            _ => return None,
        };
        let id = t.target.source.as_deref()?;
        let regions = source.regions();
        let series =
            |region: &str| -> Vec<&Released> { self.report.series(id, finding.measure, region, &finding.sector).collect() };
        let focus = series(&finding.region);
        if focus.iter().filter(|r| r.estimate.value.is_some()).count() < 2 {
            return None;
        }
        let mut lines = vec![line(regions, &finding.region, &focus, source, finding.measure, &finding.sector, true)];
        if &*finding.region != regions.whole() {
            let whole = series(regions.whole());
            if whole.iter().filter(|r| r.estimate.value.is_some()).count() >= 2 {
                lines.push(line(regions, regions.whole(), &whole, source, finding.measure, &finding.sector, false));
            }
        }
        let nodes = finding.baseline.and_then(|b| t.target.path_nodes(b.value));
        let first = focus.first().map(|r| r.estimate.period.start());
        let last = focus.last().map(|r| r.estimate.period.start());
        let (path, path_label) = match (&nodes, finding.level) {
            (Some(nodes), Some(level)) => {
                let deadline = t.target.deadline.map(|d| d.to_string()).unwrap_or_default();
                (Some(sampled(&t.target, nodes)), format!("Path to {} in {deadline}", percent(level)))
            }
            (None, Some(level)) => {
                let end = t.target.deadline.map(Period::start).or(last);
                (first.zip(end).map(|(a, b)| vec![(a, level), (b, level)]), format!("Level of {}", percent(level)))
            }
            _ => (None, String::new()),
        };
        let milestones =
            nodes.iter().flat_map(|n| &n[1..n.len() - 1]).map(|n| trend::Milestone { x: n.at.start(), value: n.level });
        let mut notes = self.notes(&focus);
        notes.extend(break_notes(source, finding.measure, &finding.sector, &focus));
        let data = trend::Data {
            series: lines,
            path,
            path_label,
            milestones: milestones.collect(),
            milestone_label: "Milestone".to_owned(),
            deadline: t.target.deadline.map(Period::start),
            range: None,
            fan: None,
            break_label: String::new(),
            interval_label: if focus.iter().any(|r| r.interval.is_some()) { self.level() } else { String::new() },
        };
        let periods = periods(focus.iter().map(|r| r.estimate.period));
        let frame = Frame {
            title: wording::trend_title(finding, Some(regions)),
            subtitle: subtitle(source, finding.measure, &sector_name(source, &finding.sector), &periods),
            notes,
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let name = format!("trend-{}", t.target.id);
        Some(self.figure(name, Some(&t.target), frame, |id, frame, theme| trend::draw(id, frame, &data, theme)))
    }

    /// The course of the first series of a plan without targets, as background to its actions.
    pub(super) fn background(&self, source: SourceView<'_>) -> Option<Figure> {
        let first = self.report.estimates().first()?;
        let e = &first.estimate;
        let series: Vec<&Released> = self.report.series(&first.source, e.measure, &e.region, &e.sector).collect();
        let latest = series.iter().rev().find(|r| r.estimate.value.is_some())?;
        let value = latest.estimate.value?;
        let regions = source.regions();
        let data = trend::Data {
            series: vec![line(regions, &e.region, &series, source, e.measure, &e.sector, true)],
            ..trend::Data::default()
        };
        let mut notes = self.notes(&series);
        notes.extend(break_notes(source, e.measure, &e.sector, &series));
        let frame = Frame {
            title: format!("{}: {} in {}", regions.name(&e.region), percent(value), latest.estimate.period),
            subtitle: subtitle(
                source,
                e.measure,
                &sector_name(source, &e.sector),
                &periods(series.iter().map(|r| r.estimate.period)),
            ),
            notes,
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        Some(self.figure("trend".to_owned(), None, frame, |id, frame, theme| trend::draw(id, frame, &data, theme)))
    }
}

/// The path in steps fine enough for a curve.
fn sampled(target: &Target, nodes: &[undeb::Node]) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for pair in nodes.windows(2) {
        points.push((pair[0].at.start(), pair[0].level));
        for year in pair[0].at.calendar_year() + 1..pair[1].at.calendar_year() {
            points.extend(target.path.at(nodes, Period::year(year)).map(|n| (n.at.start(), n.level)));
        }
    }
    points.extend(nodes.last().map(|n| (n.at.start(), n.level)));
    points
}

fn line(
    regions: &Classification,
    region: &str,
    series: &[&Released],
    source: SourceView<'_>,
    measure: Measure,
    sector: &str,
    focus: bool,
) -> trend::Series {
    let breaks = |force: Force| {
        source
            .source()
            .breaks
            .iter()
            .filter(move |b| b.concerns(measure, sector) && b.force == force)
            .map(|b| b.at.start())
            .collect()
    };
    trend::Series {
        label: regions.name(region).to_owned(),
        points: series
            .iter()
            .map(|r| trend::Point {
                x: r.estimate.period.start(),
                value: r.estimate.value,
                interval: r.interval.map(|i| (i.low, i.high)),
            })
            .collect(),
        breaks: breaks(Force::Incomparable),
        cautions: if focus { breaks(Force::Caution) } else { Vec::new() },
        focus,
    }
}

/// What the upright lines mean, in the words that stand on them.
fn break_notes(source: SourceView<'_>, measure: Measure, sector: &str, series: &[&Released]) -> Vec<String> {
    let (Some(first), Some(last)) = (series.first(), series.last()) else { return Vec::new() };
    let (first, last) = (first.estimate.period, last.estimate.period);
    let listed = |force: Force| {
        let breaks = source.source().breaks.iter().filter(|b| b.concerns(measure, sector) && b.between(first, last));
        let years: BTreeSet<String> = breaks.filter(|b| b.force == force).map(|b| b.at.to_string()).collect();
        (!years.is_empty()).then(|| wording::listed(&years.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let broken = listed(Force::Incomparable).map(|years| format!("Break {years}: not comparable across; see Definitions."));
    let caution = listed(Force::Caution).map(|years| format!("Caution {years}: comparable with care; see Definitions."));
    broken.into_iter().chain(caution).collect()
}
