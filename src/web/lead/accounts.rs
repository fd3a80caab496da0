//! Accounts: who works at the desk, with which rights, for which groups or which organisation, from when and until when.

use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Form;
use chrono::TimeDelta;
use serde::Serialize;

use super::account::name_of_group;
use super::account_form::{Fields, Mistakes, Said, find_organisation};
use crate::forum::EmailAddress;
use crate::ids::{AccountId, OrganisationId};
use crate::staff::{Right, Rights};
use crate::store::{AccountChange, AccountChanged, AccountRow, OrganisationRow, Span};
use crate::web::headers::find_cookie;
use crate::web::leaving::{DESK_DOOR, name_end};
use crate::web::once::{new_token, token_of};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::settings::Overtaken;
use crate::web::site::{PAGE_LASTS, Reading, Writing, name_press};
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
struct Page {
    accounts: Vec<Listed>,
    fields: Fields,
    wrong: Mistakes,
    /// A field is marked.
    any_wrong: bool,
    /// Whom the first link went to.
    invited: Option<String>,
    ended: bool,
    /// Tells this page from others: pressed twice, it makes one account.
    token: String,
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
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    /// Names what stood when the form was shown.
    seen: String,
    wrong: Mistakes,
    /// A field is marked.
    any_wrong: bool,
    saved: bool,
    reset: bool,
    /// Tells this page from others: pressed twice, it ends the account once.
    token: String,
}

impl Content for OnePage {
    const TEMPLATE: &'static str = "desk_accounts_one.html";
}

async fn list(
    reading: &Reading,
    staff: &Staff,
    organisations: &[OrganisationRow],
) -> Result<Vec<Listed>, Refusal> {
    let words = &reading.0.words(staff.language).desk;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let mut listed = Vec::new();
    for row in reading.accounts().await? {
        let told = |right: Right| words.right.get(right.word()).cloned().unwrap_or_default();
        let groups = reading.led_groups(row.id).await?;
        listed.push(Listed {
            id: row.id.0,
            rights: Rights::read(&row.rights).iter().map(told).collect(),
            groups: groups.iter().map(|slug| name_of_group(staff, slug)).collect(),
            organisation: find_organisation(organisations, &row).map(|own| own.name.clone()),
            from: row.from_at.filter(|at| *at > reading.0.now()).map(|at| pen.day(at)),
            until: row.until_at.map(|at| pen.day(at - TimeDelta::microseconds(1))),
            name: row.name,
            email: row.email,
        });
    }
    Ok(listed)
}

async fn page_of(
    reading: &Reading,
    staff: &Staff,
    organisations: &[OrganisationRow],
    said: &Said,
) -> Result<Page, Refusal> {
    Ok(Page {
        accounts: list(reading, staff, organisations).await?,
        fields: said.fields(reading, staff, organisations),
        wrong: Mistakes::default(),
        any_wrong: false,
        invited: None,
        ended: false,
        token: new_token(),
    })
}

/// What an account becomes by what was said.
fn change_of<'a>(
    said: &'a Said,
    rights: &'a str,
    organisation: Option<OrganisationId>,
    (from_at, until_at): Span,
) -> AccountChange<'a> {
    AccountChange { name: said.name.trim(), rights, groups: &said.group, organisation, from_at, until_at }
}

/// GET: who has one, and a form for another.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let organisations = reading.organisations().await?;
    let page = page_of(&reading, &staff, &organisations, &Said::default()).await?;
    reading.0.desk_page(&staff, &page)
}

/// POST: one more, who is mailed the first link.
pub(super) async fn add(writing: Writing, staff: Staff, Form(said): Form<Said>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let organisations = reading.organisations().await?;
    let (address, times) = (said.email.parse::<EmailAddress>(), said.times(&staff));
    let (bound, rights) = (said.bound_to(&organisations), said.rights());
    let mut wrong = Mistakes {
        email: address.is_err(),
        name: said.has_long_name(),
        rights: rights.iter().next().is_none(),
        organisation: bound.is_err(),
        days: times.is_err(),
        ..Mistakes::default()
    };
    if let (Ok(address), Ok(organisation), Ok(times), false) = (address, bound, times, wrong.in_fields()) {
        let name = name_press(&["account", &staff.actor(), &token_of(&said.token), address.as_str()]);
        let (own, asked, rights) = (staff.clone(), said.clone(), rights.to_json());
        let invite = move |writing: Writing| async move {
            let change = change_of(&asked, &rights, organisation, times);
            let is_new = writing.invite(&own, &address, &change).await.map_err(Some)?;
            is_new.then(|| address.to_string()).ok_or(None::<Refusal>)
        };
        match writing.press_once((name, PAGE_LASTS), invite).await? {
            Ok(address) => {
                let page = page_of(&reading, &staff, &organisations, &Said::default()).await?;
                return reading.0.desk_page(&staff, &Page { invited: Some(address), ..page });
            }
            Err(Some(refusal)) => return Err(refusal),
            Err(None) => wrong.taken = true,
        }
    }
    let page = Page {
        any_wrong: wrong.in_fields(),
        wrong,
        ..page_of(&reading, &staff, &organisations, &said).await?
    };
    Ok(unprocessable(reading.0.desk_page(&staff, &page)?))
}

async fn find(reading: &Reading, staff: &Staff, id: i64) -> Result<AccountRow, Refusal> {
    let row = reading.account(AccountId(id)).await?;
    row.ok_or_else(|| staff.nothing_there())
}

