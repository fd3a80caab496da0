//! Looking into one person's letters: what they got and why, what they chose, what came back, what the log says. It opens
//! by a button, since the look itself is written in the log.

use axum::response::Response;

use super::person::{find, page_of};
use super::told::{Held, Letter, Line, Shown};
use crate::forum::{Recipient, TermIx};
use crate::store::ChangeRow;
use crate::web::item_view::Fact;
use crate::web::paths::Path;
use crate::web::reasons::{read_reasons, tell_because, tell_lead};
use crate::web::refusal::Refusal;
use crate::web::site::{Library, Look, Reading, Writing};
use crate::web::staff::Staff;
use crate::web::words::fill;

/// POST: all of it. Not for who is bound to an organisation: letters tell what somebody chose, and for whom they sit.
pub(super) async fn show(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    let look = writing.look_into(&staff, &person).await?;
    let library = reading.library().await?;
    let mut page = page_of(&reading, &staff, &person).await?;
    page.shown = Some(Shown {
        letters: list_letters(&reading, &staff, &library, &look)?,
        preferences: list_preferences(&reading, &staff, &person),
        returned: list_returned(&reading, &staff, &look),
        history: look.changes.iter().map(|row| line_of(&reading, &staff, row)).collect(),
    });
    reading.0.desk_page(&staff, &page)
}

fn list_letters(
    reading: &Reading,
    staff: &Staff,
    library: &Library,
    look: &Look,
) -> Result<Vec<Letter>, Refusal> {
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&library.forum, staff.language);
    let mut letters = Vec::new();
    for letter in &look.letters {
        let mut items = Vec::new();
        for row in look.items.iter().filter(|row| row.delivery == letter.delivery) {
            let item = library.items.iter().find(|item| item.slug == row.item);
            let reasons = read_reasons(&library.forum, &row.reasons)?;
            let mut why: Vec<String> = reasons
                .iter()
                .map(|reason| tell_lead(words, &library.forum, staff.language, reason))
                .collect();
            if why.is_empty() || row.because == "required" {
                let because = crate::matching::Because::from_word(&row.because);
                why.insert(0, because.map_or("", |because| tell_because(words, because)).to_owned());
            }
            let title = item.map(|item| item.text_for(staff.language).1.title.clone());
            items.push(Held {
                title: title.unwrap_or_else(|| row.item.clone()),
                path: format!("/desk/items/{}", row.item),
                why: why.join(". "),
            });
        }
        let state = words.state_of(&letter.state).to_owned();
        letters.push(Letter { day: pen.weekday_and_day(letter.dated_at), state, items });
    }
    Ok(letters)
}

fn list_preferences(reading: &Reading, staff: &Staff, person: &Recipient) -> Vec<Fact> {
    let all = reading.0.words(staff.language);
    let words = &all.people.person;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let standing = &person.standing;
    let names = |terms: &[TermIx]| {
        terms.iter().map(|ix| staff.forum.name_of(*ix, staff.language)).collect::<Vec<_>>().join(", ")
    };
    let mut mutes = vec![names(&standing.mutes)];
    mutes.extend(standing.muted_kinds.iter().map(|kind| all.kinds_of(kind).to_owned()));
    mutes.retain(|name| !name.is_empty());
    let pause = person.paused_until.map(|day| pen.weekday_and_local_day(day));
    let facts = [
        (&words.follows, names(&standing.follows)),
        (&words.mutes, mutes.join(", ")),
        (&words.cap, person.cap.map_or_else(String::new, |cap| cap.to_string())),
        (&words.paused, pause.unwrap_or_default()),
        (&words.urgent, if person.urgent_off { words.urgent_off.clone() } else { String::new() }),
    ];
    let said = facts.into_iter().filter(|(_, value)| !value.is_empty());
    said.map(|(label, value)| Fact { label: label.clone(), value }).collect()
}

fn list_returned(reading: &Reading, staff: &Staff, look: &Look) -> Vec<Line> {
    let words = &reading.0.words(staff.language).people.returned;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let told = |kind: &str| match kind {
        "hard" => words.hard.clone(),
        "soft" => words.soft.clone(),
        "policy" => words.policy.clone(),
        "complaint" => words.complaint.clone(),
        "auto_reply" => words.auto_reply.clone(),
        "delayed" => words.delayed.clone(),
        _ => words.other.clone(),
    };
    let line = |row: &crate::store::ReportOfRow| Line {
        when: pen.day(row.received_at),
        what: told(&row.kind),
        by: row.suggested_email.as_deref().map_or_else(
            || row.status.clone().unwrap_or_default(),
            |email| fill(&words.suggests, &[("email", email)]),
        ),
    };
    look.reports.iter().map(line).collect()
}

fn line_of(reading: &Reading, staff: &Staff, row: &ChangeRow) -> Line {
    let words = &reading.0.words(staff.language).desk;
    let by = match row.actor.as_str() {
        "command" => words.log.command.clone(),
        "page" => words.log.page.clone(),
        other => match other.strip_prefix("account:") {
            Some(number) if number == staff.account.to_string() => staff.name.clone(),
            Some(number) => fill(&words.log.account, &[("number", number)]),
            None => words.log.worker.clone(),
        },
    };
    Line {
        when: reading.0.pen(&staff.forum, staff.language).day(row.changed_at),
        what: words.action.get(&row.action).cloned().unwrap_or_else(|| row.action.clone()),
        by,
    }
}
