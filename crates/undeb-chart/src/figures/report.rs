//! The figures of a report: which charts it has.

use undeb::{Finding, Level, Report, TargetFindings};

use crate::chart::{Chart, chart};
use crate::error::ChartError;
use crate::kind::Kind;
use crate::options::ChartOptions;

/// A chart of a report with its place in it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name within the report, fit for a file.
    pub name: String,
    /// Target that the figure belongs to; none for one of the whole report.
    pub target: Option<String>,
    /// The chart.
    pub chart: Chart,
}

/// Every figure of a report: for each target the gaps, the course over time with its projection, and a map where
/// there is a grid; then a table of sectors by regions for each measure, and what made each change that the plan splits. Theme, titles, locale and width are taken from the options, what is
/// shown from the report.
///
/// # Errors
/// A chart could not be made although the report has what it needs.
pub fn report_figures(report: &Report, look: &ChartOptions) -> Result<Vec<Figure>, ChartError> {
    let look = ChartOptions {
        titles: look.titles,
        theme: look.theme,
        locale: look.locale,
        width: look.width,
        ..ChartOptions::default()
    };
    // Figures of other widths may stand in one page.
    let prefix = format!("w{:.0}-", look.width.pixels());
    let make = |kind: Kind, name: String, target: Option<&str>, options: ChartOptions| {
        let options = ChartOptions { id: Some(format!("{prefix}{name}")), target: target.map(str::to_owned), ..options };
        match chart(kind, report.into(), &options) {
            Ok(chart) => Ok(Some(Figure { name, target: target.map(str::to_owned), chart })),
            // What the evidence cannot show is left out.
            Err(e) if e.is_need() => Ok(None),
            Err(e) => Err(e),
        }
    };
    let mut figures = Vec::new();
    for t in report.targets().iter().filter(|t| t.target.source.is_some()) {
        let id = t.target.id.as_str();
        let valued = t.findings.iter().filter(|f| f.value.is_some()).count();
        let of_target = |kind: Kind| make(kind, format!("{kind}-{id}"), Some(id), look.clone());
        if valued >= 2 && !matches!(t.target.level, Level::Unset(_)) {
            figures.extend(of_target(Kind::Gap)?);
        }
        if points_over_time(report, t) >= 2 {
            // Where the plan asks for an outlook, the course leads on into its fan.
            let projection = shown_over_time(t).and_then(|f| f.outlook.as_ref()?.projection().cloned());
            let options = ChartOptions { projection, ..look.clone() };
            figures.extend(make(Kind::Trend, format!("trend-{id}"), Some(id), options)?);
        }
        if t.target.sectors.len() == 1 && valued >= 3 {
            figures.extend(of_target(Kind::Tiles)?);
        }
    }
    let source = report.plan().source.as_str();
    for &measure in &report.plan().measures {
        let cells = |of: &dyn Fn(&undeb::Estimate) -> String| {
            let here = report.estimates().iter().filter(|r| &*r.source == source && r.estimate.measure == measure);
            here.filter(|r| r.estimate.value.is_some()).map(|r| of(&r.estimate)).collect::<std::collections::BTreeSet<_>>().len()
        };
        if cells(&|e| e.sector.to_string()) >= 2 && cells(&|e| e.region.to_string()) >= 3 {
            let name = format!("sectors-{}", measure.id().replace('_', "-"));
            let options = ChartOptions { measure: Some(measure), ..look.clone() };
            figures.extend(make(Kind::Heatmap, name, None, options)?);
        }
    }
    for (i, split) in report.explained().explanations.decompositions.iter().enumerate() {
        let options = ChartOptions { measure: Some(split.measure), decomposition: Some(split.clone()), ..look.clone() };
        figures.extend(make(Kind::Waterfall, format!("moved-{}", i + 1), None, options)?);
    }
    // The course of the first series of a plan without targets, as background to its actions.
    if report.targets().is_empty()
        && let Some(first) = report.estimates().iter().find(|r| &*r.source == source)
    {
        let options = ChartOptions {
            measure: Some(first.estimate.measure),
            regions: vec![first.estimate.region.to_string()],
            sectors: vec![first.estimate.sector.to_string()],
            ..look.clone()
        };
        figures.extend(make(Kind::Trend, "trend".to_owned(), None, options)?);
    }
    Ok(figures)
}

/// The finding that a trend of the target shows: of the whole, or the only one.
fn shown_over_time(t: &TargetFindings) -> Option<&Finding> {
    match (&t.whole, t.findings.as_slice()) {
        (Some(whole), _) => Some(whole),
        (None, [one]) => Some(one),
        _ => None,
    }
}

/// How many figures the series has that a trend of the target would show.
fn points_over_time(report: &Report, t: &TargetFindings) -> usize {
    let Some(finding) = shown_over_time(t) else { return 0 };
    let source = t.target.source.as_deref().unwrap_or_default();
    let series = report.series(source, finding.measure, &finding.region, &finding.sector);
    series.filter(|r| r.estimate.value.is_some()).count()
}
