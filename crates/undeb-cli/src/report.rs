//! `undeb report`: the main job.

use undeb::release::format::{percent, signed_points, workers};
use undeb::{Answer, Day, Level, PolicyForce, Report, Result};
use undeb_report::Overwrite;

use crate::args::ReportOptions;
use crate::output::{print, table};
use crate::progress::Progress;

/// Runs the report; the answer is the exit code.
pub(crate) fn run(options: &ReportOptions) -> Result<u8> {
    let progress = Progress::start("Reading the figures");
    let plan = crate::plan::open(&options.plan)?;
    let findings = plan.assess(plan.gather()?)?;
    let code = findings.counts().exit_code();
    if options.check {
        return Ok(code);
    }
    let as_of = options.as_of.or(plan.as_of).unwrap_or_else(Day::today);
    let report = findings.release(as_of)?;
    let mut text = verdict(&report);
    if let Some(folder) = &options.out {
        progress.now("Writing the report");
        let overwrite = if options.force { Overwrite::Replace } else { Overwrite::Refuse };
        let written = undeb_report::write(&report, folder, overwrite)?;
        let charts = written.len() - 4;
        text.push_str(&format!("\nWritten: {} and {charts} chart files beside it\n", written[0].display()));
    }
    drop(progress);
    print(&text)?;
    Ok(code)
}

/// The verdict as a table: one row a target, or the single cell of a target for one place.
fn verdict(report: &Report) -> String {
    let mut rows = Vec::new();
    for t in report.targets() {
        let counts = t.counts();
        let answer = match (&t.target.level, t.findings.as_slice()) {
            (Level::Unset(_), _) => "no number".to_owned(),
            (_, [one]) => {
                let answer = match one.answer {
                    Answer::Met => "met",
                    Answer::NotMet => "not met",
                    _ => "cannot tell",
                };
                let figure = one.value.map_or("no figure".to_owned(), |v| {
                    format!("{} in {}", percent(v), one.period.map(|p| p.to_string()).unwrap_or_default())
                });
                let gap = one.gap.map(|g| {
                    let workers =
                        g.workers.map(|w| format!(", {} {}", workers(w), t.target.measure.counted())).unwrap_or_default();
                    format!(", gap {} points{workers}", signed_points(g.value))
                });
                format!("{answer} ({figure}{})", gap.unwrap_or_default())
            }
            _ if t.target.force == PolicyForce::Trigger => {
                format!("{} not triggered, {} triggered, {} cannot tell", counts.met, counts.not_met, counts.cannot_tell)
            }
            _ => format!("{} met, {} not met, {} cannot tell", counts.met, counts.not_met, counts.cannot_tell),
        };
        let deadline = t.target.deadline.map_or("none".to_owned(), |d| d.to_string());
        rows.push(vec![t.target.title.clone(), t.target.status.to_string(), deadline, answer]);
    }
    let mut text = format!("{}\n\n{}\n", report.plan().title, report.verdict());
    if !rows.is_empty() {
        text.push_str(&format!("\n{}", table(&["Target", "Status", "Deadline", "Finding"], &[], rows)));
        text.push_str("A positive gap is short of the level.\n");
    }
    let late = report.actions().filter(|(_, overdue)| *overdue).count();
    if late > 0 {
        text.push_str(&format!("{late} of {} actions past the due date.\n", report.actions().count()));
    }
    text
}
