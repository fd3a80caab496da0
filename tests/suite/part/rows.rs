//! The rows of taking part, on both databases.

use treff::ids::ItemId;
use treff::store::{AnswerSumRow, EventAnswer, NewAnswer};

use crate::on_both_databases;
use crate::pages::world::{KARI, LETTER, Pages, now};

fn coming(answer: EventAnswer) -> NewAnswer<'static> {
    NewAnswer {
        item: ItemId(2),
        recipient: KARI,
        answer,
        sent_name: None,
        sent_email: None,
        note: None,
        source: "letter",
        letter: Some(LETTER),
    }
}

on_both_databases! {
    async fn the_newest_answer_stands(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        assert!(store.record_answer(&coming(EventAnswer::Coming), now()).await.unwrap());
        assert!(!store.record_answer(&coming(EventAnswer::Coming), now()).await.unwrap());
        let sends = NewAnswer {
            sent_name: Some("Ola".into()), sent_email: Some("ola@example.test".into()), note: Some("Seint".into()),
            letter: None, source: "device", ..coming(EventAnswer::Sending)
        };
        assert!(store.record_answer(&sends, now()).await.unwrap());
        let stands = store.find_answer(ItemId(2), KARI).await.unwrap().unwrap();
        assert_eq!((stands.answer.as_str(), stands.sent_name.as_deref()), ("sending", Some("Ola")));
        assert_eq!(store.find_answer(ItemId(1), KARI).await.unwrap(), None);
        let listed = store.list_answers(ItemId(2)).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].email.as_deref(), listed[0].organisation.as_deref()), (Some("kari@nav.no"), Some("NAV")));
        let sums = store.count_answers(ItemId(2)).await.unwrap();
        assert_eq!(sums, [AnswerSumRow { answer: "sending".into(), people: 1 }]);
        assert_eq!(
            pages.text("SELECT action || COALESCE(before, '') || COALESCE(after, '') FROM change WHERE action LIKE 'answer%' ORDER BY id").await,
            "answer.recorded{\"answer\":\"coming\"}\nanswer.recorded{\"answer\":\"coming\"}{\"answer\":\"sending\"}"
        );
    }

    async fn who_works_for_a_union_is_listed_without_it(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        pages.db.store.record_answer(&coming(EventAnswer::Coming), now()).await.unwrap();
        assert_eq!(pages.db.store.list_answers(ItemId(2)).await.unwrap()[0].organisation, None);
    }

    async fn two_clicks_at_the_same_moment_are_one_answer(db: Database) {
        let pages = Pages::over(db).await;
        let (a, b) = (coming(EventAnswer::Coming), coming(EventAnswer::NotComing));
        let store = &pages.db.store;
        let (one, two) = tokio::join!(store.record_answer(&a, now()), store.record_answer(&b, now()));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        assert_eq!(store.list_answers(ItemId(2)).await.unwrap().len(), 1);
    }
}
