//! What mail programs say in words where they give no code worth the name.

use super::Refusal;

/// The address does not exist.
const NO_SUCH_ADDRESS: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "recipient unknown",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such person",
    "user not found",
    "recipient not found",
    "mailbox not found",
    "address not found",
    "does not exist",
    "doesn't exist",
    "do not exist",
    "no mailbox here by that name",
    "mailbox unavailable or not local",
    "invalid recipient",
    "invalid mailbox",
    "invalid address",
    "unrouteable address",
    "unrouteable mail domain",
    "not a valid mailbox",
    "not listed in",
    "account has been disabled",
    "account is disabled",
    "account has been closed",
    "no longer valid",
    "no longer active",
    "no longer works here",
    "wasn't found at",
    "couldn't be found",
    "finnes ikke",
    "ble ikke funnet",
    "ukjent bruker",
    "ukjent mottaker",
];

/// The receiving side does not want it.
const UNWANTED: &[&str] = &[
    "spam",
    "blocked",
    "blacklist",
    "block list",
    "blocklist",
    "policy",
    "dmarc",
    "spf ",
    "dkim",
    "reputation",
    "access denied",
    "not authorized",
    "not permitted",
    "administrative prohibition",
    "content rejected",
    "listed by",
];

/// It may work another time, or a smaller letter may.
const FOR_NOW: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "quota",
    "over limit",
    "too large",
    "temporarily",
    "timed out",
    "timeout",
    "connection refused",
    "host not found",
    "no route to host",
    "unreachable",
    "retry timeout exceeded",
    "full postkasse",
    "postkassen er full",
];

fn says(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// What a failure's words mean, if they mean anything.
pub(super) fn kind_of_words(text: &str) -> Option<Refusal> {
    let text = text.to_lowercase();
    if says(&text, FOR_NOW) {
        Some(Refusal::Soft)
    } else if says(&text, NO_SUCH_ADDRESS) {
        Some(Refusal::Hard)
    } else if says(&text, UNWANTED) {
        Some(Refusal::Policy)
    } else {
        None
    }
}
