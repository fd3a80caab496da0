//! docs/json.md is true: every command has its section, and the document that a command prints has the fields that stand
//! there, of the types that stand there, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use clap::CommandFactory as _;
use serde_json::{Value, json};
use treff::cli::Cli;

use crate::harness::{EmptyDatabase, Engine};
use crate::on_both_engines;
use crate::treff::{FORUM, Treff};

/// A field's row in the page: its type, and whether the field is always there.
struct Field {
    kind: String,
    is_always: bool,
}

/// The rows of a section, by the field's path.
type Fields = BTreeMap<String, Field>;

/// What stands in backquotes.
fn list_quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// The fields that a section names itself, and those that it has of another one.
fn read_fields(sections: &BTreeMap<String, String>, command: &str) -> Fields {
    let body = sections.get(command).unwrap_or_else(|| panic!("docs/json.md has no section {command}"));
    let mut fields = Fields::new();
    for line in body.lines() {
        if let Some(said) = line.strip_prefix("The fields of ") {
            fields.extend(borrow_fields(sections, said, ""));
        }
        let Some((path, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once("` | ")) else {
            continue;
        };
        let (kind, _) = rest.split_once(" | ").expect("a row has a path, a type and what it is");
        if kind.starts_with("as `") {
            fields.extend(borrow_fields(sections, kind, path));
        } else {
            fields.insert(path.to_owned(), Field::of(kind));
        }
    }
    fields
}

/// "`seats[]` of `treff seat list`" or "`treff seat list`", put at a path.
fn borrow_fields(sections: &BTreeMap<String, String>, said: &str, at: &str) -> Fields {
    let (below, command) = match list_quoted(said)[..] {
        [command] => (String::new(), command),
        [below, command] => (format!("{below}."), command),
        _ => panic!("docs/json.md: {said}: name a command, or a field of one"),
    };
    let theirs = read_fields(sections, command).into_iter();
    theirs.filter_map(|(path, field)| Some((join(at, path.strip_prefix(below.as_str())?), field))).collect()
}

impl Field {
    fn of(kind: &str) -> Field {
        let sometimes = kind.strip_suffix(", not always");
        Field { kind: sometimes.unwrap_or(kind).to_owned(), is_always: sometimes.is_none() }
    }
}

/// Whether a value is of a type that the page names.
fn is_of(kind: &str, value: &Value) -> bool {
    let is_text = |test: fn(&str) -> bool| value.as_str().is_some_and(test);
    if let Some(kind) = kind.strip_suffix(" or null") {
        return value.is_null() || is_of(kind, value);
    }
    if let Some(kind) = kind.strip_prefix("list of ") {
        return value.as_array().is_some_and(|entries| entries.iter().all(|entry| is_of(kind, entry)));
    }
    match kind {
        "any" => true,
        "object" => value.is_object(),
        "number" => value.is_i64() || value.is_u64(),
        "truth" => value.is_boolean(),
        "true" => *value == Value::Bool(true),
        "text" => value.is_string(),
        "instant" => is_text(|text| text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok()),
        "day" => is_text(|text| text.parse::<NaiveDate>().is_ok()),
        "address" => is_text(|text| text.contains('@') && text.to_lowercase() == text),
        "slug" => is_text(is_slug),
        "term" => {
            is_text(|text| text.split_once(':').is_some_and(|(facet, slug)| is_slug(facet) && is_slug(slug)))
        }
        other => panic!("docs/json.md says nothing of the type {other}"),
    }
}

fn is_slug(text: &str) -> bool {
    let is_of_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(is_of_slug)
}

/// What of a document was looked at.
#[derive(Default)]
struct Seen {
    fields: BTreeSet<String>,
    objects: BTreeSet<String>,
    faults: Vec<String>,
}

impl Seen {
    fn look(&mut self, fields: &Fields, at: &str, value: &Value) {
        match (fields.get(at), value) {
            (Some(field), _) if !is_of(&field.kind, value) => self.faults.push(format!("{at} is {value}")),
            (Some(field), _) if field.kind == "any" => {}
            (_, Value::Object(object)) => {
                self.objects.insert(at.to_owned());
                for (name, value) in object {
                    let path = join(at, name);
                    self.fields.insert(path.clone());
                    self.look(fields, &path, value);
                }
            }
            (_, Value::Array(list)) => {
                list.iter().for_each(|entry| self.look(fields, &format!("{at}[]"), entry));
            }
            _ => {}
        }
    }
}

/// Every path that the rows name, be it as a part of another.
fn list_named(fields: &Fields) -> BTreeSet<String> {
    let parts = |path: &String| {
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        ends.map(|end| path[..end].trim_end_matches("[]").to_owned()).collect::<Vec<_>>()
    };
    fields.keys().flat_map(parts).collect()
}

/// The page, and which of its sections something was held against.
struct Documents {
    sections: BTreeMap<String, String>,
    tried: BTreeSet<String>,
}

impl Documents {
    fn read() -> Documents {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
        let text = std::fs::read_to_string(path).expect("it is there");
        let mut sections = BTreeMap::new();
        for part in text.split("\n### ").skip(1) {
            let (heading, body) = part.split_once('\n').expect("a heading, then its section");
            let body = body.split("\n## ").next().unwrap_or_default();
            let quoted = list_quoted(heading);
            let names = if quoted.is_empty() { vec![heading] } else { quoted };
            sections.extend(names.into_iter().map(|name| (name.to_owned(), body.to_owned())));
        }
        Documents { sections, tried: BTreeSet::new() }
    }

    /// Holds a document against its section.
    fn hold(&mut self, section: &str, document: &Value) {
        let fields = read_fields(&self.sections, section);
        let mut seen = Seen::default();
        seen.look(&fields, "", document);
        let named = list_named(&fields);
        let unnamed = seen.fields.difference(&named).map(|path| format!("{path} does not stand there"));
        let is_always = |path: &&String| fields.get(*path).is_none_or(|field| field.is_always);
        let stands_in = |path: &str| path.rsplit_once('.').map_or("", |(object, _)| object).to_owned();
        let missing = named.difference(&seen.fields).filter(is_always);
        let missing = missing.filter(|path| seen.objects.contains(&stands_in(path)));
        let missing = missing.map(|path| format!("{path} was not printed"));
        let faults: Vec<String> = unnamed.chain(missing).chain(seen.faults.iter().cloned()).collect();
        assert!(faults.is_empty(), "docs/json.md, {section}: {}\n{document}", faults.join("; "));
        self.tried.insert(section.to_owned());
    }

    /// Runs a line, and holds what it prints against its command's section.
    fn run(&mut self, treff: &Treff, line: &str) -> Value {
        let words: Vec<&str> = line.split_whitespace().collect();
        let called = format!("treff {line} ");
        let own = self.sections.keys().filter(|name| called.starts_with(&format!("{name} ")));
        let section = own.max_by_key(|name| name.len()).expect("the command has a section").clone();
        let done = treff.run(&words);
        assert!(done.json.is_object(), "{line}: {}{}", done.stdout, done.stderr);
        self.hold(&section, &done.json);
        done.json
    }
}

fn list_commands(command: &clap::Command, name: &str, found: &mut BTreeSet<String>) {
    if !command.is_subcommand_required_set() {
        found.insert(name.to_owned());
    }
    for below in command.get_subcommands() {
        list_commands(below, &format!("{name} {}", below.get_name()), found);
    }
}

#[test]
fn what_the_page_tells_apart_is_told_apart() {
    for (kind, is, is_not) in [
        ("term", json!("sector:health"), json!("health")),
        ("slug", json!("health"), json!("sector:health")),
        ("day", json!("2027-03-08"), json!("2027-03-08T06:30:00Z")),
        ("instant", json!("2027-03-08T06:30:00.25Z"), json!("2027-03-08")),
        ("address or null", json!(null), json!("Kari Nes")),
        ("list of term", json!(["sector:health"]), json!(["sector:health", "health"])),
        ("true", json!(true), json!(false)),
    ] {
        assert!(is_of(kind, &is) && !is_of(kind, &is_not), "{kind}");
    }
}

#[test]
fn a_field_may_lack_only_where_its_type_says_so() {
    let documents = Documents::read();
    let sometimes: Vec<(String, String)> = documents
        .sections
        .keys()
        .flat_map(|section| {
            let fields = read_fields(&documents.sections, section).into_iter();
            fields.filter(|(_, field)| !field.is_always).map(move |(path, _)| (section.clone(), path))
        })
        .collect();
    let expected = ["letters[].subject", "reports[].subject", "reports[].words"];
    let expected = expected.map(|path| ("treff people export".to_owned(), path.to_owned()));
    assert_eq!(sometimes, expected);
}

#[test]
fn every_command_has_its_section() {
    let mut commands = BTreeSet::from(["Errors".to_owned()]);
    list_commands(&Cli::command(), "treff", &mut commands);
    let sections: BTreeSet<String> = Documents::read().sections.into_keys().collect();
    assert_eq!(sections, commands);
}

const FILES: [(&str, &str); 8] = [
    (
        "people.csv",
        "epost;navn;organisasjon;type;grupper;sektorer;rolle\n\
         kari@example.test;Kari Nes;Vik kommune;municipality;health/leader;industry;decision-maker\n\
         ola@example.test;Ola Moe;Fjord kommune;municipality;health;;\n\
         ola.moe@example.test;Ola Moe;Fjord kommune;municipality;health;;\n\
         per@@example.test;Per;;;;;\n",
    ),
    (
        "samling.md",
        "+++\nkind = \"event\"\ntitle = \"Samling\"\naudience = \"all\"\nstarts_at = 2097-03-01T08:00:00Z\n+++\n",
    ),
    ("tips.md", "+++\nkind = \"tip\"\ntitle = \"Tips\"\nabout = [\"sector:industry\"]\n+++\nTekst.\n"),
    ("rettet.md", "+++\nkind = \"tip\"\ntitle = \"Tipset\"\nabout = [\"sector:industry\"]\n+++\nTekst.\n"),
    (
        "mail.eml",
        "From: Kari Nes <kari@example.test>\nTo: forum@forum.example\nSubject: Nytt kurs\n\
         Message-ID: <1@example.test>\n\nDet kommer et kurs i mars.\n",
    ),
    (
        "left.eml",
        "From: Ola Moe <ola@example.test>\nTo: forum@forum.example\nSubject: Automatic reply: Brev\n\
         Auto-Submitted: auto-replied\nMessage-ID: <2@example.test>\n\n\
         Jeg har sluttet. Kontakt Siri Nes <siri@example.test>.\n",
    ),
    (
        "returned.eml",
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.test\nTo: bounce@forum.example\nSubject: failure notice\n\n\
         Hi. This is the qmail-send program at mx.example.test.\n\
         I'm afraid I wasn't able to deliver your message to the following addresses.\n\
         This is a permanent error; I've given up. Sorry it didn't work out.\n\n\
         <ola@example.test>:\nRemote host said: 550 5.1.1 no such user\n",
    ),
    (
        "person.eml",
        "From: Kari Nes <kari@example.test>\nTo: bounce@forum.example\nSubject: Hei\nMessage-ID: <3@example.test>\n\nHva er dette?\n",
    ),
];

/// A forum of a few people, with a mailing that went out.
const BEGINNING: [&str; 19] = [
    "init --no-input",
    "forum apply forum.toml",
    "forum show",
    "people import people.csv",
    "people list",
    "item add samling.md tips.md",
    "item list",
    "edition plan weekly",
    "edition run weekly",
    "edition list",
    "edition show weekly",
    "edition pause weekly",
    "edition resume weekly",
    "why kari@example.test samling",
    "forum apply changed.toml",
    "people duplicates",
    "people merge ola@example.test ola.moe@example.test --dry-run",
    "people set kari@example.test --mute tip",
    "people resume kari@example.test",
];

/// What comes back, what is sent in, and the desk.
const MIDDLE: [&str; 22] = [
    "bounce left.eml",
    "bounce returned.eml",
    "bounce person.eml",
    "people export kari@example.test",
    "seat questions",
    "item answers samling",
    "item said tips",
    "item attach tips people.csv",
    "item export arkiv --kind tip --kind event",
    "item correct tips rettet.md",
    "item withdraw samling",
    "audience count all",
    "audience list all",
    "account add lise@example.test --lead",
    "account add per@example.test --right write --group health",
    "account list",
    "account link lise@example.test",
    "account reset lise@example.test",
    "account end per@example.test",
    "dkim generate --domain forum.example --selector t1 --algorithm ed25519",
    "completions bash",
    "doctor",
];

/// What is held about Kari beside what the commands write: of a letter, an item, an organisation and a place of hers.
const HELD: [&str; 17] = [
    "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at)
     SELECT i.id, r.id, 'coming', 'letter', 0 FROM item i, recipient r WHERE i.slug = 'samling' AND r.email = 'kari@example.test'",
    "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times)
     SELECT i.id, r.id, 'Ring meg', 'letter', 0, 0, 1 FROM item i, recipient r WHERE i.slug = 'tips' AND r.email = 'kari@example.test'",
    "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at)
     SELECT i.id, r.id, 'coming', 0, 0 FROM item i, recipient r WHERE i.slug = 'samling' AND r.email = 'kari@example.test'",
    "INSERT INTO carry (recipient_id, item_id, times, ended_at, ended_because)
     SELECT r.id, i.id, 1, 0, 'sent' FROM item i, recipient r WHERE i.slug = 'tips' AND r.email = 'kari@example.test'",
    "INSERT INTO tap (recipient_id, delivery_id, item_id, answer, tapped_at)
     SELECT r.id, d.id, i.id, 'not_for_me', 0 FROM item i, recipient r JOIN delivery d ON d.recipient_id = r.id
     WHERE i.slug = 'tips' AND r.email = 'kari@example.test'",
    "INSERT INTO probe (recipient_id, item_id, answer, answered_at)
     SELECT r.id, i.id, 'yes', 0 FROM item i, recipient r WHERE i.slug = 'tips' AND r.email = 'kari@example.test'",
    "INSERT INTO passed_on (recipient_id, item_id, colleague, said_at)
     SELECT r.id, i.id, 'Siri', 0 FROM item i, recipient r WHERE i.slug = 'tips' AND r.email = 'kari@example.test'",
    "INSERT INTO promise (item_id, group_id, position, what, by_on, state, told, told_by, changed_at)
     SELECT i.id, t.id, 1, 'Ringe', '2027-04-01', 'open', 'Snart', r.id, 0 FROM item i, term t, recipient r
     WHERE i.slug = 'samling' AND t.facet = 'group' AND t.slug = 'health' AND r.email = 'kari@example.test'",
    "INSERT INTO union_ground (recipient_id, organisation_id, ground, source, text, recorded_at)
     SELECT id, organisation_id, 'consent', 'self', 'Ja', 0 FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO came_by (recipient_id, organisation_id, came_at)
     SELECT id, organisation_id, 0 FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO consent (recipient_id, version, text_hash, source, given_at)
     SELECT id, '2026-11 nb', 'aa', 'sign_up', 0 FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO former_address (recipient_id, address, until_at)
     SELECT id, 'kari.bo@example.test', 0 FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at)
     SELECT r.id, h.seat_id, '', '', 0 FROM recipient r JOIN seat_holder h ON h.recipient_id = r.id WHERE r.email = 'kari@example.test'",
    "INSERT INTO notice (kind, recipient_id, language, details, queued_at, next_attempt_at, attempts, expires_at, state)
     SELECT 'link', id, 'nb', '{}', 0, 0, 1, 0, 'sent' FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO mail_link (purpose, recipient_id, asked_at, expires_at, details)
     SELECT 'open', id, 0, 0, '{}' FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO device (recipient_id, secret_hash, name, opened_at, expires_at)
     SELECT id, 'bb', 'Firefox', 0, 4000000000000000 FROM recipient WHERE email = 'kari@example.test'",
    "INSERT INTO feed_token (recipient_id, hash, kind, created_at)
     SELECT id, 'cc', 'news', 0 FROM recipient WHERE email = 'kari@example.test'",
];

