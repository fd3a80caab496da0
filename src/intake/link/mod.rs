//! What stands behind a link that somebody queues: its title and first words, and whether who has no login can open it.
//!
//! The page is fetched from the server's own network, so a link could reach what no stranger should: only addresses that
//! everybody can reach are asked ([`address`]), at each redirect anew and for the very connection that is made.

pub mod address;
mod fetch;
mod page;
mod walled;

pub use fetch::{Fetcher, LinkError};
pub use page::{Found, read_page};
pub use walled::list_walled_hosts;
