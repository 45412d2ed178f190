//! One job on one file, answered in a line of JSON: what benches/peers asks of every program.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use polars::prelude::*;
use undeb::survey::design::LonelyPsu;
use undeb::{Estimates, Meaning, Measure, RecordOptions, Records, ReplicateColumns, Replication, Roles};

use crate::{median, memory, roles};

/// Breakdowns of a job: 36 cells in A, 360 in B; R is A with replicate weights, P is A from the file.
fn breakdowns(job: &str) -> Result<&'static [&'static str], Box<dyn Error>> {
    match job {
        "A" | "R" | "P" => Ok(&["region", "sector"]),
        "B" => Ok(&["period", "region", "sector"]),
        other => Err(format!("there is no job `{other}`: A, B, P or R").into()),
    }
}

/// The whole job: frame, or in job P the file, to estimates with their errors.
fn estimates(frame: &DataFrame, path: &str, job: &str) -> Result<Estimates, Box<dyn Error>> {
    let (by, both, options) = (breakdowns(job)?, [Measure::Density, Measure::Coverage], RecordOptions::default());
    let mut roles = roles();
    // Only the columns that the job is about are named, as in the other programs.
    roles.period = roles.period.filter(|_| by.contains(&"period"));
    if job == "P" {
        return Ok(Estimates::of_file(Path::new(path), &Meaning::Roles(&roles), &both, by, &options, |_, _| {})?);
    }
    if job == "R" {
        // The degrees of freedom are given: the rank of the weights is no part of the sums that are compared.
        let (columns, kind) = (vec!["rw*".to_owned()], "bootstrap".to_owned());
        let replicates = ReplicateColumns { columns, kind, df: Some(100.0), ..ReplicateColumns::default() };
        roles.replication = Some(Replication::Columns(replicates));
    }
    Ok(Records::new(frame, &roles)?.estimate(&both, by, &options)?)
}

/// The columns of the job, in one piece each, as a program that holds its data in memory has them.
fn read(path: &str) -> Result<DataFrame, Box<dyn Error>> {
    let mut frame = ParquetReader::new(File::open(path)?).finish()?;
    frame.rechunk_mut();
    Ok(frame)
}

/// Processor seconds of all threads so far; the kernel counts them in nanoseconds.
fn processor() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() * 1e-9
}

/// `bench time FILE RUNS JOB`: the first call, the median of the RUNS that follow, and processor seconds a call.
pub(crate) fn time(path: &str, runs: &str, job: &str) -> Result<(), Box<dyn Error>> {
    let runs = runs.parse::<usize>()?;
    let frame = if job == "P" { DataFrame::empty() } else { read(path)? };
    let rows = ParquetReader::new(File::open(path)?).num_rows()?;
    let (processor_before, start) = (processor(), Instant::now());
    let kept = estimates(&frame, path, job)?;
    let first = start.elapsed().as_secs_f64();
    let first_processor = processor() - processor_before;
    let cells = kept.cells().len() / 2;
    let processor_before = processor();
    let mut warm = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        estimates(&frame, path, job)?;
        warm.push(start.elapsed().as_secs_f64());
    }
    let (median, cpu) = match runs {
        0 => (first, first_processor),
        _ => (median(warm), (processor() - processor_before) / runs as f64),
    };
    println!(r#"{{"job":"{job}","rows":{rows},"first":{first},"median":{median},"cpu":{cpu},"cells":{cells}}}"#);
    Ok(())
}

/// `bench memory FILE JOB`: bytes a row that a call takes above the frame, once the program itself is in memory: a call
/// on the first records comes before.
pub(crate) fn held(path: &str, job: &str) -> Result<(), Box<dyn Error>> {
    let frame = if job == "P" { DataFrame::empty() } else { read(path)? };
    let rows = ParquetReader::new(File::open(path)?).num_rows()?;
    let by = breakdowns(job)?;
    let first = ParquetReader::new(File::open(path)?).with_slice(Some((0, 1_000))).finish()?;
    let roles = Roles { lonely_psu: LonelyPsu::Remove, ..roles() };
    Records::new(&first, &roles)?.estimate(&[Measure::Density, Measure::Coverage], by, &RecordOptions::default())?;
    // Writing 5 resets the peak, so that what came before does not count.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = memory("VmRSS");
    let kept = estimates(&frame, path, job)?;
    let bytes = (memory("VmHWM") - before) * 1024.0 / rows as f64;
    println!(r#"{{"memory_per_row":{bytes},"cells":{}}}"#, kept.cells().len() / 2);
    Ok(())
}

/// `bench values FILE JOB`: every cell as `[measure, year, region, sector, value, standard error]`; the year is null
/// where the job has none.
pub(crate) fn values(path: &str, job: &str) -> Result<(), Box<dyn Error>> {
    let by = breakdowns(job)?;
    let number = |x: Option<f64>| x.map_or("null".to_owned(), |x| format!("{x:e}"));
    let dated = by.contains(&"period");
    let estimates = estimates(&read(path)?, path, job)?;
    let cells = estimates.cells().iter().map(|e| {
        let year = if dated { e.period.to_string() } else { "null".to_owned() };
        let (value, se) = (number(e.value), number(e.se()));
        format!(r#"["{}",{year},"{}","{}",{value},{se}]"#, e.measure.id(), e.region, e.sector)
    });
    println!(r#"{{"job":"{job}","values":[{}]}}"#, cells.collect::<Vec<_>>().join(","));
    Ok(())
}
