//! How far each cell of a target is from its level.

use undeb::release::format::percent;
use undeb::release::wording;
use undeb::{Answer, Finding, Level, PolicyForce, Released, SourceView, TargetFindings};

use super::words::{cell_name, periods, sector_names, subtitle};
use super::{Context, Figure};
use crate::frame::Frame;
use crate::gap;

impl Context<'_> {
    pub(super) fn gap(&self, t: &TargetFindings, source: SourceView<'_>) -> Option<Figure> {
        let valued = t.findings.iter().filter(|f| f.value.is_some()).count();
        if valued < 2 || matches!(t.target.level, Level::Unset(_)) {
            return None;
        }
        let mut findings: Vec<&Finding> = t.findings.iter().collect();
        // Furthest from the target first; what cannot be judged last.
        findings.sort_by(|a, b| {
            let key = |f: &Finding| f.gap.map_or(f64::NEG_INFINITY, |g| g.value);
            key(b).total_cmp(&key(a))
        });
        let one_period = findings.iter().filter_map(|f| f.period).all(|p| Some(p) == findings[0].period);
        let rows = findings
            .iter()
            .map(|f| gap::Row {
                label: match f.period.filter(|_| !one_period) {
                    Some(period) => format!("{}, {period}", cell_name(f, &t.target, source)),
                    None => cell_name(f, &t.target, source),
                },
                baseline: f.baseline.map(|b| b.value),
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
            .collect();
        let shown: Vec<&Released> = t.findings.iter().filter_map(|f| self.latest(&t.target, f)).collect();
        let line = match (t.target.force, &t.target.level) {
            (PolicyForce::Trigger, Level::Fixed(level)) => format!("Line at {}", percent(*level).replace(".0%", "%")),
            (PolicyForce::Trigger, _) => "Line".to_owned(),
            (PolicyForce::Target, _) => "Target".to_owned(),
        };
        let periods = periods(t.findings.iter().filter_map(|f| f.period));
        // The dots carry no marks, so no mark is explained.
        let mut notes: Vec<String> = self.notes(&shown).into_iter().filter(|n| !n.starts_with('[')).collect();
        if matches!(t.target.level, Level::Change(_)) && shown.iter().any(|r| r.interval.is_some()) {
            notes.push(
                "A bar is the interval of the figure; the answer counts the uncertainty of the baseline too, so it can be \
                 open where a bar misses the target."
                    .to_owned(),
            );
        }
        let data = gap::Data {
            rows,
            line: if t.target.force == PolicyForce::Trigger { gap::Line::Trigger } else { gap::Line::Target },
            baseline_label: t.target.baseline.map(|b| b.to_string()).unwrap_or_default(),
            latest_label: if one_period { periods.clone() } else { "latest figure".to_owned() },
            target_label: t.target.deadline.map_or(line.clone(), |d| format!("{line} {d}")),
            interval_label: if shown.iter().any(|r| r.interval.is_some()) { self.level() } else { String::new() },
        };
        let frame = Frame {
            title: wording::gap_title(t, Some(source.regions())),
            subtitle: subtitle(source, t.target.measure, &sector_names(&t.target, source), &periods),
            notes,
            source: source.source().citation.clone(),
            ..Frame::default()
        };
        let name = format!("gap-{}", t.target.id);
        Some(self.figure(name, Some(&t.target), frame, |id, frame, theme| gap::draw(id, frame, &data, theme)))
    }
}
