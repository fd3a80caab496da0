//! How well letters hit: sums of what readers say, none under five.

use axum::http::StatusCode;
use treff::ids::{EditionId, ItemId, RecipientId};
use treff::store::{Arg, HitRow, MailingSumRow, NotForMeRow, PassedOnSum, ProbedRow, SentSumRow};

use super::seat::{LISE, add_account, seat, seat_account, seat_partner};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const HITS: &str = "/desk/hits";
/// The first of those who come in with letters of their own.
const FIRST: i64 = 1_000;

/// So many people with a letter each, which holds the item about health by their own choice.
pub async fn send_letters(pages: &Pages, people: i64) {
    let mut tx = pages.db.store.begin().await.unwrap();
    for id in FIRST..FIRST + people {
        let key = || -> Arg { id.into() };
        let name = || -> Arg { format!("p{id}").into() };
        for (sql, args) in [
            (
                "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at)
                 VALUES ($1, $2, $3, $2, 1, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 0)",
                vec![key(), name(), format!("p{id}@nav.test").into()],
            ),
            (
                "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision, message_id, dated_at)
                 VALUES ($1, 1, $1, 'accepted', 1, 0, 0, 1, $2, 1804487400000000)",
                vec![key(), name()],
            ),
            (
                "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points, carried, correction, returned)
                 VALUES ($1, $1, 1, 1, 0, 'interest', '[]', 30, 0, FALSE, FALSE)",
                vec![key()],
            ),
        ] {
            tx.run(sql, args).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// Of these people each says so of their letter, or of the item in it.
pub async fn say(pages: &Pages, people: std::ops::Range<i64>, item: Option<i64>, answer: &str) {
    let mut tx = pages.db.store.begin().await.unwrap();
    for at in people {
        let sql = "INSERT INTO tap (recipient_id, delivery_id, item_id, answer, tapped_at) VALUES ($1, $1, $2, $3, 1804488000000000)";
        tx.run(sql, vec![(FIRST + at).into(), item.into(), answer.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Of these people each says so of an item that they did not get.
pub async fn probe(pages: &Pages, people: std::ops::Range<i64>, answer: &str) {
    let mut tx = pages.db.store.begin().await.unwrap();
    for at in people {
        let sql = "INSERT INTO probe (recipient_id, item_id, edition_id, answer, answered_at) VALUES ($1, 6, 1, $2, 1804488000000000)";
        tx.run(sql, vec![(FIRST + at).into(), answer.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn stands(body: &str, all: &[&str]) {
    for said in all {
        assert!(body.contains(said), "{said} in {body}");
    }
}

on_both_databases! {
    async fn whoever_works_on_what_goes_sees_it_and_nobody_else(db: Database) {
        let pages = Pages::over(db).await;
        for (right, opens) in [("write", true), ("approve", true), ("send", true), ("people", false), ("administer", false)] {
            let mut staff = seat(&pages, &format!("{right}@forum.example"), &format!("[\"{right}\"]")).await;
            let status = staff.get(HITS).await.status;
            assert_eq!(status == StatusCode::OK, opens, "{right}: {status}");
            let menu = staff.get("/desk").await.body.contains("<a href=\"/desk/hits\">Treffsikkerhet</a>");
            assert_eq!(menu, opens, "{right}");
        }
        let leader = add_account(&pages, "leder@forum.example", r#"["write"]"#, &["health".to_owned()]).await;
        assert_eq!(seat_account(&pages, leader, "leder", now()).await.get(HITS).await.status, StatusCode::OK);
        assert_eq!(seat_partner(&pages, "mona@nav.test", 1).await.get(HITS).await.status, StatusCode::FORBIDDEN);
    }

    async fn sums_stand_there_and_lead_to_where_they_can_be_mended(db: Database) {
        let pages = Pages::over(db).await;
        send_letters(&pages, 60).await;
        say(&pages, 0..9, None, "hit").await;
        say(&pages, 9..14, None, "miss").await;
        say(&pages, 20..26, Some(1), "not_for_me").await;
        let mut lise = seat(&pages, LISE, r#"["write","send","people"]"#).await;
        pages.run("UPDATE item_version SET about = '[\"sector:industry\",\"role:steward\"]' WHERE item_id IN (1, 6)").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let page = lise.get(HITS).await.body;
        stands(&page, &[
            "<b>67 av 100</b> svar sier at brevet traff: 10 av 15.", "61 brev er sendt.",
            "<a href=\"/desk/mailing/sent/1\">", "10 av 15 traff",
            "<a href=\"/desk/items?kind=article\">Artikler</a>", "Sto 61 ganger i brev", "5–10 av 100 bommet",
            "<a href=\"/desk/topics/sector/industry\">Industri</a>", "De følger temaet",
            "Det er for tidlig å si. Det trengs minst 30 svar", "Færre enn fem har sagt at en sak passer for en kollega.",
        ]);
        assert!(!page.contains("Tillitsvalgt"), "what is about unions is told of nobody: {page}");
        probe(&pages, 0..8, "yes").await;
        probe(&pages, 8..40, "no").await;
        probe(&pages, 40..60, "skipped").await;
        let page = lise.get(HITS).await.body;
        stands(&page, &[
            "Mellom 14 og 41 av 100 slike saker ville vært noe for dem som ikke fikk dem.",
            "Stikkprøven har minst 40 svar.", "14–41 av 100 ville hatt dem",
        ]);
        let mut writer = seat(&pages, "skriver@forum.example", r#"["write"]"#).await;
        let page = writer.get(HITS).await.body;
        assert!(!page.contains("/desk/mailing/sent/") && !page.contains("/desk/topics/"), "{page}");
        stands(&page, &["10 av 15 traff", "Industri"]);
    }

    async fn nothing_under_five_stands_there_nor_what_is_left_of_a_number(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["send"]"#).await;
        let empty = lise.get(HITS).await.body;
        stands(&empty, &["For få har svart til at vi kan si noe ennå.", "færre enn fem brev", "for få svar", "Færre enn fem har sagt «Ikke for meg»."]);
        send_letters(&pages, 40).await;
        say(&pages, 0..35, None, "hit").await;
        let page = lise.get(HITS).await.body;
        assert!(page.contains("for få svar") && !page.contains("nesten alle"), "four no would be more than one of ten: {page}");
        say(&pages, 35..36, None, "hit").await;
        say(&pages, 36..37, None, "miss").await;
        say(&pages, 20..24, Some(1), "not_for_me").await;
        probe(&pages, 0..2, "yes").await;
        probe(&pages, 2..40, "no").await;
        let page = lise.get(HITS).await.body;
        stands(&page, &[
            "Nesten alle som svarte, sier at brevet traff. Færre enn fem sier nei.", "nesten alle traff",
            "Færre enn fem har sagt «Ikke for meg».", "Høyst 24 av 100 slike saker",
        ]);
        for number in ["36 av", "37 av", "37 svar", " 4 av", " 2 av", "bommet</span>"] {
            assert!(!page.contains(number), "{number} in {page}");
        }
        pages.run("UPDATE edition SET occurs_at = 1704487400000000").await;
        stands(&lise.get(HITS).await.body, &["Ingen brev er sendt de siste 90 dagene"]);
    }

    async fn a_sum_that_leaves_mailings_out_says_so_and_shows_no_large_number(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["send"]"#).await;
        send_letters(&pages, 60).await;
        pages.run("INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at, planned_at)
                   VALUES (2, 'daily', 1804484000000000, 1804484000000000, 9, 7, '{}', 1804484000000000, 1804484000000000)").await;
        pages.run("UPDATE delivery SET edition_id = 2 WHERE id >= 1040").await;
        say(&pages, 0..9, None, "hit").await;
        say(&pages, 9..14, None, "miss").await;
        stands(&lise.get(HITS).await.body, &["<b>67 av 100</b>", "10 av 15 traff", "for få svar"]);
        say(&pages, 40..42, None, "hit").await;
        let page = lise.get(HITS).await.body;
        stands(&page, &["10 av 15 svar i de utsendingene som har tall, sier at brevet traff.", "10 av 15 traff", "for få svar"]);
        assert!(!page.contains("67 av 100"), "{page}");
    }

    async fn where_answers_are_kept_for_fewer_days_no_more_are_counted(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["send"]"#).await;
        // Twenty days before.
        pages.run("UPDATE edition SET occurs_at = 1802759400000000").await;
        stands(&lise.get(HITS).await.body, &["de siste 90 dagene", "for få svar"]);
        pages.run("UPDATE retention SET days = 14 WHERE kind = 'taps'").await;
        stands(&lise.get(HITS).await.body, &["de siste 14 dagene", "Ingen brev er sendt de siste 14 dagene"]);
    }

    async fn months_whose_answers_are_gone_stand_below_these_days(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, r#"["send"]"#).await;
        assert!(!lise.get(HITS).await.body.contains("Måned for måned"));
        pages.run("INSERT INTO hit_month (month, letters, said, yes, no, kept_at) VALUES ('2026-10', 120, 'nearly_all', NULL, NULL, 0),
                   ('2026-11', 160, 'told', 30, 10, 0), ('2026-12', 9, 'told', 5, 5, 0), ('2027-01', 9, 'few', NULL, NULL, 0)").await;
        let page = lise.get(HITS).await.body;
        stands(&page, &["Måned for måned", "Siste 90 dager", "November 2026", "160 brev", "30 av 40 traff", "Oktober 2026", "nesten alle traff"]);
        assert!(page.find("November 2026") < page.find("Oktober 2026"));
        for later in ["Desember 2026", "Januar 2027"] {
            assert!(!page.contains(later), "these days overlap it, and the difference would tell: {page}");
        }
    }

    async fn what_came_back_was_not_got_and_what_was_said_of_it_does_not_count(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        send_letters(&pages, 3).await;
        say(&pages, 0..3, None, "hit").await;
        say(&pages, 0..3, Some(1), "not_for_me").await;
        probe(&pages, 0..1, "yes").await;
        probe(&pages, 1..2, "skipped").await;
        pages.run("INSERT INTO passed_on (recipient_id, item_id, said_at) VALUES (1, 1, 1804488000000000), (1, 2, 1804488000000000), (2, 1, 0)").await;
        pages.run("UPDATE delivery SET state = 'rejected' WHERE id = 1000").await;
        pages.run("UPDATE delivery_item SET returned = TRUE WHERE delivery_id = 1001").await;
        let since = "2027-01-01T00:00:00Z".parse().unwrap();
        let occurs_at = "2027-03-08T06:30:00Z".parse().unwrap();
        let mailing = MailingSumRow { edition: EditionId(1), cadence: "weekly".into(), occurs_at, letters: 3 };
        assert_eq!(store.sum_mailings(since).await.unwrap(), [mailing]);
        let hit = |id| HitRow { edition: EditionId(1), recipient: RecipientId(id), hit: true };
        assert_eq!(store.list_hits(since).await.unwrap(), [hit(1001), hit(1002)]);
        let sent = |item, because: &str, letters| SentSumRow { item: ItemId(item), because: because.into(), letters };
        let all = [sent(1, "interest", 2), sent(2, "required", 1), sent(3, "audience", 1), sent(4, "audience", 1)];
        assert_eq!(store.sum_sent(since).await.unwrap(), all);
        let refused = NotForMeRow { item: ItemId(1), because: "interest".into(), recipient: RecipientId(1002) };
        assert_eq!(store.list_not_for_me(since).await.unwrap(), [refused]);
        let probed = ProbedRow { item: ItemId(6), recipient: RecipientId(1000), yes: true };
        assert_eq!(store.list_probed(since).await.unwrap(), [probed]);
        assert_eq!(store.sum_passed_on(since).await.unwrap(), PassedOnSum { times: 2, people: 1 });
        assert_eq!(store.sum_mailings(now()).await.unwrap(), []);
    }
}
