//! `undeb plan`: check, schema, list, show.

use std::path::Path;

use undeb::{Error, Plan, Result};

use crate::args::PlanCommand;
use crate::output::{print, table};

/// A plan by file or by bundled name.
pub(crate) fn open(given: &str) -> Result<Plan> {
    let path = Path::new(given);
    if path.is_file() || given.ends_with(".toml") || given.contains(std::path::MAIN_SEPARATOR) {
        Plan::read(path)
    } else {
        Plan::builtin(given)
    }
}

/// Runs a plan command.
pub(crate) fn run(command: PlanCommand) -> Result<u8> {
    match command {
        PlanCommand::Check { plan } => {
            let plan = open(&plan)?;
            print(&format!(
                "{}: a valid plan with {} and {}\n",
                plan.id,
                undeb::release::wording::counted(plan.targets.len(), "target"),
                undeb::release::wording::counted(plan.actions.len(), "action"),
            ))?;
        }
        PlanCommand::Schema => {
            let text = serde_json::to_string_pretty(&Plan::json_schema())
                .map_err(|e| Error::io(format!("the schema cannot be written: {e}")))?;
            print(&format!("{text}\n"))?;
        }
        PlanCommand::List => {
            let mut rows = Vec::new();
            for name in Plan::builtin_names() {
                let plan = Plan::builtin(name)?;
                rows.push(vec![name.to_owned(), plan.title, plan.targets.len().to_string(), plan.actions.len().to_string()]);
            }
            print(&table(&["Plan", "Title", "Targets", "Actions"], &["Targets", "Actions"], rows))?;
        }
        PlanCommand::Show { plan } => print(Plan::builtin_text(&plan)?)?,
    }
    Ok(0)
}
