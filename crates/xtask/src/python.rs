//! The Python package: its wheel built once with what cargo has built, installed, and everything about it tested.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, cargo, exists, root, run, run_with};

/// Builds the wheel, sets up an environment from the requirements file, and runs pytest: package, notebooks, browser.
pub(crate) fn test() -> Outcome {
    let chromium = chromium()?;
    let python = environment()?;
    let wheel = wheel(&python)?;
    run(&python, &["-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", &wheel.display().to_string()])?;
    // The tests compare the package with the shell program; without a package named, features are those of before.
    run(cargo(), &["build", "--quiet", "--bin", "undeb"])?;
    // Warnings are errors by pyproject.toml.
    run_with(&python, &["-m", "pytest", "tests/python", "docs/notebooks", "--nbmake"], &[("CHROMIUM", &chromium)])
}

/// The environment that the tests run in.
fn environment() -> Result<PathBuf, String> {
    let venv = root().join("target/venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        run("python3", &["-m", "venv", &venv.display().to_string()])?;
    }
    run(&python, &["-m", "pip", "install", "--quiet", "--requirement", "tests/python/requirements.txt"])?;
    Ok(python)
}

/// A wheel of the development profile: polars is not compiled again.
fn wheel(python: &Path) -> Result<PathBuf, String> {
    let folder = root().join("target/python-wheel");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("cannot empty {}: {e}", folder.display()))?;
    }
    run(python, &["-m", "maturin", "build", "--quiet", "--compatibility", "linux", "--out", &folder.display().to_string()])?;
    let built = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "whl"));
    built.ok_or_else(|| format!("maturin left no wheel in {}", folder.display()))
}

/// Name of a Chromium that is there, installed first where it can be.
fn chromium() -> Result<String, String> {
    if let Some(found) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|p| exists(p)) {
        return Ok(found.to_owned());
    }
    // Only Debian and its kin are set up here; elsewhere the message says what is missing.
    run("apt-get", &["update", "-q"])
        .and_then(|()| run("apt-get", &["install", "-y", "-q", "--no-install-recommends", "chromium"]))
        .map_err(|e| format!("{e}; install Chromium by hand and run again"))?;
    Ok("chromium".to_owned())
}
