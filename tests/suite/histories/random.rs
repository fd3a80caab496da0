//! Random histories through the public functions, held against the plain model.
//!
//! `TREFF_HISTORIES` says how many are played; a history that fails names its seed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use chrono::{DateTime, TimeDelta, Utc};
use treff::content::Item;
use treff::forum::{Cadence, Forum, Kind, Recipient, Status};
use treff::ids::{DeliveryId, ItemId, RecipientId};
use treff::matching::{Profile, Release, WrittenReason, check_open_and_entitled};
use treff::pipeline::{DigestView, SendingGate};
use treff::store::{Arg, Arrival, EditionRow, Outcome, PreferenceChanges};
use treff::world;

use super::dice::Dice;
use super::model::{Expected, Fate, Model};
use super::town::{Town, term_name};
use crate::harness::{Database, Engine, number_from_environment};

/// Where every history begins; it ends within 28 days.
const BEGIN: &str = "2027-03-01T05:00:00Z";
const STEPS: usize = 45;
const PEOPLE: [&str; 6] = ["kari", "ola", "eva", "liv", "per", "siv"];
const TERMS: [&str; 6] = [
    "sector:health",
    "sector:industry",
    "sector:process",
    "group:health",
    "role:decision-maker",
    "group:industry",
];

struct History {
    town: Town,
    model: Model,
    dice: Dice,
    items: usize,
    log: Vec<String>,
}

/// The forum as it stands.
struct Seen {
    forum: Forum,
    items: Vec<Item>,
    people: Vec<Recipient>,
}

#[tokio::test]
async fn random_histories_lose_nothing_and_repeat_nothing() {
    let count = number_from_environment("TREFF_HISTORIES", 16);
    let town = founded(Database::create(Engine::Sqlite).await).await;
    town.store().close().await;
    for seed in 0..count {
        let db = Database::copy_of(&town.db).await;
        play(Town::over(db, BEGIN, &town.pipeline).await, seed).await;
    }
}

#[tokio::test]
async fn random_histories_on_postgresql() {
    for seed in 0..number_from_environment("TREFF_HISTORIES", 16).div_ceil(8) {
        play(founded(Database::create(Engine::Postgres).await).await, 1_000_000 + seed).await;
    }
}

async fn founded(db: Database) -> Town {
    let town = Town::build(db, BEGIN).await;
    town.import(
        "kari@example.test;health;;;daily\nola@example.test;industry/leader;;;weekly\neva@example.test;;health;;weekly
         liv@example.test;;;decision-maker;daily\nper@example.test;night;process;;weekly\nsiv@example.test;;;;weekly",
    )
    .await;
    town
}

async fn play(town: Town, seed: u64) {
    let mut history = History { town, model: Model::default(), dice: Dice(seed), items: 0, log: Vec::new() };
    let told = Told { seed };
    for step in 0..STEPS {
        history.log.push(format!("-- step {step} at {}", history.now()));
        history.step().await;
    }
    history.wind_up().await;
    std::mem::forget(told);
}

/// Names the seed of a history that fails.
struct Told {
    seed: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        eprintln!("the history with seed {} failed", self.seed);
    }
}

impl History {
    fn now(&self) -> DateTime<Utc> {
        self.town.clock.now()
    }

    async fn see(&self) -> Seen {
        let store = self.town.store();
        let forum = world::load_forum(store).await.unwrap();
        let items = world::load_items(store, &forum).await.unwrap();
        let people = world::load_recipients(store, &forum).await.unwrap();
        Seen { forum, items, people }
    }

    async fn step(&mut self) {
        self.pass_time();
        match self.dice.below(20) {
            0..=3 => self.queue().await,
            4 => self.correct().await,
            5 => self.withdraw().await,
            6 | 7 => self.prefer().await,
            8 => self.change_status().await,
            9 => self.change_seats().await,
            10..=13 => self.edition().await,
            14 => self.settle_left_behind().await,
            15 => self.decide_uncertain().await,
            _ => self.send().await,
        }
    }

    fn pass_time(&mut self) {
        let begin: DateTime<Utc> = BEGIN.parse().unwrap();
        let minutes = self.dice.below(20 * 60) as i64;
        let set_back = self.dice.once_in(25);
        let by = TimeDelta::minutes(if set_back { -2 * minutes } else { minutes });
        let now = (self.now() + by).clamp(begin, begin + TimeDelta::days(28));
        self.town.clock.set(now);
    }

