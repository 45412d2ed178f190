//! How records were drawn, in the words of the command line.

use std::path::PathBuf;

use clap::Args;
use undeb::{
    DesignOptions, Error, KnownTotals, MadeReplicates, PayColumn, ReplicateColumns, Replication, Result, Roles, SecondStage,
};

/// Columns by the part they play, for records without a codebook.
#[derive(Args)]
#[command(next_help_heading = "Columns, for records without a codebook")]
pub(crate) struct RoleOptions {
    /// Members of a union: true or 1, others false or 0, empty where not known.
    #[arg(long, value_name = "COLUMN")]
    member: Option<String>,
    /// Covered employees, in the same way.
    #[arg(long, value_name = "COLUMN")]
    covered: Option<String>,
    /// Employees in scope; everybody when left out.
    #[arg(long, value_name = "COLUMN")]
    employee: Option<String>,
    /// Weight; 1 when left out.
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,
    /// What people are paid, an empty cell where not known; with --pay-unit.
    #[arg(long, value_name = "COLUMN", requires = "pay_unit")]
    pay: Option<String>,
    /// Currency and time of pay, such as 'GBP an hour'.
    #[arg(long, value_name = "WORDS", requires = "pay")]
    pay_unit: Option<String>,
    /// Weight of pay, where the survey has another one for it.
    #[arg(long, value_name = "COLUMN", requires = "pay")]
    pay_weight: Option<String>,
    /// Value that stands for pay that is not known, such as -9; may be given several times.
    #[arg(long, value_name = "VALUE", requires = "pay", allow_negative_numbers = true)]
    pay_missing: Vec<f64>,
    /// Year.
    #[arg(long, value_name = "COLUMN")]
    period: Option<String>,
    /// Region.
    #[arg(long, value_name = "COLUMN")]
    region: Option<String>,
    /// Sector.
    #[arg(long, value_name = "COLUMN")]
    sector: Option<String>,
    /// Members count as covered, as in the United States.
    #[arg(long)]
    members_within_covered: bool,
    /// Strata.
    #[arg(long, value_name = "COLUMN")]
    strata: Option<String>,
    /// PSUs; their numbers may repeat between strata.
    #[arg(long, value_name = "COLUMN")]
    psu: Option<String>,
    /// PSU numbers are unique over strata: one that lies in two strata is an error.
    #[arg(long, requires = "psu")]
    unique_psus: bool,
    /// Households, where no PSUs are known.
    #[arg(long, value_name = "COLUMN", conflicts_with = "psu")]
    household: Option<String>,
    /// People, where the same ones return in other periods: each must lie in one PSU or household.
    #[arg(long, value_name = "COLUMN")]
    person: Option<String>,
    /// PSUs in the population of the stratum, or the sampled share of them.
    #[arg(long, value_name = "COLUMN")]
    fpc: Option<String>,
    /// Units drawn within PSUs, such as households.
    #[arg(long, value_name = "COLUMN", requires = "psu")]
    second_unit: Option<String>,
    /// Strata of those units within their PSU.
    #[arg(long, value_name = "COLUMN", requires = "second_unit")]
    second_strata: Option<String>,
    /// Units in the population of the PSU, or the sampled share of them.
    #[arg(long, value_name = "COLUMN", requires = "second_unit")]
    second_fpc: Option<String>,
    /// A PSU with a single unit adds nothing at the second stage, instead of being an error.
    #[arg(long, requires = "second_unit")]
    second_remove_lonely: bool,
}

impl RoleOptions {
    /// The first flag that names a column, where there is one.
    pub(crate) fn any(&self) -> Option<&'static str> {
        let columns = [
            ("--member", &self.member),
            ("--covered", &self.covered),
            ("--employee", &self.employee),
            ("--weight", &self.weight),
            ("--pay", &self.pay),
            ("--period", &self.period),
            ("--region", &self.region),
            ("--sector", &self.sector),
            ("--strata", &self.strata),
            ("--psu", &self.psu),
            ("--household", &self.household),
            ("--person", &self.person),
            ("--fpc", &self.fpc),
        ];
        columns.into_iter().find_map(|(flag, column)| column.is_some().then_some(flag))
    }

    /// The part of a column that is named as a breakdown: `gor` is the region where --region gor is given.
    pub(crate) fn part<'a>(&self, by: &'a str) -> &'a str {
        let parts = [("period", &self.period), ("region", &self.region), ("sector", &self.sector)];
        parts.into_iter().find_map(|(part, column)| (column.as_deref() == Some(by)).then_some(part)).unwrap_or(by)
    }

    /// The roles; `by` names further columns to break down by.
    pub(crate) fn roles(&self, by: &[String], survey: &str, design: DesignOptions) -> Roles {
        // A breakdown by a part that no flag names is by the column of its name.
        let named = |part: &str, column: &Option<String>| match column {
            None if by.iter().any(|b| b == part) => Some(part.to_owned()),
            _ => column.clone(),
        };
        let others = by.iter().filter(|b| !["period", "region", "sector"].contains(&self.part(b))).cloned().collect();
        let second_stage = self.second_unit.clone().map(|unit| SecondStage {
            unit,
            strata: self.second_strata.clone(),
            fpc: self.second_fpc.clone(),
            remove_lonely: self.second_remove_lonely,
        });
        Roles {
            member: self.member.clone(),
            covered: self.covered.clone(),
            employee: self.employee.clone(),
            weight: self.weight.clone(),
            pay: self.pay.clone().map(|amount| PayColumn {
                amount,
                unit: self.pay_unit.clone().unwrap_or_default(),
                missing: self.pay_missing.clone(),
                weight: self.pay_weight.iter().cloned().collect(),
                note: None,
            }),
            strata: self.strata.clone(),
            psu: self.psu.clone(),
            household: self.household.clone(),
            person: self.person.clone(),
            fpc: self.fpc.clone(),
            second_stage,
            unique_psus: self.unique_psus,
            lonely_psu: design.lonely_psu,
            replication: design.replication,
            known_totals: design.known_totals,
            design_effect: design.design_effect,
            period: named("period", &self.period),
            region: named("region", &self.region),
            sector: named("sector", &self.sector),
            others,
            members_within_covered: self.members_within_covered,
            survey: survey.to_owned(),
        }
    }
}

