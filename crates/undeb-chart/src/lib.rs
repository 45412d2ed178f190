//! Publication-grade charts of union density and bargaining coverage.
//!
//! Every kind has one function, `draw(id, frame, data, theme) -> Picture`. It computes nothing about
//! unions: the caller brings finished numbers and a title that was worked out from them. A [`Picture`]
//! gives SVG, PNG and a text twin for readers who do not see the drawing.
//!
//! The kinds are
//!
//! - [`trend`]: lines over years, with bands, breaks, the path to a deadline and a projection;
//! - [`small_multiples`]: one small trend a group, on shared axes;
//! - [`interval`]: estimates with their intervals;
//! - [`gap`]: where each row started, stands, and should be;
//! - [`heatmap`]: rows by columns, the figure in every cell;
//! - [`tiles`]: a tile grid map;
//! - [`slope`]: two periods joined by lines;
//! - [`waterfall`]: contributions that add up to a change;
//! - [`bounds`]: the rate of valid answers inside what the missing ones allow;
//! - [`scatter`]: one rate against another, with the diagonal;
//! - [`funnel`]: estimates against sample sizes, with control limits.

mod area;
mod axis;
mod backend;
pub mod bounds;
mod chart;
mod classes;
mod elements;
mod error;
mod figures;
mod fonts;
mod frame;
pub mod funnel;
pub mod gap;
pub mod heatmap;
pub mod interval;
mod key;
mod kind;
mod locale;
mod options;
mod picture;
mod plane;
mod ramp;
mod raster;
mod rows;
pub mod scatter;
pub mod slope;
pub mod small_multiples;
mod subject;
mod svg;
mod text;
mod theme;
pub mod tiles;
mod tones;
pub mod trend;
pub mod waterfall;
mod words;

pub use chart::{Chart, chart};
pub use error::ChartError;
pub use figures::{Figure, report_figures};
pub use fonts::font_face_css;
pub use frame::{Frame, Unit};
pub use kind::Kind;
pub use locale::Locale;
pub use options::{ChartOptions, Titles, Width};
pub use picture::{MarkBox, Picture, TextBox};
pub use subject::Subject;
pub use theme::{Colour, Palette, Theme};
pub use tones::Tones;
