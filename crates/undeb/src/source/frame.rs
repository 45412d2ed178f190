//! Files of records into frames: CSV, Parquet, Arrow IPC; only the columns that are read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::*;

use crate::error::{Error, Result, choices};

/// Which columns of a file are read, from the names of all; an error where one is missing.
pub(crate) type Choose<'a> = dyn Fn(&[&str]) -> Result<Vec<String>> + 'a;

/// Reads the columns that are chosen.
pub(crate) fn read(path: &Path, choose: &Choose<'_>) -> Result<DataFrame> {
    // The readers of binary files check little and can panic on a damaged one.
    quietly(|| catch_unwind(AssertUnwindSafe(|| read_undamaged(path, choose))))
        .unwrap_or_else(|_| Err(Error::data("the file is damaged").help("fetch or write it again")))
}

/// Readings under way, during which a panic is no bug of ours and is not printed.
static READING: AtomicUsize = AtomicUsize::new(0);

/// Runs a reading whose panics are turned into errors, so that nothing else is printed beside these.
pub(super) fn quietly<T>(read: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if READING.load(Ordering::Relaxed) == 0 {
                before(info);
            }
        }));
    });
    READING.fetch_add(1, Ordering::Relaxed);
    let out = read();
    READING.fetch_sub(1, Ordering::Relaxed);
    out
}

fn read_undamaged(path: &Path, choose: &Choose<'_>) -> Result<DataFrame> {
    let file = File::open(path).map_err(|e| Error::io(format!("cannot be opened: {e}")))?;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let failed = |e: PolarsError| {
        Error::data(format!("cannot be read as {ending}: {e}"))
            .help("the file may be cut off, or of another kind than its ending says")
    };
    let here = |names: &[PlSmallStr]| -> Result<Vec<String>> {
        if let Some(twice) = names.iter().enumerate().find_map(|(i, n)| names[..i].contains(n).then_some(n)) {
            return Err(Error::data(format!("the column `{twice}` is there twice")));
        }
        choose(&names.iter().map(PlSmallStr::as_str).collect::<Vec<_>>())
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
            must_end_whole(text, names.len())?;
            let columns: Vec<PlSmallStr> = here(&names)?.into_iter().map(Into::into).collect();
            CsvReadOptions::default()
                .with_columns(Some(columns.into()))
                .with_infer_schema_length(Some(10_000))
                .into_reader_with_file_handle(std::io::Cursor::new(bytes))
                .finish()
                .map_err(failed)
        }
        "parquet" => {
            let mut reader = ParquetReader::new(file);
            let schema = reader.schema().map_err(failed)?;
            let wanted = here(&schema.iter_names().cloned().collect::<Vec<_>>())?;
            must_be_readable(&schema, &wanted)?;
            reader.with_columns(Some(wanted)).finish().map_err(failed)
        }
        "arrow" | "ipc" | "feather" => {
            let mut reader = IpcReader::new(file);
            let schema = reader.schema().map_err(failed)?;
            let wanted = here(&schema.iter_names().cloned().collect::<Vec<_>>())?;
            must_be_readable(&schema, &wanted)?;
            reader.with_columns(Some(wanted)).finish().map_err(failed)
        }
        other => Err(Error::data(format!("`.{other}` is not a known kind of file"))
            .help(choices(other, ["csv", "parquet", "arrow", "ipc", "feather"]))),
    }
}

/// Numbers of a kind that the readers here do not know would end in a panic, and are refused by name.
fn must_be_readable(schema: &ArrowSchema, wanted: &[String]) -> Result<()> {
    let unknown = |dtype: &ArrowDataType| {
        use ArrowDataType as T;
        matches!(dtype, T::Decimal(..) | T::Decimal32(..) | T::Decimal64(..) | T::Decimal256(..) | T::Int128 | T::UInt128)
    };
    for name in wanted {
        if let Some(field) = schema.get(name.as_str()).filter(|field| unknown(field.dtype())) {
            return Err(Error::data(format!("the column `{name}` is of type {:?}, which cannot be read", field.dtype()))
                .help("store it as 64-bit floats or integers"));
        }
    }
    Ok(())
}

/// A table that was cut off ends within a line, which a reader would fill up with empty cells.
fn must_end_whole(text: &str, columns: usize) -> Result<()> {
    let last = text.lines().next_back().unwrap_or_default();
    let fields = last.split(',').count();
    if text.ends_with('\n') || last.contains('"') || fields >= columns {
        return Ok(());
    }
    Err(Error::data(format!("the last line has {fields} fields, the header {columns}"))
        .help("the file may be cut off: fetch it again"))
}
