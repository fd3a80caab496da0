//! What each token opens (DESIGN, section 6).
//!
//! An *unsubscribe* token never expires: it opens the unsubscribe page of whom it was made for, nothing else. A *letter*
//! token is revoked by raising the recipient's token version; it opens the preferences and the letter's own
//! items, and every time it is asked anew whether an item is released, not withdrawn, and visible.
//! Expiry, unsubscribing and bounces end sending, not reading.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::content::{Item, Visibility};
use crate::forum::{Facet, Forum, OrganisationKind, Recipient, Term};
use crate::ids::{DeliveryId, ItemId, RecipientId};
use crate::matching::{Because, Profile, is_entitled};
use crate::store::{LetterItemRow, LetterRow, StatusCause, Store, StoreError, SubscriptionRow};
use crate::token::{Claim, Keys, Purpose, birth_mark};
use crate::world::{self, WorldError};

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It is no token of ours, or what it named is gone: say nothing.
    #[error("the link opens nothing")]
    Unknown,
    /// It was revoked.
    #[error("the link was revoked")]
    Revoked,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The forum could not be read.
    #[error(transparent)]
    World(#[from] WorldError),
}

/// Whom an unsubscribe token is for.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The recipient.
    pub id: RecipientId,
    /// Where they stand.
    pub row: SubscriptionRow,
}

impl Subscription {
    /// Whether one press brings their letters back: they left by their own act, and nothing had stopped the letters
    /// before.
    pub fn has_way_back(&self) -> bool {
        let cause = StatusCause::read(self.row.status_cause.as_deref().unwrap_or_default());
        self.row.status == "unsubscribed" && cause.was.is_none()
    }
}

/// What an unsubscribe token opens.
pub async fn open_subscription(store: &Store, keys: &Keys, token: &str) -> Result<Subscription, LinkError> {
    let claim = keys.check(Purpose::Unsubscribe, token).ok_or(LinkError::Unknown)?;
    let id = RecipientId(claim.subject);
    check_birth(store, claim, id).await?;
    // Leaving by an old letter holds for the person, whatever address it went to.
    let id = store.find_merged_into(id).await?.unwrap_or(id);
    let row = store.find_subscription(id).await?.ok_or(LinkError::Unknown)?;
    Ok(Subscription { id, row })
}

/// Who holds a letter's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Anybody: a letter may be forwarded.
    Anyone,
    /// Who got the letter, at a device of their own.
    Owner,
}

/// A letter that a token opens.
#[derive(Debug, Clone)]
pub struct OpenLetter {
    /// The forum that sent it.
    pub forum: Arc<Forum>,
    /// Its row.
    pub row: LetterRow,
    /// Who got it.
    pub recipient: Recipient,
    /// Who follows its links.
    pub holder: Holder,
    /// What it holds.
    pub items: Vec<LetterItemRow>,
    /// What it names as coming next.
    pub carried_over: Vec<ItemId>,
    /// Keep groups and positions out of what the link alone shows: they sit for a union, or work for
    /// one, and their places could tell of a membership (GDPR art. 9).
    pub discreet: bool,
}

/// What a letter's token opens.
pub async fn open_letter(
    store: &Store,
    forum: Arc<Forum>,
    keys: &Keys,
    token: &str,
) -> Result<OpenLetter, LinkError> {
    let claim = keys.check(Purpose::Letter, token).ok_or(LinkError::Unknown)?;
    let row = store.find_letter(DeliveryId(claim.subject)).await?.ok_or(LinkError::Unknown)?;
    check_version(claim, row.token_version)?;
    let found = world::load_recipients_by_ids(store, &forum, &[row.recipient]).await?;
    let recipient = found.into_iter().next().ok_or(LinkError::Revoked)?;
    let items = store.list_letter_items(row.delivery).await?;
    let carried_over = serde_json::from_str(&row.carried_over).map_err(StoreError::from)?;
    let discreet = sits_for_a_union(store, &forum, &recipient).await?;
    Ok(OpenLetter { forum, row, recipient, holder: Holder::Anyone, items, carried_over, discreet })
}

/// The newest letter that brought an item to somebody who reads it at a device of their own; none if none did.
pub async fn find_letter_with(
    store: &Store,
    forum: &Arc<Forum>,
    recipient: &Recipient,
    item: ItemId,
) -> Result<Option<OpenLetter>, LinkError> {
    let Some(row) = store.find_letter_with(recipient.id, item).await? else { return Ok(None) };
    let items = store.list_letter_items(row.delivery).await?;
    let carried_over = serde_json::from_str(&row.carried_over).map_err(StoreError::from)?;
    let (forum, recipient) = (forum.clone(), recipient.clone());
    let holder = Holder::Owner;
    Ok(Some(OpenLetter { forum, row, recipient, holder, items, carried_over, discreet: false }))
}

