//! `undeb notebook`: a ready notebook for a plan.

use undeb::{Plan, Result};

use crate::args::NotebookCommand;
use crate::output::write_file;

/// Writes a notebook that reads the plan, holds it against its sources, draws each target and makes the report.
pub(crate) fn run(options: &NotebookCommand) -> Result<u8> {
    let plan = crate::plan::open(&options.plan)?;
    let name = format!("{}.ipynb", plan.id);
    let out = options.out.clone().unwrap_or_else(|| name.into());
    // A notebook runs in its own folder, so a file is named in full.
    let file = std::fs::canonicalize(&options.plan).ok().map(|p| p.display().to_string());
    let text = serde_json::to_string_pretty(&notebook(&plan, file.as_deref().unwrap_or(&options.plan)))
        .map_err(|e| undeb::Error::io(format!("the notebook cannot be written: {e}")))?;
    write_file(&out, format!("{text}\n").as_bytes(), options.force)?;
    Ok(0)
}

fn notebook(plan: &Plan, given: &str) -> serde_json::Value {
    let summary = plan.summary.clone().unwrap_or_default();
    let mut cells = vec![
        (false, format!("# {}\n\n{summary}", plan.title)),
        (true, format!("import undeb as ub\n\nplan = ub.Plan.read({})\nplan", serde_json::json!(given))),
        (false, "Each target is met, not met, or cannot be told. These are working findings: they are not released.".to_owned()),
        (true, "findings = plan.assess()\nfindings".to_owned()),
    ];
    for target in plan.targets.iter().filter(|t| !matches!(t.level, undeb::Level::Unset(_)) && t.source.is_some()) {
        let note = target.note.clone().unwrap_or_default();
        cells.push((false, format!("## {}\n\n{note}", target.title)));
        cells.push((true, format!("findings.chart(\"gap\", target={})", serde_json::json!(target.id))));
    }
    cells.push((false, "What may be published has passed the quality and confidentiality rules.".to_owned()));
    cells.push((true, "report = findings.release()\nreport".to_owned()));
    cells.push((false, "This writes the page, its data and its charts; it refuses to replace an earlier report.".to_owned()));
    cells.push((true, format!("# report.write({})", serde_json::json!(plan.id))));
    let cells: Vec<serde_json::Value> = cells.iter().enumerate().map(|(i, (code, text))| cell(i, *code, text)).collect();
    let kernel = serde_json::json!({ "display_name": "Python 3", "language": "python", "name": "python3" });
    serde_json::json!({ "cells": cells, "metadata": { "kernelspec": kernel }, "nbformat": 4, "nbformat_minor": 5 })
}

fn cell(index: usize, code: bool, text: &str) -> serde_json::Value {
    let source = text.trim_end();
    match code {
        true => serde_json::json!({
            "cell_type": "code", "id": format!("cell-{index}"), "metadata": {}, "source": source,
            "execution_count": null, "outputs": [],
        }),
        false => {
            serde_json::json!({ "cell_type": "markdown", "id": format!("cell-{index}"), "metadata": {}, "source": source })
        }
    }
}
