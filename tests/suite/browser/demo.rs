//! `treff demo` as a newcomer starts it: the real program, on a free port, in a folder of its own.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mail_parser::{MessageParser, MimeHeaders as _};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use treff::clock::Clock;

use crate::ports::HeldPort;
use crate::treff::program;

/// A running demo; it is stopped with the value.
pub struct Demo {
    pub folder: tempfile::TempDir,
    pub port: u16,
    program: Child,
    _held: HeldPort,
}

/// A letter as it lies in the mailbox.
pub struct Letter {
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Its header, as it went.
    pub head: String,
}

/// What the demo answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl Demo {
    /// Starts it and waits until the first page answers, at most the 60 s that are promised.
    pub fn start() -> Demo {
        Demo::start_in(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The same in a folder that may hold an earlier demo.
    pub fn start_in(folder: tempfile::TempDir) -> Demo {
        let held = HeldPort::hold();
        let port = held.number();
        let program = program()
            .arg("demo")
            .arg("--dir")
            .arg(folder.path())
            .args(["--port", &port.to_string()])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("demo.log")).expect("a log file"))
            .spawn()
            .expect("the program starts");
        let mut demo = Demo { folder, port, program, _held: held };
        demo.wait_for("the first page", 60, |demo| demo.get("/").is_some_and(|(status, _)| status == 200));
        demo
    }

    /// The address of a page.
    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Asks again and again until `is_there`; after `seconds` it fails with what the demo said.
    pub fn wait_for(&mut self, what: &str, seconds: u64, mut is_there: impl FnMut(&Demo) -> bool) {
        let began_at = Instant::now();
        while !is_there(self) {
            let ended = self.program.try_wait().expect("the program can be asked");
            let log = || std::fs::read_to_string(self.folder.path().join("demo.log")).unwrap_or_default();
            assert!(ended.is_none(), "the demo ended ({ended:?}) before {what}:\n{}", log());
            assert!(
                began_at.elapsed() < Duration::from_secs(seconds),
                "no {what} in {seconds} s:\n{}",
                log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Status and body of a page; nothing if nobody answers.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        self.ask("GET", path, &[], "").map(|reply| (reply.status, reply.body))
    }

    /// Sends a request; nothing if nobody answers.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Reply> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{more}\
             Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers = lines.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Some(Reply { status, headers, body: body.to_owned() })
    }

    /// The addresses of whoever has a place in a group.
    pub fn list_place_holders(&self) -> BTreeSet<String> {
        let listed = program()
            .args(["people", "list", "--json"])
            .current_dir(self.folder.path())
            .output()
            .expect("the program runs");
        let told: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("one document");
        let people = told["recipients"].as_array().expect("people");
        let placed = people.iter().filter(|one| one["groups"].as_array().is_some_and(|g| !g.is_empty()));
        placed.map(|one| one["email"].as_str().expect("an address").to_owned()).collect()
    }

    /// Whether a short mail is being written, or something is still looked into that may bring one.
    pub async fn has_mail_on_its_way(&self) -> bool {
        let file = SqliteConnectOptions::new().filename(self.folder.path().join("treff.db")).read_only(true);
        let mut db = SqliteConnection::connect_with(&file).await.expect("the demo's database opens");
        let now = Clock::system().now().timestamp_micros();
        let asked = "SELECT EXISTS (SELECT 1 FROM knock) OR EXISTS (SELECT 1 FROM notice
                     WHERE state = 'attempting' OR (state = 'queued' AND next_attempt_at <= $1))";
        sqlx::query_scalar(asked).bind(now).fetch_one(&mut db).await.expect("a word")
    }

    /// How many letters lie in the mailbox.
    pub fn count_letters(&self) -> usize {
        self.list_letter_files().len()
    }

    /// The letters, in order of recipient and subject.
    pub fn list_letters(&self) -> Vec<Letter> {
        let files = self.list_letter_files();
        let mut letters: Vec<Letter> = files
            .iter()
            .map(|path| read_letter(&std::fs::read(path).expect("a letter can be read")))
            .collect();
        letters.sort_by(|a, b| (&a.recipient, &a.subject).cmp(&(&b.recipient, &b.subject)));
        letters
    }

    /// What lies in `new/` of a Maildir somewhere under the folder.
    fn list_letter_files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            let is_new = folder.file_name().is_some_and(|name| name == "new");
            for path in list_folder(&folder) {
                if path.is_dir() {
                    folders.push(path);
                } else if is_new {
                    files.push(path);
                }
            }
        }
        files
    }

    /// Asks it to stop (SIGTERM) and tells how it ended; the folder stays.
    pub fn stop(mut self) -> (std::process::ExitStatus, tempfile::TempDir) {
        let asked = Command::new("kill").args(["-TERM", &self.program.id().to_string()]).status();
        assert!(asked.expect("kill is there").success());
        let asked_at = Instant::now();
        while matches!(self.program.try_wait(), Ok(None)) && asked_at.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let status =
            self.program.try_wait().expect("the program can be asked").expect("it stops within 20 s");
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a temporary folder"));
        (status, folder)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn list_folder(folder: &std::path::Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).map_or_else(|_| Vec::new(), |all| all.flatten().map(|e| e.path()).collect())
}

fn read_letter(bytes: &[u8]) -> Letter {
    let mail = MessageParser::default().parse(bytes).expect("a letter is a mail");
    let recipient = mail.to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned();
    let text = String::from_utf8_lossy(bytes);
    let types: Vec<_> = mail.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
    assert_eq!(types, ["alternative", "plain", "html"], "text first, then HTML");
    Letter {
        recipient,
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).expect("a text part").into_owned(),
        html: mail.body_html(0).expect("an HTML part").into_owned(),
        head: text.split("\r\n\r\n").next().unwrap_or_default().to_owned(),
    }
}
