//! What a journal's writer and its reader both know of its two files.

use std::path::{Path, PathBuf};

/// Ends a line that was not written whole. No whole line ends so: [`Journal::reply`](super::Journal::reply) takes it out of texts.
pub(super) const TORN: &str = "\u{7}\n";

/// The two files' names: `BASE-1` and `BASE-2`.
pub fn paths(base: &Path) -> [PathBuf; 2] {
    [1, 2].map(|n| {
        let mut name = base.as_os_str().to_owned();
        name.push(format!("-{n}"));
        PathBuf::from(name)
    })
}
