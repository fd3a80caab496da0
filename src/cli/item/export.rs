//! `treff item export`.

use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};

use crate::app::App;
use crate::cli::new_file::{OWN, make_folder_of, write_new_file};
use crate::cli::progress::bar;
use crate::cli::{BadInput, Report};
use crate::content::local_midnight;
use crate::forum::{Forum, Kind};
use crate::store::DepositFilter;
use crate::web::{DepositError, Index, Press, write_deposit};

/// What of the items, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A new or empty folder
    folder: PathBuf,
    /// Released on this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Released on this day or before
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Of this kind; without it minutes, and whatever is or was required
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
}

/// Writes what went out into files that last; all of it or nothing.
pub(super) async fn run(app: &App, forum: &Forum, args: &Args) -> anyhow::Result<Report> {
    let filter = filter_of(args, forum, app.clock.now())?;
    let (folder, partial) = places_of(&args.folder)?;
    let shown = folder.display();
    let filled = fill(app, forum, &filter, &partial).await;
    // Onto an empty folder too.
    let made = filled.and_then(|index| {
        let renamed = std::fs::rename(&partial, &folder).map(|()| index);
        renamed.map_err(|source| DepositError::Write { path: shown.to_string(), source })
    });
    if made.is_err() {
        let _ = std::fs::remove_dir_all(&partial);
    }
    let index = made.map_err(|error| {
        let remedy = match error {
            DepositError::Write { .. } => "; make room on its disk, or name another folder",
            _ => "",
        };
        anyhow::Error::new(error).context(format!("nothing was exported to {shown}{remedy}"))
    })?;
    let recorded = app.store.record_deposit(index.items(), "treff item export", app.clock.now()).await;
    recorded.with_context(|| format!("all is in {shown}, but the log does not tell that it was taken"))?;
    let text = format!("{} item(s) in {shown}; index.csv tells what lies where", index.items());
    Ok(Report::done(text, index))
}

async fn fill(
    app: &App,
    forum: &Forum,
    filter: &DepositFilter,
    partial: &Path,
) -> Result<Index, DepositError> {
    let press = Press::load()?;
    let mut put = |path: &str, bytes: &[u8]| {
        let path = partial.join(path);
        make_folder_of(&path, OWN)?;
        write_new_file(&path, bytes)
    };
    let bar = bar("exporting");
    let progress = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    };
    let index = write_deposit((&app.store, forum, &press), filter, &mut put, &progress).await;
    bar.finish_and_clear();
    index
}

fn filter_of(args: &Args, forum: &Forum, now: DateTime<Utc>) -> Result<DepositFilter, BadInput> {
    let mut errors = Vec::new();
    let mut day = |option: &str, text: Option<&String>| {
        let text = text?;
        let wrong = || format!("{option}: \"{text}\" is no day; write it like 2027-08-16");
        text.trim().parse::<NaiveDate>().map_err(|_| errors.push(wrong())).ok()
    };
    let (since, until) = (day("--since", args.since.as_ref()), day("--until", args.until.as_ref()));
    let mut kinds = Vec::new();
    for text in &args.kinds {
        match text.trim().to_lowercase().parse::<Kind>() {
            Ok(kind) => kinds.push(kind.word().to_owned()),
            Err(error) => errors.push(format!("--kind: {error}")),
        }
    }
    let begin = |day: NaiveDate| local_midnight(day, forum.settings.zone);
    let from = since.map(begin);
    let until = until.and_then(|day| day.succ_opt()).map(begin);
    if errors.is_empty() { Ok(DepositFilter { now, kinds, from, until }) } else { Err(BadInput(errors)) }
}

/// The folder, which holds nothing, and the one beside it in which all is written first; that one is there now.
fn places_of(folder: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let shown = folder.display();
    match std::fs::read_dir(folder).map(|mut entries| entries.next()) {
        Ok(Some(_)) => {
            return Err(BadInput::one(format!(
                "{shown} holds something already, which stays as it is; name a new or empty folder"
            ))
            .into());
        }
        Ok(None) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(BadInput::one(format!(
                "{shown} is no folder that can be read: {error}; name another"
            ))
            .into());
        }
    }
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let Some(name) = whole.file_name() else {
        return Err(BadInput::one(format!("{shown} cannot be filled; name a folder in it")).into());
    };
    let mut partial = name.to_owned();
    partial.push(".partial");
    let partial = whole.with_file_name(partial);
    std::fs::DirBuilder::new().mode(0o700).create(&partial).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "is left of an export that did not end, or of one under way; remove it if none is".to_owned()
            }
            _ => format!("cannot be made: {error}; make the folder above it, or name another place"),
        };
        BadInput::one(format!("{} {why}", partial.display()))
    })?;
    Ok((whole, partial))
}
