//! `undeb codebooks`: what surveys can be read, and what each cannot give.

use std::path::Path;

use undeb::{Codebook, Error, Result};

use crate::output::{print, table};

/// A codebook by file or by bundled name.
pub(crate) fn open(given: &str) -> Result<Codebook> {
    let path = Path::new(given);
    if !path.is_file() && !given.ends_with(".toml") {
        return Codebook::builtin(given);
    }
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(format!("cannot read the codebook {given}: {e}")))?;
    Codebook::from_toml(given, &text)
}

/// Runs the command.
pub(crate) fn run(codebook: Option<&str>) -> Result<u8> {
    match codebook {
        Some(given) => show(&open(given)?)?,
        None => {
            let mut rows = Vec::new();
            for name in Codebook::builtin_names() {
                let book = Codebook::builtin(name)?;
                let measures: Vec<&str> = book.measures().iter().map(|m| m.id()).collect();
                rows.push(vec![name.to_owned(), book.title, measures.join(", ")]);
            }
            print(&table(&["Codebook", "Title", "Measures"], &[], rows))?;
        }
    }
    Ok(0)
}

fn show(book: &Codebook) -> Result<()> {
    let mut text = format!("{}\n\n", book.title);
    for (name, value) in [
        ("Publisher", book.publisher.as_str()),
        ("Citation", &book.citation),
        ("Terms", &book.terms),
        ("Universe", &book.universe),
        ("Respondent", &book.respondent),
        ("Missing answers", &book.missing),
        ("Errors", book.tier().name()),
    ] {
        text.push_str(&format!("{name:<17} {value}\n"));
    }
    for asked in book.asked() {
        text.push_str(&format!("{:<17} {asked}\n", "Asked"));
    }
    for (name, list) in [("Cannot give", &book.cannot), ("Note", &book.notes), ("Reference", &book.references)] {
        for value in list {
            text.push_str(&format!("{name:<17} {value}\n"));
        }
    }
    print(&text)
}
