//! `treff item`.

mod add;
mod answers;
mod attach;
mod change;
mod export;
mod files;
mod list;
mod reach;
mod refusal;
mod said;
mod withdraw;

use std::path::PathBuf;

use super::Report;
use crate::app::App;
use crate::world;

/// What to do with items.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Queue items: Markdown with TOML front matter; all or nothing
    #[command(after_help = "\
Examples:
  treff item add referat-helse.md
  treff item add items/ --dry-run            every .md file of a folder
  treff item add samling.md samling-en.md    one item in two languages:
                                             the second has slug = \"samling\"

The same file again changes nothing. Before its release a changed file makes
a new version; after it, see treff item correct.

With --json: {\"added\": [slug], \"changed\": [slug], \"unchanged\": [slug],
\"warnings\": [text], \"dry_run\",
\"reach\": [{\"item\", \"recipients\", \"by_choice\", \"by_interest\"}]}")]
    Add {
        /// The item files, or folders of .md files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Check and say what would be queued; change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List items
    #[command(after_help = "\
Example:
  treff item list --json

With --json, ordered by slug: {\"items\": [{\"slug\", \"kind\", \"title\", \"version\",
\"languages\", \"release_at\", \"closes_at\", \"number\", \"withdrawn\", \"audience\",
\"about\", \"visibility\", \"importance\", \"lane\"}]}")]
    List,
    /// What people say to an event: coming, not coming, sending another
    #[command(after_help = "\
Examples:
  treff item answers samling
  treff item answers samling --csv > samling.csv

The answers are meant for the organiser. The CSV opens in Excel; no cell in it is
taken for a formula.

With --json: {\"item\", \"coming\", \"not_coming\", \"sending\",
\"answers\": [{\"recipient\", \"name\", \"organisation\", \"answer\", \"sent_name\",
\"sent_email\", \"note\", \"answered_at\"}]}")]
    Answers {
        /// Its slug
        item: String,
        /// Print comma-separated values
        #[arg(long, conflicts_with = "json")]
        csv: bool,
    },
    /// What readers say of an item: how many it missed, and for which colleagues it would be right
    #[command(after_help = "\
Example:
  treff item said referat-helse

Who said it is not told, and a sum of fewer than 5 is null.

With --json: {\"item\", \"not_for_me\", \"for_colleagues\", \"colleagues\": [text]}")]
    Said {
        /// Its slug
        item: String,
    },
    /// Take an item back: it leaves all unsent letters
    #[command(after_help = "\
Examples:
  treff item withdraw referat-helse
  treff item withdraw samling --dry-run      how many would be told
  treff item withdraw samling --reason \"Foredragsholderen er syk.\"
  treff item withdraw samling --tell-nobody

Of an event that is not over, treff serve mails whoever has got it, or says that
they come or send another, that it is cancelled: title, time, place, the reason,
and a file that takes it out of calendars. Each is told once, who pauses when the
pause is over; nobody who gets no letters any more or may not see it.

With --json: {\"item\", \"withdrawn\", \"changed\", \"dry_run\", \"concerned\",
\"coming\", \"to_tell\", \"told\"}: of an event how many have got it or come, how
many of them come or send another, how many are mailed, how many were")]
    Withdraw(withdraw::Args),
    /// Correct a released item: who got it gets the new version
    #[command(after_help = "\
Examples:
  treff item correct referat-helse referat-helse-rettet.md --dry-run
  treff item correct referat-helse referat-helse-rettet.md

FILE is the whole new version in one language; the texts in other languages
stay as they are. Its name does not matter; slug and release_at may be left out.
Without language it is of the item's only text, else of the one in the forum's
language.

What FILE leaves out has its default: visibility = \"forum\", no audience. It warns
of how many more people may read the item or get it by another visibility or
audience than before, and of how many have got it and get their next letter only
when it is closed; lane = \"urgent\" in FILE sends the correction in a minute.

With --json: {\"item\", \"version\", \"changed\", \"warnings\", \"dry_run\",
\"reach\": [{\"item\", \"recipients\", \"by_choice\", \"by_interest\"}]}, the reach
empty if nothing changed")]
    Correct {
        /// Its slug
        item: String,
        /// The whole new version
        file: PathBuf,
        /// Check and say what would become of it; change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Add files to an item, queued or out; nobody gets a letter for it
    #[command(after_help = "\
Example:
  treff item attach referat-helse referat.pdf budsjett.xlsx

Each file has at most 20 MB. What it is, its content says; readers of the item find
it on the item's page. An item file may name its files itself, by their places
beside it: attachments = [\"referat.pdf\"]

With --json: {\"item\", \"attachments\": [{\"name\", \"media_type\", \"bytes\"}]}")]
    Attach {
        /// Its slug
        item: String,
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Write what went out into files for the archive: minutes, and whatever is or was required
    #[command(after_help = "\
Examples:
  treff item export arkiv-2027 --since 2027-01-01 --until 2027-12-31
  treff item export alt --kind minutes --kind event --kind call

FOLDER is new or empty. For each item a folder: every version that went out in each
language, as Markdown that treff item add reads again and as a page that needs
nothing beside it, and its files as they are. index.csv and index.json tell what
lies where, with the SHA-256 of each file. It names nobody who receives; whoever may
read FOLDER reads what is for groups alone. All of it is written, or nothing.

With --json, as index.json: {\"forum\", \"items\": [{\"number\", \"slug\", \"kind\",
\"released_at\", \"withdrawn_at\", \"versions\": [{\"version\", \"written_at\",
\"written_by\", \"group\", \"visibility\", \"importance\", \"files\": [{\"file\",
\"title\", \"language\", \"media_type\", \"bytes\", \"sha256\"}]}]}]}")]
    Export(export::Args),
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    match command {
        Command::Add { files, dry_run } => add::run(app, &forum, files, *dry_run).await,
        Command::List => list::run(app, &forum).await,
        Command::Answers { item, csv } => answers::run(app, &forum, item, *csv).await,
        Command::Said { item } => said::run(app, &forum, item).await,
        Command::Withdraw(args) => withdraw::run(app, &forum, args).await,
        Command::Export(args) => export::run(app, &forum, args).await,
        Command::Attach { item, files } => attach::run(app, item, files).await,
        Command::Correct { item, file, dry_run } => change::correct(app, &forum, item, file, *dry_run).await,
    }
}
