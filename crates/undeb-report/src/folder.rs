//! The folder of a report: written aside, then moved into place whole, or not at all.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use undeb::{Error, Report, Result, Steps};
use undeb_chart::{ChartOptions, Figure};

use crate::{html, json, markdown};

/// What to do with an earlier report in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// Leave it and fail.
    Refuse,
    /// Replace it whole.
    Replace,
}

/// Everything that a report folder holds; anything else in it is somebody else's.
const OWN: [&str; 5] = ["report.html", "report.md", "report.json", "estimates.csv", "charts"];

/// How the names of figures begin; a file of another name in `charts` is not of a report.
pub(crate) const FIGURES: [&str; 5] = ["gap-", "trend", "tiles-", "sectors-", "moved-"];

/// Writes a report into a folder: `report.html`, `report.md`, `report.json`, `estimates.csv`, and the charts as SVG and PNG.
///
/// All files are first written into a folder beside it, which then takes its place; when anything fails, what was
/// there stays as it was, and so it does when whoever watches stops the work. Returns the paths written, the page first.
///
/// # Errors
/// The folder holds an earlier report (without [`Overwrite::Replace`]) or files that are not a report's; it cannot be
/// written; a chart cannot be drawn; the work is stopped.
pub fn write(report: &Report, folder: &Path, overwrite: Overwrite) -> Result<Vec<PathBuf>> {
    // A link is followed: what it points at is the folder.
    let resolved = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let folder = resolved.as_path();
    check(folder, overwrite)?;
    let failed = |what: &str, at: &Path| {
        let (what, at) = (what.to_owned(), at.display().to_string());
        move |e: std::io::Error| {
            Error::io(format!("cannot {what} {at}: {e}")).help("nothing was changed; choose a folder that can be written")
        }
    };
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed("make the folder", parent))?;
    let aside = tempfile::Builder::new().prefix(".undeb-report-").tempdir_in(parent).map_err(failed("write beside", folder))?;
    let new = aside.path().join("new");
    fs::create_dir_all(new.join("charts")).map_err(failed("make the folder", &new))?;

    let figures = undeb_chart::report_figures(report, &ChartOptions::default())?;
    let steps = Steps::of(figures.len() + 2);
    let mut written: Vec<PathBuf> = OWN[..4].iter().map(PathBuf::from).collect();
    let put = |name: &Path, bytes: &[u8]| -> Result<()> {
        fs::write(new.join(name), bytes).map_err(failed("write", &folder.join(name)))
    };
    put(&written[0], html(report)?.as_bytes())?;
    put(&written[1], markdown(report)?.as_bytes())?;
    put(&written[2], json(report)?.as_bytes())?;
    let path = new.join(&written[3]);
    let mut csv = BufWriter::new(fs::File::create(&path).map_err(failed("write", &path))?);
    report.write_csv(&mut csv)?;
    csv.flush().map_err(failed("write", &path))?;
    steps.step()?;

    let charts: Vec<[PathBuf; 2]> = figures
        .par_iter()
        .map(|figure: &Figure| {
            let svg = Path::new("charts").join(format!("{}.svg", figure.name));
            let png = svg.with_extension("png");
            put(&svg, figure.chart.svg().as_bytes())?;
            let bytes = figure.chart.png(2.0).map_err(|e| Error::io(format!("cannot draw {}: {e}", png.display())))?;
            put(&png, &bytes)?;
            steps.step()?;
            Ok([svg, png])
        })
        .collect::<Result<_>>()?;
    written.extend(charts.into_iter().flatten());

    steps.step()?;
    let old = aside.path().join("old");
    let replaces = folder.exists();
    if replaces {
        fs::rename(folder, &old).map_err(failed("replace", folder))?;
    }
    if let Err(e) = fs::rename(&new, folder) {
        // Put back what was there before saying what went wrong.
        if replaces {
            fs::rename(&old, folder).map_err(failed("restore", folder))?;
        }
        return Err(failed("write", folder)(e));
    }
    Ok(written.into_iter().map(|name| folder.join(name)).collect())
}

fn check(folder: &Path, overwrite: Overwrite) -> Result<()> {
    if folder.is_file() {
        return Err(Error::io(format!("{} is a file", folder.display())).help("give a folder"));
    }
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    if let Some(foreign) = names.iter().find(|n| !OWN.contains(&n.as_str())) {
        return Err(Error::io(format!("{} holds `{foreign}`, which is not part of a report", folder.display()))
            .help("give a folder of its own: a report replaces its folder whole"));
    }
    let charts = fs::read_dir(folder.join("charts")).into_iter().flatten().flatten();
    for name in charts.map(|e| e.file_name().to_string_lossy().into_owned()) {
        let ours = FIGURES.iter().any(|p| name.starts_with(p));
        if !ours || !(name.ends_with(".svg") || name.ends_with(".png")) {
            return Err(Error::io(format!("{} holds `charts/{name}`, which is not part of a report", folder.display()))
                .help("give a folder of its own: a report replaces its folder whole"));
        }
    }
    if !names.is_empty() && overwrite == Overwrite::Refuse {
        return Err(Error::io(format!("{} holds an earlier report", folder.display())).help(
            "say that it may be replaced whole (`--force` in the shell, `overwrite=True` in Python), or name another folder",
        ));
    }
    let here = std::env::current_dir().and_then(fs::canonicalize).ok();
    if here.is_some() && fs::canonicalize(folder).ok() == here {
        return Err(Error::io(format!("{} is the folder you are in", folder.display())).help("give a folder of its own"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_stopped_report_leaves_nothing() {
        let plan = undeb::Plan::builtin("eu-80").unwrap();
        let report = plan.assess(plan.gather().unwrap()).unwrap().release("2026-01-01".parse().unwrap()).unwrap();
        let beside = tempfile::tempdir().unwrap();
        let folder = beside.path().join("report");
        let watch = Arc::new(undeb::Watch::default());
        watch.stop();
        assert!(watch.over(|| write(&report, &folder, Overwrite::Refuse)).is_err());
        assert_eq!(fs::read_dir(beside.path()).unwrap().count(), 0);
        assert_eq!(write(&report, &folder, Overwrite::Refuse).unwrap()[0], folder.join("report.html"));
    }
}