/// How errors are made, beside the columns.
#[derive(Args)]
#[command(next_help_heading = "Errors")]
pub(crate) struct ErrorOptions {
    /// What a stratum with one PSU contributes: fail, remove, adjust or average.
    #[arg(long, value_name = "RULE", default_value = "fail")]
    lonely_psu: String,
    /// Columns of replicate weights, with a comma between them; `*` stands for their number: 'PWSSWGT*'.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "replicate_kind")]
    replicates: Vec<String>,
    /// How they were made: brr, fay, jk1, jkn, jk2, bootstrap, sdr or custom.
    #[arg(long, value_name = "KIND", requires = "replicates")]
    replicate_kind: Option<String>,
    /// What all squared distances of replicates are multiplied by; that of the kind when left out.
    #[arg(long, value_name = "NUMBER", requires = "replicates")]
    scale: Option<f64>,
    /// What that of each replicate is multiplied by, with a comma between them; needed for jkn.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', requires = "replicates")]
    rscales: Vec<f64>,
    /// Their number; another number of columns is then an error.
    #[arg(long, value_name = "NUMBER", requires = "replicates")]
    replicate_count: Option<usize>,
    /// The columns multiply the weight, and are no weights themselves.
    #[arg(long, requires = "replicates")]
    replicate_factors: bool,
    /// Degrees of freedom; the rank of the replicate weights less 1 when left out.
    #[arg(long, value_name = "NUMBER", requires = "replicates")]
    df: Option<f64>,
    /// Make replicate weights from strata and PSUs: jk1, jkn, brr, fay or bootstrap.
    #[arg(long, value_name = "KIND", conflicts_with = "replicates")]
    make_replicates: Option<String>,
    /// Number of bootstrap samples.
    #[arg(long, value_name = "NUMBER", requires = "make_replicates")]
    samples: Option<usize>,
    /// Seed of the bootstrap.
    #[arg(long, value_name = "NUMBER", requires = "make_replicates")]
    seed: Option<u64>,
    /// Fay's factor, for replicates of the kind fay.
    #[arg(long, value_name = "NUMBER")]
    rho: Option<f64>,
    /// Measure replicates from the full-sample figure (true) or from their mean (false); as is usual for the kind when left out.
    #[arg(long, value_name = "BOOL")]
    mse: Option<bool>,
    /// Known totals that the weights are calibrated to: CSV of variable, code, total, or TOML.
    #[arg(long, value_name = "FILE")]
    calibrate: Option<PathBuf>,
    /// How: linear, raking, logit or bounded-linear; not needed for a single margin.
    #[arg(long, value_name = "METHOD", requires = "calibrate")]
    calibrate_by: Option<String>,
    /// Smallest and largest factor of a weight, for logit and bounded-linear: 0.5,2.
    #[arg(long, value_name = "LOW,HIGH", value_delimiter = ',', num_args = 1, requires = "calibrate")]
    bounds: Vec<f64>,
    /// Assume this design effect, where the records tell nothing of the design.
    #[arg(long, value_name = "DEFF", allow_negative_numbers = true)]
    design_effect: Option<f64>,
}

impl ErrorOptions {
    /// The design effect that is assumed.
    pub(crate) fn design_effect(&self) -> Option<f64> {
        self.design_effect
    }

    /// The options as the library takes them.
    pub(crate) fn options(&self) -> Result<DesignOptions> {
        let some = |list: &[f64]| (!list.is_empty()).then(|| list.to_vec());
        let replication = match (&self.replicate_kind, &self.make_replicates) {
            (Some(kind), _) => Some(Replication::Columns(ReplicateColumns {
                columns: self.replicates.clone(),
                kind: kind.clone(),
                rho: self.rho,
                scale: self.scale,
                rscales: some(&self.rscales),
                mse: self.mse,
                df: self.df,
                count: self.replicate_count,
                factors: self.replicate_factors,
            })),
            (None, Some(kind)) => Some(Replication::Made(MadeReplicates {
                kind: kind.clone(),
                rho: self.rho,
                count: self.samples,
                seed: self.seed,
                mse: self.mse,
            })),
            (None, None) if self.rho.is_some() || self.mse.is_some() => {
                return Err(
                    Error::io("--rho and --mse belong to replicates").help("name them by --replicates or --make-replicates")
                );
            }
            (None, None) => None,
        };
        let bounds = match self.bounds[..] {
            [] => None,
            [low, high] => Some([low, high]),
            _ => return Err(Error::io("the bounds are not two numbers").help("write --bounds 0.5,2")),
        };
        let known = |path: &PathBuf| KnownTotals::read(path, self.calibrate_by.as_deref(), bounds);
        Ok(DesignOptions {
            lonely_psu: self.lonely_psu.parse()?,
            replication,
            known_totals: self.calibrate.as_ref().map(known).transpose()?,
            design_effect: self.design_effect,
        })
    }
}
