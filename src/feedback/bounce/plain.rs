//! Bounces in words: qmail, Exim, Sendmail, Postfix, Exchange, Domino and their like.

use super::address::scan;
use super::copy::part_from_copy;
use super::fields::Fields;
use super::named::{Named, list_named, names_for_sure, recipient_of_copy};
use super::origin::{Shown, is_of_failure, is_returned, speaks_of_failure};
use super::report::REPORTS;
use super::tried::is_still_tried;
use super::words::{has_arrived, says_failed};
use super::{BounceKind, BounceReport};
use crate::delivery::{Enhanced, best_status, classify_told, flatten_words, tells_kind};

/// The words of a bounce and what stands around them.
pub(super) struct Told<'a> {
    headers: &'a Fields,
    subject: &'a str,
    copied: Option<&'a Fields>,
    words: &'a str,
    own: Vec<String>,
}

impl<'a> Told<'a> {
    /// Of a mail's headers, its subject (decoded), its words without quoted lines, and the headers of the letter that came back.
    pub fn of(headers: &'a Fields, subject: &'a str, text: &'a str, copied: Option<&'a Fields>) -> Told<'a> {
        let (words, own) = (part_from_copy(text).0, own_addresses(headers, copied));
        Told { headers, subject, copied, words, own }
    }

    /// The mail's headers.
    pub fn headers(&self) -> &'a Fields {
        self.headers
    }

    /// Its subject, decoded.
    pub fn subject(&self) -> &'a str {
        self.subject
    }

    /// The words before the copy of the letter.
    pub fn words(&self) -> &'a str {
        self.words
    }

    /// Ours: where the mail came to, and who sent the letter.
    pub fn own_addresses(&self) -> &[String] {
        &self.own
    }

    /// The failed addresses, each with what is said of it.
    pub fn list_named(&self) -> Vec<Named> {
        let known: Vec<String> =
            self.headers.all("x-failed-recipients").flat_map(scan).map(|found| found.address).collect();
        let own = &self.own;
        let named = list_named(self.words, &known, own);
        let is_advice = known.is_empty() && is_name_first(self.words);
        if !named.is_empty() && !is_advice {
            return named;
        }
        let elsewhere = self
            .named_locally()
            .or_else(|| recipient_of_copy(self.copied).filter(|address| !own.contains(address)))
            .or_else(|| {
                scan(self.subject).into_iter().map(|f| f.address).find(|address| !own.contains(address))
            })
            .or_else(|| recipient_of_copy(self.copied))
            .or_else(|| self.named_by_return_path());
        match elsewhere {
            Some(address) => vec![Named { address, first: None, reason: self.words.to_owned() }],
            // Who wrote to themselves is named among our own.
            None if names_for_sure(self.words, &[]) => list_named(self.words, &known, &[]),
            None => Vec::new(),
        }
    }

    /// Whether the words, or a header, name an address other than ours.
    pub fn names_somebody(&self) -> bool {
        self.headers.has("x-failed-recipients") || !list_named(self.words, &[], &self.own).is_empty()
    }

    /// Whether a program that returns mail wrote it.
    pub fn is_returned(&self) -> bool {
        let shown = Shown { copy: self.copied.is_some(), another: self.speaks_of_another() };
        is_returned(self.headers, self.subject, self.words, shown)
    }

    /// Whether the words leave out who sent the mail and who got it, or name another as failed.
    fn speaks_of_another(&self) -> bool {
        let named = list_named(self.words, &[], &self.own);
        let sender = self.headers.find("from").and_then(|from| scan(from).into_iter().next());
        let is_sender_s = |address: &String| sender.as_ref().is_some_and(|from| from.address == *address);
        let is_named = |address: &String| named.iter().any(|named| named.address == *address);
        let mentioned: Vec<String> =
            [self.subject, self.words].into_iter().flat_map(scan).map(|found| found.address).collect();
        let mentions_sender = mentioned.iter().any(|address| is_sender_s(address) && !is_named(address));
        let is_of_us = named.is_empty() && mentioned.iter().any(|address| self.own.contains(address));
        !mentions_sender && !is_of_us
    }

    /// Whether the words name an address as failed beyond doubt, or stand before a copy of the letter.
    pub fn is_telling(&self) -> bool {
        self.copied.is_some()
            || self.headers.has("x-failed-recipients")
            || names_for_sure(self.words, &self.own)
    }

    /// A name without a domain, at the head of a line behind one that ends in a colon: a user of the house that
    /// returns the letter. Whom the letter was sent to is known better from its copy.
    fn named_locally(&self) -> Option<String> {
        let name = find_local_name(self.words)?.name.to_lowercase();
        let copied = recipient_of_copy(self.copied).filter(|address| !self.own.contains(address));
        copied.or_else(|| {
            let from = scan(self.headers.find("from")?).into_iter().next()?;
            Some(format!("{name}@{}", from.address.rsplit_once('@')?.1))
        })
    }

    /// The recipient within another program's return path: `list-bounces+kari=example.test@list.test`.
    fn named_by_return_path(&self) -> Option<String> {
        let to = ["to", "delivered-to", "x-original-to"].iter().find_map(|name| self.headers.find(name))?;
        let path = scan(to).into_iter().next()?.address;
        let (local, _) = path.rsplit_once('@')?;
        let (before, domain) = local.rsplit_once('=')?;
        let name = before.rsplit(['+', '-']).next()?;
        scan(&format!("{name}@{domain}")).into_iter().next().map(|found| found.address)
    }

    /// The reports that the words make; none if they speak neither of failure nor of arrival.
    pub fn read(&self) -> Vec<BounceReport> {
        let words = self.words;
        let lower = flatten_words(&format!("{}\n{}", self.subject, words));
        let speaks =
            speaks_of_failure(&lower) || tells_kind(words) || is_of_failure(self.headers, self.subject);
        let named = self.list_named();
        if !speaks && !self.headers.has("x-failed-recipients") {
            let arrived = named.into_iter().filter(|_| has_arrived(&lower));
            return arrived.map(|named| report_arrival(named, self.subject)).collect();
        }
        if named.is_empty() {
            return vec![report(Vec::new(), words, words, is_still_tried(&lower))];
        }
        let is_tried = is_still_tried(&lower);
        let is_alone = named.len() == 1;
        named
            .into_iter()
            .map(|named| {
                let ours = self.own.iter().filter(|ours| **ours != named.address);
                let said = call_us_sender_behind_for(&named.reason, ours);
                let said = said.as_str();
                let reason = flatten_words(said);
                let is_delayed = match is_alone {
                    true => is_tried,
                    false => is_still_tried(&reason) || (is_tried && !tells_kind(&reason)),
                };
                let addresses = named.first.into_iter().chain([named.address]).collect();
                let whole = if is_alone || !says_anything(said) { lower.as_str() } else { said };
                let telling = if says_anything(said) { said } else { whole };
                report(addresses, &named.reason, telling, is_delayed)
            })
            .collect()
    }
}

