//! `treff people merge` and `duplicates`: two rows that are one person.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::who::get_recipient;
use crate::app::App;
use crate::cli::{BadInput, Report};
use crate::clock::random_hex;
use crate::forum::{Facet, Forum, Recipient, TermIx};
use crate::insight::duplicates::{Candidate, Likeness, list_pairs};
use crate::intake::merging::{Merge, MergeError, merge, preview_merge};
use crate::store::MergeOrder;
use crate::world;

/// `{"kept", "gone", "status", "dry_run", "letters_ended"}`.
pub async fn run(app: &App, kept: &str, gone: &str, dry_run: bool) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let (kept, gone) = (get_recipient(app, &forum, kept).await?, get_recipient(app, &forum, gone).await?);
    let public_id = random_hex::<16>();
    let order = MergeOrder {
        kept: kept.id,
        gone: gone.id,
        public_id: &public_id,
        actor: "command",
        now: app.clock.now(),
    };
    let refuse = |error: MergeError| match error {
        MergeError::NotThere | MergeError::Unconfirmed => BadInput::one(error.to_string()).into(),
        other => anyhow::Error::from(other),
    };
    let (merged, letters_ended) = if dry_run {
        (preview_merge(&app.store, kept.id, gone.id).await.map_err(refuse)?, 0)
    } else {
        merge(&app.store, &order, None).await.map_err(refuse)?
    };
    let json = json!({
        "kept": kept.email.as_str(), "gone": gone.email.as_str(), "status": merged.combined.status,
        "cadence": merged.combined.cadence, "language": merged.combined.language,
        "dry_run": dry_run, "letters_ended": letters_ended,
    });
    Ok(Report::done(text(&kept, &gone, &merged, dry_run), json))
}

fn text(kept: &Recipient, gone: &Recipient, merged: &Merge, dry_run: bool) -> String {
    let (kept, gone) = (&kept.email, &gone.email);
    let row = &merged.combined;
    let what = format!("hears {} in {}, is {}", row.cadence, row.language, row.status);
    if dry_run {
        format!("{gone} would become {kept}: {what}. Nothing was written: this was a dry run.")
    } else {
        format!(
            "{gone} is {kept} now: {what}. Links of letters to {gone} open nothing any more, but unsubscribe."
        )
    }
}

fn candidate_of<'a>(forum: &Forum, person: &'a Recipient, now: DateTime<Utc>) -> Candidate<'a> {
    let standing = &person.standing;
    let is_org = |ix: &&TermIx| forum.terms.term(**ix).facet == Facet::Org;
    let groups = standing.seats.iter().filter(|seat| seat.is_running(now)).map(|seat| seat.group);
    Candidate {
        id: person.id,
        name: &person.name,
        email: person.email.as_str(),
        places: standing.workplace.iter().filter(is_org).copied().chain(groups).collect(),
    }
}

/// `{"pairs": [{"one", "other", "because"}]}`: who may stand there twice, the surest first.
pub async fn list(app: &App) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let people = world::load_recipients(&app.store, &forum).await?;
    let now = app.clock.now();
    let candidates: Vec<Candidate<'_>> =
        people.iter().map(|person| candidate_of(&forum, person, now)).collect();
    let apart: BTreeSet<_> = app.store.list_not_same().await?.into_iter().collect();
    let email = |id| people.iter().find(|person| person.id == id).map_or("", |person| person.email.as_str());
    let pairs: Vec<(&str, &str, &str)> = list_pairs(&candidates, &apart)
        .into_iter()
        .map(|pair| {
            let because = match pair.because {
                Likeness::Address => "address",
                Likeness::Name => "name",
                Likeness::NearName => "near_name",
            };
            (email(pair.one), email(pair.other), because)
        })
        .collect();
    let lines = pairs.iter().map(|(one, other, because)| format!("{one} {other} ({because})"));
    let text = if pairs.is_empty() {
        "Nobody seems to stand here twice.".to_owned()
    } else {
        lines.collect::<Vec<_>>().join("\n")
    };
    let json: Vec<_> = pairs
        .iter()
        .map(|(one, other, because)| json!({ "one": one, "other": other, "because": because }))
        .collect();
    Ok(Report::done(text, json!({ "pairs": json })))
}
