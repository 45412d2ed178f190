//! Estimates held against targets: met, not met, or cannot tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::among_all::{AmongAll, adjust, p_value};
use super::explanation::Explanations;
use super::finding::{Answer, Baseline, Finding, Findings, Gap, JudgedBy, Pace, PathAnswer, PathFinding, Reason, TargetFindings};
use super::plan::Plan;
use super::target::{Level, Target};
use crate::error::{Error, Result};
use crate::estimation::{Change, Estimate, Estimates, Uncertainty};
use crate::schema::{Force, Period, SeriesBreak};
use crate::survey::interval::{Interval, Term, difference};

/// What to do where evidence is missing.
const GATHER: &str = "give the estimates of every source that the plan asks of, or none to take those that are bundled";

impl Plan {
    /// Holds evidence against every target of the plan.
    ///
    /// For each region and sector of a target, with the latest value `v` and the level `l`: `met` when the interval of
    /// `v - l` lies at or above zero, `not_met` when it lies below, else `cannot_tell`. A level taken from a baseline
    /// is itself uncertain, and the interval is that of a difference of two estimates: with the covariance that their
    /// records tell, else with the plan's `overlap_correlation`. Without a stated error the point alone is judged.
    /// Source: METHODS M5.
    ///
    /// # Errors
    /// The estimates of a source that a target needs are not there; a change leads to a level outside 0 to 100 %.
    pub fn assess(&self, evidence: Vec<Estimates>) -> Result<Findings> {
        let evidence: BTreeMap<String, Estimates> = evidence.into_iter().map(|e| (e.source.id.clone(), e)).collect();
        let mut targets = Vec::new();
        for target in &self.targets {
            let estimates = match &target.source {
                None => None,
                Some(source) => Some(evidence.get(source).ok_or_else(|| {
                    Error::plan(format!("the target `{}` needs estimates from `{source}`, which were not given", target.id))
                        .help(GATHER)
                })?),
            };
            dated_as(target, estimates)?;
            let mut findings = Vec::new();
            for sector in &target.sectors {
                for region in &target.regions {
                    findings.push(self.judge(target, estimates, region, sector));
                }
            }
            let whole = estimates
                .filter(|e| !target.regions.iter().any(|r| r == e.regions.whole()))
                .map(|e| self.judge(target, estimates, e.regions.whole(), &target.sectors[0]))
                .filter(|finding| finding.value.is_some() && target.regions.len() > 1 && target.sectors.len() == 1);
            let impossible = |f: &&Finding| f.level.is_some_and(|l| target.measure.is_share() && !(0.0..=1.0).contains(&l));
            if let Some(f) = findings.iter().find(impossible) {
                let asked = 100.0 * f.level.unwrap_or_default();
                return Err(Error::plan(format!(
                    "the target `{}` asks for {asked:.1} % in {}, {}",
                    target.id, f.region, f.sector
                ))
                .help("a share lies between 0 and 100 %: choose another change or baseline"));
            }
            targets.push(TargetFindings { target: target.clone(), findings, whole });
        }
        self.look_ahead(&mut targets, |source| evidence.get(source))?;
        adjust(&mut targets, self.level);
        let explanations = self.explain(&targets, &evidence)?;
        Ok(Findings { plan: self.clone(), evidence, targets, explanations })
    }

    fn explain(&self, targets: &[TargetFindings], evidence: &BTreeMap<String, Estimates>) -> Result<Explanations> {
        let of = |source: &str| {
            evidence
                .get(source)
                .ok_or_else(|| Error::plan(format!("the plan explains figures of `{source}`, which were not given")).help(GATHER))
        };
        let mut explanations = Explanations::default();
        if let Some(changes) = &self.decomposition {
            explanations.decompositions = changes.explain(of(&self.source)?)?;
        }
        if let Some(options) = &self.priorities {
            let found = options.explain(targets, of(self.priorities_source())?, self.level);
            let (priorities, ranking) = found.map_err(|e| e.context("[priorities]"))?;
            (explanations.priorities, explanations.ranking) = (Some(priorities), Some(ranking));
        }
        Ok(explanations)
    }

