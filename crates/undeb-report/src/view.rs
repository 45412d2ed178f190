//! The report as the templates see it: words and formatted numbers, nothing left to compute.

use serde::Serialize;
use undeb::release::format::{percent, points, signed_hundredths, signed_pace, signed_points, workers};
use undeb::release::{explaining, wording};
use undeb::{
    Answer, Counts, Finding, Interval, JudgedBy, Level, Mark, PathAnswer, PolicyForce, Reason, Report, SourceView, Target,
    TargetFindings,
};
use undeb_chart::{Figure, Kind};

use crate::explained::ExplainedView;

#[derive(Serialize)]
pub(crate) struct View<'a> {
    title: &'a str,
    summary: Option<&'a str>,
    verdict: &'a str,
    as_of: String,
    confidence: String,
    counts: Counts,
    exit_code: u8,
    targets: Vec<TargetView<'a>>,
    figures: Vec<FigureView<'a>>,
    explained: ExplainedView<'a>,
    actions: Vec<ActionView<'a>>,
    overdue: Option<String>,
    sources: Vec<SourceInfo<'a>>,
    quality: QualityView<'a>,
    /// Where all findings are going.
    ahead: Option<String>,
    judged: Vec<String>,
    assumptions: Vec<String>,
    shorthand: Vec<[&'static str; 2]>,
    estimates: usize,
    has_interval: bool,
    /// Heads the counts of findings: triggers are not targets.
    answers: [&'static str; 2],
}

#[derive(Serialize)]
struct TargetView<'a> {
    id: &'a str,
    title: &'a str,
    measure: &'a str,
    status: String,
    force: &'static str,
    level: String,
    deadline: String,
    proposer: Option<&'a str>,
    reference: Option<&'a undeb::Reference>,
    note: Option<&'a str>,
    sentence: &'a str,
    shortfall: Option<String>,
    served: Option<String>,
    whole: Option<String>,
    counts: Counts,
    judged: bool,
    with_sector: bool,
    with_baseline: bool,
    with_pace: bool,
    with_path: bool,
    with_workers: bool,
    counted: &'static str,
    basis: Option<String>,
    /// Whether the target is a line below which a duty arises.
    trigger: bool,
    /// The window of the observed pace where it is one for all, so that it needs no column.
    window: Option<String>,
    rows: Vec<Row>,
    outlook: Option<crate::outlook::OutlookView>,
    figures: Vec<FigureView<'a>>,
    /// The course with its fan, which stands with the outlook.
    ahead: Vec<FigureView<'a>>,
    cautions: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    region: String,
    sector: String,
    period: String,
    value: String,
    interval: String,
    mark: &'static str,
    baseline: String,
    level: String,
    gap: String,
    gap_interval: String,
    workers: String,
    required: String,
    observed: String,
    window: String,
    path: &'static str,
    finding: &'static str,
    class: &'static str,
    why: String,
}

#[derive(Serialize)]
pub(crate) struct FigureView<'a> {
    name: &'a str,
    title: &'a str,
    subtitle: &'a str,
    notes: &'a [String],
    source: &'a str,
    description: &'a str,
    /// For a screen or paper, and for a phone.
    wide: &'a str,
    narrow: &'a str,
}

#[derive(Serialize)]
struct ActionView<'a> {
    id: &'a str,
    action: &'a str,
    owner: &'a str,
    due: String,
    state: String,
    evidence: &'a str,
    targets: String,
    overdue: Option<&'static str>,
}

#[derive(Serialize)]
struct SourceInfo<'a> {
    source: &'a undeb::Source,
    definitions: &'a [undeb::Definition],
    breaks: Vec<BreakView<'a>>,
}

#[derive(Serialize)]
struct BreakView<'a> {
    at: String,
    measures: String,
    force: &'static str,
    note: &'a str,
    reference: &'a str,
}

#[derive(Serialize)]
struct QualityView<'a> {
    title: &'a str,
    publisher: &'a str,
    citation: &'a str,
    url: Option<&'a str>,
    applies_to: &'a str,
    meanings: Vec<&'a str>,
}

