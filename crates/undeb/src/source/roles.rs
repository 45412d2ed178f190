//! Records whose columns are named by the part they play.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use super::coded::Coded;
use super::codes::Codes;
use super::coding::{bits, code};
use super::columns::{column, must_have_rows, weights, years};
use super::design_options::{DesignOptions, Replication};
use super::drawn::Drawing;
use super::known_totals::KnownTotals;
use super::microdata::{COVERED, Dimension, IN, MEMBER, Records};
use super::pay::PayColumn;
use super::psus::DesignColumns;
use super::registry::Source;
use super::second_stage::SecondStage;
use super::tier::Tier;
use crate::error::{Error, Result};
use crate::schema::{Classification, Measure};
use crate::survey::design::LonelyPsu;
use crate::survey::rows::Answer;
use crate::survey::threads;

/// Which columns play which part, for records without a codebook. An empty cell of `member` or `covered` is not known, never a no.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    /// True, 1 for members; false, 0 for others.
    pub member: Option<String>,
    /// True, 1 for covered employees; false, 0 for others.
    pub covered: Option<String>,
    /// True, 1 for employees in scope; all rows when none. Rows where it is empty are left out, and counted in a remark.
    pub employee: Option<String>,
    /// Weight; 1 when none.
    pub weight: Option<String>,
    /// What people are paid, for means and the raw gap.
    pub pay: Option<PayColumn>,
    /// Strata.
    pub strata: Option<String>,
    /// PSUs; every row its own when there is neither these, households nor people.
    pub psu: Option<String>,
    /// Households, which stand in for PSUs where those are not known.
    pub household: Option<String>,
    /// People, where the same ones may return in another period. Each must lie in one PSU or household; without these
    /// people stand in for PSUs.
    pub person: Option<String>,
    /// PSUs in the population of the stratum, or the share of them that was sampled; a stratum that was sampled whole is
    /// certain.
    pub fpc: Option<String>,
    /// Units drawn within PSUs.
    pub second_stage: Option<SecondStage>,
    /// PSU numbers are unique over strata; a PSU in two strata is then an error.
    pub unique_psus: bool,
    /// What a lonely PSU contributes.
    pub lonely_psu: LonelyPsu,
    /// Replicate weights; errors then come from them alone.
    pub replication: Option<Replication>,
    /// Known totals that the weights are calibrated to.
    pub known_totals: Option<KnownTotals>,
    /// An assumed design effect, where the records tell nothing of the design.
    pub design_effect: Option<f64>,
    /// Year.
    pub period: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Sector.
    pub sector: Option<String>,
    /// Further breakdowns.
    pub others: Vec<String>,
    /// Members count as covered, as in the United States.
    pub members_within_covered: bool,
    /// Name of the survey, for tables and reports.
    pub survey: String,
}

impl Roles {
    fn options(&self) -> DesignOptions {
        DesignOptions {
            lonely_psu: self.lonely_psu,
            replication: self.replication.clone(),
            known_totals: self.known_totals.clone(),
            design_effect: self.design_effect,
        }
    }

    /// Every column that is named, whatever its part.
    fn columns(&self) -> impl Iterator<Item = &str> {
        let answers = [&self.member, &self.covered, &self.employee, &self.weight, &self.period, &self.region, &self.sector];
        let design = [&self.strata, &self.psu, &self.household, &self.person, &self.fpc];
        let second = self.second_stage.iter().flat_map(SecondStage::columns);
        let named = answers.into_iter().chain(design).flatten().chain(&self.others);
        named.map(String::as_str).chain(second).chain(self.pay.iter().flat_map(PayColumn::columns))
    }

    /// The columns whose values are names, even where they are written in digits.
    fn codes(&self) -> impl Iterator<Item = &str> {
        let second = self.second_stage.iter().flat_map(|s| [Some(&s.unit), s.strata.as_ref()]);
        let own = [&self.region, &self.sector, &self.strata, &self.psu, &self.household, &self.person];
        own.into_iter().map(Option::as_ref).chain(second).flatten().chain(&self.others).map(String::as_str)
    }
}

