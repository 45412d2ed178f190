//! The records of the golden cases, whose results are R's (recipe in `golden/README.md`).

use polars::prelude::{CsvReadOptions, DataFrame, SerReader};
use undeb::Roles;

use crate::project;

/// The records as they lie in the file.
pub fn frame() -> DataFrame {
    let file = project().join("tests/golden/labour.csv");
    CsvReadOptions::default().try_into_reader_with_file_path(Some(file)).unwrap().finish().unwrap()
}

/// What their columns mean.
pub fn roles() -> Roles {
    let name = |column: &str| Some(column.to_owned());
    Roles {
        member: name("union"),
        covered: name("covered"),
        employee: name("employee"),
        weight: name("weight"),
        strata: name("stratum"),
        psu: name("psu"),
        period: name("year"),
        region: name("region"),
        sector: name("sector"),
        ..Roles::default()
    }
}
