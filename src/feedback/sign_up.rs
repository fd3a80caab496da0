//! Signing up on the public page, with a confirmation from the mailbox itself (double opt-in).
//!
//! The form is only written down; the mail that asks for the confirmation holds no word that a stranger wrote; nothing
//! but it is sent before the confirmation, and what was written down goes when the link is too old.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::doors::{SIGN_IN_MINUTES, link_to_sign_in};
use super::links::LinkError;
use super::notices::{NoticeReader, write_notice};
use crate::forum::{EmailAddress, Facet, Forum, Language, Term, TextPlace, one_line};
use crate::ids::RecipientId;
use crate::letter::Notice;
use crate::store::{KnockRow, LinkRow, NewKnock, NewLink, SignUp, Store, StoreError, Tx, again_on_collision};
use crate::token::{Keys, hash_of_secret};

/// How long the link that confirms is good.
pub const CONFIRM_HOURS: i64 = 48;
/// The version of the wording; raise it whenever the words of consent change.
pub const CONSENT_VERSION: &str = "2026-11";
/// What a knock and a link that sign up are called in rows.
pub(super) const SIGN_UP: &str = "sign_up";
/// The longest name and organisation, in characters.
pub(super) const LONGEST_NAME: usize = 120;
/// The most topics that one form takes.
const MOST_TOPICS: usize = 200;

/// The form as it came.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Where they work.
    pub organisation: String,
    /// The language's tag.
    pub language: String,
    /// The slug of the organisation whose invitation the page shows.
    pub offered: String,
    /// Ticked: they work there and come by its invitation.
    pub invited: String,
    /// Terms to follow.
    pub topic: Vec<String>,
    /// Ticked: anything.
    pub consent: String,
    /// The hash of the wording that stood on the page; empty: whatever it was.
    pub wording: String,
    /// People don't see this field; programs fill it in.
    pub website: String,
}

/// What a form asks for, read and checked; kept until it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    name: String,
    organisation: String,
    language: Language,
    topics: Vec<String>,
    consent_version: String,
    consent_hash: String,
    /// The wording itself.
    #[serde(default)]
    consent: String,
    source: String,
    /// The slug of the organisation where they work and by whose invitation they come; never a union's.
    #[serde(default)]
    invited_by: Option<String>,
}

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Mistakes {
    /// It is no address.
    pub email: bool,
    /// Nothing goes without consent.
    pub consent: bool,
    /// The wording is another than the one that stood on the page.
    pub wording: bool,
}

/// What somebody asked for, and the address it is for. `consent` is the wording that stood on the page, in the page's
/// language, which need not be the one they ask for; `source` is what the first letter tells of where the data came from.
/// Whose invitation the form names is believed: who shows the form has seen that it may be kept.
pub fn read_form(
    forum: &Forum,
    form: &Form,
    (consent, shown_in): (&str, Language),
    source: &str,
) -> Result<(EmailAddress, Wish), Mistakes> {
    let address = form.email.parse::<EmailAddress>();
    let hash = hash_of_secret(consent);
    let mistakes = Mistakes {
        email: address.is_err(),
        consent: form.consent.is_empty(),
        wording: !form.wording.is_empty() && form.wording != hash,
    };
    let Some(address) = address.ok().filter(|_| !mistakes.consent && !mistakes.wording) else {
        return Err(mistakes);
    };
    let language = form.language.parse().unwrap_or(forum.settings.language);
    let wish = Wish {
        name: one_line(&form.name, LONGEST_NAME),
        organisation: one_line(&form.organisation, LONGEST_NAME),
        language,
        topics: list_topics(forum, &form.topic).iter().map(ToString::to_string).collect(),
        consent_version: consent_version(forum, shown_in, &hash),
        consent_hash: hash,
        consent: consent.to_owned(),
        source: source.to_owned(),
        invited_by: Some(form.offered.clone()).filter(|slug| !slug.is_empty() && !form.invited.is_empty()),
    };
    Ok((address, wish))
}

/// What the wording is called: ours by its version, the forum's own by the head of its hash, so that another text is another
/// version.
fn consent_version(forum: &Forum, language: Language, hash: &str) -> String {
    let own = forum.settings.house.texts.said(TextPlace::Consent, language);
    let head = hash.get(..8).unwrap_or(hash);
    own.map_or_else(|| format!("{CONSENT_VERSION} {language}"), |_| format!("own-{head} {language}"))
}

/// The sectors among what a form or an address names; each once.
pub fn list_topics(forum: &Forum, named: &[String]) -> Vec<Term> {
    let mut topics: Vec<Term> = Vec::new();
    for term in named.iter().take(MOST_TOPICS).filter_map(|text| text.parse::<Term>().ok()) {
        let is_known = term.facet == Facet::Sector && forum.terms.find(&term).is_some();
        if is_known && !topics.contains(&term) {
            topics.push(term);
        }
    }
    topics
}

