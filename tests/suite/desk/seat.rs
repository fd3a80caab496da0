//! Somebody who works at the desk, in a browser of theirs.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use treff::feedback::knocks::answer_knocks;
use treff::ids::{AccountId, OrganisationId};
use treff::store::NewAccount;
use treff::token::{Claim, Purpose, hash_of_secret};

use crate::access::reader::Reader;
use crate::pages::world::{Pages, now, sign};

/// The lead's address.
pub const LISE: &str = "lise@forum.example";

/// The path of the link to the desk that is the `id`-th made.
pub fn desk_link(id: i64) -> String {
    format!("/desk/open/{}", sign(Claim { purpose: Purpose::MailLink, version: 0, subject: id }))
}

/// Adds an account with these rights, as JSON, for these groups.
pub async fn add_account(pages: &Pages, email: &str, rights: &str, groups: &[String]) -> AccountId {
    let new = NewAccount { email, name: "Lise Lund", rights, groups, organisation: None, actor: "command" };
    pages.db.store.add_account(&new, now()).await.unwrap().unwrap()
}

/// A browser in which an account with these rights is signed in.
pub async fn seat<'a>(pages: &'a Pages, email: &str, rights: &str) -> Reader<'a> {
    let account = add_account(pages, email, rights, &[]).await;
    seat_account(pages, account, email, now()).await
}

/// A browser in which that account was signed in at an instant, its second factor given; its cookie holds `secret`.
pub async fn seat_account<'a>(
    pages: &'a Pages,
    account: AccountId,
    secret: &str,
    at: DateTime<Utc>,
) -> Reader<'a> {
    let mut tx = pages.db.store.begin().await.unwrap();
    let until = treff::staff::doors::session_expires_at(at, at);
    let session =
        tx.open_session(at, account, (&hash_of_secret(secret), "Edge, Windows"), until).await.unwrap();
    tx.prove_session(session, at).await.unwrap();
    tx.commit().await.unwrap();
    Reader { pages, cookie: format!("__Host-treff-desk-nordfjella={secret}") }
}

/// A browser in which the lead came in by the link that is the `link`-th made.
pub async fn come_in<'a>(pages: &'a Pages, link: i64) -> Reader<'a> {
    let mut reader = Reader::new(pages);
    reader.post("/desk/sign-in", &format!("email={LISE}")).await;
    answer_knocks(&pages.db.store, now()).await.unwrap();
    let opened = reader.post(&desk_link(link), "").await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    reader
}

/// The same, and gave the second factor.
pub async fn come_in_and_prove<'a>(pages: &'a Pages, link: i64) -> Reader<'a> {
    let reader = come_in(pages, link).await;
    pages.run("UPDATE staff_session SET proved_at = 1 WHERE id = (SELECT MAX(id) FROM staff_session)").await;
    reader
}

/// A browser in which an account is signed in that is bound to the organisation of that key and looks after its people.
pub async fn seat_partner<'a>(pages: &'a Pages, email: &str, organisation: i64) -> Reader<'a> {
    let new = NewAccount {
        email,
        name: "Mona Vik",
        rights: r#"["people"]"#,
        groups: &[],
        organisation: Some(OrganisationId(organisation)),
        actor: "command",
    };
    let account = pages.db.store.add_account(&new, now()).await.unwrap().unwrap();
    seat_account(pages, account, email, now()).await
}
