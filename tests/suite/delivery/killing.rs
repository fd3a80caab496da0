//! The whole program, planning and sending, killed with SIGKILL at random points again and again. Then the ledger is
//! held against what the relay really took.
//!
//! `TREFF_KILL_LETTERS=20000 TREFF_KILLS=500` makes it the long run of the issue.

use std::time::Duration;

use super::crew::{CountingRelay, Instance, below, check_ledger, number};
use crate::on_both_databases;
use crate::treff::Process;

on_both_databases! {
    async fn a_program_killed_again_and_again_loses_nothing_and_repeats_nothing(db: Database) {
        let (letters, kills) = (number("TREFF_KILL_LETTERS", 1000), number("TREFF_KILLS", 8));
        let relay = CountingRelay::start().await;
        let folder = db.folder.path().join("instance");
        std::fs::create_dir(&folder).unwrap();
        let instance = Instance { folder, database: db.url.clone(), relay: relay.server.url() };
        instance.set_up(letters).await;
        instance.add_item(false).await;
        for kill in 0..kills {
            let mut process = Process(instance.command(&["edition", "run", "weekly"]).spawn().unwrap());
            // Every third dies at some time, often while it plans; the others somewhere in a conversation.
            let dies = async {
                if kill % 3 == 0 {
                    tokio::time::sleep(Duration::from_millis(below(2000) as u64)).await;
                } else {
                    relay.after_events(below(5 * letters / kills)).await;
                }
            };
            let ends = async {
                while process.is_running() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! { () = dies => {}, () = ends => {} }
        }
        instance.run(&["edition", "run", "weekly"]).await;
        let uncertain = check_ledger(&instance, &relay, letters).await;
        assert!(uncertain <= 10 * kills, "{uncertain} uncertain after {kills} kills");
        let again = instance.run(&["edition", "run", "weekly"]).await;
        assert_eq!((again["digests"].as_u64(), again["accepted"].as_u64()), (Some(0), Some(0)));
        eprintln!("{letters} letters, {kills} kills: {uncertain} uncertain, {} taken", relay.count_taken().len());
    }
}
