//! Why rates moved, how sure an order is and where effort would count, as the templates see them.

use serde::Serialize;
use undeb::release::format::{percent, probability, signed_hundredths, signed_points, workers};
use undeb::{Amount, Contribution, Decomposition, Mark, Measure, PriorityCell, Report};

use crate::view::FigureView;

/// Rows of a table before the rest is summed or left to the data file.
const ROWS: usize = 10;

#[derive(Serialize)]
pub(crate) struct ExplainedView<'a> {
    together: Option<&'a str>,
    moved: Vec<MovedView<'a>>,
    priorities: Option<PrioritiesView<'a>>,
}

#[derive(Serialize)]
struct MovedView<'a> {
    title: String,
    sentences: &'a [String],
    from: String,
    to: String,
    figures: Vec<FigureView<'a>>,
    effects: Vec<[String; 3]>,
    rows: Vec<[String; 7]>,
    with_interval: bool,
    with_interaction: bool,
}

#[derive(Serialize)]
struct PrioritiesView<'a> {
    target: &'a str,
    sentences: &'a [String],
    ranked: &'a [String],
    /// Heads the column of those who are not counted.
    missing: &'static str,
    among: usize,
    rows: Vec<[String; 9]>,
    left: usize,
    lowest: Vec<[String; 4]>,
    with_certainty: bool,
}

impl<'a> ExplainedView<'a> {
    /// `figures` gives the figures of a name.
    pub(crate) fn new(report: &'a Report, figures: &dyn Fn(&str) -> Vec<FigureView<'a>>) -> Self {
        let explained = report.explained();
        let all = &explained.explanations;
        ExplainedView {
            together: explained.together_sentence.as_deref(),
            moved: (all.decompositions.iter().zip(&explained.moved).enumerate())
                .map(|(i, (d, said))| moved(report, d, said, figures(&format!("moved-{}", i + 1))))
                .collect(),
            priorities: all.priorities.as_ref().map(|p| {
                let target = report.plan().targets.iter().find(|t| p.options.is_for(t));
                let named = p.cells.iter().filter(|c| c.in_set).count().max(ROWS);
                // Those of the set first, then by gain.
                let mut cells: Vec<&PriorityCell> = p.cells.iter().collect();
                cells.sort_by_key(|c| !c.in_set);
                let ranking = all.ranking.iter().flat_map(|r| &r.cells);
                let source = target.and_then(|t| t.source.as_deref()).unwrap_or(&report.plan().source);
                // A figure that carries a mark elsewhere in the report carries it here too.
                let marked = |region: &str, sector: &str, value: f64| {
                    let figure = report.figure(source, p.measure, p.period, region, sector);
                    let mark = figure.and_then(|r| r.mark).map_or("", Mark::shorthand);
                    format!("{} {mark}", percent(value)).trim_end().to_owned()
                };
                let along = |c: &PriorityCell, dimension: &str, whole: &str| {
                    let at = p.options.by.iter().position(|b| b == dimension);
                    at.map_or_else(|| whole.to_owned(), |at| c.codes[at].to_string())
                };
                let of_cell = |c: &PriorityCell| {
                    let value = |v| marked(&along(c, "region", &p.region), &along(c, "sector", &p.sector), v);
                    c.value.map_or_else(|| "no workers".to_owned(), value)
                };
                PrioritiesView {
                    target: target.map_or("", |t| &t.title),
                    sentences: &explained.priorities,
                    ranked: &explained.ranked,
                    missing: if p.measure == Measure::Density { "Employees not members" } else { "Workers not covered" },
                    among: all.ranking.as_ref().map_or(0, |r| r.among),
                    rows: cells.iter().take(named).map(|c| priority(c, of_cell(c))).collect(),
                    left: p.cells.len().saturating_sub(named),
                    lowest: ranking
                        .clone()
                        .take(ROWS)
                        .map(|c| {
                            let sure = c.certainty.map(|s| (format!("{} to {}", s.low, s.high), probability(s.among_lowest)));
                            let (rank, probability) = sure.unwrap_or_default();
                            [c.name.clone(), marked(&c.region, &c.sector, c.value), rank, probability]
                        })
                        .collect(),
                    with_certainty: ranking.clone().any(|c| c.certainty.is_some()),
                }
            }),
        }
    }
}

fn interval(a: &Amount) -> String {
    a.interval.map(|i| format!("{} to {}", signed_hundredths(i.low), signed_hundredths(i.high))).unwrap_or_default()
}

fn moved<'a>(report: &Report, d: &Decomposition, sentences: &'a [String], figures: Vec<FigureView<'a>>) -> MovedView<'a> {
    let source = report.source(&report.plan().source);
    let region = source.map_or(&*d.region, |s| s.regions().name(&d.region)).to_owned();
    let effect = |e: &undeb::Effect| {
        let name = match &e.of {
            undeb::EffectOf::Rate => "rates of the cells".to_owned(),
            undeb::EffectOf::Composition => "mix of employment over the cells (composition)".to_owned(),
            undeb::EffectOf::Interaction => "both at once (interaction)".to_owned(),
            undeb::EffectOf::Share { of, within } if within.is_empty() => format!("weights by {of}"),
            undeb::EffectOf::Share { of, within } => format!("weights by {of} within {}", within.join(" and ")),
        };
        [name, signed_hundredths(e.amount.value), interval(&e.amount)]
    };
    let mut effects: Vec<[String; 3]> = d.effects.iter().map(effect).collect();
    effects.push(["change".to_owned(), signed_hundredths(d.change.value), interval(&d.change)]);
    let (shown, rest) = d.cells.split_at(ROWS.min(d.cells.len()));
    let mut rows: Vec<[String; 7]> = shown.iter().map(contribution).collect();
    if !rest.is_empty() {
        let sum = |of: &dyn Fn(&Contribution) -> f64| signed_hundredths(rest.iter().map(of).sum());
        rows.push([
            format!("all {} others", rest.len()),
            String::new(),
            String::new(),
            sum(&|c| c.rate_effect.value),
            sum(&|c| c.composition.value + c.interaction.map_or(0.0, |i| i.value)),
            sum(&|c| c.total.value),
            String::new(),
        ]);
    }
    MovedView {
        title: format!("{region}: {} from {} to {}", d.measure.name(), d.from, d.to),
        sentences,
        from: d.from.to_string(),
        to: d.to.to_string(),
        figures,
        effects,
        rows,
        with_interval: d.change.interval.is_some(),
        with_interaction: d.cells.iter().any(|c| c.interaction.is_some()),
    }
}

fn contribution(c: &Contribution) -> [String; 7] {
    let rate = |r: Option<f64>| r.map_or_else(|| "no workers".to_owned(), percent);
    [
        c.name.clone(),
        format!("{} to {}", percent(c.share[0]), percent(c.share[1])),
        format!("{} to {}", rate(c.rate[0]), rate(c.rate[1])),
        signed_hundredths(c.rate_effect.value),
        signed_hundredths(c.composition.value + c.interaction.map_or(0.0, |i| i.value)),
        signed_hundredths(c.total.value),
        interval(&c.total),
    ]
}

fn priority(c: &PriorityCell, value: String) -> [String; 9] {
    [
        c.name.clone(),
        if c.in_set { "yes".to_owned() } else { String::new() },
        value,
        c.interval.map(|i| format!("{} to {}", percent(i.low), percent(i.high))).unwrap_or_default(),
        workers(c.uncovered),
        signed_points(c.distance),
        c.short.map(workers).unwrap_or_default(),
        workers(c.gain),
        c.share_of_gap.map(percent).unwrap_or_default(),
    ]
}
