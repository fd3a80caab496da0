//! The lead's own sheet of people, with the slips that such sheets have.

use super::post::Post;
use super::works::{LISE, Setup, Works};
use crate::browser::driver::{Browser, Screen};
use crate::harness::Engine;
use crate::workbook::workbook;

const HEAD: [&str; 5] = ["E-postadresse", "Hvem", "Arbeidsgiver", "Grupper", "Språk"];

/// Chooses a file and has it read.
async fn read_sheet(lead: &Browser, works: &Works, name: &str, bytes: &[u8]) {
    let file = works.write(name, bytes);
    lead.hand_in("Regneark", &file).await;
    lead.go("Les arket").await;
}

async fn import_a_workbook(lead: &Browser, works: &Works) {
    let good: [&[&str]; 2] = [
        &["siri@vik.example", "Siri Østli", "Vik kommune", "Kompetansegruppe helse", "bokmål"],
        &["jon@fjord.example", "Jon Aas", "Fjord kommune", "", "nynorsk"],
    ];
    let wrong: [&[&str]; 2] = [
        &["kari@@vik.example", "Kari Bø", "Vik kommune", "", ""],
        &["ola@vik.example", "Ola Ås", "Vik kommune", "Kompetansegruppe hels", "fransk"],
    ];
    let rows: Vec<&[&str]> = [&HEAD[..]].into_iter().chain(good).chain(wrong).collect();
    read_sheet(lead, works, "deltakere.xlsx", &workbook(&rows)).await;
    lead.reads(&["Dette forsto vi av deltakere.xlsx", "Siri Østli"]).await;
    // Two columns mean nothing to us until the lead says what they are.
    lead.pick("Hvem", "Navn").await;
    lead.pick("Arbeidsgiver", "Organisasjon").await;
    lead.go("Se på nytt").await;
    lead.reads(&[
        "Nye: 2 · Endret: 0",
        "Organisasjon: Vik kommune",
        "Rad 4, E-postadresse",
        "«kari@@vik.example» er ingen e-postadresse. Se etter skrivefeil.",
        "Rad 5, Grupper",
        "Ingen gruppe heter «Kompetansegruppe hels». Mente du «Kompetansegruppe helse»?",
        "«fransk» er ikke et språk vi skriver. Skriv bokmål, nynorsk eller engelsk.",
    ])
    .await;
    let mended: [&[&str]; 2] = [
        &["kari@vik.example", "Kari Bø", "Vik kommune", "", ""],
        &["ola@vik.example", "Ola Ås", "Vik kommune", "Kompetansegruppe helse", "engelsk"],
    ];
    let rows: Vec<&[&str]> = [&HEAD[..]].into_iter().chain(good).chain(mended).collect();
    read_sheet(lead, works, "deltakere.xlsx", &workbook(&rows)).await;
    lead.pick("Hvem", "Navn").await;
    lead.pick("Arbeidsgiver", "Organisasjon").await;
    lead.go("Se på nytt").await;
    assert!(!lead.page().await.contains("Rader med feil"), "{}", lead.page().await);
    lead.reads(&["Nye: 4", "Plass: Medlem, Kompetansegruppe helse"]).await;
    lead.go("Hent inn").await;
    lead.reads(&["Ferdig. Nye: 4"]).await;
    lead.go("Se lista over folk").await;
    lead.reads(&["Siri Østli", "Jon Aas", "Kari Bø", "Ola Ås", "4 mottakere"]).await;
}

/// As Excel on a Norwegian machine saves it: semicolons, Windows-1252, in which each of these letters is one byte.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("a letter of Western Europe")).collect()
}

async fn import_what_excel_saved(lead: &Browser, works: &Works) {
    lead.go("Hent inn fra regneark").await;
    let text = "Navn;E-post;Organisasjon;Grupper\r\nÅse Bråten;aase@vik.example;Vik kommune;Nattvaktprosjektet\r\nPål Sæter;pål-vik.example;Vik kommune;\r\n";
    read_sheet(lead, works, "flere.csv", &windows_1252(text)).await;
    lead.reads(&["Åse Bråten", "Nye: 1", "Rad 3", "«pål-vik.example» er ingen e-postadresse"]).await;
    lead.go("Hent inn").await;
    lead.reads(&["Ferdig. Nye: 1"]).await;
    lead.go("Se lista over folk").await;
    lead.fill("Navn, adresse eller organisasjon", "Bråten").await;
    lead.go("Søk").await;
    lead.reads(&["Åse Bråten", "Én mottaker"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_norwegian_sheet_with_errors_is_read_mended_and_brought_in() {
    let mailbox = tempfile::tempdir().unwrap();
    let post = Post::Folder(mailbox.path().join("outbox"));
    let works = Setup::begin(Engine::Sqlite, post).await.start();
    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;
    lead.go("Folk og plasser").await;
    lead.reads(&["Ingen er her ennå"]).await;
    lead.go("Hent inn fra regneark").await;
    import_a_workbook(&lead, &works).await;
    import_what_excel_saved(&lead, &works).await;
}
