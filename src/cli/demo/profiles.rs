//! What some of the demo's recipients chose, as if they had used the page in their letter.

use anyhow::Context as _;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::app::App;
use crate::feedback::preferences::name_of;
use crate::forum::{EmailAddress, Forum, Kind, Term};
use crate::store::{By, PreferenceChanges};
use crate::world;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    person: Vec<Person>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    email: String,
    #[serde(default)]
    follow: Vec<Term>,
    /// Terms and kinds.
    #[serde(default)]
    mute: Vec<String>,
    cap: Option<i64>,
    pause_until: Option<NaiveDate>,
}

/// Makes everyone's choices; again changes nothing.
pub(super) async fn apply_profiles(app: &App, text: &str) -> anyhow::Result<()> {
    let profiles: Profiles = toml::from_str(text)?;
    let forum = world::load_forum(&app.store).await?;
    for person in &profiles.person {
        apply_profile(app, &forum, person).await.with_context(|| format!("profile of {}", person.email))?;
    }
    Ok(())
}

async fn apply_profile(app: &App, forum: &Forum, person: &Person) -> anyhow::Result<()> {
    let email: EmailAddress = person.email.parse()?;
    let recipient = world::find_recipient(&app.store, forum, &email).await?.context("is not a recipient")?;
    let mut changes = PreferenceChanges {
        follow: person.follow.iter().map(name_of).collect(),
        cap: person.cap.map(Some),
        paused_until: person.pause_until.map(Some),
        ..PreferenceChanges::default()
    };
    for mute in &person.mute {
        match mute.parse::<Kind>() {
            Ok(kind) => changes.mute_kinds.push(kind.word().to_owned()),
            Err(_) => changes.mute.push(name_of(&mute.parse::<Term>()?)),
        }
    }
    let by = By { source: "person", actor: "demo", now: app.clock.now() };
    app.store.change_preferences(recipient.id, &changes, by).await?;
    Ok(())
}
