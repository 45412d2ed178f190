//! The register of sources: for every table its publisher, meaning, terms, breaks and checks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bundled;
use crate::error::{Error, Result, choices};
use crate::schema::{Classification, Definition, Measure, SeriesBreak};

/// How often a source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodType {
    /// Once a year.
    Year,
    /// Once a quarter.
    Quarter,
}

/// The unit of published rates in a table file; inside the library rates are fractions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RateUnit {
    /// 23.5 means 23.5 per cent.
    #[default]
    Percent,
    /// 0.235 means 23.5 per cent.
    Fraction,
}

/// What a rate is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Divided here from published counts.
    Counts,
    /// Published as a rate.
    Rate,
}

/// A measure that a source offers, with both parts of its ratio in words.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureEntry {
    /// The measure.
    pub id: Measure,
    /// Who is counted above the line.
    pub numerator: String,
    /// Who is counted below the line.
    pub denominator: String,
    /// Counts or a published rate.
    pub basis: Basis,
    /// What a reader must know.
    #[serde(default)]
    pub note: Option<String>,
}

/// Which dimension parts add up along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SumDimension {
    /// Sectors add up to a sector.
    Sector,
    /// Regions add up to a region.
    Region,
}

/// A promise that parts sum to their whole, checked when the table is read.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SumRule {
    /// Dimension of the parts.
    pub dimension: SumDimension,
    /// Code of the whole.
    pub whole: String,
    /// Codes of the parts.
    pub parts: Vec<String>,
    /// Largest difference that rounding explains, in the units of the file.
    pub tolerance: f64,
}

/// One source: what it is, who published it, what its numbers mean.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name in the registry.
    #[serde(skip_deserializing)]
    pub id: String,
    /// Title in full.
    pub title: String,
    /// Who published the figures.
    pub publisher: String,
    /// How to cite them.
    pub citation: String,
    /// What must be said wherever the figures are shown, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    /// Terms of use.
    pub terms: String,
    /// Address, where there is one.
    #[serde(default)]
    pub url: Option<String>,
    /// The table, relative to the registry.
    pub file: String,
    /// SHA-256 of the table in hexadecimal.
    pub sha256: String,
    /// Classification of the region column.
    pub regions: String,
    /// Classification of the sector column.
    pub sectors: String,
    /// Year or quarter.
    pub period_type: PeriodType,
    /// Multiplies counts of workers (not `n`) to persons or jobs: 1000 for a table in thousands.
    #[serde(default = "one")]
    pub scale: f64,
    /// Unit of published rates.
    #[serde(default)]
    pub rates_in: RateUnit,
    /// What is counted: `person` or `job`.
    pub unit: String,
    /// Population.
    pub universe: String,
    /// Who answered.
    pub respondent: String,
    /// Residence or workplace.
    pub place: String,
    /// Whether the publisher has already released these figures; if not, confidentiality rules apply.
    pub released: bool,
    /// Whether the definitions make every member a covered worker.
    pub members_within_covered: bool,
    /// Where voluntary employers are.
    pub voluntary: String,
    /// How missing answers were treated.
    pub missing: String,
    /// What else a reader must know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Design effect assumed for an approximate sampling error where the table has `n` and no error.
    #[serde(default)]
    pub design_effect: Option<f64>,
    /// Measures on offer.
    #[serde(rename = "measure")]
    pub measures: Vec<MeasureEntry>,
    /// Promised sums.
    #[serde(default, rename = "sum")]
    pub sums: Vec<SumRule>,
    /// Series breaks.
    #[serde(default, rename = "break")]
    pub breaks: Vec<SeriesBreak>,
}

fn one() -> f64 {
    1.0
}

impl Source {
    /// The definition of a measure in this source.
    ///
    /// The covered-but-not-member share exists only where members are a part of the covered; the signed gap only
    /// where density and coverage are both on offer.
    ///
    /// # Errors
    /// The source does not offer the measure ([`Error::is_definition`]); the message lists what it offers.
    pub fn definition(&self, measure: Measure) -> Result<Definition> {
        let (numerator, denominator) = match measure {
            Measure::CoveredNonmembers | Measure::CoverageMinusDensity => {
                let (coverage, density) = (self.entry(Measure::Coverage), self.entry(Measure::Density));
                match (coverage, density) {
                    (Some(coverage), Some(_)) if measure == Measure::CoverageMinusDensity => {
                        ("coverage minus density".to_owned(), coverage.denominator.clone())
                    }
                    (Some(coverage), Some(density))
                        if self.members_within_covered && [coverage, density].iter().all(|m| m.basis == Basis::Counts) =>
                    {
                        ("employees covered who are not members".to_owned(), coverage.denominator.clone())
                    }
                    (Some(_), Some(_)) => {
                        return Err(Error::definition(format!(
                            "`{}` cannot give {}: that takes counts, and definitions that make members a part of the covered",
                            self.id, measure
                        ))
                        .help("ask for coverage_minus_density, which is signed"));
                    }
                    _ => return Err(self.not_offered(measure)),
                }
            }
            _ => {
                let entry = self.entry(measure).ok_or_else(|| self.not_offered(measure))?;
                (entry.numerator.clone(), entry.denominator.clone())
            }
        };
        Ok(Definition {
            measure,
            numerator,
            denominator,
            universe: self.universe.clone(),
            respondent: self.respondent.clone(),
            unit: self.unit.clone(),
            place: self.place.clone(),
            source: self.publisher.clone(),
            missing: self.missing.clone(),
        })
    }

