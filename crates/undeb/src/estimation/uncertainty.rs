//! What can be read off an uncertainty: its error, where it comes from, and the interval that it makes.

use super::{ErrorMethod, Uncertainty};
use crate::survey::interval::{Flag, Interval, Method, Outcome, proportion, symmetric};

impl Uncertainty {
    /// Standard error, where one is stated; none where the sample has no spread, which is not an error of zero.
    pub fn se(&self) -> Option<f64> {
        match self {
            Uncertainty::Sampling { se, .. } => Some(*se).filter(|se| *se > 0.0),
            _ => None,
        }
    }

    /// Degrees of freedom of the error, where they are known.
    pub fn df(&self) -> Option<f64> {
        match self {
            Uncertainty::Sampling { df, .. } => *df,
            _ => None,
        }
    }

    /// Size of the simple random sample with the same error; none where no error is stated or everybody was counted.
    pub fn effective_n(&self) -> Option<f64> {
        match self {
            Uncertainty::Sampling { effective_n, .. } => Some(*effective_n).filter(|n| n.is_finite()),
            _ => None,
        }
    }

    /// Where the error comes from: "published", "assumed design effect 1.5", "linearised, strata and clusters".
    pub fn source(&self) -> Option<String> {
        let Uncertainty::Sampling { method, .. } = *self else { return None };
        Some(match method {
            ErrorMethod::Published => "published".to_owned(),
            ErrorMethod::AssumedDesignEffect { design_effect } => format!("assumed design effect {design_effect}"),
            ErrorMethod::Linearised { tier, calibrated } => {
                format!("linearised, {}{}", tier.name(), if calibrated { ", calibrated" } else { "" })
            }
            ErrorMethod::Replicated { kind, replicates, missing, calibrated } => {
                let calibrated = if calibrated { ", calibrated" } else { "" };
                let missing = if missing > 0 { format!(", {missing} without a value") } else { String::new() };
                format!("{replicates} replicate weights, {}{calibrated}{missing}", kind.name())
            }
        })
    }
}

/// The interval of a value: of a share by a method of choice, of anything else the symmetric one.
pub(crate) fn outcome(
    share: bool,
    value: Option<f64>,
    uncertainty: Uncertainty,
    n: Option<f64>,
    level: f64,
    method: Method,
) -> Outcome {
    match (value, uncertainty) {
        (_, Uncertainty::Bounds { low, high }) => Outcome { interval: Some(Interval { low, high }), ..Outcome::default() },
        (None, _) => Outcome::none(Flag::NoFigure),
        (_, Uncertainty::Unstated) => Outcome::none(Flag::NoErrorStated),
        (Some(value), Uncertainty::Sampling { se, df, effective_n, .. }) if !share => {
            symmetric(value, se, df, effective_n.is_infinite(), level)
        }
        (Some(p), Uncertainty::Sampling { se, df, effective_n, .. }) => {
            // Where everybody was counted, or no records are known, the effective sample stands in for them.
            let n = n.filter(|_| df.is_some() && effective_n.is_finite()).unwrap_or(effective_n);
            // Where the sample has no spread the records stand in for it, which is to be said.
            let variance = if effective_n.is_infinite() || se == 0.0 { 0.0 } else { p * (1.0 - p) / effective_n };
            proportion(p, variance, n, df, level, method)
        }
    }
}
