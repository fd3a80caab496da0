//! Accounts: who works at the desk, with which rights, for which groups or which organisation, from when and until when.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use axum_extra::extract::Form;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::account::name_of_group;
use crate::forum::{EmailAddress, Facet, sort_key, tell_too_long};
use crate::ids::{AccountId, OrganisationId};
use crate::staff::{Reach, Right, Rights};
use crate::store::{AccountChange, AccountRow, OrganisationRow, Span};
use crate::web::days::span_of;
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Listed {
    id: i64,
    name: String,
    email: String,
    rights: Vec<String>,
    groups: Vec<String>,
    organisation: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    checked: bool,
}

/// What is wrong with a form.
#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Mistakes {
    email: bool,
    /// It is too long.
    name: bool,
    taken: bool,
    rights: bool,
    /// There is no such organisation, or the rights reach beyond it.
    organisation: bool,
    days: bool,
    /// Nobody would administer any more.
    last: bool,
    /// The box that says "yes, end it".
    sure: bool,
}

impl Mistakes {
    fn any(self) -> bool {
        let fields = self.email || self.name || self.rights || self.organisation || self.days;
        fields || self.taken || self.last || self.sure
    }
}

/// The fields of an account.
#[derive(Serialize)]
struct Fields {
    email: String,
    name: String,
    rights: Vec<Choice>,
    groups: Vec<Choice>,
    organisations: Vec<Choice>,
    from: String,
    until: String,
}

#[derive(Serialize)]
struct Page {
    accounts: Vec<Listed>,
    fields: Fields,
    wrong: Mistakes,
    /// Whom the first link went to.
    invited: Option<String>,
    ended: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_accounts.html";
}

#[derive(Serialize)]
struct OnePage {
    id: i64,
    email: String,
    own: bool,
    fields: Fields,
    wrong: Mistakes,
    saved: bool,
    reset: bool,
}

impl Content for OnePage {
    const TEMPLATE: &'static str = "desk_accounts_one.html";
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    email: String,
    name: String,
    right: Vec<String>,
    group: Vec<String>,
    organisation: String,
    from: String,
    until: String,
    sure: String,
}

impl Said {
    fn rights(&self) -> Rights {
        self.right.iter().filter_map(|word| word.parse().ok()).collect()
    }

    fn has_long_name(&self) -> bool {
        tell_too_long("name", self.name.trim()).is_some()
    }

    /// The organisation that it is bound to, if any; an error if there is none of that slug, or what they may do reaches
    /// beyond it.
    fn bound_to(&self, organisations: &[OrganisationRow]) -> Result<Option<OrganisationId>, ()> {
        if self.organisation.is_empty() {
            return Ok(None);
        }
        let row = organisations.iter().find(|row| row.slug == self.organisation).ok_or(())?;
        let goes = Reach::Organisation(row.slug.clone()).goes_with(&self.rights());
        if goes { Ok(Some(row.id)) } else { Err(()) }
    }

    /// When it begins and ends; an error if a day is none, or the end lies before the beginning.
    fn times(&self, staff: &Staff) -> Result<Span, ()> {
        span_of(staff, &self.from, &self.until)
    }
}

async fn fields_of(reading: &Reading, staff: &Staff, said: &Said) -> Result<Fields, Refusal> {
    let words = &reading.0.words(staff.language).desk;
    let rights = said.rights();
    let right = |right: Right| Choice {
        value: right.word().to_owned(),
        label: words.right.get(right.word()).cloned().unwrap_or_else(|| right.word().to_owned()),
        checked: rights.have(right),
    };
    let chosen: BTreeSet<&str> = said.group.iter().map(String::as_str).collect();
    let terms = staff.forum.terms.iter().filter(|(_, term)| term.facet == Facet::Group);
    let mut groups: Vec<Choice> = terms
        .map(|(ix, term)| Choice {
            value: term.slug.clone(),
            label: staff.forum.name_of(ix, staff.language).to_owned(),
            checked: chosen.contains(term.slug.as_str()),
        })
        .collect();
    groups.sort_by_key(|group| sort_key(&group.label));
    let organisation = |row: OrganisationRow| Choice {
        checked: row.slug == said.organisation,
        value: row.slug,
        label: row.name,
    };
    let mut organisations: Vec<Choice> =
        reading.organisations().await?.into_iter().map(organisation).collect();
    organisations.sort_by_cached_key(|organisation| sort_key(&organisation.label));
    Ok(Fields {
        email: said.email.clone(),
        name: said.name.clone(),
        rights: Right::ALL.map(right).into(),
        groups,
        organisations,
        from: said.from.clone(),
        until: said.until.clone(),
    })
}

