//! The ledger: the only room that names sqlx. Knows its own rows and the ids, nothing else of the house.
//!
//! A function that reads takes `&self`; one that must commit together with others takes a [`Tx`] from [`Store::begin`]. What
//! changes facts of people, items or the forum appends to the `change` table in its own transaction; bookkeeping (claims,
//! beats of workers, pieces, how far a mailbox was read) does not. The suite's stories run on both databases.
//!
//! | family | files |
//! |---|---|
//! | the database | `open` `migrating` `moving` `db` `statement` `bounded` `colliding` `error` `soundness` |
//! | the log | `change` `changes` |
//! | the forum | `forum` `forum_writes` `folding` `represented` `goals` `keys` `effects` |
//! | people | `people` `imports` `standing` `preferences` `undoing` `rights` `bases` `union_grounds` `came_by` `sign_ups` |
//! | whether letters go to them | `suspensions` `status_cause` `reports` `mailboxes` |
//! | one person's rows | `dossier` `held` `looking` `merging` `merged` `former` `erasure` `naming` `forgotten` |
//! | places | `places` `seats` `seating` `asking` |
//! | items | `items` `item_writes` `item_approvals` `attachments` `words` `holding` `shelf` `deposit` `feeds` `cancelling` |
//! | drafts | `drafts` `desk_drafts` `draft_files` |
//! | editions and letters | `editions` `urgent` `planning` `addressees` `pieces` `revising` `approvals` `mailings` `shown` `went` `holders` |
//! | letters on their way | `outbox` `claims` `workers` `settling` `presumed` `pacing` `ledger` `rejected` `inbox` |
//! | short mails | `notices` `reminders` `alerts` |
//! | what people say | `feedback` `taps` `probes` `hits` `answers` `offers` `promises` `promise_writes` |
//! | who comes in | `doors` `accounts` `account_changes` `staff_sessions` `second_factor` `identities` |
//! | sums, and what goes | `processing` `waiting` `retention` |

mod account_changes;
mod accounts;
mod addressees;
mod alerts;
mod answers;
mod approvals;
mod asking;
mod attachments;
mod bases;
mod bounded;
mod came_by;
mod cancelling;
mod change;
mod changes;
mod claims;
mod colliding;
mod db;
mod deposit;
mod desk_drafts;
mod doors;
mod dossier;
mod draft_files;
mod drafts;
mod editions;
mod effects;
mod erasure;
mod error;
mod feedback;
mod feeds;
mod folding;
mod forgotten;
mod former;
mod forum;
mod forum_writes;
mod goals;
mod held;
mod hits;
mod holders;
mod holding;
mod identities;
mod imports;
mod inbox;
mod item_approvals;
mod item_writes;
mod items;
mod keys;
mod ledger;
mod looking;
mod mailboxes;
mod mailings;
mod merged;
mod merging;
mod migrating;
mod moving;
mod naming;
mod notices;
mod offers;
mod open;
mod outbox;
mod pacing;
mod people;
mod pieces;
mod places;
mod planning;
mod preferences;
mod presumed;
mod probes;
mod processing;
mod promise_writes;
mod promises;
mod rejected;
mod reminders;
mod reports;
mod represented;
mod retention;
mod revising;
mod rights;
mod seating;
mod seats;
mod second_factor;
mod settling;
mod shelf;
mod shown;
mod sign_ups;
mod soundness;
mod staff_sessions;
mod standing;
mod statement;
mod status_cause;
mod suspensions;
mod taps;
mod undoing;
mod union_grounds;
mod urgent;
mod waiting;
mod went;
mod words;
mod workers;

