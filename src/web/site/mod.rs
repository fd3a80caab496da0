//! What every handler shares, behind two doors: [`Reading`] has no way to write, and [`Writing`] is
//! handed out to POST only. So GET and HEAD cannot change anything, by construction.

mod access;
mod accounts;
pub(super) mod archive;
mod beside;
mod changed;
mod deposit;
mod effects;
mod everyone;
mod grounds;
mod hits;
mod houses;
mod inbox;
mod lead;
mod letters;
mod mail;
mod mailing;
mod merging;
mod part;
mod partners;
mod people;
mod prefs;
mod presses;
mod probes;
mod progress;
mod promises;
mod proofs;
mod queue;
mod represented;
mod settings;
mod sheets;
mod shown;
mod topics;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::{Mutex, Semaphore};

use super::assets::Assets;
use super::item_view::Pen;
use super::limits::Limits;
use super::mailbox::Mailbox;
use super::needs::Need;
use super::refusal::{Refusal, Why};
use super::templates::{Content, Frame, Nav, Templates};
use super::words::{TemplateError, Words};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::content::Item;
use crate::feedback::links::{self, LinkError, Subscription};
use crate::forum::{Forum, Language, Recipient};
use crate::ids::{DeliveryId, ItemId, RecipientId};
use crate::intake::item_index;
use crate::letter::Locales;
use crate::matching::Sight;
use crate::oidc::House;
use crate::pipeline::Pipeline;
use crate::store::{EditionRow, GotRow, InboxRow, KeptKind, Store};
use crate::token::Keys;
use crate::world::{self, KeptForum, KeptIndex, WorldError};

pub(super) use effects::Material;
pub(super) use everyone::{Named, People};
pub(super) use grounds::UnionGrounds;
pub(super) use hits::Accuracy;
pub(super) use inbox::Whose;
pub(super) use mail::NotTried;
pub(super) use mailing::{Spread, Tally};
pub(super) use people::{Look, PLACES, read_successor};
pub(super) use prefs::Library;
pub(super) use presses::{BRIEFLY, PAGE_LASTS, name_press};
pub(super) use probes::Probe;
pub(super) use queue::Way;

/// Which pages there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// `treff demo`: the inbox of all letters stands open.
    Demo,
    /// `treff serve`: what holders of links, staff and the public may see.
    Serve,
}

/// What all requests share.
#[derive(Clone)]
pub(super) struct Site(Arc<Shared>);

struct Shared {
    store: Store,
    forum: KeptForum,
    index: KeptIndex,
    clock: Clock,
    config: Config,
    keys: Keys,
    templates: Templates,
    locales: Locales,
    assets: Assets,
    limits: Limits,
    root: String,
    needs: Vec<(&'static str, Need)>,
    stretching: Semaphore,
    trying: Semaphore,
    reading: Arc<Semaphore>,
    houses: Vec<House>,
    library: Mutex<Option<Arc<Library>>>,
    desk: queue::Kept,
    mailing: mailing::Kept,
    hits: hits::Kept,
    pipeline: Pipeline,
}

impl Site {
    /// Loads keys, templates and files once. `needs` are the pages of the desk, each with what it needs.
    pub(super) async fn open(app: &App, needs: Vec<(&'static str, Need)>) -> anyhow::Result<Site> {
        let assets = Assets::load();
        Ok(Site(Arc::new(Shared {
            store: app.store.clone(),
            forum: KeptForum::default(),
            index: open_index(app).await?,
            clock: app.clock.clone(),
            keys: app.keys().await?,
            templates: Templates::load(&assets)?,
            locales: Locales::load()?,
            root: path_of(&app.config.base_url).to_owned(),
            config: app.config.clone(),
            limits: Limits::default(),
            assets,
            needs,
            stretching: Semaphore::new(proofs::STRETCHED_AT_ONCE),
            trying: Semaphore::new(mail::TRIALS_AT_ONCE),
            reading: Arc::new(Semaphore::new(sheets::READ_AT_ONCE)),
            houses: houses::open_houses(app)?,
            library: Mutex::new(None),
            desk: queue::Kept::default(),
            mailing: mailing::Kept::default(),
            hits: hits::Kept::default(),
            pipeline: Pipeline::build(app).await?,
        })))
    }

    /// The hashed files.
    pub(super) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// The operator's settings.
    pub(super) fn config(&self) -> &Config {
        &self.0.config
    }

    /// The words of a reader's language.
    pub(super) fn words(&self, language: Language) -> &Words {
        self.0.templates.words(language)
    }

    /// Where letters lie, if they do not leave the machine.
    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox::of(&self.0.config)
    }

