//! What people answered to an item, for who arranges it: as much as the pages promised them. An event's answers go with
//! their names to the desk, an offer of help to who asks and nobody else, all else as sums that tell of nobody.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::content::{Fields, Item, Wanted};
use crate::forum::Forum;
use crate::ids::RecipientId;
use crate::staff::Right;
use crate::store::{EventAnswer, GivenAnswerRow, GivenOfferRow};
use crate::web::calling::call_discreetly;
use crate::web::part::label_of;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::staff::Staff;
use crate::web::unions::TELLING;
use crate::web::words::{Words, counted, fill};

/// People that stand there by name; the others are counted.
const NAMED: usize = 200;

/// How many say the same.
#[derive(Debug, Serialize)]
struct Sum {
    label: String,
    count: usize,
}

/// What one person said.
#[derive(Debug, Serialize)]
struct Said {
    name: String,
    /// Where they work, or where they are reached; may be empty.
    quiet: String,
    /// Their answer; empty: it is what they wrote.
    told: String,
    note: String,
    /// That they answered, and when.
    answered: String,
}

/// The block on an item's page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answers {
    sums: Vec<Sum>,
    people: Vec<Said>,
    /// More people than stand there.
    more: usize,
    lines: Vec<String>,
}

impl Answers {
    /// To `item`; none if nobody is asked and nobody said anything, or if the account only approves.
    pub(super) async fn of(
        reading: &Reading,
        staff: &Staff,
        people: &People,
        item: &Item,
    ) -> Result<Option<Answers>, Refusal> {
        if !(staff.may(Right::Write) || staff.may(Right::Send)) {
            return Ok(None);
        }
        let words = reading.0.words(staff.language);
        let teller = Teller { reading, staff, people, forum: &people.forum, words };
        let mut answers = Answers::default();
        match item.fields {
            Fields::Event { .. } => teller.tell_event(&mut answers, item).await?,
            Fields::Request { .. } => teller.tell_request(&mut answers, item).await?,
            _ => {}
        }
        teller.tell_readers(&mut answers.lines, item).await?;
        let is_asked = matches!(item.fields, Fields::Event { .. } | Fields::Request { .. });
        Ok(Some(answers).filter(|answers| is_asked || !answers.lines.is_empty()))
    }

    /// Names so many of them as stand there; `all` is how many answered.
    fn name(&mut self, people: impl Iterator<Item = Said>, all: usize) {
        self.people = people.take(NAMED).collect();
        self.more = all.saturating_sub(self.people.len());
    }
}

struct Teller<'a> {
    reading: &'a Reading,
    staff: &'a Staff,
    people: &'a People,
    forum: &'a Forum,
    words: &'a Words,
}

