//! `report.json`: the report as data, in a versioned schema (docs/REPORT_JSON.md).

use serde::Serialize;
use undeb::{Answer, Counts, Finding, Interval, Released, Report, Result, SeriesBreak, Target};

/// Version of the schema; the number rises when a field changes its meaning or goes.
const SCHEMA: &str = "undeb-report/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plan: Plan<'a>,
    as_of: String,
    verdict: Verdict<'a>,
    targets: Vec<TargetRecord<'a>>,
    findings: Vec<FindingRecord<'a>>,
    together: Option<TogetherRecord<'a>>,
    decompositions: Vec<Told<'a, undeb::Decomposition>>,
    priorities: Option<Told<'a, undeb::Priorities>>,
    ranking: Option<Told<'a, undeb::Ranking>>,
    estimates: Vec<EstimateRecord<'a>>,
    actions: Vec<ActionRecord<'a>>,
    sources: Vec<SourceRecord<'a>>,
    quality: &'a undeb::RuleSet,
    assumptions: Vec<String>,
}

#[derive(Serialize)]
struct Plan<'a> {
    id: &'a str,
    title: &'a str,
    summary: Option<&'a str>,
    source: &'a str,
    level: f64,
    quality: &'a str,
    assumptions: &'a undeb::Assumptions,
}

#[derive(Serialize)]
struct Verdict<'a> {
    sentence: &'a str,
    #[serde(flatten)]
    counts: Counts,
    exit_code: u8,
}

#[derive(Serialize)]
struct TargetRecord<'a> {
    #[serde(flatten)]
    target: &'a Target,
    sentence: &'a str,
    counts: Counts,
    whole: Option<FindingRecord<'a>>,
}

/// What holds among all findings.
#[derive(Serialize)]
struct TogetherRecord<'a> {
    sentence: Option<&'a str>,
    #[serde(flatten)]
    counts: Counts,
}

/// A result with the sentences computed from it.
#[derive(Serialize)]
struct Told<'a, T: Serialize> {
    sentences: &'a [String],
    #[serde(flatten)]
    result: &'a T,
}

/// Gaps, paces and leads in percentage points; everything else in fractions.
#[derive(Serialize)]
struct FindingRecord<'a> {
    target: &'a str,
    measure: &'a str,
    region: &'a str,
    sector: &'a str,
    finding: Answer,
    reason: Option<undeb::Reason>,
    basis: undeb::JudgedBy,
    at_line: bool,
    period: Option<String>,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    level: Option<f64>,
    baseline_period: Option<String>,
    baseline_value: Option<f64>,
    gap_points: Option<f64>,
    gap_points_low: Option<f64>,
    gap_points_high: Option<f64>,
    gap_workers: Option<f64>,
    required_pace: Option<f64>,
    observed_pace: Option<f64>,
    observed_pace_low: Option<f64>,
    observed_pace_high: Option<f64>,
    observed_pace_from: Option<String>,
    path: Option<undeb::PathAnswer>,
    path_level: Option<f64>,
    path_lead: Option<f64>,
    outlook: Option<&'a undeb::Outlook>,
    p_value: Option<f64>,
    adjusted_p_value: Option<f64>,
    finding_among_all: Option<Answer>,
    cautions: &'a [String],
}

impl<'a> FindingRecord<'a> {
    fn new(f: &'a Finding) -> Self {
        let points = |v: f64| v * 100.0;
        let low = |i: Option<Interval>| i.map(|i| i.low);
        let high = |i: Option<Interval>| i.map(|i| i.high);
        FindingRecord {
            target: &f.target,
            measure: f.measure.id(),
            region: &f.region,
            sector: &f.sector,
            finding: f.answer,
            reason: f.reason,
            basis: f.judged_by,
            at_line: f.at_line,
            period: f.period.map(|p| p.to_string()),
            value: f.value,
            low: low(f.interval),
            high: high(f.interval),
            level: f.level,
            baseline_period: f.baseline.map(|b| b.period.to_string()),
            baseline_value: f.baseline.map(|b| b.value),
            gap_points: f.gap.map(|g| points(g.value)),
            gap_points_low: f.gap.and_then(|g| low(g.interval)).map(points),
            gap_points_high: f.gap.and_then(|g| high(g.interval)).map(points),
            gap_workers: f.gap.and_then(|g| g.workers),
            required_pace: f.required_pace.map(points),
            observed_pace: f.observed_pace.map(|p| points(p.per_year)),
            observed_pace_low: f.observed_pace.and_then(|p| low(p.interval)).map(points),
            observed_pace_high: f.observed_pace.and_then(|p| high(p.interval)).map(points),
            observed_pace_from: f.observed_pace.map(|p| p.from.to_string()),
            path: f.path.map(|p| p.answer),
            path_level: f.path.map(|p| p.level),
            path_lead: f.path.map(|p| points(p.lead)),
            outlook: f.outlook.as_deref(),
            p_value: f.among_all.map(|a| a.p_value),
            adjusted_p_value: f.among_all.map(|a| a.adjusted),
            finding_among_all: f.among_all.map(|a| a.answer),
            cautions: &f.cautions,
        }
    }
}

