//! What kind of item a text seems to be, by words that such items have.

use crate::content::search::list_words;
use crate::forum::Kind;

/// Beginnings of words that speak for a kind, and how much. A word in the title counts threefold.
const SIGNS: [(Kind, usize, &[&str]); 8] = [
    (Kind::Minutes, 6, &["referat", "møtereferat", "minutes", "protokoll"]),
    (
        Kind::Event,
        3,
        &[
            "samling",
            "konferanse",
            "kurs",
            "seminar",
            "webinar",
            "fagdag",
            "påmeld",
            "innkalling",
            "invit",
            "workshop",
            "møteplass",
            "dialogmøte",
            "frukostmøte",
            "frokostmøte",
            "conference",
            "register",
            "program",
        ],
    ),
    (
        Kind::Call,
        4,
        &[
            "søknadsfrist",
            "utlys",
            "tilskot",
            "tilskudd",
            "prosjektmidler",
            "midler",
            "stipend",
            "støtteordning",
            "søk",
            "grant",
            "funding",
        ],
    ),
    (
        Kind::Research,
        4,
        &[
            "forsk",
            "rapport",
            "studie",
            "undersøk",
            "evaluering",
            "avhandling",
            "doktorgrad",
            "research",
            "study",
            "report",
        ],
    ),
    (
        Kind::Request,
        3,
        &[
            "innspill",
            "innspel",
            "høring",
            "høyring",
            "tilbakemelding",
            "spørreundersøk",
            "hjelp",
            "trenger",
            "treng",
            "ønsker",
            "ønskjer",
            "etterlys",
            "feedback",
        ],
    ),
    (
        Kind::Experience,
        3,
        &[
            "erfaring",
            "erfarte",
            "fikk",
            "fekk",
            "lærte",
            "lærdom",
            "lyktes",
            "lukkast",
            "prøvde",
            "resultat",
            "experience",
            "lessons",
        ],
    ),
    (
        Kind::Tip,
        3,
        &[
            "tips",
            "verktøy",
            "anbefal",
            "tilrå",
            "mal",
            "sjekkliste",
            "veileder",
            "rettleiar",
            "guide",
            "tool",
        ],
    ),
    (Kind::Article, 2, &["artikkel", "kronikk", "intervju", "nyhet", "nyheit", "avis", "article"]),
];

/// The kind that the words speak for; an article if nothing does. `dated`: the text names a day to come with a time.
pub fn suggest_kind(title: &str, body: &str, dated: bool) -> Kind {
    let (title_words, words) = (list_words(title), list_words(body));
    let count = |words: &[String], begins: &[&str]| {
        begins.iter().filter(|begin| words.iter().any(|word| speaks_for(word, begin))).count()
    };
    let points = |(kind, weight, begins): &(Kind, usize, &[&str])| {
        let found = 3 * count(&title_words, begins) + count(&words, begins).min(3);
        let by_day = usize::from(dated && *kind == Kind::Event) * 4;
        (weight * found + by_day, *kind)
    };
    // Of equal ones the first in the list: those that ask something of people.
    let best = SIGNS
        .iter()
        .map(points)
        .fold((0, Kind::Article), |best, next| if next.0 > best.0 { next } else { best });
    if best.0 >= 3 { best.1 } else { Kind::Article }
}

/// Short signs are whole words (`mal` is no beginning of `maler` in a text on painters, `søk` not of `søknad`).
fn speaks_for(word: &str, sign: &str) -> bool {
    if sign.chars().count() <= 4 { word == sign } else { word.starts_with(sign) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_an_item_is() {
        for (title, body, dated, kind) in [
            ("Referat fra kompetansegruppe helse 12. mars", "Vi gikk gjennom tallene.", false, Kind::Minutes),
            (
                "Samling: slik får vi næringslivet inn i klasserommet",
                "Velkommen 9. desember kl. 9.",
                true,
                Kind::Event,
            ),
            ("Fagdag om rekruttering", "Påmelding innen fredag.", false, Kind::Event),
            (
                "Midler til etterutdanning",
                "Fylkeskommunen lyser ut midler. Søknadsfrist 1. mars.",
                false,
                Kind::Call,
            ),
            ("Ny rapport om frafall", "Forskerne fant at ...", false, Kind::Research),
            (
                "Hvor mange læreplasser trenger kommunen?",
                "Vi ønsker innspill innen fredag.",
                false,
                Kind::Request,
            ),
            (
                "Nattvaktprosjektet: åtte har tatt fagbrev",
                "Gruppa fikk det til ved å legge teorien til rolige vakter.",
                false,
                Kind::Experience,
            ),
            ("Tips: sjekkliste for nye lærebedrifter", "", false, Kind::Tip),
            ("Nye læreplaner", "De gjelder fra høsten.", false, Kind::Article),
            ("", "", false, Kind::Article),
        ] {
            assert_eq!(suggest_kind(title, body, dated), kind, "{title}");
        }
    }
}
