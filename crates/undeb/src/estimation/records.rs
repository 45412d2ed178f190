//! Rates from survey records, with the error that their design makes.

use std::sync::Arc;

use super::basis::{Formula, Summed};
use super::coder::{COVERAGE, Coder, DENSITY, NONMEMBERS, answers};
use super::grid::{Grid, Pick};
use super::{ErrorMethod, Estimate, Estimates, MissingAnswers, Uncertainty};
use crate::error::{Error, Result, choices};
use crate::schema::{Definition, Measure, Period};
use crate::source::{Drawn, Records, values};
use crate::survey::errors::Errors;
use crate::survey::expression::Expression;
use crate::survey::totals::{Tally, Totals};
use crate::watch::Steps;

/// What else to estimate beside the cells themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordOptions {
    /// Every margin too: regions rolled up to every level, sectors to the whole, and so on.
    pub margins: bool,
    /// Averages each period with those before it, this many in all; needs the breakdown `period`. People who return in
    /// another period share a PSU, so their covariance is in the error.
    pub pool: Option<usize>,
}

impl Records {
    /// Rates of valid answers by the given breakdowns, with linearised errors.
    ///
    /// `by` names breakdowns of the records: `period`, `region`, `sector`, `industry`, or another column named in the
    /// roles. The full grid is kept: a cell without a valid answer has no value. Rows outside the domain stay in the
    /// design. Periods that are not broken down are pooled, and counts are averages over those in the domain.
    ///
    /// Formula: `R = sum w y / sum w` over valid answers; its variance is that of METHODS M9. Missing answers are shown
    /// by their share and by the rates if all had said no or yes; those not asked by design are left out of both.
    ///
    /// # Errors
    /// A measure without a question, or one that was not asked in a period of the domain; an unknown breakdown; more cells than the kernel holds.
    pub fn estimate(&self, measures: &[Measure], by: &[&str], options: &RecordOptions) -> Result<Estimates> {
        let here = self.periods_here();
        // Refused before anything is summed.
        self.definitions(measures, &here)?;
        let grid = Grid::of(self, by, options)?;
        let variables = if measures.contains(&Measure::CoveredNonmembers) {
            3
        } else if self.asked.contains(&Measure::Coverage) {
            2
        } else {
            1
        };
        let coder = Coder {
            flags: &self.flags,
            weight: values(&self.drawn.weight)?,
            psu: &self.drawn.unit,
            axes: &grid.axes,
            answers: &answers(),
            variables,
        };
        let steps = Steps::of(3);
        let totals = Totals::accumulate(&coder, self.drawn.stages.units(), grid.cells);
        steps.step()?;
        let summed = Summed { basis: self.drawn.basis(&coder, &totals)?, totals: Arc::new(totals) };
        steps.step()?;
        self.table(measures, &grid, summed, &here)
    }

    /// The table of totals over a grid; `here` are the periods with a record in the domain.
    pub(super) fn table(&self, measures: &[Measure], grid: &Grid<'_>, summed: Summed, here: &[Period]) -> Result<Estimates> {
        let definitions = self.definitions(measures, here)?;
        let summed = Arc::new(summed);
        let picks = grid.picks();
        let expressions: Vec<Arc<Expression>> =
            picks.iter().flat_map(|pick| measures.iter().map(|m| Arc::new(expression(*m, &pick.cells)))).collect();
        let errors = summed.errors(&expressions, &[]);
        // A filter may leave whole periods out: what is left is what is pooled.
        let here = if grid.has("period") { &[] } else { here };
        let mut out = Vec::with_capacity(expressions.len());
        let asked = picks.iter().flat_map(|pick| measures.iter().map(move |m| (pick, *m)));
        for (i, ((pick, measure), expression)) in asked.zip(expressions).enumerate() {
            let tally = tally(&summed.totals, &pick.cells, variable(measure));
            let uncertainty = uncertainty(&self.drawn, measure, &tally, &errors, i);
            let pool = if here.is_empty() { pick.pooled(&self.periods) } else { here.to_vec() };
            let estimate = self.record(measure, pick, &tally, errors.value[i], uncertainty, &pool);
            let formula = errors.value[i].map(|_| Formula { summed: Arc::clone(&summed), expression });
            out.push(Estimate { psus: errors.psus[i], formula, ..estimate });
        }
        let (regions, sectors) = (Arc::clone(&self.regions), Arc::clone(&self.sectors));
        let remarks = self.remarks(grid, &summed.totals);
        Ok(Estimates::new(Arc::clone(&self.source), regions, sectors, definitions, out).with_remarks(remarks))
    }

    /// What every reader of a figure has to know: of whom it is, and who is left out.
    pub(super) fn remarks(&self, grid: &Grid<'_>, totals: &Totals) -> Vec<String> {
        let domain = (!self.domain.is_empty())
            .then(|| format!("only a domain of the records, those for which {}", self.domain.join(" and ")));
        let unknown = (self.unknown_scope > 0).then(|| {
            format!(
                "{} {} left out, as it is not known whether {} in scope",
                self.unknown_scope,
                if self.unknown_scope == 1 { "record is" } else { "records are" },
                if self.unknown_scope == 1 { "it is" } else { "they are" },
            )
        });
        domain.into_iter().chain(unknown).chain(grid.remarks(totals)).collect()
    }

