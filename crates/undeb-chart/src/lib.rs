//! Publication-grade charts of union density and bargaining coverage.
//!
//! Every kind has one function, `draw(id, frame, data, theme) -> Picture`. It computes nothing about
//! unions: the caller brings finished numbers and a title that was worked out from them. A [`Picture`]
//! gives SVG, PNG and a text twin for readers who do not see the drawing.
//!
//! The five kinds are [`gap`] (where each row stands against its target), [`trend`] (lines over years
//! with the path to a deadline), [`heatmap`], [`tiles`] (a tile grid map) and [`interval`] (estimates
//! with their intervals).

mod axis;
mod backend;
mod classes;
mod elements;
mod error;
mod figures;
mod fonts;
mod frame;
pub mod gap;
pub mod heatmap;
pub mod interval;
mod key;
mod picture;
mod ramp;
mod rows;
mod svg;
mod text;
mod theme;
pub mod tiles;
pub mod trend;

pub use error::ChartError;
pub use figures::{Figure, Titles, report_figures};
pub use fonts::font_face_css;
pub use frame::Frame;
pub use picture::{MarkBox, Picture, TextBox};
pub use theme::{Colour, Palette, Theme};
