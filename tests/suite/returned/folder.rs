//! A Maildir that a mail server delivers into.

use std::path::Path;

use treff::feedback::returned::Visit;

use super::{REPLY, bounce, kinds, open, suspended};
use crate::delivery::rows::queue_letters;
use crate::harness::Database;
use crate::on_both_databases;

fn make_maildir(folder: &Path) {
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const SETTINGS: &str = "maildir = \"bounces\"";

fn visit(understood: usize, unknown: usize, failed: usize) -> Visit {
    Visit { understood, unknown, failed }
}

on_both_databases! {
    async fn a_folder_is_emptied_and_a_person_s_mail_stays_unread(db: Database) {
        queue_letters(&db.store, 3).await;
        let folder = db.path("bounces");
        make_maildir(&folder);
        std::fs::write(folder.join("new/1.a.mx"), bounce(1)).unwrap();
        std::fs::write(folder.join("new/2.b.mx"), REPLY).unwrap();
        std::fs::write(folder.join("new/3.c.mx:2,"), bounce(3)).unwrap();
        let mut returned = open(&db, SETTINGS).unwrap();
        assert_eq!(returned.visit_all().await, visit(2, 1, 0));
        assert_eq!(kinds(&db.store).await, ["hard", "unknown", "hard"]);
        assert_eq!(suspended(&db.store).await, [1, 3]);
        assert_eq!(names(&folder.join("new")), Vec::<String>::new());
        assert_eq!(names(&folder.join("cur")), ["1.a.mx:2,S", "3.c.mx:2,S"]);
        assert_eq!(names(&folder.join(".unknown/new")), ["2.b.mx"]);
        assert_eq!(std::fs::read_to_string(folder.join(".unknown/new/2.b.mx")).unwrap(), REPLY);
        assert_eq!(returned.visit_all().await, visit(0, 0, 0));
    }

    async fn a_mail_that_was_taken_in_before_a_crash_moved_it_counts_once(db: Database) {
        queue_letters(&db.store, 2).await;
        let folder = db.path("bounces");
        make_maildir(&folder);
        std::fs::write(folder.join("new/1.a.mx"), bounce(1)).unwrap();
        let mut returned = open(&db, SETTINGS).unwrap();
        returned.visit_all().await;
        // The move had not reached the disk.
        std::fs::rename(folder.join("cur/1.a.mx:2,S"), folder.join("new/1.a.mx")).unwrap();
        let mut after = open(&db, SETTINGS).unwrap();
        assert_eq!(after.visit_all().await, visit(1, 0, 0));
        assert_eq!(kinds(&db.store).await, ["hard"]);
        assert_eq!(names(&folder.join("cur")), ["1.a.mx:2,S"]);
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_read_or_moved_stays_and_stops_no_other() {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    queue_letters(&db.store, 2).await;
    let folder = db.path("bounces");
    make_maildir(&folder);
    std::fs::create_dir(folder.join("new/0.folder")).unwrap();
    std::os::unix::fs::symlink("/nowhere", folder.join("new/1.link")).unwrap();
    std::fs::write(folder.join("new/2.person"), REPLY).unwrap();
    std::fs::write(folder.join("new/3.bounce"), bounce(2)).unwrap();
    // Where unknown mail should go there is a file.
    std::fs::write(folder.join(".unknown"), "").unwrap();
    let mut returned = open(&db, SETTINGS).unwrap();
    assert_eq!(returned.visit_all().await, visit(1, 0, 3));
    assert_eq!(names(&folder.join("new")), ["0.folder", "1.link", "2.person"]);
    std::fs::remove_file(folder.join(".unknown")).unwrap();
    assert_eq!(returned.visit_all().await, visit(0, 1, 2));
    assert_eq!(kinds(&db.store).await, ["unknown", "hard"]);
}

#[tokio::test]
async fn of_a_huge_mail_the_beginning_is_read() {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    queue_letters(&db.store, 1).await;
    let folder = db.path("bounces");
    make_maildir(&folder);
    let huge = bounce(1).replace("--b--\r\n", &format!("--b\r\n\r\n{}", "x".repeat(12 * 1024 * 1024)));
    std::fs::write(folder.join("new/1"), huge).unwrap();
    assert_eq!(open(&db, SETTINGS).unwrap().visit_all().await, visit(1, 0, 0));
    assert_eq!(kinds(&db.store).await, ["hard"]);
}

#[tokio::test]
async fn a_folder_that_is_no_maildir_is_told_and_tried_again() {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    let mut returned = open(&db, SETTINGS).unwrap();
    assert_eq!(returned.visit_all().await, visit(0, 0, 1));
    make_maildir(&db.path("bounces"));
    assert_eq!(returned.visit_all().await, visit(0, 0, 0));
}
