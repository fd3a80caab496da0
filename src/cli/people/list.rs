//! `treff people list`.

use chrono::{DateTime, NaiveDate, Utc};
use comfy_table::{Table, presets};
use serde::Serialize;

use crate::app::App;
use crate::cli::Report;
use crate::forum::{Facet, Forum, Recipient, TermIx};
use crate::world;

/// A recipient as listings show them; terms as they are written, `sector:health`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    email: String,
    name: String,
    /// The slug of where they work.
    organisation: Option<String>,
    status: &'static str,
    cadence: &'static str,
    language: &'static str,
    roles: Vec<String>,
    /// The groups of running seats.
    groups: Vec<String>,
    seats: Vec<ListedSeat>,
    /// Terms that they chose to follow.
    follows: Vec<String>,
    /// Terms and kinds.
    mutes: Vec<String>,
    admitted: bool,
    cap: Option<u32>,
    paused_until: Option<NaiveDate>,
}

/// A seat, running or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ListedSeat {
    id: i64,
    group: String,
    position: &'static str,
    represents: String,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

/// Lists everyone who is not erased, by address.
pub async fn run(app: &App) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let now = app.clock.now();
    let mut people = world::load_recipients(&app.store, &forum).await?;
    people.sort_by(|a, b| a.email.cmp(&b.email));
    let listed: Vec<Listed> = people.iter().map(|person| described(&forum, person, now)).collect();
    Ok(Report::done(table(&listed), serde_json::json!({ "recipients": listed })))
}

/// A recipient as they stand at `now`.
pub fn described(forum: &Forum, person: &Recipient, now: DateTime<Utc>) -> Listed {
    let standing = &person.standing;
    let written = |ix: &TermIx| forum.terms.term(*ix).to_string();
    let is_org = |ix: &&TermIx| forum.terms.term(**ix).facet == Facet::Org;
    let mut groups: Vec<String> =
        standing.seats.iter().filter(|seat| seat.is_running(now)).map(|seat| written(&seat.group)).collect();
    groups.sort();
    groups.dedup();
    let kinds = standing.muted_kinds.iter().map(|kind| kind.word().to_owned());
    Listed {
        email: person.email.to_string(),
        name: person.name.clone(),
        organisation: standing.workplace.iter().find(is_org).map(|ix| forum.terms.term(*ix).slug.clone()),
        status: standing.status.word(),
        cadence: person.cadence.word(),
        language: person.language.tag(),
        roles: standing.roles.iter().map(written).collect(),
        groups,
        seats: standing
            .seats
            .iter()
            .map(|seat| ListedSeat {
                id: seat.id.0,
                group: written(&seat.group),
                position: seat.position.slug(),
                represents: written(&seat.represents),
                starts_at: seat.starts_at,
                ends_at: seat.ends_at,
            })
            .collect(),
        follows: standing.follows.iter().map(written).collect(),
        mutes: standing.mutes.iter().map(written).chain(kinds).collect(),
        admitted: standing.admitted,
        cap: person.cap,
        paused_until: person.paused_until,
    }
}

fn table(people: &[Listed]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "address",
        "name",
        "organisation",
        "status",
        "how often",
        "roles",
        "groups",
        "follows",
    ]);
    let short = |terms: &[String]| {
        terms
            .iter()
            .map(|t| t.split_once(':').map_or(t.as_str(), |(_, slug)| slug))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for person in people {
        let organisation = person.organisation.clone().unwrap_or_default();
        table.add_row([
            person.email.clone(),
            person.name.clone(),
            organisation,
            person.status.to_owned(),
            person.cadence.to_owned(),
            short(&person.roles),
            short(&person.groups),
            short(&person.follows),
        ]);
    }
    format!("{table}\n{} recipients", people.len())
}
