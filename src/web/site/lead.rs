//! What the desk reads and writes: who comes, their sessions, what waits.

use std::collections::HashSet;

use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Reading, Site, Writing};
use crate::clock::random_bytes;
use crate::forum::{Cadence, EmailAddress, Forum, Language};
use crate::ids::{AccountId, ItemId, RecipientId};
use crate::pipeline::list_coming_editions;
use crate::staff::doors;
use crate::store::{
    AccountRow, BeginningRow, LinkRow, QuestionRow, SessionRow, StaffRow, UncertainRow, VacantSeatRow,
};
use crate::token::{device_secret, hash_of_secret};
use crate::web::desk_frame::DeskFrame;
use crate::web::needs::Need;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;
use crate::web::templates::{Content, Frame};

impl Site {
    /// What a page of the desk needs of who comes; none if there is no such page.
    pub(in crate::web) fn need_of(&self, path: &str) -> Option<Need> {
        self.0.needs.iter().find(|(own, _)| *own == path).map(|(_, need)| *need)
    }

    /// The name of the cookie of the desk.
    pub(in crate::web) fn desk_cookie_name(&self, forum: &Forum) -> String {
        format!("{}treff-desk-{}", self.cookie_prefix(), forum.settings.slug)
    }

    /// A cookie that holds `secret` as long as a session may last; one that is emptied without.
    pub(in crate::web) fn desk_cookie(&self, forum: &Forum, secret: Option<&str>) -> String {
        self.cookie_of(&self.desk_cookie_name(forum), secret, TimeDelta::days(doors::SESSION_DAYS))
    }

    /// A page of the desk as an answer.
    pub(in crate::web) fn desk_page<C: Content>(&self, staff: &Staff, page: &C) -> Result<Response, Refusal> {
        let frame = self.frame(Some(&staff.forum), staff.language);
        let is_open =
            |path: &str| staff.is_proved() && self.need_of(path).is_some_and(|need| staff.meets(need));
        let desk = DeskFrame::around(staff, self.words(staff.language), is_open);
        let frame = Frame { desk: Some(desk), ..frame };
        let html = self.0.templates.render(&frame, page)?;
        Ok(([(header::CONTENT_LANGUAGE, staff.language.tag())], Html(html)).into_response())
    }
}

impl Reading {
    /// Who is signed in where the cookie holds this secret.
    pub(in crate::web) async fn staff(&self, secret: &str) -> Result<Option<StaffRow>, Refusal> {
        Ok(self.store().find_staff(&hash_of_secret(secret), self.0.now()).await?)
    }

    /// The page to come to, if the link was used to open the session of that secret, and that is open: its button was
    /// pressed twice.
    pub(in crate::web) async fn find_signed_in(
        &self,
        token: &str,
        secret: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some(link) = self.used_link(token).await? else { return Ok(None) };
        let row = self.staff(secret).await?;
        let is_theirs = row.is_some_and(|row| doors::account_of(&link) == Some(row.account));
        Ok(is_theirs.then(|| doors::next_of_link(&link)))
    }

    /// Slugs of the groups that an account writes for.
    pub(in crate::web) async fn led_groups(&self, id: AccountId) -> Result<Vec<String>, Refusal> {
        Ok(self.store().list_led_groups(id).await?)
    }

    /// The items that came of drafts that somebody wrote something of.
    pub(in crate::web) async fn items_written_by(&self, staff: &Staff) -> Result<HashSet<ItemId>, Refusal> {
        Ok(self.store().list_items_written_by(&staff.actor()).await?.into_iter().collect())
    }

    /// An account by its key.
    pub(in crate::web) async fn account(&self, id: AccountId) -> Result<Option<AccountRow>, Refusal> {
        Ok(self.store().list_accounts().await?.into_iter().find(|account| account.id == id))
    }

    /// An account's open sessions, the newest first.
    pub(in crate::web) async fn sessions(&self, id: AccountId) -> Result<Vec<SessionRow>, Refusal> {
        Ok(self.store().list_sessions(id, self.0.now()).await?)
    }

    /// The editions to come, the first of each cadence, in their order; before them those that are due and wait for
    /// approval, instead of the next of their cadence.
    pub(in crate::web) async fn coming_editions(&self) -> Result<Vec<(Cadence, DateTime<Utc>)>, Refusal> {
        let library = self.library().await?;
        let mut coming = self.due_editions(&library).await?;
        let later = list_coming_editions(&library.forum, &library.items, self.0.now());
        let is_later = |(cadence, _): &(Cadence, DateTime<Utc>)| coming.iter().all(|(due, _)| due != cadence);
        let later: Vec<_> = later.into_iter().filter(is_later).collect();
        coming.extend(later);
        Ok(coming)
    }

