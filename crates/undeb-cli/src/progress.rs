//! A sign of life on standard error, for work that takes more than a second.

use std::borrow::Cow;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A spinner that appears after a second, and only on a terminal; it goes when dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    _alive: Sender<()>,
}

impl Progress {
    /// Starts watching.
    pub(crate) fn start(doing: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_message(doing);
        let (alive, gone) = channel::<()>();
        let watched = bar.clone();
        std::thread::spawn(move || {
            if gone.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                watched.set_draw_target(ProgressDrawTarget::stderr());
                watched.enable_steady_tick(Duration::from_millis(120));
            }
        });
        Progress { bar, _alive: alive }
    }

    /// Says what is being done now.
    pub(crate) fn now(&self, doing: impl Into<Cow<'static, str>>) {
        self.bar.set_message(doing);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
