//! Letters that would leave the machine from an address that nobody named.

use serde_json::{Value, json};

use crate::on_both_engines;
use crate::treff::Treff;

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
}
