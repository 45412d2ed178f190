//! The words of the command line.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use undeb::{Day, Measure, Method, Period};

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
    /// Rates from a file of survey records, with the errors of its design.
    Estimate(RecordCommand),
    /// List the codebooks, or show what one of them knows and cannot give.
    Codebooks {
        /// Name of a codebook.
        codebook: Option<String>,
    },
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
#[command(after_help = "Examples:
  undeb estimate lfs.parquet --codebook uk-lfs --by region,sector
  undeb estimate cps.csv --codebook us-cps-org --by period --format csv > rates.csv
  undeb estimate lfs.parquet --codebook my-lfs.toml --by region --margins --lonely-psu adjust")]
pub(crate) struct RecordCommand {
    /// Records: CSV, Parquet or Arrow IPC.
    pub(crate) file: PathBuf,
    /// A bundled codebook, or the file of your own.
    #[arg(long, value_name = "CODEBOOK")]
    pub(crate) codebook: String,
    /// Breakdowns: period, region, sector, industry.
    #[arg(long, value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Measures; all that the survey has questions for when left out.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(Measure::ALL.map(Measure::id)))]
    pub(crate) measure: Vec<String>,
    /// Margins too: regions rolled up, all sectors.
    #[arg(long)]
    pub(crate) margins: bool,
    /// What a stratum with one PSU contributes: fail, remove, adjust or average.
    #[arg(long, value_name = "RULE", default_value = "fail")]
    pub(crate) lonely_psu: String,
    #[command(flatten)]
    pub(crate) output: Output,
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

#[derive(Args)]
#[command(after_help = "Examples:
  undeb estimates us-states --region US,CA --sector all --period 2022
  undeb estimates us-states --design-effect 1.5 --format parquet --out us.parquet")]
pub(crate) struct EstimateOptions {
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
    /// Periods; all when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) period: Vec<Period>,
    /// Assume this design effect for an approximate sampling error where the table has a sample size.
    #[arg(long, value_name = "DEFF", allow_negative_numbers = true)]
    pub(crate) design_effect: Option<f64>,
    #[command(flatten)]
    pub(crate) output: Output,
}
