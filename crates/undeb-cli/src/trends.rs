//! `undeb trend` and `undeb project`: where a series has been and where it is going. Working figures.

use undeb::release::format::{percent, probability, signed_pace, signed_points, workers};
use undeb::{Employment, Error, Goal, ProjectionOptions, PublishedTable, Result, Series, Trend, TrendOptions};

use crate::args::Format;
use crate::args_trend::{ProjectCommand, SeriesOptions, TrendCommand};
use crate::output::{print_bytes, table, write_file};

fn series(options: &SeriesOptions) -> Result<Series> {
    options.output.check()?;
    let registry = crate::data::registry(options.registry.as_deref())?;
    let opened = PublishedTable::open(&options.source, &registry)?;
    let measure = match &options.measure {
        Some(name) => name.parse()?,
        None => opened.source().measures.first().map(|m| m.id).unwrap_or(undeb::Measure::Density),
    };
    let whole = |given: &Option<String>, tree: &undeb::Classification| given.clone().unwrap_or_else(|| tree.whole().to_owned());
    let (region, sector) = (whole(&options.region, opened.regions()), whole(&options.sector, opened.sectors()));
    opened.estimate(&[measure], options.design_effect)?.track(measure, &region, &sector)
}

fn trend(options: &SeriesOptions) -> Result<Trend> {
    let chosen = TrendOptions {
        model: options.model.as_deref().map(str::parse).transpose()?,
        assumed_se: options.assumed_se,
        damping: options.damping,
        correlation: options.correlation.clone(),
        bridges: options.bridge.clone(),
        from: options.from,
        ..TrendOptions::default()
    };
    series(options)?.trend(&chosen)
}

/// Rows as a table to read, CSV or JSON; cells of numbers are fractions in the last two.
fn write(
    options: &SeriesOptions,
    readable: impl FnOnce() -> String,
    header: &[&str],
    rows: &[Vec<serde_json::Value>],
) -> Result<u8> {
    let text = match options.output.format {
        Format::Table => readable(),
        Format::Csv => {
            let mut text = format!("{}\n", header.join(","));
            for row in rows {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| match cell {
                        serde_json::Value::Null => String::new(),
                        serde_json::Value::String(s) => s.clone(),
                        other => other.to_string(),
                    })
                    .collect();
                text.push_str(&format!("{}\n", cells.join(",")));
            }
            text
        }
        Format::Json => {
            let records: Vec<serde_json::Map<String, serde_json::Value>> =
                rows.iter().map(|row| header.iter().map(|h| (*h).to_owned()).zip(row.iter().cloned()).collect()).collect();
            serde_json::to_string(&records)
                .map(|t| t + "\n")
                .map_err(|e| undeb::Error::io(format!("the rows cannot be written: {e}")))?
        }
        Format::Parquet => {
            return Err(undeb::Error::io("trends are written as a table, CSV or JSON").help("choose one of these with --format"));
        }
    };
    match &options.output.out {
        Some(path) => write_file(path, text.as_bytes(), options.output.force)?,
        None => print_bytes(text.as_bytes())?,
    }
    Ok(0)
}

/// Title of what is printed.
fn title(trend: &Trend) -> String {
    format!("{}, {}\n", trend.measure().name(), trend.place())
}

fn reasons(trend: &Trend) -> String {
    let mut text = trend.reasons().iter().map(|r| format!("{r}\n")).collect::<String>();
    if let Some((line, from)) = trend.line() {
        let other = if trend.disagrees_with_line(0.95) { " It contradicts the trend." } else { "" };
        text.push_str(&format!(
            "Straight line through the {} figures since {from}: {} points a year, standard error {:.2}.{other}\n",
            line.figures,
            signed_pace(line.slope),
            100.0 * line.slope_se
        ));
    }
    text + "Not released: working figures, no quality rule applied.\n"
}

