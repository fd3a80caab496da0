//! What and how often: the person's own choices, without JavaScript.

use axum::extract::Path;
use axum::response::Response;
use axum_extra::extract::Form;
use chrono::NaiveDate;
use serde::Serialize;

use crate::feedback::links::OpenLetter;
use crate::feedback::preferences::{self as choices, FormError};
use crate::forum::{Facet, Kind, Language, Status, TermIx};
use crate::matching::Profile;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Site, Writing};
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    checked: bool,
}

#[derive(Serialize)]
struct Topic {
    term: String,
    name: String,
    depth: usize,
    held: bool,
    follow: bool,
    mute: bool,
}

#[derive(Serialize)]
struct TopicTree {
    label: String,
    topics: Vec<Topic>,
}

#[derive(Serialize)]
struct Page {
    masked: String,
    action: String,
    saved: bool,
    error: Option<String>,
    unsubscribed: bool,
    cadences: Vec<Choice>,
    caps: Vec<Choice>,
    pause_until: String,
    tomorrow: String,
    pause_error: Option<String>,
    languages: Vec<Choice>,
    facets: Vec<TopicTree>,
    kinds: Vec<Choice>,
    unsubscribe: String,
    privacy: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "preferences.html";
}

/// GET: what is chosen now.
pub(super) async fn show(reading: Reading, Path(token): Path<String>) -> Result<Response, Refusal> {
    let letter = reading.letter(&token).await?;
    let page = page_of(&reading.0, &letter, &token);
    reading.0.page(&letter.forum, letter.recipient.language, &page)
}

/// POST: choose; what is wrong stands at its field and changes nothing.
pub(super) async fn change(
    writing: Writing,
    Path(token): Path<String>,
    Form(form): Form<choices::Form>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let letter = reading.letter(&token).await?;
    let today = reading.0.today(&letter.forum);
    match choices::read_form(&letter.forum, &letter.recipient, &form, today) {
        Ok(changes) => {
            writing.change_preferences(letter.recipient.id, &changes).await?;
            let letter = reading.letter(&token).await?;
            let page = Page { saved: true, ..page_of(&reading.0, &letter, &token) };
            reading.0.page(&letter.forum, letter.recipient.language, &page)
        }
        Err(error) => refuse(&reading.0, &letter, &token, &form, &error),
    }
}

fn refuse(
    site: &Site,
    letter: &OpenLetter,
    token: &str,
    form: &choices::Form,
    error: &FormError,
) -> Result<Response, Refusal> {
    let language = letter.recipient.language;
    let words = &site.words(language).preferences;
    let mut page = page_of(site, letter, token);
    match error {
        FormError::Pause(text) => {
            page.error = Some(words.error.clone());
            page.pause_error = Some(words.pause_error.clone());
            page.pause_until.clone_from(text);
        }
        FormError::Unknown(_) => page.error = Some(words.error_unknown.clone()),
    }
    keep_ticks(&mut page, form);
    let mut response = site.page(&letter.forum, language, &page)?;
    *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// What the person ticked stands as they left it.
fn keep_ticks(page: &mut Page, form: &choices::Form) {
    let tick = |list: &mut Vec<Choice>, value: Option<&String>| {
        if let Some(value) = value {
            list.iter_mut().for_each(|c| c.checked = c.value == *value);
        }
    };
    tick(&mut page.cadences, form.cadence.as_ref());
    tick(&mut page.languages, form.language.as_ref());
    tick(&mut page.caps, form.cap.first());
}

fn page_of(site: &Site, letter: &OpenLetter, token: &str) -> Page {
    let (forum, recipient) = (&letter.forum, &letter.recipient);
    let words = site.words(recipient.language);
    let today = site.today(forum);
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |d| d.to_string());
    Page {
        masked: recipient.email.masked(),
        action: format!("/l/{token}/preferences"),
        saved: false,
        error: None,
        unsubscribed: recipient.standing.status == Status::Unsubscribed,
        cadences: list_cadences(letter, words),
        caps: list_caps(letter, words),
        pause_until: day(choices::last_day_of_pause(recipient, today)),
        tomorrow: day(today.succ_opt()),
        pause_error: None,
        languages: list_languages(recipient.language, words),
        facets: list_facets(site, letter, words),
        kinds: list_kinds(letter, words),
        unsubscribe: site.unsubscribe_path(recipient.id),
        privacy: format!("/l/{token}/privacy"),
    }
}

