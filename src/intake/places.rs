//! Who has a place: the one way in which the desk and `treff seat` seat somebody, replace a holder, open a place, change
//! from when until when somebody has one, and end it.
//!
//! A page shows who has a place before it is changed, and names what it showed ([`name_standing`]): if somebody else changed
//! it meanwhile, nothing is done, and they look again. Deciding stands behind the forum's lock, beside what it decides on.
//!
//! A successor who is new here becomes a recipient as an import would make them: active, with the basis that the
//! forum relies on, and their first letter tells where the data came from. Nobody who unsubscribed is revived.

mod standing;

use chrono::{DateTime, Utc};

use self::standing::find_overlap;
pub use self::standing::name_standing;
use super::union_grounds::{SaidBy, record_ground};
use crate::forum::{Cadence, EmailAddress, Facet, Forum, Position, Term, UnionGround, Way};
use crate::ids::{RecipientId, SeatId};
use crate::store::{NewRecipient, PlaceRow, SeatableRow, Span, Store, StoreError, Tx};
use crate::token::Keys;

/// No source is named of who gets a place: the lead entered them, which each reads in their own language.
const BY_THE_LEAD: &str = "";

/// Who seats somebody, and with what.
pub struct Seating<'a> {
    /// The forum.
    pub forum: &'a Forum,
    /// Tells erased addresses again; none in a forum that never had a key.
    pub keys: Option<&'a Keys>,
    /// Who does it, as the log names them: never an address.
    pub actor: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
    /// 128 random bits in lower-case hex, for a new recipient.
    pub public_id: String,
    /// On what ground it is stored that they sit for a union, if the place represents one.
    pub union_ground: Option<UnionGround>,
    /// What was shown of the place ([`name_standing`]); none if nothing is shown before.
    pub seen: Option<&'a str>,
    /// The slug of the organisation to whose places and people it is kept; none: to nobody's. Who is new works there then.
    pub within: Option<&'a str>,
}

impl Seating<'_> {
    /// Why the forum may keep the data of who has a place.
    fn basis(&self) -> &'static str {
        self.forum.settings.house.grounds.basis(Way::Place).word()
    }
}

/// Who changes who has a place, and what they saw of it.
#[derive(Debug, Clone, Copy)]
pub struct ChangedBy<'a> {
    /// As the log names them: never an address.
    pub actor: &'a str,
    /// What was shown of the place ([`name_standing`]); none if nothing is shown before.
    pub seen: Option<&'a str>,
    /// Real time.
    pub now: DateTime<Utc>,
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
    #[error("there is no seat {0}, or it is over by then; see treff seat list")]
    NoPlace(SeatId),
    /// They would have it no more when they get it.
    #[error("the place would be over before it begins; give a later last day, or none")]
    EndsBefore,
    /// They have it already.
    #[error("{0} has this place already")]
    HasIt(EmailAddress),
    /// Somebody changed who has it since it was shown.
    #[error("somebody changed who has this place since it was shown; look again")]
    Overtaken,
    /// Somebody else would have it at the same time.
    #[error("{} has this place in these days, too; change those first", .0.email.as_deref().unwrap_or("somebody else"))]
    Overlaps(Box<PlaceRow>),
    /// The place represents a union, and no ground is given or recorded for storing that they sit for it.
    #[error(
        "the place is a union's, and nobody said on what ground it may be stored that this person sits for it (GDPR art. 9); \
         give --union-ground consent if they said yes to the forum, or published if they made it public themselves"
    )]
    NoGround,
    /// They work elsewhere than at the organisation to whose people it is kept.
    #[error("only somebody who works at the organisation can be given its place here")]
    Elsewhere,
    /// They asked to be forgotten.
    #[error("this person asked to be forgotten, and only they themselves sign up again")]
    Erased,
    /// The forum or the organisation is not there.
    #[error("the group or the organisation is not there any more; look again")]
    Changed,
}

/// Gives a place to `successor` from `span`'s beginning on; whoever had it has it no more from then on. One transaction. Of a
/// union's place it is recorded on what ground it is stored that they sit for it.
///
/// # Errors
/// See [`SeatingError`]; nothing is changed then.
pub async fn replace_holder(
    store: &Store,
    seating: &Seating<'_>,
    seat: SeatId,
    successor: &Successor,
    span: Span,
) -> Result<Seated, SeatingError> {
    if span.1.is_some_and(|until| until <= span.0.unwrap_or(seating.now)) {
        return Err(SeatingError::EndsBefore);
    }
    let mut tx = store.begin().await?;
    let seated = replace_in(&mut tx, seating, seat, successor, span).await;
    tx.close(seated).await
}

