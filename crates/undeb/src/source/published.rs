//! Published tables: read whole, checked against what their registry entry promises.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::*;
use sha2::{Digest, Sha256};

use super::registry::{PeriodType, RateUnit, Registry, Source, SumDimension, SumRule};
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Measure, Period};

/// One cell of a published table, counts in persons or jobs, rates as fractions.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Period of the cell.
    pub period: Period,
    /// Region code.
    pub region: Arc<str>,
    /// Sector code.
    pub sector: Arc<str>,
    /// Unweighted sample.
    pub n: Option<f64>,
    /// Employees.
    pub employees: Option<f64>,
    /// Members among them.
    pub members: Option<f64>,
    /// Covered among them.
    pub covered: Option<f64>,
    /// Published rates with their standard errors, where there are any.
    pub rates: Vec<(Measure, f64, Option<f64>)>,
    /// Remark printed with the figure.
    pub note: Option<Arc<str>>,
    /// Line of the file, for messages.
    pub line: usize,
}

/// A published table with its source, checked when read.
///
/// ```
/// let table = undeb::PublishedTable::open("us-states", &undeb::Registry::bundled()?)?;
/// assert_eq!(table.cells().len(), 10_200);
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PublishedTable {
    source: Arc<Source>,
    regions: Arc<Classification>,
    sectors: Arc<Classification>,
    cells: Vec<Cell>,
}

const COUNTS: [&str; 4] = ["n", "employees", "members", "covered"];

impl PublishedTable {
    /// Reads the table of a source and checks it: checksum, codes, duplicates, signs, parts within their whole.
    ///
    /// # Errors
    /// The source is not known; the file is missing, empty, not UTF-8 or not the one that was registered; a column
    /// is missing or unknown; a cell is there twice, is negative or no number; members exceed covered or employees
    /// where the definitions forbid it; parts do not sum to their whole. Each message names file, line, column and value.
    pub fn open(id: &str, registry: &Registry) -> Result<Self> {
        let source = registry.get(id)?;
        let (bytes, name) = registry.table_file(id)?;
        let digest: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        if !digest.eq_ignore_ascii_case(&source.sha256) {
            return Err(Error::data(format!("{name}: the checksum is {digest}, registered is `{}` under `{id}`", source.sha256))
                .help("fetch the registered file again, or register the new checksum after looking at the new figures"));
        }
        let (regions, sectors) = registry.classifications(id)?;
        let (regions, sectors) = (Arc::new(regions), Arc::new(sectors));
        let cells = read(&name, &bytes, &source, &regions, &sectors)?;
        check_parts(&name, &source, &cells)?;
        for rule in &source.sums {
            let tree = if rule.dimension == SumDimension::Sector { &sectors } else { &regions };
            for code in std::iter::once(&rule.whole).chain(&rule.parts) {
                tree.find(code).map_err(|e| e.context(format!("the sum rule of `{id}`")))?;
            }
            check_sum(&name, &source, rule, &cells)?;
        }
        Ok(PublishedTable { source, regions, sectors, cells })
    }

    /// Where the figures come from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Tree of region codes.
    pub fn regions(&self) -> &Arc<Classification> {
        &self.regions
    }

    /// Tree of sector codes.
    pub fn sectors(&self) -> &Arc<Classification> {
        &self.sectors
    }

