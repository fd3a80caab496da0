//! What people paste from Word, Outlook or a web page, as Markdown: headings, lists, links, bold, tables; nothing else.
//!
//! The fragment is cleaned first (a tree of allowed elements, whatever came), then read by a parser of HTML. What comes
//! out is text like any other that somebody typed.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, EndTag, Token, TokenSink, TokenSinkResult, Tokenizer};

use super::paste_depth::without_depth;
use super::paste_looks::Looks;
use super::paste_writer::Writer;
use super::plain::SCHEMES;

/// No larger fragment is read, in bytes: what is more is cut.
const MOST_BYTES: usize = 1 << 20;

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    const TAGS: [&str; 34] = [
        "p",
        "div",
        "section",
        "article",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "em",
        "i",
        "strong",
        "b",
        "del",
        "s",
        "span",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "dt",
        "dd",
    ];
    let styled = |tag| (tag, HashSet::from(["style", "class"]));
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(["script", "style", "title", "xml", "head"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            styled("p"),
            styled("span"),
            styled("b"),
            styled("strong"),
        ]))
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(None);
    builder
});

/// The fragment of HTML as Markdown.
pub fn from_html(html: &str) -> String {
    let html = &html[..html.floor_char_boundary(MOST_BYTES)];
    let clean = CLEANER.clean(&without_depth(html)).to_string();
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(clean.as_str()));
    let tokenizer = Tokenizer::new(Sink(RefCell::default()), Default::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

struct Sink(RefCell<Writer>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => writer.text(&text),
            Token::TagToken(tag) if tag.kind == EndTag => writer.close(&tag.name),
            Token::TagToken(tag) => writer.open(&tag.name, &Looks::of(&tag)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{to_html, to_text};
    use super::*;

    #[test]
    fn a_page_keeps_its_structure() {
        let html = "<h1>Referat</h1><p>Vi er <b>ferdige</b> med <a href='https://a.example/x?b=1&amp;c=2'>planen</a>.</p>\
            <ul><li>En</li><li>To<ol><li>inni</li><li>til</li></ol></li></ul>\
            <table><tr><th>Navn</th><th>Tall</th></tr><tr><td>Vik</td><td>3 | 4</td></tr></table>\
            <blockquote><p>Sitat</p></blockquote><p>Slutt<br>her</p>";
        assert_eq!(
            from_html(html),
            "# Referat\n\nVi er **ferdige** med [planen](https://a.example/x?b=1&c=2).\n\n- En\n- To\n  1. inni\n  2. til\n\n\
             | Navn | Tall |\n| --- | --- |\n| Vik | 3 \\| 4 |\n\n> Sitat\n\nSlutt\\\nher\n"
        );
    }

    #[test]
    fn what_word_puts_on_the_clipboard_becomes_lists_and_headings() {
        let html = "<html xmlns:o='urn:o'><head><style>p.MsoNormal{margin:0}</style><title>x</title></head><body>\
            <!--StartFragment--><p class=MsoTitle>Tittel<o:p></o:p></p><h2>Neste møte<o:p></o:p></h2>\
            <p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>\
            <span style='font-family:Symbol'><span style='mso-list:Ignore'>\u{b7}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span><![endif]>Første</p>\
            <p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span>Under</p>\
            <p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>\u{b7}</span>Andre</p>\
            <p class=MsoNormal><span style='font-weight:700'>Fet</span> og <b style='font-weight:normal'>ikke fet</b>&nbsp;tekst</p></body></html>";
        assert_eq!(
            from_html(html),
            "# Tittel\n\n## Neste møte\n\n- Første\n  1. Under\n- Andre\n\n**Fet** og ikke fet tekst\n"
        );
    }

    #[test]
    fn nothing_that_acts_comes_through() {
        let html = "<script>alert(1)</script><p onclick='x()'>Hei <a href='javascript:alert(1)'>du</a> \
            <img src=x onerror=alert(1)><iframe src='https://a.example'></iframe></p>";
        assert_eq!(from_html(html), "Hei du\n");
        assert_eq!(from_html(""), "");
        assert_eq!(from_html("<p>&nbsp;</p><p> </p>"), "");
    }

    #[test]
    fn bold_around_paragraphs_ends_and_begins_with_each() {
        assert_eq!(
            from_html("<b><p>En</p><p>To </p></b><p>tre <i> fire </i>fem</p>"),
            "**En**\n\n**To**\n\ntre *fire* fem\n"
        );
    }

    proptest! {
        /// Whatever signs somebody wrote, they mean nothing in Markdown.
        #[test]
        fn a_paragraph_is_read_back_as_it_was(text in "[a-zæøå*_`#>|+1.\\[\\]()&<!\\\\~ -]{0,40}") {
            let html = format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;"));
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&to_text(&from_html(&html))), plain(&text));
        }

        #[test]
        fn no_fragment_makes_a_page_that_acts(html in "(<[a-z!/]{1,6}( [a-z]{1,6}='[a-z:();]{0,12}')?>|[a-z *_]{0,6}|&[a-z]{2,4};){0,20}") {
            let page = to_html(&from_html(&html));
    prop_assert!(!page.contains("<script") && !page.contains("href=\"javascript"), "{}", page);
        }
    }
}
