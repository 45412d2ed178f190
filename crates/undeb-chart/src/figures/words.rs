//! The words around a figure: subtitle, notes, marks.

use std::collections::{BTreeMap, BTreeSet};

use undeb::{Force, Mark, Measure, Period, PolicyForce, SeriesBreak, Status, Target};

use super::asked::{Asked, Cell};
use super::evidence::{Shown, assumed};
use crate::locale::fill;

/// The shorthand of a figure; a cell without one is not available.
pub(super) fn mark(shown: Option<&Shown<'_>>) -> Option<String> {
    match shown {
        Some(s) => s.mark.map(|m| m.shorthand().to_owned()),
        None => Some(Mark::NotAvailable.shorthand().to_owned()),
    }
}

/// Whether there is a figure that may not be shown.
pub(super) fn suppressed(shown: Option<&Shown<'_>>) -> bool {
    shown.is_some_and(|s| s.mark == Some(Mark::Confidential))
}

pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

impl<'a> Asked<'a> {
    /// That figures are averages over several periods, and named after the last.
    pub(super) fn average_note(&self) -> Option<String> {
        let all = self.evidence.averages(self.measure);
        let (from, to) = all.last()?;
        let around = &self.locale.around;
        let pattern = if all.len() == 1 { &around.note_average } else { &around.note_averages };
        Some(fill(pattern, &[("from", &from.to_string()), ("to", &to.to_string())]))
    }

