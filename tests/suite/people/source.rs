//! What the first letter to an imported person tells of where their data came from, and why it may be used.

use mail_parser::MessageParser;
use serde_json::json;
use treff::store::One;

use crate::on_both_databases;
use crate::treff::Treff;

/// The words of the letter to `reader`, on one line.
fn letter_to(treff: &Treff, reader: &str) -> String {
    let letters = std::fs::read_dir(treff.path("outbox/new")).unwrap();
    let mut letters = letters.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let words = letters.find_map(|letter| {
        let mail = MessageParser::default().parse(&letter)?;
        let is_theirs = mail.to()?.first()?.address()? == reader;
        is_theirs.then(|| mail.body_text(0).unwrap().into_owned())
    });
    words.expect("a letter").split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn texts(treff: &Treff, sql: &'static str) -> Vec<String> {
    let mut tx = treff.database.store.begin().await.unwrap();
    let rows: Vec<One<String>> = tx.all(sql, vec![]).await.unwrap();
    rows.into_iter().map(|One(text)| text).collect()
}

on_both_databases! {
    async fn a_file_s_name_is_no_source_and_who_has_no_seat_represents_nobody(db: Database) {
        let treff = Treff { database: db };
        treff.run(&["init", "--no-input"]).done();
        let file = treff.write("forum.toml", crate::treff::FORUM);
        treff.run(&["forum", "apply", &file]).done();
        let named = treff.write(
            "Kopi av DELTAKERE (vanskelige) v3.csv",
            "email;organisation;groups;language\nkari@example.test;;;nb\nola@example.test;Vik kommune;health;nn\n",
        );
        let bare = treff.write("liste", "email;language\nann@example.test;en\n");
        let told = treff.write("people.csv", "email;organisation;groups\nper@example.test;NAV;health\n");
        let counts = |created: usize| json!({
            "created": created, "changed": 0, "unchanged": 0, "rejected": [], "dry_run": false, "notices": []
        });
        assert_eq!(treff.run(&["people", "import", &named]).done().json, counts(2));
        assert_eq!(treff.run(&["people", "import", &bare]).done().json, counts(1));
        let source = " deltakerlista\nfra fylkeskommunen. ";
        assert_eq!(treff.run(&["people", "import", &told, "--source", source]).done().json, counts(1));
        let item = treff.write("tips.md", "+++\nkind = \"tip\"\ntitle = \"Et tips\"\naudience = \"all\"\n+++\nTekst.\n");
        treff.run(&["item", "add", &item]).done();
        treff.run(&["edition", "run", "weekly"]).done();
        for (reader, said, unsaid) in [
            (
                "kari@example.test",
                "Kilde: prosjektledelsen i forumet, som har lagt deg inn. Vi bruker adressen bare til å sende deg det i forumet \
                 som gjelder deg. Grunnlaget er en oppgave i allmennhetens interesse: det offentlige samarbeidet i forumet \
                 (personvernforordningen artikkel 6 nr. 1 e).",
                "representerer",
            ),
            (
                "ola@example.test",
                "Kjelde: prosjektleiinga i forumet, som har lagt deg inn. Vi bruker adressa berre til å sende deg det i forumet \
                 som gjeld deg. Grunnlaget er at du representerer ein organisasjon i eit offentleg samarbeid \
                 (personvernforordninga artikkel 6 nr. 1 e).",
                "ålmenta",
            ),
            ("ann@example.test", "Source: the lead of the forum, who entered you. We use it", "represent an organisation"),
            (
                "per@example.test",
                "Kilde: deltakerlista fra fylkeskommunen. Vi bruker adressen bare til å sende deg det i forumet som gjelder deg. \
                 Grunnlaget er at du representerer en organisasjon i et offentlig samarbeid",
                "prosjektledelsen",
            ),
        ] {
            let letter = letter_to(&treff, reader);
            assert!(letter.contains(said), "{letter}");
            for unsaid in [unsaid, "Kopi av", "DELTAKERE", "people.csv", "liste."] {
                assert!(!letter.contains(unsaid), "{unsaid} in {letter}");
            }
        }
        let imports = texts(&treff, "SELECT after FROM change WHERE action = 'people.imported' ORDER BY id").await;
        assert!(imports[0].contains("Kopi av DELTAKERE (vanskelige) v3.csv") && imports[2].contains("people.csv"));
    }
}