    /// What an item page is written with.
    pub(super) fn pen<'a>(&'a self, forum: &'a Forum, language: Language) -> Pen<'a> {
        let (words, locale) = (self.words(language), self.0.locales.get(language));
        Pen { forum, language, words, locale, today: self.today(forum) }
    }

    /// The present instant.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The present day where the forum is.
    pub(super) fn today(&self, forum: &Forum) -> NaiveDate {
        self.now().with_timezone(&forum.settings.zone).date_naive()
    }

    /// A page as HTML.
    pub(super) fn render<C: Content>(
        &self,
        forum: Option<&Forum>,
        language: Language,
        nav: Option<Nav>,
        page: &C,
    ) -> Result<String, TemplateError> {
        self.0.templates.render(&Frame { nav, ..self.frame(forum, language) }, page)
    }

    fn frame(&self, forum: Option<&Forum>, language: Language) -> Frame {
        let operators = || self.0.config.file.sender.postal_address.clone();
        Frame {
            forum: forum.map_or_else(|| "Treff".to_owned(), |forum| forum.settings.name.clone()),
            language,
            root: self.0.root.clone(),
            postal_address: forum.map_or_else(operators, |forum| self.sender(forum).postal_address),
            nav: None,
            desk: None,
        }
    }

    /// A page as an answer.
    pub(super) fn page<C: Content>(
        &self,
        forum: &Forum,
        language: Language,
        page: &C,
    ) -> Result<Response, Refusal> {
        self.page_with(forum, language, None, page)
    }

    /// The same; with the way around in its head for who is signed in.
    pub(super) fn page_with<C: Content>(
        &self,
        forum: &Forum,
        language: Language,
        nav: Option<Nav>,
        page: &C,
    ) -> Result<Response, Refusal> {
        let html = self.render(Some(forum), language, nav, page)?;
        Ok(([(header::CONTENT_LANGUAGE, language.tag())], Html(html)).into_response())
    }

    /// The page that leads out of all letters.
    pub(super) async fn unsubscribe_path(&self, recipient: RecipientId) -> Result<String, Refusal> {
        let token = links::unsubscribe_token(&self.0.store, &self.0.keys, recipient).await?;
        Ok(token.map_or_else(String::new, |token| format!("/u/{token}")))
    }

    /// The forum as it is now; `None` if it was never applied or cannot be read.
    pub(super) async fn find_forum(&self) -> Option<Arc<Forum>> {
        self.0.forum.load(&self.0.store).await.ok()
    }
}

/// What there is to search. Items that were stored before there was an index of words, or by an older analysis, are
/// taken apart now. What cannot be read is searched later: the pages open all the same.
async fn open_index(app: &App) -> anyhow::Result<KeptIndex> {
    let index = KeptIndex::default();
    let Some(forum) = world::load_forum(&app.store).await.ok() else { return Ok(index) };
    match item_index::index_items(&app.store, &forum, app.clock.now()).await {
        Ok(0) => {}
        Ok(items) => tracing::info!(items, "items were indexed for searching"),
        Err(WorldError::Store(error)) => return Err(error.into()),
        Err(error) => tracing::warn!(error = %error, "some items cannot be searched"),
    }
    index.warm(&app.store).await?;
    Ok(index)
}

/// The path of an address, without a slash at the end: empty for `https://forum.example`.
fn path_of(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| rest[at..].trim_end_matches('/'))
}

impl From<LinkError> for Refusal {
    fn from(error: LinkError) -> Refusal {
        match error {
            LinkError::Unknown => Why::NotFound.into(),
            LinkError::Revoked => Why::Gone.into(),
            other => Refusal::broken(&other),
        }
    }
}

