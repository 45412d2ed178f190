//! The report: findings and estimates that have passed the quality and confidentiality rules.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::explained::Explained;
use super::quality::{Grade, Quality, RuleSet};
use super::wording;
use crate::error::{Error, Result};
use crate::estimation::{Estimate, Estimates, Uncertainty};
use crate::policy::{Action, Answer, Counts, Day, Finding, Findings, JudgedBy, Plan, Reason, TargetFindings};
use crate::schema::{Measure, Period};
use crate::survey::interval::Interval;

/// A mark beside a figure, in the shorthand of official statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Low reliability.
    LowReliability,
    /// Confidential.
    Confidential,
    /// Not available.
    NotAvailable,
}

impl Mark {
    /// The shorthand: `[u]`, `[c]`, `[x]`.
    pub const fn shorthand(self) -> &'static str {
        match self {
            Mark::LowReliability => "[u]",
            Mark::Confidential => "[c]",
            Mark::NotAvailable => "[x]",
        }
    }

    /// What the shorthand stands for.
    pub const fn meaning(self) -> &'static str {
        match self {
            Mark::LowReliability => "low reliability",
            Mark::Confidential => "confidential",
            Mark::NotAvailable => "not available",
        }
    }
}

/// An estimate as it may leave: graded, and emptied where a rule withholds it.
#[derive(Clone, Debug)]
pub struct Released {
    /// The estimate; its value is none where it is withheld.
    pub estimate: Estimate,
    /// Interval at the plan's level.
    pub interval: Option<Interval>,
    /// What the rule set says.
    pub quality: Quality,
    /// The mark to print.
    pub mark: Option<Mark>,
    /// Source in the registry.
    pub source: Arc<str>,
}

/// Source, measure, region and sector.
type SeriesKey = (Arc<str>, Measure, Arc<str>, Arc<str>);

/// What may be published of a plan's findings. Made by [`Findings::release`] alone.
///
/// ```
/// let plan = undeb::Plan::builtin("eu-80")?;
/// let report = plan.assess(plan.gather()?)?.release("2026-01-01".parse()?)?;
/// assert!(report.verdict().starts_with("20 of 27 member states stood below 80%"));
/// assert!(report.verdict().contains("among them Italy, exactly at the line"));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    plan: Plan,
    rules: RuleSet,
    as_of: Day,
    evidence: BTreeMap<String, Estimates>,
    targets: Vec<TargetFindings>,
    sentences: Vec<String>,
    verdict: String,
    estimates: Vec<Released>,
    position: HashMap<SeriesKey, Vec<usize>>,
    pub(super) withheld: usize,
    explained: Explained,
}

