//! What was typed into a form that its sender may not send, or not any more: nothing is done, and the answer holds what
//! came, so that one press sends it again once that is put right. It shows nobody more than they sent themselves.
//!
//! A form with a secret in it is never held, nor one that does not say that it stood on a page of ours: else another site
//! could have somebody press our button under what it filled in itself.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::Serialize;

use super::headers::{language_of, says_where_it_stood};
use super::leaving::leads_away;
use super::passing_over::pass_over_files;
use super::paths::is_own;
use super::queue::LARGEST_FORM;
use super::refusal::{Refusal, Why};
use super::site::Site;
use super::staff::Staff;
use super::templates::Content;
use super::words::Error as Words;

/// No more text is held, in bytes.
const MOST_TYPED: usize = 512 * 1024;
/// No more fields are held: the preferences of a forum with hundreds of topics fit.
const MOST_FIELDS: usize = 2000;
/// No longer is the name of a field, in bytes.
const LONGEST_NAME: usize = 200;
/// No more is kept of a form in parts, in bytes: its text, and the heads of its parts. Anybody could send it, and a file may
/// claim to be the name of one.
const MOST_KEPT: usize = 2 * MOST_TYPED;
/// Fields that hold secrets.
const SECRETS: [&str; 2] = ["password", "code"];

/// Where readers ask for a link.
const READERS_DOOR: &str = "/link?next=/me";

/// A field as it came.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Pair {
    name: String,
    value: String,
}

/// A form as it came, but for its files.
#[derive(Debug, Serialize)]
struct Typed {
    /// Where it goes.
    action: String,
    /// Its encoding is for files.
    in_parts: bool,
    fields: Vec<Pair>,
    /// The fields whose files have to be chosen again, one for each file.
    files: Vec<String>,
    /// What is worth reading of it.
    texts: Vec<String>,
    /// The same address may take it later.
    again: bool,
}

/// The page.
#[derive(Serialize)]
struct Held {
    title: String,
    lines: Vec<String>,
    /// Where to sign in.
    door: Option<String>,
    typed: Option<Typed>,
}

impl Content for Held {
    const TEMPLATE: &'static str = "held.html";
}

/// The same among the ways of the desk, to who is signed in there.
#[derive(Serialize)]
#[serde(transparent)]
struct HeldAtDesk(Held);

impl Content for HeldAtDesk {
    const TEMPLATE: &'static str = "desk_held.html";
}

/// Who may not send a form.
pub(super) enum Barred<'a> {
    /// Who first has to pass that door.
    Outside(String),
    /// Who works at the desk and has not the right.
    Within(&'a Staff),
}

/// Refuses a form and holds what was typed into it.
pub(super) async fn hold(
    site: &Site,
    (parts, body): (&Parts, Body),
    refusal: Refusal,
    barred: Barred<'_>,
) -> Response {
    let Some(forum) = site.find_forum().await else { return refusal.into_response() };
    let size = body.size_hint().lower();
    let typed = if size > LARGEST_FORM as u64 { None } else { read_typed(site, parts, body).await };
    let is_too_large = typed.is_none() && size > MOST_TYPED as u64;
    let is_gone = refusal.why == Why::Gone;
    let typed = typed.filter(|typed| !(is_gone && typed.texts.is_empty()));
    if is_gone && typed.is_none() {
        return refusal.into_response();
    }
    let typed = typed.map(|typed| Typed { again: !is_gone, ..typed });
    let language = refusal.language.or_else(|| language_of(&parts.headers));
    let language = language.unwrap_or(forum.settings.language);
    let words = &site.words(language).error;
    let mut lines = tell(words, &refusal.why, typed.is_some());
    let has_files = typed.as_ref().is_some_and(|typed| typed.again && !typed.files.is_empty());
    lines.extend(has_files.then(|| words.files_again.clone()));
    if is_too_large {
        lines.insert(lines.len().min(1), words.not_held.clone());
    }
    let title = refusal.why.told(words).0;
    let shown = match barred {
        Barred::Outside(door) => site.page(&forum, language, &Held { title, lines, door: Some(door), typed }),
        Barred::Within(staff) => site.desk_page(staff, &HeldAtDesk(Held { title, lines, door: None, typed })),
    };
    match shown {
        Ok(page) => (refusal.why.status(), page).into_response(),
        Err(broken) => broken.into_response(),
    }
}

