//! Who comes to the desk, and the one check before its pages: a session, an account, the right that the page needs.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::layers::language_of;
use super::refusal::{Refusal, Why};
use super::site::{Reading, Site, Writing};
use super::visitor::{encode_path, find_cookie, says_where_it_stood};
use crate::feedback::doors::own_path;
use crate::forum::{Facet, Forum, Language, Term, TermIx};
use crate::ids::{AccountId, ItemId};
use crate::staff::{Reach, Right, Rights};
use crate::store::StaffRow;

/// Where the pages of people and places lie besides `/desk/people`.
const PEOPLE: [&str; 4] = ["/desk/groups", "/desk/organisations", "/desk/places", "/desk/topics"];

/// What a page of the desk needs of who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To be signed in, the second factor given or not: for the page that asks for it.
    Session,
    /// To be signed in, and the second factor given if there is one: for the page that sets it up.
    Setup,
    /// An account, whatever it may do.
    Account,
    /// This right.
    Right(Right),
    /// One of these rights.
    AnyOf(&'static [Right]),
    /// The same, and the page keeps to what is the account's to see: it opens to one that is bound to an organisation,
    /// too. Every other page is closed to those, but for the ones that lead in.
    Within(&'static Need),
}

/// Looking after people: for who is bound to an organisation, its own alone.
pub(super) const OWN_PEOPLE: Need = Need::Within(&Need::Right(Right::People));

/// One's own account, and what waits for it.
pub(super) const OWN_ACCOUNT: Need = Need::Within(&Need::Account);

/// Looking at what goes next and at what is in it: who wrote it, who approves it and who answers for it look at the same,
/// and each finds the buttons of their own right there.
pub(super) const SEES_WHAT_GOES: Need = Need::AnyOf(&[Right::Write, Right::Approve, Right::Send]);

impl From<Right> for Need {
    fn from(right: Right) -> Need {
        Need::Right(right)
    }
}

impl Need {
    /// Whether somebody with these rights, who sees so far, has it.
    pub(super) fn is_met_by(self, rights: &Rights, reach: &Reach) -> bool {
        match self {
            Need::Session | Need::Setup => true,
            Need::Within(need) => need.is_met_by(rights, &Reach::Everybody),
            _ if reach.is_bound() => false,
            Need::Account => true,
            Need::Right(right) => rights.have(right),
            Need::AnyOf(some) => some.iter().any(|right| rights.have(*right)),
        }
    }

    /// The rights of which one is needed; none: an account is enough.
    pub(super) fn rights(self) -> Option<Vec<Right>> {
        match self {
            Need::Session | Need::Setup | Need::Account => None,
            Need::Right(right) => Some(vec![right]),
            Need::AnyOf(rights) => Some(rights.to_vec()),
            Need::Within(need) => need.rights(),
        }
    }

    /// The page that somebody has to pass before; none if nothing is left to prove.
    fn first_to(self, staff: &Staff) -> Option<&'static str> {
        match self {
            Need::Session => None,
            Need::Within(need) => need.first_to(staff),
            _ if staff.has_second && !staff.proved => Some("/desk/code"),
            Need::Setup => None,
            _ => (!staff.is_proved()).then_some("/desk/second-factor"),
        }
    }
}

/// Somebody who works at the desk, on a page whose right they have.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    /// The forum.
    pub(super) forum: Arc<Forum>,
    /// Who.
    pub(super) account: AccountId,
    /// Their address.
    pub(super) email: String,
    /// As they are called.
    pub(super) name: String,
    /// What they may do.
    pub(super) rights: Rights,
    /// Whose people they see.
    pub(super) reach: Reach,
    /// Slugs of the groups that they write for.
    pub(super) groups: Vec<String>,
    /// Items that came of drafts they wrote something of: known of who writes for groups alone, who would not see them otherwise.
    pub(super) written: Arc<HashSet<ItemId>>,
    /// What the desk speaks to them.
    pub(super) language: Language,
    /// The browser's session.
    pub(super) session: i64,
    /// Whether the account has a second factor.
    pub(super) has_second: bool,
    /// Whether it was given in this browser.
    pub(super) proved: bool,
    /// The page that they asked for, with its query; after a form the first page.
    pub(super) here: String,
    /// Where they are: the path of the page or the form.
    pub(super) path: String,
}

