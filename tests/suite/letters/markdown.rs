//! Any Markdown becomes HTML that does nothing, text without markup, and a lead of one line.

use proptest::prelude::*;
use treff::content::markdown::{in_sentences, lead, to_html, to_text};

/// Markdown made of what is most likely to go wrong.
fn markdown() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "# ",
        "- ",
        "1. ",
        "> ",
        "    ",
        "\n",
        "\n\n",
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~",
        "|",
        "|---|",
        "[a](",
        ")",
        "<",
        ">",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=x>",
        "<math>",
        "<!--",
        "-->",
        "<a href='javascript:x'>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:a)",
        "[x](//a.example)",
        "[x](https://a.example/å \"t\")",
        "<https://a.example>",
        "![i](https://a.example/i.png)",
        "&lt;script&gt;",
        "&#106;avascript:",
        "\\",
        "12. mars",
        "kl. 9.",
        "Slutt. Ny.",
        "æøå",
        "漢字",
        "\u{1}U",
        "\u{2}",
        "\0",
        "\r\n",
        "\t",
        "…",
        "«Hei!» Ja.",
        "ord ord ord ord ",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())]
}

/// The tags of a fragment in which `<` stands for nothing else.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(""))
}

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

fn is_harmless(tag: &str) -> bool {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    match tag.split_once(' ') {
        None => TAGS.contains(&tag),
        Some(("a", "rel=\"noopener noreferrer\"")) => true,
        Some(("a", attributes)) => ["http:", "https:", "mailto:"]
            .iter()
            .any(|scheme| attributes.to_lowercase().starts_with(&format!("href=\"{scheme}"))),
        Some(("ol", attributes)) => attributes.starts_with("start=\""),
        Some(_) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_holds_only_tags_that_do_nothing(markdown in markdown()) {
        let html = to_html(&markdown);
        for tag in tags(&html) {
            prop_assert!(is_harmless(tag), "<{tag}> in {html}");
        }
    }

    #[test]
    fn a_lead_is_one_short_line_and_text_has_no_control_characters(markdown in markdown(), max in 10usize..300) {
        let lead = lead(&markdown, max);
        prop_assert!(lead.chars().count() <= max);
        prop_assert!(!lead.contains('\n'));
        let told = in_sentences(&markdown, max);
        prop_assert!(told.chars().count() <= max + " …".chars().count());
        prop_assert!(!told.contains('\n'));
        let text = to_text(&markdown);
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
    }

    #[test]
    fn every_item_of_a_list_is_told(items in prop::collection::vec("[a-zæøå]{1,12}( [a-zæøå]{1,12}){0,3}", 1..20)) {
        let list: String = items.iter().map(|item| format!("- {item}\n")).collect();
        let told: Vec<_> = items.iter().map(|item| format!("{item}.")).collect();
        prop_assert_eq!(in_sentences(&list, 10_000), told.join(" "));
    }

    #[test]
    fn plain_words_come_back_as_they_were(words in prop::collection::vec("[a-zæøå]{1,12}", 1..60)) {
        let plain = words.join(" ");
        prop_assert_eq!(to_text(&plain), plain.clone());
        prop_assert_eq!(lead(&plain, 10_000), plain);
    }
}