/// `undeb trend`.
pub(crate) fn trend_of(command: &TrendCommand) -> Result<u8> {
    let options = &command.series;
    let trend = trend(options)?;
    let level = options.output.level;
    let header = ["period", "figure", "level", "low", "high", "pace", "pace_low", "pace_high", "treatment", "released"];
    let rows: Vec<Vec<serde_json::Value>> = trend
        .points()
        .iter()
        .map(|p| {
            let (interval, pace) = (p.interval(level), p.pace_interval(level));
            vec![
                serde_json::json!(p.period),
                serde_json::json!(p.figure),
                serde_json::json!(p.value()),
                serde_json::json!(interval.low),
                serde_json::json!(interval.high),
                serde_json::json!(p.pace()),
                serde_json::json!(pace.map(|i| i.low)),
                serde_json::json!(pace.map(|i| i.high)),
                serde_json::json!(p.treatment),
                serde_json::json!(false),
            ]
        })
        .collect();
    let readable = || {
        let interval = format!("{} interval", percent(level).replace(".0%", "%"));
        let shown = trend.points().iter().map(|p| {
            let (i, pace) = (p.interval(level), p.pace_interval(level));
            vec![
                p.period.to_string(),
                p.figure.map(percent).unwrap_or_default(),
                percent(p.value()),
                format!("{} to {}", percent(i.low), percent(i.high)),
                p.pace().map(signed_pace).unwrap_or_default(),
                pace.map(|i| format!("{} to {}", signed_pace(i.low), signed_pace(i.high))).unwrap_or_default(),
            ]
        });
        let columns = ["Period", "Figure", "Trend", &interval, "Points a year", "Its interval"];
        format!("{}\n{}\n{}", title(&trend), table(&columns, &columns[1..], shown), reasons(&trend))
    };
    write(options, readable, &header, &rows)
}

/// What a projection is asked for, and how many employees it counts on.
fn premises(goal: Option<Goal>, employment: Employment) -> String {
    let goal = match goal {
        None => String::new(),
        Some(Goal::Level(level)) => format!("Goal: at or above {}.\n", percent(level)),
        Some(Goal::Change { from, by }) => format!("Goal: a change of {} points since {from}.\n", signed_points(by)),
    };
    let with = match employment {
        Employment::Supplied { employees, at } => format!("{} employees in {at}, as given", workers(employees)),
        other => other.words().to_owned(),
    };
    format!("{goal}Counted with {with}.\n")
}

/// `undeb project`.
pub(crate) fn project(command: &ProjectCommand) -> Result<u8> {
    let options = &command.series;
    let trend = trend(options)?;
    let goal = match (command.target, command.change, command.baseline) {
        (Some(level), _, _) => Some(Goal::Level(level)),
        (None, Some(by), Some(from)) => Some(Goal::Change { from, by }),
        _ => None,
    };
    let employment = match command.employment.as_str() {
        "flat" => Employment::Flat,
        "trend" => Employment::Trend,
        number => {
            let employees = number.parse().map_err(|_| {
                Error::io(format!("`{number}` is no way to count employees")).help("write flat, trend, or a number of employees")
            })?;
            Employment::Supplied { employees, at: command.to }
        }
    };
    let (seed, paths, within) = (command.seed, command.paths, command.within);
    let asked = ProjectionOptions { to: command.to, goal, seed, paths, within, employment };
    let projection = trend.project(&asked)?;
    let level = options.output.level;
    let header =
        ["period", "median", "low", "high", "figure_low", "figure_high", "met_at", "met_by", "workers_needed", "released"];
    let rows: Vec<Vec<serde_json::Value>> = projection
        .periods()
        .iter()
        .map(|p| {
            let (state, figure) = (p.interval(level), p.figure_interval(level));
            vec![
                serde_json::json!(p.period),
                serde_json::json!(p.median()),
                serde_json::json!(state.low),
                serde_json::json!(state.high),
                serde_json::json!(figure.low),
                serde_json::json!(figure.high),
                serde_json::json!(p.met_at),
                serde_json::json!(p.met_by),
                serde_json::json!(p.workers_needed),
                serde_json::json!(false),
            ]
        })
        .collect();
    let readable = || {
        let interval = format!("{} interval", percent(level).replace(".0%", "%"));
        let shown = projection.periods().iter().map(|p| {
            let i = p.interval(level);
            vec![
                p.period.to_string(),
                percent(p.median()),
                format!("{} to {}", percent(i.low), percent(i.high)),
                p.met_at.map(probability).unwrap_or_default(),
                p.met_by.map(probability).unwrap_or_default(),
                p.workers_needed.map(workers).unwrap_or_default(),
            ]
        });
        let columns = ["Period", "Median", &interval, "Met then", "Met by then", "Workers needed"];
        let mut text = format!("{}{}\n", title(&trend), premises(goal, employment));
        if projection.periods().is_empty() {
            let met = projection
                .met_at()
                .map(|p| format!("; by the trend the level was met then with a probability of {}", probability(p)));
            text.push_str(&format!("{} has passed{}.\n", command.to, met.unwrap_or_default()));
        } else {
            text.push_str(&table(&columns, &columns[1..], shown));
        }
        if let Some(first) = projection.first_met() {
            let year = |p: Option<undeb::Period>| p.map_or(format!("not within {} years", first.within), |p| p.to_string());
            text.push_str(&format!(
                "First met: {} in the middle of the paths, {} for the earliest tenth, {} for the latest.\n",
                year(first.median),
                year(first.early),
                year(first.late)
            ));
        }
        format!("{text}\n{}", reasons(&trend))
    };
    write(options, readable, &header, &rows)
}
