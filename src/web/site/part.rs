//! Taking part: what an event's page shows of answers, and recording one.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Reading, Site, Writing};
use crate::checkup::settings::{privacy_in_force, sender_in_force};
use crate::config::{Privacy, Sender};
use crate::content::ics::{self, Publisher};
use crate::content::{Contact, Fields, Item, LEAST_SUM, Wanted};
use crate::feedback::links::{self, OpenLetter, Opening};
use crate::feedback::notices::{NoticeReader, language_of, write_notice};
use crate::forum::{EmailAddress, Forum, Language, Recipient};
use crate::ids::{ItemId, RecipientId};
use crate::letter::{Masthead, Notice, Responded};
use crate::staff::Right;
use crate::store::{
    AnswerRow, DraftLimits, EventAnswer, GivenAnswerRow, GivenOfferRow, NewAnswer, NewAnswersRow, NewDraft,
    NewOffer, OfferLimits, OfferRow, Offered, SentIn,
};
use crate::web::calling::call;
use crate::web::refusal::{Refusal, Why};
use crate::world;

impl Reading {
    /// An event as a calendar file. It links to the public page or nowhere: calendars are shared, and a
    /// letter's link is personal.
    pub(in crate::web) fn calendar_of(
        &self,
        forum: &Forum,
        item: &Item,
        language: Language,
    ) -> Result<Response, Refusal> {
        let now = self.0.now();
        let base = &self.0.config().base_url;
        let url = links::is_shareable(item, now).then(|| format!("{base}/i/{}", item.slug));
        let masthead = self.0.masthead(forum)?;
        let publisher = self.0.publisher(forum, &masthead, language);
        let file = ics::write_event(item, publisher, language, now, url.as_deref()).ok_or(Why::NotFound)?;
        let headers = [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.ics\"", item.slug)),
        ];
        Ok((headers, file).into_response())
    }

    /// An event of the letter that was taken back, if its reader might open it otherwise.
    pub(in crate::web) async fn cancelled_event(
        &self,
        letter: &OpenLetter,
        public_id: &str,
    ) -> Result<Option<Item>, Refusal> {
        let Some(held) = letter.items.iter().find(|row| row.public_id == public_id) else { return Ok(None) };
        let items = world::load_items_by_ids(self.store(), &letter.forum, &[held.item]).await?;
        let cancelled = |item: &Item| {
            let (forum, reader) = (&letter.forum, &letter.recipient);
            let opening = links::decide_opening(forum, item, reader, letter.holder, self.0.now());
            opening == Opening::Withdrawn && matches!(item.fields, Fields::Event { .. })
        };
        Ok(items.into_iter().find(cancelled))
    }

    /// What a person says to an event.
    pub(in crate::web) async fn answer(
        &self,
        item: ItemId,
        recipient: RecipientId,
    ) -> Result<Option<AnswerRow>, Refusal> {
        Ok(self.store().find_answer(item, recipient).await?)
    }

    /// What a person offered to a request.
    pub(in crate::web) async fn offer(
        &self,
        item: ItemId,
        recipient: RecipientId,
    ) -> Result<Option<OfferRow>, Refusal> {
        Ok(self.store().find_offer(item, recipient).await?)
    }

    /// What everyone says to an event.
    pub(in crate::web) async fn given_answers(&self, item: ItemId) -> Result<Vec<GivenAnswerRow>, Refusal> {
        Ok(self.store().list_answers(item).await?)
    }

    /// What everyone offered to a request.
    pub(in crate::web) async fn given_offers(&self, item: ItemId) -> Result<Vec<GivenOfferRow>, Refusal> {
        Ok(self.store().list_offers(item).await?)
    }

    /// For which colleagues readers say that an item is right, where they named one.
    pub(in crate::web) async fn colleagues(&self, item: ItemId) -> Result<Vec<Option<String>>, Refusal> {
        Ok(self.store().list_passed_on(item).await?)
    }

    /// How many say that an item was not for them: only as a sum that tells of nobody.
    pub(in crate::web) async fn count_not_for_me(&self, item: ItemId) -> Result<Option<i64>, Refusal> {
        Ok(Some(self.store().count_not_for_me(item).await?).filter(|sum| *sum >= LEAST_SUM))
    }

    /// To which events and requests people said something new since `since`, and how many.
    pub(in crate::web) async fn new_answers(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<NewAnswersRow>, Refusal> {
        Ok(self.store().count_new_answers(since).await?)
    }

    /// The language that the holder of an address reads in, as far as it is known; else the forum's.
    pub(super) async fn language_of(
        &self,
        forum: &Forum,
        address: &EmailAddress,
    ) -> Result<Language, Refusal> {
        Ok(language_of(self.store(), forum, address.as_str()).await?)
    }

    /// Where the leads are reached whose right it is: their accounts, else whoever reads replies to letters.
    pub(super) async fn lead_addresses(
        &self,
        forum: &Forum,
        right: Right,
    ) -> Result<Vec<EmailAddress>, Refusal> {
        let accounts = self.store().list_lead_addresses(right.word(), self.0.now()).await?;
        let leads: Vec<EmailAddress> = accounts.iter().filter_map(|address| address.parse().ok()).collect();
        if leads.is_empty() { Ok(vec![self.0.masthead(forum)?.reply_address]) } else { Ok(leads) }
    }

    /// How many come, themselves or by another: only as a sum that tells of nobody.
    pub(in crate::web) async fn count_coming(&self, item: ItemId) -> Result<Option<i64>, Refusal> {
        let sums = self.store().count_answers(item).await?;
        let comes = |word: &str| EventAnswer::from_word(word).is_some_and(|a| a != EventAnswer::NotComing);
        let coming = sums.iter().filter(|sum| comes(&sum.answer)).map(|sum| sum.people).sum();
        Ok((coming >= LEAST_SUM).then_some(coming))
    }
}

