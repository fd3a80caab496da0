//! Who sends and how letters look, settled at the desk and seen in the letter that goes out.

use axum::http::StatusCode;
use mail_parser::MessageParser;
use treff::intake::forum_apply::{How, apply_forum};
use treff::intake::forum_file::read_forum_file;

use super::seat::{LISE, seat, seat_partner};
use crate::access::reader::{Reader, filled};
use crate::mailing::town::{LEAD, next_monday, queue, run_weekly, town};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now};

const ADMIN: &str = r#"["administer"]"#;
const SENDER: &str = "/desk/settings/sender";
const LOOK: &str = "/desk/settings/look";
const HOUSE: &str = "SELECT house FROM forum";
const SETTLED: &str =
    "SELECT f.house || CAST(SUM(r.days) AS TEXT) FROM forum f CROSS JOIN retention r GROUP BY f.house";
const FILLED: &str = "sender=nytt%40nordfjella.example&reply_name=+Mona++Myhre&reply_address=mona%40nordfjella.example\
                      &postal_address=Torget+1&controller=Nordfjella+kommune&privacy_contact=&officer=ombud%40nordfjella.example";

/// A picture of 96 by 48 points.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x60\0\0\0\x30and no more";

/// The letter to Kari that lies in the folder: its source, with its HTML readable behind.
fn letter_to_kari(pages: &Pages) -> String {
    let letters = std::fs::read_dir(pages.db.path("outbox/new")).unwrap();
    let mut texts = letters.map(|letter| std::fs::read_to_string(letter.unwrap().path()).unwrap());
    let source = texts.find(|text| text.contains("kari@nav.test")).expect("Kari got a letter");
    let mail = MessageParser::default().parse(&source).unwrap();
    format!("{source}{}", mail.body_html(0).unwrap())
}

/// Saves the look as somebody does who has just opened its page.
async fn save_look(reader: &mut Reader<'_>, fields: &[(&str, &str)], logo: &[(&str, &str, &[u8])]) -> Answer {
    let seen = named_by(&reader.get(LOOK).await);
    let fields = [&[("seen", seen.as_str())][..], fields].concat();
    reader.post_parts(LOOK, &fields, logo).await
}

