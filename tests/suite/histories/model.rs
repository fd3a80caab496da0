//! What section 3 promises, read plainly: no watermarks, no revisions, no rows. An edition looks at every
//! item that has a number, and at what each person got.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use treff::content::{Item, Lane, local_midnight};
use treff::edition::rank;
use treff::forum::{Forum, Recipient};
use treff::ids::{DeliveryId, ItemId, RecipientId};
use treff::matching::{Because, Profile, Reason, Release, check_open_and_entitled, evaluate};
use treff::store::EditionRow;

/// One item in a letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub item: ItemId,
    pub version: i64,
    pub because: Because,
    pub reasons: Vec<Reason>,
    pub points: i64,
    pub carried: i64,
    pub correction: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Unsent,
    Armed,
    Got,
    Lost,
}

/// A letter; `was_uncertain` once nobody knew whether it arrived.
#[derive(Debug, Clone)]
pub struct Sent {
    pub recipient: RecipientId,
    pub edition_now: DateTime<Utc>,
    pub planned_at: DateTime<Utc>,
    pub fate: Fate,
    pub was_uncertain: bool,
    pub items: Vec<Held>,
    pub titles: Vec<ItemId>,
}

/// All letters, and what everybody is owed with the number of editions that carried it.
#[derive(Debug, Default)]
pub struct Model {
    pub letters: HashMap<DeliveryId, Sent>,
    pub owed: HashMap<(RecipientId, ItemId), i64>,
    /// Whatever was once in a letter or named as coming next.
    pub promised: HashSet<(RecipientId, ItemId)>,
}

/// What one person is to get in an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub items: Vec<Held>,
    pub carried_over: Vec<ItemId>,
    pub superseded: Vec<DeliveryId>,
    owed: HashMap<ItemId, i64>,
}

impl Sent {
    /// It waits to be sent and surely has not arrived.
    fn is_unsent(&self) -> bool {
        self.fate == Fate::Unsent && !self.was_uncertain
    }

    fn is_got(&self) -> bool {
        self.fate == Fate::Got || (self.fate == Fate::Unsent && self.was_uncertain)
    }
}

impl Model {
    /// Whether a letter of theirs may be on the wire: they are planned later.
    pub fn waits(&self, who: RecipientId) -> bool {
        self.letters.values().any(|letter| letter.recipient == who && letter.fate == Fate::Armed)
    }

    pub fn got(&self, who: RecipientId, item: ItemId) -> Option<&Held> {
        let letters = self.letters.values().filter(|letter| letter.recipient == who && letter.is_got());
        letters
            .flat_map(|letter| &letter.items)
            .filter(|held| held.item == item)
            .max_by_key(|held| held.version)
    }

    pub fn expect(&self, forum: &Forum, items: &[Item], edition: &EditionRow, who: &Recipient) -> Expected {
        let urgent = edition.cadence == "urgent";
        let profile = Profile::new(forum, &who.standing, edition.now_at);
        let mut owed: HashMap<ItemId, i64> =
            self.owed.iter().filter(|((r, _), _)| *r == who.id).map(|((_, i), times)| (*i, *times)).collect();
        let (mut superseded, mut in_hand) = (Vec::new(), HashSet::new());
        for (id, letter) in self.letters.iter().filter(|(_, l)| l.recipient == who.id && l.is_unsent()) {
            if urgent {
                in_hand.extend(letter.items.iter().map(|held| held.item));
            } else {
                superseded.push(*id);
                owed.extend(letter.items.iter().map(|held| (held.item, held.carried + 1)));
            }
        }
        superseded.sort();
        // On return from a pause the catch-up is the next ordinary edition.
        let back_at = who.paused_until.map(|day| local_midnight(day, forum.settings.zone));
        let is_caught_up =
            |item: &Item| back_at.is_some_and(|back_at| item.numbered_at.is_some_and(|at| at < back_at));
        let mut chosen: Vec<(&Item, Held)> = Vec::new();
        for item in items {
            let numbered = item.number.is_some_and(|number| number <= edition.last_number);
            let in_lane = !urgent || (item.lane == Lane::Urgent && !is_caught_up(item));
            if !numbered || in_hand.contains(&item.id) || !in_lane {
                continue;
            }
            let times = owed.get(&item.id).copied();
            let Some((because, reasons, correction)) = self.choose(forum, item, &profile, who.id) else {
                let waits = !item.withdrawn && edition.now_at < item.release_at;
                if !waits {
                    owed.remove(&item.id);
                }
                continue;
            };
            let carried = times.unwrap_or(0);
            let points = rank::points(item, &reasons, profile.own_groups(), edition.now_at, 0, carried);
            owed.remove(&item.id);
            let held =
                Held { item: item.id, version: item.version, because, reasons, points, carried, correction };
            chosen.push((item, held));
        }
        chosen.sort_by(|(a, x), (b, y)| {
            let optional = |held: &Held| held.because != Because::Required;
            optional(x).cmp(&optional(y)).then_with(|| rank::order((a, x.points), (b, y.points)))
        });
        let required = chosen.iter().filter(|(_, held)| held.because == Because::Required).count();
        let cap = who.cap.map_or(edition.cap as usize, |cap| cap as usize);
        let over = chosen.split_off(required.max(cap.min(chosen.len())));
        owed.extend(over.iter().map(|(_, held)| (held.item, held.carried + 1)));
        Expected {
            items: chosen.into_iter().map(|(_, held)| held).collect(),
            carried_over: over.into_iter().map(|(_, held)| held.item).collect(),
            superseded,
            owed,
        }
    }

