//! What opened a page of somebody's own: a leaf, which what reads and who reads both know.

/// What opened a page.
pub(super) enum Door {
    /// The link of a letter, which may have been forwarded: titles of restricted items stay hidden, and what DESIGN,
    /// section 6, asks a fresh link for.
    Letter {
        /// As it stands in the path.
        token: String,
    },
    /// A device of their own.
    Device,
}

impl Door {
    /// The path that the pages behind it lie under.
    pub(super) fn base(&self) -> String {
        match self {
            Door::Letter { token } => format!("/l/{token}"),
            Door::Device => "/me".to_owned(),
        }
    }

    /// The path of a page behind it.
    pub(super) fn path(&self, page: &str) -> String {
        format!("{}/{page}", self.base())
    }

    /// The way to the person's own pages; none where it stands in the head of every page.
    pub(super) fn own_pages(&self) -> Option<String> {
        match self {
            Door::Letter { .. } => Some(self.path("link")),
            Door::Device => None,
        }
    }
}
