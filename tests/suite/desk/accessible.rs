//! Every page of the desk, in each language: axe-core and the Nu HTML checker find nothing, and it fits 320 CSS pixels.

use std::path::Path;

use super::hits::{probe, say, send_letters};
use super::mail::Scene;
use super::name_server::NameServer;
use super::seat::{LISE, add_account, come_in, desk_link, seat, seat_account};
use super::today::let_things_wait;
use crate::access::reader::Reader;
use crate::accessible::axe::audit;
use crate::accessible::checker::check;
use crate::accessible::collect::Page;
use crate::accessible::find_node_modules;
use crate::browser::driver::{Browser, Screen};
use crate::harness::{Database, Engine};
use crate::pages::inbox::lay_letter;
use crate::pages::world::{Answer, Pages, now};
use crate::sign_in::house::{BACK, House, form_of, person};
use treff::ids::AccountId;

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;

/// What was seen, with a name for each page.
#[derive(Default)]
struct Seen(Vec<Page>);

impl Seen {
    fn keep(&mut self, name: &str, answer: Answer) {
        assert!(answer.body.contains("<main id=\"main\""), "{name}: {}", answer.status);
        let name = format!("{:02}-{name}", self.0.len());
        self.0.push(Page { name, route: String::new(), html: answer.body, is_letter: false });
    }
}

/// Pages that need nothing done before.
const FIRST_PAGES: [(&str, &str); 13] = [
    ("today", "/desk"),
    ("account", "/desk/account"),
    ("accounts", "/desk/accounts"),
    ("one-account", "/desk/accounts/1"),
    ("log", "/desk/log"),
    ("log-none", "/desk/log?until=2020-01-01"),
    ("inbox", "/desk/inbox"),
    ("inbox-letter-before", "/desk/inbox/letter/7"),
    ("settings", "/desk/settings"),
    ("sender", "/desk/settings/sender"),
    ("look", "/desk/settings/look"),
    ("record", "/desk/settings/record"),
    ("mail", "/desk/settings/mail"),
];

/// From the link in the mail to the log: each page of the desk, and each form with what is wrong in it.
async fn gather(pages: &Pages, language: &str) -> Seen {
    let mut seen = Seen::default();
    let mut stranger = Reader::new(pages);
    seen.keep("sign-in", stranger.get(&format!("/desk/sign-in?lang={language}")).await);
    let wrong = format!("/desk/sign-in?lang={language}");
    seen.keep("sign-in-wrong", stranger.post(&wrong, "email=x").await);
    let password = format!("/desk/sign-in/password?lang={language}");
    seen.keep("password-wrong", stranger.post(&password, &format!("email={LISE}&password=x")).await);
    seen.keep("sent", stranger.post(&wrong, "email=nobody@forum.example").await);
    let lise = add_account(pages, LISE, LEAD, &["health".to_owned()]).await;
    pages.db.store.set_account_language(lise, Some(language), now()).await.unwrap();
    let mut reader = come_in(pages, 1).await;
    seen.keep("spent", pages.get(&format!("{}?lang={language}", desk_link(1))).await);
    seen.keep("begin", reader.get("/desk/second-factor").await);
    reader.post("/desk/second-factor", "").await;
    seen.keep("pending", reader.get("/desk/second-factor").await);
    seen.keep("pending-wrong", reader.post("/desk/second-factor/confirm", "code=1").await);
    pages.run("UPDATE account SET totp_secret = totp_pending, totp_pending = NULL").await;
    seen.keep("code", reader.get("/desk/code").await);
    seen.keep("code-wrong", reader.post("/desk/code", "code=1").await);
    pages.run("UPDATE staff_session SET proved_at = 1").await;
    seen.keep("second-stands", reader.get("/desk/second-factor").await);
    seen.keep("codes", reader.post("/desk/second-factor/codes", "").await);
    seen.keep("password", reader.get("/desk/account/password").await);
    seen.keep("password-weak", reader.post("/desk/account/password", "password=x").await);
    seen.keep("today-empty", reader.get("/desk").await);
    let_things_wait(pages).await;
    lay_letter(pages);
    for (name, path) in FIRST_PAGES {
        seen.keep(name, reader.get(path).await);
    }
    reader.post("/desk/inbox/letter/7", "").await;
    for (name, path) in [
        ("inbox-letter", "/desk/inbox/letter/7"),
        ("inbox-letter-source", "/desk/inbox/letter/7?view=source"),
    ] {
        seen.keep(name, reader.get(path).await);
    }
    let days = "email=x&from=2027-03-09&until=2027-03-08";
    seen.keep("accounts-wrong", reader.post("/desk/accounts", days).await);
    seen.keep("one-wrong", reader.post("/desk/accounts/1", days).await);
    keep_settings(&mut seen, &mut reader).await;
    seen.keep("mail-tried", reader.post("/desk/settings/mail", "").await);
    keep_queueing(&mut seen, &mut reader).await;
    keep_mailing(&mut seen, &mut reader).await;
    keep_people(&mut seen, &mut reader).await;
    keep_topics(&mut seen, &mut reader).await;
    keep_hits(&mut seen, &mut reader).await;
    let mut other = Reader::new(pages);
    let mut tx = pages.db.store.begin().await.unwrap();
    let link = treff::staff::doors::make_link(&mut tx, lise, "", chrono::TimeDelta::minutes(10), now()).await;
    tx.commit().await.unwrap();
    seen.keep("open", other.get(&desk_link(link.unwrap())).await);
    seen
}

