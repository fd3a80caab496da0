//! To be forgotten: a page that asks, a button, and the page that is the receipt. No mail: no address may remain.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::erasure::Receipt;
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Writing};
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
#[derive(Serialize)]
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

/// POST: forgets them; the answer is the receipt.
pub(super) async fn erase(
    writing: Writing,
    visitor: Visitor,
    Form(form): Form<Sure>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let masked = visitor.recipient.email.masked();
    if form.sure.is_empty() {
        return Ok(unprocessable(visitor.page(&site, &Page { masked, wrong: true, receipt: None })?));
    }
    let receipt = writing.erase(&visitor.recipient).await?;
    let (forum, language) = (&visitor.forum, visitor.recipient.language);
    let local = receipt.erased_at.with_timezone(&forum.settings.zone);
    let pen = site.pen(forum, language);
    let at = format!("{} {}", pen.locale.day(local.date_naive(), pen.today), local.format("%H:%M"));
    // Not even masked: the receipt may be kept.
    let page = Page { masked: String::new(), wrong: false, receipt: Some(write(receipt, at)) };
    let page = site.page(forum, language, &page)?;
    Ok(([(header::SET_COOKIE, site.cookie(forum, None))], page).into_response())
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
