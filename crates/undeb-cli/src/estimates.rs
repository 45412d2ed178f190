//! `undeb estimates`: rates of a source, as a table or a file. Working figures: they say that they are not released.

use undeb::release::format::percent;
use undeb::{Error, Estimates, Measure, PublishedTable, Result};

use crate::args::{EstimateOptions, Format};
use crate::output::{print, print_bytes, table, write_file};

/// Runs the command.
pub(crate) fn run(options: &EstimateOptions) -> Result<u8> {
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(
            Error::io(format!("the confidence level {} is not between 0 and 1", options.level)).help("write 0.95 for 95 %")
        );
    }
    let registry = crate::data::registry(options.registry.as_deref())?;
    let opened = PublishedTable::open(&options.source, &registry)?;
    let measures: Vec<Measure> = match options.measure.as_slice() {
        [] => opened.source().measures.iter().map(|m| m.id).collect(),
        given => given.iter().map(|m| m.parse()).collect::<Result<_>>()?,
    };
    let regions = codes(&options.region, opened.regions())?;
    let sectors = codes(&options.sector, opened.sectors())?;
    let listed = |list: &[String], code: &str| list.is_empty() || list.iter().any(|c| c == code);
    let estimates = opened.estimate(&measures, options.design_effect)?.filter(|e| {
        listed(&regions, &e.region)
            && listed(&sectors, &e.sector)
            && (options.period.is_empty() || options.period.contains(&e.period))
    });
    if estimates.cells().is_empty() {
        return Err(Error::io("no figure fits what was asked for".to_owned())
            .help(format!("see `undeb data show {}` for its periods, regions and sectors", options.source)));
    }
    let mut bytes = Vec::new();
    match options.format {
        Format::Table => bytes = readable(&estimates, options.level).into_bytes(),
        Format::Csv => estimates.write_csv(&mut bytes, options.level)?,
        Format::Json => bytes = json(&estimates, options.level)?.into_bytes(),
        Format::Parquet if options.out.is_none() => {
            return Err(Error::io("Parquet cannot be printed").help("give a file with --out"));
        }
        Format::Parquet => estimates.write_parquet(&mut bytes, options.level)?,
    }
    match &options.out {
        Some(path) => write_file(path, &bytes, options.force)?,
        None if options.format == Format::Table => print(&String::from_utf8_lossy(&bytes))?,
        None => print_bytes(&bytes)?,
    }
    Ok(0)
}

fn codes(given: &[String], tree: &undeb::Classification) -> Result<Vec<String>> {
    given.iter().map(|code| tree.find(code).map(|c| c.id.clone())).collect()
}

fn readable(estimates: &Estimates, level: f64) -> String {
    let rows = estimates.cells().iter().map(|e| {
        vec![
            e.measure.to_string(),
            e.period.to_string(),
            estimates.regions().name(&e.region).to_owned(),
            e.sector.to_string(),
            e.value.map_or("[x]".to_owned(), percent),
            e.interval(level).map(|i| format!("{} to {}", percent(i.low), percent(i.high))).unwrap_or_default(),
            e.n.map(|n| n.to_string()).unwrap_or_default(),
        ]
    });
    let interval = format!("{} interval", percent(level).replace(".0%", "%"));
    let header = ["Measure", "Period", "Region", "Sector", "Rate", &interval, "Sample"];
    let mut text = table(&header, &["Rate", &interval, "Sample"], rows);
    if estimates.cells().iter().any(|e| e.se().is_some()) {
        text.push_str("Intervals rest on an assumed design effect or on errors published with the figures.\n");
    }
    text.push_str(&format!("Not released: working figures, no quality rule applied. Source: {}\n", estimates.source().citation));
    text
}

fn json(estimates: &Estimates, level: f64) -> Result<String> {
    let records: Vec<serde_json::Value> = estimates
        .cells()
        .iter()
        .map(|e| {
            let interval = e.interval(level);
            serde_json::json!({
                "measure": e.measure, "period": e.period, "region": &*e.region, "sector": &*e.sector,
                "value": e.value, "se": e.se(), "low": interval.map(|i| i.low), "high": interval.map(|i| i.high),
                "n": e.n, "numerator": e.numerator, "denominator": e.denominator, "released": false,
            })
        })
        .collect();
    serde_json::to_string(&records).map(|t| t + "\n").map_err(|e| Error::io(format!("the estimates cannot be written: {e}")))
}
