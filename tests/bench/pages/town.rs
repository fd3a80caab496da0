//! An invented country's forum in rows, the same in every run and on both databases.

use std::collections::BTreeMap;

use treff::content::search::{ANALYSIS, Family, list_words};
use treff::store::{NewItem, NewStem, NewVersion, Store};

/// How many there are.
pub const RECIPIENTS: usize = 100_000;
pub const ITEMS: usize = 10_000;
/// Ten mailings went to everybody.
pub const LETTERS: usize = 1_000_000;
/// So many of them are opened: the first of the first mailing.
pub const OPENED: usize = 200;

/// How many words texts are made of: about half of all items hold the commonest.
const VOCABULARY: usize = 1_660;

/// The commonest words, the first more often than the last.
const WORDS: [&str; 60] = [
    "kommune",
    "arbeid",
    "kompetanse",
    "helse",
    "læreplasser",
    "gruppa",
    "møtet",
    "fagbrev",
    "bedriften",
    "skolen",
    "nattvakt",
    "fagarbeider",
    "helsefagarbeidere",
    "industri",
    "samling",
    "tiltak",
    "erfaring",
    "planen",
    "læring",
    "opplæring",
    "rekruttering",
    "sommerjobb",
    "vikarer",
    "avtale",
    "fylket",
    "næringsliv",
    "utdanning",
    "studie",
    "rapport",
    "tillitsvalgte",
    "ansatte",
    "ledere",
    "kurs",
    "digitalisering",
    "norskopplæring",
    "språk",
    "praksis",
    "bygg",
    "prosess",
    "oppvekst",
    "barnehage",
    "tjenester",
    "kartlegging",
    "behov",
    "framtid",
    "region",
    "samarbeid",
    "prosjekt",
    "søknad",
    "frist",
    "midler",
    "veileder",
    "mentor",
    "trainee",
    "lærling",
    "elever",
    "voksne",
    "sentre",
    "karriere",
    "omstilling",
];

/// What rare words are made of.
const SYLLABLES: [&str; 24] = [
    "bel", "dra", "fem", "gul", "hau", "jor", "kle", "lun", "mis", "nor", "opp", "pel", "rus", "sko", "tro",
    "ull", "vim", "yng", "ær", "øk", "åt", "brø", "fjæ", "gnu",
];

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    }

    /// The first words come most often; of the others every fifth is put together from two of them.
    fn word(&mut self) -> String {
        let most = self.roll(VOCABULARY) + 1;
        let number = self.roll(most);
        let mut own = Dice(number as u64);
        match WORDS.get(number) {
            Some(word) => (*word).to_owned(),
            None if number.is_multiple_of(5) => own.pick(&WORDS).to_owned() + own.pick(&WORDS),
            None => (0..3).map(|_| own.pick(&SYLLABLES)).collect(),
        }
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.roll(words.len())]
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// Inserts one row for each of so many numbers from 0, which the selection calls `i`.
macro_rules! numbered {
    ($insert:literal, $count:literal, $select:literal) => {
        concat!(
            $insert,
            " WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ",
            $count,
            ") ",
            $select,
            " FROM n"
        )
    };
}

