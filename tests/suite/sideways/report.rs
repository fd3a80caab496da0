//! How far it went in an organisation: the desk is told sums, and none of what fewer than five did.

use chrono::{DateTime, Utc};
use treff::ids::OrganisationId;
use treff::store::OnwardRow;

use super::{add_items, town};
use crate::desk::seat::{LISE, seat, seat_partner};
use crate::on_both_databases;
use crate::pages::world::Pages;

/// Five more who work at Vik.
const FIVE: &str =
    "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                            imported, chosen, token_version, revision, watermark, created_at)
     SELECT n, 'five' || CAST(n AS TEXT), 'p' || CAST(n AS TEXT) || '@vik.example', '', 31, 'nb', 'weekly', 'active', FALSE,
            FALSE, '[]', 0, 1, 9, 0
     FROM (SELECT 51 AS n UNION ALL SELECT 52 UNION ALL SELECT 53 UNION ALL SELECT 54 UNION ALL SELECT 55) AS numbers";

async fn add_acts(pages: &Pages) {
    pages
        .run(
            "INSERT INTO came_by (recipient_id, organisation_id, came_at)
         SELECT id, 31, 1804000000000000 FROM recipient WHERE id BETWEEN 51 AND 54",
        )
        .await;
    pages.run("INSERT INTO passed_on (recipient_id, item_id, colleague, said_at)
         SELECT r.id, i.id, 'Per', 1804000000000000 FROM recipient r, item i WHERE r.id BETWEEN 51 AND 54 AND i.id IN (1, 2)").await;
}

/// What stands behind a label.
fn told(page: &str, label: &str) -> String {
    let behind = page.split(&format!("<dt>{label}</dt><dd>")).nth(1);
    behind
        .and_then(|rest| rest.split("</dd>").next())
        .unwrap_or_else(|| panic!("{label} in {page}"))
        .to_owned()
}

const RECEIVING: &str = "Får brev nå";
const INVITED: &str = "Av disse har så mange kommet gjennom invitasjonen de siste tolv månedene";
const PASSED_ON: &str = "Ganger en sak er gitt videre, siste 90 dager";
const CONCERNING: &str = "Åpne saker som gjaldt organisasjonen, siste 90 dager";

on_both_databases! {
    async fn what_fewer_than_five_did_is_not_told(db: Database) {
        let pages = town(db).await;
        add_items(&pages).await;
        pages.run(FIVE).await;
        add_acts(&pages).await;
        let mut lise = seat(&pages, LISE, r#"["people"]"#).await;
        let page = lise.get("/desk/organisations/vik").await.body;
        assert_eq!(told(&page, RECEIVING), "6");
        assert_eq!((told(&page, INVITED).as_str(), told(&page, PASSED_ON).as_str()), ("færre enn fem", "færre enn fem personer"), "four people, eight times");
        assert_eq!(told(&page, CONCERNING), "5", "four for Vik, and one about health");
        assert!(page.contains("href=\"/o/vik\""));
        pages.run("INSERT INTO came_by (recipient_id, organisation_id, came_at) VALUES (55, 31, 1804000000000000), (55, 31, 1804000000000001)").await;
        pages.run("INSERT INTO passed_on (recipient_id, item_id, said_at) VALUES (55, 1, 1804000000000000)").await;
        let page = lise.get("/desk/organisations/vik").await.body;
        let nearly = "vises ikke, for det gjelder nesten alle";
        assert_eq!((told(&page, INVITED).as_str(), told(&page, PASSED_ON).as_str()), (nearly, nearly), "all but one tells of each");
        pages.run("INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                                          imported, chosen, token_version, revision, watermark, created_at)
             SELECT id + 10, 'more' || id, 'q' || id || '@vik.example', '', 31, 'nb', 'weekly', 'active', FALSE,
                    FALSE, '[]', 0, 1, 9, 0 FROM recipient WHERE id BETWEEN 51 AND 55").await;
        let page = lise.get("/desk/organisations/vik").await.body;
        assert_eq!((told(&page, INVITED).as_str(), told(&page, PASSED_ON).as_str()), ("5", "9"));
        let mut mona = seat_partner(&pages, "mona@vik.example", 31).await;
        let own = mona.get("/desk/organisations/vik").await.body;
        for label in [RECEIVING, INVITED, PASSED_ON, CONCERNING] {
            assert_eq!(told(&own, label), told(&page, label), "a partner is told the same of its own");
        }
    }

    async fn of_a_union_nobody_is_counted_who_came_by_it(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, r#"["people"]"#).await;
        assert_eq!(told(&lise.get("/desk/organisations/forbundet").await.body, INVITED), "lagres ikke for fagforeninger");
        let gone = lise.get("/desk/organisations/borte").await.body;
        assert!(gone.contains("Organisasjonen har ingen side") && !gone.contains(CONCERNING), "{gone}");
    }

    async fn sums_count_who_works_there_and_gets_letters_within_their_time(db: Database) {
        let pages = town(db).await;
        pages.run(FIVE).await;
        add_acts(&pages).await;
        let at = |micros: i64| DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
        let count = async |invited, passed_on| pages.db.store.count_onward(OrganisationId(31), (at(invited), at(passed_on))).await.unwrap();
        let all = OnwardRow { receiving: 6, invited: 4, passed_on: 8, passed_on_by: 4 };
        assert_eq!(count(0, 0).await, all);
        assert_eq!(count(1_804_000_000_000_001, 0).await, OnwardRow { invited: 0, ..all.clone() });
        assert_eq!(count(0, 1_804_000_000_000_001).await, OnwardRow { passed_on: 0, passed_on_by: 0, ..all });
        pages.run("UPDATE recipient SET status = 'unsubscribed' WHERE id = 51").await;
        pages.run("UPDATE recipient SET organisation_id = 1 WHERE id = 52").await;
        assert_eq!(count(0, 0).await, OnwardRow { receiving: 4, invited: 2, passed_on: 4, passed_on_by: 2 });
        let store = &pages.db.store;
        assert!(store.has_represented(at(5)).await.unwrap());
        let of_vik = store.list_represented("vik", at(5)).await.unwrap();
        assert_eq!(of_vik.iter().map(|row| (row.seat.0, row.position.as_str(), row.topic)).collect::<Vec<_>>(), [(31, "member", None)]);
        let names: Vec<String> = store.list_represented_names(at(5)).await.unwrap().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["Forbundet", "NAV", "Vik kommune"], "by slug, and none whose place is over");
    }
}