    fn judge(&self, target: &Target, estimates: Option<&Estimates>, region: &str, sector: &str) -> Finding {
        let mut finding = Finding {
            target: target.id.clone(),
            measure: target.measure,
            region: region.into(),
            sector: sector.into(),
            answer: if matches!(target.level, Level::Unset(_)) { Answer::Unset } else { Answer::CannotTell },
            reason: None,
            judged_by: JudgedBy::Nothing,
            at_line: false,
            period: None,
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
            cautions: Vec::new(),
        };
        let no_evidence = (finding.answer == Answer::CannotTell).then_some(Reason::NoEvidence);
        if let Level::Fixed(level) = target.level {
            finding.level = Some(level);
        }
        let Some(estimates) = estimates else {
            finding.reason = no_evidence;
            return finding;
        };
        let newest = estimates.latest(target.measure, region, sector, self.period);
        // What comes after the deadline answers another question.
        let late = |e: &Estimate| self.period.is_none() && target.deadline.is_some_and(|d| e.period.end() > d.end());
        let in_time = || estimates.series(target.measure, region, sector).rev().find(|e| e.value.is_some() && !late(e));
        let latest = newest.and_then(|e| if late(e) { in_time() } else { Some(e) });
        if let (Some(newest), Some(deadline)) = (newest.filter(|e| late(e)), target.deadline) {
            finding.cautions.push(match latest {
                Some(latest) => format!("judged by the figure of {}: the deadline {deadline} has passed", latest.period),
                None => format!("no figure by the deadline {deadline}; the newest is of {}", newest.period),
            });
        }
        let Some(latest) = latest else {
            finding.reason = no_evidence;
            return finding;
        };
        let value = latest.value.unwrap_or_default();
        finding.period = Some(latest.period);
        finding.value = latest.value;
        finding.interval = latest.interval(self.level);
        finding.cautions.extend(latest.note.iter().map(|n| format!("{}: {n}", latest.period)));
        let breaks: Vec<&SeriesBreak> = estimates.breaks(target.measure, sector).collect();
        finding.observed_pace = self.pace(estimates, latest, &breaks);

        let start = target.baseline.and_then(|period| estimates.get(target.measure, period, region, sector));
        let crossed =
            |with: &Estimate| breaks.iter().copied().filter(|b| b.between(with.period, latest.period)).collect::<Vec<_>>();
        let barred = start.is_some_and(|b| crossed(b).iter().any(|b| b.force == Force::Incomparable));
        finding.baseline =
            start.and_then(|b| Some(Baseline { period: b.period, value: b.value?, interval: b.interval(self.level) }));
        if let Some(start) = start {
            finding.cautions.extend(start.note.iter().map(|n| format!("{}: {n}", start.period)));
            finding.cautions.extend(crossed(start).iter().map(|b| format!("{}: {}", b.at, b.note)));
        }
        let start = start.filter(|b| b.value.is_some() && !barred);

        let Some((level, from)) = (match &target.level {
            Level::Unset(_) => return finding,
            Level::Fixed(level) => Some((*level, None)),
            Level::Change(change) => start.and_then(|b| Some((b.value? + change, Some((b, 1.0))))),
        }) else {
            finding.reason = Some(if barred { Reason::SeriesBreak } else { Reason::NoBaseline });
            return finding;
        };
        finding.level = Some(level);
        let same_period = from.is_some_and(|(b, _)| b.period == latest.period);
        let lead = value - level;
        let against = Lead::of(latest, from, self.assumptions.overlap_correlation);
        let interval = if same_period {
            // A figure differs from itself by exactly nothing.
            finding.interval.map(|_| Interval { low: lead, high: lead })
        } else {
            against.interval(lead, self.level)
        };
        finding.judged_by = if interval.is_some() { JudgedBy::Interval } else { JudgedBy::Point };
        let known = interval.unwrap_or(Interval { low: lead, high: lead });
        finding.answer = match known {
            Interval { low, .. } if low >= 0.0 => Answer::Met,
            Interval { high, .. } if high < 0.0 => Answer::NotMet,
            _ => Answer::CannotTell,
        };
        finding.reason = (finding.answer == Answer::CannotTell).then_some(Reason::WithinSamplingError);
        // Known bounds are the same at every level: they decide, but not by chance.
        if !same_period && interval.is_some() && matches!(latest.uncertainty, Uncertainty::Sampling { .. }) {
            let decides = |level: f64| against.interval(lead, level).is_some_and(|i| i.low >= 0.0 || i.high < 0.0);
            finding.among_all = Some(AmongAll::alone(p_value(decides), finding.answer));
        }
        #[allow(clippy::float_cmp)]
        {
            finding.at_line = value == level;
        }
        let workers = latest.denominator.zip(latest.numerator).map(|(employees, counted)| level * employees - counted);
        finding.gap = Some(Gap { value: -lead, interval: interval.map(|i| Interval { low: -i.high, high: -i.low }), workers });
        finding.required_pace = target
            .deadline
            .map(|deadline| deadline.years_since(latest.period))
            .filter(|years| *years > 0.0)
            .map(|years| -lead / years);
        finding.path = start.filter(|b| b.period < latest.period).and_then(|b| self.path(target, latest, b));
        finding
    }

