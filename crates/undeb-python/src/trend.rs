//! Trends of series, where they lead, and the smallest change that could be told.

use std::sync::Arc;

use polars::prelude::*;
use pyo3::prelude::*;
use undeb::{
    Bridge, DetectOptions, Detectable, Employment, Error, Estimates, Goal, Measure, Period, ProjectionOptions, Result, Series,
    Steps, TrendOptions,
};

use crate::convert::{json, parsed};
use crate::frame::Frame;
use crate::work::run;

/// What may be chosen for a trend; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Choices {
    model: Option<String>,
    damping: f64,
    correlation: Vec<f64>,
    bridges: Vec<(String, Option<f64>)>,
    assumed_se: Option<f64>,
    start: Option<String>,
}

impl Choices {
    fn options(&self) -> PyResult<TrendOptions> {
        let bridge = |(at, sd): &(String, Option<f64>)| Ok(Bridge { at: parsed::<Period>(at)?, sd: *sd });
        Ok(TrendOptions {
            model: self.model.as_deref().map(parsed).transpose()?,
            damping: self.damping,
            correlation: self.correlation.clone(),
            bridges: self.bridges.iter().map(bridge).collect::<PyResult<_>>()?,
            assumed_se: self.assumed_se,
            from: self.start.as_deref().map(parsed).transpose()?,
            ..TrendOptions::default()
        })
    }
}

/// What may be chosen for a projection; every key is there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Ahead {
    to: String,
    goal: Option<f64>,
    change: Option<(String, f64)>,
    seed: u64,
    paths: usize,
    within: u32,
    /// `flat`, `trend`, or a number of employees at the end.
    employment: String,
    employees: f64,
}

impl Ahead {
    fn options(self) -> PyResult<ProjectionOptions> {
        let to = parsed::<Period>(&self.to)?;
        let goal = match (self.goal, self.change) {
            (Some(level), _) => Some(Goal::Level(level)),
            (None, Some((from, change))) => Some(Goal::Change { from: parsed(&from)?, by: change }),
            (None, None) => None,
        };
        let employment = match self.employment.as_str() {
            "flat" => Employment::Flat,
            "trend" => Employment::Trend,
            _ => Employment::Supplied { employees: self.employees, at: to },
        };
        Ok(ProjectionOptions { to, goal, paths: self.paths, seed: self.seed, within: self.within, employment })
    }
}

/// Measure, region and sector of a series.
type Key = (Measure, Arc<str>, Arc<str>);

/// Every series of estimates, in their order; a cell without a figure has none.
fn series(estimates: &Estimates) -> Vec<(Key, Result<Series>)> {
    let track = |key: Key| {
        let found = estimates.track(key.0, &key.1, &key.2);
        (key, found)
    };
    estimates.series_keys().into_iter().map(track).collect()
}

/// The trends of one or many series.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Trends(Arc<Vec<undeb::Trend>>);

/// Trends of every series, and the words on those that have none.
pub(crate) fn trends(py: Python<'_>, estimates: Arc<Estimates>, choices: &Choices) -> PyResult<(Trends, Vec<String>)> {
    let options = choices.options()?;
    let (fitted, refused) = run(py, move || {
        let (mut fitted, mut refused) = (Vec::new(), Vec::new());
        let all = series(&estimates);
        let (single, steps) = (all.len() == 1, Steps::of(all.len()));
        for ((_, region, sector), found) in all {
            steps.step()?;
            match found.and_then(|one| one.trend(&options)) {
                Ok(trend) => fitted.push(trend),
                // One series alone says why; among many it is named and left out.
                Err(error) if single => return Err(error),
                Err(error) => {
                    refused.push(format!("{}, {}: {error}", estimates.regions().name(&region), estimates.sectors().name(&sector)))
                }
            }
        }
        if fitted.is_empty() {
            let first = refused.into_iter().next().unwrap_or_else(|| "there is no series".to_owned());
            return Err(Error::io(format!("no series has a trend; the first: {first}")));
        }
        Ok((fitted, refused))
    })?;
    Ok((Trends(Arc::new(fitted)), refused))
}

