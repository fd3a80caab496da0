//! A short mail outside editions: a link that was asked for, a confirmation, a reminder. Whoever tries the demo finds here
//! what their own mail program would show.

use axum::response::Response;
use serde::Serialize;

use super::letter::framed;
use super::scene::Nav;
use crate::web::mailbox::Mail;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;
use crate::web::templates::Content;

/// The newest short mails that the inbox lists.
const MOST_NOTES: usize = 20;

/// A short mail in the list.
#[derive(Serialize)]
pub(super) struct NoteLine {
    id: i64,
    to: String,
    subject: String,
}

/// The newest of them.
pub(super) fn list_notes(reading: &Reading) -> Vec<NoteLine> {
    let notes = reading.0.mailbox().notes(MOST_NOTES).into_iter();
    notes.map(|(id, mail)| NoteLine { id, to: mail.to, subject: mail.subject }).collect()
}

#[derive(Serialize)]
struct Page {
    nav: Nav,
    subject: String,
    to: String,
    when: Option<String>,
    frame: String,
    text: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "inbox_note.html";
}

/// GET: as a mail program shows it, and its text part.
pub(super) async fn show(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = forum.settings.language;
    let Mail { to, dated_at, subject, text, .. } = reading.0.mailbox().find_note(id).ok_or(Why::NotFound)?;
    let page = Page {
        nav: Nav::Letters,
        when: dated_at.map(|at| reading.0.pen(&forum, language).instant(at)),
        frame: format!("/inbox/note/{id}/frame"),
        subject,
        to,
        text,
    };
    reading.0.page(&forum, language, &page)
}

/// GET: its HTML part alone, for the frame.
pub(super) async fn show_frame(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    Ok(framed(reading.0.mailbox().find_note(id).ok_or(Why::NotFound)?))
}
