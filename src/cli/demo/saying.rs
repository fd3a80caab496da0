//! What some of the demo's recipients said of their letters, of items in them, and to samples, as if they had used the
//! links. Who says what hangs on keys alone: every demo is alike, and a second start of one that was killed says the same.

use std::collections::HashSet;

use crate::app::App;
use crate::content::{Item, Visibility};
use crate::forum::{Forum, Kind, Recipient};
use crate::ids::ItemId;
use crate::insight::probe::draw_probe;
use crate::matching::Profile;
use crate::store::{Answer, LetterRow, ProbeAnswer};
use crate::world;

/// Says all of it.
pub(super) async fn say(app: &App) -> anyhow::Result<()> {
    let forum = world::load_forum(&app.store).await?;
    let items = world::load_items(&app.store, &forum).await?;
    let recipients = world::load_recipients(&app.store, &forum).await?;
    for row in app.store.list_deliveries(None).await? {
        let Some(letter) = app.store.find_letter(row.id).await? else { continue };
        say_of_letter(app, &letter, &items).await?;
        // Whoever has a place is asked when they open their own letter.
        let reader = recipients.iter().find(|r| r.id == letter.recipient && r.standing.seats.is_empty());
        if let Some(reader) = reader {
            answer_sample(app, &forum, (&letter, reader), &items).await?;
        }
    }
    Ok(())
}

/// Two of three answer; the letter hit three of four.
async fn say_of_letter(app: &App, letter: &LetterRow, items: &[Item]) -> anyhow::Result<()> {
    let (number, now) = (letter.delivery.0, app.clock.now());
    if number % 3 != 0 {
        let answer = if number % 4 == 1 { Answer::Miss } else { Answer::Hit };
        app.store.record_tap(letter, None, answer, now).await?;
    }
    for (place, held) in app.store.list_letter_items(letter.delivery).await?.iter().enumerate() {
        let Some(item) = items.iter().find(|item| item.id == held.item) else { continue };
        // Research and calls miss more often than the rest.
        let often = if matches!(item.kind, Kind::Research | Kind::Call) { 4 } else { 15 };
        if (number + item.id.0) % often == 0 {
            app.store.record_tap(letter, Some(item.id), Answer::NotForMe, now).await?;
        }
        if place == 0 && number % 11 == 5 {
            app.store.pass_on(letter, item.id, None, now).await?;
        }
    }
    Ok(())
}

/// One of four says that it would have been for them.
async fn answer_sample(
    app: &App,
    forum: &Forum,
    (letter, reader): (&LetterRow, &Recipient),
    items: &[Item],
) -> anyhow::Result<()> {
    let known: HashSet<ItemId> = app.store.list_known_items(reader.id).await?.into_iter().collect();
    let profile = Profile::new(forum, &reader.standing, app.clock.now());
    let open = items.iter().filter(|item| matches!(item.visibility, Visibility::Public | Visibility::Forum));
    let Some(item) = draw_probe(forum, open, &profile, &known, (letter.delivery, reader.id)) else {
        return Ok(());
    };
    let answer = if letter.delivery.0 % 4 == 0 { ProbeAnswer::Yes } else { ProbeAnswer::No };
    app.store.record_probe(letter, item.id, answer, app.clock.now()).await?;
    Ok(())
}
