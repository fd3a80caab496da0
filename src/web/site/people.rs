//! What the pages of people and places read and write.

use chrono::{DateTime, Utc};

use super::{Reading, Writing};
use crate::clock::random_hex;
use crate::feedback::doors;
use crate::forum::{
    Cadence, EmailAddress, Facet, Forum, Position, Recipient, Seat, Standing, Status, Term, TermIx,
    UnionGround, plain_line,
};
use crate::ids::{OrganisationId, RecipientId, SeatId};
use crate::intake::people::{Import, ImportError, ImportReport, PeopleFile, import_people};
use crate::intake::places::{
    ChangedBy, Seated, Seating, SeatingError, Successor, close_place, open_place, replace_holder, set_span,
    vacate_place,
};
use crate::pipeline::{Holding, Welcome, Welcomed};
use crate::store::{
    ChangeFilter, ChangeRow, ItemOfRow, LetterOfRow, OrganisationCountRow, OrganisationRow, OwnRow, PlaceRow,
    ReportOfRow, Resumption, Span, VacantCountRow,
};
use crate::token::Keys;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;
use crate::world::load_workplace;

/// Rows of one list of places; more are counted, not shown.
pub(in crate::web) const PLACES: i64 = 500;
/// Letters on a person's page.
const LETTERS: i64 = 20;
/// Lines of the log on a person's page.
const LINES: i64 = 50;

/// What a person's page says beyond who they are and where they sit.
pub(in crate::web) struct Look {
    /// The newest letters.
    pub(in crate::web) letters: Vec<LetterOfRow>,
    /// What was in them.
    pub(in crate::web) items: Vec<ItemOfRow>,
    /// What came back.
    pub(in crate::web) reports: Vec<ReportOfRow>,
    /// What the log says of them.
    pub(in crate::web) changes: Vec<ChangeRow>,
}

impl Reading {
    /// The places of a group, a row per holder.
    pub(in crate::web) async fn places_of_group(&self, slug: &str) -> Result<Vec<PlaceRow>, Refusal> {
        Ok(self.store().list_places_of_group(slug, self.0.now(), PLACES).await?)
    }

    /// The places that represent an organisation.
    pub(in crate::web) async fn places_of_organisation(&self, slug: &str) -> Result<Vec<PlaceRow>, Refusal> {
        Ok(self.store().list_places_of_organisation(slug, self.0.now(), PLACES).await?)
    }

    /// The places that a person has, will have or had.
    pub(in crate::web) async fn places_of_person(&self, id: RecipientId) -> Result<Vec<PlaceRow>, Refusal> {
        Ok(self.store().list_places_of_person(id).await?)
    }

    /// A place with everybody who has, will have or had it.
    pub(in crate::web) async fn place(&self, seat: SeatId) -> Result<Vec<PlaceRow>, Refusal> {
        Ok(self.store().find_place(seat).await?)
    }

    /// How many places of each group nobody has.
    pub(in crate::web) async fn vacant_by_group(&self) -> Result<Vec<VacantCountRow>, Refusal> {
        Ok(self.store().count_vacant_by_group(self.0.now()).await?)
    }

    /// Every organisation.
    pub(in crate::web) async fn organisations(&self) -> Result<Vec<OrganisationRow>, Refusal> {
        Ok(self.store().list_organisations().await?)
    }

    /// How many work at these, and how many places they have.
    pub(in crate::web) async fn organisation_counts(
        &self,
        ids: &[OrganisationId],
    ) -> Result<Vec<OrganisationCountRow>, Refusal> {
        Ok(self.store().count_of_organisations(ids, self.0.now()).await?)
    }

    /// What stands in a person's own row.
    pub(in crate::web) async fn own_row(&self, id: RecipientId) -> Result<Option<OwnRow>, Refusal> {
        Ok(self.store().find_own_row(id).await?)
    }

    /// Whom the holder of a place named: name and address, either may be empty.
    pub(in crate::web) async fn named_successor(
        &self,
        seat: SeatId,
        holder: RecipientId,
    ) -> Result<Option<(String, String)>, Refusal> {
        Ok(self.store().find_named_successor(seat, holder).await?)
    }

    /// The recipient of that address, or who had it before they moved to another one.
    pub(in crate::web) async fn find_person(
        &self,
        forum: &Forum,
        address: &EmailAddress,
    ) -> Result<Option<Recipient>, Refusal> {
        let present = self.store().find_present_address(address.as_str()).await?;
        let address = present.as_deref().unwrap_or(address.as_str());
        match self.store().find_recipient_id(address).await? {
            Some(id) => self.recipient(forum, id).await,
            None => Ok(None),
        }
    }
}

/// The place as its next holder would have it.
fn seat_of(forum: &Forum, row: &PlaceRow, from: DateTime<Utc>) -> Option<Seat> {
    Some(Seat {
        id: row.seat,
        group: forum.terms.find(&Term::new(Facet::Group, row.group.as_str()))?,
        position: row.position.parse().ok()?,
        represents: forum.terms.find(&Term::new(Facet::Represents, row.represents.as_str()))?,
        starts_at: Some(from),
        ends_at: row.ends_at,
        topics: Vec::new(),
    })
}

