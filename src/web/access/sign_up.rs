//! Signing up: a public page that tells nobody who is here already.

use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::{Form, Query};
use serde::Serialize;

use crate::feedback::sign_up::{self, CONFIRM_HOURS, Form as Asked, Mistakes};
use crate::forum::{Facet, Forum, Language, Represented, TermIx, TextPlace};
use crate::token::hash_of_secret;
use crate::web::choice::Choice;
use crate::web::headers::preferred_language;
use crate::web::limits::{ASKED_BY_CLIENT, Client, MAILS_TO_ADDRESS};
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Site, Writing};
use crate::web::templates::Content;

#[derive(Serialize)]
struct Topic {
    term: String,
    name: String,
    depth: usize,
    checked: bool,
}

/// Whose invitation brought somebody here.
#[derive(Serialize)]
struct Invitation {
    name: String,
    /// What the form says of it; none of a union: nothing ties whoever signs up to one.
    slug: Option<String>,
    ticked: bool,
    /// What the address asks for and another language must not lose.
    query: String,
}

#[derive(Serialize)]
struct Page {
    sent: bool,
    invitation: Option<Invitation>,
    hours: i64,
    email: String,
    name: String,
    organisation: String,
    languages: Vec<Choice>,
    topics: Vec<Topic>,
    /// At the head.
    lead: String,
    consent: String,
    /// The hash of the wording.
    wording: String,
    agreed: bool,
    wrong: Mistakes,
}

impl Content for Page {
    const TEMPLATE: &'static str = "sign_up.html";
}

/// The language that the page was shown in: the one whose wording stood on it, else the one that is wanted.
fn shown_in(site: &Site, forum: &Forum, asked: &Asked, wanted: Language) -> Language {
    let stood = |language: &Language| {
        site.said(forum, TextPlace::Consent, *language)
            .is_some_and(|text| hash_of_secret(&text) == asked.wording)
    };
    std::iter::once(wanted).chain(Language::ALL).find(stood).unwrap_or(wanted)
}

/// The language that the form or the address names, else the browser's, else the forum's.
fn wanted(asked: &Asked, headers: &HeaderMap, forum: &Forum) -> Language {
    let named = asked.language.parse().ok();
    named.unwrap_or_else(|| preferred_language(headers, forum))
}

/// What the page tells of the invitation.
fn invitation_of(of: &Represented, ticked: bool) -> Invitation {
    let slug = of.organisation.slug.clone();
    Invitation {
        name: of.organisation.name.clone(),
        query: format!("&organisation={slug}"),
        slug: Some(slug).filter(|_| !of.is_union()),
        ticked,
    }
}

/// The topics of whoever invites, as the form names them.
fn topics_of(forum: &Forum, of: &Represented) -> Vec<String> {
    of.topics(forum).into_iter().map(|ix| forum.terms.term(ix).to_string()).collect()
}

/// GET: the form; `?topic=sector:health` ticks a topic, `?language=nn` says the language, `?organisation=nav` is its
/// invitation, which ticks its topics unless the address names others.
pub(super) async fn show(
    reading: Reading,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = wanted(&asked, &headers, &forum);
    let inviting = reading.find_represented(&forum, &asked.organisation).await?;
    let topic = match &inviting {
        Some(of) if asked.topic.is_empty() => topics_of(&forum, of),
        _ => asked.topic,
    };
    // What an address fills in is a choice, never a person.
    let asked = Asked { topic, ..Asked::default() };
    let page = page_of(&reading.0, &forum, (language, language), &asked);
    let invitation = inviting.map(|of| invitation_of(&of, true));
    reading.0.page(&forum, language, &Page { invitation, ..page })
}

/// POST: the same answer to every address, known or not.
pub(super) async fn ask(
    writing: Writing,
    Client(client): Client,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let forum = writing.reading().forum().await?;
    let wanted = wanted(&asked, &headers, &forum);
    let language = shown_in(&site, &forum, &asked, wanted);
    let source = site.words(wanted).access.sign_up.source.clone();
    let inviting =
        writing.reading().find_represented(&forum, &asked.offered).await?.filter(|of| !of.is_union());
    let offered = inviting.as_ref().map(|of| of.organisation.slug.clone()).unwrap_or_default();
    let asked = Asked { language: wanted.tag().to_owned(), offered, ..asked };
    let invitation = inviting.map(|of| invitation_of(&of, !asked.invited.is_empty()));
    let page = Page { invitation, ..page_of(&site, &forum, (language, wanted), &asked) };
    let (address, wish) = match sign_up::read_form(&forum, &asked, (&page.consent, language), &source) {
        Ok(read) => read,
        Err(wrong) => {
            return Ok(unprocessable(site.page(&forum, language, &Page { wrong, ..page })?));
        }
    };
    site.hold_to(ASKED_BY_CLIENT, &client, language)?;
    // People don't see that field; who fills it in is told nothing.
    if asked.website.is_empty() && site.admit(MAILS_TO_ADDRESS, address.as_str()) {
        writing.ask_to_sign_up(&address, &wish).await?;
    }
    // Nothing of what was filled in stands on the answer: it is the same for all.
    let blank = page_of(&site, &forum, (language, wanted), &Asked::default());
    site.page(&forum, language, &Page { sent: true, ..blank })
}

/// The page in `language`, with `wanted` chosen for the letters.
fn page_of(site: &Site, forum: &Forum, (language, wanted): (Language, Language), asked: &Asked) -> Page {
    let names = &site.words(language).language;
    let choice = |own: Language| Choice {
        value: own.tag().to_owned(),
        label: names.get(&own).cloned().unwrap_or_else(|| own.tag().to_owned()),
        depth: 0,
        chosen: own == wanted,
    };
    let ticked = sign_up::list_topics(forum, &asked.topic);
    let ticked: Vec<TermIx> = ticked.iter().filter_map(|term| forum.terms.find(term)).collect();
    let said = |place| site.said(forum, place, language).unwrap_or_default();
    let consent = said(TextPlace::Consent);
    let wording = hash_of_secret(&consent);
    let topic = |(ix, depth): (TermIx, usize)| Topic {
        term: forum.terms.term(ix).to_string(),
        name: forum.name_of(ix, language).to_owned(),
        depth: depth.min(3),
        checked: ticked.contains(&ix),
    };
    Page {
        sent: false,
        invitation: None,
        hours: CONFIRM_HOURS,
        email: asked.email.clone(),
        name: asked.name.clone(),
        organisation: asked.organisation.clone(),
        languages: Language::ALL.into_iter().map(choice).collect(),
        topics: forum.list_tree(Facet::Sector, language).into_iter().map(topic).collect(),
        lead: said(TextPlace::SignUp),
        // Who agreed to another wording is asked again.
        agreed: !asked.consent.is_empty() && (asked.wording.is_empty() || asked.wording == wording),
        wording,
        consent,
        wrong: Mistakes::default(),
    }
}
