//! "Kari has left, write to Ola": whom an automatic answer suggests in the place of who has left.

use super::Suggestion;
use super::address::{Found, scan};
use super::departed::{ANOTHER, GOES_ON_WITH, is_for_good, is_of_no_absence, speaks_of_leave};
use super::instead::{is_led_to, name_before};
use super::named::is_daemon_s;
use super::succession::tells_of_successor;

/// They have left for good, in lower case.
#[rustfmt::skip]
const HAS_LEFT: &[&str] = &[
    "har sluttet", "har slutta", "sluttet i", "sluttet hos", "slutta i", "slutta hos", "sagt opp og slutt", "har slutet", "har gått av",
    "er gått av", "gått av med pensjon", "jeg er pensjonist", "eg er pensjonist", "jag är pensionär", "jeg er pensionist",
    "har gått over i ny", "byttet jobb", "bytta jobb", "skiftet jobb", "skifta jobb", "fått ny jobb", "fått ny stilling",
    "annen stilling", "anna stilling", "sagt opp stilling", "sagt opp jobb", "fratrådt", "bytt jobb", "fått nytt jobb", "skiftet job",
    "fået nyt job", "firma verlassen", "stelle gewechselt", "new role", "new position", "taken a new job", "left the council",
    "left the county", "left the municipality", "left the school", "left the university", "har ny jobb", "har begynt i ny", "har byrja i ny", "ikke lenger ansatt",
    "ikkje lenger tilsett", "ikkje lenger tilsatt", "arbeider ikke lenger", "arbeidar ikkje lenger",
    "jobber ikke lenger", "jobbar ikkje lenger", "ikke lenger i bruk", "ikkje lenger i bruk",
    "er ikke lenger hos", "ikke lenger knyttet til", "har fratrådt", "har gått av med pensjon",
    "er blitt pensjonist", "har blitt pensjonist", "er pensjonert", "har slutat", "arbetar inte längre",
    "jobbar inte längre", "inte längre anställd", "är inte längre", "har gått i pension", "har lämnat",
    "er fratrådt", "er stoppet", "er ikke længere ansat", "arbejder ikke længere", "ikke længere ansat",
    "har forladt", "er gået på pension", "has left", "have left", "i've left", "no longer work",
    "no longer employed", "no longer with", "not longer with", "no longer at", "is no longer part",
    "has retired", "have retired", "has moved on", "have moved on", "left the company",
    "left the organisation", "left the organization", "has departed", "changed jobs",
    "nicht mehr im unternehmen", "nicht mehr bei", "nicht mehr für", "nicht mehr in unserem",
    "nicht mehr beschäftigt", "nicht mehr tätig", "ausgeschieden", 
    "im ruhestand", "a quitté", "ai quitté", "ne travaille plus", "ne fait plus partie",
    "n'est plus en poste", "n'est plus employé", "plus parmi nous", "a pris sa retraite", "ai pris ma retraite", "ne suis plus en poste",
    "ne suis plus employé", "ne suis plus salarié", "ne suis plus en fonction", "ne suis plus dans", "ne suis plus à la mairie",
    "er nå pensjonist", "er no pensjonist", "er nu pensionist", "är nu pensionär", "gått ut i pensjon", "gått over i pensjonist",
    "gått av for alder", "gått av med afp", "har pensjonert meg", "har pensjonert seg", "har pensjonera seg", "har pensjonera meg",
    "ikke lenger i kommunen", "ikkje lenger i kommunen", "ikke lenger i fylke", "ikkje lenger i fylke", "ikke lenger i etaten",
    "ikke lenger i bedriften", "ikke lenger i selskapet", "ikke lenger i organisasjonen", "ikke lenger å treffe", "ikkje lenger å treffe",
    "skiftet arbeidsgiver", "skifta arbeidsgivar", "byttet arbeidsgiver", "bytta arbeidsgivar", "skiftet arbeidssted", "skifta arbeidsstad",
    "byttet arbeidssted", "gått videre til nye oppgaver", "gått vidare til nye oppgåver", "fået nyt arbejde", "das unternehmen verlassen",
    "die firma verlassen", "die gemeinde verlassen", "den betrieb verlassen",
    "ne fais plus partie",
];