/// What may be read. Holds no store that a handler could reach.
pub(super) struct Reading(pub(super) Site);

impl FromRequestParts<Site> for Reading {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        Ok(Reading(site.clone()))
    }
}

impl Reading {
    fn store(&self) -> &Store {
        &self.0.0.store
    }

    /// The forum.
    pub(super) async fn forum(&self) -> Result<Arc<Forum>, Refusal> {
        Ok(self.0.0.forum.load(self.store()).await?)
    }

    /// How many days data of `kind` is kept.
    pub(super) async fn retention_days(&self, kind: KeptKind) -> Result<i64, Refusal> {
        Ok(self.store().list_retention().await?.get(&kind).copied().unwrap_or(0))
    }

    /// Whom an unsubscribe token is for.
    pub(super) async fn subscription(&self, token: &str) -> Result<Subscription, Refusal> {
        Ok(links::open_subscription(self.store(), &self.0.0.keys, token).await?)
    }

    /// Every recipient who is not erased.
    pub(super) async fn recipients(&self, forum: &Forum) -> Result<Vec<Recipient>, Refusal> {
        Ok(world::load_recipients(self.store(), forum).await?)
    }

    /// Every item.
    pub(super) async fn items(&self, forum: &Forum) -> Result<Vec<Item>, Refusal> {
        Ok(world::load_items(self.store(), forum).await?)
    }

    /// The newest letters of all recipients.
    pub(super) async fn inbox(&self, at_most: i64) -> Result<Vec<InboxRow>, Refusal> {
        Ok(self.store().list_inbox(at_most).await?)
    }

    /// One letter, whoever's it is.
    pub(super) async fn inbox_letter(&self, id: DeliveryId) -> Result<Option<InboxRow>, Refusal> {
        Ok(self.store().find_inbox_letter(id).await?)
    }

    /// Who got what.
    pub(super) async fn got(&self) -> Result<Vec<GotRow>, Refusal> {
        Ok(self.store().list_got().await?)
    }

    /// What a letter names as coming next.
    pub(super) async fn carried_over(&self, id: DeliveryId) -> Result<Vec<ItemId>, Refusal> {
        let Some(row) = self.store().find_letter(id).await? else { return Ok(Vec::new()) };
        Ok(serde_json::from_str(&row.carried_over)?)
    }

    /// What everyone is owed.
    pub(super) async fn carried(&self) -> Result<Vec<(RecipientId, ItemId)>, Refusal> {
        Ok(self.store().list_carried().await?)
    }

    /// Every edition.
    pub(super) async fn editions(&self) -> Result<Vec<EditionRow>, Refusal> {
        Ok(self.store().list_editions().await?)
    }

    /// A public item by its slug.
    pub(super) async fn public_item(&self, forum: &Forum, slug: &str) -> Result<Item, Refusal> {
        self.readable_item(forum, &Sight::of_everyone(self.0.now()), slug).await
    }
}

/// What may be written: handed out for POST and nothing else.
pub(super) struct Writing(Site);

impl FromRequestParts<Site> for Writing {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        Writing::for_post(site, &parts.method).ok_or_else(|| Why::Method.into())
    }
}

impl Writing {
    /// None for another method.
    pub(super) fn for_post(site: &Site, method: &Method) -> Option<Writing> {
        (*method == Method::POST).then(|| Writing(site.clone()))
    }

    /// The same site to read from.
    pub(super) fn reading(&self) -> Reading {
        Reading(self.0.clone())
    }

    /// Ends a recipient's letters.
    pub(super) async fn unsubscribe(&self, id: RecipientId, how: &str) -> Result<(), Refusal> {
        self.0.0.store.unsubscribe_recipient(id, how, self.0.now()).await?;
        Ok(())
    }

    /// Takes that back; false if there was nothing to take back.
    pub(super) async fn take_back_unsubscribing(&self, id: RecipientId) -> Result<bool, Refusal> {
        Ok(self.0.0.store.take_back_unsubscribing(id, self.0.now()).await?)
    }
}