/// Somebody who is not here yet, as `intake::places` would make them.
fn newcomer(forum: &Forum, successor: &Successor, workplace: Vec<TermIx>) -> Recipient {
    Recipient {
        id: RecipientId(0),
        email: successor.address.clone(),
        name: successor.name.clone(),
        standing: Standing {
            status: Status::Active,
            roles: Vec::new(),
            workplace,
            seats: Vec::new(),
            admitted: false,
            follows: Vec::new(),
            mutes: Vec::new(),
            muted_kinds: Default::default(),
        },
        cadence: Cadence::Weekly,
        cap: None,
        language: forum.settings.language,
        paused_until: None,
        revision: 0,
        watermark: 0,
        urgent_off: false,
        last_planned_at: None,
    }
}

impl Writing {
    /// Looks into a person's letters, and says so in the log first.
    pub(in crate::web) async fn look_into(&self, staff: &Staff, person: &Recipient) -> Result<Look, Refusal> {
        let (store, id) = (&self.0.0.store, person.id);
        store.record_look(id, &staff.actor(), self.0.now()).await?;
        let filter = ChangeFilter { person: Some(person.email.to_string()), ..ChangeFilter::default() };
        Ok(Look {
            letters: store.list_letters_to(id, LETTERS).await?,
            items: store.list_items_to(id, LETTERS).await?,
            reports: store.list_reports_of(id, LINES).await?,
            changes: store.list_changes(&filter, LINES).await?,
        })
    }

    /// The letter that would welcome `successor` to a place, to be looked at. To somebody who is here already it is their
    /// own next letter, whole: the log says first that it was looked into.
    pub(in crate::web) async fn look_at_welcome(
        &self,
        staff: &Staff,
        place: &[PlaceRow],
        successor: &Successor,
        from: DateTime<Utc>,
    ) -> Result<Welcome, Refusal> {
        let welcome = self.welcome(staff, place, successor, from).await?;
        let known = self.reading().find_person(&staff.forum, &successor.address).await?;
        if let (Some(person), Welcome::Letter(..)) = (&known, &welcome) {
            self.record_view(staff, person.id).await?;
        }
        Ok(welcome)
    }

    /// What would welcome `successor` to a place, seen by nobody.
    pub(in crate::web) async fn welcome(
        &self,
        staff: &Staff,
        place: &[PlaceRow],
        successor: &Successor,
        from: DateTime<Utc>,
    ) -> Result<Welcome, Refusal> {
        let forum = &staff.forum;
        let seat = place.first().and_then(|row| seat_of(forum, row, from));
        let Some(seat) = seat else { return Ok(Welcome::NoLetters) };
        let known = self.reading().find_person(forum, &successor.address).await?;
        let mut recipient = match known {
            Some(known) => known,
            None => {
                let store = &self.0.0.store;
                let workplace = match staff.reach.organisation() {
                    Some(own) => self.reading().organisation(own).await?.map(|row| row.id),
                    None => store.find_own_organisation(seat.id).await?,
                };
                newcomer(forum, successor, load_workplace(store, forum, workplace).await?)
            }
        };
        recipient.standing.seats.push(seat.clone());
        let holding = |row: &PlaceRow| {
            row.holder.map(|recipient| Holding { recipient, from: row.held_from, until: row.held_until })
        };
        let predecessors = place.iter().filter_map(holding).collect();
        let welcomed = Welcomed { recipient, seat, predecessors, from };
        let welcome = self.0.0.pipeline.preview_welcome(&welcomed).await;
        welcome.map_err(|error| Refusal::broken(&error))
    }

    /// Notes in the log that a list of so many people was taken along.
    pub(in crate::web) async fn note_list(&self, staff: &Staff, people: usize) -> Result<(), Refusal> {
        Ok(self.0.0.store.record_list_taken(people, &staff.actor(), self.0.now()).await?)
    }

    /// Lets letters go to somebody again.
    pub(in crate::web) async fn resume(
        &self,
        staff: &Staff,
        id: RecipientId,
        on_their_word: bool,
    ) -> Result<Resumption, Refusal> {
        let store = &self.0.0.store;
        Ok(store.resume_recipient(id, on_their_word, &staff.actor(), self.0.now()).await?)
    }

    /// Closes the question who has somebody's places; false if none is open.
    pub(in crate::web) async fn answer_question(
        &self,
        staff: &Staff,
        id: RecipientId,
    ) -> Result<bool, Refusal> {
        Ok(self.0.0.store.answer_question(id, &staff.actor(), self.0.now()).await?)
    }

    /// Mails somebody the link to their own pages.
    pub(in crate::web) async fn mail_link(&self, staff: &Staff, person: &Recipient) -> Result<bool, Refusal> {
        Ok(doors::mail_own_link(&self.0.0.store, &person.email, &staff.actor(), self.0.now()).await?)
    }