/// 60 sectors and 300 groups in trees, 40 roles, 2,000 organisations; two in five recipients have a seat, and 400 seats are
/// vacant.
const PEOPLE: [&str; 12] = [
    r#"INSERT INTO forum (id, slug, name, time_zone, language, pause, cadences, cap, change_number, last_number, created_at, applied_at)
       VALUES (1, 'landet', 'Landet', 'Europe/Oslo', 'nb', '[]', '{"daily":"0 30 7 * * Mon-Fri","weekly":"0 30 7 * * Mon"}', 7, 1, 10000, 0, 0)"#,
    numbered!(
        "INSERT INTO term (id, facet, slug, parent_id, names)", "60",
        "SELECT 1000 + i, 'sector', 's' || CAST(i AS TEXT), CASE WHEN i >= 10 THEN 1000 + i % 10 END,
                '{\"nb\":\"Sektor ' || CAST(i AS TEXT) || '\"}'"
    ),
    numbered!(
        "INSERT INTO term (id, facet, slug, parent_id, names, kind)", "300",
        "SELECT 2000 + i, 'group', 'g' || CAST(i AS TEXT), CASE WHEN i >= 60 THEN 2000 + i % 60 END,
                '{\"nb\":\"Gruppe ' || CAST(i AS TEXT) || '\"}', 'competence'"
    ),
    numbered!(
        "INSERT INTO term (id, facet, slug, names)", "40",
        "SELECT 3000 + i, 'role', 'r' || CAST(i AS TEXT), '{\"nb\":\"Rolle ' || CAST(i AS TEXT) || '\"}'"
    ),
    numbered!(
        "INSERT INTO term (id, facet, slug, names)", "4000",
        "SELECT 10000 + i, CASE WHEN i % 2 = 0 THEN 'org' ELSE 'represents' END, 'o' || CAST(i / 2 AS TEXT),
                '{\"nb\":\"Virksomhet ' || CAST(i / 2 AS TEXT) || '\"}'"
    ),
    numbered!(
        "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)", "2000",
        "SELECT i + 1, 'o' || CAST(i AS TEXT), 'Virksomhet ' || CAST(i AS TEXT),
                CASE WHEN i % 10 = 0 THEN 'union' ELSE 'company' END, 10000 + 2 * i, 10001 + 2 * i, 0"
    ),
    numbered!(
        "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported,
                                chosen, token_version, revision, watermark, created_at)", "100000",
        "SELECT i + 1, 'p' || CAST(i AS TEXT), 'p' || CAST(i AS TEXT) || '@example.test', 'Person ' || CAST(i AS TEXT),
                1 + i % 2000, 'nb', 'weekly', 'active', i % 2 = 0, TRUE, '[]', 0, 1, 9000, 0"
    ),
    numbered!(
        "INSERT INTO legal_basis (recipient_id, basis, source, recorded_at)", "100000",
        "SELECT i + 1, 'public_task', 'people.csv', 0"
    ),
    numbered!(
        "INSERT INTO recipient_role (recipient_id, role_id, source, started_at)", "100000",
        "SELECT i + 1, 3000 + i % 40, 'import', 0"
    ),
    numbered!(
        "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)", "200000",
        "SELECT i / 2 + 1, 1000 + (i % 2) * 30 + (i / 2) % 30, 'follow', 'import', 0"
    ),
    numbered!(
        "INSERT INTO seat (id, group_id, organisation_id, position, created_at)", "40400",
        "SELECT i + 1, 2000 + i % 300, 1 + i % 2000, 'member', 0"
    ),
    numbered!("INSERT INTO seat_holder (seat_id, recipient_id, source)", "40000", "SELECT i + 1, i + 1, 'import'"),
];

/// Ten weekly editions, the last a week ago as the town's days go, with letters of five items each.
const EDITIONS: [&str; 4] = [
    numbered!(
        "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at, planned_at)", "10",
        "SELECT i + 1, 'weekly', 1758000000000000 + i * 604800000000, 1758000000000000 + i * 604800000000, 9100 + i * 100,
                7, '{}', 1758000000000000 + i * 604800000000, 1758000000000000 + i * 604800000000"
    ),
    numbered!(
        "INSERT INTO digest (edition_id, recipient_id, carried_over, has_letter)", "1000000",
        "SELECT i / 100000 + 1, i % 100000 + 1, '[]', TRUE"
    ),
    numbered!(
        "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                               message_id, dated_at)", "1000000",
        "SELECT i + 1, i / 100000 + 1, i % 100000 + 1, CASE WHEN i % 1000 = 7 THEN 'uncertain' ELSE 'accepted' END, 1,
                1758000000000000 + i / 100000 * 604800000000, 0, 1, CAST(i AS TEXT) || '@example.test',
                1758000000000000 + i / 100000 * 604800000000"
    ),
    numbered!(
        "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points,
                                    carried, correction, returned)", "5000000",
        "SELECT i / 5 + 1, i / 5 % 100000 + 1, (SELECT MIN(id) FROM item) + (i % 5) * 10 + i / 500000 * 50, 1, i % 5,
                'interest', '[{\"term\":\"sector:s1\",\"match\":\"equal\"}]', 30, 0, FALSE, FALSE"
    ),
];

