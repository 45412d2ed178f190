//! The report as a page: one HTML file without any outside resource, and its Markdown twin.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use undeb::{Error, Report, Result};
use undeb_chart::{ChartOptions, Figure, Theme, Titles, Tones, Width, report_figures};

use crate::view::View;

fn render(name: &'static str, source: &'static str, view: &View<'_>, styles: &str) -> Result<String> {
    let failed = |e: minijinja::Error| Error::io(format!("the page cannot be made: {e:#}"));
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?);
    environment.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    // A figure in a Markdown table must not end its column.
    environment.add_filter("cell", |text: String| text.replace('|', "\\|").replace('\n', " "));
    environment.add_template(name, source).map_err(failed)?;
    let context = minijinja::context! { report => Value::from(Serde(view)), styles => styles };
    environment.get_template(name).and_then(|t| t.render(context)).map_err(failed)
}

/// Pixels of a figure on a screen and on paper, and on a phone.
const WIDE: f64 = 720.0;
const NARROW: f64 = 390.0;

fn figures(report: &Report, theme: Theme, width: f64) -> Result<Vec<Figure>> {
    let look = ChartOptions { theme, titles: Titles::Page, width: Width::Pixels(width), ..ChartOptions::default() };
    Ok(report_figures(report, &look)?)
}

/// A drawing inside a page that brings the typeface along and has its words below: its texts have their length by themselves,
/// and to say both again would be a fifth of the page.
fn at_home(drawing: &str) -> String {
    let drawing = without(drawing, " textLength=\"", "\"");
    let drawing = without(&drawing, " lengthAdjust=\"", "\"");
    let drawing = without(&drawing, " aria-describedby=\"", "\"");
    without(&drawing, "<desc", "</desc>")
}

/// A text without its parts from one mark to the next.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once(to).map_or(part, |(_, rest)| rest));
    }
    out
}

/// The report as one HTML file that needs no network, for light and dark screens and for A4.
///
/// # Errors
/// None that a caller can cause.
pub fn html(report: &Report) -> Result<String> {
    let mut tones = Tones::default();
    let wide = figures(report, Theme::Light, WIDE)?;
    let mut joined = |light: &[Figure], width: f64| -> Result<Vec<String>> {
        let dark = figures(report, Theme::Dark, width)?;
        Ok(light.iter().zip(&dark).map(|(l, d)| at_home(&tones.join(&l.chart.svg(), &d.chart.svg()))).collect())
    };
    let drawn = [joined(&wide, WIDE)?, joined(&figures(report, Theme::Light, NARROW)?, NARROW)?];
    let styles = [undeb_chart::font_face_css(), tones.css(), include_str!("../templates/report.css").to_owned()].join("\n");
    render("report.html", include_str!("../templates/report.html"), &View::new(report, &wide, &drawn), &styles)
}

/// The report as Markdown, with the charts as links to the files beside it.
///
/// # Errors
/// None that a caller can cause.
pub fn markdown(report: &Report) -> Result<String> {
    let figures = figures(report, Theme::Light, WIDE)?;
    render("report.md", include_str!("../templates/report.md"), &View::new(report, &figures, &[Vec::new(), Vec::new()]), "")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn fans_stand_with_the_outlook_waterfalls_with_the_change_and_the_page_stays_small() {
        let plan = undeb::Plan::builtin("us-states-2030").unwrap();
        let report = plan.assess(plan.gather().unwrap()).unwrap().release("2026-01-01".parse().unwrap()).unwrap();
        let page = html(&report).unwrap();
        let at = |words: &str| page.find(words).unwrap();
        assert!(at("id=\"outlook-total-density\"") < at("id=\"figure-trend-total-density\""));
        assert!(at("id=\"moved\"") < at("id=\"figure-moved-1\"") && at("id=\"figure-moved-2\"") < at("id=\"priorities\""));
        assert_eq!(page.matches("id=\"figure-trend-total-density\"").count(), 1);
        assert!(!page.contains("textLength") && !page.contains("lengthAdjust"));
        assert!(page.len() < 660_000, "{} bytes", page.len());
        // A later report must find its own charts to be a report's.
        for figure in figures(&report, Theme::Light, WIDE).unwrap() {
            assert!(crate::folder::FIGURES.iter().any(|begin| figure.name.starts_with(begin)), "{}", figure.name);
        }
        let text = markdown(&report).unwrap();
        assert!(text.starts_with("# ") && text.contains("(charts/moved-1.svg)\n\n*"), "{}", &text[..200]);
    }

    #[test]
    fn a_drawing_at_home_keeps_its_words() {
        let drawing = "<text x=\"1\" textLength=\"22.5\" lengthAdjust=\"spacingAndGlyphs\">A &quot;b&quot;</text><text textLength=\"4\">c</text>";
        assert_eq!(at_home(drawing), "<text x=\"1\">A &quot;b&quot;</text><text>c</text>");
    }
}
