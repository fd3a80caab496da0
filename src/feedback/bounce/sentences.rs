//! Words of a text, sentence by sentence: for what tables of whole phrases cannot hold, since an address or an adverb may
//! stand in the middle.

/// A text is looked at for so many words.
const READ_WORDS: usize = 4_000;

/// The words of each sentence of a text (flattened), without the signs around them. "1. november" is in one.
pub(super) fn list_sentences(text: &str) -> Vec<Vec<&str>> {
    part_by(text, &['.', '!', '?', ';'])
}

/// The words of each clause.
pub(super) fn list_clauses(text: &str) -> Vec<Vec<&str>> {
    part_by(text, &['.', '!', '?', ';', ',', ':'])
}

fn part_by<'t>(text: &'t str, signs: &[char]) -> Vec<Vec<&'t str>> {
    let mut sentences = vec![Vec::new()];
    for word in text.split(' ').take(READ_WORDS) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if let Some(sentence) = sentences.last_mut().filter(|_| !bare.is_empty()) {
            sentence.push(bare);
        }
        let is_day = word.ends_with('.') && !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
        if word.ends_with(signs) && !is_day {
            sentences.push(Vec::new());
        }
    }
    sentences
}

/// Whether one of the phrases stands in a sentence as whole words, and is meant: asked with where it begins and ends.
pub(super) fn has_phrase(words: &[&str], phrases: &[&str], is_meant: impl Fn(usize, usize) -> bool) -> bool {
    phrases.iter().any(|phrase| {
        let length = phrase.split(' ').count();
        let mut found =
            words.windows(length).enumerate().filter(|(_, run)| run.iter().copied().eq(phrase.split(' ')));
        found.any(|(at, _)| is_meant(at, at + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_whole_words_of_one_sentence() {
        let sentences = list_sentences("(gir oppgaver til) kari@a.test. gir opp!");
        assert_eq!(list_sentences("sluttet 1. november.")[0], ["sluttet", "1", "november"]);
        assert_eq!(sentences[0], ["gir", "oppgaver", "til", "kari@a.test"]);
        assert!(!has_phrase(&sentences[0], &["gir opp"], |_, _| true));
        assert!(has_phrase(&sentences[1], &["gir opp"], |at, end| (at, end) == (0, 2)));
        assert_eq!(list_clauses("levert, nei: gir opp"), [vec!["levert"], vec!["nei"], vec!["gir", "opp"]]);
    }
}
