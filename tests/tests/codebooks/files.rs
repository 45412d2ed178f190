//! Files of records that are empty, cut off or misnamed.

use std::fs;
use std::path::Path;

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{Codebook, Error, Records};

use super::{extract, extract_frame, says};

fn read(path: &Path) -> Result<Records, Error> {
    Records::read(path, &Codebook::builtin("gss").unwrap(), LonelyPsu::Remove)
}

fn parquet(frame: &mut DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(frame).unwrap();
    bytes
}

#[test]
fn parquet_without_rows_or_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.parquet");
    fs::write(&path, parquet(&mut extract_frame("gss").head(Some(0)))).unwrap();
    assert!(says(read(&path), &["records.parquet", "there are no records"]).is_data());
    let whole = parquet(&mut extract_frame("gss"));
    for left in [0, 3, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..left]).unwrap();
        let Err(e) = read(&path) else { panic!("{left} bytes of {} were read", whole.len()) };
        assert!(e.to_string().contains("cut off"), "{e}");
    }
    // The footer is there but the middle is not.
    let mut holed = whole[..whole.len() / 4].to_vec();
    holed.extend(&whole[whole.len() / 2..]);
    fs::write(&path, &holed).unwrap();
    says(read(&path), &["records.parquet", "damaged"]);
}

#[test]
fn csv_that_is_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.csv");
    let text = fs::read_to_string(extract("gss")).unwrap();
    let write = |text: &str| fs::write(&path, text).unwrap();
    let twice: String = text.lines().map(|l| format!("{l},{}\n", l.split(',').nth(4).unwrap())).collect();
    write(&twice);
    assert!(says(read(&path), &["`union` is there twice"]).is_data());
    write(text.lines().next().unwrap());
    says(read(&path), &["there are no records"]);
    write("");
    assert!(read(&path).is_err());
    write(&text.replacen("2016", "2016,1", 1));
    assert!(read(&path).is_err(), "a row with one field too many");
    fs::write(&path, [&b"year,union\n2016,\xff\n"[..]].concat()).unwrap();
    says(read(&path), &["line 2 is not UTF-8"]);
    // Spreadsheets write a mark in front and quotes around.
    let quote = |field: &str| if field.is_empty() { String::new() } else { format!("\"{field}\"") };
    let quoted: String = text.lines().map(|l| l.split(',').map(quote).collect::<Vec<_>>().join(",") + "\r\n").collect();
    for text in [format!("\u{feff}{text}"), text.replace('\n', "\r\n"), quoted] {
        write(&text);
        read(&path).unwrap_or_else(|e| panic!("{:?}: {e}", &text[..24]));
    }
}

#[test]
fn files_that_are_not_there_or_of_another_kind() {
    let folder = tempfile::tempdir().unwrap();
    assert!(says(read(&folder.path().join("none.csv")), &["none.csv", "cannot be opened"]).is_io());
    let path = folder.path().join("records.xlsx");
    fs::write(&path, "x").unwrap();
    says(read(&path), &["`.xlsx` is not a known kind of file"]);
    let path = folder.path().join("records.parquet");
    fs::copy(extract("gss"), &path).unwrap();
    says(read(&path), &["another kind than its ending says"]);
}
