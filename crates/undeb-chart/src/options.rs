//! What may be asked of a chart.

use std::str::FromStr;

use undeb::{Decomposition, Measure, Method, Period, Projection};

use crate::error::{Cause, ChartError};
use crate::locale::Locale;
use crate::theme::Theme;

/// Where titles, notes and sources of a chart stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Titles {
    /// Inside the picture, for a file that stands alone.
    #[default]
    Inside,
    /// In the page around it.
    Page,
}

impl FromStr for Titles {
    type Err = ChartError;

    fn from_str(name: &str) -> Result<Self, ChartError> {
        match name {
            "inside" => Ok(Titles::Inside),
            "page" => Ok(Titles::Page),
            _ => Err(Cause::choice("place of titles", name, ["inside", "page"].into_iter()).into()),
        }
    }
}

/// How wide a chart is; its height follows from what it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// In pixels of a screen.
    Pixels(f64),
    /// In millimetres on paper, at 96 pixels to the inch.
    Millimetres(f64),
}

impl Width {
    /// Pixels of a screen in a millimetre.
    pub(crate) const PER_MILLIMETRE: f64 = 96.0 / 25.4;

    /// The height in pixels that an upright page of A4 leaves between margins of 20 millimetres; none for a screen, and for
    /// what is wider than such a page.
    pub(crate) fn page(self) -> Option<f64> {
        match self {
            Width::Millimetres(mm) if mm <= 190.0 => Some(257.0 * Self::PER_MILLIMETRE),
            _ => None,
        }
    }

    /// The width in pixels.
    pub fn pixels(self) -> f64 {
        match self {
            Width::Pixels(pixels) => pixels,
            Width::Millimetres(mm) => mm * Self::PER_MILLIMETRE,
        }
    }
}

impl Default for Width {
    fn default() -> Self {
        Width::Pixels(720.0)
    }
}

/// What is asked of a chart. Everything that is left out is worked out from the subject, or refused with the choices
/// where that cannot be done.
#[derive(Clone, Debug)]
pub struct ChartOptions {
    /// Id of a target of the plan; the only one when left out. Estimates have none.
    pub target: Option<String>,
    /// The measure; the only one, or that of the target, when left out.
    pub measure: Option<Measure>,
    /// Region codes; those of the target, or of the level "each", when left out.
    pub regions: Vec<String>,
    /// Sector codes; those of the target, or the whole, when left out.
    pub sectors: Vec<String>,
    /// Periods: one for charts of a moment, two for `slope`, a range for charts over time; the latest, or all, when left
    /// out.
    pub periods: Vec<Period>,
    /// Where the series of a `trend` leads: drawn as a fan. It must be of the measure, region and sector of the chart.
    pub projection: Option<Projection>,
    /// The split that a `waterfall` shows; of the estimates by region and sector between the two periods when left out.
    pub decomposition: Option<Decomposition>,
    /// Codes of regions or sectors that stand out: lines in colour among grey ones, names in bold, tiles in a frame. A
    /// waterfall takes none.
    pub highlight: Vec<String>,
    /// Confidence level of intervals; that of the plan, or 0.95, when left out.
    pub level: Option<f64>,
    /// How intervals are made; Wilson's when left out.
    pub method: Method,
    /// Rule set by which estimates are marked while they are not released; `ons-2025` when left out. A plan has its own.
    pub quality: Option<String>,
    /// A title in place of the computed one.
    pub title: Option<String>,
    /// Whether titles and notes are drawn.
    pub titles: Titles,
    /// The colours.
    pub theme: Theme,
    /// The language.
    pub locale: &'static Locale,
    /// The width.
    pub width: Width,
    /// Identifier in a page; made from the kind and the drawing when left out, so that unlike charts have unlike ones.
    pub id: Option<String>,
}

impl Default for ChartOptions {
    fn default() -> Self {
        Self {
            target: None,
            measure: None,
            regions: Vec::new(),
            sectors: Vec::new(),
            periods: Vec::new(),
            projection: None,
            decomposition: None,
            highlight: Vec::new(),
            level: None,
            method: Method::Wilson,
            quality: None,
            title: None,
            titles: Titles::Inside,
            theme: Theme::Light,
            locale: Locale::english(),
            width: Width::default(),
            id: None,
        }
    }
}