impl Staff {
    /// Whether they have what a page needs.
    pub(super) fn meets(&self, need: Need) -> bool {
        need.is_met_by(&self.rights, &self.reach)
    }

    /// Whether they have a right.
    pub(super) fn may(&self, right: Right) -> bool {
        self.rights.have(right)
    }

    /// That a page is not for them, and who can do something about it.
    pub(super) fn turn_away(&self) -> Refusal {
        let why = if self.reach.is_bound() { Why::Bound } else { Why::NoRight };
        Refusal::from(why).in_language(self.language)
    }

    /// Whether nothing is left to prove.
    pub(super) fn is_proved(&self) -> bool {
        self.proved || !(self.has_second || self.rights.need_second_factor())
    }

    /// Whether they write for the groups that they lead and no others: then an item of theirs has such a group as
    /// audience and visibility (DESIGN, section 7). Who may send writes for the forum.
    pub(super) fn writes_for_groups_only(&self) -> bool {
        !self.groups.is_empty() && !self.may(Right::Send)
    }

    /// The same, told apart which groups are theirs by the terms of `forum`: that of the items they are shown.
    pub(super) fn among(&self, forum: &Forum) -> Staff {
        let own = self.writes_for_groups_only().then(|| Arc::new(forum.clone()));
        Staff { forum: own.unwrap_or_else(|| self.forum.clone()), ..self.clone() }
    }

    /// Whether they may read the name of somebody who sits in these groups: who writes for groups alone is told the names
    /// of those groups' people; all others are counted.
    pub(super) fn may_name(&self, forum: &Forum, groups: impl IntoIterator<Item = TermIx>) -> bool {
        if !self.writes_for_groups_only() {
            return true;
        }
        let find = |slug: &String| forum.terms.find(&Term::new(Facet::Group, slug.as_str()));
        let led: Vec<TermIx> = self.groups.iter().filter_map(find).collect();
        groups.into_iter().any(|group| led.iter().any(|own| forum.terms.is_at_or_under(group, *own)))
    }

    /// What the log calls them: never an address.
    pub(super) fn actor(&self) -> String {
        format!("account:{}", self.account)
    }

    /// What stands around their pages.
    pub(super) fn frame(&self, site: &Site) -> DeskFrame {
        let words = &site.words(self.language).desk.nav;
        let path = self.path.as_str();
        let named = [
            ("/desk", &words.today),
            ("/desk/items", &words.items),
            ("/desk/mailing", &words.mailing),
            ("/desk/people", &words.people),
            ("/desk/progress", &words.progress),
            ("/desk/hits", &words.hits),
            ("/desk/settings", &words.settings),
            ("/desk/accounts", &words.accounts),
            ("/desk/log", &words.log),
        ];
        let is_open =
            |path: &str| self.is_proved() && site.need_of(path).is_some_and(|need| self.meets(need));
        let lies_at = |way: &str| match way {
            "/desk" => path == way,
            "/desk/items" if path.starts_with("/desk/drafts/") => true,
            "/desk/progress" if path.starts_with("/desk/effects") => true,
            "/desk/people" if PEOPLE.iter().any(|own| path.starts_with(own)) => true,
            _ => path.strip_prefix(way).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        };
        let open = named.into_iter().filter(|(way, _)| is_open(way));
        let ways = open.map(|(way, name)| Way { path: way, name: name.clone(), here: lies_at(way) });
        DeskFrame {
            ways: ways.collect(),
            name: self.name.clone(),
            here: self.here.clone(),
            bound: self.reach.is_bound(),
        }
    }
}

/// What stands around the pages of the desk.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DeskFrame {
    ways: Vec<Way>,
    name: String,
    here: String,
    /// Who looks is bound to an organisation: nothing leads to what is not theirs to see.
    bound: bool,
}

