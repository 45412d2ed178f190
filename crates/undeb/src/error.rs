//! One error for the whole library: what went wrong, where, and what to do about it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of promise was broken; private, asked for through the predicates of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Io,
    Plan,
    Schema,
    Data,
    Definition,
    Disclosure,
    Design,
}

/// A stretch of a text file that an error points into.
#[derive(Clone, Debug)]
pub struct Place {
    name: String,
    text: Arc<str>,
    range: Range<usize>,
}

impl Place {
    /// Name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whole text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte range of the offending words.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Line and column of the first offending byte, both counted from 1.
    pub fn line_column(&self) -> (usize, usize) {
        let mut start = self.range.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line, column)
    }
}

#[derive(Debug)]
struct Inner {
    kind: Kind,
    message: String,
    place: Option<Place>,
    help: Option<String>,
    context: Vec<String>,
}

/// Everything that can go wrong, in words that say what, where and what to do.
///
/// The kinds are private; ask with the predicates.
///
/// ```
/// let error = undeb::Plan::builtin("us-stats-2030").unwrap_err();
/// assert!(error.is_plan());
/// assert!(error.to_string().contains("us-states-2030"));
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), place: None, help: None, context: Vec::new() }))
    }

    /// An error of reading or writing, for crates that write what this one makes.
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(Kind::Io, message)
    }

    pub(crate) fn plan(message: impl Into<String>) -> Self {
        Self::new(Kind::Plan, message)
    }

    /// An error of a name that is not known, for crates that take names of their own.
    pub fn schema(message: impl Into<String>) -> Self {
        Self::new(Kind::Schema, message)
    }

    pub(crate) fn data(message: impl Into<String>) -> Self {
        Self::new(Kind::Data, message)
    }

    pub(crate) fn definition(message: impl Into<String>) -> Self {
        Self::new(Kind::Definition, message)
    }

    pub(crate) fn design(message: impl Into<String>) -> Self {
        Self::new(Kind::Design, message)
    }

    pub(crate) fn disclosure(message: impl Into<String>) -> Self {
        Self::new(Kind::Disclosure, message)
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    pub(crate) fn at(mut self, name: &str, text: &Arc<str>, range: Range<usize>) -> Self {
        self.0.place = Some(Place { name: name.to_owned(), text: Arc::clone(text), range });
        self
    }

    /// Adds what was being done when the error arose; shown before the message.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        self.0.context.push(doing.into());
        self
    }

    /// Reading or writing a file failed.
    pub fn is_io(&self) -> bool {
        self.0.kind == Kind::Io
    }

    /// A plan file is wrong or asks for something that does not exist.
    pub fn is_plan(&self) -> bool {
        self.0.kind == Kind::Plan
    }

    /// A name (measure, region, sector, rule set, source) is not known, or a registry or classification is wrong.
    pub fn is_schema(&self) -> bool {
        self.0.kind == Kind::Schema
    }

    /// The figures themselves are wrong: duplicates, negative counts, broken sums, checksum mismatch.
    pub fn is_data(&self) -> bool {
        self.0.kind == Kind::Data
    }

    /// Numbers of different definitions, or from both sides of a series break, were about to be combined.
    pub fn is_definition(&self) -> bool {
        self.0.kind == Kind::Definition
    }

    /// Weights, strata, PSUs or replicates do not make a sampling design.
    pub fn is_design(&self) -> bool {
        self.0.kind == Kind::Design
    }

    /// Something was about to leave that the release rules cannot clear.
    pub fn is_disclosure(&self) -> bool {
        self.0.kind == Kind::Disclosure
    }

    /// Everything but the help: context, place and message.
    pub fn without_remedy(&self) -> String {
        let whole = self.to_string();
        match &self.0.help {
            Some(help) => whole.strip_suffix(&format!("; {help}")).unwrap_or(&whole).to_owned(),
            None => whole,
        }
    }

    /// The message alone, without place and help.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, where that is known.
    pub fn remedy(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The words of a file that the error points at.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.0.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        if let Some(place) = &self.0.place {
            let (line, column) = place.line_column();
            write!(f, "{}:{line}:{column}: ", place.name)?;
        }
        f.write_str(&self.0.message)?;
        if let Some(help) = &self.0.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// "choose one of a, b, c", led by the nearest spelling where one is near enough.
pub(crate) fn choices<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let listed =
        if known.len() > 24 { format!("{}, ... ({} in all)", known[..24].join(", "), known.len()) } else { known.join(", ") };
    let lower = given.to_lowercase();
    match known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(&lower, &k.to_lowercase()), *k))
        .max_by(|a, b| a.0.total_cmp(&b.0))
    {
        Some((near, name)) if near >= 0.5 => format!("did you mean `{name}`? Choose one of {listed}"),
        _ => format!("choose one of {listed}"),
    }
}
