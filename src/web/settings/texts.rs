//! What the forum says in its own words, in each language, with what stands there beside; and what people have agreed to.

use std::collections::BTreeMap;

use axum::response::Response;
use axum_extra::extract::Form;
use serde::Serialize;

use super::stands::{Overtaken, Stands, name_all, read_over};
use crate::forum::{Forum, ForumSettings, House, Language, Names, TextPlace, Texts};
use crate::store::WordingRow;
use crate::web::refusal::{Refusal, overtaken};
use crate::web::site::{Reading, Site, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// How many wordings of consent are shown.
const WORDINGS: i64 = 20;

/// What was filled in, by field: `welcome_nb`; `seen` names what stood when the form was shown, `back` a text that is given
/// up, `do` what the button asks for.
type Said = BTreeMap<String, String>;

/// One text in one language.
#[derive(Serialize)]
struct Field {
    name: String,
    tag: &'static str,
    label: String,
    value: String,
    /// What stands there while it is empty; empty if nothing does.
    ours: String,
}

#[derive(Serialize)]
struct Section {
    key: &'static str,
    title: String,
    hint: String,
    longest: usize,
    fields: Vec<Field>,
    /// What the button says that gives the own words up; none if there are none.
    back: Option<String>,
}

/// What stands in a place, to a reader of one language.
#[derive(Serialize)]
struct Shown {
    title: String,
    texts: Vec<(&'static str, String, String)>,
}

#[derive(Serialize)]
struct Wording {
    told: String,
    text: Option<String>,
}

#[derive(Serialize)]
struct Page {
    saved: bool,
    /// What is shown is not saved.
    tried: bool,
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    seen: String,
    sections: Vec<Section>,
    shown: Vec<Shown>,
    wordings: Vec<Wording>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_texts.html";
}

/// GET: as it stands.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let page = page_of(&reading, &staff, &staff.forum).await?;
    reading.0.desk_page(&staff, &page)
}

/// POST: these from now on; or, if only a look is asked for, how they would stand.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let seen = said.get("seen").map_or("", String::as_str);
    if said.get("do").is_some_and(|wish| wish == "look") {
        let page = page_of(&reading, &staff, &forum_with(&said, &staff.forum)).await?;
        return reading.0.desk_page(&staff, &Page { tried: true, seen: seen.to_owned(), ..page });
    }
    let read = |house: &House| Some(House { texts: read(&said, &house.texts), ..house.clone() });
    let changed = writing.change_seen_settings(staff, |standing| read_over(standing, (seen, name), read));
    match changed.await? {
        Ok(staff) => {
            let page = Page { saved: true, ..page_of(&reading, &staff, &staff.forum).await? };
            reading.0.desk_page(&staff, &page)
        }
        Err(staff) => {
            let standing = page_of(&reading, &staff, &staff.forum).await?;
            let typed = page_of(&reading, &staff, &forum_with(&said, &staff.forum)).await?;
            let told = Some(Overtaken::of(standing.list(), typed.list()));
            let page = Page { overtaken: told, seen: standing.seen, ..typed };
            Ok(overtaken(reading.0.desk_page(&staff, &page)?))
        }
    }
}

/// Names what the form is filled from.
fn name(house: &House) -> String {
    name_all(&house.texts)
}

/// The forum as it would be with what was filled in.
fn forum_with(said: &Said, standing: &Forum) -> Forum {
    let old = &standing.settings;
    let house = House { texts: read(said, &old.house.texts), ..old.house.clone() };
    Forum { settings: ForumSettings { house, ..old.clone() }, ..standing.clone() }
}

impl Page {
    /// Each text as the form has it.
    fn list(&self) -> Vec<Stands> {
        let fields = self.sections.iter().flat_map(|of| of.fields.iter().map(move |field| (of, field)));
        fields
            .map(|(of, field)| Stands::new(format!("{}, {}", of.title, field.label), &field.value))
            .collect()
    }
}

fn field_of(place: TextPlace, language: Language) -> String {
    format!("{}_{language}", place.word())
}

/// What it asks for; a text of which no field was sent stays.
fn read(said: &Said, old: &Texts) -> Texts {
    let mut texts = old.clone();
    for place in TextPlace::ALL {
        let own = |language| Some((language, said.get(&field_of(place, language))?.clone()));
        let names = Names(Language::ALL.into_iter().filter_map(own).collect());
        if said.get("back").is_some_and(|back| back == place.word()) {
            texts.set(place, &Names::default());
        } else if !names.is_empty() {
            texts.set(place, &names);
        }
    }
    texts
}

async fn page_of(reading: &Reading, staff: &Staff, forum: &Forum) -> Result<Page, Refusal> {
    let words = reading.0.words(staff.language);
    let wordings = reading.list_wordings(WORDINGS).await?;
    let pen = reading.0.pen(forum, staff.language);
    let tell = |row: WordingRow| {
        let (day, count) = (pen.day(row.first_given_at), row.people.to_string());
        let values = [("version", row.version.as_str()), ("day", &day), ("count", &count)];
        Wording { told: fill(&words.settings.texts.wording, &values), text: row.text }
    };
    Ok(Page {
        saved: false,
        tried: false,
        overtaken: None,
        seen: name(&forum.settings.house),
        sections: TextPlace::ALL.map(|place| section_of(&reading.0, words, forum, place)).into(),
        shown: TextPlace::ALL.map(|place| shown_in(&reading.0, words, forum, place)).into(),
        wordings: wordings.into_iter().map(tell).collect(),
    })
}

fn section_of(site: &Site, words: &Words, forum: &Forum, place: TextPlace) -> Section {
    let own = forum.settings.house.texts.all(place);
    let field = |language: Language| {
        let value = own.0.get(&language).cloned().unwrap_or_default();
        let ours = site.ours(forum, place, language).filter(|_| value.is_empty());
        Field {
            name: field_of(place, language),
            tag: language.tag(),
            label: words.language.get(&language).cloned().unwrap_or_default(),
            ours: ours.unwrap_or_default(),
            value,
        }
    };
    let set = &words.settings;
    let back = if place.has_words() { &set.texts.back } else { &set.texts.remove };
    Section {
        key: place.word(),
        title: set.text_title.get(place.word()).cloned().unwrap_or_default(),
        hint: set.text_hint.get(place.word()).cloned().unwrap_or_default(),
        longest: place.longest(),
        fields: Language::ALL.map(field).into(),
        back: (!own.is_empty()).then(|| back.clone()),
    }
}

fn shown_in(site: &Site, words: &Words, forum: &Forum, place: TextPlace) -> Shown {
    let own = forum.settings.house.texts.all(place);
    let text = |language: Language| {
        // A neighbour's words are not shown as this language's.
        if !place.has_words() && !own.0.contains_key(&language) {
            return None;
        }
        let label = words.language.get(&language).cloned().unwrap_or_default();
        Some((language.tag(), label, site.said(forum, place, language)?))
    };
    Shown {
        title: words.settings.text_title.get(place.word()).cloned().unwrap_or_default(),
        texts: Language::ALL.into_iter().filter_map(text).collect(),
    }
}