/// What names what a form was filled from.
fn named_by(page: &Answer) -> String {
    let seen = page.body.split("name=\"seen\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    seen.split('"').next().unwrap().to_owned()
}

on_both_databases! {
    async fn what_is_settled_of_the_sender_stands_in_the_next_letter_and_on_pages(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        let domain = treff_domain(&lead.get(SENDER).await.body);
        let form = FILLED.replace("nytt%40nordfjella.example", &format!("nytt%40{domain}"));
        let saved = lead.fill_in(SENDER, SENDER, &form).await;
        assert!(saved.status == StatusCode::OK && saved.body.contains("Lagret."), "{}", saved.body);
        assert!(saved.body.contains("value=\"Mona Myhre\""), "{}", saved.body);
        queue(&mut lead, "For alle", "all", &[]).await;
        run_weekly(&pages, next_monday()).await;
        let letter = letter_to_kari(&pages);
        for line in [
            format!("<nytt@{domain}>"),
            "Reply-To: Mona Myhre <mona@nordfjella.example>".to_owned(),
            "Torget 1".to_owned(),
        ] {
            assert!(letter.contains(&line), "{line}: {letter}");
        }
        let privacy = pages.get("/privacy").await.body;
        assert!(privacy.contains("Nordfjella kommune") && privacy.contains("ombud@nordfjella.example"), "{privacy}");
        assert!(privacy.contains("Torget 1"), "the postal address stands at the foot of pages");
        lead.fill_in(SENDER, SENDER, "").await;
        assert_eq!(pages.text(HOUSE).await, "{}", "an empty form settles nothing");
        assert!(!pages.get("/privacy").await.body.contains("Nordfjella kommune"));
    }

    async fn an_address_that_letters_cannot_name_is_told_at_its_field(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for (form, told) in [
            ("sender=post%40elsewhere.example", "En adresse et annet sted ville blitt stoppet"),
            ("reply_address=kari", "Dette er ingen e-postadresse"),
            ("reply_address=k%C3%A5re%40nord.example", "uten æ, ø og å"),
            ("reply_address=bounce%40nord.example", "leses av programmet"),
        ] {
            let refused = lise.fill_in(SENDER, SENDER, form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(told) && refused.body.contains("aria-invalid=\"true\""), "{}", refused.body);
        }
        assert_eq!(pages.text(HOUSE).await, "{}");
    }

    async fn the_look_is_seen_at_once_and_goes_out_with_the_next_mailing(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        let fields = [("colour", "#7a0019"), ("about_nb", "Et  samarbeid."), ("about_nn", ""), ("about_en", "")];
        let saved = save_look(&mut lead, &fields, &[("logo", "logo.png", PICTURE)]).await;
        assert!(saved.status == StatusCode::OK && saved.body.contains("Lagret."), "{}", saved.body);
        let logo = lead.get("/desk/settings/look/logo").await;
        assert_eq!(logo.header("content-type"), "image/png");
        let seen = lead.get("/desk/settings/look/letter").await;
        assert!(seen.body.contains("#7a0019") && !seen.body.contains("#0b5d5e"), "{}", seen.body);
        assert!(seen.body.contains("src=\"data:image/png;base64,") && seen.body.contains("Et samarbeid."));
        assert!(seen.header("content-security-policy").contains("img-src data:"));
        queue(&mut lead, "For alle", "all", &[]).await;
        run_weekly(&pages, next_monday()).await;
        let letter = letter_to_kari(&pages);
        assert!(letter.contains("#7a0019") && !letter.contains("#0b5d5e"), "{letter}");
        assert!(letter.contains("Content-ID: <logo@treff.invalid>") && letter.contains("Et samarbeid."));
        let wrong = save_look(&mut lead, &[("colour", "grønn"), ("no_logo", "yes")], &[]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("name=\"no_logo\" value=\"yes\" checked"), "it is still to go: {}", wrong.body);
        let again = save_look(&mut lead, &[("colour", "#0b5d5e"), ("no_logo", "yes")], &[]).await;
        assert!(again.body.contains("Lagret.") && !again.body.contains("look/logo"), "{}", again.body);
        assert_eq!(lead.get("/desk/settings/look/logo").await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text(HOUSE).await, "{}");
    }

    async fn who_saves_over_another_s_look_is_told_and_chooses_their_picture_again(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut ola = seat(&pages, "ola@forum.example", ADMIN).await;
        let stale = named_by(&ola.get(LOOK).await);
        save_look(&mut lise, &[("colour", "#7a0019"), ("about_nb", "Et samarbeid.")], &[]).await;
        let before = pages.text(HOUSE).await;
        let typed = |seen| [("seen", seen), ("colour", "#0b5d5e"), ("about_nb", "Et nettverk.")];
        let logo: &[(&str, &str, &[u8])] = &[("logo", "logo.png", PICTURE)];
        let late = ola.post_parts(LOOK, &typed(&stale), logo).await;
        assert_eq!((late.status, pages.text(HOUSE).await), (StatusCode::CONFLICT, before));
        for said in ["<dd>#7a0019</dd>", "<dd>Et samarbeid.</dd>", "value=\"Et nettverk.\"", "Velg det på nytt."] {
            assert!(late.body.contains(said), "{said}: {}", late.body);
        }
        let saved = ola.post_parts(LOOK, &typed(&named_by(&late)), logo).await;
        assert!(saved.body.contains("Lagret.") && saved.body.contains("look/logo"), "{}", saved.body);
    }

    async fn who_saves_over_another_s_page_is_told_and_nothing_is_lost(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut ola = seat(&pages, "ola@forum.example", ADMIN).await;
        let all = [
            ("sender", "controller=Vik+kommune", "controller=Nes+kommune&postal_address=Torget+1", "<dd>Vik kommune</dd>", "value=\"Torget 1\""),
            ("texts", "welcome_nb=Hei+du", "welcome_nb=God+dag", "<dd>Hei du</dd>", ">God dag</textarea>"),
            ("bases", "place_reason_nb=Vedtak+12", "place_reason_nb=Vedtak+13", "<dd>Vedtak 12</dd>", "value=\"Vedtak 13\""),
            ("retention", "letters=730", "letters=800", "<dd>730</dd>", "name=\"letters\" value=\"800\""),
        ];
        let mut stale = Vec::new();
        for (page, ..) in all {
            stale.push(ola.get(&format!("/desk/settings/{page}")).await);
        }
        for ((page, first, second, stands, typed), stale) in all.into_iter().zip(stale) {
            let path = format!("/desk/settings/{page}");
            assert_eq!(lise.fill_in(&path, &path, first).await.status, StatusCode::OK, "{page}: others' pages do not stand in the way");
            let before = pages.text(SETTLED).await;
            let late = ola.post(&path, &filled(&stale, &path, second)).await;
            assert_eq!((late.status, pages.text(SETTLED).await), (StatusCode::CONFLICT, before), "{page}");
            assert!(late.body.contains("Noen andre har lagret innstillingene") && late.body.contains(stands) && late.body.contains(typed), "{}", late.body);
            let again = ola.post(&path, &filled(&late, &path, second)).await;
            assert!(again.status == StatusCode::OK && again.body.contains("Lagret."), "who was told may: {}", again.body);
            assert!(again.body.contains(typed) && !again.body.contains(stands), "{}", again.body);
            assert_eq!(ola.post(&path, &filled(&stale, &path, second)).await.status, StatusCode::OK, "what stands already overwrites nothing");
        }
    }

    async fn what_could_not_be_read_or_carried_is_refused(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let pale = save_look(&mut lise, &[("colour", "#ffee00")], &[]).await;
        assert_eq!(pale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(pale.body.contains("#ffee00 er for lys til å leses (1,1 til 1)"), "{}", pale.body);
        let none = save_look(&mut lise, &[("colour", "rød")], &[]).await;
        assert!(none.body.contains("Velg en farge"), "{}", none.body);
        let large = [PICTURE, &[0; 30_000]].concat();
        for (file, told) in [(&b"GIF89a"[..], "ikke et bilde av typen"), (&large, "Bildet er 30 kB")] {
            let refused = save_look(&mut lise, &[("colour", "#7a0019")], &[("logo", "x", file)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(told), "{}", refused.body);
            assert!(refused.body.contains("value=\"#7a0019\""), "what was chosen stays");
        }
        assert_eq!(pages.text(HOUSE).await, "{}");
    }

    async fn a_forum_file_says_the_house_and_leaves_the_logo(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        save_look(&mut lise, &[("colour", "#7a0019")], &[("logo", "logo.png", PICTURE)]).await;
        let file = lise.get("/desk/settings/forum.toml").await.body;
        assert!(file.contains("[letter]\ncolour = \"#7a0019\""), "{file}");
        let without = file.replace("[letter]\ncolour = \"#7a0019\"", "");
        let read = read_forum_file("forum.toml", &without).unwrap();
        let how = How { actor: "command", dry_run: false, now: now() };
        let applied = apply_forum(&pages.db.store, read, how).await.unwrap();
        assert_eq!(applied.plan.settings, ["letter"]);
        assert_eq!(pages.text(HOUSE).await, "{}");
        assert_eq!(lise.get("/desk/settings/look/logo").await.status, StatusCode::OK);
    }

    async fn the_record_speaks_of_recipients_and_the_privacy_page_to_them(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for (language, chosen, to_them, of_them) in [
            ("nb", "UPDATE account SET language = 'nb'", [" deg ", " du "], "Opplysninger om mottakerne"),
            ("nn", "UPDATE account SET language = 'nn'", [" deg ", " du "], "Opplysningar om mottakarane"),
            ("en", "UPDATE account SET language = 'en'", [" you ", " your "], "What is held about recipients"),
        ] {
            pages.run(chosen).await;
            let record = lise.get("/desk/settings/record").await.body;
            let terms = record.split("<dl").nth(1).and_then(|rest| rest.split("</dl>").next()).unwrap();
            let privacy = pages.get(&format!("/privacy?lang={language}")).await.body;
            assert!(terms.contains(of_them) && !privacy.contains(of_them), "{terms}");
            for own in to_them {
                assert!(!terms.contains(own) && privacy.contains(own), "{own}: {terms}");
            }
            assert_eq!(terms.matches("<dt>").count(), privacy.matches("<dt>").count() + 4, "nothing is left out: {terms}");
        }
    }

    async fn who_sees_whom_is_told_as_the_pages_do_it(db: Database) {
        let pages = town(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for (language, said) in [
            ("nb", ["Organisasjonene i forumet får ingen lister over folk", "ser i loggen hvem noe gjelder"]),
            ("nn", ["Organisasjonane i forumet får ingen lister over folk", "ser i loggen kven noko gjeld"]),
            ("en", ["organisations get no lists of people", "sees in the log whom something concerns"]),
        ] {
            let privacy = pages.get(&format!("/privacy?lang={language}")).await.body;
            for told in said {
                assert!(privacy.contains(told), "{told}: {privacy}");
            }
        }
        let record = lise.get("/desk/settings/record").await.body;
        assert!(record.contains("Organisasjonene i forumet får ingen lister over folk. De som har en konto med rett til å se mottakere, ser alle"), "{record}");
        assert!(record.contains("Den som ber om hjelp, får navnet og adressen til den som tilbyr seg, også uten konto."), "{record}");
        assert!(!record.contains("Ingen uten konto"), "{record}");
        seat_partner(&pages, "mona@nav.test", 1).await;
        let own = "En konto for én organisasjon ser bare dem som arbeider der";
        for page in [pages.get("/privacy?lang=nb").await.body, lise.get("/desk/settings/record").await.body] {
            assert!(page.contains(own) && !page.contains("Organisasjonene i forumet får ingen lister"), "{page}");
        }
    }
}

/// The domain of the address that holds as long as none is settled.
fn treff_domain(page: &str) -> String {
    let after = page.split("Nå gjelder: ").nth(1).expect("an address holds");
    after
        .split('@')
        .nth(1)
        .unwrap()
        .split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-'))
        .next()
        .unwrap()
        .to_owned()
}