/// Writes a two-bit answer for every row, from a table by code.
fn answer(flags: &mut [u8], coded: &Coded, shift: u8, table: &[Answer], empty: Answer) {
    threads::stretches(flags, |from, flags| {
        coded.codes.each(from..from + flags.len(), flags, |flag, code| {
            *flag |= (table.get(usize::from(code)).copied().unwrap_or(empty) as u8) << shift;
        });
    });
}

/// Yes and no from true and false, or 1 and 0.
fn yes_or_no(name: &str, coded: &Coded) -> Result<Vec<Answer>> {
    coded
        .keys
        .iter()
        .map(|key| match key.to_string().as_str() {
            "1" | "true" => Ok(Answer::Yes),
            "0" | "false" => Ok(Answer::No),
            other => {
                let at = coded.keys.iter().position(|k| k == key).unwrap_or_default();
                let count = coded.codes.iter().filter(|c| usize::from(*c) == at).count();
                Err(Error::data(format!("column `{name}` holds `{other}` in {count} rows"))
                    .help("write true and false or 1 and 0, and leave a cell empty where the answer is not known; a codebook maps other codes"))
            }
        })
        .collect()
}

impl Roles {
    /// The columns of a file that are read.
    pub(crate) fn columns_of(&self, there: &[&str]) -> Result<Vec<String>> {
        self.options().with_columns(self.columns(), &[], there)
    }

    /// Whether weights and design can be told from a part of the records.
    pub(crate) fn come_in_parts(&self) -> bool {
        self.options().come_in_parts() && self.person.is_none() && self.fpc.is_none() && self.second_stage.is_none()
    }
}

impl Records {
    /// Reads a file of records (CSV, Parquet or Arrow IPC, by its ending) whose columns are named by the part they play.
    ///
    /// # Errors
    /// The file cannot be read or ends early; see [`Records::new`].
    pub fn open(path: &Path, roles: &Roles) -> Result<Self> {
        let context = |e: Error| e.context(path.display().to_string());
        let codes: Vec<&str> = roles.codes().collect();
        let frame = super::frame::read(path, &|there| roles.columns_of(there), &|name| codes.contains(&name)).map_err(context)?;
        Self::new(&frame, roles).map_err(context)
    }

