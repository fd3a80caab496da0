//! What the wire has seen, in two files that are only appended to.
//!
//! `dot ID` is written just before the write that holds a letter's final dot, `reply ID CODE TEXT`
//! after the relay's reply, `back ID` when a letter surely did not go although its dot was noted, or
//! is armed anew. Plain appends reach the system's cache at once and so outlive `kill -9`; they are
//! synced to the disk before each arming commit. A reply waits in memory for the next line of any letter,
//! or for that sync: a connection has then either a letter without a reply or a reply that waits,
//! never both, so that `kill -9` leaves at most one letter of unknown fate for each connection, as if the reply were written alone.
//!
//! Files take turns: one is emptied only when every letter in it has been settled in the database, so what
//! is not settled is always here.
//!
//! The first line of a file is `treff BOOT TURN`: on which boot, and which of the two is later.
//!
//! Invariant: a letter's dot is never sent unless its `dot` line was written.

mod form;
mod past;

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use self::form::TORN;
pub use self::form::paths;
pub use self::past::{Past, Seen};
use super::printable::printable;
use crate::ids::DeliveryId;

/// A file larger than this gives its turn to the other, once that one is empty.
const TURN_AT_BYTES: u64 = 1 << 20;

/// The two files of one sender.
#[derive(Debug)]
pub struct Journal(Mutex<Files>);

#[derive(Debug)]
struct Files {
    boot: String,
    turn: u64,
    now: usize,
    pair: [Half; 2],
    /// Replies not written yet, and whose they are.
    waiting: String,
    waiting_ids: Vec<DeliveryId>,
}

#[derive(Debug)]
struct Half {
    file: File,
    bytes: u64,
    unsynced: bool,
    /// The last append failed; part of its line may stand at the end.
    is_torn: bool,
    /// Letters with a line here that are not settled yet.
    open: HashSet<DeliveryId>,
    /// Letters with any line here.
    named: HashSet<DeliveryId>,
}

impl Journal {
    /// Begins both files anew. What they held must have been read and settled before.
    pub fn begin(base: &Path, boot: &str) -> io::Result<Journal> {
        if let Some(folder) = base.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let [one, two] = paths(base);
        let pair = [Half::open(&one)?, Half::open(&two)?];
        let (waiting, waiting_ids) = (String::new(), Vec::new());
        let mut files = Files { boot: boot.to_owned(), turn: 0, now: 0, pair, waiting, waiting_ids };
        files.empty(0)?;
        files.empty(1)?;
        files.pair[0].file.sync_all()?;
        files.pair[1].file.sync_all()?;
        if let Some(folder) = base.parent() {
            File::open(folder)?.sync_all()?;
        }
        files.now = 1;
        Ok(Journal(Mutex::new(files)))
    }

    /// Notes that the write that follows holds the letter's final dot. If this fails it must not follow.
    pub fn dot(&self, id: DeliveryId) -> io::Result<()> {
        self.files().append(id, format_args!("dot {id}"))
    }

    /// Notes the relay's reply to a letter, to be written with the next line or by [`Journal::write_out`]. Line breaks in
    /// `text` become spaces.
    pub fn reply(&self, id: DeliveryId, code: u16, text: &str) {
        self.files().wait(id, format_args!("reply {id} {code} {}", printable(text)));
    }

    /// Writes the replies that wait.
    pub fn write_out(&self) -> io::Result<()> {
        self.files().write_out()
    }

    /// Notes that nothing said of the letter so far counts: it surely did not go.
    pub fn back(&self, id: DeliveryId) -> io::Result<()> {
        self.files().append(id, format_args!("back {id}"))
    }

    /// Prepares letters to be armed: whatever earlier attempts left here must not be taken for this one's.
    pub fn forget(&self, ids: &[DeliveryId]) -> io::Result<()> {
        let mut files = self.files();
        for id in ids {
            if files.pair.iter().any(|half| half.named.contains(id)) {
                files.append(*id, format_args!("back {id}"))?;
            }
        }
        Ok(())
    }

    /// Brings every line to the disk. Blocks: call it where blocking is allowed.
    pub fn sync(&self) -> io::Result<()> {
        let mut unsynced = Vec::new();
        let mut files = self.files();
        files.write_out()?;
        for half in &mut files.pair {
            if std::mem::take(&mut half.unsynced) {
                unsynced.push(half.file.try_clone()?);
            }
        }
        drop(files);
        let synced = unsynced.iter().try_for_each(File::sync_data);
        if synced.is_err() {
            self.files().pair.iter_mut().for_each(|half| half.unsynced = true);
        }
        synced
    }

    /// Tells that these letters are settled in the database: files in which every letter is may be emptied.
    pub fn settled(&self, ids: impl IntoIterator<Item = DeliveryId>) -> io::Result<()> {
        let mut files = self.files();
        for id in ids {
            for half in &mut files.pair {
                half.open.remove(&id);
            }
        }
        files.turn_if_full()
    }

