//! The service at work: pages, schedule, planning and sending as `treff serve` runs them, by a clock that the story moves.

use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::staff::totp::{code_of, from_base32};

use super::post::{Mail, Post};
use crate::browser::driver::Browser;
use crate::harness::Engine;
use crate::treff::Treff;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub const LISE: &str = "lise.lund@forum.example";
pub const PER: &str = "per.aas@forum.example";

/// Who gets letters: two at the health group's table, one in the night project under it, three at none.
pub const PEOPLE: &str = "epost;navn;organisasjon;org;type;rolle;grupper;sektorer;språk;frekvens
anna@vik.example;Anna Vik;Vik kommune;vik;municipality;decision-maker;health/leader;;nb;weekly
bjorn@vik.example;Bjørn Dal;Vik kommune;vik;municipality;;health-night;;nn;weekly
carl@fjord.example;Carl Moe;Fjord kommune;fjord;municipality;decision-maker;;;nb;weekly
dina@verket.example;Dina Holt;Verket;verket;company;decision-maker;;industry;en;weekly
eli@nav.example;Eli Sund;NAV Fjord;nav-fjord;state;;health;;nb;weekly
frode@postkasse.test;Frode Lie;Verket;verket;company;shop-steward;;;nb;weekly
";

/// A Wednesday far ahead, so that what commands wrote by the machine's own clock is past.
pub fn wednesday() -> DateTime<Utc> {
    "2031-03-05T09:00:00Z".parse().unwrap()
}

/// When the next weekly mailing goes: Monday at half past seven in Oslo.
pub fn monday() -> DateTime<Utc> {
    "2031-03-10T06:30:00Z".parse().unwrap()
}

/// What the service says of itself, for a story that sets it up.
pub struct Setup {
    treff: Treff,
    post: Post,
    listener: TcpListener,
    more: String,
}

impl Setup {
    /// As an operator does it: `treff init`, the forum, its people, the lead.
    pub async fn begin(engine: Engine, post: Post) -> Setup {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let setup = Setup { treff: Treff::with_forum(engine).await, post, listener, more: String::new() };
        setup.run(&["account", "add", LISE, "--name", "Lise Lund", "--lead"]);
        setup
    }

    /// A lead's address that mails its link, and everybody who gets letters.
    pub async fn with_people(engine: Engine, post: Post) -> Setup {
        let setup = Setup::begin(engine, post).await;
        setup.write("people.csv", PEOPLE);
        setup.run(&["people", "import", "people.csv"]);
        setup
    }

    /// A second person has to approve.
    pub fn with_approval(mut self) -> Setup {
        self.run(&["account", "add", PER, "--name", "Per Aas", "--right", "write", "--right", "approve"]);
        self.more.push_str("[approval]\nrequired = true\n");
        self
    }

    pub fn run(&self, args: &[&str]) {
        self.treff.run(args).done();
    }

    pub fn write(&self, name: &str, content: &str) {
        self.treff.write(name, content);
    }

    /// Starts the service.
    pub fn start(self) -> Works {
        let base = format!("http://{}", self.listener.local_addr().expect("an address"));
        let url = &self.treff.database.url;
        let config = format!(
            "database_url = \"{url}\"\nbase_url = \"{base}\"\nrelay_url = \"{}\"\n\
             [sender]\naddress = \"nyhetsbrev@forum.example\"\nreply_name = \"Lise Lund\"\nreply_address = \"{LISE}\"\n\
             postal_address = \"Fylkeshuset, 0000 Nordfjella\"\n[worker]\nlease_seconds = 6\n\
             [privacy]\ncontroller = \"Nordfjella fylkeskommune\"\ncontact = \"personvern@forum.example\"\n{}",
            self.post.url(),
            self.more
        );
        self.treff.write("treff.toml", config);
        let clock = Clock::simulated(wednesday());
        let stop = CancellationToken::new();
        let path = self.treff.path("treff.toml");
        let (told, told_clock) = (stop.clone(), clock.clone());
        let listener = self.listener;
        let service = std::thread::Builder::new()
            .stack_size(32 << 20)
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(async move {
                    let mut app = App::open(&path, Overrides::default()).await.expect("the service opens");
                    app.clock = told_clock;
                    listener.set_nonblocking(true).expect("a socket");
                    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                    let pages = treff::web::serve(&app, listener, told.clone());
                    tokio::try_join!(pages, treff::cli::serve::work(&app, told.clone()))
                        .expect("the service works");
                });
            })
            .expect("a thread");
        Works { clock, base, post: self.post, stop, service: Some(service), treff: self.treff }
    }
}

