//! Replies (RFC 5321, 4.2; enhanced status codes: RFC 3463 and 2034).

use crate::delivery::printable::printable;

/// Behind a refusal of our sender, in the words that Postfix has for it.
const TO_MAIL: &str = " (in reply to MAIL FROM command)";

/// Characters of such a refusal that are kept: with the words behind it the ledger keeps it whole.
const TO_MAIL_AT_MOST: usize = 300;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The lines without their codes, parted by LF.
    pub text: String,
    /// Its enhanced status code, if the relay offers them: then it is the first word of the text (RFC 2034, 4), and
    /// nothing else in the text is. None for all replies of a relay that does not offer them.
    pub status: Option<Enhanced>,
}

/// An enhanced status code, and where it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The code.
    pub status: Enhanced,
    /// The relay offers such codes, and it stood where they stand. Else it was found among the reply's words, where
    /// it is most probably meant as one.
    pub is_declared: bool,
}

/// An enhanced status code such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Enhanced {
    /// 2 success, 4 for now, 5 for good.
    pub class: u8,
    /// 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// What exactly.
    pub detail: u16,
}

impl Reply {
    /// One that no relay has declared a status of: from the ledger, or our own.
    pub fn of(code: u16, text: impl Into<String>) -> Reply {
        Reply { code, text: text.into(), status: None }
    }

    /// The same of a relay that offers enhanced status codes: the first word is the status, if it is one and of the
    /// reply's own class (RFC 2034, 4: 2yz, 4yz and 5yz have one).
    pub(super) fn with_status(mut self) -> Reply {
        let first = self.text.split([' ', '\n']).next().unwrap_or_default();
        self.status = Enhanced::parse(first).filter(|status| self.is_of_its_class(*status));
        self
    }

    /// The same, known as the answer to MAIL also where only its words are kept: it speaks of our sender, and must not be
    /// held against a recipient.
    pub(super) fn answering_mail(mut self) -> Reply {
        if let Some((at, _)) = self.text.char_indices().nth(TO_MAIL_AT_MOST) {
            self.text.truncate(at);
        }
        self.text.push_str(TO_MAIL);
        self
    }

    /// Its enhanced status code: the declared one, else the first one of the reply's class among its words.
    pub fn find_status(&self) -> Option<Told> {
        let declared = self.status.map(|status| Told { status, is_declared: true });
        declared.or_else(|| {
            let mut found = Enhanced::list(&self.text).filter(|status| self.is_of_its_class(*status));
            found.next().map(|status| Told { status, is_declared: false })
        })
    }

    fn is_of_its_class(&self, status: Enhanced) -> bool {
        u16::from(status.class) == self.code / 100
    }

    /// 2yz.
    pub fn is_good(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4yz or 5yz: a refusal.
    pub fn is_refusal(&self) -> bool {
        matches!(self.code / 100, 4 | 5)
    }

    /// 5yz: the mail is refused for good. One that asks for authentication or encryption (RFC 4954, 6) is not: it speaks
    /// of our configuration.
    pub fn is_final(&self) -> bool {
        self.code / 100 == 5 && !matches!(self.code, 530 | 534 | 535 | 538)
    }

    /// 421: the service closes the connection behind this reply.
    pub fn is_farewell(&self) -> bool {
        self.code == 421
    }

    /// As logs and the ledger write it.
    pub fn written(&self) -> String {
        let mut line = format!("{} {}", self.code, printable(&self.text));
        line.truncate(line.trim_end().len());
        line
    }
}

impl Enhanced {
    /// The first enhanced code in a text that stands as a word of its own: `550 5.1.1 unknown` has 5.1.1.
    pub fn find(text: &str) -> Option<Enhanced> {
        Enhanced::list(text).next()
    }

    /// Every enhanced code in a text. Subjects end at 7 (RFC 3463, 3): what is higher is a version or a day.
    pub fn list(text: &str) -> impl Iterator<Item = Enhanced> {
        text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
            .filter_map(|word| Enhanced::parse(word.trim_end_matches('.')))
            .filter(|code| code.subject <= 7)
    }

