//! `treff audience count` and `audience list`: who is in an audience today.
//!
//! Counted and listed are the active recipients for whom the expression holds. What an item adds
//! (its visibility, what people follow and mute) is not asked here: that is `edition plan`.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{BadInput, Report};
use crate::app::App;
use crate::content::Audience;
use crate::forum::{Forum, Recipient};
use crate::matching::{Profile, audience_selects};
use crate::world::{load_forum, load_recipients};

/// What to do with an expression.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// How many active recipients an expression selects
    #[command(
        after_help = "Example:\n  treff audience count 'group:health/leader or role:decision-maker and not org:nav'\n\n\
                      JSON: {\"expression\", \"count\"}"
    )]
    Count {
        /// The expression
        expression: String,
    },
    /// Which active recipients an expression selects
    #[command(
        after_help = "Example:\n  treff audience list 'kind-of-org:municipality and (sector:health or sector:services)'\n\n\
                      JSON: {\"expression\", \"recipients\": [address, ...]}"
    )]
    List {
        /// The expression
        expression: String,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    let (Command::Count { expression } | Command::List { expression }) = command;
    let forum = load_forum(&app.store).await?;
    let audience = Audience::parse(expression, &forum.terms)
        .map_err(|error| BadInput::one(format!("the audience \"{expression}\", {error}")))?;
    let recipients = load_recipients(&app.store, &forum).await?;
    let addresses = list_selected(&forum, &audience, &recipients, app.clock.now());
    let written = audience.written(&forum.terms);
    Ok(match command {
        Command::Count { .. } => {
            let json = json!({ "expression": written, "count": addresses.len() });
            Report::done(format!("{} active recipients: {written}", addresses.len()), json)
        }
        Command::List { .. } => {
            let json = json!({ "expression": written, "recipients": addresses });
            let none = ["no active recipient is in this audience"];
            let lines = if addresses.is_empty() { &none } else { addresses.as_slice() };
            Report::done(lines.join("\n"), json)
        }
    })
}

/// The addresses of the active recipients in the audience, sorted.
fn list_selected<'a>(
    forum: &Forum,
    audience: &Audience,
    recipients: &'a [Recipient],
    now: DateTime<Utc>,
) -> Vec<&'a str> {
    let is_in = |recipient: &&Recipient| {
        let profile = Profile::new(forum, &recipient.standing, now);
        profile.is_active() && audience_selects(forum, audience, &profile)
    };
    let mut addresses: Vec<_> = recipients.iter().filter(is_in).map(|r| r.email.as_str()).collect();
    addresses.sort_unstable();
    addresses
}
