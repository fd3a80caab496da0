//! The page as rows hold it once it is published.

use chrono::NaiveDate;

use crate::forum::Forum;
use crate::insight::effects::{Days, Effects, Line, LineKind};
use crate::intake::effects::{EffectsBy, EffectsError, publish_page};
use crate::store::{EffectLineRow, EffectPageRow, NewEffectPage, Store, StoreError};

/// The lines as rows hold them.
fn write_lines(lines: &[Line]) -> Vec<EffectLineRow> {
    let write = |line: &Line| EffectLineRow {
        group: line.group.clone(),
        kind: match line.kind {
            LineKind::Goal => "goal",
            LineKind::Gain => "gain",
        }
        .to_owned(),
        words: line.words.clone(),
        beside: Some(line.beside.clone()).filter(|beside| !beside.is_empty()),
        happened_on: line.happened_on.map(|day| day.to_string()),
        language: line.language.tag().to_owned(),
        item: line.minutes.map(|(item, _)| item),
        version: line.minutes.map(|(_, version)| version),
    };
    lines.iter().map(write).collect()
}

/// The page as it was published; none, if nothing is.
pub fn read_effects(forum: &Forum, row: &EffectPageRow, lines: &[EffectLineRow]) -> Option<Effects> {
    row.published_at?;
    let day = |text: &Option<String>| text.as_deref()?.parse::<NaiveDate>().ok();
    let language = |tag: &str| tag.parse().unwrap_or(forum.settings.language);
    let read = |line: &EffectLineRow| Line {
        group: line.group.clone(),
        kind: if line.kind == "goal" { LineKind::Goal } else { LineKind::Gain },
        words: line.words.clone(),
        beside: line.beside.clone().unwrap_or_default(),
        happened_on: day(&line.happened_on),
        language: language(&line.language),
        minutes: line.item.zip(line.version),
    };
    let json = |text: &Option<String>| text.clone().unwrap_or_default();
    Some(Effects {
        days: Days { first: day(&row.first_on)?, last: day(&row.last_on)? },
        introduction: row.introduction.clone().unwrap_or_default(),
        language: language(row.language.as_deref().unwrap_or_default()),
        // An erasure may leave a line without a word.
        lines: lines.iter().map(read).filter(|line| !line.words.trim().is_empty()).collect(),
        figures: serde_json::from_str(&json(&row.figures)).unwrap_or_default(),
        connections: serde_json::from_str(&json(&row.connections)).unwrap_or_default(),
    })
}

/// Publishes the page that was made of the page as it stood in `seen`.
pub async fn publish_effects(
    store: &Store,
    by: EffectsBy<'_>,
    seen: &EffectPageRow,
    effects: &Effects,
) -> Result<(), EffectsError> {
    let (first_on, last_on) = (effects.days.first.to_string(), effects.days.last.to_string());
    let figures = serde_json::to_string(&effects.figures).map_err(StoreError::from)?;
    let connections = serde_json::to_string(&effects.connections).map_err(StoreError::from)?;
    let page = NewEffectPage {
        first_on: &first_on,
        last_on: &last_on,
        introduction: &effects.introduction,
        language: effects.language.tag(),
        figures: &figures,
        connections: &connections,
    };
    publish_page(store, by, seen, (&page, &write_lines(&effects.lines))).await
}