async fn sits_for_a_union(store: &Store, forum: &Forum, recipient: &Recipient) -> Result<bool, LinkError> {
    let standing = &recipient.standing;
    let union = Term::new(Facet::KindOfOrg, OrganisationKind::Union.slug());
    if forum.terms.find(&union).is_some_and(|union| standing.workplace.contains(&union)) {
        return Ok(true);
    }
    let represented = standing.seats.iter().filter_map(|seat| forum.terms.stored(seat.represents));
    Ok(store
        .is_any_represented_by_kind(&represented.collect::<Vec<_>>(), OrganisationKind::Union.slug())
        .await?)
}

/// Whether a token to leave was made for whoever has the number now. Version 0 is of before there were marks, and such links
/// never expire.
async fn check_birth(store: &Store, claim: Claim, id: RecipientId) -> Result<(), LinkError> {
    if claim.version == 0 {
        return Ok(());
    }
    let public_id = store.find_public_id(id).await?.ok_or(LinkError::Unknown)?;
    if claim.version == birth_mark(&public_id) { Ok(()) } else { Err(LinkError::Unknown) }
}

/// Tokens carry the version modulo 65,536.
fn check_version(claim: Claim, current: i64) -> Result<(), LinkError> {
    if i64::from(claim.version) == current.rem_euclid(1 << 16) { Ok(()) } else { Err(LinkError::Revoked) }
}

/// The token that a page hands on for leaving.
pub async fn unsubscribe_token(
    store: &Store,
    keys: &Keys,
    recipient: RecipientId,
) -> Result<Option<String>, StoreError> {
    let Some(public_id) = store.find_public_id(recipient).await? else { return Ok(None) };
    let (purpose, version) = (Purpose::Unsubscribe, birth_mark(&public_id));
    Ok(keys.sign(keys.newest(), Claim { purpose, version, subject: recipient.0 }))
}

/// The token that opens a letter.
pub fn letter_token(keys: &Keys, letter: DeliveryId, token_version: i64) -> Option<String> {
    let version = u16::try_from(token_version.rem_euclid(1 << 16)).ok()?;
    keys.sign(keys.newest(), Claim { purpose: Purpose::Letter, version, subject: letter.0 })
}

/// Whether an item opens from a letter's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It does.
    Open,
    /// Not to who holds the link: it is for a group, or the reader is no longer within the forum. Not even its title is
    /// shown. A device of their own opens it to whom it is for.
    Restricted,
    /// It was taken back.
    Withdrawn,
    /// It is not out, or not this letter's: as if it were not there.
    Unknown,
}

/// What a letter's token says to `holder` of one of its own items at `now`. What is restricted stays silent even
/// about being withdrawn.
pub fn decide_opening(
    forum: &Forum,
    item: &Item,
    recipient: &Recipient,
    holder: Holder,
    now: DateTime<Utc>,
) -> Opening {
    let profile = Profile::new(forum, &recipient.standing, now);
    let within_reach = holder == Holder::Owner || is_open_by_link(item.visibility);
    if !within_reach || !is_entitled(forum, item.visibility, &profile) {
        Opening::Restricted
    } else if item.withdrawn {
        Opening::Withdrawn
    } else if !item.is_out(now) {
        Opening::Unknown
    } else {
        Opening::Open
    }
}

/// Whether a letter's link alone shows items of this visibility, and names them.
pub fn is_open_by_link(visibility: Visibility) -> bool {
    matches!(visibility, Visibility::Public | Visibility::Forum)
}

/// Whether an item may be shown to everyone at `now`: public, due, not withdrawn.
pub fn is_shareable(item: &Item, now: DateTime<Utc>) -> bool {
    item.visibility == Visibility::Public && item.is_readable(now)
}

/// One item of a letter that its token opens.
#[derive(Debug, Clone)]
pub struct OpenItem {
    /// The item as it is now.
    pub item: Item,
    /// Why the letter held it; `None` for a title that comes next.
    pub held: Option<LetterItemRow>,
}

impl OpenItem {
    /// Whether it was sent whatever the topic.
    pub fn is_required(&self) -> bool {
        self.held.as_ref().is_some_and(|row| Because::from_word(&row.because) == Some(Because::Required))
    }
}

/// Finds an item of the letter, or one that it names as coming next, by its public id and asks whether it opens.
pub async fn find_letter_item(
    store: &Store,
    letter: &OpenLetter,
    public_id: &str,
    now: DateTime<Utc>,
) -> Result<(Opening, Option<OpenItem>), LinkError> {
    let held = letter.items.iter().find(|row| row.public_id == public_id).cloned();
    let ids = held.as_ref().map_or_else(|| letter.carried_over.clone(), |row| vec![row.item]);
    let items = world::load_items_by_ids(store, &letter.forum, &ids).await?;
    let Some(item) = items.into_iter().find(|item| item.public_id == public_id) else {
        return Ok((Opening::Unknown, None));
    };
    match decide_opening(&letter.forum, &item, &letter.recipient, letter.holder, now) {
        Opening::Open => Ok((Opening::Open, Some(OpenItem { item, held }))),
        closed => Ok((closed, None)),
    }
}
