//! Whether letters get out and arrive: what the settings say of it, and what relay, DNS and mailbox answer.
//!
//! Each check looks at one thing and answers what it found as a value; `treff doctor` and the desk put it into words, each
//! in its own. Nothing is changed and no letter is sent. What goes out of the machine says so and bounds its time; what
//! does not ([`settings`], [`relay::open`], [`dkim::read_keys`], [`returned::is_watched`], [`sending`]) reads files: quick,
//! but not for a thread that others wait for.
//!
//! Words for people must never come in.

pub mod dkim;
pub mod dmarc;
pub mod dns;
pub mod domain;
pub mod relay;
pub mod returned;
pub mod sending;
pub mod settings;
pub mod spf;
pub mod trial;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All well.
    Ok,
    /// It works, but not as well as it should.
    Warning,
    /// It does not work.
    Error,
}
