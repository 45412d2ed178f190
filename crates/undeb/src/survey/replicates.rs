//! What a set of replicates is: its kind, how its spread is scaled, and its degrees of freedom.

use crate::error::{Error, Result, choices};

/// How replicate weights were made.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Balanced half-samples.
    Brr,
    /// Balanced half-samples in which the other half keeps a share `rho` of its weight, `0 <= rho < 1`.
    Fay(f64),
    /// Each PSU of an unstratified sample left out once.
    Jk1,
    /// Each PSU left out once, its stratum scaled up.
    Jkn,
    /// One PSU of each pair left out, the other doubled.
    Jk2,
    /// Bootstrap samples.
    Bootstrap,
    /// Successive differences, as for the 80 or 160 replicates of the American household surveys.
    Sdr,
    /// Anything else, with its own scale.
    Custom,
}

impl Kind {
    /// The kind of that id; `rho` is Fay's factor, and belongs to `fay` alone.
    ///
    /// # Errors
    /// An unknown id; `fay` without `rho`, another kind with it.
    pub fn named(id: &str, rho: Option<f64>) -> Result<Kind> {
        let kind = match (id, rho) {
            ("fay", Some(rho)) => return Ok(Kind::Fay(rho)),
            ("fay", None) => {
                return Err(Error::design("Fay's half-samples need their factor rho").help("0.5 is usual; 0 is brr"));
            }
            ("brr", _) => Kind::Brr,
            ("jk1", _) => Kind::Jk1,
            ("jkn", _) => Kind::Jkn,
            ("jk2", _) => Kind::Jk2,
            ("bootstrap", _) => Kind::Bootstrap,
            ("sdr", _) => Kind::Sdr,
            ("custom", _) => Kind::Custom,
            _ => {
                return Err(Error::design(format!("`{id}` is not a kind of replicate weights"))
                    .help(choices(id, ["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "sdr", "custom"])));
            }
        };
        match rho {
            Some(rho) => Err(Error::design(format!("rho is {rho}, but the kind is {id}")).help("rho belongs to the kind fay")),
            None => Ok(kind),
        }
    }

    /// The words used in tables and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Brr => "balanced half-samples",
            Kind::Fay(_) => "Fay's half-samples",
            Kind::Jk1 => "JK1",
            Kind::Jkn => "JKn",
            Kind::Jk2 => "JK2",
            Kind::Bootstrap => "bootstrap",
            Kind::Sdr => "successive differences",
            Kind::Custom => "own scale",
        }
    }
}

/// Scales, centre and degrees of freedom of a set of replicates.
#[derive(Clone, Debug, PartialEq)]
pub struct Replicates {
    kind: Kind,
    scale: f64,
    rscales: Vec<f64>,
    mse: bool,
    df: f64,
}

impl Replicates {
    /// Replicates of a kind whose scale follows from their number `R`.
    ///
    /// | kind | scale | spread around |
    /// | --- | --- | --- |
    /// | BRR | `1 / R` | mean |
    /// | Fay | `1 / (R (1 - rho)^2)` | mean |
    /// | JK1 | `(R - 1) / R` | mean |
    /// | JK2 | `1` | full sample |
    /// | bootstrap | `1 / (R - 1)` | mean |
    /// | successive differences | `4 / R` | full sample |
    ///
    /// Every rscale is 1. The degrees of freedom are `R - 1`; R `survey` takes the rank of the matrix of weights less 1,
    /// which is less where there are more replicates than PSUs less strata: state it with [`Self::with_df`].
    /// Source: METHODS M10.
    ///
    /// # Errors
    /// Fewer than two replicates; `rho` outside [0, 1); JKn and custom replicates, whose scales are not a matter of `R`.
    ///
    /// ```
    /// use undeb::survey::replicates::{Kind, Replicates};
    ///
    /// assert_eq!(Replicates::new(Kind::Sdr, 160)?.scale(), 0.025);
    /// assert!(Replicates::new(Kind::Jkn, 72).is_err());
    /// # Ok::<(), undeb::Error>(())
    /// ```
    pub fn new(kind: Kind, replicates: usize) -> Result<Replicates> {
        let r = replicates as f64;
        let scale = match kind {
            Kind::Brr => 1.0 / r,
            Kind::Fay(rho) if (0.0..1.0).contains(&rho) => 1.0 / (r * (1.0 - rho) * (1.0 - rho)),
            Kind::Fay(rho) => return Err(Error::design(format!("Fay's factor is {rho}, not in [0, 1)"))),
            Kind::Jk1 => (r - 1.0) / r,
            Kind::Jk2 => 1.0,
            Kind::Bootstrap => 1.0 / (r - 1.0),
            Kind::Sdr => 4.0 / r,
            Kind::Jkn => {
                return Err(Error::design("a stratified jackknife needs an rscale for each replicate")
                    .help("the rscale is (n_h - 1) / n_h, for the PSUs n_h of the replicate's stratum"));
            }
            Kind::Custom => return Err(Error::design("custom replicates need a scale and rscales")),
        };
        Self::checked(kind, scale, vec![1.0; replicates])?
            .with_df(r - 1.0)
            .map(|r| r.with_mse(matches!(kind, Kind::Jk2 | Kind::Sdr)))
    }

    /// A stratified jackknife: the scale is 1, an rscale is `(n_h - 1) / n_h`, or less with a finite population correction.
    ///
    /// The degrees of freedom are the sum of the rscales: without a correction PSUs less strata, with one fewer.
    ///
    /// # Errors
    /// Fewer than two replicates; an rscale that is not in [0, 1].
    pub fn jkn(rscales: Vec<f64>) -> Result<Replicates> {
        let df = rscales.iter().sum();
        Self::checked(Kind::Jkn, 1.0, rscales)?.with_df(df)
    }

    /// Replicates with a scale and rscales of their own, and `R - 1` degrees of freedom.
    ///
    /// # Errors
    /// Fewer than two replicates; a scale or rscale that is negative or no number.
    pub fn custom(scale: f64, rscales: Vec<f64>) -> Result<Replicates> {
        let df = rscales.len() as f64 - 1.0;
        Self::checked(Kind::Custom, scale, rscales)?.with_df(df)
    }

    fn checked(kind: Kind, scale: f64, rscales: Vec<f64>) -> Result<Replicates> {
        if rscales.len() < 2 {
            return Err(Error::design(format!("{} replicates have no spread", rscales.len())));
        }
        let most = if kind == Kind::Jkn { 1.0 } else { f64::MAX };
        if let Some(bad) = rscales.iter().chain([&scale]).find(|s| !(0.0..=most).contains(*s)) {
            return Err(Error::design(format!("{bad} is not a scale of replicates")));
        }
        Ok(Replicates { kind, scale, rscales, mse: false, df: 0.0 })
    }

    /// Replaces the scale and the rscales where they are given; the kind keeps its name.
    ///
    /// # Errors
    /// Another number of rscales than replicates; a scale or rscale that is negative or no number.
    pub fn scaled(self, scale: Option<f64>, rscales: Option<Vec<f64>>) -> Result<Self> {
        let Replicates { kind, mse, df, .. } = self;
        let rscales = rscales.unwrap_or(self.rscales.clone());
        if rscales.len() != self.rscales.len() {
            return Err(Error::design(format!("there are {} rscales for {} replicates", rscales.len(), self.rscales.len())));
        }
        Self::checked(kind, scale.unwrap_or(self.scale), rscales)?.with_mse(mse).with_df(df)
    }

    /// Measures the spread around the full-sample estimate (`true`) or the mean of the replicates (`false`).
    #[must_use]
    pub fn with_mse(mut self, mse: bool) -> Self {
        self.mse = mse;
        self
    }

    /// States the degrees of freedom.
    ///
    /// # Errors
    /// Degrees of freedom that are negative or no number.
    pub fn with_df(mut self, df: f64) -> Result<Self> {
        if !(0.0..=f64::MAX).contains(&df) {
            return Err(Error::design(format!("{df} degrees of freedom")));
        }
        self.df = df;
        Ok(self)
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Number of replicates.
    pub fn len(&self) -> usize {
        self.rscales.len()
    }

    /// Whether there are none; never so.
    pub fn is_empty(&self) -> bool {
        self.rscales.is_empty()
    }

    /// What all squared distances are multiplied by.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// What the squared distance of each replicate is multiplied by.
    pub fn rscales(&self) -> &[f64] {
        &self.rscales
    }

    /// Whether the spread is that around the full-sample estimate.
    pub fn is_mse(&self) -> bool {
        self.mse
    }

    /// Degrees of freedom.
    pub fn df(&self) -> f64 {
        self.df
    }
}
