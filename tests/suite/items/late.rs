//! A correction that comes too late for some who have got the item is told, and what helps.

use chrono::{DateTime, Utc};
use serde_json::json;
use treff::content::{Fields, Lane, Moment};
use treff::edition::Late;
use treff::pipeline::find_late;

use crate::pages::world::{Pages, now};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

/// Whom a correction of the event reaches too late that ends then, if something is changed besides.
async fn late(
    pages: &Pages,
    ends_at: &str,
    change: impl FnOnce(&mut treff::content::Item),
) -> (usize, usize) {
    let store = &pages.db.store;
    let forum = treff::world::load_forum(store).await.unwrap();
    let mut item = treff::world::find_item(store, &forum, "samling").await.unwrap().unwrap();
    let at: DateTime<Utc> = ends_at.parse().unwrap();
    if let Fields::Event { starts_at, ends_at, .. } = &mut item.fields {
        (*starts_at, *ends_at) = (Some(Moment::exact(at)), Some(Moment::exact(at)));
    }
    item.version = 2;
    change(&mut item);
    let Late { people, by_urgent, .. } = find_late(store, &forum, &item, now()).await.unwrap();
    (people, by_urgent)
}

const NEXT_LETTER: &str = "2027-03-15T06:30:00Z";
const A_SECOND_LATER: &str = "2027-03-15T06:30:01Z";

