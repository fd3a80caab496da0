//! What a person says of themselves: a place that they no longer have, and another address.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::links::LinkError;
use super::notices::{NoticeReader, language_of, write_notice};
use super::sign_up::LONGEST_NAME;
use crate::forum::{EmailAddress, Forum, Language, Recipient, one_line};
use crate::ids::{RecipientId, SeatId};
use crate::letter::{Notice, name_in_sentence};
use crate::staff::Right;
use crate::store::{KnockRow, LinkRow, NewAlert, NewKnock, NewLink, Store, StoreError, Tx};

/// How long the link that confirms an address is good.
pub const ADDRESS_HOURS: i64 = 24;
/// What a knock and a link for a new address are called in rows.
pub(super) const NEW_ADDRESS: &str = "new_address";
/// How long it makes sense to tell of what has happened.
const TELLING: TimeDelta = TimeDelta::days(3);

/// Who has a place now, as its former holder says: both may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Successor {
    name: String,
    address: Option<EmailAddress>,
}

impl Successor {
    /// From a form; none if what stands for an address is none.
    pub fn read(name: &str, email: &str) -> Option<Successor> {
        let address = if email.trim().is_empty() { None } else { Some(email.parse().ok()?) };
        Some(Successor { name: one_line(name, LONGEST_NAME), address })
    }

    /// `Per Vik, per@nav.example`, or what was said of the two.
    fn in_words(&self) -> String {
        let address = self.address.as_ref().map_or("", EmailAddress::as_str);
        let said: Vec<&str> =
            [self.name.as_str(), address].into_iter().filter(|part| !part.is_empty()).collect();
        said.join(", ")
    }
}

