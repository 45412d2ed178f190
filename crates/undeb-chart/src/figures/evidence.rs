//! Figures as a chart may show them, whether they come from estimates, findings or a report.

use std::collections::BTreeSet;

use undeb::{
    Classification, Definition, ErrorMethod, Estimate, Estimates, Finding, Interval, Mark, Measure, Method, Period, Plan, Report,
    RuleSet, SeriesBreak, Source, TargetFindings, Uncertainty,
};

use crate::error::{Cause, ChartError};
use crate::options::ChartOptions;
use crate::subject::Subject;

/// One figure, its interval at the level of the chart, and its quality mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) estimate: &'a Estimate,
    pub(crate) interval: Option<Interval>,
    pub(crate) mark: Option<Mark>,
}

impl Shown<'_> {
    pub(crate) fn value(&self) -> Option<f64> {
        self.estimate.value
    }

    pub(crate) fn period(&self) -> Period {
        self.estimate.period
    }

    /// The limits of the interval.
    pub(crate) fn limits(&self) -> Option<(f64, f64)> {
        self.interval.map(|i| (i.low, i.high))
    }
}

/// The last figure of a series that is known.
pub(crate) fn last_known<'a>(series: &[Shown<'a>]) -> Option<Shown<'a>> {
    series.iter().rev().find(|s| s.value().is_some()).copied()
}

enum Figures<'a> {
    /// Not released; graded by the rules of the plan, or by those that were asked for.
    Working(&'a Estimates, RuleSet),
    Released(&'a Report, &'a str),
}

/// The figures of one source with their meanings, and a target where one was asked for.
pub(crate) struct Evidence<'a> {
    pub(crate) source: &'a Source,
    pub(crate) regions: &'a Classification,
    pub(crate) sectors: &'a Classification,
    pub(crate) definitions: &'a [Definition],
    pub(crate) plan: Option<&'a Plan>,
    pub(crate) targets: &'a [TargetFindings],
    pub(crate) target: Option<&'a TargetFindings>,
    pub(crate) level: f64,
    pub(crate) method: Method,
    figures: Figures<'a>,
}

impl<'a> Evidence<'a> {
    /// The evidence that the options ask for.
    ///
    /// # Errors
    /// No such target; a target without a source; a confidence level outside 0 to 1.
    pub(crate) fn of(subject: Subject<'a>, options: &ChartOptions) -> Result<Self, ChartError> {
        if let Some(level) = options.level.filter(|l| !(*l > 0.0 && *l < 1.0)) {
            return Err(
                Cause::option(format!("the confidence level {level} is not between 0 and 1"), "write 0.95 for 95 %").into()
            );
        }
        let (plan, targets): (Option<&Plan>, &[TargetFindings]) = match subject {
            Subject::Estimates(_) => (None, &[]),
            Subject::Findings(findings) => (Some(findings.plan()), findings.targets()),
            Subject::Report(report) => (Some(report.plan()), report.targets()),
        };
        let target = target(targets, options)?;
        let id = target.and_then(|t| t.target.source.as_deref()).or(plan.map(|p| p.source.as_str()));
        let lost = || Cause::needs("there are no figures of the source", "choose a target whose source was estimated");
        let (meaning, figures) = match subject {
            Subject::Estimates(estimates) => (Meaning::from(estimates), Figures::Working(estimates, rules(options)?)),
            Subject::Findings(findings) => {
                let estimates = id.and_then(|id| findings.evidence().get(id)).ok_or_else(lost)?;
                (Meaning::from(estimates), Figures::Working(estimates, RuleSet::of(findings.plan())?))
            }
            Subject::Report(report) => {
                let view = id.and_then(|id| report.source(id)).ok_or_else(lost)?;
                let meaning = Meaning {
                    source: view.source(),
                    regions: view.regions(),
                    sectors: view.sectors(),
                    definitions: view.definitions(),
                };
                (meaning, Figures::Released(report, view.source().id.as_str()))
            }
        };
        let Meaning { source, regions, sectors, definitions } = meaning;
        let level = options.level.or(plan.map(|p| p.level)).unwrap_or(0.95);
        Ok(Self { source, regions, sectors, definitions, plan, targets, target, level, method: options.method, figures })
    }

