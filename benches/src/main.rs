//! Times the survey engine on synthetic records: `bench [ROWS]...`; `bench charts` times the drawing of charts.
//!
//! `bench write ROWS FILE [sorted] [regional] [replicates=N]` leaves records as Parquet, and `bench parts FILE [BY]`
//! sums a file of any size part by part. Medians of the warm runs, and memory above the frame. The peers run the same
//! jobs on the same file, which `bench time FILE RUNS JOB`, `bench memory FILE JOB` and `bench values FILE JOB` answer
//! for: benches/peers.

mod backtest;
mod charts;
mod job;
mod records;
mod trends;

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use undeb::survey::testing::Adjustment;
use undeb::{CompareOptions, Comparison, Meaning, Measure, RecordOptions, RecordTotals, Records, Roles};

use records::{Labour, Shape};

fn roles() -> Roles {
    let name = |n: &str| Some(n.to_owned());
    Roles {
        member: name("union"),
        covered: name("covered"),
        employee: name("employee"),
        weight: name("weight"),
        strata: name("stratum"),
        psu: name("psu"),
        period: name("year"),
        region: name("region"),
        sector: name("sector"),
        survey: "synthetic records".to_owned(),
        ..Roles::default()
    }
}

/// Kilobytes of a line of /proc/self/status.
fn memory(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find(|l| l.starts_with(line)).and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    found.unwrap_or(0.0)
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn time(name: &str, rows: usize, runs: usize, mut job: impl FnMut() -> usize) {
    let first = Instant::now();
    let cells = job();
    let first = first.elapsed().as_secs_f64();
    let warm: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            job();
            start.elapsed().as_secs_f64()
        })
        .collect();
    println!("{name:<44} {rows:>9} rows {cells:>5} cells  first {first:>8.4} s  median {:>8.4} s", median(warm));
}

fn run(rows: usize) -> Result<(), Box<dyn std::error::Error>> {
    let frame = records::labour(rows, 1, Shape::default())?;
    let runs = if rows > 2_000_000 { 5 } else { 15 };
    let both = [Measure::Density, Measure::Coverage];
    // Forget the peak that making the frame left.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS");
    let prepared = Records::new(&frame, &roles())?;
    let estimates = prepared.estimate(&both, &["period", "region", "sector"], &RecordOptions::default())?;
    println!("memory above the frame: {:.1} bytes a row", (memory("VmHWM") - before) * 1024.0 / rows as f64);
    drop((prepared, estimates));
    let count = |by: &[&str], records: &Records| -> usize {
        records.estimate(&both, by, &RecordOptions::default()).map_or(0, |e| e.cells().len())
    };
    time("frame to estimates, region x sector", rows, runs, || {
        Records::new(&frame, &roles()).map_or(0, |r| count(&["region", "sector"], &r))
    });
    time("frame to estimates, year x region x sector", rows, runs, || {
        Records::new(&frame, &roles()).map_or(0, |r| count(&["period", "region", "sector"], &r))
    });
    let prepared = Records::new(&frame, &roles())?;
    time("coded records, region x sector", rows, runs, || count(&["region", "sector"], &prepared));
    time("coded records, year x region x sector", rows, runs, || count(&["period", "region", "sector"], &prepared));
    // Twelve regions, three sectors, nine changes from year to year: 324 tests of one measure.
    let estimates = prepared.estimate(&[Measure::Density], &["period", "region", "sector"], &RecordOptions::default())?;
    let changes = || estimates.compare(&Comparison::Successive, &CompareOptions::default());
    time("year-on-year tests with covariance and BH", rows, runs, || {
        changes().map_or(0, |c| c.adjusted(Adjustment::BenjaminiHochberg).len())
    });
    Ok(())
}

/// Parquet to a finished table, part by part, with what it took.
fn parts(path: &Path, by: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (roles, start) = (roles(), Instant::now());
    let totals = RecordTotals::of_file(path, &Meaning::Roles(&roles), &by.split(',').collect::<Vec<_>>(), |done, all| {
        eprint!("\r{:>5.1} of {:.1} million records", done as f64 / 1e6, all as f64 / 1e6);
    })?;
    let (psus, sums) = (totals.psus(), totals.len());
    let estimates = totals.finish(&[Measure::Density, Measure::Coverage], &RecordOptions::default())?;
    println!(
        "\n{} cells from {sums} sums of {psus} PSUs in {:.1} s, at most {:.2} GB",
        estimates.cells().len(),
        start.elapsed().as_secs_f64(),
        memory("VmHWM") / 1024.0 / 1024.0
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", rows, path, like @ ..] => {
            let mut shape = Shape::default();
            for word in like {
                match word.split_once('=') {
                    None if *word == "sorted" => shape.sorted = true,
                    None if *word == "regional" => shape.regional = true,
                    Some(("replicates", number)) => shape.replicates = number.parse()?,
                    _ => return Err(format!("records can be sorted, regional or have replicates=N, not `{word}`").into()),
                }
            }
            Labour::new(rows.parse()?, 1, shape).write(File::create(path)?)?;
            return Ok(());
        }
        ["charts"] => {
            charts::run();
            return Ok(());
        }
        ["parts", path] => return parts(Path::new(path), "region,sector"),
        ["parts", path, by] => return parts(Path::new(path), by),
        ["time", path, runs, job] => return job::time(path, runs, job),
        ["memory", path, job] => return job::held(path, job),
        ["trends"] => return trends::time(5),
        ["backtest"] => return backtest::tables(),
        ["backtest", "rule"] => return backtest::rule(),
        ["values", path, job] => return job::values(path, job),
        _ => {}
    }
    let sizes = if arguments.is_empty() { vec!["100000".to_owned(), "1000000".to_owned()] } else { arguments };
    for rows in sizes {
        run(rows.parse()?)?;
    }
    Ok(())
}