/// What is said: why, that nothing was done, and what to do now.
fn tell(words: &Words, why: &Why, is_held: bool) -> Vec<String> {
    let is_outside = matches!(why, Why::SignedOut | Why::Unproved);
    let mut lines = if is_outside { vec![words.nothing_done.clone()] } else { why.told(words).1 };
    lines.extend((!is_outside).then(|| words.nothing_done.clone()));
    lines.extend(match (is_outside, is_held) {
        (false, true) if *why == Why::Gone => Some(words.held_copy.clone()),
        (true, true) => Some(words.held.clone()),
        (true, false) => Some(words.try_again.clone()),
        (false, true) => Some(words.held_apart.clone()),
        (false, false) => None,
    });
    lines
}

/// Refuses the forms of readers whom nobody knows any more, and holds what was typed into them; where the link of the letter
/// was closed it can only be copied.
pub(super) async fn hold_for_readers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_letter = path.starts_with("/l/");
    if request.method() != Method::POST || !(is_letter || is_own(path)) {
        return next.run(request).await;
    }
    let barring = if is_letter { Why::Gone } else { Why::SignedOut };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_TYPED).await else {
        return Refusal::from(Why::TooLarge).into_response();
    };
    let answer = next.run(Request::from_parts(parts.clone(), Body::from(body.clone()))).await;
    let barred = answer.extensions().get::<Refusal>().filter(|refusal| refusal.why == barring).cloned();
    match barred {
        Some(refusal) => {
            hold(&site, (&parts, Body::from(body)), refusal, Barred::Outside(READERS_DOOR.to_owned())).await
        }
        None => answer,
    }
}

/// The form, if it may be held.
async fn read_typed(site: &Site, parts: &Parts, body: Body) -> Option<Typed> {
    if !says_where_it_stood(&parts.headers) || leads_away(parts.uri.path()) {
        return None;
    }
    let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let of_parts = media_type.filter(|media_type| media_type.starts_with("multipart/form-data"));
    let (in_parts, body) = match of_parts {
        Some(of_parts) => {
            let most = (LARGEST_FORM, MOST_KEPT);
            (true, Body::from(pass_over_files(body, find_boundary(of_parts)?, most).await?))
        }
        None => (false, body),
    };
    let mut request = Request::from_parts(parts.clone(), body);
    DefaultBodyLimit::max(if in_parts { MOST_KEPT } else { MOST_TYPED }).apply(&mut request);
    let (fields, files) = if in_parts {
        read_parts(Multipart::from_request(request, site).await.ok()?).await?
    } else {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, site).await.ok()?;
        (pairs.into_iter().map(|(name, value)| Pair { name, value }).collect(), Vec::new())
    };
    let action = parts.uri.path_and_query()?.as_str().to_owned();
    may_be_held(&fields).then(|| Typed {
        action,
        in_parts,
        texts: list_texts(&fields),
        fields,
        files,
        again: true,
    })
}

/// What stands between the parts of a form, by its media type (RFC 2046, section 5.1.1).
fn find_boundary(media_type: &str) -> Option<&str> {
    let parameters = media_type.split(';').map(str::trim);
    let mut boundaries = parameters.filter_map(|parameter| parameter.strip_prefix("boundary="));
    boundaries.next().map(|boundary| boundary.trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

/// Its fields, and the fields of its files.
async fn read_parts(mut parts: Multipart) -> Option<(Vec<Pair>, Vec<String>)> {
    let (mut fields, mut files, mut left) = (Vec::new(), Vec::new(), MOST_TYPED);
    while let Some(mut part) = parts.next_field().await.ok()? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::len);
        left = left.checked_sub(name.len() + file.unwrap_or_default())?;
        if name.len() > LONGEST_NAME {
            return None;
        }
        if file.is_some() {
            let is_chosen = part.chunk().await.ok()?.is_some_and(|chunk| !chunk.is_empty());
            files.extend(is_chosen.then_some(name));
        } else {
            let value = read_text(&mut part, &mut left).await?;
            fields.push(Pair { name, value });
        }
        if fields.len() + files.len() > MOST_FIELDS {
            return None;
        }
    }
    Some((fields, files))
}