    pub(super) fn path(&self, target: &Target, latest: &Estimate, start: &Estimate) -> Option<PathFinding> {
        let node = target.path.at(&target.path_nodes(start.value?)?, latest.period)?;
        let lead = latest.value? - node.level;
        let against = Lead::of(latest, Some((start, node.slope)), self.assumptions.overlap_correlation);
        let interval = against.interval(lead, self.level);
        let known = interval.unwrap_or(Interval { low: lead, high: lead });
        let answer = match known {
            Interval { low, .. } if low >= 0.0 => PathAnswer::Ahead,
            Interval { high, .. } if high < 0.0 => PathAnswer::Behind,
            _ => PathAnswer::CannotTell,
        };
        Some(PathFinding { level: node.level, lead, interval, answer })
    }

    /// Change a year over the plan's window, from the first figure inside it; none across an incomparable break.
    fn pace(&self, estimates: &Estimates, latest: &Estimate, breaks: &[&SeriesBreak]) -> Option<Pace> {
        let window = f64::from(self.assumptions.pace_window);
        let first = estimates.series(latest.measure, &latest.region, &latest.sector).find(|e| {
            e.value.is_some()
                && e.period < latest.period
                && latest.period.years_since(e.period) <= window
                && !breaks.iter().any(|b| b.force == Force::Incomparable && b.between(e.period, latest.period))
        })?;
        let years = latest.period.years_since(first.period);
        let change = estimates.minus(latest, estimates, first, self.level, self.assumptions.overlap_correlation).ok()?;
        Some(Pace {
            from: first.period,
            to: latest.period,
            per_year: change.value / years,
            interval: change.interval.map(|i| Interval { low: i.low / years, high: i.high / years }),
        })
    }
}

/// A figure less a share of where it started; how the two vary together is worked out once, for every level.
enum Lead<'a> {
    Figure(&'a Estimate),
    Change(Change),
    Share { latest: &'a Estimate, start: &'a Estimate, share: f64, rho: f64 },
}

impl<'a> Lead<'a> {
    fn of(latest: &'a Estimate, start: Option<(&'a Estimate, f64)>, rho: f64) -> Self {
        match start.filter(|(_, share)| *share > 0.0) {
            None => Lead::Figure(latest),
            Some((start, share)) if share >= 1.0 => Lead::Change(latest.less(start, rho)),
            Some((start, share)) => Lead::Share { latest, start, share, rho: latest.correlation(start).unwrap_or(rho) },
        }
    }

    /// The interval at a level, laid around `lead`; none unless every estimate in it has one.
    fn interval(&self, lead: f64, level: f64) -> Option<Interval> {
        let term = |e: &Estimate, factor| Some(Term { value: e.value?, interval: Some(e.interval(level)?), factor });
        let (around, interval) = match self {
            Lead::Figure(latest) => (latest.value?, latest.interval(level)?),
            Lead::Change(change) => (change.value?, change.interval(level)?),
            Lead::Share { latest, start, share, rho } => {
                (latest.value? - share * start.value?, difference(term(latest, 1.0)?, term(start, *share)?, *rho))
            }
        };
        Some(interval.shifted(lead - around))
    }
}

impl Estimates {
    /// Holds these estimates against the targets of a plan that asks of this source alone.
    ///
    /// # Errors
    /// The plan asks of another source too: gather its evidence with [`Plan::gather`] instead.
    pub fn assess(self, plan: &Plan) -> Result<Findings> {
        plan.assess(vec![self])
    }
}

impl Findings {
    /// The finding of a target in one region and sector.
    pub fn find(&self, target: &str, region: &str, sector: &str) -> Option<&Finding> {
        let (region, sector): (Arc<str>, Arc<str>) = (region.into(), sector.into());
        self.iter().find(|f| f.target == target && f.region == region && f.sector == sector)
    }
}

/// What to do about a date that the figures cannot have.
pub(super) const LIKE_THE_FIGURES: &str = "name a year for figures of years, and a quarter for those of quarters";

/// Deadline and milestones are years where the figures are of years, and quarters where they are of quarters.
fn dated_as(target: &Target, estimates: Option<&Estimates>) -> Result<()> {
    let Some(first) = estimates.and_then(|e| e.cells.iter().map(|e| e.period).find(|p| *p != Period::UNDATED)) else {
        return Ok(());
    };
    let other = |p: &Period| !p.is_like(first);
    match target.deadline.into_iter().chain(target.milestones.iter().map(|m| m.period)).find(other) {
        None => Ok(()),
        Some(p) => {
            Err(Error::plan(format!("the target `{}` names {p}, and its figures are of periods such as {first}", target.id))
                .help(LIKE_THE_FIGURES))
        }
    }
}
