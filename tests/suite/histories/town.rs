//! A small forum at work, with a simulated clock, moved only by what commands, pages, planning and
//! sending call themselves.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, Overrides};
use treff::forum::{Cadence, Forum, Recipient};
use treff::ids::{DeliveryId, ItemId, RecipientId};
use treff::intake::forum_apply::{How, apply_forum};
use treff::intake::forum_file::read_forum_file;
use treff::intake::item_file::{SlugFrom, read_item_file};
use treff::intake::item_queue::{Tells, correct_item, queue_items, withdraw_item};
use treff::intake::people::{Import, import_people, read_people_file};
use treff::letter::Letters;
use treff::pipeline::{DigestView, EditionView, Pipeline, SendingGate, preview_edition, show_edition};
use treff::store::{
    By, ClaimScope, Claimed, DeliveryState, EditionRow, Outcome, PreferenceChanges, Settled, Store, TermName,
};
use treff::token::Keys;
use treff::world;

use crate::harness::Database;

/// Two sectors, one with a part; two groups with a nested one; a role.
pub const FORUM: &str = r#"
name = "Kompetanseforum Nordfjella"
time_zone = "Europe/Oslo"
language = "nb"
holidays = "NO"
pause = ["2027-07-05/2027-08-06"]
[cadence]
daily = "0 30 7 * * Mon-Fri"
weekly = "0 30 7 * * Mon"
[[role]]
slug = "decision-maker"
name = { nb = "Beslutningstaker" }
[[sector]]
slug = "health"
name = { nb = "Helse" }
[[sector]]
slug = "industry"
name = { nb = "Industri" }
[[sector]]
slug = "process"
parent = "industry"
name = { nb = "Prosessindustri" }
[[group]]
slug = "health"
kind = "competence"
name = { nb = "Kompetansegruppe helse" }
sectors = ["health"]
[[group]]
slug = "night"
kind = "adhoc"
parent = "health"
name = { nb = "Nattvaktprosjektet" }
[[group]]
slug = "industry"
kind = "competence"
name = { nb = "Kompetansegruppe industri" }
sectors = ["industry"]
"#;

/// The worker's name in all stories.
const WORKER: &str = "worker";

pub struct Town {
    pub db: Database,
    pub pipeline: Pipeline,
    pub clock: Clock,
}

/// An instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Templates, keys and configuration of every town over a store.
pub fn pipeline_over(store: Store, clock: Clock, letters: Arc<Letters>) -> Pipeline {
    let file = ConfigFile::default();
    let overrides = Overrides { base_url: Some("https://forum.example".to_owned()), ..Overrides::default() };
    let config = Config::resolve(PathBuf::from("/"), file, overrides).expect("a configuration");
    Pipeline { store, clock, letters, keys: Keys::new(vec![(1, [7; 32])]), config, dyed: Default::default() }
}

impl Town {
    /// [`FORUM`] applied at `now`, with nobody in it.
    pub async fn build(db: Database, now: &str) -> Town {
        Town::build_with(db, now, FORUM).await
    }

    /// Another forum file applied at `now`.
    pub async fn build_with(db: Database, now: &str, file: &str) -> Town {
        let clock = Clock::simulated(at(now));
        let file = read_forum_file("forum.toml", file).expect("the forum file is good");
        apply_forum(&db.store, file, How { actor: "command", dry_run: false, now: at(now) })
            .await
            .expect("the forum is applied");
        let letters = Arc::new(Letters::load(None).expect("the templates are good"));
        let pipeline = pipeline_over(db.store.clone(), clock.clone(), letters);
        Town { db, pipeline, clock }
    }

    /// A town in a database that holds a forum already, with another's templates.
    pub async fn over(db: Database, now: &str, other: &Pipeline) -> Town {
        let clock = Clock::simulated(at(now));
        let pipeline = pipeline_over(db.store.clone(), clock.clone(), other.letters.clone());
        Town { db, pipeline, clock }
    }

    pub fn store(&self) -> &Store {
        &self.pipeline.store
    }

    pub async fn forum(&self) -> Forum {
        world::load_forum(self.store()).await.expect("the forum can be read")
    }