    /// The estimates themselves, while they are not released.
    pub(crate) fn working(&self) -> Option<&'a Estimates> {
        match self.figures {
            Figures::Working(estimates, _) => Some(estimates),
            Figures::Released(..) => None,
        }
    }

    /// Whether the figures may leave.
    pub(crate) fn released(&self) -> bool {
        matches!(self.figures, Figures::Released(..))
    }

    /// The correlation that the plan assumes of two figures of one cell; figures without a plan are taken as independent.
    pub(crate) fn correlation(&self) -> f64 {
        self.plan.map_or(0.0, |p| p.assumptions.overlap_correlation)
    }

    /// Whether records tell how the figures vary together.
    pub(crate) fn of_records(&self) -> bool {
        self.estimates().any(|e| e.formula.is_some())
    }

    fn show(&self, estimate: &'a Estimate, mark: Option<Mark>) -> Shown<'a> {
        Shown { estimate, interval: estimate.interval_by(self.level, self.method), mark }
    }

    fn graded(&self, estimate: &'a Estimate, rules: &RuleSet) -> Shown<'a> {
        let mark = match estimate.value {
            None => Some(Mark::NotAvailable),
            Some(_) => rules.grade(estimate, self.level).grade.is_low().then_some(Mark::LowReliability),
        };
        self.show(estimate, mark)
    }

    /// A series, oldest first.
    pub(crate) fn series(&self, measure: Measure, region: &str, sector: &str) -> Vec<Shown<'a>> {
        match &self.figures {
            Figures::Working(estimates, rules) => {
                estimates.series(measure, region, sector).map(|e| self.graded(e, rules)).collect()
            }
            Figures::Released(report, id) => {
                report.series(id, measure, region, sector).map(|r| self.show(&r.estimate, r.mark)).collect()
            }
        }
    }

    /// Every figure of the source.
    fn estimates(&self) -> Box<dyn Iterator<Item = &'a Estimate> + '_> {
        match &self.figures {
            Figures::Working(estimates, _) => Box::new(estimates.cells().iter()),
            Figures::Released(report, id) => {
                Box::new(report.estimates().iter().filter(|r| &*r.source == *id).map(|r| &r.estimate))
            }
        }
    }

    /// The figures of a measure that are known; where none is, all: that there is no evidence can be shown too.
    fn known(&self, measure: Measure) -> impl Iterator<Item = &'a Estimate> + '_ {
        let any = self.every(measure).any(|e| e.value.is_some());
        self.every(measure).filter(move |e| e.value.is_some() || !any)
    }

    /// Every figure of a measure.
    fn every(&self, measure: Measure) -> impl Iterator<Item = &'a Estimate> + '_ {
        self.estimates().filter(move |e| e.measure == measure)
    }

    /// What the target asked for finds of a cell.
    pub(crate) fn finding(&self, region: &str, sector: &str) -> Option<&'a Finding> {
        self.target?.findings.iter().find(|f| *f.region == *region && *f.sector == *sector)
    }

    /// Regions and sectors of the measure, whether or not any of their figures is known.
    pub(crate) fn cells(&self, measure: Measure) -> BTreeSet<(&'a str, &'a str)> {
        self.every(measure).map(|e| (&*e.region, &*e.sector)).collect()
    }

    /// Regions and sectors that have a figure of the measure.
    pub(crate) fn present(&self, measure: Measure) -> BTreeSet<(&'a str, &'a str)> {
        self.known(measure).map(|e| (&*e.region, &*e.sector)).collect()
    }

    /// Regions and sectors whose missing answers are counted.
    pub(crate) fn bounded(&self, measure: Measure) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.every(measure).filter(|e| e.missing.is_some()).map(|e| (&*e.region, &*e.sector))
    }

    /// Periods of the measure, whether or not any of their figures is known.
    pub(crate) fn periods(&self, measure: Measure) -> BTreeSet<Period> {
        self.every(measure).map(|e| e.period).collect()
    }

    /// The newest period with a figure of a measure.
    pub(crate) fn newest(&self, measure: Measure) -> Option<Period> {
        self.known(measure).map(|e| e.period).max()
    }

    /// First and last period of the averages over several among the figures of a measure.
    pub(crate) fn averages(&self, measure: Measure) -> BTreeSet<(Period, Period)> {
        self.known(measure).filter_map(|e| Some((e.since?, e.period))).collect()
    }

    /// Measures that have a figure, in the order of tables.
    pub(crate) fn measures(&self) -> Vec<Measure> {
        self.estimates().map(|e| e.measure).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Breaks that concern a series.
    pub(crate) fn breaks(&self, measure: Measure, sector: &str) -> impl Iterator<Item = &'a SeriesBreak> {
        self.source.breaks.iter().filter(move |b| b.concerns(measure, sector))
    }

    /// Whether figures of a series in two periods may not be compared.
    pub(crate) fn barred(&self, measure: Measure, sector: &str, from: Period, to: Period) -> bool {
        self.breaks(measure, sector).any(|b| b.bars(from, to))
    }

    /// The further breakdown of the figures, if there is one; no chart shows it.
    pub(crate) fn breakdown(&self) -> Option<&'a str> {
        let Figures::Working(estimates, _) = &self.figures else { return None };
        estimates.cells().first()?.breakdown.first().map(|(dimension, _)| &**dimension)
    }
}

