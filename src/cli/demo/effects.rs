//! The demo's page of effects, as if the lead had composed and published it.

use anyhow::Context as _;
use serde::Deserialize;

use crate::app::App;
use crate::intake::effects::{Draft, EffectsBy, GainDraft, name_draft, save_draft};
use crate::pipeline::{Sources, compose_effects, publish_effects};
use crate::world;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    introduction: String,
    gain: Vec<Gain>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gain {
    /// The slug of the minutes.
    minutes: String,
    words: Option<String>,
    how: Option<String>,
}

/// Publishes it; again only counts anew.
pub(super) async fn publish(app: &App, text: &str) -> anyhow::Result<()> {
    let said: Said = toml::from_str(text)?;
    let (store, now) = (&app.store, app.clock.now());
    let forum = world::load_forum(store).await?;
    let items = world::load_items(store, &forum).await?;
    let mut draft = Draft {
        span: "twelve_months".to_owned(),
        introduction: said.introduction.trim().to_owned(),
        language: forum.settings.language.tag().to_owned(),
        ..Draft::default()
    };
    for Gain { minutes, words, how } in said.gain {
        let item = items.iter().find(|item| item.slug == minutes).with_context(|| minutes.clone())?;
        let gain = GainDraft { shown: true, words, how, version: item.version };
        draft.gains.insert(item.id.0, gain);
    }
    let by = EffectsBy { actor: "command", now };
    save_draft(store, by, &name_draft(&store.get_effect_page().await?), &draft).await?;
    let (groups, goals) = (store.list_groups(now).await?, store.list_goals().await?);
    let sources = Sources { forum: &forum, items: &items, groups: &groups, goals: &goals, now };
    let effects = compose_effects(store, sources, &draft).await?;
    publish_effects(store, by, &store.get_effect_page().await?, &effects).await?;
    Ok(())
}
