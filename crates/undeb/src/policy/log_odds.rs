//! Figures on the log-odds scale, each with its sampling variance and what had to be assumed of it.

use serde::Serialize;

use super::series::Series;
use super::trend_options::TrendOptions;
use crate::dynamics::{Observations, Shift, logit};
use crate::error::{Error, Result};
use crate::estimation::{Estimate, Uncertainty};
use crate::schema::{Force, Period};

/// What was done to a figure before it entered a trend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Fewer than half a person above or below the line: half a person was added to both.
    Continuity,
    /// No error is stated, and the one that the options assume was taken.
    AssumedError,
    /// No error is stated and none assumed, or no log odds: the figure was left out.
    LeftOut,
}

/// A series on the log-odds scale.
#[derive(Clone, Debug)]
pub(super) struct LogOdds {
    pub(super) first: Period,
    /// Period, figure and treatment of every figure of the stretch.
    pub(super) treatments: Vec<(Period, f64, Option<Treatment>)>,
    pub(super) observations: Observations,
    /// Those that are in, as fractions with variances, for the straight line.
    pub(super) used: Vec<(Period, f64, f64)>,
    /// Effective sample behind the last of them.
    pub(super) effective_n: f64,
}

/// Log odds and their variance of one figure.
///
/// `v = Var(p) / (p (1 - p))^2 = 1 / (n p (1 - p))` with `n` the effective sample. Where `n p` or `n (1 - p)` is below
/// one half, `p` is replaced by `(n p + 1/2) / (n + 1)`. Source: METHODS M20.
fn transform(figure: &Estimate, assumed_se: Option<f64>) -> (Option<(f64, f64, f64)>, Option<Treatment>) {
    let p = figure.value.unwrap_or_default();
    let (n, assumed) = match (figure.uncertainty, assumed_se) {
        (Uncertainty::Sampling { effective_n, .. }, _) if effective_n > 0.0 => (effective_n, None),
        (_, Some(se)) if p > 0.0 && p < 1.0 => (p * (1.0 - p) / (se * se), Some(Treatment::AssumedError)),
        _ => return (None, Some(Treatment::LeftOut)),
    };
    let outside = n * p < 0.5 || n * (1.0 - p) < 0.5;
    let p = if outside { (n * p + 0.5) / (n + 1.0) } else { p };
    let treatment = if outside { Some(Treatment::Continuity) } else { assumed };
    (Some((logit(p), 1.0 / (n * p * (1.0 - p)), n)), treatment)
}

