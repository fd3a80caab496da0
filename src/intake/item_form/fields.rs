//! The names of the fields: those of an item, of each language, and of promises.

use crate::content::MOST_PROMISES;
use crate::forum::Language;

/// The fields that an item has once, but for [`CONFIRMED`].
pub(super) const SHARED: [&str; 28] = [
    "title",
    "link",
    "body",
    "kind",
    "language",
    "topics",
    "audience",
    "interested",
    "visibility",
    "importance",
    "lane",
    "release_on",
    "release_time",
    "expires_on",
    "source",
    "contact_name",
    "contact_email",
    "contact_phone",
    "group",
    "met_on",
    "starts_on",
    "starts_time",
    "ends_on",
    "ends_time",
    "registration_url",
    "gathering",
    "wanted_by",
    "deadline",
];

/// Those that only confirm something: they say nothing of the item.
pub(super) const CONFIRMED: [&str; 10] =
    ["looked_over", "bare", "ahead", "over", "nobody", "at_once", "walled", "keep", "of_version", "late"];

/// The fields that each language has; those of the item's first language stand without its tag, the others as `title_nn`.
pub(super) const TEXTS: [&str; 7] = ["title", "body", "place", "achieved", "how", "next", "why"];

/// The fields of a promise, each followed by the number of its row.
pub(super) const PROMISE_FIELDS: [&str; 3] = ["promise_what_", "promise_who_", "promise_by_"];

/// The fields of an earlier promise: what is said of it, the new day, and the day that stood when it was shown.
pub(super) const WAS_FIELDS: [&str; 3] = ["was_said_", "was_by_", WAS_SEEN];
const WAS_SEEN: &str = "was_seen_";

/// Whether somebody chooses what stands in the field. Nobody does where it only confirms something, or says that topics were
/// chosen (which, stands beside the fields), or what was shown of an earlier promise.
pub(super) fn is_chosen(name: &str) -> bool {
    !CONFIRMED.contains(&name) && name != "topics" && !name.starts_with(WAS_SEEN)
}

/// Whether it is a field of promises.
pub fn is_promise_field(name: &str) -> bool {
    let numbered = |before: &&str| name.strip_prefix(*before).and_then(|number| number.parse::<i64>().ok());
    let is_row =
        PROMISE_FIELDS.iter().find_map(numbered).is_some_and(|n| (1..=MOST_PROMISES as i64).contains(&n));
    is_row || WAS_FIELDS.iter().find_map(numbered).is_some_and(|id| id > 0)
}

/// Whether a form has such a field.
pub(super) fn is_field(name: &str) -> bool {
    let is_text = |name: &str| TEXTS.contains(&name);
    let tagged = || {
        name.rsplit_once('_').is_some_and(|(field, tag)| {
            is_text(field) && Language::ALL.iter().any(|language| language.tag() == tag)
        })
    };
    SHARED.contains(&name) || CONFIRMED.contains(&name) || is_text(name) || tagged() || is_promise_field(name)
}