/// The page of effects is composed of the days of all editions.
const EFFECTS: &str = "UPDATE effect_page SET draft = '{\"span\":\"own\",\"first\":\"2025-01-01\",\"last\":\"2025-12-31\",\"connections\":true}'
                       WHERE id = 1";

/// Writes all of it.
pub async fn write_town(store: &Store) {
    run_all(store, &PEOPLE).await;
    for numbers in (0..ITEMS).collect::<Vec<_>>().chunks(1000) {
        let items: Vec<_> = numbers.iter().map(|number| item(*number)).collect();
        let mut tx = store.begin().await.expect("a transaction");
        tx.insert_items(at(0), "bench", &items).await.expect("items");
        tx.commit().await.expect("the items stand");
    }
    let numbered = "UPDATE item SET number = id, numbered_at = release_at";
    run_all(store, &[numbered]).await;
    run_all(store, &EDITIONS).await;
    run_all(store, &[EFFECTS]).await;
}

async fn run_all(store: &Store, statements: &[&'static str]) {
    for sql in statements {
        let mut tx = store.begin().await.expect("a transaction");
        tx.run(*sql, vec![]).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        tx.commit().await.expect("the rows stand");
    }
}

/// An instant so many seconds after the first item.
fn at(seconds: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("an instant")
}

/// Three of five are public, one is the forum's, one a group's; every tenth is an event. Every fiftieth, which pages
/// are asked for, is public.
fn item(number: usize) -> NewItem {
    let mut dice = Dice(number as u64);
    let (title, body) = (format!("Sak {number}: {}", dice.words(6)), dice.words(120));
    let visibility = match number % 5 {
        3 => "forum".to_owned(),
        4 => format!("group:g{}", dice.roll(300)),
        _ => "public".to_owned(),
    };
    let is_event = number.is_multiple_of(10);
    let json = |text: &str| serde_json::to_string(text).expect("a text");
    let text = format!(
        r#"{{"title":{},"body":{},"minutes":{{"achieved":null,"how":null,"next":null,"why":null}},"place":null}}"#,
        json(&title),
        json(&body)
    );
    let fields = r#"{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null}}"#;
    let first = NewVersion {
        kind: if is_event { "event" } else { "article" }.to_owned(),
        audience: None,
        about: format!("[\"sector:s{}\",\"group:g{}\"]", dice.roll(60), dice.roll(300)),
        interested: true,
        visibility,
        importance: "normal".to_owned(),
        lane: "digest".to_owned(),
        release_at: at(number as i64 * 6000),
        expires_at: None,
        closes_at: None,
        source: None,
        contact: None,
        language: "nb".to_owned(),
        fields: if is_event { fields } else { "{}" }.to_owned(),
        given: "{}".to_owned(),
        texts: vec![("nb".to_owned(), text)],
        attachments: None,
        stems: list_stems(&title, &body),
        analysis: ANALYSIS,
    };
    NewItem { public_id: format!("{number:032x}"), slug: format!("sak-{number}"), first }
}

fn list_stems(title: &str, body: &str) -> Vec<NewStem> {
    let mut best: BTreeMap<String, i64> = BTreeMap::new();
    for (text, weight) in [(body, 1), (title, 100)] {
        best.extend(list_words(text).into_iter().map(|word| (Family::Norwegian.stem(&word), weight)));
    }
    let stem = |(stem, weight)| NewStem { family: "no".to_owned(), stem, weight };
    best.into_iter().map(stem).collect()
}
