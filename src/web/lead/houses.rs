//! Coming in by the word of another house: there and back again (OpenID Connect).
//!
//! A button starts it (POST), since what the browser is on its way for is written down; the page that answers leads on by
//! itself. It is no redirect: browsers hold a form's redirects, all of them, to the policy's `form-action`, and a house leads
//! on to others whose names nobody here knows. What comes back is a GET, which changes nothing: its button brings the
//! answer, and pressing it uses the errand up. Both need the cookie of the browser that began.

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::sign_in::Way;
use crate::feedback::doors::own_path;
use crate::forum::{Forum, Language};
use crate::ids::AccountId;
use crate::oidc::{Answer, Errand, House, HouseError, Refused, Vouched};
use crate::store::ErrandRow;
use crate::web::headers::{find_cookie, name_of_browser, preferred_language, says_where_it_stood};
use crate::web::limits::{ASKED_BY_CLIENT, Client};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::scripted::let_script_run;
use crate::web::site::{Reading, Site, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;

/// What goes wrong on the way, as somebody is told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Trouble {
    /// The errand is used, too old, or another browser's.
    Spent,
    /// They, or the house, said no.
    Denied,
    /// The house does not answer as it should, or not so that it can be believed.
    Busy,
    /// The operator has to mend something.
    Misconfigured,
    /// There is no account that its word opens.
    Unknown,
    /// One of the two is tied to another.
    Taken,
}

#[derive(Serialize)]
struct Page<'a> {
    house: &'a str,
    /// Where the browser goes.
    away: Option<String>,
    /// What it brought back.
    back: Option<Back<'a>>,
    trouble: Option<Trouble>,
    /// An account is to be tied.
    ties: bool,
}

#[derive(Serialize)]
struct Back<'a> {
    slug: &'a str,
    answer: &'a Answer,
}

impl Content for Page<'_> {
    const TEMPLATE: &'static str = "desk_house.html";
}

/// Which house an account is to be tied to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wished {
    house: String,
}

/// Which tie goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Untied {
    tie: i64,
}

/// A house, and to whom pages about it speak.
struct Talk<'a> {
    site: &'a Site,
    forum: &'a Forum,
    language: Language,
    house: &'a House,
    /// They are signed in, and tie their account.
    ties: bool,
}

impl<'a> Talk<'a> {
    fn page(&self) -> Page<'a> {
        let house = &self.house.settings().name;
        Page { house, away: None, back: None, trouble: None, ties: self.ties }
    }

    fn show(&self, page: &Page<'_>) -> Result<Response, Refusal> {
        self.site.page(self.forum, self.language, page)
    }

    fn tell(&self, trouble: Trouble) -> Result<Response, Refusal> {
        let mut response = self.show(&Page { trouble: Some(trouble), ..self.page() })?;
        *response.status_mut() = match trouble {
            Trouble::Spent => StatusCode::GONE,
            Trouble::Denied | Trouble::Unknown => StatusCode::FORBIDDEN,
            Trouble::Busy | Trouble::Misconfigured => StatusCode::BAD_GATEWAY,
            Trouble::Taken => StatusCode::CONFLICT,
        };
        Ok(response)
    }

    /// What the operator reads stands in the log; it names no person.
    fn tell_failed(&self, error: &HouseError) -> Result<Response, Refusal> {
        tracing::warn!(house = self.house.settings().slug, error = %error, "a sign-in by another house failed");
        self.tell(Trouble::Busy)
    }
}

/// POST: to a house and back, to come in.
pub(super) async fn begin(
    writing: Writing,
    Client(client): Client,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Form(way): Form<Way>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let forum = writing.reading().forum().await?;
    let language = preferred_language(&headers, &forum);
    let house = site.house(&slug)?;
    site.hold_to(ASKED_BY_CLIENT, &client, language)?;
    let talk = Talk { site: &site, forum: &forum, language, house, ties: false };
    send_away(&writing, &talk, None, own_path(&way.next).unwrap_or_default()).await
}

/// POST: to a house and back, so that it opens one's own account from now on.
pub(super) async fn begin_tie(
    writing: Writing,
    staff: Staff,
    Form(wished): Form<Wished>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let house = site.house(&wished.house)?;
    let talk = Talk { site: &site, forum: &staff.forum, language: staff.language, house, ties: true };
    send_away(&writing, &talk, Some(staff.account), "/desk/account").await
}

async fn send_away(
    writing: &Writing,
    talk: &Talk<'_>,
    account: Option<AccountId>,
    next: &str,
) -> Result<Response, Refusal> {
    let (secret, address) = match writing.begin_errand(talk.house, account, next).await? {
        Ok(begun) => begun,
        Err(error) => return talk.tell_failed(&error),
    };
    let onward = HeaderValue::from_str(&format!("0; url={address}")).map_err(|e| Refusal::broken(&e))?;
    let cookie = talk.site.errand_cookie(talk.forum, Some(&secret));
    let page = talk.show(&Page { away: Some(address), ..talk.page() })?;
    Ok(([(header::REFRESH, onward)], [(header::SET_COOKIE, cookie)], page).into_response())
}

