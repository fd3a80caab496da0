//! Stories of the desk: an item is begun, filled in, shown with who gets it, queued, taken back, corrected.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::access::reader::filled as fill_in;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now, percent_encode};

pub(crate) const WRITER: &str = r#"["write"]"#;
pub(crate) const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const DRAFTS: &str =
    "SELECT state || '|' || title || '|' || COALESCE(audience, '') || '|' || about FROM draft ORDER BY id";
const ITEMS: &str = "SELECT i.slug || '|' || CAST(i.version AS TEXT) || '|' || v.kind || '|' || COALESCE(v.audience, '') || '|' || v.visibility
                     || '|' || CASE WHEN i.withdrawn_at IS NULL THEN '' ELSE 'withdrawn' END
                     FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version WHERE i.id > 6 OR i.version > 1 ORDER BY i.id";

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", percent_encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

pub(crate) fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location").split(['?', '#']).next().unwrap().to_owned()
}

/// Rows with numbers of their own do not move PostgreSQL's counters.
pub(crate) async fn pages_of(db: crate::harness::Database) -> Pages {
    let pages = Pages::over(db).await;
    if pages.db.store.has_many_workers() {
        let _ = pages.text("SELECT CAST(setval(pg_get_serial_sequence('item', 'id'), 200) AS TEXT)").await;
    }
    pages
}