    /// All cells in the order of the file.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

fn read(name: &str, bytes: &[u8], source: &Source, regions: &Classification, sectors: &Classification) -> Result<Vec<Cell>> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        Error::data(format!("{name}, line {line}: byte 0x{:02x} is not UTF-8", bytes[e.valid_up_to()]))
            .help("save the table as UTF-8")
    })?;
    let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']);
    let header: Vec<&str> = text.lines().next().unwrap_or("").split(',').map(|c| c.trim_matches('"')).collect();
    if text.lines().count() < 2 {
        return Err(Error::data(format!("{name} holds no rows")).help("a table has a header line and at least one row"));
    }
    if let Some(twice) = header.iter().enumerate().find_map(|(i, c)| header[..i].contains(c).then_some(c)) {
        return Err(Error::data(format!("{name}: the column `{twice}` is there twice")));
    }
    check_fields(name, text, header.len())?;
    // Read as text so that a wrong figure can be shown as it stands in the file.
    let frame = CsvReadOptions::default()
        .with_infer_schema_length(Some(0))
        .into_reader_with_file_handle(Cursor::new(text.as_bytes()))
        .finish()
        .map_err(|e| Error::data(format!("{name} cannot be read as CSV: {e}")))?;
    check_columns(name, &header, source)?;
    let column = |title: &str| -> Result<Option<StringChunked>> {
        if !header.contains(&title) {
            return Ok(None);
        }
        let column = frame.column(title).and_then(|c| c.str().cloned());
        column.map(Some).map_err(|e| Error::data(format!("{name}, column `{title}`: {e}")))
    };
    let need = |title: &str| -> Result<StringChunked> {
        column(title)?.ok_or_else(|| Error::data(format!("{name}: the column `{title}` is missing")))
    };
    let (period, region, sector, note) = (need("period")?, need("region")?, need("sector")?, column("note")?);
    let mut counts = Vec::new();
    for title in COUNTS {
        counts.push(column(title)?);
    }
    let mut rates = Vec::new();
    for entry in source.measures.iter().filter(|m| m.basis == super::MeasureBasis::Rate) {
        rates.push((entry.id, need(entry.id.id())?, column(&format!("{}_se", entry.id.id()))?));
    }
    let rate_scale = if source.rates_in == RateUnit::Percent { 100.0 } else { 1.0 };
    let mut seen: HashMap<(Period, Arc<str>, Arc<str>), usize> = HashMap::with_capacity(frame.height());
    let mut codes: HashMap<String, Arc<str>> = HashMap::new();
    let mut cells = Vec::with_capacity(frame.height());
    for row in 0..frame.height() {
        let line = row + 2;
        let place = |title: &str| format!("{name}, line {line}, column `{title}`");
        let code =
            |title: &str, of: &StringChunked, tree: &Classification, codes: &mut HashMap<String, Arc<str>>| -> Result<Arc<str>> {
                let given = of.get(row).unwrap_or("");
                if let Some(known) = codes.get(given) {
                    return Ok(Arc::clone(known));
                }
                let id: Arc<str> = tree.find(given).map_err(|e| e.context(place(title)))?.id.as_str().into();
                codes.insert(given.to_owned(), Arc::clone(&id));
                Ok(id)
            };
        let period: Period = period.get(row).unwrap_or("").parse().map_err(|e: Error| e.context(place("period")))?;
        if (source.period_type == PeriodType::Year) != (period.quarter().is_none()) {
            return Err(Error::data(format!("{}: {period} is not what the source says it has", place("period")))
                .help("`period_type` of the registry entry is `year` or `quarter`"));
        }
        let region = code("region", &region, regions, &mut codes)?;
        let sector = code("sector", &sector, sectors, &mut codes)?;
        if let Some(first) = seen.insert((period, Arc::clone(&region), Arc::clone(&sector)), line) {
            return Err(Error::data(format!(
                "{name}, lines {first} and {line}: the cell {period}, {region}, {sector} is there twice"
            ))
            .help("keep one row for a period, region and sector"));
        }
        // A percentage becomes a fraction by moving its point, so that 32.9 is the same number as 0.329.
        let parse = |given: &str, title: &str| {
            let shifted = COUNTS.contains(&title) || source.rates_in == RateUnit::Fraction || given.contains(['e', 'E']);
            if shifted { given.parse::<f64>() } else { format!("{given}e-2").parse() }
        };
        let figure = |title: &str, of: &Option<StringChunked>| -> Result<Option<f64>> {
            let Some(given) = of.as_ref().and_then(|c| c.get(row)).map(str::trim).filter(|t| !t.is_empty()) else {
                return Ok(None);
            };
            match parse(given, title) {
                Ok(value) if value.is_finite() && value >= 0.0 => Ok(Some(value)),
                Ok(value) if value < 0.0 => Err(Error::data(format!("{}: {given} is negative", place(title)))
                    .help("counts, rates and errors are zero or more")),
                _ => Err(Error::data(format!("{}: `{given}` is no number", place(title)))
                    .help("leave the cell empty where a figure is not published")),
            }
        };
        let mut counted = [None; 4];
        for (slot, (title, of)) in counted.iter_mut().zip(COUNTS.iter().zip(&counts)) {
            *slot = figure(title, of)?;
        }
        let [n, employees, members, covered] = counted;
        let mut published = Vec::with_capacity(rates.len());
        for (measure, value, se) in &rates {
            let title = measure.id();
            if let Some(value) = figure(title, &Some(value.clone()))? {
                if value > 1.0 {
                    return Err(Error::data(format!(
                        "{}: {} is more than the whole ({rate_scale})",
                        place(title),
                        value * rate_scale
                    ))
                    .help("check `rates_in` of the registry entry: percent or fraction"));
                }
                let se = figure(&format!("{title}_se"), se)?;
                published.push((*measure, value, se));
            }
        }
        let scaled = |v: Option<f64>| v.map(|v| v * source.scale);
        cells.push(Cell {
            period,
            region,
            sector,
            n,
            employees: scaled(employees),
            members: scaled(members),
            covered: scaled(covered),
            rates: published,
            note: note.as_ref().and_then(|c| c.get(row)).map(Into::into),
            line,
        });
    }
    Ok(cells)
}

