//! What charts show: each kind of chart filled from evidence, with the words around it. Nothing about unions is computed
//! here but titles and the differences that they state.

mod asked;
mod bounds;
mod evidence;
mod funnel;
mod gap;
mod heatmap;
mod interval;
mod nothing;
mod report;
mod scatter;
mod slope;
mod small_multiples;
mod table;
mod tiles;
mod titles;
mod trend;
mod waterfall;
mod when;
mod words;

use polars::prelude::DataFrame;

pub(crate) use asked::Asked;
pub use report::{Figure, report_figures};

use crate::error::ChartError;
use crate::frame::Frame;
use crate::kind::Kind;
use crate::picture::Picture;
use crate::theme::Theme;

/// The data of a chart, by kind.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Trend(crate::trend::Data),
    Interval(crate::interval::Data),
    Gap(crate::gap::Data),
    Heatmap(crate::heatmap::Data),
    Tiles(crate::tiles::Data),
    Waterfall(crate::waterfall::Data),
    SmallMultiples(crate::small_multiples::Data),
    Slope(crate::slope::Data),
    Bounds(crate::bounds::Data),
    Scatter(crate::scatter::Data),
    Funnel(crate::funnel::Data),
}

impl Data {
    fn draw(&self, id: &str, frame: &Frame, theme: Theme) -> Picture {
        match self {
            Data::Trend(data) => crate::trend::draw(id, frame, data, theme),
            Data::Interval(data) => crate::interval::draw(id, frame, data, theme),
            Data::Gap(data) => crate::gap::draw(id, frame, data, theme),
            Data::Heatmap(data) => crate::heatmap::draw(id, frame, data, theme),
            Data::SmallMultiples(data) => crate::small_multiples::draw(id, frame, data, theme),
            Data::Slope(data) => crate::slope::draw(id, frame, data, theme),
            Data::Bounds(data) => crate::bounds::draw(id, frame, data, theme),
            Data::Scatter(data) => crate::scatter::draw(id, frame, data, theme),
            Data::Funnel(data) => crate::funnel::draw(id, frame, data, theme),
            Data::Waterfall(data) => crate::waterfall::draw(id, frame, data, theme),
            Data::Tiles(data) => crate::tiles::draw(id, frame, data, theme),
        }
    }
}

/// A chart before it is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    pub(crate) data: Data,
    pub(crate) frame: Frame,
    pub(crate) numbers: DataFrame,
}

impl Filled {
    fn new(asked: &Asked<'_>, data: Data, frame: Frame, table: table::Table) -> Result<Self, ChartError> {
        Ok(Self { data, frame, numbers: table.frame(asked.evidence.released())? })
    }

    pub(crate) fn draw(&self, id: &str, theme: Theme) -> Picture {
        self.data.draw(id, &self.frame, theme)
    }
}

/// Fills the kind that was asked for.
pub(crate) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    if let Some(without) = nothing::fill(asked)? {
        return Ok(without);
    }
    match asked.kind {
        Kind::Trend => trend::fill(asked),
        Kind::Interval => interval::fill(asked),
        Kind::Gap => gap::fill(asked),
        Kind::Heatmap => heatmap::fill(asked),
        Kind::SmallMultiples => small_multiples::fill(asked),
        Kind::Slope => slope::fill(asked),
        Kind::Bounds => bounds::fill(asked),
        Kind::Scatter => scatter::fill(asked),
        Kind::Funnel => funnel::fill(asked),
        Kind::Tiles => tiles::fill(asked),
        Kind::Waterfall => waterfall::fill(asked),
    }
}
