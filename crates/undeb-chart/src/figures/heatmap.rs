//! A measure by sector and region in its latest period.

use undeb::{Measure, Released, SourceView};

use super::words::{mark, range, subtitle, suppressed};
use super::{Context, Figure};
use crate::frame::Frame;
use crate::heatmap;

impl Context<'_> {
    pub(super) fn heatmap(&self, measure: Measure, source: SourceView<'_>) -> Option<Figure> {
        let id = &source.source().id;
        let (regions, sectors) = (source.regions(), source.sectors());
        let here = || self.report.estimates().iter().filter(|r| &*r.source == id.as_str() && r.estimate.measure == measure);
        let period = here().filter(|r| r.estimate.value.is_some()).map(|r| r.estimate.period).max()?;
        let now: Vec<&Released> = here().filter(|r| r.estimate.period == period).collect();
        let rows: Vec<_> = regions.each().filter(|c| now.iter().any(|r| *r.estimate.region == c.id)).collect();
        let columns: Vec<_> = sectors.codes().iter().filter(|c| now.iter().any(|r| *r.estimate.sector == c.id)).collect();
        let cell = |region: &str, sector: &str| {
            now.iter().find(|r| &*r.estimate.region == region && &*r.estimate.sector == sector).copied()
        };
        let names: Vec<(String, f64)> = rows
            .iter()
            .flat_map(|r| {
                columns.iter().filter_map(|c| {
                    // A title names no cell that is marked as unreliable.
                    let value = cell(&r.id, &c.id).filter(|r| r.mark.is_none())?.estimate.value?;
                    Some((format!("{} ({})", r.name, c.name.to_lowercase()), value))
                })
            })
            .collect();
        if columns.len() < 2 || rows.len() < 2 || names.len() < 4 {
            return None;
        }
        let values: Vec<(&str, f64)> = names.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        let data = heatmap::Data {
            rows: rows.iter().map(|r| r.name.clone()).collect(),
            columns: columns.iter().map(|c| c.name.clone()).collect(),
            cells: rows
                .iter()
                .map(|r| {
                    columns
                        .iter()
                        .map(|c| {
                            let released = cell(&r.id, &c.id);
                            heatmap::Cell {
                                value: released.and_then(|r| r.estimate.value),
                                mark: mark(released),
                                suppressed: suppressed(released),
                            }
                        })
                        .collect()
                })
                .collect(),
        };
        let frame = Frame {
            title: range(&values, now.iter().any(|r| r.mark.is_some() && r.estimate.value.is_some())),
            subtitle: subtitle(source, measure, "by sector and region", &period.to_string()),
            notes: self.notes(&now).into_iter().filter(|n| !n.starts_with("Intervals")).collect(),
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let name = format!("sectors-{}", measure.id().replace('_', "-"));
        Some(self.figure(name, None, frame, |id, frame, theme| heatmap::draw(id, frame, &data, theme)))
    }
}
