//! `treff delivery list`, `retry` and `settle`.

use serde::Serialize;

use super::forum_time::ForumTime;
use super::{BadInput, Exit, Report};
use crate::app::App;
use crate::delivery::OnceMore;
use crate::ids::DeliveryId;
use crate::pipeline::{Pipeline, SendingGate};
use crate::store::{Arrival, DeliveryRow, DeliveryState};

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List letters
    #[command(after_help = "Example:\n  treff delivery list --state uncertain")]
    List {
        /// Only those in this state: queued attempting accepted deferred rejected uncertain cancelled superseded
        #[arg(long)]
        state: Option<String>,
    },
    /// Send deferred letters now, or uncertain and rejected ones again with the same Message-ID
    #[command(after_help = "Example:\n  treff delivery retry 17 18")]
    Retry {
        /// Delivery ids
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Say what became of uncertain letters
    #[command(after_help = "Example:\n  treff delivery settle 17 --as rejected")]
    Settle {
        /// Delivery ids
        #[arg(required = true)]
        ids: Vec<i64>,
        /// What became of them: accepted or rejected
        #[arg(long = "as", value_name = "STATE", default_value = "accepted")]
        state: String,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::List { state } => list(app, state.as_deref()).await,
        Command::Retry { ids } => retry(app, ids).await,
        Command::Settle { ids, state } => settle(app, ids, state).await,
    }
}

/// A letter as `--json` tells it.
#[derive(Serialize)]
struct Shown {
    id: DeliveryId,
    recipient: Option<String>,
    cadence: String,
    occurs_at: chrono::DateTime<chrono::Utc>,
    state: String,
    attempts: i64,
    message_id: String,
    reply: Option<String>,
}

impl From<DeliveryRow> for Shown {
    fn from(row: DeliveryRow) -> Shown {
        Shown {
            id: row.id,
            recipient: row.recipient,
            cadence: row.cadence,
            occurs_at: row.occurs_at,
            state: row.state,
            attempts: row.attempts,
            message_id: row.message_id,
            reply: row.reply.filter(|reply| !reply.is_empty()),
        }
    }
}

async fn list(app: &App, state: Option<&str>) -> anyhow::Result<Report> {
    let state = state.map(parse_state).transpose()?;
    let letters: Vec<Shown> = app.store.list_deliveries(state).await?.into_iter().map(Shown::from).collect();
    let time = ForumTime::of(app).await;
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["id", "recipient", "edition", "state", "attempts", "reply"]);
    for letter in &letters {
        table.add_row([
            letter.id.to_string(),
            letter.recipient.clone().unwrap_or_else(|| "(erased)".into()),
            format!("{} {}", letter.cadence, time.minute(letter.occurs_at)),
            letter.state.clone(),
            letter.attempts.to_string(),
            letter.reply.clone().unwrap_or_default(),
        ]);
    }
    let mut text = if letters.is_empty() { "No letters.".to_owned() } else { table.to_string() };
    let now = app.clock.now();
    let paused: Vec<_> =
        app.store.list_domain_paces().await?.into_iter().filter(|d| d.paused_until > Some(now)).collect();
    for domain in &paused {
        text.push_str(&format!(
            "\nLetters to {} wait until {}: it asked three times in a row for less.",
            domain.domain,
            domain.paused_until.map(|until| time.minute(until)).unwrap_or_default()
        ));
    }
    for alert in app.store.list_open_alerts().await? {
        text.push_str(&format!("\n{}", alert.text));
    }
    let waiting: Vec<_> = paused
        .iter()
        .map(|d| serde_json::json!({ "domain": d.domain, "paused_until": d.paused_until }))
        .collect();
    Ok(Report::done(text, serde_json::json!({ "deliveries": letters, "paused_domains": waiting })))
}

fn parse_state(word: &str) -> Result<DeliveryState, BadInput> {
    DeliveryState::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = DeliveryState::ALL.iter().map(|state| state.word()).collect();
        BadInput::one(format!("--state {word}: there is no such state; the states are {}", words.join(", ")))
    })
}