async fn read_text(part: &mut Field<'_>, left: &mut usize) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.ok()? {
        *left = left.checked_sub(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).ok()
}

/// Whether there is something to hold, and nothing that must not be.
fn may_be_held(fields: &[Pair]) -> bool {
    let is_barred = |pair: &Pair| SECRETS.contains(&pair.name.as_str()) || pair.name.len() > LONGEST_NAME;
    (1..=MOST_FIELDS).contains(&fields.len()) && !fields.iter().any(is_barred)
}

/// Whatever is more than a word.
fn list_texts(fields: &[Pair]) -> Vec<String> {
    let texts = fields.iter().map(|pair| pair.value.trim());
    texts.filter(|text| text.contains(char::is_whitespace)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> Pair {
        Pair { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_form_with_a_secret_in_it_is_not_held() {
        assert!(may_be_held(&[pair("title", "Et kurs")]));
        assert!(!may_be_held(&[]), "there is nothing to hold");
        assert!(!may_be_held(&[pair("next", "/desk"), pair("password", "riktig hest batteri")]));
        assert!(!may_be_held(&[pair("code", "123456")]));
        let many: Vec<Pair> = (0..=MOST_FIELDS).map(|n| pair("follow", &n.to_string())).collect();
        assert!(!may_be_held(&many));
        assert!(!may_be_held(&[pair(&"n".repeat(LONGEST_NAME + 1), "x")]));
    }

    /// What is held of a form of one text whose part has that head.
    async fn read_one(head: &str, text: &str) -> Option<(Vec<Pair>, Vec<String>)> {
        let body = format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{text}\r\n--x--\r\n");
        let request = axum::http::Request::post("/");
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let mut request = request.body(Body::from(body)).unwrap();
        DefaultBodyLimit::max(LARGEST_FORM).apply(&mut request);
        read_parts(Multipart::from_request(request, &()).await.unwrap()).await
    }

    #[tokio::test]
    async fn names_of_fields_and_files_count_as_what_was_typed() {
        let held = (vec![pair("title", "Et kurs")], Vec::new());
        assert_eq!(read_one("name=\"title\"", "Et kurs").await, Some(held));
        let long = "n".repeat(LONGEST_NAME + 1);
        assert_eq!(read_one(&format!("name=\"{long}\""), "Et kurs").await, None);
        assert_eq!(read_one(&format!("name=\"{long}\"; filename=\"a\""), "%PDF").await, None);
        let endless = "n".repeat(MOST_TYPED);
        assert_eq!(read_one(&format!("name=\"file\"; filename=\"{endless}\""), "%PDF").await, None);
    }

    #[test]
    fn what_is_more_than_a_word_is_worth_reading() {
        let fields =
            [pair("do", "save"), pair("title", "Et kurs"), pair("body", "\r\n"), pair("day", "2026-12-01")];
        assert_eq!(list_texts(&fields), ["Et kurs"]);
    }

    /// What a page marks as a secret is known as one here.
    #[test]
    fn every_secret_of_a_page_is_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/page");
        let mut found = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "html") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for input in text.split("<input ").skip(1).filter_map(|rest| rest.split('>').next()) {
                if input.contains("type=\"password\"") || input.contains("one-time-code") {
                    found += 1;
                    let is_known = SECRETS.iter().any(|name| input.contains(&format!("name=\"{name}\"")));
                    assert!(is_known, "{}: {input}", path.display());
                }
            }
        }
        assert!(found >= 4, "{found}");
    }
}
