//! From a digest to its letter: gathers what `letter` needs and lets it write.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::digests::{Draft, Scene};
use super::occurrence::gatherings;
use super::promises::{list_promises, remind_in_letter};
use super::{Pipeline, PipelineError};
use crate::content::Item;
use crate::edition::schedule::{Gathering, next_for};
use crate::edition::{Edition, Passing, may_close_before};
use crate::forum::{Basis, Cadence, OrganisationKind, Recipient, TermIx, told_source};
use crate::ids::{RecipientId, SeatId};
use crate::letter::{
    Addressee, DigestItem, DigestView, EditionFacts, Handover, Introduction, Letters, Masthead, Press,
};
use crate::matching::{Because, Profile, Reason, is_entitled};
use crate::store::{AddresseeRow, PromiseRow};
use crate::token::birth_mark;
use crate::world::load_organisations;

/// Writes the letters of one edition: its frames and cards are made once.
pub struct LetterWriter<'a> {
    press: Press<'a>,
    scene: &'a Scene,
    edition: &'a Edition,
    key_id: u8,
    domain: String,
    /// The `represents:` and `org:` terms of unions: their people's letters keep groups to themselves.
    unions: HashSet<TermIx>,
    addressees: HashMap<RecipientId, AddresseeRow>,
    promises: HashMap<RecipientId, Vec<PromiseRow>>,
    gatherings: Vec<Gathering>,
    /// When the letter after this edition's comes, by how often people hear and until when they pause.
    next: HashMap<(Cadence, Option<NaiveDate>), Option<DateTime<Utc>>>,
}

/// A letter as the ledger takes it.
#[derive(Debug, Clone)]
pub struct Written {
    /// Without angle brackets.
    pub message_id: String,
    /// Its Date.
    pub dated_at: DateTime<Utc>,
    /// Pieces and slots, as JSON.
    pub letter: String,
}

/// What a letter is to hold.
pub struct Outline<'o> {
    /// Whose it is.
    pub recipient: &'o Recipient,
    /// Whether a letter reached them before.
    pub is_met: bool,
    /// Its items in sending order.
    pub items: Vec<Line<'o>>,
    /// What comes next time.
    pub carried_over: Vec<&'o Item>,
    /// The seats that it hands over.
    pub taken: &'o [SeatId],
}

/// One item of an outline.
pub struct Line<'o> {
    /// The version that goes out.
    pub item: &'o Item,
    /// The decision.
    pub because: Because,
    /// Its reasons.
    pub reasons: &'o [Reason],
    /// Whether an earlier version was got.
    pub correction: bool,
    /// The seat taken over that it comes with.
    pub handover: Option<SeatId>,
}