on_both_databases! {
    async fn an_item_is_queued_with_one_form(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let empty = lead.get("/desk/items/new").await;
        assert_eq!(empty.status, StatusCode::OK);
        assert!(empty.body.contains("Hva gjelder det?") && empty.body.contains("Ingen får denne ennå"));
        assert_eq!(pages.text(DRAFTS).await, "", "nothing is kept before somebody saves");
        let filled = form(&[("title", "Åtte har tatt fagbrev"), ("body", "Gruppa fikk det til."), ("audience", "group:health"), ("do", "queue")]);
        let queued = place(&lead.post("/desk/items/new", &filled).await);
        assert_eq!(queued, "/desk/items/atte-har-tatt-fagbrev");
        let items = pages.text(ITEMS).await;
        assert!(items.ends_with("atte-har-tatt-fagbrev|1|experience|group:health|forum|"), "the kind is suggested: {items}");
        assert_eq!(pages.text(DRAFTS).await, "taken|Åtte har tatt fagbrev|group:health|[]");
        let actor = "SELECT actor FROM change WHERE action = 'item.added'";
        assert!(pages.text(actor).await.starts_with("account:"), "the log tells who queued it");
        let page = lead.get(&queued).await.body;
        assert!(page.contains("Ligger i neste utsending") && page.contains("Angre, gjør den til utkast igjen"));
        assert!(page.contains("1 får denne") && page.contains("Kompetansegruppe helse"));
        let list = lead.get("/desk/items?q=fagbrev").await.body;
        assert!(list.contains("Åtte har tatt fagbrev") && list.contains("1 sak") && !list.contains("hemmelig"));
    }

    async fn pressing_twice_makes_one_item(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = [("title", "Tips"), ("audience", "all"), ("kind", "tip")];
        let draft = place(&lead.post("/desk/items/new", &form(&filled)).await);
        let queue = form(&[filled.as_slice(), &[("do", "queue")]].concat());
        let queue = fill_in(&lead.get(&draft).await, &draft, &queue);
        place(&lead.post(&draft, &queue).await);
        let second = lead.post(&draft, &queue).await;
        assert_eq!(place(&second), "/desk/items/tips");
        assert_eq!(pages.text(ITEMS).await.lines().count(), 1);
    }

    async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", ""), ("body", "</textarea><script>x</script>"), ("kind", "event"), ("audience", "group:helth or"), ("do", "queue")]);
        let refused = lead.post("/desk/items/new", &filled).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["Skriv en kort tittel.", "Skriv dagen det begynner.", "Noe mangler. Se ved feltene.", "«group:helth» finnes ikke. Nærmest er group:health."] {
            assert!(refused.body.contains(said), "{said}\n{}", refused.body);
        }
        assert!(refused.body.contains("&lt;/textarea&gt;") && refused.body.contains("value=\"group:helth or\""));
        assert_eq!(pages.text(DRAFTS).await, "new||group:helth or|[]", "it is kept as it was typed");
        assert_eq!(pages.text(ITEMS).await, "");
        assert!(refused.header("content-security-policy").contains("script-src 'self'"));
    }

    async fn who_gets_it_is_chosen_with_and_or_not(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Sak")])).await);
        let mut audience = String::new();
        for (wish, chip, expected) in [
            ("or", "group:health", "group:health"),
            ("or", "group:health/leader", "group:health or group:health/leader"),
            ("and", "role:steward", "group:health or group:health/leader and role:steward"),
            ("not", "org:nav", "(group:health or group:health/leader and role:steward) and not org:nav"),
            ("drop:1.1", "", "(group:health or group:health/leader) and not org:nav"),
            ("drop:not.0", "", "group:health or group:health/leader"),
            ("drop:0.0", "", "group:health/leader"),
            ("clear", "", ""),
        ] {
            let pressed = form(&[("title", "Sak"), ("audience", &audience), ("do", wish), ("chip", chip)]);
            let answer = lead.fill_in(&draft, &draft, &pressed).await;
            assert!(answer.header("location").ends_with("#who"), "{wish}");
            expected.clone_into(&mut audience);
            assert_eq!(pages.text(DRAFTS).await, format!("new|Sak|{expected}|[]"), "{wish}");
        }
        let beside = form(&[("title", "Sak"), ("do", "or"), ("chip", "group:health"), ("chip_position", "deputy")]);
        lead.fill_in(&draft, &draft, &beside).await;
        assert_eq!(pages.text(DRAFTS).await, "new|Sak|group:health/deputy|[]");
        let named = form(&[("title", "Sak"), ("do", "or"), ("org_name", " nav ")]);
        lead.fill_in(&draft, &draft, &named).await;
        assert_eq!(pages.text(DRAFTS).await, "new|Sak|org:nav|[]");
        let typed = form(&[("title", "Sak"), ("audience", "group:health and (role:steward or not org:nav)")]);
        place(&lead.fill_in(&draft, &draft, &typed).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Kompetansegruppe helse og samtidig (Tillitsvalgt eller ikke Arbeider i NAV)"), "{page}");
        for word in ["seat", "facet", "expression"] {
            assert!(!page.to_lowercase().contains(&format!(">{word}")), "{word}");
        }
    }

    async fn names_stand_behind_every_count_and_why_not_is_answered(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Sak"), ("audience", "group:health")])).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("1 får denne") && page.contains(&format!("href=\"{draft}/who\"")), "{page}");
        let who = lead.get(&format!("{draft}/who")).await.body;
        assert!(who.contains("Kari &lt;script&gt;") && who.contains("Valgt av forumet: kompetansegruppe helse"), "{who}");
        let why_not = lead.get(&format!("{draft}/who?q=ola")).await.body;
        assert!(why_not.contains("Ola Nordmann") && why_not.contains("Får den ikke.") && why_not.contains("Kan ikke se saken. Den vises for: Alle i forumet."), "{why_not}");
        assert!(lead.get(&format!("{draft}/who?q=xyz")).await.body.contains("Ingen mottaker heter det."));
    }

    async fn who_works_for_a_union_is_for_those_who_keep_the_peoples_pages(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut writer = seat(&pages, "skriver@forum.example", WRITER).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Sak"), ("audience", "group:health")])).await);
        for (page, place) in [(format!("{draft}/who"), "<small class=\"quiet\">NAV</small>"), (draft.clone(), "<span>NAV</span>")] {
            assert!(lead.get(&page).await.body.contains(place), "{page}");
            let told = writer.get(&page).await;
            assert_eq!(told.status, StatusCode::OK);
            assert!(!told.body.contains(place), "{page}");
        }
        pages.run("UPDATE organisation SET kind = 'state'").await;
        let blank = writer.get(&format!("{draft}/who?q=kari")).await.body;
        assert!(blank.contains("Kari &lt;script&gt;") && !blank.contains("<small class=\"quiet\">NAV</small>"), "a blank marks nobody: {blank}");
    }

    async fn open_minutes_ask_first_whether_names_were_looked_for(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let minutes = [("title", "Referat"), ("kind", "minutes"), ("next", "Møtes"), ("audience", "all"), ("visibility", "public"), ("do", "queue")];
        let asked = lead.post("/desk/items/new", &form(&minutes)).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("Se etter navn og helseopplysninger, og kryss av"));
        let looked = form(&[minutes.as_slice(), &[("looked_over", "yes")]].concat());
        assert_eq!(place(&lead.post("/desk/items/new", &looked).await), "/desk/items/referat");
    }

    async fn a_draft_is_saved_while_one_writes_and_tells_who_gets_it(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let first = lead.post("/desk/items/new", &form(&[("title", "Sa"), ("do", "auto")])).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.body.contains("data-base=\"/desk/drafts/") && first.body.contains("Ingen får denne ennå"), "{}", first.body);
        let base = first.body.split("data-base=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let second = lead.fill_in(&base, &base, &form(&[("title", "Sak"), ("audience", "all"), ("do", "auto")])).await;
        assert!(second.body.contains("data-saves=\"2\"") && second.body.contains("får denne"), "{}", second.body);
        assert_eq!(pages.text(DRAFTS).await, "new|Sak|all|[]");
    }

    async fn who_saves_over_another_is_told_and_keeps_what_they_wrote(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Sak")])).await);
        let stale = lead.get(&draft).await;
        place(&lead.fill_in(&draft, &draft, &form(&[("title", "Min")])).await);
        let late = lead.post(&draft, &fill_in(&stale, &draft, &form(&[("title", "Din")]))).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("value=\"Din\"") && late.body.contains("Noen andre har lagret"));
        assert_eq!(pages.text(DRAFTS).await, "new|Min||[]");
        place(&lead.post(&draft, &fill_in(&late, &draft, &form(&[("title", "Din")]))).await);
        assert_eq!(pages.text(DRAFTS).await, "new|Din||[]");
    }

    async fn for_ten_minutes_an_item_becomes_a_draft_again(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", "Angres"), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &filled).await);
        let draft = place(&lead.post(&format!("{item}/undo"), "").await);
        assert!(pages.text(ITEMS).await.ends_with("angres|1|tip|all|forum|withdrawn"));
        assert!(lead.get(&format!("{draft}?done=undone")).await.body.contains("Ingen har fått den."));
        let again = place(&lead.fill_in(&draft, &draft, &filled).await);
        assert_eq!(again, "/desk/items/angres-2");
        pages.run("UPDATE draft SET settled_at = settled_at - 601000000").await;
        assert!(!lead.get(&again).await.body.contains("Angre, gjør den"));
        let late = lead.post(&format!("{again}/undo"), "").await;
        assert!(late.header("location").ends_with("done=late"));
        assert!(pages.text(ITEMS).await.ends_with("angres-2|1|tip|all|forum|"));
    }

    async fn what_is_out_is_corrected_and_taken_back_as_by_the_commands(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/aapen/correct", "").await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Rett saken") && page.contains("Lagre rettelsen"));
        let filled = form(&[("title", "Rettet"), ("kind", "article"), ("about", "sector:health"), ("visibility", "public"), ("language", "nb"), ("do", "queue")]);
        let done = lead.fill_in(&draft, &draft, &filled).await;
        assert_eq!(done.header("location"), "/desk/items/aapen?done=corrected", "{}", done.body);
        assert_eq!(pages.text(ITEMS).await, "aapen|2|article||public|");
        let actions = "SELECT action FROM change WHERE subject = 'item:aapen' ORDER BY id";
        assert_eq!(pages.text(actions).await, "item.corrected");
        place(&lead.post("/desk/items/aapen/withdraw", "").await);
        assert_eq!(pages.text(actions).await, "item.corrected\nitem.withdrawn");
        assert!(lead.get("/desk/items/aapen").await.body.contains("Trukket tilbake"));
        let waits = form(&[("title", "Venter"), ("kind", "tip"), ("audience", "all"), ("release_on", "2027-06-01"), ("release_time", "09:00"), ("do", "queue")]);
        let waiting = place(&lead.post("/desk/items/new", &waits).await);
        let draft = place(&lead.post(&format!("{waiting}/correct"), "").await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("value=\"2027-06-01\"") && page.contains("value=\"09:00\""), "its release stays: {page}");
        let better = form(&[("title", "Venter fortsatt"), ("kind", "tip"), ("audience", "all"), ("keep", "yes"), ("release_on", "2027-06-01"), ("release_time", "09:00"), ("do", "queue")]);
        assert_eq!(place(&lead.fill_in(&draft, &draft, &better).await), waiting);
        assert!(pages.text(ITEMS).await.contains("venter|2|tip|all|forum|"));
        let copied = place(&lead.post("/desk/items/samling/copy", "").await);
        assert!(lead.get(&copied).await.body.contains("Legg i neste utsending"));
    }

    async fn what_is_out_keeps_its_kind_and_the_form_says_so(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/aapen/correct", "").await);
        let changed = form(&[("title", "Rettet"), ("kind", "tip"), ("about", "sector:health"), ("visibility", "public"), ("language", "nb"), ("do", "queue")]);
        for (language, told) in [("nb", "kan ikke bli en annen type"), ("nn", "kan ikkje bli ein annan type"), ("en", "cannot become another type")] {
            lead.post("/desk/account/language", &format!("language={language}")).await;
            let refused = lead.fill_in(&draft, &draft, &changed).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
            assert!(refused.body.contains(told) && refused.body.contains("id=\"kind-error\""), "{language}: {}", refused.body);
            assert!(!refused.body.contains("is of kind"), "the words of the command line: {}", refused.body);
        }
        assert_eq!(pages.text("SELECT CAST(version AS TEXT) FROM item WHERE slug = 'aapen'").await, "1");
    }

    async fn a_group_leader_writes_to_the_group_and_asks_for_more(db: Database) {
        let pages = pages_of(db).await;
        let account = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, account, "leder", now()).await;
        let empty = leader.get("/desk/items/new").await.body;
        assert!(empty.contains("value=\"group:health\"") && !empty.contains("Alle, også utenfor forumet"));
        let own = [("title", "Til gruppa"), ("kind", "tip"), ("audience", "group:health"), ("visibility", "group:health")];
        let queue = |pairs: &[(&'static str, &'static str)]| form(&[own.as_slice(), pairs, &[("do", "queue")]].concat());
        assert_eq!(place(&leader.post("/desk/items/new", &queue(&[])).await), "/desk/items/til-gruppa");
        for wider in [
            ("audience", "all"),
            ("audience", "group:health or role:steward"),
            ("visibility", "forum"),
            ("visibility", "public"),
            ("importance", "required"),
            ("lane", "urgent"),
        ] {
            let refused = leader.post("/desk/items/new", &queue(&[wider])).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{wider:?}");
            assert!(refused.body.contains("Denne må prosjektlederen sende.") && refused.body.contains("Be prosjektlederen sende denne"));
        }
        let gathering = queue(&[("kind", "event"), ("starts_on", "2027-06-01"), ("gathering", "yes")]);
        assert_eq!(leader.post("/desk/items/new", &gathering).await.status, StatusCode::FORBIDDEN, "letters go to all around it");
        assert_eq!(pages.text(ITEMS).await.lines().count(), 1);
        let ask = form(&[own.as_slice(), &[("audience", "all"), ("visibility", "public"), ("do", "ask")]].concat());
        let asked = place(&leader.post("/desk/items/new", &ask).await);
        let who = leader.get(&format!("{asked}/who?q=ola")).await.body;
        assert!(who.contains("Kari &lt;script&gt;") && !who.contains("Ola Nordmann"), "other groups' people are counted only: {who}");
        assert!(who.contains("og 1 til.") && who.contains("Ingen mottaker heter det."), "{who}");
        assert!(pages.text("SELECT kind FROM notice").await.contains("sent_in"));
        for (path, method) in [("/desk/items/aapen", Method::GET), ("/desk/items/aapen/correct", Method::POST), ("/desk/items/hemmelig/withdraw", Method::POST)] {
            let status = leader.ask(method, path, "").await.status;
            assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::OK | StatusCode::SEE_OTHER), "{path}");
            assert_eq!(status == StatusCode::NOT_FOUND, path.contains("aapen"), "{path}: hemmelig is the group's own");
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let list = lead.get("/desk/items").await.body;
        assert!(list.contains(&asked) && list.contains("venter på prosjektlederen"));
        assert_eq!(place(&lead.fill_in(&asked, &asked, &queue(&[("audience", "all")])).await), "/desk/items/til-gruppa-2");
        let other = add_account(&pages, "annen@forum.example", WRITER, &["health".to_owned()]).await;
        let mut other = seat_account(&pages, other, "annen", now()).await;
        assert_eq!(other.get(&asked).await.status, StatusCode::NOT_FOUND, "a draft is its writer's and the lead's");
    }

    async fn a_file_goes_with_the_item(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let parts = |wish: &str, file: &str, saves: &str| {
            let field = |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            let file = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../plan.pdf\"\r\n\r\n{file}\r\n");
            [field("title", "Med vedlegg"), field("kind", "tip"), field("audience", "all"), field("do", wish), field("saves", saves), file, "--x--\r\n".to_owned()].concat()
        };
        let cookie = lead.cookie.clone();
        let send = async |path: &str, body: String| {
            let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
            let request = request.header("cookie", &cookie).header("sec-fetch-site", "same-origin");
            pages.send(request.body(Body::from(body)).unwrap()).await
        };
        let draft = place(&send("/desk/items/new", parts("save", "%PDF-1.7 en plan", "")).await);
        assert!(lead.get(&draft).await.body.contains("plan.pdf"));
        place(&send(&draft, parts("file-drop:0", "", "1")).await);
        assert!(!lead.get(&draft).await.body.contains("plan.pdf"));
        let item = place(&send(&draft, parts("queue", "%PDF-1.7 en plan", "2")).await);
        assert_eq!(item, "/desk/items/med-vedlegg");
        let files = "SELECT name || ' ' || media_type FROM item_attachment";
        assert_eq!(pages.text(files).await, "plan.pdf application/pdf");
    }

    async fn what_is_pasted_comes_back_as_markdown_and_is_not_kept(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let before = pages.dump().await;
        let pasted = lead.post("/desk/paste", &form(&[("html", "<h2>Om</h2><p>Vi er <b>ferdige</b>.</p><script>x</script>")])).await;
        assert_eq!(pasted.body, "## Om\n\nVi er **ferdige**.\n");
        assert_eq!(pages.dump().await, before);
    }

    async fn what_was_sent_in_is_opened_as_a_draft(db: Database) {
        let pages = pages_of(db).await;
        pages.post("/send-in", "title=Kurs&body=Gratis&kind=tip&for_whom=Alle+med+l%C3%A6rlinger&why=Mange+sp%C3%B8r&name=Per&email=per%40skole.example&organisation=Vik+skole&topic=sector%3Ahealth").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let list = lead.get("/desk/items").await.body;
        assert!(list.contains("Sendt inn av Per"), "{list}");
        let path = list.split("href=\"/desk/drafts/").nth(1).unwrap().split('"').next().unwrap();
        let draft = format!("/desk/drafts/{path}");
        let page = lead.get(&draft).await.body;
        assert!(page.contains("value=\"Kurs\"") && page.contains("Alle med lærlinger") && page.contains("Mange spør"));
        let sender = "<dd>Per, Vik skole</dd><dd><a href=\"mailto:per@skole.example\">per@skole.example</a></dd>";
        assert!(page.contains(sender), "who asks how to correct it writes to them: {page}");
        let filled = form(&[("title", "Kurs i veiledning"), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        place(&lead.fill_in(&draft, &draft, &filled).await);
        assert_eq!(pages.text("SELECT state || ' ' || source FROM draft").await, "taken form");
    }

    async fn who_sent_something_in_is_not_told_to_work_for_a_union(db: Database) {
        let pages = pages_of(db).await;
        let sent = "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, audience, about, sender_id, received_at, changed_at)
                    VALUES ('d1', 'form', 'new', 'nb', 'Kurs', 'Gratis', '{}', '', '', '[]', 1, 0, 0)";
        pages.run(sent).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let known = lead.get("/desk/drafts/d1").await.body;
        assert!(known.contains(", NAV</dd>"), "{known}");
        assert!(known.contains("href=\"mailto:kari@nav.test\""), "{known}");
        pages.run("UPDATE organisation SET kind = 'union' WHERE id = 1").await;
        let discreet = lead.get("/desk/drafts/d1").await.body;
        assert!(!discreet.contains(", NAV</dd>") && discreet.contains("href=\"mailto:kari@nav.test\""), "{discreet}");
    }

    async fn looking_changes_nothing(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Sak"), ("audience", "all")])).await);
        let before = pages.dump().await;
        let paths = ["/desk/items", "/desk/items/new", "/desk/items/aapen", &draft, &format!("{draft}/who?q=o"), &format!("{draft}/preview?reader=en")].map(str::to_owned);
        for path in paths {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(lead.ask(method, &path, "").await.status, StatusCode::OK, "{path}");
            }
        }
        assert_eq!(pages.dump().await, before);
    }

    async fn groups_that_get_nothing_stand_in_one_sentence(db: Database) {
        let pages = pages_of(db).await;
        for sql in [
            r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (121, 'group', 'skole', NULL, '{"nb":"Gruppe A"}', 'competence'), (122, 'group', 'yrke', NULL, '{"nb":"Gruppe B"}', 'competence')"#,
            "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (21, 121, 1, 'member', 0), (22, 122, 1, 'member', 0)",
            "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (21, 2, 'import'), (22, 2, 'import')",
        ] {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Sak"), ("audience", "group:health")])).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Ingen i gruppe A eller gruppe B får denne."), "{page}");
    }

    async fn a_draft_that_is_thrown_away_leaves_the_list(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &form(&[("title", "Kastes")])).await);
        assert!(lead.get("/desk/items").await.body.contains("Kastes"));
        place(&lead.post(&format!("{draft}/discard"), "").await);
        assert!(!lead.get("/desk/items").await.body.contains("Kastes"));
        assert!(pages.text(DRAFTS).await.starts_with("declined|Kastes"));
    }
}
