//! `treff serve` and `treff worker`.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Report;
use super::sender::warn_of_made_up_sender;
use crate::app::App;
use crate::delivery::{Sender, beats_every};
use crate::feedback::returned::Returned;
use crate::pipeline::{NoticeDesk, Pipeline, Reminders, Retention, Scheduler, SendingGate};

/// How often the clock is looked at. The lock, the change number and the outbox are asked at this pace.
const PACE: Duration = Duration::from_secs(5);
/// How often at least is tried again what fails again and again.
const AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// Where `serve` listens if nothing says otherwise.
pub(super) const LISTEN: &str = "127.0.0.1:8080";

/// Letters that wait for their turn by the rates keep the schedule waiting no longer than this.
const TURNS_WAIT_AT_MOST: TimeDelta = TimeDelta::seconds(20);

/// How to serve.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff serve --listen 127.0.0.1:8080")]
pub struct Args {
    /// Address and port to listen on; beats the configuration file
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

/// How workers go together.
pub const ABOUT_WORKERS: &str = concat!(
    "Any number of workers, and treff serve, send from one PostgreSQL database together, each with a treff.toml of\n",
    "its own that names it. One that ends, hangs or is cut off from the database for longer than lease_seconds\n",
    "under [worker] is taken over by the others: what it was just handing to the relay is uncertain until it comes\n",
    "back and tells. Nothing is sent twice. On SQLite one process sends; a second one says so and ends with 1.\n\n",
    "Example:\n  treff worker --config /var/lib/treff/treff.toml"
);

/// Pages, schedule, planning and sending, until SIGTERM or SIGINT.
pub async fn run(app: &App, args: &Args) -> anyhow::Result<Report> {
    let in_file = app.config.file.listen.as_ref().map(|address| address.0.as_str());
    let listen = args.listen.as_deref().or(in_file).unwrap_or(LISTEN);
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        anyhow::anyhow!(
            "cannot listen on {listen}: {error}; choose another address with --listen, or with listen in treff.toml"
        )
    })?;
    tracing::info!(server.address = %listener.local_addr()?, "serving");
    let stop = stop_on_signal();
    let pages = crate::web::serve(app, listener, stop.clone());
    tokio::try_join!(pages, work(app, stop.clone()))?;
    Ok(Report::done("Stopped.", serde_json::json!({ "stopped": true })))
}

/// Schedule, planning and sending, until SIGTERM or SIGINT.
pub async fn run_worker(app: &App) -> anyhow::Result<Report> {
    work(app, stop_on_signal()).await?;
    Ok(Report::done("Stopped.", serde_json::json!({ "stopped": true })))
}

/// Opens, plans and sends what is due, again and again, until `stop`. An error is told once and tried
/// again, ever more seldom: nothing that a database or a relay does for a while ends the work.
pub async fn work(app: &App, stop: CancellationToken) -> anyhow::Result<()> {
    let pipeline = Pipeline::build(app).await?;
    if let Some(warning) = warn_of_made_up_sender(&app.config) {
        tracing::warn!("{warning}");
    }
    let letterbox = std::sync::Arc::new(pipeline.clone());
    let returned = Returned::open(&app.config, &app.store, app.keys().await?, &app.clock, letterbox)?;
    let mut sender = start_sender(&pipeline).await?;
    let watching = tokio::spawn(returned.watch(stop.clone()));
    let noticing = tokio::spawn(NoticeDesk::open(&pipeline)?.watch(stop.clone()));
    let mut scheduler = Scheduler::new(pipeline.clone());
    let mut retention = Retention::default();
    let mut reminders = Reminders::default();
    let usual = PACE.min(beats_every(Duration::from_secs(app.config.file.worker.lease_seconds)));
    let mut trouble = Trouble::default();
    while !stop.is_cancelled() {
        let done =
            work_once(&pipeline, &mut scheduler, &mut sender, (&mut retention, &mut reminders), &stop).await;
        let wait = trouble.note(usual, done);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    watching.await?;
    noticing.await?;
    if let Some(sender) = sender
        && let Err(error) = sender.finish().await
    {
        tracing::warn!(error = %error, "the other workers could not be told that this one ends; they see it by themselves");
    }
    Ok(())
}

/// Errors in a row: each is told once, and that they ended.
#[derive(Default)]
struct Trouble {
    told: Vec<String>,
    in_a_row: u32,
}

impl Trouble {
    /// How long to wait before the next try.
    fn note(&mut self, usual: Duration, done: anyhow::Result<()>) -> Duration {
        let Err(error) = done else {
            if std::mem::take(self).in_a_row > 0 {
                tracing::info!("work goes on");
            }
            return usual;
        };
        let error = error.to_string();
        if !self.told.contains(&error) {
            tracing::error!(error, "work failed; it is tried again until it succeeds");
            self.told.push(error);
        }
        self.in_a_row += 1;
        (usual * 2u32.pow(self.in_a_row.min(8))).min(AT_LEAST_EVERY)
    }
}

/// The sender, once there is a forum to send for.
async fn start_sender(pipeline: &Pipeline) -> anyhow::Result<Option<Sender>> {
    if pipeline.store.find_change_number().await?.is_none() {
        tracing::warn!("there is no forum yet; run treff forum apply FILE");
        return Ok(None);
    }
    Ok(Some(pipeline.start_sender().await?))
}

async fn work_once(
    pipeline: &Pipeline,
    scheduler: &mut Scheduler,
    sender: &mut Option<Sender>,
    (retention, reminders): (&mut Retention, &mut Reminders),
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    if sender.is_none() && pipeline.store.find_change_number().await?.is_some() {
        *sender = Some(pipeline.start_sender().await?);
    }
    let Some(sender) = sender else { return Ok(()) };
    scheduler.tick().await?;
    sender.keep_hours(pipeline.office_hours().await?);
    sender.wait_at_most(TURNS_WAIT_AT_MOST);
    let gate = SendingGate::new(pipeline.clone(), None);
    sender.send_due(None, &gate, stop).await?;
    pipeline.mail_alerts(sender.relay()).await?;
    reminders.tick(pipeline).await?;
    retention.tick(&pipeline.store, pipeline.clock.now()).await?;
    Ok(())
}

/// A token that SIGTERM and SIGINT cancel.
pub fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(error) => {
                tracing::error!(error = %error, "SIGTERM cannot be caught");
                return;
            }
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        cancel.cancel();
    });
    stop
}
