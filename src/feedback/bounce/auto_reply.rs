//! Automatic answers (RFC 3834) and read receipts (RFC 8098).

use super::fields::Fields;

/// How subjects of automatic answers begin, in lower case.
const SUBJECTS: &[&str] = &[
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto:",
    "autosvar",
    "automatisk svar",
    "fraværsmelding",
    "fråværsmelding",
    "fravær:",
    "out of office",
    "out of the office",
    "ikke på kontoret",
];

/// Whether the headers say that no human answered.
pub(super) fn is_automatic(headers: &Fields, subject: &str) -> bool {
    let value = |name: &str| headers.find(name).unwrap_or_default().to_ascii_lowercase();
    let submitted = value("auto-submitted");
    let subject = subject.trim().to_lowercase();
    submitted.starts_with("auto-replied")
        || submitted.starts_with("auto-generated")
        || ["x-autoreply", "x-autorespond", "x-auto-reply"].iter().any(|name| headers.has(name))
        || value("precedence") == "auto_reply"
        || value("x-precedence") == "auto_reply"
        || SUBJECTS.iter().any(|beginning| subject.starts_with(beginning))
}
