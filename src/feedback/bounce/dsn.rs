//! Delivery status notifications (RFC 3464), with the deviations that programs allow themselves.

use super::address::{is_directory_entry, read_address, read_original};
use super::fields::{Fields, read_blocks};
use super::named::Named;
use super::report::REPORTS;
use super::tried::{has_given_up, is_still_tried};
use super::{BounceKind, BounceReport};
use crate::delivery::{Enhanced, best_status, classify_told, tells_kind};

/// Fields that name a recipient, the one that was first written to first.
const RECIPIENTS: &[&str] =
    &["original-recipient", "final-recipient", "x-actual-recipient", "x-original-recipient"];

/// What the rest of the mail knows where the fields fall silent.
pub(super) struct Around<'a> {
    /// The words for humans.
    pub told: &'a str,
    /// Addresses that these words or the copied headers name as failed, each with what is said of it.
    pub named: &'a [Named],
    /// Our own addresses: where the mail came to, and who sent the letter.
    pub own: &'a [String],
}

/// The reports of a delivery status part, one for each recipient that it tells of, up to so many.
pub(super) fn read_status(text: &str, around: &Around<'_>) -> Vec<BounceReport> {
    let recipients = part_recipients(&read_blocks(text));
    let is_alone = recipients.len() == 1;
    let reports = recipients.iter().filter_map(|fields| read_recipient(fields, around, is_alone));
    reports.take(REPORTS).collect()
}

/// The fields of each recipient, of not many more than are reported. Some programs forget the empty line between two of
/// them, others part one by it.
fn part_recipients(blocks: &[Fields]) -> Vec<Fields> {
    let mut all: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
    for block in blocks {
        if all.len() > REPORTS {
            break;
        }
        let names_one = block.iter().any(|(name, _)| RECIPIENTS.contains(&name));
        let has_one = |group: &Vec<(&str, &str)>| group.iter().any(|(name, _)| RECIPIENTS.contains(name));
        if names_one && all.last().is_some_and(has_one) {
            all.push(Vec::new());
        }
        for (name, value) in block.iter() {
            let is_again = (RECIPIENTS.contains(&name) || name == "action")
                && all.last().is_some_and(|group| group.iter().any(|(n, _)| *n == name));
            if is_again && all.len() > REPORTS {
                break;
            }
            if is_again {
                all.push(Vec::new());
            }
            if let Some(group) = all.last_mut() {
                group.push((name, value));
            }
        }
    }
    all.into_iter().map(|group| Fields::of(group.into_iter())).collect()
}

/// One recipient of the part; none if the fields are about the message as a whole.
fn read_recipient(fields: &Fields, around: &Around<'_>, is_alone: bool) -> Option<BounceReport> {
    let says = |name| fields.find(name).is_some_and(|value| !value.is_empty());
    let diagnostic = fields.find("diagnostic-code").unwrap_or_default();
    let mut named = addresses_of(fields, diagnostic);
    if named.is_empty() && !says("action") && !(says("status") && fields.has("final-recipient")) {
        return None;
    }
    if is_alone && (named.is_empty() || named.iter().all(|a| is_directory_entry(a))) {
        named = around.named.iter().map(|n| n.address.clone()).chain(named).collect();
    }
    // Some programs write our return path where the recipient belongs. Whoever writes to themselves is named nevertheless.
    if named.iter().any(|address| !around.own.contains(address)) {
        named.retain(|address| !around.own.contains(address));
    }
    let field = fields.find("status").and_then(Enhanced::find);
    let said = around.named.iter().find(|n| named.contains(&n.address) && tells_kind(&n.reason));
    let told = match said {
        Some(said) => said.reason.as_str(),
        None if is_alone => around.told,
        None => "",
    };
    let has_words = tells_kind(diagnostic) || Enhanced::find(diagnostic).is_some();
    let reason = if has_words || told.is_empty() { diagnostic } else { told };
    let status = best_status(field, diagnostic).or_else(|| best_status(None, told));
    let whole = if is_alone { around.told } else { "" };
    let ours = around.own.iter().filter(|address| !named.contains(*address));
    let kind = kind_of(fields, status, &call_us_sender(reason, ours), whole);
    let shown = if diagnostic.is_empty() { reason } else { without_type(diagnostic) };
    Some(BounceReport::of(kind, named, status, shown))
}

