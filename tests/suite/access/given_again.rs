//! Numbers are given again once an older backup was put back: a letter that was sent meanwhile opens nothing of whoever has
//! them by then.

use std::sync::Arc;

use axum::http::StatusCode;
use treff::feedback::knocks::answer_knocks;
use treff::feedback::links::{LinkError, open_letter, open_subscription};
use treff::store::{Arg, One};
use treff::token::{Keys, TOKEN_LENGTH, birth_mark};
use treff::world::load_forum;

use super::erasing::send_notices;
use crate::pages::world::{Pages, now};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

/// The token behind that door, in the one letter that went into the folder.
fn token_behind(treff: &Treff, door: &str) -> String {
    let letters = std::fs::read_dir(treff.path("outbox/new")).expect("a letter went");
    let paths: Vec<_> = letters.map(|entry| entry.unwrap().path()).collect();
    let mail =
        String::from_utf8(std::fs::read(&paths[0]).unwrap()).unwrap().replace("=\r\n", "").replace("=\n", "");
    let at = mail.find(door).expect("the letter has the link") + door.len();
    mail[at..at + TOKEN_LENGTH].to_owned()
}

on_both_engines! {
    async fn a_letter_s_links_are_only_of_whom_it_was_sent_to(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", "epost;sektorer\nkari@example.test;health\n");
        treff.run(&["people", "import", &people]).done();
        let item = "+++\nkind = \"article\"\ntitle = \"Nytt\"\nabout = [\"sector:health\"]\n+++\nTekst.\n";
        let item = treff.write("nytt.md", item);
        treff.run(&["item", "add", &item]).done();
        treff.run(&["edition", "run", "weekly"]).done();
        let [leave, letter] = ["/u/", "/l/"].map(|door| token_behind(&treff, door));
        let store = &treff.database.store;
        let keys = Keys::new(store.list_keys().await.unwrap());
        let open = async || {
            let forum = Arc::new(load_forum(store).await.unwrap());
            (open_subscription(store, &keys, &leave).await, open_letter(store, forum, &keys, &letter).await)
        };
        let (own, read) = open().await;
        assert_eq!(own.unwrap().row.email.as_deref(), Some("kari@example.test"));
        assert_eq!(read.unwrap().recipient.email.as_str(), "kari@example.test");
        // As if the numbers had been given to somebody else.
        let mut tx = store.begin().await.unwrap();
        let One(before): One<String> = tx.get("SELECT public_id FROM recipient", vec![]).await.unwrap();
        let other = format!("{:04x}{:028}", birth_mark(&before) ^ 0xffff, 0);
        let mark = Arg::from(i64::from(birth_mark(&other)));
        let replace = "UPDATE recipient SET email = 'ola@example.test', public_id = $1, token_version = $2";
        tx.run(replace, vec![other.into(), mark]).await.unwrap();
        tx.commit().await.unwrap();
        let (own, read) = open().await;
        assert!(matches!(own, Err(LinkError::Unknown)), "{own:?}");
        assert!(matches!(read, Err(LinkError::Revoked)), "{read:?}");
    }
}

on_both_databases! {
    async fn a_link_by_mail_opens_nothing_of_whoever_has_its_number_since(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", "email=kari@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        send_notices(&pages).await;
        let [mail] = std::fs::read_dir(pages.db.path("outbox/new")).unwrap().collect::<Vec<_>>().try_into().unwrap();
        let mail = std::fs::read_to_string(mail.unwrap().path()).unwrap();
        let at = mail.find("/d/").expect("the mail has the link");
        let path = &mail[at..at + "/d/".len() + TOKEN_LENGTH];
        assert_eq!(pages.get(path).await.status, StatusCode::OK);
        // As if the number had been given to another link, a moment later.
        pages.run("UPDATE mail_link SET recipient_id = 2, asked_at = asked_at + 1").await;
        assert_eq!(pages.get(path).await.status, StatusCode::GONE);
    }
}