impl LogOdds {
    pub(super) fn of(series: &Series, options: &TrendOptions) -> Result<LogOdds> {
        let what = || format!("{} of {}", series.measure().name(), series.place());
        if !series.measure().is_share() {
            return Err(Error::data(format!("{} is a signed difference and has no log odds", what()))
                .help("take the trends of coverage and of density"));
        }
        if series.covariance.is_some() && !options.correlation.is_empty() {
            return Err(Error::data(format!("a correlation is given for the trend of {}, but the records tell it", what()))
                .help("leave the correlation out"));
        }
        let stretch = reachable(series, options)?;
        let (mut treatments, mut kept) = (Vec::new(), Vec::new());
        for (i, figure) in stretch {
            let (transformed, treatment) = transform(figure, options.assumed_se);
            treatments.push((figure.period, figure.value.unwrap_or_default(), treatment));
            kept.extend(transformed.map(|(y, v, n)| (i, figure, y, v, n)));
        }
        if kept.len() < LEAST {
            let without = treatments.len() - kept.len();
            let error = Error::data(format!(
                "{} has {}{} for a trend, and {LEAST} are needed",
                what(),
                match kept.len() {
                    0 => "no figure".to_owned(),
                    1 => "one figure".to_owned(),
                    n => format!("{n} figures"),
                },
                if without > 0 { " with a sampling error" } else { "" }
            ));
            return Err(match (without, series.stretches().len()) {
                (1.., _) => error.help(format!(
                    "{without} of {} figures have no stated sampling error: assume a design effect where the table has a sample size, or a standard error for those without one (`assumed_se`)",
                    treatments.len()
                )),
                (_, 2..) => error.help("figures before an incomparable break are not joined; a bridge across it can be asked for"),
                _ => error.help("a longer series is needed"),
            });
        }
        let first = kept[0].1.period;
        let step = |p: Period| (p.years_since(first) / first.length()).round() as usize;
        let n = kept.len();
        let mut noise = Vec::with_capacity(n * n);
        for (i, a, _, va, _) in &kept {
            for (j, b, _, vb, _) in &kept {
                // The log odds move with the rates, so that their errors have the same correlation.
                let known = series.correlation(*i, *j);
                let rho = known.unwrap_or_else(|| options.correlation_at(step(a.period).abs_diff(step(b.period))));
                noise.push(rho * (va * vb).sqrt());
            }
        }
        let at = kept.iter().map(|k| step(k.1.period)).collect();
        let mut observations = Observations::correlated(at, kept.iter().map(|k| k.2).collect(), noise)
            .map_err(|e| e.context(format!("the trend of {}", what())))?;
        for bridge in &options.bridges {
            if !kept.iter().any(|k| k.1.period < bridge.at) || !kept.iter().any(|k| k.1.period >= bridge.at) {
                return Err(Error::data(format!("the bridge at {} has figures of {} on one side only", bridge.at, what()))
                    .help("a bridge lies between two figures"));
            }
            observations = observations.shifted(Shift { at: step(bridge.at), sd: bridge.sd })?;
        }
        let used = kept
            .iter()
            .map(|(_, figure, _, v, _)| {
                let p = figure.value.unwrap_or_default();
                // Back from the log odds, where a figure of 0 or 1 has an error too.
                let spread = if p > 0.0 && p < 1.0 { p * (1.0 - p) } else { 1.0 / (v * kept.len() as f64).max(1.0) };
                (figure.period, p, figure.se().map_or(v * spread * spread, |se| se * se))
            })
            .collect();
        Ok(LogOdds { first, treatments, observations, used, effective_n: kept[n - 1].4 })
    }
}

/// The fewest figures that a trend can be drawn through.
pub(super) const LEAST: usize = 3;

/// The figures that belong together: back to the last incomparable break that is not bridged.
fn reachable<'a>(series: &'a Series, options: &TrendOptions) -> Result<Vec<(usize, &'a Estimate)>> {
    let first = series.figures.first().map(|f| f.period);
    if let Some((from, first)) = options.from.zip(first).filter(|(a, b)| !a.is_like(*b)) {
        return Err(Error::data(format!("a trend from {from} was asked for, and {} has figures such as {first}", series.place))
            .help("name a period as the figures have them"));
    }
    for bridge in &options.bridges {
        if !series.breaks.iter().any(|b| b.at == bridge.at) {
            let known = known_breaks(series.breaks().map(|b| &b.at), "the series has no break");
            return Err(Error::data(format!("there is no break at {} to bridge", bridge.at)).help(known));
        }
    }
    let last = series.figures.last().map(|f| f.period);
    let cut = |p: Period| {
        series.breaks.iter().any(|b| {
            b.force == Force::Incomparable
                && last.is_some_and(|last| b.between(p, last))
                && !options.bridges.iter().any(|bridge| bridge.at == b.at)
        })
    };
    let from = |p: Period| options.from.is_none_or(|from| p >= from);
    Ok(series.figures.iter().enumerate().filter(|(_, f)| from(f.period) && !cut(f.period)).collect())
}

/// The breaks that there are, for who named another one.
pub(super) fn known_breaks<'p>(breaks: impl Iterator<Item = &'p Period>, none: &str) -> String {
    let known: Vec<String> = breaks.map(Period::to_string).collect();
    if known.is_empty() { none.to_owned() } else { format!("breaks: {}", known.join(", ")) }
}
