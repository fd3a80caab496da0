//! Markdown to safe HTML and to good plain text.
//!
//! What may stand in an item: paragraphs, headings, lists, quotes, tables, emphasis, code and links
//! (`http`, `https`, `mailto`, absolute). Raw HTML, images, math and SVG never pass: a letter loads
//! nothing, and a page runs nothing.

mod paste;
mod paste_looks;
mod paste_writer;
mod plain;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub use paste::from_html;
use plain::TextWriter;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// What readers' programs can follow.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

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

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(markdown, options).map(|event| match event {
        // Raw HTML is shown as the author typed it, so that nothing vanishes in silence.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    })
}

/// Safe HTML: a fragment without images, scripts or styles. Headings begin at `h2`, under a page's own title.
pub fn to_html(markdown: &str) -> String {
    let mut skipped_images = 0usize;
    let shown = events(markdown).filter_map(|event| match event {
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
    events(markdown).for_each(|event| writer.take(event));
    writer.finish()
}

/// The first sentence or sentences, at most `max` characters (180 make about two lines): as many whole
/// ones as fit; if the first does not fit, cut at a word, with an ellipsis. Without headings, links' addresses and lists' marks;
/// one line.
pub fn lead(markdown: &str, max: usize) -> String {
    let mut paragraph = first_paragraph(markdown);
    if paragraph.is_empty() {
        paragraph = to_text(markdown).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    cut_at_sentence(&paragraph, max)
}

/// The text of the first paragraph (or list item) on one line.
fn first_paragraph(markdown: &str) -> String {
    let (mut text, mut skipping) = (String::new(), 0usize);
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::Table(_)) => {
                skipping += 1
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Image | TagEnd::CodeBlock | TagEnd::Table) => {
                skipping = skipping.saturating_sub(1);
            }
            _ if skipping > 0 => {}
            Event::Text(t) | Event::Code(t) => text.push_str(&t),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock) if !text.trim().is_empty() => {
                break;
            }
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As many whole sentences of `text` as `max` characters hold; else the beginning, cut at a word.
fn cut_at_sentence(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let limit = text.char_indices().nth(max).map_or(text.len(), |(at, _)| at);
    let end = sentence_ends(text).take_while(|end| *end <= limit).last();
    if let Some(end) = end {
        return text[..end].to_owned();
    }
    let room = text.char_indices().nth(max.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let cut = text[..room].rfind(' ').unwrap_or(room);
    format!("{}…", text[..cut].trim_end_matches([' ', ',', ';', ':', '–', '-']))
}

/// Where sentences end: after `.`, `!` or `?` (and a closing quote or bracket) before a space and a
/// capital or a digit; not after an ordinal (`3. 4. mars`) or a short abbreviation (`kl.`, `bl.a.`).
fn sentence_ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?')).filter_map(move |(at, mark)| {
        let rest = text[at + 1..].trim_start_matches(['»', '"', '”', ')', '\'']);
        let end = text.len() - rest.len();
        let starts_anew = match rest.strip_prefix(' ') {
            Some(next) => {
                next.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || "«\"“".contains(c))
            }
            None => rest.is_empty(),
        };
        let last_word = text[..at].rsplit([' ', '(']).next().unwrap_or("");
        let is_number = last_word.chars().all(|c| c.is_ascii_digit());
        let is_short = mark == '.'
            && (is_number && rest.starts_with(' ') && !next_is_capital(rest)
                || ABBREVIATIONS.contains(&last_word.to_lowercase().as_str()));
        (starts_anew && !is_short).then_some(end)
    })
}

fn next_is_capital(rest: &str) -> bool {
    rest.trim_start().chars().next().is_some_and(char::is_uppercase)
}

const ABBREVIATIONS: [&str; 22] = [
    "kl", "nr", "bl.a", "f.eks", "t.d", "mv", "m.m", "osv", "ca", "jf", "pga", "dvs", "ev", "evt", "tlf",
    "st", "mr", "mrs", "dr", "e.g", "i.e", "no",
];

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
    fn plain_text_has_no_debris_of_markup() {
        let markdown = "## Om\n\nTo **ting** og en [lenke](https://a.example/).\nSamme avsnitt.\n\n1. en\n2. to\n   - under\n\n> sitat\n> går videre\n\nhttps://b.example og <https://c.example>";
        assert_eq!(
            to_text(markdown),
            "Om\n\nTo ting og en lenke (https://a.example/). Samme avsnitt.\n\n1. en\n2. to\n   - under\n\n> sitat går videre\n\nhttps://b.example og https://c.example"
        );
    }

    #[test]
    fn the_lead_is_whole_sentences_that_fit() {
        let body = "Ni assistenter er blitt fagarbeidere. De fikk fri 12. mars kl. 9. Resten er en lang historie om vikarer.";
        assert_eq!(lead(body, 180), body);
        assert_eq!(lead(body, 70), "Ni assistenter er blitt fagarbeidere. De fikk fri 12. mars kl. 9.");
        assert_eq!(lead(body, 60), "Ni assistenter er blitt fagarbeidere.");
        assert_eq!(lead(body, 20), "Ni assistenter er…");
    }

    #[test]
    fn the_lead_passes_over_headings_and_link_addresses() {
        assert_eq!(
            lead("# Om\n\nSe [undersøkelsen](https://a.example/x).\n\nMer.", 180),
            "Se undersøkelsen."
        );
        assert_eq!(lead("- første\n- andre", 180), "første");
        assert_eq!(lead("# Bare tittel", 180), "Bare tittel");
        assert_eq!(lead("", 180), "");
    }

    #[test]
    fn escaped_text_comes_back_as_it_was() {
        let text = "*ikke* _fet_ # 1. <b> [a](b) & `c`";
        assert_eq!(to_text(&escape(text)), text);
    }
}
