//! The sampling design as the variance sees it: strata, their PSUs, sampling fractions, and what to do with a lonely PSU.

use crate::error::{Error, Result, choices};

/// What a stratum with a single PSU contributes; names and meaning as in R `survey` 4.5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LonelyPsu {
    /// An error that lists the strata.
    #[default]
    Fail,
    /// Nothing, as if the PSU had been drawn with certainty.
    Remove,
    /// Its squared distance from the mean of all PSUs.
    Adjust,
    /// What the other strata contribute on average.
    Average,
}

impl LonelyPsu {
    /// The word for it: `fail`, `remove`, `adjust` or `average`.
    pub const fn name(self) -> &'static str {
        match self {
            LonelyPsu::Fail => "fail",
            LonelyPsu::Remove => "remove",
            LonelyPsu::Adjust => "adjust",
            LonelyPsu::Average => "average",
        }
    }
}

impl std::str::FromStr for LonelyPsu {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "fail" => Ok(LonelyPsu::Fail),
            "remove" | "certainty" => Ok(LonelyPsu::Remove),
            "adjust" => Ok(LonelyPsu::Adjust),
            "average" => Ok(LonelyPsu::Average),
            _ => Err(Error::design(format!("`{text}` is not a rule for lonely PSUs"))
                .help(choices(text, ["fail", "remove", "adjust", "average"]))),
        }
    }
}

/// Strata and PSUs of a sample; PSUs are numbered from 0 over the whole sample, strata likewise.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    stratum_of: Vec<u32>,
    sampled: Vec<u32>,
    fraction: Vec<f64>,
    /// What each stratum counts for: 1, but at later stages the share of first-stage units that was sampled.
    share: Vec<f64>,
    lonely: LonelyPsu,
}

impl Design {
    /// A design from the stratum of every PSU, and for each stratum the share of its PSUs that was sampled (0: with replacement).
    ///
    /// # Errors
    /// A sampling fraction outside [0, 1]; under [`LonelyPsu::Fail`] a stratum with one PSU that was not drawn with
    /// certainty. `name` gives the words for a stratum.
    pub fn new(stratum_of: Vec<u32>, fraction: Vec<f64>, lonely: LonelyPsu, name: impl Fn(u32) -> String) -> Result<Self> {
        let mut sampled = vec![0_u32; fraction.len()];
        for &h in &stratum_of {
            sampled[h as usize] += 1;
        }
        if let Some(h) = fraction.iter().position(|f| !(0.0..=1.0).contains(f)) {
            return Err(Error::design(format!("the sampling fraction of stratum {} is {}", name(h as u32), fraction[h]))
                .help("the population of a stratum cannot be smaller than its sample"));
        }
        let share = vec![1.0; fraction.len()];
        let design = Design { stratum_of, sampled, fraction, share, lonely };
        if lonely == LonelyPsu::Fail {
            let alone: Vec<String> = (0..design.sampled.len()).filter(|&h| design.is_lonely(h)).map(|h| name(h as u32)).collect();
            if !alone.is_empty() {
                let shown = alone.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = if alone.len() > 12 { format!(" and {} more", alone.len() - 12) } else { String::new() };
                return Err(Error::design(format!(
                    "{} {} only one PSU: {shown}{more}",
                    alone.len(),
                    if alone.len() == 1 { "stratum has" } else { "strata have" }
                ))
                .help("say what a lonely PSU contributes, `lonely_psu` remove, adjust or average, or join strata"));
            }
        }
        Ok(design)
    }

    /// Number of PSUs.
    pub fn psus(&self) -> usize {
        self.stratum_of.len()
    }

    /// Number of strata.
    pub fn strata(&self) -> usize {
        self.sampled.len()
    }

    /// Stratum of a PSU.
    pub fn stratum(&self, psu: u32) -> u32 {
        self.stratum_of[psu as usize]
    }

    /// Strata of the PSUs in their order.
    pub(crate) fn strata_of_psus(&self) -> &[u32] {
        &self.stratum_of
    }

    /// Whether any stratum has a finite population.
    pub(crate) fn is_finite(&self) -> bool {
        self.fraction.iter().any(|f| *f > 0.0)
    }

    /// The lonely-PSU rule.
    pub fn lonely(&self) -> LonelyPsu {
        self.lonely
    }

    /// Sampled PSUs of a stratum.
    pub(crate) fn sampled(&self, stratum: usize) -> f64 {
        f64::from(self.sampled[stratum])
    }

    /// 1 minus the sampling fraction; a stratum within 1e-7 of complete counts as certain, as in R.
    pub(crate) fn correction(&self, stratum: usize) -> f64 {
        let open = 1.0 - self.fraction[stratum];
        if open < 1e-7 { 0.0 } else { self.share[stratum] * open }
    }

    /// What a stage that lies in the PSUs of a stratum counts for.
    pub(crate) fn passed_on(&self, stratum: u32) -> f64 {
        self.share[stratum as usize] * self.fraction[stratum as usize]
    }

    /// The design of a later stage, each stratum of which counts for a share.
    pub(crate) fn with_share(mut self, share: Vec<f64>) -> Self {
        self.share = share;
        self
    }

    /// One PSU, not drawn with certainty.
    pub(crate) fn is_lonely(&self, stratum: usize) -> bool {
        self.sampled[stratum] == 1 && self.correction(stratum) > 0.0
    }
}
