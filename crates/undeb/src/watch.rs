//! Long work that somebody watches: how far it has come, and whether it is to go on.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::{Error, Result};

/// What a watcher sees of work on another thread, and how it stops it.
///
/// ```
/// use std::sync::Arc;
/// use undeb::{Measure, PublishedTable, Registry, Steps, Watch};
/// let watch = Arc::new(Watch::default());
/// let told = watch.over(|| -> undeb::Result<_> {
///     let steps = Steps::of(4);
///     steps.step()?;
///     Ok(watch.share())
/// });
/// assert_eq!(told?, Some(0.25));
/// watch.stop();
/// assert!(watch.over(|| Steps::of(4).step()).is_err());
/// # Ok::<(), undeb::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicUsize,
    of: AtomicUsize,
    stopped: AtomicBool,
}

thread_local! {
    static WATCH: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

impl Watch {
    /// Works on this thread under the watcher's eyes.
    pub fn over<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        let before = WATCH.replace(Some(Arc::clone(self)));
        let result = work();
        WATCH.set(before);
        result
    }

    /// Asks the work to end at its next step, with an error.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// How much of the steps is done, from 0 to 1; none where they are not counted.
    pub fn share(&self) -> Option<f64> {
        let of = self.of.load(Ordering::Relaxed);
        (of > 0).then(|| (self.done.load(Ordering::Relaxed) as f64 / of as f64).min(1.0))
    }
}

/// The steps of work that can be counted; whoever watches this thread sees them.
pub struct Steps(Option<Arc<Watch>>);

impl Steps {
    /// Work of so many steps, which may be taken on any thread.
    pub fn of(count: usize) -> Self {
        let watch = WATCH.with_borrow(Clone::clone);
        if let Some(watch) = &watch {
            watch.done.store(0, Ordering::Relaxed);
            watch.of.store(count, Ordering::Relaxed);
        }
        Steps(watch)
    }

    /// One step more.
    ///
    /// # Errors
    /// The watcher has stopped the work.
    pub fn step(&self) -> Result<()> {
        let Some(watch) = &self.0 else { return Ok(()) };
        watch.done.fetch_add(1, Ordering::Relaxed);
        match watch.stopped.load(Ordering::Relaxed) {
            true => Err(Error::io("the work was stopped")),
            false => Ok(()),
        }
    }
}
