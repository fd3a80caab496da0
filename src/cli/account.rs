//! `treff account`: who works at the desk.

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Table, presets};
use serde_json::json;

use super::{BadInput, Report};
use crate::app::App;
use crate::config::Config;
use crate::forum::{EmailAddress, Facet, Forum, Language, tell_too_long};
use crate::ids::OrganisationId;
use crate::letter::desk_path;
use crate::staff::doors::{self, INVITED_HOURS, SIGN_IN_MINUTES};
use crate::staff::{Reach, Right, Rights};
use crate::store::{AccountChanged, AccountRow, NewAccount, Store};
use crate::token::{Keys, link_mark};
use crate::world;

/// What to do with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Give somebody an account, and mail them the link that opens the desk for the first time
    #[command(after_help = "\
Examples:
  treff account add kari@example.test --name \"Kari Nes\" --lead
  treff account add per@example.test --right write --group health
  treff account add siri@example.test --right people --organisation vik

The rights are write, approve, send, people, administer; --lead gives all five. Who
writes for --group and has not the right to send writes for those groups alone. Who
looks after people for one --organisation sees nobody else's, has no other right, and
writes for no --group.

With --json: {\"account\", \"name\", \"rights\", \"groups\", \"organisation\", \"sign_in\",
\"expires_at\"}")]
    Add {
        /// Their e-mail address
        email: EmailAddress,
        /// As they are called
        #[arg(long, default_value = "")]
        name: String,
        /// A right; may be given several times
        #[arg(long = "right", value_name = "RIGHT")]
        rights: Vec<Right>,
        /// Every right
        #[arg(long)]
        lead: bool,
        /// A group that they write for; may be given several times
        #[arg(long = "group", value_name = "SLUG")]
        groups: Vec<String>,
        /// The one organisation whose people they look after; default: everybody
        #[arg(long, value_name = "SLUG")]
        organisation: Option<String>,
    },
    /// List accounts
    #[command(
        after_help = "With --json: {\"accounts\": [{\"account\", \"name\", \"rights\", \"groups\", \"organisation\", \"created_at\"}]}"
    )]
    List,
    /// Print a link that signs somebody in, once, within ten minutes
    #[command(after_help = "With --json: {\"account\", \"sign_in\", \"expires_at\"}")]
    Link {
        /// The account's e-mail address
        email: EmailAddress,
    },
    /// Forget somebody's password and second factor, and sign them out: for who lost phone and paper
    #[command(after_help = "With --json: {\"account\", \"reset\"}")]
    Reset {
        /// The account's e-mail address
        email: EmailAddress,
    },
    /// End an account: its address, rights and sessions go
    #[command(after_help = "With --json: {\"account\", \"ended\"}")]
    End {
        /// The account's e-mail address
        email: EmailAddress,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Add { email, name, rights, lead, groups, organisation } => {
            let rights = if *lead { Right::ALL.to_vec() } else { rights.clone() };
            let what = (groups.as_slice(), organisation.as_deref());
            add(app, (email, name), &rights.into_iter().collect(), what).await
        }
        Command::List => list(app).await,
        Command::Link { email } => link(app, email).await,
        Command::Reset { email } => reset(app, email).await,
        Command::End { email } => end(app, email).await,
    }
}

async fn add(
    app: &App,
    (email, name): (&EmailAddress, &str),
    rights: &Rights,
    (groups, organisation): (&[String], Option<&str>),
) -> anyhow::Result<Report> {
    if rights.iter().next().is_none() {
        return Err(BadInput::one("say what they may do: --lead, or --right write and its like").into());
    }
    if let Some(message) = tell_too_long("--name", name) {
        return Err(BadInput::one(message).into());
    }
    // Before there is a forum no mail can say whose it is: then the link is only printed.
    let forum = match app.store.find_forum().await? {
        Some(_) => Some(world::load_forum(&app.store).await?),
        None => None,
    };
    check_groups(forum.as_ref(), groups)?;
    let bound = match organisation {
        Some(slug) => Some(find_organisation(app, (rights, groups), slug).await?),
        None => None,
    };
    let now = app.clock.now();
    let json = rights.to_json();
    let (address, actor) = (email.as_str(), "command");
    let new = NewAccount { email: address, name, rights: &json, groups, organisation: bound, actor };
    if app.store.add_account(&new, now).await?.is_none() {
        return Err(BadInput::one(format!("{email} has an account already; see treff account list")).into());
    }
    let (url, expires_at) = match &forum {
        Some(forum) => invite(app, email, forum.settings.language, now).await?,
        None => print_link(app, email, TimeDelta::hours(INVITED_HOURS), now).await?,
    };
    let text =
        format!("{email} has an account. Their first link, good once, for {INVITED_HOURS} hours:\n{url}");
    let json = json!({
        "account": email, "name": name, "rights": rights, "groups": groups, "organisation": organisation,
        "sign_in": url, "expires_at": expires_at,
    });
    Ok(Report::done(text, json))
}

fn check_groups(forum: Option<&Forum>, groups: &[String]) -> Result<(), BadInput> {
    let is_group = |slug: &str| {
        let among = |forum: &Forum| {
            forum.terms.iter().any(|(_, term)| term.facet == Facet::Group && term.slug == slug)
        };
        forum.is_some_and(among)
    };
    let unknown = groups.iter().filter(|slug| !is_group(slug));
    let unknown: Vec<String> = unknown.map(|slug| format!("--group: there is no group \"{slug}\"")).collect();
    if unknown.is_empty() { Ok(()) } else { Err(BadInput(unknown)) }
}

