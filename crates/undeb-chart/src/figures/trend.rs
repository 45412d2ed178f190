//! The course of series over time, against the path of a target where there is one.

use undeb::{Finding, Force, Level, Measure, Period, PolicyForce, Status, Target, TargetFindings};

use super::asked::{Asked, Cell};
use super::evidence::{Shown, last_known};
use super::table::Table;
use super::titles::{self, Change};
use super::when::periods;
use super::{Data, Filled};
use crate::error::{Cause, ChartError};
use crate::locale::fill as filled;
use crate::trend;

/// Of so many lines the first that was named is the one that the chart is about.
const FEW: usize = 4;

/// The bands of a fan.
const BANDS: [f64; 3] = [0.5, 0.8, 0.95];

pub(super) fn fill(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    match asked.evidence.target {
        Some(t) => against(asked, t),
        None => alone(asked),
    }
}

/// The lines that were asked for, in their own right.
fn alone(asked: &Asked<'_>) -> Result<Filled, ChartError> {
    let mut lines: Vec<(Cell<'_>, Vec<Shown<'_>>)> = asked
        .lines()?
        .into_iter()
        .map(|c| {
            let s = asked.series(&c);
            (c, s)
        })
        .collect();
    let newest = lines.iter().filter_map(|(_, s)| last_known(s)).map(|s| s.period()).max();
    let current = |s: &[Shown<'_>]| last_known(s).filter(|s| Some(s.period()) == newest).and_then(|s| Some((s.value()?, s.mark)));
    let highlighted = lines.iter().position(|(c, _)| asked.highlighted(c));
    let many = lines.len() > FEW && highlighted.is_none();
    if many {
        from_both_ends(&mut lines, asked.evidence.regions.whole(), |s| current(s).map(|c| c.0));
    }
    let focus = highlighted.or(lines.iter().position(|(_, s)| current(s).is_some())).unwrap_or(0);
    let (cell, series) = &lines[focus];
    // Of many lines none is the one that the title is about.
    let ends = lines.iter().filter_map(|(c, s)| Some((c, last_known(s)?)));
    let recent = asked.recent(ends);
    let title = if many && recent.len() > 1 && cell.region != asked.evidence.regions.whole() {
        asked.lasts_title(recent.into_iter())
    } else {
        asked.course_title(&asked.full_name(cell), cell.sector, series)
    };
    let data = trend::Data {
        series: lines
            .iter()
            .enumerate()
            .map(|(i, (c, s))| trend::Series {
                muted: highlighted.is_some() && !asked.highlighted(c),
                ..asked.line(c, s, i == focus)
            })
            .collect(),
        fan: asked.fan(cell, series)?,
        interval_label: asked.interval_label(series),
        break_label: asked.locale.drawing.break_word.clone(),
        ..trend::Data::default()
    };
    finish(asked, &lines, focus, title, data, None)
}

/// The whole first, then highest and lowest in turn: what has room for a name or a colour should say the most.
fn from_both_ends<'a>(lines: &mut Vec<(Cell<'a>, Vec<Shown<'a>>)>, whole: &str, latest: impl Fn(&[Shown<'a>]) -> Option<f64>) {
    let value = |line: &(Cell<'a>, Vec<Shown<'a>>)| latest(&line.1).unwrap_or(f64::NEG_INFINITY);
    lines.sort_by(|a, b| (b.0.region == whole).cmp(&(a.0.region == whole)).then(value(b).total_cmp(&value(a))));
    let parts = lines.iter().position(|l| l.0.region != whole).unwrap_or(lines.len());
    let mut rest: std::collections::VecDeque<_> = lines.drain(parts..).collect();
    while let Some(highest) = rest.pop_front() {
        lines.push(highest);
        lines.extend(rest.pop_back());
    }
}

