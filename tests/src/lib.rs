//! Shared fixtures of the tests: a folder with a table, the registry entry that describes it, and plans beside it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a fixture that cannot be made is a failed test")]

pub mod findings;
pub mod labour;
mod search;

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use undeb::{Plan, PublishedTable, Registry, Result};

pub use search::search;

/// What the registry says of the table `mine`; the defaults describe counts of persons in the areas of the United Kingdom.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Measures on offer.
    pub measures: Vec<&'static str>,
    /// `counts` or `rate`.
    pub basis: &'static str,
    /// Whether the publisher has released the figures.
    pub released: bool,
    /// Whether members are a part of the covered.
    pub members_within_covered: bool,
    /// `year` or `quarter`.
    pub period_type: &'static str,
    /// Multiplies the counts.
    pub scale: f64,
    /// The checksum, where it is not to be that of the table.
    pub sha256: Option<String>,
    /// Further lines of the entry: sums, breaks.
    pub more: String,
}

impl Default for Entry {
    fn default() -> Self {
        Entry {
            measures: vec!["density", "coverage"],
            basis: "counts",
            released: true,
            members_within_covered: true,
            period_type: "year",
            scale: 1.0,
            sha256: None,
            more: String::new(),
        }
    }
}

impl Entry {
    fn toml(&self, table: &[u8]) -> String {
        let digest: String = Sha256::digest(table).iter().map(|b| format!("{b:02x}")).collect();
        let sha256 = self.sha256.as_ref().unwrap_or(&digest);
        let Entry { released, members_within_covered, period_type, scale, basis, more, .. } = self;
        let mut text = format!(
            r#"[mine]
title = "A made-up table"
publisher = "Nobody"
citation = "None: the figures are synthetic"
terms = "None"
file = "mine.csv"
sha256 = "{sha256}"
regions = "uk"
sectors = "sector"
period_type = "{period_type}"
scale = {scale:?}
unit = "person"
universe = "Employees"
respondent = "worker"
place = "residence"
released = {released}
members_within_covered = {members_within_covered}
voluntary = "Not shown apart"
missing = "Not stated"
"#
        );
        for id in &self.measures {
            text.push_str(&format!(
                "[[mine.measure]]\nid = \"{id}\"\nnumerator = \"{id}\"\ndenominator = \"employees\"\nbasis = \"{basis}\"\n"
            ));
        }
        text + more
    }
}

/// A folder of one's own: `mine.csv`, `registry.toml` and the plans that are put beside them.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    /// Writes a table and its registry entry.
    pub fn new(entry: &Entry, table: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.csv"), table).unwrap();
        fs::write(folder.path().join("registry.toml"), entry.toml(table)).unwrap();
        Folder { folder }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The table, read and checked.
    pub fn table(&self) -> Result<PublishedTable> {
        PublishedTable::open("mine", &Registry::with_file(&self.path().join("registry.toml"))?)
    }

    /// A plan on the table: `head` are further lines of the plan, `targets` the targets.
    pub fn plan(&self, head: &str, targets: &str) -> Result<Plan> {
        let text = format!(
            "[plan]\nid = \"own\"\ntitle = \"Own\"\nsource = \"mine\"\nregistry = \"registry.toml\"\n\
             measures = [\"density\", \"coverage\"]\n{head}\n{targets}"
        );
        let path = self.path().join("plan.toml");
        fs::write(&path, text).unwrap();
        Plan::read(&path)
    }
}

/// The folder of the whole project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The twelve areas that cover the United Kingdom, in the order of the classification.
pub const AREAS: [&str; 12] = ["TLC", "TLD", "TLE", "TLF", "TLG", "TLH", "TLI", "TLJ", "TLK", "WLS", "SCT", "NIR"];

/// Rows of a comma-separated file without quotes, as texts by column name.
pub struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    /// Reads a file of the project.
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(project().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        let split = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines();
        let header = split(lines.next().unwrap());
        let rows: Vec<_> = lines.map(split).collect();
        assert!(!rows.is_empty() && rows.iter().all(|r| r.len() == header.len()), "{path} is no plain table");
        Rows { header, rows }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none; never so after reading.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Text of a cell.
    pub fn text(&self, row: usize, column: &str) -> &str {
        let at = self.header.iter().position(|h| h == column).unwrap_or_else(|| panic!("no column {column}"));
        &self.rows[row][at]
    }

    /// Number of a cell; none where it is empty.
    pub fn number(&self, row: usize, column: &str) -> Option<f64> {
        let text = self.text(row, column);
        (!text.is_empty()).then(|| text.parse().unwrap())
    }
}
