//! How deep a fragment of HTML nests, before another's code makes a tree of it: that takes a step for each tag around
//! every tag. Counted so that no trick makes it less than it is.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, EndTag, Token, TokenSink, TokenSinkResult, Tokenizer};

/// What mail programs quote over years nests less.
const MOST_NESTED: usize = 400;

/// Tags that hold nothing, or end where the next of them begins.
const FLAT: [&str; 24] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "option",
];

/// The fragment; of one that nests too deep the words alone.
pub(super) fn without_depth(html: &str) -> Cow<'_, str> {
    if nests_too_deep(html) { Cow::Owned(without_tags(html)) } else { Cow::Borrowed(html) }
}

fn nests_too_deep(html: &str) -> bool {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Sink(RefCell::default()), Default::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().deepest > MOST_NESTED
}

/// What stands between what looks like tags.
fn without_tags(html: &str) -> String {
    html.split('<')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('>').map_or("", |(_, words)| words) })
        .collect::<Vec<_>>()
        .join(" ")
}

/// How many of each tag are open: an end tag ends one of its own name, whatever else is open.
#[derive(Default)]
struct Open {
    of_each: HashMap<LocalName, usize>,
    all: usize,
    deepest: usize,
}

struct Sink(RefCell<Open>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if FLAT.contains(&&*tag.name) {
            return TokenSinkResult::Continue;
        }
        let mut open = self.0.borrow_mut();
        let of_this = open.of_each.entry(tag.name).or_default();
        if tag.kind == EndTag {
            let is_open = *of_this > 0;
            *of_this -= usize::from(is_open);
            open.all -= usize::from(is_open);
        } else {
            *of_this += 1;
            open.all += 1;
            open.deepest = open.deepest.max(open.all);
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::super::from_html;
    use super::*;

    #[test]
    fn of_a_fragment_that_nests_too_deep_the_words_stay() {
        for tag in ["div", "blockquote", "b", "ul", "x"] {
            let html = format!("{}ord <i>to</i>", format!("<{tag}>").repeat(20_000));
            assert_eq!(from_html(&html), "ord to\n", "{tag}");
        }
        assert!(
            nests_too_deep(&"<div><table></div>".repeat(1000)),
            "the end of the outer one is passed over"
        );
        assert!(nests_too_deep(&"<div></p>".repeat(1000)));
    }

    #[test]
    fn a_long_fragment_is_not_a_deep_one() {
        for html in ["<p>a", "<br>", "<li>a", "<img src=x>", "<div><b>a</b></div>", "<tr><td>a", "</div>"] {
            let html = html.repeat(1000);
            assert_eq!(without_depth(&html), html);
        }
    }
}