on_both_databases! {
    async fn who_gets_the_next_letter_before_the_end_hears_of_it_in_time(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(late(&pages, NEXT_LETTER, |_| ()).await, (1, 1), "closed at that instant");
        assert_eq!(late(&pages, A_SECOND_LATER, |_| ()).await, (0, 0));
        assert_eq!(late(&pages, NEXT_LETTER, |item| item.lane = Lane::Urgent).await, (0, 0));
        assert_eq!(late(&pages, "2027-03-08T07:00:00Z", |_| ()).await, (0, 0), "it is over: no lane helps");
        let expires = |item: &mut treff::content::Item| item.expires_at = Some(NEXT_LETTER.parse().unwrap());
        assert_eq!(late(&pages, "2027-04-08T07:00:00Z", expires).await, (1, 1), "its expiry closes it");
        let waits = |item: &mut treff::content::Item| item.release_at = "2027-03-16T00:00:00Z".parse().unwrap();
        assert_eq!(late(&pages, "2027-03-20T07:00:00Z", waits).await, (1, 1), "it is released later");
        let waits = |item: &mut treff::content::Item| item.release_at = NEXT_LETTER.parse().unwrap();
        assert_eq!(late(&pages, A_SECOND_LATER, waits).await, (0, 0), "that letter holds it");
    }

    async fn pauses_and_holidays_move_the_next_letter(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(late(&pages, "2027-03-20T07:00:00Z", |_| ()).await, (0, 0));
        pages.run("UPDATE recipient SET paused_until = '2027-03-16' WHERE id = 1").await;
        assert_eq!(late(&pages, "2027-03-20T07:00:00Z", |_| ()).await, (1, 0), "what is urgent waits for the 22nd too");
        assert_eq!(late(&pages, "2027-03-15T07:00:00Z", |item| item.lane = Lane::Urgent).await, (1, 0));
        pages.run("UPDATE recipient SET paused_until = NULL, urgent_off_at = 1 WHERE id = 1").await;
        assert_eq!(late(&pages, NEXT_LETTER, |_| ()).await, (1, 0), "urgent letters are turned off");
        pages.run(r#"UPDATE forum SET pause = '[{"first":"2027-03-15","last":"2027-03-21"}]'"#).await;
        assert_eq!(late(&pages, "2027-03-22T06:00:00Z", |_| ()).await, (1, 0), "the forum pauses");
        pages.run("UPDATE forum SET pause = '[]', holidays = 'NO'").await;
        let easter_monday = |item: &mut treff::content::Item| item.release_at = "2027-03-23T00:00:00Z".parse().unwrap();
        assert_eq!(late(&pages, "2027-03-29T12:00:00Z", easter_monday).await, (1, 0), "the letter goes on Tuesday");
        assert_eq!(late(&pages, "2027-03-30T12:00:00Z", easter_monday).await, (0, 0));
    }

    async fn only_who_got_an_earlier_version_and_may_have_this_one_is_counted(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(late(&pages, NEXT_LETTER, |item| item.version = 1).await, (0, 0), "they have this version");
        for (change, back) in [
            ("UPDATE recipient SET status = 'suspended' WHERE id = 1", "UPDATE recipient SET status = 'active'"),
            ("UPDATE delivery SET state = 'queued'", "UPDATE delivery SET state = 'accepted'"),
            ("UPDATE delivery_item SET returned = TRUE", "UPDATE delivery_item SET returned = FALSE"),
            ("UPDATE recipient SET admitted = FALSE", "UPDATE recipient SET admitted = TRUE"),
        ] {
            if change.contains("admitted") {
                pages.run("UPDATE seat_holder SET ends_at = 1").await;
            }
            pages.run(change).await;
            assert_eq!(late(&pages, NEXT_LETTER, |_| ()).await, (0, 0), "{change}");
            pages.run(back).await;
        }
        assert_eq!(late(&pages, NEXT_LETTER, |_| ()).await, (1, 1));
    }
}

const PEOPLE: &str =
    "email;cadence\nkari@example.test;weekly\nola@example.test;gathering\nper@example.test;weekly\n";

fn event(day: &str, lane: &str) -> String {
    format!(
        "+++\nkind = \"event\"\ntitle = \"Samling\"\naudience = \"all\"\nlane = \"{lane}\"\nstarts_at = {day}T09:00:00Z\n+++\n"
    )
}

on_both_engines! {
    async fn correcting_warns_of_whom_it_does_not_reach_in_time_and_says_the_remedy(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        treff.write("sam.md", event("2097-04-08", "urgent"));
        treff.run(&["item", "add", "sam.md"]).done();
        assert_eq!(treff.run(&["edition", "run", "urgent"]).done().json["accepted"], 3);
        treff.run(&["people", "set", "per@example.test", "--pause-until", "2098-01-01"]).done();
        treff.write("sam.md", event("2097-04-09", "digest"));
        let late = "2 who got item sam will not hear of the correction in time: it is closed \
                    (at 2097-04-09T09:00:00+00:00) before their next letter (1 of them have no next letter yet)";
        let remedy = "put lane = \"urgent\" into the file and correct again, then 1 get it in a minute; \
                      1 of them pause, or have turned urgent letters off: tell them yourself";
        let told = format!("{late}; {remedy}");
        let corrected = treff.run(&["item", "correct", "sam", "sam.md"]).done();
        assert_eq!((&corrected.json["version"], &corrected.json["warnings"]), (&json!(2), &json!([told])));
        let again = treff.run_for_people(&["item", "correct", "sam", "sam.md"]).done();
        assert_eq!(again.stdout, "Unchanged: sam says this already\n");
        assert_eq!(again.stderr, format!("treff: {told}\n"), "as long as they have not got it");
        treff.write("sam.md", event("2097-04-09", "urgent"));
        let urgent = treff.run(&["item", "correct", "sam", "sam.md"]).done();
        // Ola has no next letter, since no gathering is planned, and gets it in the urgent lane.
        let late = late.replace("2 who", "1 who").replace(" (1 of them have no next letter yet)", "");
        let alone = format!("{late}; 1 of them pause, or have turned urgent letters off: tell them yourself");
        assert_eq!((&urgent.json["version"], &urgent.json["warnings"]), (&json!(3), &json!([alone])));
    }

    async fn adding_warns_of_whose_next_letter_comes_only_when_the_item_is_closed(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        let article = |more: &str| {
            let front = "kind = \"article\"\ntitle = \"Nytt\"\naudience = \"all\"\nimportance = \"required\"";
            format!("+++\n{front}\nrelease_at = 2097-03-01T08:00:00Z\n{more}\n+++\n")
        };
        // Ola's next letter comes a week before it, on 6 October.
        let gathering = event("2097-10-13", "digest").replace("starts_at", "gathering = true\nstarts_at");
        treff.write("items/samling.md", gathering);
        treff.write("items/nytt.md", article(""));
        let told = "item nytt is closed (60 days after it first goes out) before the next letter of 1 of the 3 whom it \
                    reaches: they will not get it; put lane = \"urgent\" or an expires_at into the file and add it again";
        assert_eq!(treff.run(&["item", "add", "items", "--dry-run"]).done().json["warnings"], json!([told]));
        treff.write("items/nytt.md", article("expires_at = 2097-10-07T00:00:00Z"));
        assert_eq!(treff.run(&["item", "add", "items"]).done().json["warnings"], json!([]), "it is open long enough");
        treff.write("nytt.md", article(""));
        let corrected = treff.run(&["item", "correct", "nytt", "nytt.md"]).done();
        assert_eq!(corrected.json["warnings"], json!([told.replace("add it", "correct it")]));
    }

    async fn adding_advises_no_later_day_to_whom_no_letter_comes_nor_past_the_event_itself(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", PEOPLE);
        treff.run(&["people", "import", &people]).done();
        // 5 March 2097 is a Tuesday: Kari and Per hear on Monday, Ola around gatherings, and none is planned.
        let release = "release_at = 2097-03-05T08:00:00Z";
        treff.write("items/sam.md", event("2097-03-08", "digest").replace("starts_at", &format!("{release}\nstarts_at")));
        let dated = "kind = \"article\"\ntitle = \"Nytt\"\naudience = \"all\"\nexpires_at = 2098-01-01T00:00:00Z";
        treff.write("items/nytt.md", format!("+++\n{dated}\n{release}\n+++\n"));
        let warned = json!([
            "item nytt is closed (at 2098-01-01T00:00:00+00:00) before the next letter of 1 of the 3 whom it reaches: they will not \
             get it (1 of them have no next letter yet); put lane = \"urgent\" into the file and add it again",
            "item sam is closed (at 2097-03-08T09:00:00+00:00) before the next letter of all whom it reaches: nobody will get it \
             (1 of them have no next letter yet); put lane = \"urgent\" into the file and add it again"
        ]);
        assert_eq!(treff.run(&["item", "add", "items"]).done().json["warnings"], warned);
    }
}
