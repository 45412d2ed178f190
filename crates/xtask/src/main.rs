//! Chores of the project, run as `cargo xtask NAME`.
//!
//! `test` sets up what the tests need and runs them all: format, lints, unit and integration tests, documentation
//! examples, and the Python package with its notebooks and the report in a real browser. `rust` and `python` run the
//! two halves alone. `backtest` prints the tables of docs/BACKTEST.md.

mod python;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let outcome = match name.as_str() {
        "test" => rust().and_then(|()| python::test()),
        "rust" => rust(),
        "python" => python::test(),
        "backtest" => backtest(),
        _ => Err("usage: cargo xtask test | rust | python | backtest".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// How projections would have done on the table of states.
fn backtest() -> Outcome {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    run(&cargo, &["run", "--release", "--quiet", "--package", "undeb-benches", "--", "backtest"])
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Outcome {
    run_with(program, arguments, &[])
}

fn run_with(program: impl AsRef<Path>, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let program = program.as_ref();
    let shown = format!("{} {}", program.display(), arguments.join(" "));
    eprintln!("xtask: {shown}");
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().copied()).current_dir(root());
    let status = command.status().map_err(|e| format!("cannot run {shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {shown}")) }
}

fn exists(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success())
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Formatting, lints, tests and documentation examples.
fn rust() -> Outcome {
    run(cargo(), &["fmt", "--all", "--check"])?;
    run(cargo(), &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    run(cargo(), &["test", "--workspace"])
}
