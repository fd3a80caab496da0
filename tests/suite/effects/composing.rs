//! The form: what it offers, what it keeps, what is wrong with it, and what another saved meanwhile.

use axum::http::StatusCode;

use super::scene::{COMPOSE, PREVIEW, SENDER, TAKE_BACK, composed, hand_in, pages_with_goals};
use crate::access::reader::filled;
use crate::desk::seat::{seat, seat_partner};
use crate::on_both_databases;
use crate::pages::world::percent_encode;
use crate::queue::desk::{LEAD, place};

const DRAFT: &str = "SELECT draft FROM effect_page";

on_both_databases! {
    async fn goals_and_gains_are_offered_with_who_may_read_them_today(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let open = hand_in(&mut lead, "public", "2027-02-01", ("Åpent <b>x</b>.", "")).await;
        let forums = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        let alone = hand_in(&mut lead, "only:health", "2027-02-03", ("For gruppa.", "")).await;
        let page = lead.get(COMPOSE).await.body;
        for said in ["Ti læreplasser", "Tegnet: Ti avtaler · nådd 10. februar 2027", "Felles plan", "Åpent &lt;b&gt;x&lt;&#x2F;b&gt;.", "Vi ringte.", "Møtet 3. februar 2027",
                     "Referatet er for forumet. Tar du med dette, kan alle lese det.", "Dette står i et referat som bare er for gruppa.", "Ingen side er publisert."] {
            assert!(page.contains(said) || page.contains(&said.replace("&#x2F;", "/")), "{said} in {page}");
        }
        let ticked = |id: &str| page.contains(&format!("name=\"shown\" value=\"{id}\" aria-describedby=\"open-{id}\" checked"));
        assert_eq!([&open, &forums, &alone].map(|id| ticked(id)), [true, false, false], "nothing gets wider by itself");
        assert_eq!(pages.text(DRAFT).await, "{}", "looking keeps nothing");
    }

    async fn what_the_form_says_is_kept_and_stays_private(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        let mut sender = seat(&pages, "sender@forum.example", SENDER).await;
        let said = composed("own", "Først.\r\n\r\nSå.", &[("first", "2027-02-01"), ("last", "2027-02-28"), ("gain", &item), ("shown", &item), ("version", "1"), ("words", "Kortere."), ("how", ""), ("do", "save")]);
        let kept = sender.fill_in(COMPOSE, COMPOSE, &said).await;
        assert_eq!(kept.header("location"), "/desk/effects?done=saved");
        let page = sender.get("/desk/effects?done=saved").await.body;
        for said in ["Lagret. Bare de som arbeider ved skrivebordet, ser det.", ">Kortere.</textarea>", "I referatet: <span lang=\"nb\">For forumet. Vi ringte.", "value=\"own\" checked", "value=\"2027-02-28\"", ">Først.\n\nSå.</textarea>",
                     "Under står det som hendte fra 1. februar 2027 til 28. februar 2027."] {
            assert!(page.contains(said), "{said} in {page}");
        }
        for path in ["/effects", "/effects.txt"] {
            assert_eq!(pages.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(!pages.get("/").await.body.contains("/effects"));
        let again = sender.fill_in(COMPOSE, COMPOSE, &said).await;
        assert_eq!(place(&again), COMPOSE);
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'effects.saved'").await, "account:2", "pressing twice is once");
    }

    async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        let gain = [("gain", item.as_str()), ("shown", &item), ("version", "1"), ("words", " "), ("how", "<i>Nytt</i>")];
        let said = composed("own", "</textarea>Hei", &[[("first", "2027-03-01"), ("last", "2027-02-01")].as_slice(), &gain].concat());
        let refused = lead.fill_in(COMPOSE, COMPOSE, &said).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["id=\"days-error\">Skriv to dager, den første før den siste.", "value=\"2027-03-01\"", "value=\"own\" checked", "&lt;&#x2F;textarea&gt;Hei", "Skriv hva som er oppnådd, eller ta bort krysset.", "&lt;i&gt;Nytt", "Noe må rettes først."] {
            assert!(refused.body.contains(said) || refused.body.contains(&said.replace("&#x2F;", "/")), "{said} in {}", refused.body);
        }
        let long = composed("this_year", &"å".repeat(3_001), &[]);
        let refused = lead.fill_in(COMPOSE, COMPOSE, &long).await;
        assert!(refused.body.contains("id=\"introduction-error\">Innledningen kan ha 3000 tegn."), "{}", refused.body);
        assert_eq!(pages.text(DRAFT).await, "{}");
    }

    async fn whoever_saves_over_another_is_told_what_stands(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        let mut other = seat(&pages, "other@forum.example", SENDER).await;
        let stale = other.get(COMPOSE).await;
        let mine = composed("this_year", "Mitt.", &[("gain", &item), ("shown", &item)]);
        place(&lead.fill_in(COMPOSE, COMPOSE, &mine).await);
        let late = other.post(COMPOSE, &filled(&stale, COMPOSE, &composed("this_year", "Ditt.", &[("gain", &item)]))).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        for said in ["Noen andre har endret dette", "<dt>Innledningen</dt><dd>Mitt.</dd>", "<dd>er med · For forumet. · Vi ringte.</dd>", ">Ditt.</textarea>"] {
            assert!(late.body.contains(said), "{said} in {}", late.body);
        }
        assert!(pages.text(DRAFT).await.contains("Mitt."));
        place(&other.post(COMPOSE, &filled(&late, COMPOSE, &composed("this_year", "Ditt.", &[("gain", &item)]))).await);
        assert!(pages.text(DRAFT).await.contains("Ditt."));
    }

    async fn choosing_other_days_keeps_what_was_said_of_these(db: Database) {
        let pages = pages_with_goals(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = hand_in(&mut lead, "forum", "2027-02-02", ("For forumet.", "Vi ringte.")).await;
        let said = composed("last_year", "Slik.", &[("gain", &item), ("shown", &item), ("version", "1"), ("words", "Kortere."), ("how", "Vi ringte."), ("do", "days")]);
        assert_eq!(lead.fill_in(COMPOSE, COMPOSE, &said).await.header("location"), "/desk/effects?done=days#groups");
        let page = lead.get("/desk/effects?done=days").await.body;
        assert!(page.contains("Nå vises det som hendte i de dagene du valgte.") && !page.contains("Kortere."), "{page}");
        place(&lead.fill_in(COMPOSE, COMPOSE, &composed("this_year", "Slik.", &[("do", "days")])).await);
        assert!(lead.get(COMPOSE).await.body.contains(">Kortere.</textarea>"));
    }

    async fn whoever_sends_composes_and_nobody_else(db: Database) {
        let pages = pages_with_goals(db).await;
        let said = format!("span=this_year&introduction={}", percent_encode("Nei"));
        let mut writer = seat(&pages, "writer@forum.example", r#"["write","approve","people","administer"]"#).await;
        let mut partner = seat_partner(&pages, "mona@nav.test", 1).await;
        for reader in [&mut writer, &mut partner] {
            for path in [COMPOSE, PREVIEW] {
                assert_eq!(reader.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
                assert_eq!(reader.post(path, &said).await.status, StatusCode::FORBIDDEN, "{path}");
            }
            assert_eq!(reader.post(TAKE_BACK, "").await.status, StatusCode::FORBIDDEN);
        }
        let mut sender = seat(&pages, "sender@forum.example", SENDER).await;
        assert!(sender.get("/desk/progress").await.body.contains("href=\"/desk/effects\">Lag en side som kan vises fram</a>"));
        assert!(!writer.get("/desk/progress").await.body.contains("/desk/effects"));
    }
}