/// One series against its path or level, with the whole beside it.
fn against(asked: &Asked<'_>, t: &TargetFindings) -> Result<Filled, ChartError> {
    asked.at_level_of_plan()?;
    if asked.several_regions() {
        return Err(asked.needs("one region of the target", "name one, or chart the estimates"));
    }
    let named = asked.named_cell();
    let finding = match (named, &t.whole, t.findings.as_slice()) {
        (Some((region, sector)), ..) => {
            let is = |f: &&Finding| &*f.region == region && sector.is_none_or(|s| *f.sector == *s);
            t.findings.iter().chain(&t.whole).find(is)
        }
        (None, Some(whole), _) => Some(whole),
        (None, None, [one]) => Some(one),
        (None, None, _) => None,
    };
    let Some(finding) = finding else {
        let listed: Vec<&str> = t.target.regions.iter().map(String::as_str).take(24).collect();
        return Err(asked.needs("one region of the target", format!("choose one of {}", listed.join(", "))));
    };
    let regions = asked.evidence.regions;
    let region = regions.get(&finding.region).map_or("", |c| c.id.as_str());
    let sector = asked.evidence.sectors.get(&finding.sector).map_or("", |c| c.id.as_str());
    let cell = |region| Cell { region, sector, name: asked.region_name(region).to_owned() };
    let known = |s: &[Shown<'_>]| s.iter().filter(|s| s.value().is_some()).count();
    let focus = asked.series(&cell(region));
    let mut lines = vec![(cell(region), focus)];
    if region != regions.whole() {
        let whole = asked.series(&cell(regions.whole()));
        if known(&whole) >= 2 {
            lines.push((cell(regions.whole()), whole));
        }
    }
    let series = &lines[0].1;
    let nodes = finding.baseline.and_then(|b| t.target.path_nodes(b.value));
    // Without a figure of its own the level stands beside those of the whole.
    let years = || lines.iter().flat_map(|(_, s)| s).map(|s| s.period().start());
    let (first, last) = (years().min_by(f64::total_cmp), years().max_by(f64::total_cmp));
    let around = &asked.locale.around;
    let (path, path_label) = match (&nodes, finding.level) {
        (Some(nodes), Some(level)) => {
            let deadline = t.target.deadline.map(|d| d.to_string()).unwrap_or_default();
            let illustrative = t.target.status == Status::Illustrative;
            let pattern = if illustrative { &around.illustrative_path_to } else { &around.path_to };
            let label = filled(pattern, &[("level", &asked.level_of(level)), ("deadline", &deadline)]);
            (Some(sampled(&t.target, nodes)), label)
        }
        (None, Some(level)) => {
            let end = t.target.deadline.map(Period::start).or(last);
            let label = match t.target.force {
                PolicyForce::Trigger => asked.line_at(&around.line, level),
                PolicyForce::Target => asked.line_at(&asked.line_with_deadline(&t.target), level),
            };
            (first.zip(end).map(|(a, b)| vec![(a, level), (b, level)]), label)
        }
        _ => (None, String::new()),
    };
    let inner = nodes.iter().flat_map(|n| &n[1..n.len() - 1]);
    let data = trend::Data {
        series: lines.iter().enumerate().map(|(i, (c, s))| asked.line(c, s, i == 0)).collect(),
        fan: asked.fan(&lines[0].0, series)?,
        path,
        path_label,
        milestones: inner.map(|n| trend::Milestone { x: n.at.start(), value: n.level }).collect(),
        milestone_label: asked.locale.drawing.milestone.clone(),
        deadline: t.target.deadline.map(Period::start),
        interval_label: asked.interval_label(series),
        break_label: asked.locale.drawing.break_word.clone(),
        ..trend::Data::default()
    };
    let open = nodes.is_some() && series.iter().any(|s| s.interval.is_some());
    let change = matches!(t.target.level, Level::Change(_)).then(|| around.note_change_band.clone());
    let title = titles::against(finding, &t.target, &asked.full_name(&lines[0].0), asked.locale);
    finish(asked, &lines, 0, title, data, change.filter(|_| open))
}

fn finish(
    asked: &Asked<'_>,
    lines: &[(Cell<'_>, Vec<Shown<'_>>)],
    focus: usize,
    title: String,
    data: trend::Data,
    note: Option<String>,
) -> Result<Filled, ChartError> {
    let (cell, series) = &lines[focus];
    let title = asked.projected(title);
    let data = trend::Data { reasons: asked.reasons(lines.iter().map(|(c, _)| c.sector)), ..data };
    let shown = || lines.iter().flat_map(|(_, s)| s).filter(|s| s.value().is_some());
    let span = asked.projected_span(periods(shown().map(|s| s.period()), asked.locale));
    let subtitle = asked.subtitle(&asked.sectors_of(lines.iter().map(|(c, _)| c)), &span);
    let mut notes = asked.interval_notes(series);
    notes.extend(note);
    notes.extend(asked.end_mark_notes(lines));
    let without = lines.iter().filter(|(_, s)| last_known(s).is_none()).map(|(c, _)| c.name.clone());
    notes.extend(asked.none_note(without));
    // Breaks are drawn as far as any line reaches.
    let all: Vec<Shown<'_>> =
        [shown().min_by_key(|s| s.period()), shown().max_by_key(|s| s.period())].into_iter().flatten().copied().collect();
    notes.extend(asked.break_notes_of(lines.iter().map(|(c, _)| c.sector), &all));
    notes.extend(asked.options.projection.as_ref().map(|_| asked.locale.around.note_projection.clone()));
    let rows: Vec<_> = lines.iter().flat_map(|(c, s)| s.iter().map(move |s| (c, asked.measure, Some(*s)))).collect();
    let mut table = Table::of(&rows);
    let at = |p: Period| data.path.as_ref().and_then(|path| level_at(path, p.start()));
    let on_path = |c: &Cell<'_>, p: Period| if c.region == cell.region { at(p) } else { None };
    table.number("path", rows.iter().map(|(c, _, s)| s.and_then(|s| on_path(c, s.period()))));
    Filled::new(asked, Data::Trend(data), asked.frame(title, subtitle, notes), table)
}

/// The level of a path at a point in time; none before it starts.
fn level_at(path: &[(f64, f64)], x: f64) -> Option<f64> {
    let pair = path.windows(2).find(|p| p[0].0 <= x && x <= p[1].0)?;
    let share = if pair[1].0 > pair[0].0 { (x - pair[0].0) / (pair[1].0 - pair[0].0) } else { 0.0 };
    Some(pair[0].1 + share * (pair[1].1 - pair[0].1))
}

/// The path in steps fine enough for a curve.
fn sampled(target: &Target, nodes: &[undeb::Node]) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for pair in nodes.windows(2) {
        points.push((pair[0].at.start(), pair[0].level));
        for year in pair[0].at.calendar_year() + 1..pair[1].at.calendar_year() {
            points.extend(target.path.at(nodes, Period::year(year)).map(|n| (n.at.start(), n.level)));
        }
    }
    points.extend(nodes.last().map(|n| (n.at.start(), n.level)));
    points
}

