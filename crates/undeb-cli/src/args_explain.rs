//! The words of the commands that explain: why a rate moved, how sure an order is, where effort would count.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use undeb::{Measure, Period};

/// Which figures, and how the answer is printed.
#[derive(Args)]
pub(crate) struct Source {
    /// Name of the source.
    pub(crate) source: String,
    /// Registry file with sources of your own.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// The measure; density when left out.
    #[arg(long, default_value = "density", value_parser = PossibleValuesParser::new(Measure::ALL.map(Measure::id)))]
    pub(crate) measure: String,
    /// Assume this design effect for an approximate sampling error where the table has a sample size.
    #[arg(long, value_name = "DEFF", allow_negative_numbers = true)]
    pub(crate) design_effect: Option<f64>,
    /// Confidence level of the intervals.
    #[arg(long, default_value_t = 0.95)]
    pub(crate) level: f64,
    /// Print the whole answer as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb decompose us-states --from 2019 --to 2020 --by region,sector --design-effect 1.5
  undeb decompose us-states --measure coverage --from 2012 --to 2022 --by sector,region --form nested
  undeb decompose us-states --from 2019 --to 2020 --region CA --by sector")]
pub(crate) struct DecomposeCommand {
    #[command(flatten)]
    pub(crate) source: Source,
    /// First period.
    #[arg(long)]
    pub(crate) from: Period,
    /// Second period.
    #[arg(long)]
    pub(crate) to: Period,
    /// Groupings that make the cells, the outer first: region, sector; all that split the whole when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Into what: two-factors, interaction or nested.
    #[arg(long, default_value = "two-factors", value_parser = PossibleValuesParser::new(["two-factors", "interaction", "nested"]))]
    pub(crate) form: String,
    /// Region whose change it is; the whole when left out.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Sector whose change it is; the whole when left out.
    #[arg(long)]
    pub(crate) sector: Option<String>,
    /// Correlation of two estimates of one cell in the two periods.
    #[arg(long, value_name = "RHO", default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) correlation: f64,
    /// Cells to print, those that moved the whole most first.
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub(crate) show: usize,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb rank us-states --sector private --measure coverage --design-effect 1.5 --among 5
  undeb rank eu27 --measure adjusted_coverage --among 3")]
pub(crate) struct RankCommand {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Region codes; each of the lowest level when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) region: Vec<String>,
    /// Sector codes; all sectors as one when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) sector: Vec<String>,
    /// Period; the newest when left out.
    #[arg(long)]
    pub(crate) period: Option<Period>,
    /// How many count as the lowest and as the highest.
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub(crate) among: usize,
}

#[derive(Args)]
#[command(after_help = "Example:\n  undeb priorities us-states-2030")]
pub(crate) struct PrioritiesCommand {
    /// A plan file with a section [priorities], or the name of a bundled plan.
    pub(crate) plan: String,
    /// Print the whole answer as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Cells to print beside those of the set.
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub(crate) show: usize,
}
