//! On what ground it is stored that one sits for a union: told to the person themselves, who may say yes to it and take it
//! back as easily (GDPR art. 7(3)).

use serde::{Deserialize, Serialize};

use crate::forum::{SAID_THEMSELVES, UnionGround};
use crate::ids::OrganisationId;
use crate::intake::union_grounds::SaidBy;
use crate::store::UnionSeatRow;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::visitor::Visitor;
use crate::web::words::fill;

/// A union that they sit for.
#[derive(Serialize)]
pub(super) struct Union {
    id: i64,
    name: String,
    told: String,
    /// Some ground is recorded, which can be taken back.
    recorded: bool,
    /// They said yes here.
    own: bool,
}

/// The unions that they sit for, now or later.
pub(super) async fn list_unions(reading: &Reading, visitor: &Visitor) -> Result<Vec<Union>, Refusal> {
    let rows = reading.unions_of(visitor.recipient.id).await?;
    let union = |row: UnionSeatRow| Union {
        id: row.organisation.0,
        told: tell(reading, visitor, &row),
        recorded: row.ground.is_some(),
        own: row.source.as_deref() == Some(SAID_THEMSELVES),
        name: row.name,
    };
    Ok(rows.into_iter().map(union).collect())
}

fn tell(reading: &Reading, visitor: &Visitor, row: &UnionSeatRow) -> String {
    let language = visitor.recipient.language;
    let words = &reading.0.words(language).access.unions;
    let pen = reading.0.pen(&visitor.forum, language);
    let own = row.source.as_deref() == Some(SAID_THEMSELVES);
    let (pattern, at) = match row.ground.as_deref().and_then(UnionGround::from_word) {
        Some(UnionGround::Consent) if own => (&words.own, row.recorded_at),
        Some(UnionGround::Consent) => (&words.consent, row.recorded_at),
        Some(UnionGround::Published) => (&words.published, row.recorded_at),
        None if row.withdrawn_at.is_some() => (&words.withdrawn, row.withdrawn_at),
        None => (&words.missing, None),
    };
    fill(pattern, &[("day", &at.map(|at| pen.day(at)).unwrap_or_default())])
}

/// Which union, and yes or no.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    union: i64,
    say: String,
}

/// Records what they say, yes or no more; what to tell them.
pub(super) async fn record(writing: &Writing, visitor: &Visitor, said: &Said) -> Result<String, Refusal> {
    let reading = writing.reading();
    let language = visitor.recipient.language;
    let words = &reading.0.words(language).access.unions;
    let (ground, note) = match said.say.as_str() {
        "yes" => (Some(UnionGround::Consent), &words.said_yes),
        "no" => (None, &words.said_no),
        _ => return Err(Refusal::from(Why::BadForm).in_language(language)),
    };
    let of = (visitor.recipient.id, OrganisationId(said.union));
    let shown = format!("{} «{}»", words.lead, words.yes);
    if !writing.say_ground(of, ground, SaidBy::themselves(&shown, reading.0.now())).await? {
        return Err(Refusal::from(Why::NotFound).in_language(language));
    }
    Ok(note.clone())
}