    /// Imports rows below the header `email;groups;sectors;role;cadence`; everyone works at NAV.
    pub async fn import(&self, rows: &str) {
        let rows: Vec<String> = rows.lines().map(|row| format!("{};NAV", row.trim())).collect();
        let text = format!("email;groups;sectors;role;cadence;organisation\n{}\n", rows.join("\n"));
        let forum = self.forum().await;
        let file = read_people_file(text.as_bytes()).expect("the people file is good");
        let import = Import {
            forum: &forum,
            keys: None,
            file: "people.csv",
            source: None,
            actor: "command",
            now: self.clock.now(),
            dry_run: false,
            public_id: &public_id,
            progress: &|_, _| (),
        };
        let report = import_people(self.store(), &file, &import).await.expect("the import is done");
        assert_eq!(report.rejected, []);
    }

    /// Queues the item `slug`; `front` is its front matter without the title.
    pub async fn queue(&self, slug: &str, front: &str) {
        let forum = self.forum().await;
        let files = [read_item(&forum, slug, front, "Første")];
        let now = self.clock.now();
        queue_items(self.store(), &forum, &files, now, public_id, false).await.expect("the item is queued");
    }

    pub async fn correct(&self, slug: &str, front: &str, title: &str) {
        let forum = self.forum().await;
        let file = read_item(&forum, slug, front, title);
        let now = self.clock.now();
        correct_item(self.store(), &forum, slug, &file, now, false).await.expect("the item is corrected");
    }

    pub async fn withdraw(&self, slug: &str) {
        withdraw_item(self.store(), slug, Tells::Nobody, self.clock.now())
            .await
            .expect("the item is withdrawn");
    }

    pub async fn find(&self, email: &str) -> Recipient {
        let forum = self.forum().await;
        let email = address(email).parse().expect("an address");
        let found = world::find_recipient(self.store(), &forum, &email).await.expect("people can be read");
        found.expect("the recipient is known")
    }

    pub async fn id(&self, email: &str) -> RecipientId {
        self.find(email).await.id
    }

    pub async fn item(&self, slug: &str) -> treff::content::Item {
        let forum = self.forum().await;
        world::find_item(self.store(), &forum, slug)
            .await
            .expect("items can be read")
            .expect("the item is there")
    }

    pub async fn item_id(&self, slug: &str) -> ItemId {
        self.item(slug).await.id
    }

    pub async fn prefer(&self, email: &str, changes: PreferenceChanges) {
        let by = By { source: "person", actor: "page", now: self.clock.now() };
        self.store().change_preferences(self.id(email).await, &changes, by).await.expect("it is preferred");
    }

    pub async fn mute(&self, email: &str, term: &str) {
        self.prefer(email, PreferenceChanges { mute: vec![term_name(term)], ..Default::default() }).await;
    }

    pub async fn set_cap(&self, email: &str, cap: i64) {
        self.prefer(email, PreferenceChanges { cap: Some(Some(cap)), ..Default::default() }).await;
    }

    pub async fn pause_until(&self, email: &str, day: &str) {
        let day = Some(Some(day.parse().expect("a day")));
        self.prefer(email, PreferenceChanges { paused_until: day, ..Default::default() }).await;
    }

