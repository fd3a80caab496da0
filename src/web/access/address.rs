//! Another address: asked for here, confirmed from the new mailbox, told to the old one.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::rights::ADDRESS_HOURS;
use crate::forum::EmailAddress;
use crate::web::limits::MAILS_TO_ADDRESS;
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

#[derive(Serialize)]
struct Page {
    masked: String,
    email: String,
    hours: i64,
    wrong: bool,
    sent: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "address.html";
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    email: String,
}

fn page_of(visitor: &Visitor) -> Page {
    let masked = visitor.recipient.email.masked();
    Page { masked, email: String::new(), hours: ADDRESS_HOURS, wrong: false, sent: false }
}

/// GET: where to?
pub(super) async fn show(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    visitor.page(&reading.0, &page_of(&visitor))
}

/// POST: the same answer whether somebody has the address or not.
pub(super) async fn ask(
    writing: Writing,
    visitor: Visitor,
    Form(asked): Form<Asked>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let Ok(address) = asked.email.parse::<EmailAddress>() else {
        let page = Page { wrong: true, email: asked.email, ..page_of(&visitor) };
        return Ok(unprocessable(visitor.page(&site, &page)?));
    };
    let own = visitor.recipient.email.as_str();
    if site.admit(MAILS_TO_ADDRESS, address.as_str()) && site.admit(MAILS_TO_ADDRESS, own) {
        writing.ask_for_address(&visitor.recipient, &address).await?;
    }
    visitor.page(&site, &Page { sent: true, ..page_of(&visitor) })
}
