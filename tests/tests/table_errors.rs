//! A table of one's own that is wrong: the message names file, line, column and value, and says what to do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;

use undeb::{Error, Measure, Period};
use undeb_tests::{Entry, Folder};

const HEADER: &str = "period,region,sector,n,employees,members,covered\n";

fn counts() -> Entry {
    Entry::default()
}

fn rates() -> Entry {
    Entry { basis: "rate", measures: vec!["density"], ..Entry::default() }
}

fn sums() -> Entry {
    Entry {
        more: "[[mine.sum]]\ndimension = \"sector\"\nwhole = \"all\"\nparts = [\"public\", \"private\"]\ntolerance = 1\n"
            .to_owned(),
        ..Entry::default()
    }
}

fn refused(entry: &Entry, table: &[u8]) -> Error {
    match Folder::new(entry, table).table() {
        Ok(_) => panic!("accepted: {}", String::from_utf8_lossy(table)),
        Err(error) => error,
    }
}

fn rows(rows: &str) -> Vec<u8> {
    format!("{HEADER}{rows}").into_bytes()
}

/// The message names the file and says each of these.
fn says(error: &Error, parts: &[&str]) {
    let message = error.to_string();
    assert!(message.contains("mine.csv"), "no file: {message}");
    for part in parts {
        assert!(message.contains(part), "no `{part}`: {message}");
    }
}

#[test]
fn a_right_table_is_read() {
    let table = Folder::new(&counts(), &rows("2024,WLS,all,100,1000,200,300\n2024,SCT,all,,1000,,\n")).table().unwrap();
    assert_eq!(table.cells().len(), 2);
    assert_eq!((table.cells()[0].members, table.cells()[1].members, table.cells()[1].line), (Some(200.0), None, 3));
}

#[test]
fn a_cell_is_there_once() {
    let error =
        refused(&counts(), &rows("2024,WLS,all,100,1000,200,300\n2024,SCT,all,9,90,9,9\n2024,TLL,all,100,1000,200,300\n"));
    // TLL is another name of WLS.
    says(&error, &["lines 2 and 4", "2024, WLS, all", "twice", "keep one row"]);
    assert!(error.is_data());
}

#[test]
fn a_figure_is_a_number_that_is_not_negative() {
    for (figure, expected) in [
        ("-5", "-5 is negative"),
        ("NaN", "`NaN` is no number"),
        ("inf", "`inf` is no number"),
        ("many", "`many` is no number"),
        ("1 000", "`1 000` is no number"),
        ("20%", "`20%` is no number"),
    ] {
        let error = refused(&counts(), &rows(&format!("2024,WLS,all,100,1000,200,300\n2024,SCT,all,100,1000,{figure},300\n")));
        says(&error, &["line 3, column `members`", expected]);
        assert!(error.is_data() && error.remedy().is_some(), "{error}");
    }
}

#[test]
fn parts_do_not_exceed_their_whole() {
    let error = refused(&counts(), &rows("2024,WLS,all,100,1000,1001,1001\n"));
    says(&error, &["line 2", "members (1001) exceed employees (1000)", "2024, WLS, all", "part of employees"]);
    let error = refused(&counts(), &rows("2024,WLS,all,100,1000,500,400\n"));
    says(&error, &["line 2", "members (500) exceed covered (400)", "definitions of `mine`"]);
    // Where the definitions do not say so, members may exceed the covered.
    let loose = Entry { members_within_covered: false, ..counts() };
    assert!(Folder::new(&loose, &rows("2024,WLS,all,100,1000,500,400\n")).table().is_ok());
}

#[test]
fn sums_hold_within_their_tolerance() {
    let parts = "2024,WLS,public,50,400,100,200\n2024,WLS,private,50,600,100,100\n";
    assert!(Folder::new(&sums(), &rows(&format!("2024,WLS,all,100,1001,200,300\n{parts}"))).table().is_ok());
    let error = refused(&sums(), &rows(&format!("2024,WLS,all,100,1002,200,300\n{parts}")));
    says(
        &error,
        &["in 2024, WLS", "`employees` of all is 1002", "public and private sum to 1000", "`mine` promises the sum within 1"],
    );
}

#[test]
fn codes_and_periods_are_known() {
    let error = refused(&counts(), &rows("2024,WLS,all,1,1,1,1\n2024,Walse,all,1,1,1,1\n"));
    says(&error, &["line 3, column `region`", "`Walse` is no region code of `uk`", "WLS"]);
    let error = refused(&counts(), &rows("2024,WLS,privat,1,1,1,1\n"));
    says(&error, &["line 2, column `sector`", "`privat` is no sector code", "did you mean `private`?"]);
    let error = refused(&counts(), &rows("24,WLS,all,1,1,1,1\n"));
    says(&error, &["line 2, column `period`", "`24` is not a period", "2022-Q4"]);
    let error = refused(&counts(), &rows("2024-Q1,WLS,all,1,1,1,1\n"));
    says(&error, &["line 2, column `period`", "2024-Q1", "`period_type`"]);
    let wrong = Entry { more: sums().more.replace("private", "privat"), ..counts() };
    let message = refused(&wrong, &rows("2024,WLS,all,1,1,1,1\n")).to_string();
    assert!(message.contains("the sum rule of `mine`") && message.contains("did you mean `private`?"), "{message}");
}

#[test]
fn a_share_is_at_most_the_whole() {
    let header = "period,region,sector,density\n";
    let error = refused(&rates(), format!("{header}2024,WLS,all,100\n2024,SCT,all,100.1\n").as_bytes());
    says(&error, &["line 3, column `density`", "100.1 is more than the whole (100)", "`rates_in`"]);
}

