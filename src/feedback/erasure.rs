//! Forgetting a person, with a receipt (GDPR art. 17): rows, the database's files, letters lying in a
//! Maildir, and the sender's journals. Backups and mail already sent are outside it, and the receipt says so.

use std::collections::HashSet;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bounce::names;
use crate::config::Config;
use crate::delivery::{is_put_aside, list_journals, whose_test};
use crate::forum::{EmailAddress, find_mentions, mentions, without_mentions};
use crate::ids::{DeliveryId, RecipientId};
use crate::letter::Letter;
use crate::store::{ErasedRows, ErasureOrder, Naming, Store, StoreError, TablesLeft};
use crate::token::Keys;

/// The files of an installation that may name a person.
#[derive(Debug, Clone, Default)]
pub struct PersonalFiles {
    /// Where letters lie, if the relay is a folder.
    pub maildir: Option<PathBuf>,
    /// The journals of this machine's senders: only ever appended to, so their bytes may be blanked where they lie.
    pub journals: Vec<PathBuf>,
}

impl PersonalFiles {
    /// The Maildir, and what senders of this configuration wrote here.
    pub fn of(config: &Config) -> PersonalFiles {
        PersonalFiles { maildir: config.mailbox_folder().map(PathBuf::from), journals: list_journals(config) }
    }
}

/// What was done, for the person and for the record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    /// The address as it was asked for.
    pub recipient: String,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// Erased earlier: this call only finished what was left.
    pub earlier: bool,
    /// What became of rows; none if there was nothing to do, or it was done earlier.
    pub database: Option<ErasedRows>,
    /// Letters removed from the Maildir.
    pub files_removed: usize,
    /// Items that name the address, in a contact or a text: correct them with treff item correct.
    pub items_naming: Vec<String>,
    /// Whether the database's files have forgotten too, but for what `outside` names.
    pub finished: bool,
    /// What no command reaches.
    pub outside: Vec<String>,
}

impl Receipt {
    /// Whether there was nothing to forget: no recipient has or had the address, and nothing names it.
    pub fn is_empty(&self) -> bool {
        let found = self.database.is_some() || self.files_removed > 0 || !self.items_naming.is_empty();
        !self.earlier && !found
    }
}

/// Why a person was not forgotten, or not everywhere.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be cleaned.
    #[error("{path}: cannot be cleaned: {source}; give treff the right to write it and erase again")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Who is to be forgotten.
pub struct Erasure<'a> {
    /// Their row; none if it was emptied earlier, or if the address is no recipient's.
    pub id: Option<RecipientId>,
    /// Their address.
    pub email: &'a EmailAddress,
    /// Hash addresses: all that is kept of them.
    pub keys: &'a Keys,
    /// For the empty row: 128 random bits in lower-case hex.
    pub public_id: String,
    /// Where else they may stand.
    pub files: PersonalFiles,
    /// Real time.
    pub now: DateTime<Utc>,
}

/// Forgets a person: rows first, in one transaction, then files, then what the database's files
/// still hold of deleted rows. Without a row it takes the address out of what others wrote.
pub async fn erase_person(store: &Store, erasure: &Erasure<'_>) -> Result<Receipt, ErasureError> {
    let email = erasure.email.as_str();
    let earlier = erasure.id.is_none() && store.is_erased(&erasure.keys.address_hash(email)).await?;
    let rows = store.list_rows_of(erasure.id).await?;
    let mut addresses = match erasure.id {
        Some(id) => other_addresses(store, id).await?,
        None => Addresses::default(),
    };
    let (mut files_removed, mut notices) = (0, Vec::new());
    if let Some(id) = erasure.id {
        // Only the rows know these: whoever is stopped after the rows and asks again knows the last address alone.
        let letters = store.list_letters_of(id).await?;
        notices = store.list_notices_of(id).await?;
        let theirs = Theirs { rows: &rows, letters: &letters, notices: &notices };
        files_removed += clean_files(erasure, &theirs, &addresses)?;
    }
    addresses.own.push(email.to_owned());
    let items_naming = list_items_naming(store, &addresses.own).await?;
    let outside = list_outside(store, &addresses.own).await?;
    let (database, letters) = match erasure.id {
        Some(id) => {
            let done = erase_rows(store, erasure, id).await?;
            let letters = done.letters.clone();
            (Some(done), letters)
        }
        None => {
            let done = store.forget_address(NAMING, email, erasure.now).await?;
            let letters = store.list_letters_of_erased().await?;
            (Some(done).filter(|done| *done != ErasedRows::default()), letters)
        }
    };
    let theirs = Theirs { rows: &rows, letters: &letters, notices: &notices };
    files_removed += clean_files(erasure, &theirs, &addresses)?;
    let mut receipt = Receipt {
        recipient: email.to_owned(),
        erased_at: erasure.now,
        earlier,
        database,
        files_removed,
        items_naming,
        finished: true,
        outside,
    };
    if !receipt.is_empty() {
        receipt.finished = finish_erasures(store, erasure.now).await?;
    }
    Ok(receipt)
}

