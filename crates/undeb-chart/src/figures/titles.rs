//! Titles: worked out from findings and figures, never typed, and no stronger than the numbers under them.
//!
//! Source: METHODS M28.

use undeb::{
    Answer, Classification, Finding, Interval, JudgedBy, Level, Measure, PathAnswer, Period, PolicyForce, Reason, Status, Target,
    TargetFindings,
};

use super::asked::{Asked, Cell};
use super::evidence::Shown;
use super::words::figure;
use crate::locale::{Locale, fill};

/// The word for what is counted: the level of the codes, or cells where sectors differ too.
pub(super) fn noun<'a>(target: &Target, regions: &'a Classification) -> &'a str {
    if target.sectors.len() > 1 {
        return "cell";
    }
    noun_of(target.regions.iter().map(String::as_str), regions)
}

/// The level that all codes share, or "region".
pub(super) fn noun_of<'a, 'c>(codes: impl Iterator<Item = &'c str>, regions: &'a Classification) -> &'a str {
    let mut levels = codes.filter_map(|c| regions.get(c)).map(|c| c.level.as_str());
    match levels.next() {
        Some(first) if first != "whole" && levels.all(|l| l == first) => first,
        _ => "region",
    }
}

/// "1 of 3 is", "0 of 3 are", "0 of 1 is".
pub(super) fn is_are(locale: &Locale, count: usize, of: usize) -> &str {
    if count == 1 || of == 1 { &locale.titles.is } else { &locale.titles.are }
}

/// As [`is_are`] of what has been.
fn was_were(locale: &Locale, count: usize, of: usize) -> &str {
    if count == 1 || of == 1 { &locale.titles.was } else { &locale.titles.were }
}

/// How many cells are at or above the level, and how many are below it; of a single cell where it stands. Sampling error
/// is claimed only where the answers were judged by it, and cells without a figure are not counted.
pub(super) fn gap(t: &TargetFindings, noun: &str, place: &dyn Fn(&Finding) -> String, locale: &Locale) -> String {
    let words = &locale.titles;
    if let [one] = t.findings.as_slice() {
        return level(one, &t.target, &place(one), locale);
    }
    let known: Vec<&Finding> = t.findings.iter().filter(|f| f.value.is_some()).collect();
    let judged_by = |by| known.iter().any(|f| f.judged_by == by);
    let beyond = match (judged_by(JudgedBy::Interval), judged_by(JudgedBy::Point)) {
        (true, false) => words.beyond.as_str(),
        (true, true) => &words.beyond_where_stated,
        (false, _) => "",
    };
    let count = |answer: Answer| known.iter().filter(|f| f.answer == answer).count();
    let level = match t.target.level {
        Level::Fixed(level) => Some(level),
        _ => None,
    };
    let line = line(locale, &t.target, level.map(|l| level_of(locale, t.target.measure, l)));
    above(locale, (count(Answer::Met), count(Answer::NotMet), known.len()), noun, &line, beyond)
}

/// "80% line", "target of 32.9%"; "target" where each cell has a level of its own. What is made up to show an answer is called so.
pub(super) fn line(locale: &Locale, target: &Target, level: Option<String>) -> String {
    let words = &locale.titles;
    let illustrative = target.status == Status::Illustrative;
    let (of, alone) = match target.force {
        PolicyForce::Trigger => (&words.line_of, &words.line),
        PolicyForce::Target if illustrative => (&words.illustrative_target_of, &words.illustrative_target),
        PolicyForce::Target => (&words.target_of, &words.target),
    };
    level.map_or_else(|| alone.clone(), |level| fill(of, &[("level", &level)]))
}

/// A level as a plan writes it, without needless decimals.
pub(super) fn level_of(locale: &Locale, measure: Measure, level: f64) -> String {
    if measure.is_share() { locale.level(level) } else { figure(locale, measure, level) }
}

