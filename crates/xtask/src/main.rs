//! Chores of the project, run as `cargo xtask NAME`.
//!
//! `test` sets up what the tests need and runs them all: format, lints, unit and integration tests, documentation
//! examples, and the report opened in a real browser. `rust` and `browser` run the two halves alone.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let outcome = match name.as_str() {
        "test" => rust().and_then(|()| browser()),
        "rust" => rust(),
        "browser" => browser(),
        _ => Err("usage: cargo xtask test | rust | browser".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Outcome {
    let program = program.as_ref();
    let shown = format!("{} {}", program.display(), arguments.join(" "));
    eprintln!("xtask: {shown}");
    let status =
        Command::new(program).args(arguments).current_dir(root()).status().map_err(|e| format!("cannot run {shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {shown}")) }
}

fn exists(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success())
}

/// Formatting, lints, tests and documentation examples.
fn rust() -> Outcome {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    run(&cargo, &["fmt", "--all", "--check"])?;
    run(&cargo, &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    run(&cargo, &["test", "--workspace"])
}

/// The report in headless Chromium, driven from Python.
fn browser() -> Outcome {
    let chromium = match ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|p| exists(p)) {
        Some(found) => found.to_owned(),
        None => {
            // Only Debian and its kin are set up here; elsewhere the message says what is missing.
            run("apt-get", &["update", "-q"])
                .and_then(|()| run("apt-get", &["install", "-y", "-q", "--no-install-recommends", "chromium"]))
                .map_err(|e| format!("{e}; install Chromium by hand and run again"))?;
            "chromium".to_owned()
        }
    };
    let venv = root().join("target/venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        run("python3", &["-m", "venv", &venv.display().to_string()])?;
    }
    run(&python, &["-m", "pip", "install", "--quiet", "--requirement", "tests/python/requirements.txt"])?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    run(&cargo, &["build", "--quiet", "--package", "undeb-cli"])?;
    let shown = format!("{} -m pytest tests/python (Chromium: {chromium})", python.display());
    eprintln!("xtask: {shown}");
    let status = Command::new(&python)
        .args(["-m", "pytest", "-q", "tests/python"])
        .env("CHROMIUM", chromium)
        .current_dir(root())
        .status()
        .map_err(|e| format!("cannot run {shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {shown}")) }
}
