//! `treff seat`: places in groups, and who has them.

use chrono::{DateTime, NaiveDate, Utc};
use comfy_table::{Table, presets};
use serde_json::json;

use super::forum_time::ForumTime;
use super::{BadInput, Report};
use crate::app::App;
use crate::clock::random_hex;
use crate::content::local_midnight;
use crate::forum::{UnionGround, plain_line, tell_too_long};
use crate::ids::SeatId;
use crate::intake::places::{ChangedBy, Seating, SeatingError, Successor, replace_holder, vacate_place};
use crate::store::SeatRow;
use crate::world;

/// What to do with seats.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List places in groups and who has them
    List {
        /// Only those that nobody has
        #[arg(long)]
        vacant: bool,
    },
    /// List whom to ask "who has this place now?": letters come back, or an answer says that they have left
    Questions,
    /// Give it to somebody; whoever has it has it no more from then on
    #[command(
        after_help = "Examples:\n  treff seat give 12 siri@vik.example --name \"Siri Nes\" --on 2027-03-01\n  \
                      treff seat give 14 per@vik.example --union-ground consent"
    )]
    Give {
        /// Its number, as treff seat list shows it
        seat: i64,
        /// Where their letters go; somebody new becomes a recipient
        email: String,
        /// How letters greet somebody new
        #[arg(long, default_value = "")]
        name: String,
        /// Their first day (YYYY-MM-DD); default: now
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        /// Why it may be stored that they sit for a union, if the place is a union's: consent (they said yes to the forum) or
        /// published (they made it public themselves)
        #[arg(long, value_name = "GROUND")]
        union_ground: Option<String>,
    },
    /// Say that its holder has left; whoever is imported next to a place alike takes it over
    #[command(after_help = "Example:\n  treff seat list\n  treff seat vacate 12 --on 2027-03-01")]
    Vacate {
        /// Its number, as treff seat list shows it
        seat: i64,
        /// The first day without them (YYYY-MM-DD); default: now
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::List { vacant } => list(app, *vacant).await,
        Command::Questions => list_questions(app).await,
        Command::Give { seat, email, name, on, union_ground } => {
            give(app, SeatId(*seat), (email, name), on.as_deref(), union_ground.as_deref()).await
        }
        Command::Vacate { seat, on } => vacate(app, SeatId(*seat), on.as_deref()).await,
    }
}

async fn list(app: &App, vacant: bool) -> anyhow::Result<Report> {
    let mut seats = app.store.list_seats(app.clock.now()).await?;
    seats.retain(|seat| !vacant || seat.holder.is_none());
    let time = ForumTime::of(app).await;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header([
        "seat",
        "group",
        "position",
        "represents",
        "holder",
        "from",
        "until",
    ]);
    for seat in &seats {
        table.add_row([
            seat.seat.to_string(),
            seat.group.clone(),
            seat.position.clone(),
            seat.represents.clone(),
            seat.holder.clone().unwrap_or_else(|| "vacant".to_owned()),
            seat.starts_at.map(|at| time.minute(at)).unwrap_or_default(),
            seat.ends_at.map(|at| time.minute(at)).unwrap_or_default(),
        ]);
    }
    // A row tells of a holder: a seat has another one for each who has it later.
    let count = seats.chunk_by(|one, next| one.seat == next.seat).count();
    let json: Vec<_> = seats.iter().map(written).collect();
    Ok(Report::done(format!("{table}\n{count} seats"), json!({ "seats": json })))
}

