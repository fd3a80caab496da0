//! On what ground it is stored that a person sits for a union: told on their page.

use serde::Serialize;

use crate::forum::{SAID_THEMSELVES, UnionGround};
use crate::ids::RecipientId;
use crate::store::{AccountRow, UnionSeatRow};
use crate::web::calling::call;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::fill;

/// A union that the person sits for.
#[derive(Serialize)]
pub(super) struct Union {
    id: i64,
    name: String,
    /// On what ground that is stored, since when and by whose word; or that none is recorded.
    told: String,
    missing: bool,
    /// They said it themselves: others do not say something else of it.
    theirs: bool,
}

/// The unions that somebody sits for, now or later.
pub(super) async fn list_unions(
    reading: &Reading,
    staff: &Staff,
    person: RecipientId,
) -> Result<Vec<Union>, Refusal> {
    let rows = reading.unions_of(person).await?;
    let accounts = if rows.is_empty() { Vec::new() } else { reading.accounts().await? };
    let union = |row: UnionSeatRow| Union {
        id: row.organisation.0,
        told: tell(reading, staff, &accounts, &row),
        missing: row.ground.is_none(),
        theirs: row.source.as_deref() == Some(SAID_THEMSELVES),
        name: row.name,
    };
    Ok(rows.into_iter().map(union).collect())
}

fn tell(reading: &Reading, staff: &Staff, accounts: &[AccountRow], row: &UnionSeatRow) -> String {
    let words = &reading.0.words(staff.language).people.grounds;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let ground = row.ground.as_deref().and_then(UnionGround::from_word);
    let (Some(ground), Some(at)) = (ground, row.recorded_at) else {
        return match row.withdrawn_at {
            Some(at) => fill(&words.withdrawn, &[("day", &pen.day(at))]),
            None => words.missing.clone(),
        };
    };
    let pattern = match ground {
        UnionGround::Consent => &words.consent,
        UnionGround::Published => &words.published,
    };
    let who = name_source(reading, staff, accounts, row.source.as_deref().unwrap_or_default());
    fill(pattern, &[("day", &pen.day(at)), ("who", &who)])
}

/// Who said so.
fn name_source(reading: &Reading, staff: &Staff, accounts: &[AccountRow], source: &str) -> String {
    let all = reading.0.words(staff.language);
    let words = &all.people.grounds;
    if let Some(number) = source.strip_prefix("account:") {
        let account = accounts.iter().find(|account| account.id.to_string() == number);
        let named = account.map(|account| call(&account.name, &account.email).to_owned());
        return named.unwrap_or_else(|| fill(&all.desk.log.account, &[("number", number)]));
    }
    match source {
        SAID_THEMSELVES => words.by_themselves.clone(),
        "import" => words.by_sheet.clone(),
        _ => all.desk.log.command.clone(),
    }
}
