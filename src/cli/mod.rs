//! The commands: a file each. They parse, call one room or the pipeline, and report.

mod account;
mod audience;
mod bounce;
mod completions;
mod config_path;
mod database;
mod delivery;
mod demo;
mod dkim;
mod doctor;
mod draft;
mod edition;
mod forum;
mod forum_time;
mod init;
mod item;
mod mail_input;
mod new_file;
mod people;
mod progress;
mod report;
mod seat;
mod sender;
pub mod serve;
mod why;

use std::path::PathBuf;
use std::pin::Pin;

use clap::{CommandFactory as _, Parser, Subcommand};

pub use report::{BadInput, Exit, Report};

use self::config_path::ConfigPath;
use crate::app::App;
use crate::config::{Config, Environment, Overrides, Secret};
use crate::store::{DiskFailure, Hindrance, REMEDY_FOR_TABLES, StoreError, place_of};

/// The right information to the right people.
#[derive(Debug, Parser)]
#[command(name = "treff", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The configuration file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_parser = ConfigPath,
        default_value = config_path::USUAL,
        env = "TREFF_CONFIG"
    )]
    pub config: PathBuf,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// sqlite://PATH or postgres://...; beats the configuration file
    #[arg(long, global = true, hide = true, env = "TREFF_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Where the pages are reached; beats the configuration file
    #[arg(long, global = true, hide = true, env = "TREFF_BASE_URL")]
    base_url: Option<String>,
    /// Where letters go; beats the configuration file
    #[arg(long, global = true, hide = true, env = "TREFF_RELAY_URL", hide_env_values = true)]
    relay_url: Option<String>,
    /// The relay's password
    #[arg(long, global = true, hide = true, env = "TREFF_RELAY_PASSWORD", hide_env_values = true)]
    relay_password: Option<Secret>,
    /// How this program was called, so that it can say how it is called again: `treff`, `target/release/treff`
    #[arg(skip = PathBuf::from("treff"))]
    pub called: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A whole forum at work in one command, embedded everything
    Demo(demo::Args),
    /// Write a commented treff.toml, create the database and the first lead
    Init(init::Args),
    /// Run everything: pages, schedule, planning, sending
    Serve(serve::Args),
    /// Only plan and send, for more machines (PostgreSQL)
    #[command(after_help = serve::ABOUT_WORKERS)]
    Worker,
    /// The forum's names, groups, sectors, roles and cadences
    #[command(subcommand)]
    Forum(forum::Command),
    /// Recipients: who gets letters
    #[command(subcommand)]
    People(people::Command),
    /// Places in groups
    #[command(subcommand)]
    Seat(seat::Command),
    /// Who works at the desk
    #[command(subcommand)]
    Account(account::Command),
    /// Items: what letters tell of
    #[command(subcommand)]
    Item(item::Command),
    /// What was sent in
    #[command(subcommand)]
    Draft(draft::Command),
    /// Try an audience expression
    #[command(subcommand)]
    Audience(audience::Command),
    /// Editions of the cadences
    #[command(subcommand)]
    Edition(edition::Command),
    /// The ledger of letters
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// Why a recipient gets an item, or does not
    Why(why::Args),
    /// Read one returned mail from a file or standard input
    Bounce(bounce::Args),
    /// Sign letters
    #[command(subcommand)]
    Dkim(dkim::Command),
    /// The forum's database
    #[command(subcommand)]
    Database(database::Command),
    /// Check configuration, database, relay and DNS, and say the remedy
    #[command(after_help = "Example:\n  treff doctor --config /etc/treff/treff.toml")]
    Doctor,
    /// Print a completion script for a shell
    Completions(completions::Args),
}

impl Command {
    /// Whether it runs until it is told to stop.
    pub fn runs_on(&self) -> bool {
        matches!(self, Command::Demo(_) | Command::Serve(_) | Command::Worker)
    }
}

