//! Who comes: with what in hand, and what they may see.

use treff::token::{Claim, Keys, Purpose};

use super::rows::told_in_file;
use super::table::Opens;
use crate::pages::world::{Answer, letter_token, sign, unsubscribe_token};

/// The words of each item of the world: its title, and what it says.
const TOLD: [(i64, &str, &str); 9] = [
    (1, "Åpen sak", "Første avsnitt"),
    (2, "Samling for forumet", "Alle møtes"),
    (3, "Hemmelig tittel", "Bare for gruppa."),
    (4, "Trukket tittel", "Borte."),
    (5, "Neste tittel", "Kommer."),
    (6, "Andres tittel", "Ikke i brevet."),
    (7, "Kommende tittel", "Ikke ute."),
    (8, "Plassens tittel", "Bare for plassen."),
    (9, "Industriens tittel", "Bare for industrien."),
];

/// Somebody before the pages.
#[derive(Clone)]
pub struct Reader {
    pub name: &'static str,
    /// What stands for the token under `/u`.
    pub unsubscribe: String,
    /// What stands for the token under `/l`.
    pub letter: String,
    /// What stands for the token under `/d`.
    pub mail_link: String,
    /// What stands for the token under `/desk/open`.
    pub desk_link: String,
    /// What stands for the token under `/f`.
    pub feed: String,
    /// A device that was signed in.
    pub cookie: Option<String>,
    /// Names of files.
    pub assets: Vec<String>,
    /// What opens for them.
    pub opens: &'static [Opens],
    /// The items whose titles they may see anywhere.
    pub titles: &'static [i64],
    /// Addresses and names that are their own to see.
    pub own: &'static [&'static str],
    /// The items that they may read.
    pub bodies: &'static [i64],
}

impl Reader {
    /// Somebody with tokens that nobody gave out.
    pub fn stranger() -> Reader {
        let forge = |purpose| {
            let keys = Keys::new(vec![(1, [9; 32])]);
            keys.sign(1, Claim { purpose, version: 3, subject: 7 }).unwrap()
        };
        Reader {
            name: "a stranger",
            unsubscribe: forge(Purpose::Unsubscribe),
            letter: forge(Purpose::Letter),
            mail_link: forge(Purpose::MailLink),
            desk_link: forge(Purpose::MailLink),
            feed: "guessed".to_owned(),
            cookie: None,
            assets: vec!["treff.css".to_owned(), "..".to_owned()],
            opens: &[Opens::Everyone, Opens::Demo],
            own: &[],
            titles: &[1],
            bodies: &[1],
        }
    }

    /// Whether a route opens for them.
    pub fn may(&self, opens: Opens) -> bool {
        self.opens.contains(&opens)
    }

    /// What an answer says that they may not know.
    ///
    /// One's own copy names what one got, whatever became of it: only other people are looked for there.
    pub fn list_leaks(&self, route: &str, answer: &Answer) -> Vec<String> {
        let mut said = answer.body.clone();
        answer.headers.values().for_each(|value| said.push_str(&String::from_utf8_lossy(value.as_bytes())));
        let titles = TOLD.iter().filter(|(id, _, _)| !self.titles.contains(id)).map(|(_, title, _)| *title);
        let bodies = TOLD.iter().filter(|(id, _, _)| !self.bodies.contains(id)).map(|(_, _, body)| *body);
        let files = (1..=9).filter(|id| !self.bodies.contains(id));
        let files: Vec<String> = files.flat_map(|id| [told_in_file(id), format!("fil-{id}-her")]).collect();
        let people = ["eva.hemmelig@vik.example", "kari@nav.test", "Eva Hemmelig"];
        let of_items = titles.chain(bodies).chain(files.iter().map(String::as_str));
        let of_items = of_items.filter(|_| !route.starts_with("/me/data"));
        let words = of_items.chain(people.into_iter().filter(|word| !self.own.contains(word)));
        words.filter(|word| said.contains(*word)).map(|word| format!("tells \"{word}\"")).collect()
    }
}

/// Everybody who might come, the owner of the world's letter first.
pub fn list_readers() -> Vec<Reader> {
    let mut readers = list_holders_of_letters();
    readers.extend(list_holders_of_other_doors());
    readers.extend(list_staff());
    readers.push(Reader::stranger());
    readers
}

