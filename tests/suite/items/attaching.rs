//! Files of items: the rows on both databases, and how files bring them.

use std::sync::Arc;

use treff::intake::attachment::read_attachment;
use treff::intake::item_file::{SlugFrom, read_item_file};
use treff::intake::item_queue::{
    QueueError, Tells, attach_to_item, correct_item, queue_items, withdraw_item,
};
use treff::store::{NewAttachment, Store};

use super::contract::version;
use super::{at, insert_forum_row, sample_forum};
use crate::on_both_databases;

fn file(name: &str, text: &str) -> NewAttachment {
    read_attachment(name, text.as_bytes().to_vec()).unwrap()
}

/// Name and bytes of each file of the item's newest version.
async fn carried(store: &Store, slug: &str) -> Vec<(String, String)> {
    let item = store.find_item(slug).await.unwrap()[0].id;
    let mut files = Vec::new();
    for (place, row) in store.list_attachments(item).await.unwrap().into_iter().enumerate() {
        assert_eq!(row.position, place as i64);
        let bytes = store.find_attachment_bytes(&row.hash).await.unwrap().unwrap();
        assert_eq!(row.size, bytes.len() as i64);
        files.push((row.name, String::from_utf8(bytes).unwrap()));
    }
    files
}

fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// An item file that names these files, which lie beside it.
fn item_file(front: &str, files: &[(&'static str, &'static str)]) -> treff::intake::item_file::ItemFile {
    let text = format!("+++\nkind = \"tip\"\ntitle = \"Tips\"\naudience = \"all\"\n{front}\n+++\nTekst.\n");
    let mut item =
        read_item_file("tips.md", SlugFrom::Stem("tips"), text.as_bytes(), &sample_forum()).unwrap();
    let files = files.to_vec();
    item.take_attachments(move |path| {
        let found = files.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    })
    .unwrap();
    item
}

