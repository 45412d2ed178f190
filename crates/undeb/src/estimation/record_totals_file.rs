//! Totals of records as a file of Arrow IPC.
//!
//! One row for each PSU and code that occurs: `stratum` (its place among the strata), `psu`, `code` (the cell and the
//! answers, METHODS M8) and `weight`; a PSU outside the domain has one row without a code. All names and values that
//! codes stand for, counts of rows and what is known of the source are JSON in the metadata of the schema.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::record_totals::{RecordTotals, variables};
use crate::error::{Error, Result};
use crate::schema::{Classification, Measure, Period};
use crate::source::{Codes, Dimension, Drawn, Key, Names, Records, SampledUnits, Source, Tier};
use crate::survey::totals::{Tally, Totals};

/// Where the metadata stand.
const KEY: &str = "undeb.record_totals";
/// Version of the layout.
const FORMAT: u32 = 1;

/// Everything that is not by PSU.
#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    /// Left out where a source is read.
    id: String,
    source: serde_json::Map<String, serde_json::Value>,
    regions: Classification,
    sectors: Classification,
    by: Vec<String>,
    periods: Vec<Period>,
    here: Vec<Period>,
    dimensions: BTreeMap<String, Vec<Arc<str>>>,
    asked: Vec<Measure>,
    unasked: Vec<(Measure, Period, Arc<str>)>,
    cannot: Arc<str>,
    domain: Vec<Arc<str>>,
    unknown_scope: u64,
    tier: Tier,
    lonely_psu: String,
    unique_psus: bool,
    /// Names of the strata, numbers or texts.
    strata: Vec<Key>,
    /// Whether PSUs have names.
    named: bool,
    /// Cell by cell, variable by variable: rows with a valid answer, yes, missing, not asked.
    counts: Vec<[u64; 4]>,
}

fn no_totals(why: &str) -> Error {
    Error::data(format!("this is no file of totals: {why}")).help("write it with `RecordTotals::write_ipc`")
}

impl RecordTotals {
    /// Writes the totals as Arrow IPC.
    ///
    /// # Errors
    /// The writer fails.
    pub fn write_ipc(&self, writer: impl Write) -> Result<()> {
        let failed = |e: &dyn std::fmt::Display| Error::io(format!("the totals cannot be written: {e}"));
        let (mut psus, mut codes, mut weights) = (Vec::<u32>::new(), Vec::<Option<u32>>::new(), Vec::<Option<f64>>::new());
        self.totals.read_all(|of_psu| {
            if of_psu.entries.is_empty() {
                psus.push(of_psu.psu);
                codes.push(None);
                weights.push(None);
            }
            for entry in of_psu.entries {
                psus.push(of_psu.psu);
                codes.push(Some(entry.code));
                weights.push(Some(entry.weight));
            }
        });
        let stratum: Vec<u32> = psus.iter().map(|p| self.units.stratum_of[*p as usize]).collect();
        let psu = match &self.units.names {
            Names::None => Column::new("psu".into(), &psus),
            Names::Numbers(names) => Column::new("psu".into(), psus.iter().map(|p| names[*p as usize]).collect::<Vec<_>>()),
            Names::Texts(names) => Column::new("psu".into(), psus.iter().map(|p| &*names[*p as usize]).collect::<Vec<_>>()),
        };
        let rows = psus.len();
        let columns = vec![
            Column::new("stratum".into(), stratum),
            psu,
            Column::new("code".into(), codes),
            Column::new("weight".into(), weights),
        ];
        let mut frame = DataFrame::new(rows, columns).map_err(|e| failed(&e))?;
        let head = self.head().and_then(|head| serde_json::to_string(&head)).map_err(|e| failed(&e))?;
        let mut writer = IpcWriter::new(writer);
        writer.set_custom_schema_metadata(Arc::new([(KEY.into(), head.into())].into_iter().collect()));
        writer.finish(&mut frame).map_err(|e| failed(&e))
    }

    fn head(&self) -> serde_json::Result<Head> {
        let about = &self.about;
        let mut source: serde_json::Map<_, _> = serde_json::from_value(serde_json::to_value(&*about.source)?)?;
        source.remove("id");
        let tallies = (0..self.totals.cells()).flat_map(|c| (0..self.totals.variables()).map(move |v| (c, v)));
        Ok(Head {
            format: FORMAT,
            id: about.source.id.clone(),
            source,
            regions: Classification::clone(&about.regions),
            sectors: Classification::clone(&about.sectors),
            by: self.by.clone(),
            periods: about.periods.clone(),
            here: self.here.clone(),
            dimensions: about.dimensions.iter().map(|(name, d)| (name.clone(), d.codes.clone())).collect(),
            asked: about.asked.clone(),
            unasked: about.unasked.clone(),
            cannot: Arc::clone(&about.cannot),
            domain: about.domain.clone(),
            unknown_scope: about.unknown_scope,
            tier: about.drawn.tier,
            lonely_psu: self.units.lonely.name().to_owned(),
            unique_psus: self.units.unique,
            strata: self.units.strata.clone(),
            named: self.units.names != Names::None,
            counts: tallies
                .map(|(c, v)| {
                    let Tally { n, n_yes, n_missing, n_not_asked, .. } = *self.totals.tally(c, v);
                    [n, n_yes, n_missing, n_not_asked]
                })
                .collect(),
        })
    }

