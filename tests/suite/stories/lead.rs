//! A new lead, from the link in the mailbox to the letters that arrived.

use super::post::{Mail, Post, without_links};
use super::works::{LISE, PER, Setup, Works, monday};
use crate::browser::driver::{Browser, Screen};
use crate::delivery::server::{At, Do};
use crate::harness::Engine;

/// Begins an item, and says what it is.
async fn begin(browser: &Browser, kind: &str, title: &str) {
    browser.go("I dag").await;
    browser.go("Ny sak").await;
    browser.fill("Hva gjelder det?", title).await;
    browser.fill("Tekst", "Les mer, og ring om noe er uklart.").await;
    browser.unfold("Flere valg").await;
    browser.pick("Type", kind).await;
}

/// Adds somebody to who gets it, by one of the three buttons.
async fn choose(browser: &Browser, button: &str, whom: &str) {
    browser.pick("Legg til noen", whom).await;
    browser.go_in("Hvem får denne?", button).await;
}

async fn queue(browser: &Browser) {
    browser.go("Legg i neste utsending").await;
    browser.reads(&["Saken ligger i neste utsending.", "Angre, gjør den til utkast igjen"]).await;
}

/// An item of each kind; each form asks for what its kind has.
async fn queue_each_kind(browser: &Browser) {
    begin(browser, "Referat", "Referat fra møtet i februar").await;
    browser.pick_in("To spørsmål i fire korte svar", "Gruppe", "Kompetansegruppe helse").await;
    browser.fill("Møtedag", "2031-02-27").await;
    browser.fill("Hva har vi oppnådd?", "Åtte har fått læreplass.").await;
    browser.fill("Hvordan fikk vi det til?", "Vi ringte dem.").await;
    browser.fill("Hva gjør vi før neste møte?", "Vi ringer flere.").await;
    browser.fill("Hvorfor er det viktig?", "Mange slutter uten.").await;
    choose(browser, "Legg til", "Kompetansegruppe helse").await;
    queue(browser).await;

    begin(browser, "Arrangement", "Samling om nattarbeid").await;
    browser.fill("Begynner", "2031-04-09").await;
    browser.fill_in("Begynner", "Klokkeslett", "09:00").await;
    browser.fill_in("Tid og sted", "Sted", "Fylkeshuset").await;
    browser.unfold("Nynorsk i tillegg").await;
    browser.fill_in("Nynorsk i tillegg", "Tittel", "Samling om arbeid om natta").await;
    browser.fill_in("Nynorsk i tillegg", "Tekst", "Ring om noko er uklart.").await;
    choose(browser, "Legg til", "Alle").await;
    queue(browser).await;

    begin(browser, "Vi trenger hjelp", "Hvem kan låne oss et møterom?").await;
    browser.fill_in("Når trenger dere svar?", "Siste dag", "2031-03-28").await;
    choose(browser, "Legg til", "Kommuner").await;
    queue(browser).await;

    begin(browser, "Utlysning", "Penger til kurs").await;
    browser.fill_in("Frist", "Siste dag", "2031-03-21").await;
    choose(browser, "Legg til", "Beslutningstaker").await;
    queue(browser).await;

    for (kind, title, whom) in [
        ("Forskning", "Hva nattevakter lærer av hverandre", "Nattvaktprosjektet"),
        ("Artikkel", "Slik ble fagbrevet til", "Arbeider i: Verket"),
        ("Erfaring", "Vi byttet vaktplan", "Tillitsvalgt"),
    ] {
        begin(browser, kind, title).await;
        choose(browser, "Legg til", whom).await;
        queue(browser).await;
    }
}

/// The eighth kind, for whom and, or and not say; the count follows every choice.
async fn choose_with_and_or_not(browser: &Browser) {
    begin(browser, "Tips", "En god mal").await;
    browser.tick("Bare de jeg har valgt").await;
    let mut counts = Vec::new();
    for (button, whom) in [
        ("Legg til", "Kompetansegruppe helse"),
        ("Legg til", "Beslutningstaker"),
        ("Bare de som også er", "Kommuner"),
        ("Men ikke", "Nattvaktprosjektet"),
    ] {
        choose(browser, button, whom).await;
        counts.push(browser.number_before("får denne").await);
    }
    assert_eq!(counts, [3, 5, 4, 3], "Anna, Bjørn, Eli; and Carl, Dina; not Dina; not Bjørn");
    browser.go("Vis navnene").await;
    browser.reads(&["Anna Vik", "Carl Moe", "Eli Sund"]).await;
    browser.go("Tilbake til saken").await;
    browser.go("Hvorfor ikke …?").await;
    browser.fill("Hvorfor får eller får ikke …?", "Bjørn").await;
    browser.go("Finn").await;
    browser.reads(&["Bjørn Dal", "Får den ikke. Er ikke valgt"]).await;
    browser.go("Tilbake til saken").await;
    queue(browser).await;
}

