//! The outlook of a target as the templates see it.

use serde::Serialize;
use undeb::release::format::{percent, probability, signed_pace, workers};
use undeb::release::outlook_words::{between, first_met, standing};
use undeb::{Classification, Finding, Interval, Report, TargetFindings};

#[derive(Serialize)]
pub(crate) struct OutlookView {
    sentences: Vec<String>,
    /// The same of the whole, and what it is called.
    whole: Vec<String>,
    whole_name: String,
    rows: Vec<AheadRow>,
    milestones: Vec<MilestoneRow>,
    methods: Vec<String>,
    with_workers: bool,
    with_line: bool,
    /// Whether anything lies ahead: not where the deadline has passed.
    with_ahead: bool,
    with_milestones: bool,
    /// What two levels stand side by side in a row, where the target asks for a change.
    two_levels: Option<String>,
    /// Heads the columns of the trend, its pace, the smallest change and the first period.
    heads: [String; 4],
}

/// One cell: where its trend leads.
#[derive(Serialize)]
struct AheadRow {
    region: String,
    sector: String,
    /// The level of the trend at the last figure, and in brackets that in the baseline period of a change.
    level: String,
    pace: String,
    line_pace: String,
    /// The median at the deadline, and in brackets the range.
    projected: String,
    met_at: String,
    met_by: String,
    first_met: String,
    workers: String,
    smallest: String,
    told_from: String,
    missing: String,
}

#[derive(Serialize)]
struct MilestoneRow {
    region: String,
    sector: String,
    period: String,
    level: String,
    standing: &'static str,
    probability: String,
}

fn pace(pace: Option<undeb::Pace>) -> String {
    let range = |i: Interval| format!("{} to {}", signed_pace(i.low), signed_pace(i.high));
    pace.map(|p| beside(signed_pace(p.per_year), p.interval.map(range))).unwrap_or_default()
}

/// A number with another in brackets, where there is one; a line breaks before the bracket, not in it.
fn beside(number: String, other: Option<String>) -> String {
    match other {
        Some(other) => format!("{number} ({})", other.replace(' ', "\u{a0}")),
        None => number,
    }
}

fn row(finding: &Finding, [region, sector]: [String; 2]) -> Option<AheadRow> {
    let o = finding.outlook.as_deref()?;
    let last = o.fan.last();
    Some(AheadRow {
        region,
        sector,
        level: o.level.map(|l| beside(percent(l), o.anchor.map(percent))).unwrap_or_default(),
        pace: pace(o.pace),
        line_pace: if o.paces_disagree { pace(o.line_pace) } else { String::new() },
        projected: last.map(|f| beside(percent(f.median), Some(between(f.most)))).unwrap_or_default(),
        met_at: o.met_at.map(probability).unwrap_or_default(),
        met_by: o.met_by.map(probability).unwrap_or_default(),
        first_met: first_met(o).unwrap_or_default(),
        workers: last
            .and_then(|f| f.workers_needed)
            .map(|w| if w > 0.0 { workers(w) } else { "none".to_owned() })
            .unwrap_or_default(),
        smallest: o.detectable.map(|d| format!("{:.1}", 100.0 * d.smallest)).unwrap_or_default(),
        // Where no change from the baseline is asked for, the rise that is needed from the latest figure on.
        told_from: [o.detectable, o.rise]
            .into_iter()
            .flatten()
            .find(|d| d.asks_change())
            .map(|d| d.path_from.map_or_else(|| "not by then".to_owned(), |p| p.to_string()))
            .unwrap_or_default(),
        missing: o.missing.clone().unwrap_or_default(),
    })
}

/// Whether the figure is at or above what is asked for and the trend below it, or the other way round.
fn stand_apart(finding: &Finding) -> bool {
    let of_trend =
        |o: &undeb::Outlook| Some(o.trend()?.latest().value() - o.anchor? - (finding.level? - finding.baseline?.value));
    let trend = finding.outlook.as_deref().and_then(of_trend);
    finding.gap.zip(trend).is_some_and(|(gap, trend)| (gap.value <= 0.0) != (trend >= 0.0))
}

