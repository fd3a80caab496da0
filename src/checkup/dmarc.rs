//! What a DMARC record says (RFC 7489): what becomes of letters that prove nothing of their sender.

use super::Verdict;

/// What receivers are asked to do with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Nothing.
    None,
    /// Lay them among the spam.
    Quarantine,
    /// Refuse them.
    Reject,
    /// The record says no policy that there is: receivers act as if there were no record.
    Unreadable,
}

/// The record that holds for a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dmarc {
    /// None.
    Missing,
    /// Several at one name: receivers act as if there were none (RFC 7489, 6.6.3).
    Several,
    /// One.
    One {
        /// The domain that it stands for.
        domain: String,
        /// What it asks.
        policy: Policy,
        /// Only a signature of the very domain in From counts (`adkim=s`), not one of a domain above it.
        is_strict: bool,
    },
}

impl Dmarc {
    /// How it came out.
    pub fn verdict(&self) -> Verdict {
        match self {
            Dmarc::Several | Dmarc::One { policy: Policy::Unreadable, .. } => Verdict::Error,
            Dmarc::Missing => Verdict::Warning,
            Dmarc::One { policy: Policy::None | Policy::Quarantine | Policy::Reject, .. } => Verdict::Ok,
        }
    }
}

/// The domains whose records may hold for `domain`, the nearest first: itself and those above it, but no top-level one.
/// Receivers look at the domain and at the organisation's (RFC 7489, 6.6.3); where that begins is in no list of ours, so
/// all between are asked, as the standard's next edition does.
pub fn list_candidates(domain: &str) -> Vec<&str> {
    let mut candidates = vec![domain];
    let mut rest = domain;
    while let Some((_, above)) = rest.split_once('.')
        && above.contains('.')
    {
        candidates.push(above);
        rest = above;
    }
    candidates
}

/// Reads what stands at `_dmarc.` of `domain`, for letters from `from`; none if there is no record.
pub fn read(from: &str, domain: &str, texts: &[String]) -> Option<Dmarc> {
    let records: Vec<&String> = texts.iter().filter(|text| is_record(text)).collect();
    match records[..] {
        [] => None,
        [record] => Some(read_one(from, domain, record)),
        _ => Some(Dmarc::Several),
    }
}

fn is_record(text: &str) -> bool {
    text.split(';').next().is_some_and(|tag| {
        let (name, value) = tag.split_once('=').unwrap_or_default();
        name.trim() == "v" && value.trim().eq_ignore_ascii_case("DMARC1")
    })
}

fn read_one(from: &str, domain: &str, record: &str) -> Dmarc {
    let tag = |wanted: &str| {
        let tags = record.split(';').filter_map(|tag| tag.split_once('='));
        tags.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase()))
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let asked = if from == domain { tag("p") } else { tag("sp").or_else(|| tag("p")) };
    let policy = match asked.as_deref() {
        Some("none") => Policy::None,
        Some("quarantine") => Policy::Quarantine,
        Some("reject") => Policy::Reject,
        _ => Policy::Unreadable,
    };
    Dmarc::One { domain: domain.to_owned(), policy, is_strict: tag("adkim").as_deref() == Some("s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(from: &str, domain: &str, record: &str) -> Option<(Policy, bool)> {
        match read(from, domain, &[record.to_owned()])? {
            Dmarc::One { policy, is_strict, .. } => Some((policy, is_strict)),
            other => panic!("{record}: {other:?}"),
        }
    }

    #[test]
    fn a_record_tells_its_policy_and_how_strict_it_is() {
        let own = |record| policy("a.no", "a.no", record);
        assert_eq!(own("v=DMARC1; p=none"), Some((Policy::None, false)));
        assert_eq!(own("v=DMARC1;p=Reject;adkim=s;sp=none"), Some((Policy::Reject, true)));
        assert_eq!(own("v=DMARC1; rua=mailto:x@a.no"), Some((Policy::Unreadable, false)));
        assert_eq!(own("v=spf1 -all"), None);
    }

    #[test]
    fn records_that_receivers_pass_over_are_in_error() {
        let verdict = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            read("a.no", "a.no", &texts).unwrap_or(Dmarc::Missing).verdict()
        };
        assert_eq!(verdict(&["v=DMARC1; p=none"]), Verdict::Ok);
        assert_eq!(verdict(&["v=spf1 -all"]), Verdict::Warning);
        assert_eq!(verdict(&["v=DMARC1; p=nothing"]), Verdict::Error);
        assert_eq!(verdict(&["v=DMARC1; p=none", "v=DMARC1; p=reject"]), Verdict::Error);
    }

    #[test]
    fn what_stands_for_those_below_holds_for_those_below() {
        let below = |record| policy("forum.a.no", "a.no", record);
        assert_eq!(below("v=DMARC1; p=reject; sp=quarantine"), Some((Policy::Quarantine, false)));
        assert_eq!(below("v=DMARC1; p=reject"), Some((Policy::Reject, false)));
    }

    #[test]
    fn no_top_level_domain_answers_for_those_below() {
        assert_eq!(
            list_candidates("post.forum.nordfjella.no"),
            ["post.forum.nordfjella.no", "forum.nordfjella.no", "nordfjella.no"]
        );
        assert_eq!(list_candidates("localhost"), ["localhost"]);
    }
}