    /// A plain statement, for what no command does yet.
    pub async fn run(&self, sql: &'static str) {
        let mut tx = self.store().begin().await.unwrap();
        tx.run(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Opens the edition at the clock's now and plans it.
    pub async fn plan(&self, cadence: Cadence) -> EditionRow {
        let row = self.open(cadence).await;
        self.pipeline.plan_edition(&row).await.expect("the edition is planned");
        row
    }

    pub async fn open(&self, cadence: Cadence) -> EditionRow {
        let row = self.pipeline.open_edition(cadence, self.clock.now()).await.expect("the edition is opened");
        row.expect("the cadence has an occurrence")
    }

    /// Sets the clock, plans the edition, sends all its letters well; what everybody got.
    pub async fn publish(&self, cadence: Cadence, now: &str) -> BTreeMap<String, Vec<String>> {
        self.clock.set(at(now));
        self.plan(cadence).await;
        let digests = self.digests(cadence).await;
        self.send(Outcome::Accepted).await;
        digests
    }

    /// Slugs in sending order by the recipient's name, of the latest opened edition.
    pub async fn digests(&self, cadence: Cadence) -> BTreeMap<String, Vec<String>> {
        self.show(cadence).await.digests.into_iter().map(|d| (name_of(&d.recipient), slugs(&d))).collect()
    }

    /// The slugs that one recipient got in the latest opened edition.
    pub async fn digest(&self, cadence: Cadence, email: &str) -> Vec<String> {
        self.digests(cadence).await.remove(email).unwrap_or_default()
    }

    pub async fn show(&self, cadence: Cadence) -> EditionView {
        let shown = show_edition(self.store(), cadence, self.clock.now()).await.expect("it can be shown");
        shown.expect("an edition is open")
    }

    pub async fn preview(&self, cadence: Cadence, at: DateTime<Utc>) -> EditionView {
        preview_edition(self.store(), cadence, Some(at), at).await.expect("it can be previewed")
    }

    /// Claims everything due, of whatever edition, for ten minutes.
    pub async fn claim(&self) -> Vec<Claimed> {
        let now = self.clock.now();
        let scope = ClaimScope {
            edition: None,
            due_by: now,
            now,
            until: now + TimeDelta::minutes(10),
            only_urgent: false,
        };
        self.store().claim_due(WORKER, scope, 200).await.expect("letters are claimed")
    }

    /// Claims what is due, asks the gate until it has nothing more to change, and arms what may go.
    pub async fn arm(&self) -> Vec<DeliveryId> {
        let claimed = self.claim().await;
        let gate = SendingGate::new(self.pipeline.clone(), None);
        let ids: Vec<DeliveryId> = claimed.iter().map(|c| c.id).collect();
        gate.check_claimed(claimed).await.expect("the gate answers");
        let revised = self.store().list_claimed(WORKER, &ids).await.expect("claims can be read");
        let passed = gate.check_claimed(revised).await.expect("the gate answers");
        self.arm_claimed(&passed).await
    }

    pub async fn arm_claimed(&self, claimed: &[Claimed]) -> Vec<DeliveryId> {
        let letters: Vec<_> = claimed.iter().map(|c| (c.id, c.revision)).collect();
        let (now, mut tx) = (self.clock.now(), self.store().begin().await.unwrap());
        let until = now + TimeDelta::minutes(10);
        let armed = tx.arm_letters(now, until, WORKER, "boot", &letters).await.expect("letters are armed");
        tx.commit().await.expect("arming is committed");
        armed
    }

    pub async fn settle(&self, letters: &[DeliveryId], outcome: Outcome) {
        let settled: Vec<Settled> =
            letters.iter().map(|id| Settled { id: *id, outcome, reply: "as it is".to_owned() }).collect();
        let mut tx = self.store().begin().await.unwrap();
        tx.settle_letters(self.clock.now(), WORKER, &settled).await.expect("letters are settled");
        tx.commit().await.expect("settling is committed");
    }

    /// Sends everything due, all with one outcome.
    pub async fn send(&self, outcome: Outcome) {
        let armed = self.arm().await;
        self.settle(&armed, outcome).await;
    }

    /// The only letter of a recipient in `state`.
    pub async fn letter(&self, email: &str, state: DeliveryState) -> DeliveryId {
        let id = self.id(email).await;
        let rows = self.store().list_deliveries(Some(state)).await.unwrap();
        let mut theirs = rows.iter().filter(|row| row.recipient_id == id);
        let found = theirs.next().expect("there is such a letter").id;
        assert!(theirs.next().is_none(), "there is one such letter");
        found
    }
}

pub fn address(name: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@example.test") }
}

fn name_of(email: &str) -> String {
    email.strip_suffix("@example.test").unwrap_or(email).to_owned()
}

pub fn slugs(digest: &DigestView) -> Vec<String> {
    digest.items.iter().map(|item| item.item.clone()).collect()
}

pub fn term_name(term: &str) -> TermName {
    let (facet, slug) = term.split_once(':').expect("facet:slug");
    TermName { facet: facet.to_owned(), slug: slug.to_owned() }
}

pub fn public_id() -> String {
    hex::encode(treff::clock::random_bytes::<16>())
}

pub fn read_item(forum: &Forum, slug: &str, front: &str, title: &str) -> treff::intake::item_file::ItemFile {
    let text = format!("+++\ntitle = \"{title}\"\n{front}\n+++\nTekst.\n");
    let read = read_item_file(&format!("{slug}.md"), SlugFrom::Stem(slug), text.as_bytes(), forum);
    read.unwrap_or_else(|errors| panic!("{errors:?}"))
}
