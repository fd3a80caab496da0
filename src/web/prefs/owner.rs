//! Whose preferences a page shows and changes, and through which door they came.

use std::sync::Arc;

use axum::response::Response;
use chrono::NaiveDate;

use crate::content::Item;
use crate::feedback::links::is_open_by_link;
use crate::forum::{Forum, Language, Recipient};
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Library, Reading};
use crate::web::templates::Content;
use crate::web::visitor::Whose;
use crate::web::words::Words;

/// Whose page it is, with all items of the forum as it was when their rows were read.
pub(super) struct Owner {
    pub(super) library: Arc<Library>,
    pub(super) recipient: Recipient,
    /// Keep groups and positions out of what the page says (see `OpenLetter::discreet`).
    pub(super) discreet: bool,
    /// Titles of items for groups may be shown: not to who comes by a letter's link.
    pub(super) sees_restricted: bool,
    /// The path under which their pages lie: `/l/TOKEN` or `/me`.
    pub(super) base: String,
    /// The local day.
    pub(super) today: NaiveDate,
    /// The door.
    whose: Whose,
}

impl Owner {
    /// The person of `whose`, read in the library's terms.
    pub(super) async fn of(reading: &Reading, whose: Whose) -> Result<Owner, Refusal> {
        let library = reading.library().await?;
        let recipient = reading.recipient(&library.forum, whose.recipient.id).await?;
        Ok(Owner {
            recipient: recipient.ok_or(Refusal::from(Why::Gone))?,
            discreet: whose.discreet,
            sees_restricted: whose.is_trusted(),
            base: whose.door.base(),
            today: reading.0.today(&library.forum),
            library,
            whose,
        })
    }

    /// The same after something was changed.
    pub(super) async fn again(self, reading: &Reading) -> Result<Owner, Refusal> {
        let whose = self.whose.again(reading).await?;
        Owner::of(reading, whose).await
    }

    /// A page as an answer.
    pub(super) fn page<C: Content>(&self, reading: &Reading, page: &C) -> Result<Response, Refusal> {
        self.whose.page(&reading.0, page)
    }

    /// The way to their own pages, where it does not stand in the head.
    pub(super) fn own_pages(&self) -> Option<String> {
        self.whose.door.own_pages()
    }

    pub(super) fn forum(&self) -> &Forum {
        &self.library.forum
    }

    pub(super) fn language(&self) -> Language {
        self.recipient.language
    }

    pub(super) fn words<'a>(&self, reading: &'a Reading) -> &'a Words {
        reading.0.words(self.recipient.language)
    }

    /// Whether the page may say the item's title.
    pub(super) fn may_see(&self, item: &Item) -> bool {
        self.sees_restricted || is_open_by_link(item.visibility)
    }
}
