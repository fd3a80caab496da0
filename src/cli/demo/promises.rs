//! What some of the demo's people kept of what they promised, as if they had used their own page.

use anyhow::Context as _;
use serde::Deserialize;

use crate::app::App;
use crate::intake::promises::{Said, say_of_own_promise};
use crate::world;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    promise: Vec<KeptPromise>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptPromise {
    email: String,
    what: String,
    #[serde(default)]
    words: String,
}

/// Keeps all of them; again changes nothing.
pub(super) async fn keep_promises(app: &App, text: &str) -> anyhow::Result<()> {
    let kept: Kept = toml::from_str(text)?;
    let (now, forum) = (app.clock.now(), world::load_forum(&app.store).await?);
    for KeptPromise { email, what, words } in kept.promise {
        let owner = world::find_recipient(&app.store, &forum, &email.parse()?).await?;
        let owner = owner.with_context(|| format!("{email} is not a recipient"))?.id;
        let open = app.store.list_open_promises_of(&[owner], now).await?;
        if let Some(row) = open.iter().find(|row| row.what == what) {
            let seen = row.by_on.as_deref().unwrap_or_default();
            say_of_own_promise(&app.store, (owner, row.id, seen), (Said::Done, &words), now).await?;
        }
    }
    Ok(())
}