/// Words that say of somebody's work, near "not" and "longer", that it has ended.
#[rustfmt::skip]
const WORK: &[&str] = &[
    "ansatt", "tilsett", "tilsatt", "anställd", "ansat", "jobber", "jobbar", "arbeider", "arbeidar", "arbetar", "arbejder", "arbeite",
    "arbeitet", "beschäftigt", "tätig", "work", "works", "working", "employed", "employee", "leder", "leiar", "ledare", "leiter",
    "leiterin",
];
const NOT: &[&str] = &["ikke", "ikkje", "inte", "nicht", "not", "no", "doesn't", "don't"];
const LONGER: &[&str] = &["lenger", "lengre", "længere", "längre", "mehr", "longer", "anymore"];

/// So begin words for an employment; and that it is over.
const EMPLOYMENTS: &[&str] = &[
    "arbeidsforhold",
    "arbeidstilhøve",
    "ansettelsesforhold",
    "anställning",
    "ansættelse",
    "arbeitsverhältnis",
];
const ENDED: &[&str] = &[
    "avsluttet",
    "avslutta",
    "avsluttar",
    "opphørt",
    "opphøyrt",
    "avslutat",
    "avslutad",
    "slutade",
    "ophørt",
    "beendet",
];

/// Signs that end a clause.
const SIGNS: [char; 6] = ['.', '!', '?', ',', ';', ':'];

/// "Longer" only behind another word: "inte kvar", "any more".
const LONGER_BEHIND: &[(&str, &str)] = &[("inte", "kvar"), ("any", "more")];

/// Behind "longer": until when, or how much, and not that it has ended.
const THAN: &[&str] = &["enn", "end", "än", "than", "als"];

/// Days of the week in Norwegian, Danish, Swedish, German, English and French, and the weekend.
#[rustfmt::skip]
const DAYS: &[&str] = &[
    "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag", "måndag", "tysdag", "laurdag", "sundag", "tisdag", "lördag",
    "söndag", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "helg", "helj", "weekend", "wochenende", "wochenend",
];

/// What a day may end in: "fredager", "fredagane", "fredagarna", "freitags".
const DAY_ENDS: &[&str] = &["", "s", "n", "en", "er", "ene", "erne", "ar", "ane", "arna"];

/// Before a day: since when it has ended, and not on which days.
#[rustfmt::skip]
const FROM: &[&str] = &[
    "fra", "frå", "från", "fom", "pr", "siden", "sidan", "sedan", "etter", "efter", "from", "since", "of", "after", "ab", "seit", "nach", "depuis",
    "après", "dès", "var", "was",
];

/// Abbreviations of such words, and the same without dots, which end no clause there: as long, so that places stay.
const SHORT: &[(&str, &str)] = &[("f.o.m.", "fom   "), ("fr.o.m.", "from   "), ("pr.", "pr ")];

/// So many words may stand between the two: "fra og med førstkommende fredag".
const FROM_REACH: usize = 4;

/// So many words tell on which days and nothing else: "on Mondays and Fridays".
const DAY_WORDS: usize = 4;

/// How much, or where from, somebody works.
#[rustfmt::skip]
const PARTLY: &[&str] = &[
    "heltid", "heiltid", "fulltid", "full tid", "full stilling", "fuldtid", "fuld tid", "deltid", "%", "prosent", "procent", "hjemmefra", "hjemme fra",
    "heimefrå", "heimanfrå", "hjemmekontor", "heimekontor", "hjemmekontoret", "hjemmearbejd", "hemifrån", "hemarbet", "full time",
    "full-time", "fulltime", "part time", "part-time", "from home", "remotely", "vollzeit", "teilzeit", "ganztags", "halbtags",
    "evenings", "mornings", "nights", "kvelder", "kveldar", "kvällar", "aftener", "abends", "von zu hause", "von zuhause", "homeoffice", "home office", "home-office", "temps plein", "plein temps", "temps complet",
    "temps partiel", "mi-temps", "de la maison", "à la maison", "chez moi", "télétravail",
];

/// So many words at most stand between those that belong together.
const APART: usize = 3;

