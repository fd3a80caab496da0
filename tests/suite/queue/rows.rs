//! Drafts of the desk, row by row.

use treff::store::{FilledIn, NewAccount, NewDeskDraft};

use crate::on_both_databases;
use crate::pages::world::{Pages, now};

on_both_databases! {
    async fn what_is_no_draft_any_more_stays_as_it_is_and_the_log_says_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let lise = NewAccount { email: "lise@forum.example", name: "Lise Lund", rights: r#"["write"]"#, groups: &[], organisation: None, actor: "command" };
        let account = store.add_account(&lise, now()).await.unwrap().unwrap();
        let filled_in = FilledIn { language: "nb", kind: None, title: "Tips", body: "", audience: "all", about: "[]".to_owned(), form: "{}".to_owned() };
        let new = NewDeskDraft { public_id: "ab", account: account.0, corrects: None, filled_in };
        let id = store.begin_draft(&new, "account:1", now()).await.unwrap().unwrap();
        assert_eq!(store.begin_draft(&new, "account:1", now()).await.unwrap(), None, "a public id begins one draft");
        assert_eq!(store.name_draft(id, "tips", "account:1", now()).await.unwrap().as_deref(), Some("tips"));
        let second = store.begin_draft(&NewDeskDraft { public_id: "cd", ..new }, "account:1", now()).await.unwrap().unwrap();
        assert_eq!(store.name_draft(second, "tips", "account:1", now()).await.unwrap().as_deref(), Some("tips-2"), "the first has it");
        assert_eq!(store.name_draft(second, "annet", "account:1", now()).await.unwrap().as_deref(), Some("tips-2"), "it is settled");
        assert!(store.discard_draft(id, "account:1", now()).await.unwrap());
        assert_eq!(store.name_draft(id, "annet", "account:1", now()).await.unwrap(), None);
        let _ = store.ask_for_draft(id, "account:1", now()).await.unwrap();
        let _ = store.take_draft(id, "tips", "account:1", now()).await.unwrap();
        assert!(!store.discard_draft(id, "account:1", now()).await.unwrap());
        let row = store.find_desk_draft("ab").await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.slug.as_deref(), row.asked_at), ("declined", Some("tips"), None));
        let told = pages.text("SELECT action FROM change WHERE action LIKE 'draft.%' ORDER BY id").await;
        assert_eq!(told, "draft.begun\ndraft.named\ndraft.begun\ndraft.named\ndraft.named\ndraft.discarded");
        assert!(store.reopen_draft(id, "account:1", now()).await.unwrap());
        assert!(store.ask_for_draft(id, "account:1", now()).await.is_ok());
        let row = store.find_desk_draft("ab").await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.slug, row.asked_at), ("new", None, Some(now())));
    }
}
