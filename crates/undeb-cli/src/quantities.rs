//! `undeb estimate --quantity`: totals, means and pay gaps as a table or a file. Working figures, not released.

use std::collections::BTreeSet;

use undeb::release::format::percent;
use undeb::{Error, Quantities, Result};

use crate::args::{Format, Output};
use crate::output::{print_bytes, table, write_file};

/// Writes figures in the form that was asked for.
pub(crate) fn write(output: &Output, quantities: &Quantities) -> Result<u8> {
    let mut bytes = Vec::new();
    output.remark(quantities.remarks());
    match output.format {
        Format::Table => bytes = readable(quantities, output.level).into_bytes(),
        Format::Csv => quantities.write_csv(&mut bytes, output.level)?,
        Format::Parquet => quantities.write_parquet(&mut bytes, output.level)?,
        Format::Json => bytes = json(quantities, output.level)?.into_bytes(),
    }
    match &output.out {
        Some(path) => write_file(path, &bytes, output.force)?,
        None => print_bytes(&bytes)?,
    }
    Ok(0)
}

/// People, pay or a ratio: whole from a thousand on, else with three digits.
pub(crate) fn amount(value: f64) -> String {
    if value.abs() >= 1000.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

fn readable(quantities: &Quantities, level: f64) -> String {
    let interval = format!("{} interval", percent(level).replace(".0%", "%"));
    let mut header = vec!["Quantity", "Period", "Region", "Sector"];
    header.extend(quantities.cells().first().into_iter().flat_map(|f| f.breakdown.iter().map(|(d, _)| &**d)));
    let figures = ["Value", "Standard error", &interval, "Sample", "Missing"];
    header.extend(figures);
    header.extend(["Unit", "To be known"]);
    let rows = quantities.cells().iter().map(|f| {
        let outcome = f.outcome(level);
        let mut row = vec![
            f.quantity.to_string(),
            f.periods(),
            quantities.regions().name(&f.region).to_owned(),
            quantities.sectors().name(&f.sector).to_owned(),
        ];
        row.extend(f.breakdown.iter().map(|(_, code)| code.to_string()));
        row.push(f.value.map_or("[x]".to_owned(), amount));
        row.push(f.se().map(amount).unwrap_or_default());
        row.push(outcome.interval.map(|i| format!("{} to {}", amount(i.low), amount(i.high))).unwrap_or_default());
        row.extend([f.n.to_string(), f.missing_share.map(percent).unwrap_or_default()]);
        row.push(quantities.unit(f.quantity).to_owned());
        row.push(outcome.flags.iter().map(|f| f.id()).collect::<Vec<_>>().join(" "));
        row
    });
    let mut text = table(&header, &figures, rows);
    let errors: BTreeSet<String> = quantities.cells().iter().filter_map(|f| f.uncertainty.source()).collect();
    if !errors.is_empty() {
        text.push_str(&format!("Sampling errors: {}.\n", errors.into_iter().collect::<Vec<_>>().join("; ")));
    }
    if !quantities.remarks().is_empty() {
        text.push_str(&format!("Remarks: {}.\n", quantities.remarks().join("; ")));
    }
    text.push_str(&format!("Not released: working figures, no quality rule applied. Source: {}\n", quantities.source().citation));
    text
}

fn json(quantities: &Quantities, level: f64) -> Result<String> {
    let one = |f: &undeb::Figure| {
        let outcome = f.outcome(level);
        let mut record = serde_json::json!({
            "measure": f.quantity.id(), "period": f.period, "region": &*f.region, "sector": &*f.sector, "value": f.value,
            "se": f.se(), "low": outcome.interval.map(|i| i.low), "high": outcome.interval.map(|i| i.high), "df": f.df(),
            "n": f.n, "psus": f.psus, "cv": f.cv(), "missing_share": f.missing_share, "flags": outcome.flags,
            "error_source": f.uncertainty.source(), "unit": quantities.unit(f.quantity), "released": false,
        });
        for (dimension, code) in &f.breakdown {
            record[&**dimension] = serde_json::json!(&**code);
        }
        record
    };
    let records: Vec<serde_json::Value> = quantities.cells().iter().map(one).collect();
    serde_json::to_string(&records).map(|t| t + "\n").map_err(|e| Error::io(format!("the figures cannot be written: {e}")))
}
