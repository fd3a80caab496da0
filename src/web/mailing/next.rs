//! The coming mailing of each rhythm: when, how many letters, what stands in them, who gets none and why.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::approve::{self, Approval};
use super::causes::Passed;
use super::sent::{Running, list_running};
use super::told::{find, tell_often};
use super::waiting::{self, Waits, name_release};
use crate::forum::Cadence;
use crate::ids::ItemId;
use crate::letter::capitalised;
use crate::pipeline::{Fate, Outlook, OutlookItem};
use crate::staff::Right;
use crate::web::note::Note;
use crate::web::paths::Path;
use crate::web::queue::rights::may_see;
use crate::web::refusal::Refusal;
use crate::web::scripted::let_script_run_if;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, counted, fill};

/// Items that stand on the page; the others are counted.
const ITEMS_AT_MOST: usize = 100;

/// A number with its words, and where more of it stands; empty if that is not theirs to see.
#[derive(Serialize)]
struct Figure {
    number: String,
    label: String,
    path: String,
}

#[derive(Serialize)]
struct Entry {
    /// Of what can still be held back or moved.
    slug: Option<String>,
    path: String,
    title: String,
    kicker: String,
    told: String,
    /// Names the time at which it is to go.
    seen: String,
}

/// A cause for which people get nothing.
#[derive(Serialize)]
struct Cause {
    path: String,
    label: String,
    count: usize,
}

/// A rhythm's coming mailing in a line.
#[derive(Serialize)]
struct Rhythm {
    path: String,
    when: String,
    often: String,
    here: bool,
}

/// A coming mailing.
#[derive(Default, Serialize)]
struct Mailing {
    figures: Vec<Figure>,
    items: Vec<Entry>,
    more_items: Option<String>,
    unreached: Vec<Entry>,
    causes: Vec<Cause>,
    /// Nobody waits for a letter of it.
    nobody: bool,
    /// Where everybody stands by name; empty if that is not theirs to see.
    everyone: String,
    /// Why it is not told how many get letters; empty: it is.
    union: String,
}

#[derive(Serialize)]
struct Page {
    when: Option<String>,
    often: String,
    /// None while it is planned beside.
    mailing: Option<Mailing>,
    /// Something changed since then; it is planned anew.
    as_of: Option<String>,
    rhythms: Vec<Rhythm>,
    /// Sees what was sent.
    may_send: bool,
    /// The rhythm's word.
    rhythm: &'static str,
    note: Option<Note>,
    running: Vec<Running>,
    approval: Option<Approval>,
    /// It is due, and waits for approval.
    due: bool,
    /// Letters of an earlier one wait for a change to be approved.
    changed: bool,
    held: Vec<Waits>,
    later: Vec<Waits>,
}

/// What was just done, as the address names it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "mailing_next.html";
}

/// GET: what goes first.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(done): Query<Done>,
) -> Result<Response, Refusal> {
    let coming = reading.coming_editions().await?;
    let first = reading.heard_editions().await?.first().copied();
    show_coming(&reading, &staff, &coming, first, &done).await
}

