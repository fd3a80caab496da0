//! How mail programs say in words that they have not given up.

/// Still being tried.
const STILL_TRYING: &[&str] = &[
    "will continue to try",
    "will keep trying",
    "will be retried",
    "delivery attempts will continue",
    "is being tried",
    "this is a warning message only",
    "you do not need to resend",
    "no action is required",
    "message delayed",
    "has been delayed",
    "delivery delayed",
    "could not be delivered for more than",
    "not yet been delivered",
    "er forsinket",
];

/// Whether a text says that delivery is still being tried.
pub(super) fn is_still_tried(text: &str) -> bool {
    let text = text.to_lowercase();
    STILL_TRYING.iter().any(|phrase| text.contains(phrase))
}
