//! Who answers for personal data, what is held and why (GDPR art. 13 and 14), from the operator's settings.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::voice::{SaidTo, Voice};
use crate::forum::{Basis, Forum, Language, TextPlace, Way};
use crate::web::headers::preferred_language;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::visitor::Whose;
use crate::web::words::fill;
use crate::web::words::statements::{Privacy as Words, Words as Statements};

/// A heading and what stands under it.
#[derive(Serialize)]
pub(in crate::web) struct Row {
    label: String,
    lines: Vec<String>,
}

impl Row {
    /// Lines under a heading.
    pub(in crate::web) fn new(label: &str, lines: Vec<String>) -> Row {
        Row { label: label.to_owned(), lines }
    }
}

#[derive(Serialize)]
struct Mine {
    preferences: String,
    unsubscribe: String,
    /// The way to the person's own pages, by a letter's link.
    own: Option<String>,
}

#[derive(Serialize)]
struct Page {
    rows: Vec<Row>,
    mine: Option<Mine>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "privacy.html";
}

/// For everyone, in the browser's language.
pub(super) async fn show(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let rows = list_rows(&reading, &forum, language, SaidTo::Person).await?;
    reading.0.page(&forum, language, &Page { rows, mine: None })
}

/// From a letter or a device, in the reader's language.
pub(super) async fn show_mine(reading: Reading, whose: Whose) -> Result<Response, Refusal> {
    let mine = Mine {
        preferences: whose.path("preferences"),
        unsubscribe: reading.0.unsubscribe_path(whose.recipient.id).await?,
        own: whose.door.own_pages(),
    };
    let rows = list_rows(&reading, &whose.forum, whose.recipient.language, SaidTo::Person).await?;
    whose.page(&reading.0, &Page { rows, mine: Some(mine) })
}

/// All that the statement says, from the settings as they are.
pub(in crate::web) async fn list_rows(
    reading: &Reading,
    forum: &Forum,
    language: Language,
    to: SaidTo,
) -> Result<Vec<Row>, Refusal> {
    let (words, more) = (&reading.0.words(language).privacy, &reading.0.words(language).statements.privacy);
    let voice = Voice::new(reading.0.words(language), to);
    let set = reading.0.privacy(forum);
    let or_unset = |value: &Option<String>| value.as_ref().unwrap_or(voice.unset).clone();
    let authority = set.authority.as_ref().unwrap_or(&more.authority);
    let receivers = list_receivers(more, &voice, &set.processors, reading.has_partners().await?);
    let rows = [
        (&more.own, reading.0.said(forum, TextPlace::Privacy, language).into_iter().collect()),
        (&words.controller, vec![or_unset(&set.controller)]),
        (&words.contact, vec![or_unset(&set.contact)]),
        (&more.officer, set.officer.iter().cloned().collect()),
        (&words.purpose, vec![fill(voice.purpose, &[("forum", &forum.settings.name)])]),
        (&words.basis, list_bases(&reading.0.words(language).statements, forum, language)),
        (&more.sources, vec![voice.sources.clone()]),
        (voice.data, vec![voice.data_text.clone(), voice.data_answers.clone()]),
        (&more.receivers, receivers),
        (&words.kept, list_kept(reading, more, &voice).await?),
        (&words.tracking, vec![voice.tracking.clone()]),
        (&more.cookies, vec![voice.cookies.clone()]),
        (voice.rights, vec![voice.rights_text.clone(), fill(voice.complain, &[("authority", authority)])]),
    ];
    let rows = rows.into_iter().filter(|(_, lines)| !lines.is_empty());
    Ok(rows.map(|(label, lines)| Row::new(label, lines)).collect())
}

/// Why data may be kept, way by way; who is on a list alone only where something else carries it than a place.
fn list_bases(words: &Statements, forum: &Forum, language: Language) -> Vec<String> {
    let grounds = &forum.settings.house.grounds;
    let mut lines = vec![tell_ground(words, forum, language, Way::Place)];
    if grounds.of(Way::List) != grounds.of(Way::Place) {
        lines.push(tell_ground(words, forum, language, Way::List));
    }
    lines.extend([words.privacy.basis_consent.clone(), words.privacy.basis_union.clone()]);
    lines
}

/// The basis that carries a way, and why.
pub(in crate::web) fn tell_ground(words: &Statements, forum: &Forum, language: Language, way: Way) -> String {
    let ground = forum.settings.house.grounds.of(way);
    let of = |words: &'_ BTreeMap<String, String>, word: &str| words.get(word).cloned().unwrap_or_default();
    let (who, basis) = (of(&words.way, way.word()), of(&words.basis, ground.basis.word()));
    let told = match (way, ground.basis) {
        (Way::Place, Basis::PublicTask) => words.privacy.basis_seat.clone(),
        _ => fill(&words.privacy.basis_other, &[("who", &who), ("basis", &basis)]),
    };
    [told.as_str(), ground.reason.in_language(language, "")].join(" ").trim_end().to_owned()
}

/// Who sees data; `partners`: accounts of the forum's organisations among them.
fn list_receivers(words: &Words, voice: &Voice<'_>, processors: &[String], partners: bool) -> Vec<String> {
    let named = if processors.is_empty() {
        voice.processors_unset.clone()
    } else {
        fill(&words.processors, &[("processors", &processors.join(", "))])
    };
    let theirs = if partners { &words.receivers_partners } else { &words.receivers_no_partners };
    vec![fill(&words.receivers_text, &[("organisations", theirs)]), named, words.receivers_asked.clone()]
}

/// How long each kind of data stays, from the table that its deletion follows.
async fn list_kept(reading: &Reading, words: &Words, voice: &Voice<'_>) -> Result<Vec<String>, Refusal> {
    let kept = reading.kept_days().await?;
    let tell = |(kind, pattern): (&String, &String)| {
        let (_, days) = kept.iter().find(|(own, _)| own.word() == kind)?;
        let told = if *days == 1 { &words.day } else { &words.days };
        Some(fill(pattern, &[("days", &fill(told, &[("days", &days.to_string())]))]))
    };
    Ok(voice.kept.iter().filter_map(tell).collect())
}