/// GET: what a house sends back. A page with one button; nothing is changed yet.
pub(super) async fn show(
    reading: Reading,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let house = reading.0.house(&slug)?;
    let talk = Talk { site: &reading.0, forum: &forum, language, house, ties: false };
    if let Some(refused) = answer.refused() {
        return talk.tell(trouble_of(refused));
    }
    let row = match reading.0.errand_of(&forum, &headers, &answer).filter(|_| answer.is_whole()) {
        Some(errand) => reading.errand(&errand, house).await?,
        None => None,
    };
    let Some(row) = row else { return tell_spent(&reading, &talk, &headers, &answer).await };
    let talk = Talk { ties: row.account.is_some(), ..talk };
    let back = Some(Back { slug: &slug, answer: &answer });
    let page = talk.show(&Page { back, ..talk.page() })?;
    // It runs one script of ours, which presses the button.
    Ok(let_script_run(page))
}

fn trouble_of(refused: Refused) -> Trouble {
    match refused {
        Refused::Denied => Trouble::Denied,
        Refused::Busy => Trouble::Busy,
        Refused::Misconfigured => Trouble::Misconfigured,
    }
}

/// POST: uses the errand up, asks the house, and lets in or ties.
pub(super) async fn finish(
    writing: Writing,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Result<Response, Refusal> {
    if !says_where_it_stood(&headers) {
        return Err(Why::CrossSite.into());
    }
    let reading = writing.reading();
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let house = reading.0.house(&slug)?;
    let talk = Talk { site: &reading.0, forum: &forum, language, house, ties: false };
    let ended = match reading.0.errand_of(&forum, &headers, &answer).filter(|_| answer.is_whole()) {
        Some(errand) => writing.end_errand(&errand, house).await?.map(|row| (errand, row)),
        None => None,
    };
    let Some((errand, row)) = ended else { return tell_spent(&reading, &talk, &headers, &answer).await };
    let talk = Talk { ties: row.account.is_some(), ..talk };
    match find_vouched(&writing, &talk, &errand, &answer).await? {
        Ok(vouched) => come_back(&writing, &talk, &headers, (&errand, &row), &vouched).await,
        Err(error) => talk.tell_failed(&error),
    }
}

/// That an answer was used; who used it in this very browser is led on once more. Nothing is changed by it.
async fn tell_spent(
    reading: &Reading,
    talk: &Talk<'_>,
    headers: &HeaderMap,
    answer: &Answer,
) -> Result<Response, Refusal> {
    let session = find_cookie(headers, &talk.site.desk_cookie_name(talk.forum));
    match reading.led_to(talk.house, session, answer).await? {
        Some(next) => Ok(talk.site.go_to(own_path(&next).unwrap_or("/desk"))),
        None => talk.tell(Trouble::Spent),
    }
}

/// What the house says; that it is not to be believed stands in the log of the desk, too.
async fn find_vouched(
    writing: &Writing,
    talk: &Talk<'_>,
    errand: &Errand,
    answer: &Answer,
) -> Result<Result<Vouched, HouseError>, Refusal> {
    let vouched = talk.house.finish(errand, answer, talk.site.now()).await;
    if vouched.is_err() {
        writing.note_refused(talk.house, "not_believed").await?;
    }
    Ok(vouched)
}

async fn come_back(
    writing: &Writing,
    talk: &Talk<'_>,
    headers: &HeaderMap,
    (errand, row): (&Errand, &ErrandRow),
    vouched: &Vouched,
) -> Result<Response, Refusal> {
    let Some(account) = row.account else {
        return come_in(writing, talk, headers, (errand, row), vouched).await;
    };
    let secret = find_cookie(headers, &talk.site.desk_cookie_name(talk.forum));
    let staff = match secret {
        Some(secret) => writing.reading().staff(secret).await?.map(|staff| (secret, staff)),
        None => None,
    };
    // Who began is still signed in here: nobody ties another's account.
    let Some((secret, _)) = staff.filter(|(_, staff)| staff.account == account) else {
        return talk.tell(Trouble::Spent);
    };
    if !writing.tie(account, vouched).await? {
        return talk.tell(Trouble::Taken);
    }
    writing.note_led(talk.house, (errand, secret), &row.next).await?;
    Ok(lead_on(talk, &row.next, None))
}

async fn come_in(
    writing: &Writing,
    talk: &Talk<'_>,
    headers: &HeaderMap,
    (errand, row): (&Errand, &ErrandRow),
    vouched: &Vouched,
) -> Result<Response, Refusal> {
    match writing.sign_in_vouched(vouched, &name_of_browser(headers)).await? {
        Ok(secret) => {
            writing.note_led(talk.house, (errand, &secret), &row.next).await?;
            Ok(lead_on(talk, &row.next, Some(&secret)))
        }
        Err(unwelcome) => {
            writing.note_refused(talk.house, unwelcome.word()).await?;
            talk.tell(Trouble::Unknown)
        }
    }
}

/// To the page that they wanted; the errand's cookie goes.
fn lead_on(talk: &Talk<'_>, next: &str, session: Option<&str>) -> Response {
    let session = session.map(|secret| talk.site.desk_cookie(talk.forum, Some(secret)));
    let cookies = session.into_iter().chain([talk.site.errand_cookie(talk.forum, None)]);
    let cookies: Vec<_> = cookies.map(|cookie| (header::SET_COOKIE, cookie)).collect();
    (AppendHeaders(cookies), talk.site.go_to(own_path(next).unwrap_or("/desk"))).into_response()
}

/// POST: a house opens one's own account no more.
pub(super) async fn untie(
    writing: Writing,
    staff: Staff,
    Form(untied): Form<Untied>,
) -> Result<Response, Refusal> {
    if !writing.untie(&staff, untied.tie).await? {
        return Err(staff.nothing_there());
    }
    Ok(writing.reading().0.go_to("/desk/account"))
}