/// Level of a target in words: "80.0%", "the level of 2012", "not set".
pub(crate) fn level_text(target: &Target) -> String {
    match (&target.level, target.baseline) {
        (Level::Fixed(level), _) => percent(*level),
        (Level::Change(change), Some(baseline)) if *change == 0.0 => format!("the level of {baseline}"),
        (Level::Change(change), Some(baseline)) => format!("{} points on {baseline}", signed_points(*change)),
        (Level::Change(change), None) => format!("{} points", signed_points(*change)),
        (Level::Unset(_), _) => "not set".to_owned(),
    }
}

fn force_text(force: PolicyForce) -> &'static str {
    match force {
        PolicyForce::Target => "target",
        PolicyForce::Trigger => "trigger: below it a duty arises; it is not itself a target",
    }
}

fn range(interval: Option<Interval>, of: impl Fn(f64) -> String) -> String {
    interval.map(|i| format!("{} to {}", of(i.low), of(i.high))).unwrap_or_default()
}

/// Points of a bound; one that is not nothing never reads as nothing, since it decides.
fn near_zero(bound: f64) -> String {
    match signed_points(bound) {
        text if text == "0.0" && bound != 0.0 => signed_hundredths(bound),
        text => text,
    }
}

fn row(report: &Report, target: &Target, finding: &Finding, source: Option<SourceView<'_>>) -> Row {
    let name = |tree: Option<&undeb::Classification>, code: &str| tree.map_or(code, |t| t.name(code)).to_owned();
    let released = target.source.as_deref().zip(finding.period);
    let released = released.and_then(|(s, p)| report.figure(s, finding.measure, p, &finding.region, &finding.sector));
    let (finding_text, class) = match (finding.answer, target.force) {
        (Answer::Met, PolicyForce::Trigger) => ("not triggered", "met"),
        (Answer::NotMet, PolicyForce::Trigger) => ("triggered", "not-met"),
        (Answer::Met, _) => ("met", "met"),
        (Answer::NotMet, _) => ("not met", "not-met"),
        (Answer::CannotTell, _) => ("cannot tell", "cannot-tell"),
        (Answer::Unset, _) => ("no number", "unset"),
    };
    // Beside "cannot tell" of a change from a baseline stands the change that could be told.
    let told = finding.outlook.as_deref().and_then(|o| o.detectable).filter(|_| matches!(target.level, Level::Change(_)));
    let why = match (finding.reason, finding.at_line, finding.judged_by) {
        (Some(Reason::NoEvidence), ..) => "no figure here".to_owned(),
        (Some(Reason::NoBaseline), ..) => "no baseline".to_owned(),
        (Some(Reason::SeriesBreak), ..) => "series break".to_owned(),
        (Some(Reason::Withheld), ..) => "withheld".to_owned(),
        _ if finding.among_all.is_some_and(|a| a.answer != finding.answer) => "alone, not among all".to_owned(),
        (None, true, _) => "exactly at the line".to_owned(),
        (None, _, JudgedBy::Point) => "by the point".to_owned(),
        _ => match told.filter(|_| finding.answer == Answer::CannotTell) {
            Some(d) => format!("only {} or more would show", points(d.smallest)),
            None => String::new(),
        },
    };
    Row {
        region: name(source.map(SourceView::regions), &finding.region),
        sector: name(source.map(SourceView::sectors), &finding.sector),
        period: finding.period.map(|p| p.to_string()).unwrap_or_default(),
        value: finding.value.map_or_else(|| Mark::NotAvailable.shorthand().to_owned(), percent),
        interval: range(finding.interval, percent),
        mark: released.and_then(|r| r.mark).map_or("", Mark::shorthand),
        baseline: finding.baseline.map(|b| percent(b.value)).unwrap_or_default(),
        level: finding.level.map(percent).unwrap_or_default(),
        gap: finding.gap.map(|g| signed_points(g.value)).unwrap_or_default(),
        gap_interval: range(finding.gap.and_then(|g| g.interval), near_zero),
        workers: finding.gap.and_then(|g| g.workers).map(workers).unwrap_or_default(),
        required: finding.required_pace.map(|p| if p > 0.0 { signed_pace(p) } else { "none".to_owned() }).unwrap_or_default(),
        observed: finding
            .observed_pace
            .map(|p| match p.interval {
                Some(i) => format!("{} ({} to {})", signed_pace(p.per_year), signed_pace(i.low), signed_pace(i.high)),
                None => signed_pace(p.per_year),
            })
            .unwrap_or_default(),
        window: finding.observed_pace.map(|p| format!("{} to {}", p.from, p.to)).unwrap_or_default(),
        path: finding.path.map_or("", |p| match p.answer {
            PathAnswer::Ahead => "at or above",
            PathAnswer::Behind => "behind",
            PathAnswer::CannotTell => "cannot tell",
        }),
        finding: finding_text,
        class,
        why,
    }
}