async fn retry(app: &App, ids: &[i64]) -> anyhow::Result<Report> {
    check_known(app, ids).await?;
    let gate = SendingGate::new(Pipeline::build(app).await?, None);
    let mut answers = Answers::default();
    for &id in ids {
        match Box::pin(gate.send_once_more("command", DeliveryId(id))).await? {
            OnceMore::Due => answers.done(id, "deferred", "is due now"),
            OnceMore::MayComeTwice => {
                answers.done(id, "uncertain", "is queued again, with the same Message-ID");
            }
            OnceMore::TriedAgain => {
                answers.done(id, "rejected", "is queued again, with the same Message-ID");
            }
            OnceMore::Stopped(state) => {
                answers.refuse_for_good(id, state, "letters to its recipient are stopped");
            }
            OnceMore::Erased(state) => {
                answers.refuse_for_good(id, state, "its recipient was erased, or merged into another");
            }
            OnceMore::Overtaken => answers.refuse(
                id,
                "rejected",
                "its items are in the recipient's later letter, come in their next one, or are over",
            ),
            OnceMore::Wordless(state) => answers.refuse_for_good(
                id,
                state,
                "its text is so old that it is not kept any more, so it cannot be sent again",
            ),
            OnceMore::Emptied(state) => answers.refuse_ended(
                id,
                state,
                "nothing of it may go any more: all of it was withdrawn, is over, or is no longer for its recipient",
            ),
            OnceMore::Changed(state) => {
                answers.refuse_ended(id, state, "what it held has changed since, so it cannot go as it went");
            }
            OnceMore::Waits => answers.refuse(id, "queued", "it waits to be sent already"),
            OnceMore::Not(state) => answers.refuse(
                id,
                state.word(),
                "only deferred, uncertain and rejected letters can be retried",
            ),
            OnceMore::Unknown => answers.refuse(id, "unknown", "there is no such letter"),
        }
    }
    Ok(answers.report("retried"))
}

async fn settle(app: &App, ids: &[i64], state: &str) -> anyhow::Result<Report> {
    let arrival = match state {
        "accepted" => Arrival::Arrived,
        "rejected" => Arrival::Lost,
        _ => return Err(BadInput::one(format!("--as {state}: write accepted or rejected")).into()),
    };
    check_known(app, ids).await?;
    let mut answers = Answers::default();
    for &id in ids {
        let before = app.store.settle_uncertain(app.clock.now(), "command", DeliveryId(id), arrival).await?;
        match before {
            Some(DeliveryState::Uncertain) if arrival == Arrival::Arrived => {
                answers.done(id, "uncertain", "counts as accepted");
            }
            Some(DeliveryState::Uncertain) => {
                answers.done(
                    id,
                    "uncertain",
                    "counts as rejected; its items come in the recipient's next letter",
                );
            }
            Some(state) => answers.refuse(id, state.word(), "only uncertain letters can be settled"),
            None => answers.refuse(id, "unknown", "there is no such letter"),
        }
    }
    Ok(answers.report("settled"))
}

/// Ids that name no letter are bad input, before anything is changed.
async fn check_known(app: &App, ids: &[i64]) -> anyhow::Result<()> {
    let mut errors = Vec::new();
    for &id in ids {
        if app.store.find_delivery(DeliveryId(id)).await?.is_none() {
            errors.push(format!("delivery {id}: there is no such letter; treff delivery list shows all"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(BadInput(errors).into()) }
}

/// What was done with each letter.
#[derive(Default)]
struct Answers {
    lines: Vec<String>,
    done: Vec<i64>,
    refused: Vec<serde_json::Value>,
    notices: Vec<String>,
}

impl Answers {
    fn done(&mut self, id: i64, was: &str, what: &str) {
        self.done.push(id);
        self.lines.push(format!("delivery {id} ({was}) {what}"));
    }

    fn refuse(&mut self, id: i64, state: &str, why: &str) {
        self.refused.push(serde_json::json!({ "id": id, "state": state, "error": why }));
        self.notices.push(format!("delivery {id} is {state}: {why}"));
    }

    /// Of a letter that nothing can send again: what is uncertain can still be settled.
    fn refuse_for_good(&mut self, id: i64, state: DeliveryState, why: &str) {
        let remedy = match state {
            DeliveryState::Uncertain => format!("; settle it: treff delivery settle {id}"),
            _ => String::new(),
        };
        self.refuse(id, state.word(), &format!("{why}{remedy}"));
    }

    /// Of a letter that the check before sending would end.
    fn refuse_ended(&mut self, id: i64, state: DeliveryState, why: &str) {
        let remedy = match state {
            DeliveryState::Uncertain => format!(
                "settle it: treff delivery settle {id}; with --as rejected what still holds of it comes in the recipient's \
                 next letter"
            ),
            DeliveryState::Deferred => "it is taken out by itself when it is tried next".to_owned(),
            _ => "what still holds of it comes in the recipient's next letter".to_owned(),
        };
        self.refuse(id, state.word(), &format!("{why}; {remedy}"));
    }

    fn report(self, verb: &str) -> Report {
        let exit = if self.refused.is_empty() { Exit::Done } else { Exit::Partly };
        let json = serde_json::json!({ verb: self.done, "refused": self.refused });
        Report { exit, notices: self.notices, ..Report::done(self.lines.join("\n"), json) }
    }
}
