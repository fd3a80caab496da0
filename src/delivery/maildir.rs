//! A Maildir as relay: the embedded default, shown as an inbox.
//!
//! A letter is written to `tmp`, synced, and renamed to `new` under its delivery's id. One that is in
//! `new` or `cur` already counts as accepted, so a crash between the rename and the ledger repeats nothing. Its
//! Message-ID tells whether it is that letter: once an older backup was put back, numbers are given again.
//! Reading in the inbox never moves a letter.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::desk::{Desk, Verdict};
use super::smtp::Reply;
use crate::ids::DeliveryId;

/// A folder with `tmp`, `new` and `cur`.
#[derive(Debug, Clone)]
pub struct Maildir {
    folder: PathBuf,
    /// Told apart from the forum that this folder belongs to, if that is another.
    mark: Option<String>,
}

/// Which forum a folder belongs to; hidden, so that no mail reader takes it for a letter.
const OWNER: &str = ".treff-forum";

/// In front of the name of a letter whose number is another's by now.
const ASIDE: &str = "earlier-";

/// A letter lying in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLetter {
    /// The file's name, without a reader's flags: the delivery's id, for every letter of this forum.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Maildir {
    /// At `folder`; made when the first letter is stored.
    pub fn at(folder: impl Into<PathBuf>) -> Maildir {
        Maildir { folder: folder.into(), mark: None }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes `tmp`, `new` and `cur` where they are missing, for this user's eyes only, and marks the
    /// folder as that of `forum`.
    ///
    /// A folder that another forum marked (its database was replaced while its outbox stayed) holds
    /// letters under the same numbers: this forum's get its mark behind theirs, so that none of the
    /// other's is taken for one of these.
    pub fn prepare(&mut self, forum: &str) -> io::Result<()> {
        for part in ["tmp", "new", "cur"] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(self.folder.join(part))?;
        }
        let owner = self.folder.join(OWNER);
        match fs::read_to_string(&owner) {
            Ok(found) if found.trim() == forum => self.mark = None,
            Ok(_) => self.mark = Some(forum.chars().take(8).collect()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => fs::write(owner, format!("{forum}\n"))?,
            Err(e) => return Err(e),
        }
        Ok(())
    }

    /// Every letter in `new` and `cur`, those with the highest number in front first.
    pub fn list_letters(&self) -> io::Result<Vec<StoredLetter>> {
        let mut letters = Vec::new();
        for part in ["new", "cur"] {
            let entries = match fs::read_dir(self.folder.join(part)) {
                Ok(entries) => entries,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e),
            };
            for entry in entries {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if !name.starts_with('.') {
                    let name = bare_name(&name).to_owned();
                    letters.push(StoredLetter { name, path: entry.path() });
                }
            }
        }
        let number = |letter: &StoredLetter| letter.name.parse::<i64>().unwrap_or(0);
        letters.sort_by(|a, b| (number(b), &b.name).cmp(&(number(a), &a.name)));
        Ok(letters)
    }

    /// The letter called `name`, read where it lies.
    pub fn find_letter(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self.list_letters()?.into_iter().find(|letter| letter.name == name) {
            Some(letter) => fs::read(letter.path).map(Some),
            None => Ok(None),
        }
    }

    /// Whether the letter with this Message-ID (without angle brackets) lies here already.
    pub fn holds(&self, letter: DeliveryId, message_id: &str) -> io::Result<bool> {
        match self.find_path(&self.name_of(&letter.to_string()))? {
            Some(path) => Ok(message_id_of(&fs::read(path)?) == message_id.as_bytes()),
            None => Ok(false),
        }
    }

    /// Where the letter of that name lies.
    fn find_path(&self, name: &str) -> io::Result<Option<PathBuf>> {
        let new = self.folder.join("new").join(name);
        if new.try_exists()? {
            return Ok(Some(new));
        }
        for entry in fs::read_dir(self.folder.join("cur"))? {
            let entry = entry?;
            if bare_name(&entry.file_name().to_string_lossy()) == name {
                return Ok(Some(entry.path()));
            }
        }
        Ok(None)
    }

    /// A letter's name; behind it this forum's mark where the folder is another forum's.
    fn name_of(&self, letter: &str) -> String {
        match &self.mark {
            Some(mark) => format!("{letter}-{mark}"),
            None => letter.to_owned(),
        }
    }

    /// Stores a letter durably, unless it lies here already. Answers whether it was new.
    pub fn store(&self, id: DeliveryId, letter: &[u8]) -> io::Result<bool> {
        self.store_as(&id.to_string(), letter)
    }

    /// Stores a short mail that is no letter of the ledger under a name that no delivery has; it too stays if it lies
    /// here already. Answers whether it was new.
    pub fn store_note(&self, name: &str, letter: &[u8]) -> io::Result<bool> {
        self.store_as(name, letter)
    }

    /// Another letter that has the name, as its Message-ID tells, is put aside: neither is lost.
    fn store_as(&self, name: &str, letter: &[u8]) -> io::Result<bool> {
        let name = self.name_of(name);
        if let Some(path) = self.find_path(&name)? {
            if message_id_of(&fs::read(&path)?) == message_id_of(letter) {
                return Ok(false);
            }
            self.put_aside(&name, &path)?;
        }
        self.write(&name, letter)?;
        Ok(true)
    }

    /// Renames a letter in the folder that it lies in: `earlier-17-1`, or with the first number behind that is free.
    fn put_aside(&self, name: &str, path: &Path) -> io::Result<()> {
        let mut number = 1;
        let aside = loop {
            let aside = format!("{ASIDE}{name}-{number}");
            if self.find_path(&aside)?.is_none() {
                break aside;
            }
            number += 1;
        };
        fs::rename(path, path.with_file_name(aside))
    }

    /// Durably: synced before it is seen.
    fn write(&self, name: &str, letter: &[u8]) -> io::Result<()> {
        let being_written = self.folder.join("tmp").join(name);
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&being_written)?;
        file.write_all(letter)?;
        file.sync_all()?;
        fs::rename(&being_written, self.folder.join("new").join(name))?;
        File::open(self.folder.join("new"))?.sync_all()
    }

    /// Stores what the desk hands out until it has nothing more.
    pub(crate) async fn carry(self: Arc<Self>, desk: Arc<Desk>) {
        while let Some(parcel) = desk.next().await {
            let id = parcel.id;
            let maildir = self.clone();
            let stored =
                tokio::task::spawn_blocking(move || maildir.store(id, parcel.content.letter())).await;
            let verdict = match stored {
                Ok(Ok(is_new)) => {
                    let text = if is_new { "stored" } else { "stored before" };
                    Verdict::Replied(Reply::of(250, format!("2.0.0 {text} as {id}")))
                }
                Ok(Err(e)) => Verdict::Failed(format!("the mailbox folder does not take it: {e}")),
                Err(e) => Verdict::Broke(e.to_string()),
            };
            desk.finish(id, verdict);
        }
    }
}

