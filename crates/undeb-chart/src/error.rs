//! The one error of this crate.

use std::fmt;

/// The reason why a chart could not be made, or not be turned into PNG.
#[derive(Debug)]
pub struct ChartError(Cause);

#[derive(Debug)]
pub(crate) enum Cause {
    Scale(f32),
    Parse(String),
    Size {
        width: f32,
        height: f32,
    },
    Encode(String),
    /// A name that is not one of the choices.
    Choice {
        what: &'static str,
        given: String,
        choices: String,
    },
    /// What a kind needs and the subject does not have.
    Needs {
        what: String,
        remedy: String,
    },
    /// An option that contradicts the subject, or itself.
    Option {
        what: String,
        remedy: String,
    },
    /// What the library below says.
    Core(undeb::Error),
}

impl Cause {
    pub(crate) fn choice<'a>(what: &'static str, given: &str, choices: impl Iterator<Item = &'a str>) -> Self {
        Self::Choice { what, given: given.to_owned(), choices: choices.collect::<Vec<_>>().join(", ") }
    }

    pub(crate) fn needs(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Needs { what: what.into(), remedy: remedy.into() }
    }

    pub(crate) fn option(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Option { what: what.into(), remedy: remedy.into() }
    }
}

impl From<Cause> for ChartError {
    fn from(cause: Cause) -> Self {
        Self(cause)
    }
}

impl From<undeb::Error> for ChartError {
    fn from(error: undeb::Error) -> Self {
        Self(Cause::Core(error))
    }
}

impl From<ChartError> for undeb::Error {
    fn from(error: ChartError) -> Self {
        match error.0 {
            Cause::Core(core) => core,
            Cause::Choice { .. } => undeb::Error::schema(error.message()).help(error.remedy().unwrap_or_default()),
            _ => match error.remedy() {
                Some(remedy) => undeb::Error::io(error.message()).help(remedy),
                None => undeb::Error::io(error.message()),
            },
        }
    }
}

impl ChartError {
    /// Whether the subject lacks what the kind of chart needs.
    pub fn is_need(&self) -> bool {
        matches!(self.0, Cause::Needs { .. })
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        match &self.0 {
            Cause::Scale(scale) => format!("the scale must be above 0 and at most 8, not {scale}"),
            Cause::Parse(cause) => format!("the drawing is not valid SVG: {cause}"),
            Cause::Size { width, height } => format!("{width} by {height} pixels are too many for a PNG"),
            Cause::Encode(cause) => format!("the PNG could not be encoded: {cause}"),
            Cause::Choice { what, given, .. } => format!("`{given}` is not a {what}"),
            Cause::Needs { what, .. } | Cause::Option { what, .. } => what.clone(),
            Cause::Core(error) => error.without_remedy(),
        }
    }

    /// What to do about it, where that is known.
    pub fn remedy(&self) -> Option<String> {
        match &self.0 {
            Cause::Choice { choices, .. } => Some(format!("choose one of {choices}")),
            Cause::Needs { remedy, .. } | Cause::Option { remedy, .. } => Some(remedy.clone()),
            Cause::Core(error) => error.remedy().map(str::to_owned),
            _ => None,
        }
    }
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ChartError {}
