//! The words of `undeb trend` and `undeb project`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use undeb::{Measure, Period};

use crate::args::Output;

/// Which series, and how its trend is drawn.
#[derive(Args)]
pub(crate) struct SeriesOptions {
    /// Name of the source.
    pub(crate) source: String,
    /// Registry file with sources of your own.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// The measure; the first that the source offers when left out.
    #[arg(long, value_parser = PossibleValuesParser::new(Measure::ALL.map(Measure::id)))]
    pub(crate) measure: Option<String>,
    /// Region code; the whole when left out.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Sector code; all sectors when left out.
    #[arg(long)]
    pub(crate) sector: Option<String>,
    /// Assume this design effect where the table has a sample size and no error.
    #[arg(long, value_name = "DEFF", allow_negative_numbers = true)]
    pub(crate) design_effect: Option<f64>,
    /// Assume this standard error, as a fraction, where none is stated.
    #[arg(long, value_name = "SE", allow_negative_numbers = true)]
    pub(crate) assumed_se: Option<f64>,
    /// The model: local_level, drift, smooth_trend, local_linear_trend or damped_trend; chosen when left out.
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// First period that counts.
    #[arg(long)]
    pub(crate) from: Option<Period>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb trend us-states --region CA --sector private --design-effect 1.5
  undeb trend us-national --measure density --design-effect 1.5 --format csv > trend.csv")]
pub(crate) struct TrendCommand {
    #[command(flatten)]
    pub(crate) series: SeriesOptions,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb project us-states --region CA --sector private --design-effect 1.5 --to 2030 --target 0.1
  undeb project us-states --design-effect 1.5 --to 2030 --change 0 --baseline 2012 --format json")]
pub(crate) struct ProjectCommand {
    #[command(flatten)]
    pub(crate) series: SeriesOptions,
    /// Last period of the projection: the deadline.
    #[arg(long)]
    pub(crate) to: Period,
    /// The share to be reached, as a fraction: 0.1 is 10 %.
    #[arg(long, allow_negative_numbers = true, conflicts_with = "change")]
    pub(crate) target: Option<f64>,
    /// The change to be reached, as a fraction.
    #[arg(long, allow_negative_numbers = true, requires = "baseline")]
    pub(crate) change: Option<f64>,
    /// Period that the change starts from.
    #[arg(long, requires = "change")]
    pub(crate) baseline: Option<Period>,
    /// Seed of the simulation.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Simulated paths.
    #[arg(long, default_value_t = 2000)]
    pub(crate) paths: usize,
}