/// Who holds a letter, what once was one, or a part of its links.
fn list_holders_of_letters() -> Vec<Reader> {
    let letter = |version, subject| sign(Claim { purpose: Purpose::Letter, version, subject });
    let own = Reader {
        name: "who holds Kari's letter",
        unsubscribe: unsubscribe_token(),
        letter: letter_token(),
        opens: &[Opens::Everyone, Opens::Demo, Opens::Unsubscribe, Opens::Letter],
        // The preferences may name what the forum may see; the letter opens what it holds.
        titles: &[1, 2, 5, 6],
        bodies: &[1, 2, 5],
        assets: vec![find_style_sheet()],
        ..Reader::stranger()
    };
    let other = Reader {
        name: "who holds Eva's letter",
        unsubscribe: sign(Claim { purpose: Purpose::Unsubscribe, version: 0, subject: 3 }),
        letter: letter(0, 8),
        bodies: &[1],
        ..own.clone()
    };
    let leaver = Reader {
        name: "who holds a link to unsubscribe only",
        letter: unsubscribe_token(),
        opens: &[Opens::Everyone, Opens::Demo, Opens::Unsubscribe],
        titles: &[1],
        bodies: &[1],
        ..own.clone()
    };
    let swapped = Reader {
        name: "who holds a link of a letter only",
        unsubscribe: letter_token(),
        opens: &[Opens::Everyone, Opens::Demo, Opens::Letter],
        ..own.clone()
    };
    let revoked = Reader { name: "who holds a revoked link", letter: letter(2, 7), ..leaver.clone() };
    let strangers_letter = Reader { name: "who guesses a letter", letter: letter(0, 99), ..leaver.clone() };
    vec![own, other, leaver, swapped, revoked, strangers_letter]
}

/// Who comes by a link from a mail, a feed's address, or a device.
fn list_holders_of_other_doors() -> Vec<Reader> {
    let stranger = Reader::stranger();
    let mailed = Reader {
        name: "who holds a link from a mail",
        mail_link: sign(Claim { purpose: Purpose::MailLink, version: 0, subject: 901 }),
        opens: &[Opens::Everyone, Opens::Demo, Opens::MailLink],
        ..stranger.clone()
    };
    // A feed holds what the forum may see, and no group's items: its address may be passed on.
    let subscribed = Reader {
        name: "who holds the address of Kari's feed",
        feed: "karis-feed".to_owned(),
        opens: &[Opens::Everyone, Opens::Demo, Opens::Feed],
        titles: &[1, 2, 5, 6],
        bodies: &[1, 2, 5, 6],
        ..stranger.clone()
    };
    // A device opens what the person may see, a group's items too.
    let device = Reader {
        name: "Kari at her own device",
        cookie: Some("__Host-treff-nordfjella=kari".to_owned()),
        opens: &[Opens::Everyone, Opens::Demo, Opens::Device],
        own: &["kari@nav.test"],
        titles: &[1, 2, 3, 5, 6],
        bodies: &[1, 2, 3, 5, 6],
        ..stranger.clone()
    };
    let other_device = Reader {
        name: "Eva at her own device",
        cookie: Some("__Host-treff-nordfjella=eva".to_owned()),
        own: &["eva.hemmelig@vik.example", "Eva Hemmelig"],
        titles: &[1, 2, 5, 6, 8, 9],
        bodies: &[1, 2, 5, 6, 8, 9],
        ..device.clone()
    };
    let closed_device = Reader {
        name: "a device whose time is over",
        cookie: Some(
            "__Host-treff-nordfjella=old; treff-nordfjella=kari; __Host-treff-desk-nordfjella=old".to_owned(),
        ),
        ..stranger
    };
    vec![mailed, subscribed, device, other_device, closed_device]
}

/// Who comes to the desk, and how far.
fn list_staff() -> Vec<Reader> {
    let stranger = Reader::stranger();
    let invited = Reader {
        name: "who holds a link to the desk",
        desk_link: sign(Claim { purpose: Purpose::MailLink, version: 0, subject: 902 }),
        opens: &[Opens::Everyone, Opens::Demo, Opens::DeskLink],
        ..stranger.clone()
    };
    let lead = Reader {
        name: "the lead at the desk",
        cookie: Some("__Host-treff-desk-nordfjella=lead".to_owned()),
        opens: &[Opens::Everyone, Opens::Demo, Opens::Desk, Opens::DeskSession],
        own: &["eva.hemmelig@vik.example", "Eva Hemmelig", "kari@nav.test"],
        titles: &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        bodies: &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        ..stranger.clone()
    };
    let halfway = Reader {
        name: "who was not asked for the code yet",
        cookie: Some("__Host-treff-desk-nordfjella=halfway".to_owned()),
        opens: &[Opens::Everyone, Opens::Demo, Opens::DeskSession, Opens::DeskCode],
        ..stranger
    };
    vec![invited, lead, halfway]
}

/// The style sheet, whose name carries the hash of its content.
fn find_style_sheet() -> String {
    use sha2::Digest as _;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/page/treff.css");
    let digest = sha2::Sha256::digest(std::fs::read(path).expect("the style sheet"));
    format!("treff-{}.css", hex::encode(&digest[..8]))
}