    /// Tells that whatever is noted here has been settled, by this worker or by somebody else.
    pub fn all_settled(&self) -> io::Result<()> {
        let mut files = self.files();
        files.waiting.clear();
        files.waiting_ids.clear();
        files.pair.iter_mut().for_each(|half| half.open.clear());
        files.turn_if_full()
    }

    /// Whether every letter in it is settled.
    pub fn is_settled(&self) -> bool {
        let files = self.files();
        files.waiting.is_empty() && files.pair.iter().all(|half| half.open.is_empty())
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Drop for Journal {
    /// What cannot be written even now is lost with the process, as if it had been killed.
    fn drop(&mut self) {
        let _ = self.write_out();
    }
}

impl Files {
    /// Keeps a line for the next write.
    fn wait(&mut self, id: DeliveryId, line: fmt::Arguments<'_>) {
        // Writing into a text cannot fail.
        let _ = writeln!(self.waiting, "{line}");
        self.waiting_ids.push(id);
    }

    /// Appends a line, behind the replies that wait, in one write. If it fails they go on waiting, and it does not.
    fn append(&mut self, id: DeliveryId, line: fmt::Arguments<'_>) -> io::Result<()> {
        let before = self.waiting.len();
        self.wait(id, line);
        let written = self.write_out();
        if written.is_err() {
            self.waiting.truncate(before);
            self.waiting_ids.pop();
        }
        written
    }

    fn write_out(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let half = &mut self.pair[self.now];
        half.write(&self.waiting)?;
        self.waiting.clear();
        for id in self.waiting_ids.drain(..) {
            half.open.insert(id);
            half.named.insert(id);
        }
        Ok(())
    }

    fn turn_if_full(&mut self) -> io::Result<()> {
        let other = 1 - self.now;
        if self.pair[self.now].bytes > TURN_AT_BYTES && self.pair[other].open.is_empty() {
            self.empty(other)?;
            self.now = other;
        }
        Ok(())
    }

    fn empty(&mut self, which: usize) -> io::Result<()> {
        self.turn += 1;
        let head = format!("treff {} {}\n", self.boot, self.turn);
        let half = &mut self.pair[which];
        half.file.set_len(0)?;
        half.is_torn = false;
        half.bytes = 0;
        half.write(&head)?;
        half.named.clear();
        Ok(())
    }
}

impl Half {
    fn open(path: &Path) -> io::Result<Half> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let (open, named) = (HashSet::new(), HashSet::new());
        Ok(Half { file, bytes: 0, unsynced: false, is_torn: false, open, named })
    }

    /// Appends a line. On a full disk part of an earlier one may stand there: it is closed with a mark
    /// that makes it no line, so that it neither swallows this one nor says something else than was meant
    /// (`reply 7 25` of `reply 7 250 ok`).
    fn write(&mut self, line: &str) -> io::Result<()> {
        self.unsynced = true;
        if std::mem::replace(&mut self.is_torn, true) {
            self.file.write_all(TORN.as_bytes())?;
        }
        self.file.write_all(line.as_bytes())?;
        self.is_torn = false;
        self.bytes += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn read(base: &Path) -> HashMap<DeliveryId, Seen> {
        Past::read(base).unwrap().seen
    }

    #[test]
    fn the_last_line_about_a_letter_counts() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("treff.db.sending");
        let journal = Journal::begin(&base, "boot").unwrap();
        journal.dot(DeliveryId(1)).unwrap();
        journal.dot(DeliveryId(2)).unwrap();
        journal.reply(DeliveryId(1), 250, "2.0.0 taken\r\nas 7F");
        journal.dot(DeliveryId(3)).unwrap();
        journal.back(DeliveryId(3)).unwrap();
        journal.sync().unwrap();
        let reply = Seen::Reply { code: 250, text: "2.0.0 taken  as 7F".into() };
        assert_eq!(read(&base), HashMap::from([(DeliveryId(1), reply), (DeliveryId(2), Seen::Dot)]));
        assert_eq!(Past::read(&base).unwrap().boot.as_deref(), Some("boot"));
        assert!(paths(&base).iter().all(|path| path.metadata().unwrap().permissions().mode() & 0o077 == 0));
    }

    #[test]
    fn a_file_is_emptied_only_when_all_its_letters_are_settled() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("j");
        let journal = Journal::begin(&base, "boot").unwrap();
        let long = "x".repeat(1000);
        for id in 1..=3000 {
            journal.reply(DeliveryId(id), 250, &long);
            journal.write_out().unwrap();
            if id != 7 {
                journal.settled([DeliveryId(id)]).unwrap();
            }
        }
        assert!(read(&base).contains_key(&DeliveryId(7)), "it is not settled, so it must stay");
        journal.settled([DeliveryId(7)]).unwrap();
        for id in 3001..=6000 {
            journal.reply(DeliveryId(id), 250, &long);
            journal.write_out().unwrap();
            journal.settled([DeliveryId(id)]).unwrap();
        }
        assert!(!read(&base).contains_key(&DeliveryId(7)));
        let bytes: u64 = paths(&base).iter().map(|p| p.metadata().unwrap().len()).sum();
        assert!(bytes < 3 * TURN_AT_BYTES, "{bytes} bytes are kept");
    }