/// Every row must be one line with as many fields as the header: a short row would else be read as unpublished figures.
fn check_fields(name: &str, text: &str, columns: usize) -> Result<()> {
    for (index, row) in text.lines().enumerate() {
        let mut quoted = false;
        let commas = row.bytes().filter(|byte| {
            quoted ^= *byte == b'"';
            *byte == b',' && !quoted
        });
        let fields = commas.count() + 1;
        if quoted {
            return Err(Error::data(format!("{name}, line {}: a quote is opened and not closed", index + 1))
                .help("close it, and keep every row on one line"));
        }
        if fields != columns {
            let noun = if fields == 1 { "field" } else { "fields" };
            return Err(Error::data(format!("{name}, line {} has {fields} {noun}, the header has {columns}", index + 1))
                .help("leave a field empty where a figure is not published, and quote a text that holds a comma"));
        }
    }
    Ok(())
}

/// Every column must be known, and those that the measures need must be there.
fn check_columns(name: &str, header: &[&str], source: &Source) -> Result<()> {
    let rates = source.measures.iter().filter(|m| m.basis == super::MeasureBasis::Rate);
    let mut known: Vec<String> = ["period", "region", "sector", "note"].iter().chain(&COUNTS).map(|c| (*c).to_owned()).collect();
    known.extend(rates.flat_map(|m| [m.id.id().to_owned(), format!("{}_se", m.id.id())]));
    if let Some(unknown) = header.iter().find(|c| !known.iter().any(|k| k == *c)) {
        return Err(Error::data(format!("{name}: the column `{unknown}` is not known"))
            .help(choices(unknown, known.iter().map(String::as_str))));
    }
    let mut needed = vec!["period", "region", "sector"];
    for entry in source.measures.iter().filter(|m| m.basis == super::MeasureBasis::Counts) {
        needed.push("employees");
        needed.push(if entry.id == Measure::Density { "members" } else { "covered" });
    }
    match needed.into_iter().find(|c| !header.contains(c)) {
        Some(missing) => Err(Error::data(format!("{name}: the column `{missing}` is missing; there are {}", header.join(", ")))
            .help("name the columns as docs/DATA.md says")),
        None => Ok(()),
    }
}

fn check_parts(name: &str, source: &Source, cells: &[Cell]) -> Result<()> {
    for cell in cells {
        let mut parts =
            vec![("members", cell.members, "employees", cell.employees), ("covered", cell.covered, "employees", cell.employees)];
        if source.members_within_covered {
            parts.push(("members", cell.members, "covered", cell.covered));
        }
        for (part, inner, whole, outer) in parts {
            if let (Some(inner), Some(outer)) = (inner, outer)
                && inner > outer
            {
                return Err(Error::data(format!(
                    "{name}, line {}: {part} ({inner}) exceed {whole} ({outer}) in {}, {}, {}",
                    cell.line, cell.period, cell.region, cell.sector
                ))
                .help(format!("{part} are a part of {whole} by the definitions of `{}`", source.id)));
            }
        }
    }
    Ok(())
}

/// The whole, the sum of its parts, and how many parts there were.
type Sum = (Option<f64>, f64, usize);

fn check_sum(name: &str, source: &Source, rule: &SumRule, cells: &[Cell]) -> Result<()> {
    // (period, the other code, column) -> (whole, sum of parts, parts seen)
    let mut sums: HashMap<(Period, &str, usize), Sum> = HashMap::new();
    for cell in cells {
        let (own, other) = match rule.dimension {
            SumDimension::Sector => (&*cell.sector, &*cell.region),
            SumDimension::Region => (&*cell.region, &*cell.sector),
        };
        let is_part = rule.parts.iter().any(|p| p == own);
        if !is_part && own != rule.whole {
            continue;
        }
        for (column, value) in [cell.n, cell.employees, cell.members, cell.covered].into_iter().enumerate() {
            let Some(value) = value else { continue };
            let sum = sums.entry((cell.period, other, column)).or_default();
            if is_part {
                sum.1 += value;
                sum.2 += 1;
            } else {
                sum.0 = Some(value);
            }
        }
    }
    let mut broken: Vec<_> = sums
        .into_iter()
        .filter_map(|((period, other, column), (whole, sum, parts))| {
            let whole = whole?;
            let scale = if column == 0 { 1.0 } else { source.scale };
            let wrong = parts == rule.parts.len() && (whole - sum).abs() > rule.tolerance * scale * (1.0 + 1e-9);
            wrong.then_some((period, other, COUNTS[column], whole, sum))
        })
        .collect();
    broken.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
    match broken.first() {
        Some((period, other, column, whole, sum)) => Err(Error::data(format!(
            "{name}: in {period}, {other}, `{column}` of {} is {whole} but {} sum to {sum}",
            rule.whole,
            rule.parts.join(" and ")
        ))
        .help(format!("the entry `{}` promises the sum within {}", source.id, rule.tolerance))),
        None => Ok(()),
    }
}
