//! The words of `undeb trend` and `undeb project`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use undeb::{Bridge, Measure, Period};

use crate::args::{Output, PublishedCells};

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
    /// Share of the slope of a damped trend that is left a year later.
    #[arg(long, value_name = "SHARE", default_value_t = 0.9, allow_negative_numbers = true)]
    pub(crate) damping: f64,
    /// Correlation of the sampling errors of figures one, two, ... steps apart; none when left out.
    #[arg(long, value_name = "RHO,...", value_delimiter = ',', allow_negative_numbers = true)]
    pub(crate) correlation: Vec<f64>,
    /// Incomparable breaks to be bridged by an unknown amount, or by one whose standard deviation on the log-odds scale is
    /// given: `2000` or `2000=0.1`.
    #[arg(long, value_name = "PERIOD[=SD]", value_delimiter = ',', value_parser = bridge)]
    pub(crate) bridge: Vec<Bridge>,
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
    /// Employees that the workers needed are counted with: flat, trend, or their number at the deadline.
    #[arg(long, default_value = "flat")]
    pub(crate) employment: String,
    /// Years after the newest figure within which the target is looked for.
    #[arg(long, value_name = "YEARS", default_value_t = 30)]
    pub(crate) within: u32,
    /// Seed of the simulation.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Simulated paths.
    #[arg(long, default_value_t = 2000)]
    pub(crate) paths: usize,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb detect us-states --region CA,WY --sector all --from 2012 --to 2022 --design-effect 1.5
  undeb detect us-states --region CA --design-effect 1.5 --target 0.2 --by 2030")]
pub(crate) struct DetectCommand {
    #[command(flatten)]
    pub(crate) cells: PublishedCells,
    /// Earlier period; the one before the later when left out.
    #[arg(long, value_name = "PERIOD", conflicts_with = "target")]
    pub(crate) from: Option<Period>,
    /// Later period; the newest figure of each series when left out.
    #[arg(long, value_name = "PERIOD", conflicts_with = "target")]
    pub(crate) to: Option<Period>,
    /// A share to be reached, as a fraction: when could the straight way there be told?
    #[arg(long, allow_negative_numbers = true, requires = "by")]
    pub(crate) target: Option<f64>,
    /// When it is to be reached.
    #[arg(long, value_name = "PERIOD", requires = "target")]
    pub(crate) by: Option<Period>,
    /// Level of the test.
    #[arg(long, default_value_t = 0.95, allow_negative_numbers = true)]
    pub(crate) level: f64,
    /// Probability with which the change is found.
    #[arg(long, default_value_t = 0.8, allow_negative_numbers = true)]
    pub(crate) power: f64,
    /// Correlation of the sampling errors of two figures, assumed; independent when left out.
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    pub(crate) correlation: Option<f64>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn bridge(given: &str) -> std::result::Result<Bridge, String> {
    let (at, sd) = given.split_once('=').map_or((given, None), |(at, sd)| (at, Some(sd)));
    let sd = sd.map(|sd| sd.parse().map_err(|_| format!("`{sd}` is no standard deviation: write 2000=0.1"))).transpose()?;
    Ok(Bridge { at: at.parse().map_err(|e: undeb::Error| e.to_string())?, sd })
}