on_both_databases! {
    async fn a_new_version_keeps_the_files_unless_it_brings_its_own(db: Database) {
        insert_forum_row(&db.store).await;
        let mut first = version("Første");
        first.attachments = Some(vec![file("a.txt", "a"), file("b.txt", "b")]);
        let item = treff::store::NewItem { public_id: "1".into(), slug: "sak".into(), first };
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_items(at("2027-02-01T00:00:00Z"), "test", &[item]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(carried(&db.store, "sak").await, pairs(&[("a.txt", "a"), ("b.txt", "b")]));
        let id = db.store.find_item("sak").await.unwrap()[0].id;
        for (number, files, expected) in [
            (2, None, pairs(&[("a.txt", "a"), ("b.txt", "b")])),
            (3, Some(vec![file("c.txt", "a")]), pairs(&[("c.txt", "a")])),
            (4, Some(Vec::new()), Vec::new()),
        ] {
            let mut next = version("Neste");
            next.attachments = files;
            let next = treff::store::NextVersion { id, slug: "sak".into(), version: number, next };
            let mut tx = db.store.begin().await.unwrap();
            tx.insert_next_versions(at("2027-02-02T00:00:00Z"), "test", "item.changed", &[next]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(carried(&db.store, "sak").await, expected, "version {number}");
            assert_eq!(db.store.find_item("sak").await.unwrap()[0].written_at, at("2027-02-02T00:00:00Z"));
        }
        assert_eq!(db.store.find_attachment_bytes("00").await.unwrap(), None);
    }

    async fn the_files_of_several_items_are_read_at_once_those_of_each_in_their_order(db: Database) {
        insert_forum_row(&db.store).await;
        let item = |slug: &str| treff::store::NewItem { public_id: slug.into(), slug: slug.into(), first: version("Første") };
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_items(at("2027-02-01T00:00:00Z"), "test", &["en", "to", "tre"].map(item)).await.unwrap();
        tx.commit().await.unwrap();
        let mut ids = Vec::new();
        for (slug, names) in [("en", &["b.txt", "a.txt"][..]), ("to", &["c.txt"][..]), ("tre", &["d.txt"][..])] {
            let files = names.iter().map(|name| file(name, "x")).collect();
            attach_to_item(&db.store, slug, files, at("2027-03-02T00:00:00Z")).await.unwrap();
            ids.push(db.store.find_item(slug).await.unwrap()[0].id);
        }
        let read = db.store.list_attachments_of(&ids[..2]).await.unwrap();
        let read: Vec<_> = read.iter().map(|(item, row)| (*item, row.position, row.name.as_str())).collect();
        assert_eq!(read, [(ids[0], 0, "b.txt"), (ids[0], 1, "a.txt"), (ids[1], 0, "c.txt")]);
        for item in ids {
            let together = db.store.list_attachments_of(&[item]).await.unwrap();
            let alone = db.store.list_attachments(item).await.unwrap();
            assert_eq!(together.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), alone);
        }
        assert!(db.store.list_attachments_of(&[]).await.unwrap().is_empty());
    }

    async fn files_are_added_to_what_is_out_already_each_once(db: Database) {
        insert_forum_row(&db.store).await;
        let mut tx = db.store.begin().await.unwrap();
        let item = treff::store::NewItem { public_id: "1".into(), slug: "sak".into(), first: version("Første") };
        tx.insert_items(at("2027-02-01T00:00:00Z"), "test", &[item]).await.unwrap();
        tx.commit().await.unwrap();
        let attach = async |files| attach_to_item(&db.store, "sak", files, at("2027-03-02T00:00:00Z")).await;
        assert_eq!(attach(vec![file("a.txt", "a"), file("b.txt", "b")]).await.unwrap().len(), 2);
        assert_eq!(attach(vec![file("a.txt", "a"), file("c.txt", "a")]).await.unwrap().len(), 3);
        assert_eq!(carried(&db.store, "sak").await, pairs(&[("a.txt", "a"), ("b.txt", "b"), ("c.txt", "a")]));
        let many: Vec<_> = (0..18).map(|i| file(&format!("{i}.txt"), "x")).collect();
        assert!(matches!(attach(many).await, Err(QueueError::Attachment(_))));
        assert!(matches!(
            attach_to_item(&db.store, "ukjent", vec![file("a.txt", "a")], at("2027-03-02T00:00:00Z")).await,
            Err(QueueError::NoItem { .. })
        ));
        withdraw_item(&db.store, "sak", Tells::Nobody, at("2027-03-03T00:00:00Z")).await.unwrap();
        assert!(matches!(attach(vec![file("d.txt", "d")]).await, Err(QueueError::Attachment(_))));
        assert_eq!(carried(&db.store, "sak").await.len(), 3);
    }

    async fn an_item_file_brings_its_files_and_tells_when_they_changed(db: Database) {
        insert_forum_row(&db.store).await;
        let forum = sample_forum();
        let front = "release_at = \"2027-06-01T00:00:00Z\"\nattachments = [\"vedlegg/a.txt\"]";
        let queue = async |file| {
            queue_items(&db.store, &forum, &[file], at("2027-03-01T00:00:00Z"), || "7".into(), false).await.unwrap()
        };
        assert_eq!(queue(item_file(front, &[("vedlegg/a.txt", "en")])).await.added.len(), 1);
        assert_eq!(carried(&db.store, "tips").await, pairs(&[("a.txt", "en")]));
        assert_eq!(queue(item_file(front, &[("vedlegg/a.txt", "en")])).await.unchanged, ["tips"]);
        assert_eq!(queue(item_file(front, &[("vedlegg/a.txt", "to")])).await.changed.len(), 1);
        assert_eq!(carried(&db.store, "tips").await, pairs(&[("a.txt", "to")]));
        let correction = item_file("importance = \"background\"", &[]);
        correct_item(&db.store, &forum, "tips", &correction, at("2027-07-01T00:00:00Z"), false).await.unwrap();
        assert_eq!(carried(&db.store, "tips").await, pairs(&[("a.txt", "to")]), "what says nothing of files keeps them");
        let without = item_file("attachments = []", &[]);
        correct_item(&db.store, &forum, "tips", &without, at("2027-07-02T00:00:00Z"), false).await.unwrap();
        assert_eq!(carried(&db.store, "tips").await, Vec::new());
    }
}

#[test]
fn a_file_that_cannot_be_attached_is_an_error_at_its_line() {
    let text = "+++\nkind = \"tip\"\ntitle = \"Tips\"\naudience = \"all\"\nattachments = [\n  \"borte.pdf\",\n  \"tom.txt\",\n]\n+++\n";
    let mut item =
        read_item_file("tips.md", SlugFrom::Stem("tips"), text.as_bytes(), &sample_forum()).unwrap();
    let read = |path: &str| {
        if path == "tom.txt" { Ok(Vec::new()) } else { Err(std::io::ErrorKind::NotFound.into()) }
    };
    let errors: Vec<_> = item.take_attachments(read).unwrap_err().iter().map(ToString::to_string).collect();
    assert!(errors[0].starts_with("tips.md:6: attachment borte.pdf: cannot be read:"), "{errors:?}");
    assert_eq!(errors[1], "tips.md:7: attachment tom.txt: the file is empty");
    let _: Arc<[u8]> = file("a", "a").bytes;
}
