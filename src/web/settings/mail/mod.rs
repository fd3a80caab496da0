//! Whether letters get out and arrive: what the settings say at once, and at the press of a button what relay, DNS and
//! mailbox answer. What is found out is `checkup`'s, as for `treff doctor`; here it is put into plain words with what to do.

mod domain_told;
mod page;
mod relay_told;
mod rest_told;
mod told;

pub(super) use page::{show, try_out};
