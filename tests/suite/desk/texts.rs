//! The forum's own words: where they stand, in which language, and what people agreed to in which wording.

use axum::http::StatusCode;
use mail_parser::MessageParser;
use treff::feedback::knocks::answer_knocks;

use super::seat::{LISE, seat};
use crate::access::reader::link_path;
use crate::mailing::town::{LEAD, form, next_monday, queue, run_weekly, town};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const PAGE: &str = "/desk/settings/texts";
const HOUSE: &str = "SELECT house FROM forum";
const CONSENTS: &str =
    "SELECT c.version || ': ' || w.text FROM consent c JOIN wording w ON w.hash = c.text_hash ORDER BY c.id";

/// Somebody signs up in bokmål by the form as it stands; the link that confirms is the `link`-th made.
async fn sign_up(pages: &Pages, address: &str, link: i64) {
    let asked =
        pages.post("/sign-up", &form(&[("email", address), ("language", "nb"), ("consent", "yes")])).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    answer_knocks(&pages.db.store, now()).await.unwrap();
    let confirmed = pages.post(&link_path(link), "").await;
    assert!(confirmed.status == StatusCode::OK && confirmed.body.contains("/u/"), "{}", confirmed.body);
}

on_both_databases! {
    async fn own_words_stand_where_treffs_stood_as_text_and_in_their_language_alone(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        let before = lead.get(PAGE).await.body;
        assert!(before.contains("Treffs ord: <span lang=\"nn\">") && !before.contains("name=\"back\""), "{before}");
        let said = form(&[
            ("sign_up_nb", " Bli med\r\n i <b>forumet</b>\u{7}. "),
            ("sign_up_nn", ""),
            ("privacy_nb", "Vi er et samarbeid."),
        ]);
        let saved = lead.fill_in(PAGE, PAGE, &said).await;
        assert!(saved.status == StatusCode::OK && saved.body.contains("Lagret."), "{}", saved.body);
        assert!(saved.body.contains("Bli med i &lt;b&gt;forumet&lt;/b&gt;."), "{}", saved.body);
        assert!(pages.get("/sign-up?language=nb").await.body.contains("<p>Bli med i &lt;b&gt;forumet&lt;/b&gt;.</p>"));
        let nynorsk = pages.get("/sign-up?language=nn").await.body;
        assert!(!nynorsk.contains("Bli med i") && nynorsk.contains("Det tek eit minutt"), "{nynorsk}");
        let privacy = pages.get("/privacy?lang=nn").await.body;
        assert!(privacy.contains("Vi er et samarbeid."), "where Treff says nothing the nearest language is better: {privacy}");
        let file = lead.get("/desk/settings/forum.toml").await.body;
        assert!(file.contains("[texts]\nsign_up = { nb = \"Bli med i <b>forumet</b>.\" }"), "{file}");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'settings.changed'").await, "account:1");
        let back = lead.fill_in(PAGE, PAGE, &format!("{said}&back=sign_up")).await;
        assert!(!back.body.contains("Bli med i &lt;b&gt;") && back.body.contains("Vi er et samarbeid."), "{}", back.body);
        lead.fill_in(PAGE, PAGE, "privacy_nb=&privacy_nn=&privacy_en=").await;
        assert_eq!(pages.text(HOUSE).await, "{}");
    }

    async fn a_look_saves_nothing_and_a_text_has_an_end(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, LEAD).await;
        let before = pages.text(HOUSE).await;
        let shown = lise.fill_in(PAGE, PAGE, &form(&[("welcome_nb", "Velkommen skal du være."), ("do", "look")])).await;
        assert!(shown.body.contains("Ingenting er lagret ennå.") && shown.body.matches("Velkommen skal du være.").count() == 2, "{}", shown.body);
        assert_eq!(pages.text(HOUSE).await, before);
        lise.fill_in(PAGE, PAGE, &form(&[("welcome_nb", &"å".repeat(600))])).await;
        let kept = pages.text(HOUSE).await;
        assert_eq!(kept.matches('å').count(), 500, "{kept}");
    }

    async fn another_consent_is_another_version_and_what_people_agreed_to_stays_known(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, LEAD).await;
        sign_up(&pages, "nils@example.test", 1).await;
        lise.fill_in(PAGE, PAGE, &form(&[("consent_nb", "Vi lagrer adressen din.")])).await;
        assert!(pages.get("/sign-up?language=nb").await.body.contains("<p id=\"consent-text\">Vi lagrer adressen din.</p>"));
        sign_up(&pages, "siri@example.test", 2).await;
        sign_up(&pages, "tuva@example.test", 3).await;
        let agreed = pages.text(CONSENTS).await;
        let lines: Vec<&str> = agreed.lines().collect();
        assert!(lines[0].starts_with("2026-11 nb: Nordfjella <i>fylkeskommune</i> lagrer adressen din og det du fyller ut"), "{agreed}");
        assert!(lines[1].starts_with("own-") && lines[1].ends_with(" nb: Vi lagrer adressen din.") && lines[1] == lines[2], "{agreed}");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM wording").await, "2");
        lise.fill_in(PAGE, PAGE, "back=consent").await;
        let page = lise.get(PAGE).await.body;
        assert!(page.contains("Gjelder nå for: 2.") && page.contains("Vi lagrer adressen din."), "{page}");
        assert!(page.contains("Versjon 2026-11 nb, først brukt 8. mars"), "{page}");
    }

    async fn who_read_another_wording_is_asked_again(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get("/sign-up?language=nb").await.body;
        let wording = page.split("name=\"wording\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let signed = form(&[("email", "nils@example.test"), ("language", "nb"), ("consent", "yes"), ("wording", &wording)]);
        let mut lise = seat(&pages, LISE, LEAD).await;
        lise.fill_in(PAGE, PAGE, &form(&[("consent_nb", "Noe annet.")])).await;
        let again = pages.post("/sign-up", &signed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("Teksten er endret siden du åpnet siden.") && again.body.contains("Noe annet."), "{}", again.body);
        assert!(!again.body.contains("name=\"consent\" value=\"yes\" required aria-describedby=\"consent-text consent-error\" aria-invalid=\"true\" checked"), "{}", again.body);
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM knock").await, "0");
        lise.fill_in(PAGE, PAGE, "back=consent").await;
        assert_eq!(pages.post("/sign-up", &signed).await.status, StatusCode::OK);
    }

    async fn the_greeting_stands_in_the_first_letter_to_who_was_put_on_a_list(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE recipient SET imported = TRUE, introduced_at = NULL").await;
        pages.run("INSERT INTO legal_basis (recipient_id, basis, source, recorded_at) SELECT id, 'legitimate_interest', 'ark.xlsx', 5 FROM recipient").await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        lead.fill_in(PAGE, PAGE, &form(&[("welcome_nb", "Hei = vi <i>gleder</i> oss til å ha deg med på laget, og skriver derfor ganske langt her.")])).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        run_weekly(&pages, next_monday()).await;
        let letters = std::fs::read_dir(pages.db.path("outbox/new")).unwrap();
        let mut letters = letters.map(|letter| std::fs::read_to_string(letter.unwrap().path()).unwrap());
        let first = letters.find(|letter| letter.contains("ola@nav.test")).expect("Ola got his first letter");
        let mail = MessageParser::default().parse(&first).unwrap();
        let (html, text) = (mail.body_html(0).unwrap(), mail.body_text(0).unwrap());
        assert!(html.contains("Hei = vi &lt;i&gt;gleder&lt;/i&gt; oss til å ha deg med"), "{html}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let greeting = text.find("Hei = vi <i>gleder</i> oss").expect("it stands in the text, too");
        assert!(greeting < text.find("berettiget interesse").expect("the basis is told"), "{text}");
    }
}
