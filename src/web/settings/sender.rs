//! Who sends letters, who reads replies, and who answers for personal data. What is left empty is the operator's.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::line::read_line;
use super::stands::{Overtaken, Stands, name_all, read_over};
use crate::forum::{EmailAddress, House, SenderError};
use crate::letter::Masthead;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{SenderWords, fill};

/// The longest line, in characters.
const LONGEST: usize = 200;

/// What was filled in.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Said {
    /// Names what stood when the form was shown.
    seen: String,
    sender: String,
    reply_name: String,
    reply_address: String,
    postal_address: String,
    controller: String,
    privacy_contact: String,
    officer: String,
}

/// One line of the form.
#[derive(Serialize)]
struct Field {
    name: &'static str,
    label: String,
    hint: String,
    value: String,
    /// What holds while it is empty; empty if nothing does.
    else_holds: String,
    error: String,
    is_address: bool,
}

#[derive(Serialize)]
struct Section {
    key: &'static str,
    title: String,
    lead: String,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Page {
    saved: bool,
    /// Somebody else saved since the form was shown.
    overtaken: Option<Overtaken>,
    seen: String,
    any_wrong: bool,
    sections: Vec<Section>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_sender.html";
}

/// What is wrong with the addresses, in words; empty where nothing is.
#[derive(Default)]
struct Mistakes {
    sender: String,
    reply_address: String,
}

impl Said {
    fn of(house: &House) -> Said {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let address =
            |value: &Option<EmailAddress>| value.as_ref().map_or_else(String::new, ToString::to_string);
        let said = Said {
            seen: String::new(),
            sender: address(&house.sender),
            reply_name: text(&house.reply_name),
            reply_address: address(&house.reply_address),
            postal_address: text(&house.postal_address),
            controller: text(&house.controller),
            privacy_contact: text(&house.privacy_contact),
            officer: text(&house.officer),
        };
        Said { seen: name_all(&said), ..said }
    }

    /// What it asks for, where `old` is what there is; letters come from `domain`.
    fn read(&self, words: &SenderWords, old: &House, domain: &str) -> Result<House, Mistakes> {
        let mut wrong = Mistakes::default();
        let sender = read_address(words, &self.sender, &mut wrong.sender);
        if sender.as_ref().is_some_and(|sender| sender.domain() != domain) {
            wrong.sender = fill(&words.other_domain, &[("domain", domain)]);
        }
        let reply_address = read_address(words, &self.reply_address, &mut wrong.reply_address);
        if !wrong.sender.is_empty() || !wrong.reply_address.is_empty() {
            return Err(wrong);
        }
        Ok(House {
            sender,
            reply_name: read_line(&self.reply_name, LONGEST),
            reply_address,
            postal_address: read_line(&self.postal_address, LONGEST),
            controller: read_line(&self.controller, LONGEST),
            privacy_contact: read_line(&self.privacy_contact, LONGEST),
            officer: read_line(&self.officer, LONGEST),
            ..old.clone()
        })
    }
}

fn read_address(words: &SenderWords, text: &str, wrong: &mut String) -> Option<EmailAddress> {
    if text.trim().is_empty() {
        return None;
    }
    let Ok(address) = text.parse::<EmailAddress>() else {
        *wrong = words.no_address.clone();
        return None;
    };
    match House::check_address(&address) {
        Ok(()) => Some(address),
        Err(error) => {
            *wrong = match error {
                SenderError::NotAscii => words.not_ascii.clone(),
                SenderError::ReturnedMail => words.returned_mail.clone(),
            };
            None
        }
    }
}

/// GET: as it stands.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let said = Said::of(&staff.forum.settings.house);
    let page = page_of(&reading, &staff, said, Mistakes::default())?;
    reading.0.desk_page(&staff, &page)
}

