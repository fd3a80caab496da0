use serde_json::json;
use treff::forum::{Facet, Term};
use treff::world;

use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::{FORUM, Treff};

on_both_engines! {
    async fn a_forum_is_applied_and_read_back(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let forum = world::load_forum(&treff.database.store).await.unwrap();
        assert_eq!(forum.settings.name, "Kompetanseforum Nordfjella");
        assert_eq!(forum.settings.slug, "kompetanseforum-nordfjella");
        assert_eq!(forum.settings.zone, chrono_tz::Tz::Europe__Oslo);
        assert_eq!(forum.settings.cap, 7);
        let find = |facet, slug: &str| forum.terms.find(&Term::new(facet, slug)).unwrap();
        let (health, night) = (find(Facet::Group, "health"), find(Facet::Group, "health-night"));
        assert_eq!(forum.terms.parent(night), Some(health));
        assert_eq!(forum.sectors_of(health), [find(Facet::Sector, "health")]);
        let kinds = forum.terms.iter().filter(|(_, t)| t.facet == Facet::KindOfOrg).count();
        assert_eq!(kinds, 10);
        for (ix, _) in forum.terms.iter() {
            let id = forum.terms.stored(ix).unwrap();
            assert_eq!(forum.terms.find_stored(id), Some(ix));
        }
    }

    async fn a_second_apply_changes_nothing(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let before = treff.database.store.find_forum().await.unwrap();
        let again = treff.run(&["forum", "apply", "forum.toml"]).done();
        assert_eq!(again.json["changed"], false);
        for list in ["settings", "come", "go", "renamed", "moved", "kinds", "sectors", "gains", "loses"] {
            assert_eq!(again.json[list], json!([]), "{list}");
        }
        assert_eq!(treff.database.store.find_forum().await.unwrap(), before);
    }

    async fn a_name_that_is_too_long_is_refused_where_it_is_new_and_stands_where_it_is_not(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let (longest, long) = ("ø".repeat(200), "ø".repeat(201));
        let named = |name: &str| {
            FORUM.replace("{ nb = \"Helse\" }", &format!("{{ nb = \"{name}\" }}")).replace("\"Kompetanseforum Nordfjella\"", &format!("\"{name}\""))
        };
        treff.write("forum.toml", named(&long));
        let refused = treff.run(&["forum", "apply", "forum.toml"]).refused().join("\n");
        for told in ["forum.toml: name has 201 characters; write at most 200", "name of sector:health has 201 characters; write at most 200"] {
            assert!(refused.contains(told), "{told} in {refused}");
        }
        treff.write("forum.toml", named(&longest));
        treff.run(&["forum", "apply", "forum.toml"]).done();
        // From before there was a limit.
        let mut tx = treff.database.store.begin().await.unwrap();
        let args = || vec![treff::store::Arg::from(longest.clone()), treff::store::Arg::from(long.clone())];
        tx.run("UPDATE term SET names = REPLACE(names, $1, $2)", args()).await.unwrap();
        tx.run("UPDATE forum SET name = REPLACE(name, $1, $2)", args()).await.unwrap();
        tx.commit().await.unwrap();
        treff.write("forum.toml", named(&long));
        assert_eq!(treff.run(&["forum", "apply", "forum.toml"]).done().json["changed"], false);
    }

    async fn a_dry_run_tells_what_changes_and_writes_nothing(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let changed = FORUM
            .replace("parent = \"health\"\n", "")
            .replace("{ nb = \"Helse\" }", "{ nb = \"Helse og omsorg\" }")
            .replace("sectors = [\"health\"]", "sectors = [\"health\", \"care\"]")
            .replace("[[role]]\nslug = \"shop-steward\"\nname = { nb = \"Tillitsvalgt\" }\n", "")
            + "[[sector]]\nslug = \"care\"\nparent = \"health\"\nname = { nb = \"Omsorg\" }\n";
        treff.write("forum.toml", changed);
        let before = world::load_forum(&treff.database.store).await.unwrap();
        let expected = json!({
            "changed": true, "dry_run": true, "settings": [], "kinds": [], "warnings": [],
            "gains": [], "loses": [],
            "come": ["sector:care"],
            "go": ["role:shop-steward"],
            "renamed": [{"term": "sector:health", "from": {"nb": "Helse"}, "to": {"nb": "Helse og omsorg"}}],
            "moved": [{"term": "group:health-night", "from": "group:health", "to": null}],
            "sectors": [{"group": "group:health", "from": ["sector:health"], "to": ["sector:care", "sector:health"]}],
        });
        assert_eq!(treff.run(&["forum", "apply", "forum.toml", "--dry-run"]).done().json, expected);
        let after = world::load_forum(&treff.database.store).await.unwrap();
        assert_eq!(after.settings, before.settings);
        assert_eq!(after.terms.len(), before.terms.len());
        let mut written = expected;
        written["dry_run"] = json!(false);
        assert_eq!(treff.run(&["forum", "apply", "forum.toml"]).done().json, written);
        assert_eq!(treff.run(&["forum", "apply", "forum.toml"]).done().json["changed"], false);
    }

    async fn a_new_name_keeps_the_slug(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("forum.toml", FORUM.replace("Kompetanseforum Nordfjella", "Forum for Nordfjella"));
        let done = treff.run(&["forum", "apply", "forum.toml"]).done();
        assert_eq!(done.json["settings"], json!(["name"]));
        let forum = world::load_forum(&treff.database.store).await.unwrap();
        assert_eq!(forum.settings.name, "Forum for Nordfjella");
        assert_eq!(forum.settings.slug, "kompetanseforum-nordfjella");
    }

    async fn learning_alone_is_a_change(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.write("forum.toml", format!("learning = false\n{FORUM}"));
        assert_eq!(treff.run(&["forum", "apply", "forum.toml"]).done().json["settings"], json!(["learning"]));
        assert!(!world::load_forum(&treff.database.store).await.unwrap().settings.learning);
    }

    async fn a_shown_forum_is_a_file_that_changes_nothing(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let shown = treff.run(&["forum", "show"]).done();
        treff.write("shown.toml", shown.json["file"].as_str().unwrap());
        assert_eq!(treff.run(&["forum", "apply", "shown.toml"]).done().json["changed"], false);
    }

    async fn a_bad_file_is_refused_with_every_error_and_changes_nothing(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let before = treff.database.store.find_forum().await.unwrap();
        let path = treff.write("bad.toml", "nmae = \"X\"\nname = \"X\"\n[cadence]\nweekly = \"0 30 7 * * 1\"\n");
        assert_eq!(
            treff.run(&["forum", "apply", &path]).refused(),
            [
                format!("{path}:1: unknown key in the file \"nmae\"; the nearest is \"name\""),
                format!(
                    "{path}:4: weekly: \"0 30 7 * * 1\" gives the day of the week as a number; \
                     write Mon Tue Wed Thu Fri Sat or Sun"
                ),
            ]
        );
        assert_eq!(treff.database.store.find_forum().await.unwrap(), before);
    }
}

#[tokio::test]
async fn before_the_first_apply_every_command_says_so() {
    let treff = Treff::new(Engine::Sqlite).await;
    let error = world::load_forum(&treff.database.store).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no forum yet; run treff forum apply FILE");
}