/// Somebody asked for a link two days ago, and such requests are kept for a week.
async fn old_knock(pages: &Pages) {
    pages.run("UPDATE retention SET days = 7 WHERE kind = 'knocks'").await;
    pages
        .run(
            "INSERT INTO knock (purpose, address, language, details, asked_at)
             VALUES ('sign_in', 'nobody@forum.example', 'nb', '{}', 1804320000000000)",
        )
        .await;
}

/// The settings that have pages of their own, and all of them filled in wrong.
async fn keep_settings(seen: &mut Seen, reader: &mut Reader<'_>) {
    for page in ["retention", "bases", "texts"] {
        seen.keep(page, reader.get(&format!("/desk/settings/{page}")).await);
    }
    let settings = "name=&rhythm=weekly&rhythm=monthly&cap=0&first=2027-07-01&last=";
    seen.keep("settings-wrong", reader.post("/desk/settings", settings).await);
    let settings = "name=Nytt&language=nb&rhythm=weekly&weekly_day=Mon&weekly_time=07%3A30&cap=7";
    seen.keep("settings-overtaken", reader.post("/desk/settings", settings).await);
    let addresses = "sender=a%40elsewhere.example&reply_address=b";
    seen.keep("sender-wrong", reader.post("/desk/settings/sender", addresses).await);
    let days = "letters=365&taps=365&drafts=x";
    seen.keep("retention-wrong", reader.post("/desk/settings/retention", days).await);
    old_knock(reader.pages).await;
    seen.keep(
        "retention-asks",
        reader.fill_in("/desk/settings/retention", "/desk/settings/retention", "knocks=1").await,
    );
    let look =
        reader.post_parts("/desk/settings/look", &[("colour", "#ffee00")], &[("logo", "x.gif", b"GIF89a")]);
    seen.keep("look-wrong", look.await);
}

/// To another house and back, with what goes wrong on the way, and one's own account tied to it.
async fn keep_coming_by_a_house(seen: &mut Seen, pages: &Pages, house: &House, language: &str) {
    let mut reader = Reader::new(pages);
    let away = reader.post(&format!("/desk/sign-in/with/feide?lang={language}"), "").await;
    let address = away.header("refresh").trim_start_matches("0; url=").to_owned();
    seen.keep("house-away", away);
    let back = house.say(&address, person("s-1", "nobody@forum.example"));
    seen.keep("house-back", reader.get(&format!("{back}&lang={language}")).await);
    let refused = reader.post(&format!("{BACK}?lang={language}"), &form_of(&back)).await;
    seen.keep("house-unknown", refused);
    for error in ["", "access_denied", "server_error", "invalid_scope"] {
        seen.keep("house-trouble", reader.get(&format!("{BACK}?error={error}&lang={language}")).await);
    }
    let lise = seen_account(pages).await;
    let mut lead = seat_account(pages, lise, "tied", now()).await;
    let mut tx = pages.db.store.begin().await.unwrap();
    assert!(tx.tie_identity(lise, (&house.issuer, "s-2"), now()).await.unwrap());
    tx.commit().await.unwrap();
    seen.keep("account-tied", lead.get("/desk/account").await);
}

/// The lead's account.
async fn seen_account(pages: &Pages) -> AccountId {
    let accounts = pages.db.store.list_accounts().await.unwrap();
    accounts.iter().find(|account| account.email == LISE).expect("the lead's account").id
}