/// "4 of 12 regions are at or above the target beyond sampling error, 5 below it; 3 cannot be told".
pub(super) fn above(
    locale: &Locale,
    (met, below, judged): (usize, usize, usize),
    noun: &str,
    line: &str,
    beyond: &str,
) -> String {
    let words = &locale.titles;
    if judged == 0 {
        return words.no_figures.clone();
    }
    let parts = [
        ("met", met.to_string()),
        ("cells", locale.counted(judged, noun)),
        ("all", locale.all(judged, noun)),
        ("are", is_are(locale, met, judged).to_owned()),
        ("line", line.to_owned()),
        ("beyond", beyond.to_owned()),
        ("below", locale.count(below)),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, words)| (*name, words.as_str())).collect();
    let title = match (met, below) {
        (0, 0) => return fill(&words.gap_open, &parts),
        (0, _) => fill(&words.gap_none, &parts),
        (n, 0) if n == judged && n > 1 => return fill(&words.gap_all, &parts),
        _ => fill(&words.gap, &parts),
    };
    match judged - met - below {
        0 => title,
        open => fill(&words.gap_rest, &[("title", &title), ("open", &open.to_string())]),
    }
}

/// Where one cell stands against its level, in a picture that has no path.
pub(super) fn level(finding: &Finding, target: &Target, place: &str, locale: &Locale) -> String {
    against(&Finding { path: None, ..finding.clone() }, target, place, locale)
}

/// Where one series stands against its path, or its level.
pub(super) fn against(finding: &Finding, target: &Target, place: &str, locale: &Locale) -> String {
    let words = &locale.titles;
    let (Some(value), Some(period)) = (finding.value, finding.period) else {
        let level = finding.level.map(|level| level_of(locale, finding.measure, level));
        let pattern = match (finding.reason, &level) {
            (Some(Reason::Withheld), _) => &words.withheld,
            (_, Some(_)) => &words.no_figure_against,
            (_, None) => &words.no_figure,
        };
        return fill(pattern, &[("place", place), ("line", &line(locale, target, level))]);
    };
    let at = at(locale, place, &figure(locale, finding.measure, value), &period.to_string());
    let (pattern, level, judged) = match (&finding.path, finding.level, finding.answer) {
        (Some(path), _, _) => {
            let pattern = match path.answer {
                PathAnswer::Ahead => &words.path_ahead,
                PathAnswer::Behind => &words.path_behind,
                PathAnswer::CannotTell => &words.path_open,
            };
            (pattern, path.level, path.interval.is_some() && path.answer != PathAnswer::CannotTell)
        }
        (None, Some(level), Answer::Met) => (&words.level_ahead, level, finding.judged_by == JudgedBy::Interval),
        (None, Some(level), Answer::NotMet) => (&words.level_behind, level, finding.judged_by == JudgedBy::Interval),
        (None, Some(level), _) => (&words.level_open, level, false),
        (None, None, _) => return at,
    };
    let beyond = if judged { words.comma_beyond.as_str() } else { "" };
    let level = level_of(locale, finding.measure, level);
    let way = if target.status == Status::Illustrative { &words.illustrative_way } else { &words.way };
    let line = line(locale, target, Some(level.clone()));
    format!("{}{beyond}", fill(pattern, &[("at", &at), ("level", &level), ("line", &line), ("way", way)]))
}

fn at(locale: &Locale, place: &str, value: &str, period: &str) -> String {
    fill(&locale.titles.at, &[("place", place), ("value", value), ("period", period)])
}

/// A distance in points that is not nothing never reads as nothing.
pub(super) fn points(locale: &Locale, distance: f64) -> String {
    let (nothing, one) = (locale.percent(0.0), locale.percent(0.01));
    match locale.percent(distance.abs()) {
        n if n == nothing && distance.abs() > 0.0 => locale.titles.less_than_a_tenth.clone(),
        n if n == one => fill(&locale.titles.point, &[("n", &n)]),
        n => fill(&locale.titles.points, &[("n", &n)]),
    }
}

/// The smallest change that one decimal of a percentage point shows.
const PRINTED: f64 = 0.0005;

/// A change, and what may be said of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) value: f64,
    pub(super) interval: Option<Interval>,
}