pub use account_changes::{AccountChange, AccountChanged};
pub use accounts::{AccountRow, NewAccount};
pub use addressees::{AddresseeRow, CarriedTitles, LetterItem};
pub use alerts::{AlertRow, NewAlert};
pub use answers::{AnswerRow, AnswerSumRow, EventAnswer, GivenAnswerRow, NewAnswer, NewAnswersRow};
pub use approvals::{ApprovalRow, LastEdition, PlanStamp};
pub use asking::AskedHolder;
pub use attachments::{AttachmentRow, NewAttachment};
pub use came_by::{CameByRow, OnwardRow};
pub use cancelling::{CALLED_OFF, CancellationRow, ConcernedRow};
pub use change::{Change, LOOK_BACK_DAYS};
pub use changes::{ChangeFilter, ChangeRow};
pub use colliding::again_on_collision;
pub use db::{Db, Tx};
pub use deposit::{DepositFileRow, DepositFilter, DepositedRow, ItemLogRow};
pub use desk_drafts::{DeskDraftRow, FilledIn, NewDeskDraft};
pub use doors::{DeviceRow, KnockRow, KnownRow, LinkRow, NewKnock, NewLink};
pub use dossier::{Dossier, PersonRow, TakenPart};
pub use drafts::{DraftLimits, DraftRow, NewDraft, SentIn};
pub use editions::{DueItem, EditionRow, NewEdition};
pub use effects::{EffectLineRow, EffectPageRow, NewEffectPage, SeatedKindRow, SentRow};
pub use erasure::{ErasureOrder, HoldingItem, TablesLeft};
pub use error::{DiskFailure, Hindrance, REMEDY_FOR_TABLES, REMEDY_IF_UNRELEASED, StoreError};
pub use feedback::{LetterItemRow, LetterRow, SubscriptionRow};
pub use feeds::{FeedReaderRow, FeedRow};
pub use folding::{NamingDraft, NamingVersion};
pub use forgotten::{ErasedRows, LeftSeat};
pub use former::FormerAddressOf;
pub use forum::{FormerTimesRow, ForumRow, GroupRow, GroupSectorRow, OrganisationRow, TermRow};
pub use forum_writes::{ForumSettingsRow, NewTerm, TermUses};
pub use goals::{GoalRow, NewGoal};
pub use held::{ConsentRow, FormerAddressRow, HeldByDoors, LinkedRow, NoticedRow};
pub use hits::{HitMonthRow, HitRow, MailingSumRow, NotForMeRow, PassedOnSum, ProbedRow, SentSumRow};
pub use holding::Shifted;
pub use identities::{ErrandRow, IdentityRow, NewErrand};
pub use imports::{ImportView, KnownPerson, KnownTerm, SeatLike};
pub use inbox::{GotRow, InboxRow};
pub use item_approvals::{ApprovalStamp, ItemApprovalRow, UnsentItemRow, VersionFileRow, VersionTextRow};
pub use item_writes::{NewItem, NewVersion, NextVersion};
pub use items::ItemRow;
pub use ledger::{Arrival, DeliveryRow};
pub use looking::{ItemOfRow, LetterOfRow, OwnRow, ReportOfRow};
pub use mailboxes::MailboxRow;
pub use mailings::{GotCount, MailedRow, StateCount};
pub use merging::{MergeOrder, MergeRow};
pub use moving::{Copied, CopiedTable, CopyError, CopyOrder, ReplacedNul, Target};
pub use naming::Naming;
pub use notices::{NewNotice, NoticeEnding, NoticeRow};
pub use offers::{GivenOfferRow, NewOffer, OfferLimits, OfferRow, Offered};
pub use open::{Found, LOG_FILTER, Store, place_of};
pub use outbox::{CLAIM_AT_MOST, ClaimScope, Claimed, DeliveryState};
pub use pacing::{DomainPaceRow, FinalReply, PauseCause};
pub use people::{ChangedRecipient, NewOrganisation, NewRecipient};
pub use pieces::PieceRow;
pub use places::{OrganisationCountRow, PlaceRow, VacantCountRow};
pub use planning::{
    HeldItem, LedgerView, OwedItem, PlannedDigest, PlannedItem, PlannedLetter, TakenSeat, TapRow,
};
pub use preferences::{By, MadeChange, PreferenceChanges, TermName};
pub use probes::{ProbeAnswer, ProbeStanding};
pub use processing::ProcessingCounts;
pub use promise_writes::{PromiseWord, SaidPromise, StandingPromise};
pub use promises::{GroupSeatRow, PromiseRow, SeatAddressRow};
pub use rejected::Resending;
pub use reminders::ReminderCandidate;
pub use reports::{KeptMail, NewReport, SoftBounce};
pub use represented::{RepresentedName, RepresentedRow};
pub use retention::{GOING_COUNTED_TO, KeptKind};
pub use revising::RevisedLetter;
pub use rights::LeftPlaceRow;
pub use seating::{SeatableRow, Span};
pub use seats::{OpenedSeat, SeatRow};
pub use second_factor::{PasswordRow, ProofsRow};
pub use settling::{Ending, Moved, Outcome, Settled};
pub use shelf::{ShelfFilter, ShelfPlace, ShelfRow};
pub use shown::{ItemSlug, ShownDigest, ShownItem};
pub use sign_ups::{SignUp, WordingRow};
pub use soundness::{Wholeness, has_forum};
pub use staff_sessions::{SessionRow, StaffRow};
pub use standing::{HeldSeatRow, RecipientRow, StandingRows};
pub use statement::{Arg, One, Record, Sql};
pub use status_cause::StatusCause;
pub use suspensions::{QuestionRow, Resumption};
pub use taps::Answer;
pub use undoing::{PreferenceHistoryRow, Undone};
pub use union_grounds::{
    GroundHeldRow, GroundOfRow, GroundlessRow, OpenGroundRow, SettledGround, UnionSeatRow,
};
pub use waiting::{BeginningRow, UncertainRow, VacantSeatRow};
pub use went::{VersionChoiceRow, WentRow};
pub use words::{Compared, FoundStem, IndexedRow, ItemStems, NewStem, SoughtStem};
pub use workers::{NewWorker, Orphan, WorkerAtWork, WorkerRow, WorkerSession};