/// What no command reaches, of somebody who has and had these addresses.
async fn list_outside(store: &Store, addresses: &[String]) -> Result<Vec<String>, StoreError> {
    let mut outside = vec![
        "backups made before now: remove or let them expire".to_owned(),
        "the files from which people were imported: take the person out of them".to_owned(),
        "mail already sent, in the mailboxes of those who got it and at the relay".to_owned(),
    ];
    for address in addresses {
        if store.has_account(address).await? {
            outside.push(format!("the account {address} with which they sign in as staff"));
        }
    }
    if store.has_many_workers() {
        outside.push("journals of workers on other machines: run treff people erase there too".to_owned());
    }
    for TablesLeft { owner, tables } in store.list_tables_left().await? {
        outside.push(format!(
            "what PostgreSQL still holds of rows deleted from tables that belong to {owner}: run VACUUM in the database as \
             {owner} ({tables})"
        ));
    }
    Ok(outside)
}

/// Makes the database's files forget what erasures removed; false if a reader kept them from it, and a running `serve`
/// tries again. `now` is real time.
pub async fn finish_erasures(store: &Store, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let finished = store.forget_deleted().await?;
    if finished {
        store.finish_erasures(now).await?;
    }
    Ok(finished)
}

async fn erase_rows(store: &Store, erasure: &Erasure<'_>, id: RecipientId) -> Result<ErasedRows, StoreError> {
    let order = ErasureOrder {
        id,
        email: erasure.email.as_str(),
        hash_of: &|address| erasure.keys.address_hash(address),
        public_id: &erasure.public_id,
        empty_letter: &empty_letter,
        naming: NAMING,
        now: erasure.now,
    };
    store.erase_recipient(&order).await
}

/// How a text names an address, and how it reads without.
const NAMING: Naming<'static> = Naming { names_them: &names, without_them: &without_mentions };

/// The addresses of who is forgotten.
#[derive(Debug, Default)]
struct Addresses {
    /// Theirs alone: nothing is to name them any more.
    own: Vec<String>,
    /// Somebody else's by now, or nobody has said that it is theirs: only their own letters and short mails to it go.
    of_others: Vec<String>,
}

/// What they had before, and what they asked for.
async fn other_addresses(store: &Store, id: RecipientId) -> Result<Addresses, StoreError> {
    let own = store.list_former_addresses_alone(id).await?;
    let mut of_others = store.list_former_addresses(id).await?;
    of_others.extend(store.list_addresses_asked_for(id).await?);
    of_others.retain(|address| !own.contains(address));
    Ok(Addresses { own, of_others })
}

/// The items that name one of the addresses, each once.
async fn list_items_naming(store: &Store, addresses: &[String]) -> Result<Vec<String>, StoreError> {
    let mut items = Vec::new();
    for address in addresses {
        let likely = store.list_items_holding(address).await?.into_iter();
        items.extend(likely.filter(|item| mentions(item.text.as_bytes(), address)).map(|item| item.slug));
    }
    items.sort();
    items.dedup();
    Ok(items)
}

/// What numbers in files' names are the person's.
struct Theirs<'a> {
    /// Their rows.
    rows: &'a [RecipientId],
    /// Their letters.
    letters: &'a [DeliveryId],
    /// Their short mails.
    notices: &'a [i64],
}

