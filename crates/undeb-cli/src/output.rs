//! Where results go: standard output, or a file that appears whole or not at all.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use clap::CommandFactory;
use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use undeb::{Error, Result};

use crate::args::Arguments;

/// Writes to standard output; a reader that has gone away is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    print_bytes(text.as_bytes())
}

/// Writes bytes to standard output.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Error::io(format!("cannot write to standard output: {e}"))),
        _ => Ok(()),
    }
}

/// Writes a file aside and moves it into place.
pub(crate) fn write_file(path: &Path, bytes: &[u8], force: bool) -> Result<()> {
    if path.exists() && !force {
        return Err(Error::io(format!("{} is there already", path.display())).help("use --force to replace it"));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Error::io(format!("cannot write {}: there is no folder {}", path.display(), folder.display()))
            .help("make the folder first"));
    }
    let failed = |e: io::Error| Error::io(format!("cannot write {}: {e}", path.display()));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map(|_| ()).map_err(|e| failed(e.error))
}

/// A table of text; columns named in `right` are aligned to the right, and long cells wrap on a terminal.
pub(crate) fn table(header: &[&str], right: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_style(TableComponent::HeaderLines, '─').set_header(header.to_vec());
    table.set_style(TableComponent::MiddleHeaderIntersections, '─');
    // A terminal that says it has no width is no guide for wrapping.
    if io::stdout().is_terminal() && table.width().is_none_or(|w| w >= 40) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for row in rows {
        table.add_row(row);
    }
    for (i, name) in header.iter().enumerate() {
        if right.contains(name)
            && let Some(column) = table.column_mut(i)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

/// Prints the completions of a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "undeb", &mut text);
    print_bytes(&text)?;
    Ok(0)
}
