//! Files of records into frames: CSV, Parquet, Arrow IPC; only the columns that are read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use polars::prelude::*;

use crate::error::{Error, Result, choices};

/// Which columns of a file are read, from the names of all; an error where one is missing.
pub(crate) type Choose<'a> = dyn Fn(&[&str]) -> Result<Vec<String>> + 'a;

/// Reads the columns that are chosen; `is_code` says which of them hold codes, where a text file may write `01`.
pub(crate) fn read(path: &Path, choose: &Choose<'_>, is_code: &dyn Fn(&str) -> bool) -> Result<DataFrame> {
    // The readers of binary files check little and can panic on a damaged one.
    quietly(|| catch_unwind(AssertUnwindSafe(|| read_undamaged(path, choose, is_code))))
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

fn read_undamaged(path: &Path, choose: &Choose<'_>, is_code: &dyn Fn(&str) -> bool) -> Result<DataFrame> {
    let file = File::open(path).map_err(|e| Error::io(format!("cannot be opened: {e}")))?;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let failed = |e: PolarsError| {
        // The rest of what the reader says may hold the records themselves.
        let said: String = e.to_string().lines().next().unwrap_or_default().chars().take(200).collect();
        Error::data(format!("cannot be read as {ending}: {said}"))
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
            let Scanned { names, padded } = scan(text.trim_start_matches('\u{feff}'))?;
            let columns: Arc<[PlSmallStr]> = here(&names)?.into_iter().map(Into::into).collect();
            // As numbers `01` and `1` would be one code, and `01` would lose its name.
            let texts = names.iter().zip(padded).filter(|(name, padded)| *padded && is_code(name));
            let texts: Schema = texts.map(|(name, _)| Field::new(name.clone(), DataType::String)).collect();
            let texts = Arc::new(texts);
            let read = |looked_at: Option<usize>| {
                CsvReadOptions::default()
                    .with_columns(Some(Arc::clone(&columns)))
                    .with_infer_schema_length(looked_at)
                    .with_schema_overwrite(Some(Arc::clone(&texts)))
                    .into_reader_with_file_handle(std::io::Cursor::new(bytes.as_slice()))
                    .finish()
            };
            // A column may turn out to be of another type far down.
            read(Some(10_000)).or_else(|_| read(None)).map_err(failed)
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

/// Types that the readers here do not know would end in a panic, and are refused by name.
pub(super) fn must_be_readable(schema: &ArrowSchema, wanted: &[String]) -> Result<()> {
    use ArrowDataType as T;
    for name in wanted {
        let Some(field) = schema.get(name.as_str()) else { continue };
        let store = match field.dtype() {
            T::Decimal(..) | T::Decimal32(..) | T::Decimal64(..) | T::Decimal256(..) | T::Int128 | T::UInt128 | T::Float16 => {
                "store it as 64-bit floats or integers"
            }
            T::Struct(..) | T::List(..) | T::LargeList(..) | T::FixedSizeList(..) | T::Map(..) | T::Union(..) => {
                "store one number or text in each cell, in a column for each field"
            }
            _ => continue,
        };
        return Err(Error::data(format!("the column `{name}` is of type {:?}, which cannot be read", field.dtype())).help(store));
    }
    Ok(())
}

/// What the text of a CSV file tells before it is read.
struct Scanned {
    names: Vec<PlSmallStr>,
    /// Columns with a whole number that starts with a zero, such as `01`.
    padded: Vec<bool>,
}

/// The names in the first line of a CSV file, of which every line has as many fields.
///
/// A reader fills up short lines with empty cells, and takes a stray quote for the start of a text that goes on to the end
/// of the file: both would be answers that nobody gave.
fn scan(text: &str) -> Result<Scanned> {
    let bytes = text.as_bytes();
    let stray = |line: usize| {
        Error::data(format!("line {line} has a quote within a field"))
            .help("put the whole field in quotes, and write a quote within it twice")
    };
    let (mut names, mut padded): (Vec<PlSmallStr>, Vec<bool>) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let (from, first) = (at, line);
        let mut fields = 0;
        loop {
            let start = at;
            if bytes.get(at) == Some(&b'"') {
                let opened = line;
                at += 1;
                loop {
                    match bytes.get(at) {
                        None => {
                            return Err(Error::data(format!("a quote that opens in line {opened} is never closed"))
                                .help("write a quote within a text twice, or take it out"));
                        }
                        Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 1,
                        Some(b'"') => break,
                        Some(b'\n') => line += 1,
                        Some(_) => {}
                    }
                    at += 1;
                }
                at += 1;
                if !matches!(bytes.get(at), None | Some(b',' | b'\n' | b'\r')) {
                    return Err(stray(line));
                }
            } else {
                while let Some(byte) = bytes.get(at).filter(|b| !matches!(b, b',' | b'\n')) {
                    if *byte == b'"' {
                        return Err(stray(line));
                    }
                    at += 1;
                }
            }
            if let (Some(padded), [b'0', rest @ ..]) = (padded.get_mut(fields), text[start..at].trim_end().as_bytes()) {
                *padded |= !rest.is_empty() && rest.iter().all(u8::is_ascii_digit);
            }
            fields += 1;
            if first == 1 {
                let whole = text[start..at].trim();
                let inside = whole.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
                let name = inside.map_or_else(|| whole.to_owned(), |n| n.replace("\"\"", "\""));
                names.push(name.as_str().into());
                padded.push(false);
            }
            if bytes.get(at) == Some(&b'\r') {
                at += 1;
            }
            match bytes.get(at) {
                Some(b',') => at += 1,
                _ => break,
            }
        }
        let blank = text[from..at].trim().is_empty();
        if fields != names.len() && !(blank && names.len() > 1) {
            return Err(Error::data(format!("line {first} has {fields} fields, the header {}", names.len()))
                .help("the file may be cut off, or a field hold a comma without quotes"));
        }
        at += 1;
        line += 1;
    }
    if names.iter().any(|n| n.contains(char::is_control)) {
        return Err(Error::data("the first line holds bytes that are no text")
            .help("the file may be of another kind than its ending says"));
    }
    if names.iter().all(|n| n.trim().is_empty()) {
        return Err(Error::data("there is no line of column names").help("the first line of a CSV file names its columns"));
    }
    Ok(Scanned { names, padded })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> std::result::Result<Vec<String>, String> {
        scan(text).map(|s| s.names.iter().map(ToString::to_string).collect()).map_err(|e| e.message().to_owned())
    }

    #[test]
    fn padded_numbers_are_seen() {
        let padded = |text: &str| scan(text).unwrap().padded;
        assert_eq!(padded("a,b,c,d\n1,0.5,0,x\n2,007,10,0x\n"), [false, true, false, false]);
        assert_eq!(padded("a,b\r\n1,01\r\n"), [false, true]);
        assert_eq!(padded("01,b\n1,2\n"), [false, false]);
    }

    #[test]
    fn names_are_read_and_lines_are_counted() {
        assert_eq!(names("a,b\n1,2\n3,4").unwrap(), ["a", "b"]);
        assert_eq!(names("\"a,x\",\"b \"\"c\"\"\"\r\n1,\"two\nlines\"\r\n").unwrap(), ["a,x", "b \"c\""]);
        assert_eq!(names("a,b\n\n1,2\n\n").unwrap(), ["a", "b"]);
        assert_eq!(names("a\n1\n\n2\n").unwrap(), ["a"]);
        assert_eq!(names("a,b\n1,2\n3\n4,5\n").unwrap_err(), "line 3 has 1 fields, the header 2");
        assert_eq!(names("a,b\n1,2,3\n").unwrap_err(), "line 2 has 3 fields, the header 2");
        assert_eq!(names("a,b\n1,19\" rack\n2,x\n").unwrap_err(), "line 2 has a quote within a field");
        assert_eq!(names("a,b\n1,\"x\"y\n").unwrap_err(), "line 2 has a quote within a field");
        assert_eq!(names("a,b\n1,\"x\n2,y\n").unwrap_err(), "a quote that opens in line 2 is never closed");
        assert_eq!(names("").unwrap_err(), "there is no line of column names");
        assert_eq!(names("a\u{0}\u{1},b\n1,2\n").unwrap_err(), "the first line holds bytes that are no text");
    }
}
