//! A text's sentences on one line: the first of them, or all.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::shallow::with_few_openings;
use super::{events, to_text};

/// The first sentence or sentences, at most `max` characters (180 make about two lines): as many whole
/// ones as fit; if the first does not fit, cut at a word, with an ellipsis. Without headings, links' addresses and lists' marks;
/// one line.
pub fn lead(markdown: &str, max: usize) -> String {
    let mut paragraph = first_paragraph(markdown);
    if paragraph.is_empty() {
        paragraph = on_one_line(&to_text(markdown));
    }
    cut_at_sentence(&paragraph, max)
}

/// Everything that a text says, as sentences on one line: each paragraph, list item and row of a table ends with a
/// stop if it has none, and what stands above others with a colon. As many whole sentences as `max` characters hold, and
/// ` …` where something is left out; if the first does not fit, cut at a word. Without links' addresses and lists' marks.
pub fn in_sentences(markdown: &str, max: usize) -> String {
    let mut told = Told::default();
    events(&with_few_openings(markdown)).for_each(|event| told.take(event));
    told.finish(max)
}

/// What is told so far.
#[derive(Default)]
struct Told {
    text: String,
    /// Where its sentences end.
    ends: Vec<usize>,
    /// The block that is being read.
    block: String,
    /// Depth of what is not shown at all.
    hidden: usize,
}

impl Told {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Image { .. }) => self.hidden += 1,
            Event::End(TagEnd::Image) => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => {}
            Event::Text(text) | Event::Code(text) => self.block.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.block.push(' '),
            Event::End(TagEnd::TableCell) => self.block.push_str(", "),
            // What a list stands under, and what names others, leads on to them.
            Event::Start(Tag::List(_)) | Event::End(TagEnd::Heading(_) | TagEnd::TableHead) => {
                self.end_block(':')
            }
            Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::TableRow | TagEnd::CodeBlock | TagEnd::HtmlBlock,
            ) => self.end_block('.'),
            _ => {}
        }
    }

    fn end_block(&mut self, stop: char) {
        let block = on_one_line(&std::mem::take(&mut self.block));
        let block = block.trim_end_matches([' ', ',']);
        if block.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(block);
        if !has_stop(block) {
            self.text.push(stop);
        }
        self.ends.extend(sentence_ends(&self.text[start..]).map(|end| start + end));
        if !self.text.ends_with(LEADING_ON) && self.ends.last() != Some(&self.text.len()) {
            self.ends.push(self.text.len());
        }
    }

    fn finish(mut self, max: usize) -> String {
        if self.text.ends_with(LEADING_ON) {
            self.text.pop();
            self.text.push('.');
        }
        if self.text.chars().count() <= max {
            return self.text;
        }
        let limit = self.text.char_indices().nth(max).map_or(self.text.len(), |(at, _)| at);
        match self.ends.iter().take_while(|end| **end <= limit).last() {
            Some(end) => format!("{} …", &self.text[..*end]),
            None => cut_at_word(&self.text, max),
        }
    }
}

/// Stops behind which a sentence goes on.
const LEADING_ON: [char; 2] = [':', ';'];
/// What may stand behind a stop.
const CLOSING: [char; 5] = ['»', '"', '”', ')', '\''];

fn has_stop(text: &str) -> bool {
    text.ends_with(LEADING_ON) || text.trim_end_matches(CLOSING).ends_with(['.', '!', '?', '…'])
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of the first paragraph (or list item) on one line.
fn first_paragraph(markdown: &str) -> String {
    let (mut text, mut skipping) = (String::new(), 0usize);
    for event in events(&with_few_openings(markdown)) {
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
    on_one_line(&text)
}

/// As many whole sentences of `text` as `max` characters hold; else the beginning, cut at a word.
fn cut_at_sentence(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let limit = text.char_indices().nth(max).map_or(text.len(), |(at, _)| at);
    match sentence_ends(text).take_while(|end| *end <= limit).last() {
        Some(end) => text[..end].to_owned(),
        None => cut_at_word(text, max),
    }
}

/// The beginning of a text that is longer than `max` characters, with an ellipsis. A web address is whole or left out, and
/// nothing is glued to it: mail programs make a link of what stands there, and a part of it leads nowhere.
fn cut_at_word(text: &str, max: usize) -> String {
    let room = text.char_indices().nth(max.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let is_full = |kept: &str| kept.chars().count() + " …".chars().count() > max;
    let mut rest = text;
    loop {
        let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        if !(is_link(first) && is_full(first)) {
            break;
        }
        rest = behind;
    }
    if rest.len() < text.len() {
        return cut_at_sentence(rest, max);
    }
    let cut = text[..room].rfind(' ').unwrap_or(room);
    match text[..cut].rsplit_once(' ') {
        Some((before, last)) if is_link(last) && is_full(&text[..cut]) => with_ellipsis(before),
        _ => with_ellipsis(&text[..cut]),
    }
}

fn with_ellipsis(text: &str) -> String {
    let text = text.trim_end_matches([' ', ',', ';', ':', '–', '-']);
    let space = if text.rsplit(' ').next().is_some_and(is_link) { " " } else { "" };
    format!("{text}{space}…")
}

/// Whether mail programs make a link of a word.
fn is_link(word: &str) -> bool {
    word.contains("://") || word.contains("www.")
}

/// Where sentences end: after `.`, `!` or `?` (and a closing quote or bracket) before a space and a
/// capital or a digit; not after an ordinal (`3. 4. mars`) or a short abbreviation (`kl.`, `bl.a.`).
fn sentence_ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?')).filter_map(move |(at, mark)| {
        let rest = text[at + 1..].trim_start_matches(CLOSING);
        let end = text.len() - rest.len();
        let starts_anew = match rest.strip_prefix(' ') {
            Some(next) => {
                next.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || "«\"“".contains(c))
            }
            None => rest.is_empty(),
        };
        if !starts_anew {
            return None;
        }
        let last_word = text[..at].rsplit([' ', '(']).next().unwrap_or("");
        let is_number = last_word.chars().all(|c| c.is_ascii_digit());
        let is_short = mark == '.'
            && (is_number && rest.starts_with(' ') && !next_is_capital(rest)
                || ABBREVIATIONS.contains(&last_word.to_lowercase().as_str()));
        (!is_short).then_some(end)
    })
}

