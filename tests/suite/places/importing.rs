//! People from a spreadsheet, on the page: what it understood, what is wrong, what would change, and then it is done.

use std::io::{Cursor, Write as _};

use axum::http::StatusCode;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{PEOPLE, pages_of};
use crate::access::reader::Reader;
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::Answer;
use crate::workbook::{Tab, workbook_of};

const PAGE: &str = "/desk/people/import";
const ADDRESSES: &str = "SELECT email FROM recipient ORDER BY email";

/// Fields of a form, the file among them.
pub(super) async fn send(
    reader: &Reader<'_>,
    file: Option<(&str, &[u8])>,
    fields: &[(String, String)],
) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let files: Vec<_> = file.into_iter().map(|(name, bytes)| ("file", name, bytes)).collect();
    reader.post_parts(PAGE, &fields, &files).await
}

/// The fields of the page as a browser would send them again, with `wish` as the button.
pub(super) fn fields_of(page: &Answer, wish: &str) -> Vec<(String, String)> {
    let value = |name: &str| {
        let from = page.body.find(&format!("name=\"{name}\" value=\"")).expect("the field is there");
        let rest = &page.body[from..].split_once("value=\"").expect("it has a value").1;
        (name.to_owned(), rest.split('"').next().unwrap_or_default().to_owned())
    };
    let mut fields = vec![value("name"), value("held"), ("do".to_owned(), wish.to_owned())];
    let selects = page.body.split("<select id=\"column-").skip(1);
    fields.extend(selects.map(|select| {
        let at = select.split('"').next().unwrap_or_default();
        let chosen = select.split("\" selected").next().and_then(|before| before.rsplit('"').next());
        (format!("column-{at}"), chosen.unwrap_or_default().to_owned())
    }));
    fields.push(value("seen"));
    fields
}

fn choose(fields: &mut [(String, String)], column: &str, word: &str) {
    let field = fields.iter_mut().find(|(name, _)| name == column).expect("the column is there");
    field.1 = word.to_owned();
}

