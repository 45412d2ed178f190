//! Estimates with their intervals, highest first, against the level of a target where there is one for all.

use undeb::{Level, Period, PolicyForce};

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::Table;
use super::titles::Change;
use super::when::periods;
use super::{Data, Filled, titles};
use crate::error::ChartError;
use crate::interval;
use crate::locale::fill as filled;

/// Above or below a level, beyond sampling error where there is one.
fn side(shown: &Shown<'_>, level: f64) -> Option<bool> {
    let value = shown.value()?;
    match shown.interval {
        Some(i) if i.low >= level => Some(true),
        Some(i) if i.high < level => Some(false),
        Some(_) => None,
        None => Some(value >= level),
    }
}

impl Asked<'_> {
    /// The whole that regions of one sector are parts of, by name, and its figure of a period.
    fn whole(&self, rows: &[(Cell<'_>, Option<Shown<'_>>)], period: Period) -> Option<(String, Shown<'_>)> {
        let region = self.evidence.regions.whole();
        let sector = rows.first()?.0.sector;
        let parts = rows.iter().all(|(c, _)| c.sector == sector && c.region != region);
        let series = self.evidence.series(self.measure, region, sector);
        let figure = series.into_iter().find(|s| s.period() == period && s.mark.is_none() && s.value().is_some());
        Some((self.region_name(region).to_owned(), figure.filter(|_| parts)?))
    }

    /// Above or below the whole beyond the errors of both. They are taken as independent: that a cell is part of the whole
    /// only brings the two closer together, so what is said is rather too little than too much.
    fn beside(&self, shown: &Shown<'_>, whole: &Shown<'_>) -> Option<Change> {
        let difference = shown.estimate.less(whole.estimate, 0.0);
        let interval = difference.outcome(self.evidence.level, self.evidence.method).0;
        Some(Change { value: difference.value?, interval: Some(interval?) })
    }
}

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let locale = asked.locale;
    let (mut rows, mut old): (Vec<(Cell<'_>, Option<Shown<'_>>)>, Vec<Cell<'_>>) = (Vec::new(), Vec::new());
    for cell in asked.cells()? {
        let shown = asked.latest(&cell)?;
        match shown.is_none() && asked.old_note(std::iter::once(&cell)).is_some() {
            true => old.push(cell),
            false => rows.push((cell, shown)),
        }
    }
    let value = |s: &Option<Shown<'_>>| s.and_then(|s| s.value());
    rows.sort_by(|a, b| value(&b.1).unwrap_or(f64::NEG_INFINITY).total_cmp(&value(&a.1).unwrap_or(f64::NEG_INFINITY)));
    let target = asked.evidence.target.map(|t| &t.target);
    let level = match target.map(|t| &t.level) {
        Some(Level::Fixed(level)) => Some(*level),
        _ => None,
    };
    if level.is_some() {
        asked.at_level_of_plan()?;
    }
    let known: Vec<Shown<'_>> = rows.iter().filter_map(|(_, s)| *s).filter(|s| s.value().is_some()).collect();
    let one_period = known.windows(2).all(|p| p[0].period() == p[1].period());
    // Without a target the whole is what rows are seen against.
    let whole =
        known.first().filter(|_| target.is_none() && one_period && rows.len() > 2).and_then(|s| asked.whole(&rows, s.period()));
    let with_intervals = known.iter().any(|s| s.interval.is_some());
    let force = target.map_or(PolicyForce::Target, |t| t.force);
    let above = |s: &Shown<'_>| level.and_then(|l| side(s, l)) == Some(true);
    let around = &locale.around;
    let header = match (asked.measure.is_share(), with_intervals) {
        (true, true) => filled(&around.value_header, &[("level", &locale.level(asked.evidence.level))]),
        (false, true) => filled(&around.value_header_points, &[("level", &locale.level(asked.evidence.level))]),
        (true, false) => around.percent_header.clone(),
        (false, false) => around.points_header.clone(),
    };
    let beside = |s: &Shown<'_>| asked.beside(s, &whole.as_ref()?.1).map(Change::sign);
    let signs: Vec<Option<i8>> = rows.iter().map(|(_, s)| s.as_ref().and_then(beside)).collect();
    let judged = || rows.iter().zip(&signs).filter_map(|((_, s), sign)| Some((s.filter(|s| s.value().is_some())?, *sign)));
    // Said only where it can be said of every row.
    let against_whole =
        whole.as_ref().filter(|_| judged().all(|(_, sign)| sign.is_some()) && known.iter().any(|s| s.mark.is_none()));
    let differs = |sign: &Option<i8>| against_whole.is_some() && sign.is_some_and(|sign| sign != 0);
    let emphasis = if force == PolicyForce::Trigger { &around.emphasis_line } else { &around.emphasis };
    // Where levels differ each row has its own.
    let own = |c: &Cell<'_>| asked.evidence.finding(c.region, c.sector).filter(|_| level.is_none())?.level;
    let data = interval::Data {
        rows: rows
            .iter()
            .zip(&signs)
            .map(|((c, s), sign)| interval::Row {
                label: asked.row_name(c, s.as_ref(), one_period),
                value: value(s),
                interval: s.and_then(|s| s.limits()),
                target: own(c),
                emphasised: match asked.options.highlight.is_empty() {
                    true => differs(sign) || s.is_some_and(|s| s.interval.is_some() && above(&s)),
                    false => asked.highlighted(c),
                },
            })
            .collect(),
        target: level.or(whole.as_ref().and_then(|w| w.1.value())),
        // The key says the level itself.
        target_label: match target {
            Some(t) if t.force == PolicyForce::Trigger && level.is_some() => around.line.clone(),
            Some(t) => match (level, rows.iter().map(|(c, _)| own(c)).collect::<Vec<_>>().as_slice()) {
                (None, [Some(only)]) => asked.line_at(&asked.line_with_deadline(t), *only),
                _ => asked.line_with_deadline(t),
            },
            None => whole.as_ref().map(|w| w.0.clone()).unwrap_or_default(),
        },
        value_label: header,
        interval_label: asked.interval_label(&known),
        emphasis_label: match against_whole.filter(|_| asked.options.highlight.is_empty()) {
            Some((name, _)) => filled(&around.emphasis_whole, &[("whole", name)]),
            None if level.is_some() && with_intervals && asked.options.highlight.is_empty() => emphasis.clone(),
            None => String::new(),
        },
    };
    // A single cell is told by where it stands.
    let only = match rows.as_slice() {
        [(cell, _)] => asked.evidence.finding(cell.region, cell.sector).zip(target).map(|found| (cell, found)),
        _ => None,
    };
    let title = match (level, only) {
        (Some(_), Some((cell, (finding, target)))) => titles::level(finding, target, &asked.full_name(cell), locale),
        (Some(level), None) => {
            let count = |side_of: bool| known.iter().filter(|s| side(s, level) == Some(side_of)).count();
            let beyond = match (with_intervals, known.iter().all(|s| s.interval.is_some())) {
                (true, true) => locale.titles.beyond.as_str(),
                (true, false) => &locale.titles.beyond_where_stated,
                (false, _) => "",
            };
            let words = Some(titles::level_of(locale, asked.measure, level));
            let line = target.map_or_else(String::new, |t| titles::line(locale, t, words));
            titles::above(locale, (count(true), count(false), known.len()), asked.noun(&rows), &line, beyond)
        }
        (None, _) if against_whole.is_some() => {
            // A title counts no figure that is marked as unreliable.
            let clear: Vec<Option<i8>> = judged().filter(|(s, _)| s.mark.is_none()).map(|(_, sign)| sign).collect();
            let count = |of: i8| clear.iter().filter(|sign| **sign == Some(of)).count();
            let (name, value) = against_whole.map_or((String::new(), 0.0), |w| (w.0.clone(), w.1.value().unwrap_or_default()));
            let parts = [
                ("whole", name),
                ("value", asked.figure(value)),
                ("above", count(1).to_string()),
                ("below", locale.count(count(-1))),
                ("cells", locale.counted(clear.len(), asked.noun(&rows))),
                ("are", titles::is_are(locale, count(1), clear.len()).to_owned()),
            ];
            let parts: Vec<(&str, &str)> = parts.iter().map(|(name, words)| (*name, words.as_str())).collect();
            let none = count(1) + count(-1) == 0;
            let title = filled(if none { &locale.titles.whole_none } else { &locale.titles.whole_sides }, &parts);
            asked.without_marked(title, clear.len() < known.len())
        }
        (None, _) => {
            let clear = rows.iter().filter(|(_, s)| s.is_some_and(|s| s.mark.is_none()));
            let values: Vec<(String, f64)> = clear.filter_map(|(c, s)| Some((asked.in_title(c), value(s)?))).collect();
            asked.dated(asked.range(&values, known.iter().any(|s| s.mark.is_some())), one_period)
        }
    };
    let span = periods(known.iter().map(|s| s.period()), locale);
    let subtitle = asked.subtitle(&asked.sectors_of(rows.iter().map(|(c, _)| c)), &span);
    let mut notes = asked.interval_notes(&known);
    notes.extend(match level {
        Some(_) => asked.answer_mark_notes(&known),
        None => asked.mark_notes(&known, false),
    });
    notes.extend(asked.old_note(old.iter()));
    let every: Vec<&Cell<'_>> = rows.iter().map(|(c, _)| c).chain(&old).collect();
    // Sectors of one region are rows of their own.
    notes.extend(asked.none_note(if every.len() > 1 { asked.absent(&every) } else { Vec::new() }.iter().map(|c| c.name.clone())));
    let cells: Vec<_> = rows.iter().map(|(c, s)| (c, asked.measure, *s)).collect();
    let mut table = Table::of(&cells);
    if let Some(level) = level {
        table.number("target", rows.iter().map(|_| Some(level)));
        let words = |s: &Option<Shown<'_>>| match s.as_ref().map(|s| side(s, level)) {
            Some(Some(true)) => "met",
            Some(Some(false)) => "not_met",
            _ => "cannot_tell",
        };
        table.text("answer", rows.iter().map(|(_, s)| Some(words(s).to_owned())));
    } else if target.is_some() {
        table.number("target", rows.iter().map(|(c, _)| own(c)));
    }
    if let Some((_, whole)) = against_whole {
        table.number("whole", rows.iter().map(|_| whole.value()));
        let words = |sign: i8| match sign {
            1 => "above",
            -1 => "below",
            _ => "cannot_tell",
        };
        table.text("answer", signs.iter().map(|sign| Some(words((*sign)?).to_owned())));
    }
    Filled::new(asked, Data::Interval(data), asked.frame(title, subtitle, notes), table)
}
