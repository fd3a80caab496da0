//! An item as a page shows it: the same whoever reads; who may read it is decided before.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::words::{Words, fill};
use crate::content::{Contact, Fields, Item, ItemText, Promised, is_web_address, markdown};
use crate::feedback::preferences::last_day_of_pause;
use crate::forum::{Forum, Language, Recipient, plain_line};
use crate::letter::{Locale, Masthead};

/// How much of a text, or of each answer of minutes, stands in what one passes on.
const COPIED_CHARACTERS: usize = 400;

/// A label and what stands behind it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
}

/// A heading and what stands under it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Told {
    pub(super) label: String,
    pub(super) html: String,
}

/// Whom to ask.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ContactView {
    pub(super) name: String,
    pub(super) email: Option<String>,
    /// The link that writes to them.
    pub(super) mailto: Option<String>,
    pub(super) phone: Option<String>,
    tel: String,
}

impl ContactView {
    /// An item's contact.
    pub(super) fn of(contact: &Contact) -> ContactView {
        let phone = contact.phone.clone().unwrap_or_default();
        ContactView {
            name: contact.name.clone(),
            email: contact.address().map(|address| address.to_string()),
            mailto: contact.address().map(|address| address.mailto()),
            phone: contact.phone.clone(),
            tel: phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
        }
    }

    /// Who reads replies to letters.
    pub(super) fn of_sender(masthead: &Masthead) -> ContactView {
        ContactView {
            name: masthead.reply_name.as_ref().unwrap_or(&masthead.forum_name).clone(),
            email: Some(masthead.reply_address.to_string()),
            mailto: Some(masthead.reply_address.mailto()),
            phone: None,
            tel: String::new(),
        }
    }
}

/// An item in one language.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ItemView {
    #[serde(rename = "lang")]
    language: Language,
    pub(super) title: String,
    kicker: String,
    due: bool,
    facts: Vec<Fact>,
    answers: Vec<Told>,
    html: String,
    register: Option<String>,
    contact: Option<ContactView>,
}

/// What an item page is written with.
pub(super) struct Pen<'a> {
    /// The forum.
    pub(super) forum: &'a Forum,
    /// The reader's language.
    pub(super) language: Language,
    /// The page's words in it.
    pub(super) words: &'a Words,
    /// Dates in it.
    pub(super) locale: &'a Locale,
    /// Today, where the forum is.
    pub(super) today: NaiveDate,
}

