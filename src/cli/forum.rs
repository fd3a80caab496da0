//! `treff forum apply` and `show`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{BadInput, Report};
use crate::app::App;
use crate::intake::forum_apply::{Applied, ApplyError, How, Pair, apply_forum, read_forum_as_file};
use crate::intake::forum_file::{ForumFile, read_forum_file};

/// What to do with the forum.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make the forum what FILE says; again changes nothing
    #[command(after_help = "Example:\n  treff forum apply forum.toml --dry-run")]
    Apply {
        /// The forum file (forum.toml)
        file: PathBuf,
        /// Say what would change and who gains or loses which items that are out or wait; change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the forum as a forum file, with what was changed at the desk
    #[command(after_help = "Example:\n  treff forum show > forum.toml")]
    Show,
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Apply { file, dry_run } => apply(app, file, *dry_run).await,
        Command::Show => show(app).await,
    }
}

/// `{"file"}`: the text of a forum file.
async fn show(app: &App) -> anyhow::Result<Report> {
    let text = read_forum_as_file(&app.store).await?.to_string();
    let json = json!({ "file": text });
    Ok(Report::done(text, json))
}

/// `{"dry_run", "changed", "settings", "come", "go", "renamed", "moved", "kinds", "sectors", "gains",
/// "loses", "warnings"}`; see [`Applied`] for the lists.
async fn apply(app: &App, path: &Path, dry_run: bool) -> anyhow::Result<Report> {
    let file = read(path)?;
    let warnings: Vec<String> = file.warnings.iter().map(|w| format!("{}: {w}", path.display())).collect();
    let how = How { actor: "command", dry_run, now: app.clock.now() };
    let applied = apply_forum(&app.store, file, how).await.map_err(|e| match e {
        ApplyError::TooLong(lines) => {
            BadInput(lines.into_iter().map(|l| format!("{}: {l}", path.display())).collect()).into()
        }
        ApplyError::InUse(lines) => {
            BadInput(lines.into_iter().map(|l| format!("{}: {l}", path.display())).collect()).into()
        }
        other => anyhow::Error::from(other),
    })?;
    let mut json = serde_json::to_value(&applied)?;
    json["dry_run"] = json!(dry_run);
    json["changed"] = json!(!applied.plan.is_empty());
    json["warnings"] = json!(warnings);
    let mut report = Report::done(text(&applied, dry_run), json);
    report.notices = warnings;
    Ok(report)
}

fn read(path: &Path) -> Result<ForumFile, BadInput> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| BadInput::one(format!("{name}: cannot be read: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|b| **b == b'\n').count();
        BadInput::one(format!("{name}:{line}: not UTF-8 text; save the file as UTF-8"))
    })?;
    read_forum_file(&name, &text).map_err(BadInput)
}

fn text(Applied { plan, effects }: &Applied, dry_run: bool) -> String {
    if plan.is_empty() {
        return "Nothing changes: the forum is what the file says.".to_owned();
    }
    let mut text = String::new();
    let mut line = |what: &str, which: String| {
        if !which.is_empty() {
            let _ = writeln!(text, "{what:<10} {which}");
        }
    };
    line("settings", plan.settings.join(", "));
    line("comes", plan.come.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(", "));
    line("goes", plan.go.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(", "));
    for renamed in &plan.renamed {
        line("renamed", format!("{}: {} -> {}", renamed.term, named(&renamed.from), named(&renamed.to)));
    }
    for moved in &plan.moved {
        line("moved", format!("{}: {} -> {}", moved.term, above(&moved.from), above(&moved.to)));
    }
    for kind in &plan.kinds {
        let word = |k: Option<crate::forum::GroupKind>| k.map_or("-", |k| k.word());
        line("kind", format!("{}: {} -> {}", kind.term, word(kind.from), word(kind.to)));
    }
    for sectors in &plan.sectors {
        line("sectors", format!("{}: {} -> {}", sectors.group, listed(&sectors.from), listed(&sectors.to)));
    }
    line("gains", pairs(&effects.gains));
    line("loses", pairs(&effects.loses));
    let ending =
        if dry_run { "Nothing was written: this was a dry run." } else { "The forum is what the file says." };
    let _ = writeln!(text, "{ending}");
    text
}

fn named(names: &crate::forum::Names) -> String {
    names.0.values().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" / ")
}

fn above(term: &Option<crate::forum::Term>) -> String {
    term.as_ref().map_or("at the top".to_owned(), |term| format!("under {term}"))
}

fn pairs(pairs: &[Pair]) -> String {
    pairs.iter().map(|p| format!("{} {}", p.recipient, p.item)).collect::<Vec<_>>().join("\n           ")
}

fn listed(terms: &[crate::forum::Term]) -> String {
    match terms {
        [] => "none".to_owned(),
        _ => terms.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(", "),
    }
}
