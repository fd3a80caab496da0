//! What the address of a list says: words, filters, and where the page before ended. What makes no sense asks for nothing.

use chrono::{DateTime, Months, NaiveDate};
use serde::Deserialize;

use crate::content::local_midnight;
use crate::content::search::Query;
use crate::forum::{Facet, Forum, Language, Term, TermIx};
use crate::store::ShelfPlace;
use crate::web::site::archive::Wanted;

/// The fields of a list's address, as they stand there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    pub(super) q: String,
    pub(super) kind: String,
    pub(super) sector: String,
    pub(super) group: String,
    pub(super) year: String,
    pub(super) month: String,
    after: String,
    lang: String,
}

impl Asked {
    /// The language that the page was asked for in.
    pub(in crate::web) fn language(&self) -> Option<Language> {
        self.lang.parse().ok()
    }

    /// What is wanted.
    pub(in crate::web) fn wanted(&self, forum: &Forum) -> Wanted {
        Wanted {
            query: Query::read(&self.q),
            kind: self.kind.parse().ok(),
            sector: find(forum, Facet::Sector, &self.sector),
            about: Vec::new(),
            group: find(forum, Facet::Group, &self.group),
            met: None,
            span: self.span().map(|(first, last)| {
                let zone = forum.settings.zone;
                (local_midnight(first, zone), local_midnight(last, zone))
            }),
            after: read_place(&self.after),
        }
    }

    /// Whether a filter is set.
    pub(super) fn is_narrowed(&self) -> bool {
        [&self.kind, &self.sector, &self.group, &self.year].iter().any(|field| !field.is_empty())
    }

    /// The first day of the year or month, and the first after it.
    fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let year = self.year.parse().ok()?;
        let (month, length) = self.month.parse().map_or((1, 12), |month: u32| (month, 1));
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some((first, first.checked_add_months(Months::new(length))?))
    }

    /// The same question with the page that begins behind `place`, as it stands behind the question mark.
    pub(in crate::web) fn written(&self, place: Option<&ShelfPlace>) -> String {
        let after = place.map(write_place).unwrap_or_default();
        let fields = [
            ("q", &self.q),
            ("kind", &self.kind),
            ("sector", &self.sector),
            ("group", &self.group),
            ("year", &self.year),
            ("month", &self.month),
            ("lang", &self.lang),
            ("after", &after),
        ];
        let mut out = String::new();
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            if !out.is_empty() {
                out.push('&');
            }
            out.push_str(name);
            out.push('=');
            percent_encode(value, &mut out);
        }
        out
    }
}

fn find(forum: &Forum, facet: Facet, slug: &str) -> Option<TermIx> {
    forum.terms.find(&Term::new(facet, slug))
}

/// `400-1804000000000000-11111111111111111111111111111111`.
fn write_place(place: &ShelfPlace) -> String {
    format!("{}-{}-{}", place.score, place.release_at.timestamp_micros(), place.public_id)
}

fn read_place(text: &str) -> Option<ShelfPlace> {
    let (score, rest) = text.split_once('-')?;
    let (at, public_id) = rest.split_once('-')?;
    if !public_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    Some(ShelfPlace {
        score: score.parse().ok()?,
        release_at: DateTime::from_timestamp_micros(at.parse().ok()?)?,
        public_id: public_id.to_owned(),
    })
}

/// Everything but unreserved characters as `%XX` (RFC 3986, 2.1).
pub(super) fn percent_encode(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_survives_the_way_to_the_next_page() {
        let asked = Asked { q: "helse & \"arbeid\" æ".into(), kind: "tip".into(), ..Asked::default() };
        let place = ShelfPlace {
            score: 12,
            release_at: DateTime::from_timestamp_micros(1_804_000_000_000_001).unwrap(),
            public_id: "0f".into(),
        };
        assert_eq!(
            asked.written(Some(&place)),
            "q=helse%20%26%20%22arbeid%22%20%C3%A6&kind=tip&after=12-1804000000000001-0f"
        );
        assert_eq!(read_place("12-1804000000000001-0f"), Some(place));
        assert_eq!(read_place("12"), None);
        assert_eq!(read_place("--"), None);
    }

    #[test]
    fn a_year_and_a_month_are_spans_of_days() {
        let span = |year: &str, month: &str| {
            Asked { year: year.into(), month: month.into(), ..Asked::default() }
                .span()
                .map(|(a, b)| (a.to_string(), b.to_string()))
        };
        assert_eq!(span("2027", ""), Some(("2027-01-01".into(), "2028-01-01".into())));
        assert_eq!(span("2027", "12"), Some(("2027-12-01".into(), "2028-01-01".into())));
        assert_eq!(span("2027", "13"), None);
        assert_eq!(span("", "3"), None);
        assert_eq!(span("999999999", "1"), None);
    }
}