impl Cli {
    /// What beats the configuration file.
    pub fn overrides(&self) -> Overrides {
        // An empty variable is how a unit file or compose file leaves one unset.
        let named = |given: &Option<String>| given.clone().filter(|text| !text.is_empty());
        Overrides {
            database_url: named(&self.database_url),
            base_url: named(&self.base_url),
            relay_url: named(&self.relay_url),
            relay_password: self.relay_password.clone().filter(|password| !password.expose().is_empty()),
            environment: Environment::of_process(),
        }
    }

    /// Opens the forum that the options name.
    pub async fn open(&self) -> anyhow::Result<App> {
        App::open(&self.config, self.overrides()).await
    }

    /// Does what the command line asks.
    pub async fn run(&self) -> anyhow::Result<Report> {
        self.obey().await.map_err(|error| self.name_the_database(error))
    }

    /// A failure of the database that the operator can mend says where that is, and what to do.
    fn name_the_database(&self, error: anyhow::Error) -> anyhow::Error {
        let Some(told) = tell_remedy(&error) else { return error };
        let Ok(config) = Config::load(&self.config, self.overrides()) else { return error };
        error.context(format!("the database {} {told}", place_of(&config.database_url)))
    }

    async fn obey(&self) -> anyhow::Result<Report> {
        match &self.command {
            Command::Demo(args) => demo::run(&self.called, self.json, args).await,
            Command::Init(args) => init::run(&self.config, self.overrides(), self.json, args).await,
            Command::Serve(args) => self.opened(async |app| serve::run(app, args).await).await,
            Command::Worker => self.opened(async |app| serve::run_worker(app).await).await,
            Command::Forum(command) => self.opened(async |app| forum::run(app, command).await).await,
            Command::People(command) => self.opened(async |app| people::run(app, command).await).await,
            Command::Seat(command) => self.opened(async |app| seat::run(app, command).await).await,
            Command::Account(command) => self.opened(async |app| account::run(app, command).await).await,
            Command::Item(command) => self.opened(async |app| item::run(app, command).await).await,
            Command::Draft(command) => self.opened(async |app| draft::run(app, command).await).await,
            Command::Audience(command) => self.opened(async |app| audience::run(app, command).await).await,
            Command::Edition(command) => self.opened(async |app| edition::run(app, command).await).await,
            Command::Delivery(command) => self.opened(async |app| delivery::run(app, command).await).await,
            Command::Why(args) => self.opened(async |app| why::run(app, args).await).await,
            Command::Bounce(args) => self.opened(async |app| bounce::run(app, args).await).await,
            Command::Dkim(command) => dkim::run(&self.config, command),
            Command::Database(command) => self.opened(async |app| database::run(app, command).await).await,
            Command::Doctor => doctor::run(&self.config, self.overrides()).await,
            Command::Completions(args) => completions::run(&mut Cli::command(), args),
        }
    }

    /// With the forum opened. On the heap: the frame of whoever awaits all commands would have room for each of them.
    fn opened<Act>(&self, act: Act) -> Pin<Box<impl Future<Output = anyhow::Result<Report>>>>
    where
        Act: AsyncFnOnce(&App) -> anyhow::Result<Report>,
    {
        Box::pin(async move { act(&self.open().await?).await })
    }
}

/// What is wrong with the database, and what to do: its disk, another program or a missing right, its tables.
fn tell_remedy(error: &anyhow::Error) -> Option<String> {
    let is_of_tables = |cause: &(dyn std::error::Error + 'static)| {
        matches!(cause.downcast_ref(), Some(StoreError::Migration { .. }))
    };
    if let Some(failure) = error.chain().find_map(DiskFailure::of) {
        let remedy = failure.remedy();
        return Some(format!(
            "cannot be read or written; {remedy}, and run the command again: what was under way is settled then"
        ));
    }
    if let Some(hindrance) = error.chain().find_map(Hindrance::of) {
        return Some(format!("does not allow this; {}", hindrance.remedy()));
    }
    error.chain().any(is_of_tables).then(|| format!("cannot be used as it is; {REMEDY_FOR_TABLES}"))
}
