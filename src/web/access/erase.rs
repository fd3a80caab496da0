//! To be forgotten: a page that asks, a button, and the page that is the receipt. No mail: no address may remain.
//!
//! Nobody can be sent the receipt again, so for some minutes the device that asked for it, which is nobody's by then, is told
//! it again: in memory, under the hash of its cookie, with nothing of the person in it.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::erasure::Receipt;
use crate::forum::Language;
use crate::token::hash_of_secret;
use crate::web::headers::find_cookie;
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{PAGE_LASTS, Reading, Writing, name_press};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

#[derive(Serialize)]
struct Page {
    masked: String,
    /// The box was not ticked.
    wrong: bool,
    receipt: Option<Written>,
}

/// The receipt as the page tells it.
#[derive(Serialize, Deserialize)]
struct Written {
    at: String,
    rows: u64,
    letters: usize,
    files: usize,
    finished: bool,
    items: Vec<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "erase.html";
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sure {
    sure: String,
}

/// GET: what goes, what does not, and a box to tick.
pub(super) async fn ask(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    let masked = visitor.recipient.email.masked();
    visitor.page(&reading.0, &Page { masked, wrong: false, receipt: None })
}

/// POST: forgets them; the answer is the receipt, however often the same device asks.
pub(super) async fn erase(
    writing: Writing,
    visitor: Result<Visitor, Response>,
    headers: HeaderMap,
    Form(form): Form<Sure>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let forum = writing.reading().forum().await?;
    let secret = find_cookie(&headers, &site.cookie_name(&forum)).unwrap_or_default();
    let press = name_press(&["erase", &hash_of_secret(secret)]);
    let answer = match visitor {
        Ok(visitor) if form.sure.is_empty() => {
            let masked = visitor.recipient.email.masked();
            return Ok(unprocessable(visitor.page(&site, &Page { masked, wrong: true, receipt: None })?));
        }
        Ok(visitor) => {
            writing.press_once((press, PAGE_LASTS), move |writing| forget(writing, visitor)).await??
        }
        Err(away) => match writing.reading().find_answer(&press).await {
            Some(answer) => answer,
            None => return Ok(away),
        },
    };
    let (language, receipt): (Language, Written) = serde_json::from_str(&answer)?;
    // Not even masked: the receipt may be kept.
    let page = Page { masked: String::new(), wrong: false, receipt: Some(receipt) };
    let page = site.page(&forum, language, &page)?;
    Ok(([(header::SET_COOKIE, site.spent_cookie(&forum, secret))], page).into_response())
}

/// Forgets somebody: the receipt, in their language.
async fn forget(writing: Writing, visitor: Visitor) -> Result<String, Refusal> {
    let receipt = writing.erase(&visitor.recipient).await?;
    let (forum, language) = (&visitor.forum, visitor.recipient.language);
    let site = writing.reading().0;
    let at = site.pen(forum, language).instant(receipt.erased_at);
    Ok(serde_json::to_string(&(language, write(receipt, at)))?)
}

fn write(receipt: Receipt, at: String) -> Written {
    let rows = receipt.database.as_ref();
    Written {
        at,
        rows: rows.map_or(0, |rows| rows.rows_removed),
        letters: rows.map_or(0, |rows| rows.letters_emptied),
        files: receipt.files_removed,
        finished: receipt.finished,
        items: receipt.items_naming,
    }
}