impl Findings {
    /// Applies the plan's quality rules and the confidentiality rule, and makes the report as of a day.
    ///
    /// Figures that a publisher has already released get quality marks only. Figures of a source that is not released
    /// are emptied where the rule set withholds them, and so is every finding that rests on one. This is primary
    /// suppression: whether a withheld cell can be worked out from totals is not checked, and the report says so.
    ///
    /// # Errors
    /// The evidence is not released and the rule set has no confidentiality threshold ([`Error::is_disclosure`]).
    pub fn release(&self, as_of: Day) -> Result<Report> {
        let plan = &self.plan;
        let rules = RuleSet::of(plan)?;
        let targeted: HashSet<(&str, Measure, &str, &str)> = self
            .targets
            .iter()
            .flat_map(|t| t.findings.iter().chain(&t.whole).map(move |f| (t, f)))
            .filter_map(|(t, f)| Some((t.target.source.as_deref()?, f.measure, &*f.region, &*f.sector)))
            .collect();
        let carried = |source: &str, e: &Estimate| {
            let listed = |of: &[String], code: &str| of.is_empty() || of.iter().any(|c| c == code);
            (source == plan.source
                && plan.measures.contains(&e.measure)
                && listed(&plan.regions, &e.region)
                && listed(&plan.sectors, &e.sector))
                || targeted.contains(&(source, e.measure, &*e.region, &*e.sector))
        };
        let mut estimates = Vec::new();
        let mut hidden: HashSet<(SeriesKey, Period)> = HashSet::new();
        for (id, source) in &self.evidence {
            if !source.source().released && rules.confidential_below.is_none() {
                return Err(Error::disclosure(format!(
                    "the figures of `{id}` are not released yet, and the rule set `{}` has no confidentiality threshold",
                    rules.id
                ))
                .help("choose a rule set with `confidential_below`, such as ons-2025, or put one of your own beside the plan"));
            }
            let name: Arc<str> = id.as_str().into();
            for estimate in source.cells().iter().filter(|e| carried(id, e)) {
                let released = release_one(estimate, &rules, plan.level, source.source().released, &name);
                if estimate.value.is_some() && released.estimate.value.is_none() {
                    let key = (Arc::clone(&name), estimate.measure, Arc::clone(&estimate.region), Arc::clone(&estimate.sector));
                    hidden.insert((key, estimate.period));
                }
                estimates.push(released);
            }
        }
        let mut position: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, r) in estimates.iter().enumerate() {
            let e = &r.estimate;
            position.entry((Arc::clone(&r.source), e.measure, Arc::clone(&e.region), Arc::clone(&e.sector))).or_default().push(i);
        }
        let mut targets = self.targets.clone();
        for t in &mut targets {
            let Some(source) = t.target.source.as_deref().map(Arc::<str>::from) else { continue };
            for finding in t.findings.iter_mut().chain(&mut t.whole) {
                let key = (Arc::clone(&source), finding.measure, Arc::clone(&finding.region), Arc::clone(&finding.sector));
                withhold(finding, |period| hidden.contains(&(key.clone(), period)));
                // A trend rests on every figure of its series.
                if hidden.iter().any(|(series, _)| *series == key) {
                    finding.outlook = None;
                }
            }
        }
        let sentences: Vec<String> = targets
            .iter()
            .map(|t| {
                // A target without a source still names its places as the plan does.
                let evidence = self.evidence.get(t.target.source.as_ref().unwrap_or(&plan.source));
                wording::target(t, evidence.map(Estimates::regions), evidence.map(Estimates::sectors))
            })
            .collect();
        let mut verdict = wording::verdict(&targets, &sentences);
        // The only target with findings leads the report, so what it rests on is said there too.
        if let [only] = targets.as_slice()
            && only.findings.len() > 1
            && let Some(basis) = wording::basis(only)
        {
            verdict = format!("{verdict} {basis}");
        }
        Ok(Report {
            explained: Explained::of(self, &targets, &rules, as_of),
            verdict,
            plan: plan.clone(),
            rules,
            as_of,
            // Meanings, breaks and codes only: no figure that the rules emptied stays behind.
            evidence: self.evidence.iter().map(|(id, e)| (id.clone(), e.meaning())).collect(),
            targets,
            sentences,
            estimates,
            position,
            withheld: hidden.len(),
        })
    }
}

/// Whether the rules withhold a figure that nobody has released yet.
pub(super) fn withholds(rules: &RuleSet, estimate: &Estimate, level: f64) -> bool {
    let quality = rules.grade(estimate, level);
    quality.confidential || quality.grade == Grade::Withhold
}

fn release_one(estimate: &Estimate, rules: &RuleSet, level: f64, already: bool, source: &Arc<str>) -> Released {
    let quality = rules.grade(estimate, level);
    let confidential = quality.confidential && !already;
    let withheld = !already && withholds(rules, estimate, level);
    let mark = match (estimate.value, quality.grade) {
        (None, _) => Some(Mark::NotAvailable),
        _ if confidential => Some(Mark::Confidential),
        (_, grade) => grade.is_low().then_some(Mark::LowReliability),
    };
    // Totals of records stay inside: covariances are for working estimates.
    let mut estimate = Estimate { formula: None, ..estimate.clone() };
    if withheld {
        estimate.value = None;
        estimate.numerator = None;
        estimate.n = None;
        estimate.uncertainty = Uncertainty::Unstated;
        estimate.note = None;
    }
    Released { interval: estimate.interval(level), estimate, quality, mark, source: Arc::clone(source) }
}

