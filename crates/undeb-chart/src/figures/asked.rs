//! What a chart shows: measure, regions, sectors and periods, worked out from options and evidence.

use std::collections::BTreeSet;

use undeb::{Classification, Definition, Measure, Period};

use super::evidence::{Evidence, Shown, last_known};
use crate::error::{Cause, ChartError};
use crate::frame::{Frame, Unit};
use crate::kind::Kind;
use crate::locale::{Locale, fill};
use crate::options::{ChartOptions, Titles};
use crate::subject::Subject;

/// A region in a sector, and what it is called in the chart.
#[derive(Clone, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) region: &'a str,
    pub(crate) sector: &'a str,
    pub(crate) name: String,
}

/// The question that a chart answers.
pub(crate) struct Asked<'a> {
    pub(crate) kind: Kind,
    pub(crate) evidence: Evidence<'a>,
    pub(crate) options: &'a ChartOptions,
    pub(crate) locale: &'static Locale,
    pub(crate) measure: Measure,
    /// Region codes that were named.
    regions: Vec<&'a str>,
    /// Sector codes that were named.
    sectors: Vec<&'a str>,
    present: BTreeSet<(&'a str, &'a str)>,
    /// Period of the newest figure of the measure.
    pub(super) newest: Option<Period>,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(kind: Kind, subject: Subject<'a>, options: &'a ChartOptions) -> Result<Self, ChartError> {
        let evidence = Evidence::of(subject, options)?;
        if let Some(dimension) = evidence.breakdown() {
            let what = format!("the estimates are broken down by {dimension} too, which no chart shows");
            return Err(Cause::needs(what, "estimate by period, region and sector alone").into());
        }
        if kind == Kind::Gap && evidence.target.is_none() {
            let ids: Vec<&str> = evidence.targets.iter().map(|t| t.target.id.as_str()).collect();
            let remedy = match ids.is_empty() {
                true => "hold the estimates against a plan".to_owned(),
                false => format!("choose one of the targets {}", ids.join(", ")),
            };
            return Err(Cause::needs("a chart of kind gap needs a target", remedy).into());
        }
        let measure = measure(&evidence, options, kind)?;
        let periods = evidence.periods(measure);
        if let Some(absent) = options.periods.iter().find(|p| !periods.contains(p)) {
            let span = match (periods.first(), periods.last()) {
                (Some(first), Some(last)) => format!("choose from {} periods, {first} to {last}", periods.len()),
                _ => "choose another measure".to_owned(),
            };
            return Err(Cause::option(format!("there is no figure of {measure} in {absent}"), span).into());
        }
        let mut present = evidence.present(measure);
        if kind == Kind::Bounds {
            // Without a valid answer there is no figure, and the bounds are as wide as they can be.
            present.extend(evidence.bounded(measure));
        }
        let regions = codes(&options.regions, evidence.regions, &|r| present.iter().any(|c| c.0 == r))?;
        let sectors = codes(&options.sectors, evidence.sectors, &|s| present.iter().any(|c| c.1 == s))?;
        for code in &options.highlight {
            if evidence.regions.get(code).or(evidence.sectors.get(code)).is_none() {
                evidence.regions.find(code)?;
            }
        }
        let newest = evidence.newest(measure);
        Ok(Self { kind, evidence, options, locale: options.locale, measure, regions, sectors, present, newest })
    }

    /// An error that says what this kind needs.
    pub(crate) fn needs(&self, what: &str, remedy: impl Into<String>) -> ChartError {
        Cause::needs(format!("a chart of kind {} needs {what}", self.kind), remedy).into()
    }

    pub(crate) fn region_name(&self, code: &'a str) -> &'a str {
        let tree = self.evidence.regions;
        self.locale.place(tree.id(), code, tree.name(code))
    }

    pub(crate) fn sector_name(&self, code: &'a str) -> &'a str {
        let tree = self.evidence.sectors;
        self.locale.place(tree.id(), code, tree.name(code))
    }

    /// A sector within a sentence.
    pub(crate) fn in_sector(&self, code: &'a str) -> String {
        if code == self.evidence.sectors.whole() {
            self.locale.around.all_sectors.clone()
        } else {
            self.sector_name(code).to_lowercase()
        }
    }

    /// A cell by its region, and by its sector where that is not all of them.
    pub(crate) fn place(&self, region: &'a str, sector: &'a str) -> String {
        if sector == self.evidence.sectors.whole() {
            return self.region_name(region).to_owned();
        }
        let parts = [("place", self.region_name(region)), ("sector", &self.in_sector(sector))];
        fill(&self.locale.around.place_and_sector, &parts)
    }

    /// What a title calls a cell: its name in the chart, with what the names of the chart leave out.
    pub(crate) fn full_name(&self, cell: &Cell<'a>) -> String {
        match self.regions.is_empty() && cell.name == self.sector_name(cell.sector) {
            true => cell.name.clone(),
            false => self.place(cell.region, cell.sector),
        }
    }

    pub(crate) fn has(&self, region: &str, sector: &str) -> bool {
        self.present.contains(&(region, sector))
    }

    /// Whether the code of the cell was asked to stand out.
    pub(crate) fn highlighted(&self, cell: &Cell<'_>) -> bool {
        let named = |code: &str| self.options.highlight.iter().any(|h| h == code);
        named(cell.region) || named(cell.sector)
    }

    /// The cells of a chart with one row, tile or line for each: those of the target, or of every region, or, where
    /// there is but one region, of every sector.
    ///
    /// # Errors
    /// No figure fits, or several sectors do and none was named.
    pub(crate) fn cells(&self) -> Result<Vec<Cell<'a>>, ChartError> {
        let target = self.evidence.target.map(|t| &t.target);
        let (whole, all) = (self.evidence.regions.whole(), self.evidence.sectors.whole());
        let each = |tree: &'a Classification, found: &dyn Fn(&str) -> bool| -> Vec<&'a str> {
            let listed: Vec<&str> = tree.each().map(|c| c.id.as_str()).filter(|c| found(c)).collect();
            match listed.is_empty() {
                true => tree.codes().iter().map(|c| c.id.as_str()).filter(|c| *c != tree.whole() && found(c)).collect(),
                false => listed,
            }
        };
        let mut regions = match (self.regions.as_slice(), target) {
            ([], Some(t)) => t.regions.iter().map(String::as_str).collect(),
            ([], None) => each(self.evidence.regions, &|r| self.present.iter().any(|(region, _)| *region == r)),
            (named, _) => named.to_vec(),
        };
        if regions.is_empty() && self.present.iter().any(|(region, _)| *region == whole) {
            regions.push(whole);
        }
        let with = |s: &str| regions.iter().any(|r| self.has(r, s));
        // Sectors of which there are old figures only say less of a region than its whole.
        let fresh = |s: &str| last_known(&self.evidence.series(self.measure, regions[0], s)).is_some_and(|x| self.is_recent(&x));
        let sectors = match (self.sectors.as_slice(), target) {
            ([], Some(t)) => t.sectors.iter().map(String::as_str).collect(),
            ([], None) if regions.len() == 1 && each(self.evidence.sectors, &with).into_iter().any(fresh) => {
                each(self.evidence.sectors, &with)
            }
            ([], None) if with(all) => vec![all],
            ([], None) => match each(self.evidence.sectors, &with).as_slice() {
                [only] => vec![*only],
                [] => Vec::new(),
                several => {
                    return Err(self
                        .needs("one sector, and no figure is of all sectors", format!("choose one of {}", several.join(", "))));
                }
            },
            (named, _) => named.to_vec(),
        };
        let mut cells = Vec::new();
        for sector in &sectors {
            for region in &regions {
                let name = match (regions.len(), sectors.len()) {
                    (1, 2..) => self.sector_name(sector).to_owned(),
                    (_, 0 | 1) => self.region_name(region).to_owned(),
                    _ => {
                        let parts = [("place", self.region_name(region)), ("sector", &self.in_sector(sector))];
                        fill(&self.locale.around.place_and_sector, &parts)
                    }
                };
                cells.push(Cell { region, sector, name });
            }
        }
        if cells.is_empty() || (target.is_none() && !cells.iter().any(|c| self.has(c.region, c.sector))) {
            return Err(self.needs(&format!("figures of {}, and none fits what was asked for", self.measure), self.extent()));
        }
        Ok(cells)
    }

    /// Regions of the level without any figure in the sector that the cells share; none where regions were named, or a target
    /// names its own.
    pub(super) fn absent(&self, cells: &[&Cell<'a>]) -> Vec<Cell<'a>> {
        let Some(sector) = cells.first().map(|c| c.sector).filter(|s| cells.iter().all(|c| c.sector == *s)) else {
            return Vec::new();
        };
        if !self.regions.is_empty() || self.evidence.target.is_some() {
            return Vec::new();
        }
        let there = |code: &str| cells.iter().any(|c| c.region == code);
        let each = self.evidence.regions.each().map(|c| c.id.as_str());
        each.filter(|c| !there(c)).map(|region| Cell { region, sector, name: self.region_name(region).to_owned() }).collect()
    }

    /// Whether neither the options nor a target name regions, or all are asked for.
    pub(crate) fn of_all_regions(&self) -> bool {
        self.options.regions.iter().any(|r| r == "each") || (self.regions.is_empty() && self.evidence.target.is_none())
    }

    fn extent(&self) -> String {
        let regions: BTreeSet<&str> = self.present.iter().map(|c| c.0).collect();
        let sectors: BTreeSet<&str> = self.present.iter().map(|c| c.1).collect();
        let some: Vec<&str> = regions.iter().copied().take(24).collect();
        let more = if regions.len() > some.len() { format!(", ... ({} in all)", regions.len()) } else { String::new() };
        let sectors = sectors.into_iter().collect::<Vec<_>>().join(", ");
        format!("there are figures for the regions {}{more} and the sectors {sectors}", some.join(", "))
    }

    /// The lines of a chart over time: the regions or sectors that were named, else the whole, else the only cell.
    ///
    /// # Errors
    /// No figure fits, or several cells do and none was named.
    pub(crate) fn lines(&self) -> Result<Vec<Cell<'a>>, ChartError> {
        if self.regions.is_empty() && self.sectors.is_empty() {
            let (whole, all) = (self.evidence.regions.whole(), self.evidence.sectors.whole());
            if self.has(whole, all) {
                return Ok(vec![Cell { region: whole, sector: all, name: self.region_name(whole).to_owned() }]);
            }
        }
        if self.regions.is_empty() && !self.sectors.is_empty() {
            let whole = self.evidence.regions.whole();
            if self.sectors.iter().any(|s| self.has(whole, s)) {
                let name = |s: &'a str| match self.sectors.len() {
                    1 => self.region_name(whole).to_owned(),
                    _ => self.sector_name(s).to_owned(),
                };
                return Ok(self.sectors.iter().map(|s| Cell { region: whole, sector: s, name: name(s) }).collect());
            }
        }
        let all = self.evidence.sectors.whole();
        if self.sectors.is_empty() && !self.regions.is_empty() && self.regions.iter().all(|r| self.has(r, all)) {
            let line = |region: &&'a str| Cell { region, sector: all, name: self.region_name(region).to_owned() };
            return Ok(self.regions.iter().map(line).collect());
        }
        let cells = self.cells()?;
        if self.regions.is_empty() && cells.len() > 4 {
            let codes: BTreeSet<&str> = cells.iter().map(|c| c.region).collect();
            let listed: Vec<&str> = codes.into_iter().take(24).collect();
            return Err(
                self.needs("a region, as no figure is of the whole", format!("name one or more, such as {}", listed.join(", ")))
            );
        }
        Ok(cells)
    }

    /// The series of a cell within the periods asked for; one period is no range, and leaves the whole series.
    pub(crate) fn series(&self, cell: &Cell<'_>) -> Vec<Shown<'a>> {
        match self.options.periods.as_slice() {
            [_] => self.evidence.series(self.measure, cell.region, cell.sector),
            _ => self.within(cell),
        }
    }

    /// The series of a cell from the first to the last of the periods asked for.
    pub(super) fn within(&self, cell: &Cell<'_>) -> Vec<Shown<'a>> {
        let (first, last) = (self.options.periods.iter().min(), self.options.periods.iter().max());
        let inside = |p: Period| first.is_none_or(|first| *first <= p) && last.is_none_or(|last| p <= *last);
        let all = self.evidence.series(self.measure, cell.region, cell.sector);
        all.into_iter().filter(|s| inside(s.period())).collect()
    }

    /// The cells that fit what was named, or what a target names, whether or not they have figures.
    pub(super) fn there(&self) -> Vec<Cell<'a>> {
        let target = self.evidence.target.map(|t| &t.target);
        let fits = |named: &[&str], of_target: Option<&[String]>, code: &str| match (named, of_target) {
            ([], Some(listed)) => listed.iter().any(|c| c == code),
            ([], None) => true,
            (named, _) => named.contains(&code),
        };
        let cells = self.evidence.cells(self.measure).into_iter().filter(|(region, sector)| {
            fits(&self.regions, target.map(|t| t.regions.as_slice()), region)
                && fits(&self.sectors, target.map(|t| t.sectors.as_slice()), sector)
        });
        cells.map(|(region, sector)| Cell { region, sector, name: self.place(region, sector) }).collect()
    }

    /// Whether more than one region was named.
    pub(crate) fn several_regions(&self) -> bool {
        self.regions.len() > 1
    }

    /// The region and the sector that were named, where there is one of each at most.
    pub(crate) fn named_cell(&self) -> Option<(&'a str, Option<&'a str>)> {
        match (self.regions.as_slice(), self.sectors.as_slice()) {
            ([region], sectors) => Some((region, sectors.first().copied())),
            _ => None,
        }
    }

    /// Regions and sectors that have a figure and were not left out, each in the order of its tree.
    pub(crate) fn sides(&self) -> (Vec<&'a str>, Vec<&'a str>) {
        let (regions, sectors) = (self.evidence.regions, self.evidence.sectors);
        let asked = |named: &[&str], code: &str| named.is_empty() || named.contains(&code);
        let here = |of: &dyn Fn(&(&str, &str)) -> bool| self.present.iter().any(of);
        let listed: Vec<&str> = match self.regions.is_empty() {
            true => regions.each().map(|c| c.id.as_str()).filter(|c| here(&|p| p.0 == *c)).collect(),
            false => self.regions.clone(),
        };
        let codes = sectors.codes().iter().map(|c| c.id.as_str());
        let columns = codes.filter(|c| asked(&self.sectors, c) && here(&|p| p.1 == *c && listed.contains(&p.0)));
        (listed.clone(), columns.collect())
    }

    /// What the rows are called when they are counted.
    pub(crate) fn noun(&self, rows: &[(Cell<'a>, Option<Shown<'a>>)]) -> &'a str {
        let distinct = |of: &dyn Fn(&Cell<'a>) -> &'a str| rows.iter().map(|(c, _)| of(c)).collect::<BTreeSet<_>>().len();
        match (distinct(&|c| c.region), distinct(&|c| c.sector)) {
            (_, 0 | 1) => super::titles::noun_of(rows.iter().map(|(c, _)| c.region), self.evidence.regions),
            (1, _) => "sector",
            _ => "cell",
        }
    }

    /// Answers of a plan are given at its own level; a chart of them at another would contradict them.
    pub(crate) fn at_level_of_plan(&self) -> Result<(), ChartError> {
        match self.evidence.plan {
            Some(plan) if (plan.level - self.evidence.level).abs() > 1e-12 || self.options.method != undeb::Method::Wilson => {
                Err(Cause::option(
                    format!("the answers of the plan are at its own level, {}, with Wilson's interval", plan.level),
                    "leave out level and method, or chart the estimates",
                )
                .into())
            }
            _ => Ok(()),
        }
    }

    /// The definition of the measure.
    pub(crate) fn definition(&self) -> Option<&'a Definition> {
        self.evidence.definitions.iter().find(|d| d.measure == self.measure)
    }

    /// The words around the chart. The title is the computed one unless another was given.
    pub(crate) fn frame(&self, title: String, subtitle: String, mut notes: Vec<String>) -> Frame {
        let around = &self.locale.around;
        // Where a kind draws the target.
        let drawn = matches!(self.kind, Kind::Gap | Kind::Trend | Kind::Interval | Kind::SmallMultiples);
        let illustrative = drawn && self.evidence.target.is_some_and(|t| t.target.status == undeb::Status::Illustrative);
        let brief = self.evidence.source.brief.as_deref().map(|b| format!("{}.", self.locale.phrase(b)));
        let first = [illustrative.then(|| around.note_illustrative.clone()), brief, self.average_note()];
        notes.splice(0..0, first.into_iter().flatten());
        Frame {
            title: self.options.title.clone().unwrap_or(title),
            subtitle,
            notes,
            source: self.evidence.source.citation.clone(),
            stamp: (!self.evidence.released()).then(|| self.locale.around.stamp.clone()),
            titles_inside: self.options.titles == Titles::Inside,
            width: self.options.width.pixels(),
            page: self.options.width.page(),
            unit: if self.measure.is_share() { Unit::Percent } else { Unit::Points },
            locale: self.locale,
        }
    }
}

