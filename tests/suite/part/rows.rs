//! The rows of taking part, on both databases.

use treff::ids::ItemId;
use treff::store::{AnswerSumRow, EventAnswer, GivenOfferRow, NewAnswer, NewAnswersRow};

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
        assert_eq!((listed[0].email.as_deref(), listed[0].organisation.as_deref()), (Some("kari@nav.test"), Some("NAV")));
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

    async fn what_is_new_is_counted_by_item_and_offers_are_listed(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        store.record_answer(&coming(EventAnswer::Coming), now() - chrono::TimeDelta::days(2)).await.unwrap();
        store.record_answer(&coming(EventAnswer::NotComing), now()).await.unwrap();
        pages.run("INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times)
             VALUES (2, 2, 'Ring meg', 'letter', 0, 1804492800000000, 2), (1, 1, '', 'letter', 0, 0, 1)").await;
        let new = store.count_new_answers(now() - chrono::TimeDelta::days(1)).await.unwrap();
        assert_eq!(new, [NewAnswersRow { item: ItemId(2), people: 2 }], "who changed their mind is one");
        let offers = store.list_offers(ItemId(2)).await.unwrap();
        let changed_at = "2027-03-08T08:00:00Z".parse().unwrap();
        assert_eq!(offers, [GivenOfferRow { email: Some("ola@nav.test".into()), name: "Ola Nordmann".into(), message: "Ring meg".into(), changed_at }]);
        assert!(store.list_offers(ItemId(3)).await.unwrap().is_empty());
    }
}
