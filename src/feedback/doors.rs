//! Doors to what a letter's link may not open (DESIGN, section 6): a link by mail that is good once, and the device
//! that it opens.
//!
//! A page that asks for an address only writes down what was asked (a *knock*), whoever asks; `super::knocks` answers.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::links::LinkError;
use super::notices::{NoticeReader, write_notice};
use crate::forum::{EmailAddress, Language};
use crate::ids::RecipientId;
use crate::letter::Notice;
use crate::store::{Change, KnockRow, KnownRow, LinkRow, NewKnock, NewLink, Store, StoreError, Tx};
use crate::token::{Claim, Keys, Purpose, link_mark};

/// How long a link that signs in is good.
pub const SIGN_IN_MINUTES: i64 = 10;
/// How long a device stays open.
pub const DEVICE_DAYS: i64 = 180;
/// The longest path to come back to.
const LONGEST_PATH: usize = 300;
/// What a knock and a link that sign in are called in rows.
pub(super) const SIGN_IN: &str = "sign_in";

/// What a link that signs in remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Way {
    /// The page to come back to.
    #[serde(default)]
    next: String,
}

/// The path, if it is one of this site's own: nothing that leads elsewhere, nothing that a header cannot hold.
pub fn own_path(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let own = path.starts_with('/') && !path.starts_with("//") && path.len() <= LONGEST_PATH;
    (plain && own).then_some(path)
}

/// Writes down that somebody asks for the link that signs in. `now` is real time.
pub async fn ask_for_link(
    store: &Store,
    address: &EmailAddress,
    language: Language,
    next: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let way = Way { next: own_path(next).unwrap_or_default().to_owned() };
    let knock = NewKnock {
        purpose: SIGN_IN,
        address: address.as_str(),
        language: language.tag(),
        details: serde_json::to_value(way)?,
    };
    store.record_knock(now, &knock).await
}

/// A link to whoever is known; to others nothing. Who gets no letters may still read: unsubscribing and bounces end
/// sending, not reading.
pub(super) async fn mail_sign_in(
    tx: &mut Tx,
    knock: &KnockRow,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Ok(address) = knock.address.parse::<EmailAddress>() else { return Ok(()) };
    let Some(known) = find_confirmed(tx, &address).await? else { return Ok(()) };
    let way: Way = serde_json::from_str(&knock.details)?;
    mail_link(tx, (&known, &address), &way.next, now).await
}