/// A running service; it is stopped with the value, before its database goes.
pub struct Works {
    pub clock: Clock,
    pub base: String,
    pub post: Post,
    stop: CancellationToken,
    service: Option<JoinHandle<()>>,
    treff: Treff,
}

impl Works {
    /// Writes a file to choose in the browser.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> std::path::PathBuf {
        self.treff.write(name, content);
        self.treff.path(name)
    }

    /// The letters of mailings that arrived for an address.
    pub fn letters_to(&self, address: &str) -> Vec<Mail> {
        self.post.list().into_iter().filter(|mail| mail.is_letter && mail.to == address).collect()
    }

    /// Waits until so many letters of mailings arrived.
    pub async fn wait_for_letters(&self, count: usize) -> Vec<Mail> {
        self.wait_for(&format!("{count} letters"), |mails| {
            let letters: Vec<Mail> = mails.into_iter().filter(|mail| mail.is_letter).collect();
            (letters.len() >= count).then_some(letters)
        })
        .await
    }

    /// Asks the post again and again.
    pub async fn wait_for<T>(&self, what: &str, find: impl Fn(Vec<Mail>) -> Option<T>) -> T {
        let asked_at = Instant::now();
        loop {
            if let Some(found) = find(self.post.list()) {
                return found;
            }
            assert!(asked_at.elapsed() < PATIENCE, "no {what}; there are {:?}", self.post.list());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Comes in as a new lead does: asks for the link, opens it from the mail, sets the code up where that is asked.
    pub async fn come_in(&self, browser: &Browser, address: &str) {
        browser.open_link(&format!("{}/desk", self.base)).await;
        browser.fill("E-postadressen til kontoen din", address).await;
        let before = self.post.list().len();
        browser.go("Send meg en lenke").await;
        browser.reads(&["Se i innboksen din"]).await;
        let link = self
            .wait_for("link", |mails| {
                let mail = mails
                    .into_iter()
                    .rfind(|mail| mail.to == address && mail.text.contains("/desk/open/"))?;
                (self.post.list().len() > before || before == 0).then_some(())?;
                mail.text.split_whitespace().find(|word| word.contains("/desk/open/")).map(str::to_owned)
            })
            .await;
        browser.open_link(&link).await;
        browser.go("Logg inn på denne maskinen").await;
        self.set_the_code_up(browser).await;
        browser.reads(&["I dag", "Neste utsending"]).await;
    }

    async fn set_the_code_up(&self, browser: &Browser) {
        browser.go("Begynn").await;
        let page = browser.page().await;
        let after = page.split("Skriv dette i appen:").nth(1).expect("the secret as letters");
        let secret: String =
            after.chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == ' ').collect();
        let secret: String = secret.split_whitespace().take_while(|part| part.len() > 1).collect();
        let code = code_of(&from_base32(&secret).expect("Base32"), self.clock.now().timestamp() / 30);
        browser.fill("Kode", &code).await;
        browser.go("Bekreft").await;
        browser.go("Jeg har skrevet dem ned").await;
    }

    /// Lets time pass.
    pub fn pass_until(&self, at: DateTime<Utc>) {
        self.clock.set(at);
    }

    /// A week after.
    pub fn next_week(at: DateTime<Utc>) -> DateTime<Utc> {
        at + TimeDelta::days(7)
    }
}

impl Drop for Works {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(service) = self.service.take() {
            let _ = service.join();
        }
    }
}