impl<'a> LetterWriter<'a> {
    /// Ready to write the letters of `edition` as the forum stands in `scene`.
    pub async fn new(
        pipeline: &Pipeline,
        letters: &'a Letters,
        scene: &'a Scene,
        masthead: &'a Masthead,
        edition: &'a Edition,
    ) -> Result<LetterWriter<'a>, PipelineError> {
        let facts =
            EditionFacts { cadence: edition.cadence, occurs_at: edition.occurs_at, dated_at: edition.now };
        let organisations = load_organisations(&pipeline.store, &scene.forum).await?;
        let unions = organisations
            .iter()
            .filter(|organisation| organisation.kind == OrganisationKind::Union)
            .flat_map(|organisation| [organisation.org, organisation.represents])
            .collect();
        Ok(LetterWriter {
            domain: masthead.sender.domain().to_owned(),
            press: Press::new(letters, &scene.forum, masthead, facts),
            scene,
            edition,
            key_id: pipeline.keys.newest(),
            unions,
            addressees: HashMap::new(),
            promises: HashMap::new(),
            gatherings: gatherings(&scene.items),
            next: HashMap::new(),
        })
    }

    /// Reads how the letters of `recipients` address them; before any is written.
    pub async fn meet(
        &mut self,
        pipeline: &Pipeline,
        recipients: &[RecipientId],
    ) -> Result<(), PipelineError> {
        self.read_addressees(pipeline, recipients).await?;
        self.promises = list_promises(pipeline, self.edition, recipients).await?;
        Ok(())
    }

    /// The same of people whose letters are written anew: those remind of nothing but what was `promised`.
    pub async fn meet_again(
        &mut self,
        pipeline: &Pipeline,
        promised: HashMap<RecipientId, Vec<PromiseRow>>,
    ) -> Result<(), PipelineError> {
        let recipients: Vec<RecipientId> = promised.keys().copied().collect();
        self.read_addressees(pipeline, &recipients).await?;
        self.promises = promised;
        Ok(())
    }

    async fn read_addressees(
        &mut self,
        pipeline: &Pipeline,
        recipients: &[RecipientId],
    ) -> Result<(), PipelineError> {
        let rows = pipeline.store.list_addressees(recipients).await?;
        self.addressees = rows.into_iter().map(|row| (row.recipient, row)).collect();
        Ok(())
    }

    /// Addresses somebody who is not stored, as `row` says: for a preview.
    pub fn imagine(&mut self, row: AddresseeRow) {
        self.addressees.insert(row.recipient, row);
    }

    /// Gives somebody, stored or not, what the seats that they are to take over have promised: for a preview.
    pub async fn hand_over(
        &mut self,
        pipeline: &Pipeline,
        recipient: RecipientId,
        taken: &[SeatId],
    ) -> Result<(), PipelineError> {
        let promised = pipeline.store.list_open_promises_of_seats(taken, self.edition.now).await?;
        let own = self.promises.entry(recipient).or_default();
        own.retain(|row| promised.iter().all(|other| other.id != row.id));
        let since = Some(self.edition.now);
        own.extend(promised.into_iter().map(|row| PromiseRow { owner_since: since, ..row }));
        Ok(())
    }

    /// The letter of a composed digest.
    pub fn write_draft(&mut self, draft: &Draft<'_>) -> Result<Written, PipelineError> {
        let items = draft.composed.items.iter().map(|entry| Line {
            item: &self.scene.items[entry.item],
            because: entry.because,
            reasons: &entry.reasons,
            correction: entry.passing == Passing::Correction,
            handover: match entry.passing {
                Passing::Handover(seat) => Some(seat),
                _ => None,
            },
        });
        let outline = Outline {
            recipient: draft.recipient,
            is_met: draft.past.is_met,
            items: items.collect(),
            carried_over: draft.composed.carried_over.iter().map(|e| &self.scene.items[e.item]).collect(),
            taken: &draft.past.taken,
        };
        self.write(&outline)
    }

    /// Writes a letter with a Message-ID of its own.
    pub fn write(&mut self, outline: &Outline<'_>) -> Result<Written, PipelineError> {
        let recipient = outline.recipient;
        let message_id = self.new_message_id();
        let (closing, carried_over) = self.part_carried(outline);
        let view = DigestView {
            message_id: &message_id,
            items: outline
                .items
                .iter()
                .map(|line| DigestItem {
                    item: line.item,
                    reasons: line.reasons,
                    because: line.because,
                    correction: line.correction,
                    handover: line.handover.and_then(|seat| self.group_of(recipient, seat)),
                })
                .collect(),
            carried_over,
            closing,
            handovers: self.handovers(recipient, outline.taken),
        };
        let row = self.addressees.get(&recipient.id);
        let promises = self.promises.get(&recipient.id);
        let promises = remind_in_letter(promises, &self.scene.forum, self.edition, outline.taken);
        let addressee = Addressee {
            introduction: row.filter(|_| !outline.is_met).and_then(|row| self.introduction(row, recipient)),
            promises: &promises,
            seats: &recipient.standing.seats,
            follows: &recipient.standing.follows,
            discreet: self.sits_for_a_union(recipient),
            key_id: self.key_id,
            token_version: row.map_or(0, |row| row.token_version),
            birth_mark: row.map_or(0, |row| birth_mark(&row.public_id)),
            ..Addressee::new(&recipient.email, &recipient.name, recipient.language)
        };
        let letter = self.press.write(&addressee, &view)?;
        Ok(Written { dated_at: self.edition.now, letter: serde_json::to_string(&letter)?, message_id })
    }

    /// What of an outline is over the cap and closed before its reader's next letter, and the rest of what is over. Where that
    /// letter is not settled nothing that closes some day is promised in it.
    fn part_carried<'o>(&mut self, outline: &Outline<'o>) -> (Vec<&'o Item>, Vec<&'o Item>) {
        if outline.carried_over.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let next = self.next_letter_of(outline.recipient);
        outline.carried_over.iter().copied().partition(|item| may_close_before(item, next))
    }

    /// When the letter after this one comes: what an urgent edition carries over comes in the next minute.
    fn next_letter_of(&mut self, recipient: &Recipient) -> Option<DateTime<Utc>> {
        let cadence = if self.edition.is_urgent() { Cadence::Urgent } else { recipient.cadence };
        let (settings, gatherings, now) = (&self.scene.forum.settings, &self.gatherings, self.edition.now);
        let next = || next_for(settings, cadence, gatherings, recipient.paused_until, now);
        *self.next.entry((cadence, recipient.paused_until)).or_insert_with(next)
    }

    /// The pieces made since the last call: stored before any letter that names them.
    pub fn take_pieces(&mut self) -> Vec<(String, Vec<u8>)> {
        self.press.take_pieces()
    }

    fn new_message_id(&self) -> String {
        let random = crate::clock::random_hex::<16>();
        format!("{}.{random}@{}", self.scene.forum.settings.slug, self.domain)
    }

    /// Source and basis for who was imported (GDPR art. 14).
    fn introduction<'r>(&self, row: &'r AddresseeRow, recipient: &Recipient) -> Option<Introduction<'r>> {
        if !row.imported {
            return None;
        }
        let source = row.source.as_deref()?;
        Some(Introduction {
            source: told_source(source),
            is_seated: recipient.standing.seats.iter().any(|seat| seat.is_running(self.edition.now)),
            basis: Basis::from_word(row.basis.as_deref()?)?,
            recorded_on: row.recorded_at?.with_timezone(&self.scene.forum.settings.zone).date_naive(),
        })
    }

    fn sits_for_a_union(&self, recipient: &Recipient) -> bool {
        recipient.standing.seats.iter().any(|seat| self.unions.contains(&seat.represents))
            || recipient.standing.workplace.iter().any(|term| self.unions.contains(term))
    }

    /// The group in which the recipient has the seat.
    fn group_of(&self, recipient: &Recipient, seat: SeatId) -> Option<TermIx> {
        let seat = recipient.standing.seats.iter().find(|own| own.id == seat)?;
        seat.is_running(self.edition.now).then_some(seat.group)
    }

    /// What the seats hand over; who takes over two in one group is told of it once.
    fn handovers(&self, recipient: &Recipient, taken: &[SeatId]) -> Vec<Handover<'a>> {
        let mut handovers: Vec<Handover<'a>> = vec![];
        for group in taken.iter().filter_map(|seat| self.group_of(recipient, *seat)) {
            if handovers.iter().all(|other| other.group != group) {
                handovers.push(self.handover(recipient, group));
            }
        }
        handovers
    }

    /// The group with what it promised in its latest released minutes that the recipient may see.
    fn handover(&self, recipient: &Recipient, group: TermIx) -> Handover<'a> {
        let scene = self.scene;
        let profile = Profile::new(&scene.forum, &recipient.standing, self.edition.now);
        let promised = scene
            .items
            .iter()
            .filter(|item| item.number.is_some() && !item.withdrawn && item.release_at <= self.edition.now)
            .filter(|item| is_entitled(&scene.forum, item.visibility, &profile))
            .filter_map(|item| Some((item.meeting(scene.forum.settings.zone)?, item)))
            .filter(|((whose, _), _)| *whose == group)
            .max_by_key(|((_, met_on), item)| (*met_on, item.release_at))
            .and_then(|(_, item)| item.text_for(recipient.language).1.minutes.next.as_deref());
        Handover { group, promised }
    }
}
