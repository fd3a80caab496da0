//! The names behind the counts of what is queued already.

use axum::http::StatusCode;

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

on_both_databases! {
    async fn names_stand_behind_the_counts_of_an_item_as_of_a_draft(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let sent = form(&[("title", "Sak"), ("kind", "tip"), ("audience", "group:health"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &sent).await);
        let page = lead.get(&item).await.body;
        assert!(page.contains(&format!("href=\"{item}/who\"")) && page.contains(&format!("href=\"{item}/who#search\"")), "{page}");
        let who = lead.get(&format!("{item}/who?q=ola")).await.body;
        assert!(who.contains("Kari &lt;script&gt;") && who.contains("Ola Nordmann") && who.contains(&format!("href=\"{item}\"")), "{who}");
        let account = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, account, "leder", now()).await;
        assert_eq!(leader.get("/desk/items/aapen/who").await.status, StatusCode::NOT_FOUND, "it is none of theirs");
    }
}
