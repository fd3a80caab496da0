//! Letters that would leave the machine from an address that nobody named.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::treff::{FORUM, Treff};

const MADE_UP: &str = "no address that letters come from: one is made of the forum's short name and the host of base_url, and \
                       nobody may read the replies to it; set address under [sender] in treff.toml";

on_both_engines! {
    async fn an_edition_that_leaves_the_machine_from_nobodys_address_says_so(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let run = |relay: &str| -> Value {
            let mut command = treff.command();
            let output = command.env("TREFF_RELAY_URL", relay).args(["edition", "run", "weekly", "--json"]).output().unwrap();
            assert!(output.status.success(), "a warning changes no exit code: {output:?}");
            let told: Value = serde_json::from_slice(&output.stdout).unwrap();
            told["warnings"].clone()
        };
        assert_eq!(run("maildir:outbox"), json!([]));
        assert_eq!(run("smtp://127.0.0.1:9?tls=none"), json!([]), "a relay on this machine");
        assert_eq!(run("smtps://relay.example"), json!([MADE_UP]));
        let file = treff.path("treff.toml");
        let config = std::fs::read_to_string(&file).unwrap();
        let named = config.replacen("[sender]\n", "[sender]\naddress = \"post@forum.example\"\n", 1);
        assert_ne!(named, config);
        std::fs::write(&file, named).unwrap();
        assert_eq!(run("smtps://relay.example"), json!([]));
    }

    async fn a_forum_with_a_long_name_sends_from_an_address_that_fits(engine: Engine) {
        let treff = Treff::new(engine).await;
        treff.run(&["init", "--no-input"]).done();
        let slug = "kompetanseforum-for-helse-oppvekst-industri-og-bygg-i-nordfjella-og-sordal";
        let file = treff.write("forum.toml", format!("slug = \"{slug}\"\n{FORUM}"));
        treff.run(&["forum", "apply", &file]).done();
        let people = treff.write("people.csv", "email\nkari@example.test\n");
        treff.run(&["people", "import", &people]).done();
        let item = treff.write("tips.md", "+++\nkind = \"tip\"\ntitle = \"Tips\"\naudience = \"all\"\n+++\nTekst.\n");
        treff.run(&["item", "add", &item]).done();
        let run = |base_url: &str| {
            let mut command = treff.command();
            command.env("TREFF_RELAY_URL", "maildir:outbox").env("TREFF_BASE_URL", base_url);
            command.args(["edition", "run", "weekly", "--json"]).output().unwrap()
        };
        let refused = run("https://no_host.example");
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        let listed = treff.run(&["edition", "list"]).done().json;
        assert_eq!(listed["editions"], json!([]), "whose letters cannot be written opens nothing");
        let done = run("https://forum.example");
        assert!(done.status.success(), "{done:?}");
        let letters: Vec<String> = std::fs::read_dir(treff.path("outbox/new"))
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        assert_eq!(letters.len(), 1);
        let from = "<kompetanseforum-for-helse-oppvekst-industri-og-bygg-i-nordfjella@forum.example>";
        assert!(letters[0].contains(from), "{}", letters[0]);
        assert!(letters[0].contains(&format!("List-Id: <{slug}.forum.example>")), "{}", letters[0]);
    }
}