/// A phrase is looked at so often.
const AT_MOST: usize = 20;

/// So much of an answer is read: what it quotes stands behind.
const READ: usize = 8 * 1024;

/// The address to write to instead, with the name before it; none if nobody has left, or nobody is named.
pub(super) fn find_successor(text: &str, who_left: Option<&str>) -> Option<Suggestion> {
    let words: Vec<&str> = text[..text.floor_char_boundary(READ)].split_whitespace().collect();
    let text = words.join(" ");
    let text = text.as_str();
    let lower = without_dots(text.to_lowercase());
    let is_told = || tells_of_successor(&lower) && !lower.split_inclusive(SIGNS).any(is_partly);
    let left_at =
        find_leaving(&lower).filter(|_| !speaks_of_leave(&lower)).or_else(|| is_told().then_some(0))?;
    let found = scan(text);
    let others: Vec<&Found> =
        found.iter().filter(|f| Some(f.address.as_str()) != who_left && !is_daemon_s(&f.address)).collect();
    let is_led_to = |found: &&&Found| is_led_to(text, found);
    let behind = others.iter().filter(|f| f.at.start >= left_at.min(text.len())).find(is_led_to);
    let chosen = behind.or_else(|| others.iter().find(is_led_to))?;
    Some(Suggestion { email: chosen.address.clone(), name: name_before(text.get(..chosen.at.start)?) })
}

/// Words without the dots of abbreviations that stand before a day.
fn without_dots(mut words: String) -> String {
    for (short, bare) in SHORT {
        let mut from = 0;
        while let Some(at) = words[from..].find(short).map(|at| from + at) {
            from = at + short.len();
            if !words[..at].ends_with(char::is_alphanumeric) {
                words.replace_range(at..from, bare);
            }
        }
    }
    words
}

/// Where words (lower case, in one line) say that somebody has left.
fn find_leaving(lower: &str) -> Option<usize> {
    let told = HAS_LEFT.iter().filter_map(|words| {
        let mut all = lower.match_indices(words).take(AT_MOST);
        let is_meant = |at: usize| {
            let behind = &lower[at + words.len()..];
            let goes_on = has_longer(words) && is_partly_at(lower, at);
            !goes_on && is_for_good(lower, &(at..at + words.len())) && !is_compared(words, behind)
        };
        all.find(|(at, _)| is_meant(*at)).map(|(at, _)| at)
    });
    let mut at = 0;
    let ended = lower.split_inclusive(SIGNS).find_map(|clause| {
        let begins = at;
        at += clause.len();
        let is_ended = says_work_ended(clause) || says_employment_ended(clause);
        (is_ended && !is_partly_at(lower, begins) && is_of_no_absence(lower, begins)).then_some(begins)
    });
    told.chain(ended).min()
}

/// Whether words that end in "longer" go on: "ikke lenger enn til klokken 15".
fn is_compared(words: &str, behind: &str) -> bool {
    let next = behind.strip_prefix(' ').and_then(|behind| behind.split(' ').next());
    LONGER.iter().any(|longer| words.ends_with(longer)) && next.is_some_and(|next| THAN.contains(&next))
}

/// Whether words say "no longer", of what may have ended in part: "jobber ikke lenger", "ne travaille plus".
fn has_longer(words: &str) -> bool {
    words.split(' ').any(|word| LONGER.contains(&word) || word == "plus")
}

/// Whether the clause in which something stands tells so; or a short one before it: "on Fridays, I no longer work".
fn is_partly_at(text: &str, at: usize) -> bool {
    let begins = text[..at].rfind(SIGNS).map_or(0, |sign| sign + 1);
    let ends = text[at..].find(SIGNS).map_or(text.len(), |sign| at + sign);
    let before = text[..begins].strip_suffix(',').unwrap_or_default();
    let before = &before[before.rfind(SIGNS).map_or(0, |sign| sign + 1)..];
    is_partly(&text[begins..ends]) || (before.split_whitespace().count() <= DAY_WORDS && is_partly(before))
}

