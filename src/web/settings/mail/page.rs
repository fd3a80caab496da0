//! The page, before and after somebody tried.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::told::{Mark, Told};
use super::{domain_told, relay_told, rest_told};
use crate::checkup::sending::Sending;
use crate::checkup::settings::SenderFound;
use crate::checkup::trial::{Standing, Trial};
use crate::staff::Right;
use crate::web::refusal::Refusal;
use crate::web::site::{NotTried, Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// What belongs together.
#[derive(Serialize)]
struct Section {
    key: &'static str,
    title: String,
    told: Vec<Told>,
}

/// What it comes to.
#[derive(Serialize)]
struct Sum {
    /// How its note looks; empty for the plain one.
    how: &'static str,
    text: String,
    when: String,
}

#[derive(Serialize)]
struct Page {
    /// After a trial.
    sum: Option<Sum>,
    /// Why nobody was asked, though the button was pressed.
    not_tried: Option<String>,
    sections: Vec<Section>,
    /// Where a test of a letter is sent from, for who may send.
    can_test: bool,
    tester: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_mail.html";
}

/// GET: what the settings say. Nobody is asked.
pub(in crate::web::settings) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let standing = reading.mail_standing(&staff.forum).await?;
    let sending = reading.who_sends().await?;
    reading.0.desk_page(&staff, &page_of(&reading, &staff, &standing, &sending, None))
}

/// POST: asks relay, DNS and mailbox, and shows what they answered.
pub(in crate::web::settings) async fn try_out(writing: Writing, staff: Staff) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let standing = reading.mail_standing(&staff.forum).await?;
    let sending = reading.who_sends().await?;
    let words = &reading.0.words(staff.language).mail.page;
    let not_tried = match writing.try_mail(&standing, address_of(&standing)).await {
        Ok(trial) => {
            let page = page_of(&reading, &staff, &standing, &sending, Some(&trial));
            return reading.0.desk_page(&staff, &page);
        }
        Err(NotTried::Busy) => words.busy.clone(),
        Err(NotTried::TooOften) => words.too_often.clone(),
    };
    let page = page_of(&reading, &staff, &standing, &sending, None);
    let page = Page { not_tried: Some(not_tried), ..page };
    let mut response = reading.0.desk_page(&staff, &page)?;
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    Ok(response)
}

/// Whence letters come, if that can be asked about.
fn address_of(standing: &Standing) -> Option<&str> {
    match &standing.sender {
        SenderFound::NobodyReads { address } | SenderFound::Complete { address, .. } => Some(address),
        SenderFound::Unreadable { .. } | SenderFound::NotAscii { .. } | SenderFound::NoAddress => None,
    }
}

fn page_of(
    reading: &Reading,
    staff: &Staff,
    standing: &Standing,
    sending: &Sending,
    trial: Option<&Trial>,
) -> Page {
    let words = reading.0.words(staff.language);
    let own = &words.mail;
    let now = reading.0.now();
    let section = |key, title: &String, told| Section { key, title: title.clone(), told };
    let address = address_of(standing).unwrap_or_default();
    let base_url = &reading.0.config().base_url;
    let sections = vec![
        section("relay", &own.relay.title, relay_told::tell(&own.relay, standing, trial, address)),
        section("domain", &own.domain.title, domain_told::tell(&own.domain, standing, trial)),
        section("sender", &own.sender.title, rest_told::tell_sender(&own.sender, standing, base_url)),
        section("returned", &own.returned.title, rest_told::tell_returned(&own.returned, standing, trial)),
        section("sending", &own.sending.title, rest_told::tell_sending(&own.sending, sending, now)),
    ];
    Page {
        sum: trial.map(|_| Sum {
            when: fill(
                &own.page.tried,
                &[("when", &reading.0.pen(&staff.forum, staff.language).instant(now))],
            ),
            ..sum_up(words, standing, &sections)
        }),
        not_tried: None,
        sections,
        can_test: staff.may(Right::Send),
        tester: staff.email.clone(),
    }
}

/// What the worst of it comes to.
fn sum_up(words: &Words, standing: &Standing, sections: &[Section]) -> Sum {
    let own = &words.mail.page;
    let has = |mark| sections.iter().flat_map(|section| &section.told).any(|told| told.mark == mark);
    let (how, text) = match (has(Mark::Wrong), has(Mark::Look)) {
        (true, _) => ("bad", &own.sum_wrong),
        (false, _) if standing.stays_here => ("", &own.sum_local),
        (false, true) => ("", &own.sum_look),
        (false, false) => ("good", &own.sum_good),
    };
    Sum { how, text: text.clone(), when: String::new() }
}
