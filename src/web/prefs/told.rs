//! Changes in plain words: in the note after saving, and in the history.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::owner::Owner;
use crate::feedback::tried::find_term;
use crate::forum::{Cadence, Kind, Language};
use crate::letter::name_in_sentence;
use crate::store::{PreferenceChanges, PreferenceHistoryRow, TermName};
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::words::{Words, counted, fill};

/// How many changes the page tells.
const CHANGES: i64 = 8;

/// One line of the history.
#[derive(Serialize)]
pub(super) struct Past {
    day: String,
    text: String,
}

/// What a person changed, newest first.
pub(super) async fn list_history(reading: &Reading, owner: &Owner) -> Result<Vec<Past>, Refusal> {
    let rows = reading.preference_history(owner.recipient.id, CHANGES).await?;
    Ok(rows.iter().map(|row| tell_row(reading, owner, row)).collect())
}

fn tell_row(reading: &Reading, owner: &Owner, row: &PreferenceHistoryRow) -> Past {
    let words = &owner.words(reading).prefs.change;
    let text = list_changes(reading, owner, &row.made).join(". ");
    let text = match (row.undone, row.actor.as_str()) {
        (true, _) => fill(&words.undone, &[("change", &text)]),
        (false, "page") => text,
        (false, _) => fill(&words.by_forum, &[("change", &text)]),
    };
    Past { day: tell_day(reading, owner, row.changed_at), text }
}

fn tell_day(reading: &Reading, owner: &Owner, at: DateTime<Utc>) -> String {
    reading.0.pen(owner.forum(), owner.language()).day(at)
}

/// Each change as a sentence without its full stop: "Du begynte å følge helse".
pub(super) fn list_changes(reading: &Reading, owner: &Owner, made: &PreferenceChanges) -> Vec<String> {
    let all = owner.words(reading);
    let words = &all.prefs.change;
    let terms = |pattern: &str, names: &[TermName]| -> Vec<String> {
        names.iter().map(|name| fill(pattern, &[("name", &name_of(owner, name))])).collect()
    };
    let kinds = |pattern: &str, kinds: &[String]| -> Vec<String> {
        kinds.iter().map(|kind| fill(pattern, &[("kinds", &kinds_of(all, kind))])).collect()
    };
    let mut told = terms(&words.follow, &made.follow);
    told.extend(terms(&words.unfollow, &made.unfollow));
    told.extend(terms(&words.mute, &made.mute));
    told.extend(terms(&words.unmute, &made.unmute));
    told.extend(kinds(&words.mute_kind, &made.mute_kinds));
    told.extend(kinds(&words.unmute_kind, &made.unmute_kinds));
    told.extend(made.cadence.as_deref().map(|word| tell_cadence(all, word)));
    told.extend(made.language.as_deref().map(|tag| tell_language(all, tag)));
    told.extend(made.cap.map(|cap| match cap {
        Some(cap) => counted(&words.cap_one, &words.cap, usize::try_from(cap).unwrap_or(usize::MAX)),
        None => words.cap_forum.clone(),
    }));
    told.extend(made.paused_until.map(|day| tell_pause(reading, owner, day)));
    told
}

fn name_of(owner: &Owner, name: &TermName) -> String {
    match find_term(owner.forum(), name) {
        Some(ix) => name_in_sentence(owner.forum(), ix, owner.language()),
        None => name.slug.clone(),
    }
}

fn kinds_of(words: &Words, kind: &str) -> String {
    kind.parse::<Kind>().map_or_else(|_| kind.to_owned(), |kind| words.kinds_of(kind).to_owned())
}

fn tell_cadence(words: &Words, word: &str) -> String {
    let named = word.parse::<Cadence>().ok().and_then(|cadence| words.cadence.get(&cadence));
    fill(&words.prefs.change.cadence, &[("cadence", named.map_or(word, String::as_str))])
}

fn tell_language(words: &Words, tag: &str) -> String {
    let named = tag.parse::<Language>().ok().and_then(|language| words.language.get(&language));
    fill(&words.prefs.change.language, &[("language", named.map_or(tag, String::as_str))])
}

/// `day` is the first one with letters again.
fn tell_pause(reading: &Reading, owner: &Owner, day: Option<NaiveDate>) -> String {
    let words = &owner.words(reading).prefs.change;
    match day.and_then(|day| day.pred_opt()) {
        Some(last) => {
            let pen = reading.0.pen(owner.forum(), owner.language());
            fill(&words.pause, &[("day", &pen.weekday_and_local_day(last))])
        }
        None => words.pause_end.clone(),
    }
}
