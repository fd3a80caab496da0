//! `treff why`.

use serde_json::json;

use super::edition::parse_instant;
use super::people::unknown_recipient;
use super::{BadInput, Report};
use crate::app::App;
use crate::content::Item;
use crate::forum::{EmailAddress, Forum};
use crate::matching::{Because, Decision, Profile, Release, WrittenReason, evaluate};
use crate::world;

/// Whom and what to explain.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff why kari@example.test referat-helse")]
pub struct Args {
    /// The recipient's address
    pub email: String,
    /// The item's slug
    pub item: String,
    /// Stands for "now" (RFC 3339)
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
}

/// Asks the rule. What the person got already is not asked.
pub async fn run(app: &App, args: &Args) -> anyhow::Result<Report> {
    let now = args.at.as_deref().map(parse_instant).transpose()?.unwrap_or_else(|| app.clock.now());
    let email: EmailAddress = args.email.parse().map_err(BadInput::one)?;
    let forum = &world::load_forum(&app.store).await?;
    let Some(recipient) = world::find_recipient(&app.store, forum, &email).await? else {
        return Err(unknown_recipient(app, &email).await?);
    };
    let items = world::load_items(&app.store, forum).await?;
    let item =
        items.iter().find(|item| item.slug == args.item).ok_or_else(|| unknown_item(&args.item, &items))?;
    let profile = Profile::new(forum, &recipient.standing, now);
    let decision = evaluate(forum, item, &profile, Release::ByTime);
    let reasons: Vec<WrittenReason> = decision.reasons.iter().map(|r| r.written(&forum.terms)).collect();
    let text = told(forum, &email, &item.slug, &decision);
    Ok(Report::done(
        text,
        json!({
            "recipient": email,
            "item": item.slug,
            "decision": if decision.because.delivers() { "deliver" } else { "withheld" },
            "because": decision.because.word(),
            "reasons": reasons,
        }),
    ))
}

fn unknown_item(slug: &str, items: &[Item]) -> BadInput {
    let near = items
        .iter()
        .map(|item| (strsim::jaro_winkler(slug, &item.slug), &item.slug))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, near)| format!("; did you mean {near}?"));
    BadInput::one(format!(
        "there is no item {slug}{}",
        near.unwrap_or_else(|| "; see treff item list".to_owned())
    ))
}

fn told(forum: &Forum, email: &EmailAddress, slug: &str, decision: &Decision) -> String {
    let why = match decision.because {
        Because::Required => "it is required and they are in its audience",
        Because::Audience => "the lead chose them",
        Because::Interest => "they follow what it is about",
        Because::NotOpen => "it is not released yet, has expired or was withdrawn",
        Because::Status => "they are not active",
        Because::NotEntitled => "its visibility does not include them",
        Because::NoMatch => "they are not in its audience and follow nothing that it is about",
        Because::Muted => "they hide such items",
    };
    let verb = if decision.because.delivers() { "gets" } else { "does not get" };
    let mut text = format!("{email} {verb} {slug}: {why}.");
    for reason in &decision.reasons {
        let written = reason.written(&forum.terms);
        text.push_str(&format!("\n  {} ({})", written.term, written.how.word()));
    }
    text
}
