//! What some of the demo's recipients said to an event and a request, as if they had used the pages in their letter.

use anyhow::Context as _;
use serde::Deserialize;

use crate::app::App;
use crate::forum::Forum;
use crate::ids::{ItemId, RecipientId};
use crate::store::{EventAnswer, NewAnswer, NewOffer, OfferLimits};
use crate::world;

/// A second start of a demo that was killed offers nothing twice.
const ONCE: OfferLimits = OfferLimits { to_one_request: 1, in_a_day: 1 };

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TakingPart {
    answer: Vec<Answer>,
    offer: Vec<Offer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    email: String,
    item: String,
    answer: String,
    instead: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    email: String,
    item: String,
    message: String,
}

/// Records all of it; again changes nothing.
pub(super) async fn take_part(app: &App, text: &str) -> anyhow::Result<()> {
    let said: TakingPart = toml::from_str(text)?;
    let forum = world::load_forum(&app.store).await?;
    for said in said.answer {
        let (recipient, item) = find(app, &forum, &said.email, &said.item).await?;
        let new = NewAnswer {
            item,
            recipient,
            answer: EventAnswer::from_word(&said.answer).with_context(|| said.answer.clone())?,
            sent_name: said.instead,
            sent_email: None,
            note: said.note,
            source: "letter",
            letter: None,
        };
        app.store.record_answer(&new, app.clock.now()).await?;
    }
    for said in said.offer {
        let (recipient, item) = find(app, &forum, &said.email, &said.item).await?;
        let new = NewOffer { item, recipient, message: said.message, source: "letter", letter: None };
        app.store.record_offer(&new, ONCE, &[], app.clock.now()).await?;
    }
    Ok(())
}

async fn find(app: &App, forum: &Forum, email: &str, slug: &str) -> anyhow::Result<(RecipientId, ItemId)> {
    let recipient = world::find_recipient(&app.store, forum, &email.parse()?).await?;
    let item = world::find_item(&app.store, forum, slug).await?;
    Ok((
        recipient.with_context(|| format!("{email} is not a recipient"))?.id,
        item.with_context(|| format!("{slug} is not an item"))?.id,
    ))
}
