//! A page of plain sentences.

use serde::Serialize;

use super::templates::Content;

/// A headline, and sentences below it.
#[derive(Serialize)]
pub(super) struct Message {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}

impl Content for Message {
    const TEMPLATE: &'static str = "message.html";
}
