//! How far items reach, as `treff item add` and `treff item correct` tell it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::app::App;
use crate::content::{Audience, Item, OPEN_DAYS, Visibility};
use crate::edition::{Hearing, Late};
use crate::forum::{Cadence, Forum, Standing};
use crate::insight::reach::{Everyone, Reached};
use crate::pipeline::{find_missed, is_over_before_sent};
use crate::world;

/// How far one item reaches, as `--json` tells it.
#[derive(Debug, Serialize)]
pub(super) struct ItemReach {
    item: String,
    recipients: usize,
    by_choice: usize,
    by_interest: usize,
}

/// Everyone, and when each hears.
pub(super) struct Listeners {
    /// Whom the rule is asked about.
    pub(super) everyone: Everyone<Standing>,
    /// By the same indexes.
    hearings: Vec<Hearing>,
}

/// What makes another version of an item that waits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mend {
    /// `treff item add`.
    Add,
    /// `treff item correct`.
    Correct,
}

impl Listeners {
    /// As things stand.
    pub(super) async fn gather(app: &App, forum: &Forum) -> anyhow::Result<Listeners> {
        let recipients = world::load_recipients(&app.store, forum).await?;
        let hearings = recipients.iter().map(Hearing::from).collect();
        let standings = recipients.into_iter().map(|recipient| recipient.standing).collect();
        Ok(Listeners { everyone: Everyone::gather(forum, standings, app.clock.now()), hearings })
    }

    /// The items that decide when these people hear next: a gathering that is over has a letter to come.
    pub(super) async fn load_items(
        &self,
        app: &App,
        forum: &Forum,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Vec<Item>> {
        let is_bound = self.hearings.iter().any(|hearing| hearing.cadence == Cadence::Gathering);
        Ok(match is_bound {
            true => world::load_items(&app.store, forum).await?,
            false => world::load_open_items(&app.store, forum, now).await?,
        })
    }

    /// A warning if `item`, released in time, is closed before the next letter of some whom it reaches, or of all, and how to
    /// `mend` it; `items` are those of [`Listeners::load_items`], and it.
    pub(super) fn warn_of_close(
        &self,
        forum: &Forum,
        items: &[Item],
        (item, mend): (&Item, Mend),
        now: DateTime<Utc>,
    ) -> Option<String> {
        let reached = self.everyone.look(forum, item);
        let late = find_missed(forum, items, item, self.list_hearings(&reached), now);
        if late.people == 0 {
            return None;
        }
        let (people, all) = (late.people, reached.recipients());
        let mut whose = match self.is_over(forum, items, (item, &reached), now) {
            true => "all whom it reaches: nobody will get it".to_owned(),
            false => format!("{people} of the {all} whom it reaches: they will not get it"),
        };
        whose += &tell_unsettled(late);
        let (when, later) = match item.date_of_close() {
            Some(at) => (format!("at {}", at.to_rfc3339()), "a later expires_at"),
            None => (format!("{OPEN_DAYS} days after it first goes out"), "an expires_at"),
        };
        let urgent = (late.by_urgent > 0).then_some("lane = \"urgent\"");
        let later = (late.unsettled < people && item.can_close_later()).then_some(later);
        let put: Vec<&str> = urgent.into_iter().chain(later).collect();
        let again = match mend {
            Mend::Add => "add it",
            Mend::Correct => "correct it",
        };
        let mended = match put.is_empty() {
            true => String::new(),
            false => format!("; put {} into the file and {again} again", put.join(" or ")),
        };
        let slug = &item.slug;
        Some(format!("item {slug} is closed ({when}) before the next letter of {whose}{mended}"))
    }

    fn list_hearings(&self, reached: &Reached) -> impl Iterator<Item = Hearing> {
        reached.chosen.iter().chain(&reached.interested).map(move |index| self.hearings[*index])
    }

    /// Whether it is closed before any letter that it would come with.
    fn is_over(
        &self,
        forum: &Forum,
        items: &[Item],
        (item, reached): (&Item, &Reached),
        now: DateTime<Utc>,
    ) -> bool {
        let heard: BTreeSet<Cadence> = self.list_hearings(reached).map(|hearing| hearing.cadence).collect();
        let is_to_come = item.date_of_close().is_some() && !item.is_over_at_release(now);
        is_to_come && !heard.is_empty() && is_over_before_sent(forum, items, item, &heard, now)
    }
}

impl ItemReach {
    /// Counts who would get `item` if it were released now.
    pub(super) fn count(everyone: &Everyone<Standing>, forum: &Forum, item: &Item) -> ItemReach {
        let reach = everyone.count_reach(forum, item);
        ItemReach {
            item: item.slug.clone(),
            recipients: reach.recipients(),
            by_choice: reach.by_choice,
            by_interest: reach.by_interest,
        }
    }

    /// A line for people.
    pub(super) fn tell(&self) -> String {
        let ItemReach { item, recipients, by_choice, by_interest } = self;
        format!("{item}: {recipients} get this: {by_choice} chosen, {by_interest} by interest\n")
    }

    /// A warning if nobody gets it.
    pub(super) fn warn(&self) -> Option<String> {
        (self.recipients == 0).then(|| {
            format!("item {} reaches nobody as things stand; check audience, about and visibility", self.item)
        })
    }
}

/// How many of those whom it does not reach in time have no next letter, in brackets; nothing if all have one.
pub(super) fn tell_unsettled(late: Late) -> String {
    match late.unsettled {
        0 => String::new(),
        some => format!(" ({some} of them have no next letter yet)"),
    }
}

/// Warns of what lets more people have the version `after` than the version `before`: a key that was left out counts as
/// its default, and that may be wider.
pub(super) fn warn_of_widening(
    everyone: &Everyone<Standing>,
    forum: &Forum,
    before: &Item,
    after: &Item,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let (was, is) = (before.visibility, after.visibility);
    let readers = everyone.count_admitted(forum, was, is);
    let more = match is {
        _ if was == is => None,
        Visibility::Public => Some("everybody may read it".to_owned()),
        _ => (readers > 0).then(|| format!("{readers} more may read it")),
    };
    warnings.extend(more.map(|more| {
        let written = |visibility: Visibility| visibility.written(&forum.terms);
        format!("visibility was {} and is {} now: {more}", written(was), written(is))
    }));
    if before.audience != after.audience {
        let as_chosen_before = Item { audience: before.audience.clone(), ..after.clone() };
        let receivers = everyone.look(forum, after).count_beyond(&everyone.look(forum, &as_chosen_before));
        let written = |audience: &Option<Audience>| {
            audience.as_ref().map_or_else(|| "none".to_owned(), |audience| audience.written(&forum.terms))
        };
        if receivers > 0 {
            let (was, is) = (written(&before.audience), written(&after.audience));
            warnings.push(format!("audience was {was} and is {is} now: {receivers} more get it"));
        }
    }
    warnings
}
