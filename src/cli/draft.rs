//! `treff draft`: what was sent in.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use comfy_table::Table;
use serde::Serialize;
use serde_json::{Value, json};

use super::forum_time::ForumTime;
use super::mail_input::read_raw_mail;
use super::new_file::write_new_file;
use super::{BadInput, Report};
use crate::app::App;
use crate::content::Audience;
use crate::feedback::bounce::read_person_mail;
use crate::feedback::returned::READ_OF_PEOPLE;
use crate::intake::draft_file::write_draft_file;
use crate::pipeline::Pipeline;
use crate::store::{DraftRow, SentIn};
use crate::world;

/// What to do with what was sent in.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List what was sent in and nobody has taken or declined
    #[command(after_help = "\
Example:
  treff draft list --json

With --json, the oldest first: {\"drafts\": [{\"id\", \"state\", \"kind\", \"title\", \"body\",
\"link\", \"why\", \"for_whom\", \"about\", \"language\", \"sender\": {\"name\", \"email\",
\"organisation\", \"known\"}, \"received_at\"}]}; \"known\" tells that it came through the
person's own link.")]
    List {
        /// Those that were taken or declined too
        #[arg(long)]
        all: bool,
    },
    /// Show one
    #[command(after_help = "Example:\n  treff draft show 3\n\nWith --json: one of those that list tells")]
    Show {
        /// Its number
        id: i64,
    },
    /// Make a draft of a mail, as serve does of what comes to the mailbox for drafts
    #[command(after_help = "\
Examples:
  treff draft mail forwarded.eml
  treff draft mail < forwarded.eml       (as a mail server pipes it)

The same mail is one draft however often it comes. What programs send by themselves,
what lists send and what a filter called spam becomes none: exit 1.

With --json: {\"draft\"}, its number")]
    Mail {
        /// The mail; without it, standard input
        file: Option<PathBuf>,
    },
    /// Make an item file of it, and mark it as taken
    #[command(after_help = "\
Examples:
  treff draft take 3 --out kurs.md
  treff draft take 3 --audience group:health --out kurs.md
  treff item add kurs.md

Who gets it is for the lead to choose, in the file or with --audience. What the
sender wished stands in the file as a remark. A file that is there is left alone.

With --json: {\"draft\", \"file\", \"text\"}")]
    Take {
        /// Its number
        id: i64,
        /// Where to write the item file, for your eyes only, into a folder that is there; without it, the file is printed
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Who gets it
        #[arg(long, value_name = "EXPR")]
        audience: Option<String>,
    },
    /// Mark it as declined
    #[command(
        after_help = "Example:\n  treff draft decline 3\n\nWith --json: {\"draft\", \"state\", \"changed\"}"
    )]
    Decline {
        /// Its number
        id: i64,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::List { all } => list(app, *all).await,
        Command::Show { id } => show(app, *id).await,
        Command::Mail { file } => mail(app, file.as_deref()).await,
        Command::Take { id, out, audience } => take(app, *id, out.as_deref(), audience.as_deref()).await,
        Command::Decline { id } => decline(app, *id).await,
    }
}

async fn mail(app: &App, file: Option<&Path>) -> anyhow::Result<Report> {
    let raw = read_raw_mail(file)?;
    let Some(mail) = read_person_mail(&raw, READ_OF_PEOPLE) else {
        anyhow::bail!("no person wrote this mail by themselves; treff bounce reads returned mail");
    };
    let pipeline = Pipeline::build(app).await?;
    let (from, draft) = (mail.from.clone(), mail.draft_id().to_owned());
    if pipeline.keep_mailed(mail).await? == SentIn::TooMuch {
        anyhow::bail!("more than enough was mailed by {from} today; try again tomorrow");
    }
    let draft = app.store.find_desk_draft(&draft).await?;
    let id = draft.map(|draft| draft.id).context("the draft was thrown away meanwhile")?;
    Ok(Report::done(format!("draft {id}; see treff draft show {id}"), json!({ "draft": id })))
}

