//! `undeb compare`: figures held against one another, as a table or a file, with errors, tests and what could be seen.

use std::collections::BTreeSet;
use std::path::Path;

use undeb::release::format::{percent, signed_points};
use undeb::{
    ChangeRow, ChangeView, Changes, CompareOptions, Comparison, Contrast, Error, Estimates, Measure, PublishedTable,
    RecordOptions, Result,
};

use crate::args::{CompareCommand, Format};
use crate::estimates::{measures, read};
use crate::output::{print_bytes, table, write_file};
use crate::progress::Progress;

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
    let changes = compared(options, &what, &how)?;
    let mut bytes = Vec::new();
    match output.format {
        Format::Table => bytes = readable(&changes, &view)?.into_bytes(),
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

fn compared(options: &CompareCommand, what: &Comparison, how: &CompareOptions) -> Result<Changes> {
    let figures = &options.figures;
    let told = figures.codebook.is_some() || figures.roles.any().is_some();
    let name = figures.file.to_string_lossy();
    if !told && !Path::new(&*name).exists() {
        if !figures.by.is_empty() || !figures.quantity.is_empty() {
            return Err(Error::io(format!("`{name}` is no file of records, so there is nothing to break down or to sum"))
                .help("a published table has its own breakdowns and rates: leave out --by and --quantity"));
        }
        let registry = crate::data::registry(options.registry.as_deref())?;
        let opened = PublishedTable::open(&name, &registry)?;
        let measures = measures(&figures.measure, opened.source().measures.iter().map(|m| m.id))?;
        return opened.estimate(&measures, figures.errors.design_effect())?.compare(what, how);
    }
    let progress = Progress::start("Reading the records");
    let mut by = figures.by.clone();
    // What is compared is broken down, whether the caller thought of it or not.
    let needed = match what {
        Comparison::Periods { .. } | Comparison::Successive => "period",
        Comparison::Codes { dimension, .. } | Comparison::Whole { dimension } => dimension.as_str(),
    };
    if !by.iter().any(|b| figures.roles.part(b) == needed) {
        by.push(needed.to_owned());
    }
    let records = read(figures, &by)?;
    progress.now("Comparing");
    let by: Vec<&str> = by.iter().map(|b| figures.roles.part(b)).collect();
    let margins = figures.margins || matches!(what, Comparison::Whole { .. });
    let margins = RecordOptions { margins, pool: figures.pool };
    if !figures.quantity.is_empty() {
        return records.quantities(&figures.quantities()?, &by, &margins)?.compare(what, how);
    }
    let measures: Vec<Measure> = measures(&figures.measure, records.measures())?;
    let estimates: Estimates = records.estimate(&measures, &by, &margins)?;
    estimates.compare(what, how)
}

fn readable(changes: &Changes, view: &ChangeView) -> Result<String> {
    let rows = changes.view(view)?;
    let interval = format!("{} interval", percent(view.level).replace(".0%", "%"));
    let mut header = vec!["Measure", "Figure", "Against", "From", "To", "Change", &interval, "p", "Adjusted p", "Detectable"];
    let mut figures = vec!["From", "To", "Change", &*interval, "p", "Adjusted p", "Detectable"];
    if view.margin.is_some() {
        header.push("Maintained");
        figures.push("Maintained");
    }
    header.push("To be known");
    let text = rows.iter().map(|r| {
        let mut row = vec![r.measure.to_owned(), place(r, false), place(r, true)];
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

/// Where a side stands: period, region, sector and further codes.
fn place(row: &ChangeRow, against: bool) -> String {
    let (period, region, sector, further) = match against {
        true => (&row.against_period, &row.against_region, &row.against_sector, &row.against_breakdown),
        false => (&row.period, &row.region, &row.sector, &row.breakdown),
    };
    let further: String = further.iter().map(|(_, code)| format!(" {code}")).collect();
    format!("{period} {region} {sector}{further}")
}

/// A figure in its own unit.
fn level(row: &ChangeRow, value: Option<f64>) -> String {
    match (value, row.first_unit) {
        (None, _) => "[x]".to_owned(),
        (Some(v), "fraction") => percent(v),
        (Some(v), "points") => format!("{} points", signed_points(v)),
        (Some(v), "count") => format!("{v:.0}"),
        (Some(v), _) => format!("{v:.2}"),
    }
}

/// A contrast in its unit.
fn shown(row: &ChangeRow, value: Option<f64>) -> String {
    match (value, row.unit) {
        (None, _) => String::new(),
        (Some(v), "points") => signed_points(v),
        (Some(v), "count") => format!("{v:+.0}"),
        (Some(v), "ratio") if row.contrast == "ratio" => format!("{v:.3}"),
        (Some(v), _) => format!("{v:+.3}"),
    }
}

fn probability(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}