/// An item from an empty form to the list, with who gets it.
async fn keep_queueing(seen: &mut Seen, reader: &mut Reader<'_>) {
    let place = |answer: Answer| {
        let place = answer.header("location").split(['?', '#']).next().unwrap_or_default().to_owned();
        assert!(place.starts_with("/desk/"), "{}", answer.body);
        place
    };
    seen.keep("items-none", reader.get("/desk/items?q=finnesikke").await);
    seen.keep("new", reader.get("/desk/items/new").await);
    seen.keep("new-wrong", reader.post("/desk/items/new", "title=&do=queue").await);
    let filled = "title=Samling+om+nattvakt&body=Kom.&kind=event&audience=group%3Ahealth";
    let draft = place(reader.post("/desk/items/new", filled).await);
    seen.keep("draft", reader.get(&draft).await);
    seen.keep("who", reader.get(&format!("{draft}/who")).await);
    seen.keep("who-not", reader.get(&format!("{draft}/who?q=Kari")).await);
    seen.keep("preview", reader.get(&format!("{draft}/preview")).await);
    let item =
        place(reader.post("/desk/items/new", "title=Tips&body=Les.&kind=tip&audience=all&do=queue").await);
    seen.keep("item", reader.get(&item).await);
    seen.keep("items", reader.get("/desk/items").await);
    reader
        .post(
            "/desk/items/new",
            "title=For+ingen&body=X&kind=tip&audience=role%3Asteward+and+not+all&nobody=yes&do=queue",
        )
        .await;
}

/// The mailing desk, from the coming mailing to who gets what.
async fn keep_mailing(seen: &mut Seen, reader: &mut Reader<'_>) {
    for (name, path) in [
        ("mailing", "/desk/mailing"),
        ("mailing-weekly", "/desk/mailing/next/weekly"),
        ("mailing-people", "/desk/mailing/next/weekly/people"),
        ("mailing-changed", "/desk/mailing/changed"),
        ("mailing-people-none", "/desk/mailing/next/weekly/people?only=over&q=finnesikke"),
        ("mailings", "/desk/mailing/sent"),
        ("mailings-none", "/desk/mailing/sent?behind=1"),
        ("mailing-one", "/desk/mailing/sent/1?done=resumed"),
        ("mailing-letters", "/desk/mailing/sent/1/letters?state=uncertain&done=late"),
        ("mailing-letters-none", "/desk/mailing/sent/1/letters?state=rejected"),
        ("mailing-search", "/desk/mailing/letter?q=nav"),
        ("mailing-letter-before", "/desk/mailing/letter/1"),
    ] {
        seen.keep(name, reader.get(path).await);
    }
    reader.pages.run("UPDATE delivery SET state = 'queued'").await;
    seen.keep("mailing-running", reader.get("/desk/mailing/sent/1").await);
    seen.keep("mailing-cancel", reader.get("/desk/mailing/sent/1/cancel").await);
    reader.pages.run("UPDATE delivery SET state = 'uncertain'").await;
    reader.post("/desk/mailing/letter/1", "").await;
    for (name, path) in [
        ("mailing-letter", "/desk/mailing/letter/1"),
        ("mailing-letter-text", "/desk/mailing/letter/1?view=text&test=failed"),
    ] {
        seen.keep(name, reader.get(path).await);
    }
    reader.post("/desk/mailing/items/tips/hold", "").await;
    seen.keep("mailing-held", reader.get("/desk/mailing/next/weekly?done=held").await);
}