async fn list(reading: &Reading, staff: &Staff) -> Result<Vec<Listed>, Refusal> {
    let words = &reading.0.words(staff.language).desk;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let organisations = reading.organisations().await?;
    let mut listed = Vec::new();
    for row in reading.accounts().await? {
        let told = |right: Right| words.right.get(right.word()).cloned().unwrap_or_default();
        let groups = reading.led_groups(row.id).await?;
        listed.push(Listed {
            id: row.id.0,
            rights: Rights::read(&row.rights).iter().map(told).collect(),
            groups: groups.iter().map(|slug| name_of_group(staff, slug)).collect(),
            organisation: find_organisation(&organisations, &row).map(|own| own.name.clone()),
            from: row.from_at.filter(|at| *at > reading.0.now()).map(|at| pen.day(at)),
            until: row.until_at.map(|at| pen.day(at - TimeDelta::microseconds(1))),
            name: row.name,
            email: row.email,
        });
    }
    Ok(listed)
}

/// The organisation that an account is bound to.
fn find_organisation<'a>(all: &'a [OrganisationRow], account: &AccountRow) -> Option<&'a OrganisationRow> {
    all.iter().find(|row| account.organisation == Some(row.id))
}

async fn page_of(reading: &Reading, staff: &Staff, said: &Said, wrong: Mistakes) -> Result<Page, Refusal> {
    let fields = fields_of(reading, staff, said).await?;
    Ok(Page { accounts: list(reading, staff).await?, fields, wrong, invited: None, ended: false })
}

/// GET: who has one, and a form for another.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let page = page_of(&reading, &staff, &Said::default(), Mistakes::default()).await?;
    reading.0.desk_page(&staff, &page)
}

/// POST: one more, who is mailed the first link.
pub(super) async fn add(writing: Writing, staff: Staff, Form(said): Form<Said>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let (address, times) = (said.email.parse::<EmailAddress>(), said.times(&staff));
    let bound = said.bound_to(&reading.organisations().await?);
    let mut wrong = Mistakes {
        email: address.is_err(),
        name: said.has_long_name(),
        rights: said.rights().iter().next().is_none(),
        organisation: bound.is_err(),
        days: times.is_err(),
        ..Mistakes::default()
    };
    if let (Ok(address), Ok(organisation), Ok(times), false) = (address, bound, times, wrong.any()) {
        let change = AccountChange {
            name: said.name.trim(),
            rights: &said.rights().to_json(),
            groups: &said.group,
            organisation,
            from_at: times.0,
            until_at: times.1,
        };
        if writing.invite(&staff, &address, &change).await? {
            let page = page_of(&reading, &staff, &Said::default(), Mistakes::default()).await?;
            return reading.0.desk_page(&staff, &Page { invited: Some(address.to_string()), ..page });
        }
        wrong.taken = true;
    }
    let page = page_of(&reading, &staff, &said, wrong).await?;
    Ok(unprocessable(reading.0.desk_page(&staff, &page)?))
}

async fn find(reading: &Reading, staff: &Staff, id: i64) -> Result<AccountRow, Refusal> {
    let row = reading.account(AccountId(id)).await?;
    row.ok_or_else(|| Refusal::from(Why::NotFound).in_language(staff.language))
}

