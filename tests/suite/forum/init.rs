use std::os::unix::fs::PermissionsExt as _;

use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::{Treff, program, without_settings};

on_both_engines! {
    async fn init_without_questions_writes_the_file_and_makes_no_account(engine: Engine) {
        let treff = Treff::new(engine).await;
        let done = treff.run(&["init", "--no-input"]).done();
        assert_eq!(done.json["config_created"], true);
        assert_eq!(done.json["database_created"], true);
        assert_eq!(done.json["account"], serde_json::Value::Null);
        assert_eq!(done.json["changed"], true);
        assert!(treff.path("treff.toml").exists());
        assert_eq!(treff.database.store.list_keys().await.unwrap().len(), 1);
        assert_eq!(treff.database.store.count_accounts().await.unwrap(), 0);
        let told = treff.run_for_people(&["init", "--no-input"]).done();
        let at = format!(" --config {}", treff.path("treff.toml").display());
        for step in [
            format!("make the lead's account: run treff init{at} at a terminal"),
            format!("treff account add EMAIL --lead{at}"),
            format!("treff forum apply forum.toml{at}"),
            format!("treff doctor{at}"),
        ] {
            assert!(told.stdout.contains(&step), "{step} in {}", told.stdout);
        }
    }

    async fn a_second_init_changes_nothing(engine: Engine) {
        let treff = Treff::new(engine).await;
        treff.run(&["init", "--no-input"]).done();
        std::fs::write(treff.path("treff.toml"), "base_url = \"https://forum.example\"\n").unwrap();
        let keys = treff.database.store.list_keys().await.unwrap();
        let again = treff.run(&["init", "--no-input"]).done();
        assert_eq!(again.json["changed"], false);
        assert_eq!(treff.database.store.list_keys().await.unwrap(), keys);
        let config = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
        assert_eq!(config, "base_url = \"https://forum.example\"\n");
    }
}

#[tokio::test]
async fn init_makes_folders_and_the_sqlite_file_that_the_configuration_names() {
    let treff = Treff::new(Engine::Sqlite).await;
    let config = treff.path("etc/treff/treff.toml");
    let run = |args: &[&str]| program().args(args).arg("--config").arg(&config).output().unwrap();
    let before = run(&["forum", "apply", "forum.toml"]);
    assert_eq!(before.status.code(), Some(2), "there is no configuration yet");
    assert_eq!(run(&["init", "--no-input"]).status.code(), Some(0));
    assert!(config.exists());
    assert!(treff.path("etc/treff/treff.db").exists());
}

#[tokio::test]
async fn what_init_makes_is_for_its_owner_s_eyes_only() {
    let treff = Treff::new(Engine::Sqlite).await;
    let call = "umask 022; exec \"$0\" --config own/treff.toml \"$@\"";
    let run = |args: &[&str]| {
        let mut command = without_settings("sh");
        command.args(["-c", call, env!("CARGO_BIN_EXE_treff")]).args(args);
        command.current_dir(treff.database.folder.path()).output().unwrap()
    };
    let forum = treff.write("forum.toml", crate::treff::FORUM);
    for args in [&["init", "--no-input"][..], &["forum", "apply", &forum]] {
        let done = run(args);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let folder = std::fs::metadata(treff.path("own")).unwrap().permissions().mode() & 0o777;
    assert_eq!(folder, 0o755, "the folder may be one that others use as well");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(treff.path("own")).unwrap() {
        let entry = entry.unwrap();
        let (name, about) = (entry.file_name().into_string().unwrap(), entry.metadata().unwrap());
        if about.is_file() {
            assert_eq!(about.permissions().mode() & 0o077, 0, "{name}");
            seen.push(name);
        }
    }
    for name in ["treff.db", "treff.toml"] {
        assert!(seen.iter().any(|seen| seen == name), "{name} in {seen:?}");
    }
}

#[tokio::test]
async fn a_configuration_with_an_unknown_key_is_bad_input() {
    let treff = Treff::new(Engine::Sqlite).await;
    treff.write("treff.toml", "databse_url = \"sqlite://x.db\"\n");
    let errors = treff.run(&["init", "--no-input"]).refused();
    assert!(errors[0].contains("treff.toml") && errors[0].contains("databse_url"), "{errors:?}");
}
