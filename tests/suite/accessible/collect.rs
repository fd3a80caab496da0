//! Collects the pages of a demo as one person meets them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::forms::{Form, Manner, list_forms};
use crate::browser::demo::{Demo, Letter, Reply};
use crate::pages::markup::list_elements;

/// A page or a letter, as its bytes came.
#[derive(Debug, Clone)]
pub struct Page {
    /// A file name that tells what it is.
    pub name: String,
    /// The route that shows it, as the code writes it.
    pub route: String,
    pub html: String,
    pub is_letter: bool,
}

/// What was found.
pub struct Collection {
    pub pages: Vec<Page>,
}

/// Forms whose sending ends what one can do: they come last, in this order.
const LAST: [&str; 5] = ["/u/{token}", "sign-out", "devices", "leave", "erase"];

fn harm_of(key: &str) -> usize {
    LAST.iter().position(|word| key.contains(word)).map_or(0, |at| at + 1)
}

/// Somebody who clicks on everything.
struct Visitor<'a> {
    demo: &'a Demo,
    language: &'a str,
    email: String,
    cookies: BTreeMap<String, String>,
    waiting: VecDeque<String>,
    /// How often each kind of page was asked for.
    asked: BTreeMap<String, usize>,
    /// Kinds of pages that were kept, with what each answered.
    seen: BTreeSet<(String, u16)>,
    /// Kinds of forms, with the page that shows each.
    forms: BTreeMap<String, (String, Form)>,
    sent: BTreeSet<(String, Manner)>,
    read: BTreeSet<String>,
    sent_since_mail: bool,
    pages: Vec<Page>,
}

impl Collection {
    /// Everything that a reader of `language` meets, their letters too.
    pub async fn gather(demo: &Demo, language: &str) -> Collection {
        let letters = demo.list_letters();
        let ours: Vec<&Letter> = letters.iter().filter(|letter| speaks(letter, language)).collect();
        // The person with the most links in one letter, of those who have a place: more can be done with one.
        let placed = demo.list_place_holders();
        let may_do =
            |letter: &&&Letter| (placed.contains(&letter.recipient), letter.html.matches("href=").count());
        let most = ours.iter().max_by_key(may_do).expect("a letter");
        let mut visitor = Visitor {
            demo,
            language,
            email: most.recipient.clone(),
            cookies: BTreeMap::new(),
            waiting: VecDeque::new(),
            asked: BTreeMap::new(),
            seen: BTreeSet::new(),
            forms: BTreeMap::new(),
            sent: BTreeSet::new(),
            read: letters.iter().map(|letter| letter.head.clone()).collect(),
            sent_since_mail: false,
            pages: Vec::new(),
        };
        visitor.keep_letters(&ours);
        let own: Vec<&Letter> = ours.iter().filter(|l| l.recipient == visitor.email).copied().collect();
        own.iter().chain(&ours).for_each(|letter| visitor.take_links(&letter.html));
        // A link that was cut short in copying.
        let cut = visitor.waiting.iter().find(|path| path.starts_with("/l/")).map(|path| cut_short(path));
        // Not in each language does somebody have a letter with an item for a group, which leads there.
        let door = cut.as_ref().map(|path| format!("{path}/link?next=/me/items"));
        let typed = ["/", "/public", "/privacy", "/accessibility", "/nowhere"].map(str::to_owned);
        visitor.waiting.extend(typed.into_iter().chain(cut).chain(door));
        visitor.walk().await;
        Collection { pages: visitor.pages }
    }
}

/// The demo's inbox, which is its front page too, speaks the forum's language.
pub fn is_inbox(route: &str) -> bool {
    route == "/" || route.starts_with("/inbox")
}

/// Stands for where a letter is read.
const LETTER: &str = "/letter";

/// The lead's pages: tests/suite/desk/accessible.rs looks at them, as somebody who has an account.
pub fn is_desk(path: &str) -> bool {
    path.starts_with("/desk")
}

/// The first two parts of a path.
fn cut_short(path: &str) -> String {
    path.split('/').take(3).collect::<Vec<_>>().join("/")
}

