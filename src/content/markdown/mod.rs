//! Markdown to safe HTML and to good plain text.
//!
//! What may stand in an item: paragraphs, headings, lists, quotes, tables, emphasis, code and links
//! (`http`, `https`, `mailto`, absolute). Raw HTML, images, math and SVG never pass: a letter loads
//! nothing, and a page runs nothing.

mod paste;
mod paste_depth;
mod paste_looks;
mod paste_writer;
mod plain;
mod sentences;
mod shallow;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub use paste::from_html;
use plain::{SCHEMES, TextWriter};
use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};
pub use sentences::{in_sentences, lead};
use shallow::{Shallow, with_few_openings};

use crate::forum::EmailAddress;

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    const TAGS: [&str; 22] = [
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "del",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// What a text [`with_few_openings`] says.
fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        // Raw HTML is shown as the author typed it, so that nothing vanishes in silence.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    Shallow::of(events)
}

/// Safe HTML: a fragment without images, scripts or styles. Headings begin at `h2`, under a page's own title.
pub fn to_html(markdown: &str) -> String {
    let mut skipped_images = 0usize;
    let markdown = with_few_openings(markdown);
    let shown = events(&markdown).filter_map(|event| match event {
        Event::Start(Tag::Image { .. }) => {
            skipped_images += 1;
            None
        }
        Event::End(TagEnd::Image) => {
            skipped_images = skipped_images.saturating_sub(1);
            None
        }
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: lowered(level),
            id: None,
            classes: vec![],
            attrs: vec![],
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lowered(level)))),
        _ if skipped_images > 0 => None,
        Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, title, id }) => {
            let (link_type, dest_url) = match dest_url.parse::<EmailAddress>() {
                Ok(address) => (LinkType::Inline, address.mailto().into()),
                Err(_) => (LinkType::Email, dest_url),
            };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        other => Some(other),
    });
    let mut raw = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut raw, shown);
    CLEANER.clean(&raw).to_string()
}

fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

/// Plain text without a trace of markup: links as `text (url)`, lists with `-` or numbers, quotes with
/// `>`, paragraphs parted by empty lines. Not wrapped.
pub fn to_text(markdown: &str) -> String {
    let mut writer = TextWriter::default();
    events(&with_few_openings(markdown)).for_each(|event| writer.take(event));
    writer.finish()
}

/// Text as it may stand in Markdown without meaning anything there.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_keeps_the_meaning_and_nothing_that_acts() {
        let html = to_html(
            "# Tittel\n\nEn *god* [lenke](https://a.example/?x=1&y=2).\n\n- en\n- to\n\n<script>alert(1)</script>\n",
        );
        assert_eq!(
            html,
            "<h2>Tittel</h2>\n<p>En <em>god</em> <a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener noreferrer\">lenke</a>.</p>\n<ul>\n<li>en</li>\n<li>to</li>\n</ul>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n"
        );
    }

    #[test]
    fn images_and_links_that_act_or_lead_nowhere_are_dropped() {
        assert_eq!(to_html("![bilde](https://a.example/x.png)Tekst"), "<p>Tekst</p>\n");
        assert_eq!(
            to_html("[a](javascript:alert(1)) [b](/her) [c](data:text/html,x)").matches("href").count(),
            0
        );
        assert_eq!(to_text("![bilde](https://a.example/x.png)Tekst [a](javascript:x)"), "Tekst a");
    }

    #[test]
    fn an_address_between_brackets_is_a_link_that_writes_to_it() {
        assert_eq!(
            to_html("<salg%25?subject=x@a.example>"),
            "<p><a href=\"mailto:salg%2525%3Fsubject%3Dx@a.example\" rel=\"noopener noreferrer\">salg%25?subject=x@a.example</a></p>\n"
        );
        assert_eq!(to_text("<kari@a.example>"), "kari@a.example");
    }

    #[test]
    fn plain_text_has_no_debris_of_markup() {
        let markdown = "## Om\n\nTo **ting** og en [lenke](https://a.example/).\nSamme avsnitt.\n\n1. en\n2. to\n   - under\n\n> sitat\n> går videre\n\nhttps://b.example og <https://c.example>";
        assert_eq!(
            to_text(markdown),
            "Om\n\nTo ting og en lenke (https://a.example/). Samme avsnitt.\n\n1. en\n2. to\n   - under\n\n> sitat går videre\n\nhttps://b.example og https://c.example"
        );
    }

    #[test]
    fn escaped_text_comes_back_as_it_was() {
        let text = "*ikke* _fet_ # 1. <b> [a](b) & `c`";
        assert_eq!(to_text(&escape(text)), text);
    }
}