impl Pen<'_> {
    /// The item as a page shows it.
    pub(super) fn view(&self, item: &Item) -> ItemView {
        let (language, text) = item.text_for(self.language);
        ItemView {
            language,
            title: text.title.clone(),
            kicker: self.kicker(item),
            due: item.due().is_some(),
            facts: self.facts(item, text),
            answers: self.sections(item, text),
            html: markdown::to_html(&text.body),
            register: registration(item),
            contact: item.contact.as_ref().map(ContactView::of),
        }
    }

    /// `mandag 8. mars`, in the forum's zone.
    pub(super) fn weekday_and_day(&self, at: DateTime<Utc>) -> String {
        self.weekday_and_local_day(at.with_timezone(&self.forum.settings.zone).date_naive())
    }

    /// `mandag 8. mars`.
    pub(super) fn weekday_and_local_day(&self, day: NaiveDate) -> String {
        self.locale.weekday_and_day(day, self.today)
    }

    /// `8. mars`, in the forum's zone.
    pub(super) fn day(&self, at: DateTime<Utc>) -> String {
        self.locale.day(at.with_timezone(&self.forum.settings.zone).date_naive(), self.today)
    }

    /// `09.05`, in English `09:05`, where the forum is.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        let pattern = if self.language == Language::En { "%H:%M" } else { "%H.%M" };
        at.with_timezone(&self.forum.settings.zone).format(pattern).to_string()
    }

    /// `1,4 MB`, `320 kB`, with the comma of Norwegian.
    pub(super) fn size(&self, bytes: i64) -> String {
        if bytes < 1_000_000 {
            return format!("{} kB", (bytes + 999) / 1000);
        }
        let tenths = (bytes + 50_000) / 100_000;
        let comma = if self.language == Language::En { '.' } else { ',' };
        format!("{}{comma}{} MB", tenths / 10, tenths % 10)
    }

    /// `mandag 8. mars kl. 7.30`, where the forum is.
    pub(super) fn instant(&self, at: DateTime<Utc>) -> String {
        self.locale.instant(at, self.forum.settings.zone, self.today)
    }

    /// Until when somebody has no letters; none if they come.
    pub(super) fn pausing(&self, recipient: &Recipient) -> Option<String> {
        let last = last_day_of_pause(recipient, self.today)?;
        Some(fill(&self.words.prefs.pause.running, &[("day", &self.weekday_and_local_day(last))]))
    }

    /// `Referat. Fra NAV`.
    pub(super) fn kicker(&self, item: &Item) -> String {
        let kind = self.words.kind_of(item.kind);
        match item.source {
            Some(source) => {
                let name = self.forum.name_of(source, self.language);
                format!("{kind} · {}", fill(&self.words.item.from, &[("source", name)]))
            }
            None => kind.to_owned(),
        }
    }

    /// `På nynorsk`, if the reader's language is another.
    pub(super) fn mark_foreign(&self, language: Language) -> Option<String> {
        let words = &self.words.archive.list;
        (language != self.language).then(|| match language {
            Language::Nb => words.in_nb.clone(),
            Language::Nn => words.in_nn.clone(),
            Language::En => words.in_en.clone(),
        })
    }

    /// The deadline or the date in one line, while it lies ahead.
    pub(super) fn due_line(&self, item: &Item) -> Option<String> {
        let zone = self.forum.settings.zone;
        let ahead = item.due().is_some_and(|due| due.local_day(zone) >= self.today);
        let (_, text) = item.text_for(self.language);
        self.facts_in_lines(item, text).into_iter().next().filter(|_| ahead)
    }

    /// When, where, until when, each behind its label: `Når: torsdag 8. april kl. 9–15`.
    pub(super) fn facts(&self, item: &Item, text: &ItemText) -> Vec<Fact> {
        let words = &self.words.item;
        let zone = self.forum.settings.zone;
        let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
        let mut facts = Vec::new();
        match &item.fields {
            Fields::Plain => {}
            Fields::Minutes { group, met_on, .. } => {
                if let Some(day) = met_on {
                    let day = self.locale.weekday_and_day(*day, self.today);
                    let of = group
                        .map_or_else(String::new, |g| format!(", {}", self.forum.name_of(g, self.language)));
                    facts.push(fact(&words.met, format!("{day}{of}")));
                }
            }
            Fields::Event { starts_at, ends_at, .. } => {
                if let Some(start) = starts_at {
                    let when = self.locale.event_in_sentence(*start, *ends_at, zone, self.today);
                    facts.push(fact(&words.when, when));
                }
            }
            Fields::Request { wanted_by } => {
                facts.extend(wanted_by.map(|by| fact(&words.due, self.locale.deadline(by, zone, self.today))))
            }
            Fields::Call { deadline } => facts
                .extend(deadline.map(|by| fact(&words.deadline, self.locale.deadline(by, zone, self.today)))),
        }
        facts.extend(text.place.as_ref().map(|place| fact(&words.place, place.clone())));
        facts
    }

    /// The same, a line each.
    fn facts_in_lines(&self, item: &Item, text: &ItemText) -> Vec<String> {
        self.facts(item, text).into_iter().map(|fact| format!("{} {}", fact.label, fact.value)).collect()
    }

    /// What minutes answer, each under its question, and what they promise.
    pub(super) fn sections(&self, item: &Item, text: &ItemText) -> Vec<Told> {
        let answers = self.words.questions().into_iter().zip(text.minutes.in_order());
        let told = |(question, answer): (&str, Option<&str>)| {
            Some(Told { label: question.to_owned(), html: markdown::to_html(answer?) })
        };
        answers.filter_map(told).chain(self.promises(item)).collect()
    }

    /// When, where, until when, and what it says first, on one line: for whoever shows no more of it. What it says first has
    /// at most so many characters.
    pub(super) fn in_short(&self, item: &Item, max: usize) -> String {
        let (_, text) = item.text_for(self.language);
        let facts = self.facts_in_lines(item, text).into_iter().map(|fact| {
            let told = plain_line(&fact);
            format!("{}.", told.trim_end_matches('.'))
        });
        let parts = facts.chain([text.gist(max)]).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" ")
    }

    /// What minutes promise, without whose each is.
    fn promises(&self, item: &Item) -> Option<Told> {
        let words = &self.words.promises.page;
        let line = |promise: &Promised| {
            let day = promise.by.map(|day| fill(&words.by, &[("day", &self.locale.day(day, self.today))]));
            let day = day.map_or_else(String::new, |day| format!(" ({day})"));
            format!("- {}{day}\n", promise.what)
        };
        let lines: String = item.promises().iter().map(line).collect();
        (!lines.is_empty()).then(|| Told { label: words.promises.clone(), html: markdown::to_html(&lines) })
    }

    /// The shortest text to pass on: title, the day if it has one, and the public link.
    pub(super) fn copy_short(&self, item: &Item, url: &str) -> String {
        let title = item.text_for(self.language).1.title.clone();
        [Some(title), self.due_line(item), Some(url.to_owned())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// A text to pass on: title, what it says (of minutes each answer under its question), when and where, and the public
    /// link; nothing personal.
    pub(super) fn copy(&self, item: &Item, url: &str) -> String {
        let (_, text) = item.text_for(self.language);
        let mut lines = vec![text.title.clone(), String::new()];
        let answers = self.words.questions().into_iter().zip(text.minutes.in_order());
        lines.extend(answers.filter_map(|(question, answer)| {
            Some(format!("{question} {}", markdown::in_sentences(answer?, COPIED_CHARACTERS)))
        }));
        if lines.len() == 2 {
            lines.push(text.gist(COPIED_CHARACTERS));
        }
        lines.extend(self.facts_in_lines(item, text));
        lines.extend([String::new(), url.to_owned()]);
        lines.join("\n")
    }
}

/// Whether a calendar can hold the item.
pub(super) fn has_day(item: &Item) -> bool {
    matches!(item.fields, Fields::Event { starts_at: Some(_), .. })
}

/// Where one registers for an event.
pub(super) fn registration(item: &Item) -> Option<String> {
    match &item.fields {
        Fields::Event { registration_url: Some(url), .. } if is_web_address(url) => Some(url.clone()),
        _ => None,
    }
}
