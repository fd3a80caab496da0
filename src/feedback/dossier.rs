//! A person's own copy of everything held about them, as a document.

use serde_json::{Value, json};

use super::bounce::{glance_at, read_subject, text_of};
use crate::forum::{EmailAddress, mentions, told_source};
use crate::store::{Dossier, KeptMail, Store, StoreError};

/// Columns whose text is JSON.
const COLUMNS_OF_JSON: [&str; 7] = ["chosen", "letter", "reasons", "before", "after", "fields", "about"];

/// Kept mails are looked through so many at a time.
const KEPT_AT_ONCE: i64 = 50;

/// Longer than any mail that is kept.
const WHOLE: i64 = i32::MAX as i64;

/// What is held as the person whose `address` it is is told it, columns that hold JSON still folded: the mails of theirs
/// that are kept for the lead stand in it, and no imported file's name as the source, as in their first letter.
pub async fn write_copy(
    store: &Store,
    address: &EmailAddress,
    mut dossier: Dossier,
) -> Result<Value, StoreError> {
    for basis in dossier.legal_basis.iter_mut().filter(|basis| told_source(&basis.source).is_none()) {
        basis.source.clear();
    }
    let mut copy = serde_json::to_value(dossier)?;
    add_kept_mails(store, address, &mut copy).await?;
    Ok(copy)
}

/// Columns that hold JSON become JSON, and a letter's subject stands beside its pieces, as people read it.
pub fn unfold(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(unfold),
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                let folded = COLUMNS_OF_JSON.contains(&field.as_str());
                match value.as_str().filter(|_| folded).map(serde_json::from_str) {
                    Some(Ok(unfolded)) => *value = unfolded,
                    _ => unfold(value),
                }
            }
            let letter = fields.get("letter").and_then(|letter| letter.get("s"));
            if let Some(subject) = letter.and_then(Value::as_str).map(read_subject) {
                fields.insert("subject".to_owned(), subject.into());
            }
        }
        _ => {}
    }
}

/// Puts mails of theirs that are kept for the lead among the reports of a copy, with their words. A mail that merely names
/// them is somebody else's.
async fn add_kept_mails(store: &Store, address: &EmailAddress, copy: &mut Value) -> Result<(), StoreError> {
    let Some(reports) = copy.get_mut("reports").and_then(Value::as_array_mut) else { return Ok(()) };
    let mut after = 0;
    loop {
        let batch = store.list_kept_mails(after, KEPT_AT_ONCE, WHOLE).await?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = last.id;
        for kept in &batch {
            let glance = glance_at(&kept.raw);
            if mentions(glance.from.as_bytes(), address.as_str()) {
                put_beside(reports, kept, &glance.subject);
            }
        }
    }
}

/// Into the report's row if it is theirs already, else into one of its own.
fn put_beside(reports: &mut Vec<Value>, kept: &KeptMail, subject: &str) {
    let received_at = json!(kept.received_at);
    let own = reports.iter_mut().find(|report| report["received_at"] == received_at);
    let words = text_of(&kept.raw);
    match own {
        Some(report) => {
            report["subject"] = json!(subject);
            report["words"] = json!(words);
        }
        None => reports.push(json!({
            "kind": "unknown", "status": null, "reason": kept.reason, "received_at": received_at,
            "subject": subject, "words": words,
        })),
    }
}