/// The page of an account with a form that is filled in so.
fn one_page(
    reading: &Reading,
    staff: &Staff,
    row: &AccountRow,
    (said, organisations): (&Said, &[OrganisationRow]),
) -> OnePage {
    OnePage {
        id: row.id.0,
        email: row.email.clone(),
        own: row.id == staff.account,
        fields: said.fields(reading, staff, organisations),
        overtaken: None,
        seen: said.seen.clone(),
        wrong: Mistakes::default(),
        any_wrong: false,
        saved: false,
        reset: false,
        token: new_token(),
    }
}

/// The page of an account as it stands.
async fn standing_page(reading: &Reading, staff: &Staff, id: i64) -> Result<OnePage, Refusal> {
    let (row, organisations) = (find(reading, staff, id).await?, reading.organisations().await?);
    let said = Said::of(reading, staff, &row, &organisations).await?;
    Ok(one_page(reading, staff, &row, (&said, &organisations)))
}

/// GET: one of them.
pub(super) async fn show_one(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let page = standing_page(&reading, &staff, id).await?;
    reading.0.desk_page(&staff, &page)
}

/// POST: its name, rights, groups and days; not over what somebody else saved since the form was shown.
pub(super) async fn change(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let (row, organisations) = (find(&reading, &staff, id).await?, reading.organisations().await?);
    let standing = Said::of(&reading, &staff, &row, &organisations).await?;
    let said = said.over(&standing);
    let (times, bound, rights) = (said.times(&staff), said.bound_to(&organisations), said.rights());
    let wrong = Mistakes {
        name: said.has_long_name(),
        rights: rights.iter().next().is_none(),
        organisation: bound.is_err(),
        days: times.is_err(),
        ..Mistakes::default()
    };
    let typed = OnePage {
        any_wrong: wrong.in_fields(),
        wrong,
        ..one_page(&reading, &staff, &row, (&said, &organisations))
    };
    let (Ok(organisation), Ok(times), false) = (bound, times, wrong.in_fields()) else {
        return Ok(unprocessable(reading.0.desk_page(&staff, &typed)?));
    };
    let rights = rights.to_json();
    let seen = said.may_replace(&standing).then(|| AccountChange::of(&row, &standing.group));
    let new = change_of(&said, &rights, organisation, times);
    match writing.change_account(&staff, row.id, (seen.as_ref(), &new)).await? {
        AccountChanged::Done => {
            let page = OnePage { saved: true, ..standing_page(&reading, &staff, id).await? };
            reading.0.desk_page(&staff, &page)
        }
        AccountChanged::Unknown => Err(staff.nothing_there()),
        AccountChanged::Overtaken => tell_overtaken(&reading, &staff, &organisations, typed).await,
        AccountChanged::Last => {
            let wrong = Mistakes { last: true, ..wrong };
            Ok(unprocessable(reading.0.desk_page(&staff, &OnePage { wrong, ..typed })?))
        }
    }
}

/// The page with what was typed, beside what stands otherwise by now.
async fn tell_overtaken(
    reading: &Reading,
    staff: &Staff,
    organisations: &[OrganisationRow],
    typed: OnePage,
) -> Result<Response, Refusal> {
    let row = find(reading, staff, typed.id).await?;
    let standing = Said::of(reading, staff, &row, organisations).await?;
    let words = &reading.0.words(staff.language).desk.accounts;
    let stands = standing.fields(reading, staff, organisations).tell(words);
    let told = Some(Overtaken::of(stands, typed.fields.tell(words)));
    let page = OnePage { overtaken: told, seen: standing.seen, ..typed };
    Ok(overtaken(reading.0.desk_page(staff, &page)?))
}

/// POST: forgets its password and second factor; for who lost phone and paper.
pub(super) async fn reset(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = find(&reading, &staff, id).await?;
    if row.id == staff.account {
        return Err(staff.nothing_there());
    }
    writing.reset_account(&staff, row.id).await?;
    let page = OnePage { reset: true, ..standing_page(&reading, &staff, id).await? };
    reading.0.desk_page(&staff, &page)
}

/// POST: ends it, once the box beside the button says so. Who ends their own is nobody from then on: what their second press
/// is answered lies under the hash of their cookie.
pub(super) async fn end(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let sure = !said.sure.is_empty();
    let press = if AccountId(id) == staff.account {
        name_end(find_cookie(&headers, &reading.0.desk_cookie_name(&staff.forum)).unwrap_or_default())
    } else {
        name_press(&["account ended", &staff.actor(), &token_of(&said.token), &id.to_string()])
    };
    if !sure || end_once(&writing, &staff, id, press).await? == AccountChanged::Last {
        let wrong = Mistakes { sure: !sure, last: sure, ..Mistakes::default() };
        let page =
            OnePage { any_wrong: wrong.in_fields(), wrong, ..standing_page(&reading, &staff, id).await? };
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    if AccountId(id) == staff.account {
        return Ok(reading.0.go_to(DESK_DOOR));
    }
    let organisations = reading.organisations().await?;
    let page = page_of(&reading, &staff, &organisations, &Said::default()).await?;
    reading.0.desk_page(&staff, &Page { ended: true, ..page })
}

/// Ends an account by the button of one page; one that is not there any more was ended by another.
async fn end_once(
    writing: &Writing,
    staff: &Staff,
    id: i64,
    press: String,
) -> Result<AccountChanged, Refusal> {
    let own = staff.clone();
    let end = move |writing: Writing| async move {
        let row = find(&writing.reading(), &own, id).await.map_err(Some)?;
        match writing.end_account(&own, row.id).await.map_err(Some)? {
            AccountChanged::Last => Err(None::<Refusal>),
            _ => Ok(String::new()),
        }
    };
    match writing.press_once((press, PAGE_LASTS), end).await? {
        Ok(_) => Ok(AccountChanged::Done),
        Err(None) => Ok(AccountChanged::Last),
        Err(Some(refusal)) => Err(refusal),
    }
}
