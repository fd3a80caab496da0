//! A person's own pages: what there is, which devices are open, and the way out of them.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::store::DeviceRow;
use crate::web::door::Door;
use crate::web::message::Message;
use crate::web::prefs::ProbeView;
use crate::web::recipient::way_back::WayBack;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

#[derive(Serialize)]
struct Device {
    id: i64,
    name: String,
    since: String,
    here: bool,
}

#[derive(Serialize)]
struct Page {
    masked: String,
    devices: Vec<Device>,
    unsubscribe: String,
    /// They sit for a union, and no ground is recorded for storing that.
    asks_union: bool,
    /// For who has left.
    way_back: Option<WayBack>,
    /// What their newest letter asks them.
    probe: Option<ProbeView>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "me.html";
}

/// Which device to close: `here`, `all`, or the number of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Closed {
    device: String,
}

/// GET: what there is.
pub(super) async fn show(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    let (site, recipient) = (&reading.0, &visitor.recipient);
    let words = &site.words(recipient.language).access.me;
    let pen = site.pen(&visitor.forum, recipient.language);
    let device = |row: DeviceRow| Device {
        id: row.id,
        name: if row.name.is_empty() { words.unnamed.clone() } else { row.name },
        since: pen.day(row.opened_at),
        here: row.id == visitor.device,
    };
    let devices = reading.devices(recipient.id).await?;
    let probe = match reading.newest_letter(recipient).await? {
        Some(letter) => ProbeView::beside(&reading, &letter, &Door::Device).await?,
        None => None,
    };
    let page = Page {
        masked: recipient.email.masked(),
        devices: devices.into_iter().map(device).collect(),
        asks_union: reading.unions_of(recipient.id).await?.iter().any(|row| row.ground.is_none()),
        unsubscribe: site.unsubscribe_path(recipient.id).await?,
        way_back: WayBack::of(&reading, recipient).await?,
        probe,
    };
    visitor.page(site, &page)
}

/// POST: closes this device, another one, or all of them. Who is signed out already is shown out: the button was pressed
/// twice.
pub(super) async fn sign_out(
    writing: Writing,
    visitor: Option<Visitor>,
    Form(closed): Form<Closed>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let Some(visitor) = visitor else { return Ok(reading.0.go_to("/")) };
    let one = match closed.device.as_str() {
        "all" => None,
        "here" => Some(visitor.device),
        number => Some(number.parse().map_err(|_| Refusal::from(Why::BadForm))?),
    };
    writing.close_devices(visitor.recipient.id, one).await?;
    if one.is_some_and(|id| id != visitor.device) {
        return show(reading, visitor).await;
    }
    let language = visitor.recipient.language;
    let words = &reading.0.words(language).access.me;
    let lines = vec![if one.is_none() { words.out_all.clone() } else { words.out_line.clone() }];
    let page = Message { title: words.out.clone(), lines };
    let page = reading.0.page(&visitor.forum, language, &page)?;
    Ok(([(header::SET_COOKIE, reading.0.cookie(&visitor.forum, None))], page).into_response())
}
