//! A ledger full of queued letters: a frame and seven cards of forty, each letter another choice.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use treff::clock::Clock;
use treff::letter::{Letter, hash_of_piece};
use treff::store::{Arg, Store, Tx};

use super::settings::Setting;

/// Whose letters they are.
pub const DOMAIN: &str = "forum.example.test";
/// Cards that a letter's seven are chosen from.
const CARDS: usize = 40;
const LINE: &str = "Innhold som er kodet en gang og brukt i mange brev, linje for linje, s=C3=A5.\r\n";
const RECIPIENTS: &str = "
    INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen,
                           token_version, revision, watermark, created_at)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[0]'),
           'p' || json_extract(value, '$[0]') || '@example.test', 'Kari Nes', 'nb', 'weekly', 'active', TRUE, TRUE,
           '[]', 0, 0, 0, 0
        FROM json_each($1)";
const DELIVERIES: &str = "
    INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                          message_id, dated_at)
    SELECT json_extract(value, '$[0]'), 1, json_extract(value, '$[0]'), 'queued', 0, $2, 0, 0,
           json_extract(value, '$[0]') || '@forum.example.test', 0
        FROM json_each($1)";
const CONTENTS: &str = "
    INSERT INTO letter (delivery_id, content)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($1)";
const EDITION: &str = "
    INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
        VALUES (1, 'weekly', 0, 0, 0, 7, '{}', 0)";

/// A database to be copied for each round.
pub struct Ledger {
    folder: TempDir,
    /// How many are queued.
    pub letters: usize,
}

impl Ledger {
    /// With so many letters of about the setting's size.
    pub fn of(letters: usize, setting: &Setting) -> Ledger {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger { folder, letters };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(ledger.fill(setting.kilobytes));
        ledger
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("treff.db")
    }

    /// On disk before it returns, so that no round pays for the copying.
    pub fn copy_into(&self, folder: &Path) -> PathBuf {
        let copy = folder.join("treff.db");
        std::fs::copy(self.database(), &copy).expect("a copy of the database");
        std::fs::File::open(&copy).and_then(|file| file.sync_all()).expect("the copy on disk");
        copy
    }

    async fn fill(&self, kilobytes: usize) {
        let url = format!("sqlite://{}", self.database().display());
        let store = Store::open(&url, true).await.expect("a database");
        let pieces = make_pieces(kilobytes);
        let mut tx = store.begin().await.expect("a transaction");
        tx.insert_pieces(chrono::DateTime::UNIX_EPOCH, &pieces).await.expect("pieces");
        tx.run(EDITION, vec![]).await.expect("an edition");
        let hashes: Vec<&str> = pieces.iter().map(|(hash, _)| hash.as_str()).collect();
        let rows: Vec<(i64, String)> = (1..=self.letters as i64).map(|n| (n, letter(n, &hashes))).collect();
        for some in rows.chunks(1000) {
            queue(&mut tx, some).await;
        }
        tx.commit().await.expect("committed");
        store.close().await;
    }
}

async fn queue(tx: &mut Tx, letters: &[(i64, String)]) {
    let json = serde_json::to_string(letters).expect("json");
    tx.run(RECIPIENTS, vec![Arg::from(json.clone())]).await.expect("recipients");
    let now = Clock::system().now();
    tx.run(DELIVERIES, vec![Arg::from(json.clone()), Arg::from(now)]).await.expect("letters");
    tx.run(CONTENTS, vec![Arg::from(json)]).await.expect("what they are made of");
}

/// By hash; the frame first. In all, a letter has 500 bytes of headers, 300 of links and boundaries; the rest are lines of text.
fn make_pieces(kilobytes: usize) -> Vec<(String, Vec<u8>)> {
    let lines = (kilobytes * 1000 - 1500) / LINE.len();
    let share = |thousandths: usize| LINE.repeat((lines * thousandths / 1000).max(1));
    let frame = format!(
        "From: Forum <forum@{DOMAIN}>\r\nTo: \u{1}T\r\nSubject: \u{1}S\r\nMessage-ID: <\u{1}M>\r\n\
         Date: Fri, 12 Mar 2027 07:30:00 +0100\r\nMIME-Version: 1.0\r\nReply-To: <svar@{DOMAIN}>\r\n\
         List-Id: Forum <{DOMAIN}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
         List-Unsubscribe: <https://{DOMAIN}/u/\u{1}U>\r\n\r\n\u{2}{}\u{2}{}\u{2}",
        share(70),
        share(70)
    );
    let card = |n: usize| {
        let link = format!("https://{DOMAIN}/l/\u{1}L/item/{n}\r\n");
        format!("{}{link}\u{2}{link}{}\u{2}", share(25), share(98))
    };
    let pieces = std::iter::once(frame).chain((0..CARDS).map(card));
    pieces.map(|piece| (hash_of_piece(piece.as_bytes()), piece.into_bytes())).collect()
}

fn letter(n: i64, hashes: &[&str]) -> String {
    let chosen = (0..7).map(|i| hashes[1 + (n as usize * 7 + i * 3) % CARDS]);
    let letter = Letter {
        pieces: std::iter::once(hashes[0]).chain(chosen).map(str::to_owned).collect(),
        to: format!("Kari Nes <p{n}@example.test>"),
        subject: "Frist fredag: innspill (+ 6 saker)".into(),
        greeting: "Hei, Kari".into(),
        message_id: format!("{n}@{DOMAIN}"),
        key_id: 1,
        promises: Vec::new(),
        promised_days: Vec::new(),
        token_version: 0,
        birth_mark: 0xc0ff,
    };
    serde_json::to_string(&letter).expect("json")
}