async fn list_questions(app: &App) -> anyhow::Result<Report> {
    let seats = app.store.list_seats(app.clock.now()).await?;
    let (_, questions) = app.store.list_questions(i64::MAX).await?;
    let time = ForumTime::of(app).await;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["who", "because", "since", "seats", "suggests"]);
    let mut json = Vec::new();
    // Who has no place any more has none that another could have.
    for question in &questions {
        let held: Vec<&SeatRow> =
            seats.iter().filter(|seat| seat.holder.as_deref() == Some(&*question.email)).collect();
        if held.is_empty() {
            continue;
        }
        let numbers: Vec<String> =
            held.iter().map(|s| format!("{} {}/{}", s.seat, s.group, s.position)).collect();
        table.add_row([
            question.email.clone(),
            question.because.clone(),
            time.minute(question.asked_at),
            numbers.join(", "),
            question.suggested_email.clone().unwrap_or_default(),
        ]);
        let suggests = question
            .suggested_email
            .as_ref()
            .map(|email| json!({ "email": email, "name": question.suggested_name }));
        json.push(json!({
            "recipient": question.email, "name": question.name, "because": question.because,
            "asked_at": question.asked_at, "suggests": suggests,
            "seats": held.into_iter().map(written).collect::<Vec<_>>(),
        }));
    }
    let text =
        format!("{table}\n{} questions; treff seat vacate and treff people resume answer them", json.len());
    Ok(Report::done(text, json!({ "questions": json })))
}

fn written(seat: &SeatRow) -> serde_json::Value {
    json!({
        "id": seat.seat, "group": seat.group, "position": seat.position, "represents": seat.represents,
        "holder": seat.holder, "starts_at": seat.starts_at, "ends_at": seat.ends_at,
    })
}

async fn give(
    app: &App,
    seat: SeatId,
    (email, name): (&str, &str),
    on: Option<&str>,
    union_ground: Option<&str>,
) -> anyhow::Result<Report> {
    let now = app.clock.now();
    let union_ground = union_ground.map(read_ground).transpose()?;
    let from = match on {
        Some(day) => midnight(app, day).await?,
        None => now,
    };
    if let Some(message) = tell_too_long("--name", name.trim()) {
        return Err(BadInput::one(message).into());
    }
    let successor = Successor { name: plain_line(name), address: email.parse().map_err(BadInput::one)? };
    let forum = world::load_forum(&app.store).await?;
    let keys = app.keys().await?;
    let seating = Seating {
        forum: &forum,
        keys: Some(&keys),
        actor: "command",
        now,
        public_id: random_hex::<16>(),
        union_ground,
        seen: None,
        within: None,
    };
    let seated = match replace_holder(&app.store, &seating, seat, &successor, (Some(from), None)).await {
        Ok(seated) => seated,
        Err(SeatingError::Store(error)) => return Err(error.into()),
        Err(refused) => return Err(BadInput::one(refused).into()),
    };
    let time = ForumTime::in_zone(forum.settings.zone);
    let text = format!("{} has seat {seat} from {}", seated.address, time.minute(from));
    let json = json!({
        "seat": seat, "recipient": seated.address.as_str(), "from": from, "created": seated.is_new,
        "replaced": seated.replaced,
    });
    let mut report = Report::done(text, json);
    if seated.address != successor.address {
        let moved = format!("{} is {} now; that person has the seat", successor.address, seated.address);
        report.notices.push(moved);
    }
    Ok(report)
}

fn read_ground(text: &str) -> Result<UnionGround, BadInput> {
    UnionGround::from_word(text).ok_or_else(|| {
        BadInput::one(format!("--union-ground: \"{text}\" is no ground; write consent or published"))
    })
}

async fn vacate(app: &App, seat: SeatId, on: Option<&str>) -> anyhow::Result<Report> {
    let now = app.clock.now();
    let ends_at = match on {
        Some(day) => midnight(app, day).await?,
        None => now,
    };
    let time = ForumTime::of(app).await;
    let by = ChangedBy { actor: "command", seen: None, now };
    if vacate_place(&app.store, by, seat, ends_at).await? == 0 {
        let nobody = format!("nobody has seat {seat} at {}; see treff seat list", time.minute(ends_at));
        return Err(BadInput::one(nobody).into());
    }
    let text = format!("seat {seat} is vacant from {}", time.minute(ends_at));
    Ok(Report::done(text, json!({ "seat": seat, "vacant_from": ends_at })))
}

/// When a local day begins in the forum's zone.
async fn midnight(app: &App, day: &str) -> anyhow::Result<DateTime<Utc>> {
    let forum = world::load_forum(&app.store).await?;
    let no_day = |_| BadInput::one(format!("--on: \"{day}\" is no day; write it like 2027-03-01"));
    Ok(local_midnight(day.parse::<NaiveDate>().map_err(no_day)?, forum.settings.zone))
}