/// The columns that name a series.
fn keys<'a, T: 'a>(rows: impl Iterator<Item = &'a (&'a undeb::Trend, T)> + Clone) -> Vec<Column> {
    let text = |name: &str, of: fn(&undeb::Trend) -> String| {
        Column::new(name.into(), rows.clone().map(|(t, _)| of(t)).collect::<Vec<_>>())
    };
    vec![
        text("measure", |t| t.measure().id().to_owned()),
        text("region", |t| t.region().to_owned()),
        text("sector", |t| t.sector().to_owned()),
    ]
}

fn number<T>(name: &str, rows: &[T], of: impl Fn(&T) -> Option<f64>) -> Column {
    Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
}

fn framed(height: usize, columns: Vec<Column>) -> Result<Frame> {
    DataFrame::new(height, columns).map(Frame).map_err(|e| Error::io(format!("this makes no table: {e}")))
}

#[pymethods]
impl Trends {
    /// One row for each period of each series: figure, level and pace with their intervals.
    fn frame(&self, py: Python<'_>, level: f64) -> PyResult<Frame> {
        let trends = Arc::clone(&self.0);
        run(py, move || {
            let rows: Vec<_> = trends.iter().flat_map(|t| t.points().iter().map(move |p| (t, p))).collect();
            let mut columns = keys(rows.iter());
            columns.extend([
                Column::new("period".into(), rows.iter().map(|(_, p)| p.period.to_string()).collect::<Vec<_>>()),
                number("figure", &rows, |(_, p)| p.figure),
                number("value", &rows, |(_, p)| Some(p.value())),
                number("low", &rows, |(_, p)| Some(p.interval(level).low)),
                number("high", &rows, |(_, p)| Some(p.interval(level).high)),
                number("pace", &rows, |(_, p)| p.pace()),
                number("pace_low", &rows, |(_, p)| p.pace_interval(level).map(|i| i.low)),
                number("pace_high", &rows, |(_, p)| p.pace_interval(level).map(|i| i.high)),
                Column::new("model".into(), rows.iter().map(|(t, _)| t.model().id()).collect::<Vec<_>>()),
            ]);
            framed(rows.len(), columns)
        })
    }

