//! From what groups want and what their minutes say to the page of effects: what there is to choose from ([`offer_effects`]),
//! the page as it was chosen ([`compose_effects`]), and the page as it was published ([`read_effects`]).

mod offer;
mod published;

use crate::content::local_midnight;
use crate::forum::TermIx;
use crate::ids::ItemId;
use crate::insight::effects::{
    Counted, Days, Effects, are_answers_kept, count_figures, list_connections, list_gatherings,
};
use crate::intake::effects::Draft;
use crate::store::{KeptKind, Store, StoreError};

pub use offer::{
    GainOffer, GoalOffer, GroupOffer, MOST_GAINS, Offer, Sources, days_of, list_lines, offer_effects,
};
pub use published::{publish_effects, read_effects};

/// The page that `draft` makes of what there is, with the sums as they are now.
pub async fn compose_effects(
    store: &Store,
    sources: Sources<'_>,
    draft: &Draft,
) -> Result<Effects, StoreError> {
    let (forum, items) = (sources.forum, sources.items);
    let offer = offer_effects(sources, draft);
    let (days, lines) = (offer.days, list_lines(forum, &offer));
    let is_shown = |group: TermIx| lines.iter().any(|line| line.group == forum.terms.term(group).slug);
    let groups: Vec<TermIx> =
        offer.groups.iter().map(|of| of.group).filter(|group| is_shown(*group)).collect();
    let connections = match draft.connections {
        true => list_connections(forum, &groups, items, days, sources.now),
        false => Vec::new(),
    };
    let counted = count(store, sources, days).await?;
    Ok(Effects {
        days,
        introduction: draft.introduction.clone(),
        language: draft.language.parse().unwrap_or(forum.settings.language),
        figures: count_figures(forum, (items, &lines), counted, days, sources.now),
        lines,
        connections,
    })
}

async fn count(store: &Store, sources: Sources<'_>, days: Days) -> Result<Counted, StoreError> {
    let zone = sources.forum.settings.zone;
    let behind = days.last.succ_opt().unwrap_or(days.last);
    let sent = store.count_sent(local_midnight(days.first, zone), local_midnight(behind, zone)).await?;
    let gatherings = list_gatherings(sources.items, days, zone, sources.now);
    let kept = store.list_retention().await?.get(&KeptKind::Answers).copied().unwrap_or(0);
    let came = match are_answers_kept(&gatherings, kept, sources.now) {
        true => {
            let ids: Vec<ItemId> = gatherings.iter().map(|item| item.id).collect();
            Some(store.count_coming(&ids).await?)
        }
        false => None,
    };
    let seated = store.count_seated_organisations(sources.now).await?;
    Ok(Counted {
        organisations: seated.into_iter().map(|row| (row.kind, row.organisations)).collect(),
        readers: store.count_readers().await?,
        mailings: sent.mailings,
        letters: sent.letters,
        came,
    })
}