    /// Reads totals that [`Self::write_ipc`] has written.
    ///
    /// # Errors
    /// The file is damaged, of another kind, or of a later version.
    pub fn read_ipc(reader: impl MmapBytesReader) -> Result<RecordTotals> {
        let broken = |e: PolarsError| no_totals(&e.to_string());
        let mut reader = IpcReader::new(reader);
        let metadata = reader.custom_metadata().map_err(broken)?;
        let json = metadata.as_ref().and_then(|m| m.get(KEY)).ok_or_else(|| no_totals("it does not say what its codes mean"))?;
        let head: Head = serde_json::from_str(json).map_err(|e| no_totals(&e.to_string()))?;
        if head.format != FORMAT {
            return Err(no_totals(&format!("its layout has version {}, not {FORMAT}", head.format)));
        }
        let mut frame = reader.finish().map_err(broken)?;
        frame.rechunk_mut();
        let column = |name: &str| frame.column(name).map_err(broken).map(Column::as_materialized_series);
        let (stratum, psu) = (column("stratum")?.u32().map_err(broken)?, column("psu")?);
        let (code, weight) = (column("code")?.u32().map_err(broken)?, column("weight")?.f64().map_err(broken)?);
        let (numbers, texts) = (psu.cast(&DataType::Int64).map_err(broken)?, psu.cast(&DataType::String).map_err(broken)?);
        let (numbers, texts) = (numbers.i64().map_err(broken)?, texts.str().map_err(broken)?);
        let mut units = SampledUnits {
            strata: head.strata.clone(),
            stratum_of: Vec::new(),
            names: match (head.named, psu.dtype() == &DataType::String) {
                (false, _) => Names::None,
                (true, true) => Names::Texts(Vec::new()),
                (true, false) => Names::Numbers(Vec::new()),
            },
            lonely: head.lonely_psu.parse()?,
            unique: head.unique_psus,
        };
        let (mut start, mut sums) = (Vec::new(), Vec::new());
        for row in 0..frame.height() {
            let missing = || no_totals(&format!("row {} lacks its stratum or PSU", row + 1));
            let h = stratum.get(row).filter(|h| (*h as usize) < units.strata.len().max(1)).ok_or_else(missing)?;
            let text = texts.get(row).ok_or_else(missing)?;
            let again = row > 0 && units.stratum_of.last() == Some(&h) && texts.get(row - 1) == Some(text);
            if !again {
                start.push(sums.len());
                units.stratum_of.push(h);
                match &mut units.names {
                    Names::None => {}
                    Names::Numbers(names) => names.push(numbers.get(row).ok_or_else(missing)?),
                    Names::Texts(names) => names.push(text.into()),
                }
            }
            sums.extend(code.get(row).zip(weight.get(row)));
        }
        start.push(sums.len());
        let about = about(&head)?;
        let cells = head.by.iter().map(|b| about.dimensions.get(b).map_or(head.periods.len(), |d| d.codes.len()) + 1).product();
        let totals = Totals::restored(cells, variables(&about), &head.counts, &start, &sums)
            .ok_or_else(|| no_totals("its sums do not fit its codes"))?;
        Ok(RecordTotals { about, units, by: head.by, here: head.here, totals: Arc::new(totals) })
    }
}

/// What is known of the records.
fn about(head: &Head) -> Result<Records> {
    let none = || Codes::Narrow(Vec::new());
    let dimension = |codes: &[Arc<str>]| Dimension { codes: codes.to_vec(), of_row: none() };
    let source: Source = serde_json::from_value(head.source.clone().into()).map_err(|e| no_totals(&e.to_string()))?;
    Ok(Records {
        source: Arc::new(Source { id: head.id.clone(), ..source }),
        regions: Arc::new(head.regions.clone()),
        sectors: Arc::new(head.sectors.clone()),
        flags: Vec::new(),
        drawn: Drawn::of_tier(head.tier)?,
        periods: head.periods.clone(),
        period_of: none(),
        dimensions: head.dimensions.iter().map(|(name, codes)| (name.clone(), dimension(codes))).collect(),
        asked: head.asked.clone(),
        unasked: head.unasked.clone(),
        cannot: Arc::clone(&head.cannot),
        domain: head.domain.clone(),
        unknown_scope: head.unknown_scope,
        pay: None,
    })
}
