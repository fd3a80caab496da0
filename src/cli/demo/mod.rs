//! `treff demo`: an invented forum at work, in one folder, with nothing leaving the machine.
//!
//! The first start writes the forum's files, applies, imports and queues them as the other commands
//! would, and runs the weekly editions of the last weeks at their own times and this week's now. Killed
//! anywhere, it is taken up by the next start; once that is done, a start only serves. The environment
//! is not asked: a demo never touches a real forum's database.

mod content;
mod effects;
mod folder;
mod goals;
mod profiles;
mod promises;
mod saying;
mod taking_part;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::folder::Folder;
use super::serve::{stop_on_signal, work};
use super::{Report, forum, item, people};
use crate::app::App;
use crate::clock::{Clock, random_bytes};
use crate::config::Overrides;
use crate::forum::Cadence;
use crate::pipeline::Pipeline;
use crate::store::Store;

/// How many days before the first start each edition stands, oldest first: so this week's letters hold
/// what is new since last week, as letters do.
const EDITIONS_DAYS_AGO: [i64; 3] = [14, 7, 0];

/// The demo's lead, invented like everybody in it.
const LEAD: (&str, &str) = ("kari.nes@nordfjella-fylke.example", "Kari Nes");

/// Where and how.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff demo --dir /tmp/treff-demo --port 8090")]
pub struct Args {
    /// The folder that holds everything the demo makes
    #[arg(long, default_value = "treff-demo")]
    pub dir: PathBuf,
    /// The port of the pages on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
}

/// Runs until SIGTERM or SIGINT; `called` is how this program was called. With `json` standard output is kept for the report.
pub async fn run(called: &Path, json: bool, args: &Args) -> anyhow::Result<Report> {
    let listener = listen(args.port).await?;
    let listen = listener.local_addr()?.to_string();
    let base_url = format!("http://{listen}");
    let stop = stop_on_signal();
    let mut folder = Folder::open(&args.dir, Clock::system().now())?;
    if !folder.is_ready() {
        folder.write_files(&base_url, &listen)?;
        create_database(&folder.file("treff.db")).await?;
    }
    let overrides = Overrides { base_url: Some(base_url.clone()), ..Overrides::default() };
    let app = App::open(&folder.file("treff.toml"), overrides).await?;
    if !folder.is_ready() {
        set_up(&app, &folder).await?;
        run_editions(&app, &folder, &stop).await?;
        goals::set_goals(&app, &std::fs::read_to_string(folder.file("goals.toml"))?).await?;
        promises::keep_promises(&app, &std::fs::read_to_string(folder.file("promises.toml"))?).await?;
        taking_part::take_part(&app, &std::fs::read_to_string(folder.file("answers.toml"))?).await?;
        effects::publish(&app, &std::fs::read_to_string(folder.file("effects.toml"))?).await?;
        saying::say(&app).await?;
        if !stop.is_cancelled() {
            folder.make_ready()?;
        }
    }
    tell((called, json), &args.dir, &base_url);
    let pages = crate::web::serve_demo(&app, listener, stop.clone());
    tokio::try_join!(pages, work(&app, stop.clone()))?;
    let json = serde_json::json!({ "url": base_url, "dir": args.dir, "stopped": true });
    Ok(Report::done("Stopped. The same command goes on where this was.", json))
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
        let next = port.checked_add(1).unwrap_or(8081);
        anyhow::anyhow!("cannot listen on 127.0.0.1:{port}: {error}; choose another port with --port {next}")
    })
}

async fn create_database(path: &Path) -> anyhow::Result<()> {
    let path = std::path::absolute(path)?;
    let store = Store::open(&format!("sqlite://{}", path.display()), true).await?;
    if store.list_keys().await?.is_empty() {
        store.add_key(random_bytes(), Clock::system().now()).await?;
    }
    store.close().await;
    Ok(())
}

/// Forum, people, their choices, items: as the commands do it. Each step again changes nothing.
async fn set_up(app: &App, folder: &Folder) -> anyhow::Result<()> {
    forum::run(app, &forum::Command::Apply { file: folder.file("forum.toml"), dry_run: false }).await?;
    let file = folder.file("people.csv");
    // Their first letters tell since when the forum has had their names: since before those letters.
    let before = folder.started_at() - TimeDelta::days(EDITIONS_DAYS_AGO[0] + 1);
    let then = App { clock: Clock::simulated(before), ..app.clone() };
    people::run(&then, &people::Command::Import { file, source: None, dry_run: false }).await?;
    profiles::apply_profiles(app, &std::fs::read_to_string(folder.file("profiles.toml"))?).await?;
    item::run(app, &item::Command::Add { files: vec![folder.file("items")], dry_run: false }).await?;
    let (email, name) = LEAD;
    app.store.add_lead(email, name, app.clock.now()).await?;
    Ok(())
}

async fn run_editions(app: &App, folder: &Folder, stop: &CancellationToken) -> anyhow::Result<()> {
    let pipeline = Pipeline::build(app).await?;
    for days in EDITIONS_DAYS_AGO {
        let at = folder.started_at() - TimeDelta::days(days);
        pipeline.run_edition(Cadence::Weekly, Some(at), stop).await?;
    }
    Ok(())
}

/// Says where to look, at once: the report of a command comes only when it ends.
fn tell((called, json): (&Path, bool), dir: &Path, base_url: &str) {
    let config = dir.join("treff.toml");
    let text = format!(
        "A forum is at work. Open {base_url}/ to read its letters. A button there leads to the lead's desk.\n\n\
         Everything lies in {}: forum.toml, people.csv, items, the database, the letters (outbox).\n\
         Try the other commands on it, for example:\n  {} edition plan weekly --config {}\n\n\
         Ctrl-C stops it; the same command goes on where it was.\n",
        dir.display(),
        called.display(),
        config.display()
    );
    // A closed standard output must not end the demo.
    let _ = if json {
        std::io::stderr().write_all(text.as_bytes())
    } else {
        std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush())
    };
}