on_both_databases! {
    async fn a_sheet_is_read_tried_and_then_brought_in(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert!(lise.get(PAGE).await.body.contains("Velg et regneark"));
        let before = pages.dump().await;
        // Excel on a Norwegian machine: semicolons, Windows-1252.
        let sheet = windows_1252("epost;navn;organisasjon;grupper\r\nsiri@vik.example;Siri Østli;Vik kommune;health/vara\r\nola@nav.test;;NAV;health\r\n");
        let read = send(&lise, Some(("deltakere.csv", &sheet)), &[]).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.body);
        for said in ["Dette forsto vi av deltakere.csv", "Nye: 1 · Endret: 1 · Uendret: 0", "Siri Østli", "Plass: Vara, Kompetansegruppe helse", "Plass: Medlem, Kompetansegruppe helse", "Her, men ikke i arket", "Kari &lt;script&gt;"] {
            assert!(read.body.contains(said), "{said} in {}", read.body);
        }
        assert!(pages.dump().await == before, "nothing changes before it is confirmed");
        assert_eq!(read.body.matches("Hvor har dere adressene fra?").count(), 1, "asked once, and may be left empty");
        let done = send(&lise, None, &fields_of(&read, "import")).await;
        assert!(done.body.contains("Ferdig. Nye: 1 · Endret: 1 · Uendret: 0"), "{}", done.body);
        assert_eq!(pages.text(ADDRESSES).await, "kari@nav.test\nola@nav.test\nsiri@vik.example");
        assert_eq!(pages.text("SELECT DISTINCT source FROM legal_basis").await, "deltakere.csv");
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'people.imported'").await, "account:1");
        let again = send(&lise, None, &fields_of(&read, "import")).await;
        assert!(again.body.contains("Nye: 0 · Endret: 0 · Uendret: 2"), "pressing twice brings nobody twice");
    }

    async fn where_the_people_come_from_is_said_on_the_page_and_kept_through_its_steps(db: Database) {
        let pages = pages_of(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert!(lise.get(PAGE).await.body.contains("name=\"source\""));
        let said = ("source".to_owned(), " deltakerlista fra\u{a0}\"fylket\" ".to_owned());
        let sheet = "epost\nsiri@vik.example\n";
        let read = send(&lise, Some(("Kopi av liste.csv", sheet.as_bytes())), std::slice::from_ref(&said)).await;
        assert!(read.body.contains("&quot;fylket&quot;"), "{}", read.body);
        let mut fields = fields_of(&read, "import");
        fields.push(said);
        let done = send(&lise, None, &fields).await;
        assert!(done.body.contains("Ferdig. Nye: 1"), "{}", done.body);
        assert_eq!(pages.text("SELECT source FROM legal_basis").await, "deltakerlista fra \"fylket\"");
        let file = "SELECT after FROM change WHERE action = 'people.imported'";
        assert!(pages.text(file).await.contains("Kopi av liste.csv"), "the log keeps the file's name");
    }

    async fn a_row_of_an_address_from_before_says_for_whom_it_counts(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO former_address (recipient_id, address, until_at) VALUES (2, 'ola@old.example', 0)").await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = "epost;grupper\nola@old.example;health\n";
        let read = send(&lise, Some(("deltakere.csv", sheet.as_bytes())), &[]).await;
        for said in ["Nye: 0 · Endret: 1", "ola@old.example er nå ola@nav.test. Raden gjelder denne personen."] {
            assert!(read.body.contains(said), "{said} in {}", read.body);
        }
        send(&lise, None, &fields_of(&read, "import")).await;
        assert_eq!(pages.text(ADDRESSES).await, "kari@nav.test\nola@nav.test");
    }

    async fn columns_that_nobody_understood_are_chosen_by_hand(db: Database) {
        let pages = pages_of(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = "Kontakt;Fullt navn;Gruppr\nsiri@vik.example;Siri Nes;health\n";
        let read = send(&lise, Some(("liste.csv", sheet.as_bytes())), &[]).await;
        assert_eq!(read.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(read.body.contains("«Gruppr» det samme som «grupper»") && read.body.contains("siri@vik.example"), "{}", read.body);
        let mut fields = fields_of(&read, "check");
        choose(&mut fields, "column-1", "name");
        let without = send(&lise, None, &fields).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.body.contains("ingen kolonne med e-postadresser"), "{}", without.body);
        let mut fields = fields_of(&without, "check");
        assert_eq!(fields[4], ("column-1".to_owned(), "name".to_owned()), "what was chosen stays chosen");
        choose(&mut fields, "column-0", "email");
        choose(&mut fields, "column-2", "groups");
        let good = send(&lise, None, &fields).await;
        assert!(good.body.contains("Nye: 1") && good.body.contains("Siri Nes") && good.body.contains("Plass: Medlem"), "{}", good.body);
        send(&lise, None, &fields_of(&good, "import")).await;
        assert_eq!(pages.text("SELECT name FROM recipient WHERE email = 'siri@vik.example'").await, "Siri Nes");
    }

    async fn other_columns_than_were_shown_are_shown_before_they_are_brought_in(db: Database) {
        let pages = pages_of(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = "epost;navn;merknad\nsiri@vik.example;Siri Nes;Sissi\n";
        let read = send(&lise, Some(("liste.csv", sheet.as_bytes())), &[]).await;
        let mut fields = fields_of(&read, "import");
        choose(&mut fields, "column-1", "none");
        choose(&mut fields, "column-2", "name");
        let before = pages.dump().await;
        let shown = send(&lise, None, &fields).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(shown.body.contains("Du har valgt andre kolonner") && shown.body.contains("<strong>Sissi</strong>"), "{}", shown.body);
        assert!(pages.dump().await == before, "nobody had seen it");
        let done = send(&lise, None, &fields_of(&shown, "import")).await;
        assert!(done.body.contains("Ferdig. Nye: 1"), "{}", done.body);
        assert_eq!(pages.text("SELECT name FROM recipient WHERE email = 'siri@vik.example'").await, "Sissi");
    }

    async fn each_row_that_is_wrong_says_why_and_the_others_come_in(db: Database) {
        let pages = pages_of(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = "epost;navn;grupper;rolle;språk;frekvens\n\
                     ;Uten adresse;;;;\nikke en adresse;;;;;\nsiri@vik.example;Siri Nes;helth;;;\n\
                     per@vik.example;Per;health/sjef;;;\neva@vik.example;Eva;;stewrd;fransk;årlig\n\
                     god@vik.example;God;health;;;weekly\ngod@vik.example;;;;;daily\ngod@vik.example;En annen;;;;\n";
        let read = send(&lise, Some(("liste.csv", sheet.as_bytes())), &[]).await;
        for said in [
            "Raden mangler e-postadresse",
            "«ikke en adresse» er ingen e-postadresse",
            "Ingen gruppe heter «helth». Mente du «health»?",
            "«sjef» er ingen rolle i en gruppe",
            "Ingen rolle heter «stewrd». Mente du «steward»?",
            "«fransk» er ikke et språk",
            "Forumet sender ingenting «årlig»",
            "en rad over med samme adresse sier",
            "Rad 9: god@vik.example hører til God. Det raden sier, gjelder God, og navnet En annen blir ikke lagret.",
            "Rad 4, grupper",
            "Nye: 1 · Endret: 0",
        ] {
            assert!(read.body.contains(said), "{said} in {}", read.body);
        }
        let (faults, button) = (read.body.find("id=\"faults\""), read.body.find("value=\"import\""));
        assert!(faults < button && read.body.contains("hent inn resten nå"), "faults stand before the button: {}", read.body);
        let done = send(&lise, None, &fields_of(&read, "import")).await.body;
        assert!(done.contains("Disse radene er ikke hentet inn, resten er det.") && !done.contains("hent inn resten nå"), "{done}");
        assert_eq!(pages.text(ADDRESSES).await, "god@vik.example\nkari@nav.test\nola@nav.test");
    }

    async fn an_excel_workbook_is_read_and_what_is_no_sheet_is_told(db: Database) {
        let pages = pages_of(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let workbook = include_bytes!("../people/deltakere.xlsx");
        let wide = format!("epost;navn\n{}siri@vik.example\n", ";".repeat(1000));
        let read = send(&lise, Some(("deltakere.xlsx", workbook)), &[]).await;
        assert!(read.body.contains("Dette forsto vi av deltakere.xlsx"), "{}", read.body);
        for (bytes, said) in [
            (&[0xD0, 0xCF, 0x11, 0xE0, 0][..], "gammel Excel-fil"),
            (&b"PK\x03\x04 nonsense"[..], "Arbeidsboka kan ikke leses"),
            (&b" \n \n"[..], "Arket er tomt"),
            (&b"epost;navn\nsiri@vik.example;\xC3\x85se \xC3"[..], "Rad 2 har en bokstav som er skrevet på en annen måte"),
            (&b"epost;navn\nsiri@vik.example;\"Siri\n"[..], "anførselstegn som aldri slutter"),
            (wide.as_bytes(), "Til og med rad 2 har det flere rader, kolonner eller bokstaver enn vi leser"),
        ] {
            let refused = send(&lise, Some(("x.xlsx", bytes)), &[]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(said), "{said} in {}", refused.body);
        }
        let none = send(&lise, None, &[]).await;
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("Velg et regneark først"));
        let broken = [("held".to_owned(), "%%%".to_owned())];
        assert_eq!(send(&lise, None, &broken).await.status, StatusCode::BAD_REQUEST);
    }
}

/// A workbook that looks small: what its cells share unpacks to a byte more than 64 MiB.
fn swollen_workbook() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    let mebibyte = vec![b' '; 1 << 20];
    for _ in 0..64 {
        archive.write_all(&mebibyte).unwrap();
    }
    archive.write_all(b" ").unwrap();
    archive.finish().unwrap().into_inner()
}

on_both_databases! {
    async fn a_workbook_that_unpacks_to_too_much_is_told_what_to_do_and_brings_nobody(db: Database) {
        let pages = pages_of(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let (before, book) = (pages.text(ADDRESSES).await, swollen_workbook());
        assert!(book.len() < 1 << 20, "it is small as it is sent: {}", book.len());
        let source = ("source".to_owned(), "deltakerlista".to_owned());
        let refused = send(&lise, Some(("folk.xlsx", &book)), &[source]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["Arbeidsboka er for stor når den pakkes ut", "i flere deler", "value=\"deltakerlista\"", "type=\"file\""] {
            assert!(refused.body.contains(said), "{said} in {}", refused.body);
        }
        assert!(!refused.body.contains("name=\"held\""), "there is nothing to go on with: {}", refused.body);
        assert_eq!(pages.text(ADDRESSES).await, before);
    }
}

on_both_databases! {
    async fn what_of_a_workbook_is_not_read_is_told(db: Database) {
        let pages = pages_of(db).await;
        let lise = seat(&pages, LISE, PEOPLE).await;
        let rows: [&[&str]; 4] = [
            &["epost", "", "navn"],
            &["siri@vik.example", "", "#N/A"],
            &["per@vik.example", "health", "Per"],
            &["day 46389", "", "=A1"],
        ];
        let further = Tab { name: "Industri", hidden: false, rows: &[&["epost"], &["eva@vik.example"]] };
        let book = workbook_of(&[Tab { name: "Helse", hidden: false, rows: &rows }, further]);
        let read = send(&lise, Some(("folk.xlsx", &book)), &[]).await;
        for said in [
            "Arket «Industri» har også adresser (rader: 1), men er ikke lest",
            "Kolonne B, uten overskrift",
            "«#N/A» er det en formel etterlater",
            "Her står en dato eller et klokkeslett (2027-01-02), ikke en tekst.",
            "Her står en formel, men ikke det den kommer fram til.",
            "Nye: 1",
        ] {
            assert!(read.body.contains(said), "{said} in {}", read.body);
        }
        let mut fields = fields_of(&read, "check");
        choose(&mut fields, "column-1", "groups");
        let read = send(&lise, None, &fields).await;
        assert!(read.body.contains("Plass: Medlem, Kompetansegruppe helse"), "{}", read.body);
        let rows: [&[&str]; 2] = [&["epost"], &["eva@vik.example"]];
        let hidden = workbook_of(&[Tab { name: "liste", hidden: true, rows: &rows }]);
        let read = send(&lise, Some(("folk.xlsx", &hidden)), &[]).await;
        assert!(read.body.contains("Arket «liste» er skjult"), "{}", read.body);
    }
}

/// A text as Excel writes it in the West.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| u8::try_from(u32::from(c)).expect("a letter of Windows-1252");
    text.chars().map(byte).collect()
}
