//! Debian's Chromium, driven by its chromedriver: one of each per story, ended with the story.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// How wide the page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 360 x 740 CSS pixels, with touch.
    Telephone,
    /// 1280 x 900 CSS pixels.
    Desk,
}

/// A browser with a fresh profile that reaches this machine only.
pub struct Browser {
    pub client: Client,
    driver: Child,
    port: u16,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts chromedriver on a port of its own choice, and a browser.
    pub async fn open(screen: Screen) -> Browser {
        Browser::open_for(screen, "en-US").await
    }

    /// The same for a person who has told the browser which language they read.
    pub async fn open_for(screen: Screen, language: &str) -> Browser {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(screen, language, profile.path()))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromium starts");
        Browser { client, driver, port, _profile: profile }
    }

    /// Switches the scripts of pages off, from the next page on.
    pub async fn switch_scripts_off(&self) {
        self.command("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await;
    }

    /// What a script answers; it must `return` JSON.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.expect("the script runs")
    }

    /// Tells the browser something that WebDriver has no words for: a command of the DevTools protocol.
    pub async fn command(&self, name: &str, parameters: &Value) -> Value {
        self.try_command(name, parameters).await.unwrap_or_else(|fault| panic!("{name}: {fault}"))
    }

    /// The same; it may fail, for instance while the page is just being left.
    pub async fn try_command(&self, name: &str, parameters: &Value) -> Result<Value, CmdError> {
        self.client
            .issue_cmd(DevTools { body: json!({ "cmd": name, "params": parameters }).to_string() })
            .await
    }

    /// Lays the page out as on a screen of that width, until another page is opened. The command is answered before the page
    /// has heard of it: this waits until it has.
    pub async fn widen(&self, width: u32, height: u32, is_mobile: bool) {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_mobile });
        self.command("Emulation.setDeviceMetricsOverride", &screen).await;
        self.wait_for_media(&format!("(width: {width}px)")).await;
    }

    /// Waits until a media query holds.
    pub async fn wait_for_media(&self, query: &str) {
        self.wait_until_true(&format!("matchMedia('{query}').matches"), query).await;
    }

    /// How many CSS pixels the page is wider than the window.
    pub async fn overhang(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.ask(script).await.as_i64().expect("a number")
    }

    /// The addresses that the page fetched or tried to fetch, beside itself.
    pub async fn list_requests(&self) -> Vec<String> {
        let script = "return performance.getEntriesByType('resource').map(e => e.name)";
        serde_json::from_value(self.ask(script).await).expect("addresses")
    }
}

impl Drop for Browser {
    /// chromedriver ends the browsers that it started, then itself.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request = format!(
                "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
                self.port
            );
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read_to_end(&mut Vec::new());
        }
        let asked_at = Instant::now();
        while matches!(self.driver.try_wait(), Ok(None)) && asked_at.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A command of the DevTools protocol, as chromedriver passes it on.
#[derive(Debug)]
struct DevTools {
    body: String,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}

/// A chromedriver and its port. It chooses one of IPv4's and ends if another program has the same of IPv6: then it is
/// started again.
fn start_driver() -> (Child, u16) {
    let mut said = Vec::new();
    for _ in 0..5 {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed; tests/run installs it (Debian's chromium-driver)");
        match read_port(&mut driver) {
            Ok(port) => return (driver, port),
            Err(lines) => said.extend(lines),
        }
        let _ = driver.kill();
        let _ = driver.wait();
    }
    panic!("chromedriver does not start: {said:?}")
}

/// The port that it listens on, or what it said before it ended.
fn read_port(driver: &mut Child) -> Result<u16, Vec<String>> {
    let out = driver.stdout.take().expect("standard output");
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let mut said = Vec::new();
    for line in lines.by_ref() {
        let told = line.split("successfully on port ").nth(1);
        if let Some(port) = told.and_then(|rest| rest.trim_end_matches('.').parse().ok()) {
            // It must never wait for a reader.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(port);
        }
        said.push(line);
    }
    Err(said)
}

fn capabilities(screen: Screen, language: &str, profile: &std::path::Path) -> serde_json::Map<String, Value> {
    let mut args = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-background-networking".to_owned(),
        "--no-first-run".to_owned(),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1".to_owned(),
        format!("--user-data-dir={}", profile.display()),
    ];
    let mut options = json!({ "prefs": { "intl.accept_languages": language } });
    match screen {
        Screen::Telephone => {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 360, "height": 740, "pixelRatio": 2.0, "touch": true } });
        }
        Screen::Desk => args.push("--window-size=1280,900".to_owned()),
    }
    options["args"] = json!(args);
    let Value::Object(map) = json!({ "browserName": "chrome", "goog:chromeOptions": options }) else {
        unreachable!("an object was written");
    };
    map
}