/// POST: this from now on, or what is wrong with it.
pub(super) async fn save(
    writing: Writing,
    staff: Staff,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let words = &reading.0.words(staff.language).settings.sender;
    let domain = reading.0.masthead(&staff.forum)?.domain().to_owned();
    if let Err(wrong) = said.read(words, &staff.forum.settings.house, &domain) {
        let page = page_of(&reading, &staff, said, wrong)?;
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    let read = |house: &House| said.read(words, house, &domain).ok();
    let seen = (said.seen.as_str(), name as fn(&House) -> String);
    match writing.change_seen_settings(staff, |standing| read_over(standing, seen, read)).await? {
        Ok(staff) => {
            let said = Said::of(&staff.forum.settings.house);
            let page = Page { saved: true, ..page_of(&reading, &staff, said, Mistakes::default())? };
            reading.0.desk_page(&staff, &page)
        }
        Err(staff) => {
            let standing = Said::of(&staff.forum.settings.house);
            let standing = page_of(&reading, &staff, standing, Mistakes::default())?;
            let typed = page_of(&reading, &staff, said, Mistakes::default())?;
            let told = Some(Overtaken::of(standing.list(), typed.list()));
            let page = Page { overtaken: told, seen: standing.seen, ..typed };
            Ok(overtaken(reading.0.desk_page(&staff, &page)?))
        }
    }
}

/// Names what the form is filled from.
fn name(house: &House) -> String {
    Said::of(house).seen
}

impl Page {
    /// Each line as the form has it.
    fn list(&self) -> Vec<Stands> {
        let fields = self.sections.iter().flat_map(|section| &section.fields);
        fields.map(|field| Stands::new(&field.label, &field.value)).collect()
    }
}

fn page_of(reading: &Reading, staff: &Staff, said: Said, wrong: Mistakes) -> Result<Page, Refusal> {
    let words = &reading.0.words(staff.language).settings.sender;
    let operators = reading.0.operators_masthead(&staff.forum)?;
    let officer = reading.0.config().file.privacy.officer.as_deref();
    let seen = said.seen.clone();
    let any_wrong = !wrong.sender.is_empty() || !wrong.reply_address.is_empty();
    let privacy = vec![
        line(
            words,
            "controller",
            [&words.controller, &words.controller_hint],
            said.controller.clone(),
            operators.controller.as_deref(),
        ),
        line(
            words,
            "privacy_contact",
            [&words.contact, &words.contact_hint],
            said.privacy_contact.clone(),
            operators.privacy_contact.as_deref(),
        ),
        line(words, "officer", [&words.officer, &words.officer_hint], said.officer.clone(), officer),
    ];
    let section = |key, title: &String, lead: &String, fields| Section {
        key,
        title: title.clone(),
        lead: lead.clone(),
        fields,
    };
    let letters = list_letter_fields(words, &operators, said, wrong);
    let sections = vec![
        section("letters", &words.letters, &words.letters_lead, letters),
        section("privacy", &words.privacy, &words.privacy_lead, privacy),
    ];
    Ok(Page { saved: false, overtaken: None, seen, any_wrong, sections })
}

fn list_letter_fields(words: &SenderWords, operators: &Masthead, said: Said, wrong: Mistakes) -> Vec<Field> {
    let address = |field: Field, error| Field { error, is_address: true, ..field };
    let from = Some(operators.sender.as_str());
    let replies = Some(operators.reply_address.as_str());
    let name = operators.reply_name.as_deref();
    let postal = operators.postal_address.as_deref();
    vec![
        address(
            line(words, "sender", [&words.address, &words.address_hint], said.sender, from),
            wrong.sender,
        ),
        line(words, "reply_name", [&words.reply_name, &words.reply_name_hint], said.reply_name, name),
        address(
            line(
                words,
                "reply_address",
                [&words.reply_address, &words.reply_address_hint],
                said.reply_address,
                replies,
            ),
            wrong.reply_address,
        ),
        line(words, "postal_address", [&words.postal, &words.postal_hint], said.postal_address, postal),
    ]
}

/// A line of text with its label and hint; `holds` is what holds while it is empty.
fn line(
    words: &SenderWords,
    name: &'static str,
    [label, hint]: [&String; 2],
    value: String,
    holds: Option<&str>,
) -> Field {
    Field {
        name,
        label: label.clone(),
        hint: hint.clone(),
        value,
        else_holds: holds.map(|value| fill(&words.else_holds, &[("value", value)])).unwrap_or_default(),
        error: String::new(),
        is_address: false,
    }
}
