//! The threads that carry: each runs its own connections and no others.
//!
//! On a runtime that shares tasks among its threads, every reply from the relay wakes a second thread to look for
//! work; at 37 KB a letter that costs more than writing the letter. Here a connection stays where it was opened.

use std::io;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// More than two bring nothing: one relay takes what one thread sends, the second is for signing.
const AT_MOST: usize = 2;

/// Running threads; they end when this is dropped, and with them whatever still runs on them.
#[derive(Debug)]
pub(crate) struct Threads {
    handles: Vec<Handle>,
    next: usize,
    over: CancellationToken,
}

impl Threads {
    /// Starts one or two, as the machine has cores. Where the system starts none, the caller's own runtime carries.
    pub fn start() -> Threads {
        let wanted = thread::available_parallelism().map_or(1, |n| n.get()).min(AT_MOST);
        let over = CancellationToken::new();
        let started: io::Result<Vec<Handle>> = (0..wanted).map(|_| start_one(over.clone())).collect();
        let handles = started.unwrap_or_else(|error| {
            tracing::warn!(%error, "no thread for sending could be started");
            vec![Handle::current()]
        });
        Threads { handles, next: 0, over }
    }

    /// The thread whose turn it is.
    pub fn next(&mut self) -> &Handle {
        self.next = (self.next + 1) % self.handles.len();
        &self.handles[self.next]
    }
}

fn start_one(over: CancellationToken) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("treff-carrier".into())
        .spawn(move || runtime.block_on(over.cancelled_owned()))?;
    Ok(handle)
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.over.cancel();
    }
}