impl<'a> Asked<'a> {
    /// A series as a line.
    pub(super) fn line(&self, cell: &Cell<'_>, series: &[Shown<'_>], focus: bool) -> trend::Series {
        let breaks = |force: Force| -> Vec<f64> {
            self.evidence.breaks(self.measure, cell.sector).filter(|b| b.force == force).map(|b| b.at.start()).collect()
        };
        trend::Series {
            label: self.marked_name(&cell.name, series.last()),
            points: series
                .iter()
                .map(|s| trend::Point { x: s.period().start(), value: s.value(), interval: s.limits() })
                .collect(),
            breaks: breaks(Force::Incomparable),
            cautions: if focus { breaks(Force::Caution) } else { Vec::new() },
            focus,
            muted: false,
        }
    }

    /// What changed at the breaks of sectors: all that is known of a year.
    fn reasons(&self, sectors: impl Iterator<Item = &'a str>) -> Vec<(f64, String)> {
        let known = self.briefs(sectors.flat_map(|sector| self.evidence.breaks(self.measure, sector)));
        known.into_iter().filter(|(_, whys)| !whys.is_empty()).map(|(at, whys)| (at.start(), whys.join("; "))).collect()
    }

    /// The projection of a series as a fan that starts at its last figure.
    fn fan(&self, cell: &Cell<'_>, series: &[Shown<'_>]) -> Result<Option<trend::Fan>, ChartError> {
        let Some(projection) = &self.options.projection else { return Ok(None) };
        let same =
            projection.measure() == self.measure && projection.region() == cell.region && projection.sector() == cell.sector;
        if !same {
            let what =
                format!("the projection is one of {}, {}, {}", projection.measure(), projection.region(), projection.sector());
            return Err(Cause::option(what, "chart the series that it was made from").into());
        }
        let start = last_known(series).and_then(|s| Some((s.period().start(), s.value()?)));
        let mut points: Vec<trend::FanPoint> =
            start.map(|(x, v)| trend::FanPoint { x, median: Some(v), bands: vec![(v, v); BANDS.len()] }).into_iter().collect();
        points.extend(projection.periods().iter().map(|p| trend::FanPoint {
            x: p.period.start(),
            median: Some(p.median()),
            bands: BANDS.iter().map(|level| p.interval(*level)).map(|i| (i.low, i.high)).collect(),
        }));
        Ok(Some(trend::Fan { label: self.locale.around.projection.clone(), levels: BANDS.to_vec(), points }))
    }

    /// A title with where the series leads: the middle band in the last period of the projection.
    fn projected(&self, title: String) -> String {
        let Some(last) = self.options.projection.as_ref().and_then(|p| p.periods().last()) else { return title };
        let band = last.interval(BANDS[1]);
        let (low, high) = (self.figure(band.low), self.figure(band.high));
        let parts = [
            ("title", title.as_str()),
            ("low", &low),
            ("high", &high),
            ("period", &last.period.to_string()),
            ("level", &self.locale.level(BANDS[1])),
        ];
        filled(&self.locale.titles.projected, &parts)
    }

    /// The periods of figures, and to which one they are carried on.
    fn projected_span(&self, span: String) -> String {
        let last = self.options.projection.as_ref().and_then(|p| p.periods().last());
        let Some(last) = last else { return span };
        filled(&self.locale.around.projected_to, &[("periods", &span), ("period", &last.period.to_string())])
    }

    /// The change between two figures of one cell, at the level of the chart; none across an incomparable break.
    pub(super) fn change(&self, measure: Measure, sector: &str, from: &Shown<'_>, to: &Shown<'_>) -> Option<Change> {
        if self.evidence.barred(measure, sector, from.period(), to.period()) {
            return None;
        }
        let change = to.estimate.less(from.estimate, self.evidence.correlation());
        let interval = change.outcome(self.evidence.level, self.evidence.method).0;
        Some(Change { value: change.value?, interval })
    }

    /// The title of a series: its latest value, and the change since the first figure on this side of every break.
    pub(super) fn course_title(&self, place: &str, sector: &str, series: &[Shown<'_>]) -> String {
        let Some(latest) = last_known(series) else {
            return filled(&self.locale.titles.no_figure, &[("place", place)]);
        };
        let since = self.since_start(sector, series).map(|(from, change)| (from.to_string(), change));
        self.course(place, &latest, since)
    }

    /// The change to the latest figure from the first that may be compared with it.
    pub(super) fn since_start(&self, sector: &str, series: &[Shown<'_>]) -> Option<(Period, Change)> {
        let known: Vec<&Shown<'_>> = series.iter().filter(|s| s.value().is_some()).collect();
        let (latest, earlier) = known.split_last()?;
        earlier.iter().find_map(|first| Some((first.period(), self.change(self.measure, sector, first, latest)?)))
    }
}
