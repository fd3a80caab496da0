//! One recipient: what they hold and chose, what they got and why, and why not the rest.

use axum::response::Response;
use serde::Serialize;

use super::scene::{Nav, Scene};
use crate::content::Item;
use crate::forum::{Recipient, TermIx};
use crate::ids::{DeliveryId, RecipientId};
use crate::matching::{Because, Decision, Profile, Release, evaluate};
use crate::web::calling::call;
use crate::web::item_view::Fact;
use crate::web::paths::Path;
use crate::web::reasons::{tell_because, tell_lead};
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::words::Words;

#[derive(Serialize)]
struct Entry {
    kicker: String,
    title: String,
    why: String,
    letter: Option<DeliveryId>,
}

#[derive(Serialize)]
struct Page {
    nav: Nav,
    name: String,
    facts: Vec<Fact>,
    got: Vec<Entry>,
    coming: Vec<Entry>,
    not_got: Vec<Entry>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "inbox_person.html";
}

/// GET: the person's page.
pub(super) async fn show(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let scene = Scene::load(&reading).await?;
    let recipient = scene.recipients.get(&RecipientId(id)).ok_or(Why::NotFound)?;
    let now = reading.0.now();
    let profile = Profile::new(&scene.forum, &recipient.standing, now);
    let (mut coming, mut not_got) = (Vec::new(), Vec::new());
    let mut rest: Vec<&Item> =
        scene.items.iter().filter(|item| item.is_out(now) && !is_got(&scene, recipient.id, item)).collect();
    rest.sort_by(|a, b| b.release_at.cmp(&a.release_at).then_with(|| a.slug.cmp(&b.slug)));
    for item in rest {
        let decision = evaluate(&scene.forum, item, &profile, Release::ByTime);
        let entry = entry_of(&reading, &scene, item, told_decision(&reading, &scene, &decision), None);
        if decision.because.delivers() { coming.push(entry) } else { not_got.push(entry) }
    }
    let page = Page {
        nav: Nav::Who,
        name: call(&recipient.name, recipient.email.as_str()).to_owned(),
        facts: list_facts(&reading, &scene, recipient),
        got: list_got(&reading, &scene, recipient.id)?,
        coming,
        not_got,
    };
    reading.0.page(&scene.forum, scene.language, &page)
}

fn is_got(scene: &Scene, recipient: RecipientId, item: &Item) -> bool {
    scene.got.iter().any(|got| got.recipient == recipient && got.slug == item.slug)
}

fn list_got(reading: &Reading, scene: &Scene, recipient: RecipientId) -> Result<Vec<Entry>, Refusal> {
    let mut entries = Vec::new();
    for got in scene.got.iter().rev().filter(|got| got.recipient == recipient) {
        let Some(item) = scene.items.iter().find(|item| item.slug == got.slug) else { continue };
        let why = scene.told(reading, got)?.join(". ");
        entries.push(entry_of(reading, scene, item, why, Some(got.delivery)));
    }
    Ok(entries)
}

fn told_decision(reading: &Reading, scene: &Scene, decision: &Decision) -> String {
    let words = reading.0.words(scene.language);
    let mut told: Vec<String> =
        decision.reasons.iter().map(|r| tell_lead(words, &scene.forum, scene.language, r)).collect();
    if told.is_empty() || decision.because == Because::Required {
        told.insert(0, tell_because(words, decision.because).to_owned());
    }
    told.join(". ")
}

fn entry_of(reading: &Reading, scene: &Scene, item: &Item, why: String, letter: Option<DeliveryId>) -> Entry {
    let title = item.text_for(scene.language).1.title.clone();
    Entry { kicker: scene.pen(reading).kicker(item), title, why, letter }
}

fn list_facts(reading: &Reading, scene: &Scene, recipient: &Recipient) -> Vec<Fact> {
    let words = reading.0.words(scene.language);
    let standing = &recipient.standing;
    let names = |terms: &[TermIx]| {
        terms.iter().map(|ix| scene.forum.name_of(*ix, scene.language)).collect::<Vec<_>>().join(", ")
    };
    let cadence = words.cadence.get(&recipient.cadence).cloned().unwrap_or_default();
    let language = words.language.get(&recipient.language).cloned().unwrap_or_default();
    let mut mutes = vec![names(&standing.mutes)];
    mutes.extend(standing.muted_kinds.iter().map(|kind| words.kinds_of(kind).to_owned()));
    mutes.retain(|name| !name.is_empty());
    [
        (&words.privacy.contact, recipient.email.to_string()),
        (&words.inbox.place, list_places(words, scene, recipient)),
        (&words.inbox.role, names(&standing.roles)),
        (&words.inbox.follows, names(&standing.follows)),
        (&words.inbox.mutes, mutes.join(", ")),
        (&words.inbox.often, cadence),
        (&words.inbox.language, language),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| Fact { label: label.clone(), value })
    .collect()
}

fn list_places(words: &Words, scene: &Scene, recipient: &Recipient) -> String {
    let place = |seat: &crate::forum::Seat| {
        let position = words.position.get(&seat.position).map_or(seat.position.slug(), String::as_str);
        format!("{} ({position})", scene.forum.name_of(seat.group, scene.language))
    };
    let mut places: Vec<String> = recipient.standing.seats.iter().map(place).collect();
    let workplace = scene.workplace_of(recipient);
    if !workplace.is_empty() {
        places.insert(0, workplace);
    }
    places.join(", ")
}