impl Teller<'_> {
    async fn tell_event(&self, answers: &mut Answers, item: &Item) -> Result<(), Refusal> {
        let rows = self.reading.given_answers(item.id).await?;
        let discreet = self.is_by_union(item).await?;
        let sum = |answer: EventAnswer| Sum {
            label: label_of(self.words, answer).to_owned(),
            count: rows.iter().filter(|row| row.answer == answer.word()).count(),
        };
        let may_stand = |sum: &Sum| sum.count > 0 && (!discreet || sum.count >= TELLING);
        answers.sums = EventAnswer::ALL.map(sum).into_iter().filter(may_stand).collect();
        if discreet {
            answers.lines.push(self.words.mailing.people.union.clone());
        } else {
            let told = self.list_told(&rows);
            answers.name(told.into_iter().map(|row| self.answered(row)), rows.len());
        }
        Ok(())
    }

    /// Those whom the account may be told by name: who writes for groups alone is told their people; all others are counted.
    fn list_told<'r>(&self, rows: &'r [GivenAnswerRow]) -> Vec<&'r GivenAnswerRow> {
        if !self.staff.writes_for_groups_only() {
            return rows.iter().collect();
        }
        let (people, namable) = (self.people, self.staff.namable(&self.people.forum));
        let answered: BTreeSet<RecipientId> = rows.iter().map(|row| row.recipient).collect();
        let is_told = |(index, id): &(usize, RecipientId)| {
            answered.contains(id) && namable.has(people.groups_of(*index))
        };
        let everybody = people.named.iter().map(|named| named.id).enumerate();
        let told: BTreeSet<RecipientId> = everybody.filter(is_told).map(|(_, id)| id).collect();
        rows.iter().filter(|row| told.contains(&row.recipient)).collect()
    }

    /// Whether whoever answers may do so as one with a union, by any version, and who looks may not know that.
    async fn is_by_union(&self, item: &Item) -> Result<bool, Refusal> {
        if self.staff.may(Right::People) {
            return Ok(false);
        }
        Ok(!self.reading.answered_by_unions(self.forum, [item].into_iter()).await?.is_empty())
    }

    fn answered(&self, row: &GivenAnswerRow) -> Said {
        let label = EventAnswer::from_word(&row.answer).map_or("", |answer| label_of(self.words, answer));
        let another: Vec<&str> =
            [&row.sent_name, &row.sent_email].into_iter().flatten().map(String::as_str).collect();
        Said {
            name: call_discreetly(&row.name, row.email.as_deref(), !self.staff.may(Right::People)),
            // A blank at some alone would mark those whom a union employs.
            quiet: row.organisation.clone().filter(|_| self.staff.may(Right::People)).unwrap_or_default(),
            told: if another.is_empty() {
                label.to_owned()
            } else {
                format!("{label}: {}", another.join(", "))
            },
            note: row.note.clone().unwrap_or_default(),
            answered: self.answered_on(row.answered_at),
        }
    }

    /// The day of an answer, told so that nobody takes it for the day they come.
    fn answered_on(&self, at: DateTime<Utc>) -> String {
        let day = self.reading.0.pen(self.forum, self.staff.language).day(at);
        fill(&self.words.queue.answers.answered_on, &[("day", &day)])
    }

    /// Whoever offers help was told who gets their name, and that nobody else does.
    async fn tell_request(&self, answers: &mut Answers, item: &Item) -> Result<(), Refusal> {
        let rows = self.reading.given_offers(item.id).await?;
        let words = &self.words.queue.answers;
        if rows.is_empty() {
            return Ok(());
        }
        let asker = item.contact.as_ref().filter(|contact| contact.address().is_some());
        let is_help = item.wanted() == Some(Wanted::Help);
        let (one, many) =
            if is_help { (&words.offers_one, &words.offers) } else { (&words.replies_one, &words.replies) };
        let count = counted(one, many, rows.len());
        let told_to = match asker {
            None if self.staff.may(Right::Send) => {
                answers.lines.push(count);
                answers.name(rows.iter().map(|row| self.offered(row, is_help)), rows.len());
                return Ok(());
            }
            None => words.offered_lead.clone(),
            Some(contact) => fill(&words.offered_to, &[("name", &contact.name)]),
        };
        answers.lines.push(format!("{count} {told_to}"));
        Ok(())
    }

    fn offered(&self, row: &GivenOfferRow, is_help: bool) -> Said {
        Said {
            name: call_discreetly(&row.name, row.email.as_deref(), !self.staff.may(Right::People)),
            quiet: row.email.clone().unwrap_or_default(),
            told: if is_help { self.words.queue.answers.helps.clone() } else { String::new() },
            note: row.message.clone(),
            answered: self.answered_on(row.changed_at),
        }
    }

    /// What readers of the letter say: for a colleague, which the lead is told, and not for them.
    async fn tell_readers(&self, lines: &mut Vec<String>, item: &Item) -> Result<(), Refusal> {
        let words = &self.words.queue.answers;
        if !self.staff.writes_for_groups_only() {
            let colleagues = self.reading.colleagues(item.id).await?;
            let named: Vec<&str> = colleagues.iter().filter_map(Option::as_deref).collect();
            if !colleagues.is_empty() {
                let told = counted(&words.colleague_one, &words.colleague, colleagues.len());
                lines.push(match named.is_empty() {
                    true => told,
                    false => format!("{told} {}", fill(&words.named, &[("names", &named.join(", "))])),
                });
            }
        }
        if let Some(sum) = self.reading.count_not_for_me(item.id).await? {
            lines.push(fill(&words.not_for_me, &[("count", &sum.to_string())]));
        }
        Ok(())
    }
}