    /// How far the forum has come on its way to its first mailing; none once letters were written.
    pub(in crate::web) async fn beginning(&self) -> Result<Option<BeginningRow>, Refusal> {
        Ok(self.store().find_beginning().await?)
    }

    /// "Who has this place now?", as far as it is open: how often it is asked, and the oldest, at most so many.
    pub(in crate::web) async fn questions(&self, at_most: i64) -> Result<(i64, Vec<QuestionRow>), Refusal> {
        Ok(self.store().list_questions(at_most).await?)
    }

    /// The same about somebody's places.
    pub(in crate::web) async fn question_about(
        &self,
        id: RecipientId,
    ) -> Result<Option<QuestionRow>, Refusal> {
        Ok(self.store().find_question(id).await?)
    }

    /// How many places nobody has that are the account's to see, and at most so many of them.
    pub(in crate::web) async fn vacant_seats(
        &self,
        staff: &Staff,
        at_most: i64,
    ) -> Result<(i64, Vec<VacantSeatRow>), Refusal> {
        let own = staff.reach.organisation();
        let seats = self.store().list_vacant_seats(self.0.now(), own, at_most).await?;
        Ok((seats.first().map_or(0, |seat| seat.all), seats))
    }

    /// How many letters may not have arrived, and at most so many of them.
    pub(in crate::web) async fn uncertain_letters(
        &self,
        at_most: i64,
    ) -> Result<(i64, Vec<UncertainRow>), Refusal> {
        let count = self.store().count_uncertain_letters().await?;
        Ok((count, self.store().list_uncertain_letters(at_most).await?))
    }
}

impl Writing {
    /// Writes down that somebody asks for the link to the desk.
    pub(in crate::web) async fn ask_for_desk(
        &self,
        address: &EmailAddress,
        language: Language,
        next: &str,
    ) -> Result<(), Refusal> {
        Ok(doors::ask_for_link(&self.0.0.store, address, language, next, self.0.now()).await?)
    }

    /// Uses a link to the desk up and opens a session whose cookie holds `secret`: the page to come to. None if it was used.
    pub(in crate::web) async fn sign_in_at_desk(
        &self,
        link: &LinkRow,
        (secret, browser): (&str, &str),
    ) -> Result<Option<String>, Refusal> {
        let hash = hash_of_secret(secret);
        Ok(doors::sign_in(&self.0.0.store, link, (&hash, browser), self.0.now()).await?)
    }

    /// Opens a session for the first account there is: the demo's lead. The secret of its cookie; none if there is none.
    pub(in crate::web) async fn sign_in_as_first(&self, browser: &str) -> Result<Option<String>, Refusal> {
        let (store, now) = (&self.0.0.store, self.0.now());
        let Some(account) = store.list_accounts().await?.into_iter().next() else { return Ok(None) };
        let secret = device_secret(random_bytes());
        let hash = hash_of_secret(&secret);
        let mut tx = store.begin().await?;
        let until = doors::session_expires_at(now, now);
        let session = tx.open_session(now, account.id, (&hash, browser), until).await?;
        tx.prove_session(session, now).await?;
        tx.commit().await?;
        Ok(Some(secret))
    }

    /// Notes that a session is in use, now and then.
    pub(in crate::web) async fn note_session(&self, row: &StaffRow) -> Result<(), Refusal> {
        let now = self.0.now();
        if doors::is_to_be_noted(row.used_at, now) {
            let until = doors::session_expires_at(row.opened_at, now);
            self.0.0.store.use_session(row.account, row.session, until, now).await?;
        }
        Ok(())
    }

    /// Closes one session of whoever asks, or all of them.
    pub(in crate::web) async fn close_sessions(&self, own: &Staff, one: Option<i64>) -> Result<u64, Refusal> {
        Ok(self.0.0.store.close_sessions(own.account, one, &own.actor(), self.0.now()).await?)
    }

    /// Says what the desk speaks to an account; none: as the browser prefers.
    pub(in crate::web) async fn set_account_language(
        &self,
        id: AccountId,
        language: Option<Language>,
    ) -> Result<(), Refusal> {
        let tag = language.map(Language::tag);
        Ok(self.0.0.store.set_account_language(id, tag, self.0.now()).await?)
    }
}