fn next_is_capital(rest: &str) -> bool {
    rest.trim_start().chars().next().is_some_and(char::is_uppercase)
}

const ABBREVIATIONS: [&str; 22] = [
    "kl", "nr", "bl.a", "f.eks", "t.d", "mv", "m.m", "osv", "ca", "jf", "pga", "dvs", "ev", "evt", "tlf",
    "st", "mr", "mrs", "dr", "e.g", "i.e", "no",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_whole_sentences_that_fit() {
        let body = "Ni assistenter er blitt fagarbeidere. De fikk fri 12. mars kl. 9. Resten er en lang historie om vikarer.";
        assert_eq!(lead(body, 180), body);
        assert_eq!(lead(body, 70), "Ni assistenter er blitt fagarbeidere. De fikk fri 12. mars kl. 9.");
        assert_eq!(lead(body, 60), "Ni assistenter er blitt fagarbeidere.");
        assert_eq!(lead(body, 20), "Ni assistenter er…");
    }

    #[test]
    fn no_web_address_is_cut() {
        let long = format!("https://a.example/{}", "x".repeat(40));
        for told in [lead, in_sentences] {
            assert_eq!(told(&format!("{long} Les dette."), 30), "Les dette.");
            assert_eq!(
                told(&format!("{long} {long} Les dette, som er for langt til å stå her."), 30),
                "Les dette, som er for langt…"
            );
            assert_eq!(told(&long, 30), "");
            assert_eq!(told(&format!("Se {long}"), 30), "Se…");
            assert_eq!(
                told("Se https://a.example/y og les alt som står der.", 26),
                "Se https://a.example/y …"
            );
            assert_eq!(told("Se https://a.example/y og les alt som står der.", 23), "Se…");
        }
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
    fn every_paragraph_and_list_item_is_told_as_a_sentence() {
        let told = |markdown| in_sentences(markdown, 300);
        assert_eq!(
            told("- Jane ringer NAV\n- Uni skriver.\n- Hvem betaler?"),
            "Jane ringer NAV. Uni skriver. Hvem betaler?"
        );
        assert_eq!(
            told("Åtte har tatt fagbrev\n\nTo til\ni juni (se «Natt.»)"),
            "Åtte har tatt fagbrev. To til i juni (se «Natt.»)"
        );
        assert_eq!(told("1. første\n\n2. andre\n"), "første. andre.");
        assert_eq!(told("Vi skal:\n- ringe;\n- skrive;\n"), "Vi skal: ringe; skrive.");
        assert_eq!(told("Se [planen](https://a.example/x) **nå**"), "Se planen nå.");
        assert_eq!(told(" \n\n![](https://a.example/x.png)"), "");
    }

    #[test]
    fn what_stands_above_others_leads_on_to_them() {
        let told = |markdown| in_sentences(markdown, 300);
        assert_eq!(told("## Innen april\n\n- Jane ringer\n"), "Innen april: Jane ringer.");
        assert_eq!(told("- Jane\n  - ringer NAV\n  - skriver\n- Uni\n"), "Jane: ringer NAV. skriver. Uni.");
        assert_eq!(
            told("| Hvem | Hva |\n|---|---|\n| Jane | ringer |\n| Uni | |\n"),
            "Hvem, Hva: Jane, ringer. Uni."
        );
        assert_eq!(told("> sitat\n\n    kode\n\n<b>HTML\n"), "sitat. kode. <b>HTML.");
    }

    #[test]
    fn what_is_left_out_leaves_a_mark() {
        let promises = "- jane ringer NAV\n- uni skriver kl.\n- «Hvem betaler?»\n";
        let whole = "jane ringer NAV. uni skriver kl. «Hvem betaler?»";
        assert_eq!(in_sentences(promises, whole.chars().count()), whole);
        assert_eq!(in_sentences(promises, whole.chars().count() - 1), "jane ringer NAV. uni skriver kl. …");
        assert_eq!(in_sentences(promises, 20), "jane ringer NAV. …");
        assert_eq!(in_sentences(promises, 13), "jane ringer…");
        assert_eq!(in_sentences("Først. Så:\n\n- mer og mer\n", 12), "Først. …");
    }
}
