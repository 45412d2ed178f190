//! Plans: targets and actions, read from TOML and checked against what the sources offer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use toml::Spanned;

use super::action::{Action, Day};
use super::explanation::ChangeToExplain;
use super::plan_check::{Text, nearest_key, positive, resolve, target};
use super::plan_file::{OneOrMany, PlanFile};
use super::plan_outlook::OutlookOptions;
use super::priorities::PriorityOptions;
use super::target::Target;
use crate::error::{Error, Result, choices};
use crate::estimation::Estimates;
use crate::schema::{Classification, Measure, Period};
use crate::source::{PublishedTable, Registry, bundled};

/// What is assumed where the source states nothing; printed in every report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assumptions {
    /// Design effect of the approximate sampling error, if one is assumed.
    pub design_effect: Option<f64>,
    /// Correlation of two estimates of one cell in different periods.
    pub overlap_correlation: f64,
    /// Years over which the observed pace is measured.
    pub pace_window: u32,
    /// Why these values.
    pub reason: Option<String>,
}

/// A plan of targets, ready to be held against evidence.
///
/// ```
/// let plan = undeb::Plan::builtin("eu-80")?;
/// let findings = plan.assess(plan.gather()?)?;
/// let counts = findings.counts();
/// assert_eq!((counts.not_met, counts.met), (20, 7));
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    /// Short name.
    pub id: String,
    /// Title of the report.
    pub title: String,
    /// What the plan is.
    pub summary: Option<String>,
    /// Source of the figures.
    pub source: String,
    /// Measures that the report carries.
    pub measures: Vec<Measure>,
    /// Regions that the report carries; all when empty.
    pub regions: Vec<String>,
    /// Sectors that the report carries; all when empty.
    pub sectors: Vec<String>,
    /// Confidence level.
    pub level: f64,
    /// Name of the quality rule set of the report.
    pub quality: String,
    /// Period to judge; the latest of each cell when none.
    pub period: Option<Period>,
    /// Day on which actions are late or not.
    pub as_of: Option<Day>,
    /// What is assumed.
    pub assumptions: Assumptions,
    /// What is asked of trends and projections; findings have no outlook when none.
    pub outlook: Option<OutlookOptions>,
    /// The targets, in the order of the file.
    pub targets: Vec<Target>,
    /// The actions, in the order of the file.
    pub actions: Vec<Action>,
    /// Changes of the plan's source to be explained.
    pub decomposition: Option<ChangeToExplain>,
    /// Where effort is looked for.
    pub priorities: Option<PriorityOptions>,
    registry: Registry,
    own_rules: Option<PathBuf>,
}

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// The file cannot be read, or is not a plan; see [`Plan::from_toml`].
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| {
            Error::io(format!("cannot read the plan {}: {e}", path.display())).help(format!(
                "give a file, or one of the bundled plans: {}",
                bundled::names("plans").collect::<Vec<_>>().join(", ")
            ))
        })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::plan(format!("{} is not UTF-8 text", path.display())).help("save the plan as UTF-8"))?;
        Self::from_toml(&path.display().to_string(), &text, path.parent())
    }

    /// A plan that travels inside the library: `us-states-2030`, `eu-80`, `wales-2030`, `gov-skills-2008`.
    ///
    /// # Errors
    /// The name is not known; the message lists the choices.
    pub fn builtin(name: &str) -> Result<Self> {
        let text =
            bundled::text("plans", "plan", name).map_err(|e| Error::plan(e.message()).help(e.remedy().unwrap_or_default()))?;
        Self::from_toml(&format!("{name}.toml"), text, None)
    }

    /// A bundled plan as it is written, to start one's own from.
    ///
    /// # Errors
    /// The name is not known; the message lists the choices.
    pub fn builtin_text(name: &str) -> Result<&'static str> {
        bundled::text("plans", "plan", name).map_err(|e| Error::plan(e.message()).help(e.remedy().unwrap_or_default()))
    }

    /// Names of the bundled plans.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        bundled::names("plans")
    }

    /// JSON Schema of a plan file, for editors.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(PlanFile).into()
    }

    /// Reads a plan from text; `folder` is where a registry of its own is looked for.
    ///
    /// # Errors
    /// Not TOML; a key that is not known or has the wrong type; an unknown source, measure, region, sector or rule
    /// set; a level that is no fraction; a deadline that does not follow the baseline; a target id twice. Every
    /// message points at line and column and lists what is allowed.
    pub fn from_toml(name: &str, text: &str, folder: Option<&Path>) -> Result<Self> {
        let place = Text { name, text: text.into() };
        let file: PlanFile = toml::from_str(text).map_err(|e| {
            let wrong = place.wrong(e.span().unwrap_or(0..0), e.message().lines().collect::<Vec<_>>().join(": "));
            match nearest_key(e.message()) {
                Some(help) => wrong.help(help),
                None => wrong,
            }
        })?;
        let head = file.plan;
        let registry = match (&head.registry, folder) {
            (Some(path), Some(folder)) => Registry::with_file(&folder.join(path))?,
            (Some(path), None) => Registry::with_file(Path::new(path))?,
            (None, _) => Registry::bundled()?,
        };
        let source = registry.get(head.source.get_ref()).map_err(place.point(head.source.span()))?;
        let trees =
            |source: &crate::source::Source| -> Result<(Classification, Classification)> { registry.classifications(&source.id) };
        let (regions, sectors) = trees(&source)?;
        let mut measures = Vec::new();
        for given in &head.measures {
            let measure: Measure = given.get_ref().parse().map_err(place.point(given.span()))?;
            source.definition(measure).map_err(place.point(given.span()))?;
            measures.push(measure);
        }
        let level = head.level.as_ref().map_or(0.95, |l| *l.get_ref());
        if !(level > 0.0 && level < 1.0) {
            let span = head.level.as_ref().map_or(0..0, Spanned::span);
            return Err(place
                .wrong(span, format!("the confidence level {level} is not between 0 and 1"))
                .help("write 0.95 for 95 %"));
        }
        let codes = |given: &Option<Spanned<OneOrMany>>, tree: &Classification| match given {
            Some(given) => resolve(&place, given, tree),
            None => Ok(Vec::new()),
        };
        let quality = head.quality.get_ref().clone();
        let own = folder.map(|f| f.join("quality").join(format!("{quality}.toml"))).filter(|p| p.exists());
        if own.is_none() {
            bundled::text("quality", "rule set", &quality).map_err(place.point(head.quality.span()))?;
        }
        let assumptions = Assumptions {
            design_effect: positive(&place, head.assumptions.design_effect.as_ref())?,
            overlap_correlation: match &head.assumptions.overlap_correlation {
                Some(rho) if !(-1.0..=1.0).contains(rho.get_ref()) => {
                    return Err(place.wrong(rho.span(), format!("the correlation {} is not between -1 and 1", rho.get_ref())));
                }
                Some(rho) => *rho.get_ref(),
                None => 0.0,
            },
            pace_window: match &head.assumptions.pace_window {
                Some(years) if *years.get_ref() == 0 => {
                    return Err(place.wrong(years.span(), "the pace window is 0 years").help("give at least 1 year"));
                }
                Some(years) => *years.get_ref(),
                None => 5,
            },
            reason: head.assumptions.reason,
        };
        let mut targets: Vec<Target> = Vec::new();
        for entry in file.targets {
            if targets.iter().any(|t| &t.id == entry.id.get_ref()) {
                return Err(place
                    .wrong(entry.id.span(), format!("the target id `{}` is there twice", entry.id.get_ref()))
                    .help("give every target an id of its own"));
            }
            let own = match &entry.source {
                None => Some(Arc::clone(&source)),
                Some(given) if given.get_ref() == "none" => None,
                Some(given) => Some(registry.get(given.get_ref()).map_err(place.point(given.span()))?),
            };
            let (r, s) = match &own {
                Some(own) if own.id != source.id => trees(own)?,
                _ => (regions.clone(), sectors.clone()),
            };
            let at = entry.id.span();
            let measure: Measure = entry.measure.get_ref().parse().map_err(place.point(entry.measure.span()))?;
            if let Some(own) = &own {
                own.definition(measure).map_err(place.point(entry.measure.span()))?;
            }
            let one = target(&place, entry, measure, own.map(|o| o.id.clone()), &r, &s)?;
            if let Some((other, cells)) = targets.iter().find_map(|other| Some((other, one.contradicts(other)?))) {
                let ids = format!("the targets `{}` and `{}`", other.id, one.id);
                return Err(place
                    .wrong(at, format!("{ids} ask for different levels of {measure} in {} at once", cells.join(", ")))
                    .help("keep one, or give them deadlines of their own"));
            }
            targets.push(one);
        }
        for action in &file.actions {
            for served in &action.targets {
                if !targets.iter().any(|t| &t.id == served) {
                    // Actions carry no places of their own; the quoted id is looked up in the text.
                    let quoted = format!("\"{served}\"");
                    let at = text.rfind(&quoted).map_or(0..0, |at| at..at + quoted.len());
                    let name = action.id.as_deref().unwrap_or(&action.action);
                    return Err(place
                        .wrong(at, format!("the action `{name}` serves the target `{served}`, which is not in the plan"))
                        .help(choices(served, targets.iter().map(|t| t.id.as_str()))));
                }
            }
        }
        let measure = |name: &str| {
            let measure: Measure = name.parse()?;
            source.definition(measure).map(|_| measure)
        };
        let trees = (&regions, &sectors);
        let with = (level, assumptions.overlap_correlation);
        let decomposition = file.decomposition.map(|e| ChangeToExplain::new(&place, e, measure, trees, with)).transpose()?;
        let priorities = file.priorities.map(|e| PriorityOptions::new(&place, e, &targets)).transpose()?;
        let outlook = OutlookOptions::of(&place, file.trend, file.projection, &regions)?;
        Ok(Plan {
            decomposition,
            priorities,
            id: head.id,
            title: head.title,
            summary: head.summary,
            source: source.id.clone(),
            measures,
            regions: codes(&head.regions, &regions)?,
            sectors: codes(&head.sectors, &sectors)?,
            level,
            quality,
            own_rules: own,
            period: head.period,
            as_of: head.as_of,
            assumptions,
            outlook,
            targets,
            actions: file.actions,
            registry,
        })
    }

    /// Opens the tables of the plan's sources and estimates what its targets and its report need.
    ///
    /// # Errors
    /// A table cannot be read or breaks a promise of its registry entry.
    pub fn gather(&self) -> Result<Vec<Estimates>> {
        let mut wanted: BTreeMap<&str, BTreeSet<Measure>> = BTreeMap::new();
        wanted.entry(&self.source).or_default().extend(&self.measures);
        wanted.entry(&self.source).or_default().extend(self.decomposition.iter().map(|d| d.measure));
        for target in &self.targets {
            if let Some(source) = &target.source {
                wanted.entry(source).or_default().insert(target.measure);
            }
        }
        wanted
            .into_iter()
            .filter(|(_, measures)| !measures.is_empty())
            .map(|(source, measures)| {
                let measures: Vec<Measure> = measures.into_iter().collect();
                PublishedTable::open(source, &self.registry)?.estimate(&measures, self.assumptions.design_effect)
            })
            .collect()
    }

    /// Source of the figures behind the priorities: that of the target whose gap is to be closed.
    pub fn priorities_source(&self) -> &str {
        let target = self.priorities.as_ref().and_then(|options| self.targets.iter().find(|t| options.is_for(t)));
        target.and_then(|t| t.source.as_deref()).unwrap_or(&self.source)
    }

    /// The rule set file beside the plan, where it has one of its own.
    pub fn own_rules(&self) -> Option<&Path> {
        self.own_rules.as_deref()
    }

    /// The registry that the plan's sources come from.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }
}