/// Writes down that somebody wants the letters: nobody is looked up. `now` is real time.
pub async fn ask_to_sign_up(
    store: &Store,
    address: &EmailAddress,
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let details = serde_json::to_value(wish)?;
    let (address, language) = (address.as_str(), wish.language.tag());
    store.record_knock(now, &NewKnock { purpose: SIGN_UP, address, language, details }).await
}

/// Who gets letters already gets a link to their pages; everybody else a mail that asks for a confirmation, also who
/// said no earlier: their own word outweighs it.
pub(super) async fn mail_link_to_confirm(
    tx: &mut Tx,
    knock: &KnockRow,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Ok(address) = knock.address.parse::<EmailAddress>() else { return Ok(()) };
    let known = tx.find_known(address.as_str()).await?;
    if let Some(known) = known.as_ref().filter(|known| known.status == "active") {
        let (link, language) = link_to_sign_in(tx, known, "/me/preferences", now).await?;
        let notice = Notice::AlreadyHere { link, minutes: SIGN_IN_MINUTES };
        let lasting = TimeDelta::minutes(SIGN_IN_MINUTES);
        let to = NoticeReader { recipient: Some(known.recipient), address: &address, language };
        tx.queue_notice(now, &write_notice(&notice, to, now, lasting)).await?;
        return Ok(());
    }
    let recipient = known.map(|known| known.recipient);
    let lasting = TimeDelta::hours(CONFIRM_HOURS);
    let link = NewLink {
        purpose: SIGN_UP,
        recipient,
        account: None,
        address: Some(address.as_str()),
        details: serde_json::from_str(&knock.details)?,
        expires_at: now + lasting,
    };
    let link = tx.add_link(now, &link).await?;
    let notice = Notice::ConfirmSignUp { link, hours: CONFIRM_HOURS };
    let language = knock.language.parse().unwrap_or(Language::Nb);
    let to = NoticeReader { recipient, address: &address, language };
    tx.queue_notice(now, &write_notice(&notice, to, now, lasting)).await?;
    Ok(())
}

/// What a link that signs up asks to confirm; none if it is for something else.
pub fn wish_of(link: &LinkRow) -> Option<(EmailAddress, Wish)> {
    if link.purpose != SIGN_UP {
        return None;
    }
    Some((link.address.as_deref()?.parse().ok()?, serde_json::from_str(&link.details).ok()?))
}

impl Wish {
    /// The language of their letters.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The slug of the organisation where they say that they work, by whose invitation they come.
    pub fn invited_by(&self) -> Option<&str> {
        self.invited_by.as_deref()
    }

    /// What they want to follow.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }
}

/// The confirmation: uses the link up and makes them a recipient. `public_id` is 128 random bits in lower-case hex.
pub async fn confirm(
    store: &Store,
    keys: &Keys,
    link: &LinkRow,
    public_id: &str,
    now: DateTime<Utc>,
) -> Result<RecipientId, LinkError> {
    // Whoever takes a bounce in has the recipient before the forum, and whoever changes what they follow has the marks before
    // the recipient.
    let confirmed = again_on_collision(|| try_to_confirm(store, keys, link, public_id, now)).await?;
    confirmed.ok_or(LinkError::Revoked)
}

/// None, and nothing done, if the link opens nothing any more.
async fn try_to_confirm(
    store: &Store,
    keys: &Keys,
    link: &LinkRow,
    public_id: &str,
    now: DateTime<Utc>,
) -> Result<Option<RecipientId>, StoreError> {
    let mut tx = store.begin().await?;
    // First, like whoever changes many: folding topics writes to links, marks and recipients behind it.
    tx.lock_forum().await?;
    let used = tx.use_link(now, link.id).await?;
    let Some((address, wish)) = used.as_ref().and_then(wish_of) else {
        tx.undo().await?;
        return Ok(None);
    };
    let parted =
        |topic: &String| topic.split_once(':').map(|(facet, slug)| (facet.to_owned(), slug.to_owned()));
    let topics: Vec<(String, String)> = wish.topics.iter().filter_map(parted).collect();
    let new = SignUp {
        address: address.as_str(),
        name: &wish.name,
        organisation: &wish.organisation,
        language: wish.language.tag(),
        public_id,
        address_hash: &keys.address_hash(address.as_str()),
        source: &wish.source,
        consent_version: &wish.consent_version,
        consent_hash: &wish.consent_hash,
        consent: &wish.consent,
        invited_by: wish.invited_by(),
        topics: &topics,
    };
    let id = tx.sign_up(now, &new).await?;
    tx.give_link_to(link.id, id).await?;
    tx.commit().await?;
    Ok(Some(id))
}