    /// "Union density, all sectors, % of wage and salary workers, 2022".
    pub(super) fn subtitle(&self, sectors: &str, periods: &str) -> String {
        let unit = if self.measure.is_share() { self.population(sectors) } else { self.locale.around.signed_unit.clone() };
        let name = capital(self.locale.measure(self.measure));
        let parts = [name.as_str(), sectors, &unit, periods];
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// "% of wage and salary workers in the sector": what rates of sectors in those words are shares of.
    pub(super) fn population(&self, sectors: &str) -> String {
        let around = &self.locale.around;
        let pattern = match sectors {
            s if s.ends_with(&around.all_sectors) => &around.percent_of,
            s if s.ends_with(&around.by_sector_and_region) || s.ends_with(&around.several_sectors) => &around.percent_of_in_each,
            _ => &around.percent_of_in_sector,
        };
        self.among(pattern)
    }

    /// "% of wage and salary workers", by a pattern that says what part of them.
    pub(super) fn among(&self, pattern: &str) -> String {
        let population = self.definition().map_or("employees", |d| &d.denominator);
        fill(pattern, &[("among", self.locale.phrase(population))])
    }

    /// The sectors of cells in the words of a subtitle, with the region whose sectors they are, or whose parts.
    pub(super) fn sectors_of<'c>(&self, cells: impl Iterator<Item = &'c Cell<'a>>) -> String
    where
        'a: 'c,
    {
        let (regions, sectors): (BTreeSet<&str>, BTreeSet<&str>) = cells.map(|c| (c.region, c.sector)).unzip();
        let words = match sectors.first() {
            Some(one) if sectors.len() == 1 => self.in_sector(one),
            _ => self.locale.around.several_sectors.clone(),
        };
        match regions.first() {
            Some(one) if regions.len() == 1 && sectors.len() > 1 => self.within_place(one, &words),
            // Parts that were named speak for themselves.
            Some(_) if regions.len() > 1 && self.of_all_regions() => self.within_whole(&words),
            _ => words,
        }
    }

    /// "United States, all sectors"; the whole of codes that came without names has none.
    pub(super) fn within_whole(&self, sectors: &str) -> String {
        match self.evidence.regions.whole() {
            "all" => sectors.to_owned(),
            whole => self.within_place(whole, sectors),
        }
    }

    fn within_place(&self, region: &'a str, sectors: &str) -> String {
        fill(&self.locale.around.place_and_sector, &[("place", self.region_name(region)), ("sector", sectors)])
    }

    /// What a title calls a cell within its sentence: "California", "the public sector".
    pub(super) fn in_title(&self, cell: &Cell<'a>) -> String {
        if cell.name == self.region_name(cell.region) {
            return match cell.region {
                "all" => cell.name.to_lowercase(),
                code => self.locale.within(self.evidence.regions.id(), code, &cell.name).to_owned(),
            };
        }
        if cell.name != self.sector_name(cell.sector) {
            return cell.name.clone();
        }
        self.sector_in_title(cell.sector)
    }

    /// "the public sector", "all sectors".
    pub(super) fn sector_in_title(&self, code: &'a str) -> String {
        let sector = self.in_sector(code);
        let whole = code == self.evidence.sectors.whole();
        match sector.contains("sector") && !whole {
            true => fill(&self.locale.titles.the_sector, &[("sector", &sector)]),
            false => sector,
        }
    }

    /// "95% interval".
    pub(super) fn level(&self) -> String {
        fill(&self.locale.around.interval_level, &[("level", &self.locale.level(self.evidence.level))])
    }

    /// The label of the intervals, where any figure has one.
    pub(super) fn interval_label(&self, shown: &[Shown<'_>]) -> String {
        if shown.iter().any(|s| s.interval.is_some()) { self.level() } else { String::new() }
    }

    /// What must be said of the intervals under a chart that shows them.
    pub(super) fn interval_notes(&self, shown: &[Shown<'_>]) -> Vec<String> {
        let around = &self.locale.around;
        let mut notes = Vec::new();
        if let Some(deff) = shown.iter().find_map(|s| assumed(s.estimate)) {
            let how = fill(&around.assumed_design_effect, &[("deff", &deff.to_string())]);
            notes.push(fill(&around.note_approximate, &[("how", &how)]));
        } else if shown.iter().any(|s| s.value().is_some() && s.interval.is_none()) {
            let none = shown.iter().all(|s| s.interval.is_none());
            notes.push(if none { around.note_no_error.clone() } else { around.note_some_error.clone() });
        }
        if self.evidence.method != undeb::Method::Wilson && shown.iter().any(|s| s.interval.is_some()) {
            notes.push(fill(&around.note_method, &[("method", &self.evidence.method.to_string())]));
        }
        notes
    }

    /// That no figure has a sampling error, under a chart that draws no intervals.
    pub(super) fn no_error_note(&self, shown: &[Shown<'_>]) -> Option<String> {
        let mut known = shown.iter().filter(|s| s.value().is_some()).peekable();
        let none = known.peek().is_some() && known.all(|s| s.interval.is_none());
        none.then(|| self.locale.around.note_no_error.clone())
    }

    /// The cells that have no figure.
    pub(super) fn none_note(&self, names: impl Iterator<Item = String>) -> Option<String> {
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then(|| fill(&self.locale.around.note_no_figure, &[("names", &self.locale.listed(&names))]))
    }

    /// What changes are judged with: the records, or a correlation.
    pub(super) fn correlation_note(&self, judged: bool) -> Option<String> {
        let around = &self.locale.around;
        let rho = self.evidence.correlation().to_string();
        judged.then(|| match self.evidence.of_records() {
            true => around.note_covariance.clone(),
            false if self.evidence.correlation() == 0.0 => around.note_independent.clone(),
            false => fill(&around.note_correlation, &[("rho", &rho)]),
        })
    }

    /// A name with the shorthand of its figure, which a title may have left out for it.
    pub(super) fn marked_name(&self, name: &str, shown: Option<&Shown<'_>>) -> String {
        match shown.and_then(|s| s.mark).filter(|m| *m != Mark::NotAvailable) {
            Some(mark) => format!("{name} {}", mark.shorthand()),
            None => name.to_owned(),
        }
    }

    /// The name of a row, with the period where rows differ in it, and with its mark.
    pub(super) fn row_name(&self, cell: &Cell<'_>, shown: Option<&Shown<'_>>, one_period: bool) -> String {
        match shown.filter(|_| !one_period) {
            Some(s) => self.marked_name(&format!("{}, {}", cell.name, s.period()), shown),
            None => self.marked_name(&cell.name, shown),
        }
    }

    /// Which figures are not of the period that most are of, by period, newest first; none where all are of one.
    pub(super) fn period_note<'n>(&self, rows: impl Iterator<Item = (&'n str, Period)>) -> Option<String> {
        let mut by_period: BTreeMap<Period, Vec<&str>> = BTreeMap::new();
        for (name, period) in rows {
            by_period.entry(period).or_default().push(name);
        }
        let most = *by_period.iter().max_by_key(|(period, names)| (names.len(), **period))?.0;
        by_period.remove(&most).filter(|_| !by_period.is_empty())?;
        let words = &self.locale.around;
        let listed = |(period, names): (&Period, &Vec<&str>)| {
            fill(&words.note_of_period, &[("period", &period.to_string()), ("names", &names.join(", "))])
        };
        let others: Vec<String> = by_period.iter().rev().map(listed).collect();
        Some(fill(&words.note_periods, &[("period", &most.to_string()), ("others", &others.join("; "))]))
    }

    /// The marks of the last figures of series.
    pub(super) fn end_mark_notes(&self, lines: &[(Cell<'_>, Vec<Shown<'a>>)]) -> Vec<String> {
        self.label_mark_notes(lines.iter().filter_map(|(_, s)| s.last().copied()))
    }

    /// The marks in labels, which leave out that a figure is not available.
    pub(super) fn label_mark_notes(&self, shown: impl Iterator<Item = Shown<'a>>) -> Vec<String> {
        let marked: Vec<Shown<'_>> = shown.filter(|s| s.mark.is_some_and(|m| m != Mark::NotAvailable)).collect();
        self.mark_notes(&marked, false)
    }

    /// The marks under a chart of answers, whose title counts what the answers count.
    pub(super) fn answer_mark_notes(&self, shown: &[Shown<'_>]) -> Vec<String> {
        let low = shown.iter().any(|s| s.mark == Some(Mark::LowReliability));
        let counted = low.then(|| self.locale.around.note_answers_marked.clone());
        self.mark_notes(shown, false).into_iter().chain(counted).collect()
    }

    /// What the shorthand in a chart stands for.
    pub(super) fn mark_notes(&self, shown: &[Shown<'_>], none: bool) -> Vec<String> {
        let around = &self.locale.around;
        let mut marks: Vec<Mark> = shown.iter().filter_map(|s| s.mark).collect();
        marks.extend(none.then_some(Mark::NotAvailable));
        marks.sort_by_key(|m| m.shorthand());
        marks.dedup();
        let meaning = |mark: Mark| match mark {
            Mark::LowReliability => &around.mark_low,
            Mark::Confidential => &around.mark_confidential,
            Mark::NotAvailable => &around.mark_not_available,
        };
        marks.into_iter().map(|m| fill(&around.note_mark, &[("mark", m.shorthand()), ("meaning", meaning(m))])).collect()
    }

    /// What the upright lines at breaks mean.
    pub(super) fn break_notes(&self, sector: &str, shown: &[Shown<'_>]) -> Vec<String> {
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return Vec::new() };
        let listed = |force: Force, pattern: &str| {
            let breaks = self.evidence.breaks(self.measure, sector).filter(|b| b.between(first.period(), last.period()));
            let periods = self.briefs(breaks.filter(|b| b.force == force));
            let word = |(at, brief): (&Period, &Vec<&str>)| match brief.is_empty() {
                true => at.to_string(),
                false => format!("{at} ({})", brief.join("; ")),
            };
            let words: Vec<String> = periods.iter().map(word).collect();
            (!words.is_empty()).then(|| fill(pattern, &[("periods", &self.locale.listed(&words))]))
        };
        let around = &self.locale.around;
        let broken = listed(Force::Incomparable, &around.note_break);
        broken.into_iter().chain(listed(Force::Caution, &around.note_caution)).collect()
    }

    /// What changed, by period and in the words of the locale; a change of several sectors once.
    pub(super) fn briefs(&self, breaks: impl Iterator<Item = &'a SeriesBreak>) -> BTreeMap<Period, Vec<&'a str>> {
        let mut periods: BTreeMap<Period, Vec<&str>> = BTreeMap::new();
        for b in breaks {
            let known = periods.entry(b.at).or_default();
            known.extend(b.brief.as_deref().map(|brief| self.locale.phrase(brief)).filter(|brief| !known.contains(brief)));
        }
        periods
    }

    /// The notes on breaks of several sectors: those that hold of some alone begin with their names.
    pub(super) fn break_notes_of(&self, sectors: impl Iterator<Item = &'a str>, shown: &[Shown<'_>]) -> Vec<String> {
        let sectors: BTreeSet<&str> = sectors.collect();
        let mut notes: Vec<(String, Vec<String>)> = Vec::new();
        for sector in &sectors {
            for note in self.break_notes(sector, shown) {
                match notes.iter_mut().find(|(known, _)| *known == note) {
                    Some((_, of)) => of.push(self.sector_name(sector).to_owned()),
                    None => notes.push((note, vec![self.sector_name(sector).to_owned()])),
                }
            }
        }
        let whole = |of: &[String]| of.len() == sectors.len();
        notes
            .into_iter()
            .map(|(note, of)| if whole(&of) { note } else { format!("{}: {note}", self.locale.listed(&of)) })
            .collect()
    }

    /// "Target", or "Line at 80%" where the level is a trigger.
    pub(super) fn line_label(&self, target: &Target) -> String {
        let around = &self.locale.around;
        match (target.force, &target.level) {
            (PolicyForce::Trigger, undeb::Level::Fixed(level)) => self.line_at(&around.line, *level),
            (PolicyForce::Trigger, _) => around.line.clone(),
            (PolicyForce::Target, _) if target.status == Status::Illustrative => around.illustrative_line.clone(),
            (PolicyForce::Target, _) => self.locale.drawing.target.clone(),
        }
    }

    /// "Line: 80%", "Target 2030: 32.9%".
    pub(super) fn line_at(&self, line: &str, level: f64) -> String {
        fill(&self.locale.around.line_at, &[("line", line), ("level", &self.level_of(level))])
    }

    /// The line with the deadline, such as "Target 2030".
    pub(super) fn line_with_deadline(&self, target: &Target) -> String {
        let line = self.line_label(target);
        match target.deadline {
            Some(deadline) => fill(&self.locale.around.target_deadline, &[("line", &line), ("deadline", &deadline.to_string())]),
            None => line,
        }
    }

    /// A level in its own unit, without needless decimals: "80%".
    pub(super) fn level_of(&self, level: f64) -> String {
        if self.measure.is_share() { self.locale.level(level) } else { self.figure(level) }
    }

    /// A value in its own unit: "30.6%", or "+3.1 points" for a measure with a sign.
    pub(super) fn figure(&self, value: f64) -> String {
        figure(self.locale, self.measure, value)
    }
}

pub(super) fn figure(locale: &crate::locale::Locale, measure: Measure, value: f64) -> String {
    if measure.is_share() {
        return locale.rate(value);
    }
    let signed = locale.signed(100.0 * value);
    let one = signed.trim_start_matches(|c: char| !c.is_ascii_digit()) == locale.percent(0.01);
    fill(if one { &locale.titles.point } else { &locale.titles.points }, &[("n", &signed)])
}
