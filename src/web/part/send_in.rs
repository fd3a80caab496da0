//! Anyone may send something in: a form that becomes a draft for the lead. Nothing that is written here is
//! shown or mailed to others before the lead has taken it up.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::fields::is_longer;
use crate::content::is_web_address;
use crate::forum::{
    EmailAddress, Facet, Forum, Kind, Language, Recipient, TermIx, find_line, plain_lines, sort_key,
};
use crate::store::{NewDraft, SentIn};
use crate::web::choice::Choice;
use crate::web::headers::preferred_language;
use crate::web::limits::{Client, SENT_IN_BY_CLIENT};
use crate::web::once::{new_token, token_of};
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Whose;

/// The longest text of each field, in characters.
const LONGEST_TITLE: usize = 150;
const LONGEST_BODY: usize = 6_000;
const LONGEST_LINE: usize = 300;
const LONGEST_ANSWER: usize = 600;
/// The longest link, in characters.
const LONGEST_LINK: usize = 500;

#[derive(Serialize)]
struct TopicGroup {
    label: String,
    topics: Vec<Choice>,
}

/// What is wrong, field by field.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
struct Errors {
    title: bool,
    body: bool,
    link: bool,
    for_whom: bool,
    name: bool,
    email: bool,
    /// Something is too long.
    long: bool,
    /// More was sent in than anybody reads.
    busy: bool,
}

#[derive(Serialize)]
struct SendInPage {
    /// Whose link it is; none on the public page.
    masked: Option<String>,
    kinds: Vec<Choice>,
    topics: Vec<TopicGroup>,
    form: SendInForm,
    errors: Errors,
    any_error: bool,
    /// Something else was sent in from this page before.
    sent_before: bool,
    done: bool,
    action: String,
    privacy: String,
}

impl Content for SendInPage {
    const TEMPLATE: &'static str = "send_in.html";
}

/// What the form holds.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SendInForm {
    /// The public id of what is sent in from this page.
    token: String,
    title: String,
    body: String,
    link: String,
    kind: String,
    for_whom: String,
    topic: Vec<String>,
    why: String,
    name: String,
    email: String,
    organisation: String,
    /// A field that people do not see and programs fill in.
    website: String,
}

/// Who sends: a recipient through a door of their own, or anyone.
struct Sender {
    forum: Arc<Forum>,
    known: Option<Whose>,
    language: Language,
    action: String,
}

impl Sender {
    fn anyone(forum: Arc<Forum>, headers: &HeaderMap) -> Sender {
        let language = preferred_language(headers, &forum);
        Sender { forum, known: None, language, action: "/send-in".to_owned() }
    }

    fn known(whose: Whose) -> Sender {
        Sender {
            forum: whose.forum.clone(),
            language: whose.recipient.language,
            action: whose.path("send-in"),
            known: Some(whose),
        }
    }

    fn recipient(&self) -> Option<&Recipient> {
        self.known.as_ref().map(|whose| &whose.recipient)
    }
}

/// GET: the form, for anyone.
pub(super) async fn show(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let sender = Sender::anyone(reading.forum().await?, &headers);
    respond(&reading, &sender, page(&reading, &sender, SendInForm::default()), StatusCode::OK)
}

/// GET: the form, for the reader of a letter or on a device of theirs.
pub(super) async fn show_known(reading: Reading, whose: Whose) -> Result<Response, Refusal> {
    let sender = Sender::known(whose);
    respond(&reading, &sender, page(&reading, &sender, SendInForm::default()), StatusCode::OK)
}

/// POST: keeps it, from anyone.
pub(super) async fn send(
    writing: Writing,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<SendInForm>,
) -> Result<Response, Refusal> {
    let sender = Sender::anyone(writing.reading().forum().await?, &headers);
    keep(&writing, &sender, Some(&client), form).await
}

/// POST: keeps it, from the reader of a letter or on a device of theirs.
pub(super) async fn send_known(
    writing: Writing,
    whose: Whose,
    Form(form): Form<SendInForm>,
) -> Result<Response, Refusal> {
    keep(&writing, &Sender::known(whose), None, form).await
}

