//! A person's own copy of everything held about them, as a document.

use serde_json::Value;

/// Columns whose text is JSON.
const COLUMNS_OF_JSON: [&str; 7] = ["chosen", "letter", "reasons", "before", "after", "fields", "about"];

/// Columns that hold JSON become JSON.
pub fn unfold(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(unfold),
        Value::Object(fields) => {
            for (field, value) in fields {
                let folded = COLUMNS_OF_JSON.contains(&field.as_str());
                match value.as_str().filter(|_| folded).map(serde_json::from_str) {
                    Some(Ok(unfolded)) => *value = unfolded,
                    _ => unfold(value),
                }
            }
        }
        _ => {}
    }
}
