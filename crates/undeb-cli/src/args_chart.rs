//! The words of `undeb chart`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use undeb::{Measure, Method, Period, RuleSet};
use undeb_chart::{Kind, Theme, Titles};

use crate::args::RecordCommand;

#[derive(Args)]
#[command(after_help = "Kinds: trend, small-multiples, interval, gap, heatmap, tiles, slope, waterfall, bounds, scatter, funnel.

Examples:
  undeb chart gap eu-80 --out gap.svg
  undeb chart trend us-states --measure density --region US,CA --out trend.png
  undeb chart tiles us-states --measure coverage --sector public --mm 160 --out map.png
  undeb chart slope us-states --measure density --design-effect 1.5 --period 2012,2022 --numbers")]
pub(crate) struct ChartCommand {
    /// Kind of chart.
    pub(crate) kind: Kind,
    /// A plan file, the name of a bundled plan, or the name of a source.
    pub(crate) subject: String,
    /// File to write; its ending says the form: .svg or .png.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    /// Print what the chart says in words.
    #[arg(long)]
    pub(crate) describe: bool,
    /// Print the numbers behind the chart as CSV.
    #[arg(long, conflicts_with = "describe")]
    pub(crate) numbers: bool,
    /// Target of the plan; its only one when left out.
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// The measure; the only one, or that of the target, when left out.
    #[arg(long, value_parser = PossibleValuesParser::new(Measure::ALL.map(Measure::id)))]
    pub(crate) measure: Option<String>,
    /// Region codes, or each.
    #[arg(long, value_delimiter = ',')]
    pub(crate) region: Vec<String>,
    /// Sector codes, or each; all sectors when left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) sector: Vec<String>,
    /// One period, two for a slope, or the first and the last of a range.
    #[arg(long, value_delimiter = ',')]
    pub(crate) period: Vec<Period>,
    /// Carry the series of a trend on to this period, by its state-space model; the figures need sampling errors.
    #[arg(long, value_name = "PERIOD")]
    pub(crate) project: Option<Period>,
    /// Confidence level of the intervals; that of the plan, or 0.95.
    #[arg(long)]
    pub(crate) level: Option<f64>,
    /// Rules by which figures without a plan are marked as unreliable: ons-2025, statswales-cv, statswales-n or nchs-2017.
    #[arg(long, value_name = "RULES", default_value = RuleSet::DEFAULT)]
    pub(crate) quality: String,

    /// How intervals are made: wilson, logit, wald, agresti-coull, korn-graubard or korn-graubard-nchs.
    #[arg(long, value_name = "METHOD", default_value = "wilson")]
    pub(crate) interval: Method,
    #[command(flatten)]
    pub(crate) look: Look,
    /// Device pixels to a pixel of a PNG; 2, or those of print with --mm, when left out.
    #[arg(long)]
    pub(crate) scale: Option<f32>,
    /// Apply the release rules of the plan; without it the chart says that it is not released.
    #[arg(long)]
    pub(crate) release: bool,
    /// Assume this design effect for an approximate sampling error where the source has a sample size.
    #[arg(long, value_name = "DEFF", allow_negative_numbers = true)]
    pub(crate) design_effect: Option<f64>,
    /// Registry file with sources of your own.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
}

/// How a chart looks.
#[derive(Args)]
#[command(next_help_heading = "Looks of a chart")]
pub(crate) struct Look {
    /// Codes of regions or sectors that stand out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) highlight: Vec<String>,
    /// A title in place of the computed one.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Where title, notes and source stand: inside the picture, or in the page around it.
    #[arg(long, value_name = "PLACE", default_value = "inside")]
    pub(crate) titles: Titles,
    /// Colours: light, dark or print.
    #[arg(long, default_value = "light")]
    pub(crate) theme: Theme,
    /// Language: en or cy.
    #[arg(long, default_value = "en")]
    pub(crate) locale: String,
    /// Width in pixels.
    #[arg(long, value_name = "PIXELS", default_value_t = 720.0)]
    pub(crate) width: f64,
    /// Width in millimetres instead; a PNG then has 300 pixels to the inch.
    #[arg(long, value_name = "MM", conflicts_with = "width")]
    pub(crate) mm: Option<f64>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  undeb estimate lfs.parquet --codebook uk-lfs --by region,sector
  undeb estimate cps.csv --codebook us-cps-org --by period --format csv > rates.csv
  undeb estimate lfs.parquet --codebook my-lfs.toml --by region --margins --lonely-psu adjust
  undeb estimate mine.csv --member union --weight w --strata stratum --psu cluster --fpc N --by region
  undeb estimate cps.parquet --member union --weight w --replicates 'w*' --replicate-kind sdr
  undeb estimate lfs.parquet --codebook uk-lfs --calibrate census.csv --calibrate-by raking
  undeb estimate lfs.parquet --codebook uk-lfs --by period,region --pool 3
  undeb estimate lfs.parquet --codebook uk-lfs --by region --chart bounds --measure density --out bounds.svg")]
pub(crate) struct EstimateCommand {
    #[command(flatten)]
    pub(crate) figures: RecordCommand,
    /// Draw the rates instead, as a chart of this kind; the file ends in .svg or .png.
    #[arg(long, value_name = "KIND", requires = "out", conflicts_with_all = ["quantity", "format"])]
    pub(crate) chart: Option<Kind>,
    #[command(flatten)]
    pub(crate) look: Look,
}
