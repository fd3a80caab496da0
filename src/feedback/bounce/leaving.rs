//! Leaving by mail: the `mailto:` of List-Unsubscribe (RFC 2369, 3.2) comes as a mail whose subject is `unsubscribe TOKEN`.
//!
//! The token is the right, as in one click: whatever address the mail comes from. Only the mail's own subject counts,
//! never what a returned letter or a report quotes.

use mail_parser::Message;

use super::fields::Fields;
use super::origin::{ANSWERS, is_by_machine};
use super::parts::Parts;
use super::report::{Leaving, ReturnedMail};
use super::{BounceKind, BounceReport};
use crate::feedback::links::{LinkError, open_subscription};
use crate::store::{Store, StoreError};
use crate::token::Keys;

/// What a report says of somebody who left by this mail.
pub const UNSUBSCRIBED: &str = "unsubscribed by mail";

/// Words that ask for it, in lower case: what letters call it, too, as its readers write it back.
const WORDS: &[&str] = &["unsubscribe", "meld av", "meld deg av", "meld meg av", "avmelding"];

/// Whom a mail unsubscribes, if it asks with a good token. Asks rows, changes none; a bad token leaves the mail as it is.
pub async fn find_leaver(store: &Store, keys: &Keys, mail: &mut ReturnedMail) -> Result<(), StoreError> {
    let Leaving::Asked(token) = &mail.leaving else { return Ok(()) };
    match open_subscription(store, keys, token).await {
        Ok(found) => {
            let named = found.row.email.into_iter().collect();
            mail.reports = vec![BounceReport::of(BounceKind::Unknown, named, None, UNSUBSCRIBED)];
            mail.leaving = Leaving::By(found.id);
            Ok(())
        }
        Err(LinkError::Store(error)) => Err(error),
        Err(_) => Ok(()),
    }
}

/// The word behind `unsubscribe` in the subject of a mail that reports nothing.
pub(super) fn find_token(message: &Message<'_>, headers: &Fields, parts: &Parts<'_>) -> Option<String> {
    let subject = message.subject().unwrap_or_default();
    let is_report = is_report(message)
        || parts.feedback.is_some()
        || parts.receipt.is_some()
        || !parts.status.is_empty()
        || is_by_machine(headers, subject);
    if is_report {
        return None;
    }
    let asked = bare(subject).replace("%20", " ").replace('+', " ");
    let mut words = asked.split_whitespace();
    let asks = words.next().is_some_and(|word| word.eq_ignore_ascii_case(WORDS[0]));
    let token = words.next().filter(|_| asks)?;
    words.next().is_none().then(|| token.to_owned())
}

/// Whether a subject asks for it, with a token or without.
pub fn asks_to_leave(subject: &str) -> bool {
    let subject = bare(subject).to_lowercase();
    WORDS.iter().any(|word| {
        subject.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// Whether the mail says by its type that it is a report (RFC 6522).
pub(super) fn is_report(message: &Message<'_>) -> bool {
    message.root_part().headers.iter().any(|header| {
        header
            .value
            .as_content_type()
            .is_some_and(|kind| kind.subtype().is_some_and(|s| s.eq_ignore_ascii_case("report")))
    })
}

/// A subject without what answering, forwarding and gateways put before it: `SV: [Ekstern] Unsubscribe x`.
fn bare(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let marked = rest.strip_prefix('[').and_then(|marked| marked.split_once(']')).map(|(_, rest)| rest);
        let Some(less) = marked.or_else(|| without_answer(rest)) else { return rest };
        rest = less.trim_start();
    }
}

fn without_answer(subject: &str) -> Option<&str> {
    ANSWERS.iter().filter(|answer| answer.ends_with([':', '：'])).find_map(|answer| {
        let (before, rest) = subject.split_at_checked(answer.len())?;
        (before.to_lowercase() == **answer).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answering_forwarding_and_gateways_hide_no_request() {
        for subject in [
            "unsubscribe",
            "SV: Unsubscribe x",
            "Re: Fwd: UNSUBSCRIBE x",
            "[EKSTERN] VS: unsubscribe x",
            "Avmelding",
            "Meld deg av",
            "SV: Meld meg av, takk",
        ] {
            assert!(asks_to_leave(subject), "{subject}");
        }
        for subject in
            ["Automatic reply: unsubscribe x", "Undeliverable: unsubscribe x", "unsubscribed", "Hei", ""]
        {
            assert!(!asks_to_leave(subject), "{subject}");
        }
    }
}
