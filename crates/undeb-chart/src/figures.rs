//! The figures of a report: which charts it has, and the words around them. Nothing is computed but the layout.

use std::collections::BTreeSet;

use undeb::release::format::percent;
use undeb::release::wording;
use undeb::{
    Answer, Classification, Finding, Force, Level, Measure, Period, PolicyForce, Released, Report, SourceView, Target,
    TargetFindings,
};

use crate::frame::Frame;
use crate::picture::Picture;
use crate::theme::Theme;
use crate::{gap, heatmap, tiles, trend};

/// Where titles, notes and sources of a figure stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Titles {
    /// Inside the picture, for a file that stands alone.
    Inside,
    /// In the page around it.
    Page,
}

/// A chart of a report with the words around it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name within the report, fit for a file.
    pub name: String,
    /// Target that the figure belongs to; none for one of the whole report.
    pub target: Option<String>,
    /// Title, subtitle, notes and source.
    pub frame: Frame,
    /// The picture.
    pub picture: Picture,
}

struct Context<'a> {
    report: &'a Report,
    theme: Theme,
    titles: Titles,
}

/// Every figure of a report: for each target the gaps, the course over time and a map where there is a grid; then a
/// table of sectors by regions for each measure.
pub fn report_figures(report: &Report, theme: Theme, titles: Titles) -> Vec<Figure> {
    let context = Context { report, theme, titles };
    let mut figures = Vec::new();
    for t in report.targets() {
        let Some(source) = t.target.source.as_deref().and_then(|s| report.source(s)) else { continue };
        figures.extend(context.gap(t, source));
        figures.extend(context.trend_of(t, source));
        figures.extend(context.tiles(t, source));
    }
    if let Some(source) = report.source(&report.plan().source) {
        for &measure in &report.plan().measures {
            figures.extend(context.heatmap(measure, source));
        }
        if report.targets().is_empty() {
            figures.extend(context.background(source));
        }
    }
    figures
}