    fn definitions(&self, measures: &[Measure], here: &[Period]) -> Result<Vec<Definition>> {
        measures
            .iter()
            .map(|&measure| {
                let needed: &[Measure] = match measure {
                    Measure::Density => &[Measure::Density],
                    Measure::Coverage => &[Measure::Coverage],
                    Measure::CoveredNonmembers | Measure::CoverageMinusDensity => &[Measure::Density, Measure::Coverage],
                    _ => &[measure],
                };
                if let Some(absent) = needed.iter().find(|m| !self.asked.contains(m)) {
                    let cannot = if self.cannot.is_empty() { String::new() } else { format!(". {}", self.cannot) };
                    return Err(Error::definition(format!(
                        "the records of {} have no answers for {absent}{cannot}",
                        self.source.title
                    ))
                    .help(choices(measure.id(), self.asked.iter().map(|m| m.id()))));
                }
                if let Some((.., why)) = self.unasked.iter().find(|(m, p, _)| needed.contains(m) && here.contains(p)) {
                    return Err(Error::definition(&**why).help("leave that period out with a filter, or ask for another measure"));
                }
                let mut definition = self.source.definition(measure)?;
                definition.source.clone_from(&self.source.id);
                if !self.domain.is_empty() {
                    definition.denominator.push_str(", in a domain");
                }
                Ok(definition)
            })
            .collect()
    }

    fn record(
        &self,
        measure: Measure,
        pick: &Pick<'_>,
        tally: &Tally,
        value: Option<f64>,
        uncertainty: Uncertainty,
        pool: &[Period],
    ) -> Estimate {
        let pooled = pool.len().max(1) as f64;
        let (period, since) = pick.when(pool, &self.periods);
        let share = measure.is_share();
        let base = tally.valid + tally.missing;
        Estimate {
            measure,
            period,
            since,
            region: pick.code("region").unwrap_or_else(|| self.regions.whole().into()),
            sector: pick.code("sector").unwrap_or_else(|| self.sectors.whole().into()),
            value,
            numerator: share.then_some(tally.yes / pooled),
            denominator: Some(tally.valid / pooled),
            n: Some(tally.n as f64),
            uncertainty,
            rolled_up: pick.is_margin(),
            note: None,
            missing: (base > 0.0 && share).then(|| MissingAnswers {
                share: tally.missing / base,
                low: tally.yes / base,
                high: (tally.yes + tally.missing) / base,
            }),
            psus: None,
            breakdown: pick.breakdown(),
            formula: None,
        }
    }
}

fn variable(measure: Measure) -> u32 {
    match measure {
        Measure::Density => DENSITY,
        Measure::CoveredNonmembers => NONMEMBERS,
        _ => COVERAGE,
    }
}

fn expression(measure: Measure, cells: &[u32]) -> Expression {
    match measure {
        Measure::CoverageMinusDensity => Expression::rate(cells, COVERAGE).minus(Expression::rate(cells, DENSITY)),
        _ => Expression::rate(cells, variable(measure)),
    }
}

/// The way in which errors are made; `missing` counts the replicates in which a figure does not exist.
pub(crate) fn error_method(drawn: &Drawn, missing: usize) -> ErrorMethod {
    let calibrated = drawn.calibration.is_some();
    match (drawn.design_effect, &drawn.replicates) {
        (Some(design_effect), _) => ErrorMethod::AssumedDesignEffect { design_effect },
        (None, Some(weights)) => {
            let (kind, replicates) = (weights.replicates().kind(), weights.replicates().len());
            ErrorMethod::Replicated { kind, replicates, missing, calibrated }
        }
        (None, None) => ErrorMethod::Linearised { tier: drawn.tier, calibrated },
    }
}

/// The error of one figure, with the way it was made.
fn uncertainty(drawn: &Drawn, measure: Measure, tally: &Tally, errors: &Errors, at: usize) -> Uncertainty {
    let (Some(p), Some(v)) = (errors.value[at], errors.variance[at]) else { return Uncertainty::Unstated };
    let spread = p * (1.0 - p);
    // No spread in the sample says nothing about the spread outside it: the answers count as a simple sample.
    let effective_n = match measure.is_share() && v > 0.0 && spread > 0.0 {
        true => spread / v,
        false if errors.complete[at] => f64::INFINITY,
        false => tally.n as f64,
    };
    let method = error_method(drawn, errors.missing[at]);
    Uncertainty::Sampling { se: v.max(0.0).sqrt(), df: errors.df[at], effective_n, method }
}

fn tally(totals: &Totals, cells: &[u32], variable: u32) -> Tally {
    let mut sum = Tally::default();
    for &cell in cells {
        sum.add(totals.tally(cell as usize, variable as usize));
    }
    sum
}
