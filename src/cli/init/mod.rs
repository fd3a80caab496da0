//! `treff init`: configuration, database, signing key, and at a terminal the first lead.

mod file;
mod questions;

use std::io::{ErrorKind, IsTerminal as _, Write as _, stderr, stdin};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::TimeDelta;
use serde::Serialize;

use self::file::{Answers, config_text, forum_text};
use self::questions::{Lead, Questions};
use super::new_file::{SHARED, make_folder_of, write_new_file};
use super::{Report, account};
use crate::clock::{Clock, random_bytes, random_hex};
use crate::config::{Config, ConfigFile, Overrides};
use crate::delivery::Relay;
use crate::forum::{EmailAddress, EmailError};
use crate::staff::doors::INVITED_HOURS;
use crate::store::Store;

/// How to begin.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff init --no-input --config /etc/treff/treff.toml")]
pub struct Args {
    /// Ask nothing; make no account
    #[arg(long)]
    pub no_input: bool,
}

/// What `--json` prints.
#[derive(Debug, Default, Serialize)]
struct Done {
    /// The configuration file.
    config: PathBuf,
    /// Whether this call wrote it.
    config_created: bool,
    /// Whether this call made the database and its signing key.
    database_created: bool,
    /// The address of the account that this call made, if any.
    account: Option<String>,
    /// The link that opens the desk for that account, once.
    sign_in: Option<String>,
    /// The forum file that this call wrote, if any.
    forum_file: Option<PathBuf>,
    /// Whether this call changed anything.
    changed: bool,
    /// What to do now.
    next: Vec<String>,
}

/// Runs the command; `path` is where the configuration is to stand. With `json` nothing is asked.
pub async fn run(path: &Path, overrides: Overrides, json: bool, args: &Args) -> anyhow::Result<Report> {
    let asks = !args.no_input && !json && stdin().is_terminal();
    let mut done = Done { config: path.to_owned(), ..Done::default() };
    let mut lead = None;
    if !path.exists() {
        let answers = if asks { ask_all(path, &mut done, &mut lead)? } else { Answers::default() };
        done.config_created = write_new(path, &config_text(&answers))?;
        if asks && !done.config_created {
            anyhow::bail!(
                "another program wrote {path} meanwhile; what you answered is not in it: look through it, and run \
                 treff init again for the lead's account",
                path = path.display()
            );
        }
    }
    let config = Config::load(path, overrides)?;
    let store = create_database(&config).await?;
    let now = Clock::system().now();
    if store.list_keys().await?.is_empty() {
        store.add_key(random_bytes(), now).await?;
        done.database_created = true;
    }
    let has_account = store.count_accounts().await? > 0;
    if asks && !has_account && lead.is_none() && !done.config_created {
        lead = Questions { input: stdin().lock(), out: stderr() }.ask_lead()?;
    }
    if let Some(lead) = &lead
        && store.add_lead(lead.email.as_str(), &lead.name, now).await?
    {
        done.account = Some(lead.email.to_string());
        done.sign_in =
            account::link_of(&store, &config, &lead.email, TimeDelta::hours(INVITED_HOURS), now).await?;
    }
    let lacks_account = !has_account && done.account.is_none();
    done.next = next_steps(&store, path, &done, lacks_account).await?;
    store.close().await;
    done.changed = done.config_created || done.database_created || done.account.is_some();
    Ok(Report::done(text(&done), &done))
}

/// Everything at once, on the first start; writes `forum.toml` beside the configuration.
fn ask_all(path: &Path, done: &mut Done, lead: &mut Option<Lead>) -> anyhow::Result<Answers> {
    let mut questions = Questions { input: stdin().lock(), out: stderr() };
    writeln!(questions.out, "A few questions; an empty answer takes what stands in [brackets].")?;
    let name = questions.ask("The forum's name", "Kompetanseforum")?;
    *lead = questions.ask_lead()?;
    let relay_url = "The relay, such as smtp://user@relay.example";
    let relay_url = questions.ask_until(relay_url, "maildir:outbox", check_relay)?;
    // An address beyond ASCII receives letters; few relays would take any from it.
    let own = lead.as_ref().map(|lead| lead.email.as_str()).filter(|address| address.is_ascii());
    let own = own.map(str::to_owned);
    let sender = own.as_deref().unwrap_or_default();
    let sender = questions.ask_until("The address that letters come from", sender, check_sender)?;
    let forum_file = path.with_file_name("forum.toml");
    if !forum_file.exists() && write_new(&forum_file, &forum_text(&name))? {
        done.forum_file = Some(forum_file);
    }
    Ok(Answers {
        relay_url: Some(relay_url),
        sender,
        reply_name: lead.as_ref().map(|lead| lead.name.clone()),
        reply_address: own,
    })
}

/// The relay as it was typed, if it can be one; its password may still be missing.
fn check_relay(text: &str) -> Result<String, String> {
    let overrides = Overrides { relay_url: Some(text.to_owned()), ..Overrides::default() };
    let config = Config::resolve(PathBuf::new(), ConfigFile::default(), overrides);
    match Relay::open(&config.map_err(|error| error.to_string())?, &Clock::system()) {
        Err(error) if error.is_bad_setting() => Err(error.to_string()),
        _ => Ok(text.to_owned()),
    }
}