    /// Records whose columns are named by the part they play.
    ///
    /// # Errors
    /// A column is missing or of the wrong type; a weight is missing, negative or no number; the design does not hold
    /// together; there are no rows. Messages name column, row, value and count.
    pub fn new(frame: &DataFrame, roles: &Roles) -> Result<Self> {
        must_have_rows(frame)?;
        let rows = frame.height();
        let mut flags = vec![0_u8; rows];
        let mut asked = Vec::new();
        for (role, shift, measure) in [(&roles.member, MEMBER, Measure::Density), (&roles.covered, COVERED, Measure::Coverage)] {
            let Some(name) = role else { continue };
            let column = column(frame, name)?;
            if let Ok(bools) = column.as_materialized_series().bool() {
                // The bits are the answers: missing is 2, yes 1, no 0.
                bits(bools, &mut flags, |flag, yes, known| *flag |= (u8::from(yes & known) | u8::from(!known) << 1) << shift);
            } else {
                let coded = code(name, column)?;
                answer(&mut flags, &coded, shift, &yes_or_no(name, &coded)?, Answer::Missing);
            }
            asked.push(measure);
        }
        if asked.is_empty() {
            return Err(
                Error::data("no column is named for members or covered employees").help("give `member`, `covered` or both")
            );
        }
        if roles.members_within_covered && asked.len() == 2 {
            // A member is covered, whether the survey asked for that or left it out.
            let member = |f: u8| f >> MEMBER & 3 == Answer::Yes as u8;
            flags.iter_mut().filter(|f| member(**f)).for_each(|f| *f = *f & !(3 << COVERED) | (Answer::Yes as u8) << COVERED);
        }
        let mut unknown_scope = 0;
        match &roles.employee {
            None => flags.iter_mut().for_each(|f| *f |= IN),
            Some(name) => {
                let column = column(frame, name)?;
                // It is not read as a no: whoever may be in scope or not is left out, and counted.
                unknown_scope = column.null_count() as u64;
                if let Ok(bools) = column.as_materialized_series().bool() {
                    bits(bools, &mut flags, |flag, yes, known| *flag |= if yes & known { IN } else { 0 });
                } else {
                    let coded = code(name, column)?;
                    let table = yes_or_no(name, &coded)?;
                    threads::stretches(&mut flags, |from, flags| {
                        coded.codes.each(from..from + flags.len(), flags, |flag, code| {
                            *flag |= if table.get(usize::from(code)) == Some(&Answer::Yes) { IN } else { 0 };
                        });
                    });
                }
            }
        }
        if roles.weight.is_none() && roles.replication.as_ref().is_some_and(|r| matches!(r, Replication::Columns(_))) {
            return Err(Error::design("replicate weights are named, but not the weight of the records that they replicate")
                .help("name the column of the full-sample weight; for records that count once each, a column of ones"));
        }
        let find = |name: &Option<String>| name.as_deref().map(|n| column(frame, n)).transpose();
        let weight = weights(frame, roles.weight.as_deref())?;
        let (periods, period_of) = match &roles.period {
            None => (Vec::new(), Codes::Narrow(Vec::new())),
            Some(name) => years(name, code(name, column(frame, name)?)?)?,
        };
        let mut dimensions = BTreeMap::new();
        let mut trees = HashMap::new();
        let named = [("region", &roles.region), ("sector", &roles.sector)];
        let others = roles.others.iter().map(|n| (n.as_str(), n));
        for (dimension, name) in named.into_iter().filter_map(|(d, n)| Some((d, n.as_ref()?))).chain(others) {
            let coded = code(name, column(frame, name)?)?;
            let codes: Vec<Arc<str>> = coded.keys.iter().map(|k| k.to_string().into()).collect();
            trees.insert(dimension, codes.clone());
            dimensions.insert(dimension.to_owned(), Dimension { codes, of_row: coded.codes });
        }
        let stands_in = roles.psu.as_ref().or(roles.household.as_ref()).or(roles.person.as_ref()).cloned();
        let tier = match (&roles.psu, &roles.strata) {
            (Some(_), Some(_)) => Tier::StrataAndClusters,
            (Some(_), None) => Tier::Clusters,
            (None, _) if stands_in.is_some() => Tier::HouseholdClusters,
            (None, Some(_)) => Tier::Strata,
            (None, None) => Tier::WeightsOnly,
        };
        let drawing = Drawing {
            frame,
            dimensions: &dimensions,
            weight,
            columns: DesignColumns {
                strata: find(&roles.strata)?,
                psu: find(&stands_in)?,
                fpc: find(&roles.fpc)?,
                nested: !roles.unique_psus,
                lonely: roles.lonely_psu,
            },
            second_stage: roles.second_stage.as_ref(),
            person: roles.person.as_deref(),
            options: &roles.options(),
            tier,
        };
        let drawn = drawing.drawn()?;
        let tree = |kind: &str| Classification::flat(kind, trees.get(kind).into_iter().flatten());
        let source = Source::of_records(&roles.survey, &asked, roles.members_within_covered);
        Ok(Records {
            source: Arc::new(source),
            regions: Arc::new(tree("region")),
            sectors: Arc::new(tree("sector")),
            flags,
            drawn,
            periods,
            period_of,
            dimensions,
            asked,
            unasked: Vec::new(),
            cannot: "".into(),
            domain: Vec::new(),
            unknown_scope,
            pay: roles.pay.as_ref().map(|pay| pay.read(frame)).transpose()?,
        })
    }
}
