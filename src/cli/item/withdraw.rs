//! `treff item withdraw`.

use serde_json::json;

use super::refusal::explain_refusal;
use crate::app::App;
use crate::cli::{BadInput, Report};
use crate::content::Kind;
use crate::forum::Forum;
use crate::intake::item_queue::{LONGEST_REASON, Tells, get_item, withdraw_item};
use crate::pipeline::{Concerned, look_at_cancelling};

/// What to take back, and whether people are told.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its slug
    item: String,
    /// Of an event: why, in a sentence or two; stands in the mail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Of an event: mail nobody that it is cancelled
    #[arg(long, conflicts_with = "reason")]
    tell_nobody: bool,
    /// Say how many would be told; change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Takes an item back; again changes nothing, not even whether people are told.
pub(super) async fn run(app: &App, forum: &Forum, args: &Args) -> anyhow::Result<Report> {
    let (slug, now) = (args.item.as_str(), app.clock.now());
    let reason = args.reason.as_deref().unwrap_or_default();
    let characters = reason.chars().count();
    if characters > LONGEST_REASON {
        let refused = format!("--reason has {characters} characters; write at most {LONGEST_REASON}");
        return Err(BadInput::one(refused).into());
    }
    let item = get_item(&app.store, forum, slug).await.map_err(explain_refusal)?;
    let tells = if args.tell_nobody { Tells::Nobody } else { Tells::Them(reason) };
    let changed = match args.dry_run {
        true => !item.withdrawn,
        false => withdraw_item(&app.store, slug, tells, now).await.map_err(explain_refusal)?,
    };
    let is_told = match (args.dry_run && changed, tells) {
        (true, Tells::Them(_)) => true,
        (true, Tells::Nobody) => false,
        (false, _) => app.store.find_cancellation(item.id).await?.is_some(),
    };
    let found = look_at_cancelling(&app.store, forum, &item, now).await?;
    let found = if is_told { found } else { Concerned { to_tell: 0, ..found } };
    let mut lines = vec![format!("{}: {slug}", tell_done(args.dry_run, changed))];
    lines.extend(tell_concerned(args.dry_run, is_told, found));
    let json = json!({
        "item": slug, "withdrawn": !args.dry_run || item.withdrawn, "changed": changed, "dry_run": args.dry_run,
        "concerned": found.people, "coming": found.coming, "to_tell": found.to_tell, "told": found.told,
    });
    let is_idle = item.kind != Kind::Event && args.reason.is_some();
    let notices =
        is_idle.then(|| format!("item {slug} is no event: nobody is mailed, and --reason is not used"));
    Ok(Report { notices: notices.into_iter().collect(), ..Report::done(lines.join("\n"), json) })
}

fn tell_done(dry_run: bool, changed: bool) -> &'static str {
    match (dry_run, changed) {
        (_, false) => "Unchanged, withdrawn already",
        (true, true) => "Would be withdrawn (this is a dry run)",
        (false, true) => "Withdrawn",
    }
}

/// Whom it concerns, and whether they hear of it.
fn tell_concerned(dry_run: bool, is_told: bool, found: Concerned) -> Vec<String> {
    let Concerned { people, coming, told, to_tell } = found;
    if people == 0 {
        return Vec::new();
    }
    let mut lines = vec![format!("{people} have got it or come; {coming} of them come or send another")];
    if !is_told {
        lines.push(format!("Nobody is told that it is cancelled{}", if dry_run { " then" } else { "" }));
        return lines;
    }
    if told > 0 {
        lines.push(format!("{told} were told that it is cancelled"));
    }
    if to_tell > 0 {
        let mails = if dry_run { "would mail" } else { "mails" };
        lines.push(format!(
            "treff serve {mails} {to_tell} that it is cancelled, those who pause when their pause is over"
        ));
    }
    if people > told + to_tell {
        let left = people - told - to_tell;
        lines.push(format!(
            "{left} get no mail: they get no letters any more, may not see it, or pause until it is over; \
             tell them yourself"
        ));
    }
    lines
}
