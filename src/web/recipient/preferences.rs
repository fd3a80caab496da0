//! What and how often: the person's own choices, without JavaScript.

use axum::response::Response;
use axum_extra::extract::Form;
use chrono::NaiveDate;
use serde::Serialize;

use crate::feedback::preferences::{self as choices, FormError};
use crate::forum::{Facet, Kind, Language, Status, TermIx};
use crate::matching::Profile;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Site, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Whose;
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
pub(super) async fn show(reading: Reading, whose: Whose) -> Result<Response, Refusal> {
    whose.page(&reading.0, &page_of(&reading.0, &whose))
}

/// POST: choose; what is wrong stands at its field and changes nothing.
pub(super) async fn change(
    writing: Writing,
    whose: Whose,
    Form(form): Form<choices::Form>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let today = reading.0.today(&whose.forum);
    match choices::read_form(&whose.forum, &whose.recipient, &form, today) {
        Ok(changes) => {
            writing.change_preferences(whose.recipient.id, &changes).await?;
            let whose = whose.again(&reading).await?;
            let page = Page { saved: true, ..page_of(&reading.0, &whose) };
            whose.page(&reading.0, &page)
        }
        Err(error) => refuse(&reading.0, &whose, &form, &error),
    }
}

fn refuse(site: &Site, whose: &Whose, form: &choices::Form, error: &FormError) -> Result<Response, Refusal> {
    let words = &site.words(whose.recipient.language).preferences;
    let mut page = page_of(site, whose);
    match error {
        FormError::Pause(text) => {
            page.error = Some(words.error.clone());
            page.pause_error = Some(words.pause_error.clone());
            page.pause_until.clone_from(text);
        }
        FormError::Unknown(_) => page.error = Some(words.error_unknown.clone()),
    }
    keep_ticks(&mut page, form);
    let mut response = whose.page(site, &page)?;
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

fn page_of(site: &Site, whose: &Whose) -> Page {
    let (forum, recipient) = (&whose.forum, &whose.recipient);
    let words = site.words(recipient.language);
    let today = site.today(forum);
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |d| d.to_string());
    Page {
        masked: recipient.email.masked(),
        action: whose.path("preferences"),
        saved: false,
        error: None,
        unsubscribed: recipient.standing.status == Status::Unsubscribed,
        cadences: list_cadences(whose, words),
        caps: list_caps(whose, words),
        pause_until: day(choices::last_day_of_pause(recipient, today)),
        tomorrow: day(today.succ_opt()),
        pause_error: None,
        languages: list_languages(recipient.language, words),
        facets: list_facets(site, whose, words),
        kinds: list_kinds(whose, words),
        unsubscribe: site.unsubscribe_path(recipient.id),
        privacy: whose.path("privacy"),
    }
}

fn list_cadences(whose: &Whose, words: &Words) -> Vec<Choice> {
    let mut cadences = choices::list_cadences(&whose.forum);
    if !cadences.contains(&whose.recipient.cadence) {
        cadences.push(whose.recipient.cadence);
    }
    let choice = |cadence| Choice {
        value: format!("{cadence}"),
        label: words.cadence.get(&cadence).cloned().unwrap_or_else(|| cadence.to_string()),
        checked: cadence == whose.recipient.cadence,
    };
    cadences.into_iter().map(choice).collect()
}

fn list_caps(whose: &Whose, words: &Words) -> Vec<Choice> {
    let chosen = whose.recipient.cap;
    let count = whose.forum.settings.cap.to_string();
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

fn list_kinds(whose: &Whose, words: &Words) -> Vec<Choice> {
    let muted = whose.recipient.standing.muted_kinds;
    let choice = |(kind, word): (Kind, &str)| Choice {
        value: word.to_owned(),
        label: words.kind_of(kind).to_owned(),
        checked: muted.contains(kind),
    };
    Kind::ALL.into_iter().map(choice).collect()
}

fn list_facets(site: &Site, whose: &Whose, words: &Words) -> Vec<TopicTree> {
    let profile = Profile::new(&whose.forum, &whose.recipient.standing, site.now());
    let tree = |facet: Facet| {
        let tree = whose.forum.list_tree(facet, whose.recipient.language);
        let topics = tree.into_iter().map(|(ix, depth)| topic_of(whose, &profile, ix, depth)).collect();
        TopicTree { label: words.facet_of(facet).to_owned(), topics }
    };
    let other = TopicTree { label: words.facet_other().to_owned(), topics: list_others(whose, &profile) };
    choices::FACETS.into_iter().map(tree).chain([other]).filter(|t| !t.topics.is_empty()).collect()
}

/// Terms of other facets that carry a mark, from *not for me* or from the lead: else no page could undo it.
fn list_others(whose: &Whose, profile: &Profile) -> Vec<Topic> {
    let (terms, standing) = (&whose.forum.terms, &whose.recipient.standing);
    terms
        .iter()
        .filter(|(ix, term)| {
            let marked = standing.follows.contains(ix) || standing.mutes.contains(ix);
            marked && !choices::FACETS.contains(&term.facet)
        })
        .map(|(ix, _)| topic_of(whose, profile, ix, 0))
        .collect()
}

fn topic_of(whose: &Whose, profile: &Profile, ix: TermIx, depth: usize) -> Topic {
    let (forum, standing) = (&whose.forum, &whose.recipient.standing);
    Topic {
        term: forum.terms.term(ix).to_string(),
        name: forum.name_of(ix, whose.recipient.language).to_owned(),
        depth: depth.min(3),
        // Own roles are not told: a letter may be forwarded, and a role may be a union office.
        held: !whose.discreet && profile.own_groups().contains(&ix),
        follow: standing.follows.contains(&ix),
        mute: standing.mutes.contains(&ix),
    }
}
