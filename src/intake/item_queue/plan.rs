//! What queueing files does to each item: pure.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::given::{find_difference, given_json};
use super::stored::StoredItem;
use crate::content::{Item, ItemText, Minutes};
use crate::forum::{Forum, Kind, Language, tell_too_long};
use crate::ids::ItemId;
use crate::intake::item_file::{FileError, ItemFile, Shared};
use crate::store::NewAttachment;

/// What happens to one item.
#[derive(Debug)]
pub(super) enum Step {
    /// It is new; its public id is still to be given.
    Add { item: Box<Item>, given: String, attachments: Option<Vec<NewAttachment>> },
    /// It gets a new version.
    Change { item: Box<Item>, given: String, attachments: Option<Vec<NewAttachment>> },
    /// It is what its files say already.
    Keep { slug: String, warning: Option<String> },
}

/// One step per item, in the order of the files; or everything that stands against it.
pub(super) fn plan_queue(
    files: &[ItemFile],
    stored: &HashMap<String, StoredItem>,
    forum: &Forum,
    now: DateTime<Utc>,
) -> Result<Vec<Step>, Vec<FileError>> {
    let (mut steps, mut errors) = (Vec::new(), Vec::new());
    for group in group_by_slug(files) {
        match plan_item(&group, stored.get(&group[0].slug), forum, now) {
            Ok(step) => steps.push(step),
            Err(of_item) => errors.extend(of_item),
        }
    }
    if errors.is_empty() { Ok(steps) } else { Err(errors) }
}

/// The files of each item together, in the order in which items are first named.
fn group_by_slug(files: &[ItemFile]) -> Vec<Vec<&ItemFile>> {
    let mut groups: Vec<Vec<&ItemFile>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for file in files {
        let place = *places.entry(&file.slug).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(file);
    }
    groups
}

fn plan_item(
    files: &[&ItemFile],
    stored: Option<&StoredItem>,
    forum: &Forum,
    now: DateTime<Utc>,
) -> Result<Step, Vec<FileError>> {
    let first = files[0];
    let given = given_json(&first.shared, forum);
    let mut errors = object_to_languages(files);
    for file in &files[1..] {
        if let Some(key) = find_difference(&given, &given_json(&file.shared, forum)) {
            errors.push(file.error_at(key, differs(key, &first.slug, &first.file)));
        }
    }
    errors.extend(files.iter().filter_map(|file| object_to_title(file, stored.map(|stored| &stored.item))));
    if !errors.is_empty() {
        return Err(errors);
    }
    let Some(stored) = stored else {
        let item = new_item(files, now);
        let attachments = first.shared.attachments.clone();
        return Ok(Step::Add { item: Box::new(item), given: Value::Object(given).to_string(), attachments });
    };
    change_stored(files, stored, &given, now).map_err(|error| vec![error])
}

/// A language that two files of one item give.
fn object_to_languages(files: &[&ItemFile]) -> Vec<FileError> {
    let mut by_language: BTreeMap<Language, &str> = BTreeMap::new();
    files
        .iter()
        .filter_map(|file| {
            let earlier = by_language.insert(file.language, &file.file)?;
            let message = format!(
                "item {} is given in {} by {earlier} already; give this file another slug or language",
                file.slug, file.language
            );
            Some(file.error_at("language", message))
        })
        .collect()
}

/// A title that is too long, unless it stands already.
pub(super) fn object_to_title(file: &ItemFile, stored: Option<&Item>) -> Option<FileError> {
    let standing = stored.and_then(|item| item.texts.get(&file.language));
    if standing.is_some_and(|text| text.title == file.text.title) {
        return None;
    }
    tell_too_long("title", &file.text.title).map(|message| file.error_at("title", message))
}

fn differs(key: &str, slug: &str, other: &str) -> String {
    format!(
        "{key} is not the same as in {other}: in all its languages item {slug} has the same fields; \
         only title, text, place and the four answers of minutes differ"
    )
}

/// The step for an item that is there already.
fn change_stored(
    files: &[&ItemFile],
    stored: &StoredItem,
    given: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<Step, FileError> {
    let (first, item) = (files[0], &stored.item);
    let difference = find_difference(&stored.given, given);
    let same_texts = files.iter().all(|file| item.texts.get(&file.language) == Some(&file.text));
    if difference.is_none() && same_texts {
        let warning = item.withdrawn.then(|| format!("{}: item {} is withdrawn", first.file, item.slug));
        return Ok(Step::Keep { slug: item.slug.clone(), warning });
    }
    if item.withdrawn {
        let message = format!("item {} is withdrawn; queue this under another slug", item.slug);
        return Err(first.error_at("slug", message));
    }
    if item.is_out(now) {
        let message = format!(
            "item {} is released already; correct it with treff item correct {} {}",
            item.slug, item.slug, first.file
        );
        return Err(first.error_at("slug", message));
    }
    let only_new_languages = files.iter().all(|file| !item.texts.contains_key(&file.language));
    if let (true, Some(key)) = (only_new_languages, difference) {
        return Err(first.error_at(key, differs(key, &item.slug, "what is queued already")));
    }
    let next = next_item(item, files, first.shared.release_at.unwrap_or(now));
    let attachments = first.shared.attachments.clone();
    Ok(Step::Change { item: Box::new(next), given: Value::Object(given.clone()).to_string(), attachments })
}

/// The item that `files`, all of one item, would make at `now`: to look at before it is queued.
///
/// # Panics
/// Without a file.
pub fn imagine_item(files: &[ItemFile], now: DateTime<Utc>) -> Item {
    new_item(&files.iter().collect::<Vec<_>>(), now)
}

/// The item that `files` make, without a row as yet.
fn new_item(files: &[&ItemFile], now: DateTime<Utc>) -> Item {
    let first = files[0];
    let shared = first.shared.clone();
    Item {
        id: ItemId(0),
        slug: first.slug.clone(),
        public_id: String::new(),
        version: 1,
        kind: shared.kind,
        audience: shared.audience,
        about: shared.about,
        interested: shared.interested,
        visibility: shared.visibility,
        importance: shared.importance,
        lane: shared.lane,
        release_at: shared.release_at.unwrap_or(now),
        expires_at: shared.expires_at,
        number: None,
        numbered_at: None,
        written_at: now,
        changed_at: now,
        held: false,
        withdrawn: false,
        fields: shared.fields,
        source: shared.source,
        contact: shared.contact,
        texts: files.iter().map(|file| (file.language, file.text.clone())).collect(),
        language: first.language,
        files: shared.attachments.as_ref().map_or(0, Vec::len),
    }
}

/// The next version of `item`: what `files` say, with the texts of its other languages.
pub(super) fn next_item(item: &Item, files: &[&ItemFile], release_at: DateTime<Utc>) -> Item {
    let Shared { kind, .. } = files[0].shared;
    let mut texts = item.texts.clone();
    if kind != item.kind {
        texts.values_mut().for_each(|text| forget_kind(text, kind));
    }
    texts.extend(files.iter().map(|file| (file.language, file.text.clone())));
    Item {
        id: item.id,
        public_id: item.public_id.clone(),
        slug: item.slug.clone(),
        version: item.version + 1,
        number: item.number,
        numbered_at: item.numbered_at,
        language: item.language,
        texts,
        release_at,
        ..new_item(files, release_at)
    }
}

/// Takes away what a text said as another kind.
fn forget_kind(text: &mut ItemText, kind: Kind) {
    if kind != Kind::Minutes {
        text.minutes = Minutes::default();
    }
    if kind != Kind::Event {
        text.place = None;
    }
}