/// The forum with something of each sort changed.
fn changed_forum() -> String {
    let changes = [
        ("Kompetansegruppe helse", "Helsegruppa"),
        ("kind = \"adhoc\"\nparent = \"health\"", "kind = \"coordination\""),
        ("sectors = [\"health\"]", "sectors = [\"health\", \"industry\"]"),
        ("slug = \"shop-steward\"", "slug = \"counsellor\""),
    ];
    changes.iter().fold(FORUM.to_owned(), |forum, (from, to)| {
        assert!(forum.contains(from), "{from}");
        forum.replace(from, to)
    })
}

async fn write_what_is_held(treff: &Treff) {
    let mut tx = treff.database.store.begin().await.unwrap();
    for sql in HELD {
        tx.run(sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The commands that name a number of a row that is there.
fn run_with_numbers(documents: &mut Documents, treff: &Treff) {
    let seats = documents.run(treff, "seat list")["seats"].clone();
    let is_other = |seat: &&Value| seat["holder"] == "ola.moe@example.test";
    let seat = seats.as_array().and_then(|seats| seats.iter().find(is_other)).expect("a seat")["id"].clone();
    let letter = documents.run(treff, "delivery list")["deliveries"][0]["id"].clone();
    let mail = documents.run(treff, "bounce list")["mails"][0]["id"].clone();
    let draft = documents.run(treff, "draft mail mail.eml")["draft"].clone();
    for line in [
        format!("seat give {seat} ny@example.test"),
        format!("seat vacate {seat}"),
        format!("delivery retry {letter}"),
        format!("delivery settle {letter}"),
        format!("bounce show {mail}"),
        "draft list".to_owned(),
        format!("draft show {draft}"),
        format!("draft take {draft} --out kurs.md"),
        format!("draft decline {draft}"),
        "people export kari@example.test".to_owned(),
        "people erase ola@example.test".to_owned(),
    ] {
        documents.run(treff, &line);
    }
}

/// What copies a forum from SQLite, whichever engine the others are run on; a text of it holds a NUL.
async fn run_copying(documents: &mut Documents) {
    let (treff, target) = (Treff::with_forum(Engine::Sqlite).await, EmptyDatabase::create());
    let mut tx = treff.database.store.begin().await.unwrap();
    tx.run("UPDATE change SET subject = subject || char(0) WHERE id = 1", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    documents.run(&treff, &format!("database copy --to {} --dry-run", target.url));
    let copied = documents.run(&treff, &format!("database copy --to {}", target.url));
    assert_eq!(copied["replaced"], json!([{ "table": "change", "column": "subject", "rows": 1 }]));
}

on_both_engines! {
    async fn what_a_command_prints_is_what_the_page_says(engine: Engine) {
        let treff = Treff::new(engine).await;
        for (name, text) in FILES {
            treff.write(name, text);
        }
        treff.write("forum.toml", FORUM);
        treff.write("changed.toml", changed_forum());
        let mut documents = Documents::read();
        for line in BEGINNING {
            documents.run(&treff, line);
        }
        write_what_is_held(&treff).await;
        for line in MIDDLE {
            documents.run(&treff, line);
        }
        run_with_numbers(&mut documents, &treff);
        run_copying(&mut documents).await;
        documents.hold("Errors", &treff.run(&["people", "erase", "nobody@example.test"]).json);
        let untried: Vec<&String> = documents.sections.keys().filter(|name| !documents.tried.contains(*name)).collect();
        assert_eq!(untried, ["treff demo", "treff serve", "treff worker"], "the others run until they are stopped");
    }
}
