//! Work away from the interpreter: its lock is free meanwhile, Ctrl-C comes through, and a panic stays on this side.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use undeb::{Steps, Watch};

use crate::error::{Raise, UndebError};

/// How long Ctrl-C may wait.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a thread answers: a result, or the words of its panic.
type Answer<T> = thread::Result<undeb::Result<T>>;

/// Runs work on a thread of its own and waits for it, asking every tenth of a second whether Ctrl-C was pressed.
///
/// # Errors
/// What the work answers; KeyboardInterrupt; `UndebError` where the work panics, which is a fault of ours.
pub(crate) fn run<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> undeb::Result<T> + Send + 'static) -> PyResult<T> {
    let (done, waiting) = channel();
    let watch = Arc::new(Watch::default());
    let watched = Arc::clone(&watch);
    let spawned = thread::Builder::new().name("undeb".to_owned()).spawn(move || {
        // Whoever waited may have left.
        drop(done.send(catch_unwind(AssertUnwindSafe(|| watched.over(work)))));
    });
    spawned.map_err(|e| UndebError::new_err(format!("no thread can be started: {e}")))?;
    let waiting = Mutex::new(waiting);
    let begun = Instant::now();
    let answer = wait(py, &waiting, begun, &watch);
    // Whoever was interrupted does not want the answer: the work ends at its next step.
    watch.stop();
    if begun.elapsed() > PATIENCE {
        // A line that cannot be printed is no reason to fail.
        drop(progress(py, "done", (begun.elapsed().as_secs_f64(),)));
    }
    answer
}

/// Waits for the answer of a thread, with a sign of life.
fn wait<T: Send + 'static>(py: Python<'_>, waiting: &Mutex<Receiver<Answer<T>>>, begun: Instant, watch: &Watch) -> PyResult<T> {
    loop {
        let answer = py.detach(|| match waiting.lock() {
            Ok(waiting) => waiting.recv_timeout(PATIENCE),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        });
        match answer {
            Ok(Ok(result)) => return result.or_raise(),
            Ok(Err(panic)) => return Err(fault(&*panic)),
            Err(RecvTimeoutError::Timeout) => {
                py.check_signals()?;
                // Ctrl-C may come while the line is printed; a line that cannot be printed is no reason to fail.
                if let Err(e) = progress(py, "tick", (begun.elapsed().as_secs_f64(), watch.share()))
                    && e.is_instance_of::<PyKeyboardInterrupt>(py)
                {
                    return Err(e);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Err(fault(&"the work ended without an answer")),
        }
    }
}

fn progress<'py>(py: Python<'py>, what: &str, told: impl PyCallArgs<'py>) -> PyResult<()> {
    py.import("undeb.progress")?.call_method1(what, told).map(drop)
}

pub(crate) fn fault(panic: &(dyn Any + Send)) -> PyErr {
    let words = panic.downcast_ref::<&str>().map(ToString::to_string);
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned());
    UndebError::new_err(format!(
        "this is a fault in undeb itself, not in what was asked: {words}; please report it with the call"
    ))
}

/// Panics, so that a test can see what becomes of it.
#[pyfunction]
#[allow(clippy::panic, reason = "the panic is what is asked for")]
pub(crate) fn _panic(py: Python<'_>) -> PyResult<()> {
    run(py, || panic!("asked to panic"))
}

/// Works for so many seconds, so that a test can interrupt it.
#[pyfunction]
pub(crate) fn _sleep(py: Python<'_>, seconds: f64) -> PyResult<()> {
    run(py, move || {
        let steps = Steps::of(10);
        for _ in 0..10 {
            thread::sleep(Duration::from_secs_f64(seconds / 10.0));
            steps.step()?;
        }
        Ok(())
    })
}
