//! The log: every change in plain words, by whom it was made, whose data it was. Reading it changes nothing, and nothing
//! changes it.

use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::forum::EmailAddress;
use crate::intake::sheet::{Separator, write_csv};
use crate::staff::Right;
use crate::store::{AccountRow, ChangeFilter, ChangeRow};
use crate::web::calling::call;
use crate::web::choice::Choice;
use crate::web::days::begin_of_day;
use crate::web::paths::encode_path;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// So many lines stand on a page.
const LINES: i64 = 100;
/// So many are in a file.
const IN_A_FILE: i64 = 100_000;

/// What is looked for.
#[derive(Debug, Default, Clone, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Asked {
    person: String,
    who: String,
    action: String,
    from: String,
    until: String,
    before: String,
}

#[derive(Serialize)]
struct Line {
    when: String,
    what: String,
    who: String,
    subject: String,
    details: String,
}

#[derive(Serialize)]
struct Page {
    asked: Asked,
    who: Vec<Choice>,
    actions: Vec<Choice>,
    lines: Vec<Line>,
    /// The query of what comes before these, if anything does.
    older: Option<String>,
    query: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_log.html";
}

/// A line as a file has it.
#[derive(Serialize)]
struct Written {
    id: i64,
    changed_at: DateTime<Utc>,
    actor: String,
    action: String,
    subject: String,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
}

fn filter_of(staff: &Staff, asked: &Asked) -> ChangeFilter {
    let begin = |day: NaiveDate| begin_of_day(staff, day);
    let person = asked.person.trim();
    ChangeFilter {
        // What is no address is nobody's, never everybody's.
        person: (!person.is_empty()).then(|| {
            person.parse::<EmailAddress>().map_or_else(|_| person.to_owned(), |a| a.as_str().to_owned())
        }),
        actor: (!asked.who.is_empty()).then(|| asked.who.clone()),
        action: (!asked.action.is_empty()).then(|| asked.action.clone()),
        from: asked.from.parse().ok().map(begin),
        until: asked.until.parse::<NaiveDate>().ok().and_then(|day| day.succ_opt()).map(begin),
        before: asked.before.parse().ok(),
        without_contents: !staff.may(Right::People),
    }
}

/// GET: the newest, or those before.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let rows = reading.changes(&filter_of(&staff, &asked), LINES + 1).await?;
    let accounts = reading.accounts().await?;
    let words = &reading.0.words(staff.language).desk;
    let shown = rows.iter().take(usize::try_from(LINES).unwrap_or_default());
    let last = shown.clone().next_back().map(|row| row.id);
    let has_more = rows.len() > shown.len();
    let choice = |value: &str, label: &str, chosen: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        depth: 0,
        chosen: value == chosen,
    };
    let fixed = [("command", &words.log.command), ("page", &words.log.pages), ("worker", &words.log.worker)];
    let fixed = fixed.into_iter().map(|(value, label)| choice(value, label, &asked.who));
    let account =
        |row: &AccountRow| choice(&format!("account:{}", row.id), call(&row.name, &row.email), &asked.who);
    let own = accounts.iter().map(account);
    let mut actions: Vec<Choice> =
        words.action.iter().map(|(value, label)| choice(value, label, &asked.action)).collect();
    actions.sort_by_key(|choice| crate::forum::sort_key(&choice.label));
    let query = query_of(&asked);
    let page = Page {
        who: fixed.chain(own).collect(),
        actions,
        lines: shown.map(|row| line(&reading, &staff, &accounts, row)).collect(),
        older: last.filter(|_| has_more).map(|id| format!("{query}before={id}")),
        query,
        asked,
    };
    reading.0.desk_page(&staff, &page)
}

/// What was asked, as the query of another page.
fn query_of(asked: &Asked) -> String {
    let pairs = [
        ("person", &asked.person),
        ("who", &asked.who),
        ("action", &asked.action),
        ("from", &asked.from),
        ("until", &asked.until),
    ];
    let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| format!("{name}={}&", encode_path(value))).collect()
}

fn line(reading: &Reading, staff: &Staff, accounts: &[AccountRow], row: &ChangeRow) -> Line {
    let words = &reading.0.words(staff.language).desk;
    let zone = staff.forum.settings.zone;
    // An account that is there by its name, one that ended by its number.
    let named = |text: &str| {
        let number = text.strip_prefix("account:")?;
        let account = accounts.iter().find(|account| account.id.to_string() == number);
        let gone = || fill(&words.log.account, &[("number", number)]);
        Some(account.map_or_else(gone, |account| call(&account.name, &account.email).to_owned()))
    };
    let who = match row.actor.as_str() {
        // Commands that change items say which they were.
        own if own == "command" || own.starts_with("treff ") => words.log.command.clone(),
        // Links of accounts, and whoever asks for one, come by pages too.
        "page" if row.person.is_none() => words.log.pages.clone(),
        "page" => words.log.page.clone(),
        other => named(other).unwrap_or_else(|| words.log.worker.clone()),
    };
    // What was asked for at a door, and the link that answers it, have no other name.
    let at_a_door = |(kind, number): (&str, &str)| match kind {
        "knock" => Some(fill(&words.log.knock, &[("number", number)])),
        "link" => Some(fill(&words.log.link, &[("number", number)])),
        _ => None,
    };
    let subject = row.person.clone().or_else(|| named(&row.subject));
    let subject = subject.or_else(|| row.subject.split_once(':').and_then(at_a_door));
    Line {
        when: row.changed_at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
        what: words.action.get(&row.action).cloned().unwrap_or_else(|| row.action.clone()),
        who,
        subject: subject.unwrap_or_else(|| row.subject.clone()),
        details: [&row.before, &row.after].into_iter().flatten().cloned().collect::<Vec<_>>().join(" → "),
    }
}

fn file(media_type: &str, name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

/// GET: the same as a sheet; no cell of it is a formula.
pub(super) async fn export_csv(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let rows = reading.changes(&filter_of(&staff, &asked), IN_A_FILE).await?;
    let header = ["id", "changed_at", "actor", "action", "subject", "before", "after"];
    let cells = rows.into_iter().map(|row| {
        [
            row.id.to_string(),
            row.changed_at.to_rfc3339(),
            row.actor,
            row.action,
            row.subject,
            row.before.unwrap_or_default(),
            row.after.unwrap_or_default(),
        ]
    });
    let text = write_csv(&header, cells, Separator::of(staff.language));
    let text = text.map_err(|error| Refusal::broken(&error))?;
    Ok(file("text/csv; charset=utf-8", "log.csv", text))
}

/// GET: the same for programs.
pub(super) async fn export_json(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let rows = reading.changes(&filter_of(&staff, &asked), IN_A_FILE).await?;
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let written = rows.into_iter().map(|row| Written {
        id: row.id,
        changed_at: row.changed_at,
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        before: json(row.before),
        after: json(row.after),
    });
    let text = serde_json::to_string(&serde_json::json!({ "changes": written.collect::<Vec<_>>() }))?;
    Ok(file("application/json", "log.json", text))
}
