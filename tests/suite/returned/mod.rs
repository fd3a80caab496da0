//! Returned mail that comes in by itself.

mod dovecot;
mod folder;
mod kept;
mod leaving;
mod mailbox;

use std::pin::Pin;
use std::sync::Arc;

use treff::clock::Clock;
use treff::config::{Config, ConfigFile, Environment, MailPlaces, Overrides, Secret};
use treff::feedback::bounce::PersonMail;
use treff::feedback::returned::{Letterbox, Returned, ReturnedError};
use treff::store::{One, Store, StoreError};
use treff::token::Keys;

use crate::delivery::rows::noon;
use crate::harness::Database;

/// A mail that says that the address of recipient `n` does not exist.
pub fn bounce(n: usize) -> String {
    format!(
        "Received: from mx.example.test by forum.example.test; Mon, 8 Mar 2027 11:{:02}:00 +0100\r\n\
         From: MAILER-DAEMON@mx.example.test (Mail Delivery System)\r\n\
         To: bounce@forum.example.test\r\n\
         Subject: Undelivered Mail Returned to Sender\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.test\r\n\r\n\
         Final-Recipient: rfc822; kari{n}@example.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n",
        n % 60
    )
}

/// A person's own words.
pub const REPLY: &str = "From: Ola Vik <ola@example.test>\r\nTo: forum@forum.example.test\r\n\
    Subject: Re: Frist fredag\r\nMessage-ID: <a@example.test>\r\n\r\nHei, kan jeg sende innspill mandag?\r\n";

/// Where nothing goes.
struct NoLetterbox;

impl Letterbox for NoLetterbox {
    fn take(&self, _: PersonMail) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + '_>> {
        Box::pin(async { unreachable!("no place for drafts is named") })
    }
}

/// What watches the places that `settings` (TOML) name, for this database.
pub fn open(db: &Database, settings: &str) -> Result<Returned, ReturnedError> {
    let returned: MailPlaces = toml::from_str(settings).unwrap();
    let file = ConfigFile { returned, ..ConfigFile::default() };
    let environment = Environment::of([("PASSWORD".to_owned(), Secret::new("hemmelig"))]);
    let overrides = Overrides { environment, database_url: Some(db.url.clone()), ..Overrides::default() };
    let config = Config::resolve(db.folder.path().to_owned(), file, overrides).unwrap();
    Returned::open(
        &config,
        &db.store,
        Keys::new(vec![(1, [7; 32])]),
        &Clock::simulated(noon()),
        Arc::new(NoLetterbox),
    )
}

/// The kinds of all reports, in order of arrival.
pub async fn kinds(store: &Store) -> Vec<String> {
    let mut tx = store.begin().await.unwrap();
    let rows: Vec<One<String>> = tx.all("SELECT kind FROM report ORDER BY id", vec![]).await.unwrap();
    rows.into_iter().map(|One(kind)| kind).collect()
}

/// Who gets nothing more, by number.
pub async fn suspended(store: &Store) -> Vec<i64> {
    let mut tx = store.begin().await.unwrap();
    let rows: Vec<One<i64>> =
        tx.all("SELECT id FROM recipient WHERE status = 'suspended' ORDER BY id", vec![]).await.unwrap();
    rows.into_iter().map(|One(id)| id).collect()
}