    fn choose(
        &self,
        forum: &Forum,
        item: &Item,
        profile: &Profile,
        who: RecipientId,
    ) -> Option<(Because, Vec<Reason>, bool)> {
        match self.got(who, item.id) {
            None => {
                let decision = evaluate(forum, item, profile, Release::ByTime);
                decision.because.delivers().then_some((decision.because, decision.reasons, false))
            }
            Some(got) if got.version < item.version => {
                check_open_and_entitled(forum, item, profile, Release::ByTime).ok()?;
                Some((got.because, got.reasons.clone(), true))
            }
            Some(_) => None,
        }
    }

    /// The edition planned `who`; `letter` is the key of their letter, if they have one.
    pub fn plan(
        &mut self,
        expected: Expected,
        edition: &EditionRow,
        who: RecipientId,
        letter: Option<DeliveryId>,
        now: DateTime<Utc>,
    ) {
        for id in &expected.superseded {
            self.letters.get_mut(id).expect("a known letter").fate = Fate::Lost;
        }
        self.owed.retain(|(r, _), _| *r != who);
        self.owed.extend(expected.owed.iter().map(|(item, times)| ((who, *item), *times)));
        let named = expected.items.iter().map(|held| held.item).chain(expected.carried_over.iter().copied());
        self.promised.extend(named.map(|item| (who, item)));
        if let Some(id) = letter {
            let sent = Sent {
                recipient: who,
                edition_now: edition.now_at,
                planned_at: now,
                fate: Fate::Unsent,
                was_uncertain: false,
                items: expected.items,
                titles: expected.carried_over,
            };
            assert!(self.letters.insert(id, sent).is_none(), "a new letter");
        }
    }

    /// The last check before sending, at `now`: what may not go leaves, the newest versions stay.
    /// True if the letter may still go.
    pub fn recheck(
        &mut self,
        id: DeliveryId,
        forum: &Forum,
        items: &[Item],
        who: &Recipient,
        now: DateTime<Utc>,
    ) -> bool {
        let letter = self.letters.get_mut(&id).expect("a known letter");
        let profile = Profile::new(forum, &who.standing, now.max(letter.edition_now));
        let item_of = |id: ItemId| items.iter().find(|item| item.id == id).expect("a known item");
        let may_go =
            |id: ItemId| check_open_and_entitled(forum, item_of(id), &profile, Release::ByNumber).is_ok();
        let changes = letter.items.iter().any(|h| !may_go(h.item) || item_of(h.item).version != h.version)
            || letter.titles.iter().any(|title| !may_go(*title));
        if letter.was_uncertain {
            if changes {
                letter.fate = Fate::Got;
            }
            return !changes;
        }
        let (kept, lost): (Vec<Held>, Vec<Held>) = letter.items.drain(..).partition(|h| may_go(h.item));
        letter.items = kept.into_iter().map(|h| Held { version: item_of(h.item).version, ..h }).collect();
        letter.titles.retain(|title| may_go(*title));
        let recipient = letter.recipient;
        if letter.items.is_empty() {
            letter.fate = Fate::Lost;
        }
        let goes = !letter.items.is_empty();
        self.owed.extend(lost.into_iter().map(|h| ((recipient, h.item), h.carried + 1)));
        goes
    }

    /// A letter ends without arriving: what it holds is owed again.
    pub fn lose(&mut self, id: DeliveryId) {
        let letter = self.letters.get_mut(&id).expect("a known letter");
        letter.fate = Fate::Lost;
        let recipient = letter.recipient;
        self.owed.extend(letter.items.iter().map(|h| ((recipient, h.item), h.carried + 1)));
    }

    /// Letters not sent within 72 hours.
    pub fn overdue(&self, now: DateTime<Utc>) -> Vec<DeliveryId> {
        let is_late = |l: &Sent| l.fate == Fate::Unsent && l.planned_at < now - TimeDelta::hours(72);
        self.letters.iter().filter(|(_, l)| is_late(l)).map(|(id, _)| *id).collect()
    }

    /// Nobody got a version twice, nor another version but as a correction.
    pub fn check_once(&self) {
        let (mut versions, mut firsts) = (HashSet::new(), HashSet::new());
        for letter in self.letters.values().filter(|letter| letter.is_got()) {
            for held in &letter.items {
                assert!(versions.insert((letter.recipient, held.item, held.version)), "{held:?} twice");
                assert!(held.correction || firsts.insert((letter.recipient, held.item)), "{held:?} again");
            }
        }
    }
}
