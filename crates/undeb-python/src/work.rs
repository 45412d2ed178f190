//! Work away from the interpreter: its lock is free meanwhile, Ctrl-C comes through, and a panic stays on this side.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::error::{Raise, UndebError};

/// How long Ctrl-C may wait.
const PATIENCE: Duration = Duration::from_millis(100);

/// Runs work on a thread of its own and waits for it, asking every tenth of a second whether Ctrl-C was pressed.
///
/// # Errors
/// What the work answers; KeyboardInterrupt; `UndebError` where the work panics, which is a fault of ours.
pub(crate) fn run<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> undeb::Result<T> + Send + 'static) -> PyResult<T> {
    let (done, waiting) = channel();
    let spawned = thread::Builder::new().name("undeb".to_owned()).spawn(move || {
        // Whoever waited may have left.
        drop(done.send(catch_unwind(AssertUnwindSafe(work))));
    });
    spawned.map_err(|e| UndebError::new_err(format!("no thread can be started: {e}")))?;
    let waiting = Mutex::new(waiting);
    loop {
        let answer = py.detach(|| match waiting.lock() {
            Ok(waiting) => waiting.recv_timeout(PATIENCE),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        });
        match answer {
            Ok(Ok(result)) => return result.or_raise(),
            Ok(Err(panic)) => return Err(fault(&*panic)),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(fault(&"the work ended without an answer")),
        }
    }
}

fn fault(panic: &(dyn Any + Send)) -> PyErr {
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
        thread::sleep(Duration::from_secs_f64(seconds));
        Ok(())
    })
}
