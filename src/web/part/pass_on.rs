//! Passing on an item that is not public: who may have it, and whom to ask. A link would open nothing for others, or
//! open in their name what is the reader's own, so there is none to copy but the one that leads to signing up.

use axum::response::Response;
use serde::Serialize;

use crate::content::{Item, Visibility};
use crate::forum::Facet;
use crate::letter::name_in_sentence;
use crate::web::item_view::ContactView;
use crate::web::received::Participant;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::words::fill;

#[derive(Serialize)]
struct PassOnPage {
    lang: &'static str,
    title: String,
    /// Who may have it.
    whom: String,
    contact: ContactView,
    /// Where a colleague signs up, with the item's first sector chosen.
    sign_up: String,
    item: String,
}

impl Content for PassOnPage {
    const TEMPLATE: &'static str = "pass_on.html";
}

/// Where one passes an item on: its public page, or the page under `base` that says who may have it.
pub(in crate::web) fn share_path(item: &Item, base: &str) -> String {
    match item.visibility {
        Visibility::Public => format!("/i/{}", item.slug),
        _ => format!("{base}/share"),
    }
}

/// GET: who may have the item; of a public one its page to share.
pub(super) async fn show(reading: Reading, who: Participant) -> Result<Response, Refusal> {
    let language = who.recipient.language;
    let words = &reading.0.words(language).part.pass_on;
    let of_group =
        |pattern: &str, group| fill(pattern, &[("group", &name_in_sentence(&who.forum, group, language))]);
    let whom = match who.item.visibility {
        Visibility::Public => return Ok(reading.0.go_to(&format!("/i/{}", who.item.slug))),
        Visibility::Forum => words.forum.clone(),
        Visibility::Group(group) => of_group(&words.group, group),
        Visibility::Only(group) => of_group(&words.only, group),
    };
    let (written_in, text) = who.item.text_for(language);
    let page = PassOnPage {
        lang: written_in.tag(),
        title: text.title.clone(),
        whom,
        contact: match &who.item.contact {
            Some(contact) => ContactView::of(contact),
            None => ContactView::of_sender(&reading.0.masthead(&who.forum)?),
        },
        sign_up: sign_up_address(&reading, &who),
        item: who.base.clone(),
    };
    who.page(&reading.0, &page)
}

fn sign_up_address(reading: &Reading, who: &Participant) -> String {
    let sector = who.item.about.iter().map(|ix| who.forum.terms.term(*ix)).find(|t| t.facet == Facet::Sector);
    let chosen = sector.map_or_else(String::new, |sector| format!("?topic={sector}"));
    format!("{}/sign-up{chosen}", reading.0.config().base_url)
}
