//! "Ny leder: Ola Berg", "Ola overtar mine oppgaver": words that tell of a successor without saying that anybody has left.
//!
//! Somebody stands in for who is away in the same words, so they count only in an answer that speaks of no absence, no part of the
//! work and of nothing that the writer does, and "takes over" only of the writer's own work or after them.

use super::sentences::{has_phrase, list_clauses, list_sentences};

/// Whoever has the work now.
#[rustfmt::skip]
pub(super) const TAKES_OVER: &[&str] = &[
    "har overtatt", "har overteke", "har tatt over", "har teke over", "overtar", "overtek", "tar over", "tek over", "har tagit över",
    "tar över", "har overtaget", "overtager", "has taken over", "is taking over", "takes over", "übernimmt", "a repris", "reprend",
];

/// Behind it: that it is the writer's work.
#[rustfmt::skip]
const MINE: &[&str] = &[
    "mine oppgaver", "oppgavene mine", "stillingen min", "etter meg", "oppgåvene mine", "stillinga mi", "mina uppgifter", "efter mig",
    "mine opgaver", "my work", "my role", "my tasks", "my duties", "after me", "meine aufgaben", "meine stelle", "mes fonctions",
];

/// "New", before whom it is.
const NEW: &[&str] = &["ny", "new", "neuer", "neue", "nouveau", "nouvelle"];

/// So end the words for whom it is: "ny einingsleiar".
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "leder", "leiar", "ledare", "leiter", "leiterin", "leader", "sjef", "chef", "cheffe", "manager", "rektor", "koordinator",
    "coordinator", "responsable",
];

/// Behind the role, where nobody is named yet, or somebody of another place.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "som", "skal", "ikke", "ikkje", "inte", "not", "will", "søkes", "ennå", "enno", "for", "i", "på", "in", "at", "of", "für", "av", "ved",
];

/// Who writes.
#[rustfmt::skip]
const WRITERS: &[&str] = &[
    "jeg", "eg", "jag", "vi", "me", "i", "i'm", "we", "ich", "wir", "je", "j'ai", "nous",
];

/// Whom the writer came after: "took over from".
const FROM: &[&str] = &["from", "fra", "frå", "från", "etter", "efter", "von", "nach"];

/// Who says that they went, with the day right behind, and nothing behind that.
#[rustfmt::skip]
const WENT: &[&str] = &[
    "jeg sluttet", "eg slutta", "jeg slutta", "jag slutade", "jeg stoppede", "jeg fratrådte", "i retired", "i resigned",
    "min siste arbeidsdag var", "siste arbeidsdag min var", "siste arbeidsdagen min var", "min siste dag var", "my last day was", "min sista arbetsdag var", "min sidste arbejdsdag var", "my last working day was",
];

/// Between the going and its day.
const ON: &[&str] = &["den", "pr", "per", "i", "on", "the", "of"];

#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "januar", "februar", "mars", "marts", "april", "mai", "maj", "juni", "juli", "august", "september", "oktober", "november", "desember",
    "december", "januari", "februari", "augusti", "january", "february", "march", "may", "june", "july", "october",
];

/// Who writes so is away, ill or looking for somebody, or somebody stands in for them: parts of words ("foreldrepermisjon").
#[rustfmt::skip]
const AWAY: &[&str] = &[
    "ferie", "permisjon", "orlov", "barsel", "foreldreperm", "sykmeld", "sjukmeld", "sykemeld", "fravær", "fråvær", "tilbake",
    "midlertidig", "mellombels", "vikar", "stedfortred", "stadfortred", "reise", "rejse", "resa", "kontor", "søker", "søkjer", "søkes",
    "avspaser", "semester", "frånvar", "föräldraledig", "tjänstledig", "tillbaka", "tillfällig", "tilbage", "sygemeld", "holiday",
    "vacation", "absence", "absent", "return", "temporar", "maternity", "parental", "sabbatical", "travel", "office", "urlaub",
    "elternzeit", "mutterschutz", "krank", "zurück", "abwesen", "vorübergehend", "solange", "büro", "vacances", "malade", "pendant",
    "jusqu", "déplacement", "kvittering", "receipt",
];

/// The same, as whole words.
#[rustfmt::skip]
const AWAY_WORDS: &[&str] = &[
    "syk", "sjuk", "borte", "attende", "mens", "medan", "medens", "imens", "inntil", "leave", "away", "back", "sick", "ill", "looking",
    "until", "while", "congé", "congés", "retour", "prosent", "kurs", "kurset", "møte", "møter", "uken", "uka", "veka", "veckan", "ugen",
    "week", "woche", "semaine", "dag", "dagen", "today", "idag", "heute", "soir", "aujourd'hui", "bureau", "desk",
];

/// Whoever thanks or writes of a case answers for others too.
const POLITE: &[&str] = &["takk", "thanks", "saken", "saka"];

/// Until a day; "til 1. august" is one, "til Ola" is none.
const TILL: &[&str] = &["til", "till", "bis"];

