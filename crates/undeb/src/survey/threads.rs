//! Threads where they are worth their while. Work is cut by rows alone, so results are the same with and without them.

use rayon::prelude::*;

/// Rows below which threads cost more than they save.
pub(crate) const SMALL: usize = 1 << 15;
/// Rows of one task.
pub(crate) const TASK: usize = 1 << 14;

/// Works on rows stretch by stretch; `work` is told the first row of each.
pub(crate) fn stretches<T: Send>(rows: &mut [T], work: impl Fn(usize, &mut [T]) + Sync) {
    if rows.len() < SMALL {
        rows.chunks_mut(TASK).enumerate().for_each(|(task, rows)| work(task * TASK, rows));
    } else {
        rows.par_chunks_mut(TASK).enumerate().for_each(|(task, rows)| work(task * TASK, rows));
    }
}

/// What is made of each job, in their order; `rows` are those of all jobs together.
pub(crate) fn map<J: Send, T: Send>(jobs: Vec<J>, rows: usize, work: impl Fn(J) -> T + Sync) -> Vec<T> {
    if rows < SMALL { jobs.into_iter().map(&work).collect() } else { jobs.into_par_iter().map(&work).collect() }
}
