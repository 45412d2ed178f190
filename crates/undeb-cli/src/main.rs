//! `undeb`: plans of targets in, findings and reports out.
//!
//! Results go to standard output, messages to standard error. Exit codes: 0 every target met (or nothing to judge),
//! 1 some not met, 3 some cannot be told and none is missed, 2 an error.

mod args;
mod args_chart;
mod args_explain;
mod args_trend;
mod chart;
mod codebooks;
mod compare;
mod data;
mod design;
mod detect;
mod estimates;
mod explain;
mod message;
mod notebook;
mod output;
mod plan;
mod progress;
mod quantities;
mod report;
mod trends;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Report(options) => report::run(&options),
        Command::Plan(command) => plan::run(command),
        Command::Data(command) => data::run(command),
        Command::Estimates(options) => estimates::run(&options),
        Command::Chart(options) => chart::run(&options),
        Command::Trend(command) => trends::trend_of(&command),
        Command::Detect(command) => detect::run(&command),
        Command::Project(command) => trends::project(&command),
        Command::Estimate(options) => estimates::records(&options),
        Command::Decompose(options) => explain::decompose(&options),
        Command::Rank(options) => explain::rank(&options),
        Command::Priorities(options) => explain::priorities(&options),
        Command::Compare(options) => compare::run(&options),
        Command::Codebooks { codebook } => codebooks::run(codebook.as_deref()),
        Command::Notebook(options) => notebook::run(&options),
        Command::Completions { shell } => output::completions(shell),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            message::show(&error);
            ExitCode::from(2)
        }
    }
}
