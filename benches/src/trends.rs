//! Every series of the table of states: trended, projected to a target and assessed.

use std::error::Error;
use std::time::Instant;

use rayon::prelude::*;
use undeb::{Goal, Measure, ProjectionOptions, PublishedTable, Registry, TrendOptions};

/// `bench trends [RUNS]`: estimates to trends to projections with their probabilities, 510 series.
pub(crate) fn time(runs: usize) -> Result<(), Box<dyn Error>> {
    let table = PublishedTable::open("us-states", &Registry::bundled()?)?;
    let estimates = table.estimate(&[Measure::Density, Measure::Coverage], Some(1.5))?;
    let mut keys: Vec<(Measure, String, String)> = estimates
        .cells()
        .iter()
        .filter(|e| !e.rolled_up)
        .map(|e| (e.measure, e.region.to_string(), e.sector.to_string()))
        .collect();
    keys.sort();
    keys.dedup();
    let options = ProjectionOptions { goal: Some(Goal::Level(0.15)), ..ProjectionOptions::to("2030".parse()?) };
    let mut trend_times = Vec::new();
    let mut times = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        let trends: undeb::Result<Vec<_>> = keys
            .par_iter()
            .map(|(measure, region, sector)| estimates.track(*measure, region, sector)?.trend(&TrendOptions::default()))
            .collect();
        let trends = trends?;
        trend_times.push(start.elapsed().as_secs_f64());
        let probabilities: undeb::Result<Vec<f64>> = trends
            .par_iter()
            .map(|trend| {
                let projection = trend.project(&options)?;
                let bands: f64 = projection.periods().iter().map(|p| p.interval(0.95).high - p.median()).sum();
                Ok(projection.met_by().unwrap_or(0.0) + 0.0 * bands)
            })
            .collect();
        probabilities?;
        times.push(start.elapsed().as_secs_f64());
    }
    println!(
        "{} series: trends {:.3} s, with projections, fans and probabilities {:.3} s (medians of {runs})",
        keys.len(),
        crate::median(trend_times),
        crate::median(times)
    );
    Ok(())
}
