//! A real provider program (npm's oidc-provider, which is certified) on loopback, in a real browser: through its own pages for
//! signing in and for consent, and back to the desk.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use fantoccini::Locator;
use treff::app::App;
use treff::config::Overrides;
use treff::store::NewAccount;

use crate::accessible::find_node_modules;
use crate::browser::driver::{Browser, Screen};
use crate::browser::queueing::wait_until;
use crate::harness::{Database, Engine};
use crate::pages::world::{now, write_forum};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;

/// The provider program. It ends with the value: its standard input is closed, and it is killed.
struct Provider {
    program: Child,
    issuer: String,
    _stdin: ChildStdin,
}

impl Provider {
    fn start(redirect: &str) -> Provider {
        let modules = find_node_modules();
        assert!(
            modules.join("oidc-provider").is_dir(),
            "{} lacks oidc-provider; tests/run installs what tests/web/package-lock.json names",
            modules.display()
        );
        let mut program = Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/provider.mjs"))
            .arg(modules)
            .args([redirect, "hemmelig"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is installed; tests/run installs it with npm");
        let stdin = program.stdin.take().expect("standard input");
        let out = program.stdout.take().expect("standard output");
        let issuer =
            BufReader::new(out).lines().map_while(Result::ok).find(|line| line.starts_with("http://"));
        Provider { program, issuer: issuer.expect("the provider tells its issuer"), _stdin: stdin }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The desk of a forum that knows the provider, served on loopback by the clock on the wall.
struct Desk {
    database: Database,
    root: String,
    task: tokio::task::JoinHandle<()>,
    _provider: Provider,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Desk {
    async fn open() -> Desk {
        let database = Database::create(Engine::Sqlite).await;
        write_forum(&database.store).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let provider = Provider::start(&format!("{root}/desk/sign-in/from/house"));
        let config = format!(
            "database_url = \"{}\"\nbase_url = \"{root}\"\n[[sign_in.oidc]]\nslug = \"house\"\nname = \"Feide\"\n\
             issuer = \"{}\"\nclient_id = \"treff\"\nclient_secret_file = \"house.secret\"\n",
            database.url, provider.issuer
        );
        std::fs::write(database.path("treff.toml"), config).unwrap();
        std::fs::write(database.path("house.secret"), "hemmelig\n").unwrap();
        let app = App::open(&database.path("treff.toml"), Overrides::default()).await.unwrap();
        let routes = treff::web::routes(&app).await.unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Desk { database, root, task, _provider: provider }
    }

    async fn add_account(&self, email: &str) {
        let new = NewAccount {
            email,
            name: "Lise Lund",
            rights: LEAD,
            groups: &[],
            organisation: None,
            actor: "command",
        };
        self.database.store.add_account(&new, now()).await.unwrap().unwrap();
    }
}

/// Presses what stands there, and waits until the page is another.
async fn press(browser: &Browser, css: &str) {
    browser
        .client
        .wait()
        .for_element(Locator::Css(css))
        .await
        .unwrap_or_else(|error| panic!("{css}: {error}"));
    browser.ask("document.documentElement.dataset.before = 'yes'").await;
    browser.ask(&format!("document.querySelector(\"{css}\").click()")).await;
    wait_until(browser, "document.readyState === 'complete' && !document.documentElement.dataset.before")
        .await;
}

/// From the button at the desk through the provider's two forms.
async fn sign_in_as(browser: &Browser, desk: &Desk, name: &str) {
    browser.client.goto(&format!("{}/desk/sign-in?next=/desk/account", desk.root)).await.unwrap();
    assert_eq!(browser.overhang().await, 0);
    press(browser, "form[action$='/desk/sign-in/with/house'] button").await;
    wait_until(browser, "document.querySelector('input[name=login]')").await;
    let fill = format!(
        "document.querySelector('input[name=login]').value = '{name}'; document.querySelector('input[name=password]').value = 'x'"
    );
    browser.ask(&fill).await;
    press(browser, "form button[type=submit]").await;
    wait_until(browser, "document.querySelector('input[name=prompt][value=consent]')").await;
    press(browser, "form button[type=submit]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_comes_in_by_a_real_provider_and_a_stranger_does_not() {
    let desk = Desk::open().await;
    desk.add_account("lise@forum.example").await;
    let browser = Browser::open(Screen::Telephone).await;
    sign_in_as(&browser, &desk, "lise").await;
    // The button of the page in between is pressed by its script.
    wait_until(&browser, "location.pathname === '/desk/account'").await;
    let account = browser.client.source().await.unwrap();
    assert!(account.contains("lise@forum.example") && account.contains("with Feide"), "{account}");
    assert_eq!(browser.overhang().await, 0);
    browser.client.goto(&format!("{}/desk", desk.root)).await.unwrap();
    wait_until(&browser, "location.pathname === '/desk'").await;

    for stranger in ["per", "mallory"] {
        let browser = Browser::open(Screen::Telephone).await;
        sign_in_as(&browser, &desk, stranger).await;
        wait_until(&browser, "document.body.textContent.includes('You did not get in with Feide')").await;
        assert_eq!(browser.overhang().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_no_at_the_provider_is_told_what_to_do() {
    let desk = Desk::open().await;
    let browser = Browser::open(Screen::Desk).await;
    browser.client.goto(&format!("{}/desk/sign-in", desk.root)).await.unwrap();
    press(&browser, "form[action$='/desk/sign-in/with/house'] button").await;
    wait_until(&browser, "document.querySelector('a[href$=\"/abort\"]')").await;
    press(&browser, "a[href$='/abort']").await;
    wait_until(&browser, "location.pathname === '/desk/sign-in/from/house'").await;
    let told = browser.client.source().await.unwrap();
    assert!(told.contains("was broken off") && told.contains("href=\"/desk/sign-in\""), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_one_more_button_lets_the_lead_in() {
    let desk = Desk::open().await;
    desk.add_account("lise@forum.example").await;
    let browser = Browser::open(Screen::Desk).await;
    browser.switch_scripts_off().await;
    let client = &browser.client;
    client.goto(&format!("{}/desk/sign-in", desk.root)).await.unwrap();
    let click = async |css: &'static str| {
        client.wait().for_element(Locator::Css(css)).await.unwrap().click().await.unwrap();
    };
    click("form[action$='/desk/sign-in/with/house'] button").await;
    client
        .wait()
        .for_element(Locator::Css("input[name=login]"))
        .await
        .unwrap()
        .send_keys("lise")
        .await
        .unwrap();
    client.find(Locator::Css("input[name=password]")).await.unwrap().send_keys("x").await.unwrap();
    click("form button[type=submit]").await;
    client.wait().for_element(Locator::Css("input[name=prompt][value=consent]")).await.unwrap();
    click("form button[type=submit]").await;
    click("form.onward button").await;
    client.wait().for_element(Locator::Css("a[href='/desk/accounts']")).await.expect("the desk is open");
    assert_eq!(client.current_url().await.unwrap().path(), "/desk");
}