impl Change {
    /// Up, down, or neither beyond sampling error; without an error the points alone decide, as they are printed.
    pub(super) fn sign(self) -> i8 {
        match self.interval {
            Some(known) if known.low > 0.0 => 1,
            Some(known) if known.high < 0.0 => -1,
            None if self.value.abs() >= PRINTED => self.value.signum() as i8,
            _ => 0,
        }
    }
}

impl<'a> Asked<'a> {
    /// The latest value of a series and its change since the first figure that it may be compared with.
    pub(super) fn course(&self, place: &str, latest: &Shown<'_>, since: Option<(String, Change)>) -> String {
        let words = &self.locale.titles;
        let value = self.marked_name(&self.figure(latest.value().unwrap_or_default()), Some(latest));
        let at = at(self.locale, place, &value, &latest.period().to_string());
        let Some((from, change)) = since else { return at };
        let points = points(self.locale, change.value);
        let (pattern, beyond) = match (change.sign(), change.interval.is_some()) {
            (1, judged) => (&words.up_since, judged),
            (-1, judged) => (&words.down_since, judged),
            (_, true) => (&words.flat_since, false),
            (_, false) => (&words.same_since, false),
        };
        let beyond = if beyond { words.comma_beyond.as_str() } else { "" };
        format!("{}{beyond}", fill(pattern, &[("at", &at), ("points", &points), ("from", &from)]))
    }

