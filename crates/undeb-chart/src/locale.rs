//! Locales: the words, the names and the number formats of charts, read from data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::axis;
use crate::error::{Cause, ChartError};

mod words;

pub(crate) use words::{Around, Drawing, TitleWords};

/// A language of charts. Its words, names and number formats are data, in `data/locales`.
///
/// ```
/// use undeb_chart::Locale;
/// let welsh: &Locale = Locale::named("cy")?;
/// assert_eq!(welsh.place("uk", "WLS", "Wales"), "Cymru");
/// assert!(Locale::named("fr").is_err_and(|e| e.to_string().contains("en, cy")));
/// # Ok::<(), undeb_chart::ChartError>(())
/// ```
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    id: String,
    name: String,
    status: String,
    numbers: Numbers,
    pub(crate) drawing: Drawing,
    pub(crate) around: Around,
    pub(crate) titles: TitleWords,
    measures: BTreeMap<String, String>,
    nouns: BTreeMap<String, Noun>,
    names: BTreeMap<String, BTreeMap<String, String>>,
    phrases: BTreeMap<String, String>,
    /// Names as they stand within a sentence, where that differs: "the Netherlands".
    within: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    decimal: String,
    thousands: String,
    minus: String,
}

/// One and many of a thing that is counted, and what is said of two where it holds of both.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noun {
    one: String,
    many: String,
    both: String,
}

/// Every locale by its code. A test reads each of them; one that could not be read would have no words.
static ALL: LazyLock<[Locale; 2]> = LazyLock::new(|| {
    ["en", "cy"].map(|name| {
        let text = undeb::bundled::locale(name).unwrap_or_default();
        toml::from_str(text).unwrap_or_default()
    })
});

impl Locale {
    /// English.
    pub fn english() -> &'static Locale {
        &ALL[0]
    }

    /// The locale of a code: `en` or `cy`.
    ///
    /// # Errors
    /// There is no such locale; the message lists the choices.
    pub fn named(code: &str) -> Result<&'static Locale, ChartError> {
        let found = ALL.iter().find(|l| l.id == code);
        found.ok_or_else(|| Cause::choice("locale", code, ALL.iter().map(|l| l.id.as_str())).into())
    }

    /// Codes of all locales.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|l| l.id.as_str())
    }

    /// The code: `en`, `cy`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the language calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who has read its words.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The name of a code of a classification, or the given name where this locale has none of its own.
    pub fn place<'a>(&'a self, classification: &str, code: &str, name: &'a str) -> &'a str {
        named(&self.names, classification, code, name)
    }

    /// The name of a code within a sentence, or the given name where nothing parts the two.
    pub(crate) fn within<'a>(&'a self, classification: &str, code: &str, name: &'a str) -> &'a str {
        named(&self.within, classification, code, name)
    }

    /// Words that a source brings, such as its population, in this language where they are known; as they are if not.
    pub(crate) fn phrase<'a>(&'a self, words: &'a str) -> &'a str {
        self.phrases.get(words).map_or(words, String::as_str)
    }

    /// The name of a measure within a sentence.
    pub(crate) fn measure(&self, measure: undeb::Measure) -> &str {
        self.measures.get(measure.id()).map_or(measure.name(), String::as_str)
    }

    /// "1 region", "51 states"; a level that is not known is counted in regions.
    pub(crate) fn counted(&self, count: usize, level: &str) -> String {
        match self.nouns.get(level).or_else(|| self.nouns.get("region")) {
            Some(noun) if count == 1 => noun.one.clone(),
            Some(noun) => fill(&noun.many, &[("n", &count.to_string())]),
            None => count.to_string(),
        }
    }

    /// "none", "12".
    pub(crate) fn count(&self, count: usize) -> String {
        if count == 0 { self.titles.none.clone() } else { count.to_string() }
    }

    /// "All 51 states", "Both sectors": how a sentence on every one of them begins.
    pub(crate) fn all(&self, count: usize, level: &str) -> String {
        match self.nouns.get(level).or_else(|| self.nouns.get("region")) {
            Some(noun) if count == 2 => noun.both.clone(),
            _ => fill(&self.titles.all, &[("cells", &self.counted(count, level))]),
        }
    }

    /// "a", "a and b", "a, b and c".
    pub(crate) fn listed(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}{}{last}", first.join(", "), self.around.and),
        }
    }

    /// Puts a number written with a point and commas into the form of the locale.
    fn number(&self, plain: &str) -> String {
        let mut out = String::with_capacity(plain.len());
        for letter in plain.chars() {
            match letter {
                '.' => out.push_str(&self.numbers.decimal),
                ',' => out.push_str(&self.numbers.thousands),
                '−' => out.push_str(&self.numbers.minus),
                other => out.push(other),
            }
        }
        out
    }

    /// A fraction in per cent without the sign: 0.306 is `30.6`.
    pub(crate) fn percent(&self, value: f64) -> String {
        self.number(&axis::percent(value))
    }

    /// A fraction in per cent with the sign: 0.306 is `30.6%`.
    pub(crate) fn rate(&self, value: f64) -> String {
        format!("{}%", self.percent(value))
    }

    /// A level without needless decimals: `80%`, `32.9%`.
    pub(crate) fn level(&self, value: f64) -> String {
        let plain = axis::percent(value);
        format!("{}%", self.number(plain.strip_suffix(".0").unwrap_or(&plain)))
    }

    /// Percentage points with their sign.
    pub(crate) fn signed(&self, points: f64) -> String {
        self.signed_to(points, 1)
    }

    /// Percentage points with their sign and so many decimals.
    pub(crate) fn signed_to(&self, points: f64, places: usize) -> String {
        self.number(&axis::signed_to(points, places))
    }
}

