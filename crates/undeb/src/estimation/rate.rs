//! Rates from a published table, with margins rolled up along the region tree.

use std::collections::HashMap;
use std::sync::Arc;

use super::{ErrorMethod, Estimate, Estimates, Uncertainty};
use crate::error::{Error, Result};
use crate::schema::{Measure, Period};
use crate::source::{Cell, MeasureBasis, PublishedTable};

/// What a rate needs from a cell; additive over cells, so that margins are sums.
#[derive(Clone, Copy, Debug)]
struct Totals {
    numerator: f64,
    denominator: f64,
    n: Option<f64>,
    /// Sum of X_i^2 / n_i over the parts, from which the effective sample of a margin follows.
    squares: f64,
}

/// Totals of one region.
type PartTotals = (Arc<str>, Totals);

impl Totals {
    fn add(&mut self, other: Totals) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.n = self.n.zip(other.n).map(|(a, b)| a + b);
        self.squares += other.squares;
    }
}

impl PublishedTable {
    /// Rates of the given measures by period, region and sector, with regions rolled up to every level above.
    ///
    /// Formula: `value = sum numerator / sum denominator`. Where the source publishes a standard error it is kept;
    /// where the table has `n` and a design effect is assumed, the effective sample of a cell is `n / deff` and that
    /// of a margin `X^2 / sum(X_i^2 deff / n_i)` with `X_i` the employees of its parts, and
    /// `se = sqrt(p (1 - p) / n_eff)`; else the error is unstated. A margin exists only when all of its parts do.
    ///
    /// `design_effect` overrides the one of the registry entry. Source: METHODS M1.
    ///
    /// # Errors
    /// A measure that the source does not offer; a design effect that is not a positive number.
    pub fn estimate(&self, measures: &[Measure], design_effect: Option<f64>) -> Result<Estimates> {
        let design_effect = design_effect.or(self.source().design_effect);
        if let Some(deff) = design_effect.filter(|d| !(d.is_finite() && *d > 0.0)) {
            return Err(Error::design(format!("the design effect is {deff}"))
                .help("it is a positive number, 1 for a simple random sample"));
        }
        let mut definitions = Vec::new();
        let mut cells = Vec::new();
        for &measure in measures {
            if definitions.iter().any(|d: &crate::schema::Definition| d.measure == measure) {
                continue;
            }
            definitions.push(self.source().definition(measure)?);
            self.estimate_one(measure, design_effect, &mut cells);
        }
        Ok(Estimates::new(Arc::clone(self.source()), Arc::clone(self.regions()), Arc::clone(self.sectors()), definitions, cells))
    }

    fn estimate_one(&self, measure: Measure, design_effect: Option<f64>, out: &mut Vec<Estimate>) {
        let from_rate = |m| self.source().entry(m).is_some_and(|e| e.basis == MeasureBasis::Rate);
        let is_rate = match measure {
            Measure::CoverageMinusDensity => from_rate(Measure::Coverage) || from_rate(Measure::Density),
            Measure::CoveredNonmembers => false,
            _ => from_rate(measure),
        };
        if is_rate || measure == Measure::CoverageMinusDensity {
            out.extend(self.cells().iter().map(|cell| published_rate(measure, cell, design_effect)));
            return;
        }
        let mut sums: HashMap<(Period, Arc<str>), Vec<PartTotals>> = HashMap::new();
        for cell in self.cells() {
            let totals = totals(measure, cell);
            let mut one = rate(measure, cell.period, &cell.region, &cell.sector, totals, design_effect, false, cell.note.clone());
            if cell.employees == Some(0.0) {
                // An empty cell has no rate, but that nobody is in it is known.
                (one.numerator, one.denominator) = (Some(0.0), Some(0.0));
            }
            out.push(one);
            if let Some(totals) = totals {
                sums.entry((cell.period, Arc::clone(&cell.sector))).or_default().push((Arc::clone(&cell.region), totals));
            }
        }
        let published: std::collections::HashSet<&str> = self.cells().iter().map(|c| &*c.region).collect();
        let mut keys: Vec<_> = sums.keys().cloned().collect();
        keys.sort();
        for code in self.regions().codes().iter().filter(|c| !published.contains(&*c.id)) {
            let parts: Vec<&str> = self.regions().below(&code.id).map(|c| c.id.as_str()).collect();
            let region: Arc<str> = code.id.as_str().into();
            for (period, sector) in keys.iter().filter(|_| !parts.is_empty()) {
                let here = &sums[&(*period, Arc::clone(sector))];
                let mut found = 0;
                let mut whole = Totals { numerator: 0.0, denominator: 0.0, n: Some(0.0), squares: 0.0 };
                for (_, totals) in here.iter().filter(|(region, _)| parts.contains(&&**region)) {
                    whole.add(*totals);
                    found += 1;
                }
                if found == parts.len() {
                    out.push(rate(measure, *period, &region, sector, Some(whole), design_effect, true, None));
                }
            }
        }
    }
}

