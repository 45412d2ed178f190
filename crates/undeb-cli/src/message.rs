//! Errors as people read them: what, where in the file, and what to do.

use std::fmt;
use std::io::IsTerminal;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

/// An error of the library, dressed for the terminal.
struct Shown<'a> {
    error: &'a undeb::Error,
    words: String,
    source: Option<NamedSource<String>>,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.error.remedy().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.error.place()?;
        let range = place.range();
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".to_owned()), range.start, range.len().max(1)))))
    }
}

/// Prints an error to standard error; colours only on a terminal and without `NO_COLOR`.
pub(crate) fn show(error: &undeb::Error) {
    let terminal = std::io::stderr().is_terminal();
    let colours = terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let theme = match (terminal, colours) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, _) => GraphicalTheme::none(),
    };
    // With a place the excerpt shows the file; without one the whole line says everything.
    let shown = Shown {
        error,
        words: match error.place() {
            Some(place) => {
                let (line, column) = place.line_column();
                format!("{}:{line}:{column}: {}", place.name(), error.message())
            }
            None => error.without_remedy(),
        },
        source: error.place().map(|p| NamedSource::new(p.name(), p.text().to_owned())),
    };
    let mut text = String::new();
    let drawn = GraphicalReportHandler::new_themed(theme).with_links(false).render_report(&mut text, &shown);
    match drawn {
        Ok(()) => eprintln!("{}", text.trim_matches('\n')),
        Err(_) => eprintln!("error: {error}"),
    }
}
