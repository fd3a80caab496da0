//! `treff audience`: who is in an audience today.

use clap::Parser as _;
use serde_json::json;
use treff::cli::{BadInput, Cli, Report};
use treff::store::Arg;

use crate::harness::Database;
use crate::items::insert_forum_row;
use crate::on_both_databases;

/// Kari leads the night-shift project under health, Ola sits in health, Eva left both letters and
/// forum, Per works in a municipality and has no seat.
const ROWS: [&str; 5] = [
    "INSERT INTO term (id, facet, slug, parent_id, names) VALUES
        (101, 'group', 'health', NULL, '{}'), (102, 'group', 'health-night', 101, '{}'),
        (103, 'org', 'vik', NULL, '{}'), (104, 'represents', 'vik', NULL, '{}')",
    "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)
     VALUES (1, 'vik', 'Vik kommune', 'municipality', 103, 104, 0)",
    "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported,
                            chosen, token_version, revision, watermark, created_at) VALUES
        (1, 'a', 'ola@example.test', 'Ola', NULL, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, 0),
        (2, 'b', 'kari@example.test', 'Kari', NULL, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, 0),
        (3, 'c', 'eva@example.test', 'Eva', 1, 'nb', 'weekly', 'unsubscribed', TRUE, TRUE, '[]', 0, 0, 0, 0),
        (4, 'd', 'per@example.test', 'Per', 1, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, 0)",
    "INSERT INTO seat (id, group_id, organisation_id, position, created_at)
     VALUES (1, 101, 1, 'member', 0), (2, 102, 1, 'leader', 0), (3, 101, 1, 'leader', 0)",
    "INSERT INTO seat_holder (seat_id, recipient_id, starts_at, ends_at, source)
     VALUES (1, 1, NULL, NULL, 'import'), (2, 2, NULL, NULL, 'import'), (3, 3, NULL, NULL, 'import')",
];

async fn ask(db: &Database, command: &str, expression: &str) -> anyhow::Result<Report> {
    let config = db.path("treff.toml");
    std::fs::write(&config, format!("database_url = \"{}\"\n", db.url)).unwrap();
    let config = config.display().to_string();
    Cli::try_parse_from(["treff", "--config", &config, "audience", command, expression]).unwrap().run().await
}

async fn fill(db: &Database) {
    insert_forum_row(&db.store).await;
    let mut tx = db.store.begin().await.unwrap();
    for sql in ROWS {
        let none: Vec<Arg> = Vec::new();
        tx.run(sql, none).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both_databases! {
    async fn an_audience_lists_the_active_recipients_in_it_by_address(db: Database) {
        fill(&db).await;
        let report = ask(&db, "list", "((group:health)) or (all and kind-of-org:municipality)").await.unwrap();
        assert_eq!(report.json, json!({
            "expression": "group:health or all and kind-of-org:municipality",
            "recipients": ["kari@example.test", "ola@example.test", "per@example.test"],
        }));
        assert_eq!(report.text, "kari@example.test\nola@example.test\nper@example.test");
        let leaders = ask(&db, "list", "group:health/leader").await.unwrap();
        assert_eq!(leaders.json["recipients"], json!(["kari@example.test"]));
        let none = ask(&db, "list", "not all").await.unwrap();
        assert_eq!(none.json, json!({ "expression": "not all", "recipients": [] }));
    }

    async fn an_audience_counts_what_it_would_list(db: Database) {
        fill(&db).await;
        let report = ask(&db, "count", "represents:vik").await.unwrap();
        assert_eq!(report.json, json!({ "expression": "represents:vik", "count": 2 }));
    }

    async fn a_bad_expression_is_bad_input_with_column_and_nearest_term(db: Database) {
        fill(&db).await;
        let error = ask(&db, "count", "all and group:helth").await.unwrap_err();
        let BadInput(lines) = error.downcast_ref().unwrap();
        assert_eq!(
            lines.as_slice(),
            [
                "the audience \"all and group:helth\", column 9: unknown term \"group:helth\"; \
                 the nearest known term is group:health"
            ]
        );
    }
}