fn list_cadences(letter: &OpenLetter, words: &Words) -> Vec<Choice> {
    let mut cadences = choices::list_cadences(&letter.forum);
    if !cadences.contains(&letter.recipient.cadence) {
        cadences.push(letter.recipient.cadence);
    }
    let choice = |cadence| Choice {
        value: format!("{cadence}"),
        label: words.cadence.get(&cadence).cloned().unwrap_or_else(|| cadence.to_string()),
        checked: cadence == letter.recipient.cadence,
    };
    cadences.into_iter().map(choice).collect()
}

fn list_caps(letter: &OpenLetter, words: &Words) -> Vec<Choice> {
    let chosen = letter.recipient.cap;
    let count = letter.forum.settings.cap.to_string();
    let own = Choice {
        value: String::new(),
        label: fill(&words.preferences.cap_default, &[("count", &count)]),
        checked: chosen.is_none(),
    };
    let mut caps: Vec<u32> = choices::CAPS.into_iter().chain(chosen).collect();
    caps.sort_unstable();
    caps.dedup();
    let some = caps.into_iter().map(|cap| Choice {
        value: cap.to_string(),
        label: fill(&words.preferences.cap_some, &[("count", &cap.to_string())]),
        checked: chosen == Some(cap),
    });
    std::iter::once(own).chain(some).collect()
}

fn list_languages(chosen: Language, words: &Words) -> Vec<Choice> {
    let choice = |language: Language| Choice {
        value: language.tag().to_owned(),
        label: words.language.get(&language).cloned().unwrap_or_else(|| language.tag().to_owned()),
        checked: language == chosen,
    };
    Language::ALL.into_iter().map(choice).collect()
}

fn list_kinds(letter: &OpenLetter, words: &Words) -> Vec<Choice> {
    let muted = letter.recipient.standing.muted_kinds;
    let choice = |(kind, word): (Kind, &str)| Choice {
        value: word.to_owned(),
        label: words.kind_of(kind).to_owned(),
        checked: muted.contains(kind),
    };
    Kind::ALL.into_iter().map(choice).collect()
}

fn list_facets(site: &Site, letter: &OpenLetter, words: &Words) -> Vec<TopicTree> {
    let profile = Profile::new(&letter.forum, &letter.recipient.standing, site.now());
    let tree = |facet: Facet| {
        let tree = letter.forum.list_tree(facet, letter.recipient.language);
        let topics = tree.into_iter().map(|(ix, depth)| topic_of(letter, &profile, ix, depth)).collect();
        TopicTree { label: words.facet_of(facet).to_owned(), topics }
    };
    let other = TopicTree { label: words.facet_other().to_owned(), topics: list_others(letter, &profile) };
    choices::FACETS.into_iter().map(tree).chain([other]).filter(|t| !t.topics.is_empty()).collect()
}

/// Terms of other facets that carry a mark, from *not for me* or from the lead: else no page could undo it.
fn list_others(letter: &OpenLetter, profile: &Profile) -> Vec<Topic> {
    let (terms, standing) = (&letter.forum.terms, &letter.recipient.standing);
    terms
        .iter()
        .filter(|(ix, term)| {
            let marked = standing.follows.contains(ix) || standing.mutes.contains(ix);
            marked && !choices::FACETS.contains(&term.facet)
        })
        .map(|(ix, _)| topic_of(letter, profile, ix, 0))
        .collect()
}

fn topic_of(letter: &OpenLetter, profile: &Profile, ix: TermIx, depth: usize) -> Topic {
    let (forum, standing) = (&letter.forum, &letter.recipient.standing);
    Topic {
        term: forum.terms.term(ix).to_string(),
        name: forum.name_of(ix, letter.recipient.language).to_owned(),
        depth: depth.min(3),
        // Own roles are not told: a letter may be forwarded, and a role may be a union office.
        held: !letter.discreet && profile.own_groups().contains(&ix),
        follow: standing.follows.contains(&ix),
        mute: standing.mutes.contains(&ix),
    }
}