/// Whether an answer (lower case, in one line) tells of a successor, and of nobody who is only away.
pub(super) fn tells_of_successor(lower: &str) -> bool {
    let sentences = list_sentences(lower);
    let is_polite = |words: &Vec<&str>| words.iter().any(|word| POLITE.contains(word));
    let is_away =
        lower.contains('%') || sentences.iter().any(|words| speaks_of_absence(words) || is_polite(words));
    let is_here = |words: &Vec<&str>| words.iter().any(|word| WRITERS.contains(word));
    let is_told = |words: &Vec<&str>| {
        words.iter().any(|word| word.contains('@')) && (names_new(words) || takes_over_mine(words))
    };
    let went = || list_clauses(lower).iter().any(|words| says_went(words));
    !is_away && (went() || sentences.iter().any(is_told) && !sentences.iter().any(is_here))
}

/// Whether a sentence (lower case) begins by telling who is new in a place: "ny leder er Ola", "ny leiar: Ola".
pub(super) fn names_new(words: &[&str]) -> bool {
    let is_role = |word: &str| ROLES.iter().any(|role| word.ends_with(role));
    matches!(words, [new, role, next, ..] if NEW.contains(new)
        && is_role(role)
        && !OPEN.contains(next))
}

/// Whether somebody other than the writer takes over, and not from another.
pub(super) fn takes_over(words: &[&str]) -> bool {
    let is_from = |end: usize| {
        let next = words.get(end + 1).copied().unwrap_or_default();
        words.get(end).is_some_and(|from| FROM.contains(from)) && !["meg", "mig", "mir", "me"].contains(&next)
    };
    has_phrase(words, TAKES_OVER, |_, end| !is_from(end)) && !words.iter().any(|word| WRITERS.contains(word))
}

fn takes_over_mine(words: &[&str]) -> bool {
    takes_over(words) && has_phrase(words, MINE, |_, _| true)
}

/// Whether a clause says that somebody went on a day, and no more.
fn says_went(words: &[&str]) -> bool {
    let begins = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    // Not "15.30": at that time of the day.
    let is_month = |part: &str| part.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
    let is_date = |word: &str| begins(word) && word.split(['.', '/', '-']).nth(1).is_some_and(is_month);
    let is_weekday = |word: &str| word.ends_with("dag") || word.ends_with("day");
    let is_skipped = |word: &str| ON.contains(&word) || is_weekday(word) || (begins(word) && !is_date(word));
    has_phrase(words, WENT, |_, end| {
        let mut behind = words[end..].iter().filter(|word| !is_skipped(word));
        let day = behind.next();
        day.is_some_and(|word| MONTHS.contains(word) || is_date(word)) && behind.next().is_none()
    })
}

/// Whether a sentence speaks of absence, or says until when.
pub(super) fn speaks_of_absence(words: &[&str]) -> bool {
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let until =
        words.iter().zip(words.iter().skip(1)).any(|(till, next)| TILL.contains(till) && is_number(next));
    let is_away = |word: &&str| AWAY_WORDS.contains(word) || AWAY.iter().any(|away| word.contains(away));
    until || words.iter().filter(|word| !word.contains('@')).any(is_away)
}

#[cfg(test)]
mod tests {
    use super::super::successor::find_successor;
    use super::*;