async fn one_page(
    reading: &Reading,
    staff: &Staff,
    row: &AccountRow,
    said: Option<&Said>,
) -> Result<OnePage, Refusal> {
    let zone = staff.forum.settings.zone;
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive().to_string();
    let organisations = reading.organisations().await?;
    let stored = Said {
        organisation: find_organisation(&organisations, row).map(|own| own.slug.clone()).unwrap_or_default(),
        name: row.name.clone(),
        right: Rights::read(&row.rights).iter().map(|right| right.word().to_owned()).collect(),
        group: reading.led_groups(row.id).await?,
        from: row.from_at.map(day).unwrap_or_default(),
        until: row.until_at.map(|at| day(at - TimeDelta::microseconds(1))).unwrap_or_default(),
        ..Said::default()
    };
    Ok(OnePage {
        id: row.id.0,
        email: row.email.clone(),
        own: row.id == staff.account,
        fields: fields_of(reading, staff, said.unwrap_or(&stored)).await?,
        wrong: Mistakes::default(),
        saved: false,
        reset: false,
    })
}

/// GET: one of them.
pub(super) async fn show_one(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let row = find(&reading, &staff, id).await?;
    let page = one_page(&reading, &staff, &row, None).await?;
    reading.0.desk_page(&staff, &page)
}

/// Whether somebody else administers, now and without an end.
async fn another_administers(reading: &Reading, but: AccountId) -> Result<bool, Refusal> {
    let now = reading.0.now();
    let lasts = |row: &AccountRow| row.until_at.is_none() && row.from_at.is_none_or(|at| at <= now);
    let administers = |row: &AccountRow| Rights::read(&row.rights).have(Right::Administer);
    Ok(reading.accounts().await?.iter().any(|row| row.id != but && lasts(row) && administers(row)))
}

/// POST: its name, rights, groups and days.
pub(super) async fn change(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = find(&reading, &staff, id).await?;
    let times = said.times(&staff);
    let bound = said.bound_to(&reading.organisations().await?);
    let stays = said.rights().have(Right::Administer) && times == Ok((None, None));
    let wrong = Mistakes {
        name: said.has_long_name(),
        rights: said.rights().iter().next().is_none(),
        organisation: bound.is_err(),
        days: times.is_err(),
        last: !stays && !another_administers(&reading, row.id).await?,
        ..Mistakes::default()
    };
    if let (Ok(organisation), Ok(times), false) = (bound, times, wrong.any()) {
        let change = AccountChange {
            name: said.name.trim(),
            rights: &said.rights().to_json(),
            groups: &said.group,
            organisation,
            from_at: times.0,
            until_at: times.1,
        };
        writing.change_account(&staff, row.id, &change).await?;
        let row = find(&reading, &staff, id).await?;
        let page = OnePage { saved: true, ..one_page(&reading, &staff, &row, None).await? };
        return reading.0.desk_page(&staff, &page);
    }
    let page = OnePage { wrong, ..one_page(&reading, &staff, &row, Some(&said)).await? };
    Ok(unprocessable(reading.0.desk_page(&staff, &page)?))
}

/// POST: forgets its password and second factor; for who lost phone and paper.
pub(super) async fn reset(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = find(&reading, &staff, id).await?;
    if row.id == staff.account {
        return Err(Refusal::from(Why::NotFound).in_language(staff.language));
    }
    writing.reset_account(&staff, row.id).await?;
    let page = OnePage { reset: true, ..one_page(&reading, &staff, &row, None).await? };
    reading.0.desk_page(&staff, &page)
}

/// POST: ends it, once the box beside the button says so.
pub(super) async fn end(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = find(&reading, &staff, id).await?;
    let last = !another_administers(&reading, row.id).await?;
    if said.sure.is_empty() || last {
        let wrong = Mistakes { sure: !last, last, ..Mistakes::default() };
        let page = OnePage { wrong, ..one_page(&reading, &staff, &row, None).await? };
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    writing.end_account(&staff, row.id).await?;
    if row.id == staff.account {
        return Ok(reading.0.go_to("/desk/sign-in"));
    }
    let page = page_of(&reading, &staff, &Said::default(), Mistakes::default()).await?;
    reading.0.desk_page(&staff, &Page { ended: true, ..page })
}