/// Removes mails that name one of the addresses, and tests of letters that were to come to them, and blanks the addresses in
/// journals; how many mails went.
fn clean_files(
    erasure: &Erasure<'_>,
    theirs: &Theirs<'_>,
    addresses: &Addresses,
) -> Result<usize, ErasureError> {
    let letters: HashSet<&DeliveryId> = theirs.letters.iter().collect();
    let is_letter = |path: &Path| number_of(path).is_some_and(|id| letters.contains(&id));
    let is_notice = |path: &Path| notice_of(path).is_some_and(|id| theirs.notices.contains(&id));
    let is_their_own = |path: &Path| is_letter(path) || is_notice(path);
    let is_letter_or_note = |path: &Path| is_letter(path) || is_note(path);
    let is_test = |path: &Path| {
        name_of(path)
            .and_then(|name| whose_test(erasure.keys, name))
            .is_some_and(|id| theirs.rows.contains(&id))
    };
    let mut removed = 0;
    if let Some(folder) = &erasure.files.maildir {
        removed += remove_files(folder, &is_test, None)?;
        for address in &addresses.own {
            removed += remove_files(folder, &is_letter_or_note, Some(address))?;
        }
        for address in &addresses.of_others {
            removed += remove_files(folder, &is_their_own, Some(address))?;
        }
    }
    for address in &addresses.own {
        for journal in &erasure.files.journals {
            blank(journal, address).map_err(|source| ErasureError::File { path: journal.clone(), source })?;
        }
    }
    Ok(removed)
}

/// The letter without address and greeting; what cannot be read is emptied whole.
fn empty_letter(stored: &str) -> String {
    let emptied = serde_json::from_str::<Letter>(stored).map(|letter| {
        serde_json::to_string(&Letter { to: String::new(), greeting: String::new(), ..letter })
    });
    match emptied {
        Ok(Ok(letter)) => letter,
        _ => "{}".to_owned(),
    }
}

/// Removes what may be the person's from a Maildir. A file must name the address too, if one is given: another forum may
/// have used the folder before, with numbers of its own.
fn remove_files(
    folder: &Path,
    may_be_theirs: &dyn Fn(&Path) -> bool,
    email: Option<&str>,
) -> Result<usize, ErasureError> {
    let mut removed = 0;
    for part in ["tmp", "new", "cur"] {
        let folder = folder.join(part);
        let failed = |source| ErasureError::File { path: folder.clone(), source };
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(failed(e)),
        };
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            if !may_be_theirs(&path) {
                continue;
            }
            let failed = |source| ErasureError::File { path: path.clone(), source };
            let names_them = match email {
                Some(email) => mentions(&std::fs::read(&path).map_err(failed)?, email),
                None => true,
            };
            if names_them {
                std::fs::remove_file(&path).map_err(failed)?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// The number in front: `7`, `7-mark` of one of several forums, either with a reader's flags behind (`7:2,S`).
fn number_of(path: &Path) -> Option<DeliveryId> {
    leading_number(name_of(path)?).map(DeliveryId)
}

/// The number of a short mail: `notice-7`, with a mark or flags behind as a letter's.
fn notice_of(path: &Path) -> Option<i64> {
    leading_number(name_of(path)?.strip_prefix("notice-")?)
}

fn leading_number(name: &str) -> Option<i64> {
    let end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    name[..end].parse().ok()
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// A short mail outside the ledger, or a mail from before a restore: no number tells whose it is, only what stands in it.
fn is_note(path: &Path) -> bool {
    name_of(path)
        .is_some_and(|name| name.starts_with("notice-") || name.starts_with("alert-") || is_put_aside(name))
}

/// Writes x over each mention of the address, where it lies.
fn blank(path: &Path, email: &str) -> io::Result<()> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    let places = find_mentions(&bytes, email);
    if places.is_empty() {
        return Ok(());
    }
    let file = std::fs::OpenOptions::new().write(true).open(path)?;
    for at in places {
        file.write_all_at("x".repeat(email.len()).as_bytes(), at as u64)?;
    }
    file.sync_all()
}