/// People and places: lists, a person, a place, a successor, and forms with what is wrong in them.
async fn keep_people(seen: &mut Seen, reader: &mut Reader<'_>) {
    for (name, path) in [
        ("people", "/desk/people"),
        ("import", "/desk/people/import"),
        ("people-none", "/desk/people?q=finnesikke&state=gets"),
        ("person", "/desk/people/1"),
        ("groups", "/desk/groups"),
        ("group", "/desk/groups/health"),
        ("progress-empty", "/desk/progress"),
        ("effects-empty", "/desk/effects"),
        ("effects-preview-empty", "/desk/effects/preview"),
        ("hits-few", "/desk/hits"),
        ("goals-none", "/desk/groups/health/goals"),
        ("organisations", "/desk/organisations"),
        ("organisation", "/desk/organisations/nav"),
        ("vacant", "/desk/places"),
        ("place", "/desk/places/1"),
    ] {
        seen.keep(name, reader.get(path).await);
    }
    reader.pages.run("UPDATE recipient SET name = 'Kari Nes'").await;
    reader.pages.run("UPDATE forum SET change_number = change_number + 1").await;
    seen.keep("duplicates", reader.get("/desk/people/duplicates?done=apart").await);
    seen.keep("merge", reader.get("/desk/people/duplicates/1/2").await);
    seen.keep("merge-wrong", reader.post("/desk/people/duplicates/1/2", "").await);
    seen.keep("merge-preview", reader.post("/desk/people/duplicates/1/2", "kept=1").await);
    reader.post("/desk/people/duplicates/1/2/apart", "").await;
    seen.keep("duplicates-none", reader.get("/desk/people/duplicates").await);
    seen.keep("person-looked-into", reader.post("/desk/people/1", "").await);
    seen.keep("person-not-sure", reader.post("/desk/people/1/take-out", "").await);
    seen.keep("group-wrong", reader.post("/desk/groups/health", "organisation=x&position=member").await);
    keep_progress(seen, reader).await;
    seen.keep("place-wrong", reader.post("/desk/places/1/welcome", "email=x").await);
    let successor = "name=Siri+Nes&email=siri%40nav.example";
    seen.keep("welcome", reader.post("/desk/places/1/welcome", successor).await);
    reader.pages.run("UPDATE organisation SET kind = 'union'").await;
    seen.keep("place-of-union-unsaid", reader.post("/desk/places/1/welcome", successor).await);
    seen.keep("person-for-union", reader.get("/desk/people/1").await);
    seen.keep("vacant-and-groundless", reader.get("/desk/places").await);
    reader.pages.run("UPDATE organisation SET kind = 'state'").await;
    seen.keep("place-overtaken", reader.post("/desk/places/1/vacate", "on=").await);
}

/// Goals with what is wrong in them, and a group that has set some and handed in minutes twice.
async fn keep_progress(seen: &mut Seen, reader: &mut Reader<'_>) {
    let goals = "/desk/groups/health/goals";
    let wrong = "id=&goal=&sign=Ses&reached=x&id=&goal=Ti&sign=&reached=2099-01-01";
    seen.keep("goals-wrong", reader.fill_in(goals, goals, wrong).await);
    let set =
        "id=&goal=Ti+l%C3%A6replasser&sign=Ti+avtaler&reached=&id=&goal=Felles+plan&sign=&reached=2027-03-01";
    reader.fill_in(goals, goals, set).await;
    seen.keep("goals-overtaken", reader.post(goals, "id=&goal=Noe+annet&sign=&reached=&seen=x").await);
    seen.keep("goals", reader.get(&format!("{goals}?done=saved")).await);
    for day in ["2027-02-01", "2027-03-01"] {
        let minutes = format!(
            "title=Referat+{day}&kind=minutes&group=health&met_on={day}&audience=group%3Ahealth&visibility=group%3Ahealth\
             &achieved=To+**avtaler**&how=Vi+ringte.&next=Ring+ti.&why=Det+haster.&promise_what_1=Ringe+ti+{day}&promise_who_1=1&promise_by_1=2027-03-02&do=queue"
        );
        reader.post("/desk/items/new", &minutes).await;
    }
    seen.keep("progress", reader.get("/desk/progress").await);
    seen.keep("group-with-goals", reader.get("/desk/groups/health").await);
    keep_effects(seen, reader).await;
    let draft = reader.post("/desk/items/new", "title=Nytt+referat&kind=minutes&group=health").await;
    let draft = draft.header("location").split('?').next().unwrap_or_default().to_owned();
    seen.keep("minutes-with-promise", reader.get(&draft).await);
    let wrong = "title=Nytt+referat&kind=minutes&group=health&audience=all&promise_by_1=2027-04-01&promise_what_2=Ringe&promise_who_2=99&do=queue";
    seen.keep("minutes-with-wrong-promise", reader.fill_in(&draft, &draft, wrong).await);
}

/// The page of effects: composed with what is wrong in it and over another's, seen before it is published, and once it is.
async fn keep_effects(seen: &mut Seen, reader: &mut Reader<'_>) {
    let (compose, preview) = ("/desk/effects", "/desk/effects/preview");
    let item = reader.pages.text("SELECT CAST(MAX(id) AS TEXT) FROM item").await;
    let gain = format!("gain={item}&shown={item}&version=0&how=Kort");
    let wrong = format!("span=own&first=2027-03-01&last=&{gain}&words=");
    seen.keep("effects-wrong", reader.fill_in(compose, compose, &wrong).await);
    let said =
        format!("span=this_year&introduction=Slik+gikk+det.&language=nn&connections=yes&{gain}&words=To");
    reader.fill_in(compose, compose, &said).await;
    seen.keep("effects-overtaken", reader.post(compose, "span=last_year&seen=x").await);
    seen.keep("effects-preview-unticked", reader.fill_in(preview, preview, "").await);
    reader.fill_in(preview, preview, "looked_over=yes&group_alone=yes").await;
    seen.keep("effects", reader.get("/desk/effects?done=published").await);
    seen.keep("effects-preview", reader.get(preview).await);
    reader.pages.run("UPDATE effect_line SET version = 9 WHERE item_id IS NOT NULL").await;
    seen.keep("effects-corrected", reader.get(compose).await);
}

