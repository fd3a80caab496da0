//! How all groups get on, on one page: goal, promised, done, gained.

use std::collections::{HashMap, HashSet};

use axum::response::Response;
use serde::Serialize;

use super::goals::may_set_goals;
use super::promises::{PromisesView, view_promises};
use super::told::{GoalView, view_goals};
use crate::content::{Item, ItemText, markdown};
use crate::forum::{Facet, Forum, GroupKind, Language, TermIx};
use crate::insight::progress::{Meeting, Progress, SILENT_AFTER_DAYS, Silence, list_progress};
use crate::staff::Right;
use crate::store::{GroupRow, PromiseRow};
use crate::web::item_view::Pen;
use crate::web::queue::rights::may_see;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{counted, fill};

/// Minutes as far as one of the parts tells of them.
#[derive(Serialize)]
struct Told {
    /// "Referatet fra 8. mars".
    from: String,
    path: String,
    lang: Language,
    /// What was to be done, as HTML; may be empty.
    next: String,
    /// Why that matters, as HTML; may be empty.
    why: String,
    /// How it was done, as HTML; may be empty.
    how: String,
    /// What was achieved, as HTML; may be empty.
    achieved: String,
}

#[derive(Serialize)]
struct Group {
    slug: String,
    name: String,
    goals: Vec<GoalView>,
    /// The reader may set them.
    sets_goals: bool,
    /// The newest minutes.
    last: Option<Told>,
    /// Those before.
    before: Option<Told>,
    /// What it has promised, promise by promise.
    promises: PromisesView,
    /// How long it is since its minutes; empty without any.
    since: String,
    /// What one might ask for; empty: nothing.
    silence: String,
}

#[derive(Serialize)]
struct Page {
    groups: Vec<Group>,
    /// Neither a goal nor minutes stand there.
    empty: bool,
    /// The reader may make a page of it that can be shown to others.
    composes: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "progress.html";
}

/// GET: the groups that the reader writes for, or all of them.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let library = reading.library().await?;
    let (forum, rows, goals) = (&library.forum, reading.group_rows().await?, reading.goals().await?);
    let among = staff.among(forum);
    let groups = list_groups(forum, &staff, &rows);
    let seen: Vec<_> = library.items.iter().filter(|item| may_see(&among, item)).collect();
    let promised = list_seen(reading.promises().await?, &seen);
    let pen = reading.0.pen(forum, staff.language);
    let group = |progress: &Progress<'_>| {
        let slug = &forum.terms.term(progress.group).slug;
        Group {
            name: forum.name_of(progress.group, staff.language).to_owned(),
            goals: view_goals(&pen, goals.iter().filter(|row| row.group == *slug)),
            sets_goals: may_set_goals(&staff, slug),
            last: progress.last.map(|meeting| tell(&pen, meeting)),
            before: progress.before.map(|meeting| tell(&pen, meeting)),
            promises: view_promises(&pen, &staff, promised.iter().filter(|row| row.group == *slug)),
            since: progress.last.map_or_else(String::new, |meeting| tell_since(&pen, meeting)),
            silence: tell_silence(&pen, progress.silence),
            slug: slug.clone(),
        }
    };
    let groups: Vec<Group> =
        list_progress(forum, &groups, &seen, reading.0.now()).iter().map(group).collect();
    let says_nothing = |group: &Group| group.goals.is_empty() && group.last.is_none();
    let page = Page { empty: groups.iter().all(says_nothing), groups, composes: staff.may(Right::Send) };
    reading.0.desk_page(&staff, &page)
}

/// The promises of minutes that the reader may see.
fn list_seen(mut promised: Vec<PromiseRow>, seen: &[&Item]) -> Vec<PromiseRow> {
    let seen: HashSet<&str> = seen.iter().map(|item| item.slug.as_str()).collect();
    promised.retain(|row| seen.contains(row.item.as_str()));
    promised
}

/// The groups that are not over, in the order of their page: those where the work is done before those that lead it.
fn list_groups(forum: &Forum, staff: &Staff, rows: &[GroupRow]) -> Vec<TermIx> {
    let rows: HashMap<&str, &GroupRow> = rows.iter().map(|row| (row.slug.as_str(), row)).collect();
    let row = |ix: TermIx| rows.get(forum.terms.term(ix).slug.as_str()).copied();
    let is_shown = |ix: &TermIx| {
        row(*ix).is_none_or(|row| !row.is_over) && staff.works_for_group(&forum.terms.term(*ix).slug)
    };
    let leads = |ix: &TermIx| {
        let kind: Option<GroupKind> = row(*ix).and_then(|row| row.kind.as_deref()?.parse().ok());
        matches!(kind, Some(GroupKind::Steering | GroupKind::Coordination))
    };
    let tree = forum.list_tree(Facet::Group, staff.language);
    let mut groups: Vec<TermIx> = tree.into_iter().map(|(ix, _)| ix).filter(is_shown).collect();
    groups.sort_by_key(leads);
    groups
}

fn tell(pen: &Pen<'_>, meeting: Meeting<'_>) -> Told {
    let (lang, ItemText { minutes, .. }) = meeting.item.text_for(pen.language);
    let html = |answer: &Option<String>| answer.as_deref().map(markdown::to_html).unwrap_or_default();
    let day = pen.locale.day(meeting.met_on, pen.today);
    Told {
        from: fill(&pen.words.queue.kinds.promised_from, &[("day", &day)]),
        path: format!("/desk/items/{}", meeting.item.slug),
        lang,
        next: html(&minutes.next),
        why: html(&minutes.why),
        how: html(&minutes.how),
        achieved: html(&minutes.achieved),
    }
}

/// "Siste møte var 8. mars, for 12 dager siden".
fn tell_since(pen: &Pen<'_>, meeting: Meeting<'_>) -> String {
    let words = &pen.words.progress.page;
    let day = pen.locale.day(meeting.met_on, pen.today);
    let days = usize::try_from((pen.today - meeting.met_on).num_days()).unwrap_or_default();
    match days {
        0 => fill(&words.since_today, &[("day", &day)]),
        days => fill(&counted(&words.since_one, &words.since, days), &[("day", &day)]),
    }
}

fn tell_silence(pen: &Pen<'_>, silence: Option<Silence>) -> String {
    let words = &pen.words.progress.page;
    match silence {
        None => String::new(),
        Some(Silence::Never) => words.never.clone(),
        Some(Silence::SinceGathering(day)) => {
            fill(&words.since_gathering, &[("day", &pen.locale.day(day, pen.today))])
        }
        Some(Silence::Long) => fill(&words.long, &[("days", &SILENT_AFTER_DAYS.to_string())]),
    }
}
