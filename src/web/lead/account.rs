//! One's own account at the desk: what one may do, in which browsers one is signed in, in which language.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::doors::own_path;
use crate::forum::{Facet, Term};
use crate::oidc::House;
use crate::store::{IdentityRow, SessionRow};
use crate::web::message::Message;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Session {
    id: i64,
    name: String,
    since: String,
    /// The house by whose word it was opened.
    house: Option<String>,
    here: bool,
}

/// A house whose word opens this account.
#[derive(Serialize)]
struct Tie {
    id: i64,
    name: String,
    since: String,
}

/// A house whose word could open it.
#[derive(Serialize)]
struct Untied {
    slug: String,
    name: String,
}

#[derive(Serialize)]
struct Page {
    email: String,
    rights: Vec<String>,
    groups: Vec<String>,
    /// The one organisation whose people they look after.
    organisation: Option<String>,
    sessions: Vec<Session>,
    ties: Vec<Tie>,
    untied: Vec<Untied>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_account.html";
}

/// Which session to close: `here`, `all`, or the number of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Closed {
    session: String,
}

/// A language's tag, and the page to come back to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Spoken {
    language: String,
    next: String,
}

/// GET: what there is.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let site = &reading.0;
    let words = &site.words(staff.language).desk;
    let pen = site.pen(&staff.forum, staff.language);
    let session = |row: SessionRow| Session {
        id: row.id,
        name: if row.name.is_empty() { words.account.unnamed.clone() } else { row.name },
        since: pen.day(row.opened_at),
        house: row.issuer.map(|issuer| site.name_of_house(&issuer)),
        here: row.id == staff.session,
    };
    let told = |right: crate::staff::Right| {
        words.right.get(right.word()).cloned().unwrap_or_else(|| right.word().to_owned())
    };
    let (ties, untied) = list_ties(&reading, &staff).await?;
    let page = Page {
        email: staff.email.clone(),
        rights: staff.rights.iter().map(told).collect(),
        organisation: staff.reach.organisation().map(|slug| name_of(&staff, Facet::Org, slug)),
        groups: staff.groups.iter().map(|slug| name_of_group(&staff, slug)).collect(),
        sessions: reading.sessions(staff.account).await?.into_iter().map(session).collect(),
        ties,
        untied,
    };
    site.desk_page(&staff, &page)
}

/// The houses whose word opens the account, and those that could.
async fn list_ties(reading: &Reading, staff: &Staff) -> Result<(Vec<Tie>, Vec<Untied>), Refusal> {
    let site = &reading.0;
    let pen = site.pen(&staff.forum, staff.language);
    let rows = reading.identities(staff.account).await?;
    let houses = site.houses().iter().map(House::settings);
    let untied = houses.filter(|house| rows.iter().all(|row| row.issuer != house.issuer));
    let untied = untied.map(|house| Untied { slug: house.slug.clone(), name: house.name.clone() }).collect();
    let tie = |row: IdentityRow| Tie {
        id: row.id,
        name: site.name_of_house(&row.issuer),
        since: pen.day(row.tied_at),
    };
    Ok((rows.into_iter().map(tie).collect(), untied))
}

/// What a group is called.
pub(super) fn name_of_group(staff: &Staff, slug: &str) -> String {
    name_of(staff, Facet::Group, slug)
}

fn name_of(staff: &Staff, facet: Facet, slug: &str) -> String {
    let found = staff.forum.terms.find(&Term::new(facet, slug));
    found.map_or_else(|| slug.to_owned(), |ix| staff.forum.name_of(ix, staff.language).to_owned())
}

/// POST: in which language the desk speaks.
pub(super) async fn set_language(
    writing: Writing,
    staff: Staff,
    Form(spoken): Form<Spoken>,
) -> Result<Response, Refusal> {
    let language = match spoken.language.as_str() {
        "" => None,
        tag => Some(tag.parse().map_err(|_| Refusal::from(Why::BadForm))?),
    };
    writing.set_account_language(staff.account, language).await?;
    Ok(writing.reading().0.go_to(own_path(&spoken.next).unwrap_or("/desk/account")))
}

/// POST: closes this session, another one, or all of them.
pub(super) async fn sign_out(
    writing: Writing,
    staff: Staff,
    Form(closed): Form<Closed>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let one = match closed.session.as_str() {
        "all" => None,
        "here" => Some(staff.session),
        number => Some(number.parse().map_err(|_| Refusal::from(Why::BadForm))?),
    };
    writing.close_sessions(&staff, one).await?;
    if one.is_some_and(|id| id != staff.session) {
        return show(reading, staff).await;
    }
    let words = &reading.0.words(staff.language).desk.account;
    let lines = vec![if one.is_none() { words.out_all.clone() } else { words.out_line.clone() }];
    let page = Message { title: words.out.clone(), lines };
    let page = reading.0.page(&staff.forum, staff.language, &page)?;
    Ok(([(header::SET_COOKIE, reading.0.desk_cookie(&staff.forum, None))], page).into_response())
}