/// How well letters hit, of so many who answered that it is told.
async fn keep_hits(seen: &mut Seen, reader: &mut Reader<'_>) {
    send_letters(reader.pages, 60).await;
    say(reader.pages, 0..9, None, "hit").await;
    say(reader.pages, 9..14, None, "miss").await;
    say(reader.pages, 20..26, Some(1), "not_for_me").await;
    probe(reader.pages, 0..8, "yes").await;
    probe(reader.pages, 8..40, "no").await;
    seen.keep("hits", reader.get("/desk/hits").await);
}

/// Topics and groups: the trees, a form, what a change does, and what stands in the way of one.
async fn keep_topics(seen: &mut Seen, reader: &mut Reader<'_>) {
    for (name, path) in [
        ("topics", "/desk/topics?done=changed"),
        ("topic", "/desk/topics/sector/elderly"),
        ("topic-group", "/desk/topics/group/health"),
    ] {
        seen.keep(name, reader.get(path).await);
    }
    seen.keep("topic-wrong", reader.post("/desk/topics/sector/health", "parent=elderly").await);
    let group = "name_nb=Kompetansegruppe+helse&kind=competence&sector=health&sector=elderly";
    seen.keep("topic-preview", reader.post("/desk/topics/group/health", group).await);
    seen.keep("topic-fold", reader.post("/desk/topics/sector/elderly/fold", "into=industry").await);
    seen.keep("topic-fold-wrong", reader.post("/desk/topics/sector/elderly/fold", "into=").await);
    seen.keep("topic-in-use", reader.post("/desk/topics/sector/health/take-away", "").await);
}

/// Whether letters arrive, where nobody listens and nothing is published: with what to do and records to copy.
async fn keep_failing_mail(seen: &mut Seen, language: &str) {
    let dns = NameServer::start(&[]).await;
    let (url, domain) = ("smtp://127.0.0.1:9?tls=none", "nordfjella.no");
    let scene = Scene { url, domain, dns: Some(&dns), ..Scene::default() };
    let pages = scene.open(Database::create(Engine::Sqlite).await).await;
    let mut lise = seat(&pages, LISE, LEAD).await;
    lise.post("/desk/account/language", &format!("language={language}")).await;
    seen.keep("mail-failed", lise.post("/desk/settings/mail", "").await);
}

/// Writes a page with its style sheet beside it.
fn write_page(folder: &Path, page: &Page) -> std::path::PathBuf {
    let from = page.html.find("/assets/treff-").expect("a style sheet");
    let sheet: String = page.html[from..].chars().take_while(|c| *c != '"').collect();
    let html = page.html.replace(&sheet, "treff.css");
    let file = folder.join(format!("{}.html", page.name));
    std::fs::write(&file, html).expect("the page can be written");
    file
}

async fn audit_desk(language: &str) {
    let node_modules = find_node_modules();
    let house = House::start().await;
    let pages = house.pages(Database::create(Engine::Sqlite).await).await;
    let mut seen = gather(&pages, language).await;
    keep_failing_mail(&mut seen, language).await;
    keep_coming_by_a_house(&mut seen, &pages, &house, language).await;
    let seen = seen.0;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut breaches = check(&node_modules, &folder.path().join("checked"), &seen);
    let style = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/page/treff.css");
    std::fs::copy(style, folder.path().join("treff.css")).expect("the style sheet");
    let browser = Browser::open(Screen::Desk).await;
    let axe = std::fs::read_to_string(node_modules.join("axe-core/axe.min.js")).expect("axe-core");
    for page in &seen {
        if !page.html.contains(&format!("<html lang=\"{language}\"")) {
            breaches.push(format!("{} is not in {language}", page.name));
        }
        let file = write_page(folder.path(), page);
        breaches.extend(audit(&browser, &axe, (&file, &page.name), language).await);
    }
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

#[tokio::test]
async fn in_bokmaal() {
    audit_desk("nb").await;
}

#[tokio::test]
async fn in_nynorsk() {
    audit_desk("nn").await;
}

#[tokio::test]
async fn in_english() {
    audit_desk("en").await;
}
