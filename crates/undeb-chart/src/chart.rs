//! The one entry: a kind, a subject and options in, a finished chart out.

use std::io::Write;

use polars::prelude::{CsvWriter, DataFrame, SerWriter};

use crate::error::{Cause, ChartError};
use crate::figures::{Asked, fill};
use crate::frame::Frame;
use crate::kind::Kind;
use crate::options::{ChartOptions, Width};
use crate::picture::Picture;
use crate::subject::Subject;

/// A finished chart: the picture, the words around it, and the numbers behind it.
#[derive(Clone, Debug)]
pub struct Chart {
    kind: Kind,
    frame: Frame,
    picture: Picture,
    numbers: DataFrame,
}

/// Most characters of a title of one's own.
const MOST_TITLE: usize = 500;

/// Makes a chart of a subject. What the options leave out is worked out from the subject: see [`ChartOptions`].
///
/// The title is computed from the figures and their intervals and says no more than they do (METHODS M28). Pictures of
/// estimates and findings carry the words "not released"; those of a report do not.
///
/// ```
/// use undeb_chart::{ChartOptions, Kind, chart};
/// let plan = undeb::Plan::builtin("eu-80")?;
/// let findings = plan.assess(plan.gather()?)?;
/// let picture = chart(Kind::Gap, (&findings).into(), &ChartOptions::default())?;
/// assert_eq!(picture.title(), "7 of 27 member states are at or above the 80% line, 20 below it");
/// assert!(picture.stamp().is_some() && picture.svg().starts_with("<svg"));
/// assert_eq!(picture.numbers().height(), 27);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The subject lacks what the kind needs, and the message says what ([`ChartError::is_need`]); a code, a target or a
/// measure is not there; an option contradicts the plan.
pub fn chart(kind: Kind, subject: Subject<'_>, options: &ChartOptions) -> Result<Chart, ChartError> {
    let pixels = options.width.pixels();
    if !(300.0..=2400.0).contains(&pixels) {
        let (unit, low, high) = match options.width {
            Width::Pixels(_) => ("pixels", 300.0, 2400.0),
            Width::Millimetres(_) => ("millimetres", 80.0, 635.0),
        };
        let what = format!("a chart is {low} to {high} {unit} wide");
        return Err(Cause::option(what, format!("choose a width between {low} and {high}")).into());
    }
    // Longer than any page takes: words are measured one by one, and breaking lines takes the square of their number.
    if let Some(long) = options.title.as_deref().map(|t| t.chars().count()).filter(|n| *n > MOST_TITLE) {
        let what = format!("the title has {long} characters");
        return Err(Cause::option(what, format!("give one of at most {MOST_TITLE}")).into());
    }
    let filled = fill(&Asked::of(kind, subject, options)?)?;
    let mut picture = filled.draw(options.id.as_deref().unwrap_or(kind.id()), options.theme);
    if options.id.is_none() {
        picture = filled.draw(&format!("{kind}-{:016x}", fingerprint(&picture.svg())), options.theme);
    }
    picture.millimetres = match options.width {
        Width::Millimetres(mm) => Some(mm),
        Width::Pixels(_) => None,
    };
    Ok(Chart { kind, frame: filled.frame, picture, numbers: filled.numbers })
}

/// The Fowler-Noll-Vo hash of a drawing: unlike drawings in one page have unlike identifiers, on every machine alike.
fn fingerprint(drawing: &str) -> u64 {
    drawing.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Chart {
    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The finding that the chart shows.
    pub fn title(&self) -> &str {
        &self.frame.title
    }

    /// Measure, population, unit and period.
    pub fn subtitle(&self) -> &str {
        &self.frame.subtitle
    }

    /// What must be known to read the chart.
    pub fn notes(&self) -> &[String] {
        &self.frame.notes
    }

    /// Where the figures are from.
    pub fn source(&self) -> &str {
        &self.frame.source
    }

    /// The stamp of a working picture.
    pub fn stamp(&self) -> Option<&str> {
        self.frame.stamp.as_deref()
    }

    /// The drawing.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The chart as an SVG document.
    pub fn svg(&self) -> String {
        self.picture.svg()
    }

    /// The chart as PNG, `scale` device pixels to a pixel of the screen; [`Chart::PRINT`] is 300 to the inch.
    ///
    /// # Errors
    /// The scale is not above 0 and at most 8, or the picture would have too many pixels.
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, ChartError> {
        self.picture.png(scale)
    }

    /// The scale of a PNG for print: 300 device pixels to the inch, where a screen has 96.
    pub const PRINT: f32 = 300.0 / 96.0;

    /// Title, subtitle, everything the chart shows, notes and source, in words.
    pub fn describe(&self) -> String {
        format!("{} {}", crate::frame::sentence(&self.frame.title), self.picture.describe()).trim().to_owned()
    }

    /// The numbers behind the picture: one row for each figure drawn, rates and differences as fractions.
    pub fn numbers(&self) -> &DataFrame {
        &self.numbers
    }

    /// The numbers behind the picture as CSV.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_csv(&self, writer: impl Write) -> Result<(), ChartError> {
        let failed = |e| Cause::Encode(format!("the numbers cannot be written as CSV: {e}"));
        Ok(CsvWriter::new(writer).finish(&mut self.numbers.clone()).map_err(failed)?)
    }
}
