//! Anyone may send something in; the lead makes an item of it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use treff::pipeline::NoticeDesk;

use crate::access::reader::filled;
use crate::desk::seat::{add_account, seat_account};
use crate::pages::world::{Answer, Pages, letter_token, now};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

/// Where the form of the public page goes: the page's language goes along.
const ACTION: &str = "/send-in?lang=nb";
const FORM: &str = "title=Nytt+kurs&body=Kurs+i+veiledning.%0D%0AGratis.&link=https%3A%2F%2Fskole.example%2Fkurs&kind=event\
                    &for_whom=De+som+har+l%C3%A6rlinger&why=Mange+sp%C3%B8r&topic=sector%3Ahealth&topic=group%3Ahealth";
const OUTSIDER: &str = "&name=Per+Li&email=Per%40skole.example&organisation=Skolen&website=";
const DRAFTS: &str =
    "SELECT title || '|' || body || '|' || COALESCE(kind, '') || '|' || audience_words || '|' || about || '|'
    || fields || '|' || COALESCE(CAST(sender_id AS TEXT), '') || '|' || COALESCE(sender_name, '') || '|'
    || COALESCE(sender_email, '') || '|' || COALESCE(sender_organisation, '') FROM draft ORDER BY id";
const COUNT: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM draft";
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '') FROM notice ORDER BY id";

