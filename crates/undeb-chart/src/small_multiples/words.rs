//! The words of a panel: name, latest figure and years.

use crate::axis::percent;
use crate::backend::At;
use crate::frame::Layout;
use crate::locale::{Locale, fill};
use crate::svg::{Anchor, Type};
use crate::text::{shorten, wrap, wrap_to};
use crate::theme::size;
use crate::trend::{Series, line};

use super::{Page, Panel, latest};

/// The lines that the longest name needs in panels of this width.
pub(super) fn lines(panels: &[Panel], set: &Type, panel: f64, locale: &Locale) -> usize {
    let newest = newest(panels);
    panels.iter().map(|p| name(&p.series.label, set, panel, beside(p, newest, set, locale)).len()).max().unwrap_or(1).max(1)
}

/// A name beside its figure, or above it where it is too long for that, or in two lines with the figure after or below the
/// second.
fn name(label: &str, set: &Type, panel: f64, beside: f64) -> Vec<String> {
    let wrapped = |room: f64| wrap(label, set.size, set.weight, room);
    match (wrapped(panel - beside), wrapped(panel)) {
        (lines, _) if lines.len() <= 1 => lines,
        (_, mut lines) if lines.len() == 1 => {
            lines.push(String::new());
            lines
        }
        (_, mut lines) if lines.len() == 2 => {
            if set.width(&lines[1]) > panel - beside {
                lines.push(String::new());
            }
            lines
        }
        _ => wrap_to(label, set.size, set.weight, panel - beside, 2),
    }
}

/// Name and latest figure above each panel.
pub(super) fn draw(layout: &mut Layout<'_>, page: &Page, corners: &[At], panels: &[Panel]) {
    let palette = layout.palette;
    let plain = Type::new(page.set.size, palette.ink);
    let base = |corner: &At| corner.1 + page.lines as f64 * page.set.leading - 3.0;
    let newest = newest(panels);
    for (panel, corner) in panels.iter().zip(corners) {
        let set = if panel.series.focus { plain.semi_bold() } else { plain };
        let beside = beside(panel, newest, &plain.semi_bold(), layout.locale);
        let names = name(&panel.series.label, &set, page.panel, beside);
        for (i, words) in names.iter().enumerate() {
            layout.svg.text((corner.0, base(corner) - (names.len() - 1 - i) as f64 * page.set.leading), words, &set);
        }
    }
    for (panel, corner) in panels.iter().zip(corners) {
        if let Some(words) = figure(&panel.series, newest, layout.locale) {
            layout.svg.text((corner.0 + page.panel, base(corner)), &words, &plain.anchored(Anchor::End));
        } else {
            let set = Type::new(size::SMALL, palette.muted).with_halo();
            let y = page.y(corner.1);
            let words = shorten(&layout.locale.drawing.no_evidence, set.size, set.weight, page.panel - 8.0);
            layout.svg.text((corner.0 + 4.0, (y.start + y.end) / 2.0 + 0.36 * set.size), &words, &set);
        }
    }
}

/// What the latest figure takes beside a name.
fn beside(panel: &Panel, newest: f64, set: &Type, locale: &Locale) -> f64 {
    figure(&panel.series, newest, locale).map_or(0.0, |words| set.width(&words)) + 8.0
}

fn newest(panels: &[Panel]) -> f64 {
    panels.iter().filter_map(|p| latest(&p.series)).map(|at| at.0).fold(f64::NEG_INFINITY, f64::max)
}

/// The latest figure; with its period where other panels go on.
fn figure(series: &Series, newest: f64, locale: &Locale) -> Option<String> {
    let (at, value) = latest(series)?;
    let parts = [("value", percent(value)), ("period", line::period(at))];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, words)| (*name, words.as_str())).collect();
    Some(if at < newest { fill(&locale.drawing.at_period, &parts) } else { percent(value) })
}

/// The first and the last period below the lowest panel of a column, in two lines where one is too short; the only one
/// where there is one. Gives the room that they take.
pub(super) fn years(layout: &mut Layout<'_>, page: &Page, (left, top): At) -> f64 {
    let (x, base) = (page.x(left), page.y(top).start + 17.0);
    let set = Type::new(page.set.size, layout.palette.muted);
    if let Some(only) = page.only {
        layout.svg.text((x.place(only), base), &line::period(only), &set.anchored(Anchor::Middle));
        return page.set.leading;
    }
    let (first, last) = (line::period(x.low), line::period(x.high));
    let lower = if set.width(&first) + set.width(&last) + 6.0 > page.panel { page.set.leading } else { 0.0 };
    layout.svg.text((left, base), &first, &set);
    layout.svg.text((left + page.panel, base + lower), &last, &set.anchored(Anchor::End));
    page.set.leading + lower
}