fn speaks(letter: &Letter, language: &str) -> bool {
    letter.html.contains(&format!("<html lang=\"{language}\""))
}

/// All routes: asked of the program once, which makes them anew for each who asks.
static ROUTES: LazyLock<Vec<&'static str>> = LazyLock::new(treff::web::list_paths);

/// The route that a path belongs to: the one that says most of it in plain words.
pub fn route_of(path: &str) -> String {
    let parts: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |route: &&str| {
        let own: Vec<&str> = route.split('/').collect();
        own.len() == parts.len() && own.iter().zip(&parts).all(|(a, b)| a.starts_with('{') || a == b)
    };
    let routes = ROUTES.iter().copied().filter(|route| fits(route));
    routes.min_by_key(|route| route.matches('{').count()).unwrap_or("none").to_owned()
}

/// What tells kinds of pages apart: the route, and which questions the address asks.
fn kind_of(path: &str) -> String {
    let asked = path.split_once('?').map_or("", |(_, query)| query);
    let names: BTreeSet<&str> = asked.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !["", "lang"].contains(name)).collect();
    if names.is_empty() { route_of(path) } else { format!("{}?{}", route_of(path), names.join("&")) }
}

impl Visitor<'_> {
    /// Follows links until there are none, then sends forms, then reads the mail that came, and so on.
    async fn walk(&mut self) {
        loop {
            while let Some(path) = self.waiting.pop_front() {
                self.visit(&path);
            }
            match self.next_form() {
                Some((key, manner)) if harm_of(&key) == 0 => self.send(&key, manner),
                // What was asked for may still be on its way.
                next => {
                    self.wait_for_mail().await;
                    if self.waiting.is_empty() {
                        let Some((key, manner)) = next else { return };
                        self.send(&key, manner);
                    }
                }
            }
            self.read_mail();
        }
    }

    fn visit(&mut self, path: &str) {
        if path.starts_with("/assets/") || !self.may_ask(path) {
            return;
        }
        let reply = self.ask("GET", path, "");
        if reply.header("location").is_some() {
            // Who is not signed in yet comes back later.
            self.asked.remove(&kind_of(path));
        }
        self.keep(path, "", reply);
    }

    /// A page of one thing is asked for with several of them: one may be closed where another opens.
    fn may_ask(&mut self, path: &str) -> bool {
        let kind = kind_of(path);
        let enough = if kind.contains("{id}") || kind.contains("{slug}") { 200 } else { 1 };
        let asked = self.asked.entry(kind).or_default();
        *asked += 1;
        *asked <= enough
    }

    fn ask(&mut self, method: &str, path: &str, form: &str) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("Accept-Language", self.language), ("Sec-Fetch-Site", "same-origin")];
        if method == "POST" {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
        }
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        let reply = self.demo.ask(method, path, &headers, form).expect("the demo answers");
        for cookie in reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value) {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        reply
    }

    /// Keeps a page of HTML and what it leads to; follows where an answer sends on to.
    fn keep(&mut self, path: &str, how: &str, reply: Reply) {
        if let Some(location) = reply.header("location") {
            let path = location.strip_prefix(&self.demo.address("")).unwrap_or(location).to_owned();
            if how.is_empty() && !self.may_ask(&path) {
                return;
            }
            let next = self.ask("GET", &path, "");
            return self.keep(&path, how, next);
        }
        assert!(reply.status < 500, "{path}{how}: {}\n{}", reply.status, reply.body);
        if !reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            return;
        }
        let route = route_of(path);
        self.take_ways(&reply.body, path);
        if how.is_empty() && !self.seen.insert((kind_of(path), reply.status)) {
            return;
        }
        // A letter in its frame stands among the letters.
        let is_letter = route.ends_with("/frame");
        let name =
            format!("{:03}-{}-{}{}{how}", self.pages.len(), self.language, reply.status, kind_of(path));
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
        self.pages.push(Page { name, route, html: reply.body, is_letter });
    }

    fn take_ways(&mut self, html: &str, path: &str) {
        for element in list_elements(html).iter().filter(|e| ["a", "iframe"].contains(&e.name.as_str())) {
            let way = element.attribute("href").or(element.attribute("src")).unwrap_or_default();
            let way = way.strip_prefix(&self.demo.address("")).unwrap_or(way);
            // The demo's inbox shows everybody's letters, whatever their language.
            let is_another_s =
                is_inbox(&route_of(path)) && ["/l/", "/u/", "/d/"].iter().any(|door| way.starts_with(door));
            if way.starts_with('/') && !way.starts_with("//") && !is_another_s && !is_desk(way) {
                self.waiting.push_back(way.split('#').next().unwrap_or_default().to_owned());
            }
        }
        let forms = list_forms(html, path).into_iter().filter(|form| !is_desk(&form.action));
        for form in forms {
            let key = format!("{} {}", kind_of(&form.action), form.signature());
            self.forms.entry(key).or_insert_with(|| (path.to_owned(), form));
        }
    }

    fn take_links(&mut self, letter: &str) {
        self.take_ways(letter, LETTER);
    }

    /// The form that does least harm of those that were not sent yet.
    fn next_form(&self) -> Option<(String, Manner)> {
        // The second time round the other way: a letter's page and a device's may change the same.
        let all = self.forms.iter().zip(0i32..).flat_map(|((key, (_, form)), place)| {
            let turn = move |manner| if manner == Manner::Bare { -place } else { place };
            form.list_manners().into_iter().map(move |manner| (key.clone(), manner, turn(manner)))
        });
        let left = all.filter(|(key, manner, _)| !self.sent.contains(&(key.clone(), *manner)));
        let next = left.min_by_key(|(key, manner, turn)| (harm_of(key), *manner, *turn));
        next.map(|(key, manner, _)| (key, manner))
    }

    fn send(&mut self, key: &str, manner: Manner) {
        self.sent.insert((key.to_owned(), manner));
        let (shown_at, known) = self.forms[key].clone();
        // The page is asked again: a form that was sent may have changed it.
        let fresh = self.ask("GET", &shown_at, "");
        let forms = list_forms(&fresh.body, &shown_at);
        let same = |form: &&Form| format!("{} {}", kind_of(&form.action), form.signature()) == key;
        let form = forms.into_iter().find(|form| same(&form)).unwrap_or(known);
        let filled = form.filled(manner, &self.email);
        let how = format!("-{}-{manner:?}", self.sent.len());
        let reply = if form.method == "post" {
            self.ask("POST", &form.action, &filled)
        } else {
            let path = format!("{}?{filled}", form.action.split('?').next().unwrap_or_default());
            self.ask("GET", &path, "")
        };
        self.sent_since_mail = true;
        self.keep(&form.action, &how, reply);
    }

    /// Short mails go every second or two; most forms bring none.
    async fn wait_for_mail(&mut self) {
        if !std::mem::take(&mut self.sent_since_mail) {
            return;
        }
        let asked_at = Instant::now();
        while self.demo.has_mail_on_its_way().await && asked_at.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.read_mail();
    }

    /// Letters that came since, and where their links lead.
    fn read_mail(&mut self) {
        if self.demo.count_letters() <= self.read.len() {
            return;
        }
        let letters = self.demo.list_letters();
        let new: Vec<&Letter> = letters.iter().filter(|letter| !self.read.contains(&letter.head)).collect();
        let ours: Vec<&Letter> = new.iter().filter(|l| l.recipient == self.email).copied().collect();
        self.keep_letters(&new.iter().filter(|l| speaks(l, self.language)).copied().collect::<Vec<_>>());
        ours.iter().for_each(|letter| self.take_links(&letter.html));
        // The demo's inbox shows them now.
        self.asked.remove("/inbox");
        self.waiting.push_back("/inbox".to_owned());
        self.read.extend(new.iter().map(|letter| letter.head.clone()).collect::<Vec<_>>());
    }

    fn keep_letters(&mut self, letters: &[&Letter]) {
        for letter in letters {
            let name = format!("{:03}-{}-letter", self.pages.len(), self.language);
            let html = letter.html.clone();
            self.pages.push(Page { name, route: "letter".to_owned(), html, is_letter: true });
        }
    }
}
