//! Domains that ask us to slow down: three such replies in a row, and nothing goes there for 15 minutes.
//!
//! What is asked with 421 or 4.7.z (RFC 5321, 4.2; RFC 3463, 3.8) is asked by the recipient's side. Any other reply
//! for a domain ends its row; an answer to the greeting is none, it speaks of the relay. While a
//! pause lasts, replies to what was on its way neither count nor end anything; the row begins anew behind it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::smtp::Reply;

/// So many in a row pause a domain ...
const IN_A_ROW: i64 = 3;
/// ... for so long (real time).
const PAUSE: TimeDelta = TimeDelta::minutes(15);

/// The part of an address behind its at sign.
pub(crate) fn domain_of(email: &str) -> &str {
    email.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Whether a reply asks us to slow down.
fn asks_for_less(reply: &Reply) -> bool {
    reply.code == 421
        || (reply.code / 100 == 4
            && reply.find_status().is_some_and(|told| told.status.class == 4 && told.status.subject == 7))
}

/// How one domain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// Replies in a row that asked for less, since the last other reply or the last pause.
    pub in_a_row: i64,
    /// Nothing goes there before (real time).
    pub paused_until: Option<DateTime<Utc>>,
}

impl Standing {
    /// A pause that seems to last longer than any was made before the clock was set back.
    fn is_paused(&self, now: DateTime<Utc>) -> bool {
        self.paused_until.is_some_and(|until| now < until && until <= now + PAUSE)
    }

    /// What a reply makes of it; none if nothing is left to remember.
    fn after(self, asks_for_less: bool, now: DateTime<Utc>) -> Option<Standing> {
        match (self.is_paused(now), asks_for_less) {
            (true, _) => Some(self),
            (false, false) => None,
            (false, true) if self.in_a_row + 1 < IN_A_ROW => {
                Some(Standing { in_a_row: self.in_a_row + 1, paused_until: None })
            }
            (false, true) => Some(Standing { in_a_row: 0, paused_until: Some(now + PAUSE) }),
        }
    }
}

/// The domains that are not as any other, as this worker knows them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Domains {
    known: HashMap<String, Standing>,
    /// Changed since [`Domains::take_changes`].
    changed: BTreeSet<String>,
}

impl Domains {
    /// Takes in what is stored, which other workers write too; what changed here and is not written yet stays.
    pub fn take_in(&mut self, stored: impl IntoIterator<Item = (String, Standing)>) {
        let changed = &self.changed;
        self.known.retain(|domain, _| changed.contains(domain));
        for (domain, standing) in stored {
            self.known.entry(domain).or_insert(standing);
        }
    }

    /// Hears a reply to a letter for `domain`; whether the domain is paused from now on.
    pub fn hear(&mut self, domain: &str, reply: &Reply, now: DateTime<Utc>) -> bool {
        let asks = asks_for_less(reply);
        if !asks && self.known.is_empty() {
            return false;
        }
        let before = self.known.get(domain).copied();
        let after = before.unwrap_or_default().after(asks, now);
        if after == before {
            return false;
        }
        self.changed.insert(domain.to_owned());
        match after {
            Some(standing) => self.known.insert(domain.to_owned(), standing),
            None => self.known.remove(domain),
        };
        after.is_some_and(|standing| standing.is_paused(now))
    }

    /// Until when nothing goes to `domain`; none if it may go now.
    pub fn find_pause(&self, domain: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.known.is_empty() {
            return None;
        }
        self.known.get(domain).filter(|standing| standing.is_paused(now))?.paused_until
    }

    /// What changed since the last time: how each domain stands now, none if it is as any other.
    pub fn take_changes(&mut self) -> Vec<(String, Option<Standing>)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|domain| {
                let standing = self.known.get(&domain).copied();
                (domain, standing)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn reply(written: &str) -> Reply {
        Reply::of(written[..3].parse().unwrap(), &written[4..])
    }

    fn hear_all(domains: &mut Domains, replies: &[&str], minute: i64) -> Vec<bool> {
        replies.iter().map(|said| domains.hear("nav.example", &reply(said), at(minute))).collect()
    }

    #[test]
    fn three_in_a_row_pause_for_fifteen_minutes() {
        let mut domains = Domains::default();
        let said = ["421 later", "450 4.7.1 slow down", "451 4.7.0 greylisted"];
        assert_eq!(hear_all(&mut domains, &said, 0), [false, false, true]);
        assert_eq!(domains.find_pause("nav.example", at(14)), Some(at(15)));
        assert_eq!(domains.find_pause("nav.example", at(15)), None);
        assert_eq!(domains.find_pause("other.example", at(1)), None);
        assert_eq!(
            domains.take_changes(),
            [("nav.example".to_owned(), Some(Standing { in_a_row: 0, paused_until: Some(at(15)) }))]
        );
        assert_eq!(domains.take_changes(), []);
    }

    #[test]
    fn a_pause_ends_with_a_clock_that_is_set_back() {
        let mut domains = Domains::default();
        hear_all(&mut domains, &["421 a", "421 b", "421 c"], 600);
        assert_eq!(domains.find_pause("nav.example", at(600)), Some(at(615)));
        assert_eq!(domains.find_pause("nav.example", at(0)), None);
        assert_eq!(hear_all(&mut domains, &["421 a", "421 b", "421 c"], 0), [false, false, true]);
    }

    #[test]
    fn any_other_reply_ends_the_row() {
        for other in ["250 ok", "450 4.2.1 mailbox busy", "550 5.7.1 no", "451 no code", "552 4.7.0 no"] {
            let mut domains = Domains::default();
            let said = ["421 later", "421 later", other, "421 later", "421 later"];
            assert_eq!(hear_all(&mut domains, &said, 0), [false; 5], "{other}");
        }
    }

    #[test]
    fn a_relay_that_asks_for_less_at_our_sender_is_heard_too() {
        for said in ["450 4.7.1 you send too much", "451 4.7.0 slow down"] {
            let said = format!("{said} (in reply to MAIL FROM command)");
            let mut domains = Domains::default();
            assert_eq!(hear_all(&mut domains, &[said.as_str(); 3], 0), [false, false, true], "{said}");
        }
    }

    #[test]
    fn another_domain_s_replies_end_nothing() {
        let mut domains = Domains::default();
        hear_all(&mut domains, &["421 later", "421 later"], 0);
        assert!(!domains.hear("other.example", &reply("250 ok"), at(0)));
        assert!(domains.hear("nav.example", &reply("421 later"), at(0)));
    }

    #[test]
    fn what_was_on_its_way_changes_a_pause_in_no_way_and_the_row_begins_anew_behind_it() {
        let mut domains = Domains::default();
        hear_all(&mut domains, &["421 a", "421 b", "421 c", "421 d", "250 ok"], 0);
        assert_eq!(domains.find_pause("nav.example", at(14)), Some(at(15)));
        assert_eq!(hear_all(&mut domains, &["421 a", "421 b", "421 c"], 15), [false, false, true]);
        assert_eq!(domains.find_pause("nav.example", at(16)), Some(at(30)));
    }

    #[test]
    fn what_others_wrote_counts_and_what_is_not_written_yet_stays() {
        let mut domains = Domains::default();
        hear_all(&mut domains, &["421 a"], 0);
        let two = Standing { in_a_row: 2, paused_until: None };
        domains.take_in([("nav.example".to_owned(), Standing::default()), ("other.example".to_owned(), two)]);
        assert!(domains.hear("other.example", &reply("421 c"), at(0)));
        assert_eq!(hear_all(&mut domains, &["421 b", "421 c"], 0), [false, true]);
    }
}