/// Ours: where the mail came to, and who sent the letter. X-Original-To counts only at a domain where the mail came to, for
/// some programs name the failed address there.
fn own_addresses(headers: &Fields, copied: Option<&Fields>) -> Vec<String> {
    let listed = |fields: &Fields, names: &[&str]| -> Vec<String> {
        let named = names.iter().flat_map(|name| fields.all(name).flat_map(scan).take(REPORTS));
        named.map(|found| found.address).collect()
    };
    let mut own = listed(headers, &["to", "delivered-to", "envelope-to"]);
    let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let at_home: Vec<String> = listed(headers, &["x-original-to"])
        .into_iter()
        .filter(|address| own.iter().any(|ours| domain(ours) == domain(address)))
        .collect();
    own.extend(at_home);
    let from = ["return-path", "errors-to", "sender", "from", "reply-to", "x-sender"];
    own.extend(copied.map(|copied| listed(copied, &from)).unwrap_or_default());
    own
}

/// A name without a domain, and where its line begins.
struct LocalName<'a> {
    name: &'a str,
    at: usize,
}

/// The name without a domain that a line begins with, behind a line that ends in a colon. Where more than the name
/// stands in its line, that one must say that something failed.
fn find_local_name(words: &str) -> Option<LocalName<'_>> {
    let (mut at, mut above) = (0, "");
    for line in words.split_inclusive('\n') {
        if let Some((name, rest)) = split_local_name(line)
            && above.ends_with(':')
            && (rest.is_empty() || says_failed(&flatten_words(above)))
        {
            return Some(LocalName { name, at });
        }
        at += line.len();
        above = Some(line.trim_end()).filter(|line| !line.is_empty()).unwrap_or(above);
    }
    None
}

/// The name that an indented line consists of or begins with, and what stands apart from it.
fn split_local_name(line: &str) -> Option<(&str, &str)> {
    let bare = line.trim_end().strip_prefix([' ', '\t'])?.trim_start();
    let (name, rest) = bare.split_at(bare.find([' ', '\t']).unwrap_or(bare.len()));
    let name = name.trim_end_matches([':', '.']);
    let is_apart = rest.is_empty() || ["  ", "\t", " ("].iter().any(|gap| rest.starts_with(gap));
    let is_name = (3..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    (is_name && is_apart).then_some((name, rest))
}

/// Whether a name without a domain is told as failed before any address stands in the words: what stands behind
/// it is advice.
fn is_name_first(words: &str) -> bool {
    let Some(found) = find_local_name(words) else { return false };
    let (before, behind) = words.split_at(found.at);
    says_failed(&flatten_words(before))
        && scan(before).is_empty()
        && !behind.contains(&format!("{}@", found.name))
}

fn says_anything(reason: &str) -> bool {
    tells_kind(reason) || Enhanced::find(reason).is_some()
}

fn report_arrival(named: Named, subject: &str) -> BounceReport {
    BounceReport::of(BounceKind::Delivered, vec![named.address], None, subject)
}

/// `shown` is what is said of these addresses, `telling` what says most of why it failed.
fn report(addresses: Vec<String>, shown: &str, telling: &str, is_delayed: bool) -> BounceReport {
    let status = best_status(None, telling).filter(|status| status.class != 2);
    let kind = if is_delayed { BounceKind::Delayed } else { classify_told(status, telling).into() };
    let shown = if shown.trim().is_empty() { telling } else { shown };
    BounceReport::of(kind, addresses, status, shown)
}

/// The words with "sender" for our own addresses where something was done for them: `Verification failed for <forum@...>`.
fn call_us_sender_behind_for<'a>(words: &str, ours: impl Iterator<Item = &'a String>) -> String {
    ours.fold(words.to_owned(), |words, address| {
        ["for <", "for "].iter().fold(words, |words, before| {
            words.replace(&format!("{before}{address}"), &format!("{before}sender"))
        })
    })
}