#[derive(Serialize)]
struct EstimateRecord<'a> {
    measure: &'a str,
    period: String,
    region: &'a str,
    sector: &'a str,
    value: Option<f64>,
    se: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    n: Option<f64>,
    numerator: Option<f64>,
    denominator: Option<f64>,
    error_source: Option<String>,
    quality: &'a str,
    mark: Option<&'a str>,
    source: &'a str,
    rolled_up: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

impl<'a> EstimateRecord<'a> {
    fn new(r: &'a Released) -> Self {
        let e = &r.estimate;
        EstimateRecord {
            measure: e.measure.id(),
            period: e.period.to_string(),
            region: &e.region,
            sector: &e.sector,
            value: e.value,
            se: e.se(),
            low: r.interval.map(|i| i.low),
            high: r.interval.map(|i| i.high),
            n: e.n,
            numerator: e.numerator,
            denominator: e.denominator,
            error_source: r.estimate.error_source(),
            quality: r.quality.grade.id(),
            mark: r.mark.map(undeb::Mark::shorthand),
            source: &r.source,
            rolled_up: e.rolled_up,
            since: e.since.map(|p| p.to_string()),
            note: e.note.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct ActionRecord<'a> {
    #[serde(flatten)]
    action: &'a undeb::Action,
    overdue: bool,
}

#[derive(Serialize)]
struct SourceRecord<'a> {
    id: &'a str,
    title: &'a str,
    publisher: &'a str,
    citation: &'a str,
    terms: &'a str,
    url: Option<&'a str>,
    sha256: &'a str,
    released: bool,
    universe: &'a str,
    unit: &'a str,
    place: &'a str,
    respondent: &'a str,
    voluntary: &'a str,
    missing: &'a str,
    notes: &'a [String],
    definitions: &'a [undeb::Definition],
    breaks: &'a [SeriesBreak],
    regions: Vec<CodeRecord<'a>>,
    sectors: Vec<CodeRecord<'a>>,
}

#[derive(Serialize)]
struct CodeRecord<'a> {
    id: &'a str,
    name: &'a str,
    parent: Option<&'a str>,
    level: &'a str,
}

fn codes(tree: &undeb::Classification) -> Vec<CodeRecord<'_>> {
    tree.codes().iter().map(|c| CodeRecord { id: &c.id, name: &c.name, parent: c.parent.as_deref(), level: &c.level }).collect()
}

/// The report as JSON text.
///
/// # Errors
/// None that a caller can cause.
pub fn json(report: &Report) -> Result<String> {
    let plan = report.plan();
    let explained = report.explained();
    let all = &explained.explanations;
    let document = Document {
        schema: SCHEMA,
        plan: Plan {
            id: &plan.id,
            title: &plan.title,
            summary: plan.summary.as_deref(),
            source: &plan.source,
            level: plan.level,
            quality: &plan.quality,
            assumptions: &plan.assumptions,
        },
        as_of: report.as_of().to_string(),
        verdict: Verdict { sentence: report.verdict(), counts: report.counts(), exit_code: report.counts().exit_code() },
        targets: report
            .summaries()
            .map(|(t, sentence)| TargetRecord {
                target: &t.target,
                sentence,
                counts: t.counts(),
                whole: t.whole.as_ref().map(FindingRecord::new),
            })
            .collect(),
        findings: report.targets().iter().flat_map(|t| &t.findings).map(FindingRecord::new).collect(),
        together: explained.together.map(|counts| TogetherRecord { sentence: explained.together_sentence.as_deref(), counts }),
        decompositions: all
            .decompositions
            .iter()
            .zip(&explained.moved)
            .map(|(result, sentences)| Told { sentences, result })
            .collect(),
        priorities: all.priorities.as_ref().map(|result| Told { sentences: &explained.priorities, result }),
        ranking: all.ranking.as_ref().map(|result| Told { sentences: &explained.ranked, result }),
        estimates: report.estimates().iter().map(EstimateRecord::new).collect(),
        actions: report.actions().map(|(action, overdue)| ActionRecord { action, overdue }).collect(),
        sources: report
            .sources()
            .map(|view| {
                let s = view.source();
                SourceRecord {
                    id: &s.id,
                    title: &s.title,
                    publisher: &s.publisher,
                    citation: &s.citation,
                    terms: &s.terms,
                    url: s.url.as_deref(),
                    sha256: &s.sha256,
                    released: s.released,
                    universe: &s.universe,
                    unit: &s.unit,
                    place: &s.place,
                    respondent: &s.respondent,
                    voluntary: &s.voluntary,
                    missing: &s.missing,
                    notes: &s.notes,
                    definitions: view.definitions(),
                    breaks: &s.breaks,
                    regions: codes(view.regions()),
                    sectors: codes(view.sectors()),
                }
            })
            .collect(),
        quality: report.rules(),
        assumptions: report.assumptions(),
    };
    serde_json::to_string(&document).map_err(|e| undeb::Error::io(format!("the report cannot be written as JSON: {e}")))
}
