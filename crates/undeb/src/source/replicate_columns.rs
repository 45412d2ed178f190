//! Replicate weights that records bring along: which columns, of which kind, and whether every number is a weight.

use polars::prelude::*;
use rayon::prelude::*;
use serde::Deserialize;

use super::columns::{as_weights, column, names, no_column};
use crate::error::{Error, Result};
use crate::survey::rank::{gathered, rank};
use crate::survey::replicates::{Kind, Replicates};

/// Rows that the rank of the columns is looked for in first.
const FIRST: usize = 1 << 16;

/// Replicate weights in columns of the records.
///
/// ```
/// let org = undeb::ReplicateColumns { columns: vec!["PWORWGT*".into()], kind: "sdr".into(), count: Some(160), ..Default::default() };
/// assert!(org.mse.is_none(), "successive differences are measured from the full sample unless said otherwise");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicateColumns {
    /// Names of columns, in the order of the replicates. `*` stands for the number of a replicate: `PWSSWGT*`.
    pub columns: Vec<String>,
    /// How they were made: `brr`, `fay`, `jk1`, `jkn`, `jk2`, `bootstrap`, `sdr` or `custom`.
    pub kind: String,
    /// Fay's factor, for `fay`.
    #[serde(default)]
    pub rho: Option<f64>,
    /// What all squared distances are multiplied by; that of the kind when none.
    #[serde(default)]
    pub scale: Option<f64>,
    /// What the squared distance of each replicate is multiplied by; needed for `jkn`, 1 for others when none.
    #[serde(default)]
    pub rscales: Option<Vec<f64>>,
    /// Whether distances are those from the full-sample figure, not from the mean of the replicates; as is usual for the
    /// kind when none (`jk2` and `sdr`: true).
    #[serde(default)]
    pub mse: Option<bool>,
    /// Degrees of freedom; the rank of the weights less 1 when none.
    #[serde(default)]
    pub df: Option<f64>,
    /// Their number, where it is known beforehand; another number of columns is then an error.
    #[serde(default)]
    pub count: Option<usize>,
    /// The columns multiply the weight, and are no weights themselves.
    #[serde(default)]
    pub factors: bool,
}

/// Numbered columns of a pattern, in the order of their numbers.
fn numbered(pattern: &str, names: &[&str]) -> Result<Vec<String>> {
    let Some((before, after)) = pattern.split_once('*') else { return Ok(vec![pattern.to_owned()]) };
    let number = |name: &str| -> Option<u32> {
        let digits = name.strip_prefix(before)?.strip_suffix(after)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let mut found: Vec<(u32, &str)> = names.iter().filter_map(|n| Some((number(n)?, *n))).collect();
    found.sort_unstable();
    let Some(&(first, _)) = found.first() else {
        return Err(no_column(pattern, names.iter().copied()));
    };
    // A hole in the numbers is a column that got lost, and the errors would be too small without a word. A column with
    // the number 0 often is the full-sample weight, which is no replicate.
    for (place, (number, name)) in found.iter().enumerate() {
        let expected = first + place as u32;
        if *number != expected {
            return Err(Error::design(format!(
                "replicate weights `{pattern}` go up to {name} but number {expected} is not there"
            ))
            .help("name the columns one by one if they are meant to have gaps"));
        }
    }
    if first == 0 {
        return Err(Error::design(format!("`{pattern}` takes in `{}`, which may be the full-sample weight", found[0].1))
            .help("name the columns one by one"));
    }
    Ok(found.into_iter().map(|(_, name)| name.to_owned()).collect())
}

impl ReplicateColumns {
    /// The columns by name, patterns resolved.
    pub(crate) fn names(&self, there: &[&str]) -> Result<Vec<String>> {
        let parts: Vec<Vec<String>> = self.columns.iter().map(|c| numbered(c, there)).collect::<Result<_>>()?;
        let names = parts.concat();
        if let Some(absent) = names.iter().find(|n| !there.contains(&n.as_str())) {
            return Err(no_column(absent, there.iter().copied()));
        }
        if let Some(twice) = names.iter().enumerate().find_map(|(i, n)| names[..i].contains(n).then_some(n)) {
            return Err(Error::design(format!("the replicate weight `{twice}` is named twice")));
        }
        if let Some(count) = self.count.filter(|c| *c != names.len()) {
            return Err(Error::design(format!("there are {} columns of replicate weights, not {count}", names.len()))
                .help("name all of them, or correct their number"));
        }
        Ok(names)
    }

    /// Their scales for so many columns, degrees of freedom still open.
    fn replicates(&self, count: usize) -> Result<Replicates> {
        let kind = Kind::named(&self.kind, self.rho)?;
        if let Some(rscales) = self.rscales.as_ref().filter(|r| r.len() != count) {
            return Err(Error::design(format!("there are {} rscales for {count} replicate weights", rscales.len())));
        }
        let mut out = match (kind, self.scale, &self.rscales) {
            (Kind::Jkn, scale, Some(rscales)) => Replicates::jkn(rscales.clone())?.scaled(scale, None)?,
            (Kind::Custom, Some(scale), rscales) => {
                Replicates::custom(scale, rscales.clone().unwrap_or_else(|| vec![1.0; count]))?
            }
            (kind, scale, rscales) => Replicates::new(kind, count)?.scaled(scale, rscales.clone())?,
        };
        if let Some(mse) = self.mse {
            out = out.with_mse(mse);
        }
        Ok(out)
    }

    /// The columns, checked, and what they are; nothing of their size is copied where they are numbers in one piece.
    pub(crate) fn read(&self, frame: &DataFrame, weight: &Float64Chunked) -> Result<(Replicates, Vec<Float64Chunked>)> {
        let names = self.names(&names(frame).collect::<Vec<_>>())?;
        let replicates = self.replicates(names.len())?;
        let one = |name: &String| -> Result<Float64Chunked> {
            let values = as_weights("replicate weight", name, column(frame, name)?)?;
            Ok(if self.factors { (&values * weight).with_name(name.as_str().into()) } else { values })
        };
        // Collected before it is searched, so that the first error is reported whoever finds it.
        let all: Vec<Result<_>> = names.par_iter().map(one).collect();
        let columns = all.into_iter().collect::<Result<Vec<_>>>()?;
        let df = match self.df {
            Some(df) => df,
            None => (rank_of(&columns)? as f64 - 1.0).max(0.0),
        };
        Ok((replicates.with_df(df)?, columns))
    }
}

/// Rank of long columns. Where the first rows tell them all apart, the others add nothing.
fn rank_of(columns: &[Float64Chunked]) -> Result<usize> {
    let rows: Vec<&[f64]> = columns.iter().map(super::drawn::values).collect::<Result<_>>()?;
    let of_first = |most: usize| {
        let short: Vec<Vec<f64>> = rows.par_iter().map(|c| gathered(&c[..c.len().min(most)], 2 * columns.len())).collect();
        rank(&short)
    };
    let first = of_first(FIRST);
    Ok(if first == columns.len() { first } else { of_first(usize::MAX) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_numbers_without_holes() {
        let there = ["w", "w2", "w10", "w1", "w3", "wx", "r1x"];
        assert_eq!(numbered("r*x", &there).unwrap(), ["r1x"]);
        assert!(numbered("w*", &there).unwrap_err().to_string().contains("number 4 is not there"));
        assert_eq!(numbered("w*", &there[..2]).unwrap(), ["w2"]);
        assert!(numbered("v*", &there).unwrap_err().to_string().contains("no column `v*`"));
        assert!(numbered("w*", &["w0", "w1"]).unwrap_err().to_string().contains("full-sample"));
    }
}