/// Empties a finding that rests on a withheld figure.
fn withhold(finding: &mut Finding, hidden: impl Fn(Period) -> bool) {
    let rests_on_hidden = finding.period.is_some_and(&hidden) || finding.baseline.is_some_and(|b| hidden(b.period));
    let pace_hidden = finding.observed_pace.is_some_and(|p| hidden(p.from));
    if pace_hidden {
        finding.observed_pace = None;
    }
    if rests_on_hidden {
        *finding = Finding {
            answer: if finding.answer == Answer::Unset { Answer::Unset } else { Answer::CannotTell },
            reason: Some(Reason::Withheld),
            judged_by: JudgedBy::Nothing,
            at_line: false,
            value: None,
            interval: None,
            level: None,
            baseline: None,
            gap: None,
            required_pace: None,
            observed_pace: None,
            path: None,
            among_all: None,
            outlook: None,
            // Remarks printed with a figure may repeat it.
            cautions: Vec::new(),
            ..finding.clone()
        };
    }
}

impl Report {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The quality rules that were applied.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The day that the report speaks of.
    pub fn as_of(&self) -> Day {
        self.as_of
    }

    /// The verdict in one sentence, computed.
    pub fn verdict(&self) -> &str {
        &self.verdict
    }

    /// Why rates moved, how sure an order of cells is, where effort would count, and what holds among all findings.
    pub fn explained(&self) -> &Explained {
        &self.explained
    }

    /// How many findings there are of each answer.
    pub fn counts(&self) -> Counts {
        Counts::of(self.targets.iter().flat_map(|t| &t.findings))
    }

    /// Targets with their findings.
    pub fn targets(&self) -> &[TargetFindings] {
        &self.targets
    }

    /// Targets with the sentence computed for each.
    pub fn summaries(&self) -> impl Iterator<Item = (&TargetFindings, &str)> {
        self.targets.iter().zip(self.sentences.iter().map(String::as_str))
    }

    /// Estimates as they may leave.
    pub fn estimates(&self) -> &[Released] {
        &self.estimates
    }

    /// A released series, oldest first.
    pub fn series(
        &self,
        source: &str,
        measure: Measure,
        region: &str,
        sector: &str,
    ) -> impl DoubleEndedIterator<Item = &Released> {
        let key = (Arc::from(source), measure, Arc::from(region), Arc::from(sector));
        self.position.get(&key).into_iter().flatten().map(|&i| &self.estimates[i])
    }

    /// A released figure.
    pub fn figure(&self, source: &str, measure: Measure, period: Period, region: &str, sector: &str) -> Option<&Released> {
        self.series(source, measure, region, sector).find(|r| r.estimate.period == period)
    }

    /// The sources behind the report: meanings, breaks and code trees. Figures are read from [`Report::estimates`].
    pub fn sources(&self) -> impl Iterator<Item = SourceView<'_>> {
        self.evidence.values().map(SourceView)
    }

    /// The source of a name.
    pub fn source(&self, id: &str) -> Option<SourceView<'_>> {
        self.evidence.get(id).map(SourceView)
    }

    /// The actions, each with whether it is late.
    pub fn actions(&self) -> impl Iterator<Item = (&Action, bool)> {
        self.plan.actions.iter().map(|a| (a, a.is_overdue(self.as_of)))
    }
}

/// A source as a report may show it: everything but its figures.
#[derive(Clone, Copy, Debug)]
pub struct SourceView<'a>(&'a Estimates);

impl<'a> SourceView<'a> {
    /// Publisher, citation, terms, universe, breaks.
    pub fn source(self) -> &'a crate::source::Source {
        self.0.source()
    }

    /// Tree of region codes.
    pub fn regions(self) -> &'a crate::schema::Classification {
        self.0.regions()
    }

    /// Tree of sector codes.
    pub fn sectors(self) -> &'a crate::schema::Classification {
        self.0.sectors()
    }

    /// Definitions of the measures used.
    pub fn definitions(self) -> &'a [crate::schema::Definition] {
        self.0.definitions()
    }
}
