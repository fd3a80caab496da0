//! What is asked before an item is queued, and what is told of it afterwards.

use axum::http::StatusCode;

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

const OVER: &str = "Dagen er allerede forbi: Ingen får saken.";

on_both_databases! {
    async fn what_is_over_already_is_asked_about_at_its_day_and_told_as_over(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        for (field, more) in [
            ("starts_on", [("kind", "event"), ("starts_on", "2027-03-01")]),
            ("wanted_by", [("kind", "request"), ("wanted_by", "2027-03-07")]),
            ("deadline", [("kind", "call"), ("deadline", "2027-03-07")]),
            ("expires_on", [("kind", "tip"), ("expires_on", "2027-03-07")]),
        ] {
            let filled = [[("title", "For sent"), ("audience", "all")].as_slice(), &more].concat();
            let draft = place(&lead.post("/desk/items/new", &form(&filled)).await);
            let page = lead.get(&draft).await.body;
            assert!(page.contains("0 får denne") && page.contains(OVER), "{field}: the side says why: {page}");
            let queue = form(&[filled.as_slice(), &[("do", "queue")]].concat());
            let asked = lead.fill_in(&draft, &draft, &queue).await;
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            let told = format!("id=\"{field}-error\">{OVER}");
            assert!(asked.body.contains(&told) && asked.body.contains("name=\"over\" value=\"yes\""), "{told} in {}", asked.body);
            let sure = form(&[filled.as_slice(), &[("over", "yes"), ("do", "queue")]].concat());
            let queued = lead.fill_in(&draft, &draft, &sure).await;
            assert!(queued.header("location").ends_with("?done=queued"), "{field}: {}", queued.body);
            let page = lead.get(queued.header("location")).await.body;
            assert!(page.contains("er over før den sendes: Ingen får den i brev.") && page.contains("Avsluttet"), "{page}");
            assert!(!page.contains("ligger i neste utsending") && !page.contains("note good"), "{page}");
        }
    }

    async fn what_is_over_before_it_is_sent_is_asked_about_too(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", "Frist"), ("kind", "call"), ("deadline", "2027-03-20"), ("release_on", "2027-04-01"), ("audience", "all"), ("do", "queue")]);
        let asked = lead.post("/desk/items/new", &filled).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("deadline-error\">Saken er over før den sendes"), "{}", asked.body);
    }

    async fn minutes_that_say_nothing_or_come_before_their_meeting_are_asked_about(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let minutes = [("title", "Referat"), ("kind", "minutes"), ("met_on", "2028-03-08"), ("audience", "all"), ("do", "queue")];
        let asked = lead.post("/desk/items/new", &form(&minutes)).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("id=\"body-error\">Referatet har ingen svar og ingen tekst"), "{}", asked.body);
        let with = |more: &[(&str, &str)]| form(&[minutes.as_slice(), more].concat());
        let asked = lead.post("/desk/items/new", &with(&[("next", "Vi møtes igjen.")])).await;
        assert!(asked.body.contains("id=\"met_on-error\">Møtet er onsdag 8. mars 2028, og er ikke holdt ennå."), "{}", asked.body);
        assert!(asked.body.contains("name=\"ahead\" value=\"yes\"") && !asked.body.contains("har ingen svar"), "{}", asked.body);
        let queued = lead.post("/desk/items/new", &with(&[("bare", "yes"), ("ahead", "yes")])).await;
        assert_eq!(place(&queued), "/desk/items/referat");
        // What is asked of minutes is asked of nothing else.
        let article = [("title", "Artikkel"), ("kind", "article"), ("audience", "all"), ("do", "queue")];
        assert_eq!(place(&lead.post("/desk/items/new", &form(&article)).await), "/desk/items/artikkel");
    }

    async fn what_was_answered_of_minutes_is_kept_with_their_draft(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let minutes = [("title", "Referat"), ("kind", "minutes"), ("met_on", "2028-03-08"), ("audience", "all")];
        let with = |more: &[(&str, &str)]| form(&[minutes.as_slice(), more].concat());
        let draft = place(&lead.post("/desk/items/new", &with(&[("bare", "yes")])).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("name=\"bare\" value=\"yes\" checked>") && page.contains("name=\"ahead\" value=\"yes\">"), "{page}");
        let asked = lead.fill_in(&draft, &draft, &with(&[("bare", "yes"), ("do", "queue")])).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("id=\"met_on-error\">Møtet er onsdag 8. mars 2028") && !asked.body.contains("id=\"body-error\""), "{}", asked.body);
        assert!(lead.get(&draft).await.body.contains("name=\"bare\" value=\"yes\" checked>"), "it was refused, and is kept");
        let queued = lead.fill_in(&draft, &draft, &with(&[("bare", "yes"), ("ahead", "yes"), ("do", "queue")])).await;
        assert_eq!(place(&queued), "/desk/items/referat");
    }

    async fn a_correction_that_moves_the_meeting_ahead_is_asked_about_too(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let minutes = [("title", "Referat"), ("kind", "minutes"), ("language", "nb"), ("next", "Møtes."), ("audience", "all"), ("visibility", "forum"), ("do", "queue")];
        let with = |more: &[(&str, &str)]| form(&[minutes.as_slice(), more].concat());
        let item = place(&lead.post("/desk/items/new", &with(&[("met_on", "2027-03-01")])).await);
        let draft = place(&lead.post(&format!("{item}/correct"), "").await);
        let asked = lead.fill_in(&draft, &draft, &with(&[("met_on", "2028-03-01")])).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("id=\"met_on-error\">Møtet er onsdag 1. mars 2028"), "{}", asked.body);
        let done = lead.fill_in(&draft, &draft, &with(&[("met_on", "2028-03-01"), ("ahead", "yes")])).await;
        assert_eq!(done.header("location"), format!("{item}?done=corrected"), "{}", done.body);
    }

    // Kari is the steward, and Ola sees nothing of the forum yet.
    async fn what_reaches_nobody_is_asked_about_where_one_chooses_who_gets_it(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let sak = [("title", "Sak"), ("kind", "tip"), ("audience", "not role:steward"), ("topics", "chosen")];
        let with = |more: &[(&str, &str)]| form(&[sak.as_slice(), more].concat());
        let asked = lead.post("/desk/items/new", &with(&[("visibility", "forum"), ("do", "queue")])).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("id=\"audience-error\">Ingen får saken, slik det står nå."), "{}", asked.body);
        let draft = format!("/desk/drafts/{}", pages.text("SELECT public_id FROM draft").await);
        let sure = [("visibility", "forum"), ("nobody", "yes"), ("do", "save")];
        assert!(lead.fill_in(&draft, &draft, &with(&sure)).await.header("location").ends_with("?done=saved"));
        assert!(lead.get(&draft).await.body.contains("name=\"nobody\" value=\"yes\" checked>"), "the draft keeps it");
        let queued = lead.fill_in(&draft, &draft, &with(&[sure.as_slice(), &[("do", "queue")]].concat())).await;
        assert_eq!(place(&queued), "/desk/items/sak");
        let open = lead.post("/desk/items/new", &with(&[("visibility", "public"), ("do", "queue")])).await;
        assert_eq!(place(&open), "/desk/items/sak-2", "Ola gets it");
    }

    // It is Monday, after the week's mailing. The forum mails by day too, but nobody has chosen that.
    async fn what_is_over_before_the_next_mailing_that_somebody_hears_is_asked_about_and_told(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = |title, day| [("title", title), ("kind", "event"), ("starts_on", day), ("audience", "all"), ("do", "queue")];
        let soon = filled("På torsdag", "2027-03-11");
        let asked = lead.post("/desk/items/new", &form(&soon)).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("starts_on-error\">Saken er over før den sendes: Ingen får den."), "{}", asked.body);
        let queued = lead.post("/desk/items/new", &form(&[soon.as_slice(), &[("over", "yes")]].concat())).await;
        let page = lead.get(queued.header("location")).await.body;
        assert!(page.contains("er over før den sendes: Ingen får den i brev.") && !page.contains("note good"), "{page}");
        assert!(page.contains("<strong>Er over før neste utsending</strong>") && !page.contains("Ligger i neste utsending"), "{page}");
        assert!(page.contains("Velg «Nå, som eget brev».") && !page.contains("senere siste dag"), "it is past then: {page}");
        let list = lead.get("/desk/items?q=torsdag").await.body;
        assert!(list.contains("Er over før neste utsending") && !list.contains("Ligger i neste"), "{list}");
        let later = lead.post("/desk/items/new", &form(&filled("Uka etter", "2027-03-18"))).await;
        let page = lead.get(later.header("location")).await.body;
        assert!(page.contains("Saken ligger i neste utsending.") && !page.contains("er over før"), "{page}");
        pages.run("UPDATE recipient SET cadence = 'daily', revision = revision + 1 WHERE id = 1").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let daily = lead.post("/desk/items/new", &form(&filled("Samme dag", "2027-03-11"))).await;
        let page = lead.get(daily.header("location")).await.body;
        assert!(page.contains("Saken ligger i neste utsending.") && !page.contains("er over før"), "{page}");
        assert!(page.contains("<strong>Ligger i neste utsending</strong>"), "{page}");
        // Who hears daily does not get what is for the group of another.
        pages.run("UPDATE recipient SET cadence = CASE id WHEN 1 THEN 'weekly' ELSE 'daily' END, revision = revision + 1").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let group = [("title", "For gruppa"), ("kind", "event"), ("starts_on", "2027-03-11"), ("audience", "group:health"), ("do", "queue")];
        let asked = lead.post("/desk/items/new", &form(&group)).await;
        assert!(asked.body.contains("starts_on-error\">Saken er over før den sendes"), "{}", asked.body);
    }

    async fn who_may_not_send_a_letter_of_its_own_is_told_to_ask_the_lead(db: Database) {
        let pages = pages_of(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let soon = [("title", "På torsdag"), ("kind", "event"), ("starts_on", "2027-03-11"), ("audience", "group:health"), ("visibility", "group:health")];
        let draft = place(&leader.post("/desk/items/new", &form(&soon)).await);
        let page = leader.get(&draft).await.body;
        assert!(page.contains("Be prosjektlederen sende den som eget brev.") && !page.contains("Velg «Nå"), "{page}");
        let advised = "Be prosjektlederen sende den som eget brev";
        assert_eq!(page.matches(advised).count(), 1, "beside the form stands why alone: {page}");
        let queue = form(&[soon.as_slice(), &[("do", "queue")]].concat());
        let asked = leader.fill_in(&draft, &draft, &queue).await;
        assert!(asked.body.contains("Be prosjektlederen sende den som eget brev") && !asked.body.contains("Velg «Nå"), "{}", asked.body);
        assert_eq!(asked.body.matches(advised).count(), 2, "at its day and at its box: {}", asked.body);
        assert!(asked.body.contains("<a href=\"#sure\">Ikke lagt inn ennå"), "{}", asked.body);
        let ask = form(&[soon.as_slice(), &[("do", "ask")]].concat());
        assert_eq!(place(&leader.fill_in(&draft, &draft, &ask).await), draft);
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Velg «Nå, som eget brev».") && page.contains("<option value=\"urgent\">"), "{page}");
        assert!(page.contains("<details class=\"more\" open>"), "the lane is not folded away: {page}");
    }

    async fn a_later_last_day_is_advised_as_long_as_what_it_is_about_is_not_past(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let event = [("title", "I juni"), ("kind", "event"), ("starts_on", "2027-06-10"), ("expires_on", "2027-03-10"), ("audience", "all")];
        let article = [("title", "Nytt"), ("kind", "article"), ("expires_on", "2027-03-10"), ("audience", "all")];
        for filled in [event.as_slice(), &article] {
            let draft = place(&lead.post("/desk/items/new", &form(filled)).await);
            let page = lead.get(&draft).await.body;
            assert!(page.contains("Velg «Nå, som eget brev», eller sett en senere siste dag."), "{page}");
        }
    }

    async fn what_waits_for_its_day_is_told_to_wait(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", "Jul"), ("kind", "tip"), ("audience", "all"), ("release_on", "2027-12-24"), ("do", "queue")]);
        let queued = lead.post("/desk/items/new", &filled).await;
        let page = lead.get(queued.header("location")).await.body;
        assert!(page.contains("Saken er lagt inn, og venter til 24. desember.") && !page.contains("Saken ligger i neste utsending."), "{page}");
        assert!(page.contains("Du kan angre til kl. 09.10."), "{page}");
    }

    async fn a_link_that_may_ask_for_a_login_is_asked_about_at_its_field(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let link = "https://Forum.sharepoint.com/sites/plan";
        let cases: [(&str, &[(&str, &str)]); 4] = [
            ("body", &[("kind", "article"), ("body", "Les [planen](https://forum.sharepoint.com/sites/plan).")]),
            ("body", &[("kind", "minutes"), ("group", "health"), ("met_on", "2027-03-01"), ("how", link)]),
            ("link", &[("kind", "article"), ("link", link)]),
            ("registration_url", &[("kind", "event"), ("starts_on", "2027-04-08"), ("registration_url", link)]),
        ];
        for (field, more) in cases {
            let filled = [[("title", "Planen"), ("audience", "all")].as_slice(), more].concat();
            let draft = place(&lead.post("/desk/items/new", &form(&filled)).await);
            let queue = form(&[filled.as_slice(), &[("do", "queue")]].concat());
            let asked = lead.fill_in(&draft, &draft, &queue).await;
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{more:?}");
            let told = format!("id=\"{field}-error\">En lenke går til forum.sharepoint.com.");
            assert!(asked.body.contains(&told) && asked.body.contains("name=\"walled\" value=\"yes\""), "{told} in {}", asked.body);
            assert!(asked.body.contains("mange som får saken, får ikke åpnet lenken."), "{}", asked.body);
            let sure = form(&[filled.as_slice(), &[("walled", "yes"), ("do", "queue")]].concat());
            let queued = lead.fill_in(&draft, &draft, &sure).await;
            assert!(queued.header("location").ends_with("?done=queued"), "{more:?}: {}", queued.body);
        }
        let open = [("title", "Åpen"), ("kind", "article"), ("audience", "all"), ("body", "https://forum.example/sharepoint"), ("do", "queue")];
        let queued = lead.post("/desk/items/new", &form(&open)).await;
        assert!(queued.header("location").ends_with("?done=queued"), "{}", queued.body);
    }

    async fn what_goes_at_once_is_asked_about_with_whom_it_reaches_and_is_not_promised_back(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let urgent = [("title", "Haster"), ("kind", "tip"), ("audience", "group:health"), ("lane", "urgent"), ("do", "queue")];
        let asked = lead.post("/desk/items/new", &form(&urgent)).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("lane-error\">1 får denne. Saken går som eget brev innen et minutt"), "{}", asked.body);
        let sure = form(&[urgent.as_slice(), &[("at_once", "yes")]].concat());
        let queued = lead.post("/desk/items/new", &sure).await;
        let page = lead.get(queued.header("location")).await.body;
        assert!(page.contains("Saken går innen et minutt, som eget brev.") && page.contains("<strong>Går innen et minutt</strong>"), "{page}");
        assert!(!page.contains("Du kan angre til") && !page.contains("Ligger i neste utsending"), "{page}");
        let undone = lead.post(&format!("{}/undo", place(&queued)), "").await;
        assert!(undone.header("location").ends_with("done=late"));
    }

    async fn a_mailing_that_goes_before_ends_what_can_be_undone(db: Database) {
        let pages = pages_of(db).await;
        pages.run(r#"UPDATE forum SET cadences = '{"weekly":"0 5 9 * * Mon"}', change_number = change_number + 1"#).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", "Like før"), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        let queued = lead.post("/desk/items/new", &filled).await;
        let page = lead.get(queued.header("location")).await.body;
        assert!(page.contains("Saken ligger i neste utsending.") && page.contains("Du kan angre til kl. 09.05."), "{page}");
    }
}
