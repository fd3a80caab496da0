//! What an SPF record says (RFC 7208): which servers may send for a domain.

use super::Verdict;
use super::dns::Resolver;

/// More questions than this and receivers give up: the record counts as broken (RFC 7208, 4.6.4).
pub const LOOKUPS_AT_MOST: usize = 10;

/// What becomes of letters from servers that the record does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// `-all`: they are refused.
    Refused,
    /// `~all`: they are looked at askance.
    Doubted,
    /// `+all`, `?all` or nothing: they are as good as the others, so that the record says nothing.
    Admitted,
    /// Another domain's record says (`redirect=`).
    SaidElsewhere,
}

/// The SPF records of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spf {
    /// None.
    Missing,
    /// So many: receivers take that for an error (RFC 7208, 4.5).
    Several(usize),
    /// One.
    One {
        /// As it stands.
        text: String,
        /// What it says of servers that it does not name.
        rest: Rest,
    },
}

impl Spf {
    /// How it came out, but for the questions that it takes: [`are_too_many`].
    pub fn verdict(&self) -> Verdict {
        match self {
            Spf::Several(_) => Verdict::Error,
            Spf::Missing | Spf::One { rest: Rest::Admitted, .. } => Verdict::Warning,
            Spf::One { rest: Rest::Refused | Rest::Doubted | Rest::SaidElsewhere, .. } => Verdict::Ok,
        }
    }
}

/// Whether receivers give up over so many questions; not, where nobody could count them.
pub fn are_too_many(lookups: Option<usize>) -> bool {
    lookups.is_some_and(|lookups| lookups > LOOKUPS_AT_MOST)
}

/// Reads the SPF records among a domain's texts.
pub fn read(texts: &[String]) -> Spf {
    let records: Vec<&String> = texts.iter().filter(|text| is_record(text)).collect();
    match records[..] {
        [] => Spf::Missing,
        [text] => Spf::One { text: text.clone(), rest: find_rest(text) },
        _ => Spf::Several(records.len()),
    }
}

fn is_record(text: &str) -> bool {
    text.split(' ').next().is_some_and(|version| version.eq_ignore_ascii_case("v=spf1"))
}

fn list_terms(record: &str) -> impl Iterator<Item = String> {
    record.split_ascii_whitespace().skip(1).map(str::to_ascii_lowercase)
}

/// What stands behind `all` is never reached (RFC 7208, 5.1).
fn find_rest(record: &str) -> Rest {
    let mut redirects = false;
    for term in list_terms(record) {
        match term.as_str() {
            "-all" => return Rest::Refused,
            "~all" => return Rest::Doubted,
            "all" | "+all" | "?all" => return Rest::Admitted,
            _ => redirects |= term.starts_with("redirect="),
        }
    }
    if redirects { Rest::SaidElsewhere } else { Rest::Admitted }
}

/// How many questions a record asks by itself, and the domains whose records it goes on to. Behind `all` nothing is
/// reached, and beside it no `redirect=` counts (RFC 7208, 5.1 and 6.1).
fn list_lookups(record: &str) -> (usize, Vec<String>) {
    let terms: Vec<String> = list_terms(record).collect();
    let bare: Vec<&str> = terms.iter().map(|term| term.trim_start_matches(['+', '-', '~', '?'])).collect();
    let end = bare.iter().position(|term| *term == "all");
    let (mut asked, mut further) = (0, Vec::new());
    for bare in &bare[..end.unwrap_or(bare.len())] {
        if end.is_some() && bare.starts_with("redirect=") {
            continue;
        }
        let name = bare.split([':', '/', '=']).next().unwrap_or_default();
        if !matches!(name, "include" | "a" | "mx" | "ptr" | "exists" | "redirect") {
            continue;
        }
        asked += 1;
        let domain = bare.strip_prefix("include:").or_else(|| bare.strip_prefix("redirect="));
        // What a macro stands for is known only once there is a letter (RFC 7208, 7).
        further.extend(domain.filter(|domain| !domain.contains('%')).map(str::to_owned));
    }
    (asked, further)
}

/// How many questions a receiver asks to read `record` to its end; counted to one more than [`LOOKUPS_AT_MOST`]. None if
/// a record on the way cannot be had.
pub async fn count_lookups(resolver: &Resolver, record: &str) -> Option<usize> {
    let (mut asked, mut further) = list_lookups(record);
    while let Some(domain) = further.pop() {
        if asked > LOOKUPS_AT_MOST {
            break;
        }
        let texts = resolver.find_texts(&domain).await.ok()?;
        if let Spf::One { text, .. } = read(&texts) {
            let (more, behind) = list_lookups(&text);
            asked += more;
            further.extend(behind);
        }
    }
    Some(asked.min(LOOKUPS_AT_MOST + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(record: &str) -> Rest {
        match read(&[record.to_owned()]) {
            Spf::One { rest, .. } => rest,
            other => panic!("{record}: {other:?}"),
        }
    }

    #[test]
    fn a_record_tells_what_becomes_of_the_rest() {
        assert_eq!(rest("v=spf1 include:relay.example -all"), Rest::Refused);
        assert_eq!(rest("V=SPF1 a MX ~ALL"), Rest::Doubted);
        assert_eq!(rest("v=spf1 ip4:192.0.2.0/24 ?all -all"), Rest::Admitted);
        assert_eq!(rest("v=spf1 mx"), Rest::Admitted);
        assert_eq!(rest("v=spf1 redirect=_spf.forum.example"), Rest::SaidElsewhere);
    }

    #[test]
    fn records_are_told_from_other_texts_and_from_each_other() {
        let texts = |all: &[&str]| read(&all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(texts(&["v=spf10 -all", "spf", ""]), Spf::Missing);
        assert_eq!(texts(&["v=spf1 -all", "v=spf1 mx -all"]), Spf::Several(2));
    }

    #[test]
    fn every_term_that_asks_is_counted() {
        let (asked, further) = list_lookups(
            "v=spf1 a mx/24 a:web.example ip4:192.0.2.1 include:a.example exists:%{i}.x.example ptr \
             -include:%{d}.example redirect=b.example",
        );
        assert_eq!((asked, further), (8, vec!["a.example".to_owned(), "b.example".to_owned()]));
    }

    #[test]
    fn behind_all_and_for_a_redirect_beside_it_nobody_asks() {
        for record in ["v=spf1 a -all mx include:a.example", "v=spf1 redirect=b.example a ~all"] {
            assert_eq!(list_lookups(record), (1, vec![]), "{record}");
        }
    }

    #[test]
    fn a_record_that_helps_nobody_is_not_well() {
        let verdict =
            |texts: &[&str]| read(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()).verdict();
        assert_eq!(verdict(&["v=spf1 mx -all"]), Verdict::Ok);
        assert_eq!(verdict(&["v=spf1 +all"]), Verdict::Warning);
        assert_eq!(verdict(&[]), Verdict::Warning);
        assert_eq!(verdict(&["v=spf1 -all", "v=spf1 mx -all"]), Verdict::Error);
        assert!(are_too_many(Some(11)) && !are_too_many(Some(10)) && !are_too_many(None));
    }
}