/// What the desk shows of everybody's coming letter: subject and text.
async fn preview_everybody(browser: &Browser) -> Vec<(&'static str, String, Vec<String>)> {
    let mut shown = Vec::new();
    for (name, address) in [
        ("Anna Vik", "anna@vik.example"),
        ("Bjørn Dal", "bjorn@vik.example"),
        ("Carl Moe", "carl@fjord.example"),
        ("Dina Holt", "dina@verket.example"),
        ("Eli Sund", "eli@nav.example"),
        ("Frode Lie", "frode@postkasse.test"),
    ] {
        browser.go_in("Skrivebordet", "Neste utsending").await;
        browser.go("Se noens brev").await;
        browser.fill("Navn eller e-postadresse", name).await;
        browser.go("Søk").await;
        browser.go(&format!("Se brevet {name}")).await;
        browser.go("Bare tekst").await;
        let (subject, text) = browser.read_preview().await;
        shown.push((address, subject, without_links(&text)));
    }
    shown
}

impl Browser {
    /// Subject and text of the letter that the page shows.
    pub async fn read_preview(&self) -> (String, String) {
        let read = "return [document.querySelector('pre.mail').previousElementSibling, document.querySelector('pre.mail'),
                            document.querySelector('main strong, main .title')].map(e => e.textContent)";
        let read: Vec<String> = serde_json::from_value(self.ask(read).await).unwrap();
        (read[2].clone(), read[1].clone())
    }
}

/// The mailing waits for another person, who sees what the lead saw and lets it go.
async fn approve_as_another(works: &Works, lead: &Browser) {
    lead.go_in("Skrivebordet", "Neste utsending").await;
    lead.reads(&["Utsendingen går ikke før", "en annen må godkjenne den", "6 får brev"]).await;
    let other = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&other, PER).await;
    other.go_in("Skrivebordet", "Neste utsending").await;
    // An item goes to shop stewards: how many letters that makes, Per has no right to see.
    other
        .reads(&["En god mal", "Samling om nattarbeid", "Hvem som får hva, og hvor mange, ser bare de"])
        .await;
    other.go("Godkjenn utsendingen slik den står").await;
    other.reads(&["Utsendingen er godkjent.", "Godkjent av Per Aas"]).await;
    lead.go_in("Skrivebordet", "Neste utsending").await;
    lead.reads(&["Godkjent av Per Aas"]).await;
}

/// What arrived is what was shown, item for item.
fn compare(shown: &[(&str, String, Vec<String>)], letters: &[Mail]) {
    for (address, subject, text) in shown {
        let arrived: Vec<&Mail> = letters.iter().filter(|mail| mail.to == *address).collect();
        assert_eq!(arrived.len(), 1, "{address} has one letter");
        assert_eq!(arrived[0].subject, *subject);
        assert_eq!(without_links(&arrived[0].text), *text, "{address}");
    }
}

fn holds(letters: &[Mail], address: &str, words: &str) -> bool {
    letters.iter().any(|mail| mail.to == address && mail.text.contains(words))
}

/// Eli's system asks for patience the first time.
fn be_slow_once() -> impl Fn(&At) -> Do + Send + Sync {
    let asked = std::sync::atomic::AtomicBool::new(false);
    move |at: &At| {
        let is_first = at.verb == "RCPT" && at.line.contains("eli@nav.example");
        if is_first && !asked.swap(true, std::sync::atomic::Ordering::SeqCst) {
            Do::Say("450 4.2.1 later")
        } else {
            Do::Usual
        }
    }
}

async fn story(engine: Engine) {
    let works = Setup::with_people(engine, Post::serve(be_slow_once()).await).await.with_approval().start();
    let lead = Browser::open_for(Screen::Desk, "nb").await;
    works.come_in(&lead, LISE).await;
    queue_each_kind(&lead).await;
    choose_with_and_or_not(&lead).await;
    let shown = preview_everybody(&lead).await;
    approve_as_another(&works, &lead).await;

    // Monday comes; one letter has to wait, and the page goes on by itself.
    works.pass_until(monday());
    works.wait_for_letters(5).await;
    lead.go_in("Skrivebordet", "Neste utsending").await;
    lead.go("Tidligere utsendinger").await;
    lead.go_in("Hver uke", "mandag 10. mars kl. 7.30").await;
    lead.wait_to_read("5 av 6 brev er ferdige").await;
    lead.reads(&["Noen brev prøves igjen senere"]).await;
    works.pass_until(monday() + chrono::TimeDelta::hours(1));
    let letters = works.wait_for_letters(6).await;
    lead.wait_to_read("6 av 6 brev er ferdige").await;
    compare(&shown, &letters);
    assert!(
        holds(&letters, "bjorn@vik.example", "Samling om arbeid om natta"),
        "nynorsk for who reads nynorsk"
    );
    assert!(
        holds(&letters, "carl@fjord.example", "En god mal")
            && !holds(&letters, "dina@verket.example", "En god mal")
    );

    // How far it went.
    lead.wait_to_read("Organisasjoner").await;
    lead.reads(&["Kompetansegruppe helse", "2 av 2", "Vik kommune", "En god mal"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_lead_comes_from_the_link_in_the_mailbox_to_the_letters_that_arrived_on_sqlite() {
    Box::pin(story(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_lead_comes_from_the_link_in_the_mailbox_to_the_letters_that_arrived_on_postgres() {
    Box::pin(story(Engine::Postgres)).await;
}
