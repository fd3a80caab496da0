//! What the walk adds to the small forum: a second person in another group with a letter of her own, and items of
//! the visibilities that are not there yet.

use sha2::{Digest as _, Sha256};
use treff::store::Arg;

use crate::pages::world::{Pages, now};

/// Adds the rows.
pub async fn write(pages: &Pages) {
    for sql in ROWS {
        pages.run(sql).await;
    }
    let mut tx = pages.db.store.begin().await.unwrap();
    for (recipient, secret, expires_at) in
        [(1, "kari", 9_000_000_000_000_000), (3, "eva", 9_000_000_000_000_000), (1, "old", 1)]
    {
        let hash = hex::encode(Sha256::digest(secret));
        let args = vec![i64::from(recipient).into(), hash.into(), Arg::from(expires_at)];
        let sql = "INSERT INTO device (recipient_id, secret_hash, name, opened_at, expires_at) VALUES ($1, $2, 'x', 0, $3)";
        tx.run(sql, args).await.unwrap();
    }
    for (secret, expires_at) in [("lead", 9_000_000_000_000_000), ("old", 1)] {
        // Used just now: that is not to be written down again.
        let used_at = Arg::from(now().timestamp_micros());
        let args = vec![hex::encode(Sha256::digest(secret)).into(), Arg::from(expires_at), used_at];
        let sql = "INSERT INTO staff_session (account_id, secret_hash, name, opened_at, used_at, expires_at, proved_at)
                   VALUES (901, $1, 'x', 0, $3, $2, 0)";
        tx.run(sql, args).await.unwrap();
    }
    let halfway = "INSERT INTO staff_session (account_id, secret_hash, name, opened_at, used_at, expires_at)
                   VALUES (903, $1, 'x', 0, $2, 9000000000000000)";
    let args = vec![hex::encode(Sha256::digest("halfway")).into(), Arg::from(now().timestamp_micros())];
    tx.run(halfway, args).await.unwrap();
    let hash = hex::encode(Sha256::digest("karis-feed"));
    let sql =
        "INSERT INTO feed_token (id, recipient_id, hash, kind, created_at) VALUES (901, 1, $1, 'news', 0)";
    tx.run(sql, vec![hash.into()]).await.unwrap();
    for item in [1, 2, 3, 8, 9] {
        let bytes = told_in_file(item).into_bytes();
        let hash = hex::encode(Sha256::digest(&bytes));
        let size = i64::try_from(bytes.len()).unwrap();
        let blob = vec![hash.as_str().into(), size.into(), Arg::from(bytes)];
        tx.run("INSERT INTO attachment (hash, size, bytes, created_at) VALUES ($1, $2, $3, 0)", blob)
            .await
            .unwrap();
        let sql = "INSERT INTO item_attachment (item_id, version, position, hash, name, media_type)
                   VALUES ($1, 1, 0, $2, $3, 'text/plain')";
        let named = vec![item.into(), hash.into(), format!("fil-{item}-her.txt").into()];
        tx.run(sql, named).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// What the file says that hangs on an item.
pub fn told_in_file(item: i64) -> String {
    format!("innhold-i-fil-{item}-her")
}

const ROWS: &[&str] = &[
    r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
       (108, 'group', 'industry', NULL, '{"nb":"Kompetansegruppe industri"}', 'competence')"#,
    r#"INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                              imported, chosen, token_version, revision, watermark, created_at)
       VALUES (3, 'cccc', 'eva.hemmelig@vik.example', 'Eva Hemmelig', 1, 'nn', 'weekly', 'active', TRUE, TRUE,
               '[]', 0, 1, 9, 0)"#,
    "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (2, 108, 1, 'member', 0)",
    "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (2, 3, 'import')",
    r#"INSERT INTO item (id, public_id, slug, version, release_at, number, numbered_at, withdrawn_at, created_at) VALUES
       (7, '77777777777777777777777777777777', 'kommende', 1, 1904000000000000, NULL, NULL, NULL, 0),
       (8, '88888888888888888888888888888888', 'plassen', 1, 1804000000000000, 7, 1804000000000000, NULL, 0),
       (9, '99999999999999999999999999999999', 'industrien', 1, 1804000000000000, 8, 1804000000000000, NULL, 0),
       (10, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'moete', 1, 1804000000000000, 9, 1804000000000000, NULL, 0),
       (11, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'hjelp', 1, 1804000000000000, 10, 1804000000000000, NULL, 0)"#,
    r#"INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane,
                                 expires_at, source, contact, language, fields, given, created_at) VALUES
       (7, 1, 'tip', 'all', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (8, 1, 'tip', 'all', '[]', TRUE, 'only:industry', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (9, 1, 'tip', 'all', '[]', TRUE, 'group:industry', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (10, 1, 'event', 'all', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb',
        '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":{"at":"2027-04-08T13:00:00Z","day":null},"gathering":true}',
        '{}', 0),
       (11, 1, 'request', 'all', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb',
        '{"wanted_by":{"at":"2027-04-08T07:00:00Z","day":null}}', '{}', 0)"#,
    r#"INSERT INTO item_text (item_id, version, language, text) VALUES
       (7, 1, 'nb', '{"title":"Kommende tittel","body":"Ikke ute.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (8, 1, 'nb', '{"title":"Plassens tittel","body":"Bare for plassen.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (9, 1, 'nb', '{"title":"Industriens tittel","body":"Bare for industrien.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (10, 1, 'nb', '{"title":"Åpent møte","body":"Alle er velkomne.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":"Torget"}'),
       (11, 1, 'nb', '{"title":"Vi trenger hjelp","body":"Til en samling.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}')"#,
    "INSERT INTO mail_link (id, purpose, recipient_id, address, details, asked_at, expires_at)
     VALUES (901, 'sign_in', 1, NULL, '{}', 0, 9000000000000000)",
    r#"INSERT INTO account (id, email, name, rights, created_at, totp_pending)
       VALUES (901, 'lead@forum.example', 'Lise Lund', '["write","approve","send","people","administer"]', 0, 'GEZDGNBV')"#,
    r#"INSERT INTO account (id, email, name, rights, created_at, totp_secret)
       VALUES (903, 'halfway@forum.example', 'Halvard', '["write","send"]', 0, 'GEZDGNBV')"#,
    "INSERT INTO mail_link (id, purpose, account_id, details, asked_at, expires_at)
     VALUES (902, 'desk', 901, '{}', 0, 9000000000000000)",
    r#"INSERT INTO draft (id, public_id, source, state, language, title, body, fields, audience_words, about, account_id,
                          received_at, changed_at, form, saves)
       VALUES (901, 'dddddddddddddddddddddddddddddddd', 'lead', 'new', 'nb', 'Bare i utkastet', 'Tekst', '{}', '', '[]', 901, 0, 0,
               '{"fields":{"title":"Bare i utkastet","body":"Tekst","audience":"group:health"},"about":[]}', 1)"#,
    "INSERT INTO digest (edition_id, recipient_id, carried_over, has_letter) VALUES (1, 3, '[]', TRUE)",
    "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                           message_id, dated_at)
     VALUES (8, 1, 3, 'accepted', 1, 0, 0, 1, 'n@forum.example', 1804487400000000)",
    r#"INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points,
                                  carried, correction, returned) VALUES
       (7, 1, 11, 1, 4, 'audience', '[{"term":"all","match":"audience"}]', 40, 0, FALSE, FALSE),
       (8, 3, 1, 1, 0, 'audience', '[{"term":"all","match":"audience"}]', 40, 0, FALSE, FALSE),
       (8, 3, 7, 1, 1, 'audience', '[{"term":"all","match":"audience"}]', 40, 0, FALSE, FALSE),
       (8, 3, 8, 1, 2, 'audience', '[{"term":"all","match":"audience"}]', 40, 0, FALSE, FALSE),
       (8, 3, 9, 1, 3, 'audience', '[{"term":"all","match":"audience"}]', 40, 0, FALSE, FALSE)"#,
];
