//! The page's rows, and the sums that the database counts.

use chrono::TimeDelta;
use treff::ids::ItemId;
use treff::store::{EffectLineRow, NewEffectPage, SeatedKindRow, SentRow};

use crate::on_both_databases;
use crate::pages::world::{Pages, now};

fn line(words: &str, item: Option<i64>) -> EffectLineRow {
    EffectLineRow {
        group: "health".to_owned(),
        kind: if item.is_some() { "gain" } else { "goal" }.to_owned(),
        words: words.to_owned(),
        beside: Some("Slik".to_owned()),
        happened_on: Some("2027-03-01".to_owned()),
        language: "nb".to_owned(),
        item: item.map(ItemId),
        version: item.map(|_| 1),
    }
}

const LOG: &str = "SELECT actor || ' ' || action || ' ' || COALESCE(after, '') FROM change WHERE action LIKE 'effects.%' ORDER BY id";

on_both_databases! {
    async fn a_page_is_composed_published_replaced_and_taken_back(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let fresh = store.get_effect_page().await.unwrap();
        assert_eq!((fresh.draft.as_str(), fresh.published_at, store.has_effects().await.unwrap()), ("{}", None, false));
        let page = NewEffectPage { first_on: "2027-01-01", last_on: "2027-03-08", introduction: "Slik.", language: "nb", figures: "{}", connections: "[]" };
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.lock_effect_page().await.unwrap(), fresh);
        tx.keep_effect_draft(r#"{"span":"own"}"#, "account:7", now()).await.unwrap();
        tx.publish_effects(&page, &[line("Borte", None)], "account:7", now()).await.unwrap();
        tx.publish_effects(&page, &[line("Mål", None), line("Gevinst", Some(1))], "account:7", now()).await.unwrap();
        assert_eq!(tx.list_effect_lines().await.unwrap().len(), 2, "what was published before is not kept");
        tx.commit().await.unwrap();
        let row = store.get_effect_page().await.unwrap();
        assert_eq!((row.draft.as_str(), row.introduction.as_deref(), row.published_at), (r#"{"span":"own"}"#, Some("Slik."), Some(now())));
        assert_eq!((row.published_by.as_deref(), store.has_effects().await.unwrap()), (Some("account:7"), true));
        assert_eq!(store.list_effect_lines().await.unwrap(), [line("Mål", None), line("Gevinst", Some(1))]);
        let mut tx = store.begin().await.unwrap();
        tx.take_back_effects("account:7", now()).await.unwrap();
        tx.commit().await.unwrap();
        let row = store.get_effect_page().await.unwrap();
        assert_eq!((row.published_at, row.introduction, row.draft.as_str()), (None, None, r#"{"span":"own"}"#));
        assert_eq!(store.list_effect_lines().await.unwrap(), []);
        let log = pages.text(LOG).await;
        let actions: Vec<&str> = log.lines().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(actions, ["effects.saved", "effects.published", "effects.published", "effects.taken_back"]);
        assert!(log.contains(r#""lines":2"#) && !log.contains("Gevinst"), "the log says who published when, and no words: {log}");
    }

    async fn sums_are_counted_where_nobody_is_named(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let seated = store.count_seated_organisations(now()).await.unwrap();
        assert_eq!(seated, [SeatedKindRow { kind: "state".to_owned(), organisations: 1 }]);
        pages.run("UPDATE seat SET ends_at = 1").await;
        assert_eq!(store.count_seated_organisations(now()).await.unwrap(), []);
        assert_eq!(store.count_readers().await.unwrap(), 2);
        let day = TimeDelta::days(1);
        assert_eq!(store.count_sent(now() - day, now() + day).await.unwrap(), SentRow { mailings: 0, letters: 0 });
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        assert_eq!(store.count_sent(now() - day, now() + day).await.unwrap(), SentRow { mailings: 1, letters: 1 });
        assert_eq!(store.count_sent(now() + day, now() + day + day).await.unwrap(), SentRow { mailings: 0, letters: 0 });
        pages.run("INSERT INTO answer (item_id, recipient_id, answer, source, answered_at, ended_at)
                   VALUES (2, 1, 'not_coming', 'letter', 0, 1), (2, 1, 'coming', 'letter', 1, NULL), (2, 2, 'sending', 'letter', 0, NULL)").await;
        assert_eq!(store.count_coming(&[ItemId(2)]).await.unwrap(), 2);
        assert_eq!(store.count_coming(&[]).await.unwrap(), 0);
    }
}
