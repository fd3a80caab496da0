//! A folder with a forum, whose letters the real program sends, under `strace` where a story asks for it.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::delivery::crew::Instance;
use crate::harness::option_env_at_run;

/// A forum in `folder` on SQLite.
pub fn instance(folder: &Path, relay: &str) -> Instance {
    Instance { folder: folder.to_owned(), database: "sqlite://treff.db".into(), relay: relay.to_owned() }
}

/// Runs `treff ARGUMENTS` to its end, started by `prefix`: `strace` and its options.
pub async fn run_under(prefix: &[String], instance: &Instance, arguments: &[&str]) -> Output {
    let treff = instance.command(arguments);
    let mut command = Command::new(&prefix[0]);
    command.args(&prefix[1..]).arg(treff.get_program()).args(treff.get_args()).current_dir(&instance.folder);
    for (name, value) in treff.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("strace can be started")
}

/// Sets how many connections are kept.
pub fn set_connections(folder: &Path, connections: usize) {
    let path = folder.join("treff.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let changed = settings.replace("connections = 10", &format!("connections = {connections}"));
    assert_ne!(settings, changed);
    std::fs::write(path, changed).unwrap();
}

/// `strace` must be there and allowed to trace; whether this run may do without.
///
/// Some sandboxes forbid ptrace. There the stories that need it fail and say so, unless `TREFF_TEST_WITHOUT_STRACE=1`
/// says that they may be left out.
pub fn may_trace() -> bool {
    static ANSWER: OnceLock<Result<(), String>> = OnceLock::new();
    let tried = ANSWER.get_or_init(|| {
        let done =
            Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stdin(Stdio::null()).output();
        match done {
            Ok(done) if done.status.success() => Ok(()),
            Ok(done) => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
            Err(error) => Err(error.to_string()),
        }
    });
    match tried {
        Ok(()) => true,
        Err(_) if option_env_at_run("TREFF_TEST_WITHOUT_STRACE").as_deref() == Some("1") => false,
        Err(why) => panic!(
            "strace cannot trace here: {why}; install it, allow ptrace (Docker: --cap-add=SYS_PTRACE), or set \
             TREFF_TEST_WITHOUT_STRACE=1 to leave out the stories that need it"
        ),
    }
}
