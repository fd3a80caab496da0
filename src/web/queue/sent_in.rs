//! What a draft tells of who sent it in.

use serde::Serialize;

use crate::forum::EmailAddress;
use crate::store::DeskDraftRow;
use crate::web::words::Words;

/// What whoever sent it in said besides.
#[derive(Debug, Serialize)]
pub(super) struct SentIn {
    sender: String,
    /// Where they work; empty: they said nothing of it, it is a union, or whoever looks may not know.
    organisation: String,
    /// Where they are reached; empty: nowhere.
    email: String,
    /// The link that writes there; none: it is no address that mail could go to.
    mailto: Option<String>,
    for_whom: String,
    why: String,
    /// Whom a mail was from that was forwarded; may be empty.
    forwarded_from: String,
    /// Files of a mail that could not be taken along, with the reason.
    left_out: Vec<String>,
}

impl SentIn {
    /// Of a draft, if somebody sent it in. Of senders whom the forum knows, those who may not know who works for a union are
    /// told no place of work at all: a blank at some alone would mark them. What somebody unknown wrote themselves stays.
    pub(super) fn of(words: &Words, row: &DeskDraftRow, discreet: bool) -> Option<SentIn> {
        let fields: serde_json::Value = serde_json::from_str(&row.fields).unwrap_or_default();
        (row.source != "lead").then(|| SentIn {
            sender: row.sender_name.clone().unwrap_or_default(),
            organisation: row
                .sender_organisation
                .clone()
                .filter(|_| !(discreet && row.sender_is_known))
                .unwrap_or_default(),
            email: row.sender_email.clone().unwrap_or_default(),
            mailto: row.sender_email.as_deref().and_then(mailto_of),
            for_whom: row.audience_words.clone(),
            why: fields["why"].as_str().unwrap_or_default().to_owned(),
            forwarded_from: fields["forwarded_from"].as_str().unwrap_or_default().to_owned(),
            left_out: tell_left_out(words, &fields["left_out"]),
        })
    }
}

fn mailto_of(email: &str) -> Option<String> {
    Some(email.parse::<EmailAddress>().ok()?.mailto())
}

/// `21.pdf: En sak kan ha 20 vedlegg.`, of pairs of a name and a reason's word.
fn tell_left_out(words: &Words, left_out: &serde_json::Value) -> Vec<String> {
    let left_out: Vec<(String, String)> = serde_json::from_value(left_out.clone()).unwrap_or_default();
    let why = |word: &str| match word {
        "too_many" => &words.queue.files.too_many,
        _ => &words.queue.files.too_large,
    };
    left_out.iter().map(|(name, word)| format!("{name}: {}", why(word))).collect()
}
