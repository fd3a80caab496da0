//! Links are looked at carefully: a scripted web server on this machine tells what was asked.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use treff::delivery::trusting;
use treff::intake::link::address::is_public;
use treff::intake::link::{Fetcher, Found, LinkError};

/// A server that answers each path as it is told, and remembers what was asked.
struct Web {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Web {
    async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Web {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (told, answer) = (asked.clone(), Arc::new(answer));
        let task = tokio::spawn(async move {
            loop {
                let Ok((mut socket, _)) = listener.accept().await else { return };
                let (told, answer) = (told.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut text = Vec::new();
                    while !text.ends_with(b"\r\n\r\n") {
                        if socket.read_buf(&mut text).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    let text = String::from_utf8_lossy(&text).into_owned();
                    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                    told.lock().unwrap().push(text);
                    let _ = socket.write_all(&answer(&path)).await;
                });
            }
        });
        Web { address, asked, task }
    }

    fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn answer(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn page(body: &str) -> Vec<u8> {
    answer("200 OK\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: a=b", body)
}

fn to(place: &str) -> Vec<u8> {
    answer(&format!("302 Found\r\nSet-Cookie: spor=1\r\nLocation: {place}"), "")
}

fn fetcher(admits: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Fetcher {
    Fetcher::new(&trusting(None).unwrap(), admits).unwrap()
}

fn anywhere() -> Fetcher {
    fetcher(|_| true)
}

#[tokio::test]
async fn a_page_tells_its_title_and_summary_across_a_redirect_and_no_cookie_is_carried() {
    let web = Web::start(|path| match path {
        "/gammel" => to("/ny"),
        _ => page("<title>Fagbrev på nattvakt</title><meta name=description content='Åtte fikk det til.'>"),
    })
    .await;
    let found = anywhere().find(&web.at("/gammel")).await.unwrap();
    let expected = Found {
        title: Some("Fagbrev på nattvakt".into()),
        description: Some("Åtte fikk det til.".into()),
        walled: false,
    };
    assert_eq!(found, expected);
    let asked = web.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|text| !text.to_lowercase().contains("cookie:")), "{asked:?}");
}

#[tokio::test]
async fn nothing_inside_is_asked_whether_named_directly_or_by_a_redirect_or_by_name() {
    let inside = Web::start(|_| page("<title>Hemmelig</title>")).await;
    let careful = fetcher(is_public);
    for link in [inside.at("/"), format!("http://localhost:{}/", inside.address.port())] {
        assert_eq!(careful.find(&link).await, Err(LinkError::NotPublic), "{link}");
    }
    let place = format!("http://127.0.0.1:{}/", inside.address.port());
    let outside = Web::start(move |_| to(&place)).await;
    // The first server stands for one that is public, the second for one that is not: told apart by the address.
    let outer = format!("http://[::ffff:127.0.0.1]:{}/", outside.address.port());
    let only_mapped = fetcher(|address| address.is_ipv6());
    assert_eq!(only_mapped.find(&outer).await, Err(LinkError::NotPublic));
    assert_eq!((inside.asked(), outside.asked()), (0, 1));
}

#[tokio::test]
async fn what_asks_for_a_login_is_told() {
    let web = Web::start(|path| match path {
        "/401" => answer("401 Unauthorized", ""),
        "/403" => answer("403 Forbidden", ""),
        "/deling" => to("https://login.microsoftonline.com/common/oauth2/authorize"),
        _ => page("<title>Intranett</title><form><input type=password></form>"),
    })
    .await;
    for path in ["/401", "/403", "/deling", "/skjema"] {
        assert!(anywhere().find(&web.at(path)).await.unwrap().walled, "{path}");
    }
}

#[tokio::test]
async fn what_is_no_page_says_so() {
    let web = Web::start(|path| match path {
        "/borte" => answer("404 Not Found\r\nContent-Type: text/html", "<title>Fant ikke</title>"),
        "/fil.pdf" => answer("200 OK\r\nContent-Type: application/pdf", "%PDF-1.7"),
        "/nede" => answer("503 Service Unavailable", ""),
        "/ring" => to("/ring"),
        _ => Vec::new(),
    })
    .await;
    let find = async |path: &str| anywhere().find(&web.at(path)).await;
    assert_eq!(find("/borte").await, Err(LinkError::Missing));
    assert_eq!(find("/fil.pdf").await, Err(LinkError::NoHtml));
    assert_eq!(find("/nede").await, Err(LinkError::Unreachable));
    assert_eq!(find("/tomt").await, Err(LinkError::Unreachable));
    let before = web.asked();
    assert_eq!(find("/ring").await, Err(LinkError::Unreachable));
    assert_eq!(web.asked() - before, 4, "the link and three redirects");
    for link in
        ["ftp://a.example/", "file:///etc/passwd", "javascript:alert(1)", "", "/her", "http://a:b@127.0.0.1/"]
    {
        assert_eq!(anywhere().find(link).await, Err(LinkError::NoPage), "{link}");
    }
}

#[tokio::test]
async fn a_page_without_end_is_read_in_part() {
    let web = Web::start(|_| {
        let mut endless =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Lang</title>"
                .to_vec();
        endless.resize(3 << 20, b'x');
        endless
    })
    .await;
    assert_eq!(anywhere().find(&web.at("/")).await.unwrap().title.as_deref(), Some("Lang"));
}
