//! A stored version as item files that `treff item add` reads again, here or elsewhere: for what must last without Treff.

use chrono::{DateTime, Utc};

use super::form::ItemForm;
use super::write::write_files;
use crate::content::Item;
use crate::forum::{Forum, Language};
use crate::store::ItemRow;

/// The files of a version, one for each of its languages, the first first. Whom it is for and what it is about stand as the row
/// has them, also where the forum does not know that any more; whose a promise is stands nowhere, as on the item's page.
/// `attached` are the places of its files, seen from these.
pub fn write_stored_item(
    row: &ItemRow,
    item: &Item,
    forum: &Forum,
    attached: &[String],
) -> Vec<(Language, String)> {
    let mut form = ItemForm::of_item(item, forum, DateTime::<Utc>::MIN_UTC);
    form.fields.retain(|name, _| !name.starts_with("promise_who_"));
    form.about = serde_json::from_str(&row.about).unwrap_or_default();
    let fields: serde_json::Value = serde_json::from_str(&row.fields).unwrap_or_default();
    form.set("audience", row.audience.as_deref().unwrap_or_default());
    form.set("visibility", &row.visibility);
    form.set("source", row.source.as_deref().unwrap_or_default());
    form.set("group", fields["group"].as_str().unwrap_or_default());
    // As long as it is: a form cuts what somebody types.
    for (language, text) in &item.texts {
        let field = if *language == item.language { "body".to_owned() } else { format!("body_{language}") };
        form.fields.insert(field, text.body.clone());
    }
    let mut head = vec![format!("slug = {}", serde_json::Value::from(row.slug.as_str()))];
    if !attached.is_empty() {
        head.push(format!("attachments = {}", serde_json::Value::from(attached)));
    }
    let languages = std::iter::once(item.language).chain(form.other_languages(forum));
    let files = write_files(&form, &head, forum).into_iter();
    languages.zip(files.map(|file| format!("{}\n", file.text.trim_end()))).collect()
}
