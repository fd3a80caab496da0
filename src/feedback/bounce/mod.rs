//! Returned mail: what kind it is, whom it is about, which letter came back. Pure but for [`find_leaver`] and
//! [`take_in`].
//!
//! [`read_mail`] walks down a handful of readers; the first that understands answers:
//!
//! 1. `leaving`: who unsubscribes by mail is somebody, whatever else a mail looks like that reports nothing
//! 2. `arf`: complaints (RFC 5965 and the copies that some providers send instead)
//! 3. `notice`: a sending service's own notices, in JSON
//! 4. `dsn`: delivery status notifications (RFC 3464), wherever in the mail their fields stand
//! 5. `receipt`: read receipts (RFC 8098)
//! 6. `plain`: bounces in words, of every mail program: `origin` says whether a program wrote them, `copy` where
//!    the returned letter begins, `named` which address failed, `tried` whether it is still being tried
//! 7. a mail enclosed, which a program passes on whole, read as 2 to 8 are; where the words around it name nobody, before 6
//! 8. `auto_reply`: automatic answers (RFC 3834); `successor` reads "has left, write to X" in them, `departed`
//!    whether for good, `succession` "X has my work now", `instead` whom they lead to
//! 9. whatever else comes is `unknown` and kept for the lead
//!
//! What headers call automatic is an answer before its words are read for failure, unless a mail program wrote it or it
//! returns something.
//!
//! Dialects are facts in tables (`words`, `tried`, `undelivered`; what kind of failure words mean stands in
//! `delivery::refusal`), never code of their own. Nothing here may panic, and the work on one mail is bounded (`tame`),
//! whatever its bytes. What follows from a report is done in [`take_in`].

mod address;
mod apply;
mod arf;
mod auto_reply;
mod copy;
mod departed;
mod dsn;
mod fields;
mod html;
mod instead;
mod kept;
mod leaving;
mod mail;
mod named;
mod notice;
mod origin;
mod parts;
mod person;
mod plain;
mod receipt;
mod report;
mod sentences;
mod spelling;
mod succession;
mod successor;
mod tame;
mod tried;
mod undelivered;
mod words;

pub use apply::{Taken, take_in};
pub use kept::{Glance, WhyKept, glance_at, names, read_subject, text_of};
pub use leaving::{UNSUBSCRIBED, asks_to_leave, find_leaver};
pub use mail::read_mail;
pub use person::{MailedFile, PersonMail, Written, read_person_mail};
pub use report::{BounceKind, BounceReport, Leaving, ReturnedMail, Suggestion};
pub(crate) use tame::READ_BYTES;