/// The organisation that an account with these rights, for these groups, is to be bound to.
async fn find_organisation(
    app: &App,
    (rights, groups): (&Rights, &[String]),
    slug: &str,
) -> anyhow::Result<OrganisationId> {
    if !Reach::Organisation(slug.to_owned()).goes_with(rights, groups) {
        return Err(BadInput::one(
            "--organisation: who looks after the people of one organisation does nothing else; give --right people alone and no --group",
        )
        .into());
    }
    let unknown = || BadInput::one(format!("--organisation: there is no organisation \"{slug}\""));
    Ok(app.store.find_organisation(slug).await?.ok_or_else(unknown)?.id)
}

/// Queues the mail that invites; the link in it.
async fn invite(
    app: &App,
    email: &EmailAddress,
    language: Language,
    now: DateTime<Utc>,
) -> anyhow::Result<(String, DateTime<Utc>)> {
    let keys = app.keys().await?;
    let mut tx = app.store.begin().await?;
    let Some(account) = tx.find_account(email.as_str()).await? else {
        tx.undo().await?;
        return Err(no_account(email).into());
    };
    let link = doors::invite(&mut tx, &account, language, now).await?;
    tx.commit().await?;
    Ok((address_of(&app.config, &keys, (link, now))?, now + TimeDelta::hours(INVITED_HOURS)))
}

async fn print_link(
    app: &App,
    email: &EmailAddress,
    lasting: TimeDelta,
    now: DateTime<Utc>,
) -> anyhow::Result<(String, DateTime<Utc>)> {
    let url = link_of(&app.store, &app.config, email, lasting, now).await?;
    Ok((url.ok_or_else(|| no_account(email))?, now + lasting))
}

/// A link that opens the desk for an account, once, within `lasting`; none if there is no such account.
pub(super) async fn link_of(
    store: &Store,
    config: &Config,
    email: &EmailAddress,
    lasting: TimeDelta,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<String>> {
    let keys = Keys::new(store.list_keys().await?);
    let mut tx = store.begin().await?;
    let Some(account) = tx.find_account(email.as_str()).await? else {
        tx.undo().await?;
        return Ok(None);
    };
    let link = doors::make_link(&mut tx, account.id, "", lasting, now).await?;
    tx.commit().await?;
    Ok(Some(address_of(config, &keys, (link, now))?))
}

/// The address of a link that was made at an instant.
fn address_of(config: &Config, keys: &Keys, (link, made_at): (i64, DateTime<Utc>)) -> anyhow::Result<String> {
    let path = desk_path(keys, link, link_mark(made_at))
        .ok_or_else(|| anyhow::anyhow!("the newest signing key is gone"))?;
    Ok(format!("{}{path}", config.base_url))
}

fn no_account(email: &EmailAddress) -> BadInput {
    BadInput::one(format!("{email} has no account; treff account list shows who has"))
}

async fn list(app: &App) -> anyhow::Result<Report> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["account", "name", "rights", "groups", "organisation"]);
    let organisations = app.store.list_organisations().await?;
    let mut json = Vec::new();
    for account in app.store.list_accounts().await? {
        let AccountRow { id, email, name, rights, created_at, organisation, .. } = account;
        let bound = organisations.iter().find(|row| organisation == Some(row.id)).map(|row| row.slug.clone());
        let (rights, groups) = (Rights::read(&rights), app.store.list_led_groups(id).await?);
        let words: Vec<&str> = rights.iter().map(Right::word).collect();
        table.add_row([
            email.clone(),
            name.clone(),
            words.join(", "),
            groups.join(", "),
            bound.clone().unwrap_or_default(),
        ]);
        json.push(json!({
            "account": email, "name": name, "rights": rights, "groups": groups, "organisation": bound,
            "created_at": created_at,
        }));
    }
    let text = format!("{table}\n{} accounts", json.len());
    Ok(Report::done(text, json!({ "accounts": json })))
}

async fn link(app: &App, email: &EmailAddress) -> anyhow::Result<Report> {
    let lasting = TimeDelta::minutes(SIGN_IN_MINUTES);
    let (url, expires_at) = print_link(app, email, lasting, app.clock.now()).await?;
    let text = format!("Good once, for {SIGN_IN_MINUTES} minutes:\n{url}");
    Ok(Report::done(text, json!({ "account": email, "sign_in": url, "expires_at": expires_at })))
}

async fn find(app: &App, email: &EmailAddress) -> anyhow::Result<AccountRow> {
    let account = app.store.list_accounts().await?.into_iter().find(|a| a.email == email.as_str());
    account.ok_or_else(|| no_account(email).into())
}

async fn reset(app: &App, email: &EmailAddress) -> anyhow::Result<Report> {
    let account = find(app, email).await?;
    app.store.reset_proofs(account.id, "command", app.clock.now()).await?;
    let text =
        format!("{email} has neither password nor second factor now; a link by mail lets them choose anew.");
    Ok(Report::done(text, json!({ "account": email, "reset": true })))
}

async fn end(app: &App, email: &EmailAddress) -> anyhow::Result<Report> {
    let account = find(app, email).await?;
    let ended = match app.store.end_account(account.id, "command", app.clock.now()).await? {
        AccountChanged::Last => {
            let message = format!(
                "{email} is the last who gives and takes accounts; first let somebody else: treff account add EMAIL --lead"
            );
            return Err(BadInput::one(message).into());
        }
        ended => ended == AccountChanged::Done,
    };
    Ok(Report::done(
        format!("The account of {email} has ended."),
        json!({ "account": email, "ended": ended }),
    ))
}
