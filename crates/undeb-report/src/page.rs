//! The report as a page: one HTML file without any outside resource, and its Markdown twin.

use minijinja::{AutoEscape, Environment, Value};
use undeb::{Error, Report, Result};
use undeb_chart::Figure;

use crate::view::View;

fn render(name: &'static str, source: &'static str, view: &View<'_>, styles: &str) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    // A figure in a Markdown table must not end its column.
    environment.add_filter("cell", |text: String| text.replace('|', "\\|").replace('\n', " "));
    let failed = |e: minijinja::Error| Error::io(format!("the page cannot be made: {e:#}"));
    environment.add_template(name, source).map_err(failed)?;
    let context = minijinja::context! { report => Value::from_serialize(view), styles => styles };
    environment.get_template(name).and_then(|t| t.render(context)).map_err(failed)
}

/// The report as one HTML file that needs no network; `light` and `dark` are the same figures in both themes.
///
/// # Errors
/// None that a caller can cause.
pub fn html(report: &Report, light: &[Figure], dark: &[Figure]) -> Result<String> {
    let styles = format!("{}\n{}", undeb_chart::font_face_css(), include_str!("../templates/report.css"));
    render("report.html", include_str!("../templates/report.html"), &View::new(report, light, dark), &styles)
}

/// The report as Markdown, with the charts as links to the files beside it.
///
/// # Errors
/// None that a caller can cause.
pub fn markdown(report: &Report, figures: &[Figure]) -> Result<String> {
    render("report.md", include_str!("../templates/report.md"), &View::new(report, figures, &[]), "")
}
