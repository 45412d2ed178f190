//! `undeb compare`: figures held against one another, as a table or a file, with errors, tests and what could be seen.

use std::collections::BTreeSet;
use std::path::Path;

use undeb::release::format::{percent, signed_points};
use undeb::{
    ChangeRow, ChangeView, Changes, Classification, CompareOptions, Comparison, Contrast, Error, Estimates, Measure,
    PublishedTable, RecordOptions, Result,
};

use crate::args::{CompareCommand, Format};
use crate::estimates::{measures, read};
use crate::output::{print_bytes, table, write_file};
use crate::progress::Progress;
use crate::quantities::amount;

/// Compares, and writes what came of it.
pub(crate) fn run(options: &CompareCommand) -> Result<u8> {
    let output = &options.figures.output;
    output.check()?;
    let what = comparison(options)?;
    let how =
        CompareOptions { contrast: if options.ratio { Contrast::Ratio } else { Contrast::Difference }, rho: options.correlation };
    let view = ChangeView {
        level: output.level,
        method: output.interval,
        margin: options.margin,
        power: options.power,
        adjustment: options.adjust,
    };
    let (mut changes, trees) = compared(options, &what, &how)?;
    for (dimension, codes) in &options.only {
        changes = changes.only(dimension, &codes.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    let mut bytes = Vec::new();
    match output.format {
        Format::Table => bytes = readable(&changes, &view, along(&what), &trees)?.into_bytes(),
        Format::Csv => changes.write_csv(&mut bytes, &view)?,
        Format::Parquet => changes.write_parquet(&mut bytes, &view)?,
        Format::Json => {
            let written = serde_json::to_string(&changes.view(&view)?);
            bytes = written.map_err(|e| Error::io(format!("the comparisons cannot be written: {e}")))?.into_bytes();
            bytes.push(b'\n');
        }
    }
    match &output.out {
        Some(path) => write_file(path, &bytes, output.force)?,
        None => print_bytes(&bytes)?,
    }
    Ok(0)
}

fn comparison(options: &CompareCommand) -> Result<Comparison> {
    let period = options.from.zip(options.to).map(|(from, to)| Comparison::Periods { from, to });
    let code = options.code.clone().zip(options.with.clone()).zip(options.dimension.clone());
    let codes = code.map(|((code, with), dimension)| Comparison::Codes { dimension, code, with });
    let whole = options.whole.clone().map(|dimension| Comparison::Whole { dimension });
    let successive = options.successive.then_some(Comparison::Successive);
    let mut asked = [period, codes, whole, successive].into_iter().flatten();
    match (asked.next(), asked.next()) {
        (Some(what), None) => Ok(what),
        (None, _) => Err(Error::io("nothing says what is compared")
            .help("give --from and --to, --successive, --dimension with --code and --with, or --whole")),
        (Some(_), Some(_)) => Err(Error::io("more than one comparison is asked for").help("ask for one at a time")),
    }
}

/// The dimension along which the two sides differ.
fn along(what: &Comparison) -> &str {
    match what {
        Comparison::Periods { .. } | Comparison::Successive => "period",
        Comparison::Codes { dimension, .. } | Comparison::Whole { dimension } => dimension,
    }
}

/// Names of regions and of sectors.
type Trees = [Classification; 2];

fn compared(options: &CompareCommand, what: &Comparison, how: &CompareOptions) -> Result<(Changes, Trees)> {
    let figures = &options.figures;
    let told = figures.codebook.is_some() || figures.roles.any().is_some();
    let name = figures.file.to_string_lossy();
    if !told && !Path::new(&*name).is_file() {
        if !figures.by.is_empty() || !figures.quantity.is_empty() {
            return Err(Error::io(format!("`{name}` is no file of records, so there is nothing to break down or to sum"))
                .help("a published table has its own breakdowns and rates: leave out --by and --quantity"));
        }
        let registry = crate::data::registry(options.registry.as_deref())?;
        let opened = PublishedTable::open(&name, &registry)?;
        let measures = measures(&figures.measure, opened.source().measures.iter().map(|m| m.id))?;
        let estimates = opened.estimate(&measures, figures.errors.design_effect())?;
        return Ok((estimates.compare(what, how)?, [estimates.regions().clone(), estimates.sectors().clone()]));
    }
    let progress = Progress::start("Reading the records");
    let mut by = figures.by.clone();
    // What is compared is broken down, whether the caller thought of it or not.
    let needed = along(what);
    if !by.iter().any(|b| figures.roles.part(b) == needed) {
        by.push(needed.to_owned());
    }
    let records = read(figures, &by)?;
    progress.now("Comparing");
    let by: Vec<&str> = by.iter().map(|b| figures.roles.part(b)).collect();
    let margins = figures.margins || matches!(what, Comparison::Whole { .. });
    let margins = RecordOptions { margins, pool: figures.pool };
    if !figures.quantity.is_empty() {
        let quantities = records.quantities(&figures.quantities()?, &by, &margins)?;
        return Ok((quantities.compare(what, how)?, [quantities.regions().clone(), quantities.sectors().clone()]));
    }
    let measures: Vec<Measure> = measures(&figures.measure, records.measures())?;
    let estimates: Estimates = records.estimate(&measures, &by, &margins)?;
    Ok((estimates.compare(what, how)?, [estimates.regions().clone(), estimates.sectors().clone()]))
}

fn readable(changes: &Changes, view: &ChangeView, along: &str, [regions, sectors]: &Trees) -> Result<String> {
    let rows = changes.view(view)?;
    let interval = format!("{} interval", percent(view.level).replace(".0%", "%"));
    let further: Vec<&str> = rows.first().into_iter().flat_map(|r| r.breakdown.iter().map(|(d, _)| &**d)).collect();
    // What both sides share says where they stand; the rest tells them apart.
    let shared: Vec<&str> = ["period", "region", "sector"].into_iter().chain(further).filter(|d| *d != along).collect();
    let code = |r: &ChangeRow, dimension: &str, against: bool| match (dimension, against) {
        ("period", false) => r.period.clone(),
        ("period", true) => r.against_period.clone(),
        ("region", _) => regions.name(if against { &r.against_region } else { &r.region }).to_owned(),
        ("sector", _) => sectors.name(if against { &r.against_sector } else { &r.sector }).to_owned(),
        (other, _) => {
            let codes = if against { &r.against_breakdown } else { &r.breakdown };
            codes.iter().find(|(d, _)| **d == *other).map(|(_, code)| code.to_string()).unwrap_or_default()
        }
    };
    let title = |d: &str| d.chars().next().into_iter().flat_map(char::to_uppercase).chain(d.chars().skip(1)).collect::<String>();
    let titles: Vec<String> = shared.iter().map(|d| title(d)).collect();
    let mut figures = vec!["Value from", "Value to", "Change", &*interval, "p", "Adjusted p", "Detectable"];
    if view.margin.is_some() {
        figures.push("Maintained");
    }
    let mut header = vec!["Measure"];
    header.extend(titles.iter().map(String::as_str));
    header.extend(["From", "To"]);
    header.extend(&figures);
    header.push("To be known");
    let text = rows.iter().map(|r| {
        let mut row = vec![r.measure.to_owned()];
        row.extend(shared.iter().map(|d| code(r, d, false)));
        row.extend([code(r, along, true), code(r, along, false)]);
        row.extend([level(r, r.second), level(r, r.first), shown(r, r.value)]);
        row.push(
            r.low
                .zip(r.high)
                .map(|(low, high)| format!("{} to {}", shown(r, Some(low)), shown(r, Some(high))))
                .unwrap_or_default(),
        );
        row.extend([r.p.map(probability).unwrap_or_default(), r.p_adjusted.map(probability).unwrap_or_default()]);
        row.push(shown(r, r.detectable).trim_start_matches('+').to_owned());
        if view.margin.is_some() {
            row.push(r.maintained.map(|m| if m { "yes" } else { "not shown" }.to_owned()).unwrap_or_default());
        }
        row.push(r.flags.clone());
        row
    });
    let mut out = table(&header, &figures, text);
    let of = |each: fn(&ChangeRow) -> Option<&String>| rows.iter().filter_map(each).cloned().collect::<BTreeSet<_>>();
    for (words, lines) in [("Sampling errors", of(|r| r.error_source.as_ref())), ("Breaks", of(|r| r.cautions.as_ref()))] {
        if !lines.is_empty() {
            out.push_str(&format!("{words}: {}.\n", lines.into_iter().collect::<Vec<_>>().join("; ").trim_end_matches('.')));
        }
    }
    out.push_str(&format!(
        "Adjusted p: {} over the {} tests of this table. Detectable: the smallest true change found with probability {}.\n",
        view.adjustment,
        rows.iter().filter(|r| r.p.is_some()).count(),
        view.power
    ));
    out.push_str(&format!("Not released: working figures, no quality rule applied. Source: {}\n", changes.citation()));
    Ok(out)
}

/// A figure in its own unit.
fn level(row: &ChangeRow, value: Option<f64>) -> String {
    match (value, row.first_unit.as_str()) {
        (None, _) => "[x]".to_owned(),
        (Some(v), "fraction") => percent(v),
        (Some(v), "points") => format!("{} points", signed_points(v)),
        (Some(v), _) => amount(v),
    }
}

/// A contrast in its unit.
fn shown(row: &ChangeRow, value: Option<f64>) -> String {
    match (value, row.unit.as_str()) {
        (None, _) => String::new(),
        (Some(v), "points") => signed_points(v),
        (Some(v), _) if v.abs() >= 1000.0 => format!("{v:+.0}"),
        (Some(v), "ratio") if row.contrast == "ratio" => format!("{v:.3}"),
        (Some(v), _) => format!("{v:+.3}"),
    }
}

fn probability(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}
