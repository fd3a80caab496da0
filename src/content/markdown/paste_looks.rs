//! What start tags say in their attributes, as Word and web pages write them.

use html5ever::tokenizer::Tag;

/// What a start tag says besides its name.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) href: Option<String>,
    /// Bold by style; `Some(false)`: expressly not.
    pub(super) bold: Option<bool>,
    /// Word's title of a document.
    pub(super) is_title: bool,
    /// Word's item of a list: its level, from 1.
    pub(super) list_level: Option<usize>,
    /// Word's own bullet or number.
    pub(super) is_marker: bool,
}

impl Looks {
    pub(super) fn of(tag: &Tag) -> Looks {
        let attribute = |name: &str| {
            tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string()).unwrap_or_default()
        };
        let (style, class) = (attribute("style").to_lowercase().replace(' ', ""), attribute("class"));
        let weight = style.split(';').find_map(|rule| rule.strip_prefix("font-weight:"));
        let list = style.split(';').find_map(|rule| rule.strip_prefix("mso-list:"));
        Looks {
            href: Some(attribute("href")).filter(|href| !href.is_empty()),
            bold: weight.map(|w| w == "bold" || w.parse::<u32>().is_ok_and(|w| w >= 600)),
            is_title: class == "MsoTitle",
            list_level: list.and_then(|rule| {
                let level = rule.split_once("level")?.1.chars().take_while(char::is_ascii_digit);
                level.collect::<String>().parse().ok()
            }),
            is_marker: list == Some("ignore"),
        }
    }
}