/// A draft in `--json`.
#[derive(Debug, Serialize)]
struct Listed {
    id: i64,
    state: String,
    kind: Option<String>,
    title: String,
    body: String,
    link: Value,
    why: Value,
    for_whom: String,
    about: Value,
    language: String,
    sender: Sender,
    received_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
struct Sender {
    name: Option<String>,
    email: Option<String>,
    organisation: Option<String>,
    known: bool,
}

fn listed(row: DraftRow) -> Listed {
    let fields: Value = serde_json::from_str(&row.fields).unwrap_or_default();
    Listed {
        id: row.id,
        state: row.state,
        kind: row.kind,
        title: row.title,
        body: row.body,
        link: fields["link"].clone(),
        why: fields["why"].clone(),
        for_whom: row.audience_words,
        about: serde_json::from_str(&row.about).unwrap_or_default(),
        language: row.language,
        sender: Sender {
            name: row.sender_name,
            email: row.sender_email,
            organisation: row.sender_organisation,
            known: row.known,
        },
        received_at: row.received_at,
    }
}

async fn list(app: &App, all: bool) -> anyhow::Result<Report> {
    let rows = if all { app.store.list_drafts().await? } else { app.store.list_new_drafts().await? };
    let time = ForumTime::of(app).await;
    let text =
        if rows.is_empty() { "Nothing was sent in.".to_owned() } else { table(&rows, time).to_string() };
    let drafts: Vec<Listed> = rows.into_iter().map(listed).collect();
    Ok(Report::done(text, json!({ "drafts": drafts })))
}

fn table(rows: &[DraftRow], time: ForumTime) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["DRAFT", "STATE", "KIND", "TITLE", "FROM", "RECEIVED"]);
    for row in rows {
        let from = row.sender_name.clone().or_else(|| row.sender_email.clone());
        table.add_row([
            row.id.to_string(),
            row.state.clone(),
            row.kind.clone().unwrap_or_default(),
            row.title.clone(),
            from.unwrap_or_default(),
            time.minute(row.received_at),
        ]);
    }
    table
}

async fn get(app: &App, id: i64) -> anyhow::Result<DraftRow> {
    let row = app.store.find_draft(id).await?;
    Ok(row.ok_or_else(|| BadInput::one(format!("there is no draft {id}; see treff draft list --all")))?)
}

async fn show(app: &App, id: i64) -> anyhow::Result<Report> {
    let row = get(app, id).await?;
    let text = write_draft_file(&row, None);
    Ok(Report::done(text.trim_end(), listed(row)))
}

async fn take(app: &App, id: i64, out: Option<&Path>, audience: Option<&str>) -> anyhow::Result<Report> {
    let row = get(app, id).await?;
    let forum = world::load_forum(&app.store).await?;
    let audience = match audience {
        Some(text) => {
            let parsed = Audience::parse(text, &forum.terms);
            Some(parsed.map_err(|error| BadInput::one(format!("--audience: {error}")))?.written(&forum.terms))
        }
        None => None,
    };
    let text = write_draft_file(&row, audience.as_deref());
    if let Some(path) = out {
        write_new_file(path, text.as_bytes()).map_err(|error| not_written(path, error))?;
    }
    app.store.settle_draft(id, "taken", app.clock.now()).await?;
    let told = match out {
        Some(path) if audience.is_some() => {
            format!("Written: {0}\nQueue it with treff item add {0}", path.display())
        }
        Some(path) => {
            format!("Written: {0}\nChoose its audience in the file, then: treff item add {0}", path.display())
        }
        None => text.trim_end().to_owned(),
    };
    Ok(Report::done(told, json!({ "draft": id, "file": out, "text": text })))
}

/// Why an item file was not written: it was misnamed, or that failed.
fn not_written(path: &Path, error: io::Error) -> anyhow::Error {
    let path = path.display();
    match error.kind() {
        ErrorKind::AlreadyExists
        | ErrorKind::NotADirectory
        | ErrorKind::NotFound
        | ErrorKind::PermissionDenied => {
            BadInput::one(format!("{path} cannot be made: {error}; choose another name with --out")).into()
        }
        _ => anyhow::Error::new(error).context(format!("{path} cannot be written")),
    }
}

async fn decline(app: &App, id: i64) -> anyhow::Result<Report> {
    get(app, id).await?;
    let changed = app.store.settle_draft(id, "declined", app.clock.now()).await?;
    Ok(Report::done(
        format!("Declined: {id}"),
        json!({ "draft": id, "state": "declined", "changed": changed }),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_another_name_would_mend_is_a_bad_name() {
        let told = |kind: ErrorKind| not_written(Path::new("kurs.md"), kind.into());
        for kind in [
            ErrorKind::AlreadyExists,
            ErrorKind::NotADirectory,
            ErrorKind::NotFound,
            ErrorKind::PermissionDenied,
        ] {
            assert!(told(kind).is::<BadInput>(), "{kind}");
        }
        let full = told(ErrorKind::StorageFull);
        assert!(!full.is::<BadInput>());
        assert_eq!(full.to_string(), "kurs.md cannot be written");
    }
}