impl Context<'_> {
    fn figure(
        &self,
        name: String,
        target: Option<&Target>,
        frame: Frame,
        draw: impl FnOnce(&str, &Frame, Theme) -> Picture,
    ) -> Figure {
        let frame = Frame { titles_inside: self.titles == Titles::Inside, ..frame };
        let theme = match self.theme {
            Theme::Dark => "-dark",
            _ => "",
        };
        let picture = draw(&format!("{name}{theme}"), &frame, self.theme);
        Figure { name, target: target.map(|t| t.id.clone()), frame, picture }
    }

    fn level(&self) -> String {
        format!("{} interval", percent(self.report.plan().level).replace(".0%", "%"))
    }

    /// What must be said under a chart of these estimates.
    fn notes(&self, shown: &[&Released]) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(assumed) = shown.iter().find_map(|r| r.error_source().filter(|s| s.starts_with("assumed"))) {
            notes.push(format!("Intervals are approximate: {assumed}."));
        } else if shown.iter().any(|r| r.interval.is_none()) {
            notes.push("No sampling error is stated.".to_owned());
        }
        let mut marks: Vec<_> = shown.iter().filter_map(|r| r.mark).collect();
        marks.sort_by_key(|m| m.shorthand());
        marks.dedup();
        notes.extend(marks.into_iter().map(|m| format!("{} {}.", m.shorthand(), m.meaning())));
        notes
    }

    fn latest(&self, t: &Target, f: &Finding) -> Option<&Released> {
        let source = t.source.as_deref()?;
        self.report.series(source, f.measure, &f.region, &f.sector).find(|r| Some(r.estimate.period) == f.period)
    }

    fn gap(&self, t: &TargetFindings, source: SourceView<'_>) -> Option<Figure> {
        let valued = t.findings.iter().filter(|f| f.value.is_some()).count();
        if valued < 2 || matches!(t.target.level, Level::Unset(_)) {
            return None;
        }
        let mut findings: Vec<&Finding> = t.findings.iter().collect();
        // Furthest from the target first; what cannot be judged last.
        findings.sort_by(|a, b| {
            let key = |f: &Finding| f.gap.map_or(f64::NEG_INFINITY, |g| g.value);
            key(b).total_cmp(&key(a))
        });
        let rows = findings
            .iter()
            .map(|f| gap::Row {
                label: cell_name(f, &t.target, source),
                baseline: f.baseline.map(|b| b.value),
                latest: f.value,
                interval: f.interval.map(|i| (i.low, i.high)),
                target: f.level,
                points: f.gap.map(|g| g.value * 100.0),
                workers: f.gap.and_then(|g| g.workers),
                tone: match f.answer {
                    Answer::Met => gap::Tone::Met,
                    Answer::NotMet => gap::Tone::NotMet,
                    Answer::CannotTell if f.value.is_some() => gap::Tone::CannotTell,
                    _ => gap::Tone::None,
                },
            })
            .collect();
        let shown: Vec<&Released> = t.findings.iter().filter_map(|f| self.latest(&t.target, f)).collect();
        let line = if t.target.force == PolicyForce::Trigger { "Line" } else { "Target" };
        let periods = periods(t.findings.iter().filter_map(|f| f.period));
        // The dots carry no marks, so no mark is explained.
        let notes = self.notes(&shown).into_iter().filter(|n| !n.starts_with('[')).collect();
        let data = gap::Data {
            rows,
            baseline_label: t.target.baseline.map(|b| b.to_string()).unwrap_or_default(),
            latest_label: periods.clone(),
            target_label: t.target.deadline.map_or(line.to_owned(), |d| format!("{line} {d}")),
            interval_label: if shown.iter().any(|r| r.interval.is_some()) { self.level() } else { String::new() },
        };
        let frame = Frame {
            title: wording::gap_title(t, Some(source.regions())),
            subtitle: subtitle(source, t.target.measure, &sector_names(&t.target, source), &periods),
            notes,
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let name = format!("gap-{}", t.target.id);
        Some(self.figure(name, Some(&t.target), frame, |id, frame, theme| gap::draw(id, frame, &data, theme)))
    }

    fn trend_of(&self, t: &TargetFindings, source: SourceView<'_>) -> Option<Figure> {
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

    fn tiles(&self, t: &TargetFindings, source: SourceView<'_>) -> Option<Figure> {
        if t.target.sectors.len() > 1 {
            return None;
        }
        let regions = source.regions();
        let mut shown = Vec::new();
        let mut values = Vec::new();
        let mut drawn = Vec::new();
        for f in &t.findings {
            let Some((code, (row, col))) = regions.get(&f.region).and_then(|c| Some((c, c.tile?))) else { continue };
            let released = self.latest(&t.target, f);
            shown.extend(released);
            values.extend(f.value.map(|v| (code.name.as_str(), v)));
            drawn.push(tiles::Tile {
                code: code.id.clone(),
                name: code.name.clone(),
                row: u16::try_from(row).unwrap_or(0),
                col: u16::try_from(col).unwrap_or(0),
                value: f.value,
                mark: mark(released),
            });
        }
        if values.len() < 3 {
            return None;
        }
        let periods = periods(t.findings.iter().filter_map(|f| f.period));
        let mut notes = vec!["Tiles show relative position, not size. Colour and number both give the value.".to_owned()];
        notes.extend(self.notes(&shown).into_iter().filter(|n| !n.starts_with("Intervals")));
        let frame = Frame {
            title: wording::range_title(&values),
            subtitle: subtitle(source, t.target.measure, &sector_names(&t.target, source), &periods),
            notes,
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let data = tiles::Data { tiles: drawn };
        let name = format!("tiles-{}", t.target.id);
        Some(self.figure(name, Some(&t.target), frame, |id, frame, theme| tiles::draw(id, frame, &data, theme)))
    }

    fn heatmap(&self, measure: Measure, source: SourceView<'_>) -> Option<Figure> {
        let id = &source.source().id;
        let (regions, sectors) = (source.regions(), source.sectors());
        let here = || self.report.estimates().iter().filter(|r| &*r.source == id.as_str() && r.estimate.measure == measure);
        let period = here().filter(|r| r.estimate.value.is_some()).map(|r| r.estimate.period).max()?;
        let now: Vec<&Released> = here().filter(|r| r.estimate.period == period).collect();
        let rows: Vec<_> = regions.each().filter(|c| now.iter().any(|r| *r.estimate.region == c.id)).collect();
        let columns: Vec<_> = sectors.codes().iter().filter(|c| now.iter().any(|r| *r.estimate.sector == c.id)).collect();
        let cell = |region: &str, sector: &str| {
            now.iter().find(|r| &*r.estimate.region == region && &*r.estimate.sector == sector).copied()
        };
        let names: Vec<(String, f64)> = rows
            .iter()
            .flat_map(|r| {
                columns.iter().filter_map(|c| {
                    let value = cell(&r.id, &c.id)?.estimate.value?;
                    Some((format!("{} ({})", r.name, c.name.to_lowercase()), value))
                })
            })
            .collect();
        if columns.len() < 2 || rows.len() < 2 || names.len() < 4 {
            return None;
        }
        let values: Vec<(&str, f64)> = names.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        let data = heatmap::Data {
            rows: rows.iter().map(|r| r.name.clone()).collect(),
            columns: columns.iter().map(|c| c.name.clone()).collect(),
            cells: rows
                .iter()
                .map(|r| {
                    columns
                        .iter()
                        .map(|c| {
                            let released = cell(&r.id, &c.id);
                            heatmap::Cell { value: released.and_then(|r| r.estimate.value), mark: mark(released) }
                        })
                        .collect()
                })
                .collect(),
        };
        let frame = Frame {
            title: wording::range_title(&values),
            subtitle: subtitle(source, measure, "by sector and region", &period.to_string()),
            notes: self.notes(&now).into_iter().filter(|n| !n.starts_with("Intervals")).collect(),
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let name = format!("sectors-{}", measure.id().replace('_', "-"));
        Some(self.figure(name, None, frame, |id, frame, theme| heatmap::draw(id, frame, &data, theme)))
    }

    /// The course of the first series of a plan without targets, as background to its actions.
    fn background(&self, source: SourceView<'_>) -> Option<Figure> {
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

fn break_notes(source: SourceView<'_>, measure: Measure, sector: &str, series: &[&Released]) -> Option<String> {
    let (first, last) = (series.first()?.estimate.period, series.last()?.estimate.period);
    let years: BTreeSet<String> = source
        .source()
        .breaks
        .iter()
        .filter(|b| b.concerns(measure, sector) && b.between(first, last))
        .map(|b| b.at.to_string())
        .collect();
    let years: Vec<&str> = years.iter().map(String::as_str).collect();
    (!years.is_empty()).then(|| {
        let (noun, verb) = if years.len() == 1 { ("a break", "is") } else { ("breaks", "are") };
        format!("The series has {noun} at {}, which {verb} explained under Definitions.", wording::listed(&years))
    })
}

fn mark(released: Option<&Released>) -> Option<String> {
    match released {
        Some(r) => r.mark.map(|m| m.shorthand().to_owned()),
        None => Some(undeb::Mark::NotAvailable.shorthand().to_owned()),
    }
}

fn cell_name(finding: &Finding, target: &Target, source: SourceView<'_>) -> String {
    let region = source.regions().name(&finding.region);
    if target.sectors.len() > 1 { format!("{region}, {}", source.sectors().name(&finding.sector)) } else { region.to_owned() }
}

fn sector_name(source: SourceView<'_>, sector: &str) -> String {
    if sector == source.sectors().whole() { "all sectors".to_owned() } else { source.sectors().name(sector).to_lowercase() }
}

fn sector_names(target: &Target, source: SourceView<'_>) -> String {
    match target.sectors.as_slice() {
        [one] => sector_name(source, one),
        _ => "several sectors".to_owned(),
    }
}

fn subtitle(source: SourceView<'_>, measure: Measure, sector: &str, periods: &str) -> String {
    let among = source.definitions().iter().find(|d| d.measure == measure).map_or("employees", |d| &d.denominator);
    let name = measure.name();
    let mut letters = name.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{capital}, {sector}, % of {among}, {periods}")
}

/// "2022", or "2014 to 2018".
fn periods(of: impl Iterator<Item = Period>) -> String {
    let all: BTreeSet<Period> = of.collect();
    match (all.first(), all.last()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    }
}