    /// For each series its model, the reasons for it, and what stands apart, as JSON.
    fn facts(&self) -> PyResult<String> {
        let odd = |of: &[undeb::Oddity]| of.iter().map(|o| o.period.to_string()).collect::<Vec<_>>();
        let facts = self.0.iter().map(|t| {
            serde_json::json!({
                "measure": t.measure(), "region": t.region(), "sector": t.sector(), "place": t.place(),
                "model": t.model().id(), "reasons": t.reasons(), "outliers": odd(t.outliers()), "jumps": odd(t.jumps()),
                "left_out": t.left_out().iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        });
        json(&facts.collect::<Vec<_>>())
    }

    /// Carries every series on to a period, towards a level or a change from a period.
    fn project(&self, py: Python<'_>, asked: Ahead) -> PyResult<Projections> {
        let trends = Arc::clone(&self.0);
        let options = asked.options()?;
        let projections = run(py, {
            let trends = Arc::clone(&trends);
            move || {
                let steps = Steps::of(trends.len());
                let one = |t: &undeb::Trend| steps.step().and_then(|()| t.project(&options));
                trends.iter().map(one).collect::<Result<Vec<_>>>()
            }
        })?;
        Ok(Projections(trends, Arc::new(projections)))
    }
}

/// Where trends lead.
#[pyclass(frozen, module = "undeb._undeb")]
pub(crate) struct Projections(Arc<Vec<undeb::Trend>>, Arc<Vec<undeb::Projection>>);

#[pymethods]
impl Projections {
    /// One row for each period ahead of each series: median, mean, band, and what of the goal.
    fn frame(&self, py: Python<'_>, level: f64) -> PyResult<Frame> {
        let (trends, projections) = (Arc::clone(&self.0), Arc::clone(&self.1));
        run(py, move || {
            let rows: Vec<_> =
                trends.iter().zip(&*projections).flat_map(|(t, p)| p.periods().iter().map(move |r| (t, r))).collect();
            let mut columns = keys(rows.iter());
            columns.extend([
                Column::new("period".into(), rows.iter().map(|(_, r)| r.period.to_string()).collect::<Vec<_>>()),
                number("value", &rows, |(_, r)| Some(r.median())),
                number("mean", &rows, |(_, r)| Some(r.mean())),
                number("low", &rows, |(_, r)| Some(r.interval(level).low)),
                number("high", &rows, |(_, r)| Some(r.interval(level).high)),
                number("figure_low", &rows, |(_, r)| Some(r.figure_interval(level).low)),
                number("figure_high", &rows, |(_, r)| Some(r.figure_interval(level).high)),
                number("met_at", &rows, |(_, r)| r.met_at),
                number("met_by", &rows, |(_, r)| r.met_by),
                number("employees", &rows, |(_, r)| r.employees),
                number("workers_needed", &rows, |(_, r)| r.workers_needed),
            ]);
            framed(rows.len(), columns)
        })
    }

    /// For each series when the goal is first met, as JSON.
    fn first_met(&self) -> PyResult<String> {
        let facts = self.0.iter().zip(&*self.1).map(|(t, p)| {
            let text = |period: Option<Period>| period.map(|p| p.to_string());
            let met = p.first_met();
            serde_json::json!({
                "measure": t.measure(), "region": t.region(), "sector": t.sector(), "place": t.place(),
                "met_at": p.met_at(), "met_by": p.met_by(), "workers_needed": p.workers_needed(),
                "already": met.map(|m| m.already), "early": text(met.and_then(|m| m.early)),
                "median": text(met.and_then(|m| m.median)), "late": text(met.and_then(|m| m.late)),
                "never": met.map(|m| m.never), "within": met.map(|m| m.within),
            })
        });
        json(&facts.collect::<Vec<_>>())
    }
}

/// From when to when, the smallest change, and with a goal when the way there could be told.
type Told = (Period, Period, f64, Option<Detectable>);

/// The smallest change between two periods that each series could tell, or with a goal and a deadline when the way there
/// could be told; where there is none, why.
pub(crate) fn smallest_changes(
    py: Python<'_>,
    estimates: Arc<Estimates>,
    [from, to]: [Option<&str>; 2],
    goal: Option<(f64, String)>,
    options: DetectOptions,
) -> PyResult<Frame> {
    let (from, to) = (from.map(parsed::<Period>).transpose()?, to.map(parsed::<Period>).transpose()?);
    let goal = goal.map(|(level, deadline)| Ok::<_, PyErr>((level, parsed::<Period>(&deadline)?))).transpose()?;
    run(py, move || {
        let told = |one: Series| -> Result<Told> {
            if let Some((level, deadline)) = goal {
                let told = one.detect_goal(level, deadline, &options)?;
                return Ok((told.from, deadline, told.smallest, Some(told)));
            }
            let (a, b) = one.ends(from, to)?;
            Ok((a, b, one.smallest_change(a, b, &options)?, None))
        };
        let mut rows: Vec<(Key, Result<_>)> =
            series(&estimates).into_iter().map(|(key, found)| (key, found.and_then(told))).collect();
        // Where no series can be told, the first says why.
        if rows.iter().all(|(_, told)| told.is_err())
            && let Some((_, Err(error))) = rows.drain(..).next()
        {
            return Err(error);
        }
        let text = |name: &str, of: &dyn Fn(&Key) -> String| {
            Column::new(name.into(), rows.iter().map(|(k, _)| of(k)).collect::<Vec<_>>())
        };
        let end = |name: &str, of: &dyn Fn(&Told) -> Period| {
            Column::new(name.into(), rows.iter().map(|(_, t)| t.as_ref().ok().map(|t| of(t).to_string())).collect::<Vec<_>>())
        };
        let asked = |t: &Result<Told>| t.as_ref().ok().and_then(|t| t.3);
        let mut columns = vec![
            text("measure", &|k| k.0.id().to_owned()),
            text("region", &|k| k.1.to_string()),
            text("sector", &|k| k.2.to_string()),
            end("from", &|t| t.0),
            end("to", &|t| t.1),
            number("smallest", &rows, |(_, told)| told.as_ref().ok().map(|t| t.2)),
        ];
        if goal.is_some() {
            let first = |t| asked(t)?.path_from.map(|p| p.to_string());
            columns.push(number("asked", &rows, |(_, told)| asked(told).map(|d| d.asked)));
            columns.push(Column::new("told_from".into(), rows.iter().map(|(_, t)| first(t)).collect::<Vec<_>>()));
        }
        let why_not = rows.iter().map(|(_, t)| t.as_ref().err().map(ToString::to_string)).collect::<Vec<_>>();
        columns.push(Column::new("why_not".into(), why_not));
        framed(rows.len(), columns)
    })
}