/// Whether any trend is held against its own level in the baseline period.
fn anchored(t: &TargetFindings) -> bool {
    t.findings.iter().any(|f| f.outlook.as_ref().is_some_and(|o| o.anchor.is_some()))
}

fn heads(t: &TargetFindings) -> [String; 4] {
    let latest = t.findings.iter().filter_map(|f| f.outlook.as_ref()?.pace).map(|p| p.to).max();
    let since = t.target.baseline.map_or(String::new(), |b| format!(" since {b}"));
    let told = if t.target.level == undeb::Level::Change(0.0) { "Rise needed told from" } else { "Path told from" };
    let of_trend = |what: &str| latest.map_or(what.to_owned(), |p| format!("{what} in {p}"));
    [
        match t.target.baseline.filter(|_| anchored(t)) {
            Some(b) => format!("{} (in {b})", of_trend("Trend")),
            None => of_trend("Trend"),
        },
        of_trend("Pace of the trend"),
        format!("Smallest change{since} told, points"),
        told.to_owned(),
    ]
}

impl OutlookView {
    /// None where the plan asks for no outlook of the target.
    pub(crate) fn of(
        report: &Report,
        t: &TargetFindings,
        regions: Option<&Classification>,
        sectors: Option<&Classification>,
    ) -> Option<OutlookView> {
        let sentences = undeb::release::outlook_words::target(t, regions, report.as_of());
        if sentences.is_empty() {
            return None;
        }
        let name = |tree: Option<&Classification>, code: &str| tree.map_or(code, |c| c.name(code)).to_owned();
        let named = |f: &Finding| [name(regions, &f.region), name(sectors, &f.sector)];
        let rows: Vec<AheadRow> = t.findings.iter().chain(&t.whole).filter_map(|f| row(f, named(f))).collect();
        let milestones: Vec<MilestoneRow> = t
            .findings
            .iter()
            .flat_map(|f| f.outlook.iter().flat_map(move |o| o.milestones.iter().map(move |m| (f, m))))
            .map(|(f, m)| {
                let [region, sector] = named(f);
                MilestoneRow {
                    region,
                    sector,
                    period: m.period.to_string(),
                    level: percent(m.level),
                    standing: standing(m.standing),
                    probability: m.probability.map(probability).unwrap_or_default(),
                }
            })
            .collect();
        let mut methods: Vec<String> = match t.findings.as_slice() {
            [one] => one.outlook.iter().flat_map(|o| o.reasons.clone()).collect(),
            _ => Vec::new(),
        };
        methods.dedup();
        Some(OutlookView {
            with_workers: rows.iter().any(|r| !r.workers.is_empty()),
            with_line: rows.iter().any(|r| !r.line_pace.is_empty()),
            two_levels: anchored(t).then(|| {
                let from = t.target.baseline.map(|b| b.to_string()).unwrap_or_default();
                let apart = t.findings.iter().filter(|f| stand_apart(f)).count();
                format!(
                    "What is needed is counted from figure to figure. Probabilities and first periods are of the trend against its own level of {from}, so that a cell may stand above by the figure and below by the trend, or the other way round; {apart} of {} do",
                    t.findings.len()
                )
            }),
            heads: heads(t),
            with_ahead: rows.iter().any(|r| !r.projected.is_empty()),
            with_milestones: !t.target.milestones.is_empty() && !milestones.is_empty(),
            // Without a trend there is nothing to tabulate; the sentence says why.
            rows: if rows.iter().any(|r| !r.projected.is_empty() || !r.pace.is_empty()) { rows } else { Vec::new() },
            sentences,
            whole: undeb::release::outlooks_of_many::whole(t, report.as_of()),
            whole_name: t.whole.as_ref().map(|w| undeb::release::wording::place(w, regions, sectors)).unwrap_or_default(),
            milestones,
            methods,
        })
    }
}
