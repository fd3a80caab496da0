//! Notices of a sending service in JSON (Amazon SES, passed on as mail by its notification service).

use serde::Deserialize;

use super::address::read_address;
use super::{BounceKind, BounceReport};
use crate::delivery::{Enhanced, best_status, classify_told};

/// One notice; what it does not tell is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Notice {
    #[serde(alias = "eventType")]
    notification_type: String,
    bounce: Bounce,
    complaint: Complaint,
    delivery: Delivery,
    delivery_delay: Delay,
    mail: Sent,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
    complaint_feedback_type: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Delivery {
    recipients: Vec<String>,
    smtp_response: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Delay {
    delayed_recipients: Vec<Recipient>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Recipient {
    email_address: String,
    status: String,
    diagnostic_code: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Sent {
    source: String,
    headers: Vec<Header>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Header {
    name: String,
    value: String,
}

/// What a topic passes on when it is not told to pass on the bare notice.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    message: String,
}

/// The notice that the words of a mail are; none if they are no JSON, or of another kind.
pub(super) fn find_notice(words: &str) -> Option<Notice> {
    let words = words.trim_start();
    if !words.starts_with('{') {
        return None;
    }
    // Long lines come folded, some behind an exclamation mark.
    let whole = words.replace("!\n ", "").replace("\n ", " ").replace('\n', "");
    let inner = read_first::<Envelope>(&whole).map(|envelope| envelope.message);
    let notice: Notice = read_first(inner.as_deref().unwrap_or(&whole))?;
    (!notice.notification_type.is_empty()).then_some(notice)
}

/// The JSON document that a text begins with, whatever stands behind it.
fn read_first<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

impl Notice {
    /// A report for each recipient that it names.
    pub(super) fn reports(&self) -> Vec<BounceReport> {
        match self.notification_type.as_str() {
            "Bounce" => self.bounce.bounced_recipients.iter().map(|r| self.bounce.report(r)).collect(),
            "DeliveryDelay" => {
                let all = &self.delivery_delay.delayed_recipients;
                all.iter().map(|r| r.report(BounceKind::Delayed, &r.diagnostic_code)).collect()
            }
            "Complaint" => self.complaint.reports(),
            "Delivery" => self.delivery.reports(),
            _ => Vec::new(),
        }
    }

    /// The letter's return path.
    pub(super) fn return_path(&self) -> Option<String> {
        read_address(&self.mail.source)
    }

    /// The letter's Message-ID, in angle brackets.
    pub(super) fn message_ids(&self) -> impl Iterator<Item = &str> {
        let is_id = |header: &&Header| header.name.trim().eq_ignore_ascii_case("message-id");
        self.mail.headers.iter().filter(is_id).map(|header| header.value.as_str())
    }
}

impl Bounce {
    fn report(&self, recipient: &Recipient) -> BounceReport {
        let words = match recipient.diagnostic_code.as_str() {
            "" => format!("{} {}", self.bounce_type, self.bounce_sub_type),
            told => told.to_owned(),
        };
        let status = best_status(Enhanced::find(&recipient.status), &words);
        let mut report = recipient.report(classify_told(status, &words).into(), &words);
        report.status = status.map(|s| s.to_string());
        report
    }
}

impl Complaint {
    fn reports(&self) -> Vec<BounceReport> {
        // "not-spam" takes a complaint back: a human reads it.
        let kind = match self.complaint_feedback_type.as_str() {
            "not-spam" => BounceKind::Unknown,
            _ => BounceKind::Complaint,
        };
        let reason = format!("complaint {}", self.complaint_feedback_type);
        self.complained_recipients.iter().map(|r| r.report(kind, &reason)).collect()
    }
}

impl Delivery {
    fn reports(&self) -> Vec<BounceReport> {
        let report = |address: &String| {
            let named = read_address(address).into_iter().collect();
            BounceReport::of(BounceKind::Delivered, named, None, &self.smtp_response)
        };
        self.recipients.iter().map(report).collect()
    }
}

impl Recipient {
    fn report(&self, kind: BounceKind, reason: &str) -> BounceReport {
        let named = read_address(&self.email_address).into_iter().collect();
        BounceReport::of(kind, named, Enhanced::find(&self.status), reason.trim())
    }
}
