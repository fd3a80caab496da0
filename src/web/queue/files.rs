//! A form as it comes from a browser: fields, and files if some were chosen; and what is pasted from elsewhere.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::content::markdown;
use crate::intake::attachment::read_attachment;
use crate::intake::item_form::ItemForm;
use crate::store::NewAttachment;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Site, Writing};
use crate::web::staff::Staff;

/// What a form held.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pairs: Vec<(String, String)>,
    /// Files that were chosen; those that cannot be attached are missing.
    pub(super) files: Vec<NewAttachment>,
    /// Some file cannot be attached.
    pub(super) refused: bool,
}

impl Filled {
    /// The last value of a field; empty if it is not there.
    pub(super) fn value(&self, name: &str) -> &str {
        self.pairs.iter().rev().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    }

    /// The item's own fields.
    pub(super) fn form(&self) -> ItemForm {
        ItemForm::of(self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

impl FromRequest<Site> for Filled {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Self::Rejection> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media_type.is_some_and(|media_type| media_type.starts_with("multipart/form-data")) {
            let Form(pairs) =
                Form::from_request(request, site).await.map_err(|_| Refusal::from(Why::BadForm))?;
            return Ok(Filled { pairs, ..Filled::default() });
        }
        let parts = Multipart::from_request(request, site).await.map_err(|_| Refusal::from(Why::BadForm))?;
        read_parts(parts).await
    }
}

async fn read_parts(mut parts: Multipart) -> Result<Filled, Refusal> {
    let mut filled = Filled::default();
    while let Some(part) = parts.next_field().await.map_err(|_| Refusal::from(Why::TooLarge))? {
        let (name, file) = (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
        let bytes = part.bytes().await.map_err(|_| Refusal::from(Why::TooLarge))?;
        match file {
            None => filled.pairs.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            Some(_) if bytes.is_empty() => {}
            Some(file) => match read_attachment(&file, bytes.to_vec()) {
                Ok(file) => filled.files.push(file),
                Err(_) => filled.refused = true,
            },
        }
    }
    Ok(filled)
}

/// What stood on the clipboard.
#[derive(Debug, Deserialize)]
pub(super) struct Pasted {
    html: String,
}

/// POST: what was pasted, as Markdown. Nothing is kept.
pub(super) async fn paste(_: Writing, staff: Staff, Form(pasted): Form<Pasted>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_LANGUAGE, staff.language.tag()),
    ];
    (headers, markdown::from_html(&pasted.html)).into_response()
}
