//! A released [`Report`](undeb::Report) as HTML, Markdown, JSON, CSV and charts.
//!
//! Nothing is computed here but words and layout; a report can only be made by `Findings::release`.

mod explained;
mod folder;
mod json;
mod outlook;
mod page;
mod view;

pub use folder::{Overwrite, write};
pub use json::json;
pub use page::{html, markdown};