/// Whether a clause tells on which days, how much or where from somebody works no longer: whoever says so is still there.
fn is_partly(clause: &str) -> bool {
    let words: Vec<&str> =
        clause.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_day = |word: &str| {
        DAYS.iter().any(|day| word.strip_prefix(day).is_some_and(|ending| DAY_ENDS.contains(&ending)))
    };
    let begins_then =
        |at: usize| words[at.saturating_sub(FROM_REACH)..at].iter().any(|word| FROM.contains(word));
    let names_day = (0..words.len()).any(|at| is_day(words[at]) && !begins_then(at));
    names_day || PARTLY.iter().any(|words| clause.contains(words))
}

/// Whether a clause says that an employment is over, whosever it was.
fn says_employment_ended(clause: &str) -> bool {
    let words: Vec<&str> = clause.split(|c: char| !c.is_alphanumeric()).collect();
    let is_employment = |word: &&str| EMPLOYMENTS.iter().any(|begins| word.starts_with(begins));
    words.iter().any(is_employment)
        && words.iter().any(|word| ENDED.contains(word))
        && !words.iter().any(|word| NOT.contains(word))
}

/// Whether a clause has "not", soon behind it "longer", and near both a word for work.
fn says_work_ended(clause: &str) -> bool {
    let words: Vec<&str> =
        clause.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    let within = |at: usize| (at + 2 + APART).min(words.len());
    let is_longer = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        LONGER.contains(&words[at]) || LONGER_BEHIND.contains(&(before, words[at]))
    };
    (0..words.len()).filter(|not| NOT.contains(&words[*not])).any(|not| {
        let Some(longer) = (not + 1..within(not)).find(|at| is_longer(*at)) else { return false };
        let near = &words[not.saturating_sub(1 + APART)..within(longer)];
        near.iter().any(|word| WORK.contains(word))
            && !words[..not].iter().any(|word| ANOTHER.contains(word))
            && !words[not + 1..longer].iter().any(|word| GOES_ON_WITH.contains(word))
            && !words.get(longer + 1).is_some_and(|next| THAN.contains(next) || GOES_ON_WITH.contains(next))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_is_read_in_seven_languages() {
        for text in [
            "Kari Nes har sluttet i kommunen. Ta kontakt med Ola Berg (ola@example.test).",
            "Kari har slutta hos oss. Skriv til Ola Berg, ola@example.test i staden.",
            "Kari har slutat. Kontakta Ola Berg på ola@example.test.",
            "Kari er ikke længere ansat. Kontakt Ola Berg <ola@example.test>.",
            "Kari has left the company. Please contact Ola Berg at ola@example.test.",
            "Kari ist nicht mehr bei uns beschäftigt. Bitte wenden Sie sich an Ola Berg (ola@example.test).",
            "Kari ne travaille plus ici. Merci de contacter Ola Berg : ola@example.test",
        ] {
            let found = find_successor(text, Some("kari@example.test"));
            assert_eq!(found.as_ref().map(|s| s.email.as_str()), Some("ola@example.test"), "{text}");
        }
        for text in [
            "Jeg har sluttet i kommunen. Kontakt Nina Ny, nina@example.test.",
            "Kari har sluttet. Kontakt Nina Ny: nina@example.test",
            "Jeg er gått av med pensjon. Kontakt Nina Ny <nina@example.test>.",
            "I have left the company. Email Nina Ny at nina@example.test.",
        ] {
            let found = find_successor(text, None).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (found.email.as_str(), found.name.as_deref()),
                ("nina@example.test", Some("Nina Ny")),
                "{text}"
            );
        }
        for text in [
            "Jeg har byttet jobb. Kontakt Ola Berg på ola@example.test.",
            "Kari arbeider ikke hos oss lenger. Ny kontakt er Ola Berg, ola@example.test.",
            "Kari jobbar ikkje her lenger. Ta kontakt med Ola Berg, ola@example.test.",
            "Karin arbetar inte kvar här. Hör av dig till Ola Berg, ola@example.test.",
            "Ich arbeite nicht mehr hier. Bitte schreiben Sie an ola@example.test.",
            "Kari does not work here any more. Try ola@example.test.",
            "Kari no longer works here. Ola Berg (ola@example.test) has taken over.",
        ] {
            let found = find_successor(text, Some("kari@example.test"));
            assert_eq!(found.map(|s| s.email).as_deref(), Some("ola@example.test"), "{text}");
        }
        let office = find_successor("Har sluttet. Send e-posten til postmottak@example.test.", None);
        assert_eq!(office.map(|s| s.email).as_deref(), Some("postmottak@example.test"));
        let named = find_successor("She has left. Write to Ola Berg <ola@example.test>.", None);
        assert_eq!(named.and_then(|s| s.name).as_deref(), Some("Ola Berg"));
    }

    #[test]
    fn who_works_no_longer_on_some_days_or_from_home_is_still_there() {
        for text in [
            "Jeg jobber ikke lenger på fredager",
            "Kari jobber ikke lenger fredager",
            "Jeg arbeider ikke lenger heltid",
            "Jeg jobber ikke lenger hjemmefra",
            "Om mandagene jobber jeg ikke lenger",
            "Eg jobbar ikkje lenger på fredagar",
            "Eg arbeidar ikkje lenger på heiltid",
            "Eg jobbar ikkje lenger heimefrå",
            "Jag arbetar inte längre på fredagar",
            "Jag jobbar inte längre heltid",
            "Jag jobbar inte längre hemifrån",
            "Jeg arbejder ikke længere om fredagen",
            "Jeg arbejder ikke længere på fuldtid",
            "Jeg arbejder ikke længere hjemmefra",
            "Ich arbeite freitags nicht mehr",
            "Ich arbeite nicht mehr in Vollzeit",
            "Ich arbeite nicht mehr von zu Hause",
            "I no longer work on Fridays",
            "On Fridays, I no longer work",
            "På mandager og tirsdager, jobber jeg ikke lenger",
            "Kari no longer works full time",
            "I no longer work from home",
            "I do not work Fridays any more",
            "Je ne travaille plus le vendredi",
            "Je ne travaille plus à temps plein",
            "Je ne travaille plus de la maison",
        ] {
            let text = format!("{text}. Kontakt Ola Berg, ola@example.test.");
            assert_eq!(find_successor(&text, Some("kari@example.test")), None, "{text}");
        }
        for text in [
            "Fra og med førstkommende fredag jobber jeg ikke lenger her",
            "F.o.m. mandag jobber jeg ikke lenger her",
            "Pr. mandag jobber jeg ikke lenger her",
            "Fr.o.m. måndag jobbar jag inte längre här",
            "Ich arbeite ab Freitag nicht mehr hier",
            "Ich arbeite nicht mehr in der Montage",
            "As of Friday I no longer work here",
            "From Friday, I no longer work here",
            "Jeg har sluttet fredag",
            "Jeg jobber ikke lenger her. På fredager er kontoret stengt",
        ] {
            let text = format!("{text}. Kontakt Ola Berg, ola@example.test.");
            assert!(find_successor(&text, Some("kari@example.test")).is_some(), "{text}");
        }
    }

    #[test]
    fn who_is_only_away_has_no_successor() {
        for text in [
            "I am not at work this week; for more information please contact Ola Berg, ola@example.test.",
            "I will not be working, for more urgent matters contact Ola Berg (ola@example.test).",
            "Eg jobbar ikkje kvar dag, ta kontakt med Ola Berg, ola@example.test.",
            "Jeg jobber ikke lenger enn til klokken 15. Kontakt Ola Berg, ola@example.test.",
            "Ich arbeite nicht mehr als drei Tage. Kontakt: Ola Berg, ola@example.test.",
            "Kari has left for industry ola@example.test.",
            "Kari har sluttet i landbruk ola@example.test.",
        ] {
            assert_eq!(find_successor(text, Some("kari@example.test")), None, "{text}");
        }
        assert_eq!(find_successor("Jeg er på ferie. Kontakt ola@example.test.", None), None);
        assert_eq!(find_successor("Jeg har permisjon. Ola (ola@example.test) hjelper deg.", None), None);
        assert_eq!(
            find_successor("Kari has left. Write to kari@example.test.", Some("kari@example.test")),
            None
        );
        assert_eq!(find_successor("", None), None);
    }
}