async fn replace_in(
    tx: &mut Tx,
    seating: &Seating<'_>,
    seat: SeatId,
    successor: &Successor,
    span: Span,
) -> Result<Seated, SeatingError> {
    let from = span.0.unwrap_or(seating.now);
    let rows = lock_place(tx, seat).await?;
    let place = rows.first().filter(|row| row.ends_at.is_none_or(|end| end > from));
    let place = place.filter(|row| seating.within.is_none_or(|own| own == row.represents));
    let place = place.ok_or(SeatingError::NoPlace(seat))?.clone();
    let (address, known) = find_known(tx, seating, &successor.address).await?;
    let works_at = known.as_ref().and_then(|known| known.works_at.as_deref());
    if known.is_some() && seating.within.is_some_and(|own| works_at != Some(own)) {
        return Err(SeatingError::Elsewhere);
    }
    let (actor, now) = (seating.actor, seating.now);
    if let Some(known) = &known
        && tx.holds_seat_at(seat, known.id, from).await?
    {
        return Err(SeatingError::HasIt(address));
    }
    check_standing(seating.seen, &rows)?;
    let replaced = tx.vacate_seat(seat, from, actor, now).await?.len();
    let is_new = known.is_none();
    let recipient = match known {
        Some(known) => rely_on(tx, seating, &known).await?,
        None => add(tx, seating, successor, &place).await?,
    };
    settle_ground(tx, (seat, recipient), seating.union_ground, SaidBy::another(actor, now)).await?;
    if !tx.hold_seat((seat, recipient), span, actor, now).await? {
        return Err(SeatingError::HasIt(address));
    }
    Ok(Seated { recipient, address, is_new, replaced })
}

/// Ends the holding of a place at `ends_at`, so that a successor can take it; how many had it or were to have it.
///
/// # Errors
/// See [`SeatingError`]; nothing is changed then.
pub async fn vacate_place(
    store: &Store,
    by: ChangedBy<'_>,
    seat: SeatId,
    ends_at: DateTime<Utc>,
) -> Result<usize, SeatingError> {
    let mut tx = store.begin().await?;
    let vacated = vacate_in(&mut tx, by, seat, ends_at).await;
    tx.close(vacated).await
}

async fn vacate_in(
    tx: &mut Tx,
    by: ChangedBy<'_>,
    seat: SeatId,
    ends_at: DateTime<Utc>,
) -> Result<usize, SeatingError> {
    let rows = lock_place(tx, seat).await?;
    let is_held =
        |row: &PlaceRow| row.holding.is_some() && row.held_until.is_none_or(|until| until > ends_at);
    if !rows.iter().any(is_held) {
        return Ok(0);
    }
    check_standing(by.seen, &rows)?;
    Ok(tx.vacate_seat(seat, ends_at, by.actor, by.now).await?.len())
}

/// Says from when until when somebody has a place. Nobody else may have it on the days that this adds.
///
/// # Errors
/// See [`SeatingError`]; nothing is changed then.
pub async fn set_span(
    store: &Store,
    by: ChangedBy<'_>,
    (seat, holding): (SeatId, i64),
    span: Span,
) -> Result<(), SeatingError> {
    let mut tx = store.begin().await?;
    let set = set_span_in(&mut tx, by, (seat, holding), span).await;
    tx.close(set).await
}

async fn set_span_in(
    tx: &mut Tx,
    by: ChangedBy<'_>,
    (seat, holding): (SeatId, i64),
    span: Span,
) -> Result<(), SeatingError> {
    let rows = lock_place(tx, seat).await?;
    let own = rows.iter().find(|row| row.holding == Some(holding)).ok_or(SeatingError::Overtaken)?;
    if (own.held_from, own.held_until) == span {
        return Ok(());
    }
    check_standing(by.seen, &rows)?;
    if let Some(other) = find_overlap(&rows, own, span) {
        return Err(SeatingError::Overlaps(Box::new(other.clone())));
    }
    tx.set_holding_span((seat, holding), span, by.actor, by.now).await?;
    Ok(())
}

