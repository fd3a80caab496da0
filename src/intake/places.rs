//! Who has a place: the one way in which the desk and `treff seat` seat somebody, replace a holder and open a place.
//!
//! A successor who is new here becomes a recipient as an import would make them: active, with the basis that the
//! forum relies on, and their first letter tells where the data came from. Nobody who unsubscribed is revived.

use chrono::{DateTime, Utc};

use crate::forum::{Cadence, EmailAddress, Forum, Position, Way};
use crate::ids::{RecipientId, SeatId};
use crate::store::{NewRecipient, PlaceRow, SeatableRow, Span, Store, StoreError, Tx};
use crate::token::Keys;

/// Who seats somebody, and with what.
pub struct Seating<'a> {
    /// The forum.
    pub forum: &'a Forum,
    /// Tells erased addresses again; none in a forum that never had a key.
    pub keys: Option<&'a Keys>,
    /// Who does it, as the log names them: never an address.
    pub actor: &'a str,
    /// Where a new person's data came from, as their first letter tells.
    pub source: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
    /// 128 random bits in lower-case hex, for a new recipient.
    pub public_id: String,
}

impl Seating<'_> {
    /// Why the forum may keep the data of who has a place.
    fn basis(&self) -> &'static str {
        self.forum.settings.house.grounds.basis(Way::Place).word()
    }
}

/// Who gets a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// As letters greet them; what is known of somebody stays.
    pub name: String,
    /// Where their letters go.
    pub address: EmailAddress,
}

/// What came of seating somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// Who has the place.
    pub recipient: RecipientId,
    /// Where their letters go: another address than the successor's if that was a former one of theirs.
    pub address: EmailAddress,
    /// Whether they are new here.
    pub is_new: bool,
    /// How many had it before and have it no more.
    pub replaced: usize,
}

/// Why nobody was seated; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SeatingError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such place, or it is over.
    #[error("there is no such place any more; see treff seat list")]
    NoPlace,
    /// They would have it no more when they get it.
    #[error("the place would be over before it begins; give a later last day, or none")]
    EndsBefore,
    /// They have it already.
    #[error("{0} has this place already")]
    HasIt(EmailAddress),
    /// They asked to be forgotten.
    #[error("this person asked to be forgotten, and only they themselves sign up again")]
    Erased,
    /// The forum or the organisation is not there.
    #[error("the group or the organisation is not there any more; look again")]
    Changed,
}

/// Gives a place to `successor` from `span`'s beginning on; whoever had it has it no more from then on. One transaction.
///
/// # Errors
/// See [`SeatingError`]; nothing is changed then.
pub async fn replace_holder(
    store: &Store,
    seating: Seating<'_>,
    seat: SeatId,
    successor: &Successor,
    span: Span,
) -> Result<Seated, SeatingError> {
    let place = store.find_place(seat).await?;
    let from = span.0.unwrap_or(seating.now);
    if span.1.is_some_and(|until| until <= from) {
        return Err(SeatingError::EndsBefore);
    }
    let place = place.first().filter(|row| row.ends_at.is_none_or(|end| end > from));
    let place = place.ok_or(SeatingError::NoPlace)?.clone();
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    let (address, known) = find_known(&mut tx, &seating, &successor.address).await?;
    let (actor, now) = (seating.actor.to_owned(), seating.now);
    if let Some(known) = &known
        && tx.holds_seat_at(seat, known.id, from).await?
    {
        return Err(SeatingError::HasIt(address));
    }
    let replaced = tx.vacate_seat(seat, from, &actor, now).await?.len();
    let is_new = known.is_none();
    let recipient = match known {
        Some(known) => rely_on(&mut tx, &seating, &known).await?,
        None => add(&mut tx, seating, successor, &place).await?,
    };
    if !tx.hold_seat((seat, recipient), span, &actor, now).await? {
        return Err(SeatingError::HasIt(address));
    }
    tx.commit().await?;
    Ok(Seated { recipient, address, is_new, replaced })
}

/// Opens one more place in a group for an organisation, by their slugs; it stands vacant.
///
/// # Errors
/// See [`SeatingError`].
pub async fn open_place(
    store: &Store,
    seating: &Seating<'_>,
    (group, organisation, position): (&str, &str, Position),
) -> Result<SeatId, SeatingError> {
    let terms = &seating.forum.terms;
    let group = terms.find(&crate::forum::Term::new(crate::forum::Facet::Group, group));
    let group = group.and_then(|ix| terms.stored(ix)).ok_or(SeatingError::Changed)?;
    let mut tx = store.begin().await?;
    let organisation = tx.find_organisation(organisation).await?.ok_or(SeatingError::Changed)?;
    let like = (group, organisation, position.slug());
    let seat = tx.open_seat(like, seating.actor, seating.now).await?;
    tx.commit().await?;
    Ok(seat)
}

/// Whoever has that address, or had it before they moved to another one; with the address that is theirs.
async fn find_known(
    tx: &mut Tx,
    seating: &Seating<'_>,
    address: &EmailAddress,
) -> Result<(EmailAddress, Option<SeatableRow>), SeatingError> {
    if let Some(known) = tx.find_seatable(address.as_str()).await? {
        return Ok((address.clone(), Some(known)));
    }
    if let Some(keys) = seating.keys
        && !tx.find_erased(&[keys.address_hash(address.as_str())]).await?.is_empty()
    {
        return Err(SeatingError::Erased);
    }
    let present = tx.find_present_addresses(&[address.as_str()]).await?.pop();
    match present.and_then(|row| row.present.parse::<EmailAddress>().ok()) {
        Some(present) => {
            let known = tx.find_seatable(present.as_str()).await?;
            Ok((present, known))
        }
        None => Ok((address.clone(), None)),
    }
}

/// Records the basis of a place for somebody who is here without one.
async fn rely_on(
    tx: &mut Tx,
    seating: &Seating<'_>,
    known: &SeatableRow,
) -> Result<RecipientId, SeatingError> {
    if !known.has_basis {
        tx.add_legal_bases(&[(known.id, seating.basis(), seating.source)], seating.now).await?;
    }
    Ok(known.id)
}

/// A new recipient.
async fn add(
    tx: &mut Tx,
    seating: Seating<'_>,
    successor: &Successor,
    place: &PlaceRow,
) -> Result<RecipientId, SeatingError> {
    let (address, basis) = (successor.address.as_str(), seating.basis());
    let settings = &seating.forum.settings;
    let workplace = tx.find_own_organisation(place.seat).await?;
    let new = NewRecipient(
        seating.public_id,
        address.to_owned(),
        successor.name.clone(),
        workplace,
        settings.language.tag().to_owned(),
        Cadence::Weekly.word().to_owned(),
        false,
    );
    let ids = tx.add_recipients(&[new], seating.now).await?;
    let id = *ids.get(address).ok_or(SeatingError::Changed)?;
    tx.add_legal_bases(&[(id, basis, seating.source)], seating.now).await?;
    tx.record_added((id, basis), seating.actor, seating.now).await?;
    Ok(id)
}