    #[test]
    fn whom_to_ask_instead_is_found_with_the_name() {
        for before in [
            "K En has left. Ask Berit Prøvestad,",
            "K En har sluttet. Spør Berit Prøvestad",
            "Berit Prøvestad overtar mine oppgaver:",
            "Berit Prøvestad har tatt over etter meg:",
            "Jeg har sluttet. Berit Prøvestad tar over:",
            "Berit Prøvestad overtek oppgåvene mine:",
            "Berit Prøvestad tar över mina uppgifter:",
            "Ny leder: Berit Prøvestad,",
            "Ny leiar: Berit Prøvestad,",
            "Eg har gått av med pensjon. Ny einingsleiar er Berit Prøvestad",
            "Jeg sluttet 1. november. Kontakt Berit Prøvestad på",
            "Eg slutta 1. november. Spør Berit Prøvestad,",
            "Jag slutade 1 november. Fråga Berit Prøvestad,",
            "Jeg stoppede 1. november. Spørg Berit Prøvestad,",
            "Ich bin nicht mehr bei der Gemeinde. Fragen Sie Berit Prøvestad,",
            "J'ai quitté la mairie. Demandez à Berit Prøvestad,",
        ] {
            let found = find_successor(&format!("{before} <berit@example.test>."), Some("kari@example.test"));
            let found = found.unwrap_or_else(|| panic!("{before}"));
            assert_eq!(
                (found.email.as_str(), found.name.as_deref()),
                ("berit@example.test", Some("Berit Prøvestad")),
                "{before}"
            );
        }
        for text in ["K En has left, ask berit@example.test", "K En har sluttet, spør berit@example.test"] {
            let found = find_successor(text, None).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.email.as_str(), found.name), ("berit@example.test", None), "{text}");
        }
    }

    #[test]
    fn nobody_follows_who_is_only_away() {
        for text in [
            "Kari has left for the day. Ask Berit, berit@example.test.",
            "Jeg er på ferie. Berit tar over: berit@example.test",
            "Berit tar over på fredager: berit@example.test",
            "Jeg er i møte. Spør Berit, berit@example.test",
            "Pakken er ikke levert ennå. Spør Berit, berit@example.test",
            "Berit tar over: berit@example.test",
            "Jeg er på kurs denne uken. Berit tar over: berit@example.test",
            "Eg er på reise denne veka. Berit overtek sakene mine: berit@example.test",
            "Jeg er på reise. Berit overtar mine oppgaver: berit@example.test",
            "Jeg er ikke på kontoret. Berit tar over for meg: berit@example.test",
            "Jeg er opptatt. Berit overtar mine oppgaver: berit@example.test",
            "Out of office. Berit is taking over my work: berit@example.test",
            "I am travelling this week. Berit takes over my tasks, berit@example.test.",
            "Je suis en congés du 1er au 15 août. Berit me remplace : berit@example.test",
            "Ich bin auf Dienstreise. Berit übernimmt meine Aufgaben: berit@example.test",
            "Ich bin nicht im Büro. Berit übernimmt dringende Fälle: berit@example.test",
            "Jag är på tjänsteresa. Berit tar över mina uppgifter: berit@example.test",
            "Jeg er ude af kontoret i dag. Berit overtager mine opgaver: berit@example.test",
            "Jeg jobber 50 %. Berit tar over når jeg ikke er her: berit@example.test",
            "Berit overtar mine oppgaver 50 %: berit@example.test",
            "Fra 1. januar overtar jeg stillingen etter Per Hansen, per@example.test",
            "I left on 28 November for a conference. Ask Berit, berit@example.test",
            "Jeg sluttet 1. november på kurset. Kontakt Berit, berit@example.test",
            "Min mann er pensjonist. Jeg er i fjellet. Kontakt Berit, berit@example.test",
            "Takk for søknaden. Ny kontaktperson i saken: Berit, berit@example.test",
            "Takk for e-posten. Ny leder for Kundesenteret: Berit, berit@example.test",
            "Ny direktør: Berit. Les mer: post@example.test. Vi har fått e-posten din.",
            "Ny leder: Berit. Les mer: post@example.test",
            "Dette er en automatisk kvittering. Fra 1. januar overtar Digipost utsendelsen: post@example.test",
        ] {
            assert_eq!(find_successor(text, Some("kari@example.test")), None, "{text}");
        }
    }

    #[test]
    fn nobody_follows_who_is_named_beside_a_successor() {
        for text in [
            "Jeg har sluttet. Berit Prøvestad overtar mine oppgaver. Mvh Nav Nordfjella, post@example.test",
            "Jeg har sluttet. Spør Berit Prøvestad. Mvh Nav Nordfjella, post@example.test",
            "I have left. I took over from Per Hansen, per@example.test, in 2019.",
            "Jeg har sluttet. Jeg har overtatt etter Per Hansen, per@example.test",
            "Jeg har sluttet. Berit har tatt over etter Per Hansen, per@example.test",
        ] {
            assert_eq!(find_successor(text, Some("kari@example.test")), None, "{text}");
        }
    }

    #[test]
    fn a_successor_is_told_of_without_a_word_of_leaving() {
        for text in [
            "ny leder: berit prøvestad, berit@example.test",
            "ny einingsleiar er berit prøvestad (berit@example.test)",
            "berit prøvestad overtar mine oppgaver: berit@example.test",
            "jeg sluttet 1. november. kontakt berit på berit@example.test",
            "eg slutta 1.11.2026. spør berit",
            "min siste arbeidsdag var 30. oktober",
            "new manager: berit, berit@example.test",
            "berit har tatt over etter meg: berit@example.test",
        ] {
            assert!(tells_of_successor(text), "{text}");
        }
        for text in [
            "jeg har permisjon til 1. august. berit tar over: berit@example.test",
            "jeg er på ferie. berit overtar mine oppgaver: berit@example.test",
            "berit tar over til 1. februar: berit@example.test",
            "i left on 20 december and will be back in january. ask berit",
            "jeg har overtatt etter kari. jeg overtar også faktura",
            "jeg er ny leder. spør berit om alt annet",
            "vi søker ny leder: send søknaden til berit@example.test",
            "kurset sluttet 1. november. spør berit",
            "jeg sluttet å røyke 1. november",
            "jeg sluttet 15.30 i dag. spør berit",
            "jeg har foreldrepermisjon. berit tar over: berit@example.test",
            "ola tar overtid",
            "i left on 1 november. ask berit",
            "berit prøvestad tek over: berit@example.test",
            "",
        ] {
            assert!(!tells_of_successor(text), "{text}");
        }
    }
}
