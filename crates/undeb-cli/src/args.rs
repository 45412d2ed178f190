//! The words of the command line.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use undeb::{Adjustment, Day, Measure, Method, Period, Quantity, Result};

use crate::args_chart::{ChartCommand, EstimateCommand};
use crate::args_explain::{DecomposeCommand, PrioritiesCommand, RankCommand};
use crate::args_trend::{DetectCommand, ProjectCommand, TrendCommand};
use crate::design::{ErrorOptions, RoleOptions};

/// Union density and bargaining coverage, held against targets.
#[derive(Parser)]
#[command(
    name = "undeb",
    version,
    about,
    after_help = "Examples:
  undeb report us-states-2030 --out us-report
  undeb report my-plan.toml --out report --force
  undeb data show us-states
  undeb estimates eu27 --format csv > eu27.csv

Exit codes: 0 every target met, 1 some not met, 3 some cannot be told and none missed, 2 an error."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Hold published figures against a plan and write a report.
    Report(ReportOptions),
    /// Check plans and export their schema.
    #[command(subcommand)]
    Plan(PlanCommand),
    /// List and show the bundled data.
    #[command(subcommand)]
    Data(DataCommand),
    /// Rates of a source as a table, CSV, JSON or Parquet.
    Estimates(EstimateOptions),
    /// Draw one chart of a plan or of a source, as SVG or PNG.
    Chart(ChartCommand),
    /// The level and slope behind a published series, and why.
    Trend(TrendCommand),
    /// The smallest change that a published series could tell, or when the way to a target could be told.
    Detect(DetectCommand),
    /// Where a published series is going, and how probable it is that a target is met.
    Project(ProjectCommand),
    /// Rates from a file of survey records, with the errors of its design.
    Estimate(Box<EstimateCommand>),
    /// Why a rate moved between two periods: the rates and the weights of its cells.
    Decompose(DecomposeCommand),
    /// Cells in order of their rates, with how sure that order is.
    Rank(RankCommand),
    /// Where effort would count for a target of a plan, and the smallest set of cells that closes its gap.
    Priorities(PrioritiesCommand),
    /// Figures held against one another: change between periods, one code against another, parts against their whole.
    Compare(Box<CompareCommand>),
    /// List the codebooks, or show what one of them knows and cannot give.
    Codebooks {
        /// Name of a codebook.
        codebook: Option<String>,
    },
    /// Write a ready notebook for a plan.
    #[command(after_help = "Example:\n  undeb notebook eu-80 --out eu-80.ipynb")]
    Notebook(NotebookCommand),
    /// Print completions for a shell.
    #[command(after_help = "Example:\n  undeb completions bash > /etc/bash_completion.d/undeb")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb report us-states-2030 --out us-report
  undeb report eu-80 --check; echo $?
  undeb report my-plan.toml --out report --force --as-of 2026-11-22")]