/// The rules that working estimates are marked by.
fn rules(options: &ChartOptions) -> Result<RuleSet, ChartError> {
    Ok(RuleSet::builtin(options.quality.as_deref().unwrap_or(RuleSet::DEFAULT))?)
}

struct Meaning<'a> {
    source: &'a Source,
    regions: &'a Classification,
    sectors: &'a Classification,
    definitions: &'a [Definition],
}

impl<'a> From<&'a Estimates> for Meaning<'a> {
    fn from(e: &'a Estimates) -> Self {
        Meaning { source: e.source(), regions: e.regions(), sectors: e.sectors(), definitions: e.definitions() }
    }
}

/// The target asked for, or the only one where nothing else was asked for.
fn target<'a>(targets: &'a [TargetFindings], options: &ChartOptions) -> Result<Option<&'a TargetFindings>, ChartError> {
    let ids = || targets.iter().map(|t| t.target.id.as_str());
    let Some(id) = &options.target else {
        return Ok(match targets {
            [only] if options.measure.is_none_or(|m| m == only.target.measure) && only.target.source.is_some() => Some(only),
            _ => None,
        });
    };
    if targets.is_empty() {
        return Err(Cause::option(
            format!("there is no target `{id}`: the subject has none"),
            "hold the estimates against a plan",
        )
        .into());
    }
    let Some(found) = targets.iter().find(|t| &t.target.id == id) else {
        return Err(Cause::choice("target of the plan", id, ids()).into());
    };
    if let Some(measure) = options.measure.filter(|m| *m != found.target.measure) {
        let what = format!("the target `{id}` is one of {}, not of {measure}", found.target.measure);
        return Err(Cause::option(what, "leave out the measure, or the target").into());
    }
    if found.target.source.is_none() {
        return Err(Cause::needs(format!("the target `{id}` has no source of figures"), "choose another target").into());
    }
    Ok(Some(found))
}

/// How a figure got its sampling error, where that must be said.
pub(crate) fn assumed(estimate: &Estimate) -> Option<f64> {
    match estimate.uncertainty {
        Uncertainty::Sampling { method: ErrorMethod::AssumedDesignEffect { design_effect }, .. } => Some(design_effect),
        _ => None,
    }
}