    #[test]
    fn a_letter_armed_again_is_not_mistaken_for_its_earlier_attempt() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("j");
        let journal = Journal::begin(&base, "boot").unwrap();
        journal.reply(DeliveryId(1), 450, "later");
        journal.write_out().unwrap();
        journal.settled([DeliveryId(1)]).unwrap();
        journal.forget(&[DeliveryId(1), DeliveryId(2)]).unwrap();
        assert_eq!(read(&base), HashMap::new());
    }

    #[test]
    fn a_reply_is_written_before_the_next_dot_goes_and_when_the_journal_ends() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("j");
        let journal = Journal::begin(&base, "boot").unwrap();
        let reply = || Seen::Reply { code: 250, text: "ok".into() };
        journal.dot(DeliveryId(1)).unwrap();
        journal.reply(DeliveryId(1), 250, "ok");
        assert_eq!(
            read(&base),
            HashMap::from([(DeliveryId(1), Seen::Dot)]),
            "no more than its own fate is open"
        );
        assert!(!journal.is_settled());
        journal.dot(DeliveryId(2)).unwrap();
        assert_eq!(read(&base), HashMap::from([(DeliveryId(1), reply()), (DeliveryId(2), Seen::Dot)]));
        journal.reply(DeliveryId(2), 250, "ok");
        journal.sync().unwrap();
        assert_eq!(read(&base), HashMap::from([(DeliveryId(1), reply()), (DeliveryId(2), reply())]));
        journal.settled([DeliveryId(1), DeliveryId(2)]).unwrap();
        journal.reply(DeliveryId(3), 250, "ok");
        assert!(!journal.is_settled(), "a reply to a letter that had no dot is news as well");
        drop(journal);
        assert_eq!(read(&base).get(&DeliveryId(3)), Some(&reply()));
    }

    #[test]
    fn what_a_full_disk_does_not_take_is_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("j");
        let journal = Journal::begin(&base, "boot").unwrap();
        journal.dot(DeliveryId(1)).unwrap();
        journal.reply(DeliveryId(1), 250, "ok");
        let without_room = File::open(&paths(&base)[1]).unwrap();
        let file = std::mem::replace(&mut journal.files().pair[1].file, without_room);
        assert!(journal.dot(DeliveryId(2)).is_err(), "it must not go");
        journal.files().pair[1].file = file;
        journal.write_out().unwrap();
        let reply = Seen::Reply { code: 250, text: "ok".into() };
        assert_eq!(read(&base), HashMap::from([(DeliveryId(1), reply)]), "and nobody thinks that it went");
    }

    #[test]
    fn what_did_not_reach_the_disk_is_synced_again() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(&folder.path().join("j"), "boot").unwrap();
        journal.dot(DeliveryId(1)).unwrap();
        let cannot = File::open("/dev/null").unwrap();
        let file = std::mem::replace(&mut journal.files().pair[1].file, cannot);
        assert!(journal.sync().is_err());
        assert!(journal.sync().is_err(), "a second try does not make it durable either");
        journal.files().pair[1].file = file;
        journal.sync().unwrap();
    }

    #[test]
    fn a_line_that_a_full_disk_tore_says_nothing_and_swallows_nothing() {
        for torn in
            ["", "d", "dot 1", "dot 8", "reply 7 25", "reply 7 250 2.0", "back 7", "reply 7 250 2.0.0 taken"]
        {
            let folder = tempfile::tempdir().unwrap();
            let base = folder.path().join("j");
            let journal = Journal::begin(&base, "boot").unwrap();
            journal.dot(DeliveryId(7)).unwrap();
            // A descriptor that takes no writes, as a disk without room; what did fit stands there.
            let path = &paths(&base)[1];
            let without_room = File::open(path).unwrap();
            let file = std::mem::replace(&mut journal.files().pair[1].file, without_room);
            assert!(journal.dot(DeliveryId(8)).is_err());
            OpenOptions::new().append(true).open(path).unwrap().write_all(torn.as_bytes()).unwrap();
            journal.files().pair[1].file = file;
            journal.dot(DeliveryId(14)).unwrap();
            let seen = HashMap::from([(DeliveryId(7), Seen::Dot), (DeliveryId(14), Seen::Dot)]);
            assert_eq!(read(&base), seen, "{torn:?}");
        }
    }
}
