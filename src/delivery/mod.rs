//! Letters on their way: outbox, worker, journal, SMTP, Maildir, retry.
//!
//! # The actors
//!
//! - The **outbox** (`store::outbox`) holds the letters. A worker *claims* due ones, which keeps others
//!   away for a while and promises nothing, asks the [`Gate`] whether they may still go, and *arms* some:
//!   one conditional commit that makes them `attempting`, durable before their DATA.
//! - The [`Sender`] is that worker: it claims, arms, hands letters out over the `desk`, collects
//!   verdicts and settles them in the same commit that arms the next ones.
//! - **Carriers** (`smtp`, `maildir`) take letters from the desk, one after the other, over kept connections to the
//!   preferred one of the relays that can be used (`relay`); `token_source` has the tokens that some log in with.
//! - **Pace** says when none may go for a while: a domain that asked for less, an edition that policy refuses, which is
//!   then *paused* (`pausing`).
//! - **DKIM** (`dkim`) signs each letter at each attempt, where the operator has keys; nothing keeps the signature.
//! - The **journal** notes each final dot before it is written and each reply after it came. Whatever
//!   happens to the process, `recovery` tells from it what became of each armed letter.
//! - On PostgreSQL any number of workers send together. Each has a **pulse**: it beats in the database as long as it
//!   lives, and what it may do hangs on that (its *pass*). Each **watches** the others, and **takes over** from those that
//!   are gone.
//!
//! # Invariants
//!
//! - No letter's final dot is written unless the letter is armed in the database and its `dot` line is
//!   in the journal.
//! - A letter whose dot may have gone is never sent again by itself, over no relay; one that got a reply is not asked of another.
//! - A worker writes no final dot once its last beat is older than two thirds of its lease, nor ever that of a letter
//!   that it armed before others took it for gone. Others take it for gone only after a whole lease.
//! - A worker beats only while its loop goes on: one that hangs is taken over like one that is gone.
//! - A process may be stopped between that check and its write. So what a worker that may still live has armed is
//!   never queued again by others, only called uncertain; its own word, or its journal's, corrects that.
//! - A worker's journal is read by others only when its process has ended: the system's lock says so, no session.
//! - Leases and timeouts use real time, never `--at`.

mod among;
mod assembly;
mod carriers;
mod conceal;
mod desk;
mod dkim;
mod files;
mod gate;
mod host;
mod journal;
mod keeping_pace;
mod lock;
mod maildir;
mod note;
mod once_more;
mod orphans;
mod pace;
mod pausing;
mod printable;
mod progress;
mod pulse;
mod recovery;
mod refusal;
mod relay;
mod retry;
mod return_path;
mod round;
mod sender;
mod settle;
mod smtp;
mod takeover;
mod threads;
mod tls;
mod token_source;
mod watch;
mod worker;

pub use assembly::{Assembly, Soon};
pub use dkim::{
    Algorithm, DkimError, KeyError, PrivateKey, PublishedKey, SignError, SignedLetters, Signer, SigningKey,
    find_dns_name, is_dns_name, record_name, split_strings,
};
pub use files::{list_files_beside, list_journals, remedy_for_file, sending_place, try_to_write};
pub use gate::{Gate, GateError, OpenGate};
pub use lock::LockError;
pub use maildir::{Maildir, StoredLetter, is_put_aside};
pub use note::{NoteFate, name_test, whose_test};
pub use once_more::{OnceMore, send_once_more};
pub use pace::OfficeHours;
pub(crate) use pausing::judge_returned;
pub use pausing::{EDITION_PAUSED, cancel_edition, pause_edition, resume_edition};
pub use progress::beats_every;
pub use refusal::{
    Failure, Refusal, TRIED_FOR_DAYS, best_status, classify_told, flatten_words, hold_against,
    is_soft_row_full, says_any, says_kind, tells_kind, tells_of_address,
};
pub use relay::{Relay, RelayError};
pub use retry::{delay_after, jitter_of};
pub use return_path::{ReturnPaths, SentMail};
pub use sender::Sender;
pub use smtp::{
    Cause, Deadlines, Enhanced, LinkError, Login, Proof, Protection, Reply, SmtpRelay, Stage, Told,
};
pub use tls::trusting;
pub use token_source::{TokenError, TokenSource, explain_challenge, initial_response};
pub use worker::{Counts, SendError, SenderSetup};
