//! Files of records into frames: CSV, Parquet, Arrow IPC; only the columns that are read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::*;

use super::columns::no_column;
use crate::error::{Error, Result, choices};

/// Reads those of the wanted columns that the file has; a required one that it lacks is an error.
pub(crate) fn read(path: &Path, wanted: &[&str], required: &[&str]) -> Result<DataFrame> {
    // The readers of binary files check little and can panic on a damaged one.
    catch_unwind(AssertUnwindSafe(|| read_undamaged(path, wanted, required)))
        .unwrap_or_else(|_| Err(Error::data("the file is damaged").help("fetch or write it again")))
}

fn read_undamaged(path: &Path, wanted: &[&str], required: &[&str]) -> Result<DataFrame> {
    let file = File::open(path).map_err(|e| Error::io(format!("cannot be opened: {e}")))?;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let failed = |e: PolarsError| {
        Error::data(format!("cannot be read as {ending}: {e}"))
            .help("the file may be cut off, or of another kind than its ending says")
    };
    // Said here, while the other columns are still in sight: one of them may be the misspelt one.
    let here = |names: Vec<PlSmallStr>| -> Result<Vec<String>> {
        if let Some(absent) = required.iter().find(|r| !names.iter().any(|n| n == **r)) {
            return Err(no_column(absent, names.iter().map(PlSmallStr::as_str)));
        }
        Ok(names.iter().filter(|n| wanted.contains(&n.as_str())).map(ToString::to_string).collect())
    };
    match ending.as_str() {
        "csv" => {
            let bytes = std::fs::read(path).map_err(|e| Error::io(format!("cannot be read: {e}")))?;
            let text = std::str::from_utf8(&bytes).map_err(|e| {
                let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
                Error::data(format!("line {line} is not UTF-8 text")).help("save the file as UTF-8")
            })?;
            // Spreadsheets put a mark in front.
            let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
            let names: Vec<PlSmallStr> = first.trim().split(',').map(|n| n.trim_matches('"').into()).collect();
            if let Some(twice) = names.iter().enumerate().find_map(|(i, n)| names[..i].contains(n).then_some(n)) {
                return Err(Error::data(format!("the column `{twice}` is there twice")));
            }
            let columns: Vec<PlSmallStr> = here(names)?.into_iter().map(Into::into).collect();
            CsvReadOptions::default()
                .with_columns(Some(columns.into()))
                .with_infer_schema_length(Some(10_000))
                .into_reader_with_file_handle(std::io::Cursor::new(bytes))
                .finish()
                .map_err(failed)
        }
        "parquet" => {
            let mut reader = ParquetReader::new(file);
            let names = reader.schema().map_err(failed)?.iter_names().cloned().collect();
            reader.with_columns(Some(here(names)?)).finish().map_err(failed)
        }
        "arrow" | "ipc" | "feather" => {
            let mut reader = IpcReader::new(file);
            let names = reader.schema().map_err(failed)?.iter_names().cloned().collect();
            reader.with_columns(Some(here(names)?)).finish().map_err(failed)
        }
        other => Err(Error::data(format!("`.{other}` is not a known kind of file"))
            .help(choices(other, ["csv", "parquet", "arrow", "ipc", "feather"]))),
    }
}