/// Records that somebody no longer has a place: asks the lead who has, and tells them. It ends nothing by itself. Who says
/// again what they said since the lead is asked tells nothing new. False if they have no such place.
pub async fn leave_place(
    store: &Store,
    (forum, person): (&Forum, &Recipient),
    seat: SeatId,
    successor: &Successor,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Some(place) = person.standing.seats.iter().find(|own| own.id == seat) else { return Ok(false) };
    let leads = list_leads(store, forum, now).await?;
    let address = successor.address.as_ref().map_or("", EmailAddress::as_str);
    let mut tx = store.begin().await?;
    let said = tx.say_place_left(now, (person.id, seat), (&successor.name, address)).await?;
    let Some(is_new) = said else { return tx.undo().await.map(|()| false) };
    let is_asked = tx.ask_who_has_this_place(person.id, "left", now).await?;
    if !is_new && !is_asked {
        return tx.undo().await.map(|()| true);
    }
    let alert = NewAlert {
        kind: "place_left",
        subject: format!("seat:{seat}"),
        text: "A holder says that they no longer have their place; see the open questions.".to_owned(),
        details: serde_json::json!({ "recipient": person.id, "seat": seat }),
    };
    tx.raise_alert(now, &alert).await?;
    for (lead, language) in &leads {
        let notice = Notice::PlaceLeft {
            person: if person.name.is_empty() { person.email.to_string() } else { person.name.clone() },
            address: person.email.to_string(),
            group: name_in_sentence(forum, place.group, *language),
            successor: successor.in_words(),
            seat: seat.0,
        };
        // It tells of the person, so it is theirs: an erasure takes it along.
        let to = NoticeReader { recipient: Some(person.id), address: lead, language: *language };
        tx.queue_notice(now, &write_notice(&notice, to, now, TELLING)).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Whoever may change who has a place, each with the language that they read in.
async fn list_leads(
    store: &Store,
    forum: &Forum,
    now: DateTime<Utc>,
) -> Result<Vec<(EmailAddress, Language)>, StoreError> {
    let mut leads = Vec::new();
    for lead in store.list_lead_addresses(Right::People.word(), now).await? {
        let Ok(address) = lead.parse() else { continue };
        leads.push((address, language_of(store, forum, &lead).await?));
    }
    Ok(leads)
}

/// How long the link is good that asks whether somebody still has their places.
pub const STILL_YOURS_DAYS: i64 = 60;
/// What such a link is called in rows.
const STILL_YOURS: &str = "still_yours";

/// Makes the link that asks somebody whether they still have their places; its key.
pub async fn link_to_answer(
    tx: &mut Tx,
    recipient: RecipientId,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let link = NewLink {
        purpose: STILL_YOURS,
        recipient: Some(recipient),
        account: None,
        address: None,
        details: serde_json::json!({}),
        expires_at: now + TimeDelta::days(STILL_YOURS_DAYS),
    };
    tx.add_link(now, &link).await
}

/// Whether a link asks that.
pub fn asks_of_places(link: &LinkRow) -> bool {
    link.purpose == STILL_YOURS
}

/// Uses such a link up and notes the places that are still theirs.
pub async fn keep_places(
    store: &Store,
    link: &LinkRow,
    (person, kept): (RecipientId, &[SeatId]),
    now: DateTime<Utc>,
) -> Result<(), LinkError> {
    let mut tx = store.begin().await?;
    if tx.use_link(now, link.id).await?.filter(asks_of_places).is_none() {
        tx.undo().await?;
        return Err(LinkError::Revoked);
    }
    for seat in kept {
        tx.record_place_kept((person, *seat), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[derive(Debug, Serialize, Deserialize)]
struct Mover {
    recipient: RecipientId,
}

/// Writes down that somebody wants their letters elsewhere. The wish before it counts no more, answered or not: its
/// address may have been mistyped, and be a stranger's. `now` is real time.
pub async fn ask_for_address(
    store: &Store,
    person: &Recipient,
    address: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let details = serde_json::to_value(Mover { recipient: person.id })?;
    let (address, language) = (address.as_str(), person.language.tag());
    let mut tx = store.begin().await?;
    tx.ask_instead(now, &NewKnock { purpose: NEW_ADDRESS, address, language, details }).await?;
    tx.end_links(now, person.id, Some(NEW_ADDRESS)).await?;
    tx.commit().await
}

/// A link to the new address, unless somebody has it already: the page does not tell who is here.
pub(super) async fn mail_link_to_move(
    tx: &mut Tx,
    knock: &KnockRow,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Ok(address) = knock.address.parse::<EmailAddress>() else { return Ok(()) };
    if tx.find_known(address.as_str()).await?.is_some() {
        return Ok(());
    }
    let mover: Mover = serde_json::from_str(&knock.details)?;
    let lasting = TimeDelta::hours(ADDRESS_HOURS);
    let link = NewLink {
        purpose: NEW_ADDRESS,
        recipient: Some(mover.recipient),
        account: None,
        address: Some(address.as_str()),
        details: serde_json::json!({}),
        expires_at: now + lasting,
    };
    let link = tx.add_link(now, &link).await?;
    let notice = Notice::ConfirmAddress { link, hours: ADDRESS_HOURS };
    let language = knock.language.parse().unwrap_or(Language::Nb);
    let to = NoticeReader { recipient: Some(mover.recipient), address: &address, language };
    tx.queue_notice(now, &write_notice(&notice, to, now, lasting)).await?;
    Ok(())
}

/// The new address that a link confirms, and whose; none if it is for something else.
pub fn move_of(link: &LinkRow) -> Option<(RecipientId, EmailAddress)> {
    if link.purpose != NEW_ADDRESS {
        return None;
    }
    Some((link.recipient?, link.address.as_deref()?.parse().ok()?))
}

/// The confirmation from the new mailbox: uses the link up, moves the person, and tells the old mailbox.
pub async fn confirm_address(store: &Store, link: &LinkRow, now: DateTime<Utc>) -> Result<(), LinkError> {
    let mut tx = store.begin().await?;
    let confirmed = confirm_in(&mut tx, link, now).await;
    tx.close(confirmed).await
}

async fn confirm_in(tx: &mut Tx, link: &LinkRow, now: DateTime<Utc>) -> Result<(), LinkError> {
    let used = tx.use_link(now, link.id).await?.ok_or(LinkError::Revoked)?;
    let (recipient, address) = move_of(&used).ok_or(LinkError::Revoked)?;
    let before = tx.change_address(now, recipient, address.as_str()).await?.ok_or(LinkError::Revoked)?;
    tx.give_link_to(used.id, recipient).await?;
    if let Ok(before) = before.parse::<EmailAddress>() {
        let language = tx.find_known(address.as_str()).await?.and_then(|known| known.language.parse().ok());
        let notice = Notice::AddressChanged { masked: address.masked() };
        let language = language.unwrap_or(Language::Nb);
        let to = NoticeReader { recipient: Some(recipient), address: &before, language };
        tx.queue_notice(now, &write_notice(&notice, to, now, TELLING)).await?;
    }
    Ok(())
}