/// The addresses that the fields name, the one first written to first.
fn addresses_of(fields: &Fields, diagnostic: &str) -> Vec<String> {
    let values = || RECIPIENTS.iter().flat_map(|name| fields.all(name).map(move |value| (*name, value)));
    let read = |(name, value): (&str, &str)| match name {
        "original-recipient" => read_original(value),
        _ => read_address(value),
    };
    let mut named: Vec<String> = Vec::new();
    for address in values().filter_map(read) {
        if !named.contains(&address) {
            named.push(address);
        }
    }
    // A name without a domain, as within a house: the diagnostic may tell it whole.
    if named.is_empty() && values().next().is_some() {
        named.extend(super::address::scan(diagnostic).into_iter().map(|found| found.address).take(1));
    }
    // An alias's own name or a directory's entry is no address to write to.
    named.sort_by_key(|address| {
        is_directory_entry(address) || !address.split('@').any(|part| part.contains('.'))
    });
    named
}

fn kind_of(fields: &Fields, status: Option<Enhanced>, reason: &str, told: &str) -> BounceKind {
    let action = fields.find("action").unwrap_or_default().trim().to_ascii_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| action.starts_with(word));
    let failure = || BounceKind::from(classify_told(status, reason));
    if begins(&["delayed", "delay", "deferred", "warning"]) {
        BounceKind::Delayed
    } else if begins(&["delivered", "relayed", "expanded", "success"]) {
        BounceKind::Delivered
    } else if begins(&["fail", "faild", "undeliver", "error", "reject", "bounce"]) {
        failure()
    } else {
        match status.map(|s| s.class) {
            Some(2) => BounceKind::Delivered,
            Some(4) if is_still_tried(told) || !has_given_up(told) => BounceKind::Delayed,
            Some(_) => failure(),
            None if tells_kind(reason) => failure(),
            None => BounceKind::Unknown,
        }
    }
}

/// The words with "sender" for our own addresses: what is said of them is said of us.
fn call_us_sender<'a>(words: &str, ours: impl Iterator<Item = &'a String>) -> String {
    ours.fold(words.to_lowercase(), |words, address| words.replace(address.as_str(), "sender"))
}

/// `smtp; 550 no` says `550 no`.
fn without_type(diagnostic: &str) -> &str {
    match diagnostic.split_once(';') {
        Some((kind, words)) if !kind.trim().contains(' ') => words,
        _ => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_recipients_are_read_and_no_more_however_they_are_parted() {
        let around = Around { told: "", named: &[], own: &[] };
        for parted in ["\n", ""] {
            let block = |at: usize| {
                format!("Final-Recipient: rfc822;kari{at}@example.test\nAction: failed\n{parted}")
            };
            let fields: String = (0..REPORTS * 3).map(block).collect();
            let reports = read_status(&format!("Reporting-MTA: dns; mx.example.test\n\n{fields}"), &around);
            let last = reports.last().and_then(|report| report.recipient.as_deref());
            assert_eq!((reports.len(), last), (REPORTS, Some("kari99@example.test")), "{parted:?}");
        }
    }

    #[test]
    fn our_return_path_is_no_recipient_unless_nobody_else_is_named() {
        let own = ["bounce+1@forum.example.test".to_owned(), "kari@forum.example.test".to_owned()];
        let around = Around { told: "", named: &[], own: &own };
        let named = |first: &str, last: &str| {
            let fields = format!(
                "Original-Recipient: rfc822;{first}\nFinal-Recipient: rfc822;{last}\nAction: failed\nStatus: 5.1.1"
            );
            read_status(&fields, &around).into_iter().map(|report| report.named.join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(named("bounce+1@forum.example.test", "kari@example.test"), ["kari@example.test"]);
        assert_eq!(named("kari@a.test", "kari@b.test"), ["kari@a.test kari@b.test"]);
        assert_eq!(named("kari@forum.example.test", "kari@forum.example.test"), ["kari@forum.example.test"]);
    }
}