    /// `5.1.1`, and nothing else.
    pub fn parse(text: &str) -> Option<Enhanced> {
        let mut parts = text.trim().split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || !matches!(class, "2" | "4" | "5") || !digits(subject) || !digits(detail)
        {
            return None;
        }
        Some(Enhanced {
            class: class.parse().ok()?,
            subject: subject.parse().ok()?,
            detail: detail.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Enhanced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// What stands at the front of the bytes received so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// A whole reply, and its length in bytes.
    Whole(Reply, usize),
    /// More bytes are needed.
    Part,
    /// No reply.
    Garbage,
}

/// Reads one reply from the front of `bytes`. A line may end in a bare LF.
pub(super) fn read_front(bytes: &[u8]) -> Front {
    let mut text = String::new();
    let mut at = 0;
    let mut first_code = None;
    while let Some(length) = bytes[at..].iter().position(|&b| b == b'\n') {
        let line = &bytes[at..at + length];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at += length + 1;
        let Some((code, is_last, rest)) = split_line(line) else { return Front::Garbage };
        match first_code {
            None => first_code = Some(code),
            Some(first) if first != code => return Front::Garbage,
            Some(_) => text.push('\n'),
        }
        text.push_str(&printable(&String::from_utf8_lossy(rest)));
        if is_last {
            return Front::Whole(Reply::of(code, text), at);
        }
    }
    Front::Part
}

fn split_line(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let digits = line.get(..3)?;
    if !digits.iter().all(u8::is_ascii_digit) || !(b'1'..=b'5').contains(&digits[0]) {
        return None;
    }
    let code = digits.iter().fold(0, |n, d| n * 10 + u16::from(d - b'0'));
    match line.get(3) {
        None => Some((code, true, b"")),
        Some(b' ') => Some((code, true, &line[4..])),
        Some(b'-') => Some((code, false, &line[4..])),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(code: u16, text: &str, length: usize) -> Front {
        Front::Whole(Reply::of(code, text), length)
    }

    #[test]
    fn a_reply_ends_with_the_line_that_has_a_space() {
        assert_eq!(read_front(b"250 ok\r\n354 go"), whole(250, "ok", 8));
        assert_eq!(read_front(b"250-a\r\n250-b\r\n250 c\r\n"), whole(250, "a\nb\nc", 21));
        assert_eq!(read_front(b"220\r\n"), whole(220, "", 5));
        assert_eq!(read_front(b"250-a\r\n250-b\r\n25"), Front::Part);
        assert_eq!(read_front(b""), Front::Part);
    }

    #[test]
    fn what_is_no_reply_is_garbage() {
        for bytes in [&b"HTTP/1.1 400\r\n"[..], b"650 x\r\n", b"25\r\n", b"250-a\r\n251 b\r\n", b"250_x\r\n"]
        {
            assert_eq!(read_front(bytes), Front::Garbage);
        }
    }

    #[test]
    fn the_first_word_is_the_status_only_where_such_codes_are_offered() {
        let told = |reply: &Reply| reply.find_status().map(|t| (t.status.to_string(), t.is_declared));
        let plain = Reply::of(550, "5.1.1 no such user; see 5.7.1");
        assert_eq!(told(&plain), Some(("5.1.1".into(), false)), "a guess, and it says so");
        assert_eq!(told(&plain.with_status()), Some(("5.1.1".into(), true)));
        let lines = Reply::of(550, "5.2.2\n5.2.2 full").with_status();
        assert_eq!(told(&lines), Some(("5.2.2".into(), true)));
    }

    #[test]
    fn a_code_of_another_class_or_in_another_place_is_not_declared() {
        let told = |code, text: &str| {
            Reply::of(code, text).with_status().find_status().map(|t| (t.status.to_string(), t.is_declared))
        };
        assert_eq!(told(450, "5.1.1 later"), None, "it contradicts the reply");
        assert_eq!(told(450, "greylisted, 4.7.1"), Some(("4.7.1".into(), false)));
        assert_eq!(told(550, "(5.1.1) unknown"), Some(("5.1.1".into(), false)));
        assert_eq!(told(354, "2.0.0 go on"), None);
        assert_eq!(told(250, "ok"), None);
    }

    #[test]
    fn an_enhanced_code_is_found_where_it_stands_alone() {
        let found = |text| Enhanced::find(text).map(|e| e.to_string());
        assert_eq!(found("550 5.1.1 <x>: unknown").as_deref(), Some("5.1.1"));
        assert_eq!(found("smtp; 550-5.7.26 This mail"), Some("5.7.26".into()));
        assert_eq!(found("from 10.4.5.1.2 at 1.2.3"), None);
    }
}
