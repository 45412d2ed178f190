//! `undeb detect`: the smallest change that a series could tell, or when the way to a target could be told. Working figures.

use serde_json::{Value, json};
use undeb::release::format::{percent, points};
use undeb::{DetectOptions, Result, Series};

use crate::args_trend::DetectCommand;
use crate::output::{print, table};

/// What one series could tell: from when to when, the smallest change, the change asked for and when it could be told.
fn told(command: &DetectCommand, series: &Series) -> Result<Value> {
    let options = DetectOptions { level: command.level, power: command.power, correlation: command.correlation };
    if let Some((target, by)) = command.target.zip(command.by) {
        let told = series.detect_goal(target, by, &options)?;
        return Ok(json!({
            "from": told.from, "to": by, "smallest": told.smallest, "asked": told.asked, "told_from": told.path_from,
        }));
    }
    let (from, to) = series.ends(command.from, command.to)?;
    Ok(json!({ "from": from, "to": to, "smallest": series.smallest_change(from, to, &options)? }))
}

/// Prints one row for each series; one that can tell nothing says why.
pub(crate) fn run(command: &DetectCommand) -> Result<u8> {
    let estimates = command.cells.estimates(&[])?;
    let mut rows = Vec::new();
    let mut refused = None;
    for (measure, region, sector) in estimates.series_keys() {
        let mut row = match estimates.track(measure, &region, &sector).and_then(|series| told(command, &series)) {
            Ok(row) => row,
            Err(error) => {
                let row = json!({ "why_not": error.to_string() });
                refused.get_or_insert(error);
                row
            }
        };
        (row["measure"], row["region"], row["sector"]) = (json!(measure), json!(&*region), json!(&*sector));
        rows.push(row);
    }
    // Where no series can be told, the first says why.
    if let (true, Some(error)) = (rows.iter().all(|row| row.get("why_not").is_some()), refused) {
        return Err(error);
    }
    if command.json {
        print(&format!("{}\n", Value::Array(rows)))?;
        return Ok(0);
    }
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let size = |row: &Value, name: &str| row[name].as_f64().map(points).unwrap_or_default();
    let mut header = vec!["Measure", "Region", "Sector", "From", "To", "Smallest change told"];
    if command.target.is_some() {
        header.extend(["Asked", "Told from"]);
    }
    header.push("Why not");
    let shown = rows.iter().map(|row| {
        let (region, sector) = (text(row, "region"), text(row, "sector"));
        let names = [estimates.regions().name(&region).to_owned(), estimates.sectors().name(&sector).to_owned()];
        let mut cells = vec![text(row, "measure")];
        cells.extend(names);
        cells.extend([text(row, "from"), text(row, "to"), size(row, "smallest")]);
        if command.target.is_some() {
            let known = row["asked"].is_number();
            let first = row["told_from"].as_str().map_or_else(|| "not by then".to_owned(), str::to_owned);
            cells.extend([size(row, "asked"), if known { first } else { String::new() }]);
        }
        cells.push(text(row, "why_not"));
        cells
    });
    let table = table(&header, &["Smallest change told", "Asked"], shown);
    let level = percent(command.level).replace(".0%", "%");
    print(&format!(
        "{table}Found with a probability of {} by a test at {level}; figures to come are taken to be as precise as the newest.\nNot released: working figures, no quality rule applied. Source: {}\n",
        percent(command.power).replace(".0%", "%"),
        estimates.source().citation
    ))?;
    Ok(0)
}
