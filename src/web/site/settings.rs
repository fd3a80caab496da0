//! The settings' doors: the forum as a file, and its settings changed.

use super::{Reading, Site, Writing};
use crate::forum::{Basis, Cadence, Forum, ForumSettings, House, Language, TextPlace};
use crate::intake::forum_apply::{ApplyError, How, change_forum, read_forum_as_file};
use crate::letter::Masthead;
use crate::pipeline::{Going, count_going};
use crate::store::{KeptKind, ProcessingCounts, WordingRow};
use crate::web::mailbox::{Mail, take_apart};
use crate::web::refusal::{Refusal, Why};
use crate::web::staff::Staff;
use crate::web::words::fill;

impl Site {
    /// Who sends, as the operator's settings alone say it.
    pub(in crate::web) fn operators_masthead(&self, forum: &Forum) -> Result<Masthead, Refusal> {
        let settings = ForumSettings { house: House::default(), ..forum.settings.clone() };
        Masthead::new(&settings, self.config()).map_err(|error| Refusal::broken(&error))
    }

    /// What stands in a place to a reader of `language`: the forum's own words, else ours; none where nothing is said.
    pub(in crate::web) fn said(&self, forum: &Forum, place: TextPlace, language: Language) -> Option<String> {
        let own = forum.settings.house.texts.said(place, language);
        own.map(str::to_owned).or_else(|| self.ours(forum, place, language))
    }

    /// What stands there while the forum says nothing itself.
    pub(in crate::web) fn ours(&self, forum: &Forum, place: TextPlace, language: Language) -> Option<String> {
        let words = &self.words(language).access.sign_up;
        match place {
            TextPlace::SignUp => Some(words.lead.clone()),
            TextPlace::Consent => {
                let set = self.privacy(forum);
                let controller = set.controller.as_deref().unwrap_or(&forum.settings.name);
                Some(fill(&words.consent, &[("forum", &forum.settings.name), ("controller", controller)]))
            }
            TextPlace::Welcome | TextPlace::Privacy => None,
        }
    }
}

impl Reading {
    /// The forum as a forum file says it.
    pub(in crate::web) async fn forum_file(&self) -> Result<String, Refusal> {
        Ok(read_forum_as_file(self.store()).await?.to_string())
    }

    /// The HTML of a letter as the forum's letters look now: their own coming one if they get one.
    pub(in crate::web) async fn look(&self, staff: &Staff) -> Result<Mail, Refusal> {
        let email = staff.email.parse().map_err(|error| Refusal::broken(&error))?;
        let written = Box::pin(self.0.0.pipeline.write_look(&email, &staff.name, staff.language)).await;
        let bytes = written.map_err(|error| Refusal::broken(&error))?;
        take_apart(&bytes).ok_or_else(|| Why::NotFound.into())
    }

    /// Of how many people what is held.
    pub(in crate::web) async fn processing_counts(&self) -> Result<ProcessingCounts, Refusal> {
        Ok(self.store().count_processing(self.0.now()).await?)
    }
}

impl Reading {
    /// How many days each kind of data is kept.
    pub(in crate::web) async fn kept_days(&self) -> Result<Vec<(KeptKind, i64)>, Refusal> {
        let days = self.store().list_retention().await?;
        Ok(KeptKind::ALL.into_iter().filter_map(|kind| Some((kind, *days.get(&kind)?))).collect())
    }

    /// What goes by the next day if these are kept so many days.
    pub(in crate::web) async fn count_going(&self, days: &[(KeptKind, i64)]) -> Result<Vec<Going>, Refusal> {
        Ok(count_going(self.store(), days, self.0.now()).await?)
    }
}

impl Reading {
    /// The newest wordings of consent that somebody agreed to.
    pub(in crate::web) async fn list_wordings(&self, at_most: i64) -> Result<Vec<WordingRow>, Refusal> {
        Ok(self.store().list_wordings(at_most).await?)
    }

    /// How many of those with (or without) a place are kept on another basis, and not by consent.
    pub(in crate::web) async fn count_other_bases(
        &self,
        basis: Basis,
        has_place: bool,
    ) -> Result<i64, Refusal> {
        Ok(self.store().count_other_bases(basis.word(), has_place, self.0.now()).await?)
    }
}

impl Writing {
    /// Puts those with (or without) a place on a basis; how many that were.
    pub(in crate::web) async fn change_bases(
        &self,
        staff: &Staff,
        basis: Basis,
        has_place: bool,
    ) -> Result<u64, Refusal> {
        let (actor, now) = (staff.actor(), self.0.now());
        Ok(self.0.0.store.change_bases(basis.word(), has_place, &actor, now).await?)
    }

    /// Keeps each kind of data so many days, if it is kept as many as `standing` says; else false, and nothing is done.
    pub(in crate::web) async fn keep_days(
        &self,
        staff: &Staff,
        standing: &[(KeptKind, i64)],
        days: &[(KeptKind, i64)],
    ) -> Result<bool, Refusal> {
        Ok(self.0.0.store.set_retention(standing, days, &staff.actor(), self.0.now()).await?)
    }

    /// Those of `rhythms` that people get letters by, with how many do.
    pub(in crate::web) async fn used_rhythms(
        &self,
        rhythms: &[Cadence],
    ) -> Result<Vec<(Cadence, i64)>, Refusal> {
        let mut tx = self.0.0.store.begin().await?;
        let mut used = Vec::new();
        for rhythm in rhythms {
            let count = tx.count_cadence_uses(rhythm.word()).await?;
            used.extend((count > 0).then_some((*rhythm, count)));
        }
        tx.undo().await?;
        Ok(used)
    }

    /// Makes the forum's settings what `edit` makes of those that stand, by the code of `treff forum apply`. `Err`: it makes
    /// nothing of them, they are not what was shown. Either way, who did it sees what stands now.
    pub(in crate::web) async fn change_seen_settings(
        &self,
        staff: Staff,
        edit: impl FnOnce(&ForumSettings) -> Option<ForumSettings>,
    ) -> Result<Result<Staff, Staff>, Refusal> {
        let how = How { actor: &staff.actor(), dry_run: false, now: self.0.now() };
        let changed = change_forum(&self.0.0.store, how, |file| {
            file.settings = edit(&file.settings).ok_or(ApplyError::Changed)?;
            Ok(())
        });
        let changed = changed.await;
        let staff = Staff { forum: self.reading().forum().await?, ..staff };
        match changed {
            Ok(_) => Ok(Ok(staff)),
            Err(ApplyError::Changed) => Ok(Err(staff)),
            Err(error) => Err(Refusal::broken(&error)),
        }
    }
}