/// Ends a place itself; false (and nothing done) if it is over by then.
///
/// # Errors
/// See [`SeatingError`]; nothing is changed then.
pub async fn close_place(
    store: &Store,
    by: ChangedBy<'_>,
    seat: SeatId,
    ends_at: DateTime<Utc>,
) -> Result<bool, SeatingError> {
    let mut tx = store.begin().await?;
    let closed = close_in(&mut tx, by, seat, ends_at).await;
    tx.close(closed).await
}

async fn close_in(
    tx: &mut Tx,
    by: ChangedBy<'_>,
    seat: SeatId,
    ends_at: DateTime<Utc>,
) -> Result<bool, SeatingError> {
    let rows = lock_place(tx, seat).await?;
    if rows.iter().all(|row| row.ends_at.is_some_and(|end| end <= ends_at)) {
        return Ok(false);
    }
    check_standing(by.seen, &rows)?;
    Ok(tx.close_seat(seat, ends_at, by.actor, by.now).await?)
}

fn check_standing(seen: Option<&str>, rows: &[PlaceRow]) -> Result<(), SeatingError> {
    match seen {
        Some(seen) if seen != name_standing(rows) => Err(SeatingError::Overtaken),
        _ => Ok(()),
    }
}

/// The place with everybody who has, will have or had it. Nobody else changes that before the transaction ends.
async fn lock_place(tx: &mut Tx, seat: SeatId) -> Result<Vec<PlaceRow>, StoreError> {
    tx.lock_forum().await?;
    tx.find_place(seat).await
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
    let group = terms.find(&Term::new(Facet::Group, group));
    let group = group.and_then(|ix| terms.stored(ix)).ok_or(SeatingError::Changed)?;
    let mut tx = store.begin().await?;
    let Some(organisation) = tx.find_organisation(organisation).await? else {
        tx.undo().await?;
        return Err(SeatingError::Changed);
    };
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

/// Records on what ground it is stored that somebody sits for the union that a place represents, if it does. What they said
/// themselves stands, and what is recorded already is enough where nothing is given.
async fn settle_ground(
    tx: &mut Tx,
    (seat, recipient): (SeatId, RecipientId),
    ground: Option<UnionGround>,
    by: SaidBy<'_>,
) -> Result<(), SeatingError> {
    let Some(union) = tx.find_union_of_seat(seat).await? else { return Ok(()) };
    let of = (recipient, union);
    match ground {
        Some(ground) => record_ground(tx, of, ground, by).await?,
        None if tx.find_union_ground(of).await?.is_none() => return Err(SeatingError::NoGround),
        None => false,
    };
    Ok(())
}

/// Records the basis of a place for somebody who is here without one.
async fn rely_on(
    tx: &mut Tx,
    seating: &Seating<'_>,
    known: &SeatableRow,
) -> Result<RecipientId, SeatingError> {
    if !known.has_basis {
        tx.add_legal_bases(&[(known.id, seating.basis(), BY_THE_LEAD)], seating.now).await?;
    }
    Ok(known.id)
}

/// A new recipient.
async fn add(
    tx: &mut Tx,
    seating: &Seating<'_>,
    successor: &Successor,
    place: &PlaceRow,
) -> Result<RecipientId, SeatingError> {
    let (address, basis) = (successor.address.as_str(), seating.basis());
    let settings = &seating.forum.settings;
    let workplace = match seating.within {
        Some(own) => tx.find_organisation(own).await?,
        None => tx.find_own_organisation(place.seat).await?,
    };
    let new = NewRecipient {
        public_id: seating.public_id.clone(),
        email: address.to_owned(),
        name: successor.name.clone(),
        organisation: workplace,
        language: settings.language.tag().to_owned(),
        cadence: Cadence::Weekly.word().to_owned(),
        admitted: false,
    };
    let ids = tx.add_recipients(&[new], seating.now).await?;
    let id = *ids.get(address).ok_or(SeatingError::Changed)?;
    tx.add_legal_bases(&[(id, basis, BY_THE_LEAD)], seating.now).await?;
    tx.record_added((id, basis), seating.actor, seating.now).await?;
    Ok(id)
}
