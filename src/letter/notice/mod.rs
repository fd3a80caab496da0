//! Short mails outside editions: a link that was asked for, a confirmation, a reminder.
//!
//! # A new kind
//!
//! 1. A variant of [`Notice`], with what only this kind says; its fields are stored as JSON until it was sent.
//! 2. An arm in [`Notice::values`] (what its words leave open) and one in [`Notice::path`] (where its button leads);
//!    one in [`Notice::link`] if that is a link that is good once.
//! 3. A sample in [`Notice::samples`]: the words of every sample are proved in every language when the
//!    program starts.
//! 4. A table of that name in `templates/locale/notice.{nb,nn,en}.toml`: `subject`, `before`, `button`, `after`.
//! 5. Whoever has the store queues it in the transaction that does what it tells:
//!    `tx.queue_notice(now, &feedback::notices::write_notice(..))`.
//!
//! A paragraph whose value is empty falls away. A kind that recipients get unasked is one of [`Notice::is_of_list`].
//!
//! Sending, retries, expiry, signing and forgetting the address are the same for all. What people wrote may stand in
//! `values`: it is escaped, and a header stays one header. A notice before a confirmation holds none.

mod called_off;
mod invited;
mod link;
mod press;
mod words;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use called_off::{CalendarFile, CalledOff};
pub use invited::Invited;
pub use link::desk_path;
pub use press::{NoticePress, NoticeTo};

use link::mail_link_path;

use crate::ids::ItemId;
use crate::token::{Claim, Keys, Purpose};

/// A short mail, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "details", rename_all = "snake_case")]
pub enum Notice {
    /// The link that somebody asked for: it opens what a letter's link may not.
    SignIn {
        /// The row of the link.
        link: i64,
        /// How long it is good.
        minutes: i64,
    },
    /// The link that somebody asked for who works at the desk.
    Desk {
        /// The row of the link.
        link: i64,
        /// How long it is good.
        minutes: i64,
    },
    /// Somebody got an account: the link that opens the desk for the first time. To who works with items and letters.
    DeskInvitation(Invited),
    /// The same to who looks after people and places.
    PeopleInvitation(Invited),
    /// The same to who looks after those of their own organisation alone.
    PartnerInvitation(Invited),
    /// The same to who looks after accounts and settings.
    SettingsInvitation(Invited),
    /// To who signed up and gets letters already: a link to their pages.
    AlreadyHere {
        /// The row of the link.
        link: i64,
        /// How long it is good.
        minutes: i64,
    },
    /// Asks who signed up to confirm it. No word in it was written by whoever filled in the form.
    ConfirmSignUp {
        /// The row of the link.
        link: i64,
        /// How long it is good.
        hours: i64,
    },
    /// Asks, at a new address, whether letters shall go there. No user text either.
    ConfirmAddress {
        /// The row of the link.
        link: i64,
        /// How long it is good.
        hours: i64,
    },
    /// Tells the old address that letters go elsewhere now.
    AddressChanged {
        /// The new one, masked.
        masked: String,
    },
    /// To the lead: a holder says that they no longer have their place.
    PlaceLeft {
        /// Who says so.
        person: String,
        /// Where they are reached: a plain reply goes there.
        #[serde(default)]
        address: String,
        /// The group's name, as it stands in a sentence.
        group: String,
        /// Who has it now, as they said; may be empty.
        successor: String,
        /// The place's key.
        #[serde(default)]
        seat: i64,
    },
    /// Asks a holder whether they still have their places. It names none: the employer runs the mail system.
    StillYours {
        /// The row of the link.
        link: i64,
        /// How long it is good.
        days: i64,
    },
    /// Somebody can help with what the reader asked for.
    Offer(Responded),
    /// Somebody answers what the reader asked.
    Reply(Responded),
    /// An event is near to which the reader said that they come.
    ReminderComing(Remembered),
    /// A required event is near which the reader has not answered.
    ReminderUnanswered(Remembered),
    /// The last day of a request is near to which the reader promised help.
    ReminderHelp(Remembered),
    /// The day is near by which the reader promised something.
    PromiseNear {
        /// The promise's key.
        promise: i64,
        /// What.
        what: String,
        /// The day, in the reader's language.
        when: String,
        /// The same as a day.
        #[serde(default)]
        by: Option<NaiveDate>,
    },
    /// An event that the reader has got was taken back.
    CalledOff(CalledOff),
    /// The same, to who said that they come.
    CalledOffComing(CalledOff),
    /// The same, to who said that they send another.
    CalledOffSending(CalledOff),
    /// Something was sent in that waits for the lead.
    SentIn {},
}

/// What somebody says to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responded {
    /// What was asked.
    pub title: String,
    /// Who says it.
    pub helper: String,
    /// Where they are reached: a plain reply goes there.
    pub address: String,
    /// What they write; may be empty.
    pub message: String,
}

