//! A page's own words about itself, and signs that it asks for a login. Pure: bytes in, values out.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, EndTag, Tag, Token, TokenSink, TokenSinkResult, Tokenizer};

use crate::forum::plain_line;

/// What a page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Its title, on one line.
    pub title: Option<String>,
    /// Its own summary, on one line.
    pub description: Option<String>,
    /// Who has no login there cannot read it.
    pub walled: bool,
}

/// The longest title and description that are kept, in characters.
const LONGEST_TITLE: usize = 150;
const LONGEST_DESCRIPTION: usize = 400;

/// Reads a page; `charset` is what its header says.
pub fn read_page(bytes: &[u8], charset: Option<&str>) -> Found {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(decode(bytes, charset).as_str()));
    let tokenizer = Tokenizer::new(Sink::default(), Default::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let read = tokenizer.sink.0.into_inner();
    let first = |texts: [&str; 3], most: usize| texts.into_iter().find_map(|text| one_line(text, most));
    Found {
        title: first([&read.og_title, &read.title, &read.heading], LONGEST_TITLE),
        description: first([&read.og_description, &read.description, ""], LONGEST_DESCRIPTION),
        walled: read.has_password,
    }
}

/// By the header, else by the page's own first words, else UTF-8 if it is that, else Windows-1252.
fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_lowercase();
    let told = head.split_once("charset=").map(|(_, rest)| {
        let label = rest.trim_start_matches(['"', '\'']);
        label
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)))
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    let label = charset.map(str::to_owned).or(told);
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let by_looks = || match std::str::from_utf8(bytes) {
        Ok(_) => encoding_rs::UTF_8,
        Err(_) => encoding_rs::WINDOWS_1252,
    };
    encoding.unwrap_or_else(by_looks).decode(bytes).0.into_owned()
}

fn one_line(text: &str, most: usize) -> Option<String> {
    let line = plain_line(text);
    let cut = line.char_indices().nth(most).map(|(at, _)| line[..at].rfind(' ').unwrap_or(at));
    match cut {
        _ if line.is_empty() => None,
        Some(at) => Some(format!("{}…", &line[..at])),
        None => Some(line),
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Read {
    title: String,
    heading: String,
    og_title: String,
    description: String,
    og_description: String,
    has_password: bool,
    within: Within,
}

/// Whose text is being read.
#[derive(Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Title,
    Heading,
}

#[derive(Default)]
struct Sink(RefCell<Read>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut read = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => match read.within {
                Within::Title => read.title.push_str(&text),
                Within::Heading => read.heading.push_str(&text),
                Within::Nothing => {}
            },
            Token::TagToken(tag) if tag.kind == EndTag => {
                if matches!(&*tag.name, "title" | "h1") {
                    read.within = Within::Nothing;
                }
            }
            Token::TagToken(tag) => return read.open(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Read {
    fn open(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        match &*tag.name {
            "title" if self.title.is_empty() => {
                self.within = Within::Title;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            "style" | "noscript" | "iframe" | "noframes" => {
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
            "h1" if self.heading.is_empty() => self.within = Within::Heading,
            "meta" => self.take_meta(tag),
            "input" => self.has_password |= attribute(tag, "type").eq_ignore_ascii_case("password"),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn take_meta(&mut self, tag: &Tag) {
        let name = match attribute(tag, "property") {
            name if name.is_empty() => attribute(tag, "name"),
            name => name,
        };
        let into = match name.to_lowercase().as_str() {
            "og:title" => &mut self.og_title,
            "og:description" => &mut self.og_description,
            "description" => &mut self.description,
            _ => return,
        };
        if into.is_empty() {
            *into = attribute(tag, "content");
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> String {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> (Option<String>, Option<String>, bool) {
        let found = read_page(html.as_bytes(), None);
        (found.title, found.description, found.walled)
    }

    #[test]
    fn a_page_says_what_it_is() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(
                "<title>A &amp; B\n  - avisa</title><meta name=description content='Kort &quot;om&quot;'><h1>X</h1>"
            ),
            (some("A & B - avisa"), some("Kort \"om\""), false)
        );
        assert_eq!(
            read(
                "<meta property='og:title' content='Bedre'><title>Verre</title><meta property='OG:Description' content='d'>"
            ),
            (some("Bedre"), some("d"), false)
        );
        assert_eq!(
            read("<script>var a='<title>x</title>'</script><h1>Bare <b>overskrift</b></h1>"),
            (some("Bare overskrift"), None, false)
        );
        assert!(read("<title>Logg inn</title><form><input name=u><input type=PASSWORD></form>").2);
        assert_eq!(read(""), (None, None, false));
        let long = read(&format!("<title>{}</title>", "ord ".repeat(80))).0.unwrap();
        assert!(long.chars().count() <= 151, "{long}");
    }

    #[test]
    fn norwegian_letters_survive_every_old_encoding() {
        let title = |bytes: &[u8], charset| read_page(bytes, charset).title.unwrap();
        assert_eq!(title("<title>Blåbær</title>".as_bytes(), None), "Blåbær");
        assert_eq!(title(b"<title>Bl\xe5b\xe6r</title>", None), "Blåbær");
        assert_eq!(title(b"<title>Bl\xe5b\xe6r</title>", Some("iso-8859-1")), "Blåbær");
        assert_eq!(title(b"<meta charset=\"ISO-8859-1\"><title>Bl\xe5b\xe6r</title>", None), "Blåbær");
    }
}