async fn keep(
    writing: &Writing,
    sender: &Sender,
    client: Option<&Client>,
    form: SendInForm,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    // A program is told the same as a person.
    let is_program = !form.website.is_empty();
    let mut shown = page(&reading, sender, form);
    let admitted = || client.is_none_or(|client| reading.0.admit(SENT_IN_BY_CLIENT, &client.0));
    let status = match read_form(sender, &shown.form) {
        Err(errors) => {
            shown.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Ok(_) if is_program => shown.tell(SentIn::Kept),
        Ok(new) if admitted() => shown.tell(writing.add_draft(&sender.forum, &new).await?),
        Ok(_) => shown.tell(SentIn::TooMuch),
    };
    shown.any_error = shown.errors != Errors::default();
    respond(&reading, sender, shown, status)
}

impl SendInPage {
    /// Tells what became of it.
    fn tell(&mut self, sent_in: SentIn) -> StatusCode {
        match sent_in {
            SentIn::Kept => {
                self.done = true;
                StatusCode::OK
            }
            SentIn::Another => {
                self.sent_before = true;
                self.form.token = new_token();
                StatusCode::CONFLICT
            }
            SentIn::TooMuch => {
                self.errors.busy = true;
                StatusCode::TOO_MANY_REQUESTS
            }
        }
    }
}

fn respond(
    reading: &Reading,
    sender: &Sender,
    page: SendInPage,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let mut response = match &sender.known {
        Some(whose) => whose.page(&reading.0, &page)?,
        None => reading.0.page(&sender.forum, sender.language, &page)?,
    };
    *response.status_mut() = status;
    Ok(response)
}

/// The draft that the form gives, or what is wrong with it.
fn read_form<'a>(sender: &Sender, form: &SendInForm) -> Result<NewDraft<'a>, Errors> {
    let (title, body, link) = (find_line(&form.title), plain_lines(&form.body), find_line(&form.link));
    let (for_whom, why) = (find_line(&form.for_whom), plain_lines(&form.why));
    let outsider = sender.known.is_none();
    let given = |text: &str| find_line(text).filter(|_| outsider);
    let (name, organisation) = (given(&form.name), given(&form.organisation));
    let email = given(&form.email).map(|text| text.parse::<EmailAddress>());
    let long = [
        (title.as_ref(), LONGEST_TITLE),
        (body.as_ref(), LONGEST_BODY),
        (link.as_ref(), LONGEST_LINK),
        (for_whom.as_ref(), LONGEST_LINE),
        (why.as_ref(), LONGEST_ANSWER),
        (name.as_ref(), LONGEST_LINE),
        (organisation.as_ref(), LONGEST_LINE),
    ];
    let errors = Errors {
        title: title.is_none(),
        body: body.is_none(),
        link: link.as_deref().is_some_and(|link| !is_web_address(link)),
        for_whom: for_whom.is_none(),
        name: outsider && name.is_none(),
        email: outsider && !matches!(email, Some(Ok(_))),
        long: long.into_iter().any(|(text, most)| is_longer(text, most)),
        busy: false,
    };
    if errors != Errors::default() {
        return Err(errors);
    }
    Ok(NewDraft {
        files: Vec::new(),
        public_id: form.token.clone(),
        source: "form",
        language: sender.language.tag(),
        kind: form.kind.parse::<Kind>().ok().map(Kind::word),
        title: title.unwrap_or_default(),
        body: body.unwrap_or_default(),
        fields: serde_json::json!({ "link": link, "why": why }),
        audience_words: for_whom.unwrap_or_default(),
        about: chosen_topics(sender, &form.topic),
        sender: sender.recipient().map(|recipient| recipient.id),
        sender_name: name,
        sender_email: email.and_then(Result::ok).map(|email| email.to_string()),
        sender_organisation: organisation,
    })
}

/// The offered terms among those that the form names, as they are written.
fn chosen_topics(sender: &Sender, chosen: &[String]) -> Vec<String> {
    let written = |ix: TermIx| sender.forum.terms.term(ix).to_string();
    offered(sender).into_iter().map(written).filter(|term| chosen.contains(term)).collect()
}

/// What may be chosen: sectors; the groups too for who is known here.
fn offered(sender: &Sender) -> Vec<TermIx> {
    let is_offered = |facet| facet == Facet::Sector || (facet == Facet::Group && sender.known.is_some());
    sender.forum.terms.iter().filter(|(_, term)| is_offered(term.facet)).map(|(ix, _)| ix).collect()
}

fn page(reading: &Reading, sender: &Sender, form: SendInForm) -> SendInPage {
    let words = reading.0.words(sender.language);
    let kind = |kind: Kind| Choice {
        value: kind.word().to_owned(),
        label: words.kind_of(kind).to_owned(),
        depth: 0,
        chosen: form.kind == kind.word(),
    };
    let topic = |ix: TermIx| {
        let value = sender.forum.terms.term(ix).to_string();
        let chosen = form.topic.contains(&value);
        Choice { label: sender.forum.name_of(ix, sender.language).to_owned(), depth: 0, chosen, value }
    };
    let topics = |facet: Facet| {
        let of_facet = |ix: &TermIx| sender.forum.terms.term(*ix).facet == facet;
        let mut topics: Vec<Choice> = offered(sender).into_iter().filter(of_facet).map(topic).collect();
        topics.sort_by_key(|topic| sort_key(&topic.label));
        TopicGroup { label: words.facet_of(facet).to_owned(), topics }
    };
    let mut groups = vec![topics(Facet::Sector), topics(Facet::Group)];
    groups.retain(|group| !group.topics.is_empty());
    SendInPage {
        masked: sender.recipient().map(|recipient| recipient.email.masked()),
        kinds: Kind::ALL.map(kind).into(),
        topics: groups,
        form: SendInForm { token: token_of(&form.token), ..form },
        errors: Errors::default(),
        any_error: false,
        sent_before: false,
        done: false,
        action: sender.action.clone(),
        privacy: "/privacy".to_owned(),
    }
}