/// Whether a file's name is of a letter whose number is another's by now: nothing but what stands in it tells whose it is.
pub fn is_put_aside(name: &str) -> bool {
    name.starts_with(ASIDE)
}

/// A name in `cur` without the flags that a reader put behind it.
fn bare_name(name: &str) -> &str {
    name.split_once(":2,").map_or(name, |(bare, _)| bare)
}

/// A letter's Message-ID without its angle brackets; empty if it has none.
fn message_id_of(letter: &[u8]) -> &[u8] {
    const FIELD: &[u8] = b"message-id:";
    let lines = letter.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let mut head = lines.take_while(|line| !line.is_empty());
    let value = head.find_map(|line| {
        let (name, value) = line.split_at_checked(FIELD.len())?;
        name.eq_ignore_ascii_case(FIELD).then(|| value.trim_ascii())
    });
    // A long one may stand on the line behind its field's name.
    let value = match value {
        Some([]) => head.next().unwrap_or_default().trim_ascii(),
        found => found.unwrap_or_default(),
    };
    value.strip_prefix(b"<").and_then(|value| value.strip_suffix(b">")).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Maildir) {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::at(folder.path().join("outbox"));
        maildir.prepare("forum one").unwrap();
        (folder, maildir)
    }

    #[test]
    fn a_letter_is_stored_once_under_its_id() {
        let (_folder, maildir) = folder();
        assert!(maildir.store(DeliveryId(17), b"Subject: a\r\n\r\n.a\r\n").unwrap());
        assert!(!maildir.store(DeliveryId(17), b"Subject: b\r\n\r\n").unwrap());
        assert_eq!(fs::read(maildir.folder().join("new/17")).unwrap(), b"Subject: a\r\n\r\n.a\r\n");
        assert_eq!(fs::read_dir(maildir.folder().join("tmp")).unwrap().count(), 0);
    }

    #[test]
    fn a_letter_that_a_mail_reader_moved_is_still_there() {
        let (_folder, maildir) = folder();
        maildir.store(DeliveryId(17), b"a\r\n").unwrap();
        fs::rename(maildir.folder().join("new/17"), maildir.folder().join("cur/17:2,S")).unwrap();
        assert!(maildir.holds(DeliveryId(17), "").unwrap());
        assert!(!maildir.holds(DeliveryId(1), "").unwrap());
        assert_eq!(maildir.find_letter("17").unwrap().as_deref(), Some(&b"a\r\n"[..]));
        assert!(maildir.folder().join("cur/17:2,S").exists(), "reading moves nothing");
    }

    #[test]
    fn another_forum_s_letter_is_not_taken_for_ours() {
        let (_folder, maildir) = folder();
        maildir.store(DeliveryId(17), b"one\r\n").unwrap();
        let mut other = Maildir::at(maildir.folder());
        other.prepare("two").unwrap();
        assert!(other.store(DeliveryId(17), b"two\r\n").unwrap());
        assert!(other.holds(DeliveryId(17), "").unwrap());
        assert_eq!(maildir.find_letter("17").unwrap().as_deref(), Some(&b"one\r\n"[..]));
        assert_eq!(maildir.find_letter("17-two").unwrap().as_deref(), Some(&b"two\r\n"[..]));
    }

    #[test]
    fn a_letter_whose_number_is_given_again_is_put_aside_and_neither_is_lost() {
        let (_folder, maildir) = folder();
        let letter =
            |id: &str| format!("Subject: Nytt\r\nmessage-id:\r\n <{id}@forum.example>\r\n\r\nHei\r\n");
        for id in ["kari", "ola", "eva"] {
            assert!(maildir.store(DeliveryId(17), letter(id).as_bytes()).unwrap(), "{id}'s is not there yet");
            assert!(!maildir.store(DeliveryId(17), letter(id).as_bytes()).unwrap(), "{id}'s is");
            fs::rename(maildir.folder().join("new/17"), maildir.folder().join("cur/17:2,S")).unwrap();
        }
        assert!(maildir.holds(DeliveryId(17), "eva@forum.example").unwrap());
        assert!(
            !maildir.holds(DeliveryId(17), "kari@forum.example").unwrap(),
            "another's is not this letter"
        );
        for (name, id) in [("17", "eva"), ("earlier-17-1", "kari"), ("earlier-17-2", "ola")] {
            assert_eq!(maildir.find_letter(name).unwrap().unwrap(), letter(id).as_bytes());
        }
        assert!(maildir.store_note("notice-5", letter("kari").as_bytes()).unwrap());
        assert!(maildir.store_note("notice-5", letter("ola").as_bytes()).unwrap(), "short mails too");
        assert_eq!(maildir.find_letter("earlier-notice-5-1").unwrap().unwrap(), letter("kari").as_bytes());
    }

    #[test]
    fn a_message_id_is_read_from_the_head_alone() {
        assert_eq!(message_id_of(b"Subject: a\r\nMessage-ID: <1@b>\r\n\r\nHei"), b"1@b");
        assert_eq!(message_id_of(b"Subject: a\n\nMessage-ID: <1@b>\n"), b"");
        assert_eq!(message_id_of(b"Message-ID:"), b"");
    }

    #[test]
    fn letters_are_listed_newest_first() {
        let (_folder, maildir) = folder();
        for id in [2, 10, 9] {
            maildir.store(DeliveryId(id), b"a\r\n").unwrap();
        }
        let names: Vec<_> = maildir.list_letters().unwrap().into_iter().map(|l| l.name).collect();
        assert_eq!(names, ["10", "9", "2"]);
    }
}