pub(crate) struct ReportOptions {
    /// A plan file, or the name of a bundled plan.
    pub(crate) plan: String,
    /// Folder for report.html, report.md, report.json, estimates.csv and charts/; without it only the verdict is printed.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Replace an earlier report in the folder, whole.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    /// Print nothing; the exit code is the answer.
    #[arg(long, conflicts_with_all = ["out", "force"])]
    pub(crate) check: bool,
    /// Day on which actions count as late; the plan's own, or today, when left out.
    #[arg(long, value_name = "DAY")]
    pub(crate) as_of: Option<Day>,
}

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// Read a plan and say whether it is right, pointing at line and column.
    #[command(after_help = "Example:\n  undeb plan check my-plan.toml")]
    Check {
        /// A plan file, or the name of a bundled plan.
        plan: String,
    },
    /// Print the JSON Schema of plan files, for editors.
    #[command(after_help = "Example:\n  undeb plan schema > undeb-plan.schema.json")]
    Schema,
    /// List the bundled plans.
    #[command(after_help = "Example:\n  undeb plan list")]
    List,
    /// Print a bundled plan as TOML, to start your own from.
    #[command(after_help = "Example:\n  undeb plan show eu-80 > my-plan.toml")]
    Show {
        /// Name of a bundled plan.
        plan: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum DataCommand {
    /// List the sources.
    #[command(after_help = "Example:\n  undeb data list --registry my-registry.toml")]
    List {
        /// Registry file with sources of your own.
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
    },
    /// Show a source: publisher, definitions, breaks, extent.
    #[command(after_help = "Examples:\n  undeb data show us-states\n  undeb data show us-states --csv > us-states.csv")]
    Show {
        /// Name of the source.
        source: String,
        /// Registry file with sources of your own.
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
        /// Print the table itself, as it is stored.
        #[arg(long)]
        csv: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table to read.
    Table,
    /// Comma-separated values.
    Csv,
    /// A list of records.
    Json,
    /// Apache Parquet; needs --out.
    Parquet,
}

#[derive(Args)]
pub(crate) struct RecordCommand {
    /// Records: CSV, Parquet or Arrow IPC.
    pub(crate) file: PathBuf,
    /// A bundled codebook, or the file of your own.
    #[arg(long, value_name = "CODEBOOK")]
    pub(crate) codebook: Option<String>,
    #[command(flatten)]
    pub(crate) roles: RoleOptions,
    /// Breakdowns: period, region, sector, industry; or, without a codebook, any column.
    #[arg(long, value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Measures; all that the survey has questions for when left out.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(Measure::ALL.map(Measure::id)))]
    pub(crate) measure: Vec<String>,
    /// Totals, means and raw pay gaps instead of rates: employees, members, pay_members, pay_gap_membership and others.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(Quantity::ALL.map(Quantity::id)), conflicts_with = "measure")]
    pub(crate) quantity: Vec<String>,
    /// Margins too: regions rolled up, all sectors.
    #[arg(long)]
    pub(crate) margins: bool,
    /// Average each period with those before it, this many in all; without `period` in --by all periods are averaged.
    #[arg(long, value_name = "PERIODS")]
    pub(crate) pool: Option<usize>,
    #[command(flatten)]
    pub(crate) errors: ErrorOptions,
    #[command(flatten)]
    pub(crate) output: Output,
}

impl RecordCommand {
    /// The quantities that are asked for.
    pub(crate) fn quantities(&self) -> Result<Vec<Quantity>> {
        self.quantity.iter().map(|q| q.parse()).collect()
    }
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb compare us-states --from 2012 --to 2022 --design-effect 1.5
  undeb compare us-states --from 2012 --to 2022 --only region=US,CA,NY --only sector=all,private --design-effect 1.5
  undeb compare lfs.parquet --codebook uk-lfs --from 2019 --to 2024 --by region,sector
  undeb compare lfs.parquet --codebook uk-lfs --dimension sector --code public --with private --by region --ratio
  undeb compare lfs.parquet --codebook uk-lfs --whole region --margin 0.02
  undeb compare mine.csv --member union --weight w --psu p --pay wage --pay-unit 'GBP an hour' \\
    --quantity members,pay_gap_membership --period year --successive")]
pub(crate) struct CompareCommand {
    /// What is compared: a file of records, or the name of a published source.
    #[command(flatten)]
    pub(crate) figures: RecordCommand,
    /// Registry file with sources of your own.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// Earlier period.
    #[arg(long, value_name = "PERIOD", requires = "to")]
    pub(crate) from: Option<Period>,
    /// Later period.
    #[arg(long, value_name = "PERIOD", requires = "from")]
    pub(crate) to: Option<Period>,
    /// Every period against the one before it.
    #[arg(long)]
    pub(crate) successive: bool,
    /// Dimension along which two codes are compared.
    #[arg(long, requires_all = ["code", "with"])]
    pub(crate) dimension: Option<String>,
    /// The code that is compared.
    #[arg(long, requires = "dimension")]
    pub(crate) code: Option<String>,
    /// The code that it is compared with.
    #[arg(long, value_name = "CODE", requires = "dimension")]
    pub(crate) with: Option<String>,
    /// Dimension whose codes are each compared with the whole.
    #[arg(long, value_name = "DIMENSION")]
    pub(crate) whole: Option<String>,
    /// Only figures with these codes, and tests adjusted for no others: `region=US,CA`; once for each dimension.
    #[arg(long, value_name = "DIMENSION=CODE,...", value_parser = only)]
    pub(crate) only: Vec<(String, Vec<String>)>,
    /// Ratios instead of differences.
    #[arg(long)]
    pub(crate) ratio: bool,
    /// Correlation of two published figures, assumed; records know it.
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    pub(crate) correlation: Option<f64>,
    /// Test whether a figure was maintained within this margin: 0.01 is one point of a rate.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) margin: Option<f64>,
    /// Probability with which the smallest detectable change is found.
    #[arg(long, default_value_t = 0.8, allow_negative_numbers = true)]
    pub(crate) power: f64,
    /// How p-values are adjusted for their number: benjamini-hochberg, benjamini-yekutieli or holm.
    #[arg(long, value_name = "METHOD", default_value = "benjamini-hochberg")]
    pub(crate) adjust: Adjustment,
}

fn only(given: &str) -> std::result::Result<(String, Vec<String>), String> {
    let (dimension, codes) = given.split_once('=').ok_or("write a dimension, an equals sign and codes: region=US,CA")?;
    let codes: Vec<String> = codes.split(',').map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect();
    if codes.is_empty() {
        Err("no code stands behind the equals sign".to_owned())
    } else {
        Ok((dimension.trim().to_owned(), codes))
    }
}

/// Where and how estimates are written.
#[derive(Args)]
pub(crate) struct Output {
    /// Confidence level of the intervals.
    #[arg(long, default_value_t = 0.95)]
    pub(crate) level: f64,
    /// How intervals are made: wilson, logit, wald, agresti-coull, korn-graubard or korn-graubard-nchs.
    #[arg(long, value_name = "METHOD", default_value = "wilson")]
    pub(crate) interval: Method,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// File to write; standard output when left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

/// Which cells of a published table.
#[derive(Args)]
pub(crate) struct PublishedCells {
    /// Name of the source.
    pub(crate) source: String,
    /// Registry file with sources of your own.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// Measures; all that the source offers when left out.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(Measure::ALL.map(Measure::id)))]
    pub(crate) measure: Vec<String>,
    /// Region codes; all when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) region: Vec<String>,
    /// Sector codes; all when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) sector: Vec<String>,
    /// Assume this design effect for an approximate sampling error where the table has a sample size.
    #[arg(long, value_name = "DEFF", allow_negative_numbers = true)]
    pub(crate) design_effect: Option<f64>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb estimates us-states --region US,CA --sector all --period 2022
  undeb estimates us-states --design-effect 1.5 --format parquet --out us.parquet")]
pub(crate) struct EstimateOptions {
    #[command(flatten)]
    pub(crate) cells: PublishedCells,
    /// Periods; all when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) period: Vec<Period>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
pub(crate) struct NotebookCommand {
    /// A plan file, or the name of a bundled plan.
    pub(crate) plan: String,
    /// The file to write; named after the plan when left out.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Replace a file that is there already.
    #[arg(long)]
    pub(crate) force: bool,
}
