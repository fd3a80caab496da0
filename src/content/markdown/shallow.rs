//! Markdown's events, nested no deeper than a reader can follow: a line may open ten thousand quotes, and what reads
//! HTML takes ten thousand steps for each tag within them.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag, TagEnd};

/// One line opens at most so many quotes and lists: what parses it looks at all that are open for each line behind.
const MOST_OPENINGS: usize = 64;
/// Lists, quotes and tables begin within at most so many other tags: twelve lists, each with its item, or so many quotes.
const MOST_AROUND_BLOCKS: usize = 24;
/// Whatever else stands in them begins within at most so many.
const MOST_AROUND: usize = 32;

/// The text, with what would open more quotes and lists in one line written so that it stands for itself.
pub(super) fn with_few_openings(markdown: &str) -> Cow<'_, str> {
    let mut tame = Cow::Borrowed("");
    let mut begin = 0;
    let mut end = 0;
    for line in markdown.split_inclusive(['\n', '\r']) {
        if let Some(at) = surplus_opening(line).filter(|_| !is_rule(line)) {
            tame.to_mut().push_str(&markdown[begin..end + at]);
            tame.to_mut().push('\\');
            begin = end + at;
        }
        end += line.len();
    }
    if begin == 0 {
        return Cow::Borrowed(markdown);
    }
    tame + &markdown[begin..]
}

/// Where in a line the sign stands that opens one quote or list too many.
fn surplus_opening(line: &str) -> Option<usize> {
    let is_blank = |c: char| matches!(c, ' ' | '\t');
    let mut rest = line;
    for opened in 0.. {
        rest = rest.trim_start_matches(is_blank);
        let digits = rest.bytes().take(10).take_while(u8::is_ascii_digit).count();
        let behind = rest.get(digits + 1..)?;
        let opens = match (rest.as_bytes()[digits], digits) {
            (b'>', 0) => true,
            (b'-' | b'+' | b'*', 0) | (b'.' | b')', 1..=9) => behind.starts_with(is_blank),
            _ => false,
        };
        if !opens {
            return None;
        }
        if opened == MOST_OPENINGS {
            return Some(line.len() - rest.len() + digits);
        }
        rest = behind;
    }
    None
}

/// Whether a line is drawn across the page, with blanks between its signs.
fn is_rule(line: &str) -> bool {
    ['-', '*'].into_iter().any(|sign| line.chars().all(|c| c == sign || c.is_whitespace()))
}

/// The same events, but that of a list, quote or table too deep, and of emphasis, the words alone are left.
pub(super) struct Shallow<I> {
    events: I,
    /// How many tags are open.
    depth: usize,
    /// How many more are that were left out.
    left_out: usize,
}

impl<I> Shallow<I> {
    pub(super) fn of(events: I) -> Shallow<I> {
        Shallow { events, depth: 0, left_out: 0 }
    }

    fn pass<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match &event {
            Event::Start(tag) if self.left_out > 0 || self.depth >= most_around(tag) => {
                self.left_out += 1;
                return None;
            }
            Event::End(tag) if self.left_out > 0 => {
                self.left_out -= 1;
                return (!is_within_words(tag)).then_some(Event::SoftBreak);
            }
            Event::Rule if self.left_out > 0 => return Some(Event::SoftBreak),
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Some(event)
    }
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for Shallow<I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            let event = self.events.next()?;
            if let Some(passed) = self.pass(event) {
                return Some(passed);
            }
        }
    }
}

fn most_around(tag: &Tag<'_>) -> usize {
    match tag {
        Tag::List(_) | Tag::BlockQuote(_) | Tag::Table(_) => MOST_AROUND_BLOCKS,
        _ => MOST_AROUND,
    }
}

/// Whether words stand on both sides of it in one line.
fn is_within_words(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{in_sentences, to_html, to_text};
    use super::*;

    /// How many tags are open at once; breaks and rules are none.
    fn depth_of(html: &str) -> usize {
        let (mut depth, mut deepest) = (0usize, 0);
        for (at, _) in html.match_indices('<') {
            let rest = &html[at + 1..];
            if rest.starts_with('/') {
                depth -= 1;
            } else if !rest.starts_with("br") && !rest.starts_with("hr") {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
        deepest
    }

    #[test]
    fn however_deep_a_text_nests_its_html_is_shallow_and_no_word_is_lost() {
        for opening in ["> ", ">", "- ", "1. ", "> - ", "*a ", "**a ", "~~a "] {
            for count in [10, 40, 4000] {
                let closing =
                    opening.trim_end_matches("a ").repeat(if opening.contains('a') { count } else { 0 });
                let html = to_html(&format!("{}ord{closing}", opening.repeat(count)));
                assert!(depth_of(&html) <= MOST_AROUND + 1, "{opening} {count}");
                assert!(html.contains("ord"), "{opening} {count}: {html}");
            }
        }
        let listed: String = (0..60).map(|depth| format!("{}- ord\n", "  ".repeat(depth))).collect();
        assert_eq!(to_html(&listed).matches("ord").count(), 60);
        assert_eq!(to_text(&listed).matches("ord").count(), 60);
        assert_eq!(in_sentences(&listed, 9_999).matches("ord").count(), 60);
    }

    #[test]
    fn one_line_opens_so_much_and_what_is_more_stands_for_itself() {
        for opening in [">", "> ", "- ", "+ ", "* ", "12. ", "3) ", ">-\t"] {
            let count = MOST_OPENINGS / if opening.starts_with(">-") { 2 } else { 1 };
            let within = format!("a\n{}ord\n", opening.repeat(count));
            assert_eq!(with_few_openings(&within), within);
            let beyond = format!("å\n{}ord\nb\n", opening.repeat(count + 3));
            let tame = with_few_openings(&beyond);
            assert_eq!(tame.replace('\\', ""), beyond);
            assert_eq!(tame.matches('\\').count(), 1, "{opening}");
            assert!(to_html(&beyond).contains("ord"));
        }
        let rule = "- ".repeat(100);
        assert_eq!(with_few_openings(&rule), rule);
        assert_eq!(with_few_openings("æ\n>å"), "æ\n>å");
    }

    #[test]
    fn lists_as_deep_as_people_write_them_stay_lists() {
        let listed: String = (0..12).map(|depth| format!("{}- ord\n", "  ".repeat(depth))).collect();
        assert_eq!(to_html(&listed).matches("<li>").count(), 12);
    }

    #[test]
    fn the_words_of_what_is_too_deep_stay_apart() {
        let quoted = format!("{}en\n{0}\n{0}- to *tre*fire\n{0}- fem\n", "> ".repeat(30));
        let text = to_text(&quoted);
        assert_eq!(
            text.trim_start_matches("> ").split_whitespace().collect::<Vec<_>>(),
            ["en", "to", "trefire", "fem"]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_deep_html(text in "(> ?|- |1\\. |\\*|\\*\\*|_|~~|\\[|\\]\\(https:x\\)|\\||\\|-\\||\n|  |    |a){0,300}") {
            prop_assert!(depth_of(&to_html(&text)) <= MOST_AROUND + 1);
        }
    }
}
