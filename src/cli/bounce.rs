//! `treff bounce`, and what it could not tell: `list` and `show`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use comfy_table::{Table, presets};
use serde_json::json;

use super::forum_time::ForumTime;
use super::mail_input::read_raw_mail;
use super::{BadInput, Report};
use crate::app::App;
use crate::delivery::ReturnPaths;
use crate::feedback::bounce::{
    BounceReport, Glance, Leaving, ReturnedMail, Taken, find_leaver, glance_at, read_mail, take_in,
};
use crate::forum::Recipient;
use crate::ids::RecipientId;
use crate::store::KeptMail;
use crate::world;

/// So many kept mails are looked at at a time ...
const KEPT_AT_ONCE: i64 = 100;

/// ... and so much of each.
const GLANCED_BYTES: i64 = 64 * 1024;

/// Which mail to read, or what to do with those that were not understood.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example:\n  treff bounce returned.eml --dry-run\n\nAs a pipe in a mail server's aliases (75: if the database cannot be reached, the server tries again later):\n  bounce: \"|treff --config /etc/treff/treff.toml bounce || exit 75\""
)]
pub struct Args {
    /// The mail; standard input if none is named
    pub file: Option<PathBuf>,
    /// Say what it is; change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do with mails that were not understood; each is kept as long as letters are.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the mails that were not understood
    List,
    /// Print one of them as it came
    #[command(after_help = "Example:\n  treff bounce list\n  treff bounce show 17 > returned.eml")]
    Show {
        /// Its number, as treff bounce list shows it
        id: i64,
    },
}

/// Runs the command. Whatever a mail is that is read, and whomever it names, the exit code is 0.
pub async fn run(app: &App, args: &Args) -> anyhow::Result<Report> {
    match args.command {
        None => read(app, args).await,
        Some(Command::List) => list(app).await,
        Some(Command::Show { id }) => show(app, id).await,
    }
}

async fn read(app: &App, args: &Args) -> anyhow::Result<Report> {
    let raw = read_raw_mail(args.file.as_deref())?;
    let mut mail = read_mail(&raw);
    if matches!(mail.leaving, Leaving::Asked(_)) {
        find_leaver(&app.store, &app.keys().await?, &mut mail).await?;
    }
    let mut notices = Vec::new();
    if !args.dry_run {
        notices = take(app, &mail, &raw).await?;
    } else if matches!(mail.leaving, Leaving::By(_)) {
        mail.reports.iter_mut().for_each(|report| report.reason = format!("would be {}", report.reason));
    }
    let lines: Vec<String> = mail.reports.iter().map(tell).collect();
    let mut report = Report::done(lines.join("\n"), serde_json::json!({ "reports": mail.reports }));
    report.notices = notices;
    Ok(report)
}

async fn take(app: &App, mail: &ReturnedMail, raw: &[u8]) -> anyhow::Result<Vec<String>> {
    // Reading needs no domain: return paths are told by their tag.
    let return_paths = ReturnPaths::new(app.keys().await?, "");
    let now = app.clock.now();
    let taken = take_in(&app.store, &return_paths, now, mail, raw).await?;
    let mut notices = Vec::new();
    if taken.iter().any(|t| t.again) {
        notices.push("this mail was taken in before; it counts once".to_owned());
    }
    if taken.iter().any(|t| t.kept) {
        notices.push(
            "this mail names several people and no letter of ours; nothing follows from it, and it is kept: see treff \
             bounce list"
                .to_owned(),
        );
    }
    let ids: Vec<RecipientId> = taken.iter().filter_map(|t| t.recipient).collect();
    if !ids.is_empty() {
        let forum = world::load_forum(&app.store).await?;
        let people = world::load_recipients_by_ids(&app.store, &forum, &ids).await?;
        notices.extend(people.iter().flat_map(|person| tell_consequences(person, &taken, now)));
    }
    Ok(notices)
}

/// What follows for a person.
fn tell_consequences(person: &Recipient, taken: &[Taken], now: DateTime<Utc>) -> Vec<String> {
    let email = &person.email;
    let is = |so: fn(&Taken) -> bool| taken.iter().any(|t| t.recipient == Some(person.id) && so(t));
    let has_place = person.standing.seats.iter().any(|seat| seat.ends_at.is_none_or(|end| now < end));
    [
        (is(|t| t.suspended), format!("{email} gets nothing more")),
        (is(|t| t.unsubscribed), format!("{email} has unsubscribed and gets nothing more")),
        (is(|t| t.asked) && has_place, format!("{email}: who has this place now? See treff seat questions")),
    ]
    .into_iter()
    .filter_map(|(is_so, told)| is_so.then_some(told))
    .collect()
}

async fn list(app: &App) -> anyhow::Result<Report> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["mail", "when", "from", "subject", "why"]);
    let mut mails = Vec::new();
    let time = ForumTime::of(app).await;
    let mut after = 0;
    loop {
        let batch = app.store.list_kept_mails(after, KEPT_AT_ONCE, GLANCED_BYTES).await?;
        let Some(last) = batch.last() else { break };
        after = last.id;
        for kept in &batch {
            let glance = glance_at(&kept.raw);
            mails.push(describe(kept, &glance));
            table.add_row([
                kept.id.to_string(),
                time.minute(kept.received_at),
                glance.from,
                glance.subject,
                glance.why.words().to_owned(),
            ]);
        }
    }
    let text = if mails.is_empty() {
        "No mail that was not understood is kept.".to_owned()
    } else {
        table.to_string()
    };
    Ok(Report::done(text, json!({ "mails": mails })))
}

async fn show(app: &App, id: i64) -> anyhow::Result<Report> {
    let Some(kept) = app.store.find_kept_mail(id).await? else {
        return Err(
            BadInput::one(format!("no mail {id} is kept; treff bounce list shows those that are")).into()
        );
    };
    let raw = String::from_utf8_lossy(&kept.raw).into_owned();
    let mut document = describe(&kept, &glance_at(&kept.raw));
    document["raw"] = json!(raw);
    Ok(Report::done(raw, document))
}

fn describe(kept: &KeptMail, glance: &Glance) -> serde_json::Value {
    json!({
        "id": kept.id, "received_at": kept.received_at, "from": glance.from, "subject": glance.subject,
        "why": glance.why, "reason": kept.reason,
    })
}

fn tell(report: &BounceReport) -> String {
    let whom = report.recipient.as_deref().unwrap_or("nobody named");
    let status = report.status.as_deref().map(|s| format!(" {s}")).unwrap_or_default();
    let suggests = report.suggests.as_ref().map(|s| {
        let name = s.name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
        format!("; has left, suggests {name}<{}>", s.email)
    });
    format!("{}{status}: {whom}: {}{}", report.kind.word(), report.reason, suggests.unwrap_or_default())
}
