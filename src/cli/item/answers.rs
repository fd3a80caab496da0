//! `treff item answers`.

use chrono::{DateTime, Utc};
use comfy_table::Table;
use serde::Serialize;
use serde_json::json;

use super::refusal::explain_refusal;
use crate::app::App;
use crate::cli::{BadInput, Report};
use crate::content::{Fields, Item};
use crate::forum::Forum;
use crate::intake::item_queue::get_item;
use crate::intake::sheet::{Separator, write_csv};
use crate::store::{EventAnswer, GivenAnswerRow};

/// One answer in `--json`.
#[derive(Debug, Serialize)]
struct ListedAnswer {
    recipient: Option<String>,
    name: String,
    organisation: Option<String>,
    answer: String,
    sent_name: Option<String>,
    sent_email: Option<String>,
    note: Option<String>,
    answered_at: DateTime<Utc>,
}

/// Lists what people say to an event.
pub(super) async fn run(app: &App, forum: &Forum, slug: &str, as_csv: bool) -> anyhow::Result<Report> {
    let item = find_event(app, forum, slug).await?;
    let rows = app.store.list_answers(item.id).await?;
    let count = |answer: EventAnswer| rows.iter().filter(|row| row.answer == answer.word()).count();
    let [coming, not_coming, sending] = EventAnswer::ALL.map(count);
    let text = if as_csv {
        csv_of(forum, &rows)?
    } else if rows.is_empty() {
        format!("Nobody has answered {slug} yet.")
    } else {
        format!("Coming: {coming}. Not coming: {not_coming}. Sending another: {sending}.\n{}", table(&rows))
    };
    let answers: Vec<ListedAnswer> = rows.into_iter().map(listed).collect();
    let json = json!({
        "item": slug, "coming": coming, "not_coming": not_coming, "sending": sending, "answers": answers,
    });
    Ok(Report::done(text, json))
}

async fn find_event(app: &App, forum: &Forum, slug: &str) -> anyhow::Result<Item> {
    let item = get_item(&app.store, forum, slug).await.map_err(explain_refusal)?;
    if !matches!(item.fields, Fields::Event { .. }) {
        let kind = item.kind.word();
        return Err(BadInput::one(format!("item {slug} is of kind {kind}; only events are answered")).into());
    }
    Ok(item)
}

fn listed(row: GivenAnswerRow) -> ListedAnswer {
    ListedAnswer {
        recipient: row.email,
        name: row.name,
        organisation: row.organisation,
        answer: row.answer,
        sent_name: row.sent_name,
        sent_email: row.sent_email,
        note: row.note,
        answered_at: row.answered_at,
    }
}

fn table(rows: &[GivenAnswerRow]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["ANSWER", "NAME", "ADDRESS", "ORGANISATION", "INSTEAD", "NOTE"]);
    for row in rows {
        let instead: Vec<&str> =
            [row.sent_name.as_deref(), row.sent_email.as_deref()].into_iter().flatten().collect();
        table.add_row([
            row.answer.as_str(),
            &row.name,
            row.email.as_deref().unwrap_or_default(),
            row.organisation.as_deref().unwrap_or_default(),
            &instead.join(", "),
            row.note.as_deref().unwrap_or_default(),
        ]);
    }
    table
}

fn csv_of(forum: &Forum, rows: &[GivenAnswerRow]) -> anyhow::Result<String> {
    let header =
        ["answer", "name", "email", "organisation", "sent_name", "sent_email", "note", "answered_at"];
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = |row: &GivenAnswerRow| {
        let at = row.answered_at.with_timezone(&forum.settings.zone);
        [
            row.answer.clone(),
            row.name.clone(),
            told(&row.email),
            told(&row.organisation),
            told(&row.sent_name),
            told(&row.sent_email),
            told(&row.note),
            at.format("%Y-%m-%d %H:%M").to_string(),
        ]
    };
    Ok(write_csv(&header, rows.iter().map(cells), Separator::Comma)?)
}
