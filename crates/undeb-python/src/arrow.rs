//! Frames cross by the Arrow C stream interface, the one place where pointers of other libraries are read.
//!
//! Anything with `__arrow_c_stream__` comes in, and every table of ours goes out by the same door. Columns of numbers,
//! booleans and string views are shared, not copied; text with plain offsets is turned into views, and dictionaries get
//! a new list of categories.
#![allow(unsafe_code, reason = "the Arrow C stream interface is made of pointers")]

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::{ArrowField, ArrowSchema, CompatLevel, DataFrame, Series};
use polars_arrow::array::{Array, StructArray};
use polars_arrow::datatypes::ArrowDataType;
use polars_arrow::ffi::{ArrowArrayStream, ArrowArrayStreamReader, export_iterator};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::error::{DataError, SchemaError};
use crate::work::fault;

const NAME: &CStr = c"arrow_array_stream";

/// Takes in a frame from any object that streams Arrow.
pub(crate) fn import(object: &Bound<'_, PyAny>) -> PyResult<DataFrame> {
    let capsule = object.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(NAME))?.cast::<ArrowArrayStream>();
    // SAFETY: a capsule of this name holds a stream, and an empty one is left in its place: whoever drops the capsule
    // then has nothing to release.
    let stream = unsafe { std::ptr::replace(pointer.as_ptr(), ArrowArrayStream::empty()) };
    // Types that this build of polars does not know end in a panic.
    object.py().detach(|| catch_unwind(AssertUnwindSafe(|| read(stream)))).unwrap_or_else(|panic| Err(fault(&*panic)))
}

fn read(stream: ArrowArrayStream) -> PyResult<DataFrame> {
    let failed = |e: polars::error::PolarsError| DataError::new_err(format!("the frame cannot be read: {e}"));
    // SAFETY: the stream comes from a capsule, whose maker promises that it keeps to the C stream interface.
    let mut reader = unsafe { ArrowArrayStreamReader::try_new(Box::new(stream)) }.map_err(failed)?;
    let ArrowDataType::Struct(fields) = reader.field().dtype().clone() else {
        return Err(SchemaError::new_err("a stream of one column came in place of a frame; give a frame with named columns"));
    };
    let mut chunks: Vec<Vec<Box<dyn Array>>> = vec![Vec::new(); fields.len()];
    let mut height = 0;
    // SAFETY: as above.
    while let Some(batch) = unsafe { reader.next() } {
        let batch = batch.map_err(failed)?;
        height += batch.len();
        let Some(columns) = batch.as_any().downcast_ref::<StructArray>() else { continue };
        for (of, column) in chunks.iter_mut().zip(columns.values()) {
            of.push(column.clone());
        }
    }
    let mut columns = Vec::with_capacity(fields.len());
    for (field, chunks) in fields.iter().zip(chunks) {
        columns.push(column(field, chunks)?.into());
    }
    DataFrame::new(height, columns).map_err(failed)
}

fn column(field: &ArrowField, mut chunks: Vec<Box<dyn Array>>) -> PyResult<Series> {
    if chunks.is_empty() {
        chunks.push(polars_arrow::array::new_empty_array(field.dtype().clone()));
    }
    Series::try_from((field, chunks))
        .map_err(|e| DataError::new_err(format!("the column `{}` of type {:?} cannot be read: {e}", field.name, field.dtype())))
}

/// Gives out a frame as a capsule that holds an Arrow stream.
pub(crate) fn export<'py>(py: Python<'py>, frame: &DataFrame) -> PyResult<Bound<'py, PyCapsule>> {
    let level = CompatLevel::newest();
    let mut frame = frame.clone();
    frame.align_chunks_par();
    let schema: ArrowSchema = frame.columns().iter().map(|c| c.field().to_arrow(level)).collect();
    let dtype = ArrowDataType::Struct(schema.iter_values().cloned().collect());
    let field = ArrowField::new("".into(), dtype.clone(), false);
    let batches: Vec<_> = frame
        .iter_chunks(level, false)
        .map(|batch| Ok(StructArray::new(dtype.clone(), batch.height(), batch.into_arrays(), None).boxed()))
        .collect();
    PyCapsule::new_with_value(py, export_iterator(Box::new(batches.into_iter()), field), NAME)
}

/// Which rows are asked for: the only column of a frame, where an empty cell is not a yes.
pub(crate) fn mask(object: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    let frame = import(object)?;
    match frame.columns() {
        [only] => match only.bool() {
            Ok(column) => Ok(column.iter().map(|keep| keep == Some(true)).collect()),
            Err(_) => Err(DataError::new_err(format!(
                "the filter is of type {}, not of true and false; compare with a value, as in pl.col(\"sector\") == \"public\"",
                only.dtype()
            ))),
        },
        columns => Err(DataError::new_err(format!("a filter is one column, not {}", columns.len()))),
    }
}
