//! Density against coverage, with the diagonal on which they are equal.

use undeb::{Measure, Period};

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::when::{RECENT, periods};
use super::words::capital;
use super::{Data, Filled, titles};
use crate::error::ChartError;
use crate::locale::fill as filled;
use crate::scatter;

/// A cell with both figures of one period.
type Dot<'a> = (Cell<'a>, Shown<'a>, Shown<'a>);

/// The newest pair of each cell that lies near enough to the newest of all, and the names of the cells without one.
fn pairs<'a>(asked: &Asked<'a>, upright: Measure, period: Option<Period>) -> Result<(Vec<Dot<'a>>, Vec<String>), ChartError> {
    let (mut dots, mut without) = (Vec::new(), Vec::new());
    for cell in asked.cells()? {
        let series = |measure| asked.evidence.series(measure, cell.region, cell.sector);
        let (density, coverage) = (series(Measure::Density), series(upright));
        let both = density.iter().rev().filter(|d| d.value().is_some() && period.is_none_or(|p| p == d.period())).find_map(|d| {
            let c = coverage.iter().find(|c| c.period() == d.period() && c.value().is_some())?;
            Some((*d, *c))
        });
        match both {
            Some((d, c)) => dots.push((cell, d, c)),
            None => without.push(cell.name),
        }
    }
    let newest = dots.iter().map(|d: &Dot<'_>| d.1.period()).max();
    let recent = |d: &Dot<'_>| newest.is_some_and(|n| n.years_since(d.1.period()) <= RECENT);
    without.extend(dots.iter().filter(|d| !recent(d)).map(|d| d.0.name.clone()));
    dots.retain(recent);
    Ok((dots, without))
}

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let here = asked.evidence.measures();
    let named = asked.options.measure.filter(|m| *m != Measure::Density);
    let could = match named {
        Some(measure) => vec![measure],
        None => vec![Measure::Coverage, Measure::AdjustedCoverage],
    };
    let there = |m: &Measure| here.contains(m) && m.is_share() && here.contains(&Measure::Density);
    let period = asked.one_period()?;
    let mut best: Option<(Measure, Vec<Dot<'_>>, Vec<String>)> = None;
    for measure in could.into_iter().filter(there) {
        let (dots, without) = pairs(asked, measure, period)?;
        if best.as_ref().is_none_or(|(_, most, _)| dots.len() > most.len()) {
            best = Some((measure, dots, without));
        }
    }
    let Some((upright, dots, without)) = best else {
        let listed: Vec<&str> = here.iter().map(|m| m.id()).collect();
        return Err(asked.needs("density and a coverage", format!("there are figures of {}", listed.join(", "))));
    };
    if dots.is_empty() {
        return Err(asked.needs("density and coverage of one cell in one period", "choose another period, region or sector"));
    }
    let locale = asked.locale;
    let axis = |m: Measure| filled(&locale.around.axis_percent, &[("measure", &capital(locale.measure(m)))]);
    let names = [("upper", capital(locale.measure(upright))), ("lower", locale.measure(Measure::Density).to_owned())];
    let distance = |d: &Dot<'_>| d.2.value().unwrap_or_default() - d.1.value().unwrap_or_default();
    let above = dots.iter().filter(|d| distance(d) > 0.0).count();
    let marked = |d: &Dot<'_>| d.1.mark.is_some() || d.2.mark.is_some();
    let clear = dots.iter().filter(|d| !marked(d));
    let widest = clear.max_by(|a, b| distance(a).total_cmp(&distance(b))).filter(|d| distance(d) > 0.0);
    let within = asked.evidence.source.members_within_covered && upright == Measure::Coverage;
    // The cells that the title names stand out.
    let ends = || dots.iter().filter(|d| !marked(d)).map(distance);
    let named: Vec<f64> = match within {
        true => [ends().min_by(f64::total_cmp), ends().max_by(f64::total_cmp)].into_iter().flatten().collect(),
        false => widest.map(distance).into_iter().collect(),
    };
    let alike = |gap: f64| ends().filter(|other| titles::points(locale, *other) == titles::points(locale, gap)).count() <= 2;
    let stands_out = |d: &Shown<'_>, y: &Shown<'_>| {
        let gap = y.value().unwrap_or_default() - d.value().unwrap_or_default();
        let clear = d.mark.is_none() && y.mark.is_none();
        let is_named = named.iter().any(|end| titles::points(locale, *end) == titles::points(locale, gap));
        dots.len() > 2 && asked.options.highlight.is_empty() && asked.options.title.is_none() && clear && is_named && alike(gap)
    };
    let data = scatter::Data {
        dots: dots
            .iter()
            .map(|(c, d, y)| scatter::Dot {
                label: asked.marked_name(&c.name, Some(d)),
                x: d.value(),
                y: y.value(),
                emphasised: asked.highlighted(c) || stands_out(d, y),
            })
            .collect(),
        x_label: axis(Measure::Density),
        y_label: axis(upright),
        diagonal_label: filled(&locale.around.diagonal, &[("upper", &names[0].1), ("lower", &names[1].1)]),
        emphasis_label: match dots.iter().any(|(_, d, y)| stands_out(d, y)) {
            true => locale.around.named_in_title.clone(),
            false => String::new(),
        },
    };
    let rows: Vec<_> = dots.iter().map(|(c, d, _)| (c.clone(), Some(*d))).collect();
    let counted = locale.counted(dots.len(), asked.noun(&rows));
    let all = locale.all(dots.len(), asked.noun(&rows)).to_lowercase();
    let parts = [
        ("upper", names[0].1.as_str()),
        ("lower", &names[1].1),
        ("above", &above.to_string()),
        ("cells", &counted),
        ("all", &all),
    ];
    let same = dots.iter().all(|d| distance(d).abs() < 1e-9);
    let title = if let [(cell, low, high)] = dots.as_slice() {
        let figure = |s: &Shown<'_>| locale.rate(s.value().unwrap_or_default());
        let (high, low) = (figure(high), figure(low));
        filled(
            &locale.titles.scatter_one,
            &[
                ("place", &asked.in_title(cell)),
                ("upper", locale.measure(upright)),
                ("lower", &names[1].1),
                ("high", &high),
                ("low", &low),
            ],
        )
    } else if same {
        filled(&locale.titles.scatter_equal, &parts)
    } else if within {
        // Where members count as covered, coverage is above density by definition: by how much is what there is to say.
        let clear: Vec<(String, f64)> = dots.iter().filter(|d| !marked(d)).map(|d| (asked.in_title(&d.0), distance(d))).collect();
        let beyond = |d: &Dot<'_>| clear.iter().all(|c| c.1 < distance(d)) || clear.iter().all(|c| c.1 > distance(d));
        asked.without_marked(gaps(asked, &clear, &names), dots.iter().any(|d| marked(d) && beyond(d)))
    } else {
        filled(if above == dots.len() { &locale.titles.scatter_all } else { &locale.titles.scatter }, &parts)
    };
    let title = match widest.filter(|_| !within && dots.len() > 1) {
        Some(d) => {
            let points = titles::points(locale, distance(d));
            let title = filled(
                &locale.titles.scatter_widest,
                &[("title", &title), ("place", &asked.in_title(&d.0)), ("points", &points)],
            );
            // A title names no cell that is marked as unreliable, and says so where one lies farther out.
            let farther = dots.iter().any(|other| marked(other) && distance(other) > distance(d));
            asked.without_marked(title, farther)
        }
        None => title,
    };
    let span = periods(dots.iter().map(|d| d.1.period()), locale);
    let sectors = asked.sectors_of(dots.iter().map(|d| &d.0));
    // Both are of one population where they say so in the same words.
    let among = |m| asked.evidence.definitions.iter().find(|d| d.measure == m).map(|d| d.denominator.as_str());
    let unit = match (among(Measure::Density), among(upright)) {
        (Some(a), Some(b)) if a == b => asked.population(&sectors),
        _ => "%".to_owned(),
    };
    let subtitle = filled(
        &locale.around.scatter_subtitle,
        &[("upper", &names[0].1), ("lower", &names[1].1), ("sectors", &sectors), ("unit", &unit), ("periods", &span)],
    );
    let both: Vec<Shown<'_>> = dots.iter().flat_map(|d| [d.1, d.2]).collect();
    let mut notes: Vec<String> = asked.no_error_note(&both).into_iter().collect();
    notes.extend(asked.mark_notes(&both, false));
    notes.extend(asked.period_note(dots.iter().map(|d| (d.0.name.as_str(), d.1.period()))));
    let oldest = dots.iter().map(|d| d.1.period()).min();
    if let Some(since) = period.or(oldest).filter(|_| !without.is_empty()) {
        let pattern = if period.is_some() { &locale.around.note_without } else { &locale.around.note_older };
        notes.push(filled(pattern, &[("period", &since.to_string()), ("names", &without.join(", "))]));
    }
    let cells: Vec<_> = dots.iter().map(|(c, d, _)| (c, Measure::Density, Some(*d))).collect();
    let mut table = Table::of(&cells);
    table.text("other_measure", dots.iter().map(|_| Some(upright.id().to_owned())));
    table.number("other_value", dots.iter().map(|d| d.2.value()));
    table.number("other_low", dots.iter().map(|d| d.2.limits().map(|l| l.0)));
    table.number("other_high", dots.iter().map(|d| d.2.limits().map(|l| l.1)));
    Filled::new(asked, Data::Scatter(data), asked.frame(title, subtitle, notes), table)
}

/// Where coverage exceeds density least and most, by the names of all that read alike.
fn gaps(asked: &Asked<'_>, distances: &[(String, f64)], names: &[(&str, String); 2]) -> String {
    let words = &asked.locale.titles;
    let ends = |order: &dyn Fn(f64, f64) -> std::cmp::Ordering| {
        let end = distances.iter().max_by(|a, b| order(a.1, b.1))?;
        let written = |distance| titles::points(asked.locale, distance);
        Some((written(end.1), asked.alike(distances, end, written)))
    };
    let (Some(least), Some(most)) = (ends(&|a, b| b.total_cmp(&a)), ends(&|a, b| a.total_cmp(&b))) else {
        return words.no_figures.clone();
    };
    let parts = [
        ("upper", names[0].1.as_str()),
        ("lower", &names[1].1),
        ("least", &least.0),
        ("lowest", &least.1),
        ("most", &most.0),
        ("highest", &most.1),
    ];
    let nothing = titles::points(asked.locale, 0.0);
    let pattern = match (least.0 == most.0, most.0 == nothing) {
        (true, true) => &words.scatter_equal,
        (true, false) => &words.scatter_even,
        _ if least.0 == nothing => &words.scatter_up_to,
        _ => &words.scatter_within,
    };
    filled(pattern, &parts)
}
