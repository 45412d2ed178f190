//! The latest values of a target on a tile-grid map.

use undeb::{SourceView, TargetFindings};

use super::words::{mark, periods, range, sector_names, subtitle, suppressed};
use super::{Context, Figure};
use crate::frame::Frame;
use crate::tiles;

impl Context<'_> {
    pub(super) fn tiles(&self, t: &TargetFindings, source: SourceView<'_>) -> Option<Figure> {
        if t.target.sectors.len() > 1 {
            return None;
        }
        let regions = source.regions();
        let mut shown = Vec::new();
        let mut values = Vec::new();
        let valued = t.findings.iter().filter(|f| f.value.is_some()).count();
        let mut drawn = Vec::new();
        for f in &t.findings {
            let Some((code, (row, col))) = regions.get(&f.region).and_then(|c| Some((c, c.tile?))) else { continue };
            let released = self.latest(&t.target, f);
            shown.extend(released);
            // A title names no cell that is marked as unreliable.
            let mark = mark(released);
            values.extend(f.value.filter(|_| mark.is_none()).map(|v| (code.name.as_str(), v)));
            drawn.push(tiles::Tile {
                code: code.id.clone(),
                name: code.name.clone(),
                row: u16::try_from(row).unwrap_or(0),
                col: u16::try_from(col).unwrap_or(0),
                value: f.value,
                mark,
                suppressed: suppressed(released),
            });
        }
        if values.len() < 3 {
            return None;
        }
        let periods = periods(t.findings.iter().filter_map(|f| f.period));
        let mut notes = vec!["Tiles show relative position, not size. Colour and number both give the value.".to_owned()];
        notes.extend(self.notes(&shown).into_iter().filter(|n| !n.starts_with("Intervals")));
        let frame = Frame {
            title: range(&values, valued > values.len()),
            subtitle: subtitle(source, t.target.measure, &sector_names(&t.target, source), &periods),
            notes,
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let data = tiles::Data { tiles: drawn };
        let name = format!("tiles-{}", t.target.id);
        Some(self.figure(name, Some(&t.target), frame, |id, frame, theme| tiles::draw(id, frame, &data, theme)))
    }
}
