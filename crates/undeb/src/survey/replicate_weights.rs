//! Replicate weights made from a design: a factor for each PSU and replicate, never a matrix of rows.

use super::design::{Design, LonelyPsu};
use super::hadamard;
use super::random::SplitMix;
use super::replicates::{Kind, Replicates};
use crate::error::{Error, Result};

/// Factors by which replicates multiply the weights of PSUs.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    replicates: Replicates,
    psus: usize,
    /// Replicate by replicate.
    factor: Vec<f64>,
}

impl Factors {
    /// Factors that were made elsewhere, replicate by replicate.
    ///
    /// # Errors
    /// Not one factor for each PSU and replicate; a factor that is negative, infinite or not a number.
    pub fn given(replicates: Replicates, psus: usize, factor: Vec<f64>) -> Result<Factors> {
        if factor.len() != psus * replicates.len() {
            let needed = psus * replicates.len();
            return Err(Error::design(format!("there are {} factors where {needed} are needed", factor.len())));
        }
        if let Some(at) = factor.iter().position(|f| !(0.0..=f64::MAX).contains(f)) {
            let (r, psu) = (at / psus + 1, at % psus + 1);
            return Err(Error::design(format!("the factor of PSU {psu} in replicate {r} is {}", factor[at])));
        }
        Ok(Factors { replicates, psus, factor })
    }

    /// The jackknife of an unstratified sample: each PSU left out once, the others times `n / (n - 1)`.
    ///
    /// Scale `(1 - f) (n - 1) / n`, with `n - 1` degrees of freedom. Source: METHODS M10; Wolter (2007), chapter 4.
    ///
    /// # Errors
    /// More than one stratum; fewer than two PSUs.
    pub fn jk1(design: &Design) -> Result<Factors> {
        if design.strata() != 1 {
            return Err(Error::design(format!("an unstratified jackknife of {} strata", design.strata()))
                .help("leave PSUs out stratum by stratum: JKn"));
        }
        let n = design.psus();
        let scale = design.correction(0) * (n as f64 - 1.0) / n as f64;
        let replicates = Replicates::new(Kind::Jk1, n)?.scaled(Some(scale), None)?;
        let up = n as f64 / (n as f64 - 1.0);
        let factor = (0..n * n).map(|at| if at / n == at % n { 0.0 } else { up }).collect();
        Self::given(replicates, n, factor)
    }

    /// The stratified jackknife: each PSU left out once, the others of its stratum times `n_h / (n_h - 1)`.
    ///
    /// Rscale `(1 - f_h) (n_h - 1) / n_h`, with PSUs less strata as degrees of freedom. Strata drawn completely, and
    /// lonely PSUs under the rule `remove`, have no replicate and add nothing. Source: METHODS M10; Wolter (2007),
    /// chapter 4.
    ///
    /// ```
    /// use undeb::survey::{design::*, replicate_weights::Factors};
    ///
    /// let design = Design::new(vec![0, 0, 1, 1, 1], vec![0.0; 2], LonelyPsu::Fail, |h| h.to_string())?;
    /// let factors = Factors::jkn(&design)?;
    /// assert_eq!((0..5).map(|psu| factors.factor(psu, 4)).collect::<Vec<_>>(), [1.0, 1.0, 1.5, 1.5, 0.0]);
    /// assert_eq!(factors.replicates().df(), 3.0);
    /// # Ok::<(), undeb::Error>(())
    /// ```
    ///
    /// # Errors
    /// Lonely PSUs under the rules `adjust` and `average`; fewer than two PSUs that can be left out.
    pub fn jkn(design: &Design) -> Result<Factors> {
        refuse_compared(design, "a jackknife")?;
        let psus = design.psus();
        let (mut rscales, mut factor) = (Vec::new(), Vec::new());
        for out in 0..psus as u32 {
            let stratum = design.stratum(out);
            let n = design.sampled(stratum as usize);
            if n < 2.0 || design.correction(stratum as usize) == 0.0 {
                continue;
            }
            rscales.push(design.correction(stratum as usize) * (n - 1.0) / n);
            factor.extend((0..psus as u32).map(|psu| match psu {
                _ if psu == out => 0.0,
                _ if design.stratum(psu) == stratum => n / (n - 1.0),
                _ => 1.0,
            }));
        }
        Self::given(Replicates::jkn(rscales)?.with_df(free(design))?, psus, factor)
    }

