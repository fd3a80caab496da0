//! How the published page stands: who published it when, and what became of the minutes behind its lines since.

use serde::Serialize;

use super::public::text_of;
use super::view::{Scene, is_lost, name_of_group, whole_day};
use crate::content::Item;
use crate::insight::effects::{Effects, Line};
use crate::matching::Sight;
use crate::store::EffectPageRow;
use crate::web::calling::call;
use crate::web::item_view::Pen;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::{counted, fill};

/// What stands about the page that is published.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    /// "Siden ble publisert 8. mars av Kari Nes."
    told: String,
    /// Names what is published, for whoever takes it back.
    seen: String,
    /// Lines that do not stand there any more, under a sentence that says why; the sentence is empty if there are none.
    lost_told: String,
    lost: Vec<String>,
    /// Lines whose minutes were corrected since, in the same way.
    corrected_told: String,
    corrected: Vec<String>,
    /// The page as plain text.
    text: String,
}

impl Status {
    /// None, if nothing is published.
    pub(super) async fn of(
        reading: &Reading,
        staff: &Staff,
        row: &EffectPageRow,
    ) -> Result<Option<Status>, Refusal> {
        let library = reading.library().await?;
        let forum = &library.forum;
        let Some(effects) = reading.effects(forum, row).await? else { return Ok(None) };
        let Some(at) = row.published_at else { return Ok(None) };
        let pen = reading.0.pen(forum, staff.language);
        let words = &pen.words.effects.desk;
        let who = name_who(reading, &pen, row.published_by.as_deref().unwrap_or_default()).await?;
        let lost = tell_lines(&pen, &effects, |line| is_lost(line, &library.items));
        let corrected = tell_lines(&pen, &effects, |line| {
            !is_lost(line, &library.items) && is_corrected(line, &library.items)
        });
        let scene = Scene { pen: &pen, items: &library.items, sight: Sight::of_everyone(reading.0.now()) };
        Ok(Some(Status {
            told: fill(&words.published, &[("day", &pen.day(at)), ("who", &who)]),
            seen: row.turns.to_string(),
            lost_told: told(&words.lost_one, &words.lost, &lost),
            lost,
            corrected_told: told(&words.corrected_one, &words.corrected, &corrected),
            corrected,
            text: text_of(reading, forum, staff.language, &scene.view(&effects)),
        }))
    }
}

/// A sentence about so many lines; empty about none.
fn told(one: &str, many: &str, lines: &[String]) -> String {
    if lines.is_empty() { String::new() } else { counted(one, many, lines.len()) }
}

fn tell_lines(pen: &Pen<'_>, effects: &Effects, is_meant: impl Fn(&Line) -> bool) -> Vec<String> {
    let words = &pen.words.effects.desk;
    let tell = |line: &Line| {
        let day = line.happened_on.map(|day| whole_day(pen, day)).unwrap_or_default();
        let group = name_of_group(pen, &line.group);
        fill(&words.line_of, &[("group", &group), ("day", &day), ("words", &line.words)])
    };
    effects.lines.iter().filter(|line| is_meant(line)).map(tell).collect()
}

/// Whether the minutes say something else since the line was approved.
fn is_corrected(line: &Line, items: &[Item]) -> bool {
    line.minutes
        .is_some_and(|(id, version)| items.iter().any(|item| item.id == id && item.version != version))
}

/// Who published: by name, as far as the account is still there.
async fn name_who(reading: &Reading, pen: &Pen<'_>, actor: &str) -> Result<String, Refusal> {
    let words = &pen.words.effects.desk;
    let Some(number) = actor.strip_prefix("account:") else { return Ok(words.command.clone()) };
    let accounts = reading.accounts().await?;
    let account = accounts.iter().find(|account| account.id.to_string() == number);
    Ok(account.map_or_else(|| words.somebody.clone(), |own| call(&own.name, &own.email).to_owned()))
}

/// The lines that do not stand on the published page any more, in words: for "today".
pub(in crate::web) async fn list_lost(reading: &Reading, staff: &Staff) -> Result<Vec<String>, Refusal> {
    if !reading.has_effects().await? {
        return Ok(Vec::new());
    }
    let (library, row) = (reading.library().await?, reading.effect_page().await?);
    let Some(effects) = reading.effects(&library.forum, &row).await? else { return Ok(Vec::new()) };
    let pen = reading.0.pen(&library.forum, staff.language);
    Ok(tell_lines(&pen, &effects, |line| is_lost(line, &library.items)))
}