/// The sender's address as it was typed; nothing for none.
fn check_sender(text: &str) -> Result<Option<String>, EmailError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse::<EmailAddress>().map(|_| Some(text.to_owned()))
}

/// Writes a file that is not there yet, for its owner's eyes only, since secrets may come to stand in it. Its folder is made if it
/// is missing, for whom the umask says: what others read may lie there too. Answers whether the file was not there: another
/// program may have been first. It gets its name once it is whole, so that nobody reads a part.
fn write_new(path: &Path, text: &str) -> anyhow::Result<bool> {
    let writing = || format!("{} cannot be written", path.display());
    make_folder_of(path, SHARED).with_context(writing)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", random_hex::<8>()));
    let beside = PathBuf::from(beside);
    let named = write_new_file(&beside, text.as_bytes()).and_then(|()| name_first(&beside, path));
    // Gone already, or not made, it is missed by nobody.
    let _ = std::fs::remove_file(&beside);
    match named {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        named => named.with_context(writing).map(|()| true),
    }
}

/// Gives a file its name if nothing has it. A file system without links (vfat) has no such step: there of two programs at the
/// same moment the second wins.
fn name_first(file: &Path, name: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(file, name) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists && !name.try_exists()? => {
            std::fs::rename(file, name)
        }
        named => named,
    }
}

async fn create_database(config: &Config) -> anyhow::Result<Store> {
    if let Some(folder) = config.database_url.strip_prefix("sqlite://").and_then(|p| Path::new(p).parent()) {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    Ok(Store::open(&config.database_url, true).await?)
}

async fn next_steps(
    store: &Store,
    path: &Path,
    done: &Done,
    lacks_account: bool,
) -> anyhow::Result<Vec<String>> {
    let mut next = Vec::new();
    if done.config_created {
        next.push(format!("look through {}", path.display()));
    }
    // A command that finds another configuration, or none, would make a second forum.
    let at = match path.as_os_str() == "treff.toml" {
        true => String::new(),
        false => format!(" --config {}", path.display()),
    };
    if lacks_account {
        next.push(format!(
            "make the lead's account: run treff init{at} at a terminal, without --no-input, or treff account add EMAIL \
             --lead{at}"
        ));
    }
    if store.find_forum().await?.is_none() {
        let file = done.forum_file.clone().unwrap_or_else(|| "forum.toml".into());
        next.push(format!("describe the forum: treff forum apply {}{at}", file.display()));
        next.push(format!("bring the people in: treff people import people.xlsx{at}"));
    }
    if let Some(url) = &done.sign_in {
        next.push(format!("serve the pages: treff serve{at}"));
        next.push(format!("sign in (the link works once, for {INVITED_HOURS} hours): {url}"));
    }
    next.push(format!("see whether all is well: treff doctor{at}"));
    Ok(next)
}

fn text(done: &Done) -> String {
    let mut lines = Vec::new();
    let config = done.config.display();
    match (done.config_created, done.database_created) {
        (true, _) => lines.push(format!("Wrote {config}.")),
        (false, false) if done.account.is_none() => {
            lines.push(format!("Nothing to do: {config} and its database are there."))
        }
        (false, _) => {}
    }
    if done.database_created {
        lines.push("Created the database and its signing key.".to_owned());
    }
    if let Some(path) = &done.forum_file {
        lines.push(format!("Wrote {}, a first forum file.", path.display()));
    }
    if let Some(email) = &done.account {
        lines.push(format!("Made the lead's account, {email}."));
    }
    lines.push("Next:".to_owned());
    lines.extend(done.next.iter().map(|step| format!("  {step}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn a_file_gets_its_name_once_it_is_whole_and_only_from_who_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("etc/treff.toml");
        let texts = ["a", "b", "c", "d"].map(|letter| letter.repeat(1 << 20));
        let begin = Barrier::new(texts.len());
        let write = &|text: &str| {
            begin.wait();
            let first = write_new(&path, text).unwrap();
            // Whoever was not first reads what another wrote: all of it.
            (first, std::fs::read_to_string(&path).unwrap())
        };
        let written: Vec<(bool, String)> = std::thread::scope(|scope| {
            let writing: Vec<_> =
                texts.iter().map(|text| scope.spawn(move || write(text.as_str()))).collect();
            writing.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let first: Vec<&String> = written.iter().filter(|(first, _)| *first).map(|(_, text)| text).collect();
        assert_eq!(first.len(), 1);
        assert!(texts.contains(first[0]) && written.iter().all(|(_, read)| read == first[0]));
        let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "nothing lies beside it");
    }

    #[test]
    fn what_can_be_no_relay_and_no_address_is_asked_again() {
        for relay in ["maildir:outbox", "smtp://user@relay.example", "smtps://relay.example:465"] {
            assert_eq!(check_relay(relay), Ok(relay.to_owned()));
        }
        for wrong in ["Kari Nes", "relay.example", "http://relay.example", "maildir:"] {
            assert!(check_relay(wrong).is_err(), "{wrong}");
        }
        assert_eq!(check_sender(""), Ok(None));
        assert_eq!(check_sender("forum@forum.example"), Ok(Some("forum@forum.example".to_owned())));
        assert!(check_sender("kari").is_err());
    }
}
