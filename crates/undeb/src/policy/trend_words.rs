//! Why a trend is what it is, in sentences.

use super::log_odds::Treatment;
use super::trend::Trend;
use super::trend_choice::ADVANTAGE;
use super::trend_options::TrendModel;
use crate::schema::{Force, Period};

/// Periods in words; a long list by its number and its ends.
fn listed(periods: &[Period]) -> String {
    if let [first, .., last] = periods
        && periods.len() > 6
    {
        return format!("{} periods from {first} to {last}", periods.len());
    }
    let words: Vec<String> = periods.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.join(""),
    }
}

impl Trend {
    /// The sentences of [`Trend::reasons`].
    pub(super) fn say(&self) -> Vec<String> {
        let mut said = vec![self.say_model(), self.say_variances()];
        let treated = |wanted: Treatment| -> Vec<Period> {
            self.points().iter().filter(|p| p.treatment == Some(wanted)).map(|p| p.period).collect()
        };
        let (continuity, assumed) = (treated(Treatment::Continuity), treated(Treatment::AssumedError));
        if !continuity.is_empty() {
            said.push(format!(
                "In {} fewer than half a person stood above or below the line; half a person was added to both.",
                listed(&continuity)
            ));
        }
        if let (Some(se), false) = (self.options().assumed_se, assumed.is_empty()) {
            said.push(format!(
                "No error is stated for {}: a standard error of {:.2} points is assumed.",
                listed(&assumed),
                100.0 * se
            ));
        }
        let left_out: Vec<Period> = self.left_out().to_vec();
        if !left_out.is_empty() {
            said.push(format!("Left out, because no error is stated: {}.", listed(&left_out)));
        }
        let mut cut = self.breaks().iter().filter(|b| b.force == Force::Incomparable && b.at <= self.points()[0].period);
        if let Some(cut) = cut.next_back() {
            said.push(format!("Nothing before the break of {} is joined to the trend.", cut.at));
        }
        for (at, size, se) in self.bridged() {
            said.push(format!(
                "The break of {at} is bridged: figures before it lie {size:+.3} on the log-odds scale off the trend, standard error {se:.3}."
            ));
        }
        for (at, sd) in self.options().bridges.iter().filter_map(|b| Some((b.at, b.sd?))) {
            said.push(format!(
                "The break of {at} is bridged: figures before it are taken to lie off the trend by an amount with a standard deviation of {sd} on the log-odds scale, which is assumed."
            ));
        }
        match self.options().correlation.as_slice() {
            [] => {}
            [one] => said.push(format!("Sampling errors of figures one step apart are taken to have a correlation of {one}.")),
            several => {
                let all: Vec<String> = several.iter().map(ToString::to_string).collect();
                said.push(format!(
                    "Sampling errors of figures one, two and more steps apart are taken to have correlations of {}.",
                    all.join(", ")
                ));
            }
        }
        let odd = |of: &[super::trend::Oddity]| listed(&of.iter().map(|o| o.period).collect::<Vec<_>>());
        if !self.outliers().is_empty() {
            said.push(format!("Figures that stand apart from all others: {}.", odd(self.outliers())));
        }
        if !self.jumps().is_empty() {
            said.push(format!("The level jumps more than the model expects in {}.", odd(self.jumps())));
        }
        if self.errors_follow() {
            said.push("Prediction errors follow each other, so intervals may be too narrow.".to_owned());
        }
        said
    }

    fn say_model(&self) -> String {
        let model = self.model();
        let chosen = format!("{} ({})", model.words(), model.id());
        match self.candidates() {
            [_] if self.options().model.is_some() => format!("The trend was asked to be {chosen}."),
            [_] => format!("The trend is {chosen}: for a slope the series is too short."),
            [best, others @ ..] => {
                let rival = others.iter().min_by(|a, b| a.criterion.total_cmp(&b.criterion)).unwrap_or(best);
                if rival.criterion < best.criterion {
                    format!(
                        "The trend is {chosen}: {} predicts the next figure better by {:.1} only, and {ADVANTAGE} are asked for before a steady slope is given up.",
                        rival.model.id(),
                        best.criterion - rival.criterion
                    )
                } else {
                    format!(
                        "The trend is {chosen}: of {} models it predicts the next figure best, variances counted ({:.1} against {:.1} for {}).",
                        others.len() + 1,
                        best.criterion,
                        rival.criterion,
                        rival.model.id()
                    )
                }
            }
            [] => String::new(),
        }
    }

    fn say_variances(&self) -> String {
        let v = self.variances();
        let level = if v.level > 0.0 {
            format!("the level moves by {:.4} a step", v.level.sqrt())
        } else {
            "the figures show no move of the level beyond its slope".to_owned()
        };
        let slope =
            if v.slope > 0.0 { format!("the slope by {:.4}", v.slope.sqrt()) } else { "no change of the slope".to_owned() };
        let damping = match self.model() {
            TrendModel::DampedTrend => {
                format!("; {} of the slope is left a year later, which is assumed", self.options().damping)
            }
            _ => String::new(),
        };
        let words = match self.model() {
            TrendModel::LocalLevel if v.level > 0.0 => level,
            TrendModel::LocalLevel => "the figures show no move of the level beyond sampling error".to_owned(),
            TrendModel::Drift => level,
            TrendModel::SmoothTrend | TrendModel::DampedTrend if v.slope > 0.0 => {
                format!("the slope moves by {:.4} a step", v.slope.sqrt())
            }
            TrendModel::SmoothTrend | TrendModel::DampedTrend => "the figures show no change of the slope".to_owned(),
            TrendModel::LocalLinearTrend => format!("{level}, and {slope}"),
        };
        format!(
            "On the log-odds scale {words} (standard deviations, most likely values){damping}; intervals count in that they are not known."
        )
    }
}
