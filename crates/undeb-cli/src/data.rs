//! `undeb data`: what is there, and what it means.

use std::collections::BTreeSet;
use std::path::Path;

use undeb::{Force, PublishedTable, Registry, Result};

use crate::args::DataCommand;
use crate::output::{print, print_bytes, table};

/// The bundled sources, with those of a registry file where one is given.
pub(crate) fn registry(file: Option<&Path>) -> Result<Registry> {
    file.map_or_else(Registry::bundled, Registry::with_file)
}

/// Runs a data command.
pub(crate) fn run(command: DataCommand) -> Result<u8> {
    match command {
        DataCommand::List { registry: file } => list(&registry(file.as_deref())?)?,
        DataCommand::Show { source, registry: file, csv: true } => {
            print_bytes(&registry(file.as_deref())?.table_file(&source)?.0)?
        }
        DataCommand::Show { source, registry: file, csv: false } => show(&registry(file.as_deref())?, &source)?,
    }
    Ok(0)
}

fn list(registry: &Registry) -> Result<()> {
    let mut rows = Vec::new();
    for source in registry.sources() {
        let table = PublishedTable::open(&source.id, registry)?;
        let measures: Vec<&str> = source.measures.iter().map(|m| m.id.id()).collect();
        rows.push(vec![source.id.clone(), source.title.clone(), measures.join(", "), table.cells().len().to_string()]);
    }
    print(&table(&["Source", "Title", "Measures", "Rows"], &["Rows"], rows))
}

fn show(registry: &Registry, id: &str) -> Result<()> {
    let opened = PublishedTable::open(id, registry)?;
    let source = opened.source();
    let mut text = format!("{}\n\n", source.title);
    let facts = [
        ("Publisher", source.publisher.as_str()),
        ("Citation", &source.citation),
        ("Terms", &source.terms),
        ("Address", source.url.as_deref().unwrap_or("none")),
        ("Universe", &source.universe),
        ("Unit", &source.unit),
        ("Place", &source.place),
        ("Respondent", &source.respondent),
        ("Voluntary sector", &source.voluntary),
        ("Missing answers", &source.missing),
        ("Checksum", &source.sha256),
    ];
    for (name, value) in facts {
        text.push_str(&format!("{name:<17} {value}\n"));
    }
    let periods: BTreeSet<_> = opened.cells().iter().map(|c| c.period).collect();
    let codes = |of: &dyn Fn(&undeb::Cell) -> String| opened.cells().iter().map(of).collect::<BTreeSet<_>>();
    let (regions, sectors) = (codes(&|c| c.region.to_string()), codes(&|c| c.sector.to_string()));
    if let (Some(first), Some(last)) = (periods.first(), periods.last()) {
        text.push_str(&format!(
            "{:<17} {} rows: {} periods from {first} to {last}, {} regions, sectors {}\n",
            "Extent",
            opened.cells().len(),
            periods.len(),
            regions.len(),
            sectors.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    for note in &source.notes {
        text.push_str(&format!("{:<17} {note}\n", "Note"));
    }
    text.push_str("\nMeasures\n");
    text.push_str(&table(
        &["Measure", "Share of", "Among"],
        &[],
        source.measures.iter().map(|m| vec![m.id.to_string(), m.numerator.clone(), m.denominator.clone()]),
    ));
    if !source.breaks.is_empty() {
        text.push_str("\nSeries breaks\n");
        text.push_str(&table(
            &["From", "Measures", "Force", "What changed"],
            &[],
            source.breaks.iter().map(|b| {
                let measures: Vec<&str> = b.measures.iter().map(|m| m.id()).collect();
                let force = if b.force == Force::Incomparable { "incomparable" } else { "caution" };
                vec![b.at.to_string(), measures.join(", "), force.to_owned(), b.note.clone()]
            }),
        ));
    }
    print(&text)
}
