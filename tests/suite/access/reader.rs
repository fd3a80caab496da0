//! A person with a browser: it keeps cookies and says where its forms stood.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use treff::feedback::knocks::answer_knocks;
use treff::token::{Claim, Purpose};

use crate::pages::world::{Answer, Pages, now, sign};

/// A form of a page that was shown, filled in: the hidden fields of the form that goes to `action`, those aside that `form`
/// fills in itself, and `form`.
pub fn filled(page: &Answer, action: &str, form: &str) -> String {
    let of_form =
        page.body.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("{}", page.body));
    let own: Vec<&str> = form.split('&').filter_map(|field| field.split('=').next()).collect();
    let hidden = of_form.split("</form>").next().unwrap().split("<input type=\"hidden\" name=\"").skip(1);
    let mut fields: Vec<String> = hidden
        .filter_map(|input| input.split('>').next()?.trim_end_matches('"').split_once("\" value=\""))
        .filter(|(name, _)| !own.contains(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fields.push(form.to_owned());
    fields.join("&")
}

/// One browser.
pub struct Reader<'a> {
    pub pages: &'a Pages,
    pub cookie: String,
}

/// The path of the link that is the `id`-th made.
pub fn link_path(id: i64) -> String {
    format!("/d/{}", sign(Claim { purpose: Purpose::MailLink, version: 0, subject: id }))
}

impl<'a> Reader<'a> {
    /// A browser that nobody has opened anything in.
    pub fn new(pages: &'a Pages) -> Reader<'a> {
        Reader { pages, cookie: String::new() }
    }

    /// A browser in which the person of `address` opened the link that is the `link`-th made.
    pub async fn signed_in(pages: &'a Pages, address: &str, link: i64) -> Reader<'a> {
        let mut reader = Reader::new(pages);
        reader.post("/link", &format!("email={address}")).await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let opened = reader.post(&link_path(link), "").await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        reader
    }

    /// Keeps a cookie instead of an older one of its name; one that is emptied goes.
    fn keep(&mut self, cookie: &str) {
        let (name, value) = cookie.split_once('=').unwrap();
        let others =
            self.cookie.split("; ").filter(|own| own.split('=').next() != Some(name) && !own.is_empty());
        let own = Some(cookie).filter(|_| !value.is_empty());
        self.cookie = others.chain(own).collect::<Vec<_>>().join("; ");
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, "").await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.ask(Method::POST, path, form).await
    }

    /// Fills in the form of `page` that goes to `action`, as somebody does who has just opened it.
    pub async fn fill_in(&mut self, page: &str, action: &str, form: &str) -> Answer {
        let shown = self.get(page).await;
        self.post(action, &filled(&shown, action, form)).await
    }

    /// A form whose encoding is for files: its fields, and files with the field and the name of each.
    pub async fn post_parts(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--x\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend(head.as_bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--x--\r\n");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin");
        self.pages.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn ask(&mut self, method: Method, path: &str, form: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::USER_AGENT, "Mozilla/5.0 (Android 14; Mobile) Gecko/128.0 Firefox/128.0")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, &self.cookie);
        }
        let answer = self.pages.send(request.body(Body::from(form.to_owned())).unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap().split(';').next().unwrap());
        }
        answer
    }
}