/// Codes that were named; `each` is every one that has a figure.
fn codes<'a>(given: &[String], tree: &'a Classification, has: &dyn Fn(&str) -> bool) -> Result<Vec<&'a str>, ChartError> {
    let mut found = Vec::new();
    for code in given {
        if code == "each" {
            found.extend(tree.each().map(|c| c.id.as_str()).filter(|c| has(c)));
        } else {
            found.push(tree.find(code)?.id.as_str());
        }
    }
    Ok(found)
}

fn measure(evidence: &Evidence<'_>, options: &ChartOptions, kind: Kind) -> Result<Measure, ChartError> {
    let measures = evidence.measures();
    let listed = || measures.iter().map(|m| m.id()).collect::<Vec<_>>().join(", ");
    match (options.measure, evidence.target, measures.as_slice()) {
        (Some(measure), ..) if measures.contains(&measure) => Ok(measure),
        (Some(measure), ..) => Err(Cause::choice("measure that is here", measure.id(), measures.iter().map(|m| m.id())).into()),
        (None, Some(target), _) => Ok(target.target.measure),
        (None, None, [only]) => Ok(*only),
        // Both are shown.
        (None, None, _) if kind == Kind::Scatter => Ok(Measure::Density),
        (None, None, []) => Err(Cause::needs("there is no figure at all", "estimate a measure first").into()),
        (None, None, _) => {
            let targets: Vec<&str> = evidence.targets.iter().map(|t| t.target.id.as_str()).collect();
            let or = if targets.is_empty() { String::new() } else { format!(", or one of the targets {}", targets.join(", ")) };
            Err(Cause::needs("there are figures of several measures", format!("choose one of {}{or}", listed())).into())
        }
    }
}
