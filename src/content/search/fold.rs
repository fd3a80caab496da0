//! A text as the plain words that are compared: lower case, without accents, the most common words left out.

/// Words that stand in nearly every text of the three languages and tell nothing: short lists on purpose, so that
/// nothing that somebody may look for is lost.
const COMMON: &[&str] = &[
    "a", "and", "are", "as", "at", "av", "be", "bli", "ble", "blir", "by", "da", "de", "dei", "den", "det",
    "deres", "eg", "ein", "eit", "ei", "en", "er", "et", "etter", "for", "fra", "frå", "from", "han", "har",
    "have", "hun", "i", "ikke", "ikkje", "in", "is", "it", "jeg", "kan", "med", "men", "mot", "nå", "når",
    "of", "og", "om", "on", "opp", "or", "på", "så", "seg", "skal", "som", "the", "til", "to", "ut", "var",
    "ved", "vi", "vil", "was", "we", "with", "å",
];

/// The folded words of a text in their order, common ones left out. A word with a hyphen counts as its parts and as
/// one: `e-post` gives `e`, `post` and `epost`.
pub fn list_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    for c in compose(text) {
        if c.is_alphanumeric() {
            fold_into(&mut part, c);
            continue;
        }
        let ended = !part.is_empty();
        if ended {
            parts.push(std::mem::take(&mut part));
        }
        if !(is_hyphen(c) && ended) {
            close(&mut parts, &mut words);
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    close(&mut parts, &mut words);
    words
}

/// Ends a word of one part or of several joined by hyphens.
fn close(parts: &mut Vec<String>, words: &mut Vec<String>) {
    let joined = (parts.len() > 1).then(|| parts.concat());
    words.extend(parts.drain(..).chain(joined).filter(|word| !COMMON.contains(&word.as_str())));
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{ad}')
}

/// å, æ and ø are letters of their own and stay; ä and ö are how neighbours write æ and ø; all else loses its marks.
fn fold_into(word: &mut String, c: char) {
    for c in c.to_lowercase() {
        match c {
            'a'..='z' | '0'..='9' | 'æ' | 'ø' | 'å' => word.push(c),
            'ä' => word.push('æ'),
            'ö' => word.push('ø'),
            other => {
                let plain = deunicode::deunicode_char(other).unwrap_or_default();
                word.extend(
                    plain.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()),
                );
            }
        }
    }
}

/// The text's characters with the marks that some systems write apart put back on the letters that need them
/// (a + ring is å); other marks are dropped, as [`fold_into`] would drop them.
fn compose(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let mut composed = c;
        while let Some(mark) = rest.next_if(|c| matches!(c, '\u{300}'..='\u{36f}')) {
            composed = match (composed, mark) {
                ('a' | 'A', '\u{30a}') => 'å',
                ('a' | 'A', '\u{308}') => 'ä',
                ('o' | 'O', '\u{308}') => 'ö',
                (other, _) => other,
            };
        }
        Some(composed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_the_most_common_left_out() {
        assert_eq!(
            list_words("Læreplasser i HELSE, og Malmö på idé-nivå!"),
            ["læreplasser", "helse", "malmø", "ide", "nivå", "idenivå"]
        );
        assert_eq!(
            list_words("e-post E‑POST -strek strek-"),
            ["e", "post", "epost", "e", "post", "epost", "strek", "strek"]
        );
        assert_eq!(list_words("og på i"), Vec::<String>::new());
        assert_eq!(list_words(""), Vec::<String>::new());
    }

    #[test]
    fn letters_written_with_marks_apart_are_the_same() {
        assert_eq!(list_words("A\u{30a}snes la\u{308}rare e\u{301}cole"), ["åsnes", "lærare", "ecole"]);
    }
}