/// What a list calls a code, or the given name.
fn named<'a>(list: &'a BTreeMap<String, BTreeMap<String, String>>, classification: &str, code: &str, name: &'a str) -> &'a str {
    list.get(classification).and_then(|names| names.get(code)).map_or(name, String::as_str)
}

/// Fills the places of a pattern: `{name}` takes the words of that name.
pub(crate) fn fill(pattern: &str, parts: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(parts.iter().find(|(n, _)| *n == name).map_or("", |(_, words)| words));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(pattern: &str) -> Vec<&str> {
        let mut found: Vec<&str> = pattern.split('{').skip(1).filter_map(|p| p.split_once('}').map(|(name, _)| name)).collect();
        found.sort_unstable();
        found
    }

    fn patterns(of: &toml::Value, path: &str, out: &mut Vec<(String, String)>) {
        match of {
            toml::Value::String(text) => out.push((path.to_owned(), text.clone())),
            toml::Value::Table(table) => table.iter().for_each(|(key, v)| patterns(v, &format!("{path}.{key}"), out)),
            _ => {}
        }
    }

    #[test]
    fn every_locale_reads_and_fills_the_same_places() {
        let read = |text: &str| -> Vec<(String, String)> {
            toml::from_str::<Locale>(text).unwrap_or_else(|e| panic!("{e}"));
            let mut all = Vec::new();
            patterns(&toml::from_str(text).unwrap_or_else(|e| panic!("{e}")), "", &mut all);
            all.retain(|(key, _)| ![".names", ".phrases", ".within"].iter().any(|own| key.starts_with(own)));
            all
        };
        let english = read(include_str!("../../../data/locales/en.toml"));
        let welsh = read(include_str!("../../../data/locales/cy.toml"));
        assert_eq!(english.len(), welsh.len());
        for ((key, a), (other, b)) in english.iter().zip(&welsh) {
            assert_eq!(key, other);
            assert_eq!(places(a), places(b), "{key}");
        }
    }

    #[test]
    fn names_belong_to_codes_and_measures_are_all_named() {
        for locale in ALL.iter() {
            for measure in undeb::Measure::ALL {
                assert!(locale.measures.contains_key(measure.id()), "{} {measure}", locale.id);
            }
            for (classification, names) in locale.names.iter().chain(&locale.within) {
                let tree = undeb::bundled::classification(classification).unwrap_or_else(|e| panic!("{e}"));
                for code in names.keys() {
                    assert!(tree.get(code).is_some(), "{classification}: {code}");
                }
            }
        }
    }

    #[test]
    fn what_bundled_sources_bring_is_translated_and_nothing_else_is() {
        let registry = undeb::Registry::bundled().unwrap_or_else(|e| panic!("{e}"));
        let mut brought = std::collections::BTreeSet::new();
        for source in registry.sources() {
            brought.extend(source.breaks.iter().filter_map(|b| b.brief.clone()).chain(source.brief.clone()));
            brought.extend(undeb::Measure::ALL.iter().filter_map(|m| Some(source.definition(*m).ok()?.denominator)));
        }
        let of_records = "employees in scope with a valid answer";
        brought.extend([of_records.to_owned(), format!("{of_records}, in a domain")]);
        for locale in ALL.iter().filter(|l| l.id != "en") {
            let known: std::collections::BTreeSet<String> = locale.phrases.keys().cloned().collect();
            assert_eq!(brought, known, "{}", locale.id);
        }
        assert!(Locale::english().phrases.is_empty());
    }

    #[test]
    fn a_pattern_takes_its_parts() {
        assert_eq!(fill("{a} of {b}", &[("a", "1"), ("b", "2")]), "1 of 2");
        assert_eq!(fill("none", &[]), "none");
    }
}
