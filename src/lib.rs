//! Treff: the right information to the right people.
//!
//! # The map
//!
//! Data walks one way, down this list of rooms; [`pipeline`] reads like it.
//!
//! | room | what happens there |
//! |---|---|
//! | [`forum`] | who: recipients, seats, groups, organisations, terms |
//! | [`content`] | what, and for whom: items, kinds, audience language, Markdown |
//! | [`matching`] | the rule: does this recipient get this item, and why |
//! | [`edition`] | when, and what to whom: schedule, opening, composing, carrying over |
//! | [`letter`] | a digest as mail: templates, pieces, encoding |
//! | [`delivery`] | letters on their way: outbox, journal, relays, SMTP, Maildir, DKIM, pace, retry, takeover |
//!
//! Beside them stand [`intake`] (how things come in), [`feedback`] (what comes back: taps, bounces, complaints), [`staff`]
//! (who works at the desk, with which right), [`oidc`] (who somebody is, by another house's word) and [`insight`] (what the
//! lead may know: whom something reaches, how well it hits, what was missed, how groups get on); [`checkup`] looks whether
//! letters get out and arrive; on top stand [`web`] and [`cli`]; [`store`] keeps the rows, and [`world`] turns rows into the
//! values of `forum` and `content`.
//!
//! # Invariants
//!
//! - Only `store` names sqlx, only `web` axum, only `letter` and `web` tera; only `delivery` speaks SMTP.
//! - `forum`, `content`, `matching` and `letter` never call `store`; deciding is pure: time and
//!   randomness come in as arguments from [`clock`].
//! - The send, the preview and every "why" ask the same function, [`matching`]'s `evaluate`.
//! - An item reaches a person once: a key of the ledger, not a habit of the code.

pub mod app;
pub mod checkup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod delivery;
pub mod edition;
pub mod feedback;
pub mod forum;
pub mod ids;
pub mod insight;
pub mod intake;
pub mod letter;
pub mod matching;
pub mod oidc;
pub mod pipeline;
pub mod staff;
pub mod store;
pub mod token;
pub mod web;
pub mod world;