/// Mails somebody the link to their own pages, as somebody at the desk asks for them; false if they have not confirmed
/// their address yet, or are gone.
pub async fn mail_own_link(
    store: &Store,
    address: &EmailAddress,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let Some(known) = find_confirmed(&mut tx, address).await? else {
        return tx.undo().await.map(|()| false);
    };
    mail_link(&mut tx, (&known, address), "/me", now).await?;
    tx.record_change(now, Change::of_recipient(actor, "link.sent_by_desk", known.recipient)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Who has the address, unless they have not confirmed it yet.
async fn find_confirmed(tx: &mut Tx, address: &EmailAddress) -> Result<Option<KnownRow>, StoreError> {
    let known = tx.find_known(address.as_str()).await?;
    Ok(known.filter(|known| known.status != "unconfirmed"))
}

/// Mails somebody a link that signs them in and leads to `next`.
async fn mail_link(
    tx: &mut Tx,
    (known, address): (&KnownRow, &EmailAddress),
    next: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (link, language) = link_to_sign_in(tx, known, next, now).await?;
    let notice = Notice::SignIn { link, minutes: SIGN_IN_MINUTES };
    let lasting = TimeDelta::minutes(SIGN_IN_MINUTES);
    let to = NoticeReader { recipient: Some(known.recipient), address, language };
    tx.queue_notice(now, &write_notice(&notice, to, now, lasting)).await?;
    Ok(())
}

/// A link that signs somebody in and leads to `next`, and their language.
pub(super) async fn link_to_sign_in(
    tx: &mut Tx,
    known: &KnownRow,
    next: &str,
    now: DateTime<Utc>,
) -> Result<(i64, Language), StoreError> {
    let link = NewLink {
        purpose: SIGN_IN,
        recipient: Some(known.recipient),
        account: None,
        address: None,
        details: serde_json::to_value(Way { next: next.to_owned() })?,
        expires_at: now + TimeDelta::minutes(SIGN_IN_MINUTES),
    };
    Ok((tx.add_link(now, &link).await?, known.language.parse().unwrap_or(Language::Nb)))
}

/// The link that a token names, if it is good at `now` and the token was made for whoever has the number now. Version 0
/// is of before there were marks.
pub async fn open_mail_link(
    store: &Store,
    keys: &Keys,
    token: &str,
    now: DateTime<Utc>,
) -> Result<LinkRow, LinkError> {
    let claim = keys.check(Purpose::MailLink, token).ok_or(LinkError::Unknown)?;
    let link = find_claimed(store, claim, now).await?;
    link.filter(|link| link.used_at.is_none()).ok_or(LinkError::Revoked)
}

/// The same link once it was used, as long as it would have been good: for who pressed its button twice.
pub async fn find_used_link(
    store: &Store,
    keys: &Keys,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<LinkRow>, StoreError> {
    let Some(claim) = keys.check(Purpose::MailLink, token) else { return Ok(None) };
    Ok(find_claimed(store, claim, now).await?.filter(|link| link.used_at.is_some()))
}

/// The link that a token names, used or not, if it is not too old at `now` and the token was made for it.
async fn find_claimed(
    store: &Store,
    claim: Claim,
    now: DateTime<Utc>,
) -> Result<Option<LinkRow>, StoreError> {
    let is_its_own = |link: &LinkRow| claim.version == 0 || claim.version == link_mark(link.asked_at);
    let link = store.find_link(claim.subject).await?;
    Ok(link.filter(|link| is_its_own(link) && link.expires_at > now))
}

/// Uses a link that signs in: opens a device whose cookie has the hash; whose it is, and the page to come back to.
pub async fn sign_in(
    store: &Store,
    link: &LinkRow,
    (secret_hash, name): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(RecipientId, String), LinkError> {
    let mut tx = store.begin().await?;
    let used = tx.use_link(now, link.id).await?.filter(|link| link.purpose == SIGN_IN);
    let (Some(used), Some(recipient)) = (used, link.recipient) else {
        tx.undo().await?;
        return Err(LinkError::Revoked);
    };
    let expires_at = now + TimeDelta::days(DEVICE_DAYS);
    tx.open_device(now, recipient, secret_hash, name, expires_at).await?;
    tx.commit().await?;
    Ok((recipient, next_of(&used)))
}

/// The page that a link leads to; empty if it names none.
pub fn next_of(link: &LinkRow) -> String {
    let way: Way = serde_json::from_str(&link.details).unwrap_or_default();
    way.next
}

/// Whether a link signs in.
pub fn is_to_sign_in(link: &LinkRow) -> bool {
    link.purpose == SIGN_IN
}

/// What a browser is called, from what it says of itself: `Firefox, Android`.
pub fn name_of_device(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ];
    let find = |table: &[(&str, &str)]| {
        table.iter().find(|(m, _)| user_agent.contains(m)).map(|(_, n)| (*n).to_owned())
    };
    let names: Vec<String> = [find(&BROWSERS), find(&SYSTEMS)].into_iter().flatten().collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_our_own_is_come_back_to() {
        assert_eq!(own_path("/me/items?kind=tip"), Some("/me/items?kind=tip"));
        for foreign in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: b", "/æ"]
        {
            assert_eq!(own_path(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_browser_has_a_name_that_people_know() {
        let phone = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0";
        assert_eq!(name_of_device(phone), "Firefox, Android");
        let desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(name_of_device(desk), "Edge, Windows");
        assert_eq!(name_of_device("curl/8"), "");
    }
}
