//! Parquet files part by part: as many whole row groups as make up a part, and only the columns that are read.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::frame::{Choose, must_be_readable, quietly};
use crate::error::{Error, Result};

/// A file, and where its parts lie.
#[derive(Debug)]
pub(crate) struct Parts {
    path: PathBuf,
    columns: Vec<String>,
    /// First row and number of rows.
    parts: Vec<(usize, usize)>,
}

fn damaged(e: &dyn std::fmt::Display) -> Error {
    Error::data(format!("cannot be read as parquet: {e}"))
        .help("the file may be cut off, or of another kind than its ending says")
}

impl Parts {
    /// The parts of a Parquet file, each of about `rows` rows; nothing for a file with another ending.
    pub(crate) fn open(path: &Path, choose: &Choose<'_>, rows: usize) -> Result<Option<Parts>> {
        if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
            return Ok(None);
        }
        let open = || -> Result<Parts> {
            let file = File::open(path).map_err(|e| Error::io(format!("cannot be opened: {e}")))?;
            let mut reader = ParquetReader::new(file);
            let schema = reader.schema().map_err(|e| damaged(&e))?;
            let columns = choose(&schema.iter_names().map(|n| n.as_str()).collect::<Vec<_>>())?;
            must_be_readable(&schema, &columns)?;
            let groups = &reader.get_metadata().map_err(|e| damaged(&e))?.row_groups;
            let mut parts: Vec<(usize, usize)> = Vec::new();
            for group in groups.iter().map(|g| g.num_rows()) {
                match parts.last_mut().filter(|(_, len)| len + group <= rows) {
                    Some((_, len)) => *len += group,
                    None => parts.push((parts.last().map_or(0, |(from, len)| from + len), group)),
                }
            }
            Ok(Parts { path: path.to_owned(), columns, parts })
        };
        // The readers of binary files check little and can panic on a damaged one.
        let opened = quietly(|| catch_unwind(AssertUnwindSafe(open)));
        opened.unwrap_or_else(|_| Err(damaged(&"it is damaged"))).map(Some)
    }

    /// Number of parts.
    pub(crate) fn count(&self) -> usize {
        self.parts.len()
    }

    /// Rows of the file.
    pub(crate) fn rows(&self) -> usize {
        self.parts.iter().map(|(_, len)| len).sum()
    }

    /// A part; an empty frame behind the last.
    pub(crate) fn read(&self, part: usize) -> Result<DataFrame> {
        let Some(&slice) = self.parts.get(part) else { return Ok(DataFrame::empty()) };
        let read = || -> Result<DataFrame> {
            let file = File::open(&self.path).map_err(|e| Error::io(format!("cannot be opened: {e}")))?;
            let reader = ParquetReader::new(file).with_slice(Some(slice)).with_columns(Some(self.columns.clone()));
            reader.finish().map_err(|e| damaged(&e))
        };
        quietly(|| catch_unwind(AssertUnwindSafe(read))).unwrap_or_else(|_| Err(damaged(&"it is damaged")))
    }
}
