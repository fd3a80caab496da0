//! `treff people set`: a person's own choices, all or nothing.

use chrono::NaiveDate;

use super::list;
use super::who::get_recipient;
use crate::app::App;
use crate::cli::{BadInput, Report};
use crate::feedback::preferences::name_of;
use crate::forum::{Forum, Kind, Language, Term};
use crate::intake::people::cadence_of;
use crate::store::{By, PreferenceChanges, TermName};
use crate::world;

/// What is to become different; an option may be given several times.
#[derive(Debug, Default, clap::Args)]
pub struct Choices {
    /// A term to follow
    #[arg(long, value_name = "TERM")]
    follow: Vec<String>,
    /// A term or kind to mute
    #[arg(long, value_name = "TERM|KIND")]
    mute: Vec<String>,
    /// A term or kind whose own follow and mute are taken away; nothing that is held
    #[arg(long, value_name = "TERM|KIND")]
    forget: Vec<String>,
    /// How often: daily, weekly, monthly, gathering
    #[arg(long)]
    cadence: Option<String>,
    /// nb, nn or en
    #[arg(long)]
    language: Option<String>,
    /// No letters before this day (YYYY-MM-DD); a day that has come ends a pause
    #[arg(long, value_name = "DAY")]
    pause_until: Option<String>,
}

/// Makes the choices.
pub async fn run(app: &App, email: &str, choices: &Choices) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let person = get_recipient(app, &forum, email).await?;
    let changes = read(choices, &forum).map_err(BadInput)?;
    let now = app.clock.now();
    let by = By { source: "person", actor: "command", now };
    let changed = app.store.change_preferences(person.id, &changes, by).await?.is_some();
    let after = list::described(&forum, &get_recipient(app, &forum, email).await?, now);
    let text = format!(
        "{}: {}",
        person.email,
        if changed { "changed; letters not yet written follow it" } else { "nothing to change" }
    );
    Ok(Report::done(text, serde_json::json!({ "changed": changed, "recipient": after })))
}

/// What the options ask for, or everything that is wrong with them.
fn read(choices: &Choices, forum: &Forum) -> Result<PreferenceChanges, Vec<String>> {
    let mut errors = Vec::new();
    let mut changes = PreferenceChanges::default();
    for text in &choices.follow {
        match term_of(forum, text) {
            Ok(term) => changes.follow.push(term),
            Err(error) => errors.push(format!("--follow {error}")),
        }
    }
    for text in &choices.mute {
        match mark_of(forum, text) {
            Ok(Mark::Term(term)) => changes.mute.push(term),
            Ok(Mark::Kind(kind)) => changes.mute_kinds.push(kind),
            Err(error) => errors.push(format!("--mute {error}")),
        }
    }
    // What is forgotten is forgotten first: --forget x --mute x turns a follow into a mute.
    for text in &choices.forget {
        match mark_of(forum, text) {
            Ok(Mark::Term(term)) => {
                changes.unfollow.extend(Some(&term).filter(|t| !changes.follow.contains(t)).cloned());
                changes.unmute.extend(Some(&term).filter(|t| !changes.mute.contains(t)).cloned());
            }
            Ok(Mark::Kind(kind)) if changes.mute_kinds.contains(&kind) => {}
            Ok(Mark::Kind(kind)) => changes.unmute_kinds.push(kind),
            Err(error) => errors.push(format!("--forget {error}")),
        }
    }
    let mut told = |error: String| errors.push(error);
    let cadence = choices.cadence.as_deref().map(|text| cadence_of(forum, text));
    changes.cadence =
        cadence.and_then(|c| c.map_err(|e| told(format!("--cadence: {e}"))).ok().map(|c| c.to_string()));
    let language = choices.language.as_deref().map(str::parse::<Language>);
    changes.language =
        language.and_then(|l| l.map_err(|e| told(format!("--language: {e}"))).ok().map(|l| l.to_string()));
    let day = choices.pause_until.as_deref().map(|text| text.trim().parse::<NaiveDate>().map_err(|_| text));
    changes.paused_until = day.and_then(|d| {
        let wrong = |text: &str| format!("--pause-until: \"{text}\" is no day; write it like 2027-08-16");
        d.map_err(|text| told(wrong(text))).ok().map(Some)
    });
    if errors.is_empty() && changes == PreferenceChanges::default() && choices.forget.is_empty() {
        errors.push("nothing to set; name at least one of --follow, --mute, --forget, --cadence, --language and --pause-until".to_owned());
    }
    if errors.is_empty() { Ok(changes) } else { Err(errors) }
}

enum Mark {
    Term(TermName),
    Kind(String),
}

/// A bare kind's word is the kind; anything else is a term.
fn mark_of(forum: &Forum, text: &str) -> Result<Mark, String> {
    match text.trim().to_lowercase().parse::<Kind>() {
        Ok(kind) => Ok(Mark::Kind(kind.word().to_owned())),
        Err(_) if text.contains(':') => term_of(forum, text).map(Mark::Term),
        Err(_) => {
            let nearest =
                Kind::ALL.map(Kind::word).into_iter().min_by_key(|word| strsim::osa_distance(text, word));
            Err(format!(
                "{text}: there is no such kind; did you mean {}? A term is written facet:slug, such as sector:health",
                nearest.unwrap_or("tip")
            ))
        }
    }
}

fn term_of(forum: &Forum, text: &str) -> Result<TermName, String> {
    let nearest = || match forum.terms.nearest(text) {
        Some(term) => format!("; did you mean {term}?"),
        None => String::new(),
    };
    let term: Term = text.trim().parse().map_err(|e| format!("{text}: {e}{}", nearest()))?;
    match forum.terms.find(&term) {
        Some(_) => Ok(name_of(&term)),
        None => Err(format!("{text}: the forum has no such term{}", nearest())),
    }
}