/// GET: the coming mailing of one rhythm.
pub(super) async fn show_one(
    reading: Reading,
    staff: Staff,
    Path(cadence): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Refusal> {
    let coming = reading.coming_editions().await?;
    let one = find(&staff, &coming, &cadence)?;
    show_coming(&reading, &staff, &coming, Some(one), &done).await
}

async fn show_coming(
    reading: &Reading,
    staff: &Staff,
    coming: &[(Cadence, DateTime<Utc>)],
    one: Option<(Cadence, DateTime<Utc>)>,
    Done { done }: &Done,
) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let rhythm = |&(cadence, at): &(Cadence, DateTime<Utc>)| Rhythm {
        path: format!("/desk/mailing/next/{}", cadence.word()),
        when: pen.instant(at),
        often: tell_often(words, cadence),
        here: Some((cadence, at)) == one,
    };
    let mut page = Page {
        when: one.map(|(_, at)| pen.instant(at)),
        often: one.map_or_else(String::new, |(cadence, _)| tell_often(words, cadence)),
        mailing: None,
        as_of: None,
        rhythms: coming.iter().map(rhythm).collect(),
        may_send: staff.may(Right::Send),
        rhythm: one.map_or("", |(cadence, _)| cadence.word()),
        note: tell_done(words, done),
        running: match staff.may(Right::Send) {
            true => list_running(reading, staff).await?,
            false => Vec::new(),
        },
        approval: None,
        due: one.is_some_and(|(_, at)| at <= reading.0.now()),
        changed: !reading.waiting_changes(&*reading.forum().await?).await?.is_empty(),
        held: Vec::new(),
        later: Vec::new(),
    };
    if let Some((cadence, at)) = one {
        (page.held, page.later) = waiting::list(reading, staff, at).await?;
        let seen = reading.outlook(cadence, at).await?;
        let pen = reading.0.pen(&staff.forum, staff.language);
        page.as_of = seen.as_of.map(|at| pen.time(at));
        if let Some(outlook) = seen.value.as_ref().and_then(|outlook| outlook.as_ref().as_ref()) {
            page.approval = approve::tell(reading, staff, outlook).await?;
        }
        if let Some(outlook) = &seen.value {
            page.mailing = Some(tell(reading, staff, outlook.as_ref().as_ref()).await?);
        }
    }
    let counting = page.when.is_some() && page.mailing.is_none();
    Ok(let_script_run_if(reading.0.desk_page(staff, &page)?, counting))
}

/// What was done, as the address names it.
fn tell_done(words: &Words, done: &str) -> Option<Note> {
    let own = &words.mailing.approval;
    match done {
        "approved" => Some(Note::good(&own.done)),
        "changed" => Some(Note::bad(&own.moved)),
        "own" => Some(Note::bad(&own.own)),
        other => waiting::tell_done(words, other),
    }
}

/// Terms are told apart by the forum that the items are of. An occurrence that is planned already holds nothing more.
async fn tell(reading: &Reading, staff: &Staff, outlook: Option<&Outlook>) -> Result<Mailing, Refusal> {
    let Some(outlook) = outlook else { return Ok(Mailing::default()) };
    let staff = &Staff { forum: outlook.forum.clone(), ..staff.clone() };
    let by_unions = match staff.may(Right::People) {
        true => BTreeSet::new(),
        false => reading.by_unions(&outlook.forum, outlook.items.iter().map(|own| &own.item)).await?,
    };
    Ok(Told { reading, staff, words: reading.0.words(staff.language), outlook, by_unions }.mailing())
}

/// Tells an outlook to who looks.
struct Told<'a> {
    reading: &'a Reading,
    staff: &'a Staff,
    words: &'a Words,
    outlook: &'a Outlook,
    /// Those of which it may tell who is with one, to who may not know that.
    by_unions: BTreeSet<ItemId>,
}