fn totals(measure: Measure, cell: &Cell) -> Option<Totals> {
    let denominator = cell.employees.filter(|e| *e > 0.0)?;
    let numerator = match measure {
        Measure::Density => cell.members?,
        Measure::CoveredNonmembers => cell.covered? - cell.members?,
        _ => cell.covered?,
    };
    // Employees on an empty sample have no finite error, and neither has a margin that holds them.
    let squares = cell.n.map_or(0.0, |n| denominator * denominator / n);
    Some(Totals { numerator, denominator, n: cell.n, squares })
}

#[allow(clippy::too_many_arguments)]
fn rate(
    measure: Measure,
    period: Period,
    region: &Arc<str>,
    sector: &Arc<str>,
    totals: Option<Totals>,
    design_effect: Option<f64>,
    rolled_up: bool,
    note: Option<Arc<str>>,
) -> Estimate {
    let value = totals.map(|t| t.numerator / t.denominator);
    let uncertainty = match (totals, design_effect) {
        (Some(Totals { denominator, n: Some(_), squares, .. }), Some(deff)) if squares > 0.0 && squares.is_finite() => {
            let effective_n = denominator * denominator / (squares * deff);
            assumed(value.unwrap_or_default(), effective_n, deff)
        }
        _ => Uncertainty::Unstated,
    };
    Estimate {
        measure,
        period,
        since: None,
        region: Arc::clone(region),
        sector: Arc::clone(sector),
        value,
        numerator: totals.map(|t| t.numerator),
        denominator: totals.map(|t| t.denominator),
        n: totals.and_then(|t| t.n),
        uncertainty,
        rolled_up,
        note,
        missing: None,
        psus: None,
        breakdown: Vec::new(),
        formula: None,
    }
}

/// The approximate error of a share from an effective sample that rests on an assumed design effect.
fn assumed(p: f64, effective_n: f64, design_effect: f64) -> Uncertainty {
    let se = (p * (1.0 - p) / effective_n).max(0.0).sqrt();
    Uncertainty::Sampling { se, df: None, effective_n, method: ErrorMethod::AssumedDesignEffect { design_effect } }
}

/// A rate as published, or the signed difference of two of the same cell.
fn published_rate(measure: Measure, cell: &Cell, design_effect: Option<f64>) -> Estimate {
    let published = |m: Measure| cell.rates.iter().find(|r| r.0 == m);
    let counted = |m: Measure| totals(m, cell).map(|t| t.numerator / t.denominator);
    let (value, se) = match measure {
        Measure::CoverageMinusDensity => {
            let rate = |m| published(m).map(|r| r.1).or_else(|| counted(m));
            (rate(Measure::Coverage).zip(rate(Measure::Density)).map(|(c, d)| c - d), None)
        }
        _ => published(measure).map_or((None, None), |r| (Some(r.1), r.2)),
    };
    let uncertainty = match (value, se, cell.n.zip(design_effect)) {
        (Some(p), Some(se), _) if se > 0.0 && p > 0.0 && p < 1.0 => {
            let effective_n = p * (1.0 - p) / (se * se);
            Uncertainty::Sampling { se, df: None, effective_n, method: ErrorMethod::Published }
        }
        (Some(p), _, Some((n, deff))) if n > 0.0 && measure.is_share() => assumed(p, n / deff, deff),
        _ => Uncertainty::Unstated,
    };
    let numerator = match measure {
        Measure::Density => cell.members,
        Measure::Coverage | Measure::AdjustedCoverage | Measure::PaySet => cell.covered,
        Measure::CoveredNonmembers | Measure::CoverageMinusDensity => None,
    };
    // Employees of a table are the base of density and coverage; the adjusted base is narrower and not in it.
    let denominator = cell.employees.filter(|_| measure != Measure::AdjustedCoverage);
    Estimate {
        measure,
        period: cell.period,
        since: None,
        region: Arc::clone(&cell.region),
        sector: Arc::clone(&cell.sector),
        value,
        numerator: numerator.or_else(|| value.zip(denominator).map(|(v, d)| v * d)),
        denominator,
        n: cell.n,
        uncertainty,
        rolled_up: false,
        note: cell.note.clone(),
        missing: None,
        psus: None,
        breakdown: Vec::new(),
        formula: None,
    }
}
