//! Bokmål, nynorsk or English, by the small words that stand in nearly every text of one and not of the others.

use crate::forum::Language;

/// Words of one language alone.
const OWN: [(Language, &[&str]); 3] = [
    (
        Language::Nb,
        &[
            "ikke", "jeg", "fra", "være", "vært", "noen", "noe", "hva", "hvem", "hvor", "hvordan", "hvorfor",
            "hun", "kommer", "ble", "mye", "disse", "deres", "hver", "hvis", "bare", "selv", "også", "dere",
            "gjør", "gjøre", "nå", "uten", "bli", "en", "et", "de", "flere", "mer", "skole",
        ],
    ),
    (
        Language::Nn,
        &[
            "ikkje", "eg", "frå", "vere", "vera", "vore", "nokon", "noko", "nokre", "kva", "kven", "kvar",
            "korleis", "kvifor", "ho", "kjem", "vart", "blei", "mykje", "desse", "dei", "deira", "kvart",
            "berre", "sjølv", "òg", "dykk", "dykkar", "gjer", "gjere", "no", "utan", "ein", "eit", "fleire",
            "meir", "høyrer", "saman", "skule",
        ],
    ),
    (
        Language::En,
        &[
            "the", "and", "of", "with", "is", "are", "was", "were", "this", "that", "you", "we", "they",
            "be", "been", "have", "has", "will", "not", "or", "by", "an", "from", "which", "their", "our",
            "your", "how", "what",
        ],
    ),
];

/// Endings of nynorsk plurals, worth half a word: `kommunane`, `tenestene` is both.
const NYNORSK_ENDINGS: [&str; 2] = ["ane", "leik"];

/// The language that the text seems to be written in; `None` if too little tells.
pub fn suggest_language(text: &str) -> Option<Language> {
    let mut points = [(Language::Nb, 0usize), (Language::Nn, 0), (Language::En, 0)];
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        for ((_, points), (_, own)) in points.iter_mut().zip(&OWN) {
            if own.contains(&word.as_str()) {
                *points += 2;
            }
        }
        let plural = word.chars().count() > 5 && NYNORSK_ENDINGS.iter().any(|end| word.ends_with(end));
        points[1].1 += usize::from(plural);
    }
    points.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
    let [(best, most), (_, next), _] = points;
    (most > next).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_of_two_languages() {
        for (language, own) in OWN {
            let others = OWN.iter().filter(|(other, _)| *other != language).flat_map(|(_, words)| *words);
            let shared: Vec<&&str> = others.filter(|word| own.contains(word)).collect();
            assert!(shared.is_empty(), "{language:?}: {shared:?}");
        }
    }

    #[test]
    fn a_sentence_or_two_tell_the_language() {
        for (text, language) in [
            (
                "Gruppa fikk det til ved å legge teorien til rolige vakter. Det ble ikke dyrere.",
                Some(Language::Nb),
            ),
            (
                "Gruppa fekk det til fordi dei la teorien til rolege vakter. Det vart ikkje dyrare.",
                Some(Language::Nn),
            ),
            ("Kommunane treng fleire lærlingar, og vi veit kvifor.", Some(Language::Nn)),
            ("The group moved theory to quiet nights, and costs were not raised.", Some(Language::En)),
            ("Hvor mange læreplasser trenger kommunen?", Some(Language::Nb)),
            ("Kor mange læreplassar treng kommunen? Svar frå kvar kommune.", Some(Language::Nn)),
            ("Vil du delta? Kommunen vil svare.", None),
            ("Nattvakt 2027", None),
            ("", None),
        ] {
            assert_eq!(suggest_language(text), language, "{text}");
        }
    }
}
