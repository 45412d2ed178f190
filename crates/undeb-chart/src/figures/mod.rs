//! The figures of a report: which charts it has, and the words around them. Nothing is computed but the layout.

use undeb::release::format::percent;
use undeb::{Finding, Released, Report, Target};

use crate::frame::Frame;
use crate::picture::Picture;
use crate::theme::Theme;

mod gap;
mod heatmap;
mod tiles;
mod trend;
mod words;

/// Where titles, notes and sources of a figure stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Titles {
    /// Inside the picture, for a file that stands alone.
    Inside,
    /// In the page around it.
    Page,
}

/// A chart of a report with the words around it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name within the report, fit for a file.
    pub name: String,
    /// Target that the figure belongs to; none for one of the whole report.
    pub target: Option<String>,
    /// Title, subtitle, notes and source.
    pub frame: Frame,
    /// The picture.
    pub picture: Picture,
}

struct Context<'a> {
    report: &'a Report,
    theme: Theme,
    titles: Titles,
}

/// Every figure of a report: for each target the gaps, the course over time and a map where there is a grid; then a
/// table of sectors by regions for each measure.
pub fn report_figures(report: &Report, theme: Theme, titles: Titles) -> Vec<Figure> {
    let context = Context { report, theme, titles };
    let mut figures = Vec::new();
    for t in report.targets() {
        let Some(source) = t.target.source.as_deref().and_then(|s| report.source(s)) else { continue };
        figures.extend(context.gap(t, source));
        figures.extend(context.trend_of(t, source));
        figures.extend(context.tiles(t, source));
    }
    if let Some(source) = report.source(&report.plan().source) {
        for &measure in &report.plan().measures {
            figures.extend(context.heatmap(measure, source));
        }
        if report.targets().is_empty() {
            figures.extend(context.background(source));
        }
    }
    figures
}

impl Context<'_> {
    fn figure(
        &self,
        name: String,
        target: Option<&Target>,
        frame: Frame,
        draw: impl FnOnce(&str, &Frame, Theme) -> Picture,
    ) -> Figure {
        let frame = Frame { titles_inside: self.titles == Titles::Inside, ..frame };
        let theme = match self.theme {
            Theme::Dark => "-dark",
            _ => "",
        };
        let picture = draw(&format!("{name}{theme}"), &frame, self.theme);
        Figure { name, target: target.map(|t| t.id.clone()), frame, picture }
    }

    fn level(&self) -> String {
        format!("{} interval", percent(self.report.plan().level).replace(".0%", "%"))
    }

    /// What must be said under a chart of these estimates.
    fn notes(&self, shown: &[&Released]) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(assumed) = shown.iter().find_map(|r| r.estimate.error_source().filter(|s| s.starts_with("assumed"))) {
            notes.push(format!("Intervals are approximate: {assumed}."));
        } else if shown.iter().any(|r| r.interval.is_none()) {
            notes.push("No sampling error is stated.".to_owned());
        }
        let mut marks: Vec<_> = shown.iter().filter_map(|r| r.mark).collect();
        marks.sort_by_key(|m| m.shorthand());
        marks.dedup();
        notes.extend(marks.into_iter().map(|m| format!("{} {}.", m.shorthand(), m.meaning())));
        notes
    }

    fn latest(&self, t: &Target, f: &Finding) -> Option<&Released> {
        let source = t.source.as_deref()?;
        self.report.series(source, f.measure, &f.region, &f.sector).find(|r| Some(r.estimate.period) == f.period)
    }
}
