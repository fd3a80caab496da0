//! What link scanners, prefetchers and previews do to a letter: they ask for every link, again and again.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use tower::ServiceExt as _;
use treff::app::App;
use treff::config::Overrides;

use super::markup::list_elements;
use crate::browser::demo::{Demo, Letter};
use crate::dump::{dump_database, tell_difference};

/// How a scanner, a browser that looks ahead, a mail program and a proxy ask.
const MANNERS: [&[(&str, &str)]; 8] = [
    &[],
    &[("user-agent", "Mozilla/5.0 (compatible; SafeLinks scanner)"), ("accept", "*/*")],
    &[("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("sec-fetch-mode", "navigate")],
    &[("x-http-method-override", "POST"), ("x-method-override", "POST"), ("x-http-method", "DELETE")],
    &[("content-type", "application/x-www-form-urlencoded"), ("list-unsubscribe", "One-Click")],
    &[("range", "bytes=0-1"), ("if-none-match", "*"), ("if-modified-since", "Sat, 28 Nov 2026 08:00:00 GMT")],
    &[("cookie", "device=x; __Host-device=y"), ("origin", "null"), ("sec-fetch-site", "none")],
    &[
        ("accept-language", "xx;q=2,,;,nn"),
        ("x-forwarded-for", "127.0.0.1"),
        ("referer", "https://mail.example/"),
    ],
];

/// The paths below `base` that stand in a text.
fn list_paths(text: &str, base: &str) -> BTreeSet<String> {
    let ends = |c: char| c.is_whitespace() || "\"'<>)".contains(c);
    let after = text.split(base).skip(1).map(|rest| rest.split(ends).next().unwrap_or_default());
    after.filter(|path| path.starts_with('/')).map(|path| path.replace("&amp;", "&")).collect()
}

/// Where the links and forms of a page lead.
fn list_ways(html: &str) -> BTreeSet<String> {
    let of = |e: &super::markup::Element| {
        ["href", "src", "action"].iter().find_map(|a| e.attribute(a)).map(str::to_owned)
    };
    let ways = list_elements(html).iter().filter_map(of).collect::<Vec<_>>();
    let own = ways.into_iter().filter(|way| way.starts_with('/') && !way.starts_with("//"));
    own.map(|way| way.split('#').next().unwrap_or_default().to_owned()).collect()
}

async fn ask(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Body::from("List-Unsubscribe=One-Click&reason=0");
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    assert!(response.headers().get("set-cookie").is_none(), "{path} sets a cookie");
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

/// The letter with most links in each language.
fn pick_letters(mut letters: Vec<Letter>) -> Vec<Letter> {
    letters.sort_by_key(|letter| std::cmp::Reverse(letter.html.matches("href=").count()));
    let of = |language: &str, all: &mut Vec<Letter>| {
        let at = all
            .iter()
            .position(|l| l.html.contains(&format!("<html lang=\"{language}\"")))
            .expect("a letter");
        all.remove(at)
    };
    ["nb", "nn", "en"].map(|language| of(language, &mut letters)).into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests_on_every_link_of_a_letter_change_nothing() {
    let mut demo = Demo::start();
    demo.wait_for("forty letters", 20, |demo| demo.count_letters() >= 40);
    let (base, letters) = (demo.address(""), pick_letters(demo.list_letters()));
    let (status, folder) = demo.stop();
    assert!(status.success());
    let url = format!("sqlite://{}", folder.path().join("treff.db").display());
    let settings =
        Overrides { base_url: Some(base.clone()), database_url: Some(url.clone()), ..Overrides::default() };
    let app = App::open(&folder.path().join("treff.toml"), settings).await.unwrap();
    let router = treff::web::routes(&app).await.unwrap();

    let mut paths: BTreeSet<String> = BTreeSet::new();
    for letter in &letters {
        let own = list_paths(&(letter.html.clone() + &letter.text + &letter.head), &base);
        assert!(own.len() > 12, "a letter has many links: {own:?}");
        paths.extend(own);
    }
    // And what the pages behind them link to, with the addresses of their forms.
    for path in paths.clone() {
        let (_, html) = ask(&router, Method::GET, &path, &[]).await;
        paths.extend(list_ways(&html));
    }
    let before = dump_database(&url).await;
    let paths: Vec<String> = paths.into_iter().collect();
    let rounds = 10_000_usize.div_ceil(paths.len() * 2);
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..2 {
        let (router, paths) = (router.clone(), paths.clone());
        workers.spawn(async move {
            let mut asked = 0;
            for round in (worker..rounds).step_by(2) {
                for (n, path) in paths.iter().enumerate() {
                    for method in [Method::GET, Method::HEAD] {
                        let (status, _) =
                            ask(&router, method, path, MANNERS[(round + n) % MANNERS.len()]).await;
                        assert!(status < 500, "{path}: {status}");
                        asked += 1;
                    }
                }
            }
            asked
        });
    }
    let asked: usize = workers.join_all().await.into_iter().sum();
    assert!(asked >= 10_000, "{asked}");
    let after = dump_database(&url).await;
    assert!(before == after, "{asked} requests changed something:\n{}", tell_difference(&before, &after));
}