/// What a machine of that address sends in.
async fn send_from(pages: &Pages, address: &str, form: &str) -> Answer {
    let request = Request::post("/send-in").header("x-forwarded-for", address);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    pages.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

on_both_databases! {
    async fn anyone_sends_something_in(db: Database) {
        let pages = Pages::over(db).await;
        let form = pages.get("/send-in").await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.body.contains("name=\"email\"") && form.body.contains("sector:health") && !form.body.contains("group:health"));
        assert!(pages.get("/").await.body.contains("href=\"/send-in?lang=nb\""));
        let done = pages.post("/send-in", &format!("{FORM}{OUTSIDER}")).await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Takk, forumet har fått saken"));
        assert_eq!(
            pages.text(DRAFTS).await,
            "Nytt kurs|Kurs i veiledning.\nGratis.|event|De som har lærlinger|[\"sector:health\"]|\
             {\"link\":\"https://skole.example/kurs\",\"why\":\"Mange spør\"}||Per Li|per@skole.example|Skolen",
            "groups are not offered to strangers"
        );
        assert_eq!(pages.text(NOTICES).await, "sent_in nordfjella@forum.example");
    }

    async fn a_letters_reader_is_known_and_need_not_say_who_they_are(db: Database) {
        let pages = Pages::over(db).await;
        let at = format!("/l/{}/send-in", letter_token());
        let form = pages.get(&at).await;
        assert!(form.body.contains("k***@nav.test") && !form.body.contains("name=\"email\""));
        assert!(form.body.contains("group:health"));
        assert_eq!(pages.post(&at, &format!("{FORM}{OUTSIDER}")).await.status, StatusCode::OK);
        let kept = pages.text(DRAFTS).await;
        assert!(kept.contains("[\"sector:health\",\"group:health\"]") && kept.ends_with("|1|||"), "{kept}");
    }

    async fn the_lead_is_told_once_an_hour(db: Database) {
        let pages = Pages::over(db).await;
        for _ in 0..3 {
            pages.post("/send-in", &format!("{FORM}{OUTSIDER}")).await;
        }
        assert_eq!((pages.text(COUNT).await, pages.text(NOTICES).await.lines().count()), ("3".to_owned(), 2));
        let due = "SELECT CAST((MAX(next_attempt_at) - MIN(next_attempt_at)) / 1000000 AS TEXT) FROM notice";
        assert_eq!(pages.text(due).await, "3600");
    }

    async fn those_to_whom_the_draft_opens_are_told_and_led_there(db: Database) {
        let pages = Pages::over(db).await;
        let group = ["health".to_owned()];
        add_account(&pages, "sender@forum.example", r#"["send"]"#, &[]).await;
        add_account(&pages, "writer@forum.example", r#"["write"]"#, &[]).await;
        let leader = add_account(&pages, "leader@forum.example", r#"["write"]"#, &group).await;
        add_account(&pages, "both@forum.example", r#"["write","send"]"#, &group).await;
        add_account(&pages, "over@forum.example", r#"["write"]"#, &[]).await;
        pages.run("UPDATE account SET until_at = 1804000000000000 WHERE email = 'over@forum.example'").await;
        pages.post("/send-in", &format!("{FORM}{OUTSIDER}")).await;
        assert_eq!(pages.text(NOTICES).await, "sent_in writer@forum.example\nsent_in both@forum.example");
        let pipeline = crate::mailing::town::pipeline_at(&pages, now()).await;
        NoticeDesk::open(&pipeline).unwrap().send_due(&CancellationToken::new()).await.unwrap();
        let files = std::fs::read_dir(pages.db.path("outbox/new")).unwrap();
        for file in files {
            let mail = std::fs::read(file.unwrap().path()).unwrap();
            let text = mail_parser::MessageParser::default().parse(&mail).unwrap().body_text(0).unwrap().into_owned();
            assert!(text.contains("https://forum.example/desk") && text.contains("Se hva som er sendt inn"), "{text}");
            assert!(!text.contains("treff draft"), "{text}");
        }
        pages.run("DELETE FROM notice").await;
        let mut leader = seat_account(&pages, leader, "leader", now()).await;
        leader.post("/desk/items/new", "title=Til+alle&body=Les.&kind=tip&audience=all&visibility=forum&do=ask").await;
        assert_eq!(pages.text(NOTICES).await, "sent_in both@forum.example", "sending it takes both rights");
    }

    async fn what_is_wrong_is_said_at_its_field_and_nothing_is_lost(db: Database) {
        let pages = Pages::over(db).await;
        for (form, said) in [
            (format!("body=x&for_whom=y{OUTSIDER}"), "Skriv en kort overskrift."),
            (format!("title=x&for_whom=y{OUTSIDER}"), "Skriv hva saken går ut på."),
            (format!("title=x&body=x{OUTSIDER}"), "Skriv hvem som bør få den."),
            (format!("title=x&body=x&for_whom=y&link=javascript%3Aalert(1){OUTSIDER}"), "En lenke begynner med https://"),
            (format!("{FORM}&email=per%40skole.example"), "Skriv navnet ditt."),
            (format!("{FORM}&name=Per&email=per"), "Skriv en e-postadresse som virker."),
            (format!("{FORM}&name=Per&email=per%40skole.example&title={}", "x".repeat(151)), ""),
        ] {
            let answer = pages.post("/send-in", &form).await;
            assert!(answer.status.is_client_error(), "{form}");
            assert!(answer.body.contains(said), "{form}");
        }
        let kept = pages.post("/send-in", "title=%3Cscript%3Ealert(1)%3C%2Fscript%3E&body=%3C%2Ftextarea%3E%3Cb%3E").await;
        assert!(kept.body.contains("&lt;script&gt;") && !kept.body.contains("<script") && !kept.body.contains("</textarea><b>"));
        assert_eq!(pages.text(COUNT).await, "0");
    }

    async fn a_program_is_told_the_same_and_nothing_is_kept(db: Database) {
        let pages = Pages::over(db).await;
        let filled = format!("{FORM}{OUTSIDER}https%3A%2F%2Fspam.example");
        let (program, person) = (pages.post("/send-in", &filled).await, pages.post("/send-in", &format!("{FORM}{OUTSIDER}")).await);
        assert_eq!((program.status, &program.body), (person.status, &person.body));
        assert_eq!(pages.text(COUNT).await, "1");
    }

    async fn what_is_sent_twice_is_kept_once(db: Database) {
        let pages = Pages::over(db).await;
        let known = format!("/l/{}/send-in", letter_token());
        for (n, (at, action)) in [("/send-in", ACTION), (&known, &known)].into_iter().enumerate() {
            let page = pages.get(at).await;
            let sent = filled(&page, action, &format!("{FORM}{OUTSIDER}"));
            let (one, two) = tokio::join!(pages.post(at, &sent), pages.post(at, &sent));
            let again = pages.post(at, &sent).await;
            for done in [one, two, again] {
                assert!(done.status == StatusCode::OK && done.body.contains("Takk, forumet har fått saken"), "{}", done.body);
            }
            assert_eq!(pages.text(COUNT).await, (n + 1).to_string(), "{at}");
        }
        let anew = filled(&pages.get("/send-in").await, ACTION, &format!("{FORM}{OUTSIDER}"));
        pages.post("/send-in", &anew).await;
        assert_eq!(pages.text(COUNT).await, "3", "a page that is opened anew sends another");
    }

    async fn who_goes_back_and_writes_on_is_told_and_may_send_that_too(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get("/send-in").await;
        pages.post("/send-in", &filled(&page, ACTION, &format!("{FORM}{OUTSIDER}"))).await;
        let more = format!("{FORM}{OUTSIDER}").replace("Nytt+kurs", "Annet+kurs");
        let told = pages.post("/send-in", &filled(&page, ACTION, &more)).await;
        assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
        assert!(told.body.contains("Du har allerede sendt inn noe fra denne siden") && told.body.contains("value=\"Annet kurs\""), "{}", told.body);
        assert_eq!(pages.text(COUNT).await, "1");
        let sent = pages.post("/send-in", &filled(&told, ACTION, &more)).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        assert_eq!(pages.text("SELECT title FROM draft ORDER BY id").await, "Nytt kurs\nAnnet kurs");
    }

    async fn one_sender_and_all_together_have_a_limit(db: Database) {
        let pages = Pages::over(db).await;
        for n in 0..10 {
            assert_eq!(pages.post("/send-in", &format!("{FORM}{OUTSIDER}")).await.status, StatusCode::OK, "{n}");
        }
        let over = pages.post("/send-in", &format!("{FORM}{OUTSIDER}")).await;
        assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(over.body.contains("Det er kommet inn mye på kort tid.") && over.body.contains("Kurs i veiledning."));
        for n in 0..20 {
            let other = format!("{FORM}&name=Per&email=p{n}%40skole.example");
            assert_eq!(send_from(&pages, "198.51.100.7", &other).await.status, StatusCode::OK, "{n}");
        }
        let other = format!("{FORM}&name=Per&email=ny%40skole.example");
        assert_eq!(send_from(&pages, "198.51.100.9", &other).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(pages.text(COUNT).await, "30");
    }

    async fn one_machine_does_not_take_everybodys_turn(db: Database) {
        let pages = Pages::over(db).await;
        for n in 0..21 {
            let form = format!("{FORM}&name=Per&email=p{n}%40skole.example");
            let answer = send_from(&pages, "198.51.100.7", &form).await;
            assert_eq!(answer.status, if n < 20 { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS }, "{n}");
            assert_eq!(answer.body.contains("Kurs i veiledning."), n == 20, "what was written stays");
        }
        assert_eq!(send_from(&pages, "198.51.100.8", &format!("{FORM}{OUTSIDER}")).await.status, StatusCode::OK);
        let reader = format!("/l/{}/send-in", letter_token());
        assert_eq!(pages.post(&reader, FORM).await.status, StatusCode::OK, "who is known is counted as a person");
        assert_eq!(pages.text(COUNT).await, "22");
    }

    async fn an_old_browser_that_tells_only_origin_is_served(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(pages.get("/send-in").await.header("referrer-policy"), "same-origin");
        for (origin, status) in [("https://forum.example", StatusCode::OK), ("https://evil.example", StatusCode::FORBIDDEN), ("null", StatusCode::FORBIDDEN)] {
            let request = Request::post("/send-in").header("host", "forum.example").header("origin", origin);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = pages.send(request.body(Body::from(format!("{FORM}{OUTSIDER}"))).unwrap()).await;
            assert_eq!(answer.status, status, "{origin}");
        }
    }

    async fn looking_at_the_form_sends_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for path in ["/send-in".to_owned(), format!("/l/{}/send-in", letter_token())] {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(pages.ask(method, &path).await.status, StatusCode::OK);
            }
        }
        assert_eq!(pages.dump().await, before);
    }
}

const ROWS: &str = "INSERT INTO draft (public_id, source, state, language, kind, title, body, fields, audience_words, about,
                                       sender_name, sender_email, sender_organisation, received_at, changed_at)
    VALUES ('d1', 'form', 'new', 'nb', 'event', 'Kurs \"i\" dag', 'Tekst
+++
kind = \"tip\"', '{\"link\":\"https://skole.example\",\"why\":\"Fordi
audience = all\"}', 'alle
audience = \"all\"', '[\"sector:health\"]', 'Per', 'per@skole.example', 'Skolen', 1000000, 1)";

on_both_engines! {
    async fn the_lead_makes_an_item_of_a_draft_and_chooses_who_gets_it(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let mut tx = treff.database.store.begin().await.unwrap();
        tx.run(ROWS, vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let listed = treff.run(&["draft", "list"]).done().json;
        let id = listed["drafts"][0]["id"].to_string();
        assert_eq!(listed["drafts"][0]["sender"], json!({
            "name": "Per", "email": "per@skole.example", "organisation": "Skolen", "known": false,
        }));
        assert_eq!(treff.run(&["draft", "show", &id]).done().json, listed["drafts"][0]);
        let file = treff.path("kurs.md").display().to_string();
        let wrong = treff.run(&["draft", "take", &id, "--audience", "group:helth", "--out", &file]).refused();
        assert!(wrong[0].contains("group:health"), "{wrong:?}");
        let misspelt = treff.path("drfts/kurs.md").display().to_string();
        treff.run(&["draft", "take", &id, "--out", &misspelt]).refused();
        assert!(!treff.path("drfts").exists());
        assert_eq!(treff.run(&["draft", "list"]).done().json, listed, "nothing was taken");
        treff.run(&["draft", "take", &id, "--out", &file]).done();
        let asked = treff.run(&["item", "add", &file]).refused();
        assert!(asked[0].contains("audience"), "nobody gets it before somebody chose: {asked:?}");
        treff.run(&["draft", "take", &id, "--out", &file]).refused();
        let second = treff.path("kurs2.md").display().to_string();
        treff.run(&["draft", "take", &id, "--audience", "group:health", "--out", &second]).done();
        treff.run(&["item", "add", &second]).done();
        let items = treff.run(&["item", "list"]).done().json;
        let item = &items["items"][0];
        assert_eq!((&item["kind"], &item["title"], &item["audience"], &item["about"]),
                   (&json!("event"), &json!("Kurs \"i\" dag"), &json!("group:health"), &json!([])));
        assert_eq!(treff.run(&["draft", "list"]).done().json, json!({ "drafts": [] }));
        assert_eq!(treff.run(&["draft", "list", "--all"]).done().json["drafts"][0]["state"], "taken");
        assert_eq!(treff.run(&["draft", "decline", &id]).done().json["changed"], true);
        assert_eq!(treff.run(&["draft", "decline", "99"]).refused(), ["there is no draft 99; see treff draft list --all"]);
    }
}
