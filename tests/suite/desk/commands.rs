//! `treff account`.

use crate::on_both_engines;
use crate::treff::Treff;

on_both_engines! {
    async fn an_account_is_made_listed_linked_and_ended(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let made = treff.run(&["account", "add", "Kari@example.test", "--name", "Kari Nes", "--lead"]).done().json;
        assert_eq!(made["account"], "Kari@example.test".to_lowercase());
        assert_eq!(made["rights"], serde_json::json!(["write", "approve", "send", "people", "administer"]));
        assert!(made["sign_in"].as_str().unwrap().starts_with("http://127.0.0.1:8080/desk/open/"));
        let per = treff.run(&["account", "add", "per@example.test", "--right", "write", "--group", "health"]).done().json;
        assert_eq!(per["groups"], serde_json::json!(["health"]));
        let list = treff.run(&["account", "list"]).done().json;
        assert_eq!(list["accounts"][1]["account"], "per@example.test");
        assert_eq!(list["accounts"][1]["rights"], serde_json::json!(["write"]));
        let link = treff.run(&["account", "link", "per@example.test"]).done().json;
        assert!(link["sign_in"].as_str().unwrap().contains("/desk/open/"));
        assert_eq!(treff.run(&["account", "end", "per@example.test"]).done().json["ended"], true);
        assert_eq!(treff.run(&["account", "list"]).done().json["accounts"].as_array().unwrap().len(), 1);
    }

    async fn the_last_who_administers_is_not_ended(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        treff.run(&["account", "add", "kari@example.test", "--lead"]).done();
        let told = treff.run(&["account", "end", "kari@example.test"]).refused().join("\n");
        assert!(told.contains("is the last who gives and takes accounts") && told.contains("treff account add"), "{told}");
        treff.run(&["account", "add", "per@example.test", "--lead"]).done();
        assert_eq!(treff.run(&["account", "end", "kari@example.test"]).done().json["ended"], true);
    }

    async fn what_makes_no_sense_is_refused_and_nothing_is_made(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        for (args, said) in [
            (vec!["account", "add", "kari@example.test"], "say what they may do"),
            (vec!["account", "add", "kari@example.test", "--right", "write", "--group", "nowhere"], "no group \"nowhere\""),
            (vec!["account", "add", "kari@example.test", "--right", "people", "--organisation", "nowhere"], "no organisation \"nowhere\""),
            (vec!["account", "add", "kari@example.test", "--lead", "--organisation", "nav"], "give --right people alone"),
            (vec!["account", "add", "kari@example.test", "--right", "people", "--group", "health", "--organisation", "nav"], "and no --group"),
            (vec!["account", "link", "kari@example.test"], "has no account"),
            (vec!["account", "end", "kari@example.test"], "has no account"),
        ] {
            let errors = treff.run(&args).refused().join("\n");
            assert!(errors.contains(said), "{errors}");
        }
        assert_eq!(treff.database.store.count_accounts().await.unwrap(), 0);
        treff.run(&["account", "add", "kari@example.test", "--lead"]).done();
        assert!(treff.run(&["account", "add", "kari@example.test", "--lead"]).refused()[0].contains("has an account already"));
    }

    async fn before_there_is_a_forum_the_first_link_is_printed(engine: Engine) {
        let treff = Treff::new(engine).await;
        treff.run(&["init", "--no-input"]).done();
        let made = treff.run(&["account", "add", "kari@example.test", "--lead"]).done().json;
        assert!(made["sign_in"].as_str().unwrap().contains("/desk/open/"));
    }
}