/// What a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The item's title.
    pub title: String,
    /// When and where, in the reader's language.
    pub when: String,
    /// A letter of theirs that held it, and their token version: its link opens the item.
    pub letter: Option<(i64, u16)>,
    /// What links call the item.
    pub item: String,
}

impl Remembered {
    fn values(&self) -> Vec<(&'static str, String)> {
        vec![("title", self.title.clone()), ("when", self.when.clone())]
    }

    /// The item's page, or one below it.
    fn path(&self, keys: &Keys, below: &str) -> Option<String> {
        let (letter, version) = self.letter?;
        let claim = Claim { purpose: Purpose::Letter, version, subject: letter };
        Some(format!("/l/{}/item/{}{below}", keys.sign(keys.newest(), claim)?, self.item))
    }
}

impl Notice {
    /// The kind's word and what only it says, as they are stored.
    pub fn stored(&self) -> (String, serde_json::Value) {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(mut map)) => {
                let details = map.remove("details").unwrap_or_else(|| serde_json::json!({}));
                let kind = map.remove("kind").and_then(|kind| kind.as_str().map(str::to_owned));
                (kind.unwrap_or_default(), details)
            }
            _ => (String::new(), serde_json::json!({})),
        }
    }

    /// The reverse of [`Notice::stored`]; `details` as JSON.
    pub fn read(kind: &str, details: &str) -> Result<Notice, serde_json::Error> {
        let details: serde_json::Value = serde_json::from_str(details)?;
        serde_json::from_value(serde_json::json!({ "kind": kind, "details": details }))
    }

    /// What fills the `{names}` of its words, beside `{forum}`, which all have.
    fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Notice::SignIn { minutes, .. }
            | Notice::AlreadyHere { minutes, .. }
            | Notice::Desk { minutes, .. } => {
                vec![("minutes", minutes.to_string())]
            }
            Notice::ConfirmSignUp { hours, .. }
            | Notice::ConfirmAddress { hours, .. }
            | Notice::DeskInvitation(Invited { hours, .. })
            | Notice::PeopleInvitation(Invited { hours, .. })
            | Notice::PartnerInvitation(Invited { hours, .. })
            | Notice::SettingsInvitation(Invited { hours, .. }) => {
                vec![("hours", hours.to_string())]
            }
            Notice::StillYours { days, .. } => vec![("days", days.to_string())],
            Notice::AddressChanged { masked } => vec![("address", masked.clone())],
            Notice::PlaceLeft { person, group, successor, .. } => {
                let successor = if successor.is_empty() { "–" } else { successor };
                vec![
                    ("person", person.clone()),
                    ("group", group.clone()),
                    ("successor", successor.to_owned()),
                ]
            }
            Notice::Offer(response) | Notice::Reply(response) => vec![
                ("title", response.title.clone()),
                ("helper", response.helper.clone()),
                ("address", response.address.clone()),
                ("message", response.message.clone()),
            ],
            Notice::ReminderComing(of) | Notice::ReminderUnanswered(of) | Notice::ReminderHelp(of) => {
                of.values()
            }
            Notice::CalledOff(of) | Notice::CalledOffComing(of) | Notice::CalledOffSending(of) => of.values(),
            Notice::PromiseNear { what, when, .. } => {
                vec![("what", what.trim_end_matches('.').to_owned()), ("when", when.clone())]
            }
            Notice::SentIn {} => Vec::new(),
        }
    }

    /// Where its button leads, below `base_url`; `mark` is that of its [link](Notice::link), if it has one.
    fn path(&self, keys: &Keys, mark: u16) -> Option<String> {
        match self {
            Notice::SignIn { link, .. }
            | Notice::AlreadyHere { link, .. }
            | Notice::ConfirmSignUp { link, .. }
            | Notice::ConfirmAddress { link, .. }
            | Notice::StillYours { link, .. } => mail_link_path(keys, *link, mark),
            Notice::Desk { link, .. }
            | Notice::DeskInvitation(Invited { link, .. })
            | Notice::PeopleInvitation(Invited { link, .. })
            | Notice::PartnerInvitation(Invited { link, .. })
            | Notice::SettingsInvitation(Invited { link, .. }) => desk_path(keys, *link, mark),
            Notice::PlaceLeft { seat, .. } => Some(format!("/desk/places/{seat}")),
            Notice::AddressChanged { .. } => None,
            Notice::ReminderComing(of) | Notice::ReminderUnanswered(of) => of.path(keys, "/answer"),
            Notice::ReminderHelp(of) => of.path(keys, ""),
            Notice::PromiseNear { .. } => Some("/me/promises".to_owned()),
            Notice::CalledOff(_) | Notice::CalledOffComing(_) | Notice::CalledOffSending(_) => None,
            // Drafts stand on the first page of the desk, which asks who comes.
            Notice::SentIn {} => Some("/desk".to_owned()),
            Notice::Offer(_) | Notice::Reply(_) => None,
        }
    }

    /// The event that it tells is taken back, with all that is said of it.
    pub fn called_off(&self) -> Option<&CalledOff> {
        match self {
            Notice::CalledOff(of) | Notice::CalledOffComing(of) | Notice::CalledOffSending(of) => Some(of),
            _ => None,
        }
    }

    /// The public id of the item that it reminds of.
    pub fn reminds_of(&self) -> Option<&str> {
        match self {
            Notice::ReminderComing(of) | Notice::ReminderUnanswered(of) | Notice::ReminderHelp(of) => {
                Some(&of.item)
            }
            _ => None,
        }
    }

    /// Whether a recipient gets it as one of the list, unasked: it names the way out, as letters do.
    fn is_of_list(&self) -> bool {
        match self {
            Notice::StillYours { .. }
            | Notice::ReminderComing(_)
            | Notice::ReminderUnanswered(_)
            | Notice::ReminderHelp(_)
            | Notice::PromiseNear { .. }
            | Notice::CalledOff(_)
            | Notice::CalledOffComing(_)
            | Notice::CalledOffSending(_) => true,
            Notice::SignIn { .. }
            | Notice::Desk { .. }
            | Notice::DeskInvitation(_)
            | Notice::PeopleInvitation(_)
            | Notice::PartnerInvitation(_)
            | Notice::SettingsInvitation(_)
            | Notice::AlreadyHere { .. }
            | Notice::ConfirmSignUp { .. }
            | Notice::ConfirmAddress { .. }
            | Notice::AddressChanged { .. }
            | Notice::PlaceLeft { .. }
            | Notice::Offer(_)
            | Notice::Reply(_)
            | Notice::SentIn {} => false,
        }
    }

    /// Whom a plain reply reaches, if not who reads the forum's replies.
    fn reply_to(&self) -> Option<&str> {
        match self {
            Notice::Offer(response) | Notice::Reply(response) => Some(&response.address),
            Notice::PlaceLeft { address, .. } => Some(address),
            _ => None,
        }
    }

    /// One of each kind.
    fn samples() -> Vec<Notice> {
        let of = Remembered {
            title: "Samling for forumet".into(),
            when: "Torsdag 8. april kl. 9–15".into(),
            letter: Some((7, 3)),
            item: "00000000000000000000000000000001".into(),
        };
        let called_off = CalledOff {
            item: ItemId(1),
            title: "Samling for forumet".into(),
            when: "torsdag 8. april kl. 9–15, Fylkeshuset".into(),
            reason: "Foredragsholderen er syk.".into(),
            contact: "Kari Nes, kari@example.test".into(),
            file: Some(CalendarFile {
                name: "samling.ics".into(),
                method: "CANCEL".into(),
                content: "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n".into(),
            }),
        };
        let response = Responded {
            title: "Hvem kan ta imot en lærling?".into(),
            helper: "Åse Nes".into(),
            address: "ase@example.test".into(),
            message: "Ring meg.".into(),
        };
        vec![
            Notice::SignIn { link: 1, minutes: 10 },
            Notice::Desk { link: 1, minutes: 10 },
            Notice::DeskInvitation(Invited { link: 1, hours: 48 }),
            Notice::PeopleInvitation(Invited { link: 1, hours: 48 }),
            Notice::PartnerInvitation(Invited { link: 1, hours: 48 }),
            Notice::SettingsInvitation(Invited { link: 1, hours: 48 }),
            Notice::AlreadyHere { link: 1, minutes: 10 },
            Notice::ConfirmSignUp { link: 1, hours: 48 },
            Notice::ConfirmAddress { link: 1, hours: 24 },
            Notice::AddressChanged { masked: "k***@example.test".to_owned() },
            Notice::PlaceLeft {
                person: "Kari Nes".to_owned(),
                address: "kari@example.test".to_owned(),
                group: "kompetansegruppe helse".to_owned(),
                successor: String::new(),
                seat: 1,
            },
            Notice::StillYours { link: 1, days: 60 },
            Notice::Offer(response.clone()),
            Notice::Reply(response),
            Notice::ReminderComing(of.clone()),
            Notice::ReminderUnanswered(of.clone()),
            Notice::ReminderHelp(of),
            Notice::PromiseNear {
                promise: 1,
                what: "Ringe ti bedrifter".into(),
                when: "torsdag 8. april".into(),
                by: None,
            },
            Notice::CalledOff(called_off.clone()),
            Notice::CalledOffComing(CalledOff { when: String::new(), file: None, ..called_off.clone() }),
            Notice::CalledOffSending(CalledOff { reason: String::new(), ..called_off }),
            Notice::SentIn {},
        ]
    }
}
