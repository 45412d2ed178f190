//! Which model of a trend: by how well each predicts the next figure.

use serde::Serialize;

use super::trend_options::TrendModel;
use crate::dynamics::{Maximum, Model, Observations, Variances};
use crate::error::Result;

/// A model that was compared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The model.
    pub model: TrendModel,
    /// Its most likely variances.
    pub variances: Variances,
    /// Its diffuse log-likelihood; not comparable between models with and without a slope.
    pub log_likelihood: f64,
    /// Sum of the logarithms of its one-step predictive densities, over the same figures for every model.
    pub predictive: f64,
    /// `-2 predictive + 2 variances`: smaller is better.
    pub criterion: f64,
}

/// By how much another model has to be better than the steady slope.
///
/// Chosen on the origins 1995 to 2004 of docs/BACKTEST.md among 0, 4 and 8; the later origins judge it.
pub(super) const ADVANTAGE: f64 = 8.0;

/// The chosen model at its largest likelihood, and all that were compared, best first.
pub(super) struct Choice {
    pub(super) model: TrendModel,
    pub(super) maximum: Maximum,
    pub(super) candidates: Vec<Candidate>,
}

/// Compares the models, or fits the one that is asked for.
///
/// Models with a slope start from two unknown states and the local level from one, so that their diffuse likelihoods
/// count different numbers of figures. The sum over the figures after the `k` that the widest model needs to start,
/// `ll(n) - ll(k)`, is comparable. Short noisy series fool such comparisons, so the steady slope is left only for a model
/// that is clearly better. Source: METHODS M20.
pub(super) fn choose(observations: &Observations, asked: Option<TrendModel>, damping: f64) -> Result<Choice> {
    let n = observations.len();
    let enough = |m: TrendModel| match m {
        TrendModel::LocalLevel => true,
        TrendModel::LocalLinearTrend => n >= 8,
        _ => n >= 6,
    };
    let wanted: Vec<TrendModel> = match asked {
        Some(model) => vec![model],
        None => TrendModel::ALL.into_iter().filter(|m| enough(*m)).collect(),
    };
    // The figures that the widest of the models needs before it predicts.
    let mut start = 0;
    for model in &wanted {
        let prepared = Model::new(model.structure(damping), observations)?;
        let posterior = prepared.given(Variances::default())?;
        start = start.max((1..n).find(|&k| posterior.log_likelihood_of_first(k).is_some()).unwrap_or(n));
    }
    let mut candidates = Vec::new();
    for model in wanted {
        let prepared = Model::new(model.structure(damping), observations)?;
        let maximum = prepared.maximise(model.free())?;
        let posterior = prepared.given(maximum.variances)?;
        let predictive = maximum.log_likelihood - posterior.log_likelihood_of_first(start).unwrap_or(0.0);
        candidates.push((
            Candidate {
                model,
                variances: maximum.variances,
                log_likelihood: maximum.log_likelihood,
                predictive,
                criterion: -2.0 * predictive + 2.0 * model.variances() as f64,
            },
            maximum,
        ));
    }
    let counted = |c: &Candidate| c.criterion - if c.model == TrendModel::Drift { ADVANTAGE } else { 0.0 };
    // The sort is stable: of equals the simpler stays first.
    candidates.sort_by(|a, b| counted(&a.0).total_cmp(&counted(&b.0)));
    let (best, maximum) = candidates[0];
    Ok(Choice { model: best.model, maximum, candidates: candidates.into_iter().map(|c| c.0).collect() })
}