/// A page of the desk that is there, and open to who looks.
#[derive(Debug, Clone, Serialize)]
struct Way {
    path: &'static str,
    name: String,
    here: bool,
}

impl FromRequestParts<Site> for Staff {
    type Rejection = Refusal;

    /// There is one only behind the check: a handler that stands elsewhere shows nothing.
    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Staff>().cloned().ok_or(Why::NotFound.into())
    }
}

/// The check: lets staff through who have what the page needs, and tells the handlers who they are.
pub(super) async fn admit_staff(
    State((site, need)): State<(Site, Need)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match find_staff(&site, &parts).await {
        Ok(None) => send_to(&parts, &site, "/desk/sign-in"),
        Ok(Some(staff)) if need.first_to(&staff).is_some() => {
            send_to(&parts, &site, need.first_to(&staff).unwrap_or("/desk/code"))
        }
        Ok(Some(staff)) if !staff.meets(need) => staff.turn_away().into_response(),
        Ok(Some(staff)) => {
            parts.extensions.insert(staff);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn find_staff(site: &Site, parts: &Parts) -> Result<Option<Staff>, Refusal> {
    if !parts.headers.contains_key(header::COOKIE) {
        return Ok(None);
    }
    let reading = Reading(site.clone());
    let forum = reading.kept_forum().await?;
    let Some(secret) = find_cookie(&parts.headers, &site.desk_cookie_name(&forum)) else { return Ok(None) };
    let changes = parts.method == Method::POST;
    if changes && !says_where_it_stood(&parts.headers) {
        return Err(Why::CrossSite.into());
    }
    let Some(row) = reading.staff(secret).await? else { return Ok(None) };
    if changes {
        Writing(site.clone()).note_session(&row).await?;
    }
    seat(&reading, parts, forum, row).await.map(Some)
}

/// Around whose desk a refused page stands; none: nobody is signed in. Nothing is noted, and nothing is let through.
pub(super) async fn find_seated(site: &Site, parts: &Parts) -> Option<Staff> {
    let reading = Reading(site.clone());
    let forum = reading.kept_forum().await.ok()?;
    let secret = find_cookie(&parts.headers, &site.desk_cookie_name(&forum))?;
    let row = reading.staff(secret).await.ok()??;
    seat(&reading, parts, forum, row).await.ok()
}

/// Who has the session, where they are.
async fn seat(reading: &Reading, parts: &Parts, forum: Arc<Forum>, row: StaffRow) -> Result<Staff, Refusal> {
    let changes = parts.method == Method::POST;
    let own = row.language.as_deref().and_then(|tag| tag.parse().ok());
    let preferred = || language_of(&parts.headers).unwrap_or(forum.settings.language);
    let here = parts.uri.path_and_query().map_or("/desk", |path| path.as_str());
    let reach = Reach::of(row.organisation);
    let groups = if reach.is_bound() { Vec::new() } else { reading.led_groups(row.account).await? };
    let mut staff = Staff {
        account: row.account,
        rights: reach.leave(&Rights::read(&row.rights)),
        reach,
        groups,
        written: Arc::default(),
        language: own.unwrap_or_else(preferred),
        session: row.session,
        has_second: row.has_second,
        proved: row.proved,
        here: if changes { "/desk" } else { own_path(here).unwrap_or("/desk") }.to_owned(),
        path: parts.uri.path().to_owned(),
        email: row.email,
        name: row.name,
        forum,
    };
    if staff.writes_for_groups_only() {
        staff.written = Arc::new(reading.items_written_by(&staff).await?);
    }
    Ok(staff)
}

/// To a page that has to be passed first, and back here from there.
fn send_to(parts: &Parts, site: &Site, first: &str) -> Response {
    let here = parts.uri.path_and_query().map_or("/desk", |path| path.as_str());
    let here = if parts.method == Method::POST { "/desk" } else { here };
    let next = encode_path(own_path(here).unwrap_or("/desk"));
    ([(header::CACHE_CONTROL, "no-store")], site.go_to(&format!("{first}?next={next}"))).into_response()
}