    /// "fall beyond sampling error": a change in words.
    pub(super) fn sign_words(&self, change: Change) -> &'a str {
        let around = &self.locale.around;
        match (change.sign(), change.interval.is_some()) {
            (1, true) => &around.rise_beyond,
            (1, false) => &around.rise,
            (-1, true) => &around.fall_beyond,
            (-1, false) => &around.fall,
            (_, true) => &around.unclear,
            (_, false) => &around.same,
        }
    }

    /// A title of figures of different periods says so.
    pub(super) fn dated(&self, title: String, one_period: bool) -> String {
        if one_period { title } else { fill(&self.locale.titles.each_latest, &[("title", &title)]) }
    }

    /// The lowest and the highest of the last figures of series, and of which period they are.
    pub(super) fn lasts_title<'c>(&self, ends: impl Iterator<Item = (&'c Cell<'a>, Shown<'a>)>) -> String
    where
        'a: 'c,
    {
        let ends: Vec<(&Cell<'_>, Shown<'_>)> = ends.collect();
        let clear = ends.iter().filter(|(_, s)| s.mark.is_none());
        let values: Vec<(String, f64)> = clear.filter_map(|(c, s)| Some((self.in_title(c), s.value()?))).collect();
        let marked = values.len() < ends.len();
        let Some((_, first)) = ends.first().filter(|_| !values.is_empty()) else { return self.range(&values, marked) };
        let range = self.bare_range(&values, marked);
        let (one_period, period) = (ends.iter().all(|(_, s)| s.period() == first.period()), first.period().to_string());
        let dated = match one_period {
            true => fill(&self.locale.drawing.at_period, &[("value", &range), ("period", &period)]),
            false => self.dated(range, false),
        };
        self.without_marked(dated, marked)
    }

    /// Whether a cell counts: a whole among its parts does not.
    pub(super) fn counts(&self, cell: &Cell<'a>, among: &[&Cell<'a>]) -> bool {
        let whole = self.evidence.regions.whole();
        cell.region != whole || among.iter().all(|c| c.region == whole)
    }

    /// How many rose and how many fell since the period of their first figure, and whether marked figures were left out;
    /// `only` is the name of the first, `to` the period of the last figures, where it is one.
    pub(super) fn changes_title(
        &self,
        changes: &[(Period, Change)],
        to: Option<Period>,
        (noun, only): (&str, &str),
        left_out: bool,
    ) -> String {
        let words = &self.locale.titles;
        if changes.is_empty() {
            return if left_out { words.all_changes_marked.clone() } else { words.no_changes.clone() };
        }
        let count = |sign: i8| changes.iter().filter(|(_, c)| c.sign() == sign).count();
        let judged = changes.iter().filter(|(_, c)| c.interval.is_some()).count();
        let beyond = match judged {
            0 => "",
            n if n == changes.len() => words.beyond.as_str(),
            _ => &words.beyond_where_stated,
        };
        let first = changes[0].0;
        let from = match to.filter(|_| changes.iter().all(|(p, _)| *p == first)) {
            Some(to) => fill(&words.in_period, &[("period", &first.to_string()), ("to", &to.to_string())]),
            None => words.at_start.clone(),
        };
        let (down, up, all) = (count(-1), count(1), changes.len());
        let pattern = match (down, up) {
            (1, 0) if all == 1 => &words.one_lower,
            (0, 1) if all == 1 => &words.one_higher,
            (0, 0) if all == 1 => &words.one_same,
            (0, 0) => &words.changes_none,
            (n, 0) if n == all => &words.changes_all_down,
            (0, n) if n == all => &words.changes_all_up,
            (_, 0) => &words.changes_down,
            (0, _) => &words.changes_up,
            _ => &words.changes,
        };
        let parts = [
            ("name", only.to_owned()),
            ("down", down.to_string()),
            ("cells", self.locale.counted(all, noun)),
            ("all", self.locale.all(all, noun)),
            ("were", was_were(self.locale, if down == 0 { up } else { down }, all).to_owned()),
            ("from", from),
            ("beyond", beyond.to_owned()),
            ("up", up.to_string()),
        ];
        let parts: Vec<(&str, &str)> = parts.iter().map(|(name, words)| (*name, words.as_str())).collect();
        self.without_marked(fill(pattern, &parts), left_out)
    }

    /// A title that counts no figure which is marked as unreliable says so where there are such.
    pub(super) fn without_marked(&self, title: String, left_out: bool) -> String {
        if left_out { fill(&self.locale.titles.left_out, &[("title", &title)]) } else { title }
    }

    /// The name of an end and of all that read as it does: one or two, or the end itself and how many more.
    fn all_at(&self, values: &[(String, f64)], end: &(String, f64)) -> String {
        self.alike(values, end, |v| self.figure(v))
    }

    /// As [`Self::all_at`], where values are written in a way of their own.
    pub(super) fn alike(&self, values: &[(String, f64)], end: &(String, f64), written: impl Fn(f64) -> String) -> String {
        let alike = values.iter().filter(|v| written(v.1) == written(end.1));
        let mut names: Vec<String> = alike.map(|v| v.0.clone()).collect();
        if names.len() > 2 {
            let others = (names.len() - 1).to_string();
            names.truncate(1);
            names.push(fill(&self.locale.around.others, &[("count", &others)]));
        }
        self.locale.listed(&names)
    }

    /// The lowest and the highest of the unmarked values, and whether marked ones were left out.
    pub(super) fn range(&self, values: &[(String, f64)], left_out: bool) -> String {
        match values.is_empty() {
            true => self.bare_range(values, left_out),
            false => self.without_marked(self.bare_range(values, left_out), left_out),
        }
    }

    fn bare_range(&self, values: &[(String, f64)], left_out: bool) -> String {
        let words = &self.locale.titles;
        let low = values.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = values.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        match (low, high) {
            (Some(low), Some(high)) if self.figure(low.1) != self.figure(high.1) => {
                let (lowest, highest) = (self.figure(low.1), self.figure(high.1));
                let (least, most) = (self.all_at(values, low), self.all_at(values, high));
                fill(&words.range, &[("low", &lowest), ("lowest", &least), ("high", &highest), ("highest", &most)])
            }
            // What is left out may differ: the rest is not everywhere.
            (Some(one), _) if values.len() == 1 || left_out => {
                fill(&words.one, &[("value", &self.figure(one.1)), ("name", &self.all_at(values, one))])
            }
            (Some(one), _) => fill(&words.everywhere, &[("value", &self.figure(one.1))]),
            _ if left_out => words.all_marked.clone(),
            _ => words.no_figures.clone(),
        }
    }
}