/// How often a person's offers of help are told on.
const OFFERS: OfferLimits = OfferLimits { to_one_request: 5, in_a_day: 10 };

/// How much may be sent in.
const SENT_IN: DraftLimits = DraftLimits { all_in_an_hour: 30, one_in_a_day: 10 };

/// How long a mail that somebody can help makes sense.
const TOLD_WITHIN: TimeDelta = TimeDelta::days(3);

impl Site {
    /// Who sends, as letters say it.
    pub(in crate::web) fn masthead(&self, forum: &Forum) -> Result<Masthead, Refusal> {
        Masthead::new(&forum.settings, self.config()).map_err(|error| Refusal::broken(&error))
    }

    /// Who sends as the operator's settings say it, and as the forum's where those say something.
    pub(in crate::web) fn sender(&self, forum: &Forum) -> Sender {
        sender_in_force(self.config(), &forum.settings.house)
    }

    /// Who answers for personal data, likewise.
    pub(in crate::web) fn privacy(&self, forum: &Forum) -> Privacy {
        privacy_in_force(self.config(), &forum.settings.house)
    }

    /// Who publishes events.
    pub(in crate::web) fn publisher<'a>(
        &'a self,
        forum: &'a Forum,
        masthead: &'a Masthead,
        language: Language,
    ) -> Publisher<'a> {
        Publisher {
            settings: &forum.settings,
            reply_address: masthead.reply_address.as_str(),
            cancelled: &self.words(language).part.answer.cancelled,
        }
    }
}

impl Writing {
    /// Records what a person says to an event.
    pub(in crate::web) async fn record_answer(&self, new: &NewAnswer<'_>) -> Result<(), Refusal> {
        self.0.0.store.record_answer(new, self.0.now()).await?;
        Ok(())
    }
}

impl Writing {
    /// Records an offer of help, or an answer, and tells whoever asks; without an address of theirs, the leads.
    pub(in crate::web) async fn offer_help(
        &self,
        forum: &Forum,
        (item, helper): (&Item, &Recipient),
        new: &NewOffer<'_>,
    ) -> Result<Offered, Refusal> {
        let (reading, now) = (self.reading(), self.0.now());
        let told_to = match item.contact.as_ref().and_then(Contact::address) {
            Some(asker) => vec![asker],
            None => reading.lead_addresses(forum, Right::Send).await?,
        };
        let mut notices = Vec::with_capacity(told_to.len());
        for address in &told_to {
            let language = reading.language_of(forum, address).await?;
            let to = NoticeReader { recipient: Some(helper.id), address, language };
            let told = tell_response((item, helper), &new.message, language);
            notices.push(write_notice(&told, to, now, TOLD_WITHIN));
        }
        Ok(self.0.0.store.record_offer(new, OFFERS, &notices, now).await?)
    }

    /// Keeps what was sent in and tells those who may choose who gets it, at most once an hour.
    pub(in crate::web) async fn add_draft(
        &self,
        forum: &Forum,
        new: &NewDraft<'_>,
    ) -> Result<SentIn, Refusal> {
        let now = self.0.now();
        let told = self.0.0.pipeline.tell_of_drafts(forum, None, now).await;
        let told = told.map_err(|error| Refusal::broken(&error))?;
        Ok(self.0.0.store.add_draft(new, SENT_IN, &told, now).await?)
    }
}

/// What tells, in the reader's language, that somebody offers help or answers.
fn tell_response((item, helper): (&Item, &Recipient), message: &str, language: Language) -> Notice {
    let response = Responded {
        title: item.text_for(language).1.title.clone(),
        helper: call(&helper.name, helper.email.as_str()).to_owned(),
        address: helper.email.to_string(),
        message: message.to_owned(),
    };
    match item.wanted() {
        Some(Wanted::Answer) => Notice::Reply(response),
        _ => Notice::Offer(response),
    }
}
