//! How far each cell of a target is from its level.

use undeb::{Answer, Finding, Level, PolicyForce};

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::table::{Table, answer};
use super::when::periods;
use super::{Data, Filled, titles};
use crate::error::ChartError;
use crate::gap;

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let Some(t) = asked.evidence.target else {
        return Err(asked.needs("a target", "hold the estimates against a plan"));
    };
    if matches!(t.target.level, Level::Unset(_)) {
        return Err(asked.needs("a target with a number", "choose another target"));
    }
    asked.at_level_of_plan()?;
    asked.no_period()?;
    let locale = asked.locale;
    let mut rows: Vec<(Cell<'_>, &Finding)> =
        asked.cells()?.into_iter().filter_map(|c| asked.evidence.finding(c.region, c.sector).map(|f| (c, f))).collect();
    if rows.is_empty() {
        return Err(asked.needs("cells of the target", format!("the target `{}` names none of those asked for", t.target.id)));
    }
    // Furthest from the target first; what cannot be judged last.
    let key = |f: &Finding| f.gap.map_or(f64::NEG_INFINITY, |g| g.value);
    rows.sort_by(|a, b| key(b.1).total_cmp(&key(a.1)));
    let first = rows.iter().find_map(|(_, f)| f.period);
    let one_period = rows.iter().filter_map(|(_, f)| f.period).all(|p| Some(p) == first);
    let shown: Vec<Option<Shown<'_>>> = rows
        .iter()
        .map(|(c, f)| asked.evidence.series(f.measure, c.region, c.sector).into_iter().find(|s| Some(s.period()) == f.period))
        .collect();
    let known: Vec<Shown<'_>> = shown.iter().flatten().copied().collect();
    let span = periods(rows.iter().filter_map(|(_, f)| f.period), locale);
    let mut notes = asked.interval_notes(&known);
    if matches!(t.target.level, Level::Change(_)) && known.iter().any(|s| s.interval.is_some()) {
        notes.push(locale.around.note_change_bar.clone());
    }
    let workers = rows.iter().any(|(_, f)| f.gap.is_some_and(|g| g.workers.is_some()));
    notes.extend(workers.then(|| locale.around.note_workers.clone()));
    notes.extend(asked.answer_mark_notes(&known));
    // No line joins what may not be compared.
    let barred = |f: &Finding, from| f.period.is_some_and(|to| asked.evidence.barred(f.measure, &f.sector, from, to));
    let start = |f: &Finding| f.baseline.filter(|b| !barred(f, b.period) && Some(b.period) != f.period);
    // The longest way from a baseline has all the breaks on it.
    let ends = rows.iter().zip(&shown).filter_map(|((c, f), s)| {
        let from = f.baseline?.period;
        let start = asked.evidence.series(f.measure, c.region, c.sector).into_iter().find(|s| s.period() == from)?;
        Some((c.sector, [start, (*s)?]))
    });
    let longest = ends.max_by(|a, b| {
        let years = |e: &[Shown<'_>; 2]| e[1].period().years_since(e[0].period());
        years(&a.1).total_cmp(&years(&b.1))
    });
    notes.extend(longest.map(|(sector, ends)| asked.break_notes(sector, &ends)).unwrap_or_default());
    let data = gap::Data {
        rows: rows
            .iter()
            .zip(&shown)
            .map(|((c, f), s)| gap::Row {
                label: asked.row_name(c, s.as_ref(), one_period),
                emphasised: asked.highlighted(c),
                baseline: start(f).map(|b| b.value),
                latest: f.value,
                interval: f.interval.map(|i| (i.low, i.high)),
                target: f.level,
                points: f.gap.map(|g| g.value * 100.0),
                workers: f.gap.and_then(|g| g.workers),
                tone: match f.answer {
                    Answer::Met => gap::Tone::Met,
                    Answer::NotMet => gap::Tone::NotMet,
                    Answer::CannotTell if f.value.is_some() => gap::Tone::CannotTell,
                    _ => gap::Tone::None,
                },
            })
            .collect(),
        line: if t.target.force == PolicyForce::Trigger { gap::Line::Trigger } else { gap::Line::Target },
        baseline_label: t.target.baseline.map(|b| b.to_string()).unwrap_or_default(),
        latest_label: if one_period { span.clone() } else { locale.around.latest_figure.clone() },
        target_label: asked.line_with_deadline(&t.target),
        interval_label: asked.interval_label(&known),
    };
    let part = undeb::TargetFindings { findings: rows.iter().map(|(_, f)| (*f).clone()).collect(), ..t.clone() };
    let noun = titles::noun(&t.target, asked.evidence.regions);
    let place = |f: &Finding| {
        rows.iter()
            .find(|(_, g)| std::ptr::eq(*g, f) || g.region == f.region && g.sector == f.sector)
            .map_or_else(String::new, |(c, _)| asked.full_name(c))
    };
    let title = titles::gap(&part, noun, &place, locale);
    let starts = rows.iter().filter_map(|(_, f)| Some(start(f)?.period));
    let span = periods(starts.chain(rows.iter().filter_map(|(_, f)| f.period)), locale);
    let subtitle = asked.subtitle(&asked.sectors_of(rows.iter().map(|(c, _)| c)), &span);

    let cells: Vec<_> = rows.iter().zip(&shown).map(|((c, f), s)| (c, f.measure, *s)).collect();
    let mut table = Table::of(&cells);
    let findings = || rows.iter().map(|(_, f)| *f);
    table.text("baseline_period", findings().map(|f| f.baseline.map(|b| b.period.to_string())));
    table.number("baseline", findings().map(|f| f.baseline.map(|b| b.value)));
    table.number("target", findings().map(|f| f.level));
    table.number("gap", findings().map(|f| f.gap.map(|g| g.value)));
    table.number("gap_low", findings().map(|f| f.gap.and_then(|g| g.interval).map(|i| i.low)));
    table.number("gap_high", findings().map(|f| f.gap.and_then(|g| g.interval).map(|i| i.high)));
    table.number("gap_workers", findings().map(|f| f.gap.and_then(|g| g.workers)));
    table.text("answer", findings().map(|f| Some(answer(f.answer))));
    Filled::new(asked, Data::Gap(data), asked.frame(title, subtitle, notes), table)
}