    /// Balanced half-samples of a design with two PSUs a stratum; with `rho > 0` Fay's, whose other half keeps `rho`.
    ///
    /// Factors `1 ± (1 - rho)` by a Hadamard matrix of an order `R` above the number of strata, so that the balance is
    /// full; scale `1 / (R (1 - rho)^2)`, with as many degrees of freedom as strata. For totals the variance is that of
    /// linearisation. Source: METHODS M10; Judkins (1990), *Journal of Official Statistics* 6, 223-239.
    ///
    /// # Errors
    /// A stratum without exactly two PSUs; sampling fractions, which half-samples know nothing of; `rho` outside [0, 1).
    pub fn brr(design: &Design, rho: f64) -> Result<Factors> {
        let strata = design.strata();
        if let Some(h) = (0..strata).find(|&h| design.sampled(h) != 2.0) {
            return Err(Error::design(format!("stratum {} has {} PSUs", h + 1, design.sampled(h)))
                .help("half-samples need two PSUs in every stratum; any other number can be jackknifed (JKn)"));
        }
        if (0..strata).any(|h| design.correction(h) != 1.0) {
            return Err(Error::design("half-samples cannot allow for sampling fractions").help("use the jackknife (JKn)"));
        }
        let order = hadamard::order(strata + 1);
        let kind = if rho == 0.0 { Kind::Brr } else { Kind::Fay(rho) };
        let replicates = Replicates::new(kind, order)?.with_df(strata as f64)?;
        let mut seen = vec![false; strata];
        let second: Vec<f64> = (0..design.psus() as u32)
            .map(|psu| if std::mem::replace(&mut seen[design.stratum(psu) as usize], true) { -1.0 } else { 1.0 })
            .collect();
        let matrix = hadamard::matrix(order);
        let side = |row: &[f64], psu: usize| second[psu] * row[design.stratum(psu as u32) as usize + 1];
        let factor = matrix.iter().flat_map(|row| (0..second.len()).map(move |psu| 1.0 + (1.0 - rho) * side(row, psu))).collect();
        Self::given(replicates, design.psus(), factor)
    }

    /// The rescaled bootstrap: in each stratum `n_h - 1` draws with replacement from its `n_h` PSUs.
    ///
    /// Factor `1 - l + l k n_h / (n_h - 1)` for a PSU drawn `k` times, with `l = sqrt(1 - f_h)`; scale `1 / (R - 1)`, with
    /// PSUs less strata as degrees of freedom. The same seed gives the same bits everywhere. Source: METHODS M10; Rao and
    /// Wu (1988), *Journal of the American Statistical Association* 83, 231-241; Rao, Wu and Yue (1992), *Survey
    /// Methodology* 18, 209-217.
    ///
    /// # Errors
    /// Fewer than two replicates; lonely PSUs under the rules `adjust` and `average`.
    pub fn bootstrap(design: &Design, replicates: usize, seed: u64) -> Result<Factors> {
        refuse_compared(design, "a bootstrap")?;
        let psus = design.psus();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); design.strata()];
        (0..psus).for_each(|psu| members[design.stratum(psu as u32) as usize].push(psu));
        let mut factor = vec![1.0; psus * replicates];
        for (r, of_replicate) in factor.chunks_exact_mut(psus.max(1)).enumerate() {
            // Each replicate has a stream of its own, so that more replicates leave the first ones as they are.
            let mut random = SplitMix::new(SplitMix::new(seed).next().wrapping_add(r as u64));
            for (h, of_stratum) in members.iter().enumerate().filter(|(_, m)| m.len() > 1) {
                let n = of_stratum.len();
                let (step, up) = (design.correction(h).sqrt(), n as f64 / (n as f64 - 1.0));
                of_stratum.iter().for_each(|&psu| of_replicate[psu] = 1.0 - step);
                (1..n).for_each(|_| of_replicate[of_stratum[random.below(n as u64) as usize]] += step * up);
            }
        }
        Self::given(Replicates::new(Kind::Bootstrap, replicates)?.with_df(free(design))?, psus, factor)
    }

    /// Measures the spread around the full-sample estimate (`true`) or the mean of the replicates (`false`).
    #[must_use]
    pub fn with_mse(mut self, mse: bool) -> Self {
        self.replicates = self.replicates.with_mse(mse);
        self
    }

    /// Number of PSUs.
    pub fn psus(&self) -> usize {
        self.psus
    }

    /// How the replicates were made and are scaled.
    pub fn replicates(&self) -> &Replicates {
        &self.replicates
    }

    /// The factor of a PSU in a replicate, both from 0.
    pub fn factor(&self, psu: u32, replicate: usize) -> f64 {
        self.factor[replicate * self.psus + psu as usize]
    }

    /// Replicate weights of rows, from their own weights and PSUs.
    pub fn column(&self, replicate: usize, psu: &[u32], weight: &[f64]) -> Vec<f64> {
        psu.iter().zip(weight).map(|(&psu, w)| w * self.factor(psu, replicate)).collect()
    }
}

/// PSUs less strata, over strata in which there is something to vary.
fn free(design: &Design) -> f64 {
    (0..design.strata()).filter(|&h| design.correction(h) > 0.0).map(|h| (design.sampled(h) - 1.0).max(0.0)).sum()
}

/// A lonely PSU cannot be compared with others by leaving it out or drawing it.
fn refuse_compared(design: &Design, what: &str) -> Result<()> {
    let compares = matches!(design.lonely(), LonelyPsu::Adjust | LonelyPsu::Average);
    match (0..design.strata()).find(|&h| compares && design.is_lonely(h)) {
        Some(h) => Err(Error::design(format!("stratum {} has only one PSU, which {what} cannot vary", h + 1))
            .help("join strata, or let lonely PSUs add nothing: remove")),
        None => Ok(()),
    }
}