fn target_view<'a>(
    report: &'a Report,
    t: &'a TargetFindings,
    sentence: &'a str,
    figures: impl Fn(&str, bool) -> Vec<FigureView<'a>>,
) -> TargetView<'a> {
    let target = &t.target;
    let own = target.source.as_deref().and_then(|s| report.source(s));
    // A target without a source of its own is named in the words of the plan's.
    let source = own.or_else(|| report.source(&report.plan().source));
    let mut cautions: Vec<String> = t.findings.iter().flat_map(|f| &f.cautions).cloned().collect();
    cautions.sort();
    cautions.dedup();
    let (regions, sectors) = (source.map(SourceView::regions), source.map(SourceView::sectors));
    let outlook = crate::outlook::OutlookView::of(report, t, regions, sectors);
    TargetView {
        id: &target.id,
        title: &target.title,
        measure: target.measure.name(),
        status: target.status.to_string(),
        force: force_text(target.force),
        level: level_text(target),
        deadline: target.deadline.map_or_else(|| "none".to_owned(), |d| d.to_string()),
        proposer: target.proposer.as_deref(),
        reference: target.reference.as_ref(),
        note: target.note.as_deref(),
        sentence,
        shortfall: wording::shortfall(t, regions, report.plan().level),
        served: explaining::served(&target.id, &report.plan().actions, report.as_of()),
        whole: t.whole.as_ref().map(|w| wording::single(target, w, regions, sectors)),
        counts: t.counts(),
        judged: !matches!(target.level, Level::Unset(_)),
        with_sector: target.sectors.len() > 1,
        // "No lower than then" has the baseline for its level.
        with_baseline: target.level != Level::Change(0.0)
            && t.findings.iter().any(|f| f.baseline.is_some_and(|b| Some(b.period) != f.period)),
        with_pace: t.findings.iter().any(|f| f.required_pace.is_some() && f.observed_pace.is_some()),
        with_path: target.level != Level::Change(0.0) && t.findings.iter().any(|f| f.path.is_some()),
        trigger: target.force == PolicyForce::Trigger,
        counted: target.measure.counted(),
        basis: wording::basis(t),
        window: {
            let mut all = t.findings.iter().filter_map(|f| f.observed_pace).map(|p| (p.from, p.to));
            all.next().filter(|first| all.all(|w| w == *first)).map(|(from, to)| format!("{from} to {to}"))
        },
        with_workers: t.findings.iter().any(|f| f.gap.is_some_and(|g| g.workers.is_some())),
        rows: t.findings.iter().map(|f| row(report, target, f, source)).collect(),
        figures: match &outlook {
            Some(_) => figures(&target.id, false),
            None => [figures(&target.id, false), figures(&target.id, true)].into_iter().flatten().collect(),
        },
        ahead: if outlook.is_some() { figures(&target.id, true) } else { Vec::new() },
        outlook,
        cautions,
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(report: &'a Report, figures: &'a [Figure], drawn: &'a [Vec<String>; 2]) -> Self {
        let plan = report.plan();
        let figure = |i: usize| {
            let f = &figures[i];
            FigureView {
                name: &f.name,
                title: f.chart.title(),
                subtitle: f.chart.subtitle(),
                notes: f.chart.notes(),
                source: f.chart.source(),
                description: f.chart.picture().describe(),
                wide: drawn[0].get(i).map_or("", String::as_str),
                narrow: drawn[1].get(i).map_or("", String::as_str),
            }
        };
        let of = |is: &dyn Fn(&Figure) -> bool| -> Vec<FigureView<'a>> {
            (0..figures.len()).filter(|&i| is(&figures[i])).map(figure).collect()
        };
        let of_target =
            |id: &str, ahead: bool| of(&|f| f.target.as_deref() == Some(id) && (f.chart.kind() == Kind::Trend) == ahead);
        let mut marks: Vec<Mark> = report.estimates().iter().filter_map(|r| r.mark).collect();
        marks.extend(report.targets().iter().flat_map(|t| &t.findings).filter(|f| f.value.is_none()).map(|_| Mark::NotAvailable));
        marks.sort_by_key(|m| m.shorthand());
        marks.dedup();
        View {
            title: &plan.title,
            summary: plan.summary.as_deref(),
            verdict: report.verdict(),
            as_of: report.as_of().to_string(),
            confidence: percent(plan.level).replace(".0%", "%"),
            counts: report.counts(),
            exit_code: report.counts().exit_code(),
            targets: report.summaries().map(|(t, sentence)| target_view(report, t, sentence, of_target)).collect(),
            figures: of(&|f| f.target.is_none() && f.chart.kind() != Kind::Waterfall),
            explained: ExplainedView::new(report, &|name| of(&|f| f.name == name)),
            actions: report
                .actions()
                .map(|(a, overdue)| ActionView {
                    id: a.id.as_deref().unwrap_or("–"),
                    action: &a.action,
                    owner: a.owner.as_deref().unwrap_or("not named"),
                    due: a.due_text.clone().or_else(|| a.due.map(|d| d.to_string())).unwrap_or_else(|| "no date".to_owned()),
                    state: a.state.to_string(),
                    evidence: a.evidence.as_deref().unwrap_or("none given"),
                    targets: if a.targets.is_empty() { "none named".to_owned() } else { a.targets.join(", ") },
                    overdue: overdue.then_some(match a.state {
                        undeb::ActionState::NotKnown => "date passed, state not known",
                        _ => "overdue",
                    }),
                })
                .collect(),
            overdue: explaining::overdue(&plan.actions, report.as_of()),
            sources: report.sources().map(source_info).collect(),
            quality: QualityView {
                title: &report.rules().title,
                publisher: &report.rules().publisher,
                citation: &report.rules().citation,
                url: report.rules().url.as_deref(),
                applies_to: &report.rules().applies_to,
                meanings: report.rules().tests.iter().map(|t| t.meaning.as_str()).collect(),
            },
            ahead: report.ahead(),
            judged: report.judged(),
            assumptions: report.assumptions(),
            shorthand: marks.into_iter().map(|m| [m.shorthand(), m.meaning()]).collect(),
            answers: match report.targets().iter().all(|t| t.target.force == PolicyForce::Trigger) {
                true => ["Not triggered", "Triggered"],
                false => ["Met", "Not met"],
            },
            estimates: report.estimates().len(),
            has_interval: report.estimates().iter().any(|r| r.interval.is_some()),
        }
    }
}

fn source_info(view: SourceView<'_>) -> SourceInfo<'_> {
    let source = view.source();
    SourceInfo {
        source,
        definitions: view.definitions(),
        breaks: source
            .breaks
            .iter()
            .filter(|b| b.measures.iter().any(|m| view.definitions().iter().any(|d| d.measure == *m)))
            .map(|b| BreakView {
                at: b.at.to_string(),
                measures: b.measures.iter().map(|m| m.name()).collect::<Vec<_>>().join(", "),
                force: match b.force {
                    undeb::Force::Incomparable => "not comparable across it",
                    undeb::Force::Caution => "caution",
                },
                note: &b.note,
                reference: &b.reference,
            })
            .collect(),
    }
}
