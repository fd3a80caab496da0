//! A draft as it is judged: what was typed, with what the text suggests where nobody typed anything; and the item that it
//! would be.

use chrono::{DateTime, NaiveTime, Utc};

use super::rights::may_tell_of;
use crate::content::{Fields, Item};
use crate::forum::{Forum, Kind, Language};
use crate::intake::item_form::{FieldError, ItemForm, is_promise_field};
use crate::intake::item_queue::imagine_item;
use crate::intake::suggest::{
    Sighting, Suggested, list_dates, suggest_group, suggest_kind, suggest_language,
};
use crate::store::DeskDraftRow;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;

/// So often what is wrong is left out and the rest read again: one mistake may hide another.
const READ_AT_MOST: usize = 8;

/// A draft with what it was filled in with.
pub(super) struct Draft {
    /// None: it was not saved yet.
    pub(super) row: Option<DeskDraftRow>,
    pub(super) form: ItemForm,
}

impl Draft {
    /// A draft as the row holds it.
    pub(super) fn open(row: DeskDraftRow) -> Draft {
        let form = kept_form(&row);
        Draft { row: Some(row), form }
    }

    /// The same as a draft of something new.
    pub(super) fn apart(&self) -> Draft {
        let row = self.row.clone().map(|row| DeskDraftRow { corrects: None, slug: None, ..row });
        Draft { row, form: self.form.clone() }
    }

    /// What the address calls it; empty if it was not saved yet.
    pub(super) fn id(&self) -> &str {
        self.row.as_ref().map_or("", |row| row.public_id.as_str())
    }

    /// The slug of the item that it is to correct.
    pub(super) fn corrects(&self) -> Option<&str> {
        self.row.as_ref()?.corrects.as_deref()
    }

    /// That item as it stands.
    pub(super) async fn corrected(&self, reading: &Reading, forum: &Forum) -> Result<Option<Item>, Refusal> {
        match self.corrects() {
            Some(slug) => Ok(Some(reading.any_item(forum, slug).await?)),
            None => Ok(None),
        }
    }
}

/// What the row holds as a form: as it was filled in, or as it was sent in.
pub(super) fn kept_form(row: &DeskDraftRow) -> ItemForm {
    let kept = row.form.as_deref().and_then(|json| serde_json::from_str(json).ok());
    kept.unwrap_or_else(|| {
        let fields: serde_json::Value = serde_json::from_str(&row.fields).unwrap_or_default();
        let mut form = ItemForm::of([
            ("title", row.title.as_str()),
            ("body", &row.body),
            ("language", &row.language),
            ("kind", row.kind.as_deref().unwrap_or_default()),
            ("link", fields["link"].as_str().unwrap_or_default()),
        ]);
        form.about = serde_json::from_str(&row.about).unwrap_or_default();
        form
    })
}

/// What was typed with what is suggested where nothing was.
pub(super) struct Effective {
    pub(super) form: ItemForm,
    pub(super) kind: Kind,
    pub(super) language: Language,
    pub(super) topics: Suggested,
}

/// Fills in what the text suggests and nobody chose.
pub(super) async fn fill_in(
    reading: &Reading,
    staff: &Staff,
    typed: &ItemForm,
) -> Result<Effective, Refusal> {
    let forum = &staff.forum;
    let (title, body) = (typed.get("title"), typed.get("body"));
    let text = format!("{title}. {body}");
    let language = typed.language().or_else(|| suggest_language(&text)).unwrap_or(forum.settings.language);
    let dates = list_dates(&text, reading.0.today(forum));
    let dated = dates.iter().any(|date| !date.is_deadline && date.from.is_some());
    let kind = typed.kind().unwrap_or_else(|| suggest_kind(title, body, dated));
    let mut form = typed.clone();
    form.set("kind", kind.word());
    form.set("language", language.tag());
    let mut topics = Suggested::default();
    // What corrects an item says what it said; nothing is put in its place.
    if typed.get("keep") == "yes" {
        return Ok(Effective { form, kind, language, topics });
    }
    fill_in_day(&mut form, kind, &dates);
    if kind == Kind::Minutes
        && form.get("group").is_empty()
        && let Some(group) = suggest_group(forum, language, title).filter(|group| may_tell_of(staff, *group))
    {
        form.set("group", &forum.terms.term(group).slug);
    }
    if !has_chosen_topics(typed) && !text.trim_matches('.').trim().is_empty() {
        topics = reading.past_items(forum).await?.suggest(forum, language, title, body);
        form.about = topics.topics.iter().map(|term| forum.terms.term(*term).to_string()).collect();
    }
    Ok(Effective { form, kind, language, topics })
}

/// The day, and of an event the time, that the text names: in the field where such an item has one.
fn fill_in_day(form: &mut ItemForm, kind: Kind, dates: &[Sighting]) {
    let field = match kind {
        Kind::Event => "starts_on",
        Kind::Request => "wanted_by",
        Kind::Call => "deadline",
        _ => return,
    };
    let is_event = kind == Kind::Event;
    let Some(date) = dates.iter().find(|date| date.is_deadline != is_event) else { return };
    if !form.get(field).is_empty() {
        return;
    }
    form.set(field, &date.day.to_string());
    if is_event && form.get("starts_time").is_empty() {
        let time = |at: Option<NaiveTime>| at.map_or(String::new(), |at| at.format("%H:%M").to_string());
        form.set("starts_time", &time(date.from));
        form.set("ends_time", &time(date.until));
    }
}

/// Whether somebody settled what it is about.
pub(super) fn has_chosen_topics(typed: &ItemForm) -> bool {
    typed.get("topics") == "chosen" || !typed.about.is_empty()
}

/// The item as it would be, with what is wrong left out; `None` if nobody is chosen in any way.
pub(super) fn imagine(forum: &Forum, form: &ItemForm, now: DateTime<Utc>) -> Option<Item> {
    let mut form = form.clone();
    if form.get("title").trim().is_empty() {
        form.set("title", "–");
    }
    // An event whose day nobody has given yet is not over.
    let mut has_day = true;
    for _ in 0..READ_AT_MOST {
        match form.read("utkast", forum) {
            Ok(files) if has_day => return Some(imagine_item(&files, now)),
            Ok(files) => return Some(Item { fields: Fields::Plain, ..imagine_item(&files, now) }),
            Err(errors) => {
                for FieldError { field, missing, .. } in errors {
                    match field.as_str() {
                        // Who gets it does not hang on what is promised.
                        "group" if missing => form.forget_promises(),
                        promise if is_promise_field(promise) => form.forget_promises(),
                        "audience" if missing => return None,
                        "about" => form.about.clear(),
                        title if missing && title.starts_with("title") => form.set(title, "–"),
                        day if missing => {
                            has_day = false;
                            form.set(day, "2000-01-01");
                        }
                        _ => form.set(&field, ""),
                    }
                }
            }
        }
    }
    None
}
