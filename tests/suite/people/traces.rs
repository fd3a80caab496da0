//! What a person leaves in a forum beside their own row: letters, answers, returned mail, a letter in the
//! Maildir, a line in a journal.

use treff::store::Arg;

use crate::treff::Treff;

/// Kari's traces, of every kind.
pub async fn leave(treff: &Treff) {
    let mut tx = treff.database.store.begin().await.unwrap();
    let letter =
        r#"{"p":[],"to":"Kari Nes <kari@example.test>","s":"Saker","g":"Kari Nes","id":"x@y","k":1,"v":0}"#;
    for sql in [
        "INSERT INTO item (id, public_id, slug, version, release_at, created_at) VALUES (901, 'i1', 'tips', 1, 0, 0)",
        "INSERT INTO item_version (item_id, version, kind, about, interested, visibility, importance, lane, contact,
                                   language, fields, given, created_at)
         VALUES (901, 1, 'tip', '[]', TRUE, 'forum', 'normal', 'digest', '{\"email\":\"Kari@Example.test\"}',
                 'nb', '{}', '{}', 0)",
        "INSERT INTO item_text (item_id, version, language, text) VALUES (901, 1, 'nb', '{\"title\":\"Et tips\"}')",
        "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
         VALUES (901, 'weekly', 0, 0, 0, 7, '{}', 0), (902, 'weekly', 1, 0, 0, 7, '{}', 0)",
        "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                               message_id, dated_at, reply)
         SELECT 900 + e.n, 900 + e.n, r.id, e.state, 1, 0, 0, 0, 'm' || e.state, 0, '250 <kari@example.test> ok'
         FROM recipient r, (SELECT 1 AS n, 'accepted' AS state UNION ALL SELECT 2, 'queued') AS e
         WHERE r.email = 'kari@example.test'",
        "INSERT INTO letter (delivery_id, content) SELECT id, $1 FROM delivery WHERE id IN (901, 902) AND $1 <> ''",
        "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points,
                                    carried, correction, returned)
         SELECT 901, id, 901, 1, 0, 'interest', '[{\"term\":\"sector:health\",\"match\":\"equal\"}]', 30, 0, FALSE, FALSE
         FROM recipient WHERE email = 'kari@example.test'",
        "INSERT INTO carry (recipient_id, item_id, times) SELECT id, 901, 1 FROM recipient
         WHERE email = 'kari@example.test'",
        "INSERT INTO tap (recipient_id, delivery_id, item_id, answer, tapped_at) SELECT id, 901, 901, 'hit', 5
         FROM recipient WHERE email = 'kari@example.test'",
        "INSERT INTO muted_kind (recipient_id, kind, source, started_at)
         SELECT id, 'tip', 'person', 4000000000000000 FROM recipient WHERE email = 'kari@example.test'",
        "INSERT INTO report (kind, recipient_id, reason, received_at)
         SELECT 'soft', id, 'full: <kari@example.test>', 0 FROM recipient WHERE email = 'kari@example.test'",
    ] {
        let args: Vec<Arg> = if sql.contains("$1") { vec![letter.into()] } else { Vec::new() };
        tx.run(sql, args).await.unwrap();
    }
    let raw = b"To: KARI@example.test\r\n\r\nwho?".to_vec();
    tx.run(
        "INSERT INTO report (kind, reason, received_at, raw) VALUES ('unknown', 'no <kari@example.test>', 0, $1)",
        vec![raw.into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    treff.write("outbox/new/901", "To: Kari Nes <kari@example.test>\n\n");
    treff.write("outbox/new/77", "To: ola@example.test\n\n");
    let journal = if treff.database.url.starts_with("sqlite") {
        "treff.db.sending-1"
    } else {
        "journal/4c31b924cd6093d8-1"
    };
    treff.write(journal, "treff boot 1\nreply 901 250 <Kari@Example.test> ok\n");
}