    /// Closes the links in the letters that somebody has got, but for the one that leads out.
    pub(in crate::web) async fn close_letter_links(
        &self,
        staff: &Staff,
        id: RecipientId,
    ) -> Result<(), Refusal> {
        let mut tx = self.0.0.store.begin().await?;
        tx.close_letter_links(self.0.now(), id, &staff.actor()).await?;
        Ok(tx.commit().await?)
    }

    /// Ends all places of somebody from an instant on, and their admission; none if that cannot wait until then.
    pub(in crate::web) async fn take_out(
        &self,
        staff: &Staff,
        id: RecipientId,
        ends_at: DateTime<Utc>,
    ) -> Result<Option<usize>, Refusal> {
        let mut tx = self.0.0.store.begin().await?;
        let ended = tx.take_out(id, ends_at, &staff.actor(), self.0.now()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Imports a people file, or tells what an import would do. `Err(None)`: somebody changed the forum meanwhile.
    pub(in crate::web) async fn import_people(
        &self,
        staff: &Staff,
        file: &PeopleFile,
        (name, source): (&str, &str),
        dry_run: bool,
    ) -> Result<ImportReport, Option<Refusal>> {
        let shared = &self.0.0;
        let import = Import {
            forum: &staff.forum,
            keys: Some(&shared.keys),
            file: name,
            source: Some(source),
            actor: &staff.actor(),
            now: self.0.now(),
            dry_run,
            public_id: &|| random_hex::<16>(),
            progress: &|_, _| {},
        };
        import_people(&shared.store, file, &import).await.map_err(|error| match error {
            ImportError::Lost => None,
            other => Some(Refusal::broken(&other)),
        })
    }

    /// Gives a place to somebody, if it stands as it was shown.
    pub(in crate::web) async fn replace_holder(
        &self,
        staff: &Staff,
        (seat, seen): (SeatId, &str),
        successor: &Successor,
        (span, union_ground): (Span, Option<UnionGround>),
    ) -> Result<Result<Seated, SeatingError>, Refusal> {
        let keys = self.0.0.keys.clone();
        let actor = staff.actor();
        let seating = Seating { seen: Some(seen), union_ground, ..self.seating(staff, &keys, &actor) };
        apart(replace_holder(&self.0.0.store, &seating, seat, successor, span).await)
    }

    /// Opens one more place.
    pub(in crate::web) async fn open_place(
        &self,
        staff: &Staff,
        like: (&str, &str, Position),
    ) -> Result<Result<SeatId, SeatingError>, Refusal> {
        let keys = self.0.0.keys.clone();
        let actor = staff.actor();
        apart(open_place(&self.0.0.store, &self.seating(staff, &keys, &actor), like).await)
    }

    fn seating<'a>(&self, staff: &'a Staff, keys: &'a Keys, actor: &'a str) -> Seating<'a> {
        let public_id = random_hex::<16>();
        Seating {
            forum: &staff.forum,
            keys: Some(keys),
            actor,
            now: self.0.now(),
            public_id,
            union_ground: None,
            seen: None,
            within: staff.reach.organisation(),
        }
    }

    /// Ends the holding of a place, if it stands as it was shown; how many had it.
    pub(in crate::web) async fn vacate(
        &self,
        staff: &Staff,
        (seat, seen): (SeatId, &str),
        ends_at: DateTime<Utc>,
    ) -> Result<Result<usize, SeatingError>, Refusal> {
        let by = ChangedBy { actor: &staff.actor(), seen: Some(seen), now: self.0.now() };
        apart(vacate_place(&self.0.0.store, by, seat, ends_at).await)
    }

    /// Ends a place itself at once, if it stands as it was shown.
    pub(in crate::web) async fn close_place(
        &self,
        staff: &Staff,
        (seat, seen): (SeatId, &str),
    ) -> Result<Result<bool, SeatingError>, Refusal> {
        let now = self.0.now();
        let by = ChangedBy { actor: &staff.actor(), seen: Some(seen), now };
        apart(close_place(&self.0.0.store, by, seat, now).await)
    }

    /// Says from when until when somebody has a place, if it stands as it was shown.
    pub(in crate::web) async fn set_span(
        &self,
        staff: &Staff,
        (holding, seen): ((SeatId, i64), &str),
        span: Span,
    ) -> Result<Result<(), SeatingError>, Refusal> {
        let by = ChangedBy { actor: &staff.actor(), seen: Some(seen), now: self.0.now() };
        apart(set_span(&self.0.0.store, by, holding, span).await)
    }
}

/// What is said on the page apart from what breaks.
fn apart<T>(done: Result<T, SeatingError>) -> Result<Result<T, SeatingError>, Refusal> {
    match done {
        Err(SeatingError::Store(error)) => Err(error.into()),
        other => Ok(other),
    }
}

/// An address as the forms of these pages take it.
pub(in crate::web) fn read_successor(name: &str, email: &str) -> Option<Successor> {
    Some(Successor { name: plain_line(name), address: email.parse::<EmailAddress>().ok()? })
}
