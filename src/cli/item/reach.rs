//! How far items reach, as `treff item add` and `treff item correct` tell it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::app::App;
use crate::content::{Audience, Item, Lane, Visibility};
use crate::forum::{Cadence, Forum, Standing};
use crate::insight::reach::Everyone;
use crate::pipeline::is_over_before_sent;
use crate::world;

/// How far one item reaches, as `--json` tells it.
#[derive(Debug, Serialize)]
pub(super) struct ItemReach {
    item: String,
    recipients: usize,
    by_choice: usize,
    by_interest: usize,
}

/// Everyone, and how often each hears.
pub(super) struct Listeners {
    /// Whom the rule is asked about.
    pub(super) everyone: Everyone<Standing>,
    /// By the same indexes.
    cadences: Vec<Cadence>,
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
        let cadences = recipients.iter().map(|recipient| recipient.cadence).collect();
        let standings = recipients.into_iter().map(|recipient| recipient.standing).collect();
        Ok(Listeners { everyone: Everyone::gather(forum, standings, app.clock.now()), cadences })
    }

    /// A warning if `item`, released in time, is closed before any letter that it would come with, and how to `mend` it;
    /// `items` are all there are.
    pub(super) fn warn_if_over(
        &self,
        forum: &Forum,
        items: &[Item],
        (item, mend): (&Item, Mend),
        now: DateTime<Utc>,
    ) -> Option<String> {
        let close = item.date_of_close().filter(|_| !item.is_over_at_release(now))?;
        let reached = self.everyone.look(forum, item);
        let all = reached.chosen.iter().chain(&reached.interested);
        let heard: BTreeSet<Cadence> = all.map(|index| self.cadences[*index]).collect();
        if heard.is_empty() || !is_over_before_sent(forum, items, item, &heard, now) {
            return None;
        }
        let urgent = if item.lane == Lane::Urgent { "" } else { "lane = \"urgent\" or " };
        Some(format!(
            "item {} is closed (at {}) before the next letter of all whom it reaches: nobody will get it; put \
             {urgent}a later expires_at into the file and {} again",
            item.slug,
            close.to_rfc3339(),
            match mend {
                Mend::Add => "add it",
                Mend::Correct => "correct it",
            }
        ))
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
