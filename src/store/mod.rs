//! The ledger: the only room that names sqlx. Knows its own rows and the ids, nothing else of the house.
//!
//! One file per family of rows. A function that reads takes `&self`; one that must commit together
//! with others takes a [`Tx`] from [`Store::begin`]. Every write appends to the `change` table in
//! its own transaction. Every function here runs in the contract suite (`tests/contract`) on both databases.

mod accounts;
mod addressees;
mod alerts;
mod answers;
mod attachments;
mod bounded;
mod change;
mod db;
mod doors;
mod dossier;
mod editions;
mod erasure;
mod feedback;
mod feeds;
mod forum;
mod forum_writes;
mod imports;
mod inbox;
mod item_writes;
mod items;
mod keys;
mod ledger;
mod mailboxes;
mod notices;
mod open;
mod outbox;
mod pacing;
mod people;
mod pieces;
mod planning;
mod pools;
mod preferences;
mod presumed;
mod reports;
mod retention;
mod revising;
mod seats;
mod settling;
mod shelf;
mod shown;
mod standing;
mod suspensions;
mod taps;
mod undoing;
mod words;
mod workers;

pub use addressees::{AddresseeRow, CarriedTitles, LetterItem};
pub use alerts::{AlertRow, NewAlert};
pub use answers::{AnswerRow, AnswerSumRow, EventAnswer, GivenAnswerRow, NewAnswer};
pub use attachments::{AttachmentRow, NewAttachment};
pub use change::{Change, LOOK_BACK_DAYS};
pub use db::{Arg, Db, One, Record, Sql, Tx};
pub use doors::{DeviceRow, KnockRow, KnownRow, LinkRow, NewKnock, NewLink};
pub use dossier::{Dossier, PersonRow, TakenPart};
pub use editions::{DueItem, EditionRow, NewEdition};
pub use erasure::{ErasedRows, ErasureOrder, LeftSeat};
pub use feedback::{LetterItemRow, LetterRow, RetentionRow, SubscriptionRow};
pub use feeds::{FeedReaderRow, FeedRow};
pub use forum::{ForumRow, GroupSectorRow, OrganisationRow, TermRow};
pub use forum_writes::{ForumSettingsRow, NewTerm, TermUses};
pub use imports::{ImportView, KnownPerson, KnownTerm, SeatLike};
pub use inbox::{GotRow, InboxRow};
pub use item_writes::{NewItem, NewVersion, NextVersion};
pub use items::ItemRow;
pub use ledger::DeliveryRow;
pub use mailboxes::MailboxRow;
pub use notices::{NewNotice, NoticeEnding, NoticeRow};
pub use open::{LOG_FILTER, Store, StoreError, is_disk_failure};
pub use outbox::{CLAIM_AT_MOST, ClaimScope, Claimed, DeliveryState};
pub use pacing::{DomainPaceRow, FinalReply, PauseCause};
pub use people::{ChangedRecipient, NewOrganisation, NewRecipient};
pub use pieces::PieceRow;
pub use planning::{
    HeldItem, LedgerView, OwedItem, PlannedDigest, PlannedItem, PlannedLetter, TakenSeat, TapRow,
};
pub use preferences::{By, MadeChange, PreferenceChanges, TermName};
pub use reports::{KeptMail, NewReport, SoftBounce};
pub use revising::RevisedLetter;
pub use seats::{OpenedSeat, SeatRow};
pub use settling::{Ending, Moved, Outcome, Settled};
pub use shelf::{ShelfFilter, ShelfPlace, ShelfRow};
pub use shown::{ItemSlug, ShownDigest, ShownItem};
pub use standing::{HeldSeatRow, RecipientRow, StandingRows};
pub use suspensions::{QuestionRow, Resumption};
pub use taps::Answer;
pub use undoing::{PreferenceHistoryRow, Undone};
pub use words::{Compared, FoundStem, ItemStems, NewStem, SoughtStem};
pub use workers::{NewWorker, Orphan, WorkerAtWork, WorkerRow, WorkerSession};
