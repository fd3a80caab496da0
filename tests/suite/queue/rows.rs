//! Drafts of the desk, row by row.

use treff::ids::ItemId;
use treff::store::{FilledIn, NewAccount, NewDeskDraft};

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

fn tips() -> FilledIn<'static> {
    FilledIn {
        language: "nb",
        kind: None,
        title: "Tips",
        body: "",
        audience: "all",
        about: "[]".to_owned(),
        form: "{}".to_owned(),
    }
}

on_both_databases! {
    async fn what_is_no_draft_any_more_stays_as_it_is_and_the_log_says_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let lise = NewAccount { email: "lise@forum.example", name: "Lise Lund", rights: r#"["write"]"#, groups: &[], organisation: None, actor: "command" };
        let account = store.add_account(&lise, now()).await.unwrap().unwrap();
        let new = NewDeskDraft { public_id: "ab", account, corrects: None, filled_in: tips() };
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

    async fn a_draft_that_corrects_an_item_has_its_files_from_the_first_moment(db: Database) {
        let pages = pages_of(db).await;
        let store = &pages.db.store;
        let lead = seat(&pages, "lead@forum.example", LEAD).await;
        let fields = [("title", "Plan"), ("kind", "tip"), ("audience", "all"), ("do", "queue")];
        place(&lead.post_parts("/desk/items/new", &fields, &[("file", "plan.pdf", b"%PDF-1.7 en plan")]).await);
        let item = pages.text("SELECT CAST(id AS TEXT) FROM item WHERE slug = 'plan'").await.parse().unwrap();
        let account = add_account(&pages, "lise@forum.example", WRITER, &[]).await;
        let new = NewDeskDraft { public_id: "ab", account, corrects: Some(ItemId(item)), filled_in: tips() };
        let id = store.begin_draft(&new, "account:1", now()).await.unwrap().unwrap();
        let files = store.list_draft_files(id).await.unwrap();
        assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["plan.pdf"]);
        assert_eq!(store.begin_draft(&new, "account:1", now()).await.unwrap(), None);
        let told = pages.text("SELECT action FROM change WHERE subject = (SELECT 'draft:' || CAST(id AS TEXT) FROM draft WHERE public_id = 'ab') ORDER BY id").await;
        assert_eq!(told, "draft.begun\ndraft.attached");
    }

    async fn an_item_and_its_draft_are_undone_together_and_only_before_an_edition_numbered_it(db: Database) {
        let pages = pages_of(db).await;
        let store = &pages.db.store;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let queued = form(&[("title", "Angres"), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        place(&lead.post("/desk/items/new", &queued).await);
        let id: i64 = pages.text("SELECT CAST(id AS TEXT) FROM draft").await.parse().unwrap();
        let stands = "SELECT d.state || CASE WHEN i.withdrawn_at IS NULL THEN '' ELSE ' withdrawn' END FROM draft d JOIN item i ON i.slug = 'angres'";
        pages.run("UPDATE item SET number = 99, numbered_at = created_at WHERE slug = 'angres'").await;
        assert!(!store.undo_draft((id, "angres"), "account:1", now()).await.unwrap());
        assert_eq!(pages.text(stands).await, "taken", "it is out");
        pages.run("UPDATE item SET number = NULL, numbered_at = NULL, version = 2 WHERE slug = 'angres'").await;
        assert!(!store.undo_draft((id, "angres"), "account:1", now()).await.unwrap());
        assert_eq!(pages.text(stands).await, "taken", "somebody corrected it: that would be gone with it");
        pages.run("UPDATE item SET version = 1 WHERE slug = 'angres'").await;
        pages.run("UPDATE draft SET state = 'new'").await;
        assert!(!store.undo_draft((id, "angres"), "account:1", now()).await.unwrap());
        assert_eq!(pages.text(stands).await, "new", "what is a draft already takes no item back");
        pages.run("UPDATE draft SET state = 'taken'").await;
        assert_eq!(pages.text("SELECT action FROM change WHERE action IN ('item.withdrawn', 'draft.reopened')").await, "");
        assert!(store.undo_draft((id, "angres"), "account:1", now()).await.unwrap());
        assert_eq!(pages.text(stands).await, "new withdrawn");
        let told = pages.text("SELECT action FROM change WHERE action IN ('item.withdrawn', 'draft.reopened') ORDER BY id").await;
        assert_eq!(told, "item.withdrawn\ndraft.reopened");
    }
}
