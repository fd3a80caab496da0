//! The sender, the links, returned mail and who sends, in plain words.

use chrono::{DateTime, Utc};

use super::told::{Mark, Told};
use crate::checkup::returned::{TriedPlace, Watched};
use crate::checkup::sending::{Sending, is_alive};
use crate::checkup::settings::{Pages, SenderFound, Templates};
use crate::checkup::trial::{Standing, Trial};
use crate::feedback::returned::MailboxError;
use crate::web::words::{MailReturned, MailSender, MailSending, fill};

/// Who sends, who reads replies, where links lead, and whether letters can be written at all.
pub(super) fn tell_sender(words: &MailSender, standing: &Standing, base_url: &str) -> Vec<Told> {
    let mut told = vec![tell_addresses(words, standing), tell_pages(words, standing, base_url)];
    told.extend(tell_templates(words, &standing.templates));
    told
}

fn tell_addresses(words: &MailSender, standing: &Standing) -> Told {
    match &standing.sender {
        SenderFound::Unreadable { .. } => Told::plain(Mark::Wrong, &words.unreadable).with(&words.correct_do),
        SenderFound::NotAscii { address, .. } => {
            let text = fill(&words.not_ascii, &[("address", address.as_str())]);
            Told::plain(Mark::Wrong, text).with(&words.correct_do)
        }
        SenderFound::NoAddress => {
            let (mark, text) = match standing.stays_here {
                true => (Mark::Look, &words.made_up),
                false => (Mark::Wrong, &words.none),
            };
            Told::plain(mark, text).with(&words.none_do)
        }
        SenderFound::NobodyReads { address } => {
            let text = fill(&words.nobody_reads, &[("address", address)]);
            Told::plain(Mark::Look, text).with(&words.nobody_reads_do)
        }
        SenderFound::Complete { address, reply_name, reply_address } => {
            let values = [("address", address.as_str()), ("name", reply_name), ("reply", reply_address)];
            Told::plain(Mark::Good, fill(&words.complete, &values))
        }
    }
}

fn tell_pages(words: &MailSender, standing: &Standing, base_url: &str) -> Told {
    let text = match standing.pages {
        Pages::Safe => &words.pages,
        Pages::AllHere => &words.pages_here,
        Pages::NowhereElse => &words.pages_nowhere,
        Pages::Open => &words.pages_open,
    };
    let told = Told::plain(Mark::from(standing.pages.verdict()), fill(text, &[("url", base_url)]));
    if told.mark == Mark::Good { told } else { told.with(&words.pages_do) }
}

fn tell_templates(words: &MailSender, templates: &Templates) -> Option<Told> {
    match templates {
        Templates::BuiltIn => None,
        Templates::Own(_) => Some(Told::plain(Mark::Good, &words.templates)),
        Templates::NoFolder(_) => {
            Some(Told::plain(Mark::Look, &words.no_templates).with(&words.no_templates_do))
        }
        Templates::Broken(_) => {
            Some(Told::plain(Mark::Wrong, &words.bad_templates).with(&words.bad_templates_do))
        }
    }
}

/// Where letters that come back are read.
pub(super) fn tell_returned(words: &MailReturned, standing: &Standing, trial: Option<&Trial>) -> Vec<Told> {
    let mut told = match trial {
        _ if !standing.is_watched && standing.stays_here => {
            vec![Told::plain(Mark::Unknown, &words.local)]
        }
        _ if !standing.is_watched => vec![Told::plain(Mark::Look, &words.nowhere).with(&words.nowhere_do)],
        None => vec![Told::plain(Mark::Unknown, &words.untried)],
        Some(_) => Vec::new(),
    };
    told.extend(trial.iter().flat_map(|trial| &trial.returned).map(|place| tell_place(words, place)));
    told
}

fn tell_place(words: &MailReturned, place: &TriedPlace) -> Told {
    if !place.section.starts_with("[drafts") {
        return tell_watched(words, &place.watched);
    }
    match &place.watched {
        Watched::Folder(Ok(waiting)) | Watched::Mailbox { answer: Some(Ok(waiting)), .. } => {
            Told::plain(Mark::Good, fill(&words.drafts, &[("count", &waiting.to_string())]))
        }
        _ => Told::plain(Mark::Wrong, &words.drafts_shut).with(&words.drafts_shut_do),
    }
}

fn tell_watched(words: &MailReturned, watched: &Watched) -> Told {
    let good =
        |text: &str, waiting: usize| Told::plain(Mark::Good, fill(text, &[("count", &waiting.to_string())]));
    let wrong = |text: &String, steps: &String| Told::plain(Mark::Wrong, text).with(steps);
    match watched {
        Watched::Folder(Ok(waiting)) => good(&words.folder, *waiting),
        Watched::Folder(Err(_)) => wrong(&words.folder_shut, &words.folder_shut_do),
        Watched::Mailbox { answer: Some(Ok(waiting)), .. } => good(&words.mailbox, *waiting),
        Watched::Mailbox { answer: None, .. }
        | Watched::Mailbox { answer: Some(Err(MailboxError::Silent)), .. } => {
            wrong(&words.silent, &words.mailbox_do)
        }
        Watched::Mailbox { answer: Some(Err(MailboxError::Login(_))), .. } => {
            wrong(&words.login, &words.login_do)
        }
        Watched::Mailbox { answer: Some(Err(_)), .. } => wrong(&words.unreadable, &words.mailbox_do),
        Watched::Unusable(_) => wrong(&words.unusable, &words.unusable_do),
    }
}

/// Whether anything sends letters when their time comes.
pub(super) fn tell_sending(words: &MailSending, sending: &Sending, now: DateTime<Utc>) -> Vec<Told> {
    let nobody = || Told::plain(Mark::Look, &words.nobody).with(&words.nobody_do);
    let workers = match sending {
        Sending::Nobody => return vec![nobody()],
        Sending::Process(_) => return vec![Told::plain(Mark::Good, &words.running)],
        Sending::NoLock { .. } => {
            return vec![Told::plain(Mark::Wrong, &words.no_lock).with(&words.no_lock_do)];
        }
        Sending::Workers(workers) => workers,
    };
    let alive = workers.iter().filter(|worker| is_alive(worker, now)).count();
    let silent = workers.len() - alive;
    let counted = |text: &str, count: usize| fill(text, &[("count", &count.to_string())]);
    let mut told = vec![match alive {
        0 => nobody(),
        1 => Told::plain(Mark::Good, &words.running),
        many => Told::plain(Mark::Good, counted(&words.many, many)),
    }];
    if silent > 0 {
        let text = if silent == 1 { &words.silent_one } else { &words.silent };
        told.push(Told::plain(Mark::Look, counted(text, silent)).with(&words.silent_do));
    }
    told
}
