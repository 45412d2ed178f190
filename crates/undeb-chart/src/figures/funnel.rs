//! Estimates against their effective sample, with the limits that sampling alone would leave around the whole.

use undeb::Uncertainty;
use undeb::survey::interval::critical_value;

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::words::capital;
use super::{Data, Filled, titles};
use crate::error::ChartError;
use crate::funnel;
use crate::locale::fill as filled;

/// Two and three standard errors, as control charts have them.
const LEVELS: [f64; 2] = [0.95, 0.998];

/// `p -+ z sqrt(p (1 - p) / n)`, cut off at 0 and 1. Source: METHODS M28.
fn limits(centre: f64, size: f64, level: f64) -> (f64, f64) {
    let half = critical_value(level, None) * (centre * (1.0 - centre) / size).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

fn size(shown: &Shown<'_>) -> Option<f64> {
    match shown.estimate.uncertainty {
        // Where nothing varies the sample seems endless, and nothing can be held against it.
        Uncertainty::Sampling { effective_n, .. } => Some(effective_n).filter(|n| *n > 0.0 && *n < 1e9),
        _ => None,
    }
}

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    if !asked.measure.is_share() {
        return Err(asked.needs("a share", format!("{} is a difference of shares", asked.measure)));
    }
    let cells = asked.cells()?;
    let series = |c: &Cell<'_>| asked.evidence.series(asked.measure, c.region, c.sector);
    let latest = cells.iter().flat_map(series).filter(|s| s.value().is_some()).map(|s| s.period()).max();
    let period = asked.one_period()?.or(latest);
    let known = |s: &Shown<'_>| s.value().is_some() && Some(s.period()) == period && size(s).is_some();
    let dots: Vec<(Cell<'_>, Shown<'_>)> =
        cells.into_iter().filter_map(|c| series(&c).into_iter().find(known).map(|s| (c, s))).collect();
    let region = asked.evidence.regions.whole();
    let sector = dots.first().map_or("", |(c, _)| c.sector);
    let whole = Cell { region, sector, name: asked.region_name(region).to_owned() };
    let centre = series(&whole).into_iter().find(|s| Some(s.period()) == period).and_then(|s| s.value());
    let (Some(period), Some(centre), false) = (period, centre, dots.is_empty()) else {
        let remedy = "estimate from records, or assume a design effect where the table has samples";
        return Err(asked.needs("effective samples, and a figure of the whole", remedy));
    };
    if dots.iter().any(|(c, _)| c.sector != sector) {
        return Err(asked.needs("one sector", "choose one sector"));
    }
    let locale = asked.locale;
    let outside = |s: &Shown<'_>| {
        let (low, high) = limits(centre, size(s).unwrap_or(f64::INFINITY), LEVELS[1]);
        s.value().is_some_and(|v| v < low || v > high)
    };
    let sizes = || dots.iter().filter_map(|(_, s)| size(s));
    let (least, most) = (sizes().fold(f64::INFINITY, f64::min), sizes().fold(0.0, f64::max));
    let steps = 40;
    let at = |i: i32| least * (most / least).powf(f64::from(i) / f64::from(steps));
    let limit = |level: f64| funnel::Limit {
        label: filled(&locale.around.limits, &[("level", &locale.level(level))]),
        points: (0..=steps)
            .map(|i| {
                let n = at(i);
                let (low, high) = limits(centre, n, level);
                (n, low, high)
            })
            .collect(),
    };
    let data = funnel::Data {
        dots: dots
            .iter()
            .map(|(c, s)| funnel::Dot {
                label: asked.marked_name(&c.name, Some(s)),
                size: size(s).unwrap_or_default(),
                value: s.value(),
                outside: outside(s),
                emphasised: asked.highlighted(c),
            })
            .collect(),
        centre: Some(centre),
        centre_label: whole.name.clone(),
        limits: LEVELS.map(limit).to_vec(),
        size_label: locale.around.effective_sample.clone(),
        value_label: filled(&locale.around.axis_percent, &[("measure", &capital(locale.measure(asked.measure)))]),
        outside_label: filled(&locale.around.outside_limits, &[("level", &locale.level(LEVELS[1]))]),
    };
    let rows: Vec<_> = dots.iter().map(|(c, s)| (c.clone(), Some(*s))).collect();
    // A title counts no figure that is marked as unreliable.
    let clear: Vec<&Shown<'_>> = dots.iter().map(|(_, s)| s).filter(|s| s.mark.is_none()).collect();
    let count = clear.iter().filter(|s| outside(s)).count();
    let counted = locale.counted(clear.len(), asked.noun(&rows));
    let parts = [
        ("outside", count.to_string()),
        ("cells", counted),
        ("are", titles::is_are(locale, count, clear.len()).to_owned()),
        ("level", locale.level(LEVELS[1])),
        ("value", asked.figure(centre)),
        ("place", whole.name.clone()),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, words)| (*name, words.as_str())).collect();
    let title = filled(if count == 0 { &locale.titles.funnel_none } else { &locale.titles.funnel }, &parts);
    let above = clear.iter().filter(|s| outside(s) && s.value().is_some_and(|v| v > centre)).count();
    let sides = [("title", title.as_str()), ("above", &locale.count(above)), ("below", &locale.count(count - above))];
    let title = if count > 1 { filled(&locale.titles.funnel_split, &sides) } else { title };
    let title = match clear.is_empty() {
        true => locale.titles.all_marked.clone(),
        false => asked.without_marked(title, clear.len() < dots.len()),
    };
    let shown: Vec<Shown<'_>> = dots.iter().map(|(_, s)| *s).collect();
    let mut notes = asked.interval_notes(&shown);
    notes.push(locale.around.note_funnel.clone());
    notes.extend(asked.mark_notes(&shown, false));
    let subtitle = asked.subtitle(&asked.sectors_of(dots.iter().map(|(c, _)| c)), &period.to_string());
    let cells: Vec<_> = dots.iter().map(|(c, s)| (c, asked.measure, Some(*s))).collect();
    let mut table = Table::of(&cells);
    table.number("centre", dots.iter().map(|_| Some(centre)));
    table.number("effective_n", shown.iter().map(size));
    for (name, level, upper) in [("limit_low", LEVELS[1], false), ("limit_high", LEVELS[1], true)] {
        let of = |s: &Shown<'_>| size(s).map(|n| limits(centre, n, level)).map(|l| if upper { l.1 } else { l.0 });
        table.number(name, shown.iter().map(of));
    }
    table.text("answer", shown.iter().map(|s| Some(if outside(s) { "outside" } else { "inside" }.to_owned())));
    Filled::new(asked, Data::Funnel(data), asked.frame(title, subtitle, notes), table)
}
