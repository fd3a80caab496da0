//! Which header fields a signature covers.
//!
//! Each is named once more than the letter has it (RFC 6376, 5.4.2 and 8.15): then nobody can slip in a
//! second From, Subject or List-Unsubscribe, nor a first one of those in [`ALWAYS`].

use std::borrow::Cow;
use std::iter::repeat_n;

use super::canonical::Field;

/// Named whether the letter has them or not, in this order: what a mail program shows, answers, or
/// reads the body by (RFC 6376, 5.4.1), and the fields of RFC 2369, RFC 2919 and RFC 8058.
const ALWAYS: &[&str] = &[
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Subscribe",
    "List-Post",
    "List-Owner",
    "List-Archive",
];

/// Named if the letter has them. Large providers count complaints by a Feedback-ID that is signed.
const IF_PRESENT: &[&str] = &["Feedback-ID"];

/// The fields that a signature of this letter covers.
#[derive(Debug)]
pub(super) struct Covered<'l> {
    /// What stands in `h=`, in order.
    pub names: Vec<Cow<'l, str>>,
    /// The fields behind those names, in the same order; a name that finds no field any more adds nothing.
    pub fields: Vec<Field<'l>>,
}

/// Chooses the fields. Of several with one name the last comes first (RFC 6376, 5.4.2).
pub(super) fn choose_covered<'l>(fields: &[Field<'l>]) -> Covered<'l> {
    let names_at_most = ALWAYS.len() + IF_PRESENT.len() + 2 * fields.len();
    let mut covered =
        Covered { names: Vec::with_capacity(names_at_most), fields: Vec::with_capacity(fields.len()) };
    let mut other_lists: Vec<&[u8]> = Vec::new();
    for field in fields {
        let is_known = ALWAYS.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(field.name));
        let is_list = field.name.len() > 5 && field.name[..5].eq_ignore_ascii_case(b"List-");
        if is_list && !is_known && !other_lists.iter().any(|name| name.eq_ignore_ascii_case(field.name)) {
            other_lists.push(field.name);
        }
    }
    for name in ALWAYS {
        let found = covered.take_fields(name, fields);
        covered.names.extend(repeat_n(Cow::Borrowed(*name), found + 1));
    }
    let other_lists = other_lists.into_iter().map(String::from_utf8_lossy);
    for name in IF_PRESENT.iter().map(|name| Cow::Borrowed(*name)).chain(other_lists) {
        let found = covered.take_fields(&name, fields);
        if found > 0 {
            covered.names.extend(repeat_n(name, found + 1));
        }
    }
    covered
}

impl<'l> Covered<'l> {
    /// Takes the fields of that name, the last first; how many there are.
    fn take_fields(&mut self, name: &str, fields: &[Field<'l>]) -> usize {
        let before = self.fields.len();
        let mine = fields.iter().rev().filter(|field| field.name.eq_ignore_ascii_case(name.as_bytes()));
        self.fields.extend(mine);
        self.fields.len() - before
    }
}

#[cfg(test)]
mod tests {
    use super::super::canonical::take_apart;
    use super::*;

    #[test]
    fn every_field_is_named_once_more_than_the_letter_has_it() {
        let letter = b"From: a\r\nlist-odd: 1\r\nList-Odd: 2\r\nX-Other: x\r\nFeedback-ID: f\r\n\r\n";
        let (fields, _) = take_apart(letter);
        let covered = choose_covered(&fields);
        let count = |name: &str| covered.names.iter().filter(|n| n.eq_ignore_ascii_case(name)).count();
        assert_eq!([count("From"), count("Subject"), count("List-Odd")], [2, 1, 3]);
        assert_eq!([count("Feedback-ID"), count("X-Other"), count("List-Archive")], [2, 0, 1]);
        let values: Vec<&[u8]> = covered.fields.iter().map(|f| f.value).collect();
        assert_eq!(values, [&b" a"[..], b" f", b" 2", b" 1"]);
    }
}