impl Told<'_> {
    fn mailing(&self) -> Mailing {
        let sees = |item: &&OutlookItem| may_see(self.staff, &item.item);
        let is_in = |item: &&OutlookItem| {
            self.is_by_union(item) || item.letters() + item.left_over + item.elsewhere > 0
        };
        let mut in_it: Vec<&OutlookItem> = self.outlook.items.iter().filter(is_in).collect();
        // Their order, by how many get them, would tell as well.
        in_it.sort_by_key(|item| self.is_by_union(item).then(|| item.item.slug.clone()));
        let seen: Vec<&OutlookItem> = in_it.iter().copied().filter(sees).take(ITEMS_AT_MOST).collect();
        let more = in_it.len() - seen.len();
        let words = &self.words.mailing.next;
        let discreet = self.outlook.items.iter().any(|own| self.is_by_union(own));
        let unreached = self.outlook.unreached().filter(sees).filter(|item| !self.is_by_union(item));
        Mailing {
            figures: if discreet { Vec::new() } else { self.figures() },
            items: seen.iter().map(|item| self.entry(item)).collect(),
            more_items: (more > 0).then(|| match seen.is_empty() {
                true => counted(&words.others_only_one, &words.others_only, more),
                false => counted(&words.others_one, &words.others, more),
            }),
            unreached: unreached.map(|item| self.entry(item)).collect(),
            causes: if discreet { Vec::new() } else { self.causes() },
            nobody: self.outlook.people.is_empty(),
            everyone: if discreet { String::new() } else { self.people_path("") },
            union: if discreet { self.words.mailing.people.union.clone() } else { String::new() },
        }
    }

    /// Whether who gets it may tell who is with a union, and who looks may not know that: how many letters it is in hangs on
    /// topics and mutes too, so that no number stands.
    fn is_by_union(&self, own: &OutlookItem) -> bool {
        self.by_unions.contains(&own.item.id)
    }

    /// Where people stand by name: who writes looks whom it reaches, who approves or sends looks at what goes.
    fn people_path(&self, only: &str) -> String {
        if !self.staff.may(Right::Write) {
            return String::new();
        }
        let base = format!("/desk/mailing/next/{}/people", self.outlook.cadence.word());
        if only.is_empty() { base } else { format!("{base}?only={only}") }
    }

    fn figures(&self) -> Vec<Figure> {
        let words = &self.words.mailing.next;
        let (letters, over) = (self.outlook.letters(), self.outlook.over_cap());
        let without = self.outlook.people.len() - letters;
        let figure = |number: usize, one: &String, many: &String, only: &str| Figure {
            number: number.to_string(),
            label: if number == 1 { one } else { many }.clone(),
            path: self.people_path(only),
        };
        vec![
            figure(letters, &words.gets_letter, &words.get_letter, "letter"),
            figure(without, &words.gets_none, &words.get_none, "without"),
            figure(over, &words.has_more, &words.have_more, "over"),
        ]
    }

    fn entry(&self, own: &OutlookItem) -> Entry {
        let pen = self.reading.0.pen(&self.outlook.forum, self.staff.language);
        Entry {
            slug: Some(own.item.slug.clone()).filter(|_| own.is_new && self.staff.may(Right::Send)),
            path: format!("/desk/items/{}", own.item.slug),
            title: own.item.text_for(self.staff.language).1.title.clone(),
            kicker: pen.kicker(&own.item),
            told: self.tell(own),
            seen: name_release(&own.item),
        }
    }

    /// "I 34 brev: valgt av forumet for 30, tema for 4. For 2 kommer den i neste brev."
    fn tell(&self, own: &OutlookItem) -> String {
        let words = &self.words.mailing.next;
        let count = |pattern: &str, number: usize| fill(pattern, &[("count", &number.to_string())]);
        if self.is_by_union(own) {
            return words.uncounted.clone();
        }
        let mut told = Vec::new();
        if own.letters() > 0 {
            told.push(counted(&words.in_letters_one, &words.in_letters, own.letters()));
            for (pattern, number) in [(&words.chosen, own.chosen), (&words.interested, own.interested)] {
                told.extend((number > 0).then(|| count(pattern, number)));
            }
        }
        told.extend((own.left_over > 0).then(|| count(&words.left_over, own.left_over)));
        told.extend((own.elsewhere > 0).then(|| words.elsewhere.clone()));
        capitalised(&told.join(" · "))
    }

    fn causes(&self) -> Vec<Cause> {
        let mut counts: BTreeMap<Passed, usize> = BTreeMap::new();
        for person in &self.outlook.people {
            if let Fate::Without(without) = person.fate {
                *counts.entry(Passed::of(without)).or_default() += 1;
            }
        }
        let cause = |(passed, count): (Passed, usize)| Cause {
            path: self.people_path(passed.word()),
            label: passed.label(self.words).clone(),
            count,
        };
        counts.into_iter().map(cause).collect()
    }
}