    fn instant(&mut self, from_hours: i64, to_hours: i64) -> String {
        let hours = from_hours + self.dice.below((to_hours - from_hours) as usize) as i64;
        (self.now() + TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Front matter of any kind.
    fn front(&mut self, kind: &str) -> String {
        let dice = &mut self.dice;
        let audiences = [
            "all",
            "group:health",
            "group:industry/leader",
            "role:decision-maker or group:night",
            "not group:health",
        ];
        let mut front = format!("kind = \"{kind}\"\n");
        if dice.once_in(2) {
            front += &format!("about = [\"{}\"]\n", dice.pick(&TERMS[..3]));
            if dice.once_in(3) {
                front += &format!("audience = \"{}\"\n", dice.pick(&audiences));
            }
        } else {
            front += &format!("audience = \"{}\"\n", dice.pick(&audiences));
        }
        let visibilities = ["public", "forum", "forum", "group:health", "only:industry"];
        front += &format!("visibility = \"{}\"\n", dice.pick(&visibilities));
        let importances = ["normal", "normal", "required", "background"];
        front += &format!("importance = \"{}\"\n", dice.pick(&importances));
        if dice.once_in(5) {
            front += "lane = \"urgent\"\n";
        }
        if kind == "call" {
            front += &format!("deadline = \"{}\"\n", self.instant(101, 500));
        }
        if self.dice.once_in(4) {
            front += &format!("expires_at = \"{}\"\n", self.instant(101, 400));
        }
        front
    }

    async fn queue(&mut self) {
        for _ in 0..=self.dice.below(3) {
            let kind = *self.dice.pick(&["tip", "call", "article"]);
            let mut front = self.front(kind);
            if self.dice.once_in(2) {
                front += &format!("release_at = \"{}\"\n", self.instant(-100, 100));
            }
            self.items += 1;
            let slug = format!("{kind}-{}", self.items);
            self.log.push(format!("queue {slug}: {}", front.replace('\n', "; ")));
            self.town.queue(&slug, &front).await;
        }
    }

    async fn any_item(&mut self) -> Option<Item> {
        let items: Vec<Item> = self.see().await.items.into_iter().filter(|item| !item.withdrawn).collect();
        if items.is_empty() { None } else { Some(self.dice.pick(&items).clone()) }
    }

    async fn correct(&mut self) {
        let Some(item) = self.any_item().await else { return };
        let mut front = self.front(item.kind.word());
        if self.dice.once_in(6) {
            front += &format!("release_at = \"{}\"\n", self.instant(-10, 60));
        }
        self.log.push(format!("correct {}: {}", item.slug, front.replace('\n', "; ")));
        let title = format!("Rettet {}", item.version);
        self.town.correct(&item.slug, &front, &title).await;
    }

    async fn withdraw(&mut self) {
        let Some(item) = self.any_item().await else { return };
        if self.dice.once_in(2) {
            self.log.push(format!("withdraw {}", item.slug));
            self.town.withdraw(&item.slug).await;
        }
    }

    fn random_preferences(&mut self) -> PreferenceChanges {
        let mut changes = PreferenceChanges::default();
        let term = vec![term_name(self.dice.pick::<&str>(&TERMS))];
        let today = self.now().date_naive();
        match self.dice.below(10) {
            0 | 1 => changes.follow = term,
            2 => changes.unfollow = term,
            3 | 4 => changes.mute = term,
            5 => changes.unmute = term,
            6 => {
                let kind = vec![self.dice.pick(&[Kind::Tip, Kind::Article]).word().to_owned()];
                if self.dice.once_in(2) { changes.mute_kinds = kind } else { changes.unmute_kinds = kind }
            }
            7 => changes.cadence = Some((*self.dice.pick(&["daily", "weekly"])).to_owned()),
            8 => {
                let days = chrono::Days::new(self.dice.below(6) as u64);
                changes.paused_until = Some(today.checked_add_days(days).filter(|_| self.dice.below(4) > 0));
            }
            _ => changes.cap = Some(Some(1 + self.dice.below(5) as i64)),
        }
        changes
    }

    async fn prefer(&mut self) {
        let changes = self.random_preferences();
        let who = *self.dice.pick(&PEOPLE);
        self.log.push(format!("{who} prefers {changes:?}"));
        self.town.prefer(who, changes).await;
    }

    async fn change_status(&mut self) {
        let who = *self.dice.pick(&PEOPLE);
        let recipient = self.town.find(who).await;
        let (store, now) = (self.town.store(), self.now());
        if recipient.standing.status == Status::Unsubscribed {
            store.take_back_unsubscribing(recipient.id, now).await.unwrap();
        } else if self.dice.once_in(3) {
            store.unsubscribe_recipient(recipient.id, "page", now).await.unwrap();
        }
        self.log.push(format!("{who} was {:?}", recipient.standing.status));
    }

    /// A seat gained (by an import, perhaps with a start or an end to come) or lost.
    async fn change_seats(&mut self) {
        let who = *self.dice.pick(&PEOPLE);
        let recipient = self.town.find(who).await;
        let (now, id) = (self.now(), recipient.id);
        let mut tx = if self.dice.once_in(2) {
            self.town.store().begin().await.unwrap()
        } else {
            let group = *self.dice.pick(&["health", "industry/leader", "night"]);
            self.log.push(format!("{who} sits in {group}"));
            let cadence = recipient.cadence.word();
            self.town.import(&format!("{who}@example.test;{group};;;{cadence}")).await;
            self.town.store().begin().await.unwrap()
        };
        let in_hours = Arg::from(now + TimeDelta::hours(self.dice.below(100) as i64));
        let set = match self.dice.below(4) {
            0 => {
                "UPDATE seat SET starts_at = $2 WHERE starts_at IS NULL AND ends_at IS NULL AND id =
                  (SELECT MAX(seat_id) FROM seat_holder WHERE recipient_id = $1)"
            }
            1 => {
                "UPDATE seat SET ends_at = $2 WHERE ends_at IS NULL AND id =
                  (SELECT MIN(seat_id) FROM seat_holder WHERE recipient_id = $1)"
            }
            _ => return,
        };
        self.log.push(format!("{who}: {set} {in_hours:?}"));
        tx.run(set, vec![Arg::from(id), in_hours]).await.unwrap();
        tx.set_back_recipient(id, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn edition(&mut self) {
        let cadence = *self.dice.pick(&[Cadence::Daily, Cadence::Daily, Cadence::Weekly, Cadence::Urgent]);
        self.open_and_plan(cadence, true).await;
    }

    /// Opens or goes on with an edition. With `trouble` the planning may be killed anywhere, or two
    /// may plan at once.
    async fn open_and_plan(&mut self, cadence: Cadence, trouble: bool) {
        let preview = self.town.preview(cadence, self.now()).await;
        let is_new = !preview.opened;
        let row = self.town.open(cadence).await;
        self.log.push(format!("edition {} {cadence} of {} up to {}", row.id, row.occurs_at, row.last_number));
        let seen = self.see().await;
        if is_new {
            let is_due = |item: &&Item| !item.withdrawn && item.release_at <= row.now_at;
            assert!(
                seen.items.iter().filter(is_due).all(|item| item.number.is_some()),
                "all due are released"
            );
        }
        if row.planned_at.is_some() {
            return;
        }
        let planned = self.town.store().list_planned_recipients(row.id).await.unwrap();
        let expected = self.expect(&seen, &row, &planned);
        if is_new {
            let expected = views(&expected, &seen);
            assert_same(&by_recipient(&preview.digests), &expected, &self.log);
        }
        let (one, two) = (self.town.pipeline.clone(), self.town.pipeline.clone());
        match self.dice.below(if trouble { 4 } else { 1 }) {
            0 => drop(one.plan_edition(&row).await.unwrap()),
            1 => {
                let polls = self.dice.below(60);
                self.log.push(format!("killed after {polls} polls"));
                poll_at_most(polls, one.plan_edition(&row)).await;
            }
            _ => {
                let (a, b) = tokio::join!(one.plan_edition(&row), two.plan_edition(&row));
                a.unwrap();
                b.unwrap();
            }
        }
        self.compare_with_rows(&row, &seen, expected, &planned).await;
    }

    /// What everybody is to get whom the edition has not planned and who has no letter on the wire.
    fn expect(
        &self,
        seen: &Seen,
        row: &EditionRow,
        planned: &HashSet<RecipientId>,
    ) -> Vec<(RecipientId, Expected)> {
        let today = row.now_at.with_timezone(&seen.forum.settings.zone).date_naive();
        seen.people
            .iter()
            .filter(|r| r.standing.status == Status::Active && !planned.contains(&r.id))
            .filter(|r| row.cadence == "urgent" || r.cadence.word() == row.cadence)
            .filter(|r| r.paused_until.is_none_or(|until| until <= today) && !self.model.waits(r.id))
            .map(|r| (r.id, self.model.expect(&seen.forum, &seen.items, row, r)))
            .collect()
    }

    async fn compare_with_rows(
        &mut self,
        row: &EditionRow,
        seen: &Seen,
        expected: Vec<(RecipientId, Expected)>,
        before: &HashSet<RecipientId>,
    ) {
        let store = self.town.store().clone();
        let planned = store.list_planned_recipients(row.id).await.unwrap();
        let rows = store.list_shown_digests(row.id).await.unwrap();
        let letters: HashMap<RecipientId, DeliveryId> =
            rows.iter().filter_map(|digest| Some((digest.recipient, digest.delivery?))).collect();
        let shown = treff::pipeline::show_edition(&store, row.cadence.parse().unwrap(), row.occurs_at);
        let shown = shown.await.unwrap().unwrap();
        assert_eq!(shown.occurs_at, Some(row.occurs_at));
        let (done, killed): (Vec<_>, Vec<_>) = expected.into_iter().partition(|(id, _)| planned.contains(id));
        assert_eq!(done.len() + before.len(), planned.len(), "only who was to be planned is {:#?}", self.log);
        assert!(store.get_edition(row.id).await.unwrap().planned_at.is_none() || killed.is_empty());
        let emails: HashMap<&str, RecipientId> =
            seen.people.iter().map(|r| (r.email.as_str(), r.id)).collect();
        let mut now_shown = by_recipient(&shown.digests);
        now_shown.retain(|email, _| !before.contains(&emails[email.as_str()]));
        assert_same(&now_shown, &views(&done, seen), &self.log);
        for (who, expected) in done {
            self.log.push(format!("planned {who}: {expected:?}"));
            self.model.plan(expected, row, who, letters.get(&who).copied(), self.town.clock.now());
        }
    }

    /// Claims, asks the gate, arms some, settles some of those.
    async fn send(&mut self) {
        if self.dice.once_in(4) {
            self.supersede_overdue().await;
        }
        let claimed = self.town.claim().await;
        let ids: Vec<DeliveryId> = claimed.iter().map(|c| c.id).collect();
        let gate = SendingGate::new(self.town.pipeline.clone(), None);
        if self.dice.once_in(8) {
            return poll_at_most(self.dice.below(20), self.town.store().release_claims("worker")).await;
        }
        gate.check_claimed(claimed).await.unwrap();
        let left = self.town.store().list_claimed("worker", &ids).await.unwrap();
        let passed = gate.check_claimed(left.clone()).await.unwrap();
        assert_eq!(passed.len(), left.len(), "what was revised may go");
        let seen = self.see().await;
        let mut may_go = HashSet::new();
        for id in &ids {
            let who = self.model.letters[id].recipient;
            let recipient = seen.people.iter().find(|r| r.id == who).unwrap();
            if self.model.recheck(*id, &seen.forum, &seen.items, recipient, self.now()) {
                may_go.insert(*id);
            }
        }
        assert_eq!(passed.iter().map(|c| c.id).collect::<HashSet<_>>(), may_go, "{:#?}", self.log);
        let some: Vec<_> = passed.into_iter().filter(|_| !self.dice.once_in(5)).collect();
        let armed = self.town.arm_claimed(&some).await;
        assert_eq!(armed.len(), some.len());
        self.town.store().release_claims("worker").await.unwrap();
        self.check_letters(&armed, &seen).await;
        for id in armed {
            self.model.letters.get_mut(&id).unwrap().fate = Fate::Armed;
            if !self.dice.once_in(6) {
                self.settle(id).await;
            }
        }
    }

    /// What is armed holds what the model says, and nothing that its reader may not have.
    async fn check_letters(&self, armed: &[DeliveryId], seen: &Seen) {
        let item_of = |id: ItemId| seen.items.iter().find(|item| item.id == id).unwrap();
        let rows = self.town.store().list_items_of_letters(armed).await.unwrap();
        let titles = self.town.store().list_carried_titles(armed).await.unwrap();
        for id in armed {
            let letter = &self.model.letters[id];
            let held: Vec<_> =
                rows.iter().filter(|row| row.delivery == *id).map(|row| (row.item, row.version)).collect();
            assert_eq!(held, letter.items.iter().map(|h| (h.item, h.version)).collect::<Vec<_>>());
            let recipient = seen.people.iter().find(|r| r.id == letter.recipient).unwrap();
            let profile = Profile::new(&seen.forum, &recipient.standing, self.now().max(letter.edition_now));
            for item in held.iter().map(|(item, _)| *item).chain(letter.titles.iter().copied()) {
                check_open_and_entitled(&seen.forum, item_of(item), &profile, Release::ByNumber).unwrap();
            }
            let theirs = titles.iter().filter(|t| t.recipient == letter.recipient);
            let named = serde_json::to_string(&letter.titles).unwrap();
            assert!(letter.titles.is_empty() || theirs.into_iter().any(|t| t.carried_over == named));
        }
        let bodies: Vec<_> = self.town.store().list_deliveries(None).await.unwrap();
        assert!(armed.iter().all(|id| bodies.iter().any(|row| row.id == *id && row.state == "attempting")));
    }

    async fn settle(&mut self, id: DeliveryId) {
        let next_attempt_at = self.now() + TimeDelta::minutes(self.dice.below(300) as i64);
        let outcome = match self.dice.below(10) {
            0..=4 => Outcome::Accepted,
            5 | 6 => Outcome::Rejected,
            7 => Outcome::Deferred { next_attempt_at },
            8 => Outcome::Uncertain,
            _ => Outcome::Queued,
        };
        self.log.push(format!("letter {id} is {outcome:?}"));
        self.town.settle(&[id], outcome).await;
        let letter = self.model.letters.get_mut(&id).unwrap();
        match outcome {
            Outcome::Accepted | Outcome::Uncertain => letter.fate = Fate::Got,
            Outcome::Deferred { .. } | Outcome::Queued => letter.fate = Fate::Unsent,
            Outcome::Rejected => self.model.lose(id),
        }
    }

    /// What a worker that died had armed is called uncertain, or was surely not sent.
    async fn settle_left_behind(&mut self) {
        for orphan in self.town.store().list_orphans().await.unwrap() {
            let outcome = if self.dice.once_in(2) { Outcome::Uncertain } else { Outcome::Queued };
            self.log.push(format!("orphan {} is {outcome:?}", orphan.id));
            self.town.settle(&[orphan.id], outcome).await;
            let letter = self.model.letters.get_mut(&orphan.id).unwrap();
            letter.fate = if outcome == Outcome::Uncertain { Fate::Got } else { Fate::Unsent };
        }
    }

    /// The lead sends uncertain letters again, or says what became of them.
    async fn decide_uncertain(&mut self) {
        let rows =
            self.town.store().list_deliveries(Some(treff::store::DeliveryState::Uncertain)).await.unwrap();
        let (store, now) = (self.town.store().clone(), self.now());
        for row in rows {
            match self.dice.below(4) {
                0 => {
                    self.log.push(format!("letter {} is sent again", row.id));
                    store.retry_letter(now, "test", row.id).await.unwrap();
                    let letter = self.model.letters.get_mut(&row.id).unwrap();
                    (letter.fate, letter.was_uncertain, letter.planned_at) = (Fate::Unsent, true, now);
                }
                1 => drop(store.settle_uncertain(now, "test", row.id, Arrival::Arrived).await.unwrap()),
                2 => {
                    self.log.push(format!("letter {} did not arrive", row.id));
                    store.settle_uncertain(now, "test", row.id, Arrival::Lost).await.unwrap();
                    self.model.lose(row.id);
                }
                _ => {}
            }
        }
    }

    async fn supersede_overdue(&mut self) {
        let now = self.now();
        let moved = self.town.store().supersede_overdue(now, now - TimeDelta::hours(72)).await.unwrap();
        let expected = self.model.overdue(now);
        assert_eq!(moved.len(), expected.len(), "{moved:?} {expected:?}");
        for id in expected {
            self.log.push(format!("letter {id} is too late"));
            if self.model.letters[&id].was_uncertain {
                self.model.letters.get_mut(&id).unwrap().fate = Fate::Got;
            } else {
                self.model.lose(id);
            }
        }
    }

    /// Everything is sent that can be; then everybody has got what the rule delivers to them, once, and
    /// of whatever else was promised it is told why it never came.
    async fn wind_up(&mut self) {
        self.settle_left_behind().await;
        let monday: DateTime<Utc> = "2027-03-29T06:30:00Z".parse().unwrap();
        for day in 0..12 {
            self.log.push(format!("-- winding up, day {day}"));
            self.town.clock.set(monday + TimeDelta::hours(12 * day));
            for cadence in [Cadence::Daily, Cadence::Weekly, Cadence::Urgent] {
                self.open_and_plan(cadence, false).await;
            }
            self.send().await;
            self.settle_left_behind().await;
        }
        self.model.check_once();
        self.check_records().await;
    }

    async fn check_records(&self) {
        let mut tx = self.town.store().begin().await.unwrap();
        for (who, item) in &self.model.promised {
            if self.model.got(*who, *item).is_some() || self.model.owed.contains_key(&(*who, *item)) {
                continue;
            }
            let in_letter = self.model.letters.values().any(|l| {
                l.recipient == *who && l.fate == Fate::Unsent && l.items.iter().any(|h| h.item == *item)
            });
            if in_letter {
                continue;
            }
            let why: Option<treff::store::One<Option<String>>> = tx
                .find(
                    "SELECT ended_because FROM carry WHERE recipient_id = $1 AND item_id = $2",
                    vec![Arg::from(*who), Arg::from(*item)],
                )
                .await
                .unwrap();
            let why = why.and_then(|one| one.0);
            assert!(
                matches!(why.as_deref(), Some("not_open" | "status" | "not_entitled" | "no_match" | "muted")),
                "item {item} never came to {who} and the record says {why:?}: {:#?}",
                self.log
            );
        }
    }
}

type Digests = BTreeMap<String, (Vec<(String, i64, String, Vec<WrittenReason>, i64)>, Vec<String>)>;

fn by_recipient(digests: &[DigestView]) -> Digests {
    digests
        .iter()
        .map(|d| {
            let items = d
                .items
                .iter()
                .map(|i| (i.item.clone(), i.version, i.because.clone(), i.reasons.clone(), i.points));
            (d.recipient.clone(), (items.collect(), d.carried_over.clone()))
        })
        .collect()
}

/// Those with a letter, as commands show them.
fn views(expected: &[(RecipientId, Expected)], seen: &Seen) -> Digests {
    let item_of = |id: &ItemId| seen.items.iter().find(|item| item.id == *id).unwrap();
    expected
        .iter()
        .filter(|(_, expected)| !expected.items.is_empty())
        .map(|(who, expected)| {
            let email = seen.people.iter().find(|r| r.id == *who).unwrap().email.to_string();
            let items = expected.items.iter().map(|held| {
                let reasons = held.reasons.iter().map(|r| r.written(&seen.forum.terms)).collect();
                let slug = item_of(&held.item).slug.clone();
                (slug, held.version, held.because.word().to_owned(), reasons, held.points)
            });
            let over = expected.carried_over.iter().map(|id| item_of(id).slug.clone());
            (email, (items.collect(), over.collect()))
        })
        .collect()
}

#[track_caller]
fn assert_same(actual: &Digests, expected: &Digests, log: &[String]) {
    if actual != expected {
        let tail = log.join("\n");
        panic!("{tail}\n\nactual:   {actual:#?}\nexpected: {expected:#?}");
    }
}

/// Lets work begin and drops it after so many polls: a process killed between any two of its steps.
async fn poll_at_most<T>(polls: usize, work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        work.as_mut().poll(context).map(|_| ())
    })
    .await;
}