    /// The entry of a measure that is directly on offer.
    pub fn entry(&self, measure: Measure) -> Option<&MeasureEntry> {
        self.measures.iter().find(|m| m.id == measure)
    }

    fn not_offered(&self, measure: Measure) -> Error {
        Error::definition(format!("the source `{}` does not offer {measure}", self.id))
            .help(choices(measure.id(), self.measures.iter().map(|m| m.id.id())))
    }
}

/// Where the files of a registry lie.
#[derive(Clone, Debug)]
enum Base {
    Bundled,
    Folder(PathBuf),
}

/// All sources that can be asked for: the bundled ones, and those of a registry file beside a plan.
///
/// ```
/// let registry = undeb::Registry::bundled()?;
/// assert!(registry.get("us-states")?.citation.contains("Hirsch"));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    sources: BTreeMap<String, (Arc<Source>, Base)>,
}

impl Registry {
    /// The sources that travel inside the library.
    ///
    /// # Errors
    /// None in a build that passes its tests; the bundled file is read like any other.
    pub fn bundled() -> Result<Self> {
        let bytes = bundled::bytes("registry.toml").unwrap_or_default();
        let mut registry = Registry { sources: BTreeMap::new() };
        registry.add("registry.toml", &String::from_utf8_lossy(bytes), &Base::Bundled)?;
        Ok(registry)
    }

    /// The bundled sources and those of a registry file; the file's own win over bundled ones of the same name.
    ///
    /// # Errors
    /// The file cannot be read or is not a registry; an entry lacks a key or has an unknown one.
    pub fn with_file(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).map_err(|e| Error::io(format!("cannot read the registry {}: {e}", path.display())))?;
        let mut registry = Self::bundled()?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        registry.add(&path.display().to_string(), &text, &Base::Folder(folder))?;
        Ok(registry)
    }

    fn add(&mut self, name: &str, text: &str, base: &Base) -> Result<()> {
        let shared: Arc<str> = text.into();
        let entries: BTreeMap<String, Source> = toml::from_str(text).map_err(|e| {
            let error = Error::schema(e.message().to_owned()).help("see docs/DATA.md for the keys of a registry entry");
            match e.span() {
                Some(span) => error.at(name, &shared, span),
                None => error.context(name.to_owned()),
            }
        })?;
        for (id, mut source) in entries {
            source.id.clone_from(&id);
            self.sources.insert(id, (Arc::new(source), base.clone()));
        }
        Ok(())
    }

    /// All sources by name.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values().map(|(source, _)| &**source)
    }

    /// A source, or an error that lists the choices.
    ///
    /// # Errors
    /// No source of that name ([`Error::is_schema`]).
    pub fn get(&self, id: &str) -> Result<Arc<Source>> {
        self.find(id).map(|(source, _)| Arc::clone(source))
    }

    /// The region and sector trees of a source: beside its registry first, bundled otherwise.
    ///
    /// # Errors
    /// The source or a classification is not known, or a classification is not a tree.
    pub fn classifications(&self, id: &str) -> Result<(Classification, Classification)> {
        let (source, base) = self.find(id)?;
        let one = |name: &str| -> Result<Classification> {
            if let Base::Folder(folder) = base {
                let path = folder.join("classifications").join(format!("{name}.toml"));
                if path.exists() {
                    let text = std::fs::read_to_string(&path)
                        .map_err(|e| Error::io(format!("cannot read the classification {}: {e}", path.display())))?;
                    return Classification::from_toml(&path.display().to_string(), &text);
                }
            }
            bundled::classification(name)
        };
        Ok((one(&source.regions)?, one(&source.sectors)?))
    }

    /// The table file of a source, as it stands, with the name to use in messages. It is not checked.
    ///
    /// # Errors
    /// The source is not known or its file cannot be read.
    pub fn table_file(&self, id: &str) -> Result<(Vec<u8>, String)> {
        let (source, base) = self.find(id)?;
        match base {
            Base::Bundled => bundled::bytes(&source.file)
                .map(|bytes| (bytes.to_vec(), source.file.clone()))
                .ok_or_else(|| Error::io(format!("the bundled table {} is not there", source.file))),
            Base::Folder(folder) => {
                let path = folder.join(&source.file);
                std::fs::read(&path)
                    .map(|bytes| (bytes, path.display().to_string()))
                    .map_err(|e| Error::io(format!("cannot read the table {}: {e}", path.display())))
            }
        }
    }

    fn find(&self, id: &str) -> Result<&(Arc<Source>, Base)> {
        self.sources.get(id).ok_or_else(|| {
            Error::schema(format!("`{id}` is not a known source")).help(choices(id, self.sources.keys().map(String::as_str)))
        })
    }
}
