//! The flow, in order: open an edition, plan it, write its letters, send them.
//!
//! [`Pipeline::open_edition`] releases what is due and fixes what the edition reads;
//! [`Pipeline::plan_edition`] composes every recipient's digest and queues their letters, one
//! conditional write per batch; sending claims what is queued and asks the [`gate`](SendingGate)
//! just before. [`preview_edition`] walks the same way and stops before it writes.

mod alerts;
mod approval;
mod asking;
mod assembly;
mod cancelling;
mod changes;
mod coming;
mod digests;
mod due;
mod effects;
mod error;
mod gate;
mod kept;
mod late;
mod ledger;
mod letters;
mod look;
mod mailed_drafts;
mod next_letters;
mod notices;
mod occurrence;
mod outlook;
mod preview;
mod promises;
mod reminders;
mod retention;
mod revising;
mod run;
mod sample;
mod scheduler;
mod sending;
mod show;
mod templates;
mod welcome;

pub use approval::{EDITION_UNAPPROVED, approval_of, list_due_editions};
pub use assembly::LetterAssembly;
pub use cancelling::{Concerned, look_at_cancelling};
pub use changes::{CHANGE_UNAPPROVED, WaitingChange, approve_change, list_waiting_changes};
pub use coming::{
    Coming, ComingItem, ComingLetter, is_over_before_sent, list_coming_editions, next_letter_at,
    next_release, preview_letter,
};
pub use digests::{DigestView, EditionView, ItemView, Scene};
pub use effects::{
    GainOffer, GoalOffer, GroupOffer, MOST_GAINS, Offer, Sources, compose_effects, days_of, list_lines,
    offer_effects, publish_effects, read_effects,
};
pub use error::PipelineError;
pub use gate::{CHANGED_SINCE, NOTHING_LEFT, SendingGate};
pub use kept::{Going, count_going};
pub use late::{find_late, find_missed};
pub use ledger::{Holding, tap_of};
pub use next_letters::{letter_of, list_next_letters};
pub use notices::NoticeDesk;
pub use occurrence::{Occurrence, look_back_mark};
pub use outlook::{Fate, Outlook, OutlookItem, OutlookPerson, Without, look_at};
pub use preview::preview_edition;
pub use reminders::Reminders;
pub use retention::{Retention, Retired, apply_retention};
pub use run::Planned;
pub use sample::{NO_TOKEN, Sample, TestFate};
pub use scheduler::Scheduler;
pub use sending::RunCounts;
pub use show::show_edition;
pub use welcome::{Welcome, Welcomed};

use std::sync::{Arc, Mutex};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::forum::{Colour, ForumSettings};
use crate::letter::{Letters, Masthead};
use crate::store::Store;
use crate::token::Keys;

/// The templates in one colour, kept: to parse and try them takes as long as a few letters.
pub type Dyed = Arc<Mutex<Option<(Colour, Arc<Letters>)>>>;

/// What planning and sending work with.
#[derive(Clone)]
pub struct Pipeline {
    /// The ledger.
    pub store: Store,
    /// Real time.
    pub clock: Clock,
    /// The templates, parsed and tried.
    pub letters: Arc<Letters>,
    /// What signs links.
    pub keys: Keys,
    /// The operator's settings.
    pub config: Config,
    /// The templates in the colour that was last asked for; none at first.
    pub dyed: Dyed,
}

impl Pipeline {
    /// Builds what an app plans and sends with: the templates are parsed and tried here.
    pub async fn build(app: &App) -> anyhow::Result<Pipeline> {
        let overrides = app.config.file.templates.as_ref().map(|folder| app.config.folder.join(folder));
        Ok(Pipeline {
            store: app.store.clone(),
            clock: app.clock.clone(),
            letters: Arc::new(Letters::load(overrides.as_deref())?),
            keys: app.keys().await?,
            config: app.config.clone(),
            dyed: Dyed::default(),
        })
    }

    /// Who sends.
    fn masthead(&self, settings: &ForumSettings) -> Result<Masthead, PipelineError> {
        Ok(Masthead::new(settings, &self.config)?)
    }
}
