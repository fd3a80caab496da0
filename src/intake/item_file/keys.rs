//! The keys of the front matter, and which kind they belong to.

use crate::content::nearest_word;
use crate::forum::Kind;

/// The keys that every kind has.
const COMMON: [&str; 15] = [
    "slug",
    "kind",
    "title",
    "language",
    "audience",
    "about",
    "interested",
    "visibility",
    "importance",
    "lane",
    "release_at",
    "expires_at",
    "source",
    "contact",
    "attachments",
];

/// The keys that only one kind has.
const OWN: [(Kind, &[&str]); 4] = [
    (Kind::Minutes, &["group", "met_on", "achieved", "how", "next", "why", "promises"]),
    (Kind::Event, &["starts_at", "ends_at", "place", "registration_url", "gathering"]),
    (Kind::Request, &["wanted_by"]),
    (Kind::Call, &["deadline"]),
];

/// What there is to say against `key` in a file of `kind` (if that is known); `None` if it is in its place.
pub(super) fn object_to_key(key: &str, kind: Option<Kind>) -> Option<String> {
    if COMMON.contains(&key) {
        return None;
    }
    match (OWN.iter().find(|(_, keys)| keys.contains(&key)), kind) {
        (Some((owner, _)), Some(kind)) if *owner != kind => {
            Some(format!("{key} belongs to {owner}, not to {kind}; take it away or change kind"))
        }
        (Some(_), _) => None,
        (None, _) => Some(match nearest_key(key) {
            Some(nearest) => format!("unknown key \"{key}\"; the nearest known key is {nearest}"),
            None => format!("unknown key \"{key}\"; the keys are {}", all().collect::<Vec<_>>().join(", ")),
        }),
    }
}

fn nearest_key(key: &str) -> Option<&'static str> {
    nearest_word(key, all())
}

fn all() -> impl Iterator<Item = &'static str> {
    COMMON.into_iter().chain(OWN.iter().flat_map(|(_, keys)| keys.iter().copied()))
}
