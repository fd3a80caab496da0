//! What an edition holds and how its letters address people, on both databases.

use treff::forum::Cadence;
use treff::ids::ItemId;
use treff::pipeline::{Occurrence, look_at};
use treff::store::Outcome;
use treff::token::birth_mark;

use super::planning::{monday, town_with_letter};
use super::town::Town;
use crate::on_both_databases;

on_both_databases! {
    async fn an_edition_shows_everyone_planned_and_what_their_letters_hold(db: Database) {
        let (town, edition, letter) = town_with_letter(db).await;
        let digests = town.store().list_shown_digests(edition).await.unwrap();
        let carried = town.item_id("to").await;
        let shown: Vec<_> = digests.iter()
            .map(|d| (d.email.as_deref(), d.carried_over.clone(), d.delivery, d.state.map(|state| state.word()))).collect();
        assert_eq!(shown, [
            (Some("kari@example.test"), format!("[{carried}]"), Some(letter), Some("queued")),
            (Some("ola@example.test"), "[]".to_owned(), None, None),
        ]);
        let items = town.store().list_shown_items(edition).await.unwrap();
        let items: Vec<_> =
            items.iter().map(|i| (i.delivery, i.slug.as_str(), i.version, i.points, i.returned)).collect();
        assert_eq!(items, [(letter, "en", 1, 40, false)]);
    }

    async fn who_was_there_and_not_planned_is_passed_over(db: Database) {
        let (town, _, _) = town_with_letter(db).await;
        town.import("eva@example.test;;;;daily\nliv@example.test;;;;weekly").await;
        let daily = town.open(Cadence::Daily).await;
        town.clock.set(monday() + chrono::TimeDelta::days(1));
        town.import("nina@example.test;;;;daily").await;
        assert_eq!(town.store().list_passed_over(&daily).await.unwrap(), ["eva@example.test"]);
        let urgent = town.open(Cadence::Urgent).await;
        assert_eq!(town.store().list_passed_over(&urgent).await.unwrap().len(), 5);
        town.run("UPDATE recipient SET urgent_off_at = 1 WHERE email LIKE 'eva%'").await;
        assert_eq!(town.store().list_passed_over(&urgent).await.unwrap().len(), 4, "who turned urgent letters off did not pause");
        assert_eq!(town.store().list_passed_over(&daily).await.unwrap(), ["eva@example.test"]);
        town.run("UPDATE recipient SET status = 'unsubscribed' WHERE email LIKE 'eva%'").await;
        assert_eq!(town.store().list_passed_over(&daily).await.unwrap(), [] as [String; 0]);
    }

    async fn who_turned_urgent_letters_off_is_missed_in_no_urgent_edition(db: Database) {
        let town = Town::build(db, "2027-02-27T12:00:00Z").await;
        town.import("kari@example.test;;;;weekly\nola@example.test;;;;weekly").await;
        let now = town.clock.now();
        town.store().set_urgent_off(town.id("ola").await, true, now).await.unwrap();
        let front = "kind = \"tip\"\nlane = \"urgent\"\naudience = \"role:decision-maker\"";
        town.queue("haster", front).await;
        let planned = town.preview(Cadence::Urgent, now).await.without_digest;
        assert_eq!(planned, ["kari@example.test"]);
        let occurrence = Occurrence { occurs_at: now, now };
        let told = look_at(town.store(), Cadence::Urgent, occurrence).await.unwrap().unwrap();
        assert_eq!(told.people.iter().map(|person| person.email.clone()).collect::<Vec<_>>(), planned);
        town.plan(Cadence::Urgent).await;
        assert_eq!(town.show(Cadence::Urgent).await.without_digest, planned);
    }

    async fn every_item_has_its_slug(db: Database) {
        let (town, ..) = town_with_letter(db).await;
        let slugs = town.store().list_item_slugs().await.unwrap();
        assert_eq!(slugs.iter().map(|s| s.slug.as_str()).collect::<Vec<_>>(), ["en", "to"]);
        assert_eq!(slugs[1].id, town.item_id("to").await);
    }

    async fn a_letter_tells_what_it_holds_and_what_comes_next(db: Database) {
        let (town, edition, letter) = town_with_letter(db).await;
        let (one, two) = (town.item_id("en").await, town.item_id("to").await);
        let held = town.store().list_items_of_letters(&[letter]).await.unwrap();
        assert_eq!(held.iter().map(|h| (h.item, h.version, h.correction, h.seat)).collect::<Vec<_>>(),
                   [(one, 1, false, None)]);
        let titles = async || -> Vec<String> {
            town.store().list_carried_titles(&[letter]).await.unwrap().into_iter().map(|t| t.carried_over).collect()
        };
        assert_eq!(titles().await, [format!("[{two}]")]);
        let kari = town.id("kari").await;
        for (left, shown) in [(vec![one, two], vec![format!("[{one},{two}]")]), (Vec::<ItemId>::new(), vec![])] {
            let mut tx = town.store().begin().await.unwrap();
            tx.set_carried_titles(edition, kari, &left).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(titles().await, shown);
        }
        town.send(Outcome::Rejected).await;
        assert_eq!(town.store().list_items_of_letters(&[letter]).await.unwrap(), []);
    }

    async fn a_letter_addresses_people_with_the_first_basis_that_holds(db: Database) {
        let (town, ..) = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let addressee = async || town.store().list_addressees(&[kari]).await.unwrap().remove(0);
        let first = addressee().await;
        let born = i64::from(birth_mark(&first.public_id));
        assert_eq!((first.recipient, first.token_version, first.imported), (kari, born, true), "a version of their own");
        assert_eq!((first.basis.as_deref(), first.source.as_deref()), (Some("public_task"), Some("people.csv")));
        town.run("UPDATE legal_basis SET ended_at = 1").await;
        assert_eq!(addressee().await.basis, None);
        town.run("INSERT INTO legal_basis (recipient_id, basis, source, recorded_at)
                  SELECT id, 'consent', 'page', 5 FROM recipient").await;
        let second = addressee().await;
        assert_eq!((second.basis.as_deref(), second.recorded_at.map(|at| at.timestamp_micros())), (Some("consent"), Some(5)));
    }
}