#[test]
fn columns_are_those_that_the_entry_needs() {
    let error = refused(&counts(), b"period,region,sector,n,employees,members\n2024,WLS,all,1,1,1\n");
    says(&error, &["the column `covered` is missing", "there are period, region, sector, n, employees, members"]);
    let error = refused(&counts(), b"period,sector,n,employees,members,covered\n2024,all,1,1,1,1\n");
    says(&error, &["the column `region` is missing"]);
    let error = refused(&rates(), b"period,region,sector,n\n2024,WLS,all,1\n");
    says(&error, &["the column `density` is missing"]);
    let error = refused(&counts(), b"period,region,sector,n,employees,member,covered\n2024,WLS,all,1,1,1,1\n");
    says(&error, &["the column `member` is not known", "did you mean `members`?"]);
    let error = refused(&counts(), b"period,region,sector,n,employees,members,members,covered\n2024,WLS,all,1,1,1,1,1\n");
    says(&error, &["the column `members` is there twice"]);
    let error = refused(&counts(), b"period;region;sector;n;employees;members;covered\n2024;WLS;all;1;1;1;1\n");
    says(&error, &["is not known"]);
}

#[test]
fn a_row_has_as_many_fields_as_the_header() {
    for (row, fields) in
        [("2024,SCT,all,100,1000,200", "6 fields"), ("2024,SCT,all,100,1000,200,300,400", "8 fields"), ("", "1 field")]
    {
        let error = refused(&counts(), &rows(&format!("2024,WLS,all,100,1000,200,300\n{row}\n2024,NIR,all,100,1000,200,300\n")));
        says(&error, &["line 3", fields, "7"]);
        assert!(error.is_data() && error.remedy().is_some(), "{error}");
    }
}

#[test]
fn a_quote_is_closed_on_its_line() {
    let header = HEADER.replace("covered\n", "covered,note\n");
    for field in ["\"open", "\"two\nlines\""] {
        let error = refused(&counts(), format!("{header}2024,WLS,all,100,1000,200,300,{field}\n").as_bytes());
        says(&error, &["line 2", "a quote is opened and not closed", "every row on one line"]);
    }
}

#[test]
fn an_empty_table_is_refused() {
    for table in ["", "\n", HEADER, &HEADER[..HEADER.len() - 1], &format!("{HEADER}\n"), "\u{feff}"] {
        let error = refused(&counts(), table.as_bytes());
        says(&error, &["holds no rows", "a header line and at least one row"]);
    }
}

#[test]
fn a_table_is_utf8() {
    let mut table = rows("2024,WLS,all,1,1,1,1\n2024,SCT,all,1,1,1,");
    table.push(0xe9);
    says(&refused(&counts(), &table), &["line 3", "byte 0xe9 is not UTF-8", "save the table as UTF-8"]);
}

#[test]
fn the_file_is_the_one_that_was_registered() {
    let entry = Entry { sha256: Some("ab".repeat(32)), ..counts() };
    let error = refused(&entry, &rows("2024,WLS,all,1,1,1,1\n"));
    says(&error, &["the checksum is", &"ab".repeat(32), "register the new checksum"]);
    let folder = Folder::new(&counts(), &rows("2024,WLS,all,1,1,1,1\n"));
    fs::remove_file(folder.path().join("mine.csv")).unwrap();
    let error = folder.table().unwrap_err();
    says(&error, &["cannot read the table"]);
    assert!(error.is_io());
}

#[test]
fn a_wrong_table_stops_the_plan_beside_it() {
    let folder = Folder::new(&counts(), &rows("2024,WLS,all,1,1,2,2\n"));
    let plan = folder.plan("quality = \"ons-2025\"", "").unwrap();
    says(&plan.gather().unwrap_err(), &["line 2", "members (2) exceed employees (1)"]);
}

#[test]
fn quotes_byte_order_marks_and_line_ends_of_other_programs_are_read() {
    let plain = format!(
        "{}2024,WLS,all,100,1000,200,300,\n2024,SCT,all,100,1000,100,100,x\n",
        HEADER.replace("covered\n", "covered,note\n")
    );
    let quoted = plain
        .replace("2024,WLS,all,100,1000,200,300,", "\"2024\",\"WLS\",\"all\",\"100\",\"1000\",\"200\",\"300\",\"a, \"\"b\"\"\"")
        .replace("period,region", "\"period\",\"region\"");
    for (name, table) in [
        ("quotes", quoted),
        ("byte order mark", format!("\u{feff}{plain}")),
        ("carriage returns", plain.replace('\n', "\r\n")),
        ("all of them", format!("\u{feff}\"{}", plain.replacen("period", "period\"", 1)).replace('\n', "\r\n")),
        ("no last line end", plain.trim_end().to_owned()),
        ("empty lines at the end", format!("{plain}\n\n")),
    ] {
        let table = Folder::new(&counts(), table.as_bytes()).table().unwrap_or_else(|e| panic!("{name}: {e}"));
        let estimates = table.estimate(&[Measure::Density, Measure::Coverage], None).unwrap();
        let value = |measure, region| estimates.get(measure, Period::year(2024), region, "all").and_then(|e| e.value);
        assert_eq!((value(Measure::Density, "WLS"), value(Measure::Coverage, "WLS")), (Some(0.2), Some(0.3)), "{name}");
        assert_eq!((value(Measure::Density, "SCT"), value(Measure::Coverage, "SCT")), (Some(0.1), Some(0.1)), "{name}");
        let note = table.cells()[0].note.as_deref();
        assert_eq!(note.filter(|n| !n.is_empty()), (name == "quotes").then_some("a, \"b\""), "{name}");
        assert_eq!((table.cells()[1].note.as_deref(), table.cells()[1].line), (Some("x"), 3), "{name}");
    }
}
