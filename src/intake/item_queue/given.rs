//! What a file gave, in one spelling: tells whether it comes again unchanged, and where two files differ.

use serde_json::{Map, Value, json};

use crate::forum::{Forum, Term};
use crate::intake::item_file::Shared;
use crate::world::fields_json;

/// The keys in the order in which a difference is looked for.
const KEYS: [&str; 21] = [
    "kind",
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
    "group",
    "met_on",
    "promises",
    "starts_at",
    "ends_at",
    "registration_url",
    "gathering",
    "wanted_by",
    "deadline",
];

/// `shared` as JSON; what is absent in the file is absent here or null.
pub(super) fn given_json(shared: &Shared, forum: &Forum) -> Map<String, Value> {
    let terms = &forum.terms;
    let about: Vec<&Term> = shared.about.iter().map(|term| terms.term(*term)).collect();
    let mut given = match fields_json(&shared.fields, terms) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let common = json!({
        "kind": shared.kind,
        "audience": shared.audience.as_ref().map(|audience| audience.written(terms)),
        "about": about,
        "interested": shared.interested,
        "visibility": shared.visibility.written(terms),
        "importance": shared.importance,
        "lane": shared.lane,
        "release_at": shared.release_at,
        "expires_at": shared.expires_at,
        "source": shared.source.map(|source| &terms.term(source).slug),
        "contact": shared.contact,
        "attachments": shared.attachments.as_ref().map(|files| files.iter().map(|f| (&f.name, &f.hash)).collect::<Vec<_>>()),
    });
    if let Value::Object(common) = common {
        given.extend(common);
    }
    given
}

/// The first key, in the order of [`KEYS`], in which the two differ.
pub(super) fn find_difference(a: &Map<String, Value>, b: &Map<String, Value>) -> Option<&'static str> {
    KEYS.into_iter().find(|key| {
        let (a, b) = (a.get(*key).unwrap_or(&Value::Null), b.get(*key).unwrap_or(&Value::Null));
        a != b
    })
}
