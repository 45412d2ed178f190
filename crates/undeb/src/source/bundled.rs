//! The data that travels inside the library: tables, classifications, rule sets and plans.

use crate::error::{Error, Result, choices};
use crate::schema::Classification;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../../../data/", $path)))),*]
    };
}

/// Every bundled file by its path below `data/`.
static FILES: &[(&str, &[u8])] = files![
    "registry.toml",
    "tables/us-states.csv",
    "tables/us-national.csv",
    "tables/us-bls.csv",
    "tables/eu27.csv",
    "tables/uk-sectors.csv",
    "tables/uk-nations.csv",
    "tables/wales-pay-set.csv",
    "classifications/us-states.toml",
    "classifications/uk.toml",
    "classifications/eu27.toml",
    "classifications/sector.toml",
    "classifications/europe.toml",
    "classifications/nace-sections.toml",
    "classifications/us-major-industries.toml",
    "codebooks/uk-lfs.toml",
    "codebooks/us-cps-org.toml",
    "codebooks/ipums-cps.toml",
    "codebooks/epi-cps.toml",
    "codebooks/eurostat-ses.toml",
    "codebooks/ess.toml",
    "codebooks/gss.toml",
    "quality/ons-2025.toml",
    "quality/statswales-cv.toml",
    "quality/statswales-n.toml",
    "quality/nchs-2017.toml",
    "locales/en.toml",
    "locales/cy.toml",
    "plans/us-states-2030.toml",
    "plans/eu-80.toml",
    "plans/wales-2030.toml",
    "plans/gov-skills-2008.toml",
];

/// Bytes of a bundled file.
pub(crate) fn bytes(path: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes)
}

/// Names in a bundled folder, without their ending, in the order of the list.
pub fn names(folder: &str) -> impl Iterator<Item = &'static str> {
    let prefix = format!("{folder}/");
    FILES.iter().filter_map(move |(path, _)| path.strip_prefix(&prefix)?.rsplit_once('.').map(|(name, _)| name))
}

/// Text of a bundled TOML file, or an error that lists what there is.
pub(crate) fn text(folder: &str, what: &str, name: &str) -> Result<&'static str> {
    bytes(&format!("{folder}/{name}.toml"))
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .ok_or_else(|| Error::schema(format!("`{name}` is not a known {what}")).help(choices(name, names(folder))))
}

/// The text of a bundled locale of charts: `en`, `cy`.
///
/// # Errors
/// The name is not known.
pub fn locale(name: &str) -> Result<&'static str> {
    text("locales", "locale", name)
}

/// A bundled classification: `us-states`, `uk`, `eu27`, `sector`.
///
/// # Errors
/// The name is not known.
pub fn classification(name: &str) -> Result<Classification> {
    Classification::from_toml(name, text("classifications", "classification", name)?)
}
